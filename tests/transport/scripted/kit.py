"""What the scripted provider's tests share: a scenario, a request for each wire, and how each provider is spoken to."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any, Final

import httpx
from attrs import frozen
from botocore.eventstream import EventStreamBuffer

from polyloop.transport.scripted import (
    ComputerAction,
    Reply,
    Scenario,
    ScriptedProvider,
    Step,
    Text,
    Thinking,
    ToolCall,
)

LOOK: Final = Reply(
    parts=(
        Thinking(text="Where is the button? I look first."),
        Text(text="Ich sehe nach … 👀"),
        ToolCall(name="lookup", arguments={"query": "button", "limit": 2}),
    )
)
DONE: Final = Reply(parts=(Text(text="All is done."),))
SCENARIO: Final = Scenario(steps=(Step(reply=LOOK), Step(reply=DONE)))
CLICK: Final = Reply(parts=(ComputerAction(action="left_click", input={"coordinate": [100, 200]}),))

ASK: Final = {"role": "user", "content": "Go on."}
ANTHROPIC_TOOL: Final = {
    "name": "lookup",
    "input_schema": {"type": "object", "properties": {"query": {"type": "string"}}},
}
CHAT_TOOL: Final = {"type": "function", "function": {"name": "lookup", "parameters": ANTHROPIC_TOOL["input_schema"]}}
RESPONSES_TOOL: Final = {
    "type": "function",
    "name": "lookup",
    "parameters": ANTHROPIC_TOOL["input_schema"],
    "strict": False,
}


@frozen(kw_only=True)
class Door:
    """How one provider is asked for a turn."""

    provider: str
    wire: str
    path: str
    body: Mapping[str, Any]
    streams: Mapping[str, Any] | None = None
    """What is added to the body for a stream; None where the provider has none or the path says it."""
    stream_path: str | None = None


_MESSAGES: Final = {"max_tokens": 1000, "messages": [ASK], "tools": [ANTHROPIC_TOOL]}
_VERTEX: Final = "/projects/p/locations/us-east5/publishers/anthropic/models/claude-opus-5"

DOORS: Final[Mapping[str, Door]] = {
    "anthropic": Door(
        provider="anthropic",
        wire="anthropic",
        path="/v1/messages",
        body={"model": "claude-opus-5", **_MESSAGES},
        streams={"stream": True},
    ),
    "bedrock": Door(
        provider="bedrock",
        wire="anthropic",
        path="/model/anthropic.claude-opus-5/invoke",
        body={"anthropic_version": "2026-10-21", **_MESSAGES},
        stream_path="/model/anthropic.claude-opus-5/invoke-with-response-stream",
        streams={},
    ),
    "vertex": Door(
        provider="vertex",
        wire="anthropic",
        path=_VERTEX + ":rawPredict",
        body={"anthropic_version": "2026-10-21", **_MESSAGES},
        stream_path=_VERTEX + ":streamRawPredict",
        streams={"stream": True},
    ),
    "legacyuse": Door(
        provider="legacyuse",
        wire="anthropic",
        path="/create",
        body={"model": "legacy-use-sonnet-4", **_MESSAGES, "betas": [], "temperature": 0},
    ),
    "openai-chat": Door(
        provider="openai",
        wire="openai-chat",
        path="/chat/completions",
        body={"model": "gpt-6-astra", "messages": [ASK], "tools": [CHAT_TOOL]},
        streams={"stream": True, "stream_options": {"include_usage": True}},
    ),
    "openai-responses": Door(
        provider="openai",
        wire="openai-responses",
        path="/responses",
        body={"model": "gpt-6-astra", "input": "Go on.", "tools": [RESPONSES_TOOL], "store": False},
        streams={"stream": True},
    ),
    "uitars": Door(
        provider="uitars",
        wire="uitars",
        path="/chat/completions",
        body={"model": "ui-tars-1.5-7b", "messages": [ASK], "temperature": 0},
        streams={"stream": True},
    ),
}
STREAMING: Final = tuple(name for name, door in DOORS.items() if door.streams is not None)


def headers(server: ScriptedProvider, provider: str) -> dict[str, str]:
    """The credential of a provider, and what else its requests carry."""
    keys = server.keys
    match provider:
        case "anthropic":
            return {"x-api-key": keys.anthropic, "anthropic-version": "2026-10-21"}
        case "legacyuse":
            return {"x-api-key": keys.legacyuse}
        case _:
            return {"authorization": f"Bearer {getattr(keys, provider)}"}


def ask(
    client: httpx.Client, server: ScriptedProvider, name: str, *, streaming: bool = False, **changes: Any
) -> httpx.Response:
    """Ask a provider for a turn; the changes go into the body, None takes a key out."""
    door = DOORS[name]
    body = {**door.body, **(door.streams or {} if streaming else {}), **changes}
    path = door.stream_path if streaming and door.stream_path else door.path
    return client.post(
        server.base_url(door.provider) + path,  # type: ignore[arg-type]
        headers=headers(server, door.provider),
        content=json.dumps({key: value for key, value in body.items() if value is not None}),
    )


def png(width: int, height: int) -> str:
    """The head of a PNG of a size, in base64: all that the server looks at."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return base64.b64encode(data).decode()


def sse(content: bytes) -> list[tuple[str | None, Any]]:
    """Read server-sent events: name and data, which stays a text where it is not JSON."""
    found = []
    for block in content.decode().split("\n\n")[:-1]:
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        data = lines["data"]
        found.append((lines.get("event"), json.loads(data) if data.startswith("{") else data))
    return found


def eventstream(content: bytes) -> list[Any]:
    """Read AWS frames with botocore, which checks every checksum; the events inside their chunks, exceptions as they are."""
    buffer = EventStreamBuffer()
    buffer.add_data(content)
    found = []
    for message in buffer:
        payload = json.loads(message.payload)
        if message.headers[":message-type"] == "exception":
            found.append({"exception": message.headers[":exception-type"], **payload})
        else:
            found.append(json.loads(base64.b64decode(payload["bytes"])))
    return found
