"""Turns, and the parts they hold, in the order in which they were said."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from ..computer_use.actions import Action
from ..jsonvalue import ABSENT, Absent, Json
from .base import NO_ARGUMENTS, UNCOMPARED, Arguments, Mark, Opaque, Origin, Owned
from .content import Media, Refusal, Text, Thinking
from .findings import Caller, Findings
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
    broken off and never runs; pending is still being streamed. ``caller`` is the program that made the call, where the model did not
    make it itself.
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
    caller: Caller | None = None


@attrs.frozen(kw_only=True, eq=False)
class Result(Owned):
    """What came of a call. ``outcome`` is ABSENT where the wire does not say.

    ``form`` is the call's form (a computer's result is its screenshot); ``acknowledged`` are the safety checks a person passed.
    ``name``, ``namespace`` and ``caller`` are the call's, where the wire says them again. ``offered`` are the names of tools that a search
    of the caller's own found: the request defines them, and they may be called from here on.
    """

    call_id: str
    parts: tuple[Part, ...] = ()
    offered: tuple[str, ...] = ()
    outcome: Literal["ok", "error", "denied", "not_run", "unknown"] | Absent = ABSENT
    form: CallForm = "function"
    acknowledged: tuple[SafetyCheck, ...] = ()
    toolset: str | Absent | None = ABSENT
    name: str | Absent | None = ABSENT
    namespace: str | Absent | None = ABSENT
    caller: Caller | None = None


@attrs.frozen(kw_only=True, eq=False)
class ServerCall(Owned):
    """A call the provider runs itself. Never executable by us, on any wire.

    ``tool`` is web_search, web_fetch, find_in_page, file_search, code_execution, image_generation, tool_search, mcp_list_tools, the
    name of a tool of the MCP server ``server``, or a provider's own word. ``arguments`` are the tool's: ``{"query": ...}`` or
    ``{"queries": [...]}`` of a search, ``{"url": ...}`` of a fetch, ``{"code": ...}`` of a program. ``findings`` is what came of it
    where the wire tells that in one with the call (Responses); else a `ServerResult` follows. ``status`` is how far it got, in the
    provider's word. ``document`` holds a call in a form that nobody documents, less its id; ``family`` is who alone understands it.
    """

    id: str
    tool: str
    arguments: Arguments = NO_ARGUMENTS
    server: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT
    caller: Caller | None = None
    findings: Findings | None = None
    document: Json = ABSENT
    family: str


@attrs.frozen(kw_only=True, eq=False)
class ServerResult(Owned):
    """What the provider's own tool found. ``document`` holds it in a form that nobody documents; ``findings`` is None then."""

    call_id: str
    tool: str
    status: str | Absent | None = ABSENT
    caller: Caller | None = None
    findings: Findings | None = None
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
