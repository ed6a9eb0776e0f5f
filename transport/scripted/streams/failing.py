"""How a stream that began well says that it failed, on each wire that is framed as server-sent events."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from polyloop.translate.jsonvalue import Json

from ..failures import Failure, anthropic_error, message_of, openai_error, vllm_error
from ..scenario import Provider, Wire
from .event import Event


@frozen(kw_only=True)
class Breakdown:
    """A failure in the middle of a stream."""

    provider: Provider
    failure: Failure
    shape: Literal["flat", "nested", "failed"]
    number: int
    """How many events came before: the sequence number of the next."""
    document: Json
    """The response that the stream was telling."""
    request_id: str


def events(wire: Wire, breakdown: Breakdown) -> list[Event]:
    """Return the events that end a failing stream."""
    message = message_of(breakdown.provider, breakdown.failure)
    match wire:
        case "anthropic":
            return [Event(name="error", data=anthropic_error(breakdown.failure, message, breakdown.request_id))]
        case "openai-chat":
            return [Event(data={"error": openai_error(breakdown.failure, message)})]
        case "uitars":  # vLLM ends its stream properly after the error
            return [Event(data={"error": vllm_error(breakdown.failure, message)}), Event(word="[DONE]")]
        case "openai-responses":
            return [_responses(breakdown, message)]


def _responses(breakdown: Breakdown, message: str) -> Event:
    error = openai_error(breakdown.failure, message)
    number = {"sequence_number": breakdown.number}
    if breakdown.shape == "nested":
        return Event(name="error", data={"type": "error", **number, "error": error})
    if breakdown.shape == "flat":
        flat = {"code": error["code"], "message": message, "param": error["param"]}
        return Event(name="error", data={"type": "error", **flat, **number})
    reason = {"code": error["code"] or "server_error", "message": message}
    failed = {
        **breakdown.document,
        "status": "failed",
        "error": reason,
        "output": [],
        "usage": None,
        "completed_at": None,
    }
    return Event(name="response.failed", data={"type": "response.failed", **number, "response": failed})
