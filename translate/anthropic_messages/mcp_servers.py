"""MCP servers that a request offers: ``mcp_servers`` to hub records and back, and another provider's offers of them in this wire's words.

A server is named in one list and its tools are offered in another, as a toolset; before toolsets the server's own configuration said
which tools. Anthropic calls a server's tools without asking anybody.

Source: ``BetaRequestMCPServerURLDefinitionParam`` and ``BetaMCPToolsetParam`` of the anthropic SDK 2.12.0, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..errors import WriteError
from ..jsonvalue import ABSENT, Json, JsonObject
from ..mcp_offers import Offer, read_mcp_tool
from .residue import WIRE_NAME, ours, own

Fields = dict[str, Json]
_STATED: Final = ("type", "name", "url", "authorization_token", "tool_configuration")


def read_servers(document: list[Json]) -> tuple[hub.McpServer | hub.Opaque, ...]:
    """Read ``mcp_servers``; an entry of another form is opaque."""
    return tuple([_read_server(entry) or hub.Opaque(wire=WIRE_NAME, document=entry) for entry in document])


def _read_server(entry: Json) -> hub.McpServer | None:
    match entry:
        case {"type": "url", "name": str() as name, "url": str() as url}:
            token = entry.get("authorization_token", ABSENT)
        case _:
            return None
    if not isinstance(token, str) and token is not None and token is not ABSENT:
        return None
    fields: dict[str, Any] = {}
    rest: Fields = {key: value for key, value in entry.items() if key not in _STATED}
    spelling: Fields = {}
    configuration = entry.get("tool_configuration", ABSENT)
    stated = _read_configuration(configuration)
    if stated is not None:
        fields = stated
    elif configuration is None or configuration == {}:
        spelling["tool_configuration"] = configuration
    elif configuration is not ABSENT:
        rest["tool_configuration"] = configuration
    return hub.McpServer(name=name, url=url, authorization=token, **fields, own=own(rest), spelling=own(spelling))


def _read_configuration(configuration: Json) -> dict[str, Any] | None:
    """Read which of a server's tools are offered; ``None`` where it says nothing, or something else."""
    if not isinstance(configuration, Mapping) or not configuration or not configuration.keys() <= _CONFIGURED:
        return None
    names, enabled = configuration.get("allowed_tools", ABSENT), configuration.get("enabled", ABSENT)
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        names = tuple(names)
    elif names is not None and names is not ABSENT:
        return None
    if enabled is not ABSENT and enabled is not None and not isinstance(enabled, bool):
        return None
    return {"allowed_tools": names, "enabled": enabled}


_CONFIGURED: Final = {"allowed_tools", "enabled"}


def write_servers(servers: tuple[hub.McpServer | hub.Opaque, ...]) -> list[Json]:
    """Write ``mcp_servers``. Raises `WriteError` for an entry of another wire."""
    return [_write_server(server) for server in servers]


def _write_server(server: hub.McpServer | hub.Opaque) -> Json:
    if isinstance(server, hub.Opaque):
        if server.wire != WIRE_NAME:
            raise WriteError(f"an MCP server that only {server.wire} knows has no place in the Messages API")
        return server.document
    names = server.allowed_tools
    configuration = _said(
        {"allowed_tools": list(names) if isinstance(names, tuple) else names, "enabled": server.enabled}
    )
    stated = _said({"name": server.name, "url": server.url, "authorization_token": server.authorization})
    if configuration:
        stated["tool_configuration"] = configuration
    return {"type": "url", **ours(server.spelling), **ours(server.own), **stated}


def _said(fields: Mapping[str, Json]) -> JsonObject:
    """Return the fields that are there."""
    return {key: value for key, value in fields.items() if value is not ABSENT}


# Another provider's offers.


def offer_servers(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Offer another provider's MCP servers: the server in its list, its tools as a toolset, and the beta that both belong to.

    One that asks before it calls is not offered: here nobody would be asked.
    """
    if not isinstance(request.tools, tuple) or adapting.source == WIRE_NAME:
        return request
    listed = request.servers if isinstance(request.servers, tuple) else ()
    names = {server.name for server in listed if isinstance(server, hub.McpServer)}
    made: list[hub.McpServer] = []
    tools: list[hub.Tool | hub.Opaque] = []
    for tool in request.tools:
        offer = read_mcp_tool(tool)
        if offer is None or offer.name in names:
            tools.append(tool)
            continue
        names.add(offer.name)
        made.append(hub.McpServer(name=offer.name, url=offer.url, authorization=offer.authorization))
        tools.append(_toolset(offer))
    if not made:
        return request
    return ask(attrs.evolve(request, servers=(*listed, *made), tools=tuple(tools)), adapting)


def _toolset(offer: Offer) -> hub.Tool:
    options: Fields = {"mcp_server_name": offer.name}
    if isinstance(offer.allowed, tuple):
        options["default_config"] = {"enabled": False}
        options["configs"] = {name: {"enabled": True} for name in offer.allowed}
    return hub.Tool(form="server", builtin=hub.Builtin(type="mcp_toolset", options=options))


def ask(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Ask for the beta of MCP servers where nobody did."""
    betas = request.betas if isinstance(request.betas, tuple) else ()
    if any(beta.startswith(_BETA) for beta in betas):
        return request
    asked = str(adapting.insert(_LATEST, "calls of MCP servers, and the tools these offer, are a beta"))
    return attrs.evolve(request, betas=(*betas, asked))


_BETA: Final = "mcp-client-"
_LATEST: Final = "mcp-client-2026-09-15"
