"""Tools the provider runs itself, approvals, and marks: items of one part each that are never ours to perform.

Most of these items tell call and outcome in one. What the hub has a field for stands there (the id, the tool, its arguments,
the MCP server); the rest of the item is the call's ``document``, without its ``type`` where the tool's name says it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .. import hub
from ..codec import WireRecord, decode_union, encode
from ..jsonvalue import ABSENT, Json, JsonObject
from . import wire_items as wire
from .calls import SHELL, read_arguments, spell_arguments
from .residue import FAMILY, WIRE_NAME, WITHOUT, build, ours, own, refuse, residue

_TOOLS: Final[Mapping[str, str]] = {
    "web_search_call": "web_search",
    "file_search_call": "file_search",
    "code_interpreter_call": "code_interpreter",
    "image_generation_call": "image_generation",
    "tool_search_call": "tool_search",
    "mcp_list_tools": "mcp_list_tools",
    "program": "program",
    "shell_call": SHELL,
}
_TYPES: Final[Mapping[str, str]] = {tool: kind for kind, tool in _TOOLS.items()}
_RESULT_TYPES: Final[Mapping[str, str]] = {
    "tool_search": "tool_search_output", "program": "program_output", SHELL: "shell_call_output",
}  # fmt: skip
_ARGUMENTS: Final[Mapping[str, str]] = {
    "web_search_call": "action", "tool_search_call": "arguments", "shell_call": "action",
}  # fmt: skip
"""Where an item has its arguments as JSON. An MCP call has them as text."""
_CALL_IDS: Final = (
    "tool_search_call",
    "tool_search_output",
    "program",
    "program_output",
    "shell_call",
    "shell_call_output",
)
"""Items with a ``call_id`` beside their ``id``: that is what result and call share."""


def read_server_call(item: Any) -> hub.ServerCall:
    """Read an item that tells of the provider's own tool."""
    document: JsonObject = encode(item)
    kind = document.pop("type")
    spelling, id = _take_id(document, kind)
    server_label: Any = ABSENT
    arguments = hub.Arguments()
    if kind == "mcp_call":
        tool = document.pop("name")
        if isinstance(document.get("arguments"), str):
            arguments = read_arguments(document.pop("arguments"))
    else:
        tool = _TOOLS[kind]
        key = _ARGUMENTS.get(kind)
        if key is not None and document.get(key) is not None:
            arguments = hub.Arguments(value=document.pop(key))
    if "server_label" in document:
        server_label = document.pop("server_label")
    if _type_of(tool, server_label) != kind:
        document["type"] = kind
    return hub.ServerCall(
        id=id, tool=tool, arguments=arguments, server=server_label, document=document or ABSENT, family=FAMILY,
        spelling=spelling,
    )  # fmt: skip


def _take_id(document: JsonObject, kind: str) -> tuple[hub.Own | None, str]:
    """Take the id out of an item's document: the one its call and its result share where there is one."""
    if kind not in _CALL_IDS:
        return None, document.pop("id")
    if isinstance(document.get("call_id"), str):
        return None, document.pop("call_id")
    if isinstance(document.get("id"), str):
        return _ID, document.pop("id")
    return _NO_ID, ""


_ID: Final = hub.Own(wire=WIRE_NAME, fields={"id_key": "id"})
_NO_ID: Final = hub.Own(wire=WIRE_NAME, fields={"id_key": None})


def _put_id(document: JsonObject, kind: str, id: str, spelling: hub.Own | None) -> None:
    key = ours(spelling).get("id_key", "call_id" if kind in _CALL_IDS else "id")
    if key is None and id:
        key = "call_id"
    if key is not None:
        document[key] = id


def _type_of(tool: str, server_label: Json) -> str:
    if tool == "mcp_list_tools" or server_label is ABSENT:
        return _TYPES.get(tool, "")
    return "mcp_call"


def write_server_call(call: hub.ServerCall) -> Any:
    """Write a call of the provider's own tool."""
    if call.family != FAMILY:
        raise refuse(f"a server tool's call of {call.family}")
    document = _rest(call.document)
    kind = document.pop("type", None) or _type_of(call.tool, call.server)
    if kind not in _TYPES_KNOWN:
        raise refuse(f"a server tool {call.tool!r}")
    written: JsonObject = {"type": kind}
    _put_id(written, kind, call.id, call.spelling)
    if kind == "mcp_call":
        written["name"] = call.tool
        arguments: Json = spell_arguments(call.arguments)
        key: str | None = "arguments"
    else:
        key = _ARGUMENTS.get(kind)
        arguments = call.arguments.value
        if call.arguments.text is not ABSENT or (key is None and arguments is not ABSENT):
            raise refuse(f"these arguments of a server tool {call.tool!r}")
    if arguments is not ABSENT and key is not None:
        written[key] = arguments
    if call.server is not ABSENT:
        written["server_label"] = call.server
    return _record({**document, **written, **ours(call.own)})


_TYPES_KNOWN: Final = frozenset({*_TOOLS, "mcp_call"})


def _rest(document: Json) -> JsonObject:
    if document is ABSENT:
        return {}
    if not isinstance(document, dict):
        raise refuse("a server tool's document that is no object")
    return dict(document)


def _record(document: JsonObject) -> Any:
    return decode_union(wire.Item, document)


def read_server_result(item: Any) -> hub.ServerResult:
    """Read what the provider's own tool found, where it is an item of its own."""
    document: JsonObject = encode(item)
    kind = document.pop("type")
    spelling, id = _take_id(document, kind)
    tool = next(tool for tool, of in _RESULT_TYPES.items() if of == kind)
    return hub.ServerResult(call_id=id, tool=tool, document=document or ABSENT, family=FAMILY, spelling=spelling)


def write_server_result(result: hub.ServerResult) -> Any:
    """Write what the provider's own tool found."""
    kind = _RESULT_TYPES.get(result.tool)
    if result.family != FAMILY or kind is None:
        raise refuse(f"a server tool's result of {result.family}")
    document = {"type": kind}
    _put_id(document, kind, result.call_id, result.spelling)
    return _record({**_rest(result.document), **document, **ours(result.own)})


# Approvals.


def read_approval(item: wire.McpApprovalRequest) -> hub.Approval:
    document: JsonObject = encode(item)
    subject = {key: document[key] for key in _SUBJECT if key in document}
    return hub.Approval(id=item.id, subject=subject, own=residue(item))


_SUBJECT: Final = ("name", "server_label", "arguments")


def write_approval(part: hub.Approval) -> WireRecord:
    if not isinstance(part.subject, dict) or any(key not in _SUBJECT for key in part.subject):
        raise refuse("a question for approval that is no MCP call")
    return build(wire.McpApprovalRequest, part, {"id": part.id, **part.subject})


def read_approval_answer(item: wire.McpApprovalResponse) -> hub.ApprovalAnswer:
    return hub.ApprovalAnswer(
        id=item.approval_request_id, approve=item.approve, reason=item.reason, own=residue(item)
    )  # fmt: skip


def write_approval_answer(part: hub.ApprovalAnswer, id: Any) -> WireRecord:
    stated = {"approval_request_id": part.id, "approve": part.approve, "reason": part.reason, "id": id}
    return build(wire.McpApprovalResponse, part, stated)


# Marks and references.


def read_mark(item: Any) -> hub.Mark:
    """Read an item that is no speech: tools or settings from here on, a compaction or the wish for one."""
    match item:
        case wire.AdditionalTools():
            data = {} if item.tools is ABSENT else {"tools": item.tools}
            without = {WITHOUT: ["role"]} if item.role is ABSENT else {}
            return hub.Mark(
                kind="tool_change", data=data, own=residue(item, *(["role"] if item.role != "developer" else [])),
                spelling=own(without),
            )  # fmt: skip
        case wire.ConfigurationUpdate():
            document = encode(item)
            data = {key: document[key] for key in ("reasoning", "text") if key in document}
            return hub.Mark(kind="config_change", data=data, own=residue(item))
        case wire.Compaction():
            data = {"encrypted_content": item.encrypted_content}
            return hub.Mark(kind="compaction", data=data, own=residue(item, "created_by"))
        case _:
            return hub.Mark(kind="compaction", own=residue(item))


def write_mark(mark: hub.Mark, id: Any) -> WireRecord:
    """Write a mark that is an item."""
    data = {**mark.data, "id": id}
    keys = mark.data.keys()
    if mark.kind == "tool_change" and keys <= {"tools"}:
        return build(wire.AdditionalTools, mark, data, {"role": "developer"})
    if mark.kind == "config_change" and keys <= {"reasoning", "text"}:
        return build(wire.ConfigurationUpdate, mark, data)
    if mark.kind == "compaction" and keys == {"encrypted_content"}:
        return build(wire.Compaction, mark, data)
    if mark.kind == "compaction" and not keys:
        return build(wire.CompactionTrigger, mark, data)
    raise refuse(f"a mark of kind {mark.kind} with {', '.join(map(str, keys)) or 'nothing'}")


def read_reference(item: wire.ItemReference) -> hub.Reference:
    spelling = own({WITHOUT: ["type"]}) if item.type is ABSENT else None
    return hub.Reference(id=item.id, family=FAMILY, own=residue(item) if item.extra else None, spelling=spelling)


def write_reference(part: hub.Reference) -> WireRecord:
    if part.family != FAMILY:
        raise refuse(f"a reference to something stored at {part.family}")
    return build(wire.ItemReference, part, {"id": part.id})
