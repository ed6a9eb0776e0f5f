"""Replies that are not whole: what of them is cut, on every wire that has no word for it itself; and hostile streams by the thousand."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import attrs
import pytest

from polyloop.translate import convert, hub, read, write
from polyloop.translate.errors import TranslateError, WriteError
from polyloop.translate.jsonvalue import Json
from polyloop.translate.stream_converter import StreamConverter
from polyloop.translate.testing import laws, stream_laws
from polyloop.translate.testing.stream_strategies import damaged
from polyloop.translate.unfinished import settled, unsettled
from polyloop.translate.wires import WIRES

RAW = '{"city": "Be'


def anthropic_reply(stop: str | None, arguments: Json = RAW) -> Json:
    block = {"type": "tool_use", "id": "t", "name": "look", "input": arguments}
    return {
        "id": "m", "type": "message", "role": "assistant", "model": "m", "content": [block], "stop_reason": stop,
        "stop_sequence": None, "usage": {"input_tokens": 5, "output_tokens": 1},
    }  # fmt: skip


def chat_reply(stop: str | None, arguments: str = RAW) -> Json:
    call = {"id": "t", "type": "function", "function": {"name": "look", "arguments": arguments}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    choice = {"index": 0, "message": message, "finish_reason": stop}
    usage = {"prompt_tokens": 5, "completion_tokens": 1, "total_tokens": 6}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}


def reply_of(wire: str, document: Json) -> hub.Response:
    reply = read(wire, "response", document)
    assert isinstance(reply, hub.Response)
    return reply


def only_call(reply: hub.Response) -> hub.Call:
    (part,) = reply.candidates[0].turn.parts
    assert isinstance(part, hub.Call)
    return part


@pytest.mark.parametrize(
    ("wire", "document"),
    [
        ("anthropic", anthropic_reply(None)),
        ("anthropic", anthropic_reply("max_tokens")),
        ("openai-chat", chat_reply(None)),
        ("openai-chat", chat_reply("length")),
    ],
)
def test_a_call_that_was_cut_short_has_its_raw_text_and_comes_back_as_it_was(wire: str, document: Json) -> None:
    call = only_call(reply_of(wire, document))
    assert (call.state, call.arguments) == ("cut", hub.Arguments(text=RAW))
    laws.exact_hub(document, wire=wire, kind="response")


@pytest.mark.parametrize(
    ("wire", "document"),
    [("anthropic", anthropic_reply("max_tokens", {"a": 1})), ("openai-chat", chat_reply("length", '{"a": 1}'))],
)
def test_a_call_that_was_whole_before_the_limit_may_run(wire: str, document: Json) -> None:
    assert only_call(reply_of(wire, document)).state == "complete"


def test_free_text_at_the_end_of_a_reply_that_is_not_whole_is_taken_to_be_cut() -> None:
    document = chat_reply("length")
    document["choices"][0]["message"]["tool_calls"] = [
        {"id": "t", "type": "custom", "custom": {"name": "patch", "input": "*** "}}
    ]
    assert only_call(reply_of("openai-chat", document)).state == "cut"
    laws.exact_hub(document, wire="openai-chat", kind="response")


@pytest.mark.parametrize(("wire", "make"), [("anthropic", anthropic_reply), ("openai-chat", chat_reply)])
def test_counts_of_a_reply_that_broke_off_are_lower_bounds(wire: str, make: Any) -> None:
    cut, whole = reply_of(wire, make(None)), reply_of(wire, make("length" if wire == "openai-chat" else "max_tokens"))
    assert cut.status == "cut"
    assert cut.usage is not None
    assert whole.usage is not None
    assert (cut.usage.uncached_in, whole.usage.uncached_in) == (hub.AtLeast(n=5), hub.Known(n=5))


def test_a_response_in_progress_is_cut() -> None:
    usage = {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}
    document = {
        "id": "r",
        "object": "response",
        "created_at": 1,
        "model": "m",
        "status": "in_progress",
        "output": [],
        "usage": usage,
    }
    reply = reply_of("openai-responses", document)
    assert reply.status == "cut"
    assert reply.usage is not None
    assert reply.usage.uncached_in == hub.AtLeast(n=1)
    laws.exact_hub(document, wire="openai-responses", kind="response")


def test_marks_that_reading_would_not_give_are_refused() -> None:
    reply = reply_of("openai-chat", chat_reply(None))
    assert reply.usage is not None
    sure = attrs.evolve(reply, usage=attrs.evolve(reply.usage, uncached_in=hub.Known(n=5)))
    with pytest.raises(WriteError, match="lower bounds"):
        write("openai-chat", sure)
    call = attrs.evolve(only_call(reply), state="complete")
    turn = attrs.evolve(reply.candidates[0].turn, parts=(call,))
    with pytest.raises(WriteError, match="is cut"):
        write("openai-chat", attrs.evolve(reply, candidates=(attrs.evolve(reply.candidates[0], turn=turn),)))


def test_settling_is_idempotent_and_undone() -> None:
    reply = reply_of("openai-chat", chat_reply(None))
    assert settled(reply) == reply
    assert settled(unsettled(reply)) == reply


@pytest.mark.parametrize("target", WIRES)
def test_no_wire_says_of_a_cut_call_that_it_may_run(target: str) -> None:
    for source, document in (("anthropic", anthropic_reply("max_tokens")), ("openai-chat", chat_reply("length"))):
        value = convert(document, kind="response", source=source, target=target).value
        parts = reply_of(target, value).candidates[0].turn.parts
        calls = [part for part in parts if isinstance(part, hub.Call)]
        assert all(call.state != "complete" or not isinstance(call.arguments.value, dict) for call in calls)


def test_thousands_of_damaged_streams_raise_nothing_but_documented_exceptions() -> None:
    random = Random(11)
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    call = {"index": 0, "id": "t", "type": "function", "function": {"name": "look", "arguments": '{"a": 1}'}}
    deltas: list[Json] = [{"role": "assistant", "content": "hi"}, {"tool_calls": [call]}, {}]
    chat = [
        {**chunk, "choices": [{"index": 0, "delta": d, "finish_reason": None if d else "tool_calls"}]} for d in deltas
    ]
    streams: dict[str, bytes] = {
        "openai-chat": "".join(f"data: {json.dumps(e)}\n\n" for e in [*chat]).encode() + b"data: [DONE]\n\n"
    }
    for wire in ("anthropic", "openai-responses", "uitars"):
        converter = StreamConverter("openai-chat", wire)
        streams[wire] = converter.feed(streams["openai-chat"]) + converter.close()
    finished = 0
    for number in range(4000):
        source, target = WIRES[number % 4], random.choice(WIRES)
        data = damaged(streams[source], random)
        try:
            converter = StreamConverter(source, target)
            written = (
                converter.feed(data[: len(data) // 2]) + converter.feed(data[len(data) // 2 :]) + converter.close()
            )
        except TranslateError:
            continue
        finished += converter.finished
        stream_laws.folding_never_raises(stream_laws.read_all(target, [written]), wire=target)
    assert 100 < finished < 4000
