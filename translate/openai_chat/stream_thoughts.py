"""``reasoning_details`` as neutral events: each detail is a thought, which ends when the next begins.

Most vendors that have them repeat their words under a plain key, in the same chunks: then it is that text that is told as it comes
(`stream_events`), and the details say where one thought ends, and seal it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .. import hub
from ..hub_events import PartDelta, PartEnd, PartStart, StreamEvent
from ..jsonvalue import Json
from .reasoning import joined
from .stream_content import Followed
from .stream_join import Details


class DetailEvents:
    """Follows details that no plain key repeats, and tells what happens in them."""

    def __init__(self, new_number: Callable[[], int], read: Callable[[list[Json]], tuple[hub.Part, ...]]) -> None:
        self._new_number = new_number
        self._read = read
        """Reads details to thoughts."""
        self.spoke = False
        """Whether words of a detail were told."""
        self._place = 0
        self._open: Followed | None = None
        self._ended = 0
        """How many pieces of the detail at this place were told when it ended."""
        self._told = False
        """Whether the detail at this place was told to an end."""

    def follow(self, details: Details) -> list[StreamEvent]:
        """Tell what came since the last time."""
        events: list[StreamEvent] = []
        for place in range(self._place, len(details)):
            if place > self._place:
                events += self.end(details)
                self._place, self._ended, self._told = place, 0, False
            events += self._grow(details)
        return events

    def _grow(self, details: Details) -> list[StreamEvent]:
        pieces = details.pieces(self._place)
        events: list[StreamEvent] = []
        if self._open is None:
            if not any(pieces[self._ended :]):
                return []
            self.spoke = True
            self._open = Followed(self._new_number(), self._ended)
            events += [PartStart(index=self._open.number, part=part) for part in self._thought(details, self._ended)]
        told, self._open.told = self._open.told, len(pieces)
        return [*events, *[PartDelta(index=self._open.number, text=text) for text in pieces[told:] if text]]

    def give_way(self, details: Details, repeated: Repeated) -> list[StreamEvent]:
        """End those details that come before the first words, and leave the others to a plain key, which says these words."""
        events: list[StreamEvent] = []
        while self._place + 1 < len(details) and not any(details.pieces(self._place)):
            events += self.end(details)
            self._place, self._told = self._place + 1, False
        repeated.begin(self._place)
        return events

    def end(self, details: Details) -> list[StreamEvent]:
        """End the detail at this place: what has no words is told now that it is whole. A seal that comes behind the end is not told."""
        ended, self._open = self._open, None
        told, self._told = self._told, True
        if ended is not None:
            self._ended = ended.told
            return [PartEnd(index=ended.number, part=part) for part in self._thought(details, ended.began)]
        if told:
            return []
        return told_whole(self._thought(details, 0), self._new_number)

    def _thought(self, details: Details, since: int) -> tuple[hub.Part, ...]:
        return self._read([details.detail(self._place, since)])


class Repeated:
    """Details whose words a plain key repeats: they cut its text into thoughts."""

    def __init__(self, read: Callable[[list[Json]], tuple[hub.Part, ...]]) -> None:
        self._read = read
        self._first = self._seen = 0
        """The first detail of the thought that is open, and the first that was not looked at."""
        self._spoke = False
        """Whether a detail had words."""

    def begin(self, place: int) -> None:
        """Begin at a place: the details before it were told."""
        self._first = self._seen = place

    def cut(self, details: Details) -> int | None:
        """Return the detail that another thought begins with, if one has begun since the last time."""
        for place in range(self._seen, len(details)):
            speaks = any(details.pieces(place))
            if speaks or place + 1 < len(details):
                self._seen = place + 1
            if speaks and self._spoke:
                return place
            self._spoke = self._spoke or speaks
        return None

    def thought(self, text: str, details: Details, end: int | None = None) -> tuple[hub.Part, ...]:
        """Return the thought of a text that ends as its detail, before ``end``, has it, sealed, and those without words behind it; none where
        no detail has these very words."""
        until = len(details) if end is None else end
        found = self._read([details.detail(place) for place in range(self._first, until)])
        self._first = until
        thoughts = [part for part in found if joined([part]) in (text, "")]
        return tuple(thoughts) if text in map(joined, ([part] for part in thoughts)) else ()


def told_whole(parts: Iterable[hub.Part], new_number: Callable[[], int]) -> list[StreamEvent]:
    """Tell parts that are complete when they are first told of."""
    return [
        event
        for part in parts
        for number in (new_number(),)
        for event in (PartStart(index=number, part=part), PartEnd(index=number, part=part))
    ]
