"""A job's state: what the machine knows, as plain data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from polyloop.translate import hub
from polyloop.translate.jsonvalue import ABSENT, Json, JsonObject

from .events import check_schema
from .journal import SCHEMA
from .limits import Limits, Spent
from .plain import dump as _dump
from .plain import load as _load
from .ports import ToolOutcome, ToolPolicy


class Phase(StrEnum):
    """Where a job is. PAUSED is SAMPLING or ACTING with a pause: see `State.condition`."""

    NEW = "new"
    SAMPLING = "sampling"
    ACTING = "acting"
    PAUSED = "paused"
    ENDED = "ended"


class CallStatus(StrEnum):
    """Where one call of the current turn is."""

    WAITING = "waiting"
    ASKING = "asking"
    ALLOWED = "allowed"
    RUNNING = "running"
    DONE = "done"


class EndReason(StrEnum):
    """Why a run ended. Only COMPLETED is success."""

    COMPLETED = "completed"
    BY_TOOL = "by_tool"
    """A tool ended it: the screen is not as expected, say."""
    REFUSED = "refused"
    CONTENT_FILTER = "content_filter"
    CONTEXT_OVERFLOW = "context_overflow"
    MAX_TOKENS = "max_tokens"
    UNKNOWN_STOP = "unknown_stop"
    LIMIT = "limit"
    NO_PROGRESS = "no_progress"
    UNHEALTHY = "unhealthy"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EMPTY = "empty"
    """There was nothing to send."""
    IMPORTED = "imported"
    """Not a run's end: the history came from elsewhere and nothing was done with it yet."""


RESUMABLE: Final = frozenset(
    {
        EndReason.CONTEXT_OVERFLOW, EndReason.MAX_TOKENS, EndReason.LIMIT, EndReason.NO_PROGRESS, EndReason.UNHEALTHY,
        EndReason.FAILED, EndReason.CANCELLED, EndReason.EMPTY, EndReason.IMPORTED,
    }
)  # fmt: skip
"""Ends after which a start without new messages goes on. After the others it gives the same end again."""


@frozen(kw_only=True)
class CallState:
    """One call of the current turn."""

    key: str
    call: hub.Call
    tool: str | None
    """The name it has in the tools' table; None where there is no such tool."""
    status: CallStatus = CallStatus.WAITING
    outcome: ToolOutcome | None = None
    binding: str | None = None
    """Digest of what a decision about it must cover, while one is asked for."""
    approved: bool = False


@frozen(kw_only=True)
class Pause:
    """Why nothing new is begun, and until when (seconds since 1970) where that is known."""

    reason: str
    until: float | None = None


@frozen(kw_only=True)
class Ending:
    """How a run ended. ``value`` is its result, where it has one."""

    reason: EndReason
    value: Json = ABSENT
    detail: str = ""
    kind: str = ""
    """Of a provider's failure: the kind of its error."""


@frozen(kw_only=True)
class State:
    """Everything the machine knows of a job. Its turns hold images as references to the store, never as bytes."""

    job: str
    phase: Phase = Phase.NEW
    turns: tuple[hub.Turn, ...] = ()
    queued: tuple[hub.Turn, ...] = ()
    """Turns from outside that came while calls were unanswered: they follow the results."""
    calls: tuple[CallState, ...] = ()
    closed: tuple[CallState, ...] = ()
    """The calls of the turn that was closed last, with what came of them: for whoever is told of steps."""
    tools: Mapping[str, ToolPolicy] = field(factory=dict)
    limits: Limits = field(factory=Limits)
    spent: Spent = field(factory=Spent)
    samples: int = 0
    """Replies asked for in the whole life of the job: the number in the next key."""
    continuations: int = 0
    interruptions: int = 0
    fingerprints: tuple[str, ...] = ()
    screenshot: str | None = None
    conclusion: Json = ABSENT
    stopping: Ending | None = None
    """How the run will end when the current turn's calls are answered."""
    pause: Pause | None = None
    ending: Ending | None = None
    last_at: float = 0.0

    @property
    def condition(self) -> Phase:
        """The row of the machine's table that counts: PAUSED while paused, else the phase."""
        return Phase.PAUSED if self.pause is not None else self.phase

    @property
    def at_rest(self) -> bool:
        """Nothing is running and nothing will be begun."""
        if self.phase is Phase.ENDED or self.phase is Phase.NEW:
            return True
        return self.pause is not None and all(call.status is not CallStatus.RUNNING for call in self.calls)


def dump(state: State) -> JsonObject:
    """Return a state as plain JSON, with the schema's version."""
    return {"schema": SCHEMA, **_dump(state)}


def load(document: JsonObject) -> State:
    """Make a state from its plain JSON. Raises `SchemaVersionError` for an unknown version, `FormatError` for a damaged one."""
    check_schema(document)
    return _load(State, document)


def digest(document: Json) -> str:
    """Return the SHA-256 of a JSON value, key order and number types included, in hexadecimal."""
    text = json.dumps(document, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def binding_of(job: str, key: str, call: hub.Call, screenshot: str | None) -> str:
    """Return the digest a decision must repeat: the job, the call's key and id, its exact arguments, and the screen it was seen on."""
    return digest([job, key, _dump(call), screenshot])
