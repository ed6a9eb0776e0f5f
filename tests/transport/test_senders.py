"""Senders on loopback: exact bytes out, raw bytes in, one connection, at once closed, never a secret shown."""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import anthropic
import httpx
import httpx2
import openai
import pytest
from tests.canary import CANARY
from tests.transport.loopback import Answer, Loopback, answer, chunked, cut_off, hang_up, serving, silence

from polyloop.translate.envelopes import wrap
from polyloop.translate.http import HttpRequest
from polyloop.transport import create_client
from polyloop.transport.config import TransportConfig
from polyloop.transport.errors import AuthenticationError, ConnectionFailed, MissingDependency, SettingsError
from polyloop.transport.secrets import Secret
from polyloop.transport.senders import AnthropicSdkSender, HttpxSender, OpenAISdkSender, Sender, open_sender
from polyloop.transport.settings import (
    AnthropicSettings,
    BedrockSettings,
    LegacyUseSettings,
    OpenAISettings,
    UITarsSettings,
    VertexSettings,
)

KEY = f"sk-{CANARY}"
DOCUMENT = {"model": "m", "messages": [{"role": "user", "content": "hé"}], "max_tokens": 1}

Make = Callable[[str], Sender]

SENDERS: dict[str, Make] = {
    "anthropic": lambda url: open_sender(AnthropicSettings(api_key=KEY, base_url=url)),
    "bedrock": lambda url: open_sender(
        BedrockSettings(region="us-west-2", base_url=url, access_key_id="AKIAFAKE", secret_access_key=KEY)
    ),
    "vertex": lambda url: open_sender(
        VertexSettings(region="us-east5", project="p", access_token=KEY, base_url=url + "/v1")
    ),
    "openai": lambda url: open_sender(OpenAISettings(api_key=KEY, base_url=url + "/v1")),
    "uitars": lambda url: open_sender(UITarsSettings(api_key=KEY, base_url=url + "/v1")),
    "legacyuse": lambda url: open_sender(LegacyUseSettings(api_key=KEY, base_url=url + "/")),
    "given httpx client": lambda url: HttpxSender(url, config=TransportConfig(client=httpx.AsyncClient())),
    "given httpx2 client": lambda url: HttpxSender(url, config=TransportConfig(client=httpx2.AsyncClient())),
}


def request_for(name: str) -> HttpRequest:
    provider = name if name in SENDERS and " " not in name else "openai"
    if provider == "vertex":
        return wrap(provider, DOCUMENT, region="us-east5", project="p")
    return wrap(provider, DOCUMENT)


def on_loopback(make: Make, say: Answer, test: Callable[[Loopback, Sender], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        async with serving(say) as server:
            sender = make(server.url)
            try:
                await test(server, sender)
            finally:
                await sender.aclose()
                given = getattr(getattr(sender, "_config", None), "client", None)
                if given is not None:
                    await given.aclose()

    asyncio.run(main())


@pytest.mark.parametrize("name", SENDERS)
def test_the_body_arrives_byte_for_byte_and_the_answer_comes_back(name: str) -> None:
    request = request_for(name)

    async def test(server: Loopback, sender: Sender) -> None:
        response = await sender.send(request, stream=False)
        assert (response.status, await response.read()) == (200, b'{"id":"x"}')
        assert ("x-request-id", "r1") in response.headers
        (received,) = server.requests
        assert received.body == request.body
        assert received.path == ("/v1" if name in {"vertex", "openai", "uitars"} else "") + request.path
        assert received.headers["content-type"] == "application/json"
        for header, value in request.headers:
            assert received.headers[header] == value

    on_loopback(SENDERS[name], answer(body=b'{"id":"x"}', X_Request_Id="r1"), test)


@pytest.mark.parametrize("name", SENDERS)
def test_a_stream_gives_the_bytes_as_they_were_sent(name: str) -> None:
    async def test(_server: Loopback, sender: Sender) -> None:
        response = await sender.send(request_for(name), stream=True)
        async with response:
            assert b"".join([chunk async for chunk in response.body]) == b"event: a\r\ndata: {}\n\n\xff"

    on_loopback(SENDERS[name], chunked(b"event: a\r\nda", b"ta: {}\n\n\xff"), test)


@pytest.mark.parametrize("name", SENDERS)
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("status", [307, 400, 429, 529])
def test_an_error_status_is_an_answer_sent_once(name: str, stream: bool, status: int) -> None:
    async def test(server: Loopback, sender: Sender) -> None:
        response = await sender.send(request_for(name), stream=stream)
        assert response.status == status
        assert ("retry-after", "1") in response.headers
        assert await response.read() == b"<html>no"
        assert len(server.requests) == 1

    say = answer(status, b"<html>no", Retry_After="1", X_Should_Retry="true", Location="http://127.0.0.1:9/elsewhere")
    on_loopback(SENDERS[name], say, test)


@pytest.mark.parametrize("name", SENDERS)
def test_one_connection_carries_many_calls(name: str) -> None:
    async def test(server: Loopback, sender: Sender) -> None:
        for _ in range(5):
            await sender.send(request_for(name), stream=False)
            streamed = await sender.send(request_for(name), stream=True)
            await streamed.read()
        assert (len(server.requests), server.connections) == (10, 1)

    on_loopback(SENDERS[name], answer(), test)


@pytest.mark.parametrize("name", [name for name in SENDERS if " " not in name])
def test_a_sender_outlives_its_event_loop(name: str) -> None:
    made: list[tuple[Sender, int]] = []

    async def call() -> None:
        async with serving(answer(), port=made[0][1] if made else 0) as server:
            sender = made[0][0] if made else SENDERS[name](server.url)
            made.append((sender, server.port))
            assert (await sender.send(request_for(name), stream=False)).status == 200
            # Not closed here: the end of the loop must do it, or a ResourceWarning fails this test.

    asyncio.run(call())
    asyncio.run(call())
    assert made[0] == made[1]
    gc.collect()


@pytest.mark.parametrize("name", SENDERS)
@pytest.mark.parametrize("stream", [True, False])
def test_cancelling_closes_the_connection_at_once(name: str, stream: bool) -> None:
    async def test(server: Loopback, sender: Sender) -> None:
        async def read() -> None:
            response = await sender.send(request_for(name), stream=stream)
            started.set()
            await response.read()

        started = asyncio.Event()
        task = asyncio.create_task(read())
        await server.asked.wait()
        if stream:
            await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(server.gone.wait(), 5)

    on_loopback(SENDERS[name], chunked(b"part", end=False), test)


@pytest.mark.parametrize("name", SENDERS)
def test_closing_an_unread_answer_closes_the_connection(name: str) -> None:
    async def test(server: Loopback, sender: Sender) -> None:
        response = await sender.send(request_for(name), stream=True)
        assert await anext(response.body) == b"part"
        await response.aclose()
        await response.aclose()
        await asyncio.wait_for(server.gone.wait(), 5)

    on_loopback(SENDERS[name], chunked(b"part", end=False), test)


@pytest.mark.parametrize("name", SENDERS)
@pytest.mark.parametrize("say", [cut_off, hang_up])
@pytest.mark.parametrize("stream", [True, False])
def test_a_broken_connection_is_a_typed_error_with_its_cause(name: str, say: Answer, stream: bool) -> None:
    async def test(_server: Loopback, sender: Sender) -> None:
        async def read() -> None:
            response = await sender.send(request_for(name), stream=stream)
            await response.read()

        with pytest.raises(ConnectionFailed) as raised:
            await read()
        error = raised.value
        assert (error.kind, error.retryable, error.status) == ("connection", True, None)
        assert (error.provider, error.error.type) == (request_for(name).provider, "connection_closed")
        assert error.__cause__ is not None

    on_loopback(SENDERS[name], say, test)


@pytest.mark.parametrize("name", SENDERS)
def test_a_refused_connection_shows_no_secret(name: str) -> None:
    async def test(server: Loopback, sender: Sender) -> None:
        refused = SENDERS[name]("http://127.0.0.1:9")
        with pytest.raises(ConnectionFailed) as raised:
            await refused.send(request_for(name), stream=False)
        link: BaseException | None = raised.value
        while link is not None:
            assert KEY not in f"{link} {link!r}"
            link = link.__cause__ or link.__context__
        assert KEY not in repr(vars(sender))
        await refused.aclose()
        given = getattr(getattr(refused, "_config", None), "client", None)
        if given is not None:
            await given.aclose()

    on_loopback(SENDERS[name], silence, test)


def test_each_provider_gets_its_credential_in_its_own_way() -> None:
    expected = {
        "anthropic": ("authorization", f"Bearer {KEY}"),
        "vertex": ("authorization", f"Bearer {KEY}"),
        "openai": ("authorization", f"Bearer {KEY}"),
        "uitars": ("authorization", f"Bearer {KEY}"),
        "legacyuse": ("x-api-key", KEY),
    }
    for name, (header, value) in expected.items():

        async def test(
            server: Loopback, sender: Sender, name: str = name, header: str = header, value: str = value
        ) -> None:
            await sender.send(request_for(name), stream=False)
            assert server.requests[0].headers[header] == value

        on_loopback(SENDERS[name], answer(), test)


def test_bedrock_signs_what_it_sends() -> None:
    async def test(server: Loopback, sender: Sender) -> None:
        await sender.send(wrap("bedrock", DOCUMENT, model="arn:aws:x/y", betas=["b"]), stream=False)
        received = server.requests[0]
        assert received.path == "/model/arn:aws:x%2Fy/invoke"
        assert received.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIAFAKE/")
        assert "/us-west-2/bedrock/aws4_request" in received.headers["authorization"]
        assert "anthropic-version" not in received.headers
        assert json.loads(received.body)["anthropic_beta"] == ["b"]

    on_loopback(SENDERS["bedrock"], answer(), test)


def test_bedrock_settings_win_over_the_process_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "of-the-process")

    async def signed(server: Loopback, sender: Sender) -> None:
        await sender.send(request_for("bedrock"), stream=False)
        assert server.requests[0].headers["authorization"].startswith("AWS4-HMAC-SHA256")

    async def by_token(server: Loopback, sender: Sender) -> None:
        await sender.send(request_for("bedrock"), stream=False)
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"

    on_loopback(SENDERS["bedrock"], answer(), signed)
    on_loopback(
        lambda url: open_sender(BedrockSettings(region="us-west-2", base_url=url, bearer_token=KEY)), answer(), by_token
    )


def test_the_older_api_version_reaches_anthropic() -> None:
    async def test(server: Loopback, sender: Sender) -> None:
        await sender.send(wrap("anthropic", DOCUMENT, version="2023-06-01", betas=["a", "b"]), stream=False)
        assert server.requests[0].headers["anthropic-version"] == "2023-06-01"
        assert server.requests[0].headers["anthropic-beta"] == "a,b"

    on_loopback(SENDERS["anthropic"], answer(), test)


@pytest.mark.parametrize("name", ["anthropic", "openai", "uitars"])
def test_a_request_without_a_body_is_sent_too(name: str) -> None:
    async def test(server: Loopback, sender: Sender) -> None:
        response = await sender.send(HttpRequest(method="GET", path="/models"), stream=False)
        assert response.status == 200
        assert (server.requests[0].method, server.requests[0].body) == ("GET", b"")

    on_loopback(SENDERS[name], answer(), test)


def test_sdk_clients_of_the_user_are_used_and_stay_open() -> None:
    async def main() -> None:
        async with serving(answer()) as server, httpx2.AsyncClient() as http_client:
            theirs = (
                anthropic.AsyncAnthropic(api_key=KEY, base_url=server.url, http_client=http_client),
                openai.AsyncOpenAI(api_key=KEY, base_url=server.url, http_client=http_client),
            )
            senders: tuple[Sender, ...] = (
                AnthropicSdkSender(client=theirs[0]),
                OpenAISdkSender(client=theirs[1]),
                HttpxSender(server.url, config=TransportConfig(client=http_client)),
                open_sender(AnthropicSettings(api_key=KEY, base_url=server.url), TransportConfig(client=http_client)),
            )
            for sender, name in zip(senders, ("anthropic", "openai", "openai", "anthropic"), strict=True):
                assert (await sender.send(request_for(name), stream=False)).status == 200
                await sender.aclose()
            assert not http_client.is_closed
            assert server.connections == 1

    asyncio.run(main())


@pytest.mark.parametrize("name", ["anthropic", "openai", "uitars", "legacyuse", "vertex"])
def test_httpx_alone_is_enough_where_a_key_is_all_there_is_to_say(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("httpx2", "anthropic", "openai"):
        monkeypatch.setitem(sys.modules, module, None)

    async def test(server: Loopback, sender: Sender) -> None:
        assert (await sender.send(request_for(name), stream=False)).status == 200
        assert server.requests[0].headers["user-agent"].startswith("python-httpx/")

    on_loopback(SENDERS[name], answer(), test)


def test_a_signature_needs_the_sdks_own_http_library_and_says_so() -> None:
    async def main() -> None:
        async with httpx.AsyncClient() as client:
            sender = open_sender(BedrockSettings(region="us-west-2"), TransportConfig(client=client))
            with pytest.raises(SettingsError, match="httpx2"):
                await sender.send(request_for("bedrock"), stream=False)

    asyncio.run(main())


@pytest.mark.parametrize("provider", ["anthropic", "openai", "uitars"])
def test_an_sdks_client_that_would_block_the_loop_is_refused(provider: str) -> None:
    clients: dict[str, Any] = {
        "anthropic": anthropic.Anthropic(api_key=KEY), "openai": openai.OpenAI(api_key=KEY), "uitars": openai.OpenAI(api_key=KEY),
    }  # fmt: skip
    with clients[provider] as client, pytest.raises(SettingsError, match="asynchronous"):
        create_client(provider, sdk_client=client, environment={})


def test_an_sdk_that_is_not_installed_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anthropic", None)
    sender = AnthropicSdkSender(BedrockSettings(region="us-west-2"))
    with pytest.raises(MissingDependency, match=r"pip install 'polyloop\[bedrock\]'"):
        asyncio.run(sender.send(request_for("bedrock"), stream=False))


def test_a_failed_connection_to_the_default_ui_tars_url_says_what_to_set() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    async def main() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as client:
            sender = open_sender(UITarsSettings(api_key=KEY), TransportConfig(client=client))
            with pytest.raises(ConnectionFailed, match="set UITARS_BASE_URL"):
                await sender.send(request_for("uitars"), stream=False)

    asyncio.run(main())


def test_missing_cloud_credentials_are_an_authentication_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_BEARER_TOKEN_BEDROCK"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")

    async def test(_server: Loopback, sender: Sender) -> None:
        with pytest.raises(AuthenticationError):
            await sender.send(request_for("bedrock"), stream=False)

    on_loopback(lambda url: open_sender(BedrockSettings(region="us-west-2", base_url=url)), answer(), test)


def test_a_client_that_is_not_asynchronous_is_refused() -> None:
    with httpx.Client() as client, pytest.raises(SettingsError, match="AsyncClient"):
        HttpxSender("http://h", config=TransportConfig(client=client))


def test_a_key_that_no_header_can_hold_is_refused_without_being_shown() -> None:
    with pytest.raises(SettingsError) as raised:
        HttpxSender("http://h", headers={"authorization": Secret(KEY + "\n")})
    assert KEY not in str(raised.value)


@pytest.mark.parametrize("provider", ["anthropic", "bedrock", "vertex", "openai", "uitars", "legacyuse"])
def test_a_warm_senders_first_request_imports_no_library(provider: str) -> None:
    code = f"""
import asyncio, sys
from tests.transport.loopback import answer, serving
from tests.transport.test_corporate_network import request_for, settings_of_all
from polyloop.transport.senders import open_sender

libraries = {{"anthropic", "openai", "httpx", "httpx2", "httpcore", "httpcore2", "boto3", "botocore", "pydantic", "h11"}}

def loaded():
    return {{name for name in sys.modules if name in libraries}}

async def main():
    async with serving(answer()) as server:
        sender = open_sender(settings_of_all(server.url)[{provider!r}])
        sender.warm()
        before = loaded()
        assert (await sender.send(request_for({provider!r}), stream=False)).status == 200
        assert loaded() == before, loaded() - before
        await sender.aclose()

asyncio.run(main())
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
