"""What providers' own tools did, read to neutral records, and said on another wire as what it is: never as a call that somebody runs."""

from __future__ import annotations

from typing import Any, Final

import pytest

from polyloop.translate import convert, hub, read, restore, write
from polyloop.translate.jsonvalue import Json
from polyloop.translate.stream_converter import replay
from polyloop.translate.testing import stream_laws

SEARCH: Final[list[Json]] = [
    {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "fjords"}},
    {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [
        {"type": "web_search_result", "url": "https://example.org", "title": "Fjords", "page_age": "a day", "encrypted_content": "e"}]},
]  # fmt: skip
MCP: Final[list[Json]] = [
    {"type": "mcp_tool_use", "id": "mcptoolu_1", "name": "find", "server_name": "files", "input": {"name": "a.txt"}},
    {"type": "mcp_tool_result", "tool_use_id": "mcptoolu_1", "is_error": False, "content": [{"type": "text", "text": "there"}]},
]  # fmt: skip
MCP_CALL: Final[Json] = {
    "type": "mcp_call", "id": "mcp_1", "name": "find", "server_label": "files", "arguments": '{"name":"a.txt"}',
    "status": "completed", "output": "there",
}  # fmt: skip


def asked(*blocks: Json) -> Json:
    """A request whose history has the assistant say these blocks."""
    return {
        "model": "m", "max_tokens": 8, "messages": [
            {"role": "user", "content": "look"}, {"role": "assistant", "content": list(blocks)}, {"role": "user", "content": "go on"}],
    }  # fmt: skip


def items(*blocks: Json) -> list[Any]:
    translation = convert(asked(*blocks), kind="request", source="anthropic", target="openai-responses")
    assert restore(translation) == asked(*blocks)
    found: list[Any] = translation.value["input"][1:-1]
    return found


def test_a_search_reads_to_its_words_and_its_pages() -> None:
    request = read("anthropic", "request", asked(*SEARCH))
    assert isinstance(request, hub.Request)
    turn = request.turns[1]
    call, result = turn.parts
    assert isinstance(call, hub.ServerCall)
    assert call.arguments.value == {"query": "fjords"}
    assert isinstance(result, hub.ServerResult)
    seal = hub.Seal(kind="encrypted", data="e", family="anthropic")
    found = hub.Found(url="https://example.org", title="Fjords", age="a day", seal=seal)
    assert result.findings == hub.Searched(found=(found,))


def test_a_search_is_a_search_on_the_other_wire_that_has_them() -> None:
    assert items(*SEARCH) == [
        {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {
            "type": "search", "query": "fjords", "sources": [{"type": "url", "url": "https://example.org"}]}},
    ]  # fmt: skip


def test_a_fetch_opens_a_page_and_one_that_failed_says_so() -> None:
    fetched = items(
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_fetch", "input": {"url": "https://example.org"}},
        {"type": "web_fetch_tool_result", "tool_use_id": "srvtoolu_1", "content": {
            "type": "web_fetch_tool_result_error", "error_code": "url_not_allowed"}},
    )  # fmt: skip
    action = {"type": "open_page", "url": "https://example.org"}
    assert fetched == [{"type": "web_search_call", "id": "ws_1", "status": "failed", "action": action}]


def test_a_call_of_an_mcp_server_crosses_over_and_back() -> None:
    assert items(*MCP) == [MCP_CALL]
    translation = convert(asked(*MCP), kind="request", source="anthropic", target="openai-responses")
    assert [row.pointer for row in translation.losses if row.pointer.startswith("/messages")] == []
    back = convert(translation.value, kind="request", source="openai-responses", target="anthropic").value
    assert back["messages"][1]["content"] == MCP


def mcp_reply(*output: Json) -> Json:
    return {
        "id": "resp_1", "object": "response", "created_at": 0, "status": "completed", "error": None, "incomplete_details": None,
        "model": "m", "output": list(output), "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "usage": None,
    }  # fmt: skip


SAID: Final[Json] = {
    "type": "message", "id": "msg_0", "role": "assistant", "status": "completed",
    "content": [{"type": "output_text", "text": "so", "annotations": []}],
}  # fmt: skip


@pytest.mark.parametrize("behind", [(), (SAID, {**MCP_CALL, "id": "mcp_4"}, {**MCP_CALL, "id": "mcp_5"})])
def test_calls_of_mcp_servers_in_one_go_come_before_all_results_in_a_stream_too(behind: tuple[Json, ...]) -> None:
    reply = mcp_reply(MCP_CALL, {**MCP_CALL, "id": "mcp_2"}, {**MCP_CALL, "id": "mcp_3"}, *behind)
    content = convert(reply, kind="response", source="openai-responses", target="anthropic").value["content"]
    said = [(block["type"], str(block.get("id") or block.get("tool_use_id"))[-1]) for block in content]
    asked = [("mcp_tool_use", number) for number in "123"]
    assert said[:6] == [*asked, *(("mcp_tool_result", number) for number in "123")]
    assert [kind for kind, _ in said[6:]] == ["text", *["mcp_tool_use"] * 2, *["mcp_tool_result"] * 2][: len(said) - 6]
    stream_laws.converting_commutes_with_folding(
        replay("openai-responses", reply), source="openai-responses", target="anthropic"
    )
    back = convert({"id": "m", "type": "message", "role": "assistant", "model": "m", "content": content, "stop_reason": "end_turn",
                    "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}},
                   kind="response", source="anthropic", target="openai-responses")  # fmt: skip
    assert all(not row.pointer.startswith("/content") for row in back.losses)


def test_what_each_of_several_mcp_servers_offers_is_listed_for_that_one() -> None:
    """Listings have no id on the Messages API: which is which, their place tells."""
    tool = {"name": "find", "description": "finds", "input_schema": {"type": "object"}}
    listings: list[Json] = [
        {"type": "mcp_tool_listing", "mcp_server_name": server, "tools": [{**tool, "name": f"{server}_find"}]}
        for server in ("files", "mails")
    ]
    listed = items(*listings)
    assert [(item["server_label"], item["tools"][0]["name"]) for item in listed] == [
        ("files", "files_find"), ("mails", "mails_find")
    ]  # fmt: skip


def test_an_mcp_server_that_failed_failed_on_the_other_wire_too() -> None:
    failed = [
        MCP[0],
        {"type": "mcp_tool_result", "tool_use_id": "mcptoolu_1", "is_error": True, "content": "no such file"},
    ]
    (call,) = items(*failed)
    assert call["status"] == "failed"
    assert call["error"] == {"type": "mcp_tool_execution_error", "content": [{"type": "text", "text": "no such file"}]}
    assert "output" not in call


def test_tools_that_an_mcp_server_offers_cross_over() -> None:
    tools = [{"name": "find", "description": "Finds.", "input_schema": {"type": "object"}}]
    (listing,) = items({"type": "mcp_tool_listing", "mcp_server_name": "files", "tools": tools})
    assert (listing["type"], listing["server_label"], listing["tools"]) == ("mcp_list_tools", "files", tools)


def test_blocks_of_mcp_servers_ask_for_their_beta() -> None:
    request = {
        "model": "m",
        "input": [{"role": "user", "content": "look"}, MCP_CALL, {"role": "user", "content": "go on"}],
    }
    value = convert(request, kind="request", source="openai-responses", target="anthropic").value
    assert value["messages"][1]["content"] == MCP
    assert value["betas"] == ["mcp-client-2026-09-15"]


@pytest.mark.parametrize("blocks", [SEARCH, MCP, SEARCH[:1]])
def test_what_a_provider_ran_is_no_call_in_any_reply(blocks: list[Json]) -> None:
    reply = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [*blocks, {"type": "text", "text": "so"}],
        "stop_reason": "end_turn", "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1},
    }  # fmt: skip
    for target in ("openai-chat", "openai-responses", "uitars"):
        value = convert(reply, kind="response", source="anthropic", target=target).value
        response = read(target, "response", value)
        assert isinstance(response, hub.Response)
        turn = response.candidates[0].turn
        assert [part for part in turn.parts if isinstance(part, hub.Call)] == []


def test_records_stored_before_there_were_findings_are_still_written() -> None:
    searched = hub.ServerCall(
        id="ws_1", tool="web_search", arguments=hub.Arguments(value={"type": "search", "query": "q"}),
        document={"status": "completed"}, family="openai",
    )  # fmt: skip
    ran = hub.ServerCall(
        id="ci_1", tool="code_interpreter", document={"code": "1", "container_id": "c"}, family="openai"
    )
    called = hub.ServerCall(
        id="mcp_1",
        tool="find",
        server="files",
        arguments=hub.Arguments(text="{}"),
        document={"output": "x"},
        family="openai",
    )
    turns = (
        hub.Turn(role="user", parts=(hub.Text(text="q"),)),
        hub.Turn(role="assistant", parts=(searched, ran, called)),
    )
    assert write("openai-responses", hub.Request(turns=turns))["input"][1:] == [
        {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q"}},
        {"type": "code_interpreter_call", "id": "ci_1", "code": "1", "container_id": "c"},
        {"type": "mcp_call", "id": "mcp_1", "name": "find", "server_label": "files", "arguments": "{}", "output": "x"},
    ]
    found = hub.ServerResult(call_id="srvtoolu_1", tool="web_search", document=[], family="anthropic")
    turn = hub.Turn(role="assistant", parts=(found,))
    (message,) = write("anthropic", hub.Request(turns=(turn,)))["messages"]
    assert message["content"] == [{"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}]


UNPUBLISHED: Final[tuple[tuple[str, Json], ...]] = (
    ("anthropic", {"type": "web_search_tool_result", "tool_use_id": "s", "content": "words"}),
    ("anthropic", {"type": "code_execution_tool_result", "tool_use_id": "s", "content": {"type": "bash_code_execution_result"}}),
    ("anthropic", {"type": "mcp_tool_result", "tool_use_id": "m", "is_error": 1, "content": []}),
    ("anthropic", {"type": "mcp_tool_listing", "mcp_server_name": None, "tools": []}),
    ("openai-responses", {"type": "web_search_call", "id": "ws_1", "action": {"query": "no type"}}),
    ("openai-responses", {"type": "mcp_call", "id": "m", "name": "n", "server_label": "s", "output": "x", "error": "y"}),
    ("openai-responses", {"type": "mcp_call", "id": "m", "name": "n", "arguments": "{}"}),
    ("openai-responses", {"type": "image_generation_call", "id": "i", "result": "aGk=", "error": {"code": "c"}}),
    ("openai-responses", {"type": "code_interpreter_call", "id": "c", "outputs": "none"}),
)  # fmt: skip


@pytest.mark.parametrize(("wire", "said"), UNPUBLISHED)
def test_what_is_said_in_a_form_that_nobody_published_is_kept_whole(wire: str, said: Json) -> None:
    document: Json = asked(said) if wire == "anthropic" else {"model": "m", "input": [said]}
    request = read(wire, "request", document)
    assert isinstance(request, hub.Request)
    (part,) = next(turn for turn in request.turns if turn.role == "assistant").parts
    assert getattr(part, "findings", None) is None
    assert write(wire, request) == document
