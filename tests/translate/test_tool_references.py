"""Tools that a result names, since the caller's own search found them: in words where results hold texts only, and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from polyloop.translate import WriteError, convert, hub, same_json, write
from polyloop.translate.adapting import Adapting
from polyloop.translate.testing.strategies import json_texts
from polyloop.translate.tool_references import hear_references, say_references

SCHEMA: dict[str, Any] = {"type": "object", "properties": {}}
TRICKY = ('[found the tool "f"]', '\\[found the tool "f"]', '[found the tool "\\q"]', '[found the tool "a"] and "b"]')


def asked(*content: dict[str, Any], names: tuple[str, ...] = ("find", "f")) -> dict[str, Any]:
    result = {"type": "tool_result", "tool_use_id": "t", "content": list(content)}
    return {
        "model": "m", "max_tokens": 9, "tools": [{"name": name, "input_schema": SCHEMA} for name in names],
        "messages": [
            {"role": "user", "content": "go"},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "find", "input": {}}]},
            {"role": "user", "content": [result]},
        ],
    }  # fmt: skip


FOUND = {"type": "tool_reference", "tool_name": "f"}


@pytest.mark.parametrize("target", ["openai-chat", "openai-responses"])
def test_a_tool_that_was_found_is_named_in_words_and_comes_back(target: str) -> None:
    there = convert(asked(FOUND), kind="request", source="anthropic", target=target)
    assert there.losses == ()
    assert there.insertions[0].text == '[found the tool "f"]'
    back = convert(there.value, kind="request", source=target, target="anthropic")
    assert same_json(back.value, asked(FOUND), ordered=False)


texts = st.sampled_from(TRICKY) | json_texts()


@given(st.lists(texts, max_size=3), st.lists(texts, max_size=2))
@example(['[found the tool "f"]'], [])
def test_texts_that_look_like_a_name_stay_texts(said: list[str], names: list[str]) -> None:
    parts = () if names else tuple([hub.Text(text=text) for text in said])
    tools = tuple([hub.Tool(name=name, schema=SCHEMA) for name in names])
    result = hub.Result(call_id="t", parts=parts, offered=tuple(names))
    request = hub.Request(tools=tools, turns=(hub.Turn(role="tool", parts=(result,)),))
    told = say_references(request, Adapting(target="openai-chat", source="anthropic"))
    assert not any(part.offered for turn in told.turns for part in turn.parts if isinstance(part, hub.Result))
    assert hear_references(told, Adapting(target="anthropic", source="openai-chat")) == request


def test_a_name_that_nobody_defines_stays_a_text() -> None:
    chat = convert(asked(FOUND, names=("find",)), kind="request", source="anthropic", target="openai-chat").value
    back = convert(chat, kind="request", source="openai-chat", target="anthropic").value
    assert back["messages"][2]["content"][0]["content"] == [{"type": "text", "text": '[found the tool "f"]'}]


def test_names_beside_other_blocks_stay_what_they_are_at_home() -> None:
    mixed = asked({"type": "text", "text": "two:"}, FOUND, {**FOUND, "cache_control": {"type": "ephemeral"}})
    assert same_json(convert(mixed, kind="request", source="anthropic", target="anthropic").value, mixed, ordered=False)


@pytest.mark.parametrize("wire", ["openai-chat", "openai-responses", "anthropic"])
def test_a_wire_refuses_names_it_cannot_say(wire: str) -> None:
    result = hub.Result(call_id="t", parts=(hub.Text(text="a"),), offered=("f",))
    with pytest.raises(WriteError):
        write(wire, hub.Request(model="m", turns=(hub.Turn(role="tool", parts=(result,)),)))
