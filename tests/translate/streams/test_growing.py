"""Deltas that are told without a record: they are the ones that records tell, and make up the parts they belong to."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyloop.translate import hub
from polyloop.translate.folding import Fold
from polyloop.translate.hub_events import PartDelta, PartEnd, StreamEvent
from polyloop.translate.jsonvalue import ABSENT, Absent, same_json
from polyloop.translate.streams import WireEvents
from polyloop.translate.testing.corpus import FILES, Corpus
from polyloop.translate.testing.stream_laws import read_all
from polyloop.translate.testing.stream_strategies import corrupted, event_sequences
from polyloop.translate.wires import WIRES, stream_of

FEW: Final = settings(max_examples=25)


def told(event: Any, following: WireEvents) -> tuple[list[StreamEvent], bool]:
    """Return what an event means, and whether it was told without a record."""
    grown = following.grow(event)
    if grown is None:
        return following.push(event), False
    index, text = grown
    return [PartDelta(index=index, text=text)], True


def growing_tells_what_pushing_tells(events: list[Any], wire: str) -> int:
    """An event that grows a part is told, and folded, as it is when it is pushed; return how many there were."""
    pushed, grown, count = stream_of(wire).events(), stream_of(wire).events(), 0
    for event in events:
        meant, alone = told(event, grown)
        assert meant == pushed.push(event)
        count += alone
    assert grown.fold.heard == pushed.fold.heard
    assert grown.fold.finished == pushed.fold.finished
    assert same_json(grown.fold.document(), pushed.fold.document())
    return count


@pytest.mark.parametrize("wire", WIRES)
@FEW
@given(data=st.data())
def test_what_grows_is_told_as_what_is_pushed(wire: str, data: st.DataObject) -> None:
    events = data.draw(event_sequences(wire))
    folding = Fold(wire)
    for documents in (events, data.draw(corrupted(events))):
        growing_tells_what_pushing_tells([folding.record(event) for event in documents], wire)


@pytest.mark.parametrize("wire", FILES)
def test_a_recorded_delta_is_told_as_what_is_pushed(corpus: Corpus, wire: str) -> None:
    events = [
        read_all(wire, [line["sse"].encode("utf-8", "surrogatepass")]) for line in corpus.lines(wire) if line.get("sse")
    ]
    counts = [growing_tells_what_pushing_tells(stream, wire) for stream in events]
    assert sum(counts) > sum(map(len, events)) / 10


@pytest.mark.parametrize("wire", ["anthropic", "openai-chat", "openai-responses"])
@FEW
@given(data=st.data())
def test_the_deltas_of_a_part_make_up_its_text(wire: str, data: st.DataObject) -> None:
    following = stream_of(wire).events()
    texts: dict[int, str] = {}
    for event in [Fold(wire).record(event) for event in data.draw(event_sequences(wire))]:
        for meant in told(event, following)[0]:
            if isinstance(meant, PartDelta):
                texts[meant.index] = texts.get(meant.index, "") + meant.text
            elif isinstance(meant, PartEnd) and meant.index in texts:
                assert text_of(meant.part) in (texts[meant.index], ABSENT)


def text_of(part: hub.Part) -> str | Absent:
    """Return the text of a part; arguments have one only where the wire does."""
    assert isinstance(part, (hub.Text, hub.Call))
    return part.text if isinstance(part, hub.Text) else part.arguments.text
