"""Content that is a list of parts (Mistral's) as neutral events: each run of words and each thought is a part, which ends when the next begins."""

from __future__ import annotations

from collections.abc import Callable

from .. import hub
from ..hub_events import PartDelta, PartEnd, PartStart, StreamEvent
from ..jsonvalue import JsonObject
from .stream_join import ContentParts


class Followed:
    """A text or a call that is a part: its number, how many pieces were told before, and how many pieces it began with."""

    __slots__ = ("began", "number", "told")

    def __init__(self, number: int, began: int) -> None:
        self.number = number
        self.began = began
        self.told = began


class ContentEvents:
    """Follows a list of parts and tells what happens in it."""

    def __init__(self, new_number: Callable[[], int], read: Callable[[JsonObject], tuple[hub.Part, ...]]) -> None:
        self._new_number = new_number
        self._read = read
        """Reads a message to its parts."""
        self._place = 0
        self._open: Followed | None = None
        self._ended = 0
        """How many pieces of the part at this place were told when it ended."""

    def go_on(self, text: Followed) -> None:
        """Take over a text that was told before the content turned out to be a list, whose first part it is, in one piece."""
        self._open = text
        text.began, text.told = 0, 1

    def follow(self, parts: ContentParts) -> list[StreamEvent]:
        """Tell what came since the last time."""
        events: list[StreamEvent] = []
        for place in range(self._place, len(parts)):
            if place > self._place:
                events += self.end(parts)
                self._place, self._ended = place, 0
            events += self._grow(parts)
        return events

    def _grow(self, parts: ContentParts) -> list[StreamEvent]:
        pieces = parts.pieces(self._place)
        if pieces is None:
            return self._whole(parts)
        events: list[StreamEvent] = []
        if self._open is None:
            if not any(pieces[self._ended :]):
                return []
            self._open = Followed(self._new_number(), self._ended)
            events += [PartStart(index=self._open.number, part=part) for part in self._read_part(parts, self._ended)]
        told, self._open.told = self._open.told, len(pieces)
        return [*events, *[PartDelta(index=self._open.number, text=text) for text in pieces[told:] if text]]

    def _whole(self, parts: ContentParts) -> list[StreamEvent]:
        if self._ended:
            return []
        self._ended = 1
        return [
            event
            for part in self._read_part(parts, 0)
            for number in (self._new_number(),)
            for event in (PartStart(index=number, part=part), PartEnd(index=number, part=part))
        ]

    def end(self, parts: ContentParts) -> list[StreamEvent]:
        """End the part that is open, if one is."""
        ended, self._open = self._open, None
        if ended is None:
            return []
        self._ended = ended.told
        return [PartEnd(index=ended.number, part=part) for part in self._read_part(parts, ended.began)]

    def _read_part(self, parts: ContentParts, since: int) -> tuple[hub.Part, ...]:
        return self._read({"content": [parts.part(self._place, since)]})[:1]
