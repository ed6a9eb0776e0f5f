"""Turns, and the parts they hold, in the order in which they were said."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from ..computer_use.actions import Action
from ..jsonvalue import ABSENT, Absent, Json
from .base import NO_ARGUMENTS, UNCOMPARED, Arguments, Mark, Opaque, Origin, Owned
from .content import Media, Refusal, Text, Thinking
from .tools import CallForm


@attrs.frozen(kw_only=True, eq=False)
class SafetyCheck(Owned):
    """A check the provider wants a person to pass before a computer call runs."""

    id: str
    code: str | Absent | None = ABSENT
    message: str | Absent | None = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class Call(Owned):
    """A call the model wants us to perform.

    ``form`` function has JSON ``arguments``; custom has free text in ``arguments.text``; computer and browser have ``actions``
    and no arguments. A batch of computer actions is one call on a wire that batches them. ``state``: complete may run; cut was
    broken off and never runs; pending is still being streamed.
    """

    id: str
    name: str
    arguments: Arguments = NO_ARGUMENTS
    form: CallForm = "function"
    toolset: str | Absent | None = ABSENT
    namespace: str | Absent | None = ABSENT
    actions: tuple[Action, ...] | Absent = ABSENT
    checks: tuple[SafetyCheck, ...] = ()
    state: Literal["complete", "cut", "pending"] = "complete"


@attrs.frozen(kw_only=True, eq=False)
class Result(Owned):
    """What came of a call. ``outcome`` is ABSENT where the wire does not say.

    ``form`` is the call's form (a computer's result is its screenshot); ``acknowledged`` are the safety checks a person passed.
    """

    call_id: str
    parts: tuple[Part, ...] = ()
    outcome: Literal["ok", "error", "denied", "not_run", "unknown"] | Absent = ABSENT
    form: CallForm = "function"
    acknowledged: tuple[SafetyCheck, ...] = ()
    toolset: str | Absent | None = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class ServerCall(Owned):
    """A call the provider runs itself (web search, code execution, MCP). Never executable by us, on any wire.

    ``document`` holds the rest of an item that tells call and result in one (Responses), ``family`` who alone understands it.
    """

    id: str
    tool: str
    arguments: Arguments = NO_ARGUMENTS
    server: str | Absent | None = ABSENT
    document: Json = ABSENT
    family: str


@attrs.frozen(kw_only=True, eq=False)
class ServerResult(Owned):
    """What the provider's own tool found, in the provider's own form."""

    call_id: str
    tool: str
    document: Json = ABSENT
    family: str


@attrs.frozen(kw_only=True, eq=False)
class Approval(Owned):
    """The provider asks whether its own tool may run. ``subject`` is its question, as JSON."""

    id: str
    subject: Json


@attrs.frozen(kw_only=True, eq=False)
class ApprovalAnswer(Owned):
    """A person's answer to an `Approval`."""

    id: str
    approve: bool
    reason: str | Absent | None = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class Reference(Owned):
    """Something that stands in the provider's memory: an item by its id."""

    id: str
    family: str


Part: TypeAlias = (
    Text | Refusal | Media | Thinking | Call | Result | ServerCall | ServerResult | Approval | ApprovalAnswer | Reference
    | Opaque | Mark
)  # fmt: skip


@attrs.frozen(kw_only=True, eq=False)
class Seam(Owned):
    """``parts[start:stop]`` were one message or item of the wire, where the wire's own grouping would not say so."""

    start: int
    stop: int
    form: str = "message"
    id: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT
    phase: str | Absent | None = ABSENT
    name: str | Absent | None = ABSENT


Role: TypeAlias = Literal["system", "developer", "user", "assistant", "tool"]


@attrs.frozen(kw_only=True, eq=False)
class Turn(Owned):
    """A maximal run of one speaker, in the order in which it was said."""

    role: Role
    parts: tuple[Part, ...] = ()
    seams: tuple[Seam, ...] = ()
    origin: Origin | None = attrs.field(default=None, metadata=UNCOMPARED, repr=False)
