"""What a wire says about its streams: how events fold into a reply, and how a reply becomes events.

A wire's ``stream.py`` offers one `WireStream`. Both halves work on documents of the wire at their edges, so that the law is about what a user
sees: ``fold(replay(reply))`` is the reply, and a converted stream folds to the converted reply.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, Final, Protocol

import attrs

from . import hub
from .hub_events import StreamEvent
from .jsonvalue import Json, JsonObject

if TYPE_CHECKING:
    from .stream_reader import FrameException


MARK: Final = "\x1amark\x1a"
"""Stands for a delta's text where a writer works out what its frame has around it."""


@attrs.frozen(kw_only=True)
class CallSoFar:
    """A call in a stream. ``arguments`` is its raw text so far; ``complete`` once its block closed and its arguments parse."""

    id: str
    name: str
    arguments: str
    complete: bool


class WireFold(Protocol):
    """Takes a wire's events, one by one; knows the reply so far. Never raises for what a provider sent."""

    heard: int
    """How many events brought content."""
    failure: Json
    """The error document, where the provider broke the reply off inside the stream; else None."""
    exception: FrameException | None
    """The exception frame that ``failure`` was made of, where it came as one."""

    @property
    def finished(self) -> bool:
        """Whether the terminator was seen: only then is the reply a finished one."""

    def push(self, event: Any) -> None:
        """Take one event: a record of the wire, or one of `stream_reader`'s own."""

    def document(self) -> Json:
        """Return the reply so far as a response document, marked unfinished in the wire's own way where it is."""

    def text(self) -> str:
        """Return the words so far."""

    def thinking(self) -> str:
        """Return the thinking so far."""

    def calls(self) -> tuple[CallSoFar, ...]:
        """Return the calls so far."""


class WireEvents(Protocol):
    """A fold that also tells what happened in neutral events."""

    @property
    def fold(self) -> WireFold:
        """Return the fold of the events that came."""

    def push(self, event: Any) -> list[StreamEvent]:
        """Take one event of the wire and return what it means."""

    def grow(self, event: Any) -> tuple[int, str] | None:
        """Take an event that means one `PartDelta` and nothing else, and return its number and text; any other is not taken: ``None``.

        Nearly every event of a long reply is one, so it is told without a record.
        """

    def close(self, *, whole: bool = False) -> list[StreamEvent]:
        """Say that no event follows. With ``whole`` the caller knows that nothing is missing, though no terminator came."""


class WireWriter(Protocol):
    """Makes a wire's events from a reply's pieces, told apart by the caller's numbers.

    Parts may be given interleaved; a writer whose grammar has no interleaving holds what it must, and no more.
    """

    def start(self, document: Json) -> list[Json]:
        """Begin: ``document`` is the reply without any part."""

    def part_start(self, number: int, piece: JsonObject) -> list[Json]:
        """A part begins: ``piece`` is one of `WireStream.pieces`, its text not yet the right one."""

    def part_delta(self, number: int, text: str) -> list[Json]:
        """More of a part's text."""

    def framed_delta(self, number: int, text: str) -> str | None:
        """Return the frame of the event that `part_delta` would give; ``None`` where it would not give just one."""

    def part_end(self, number: int, piece: JsonObject | None) -> list[Json]:
        """A part is complete: ``piece`` is all of it; ``None`` where it is broken off with what was said of it."""

    def end(self, document: Json) -> list[Json]:
        """The reply is complete: ``document`` is all of it. Ends with the wire's terminator."""

    def fail(self, document: Json) -> list[Json]:
        """The reply failed: ``document`` is the error in this wire's words."""


@attrs.frozen(kw_only=True)
class WireStream:
    """A wire's streams. ``named`` says whether its server-sent events carry their type as name."""

    fold: Callable[[], WireFold]
    events: Callable[[], WireEvents]
    writer: Callable[[], WireWriter]
    pieces: Callable[[Json], dict[Hashable, JsonObject]]
    """What of a response document is streamed part by part, in order, each under a key that it keeps when parts are added behind it."""
    text_of: Callable[[JsonObject], str | None]
    """What of a piece can come bit by bit: its words, or the text of its arguments."""
    kind_of: Callable[[JsonObject], Json]
    """What a piece is; it stays when its text grows."""
    grows: bool = False
    """Whether a piece can go on after its part ended, since several parts of ours are one text there."""
    late: bool = False
    """Whether what is said first depends on what is said last, so that nothing can be written before the reply is whole."""
    empty_runs: bool = False
    """Whether a call that was begun and says nothing is one without arguments, which may run: then it begins with its first words."""
    gathers: Callable[[hub.Part], bool] = lambda part: False
    """Whether a part stands elsewhere once another such part follows: then it is said when it is known what does."""
    named: bool = False
    repeats: bool = False
    """Whether an event says again what the one before it said, but for some strings: then it need not be parsed again (`stencils`)."""
    more_of: Callable[[Any], str | None] | None = None
    """The string of an event that says more of one text, whose other words a fold may hear once or many times (`runs`)."""
