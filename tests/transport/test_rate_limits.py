"""Limits of one's own: requests and tokens a minute and calls at once, kept by a clock that the test turns."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.canary import KEYS
from tests.transport.doors import DOORS, SCENARIO, WORDS, ask, open_door, words

from polyloop.translate import hub
from polyloop.transport import MultiProviderClientFactory, create_client
from polyloop.transport.errors import MissingDependency, SettingsError
from polyloop.transport.factory import PROVIDERS
from polyloop.transport.preparing import Route, prepare
from polyloop.transport.rate_limits import RateLimiter, RateLimits, load_rate_limits
from polyloop.transport.retry import NO_RETRIES
from polyloop.transport.scripted import Fail, Rule, ScriptedProvider


class FastLoop(asyncio.SelectorEventLoop):
    """An event loop in which waiting takes no time: where nothing can run, its clock jumps to the next timer."""

    def __init__(self) -> None:
        super().__init__()
        self.jumped = 0.0

    def time(self) -> float:
        return super().time() + self.jumped

    def _run_once(self) -> None:
        scheduled: Any = self._scheduled  # type: ignore[attr-defined]
        if not self._ready and scheduled:  # type: ignore[attr-defined]
            self.jumped += max(0.0, scheduled[0].when() - self.time())
        super()._run_once()  # type: ignore[misc]


def fast(main: Callable[[FastLoop], Awaitable[None]]) -> None:
    loop = FastLoop()
    try:
        loop.run_until_complete(main(loop))
    finally:
        loop.close()


def test_requests_wait_for_their_minute() -> None:
    async def main(loop: FastLoop) -> None:
        limiter = RateLimiter(RateLimits(requests_per_minute=6))
        began, made = loop.time(), []
        for _ in range(18):
            async with limiter.permit(1):
                made.append(loop.time() - began)
        # A full bucket at once, then one in ten seconds.
        assert made[5] < 1
        assert made[6] >= 9
        assert made[17] >= 119
        for start in range(12):
            assert made[start + 6] - made[start] >= 9

    fast(main)


def test_tokens_are_estimated_and_settled_by_what_they_were() -> None:
    async def main(loop: FastLoop) -> None:
        limiter = RateLimiter(RateLimits(tokens_per_minute=600))
        began = loop.time()
        async with limiter.permit(300) as permit:
            permit.settle(900)  # 600 more than thought: a minute of debt
        async with limiter.permit(10):
            assert loop.time() - began >= 30
        paid = loop.time()
        async with limiter.permit(300) as permit:
            permit.settle(100)  # 200 of credit
        async with limiter.permit(200):
            credited = loop.time() - paid
        async with limiter.permit(10_000_000):
            pass  # more than a minute has is taken for a full minute: it never waits for ever
        assert credited <= 31

    fast(main)


def test_what_is_owed_is_still_owed_when_who_was_to_pay_it_goes_away() -> None:
    async def main(loop: FastLoop) -> None:
        limiter = RateLimiter(RateLimits(tokens_per_minute=600))

        async def one(tokens: int) -> float:
            async with limiter.permit(tokens):
                return loop.time()

        async with limiter.permit(600) as permit:
            permit.settle(1100)  # the bucket is full, and 500 more were spent
        waiting = asyncio.create_task(one(10))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert waiting.cancelled()
        began = loop.time()
        assert await one(10) - began >= 50

    fast(main)


def test_calls_at_once_are_counted_until_a_stream_is_read() -> None:
    async def main() -> None:
        async with open_door("anthropic", rate_limits=RateLimits(concurrency=1)) as (server, client):
            first = client.stream_message(ask())
            await anext(first)
            second = asyncio.create_task(client.create_message(ask()))
            for _ in range(50):
                await asyncio.sleep(0)
            assert len(server.requests) == 1
            await first.aclose()
            assert words(await second) == WORDS

    asyncio.run(main())


@pytest.mark.parametrize("name", list(DOORS))
def test_every_attempt_of_every_client_is_counted(name: str) -> None:
    class Counting(RateLimiter):
        asked: list[int] = []  # noqa: RUF012  # one test's

        def permit(self, tokens: int) -> Any:
            self.asked.append(tokens)
            return super().permit(tokens)

    async def main() -> None:
        limiter = Counting(RateLimits(requests_per_minute=600, tokens_per_minute=100_000, concurrency=2))
        faults = [Rule(fault=Fail(kind="rate_limit"), nth=1)]
        async with open_door(name, faults=faults, rate_limits=limiter) as (server, client):
            await client.create_message(ask())
            assert len(limiter.asked) == len(server.requests) == 2
            assert all(tokens > 0 for tokens in limiter.asked)
            limiter.asked.clear()

    asyncio.run(main())


def test_images_are_not_counted_by_their_bytes() -> None:
    image = hub.Media(kind="image", source=hub.Base64(media_type="image/png", data="A" * 1_000_000))
    request = hub.Request(model="m", turns=(hub.Turn(role="user", parts=(image, image)),), max_output=1)
    prepared = prepare(Route(provider="anthropic", wire="anthropic", envelope="anthropic"), request)
    assert 3000 < prepared.estimate < 3500


def test_a_limiter_serves_one_event_loop_after_another() -> None:
    limiter = RateLimiter(RateLimits(requests_per_minute=60, concurrency=1))

    async def main() -> None:
        async with limiter.permit(1):
            pass

    for _ in range(3):
        asyncio.run(main())


def test_a_factorys_clients_of_one_provider_share_its_limit() -> None:
    factory = MultiProviderClientFactory(
        rate_limits={"openai": RateLimits(concurrency=1)}, environment={}, retry=NO_RETRIES
    )
    with ScriptedProvider.running(SCENARIO) as server:
        options = {"api_key": server.keys.openai, "base_url": server.base_url("openai")}
        one, other = (factory.create_client("openai", **options) for _ in range(2))
        assert one._caller.limiter is other._caller.limiter is not None
        alone = factory.create_client("uitars", api_key=server.keys.uitars, base_url=server.base_url("uitars"))
        assert alone._caller.limiter is None


SOURCES: Final = ("argument", "environment", "file")


@pytest.mark.parametrize("provider", PROVIDERS)
@given(
    st.fixed_dictionaries(
        {
            name: st.lists(st.sampled_from(SOURCES), unique=True)
            for name in ("requests_per_minute", "tokens_per_minute", "concurrency")
        }
    )
)
def test_each_limit_comes_from_the_first_source_that_has_it(
    tmp_path_factory: pytest.TempPathFactory, provider: str, sources: dict[str, list[str]]
) -> None:
    value = {"argument": 1, "environment": 2, "file": 3}
    environment = {
        f"POLYLOOP_{provider.upper()}_{name.upper()}": "2"
        for name, having in sources.items()
        if "environment" in having
    }
    lines = [f"{name} = 3" for name, having in sources.items() if "file" in having]
    path = tmp_path_factory.mktemp("limits") / "polyloop.toml"
    path.write_text("\n".join([f"[{provider}.rate_limits]", *lines]))
    arguments = {name: 1.0 for name, having in sources.items() if "argument" in having}
    found = load_rate_limits(provider, environment=environment, path=path, **arguments)
    for name, having in sources.items():
        first = next((value[source] for source in SOURCES if source in having), None)
        assert getattr(found, name, None) == first


@pytest.mark.parametrize(
    ("environment", "text", "words"),
    [
        ({"POLYLOOP_OPENAI_CONCURRENCY": "many"}, "", "POLYLOOP_OPENAI_CONCURRENCY must be a whole number above zero"),
        ({"POLYLOOP_OPENAI_CONCURRENCY": "2.5"}, "", "whole number"),
        ({"POLYLOOP_OPENAI_TOKENS_PER_MINUTE": "0"}, "", "must be a number above zero"),
        ({"POLYLOOP_OPENAI_TOKENS_PER_MINUTE": "nan"}, "", "must be a number above zero"),
        (
            {},
            "[openai.rate_limits]\nconcurrency = true",
            "concurrency in .openai.rate_limits. of the settings file must be",
        ),
        ({}, "[openai.rate_limits]\nrequests = 3", "unknown setting 'requests'; known ones: requests_per_minute"),
        ({}, "[openai]\nrate_limits = 3", "must be a table"),
    ],
)
def test_a_limit_that_is_none_is_said_in_one_line(
    tmp_path: Path, environment: dict[str, str], text: str, words: str
) -> None:
    path = tmp_path / "polyloop.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match=words) as raised:
        create_client("openai", api_key="k", environment=environment, settings_file=path)
    assert "\n" not in str(raised.value)


def test_a_client_keeps_the_limits_of_the_environment_and_a_factorys_clients_share_them(tmp_path: Path) -> None:
    environment = {"OPENAI_API_KEY": KEYS.openai, "POLYLOOP_OPENAI_CONCURRENCY": "1"}
    alone = create_client("openai", environment=environment)
    assert alone._caller.limiter is not None
    assert alone._caller.limiter.limits == RateLimits(concurrency=1)
    wider = create_client("openai", environment=environment, rate_limits=RateLimits(concurrency=7))
    assert wider._caller.limiter is not None
    assert wider._caller.limiter.limits == RateLimits(concurrency=7)
    factory = MultiProviderClientFactory(environment=environment)
    one, other = (factory.create_client("openai") for _ in range(2))
    assert one._caller.limiter is other._caller.limiter is not None


def test_without_the_library_a_rate_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aiolimiter", None)

    async def main() -> None:
        limiter = RateLimiter(RateLimits(requests_per_minute=60))
        with pytest.raises(MissingDependency, match=r"polyloop\[limits\]"):
            async with limiter.permit(1):
                pass
        async with RateLimiter(RateLimits(concurrency=1)).permit(1):
            pass  # needs no library

    asyncio.run(main())
