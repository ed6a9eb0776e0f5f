"""``polyloop check``: whether each configured provider can be reached, takes the credential and has the model."""

from __future__ import annotations

import argparse
import asyncio
import json

from attrs import frozen

from polyloop.translate.errors import UsageError
from polyloop.transport import create_client
from polyloop.transport.errors import MissingDependency, SettingsError

from ..providers import PROVIDER_TO_DEFAULT_MODEL_NAME, APIProvider
from .tables import print_table
from .views import shown

_HEADS = ("provider", "model", "configured", "reachable", "credential", "model known", "what to do")


@frozen(kw_only=True)
class Checked:
    """What is known of one provider. None: not known, the question did not come so far."""

    provider: str
    model: str
    configured: bool
    reachable: bool | None = None
    authenticated: bool | None = None
    model_known: bool | None = None
    detail: str = ""

    @property
    def healthy(self) -> bool:
        """Nothing is known against it."""
        return self.configured and self.reachable is True and not self.detail


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "example: polyloop check\n         polyloop check --provider anthropic --model claude-sonnet-5 --json\n\n"
        "Costs nothing. Exit code 0: every provider that is configured is well, and there is one; 1: not so."
    )
    parser.add_argument("--provider", metavar="P", help="only this one")
    parser.add_argument("--model", metavar="M", help="the model to ask about (default: the one `run` asks for)")
    parser.add_argument("--json", action="store_true", help="a JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    if arguments.provider is not None and arguments.provider not in tuple(APIProvider):
        raise UsageError(f"unknown provider {arguments.provider!r}; the providers are {', '.join(APIProvider)}")
    chosen = tuple(APIProvider) if arguments.provider is None else (APIProvider(arguments.provider),)
    found = asyncio.run(_check_all(chosen, arguments.model))
    if arguments.json:
        for each in found:
            print(json.dumps(_document(each)))
    else:
        print_table(_HEADS, [_cells(each) for each in found])
    asked = [each for each in found if each.configured or arguments.provider is not None]
    return 0 if asked and all(each.healthy for each in asked) else 1


async def _check_all(providers: tuple[APIProvider, ...], model: str | None) -> list[Checked]:
    return list(
        await asyncio.gather(*(_check(each, model or PROVIDER_TO_DEFAULT_MODEL_NAME[each]) for each in providers))
    )


async def _check(provider: APIProvider, model: str) -> Checked:
    try:
        async with create_client(provider.value, model=model) as client:
            health = await client.check_health()
    except (SettingsError, MissingDependency) as error:
        return Checked(provider=provider.value, model=model, configured=False, detail=str(error))
    detail = "" if health.error is None else health.error.message or health.error.kind
    if not health.healthy and not detail:
        detail = "the provider does not know this model" if health.model_known is False else "it is not well"
    return Checked(
        provider=provider.value,
        model=model,
        configured=True,
        reachable=health.reachable,
        authenticated=health.authenticated,
        model_known=health.model_known,
        detail=detail,
    )


def _document(each: Checked) -> dict[str, object]:
    return {
        "provider": each.provider,
        "model": each.model,
        "configured": each.configured,
        "reachable": each.reachable,
        "authenticated": each.authenticated,
        "model_known": each.model_known,
        "healthy": each.healthy,
        "detail": each.detail or None,
    }


def _cells(each: Checked) -> tuple[str, ...]:
    words = {True: "yes", False: "no", None: "?"}
    facts = (each.configured, each.reachable, each.authenticated, each.model_known)
    return (each.provider, each.model, *(words[fact] for fact in facts), shown(each.detail, 200))
