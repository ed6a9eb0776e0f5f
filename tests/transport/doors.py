"""The six providers by their clients, against the scripted provider: seven doors, for OpenAI has two."""

from __future__ import annotations

import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, Final

from attrs import define, evolve, field, frozen
from tests.canary import KEYS

from polyloop.translate import hub
from polyloop.transport import TransportConfig, WireClient, create_client
from polyloop.transport.attempts import Chances
from polyloop.transport.scripted import Reply, Rule, Scenario, ScriptedProvider, Settings, Text, ToolCall
from polyloop.transport.scripted.scenario import Provider

WORDS: Final = "Let me look it up: where is the button? It is at the top right, as far as I can see."
REPLY: Final = Reply(parts=(Text(text=WORDS), ToolCall(name="lookup", arguments={"query": "button", "limit": 2})))
DONE: Final = Reply(parts=(Text(text="All is done."),))
SCENARIO: Final = Scenario(steps=(REPLY, DONE))

_TLS: Final = ssl.create_default_context()
"""Made once: a context costs more than a call on loopback."""


@frozen(kw_only=True)
class Door:
    """One provider by one wire."""

    provider: Provider
    model: str
    wire: str | None = None
    given: Mapping[str, str] = field(factory=dict)
    streams: bool = True

    def client(self, server: ScriptedProvider, **options: Any) -> WireClient:
        """Make its client."""
        known: dict[str, Any] = {
            "config": TransportConfig(verify=_TLS), "model": self.model, "wire": self.wire,
            "base_url": server.base_url(self.provider), "environment": {},
        }  # fmt: skip
        return create_client(self.provider, **(known | dict(self.given) | options))


DOORS: Final[Mapping[str, Door]] = {
    "anthropic": Door(provider="anthropic", model="claude-opus-5", given={"api_key": KEYS.anthropic}),
    "bedrock": Door(
        provider="bedrock", model="anthropic.claude-opus-4-6-v1:0", given={"region": "us-east-1", "bearer_token": KEYS.bedrock}
    ),
    "vertex": Door(
        provider="vertex", model="claude-opus-5",
        given={"region": "us-east5", "project": "p", "access_token": KEYS.vertex},
    ),
    "legacyuse": Door(provider="legacyuse", model="legacy-use-sonnet-4", given={"api_key": KEYS.legacyuse}, streams=False),
    "openai-chat": Door(provider="openai", model="gpt-5.5", given={"api_key": KEYS.openai}),
    "openai-responses": Door(
        provider="openai", model="gpt-5.5", wire="openai-responses", given={"api_key": KEYS.openai}
    ),
    "uitars": Door(provider="uitars", model="ui-tars-1.5-7b", given={"api_key": KEYS.uitars}),
}  # fmt: skip

TOOL: Final = hub.Tool(
    name="lookup",
    description="Looks things up.",
    schema={
        "type": "object",
        "properties": {"query": {"type": "string"}, "limit": {"type": "integer"}},
        "required": ["query", "limit"],
    },
)


def user(text: str) -> hub.Turn:
    """A turn of the user's."""
    return hub.Turn(role="user", parts=(hub.Text(text=text),))


def ask(text: str = "Go on.", **fields: Any) -> hub.Request:
    """A request with a tool."""
    return hub.Request(turns=(user(text),), max_output=1000, tools=(TOOL,), **fields)


def words(response: hub.Response) -> str:
    """What a reply says beside its calls. UI-TARS says it as a thought."""
    parts = [part for candidate in response.candidates for part in candidate.turn.parts]
    return "".join(str(part.text) for part in parts if isinstance(part, hub.Text | hub.Thinking))


def calls(response: hub.Response) -> list[tuple[str, Any, str]]:
    """The calls of a reply: name, arguments, state."""
    return [
        (part.name, part.arguments.value, part.state)
        for candidate in response.candidates
        for part in candidate.turn.parts
        if isinstance(part, hub.Call)
    ]


MIDNIGHT: Final = datetime(2026, 11, 22, tzinfo=UTC)


@define
class Fate:
    """Time and chance that a test decides: sleeping moves the time and is noted, nothing waits."""

    slept: list[float] = field(factory=list)
    draw: float = 0.5

    @property
    def seconds(self) -> float:
        return sum(self.slept)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def chances(self) -> Chances:
        return Chances(
            sleep=self.sleep,
            jitter=lambda: self.draw,
            now=lambda: datetime.fromtimestamp(MIDNIGHT.timestamp() + self.seconds, UTC),
            elapsed=lambda: self.seconds,
        )


class CountingProvider(ScriptedProvider):
    """A server that counts the connections made to it."""

    connections = 0

    def _connected(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.connections += 1
        super()._connected(reader, writer)


@asynccontextmanager
async def open_door(
    name: str,
    *,
    scenario: Scenario = SCENARIO,
    faults: Sequence[Rule] = (),
    settings: Settings | None = None,
    fate: Fate | None = None,
    **options: Any,
) -> AsyncIterator[tuple[CountingProvider, WireClient]]:
    """Run a server and a client of it."""
    fate = fate or Fate()
    chosen = evolve(settings or Settings(), clock=lambda: MIDNIGHT.timestamp() + fate.seconds)
    server = CountingProvider(scenario, keys=KEYS, faults=faults, settings=chosen)
    async with server, DOORS[name].client(server, chances=fate.chances(), **options) as client:
        yield server, client
