"""One call, several attempts: the loop around `retry.decide`, the only one in polyloop."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from attrs import frozen

from .clocks import Clock
from .credentials import RENEWABLE, Credentials
from .errors import ProviderCallError
from .retry import GiveUp, RetryPolicy, decide

Result = TypeVar("Result")


@frozen(kw_only=True)
class Chances:
    """Time and chance, as arguments: so that a test needs neither."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Between two attempts."""
    jitter: Callable[[], float] = random.random
    """In [0, 1)."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    """Aware; what dates in headers are compared with."""
    elapsed: Callable[[], float] = time.monotonic
    """Seconds of a clock that never goes back, for the deadline of all attempts."""
    clock: Clock | None = None
    """What the clocks of each attempt run by; None: the running event loop."""


async def in_attempts(
    attempt: Callable[[], Awaitable[Result]],
    policy: RetryPolicy,
    chances: Chances,
    credentials: Credentials | None = None,
) -> Result:
    """Attempt until it succeeds or the policy gives up, which raises the last attempt's error."""
    began = chances.elapsed()
    number = 1
    while True:
        used = None if credentials is None else credentials.settings
        try:
            return await attempt()
        except ProviderCallError as error:
            renewed = False
            if credentials is not None and used is not None and error.kind in RENEWABLE:
                renewed = await credentials.renewed_since(used)
            decision = decide(
                policy,
                attempt=number,
                error=error.error,
                elapsed=chances.elapsed() - began,
                now=chances.now(),
                jitter=chances.jitter(),
                renewed=renewed,
            )
            if isinstance(decision, GiveUp):
                raise
            wait = decision.seconds
        await chances.sleep(wait)  # outside the except: a cancellation here has no stale error as its context
        number += 1
