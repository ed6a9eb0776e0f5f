"""A message as the events of the Messages API.

Source: the project's wire notes, section 1.7 (2026-11-22), and recorded streams.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from polyloop.translate.jsonvalue import Json, JsonObject

from ..replies import Rendered
from .event import Event, pieces

# The usage of message_delta is cumulative and never has these.
_ONLY_AT_START = frozenset({"cache_creation", "service_tier", "inference_geo", "speed"})
# What message_delta says last; message_start has them null.
_LAST_WORDS = ("stop_reason", "stop_sequence", "stop_details", "container")


def events(rendered: Rendered, body: JsonObject, size: int) -> list[Event]:
    """Return the events of a message's stream; ``size`` characters are a delta."""
    message = rendered.document
    found = [_event("message_start", message=_opening(message))]
    for index, block in enumerate(message.get("content", ())):
        found += _block_events(block, index, size, rendered)
        if index == 0:
            found.append(_event("ping"))
    found.append(_closing(message))
    found.append(_event("message_stop"))
    return found


def _event(kind: str, **fields: Json) -> Event:
    return Event(name=kind, data={"type": kind, **fields})


def _opening(message: JsonObject) -> JsonObject:
    """The message before anything was said: one output token is counted already."""
    usage = message.get("usage")
    empty: JsonObject = {"content": [], "stop_reason": None, "stop_sequence": None}
    start = {key: value for key, value in message.items() if key not in ("stop_details", "container")}
    if isinstance(usage, dict):
        known = {key: value for key, value in usage.items() if key != "output_tokens_details"}
        empty["usage"] = {**known, "output_tokens": min(1, usage.get("output_tokens", 0))}
    return {**start, **empty}


def _closing(message: JsonObject) -> Event:
    usage = message.get("usage", {})
    delta = {key: message[key] for key in _LAST_WORDS if key in message}
    counts = {key: value for key, value in usage.items() if key not in _ONLY_AT_START}
    return _event("message_delta", delta=delta, usage=counts)


def _block_events(block: JsonObject, index: int, size: int, rendered: Rendered) -> list[Event]:
    start, deltas = _start_and_deltas(block, size, rendered)
    return [
        _event("content_block_start", index=index, content_block=start),
        *(_event("content_block_delta", index=index, delta=delta) for delta in deltas),
        _event("content_block_stop", index=index),
    ]


def _start_and_deltas(block: JsonObject, size: int, rendered: Rendered) -> tuple[JsonObject, list[JsonObject]]:
    """What a block starts as and what is added to it; a block of another type arrives whole at its start."""
    match block.get("type"):
        case "text":
            return _text(block, size)
        case "thinking":
            thought = [{"type": "thinking_delta", "thinking": piece} for piece in pieces(block["thinking"], size)]
            seal = {"type": "signature_delta", "signature": block["signature"]}
            return {**block, "thinking": "", "signature": ""}, [*thought, seal]
        case "tool_use" | "server_tool_use" | "mcp_tool_use":
            return {**block, "input": {}}, list(_input(block, size, rendered))
        case _:
            return block, []


def _text(block: JsonObject, size: int) -> tuple[JsonObject, list[JsonObject]]:
    said: list[JsonObject] = [{"type": "text_delta", "text": piece} for piece in pieces(block["text"], size)]
    start: JsonObject = {**block, "text": ""}
    citations = block.get("citations")
    if isinstance(citations, list):
        start["citations"] = []
        said += [{"type": "citations_delta", "citation": citation} for citation in citations]
    return start, said


def _input(block: JsonObject, size: int, rendered: Rendered) -> Iterator[JsonObject]:
    """An input starts with an empty delta. A toolset's members come whole; an empty input has no text at all."""
    text = rendered.cut_arguments.get(block["id"])
    if text is None:
        text = json.dumps(block["input"], ensure_ascii=False) if block["input"] else ""
    yield {"type": "input_json_delta", "partial_json": ""}
    for piece in pieces(text, max(1, len(text)) if block.get("toolset_name") else size):
        yield {"type": "input_json_delta", "partial_json": piece}
