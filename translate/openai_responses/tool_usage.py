"""What the provider's own tools took: ``tool_usage`` of a reply.

A search of the web counts its requests; a model that makes pictures its tokens, those of texts and of images inside of the sums.

Source: ``ToolUsage`` of the openai SDK 3.54 (``types/responses/response.py``), read 2026-11-22.
"""

from __future__ import annotations

from typing import Any, Final

from .. import hub
from ..adapting import Adapting
from ..jsonvalue import ABSENT, Json, JsonObject
from .residue import WIRE_NAME, refuse
from .tables import REASONS

_PICTURES: Final = "image_gen"
_TOOLS: Final = {_PICTURES: "image_generation"}
_KEYS: Final = {tool: key for key, tool in _TOOLS.items()}
_SEARCHES: Final = "web_search"
_COUNTS: Final = ("requests", "text_in", "image_in", "text_out", "image_out")


def read_tool_usage(document: Json) -> tuple[hub.ToolUsage, ...] | None:
    """Read ``tool_usage``; ``None`` where it is no object of objects."""
    if not isinstance(document, dict) or not all(isinstance(of, dict) for of in document.values()):
        return None
    return tuple([_read(key, of) for key, of in document.items()])


def _read(key: str, document: JsonObject) -> hub.ToolUsage:
    text_in, image_in = _details(document, "input_tokens_details")
    text_out, image_out = _details(document, "output_tokens_details")
    return hub.ToolUsage(
        tool=_TOOLS.get(key, key), requests=_number(document.get("num_requests")), text_in=text_in, image_in=image_in,
        text_out=text_out, image_out=image_out, reported=hub.Own(wire=WIRE_NAME, fields=document),
    )  # fmt: skip


def _details(document: JsonObject, key: str) -> tuple[hub.Known | None, hub.Known | None]:
    details = document.get(key)
    if not isinstance(details, dict):
        return None, None
    return _number(details.get("text_tokens")), _number(details.get("image_tokens"))


def _number(value: Json) -> hub.Known | None:
    return hub.Known(n=value) if type(value) is int and value >= 0 else None


def write_tool_usage(usage: tuple[hub.ToolUsage, ...]) -> Any:
    """Write ``tool_usage``: what was reported of each tool, as long as it says the same; ABSENT where nothing is said."""
    if not usage:
        return ABSENT
    document: JsonObject = {}
    for of in usage:
        key = _KEYS.get(of.tool, of.tool)
        document[key] = _write(key, of)
    if read_tool_usage(document) != usage:
        raise refuse(
            "what tools took, other than the requests of a search and the tokens of a model that makes pictures"
        )
    return document


def _write(key: str, usage: hub.ToolUsage) -> JsonObject:
    reported = usage.reported
    if reported is not None and reported.wire == WIRE_NAME and _read(key, dict(reported.fields)) == usage:
        return dict(reported.fields)
    written: JsonObject = {}
    if usage.requests is not None:
        written["num_requests"] = _count(usage.requests)
    for way in ("in", "out"):
        text, image = getattr(usage, f"text_{way}"), getattr(usage, f"image_{way}")
        if text is not None or image is not None:
            written[f"{way}put_tokens"] = _count(text) + _count(image)
            named = (("image_tokens", image), ("text_tokens", text))
            written[f"{way}put_tokens_details"] = {name: _count(n) for name, n in named if n is not None}
    if "input_tokens" in written and "output_tokens" in written:
        written["total_tokens"] = written["input_tokens"] + written["output_tokens"]
    return written


def _count(count: hub.Count) -> int:
    return 0 if count is None else count.n


def fit_tool_usage(usage: tuple[hub.ToolUsage, ...], adapting: Adapting) -> tuple[hub.ToolUsage, ...]:
    """Fit what another provider's tools took: of both tools that this one counts all numbers have to be said."""
    if adapting.source == WIRE_NAME:
        return usage
    requests = next((of.requests for of in usage if of.tool == _SEARCHES), None)
    if requests is None or requests.n < 0:  # a number below nothing is none that this wire's own reading takes
        return ()
    none = hub.Known(n=adapting.insert(0, REASONS["usage"], at="input_tokens"))
    pictures = hub.ToolUsage(tool=_TOOLS[_PICTURES], text_in=none, image_in=none, text_out=none, image_out=none)
    return (pictures, hub.ToolUsage(tool=_SEARCHES, requests=hub.Known(n=requests.n)))
