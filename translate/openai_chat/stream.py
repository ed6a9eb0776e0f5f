"""The streams of Chat Completions."""

from __future__ import annotations

from typing import Final

from ..jsonvalue import Json, JsonObject
from ..streams import WireStream
from .stream_events import ChatEvents
from .stream_fold import ChatFold
from .stream_writer import ChatWriter


def pieces(document: Json) -> list[JsonObject]:
    """Return the first choice's message, unless it says nothing."""
    choices = document.get("choices")
    message = choices[0].get("message") if choices else None
    if not isinstance(message, dict):
        return []
    says = any(value for key, value in message.items() if key != "role")
    return [message] if says else []


STREAM: Final = WireStream(fold=ChatFold, events=ChatEvents, writer=ChatWriter, pieces=pieces)
