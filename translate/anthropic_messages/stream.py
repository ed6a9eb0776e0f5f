"""The Messages API's streams."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from ..jsonvalue import Json, JsonObject
from ..streams import WireStream
from .adapt_server import is_others_call
from .stream_events import AnthropicEvents
from .stream_fold import AnthropicFold, more_of
from .stream_writer import AnthropicWriter, text_of


def pieces(document: Json) -> dict[Hashable, JsonObject]:
    """Return the content blocks of a message by their place."""
    content = document.get("content")
    return dict(enumerate(content)) if isinstance(content, list) else {}


def kind_of(block: JsonObject) -> Json:
    """Return what a block is, and which call."""
    return [block.get("type"), block.get("id")]


STREAM: Final = WireStream(
    fold=AnthropicFold, events=AnthropicEvents, writer=AnthropicWriter, pieces=pieces, text_of=text_of, kind_of=kind_of,
    empty_runs=True, named=True, more_of=more_of, gathers=is_others_call,
)  # fmt: skip
