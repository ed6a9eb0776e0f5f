"""Our clients against a server that is not ours: the litellm proxy with its mock replies.

    pip install 'litellm[proxy]'          in an environment of its own, if you like: LITELLM=/path/to/bin/litellm

The scripted provider and our clients have one author; a proxy that somebody else wrote reads and writes the wires as it understands them.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from tests.canary import CANARY
from tests.transport.doors import TOOL, user, words

from polyloop.translate import hub
from polyloop.translate.hub_events import MessageEnd
from polyloop.transport import create_client
from polyloop.transport.errors import RateLimited, ServerFailed
from polyloop.transport.retry import NO_RETRIES

pytestmark = pytest.mark.interop

WORDS: Final = "This is a mock reply."
KEY: Final = f"sk-{CANARY}"
CONFIG: Final = f"""
model_list:
  - model_name: mock
    litellm_params: {{model: openai/mock, api_key: none, mock_response: "{WORDS}"}}
  - model_name: mock-limited
    litellm_params: {{model: openai/mock, api_key: none, mock_response: "litellm.RateLimitError"}}
  - model_name: mock-failing
    litellm_params: {{model: openai/mock, api_key: none, mock_response: "litellm.InternalServerError"}}
litellm_settings: {{num_retries: 0}}
general_settings: {{master_key: os.environ/LITELLM_MASTER_KEY}}
"""


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The proxy's URL. It takes half a minute to start."""
    program = os.environ.get("LITELLM") or shutil.which("litellm")
    if program is None:
        pytest.skip("litellm is not installed: pip install 'litellm[proxy]', or name its program in LITELLM")
    folder = tmp_path_factory.mktemp("litellm")
    config = folder / "config.yaml"
    config.write_text(CONFIG)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [program, "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    log = (folder / "log.txt").open("wb")
    environment = {
        **os.environ,
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_MASTER_KEY": KEY,
        "PYTHONWARNINGS": "",
    }
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, process, folder / "log.txt")
        yield url
    finally:
        process.terminate()
        process.wait()
        log.close()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(240):
        if process.poll() is not None:
            pytest.fail(f"litellm ended: {log.read_text()[-2000:]}")
        try:
            if httpx.get(f"{url}/health/liveliness").status_code == 200:
                return
        except httpx.TransportError:
            pass  # not there yet
        time.sleep(0.5)
    pytest.fail("litellm did not start in two minutes")


def options(url: str, name: str) -> dict[str, Any]:
    base = url if name == "anthropic" else f"{url}/v1"
    return {"api_key": KEY, "base_url": base, "environment": {}, "retry": NO_RETRIES}


DOORS: Final = {
    "anthropic": ("anthropic", None),
    "openai-chat": ("openai", "openai-chat"),
    "openai-responses": ("openai", "openai-responses"),
    "uitars": ("uitars", None),
}


def question(model: str = "mock", **fields: Any) -> hub.Request:
    return hub.Request(model=model, turns=(user("Hello."),), max_output=50, **fields)


@pytest.mark.parametrize("name", DOORS)
def test_a_foreign_server_takes_our_requests_and_is_understood(proxy: str, name: str) -> None:
    provider, wire = DOORS[name]

    async def main() -> None:
        # litellm's mock answers 500 to a Responses request that asks for a stream.
        streaming = name != "openai-responses"
        async with create_client(provider, wire=wire, streaming=streaming, **options(proxy, name)) as client:
            response = await client.create_message(question(tools=(TOOL,)))
            assert words(response) == WORDS
            assert response.status == "finished"
            events = [event async for event in client.stream_message(question())]
            assert isinstance(events[-1], MessageEnd)
            assert words(events[-1].response) == WORDS

    asyncio.run(main())


@pytest.mark.parametrize("name", ["anthropic", "openai-chat"])
def test_a_foreign_servers_errors_are_ours(proxy: str, name: str) -> None:
    provider, wire = DOORS[name]

    async def main() -> None:
        async with create_client(provider, wire=wire, **options(proxy, name)) as client:
            with pytest.raises(RateLimited):
                await client.create_message(question("mock-limited"))
            with pytest.raises(ServerFailed):
                await client.create_message(question("mock-failing"))

    asyncio.run(main())


def test_a_foreign_servers_models_are_known(proxy: str) -> None:
    async def main() -> None:
        async with create_client("openai", **options(proxy, "openai-chat")) as client:
            assert (await client.check_health("mock")).model_known is True
            assert (await client.check_health("no-such-model")).model_known is False

    asyncio.run(main())
