"""Tools that Chat Completions can offer: functions and custom tools, and a choice among those that are offered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from .. import hub
from ..jsonvalue import ABSENT, Absent, Json
from ..web_searches import chat_search, first_search, is_chat_search
from .residue import WIRE_NAME, ours, own

Tools = tuple[hub.Tool | hub.Opaque, ...]
SAYS_DEFAULTS: Final = "openai-responses"
"""The wire whose tools have to say that they are not strict, and whose images how closely to look: what here need not be said."""


def adapt_tools(tools: Tools | Absent | None, source: str | None) -> Tools | Absent:
    """Leave out what a provider runs itself, but for a search of the web, an empty list, which the API refuses, and what another wire's default made it say."""
    if not isinstance(tools, tuple):
        return ABSENT
    kept = tuple(_sayable(tool, source != SAYS_DEFAULTS) for tool in tools if _is_sayable(tool))
    search = first_search(tools)
    if search is not None:
        kept = (*kept, tools[-1] if is_chat_search(tools[-1]) and source == WIRE_NAME else chat_search(search))
    return kept or ABSENT


def _is_sayable(tool: hub.Tool | hub.Opaque) -> bool:
    if isinstance(tool, hub.Opaque):
        return tool.wire == WIRE_NAME
    if tool.builtin is not None:
        return tool.own is not None and tool.own.wire == WIRE_NAME
    return tool.name is not ABSENT and tool.form in ("function", "custom")


def _sayable(tool: hub.Tool | hub.Opaque, said: bool) -> hub.Tool | hub.Opaque:
    if isinstance(tool, hub.Opaque) or tool.builtin is not None:
        return tool
    function = tool.form == "function"
    fields: dict[str, Any] = {
        "description": ABSENT if tool.description is None else tool.description,
        "schema": tool.schema if function and isinstance(tool.schema, Mapping) else ABSENT,
        "strict": tool.strict if function and (said or tool.strict is not False) else ABSENT,
        "output_schema": ABSENT,
        "defer_loading": ABSENT,
        "callers": ABSENT,
        "cache": None,
        "grammar": None if function else _own_grammar(tool.grammar),
        "own": tool.own if tool.own is not None and tool.own.wire == WIRE_NAME else None,
    }
    if all(getattr(tool, name) is value for name, value in fields.items()):
        return tool
    return attrs.evolve(tool, **fields)


def _own_grammar(grammar: hub.Grammar | None) -> hub.Grammar | None:
    foreign = grammar is not None and grammar.own is not None and grammar.own.wire != WIRE_NAME
    return attrs.evolve(grammar, own=None) if grammar is not None and foreign else grammar


def adapt_choice(request: hub.Request) -> hub.ToolChoice | Absent:
    """Keep a choice among the tools that are offered; without any tools there is none, nor a word on parallel calls."""
    choice = request.choice
    if not isinstance(choice, hub.ToolChoice) or not isinstance(request.tools, tuple):
        return ABSENT
    if all(map(is_chat_search, request.tools)):  # it is no tool there: a choice needs tools
        return ABSENT
    parallel = ABSENT if choice.parallel is None else choice.parallel
    if ours(choice.own):
        return attrs.evolve(choice, parallel=parallel)
    forms = {tool.name: tool.form for tool in request.tools if isinstance(tool, hub.Tool) and tool.builtin is None}
    names = tuple(name for name in choice.names if name in forms)
    if len(names) != len(choice.names) or (choice.mode == "allowed" and not names):
        return ABSENT if parallel is ABSENT else hub.ToolChoice(mode="auto", parallel=parallel)
    kinds: list[dict[str, Json]] = [{"type": "custom"} if forms[name] == "custom" else {} for name in names]
    residue: Mapping[str, Json] = {}
    if choice.mode == "named":
        residue = kinds[0]
    elif choice.mode == "allowed" and any(kinds):
        residue = {"tools": kinds}
    return hub.ToolChoice(
        mode=choice.mode, names=names, parallel=parallel, required=choice.required and choice.mode == "allowed",
        own=own(residue), spelling=choice.spelling,
    )  # fmt: skip
