"""L13: what a document says on one wire it says on the other, in the same order, but for what the losses name; and triangles."""

from __future__ import annotations

from itertools import permutations
from types import ModuleType
from typing import Any

import pytest
from benchmarks.tallies import converted
from hypothesis import event, given, settings
from hypothesis import strategies as st

from polyloop.translate import adapt, convert, write
from polyloop.translate.testing import conversion_laws as laws
from polyloop.translate.testing import corpus as recorded
from polyloop.translate.testing.corpus import Corpus, Recorded
from polyloop.translate.testing.records import requests, responses
from polyloop.translate.testing.strategies import reached

from . import anthropic, openai_chat, openai_responses

FACTS: dict[str, ModuleType] = {
    "anthropic": anthropic, "openai-chat": openai_chat, "openai-responses": openai_responses,
}  # fmt: skip
KINDS = ("request", "response")
PAIRS = list(permutations(FACTS, 2))
COME_BACK = {"request": 0.6, "response": 0.0}
"""The least share of hazards that the value alone gives back. Most of the replies among them are made of what only one wire can say."""


def holds(document: Recorded, target: str, kind: str) -> None:
    source, translation = FACTS[document.wire], converted(document, target)
    said = getattr(source, kind), getattr(FACTS[target], kind)
    laws.meaning_is_kept(translation, document.document, source=said[0], target=said[1])


@pytest.mark.corpus
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_what_was_recorded_keeps_its_meaning(corpus: Corpus, source: str, target: str, kind: str) -> None:
    accepted = [document for document in corpus.documents(source, kind) if document.status == 200]
    assert accepted
    for document in accepted:
        holds(document, target, kind)


@pytest.mark.corpus
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_hazards_keep_their_meaning_and_most_come_back(source: str, target: str, kind: str) -> None:
    cases = recorded.find_cases()
    if cases is None:
        pytest.skip(f"no hazard cases: set {recorded.VARIABLE} to a folder that has them")
    found = list(cases.documents(source, kind))
    assert found
    back = 0
    for document in found:
        holds(document, target, kind)
        back += comes_back(document, target, kind)
    print(f"{source} to {target}, {kind}s: {back} of {len(found)} hazards come back with no loss of meaning")
    assert back / len(found) >= COME_BACK[kind]


def comes_back(document: Recorded, target: str, kind: str) -> bool:
    """Tell whether the value alone, without the list of losses, says all that the source said, and nothing else."""
    value = converted(document, target).value
    back = convert(value, kind=kind, source=target, target=document.wire).value
    read = getattr(FACTS[document.wire], kind)
    return sorted(fact.value for fact in read(document.document)) == sorted(fact.value for fact in read(back))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("source", "target"), PAIRS)
@given(data=st.data())
@settings(max_examples=40)
def test_what_any_provider_can_be_asked_keeps_its_meaning(
    source: str, target: str, kind: str, data: st.DataObject
) -> None:
    record: Any = data.draw(requests() if kind == "request" else responses())
    document = Recorded(
        wire=source,
        kind=kind,
        document=write(source, adapt(record, source)),
        line="",
        vendor="",
        fidelity="",
        status=200,
    )
    facts = list(getattr(FACTS[source], kind)(document.document))
    event(f"{min(len(facts), 12)} facts or more")
    holds(document, target, kind)


@pytest.mark.corpus
@pytest.mark.parametrize("wires", list(permutations(FACTS, 3)))
def test_a_detour_that_loses_nothing_is_no_detour(corpus: Corpus, wires: tuple[str, str, str]) -> None:
    cases = recorded.find_cases()
    documents = [*corpus.documents(wires[0], "request"), *(cases.documents(wires[0], "request") if cases else ())]
    facts = {wire: module.request for wire, module in FACTS.items()}
    held = sum(laws.triangle(one.document, kind="request", wires=wires, facts=facts) for one in documents)
    assert held > 3


def test_generated_documents_say_much() -> None:
    def says_much(record: Any) -> bool:
        document = write("anthropic", adapt(record, "anthropic"))
        return len({fact.value[0] for fact in anthropic.request(document)}) > 6

    assert reached(requests(), says_much)


# The law itself: it must find what is lost without a word.

ASKED = {
    "model": "m",
    "max_tokens": 8,
    "messages": [
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "f", "input": {"a": 1}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": "two", "is_error": True}]},
    ],
}


@pytest.mark.parametrize(
    ("damage", "fact"),
    [
        (lambda value: value["messages"][0].update(content="other"), ("said", "user", "one")),
        (lambda value: value["messages"][0].update(role="system"), ("said", "user", "one")),
        (
            lambda value: value["messages"][1]["tool_calls"][0]["function"].update(arguments="{}"),
            ("call", "c", "f", '{"a":1}'),
        ),
        (lambda value: value["messages"].pop(), ("failed", "c")),
        (lambda value: value.pop("max_completion_tokens"), ("setting", "max", "8")),
    ],
)
def test_a_fact_that_vanishes_without_a_word_is_found(damage: Any, fact: tuple[str, ...]) -> None:
    translation = convert(ASKED, kind="request", source="anthropic", target="openai-chat")
    assert translation.losses == ()
    before = list(anthropic.request(ASKED))
    assert laws.silently_lost(translation, before, openai_chat.request(translation.value)) == []
    damage(translation.value)
    assert fact in laws.silently_lost(translation, before, openai_chat.request(translation.value))


def test_an_order_that_changes_without_a_word_is_found() -> None:
    translation = convert(ASKED, kind="request", source="anthropic", target="openai-chat")
    assert translation.losses == ()
    translation.value["messages"].reverse()
    before, after = anthropic.request(ASKED), openai_chat.request(translation.value)
    kept, found = laws.in_common_order(translation, before, after)
    assert kept != found
