"""The flow of a conversation: turns into a list of items.

Without a seam each run of text, media and refusals is one message, and all else one item each. A seam made by another wire is a cut;
what it was called there does not matter here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from .. import hub
from ..codec import WireRecord
from ..jsonvalue import ABSENT, Absent
from ..making import maker
from . import calls, results, server_calls, server_items
from . import wire_items as wire
from .content import is_plain, is_untyped, write_opaque, write_parts
from .items_read import speaker_of
from .residue import build, ours, refuse
from .thinking import write_thinking

_IN_MESSAGES: Final = frozenset({hub.Text, hub.Media, hub.Refusal})
_SPEAKERS: Final[Mapping[type, hub.Role]] = {
    hub.Call: "assistant", hub.ServerCall: "assistant", hub.ServerResult: "assistant", hub.Thinking: "assistant",
    hub.Approval: "assistant", hub.Reference: "assistant", hub.Result: "tool", hub.ApprovalAnswer: "user",
}  # fmt: skip


def speaker(part: hub.Part) -> hub.Role:
    """Tell whose turn a part that is an item of its own stands in."""
    if isinstance(part, hub.Mark):
        if part.kind in ("tool_change", "config_change"):
            return "developer"
        return "assistant" if part.data else "user"
    return speaker_of(part.document) if isinstance(part, hub.Opaque) else _SPEAKERS[type(part)]


class Writing:
    """A turn while it is written: its speaker, and the items so far."""

    __slots__ = ("into", "reply", "role")

    def __init__(self, into: list[Any], role: hub.Role, reply: bool) -> None:
        self.into = into
        self.role = role
        self.reply = reply
        """In a reply any item is the assistant's."""


def write_turns(turns: Iterable[hub.Turn]) -> list[Any]:
    """Write a request's turns as items."""
    items: list[Any] = []
    for turn in turns:
        _write_turn(turn, Writing(items, turn.role, reply=False))
    return items


def write_output(turn: hub.Turn) -> tuple[Any, ...]:
    """Write the turn of a reply as its output."""
    if turn.role != "assistant":
        raise refuse(f"a reply by the {turn.role}")
    items: list[Any] = []
    if turn.parts or turn.seams:
        _write_turn(turn, Writing(items, turn.role, reply=True))
    return tuple(items)


def _write_turn(turn: hub.Turn, writing: Writing) -> None:
    parts = turn.parts
    if turn.own is not None and ours(turn.own):
        raise refuse("a residue of a whole turn")
    if parts and not turn.seams:
        _write_run(parts, writing)
        return
    place = 0
    for seam in turn.seams:
        if not place <= seam.start <= seam.stop <= len(parts):
            raise refuse("seams that overlap or go beyond their turn")
        _write_run(parts[place : seam.start], writing)
        _write_seamed(parts[seam.start : seam.stop], seam, writing)
        place = seam.stop
    if place < len(parts):
        _write_run(parts[place:], writing)
    elif not parts and not turn.seams:
        if turn.role == "tool":
            raise refuse("a turn without results by the tool")
        writing.into.append(wire.Message(role=turn.role, content=()))


def _write_run(parts: tuple[hub.Part, ...], writing: Writing) -> None:
    """Write parts in the wire's own grouping: each run of text, media and refusals one message, all else one item each."""
    begin = 0
    into = writing.into
    for place, part in enumerate(parts):
        cls = part.__class__
        if cls in _IN_MESSAGES or (cls is hub.Mark and part.kind == "cache"):  # type: ignore[union-attr]
            continue
        if begin < place:
            into.append(_write_message(parts[begin:place], writing, None))
        begin = place + 1
        into.append(_write_item(part, writing, ABSENT, ABSENT))
    if begin < len(parts):
        writing.into.append(_write_message(parts[begin:], writing, None))


def _write_seamed(parts: tuple[hub.Part, ...], seam: hub.Seam, writing: Writing) -> None:
    """Write what a seam is around: one message, one item, or, cut elsewhere by another wire, several."""
    if seam.name is not ABSENT:
        raise refuse("the name of a speaker")
    message = all(_may_stand_in_message(part) for part in parts)
    if message and (seam.form == "message" or not parts):
        writing.into.append(_write_message(parts, writing, seam))
        return
    if len(parts) == 1 and not message:
        if seam.phase is not ABSENT:
            raise refuse("a phase of anything but a message")
        writing.into.append(_write_item(parts[0], writing, seam.id, seam.status))
        return
    if not (seam.id is seam.status is seam.phase is ABSENT):
        raise refuse("one id, status or phase for several items")
    _write_run(parts, writing)


def in_message(part: hub.Part) -> bool:
    """Tell whether a part stands in a message, and is no item of its own."""
    cls = part.__class__
    return cls in _IN_MESSAGES or (cls is hub.Mark and part.kind == "cache")  # type: ignore[union-attr]


def _may_stand_in_message(part: hub.Part) -> bool:
    cls = part.__class__
    return cls in _IN_MESSAGES or cls is hub.Opaque or (cls is hub.Mark and part.kind == "cache")  # type: ignore[union-attr]


def _write_message(parts: tuple[hub.Part, ...], writing: Writing, seam: hub.Seam | None) -> WireRecord:
    role: str = writing.role
    if role == "tool":
        raise refuse("anything but results by the tool")
    if seam is not None and seam.own is not None:
        role = ours(seam.own).get("role", role)
    return write_message(parts, role, seam)


def write_message(parts: tuple[hub.Part, ...], role: str, seam: hub.Seam | None) -> WireRecord:
    """Write the parts of one message."""
    first = parts[0] if parts else None
    content: Any
    if len(parts) == 1 and is_plain(first) and first.form == "string":  # type: ignore[arg-type,union-attr]
        content = first.text  # type: ignore[union-attr]
    else:
        content = write_parts(parts, role == "assistant")
    spelling = getattr(first, "spelling", None)
    untyped = is_untyped(spelling) or (seam is not None and is_untyped(seam.spelling))
    kind: Any = ABSENT if untyped else "message"
    if seam is None:
        return _new_message(type=kind, role=role, content=content)
    stated = {"content": content or ABSENT, "id": seam.id, "status": seam.status, "phase": seam.phase}
    if content == "":
        stated["content"] = ""
    return build(wire.Message, seam, stated, {"type": kind, "role": role, "content": ()})


_new_message: Final = maker(wire.Message)


def _write_item(part: hub.Part, writing: Writing, id: str | Absent | None, status: str | Absent | None) -> Any:
    cls = part.__class__
    if not writing.reply and writing.role != (_SPEAKERS.get(cls) or speaker(part)):
        raise refuse(f"a {cls.__name__} by the {writing.role}")
    if cls in _WITH_STATUS:
        return _WITH_STATUS[cls](part, id, status)
    if status is not ABSENT:
        raise refuse(f"the status of a {cls.__name__}")
    if cls in _WITH_ID:
        return _WITH_ID[cls](part, id)
    if id is not ABSENT:
        raise refuse(f"an id of a {cls.__name__} beside its own")
    return _WITHOUT_ID[cls](part)


_WITH_STATUS: Final[Mapping[type, Callable[[Any, Any, Any], Any]]] = {
    hub.Call: calls.write_call,
    hub.Result: results.write_result,
    hub.Thinking: write_thinking,
}
_WITH_ID: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    hub.Mark: server_items.write_mark,
    hub.ApprovalAnswer: server_items.write_approval_answer,
}
_WITHOUT_ID: Final[Mapping[type, Callable[[Any], Any]]] = {
    hub.ServerCall: server_calls.write_server_call,
    hub.ServerResult: server_calls.write_server_result,
    hub.Approval: server_items.write_approval,
    hub.Reference: server_items.write_reference,
    hub.Opaque: write_opaque,
}
