"""``polyloop demo``: the task of `polyloop.loop.demo` with live progress and a table at the end."""

from __future__ import annotations

import argparse
import asyncio
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from polyloop.translate.errors import UsageError

from .tables import WIDE

if TYPE_CHECKING:
    from rich.table import Table

    from ..demo import Outcome

_NEEDED: Final = {
    "rich": "rich",
    "PIL": "pillow",
    "anthropic": "anthropic",
    "openai": "openai",
    "boto3": "boto3",
    "google.auth": "google-auth",
}
_COLUMNS: Final = ("provider", "wire", "turns", "requests", "tokens", "losses", "result")
_FEW: Final = ("provider", "losses", "result")
_ROOM: Final = 120
"""Columns of a terminal from which all of the table's have room."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "example: polyloop demo --provider all --out polyloop-demo\n\n"
        "The model is a script that a server on this machine plays: no key and no network are needed."
    )
    parser.add_argument("--provider", default="all", help="one of the six providers, or all (default)")
    parser.add_argument(
        "--out", default="polyloop-demo", metavar="DIR", help="where pages, screenshots and requests go (polyloop-demo)"
    )


def run(arguments: argparse.Namespace) -> int:
    missing = [package for module, package in _NEEDED.items() if not _has(module)]
    if missing:
        raise UsageError(f"the demo needs {', '.join(missing)}: pip install 'polyloop[demo]'")
    from ..demo import PROVIDERS

    if arguments.provider not in (*PROVIDERS, "all"):
        raise UsageError(f"unknown provider {arguments.provider!r}; say {', '.join(PROVIDERS)} or all")
    chosen = PROVIDERS if arguments.provider == "all" else (arguments.provider,)
    folder = Path(arguments.out)
    try:
        for provider in chosen:
            (folder / provider).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make {folder}: {error.strerror}") from None
    outcomes = asyncio.run(_run(chosen, folder))
    return _report(outcomes, folder)


def _has(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


async def _run(providers: tuple[str, ...], folder: Path) -> list[Outcome]:
    from rich.console import Console

    from polyloop.transport.scripted import ScriptedProvider

    from ..demo import TASK, run_provider, script

    console = Console()
    console.print(f"Task: {TASK}")
    console.print("The model is a script, played by a server on this machine that speaks each provider's API.\n")
    outcomes: list[Outcome] = []
    async with ScriptedProvider(script()) as server:
        for provider in providers:
            with console.status(f"{provider}: starting") as status:
                actions: list[str] = []

                def tell(action: str, name: str = provider, done: list[str] = actions) -> None:
                    done.append(action)
                    status.update(f"{name}: action {len(done)}, {action}")

                outcome = await run_provider(provider, server, tell, folder / provider)
            outcomes.append(outcome)
            console.print(f"{provider}: {', '.join(actions)}")
    return outcomes


def table_of(outcomes: list[Outcome], width: int) -> Table:
    """Make the table of the end; in a narrow terminal of fewer columns, and a result goes on in the next line."""
    from rich.table import Table

    from polyloop.translate.jsontext import spell

    columns = _COLUMNS if width >= _ROOM else _FEW
    table = Table(title="One task, six providers" if len(outcomes) > 1 else None)
    for name in columns:
        table.add_column(name, overflow="fold", no_wrap=name != "result")
    for outcome in outcomes:
        cells = {name: str(getattr(outcome, name)) for name in columns}
        table.add_row(*(cells | {"result": spell(outcome.result)}).values())
    return table


def _report(outcomes: list[Outcome], folder: Path) -> int:
    from rich.console import Console

    from polyloop.translate import same_json

    from ..demo import ANSWER

    console = Console(width=None if sys.stdout.isatty() else WIDE)
    console.print(table_of(outcomes, console.width))
    equal = all(same_json(outcome.result, outcomes[0].result) for outcome in outcomes)
    filled = all(same_json(outcome.form, ANSWER) for outcome in outcomes)
    console.print(f"results equal: {'yes' if equal else 'no'}; forms filled in as told: {'yes' if filled else 'no'}")
    from ..demo import write_index

    console.print(
        f"what happened, to look at: {write_index(outcomes, folder)} (screenshots and requests are beside it)"
    )
    return 0 if equal and filled else 1
