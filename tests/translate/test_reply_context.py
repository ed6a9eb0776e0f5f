"""A reply is said with its request's context: in the names, ids and arguments that the caller gave."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.translate import convert, hub
from polyloop.translate.jsonvalue import Json
from polyloop.translate.reply_context import apply_context

words = st.sampled_from(("look", "mcp__x.y/z", "a.b", "a_b", "call 1", "call_1"))


@st.composite
def maps(draw: st.DrawFn) -> dict[str, str]:
    """Injective maps whose targets are none of the sources, as contexts have them."""
    sources = draw(st.lists(words, unique=True, max_size=4))
    return {source: f"new_{number}" for number, source in enumerate(sources)}


def reply(*parts: hub.Part) -> hub.Response:
    turn = hub.Turn(role="assistant", parts=parts)
    return hub.Response(id="r", candidates=(hub.Candidate(turn=turn, stop=hub.Reason.TOOL_USE),))


def call(name: str, call_id: str = "c", **fields: Any) -> hub.Call:
    return hub.Call(id=call_id, name=name, **{"arguments": hub.Arguments(value={}), **fields})


def parts_of(response: hub.Response) -> tuple[hub.Part, ...]:
    return response.candidates[0].turn.parts


@given(names=maps(), ids=maps(), name=words, call_id=words)
def test_there_and_back_is_where_it_was(names: dict[str, str], ids: dict[str, str], name: str, call_id: str) -> None:
    context: dict[str, Json] = {"names": names, "ids": ids}
    said = reply(hub.Text(text="so"), call(name, call_id))
    there = apply_context(said, {**context, "turned": True})
    (_, moved) = parts_of(there)
    assert isinstance(moved, hub.Call)
    assert (moved.name, moved.id) == (names.get(name, name), ids.get(call_id, call_id))
    assert apply_context(there, context) == said


@pytest.mark.parametrize("context", [None, {}, {"names": {}, "ids": {}}, {"computer": {"name": "computer"}}])
def test_without_a_context_nothing_is_guessed(context: dict[str, Json] | None) -> None:
    said = reply(call("mcp__x.y/z"))
    assert apply_context(said, context) is said


def test_a_part_that_is_no_call_stays_the_same_object() -> None:
    said = reply(hub.Text(text="new_0"), call("other"))
    assert parts_of(apply_context(said, {"names": {"look": "new_0"}})) == parts_of(said)


def test_a_computers_call_keeps_its_name_and_has_its_id_back() -> None:
    said = reply(call("new_0", "new_1", form="computer", arguments=hub.Arguments()))
    (moved,) = parts_of(apply_context(said, {"names": {"look": "new_0"}, "ids": {"c 1": "new_1"}}))
    assert isinstance(moved, hub.Call)
    assert (moved.name, moved.id) == ("new_0", "c 1")


def test_every_candidate_is_said_so() -> None:
    one = reply(call("new_0")).candidates[0]
    said = hub.Response(id="r", candidates=(one, one))
    moved = apply_context(said, {"names": {"look": "new_0"}})
    assert [part.name for c in moved.candidates for part in c.turn.parts if isinstance(part, hub.Call)] == [
        "look",
        "look",
    ]


def test_a_call_in_a_reply_bears_the_name_that_the_caller_offered() -> None:
    tool = {"type": "custom", "name": "x" * 100, "input_schema": {"type": "object"}}
    asked = {"model": "m", "max_tokens": 9, "tools": [tool], "messages": [{"role": "user", "content": "hi"}]}
    there = convert(asked, kind="request", source="anthropic", target="openai-chat")
    offered = there.value["tools"][0]["function"]["name"]
    assert len(offered) <= 64
    function = {"id": "call_1", "type": "function", "function": {"name": offered, "arguments": '{"a": 1}'}}
    answered = {
        "id": "c", "object": "chat.completion", "created": 1, "model": "m",
        "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant", "content": None, "tool_calls": [function]}}],
    }  # fmt: skip
    context = json.loads(json.dumps(there.context))
    back = convert(answered, kind="response", source="openai-chat", target="anthropic", context=context)
    (use,) = back.value["content"]
    assert (use["name"], use["input"]) == ("x" * 100, {"a": 1})
    alone = convert(answered, kind="response", source="openai-chat", target="anthropic")
    assert alone.value["content"][0]["name"] == offered
