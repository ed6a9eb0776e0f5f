"""Law L5: what streams of a wire keep, as plain functions over events, bytes and documents.

A stream is a stream whatever its bytes are cut into; it folds to the reply; what breaks off is no finished reply, and a call in it none that
may run; and converting commutes with folding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from .. import hub
from ..adapting import Adapting
from ..codec import encode_value
from ..errors import StreamError
from ..folding import Fold, fold
from ..jsontext import spell
from ..jsonvalue import Json, same_json
from ..loss import diff
from ..respellings import is_respelling
from ..stream_converter import StreamConverter, convert_events, replay
from ..stream_reader import Done, StreamReader
from ..translation import convert
from ..wires import Wire, read, stream_of, wire_of


def read_all(wire: str | Wire, pieces: Iterable[bytes]) -> list[Any]:
    """Return every event of a stream that comes in these pieces."""
    reader = StreamReader(wire)
    events = [event for piece in pieces for event in reader.feed(piece)]
    return events + reader.close()


def sse_of(wire: str | Wire, events: Sequence[Json]) -> bytes:
    """Spell event documents as a provider sends them; the string ``[DONE]`` is the terminator of that name."""
    named = stream_of(wire).named
    frames = []
    for event in events:
        head = f"event: {event['type']}\n" if named and isinstance(event, dict) else ""
        frames.append(f"{head}data: {event if isinstance(event, str) else spell(event)}\n\n")
    return "".join(frames).encode("utf-8", "backslashreplace")


def same_events(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Tell whether two lists of events are the same, class by class."""
    return len(one) == len(other) and all(
        a.__class__ is b.__class__ and same_json(encode_value(a), encode_value(b)) if not _plain(a) else a == b
        for a, b in zip(one, other, strict=True)
    )


def _plain(event: Any) -> bool:
    return not hasattr(event, "key_order") and not hasattr(event, "document")


def any_split_gives_the_same_events(data: bytes, pieces: Sequence[bytes], *, wire: str | Wire) -> None:
    """L5: a stream whose bytes come in any pieces has the events it has when it comes whole, and fails where that fails."""
    assert b"".join(pieces) == data
    assert same_events(_read_or_failed(wire, pieces), _read_or_failed(wire, [data]))


def _read_or_failed(wire: str | Wire, pieces: Iterable[bytes]) -> list[Any]:
    reader = StreamReader(wire)
    events: list[Any] = []
    try:
        for piece in pieces:
            events += reader.feed(piece)
        events += reader.close()
    except StreamError:
        events.append("failed")
    return events


def folding_never_raises(events: Iterable[Any], *, wire: str | Wire) -> None:
    """L5: whatever a provider sends, folding it raises nothing, and what came can be read as a reply."""
    folding = Fold(wire)
    for event in events:
        folding.push(event)
    spell(folding.partial)
    assert isinstance(folding.text, str)
    assert isinstance(folding.thinking, str)
    assert not folding.finished or folding.error is None
    assert all(isinstance(call.arguments, str) for call in folding.calls)


def a_cut_stream_is_not_finished(events: Sequence[Any], *, wire: str | Wire) -> None:
    """L5: a stream that breaks off before its end is no finished reply, nor is any call in it complete whose block is open."""
    folding = Fold(wire)
    for event in events:
        folding.push(event)
        if folding.finished:
            break
        reply = read(wire, "response", folding.partial)
        assert isinstance(reply, hub.Response)
        assert reply.status != "finished" or not reply.candidates
        assert all(
            isinstance(_value(call.arguments), dict) for call in folding.calls if call.complete and _is_json(call)
        )


def _is_json(call: Any) -> bool:
    return bool(call.arguments.lstrip().startswith("{"))


def _value(text: str) -> Json:
    from ..jsontext import parse

    return parse(text)


def replay_folds_to_the_reply(reply: Json, *, wire: str | Wire, unsaid: Sequence[str] = ()) -> None:
    """L5: a reply made into a stream folds to the reply; ``unsaid`` are pointers a stream of this wire has no place for."""
    rows = [row.pointer for row in diff(reply, fold(wire, replay(wire, reply)))]
    assert [pointer for pointer in rows if not any(pointer.startswith(known) for known in unsaid)] == []


def converting_commutes_with_folding(events: Sequence[Any], *, source: str | Wire, target: str | Wire) -> None:
    """L5: a converted stream folds to the converted reply.

    Up to respellings of arguments, whose text a wire without such a text does not keep; and calls that were cut short, which a stream has
    begun to say before anybody knew.
    """
    here, there = wire_of(source), wire_of(target)
    folding = Fold(source)
    for event in events:
        folding.push(event)
    reply = convert(folding.partial, kind="response", source=here, target=there)
    written = convert_events(events, here, there, Adapting(target=there.name, source=here.name))
    found = fold(target, written)
    rows = [row for row in diff(reply.value, found) if not is_respelling(row, there.defaults)]
    assert not rows or same_but_for_cut_calls(reply.value, found, there)


def same_but_for_cut_calls(value: Json, found: Json, wire: Wire) -> bool:
    """Tell whether two replies say the same, calls that were cut short apart."""
    return diff(value, found) == () or _without_cut_calls(value, wire) == _without_cut_calls(found, wire)


def _without_cut_calls(document: Json, wire: Wire) -> tuple[Any, ...]:
    reply = read(wire, "response", document)
    assert isinstance(reply, hub.Response)
    said = [
        [part for part in candidate.turn.parts if not (isinstance(part, hub.Call) and part.state != "complete")]
        for candidate in reply.candidates
    ]
    usage = None if reply.usage is None else attrs.evolve(reply.usage, reported=None)
    return said, [candidate.stop for candidate in reply.candidates], usage, reply.id, reply.model, reply.status


def bytes_convert_as_events_do(data: Sequence[bytes], *, source: str, target: str) -> None:
    """L5: what comes out of a `StreamConverter` has the events that converting the list of events gives, and the same losses."""
    converter = StreamConverter(source, target)
    written = b"".join([converter.feed(piece) for piece in data]) + converter.close()
    here, there = wire_of("anthropic" if source == "bedrock" else source), wire_of(target)
    events = read_all(source, data)
    expected = convert_events(events, here, there, Adapting(target=there.name, source=here.name))
    assert same_json(documents_of(target, [written]), expected)
    folding = Fold(source)
    for event in events:
        folding.push(event)
    assert converter.losses == convert(folding.partial, kind="response", source=here, target=there).losses


def documents_of(wire: str | Wire, pieces: Iterable[bytes]) -> list[Json]:
    """Return a stream's event documents, ``[DONE]`` as that string."""
    return ["[DONE]" if isinstance(event, Done) else encode_value(event) for event in read_all(wire, pieces)]
