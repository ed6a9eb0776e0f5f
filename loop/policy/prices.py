"""What a reply costs, by the offline price list of genai-prices where that package is installed.

A model the list does not know has no price; a reply whose provider said no numbers has none; without the package nothing has one. None
of these is ever $0: a limit on cost decides what an unpriced reply means (`Limits.unpriced`).
"""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module
from typing import Any, Final

from polyloop.translate import hub

VENDORS: Final = {
    "anthropic": "anthropic",
    "bedrock": "aws",
    "vertex": "google-vertex",
    "openai": "openai",
}
"""Our providers' names in the price list. The LegacyUse proxy sells credits, and a UI-TARS server is the user's own."""


def price_of(provider: str, model: str | None, response: hub.Response) -> Decimal | None:
    """Return a reply's price in US dollars, or None where nobody can say. Imports the price list when first called.

    ``model`` is the one that was asked for; the one that the reply names counts first.
    """
    vendor = VENDORS.get(provider)
    counts = None if response.usage is None else _counts(response.usage)
    if vendor is None or counts is None:
        return None
    try:
        prices: Any = import_module("genai_prices")
    except ImportError:
        return None
    for name in (response.model, model):
        if isinstance(name, str):
            try:
                priced = prices.calc_price(prices.Usage(**counts), model_ref=name, provider_id=vendor)
            except LookupError:
                continue
            return Decimal(priced.total_price)
    return None


def _counts(usage: hub.Usage) -> dict[str, int] | None:
    """Return the counts as the list wants them: its input includes what caches read and wrote. None where a count is a lower bound."""
    buckets = {
        "uncached": usage.uncached_in, "read": usage.cache_read, "5m": usage.cache_write_5m, "1h": usage.cache_write_1h,
        "text": usage.out_text, "reasoning": usage.out_reasoning, "audio_in": usage.audio_in, "audio_out": usage.audio_out,
    }  # fmt: skip
    if (
        buckets["uncached"] is None
        or buckets["text"] is None
        or any(isinstance(b, hub.AtLeast) for b in buckets.values())
    ):
        return None
    n = {name: bucket.n if bucket is not None else 0 for name, bucket in buckets.items()}
    counts = {
        "input_tokens": n["uncached"] + n["read"] + n["5m"] + n["1h"] + n["audio_in"],
        "cache_read_tokens": n["read"],
        "cache_write_tokens": n["5m"] + n["1h"],
        "cache_write_1h_tokens": n["1h"],
        "output_tokens": n["text"] + n["reasoning"] + n["audio_out"],
        "input_audio_tokens": n["audio_in"],
        "output_audio_tokens": n["audio_out"],
    }
    return {name: count for name, count in counts.items() if count}
