"""Token usage: the reported document to disjoint buckets, and buckets to a document.

``input_tokens`` already leaves out what was read from or written to the cache; ``output_tokens`` includes thinking. A cache
write whose time is not said stays the five minutes that are the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .. import hub
from ..adapting import Adapting
from ..codec import decode_as, encode
from ..errors import DecodeError, WriteError
from ..jsonvalue import ABSENT, Absent, Json
from .residue import WIRE_NAME
from .tables import NO_TOKENS
from .wire import CacheCreation, OutputTokensDetails, Usage

_FOREIGN_BUCKETS = ("audio_in", "audio_out")


def read_usage(usage: Usage) -> hub.Usage:
    """Read a usage document; ``reported`` keeps it as it came."""
    return attrs.evolve(_buckets(usage), reported=hub.Own(wire=WIRE_NAME, fields=encode(usage)))


def _buckets(usage: Usage) -> hub.Usage:
    written_5m, written_1h = _cache_writes(usage)
    output, thinking = _known(usage.output_tokens), _thinking(usage)
    if output is not None and thinking is not None:
        output = hub.Known(n=output.n - thinking.n)
    return hub.Usage(
        uncached_in=_known(usage.input_tokens),
        cache_read=_known(usage.cache_read_input_tokens),
        cache_write_5m=written_5m,
        cache_write_1h=written_1h,
        out_text=output,
        out_reasoning=thinking,
    )


def _known(count: int | Absent | None) -> hub.Known | None:
    return hub.Known(n=count) if isinstance(count, int) else None


def _thinking(usage: Usage) -> hub.Known | None:
    details = usage.output_tokens_details
    return _known(details.thinking_tokens) if isinstance(details, OutputTokensDetails) else None


def _cache_writes(usage: Usage) -> tuple[hub.Known | None, hub.Known | None]:
    """Return what was written for 5 minutes and for an hour; the total counts where the parts are not said."""
    parts = usage.cache_creation
    if isinstance(parts, CacheCreation):
        short, long = _known(parts.ephemeral_5m_input_tokens), _known(parts.ephemeral_1h_input_tokens)
        if short is not None or long is not None:
            return short, long
    return _known(usage.cache_creation_input_tokens), None


def write_usage(usage: hub.Usage) -> Usage:
    """Write usage: the reported document where it still says the buckets, else one made from them."""
    if usage.reported is not None and usage.reported.wire == WIRE_NAME:
        reported = _as_reported(usage.reported.fields)
        if reported is not None and _buckets(reported) == attrs.evolve(usage, reported=None):
            return reported
    return _from_buckets(usage)


def _as_reported(document: Mapping[str, Json]) -> Usage | None:
    try:
        return decode_as(Usage, dict(document))
    except DecodeError:
        return None


def _from_buckets(usage: hub.Usage) -> Usage:
    for name in _FOREIGN_BUCKETS:
        if getattr(usage, name) is not None:
            raise WriteError(f"usage of the Messages API has no {name}")
    if usage.out_text is None and usage.out_reasoning is not None:
        raise WriteError("usage of the Messages API counts thinking as part of an output whose size it says")
    short, long = _number(usage.cache_write_5m), _number(usage.cache_write_1h)
    text, thinking = _number(usage.out_text), _number(usage.out_reasoning)
    stated: dict[str, Any] = {
        "input_tokens": _number(usage.uncached_in),
        "cache_creation_input_tokens": _sum(short, long),
        "cache_read_input_tokens": _number(usage.cache_read),
        "output_tokens": _sum(text, thinking),
    }
    if long is not ABSENT:
        stated["cache_creation"] = CacheCreation(ephemeral_5m_input_tokens=short, ephemeral_1h_input_tokens=long)
    if thinking is not ABSENT:
        stated["output_tokens_details"] = OutputTokensDetails(thinking_tokens=thinking)
    return Usage(**stated)


def _number(count: hub.Count) -> int | Absent:
    if isinstance(count, hub.AtLeast):
        raise WriteError("usage of the Messages API has no lower bounds")
    return ABSENT if count is None else count.n


def _sum(one: int | Absent, other: int | Absent) -> int | Absent:
    if one is ABSENT or other is ABSENT:
        return other if one is ABSENT else one
    return one + other


# The tier a reply was served in, which stands in its usage.


def read_tier(usage: Usage) -> str | Absent | None:
    """Read ``service_tier``; ABSENT where it is none, or no word."""
    tier = usage.service_tier
    return tier if isinstance(tier, str) or tier is None else ABSENT


def write_tier(usage: Usage, tier: str | Absent | None) -> Usage:
    """Put the tier into a usage document, where it does not say that already."""
    return usage if read_tier(usage) == tier else attrs.evolve(usage, service_tier=tier)


# What the provider's own tools took.

_REQUESTS = "_requests"


def read_tool_usage(usage: Usage) -> tuple[hub.ToolUsage, ...]:
    """Read how often each of the provider's own tools ran, out of ``server_tool_use``."""
    counted = usage.server_tool_use
    if not isinstance(counted, dict):
        return ()
    return tuple(
        hub.ToolUsage(tool=key.removesuffix(_REQUESTS), requests=hub.Known(n=number))
        for key, number in counted.items()
        if key.endswith(_REQUESTS) and type(number) is int
    )


def write_tool_usage(usage: Usage, tools: tuple[hub.ToolUsage, ...]) -> Usage:
    """Put into a usage document what tools took, where it does not say that already."""
    if read_tool_usage(usage) == tools:
        return usage
    counted = {f"{of.tool}{_REQUESTS}": _number(of.requests) for of in tools}
    written = attrs.evolve(usage, server_tool_use=counted if tools else ABSENT)
    if read_tool_usage(written) != tools:
        raise WriteError("usage of the Messages API counts how often a tool ran, and nothing else of it")
    return written


def fit_tool_usage(tools: tuple[hub.ToolUsage, ...], adapting: Adapting) -> tuple[hub.ToolUsage, ...]:
    """Fit what another provider's tools took: of both tools that are counted here the number has to be said."""
    counts = {of.tool: of.requests for of in tools if of.requests is not None}
    if adapting.source == WIRE_NAME or _SEARCHES not in counts:
        return tools if adapting.source == WIRE_NAME else ()
    fetches = counts.get(_FETCHES)
    number = (
        adapting.insert(NO_TOKENS, "usage counts the provider's fetches beside its searches")
        if fetches is None
        else fetches.n
    )
    return (
        hub.ToolUsage(tool=_SEARCHES, requests=hub.Known(n=counts[_SEARCHES].n)),
        hub.ToolUsage(tool=_FETCHES, requests=hub.Known(n=number)),
    )


_SEARCHES = "web_search"
_FETCHES = "web_fetch"
