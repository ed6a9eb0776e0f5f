"""The command ``python -m polyloop.transport.scripted``: serve a script until interrupted."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from .scenario import PROVIDERS, Provider, Scenario, ScenarioError
from .script import Script, load, parse
from .server import ScriptedProvider
from .settings import Keys

EXAMPLE: Final = {
    "screen": [1024, 768],
    "steps": [
        [{"thinking": "I look at the screen first."}, {"text": "Let me look."}, {"action": "screenshot"}],
        {
            "when": {"outcome": "error"},
            "reply": "Something went wrong, so I stop here.",
        },
        [{"text": "There is the button."}, {"action": "left_click", "input": {"coordinate": [512, 384]}}],
        [{"tool": "extraction", "arguments": {"data": {"name": "greeting", "result": {"text": "hello"}}}}],
    ],
    "otherwise": "Done.",
    "faults": [{"fault": "fail", "kind": "rate_limit", "retry_after": 1, "nth": 2}],
}
"""A script with a word of each kind; it is served where no file is given."""

_EPILOG: Final = """\
A script is JSON (or YAML, where PyYAML is installed). With no FILE the built-in example is served; --example prints it.

example:
  {program} --example > script.json
  {program} script.json --port 8080
"""


def serve(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status: 0 after an interrupt, 1 where the port was taken or the
    scenario had no answer for a request, 2 for a bad script."""
    parser = argparse.ArgumentParser(
        prog="python -m polyloop.transport.scripted",
        description="Serve a scripted LLM provider on loopback: Anthropic, Bedrock, Vertex, LegacyUse, OpenAI and UI-TARS at once.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_arguments(parser)
    return run(parser.parse_args(argv))


def run(options: argparse.Namespace) -> int:
    """Serve what the options say; return the exit status as `serve` does."""
    if options.example:
        print(json.dumps(EXAMPLE, indent=2))
        return 0
    try:
        script = load(options.file) if options.file else parse(EXAMPLE)
    except OSError as wrong:
        return _complain(f"cannot read {options.file}: {wrong.strerror}", 2)
    except ScenarioError as wrong:
        return _complain(wrong, 2)
    try:
        asyncio.run(_serve(script, options.host, options.port))
    except KeyboardInterrupt:  # before the server was up
        return 0
    except (ScenarioError, OSError) as wrong:
        return _complain(wrong, 1)
    return 0


def _complain(wrong: Exception | str, status: int) -> int:
    print(f"scripted provider: {wrong}", file=sys.stderr)
    return status


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments, for a command line of any name."""
    parser.epilog = _EPILOG.format(program=parser.prog)
    parser.add_argument("file", nargs="?", metavar="FILE", help="the script")
    parser.add_argument("--port", type=_port, default=0, help="where to listen; 0 takes a free port (default)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    parser.add_argument("--example", action="store_true", help="print an example script and leave")


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port, a number from 0 to 65535")
    return int(text)


async def _serve(script: Script, host: str, port: int) -> None:
    server = ScriptedProvider(
        script.scenario,
        keys=script.keys,
        settings=script.settings,
        faults=script.faults,
        seed=script.seed,
        host=host,
        port=port,
    )
    async with server:
        print(_welcome(server, script.scenario), flush=True)
        with suppress(asyncio.CancelledError):  # an interrupt: leave in good order
            await asyncio.Event().wait()


def _welcome(server: ScriptedProvider, scenario: Scenario) -> str:
    rows = [f"  {provider:<10} {server.base_url(provider):<40} {_key(provider, server.keys)}" for provider in PROVIDERS]
    return "\n".join(
        (
            f"Listening on {server.url} with {len(scenario.steps)} steps; Ctrl-C ends.",
            "  provider   base URL, key",
            *rows,
        )
    )


def _key(provider: Provider, keys: Keys) -> str:
    """The made-up keys are shown: they open this server and nothing else."""
    if provider == "bedrock":
        return f"{keys.bedrock} (bearer), or {keys.aws_access_key} with {keys.aws_secret_key} (SigV4)"
    shown: str = getattr(keys, provider)
    return shown
