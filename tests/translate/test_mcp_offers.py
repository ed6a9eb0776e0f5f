"""An MCP server that is offered on one of the two wires that have them is offered on the other, as far as both let it be called alike."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.translate import convert, hub, read, restore, write
from polyloop.translate.jsonvalue import ABSENT
from polyloop.translate.mcp_offers import Offer, mcp_tool, read_mcp_tool

ANTHROPIC = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "q"}]}
RESPONSES = {
    "model": "m", "max_output_tokens": 9, "store": False, "input": [{"type": "message", "role": "user", "content": "q"}],
}  # fmt: skip
SERVER = {"type": "url", "name": "s", "url": "https://example.org", "authorization_token": "a token"}
TOOLSET = {"type": "mcp_toolset", "mcp_server_name": "s"}
TOOL = {
    "type": "mcp", "server_label": "s", "server_url": "https://example.org", "authorization": "a token",
    "require_approval": "never",
}  # fmt: skip
BETA = "mcp-client-2026-09-15"
OFFERS = st.builds(
    Offer, name=st.sampled_from(("s", "a server")), url=st.just("https://example.org"),
    authorization=st.just(ABSENT) | st.just("a token"),
    allowed=st.just(ABSENT) | st.lists(st.sampled_from(("f", "g", "")), unique=True).map(tuple),
)  # fmt: skip


@given(OFFERS)
def test_an_offer_is_read_as_it_was_written(offer: Offer) -> None:
    assert read_mcp_tool(mcp_tool(offer)) == offer


@given(OFFERS)
def test_an_offer_goes_to_the_messages_api_and_comes_back_without_a_loss(offer: Offer) -> None:
    document = {**RESPONSES, "tools": [*write_tools(mcp_tool(offer))]}
    translation = convert(document, kind="request", source="openai-responses", target="anthropic")
    assert [server["name"] for server in translation.value["mcp_servers"]] == [offer.name]
    assert [row.pointer for row in translation.losses] == []
    assert restore(translation) == document


def write_tools(*tools: hub.Tool) -> list[Any]:
    written: list[Any] = write("openai-responses", hub.Request(tools=tools))["tools"]
    return written


def test_a_server_and_its_toolset_are_one_tool_that_asks_nobody() -> None:
    document = {**ANTHROPIC, "mcp_servers": [SERVER], "tools": [TOOLSET], "betas": [BETA]}
    there = convert(document, kind="request", source="anthropic", target="openai-responses")
    assert there.value == {**RESPONSES, "tools": [TOOL]}
    assert ("/tools/0/require_approval", "never") in [(put.pointer, put.text) for put in there.insertions]
    assert there.losses == ()
    back = convert({**RESPONSES, "tools": [TOOL]}, kind="request", source="openai-responses", target="anthropic")
    assert back.value == document


def test_only_the_tools_that_a_toolset_enables_may_be_called() -> None:
    toolset = {**TOOLSET, "default_config": {"enabled": False}, "configs": {"f": {"enabled": True}}}
    document = {**ANTHROPIC, "mcp_servers": [SERVER], "tools": [toolset]}
    value = convert(document, kind="request", source="anthropic", target="openai-responses").value
    assert value["tools"] == [{**TOOL, "allowed_tools": ["f"]}]


def test_a_server_of_the_older_form_says_by_itself_which_tools_may_be_called() -> None:
    server = {**SERVER, "tool_configuration": {"enabled": True, "allowed_tools": ["f"]}}
    document = {**ANTHROPIC, "mcp_servers": [server]}
    translation = convert(document, kind="request", source="anthropic", target="openai-responses")
    assert translation.value["tools"] == [{**TOOL, "allowed_tools": ["f"]}]
    assert restore(translation) == document


@pytest.mark.parametrize(
    "keys",
    [
        {"tools": [{**TOOLSET, "configs": {"f": {"enabled": False}}}]},
        {"tools": [{**TOOLSET, "tools": [{"name": "f", "input_schema": {"type": "object"}}]}]},
        {"mcp_servers": [{**SERVER, "tool_configuration": {"enabled": False}}]},
        {"mcp_servers": [{**SERVER, "tool_configuration": {"unheard_of": 1}}]},
    ],
)
def test_a_server_is_not_offered_where_more_of_its_tools_could_be_called(keys: dict[str, Any]) -> None:
    document = {**ANTHROPIC, "mcp_servers": [SERVER], **keys}
    translation = convert(document, kind="request", source="anthropic", target="openai-responses")
    assert not translation.value.get("tools")
    assert "/mcp_servers" in [row.pointer for row in translation.losses]


@pytest.mark.parametrize("asks", [{"require_approval": "always"}, {"require_approval": {"never": {}}}, {}])
@pytest.mark.parametrize("rest", [{}, {"headers": {"h": "v"}}])
def test_a_server_that_asks_before_it_calls_is_not_offered_where_nobody_would_be_asked(
    asks: dict[str, Any], rest: dict[str, Any]
) -> None:
    tool = {**{key: value for key, value in TOOL.items() if key != "require_approval"}, **asks, **rest}
    value = convert({**RESPONSES, "tools": [tool]}, kind="request", source="openai-responses", target="anthropic").value
    assert value["tools"] == []
    assert "mcp_servers" not in value


def test_a_servers_token_is_in_no_reason_no_insertion_and_no_text_of_a_record() -> None:
    document = {**ANTHROPIC, "mcp_servers": [{**SERVER, "authorization_token": "s3cret"}], "tools": [TOOLSET]}
    for target in ("openai-chat", "openai-responses"):
        translation = convert(document, kind="request", source="anthropic", target=target)
        assert "s3cret" not in str([row.reason for row in translation.losses]) + str(translation.insertions)
    assert "s3cret" not in repr(read("anthropic", "request", document).servers)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "servers",
    [
        None, [], "no list", [None], ["no server"], [{}], [{"type": "url", "name": "s"}], [{**SERVER, "authorization_token": None}],
        [{**SERVER, "authorization_token": 5}], [{**SERVER, "tool_configuration": None}], [{**SERVER, "unheard_of": 1}],
        [{**SERVER, "tool_configuration": {}}], [{**SERVER, "tool_configuration": {"enabled": 1}}], [SERVER, SERVER],
        [{**SERVER, "tool_configuration": {"enabled": None, "allowed_tools": None}}],
    ],
)  # fmt: skip
def test_servers_of_any_form_are_exact(servers: Any) -> None:
    document = {**ANTHROPIC, "mcp_servers": servers}
    assert write("anthropic", read("anthropic", "request", document)) == document
