"""Tools and the choice among them: wire records to hub records and back."""

from __future__ import annotations

import re
from types import NoneType
from typing import Any, Final

from .. import hub
from ..codec import Opaque, decode_as, decode_union, encode
from ..errors import WriteError
from ..jsonvalue import ABSENT, Json
from .residue import WIRE_NAME, build, members, nulls, ours, own, own_of, said
from .tables import CHOICE_MODES, CHOICE_TYPES, TOOL_FORMS
from .texts import read_cache, write_cache
from .wire import ToolChoice
from .wire_blocks import CacheControl
from .wire_tools import CustomTool, DefinedTool, Tool

_DATED: Final = re.compile(r"(.+)_(\d{8})")
_EVERY_TOOL: Final = ("cache_control", "defer_loading", "allowed_callers", "input_examples", "eager_input_streaming")
"""Keys of a tool that say how it is offered."""
_OWN: Final = ("input_examples", "eager_input_streaming")
"""Those of them that no other wire has."""


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
    if tool.extra or tool.type is not ABSENT or any(getattr(tool, name) is not ABSENT for name in _EVERY_TOOL):
        return _read_offered(tool)
    return hub.Tool(name=tool.name, description=tool.description, schema=tool.input_schema, strict=tool.strict)


def _read_offered(tool: CustomTool) -> hub.Tool:
    """Read a tool that says more than what it is: how it is offered."""
    spelling = nulls(tool, "type", "cache_control", "allowed_callers", *_OWN)
    if isinstance(tool.type, str):
        spelling["type"] = tool.type
    rest = {**said(tool, *_OWN), **tool.extra}
    fields: dict[str, Any] = {}
    if tool.defer_loading is None or isinstance(tool.defer_loading, bool):
        fields["defer_loading"] = tool.defer_loading
    else:
        rest |= said(tool, "defer_loading")
    callers = tool.allowed_callers
    if isinstance(callers, list) and all(isinstance(caller, str) for caller in callers):
        fields["callers"] = tuple(callers)
    else:
        rest |= said(tool, "allowed_callers")
    return hub.Tool(
        name=tool.name, description=tool.description, schema=tool.input_schema, strict=tool.strict, **fields,
        cache=_take_cache(said(tool, "cache_control"), rest), own=own(rest), spelling=own(spelling),
    )  # fmt: skip


def _take_cache(found: dict[str, Json], rest: dict[str, Json]) -> hub.Mark | None:
    """Read a tool's cache point; one of an unknown form is left to the rest."""
    document = found.get("cache_control")
    control = decode_union(CacheControl | Opaque, document) if isinstance(document, dict) else None
    if isinstance(control, CacheControl):
        return read_cache(control)
    rest.update(found)
    return None


def _read_defined(tool: DefinedTool) -> hub.Tool:
    options: dict[str, Json] = encode(tool)
    kind, version = split_date(options.pop("type"))
    control = options.pop("cache_control", ABSENT)
    rest: dict[str, Json] = {}
    cache = _take_cache({} if control is ABSENT or control is None else {"cache_control": control}, rest)
    return hub.Tool(
        name=options.pop("name") if isinstance(options.get("name"), str) else ABSENT,
        form=TOOL_FORMS.get(kind, "server"),
        strict=options.pop("strict", ABSENT) if isinstance(options.get("strict"), (bool, NoneType)) else ABSENT,
        builtin=hub.Builtin(type=kind, version=version, options=options),
        cache=cache,
        own=own(rest),
        spelling=own({"cache_control": None} if control is None else {}),
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
    if tool.output_schema is not ABSENT or tool.grammar is not None:
        raise WriteError("a tool of the Messages API has neither a schema of what it gives nor a grammar")
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
        cache_control=_write_cache(tool),
        defer_loading=tool.defer_loading,
        allowed_callers=list(tool.callers) if isinstance(tool.callers, tuple) else ABSENT,
    )


def _write_cache(tool: hub.Tool) -> Json:
    if tool.cache is None:
        return ABSENT
    if tool.cache.kind != "cache":
        raise WriteError("behind a tool of the Messages API stands a cache point and nothing else")
    written = write_cache(tool.cache)
    return written if written is ABSENT else encode(written)


def _write_defined(tool: hub.Tool, builtin: hub.Builtin) -> Tool:
    if not tool.description is tool.schema is tool.defer_loading is tool.callers is ABSENT:
        raise WriteError("a tool that the provider defines has neither description nor schema")
    if tool.form != TOOL_FORMS.get(builtin.type, "server"):
        raise WriteError(f"{builtin.type} is no tool of form {tool.form!r}")
    _refuse_confusable(builtin)
    stated = {"type": dated(builtin), "name": tool.name, "strict": tool.strict}
    document = {key: value for key, value in stated.items() if value is not ABSENT}
    document |= {**builtin.options, **ours(tool.spelling), **ours(tool.own)}
    if tool.cache is not None:
        document["cache_control"] = _write_cache(tool)
    written: DefinedTool = decode_union(DefinedTool, document)
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
    if kind is None or len(choice.names) != (kind == "tool") or choice.required:
        raise WriteError("a choice of the Messages API is auto, any, none or one tool")
    parallel = choice.parallel
    return build(
        ToolChoice,
        choice,
        type=kind,
        name=choice.names[0] if choice.names else ABSENT,
        disable_parallel_tool_use=not parallel if isinstance(parallel, bool) else parallel,
    )
