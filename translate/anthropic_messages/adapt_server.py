"""What another provider's MCP servers and searches for tools did, said in blocks of this one, and the rest as calls of functions.

Its searches, fetches and programs have no blocks here: result blocks have to hold what only Anthropic can make, encrypted
contents, documents and exit codes, and a block that leaves these out would say that nothing was found.

Source: ``BetaMCPToolUseBlockParam``, ``BetaRequestMCPToolResultBlockParam`` and ``BetaMCPToolListingBlockParam`` of the anthropic SDK
2.12.0, read 2026-11-22. "Each tool_reference must have a corresponding tool definition in the top-level tools parameter"
(agents-and-tools/tool-use/tool-search-tool, read 2026-11-24).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import count, groupby
from operator import is_
from typing import Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..own_tools import (
    INTERPRETER,
    SEARCH,
    anthropic_code,
    anthropic_tool_search,
    finds_tools,
    functions_of,
    has_server_calls,
    offer_alike,
    tool_searches,
)
from ..server_history import show_server_calls
from ..server_tools import bare_tools, with_prefix, words_of
from ..steps import map_parts, merge_runs
from ..web_searches import KINDS
from .findings import MCP
from .mcp_servers import ask
from .residue import FAMILY, WIRE_NAME
from .server_tools import LISTING, OWN_ID, own_id
from .tables import LEGAL_NAME

_IDS: Final = ("mcp_", "mcptoolu_")


def take_server_tools(turn: hub.Turn) -> hub.Turn:
    """Say another family's calls of MCP servers, and what they gave, as this wire's blocks.

    Calls between which nothing is said were made in one go: all of them come before what any of them gave, as Anthropic's own do.
    """
    if hub.ServerCall not in map(type, turn.parts):
        return turn
    instead: dict[int, Sequence[hub.Part] | None] = {}
    for made, run in groupby(enumerate(turn.parts), key=lambda placed: is_others_call(placed[1])):
        places = [place for place, _ in run]
        steps = [_step(turn.parts[place], turn) for place in places]
        instead.update(zip(places, steps, strict=True))
        if made and len(places) > 1:
            blocks = [block for said in steps for block in said or ()]
            instead.update(dict.fromkeys(places, ()))
            instead[places[0]] = sorted(blocks, key=lambda block: isinstance(block, hub.ServerResult))
    numbers = count()
    return map_parts(turn, lambda part, _: instead[next(numbers)])


def is_others_call(part: hub.Part) -> bool:
    """Tell whether a part is another family's call of a tool of an MCP server, with what came of it."""
    if not isinstance(part, hub.ServerCall) or part.family == FAMILY:
        return False
    return isinstance(part.server, str) and part.tool != LISTING


def _step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
    if not isinstance(part, hub.ServerCall) or part.family == FAMILY or not isinstance(part.server, str):
        return None
    if part.tool == LISTING:
        offered = bare_tools(part.findings) if isinstance(part.findings, hub.Offered) else None
        if offered is None:
            return ()
        return (hub.ServerCall(id="", tool=LISTING, server=part.server, findings=offered, family=FAMILY),)
    findings = _answer(part.findings)
    if findings is None or not isinstance(part.arguments.value, dict):
        return ()
    id = with_prefix(part.id, *_IDS)
    arguments = hub.Arguments(value=part.arguments.value)
    call = hub.ServerCall(id=id, tool=part.tool, server=part.server, arguments=arguments, family=FAMILY)
    return (call, hub.ServerResult(call_id=id, tool=MCP, findings=findings, family=FAMILY))


def _answer(findings: hub.Findings | None) -> hub.Said | hub.Failed | None:
    if not isinstance(findings, (hub.Said, hub.Failed)):
        return None
    words = words_of(findings.parts)
    if words is None:
        return None
    if isinstance(findings, hub.Said):
        return hub.Said(parts=words)
    said = words or ((hub.Text(text=findings.message),) if isinstance(findings.message, str) else ())
    return hub.Failed(parts=said)


def ask_for_servers(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Ask for the beta that blocks of MCP servers belong to, where another provider's are going to be such blocks.

    Of this wire's own blocks whoever sent them asked already, in a header mostly.
    """
    if not any(_step(part, turn) for turn in request.turns for part in turn.parts):
        return request
    return ask(request, adapting)


# A search for tools, and programs.


def offer_own_tools(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Offer in this wire's words a search for tools, and that programs run, which another provider does itself.

    Tools are known by their names here, so that one whose name is taken is no offer.
    """
    taken = functions_of(request.tools).keys()

    def alike(tool: hub.Tool) -> hub.Tool | None:
        if tool.builtin is None:
            return None
        offered: hub.Tool | None = None
        if tool.builtin.type == SEARCH and finds_tools(tool):
            offered = anthropic_tool_search()
        elif tool.builtin.type == INTERPRETER:
            offered = anthropic_code()
        return None if offered is None or offered.name in taken else offered

    return offer_alike(request, alike)


def take_other_calls(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Say what other providers' own tools did: in blocks where there are such, else as calls of functions.

    A search of the web is not told: OpenAI gives the addresses of what it found alone, which is not what its model read.
    """
    if adapting.source == WIRE_NAME or not has_server_calls(request.turns):
        return request
    names = frozenset([name for name in functions_of(request.tools) if re.fullmatch(LEGAL_NAME, name)])
    turns = tuple([_with_tool_searches(take_server_tools(turn), names) for turn in request.turns])
    shown = show_server_calls(turns, lambda call: call.family == FAMILY or call.tool in KINDS)
    if shown is turns and all(map(is_, turns, request.turns)):
        return request
    return attrs.evolve(request, turns=merge_runs(shown))


_SEARCHED_BY_OPENAI: Final = "tsc_"
"""What ids of searches begin with that OpenAI made."""


def _with_tool_searches(turn: hub.Turn, names: frozenset[str]) -> hub.Turn:
    """Say searches for tools in blocks, by the names of what they found, which the request defines."""
    if hub.ServerCall not in map(type, turn.parts):
        return turn
    instead: dict[int, hub.Part] = {}
    tool = str(anthropic_tool_search().name)
    for search in tool_searches(turn, FAMILY, names):
        call_id = own_id(with_prefix(search.call.id, _SEARCHED_BY_OPENAI, OWN_ID))
        if call_id is None or not search.call.id.startswith(_SEARCHED_BY_OPENAI):
            continue  # the caller's own search, say
        found = hub.Offered(tools=tuple([hub.Tool(name=name) for name in search.names]))
        instead[id(search.call)] = hub.ServerCall(
            id=call_id, tool=tool, arguments=hub.Arguments(value=search.call.arguments.value), family=FAMILY
        )
        instead[id(search.result)] = hub.ServerResult(call_id=call_id, tool=SEARCH, findings=found, family=FAMILY)
    return (
        turn if not instead else attrs.evolve(turn, parts=tuple([instead.get(id(part), part) for part in turn.parts]))
    )
