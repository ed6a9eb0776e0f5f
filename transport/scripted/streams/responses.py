"""A response as the events of the Responses API.

Source: the project's wire notes, section 3.6 (2026-11-22), and recorded streams.
"""

from __future__ import annotations

from collections.abc import Iterator

from polyloop.translate.jsonvalue import Json, JsonObject

from ..replies import Rendered
from .event import Event, pieces

_Draft = tuple[str, JsonObject]


def events(rendered: Rendered, body: JsonObject, size: int) -> list[Event]:
    """Return the events of a response's stream, numbered from 0; ``size`` characters are a delta."""
    response = rendered.document
    begun = {
        **response,
        "status": "in_progress",
        "output": [],
        "usage": None,
        "incomplete_details": None,
        "completed_at": None,
    }
    drafts: list[_Draft] = [("response.created", {"response": begun}), ("response.in_progress", {"response": begun})]
    for index, item in enumerate(response.get("output", ())):
        drafts += _item(item, index, size)
    drafts.append((f"response.{response.get('status', 'completed')}", {"response": response}))
    return [
        Event(name=kind, data={"type": kind, "sequence_number": number, **fields})
        for number, (kind, fields) in enumerate(drafts)
    ]


def _item(item: JsonObject, index: int, size: int) -> list[_Draft]:
    """An item is added empty, filled, and done; one whose filling has no events arrives whole in ``done``."""
    place: JsonObject = {"item_id": item.get("id"), "output_index": index}
    match item.get("type"):
        case "message":
            start: JsonObject = {**item, "status": "in_progress", "content": []}
            middle = list(_contents(item, place, size))
        case "function_call":
            start = {**item, "status": "in_progress", "arguments": ""}
            middle = _text("response.function_call_arguments", place, item["arguments"], "arguments", size)
        case "custom_tool_call":
            start = {**item, "input": ""}
            middle = _text("response.custom_tool_call_input", place, item["input"], "input", size)
        case "reasoning":
            start = {**item, "summary": []}
            middle = list(_summaries(item, place, size))
        case _:
            start = {**item, "status": "in_progress"} if "status" in item else item
            middle = []
    whole: Json = {"output_index": index, "item": item}
    opening: Json = {"output_index": index, "item": start}
    return [("response.output_item.added", opening), *middle, ("response.output_item.done", whole)]


def _text(kind: str, place: JsonObject, text: str, field: str, size: int, **more: Json) -> list[_Draft]:
    deltas = [(f"{kind}.delta", {**place, **more, "delta": piece}) for piece in pieces(text, size)]
    return [*deltas, (f"{kind}.done", {**place, **more, field: text})]


def _contents(item: JsonObject, place: JsonObject, size: int) -> Iterator[_Draft]:
    for content_index, part in enumerate(item["content"]):
        here = {**place, "content_index": content_index}
        refused = part.get("type") == "refusal"
        field = "refusal" if refused else "text"
        yield "response.content_part.added", {**here, "part": {**part, field: ""}}
        # Both events of a text carry logprobs, the refusal's never.
        more: JsonObject = {} if refused else {"logprobs": part.get("logprobs", [])}
        kind = "response.refusal" if refused else "response.output_text"
        yield from _text(kind, here, part[field], field, size, **more)
        yield "response.content_part.done", {**here, "part": part}


def _summaries(item: JsonObject, place: JsonObject, size: int) -> Iterator[_Draft]:
    for summary_index, part in enumerate(item.get("summary", ())):
        here = {**place, "summary_index": summary_index}
        yield "response.reasoning_summary_part.added", {**here, "part": {**part, "text": ""}}
        yield from _text("response.reasoning_summary_text", here, part["text"], "text", size)
        yield "response.reasoning_summary_part.done", {**here, "part": part}
