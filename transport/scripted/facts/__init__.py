"""What a request says, in the few facts that steps ask for and replies need. Read from plain JSON, one module for each wire.

The readers forgive: what has not the shape they look for says nothing. Refusing it is the validators' work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from polyloop.translate.jsonvalue import JsonObject

from ..scenario import Wire
from . import anthropic, chat, responses
from .record import Facts, Result

__all__ = ["Facts", "Result", "read"]

_READERS: Final[Mapping[Wire, Callable[[JsonObject], Facts]]] = {
    "anthropic": anthropic.read,
    "openai-chat": chat.read,
    "openai-responses": responses.read,
    "uitars": chat.read_uitars,
}


def read(wire: Wire, body: JsonObject) -> Facts:
    """Read a request's facts."""
    return _READERS[wire](body)
