"""Streams in which every event comes twice, as a proxy that writes its buffer out again sends them.

No wire but Responses numbers its events, so that a doubled word in mid-text cannot be told from one said twice. A stream doubled from its
beginning can: its events are pairs. One event twice at the beginning is no doubling (OpenRouter sends the first chunk so), nor are two.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

PAIRS: Final = 3
"""As many pairs from the beginning, and the stream is taken for doubled."""


class Doubling:
    """Watches a stream's first events. ``open`` while it may still be doubled: until then nothing of it should be shown."""

    def __init__(self) -> None:
        self.open = True
        self.found = False
        self._waiting: list[Any] = []
        self._pairs = 0

    def push(self, events: Iterable[Any]) -> None:
        """Take the next events."""
        for event in events:
            if not self.open:
                return
            if not self._waiting:
                self._waiting.append(event)
                continue
            if self._waiting.pop() != event:
                self.open = False
                return
            self._pairs += 1
            self.found = self._pairs == PAIRS
            self.open = not self.found
