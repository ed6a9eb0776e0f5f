"""Tools that a conversation brings in are offered from its beginning where there is no other place for them."""

from __future__ import annotations

from typing import Any

import pytest

from polyloop.translate import convert, hub, restore, same_json
from polyloop.translate.openai_responses.late_tools import hear_request


def function(name: str, **keys: Any) -> dict[str, Any]:
    return {
        "type": "function",
        "name": name,
        "parameters": {"type": "object", "properties": {}},
        "strict": False,
        **keys,
    }


QUESTION = {"type": "message", "role": "user", "content": "q"}
BROUGHT = {
    "type": "additional_tools",
    "role": "developer",
    "tools": [function("f"), function("late"), {"type": "web_search"}],
}
SEARCHED = {"type": "tool_search_call", "call_id": "c", "execution": "client", "status": "completed", "arguments": {}}
FOUND = {
    "type": "tool_search_output", "call_id": "c", "execution": "client", "status": "completed",
    "tools": [function("found", defer_loading=True)],
}  # fmt: skip
ASKED: dict[str, Any] = {
    "model": "m", "store": False, "tools": [function("f")], "input": [QUESTION, BROUGHT, SEARCHED, FOUND, QUESTION],
}  # fmt: skip


@pytest.mark.parametrize("target", ["anthropic", "openai-chat"])
def test_late_tools_are_offered_from_the_beginning(target: str) -> None:
    there = convert(ASKED, kind="request", source="openai-responses", target=target)
    names = [tool.get("name") or tool["function"]["name"] for tool in there.value["tools"]]
    assert names == ["f", "late", "found"]
    assert "defer_loading" not in str(there.value["tools"])
    assert all(row.reason for row in there.losses)
    assert same_json(restore(there), ASKED, ordered=False)


def test_a_request_of_its_own_wire_is_left_alone() -> None:
    assert convert(ASKED, kind="request", source="openai-responses", target="openai-responses").value == ASKED


def test_what_brings_in_nothing_new_is_the_same_record() -> None:
    mark = hub.Mark(kind="tool_change", data={"tools": [function("f"), "no tool"]})
    request = hub.Request(tools=(hub.Tool(name="f"),), turns=(hub.Turn(role="developer", parts=(mark,)),))
    assert hear_request(request) is request
