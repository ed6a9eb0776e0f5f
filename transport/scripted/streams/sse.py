"""Server-sent events as the providers write them."""

from __future__ import annotations

from .. import compact
from .event import Event


def encode(event: Event) -> bytes:
    """Frame an event: its name's line where it has a name, one line of data, a blank line."""
    data = event.word if event.word is not None else compact.text(event.data)
    name = f"event: {event.name}\n" if event.name is not None else ""
    return compact.utf8(f"{name}data: {data}\n\n")
