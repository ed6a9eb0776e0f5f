"""When to try again: a pure policy, the only one in polyloop (the SDKs' own retries are off).

    decide(policy, attempt=1, error=..., elapsed=0.4, now=..., jitter=0.7)  ->  Wait(seconds) or GiveUp(reason)

Nothing here waits, reads a clock or draws a number: time and chance are arguments, so that a decision can be tested, stored
and made by somebody else's durable engine.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Final, Literal, TypeAlias

from attrs import field, frozen, validators

from polyloop.translate.provider_error_reading import LONGEST_WAIT
from polyloop.translate.provider_errors import ProviderError

SPREAD: Final = 0.5
"""Share of a backoff that jitter decides: a wait is between half of it and all of it."""

CUT: Final = LONGEST_WAIT - 3600.0
"""Seconds: from here on a wait may have been cut to the longest, an hour ago at most, and would end sooner than was asked."""

Reason: TypeAlias = Literal["not retryable", "content delivered", "attempts used up", "deadline", "wait too long"]


@frozen(kw_only=True)
class RetryPolicy:
    """How often and how long to try. Seconds throughout."""

    max_attempts: int = field(default=4, validator=validators.ge(1))
    """Attempts altogether, the first one counted."""
    first_backoff: float = field(default=0.5, validator=validators.ge(0))
    """Before the second attempt; it doubles before each further one."""
    longest_backoff: float = field(default=8.0, validator=validators.ge(0))
    """Where doubling ends. What a provider asks for may be longer."""
    deadline: float | None = 600.0
    """From the first attempt's start: no wait ends later. None: no end."""


NO_RETRIES: Final = RetryPolicy(max_attempts=1)


@frozen
class Wait:
    """Try again after so many seconds."""

    seconds: float


@frozen
class GiveUp:
    """Raise the error."""

    reason: Reason


def decide(
    policy: RetryPolicy,
    *,
    attempt: int,
    error: ProviderError,
    elapsed: float,
    now: datetime,
    jitter: float,
    delivered: bool = False,
    renewed: bool = False,
) -> Wait | GiveUp:
    """Say whether and when to send the same request again.

    ``attempt`` counts from 1 and has just failed with ``error``, ``elapsed`` seconds after the first one began; ``jitter``
    is in [0, 1), ``now`` is aware. A wait is never shorter than what the provider asks for: Retry-After, or the reset of an exhausted limit;
    one that had to be cut to `LONGEST_WAIT` is given up.
    Where it asks for one, jitter comes on top, so that clients turned away together do not come back together. With
    ``delivered`` (content has reached the caller) a second attempt would repeat it: there is none. ``renewed`` says that the provider refused
    a credential and there is another one now: it is tried at once, and counts as an attempt.
    """
    if not (error.retryable or renewed):
        return GiveUp("not retryable")
    if delivered:
        return GiveUp("content delivered")
    if attempt >= policy.max_attempts:
        return GiveUp("attempts used up")
    if renewed:
        return Wait(0.0) if policy.deadline is None or elapsed <= policy.deadline else GiveUp("deadline")
    backoff = _backoff(policy, attempt)
    asked = _asked(error, now)
    if asked is not None and asked >= CUT:
        return GiveUp("wait too long")
    least, extra = (backoff * (1 - SPREAD * jitter), 0.0) if asked is None else (asked, backoff * jitter)
    left = math.inf if policy.deadline is None else policy.deadline - elapsed
    return GiveUp("deadline") if least > left else Wait(min(least + extra, left))


def _backoff(policy: RetryPolicy, attempt: int) -> float:
    doublings = min(attempt - 1, 63)  # beyond it 2**n says nothing that longest_backoff does not
    return min(policy.first_backoff * float(2**doublings), policy.longest_backoff)


def _asked(error: ProviderError, now: datetime) -> float | None:
    if error.retry_after is not None:
        return error.retry_after
    if error.reset is None:
        return None
    seconds = (error.reset - now).total_seconds()
    return seconds if seconds > 0 else None
