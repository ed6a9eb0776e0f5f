"""Tools the provider runs itself: items that tell of a call, mostly with what came of it, and items that tell what came of it alone.

What the hub has a field for stands there: the id, the tool, its arguments, the MCP server, the status, the findings. The rest of the
item is the part's residue. An item that says any of it in a form that is not published is kept whole, as the part's ``document``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import attrs

from .. import hub
from ..codec import Opaque, decode_union, encode
from ..jsonvalue import ABSENT, Json, JsonObject
from . import findings as found
from . import wire_items as wire
from .calls import SHELL, read_arguments, spell_arguments
from .findings import Fields, Unpublished
from .residue import FAMILY, WIRE_NAME, ours, own, refuse

_PAGES: Final = {"search": "web_search", "open_page": "web_fetch", "find_in_page": "find_in_page"}
"""What a web search may do, each a tool of its own."""
_PAGE_TYPES: Final = {tool: kind for kind, tool in _PAGES.items()}
LISTING: Final = "mcp_list_tools"
_PICTURE: Final = ("action", "background", "output_format", "quality", "revised_prompt", "size")
"""What a picture was asked to be: the arguments of the tool that makes one."""

_SHARED_IDS: Final = (
    "tool_search_call", "tool_search_output", "program", "program_output", "shell_call", "shell_call_output",
)  # fmt: skip
"""Items with a ``call_id`` beside their ``id``: that is what result and call share."""


# What each item says.


def _read_web(rest: JsonObject) -> Fields:
    action = rest.get("action")
    if not isinstance(action, dict) or not isinstance(action.get("type"), str) or action["type"] not in _PAGES:
        raise Unpublished
    value = dict(rest.pop("action"))
    tool = _PAGES[value.pop("type")]
    findings = found.read_sources(value) if tool == "web_search" else None
    return {"tool": tool, "arguments": hub.Arguments(value=value), "findings": findings}


def _write_web(call: hub.ServerCall) -> JsonObject:
    action = {**_object(call.arguments), **_outcome(call.findings, {hub.Searched: found.write_sources})}
    return {"action": {"type": _PAGE_TYPES[call.tool], **action}}


def _read_file_search(rest: JsonObject) -> Fields:
    queries = {"queries": rest.pop("queries")} if "queries" in rest else ABSENT
    return {"arguments": hub.Arguments(value=queries), "findings": found.read_passages(rest)}


def _write_file_search(call: hub.ServerCall) -> JsonObject:
    return {**_object(call.arguments), **_outcome(call.findings, {hub.Searched: found.write_passages})}


def _read_code(rest: JsonObject) -> Fields:
    return {"arguments": _code(rest), "findings": found.read_outputs(rest)}


def _code(rest: JsonObject) -> hub.Arguments:
    return hub.Arguments(value={"code": rest.pop("code")}) if isinstance(rest.get("code"), str) else hub.NO_ARGUMENTS


def _write_code(call: hub.ServerCall) -> JsonObject:
    return {**_object(call.arguments), **_outcome(call.findings, {hub.Executed: found.write_outputs})}


def _read_picture(rest: JsonObject) -> Fields:
    asked = {key: rest.pop(key) for key in _PICTURE if key in rest}
    findings = found.read_picture(rest, asked.get("output_format"))
    return {"arguments": hub.Arguments(value=asked or ABSENT), "findings": findings}


def _write_picture(call: hub.ServerCall) -> JsonObject:
    shown = {hub.Said: found.write_picture, hub.Failed: found.write_picture}
    return {**_object(call.arguments), **_outcome(call.findings, shown)}


def _read_mcp(rest: JsonObject) -> Fields:
    if not isinstance(rest.get("server_label"), str):
        raise Unpublished
    arguments = read_arguments(rest.pop("arguments")) if isinstance(rest.get("arguments"), str) else hub.NO_ARGUMENTS
    return {
        "tool": rest.pop("name"), "server": rest.pop("server_label"), "arguments": arguments, "findings": found.read_answer(rest),
    }  # fmt: skip


def _write_mcp(call: hub.ServerCall) -> JsonObject:
    spelled = spell_arguments(call.arguments)
    answered = {hub.Said: found.write_answer, hub.Failed: found.write_answer}
    said = {} if spelled is ABSENT else {"arguments": spelled}
    return {"name": call.tool, "server_label": call.server, **said, **_outcome(call.findings, answered)}


def _read_listing(rest: JsonObject) -> Fields:
    if not isinstance(rest.get("server_label"), str):
        raise Unpublished
    return {"server": rest.pop("server_label"), "findings": found.read_offers(rest)}


def _write_listing(call: hub.ServerCall) -> JsonObject:
    offered = {hub.Offered: found.write_offers, hub.Failed: found.write_offers}
    return {"server_label": call.server, **_outcome(call.findings, offered)}


def _read_value(key: str) -> Callable[[JsonObject], Fields]:
    def read(rest: JsonObject) -> Fields:
        return {"arguments": hub.Arguments(value=rest.pop(key) if rest.get(key) is not None else ABSENT)}

    return read


def _write_value(key: str) -> Callable[[hub.ServerCall], JsonObject]:
    def write(call: hub.ServerCall) -> JsonObject:
        return {} if call.arguments.value is ABSENT else {key: call.arguments.value}

    return write


def _read_program(rest: JsonObject) -> Fields:
    return {"arguments": _code(rest)}


def _write_program(call: hub.ServerCall) -> JsonObject:
    return _object(call.arguments)


def _object(arguments: hub.Arguments) -> JsonObject:
    if arguments.value is ABSENT:
        return {}
    if not isinstance(arguments.value, dict):
        raise Unpublished
    return arguments.value


def _outcome(findings: hub.Findings | None, writers: Mapping[type, Callable[[Any], JsonObject]]) -> JsonObject:
    if findings is None:
        return {}
    if type(findings) not in writers:
        raise Unpublished
    return writers[type(findings)](findings)


@attrs.frozen
class _Kind:
    """A type of item: the tool it tells of, unless the item itself says that, and how to read and write what it says."""

    tool: str
    read: Callable[[JsonObject], Fields]
    write: Callable[[Any], JsonObject]


_CALLS: Final[Mapping[str, _Kind]] = {
    "web_search_call": _Kind("web_search", _read_web, _write_web),
    "file_search_call": _Kind("file_search", _read_file_search, _write_file_search),
    "code_interpreter_call": _Kind("code_execution", _read_code, _write_code),
    "image_generation_call": _Kind("image_generation", _read_picture, _write_picture),
    "tool_search_call": _Kind("tool_search", _read_value("arguments"), _write_value("arguments")),
    "mcp_call": _Kind("mcp", _read_mcp, _write_mcp),
    LISTING: _Kind(LISTING, _read_listing, _write_listing),
    "program": _Kind("program", _read_program, _write_program),
    "shell_call": _Kind(SHELL, _read_value("action"), _write_value("action")),
}


def _found_by(
    read: Callable[[JsonObject], hub.Findings | None], write: Callable[[Any], JsonObject], cls: type
) -> tuple[Callable[[JsonObject], Fields], Callable[[Any], JsonObject]]:
    return lambda rest: {"findings": read(rest)}, lambda result: _outcome(result.findings, {cls: write})


_RESULTS: Final[Mapping[str, _Kind]] = {
    "tool_search_output": _Kind(
        "tool_search", *_found_by(found.read_definitions, found.write_definitions, hub.Offered)
    ),
    "program_output": _Kind("program", *_found_by(found.read_result, found.write_result, hub.Said)),
    "shell_call_output": _Kind(SHELL, *_found_by(found.read_commands, found.write_commands, hub.Executed)),
}
_CALL_TYPES: Final = {
    **{kind.tool: name for name, kind in _CALLS.items() if name != "mcp_call"},
    **dict.fromkeys(_PAGE_TYPES, "web_search_call"),
}
_RESULT_TYPES: Final = {kind.tool: name for name, kind in _RESULTS.items()}
_FORMER_TOOLS: Final = {"code_interpreter": "code_interpreter_call"}
"""Names that stored records have for tools that are called otherwise now."""


# Reading.


def read_server_call(item: Any) -> hub.ServerCall:
    """Read an item that tells of a call of the provider's own tool."""
    rest: JsonObject = encode(item)
    kind = rest.pop("type")
    spelling, id = _take_id(rest, kind)
    said = _read_said(_CALLS[kind], kind, rest)
    return hub.ServerCall(**{"tool": _CALLS[kind].tool, **said}, id=id, family=FAMILY, spelling=spelling)


def read_server_result(item: Any) -> hub.ServerResult:
    """Read what the provider's own tool found, where it is an item of its own."""
    rest: JsonObject = encode(item)
    kind = rest.pop("type")
    spelling, id = _take_id(rest, kind)
    said = _read_said(_RESULTS[kind], kind, rest)
    return hub.ServerResult(**{"tool": _RESULTS[kind].tool, **said}, call_id=id, family=FAMILY, spelling=spelling)


def _read_said(kind: _Kind, name: str, document: JsonObject) -> Fields:
    """Read what an item says, or keep it whole."""
    rest = dict(document)
    try:
        said = kind.read(rest)
    except Unpublished:
        return {"document": {"type": name, **document}}
    if isinstance(rest.get("status", ABSENT), str):
        said["status"] = rest.pop("status")
    said["own"] = own(rest)
    return said


def _take_id(document: JsonObject, kind: str) -> tuple[hub.Own | None, str]:
    """Take the id out of an item's document: the one its call and its result share where there is one."""
    if kind not in _SHARED_IDS:
        return None, document.pop("id")
    if isinstance(document.get("call_id"), str):
        return None, document.pop("call_id")
    if isinstance(document.get("id"), str):
        return OWN_IDS, document.pop("id")
    return _NO_ID, ""


OWN_IDS: Final = hub.Own(wire=WIRE_NAME, fields={"id_key": "id"})
"""Spelling of an item that has an id of its own and none that its call and its result share."""
_NO_ID: Final = hub.Own(wire=WIRE_NAME, fields={"id_key": None})


# Writing.


def write_server_call(call: hub.ServerCall) -> Any:
    """Write a call of the provider's own tool."""
    if call.family != FAMILY:
        raise refuse(f"a server tool's call of {call.family}")
    if _is_former(call):
        return _write_former(call)
    kind = "mcp_call" if call.server is not ABSENT and call.tool != LISTING else _CALL_TYPES.get(call.tool)
    item = _write(_CALLS, kind, call, call.id)
    if read_server_call(item) != _without_foreign(call):
        raise refuse(f"all that is said of a call of the server tool {call.tool!r}")
    return item


def write_server_result(result: hub.ServerResult) -> Any:
    """Write what the provider's own tool found."""
    if result.family != FAMILY:
        raise refuse(f"a server tool's result of {result.family}")
    if result.document is not ABSENT and "type" not in _whole(result.document):
        return _write_former_result(result)
    item = _write(_RESULTS, _RESULT_TYPES.get(result.tool), result, result.call_id)
    if read_server_result(item) != _without_foreign(result):
        raise refuse(f"all that is said of a result of the server tool {result.tool!r}")
    return item


Part = TypeVar("Part", hub.ServerCall, hub.ServerResult)


def _without_foreign(part: Part) -> Part:
    """Return a part without another wire's residue, which this one does not look at."""
    return part if part.own is None or part.own.wire == WIRE_NAME else attrs.evolve(part, own=None)


def _write(kinds: Mapping[str, _Kind], name: Any, part: hub.ServerCall | hub.ServerResult, id: str) -> Any:
    document = dict(ours(part.own)) if part.document is ABSENT else dict(_whole(part.document))
    name = name if part.document is ABSENT else document["type"]
    if name not in kinds:
        raise refuse(f"a server tool {part.tool!r}")
    if part.document is ABSENT:
        try:
            document |= kinds[name].write(part)
        except Unpublished:
            raise refuse(f"such a call or result of the server tool {part.tool!r}") from None
        if part.status is not ABSENT:
            document["status"] = part.status
    document["type"] = name
    _put_id(document, name, id, part.spelling)
    item = decode_union(wire.Item, document)
    if isinstance(item, Opaque):
        raise refuse(f"such a call or result of the server tool {part.tool!r}")
    return item


def _put_id(document: JsonObject, kind: str, id: str, spelling: hub.Own | None) -> None:
    key = ours(spelling).get("id_key", "call_id" if kind in _SHARED_IDS else "id")
    if key is None and id:
        key = "call_id"
    if key is not None:
        document[key] = id


def _whole(document: Json) -> JsonObject:
    if not isinstance(document, dict):
        raise refuse("a server tool's document that is no object")
    return document


# Records that were stored before there were findings: the arguments are as the item has them, the document is the rest of it.


def _is_former(call: hub.ServerCall) -> bool:
    if call.document is ABSENT:
        return call.tool in _FORMER_TOOLS
    return "type" not in _whole(call.document)


def _write_former(call: hub.ServerCall) -> Any:
    document = {} if call.document is ABSENT else dict(_whole(call.document))
    kind = _FORMER_TOOLS.get(call.tool) or _CALL_TYPES.get(call.tool, "mcp_call")
    if kind == "mcp_call":
        document |= {"name": call.tool, "arguments": spell_arguments(call.arguments)}
    elif call.arguments.value is not ABSENT:
        document["arguments" if kind == "tool_search_call" else "action"] = call.arguments.value
    if call.server is not ABSENT:
        document["server_label"] = call.server
    return _record(document, kind, call.id, call)


def _write_former_result(result: hub.ServerResult) -> Any:
    return _record(dict(result.document), _RESULT_TYPES.get(result.tool, ""), result.call_id, result)


def _record(document: JsonObject, kind: str, id: str, part: hub.ServerCall | hub.ServerResult) -> Any:
    document["type"] = kind
    _put_id(document, kind, id, part.spelling)
    kept = {key: value for key, value in document.items() if value is not ABSENT}
    return decode_union(wire.Item, {**kept, **ours(part.own)})
