"""What a run may use, and what it has used. Limits are inputs of the machine, so that every run ends."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from attrs import evolve, frozen

from polyloop.translate import hub


@frozen(kw_only=True)
class Limits:
    """``None`` is no limit. They count from the last start with new messages; a resumed run goes on counting."""

    steps: int | None = 250
    """Replies of the model."""
    tokens: int | None = None
    """Of all kinds together, as far as the provider says them."""
    cost: Decimal | None = None
    """In the currency of the prices given to the runner."""
    seconds: float | None = None
    """Wall time by the clock."""
    repeats: int | None = 10
    """Ends the run when the same calls with the same results came this many times in a row, alone or in turn with one or two others."""
    unpriced: Literal["stop", "allow"] = "stop"
    """What a cost limit does with a reply nobody can price: it is never taken for free."""
    continuations: int = 3
    """How often a reply cut by the output limit is continued, one after the other."""
    interruptions: int = 2
    """How often a reply that broke off is asked for anew, one after the other."""


@frozen(kw_only=True)
class Spent:
    """What a run has used so far."""

    steps: int = 0
    tokens: int = 0
    tokens_unknown: int = 0
    """Replies whose provider said no numbers: ``tokens`` is then a lower bound."""
    cost: Decimal = Decimal(0)
    unpriced: int = 0
    """Replies without a price: ``cost`` is then a lower bound, and says so."""
    since: float = 0.0
    """When the run began, in seconds since 1970."""


def tokens_of(usage: hub.Usage | None) -> int | None:
    """Return the tokens a reply used in all buckets together; None where the provider said no number."""
    if usage is None:
        return None
    buckets = (
        usage.uncached_in, usage.cache_read, usage.cache_write_5m, usage.cache_write_1h,
        usage.out_text, usage.out_reasoning, usage.audio_in, usage.audio_out,
    )  # fmt: skip
    known = [bucket.n for bucket in buckets if bucket is not None]
    return sum(known) if known else None


def spend(spent: Spent, usage: hub.Usage | None, cost: Decimal | None) -> Spent:
    """Add one reply. ``cost`` None is a reply without a price."""
    tokens = tokens_of(usage)
    return evolve(
        spent,
        steps=spent.steps + 1,
        tokens=spent.tokens + (tokens or 0),
        tokens_unknown=spent.tokens_unknown + (tokens is None),
        cost=spent.cost + (cost or 0),
        unpriced=spent.unpriced + (cost is None),
    )


def exceeded(limits: Limits, spent: Spent, now: float) -> str | None:
    """Name the limit that forbids another reply, or return None."""
    if limits.steps is not None and spent.steps >= limits.steps:
        return "steps"
    if limits.tokens is not None and spent.tokens >= limits.tokens:
        return "tokens"
    if limits.cost is not None:
        if spent.unpriced and limits.unpriced == "stop":
            return "unpriced"
        if spent.cost >= limits.cost:
            return "cost"
    return "seconds" if out_of_time(limits, spent, now) else None


def out_of_time(limits: Limits, spent: Spent, now: float) -> bool:
    """Tell whether the wall time is used up."""
    return limits.seconds is not None and now - spent.since >= limits.seconds


def no_progress(fingerprints: tuple[str, ...], repeats: int | None) -> bool:
    """Tell whether the newest turns are a cycle of one, two or three that came ``repeats`` times in a row.

    A fingerprint is the digest of a turn's tools, arguments and results: a model that waits for a screen to change is not going in
    circles as soon as the screen does change.
    """
    if repeats is None:
        return False
    for period in _PERIODS:
        window = fingerprints[-period * repeats :]
        if len(window) == period * repeats and window == window[:period] * repeats:
            return True
    return False


_PERIODS = (1, 2, 3)


def remembered(limits: Limits) -> int:
    """Return how many fingerprints `no_progress` looks at."""
    return 0 if limits.repeats is None else limits.repeats * max(_PERIODS)
