"""The streams of Chat Completions."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from ..jsonvalue import Json, JsonObject
from ..streams import WireStream
from .stream_events import ChatEvents
from .stream_fold import ChatFold, more_of
from .stream_writer import BESIDE_CONTENT, TEXTS, ChatWriter, call_in, said_in


def pieces(document: Json) -> dict[Hashable, JsonObject]:
    """Return the texts and the calls of the first choice's message, each as a message that holds it alone."""
    choices = document.get("choices")
    message = choices[0].get("message") if choices else None
    if not isinstance(message, dict):
        return {}
    found: dict[Hashable, JsonObject] = {}
    for key in TEXTS:
        if isinstance(message.get(key), str) and message[key]:
            beside = BESIDE_CONTENT if key == "content" else ()
            found[key] = {name: message[name] for name in (key, *beside) if message.get(name)}
    for place, call in enumerate(message.get("tool_calls") or ()):
        found["tool_calls", place] = {"tool_calls": [call]}
    return found


def text_of(piece: JsonObject) -> str | None:
    """Return the text of a piece, or of its call's arguments."""
    call = call_in(piece)
    said = next((piece[key] for key in TEXTS if key in piece), None) if call is None else said_in(call)
    return said if isinstance(said, str) else None


def kind_of(piece: JsonObject) -> Json:
    """Return what a piece is, and which call."""
    call = call_in(piece)
    return next((key for key in TEXTS if key in piece), None) if call is None else [call.get("type"), call.get("id")]


STREAM: Final = WireStream(
    fold=ChatFold, events=ChatEvents, writer=ChatWriter, pieces=pieces, text_of=text_of, kind_of=kind_of, grows=True,
    repeats=True, more_of=more_of,
)  # fmt: skip
