"""Refuse what the provider refuses, with its own status and words: one package for each wire.

The first problem found is the answer, as with the providers. Source of the rules: the project's wire notes (2026-11-22), the
SDKs' request types, and recorded error bodies; a rule that rests on documentation alone says so where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from polyloop.translate.jsonvalue import JsonObject

from ..http1 import Request
from ..routes import Route
from ..scenario import Scenario, Thinking, Wire
from ..settings import Settings
from . import anthropic, chat, responses, uitars
from .request import Check

_VALIDATORS: Final[Mapping[Wire, Callable[[Check], None]]] = {
    "anthropic": anthropic.check,
    "openai-chat": chat.check,
    "openai-responses": responses.check,
    "uitars": uitars.check,
}


def check(place: Route, request: Request, body: JsonObject, settings: Settings, scenario: Scenario) -> None:
    """Raise `Rejected` where the provider would refuse the request."""
    looked_at = Check(place=place, request=request, body=body, settings=settings, seals=_seals(scenario))
    _VALIDATORS[place.wire](looked_at)


def _seals(scenario: Scenario) -> dict[str, str]:
    """Find what the scenario signs itself: in its thinking parts, and in the documents it hands out verbatim."""
    found: dict[str, str] = {}
    replies = [step.reply for step in scenario.steps]
    for reply in (*replies, *([scenario.otherwise] if scenario.otherwise is not None else ())):
        for part in reply.parts:
            if isinstance(part, Thinking) and part.signature is not None:
                found[part.signature] = part.text
        for document in reply.documents.values():
            blocks = document.get("content", document.get("output")) if isinstance(document, dict) else None
            for block in blocks if isinstance(blocks, list) else ():
                for key in ("signature", "encrypted_content", "data"):
                    if isinstance(block, dict) and isinstance(block.get(key), str):
                        found[block[key]] = str(block.get("thinking", ""))
    return found
