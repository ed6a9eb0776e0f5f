"""What a reply's end means for the loop: one row for each stop reason and status."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from attrs import frozen

from polyloop.translate import hub


class Stopped(StrEnum):
    """The ends a reply can have, as far as the loop treats them differently."""

    TURN_ENDED = "turn_ended"
    WANTS_TOOLS = "wants_tools"
    CUT = "cut"
    PAUSED = "paused"
    BROKE_OFF = "broke_off"
    REFUSED = "refused"
    FILTERED = "filtered"
    OVERFLOWED = "overflowed"
    FAILED = "failed"
    UNKNOWN = "unknown"


BY_REASON: Final[dict[hub.Reason, Stopped]] = {
    # Servers that follow OpenAI's say "stop" beside tool calls: calls count, whatever the word.
    hub.Reason.END_TURN: Stopped.TURN_ENDED,
    hub.Reason.STOP_SEQUENCE: Stopped.TURN_ENDED,
    hub.Reason.TOOL_USE: Stopped.WANTS_TOOLS,
    hub.Reason.MAX_TOKENS: Stopped.CUT,
    hub.Reason.PAUSE_TURN: Stopped.PAUSED,
    hub.Reason.COMPACTION: Stopped.PAUSED,
    hub.Reason.REFUSAL: Stopped.REFUSED,
    hub.Reason.CONTENT_FILTER: Stopped.FILTERED,
    hub.Reason.CONTEXT_OVERFLOW: Stopped.OVERFLOWED,
}
BY_STATUS: Final[dict[str, Stopped]] = {
    "cut": Stopped.BROKE_OFF,
    "queued": Stopped.FAILED,
    "failed": Stopped.FAILED,
}
"""Statuses that count whatever the stop reason says. A reply in the background (``queued``) is nothing the loop asked for."""


@frozen(kw_only=True)
class Stop:
    """How a reply ended: ``name`` is the word for people, ``turn`` the model's turn, without parts where there is none."""

    meaning: Stopped
    name: str
    turn: hub.Turn


def stop_of(response: hub.Response) -> Stop:
    """Say how a reply ended. Of several candidates the first counts: the loop asks for one."""
    turn = response.candidates[0].turn if response.candidates else hub.Turn(role="assistant")
    by_status = BY_STATUS.get(response.status)
    if by_status is not None:
        return Stop(meaning=by_status, name=response.status, turn=turn if by_status is Stopped.FAILED else _nothing())
    if not response.candidates:
        return Stop(meaning=Stopped.BROKE_OFF, name="no answer", turn=turn)
    reason = response.candidates[0].stop
    if reason is hub.Reason.END_TURN and _refuses(turn):
        return Stop(meaning=Stopped.REFUSED, name="refusal", turn=turn)
    if isinstance(reason, hub.Reason):
        return Stop(meaning=BY_REASON[reason], name=reason.value, turn=turn)
    if isinstance(reason, hub.Other):
        return Stop(meaning=Stopped.UNKNOWN, name=reason.raw, turn=turn)
    meaning = Stopped.PAUSED if response.status == "paused" else Stopped.UNKNOWN
    return Stop(meaning=meaning, name="no stop reason", turn=turn)


def _refuses(turn: hub.Turn) -> bool:
    """Tell whether a turn is a refusal. OpenAI says so by a part of the message and has no stop reason for it."""
    kinds = set(map(type, turn.parts))
    return hub.Refusal in kinds and hub.Call not in kinds


def _nothing() -> hub.Turn:
    return hub.Turn(role="assistant")
