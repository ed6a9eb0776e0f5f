"""Strategies for streams: valid ones, made from replies, then interleaved, truncated, corrupted, and cut into pieces.

A valid stream is a reply's own replay with its deltas cut further; a corrupted one has events left out, repeated, exchanged or changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any, Final

from hypothesis import strategies as st

from .. import hub
from ..adapting import Adapting
from ..event_converter import EventConverter
from ..hub_events import MessageEnd, MessageStart, PartDelta, PartEnd, PartStart, StreamEvent
from ..jsonvalue import ABSENT, Json
from ..wires import Wire, wire_of
from .strategies import Draw, json_objects, mutations
from .stream_laws import sse_of

_WORDS: Final = st.text(st.sampled_from('ab \n{"\\:é\u2028🚀'), max_size=12)
_IDS: Final = ("call_a", "call_b", "call_c")


def parts_of_replies() -> st.SearchStrategy[list[hub.Part]]:
    """What a model says in one turn: words and calls, several calls at once too."""
    texts = _WORDS.map(lambda text: hub.Text(text=text, form="string"))

    @st.composite
    def made(draw: Draw) -> list[hub.Part]:
        parts: list[hub.Part] = draw(st.lists(texts, max_size=1))
        for call_id in _IDS[: draw(st.integers(0, 3))]:
            value = draw(json_objects(max_leaves=3))
            parts.append(hub.Call(id=call_id, name=draw(st.sampled_from(("look", "go"))), arguments=_arguments(value)))
        return parts

    return made()


def _arguments(value: Json) -> hub.Arguments:
    from ..jsontext import parse, spell

    text = spell(_finite(value))
    return hub.Arguments(text=text, value=parse(text))


def _finite(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and value in (float("inf"), float("-inf")) else value


def event_sequences(wire: str | Wire, *, interleaved: bool = True) -> st.SearchStrategy[list[Json]]:
    """Valid streams of a wire as event documents: a whole reply, its texts in pieces; calls interleaved where the wire can."""

    @st.composite
    def made(draw: Draw) -> list[Json]:
        found = wire_of(wire)
        converter = EventConverter(found, Adapting(target=found.name, source="any"))
        told = draw(neutral_sequences(interleaved=interleaved))
        return [document for event in told for document in converter.push(event)]

    return made()


def neutral_sequences(*, interleaved: bool = True) -> st.SearchStrategy[list[StreamEvent]]:
    """Neutral events of whole replies; with ``interleaved`` the pieces of several calls may come in turns."""

    @st.composite
    def made(draw: Draw) -> list[StreamEvent]:
        parts = draw(parts_of_replies())
        calls = any(isinstance(part, hub.Call) for part in parts)
        stop = hub.Reason.TOOL_USE if calls else draw(st.sampled_from((hub.Reason.END_TURN, hub.Reason.MAX_TOKENS)))
        usage = hub.Usage(
            uncached_in=hub.Known(n=draw(st.integers(0, 99))), out_text=hub.Known(n=draw(st.integers(0, 99)))
        )
        candidate = hub.Candidate(turn=hub.Turn(role="assistant", parts=tuple(parts)), stop=stop)
        whole = hub.Response(id="reply_1", model="model", created=1_700_000_000, candidates=(candidate,), usage=usage)
        start = hub.Response(id="reply_1", model="model", created=1_700_000_000)
        tracks = [_track(draw, number, part) for number, part in enumerate(parts)]
        return [MessageStart(response=start), *_woven(draw, tracks, interleaved), MessageEnd(response=whole)]

    return made()


def _track(draw: Draw, number: int, part: hub.Part) -> list[StreamEvent]:
    if isinstance(part, hub.Call):
        text = part.arguments.text
        begun: hub.Part = hub.Call(id=part.id, name=part.name, arguments=hub.Arguments(text=""))
    else:
        assert isinstance(part, hub.Text)
        text, begun = part.text, hub.Text(text="", form="string")
    assert text is not ABSENT
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=3)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    deltas = [PartDelta(index=number, text=piece) for piece in pieces if piece]
    return [PartStart(index=number, part=begun), *deltas, PartEnd(index=number, part=part)]


def _woven(draw: Draw, tracks: list[list[StreamEvent]], interleaved: bool) -> list[StreamEvent]:
    """Weave the events of parts: words end before calls begin, calls begin in order, and their pieces come in turns."""
    woven: list[StreamEvent] = []
    waiting = [list(track) for track in tracks]
    begun = 0
    while any(waiting):
        in_turn = [place for place in range(min(begun + 1, len(waiting))) if waiting[place]]
        last = waiting[in_turn[0]][-1]
        words = isinstance(last, PartEnd) and isinstance(last.part, hub.Text)
        place = draw(st.sampled_from(in_turn)) if interleaved and not words else in_turn[0]
        begun = max(begun, place + 1)
        woven.append(waiting[place].pop(0))
    return woven


def truncated(events: Sequence[Json]) -> st.SearchStrategy[list[Json]]:
    """A stream that breaks off before its last event."""
    return st.integers(0, max(len(events) - 1, 0)).map(lambda stop: list(events[:stop]))


def corrupted(events: Sequence[Json]) -> st.SearchStrategy[list[Json]]:
    """A stream with one event left out, repeated, moved, changed inside, or of a later day."""

    @st.composite
    def made(draw: Draw) -> list[Json]:
        done = list(events)
        if not done:
            return [_finite(draw(json_objects()))]
        place = draw(st.integers(0, len(done) - 1))
        change = draw(st.sampled_from(("drop", "repeat", "move", "mutate", "insert")))
        if change == "drop":
            del done[place]
        elif change == "repeat":
            done.insert(place, done[place])
        elif change == "move":
            done.insert(draw(st.integers(0, len(done) - 1)), done.pop(place))
        elif change == "mutate":
            done[place] = _finite(draw(mutations(done[place])))
        else:
            done.insert(place, {"type": "unheard_of", **_finite(draw(json_objects()))})
        return done

    return made()


def pieces_of(data: bytes) -> st.SearchStrategy[list[bytes]]:
    """The bytes in pieces, cut anywhere: inside characters, line ends and frames too; empty pieces among them."""
    return st.lists(st.integers(0, len(data)), max_size=12).map(lambda cuts: _cut(data, sorted(cuts)))


def _cut(data: bytes, cuts: list[int]) -> list[bytes]:
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def byte_streams(wire: str | Wire) -> st.SearchStrategy[bytes]:
    """The bytes of valid, truncated and corrupted streams."""
    whole = event_sequences(wire)
    return (whole | whole.flatmap(truncated) | whole.flatmap(corrupted)).map(lambda events: _sse_of_any(wire, events))


def _sse_of_any(wire: str | Wire, events: list[Any]) -> bytes:
    named = [
        e if isinstance(e, str) or (isinstance(e, dict) and isinstance(e.get("type"), str)) else _typed(e)
        for e in events
    ]
    return sse_of(wire, named)


def _typed(event: Json) -> Json:
    return {"type": "", **event} if isinstance(event, dict) else {"type": "", "value": event}


def damaged(data: bytes, random: Random) -> bytes:
    """Damage a stream, for runs that need many cheaply: bytes changed, cut out, put in twice, words exchanged for others of the wire."""
    done = bytearray(data)
    for _ in range(random.randint(1, 4)):
        start = random.randrange(len(done) or 1)
        stop = min(start + random.randint(1, 60), len(done))
        change = random.randrange(6)
        if change == 0:
            done[start:stop] = bytes(random.randrange(256) for _ in range(random.randint(0, 4)))
        elif change == 1:
            del done[start:stop]
        elif change == 2:
            done[start:start] = done[start:stop]
        elif change == 3:
            del done[start:]
        else:
            old, new = random.choice(_EXCHANGED)
            done = bytearray(bytes(done).replace(old, new, random.randint(1, 3)))
    return bytes(done)


_EXCHANGED: Final = [
    (b'"index": 0', b'"index": -1'), (b'"index": 0', b'"index": null'), (b'"text"', b'"input"'), (b'"text"', b'"tool_use"'),
    (b'"delta"', b'"message"'), (b"[]", b"{}"), (b"null", b"[]"), (b'": "', b'": 1, "x": "'), (b'"output_index": 0', b'"output_index": 9'),
    (b'"message"', b'"reasoning"'), (b'"message"', b'"function_call"'), (b"{", b"[{"), (b'"stop"', b"[[1]]"), (b"content_block_stop", b"content_block_start"),
    (b'"content"', b'"tool_calls"'), (b'"item_id"', b'"item"'), (b"1", b"1e999"), (b'"type"', b'"type": 0, "b"'),
]  # fmt: skip
