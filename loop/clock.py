"""The real time."""

from __future__ import annotations

import asyncio
import time


class SystemClock:
    """Time as the machine has it."""

    def now(self) -> float:
        """Return seconds since 1970."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Return after that time."""
        await asyncio.sleep(seconds)
