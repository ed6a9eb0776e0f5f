"""The streams of Responses."""

from __future__ import annotations

from typing import Final

from ..jsonvalue import Json, JsonObject
from ..streams import WireStream
from .stream_events import ResponsesEvents
from .stream_fold import ResponsesFold
from .stream_writer import ResponsesWriter


def pieces(document: Json) -> list[JsonObject]:
    """Return what is streamed by itself: each content part of a message, and each other item, with its item."""
    found: list[JsonObject] = []
    for item in document.get("output") or ():
        content = item.get("content") if isinstance(item, dict) else None
        if isinstance(item, dict) and item.get("type") == "message" and isinstance(content, list):
            found += [{"item": item, "content_index": index} for index in range(len(content))]
        else:
            found.append({"item": item, "content_index": None})
    return found


STREAM: Final = WireStream(
    fold=ResponsesFold, events=ResponsesEvents, writer=ResponsesWriter, pieces=pieces, cumulative=True, named=True
)
