"""What another provider's own tools did, said as this one's: searches and fetches of the web, calls of MCP servers and their tools.

A search for tools is told with the definitions of what it found, which stand among the request's tools. What a program did is told as a
call of a function: a code interpreter's call needs the container that it ran in.

Source: ``ResponseFunctionWebSearchParam``, ``McpCall``, ``McpListTools``, ``ToolSearchCall`` and ``ResponseToolSearchOutputItemParam`` of
the openai SDK 3.54, read 2026-11-22: what a request may have of them.
"""

from __future__ import annotations

from operator import is_
from typing import Any, Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..errors import DecodeError
from ..jsontext import spell
from ..jsonvalue import ABSENT
from ..mcp_offers import NEVER, is_toolset_of, mcp_tool, read_server
from ..own_tools import (
    ANTHROPIC_SEARCHES,
    CODE,
    SEARCH,
    ToolSearch,
    functions_of,
    has_server_calls,
    offer_alike,
    responses_code,
    responses_tool_search,
    tool_searches,
)
from ..server_history import show_server_calls
from ..server_tools import TOLD_SEARCH, bare_tools, join_results, with_prefix, words_of
from ..steps import map_parts, merge_runs
from ..web_searches import asked_of
from .adapt_parts import NAME
from .residue import FAMILY, WIRE_NAME
from .server_calls import LISTING, OWN_IDS
from .tables import REASONS

_FAILURE: Final = "mcp_tool_execution_error"
_BETWEEN: Final = "\n\n"
_PREFIXES: Final = {"web_search": "ws_", "web_fetch": "ws_"}
_THEIRS: Final = "srvtoolu_"


def take_server_tools(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Say in a request's turns what other providers' own tools did as this one's items do."""
    if not has_server_calls(request.turns):
        return request
    turns = [
        take_in_turn(turn, adapting) if hub.ServerCall in map(type, turn.parts) else turn for turn in request.turns
    ]
    return request if all(map(is_, turns, request.turns)) else attrs.evolve(request, turns=tuple(turns))


def offer_servers(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Offer servers that another wire lists apart from the tools, each where its toolset stands, or behind the tools."""
    if not isinstance(request.servers, tuple):
        return request
    tools: list[hub.Tool | hub.Opaque] = list(request.tools) if isinstance(request.tools, tuple) else []
    for server in request.servers:
        offer = read_server(server, tuple(tools))
        if offer is None or not isinstance(server, hub.McpServer):
            continue
        adapting.insert(NEVER, REASONS["approval"])
        place = next((place for place, tool in enumerate(tools) if is_toolset_of(server, tool)), len(tools))
        tools[place : place + 1] = [mcp_tool(offer)]
    return attrs.evolve(request, tools=tuple(tools) or request.tools)


_CONTAINER: Final = "auto"


def offer_own_tools(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Offer in this wire's words a search for tools, and that programs run, which another provider does itself."""

    def alike(tool: hub.Tool) -> hub.Tool | None:
        builtin = tool.builtin
        if builtin is None or tool.form != "server":
            return None
        if builtin.type == CODE:
            return responses_code(_CONTAINER)
        return responses_tool_search() if builtin.type in ANTHROPIC_SEARCHES else None

    offered = offer_alike(request, alike)
    if isinstance(offered.tools, tuple) and offered is not request and responses_code(_CONTAINER) in offered.tools:
        adapting.insert(_CONTAINER, REASONS["container"])
    return offered


def show_other_calls(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Tell as calls of functions what other providers' own tools did that this one's have no item for."""
    if adapting.source == WIRE_NAME or not has_server_calls(request.turns):
        return request
    found = [search for turn in request.turns for search in _searches(turn, request)]
    kept = {search.call.id for search in found}
    turns = show_server_calls(request.turns, lambda call: call.family == FAMILY or call.id in kept)
    return request if turns is request.turns else attrs.evolve(request, turns=merge_runs(turns))


def _searches(turn: hub.Turn, request: hub.Request) -> list[ToolSearch]:
    """Return the searches for tools that can be told: what they found is defined, under names that are taken as they are."""
    if hub.ServerCall not in map(type, turn.parts):
        return []
    names = frozenset([name for name in functions_of(request.tools) if NAME.fullmatch(name)])
    return list(tool_searches(turn, FAMILY, names))


def tell_tool_searches(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Say other providers' searches for tools in items, with the definitions of what they found."""
    if not has_server_calls(request.turns):
        return request
    turns = [_with_definitions(turn, request, adapting) for turn in request.turns]
    return request if all(map(is_, turns, request.turns)) else attrs.evolve(request, turns=tuple(turns))


def _with_definitions(turn: hub.Turn, request: hub.Request, adapting: Adapting) -> hub.Turn:
    found = _searches(turn, request)
    if not found:
        return turn
    tools = functions_of(request.tools)
    instead: dict[int, hub.Part] = {}
    for search in found:
        rest = search.call.id.removeprefix(_THEIRS)
        offered = hub.Offered(tools=tuple([tools[name] for name in search.names]))
        instead[id(search.call)] = hub.ServerCall(
            id=f"{_CALL_ID}{rest}", tool=SEARCH, arguments=search.call.arguments, **_by_provider(adapting)
        )
        instead[id(search.result)] = hub.ServerResult(
            call_id=f"{_OUTPUT_ID}{rest}", tool=SEARCH, findings=offered, **_by_provider(adapting)
        )
    parts = tuple([instead.get(id(part), part) for part in turn.parts])
    return attrs.evolve(turn, parts=parts)


_CALL_ID: Final = "tsc_"
_OUTPUT_ID: Final = "tso_"


def _by_provider(adapting: Adapting) -> dict[str, Any]:
    """Return what an item says of a search that the provider made and finished: it has an id of its own, and none to be answered by."""
    execution = adapting.insert("server", REASONS["execution"])
    return {
        "status": str(adapting.insert("completed", REASONS["item status"])), "family": FAMILY, "spelling": OWN_IDS,
        "own": hub.Own(wire=WIRE_NAME, fields={"execution": execution}),
    }  # fmt: skip


def take_in_turn(turn: hub.Turn, adapting: Adapting) -> hub.Turn:
    """Do for one turn, of a reply say, what `take_server_tools` does for a request's."""
    return join_results(_with_told_searches(turn, adapting), FAMILY, lambda call: _fit(call, adapting))


def _with_told_searches(turn: hub.Turn, adapting: Adapting) -> hub.Turn:
    """Take searches back that a reply of the Messages API told of without what was found: no result is theirs, and they are over."""
    answered = {part.call_id for part in turn.parts if isinstance(part, hub.ServerResult)}

    def step(part: hub.Part, _: hub.Turn) -> tuple[hub.Part, ...] | None:
        told = isinstance(part, hub.ServerCall) and part.family != FAMILY and part.id.startswith(TOLD_SEARCH)
        if not told or not isinstance(part, hub.ServerCall) or part.id in answered or part.findings is not None:
            return None
        said = _fit(part, adapting)
        return None if said is None else (attrs.evolve(said, id=part.id.removeprefix(_THEIRS)),)

    return map_parts(turn, step)


def _fit(call: hub.ServerCall, adapting: Adapting) -> hub.ServerCall | None:
    if isinstance(call.server, str):
        return _fit_listing(call, adapting) if call.tool == LISTING else _fit_mcp(call, adapting)
    said = call.arguments.value
    if call.tool not in _PREFIXES or not isinstance(said, dict):
        return None
    arguments = asked_of(call.tool, said)
    if not arguments:
        return None
    failed = isinstance(call.findings, hub.Failed)
    return hub.ServerCall(
        id=with_prefix(call.id, _THEIRS, _PREFIXES[call.tool]), tool=call.tool, arguments=hub.Arguments(value=arguments),
        status=str(adapting.insert("failed" if failed else "completed", REASONS["item status"])),
        findings=_fit_sources(call.findings), family=FAMILY,
    )  # fmt: skip


def _fit_sources(findings: hub.Findings | None) -> hub.Searched | None:
    if not isinstance(findings, hub.Searched):
        return None
    pages = [found.url for found in findings.found if isinstance(found, hub.Found) and isinstance(found.url, str)]
    return hub.Searched(found=tuple([hub.Found(url=url) for url in pages]))


def _fit_mcp(call: hub.ServerCall, adapting: Adapting) -> hub.ServerCall | None:
    findings = _fit_answer(call.findings, adapting)
    text = _arguments_text(call.arguments)
    if findings is None or text is None:
        return None
    failed = isinstance(findings, hub.Failed)
    return hub.ServerCall(
        id=with_prefix(call.id, "mcptoolu_", "mcp_"), tool=call.tool, server=call.server,
        arguments=hub.Arguments(text=text, value=call.arguments.value),
        status=str(adapting.insert("failed" if failed else "completed", REASONS["item status"])), findings=findings,
        family=FAMILY,
    )  # fmt: skip


def _arguments_text(arguments: hub.Arguments) -> str | None:
    """Return the JSON text of arguments, which the item needs; ``None`` where there are none, or JSON cannot say them."""
    if isinstance(arguments.text, str):
        return arguments.text
    try:
        return None if arguments.value is ABSENT else spell(arguments.value)
    except DecodeError:
        return None


def _fit_answer(findings: hub.Findings | None, adapting: Adapting) -> hub.Said | hub.Failed | None:
    """Fit an answer: one text, or an error that may have several."""
    if not isinstance(findings, (hub.Said, hub.Failed)):
        return None
    words = words_of(findings.parts)
    if words is None or not words:
        return None
    if isinstance(findings, hub.Failed):
        return hub.Failed(code=str(adapting.insert(_FAILURE, REASONS["mcp error"])), parts=words)
    between = str(adapting.insert(_BETWEEN, REASONS["mcp output"])) if len(words) > 1 else ""
    return hub.Said(parts=(hub.Text(text=between.join([word.text for word in words])),))


def _fit_listing(call: hub.ServerCall, adapting: Adapting) -> hub.ServerCall | None:
    offered = bare_tools(call.findings) if isinstance(call.findings, hub.Offered) else None
    if offered is None:
        return None
    id: Any = call.id or adapting.insert(f"mcpl_{call.server}", REASONS["item id"])
    return hub.ServerCall(id=id, tool=LISTING, server=call.server, findings=offered, family=FAMILY)
