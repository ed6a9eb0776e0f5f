"""What our clients cost beside the HTTP client inside them: ``python -m benchmarks.transport`` prints ratios of one run.

* overhead: a call of ours over a bare call by the very HTTP client inside it, warm connection and all: the same bytes sent with the same
  headers, and all bytes of the answer read as that client hands them out (``async for chunk in response.aiter_bytes()``), none of them
  looked at. Ours gives records: the request is translated and written anew for each call, every event decoded and folded, the reply read.
  ``whole`` is `create_message`, ``events`` is `stream_message` with every neutral event told. Rounds of both are taken in turns, and the
  median of the rounds' ratios is printed;
* streams: many conversations streaming at once, each idle in mid-stream, then all read to their end: how many are lost, how much memory each takes;
* block: the longest time that the event loop did nothing else while requests with 1 MB images were made.

The counterpart is the scripted provider in a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gc
import os
import resource
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager
from statistics import median
from time import perf_counter
from typing import Any, Final

from polyloop.translate import hub
from polyloop.translate.hub_events import MessageEnd
from polyloop.transport import TransportConfig, WireClient, create_client
from polyloop.transport.config import Limits, Timeouts
from polyloop.transport.preparing import prepare
from polyloop.transport.scripted import Keys, Reply, Rule, Scenario, ScriptedProvider, Settings, Silence, Text, When

WORDS: Final = "The button is at the top right, beside the search field, as far as I can see. " * 3
IDLE: Final = "Wait for the others."
KEYS: Final = Keys()
MODELS: Final = {
    "anthropic": "claude-opus-5", "bedrock": "anthropic.claude-opus-5", "vertex": "claude-opus-5",
    "legacyuse": "legacy-use-sonnet-4", "openai": "gpt-5.5", "uitars": "ui-tars-1.5-7b",
}  # fmt: skip
TARGETS: Final = {"overhead": 1.3, "kilobytes": 100.0, "block": 50.0}


# The counterpart.


async def serve() -> None:
    """Serve until standard input ends; a line on it lets the idle streams go on."""
    scenario = Scenario(otherwise=Reply(parts=(Text(text=WORDS),)))
    faults = (Rule(fault=Silence(after_events=8, gate="go"), when=When(text=IDLE)),)
    settings = Settings(check_image_bytes=False)
    async with ScriptedProvider(scenario, keys=KEYS, faults=faults, settings=settings) as server:
        print(server.url, flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            server.release("go")


@contextmanager
def counterpart() -> Iterator[tuple[str, Callable[[], None]]]:
    """Run the server in a process; yield its URL and what lets the idle streams go on."""
    command = [sys.executable, "-m", "benchmarks.transport", "--serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin = process.stdin
        url = process.stdout.readline().strip()

        def release() -> None:
            stdin.write("go\n")
            stdin.flush()

        try:
            yield url, release
        finally:
            stdin.close()
            process.wait()


def client_of(provider: str, url: str, **config: Any) -> WireClient:
    """Make a client of the counterpart."""
    given: dict[str, dict[str, Any]] = {
        "anthropic": {"api_key": KEYS.anthropic},
        "bedrock": {"region": "us-east-1", "bearer_token": KEYS.bedrock},
        "vertex": {"region": "us-east5", "project": "p", "access_token": KEYS.vertex},
        "legacyuse": {"api_key": KEYS.legacyuse},
        "openai": {"api_key": KEYS.openai},
        "uitars": {"api_key": KEYS.uitars},
    }
    path = {"anthropic": "/anthropic", "bedrock": "/bedrock", "vertex": "/vertex/v1", "legacyuse": "/legacyuse"}
    base_url = url + path.get(provider, f"/{provider}/v1")
    transport = TransportConfig(timeouts=Timeouts(first_content=None, between_content=None), **config)
    return create_client(
        provider, model=MODELS[provider], base_url=base_url, config=transport, environment={}, **given[provider]
    )


def ask(text: str = "Where is the button?", *more: hub.Part) -> hub.Request:
    """Make a request."""
    return hub.Request(turns=(hub.Turn(role="user", parts=(hub.Text(text=text), *more)),), max_output=4000)


# Overhead.


async def overhead(provider: str, url: str, calls: int, rounds: int) -> tuple[float, float, float, float]:
    """Return microseconds of a bare call and of one of ours, and the medians of the rounds' ratios, whole and event by event."""
    async with client_of(provider, url) as client:
        client.warm()
        request = ask()
        prepared = prepare(client._route, request, model=MODELS[provider])
        await client.create_message(request)
        http, target, headers = await _bare(client._caller.sender, prepared.request)
        received = 0

        async def bare() -> None:
            nonlocal received
            content = prepared.request.body
            async with http.stream("POST", target, headers=headers, content=content, timeout=None) as response:
                assert response.status_code == 200, response.status_code
                async for chunk in response.aiter_bytes():
                    received += len(chunk)

        async def whole() -> None:
            await client.create_message(request)

        async def events() -> None:
            async with aclosing(client.stream_message(request)) as told:
                async for _ in told:
                    pass

        taken = [[await _seconds(call, calls) / calls for call in (bare, whole, events)] for _ in range(rounds)]
        assert received == rounds * calls * await _bytes_of(client, request), "the bare call reads what ours reads"
    ones, others, told = zip(*taken, strict=True)
    ratios = [median(other / one for one, other in zip(ones, these, strict=True)) for these in (others, told)]
    return 1e6 * median(ones), 1e6 * median(others), ratios[0], ratios[1]


async def _bytes_of(client: WireClient, request: hub.Request) -> int:
    """Return how many bytes the answer to a call of ours has."""
    sent = await client._caller.sender.send(client._prepare(request).request, stream=True)
    return len(await sent.read())


async def _bare(sender: Any, request: Any) -> tuple[Any, str, dict[str, str]]:
    """Return the HTTP client inside a sender, and what to send by it to be answered alike."""
    credential = {name: _plain(value) for name, value in sender._headers.items()}
    return await sender._own.get(), sender._base_url + request.path, dict(request.headers) | credential


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else str(value.reveal())


async def _seconds(call: Callable[[], Awaitable[None]], times: int) -> float:
    began = perf_counter()
    for _ in range(times):
        await call()
    return perf_counter() - began


# Many at once.


async def streams(url: str, release: Callable[[], None], count: int) -> tuple[int, float, float]:
    """Return how many of so many streams were lost, kilobytes of each while idle, and seconds for all."""
    limits = Limits(max_connections=count, max_keepalive_connections=count)
    async with client_of("anthropic", url, limits=limits) as client:
        client.warm()
        await client.create_message(ask())
        gc.collect()
        before, began = _resident(), perf_counter()
        idle, waiting = 0, asyncio.Event()

        async def talk() -> bool:
            nonlocal idle
            first = True
            async for event in client.stream_message(ask(IDLE)):
                if first:
                    first, idle = False, idle + 1
                    if idle == count:
                        waiting.set()
                if isinstance(event, MessageEnd):
                    (part,) = event.response.candidates[0].turn.parts
                    return isinstance(part, hub.Text) and part.text == WORDS
            return False

        talks = [asyncio.create_task(talk()) for _ in range(count)]
        every: asyncio.Future[list[Any]] = asyncio.gather(*talks, return_exceptions=True)
        reached: asyncio.Future[Any] = asyncio.ensure_future(waiting.wait())
        await asyncio.wait([reached, every], return_when=asyncio.FIRST_COMPLETED)
        gc.collect()
        each = (_resident() - before) / count / 1024
        release()
        ended = await every
        reached.cancel()
        return sum(found is not True for found in ended), each, perf_counter() - began


def _resident() -> int:
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


# Blocking.


async def block(provider: str, url: str, images: int, calls: int) -> float:
    """Return the longest pause of the event loop in milliseconds: the median over calls of each call's longest."""
    data = base64.b64encode(os.urandom(750_000)).decode()
    media = hub.Media(kind="image", source=hub.Base64(media_type="image/png", data=data))
    longest: list[float] = []
    async with client_of(provider, url) as client:
        client.warm()
        await client.create_message(ask())
        for _ in range(calls):
            pauses: list[float] = []
            ticking = asyncio.create_task(_tick(pauses))
            await asyncio.sleep(0)
            await client.create_message(ask("What is it?", *[media] * images))
            ticking.cancel()
            longest.append(max(pauses))
    return 1e3 * median(longest)


async def _tick(pauses: list[float]) -> None:
    while True:
        before = perf_counter()
        await asyncio.sleep(0)
        pauses.append(perf_counter() - before)


async def measure(options: argparse.Namespace) -> None:
    with counterpart() as (url, release):
        print(f"overhead, ours / bare (target: {TARGETS['overhead']})")
        for provider in MODELS:
            bare, ours, ratio, told = await overhead(provider, url, options.calls, options.rounds)
            print(f"  {provider:<10} {bare:6.0f} us bare  {ours:6.0f} us ours  whole {ratio:4.2f}  events {told:4.2f}")
        lost, each, seconds = await streams(url, release, options.streams)
        print(
            f"streams at once: {options.streams}, lost {lost}, {each:.0f} kB each while idle (target: {TARGETS['kilobytes']:.0f})"
        )
        print(f"  opened, idle and read in {seconds:.1f} s")
        print(f"longest pause of the event loop, 1 MB images (target: {TARGETS['block']:.0f} ms)")
        for images in (1, 4, 10):
            found = await block("anthropic", url, images, options.pauses)
            print(f"  {images:>3} images {found:7.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100, help="calls of one round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--pauses", type=int, default=5, help="calls with images")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 8192), most))
    asyncio.run(serve() if options.serve else measure(options))


if __name__ == "__main__":
    main()
