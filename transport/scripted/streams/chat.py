"""A chat completion as its chunks.

Source: the project's wire notes, section 2.5 (2026-11-22), and recorded streams.
"""

from __future__ import annotations

from polyloop.translate.jsonvalue import Json, JsonObject

from ..replies import Rendered
from .event import Event, pieces

_NOT_IN_CHUNKS = frozenset({"object", "choices", "usage"})
# Text that a message may hold, in the order in which it is streamed; reasoning_content is a vendor's.
_TEXTS = ("reasoning_content", "content", "refusal")


def events(rendered: Rendered, body: JsonObject, size: int) -> list[Event]:
    """Return the chunks of a completion's stream and ``[DONE]``; ``size`` characters are a delta."""
    document = rendered.document
    options = body.get("stream_options")
    with_usage = isinstance(options, dict) and options.get("include_usage") is True
    head: JsonObject = {
        **{key: value for key, value in document.items() if key not in _NOT_IN_CHUNKS},
        "object": "chat.completion.chunk",
    }
    unknown = {"usage": None} if with_usage else {}
    found = []
    for choice in document.get("choices", ()):
        for delta, finish in _deltas(choice, size):
            one = {"index": choice["index"], "delta": delta, "logprobs": None, "finish_reason": finish}
            found.append(Event(data={**head, "choices": [one], **unknown}))
    if with_usage:
        found.append(Event(data={**head, "choices": [], "usage": document.get("usage")}))
    return [*found, Event(word="[DONE]")]


def _deltas(choice: JsonObject, size: int) -> list[tuple[JsonObject, Json]]:
    """The role first, then texts, then calls one after the other, then the finish reason in an empty delta."""
    message = choice["message"]
    opening: JsonObject = {"role": "assistant", "content": "" if message.get("content") is not None else None}
    if "refusal" in message:
        opening["refusal"] = None
    found: list[tuple[JsonObject, Json]] = [(opening, None)]
    for key in _TEXTS:
        found += [({key: piece}, None) for piece in pieces(message.get(key) or "", size)]
    for index, call in enumerate(message.get("tool_calls") or ()):
        found += [(delta, None) for delta in _call_deltas(call, index, size)]
    return [*found, ({}, choice.get("finish_reason"))]


def _call_deltas(call: JsonObject, index: int, size: int) -> list[JsonObject]:
    """The first fragment has id and name, the others only text."""
    kind = call.get("type", "function")
    field = "arguments" if kind == "function" else "input"
    inner = call[kind]
    first = {"index": index, "id": call["id"], "type": kind, kind: {"name": inner["name"], field: ""}}
    rest = [{"index": index, kind: {field: piece}} for piece in pieces(inner[field], size)]
    return [{"tool_calls": [delta]} for delta in (first, *rest)]
