"""An MCP server that a request offers, as what both wires that have such servers can say of it.

The Messages API lists servers apart from the toolsets that offer their tools; the Responses API has one tool for both, and asks before
each call unless told never to. What one of them could only offer with more tools than the other lets be called, or without the
question that the other asks, is no offer here.

Source: ``BetaRequestMCPServerURLDefinitionParam`` and ``BetaMCPToolsetParam`` of the anthropic SDK 2.12.0, ``Mcp`` of the openai SDK
3.54.0, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from . import hub
from .jsonvalue import ABSENT, Absent, Json

MCP: Final = "mcp"
TOOLSET: Final = "mcp_toolset"
NEVER: Final = "never"
"""``require_approval`` of the Responses API: nobody is asked before a call, which is how it always is on the Messages API."""


@attrs.frozen(kw_only=True)
class Offer:
    """A server: its name, where it is, the token it wants, and the tools of it that may be called; ABSENT are all of them."""

    name: str
    url: str
    authorization: str | Absent = attrs.field(default=ABSENT, repr=False)
    allowed: tuple[str, ...] | Absent = ABSENT


def read_mcp_tool(tool: hub.Tool | hub.Opaque) -> Offer | None:
    """Read a tool of the Responses API that is an MCP server; ``None`` for another tool, and for one that is no offer elsewhere."""
    if isinstance(tool, hub.Opaque) or tool.builtin is None or tool.builtin.type != MCP or tool.own is not None:
        return None
    options = tool.builtin.options
    name, url, token = options.get("server_label"), options.get("server_url"), options.get("authorization")
    if not isinstance(name, str) or not isinstance(url, str) or options.get("require_approval") != NEVER:
        return None
    allowed = _names(options.get("allowed_tools"))
    if allowed is None or not (token is None or isinstance(token, str)):
        return None
    return Offer(name=name, url=url, authorization=ABSENT if token is None else token, allowed=allowed)


def _names(value: Json) -> tuple[str, ...] | Absent | None:
    """Read a list of tools, bare or in a filter that has nothing else; ABSENT for all of them, ``None`` for another filter."""
    if value is None:
        return ABSENT
    if isinstance(value, Mapping) and value.keys() == {"tool_names"}:
        value = value["tool_names"]
    return tuple(value) if isinstance(value, list) and all(isinstance(name, str) for name in value) else None


def read_server(server: hub.McpServer | hub.Opaque, tools: tuple[hub.Tool | hub.Opaque, ...]) -> Offer | None:
    """Read a server of the Messages API with the toolset that offers its tools, or with its own list of them where none does."""
    if isinstance(server, hub.Opaque) or server.own is not None or server.enabled is False:
        return None
    toolset = next((tool for tool in tools if isinstance(tool, hub.Tool) and is_toolset_of(server, tool)), None)
    listed = server.allowed_tools if isinstance(server.allowed_tools, tuple) else ABSENT
    allowed = listed if toolset is None else _enabled(toolset)
    if allowed is None:
        return None
    token = server.authorization if isinstance(server.authorization, str) else ABSENT
    return Offer(name=server.name, url=server.url, authorization=token, allowed=allowed)


def is_toolset_of(server: hub.McpServer, tool: hub.Tool | hub.Opaque) -> bool:
    """Tell whether a tool is the toolset of a server."""
    if isinstance(tool, hub.Opaque) or tool.builtin is None or tool.builtin.type != TOOLSET:
        return False
    return tool.builtin.options.get("mcp_server_name") == server.name


def _enabled(toolset: hub.Tool) -> tuple[str, ...] | Absent | None:
    """Read which tools a toolset offers: all, those that are enabled one by one, or ``None`` for what is no list of names."""
    options: Mapping[str, Any] = {} if toolset.builtin is None else toolset.builtin.options
    usual, each = options.get("default_config") or {}, options.get("configs") or {}
    if options.get("tools") is not None or not isinstance(usual, Mapping) or not isinstance(each, Mapping):
        return None
    if not all(isinstance(config, Mapping) for config in each.values()):
        return None
    if usual.get("enabled", True) is True:
        return ABSENT if all(config.get("enabled", True) is True for config in each.values()) else None
    return tuple([name for name, config in each.items() if config.get("enabled") is True])


def mcp_tool(offer: Offer) -> hub.Tool:
    """Offer a server in the words of the Responses API: as on the Messages API nobody is asked before a call."""
    options: dict[str, Json] = {"server_label": offer.name, "server_url": offer.url}
    if isinstance(offer.authorization, str):
        options["authorization"] = offer.authorization
    if isinstance(offer.allowed, tuple):
        options["allowed_tools"] = list(offer.allowed)
    options["require_approval"] = NEVER
    return hub.Tool(form="server", builtin=hub.Builtin(type=MCP, options=options))
