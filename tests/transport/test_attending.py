"""Attending: the work's results, exceptions and cancellations are as if it were awaited alone, and what came is looked at before each wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.transport.attending import attending


class Bad(Exception):
    """What attending finds."""


@given(st.lists(st.lists(st.integers(), max_size=4), max_size=6))
def test_what_came_is_looked_at_together_before_each_wait(bursts: list[list[int]]) -> None:
    came: list[int] = []
    looks: list[list[int]] = []

    async def work() -> str:
        for burst in bursts:
            for item in burst:
                came.append(item)
                await asyncio.shield(_nothing())  # an await that does not wait
            await asyncio.sleep(0)
        return "done"

    def look() -> None:
        looks.append(came.copy())
        came.clear()

    async def main() -> str:
        return await attending(work(), look)

    assert asyncio.run(main()) == "done"
    assert [item for look in looks for item in look] + came == [item for burst in bursts for item in burst]


def _nothing() -> asyncio.Future[None]:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    future.set_result(None)
    return future


def test_a_wait_is_waited_for_and_gives_its_result() -> None:
    async def main() -> None:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def work() -> int:
            return await future

        looked = 0

        def look() -> None:
            nonlocal looked
            looked += 1

        task = asyncio.ensure_future(_attended(work, look))
        await asyncio.sleep(0)
        assert (looked, task.done()) == (1, False)
        future.set_result(7)
        assert await task == 7

    asyncio.run(main())


async def _attended(work: Callable[[], object], look: Callable[[], None]) -> object:
    return await attending(work(), look)  # type: ignore[arg-type]  # a coroutine function


def test_what_it_raises_is_raised_where_the_work_waits_and_the_clearing_up_is_left_alone() -> None:
    cleared: list[str] = []
    calls = 0

    async def work() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0)
            cleared.append("connection")

    def look() -> None:
        nonlocal calls
        calls += 1
        raise Bad

    async def main() -> None:
        with pytest.raises(Bad):
            await attending(work(), look)

    asyncio.run(main())
    assert (cleared, calls) == (["connection"], 1)


def test_a_cancellation_reaches_the_work_and_is_never_replaced() -> None:
    cleared: list[str] = []
    came: list[str] = []

    async def work() -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            came.append("more")
            await asyncio.sleep(0)
            cleared.append("connection")
            raise

    def look() -> None:
        if came:
            raise Bad

    async def main() -> None:
        task = asyncio.ensure_future(_attended(work, look))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert cleared == ["connection"]
    assert came == ["more"]


def test_an_exception_of_the_work_is_its_own() -> None:
    async def work() -> None:
        await asyncio.sleep(0)
        raise Bad("of the work")

    async def main() -> None:
        with pytest.raises(Bad, match="of the work"):
            await attending(work(), lambda: None)

    asyncio.run(main())
