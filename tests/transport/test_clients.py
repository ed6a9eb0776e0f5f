"""The six clients when all goes well: whole replies, streams, counting, health, one connection, one loop after another."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import aclosing

import attrs
import pytest
from tests.canary import KEYS
from tests.transport.doors import DONE, DOORS, WORDS, ask, calls, open_door, user, words

from polyloop.translate import hub
from polyloop.translate.errors import UsageError
from polyloop.translate.hub_events import MessageEnd, MessageStart, PartDelta
from polyloop.transport.client import WireClient
from polyloop.transport.errors import AuthenticationError, NotFound
from polyloop.transport.exchanges import Exchange
from polyloop.transport.scripted import Fail, Rule, Scenario, ScriptedProvider, Settings, Silence

ALL = tuple(DOORS)
CALL = ("lookup", {"query": "button", "limit": 2}, "complete")


@pytest.mark.parametrize("name", ALL)
def test_a_reply_is_the_scripts_whoever_sends_it(name: str) -> None:
    async def main() -> None:
        async with open_door(name) as (server, client):
            response = await client.create_message(ask())
            assert words(response) == WORDS
            assert calls(response) == [CALL]
            assert response.status == "finished"
            assert response.candidates[0].turn.origin is not None
            assert response.candidates[0].turn.origin.host == DOORS[name].provider
            assert response.usage is not None
            (request,) = server.requests
            assert request.credential == "valid"

    asyncio.run(main())


@pytest.mark.parametrize("name", ALL)
def test_a_streams_events_end_with_the_reply_that_the_whole_call_gives(name: str) -> None:
    async def main() -> None:
        async with open_door(name) as (_, client):
            whole = await client.create_message(ask())
            events = [event async for event in client.stream_message(ask())]
            assert isinstance(events[0], MessageStart)
            assert isinstance(events[-1], MessageEnd)
            assert events[-1].response == whole
            if DOORS[name].streams and name != "uitars":  # which has to hear a line to its end to know what it is
                deltas = [event for event in events if isinstance(event, PartDelta)]
                assert len(deltas) > 2, "it came bit by bit"

    asyncio.run(main())


@pytest.mark.parametrize("name", ALL)
def test_the_next_turn_is_accepted_with_the_last_one_in_its_history(name: str) -> None:
    async def main() -> None:
        async with open_door(name) as (_, client):
            first = ask()
            turn = (await client.create_message(first)).candidates[0].turn
            (call,) = [part for part in turn.parts if isinstance(part, hub.Call)]
            result = hub.Result(call_id=call.id, parts=(hub.Text(text="It is at 10, 20."),), outcome="ok")
            grown = ask()
            grown = hub.Request(
                turns=(*first.turns, turn, hub.Turn(role="tool", parts=(result,))), max_output=1000, tools=grown.tools
            )
            assert words(await client.create_message(grown)) == "All is done."

    asyncio.run(main())


@pytest.mark.parametrize("name", ALL)
def test_many_calls_share_one_connection(name: str) -> None:
    async def main() -> None:
        async with open_door(name) as (server, client):
            for _ in range(4):
                await client.create_message(ask())
            [event async for event in client.stream_message(ask())]
            await client.check_health()
            assert server.connections == 1

    asyncio.run(main())


@pytest.mark.parametrize("name", ALL)
def test_one_client_serves_one_event_loop_after_another(name: str) -> None:
    with ScriptedProvider.running(Scenario(steps=(DONE,)), keys=KEYS) as server:
        client = DOORS[name].client(server)
        for _ in range(3):
            assert words(asyncio.run(client.create_message(ask()))) == "All is done."


@pytest.mark.parametrize("name", ALL)
def test_a_view_tells_of_its_exchanges_and_of_no_others(name: str) -> None:
    async def main() -> None:
        faults = (Rule(fault=Fail(kind="rate_limit", retry_after=1), nth=1),)
        async with open_door(name, faults=faults) as (_, client):
            heard: list[Exchange] = []
            view = client.observed_by(heard.append)
            await view.create_message(ask())
            await view.aclose()
            await client.create_message(ask())
            refused, answered = heard
            assert refused.response is not None
            assert refused.response["status"] == 429
            assert refused.error is not None
            assert answered.response is not None
            assert answered.response["body"]
            assert answered.request["body"]["messages" if name != "openai-responses" else "input"]

    asyncio.run(main())


@pytest.mark.parametrize("name", ["anthropic", "vertex", "openai-responses"])
def test_tokens_are_counted_where_the_provider_counts(name: str) -> None:
    async def main() -> None:
        async with open_door(name) as (_, client):
            few = await client.count_tokens(ask("Go on."))
            many = await client.count_tokens(ask("Go on. " * 100))
            assert 0 < few < many

    asyncio.run(main())


@pytest.mark.parametrize("name", ["bedrock", "legacyuse", "openai-chat", "uitars"])
def test_who_does_not_count_says_so(name: str) -> None:
    async def main() -> None:
        async with open_door(name) as (server, client):
            with pytest.raises(UsageError, match="no way to count"):
                await client.count_tokens(ask())
            assert server.requests == []

    asyncio.run(main())


@pytest.mark.parametrize("name", ALL)
def test_health_is_asked_without_running_a_model(name: str) -> None:
    async def main() -> None:
        door = DOORS[name]
        settings = Settings(models={door.provider: (door.model,)})
        async with open_door(name, settings=settings) as (server, client):
            health = await client.check_health()
            assert health.healthy
            assert health.authenticated
            assert health.model_known is (None if name == "legacyuse" else True)
            (request,) = server.requests
            # Nothing that a model could answer: no conversation, or the question how long one is.
            body = request.body or {}
            assert "messages" not in body or request.path.endswith("count-tokens:rawPredict")
            assert "input" not in body
            if name != "legacyuse":
                other = await client.check_health("no-such-model")
                assert (other.authenticated, other.model_known, other.healthy) == (True, False, False)

    asyncio.run(main())


@pytest.mark.parametrize("name", ALL)
def test_a_wrong_key_and_a_closed_port_are_told_apart(name: str) -> None:
    async def main() -> None:
        door = DOORS[name]
        wrong = {key: "wrong-key-of-nobody" for key in door.given if key not in ("region", "project")}
        async with open_door(name) as (server, client):
            async with door.client(server, **wrong) as stranger:
                health = await stranger.check_health()
                assert (health.reachable, health.authenticated, health.model_known) == (True, False, None)
                with pytest.raises(AuthenticationError):
                    await stranger.create_message(ask())
            async with server.refusing():
                async with door.client(server) as late:
                    health = await late.check_health()
                assert (health.reachable, health.authenticated) == (False, None)
                assert health.error is not None
                assert health.error.kind == "connection"
            assert (await client.check_health(paid=True)).healthy

    asyncio.run(main())


@pytest.mark.parametrize("name", ALL)
def test_a_paid_check_makes_one_call_and_says_whether_the_model_is_there(name: str) -> None:
    async def main() -> None:
        door = DOORS[name]
        async with open_door(name, settings=Settings(models={door.provider: ("another",)})) as (server, client):
            health = await client.check_health(paid=True)
            assert not health.healthy
            assert health.authenticated
            assert len(server.requests) == 1
            assert (await client.check_health("another", paid=True)).healthy

    asyncio.run(main())


def test_a_model_that_is_not_there_is_not_found_and_not_retried() -> None:
    async def main() -> None:
        async with open_door("anthropic", settings=Settings(models={"anthropic": ("other",)})) as (server, client):
            with pytest.raises(NotFound):
                await client.create_message(ask())
            assert len(server.requests) == 1

    asyncio.run(main())


@pytest.mark.parametrize(
    ("name", "model", "version"),
    [
        ("anthropic", "claude-opus-5", "2026-10-21"),
        ("anthropic", "claude-sonnet-4-5", "2023-06-01"),
        ("vertex", "claude-opus-5", "2026-10-21"),
        ("vertex", "claude-sonnet-4-5", "vertex-2023-10-16"),
        ("bedrock", "anthropic.claude-opus-4-6-v1:0", "bedrock-2023-05-31"),
        ("bedrock", "us.anthropic.claude-sonnet-4-20250514-v1:0", "bedrock-2023-05-31"),
        ("bedrock", "anthropic.claude-opus-5", "2026-10-21"),
        ("bedrock", "arn:aws:bedrock:us-east-1:1:application-inference-profile/abc", "2026-10-21"),
    ],
)
def test_the_api_version_is_the_models(name: str, model: str, version: str) -> None:
    async def main() -> None:
        async with open_door(name) as (server, client):
            sampling = hub.Sampling(temperature=0.5) if version != "2026-10-21" else hub.Sampling()
            await client.create_message(ask(model=model, sampling=sampling, betas=("some-beta-2026-01-01",)))
            (request,) = server.requests
            header, body = request.headers, request.body
            assert (header.get("anthropic-version") if name == "anthropic" else body["anthropic_version"]) == version
            found = body["anthropic_beta"] if name == "bedrock" else [header["anthropic-beta"]]
            assert found == ["some-beta-2026-01-01"]
            assert ("temperature" in body) == (version != "2026-10-21")

    asyncio.run(main())


def test_a_profile_is_looked_up_by_the_model_and_can_be_switched_off() -> None:
    async def main() -> None:
        async with open_door("anthropic", settings=Settings(validate=False)) as (server, client):
            warm = ask(sampling=hub.Sampling(temperature=0.5))
            await client.create_message(warm)
            assert "temperature" not in server.requests[-1].body
            async with DOORS["anthropic"].client(server, profile=None) as plain:
                await plain.create_message(attrs.evolve(warm, version="2023-06-01"))
            assert server.requests[-1].body["temperature"] == 0.5
            profile = client.profile()
            assert profile is not None
            assert profile.name == "claude-5"

    asyncio.run(main())


def test_leaving_a_stream_early_closes_its_connection() -> None:
    async def main() -> None:
        faults = (Rule(fault=Silence(after_events=6, gate="never"), nth=1),)
        async with open_door("anthropic", faults=faults) as (server, client):
            async with aclosing(client.stream_message(ask())) as events:
                async for _ in events:
                    break
            # The connection is gone: the next call opens another, and the server's talk with the first one ends.
            assert words(await client.create_message(ask())) == WORDS
            assert len(server.requests) == 2

    asyncio.run(main())


def test_cancelling_a_call_leaves_no_task_behind() -> None:
    async def main() -> None:
        async with open_door("anthropic", faults=(Rule(fault=Silence(gate="never"), nth=1),)) as (server, client):
            call = asyncio.create_task(client.create_message(ask()))
            await asyncio.to_thread(server.reached("never").wait)
            before = asyncio.all_tasks()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert asyncio.all_tasks() - before == set()
            assert words(await client.create_message(ask())) == WORDS

    asyncio.run(main())


def test_warming_up_makes_the_first_call_import_nothing() -> None:
    script = (
        "import asyncio, sys\n"
        "from tests.transport.doors import open_door, ask\n"
        "async def main():\n"
        "    async with open_door(sys.argv[1]) as (server, client):\n"
        "        client.warm()\n"
        "        before = set(sys.modules)\n"
        "        await client.create_message(ask())\n"
        "        new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "        assert not new & {'anthropic', 'openai', 'httpx', 'httpx2', 'polyloop'}, new\n"
        "asyncio.run(main())\n"
    )
    for name in ("anthropic", "legacyuse"):
        done = subprocess.run([sys.executable, "-c", script, name], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_the_same_request_is_asked_alike_of_every_provider() -> None:
    """What one provider refuses another does: the neutral call never depends on who answers."""

    async def main() -> None:
        for name in ALL:
            async with open_door(name, scenario=Scenario(otherwise=DONE)) as (_, client):
                assert isinstance(client, WireClient)
                request = hub.Request(
                    instructions=hub.Turn(role="system", parts=(hub.Text(text="Be short."),)),
                    turns=(user("Hi."),),
                    max_output=100,
                )
                assert words(await client.create_message(request)) == "All is done."

    asyncio.run(main())


@pytest.mark.parametrize("name", ALL)
def test_a_server_that_cannot_stream_is_asked_for_whole_replies(name: str) -> None:
    async def main() -> None:
        async with open_door(name, streaming=False) as (server, client):
            response = await client.create_message(ask())
            assert words(response) == WORDS
            events = [event async for event in client.stream_message(ask())]
            assert isinstance(events[-1], MessageEnd)
            assert events[-1].response == response
            assert all(not request.body.get("stream") for request in server.requests)
            assert not any("stream" in request.path for request in server.requests)

    asyncio.run(main())
