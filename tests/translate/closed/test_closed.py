"""L4 and L15: what one wire's provider accepts is, said on another wire, what that one's published schema allows, and no key more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from benchmarks.tallies import converted
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polyloop.translate import adapt, convert, write
from polyloop.translate.testing import corpus as recorded
from polyloop.translate.testing.corpus import FILES, Corpus
from polyloop.translate.testing.laws import legal, nothing_smuggled
from polyloop.translate.testing.records import requests, responses
from polyloop.translate.testing.strategies import documents
from polyloop.translate.wires import WIRES

from .schemas import Schema, folder_of, schema_of

KINDS = ("request", "response")
SAME_DOCUMENTS = ("openai-chat", "uitars")
"""UI-TARS speaks inside Chat Completions' own documents: what a vendor adds to them stays there."""
PAIRS = [
    (source, target) for source in FILES for target in WIRES if target != source and (source, target) != SAME_DOCUMENTS
]
WITHOUT_MODEL = "/model: missing"
"""A request that names no model, since its prompt stands on the server or its envelope names it: nobody may invent one."""


@pytest.fixture(scope="module")
def folder() -> Path:
    found = recorded.find()
    schemas = folder_of(found.folder) if found is not None else None
    if schemas is None:
        pytest.skip(f"no published schemas: set {recorded.VARIABLE} to a folder with reference/schemas beside it")
    return schemas


def refused(value: Any, wire: str, kind: str, folder: Path) -> list[str]:
    """Return what the wire's schema refuses; a reply may be an error all the same."""
    if kind == "response" and recorded.is_error(value):
        return []
    schema, root = schema_of(wire, kind, folder)
    return [problem for problem in schema.problems(value, root) if not problem.startswith(WITHOUT_MODEL)]


@pytest.mark.corpus
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_what_was_recorded_is_legal_on_every_wire(
    corpus: Corpus, folder: Path, source: str, target: str, kind: str
) -> None:
    accepted = [document for document in corpus.documents(source, kind) if document.status == 200]
    assert accepted
    for document in accepted:
        value = converted(document, target).value
        legal(value, accepts=lambda said: refused(said, target, kind, folder))


@pytest.mark.corpus
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_hazards_are_legal_on_every_wire(folder: Path, source: str, target: str, kind: str) -> None:
    cases = recorded.find_cases()
    assert cases is not None
    for document in cases.documents(source, kind):
        legal(converted(document, target).value, accepts=lambda said: refused(said, target, kind, folder))


@pytest.mark.corpus
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("target", WIRES)
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_record_adapted_is_legal(folder: Path, target: str, kind: str, data: st.DataObject) -> None:
    record: Any = data.draw(requests() if kind == "request" else responses())
    legal(write(target, adapt(record, target)), accepts=lambda said: refused(said, target, kind, folder))


@pytest.mark.corpus
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("source", "target"), PAIRS)
@given(data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_unknown_keys_never_come_through(
    folder: Path, source: str, target: str, kind: str, data: st.DataObject
) -> None:
    """Documents with keys and types nobody has heard of: the value has none of them."""
    value = convert(data.draw(documents(source, kind)), kind=kind, source=source, target=target).value
    nothing_smuggled(
        value, unknown_keys=lambda said: [one for one in refused(said, target, kind, folder) if "no key of" in one]
    )


SMALL = Schema(
    "Root { items: [A | B], note?: str | null, any?: {str, object}, either?: One }",
    'A { type: "a", n: int }', 'B { type: "b", f?: float }', "One = A | B", "A { type: \"a\", text: str }",
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "problems"),
    [
        ({"items": [{"type": "a", "n": 1}, {"type": "b"}], "note": None, "any": {"x": [1]}}, []),
        ({"items": [{"type": "a", "text": "two records of one name"}]}, []),
        ({"items": [{"type": "b", "f": 1}], "either": {"type": "a", "n": 2}}, []),
        ({"items": [{"type": "a", "n": True}]}, ["/items/0/n: bool is no int"]),
        ({"items": [{"type": "b", "x": 1}]}, ["/items/0/x: no key of B"]),
        ({"items": [], "more": 1}, ["/more: no key of Root"]),
        ({}, ["/items: missing in Root"]),
        ({"items": {}}, ["/items: no list"]),
    ],
)
def test_the_validator_allows_and_refuses(value: Any, problems: list[str]) -> None:
    assert SMALL.problems(value, "Root") == problems
