"""Computer calls, ids and names: make them ones that the Messages API takes.

A batch of computer actions is one call elsewhere and one call for each action here, with ids derived from the batch's; the
last one keeps the id and the result, the others get an empty result.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator
from itertools import chain, count
from typing import Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..computer_use.actions import Action, Foreign, Screenshot, Scroll, Wait
from ..computer_use.anthropic import TOOLS, read_action, write_action
from ..computer_use.openai import write_action as write_openai_action
from ..computer_use.outcomes import Unsaid, Written
from ..jsonvalue import ABSENT, Json, JsonObject
from ..steps import call_ids, map_parts, rename, tool_names, with_ids, with_names
from .calls import computers_of
from .tables import LATEST_TOOLSET, LEGAL_ID, LEGAL_NAME, LONGEST_ID, LONGEST_NAME
from .tools import dated

UNSAID: Final = Unsaid(notches=3, seconds=1)
"""Inserted where an action does not say how far it scrolls or how long it waits, and the wire needs a number."""
COMPUTER: Final = "computer"
_ILLEGAL: Final = re.compile(r"[^a-zA-Z0-9_-]")


def split_batches(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Write every computer call as calls of the request's computer tool, one for each action."""
    if not any(_has_actions(part) for turn in request.turns for part in turn.parts):
        return request
    splitter = Splitter(tool=tool_of(request, adapting), name=_name_of(request), adapting=adapting)
    turns = tuple(splitter.turn(turn) for turn in request.turns)
    if all(a is b for a, b in zip(turns, request.turns, strict=True)):
        return request
    return attrs.evolve(request, turns=turns)


def _has_actions(part: hub.Part) -> bool:
    return isinstance(part, hub.Call) and part.actions is not ABSENT


def tool_of(request: hub.Request, adapting: Adapting) -> str:
    """Return the dated type of the computer tool that calls are written for."""
    for tool in request.tools if isinstance(request.tools, tuple) else ():
        builtin = tool.builtin if isinstance(tool, hub.Tool) and tool.form == "computer" else None
        if builtin is not None and dated(builtin) in TOOLS:
            return dated(builtin)
    profile = adapting.profile
    return profile.computer if profile is not None and profile.computer in TOOLS else LATEST_TOOLSET


def _name_of(request: hub.Request) -> str:
    computers = computers_of(request.tools) if isinstance(request.tools, tuple) else {}
    return next(iter(computers), COMPUTER)


@attrs.define(kw_only=True)
class Splitter:
    """Splits computer calls into calls of one tool, and remembers which of them a result answers."""

    tool: str
    name: str
    adapting: Adapting
    extra: dict[str, tuple[str, ...]] = attrs.field(factory=dict)
    """Id of a batch -> ids of the calls before its last one."""
    calls: dict[str, hub.Call] = attrs.field(factory=dict)

    def turn(self, turn: hub.Turn) -> hub.Turn:
        """Return the turn with its computer calls split, and the results of such calls answered for each of them."""
        return map_parts(turn, lambda part, _: self._part(part))

    def _part(self, part: hub.Part) -> tuple[hub.Part, ...] | None:
        if isinstance(part, hub.Call):
            return None if part.actions is ABSENT else self.call(part, part.actions)
        if isinstance(part, hub.Result) and part.call_id in self.calls:
            return self._results(part)
        return None

    def call(self, call: hub.Call, actions: tuple[Action, ...]) -> tuple[hub.Call, ...] | None:
        """Split one call; ``None`` where it is one of the tool already."""
        toolset = TOOLS[self.tool].toolset or ABSENT
        if call.form == "browser":
            self.calls[call.id] = call
            return None
        singles = [single for action in actions or (Screenshot(),) for single in self._singles(action)]
        before = tuple(f"{call.id}_{number}" for number in range(1, len(singles)))
        self.extra[call.id] = before
        if len(actions) == 1 and len(singles) == 1 and singles[0] == actions[0] and call.toolset == toolset:
            self.calls[call.id] = call
            return None
        own = call.own if len(singles) == 1 else None
        split = tuple(
            self._single(single, id, call, own) for single, id in zip(singles, (*before, call.id), strict=True)
        )
        self.calls[call.id] = split[-1]
        return split

    def _single(self, action: Action | JsonObject, id: str, call: hub.Call, own: hub.Own | None) -> hub.Call:
        if isinstance(action, dict):
            return hub.Call(id=id, name=self.name, arguments=hub.Arguments(value=action), own=own)
        toolset = TOOLS[self.tool].toolset
        return hub.Call(
            id=id,
            name=toolset or self.name,
            form="computer",
            toolset=toolset or ABSENT,
            actions=(action,),
            own=own,
        )

    def _singles(self, action: Action) -> list[Action | JsonObject]:
        """Return the actions of the tool that do what one action does; a plain document where the tool has none."""
        if isinstance(action, Foreign):
            return [action] if action.tool == self.tool else [action.document]
        outcome = write_action(action, self.tool, UNSAID)
        if isinstance(outcome, Written):
            self._note_unsaid(action)
            if len(outcome.documents) == 1 and not outcome.missing and not outcome.rewritten:
                return [action]
            return [read_action(document, self.tool) for document in outcome.documents]
        return [_described(action)]

    def _note_unsaid(self, action: Action) -> None:
        if isinstance(action, Wait) and action.seconds is None:
            self.adapting.insert(UNSAID.seconds, "the computer tool needs to be told how many seconds to wait")
        if isinstance(action, Scroll) and action.unit == "unspecified":
            self.adapting.insert(UNSAID.notches, "the computer tool needs to be told how far to scroll")

    def _results(self, result: hub.Result) -> tuple[hub.Part, ...] | None:
        call = self.calls[result.call_id]
        before = tuple(
            hub.Result(call_id=id, outcome="ok", form=call.form, toolset=call.toolset)
            for id in self.extra.get(result.call_id, ())
        )
        if not before and result.toolset == call.toolset and result.form == call.form:
            return None
        return (*before, attrs.evolve(result, toolset=call.toolset, form=call.form))


def _described(action: Action) -> JsonObject:
    """Say an action that the tool has no word for in the words of another vendor's tool, as a plain call's input."""
    outcome = write_openai_action(action, "computer")
    if isinstance(outcome, Written) and len(outcome.documents) == 1:
        return dict(outcome.documents[0])
    return {"type": type(action).__name__.lower()}


# Ids and names.


def legal_ids(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Spell ids in the wire's alphabet; each call has an id of its own."""
    turns = unique_ids(request.turns)
    if turns is not request.turns:
        request = attrs.evolve(request, turns=turns)
    ids = rename(call_ids(request), _LEGAL_ID.fullmatch, _spelled, LONGEST_ID)
    if ids:
        adapting.context["ids"] = dict(ids)
    return with_ids(request, ids)


_LEGAL_ID: Final = re.compile(LEGAL_ID)
_LEGAL_NAME: Final = re.compile(LEGAL_NAME)


def _spelled(name: str) -> str:
    return _ILLEGAL.sub("_", name)


def unique_ids(turns: tuple[hub.Turn, ...]) -> tuple[hub.Turn, ...]:
    """Number the calls that bear an id an earlier call has; results answer the last turn's calls of their id in the order of these.

    What a call is given depends on those before it alone, so that a history that grows, or a stream, keeps what it said.
    """
    calls = [part.id for turn in turns for part in turn.parts if isinstance(part, hub.Call)]
    if len(set(calls)) == len(calls):
        return turns
    given: set[str] = set()
    numbers: defaultdict[str, count[int]] = defaultdict(lambda: count(2))
    asked: dict[str, hub.Turn] = {}
    waiting: dict[str, list[str]] = {}

    def step(part: hub.Part, turn: hub.Turn) -> tuple[hub.Part, ...] | None:
        if isinstance(part, hub.Call):
            own = _of_its_own(part.id, numbers[part.id], given)
            given.add(own)
            if asked.get(part.id) is not turn:
                asked[part.id], waiting[part.id] = turn, []
            waiting[part.id].append(own)
            return None if own == part.id else (attrs.evolve(part, id=own),)
        if isinstance(part, hub.Result):
            answered = _first_waiting(waiting.get(part.call_id, [part.call_id]))
            return None if answered == part.call_id else (attrs.evolve(part, call_id=answered),)
        return None

    return tuple([map_parts(turn, step) for turn in turns])


def _first_waiting(ids: list[str]) -> str:
    """Take the call that has waited longest; the last one stays, for a result that comes once more."""
    return ids.pop(0) if len(ids) > 1 else ids[0]


def _of_its_own(id: str, numbers: Iterator[int], given: Container[str]) -> str:
    """Return an id that was given to no call yet: the call's own, or that with the first number that is free."""
    numbered = (f"{id}_{number}" for number in numbers)
    return next(one for one in chain((id,), numbered) if one not in given)


def legal_names(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Spell the names of tools and calls in the wire's alphabet."""
    names = rename(tool_names(request), _LEGAL_NAME.fullmatch, _spelled, LONGEST_NAME)
    if names:
        adapting.context["names"] = dict(names)
    return with_names(request, names)


def context_of(request: hub.Request, adapting: Adapting) -> dict[str, Json]:
    """Return what a reply needs to know of a request's tools: which are free-text tools, and which is the computer."""
    found: dict[str, Json] = {}
    tools = request.tools if isinstance(request.tools, tuple) else ()
    custom = [
        tool.name for tool in tools if isinstance(tool, hub.Tool) and tool.form == "custom" and tool.builtin is None
    ]
    if custom:
        found["custom"] = [name for name in custom if isinstance(name, str)]
    for tool in tools:
        if isinstance(tool, hub.Tool) and tool.form == "computer" and tool.builtin is not None:
            name = tool.name if isinstance(tool.name, str) else COMPUTER
            found["computer"] = {"name": name, "tool": dated(tool.builtin), "target": tool_of(request, adapting)}
    return found
