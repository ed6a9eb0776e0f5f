"""Tools and the choice among them: wire records to hub records and back."""

from __future__ import annotations

import re
from types import NoneType
from typing import Any, Final

from .. import hub
from ..codec import Opaque, decode_as, decode_union, encode
from ..errors import WriteError
from ..jsonvalue import ABSENT, Json
from .residue import WIRE_NAME, build, members, nulls, ours, own, own_of
from .tables import CHOICE_MODES, CHOICE_TYPES, TOOL_FORMS
from .wire import ToolChoice
from .wire_tools import CustomTool, DefinedTool, Tool

_DATED: Final = re.compile(r"(.+)_(\d{8})")
_EVERY_TOOL: Final = ("cache_control", "defer_loading", "allowed_callers", "input_examples", "eager_input_streaming")
"""Keys of a tool that say how it is offered, and that no other wire has."""


def read_tools(tools: tuple[Tool | Opaque, ...]) -> tuple[hub.Tool | hub.Opaque, ...]:
    """Read a request's tools."""
    return tuple(_read_tool(tool) for tool in members(tools))


def _read_tool(tool: Tool | Opaque) -> hub.Tool | hub.Opaque:
    match tool:
        case CustomTool():
            return _read_custom(tool)
        case Opaque(document={"type": None, "name": str()}):
            # A null type is a custom tool by the published schema, but no tag that tells a union's members apart.
            return _read_custom(decode_as(CustomTool, tool.document))
        case Opaque():
            return hub.Opaque(wire=WIRE_NAME, document=tool.document)
        case _:
            return _read_defined(tool)


def _read_custom(tool: CustomTool) -> hub.Tool:
    spelling = nulls(tool, "type", *_EVERY_TOOL)
    if isinstance(tool.type, str):
        spelling["type"] = tool.type
    return hub.Tool(
        name=tool.name,
        description=tool.description,
        schema=tool.input_schema,
        strict=tool.strict,
        own=own_of(tool, *_EVERY_TOOL),
        spelling=own(spelling),
    )


def _read_defined(tool: DefinedTool) -> hub.Tool:
    options: dict[str, Json] = encode(tool)
    kind, version = split_date(options.pop("type"))
    cache = {key: options.pop(key) for key in ("cache_control",) if key in options}
    return hub.Tool(
        name=options.pop("name") if isinstance(options.get("name"), str) else ABSENT,
        form=TOOL_FORMS.get(kind, "server"),
        strict=options.pop("strict", ABSENT) if isinstance(options.get("strict"), (bool, NoneType)) else ABSENT,
        builtin=hub.Builtin(type=kind, version=version, options=options),
        own=own({key: value for key, value in cache.items() if value is not None}),
        spelling=own({key: value for key, value in cache.items() if value is None}),
    )


def split_date(kind: str) -> tuple[str, Any]:
    """Split a dated type: ``web_search_20250305`` is ``web_search`` of ``20250305``."""
    found = _DATED.fullmatch(kind)
    return (found[1], found[2]) if found else (kind, ABSENT)


def dated(builtin: hub.Builtin) -> str:
    """Join what `split_date` splits."""
    return builtin.type if builtin.version is ABSENT else f"{builtin.type}_{builtin.version}"


def write_tools(tools: tuple[hub.Tool | hub.Opaque, ...]) -> tuple[Tool | Opaque, ...]:
    """Write tools. Raises `WriteError` for one that the Messages API cannot define."""
    return tuple(_write_tool(tool) for tool in tools)


def _write_tool(tool: hub.Tool | hub.Opaque) -> Tool | Opaque:
    if isinstance(tool, hub.Opaque):
        if tool.wire != WIRE_NAME:
            raise WriteError(f"a tool that only {tool.wire} knows has no place in the Messages API")
        return Opaque(tool.document)
    if tool.builtin is not None:
        return _write_defined(tool, tool.builtin)
    if tool.form != "function":
        raise WriteError(f"the Messages API has no tool of form {tool.form!r} that the caller defines")
    if tool.name is ABSENT:
        raise WriteError("a tool that the caller defines needs a name")
    return build(
        CustomTool,
        tool,
        name=tool.name,
        description=tool.description,
        input_schema=tool.schema,
        strict=tool.strict,
    )


def _write_defined(tool: hub.Tool, builtin: hub.Builtin) -> Tool:
    if tool.description is not ABSENT or tool.schema is not ABSENT:
        raise WriteError("a tool that the provider defines has neither description nor schema")
    if tool.form != TOOL_FORMS.get(builtin.type, "server"):
        raise WriteError(f"{builtin.type} is no tool of form {tool.form!r}")
    _refuse_confusable(builtin)
    stated = {"type": dated(builtin), "name": tool.name, "strict": tool.strict}
    document = {key: value for key, value in stated.items() if value is not ABSENT}
    written: DefinedTool = decode_union(
        DefinedTool, {**document, **builtin.options, **ours(tool.spelling), **ours(tool.own)}
    )
    return written


def _refuse_confusable(builtin: hub.Builtin) -> None:
    """Refuse what would be read as something else: a type that is no provider's, options that the tool itself states."""
    if builtin.type == "custom" or split_date(dated(builtin)) != (builtin.type, builtin.version):
        raise WriteError(f"{dated(builtin)[:40]!r} is no dated type of a tool")
    options = builtin.options
    stated = isinstance(options.get("name"), str) or isinstance(options.get("strict", ABSENT), (bool, NoneType))
    if stated or "type" in options or "cache_control" in options:
        raise WriteError("the options of a tool that the provider defines leave out what the tool itself states")


# The choice among them.


def read_choice(choice: ToolChoice) -> hub.ToolChoice | None:
    """Read ``tool_choice``, or nothing where its type is not known."""
    mode = CHOICE_MODES.get(choice.type) if isinstance(choice.type, str) else None
    if mode is None or (mode == "named") != isinstance(choice.name, str):
        return None
    disabled = choice.disable_parallel_tool_use
    return hub.ToolChoice(
        mode=mode,
        names=(choice.name,) if isinstance(choice.name, str) else (),
        parallel=not disabled if isinstance(disabled, bool) else disabled,
        own=own_of(choice),
    )


def write_choice(choice: hub.ToolChoice) -> ToolChoice:
    """Write a choice. Several allowed tools are more than the Messages API can say."""
    kind = CHOICE_TYPES.get(choice.mode)
    if kind is None or len(choice.names) != (kind == "tool"):
        raise WriteError("a choice of the Messages API is auto, any, none or one tool")
    parallel = choice.parallel
    return build(
        ToolChoice,
        choice,
        type=kind,
        name=choice.names[0] if choice.names else ABSENT,
        disable_parallel_tool_use=not parallel if isinstance(parallel, bool) else parallel,
    )
