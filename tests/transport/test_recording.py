"""Exchanges written down and played back: for every client, streams and refusals too, and never a key."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from tests.canary import CANARY
from tests.transport.doors import DOORS, WORDS, ask, open_door, words
from tests.transport.loopback import answer, serving

from polyloop.translate.http import HttpRequest
from polyloop.translate.hub_events import MessageEnd
from polyloop.translate.testing.corpus import Corpus
from polyloop.translate.wires import decode
from polyloop.transport import create_client
from polyloop.transport.client import WireClient
from polyloop.transport.errors import ConnectionFailed, RateLimited
from polyloop.transport.recording import NotRecorded, RecordingSender, ReplayingSender
from polyloop.transport.retry import NO_RETRIES
from polyloop.transport.scripted import BreakBody, Fail, Rule
from polyloop.transport.secrets import Secret
from polyloop.transport.senders import HttpxSender

FILES = {
    "anthropic": "anthropic_messages.jsonl",
    "openai-chat": "openai_chat.jsonl",
    "openai-responses": "openai_responses.jsonl",
}


def replaying(name: str, path: Path, **options: object) -> WireClient:
    """A client without a key that is answered from a file."""
    door = DOORS[name]
    needed: dict[str, Any] = {
        key: door.given[key] for key in ("region", "project") if key in door.given and name == "vertex"
    }
    sender = ReplayingSender(path, **options)  # type: ignore[arg-type]
    return create_client(
        door.provider, wire=door.wire, model=door.model, sender=sender, environment={}, retry=NO_RETRIES, **needed
    )


@pytest.mark.parametrize("name", list(DOORS))
def test_what_was_recorded_is_played_back_without_key_and_network(name: str, tmp_path: Path) -> None:
    path = tmp_path / "traffic.jsonl"

    async def main() -> None:
        faults = [Rule(fault=Fail(kind="rate_limit"), nth=1)]
        async with open_door(name, faults=faults, retry=NO_RETRIES, recording=path) as (_, client):
            with pytest.raises(RateLimited):
                await client.create_message(ask())
            recorded = await client.create_message(ask())
        async with replaying(name, path, chunk_bytes=11) as client:
            with pytest.raises(RateLimited):
                await client.create_message(ask())
            assert await client.create_message(ask()) == recorded
            events = [event async for event in client.stream_message(ask())]
            assert isinstance(events[-1], MessageEnd)
            assert events[-1].response == recorded
            with pytest.raises(NotRecorded):
                await client.create_message(ask("Something else."))

    asyncio.run(main())
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["status"] for line in lines] == [429 if name != "bedrock" else lines[0]["status"], 200]
    assert all(line["fidelity"] == "raw" for line in lines)
    assert CANARY not in path.read_text()


@pytest.mark.parametrize("name", ["anthropic", "openai-chat", "openai-responses"])
def test_a_recording_is_traffic_that_the_laws_can_be_held_to(name: str, tmp_path: Path) -> None:
    async def main() -> None:
        async with open_door(name, recording=tmp_path / FILES[name]) as (_, client):
            await client.create_message(ask())

    asyncio.run(main())
    found = {document.kind: document for document in Corpus(folder=tmp_path).documents(name)}
    assert {"request", "stream", "event"} <= set(found)
    decode(name, "request", found["request"].document)
    for event in found["stream"].document:
        decode(name, "event", event)


def test_a_body_that_broke_off_is_noted_and_breaks_off_again(tmp_path: Path) -> None:
    path = tmp_path / "traffic.jsonl"

    async def main() -> None:
        faults = [Rule(fault=BreakBody(after_bytes=1500))]
        async with open_door("anthropic", faults=faults, retry=NO_RETRIES, recording=path) as (_, client):
            with pytest.raises(ConnectionFailed):
                await client.create_message(ask())
        with pytest.raises(ConnectionFailed):
            await replaying("anthropic", path).create_message(ask())

    asyncio.run(main())
    (line,) = [json.loads(line) for line in path.read_text().splitlines()]
    assert line["notes"] == ["the body broke off"]


def test_a_key_that_a_server_repeats_is_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "traffic.jsonl"

    async def main() -> None:
        key = f"sk-{CANARY}"
        body = json.dumps({"error": {"message": f"Incorrect API key provided: {key}", "code": "invalid_api_key"}})
        async with serving(answer(401, body.encode(), x_request_id="req_1", set_cookie="session=1")) as server:
            client = create_client(
                "openai", api_key=key, base_url=server.url, model="m", environment={}, recording=path
            )
            async with client:
                with pytest.raises(Exception, match="Incorrect API key provided: \\[secret\\]"):
                    await client.create_message(ask())

    asyncio.run(main())
    (line,) = [json.loads(line) for line in path.read_text().splitlines()]
    assert line["response"]["error"]["message"] == "Incorrect API key provided: [secret]"
    assert line["notes"] == ["a secret was taken out of the body"]
    assert "set-cookie" not in line["headers"]
    assert line["headers"]["x-request-id"] == "req_1"


def test_a_key_that_a_server_repeats_inside_frames_is_taken_out_before_they_are_encoded(tmp_path: Path) -> None:
    path = tmp_path / "traffic.jsonl"
    key = f"sk-{CANARY}"

    async def main() -> None:
        frames = b'\x00\x00{"message":"no access for ' + key.encode() + b'"}'
        async with serving(answer(200, frames, content_type="application/vnd.amazon.eventstream")) as server:
            headers = {"content-type": "application/vnd.amazon.eventstream"}
            sender = RecordingSender(HttpxSender(server.url, headers=headers), path, secrets=[Secret(key)])
            request = HttpRequest(method="POST", path="/model/m", headers=(), body=b"{}", provider="bedrock")
            await (await sender.send(request, stream=True)).read()
            await sender.aclose()

    asyncio.run(main())
    (line,) = [json.loads(line) for line in path.read_text().splitlines()]
    assert b64decode(line["eventstream_b64"]) == b'\x00\x00{"message":"no access for [secret]"}'
    assert line["notes"] == ["a secret was taken out of the body"]


def test_a_view_of_a_recorded_client_is_warmed_up_through_the_recording(tmp_path: Path) -> None:
    warmed: list[str] = []

    class Warm(HttpxSender):
        def warm(self) -> None:
            warmed.append("sender")

    sender = RecordingSender(Warm("http://nowhere.invalid"), tmp_path / "traffic.jsonl")
    client = create_client("openai", sender=sender, environment={})
    client.warm()
    client.observed_by(lambda _: None).warm()
    assert warmed == ["sender", "sender"]


def test_a_conversation_of_several_turns_is_played_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "traffic.jsonl"

    async def main() -> None:
        async with open_door("bedrock", recording=path) as (_, client):
            assert words(await client.create_message(ask())) == WORDS
        async with replaying("bedrock", path) as client:
            for _ in range(2):
                assert words(await client.create_message(ask())) == WORDS

    asyncio.run(main())
