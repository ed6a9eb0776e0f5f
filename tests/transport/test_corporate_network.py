"""One `TransportConfig` for every provider: a private certificate authority, a CONNECT proxy, and neither in a body."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from attrs import define, field
from tests.canary import CANARY
from tests.transport.loopback import answer, serving

from polyloop.translate.envelopes import wrap
from polyloop.translate.http import HttpRequest
from polyloop.transport.config import TransportConfig
from polyloop.transport.errors import ConnectionFailed
from polyloop.transport.senders import open_sender
from polyloop.transport.settings import (
    AnthropicSettings,
    BedrockSettings,
    LegacyUseSettings,
    OpenAISettings,
    ProviderSettings,
    UITarsSettings,
    VertexSettings,
)

KEY = f"sk-{CANARY}"
DOCUMENT = {"model": "m", "messages": [], "max_tokens": 1}


def settings_of_all(url: str) -> dict[str, ProviderSettings]:
    return {
        "anthropic": AnthropicSettings(api_key=KEY, base_url=url),
        "bedrock": BedrockSettings(region="us-west-2", base_url=url, access_key_id="AKIA", secret_access_key=KEY),
        "vertex": VertexSettings(region="r", project="p", access_token=KEY, base_url=url),
        "openai": OpenAISettings(api_key=KEY, base_url=url),
        "uitars": UITarsSettings(api_key=KEY, base_url=url),
        "legacyuse": LegacyUseSettings(api_key=KEY, base_url=url),
    }


def request_for(provider: str) -> HttpRequest:
    region, project = ("r", "p") if provider == "vertex" else (None, None)
    return wrap(provider, DOCUMENT, region=region, project=project)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a certificate of no known authority for 127.0.0.1; returns the PEM file with its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is needed to make a certificate")
    folder = tmp_path_factory.mktemp("authority")
    command = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=polyloop test", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def server_context(authority: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(authority / "certificate.pem", authority / "key.pem")
    return context


@define
class Proxy:
    """A running CONNECT proxy."""

    url: str = ""
    targets: list[str] = field(factory=list)


@asynccontextmanager
async def proxying() -> AsyncIterator[Proxy]:
    proxy = Proxy()
    tasks: set[asyncio.Task[None]] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass  # either end may be gone first
        finally:
            writer.close()

    async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, target, _ = head.split("\r\n")[0].split(" ")
        assert method == "CONNECT"
        proxy.targets.append(target)
        host, _, port = target.rpartition(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        for pair in ((reader, far_writer), (far_reader, writer)):
            tasks.add(asyncio.create_task(pump(*pair)))

    server = await asyncio.start_server(tunnel, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
        await asyncio.gather(*tasks)
        await server.wait_closed()


def test_every_provider_is_reached_through_the_proxy_with_the_private_authority(authority: Path) -> None:
    async def main() -> None:
        async with proxying() as proxy, serving(answer(), tls=server_context(authority)) as server:
            config = TransportConfig(ca_file=str(authority / "certificate.pem"), proxy=proxy.url, trust_env=False)
            for provider, settings in settings_of_all(server.url).items():
                sender = open_sender(settings, config)
                request = request_for(provider)
                assert (await sender.send(request, stream=False)).status == 200
                await sender.aclose()
                assert server.requests[-1].body == request.body
            assert proxy.targets == [f"127.0.0.1:{server.port}"] * 6

    asyncio.run(main())


def test_every_provider_refuses_a_certificate_of_no_known_authority_and_says_so(authority: Path) -> None:
    async def main() -> None:
        async with serving(answer(), tls=server_context(authority)) as server:
            for provider, settings in settings_of_all(server.url).items():
                sender = open_sender(settings, TransportConfig(trust_env=False))
                with pytest.raises(ConnectionFailed, match="ca_file") as raised:
                    await sender.send(request_for(provider), stream=False)
                assert not raised.value.retryable
                await sender.aclose()
            assert server.requests == []

    asyncio.run(main())


def test_every_provider_can_be_told_not_to_verify(authority: Path) -> None:
    async def main() -> None:
        async with serving(answer(), tls=server_context(authority)) as server:
            for provider, settings in settings_of_all(server.url).items():
                sender = open_sender(settings, TransportConfig(verify=False, trust_env=False))
                assert (await sender.send(request_for(provider), stream=False)).status == 200
                await sender.aclose()

    asyncio.run(main())


def test_the_environments_proxy_counts_only_if_it_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)

    async def main() -> None:
        async with serving(answer()) as server:
            for provider, settings in settings_of_all(server.url).items():
                trusting = open_sender(settings, TransportConfig(trust_env=True))
                with pytest.raises(ConnectionFailed):
                    await trusting.send(request_for(provider), stream=False)
                await trusting.aclose()
                wary = open_sender(settings, TransportConfig(trust_env=False))
                assert (await wary.send(request_for(provider), stream=False)).status == 200
                await wary.aclose()

    asyncio.run(main())
