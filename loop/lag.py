"""How long the event loop was not free: what a service that embeds the loop wants to know.

    async with LoopLag() as lag:
        await sampling_loop(...)
    print(lag.longest)

A sleeper wakes again and again; how much later than asked it wakes is how long somebody held the loop. It sees what is held for
longer than its period, whoever holds it.
"""

from __future__ import annotations

import asyncio
import math
import time
from types import TracebackType
from typing import Final, Self

from attrs import field, mutable

from .ports import Clock
from .tasks import ended

PERIOD: Final = 0.001


@mutable(kw_only=True)
class MonotonicClock:
    """A `Clock` for measuring: it does not say what time it is, and nobody sets it."""

    def now(self) -> float:
        """Return seconds since some moment."""
        return time.perf_counter()

    async def sleep(self, seconds: float) -> None:
        """Return after that time."""
        await asyncio.sleep(seconds)


@mutable(kw_only=True)
class ThreadClock:
    """A `Clock` that counts the CPU time of its thread: what others on a busy machine take is not the loop's own."""

    def now(self) -> float:
        """Return seconds of CPU."""
        return time.thread_time()

    async def sleep(self, seconds: float) -> None:
        """Return after that time by the wall's clock."""
        await asyncio.sleep(seconds)


@mutable(kw_only=True)
class LoopLag:
    """An async context manager that measures while it is entered."""

    period: float = PERIOD
    """Seconds between two looks."""
    clock: Clock = field(factory=MonotonicClock)
    longest: float = field(default=0.0, init=False)
    """Seconds for which the loop was held the longest."""
    looks: int = field(default=0, init=False)
    _due: float = field(default=math.inf, init=False)
    """When the next look is to be."""
    _looking: asyncio.Task[None] | None = field(default=None, init=False)

    async def __aenter__(self) -> Self:
        self._looking = asyncio.ensure_future(self._look())
        await asyncio.sleep(0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._measure()
        if self._looking is not None:
            await ended(self._looking)

    async def _look(self) -> None:
        while True:
            self._due = self.clock.now() + self.period
            await self.clock.sleep(self.period)
            self._measure()
            self.looks += 1

    def _measure(self) -> None:
        self.longest = max(self.longest, self.clock.now() - self._due)
