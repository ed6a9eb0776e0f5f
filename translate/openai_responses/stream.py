"""The streams of Responses."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from ..jsonvalue import Json, JsonObject
from ..streams import WireStream
from .stream_events import ResponsesEvents
from .stream_fold import ResponsesFold
from .stream_writer import ResponsesWriter, listed, text_of


def pieces(document: Json) -> dict[Hashable, JsonObject]:
    """Return what is streamed by itself: each content part of a message, each part of a summary, and each other item, with its item."""
    found: dict[Hashable, JsonObject] = {}
    for place, item in enumerate(document.get("output") or ()):
        name = listed(item) if isinstance(item, dict) else None
        places = range(len(item[name])) if name is not None else (None,)
        found |= {(place, index): {"item": item, "list": name, "index": index} for index in places}
    return found


def kind_of(piece: JsonObject) -> Json:
    """Return what a piece is, and which call."""
    item, index = piece["item"], piece["index"]
    part = {} if index is None else item[piece["list"]][index]
    return [item.get("type"), item.get("call_id"), part.get("type")]


STREAM: Final = WireStream(
    fold=ResponsesFold, events=ResponsesEvents, writer=ResponsesWriter, pieces=pieces, text_of=text_of, kind_of=kind_of,
    named=True,
)  # fmt: skip
