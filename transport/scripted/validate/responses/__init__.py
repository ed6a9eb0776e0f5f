"""OpenAI's checks of a Responses request."""

from __future__ import annotations

from typing import Final

from polyloop.translate.jsonvalue import JsonObject

from ...facts.responses import turns_before
from ...failures import Rejected
from ..openai_rules import check_name, check_parameters, check_sampling, reasons
from ..request import Check
from ..shape import OpenAI, Path, invalid_value
from ..shape import check as check_shape
from .items import check_items
from .pairing import check_pairs, check_reasoning
from .tables import OTHER_TOOLS, REQUEST, TOOLS

_ELSEWHERE: Final = ("previous_response_id", "conversation", "prompt")


def check(looked_at: Check) -> None:
    """Raise `Rejected` where OpenAI would refuse the request."""
    body = looked_at.body
    check_shape(body, REQUEST, (), OpenAI())
    elsewhere = any(body.get(key) is not None for key in _ELSEWHERE)
    for key in ("model", "input"):
        if key not in body and not elsewhere:
            raise OpenAI().missing((key,))
    _continuation(body)
    check_items(looked_at)
    _tools(body)
    reasoning = body.get("reasoning") or {}
    check_sampling(looked_at, reasoning.get("effort"))
    if body.get("top_logprobs") and reasons(looked_at.model, reasoning.get("effort")):
        message = "logprobs are not supported with reasoning models."
        raise Rejected(message, param="top_logprobs", code="unsupported_parameter")
    items = body.get("input")
    if isinstance(items, list):
        check_pairs(items, elsewhere)
        check_reasoning(items)


def _continuation(body: JsonObject) -> None:
    """Only responses of this server can be continued; their ids say so themselves."""
    named = body.get("previous_response_id")
    if named is None:
        return
    if body.get("conversation") is not None:
        message = "Mutually exclusive parameters: 'previous_response_id' and 'conversation'."
        raise Rejected(message, param="previous_response_id", code="mutually_exclusive_parameters")
    if turns_before(body) == 0:
        message = f"Previous response with id '{named}' not found."
        raise Rejected(message, param="previous_response_id", code="previous_response_not_found")


def _tools(body: JsonObject) -> None:
    for index, tool in enumerate(body.get("tools") or ()):
        path: Path = ("tools", index)
        if not isinstance(tool, dict) or "type" not in tool:
            raise OpenAI().missing((*path, "type"))
        kind = tool["type"]
        if kind in OTHER_TOOLS:
            continue
        if kind not in TOOLS:
            raise invalid_value((*path, "type"), kind, tuple(sorted({*TOOLS, *OTHER_TOOLS})))
        check_shape(tool, TOOLS[kind], path, OpenAI())
        if kind in ("function", "custom"):
            check_name(tool["name"], (*path, "name"))
        if kind == "function":
            # Where `strict` is left out the API closes the schema itself, so only a stated one is checked.
            check_parameters(tool, path)
