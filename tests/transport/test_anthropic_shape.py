"""A loop written against the anthropic SDK, over every provider, with one line changed."""

from __future__ import annotations

import asyncio
from typing import Any

import anthropic
import pytest
from anthropic.types import Message, TextBlock, ToolUseBlock
from anthropic.types.beta import BetaMessage
from tests.canary import KEYS
from tests.transport.doors import DOORS, SCENARIO, WORDS, open_door

from polyloop.transport.anthropic_shape import MultiProviderWrapper, SyncMultiProviderWrapper
from polyloop.transport.errors import ProviderCallError, RateLimited
from polyloop.transport.retry import NO_RETRIES
from polyloop.transport.scripted import Fail, FailInStream, HangUp, Rule, ScriptedProvider
from polyloop.transport.synchronous import SyncClient

ALL = tuple(DOORS)
TOOL: Any = {
    "name": "lookup",
    "description": "Looks things up.",
    "input_schema": {
        "type": "object",
        "properties": {"query": {"type": "string"}, "limit": {"type": "integer"}},
        "required": ["query", "limit"],
    },
}
BEGIN: Any = [{"role": "user", "content": "Go on."}]


def said(message: Any) -> str:
    """What a message says."""
    return "".join(getattr(block, "text", None) or "" for block in message.content)


@pytest.mark.parametrize("name", ALL)
def test_an_existing_loop_runs_to_its_end(name: str) -> None:
    async def main() -> None:
        async with open_door(name) as (_, client), MultiProviderWrapper(client, model=DOORS[name].model) as wrapper:
            messages: list[Any] = list(BEGIN)
            replies: list[Message] = []
            while True:
                # 64,000 tokens: the SDK's own face refuses this unstreamed.
                reply = await wrapper.messages.create(
                    model="claude-opus-5", max_tokens=64000, messages=messages, tools=[TOOL], system="Be short."
                )
                assert isinstance(reply, Message)
                replies.append(reply)
                messages.append({"role": "assistant", "content": reply.content})
                used = [block for block in reply.content if isinstance(block, ToolUseBlock)]
                if not used:
                    break
                results = [{"type": "tool_result", "tool_use_id": block.id, "content": "At 10, 20."} for block in used]
                messages.append({"role": "user", "content": results})
            first, last = replies
            assert said(first) == WORDS
            assert first.stop_reason == "tool_use"
            (call,) = [block for block in first.content if isinstance(block, ToolUseBlock)]
            assert (call.name, call.input) == ("lookup", {"query": "button", "limit": 2})
            assert isinstance(last.content[0], TextBlock)
            assert last.content[0].text == "All is done."
            assert last.stop_reason == "end_turn"
            assert last.usage.input_tokens > 0

    asyncio.run(main())


@pytest.mark.parametrize("name", ALL)
def test_streams_and_raw_responses_and_betas_are_the_sdks_own(name: str) -> None:
    async def main() -> None:
        async with open_door(name) as (_, client), MultiProviderWrapper(client, model=DOORS[name].model) as wrapper:
            asked: Any = {"model": "m", "max_tokens": 1000, "messages": BEGIN, "tools": [TOOL]}
            whole = await wrapper.messages.create(**asked)
            async with wrapper.messages.stream(**asked) as stream:
                text = "".join([piece async for piece in stream.text_stream])
                folded = await stream.get_final_message()
            assert said(folded) == said(whole) == WORDS
            assert text == WORDS
            assert [block.type for block in folded.content] == [block.type for block in whole.content]
            assert folded.usage.output_tokens == whole.usage.output_tokens
            kinds = [event.type async for event in await wrapper.messages.create(**asked, stream=True)]
            assert (kinds[0], kinds[-1]) == ("message_start", "message_stop")
            raw = await wrapper.messages.with_raw_response.create(**asked)
            assert raw.http_response.status_code == 200
            assert said(await raw.parse()) == WORDS
            beta = await wrapper.beta.messages.create(**asked, betas=["some-beta-2026-01-01"])
            assert isinstance(beta, BetaMessage)
            assert said(beta) == WORDS

    asyncio.run(main())


def test_betas_reach_the_provider_that_has_them() -> None:
    async def main() -> None:
        async with open_door("bedrock") as (server, client), MultiProviderWrapper(client) as wrapper:
            model = DOORS["bedrock"].model
            await wrapper.beta.messages.create(
                model=model, max_tokens=9, messages=BEGIN, betas=["some-beta-2026-01-01"]
            )
            assert server.requests[-1].body["anthropic_beta"] == ["some-beta-2026-01-01"]
            assert server.requests[-1].body["anthropic_version"] == "bedrock-2023-05-31"

    asyncio.run(main())


ERRORS: dict[str, type[anthropic.APIStatusError]] = {
    "authentication": anthropic.AuthenticationError,
    "not_found": anthropic.NotFoundError,
    "invalid_request": anthropic.BadRequestError,
    "rate_limit": anthropic.RateLimitError,
    "server_error": anthropic.InternalServerError,
}


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("kind", ERRORS)
def test_errors_are_those_that_a_loop_over_the_sdk_catches(name: str, kind: Any) -> None:
    async def main() -> None:
        faults = [Rule(fault=Fail(kind=kind))]
        async with (
            open_door(name, faults=faults, retry=NO_RETRIES) as (_, client),
            MultiProviderWrapper(client, model=DOORS[name].model) as wrapper,
        ):
            with pytest.raises(ERRORS[kind]) as raised:
                await wrapper.messages.create(model="m", max_tokens=10, messages=BEGIN)
            ours = raised.value.response.extensions["polyloop_error"]
            assert isinstance(ours, ProviderCallError)
            assert ours.provider == DOORS[name].provider
            assert ours.status is not None
            with pytest.raises(ERRORS[kind]):
                async with wrapper.messages.stream(model="m", max_tokens=10, messages=BEGIN) as stream:
                    await stream.get_final_message()

    asyncio.run(main())


@pytest.mark.parametrize("name", ["anthropic", "openai-chat", "openai-responses"])
def test_a_stream_that_breaks_is_an_error_in_the_stream(name: str) -> None:
    async def main() -> None:
        faults = [Rule(fault=FailInStream(kind="overloaded", after_events=8))]
        async with (
            open_door(name, faults=faults) as (_, client),
            MultiProviderWrapper(client, model=DOORS[name].model) as wrapper,
        ):
            heard: list[str] = []

            async def listen() -> None:
                async with wrapper.messages.stream(model="m", max_tokens=10, messages=BEGIN) as stream:
                    async for piece in stream.text_stream:
                        heard.append(piece)  # noqa: PERF401  # what came before the break counts

            with pytest.raises(anthropic.APIStatusError) as raised:
                await listen()
            assert heard
            assert WORDS.startswith("".join(heard))
            assert raised.value.type == "overloaded_error"

    asyncio.run(main())


def test_no_answer_is_the_sdks_connection_error_and_a_bad_request_is_refused_here() -> None:
    async def main() -> None:
        async with (
            open_door("openai-chat", faults=[Rule(fault=HangUp())], retry=NO_RETRIES) as (server, client),
            MultiProviderWrapper(client, model="gpt-5.5") as wrapper,
        ):
            with pytest.raises(anthropic.APIConnectionError):
                await wrapper.messages.create(model="m", max_tokens=10, messages=BEGIN)
            with pytest.raises(anthropic.BadRequestError):
                await wrapper.messages.create(model="m", max_tokens=10, messages="no list")
            with pytest.raises(anthropic.NotFoundError):
                await wrapper.sdk.models.list()
            assert len(server.requests) == 1

    asyncio.run(main())


def test_tokens_are_counted_where_the_provider_counts() -> None:
    async def main() -> None:
        async with open_door("openai-responses") as (_, client), MultiProviderWrapper(client) as wrapper:
            counted = await wrapper.messages.count_tokens(model="gpt-5.5", messages=BEGIN)
            assert counted.input_tokens > 0

    asyncio.run(main())


def test_plain_code_has_the_same_face() -> None:
    with (
        ScriptedProvider.running(SCENARIO, keys=KEYS) as server,
        SyncMultiProviderWrapper(SyncClient(DOORS["openai-chat"].client(server)), model="gpt-5.5") as wrapper,
    ):
        asked: Any = {"model": "m", "max_tokens": 64000, "messages": BEGIN, "tools": [TOOL]}
        assert said(wrapper.messages.create(**asked)) == WORDS
        with wrapper.messages.stream(**asked) as stream:
            assert "".join(stream.text_stream) == WORDS
        with pytest.raises(anthropic.NotFoundError):
            wrapper.sdk.models.list()
        assert isinstance(wrapper.beta.messages.create(**asked), BetaMessage)


def test_the_cause_is_kept() -> None:
    async def main() -> None:
        faults = [Rule(fault=Fail(kind="rate_limit", retry_after=3))]
        async with (
            open_door("openai-chat", faults=faults, retry=NO_RETRIES) as (_, client),
            MultiProviderWrapper(client, model="gpt-5.5") as wrapper,
        ):
            with pytest.raises(anthropic.RateLimitError) as raised:
                await wrapper.messages.create(model="m", max_tokens=10, messages=BEGIN)
            ours = raised.value.response.extensions["polyloop_error"]
            assert isinstance(ours, RateLimited)
            assert ours.retry_after == 3
            assert raised.value.response.headers["retry-after"] == "3"

    asyncio.run(main())
