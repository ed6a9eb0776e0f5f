"""What a caller sees when the way to a provider breaks: one property for every client and every fault.

The law: one finished attempt, or a prefix of it and a typed break; never two attempts joined. The attempts stay within the budget, and no
wait is shorter than what the provider asked for.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any, Final

import attrs
import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st
from tests.transport.doors import DOORS, SCENARIO, WORDS, Fate, ask, calls, open_door, words
from tests.transport.loopback import answer, serving

from polyloop.translate import hub
from polyloop.translate.hub_events import MessageEnd, PartDelta, PartEnd, StreamEvent
from polyloop.transport import create_client, errors
from polyloop.transport.client import WireClient
from polyloop.transport.config import Timeouts, TransportConfig
from polyloop.transport.errors import ProviderCallError, StreamBroken
from polyloop.transport.retry import RetryPolicy
from polyloop.transport.scripted import (
    BreakBody,
    Duplicate,
    Fail,
    FailInStream,
    HangUp,
    HtmlPage,
    MalformedJson,
    Rule,
    ScriptedProvider,
    Settings,
    Silence,
    Truncate,
    WrongContentType,
)
from polyloop.transport.scripted.faults import Fault

ALL: Final = tuple(DOORS)
BUDGET: Final = 3
POLICY: Final = RetryPolicy(max_attempts=BUDGET, deadline=None)
CALL: Final = ("lookup", {"query": "button", "limit": 2}, "complete")

KINDS: Final = (
    "invalid_request", "authentication", "billing", "permission", "not_found", "request_too_large", "rate_limit", "quota",
    "server_error", "unavailable", "timeout", "overloaded", "context_overflow", "credits",
)  # fmt: skip
"""Every error class that the scripted provider can say."""

failures = st.builds(
    Fail,
    kind=st.sampled_from(KINDS),
    retry_after=st.none() | st.sampled_from([0.25, 2, 30, 400]),
    retry_form=st.sampled_from(["seconds", "milliseconds", "date"]),
)
broken_streams = st.one_of(
    st.builds(BreakBody, after_bytes=st.integers(0, 3000), reset=st.booleans()),
    st.builds(
        FailInStream,
        kind=st.sampled_from(["overloaded", "server_error", "rate_limit"]),
        after_events=st.integers(0, 12),
        shape=st.sampled_from(["flat", "nested", "failed"]),
    ),
    st.builds(Truncate, events=st.integers(1, 8)),
    st.just(MalformedJson()),
    st.just(Duplicate()),
)
faults: st.SearchStrategy[Fault] = st.one_of(
    failures,
    broken_streams,
    st.builds(HangUp, reset=st.booleans()),
    st.builds(HtmlPage, status=st.sampled_from([200, 403, 502, 503])),
    st.builds(WrongContentType),
)


SAMPLED: Final = f"Thought: {WORDS}"
"""The same on UI-TARS, whose unfinished text stays as it was sampled."""


class Told:
    """What one call came to."""

    def __init__(self) -> None:
        self.response: hub.Response | None = None
        self.error: ProviderCallError | None = None
        self.heard = ""
        """The words that came as events."""

    def hear(self, said: StreamEvent) -> None:
        """Take one event. The words are the first part; UI-TARS tells it whole."""
        if isinstance(said, PartDelta) and said.index == 0:
            self.heard += said.text
        if isinstance(said, PartEnd) and said.index == 0 and isinstance(said.part, hub.Text | hub.Thinking):
            whole = str(said.part.text)
            assert self.heard in ("", whole)
            self.heard = whole


async def whole(client: WireClient) -> Told:
    told = Told()
    try:
        told.response = await client.create_message(ask())
    except ProviderCallError as error:
        told.error = error
    return told


async def streamed(client: WireClient) -> Told:
    told = Told()
    try:
        async for said in client.stream_message(ask()):
            told.hear(said)
            if isinstance(said, MessageEnd):
                assert told.response is None, "one end"
                told.response = said.response
    except ProviderCallError as error:
        told.error = error
    return told


def asked_to_wait(fault: Fault) -> float:
    """The least seconds before the next attempt."""
    return float(fault.retry_after or 0.0) if isinstance(fault, Fail) else 0.0


def check(told: Told, struck: Sequence[Fault | None], fate: Fate, server: ScriptedProvider) -> None:
    """Hold the law."""
    attempts = len(server.requests)
    assert 1 <= attempts <= BUDGET
    assert len(fate.slept) == attempts - 1
    for fault, slept in zip(struck, fate.slept, strict=False):
        if fault is not None:
            # A date has whole seconds and is read at its own moment: the scripted provider rounds it up.
            assert slept >= asked_to_wait(fault)
    if told.response is not None:
        assert told.error is None
        assert (words(told.response), calls(told.response)) == (WORDS, [CALL])
        assert told.response.status == "finished"
        return
    assert told.error is not None
    assert WORDS.startswith(told.heard)
    if isinstance(told.error, StreamBroken):
        partial = told.error.partial
        if partial is not None:
            assert isinstance(partial, hub.Response)
            came = words(partial)
            assert WORDS.startswith(came) or SAMPLED.startswith(came) or came.startswith(f"{SAMPLED}\n")
            assert came.count(WORDS) <= 1
            assert partial.status != "finished"
    if attempts < BUDGET:
        assert not told.error.retryable or told.heard or isinstance(told.error, StreamBroken)


async def play(name: str, struck: Sequence[Fault | None], streaming: bool, draw: float, settings: Settings) -> None:
    fate = Fate(draw=draw)
    rules = [Rule(fault=fault, nth=place) for place, fault in enumerate(struck, 1) if fault is not None]
    # Rules for streams count streams only, so each rule is asked of each request by its own count.
    async with open_door(name, faults=rules, fate=fate, retry=POLICY, settings=settings) as (server, client):
        told = await (streamed if streaming else whole)(client)
        event(f"{type(told.error).__name__ if told.error else 'answered'} after {len(server.requests)}")
        check(told, [logged.fault for logged in server.requests], fate, server)


@pytest.mark.parametrize("name", ALL)
@given(
    struck=st.lists(st.none() | faults, min_size=1, max_size=BUDGET + 1),
    streaming=st.booleans(),
    draw=st.floats(0, 1, exclude_max=True),
    chunk_bytes=st.sampled_from([None, None, 7]),
)
@example(struck=[Fail(kind="rate_limit", retry_after=30), None], streaming=False, draw=0.0, chunk_bytes=None)
@example(struck=[FailInStream(after_events=12), None], streaming=True, draw=0.0, chunk_bytes=None)
@example(struck=[FailInStream(after_events=12), None], streaming=False, draw=0.0, chunk_bytes=None)
@example(struck=[BreakBody(after_bytes=2000)] * 3, streaming=True, draw=0.5, chunk_bytes=1)
@example(struck=[HtmlPage(status=200), HangUp(reset=True), None], streaming=True, draw=0.5, chunk_bytes=None)
@example(
    struck=[MalformedJson(), Fail(kind="rate_limit", retry_after=2, retry_form="date")],
    streaming=False,
    draw=0.0,
    chunk_bytes=None,
)
@example(struck=[Duplicate(every=1)] * 2, streaming=False, draw=0.0, chunk_bytes=None)
@example(struck=[Duplicate(), None], streaming=True, draw=0.5, chunk_bytes=None)
@example(struck=[Truncate(events=1), None], streaming=False, draw=0.5, chunk_bytes=None)
def test_one_finished_attempt_or_a_prefix_and_a_typed_break(
    name: str, struck: list[Fault | None], streaming: bool, draw: float, chunk_bytes: int | None
) -> None:
    asyncio.run(play(name, struck, streaming, draw, Settings(chunk_bytes=chunk_bytes)))


EXPECTED: Final[dict[str, dict[str, type[ProviderCallError]]]] = {
    "invalid_request": {"": errors.InvalidRequest},
    "authentication": {"": errors.AuthenticationError},
    "permission": {"": errors.PermissionDenied, "legacyuse": errors.QuotaExceeded},
    "not_found": {"": errors.NotFound},
    "request_too_large": {"": errors.RequestTooLarge},
    "rate_limit": {"": errors.RateLimited},
    "server_error": {"": errors.ServerFailed},
    "timeout": {"": errors.CallTimedOut},
    "context_overflow": {"": errors.ContextOverflow},
    "credits": {
        "": errors.QuotaExceeded, "bedrock": errors.PermissionDenied, "uitars": errors.PermissionDenied,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("kind", EXPECTED)
def test_every_provider_fails_the_same_way(name: str, kind: Any) -> None:
    async def main() -> None:
        fate = Fate()
        async with open_door(name, faults=[Rule(fault=Fail(kind=kind))], fate=fate, retry=POLICY) as (server, client):
            with pytest.raises(ProviderCallError) as raised:
                await client.create_message(ask())
            expected = EXPECTED[kind].get(name, EXPECTED[kind][""])
            assert isinstance(raised.value, expected)
            assert raised.value.provider == DOORS[name].provider
            assert raised.value.status is not None
            assert len(server.requests) == (BUDGET if raised.value.retryable else 1)

    asyncio.run(main())


@pytest.mark.parametrize("name", [name for name in ALL if DOORS[name].streams])
@pytest.mark.parametrize("streaming", [True, False])
def test_a_stream_broken_behind_its_first_content_is_repeated_only_if_nobody_has_heard_it(
    name: str, streaming: bool
) -> None:
    async def main() -> None:
        fate = Fate()
        rule = Rule(fault=FailInStream(kind="overloaded", after_events=8), nth=1)
        async with open_door(name, faults=[rule], fate=fate, retry=POLICY) as (server, client):
            told = await (streamed if streaming else whole)(client)
            if streaming:
                assert isinstance(told.error, StreamBroken)
                assert told.error.kind == "overloaded"
                assert told.heard or name == "uitars"  # whose thought is told once its line is whole
                assert WORDS.startswith(told.heard)
                assert len(server.requests) == 1
                assert isinstance(told.error.__cause__, errors.Overloaded)
            else:
                assert told.response is not None
                assert len(server.requests) == 2

    asyncio.run(main())


class Wound:
    """A clock that a test turns: timers ring when it is moved past them."""

    def __init__(self) -> None:
        self.now = 0.0
        self._timers: list[tuple[float, Any, Any]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Any, *arguments: Any) -> Wound.Timer:
        timer = Wound.Timer()
        self._timers.append((when, callback if not arguments else (lambda: callback(*arguments)), timer))
        return timer

    class Timer:
        cancelled = False

        def cancel(self) -> None:
            self.cancelled = True

    def move(self, seconds: float) -> None:
        self.now += seconds
        due = [entry for entry in self._timers if entry[0] <= self.now]
        self._timers = [entry for entry in self._timers if entry[0] > self.now]
        for _, callback, timer in due:
            if not timer.cancelled:
                callback()


@pytest.mark.parametrize(
    ("name", "after_events"),
    [(name, after) for name in ALL for after in (None, 8) if after is None or DOORS[name].streams],
)
def test_silence_is_broken_by_our_own_clock(name: str, after_events: int | None) -> None:
    async def main() -> None:
        fate, clock = Fate(), Wound()
        config = TransportConfig(timeouts=Timeouts(first_content=60, between_content=20))
        rule = Rule(fault=Silence(after_events=after_events, gate="never"))
        settings = Settings()
        async with open_door(name, faults=[rule], fate=fate, settings=settings) as (server, plain):
            options = {"retry": RetryPolicy(max_attempts=1), "config": config}
            chances = attrs.evolve(fate.chances(), clock=clock)
            async with DOORS[name].client(server, chances=chances, **options) as client:
                call = asyncio.create_task(streamed(client))
                await asyncio.to_thread(server.reached("never").wait)
                for _ in range(20):  # let the client read what came before the silence
                    await asyncio.sleep(0)
                while not call.done():
                    clock.move(61)
                    await asyncio.sleep(0)
                told = await call
                assert told.error is not None
                assert told.error.kind == "timeout"
                stalled = told.error.__cause__ if isinstance(told.error, StreamBroken) else told.error
                assert isinstance(stalled, errors.Stalled)
            assert plain.provider == DOORS[name].provider

    asyncio.run(main())


@pytest.mark.parametrize("name", [name for name in ALL if DOORS[name].streams])
def test_events_that_come_twice_are_never_taken_for_more_words(name: str) -> None:
    """A stream with every event doubled: told as it was meant, or refused as damaged."""

    async def main() -> None:
        fate = Fate()
        async with open_door(name, faults=[Rule(fault=Duplicate(), nth=1)], fate=fate, retry=POLICY) as (_, client):
            told = await whole(client)
            assert told.response is not None
            assert (words(told.response), calls(told.response)) == (WORDS, [CALL])
            told = await streamed(client)
            assert (told.heard, told.error) == (WORDS, None)

    asyncio.run(main())


def test_a_server_that_does_not_stream_is_understood_all_the_same() -> None:
    """Whatever the question was, a document is a document (litellm's mock answers so)."""
    reply = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn",
        "stop_sequence": None, "content": [{"type": "text", "text": "Hello."}], "usage": {"input_tokens": 1, "output_tokens": 1},
    }  # fmt: skip

    async def main() -> None:
        async with serving(answer(200, b" \n" + json.dumps(reply).encode())) as server:
            options: dict[str, Any] = {"base_url": server.url, "api_key": "k" * 8, "environment": {}}
            async with create_client("anthropic", model="m", **options) as client:
                assert words(await client.create_message(ask())) == "Hello."
                events = [said async for said in client.stream_message(ask())]
                assert isinstance(events[-1], MessageEnd)
                assert words(events[-1].response) == "Hello."

    asyncio.run(main())


@pytest.mark.parametrize(
    "body",
    [b'{"error": {"message": "no quota left", "code": "insufficient_quota"}}', b'{"surprise": 1}', b"[]", b"null"],
)
def test_a_body_that_is_no_reply_is_an_error_whatever_its_status(body: bytes) -> None:
    async def main() -> None:
        async with serving(answer(200, body)) as server:
            options: dict[str, Any] = {"base_url": server.url, "api_key": "k" * 8, "environment": {}}
            async with create_client("openai", model="m", retry=RetryPolicy(max_attempts=1), **options) as client:
                with pytest.raises(ProviderCallError) as raised:
                    await client.create_message(ask())
                expected = errors.QuotaExceeded if b"quota" in body else errors.ConnectionFailed
                assert isinstance(raised.value, expected)

    asyncio.run(main())


def test_the_scenario_is_long_enough_for_the_law_to_mean_something() -> None:
    assert len(SCENARIO.steps[0].reply.parts) == 2
    assert len(WORDS) > 5 * Settings().delta_characters
