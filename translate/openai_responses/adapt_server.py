"""What another provider's own tools did, said as this one's: searches and fetches of the web, calls of MCP servers and their tools.

Source: ``ResponseFunctionWebSearchParam``, ``McpCall`` and ``McpListTools`` of the openai SDK 3.54, read 2026-11-22: what a request may
have of them. A code interpreter's call needs its container, and a search for tools their definitions: these do not cross over.
"""

from __future__ import annotations

from operator import is_
from typing import Any, Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..errors import DecodeError
from ..jsontext import spell
from ..jsonvalue import ABSENT, Json
from ..mcp_offers import NEVER, is_toolset_of, mcp_tool, read_server
from ..server_tools import bare_tools, join_results, with_prefix, words_of
from .residue import FAMILY
from .server_calls import LISTING
from .tables import REASONS

_FAILURE: Final = "mcp_tool_execution_error"
_BETWEEN: Final = "\n\n"
_PREFIXES: Final = {"web_search": "ws_", "web_fetch": "ws_"}
_THEIRS: Final = "srvtoolu_"


def take_server_tools(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Say in a request's turns what other providers' own tools did as this one's items do."""
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


def take_in_turn(turn: hub.Turn, adapting: Adapting) -> hub.Turn:
    """Do for one turn, of a reply say, what `take_server_tools` does for a request's."""
    return join_results(turn, FAMILY, lambda call: _fit(call, adapting))


def _fit(call: hub.ServerCall, adapting: Adapting) -> hub.ServerCall | None:
    if isinstance(call.server, str):
        return _fit_listing(call, adapting) if call.tool == LISTING else _fit_mcp(call, adapting)
    said = call.arguments.value
    if call.tool not in _PREFIXES or not isinstance(said, dict):
        return None
    arguments: dict[str, Json] = {key: said[key] for key in _ASKED[call.tool] if isinstance(said.get(key), str)}
    if not arguments:
        return None
    failed = isinstance(call.findings, hub.Failed)
    return hub.ServerCall(
        id=with_prefix(call.id, _THEIRS, _PREFIXES[call.tool]), tool=call.tool, arguments=hub.Arguments(value=arguments),
        status=str(adapting.insert("failed" if failed else "completed", REASONS["item status"])),
        findings=_fit_sources(call.findings), family=FAMILY,
    )  # fmt: skip


_ASKED: Final = {"web_search": ("query",), "web_fetch": ("url",)}


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
