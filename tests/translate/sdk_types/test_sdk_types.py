"""L4: what one wire's provider accepts is, said on another wire, what that one's SDK has types for, and no key more."""

from __future__ import annotations

import json
from typing import Any

import pytest
from benchmarks.tallies import converted
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.translate.sdk_types.generated import published
from tests.translate.sdk_types.types import TYPES, problems

from polyloop.translate import adapt, convert, write
from polyloop.translate.jsonvalue import Json
from polyloop.translate.testing import corpus as recorded
from polyloop.translate.testing.corpus import FILES, Corpus
from polyloop.translate.testing.laws import legal
from polyloop.translate.testing.records import requests, responses
from polyloop.translate.testing.strategies import reached
from polyloop.translate.wires import WIRES

KINDS = ("request", "response")
SAME_DOCUMENTS = ("openai-chat", "uitars")
"""UI-TARS speaks inside Chat Completions' own documents: what a vendor adds to them stays there."""
PAIRS = [
    (source, target) for source in FILES for target in WIRES if target != source and (source, target) != SAME_DOCUMENTS
]
NAMED = "some-model"
"""Put where a request names no model, since its prompt stands on the server or its envelope names it: nobody may invent one."""
SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)


def refused(value: Any, wire: str, kind: str) -> list[str]:
    """What the SDK's types refuse; a reply may be an error all the same."""
    if kind == "response" and recorded.is_error(value):
        return []
    if kind == "response":
        return problems(value, wire, kind)
    named = {"model": NAMED, **value}
    found = problems(named, wire, kind)
    if (
        wire == "anthropic" and "betas" not in value
    ):  # the SDK has two sets of types, and what asks for no beta is of both
        found += problems(named, "anthropic without betas", kind)
    return found


def said(document: Json, source: str, target: str, kind: str) -> Any:
    return convert(document, kind=kind, source=source, target=target).value


@pytest.mark.corpus
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_what_was_recorded_has_types_on_every_wire(corpus: Corpus, source: str, target: str, kind: str) -> None:
    accepted = [document for document in corpus.documents(source, kind) if document.status == 200]
    assert accepted
    for document in accepted:
        legal(converted(document, target).value, accepts=lambda value: refused(value, target, kind))


@pytest.mark.corpus
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_hazards_have_types_on_every_wire(source: str, target: str, kind: str) -> None:
    cases = recorded.find_cases()
    if cases is None:
        pytest.skip(f"no cases: set {recorded.VARIABLE} to a folder with cases/hazards in it")
    for document in cases.documents(source, kind):
        legal(converted(document, target).value, accepts=lambda value: refused(value, target, kind))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("source", "target"), PAIRS)
@given(data=st.data())
@settings(suppress_health_check=SLOW)
def test_whatever_one_sdk_has_types_for_has_types_in_the_other(
    source: str, target: str, kind: str, data: st.DataObject
) -> None:
    document = data.draw(published(source, kind))
    legal(said(document, source, target, kind), accepts=lambda value: refused(value, target, kind))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("target", WIRES)
@given(data=st.data())
@settings(suppress_health_check=SLOW)
def test_any_record_adapted_has_types(target: str, kind: str, data: st.DataObject) -> None:
    record: Any = data.draw(requests() if kind == "request" else responses())
    legal(write(target, adapt(record, target)), accepts=lambda value: refused(value, target, kind))


@pytest.mark.parametrize(("wire", "kind"), TYPES)
@given(data=st.data())
@settings(suppress_health_check=SLOW, max_examples=30)
def test_what_is_generated_is_what_its_own_sdk_has_types_for(wire: str, kind: str, data: st.DataObject) -> None:
    assert problems(data.draw(published(wire, kind)), wire, kind) == []


@pytest.mark.parametrize(
    ("source", "kind", "sign"),
    [
        ("anthropic", "request", "tool_use_id"),
        ("anthropic", "request", "input_schema"),
        ("anthropic", "response", "server_tool_use"),
        ("openai-chat", "request", "tool_call_id"),
        ("openai-chat", "request", "json_schema"),
        ("openai-chat", "response", "top_logprobs"),
        ("openai-responses", "request", "function_call_output"),
        ("openai-responses", "request", "image_url"),
        ("openai-responses", "response", "computer_call"),
    ],
)
def test_what_is_generated_has_calls_results_schemas_and_images(source: str, kind: str, sign: str) -> None:
    reached(published(source, kind), lambda document: f'"{sign}"' in json.dumps(document))


HELLO: dict[str, Json] = {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "hello"}]}
IMAGE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "original"}}


@pytest.mark.parametrize(
    ("wire", "value", "found"),
    [
        ("anthropic", HELLO, []),
        ("anthropic", {**HELLO, "max_tokens": 1.0}, ["/max_tokens: Input should be a valid integer"]),
        ("anthropic", {**HELLO, "n": 1}, ["/n: Extra inputs are not permitted"]),
        ("anthropic", {"model": "m", "messages": []}, ["/max_tokens: Field required"]),
        (
            "anthropic",
            {**HELLO, "messages": [{"role": "user", "content": "hello", "name": "x"}]},
            ["/messages/0/BetaUserMessageParam/name: Extra inputs are not permitted"],
        ),
        ("openai-chat", {"model": "m", "messages": [{"role": "user", "content": [IMAGE]}]}, []),
        (
            "openai-chat",
            {"model": "m", "messages": [{"role": "robot", "content": ""}]},
            ["/messages/0: is of none of the types"],
        ),
        ("openai-responses", {"model": "m", "input": [{"role": "user", "content": "hello"}], "stream": True}, []),
        (
            "openai-responses",
            {"model": "m", "input": {}},
            ["/input/str: Input should be a valid string", "/input/list"],
        ),
    ],
)
def test_the_types_allow_and_refuse(wire: str, value: Json, found: list[str]) -> None:
    told = problems(value, wire, "request")
    assert len(told) == len(found)
    assert all(words in one for words, one in zip(found, told, strict=True)), told


def test_a_lone_surrogate_is_a_text() -> None:
    assert problems({**HELLO, "system": "\ud83d"}, "anthropic", "request") == []


def test_records_that_say_they_are_open_stay_open() -> None:
    fallback = {"model": "m", "temperature": 1}
    assert problems({**HELLO, "fallbacks": [fallback]}, "anthropic", "request") == []


def test_a_cache_point_goes_with_what_it_stood_behind() -> None:
    marked = {"type": "image", "source": {"type": "file", "file_id": "file_1"}, "cache_control": {"type": "ephemeral"}}
    asked = {
        **HELLO,
        "messages": [*HELLO["messages"], {"role": "user", "content": [marked, {"type": "text", "text": "b"}]}],
    }
    for target in ("openai-chat", "openai-responses", "uitars"):
        value = json.dumps(said(asked, "anthropic", target, "request"))
        assert "hello" in value
        assert "prompt_cache_breakpoint" not in value


def test_a_cache_point_at_the_head_of_a_message_stood_behind_what_has_no_place() -> None:
    sound = {
        "type": "input_audio",
        "input_audio": {"data": "aGk=", "format": "wav"},
        "prompt_cache_breakpoint": {"mode": "explicit"},
    }
    asked = {
        "model": "m",
        "messages": [
            {"role": "user", "content": "hello"},
            {"role": "user", "content": [sound, {"type": "text", "text": "b"}]},
        ],
    }
    value = json.dumps(said(asked, "openai-chat", "anthropic", "request"))
    assert "hello" in value
    assert "cache_control" not in value


def test_a_cache_point_inside_a_document_goes_with_what_it_stood_behind_too() -> None:
    marked = {"type": "image", "source": {"type": "file", "file_id": "file_1"}, "cache_control": {"type": "ephemeral"}}
    inside = {"type": "content", "content": [marked, {"type": "text", "text": "b"}]}
    asked = {**HELLO, "messages": [{"role": "user", "content": [{"type": "document", "source": inside}]}]}
    value = json.dumps(said(asked, "anthropic", "openai-responses", "request"))
    assert '"b"' in value
    assert "prompt_cache_breakpoint" not in value


def test_the_wish_for_a_compaction_is_no_compaction() -> None:
    asked = {"model": "m", "input": [{"role": "user", "content": "hello"}, {"type": "compaction_trigger"}]}
    assert said(asked, "openai-responses", "anthropic", "request")["messages"] == [{"role": "user", "content": "hello"}]


def test_a_document_whose_title_is_null_has_no_filename() -> None:
    document = {"type": "document", "source": {"type": "url", "url": "https://example.com/a.pdf"}, "title": None}
    asked = {**HELLO, "messages": [{"role": "user", "content": [document]}]}
    (message,) = said(asked, "anthropic", "openai-responses", "request")["input"]
    assert message["content"] == [{"type": "input_file", "file_url": "https://example.com/a.pdf"}]


def test_a_format_without_its_schema_takes_any_json() -> None:
    asked = {
        "model": "m",
        "messages": [],
        "response_format": {"type": "json_schema", "json_schema": {"name": "answer"}},
    }
    translation = convert(asked, kind="request", source="openai-chat", target="openai-responses")
    assert translation.value["text"]["format"] == {"type": "json_schema", "name": "answer", "schema": {}}
    assert "/text/format/schema" in [insertion.pointer for insertion in translation.insertions]


def test_a_compaction_without_words_is_no_item_of_a_reply_and_no_wish_for_one() -> None:
    block = {"type": "compaction", "signature": None}
    reply = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [block], "stop_reason": "end_turn",
        "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1},
    }  # fmt: skip
    assert said(reply, "anthropic", "openai-responses", "response")["output"] == []
    asked = {**HELLO, "messages": [*HELLO["messages"], {"role": "assistant", "content": [block]}]}
    assert len(said(asked, "anthropic", "openai-responses", "request")["input"]) == 1


def test_a_reply_is_dated_in_whole_seconds_and_the_rest_is_a_loss() -> None:
    reply = {
        "id": "resp_1", "object": "response", "created_at": 1.5, "model": "m", "output": [], "parallel_tool_calls": True,
        "tool_choice": "auto", "tools": [],
    }  # fmt: skip
    translation = convert(reply, kind="response", source="openai-responses", target="openai-chat")
    assert translation.value["created"] == 1
    (row,) = [row for row in translation.losses if row.pointer == "/created_at"]
    assert (row.kind, row.reason) == ("changed", "a reply's time is in whole seconds (ChatCompletion)")


def test_log_probabilities_of_tokens_without_bytes_stay_behind() -> None:
    top = {"token": "a", "logprob": -1, "bytes": None}
    entry = {"token": "a", "logprob": -1, "bytes": [97], "top_logprobs": [top]}
    choice = {
        "index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "a", "refusal": None},
        "logprobs": {"content": [entry], "refusal": None},
    }  # fmt: skip
    reply = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    (item,) = said(reply, "openai-chat", "openai-responses", "response")["output"]
    assert "logprobs" not in item["content"][0]
