"""Usage and cost in words. Unknown is said to be unknown, and a lower bound to be one."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from polyloop.translate import hub

from ..limits import Spent

BUCKETS: Final = (
    ("in", "uncached_in"), ("cache read", "cache_read"), ("cache write", "cache_write_5m"), ("cache write 1 h", "cache_write_1h"),
    ("out", "out_text"), ("reasoning", "out_reasoning"), ("audio in", "audio_in"), ("audio out", "audio_out"),
)  # fmt: skip


def amounts_of(usage: hub.Usage | None) -> tuple[tuple[str, str], ...]:
    """Return (name, number) of each bucket that the provider said a number of."""
    counts = [] if usage is None else [(name, getattr(usage, bucket)) for name, bucket in BUCKETS]
    return tuple(
        (name, f"{'at least ' if isinstance(count, hub.AtLeast) else ''}{count.n:,}")
        for name, count in counts
        if count is not None and (count.n or name in ("in", "out"))
    )


def cost_text(cost: Decimal | None) -> str:
    """Return a price in US dollars."""
    return "unpriced" if cost is None else f"${cost:.4f}"


def tokens_text(spent: Spent) -> str:
    """Return the tokens of a run."""
    if spent.steps and spent.tokens_unknown == spent.steps:
        return "not said"
    return f"{'at least ' if spent.tokens_unknown else ''}{spent.tokens:,}"


def spent_text(spent: Spent) -> str:
    """Return what a run cost."""
    if spent.steps and spent.unpriced == spent.steps:
        return "unpriced"
    return f"{'at least ' if spent.unpriced else ''}{cost_text(spent.cost)}"
