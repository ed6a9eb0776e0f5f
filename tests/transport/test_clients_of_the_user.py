"""Clients that a user has already, of an SDK or of either HTTP library: each provider is reached through them, and they stay open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import anthropic
import httpx
import httpx2
import openai
import pytest
from tests.canary import KEYS
from tests.transport.doors import DOORS, SCENARIO, WORDS, Fate, ask, words
from tests.transport.loopback import answer, serving

from polyloop.transport import TransportConfig, create_client
from polyloop.transport.errors import ProviderCallError, SettingsError
from polyloop.transport.retry import NO_RETRIES
from polyloop.transport.scripted import ScriptedProvider

LIBRARIES: Final = {"httpx": httpx.AsyncClient, "httpx2": httpx2.AsyncClient}

SDK_CLIENTS: Final[dict[str, Callable[[ScriptedProvider], Any]]] = {
    "anthropic": lambda server: anthropic.AsyncAnthropic(
        api_key=KEYS.anthropic, base_url=server.base_url("anthropic")
    ),
    "bedrock": lambda server: anthropic.AsyncAnthropicBedrock(
        aws_region="us-east-1", aws_access_key=KEYS.aws_access_key, aws_secret_key=KEYS.aws_secret_key,
        aws_session_token=KEYS.aws_session_token, base_url=server.base_url("bedrock"),
    ),
    "vertex": lambda server: anthropic.AsyncAnthropicVertex(
        region="us-east5", project_id="p", access_token=KEYS.vertex, base_url=server.base_url("vertex")
    ),
    "openai-chat": lambda server: openai.AsyncOpenAI(api_key=KEYS.openai, base_url=server.base_url("openai")),
    "openai-responses": lambda server: openai.AsyncOpenAI(api_key=KEYS.openai, base_url=server.base_url("openai")),
    "uitars": lambda server: openai.AsyncOpenAI(api_key=KEYS.uitars, base_url=server.base_url("uitars")),
}  # fmt: skip


@pytest.mark.parametrize("way", ["sdk_client", "config"])
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("name", DOORS)
def test_an_http_client_of_either_library_serves_every_provider(name: str, library: str, way: str) -> None:
    async def main() -> None:
        async with ScriptedProvider(SCENARIO, keys=KEYS) as server, LIBRARIES[library]() as theirs:
            options: dict[str, Any] = (
                {"sdk_client": theirs} if way == "sdk_client" else {"config": TransportConfig(client=theirs)}
            )
            async with DOORS[name].client(server, chances=Fate().chances(), **options) as client:
                assert words(await client.create_message(ask())) == WORDS
                assert (await client.check_health()).reachable
            assert not theirs.is_closed
            assert {logged.credential for logged in server.requests} == {"valid"}

    asyncio.run(main())


@pytest.mark.holds_key("an SDK's signature is the user's client's own, and so is what it logs")
@pytest.mark.parametrize("name", SDK_CLIENTS)
def test_a_client_of_the_sdk_brings_url_and_credential(name: str) -> None:
    async def main() -> None:
        async with ScriptedProvider(SCENARIO, keys=KEYS) as server, SDK_CLIENTS[name](server) as theirs:
            door = DOORS[name]
            async with create_client(
                door.provider, wire=door.wire, model=door.model, sdk_client=theirs, environment={}
            ) as client:
                assert words(await client.create_message(ask())) == WORDS
                assert [event async for event in client.stream_message(ask())]
                assert (await client.check_health()).authenticated
            assert not theirs.is_closed()
            assert {logged.credential for logged in server.requests} == {"valid"}

    asyncio.run(main())


THEIRS: Final[dict[str, Callable[[str], Any]]] = {
    "anthropic": lambda url: anthropic.AsyncAnthropic(api_key=KEYS.anthropic, base_url=url),
    "openai": lambda url: openai.AsyncOpenAI(api_key=KEYS.openai, base_url=url),
    "anthropic over httpx": lambda _: httpx.AsyncClient(follow_redirects=True),
    "anthropic over httpx2": lambda _: httpx2.AsyncClient(follow_redirects=True),
}


@pytest.mark.parametrize("status", [301, 307])
@pytest.mark.parametrize("name", THEIRS)
def test_neither_key_nor_conversation_follows_a_redirect_to_another_host(name: str, status: int) -> None:
    async def main() -> None:
        async with serving(answer()) as elsewhere:
            moved = answer(status, location=f"http://localhost:{elsewhere.port}/")
            async with serving(moved) as server, THEIRS[name](server.url) as theirs:
                given: dict[str, Any] = {"api_key": KEYS.anthropic, "base_url": server.url} if "over" in name else {}
                client = create_client(
                    name.partition(" ")[0], model="m", sdk_client=theirs, environment={}, retry=NO_RETRIES, **given
                )
                with pytest.raises(ProviderCallError) as raised:
                    await client.create_message(ask())
                assert raised.value.status == status
            assert elsewhere.requests == []

    asyncio.run(main())


def test_a_provider_without_an_sdk_says_what_it_takes() -> None:
    async def main() -> None:
        async with openai.AsyncOpenAI(api_key=KEYS.openai) as theirs:
            with pytest.raises(SettingsError, match="AsyncClient of httpx or httpx2"):
                create_client("legacyuse", sdk_client=theirs, environment={})

    asyncio.run(main())
