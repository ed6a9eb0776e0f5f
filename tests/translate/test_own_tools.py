"""Searches for tools, and programs, that a provider runs itself: offered on both wires, and told where they are over."""

from __future__ import annotations

from typing import Any

import pytest

from polyloop.translate import convert, hub, restore, same_json
from polyloop.translate.own_tools import finds_tools, offer_alike, tool_searches

WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}}
ANTHROPIC: dict[str, Any] = {
    "model": "m", "max_tokens": 9,
    "tools": [
        {"type": "tool_search_tool_bm25_20251119", "name": "tool_search_tool_bm25"},
        {"type": "code_execution_20250825", "name": "code_execution"},
        {"name": "weather", "description": "d", "input_schema": WEATHER, "defer_loading": True},
    ],
    "messages": [
        {"role": "user", "content": "go"},
        {"role": "assistant", "content": [
            {"type": "server_tool_use", "id": "srvtoolu_1", "name": "tool_search_tool_bm25", "input": {"query": "w"}},
            {"type": "tool_search_tool_result", "tool_use_id": "srvtoolu_1", "content": {
                "type": "tool_search_tool_search_result",
                "tool_references": [{"type": "tool_reference", "tool_name": "weather"}],
            }},
            {"type": "text", "text": "one"},
            {"type": "server_tool_use", "id": "srvtoolu_2", "name": "bash_code_execution", "input": {"command": "ls"}},
            {"type": "bash_code_execution_tool_result", "tool_use_id": "srvtoolu_2", "content": {
                "type": "bash_code_execution_result", "stdout": "x", "stderr": "", "return_code": 0, "content": [],
            }},
            {"type": "text", "text": "two"},
        ]},
        {"role": "user", "content": "more"},
    ],
}  # fmt: skip
FUNCTION = {"type": "function", "name": "weather", "parameters": WEATHER, "strict": False, "defer_loading": True}
RESPONSES: dict[str, Any] = {
    "model": "m", "store": False, "max_output_tokens": 9,
    "tools": [{"type": "tool_search"}, {"type": "code_interpreter", "container": {"type": "auto"}}, FUNCTION],
    "input": [
        {"type": "message", "role": "user", "content": "go"},
        {"type": "tool_search_call", "id": "tsc_1", "execution": "server", "status": "completed", "arguments": {"paths": ["weather"]}},
        {"type": "tool_search_output", "id": "tso_1", "execution": "server", "status": "completed", "tools": [FUNCTION]},
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "more"}]},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "source", "target"),
    [(ANTHROPIC, "anthropic", "openai-responses"), (RESPONSES, "openai-responses", "anthropic")],
)
def test_what_both_providers_run_comes_back_whole(asked: dict[str, Any], source: str, target: str) -> None:
    there = convert(asked, kind="request", source=source, target=target)
    assert there.losses == ()
    back = convert(there.value, kind="request", source=target, target=source)
    assert same_json(back.value, asked, ordered=False)


def test_a_search_is_told_with_the_definitions_of_what_it_found() -> None:
    items = convert(ANTHROPIC, kind="request", source="anthropic", target="openai-responses").value["input"]
    assert [item["type"] for item in items[1:3]] == ["tool_search_call", "tool_search_output"]
    assert items[2]["tools"] == [{**FUNCTION, "description": "d"}]


def test_a_program_is_told_as_a_call_of_a_function() -> None:
    items = convert(ANTHROPIC, kind="request", source="anthropic", target="openai-responses").value["input"]
    assert (items[4]["name"], items[4]["arguments"]) == ("bash_code_execution", '{"command":"ls"}')
    assert items[5] == {
        "type": "function_call_output", "call_id": "srvtoolu_2",
        "output": '{"runs":[{"stdout":"x","stderr":"","exit_code":0}]}',
    }  # fmt: skip


def test_a_search_whose_finds_nobody_defines_is_told_as_a_call_of_a_function() -> None:
    asked = {**ANTHROPIC, "tools": ANTHROPIC["tools"][:1]}
    items = convert(asked, kind="request", source="anthropic", target="openai-responses").value["input"]
    assert [item["type"] for item in items[1:3]] == ["function_call", "function_call_output"]
    assert items[2]["output"] == '{"tools":["weather"]}'


def test_a_search_that_the_caller_makes_is_no_search_of_the_provider() -> None:
    mine = {"type": "tool_search", "execution": "client", "description": "d", "parameters": {"type": "object"}}
    call = {
        "type": "tool_search_call",
        "call_id": "call_1",
        "execution": "client",
        "status": "completed",
        "arguments": {},
    }
    found = {
        "type": "tool_search_output",
        "call_id": "call_1",
        "execution": "client",
        "status": "completed",
        "tools": [FUNCTION],
    }
    asked = {**RESPONSES, "tools": [mine, FUNCTION], "input": [RESPONSES["input"][0], call, found]}
    there = convert(asked, kind="request", source="openai-responses", target="anthropic")
    assert [tool.get("name") for tool in there.value["tools"]] == ["weather"]
    assert "defer_loading" not in there.value["tools"][0]
    assert [block["type"] for block in there.value["messages"][1]["content"]] == ["tool_use"]
    assert same_json(restore(there), asked, ordered=False)


def test_two_searches_are_one_and_a_name_that_is_taken_is_no_offer() -> None:
    both = [
        {"type": f"tool_search_tool_{kind}_20251119", "name": f"tool_search_tool_{kind}"} for kind in ("bm25", "regex")
    ]
    there = convert({**ANTHROPIC, "tools": both}, kind="request", source="anthropic", target="openai-responses")
    assert there.value["tools"] == [{"type": "tool_search"}]
    function = {"type": "function", "name": "code_execution", "parameters": WEATHER, "strict": False}
    asked = {**RESPONSES, "tools": [function, RESPONSES["tools"][1]], "input": RESPONSES["input"][:1]}
    there = convert(asked, kind="request", source="openai-responses", target="anthropic")
    assert [(tool.get("type"), tool["name"]) for tool in there.value["tools"]] == [(None, "code_execution")]


def test_tools_of_other_kinds_are_neither() -> None:
    other = hub.Opaque(wire="anthropic", document={})
    assert not finds_tools(other)
    assert not finds_tools(hub.Tool(name="f"))
    request = hub.Request(tools=(other,))
    assert offer_alike(request, lambda tool: tool) is request


def test_a_search_that_found_what_has_no_name_is_none_that_can_be_told() -> None:
    call = hub.ServerCall(id="tsc_1", tool="tool_search", arguments=hub.Arguments(value={}), family="openai")
    nameless = hub.Offered(tools=(hub.Tool(form="server", builtin=hub.Builtin(type="namespace")),))
    result = hub.ServerResult(call_id="tso_1", tool="tool_search", findings=nameless, family="openai")
    turn = hub.Turn(role="assistant", parts=(call, result))
    assert list(tool_searches(turn, "anthropic", frozenset({"f"}))) == []
