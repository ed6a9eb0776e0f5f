"""What the anthropic SDK lets its users say of one request beside the conversation: each is kept over any provider, or refused with a word of where it belongs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import anthropic
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.canary import KEYS
from tests.transport.doors import DOORS, SCENARIO, WORDS, Fate, ask, open_door, words
from tests.transport.loopback import answer, serving, silence

from polyloop.translate.errors import UsageError
from polyloop.translate.http import HttpRequest
from polyloop.transport import (
    MultiProviderWrapper,
    RecordingSender,
    ReplayingSender,
    RetryPolicy,
    Timeouts,
    TransportConfig,
    create_client,
)
from polyloop.transport.anthropic_options import client_for, usual_timeout
from polyloop.transport.anthropic_shape import SyncMultiProviderWrapper
from polyloop.transport.errors import ProviderCallError, SettingsError, Stalled
from polyloop.transport.retry import NO_RETRIES
from polyloop.transport.scripted import Fail, Rule, ScriptedProvider, Silence
from polyloop.transport.senders import AnthropicSdkSender, HttpxSender
from polyloop.transport.senders.port import Sender, SendingTimeouts, SentResponse, timed
from polyloop.transport.synchronous import SyncClient

ASKED: Any = {"model": "m", "max_tokens": 10, "messages": [{"role": "user", "content": "Go on."}]}
SHORT = 0.05
"""Seconds: long enough to be measured by a real clock, which these tests wait for."""


async def created(client: Any, **options: Any) -> Any:
    return await client.messages.create(**ASKED, **options)


async def streamed(client: Any, **options: Any) -> Any:
    async with client.messages.stream(**ASKED, **options) as stream:
        return await stream.get_final_message()


async def counted(client: Any, **options: Any) -> Any:
    return await client.messages.count_tokens(model="m", messages=ASKED["messages"], **options)


def clock_of(error: BaseException | None) -> tuple[str, float] | None:
    """Which of our clocks ran out behind an error, and after how long."""
    while error is not None and not isinstance(error, Stalled):
        error = error.__cause__
    return None if error is None else (error.clock, error.seconds)


@pytest.mark.parametrize("name", ["openai-chat", "anthropic", "bedrock"])
@pytest.mark.parametrize("call", [created, streamed])
@pytest.mark.parametrize(
    "timeout",
    [SHORT, httpx2.Timeout(SHORT, connect=5.0), httpx2.Timeout(None, read=SHORT)],
    ids=["number", "connect", "read"],
)
def test_a_timeout_of_one_request_ends_the_silence_before_the_first_content(
    name: str, call: Callable[..., Any], timeout: Any
) -> None:
    async def main() -> None:
        async with (
            open_door(name, faults=[Rule(fault=Silence(gate="never"))], retry=NO_RETRIES) as (_, client),
            MultiProviderWrapper(client, model=DOORS[name].model) as wrapper,
        ):
            with pytest.raises(anthropic.APITimeoutError) as raised:
                await call(wrapper, timeout=timeout)
            assert isinstance(timeout, float) or clock_of(raised.value) == ("first_content", SHORT)
            with pytest.raises(anthropic.APITimeoutError):
                await call(wrapper.with_options(timeout=timeout))

    asyncio.run(main())


def test_it_ends_the_silence_in_mid_answer_too() -> None:
    async def main() -> None:
        async with (
            open_door("openai-chat", faults=[Rule(fault=Silence(after_events=8, gate="never"))], retry=NO_RETRIES) as (
                _,
                client,
            ),
            MultiProviderWrapper(client, model="gpt-5.5") as wrapper,
        ):
            with pytest.raises(anthropic.APIStatusError) as raised:  # as an error event: the answer had begun
                await streamed(wrapper, timeout=SHORT)
            assert "no further content" in str(raised.value)

    asyncio.run(main())


def test_tokens_are_not_counted_for_longer_either() -> None:
    async def main() -> None:
        async with serving(silence) as server:
            asked: Any = {"base_url": server.url, "api_key": KEYS.openai, "environment": {}, "retry": NO_RETRIES}
            client = create_client("openai", wire="openai-responses", model="gpt-5.5", **asked)
            async with MultiProviderWrapper(client) as wrapper:
                with pytest.raises(anthropic.APITimeoutError):
                    await counted(wrapper, timeout=SHORT)

    asyncio.run(main())


seconds = st.none() | st.floats(0.001, 1e6)


@given(read=seconds, connect=seconds, write=seconds, pool=seconds)
def test_each_number_of_a_timeout_has_a_clock_or_the_http_client(
    read: float | None, connect: float | None, write: float | None, pool: float | None
) -> None:
    seen: list[SendingTimeouts] = []

    class Noting(Silent):
        def timed(self, timeouts: SendingTimeouts) -> Sender:
            seen.append(timeouts)
            return self

    client = create_client("openai", sender=Noting(), environment={})
    given_timeout = {"connect": connect, "read": read, "write": write, "pool": pool}
    kept = client_for(client, given_timeout).timeouts
    if given_timeout == usual_timeout(client.timeouts):
        assert seen == []
        return
    assert (kept.first_content, kept.between_content, kept.connect, kept.total) == (read, read, connect, None)
    assert seen == [SendingTimeouts(connect, write, pool)]


def test_nothing_said_is_the_clients_own() -> None:
    own = Timeouts(connect=3.0, first_content=40.0, between_content=7.0, total=90.0)
    client = create_client("openai", sender=Silent(), environment={}, config=TransportConfig(timeouts=own))
    assert client_for(client, None) is client
    assert client_for(client, usual_timeout(own)) is client
    wrapper = MultiProviderWrapper(client)
    assert httpx2.Timeout(wrapper.sdk.timeout).as_dict() == usual_timeout(own)
    unlimited = client_for(client, httpx2.Timeout(None).as_dict()).timeouts
    assert unlimited == Timeouts(connect=None, first_content=None, between_content=None, total=90.0)


class Silent:
    """A sender that nobody asks."""

    async def send(self, request: HttpRequest, *, stream: bool) -> SentResponse:
        raise AssertionError("nothing is sent")

    async def aclose(self) -> None:
        return None


def test_a_sender_with_timeouts_of_its_own_is_asked_for_no_others() -> None:
    client = create_client("openai", sender=Silent(), environment={})
    assert (
        client_for(client, httpx2.Timeout(5.0).as_dict()).timeouts.first_content == 5.0
    )  # it covers all that sending takes
    with pytest.raises(UsageError, match="one number for all"):
        client_for(client, httpx2.Timeout(60.0, connect=5.0).as_dict())
    assert timed(RecordingSender(Silent(), "never-written.jsonl"), SendingTimeouts(1.0, 1.0, 1.0)) is None


@pytest.mark.parametrize("kind", [httpx2.AsyncClient, None])
def test_the_http_client_is_given_the_timeouts(kind: Any) -> None:
    async def main() -> None:
        seen: list[dict[str, Any]] = []

        class Noting(httpx2.AsyncHTTPTransport):
            async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
                seen.append(request.extensions["timeout"])
                return await super().handle_async_request(request)

        async with serving(answer()) as server, httpx2.AsyncClient(transport=Noting()) as http:
            asked = SendingTimeouts(1.0, 2.0, 3.0)
            request = HttpRequest(method="POST", path="/v1/messages", headers=(), body=b"{}", provider="anthropic")
            if kind is not None:
                sender: Sender = HttpxSender(server.url, config=TransportConfig(client=http))
            else:
                sdk = anthropic.AsyncAnthropic(api_key=KEYS.anthropic, base_url=server.url, http_client=http)
                sender = AnthropicSdkSender(client=sdk)
            view = timed(sender, asked)
            assert view is not None
            await (await view.send(request, stream=True)).read()
            assert seen == [{"connect": 1.0, "read": None, "write": 2.0, "pool": 3.0}]
            await (await sender.send(request, stream=True)).read()
            assert seen[1] != seen[0]

    asyncio.run(main())


def test_a_request_with_a_timeout_is_recorded_and_played_back(tmp_path: Any) -> None:
    async def main() -> None:
        path = tmp_path / "openai_chat.jsonl"
        async with (
            open_door("openai-chat", recording=path) as (server, client),
            MultiProviderWrapper(client, model="gpt-5.5") as wrapper,
        ):
            await created(wrapper)
            await created(wrapper, timeout=60.0)
            assert server.connections == 1
        lines = path.read_text("utf-8").splitlines()
        assert [json.loads(line)["id"].split("-")[1] for line in lines] == ["00001", "00002"]
        replayed = create_client("openai", model="gpt-5.5", sender=ReplayingSender(path), environment={})
        async with MultiProviderWrapper(replayed, model="gpt-5.5") as wrapper:
            assert (await created(wrapper, timeout=60.0)).content[0].text == WORDS

    asyncio.run(main())


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_max_retries_are_retries_of_ours_and_the_sdk_adds_none(retries: int) -> None:
    async def main() -> None:
        fate = Fate()
        policy = RetryPolicy(max_attempts=2)
        async with (
            open_door("openai-chat", faults=[Rule(fault=Fail(kind="server_error"))], fate=fate, retry=policy) as (
                server,
                client,
            ),
            MultiProviderWrapper(client, model="gpt-5.5") as wrapper,
        ):
            asked = wrapper.with_options(max_retries=retries)
            for face in (
                asked,
                asked.with_options(timeout=30.0),
                wrapper.with_options(timeout=30.0, max_retries=retries),
            ):
                before = len(server.requests)
                with pytest.raises(anthropic.InternalServerError):
                    await created(face)
                assert len(server.requests) - before == retries + 1
            before = len(server.requests)
            with pytest.raises(anthropic.InternalServerError):
                await created(wrapper)
            assert len(server.requests) - before == policy.max_attempts

    asyncio.run(main())


REFUSED: dict[str, dict[str, Any]] = {
    "a header": {"extra_headers": {"x-team": "secret-team"}},
    "a credential": {"extra_headers": {"x-api-key": "secret-team"}},
    "another credential": {"extra_headers": {"Authorization": "Bearer secret-team"}},
    "a parameter": {"extra_query": {"trace": "secret-team"}},
    "a key": {"extra_body": {"experimental": "secret-team"}},
}


@pytest.mark.parametrize("option", REFUSED)
def test_what_goes_nowhere_is_refused_and_its_value_is_not_shown(option: str) -> None:
    async def main() -> None:
        async with (
            open_door("openai-chat") as (server, client),
            MultiProviderWrapper(client, model="gpt-5.5") as wrapper,
        ):
            for call in (created, streamed):
                with pytest.raises(anthropic.BadRequestError) as raised:
                    await call(wrapper, **REFUSED[option])
                assert "secret-team" not in str(raised.value)
                (name,) = next(iter(REFUSED[option].values()))
                assert name.lower() in str(raised.value).lower()
            assert server.requests == []

    asyncio.run(main())


def test_what_the_messages_api_has_goes_along() -> None:
    async def main() -> None:
        async with (
            open_door("bedrock") as (server, client),
            MultiProviderWrapper(client, model=DOORS["bedrock"].model) as wrapper,
        ):
            await created(wrapper, extra_headers={"anthropic-beta": "some-beta-2026-01-01"}, extra_body={"top_k": 3})
            body = server.requests[-1].body
            assert (body["anthropic_beta"], body["top_k"]) == (["some-beta-2026-01-01"], 3)
            with pytest.raises(
                anthropic.BadRequestError, match="experimental: Extra inputs"
            ):  # the provider's own word
                await created(wrapper, extra_body={"experimental": True})
        async with (
            open_door("openai-chat") as (server, client),
            MultiProviderWrapper(client, model="gpt-5.5") as wrapper,
        ):
            await wrapper.beta.messages.create(**ASKED, extra_body={"stop_sequences": ["###"]})
            assert server.requests[-1].body["stop"] == ["###"]

    asyncio.run(main())


@pytest.mark.parametrize(
    "option", [{"api_key": KEYS.anthropic}, {"base_url": "http://other.invalid"}, {"http_client": httpx2.AsyncClient}]
)
def test_what_is_the_client_inside_is_given_there(option: Any) -> None:
    wrapper = MultiProviderWrapper(create_client("openai", sender=Silent(), environment={}))
    with pytest.raises(SettingsError, match="create_client") as raised:
        wrapper.with_options(**option)
    assert KEYS.anthropic not in str(raised.value)


def test_plain_code_has_the_same_options() -> None:
    faults = [Rule(fault=Silence(gate="never"), nth=1), Rule(fault=Fail(kind="server_error"), nth=2)]
    with (
        ScriptedProvider.running(SCENARIO, keys=KEYS, faults=faults) as server,
        SyncMultiProviderWrapper(
            SyncClient(DOORS["openai-chat"].client(server, retry=NO_RETRIES)), model="gpt-5.5"
        ) as wrapper,
    ):
        with pytest.raises(anthropic.APITimeoutError):
            wrapper.messages.create(**ASKED, timeout=SHORT)
        again = wrapper.with_options(max_retries=1, timeout=60.0)
        assert again.messages.create(**ASKED).content[0].text == WORDS
        with pytest.raises(anthropic.BadRequestError):
            wrapper.messages.create(**ASKED, extra_query={"a": "b"})


def test_a_wait_that_was_asked_for_is_handed_on_to_its_last_digit() -> None:
    async def main() -> None:
        async with (
            open_door(
                "openai-chat", faults=[Rule(fault=Fail(kind="rate_limit", retry_after=1234567))], retry=NO_RETRIES
            ) as (_, client),
            MultiProviderWrapper(client, model="gpt-5.5") as wrapper,
        ):
            with pytest.raises(anthropic.RateLimitError) as raised:
                await created(wrapper)
            ours = raised.value.response.extensions["polyloop_error"]
            assert isinstance(ours, ProviderCallError)
            assert ours.retry_after is not None
            assert float(raised.value.response.headers["retry-after"]) == ours.retry_after

    asyncio.run(main())


def test_a_view_with_other_timeouts_and_retries_closes_nothing_and_shares_the_connections() -> None:
    async def main() -> None:
        faults = [Rule(fault=Fail(kind="server_error"), nth=2)]
        async with open_door("openai-chat", faults=faults, retry=NO_RETRIES) as (server, client):
            view = client.within(Timeouts(first_content=60.0)).retried(RetryPolicy(max_attempts=2))
            assert (view.timeouts.first_content, view.retry.max_attempts) == (60.0, 2)
            await view.create_message(ask())
            await view.create_message(ask())  # whose first attempt fails
            await view.aclose()
            await client.create_message(ask())
            assert (len(server.requests), server.connections) == (4, 1)

    asyncio.run(main())


def test_plain_code_has_the_same_views() -> None:
    faults = [Rule(fault=Silence(gate="never"), nth=1), Rule(fault=Fail(kind="server_error"), nth=2)]
    with (
        ScriptedProvider.running(SCENARIO, keys=KEYS, faults=faults) as server,
        SyncClient(DOORS["openai-chat"].client(server, retry=NO_RETRIES)) as client,
    ):
        with pytest.raises(Stalled):
            client.within(Timeouts(first_content=SHORT)).create_message(ask())
        assert words(client.retried(RetryPolicy(max_attempts=2, first_backoff=0.0)).create_message(ask())) == WORDS


def test_a_stream_that_is_closed_before_it_is_read_gives_its_connection_up_at_once() -> None:
    closed: list[bool] = []
    delta = {"index": 0, "delta": {"role": "assistant", "content": "Hi"}, "finish_reason": None}
    chunk = json.dumps({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [delta]})

    async def body() -> AsyncIterator[bytes]:
        for number in range(9):
            yield f"data: {chunk.replace('Hi', f'Hi{number}')}\n\n".encode()

    class Endless(Silent):
        async def send(self, request: HttpRequest, *, stream: bool) -> SentResponse:
            async def close() -> None:
                closed.append(True)

            return SentResponse(200, (("content-type", "text/event-stream"),), body(), close)

    async def main() -> None:
        async with MultiProviderWrapper(create_client("openai", sender=Endless(), environment={})) as wrapper:
            stream = await wrapper.messages.create(**ASKED, stream=True)
            await stream.close()
            assert closed  # and not when the garbage is collected

    asyncio.run(main())
