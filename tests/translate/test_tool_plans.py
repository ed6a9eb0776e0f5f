"""Tools a target takes only in another shape: offered otherwise, called otherwise, and said back as the caller's tool takes it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from polyloop.translate import StreamConverter, convert, fold
from polyloop.translate.profiles import profile_for
from polyloop.translate.sse import SseReader
from polyloop.translate.tool_schemas import violations

UNION = {"type": "object", "oneOf": [{"properties": {"a": {"type": "string"}}, "required": ["a"]}]}
OPTIONAL = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "required": ["b"]}
CUSTOM = {
    "model": "m",
    "max_completion_tokens": 9,
    "messages": [
        {"role": "user", "content": "q"},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "custom", "custom": {"name": "shell", "input": "ls"}}]},
        {"role": "tool", "tool_call_id": "c", "content": "r"},
    ],
    "tools": [{"type": "custom", "custom": {"name": "shell", "description": "run"}}],
}  # fmt: skip


def offered(schema: Any, **keys: Any) -> dict[str, Any]:
    function = {"name": "f", "parameters": schema, **keys}
    return {
        "model": "m",
        "messages": [{"role": "user", "content": "q"}],
        "tools": [{"type": "function", "function": function}],
    }


def called(name: str, input: Any) -> dict[str, Any]:
    call = {"type": "tool_use", "id": "c1", "name": name, "input": input}
    return {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [call], "stop_reason": "tool_use",
        "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1},
    }  # fmt: skip


def replied(request: dict[str, Any], reply: dict[str, Any], **settings: Any) -> Any:
    """Convert a Chat request to Messages, and the reply to it back."""
    context = convert(request, kind="request", source="openai-chat", target="anthropic", **settings).context
    assert json.loads(json.dumps(context)) == context
    back = convert(reply, kind="response", source="anthropic", target="openai-chat", context=context)
    return back.value["choices"][0]["message"]["tool_calls"][0]


def test_a_union_at_the_top_is_one_property_there_and_its_value_here() -> None:
    asked = convert(offered(UNION), kind="request", source="openai-chat", target="anthropic").value
    assert violations(asked["tools"][0]["input_schema"], "anthropic") == ()
    call = replied(offered(UNION), called("f", {"value": {"a": "x"}}))
    assert json.loads(call["function"]["arguments"]) == {"a": "x"}


def test_free_text_is_an_object_there_and_text_here() -> None:
    translation = convert(CUSTOM, kind="request", source="openai-chat", target="anthropic")
    assert translation.value["messages"][1]["content"][0]["input"] == {"input": "ls"}
    assert translation.losses == ()
    assert {insertion.pointer for insertion in translation.insertions} > {"/tools/0/input_schema"}
    call = replied(CUSTOM, called("shell", {"input": "ls -la"}))
    assert call == {"id": "c1", "type": "custom", "custom": {"name": "shell", "input": "ls -la"}}


def test_a_call_that_is_not_as_it_was_offered_stays_what_the_model_said() -> None:
    assert replied(CUSTOM, called("shell", {"input": 7}))["type"] == "function"
    call = replied(offered(UNION), called("f", {"a": "x"}))
    assert json.loads(call["function"]["arguments"]) == {"a": "x"}


def test_a_renamed_tool_keeps_its_plan() -> None:
    request = offered(UNION)
    request["tools"][0]["function"]["name"] = "a.b"
    value = convert(request, kind="request", source="openai-chat", target="anthropic").value
    name = value["tools"][0]["name"]
    assert name != "a.b"
    call = replied(request, called(name, {"value": {"a": "x"}}))
    assert (call["function"]["name"], json.loads(call["function"]["arguments"])) == ("a.b", {"a": "x"})


@pytest.mark.parametrize("target", ["openai-chat", "openai-responses"])
def test_a_strict_schema_is_projected_where_the_host_is_known_and_nulls_are_lifted(target: str) -> None:
    tool = {"name": "f", "input_schema": OPTIONAL, "strict": True}
    asked = {"model": "gpt-4.1", "max_tokens": 9, "messages": [{"role": "user", "content": "q"}], "tools": [tool]}
    profile = profile_for("openai", "gpt-4.1", target)
    plain = convert(asked, kind="request", source="anthropic", target=target)
    fitted = convert(asked, kind="request", source="anthropic", target=target, profile=profile)
    schemas = [
        value["tools"][0].get("function", value["tools"][0])["parameters"] for value in (plain.value, fitted.value)
    ]
    assert schemas[0] == OPTIONAL
    assert violations(schemas[1], "openai-strict") == ()
    assert any(row.pointer.startswith("/tools/0/input_schema") for row in fitted.losses)
    function = {"name": "f", "arguments": '{"a":null,"b":1}'}
    reply = {
        "openai-chat": {"id": "r", "object": "chat.completion", "created": 1, "model": "m", "choices": [{"index": 0, "message": {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "function", "function": function}]}, "finish_reason": "tool_calls"}]},
        "openai-responses": {"id": "r", "object": "response", "created_at": 1, "status": "completed", "model": "m", "output": [{"type": "function_call", "id": "fc", "call_id": "c", "status": "completed", **function}]},
    }[target]  # fmt: skip
    back = convert(reply, kind="response", source=target, target="anthropic", context=fitted.context)
    assert back.value["content"][0]["input"] == {"b": 1}


@pytest.mark.parametrize(
    ("request_", "name", "input"),
    [(CUSTOM, "shell", {"input": "ls -la"}), (offered(UNION), "f", {"value": {"a": "x"}})],
)
def test_a_streamed_call_is_said_back_as_the_whole_one(request_: dict[str, Any], name: str, input: Any) -> None:
    context = convert(request_, kind="request", source="openai-chat", target="anthropic").context
    reply = called(name, input)
    block = {**reply["content"][0], "input": {}}
    text = json.dumps(input)
    deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in (text[:5], text[5:])]
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {**reply, "content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": block},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "tool_use", "stop_sequence": None},
            "usage": {"output_tokens": 1},
        },
        {"type": "message_stop"},
    ]
    converter = StreamConverter("anthropic", "openai-chat", context=context)
    sent = b"".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events)
    reader = SseReader()
    streamed = [
        json.loads(event.data)
        for event in reader.feed(converter.feed(sent) + converter.close())
        if event.data and event.data != "[DONE]"
    ]
    whole = convert(reply, kind="response", source="anthropic", target="openai-chat", context=context).value
    folded = fold("openai-chat", streamed)
    assert folded["choices"][0]["message"]["tool_calls"] == whole["choices"][0]["message"]["tool_calls"]
