"""Calls of providers' own tools, said in another provider's words: what two wires both tell of crosses over as what it is.

One wire tells a call and what came of it in one, another in two blocks; ids begin with a word for their kind on each. A call stays
what it is: the provider's own, which nobody performs a second time. What a target has no form for is left out by its own adapting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Final

import attrs

from . import hub
from .jsonvalue import ABSENT
from .steps import map_parts

Joined = Callable[[hub.ServerCall], hub.ServerCall | None]


def join_results(turn: hub.Turn, family: str, fit: Joined) -> hub.Turn:
    """Put another family's calls and their results together, where the results stand; ``fit`` says them in the target's words.

    A call without a result is left as it is, and so is one that ``fit`` returns nothing for.
    """
    if hub.ServerCall not in map(type, turn.parts):
        return turn
    calls: dict[str, int] = {}
    instead: dict[int, tuple[hub.Part, ...]] = {}
    for place, part in enumerate(turn.parts):
        if isinstance(part, hub.ServerCall) and part.family != family:
            if part.findings is None:
                calls[part.id] = place
            elif (said := fit(part)) is not None:
                instead[place] = (said,)
        elif isinstance(part, hub.ServerResult) and part.findings is not None and part.call_id in calls:
            call = turn.parts[calls[part.call_id]]
            assert isinstance(call, hub.ServerCall)
            if (said := fit(attrs.evolve(call, findings=part.findings))) is not None:
                instead[calls.pop(part.call_id)], instead[place] = (), (said,)
    if not instead:
        return turn
    places = count()
    return map_parts(turn, lambda part, _: instead.get(next(places)))


TOLD_SEARCH: Final = "srvtoolu_ws_"
"""What the id of a search begins with that OpenAI made and a reply of the Messages API tells of without what was found: Anthropic's word for
ids of its own tools before OpenAI's whole id. So nobody takes the call for one that is still to be answered, and none has to be made up."""


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
