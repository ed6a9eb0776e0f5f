"""Token counts: buckets that do not overlap, out of numbers that do.

``prompt_tokens`` includes what was read from the cache, what was written to it, and sound; ``completion_tokens`` includes
reasoning and sound. Servers differ in one thing: xAI and some gateways count reasoning beside ``completion_tokens``, which shows
in ``total_tokens``. A part that would make a bucket negative is not believed: the bucket it is taken from is unknown then.
"""

from __future__ import annotations

from typing import Final

from .. import hub
from ..jsonvalue import Json, JsonObject
from ..making import maker, new_own
from .residue import WIRE_NAME, ours, refuse

_new_usage: Final = maker(hub.Usage)
_new_known: Final = maker(hub.Known)
_DETAILS_IN: Final = "prompt_tokens_details"
_DETAILS_OUT: Final = "completion_tokens_details"


def read_usage(document: JsonObject) -> hub.Usage:
    """Read a usage object; the object itself is kept as reported."""
    details_in, details_out = _object(document, _DETAILS_IN), _object(document, _DETAILS_OUT)
    prompt, completion = _number(document, "prompt_tokens"), _number(document, "completion_tokens")
    read, written = _cache_read(document, details_in), _cache_write(document, details_in)
    heard, spoken = _number(details_in, "audio_tokens"), _number(details_out, "audio_tokens")
    thought = _number(details_out, "reasoning_tokens")
    if thought is None:
        thought = _number(document, "reasoning_tokens")
    inside = None if _counted_beside(document, prompt, completion, thought) else thought
    return _new_usage(
        uncached_in=_known(_less(prompt, read, written, heard)),
        cache_read=_known(read),
        cache_write_5m=_known(written),
        out_text=_known(_less(completion, inside, spoken)),
        out_reasoning=_known(thought),
        audio_in=_known(heard),
        audio_out=_known(spoken),
        reported=new_own(wire=WIRE_NAME, fields=document),
    )


def _object(document: JsonObject, key: str) -> JsonObject:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _number(document: JsonObject, key: str) -> int | None:
    value = document.get(key)
    return value if type(value) is int and value >= 0 else None


def _cache_read(document: JsonObject, details: JsonObject) -> int | None:
    found = _number(details, "cached_tokens")
    return _number(document, "prompt_cache_hit_tokens") if found is None else found  # DeepSeek's older key


def _cache_write(document: JsonObject, details: JsonObject) -> int | None:
    return _number(details, "cache_write_tokens")


def _counted_beside(document: JsonObject, prompt: int | None, completion: int | None, thought: int | None) -> bool:
    total = _number(document, "total_tokens")
    if not thought or total is None or prompt is None or completion is None:
        return False
    return prompt + completion + thought == total


def _less(whole: int | None, *parts: int | None) -> int | None:
    if whole is None:
        return None
    rest = whole - sum(part for part in parts if part is not None)
    return rest if rest >= 0 else None


def _known(number: int | None) -> hub.Known | None:
    return None if number is None else _new_known(n=number)


def write_usage(usage: hub.Usage) -> JsonObject:
    """Write a usage object: the one reported, as long as the buckets say what it says; else one made of the buckets."""
    if usage.reported is not None and usage.reported.wire == WIRE_NAME:
        document = dict(ours(usage.reported))
        if read_usage(document) == usage:
            return document
    return _made(usage)


def _made(usage: hub.Usage) -> JsonObject:
    """Make a usage object. What is unknown is left out, and no sum is written that rests on it."""
    if usage.cache_write_1h is not None:
        raise refuse("tokens written to a cache for an hour")
    prompt = _sum(usage.uncached_in, usage.cache_read, usage.cache_write_5m, usage.audio_in)
    completion = _sum(usage.out_text, usage.out_reasoning, usage.audio_out)
    document: JsonObject = {}
    if prompt is not None:
        document["prompt_tokens"] = prompt
    if completion is not None:
        document["completion_tokens"] = completion
    if prompt is not None and completion is not None:
        document["total_tokens"] = prompt + completion
    inside = {
        "audio_tokens": _count(usage.audio_in),
        "cached_tokens": _count(usage.cache_read),
        "cache_write_tokens": _count(usage.cache_write_5m),
    }
    outside = {"reasoning_tokens": _count(usage.out_reasoning), "audio_tokens": _count(usage.audio_out)}
    for key, details in ((_DETAILS_IN, inside), (_DETAILS_OUT, outside)):
        said: dict[str, Json] = {name: number for name, number in details.items() if number is not None}
        if said:
            document[key] = said
    return document


def _count(count: hub.Count) -> int | None:
    if isinstance(count, hub.AtLeast) or (count is not None and count.n < 0):
        raise refuse("a number of tokens that is a lower bound, or below 0")
    return None if count is None else count.n


def _sum(whole: hub.Count, *parts: hub.Count) -> int | None:
    number = _count(whole)
    if number is None:
        return None
    return number + sum(_count(part) or 0 for part in parts)
