"""The forms of one hazard case, the same thing said on several wires, convert into each other up to respelling and listed losses."""

from __future__ import annotations

import re
from collections import Counter
from itertools import permutations
from types import ModuleType
from typing import Any

import pytest
from benchmarks.tallies import converted

from polyloop.translate import convert, fold
from polyloop.translate.testing import corpus as recorded
from polyloop.translate.testing.corpus import Recorded

from . import anthropic, openai_chat, openai_responses

pytestmark = pytest.mark.corpus

FACTS: dict[str, ModuleType] = {
    "anthropic": anthropic, "openai-chat": openai_chat, "openai-responses": openai_responses,
}  # fmt: skip
FORMS_DIFFER = {
    "09-result-empty": "one form has a call more",
    "16-tool-id-long": "each form has the longest id its wire takes",
    "18-tool-names": "each form has a name that the other wire refuses",
    "41-image-detail": "one form says high where the other says original",
    "42b-document-url-file-id": "one form has a document more",
    "50-stop-and-user": "one wire has no stop sequences, and its form none",
    "50d-service-tier-n": "one wire has no n, and its form none",
    "72-resp-computer-call": "one form has words and no check, the other a check and no words",
}
"""Cases whose forms do not say the same, since their wires cannot."""
OWN = {("setting", name) for name in ("model", "id", "created", "store", "stream")}


def said(facts: Any) -> Counter[tuple[str, ...]]:
    """Count facts, ids without the prefix of their provider, and without what is each form's own."""
    found: Counter[tuple[str, ...]] = Counter()
    for fact in facts:
        if fact.value[0] not in ("usage", "cache point") and fact.value[:2] not in OWN:
            found[tuple(re.sub(r"^(toolu_|call_)", "", word) for word in fact.value)] += 1
    return found


def forms(wire: str, kind: str) -> dict[str, Recorded]:
    cases = recorded.find_cases()
    if cases is None:
        pytest.skip(f"no hazard cases: set {recorded.VARIABLE} to a folder that has them")
    return {document.line: document for document in cases.documents(wire, kind)}


@pytest.mark.parametrize("kind", ["request", "response"])
@pytest.mark.parametrize(("source", "target"), list(permutations(FACTS, 2)))
def test_forms_convert_into_each_other(source: str, target: str, kind: str) -> None:
    here, there = forms(source, kind), forms(target, kind)
    assert len(here.keys() & there.keys()) > 3
    other: dict[str, list[tuple[str, ...]]] = {}
    for case in sorted(here.keys() & there.keys()):
        translation = converted(here[case], target)
        read = getattr(FACTS[target], kind)
        missing = said(read(there[case].document)) - said(read(translation.value))
        if missing and not any(row.kind != "added" for row in translation.losses):
            other[case] = list(missing)
    assert {case: facts for case, facts in other.items() if case not in FORMS_DIFFER} == {}


@pytest.mark.parametrize(("source", "target"), [("anthropic", "openai-chat"), ("openai-chat", "anthropic")])
def test_streams_convert_into_each_other(source: str, target: str) -> None:
    """What the events of one form come to on the other wire, the events of the other form come to."""
    here, there = forms(source, "stream"), forms(target, "stream")
    shared = sorted(here.keys() & there.keys())
    assert len(shared) > 3
    other: dict[str, list[tuple[str, ...]]] = {}
    for case in shared:
        value = convert(here[case].document, kind="stream", source=source, target=target).value
        read = FACTS[target].response
        missing = said(read(fold(target, there[case].document))) - said(read(fold(target, value)))
        if missing:
            other[case] = list(missing)
    assert {case: facts for case, facts in other.items() if case not in FORMS_DIFFER} == {}


@pytest.mark.parametrize("target", FACTS)
@pytest.mark.parametrize("source", ["anthropic", "openai-chat"])
def test_streams_say_what_their_replies_say(source: str, target: str) -> None:
    """L5 by facts: to convert the events and fold them says all that folding them and converting the reply says."""
    if source == target:
        pytest.skip("a wire is not converted into itself")
    for case, document in sorted(forms(source, "stream").items()):
        streamed = convert(document.document, kind="stream", source=source, target=target).value
        reply = convert(fold(source, document.document), kind="response", source=source, target=target).value
        read = FACTS[target].response
        missing = said(read(reply)) - said(read(fold(target, streamed)))
        if any(event.get("type") == "error" or "error" in event for event in document.document):
            missing.pop(("stop", "length"), None)  # a reply has to say why it stopped, a stream that fails does not
        assert missing == Counter(), case
