"""Plain code: many calls, several threads, one connection, and beside a running event loop."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor

import pytest
from tests.canary import KEYS
from tests.transport.doors import DOORS, SCENARIO, WORDS, ask, words

from polyloop.translate.hub_events import MessageEnd
from polyloop.transport.errors import AuthenticationError
from polyloop.transport.scripted import ScriptedProvider
from polyloop.transport.synchronous import SyncClient, create_sync_client, run_sync


@pytest.mark.parametrize("name", list(DOORS))
def test_plain_code_gets_replies_streams_and_health(name: str) -> None:
    with ScriptedProvider.running(SCENARIO, keys=KEYS) as server, SyncClient(DOORS[name].client(server)) as client:
        for _ in range(3):
            assert words(client.create_message(ask())) == WORDS
        events = list(client.stream_message(ask()))
        assert isinstance(events[-1], MessageEnd)
        assert words(events[-1].response) == WORDS
        assert client.check_health().reachable
        assert client.provider == DOORS[name].provider


def test_a_stream_may_be_left_early() -> None:
    with (
        ScriptedProvider.running(SCENARIO, keys=KEYS) as server,
        SyncClient(DOORS["anthropic"].client(server)) as client,
    ):
        events = client.stream_message(ask())
        next(events)
        events.close()  # type: ignore[attr-defined]  # a generator
        assert words(client.create_message(ask())) == WORDS


def test_threads_call_at_once() -> None:
    with (
        ScriptedProvider.running(SCENARIO, keys=KEYS) as server,
        SyncClient(DOORS["openai-chat"].client(server)) as client,
        ThreadPoolExecutor(8) as pool,
    ):
        assert set(pool.map(lambda _: words(client.create_message(ask())), range(24))) == {WORDS}


def test_errors_come_through_as_they_are() -> None:
    with ScriptedProvider.running(SCENARIO, keys=KEYS) as server:
        url = server.base_url("anthropic")
        with create_sync_client(
            "anthropic", api_key="wrong-key-of-nobody", base_url=url, environment={}, model="m"
        ) as client:
            with pytest.raises(AuthenticationError):
                client.create_message(ask())
            health = client.check_health()
            assert (health.reachable, health.authenticated) == (True, False)


def test_run_sync_works_many_times_and_beside_a_running_loop() -> None:
    async def double(number: int) -> int:
        await asyncio.sleep(0)
        return 2 * number

    assert [run_sync(double(number)) for number in range(5)] == [0, 2, 4, 6, 8]

    async def main() -> int:
        return run_sync(double(21))  # blocks this loop, and works

    assert asyncio.run(main()) == 42


def test_an_interrupt_waits_until_what_ran_has_cleaned_up() -> None:
    happened: list[str] = []
    waiting = threading.get_ident()

    async def work() -> None:
        try:
            signal.pthread_kill(waiting, signal.SIGINT)
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            happened.append("clean")

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            run_sync(work())
    finally:
        signal.signal(signal.SIGINT, before)
    assert happened == ["clean"]


def test_a_cancelled_coroutine_is_told_so() -> None:
    async def work() -> None:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(0)

    with pytest.raises(CancelledError):
        run_sync(work())


def test_run_sync_inside_itself_says_what_to_do() -> None:
    async def inner() -> None:
        return None

    async def outer() -> None:
        run_sync(inner())

    with pytest.raises(RuntimeError, match="await instead"):
        run_sync(outer())


def test_the_interpreter_ends_without_a_warning_while_clients_are_still_open() -> None:
    script = (
        "from tests.transport.doors import DOORS, SCENARIO, ask\n"
        "from tests.canary import KEYS\n"
        "from polyloop.transport.scripted import ScriptedProvider\n"
        "from polyloop.transport.synchronous import SyncClient, run_sync\n"
        "with ScriptedProvider.running(SCENARIO, keys=KEYS) as server:\n"
        "    clients = [SyncClient(DOORS[name].client(server)) for name in ('legacyuse', 'anthropic')]\n"
        "    for client in clients:\n"
        "        client.create_message(ask())\n"
    )
    command = [sys.executable, "-W", "error", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
