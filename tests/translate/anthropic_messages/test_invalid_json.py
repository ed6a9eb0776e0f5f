"""Arguments that are no JSON object, in the form the provider has for them: nothing is lost in it, and nothing is taken for another."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, find, given
from hypothesis import strategies as st

from polyloop.translate import convert, fold, hub
from polyloop.translate.anthropic_messages.invalid_json import INVALID_JSON, may_be_wrapped, read_input, write_input
from polyloop.translate.jsonvalue import ABSENT, Json, same_json
from polyloop.translate.openai_chat.arguments import read_arguments
from polyloop.translate.stream_converter import replay
from polyloop.translate.testing.strategies import json_objects, json_values

CUT = '{"city": "Os'


def wrapped(value: Json, times: int = 1) -> Json:
    """Return a value as text in the form, so many times."""
    for _ in range(times):
        value = {INVALID_JSON: value if isinstance(value, str) else json.dumps(value)}
    return value


def texts() -> st.SearchStrategy[str]:
    """Strategy for what models say for arguments: objects, other JSON, no JSON, and what looks like the form."""
    plain = st.one_of(
        st.sampled_from(["", " ", CUT, "[1, 2]", '"a"', "5 ", "null", '{"a": 1e400}']), st.text(max_size=9)
    )
    values = st.one_of(json_values(), json_objects()).map(json.dumps)
    forms = st.builds(wrapped, st.one_of(plain, values), st.integers(1, 10)).map(json.dumps)
    return st.one_of(plain, values, forms)


def inputs() -> st.SearchStrategy[Json]:
    """Strategy for inputs of calls, those of the form above all."""
    forms = st.builds(wrapped, st.one_of(texts(), json_values()), st.integers(1, 10))
    odd = st.builds(lambda value: {INVALID_JSON: value}, json_values())
    return st.one_of(forms, odd, json_objects(), st.text(max_size=5))


@given(inputs())
@example({INVALID_JSON: '{"a":1}'})
@example({INVALID_JSON: wrapped({INVALID_JSON: {"a": 1}})})
@example({INVALID_JSON: "x", "a": 1})
def test_every_input_is_written_as_it_was_read(value: Json) -> None:
    assert same_json(write_input(read_input(value)), value)


@given(texts())
def test_every_text_of_arguments_comes_back_as_the_same_arguments(text: str) -> None:
    said = read_arguments(text)
    written = write_input(said)
    assert isinstance(written, dict)
    back = read_input(written)
    assert back == said
    if not isinstance(said.value, dict) or written != said.value:
        assert back.text == text


def test_the_generated_texts_reach_the_form_in_the_form() -> None:
    assert find(
        texts(), lambda text: write_input(read_arguments(text)) == {INVALID_JSON: text} and INVALID_JSON in text
    )


@given(st.lists(texts(), min_size=2, max_size=6))
def test_different_arguments_are_never_one_input(said: list[str]) -> None:
    arguments = [read_arguments(text) for text in said]
    for one in arguments:
        for other in arguments:
            assert (one == other) == same_json(write_input(one), write_input(other))


@pytest.mark.parametrize(
    ("value", "arguments"),
    [
        ({INVALID_JSON: CUT}, hub.Arguments(text=CUT)),
        ({INVALID_JSON: "[1, 2]"}, hub.Arguments(text="[1, 2]", value=[1, 2])),
        ({INVALID_JSON: ""}, hub.Arguments(text="")),
        ({INVALID_JSON: '{"a":1}'}, hub.Arguments(value={INVALID_JSON: '{"a":1}'})),
        ({INVALID_JSON: CUT, "city": "Oslo"}, hub.Arguments(value={INVALID_JSON: CUT, "city": "Oslo"})),
        ({INVALID_JSON: 5}, hub.Arguments(value={INVALID_JSON: 5})),
        (wrapped("x", 2), hub.Arguments(value={INVALID_JSON: "x"})),
    ],
)
def test_exactly_the_form_is_read_as_text(value: Json, arguments: hub.Arguments) -> None:
    assert read_input(value) == arguments
    assert (read_input(value).value is ABSENT) == (arguments.value is ABSENT)


def chat_call(text: str) -> dict[str, Any]:
    return {"id": "c", "type": "function", "function": {"name": "f", "arguments": text}}


def chat_reply(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": None, "tool_calls": [chat_call(text)]}
    choice = {"index": 0, "message": message, "finish_reason": "tool_calls"}
    return {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}


def chat_request(text: str) -> dict[str, Any]:
    said = {"role": "assistant", "content": None, "tool_calls": [chat_call(text)]}
    result = {"role": "tool", "tool_call_id": "c", "content": "r"}
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}
    return {
        "model": "m", "max_completion_tokens": 9, "messages": [{"role": "user", "content": "q"}, said, result], "tools": [tool],
    }  # fmt: skip


@given(texts())
def test_arguments_cross_and_come_back(text: str) -> None:
    for kind, document in (("reply", chat_reply(text)), ("request", chat_request(text))):
        translation = convert(
            document, kind="response" if kind == "reply" else kind, source="openai-chat", target="anthropic"
        )
        losses = [row for row in translation.losses if row.pointer.endswith("/arguments")]
        assert [row.before for row in losses] == ([text] if not text.strip(" \t\r\n") or _loses(text) else [])


def _loses(text: str) -> bool:
    """Tell whether an object's text says something that its value does not: a key twice, digits a float does not keep."""
    value = read_arguments(text).value
    return isinstance(value, dict) and json.dumps(value) != json.dumps(json.loads(text))


@given(texts(), st.integers(1, 5))
@example('{"INVALID_JSON": "x"}', 1)
@example('{"\\u0049NVALID_JSON": "x"}', 3)
@example(CUT, 2)
@example(" \n", 1)
@example("\x1f", 1)
def test_a_streamed_call_folds_to_the_whole_one(text: str, size: int) -> None:
    reply = chat_reply(text)
    events = [event for event in replay("openai-chat", reply) if not isinstance(event, str)]
    pieces: list[Json] = []
    for event in events:
        calls: list[Any] = (event["choices"] or [{"delta": {}}])[0]["delta"].get("tool_calls") or []
        said = "".join(call["function"].get("arguments") or "" for call in calls)
        if not said:
            pieces.append(event)
            continue
        for place in range(0, len(said), size):
            call = {"index": 0, "function": {"arguments": said[place : place + size]}}
            if not place:
                call = {**calls[0], "function": {**calls[0]["function"], "arguments": said[:size]}}
            pieces.append({**event, "choices": [{**event["choices"][0], "delta": {"tool_calls": [call]}}]})
    streamed = convert([*pieces, "[DONE]"], kind="stream", source="openai-chat", target="anthropic").value
    whole = convert(fold("openai-chat", [*pieces, "[DONE]"]), kind="response", source="openai-chat", target="anthropic")
    assert same_json(fold("anthropic", streamed)["content"], whole.value["content"], ordered=False)
    back = convert(streamed, kind="stream", source="anthropic", target="openai-chat").value
    returned = convert(whole.value, kind="response", source="anthropic", target="openai-chat").value
    assert _said(fold("openai-chat", back)) == _said(returned)


def _said(reply: Json) -> hub.Arguments:
    (call,) = reply["choices"][0]["message"]["tool_calls"]
    return read_arguments(call["function"]["arguments"])


@pytest.mark.parametrize(
    ("beginning", "held"),
    [
        ("", True), (" {", True), ('{"', True), ('{"INV', True), ('{ "INVALID_JSON"', True), ('{"INVALID_JSON": "x', True),
        ('{"\\u00', True), ('{"city', False), ('{"INVALID_JSONS', False), ("[", False), ("{}", False), ("x", False), ('{"INV"', False),
    ],
)  # fmt: skip
def test_only_what_may_turn_out_to_have_the_form_is_held_back(beginning: str, held: bool) -> None:
    assert may_be_wrapped(beginning) is held
