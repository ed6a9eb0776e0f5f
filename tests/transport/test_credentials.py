"""Credentials that change in mid-run: the call that meets the change is refused once, at most, and the run goes on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import chain, repeat
from pathlib import Path
from typing import Any, Final

import attrs
import pytest
from tests.canary import CANARY, KEYS
from tests.transport.doors import DONE, SCENARIO, WORDS, Fate, ask, words
from tests.transport.loopback import Received, serving

from polyloop.loop import APIProvider, sampling_loop
from polyloop.loop.stores import MemoryStore
from polyloop.loop.testing import FakeComputer
from polyloop.transport import WireClient, create_client
from polyloop.transport.errors import AuthenticationError, ProviderCallError, SettingsError
from polyloop.transport.retry import NO_RETRIES
from polyloop.transport.scripted import Keys, Reply, Scenario, ScriptedProvider, Text, ToolCall
from polyloop.transport.scripted.scenario import Provider
from polyloop.transport.secrets import Secret

NEW: Final = Keys(
    **{
        field.name: f"{getattr(KEYS, field.name)}-new" for field in attrs.fields(Keys) if field.name != "aws_access_key"
    },
    aws_access_key="AKIACANARYPROVIDER01",
)
"""What the providers want after the rotation."""


@attrs.frozen(kw_only=True)
class Rotating:
    """A provider, where its credential stands in the environment, and which argument gives it."""

    provider: Provider
    model: str
    variables: Mapping[str, str]
    """Variable and the field of `Keys` it holds."""
    arguments: Mapping[str, str]
    given: Mapping[str, str] = attrs.field(factory=dict)


ROTATING: Final = {
    "anthropic": Rotating(
        provider="anthropic", model="claude-opus-5",
        variables={"ANTHROPIC_API_KEY": "anthropic"}, arguments={"api_key": "anthropic"},
    ),
    "openai": Rotating(
        provider="openai", model="gpt-5.5", variables={"OPENAI_API_KEY": "openai"}, arguments={"api_key": "openai"},
    ),
    "uitars": Rotating(
        provider="uitars", model="ui-tars-1.5-7b",
        variables={"UITARS_API_KEY": "uitars"}, arguments={"api_key": "uitars"},
    ),
    "legacyuse": Rotating(
        provider="legacyuse", model="legacy-use-sonnet-4",
        variables={"LEGACYUSE_PROXY_API_KEY": "legacyuse"}, arguments={"api_key": "legacyuse"},
    ),
    "bedrock by token": Rotating(
        provider="bedrock", model="anthropic.claude-opus-4-6-v1:0", given={"region": "us-east-1"},
        variables={"AWS_BEARER_TOKEN_BEDROCK": "bedrock"}, arguments={"bearer_token": "bedrock"},
    ),
    "bedrock by session": Rotating(
        provider="bedrock", model="anthropic.claude-opus-4-6-v1:0", given={"region": "us-east-1"},
        variables={
            "AWS_ACCESS_KEY_ID": "aws_access_key", "AWS_SECRET_ACCESS_KEY": "aws_secret_key",
            "AWS_SESSION_TOKEN": "aws_session_token",
        },
        arguments={
            "access_key_id": "aws_access_key", "secret_access_key": "aws_secret_key", "session_token": "aws_session_token",
        },
    ),
    "vertex": Rotating(
        provider="vertex", model="claude-opus-5", given={"region": "us-east5", "project": "p"},
        variables={}, arguments={"access_token": "vertex"},
    ),
}  # fmt: skip

BY_ENVIRONMENT: Final = [name for name, rotating in ROTATING.items() if rotating.variables]


@asynccontextmanager
async def at(
    name: str, scenario: Scenario = SCENARIO, **options: Any
) -> AsyncIterator[tuple[ScriptedProvider, WireClient]]:
    """Run a server and a client of it."""
    rotating = ROTATING[name]
    async with ScriptedProvider(scenario, keys=KEYS) as server:
        known: dict[str, Any] = {
            "model": rotating.model, "base_url": server.base_url(rotating.provider), "environment": {},
            "chances": Fate().chances(),
        }  # fmt: skip
        async with create_client(rotating.provider, **(known | dict(rotating.given) | options)) as client:
            yield server, client


def environment_of(name: str, keys: Keys) -> dict[str, str]:
    return {variable: getattr(keys, field) for variable, field in ROTATING[name].variables.items()}


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("name", BY_ENVIRONMENT)
def test_a_credential_renewed_in_the_environment_is_found_when_the_old_one_is_refused(
    name: str, streaming: bool
) -> None:
    async def main() -> None:
        environment = environment_of(name, KEYS)
        async with at(name, environment=environment) as (server, client):
            assert words(await client.create_message(ask())) == WORDS
            server.keys = NEW
            environment.update(environment_of(name, NEW))
            if streaming:
                assert [event async for event in client.stream_message(ask())]
            else:
                assert words(await client.create_message(ask())) == WORDS
            assert [logged.credential for logged in server.requests] == ["valid", "wrong", "valid"]

    asyncio.run(main())


@pytest.mark.parametrize("asynchronous", [False, True])
@pytest.mark.parametrize("name", ROTATING)
def test_a_callable_is_asked_before_each_attempt_so_that_no_call_is_refused(name: str, asynchronous: bool) -> None:
    async def main() -> None:
        held = {"keys": KEYS}

        def source(field: str) -> Callable[[], Any]:
            def now() -> str:
                return str(getattr(held["keys"], field))

            async def soon() -> Secret:
                await asyncio.sleep(0)
                return Secret(now())

            return soon if asynchronous else now

        sources: dict[str, Any] = {argument: source(field) for argument, field in ROTATING[name].arguments.items()}
        async with at(name, **sources) as (server, client):
            await client.create_message(ask())
            held["keys"] = server.keys = NEW
            await client.create_message(ask())
            assert [logged.credential for logged in server.requests] == ["valid", "valid"]

    asyncio.run(main())


@pytest.mark.parametrize("name", ROTATING)
def test_a_callable_that_learns_of_the_change_late_is_asked_again(name: str) -> None:
    """A vault's client that caches: it gives the old key once more, and the new one when it is asked again."""

    async def main() -> None:
        answers = {field: [getattr(KEYS, field), getattr(NEW, field)] for field in ROTATING[name].arguments.values()}

        def source(field: str) -> Callable[[], str]:
            return lambda: str(answers[field].pop(0) if len(answers[field]) > 1 else answers[field][0])

        sources: dict[str, Any] = {argument: source(field) for argument, field in ROTATING[name].arguments.items()}
        async with at(name, **sources) as (server, client):
            server.keys = NEW
            await client.create_message(ask())
            assert [logged.credential for logged in server.requests] == ["wrong", "valid"]

    asyncio.run(main())


@pytest.mark.parametrize("name", BY_ENVIRONMENT)
@pytest.mark.parametrize("change", ["none", "gone"])
def test_without_another_credential_the_refusal_stands_after_one_attempt(name: str, change: str) -> None:
    async def main() -> None:
        environment = environment_of(name, KEYS)
        async with at(name, environment=environment) as (server, client):
            server.keys = NEW
            if change == "gone":
                environment.clear()
            with pytest.raises(ProviderCallError) as raised:
                await client.create_message(ask())
            assert raised.value.kind in ("authentication", "permission")
            assert len(server.requests) == 1

    asyncio.run(main())


def test_the_second_attempt_is_one_of_the_budget() -> None:
    async def main() -> None:
        environment = environment_of("openai", KEYS)
        async with at("openai", environment=environment, retry=NO_RETRIES) as (server, client):
            server.keys = NEW
            environment.update(environment_of("openai", NEW))
            with pytest.raises(AuthenticationError):
                await client.create_message(ask())
            assert words(await client.create_message(ask())) == WORDS, "the next call has the new key all the same"
            assert [logged.credential for logged in server.requests] == ["wrong", "valid"]

    asyncio.run(main())


def test_a_settings_file_that_was_written_anew_is_read_again(tmp_path: Path) -> None:
    async def main() -> None:
        path = tmp_path / "polyloop.toml"
        old, new = Keys(openai="sk-of-a-file"), Keys(openai="sk-of-a-file-written-anew")
        path.write_text(f'[openai]\napi_key = "{old.openai}"\n')
        async with at("openai", settings_file=path) as (server, client):
            server.keys = new
            path.write_text(f'[openai]\napi_key = "{new.openai}"\n')
            assert words(await client.create_message(ask())) == WORDS

    asyncio.run(main())


def test_where_requests_go_does_not_change_with_the_environment() -> None:
    async def main() -> None:
        environment = environment_of("openai", KEYS)
        async with ScriptedProvider(SCENARIO, keys=KEYS) as server:
            environment["OPENAI_BASE_URL"] = server.base_url("openai")
            async with create_client("openai", model="gpt-5.5", environment=environment) as client:
                server.keys = NEW
                environment["OPENAI_BASE_URL"] = "http://127.0.0.1:9"
                with pytest.raises(AuthenticationError):
                    await client.create_message(ask())
                assert len(server.requests) == 1, "another host is no other credential"
                environment.update(environment_of("openai", NEW))
                assert words(await client.create_message(ask())) == WORDS

    asyncio.run(main())


def test_a_callable_that_gives_the_refused_key_again_is_not_tried_with_it_again() -> None:
    async def main() -> None:
        asked = 0

        def source() -> str:
            nonlocal asked
            asked += 1
            return KEYS.openai

        async with at("openai", api_key=source) as (server, client):
            server.keys = NEW
            for _ in range(2):
                with pytest.raises(AuthenticationError):
                    await client.create_message(ask())
            assert (len(server.requests), asked) == (2, 4)

    asyncio.run(main())


def test_calls_at_once_that_are_all_refused_all_go_on() -> None:
    async def main() -> None:
        environment = environment_of("openai", KEYS)
        async with at("openai", Scenario(otherwise=DONE), environment=environment) as (server, client):
            server.keys = NEW
            environment.update(environment_of("openai", NEW))
            replies = await asyncio.gather(*(client.create_message(ask()) for _ in range(10)))
            assert [words(one) for one in replies] == ["All is done."] * 10
            refused = [logged for logged in server.requests if logged.credential == "wrong"]
            assert 1 <= len(refused) <= 10

    asyncio.run(main())


async def _failing() -> str:
    raise ConnectionError(f"the vault does not know {'this client'}")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (_failing, AuthenticationError),
        (lambda: None, SettingsError),
        (lambda: "", SettingsError),
        (lambda: "k\n", SettingsError),
    ],
)
def test_a_source_that_gives_no_key_is_said_so(source: Callable[[], Any], expected: type[Exception]) -> None:
    async def main() -> None:
        async with at("openai", api_key=source) as (server, client):
            with pytest.raises(expected):
                await client.create_message(ask())
            assert server.requests == []

    asyncio.run(main())


def test_old_keys_and_new_ones_are_removed_from_what_a_server_repeats(tmp_path: Path) -> None:
    """A gateway that quotes the key it refuses: neither in the error nor in the recording."""

    async def quote(request: Received, writer: asyncio.StreamWriter) -> None:
        body = json.dumps({"error": {"message": f"no such key: {request.headers['authorization']}"}}).encode()
        head = f"HTTP/1.1 401 X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)

    async def main() -> None:
        keys = chain([KEYS.openai, NEW.openai], repeat("sk-third"))
        async with (
            serving(quote) as server,
            create_client(
                "openai", model="m", base_url=server.url, api_key=lambda: next(keys), environment={},
                recording=tmp_path / "openai_chat.jsonl", chances=Fate().chances(),
            ) as client,
        ):  # fmt: skip
            with pytest.raises(AuthenticationError) as raised:
                await client.create_message(ask())
            assert len(server.requests) == 3
            assert CANARY not in f"{raised.value} {raised.value.body}"
            assert "[secret]" in str(raised.value)
        recorded = (tmp_path / "openai_chat.jsonl").read_text()
        assert recorded.count("[secret]") == 3

    asyncio.run(main())


def test_a_run_goes_on_over_a_rotation() -> None:
    """The loop itself: between two of its turns the provider wants another key, which the environment has by then."""

    async def main() -> None:
        environment = environment_of("anthropic", KEYS)
        scenario = Scenario(
            steps=(
                Reply(
                    parts=(ToolCall(name="extraction", arguments={"data": {"name": "who", "result": {"name": "Ada"}}}),)
                ),
                Reply(parts=(Text(text="Ada is registered."),)),
            )
        )
        async with at("anthropic", scenario, environment=environment) as (server, client):

            def rotate(*_: Any) -> None:
                server.keys = NEW
                environment.update(environment_of("anthropic", NEW))

            result, exchanges = await sampling_loop(
                job_id="job-1", db=MemoryStore(), model="claude-opus-5", provider=APIProvider.ANTHROPIC,
                system_prompt_suffix="", messages=[{"role": "user", "content": "Register Ada."}],
                output_callback=lambda block: None, tool_output_callback=rotate, tool_version="computer_use_20250124",
                client=client, computer=FakeComputer(),
            )  # fmt: skip
            assert result == {"name": "Ada"}
            assert [logged.credential for logged in server.requests] == ["valid", "wrong", "valid"]
            assert exchanges

    asyncio.run(main())
