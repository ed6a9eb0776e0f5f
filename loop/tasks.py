"""Two things asyncio has no word for: seeing a task to its end, and finishing work before a cancellation goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any


async def ended(task: asyncio.Future[Any]) -> None:
    """Cancel a task that may still run, and wait until it is over; what it raised is not looked at."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def uninterrupted(work: Awaitable[None]) -> bool:
    """Finish work even if this task is cancelled meanwhile; tell whether it was, for the caller has to raise that."""
    task = asyncio.ensure_future(work)
    interrupted = False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            interrupted = True
    task.result()
    return interrupted
