"""Reasoning items: read into thinking, and written from it."""

from __future__ import annotations

from typing import Any

from .. import hub
from ..codec import WireRecord
from ..jsonvalue import ABSENT, Absent
from . import wire_items as wire
from .residue import FAMILY, WITHOUT, build, ours, own, refuse, residue
from .wire_content import ReasoningText, SummaryText


def read_thinking(item: wire.ReasoningItem) -> hub.Thinking | None:
    """Read a reasoning item; ``None`` where a part of it says more than its text."""
    summary = item.summary if isinstance(item.summary, tuple) else ()
    content = item.content if isinstance(item.content, tuple) else ()
    if None in summary or None in content or any(part.extra for part in (*summary, *content)):
        return None
    spelling = _spelling(item)
    text: str | Absent = ABSENT
    if content:
        text = "".join([part.text for part in content])
        if len(content) > 1:
            spelling["cuts"] = [len(part.text) for part in content]
    seal = None
    if isinstance(item.encrypted_content, str):
        seal = hub.Seal(kind="encrypted", data=item.encrypted_content, family=FAMILY)
    return hub.Thinking(
        text=text, summary=tuple([part.text for part in summary]), seal=seal,
        own=residue(item) if item.extra else None, spelling=own(spelling),
    )  # fmt: skip


def _spelling(item: wire.ReasoningItem) -> dict[str, Any]:
    spelling: dict[str, Any] = {}
    if item.summary is ABSENT:
        spelling[WITHOUT] = ["summary"]
    elif item.summary is None:
        spelling["summary"] = None
    if item.content is None or item.content == ():
        spelling["content"] = None if item.content is None else []
    if item.encrypted_content is None:
        spelling["encrypted_content"] = None
    return spelling


def write_thinking(part: hub.Thinking, id: str | Absent | None, status: str | Absent | None) -> WireRecord:
    """Write thinking as a reasoning item."""
    seal = part.seal
    if seal is not None and (seal.kind != "encrypted" or seal.family != FAMILY):
        raise refuse(f"a {seal.kind} seal of {seal.family}")
    stated: dict[str, Any] = {"id": id, "status": status}
    if seal is not None:
        stated["encrypted_content"] = seal.data
    if part.summary:
        stated["summary"] = tuple([SummaryText(text=text) for text in part.summary])
    if part.text is not ABSENT:
        stated["content"] = tuple([ReasoningText(text=text) for text in _pieces(part.text, part.spelling)])
    return build(wire.ReasoningItem, part, stated, {"summary": ()})


def _pieces(text: str, spelling: hub.Own | None) -> list[str]:
    cuts = ours(spelling).get("cuts")
    if not cuts or sum(cuts) != len(text):
        return [text]
    pieces = []
    place = 0
    for length in cuts:
        pieces.append(text[place : place + length])
        place += length
    return pieces
