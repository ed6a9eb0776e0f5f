"""The streams of Responses."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from ..jsonvalue import Json, JsonObject
from ..streams import WireStream
from .stream_events import ResponsesEvents
from .stream_fold import ResponsesFold
from .stream_writer import ResponsesWriter, text_of


def pieces(document: Json) -> dict[Hashable, JsonObject]:
    """Return what is streamed by itself: each content part of a message, and each other item, with its item."""
    found: dict[Hashable, JsonObject] = {}
    for place, item in enumerate(document.get("output") or ()):
        content = item.get("content") if isinstance(item, dict) else None
        if isinstance(item, dict) and item.get("type") == "message" and isinstance(content, list):
            found |= {(place, index): {"item": item, "content_index": index} for index in range(len(content))}
        else:
            found[place, None] = {"item": item, "content_index": None}
    return found


def kind_of(piece: JsonObject) -> Json:
    """Return what a piece is, and which call."""
    item, index = piece["item"], piece["content_index"]
    part = {} if index is None else item["content"][index]
    return [item.get("type"), item.get("call_id"), part.get("type")]


STREAM: Final = WireStream(
    fold=ResponsesFold, events=ResponsesEvents, writer=ResponsesWriter, pieces=pieces, text_of=text_of, kind_of=kind_of,
    named=True,
)  # fmt: skip
