"""Tools, the choice among them, and the form of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, assert_never

from .. import hub
from ..codec import Opaque, encode_value
from ..jsonvalue import ABSENT, Absent, Json
from . import wire
from .residue import NOTHING, WIRE_NAME, WITHOUT, fill, left_out, made, ours, own, refuse


def read_tools(tools: tuple[wire.AnyTool, ...]) -> tuple[hub.Tool | hub.Opaque, ...]:
    return tuple(_read_tool(tool) for tool in tools)


def _read_tool(tool: wire.AnyTool) -> hub.Tool | hub.Opaque:
    match tool:
        case wire.FunctionTool(function=function):
            residue = {**({"function": function.extra} if function.extra else {}), **tool.extra}
            return read_function(function, residue, {WITHOUT: ["type"]} if tool.type is ABSENT else {})
        case wire.CustomTool(custom=custom):
            return _read_custom(custom, tool.extra)
        case Opaque(document=document):
            return _read_vendor_tool(document)
        case _:
            return hub.Opaque(wire=WIRE_NAME, document=tool)  # null, which an array may hold


def _read_custom(custom: wire.CustomDefinition, extra: Mapping[str, Json]) -> hub.Tool:
    inner = dict(custom.extra)
    grammar: hub.Grammar | None = None
    spelling: dict[str, Json] = {}
    match custom.format:
        case {"type": "grammar", "grammar": {"syntax": str() as syntax, "definition": str() as definition} as said} if (
            len(custom.format) == 2
        ):
            rest = {key: value for key, value in said.items() if key not in ("syntax", "definition")}
            grammar = hub.Grammar(syntax=syntax, definition=definition, own=own(rest))
        case {"type": "text"} if len(custom.format) == 1:
            spelling["format"] = custom.format
        case format:
            inner |= {} if format is ABSENT else {"format": format}
    residue = {**({"custom": inner} if inner else {}), **extra}
    return hub.Tool(
        name=custom.name, description=custom.description, form="custom", grammar=grammar, own=own(residue),
        spelling=own(spelling),
    )  # fmt: skip


def _write_grammar(tool: hub.Tool) -> Json:
    grammar = tool.grammar
    if grammar is None:
        return ours(tool.spelling).get("format", ABSENT)
    said = {**ours(grammar.own), "syntax": grammar.syntax, "definition": grammar.definition}
    return {"type": "grammar", "grammar": said}


def _read_vendor_tool(document: Json) -> hub.Tool | hub.Opaque:
    """Read a tool that a vendor runs itself. No documented one exists, so it is marked as this wire's by an empty residue."""
    if not isinstance(document, dict) or not isinstance(document.get("type"), str):
        return hub.Opaque(wire=WIRE_NAME, document=document)
    if document["type"] in ("function", "custom"):
        return hub.Opaque(wire=WIRE_NAME, document=document)
    options = {key: value for key, value in document.items() if key != "type"}
    builtin = hub.Builtin(type=document["type"], options=options)
    return hub.Tool(form="server", builtin=builtin, own=hub.Own(wire=WIRE_NAME, fields={}))


def read_function(
    function: wire.FunctionDefinition, residue: Mapping[str, Json], spelling: Mapping[str, Json]
) -> hub.Tool:
    return hub.Tool(
        name=function.name, description=function.description, schema=function.parameters, strict=function.strict,
        own=own(residue), spelling=own(spelling),
    )  # fmt: skip


def read_functions(functions: tuple[wire.FunctionDefinition | Opaque, ...]) -> tuple[hub.Tool | hub.Opaque, ...]:
    """Read the deprecated ``functions``."""
    return tuple(
        read_function(function, {"function": function.extra} if function.extra else NOTHING, NOTHING)
        if isinstance(function, wire.FunctionDefinition)
        else hub.Opaque(wire=WIRE_NAME, document=encode_value(function))
        for function in functions
    )


def write_tools(tools: tuple[hub.Tool | hub.Opaque, ...]) -> tuple[wire.AnyTool, ...]:
    return tuple(_write_tool(tool) for tool in tools)


def _write_tool(tool: hub.Tool | hub.Opaque) -> wire.AnyTool:
    if isinstance(tool, hub.Opaque):
        if tool.wire != WIRE_NAME:
            raise refuse("an opaque tool of another wire")
        return Opaque(tool.document)
    if tool.builtin is not None:
        return _write_vendor_tool(tool, tool.builtin)
    residue = ours(tool.own)
    if tool.form == "function":
        stated: dict[str, Any] = {"function": write_function(tool)}
        rest = {key: value for key, value in residue.items() if key != "function"}
        fill(wire.FunctionTool, stated, rest)
        if left_out(ours(tool.spelling), "type"):
            stated["type"] = ABSENT
        return wire.FunctionTool(**stated)
    _refuse_offer(tool)
    if tool.form == "custom" and tool.name is not ABSENT and tool.schema is ABSENT and tool.strict is ABSENT:
        inner: dict[str, Any] = {"name": tool.name, "description": tool.description, "format": _write_grammar(tool)}
        fill(wire.CustomDefinition, inner, residue.get("custom", NOTHING))
        stated = {"custom": wire.CustomDefinition(**inner)}
        fill(wire.CustomTool, stated, {key: value for key, value in residue.items() if key != "custom"})
        return wire.CustomTool(**stated)
    raise refuse(f"a tool of form {tool.form}")


def _write_vendor_tool(tool: hub.Tool, builtin: hub.Builtin) -> Opaque:
    minted_here = tool.own is not None and tool.own.wire == WIRE_NAME
    if not minted_here or builtin.version is not ABSENT or tool.form != "server":
        raise refuse(f"a provider's own tool ({builtin.type})")
    beyond = (
        tool.name,
        tool.description,
        tool.schema,
        tool.strict,
        tool.output_schema,
        tool.defer_loading,
        tool.callers,
    )
    if any(said is not ABSENT for said in beyond) or tool.grammar is not None or tool.cache is not None:
        raise refuse("a name, description or schema of a vendor's own tool")
    return Opaque({"type": builtin.type, **builtin.options})


def _refuse_offer(tool: hub.Tool) -> None:
    if not tool.output_schema is tool.defer_loading is tool.callers is ABSENT or tool.cache is not None:
        raise refuse("a schema of what a tool gives, or when, to whom and behind which cache point it is offered")


def write_function(tool: hub.Tool) -> wire.FunctionDefinition:
    if tool.name is ABSENT or tool.builtin is not None or tool.form != "function" or tool.grammar is not None:
        raise refuse("a function without a name")
    _refuse_offer(tool)
    stated: dict[str, Any] = {
        "name": tool.name, "description": tool.description, "parameters": tool.schema, "strict": tool.strict,
    }  # fmt: skip
    residue = ours(tool.own)
    if "function" in residue:
        fill(wire.FunctionDefinition, stated, residue["function"])
    return wire.FunctionDefinition(**stated)


def write_functions(tools: tuple[hub.Tool | hub.Opaque, ...]) -> tuple[wire.FunctionDefinition | Opaque, ...]:
    """Write tools as the deprecated ``functions``."""
    return tuple(
        Opaque(tool.document)
        if isinstance(tool, hub.Opaque) and tool.wire == WIRE_NAME
        else write_function(_tool(tool))
        for tool in tools
    )


def _tool(tool: hub.Tool | hub.Opaque) -> hub.Tool:
    if isinstance(tool, hub.Opaque):
        raise refuse("an opaque tool of another wire")
    return tool


# The choice among tools.


def read_choice(
    choice: wire.AnyToolChoice | Absent | None, parallel: bool | Absent | None
) -> tuple[hub.ToolChoice | Absent | None, Json]:
    """Read ``tool_choice`` and ``parallel_tool_calls``; the second value is a choice that has no meaning here, as it came."""
    known = _read_known_choice(choice, parallel)
    if known is not None:
        return known, ABSENT
    unknown: Json = encode_value(choice)
    if parallel is ABSENT:
        return (None, ABSENT) if choice is None else (ABSENT, unknown)
    spelling: dict[str, Json] = {"tool_choice": None} if choice is None else {WITHOUT: ["tool_choice"]}
    return hub.ToolChoice(mode="auto", parallel=parallel, spelling=own(spelling)), ABSENT if choice is None else unknown


def _read_known_choice(
    choice: wire.AnyToolChoice | Absent | None, parallel: bool | Absent | None
) -> hub.ToolChoice | None:
    match choice:
        case "none":
            return hub.ToolChoice(mode="none", parallel=parallel)
        case "auto":
            return hub.ToolChoice(mode="auto", parallel=parallel)
        case "required":
            return hub.ToolChoice(mode="required", parallel=parallel)
        case "any":  # Mistral's word
            return hub.ToolChoice(mode="required", parallel=parallel, spelling=own({"tool_choice": "any"}))
        case wire.NamedToolChoice() | wire.CustomToolChoice():
            name, residue, spelling = _read_named(choice)
            return hub.ToolChoice(
                mode="named", names=(name,), parallel=parallel, own=own(residue), spelling=own(spelling)
            )
        case wire.AllowedToolChoice(allowed_tools=allowed) if all(allowed.tools):
            return _read_allowed(choice, allowed, parallel)
        case _:
            return None


def _read_allowed(
    choice: wire.AllowedToolChoice, allowed: wire.AllowedTools, parallel: bool | Absent | None
) -> hub.ToolChoice:
    read = [_read_named(tool) for tool in allowed.tools]
    residues = [residue for _, residue, _ in read]
    spellings = [spelling for _, _, spelling in read]
    fields: dict[str, Json] = {} if allowed.mode in ("auto", "required") else {"mode": allowed.mode}
    if choice.extra:
        fields["choice"] = choice.extra
    if allowed.extra:
        fields["allowed"] = allowed.extra
    if any(residues):
        fields["tools"] = residues
    return hub.ToolChoice(
        mode="allowed", names=tuple(name for name, _, _ in read), parallel=parallel, required=allowed.mode == "required",
        own=own(fields), spelling=own({"tools": spellings} if any(spellings) else {}),
    )  # fmt: skip


def _read_named(choice: wire.NamedToolChoice | wire.CustomToolChoice) -> tuple[str, dict[str, Json], dict[str, Json]]:
    residue: dict[str, Json] = {"choice": choice.extra} if choice.extra else {}
    if isinstance(choice, wire.CustomToolChoice):
        inner = choice.custom
        residue["type"] = "custom"
    else:
        inner = choice.function
    if inner.extra:
        residue["named"] = inner.extra
    return inner.name, residue, {WITHOUT: ["type"]} if choice.type is ABSENT else {}


def write_choice(choice: hub.ToolChoice) -> wire.AnyToolChoice | Absent | None:
    """Write the choice; ABSENT where only ``parallel`` was said."""
    spelling = ours(choice.spelling)
    if choice.mode not in ("named", "allowed") and choice.names:
        raise refuse("names in a choice that is not among names")
    if choice.required and choice.mode != "allowed":
        raise refuse("that one of the allowed tools must be called, where none are named")
    match choice.mode:
        case "auto" if choice.parallel is not ABSENT and left_out(spelling, "tool_choice"):
            return ABSENT
        case "auto" if choice.parallel is not ABSENT and "tool_choice" in spelling:
            return None
        case "required" if spelling.get("tool_choice") == "any":
            return "any"
        case "none" | "auto" | "required":
            return choice.mode
        case "named":
            if len(choice.names) != 1:
                raise refuse("a named choice of not exactly one tool")
            return _write_named(choice.names[0], ours(choice.own), spelling)
        case "allowed":
            return _write_allowed(choice)
        case _:
            assert_never(choice.mode)


def _write_named(
    name: str, residue: Mapping[str, Json], spelling: Mapping[str, Json]
) -> wire.NamedToolChoice | wire.CustomToolChoice:
    named = made(wire.Named, residue.get("named", NOTHING), name=name)
    outer = residue.get("choice", NOTHING)
    if residue.get("type") == "custom":
        return made(wire.CustomToolChoice, outer, custom=named)
    type = ABSENT if left_out(spelling, "type") else "function"
    return made(wire.NamedToolChoice, outer, type=type, function=named)


def _write_allowed(choice: hub.ToolChoice) -> wire.AllowedToolChoice:
    residue = ours(choice.own)
    nothing: list[Json] = [{}] * len(choice.names)
    residues = residue.get("tools") or nothing
    spellings = ours(choice.spelling).get("tools") or nothing
    if len(residues) != len(choice.names) or len(spellings) != len(choice.names):
        residues = spellings = nothing
    tools = tuple(_write_named(*row) for row in zip(choice.names, residues, spellings, strict=True))
    mode = "required" if choice.required else residue.get("mode", "auto")
    allowed = made(wire.AllowedTools, residue.get("allowed", NOTHING), mode=mode, tools=tools)
    return made(wire.AllowedToolChoice, residue.get("choice", NOTHING), allowed_tools=allowed)


# The form of the answer.


def _lies_flat(schema: Json) -> bool:
    """Tell whether a schema can stand beside its name, and be told from it."""
    keys = schema.keys() if isinstance(schema, dict) else set()
    return bool(keys & _OF_SCHEMAS) and not keys & {"name", "description", "schema", "strict"}


def read_format(format: wire.AnyFormat) -> hub.Format | None:
    """Read ``response_format``; ``None`` where it is of a form that nobody documents."""
    match format:
        case wire.TextFormat():
            return hub.Format(kind="text", own=own(format.extra))
        case wire.JSONObjectFormat():
            return hub.Format(kind="json", own=own(format.extra))
        case wire.JSONSchemaFormat(json_schema=wire.JSONSchema(schema=Absent.ABSENT, extra=schema) as inner) if (
            format.schema is ABSENT and schema.keys() & _OF_SCHEMAS
        ):
            return hub.Format(
                kind="schema", name=inner.name, description=inner.description, schema=dict(schema), strict=inner.strict,
                own=own(format.extra), spelling=own({"json_schema": "flat"}),
            )  # fmt: skip
        case wire.JSONSchemaFormat(json_schema=wire.JSONSchema() as inner):
            fields: dict[str, Json] = {"json_schema": inner.extra} if inner.extra else {}
            if format.schema is not ABSENT:
                fields["schema"] = format.schema
            return hub.Format(
                kind="schema", name=inner.name, description=inner.description, schema=inner.schema, strict=inner.strict,
                own=own({**fields, **format.extra}),
            )  # fmt: skip
        case wire.JSONSchemaFormat(json_schema=Opaque(document=dict() as document)) if format.schema is ABSENT:
            spelling = own({"json_schema": "bare"})
            return hub.Format(kind="schema", schema=document, own=own(format.extra), spelling=spelling)
        case wire.JSONSchemaFormat(json_schema=Absent.ABSENT) if format.schema is not ABSENT:
            spelling = own({"json_schema": "beside"})
            return hub.Format(kind="schema", schema=format.schema, own=own(format.extra), spelling=spelling)
        case _:
            return None


_OF_SCHEMAS: Final = frozenset({"$schema", "type", "properties"})
"""Keys that schemas have and what stands around them has not."""


def write_format(format: hub.Format) -> wire.AnyFormat:
    """Write the form of an answer. Vendors take a schema in three other places than the published one, which its spelling says."""
    residue = dict(ours(format.own))
    if format.kind != "schema":
        if (format.name, format.description, format.strict) != (ABSENT,) * 3 or format.schema is not ABSENT:
            raise refuse("a schema of an answer that is not to follow one")
        return made(wire.TextFormat, residue) if format.kind == "text" else made(wire.JSONObjectFormat, residue)
    rest, place = residue.pop("json_schema", NOTHING), ours(format.spelling).get("json_schema")
    if isinstance(rest, str):  # as records were stored before
        rest, place = NOTHING, rest
    stated: dict[str, Any]
    if place in ("bare", "beside") and format.name is format.description is format.strict is ABSENT and not rest:
        stated = {"json_schema": Opaque(format.schema)} if place == "bare" else {"schema": format.schema}
    elif format.name is ABSENT:
        raise refuse("a schema of an answer without a name")
    else:
        flat = place == "flat" and not rest and _lies_flat(format.schema)
        inner = made(
            wire.JSONSchema, format.schema if flat else rest, name=format.name, description=format.description,
            schema=ABSENT if flat else format.schema, strict=format.strict,
        )  # fmt: skip
        stated = {"json_schema": inner}
    fill(wire.JSONSchemaFormat, stated, residue)
    return wire.JSONSchemaFormat(**stated)
