"""The clocks, in virtual time: any silence longer than allowed is a Stalled that names its clock and closes the connection."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Coroutine
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.transport.loopback import chunked, serving

from polyloop.translate.envelopes import wrap
from polyloop.transport.clocks import (
    LONGEST_DRAIN,
    TRANSITIONS,
    CallClocks,
    ClockState,
    Deadline,
    Running,
    Signal,
    advance,
    next_deadline,
    waited,
)
from polyloop.transport.config import Timeouts
from polyloop.transport.errors import Stalled
from polyloop.transport.senders import HttpxSender

TIMEOUTS = Timeouts(connect=5, first_content=60, between_content=20, total=None)


class Alarm:
    """A timer of `VirtualClock`."""

    def __init__(self) -> None:
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


class VirtualClock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0
        self._alarms: list[tuple[float, int, Alarm, Callable[..., Any], tuple[Any, ...]]] = []
        self._order = count()
        self.set = 0

    @property
    def waiting(self) -> int:
        """How many timers are to ring yet."""
        return sum(not alarm.cancelled for _, _, alarm, _, _ in self._alarms)

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[..., Any], *arguments: Any) -> Alarm:
        alarm = Alarm()
        self.set += 1
        heapq.heappush(self._alarms, (when, next(self._order), alarm, callback, arguments))
        return alarm

    def move(self, seconds: float) -> None:
        self.now += seconds
        while self._alarms and self._alarms[0][0] <= self.now:
            _, _, alarm, callback, arguments = heapq.heappop(self._alarms)
            if not alarm.cancelled:
                callback(*arguments)


async def settle() -> None:
    """Let every task run until it waits."""
    for _ in range(10):
        await asyncio.sleep(0)


def with_clocks(
    test: Callable[[CallClocks, VirtualClock], Coroutine[Any, Any, None]],
    timeouts: Timeouts = TIMEOUTS,
    *,
    connecting: bool = False,
) -> None:
    async def main() -> None:
        clock = VirtualClock()
        await test(CallClocks(timeouts, provider="anthropic", clock=clock, connecting=connecting), clock)

    asyncio.run(main())


@given(st.sampled_from(sorted(TRANSITIONS)), st.sampled_from(["opened", "content"]))
def test_every_state_takes_every_signal_or_refuses_it(running: Running, signal: Signal) -> None:
    state = ClockState(running, 3.0, 1.0)
    if signal in TRANSITIONS[running]:
        assert advance(state, signal) == ClockState(TRANSITIONS[running][signal], 0.0, 1.0)
    else:
        with pytest.raises(ValueError, match=signal):
            advance(state, signal)


moments = st.none() | st.floats(0, 1e4)


@given(st.builds(Timeouts, connect=moments, first_content=moments, between_content=moments, total=moments), st.data())
def test_the_deadline_is_the_earliest_of_the_clocks_that_are_set(timeouts: Timeouts, data: st.DataObject) -> None:
    running = data.draw(st.sampled_from(sorted(TRANSITIONS)))
    now = data.draw(st.floats(0, 1e4))
    state = waited(ClockState(running, 0.0, 0.0), data.draw(st.floats(0, now)))
    deadline = next_deadline(state, timeouts, now)
    own: float | None = LONGEST_DRAIN if running == "draining" else getattr(timeouts, running)
    due = [
        moment for moment in (None if own is None else now + own - state.spent, timeouts.total) if moment is not None
    ]
    assert (deadline.at if deadline else None) == (min(due) if due else None)


@pytest.mark.parametrize(
    ("contents", "clock_name", "allowed"),
    [(0, "first_content", 60), (1, "between_content", 20), (3, "between_content", 20)],
)
def test_silence_is_a_stall_right_when_its_clock_runs_out(contents: int, clock_name: str, allowed: float) -> None:
    async def test(clocks: CallClocks, clock: VirtualClock) -> None:
        for _ in range(contents):
            await clocks.wait(asyncio.sleep(0))
            clocks.content()
        task = asyncio.create_task(clocks.wait(asyncio.get_running_loop().create_future()))
        await settle()
        clock.move(allowed - 0.001)
        await settle()
        assert not task.done()
        clock.move(0.001)
        with pytest.raises(Stalled) as raised:
            await task
        assert (raised.value.clock, raised.value.seconds) == (clock_name, allowed)
        assert (raised.value.kind, raised.value.retryable) == ("timeout", True)

    with_clocks(test)


def test_pings_do_not_keep_a_silent_call_alive() -> None:
    async def test(clocks: CallClocks, clock: VirtualClock) -> None:
        pings: asyncio.Queue[bytes] = asyncio.Queue()
        seen = 0

        async def read() -> None:
            nonlocal seen
            while True:
                await clocks.wait(pings.get())
                seen += 1  # a ping: no clocks.content()

        task = asyncio.create_task(read())
        for _ in range(8):
            await settle()
            clock.move(9)
            await settle()
            if task.done():
                break
            pings.put_nowait(b": ping\n\n")
        with pytest.raises(Stalled) as raised:
            await task
        assert raised.value.clock == "first_content"
        assert (seen, clock.now) == (6, 63)

    with_clocks(test)


def test_the_callers_own_slowness_is_no_silence() -> None:
    async def test(clocks: CallClocks, clock: VirtualClock) -> None:
        for _ in range(5):
            await clocks.wait(asyncio.sleep(0))
            clocks.content()
            clock.move(1000)

    with_clocks(test)


def test_the_whole_call_has_a_clock_too_and_it_never_stops() -> None:
    async def test(clocks: CallClocks, clock: VirtualClock) -> None:
        await clocks.wait(asyncio.sleep(0))
        clocks.content()
        clock.move(99)
        task = asyncio.create_task(clocks.wait(asyncio.get_running_loop().create_future()))
        await settle()
        clock.move(1)
        with pytest.raises(Stalled, match="no end of the answer in 100 seconds") as raised:
            await task
        assert raised.value.clock == "total"

    with_clocks(test, Timeouts(total=100))


def test_the_connect_clock_runs_until_the_connection_is_open() -> None:
    async def test(clocks: CallClocks, clock: VirtualClock) -> None:
        task = asyncio.create_task(clocks.wait(asyncio.get_running_loop().create_future()))
        await settle()
        clock.move(5)
        with pytest.raises(Stalled) as raised:
            await task
        assert raised.value.clock == "connect"

    with_clocks(test, connecting=True)


def test_clocks_that_are_off_never_stall() -> None:
    async def test(clocks: CallClocks, clock: VirtualClock) -> None:
        task = asyncio.create_task(clocks.wait(asyncio.sleep(0, "done")))
        clock.move(1e9)
        assert await task == "done"

    with_clocks(test, Timeouts(connect=None, first_content=None, between_content=None, total=None))


def test_the_callers_cancellation_stays_a_cancellation() -> None:
    async def test(clocks: CallClocks, clock: VirtualClock) -> None:
        task = asyncio.create_task(clocks.wait(asyncio.get_running_loop().create_future()))
        await settle()
        task.cancel()
        clock.move(100)  # at the same time
        with pytest.raises(asyncio.CancelledError):
            await task

    with_clocks(test)


def test_an_error_of_what_is_awaited_goes_through() -> None:
    async def fail() -> None:
        raise KeyError("k")

    async def test(clocks: CallClocks, _clock: VirtualClock) -> None:
        with pytest.raises(KeyError):
            await clocks.wait(fail())

    with_clocks(test)


def test_a_stall_closes_the_connection() -> None:
    async def main() -> None:
        async with serving(chunked(b": ping\n\n", end=False)) as server:
            clock = VirtualClock()
            sender = HttpxSender(server.url)
            clocks = CallClocks(TIMEOUTS, provider="openai", clock=clock)
            response = await clocks.wait(sender.send(wrap("openai", {"model": "m"}), stream=True))
            assert await clocks.wait(anext(response.body)) == b": ping\n\n"
            task = asyncio.create_task(clocks.wait(anext(response.body)))
            await settle()
            clock.move(60)
            with pytest.raises(Stalled):
                await task
            await asyncio.wait_for(server.gone.wait(), 5)
            await sender.aclose()

    asyncio.run(main())


def test_an_event_loop_is_a_clock() -> None:
    async def main() -> None:
        clocks = CallClocks(Timeouts(first_content=0.0), provider="anthropic")
        with pytest.raises(Stalled):
            await clocks.wait(asyncio.get_running_loop().create_future())

    asyncio.run(main())


def test_a_deadline_says_which_clock_it_is_of() -> None:
    assert next_deadline(ClockState("first_content", 10.0, 0.0), TIMEOUTS, 15.0) == Deadline("first_content", 65.0, 60)


def test_one_timer_serves_every_wait_of_a_stream() -> None:
    async def test(clocks: CallClocks, clock: VirtualClock) -> None:
        for _ in range(1000):
            await clocks.wait(asyncio.sleep(0))
            clocks.content()
        assert clock.set == 2  # one for the first content, one from there on
        clocks.close()
        assert clock.waiting == 0

    with_clocks(test)


def test_a_silence_after_the_callers_own_pause_is_timed_from_the_wait() -> None:
    async def test(clocks: CallClocks, clock: VirtualClock) -> None:
        await clocks.wait(asyncio.sleep(0))
        clocks.content()
        task = asyncio.create_task(clocks.wait(asyncio.sleep(0)))
        await task
        clock.move(500)  # the caller's own time; the timer rings for nobody
        task = asyncio.create_task(clocks.wait(asyncio.get_running_loop().create_future()))
        await settle()
        clock.move(19.9)
        await settle()
        assert not task.done()
        clock.move(0.1)
        with pytest.raises(Stalled):
            await task

    with_clocks(test)
