"""What a wire says about its streams: how events fold into a reply, and how a reply becomes events.

A wire's ``stream.py`` offers one `WireStream`. Both halves work on documents of the wire at their edges, so that the law is about what a user
sees: ``fold(replay(reply))`` is the reply, and a converted stream folds to the converted reply.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import attrs

from .hub_events import StreamEvent
from .jsonvalue import Json, JsonObject


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

    def push(self, event: Any) -> list[StreamEvent]:
        """Take one event of the wire and return what it means."""

    def close(self) -> list[StreamEvent]:
        """Say that no event follows; returns the end, where the reply is finished and its end was not yet told."""


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

    def part_end(self, number: int, piece: JsonObject) -> list[Json]:
        """A part is complete: ``piece`` is all of it."""

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
    pieces: Callable[[Json], list[JsonObject]]
    """What of a response document is streamed part by part, in order."""
    cumulative: bool = False
    """A piece depends on those before it (its number, the item it is in), so it is taken out of a reply that holds them too."""
    named: bool = False
