"""A thing that belongs to an event loop, such as a pool of connections: made on first use, closed when its loop ends.

``asyncio.run`` closes the async generators of its loop before the loop itself: a generator that waits at its ``yield`` is
therefore a place to close connections in, while that is still possible. The next ``asyncio.run`` gets a thing of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

Thing = TypeVar("Thing")


class PerLoop(Generic[Thing]):
    """One thing for each event loop that asks."""

    def __init__(self, make: Callable[[], Thing], close: Callable[[Thing], Awaitable[None]]) -> None:
        self._make = make
        self._close = close
        self._held: WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[Thing, AsyncGenerator[None, None]]] = (
            WeakKeyDictionary()
        )

    async def get(self) -> Thing:
        """Return the running loop's thing, made now if it is the first time."""
        loop = asyncio.get_running_loop()
        if loop in self._held:
            return self._held[loop][0]
        thing = self._make()
        guard = self._until_the_loop_ends(loop, thing)
        self._held[loop] = thing, guard  # before the await: a second task must find it
        await anext(guard)
        return thing

    async def aclose(self) -> None:
        """Close the running loop's thing. Those of other loops are closed when these end."""
        loop = asyncio.get_running_loop()
        if loop in self._held:
            await self._held[loop][1].aclose()

    async def _until_the_loop_ends(self, loop: asyncio.AbstractEventLoop, thing: Thing) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            self._held.pop(loop, None)
            await self._close(thing)
