"""Calls of providers' own tools, said in another provider's words: what two wires both tell of crosses over as what it is.

One wire tells a call and what came of it in one, another in two blocks; ids begin with a word for their kind on each. A call stays
what it is: the provider's own, which nobody performs a second time. What a target has no form for is left out by its own adapting.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import attrs

from . import hub
from .jsonvalue import ABSENT
from .steps import PartStep, map_parts

Joined = Callable[[hub.ServerCall], hub.ServerCall | None]


def join_results(turn: hub.Turn, family: str, fit: Joined) -> hub.Turn:
    """Put another family's calls and their results together, where the results stand; ``fit`` says them in the target's words.

    A call without a result is left as it is, and so is one that ``fit`` returns nothing for.
    """
    if hub.ServerCall not in map(type, turn.parts):
        return turn
    calls = {part.id: part for part in turn.parts if isinstance(part, hub.ServerCall) and part.family != family}
    fitted: dict[str, hub.ServerCall] = {}
    for part in turn.parts:
        call = calls.get(part.call_id) if isinstance(part, hub.ServerResult) else None
        if isinstance(part, hub.ServerResult) and call is not None and call.findings is None:
            said = fit(attrs.evolve(call, findings=part.findings)) if part.findings is not None else None
            if said is not None:
                fitted[call.id] = said
    alone = {call.id: said for call in calls.values() if call.findings is not None and (said := fit(call)) is not None}
    return map_parts(turn, _in_one(fitted, alone)) if fitted or alone else turn


def _in_one(fitted: Mapping[str, hub.ServerCall], alone: Mapping[str, hub.ServerCall]) -> PartStep:
    def step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        if isinstance(part, hub.ServerCall):
            if part.findings is not None and part.id in alone:
                return (alone[part.id],)
            return () if part.id in fitted else None
        if isinstance(part, hub.ServerResult) and part.call_id in fitted:
            return (fitted[part.call_id],)
        return None

    return step


def with_prefix(id: str, old: str, new: str) -> str:
    """Give an id the word that ids of its kind begin with elsewhere, in place of its own where it has one."""
    return new + id.removeprefix(old)


def words_of(parts: Sequence[hub.Part]) -> tuple[hub.Text, ...] | None:
    """Return parts that are all texts as bare ones; ``None`` where one is something else."""
    words = [hub.Text(text=part.text) for part in parts if isinstance(part, hub.Text)]
    return tuple(words) if len(words) == len(parts) else None


def bare_tools(offered: hub.Offered) -> hub.Offered | None:
    """Return offered tools with what every wire says of them: a name, a description, a schema; ``None`` where one is opaque."""
    tools = []
    for tool in offered.tools:
        if isinstance(tool, hub.Opaque) or not isinstance(tool.name, str) or not isinstance(tool.schema, dict):
            return None
        description = tool.description if isinstance(tool.description, str) else ABSENT
        tools.append(hub.Tool(name=tool.name, description=description, schema=tool.schema))
    return hub.Offered(tools=tuple(tools))
