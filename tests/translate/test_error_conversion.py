"""Errors converted between wires: the target's own clients see the kind of failure that the source's would."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest

from polyloop.translate import WIRES, StreamConverter, classify_error, convert
from polyloop.translate.other_kinds import error_document
from polyloop.translate.provider_error_tables import KINDS
from polyloop.translate.provider_errors import ProviderError, classify_event
from polyloop.translate.testing.stream_laws import documents_of, sse_of

NO_WORD = {
    "anthropic": {
        "context_overflow": "invalid_request",
        "content_refused": "invalid_request",
        "connection": "server",
        "unknown": "server",
    }
}
NO_WORD_AT_OPENAI = {"connection": "server", "unknown": "server"}
"""Kinds that a wire has no word of its own for, and what is said instead."""


def written(kind: Any, wire: str) -> Any:
    return error_document(ProviderError(provider=wire, wire=wire, kind=kind, retryable=False, message="m"), wire)


def expected(kind: str, wire: str) -> str:
    return NO_WORD.get(wire, NO_WORD_AT_OPENAI).get(kind, kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("wire", WIRES)
def test_a_kind_of_failure_is_said_in_words_that_are_read_as_that_kind(wire: str, kind: str) -> None:
    assert classify_error(wire, None, (), written(kind, wire)).kind == expected(kind, wire)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("source", "target"), list(permutations(WIRES, 2)))
def test_a_failure_is_the_same_kind_of_failure_on_the_other_wire(source: str, target: str, kind: str) -> None:
    body = written(kind, source)
    here = classify_error(source, None, (), body)
    there = classify_error(target, None, (), convert(body, kind="error", source=source, target=target).value)
    assert (there.kind, there.message) == (expected(here.kind, target), "m")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("target", [wire for wire in WIRES if wire != "anthropic"])
def test_a_stream_that_fails_fails_the_same_way_on_the_other_wire(target: str, kind: str) -> None:
    body = written(kind, "anthropic")
    converter = StreamConverter("anthropic", target)
    events = documents_of(target, [converter.feed(sse_of("anthropic", [body])) + converter.close()])
    assert not converter.finished
    assert classify_event(target, events[-1]).kind == expected(classify_event("anthropic", body).kind, target)


def test_an_overloaded_provider_is_told_from_a_broken_one_in_the_words_of_openai() -> None:
    body = {"type": "error", "error": {"type": "overloaded_error", "message": "m"}}
    value = convert(body, kind="error", source="anthropic", target="openai-chat").value
    assert json.dumps(value["error"]["code"]) == '"slow_down"'
