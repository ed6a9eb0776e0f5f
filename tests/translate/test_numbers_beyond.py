"""``1e400``, which no double holds: exact, or a clear error, or a loss; never a crash, and never another number without a word."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.translate import adapt, convert, decode, dumps, encode, hub, loads, restore, write
from polyloop.translate.errors import DecodeError, WriteError
from polyloop.translate.jsontext import parse, spell
from polyloop.translate.jsonvalue import Json, has_infinity, same_json
from polyloop.translate.testing.strategies import json_values
from polyloop.translate.wires import WIRES

HUGE = json.loads("1e400")
TEXT = '{"n": 1e400, "m": [-1e999]}'


def request(wire: str, arguments: Json) -> dict[str, Json]:
    """A request whose history has a call with arguments: text where the wire has them as text."""
    hello = {"role": "user", "content": "hello"}
    match wire:
        case "anthropic":
            use = {"type": "tool_use", "id": "t1", "name": "f", "input": arguments}
            result = {"type": "tool_result", "tool_use_id": "t1", "content": "x"}
            return {
                "model": "m",
                "max_tokens": 1,
                "messages": [hello, {"role": "assistant", "content": [use]}, {"role": "user", "content": [result]}],
            }
        case "openai-chat":
            call = {"id": "t1", "type": "function", "function": {"name": "f", "arguments": arguments}}
            said = {"role": "assistant", "content": None, "tool_calls": [call]}
            return {"model": "m", "messages": [hello, said, {"role": "tool", "tool_call_id": "t1", "content": "x"}]}
        case "openai-responses":
            call = {"type": "function_call", "call_id": "t1", "name": "f", "arguments": arguments}
            output = {"type": "function_call_output", "call_id": "t1", "output": "x"}
            return {"model": "m", "input": [{"type": "message", **hello}, call, output]}
        case _:
            words = f"Thought: x\nAction: f(json='{arguments}')"
            return {"model": "m", "messages": [hello, {"role": "assistant", "content": words}]}


BY_TEXT = ("openai-chat", "openai-responses", "uitars")


@pytest.mark.parametrize("wire", WIRES)
def test_the_codec_keeps_what_python_reads_of_it(wire: str) -> None:
    document = {**request(wire, TEXT if wire in BY_TEXT else {"n": HUGE}), "temperature": HUGE, "unheard_of": [-HUGE]}
    assert json.dumps(encode(decode(wire, "request", document))) == json.dumps(document)


@pytest.mark.parametrize("target", WIRES)
@pytest.mark.parametrize("source", BY_TEXT)
def test_in_a_text_of_arguments_it_is_the_same_text_on_every_wire(source: str, target: str) -> None:
    document = request(source, TEXT)
    translation = convert(document, kind="request", source=source, target=target)
    said = json.dumps(translation.value)
    assert json.dumps(TEXT)[1:-1] in said or json.dumps(json.dumps(TEXT)[1:-1])[1:-1] in said
    assert "Infinity" not in said
    spell(translation.value)
    assert same_json(restore(loads(dumps(translation))), document, ordered=False)


@pytest.mark.parametrize("target", BY_TEXT)
def test_as_a_value_that_a_text_would_have_to_say_it_is_a_loss(target: str) -> None:
    document = request("anthropic", {"n": HUGE, "m": 1})
    translation = convert(document, kind="request", source="anthropic", target=target)
    rows = {row.pointer: row for row in translation.losses}
    row = rows["/messages/1/content/0/input/n"]
    assert (row.kind, row.before) == ("dropped", HUGE)
    assert row.reason.startswith("no JSON number is an infinity")
    assert same_json(restore(loads(dumps(translation))), document, ordered=False)
    spell(translation.value)


@pytest.mark.parametrize("wire", BY_TEXT)
def test_a_record_that_was_not_adapted_is_refused_in_words(wire: str) -> None:
    call = hub.Call(id="t1", name="f", arguments=hub.Arguments(value={"n": HUGE}))
    asked = hub.Request(
        model="m",
        turns=(
            hub.Turn(role="user", parts=(hub.Text(text="hello"),)),
            hub.Turn(role="assistant", parts=(call,)),
            hub.Turn(role="tool", parts=(hub.Result(call_id="t1", parts=(hub.Text(text="x"),)),)),
        ),
    )
    with pytest.raises(WriteError):
        write(wire, asked)
    write(wire, adapt(asked, wire))


@pytest.mark.parametrize("wire", WIRES)
def test_sent_or_printed_it_is_refused_in_words(wire: str) -> None:
    document = {**request(wire, "{}" if wire in BY_TEXT else {}), "temperature": HUGE}
    value = convert(document, kind="request", source=wire, target=wire).value
    with pytest.raises(DecodeError, match="cannot be written as JSON"):
        spell(value)


@pytest.mark.parametrize("text", ['{"temperature": 1e400}', '{"input": {"n": -1e400}}'])
def test_read_from_text_it_is_refused_in_words(text: str) -> None:
    with pytest.raises(DecodeError, match="too large for a float and would change"):
        parse(text)


@given(json_values(max_leaves=10))
def test_an_infinity_is_found_wherever_it_is(value: Any) -> None:
    assert has_infinity(value) == ("Infinity" in json.dumps(_without_texts(value)))


@given(st.floats())
def test_an_infinity_is_one_and_nothing_else_is(value: float) -> None:
    assert has_infinity({"a": [value]}) == (value in (HUGE, -HUGE))


def _without_texts(value: Json) -> Json:
    if isinstance(value, list):
        return [_without_texts(item) for item in value]
    if isinstance(value, dict):
        return [_without_texts(item) for item in value.values()]
    return None if isinstance(value, str) else value
