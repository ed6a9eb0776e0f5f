"""A stream of one wire as a stream of another: `StreamConverter` for bytes, `convert_events` for documents, `replay` from a reply.

The law (L5): a converted stream folds to the converted reply, and what it loses is what the converted reply loses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from .adapting import Adapting
from .codec import Opaque, WireRecord, encode
from .errors import UsageError, WriteError
from .event_converter import EventConverter
from .folding import Fold
from .hub_events import PartDelta, StreamEvent
from .jsonvalue import Json, JsonObject
from .loss import Loss
from .sse import frame, frames_to_bytes
from .stream_reader import BEDROCK, Done, FrameException, StreamReader, Unreadable
from .translation import convert
from .wires import Wire, decode, stream_of, wire_of

DONE_MARK: Final = "[DONE]"


class _Course:
    """A stream's events on their way from one wire to another; within one wire they stay as they are."""

    def __init__(self, provider: str | Wire, source: Wire, target: Wire, adapting: Adapting) -> None:
        self._events = stream_of(source).events()
        self.fold = Fold(provider, self._events.fold)
        self._passes = source is target and adapting.profile is None and not adapting.given
        self._converter = EventConverter(target, adapting)
        self._grow, self._frame = self._events.grow, self._converter.framed

    def push(self, event: Any) -> list[Json]:
        neutral = self._events.push(event)
        if self._passes:
            return _as_it_came(event, self.fold)
        return [document for one in neutral for document in self._converter.push(one)] if neutral else []

    def framed(self, event: Any, named: bool) -> str:
        """Take one event and return the frames of what is to be sent now."""
        if self._passes:
            return "".join([frame(document, named=named) for document in self.push(event)])
        grown = self._grow(event)
        if grown is None:
            return "".join([self._framed(one, named) for one in self._events.push(event)])
        index, text = grown
        return self._frame(index, text) or self._framed(PartDelta(index=index, text=text), named)

    def _framed(self, neutral: StreamEvent, named: bool) -> str:
        framed = self._frame(neutral.index, neutral.text) if isinstance(neutral, PartDelta) else None
        if framed is not None:
            return framed
        return "".join([frame(document, named=named) for document in self._converter.push(neutral)])

    def close(self, *, whole: bool) -> list[Json]:
        if self._passes:
            return []
        return [document for one in self._events.close(whole=whole) for document in self._converter.push(one)]

    @property
    def waiting(self) -> int:
        return self._converter.waiting


def _as_it_came(event: Any, folding: Fold) -> list[Json]:
    """Return an event as a document of its own wire: framing changes, the event does not."""
    if isinstance(event, (WireRecord, Opaque)):
        return [encode(event)]
    if isinstance(event, Done):
        return [DONE_MARK]
    return [folding.failure] if isinstance(event, FrameException) else []


def convert_events(
    events: Iterable[Json], source: Wire, target: Wire, adapting: Adapting, *, whole: bool = False
) -> list[Json]:
    """Convert a stream's events, records or documents, to event documents of another wire; ``[DONE]`` stands as that string.

    ``whole`` says that no terminator is missing where there is none: a list of JSON documents has no room for ``[DONE]``.
    """
    course = _Course(source, source, target, adapting)
    written = [document for event in events for document in course.push(course.fold.record(event))]
    return written + course.close(whole=whole)


class StreamConverter:
    """Bytes of one wire's stream in, bytes of another's out, as they come.

    ``context`` is the request's ``Translation.context``. ``.losses`` are those of converting the whole reply; there are none before
    the end. A stream that breaks off ends without the target's terminator too.
    """

    def __init__(self, source: str | Wire, target: str | Wire, context: Mapping[str, Json] | None = None) -> None:
        self._reader = StreamReader(source)
        self._source = wire_of("anthropic" if source == BEDROCK else source)
        self._target = wire_of(target)
        self._context = context
        adapting = Adapting(target=self._target.name, source=self._source.name, given=context)
        self._course = _Course(source, self._source, self._target, adapting)
        self._named = stream_of(self._target).named
        self._closed = False
        self._losses: tuple[Loss, ...] | None = None

    def feed(self, data: bytes) -> bytes:
        """Take more bytes of the source's stream and return what of the target's is complete."""
        return self._converted(self._reader.feed(data))

    def close(self) -> bytes:
        """Say that no bytes follow, and return the rest."""
        self._closed = True
        rest = self._converted(self._reader.close())
        ended = [frame(document, named=self._named) for document in self._course.close(whole=False)]
        return rest + frames_to_bytes("".join(ended))

    def _converted(self, events: list[Any]) -> bytes:
        framed, named = self._course.framed, self._named
        return frames_to_bytes("".join([framed(event, named) for event in events]))

    @property
    def finished(self) -> bool:
        """Whether the source's stream came to its end."""
        return self._course.fold.finished

    @property
    def waiting(self) -> int:
        """How many neutral events are held back: those behind a part that has a place only once it is whole."""
        return self._course.waiting

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What the converted reply does not say. Raises `UsageError` while the stream is not closed."""
        if not self._closed:
            raise UsageError("a stream's losses are known once it is closed")
        if self._losses is None:
            reply = self._course.fold.partial
            translation = convert(
                reply, kind="response", source=self._source, target=self._target, context=self._context
            )
            self._losses = translation.losses
        return self._losses


def replay(wire: str | Wire, response: Json) -> list[Json]:
    """Make a stream out of a complete reply: the event documents that fold to it. A reply that failed is replayed as its error.

    Raises `DecodeError` for a document that is no reply of the wire, `WriteError` for a reply with something in it that is no object where
    every event speaks of one.
    """
    found = wire_of(wire)
    if not isinstance(decode(found, "response", response), WireRecord):
        raise UsageError("a reply can be replayed, and this is none")
    _check_objects(response, _SPOKEN_OF, "")
    stream = stream_of(found)
    writer = stream.writer()
    events = [] if response.get("error") is not None and not stream.pieces(response) else writer.start(response)
    for number, piece in enumerate(stream.pieces(response).values()):
        events += [*writer.part_start(number, piece), *writer.part_end(number, piece)]
    return events + writer.end(response)


_SPOKEN_OF: Final[Mapping[str, Any]] = {
    "choices": {"message": {"tool_calls": {"function": {}, "custom": {}}}}, "content": {"citations": {}}, "output": {"content": {}},
}  # fmt: skip
"""What the events of a stream speak of one by one, on whichever wire: key -> keys inside."""


def _check_objects(holder: JsonObject, keys: Mapping[str, Any], pointer: str) -> None:
    for key, inside in keys.items():
        value = holder.get(key)
        if value is None or isinstance(value, str):
            continue
        many = isinstance(value, list)
        for place, member in enumerate(value) if isinstance(value, list) else ((0, value),):
            at = f"{pointer}/{key}/{place}" if many else f"{pointer}/{key}"
            if not isinstance(member, dict) or not isinstance(member.get("type", ""), str):
                raise WriteError("an event can speak of an object with a type only, and this is none", at)
            _check_objects(member, inside, at)


__all__ = ["DONE_MARK", "EventConverter", "StreamConverter", "Unreadable", "convert_events", "replay"]
