"""Law L5 over generated streams: valid, interleaved, truncated, corrupted, in any pieces; and what people would ask about."""

from __future__ import annotations

from itertools import pairwise, permutations
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyloop.translate import hub, read
from polyloop.translate.adapting import Adapting
from polyloop.translate.errors import UsageError, WriteError
from polyloop.translate.event_converter import MOST_PARTS, EventConverter
from polyloop.translate.folding import CallSoFar, Fold, fold
from polyloop.translate.hub_events import MessageStart, PartDelta, PartEnd, PartStart
from polyloop.translate.jsonvalue import Json
from polyloop.translate.provider_errors import classify_event
from polyloop.translate.stream_converter import StreamConverter, convert_events, replay
from polyloop.translate.stream_reader import DONE, StreamReader
from polyloop.translate.testing import stream_laws as laws
from polyloop.translate.testing.strategies import reached
from polyloop.translate.testing.stream_grammar import FAULTS
from polyloop.translate.testing.stream_strategies import (
    byte_streams,
    corrupted,
    event_sequences,
    neutral_sequences,
    pieces_of,
    truncated,
)
from polyloop.translate.translation import convert
from polyloop.translate.wires import WIRES, stream_of, wire_of

PAIRS: Final = list(permutations(WIRES, 2))
FEW: Final = settings(max_examples=25)


@pytest.mark.parametrize("wire", WIRES)
@FEW
@given(data=st.data())
def test_any_split_of_the_bytes_gives_the_same_events(wire: str, data: st.DataObject) -> None:
    stream = data.draw(byte_streams(wire))
    laws.any_split_gives_the_same_events(stream, data.draw(pieces_of(stream)), wire=wire)


@pytest.mark.parametrize("wire", WIRES)
@FEW
@given(data=st.data())
def test_folding_never_raises_whatever_comes(wire: str, data: st.DataObject) -> None:
    events = data.draw(event_sequences(wire))
    laws.folding_never_raises(data.draw(corrupted(events)), wire=wire)
    laws.folding_never_raises(data.draw(truncated(events)), wire=wire)


@pytest.mark.parametrize("wire", WIRES)
@FEW
@given(data=st.data())
def test_a_stream_without_its_end_is_no_finished_reply(wire: str, data: st.DataObject) -> None:
    laws.a_cut_stream_is_not_finished(data.draw(event_sequences(wire)), wire=wire)


@pytest.mark.parametrize("wire", WIRES)
@FEW
@given(data=st.data())
def test_what_is_written_keeps_the_grammar_of_its_wire(wire: str, data: st.DataObject) -> None:
    assert FAULTS[wire](data.draw(event_sequences(wire))) == []


@pytest.mark.parametrize("target", WIRES)
def test_a_stream_that_failed_is_none_of_the_grammar(target: str) -> None:
    failed = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    adapting = Adapting(target=target, source="anthropic")
    events = [START, block(0, "text", text=""), delta(0, "text_delta", text="hi"), failed]
    assert FAULTS[target](convert_events(events, wire_of("anthropic"), wire_of(target), adapting)) != []


@pytest.mark.parametrize("wire", WIRES)
@FEW
@given(data=st.data())
def test_a_stream_folds_to_the_reply_it_was_made_of(wire: str, data: st.DataObject) -> None:
    events = data.draw(event_sequences(wire))
    reply = fold(wire, events)
    laws.replay_folds_to_the_reply(reply, wire=wire)


@pytest.mark.parametrize(("source", "target"), PAIRS)
@settings(max_examples=15)
@given(data=st.data())
def test_converting_commutes_with_folding(source: str, target: str, data: st.DataObject) -> None:
    events = data.draw(event_sequences(source))
    laws.converting_commutes_with_folding(events, source=source, target=target)
    laws.bytes_convert_as_events_do(data.draw(pieces_of(laws.sse_of(source, events))), source=source, target=target)


@pytest.mark.parametrize(("source", "target"), PAIRS)
@settings(max_examples=15)
@given(data=st.data())
def test_a_damaged_stream_converts_to_one_that_folds(source: str, target: str, data: st.DataObject) -> None:
    events = data.draw(event_sequences(source).flatmap(lambda valid: corrupted(valid) | truncated(valid)))
    written = convert_events(events, wire_of(source), wire_of(target), Adapting(target=target, source=source))
    laws.folding_never_raises(written, wire=target)
    folding = Fold(source)
    for event in events:
        folding.push(event)
    converted = Fold(target)
    for event in written:
        converted.push(event)
    assert folding.finished or not converted.finished


def test_the_strategies_reach_interleaved_calls() -> None:
    def interleaved(events: list[Any]) -> bool:
        order = [event.index for event in events if isinstance(event, PartDelta)]
        return any(one > other for one, other in pairwise(order))

    assert reached(neutral_sequences(), interleaved)


# Examples.


def block(index: int, kind: str, **more: Json) -> Json:
    return {"type": "content_block_start", "index": index, "content_block": {"type": kind, **more}}


def delta(index: int, kind: str, **more: Json) -> Json:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **more}}


def stop(index: int) -> Json:
    return {"type": "content_block_stop", "index": index}


START: Final[Json] = {
    "type": "message_start",
    "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None,
        "stop_sequence": None, "usage": {"input_tokens": 9, "output_tokens": 1},
    },
}  # fmt: skip
END: Final[list[Json]] = [
    {
        "type": "message_delta",
        "delta": {"stop_reason": "tool_use", "stop_sequence": None},
        "usage": {"output_tokens": 5},
    },
    {"type": "message_stop"},
]
TOOL: Final[Json] = {"id": "t1", "name": "look", "input": {}}


def chunk(delta: Json, finish: str | None = None, **more: Json) -> Json:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice], **more}


def call(index: int, arguments: str, **more: Json) -> Json:
    return {"tool_calls": [{"index": index, "function": {"arguments": arguments, **more.pop("function", {})}, **more}]}


PARALLEL: Final[list[Json]] = [
    chunk(call(0, "", id="a", type="function", function={"name": "f"})),
    chunk(call(1, "", id="b", type="function", function={"name": "g"})),
    chunk(call(0, '{"city": "Be')),
    chunk(call(1, '{"city": "Oslo"}')),
    chunk(call(0, 'rn"}')),
    chunk({}, "tool_calls"),
    "[DONE]",
]


def test_parallel_calls_keep_their_own_arguments_on_every_wire() -> None:
    for target in WIRES:
        written = convert_events(
            PARALLEL, wire_of("openai-chat"), wire_of(target), Adapting(target=target, source="openai-chat")
        )
        reply = read(target, "response", fold(target, written))
        assert isinstance(reply, hub.Response)
        calls = [part for part in reply.candidates[0].turn.parts if isinstance(part, hub.Call)]
        assert [(c.name, c.arguments.value) for c in calls] == [("f", {"city": "Bern"}), ("g", {"city": "Oslo"})]


def test_a_call_may_run_only_when_its_block_closed_and_its_arguments_parse() -> None:
    folding = Fold("anthropic")
    for event in (START, block(0, "tool_use", **TOOL), delta(0, "input_json_delta", partial_json='{"a": 1}')):
        folding.push(event)
    assert folding.calls == (CallSoFar(id="t1", name="look", arguments='{"a": 1}', complete=False),)
    folding.push(stop(0))
    assert folding.calls[0].complete


def test_a_cut_call_keeps_its_raw_text_and_is_cut() -> None:
    events = [START, block(0, "tool_use", **TOOL), delta(0, "input_json_delta", partial_json='{"a": 1')]
    reply = read("anthropic", "response", fold("anthropic", events))
    assert isinstance(reply, hub.Response)
    assert reply.status == "cut"
    assert reply.candidates[0].turn.parts == (
        hub.Call(id="t1", name="look", arguments=hub.Arguments(text='{"a": 1'), state="cut"),
    )


def test_usage_of_a_cut_stream_is_a_lower_bound_and_unknown_stays_unknown() -> None:
    reply = read("anthropic", "response", fold("anthropic", [START, block(0, "text", text="")]))
    assert isinstance(reply, hub.Response)
    assert reply.usage is not None
    assert (reply.usage.uncached_in, reply.usage.out_text) == (hub.AtLeast(n=9), hub.AtLeast(n=1))
    assert reply.usage.cache_read is None
    silent = read("openai-chat", "response", fold("openai-chat", [chunk({"content": "a"})]))
    assert isinstance(silent, hub.Response)
    assert (silent.status, silent.usage) == ("cut", None)


def test_truncation_by_length_leaves_a_call_that_may_not_run() -> None:
    events = [chunk(call(0, '{"a', id="a", type="function", function={"name": "f"})), chunk({}, "length"), DONE]
    folding = Fold("openai-chat")
    for event in events:
        folding.push(event)
    assert folding.finished
    assert not folding.calls[0].complete
    reply = read("openai-chat", "response", folding.partial)
    assert isinstance(reply, hub.Response)
    assert [part.state for part in reply.candidates[0].turn.parts if isinstance(part, hub.Call)] == ["cut"]


@pytest.mark.parametrize(
    ("wire", "event"),
    [
        ("anthropic", {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
        ("openai-chat", {"error": {"message": "slow down", "type": "rate_limit_error", "code": "rate_limit_exceeded"}}),
        ("openai-responses", {"type": "error", "code": "server_error", "message": "oops", "param": None}),
        ("openai-responses", {"error": {"code": "server_error", "message": "oops", "type": "server_error"}}),
        ("openai-responses", {"type": "response.failed", "response": {"id": "r", "object": "response", "status": "failed", "output": [],
                              "error": {"code": "rate_limit_exceeded", "message": "slow"}}}),
    ],
)  # fmt: skip
def test_an_error_inside_a_stream_is_the_record_that_classifying_it_gives(wire: str, event: Json) -> None:
    folding = Fold(wire)
    (record,) = StreamReader(wire).feed(laws.sse_of("openai-chat", [event]))
    folding.push(record)
    assert folding.error == classify_event(wire, event)
    assert not folding.finished
    for target in WIRES:
        written = convert_events([event], wire_of(wire), wire_of(target), Adapting(target=target, source=wire))
        converted = Fold(target)
        for document in written:
            converted.push(document)
        assert converted.error is not None
        assert folding.error is not None
        assert (converted.error.kind, converted.error.message) == (folding.error.kind, folding.error.message)


def test_unknown_events_deltas_and_fields_survive_and_change_nothing() -> None:
    news = [
        {"type": "message_pondered", "x": 1},
        delta(0, "hum_delta", hum="mm"),
        {**delta(0, "text_delta", text="!"), "new": [1]},
    ]
    events = [START, block(0, "text", text=""), delta(0, "text_delta", text="hi"), *news, stop(0), *END]
    records = laws.read_all("anthropic", [laws.sse_of("anthropic", events)])
    assert laws.documents_of("anthropic", [laws.sse_of("anthropic", events)]) == events
    assert fold("anthropic", records)["content"] == [{"type": "text", "text": "hi!"}]


def test_a_second_reply_behind_the_terminator_is_not_of_this_one() -> None:
    events = [START, block(0, "text", text="a"), stop(0), *END]
    assert fold("anthropic", [*events, *events]) == fold("anthropic", events)
    chat = [chunk({"content": "a"}, "stop"), "[DONE]", chunk({"content": "b"})]
    assert fold("openai-chat", chat) == fold("openai-chat", chat[:2])


def test_several_choices_are_replayed_and_folded() -> None:
    choices = [
        {"index": n, "message": {"role": "assistant", "content": f"answer {n}"}, "finish_reason": "stop"}
        for n in range(3)
    ]
    reply = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "choices": choices}
    laws.replay_folds_to_the_reply(reply, wire="openai-chat")


def test_a_refusal_behind_an_empty_text_is_a_refusal_alone_on_every_wire() -> None:
    words = ["I'm", " sorry"]
    chunks = [
        chunk({"role": "assistant", "content": "", "refusal": None}),
        *(chunk({"content": "", "refusal": word}) for word in words),
        chunk({"content": ""}, "stop"),
        "[DONE]",
    ]
    message = fold("openai-chat", chunks)["choices"][0]["message"]
    assert message == {"role": "assistant", "content": None, "refusal": "I'm sorry"}
    chat, responses = wire_of("openai-chat"), wire_of("openai-responses")
    events = convert_events(chunks, chat, responses, Adapting(target="openai-responses", source="openai-chat"))
    assert [event["delta"] for event in events if event["type"] == "response.refusal.delta"] == words
    assert [part["type"] for part in fold("openai-responses", events)["output"][0]["content"]] == ["refusal"]


def test_an_empty_id_of_a_call_is_kept_and_hides_none_that_says_something() -> None:
    pieces = [("a", ""), ("", "{"), ("", "}")], [("", ""), ("", "{"), ("b", "}")], [("", "{}")]
    for said, expected in zip(pieces, ("a", "b", ""), strict=True):
        chunks = [chunk(call(0, arguments, id=name)) for name, arguments in said]
        reply = fold("openai-chat", [*chunks, chunk({}, "tool_calls"), "[DONE]"])
        (found,) = reply["choices"][0]["message"]["tool_calls"]
        assert (found["id"], found["function"]["arguments"]) == (expected, "{}")


def test_a_word_of_a_vendor_beside_each_delta_is_said_once() -> None:
    chunks = [chunk({"content": "a"}, "stop") for _ in range(2)]
    for one in chunks:
        one["choices"][0]["native_finish_reason"] = "stop"
    assert fold("openai-chat", [*chunks, "[DONE]"])["choices"][0]["native_finish_reason"] == "stop"


def test_tier_and_fingerprint_are_those_said_last() -> None:
    head = chunk({"content": "a"}, "stop")
    chunks = [
        head | {"service_tier": "auto", "system_fingerprint": "fp", "obfuscation": "xx"},
        head | {"service_tier": "default", "system_fingerprint": None},
        "[DONE]",
    ]
    reply = fold("openai-chat", chunks)
    assert (reply["service_tier"], reply["system_fingerprint"]) == ("default", "fp")
    assert "obfuscation" not in reply


def test_mistral_thinking_in_lists_becomes_one_part_for_each_run() -> None:
    thought = [
        chunk({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": text}]}]}) for text in ("a", "b")
    ]
    reply = fold("openai-chat", [*thought, chunk({"content": "c"}), chunk({"content": "d"}, "stop"), "[DONE]"])
    assert reply["choices"][0]["message"]["content"] == [
        {"type": "thinking", "thinking": [{"type": "text", "text": "ab"}]}, {"type": "text", "text": "cd"}
    ]  # fmt: skip


@pytest.mark.parametrize("target", ["openai-chat", "openai-responses"])
def test_no_part_in_sequence_is_held_back(target: str) -> None:
    converter = StreamConverter("anthropic", target)
    events = [START, block(0, "text", text=""), *[delta(0, "text_delta", text=str(n)) for n in range(5)], stop(0)]
    events += [
        block(1, "tool_use", **TOOL),
        *[delta(1, "input_json_delta", partial_json=p) for p in ('{"a', '"', ":1}")],
        stop(1),
    ]
    if target == "openai-responses":  # the other wire has no thinking
        events += [block(2, "thinking", thinking="", signature=""), delta(2, "thinking_delta", thinking="hm"), stop(2)]
        events += [block(3, "thinking", thinking="", signature=""), delta(3, "thinking_delta", thinking="ho"), stop(3)]
    for event in [*events, *END]:
        written = converter.feed(laws.sse_of("anthropic", [event]))
        assert converter.waiting == 0
        assert written.count(b"data: ") >= (event["type"] == "content_block_delta"), event
    converter.close()


def test_anthropic_blocks_wait_for_the_one_before_them_and_no_longer() -> None:
    converter = StreamConverter("openai-chat", "anthropic")
    written = [converter.feed(laws.sse_of("openai-chat", [event])) for event in PARALLEL]
    assert b'"partial_json":"{\\"city\\": \\"Be"' in written[2]
    assert b"Oslo" not in written[3]
    assert b"Oslo" in written[5]


def test_parts_beyond_the_bound_come_at_the_end() -> None:
    blocks = [
        event
        for n in range(MOST_PARTS + 9)
        for event in (
            block(n, "tool_use", id=f"t{n}", name="f", input={}),
            delta(n, "input_json_delta", partial_json="{}"),
            stop(n),
        )
    ]
    laws.converting_commutes_with_folding([START, *blocks, *END], source="anthropic", target="openai-responses")


def test_losses_of_a_stream_are_those_of_the_reply() -> None:
    thinking = [block(0, "thinking", thinking="", signature=""), delta(0, "thinking_delta", thinking="hm"),
                delta(0, "signature_delta", signature="sig"), stop(0)]  # fmt: skip
    events = [START, *thinking, block(1, "text", text=""), delta(1, "text_delta", text="a"), stop(1), *END]
    converter = StreamConverter("anthropic", "openai-chat")
    converter.feed(laws.sse_of("anthropic", events))
    with pytest.raises(UsageError, match="closed"):
        assert converter.losses
    converter.close()
    assert (
        converter.losses
        == convert(fold("anthropic", events), kind="response", source="anthropic", target="openai-chat").losses
    )
    assert any(row.pointer == "/content/0" for row in converter.losses)


def test_names_and_ids_of_the_context_are_said_back() -> None:
    context: dict[str, Json] = {"names": {"look.at": "look"}, "ids": {}}
    converter = StreamConverter("anthropic", "openai-chat", context)
    events = [START, block(0, "tool_use", **TOOL), delta(0, "input_json_delta", partial_json="{}"), stop(0), *END]
    written = converter.feed(laws.sse_of("anthropic", events)) + converter.close()
    reply = fold("openai-chat", laws.read_all("openai-chat", [written]))
    assert reply["choices"][0]["message"]["tool_calls"][0]["function"]["name"] == "look.at"


def test_a_frame_of_a_delta_is_the_frame_of_its_event() -> None:
    for target in WIRES:
        one, other = stream_of(target).writer(), stream_of(target).writer()
        reply = fold("openai-chat", [chunk({"content": "x"}, "stop"), "[DONE]"])
        value = convert(reply, kind="response", source="openai-chat", target=target).value
        (piece,) = stream_of(target).pieces(value).values()
        for writer in (one, other):
            writer.start(value)
            writer.part_start(0, piece)
        for text in ("a", '"\\\n\u2028é\ud800', ""):
            framed = other.framed_delta(0, text)
            assert framed is not None
            assert laws.documents_of(target, [framed.encode("utf-8", "backslashreplace")]) == one.part_delta(0, text)


def test_a_reply_begins_before_all_else_whatever_its_source_sends_first() -> None:
    converter = EventConverter(wire_of("anthropic"), Adapting(target="anthropic", source="openai-responses"))
    written = converter.push(PartStart(index=0, part=hub.Text(text="")))
    written += converter.push(PartDelta(index=0, text="hi"))
    written += converter.push(MessageStart(response=hub.Response(id="r", model="m")))
    assert [event["type"] for event in written] == ["message_start", "content_block_start", "content_block_delta"]


def test_a_start_that_speaks_of_an_error_is_the_start_of_a_message() -> None:
    converter = EventConverter(wire_of("anthropic"), Adapting(target="anthropic", source="openai-responses"))
    failed = hub.Response(id="r", model="m", status="failed", error={"code": "server_error", "message": "no"})
    (begun,) = converter.push(MessageStart(response=failed))
    assert begun["message"]["type"] == "message"


def test_a_message_that_another_item_ends_is_ended_whole() -> None:
    events = [START, block(0, "text", text=""), delta(0, "text_delta", text="a"), block(1, "tool_use", **TOOL)]
    events += [delta(1, "input_json_delta", partial_json="{}"), stop(1), delta(0, "text_delta", text="b"), *END]
    converter = StreamConverter("anthropic", "openai-responses")
    written = converter.feed(laws.sse_of("anthropic", events)) + converter.close()
    documents = laws.documents_of("openai-responses", [written])
    assert FAULTS["openai-responses"](documents) == []
    assert documents[-1]["response"]["output"][0]["content"][0]["text"] == "ab"


@pytest.mark.parametrize("stray", [5, "a", ["a"], {"type": {}}])
@pytest.mark.parametrize(
    ("wire", "key", "reply"),
    [
        ("anthropic", "content", {"type": "message", "role": "assistant", "model": "m"}),
        ("openai-responses", "output", {"object": "response", "model": "m"}),
        ("openai-chat", "choices", {"object": "chat.completion", "model": "m"}),
    ],
)
def test_what_no_event_can_speak_of_is_not_replayed(wire: str, key: str, reply: dict[str, Json], stray: Json) -> None:
    with pytest.raises(WriteError, match=f"/{key}/0"):
        replay(wire, {**reply, key: [stray]})


@pytest.mark.parametrize("summary", ["words", {"type": "text"}, ["words"], [{"type": 5}]])
def test_reasoning_in_a_form_that_nobody_published_is_replayed_whole(summary: Json) -> None:
    item = {"type": "reasoning", "id": "rs_1", "summary": summary}
    reply = {"id": "r", "object": "response", "model": "m", "status": "completed", "output": [item]}
    laws.replay_folds_to_the_reply(reply, wire="openai-responses")


def test_citations_that_are_no_list_are_not_replayed() -> None:
    block = {"type": "text", "text": "a", "citations": 5}
    with pytest.raises(WriteError, match="/content/0/citations"):
        replay("anthropic", {"type": "message", "role": "assistant", "model": "m", "content": [block]})


def test_a_held_part_lets_nothing_behind_it_pass_and_then_all() -> None:
    converter = EventConverter(wire_of("openai-responses"), Adapting(target="openai-responses", source="openai-chat"))
    converter.push(MessageStart(response=hub.Response(id="r", model="m")))
    assert (
        converter.push(PartStart(index=0, part=hub.Thinking())) == []
    )  # it may turn out to be sealed, and without a word
    assert converter.push(PartDelta(index=0, text="hm")) == []
    assert converter.push(PartStart(index=1, part=hub.Text(text=""))) == []
    assert converter.push(PartDelta(index=1, text="hi")) == []
    written = converter.push(PartEnd(index=0, part=hub.Thinking(text="hm")))
    assert [event["item"]["type"] for event in written if event["type"] == "response.output_item.added"] == [
        "reasoning",
        "message",
    ]
    assert written[-1]["delta"] == "hi"


@pytest.mark.parametrize("target", ["anthropic", "openai-responses"])
def test_thinking_in_a_list_of_content_is_a_part_in_its_place(target: str) -> None:
    thoughts = [{"type": "thinking", "thinking": [{"type": "text", "text": text}]} for text in ("I ", "see.")]
    contents: list[Json] = [
        "",
        *([thought] for thought in thoughts),
        "It ",
        "is ",
        [{"type": "text", "text": "4"}],
        [thoughts[0]],
        ".",
    ]
    chunks = [*(chunk({"content": content}) for content in contents), chunk({}, "stop"), "[DONE]"]
    laws.converting_commutes_with_folding(
        [Fold("openai-chat").record(event) for event in chunks], source="openai-chat", target=target
    )
    converter = StreamConverter("openai-chat", target)
    written = [converter.feed(laws.sse_of("openai-chat", [event])) for event in chunks]
    assert all(words in said for words, said in zip((b"It ", b"is ", b"4"), written[3:6], strict=True))


def test_words_before_a_list_of_content_are_its_first_part() -> None:
    thought = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
    contents: list[Json] = ["a", "b", "", [{"type": "text", "text": "c"}], "d", [thought], "e"]
    events = [*(chunk({"content": content}) for content in contents), chunk({}, "stop"), "[DONE]"]
    adapting = Adapting(target="anthropic", source="openai-chat")
    written = convert_events(events, wire_of("openai-chat"), wire_of("anthropic"), adapting)
    content = fold("anthropic", written)["content"]
    assert [block.get("text") or block.get("thinking") for block in content] == ["abcd", "hm", "e"]


UITARS: Final = "Thought: I see it.\nAction: click(point='<point>10 20</point>')"


def uitars_events(text: str, finish: str | None = "stop") -> list[Json]:
    return [*(chunk({"content": character}) for character in text), chunk({}, finish), "[DONE]"]


def test_uitars_words_are_shown_as_they_come_and_markers_are_held_back() -> None:
    folding = Fold("uitars")
    shown: list[tuple[str, str]] = []
    for event in uitars_events(UITARS):
        folding.push(event)
        shown.append((folding.text, folding.thinking))
        assert folding.finished or not any(call.complete for call in folding.calls)
    assert {text for text, _ in shown} == {""}
    assert all("I see it.".startswith(thought) for _, thought in shown)
    assert folding.calls == (CallSoFar(id="c1_0", name="computer", arguments="", complete=True),)


def test_uitars_words_without_an_action_are_text() -> None:
    folding = Fold("uitars")
    for event in uitars_events("Just words."):
        folding.push(event)
    assert (folding.text, folding.thinking, folding.calls) == ("Just words.", "", ())


def test_a_uitars_reply_that_broke_off_runs_nothing() -> None:
    folding = Fold("uitars")
    for event in uitars_events(UITARS)[:-2]:
        folding.push(event)
    assert not folding.finished
    assert [call.complete for call in folding.calls] == [False]


def test_a_reply_that_failed_is_replayed_as_its_error() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "m"}}
    assert replay("anthropic", error) == [error]


def test_a_whole_list_needs_no_mark_at_its_end() -> None:
    events = [event for event in PARALLEL if event != "[DONE]"]
    value = convert(events, kind="stream", source="openai-chat", target="anthropic").value
    assert value[-1] == {"type": "message_stop"}
    assert convert(events, kind="stream", source="openai-chat", target="openai-chat").value == events
