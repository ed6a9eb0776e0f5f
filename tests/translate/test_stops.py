"""Why a reply stopped, where the target has no word for it: never a normal end, and nothing else of the reply is lost over it."""

from __future__ import annotations

from typing import Any, Final

import pytest

from polyloop.translate import convert, dumps, hub, loads, read, restore
from polyloop.translate.jsonvalue import Json, same_json
from polyloop.translate.stream_converter import replay

REPLIES: Final[dict[str, Any]] = {
    "anthropic": {
        "id": "m", "type": "message", "role": "assistant", "model": "m", "content": [{"type": "text", "text": "a"}],
        "stop_reason": "end_turn", "stop_sequence": None, "usage": {"input_tokens": 11, "output_tokens": 7},
    },
    "openai-chat": {
        "id": "c", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "a"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
    },
}  # fmt: skip
PAIRS: Final = [(s, t) for s in REPLIES for t in ("anthropic", "openai-chat", "openai-responses") if s != t]
SOURCES_OWN: Final = ("pause_turn", "model_context_window_exceeded", "compaction")


def stopped(wire: str, reason: str) -> Json:
    reply = REPLIES[wire]
    if wire == "anthropic":
        return {**reply, "stop_reason": reason}
    return {**reply, "choices": [{**reply["choices"][0], "finish_reason": reason}]}


def stop_of(wire: str, document: Json) -> hub.StopReason | None:
    reply = read(wire, "response", document)
    assert isinstance(reply, hub.Response)
    return reply.candidates[0].stop


@pytest.mark.parametrize(("source", "target"), PAIRS)
@pytest.mark.parametrize("reason", ["x_new_reason", "", *SOURCES_OWN])
def test_a_stop_that_the_target_has_no_word_for_is_no_normal_end_and_one_row(
    source: str, target: str, reason: str
) -> None:
    translation = convert(stopped(source, reason), kind="response", source=source, target=target)
    assert stop_of(target, translation.value) is hub.Reason.MAX_TOKENS
    rows = [row for row in translation.losses if row.kind != "added" and row.pointer != "/created"]
    assert [(row.before, bool(row.reason)) for row in rows] == [(reason, True)]


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_reply_that_broke_off_stays_one(source: str, target: str) -> None:
    document = stopped(source, "")
    (document if source == "anthropic" else document["choices"][0]).update(
        {"stop_reason": None} if source == "anthropic" else {"finish_reason": None}
    )
    said = stop_of(target, convert(document, kind="response", source=source, target=target).value)
    assert said is (hub.Reason.MAX_TOKENS if target == "openai-chat" else None)


def calling(finish_reason: str, arguments: str = '{"a": 1}', **message: Json) -> dict[str, Any]:
    """A reply of Chat Completions with a call."""
    call = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": arguments}}
    said = {"role": "assistant", "content": None, "tool_calls": [call], **message}
    return {
        **REPLIES["openai-chat"],
        "choices": [{"index": 0, "message": said, "finish_reason": finish_reason}],
    }


def test_a_reply_with_a_call_that_may_run_stops_for_it_though_the_wire_says_stop() -> None:
    """OpenAI says ``stop`` where a function was forced, compatible servers anywhere; a consumer waits for ``tool_use`` before it runs tools."""
    reply = calling("stop")
    translation = convert(reply, kind="response", source="openai-chat", target="anthropic")
    assert translation.value["stop_reason"] == "tool_use"
    (row,) = [row for row in translation.losses if row.pointer == "/choices/0/finish_reason"]
    assert (row.kind, row.before, row.after) == ("changed", "stop", "tool_calls")
    assert row.reason is not None
    assert "tool_use" in row.reason
    assert same_json(restore(loads(dumps(translation))), reply)


def test_a_converted_stream_says_so_too() -> None:
    events = [*replay("openai-chat", calling("stop"))]
    written = convert(events, kind="stream", source="openai-chat", target="anthropic").value
    assert [event["delta"]["stop_reason"] for event in written if event["type"] == "message_delta"] == ["tool_use"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (calling("tool_calls"), "tool_use"),
        (calling("length"), "max_tokens"),
        (calling("length", '{"a": '), "max_tokens"),
        (calling("content_filter"), "refusal"),
        (calling("stop", tool_calls=None, content="a"), "end_turn"),
        (calling("stop", tool_calls=[], content="a"), "end_turn"),
        (calling("stop", tool_calls=None, refusal="no"), "refusal"),
    ],
)
def test_no_other_word_is_taken_for_a_wish_to_call(reply: Json, reason: str) -> None:
    assert convert(reply, kind="response", source="openai-chat", target="anthropic").value["stop_reason"] == reason
