"""What a reply repeats of its request, its settings and tools, as the request without turns that they are.

It is read and written by what reads and writes requests, so a setting is the same neutral field in both. A key in a form that no request has
(instructions as a list of items) is no setting: it stays in the reply's residue.

Source: ``Response`` of the openai SDK 3.54 (``types/responses/response.py``), and ``store``, which recorded replies have beside it, read
2026-11-24.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from .. import hub
from ..codec import decode_as, encode
from ..errors import DecodeError, WriteError
from ..jsonvalue import Json, JsonObject
from . import wire
from .request import read_request, write_request
from .residue import WITHOUT, ours, own, refuse

ECHOED: Final = (
    "access_programs", "background", "image", "instructions", "max_output_tokens", "max_tool_calls", "parallel_tool_calls",
    "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "reasoning", "safety_identifier", "store", "temperature",
    "text", "tool_choice", "tools", "top_logprobs", "top_p", "truncation", "user",
)  # fmt: skip
"""Keys of a request that its reply repeats. Labels, tier, moderation and state have fields of their own in a reply: they are its word."""


def read_echo(rest: JsonObject) -> hub.Request | None:
    """Take out of a reply's residue what it repeats of its request; ``None`` where there is nothing."""
    said = {key: rest[key] for key in ECHOED if key in rest}
    if not said:
        return None
    try:
        record = decode_as(wire.Request, said)
    except DecodeError:
        said = {key: value for key, value in said.items() if _is_setting(key, value)}
        if not said:
            return None
        record = decode_as(wire.Request, said)
    for key in said:
        del rest[key]
    request = read_request(record)
    spelling = {key: value for key, value in ours(request.spelling).items() if key != WITHOUT}  # it has no input anyway
    return attrs.evolve(request, spelling=own(spelling))


def _is_setting(key: str, value: Json) -> bool:
    try:
        decode_as(wire.Request, {key: value})
    except DecodeError:
        return False
    return True


def write_echo(request: hub.Request | None) -> Mapping[str, Json]:
    """Write the keys of a reply that repeat its request. Raises `WriteError` for turns, and for what a reply does not repeat."""
    if request is None:
        return {}
    if request.turns:
        raise refuse("the turns of a request in its reply")
    document = encode(write_request(request))
    assert isinstance(document, dict)  # a record's
    if document.get("input") in (None, []):  # no turns, however that is spelled
        document.pop("input", None)
    unsaid = sorted(document.keys() - set(ECHOED))
    if unsaid:
        raise refuse(f"{', '.join(unsaid)} of a request in its reply")
    return document


def fit_echo(request: hub.Request | None) -> Mapping[str, Json]:
    """Return the keys that repeat a request, or none of them where a reply cannot repeat it as it is."""
    try:
        said = write_echo(request)
    except WriteError:
        return {}
    return said if read_echo(dict(said)) == request else {}
