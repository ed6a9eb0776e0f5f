"""Replies: the wire's record to the hub's and back."""

from __future__ import annotations

from typing import Any, Final, Literal

from .. import hub
from ..codec import Opaque, decode_as, encode
from ..errors import WriteError
from ..jsonvalue import ABSENT, Absent, Json
from ..unfinished import settled, unsettled
from .blocks import read_parts, write_parts
from .calls import Context
from .residue import FAMILY, WITHOUT, assemble, left_out, nulls, ours, own, said
from .tables import RESPONSE_RESIDUE, STOP_REASONS, STOP_WORDS
from .usage import read_tier, read_tool_usage, read_usage, write_tier, write_tool_usage, write_usage
from .wire import Container, Message, Usage

_USUAL: Final[dict[str, Json]] = {"type": "message", "role": "assistant", "stop_sequence": None}
"""Keys of every reply, with what they always say; one that is missing is a spelling."""
ERROR: Final = "error"
"""The type of the body of a reply that failed."""
_MAY_BE_MISSING: Final = (*_USUAL, "content", "stop_reason", "usage")

Status = Literal["finished", "cut", "paused", "queued", "failed"]


def read_response(message: Message) -> hub.Response:
    """Read a reply. The body of one that failed is a response without candidates."""
    if message.type == ERROR:
        return hub.Response(status="failed", error=encode(message))
    residue: dict[str, Json] = {**said(message, *RESPONSE_RESIDUE), **message.extra}
    spelling = nulls(message, "content", "usage", "stop_details", "container", *RESPONSE_RESIDUE)
    for name, usual in _USUAL.items():
        value = getattr(message, name)
        if value is not ABSENT and value != usual and name != "stop_sequence":
            residue[name] = value
    missing = [name for name in _MAY_BE_MISSING if getattr(message, name) is ABSENT]
    if missing:
        spelling[WITHOUT] = missing
    stop = _read_stop(message.stop_reason)
    continues = _read_container(message, residue, spelling)
    candidate = hub.Candidate(turn=_read_turn(message), stop=stop, stop_detail=_read_detail(message, residue))
    response = hub.Response(
        id=message.id,
        model=message.model,
        candidates=(candidate,),
        usage=read_usage(message.usage) if isinstance(message.usage, Usage) else None,
        tool_usage=read_tool_usage(message.usage) if isinstance(message.usage, Usage) else (),
        service_tier=read_tier(message.usage) if isinstance(message.usage, Usage) else ABSENT,
        status=status_of(stop),
        continues=continues,
        own=own(residue),
        spelling=own(spelling),
    )
    return settled(response, raw_input=True)


def _read_turn(message: Message) -> hub.Turn:
    parts = read_parts(message.content, Context()) if isinstance(message.content, tuple) else []
    model = message.model if isinstance(message.model, str) else None
    return hub.Turn(role="assistant", parts=tuple(parts), origin=hub.Origin(family=FAMILY, model=model))


def _read_stop(word: str | Absent | None) -> hub.StopReason | None:
    if not isinstance(word, str):
        return None
    return STOP_REASONS.get(word) or hub.Other(raw=word)


def status_of(stop: hub.StopReason | None) -> Status:
    """Return the status that goes with a stop reason: without one the reply was broken off."""
    if stop is None:
        return "cut"
    return "paused" if stop is hub.Reason.PAUSE_TURN else "finished"


def _read_detail(message: Message, residue: dict[str, Json]) -> Json:
    """Return what goes with the stop reason: the sequence met, or the details of a refusal."""
    details, sequence = message.stop_details, message.stop_sequence
    if not isinstance(details, str) and not isinstance(sequence, str):
        return details
    if details is not ABSENT and details is not None:
        residue["stop_details"] = details
    return sequence if isinstance(sequence, str) else ABSENT


def _read_container(message: Message, residue: dict[str, Json], spelling: dict[str, Json]) -> tuple[hub.Continues, ...]:
    container = message.container
    if not isinstance(container, Container):
        return ()
    rest = {**said(container, "expires_at", "skills"), **container.extra}
    empty = nulls(container, "expires_at", "skills")
    if isinstance(container.id, str):
        residue.update({"container": rest} if rest else {})
        spelling.update({"container": empty} if empty else {})
        return (hub.Continues(kind="container", id=container.id, family=FAMILY),)
    residue["container"] = encode(container)
    return ()


# Writing.


def write_response(response: hub.Response) -> Message:
    """Write a reply. Raises `WriteError` for what the Messages API has no place for: `adapt` it first."""
    if response.request is not None:
        raise WriteError("a reply of the Messages API does not repeat its request")
    if response.error is not None:
        return _write_failed(response)
    response = unsettled(response, raw_input=True)
    if len(response.candidates) != 1 or not response.created is response.completed is ABSENT:
        raise WriteError("a reply of the Messages API is one answer, and has no time")
    if not response.metadata is response.moderation is ABSENT:
        raise WriteError("a reply of the Messages API has neither metadata nor judgements of what was said")
    candidate = response.candidates[0]
    if candidate.index or candidate.logprobs is not ABSENT:
        raise WriteError("an answer of the Messages API has neither a number nor log probabilities")
    if response.status != status_of(candidate.stop):
        raise WriteError(
            f"a reply of the Messages API that is {response.status} does not say so beside its stop reason"
        )
    residue, spelling = dict(ours(response.own)), dict(ours(response.spelling))
    stated: dict[str, Any] = {
        **{name: ABSENT if left_out(response, name) else usual for name, usual in _USUAL.items()},
        "model": response.model,
        "id": response.id,
        "content": _write_content(response, candidate.turn),
        **_write_stop(response, candidate),
        **_write_container(response, residue, spelling),
    }
    for name in ("type", "role"):
        stated[name] = residue.pop(name, stated[name])
    stated.update(_write_usage(response))
    spelling.pop(WITHOUT, None)
    return assemble(Message, {**spelling, **residue}, stated)


def _write_usage(response: hub.Response) -> dict[str, Usage]:
    """Write usage, with what the provider's own tools took in it."""
    if response.usage is not None:
        usage = write_tool_usage(write_usage(response.usage), response.tool_usage)
        return {"usage": write_tier(usage, response.service_tier)}
    if response.tool_usage or response.service_tier is not ABSENT:
        raise WriteError("what tools took, and the tier, are a part of a reply's usage in the Messages API")
    return {}


def _write_failed(response: hub.Response) -> Message:
    if response.candidates or response.status != "failed":
        raise WriteError("a reply of the Messages API that failed says nothing beside its error")
    if not isinstance(response.error, dict) or response.error.get("type") != ERROR:
        raise WriteError("the error of the Messages API is an object of type error")
    return decode_as(Message, response.error)


def _write_content(response: hub.Response, turn: hub.Turn) -> Any:
    if turn.role != "assistant":
        raise WriteError(f"a reply of the Messages API is the assistant's, not the {turn.role}'s")
    if any(seam.form == "message" and seam.start for seam in turn.seams):
        raise WriteError("a reply of the Messages API is one message")
    spelled = "content" in ours(response.spelling) or left_out(response, "content")
    if not turn.parts and spelled:
        return ABSENT
    written: tuple[Any | Opaque, ...] = tuple(write_parts(turn.parts, Context()))
    return written


def _write_stop(response: hub.Response, candidate: hub.Candidate) -> dict[str, Json]:
    stop, detail = candidate.stop, candidate.stop_detail
    written: dict[str, Json] = {}
    if isinstance(stop, hub.Other):
        written["stop_reason"] = stop.raw
    elif stop is not None:
        written["stop_reason"] = _stop_word(stop)
    elif not left_out(response, "stop_reason"):
        written["stop_reason"] = None
    if isinstance(detail, str):
        written["stop_sequence"] = detail
    elif detail is not ABSENT:
        written["stop_details"] = detail
    return written


def _stop_word(reason: hub.Reason) -> str:
    if reason not in STOP_WORDS:
        raise WriteError(f"the Messages API has no stop reason {reason.value}")
    return STOP_WORDS[reason]


def _write_container(
    response: hub.Response, residue: dict[str, Json], spelling: dict[str, Json]
) -> dict[str, Container]:
    if not response.continues:
        return {}
    state = response.continues[0]
    ours_alone = len(response.continues) == 1 and state.family == FAMILY and state.kind == "container"
    if not ours_alone or not isinstance(state.id, str):
        raise WriteError("a reply of the Messages API leaves one container and no other state")
    rest = {**(spelling.pop("container", None) or {}), **residue.pop("container", {})}
    return {"container": assemble(Container, rest, {"id": state.id})}
