"""Tools that a conversation brings in on its way, offered from its beginning to wires that have one list of tools.

An ``additional_tools`` item offers tools from its place on, and the output of a search for tools has the definitions of what it found, which
need not stand in the request. Another wire's model could not call them any more, and the calls of the history would be of tools that nobody
knows.

Source: ``AdditionalTools`` and ``ResponseToolSearchOutputItemParam`` of the openai SDK 3.54.0, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from .. import hub
from ..codec import decode_union
from ..own_tools import SEARCH
from . import wire_tools
from .tools import read_tools


def hear_request(request: hub.Request) -> hub.Request:
    """Offer, behind the tools of a request, the functions and custom tools that its conversation brings in under names of their own."""
    tools = request.tools if isinstance(request.tools, tuple) else ()
    taken = {tool.name for tool in tools if isinstance(tool, hub.Tool)}
    late: list[hub.Tool] = []
    for turn in request.turns:
        for part in turn.parts:
            for tool in _brought_in(part):
                if isinstance(tool, hub.Tool) and tool.builtin is None and tool.name not in taken:
                    taken.add(tool.name)
                    late.append(tool)
    return attrs.evolve(request, tools=(*tools, *late)) if late else request


def _brought_in(part: hub.Part) -> Iterator[hub.Tool | hub.Opaque]:
    if isinstance(part, hub.ServerResult):
        if part.tool == SEARCH and isinstance(part.findings, hub.Offered):
            yield from part.findings.tools
    elif isinstance(part, hub.Mark) and part.kind == "tool_change":
        documents = part.data.get("tools")
        listed = documents if isinstance(documents, list) else []
        known = [document for document in listed if isinstance(document, dict)]
        yield from read_tools(tuple([decode_union(wire_tools.Tool, document) for document in known]))
