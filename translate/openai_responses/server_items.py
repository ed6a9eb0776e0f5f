"""Approvals, marks and references: items of one part each that are never ours to perform."""

from __future__ import annotations

from typing import Any, Final

from .. import hub
from ..codec import WireRecord, encode
from ..jsonvalue import ABSENT, JsonObject
from . import wire_items as wire
from .residue import FAMILY, WITHOUT, build, own, refuse, residue

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
