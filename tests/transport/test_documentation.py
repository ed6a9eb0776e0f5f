"""What docs/providers.md shows runs as it is shown, against the scripted provider."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.canary import KEYS

from polyloop.translate import hub
from polyloop.transport import RateLimits, TransportConfig
from polyloop.transport.scripted import Reply, Scenario, ScriptedProvider, Step, Text, When
from polyloop.transport.settings import load_transport_config

SCENARIO = Scenario(
    steps=(Step(reply=Reply(parts=(Text(text='{"name": "Ada", "age": 36}'),)), when=When(text="Who")),),
    otherwise=Reply(parts=(Text(text="At the top right."),)),
)


@pytest.fixture(scope="module")
def blocks(repository: Path) -> dict[str, list[str]]:
    """The fenced blocks of the page, by language."""
    text = (repository / "docs" / "providers.md").read_text("utf-8")
    found: dict[str, list[str]] = {}
    for language, code in re.findall(r"```(\w+)\n(.*?)```", text, re.DOTALL):
        found.setdefault(language, []).append(code)
    return found


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedProvider]:
    """A server that the environment's variables point at, as a user's would."""
    with ScriptedProvider.running(SCENARIO, keys=KEYS) as running:
        for name, value in {
            "ANTHROPIC_API_KEY": KEYS.anthropic, "ANTHROPIC_BASE_URL": running.base_url("anthropic"),
            "OPENAI_API_KEY": KEYS.openai, "OPENAI_BASE_URL": running.base_url("openai"),
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        yield running


def page(blocks: dict[str, list[str]], marker: str) -> dict[str, Any]:
    """Run the block that holds a marker; return what it defines."""
    (code,) = [block for block in blocks["python"] if marker in block]
    names: dict[str, Any] = {}
    exec(code, names)
    return names


def words(response: hub.Response) -> str:
    (part,) = response.candidates[0].turn.parts
    assert isinstance(part, hub.Text)
    return part.text


def asking(text: str) -> hub.Request:
    return hub.Request(turns=(hub.Turn(role="user", parts=(hub.Text(text=text),)),), max_output=100)


def test_the_first_call(blocks: dict[str, list[str]], server: ScriptedProvider) -> None:
    assert words(asyncio.run(page(blocks, "async def main()")["main"]())) == "At the top right."
    assert len(server.requests) == 2


def test_the_settings_file(blocks: dict[str, list[str]], tmp_path: Path) -> None:
    path = tmp_path / "polyloop.toml"
    path.write_text(blocks["toml"][0])
    config = load_transport_config(environment={}, path=path)
    assert isinstance(config, TransportConfig)
    assert (config.ca_file, config.timeouts.first_content) == ("/etc/ssl/corporate.pem", 120)


@pytest.mark.usefixtures("server")
def test_the_limits(blocks: dict[str, list[str]]) -> None:
    client = page(blocks, "rate_limits=")["client"]
    assert client._caller.limiter.limits == RateLimits(
        requests_per_minute=500, tokens_per_minute=200_000, concurrency=50
    )


@pytest.mark.usefixtures("server")
def test_the_structured_answer(blocks: dict[str, list[str]]) -> None:
    names = page(blocks, "class Person")
    person, usage = asyncio.run(names["who"](asking("Who was it?")))
    assert (person.name, person.age) == ("Ada", 36)
    assert usage is not None


@pytest.mark.usefixtures("server")
def test_plain_code(blocks: dict[str, list[str]]) -> None:
    assert words(page(blocks, "def answer")["answer"](asking("Where is it?"))) == "At the top right."


@pytest.mark.usefixtures("server")
def test_the_existing_loop(blocks: dict[str, list[str]]) -> None:
    message = asyncio.run(page(blocks, "existing_loop")["existing_loop"]())
    assert message.content[0].text == "At the top right."


def test_recording_and_playing_back(
    blocks: dict[str, list[str]], server: ScriptedProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names = page(blocks, "ReplayingSender")
    recorded = asyncio.run(names["record"](asking("Where is it?")))
    assert asyncio.run(names["play"](asking("Where is it?"))) == recorded
    assert len(server.requests) == 1
