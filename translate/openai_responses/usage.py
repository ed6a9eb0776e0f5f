"""Token counts: buckets that do not overlap, out of numbers that do.

``input_tokens`` includes what was read from the cache and what was written to it; ``output_tokens`` includes reasoning. A part that would
make a bucket negative is not believed: the bucket it is taken from is unknown then. What is written to the cache for 30 minutes is
counted with the hub's shorter time, for 12 hours with the longer one.
"""

from __future__ import annotations

from typing import Any

from .. import hub
from ..codec import Opaque, decode_union, encode
from ..jsonvalue import Json, JsonObject
from . import wire
from .residue import WIRE_NAME, refuse
from .tables import LONG_TTL, SHORT_TTL


def read_usage(usage: wire.ResponseUsage) -> hub.Usage:
    """Read a usage object; the object itself is kept as reported."""
    inputs = usage.input_tokens_details
    outputs = usage.output_tokens_details
    read = written = thought = None
    details: Json = None
    if isinstance(inputs, wire.InputTokensDetails):
        read, written = _number(inputs.cached_tokens), _number(inputs.cache_write_tokens)
        details = inputs.cache_write_tokens_details
    if isinstance(outputs, wire.OutputTokensDetails):
        thought = _number(outputs.reasoning_tokens)
    whole_in, whole_out = _number(usage.input_tokens), _number(usage.output_tokens)
    beside = _counted_beside(whole_in, whole_out, thought, _number(usage.total_tokens))
    long = _number(details.get(LONG_TTL)) if isinstance(details, dict) else None
    return hub.Usage(
        uncached_in=_known(_less(whole_in, read, written)),
        cache_read=_known(read),
        cache_write_5m=_known(written if long is None else _less(written, long)),
        cache_write_1h=_known(long),
        out_text=_known(whole_out if beside else _less(whole_out, thought)),
        out_reasoning=_known(thought),
        reported=hub.Own(wire=WIRE_NAME, fields=encode(usage)),
    )


def _counted_beside(whole_in: int | None, whole_out: int | None, thought: int | None, total: int | None) -> bool:
    """Tell whether a server counts reasoning beside ``output_tokens``, which shows in the total."""
    if not thought or whole_in is None or whole_out is None:
        return False
    return whole_in + whole_out + thought == total


def _number(value: Json) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _less(whole: int | None, *parts: int | None) -> int | None:
    if whole is None:
        return None
    rest = whole - sum([part for part in parts if part is not None])
    return rest if rest >= 0 else None


def _known(number: int | None) -> hub.Known | None:
    return None if number is None else hub.Known(n=number)


def write_usage(usage: hub.Usage) -> wire.ResponseUsage:
    """Write a usage object: the one reported, as long as the buckets say what it says; else one made of the buckets."""
    return reported(usage) or _made(usage)


def reported(usage: hub.Usage) -> wire.ResponseUsage | None:
    """Return the usage object that was reported on this wire, if the buckets still say what it says."""
    if usage.reported is None or usage.reported.wire != WIRE_NAME:
        return None
    record = decode_union(wire.ResponseUsage | Opaque, dict(usage.reported.fields))
    return record if isinstance(record, wire.ResponseUsage) and read_usage(record) == usage else None


def _made(usage: hub.Usage) -> wire.ResponseUsage:
    """Make a usage object. What is unknown is left out, and no sum is written that rests on it."""
    if usage.audio_in is not None or usage.audio_out is not None:
        raise refuse("tokens of sound")
    stated: dict[str, Any] = {}
    whole_in = _sum(usage.uncached_in, usage.cache_read, usage.cache_write_5m, usage.cache_write_1h)
    whole_out = _sum(usage.out_text, usage.out_reasoning)
    inputs: JsonObject = {}
    if usage.cache_read is not None:
        inputs["cached_tokens"] = _count(usage.cache_read)
    if usage.cache_write_5m is not None or usage.cache_write_1h is not None:
        short, long = _count(usage.cache_write_5m), _count(usage.cache_write_1h)
        inputs["cache_write_tokens"] = short + long
        if usage.cache_write_1h is not None:
            inputs["cache_write_tokens_details"] = {SHORT_TTL: short, LONG_TTL: long}
    if whole_in is not None:
        stated["input_tokens"] = whole_in
    if inputs:
        stated["input_tokens_details"] = wire.InputTokensDetails(**inputs)
    if whole_out is not None:
        stated["output_tokens"] = whole_out
    if usage.out_reasoning is not None:
        stated["output_tokens_details"] = wire.OutputTokensDetails(reasoning_tokens=_count(usage.out_reasoning))
    if whole_in is not None and whole_out is not None:
        stated["total_tokens"] = whole_in + whole_out
    return wire.ResponseUsage(**stated)


def _count(count: hub.Count) -> int:
    if count is None:
        return 0
    if isinstance(count, hub.AtLeast) or count.n < 0:
        raise refuse("a number of tokens that is a lower bound, or below nothing")
    return count.n


def _sum(whole: hub.Count, *parts: hub.Count) -> int | None:
    return None if whole is None else _count(whole) + sum([_count(part) for part in parts])
