"""Replies: the record to the hub and back."""

from __future__ import annotations

from typing import Any, Final

from .. import hub
from ..codec import Opaque, encode
from ..jsonvalue import ABSENT, Json, JsonObject
from ..moderation import listed, single
from ..unfinished import settled, unsettled
from . import wire
from .echo import read_echo, write_echo
from .items_read import read_output
from .items_write import write_output
from .residue import FAMILY, NOTHING, WITHOUT, assemble, ours, own, refuse, residue
from .settings import read_continues, write_continues
from .tables import INCOMPLETE, INCOMPLETE_REASONS, STATUS_WORDS, STATUSES
from .tool_usage import read_tool_usage, write_tool_usage
from .usage import read_usage, write_usage


def read_response(record: wire.Response) -> hub.Response:
    """Read a reply. It has one candidate, or none where it is a stored reply's husk without any output."""
    spelling: JsonObject = {}
    rest: JsonObject = dict(ours(residue(record, *wire.ECHO)))
    status = STATUSES.get(record.status, "cut") if isinstance(record.status, str) else "finished"
    if isinstance(record.status, str):
        if STATUS_WORDS[status] != record.status:
            rest["status"] = record.status
    else:
        _spell_missing(record, "status", spelling)
    if record.object != "response":
        if isinstance(record.object, str):
            rest["object"] = record.object
        else:
            _spell_missing(record, "object", spelling)
    if record.error is ABSENT:
        _spell_missing(record, "error", spelling)
    usage = _read_usage(record, rest, spelling)
    tools = read_tool_usage(record.tool_usage)
    if tools:
        del rest["tool_usage"]
    timed = record.completed_at is None or type(record.completed_at) in (int, float)
    if timed:
        del rest["completed_at"]
    moderation = listed(record.moderation)
    if moderation is ABSENT and record.moderation is not ABSENT:
        rest["moderation"] = record.moderation
    tiered = record.service_tier is None or isinstance(record.service_tier, str)
    if not tiered and record.service_tier is not ABSENT:
        rest["service_tier"] = record.service_tier
    response = hub.Response(
        id=record.id,
        model=record.model,
        created=record.created_at,
        completed=record.completed_at if timed else ABSENT,
        candidates=_read_candidates(record, rest, spelling),
        usage=usage,
        tool_usage=tools or (),
        status=status,
        error=None if record.error is ABSENT else record.error,
        service_tier=record.service_tier if tiered else ABSENT,
        metadata=record.metadata,
        moderation=moderation,
        continues=read_continues(record, spelling),
        request=read_echo(rest),
        own=own(rest),
        spelling=own(spelling),
    )
    return settled(response, calls=False)


def _spell_missing(record: wire.Response, name: str, spelling: JsonObject) -> None:
    if getattr(record, name) is ABSENT:
        spelling.setdefault(WITHOUT, []).append(name)
    else:
        spelling[name] = None


def _read_usage(record: wire.Response, rest: JsonObject, spelling: JsonObject) -> hub.Usage | None:
    if isinstance(record.usage, wire.ResponseUsage):
        return read_usage(record.usage)
    if isinstance(record.usage, Opaque):
        rest["usage"] = record.usage.document
    elif record.usage is None:
        spelling["usage"] = None
    return None


def _read_candidates(record: wire.Response, rest: JsonObject, spelling: JsonObject) -> tuple[hub.Candidate, ...]:
    details = record.incomplete_details
    reason: str | None = None
    if isinstance(details, wire.IncompleteDetails):
        reason = details.reason if isinstance(details.reason, str) else None
        if reason is None or details.extra:
            rest["incomplete_details"] = {**details.extra, **({"reason": None} if details.reason is None else {})}
    elif isinstance(details, Opaque):
        rest["incomplete_details"] = details.document
    elif details is ABSENT:
        spelling.setdefault(WITHOUT, []).append("incomplete_details")
    if not isinstance(record.output, tuple):
        if record.output is None:
            spelling["output"] = None
        if reason is not None:
            rest["incomplete_details"] = encode(details)  # type: ignore[arg-type]
        return ()
    turn = read_output(record.output)
    origin = hub.Origin(family=FAMILY, model=record.model if isinstance(record.model, str) else None)
    turn = hub.Turn(role=turn.role, parts=turn.parts, seams=turn.seams, origin=origin)
    stop = _read_stop(record.status, reason, turn)
    if reason is not None and stop == _read_stop(record.status, None, turn):
        rest["incomplete_details"] = encode(details)  # type: ignore[arg-type]
    return (hub.Candidate(turn=turn, stop=stop),)


def _read_stop(status: Any, reason: str | None, turn: hub.Turn) -> hub.StopReason | None:
    if reason is not None:
        return INCOMPLETE.get(reason) or hub.Other(raw=reason)
    if status == "completed":
        return natural_stop(turn)
    if not isinstance(status, str) or status in _UNSTOPPED:
        return None
    return hub.Other(raw=status)


_UNSTOPPED: Final = ("incomplete", "failed", "queued", "in_progress")
"""States that say by themselves no reason why the model stopped."""


def natural_stop(turn: hub.Turn) -> hub.Reason:
    """A reply that is complete waits for results where it calls, and is over where it does not."""
    calls = any(part.__class__ is hub.Call for part in turn.parts)
    return hub.Reason.TOOL_USE if calls else hub.Reason.END_TURN


# Writing.


def write_response(response: hub.Response) -> wire.Response:
    """Write a reply. Raises `WriteError` for what the wire has no form for."""
    response = unsettled(response, calls=False)
    rest, spelling = {**ours(response.own), **write_echo(response.request)}, ours(response.spelling)
    stated: dict[str, Any] = {
        "id": response.id,
        "model": response.model,
        "created_at": response.created,
        "completed_at": response.completed,
        "tool_usage": write_tool_usage(response.tool_usage),
        "service_tier": response.service_tier,
        "metadata": response.metadata,
        "moderation": _write_moderation(response.moderation),
        "status": _write_status(response, rest, spelling),
        **write_continues(response.continues),
    }
    if response.error is not None:
        stated["error"] = response.error
    if response.usage is not None:
        stated["usage"] = write_usage(response.usage)
    if len(response.candidates) > 1:
        raise refuse("several answers")
    if response.candidates:
        candidate = response.candidates[0]
        _refuse_foreign(candidate)
        stated["output"] = write_output(candidate.turn)
        stated["incomplete_details"] = _write_stop(candidate, stated["status"], rest)
    usual = {"object": "response", "error": None, "incomplete_details": None}
    return assemble(
        wire.Response, rest, {k: v for k, v in spelling.items() if v is None or k == WITHOUT}, stated, usual
    )


def _write_moderation(moderation: Json) -> Json:
    said = ABSENT if moderation is ABSENT else single(moderation)
    if said is ABSENT and moderation is not ABSENT:
        raise refuse("judgements of more than one thing, or in another form")
    return said


def _write_status(response: hub.Response, rest: JsonObject, spelling: Any) -> Any:
    """Write the status: the word that was read, as long as it means the same."""
    word = rest.pop("status", None)
    if word is not None and STATUSES.get(word, "cut") == response.status:
        return word
    if response.status == "finished" and ("status" in spelling or "status" in spelling.get(WITHOUT, ())):
        return ABSENT
    if response.status not in STATUS_WORDS:
        raise refuse(f"a reply that is {response.status}")
    return STATUS_WORDS[response.status]


def _refuse_foreign(candidate: hub.Candidate) -> None:
    if candidate.index != 0:
        raise refuse("an answer that is not the first")
    if candidate.stop_detail is not ABSENT or candidate.logprobs is not ABSENT or ours(candidate.own):
        raise refuse("details of a stop or log probabilities of a whole answer")


def _write_stop(candidate: hub.Candidate, status: Any, rest: JsonObject) -> Any:
    """Write ``incomplete_details``. A stop that status and output do not show by themselves has no other place."""
    stop = candidate.stop
    if stop == _read_stop(status, None, candidate.turn):
        return ABSENT
    if isinstance(stop, hub.Other):
        reason = stop.raw
    elif stop is not None and stop in INCOMPLETE_REASONS:
        reason = INCOMPLETE_REASONS[stop]
    else:
        raise refuse(f"that this reply stopped for {stop or 'no reason known'}")
    details = rest.pop("incomplete_details", NOTHING)
    return assemble(
        wire.IncompleteDetails, details if isinstance(details, dict) else NOTHING, NOTHING, {"reason": reason}
    )
