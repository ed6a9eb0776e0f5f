"""The Messages API's streams."""

from __future__ import annotations

from typing import Final

from ..jsonvalue import Json, JsonObject
from ..streams import WireStream
from .stream_events import AnthropicEvents
from .stream_fold import AnthropicFold
from .stream_writer import AnthropicWriter


def pieces(document: Json) -> list[JsonObject]:
    """Return the content blocks of a message."""
    content = document.get("content")
    return content if isinstance(content, list) else []


STREAM: Final = WireStream(
    fold=AnthropicFold, events=AnthropicEvents, writer=AnthropicWriter, pieces=pieces, cumulative=True, named=True
)
