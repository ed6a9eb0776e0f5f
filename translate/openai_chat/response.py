"""Replies: the record to the hub and back.

Each choice is a candidate whose turn is one message, read as a message of a request is. A reply that is an error is a response
that failed, its document in ``error``.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from .. import hub
from ..codec import Opaque, encode_value
from ..jsonvalue import ABSENT, Absent, Json
from ..making import maker
from ..unfinished import settled, unsettled
from . import wire, wire_reply
from .assistant import read_assistant
from .messages import OPAQUE_FORM, Said, cut_messages, cut_turn, write_turn
from .residue import FAMILY, WIRE_NAME, WITHOUT, fill, left_out, ours, own, refuse
from .tables import FINISH_REASONS, REASONS
from .usage import read_usage, write_usage

OBJECT: Final = "chat.completion"
_new_response: Final = maker(hub.Response)
_new_candidate: Final = maker(hub.Candidate)
LABELS: Final = ("service_tier", "metadata", "moderation")
"""Keys of a reply that say of the whole of it what a neutral field says."""
_CHOICE_FORM: Final = "choice"
"""Form of the seam around a choice that no record fits."""


def read_response(record: wire_reply.Completion) -> hub.Response:
    """Read a reply."""
    return settled(read_unsettled(record))


def read_unsettled(record: wire_reply.Completion) -> hub.Response:
    """Read a reply of this wire or of one that says more with its words; what is not whole in it is not marked yet."""
    residue: dict[str, Json] = dict(record.extra)
    spelling: dict[str, Json] = {}
    tier = residue.get("service_tier", ABSENT)
    if tier is None or isinstance(tier, str):
        del residue["service_tier"]
    missing = [key for key in ("object", "choices") if getattr(record, key) is ABSENT]
    if record.object is not ABSENT and record.object != OBJECT:
        residue["object"] = record.object
    if record.choices is None:
        spelling["choices"] = None
    if record.usage is None:
        spelling["usage"] = None
    elif record.usage is not ABSENT and not isinstance(record.usage, dict):
        residue["usage"] = record.usage
    if record.error is None:
        spelling["error"] = None
    if missing:
        spelling[WITHOUT] = missing
    failed = record.error is not ABSENT and record.error is not None
    choices = record.choices if isinstance(record.choices, tuple) else ()
    origin = hub.Origin(family=FAMILY, model=record.model if isinstance(record.model, str) else None)
    candidates = tuple(_read_choice(choice, number, origin) for number, choice in enumerate(choices))
    return _new_response(
        id=record.id,
        model=record.model,
        created=record.created,
        candidates=candidates,
        usage=read_usage(record.usage) if isinstance(record.usage, dict) else None,
        status=_status_of(candidates, failed),
        error=record.error if failed else None,
        service_tier=tier if tier is None or isinstance(tier, str) else ABSENT,
        metadata=residue.pop("metadata", ABSENT),
        moderation=residue.pop("moderation", ABSENT),
        own=own(residue),
        spelling=own(spelling),
    )


def _status_of(candidates: tuple[hub.Candidate, ...], failed: bool) -> Literal["finished", "cut", "failed"]:
    """Return the status that goes with the stop reasons: a choice without one was broken off."""
    if failed:
        return "failed"
    return "cut" if any(one.stop is None and not _is_opaque(one) for one in candidates) else "finished"


def _is_opaque(candidate: hub.Candidate) -> bool:
    return any(seam.form == _CHOICE_FORM for seam in candidate.turn.seams)


def _read_choice(choice: wire_reply.Choice | Opaque, number: int, origin: hub.Origin) -> hub.Candidate:
    if not isinstance(choice, wire_reply.Choice):
        part = hub.Opaque(wire=WIRE_NAME, document=encode_value(choice))
        seam = hub.Seam(start=0, stop=1, form=_CHOICE_FORM)
        return hub.Candidate(index=number, turn=hub.Turn(role="assistant", parts=(part,), seams=(seam,), origin=origin))
    missing = [key for key in ("index", "message", "finish_reason") if getattr(choice, key) is ABSENT]
    spelling: dict[str, Json] = {WITHOUT: missing} if missing else {}
    message = choice.message
    if message is None:
        spelling["message"] = None
    if choice.index is None:
        spelling["index"] = None
    stop: hub.StopReason | None = None
    if isinstance(choice.finish_reason, str):
        stop = REASONS.get(choice.finish_reason) or hub.Other(raw=choice.finish_reason)
    return _new_candidate(
        index=choice.index if isinstance(choice.index, int) else number,
        turn=_read_turn(message, origin),
        stop=stop,
        logprobs=choice.logprobs,
        own=own(choice.extra),
        spelling=own(spelling),
    )


def _read_turn(message: wire.AssistantMessage | Opaque | Absent | None, origin: hub.Origin) -> hub.Turn:
    if isinstance(message, Opaque):
        said = Said([hub.Opaque(wire=WIRE_NAME, document=message.document)], form=OPAQUE_FORM)
        return cut_turn("assistant", [said], origin)
    if not isinstance(message, wire.AssistantMessage):
        return hub.Turn(role="assistant", origin=origin)
    said = Said([], name=message.name)
    said.parts = read_assistant(message, said.own, said.spelling, 0)
    return cut_turn("assistant", [said], origin)


# Writing.


def write_response(response: hub.Response) -> wire_reply.Completion:
    """Write a reply. Raises `WriteError` for what the wire has no form for."""
    failed = response.error is not None
    response = unsettled(response)
    if response.continues or response.status != _status_of(response.candidates, failed):
        raise refuse(f"a reply that is {response.status}, or goes on from a server's state")
    if response.completed is not ABSENT or response.tool_usage:
        raise refuse("when a reply was complete, or what the provider's own tools took")
    if response.request is not None:
        raise refuse("the request again in its reply")
    spelling = ours(response.spelling)
    stated: dict[str, Any] = {
        "id": response.id,
        "object": OBJECT,
        "created": response.created,
        "model": response.model,
        "choices": tuple(_write_choice(candidate, number) for number, candidate in enumerate(response.candidates)),
        "error": response.error if failed else ABSENT,
    }
    if response.usage is not None:
        stated["usage"] = write_usage(response.usage)
    _respell(stated, spelling)
    labels = {key: value for key in LABELS if (value := getattr(response, key)) is not ABSENT}
    residue = {**ours(response.own), **labels}
    if "object" in residue:
        del stated["object"]
    fill(wire_reply.Completion, stated, residue)
    return wire_reply.Completion(**stated)


def _respell(stated: dict[str, Any], spelling: Any) -> None:
    if not stated["choices"]:
        if "choices" in spelling:
            stated["choices"] = None
        elif left_out(spelling, "choices"):
            stated["choices"] = ABSENT
    if left_out(spelling, "object"):
        stated["object"] = ABSENT
    if "usage" in spelling:
        stated.setdefault("usage", None)
    if "error" in spelling and stated["error"] is ABSENT:
        stated["error"] = None


def _write_choice(candidate: hub.Candidate, number: int) -> wire_reply.Choice | Opaque:
    turn = candidate.turn
    if _is_opaque(candidate):
        if candidate.index != number:
            raise refuse("another number of an opaque choice")
        return _write_opaque(turn)
    if turn.role != "assistant" or candidate.stop_detail is not ABSENT:
        raise refuse("a reply of another role, or the details of a stop reason")
    spelling = ours(candidate.spelling)
    stated: dict[str, Any] = {
        "index": candidate.index,
        "logprobs": candidate.logprobs,
        "finish_reason": _write_stop(candidate.stop),
    }
    if turn.parts or turn.seams or not ("message" in spelling or left_out(spelling, "message")):
        stated["message"] = _write_message(turn)
    elif "message" in spelling:
        stated["message"] = None
    if "index" in spelling and candidate.index == number:
        stated["index"] = None
    unsaid = {"index": candidate.index == number, "finish_reason": candidate.stop is None}
    for key in unsaid:
        if left_out(spelling, key) and unsaid[key]:
            stated[key] = ABSENT
    if candidate.own is not None:
        fill(wire_reply.Choice, stated, ours(candidate.own))
    return wire_reply.Choice(**stated)


def _write_opaque(turn: hub.Turn) -> Opaque:
    match turn.parts:
        case (hub.Opaque(wire=of, document=document),) if of == WIRE_NAME:
            return Opaque(document)
        case _:
            raise refuse("an opaque choice of another wire")


def _write_message(turn: hub.Turn) -> wire.AssistantMessage | Opaque:
    if len(list(cut_messages(turn))) != 1:
        raise refuse("a reply of several messages")
    (message,) = write_turn(turn)
    assert isinstance(message, (wire.AssistantMessage, Opaque))
    return message


def _write_stop(stop: hub.StopReason | None) -> str | None:
    match stop:
        case None:
            return None
        case hub.Other(raw=raw):
            return raw
        case hub.Reason() if stop in FINISH_REASONS:
            return FINISH_REASONS[stop]
        case _:
            raise refuse(f"the stop reason {stop}")
