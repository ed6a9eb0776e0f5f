"""A stream of one wire as a stream of another: `StreamConverter` for bytes, `convert_events` for documents.

The law (L5): a converted stream folds to the converted reply. It holds because both are made by the same functions: each part is adapted and
written, as soon as it begins, by what adapts and writes the whole reply, and what the target says at its end is taken from the whole
reply's translation. A part is held back only where nothing can be said of it before it is whole (it may have no place at the target,
or another form), and where the target's grammar lets no parts interleave.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs

from . import hub
from .adapting import Adapting
from .codec import encode
from .errors import UsageError
from .folding import Fold
from .hub_events import MessageEnd, MessageFailed, MessageStart, PartDelta, PartEnd, PartStart, StreamEvent
from .jsontext import spell
from .jsonvalue import ABSENT, Json, JsonObject
from .loss import Loss
from .other_kinds import stream_error
from .sse import write_event
from .stream_reader import BEDROCK, StreamReader
from .streams import WireStream
from .translation import adapted, convert
from .wires import Wire, stream_of, wire_of, write_record

_PROBE: Final = "."
"""Stands for a text that is still to come when the target is asked what it makes of such a part."""


@attrs.define
class _Shown:
    """A part of the reply: as known so far, and how many pieces of the target's document it makes."""

    number: int
    part: hub.Part
    pieces: int = 0
    open: bool = False
    held: bool = False


class EventConverter:
    """Neutral events in, event documents of the target out."""

    def __init__(self, target: Wire, adapting: Adapting) -> None:
        self._target = target
        self._adapting = adapting
        self._stream: WireStream = stream_of(target)
        self._writer = self._stream.writer()
        self._base = hub.Response()
        self._shown: dict[int, _Shown] = {}

    def push(self, event: StreamEvent) -> list[Json]:
        """Take one neutral event and return what is to be sent now."""
        match event:
            case PartDelta(index=index, text=text):
                return self._delta(self._shown[index], text) if index in self._shown else []
            case PartStart(index=index, part=part):
                shown = self._shown[index] = _Shown(index, part)
                return self._open(shown) if isinstance(part, hub.Call) else []
            case PartEnd(index=index, part=part):
                return self._end(self._shown.setdefault(index, _Shown(index, part)), part)
            case MessageStart(response=response):
                self._base = attrs.evolve(response, usage=response.usage, status="finished")
                return self._writer.start(self._document([]))
            case MessageEnd(response=response):
                return self._writer.end(self._written(response))
            case MessageFailed(document=document):
                return self._writer.fail(stream_error(document, self._adapting.source or "", self._target))

    def _delta(self, shown: _Shown, text: str) -> list[Json]:
        events = [] if shown.open or shown.held else self._open(shown)
        return [*events, *self._writer.part_delta(shown.number, text)] if shown.open else events

    def _open(self, shown: _Shown) -> list[Json]:
        """Begin a part at the target, if it makes one piece there whose text can come bit by bit."""
        probe = _probe(shown.part)
        if probe is None:
            shown.held = True
            return []
        before, pieces = self._pieces(shown, probe)
        if len(pieces) != 1:
            shown.held = True
            return []
        shown.part, shown.pieces, shown.open = probe, 1, True
        del before
        return self._writer.part_start(shown.number, pieces[0])

    def _end(self, shown: _Shown, part: hub.Part) -> list[Json]:
        was = shown.pieces
        _, pieces = self._pieces(shown, part)
        shown.part, shown.pieces = part, len(pieces)
        if shown.open and len(pieces) == was:
            return self._writer.part_end(shown.number, pieces[0])
        events: list[Json] = []
        for place, piece in enumerate(pieces):
            number = shown.number if len(pieces) == 1 else -1 - 1000 * shown.number - place
            events += self._writer.part_start(number, piece)
            events += self._writer.part_end(number, piece)
        return events

    def _pieces(self, shown: _Shown, part: hub.Part) -> tuple[int, list[JsonObject]]:
        """Return how many pieces the parts before one make, and those it makes itself."""
        if not self._stream.cumulative:
            return 0, self._stream.pieces(self._document([part]))
        earlier = [other for other in self._shown.values() if other.number < shown.number and other.pieces]
        before = sum(other.pieces for other in earlier)
        pieces = self._stream.pieces(self._document([*(other.part for other in earlier), part]))
        return before, pieces[before:]

    def _document(self, parts: list[hub.Part]) -> Json:
        turn = hub.Turn(role="assistant", parts=tuple(parts))
        stop = hub.Reason.TOOL_USE if any(isinstance(part, hub.Call) for part in parts) else hub.Reason.END_TURN
        candidate = hub.Candidate(turn=turn, stop=stop)
        return self._written(attrs.evolve(self._base, candidates=(candidate,)))

    def _written(self, response: hub.Response) -> Json:
        adapting = Adapting(
            target=self._target.name,
            source=self._adapting.source,
            profile=self._adapting.profile,
            given=self._adapting.given,
        )
        record = response if self._adapting.source == self._target.name else adapted(response, self._target, adapting)
        return encode(write_record(self._target, record))


def _probe(part: hub.Part) -> hub.Part | None:
    """Return a part as it may look once its text has come; ``None`` for one that comes whole."""
    match part:
        case hub.Text() | hub.Refusal():
            return attrs.evolve(part, text=_PROBE)
        case hub.Thinking(text=str()):
            return attrs.evolve(part, text=_PROBE)
        case hub.Call(form="function", actions=actions) if actions is ABSENT:
            return attrs.evolve(part, arguments=hub.Arguments(text="{}", value={}), state="complete")
        case hub.Call(form="custom"):
            return attrs.evolve(part, arguments=hub.Arguments(text=_PROBE), state="complete")
        case _:
            return None


def convert_events(events: Iterable[Json], source: Wire, target: Wire, adapting: Adapting) -> list[Json]:
    """Convert a stream's event documents to those of another wire; ``[DONE]`` stands as that string."""
    folding = Fold(source)
    reader = stream_of(source).events()
    converter = EventConverter(target, adapting)
    written: list[Json] = []
    for event in events:
        for neutral in reader.push(folding.record(event)):
            written += converter.push(neutral)
    for neutral in reader.close():
        written += converter.push(neutral)
    return written


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
        self._events = stream_of(self._source).events()
        self._fold = Fold(source)
        self._converter = EventConverter(
            self._target, Adapting(target=self._target.name, source=self._source.name, given=context)
        )
        self._named = stream_of(self._target).named
        self._closed = False
        self._losses: tuple[Loss, ...] | None = None

    def feed(self, data: bytes) -> bytes:
        """Take more bytes of the source's stream and return what of the target's is complete."""
        return self._converted(self._reader.feed(data))

    def close(self) -> bytes:
        """Say that no bytes follow, and return the rest."""
        rest = self._converted(self._reader.close())
        self._closed = True
        return rest + b"".join(self._spelled(neutral) for neutral in self._events.close())

    def _converted(self, events: list[Any]) -> bytes:
        written = bytearray()
        for event in events:
            self._fold.push(event)
            for neutral in self._events.push(event):
                written += self._spelled(neutral)
        return bytes(written)

    def _spelled(self, neutral: StreamEvent) -> bytes:
        return b"".join(self._frame(document) for document in self._converter.push(neutral))

    def _frame(self, document: Json) -> bytes:
        if isinstance(document, str):
            return write_event(document)
        return write_event(spell(document), document["type"] if self._named else "")

    @property
    def finished(self) -> bool:
        """Whether the source's stream came to its end."""
        return self._fold.finished

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What the converted reply does not say. Raises `UsageError` while the stream is not closed."""
        if not self._closed:
            raise UsageError("a stream's losses are known once it is closed")
        if self._losses is None:
            translation = convert(
                self._fold.partial, kind="response", source=self._source, target=self._target, context=self._context
            )
            self._losses = translation.losses
        return self._losses


def replay(wire: str | Wire, response: Json) -> list[Json]:
    """Make a stream out of a complete reply: the event documents that fold to it."""
    found = wire_of(wire)
    from .wires import read

    record = read(found, "response", response)
    if not isinstance(record, hub.Response):
        raise UsageError("a reply can be replayed, a request cannot")
    converter = EventConverter(found, Adapting(target=found.name, source=found.name))
    events: list[StreamEvent] = [MessageStart(response=attrs.evolve(record, candidates=()))]
    parts = record.candidates[0].turn.parts if record.candidates else ()
    for index, part in enumerate(parts):
        events += [PartStart(index=index, part=part), PartEnd(index=index, part=part)]
    events.append(MessageEnd(response=record))
    return [document for event in events for document in converter.push(event)]
