"""L3 where documents are nearly right: recorded traffic with one to three values changed converts to every wire and comes back.

A gateway meets such documents daily, from clients of another version and from people's own code. They are refused with a place, by the
first wire already, or they convert: no target may find out too late that it cannot say what was read.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polyloop.translate import DecodeError, convert, decode, dumps, loads, restore, same_json
from polyloop.translate.jsonvalue import Json
from polyloop.translate.testing.corpus import FILES, Corpus
from polyloop.translate.testing.strategies import mutations, reached
from polyloop.translate.wires import WIRES

KINDS = ("request", "response")
LARGEST = 8_000
"""Characters of a document: beyond it, most of a document is text in which a change says nothing new."""

SMALLEST: list[tuple[str, str, Json]] = [
    ("openai-responses", "request", {"model": "m", "input": [{"type": "message", "role": "system", "content": 0}]}),
    ("openai-responses", "request", {"model": "m", "input": [{"type": "messag", "role": "system", "content": "a"}]}),
    (
        "openai-chat",
        "request",
        {
            "model": "m",
            "messages": [
                {"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "a", "arguments": "a"}}]},
                {"role": "system"},
                {"role": "user", "content": "a"},
            ],
        },
    ),
    (
        "openai-responses",
        "request",
        {
            "model": "m",
            "input": [
                {"type": "function_call", "call_id": "a", "name": "a", "arguments": "a"},
                {},
                {"type": "a"},
                {"role": "user", "content": "a"},
            ],
        },
    ),
    (
        "openai-chat",
        "response",
        {
            "id": "c",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": "stop",
                    "message": {
                        "role": "assistant",
                        "content": "16",
                        "reasoning_details": [
                            {"type": "reasoning.text", "format": "anthropic-claude-v1", "index": 0, "signature": "Ev"}
                        ],
                    },
                }
            ],
        },
    ),
    ("openai-responses", "request", {"model": "m", "input": [{"role": "user", "content": [{"type": "input_image"}]}]}),
    (
        "openai-responses",
        "request",
        {"model": "m", "input": [{"type": "web_search_call", "id": "ws_1", "action": {"type": {}, "query": "a"}}]},
    ),
    (
        "anthropic",
        "response",
        {
            "type": "message",
            "role": "assistant",
            "model": "m",
            "content": [
                {"type": "mcp_tool_use", "id": "mcptoolu_1", "name": "echo", "server_name": "echo"},
                {"type": "mcp_tool_result", "tool_use_id": "mcptoolu_1", "content": [{"type": "text", "text": "a"}]},
            ],
        },
    ),
]
"""What recorded documents with a change in them came down to where something was wrong once."""


def converts_or_is_refused(document: Json, source: str, kind: str) -> bool:
    """Put a document to every wire. Return whether it is one of its own wire's at all."""
    try:
        decode(source, kind, document)
    except DecodeError:
        return False
    spelled = json.dumps(document)
    for target in WIRES:
        translation = convert(document, kind=kind, source=source, target=target)
        json.dumps(translation.value)
        assert all(row.reason for row in translation.losses)
        assert same_json(restore(loads(dumps(translation))), document, ordered=False), target
        assert not (source == target and (translation.losses or translation.respellings))
    assert json.dumps(document) == spelled, "the caller's document was changed"
    return True


@pytest.mark.parametrize(("source", "kind", "document"), SMALLEST)
def test_what_was_wrong_once_converts(source: str, kind: str, document: Json) -> None:
    assert converts_or_is_refused(document, source, kind)


def changed(documents: list[Json]) -> st.SearchStrategy[Json]:
    """One of the documents, with one to three changes."""
    once = st.sampled_from(documents).flatmap(mutations)
    return once | once.flatmap(mutations) | once.flatmap(mutations).flatmap(mutations)


@pytest.mark.corpus
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("source", FILES)
@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_recorded_documents_with_changes_convert_or_are_refused(
    corpus: Corpus, source: str, kind: str, data: st.DataObject
) -> None:
    documents = _documents(corpus, source, kind)
    converts_or_is_refused(data.draw(changed(documents)), source, kind)


@pytest.mark.corpus
@pytest.mark.parametrize("source", FILES)
def test_the_changes_reach_both(corpus: Corpus, source: str) -> None:
    documents = _documents(corpus, source, "request")

    def accepted(document: Json) -> bool:
        try:
            decode(source, "request", document)
        except DecodeError:
            return False
        return True

    reached(changed(documents), lambda document: accepted(document) and document not in documents)
    reached(changed(documents), lambda document: not accepted(document))


def _documents(corpus: Corpus, source: str, kind: str) -> list[Json]:
    if (source, kind) not in _FOUND:
        _FOUND[source, kind] = [
            line.document for line in corpus.documents(source, kind) if len(json.dumps(line.document)) <= LARGEST
        ]
    return _FOUND[source, kind]


_FOUND: dict[tuple[str, str], list[Json]] = {}
