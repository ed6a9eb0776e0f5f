"""A response document as the events of its wire, and the events as bytes.

Streams are made from the document that the unstreamed request would get, so the two always tell the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from polyloop.translate.jsonvalue import JsonObject

from ..replies import Rendered
from ..scenario import Provider, Wire
from ..settings import Settings
from . import anthropic, chat, eventstream, responses, sse
from .event import Event

__all__ = ["Event", "content_type", "events_of", "frame_of"]

_WRITERS: Final[Mapping[Wire, Callable[[Rendered, JsonObject, int], list[Event]]]] = {
    "anthropic": anthropic.events,
    "openai-chat": chat.events,
    "openai-responses": responses.events,
    "uitars": chat.events,
}


def events_of(wire: Wire, rendered: Rendered, body: JsonObject, settings: Settings) -> list[Event]:
    """Return the events of a response's stream."""
    return _WRITERS[wire](rendered, body, settings.delta_characters)


def frame_of(provider: Provider, settings: Settings) -> Callable[[Event], bytes]:
    """Return how the provider frames an event: AWS event-stream on Bedrock, server-sent events everywhere else."""
    return eventstream.chunk if provider == "bedrock" else partial(sse.encode, spelling=settings.sse)


def content_type(provider: Provider) -> str:
    """Return the content type of the provider's streams."""
    return "application/vnd.amazon.eventstream" if provider == "bedrock" else "text/event-stream; charset=utf-8"
