"""Tools that a provider runs itself and that two wires both offer under other names: a search for tools, and programs that run.

A search for tools finds those of the request whose loading is deferred. On the Messages API it is one of two tools, on the Responses API
one that the provider runs, or the caller: that one is no offer elsewhere. Programs run in a container, which is made anew.

Source: ``ToolSearchToolBm25_20251119Param`` and ``CodeExecutionTool20250825Param`` of the anthropic SDK 2.12.0, ``ToolSearchToolParam``
and ``ToolCodeInterpreter`` of the openai SDK 3.54.0, read 2026-11-22; developers.openai.com/api/docs/guides/tools-tool-search and
platform.claude.com/docs/en/agents-and-tools/tool-use/code-execution-tool, read 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import attrs

from . import hub

SEARCH: Final = "tool_search"
ANTHROPIC_SEARCHES: Final = ("tool_search_tool_bm25", "tool_search_tool_regex")
_USUAL_SEARCH: Final = hub.Builtin(type="tool_search_tool_bm25", version="20251119")
"""The one that takes words, as the other provider's model gives them, and no regular expressions."""
CODE: Final = "code_execution"
INTERPRETER: Final = "code_interpreter"
_USUAL_CODE: Final = hub.Builtin(type=CODE, version="20250825")
"""The version that every model with such a tool takes."""
_CLIENT: Final = "client"


def finds_tools(tool: hub.Tool | hub.Opaque) -> bool:
    """Tell whether a tool is a search for tools that the provider runs, on either wire."""
    if isinstance(tool, hub.Opaque) or tool.builtin is None or tool.form != "server":
        return False
    builtin = tool.builtin
    return builtin.type in ANTHROPIC_SEARCHES or (
        builtin.type == SEARCH and builtin.options.get("execution") != _CLIENT
    )


def anthropic_tool_search() -> hub.Tool:
    """Offer a search for tools in the words of the Messages API."""
    return hub.Tool(name=_USUAL_SEARCH.type, form="server", builtin=_USUAL_SEARCH)


def responses_tool_search() -> hub.Tool:
    """Offer a search for tools in the words of the Responses API, which runs it unless told otherwise."""
    return hub.Tool(form="server", builtin=hub.Builtin(type=SEARCH))


def anthropic_code() -> hub.Tool:
    """Offer that programs run in the words of the Messages API."""
    return hub.Tool(name=CODE, form="server", builtin=_USUAL_CODE)


def responses_code(container: str) -> hub.Tool:
    """Offer that programs run in the words of the Responses API, in a container of a kind."""
    options = {"container": {"type": container}}
    return hub.Tool(form="server", builtin=hub.Builtin(type=INTERPRETER, options=options))


Offer = Callable[[hub.Tool], hub.Tool | None]


def offer_alike(request: hub.Request, offer: Offer) -> hub.Request:
    """Replace tools by what ``offer`` says of them, if anything; where two are offered as the same, the first is."""
    if not isinstance(request.tools, tuple):
        return request
    made: list[hub.Tool] = []
    tools: list[hub.Tool | hub.Opaque] = []
    for tool in request.tools:
        alike = offer(tool) if isinstance(tool, hub.Tool) else None
        if alike is None:
            tools.append(tool)
        elif alike not in made:
            made.append(alike)
            tools.append(alike)
    return attrs.evolve(request, tools=tuple(tools)) if made else request


@attrs.frozen(kw_only=True)
class ToolSearch:
    """A search for tools that is over: its call, its result, and what the tools are called that it found."""

    call: hub.ServerCall
    result: hub.ServerResult
    names: tuple[str, ...]


def tool_searches(turn: hub.Turn, family: str, defined: frozenset[str]) -> Iterator[ToolSearch]:
    """Yield the searches of other families in a turn that found nothing but ``defined`` tools.

    A result belongs to the call right before it, or to the one with its id: where the provider searches, OpenAI has one id for each.
    """
    for call, result in zip(turn.parts, turn.parts[1:], strict=False):
        if not isinstance(call, hub.ServerCall) or not isinstance(result, hub.ServerResult) or call.family == family:
            continue
        if result.tool != SEARCH or not (call.tool == SEARCH or call.tool in ANTHROPIC_SEARCHES):
            continue
        names = _found(result.findings)
        if names is not None and defined.issuperset(names) and isinstance(call.arguments.value, dict):
            yield ToolSearch(call=call, result=result, names=names)


def _found(findings: hub.Findings | None) -> tuple[str, ...] | None:
    if not isinstance(findings, hub.Offered):
        return None
    names = [tool.name for tool in findings.tools if isinstance(tool, hub.Tool) and isinstance(tool.name, str)]
    plain = all(isinstance(tool, hub.Tool) and tool.builtin is None for tool in findings.tools)
    return tuple(names) if plain and len(names) == len(findings.tools) else None


def has_server_calls(turns: Sequence[hub.Turn]) -> bool:
    """Tell whether a conversation has calls that a provider ran itself."""
    for turn in turns:
        if turn.role != "tool":
            for part in turn.parts:
                if part.__class__ is hub.ServerCall:
                    return True
    return False


def functions_of(tools: object) -> dict[str, hub.Tool]:
    """Return the caller's own functions among tools by their names."""
    listed: Sequence[object] = tools if isinstance(tools, tuple) else ()
    return {
        tool.name: tool
        for tool in listed
        if isinstance(tool, hub.Tool) and tool.builtin is None and isinstance(tool.name, str)
    }
