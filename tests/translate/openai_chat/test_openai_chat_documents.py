"""Chat Completions documents by hand are exact through codec and hub, and read to what they say."""

from __future__ import annotations

import json
from typing import Any

import pytest

from polyloop.translate import hub, read, write
from polyloop.translate.codec import encode
from polyloop.translate.hub import Known
from polyloop.translate.jsonvalue import ABSENT, same_json
from polyloop.translate.wires import decode

from .documents import CALL, CITATION, CUSTOM, PNG, REQUESTS, RESPONSES, USER, asked, said

WIRE = "openai-chat"
DOCUMENTS = [("request", name, d) for name, d in REQUESTS.items()] + [
    ("response", name, d) for name, d in RESPONSES.items()
]


def request(document: Any) -> hub.Request:
    found = read(WIRE, "request", document)
    assert isinstance(found, hub.Request)
    return found


def reply(document: Any) -> hub.Response:
    found = read(WIRE, "response", document)
    assert isinstance(found, hub.Response)
    return found


@pytest.mark.parametrize(
    ("kind", "document"), [(kind, d) for kind, _, d in DOCUMENTS], ids=[n for _, n, _ in DOCUMENTS]
)
def test_documents_are_exact(kind: str, document: Any) -> None:
    assert json.dumps(encode(decode(WIRE, kind, document))) == json.dumps(document)
    record = read(WIRE, kind, document)
    written = write(WIRE, record)
    assert same_json(written, document, ordered=False)
    assert read(WIRE, kind, written) == record


def test_a_first_system_message_is_the_instructions_and_a_second_one_a_turn() -> None:
    found = request(REQUESTS["every role"])
    assert found.instructions == hub.Turn(role="system", parts=(hub.Text(text="be brief"),))
    assert [turn.role for turn in found.turns[:3]] == ["system", "developer", "user"]


def test_results_are_the_words_of_the_tool_one_message_each() -> None:
    turn = next(turn for turn in request(REQUESTS["every role"]).turns if turn.role == "tool")
    assert [part.call_id for part in turn.parts if isinstance(part, hub.Result)] == ["call_2", "call_1"]
    assert [part.form for part in turn.parts if isinstance(part, hub.Result)] == ["custom", "function"]


def test_a_deprecated_function_call_and_its_answer_share_an_id() -> None:
    parts = [part for turn in request(REQUESTS["every role"]).turns for part in turn.parts]
    assert "function_call_0" in [part.id for part in parts if isinstance(part, hub.Call)]
    assert "function_call_0" in [part.call_id for part in parts if isinstance(part, hub.Result)]


def test_a_deprecated_call_given_another_id_is_written_as_a_tool_call() -> None:
    found = request(
        asked(USER, {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}})
    )
    call = found.turns[1].parts[0]
    assert isinstance(call, hub.Call)
    moved = hub.Call(id="c", name=call.name, arguments=call.arguments, spelling=call.spelling)
    turn = hub.Turn(role="assistant", parts=(moved,))
    written = write(WIRE, hub.Request(turns=(turn,)))
    assert written["messages"][0]["tool_calls"][0]["id"] == "c"


def test_custom_calls_have_text_and_function_calls_json() -> None:
    call, custom = request(asked(USER, {"role": "assistant", "tool_calls": [CALL, CUSTOM]})).turns[1].parts
    assert call == hub.Call(id="call_1", name="look", arguments=hub.Arguments(text='{"at": 1}', value={"at": 1}))
    assert custom == hub.Call(id="call_2", name="shell", form="custom", arguments=hub.Arguments(text="ls -la"))


@pytest.mark.parametrize("text", ["", '{"city": "Os', '{"n": NaN}', "[1, 2", '{"huge": 1e400}'])
def test_arguments_that_are_not_json_are_reported_not_guessed(text: str) -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": text}}
    part = request(asked(USER, {"role": "assistant", "tool_calls": [call]})).turns[1].parts[0]
    assert isinstance(part, hub.Call)
    assert part.arguments.text == text
    assert part.arguments.value is ABSENT


def test_integers_in_arguments_keep_every_digit() -> None:
    call = {
        "id": "c",
        "type": "function",
        "function": {"name": "f", "arguments": '{"n": 12345678901234567890123, "one": 1.0}'},
    }
    part = request(asked(USER, {"role": "assistant", "tool_calls": [call]})).turns[1].parts[0]
    assert isinstance(part, hub.Call)
    assert same_json(part.arguments.value, {"n": 12345678901234567890123, "one": 1.0})


def test_a_data_url_is_bytes_and_any_other_spelling_of_one_an_address() -> None:
    urls = [
        f"data:image/png;base64,{PNG}",
        "data:image/svg+xml,<svg/>",
        "data:image/png;charset=x;base64,AA==",
        "data:;base64,AA==",
    ]
    parts = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    sources = [
        part.source
        for part in request(asked({"role": "user", "content": parts})).turns[0].parts
        if isinstance(part, hub.Media)
    ]
    assert sources[0] == hub.Base64(media_type="image/png", data=PNG)
    assert sources[1:] == [hub.Url(url=url) for url in urls[1:]]


def test_a_breakpoint_and_a_vendors_cache_control_are_the_same_mark() -> None:
    official = {"type": "text", "text": "a", "prompt_cache_breakpoint": {"mode": "explicit", "ttl": "30m"}}
    vendor = {"type": "text", "text": "b", "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    marks = [
        part
        for part in request(asked({"role": "user", "content": [official, vendor]})).turns[0].parts
        if isinstance(part, hub.Mark)
    ]
    assert [mark.data for mark in marks] == [{"ttl": "30m"}, {"ttl": "1h"}]


def test_a_message_level_cache_control_is_a_mark_behind_the_message() -> None:
    message = {"role": "user", "content": "a", "cache_control": {"type": "ephemeral"}}
    text, mark = request(asked(message)).turns[0].parts
    assert isinstance(mark, hub.Mark)
    assert text == hub.Text(text="a")


def test_messages_of_one_role_are_one_turn_with_seams() -> None:
    (turn,) = request(
        asked(USER, {"role": "user", "content": "x", "name": "ada"}, {"role": "user", "content": []})
    ).turns
    assert [(seam.start, seam.stop, seam.name) for seam in turn.seams] == [(1, 2, "ada"), (2, 2, ABSENT)]


def test_details_of_reasoning_bear_the_seal_of_the_family_that_made_them() -> None:
    parts = [part for turn in request(REQUESTS["reasoning of vendors"]).turns for part in turn.parts]
    seals = [part.seal for part in parts if isinstance(part, hub.Thinking) and part.seal is not None]
    assert seals == [
        hub.Seal(kind="signature", data="sig", family="anthropic"),
        hub.Seal(kind="encrypted", data="xyz", family="openai"),
    ]


def test_a_changed_thought_is_repeated_in_the_key_that_repeats_it() -> None:
    document = asked(
        {
            "role": "assistant",
            "content": "a",
            "reasoning": "r",
            "reasoning_details": [{"type": "reasoning.text", "text": "r"}],
        }
    )
    turn = request(document).turns[0]
    thought = turn.parts[0]
    assert isinstance(thought, hub.Thinking)
    other = hub.Thinking(text="other", own=thought.own)
    changed = hub.Turn(role="assistant", parts=(other, *turn.parts[1:]), spelling=turn.spelling)
    message = write(WIRE, hub.Request(turns=(changed,)))["messages"][0]
    assert message["reasoning"] == message["reasoning_details"][0]["text"] == "other"


def test_what_a_spoken_answer_says_is_text() -> None:
    parts = reply(RESPONSES["everything"]).candidates[0].turn.parts
    assert [part.text for part in parts if isinstance(part, hub.Text)] == ["hi", "hi there"]
    assert [part.kind for part in parts if isinstance(part, hub.Media)] == ["audio"]


def test_citations_stand_on_the_text() -> None:
    text = reply(said({"role": "assistant", "content": "hi", "annotations": [CITATION]})).candidates[0].turn.parts[0]
    assert isinstance(text, hub.Text)
    assert text.citations == (hub.Citation(kind="url", url="https://example.org", title="t", start=0, end=2),)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("stop", hub.Reason.END_TURN),
        ("length", hub.Reason.MAX_TOKENS),
        ("tool_calls", hub.Reason.TOOL_USE),
        ("content_filter", hub.Reason.CONTENT_FILTER),
        ("function_call", hub.Other(raw="function_call")),
        ("eos", hub.Other(raw="eos")),
        ("", hub.Other(raw="")),
        (None, None),
    ],
)
def test_stop_reasons(word: str | None, reason: hub.StopReason | None) -> None:
    document = said({"role": "assistant", "content": "x"})
    document["choices"][0]["finish_reason"] = word
    assert reply(document).candidates[0].stop == reason
    assert write(WIRE, reply(document)) == document


def test_token_buckets_are_disjoint_and_sum_to_the_total() -> None:
    usage = reply(RESPONSES["everything"]).usage
    assert usage is not None
    counts = (
        usage.uncached_in,
        usage.cache_read,
        usage.cache_write_5m,
        usage.audio_in,
        usage.out_text,
        usage.out_reasoning,
        usage.audio_out,
    )
    numbers = [count.n for count in counts if count is not None]
    assert counts == (Known(n=9), Known(n=8), Known(n=2), Known(n=1), Known(n=3), Known(n=4), Known(n=2))
    assert sum(numbers) == 29


def test_reasoning_that_is_counted_beside_the_completion_is_not_taken_from_it() -> None:
    """xAI: 10 + 2 + 30 = 42."""
    usage = {
        "prompt_tokens": 10,
        "completion_tokens": 2,
        "total_tokens": 42,
        "completion_tokens_details": {"reasoning_tokens": 30},
    }
    found = reply(said(usage=usage)).usage
    assert found is not None
    assert (found.out_text, found.out_reasoning) == (Known(n=2), Known(n=30))


def test_unknown_counts_are_none_and_never_zero() -> None:
    found = reply(said(usage={"prompt_tokens": 3})).usage
    assert found is not None
    assert (found.uncached_in, found.cache_read, found.out_text) == (Known(n=3), None, None)


def test_changed_usage_is_made_anew_and_unchanged_usage_is_the_reported_one() -> None:
    document = said(
        {"role": "assistant", "content": "x"},
        usage={"total_tokens": 5, "prompt_tokens": 2, "completion_tokens": 3, "cost": 1},
    )
    found = reply(document)
    assert write(WIRE, found)["usage"] == document["usage"]
    other = hub.Usage(
        uncached_in=Known(n=7), out_text=Known(n=3), reported=found.usage.reported if found.usage else None
    )
    changed = hub.Response(candidates=found.candidates, usage=other)
    assert write(WIRE, changed)["usage"] == {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}


def test_a_reply_that_is_an_error_failed() -> None:
    found = reply(RESPONSES["an error with status 200"])
    assert (found.status, found.error) == ("failed", {"code": 502, "message": "down"})


def test_key_order_inside_json_that_users_shape_is_kept() -> None:
    schema = {"z": {"b": 1, "a": 2}, "a": []}
    document = asked(
        USER,
        tools=[{"type": "function", "function": {"name": "f", "parameters": schema}}],
        metadata={"z": "1", "a": "2"},
    )
    written = write(WIRE, request(document))
    assert json.dumps(written["tools"][0]["function"]["parameters"]) == json.dumps(schema)
    assert json.dumps(written["metadata"]) == json.dumps({"z": "1", "a": "2"})
