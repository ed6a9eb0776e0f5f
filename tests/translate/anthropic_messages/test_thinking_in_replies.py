"""Reasoning of other providers in a reply: thinking without a seal, which clients show and no request gives back to the API."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import example, find, given
from hypothesis import strategies as st

from polyloop.translate import adapt, convert, fold, hub, read, write
from polyloop.translate.jsonvalue import Json, same_json
from polyloop.translate.profiles import profile_for
from polyloop.translate.stream_converter import replay
from polyloop.translate.testing import laws
from polyloop.translate.testing.stream_grammar import anthropic_faults
from polyloop.translate.testing.stream_laws import converting_commutes_with_folding

SEAL: Final = "gAAAAA-sealed"


def item(*summary: str, text: str | None = None, seal: str | None = None) -> Json:
    parts = [{"type": "summary_text", "text": part} for part in summary]
    return {
        "type": "reasoning", "id": "rs_0", "summary": parts,
        **({} if text is None else {"content": [{"type": "reasoning_text", "text": text}]}),
        **({} if seal is None else {"encrypted_content": seal}),
    }  # fmt: skip


ANSWER: Final = {
    "type": "message", "id": "msg_0", "role": "assistant", "status": "completed",
    "content": [{"type": "output_text", "text": "hi", "annotations": []}],
}  # fmt: skip


def responses_reply(*output: Json) -> dict[str, Any]:
    return {
        "id": "resp_1", "object": "response", "created_at": 0, "status": "completed", "error": None,
        "incomplete_details": None, "model": "m", "output": [*output, ANSWER], "parallel_tool_calls": True,
        "tool_choice": "auto", "tools": [], "usage": None,
    }  # fmt: skip


def chat_reply(**message: Json) -> dict[str, Any]:
    said = {"role": "assistant", "content": "hi", **message}
    return {
        "id": "c", "object": "chat.completion", "created": 0, "model": "m",
        "choices": [{"index": 0, "message": said, "finish_reason": "stop"}],
    }  # fmt: skip


def content_of(source: str, reply: Json) -> Json:
    return convert(reply, kind="response", source=source, target="anthropic").value["content"]


def thinking(text: str, signature: str = "") -> Json:
    return {"type": "thinking", "thinking": text, "signature": signature}


CASES: Final[list[tuple[str, Json, list[Json]]]] = [
    ("openai-responses", responses_reply(item("a", seal=SEAL)), [thinking("a")]),
    ("openai-responses", responses_reply(item("a", "b", seal=SEAL)), [thinking("a"), thinking("b")]),
    ("openai-responses", responses_reply(item("a", text="all of it")), [thinking("all of it")]),
    ("openai-responses", responses_reply(item(seal=SEAL)), []),
    ("openai-responses", responses_reply(item(text="")), []),
    ("openai-chat", chat_reply(reasoning_content="a"), [thinking("a")]),
    ("openai-chat", chat_reply(reasoning="a"), [thinking("a")]),
    (
        "openai-chat",
        chat_reply(
            reasoning_details=[
                {"type": "reasoning.text", "text": "a", "format": "anthropic-claude-v1", "index": 0, "signature": ""}
            ]
        ),
        [thinking("a")],
    ),
    (
        "openai-chat",
        chat_reply(reasoning_details=[{"type": "reasoning.text", "text": "a", "signature": "s", "format": "anthropic-claude-v1"}]),
        [thinking("a", "s")],
    ),
    (
        "openai-chat",
        chat_reply(reasoning_details=[{"type": "reasoning.encrypted", "data": SEAL, "format": "openai-responses-v1"}]),
        [],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("source", "reply", "thoughts"), CASES)
def test_reasoning_that_has_words_is_thinking_and_its_seal_stays_out(
    source: str, reply: Json, thoughts: list[Json]
) -> None:
    assert content_of(source, reply) == [*thoughts, {"type": "text", "text": "hi"}]
    losses = convert(reply, kind="response", source=source, target="anthropic").losses
    assert all(row.reason for row in losses)
    assert (SEAL in str(reply)) == (SEAL in str([row.before for row in losses]))


STREAMED: Final = [case for case in CASES if "signature" not in str(case[1])]
"""Without those whose reasoning a replay says in the last chunk, behind the words."""


@pytest.mark.parametrize(("source", "reply", "thoughts"), STREAMED)
def test_a_stream_says_it_as_the_whole_reply_does_and_signs_nothing(
    source: str, reply: Json, thoughts: list[Json]
) -> None:
    events = replay(source, reply)
    converting_commutes_with_folding(events, source=source, target="anthropic")
    streamed = convert(events, kind="stream", source=source, target="anthropic").value
    assert fold("anthropic", streamed)["content"][: len(thoughts)] == thoughts
    assert "signature_delta" not in str(streamed)
    assert ("thinking_delta" in str(streamed)) == bool(thoughts)
    assert anthropic_faults(streamed) == []


def test_thinking_without_a_seal_is_replayed_without_a_signature() -> None:
    reply = {
        "id": "m", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn", "stop_sequence": None,
        "content": [thinking("a"), thinking("b", "s"), {"type": "text", "text": "hi"}],
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }  # fmt: skip
    events = replay("anthropic", reply)
    assert [event["delta"]["signature"] for event in events if "signature" in event.get("delta", ())] == ["s"]
    assert same_json(fold("anthropic", events), reply, ordered=False)
    laws.exact_hub(reply, wire="anthropic", kind="response")
    read_back = read("anthropic", "response", reply)
    assert isinstance(read_back, hub.Response)
    thoughts = [part for part in read_back.candidates[0].turn.parts if isinstance(part, hub.Thinking)]
    assert [part.seal for part in thoughts] == [None, hub.Seal(kind="signature", data="s", family="anthropic")]


def asked(*blocks: Json) -> dict[str, Any]:
    said = {"role": "assistant", "content": [*blocks, {"type": "text", "text": "hi"}]}
    messages = [{"role": "user", "content": "q"}, said, {"role": "user", "content": "go on"}]
    return {"model": "claude-opus-5", "max_tokens": 9, "messages": messages}


def test_no_request_gives_thinking_without_a_seal_to_the_api() -> None:
    request = asked(thinking("a"), thinking("b", "s"))
    laws.exact_hub(request, wire="anthropic", kind="request")
    fitted = write("anthropic", adapt(read("anthropic", "request", request), "anthropic"))
    profile = profile_for("anthropic", "claude-opus-5", "anthropic")
    assert profile is not None
    profiled = convert(request, kind="request", source="anthropic", target="anthropic", profile=profile)
    assert fitted["messages"][1]["content"] == profiled.value["messages"][1]["content"]
    assert fitted["messages"][1]["content"] == [thinking("b", "s"), {"type": "text", "text": "hi"}]
    assert [row.pointer for row in profiled.losses if row.kind == "dropped"] == ["/messages/1/content/0"]


@pytest.mark.parametrize("target", ["openai-chat", "openai-responses"])
def test_a_reply_that_crossed_comes_back_into_a_request_without_its_thinking(target: str) -> None:
    blocks = content_of("openai-responses", responses_reply(item("a", seal=SEAL)))
    value = convert(asked(*blocks[:-1]), kind="request", source="anthropic", target=target).value
    assert "thinking" not in str(value)
    assert "reasoning" not in str(value)
    assert "'a'" not in str(value)


def test_plain_chat_completions_has_no_key_of_a_vendor_for_it() -> None:
    reply = convert(
        {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [thinking("a"), thinking("b", "s")],
         "stop_reason": "end_turn", "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}},
        kind="response", source="anthropic", target="openai-chat",
    ).value  # fmt: skip
    assert "reasoning" not in str(reply["choices"])


_words = st.text(max_size=4)


@given(st.lists(_words, max_size=3), st.none() | _words, st.none() | st.just(SEAL))
@example(["a", "b"], None, SEAL)
@example([], "", None)
def test_whatever_reasoning_says_the_law_of_streams_and_the_law_of_losses_hold(
    summary: list[str], text: str | None, seal: str | None
) -> None:
    reply = responses_reply(item(*summary, text=text, seal=seal))
    laws.restores(reply, kind="response", source="openai-responses", target="anthropic")
    converting_commutes_with_folding(replay("openai-responses", reply), source="openai-responses", target="anthropic")


def test_the_generated_reasoning_reaches_words_beside_a_seal() -> None:
    assert find(st.lists(_words, max_size=3), lambda summary: len(summary) == 3 and all(summary))
