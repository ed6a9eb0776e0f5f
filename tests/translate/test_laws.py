"""The laws of every wire and of every pair of wires, over generated documents and records."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyloop.translate import UsageError, convert, decode, read, write
from polyloop.translate.testing import laws
from polyloop.translate.testing.check import check_wire
from polyloop.translate.testing.records import requests, responses
from polyloop.translate.testing.strategies import UNHEARD_OF, documents, places_of, reached
from polyloop.translate.wires import KINDS, WIRES

# The other wires have theirs in their own folders.
TestOpenAIResponses = check_wire("openai-responses")

PAIRS = list(permutations(WIRES, 2))
CONVERTED = ("request", "response")


@pytest.mark.parametrize("kind", CONVERTED)
@pytest.mark.parametrize(("source", "target"), PAIRS)
@given(data=st.data())
@settings(max_examples=40)
def test_a_stored_translation_gives_the_document_back(source: str, target: str, kind: str, data: st.DataObject) -> None:
    laws.restores(data.draw(documents(source, kind)), kind=kind, source=source, target=target)


@pytest.mark.parametrize("kind", CONVERTED)
@pytest.mark.parametrize(("source", "target"), PAIRS)
@given(data=st.data())
@settings(max_examples=40)
def test_nothing_is_listed_exactly_when_the_way_back_is_exact(
    source: str, target: str, kind: str, data: st.DataObject
) -> None:
    document = data.draw(documents(source, kind))
    laws.both_lists_empty_iff_way_back_is_exact(document, kind=kind, source=source, target=target)


@pytest.mark.parametrize("kind", CONVERTED)
@pytest.mark.parametrize(("source", "target"), PAIRS)
@given(data=st.data())
@settings(max_examples=40)
def test_what_was_respelled_reads_the_same(source: str, target: str, kind: str, data: st.DataObject) -> None:
    document = data.draw(plain(source, kind))
    laws.respellings_read_equal(document, kind=kind, source=source, target=target)


def plain(wire: str, kind: str) -> st.SearchStrategy[Any]:
    """Documents of a wire that say what every provider can be asked: made from hub records."""
    from polyloop.translate import adapt

    made: st.SearchStrategy[Any] = requests() if kind == "request" else responses()
    return made.map(lambda record: write(wire, adapt(record, wire)))


@pytest.mark.parametrize("kind", CONVERTED)
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_much_is_said_with_nothing_left_out(source: str, target: str, kind: str) -> None:
    """A law that holds because everything is lossy proves nothing. What a target wants said, a default, may be added."""

    def said_in_full(document: Any) -> bool:
        losses = convert(document, kind=kind, source=source, target=target).losses
        return len(places_of(document)) > 12 and all(row.kind == "added" for row in losses)

    assert reached(plain(source, kind), said_in_full, tries=1_000)


HARD = {
    "a lone surrogate": lambda document: "\\ud800" in json.dumps(document),
    "an unknown key or type": lambda document: UNHEARD_OF in json.dumps(document),
    "a number of more than 64 bits": lambda document: "10000000000000000000000000" in json.dumps(document),
    "a null": lambda document: "null" in json.dumps(document),
    "an empty text": lambda document: '""' in json.dumps(document),
    "many values": lambda document: len(places_of(document)) > 25,
}


@pytest.mark.parametrize("hard", HARD)
@pytest.mark.parametrize("wire", WIRES)
def test_generated_requests_reach_what_is_hard(wire: str, hard: str) -> None:
    assert reached(documents(wire, "request"), HARD[hard])


@pytest.mark.parametrize("wire", WIRES)
def test_a_kind_that_does_not_exist_is_refused_by_name(wire: str) -> None:
    laws.refused_with_the_legal_names(lambda: decode(wire, "reply", {}), names=("request", "response"))
    laws.refused_with_the_legal_names(lambda: read(wire, "reply", {}), names=("request", "response"))
    laws.refused_with_the_legal_names(
        lambda: convert({}, kind="reply", source=wire, target="anthropic"), names=("request", "response")
    )


def test_a_wire_that_does_not_exist_is_refused_by_name() -> None:
    laws.refused_with_the_legal_names(lambda: decode("antropic", "request", {}), names=WIRES)
    laws.refused_with_the_legal_names(lambda: convert({}, kind="request", source="x", target="anthropic"), names=WIRES)
    laws.refused_with_the_legal_names(lambda: convert({}, kind="request", source="anthropic", target="x"), names=WIRES)


def test_what_is_no_hub_record_is_not_written() -> None:
    with pytest.raises(UsageError):
        write("anthropic", {"role": "user"})  # type: ignore[arg-type]


def test_every_kind_that_a_wire_has_is_a_known_one() -> None:
    from polyloop.translate.wires import wire_of

    assert {kind for wire in WIRES for kind in wire_of(wire).roots} <= set(KINDS)
