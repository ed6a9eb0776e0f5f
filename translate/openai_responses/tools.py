"""Tools, and the choice among them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, TypeAlias, get_args

import attrs

from .. import hub
from ..codec import Opaque, WireRecord, decode_union, encode, field_names, key_of
from ..jsonvalue import ABSENT, Absent, Json, JsonObject
from . import wire_tools as wire
from .residue import WIRE_NAME, WITHOUT, assemble, build, ours, own, refuse, residue, said

_FORMS: Final[Mapping[str, Any]] = {
    "computer": "computer",
    "computer_use_preview": "computer",
    "local_shell": "shell",
    "shell": "shell",
    "apply_patch": "patch",
}
"""Tools of the provider that we perform; the provider performs the others itself."""
_DATED: Final = re.compile(r"(web_search(?:_preview)?)_(\d{4}_\d{2}_\d{2})")


OPTIONS: Final[Mapping[str, frozenset[str]]] = {
    kind: frozenset(map(key_of, field_names(cls))) - {"type", "name", "description"}
    for cls in get_args(wire.BuiltinTool)
    for kind in [str(attrs.fields_dict(cls)["type"].default)]
}
"""Options that are published for each tool of the provider."""


def read_tools(tools: tuple[wire.Tool, ...]) -> tuple[hub.Tool | hub.Opaque, ...]:
    return tuple([_read_tool(tool) for tool in tools])


def _read_tool(tool: wire.Tool) -> hub.Tool | hub.Opaque:
    match tool:
        case wire.FunctionTool():
            callers, rest = _read_callers(tool.allowed_callers)
            return hub.Tool(
                name=tool.name, description=tool.description, schema=tool.parameters, strict=tool.strict,
                output_schema=tool.output_schema, defer_loading=tool.defer_loading, callers=callers,
                own=residue(tool, *rest, "async_"),
            )  # fmt: skip
        case wire.CustomTool():
            return _read_custom(tool)
        case wire.NamespaceTool():
            builtin = hub.Builtin(type="namespace", options={**said(tool, "tools"), **tool.extra})
            return hub.Tool(name=tool.name, description=tool.description, form="server", builtin=builtin)
        case WireRecord():
            return _read_builtin(encode(tool))
        case _:
            return hub.Opaque(wire=WIRE_NAME, document=encode(tool))


def _read_callers(callers: Json) -> tuple[tuple[str, ...] | Absent, tuple[str, ...]]:
    """Read who may call a tool; the second value names the key where that is not read."""
    if isinstance(callers, list) and all(isinstance(caller, str) for caller in callers):
        return tuple(callers), ()
    return ABSENT, ("allowed_callers",)


def _read_custom(tool: wire.CustomTool) -> hub.Tool:
    callers, rest = _read_callers(tool.allowed_callers)
    grammar: hub.Grammar | None = None
    spelling: JsonObject = {}
    match tool.format:
        case {"type": "grammar", "syntax": str() as syntax, "definition": str() as definition}:
            extra = {key: value for key, value in tool.format.items() if key not in ("type", "syntax", "definition")}
            grammar = hub.Grammar(syntax=syntax, definition=definition, own=own(extra))
        case {"type": "text"} if len(tool.format) == 1:
            spelling = {"format": tool.format}
        case _:
            rest = (*rest, "format")
    return hub.Tool(
        name=tool.name, description=tool.description, form="custom", grammar=grammar, defer_loading=tool.defer_loading,
        callers=callers, own=residue(tool, *rest, "async_"), spelling=own(spelling),
    )  # fmt: skip


def _write_grammar(grammar: hub.Grammar | None) -> Json:
    if grammar is None:
        return ABSENT
    return {**ours(grammar.own), "type": "grammar", "syntax": grammar.syntax, "definition": grammar.definition}


def _read_builtin(document: JsonObject) -> hub.Tool:
    options = {key: value for key, value in document.items() if key != "type"}
    kind = document["type"]
    dated = _DATED.fullmatch(kind)
    version: str | Absent = ABSENT
    if dated is not None:
        kind, version = dated.groups()
    form = _FORMS.get(kind, "server")
    return hub.Tool(form=form, builtin=hub.Builtin(type=kind, version=version, options=options))


def write_tools(tools: tuple[hub.Tool | hub.Opaque, ...]) -> tuple[wire.Tool, ...]:
    return tuple([_write_tool(tool) for tool in tools])


def _write_tool(tool: hub.Tool | hub.Opaque) -> wire.Tool:
    if isinstance(tool, hub.Opaque):
        if tool.wire != WIRE_NAME:
            raise refuse(f"an opaque tool of {tool.wire}")
        return Opaque(tool.document)
    if tool.cache is not None:
        raise refuse("a cache point behind a tool")
    if tool.builtin is not None:
        return _write_builtin(tool, tool.builtin)
    if tool.name is ABSENT:
        raise refuse("a tool without a name")
    stated = {
        "name": tool.name, "description": tool.description, "defer_loading": tool.defer_loading,
        "allowed_callers": list(tool.callers) if isinstance(tool.callers, tuple) else ABSENT,
    }  # fmt: skip
    if tool.form == "custom" and tool.schema is tool.strict is tool.output_schema is ABSENT:
        return build(wire.CustomTool, tool, {**stated, "format": _write_grammar(tool.grammar)})
    if tool.form != "function" or tool.grammar is not None:
        raise refuse(f"a tool of form {tool.form}")
    stated |= {"parameters": tool.schema, "strict": tool.strict, "output_schema": tool.output_schema}
    return build(wire.FunctionTool, tool, stated)


def _write_builtin(tool: hub.Tool, builtin: hub.Builtin) -> wire.Tool:
    kind = builtin.type if builtin.version is ABSENT else f"{builtin.type}_{builtin.version}"
    named = {"name": tool.name, "description": tool.description} if kind == "namespace" else {}
    document = {"type": kind, **{key: value for key, value in named.items() if value is not ABSENT}, **builtin.options}
    written: wire.Tool = decode_union(wire.Tool, document)
    if isinstance(written, (Opaque, wire.FunctionTool, wire.CustomTool)):
        raise refuse(f"a tool of type {kind}")
    if tool.form != _FORMS.get(builtin.type, "server") or tool.schema is not ABSENT or tool.strict is not ABSENT:
        raise refuse(f"a schema or another form of the tool {kind}")
    if not tool.output_schema is tool.defer_loading is tool.callers is ABSENT or tool.grammar is not None:
        raise refuse(f"a grammar, or how it is offered, of the tool {kind}, beside its options")
    if not named and (tool.name is not ABSENT or tool.description is not ABSENT):
        raise refuse(f"a name or description of the tool {kind}")
    return written


# The choice among tools.


Tools: TypeAlias = tuple[hub.Tool | hub.Opaque, ...]


def read_choice(
    choice: str | wire.ToolChoice | Absent | None, parallel: bool | Absent | None, tools: Tools
) -> tuple[hub.ToolChoice | Absent | None, Json]:
    """Read ``tool_choice`` and ``parallel_tool_calls``; the second value is a choice that has no meaning here, as it came."""
    if choice is ABSENT or choice is None:
        if parallel is ABSENT:
            return choice, ABSENT
        spelling: JsonObject = {WITHOUT: ["tool_choice"]} if choice is ABSENT else {"tool_choice": None}
        return hub.ToolChoice(mode="auto", parallel=parallel, spelling=own(spelling)), ABSENT
    if choice in ("none", "auto", "required"):
        return hub.ToolChoice(mode=choice, parallel=parallel), ABSENT  # type: ignore[arg-type]
    read = None if isinstance(choice, str) else _read_choice(choice, parallel, tools)
    if read is not None:
        return read, ABSENT
    unknown: Json = choice if isinstance(choice, str) else encode(choice)
    if parallel is ABSENT:
        return ABSENT, unknown
    return hub.ToolChoice(mode="auto", parallel=parallel, spelling=own({WITHOUT: ["tool_choice"]})), unknown


def _read_choice(choice: wire.ToolChoice, parallel: bool | Absent | None, tools: Tools) -> hub.ToolChoice | None:
    match choice:
        case wire.ToolChoiceFunction() | wire.ToolChoiceMcp() | wire.ToolChoiceTypes():
            name, rest = _label(encode(choice), tools)
            return hub.ToolChoice(mode="named", names=(name,), parallel=parallel, own=own(rest))
        case wire.ToolChoiceAllowed(tools=tuple() as entries):
            if not all(isinstance(entry, dict) and isinstance(entry.get("type"), str) for entry in entries):
                return None
            labels = [_label(entry, tools) for entry in entries]
            fields = {} if choice.mode in ("auto", "required") else said(choice, "mode")
            fields.update(choice.extra)
            if any(rest for _, rest in labels):
                fields["tools"] = [rest for _, rest in labels]
            return hub.ToolChoice(
                mode="allowed", names=tuple([name for name, _ in labels]), parallel=parallel,
                required=choice.mode == "required", own=own(fields),
                spelling=own({WITHOUT: ["mode"]}) if choice.mode is ABSENT else None,
            )  # fmt: skip
        case _:
            return None


def _label(document: JsonObject, tools: Tools) -> tuple[str, JsonObject]:
    """Name the tool that a choice means: by its name, an MCP server's label, or its type; and what the tools do not say of it."""
    for key in ("name", "server_label"):
        if isinstance(document.get(key), str):
            name = document[key]
            rest = {other: value for other, value in document.items() if other != key}
            break
    else:
        name = document["type"]
        rest = {**{key: value for key, value in document.items() if key != "type"}, "label": "type"}
    return name, {} if rest == _kind_of(name, tools) else rest


def _unlabel(name: str, rest: Mapping[str, Json]) -> JsonObject:
    if rest.get("label") == "type":
        return {"type": name, **{key: value for key, value in rest.items() if key != "label"}}
    key = "server_label" if rest.get("type") == "mcp" and "server_label" not in rest else "name"
    return {**rest, key: name}


def _kind_of(name: str, tools: Tools) -> Mapping[str, Json]:
    """Tell what a choice says of a tool besides its name, as far as the request's tools make it plain."""
    for tool in tools:
        if isinstance(tool, hub.Tool):
            if tool.builtin is None and tool.name == name:
                return {"type": tool.form}
            if tool.builtin is not None and tool.builtin.type == name:
                return {"label": "type"}
    return {"type": "function"}


def write_choice(choice: hub.ToolChoice, tools: Tools) -> Any:
    """Write the choice; ABSENT where only ``parallel`` was said."""
    spelling = ours(choice.spelling)
    fields = ours(choice.own)
    if choice.required and choice.mode != "allowed":
        raise refuse("that one of the allowed tools must be called, where none are named")
    if choice.mode == "named":
        if len(choice.names) != 1:
            raise refuse("a named choice of not exactly one tool")
        return decode_union(wire.ToolChoice, _unlabel(choice.names[0], fields or _kind_of(choice.names[0], tools)))
    if choice.mode == "allowed":
        entries = fields.get("tools", ())
        if len(entries) != len(choice.names):
            entries = [{}] * len(choice.names)
        named = zip(choice.names, entries, strict=True)
        allowed = tuple([_unlabel(name, rest or _kind_of(name, tools)) for name, rest in named])
        rest = {key: value for key, value in fields.items() if key != "tools"}
        mode = "required" if choice.required else ABSENT
        return assemble(wire.ToolChoiceAllowed, rest, spelling, {"mode": mode, "tools": allowed}, {"mode": "auto"})
    if choice.names:
        raise refuse("names in a choice that is not among names")
    if choice.mode == "auto" and choice.parallel is not ABSENT:
        if "tool_choice" in spelling.get(WITHOUT, ()):
            return ABSENT
        if "tool_choice" in spelling:
            return None
    return choice.mode
