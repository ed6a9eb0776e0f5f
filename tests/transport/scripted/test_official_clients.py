"""The providers' own SDKs, pointed at the scripted provider: they read what it says as they read the real one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest
from tests.transport.scripted.kit import CLICK, DONE, SCENARIO

from polyloop.transport.scripted import Keys, Reply, Scenario, ScriptedProvider, Step, Text

MODEL = "claude-opus-5"
BEDROCK_MODEL = "anthropic.claude-opus-5"
MESSAGES: Any = [{"role": "user", "content": "Go on."}]
TOOLS: Any = [{"name": "lookup", "input_schema": {"type": "object"}}]


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedProvider]:
    with ScriptedProvider.running(SCENARIO) as running:
        yield running


def _anthropic(server: ScriptedProvider) -> anthropic.Anthropic:
    return anthropic.Anthropic(api_key=server.keys.anthropic, base_url=server.base_url("anthropic"), max_retries=0)


def _vertex(server: ScriptedProvider) -> anthropic.AnthropicVertex:
    return anthropic.AnthropicVertex(
        access_token=server.keys.vertex,
        project_id="p",
        region="us-east5",
        base_url=server.base_url("vertex"),
        max_retries=0,
    )


def _bedrock(server: ScriptedProvider, **credentials: Any) -> anthropic.AnthropicBedrock:
    return anthropic.AnthropicBedrock(
        **credentials, aws_region="us-east-1", base_url=server.base_url("bedrock"), max_retries=0
    )


def _openai(server: ScriptedProvider) -> openai.OpenAI:
    return openai.OpenAI(api_key=server.keys.openai, base_url=server.base_url("openai"), max_retries=0)


def _same_turn(client: Any, model: str) -> None:
    """The turn is the one of the script, and streamed it is the same."""
    message = client.messages.create(model=model, max_tokens=1000, messages=MESSAGES, tools=TOOLS)
    assert [block.type for block in message.content] == ["thinking", "text", "tool_use"]
    assert message.content[2].input == {"query": "button", "limit": 2}
    assert message.stop_reason == "tool_use"
    with client.messages.stream(model=model, max_tokens=1000, messages=MESSAGES, tools=TOOLS) as stream:
        folded = stream.get_final_message()
    unparsed = {"__all__": {"parsed_output"}}
    assert folded.model_dump(exclude={"content": unparsed}) == message.model_dump()


def test_the_anthropic_client(server: ScriptedProvider) -> None:
    with _anthropic(server) as client:
        _same_turn(client, MODEL)
        assert client.messages.count_tokens(model=MODEL, messages=MESSAGES).input_tokens > 0
        assert MODEL in [model.id for model in client.models.list()]
        assert client.models.retrieve(MODEL).id == MODEL


@pytest.mark.holds_key("the SDK logs headers that its caller gives")
def test_the_anthropic_client_with_a_key_header_of_its_own(server: ScriptedProvider) -> None:
    with _anthropic(server) as client:
        headers: Any = {"x-api-key": server.keys.anthropic, "authorization": anthropic.omit}
        client.messages.create(model=MODEL, max_tokens=10, messages=MESSAGES, extra_headers=headers)
    assert "authorization" not in server.requests[-1].headers


def test_the_beta_client_says_its_betas(server: ScriptedProvider) -> None:
    tool: Any = {
        "type": "computer_20250124",
        "name": "computer",
        "display_width_px": 1024,
        "display_height_px": 768,
    }
    with _anthropic(server) as client:
        with pytest.raises(anthropic.BadRequestError, match="does not match any of the expected tags"):
            client.beta.messages.create(model=MODEL, max_tokens=10, messages=MESSAGES, tools=[tool])
        client.beta.messages.create(
            model=MODEL, max_tokens=10, messages=MESSAGES, tools=[tool], betas=["computer-use-2025-01-24"]
        )


def test_a_toolset_gets_its_members_called() -> None:
    toolset: Any = {"type": "computer_toolset_20260801"}
    with ScriptedProvider.running(Scenario(steps=(Step(reply=CLICK),))) as server, _anthropic(server) as client:
        with client.messages.stream(model=MODEL, max_tokens=10, messages=MESSAGES, tools=[toolset]) as stream:
            (use,) = stream.get_final_message().content
        assert isinstance(use, anthropic.types.ToolUseBlock)
        assert (use.name, use.toolset_name, use.input) == ("left_click", "computer", {"coordinate": [100, 200]})


def test_the_asynchronous_anthropic_client() -> None:
    async def talk() -> None:
        async with ScriptedProvider(SCENARIO) as server:
            async with anthropic.AsyncAnthropic(
                api_key=server.keys.anthropic, base_url=server.base_url("anthropic"), max_retries=0
            ) as client:
                message = await client.messages.create(model=MODEL, max_tokens=100, messages=MESSAGES, tools=TOOLS)
                async with client.messages.stream(
                    model=MODEL, max_tokens=100, messages=MESSAGES, tools=TOOLS
                ) as stream:
                    folded = await stream.get_final_message()
            assert folded.id == message.id
            assert folded.usage == message.usage

    asyncio.run(talk())


def test_the_vertex_client(server: ScriptedProvider) -> None:
    with _vertex(server) as client:
        _same_turn(client, MODEL)


def test_the_bedrock_client_with_a_bearer_key(server: ScriptedProvider) -> None:
    with _bedrock(server, api_key=server.keys.bedrock) as client:
        _same_turn(client, BEDROCK_MODEL)


def test_the_bedrock_client_with_a_signature(server: ScriptedProvider) -> None:
    pytest.importorskip("boto3", reason="the SDK's signing needs boto3")
    keys = server.keys
    with _bedrock(server, aws_access_key=keys.aws_access_key, aws_secret_key=keys.aws_secret_key) as client:
        _same_turn(client, BEDROCK_MODEL)
    with (
        _bedrock(server, aws_access_key=keys.aws_access_key, aws_secret_key="not the secret") as client,
        pytest.raises(anthropic.PermissionDeniedError, match="signature we calculated does not match"),
    ):
        client.messages.create(model=BEDROCK_MODEL, max_tokens=10, messages=MESSAGES)


def test_the_bedrock_clients_betas_count_when_they_are_in_the_body(server: ScriptedProvider) -> None:
    tool: Any = {"type": "computer_20251124", "name": "computer", "display_width_px": 800, "display_height_px": 600}
    beta = "computer-use-2025-11-24"
    request: Any = {"model": BEDROCK_MODEL, "max_tokens": 10, "messages": MESSAGES, "tools": [tool]}
    with _bedrock(server, api_key=server.keys.bedrock) as client:
        messages: Any = client.beta.messages  # the SDK's types do not fit together here
        messages.create(**request, betas=[beta])
        assert server.requests[-1].body["anthropic_beta"] == [beta]
    headers = {"anthropic-beta": beta}
    with _bedrock(server, api_key=server.keys.bedrock, default_headers=headers) as client:
        messages = client.beta.messages
        with pytest.raises(anthropic.BadRequestError):
            messages.create(**request)
        assert server.requests[-1].headers["anthropic-beta"] == beta


def test_an_old_bedrock_model_refuses_the_new_version(server: ScriptedProvider) -> None:
    old = "anthropic.claude-opus-4-6-v1:0"
    with _bedrock(server, api_key=server.keys.bedrock) as client:
        with pytest.raises(anthropic.BadRequestError, match="2026-10-21 is not supported"):
            client.messages.create(model=old, max_tokens=10, messages=MESSAGES)
        body = {"anthropic_version": "bedrock-2023-05-31", "temperature": 0}
        client.messages.create(model=old, max_tokens=10, messages=MESSAGES, extra_body=body)


def test_the_openai_client_over_chat(server: ScriptedProvider) -> None:
    with _openai(server) as client:
        tool: Any = {"type": "function", "function": {"name": "lookup", "parameters": {"type": "object"}}}
        whole = client.chat.completions.create(model="gpt-6-astra", messages=MESSAGES, tools=[tool])
        message = whole.choices[0].message
        assert message.content == "Ich sehe nach … 👀"
        assert message.tool_calls is not None
        (call,) = message.tool_calls
        assert isinstance(call, openai.types.chat.ChatCompletionMessageFunctionToolCall)
        assert call.function.arguments == '{"query":"button","limit":2}'
        with client.chat.completions.stream(
            model="gpt-6-astra", messages=MESSAGES, tools=[tool], stream_options={"include_usage": True}
        ) as stream:
            folded = stream.get_final_completion()
        assert folded.choices[0].message.content == message.content
        assert folded.choices[0].finish_reason == whole.choices[0].finish_reason == "tool_calls"
        assert folded.usage == whole.usage
        assert [model.id for model in client.models.list()]


def test_the_openai_client_over_responses(server: ScriptedProvider) -> None:
    with _openai(server) as client:
        tool: Any = {"type": "function", "name": "lookup", "parameters": {"type": "object"}, "strict": False}
        whole = client.responses.create(model="gpt-6-astra", input="Go on.", tools=[tool])
        assert [item.type for item in whole.output] == ["reasoning", "message", "function_call"]
        assert whole.output_text == "Ich sehe nach … 👀"
        with client.responses.stream(model="gpt-6-astra", input="Go on.", tools=[tool]) as stream:
            kinds = [event.type for event in stream]
            folded = stream.get_final_response()
        assert "response.function_call_arguments.delta" in kinds
        assert folded.output_text == whole.output_text
        assert folded.usage == whole.usage


def test_the_computer_tool_of_responses_is_called_in_openais_words() -> None:
    reply = Reply(parts=(*CLICK.parts, Text(text="Clicked.")))
    with ScriptedProvider.running(Scenario(steps=(Step(reply=reply),))) as server, _openai(server) as client:
        batch: Any = {"type": "computer"}
        call = client.responses.create(model="gpt-6-astra", input="Go on.", tools=[batch]).output[0]
        assert isinstance(call, openai.types.responses.ResponseComputerToolCall)
        assert [action.model_dump(exclude_none=True) for action in call.actions or ()] == [
            {"type": "click", "button": "left", "x": 100, "y": 200}
        ]
        preview: Any = {
            "type": "computer_use_preview",
            "display_width": 1024,
            "display_height": 768,
            "environment": "linux",
        }
        call = client.responses.create(model="computer-use-preview", input="Go on.", tools=[preview]).output[0]
        assert isinstance(call, openai.types.responses.ResponseComputerToolCall)
        assert call.action is not None
        assert call.actions is None


def test_the_asynchronous_openai_client() -> None:
    async def talk() -> None:
        async with ScriptedProvider(SCENARIO) as server:
            async with openai.AsyncOpenAI(
                api_key=server.keys.openai, base_url=server.base_url("openai"), max_retries=0
            ) as client:
                stream = await client.chat.completions.create(model="gpt-6-astra", messages=MESSAGES, stream=True)
                text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])
                response = await client.responses.create(model="gpt-6-astra", input="Go on.")
            assert text == response.output_text == "Ich sehe nach … 👀"

    asyncio.run(talk())


def test_the_openai_client_over_uitars(server: ScriptedProvider) -> None:
    with openai.OpenAI(api_key=server.keys.uitars, base_url=server.base_url("uitars"), max_retries=0) as client:
        completion = client.chat.completions.create(model="ui-tars-1.5-7b", messages=MESSAGES)
        assert (completion.choices[0].message.content or "").startswith("Thought: ")


def test_a_wrong_key_is_the_sdks_own_exception() -> None:
    with ScriptedProvider.running(Scenario(steps=(Step(reply=DONE),)), keys=Keys(anthropic="a", openai="b")) as server:
        stranger: Any = {"api_key": "no-such-key", "max_retries": 0}
        with (
            anthropic.Anthropic(base_url=server.base_url("anthropic"), **stranger) as client,
            pytest.raises(anthropic.AuthenticationError),
        ):
            client.messages.create(model=MODEL, max_tokens=10, messages=MESSAGES)
        with (
            openai.OpenAI(base_url=server.base_url("openai"), **stranger) as other,
            pytest.raises(openai.AuthenticationError) as raised,
        ):
            other.responses.create(model="gpt-6-astra", input="Go on.")
        assert raised.value.code == "invalid_api_key"
        assert [logged.credential for logged in server.requests] == ["wrong", "wrong"]


def test_what_is_said_has_no_key_that_the_sdks_do_not_know(server: ScriptedProvider) -> None:
    with _anthropic(server) as client, _openai(server) as other:
        message = client.messages.create(model=MODEL, max_tokens=100, messages=MESSAGES, tools=TOOLS)
        completion = other.chat.completions.create(model="gpt-6-astra", messages=MESSAGES)
        response = other.responses.create(model="gpt-6-astra", input="Go on.", tools=[{"type": "computer"}])
    assert _unknown_keys(message) == _unknown_keys(completion) == []
    assert _unknown_keys(response) == ["store"]  # recorded responses say it, though the types do not


def _unknown_keys(model: Any) -> list[str]:
    found = list(getattr(model, "model_extra", None) or {})
    for value in dict(model).values():
        for item in value if isinstance(value, list) else [value]:
            if hasattr(item, "model_extra"):
                found += _unknown_keys(item)
    return found
