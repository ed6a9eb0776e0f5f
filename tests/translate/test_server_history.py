"""What a provider's own tools did is told to a model without such tools, and known again on the way back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.translate import convert, hub
from polyloop.translate.jsonvalue import ABSENT
from polyloop.translate.server_history import hear_server_calls, show_server_calls
from polyloop.translate.testing.strategies import reached

QUESTION = {"role": "user", "content": "q"}


def searched(tool: str, given: dict[str, Any], content: Any, *more: dict[str, Any]) -> dict[str, Any]:
    name = "tool_search" if tool.startswith("tool_search") else tool
    blocks = [
        {"type": "text", "text": "let me see"},
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": tool, "input": given},
        {"type": f"{name}_tool_result", "tool_use_id": "srvtoolu_1", "content": content},
        {"type": "text", "text": "so it is"},
        *more,
    ]
    return {"model": "m", "max_tokens": 9, "messages": [QUESTION, {"role": "assistant", "content": blocks}, QUESTION]}


RUN = {"type": "bash_code_execution_result", "stdout": "o", "stderr": "e", "return_code": 1, "content": []}
PAGE = {
    "type": "web_fetch_result", "url": "https://example.org", "retrieved_at": "2026-01-01",
    "content": {"type": "document", "title": "t", "source": {"type": "text", "media_type": "text/plain", "data": "d"}},
}  # fmt: skip
FOUND = {"type": "tool_search_tool_search_result", "tool_references": [{"type": "tool_reference", "tool_name": "f"}]}
FAILED = {"type": "web_search_tool_result_error", "error_code": "max_uses_exceeded"}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (searched("bash_code_execution", {"command": "ls"}, RUN), '{"runs":[{"stdout":"o","stderr":"e","exit_code":1}]}'),
        (searched("web_fetch", {"url": "https://example.org"}, PAGE), '{"url":"https://example.org","at":"2026-01-01","title":"t","text":"d"}'),
        (searched("tool_search_tool_bm25", {"query": "f"}, FOUND), '{"tools":["f"]}'),
    ],
)  # fmt: skip
def test_a_finished_call_is_told_as_a_function_s_and_comes_back(asked: dict[str, Any], said: str) -> None:
    translation = convert(asked, kind="request", source="anthropic", target="openai-chat")
    assert translation.losses == translation.respellings == ()
    _, called, told, answer, _ = translation.value["messages"]
    assert called["content"] == "let me see"
    assert [call["id"] for call in called["tool_calls"]] == ["srvtoolu_1"]
    assert told == {"role": "tool", "tool_call_id": "srvtoolu_1", "content": said}
    assert answer == {"role": "assistant", "content": "so it is"}


def test_a_failure_is_told_as_one_and_comes_back() -> None:
    asked = searched("web_search", {"query": "q"}, FAILED)
    translation = convert(asked, kind="request", source="anthropic", target="openai-chat")
    assert translation.losses == ()
    content = translation.value["messages"][2]["content"]
    assert [part["text"] for part in content] == ["[the call failed]", '{"error":{"code":"max_uses_exceeded"}}']


def test_pages_under_seal_are_not_told() -> None:
    page = {"type": "web_search_result", "url": "u", "title": "t", "encrypted_content": "sealed", "page_age": None}
    asked = searched("web_search", {"query": "q"}, [page])
    translation = convert(asked, kind="request", source="anthropic", target="openai-chat")
    assert [message["role"] for message in translation.value["messages"]] == ["user", "assistant", "user"]
    assert "sealed" not in json.dumps(translation.value)
    assert {row.pointer for row in translation.losses} == {"/messages/1/content/1", "/messages/1/content/2"}


def test_a_search_s_sources_are_told_and_come_back() -> None:
    action = {"type": "search", "query": "q", "sources": [{"type": "url", "url": "https://example.org"}]}
    items = [
        {"type": "message", "role": "user", "content": "q"},
        {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": action},
        {"type": "message", "role": "user", "content": "r"},
    ]
    asked = {"model": "m", "store": False, "input": items}
    translation = convert(asked, kind="request", source="openai-responses", target="openai-chat")
    assert translation.losses == ()
    assert translation.value["messages"][2]["content"] == '{"results":[{"url":"https://example.org"}]}'


def chat(id: str, content: str) -> dict[str, Any]:
    call = {"id": id, "type": "function", "function": {"name": "web_search", "arguments": '{"query":"q"}'}}
    said = [QUESTION, {"role": "assistant", "content": None, "tool_calls": [call]}, {"role": "tool", "tool_call_id": id, "content": content}]  # fmt: skip
    return {"model": "m", "max_completion_tokens": 9, "messages": said}


@pytest.mark.parametrize(
    ("id", "content"),
    [
        ("call_1", '{"results":[]}'),
        ("srvtoolu_1", "found nothing"),
        ("srvtoolu_1", '{"results":[{"url":"u","title":"t"}]}'),
        ("srvtoolu_1", '{"runs":[{"stdout":"o"}]}'),
        ("srvtoolu_1", '{"results":[],"more":1}'),
    ],
)
def test_what_the_provider_would_not_take_stays_a_function_s(id: str, content: str) -> None:
    value = convert(chat(id, content), kind="request", source="openai-chat", target="anthropic").value
    assert value["messages"][1]["content"][0]["type"] == "tool_use"
    assert value["messages"][2]["content"][0] == {"type": "tool_result", "tool_use_id": id, "content": content}


def test_a_reply_s_call_is_never_one_that_a_caller_would_run() -> None:
    blocks = searched("bash_code_execution", {"command": "ls"}, RUN)["messages"][1]["content"]
    reply = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": blocks, "stop_reason": "end_turn",
        "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1},
    }  # fmt: skip
    message = convert(reply, kind="response", source="anthropic", target="openai-chat").value["choices"][0]["message"]
    assert not message.get("tool_calls")


# The law: what is shown is heard.

TEXTS = st.text(max_size=8)
FINDINGS = st.one_of(
    st.builds(lambda urls: hub.Searched(found=tuple(hub.Found(url=url) for url in urls)), st.lists(TEXTS, max_size=2)),
    st.builds(
        lambda out, err, code: hub.Executed(runs=(hub.Run(stdout=out, stderr=err, exit_code=code),)),
        TEXTS, TEXTS, st.integers(),
    ),
    st.builds(lambda names: hub.Offered(tools=tuple(hub.Tool(name=name) for name in names)), st.lists(TEXTS, min_size=1)),
    st.builds(
        lambda url, text: hub.Fetched(url=url, parts=(hub.Media(kind="document", source=hub.Inline(content=text)),)),
        TEXTS, TEXTS,
    ),
)  # fmt: skip


@st.composite
def conversations(draw: st.DrawFn) -> tuple[hub.Turn, ...]:
    """Turns of the user's and the assistant's in which the provider's own tools did something, words before and behind it or not."""
    turns: list[hub.Turn] = []
    for number in range(draw(st.integers(1, 3))):
        turns.append(hub.Turn(role="user", parts=(hub.Text(text="q"),)))
        parts: list[hub.Part] = []
        for place in range(draw(st.integers(1, 4))):
            if draw(st.booleans()):
                parts.append(hub.Text(text=draw(TEXTS)))
            else:
                id = f"srv_{number}_{place}"
                parts.append(hub.ServerCall(id=id, tool="t", arguments=hub.Arguments(value={"a": 1}), family="f"))
                parts.append(hub.ServerResult(call_id=id, tool="t", findings=draw(FINDINGS), family="f"))
        turns.append(hub.Turn(role="assistant", parts=tuple(parts)))
    return tuple(turns)


def taken(call: hub.Call, result: hub.Result, findings: hub.Findings) -> tuple[hub.Part, ...]:
    arguments = hub.Arguments(value=call.arguments.value)
    return (
        hub.ServerCall(id=call.id, tool=call.name, arguments=arguments, family="f"),
        hub.ServerResult(call_id=call.id, tool=call.name, findings=findings, family="f"),
    )


@given(conversations())
def test_what_is_shown_is_heard(turns: tuple[hub.Turn, ...]) -> None:
    shown = show_server_calls(turns)
    assert not any(isinstance(part, hub.ServerCall | hub.ServerResult) for turn in shown for part in turn.parts)
    assert hear_server_calls(shown, taken, "srv_") == turns


def test_conversations_hold_several_calls_in_a_turn() -> None:
    def says_much(turns: tuple[hub.Turn, ...]) -> bool:
        return any(sum(isinstance(part, hub.ServerCall) for part in turn.parts) > 1 for turn in turns)

    assert reached(conversations(), says_much)


def test_a_conversation_without_such_calls_is_left_alone() -> None:
    call = hub.Call(id="srv_c", name="f", arguments=hub.Arguments(value={}))
    result = hub.Result(call_id="srv_c", parts=(hub.Text(text='{"results":[]}'),), outcome=ABSENT)
    turns = (hub.Turn(role="assistant", parts=(call,)), hub.Turn(role="tool", parts=(result,)))
    assert show_server_calls(turns) is turns
    assert hear_server_calls(turns, lambda call, result, findings: (), "srv_") is turns
