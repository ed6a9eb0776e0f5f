"""Server-sent events as the providers write them, in the spellings that servers and proxies in front of them use.

The spellings were all seen in recorded streams: most lines end in a line feed, many in CRLF, some servers leave out the blank
behind ``data:``, and some send comments to keep the connection busy. A reader must read them all alike.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from .. import compact
from ..settings import Spelling
from .event import Event


def encode(event: Event, spelling: Spelling = "plain") -> bytes:
    """Frame an event: its name's line where it has a name, one line of data, a blank line."""
    data = event.word if event.word is not None else compact.text(event.data)
    name = f"event: {event.name}\n" if event.name is not None else ""
    return compact.utf8(_SPELLINGS[spelling](f"{name}data: {data}\n\n"))


# JSON text and event names hold no line ends of their own, so every one belongs to the framing.
_SPELLINGS: Final[Mapping[Spelling, Callable[[str], str]]] = {
    "plain": lambda text: text,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "cr": lambda text: text.replace("\n", "\r"),
    "tight": lambda text: text.replace("data: ", "data:", 1).replace("event: ", "event:", 1),
    "commented": lambda text: f": keep-alive\n\n{text}",
}
