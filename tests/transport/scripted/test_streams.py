"""The law of streams: any document, told in any pieces, folds back to itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.eventstream import (
    ChecksumMismatch,
    EventStreamBuffer,
    InvalidHeadersLength,
    InvalidPayloadLength,
)
from hypothesis import given
from hypothesis import strategies as st
from tests.transport.scripted import folding
from tests.transport.scripted.kit import eventstream, sse

from polyloop.translate.jsonvalue import Json, same_json
from polyloop.transport.scripted import Settings
from polyloop.transport.scripted.replies import Rendered
from polyloop.transport.scripted.streams import Event, events_of, frame_of
from polyloop.transport.scripted.streams.eventstream import frame

texts = st.text(max_size=30) | st.sampled_from(["", "ü👀\u2028\x85\r\n", 'data: {"x"}\n\n', "event: done"])
names = st.text("abc_", min_size=1, max_size=5)
objects = st.dictionaries(
    texts, st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
)
sizes = st.integers(1, 40)

usages = st.fixed_dictionaries({"input_tokens": st.integers(0, 99), "output_tokens": st.integers(1, 99)})
blocks = st.one_of(
    st.fixed_dictionaries({"type": st.just("text"), "text": texts}),
    st.fixed_dictionaries(
        {"type": st.just("text"), "text": texts, "citations": st.lists(st.fixed_dictionaries({"cited_text": texts}))}
    ),
    st.fixed_dictionaries({"type": st.just("thinking"), "thinking": texts, "signature": texts}),
    st.fixed_dictionaries({"type": st.just("redacted_thinking"), "data": texts}),
    st.fixed_dictionaries({"type": st.just("tool_use"), "id": names, "name": names, "input": objects}),
    st.fixed_dictionaries(
        {"type": st.just("tool_use"), "id": names, "name": names, "input": objects, "toolset_name": st.just("computer")}
    ),
    st.fixed_dictionaries({"type": st.just("web_search_tool_result"), "tool_use_id": names, "content": st.just([])}),
)
messages = st.fixed_dictionaries(
    {
        "id": names,
        "type": st.just("message"),
        "role": st.just("assistant"),
        "model": names,
        "content": st.lists(blocks, max_size=4),
        "stop_reason": st.sampled_from(["end_turn", "tool_use", "refusal"]),
        "stop_sequence": st.none() | texts,
        "usage": usages,
    }
)


def told(wire: Any, document: Json, size: int, body: dict[str, Any] | None = None) -> list[Event]:
    return events_of(wire, Rendered(document=document), body or {}, Settings(delta_characters=size))


@given(message=messages, size=sizes)
def test_a_message_folds_back(message: Json, size: int) -> None:
    events = told("anthropic", message, size)
    over_sse = sse(b"".join(map(frame_of("anthropic", Settings()), events)))
    over_frames = eventstream(b"".join(map(frame_of("bedrock", Settings()), events)))
    assert [name for name, _ in over_sse] == [data["type"] for _, data in over_sse]
    assert same_json(folding.anthropic([data for _, data in over_sse]), message, ordered=False)
    assert same_json(folding.anthropic(over_frames), message, ordered=False)


def test_a_member_of_a_toolset_comes_in_one_delta() -> None:
    use = {"type": "tool_use", "id": "a", "name": "type", "input": {"text": "long " * 20}, "toolset_name": "computer"}
    message = {"content": [use], "usage": {"output_tokens": 1}}
    deltas = [
        event.data["delta"]["partial_json"]
        for event in told("anthropic", message, 3)
        if "delta" in event.data and "index" in event.data
    ]
    assert [json.loads(delta) for delta in deltas if delta] == [use["input"]]


calls = st.one_of(
    st.builds(
        lambda id, name, text: {"id": id, "type": "function", "function": {"name": name, "arguments": text}},
        names,
        names,
        texts,
    ),
    st.builds(
        lambda id, name, text: {"id": id, "type": "custom", "custom": {"name": name, "input": text}},
        names,
        names,
        texts,
    ),
)
chat_messages = st.fixed_dictionaries(
    {"role": st.just("assistant"), "content": st.none() | texts, "refusal": st.none() | texts.filter(bool)},
    optional={"tool_calls": st.lists(calls, min_size=1, max_size=3), "reasoning_content": texts.filter(bool)},
)
completions = st.builds(
    lambda messages, usage: {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [
            {"index": index, "message": message, "finish_reason": "stop"} for index, message in enumerate(messages)
        ],
        "usage": usage,
    },
    st.lists(chat_messages, min_size=1, max_size=2),
    usages,
)


@given(completion=completions, size=sizes)
def test_a_completion_folds_back(completion: Json, size: int) -> None:
    events = told("openai-chat", completion, size, {"stream_options": {"include_usage": True}})
    chunks = [data for _, data in sse(b"".join(map(frame_of("openai", Settings()), events)))]
    assert same_json(folding.chat(chunks), completion, ordered=False)


parts = st.one_of(
    st.fixed_dictionaries({"type": st.just("output_text"), "annotations": st.just([]), "text": texts}),
    st.fixed_dictionaries({"type": st.just("refusal"), "refusal": texts}),
)
items = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("message"), "status": st.just("completed"), "content": st.lists(parts, max_size=2)}
    ),
    st.fixed_dictionaries(
        {"type": st.just("function_call"), "status": st.just("completed"), "name": names, "arguments": texts}
    ),
    st.fixed_dictionaries({"type": st.just("custom_tool_call"), "name": names, "input": texts}),
    st.fixed_dictionaries(
        {
            "type": st.just("reasoning"),
            "summary": st.lists(st.fixed_dictionaries({"type": st.just("summary_text"), "text": texts}), max_size=2),
        }
    ),
    st.fixed_dictionaries({"type": st.just("computer_call"), "status": st.just("completed"), "actions": st.just([])}),
)


@given(items=st.lists(items, max_size=4), size=sizes, status=st.sampled_from(["completed", "incomplete", "failed"]))
def test_a_response_folds_back(items: list[Any], size: int, status: str) -> None:
    numbered = [{"id": f"item_{index}", **item} for index, item in enumerate(items)]
    response = {"id": "resp_1", "object": "response", "status": status, "output": numbered, "usage": None}
    events = told("openai-responses", response, size)
    data = [data for _, data in sse(b"".join(map(frame_of("openai", Settings()), events)))]
    assert data[-1]["type"] == f"response.{status}"
    assert same_json(folding.responses(data), response, ordered=False)


@given(headers=st.dictionaries(names, texts, max_size=3), payload=st.binary(max_size=50))
def test_a_frame_is_what_botocore_reads(headers: dict[str, str], payload: bytes) -> None:
    """Lengths and both checksums are right for every header and payload."""
    buffer = EventStreamBuffer()
    buffer.add_data(frame(headers, payload) * 2)
    assert [(message.headers, message.payload) for message in buffer] == [(headers, payload)] * 2


@pytest.mark.parametrize("place", [0, 5, 9, 14, 40, -1])
def test_botocore_would_see_a_wrong_byte(place: int) -> None:
    data = bytearray(frame({":message-type": "event"}, b"some payload of this frame"))
    data[place] ^= 1
    buffer = EventStreamBuffer()
    buffer.add_data(bytes(data))
    with pytest.raises((ChecksumMismatch, InvalidHeadersLength, InvalidPayloadLength)):
        list(buffer)
