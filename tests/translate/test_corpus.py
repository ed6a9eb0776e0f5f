"""The laws over recorded traffic: the covering subset of it, or with POLYLOOP_FULL=1 every line."""

from __future__ import annotations

import attrs
import pytest
from benchmarks.leaves import published_keys, published_words
from benchmarks.residue_reasons import REASONS
from benchmarks.tallies import Conversion, Exactness

from polyloop.translate import hub
from polyloop.translate.testing.corpus import FILES, VARIABLE, Cases, Corpus, events_of, find_cases, is_error
from polyloop.translate.wires import WIRES, wire_of

pytestmark = pytest.mark.corpus

EXACT = ("request", "response", "event", "error")
CONVERTED = ("request", "response")


@pytest.mark.parametrize("kind", EXACT)
@pytest.mark.parametrize("wire", FILES)
def test_recorded_documents_are_exact_through_the_codec_and_the_hub(corpus: Corpus, wire: str, kind: str) -> None:
    assert kind in wire_of(wire).roots
    tally = Exactness()
    for recorded in corpus.documents(wire, kind):
        tally.add(recorded)
    assert tally.documents > 0
    assert tally.problems == []


@pytest.mark.parametrize("kind", CONVERTED)
@pytest.mark.parametrize("target", WIRES)
@pytest.mark.parametrize("source", FILES)
def test_recorded_documents_are_restored_from_value_and_losses(
    corpus: Corpus, source: str, target: str, kind: str
) -> None:
    tally = Conversion()
    for recorded in corpus.documents(source, kind):
        tally.add(recorded, target, None)
    assert tally.problems == []
    assert tally.restored == tally.documents > 0
    assert [row for row in tally.rows if not row[2]] == []
    if source == target:
        assert tally.lossless == tally.documents


@pytest.mark.parametrize("wire", FILES)
def test_what_remains_of_the_residue_is_what_no_other_wire_could_state(corpus: Corpus, wire: str) -> None:
    assert _residue_without_reason(corpus, wire) == []


@pytest.mark.parametrize("wire", FILES)
def test_what_remains_of_the_hand_written_cases_has_its_reason_too(wire: str) -> None:
    cases = find_cases()
    if cases is None:
        pytest.skip(f"no hand-written cases: set {VARIABLE} to the folder that holds them")
    assert next(cases.documents(wire), None) is not None
    assert _residue_without_reason(cases, wire) == []


def _residue_without_reason(found: Corpus | Cases, wire: str) -> list[str]:
    """Return the fields that only their own wire reads, and of which nobody says why."""
    published, words = published_keys(wire, found.folder), published_words(wire, found.folder)
    if published is None:
        pytest.skip("the published schemas are not at hand: they lie beside the recorded traffic")
    tally = Exactness()
    for kind in CONVERTED:
        for recorded in found.documents(wire, kind):
            tally.add(recorded, published, words)
    return sorted(tally.remaining().keys() - REASONS[wire].keys())


def test_the_reasons_for_residue_are_of_fields_that_there_are() -> None:
    for rows in REASONS.values():
        for field, reason in rows.items():
            record, _, place = field.partition(" ")[0].partition(".")
            assert hasattr(hub, record)
            assert record == "Opaque" or place in {one.name for one in attrs.fields(getattr(hub, record))}
            assert reason


def test_the_events_of_a_stream_are_its_data() -> None:
    stream = ': hello\r\ndata: {"a": 1}\r\n\r\nevent: x\ndata: {"b":\ndata: 2}\n\ndata: [DONE]\n\ndata: {"cut'
    assert list(events_of(stream)) == [{"a": 1}, {"b": 2}]


def test_a_body_that_says_error_is_one_whatever_its_status() -> None:
    assert is_error({"error": {"message": "no"}})
    assert is_error({"type": "error", "error": {"type": "overloaded_error"}})
    assert not is_error({"id": "r", "error": None, "output": []})
    assert not is_error({"id": "r", "error": {"code": "failed"}, "output": []})
