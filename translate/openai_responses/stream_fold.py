"""Responses streams: events folded into a response.

The last event holds the whole response, and that is the reply. Until it comes, and where it never does, the reply so far is made of the items
that are done and of the pieces of those that are not; such an item keeps the status it began with (``in_progress``), and the
response too, so that nobody can take it for finished. What is encrypted counts from ``output_item.done`` only: it may be incomplete before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ..codec import Opaque, WireRecord, encode_value
from ..errors import DecodeError
from ..jsontext import parse
from ..jsonvalue import Json, JsonObject
from ..stream_reader import FrameException, Unreadable
from ..streams import CallSoFar
from . import wire_events as events
from .wire_tool_events import (
    ResponseCodeInterpreterCallCodeDeltaEvent,
    ResponseMcpCallArgumentsDeltaEvent,
)

_EMPTY_PARTS: Final[dict[str, JsonObject]] = {
    "text": {"type": "output_text", "text": "", "annotations": []},
    "refusal": {"type": "refusal", "refusal": ""},
    "reasoning": {"type": "reasoning_text", "text": ""},
    "summary": {"type": "summary_text", "text": ""},
}


class Part:
    """A content or summary part while it is streamed."""

    __slots__ = ("annotations", "document", "key", "pieces")

    def __init__(self, document: JsonObject, key: str) -> None:
        self.document = document
        self.key = key
        self.pieces: list[str] = []
        self.annotations: list[Json] = []

    def whole(self) -> JsonObject:
        part = self.document
        if self.pieces:
            begun = part.get(self.key)
            part = part | {self.key: (begun if isinstance(begun, str) else "") + "".join(self.pieces)}
        if self.annotations:
            known = part.get("annotations")
            part = part | {"annotations": [*(known if isinstance(known, list) else ()), *self.annotations]}
        return part


class Item:
    """An output item while it is streamed."""

    __slots__ = ("content", "done", "pieces", "start", "summary")

    def __init__(self, start: JsonObject) -> None:
        self.start = start
        self.done = False
        self.content: dict[int, Part] = {}
        self.summary: dict[int, Part] = {}
        self.pieces: dict[str, list[str]] = {}

    def finish(self, document: JsonObject) -> None:
        self.start, self.done = document, True
        self.content, self.summary, self.pieces = {}, {}, {}

    def part(self, parts: dict[int, Part], index: int, empty: str, key: str) -> Part:
        if index not in parts:
            parts[index] = Part(dict(_EMPTY_PARTS[empty]), key)
        return parts[index]

    def document(self) -> JsonObject:
        item = self.start
        if self.content:
            item = item | {"content": [self.content[index].whole() for index in sorted(self.content)]}
        if self.summary:
            item = item | {"summary": [self.summary[index].whole() for index in sorted(self.summary)]}
        for key, pieces in self.pieces.items():
            begun = item.get(key)
            item = item | {key: (begun if isinstance(begun, str) else "") + "".join(pieces)}
        return item

    def spoken(self, key: str) -> str:
        parts = self.document().get(key)
        if not isinstance(parts, list):
            return ""
        texts = (part.get("text") for part in parts if isinstance(part, dict))
        return "".join(text for text in texts if isinstance(text, str))


class ResponsesFold:
    """Folds events into a response document."""

    def __init__(self) -> None:
        self.finished = False
        self.heard = 0
        self.failure: Json = None
        self.exception: FrameException | None = None
        self.items: dict[int, Item] = {}
        self._response: JsonObject = {}
        self._final = False
        self._damaged = False

    def push(self, event: Any) -> None:
        take = _TAKES.get(event.__class__)
        if take is not None and not self.finished:  # what comes behind the end is not of this reply
            take(self, event)
            self.heard += bool(getattr(event, "delta", None)) or event.__class__ in _WHOLE

    def document(self) -> JsonObject:
        if self._final and (self._response.get("output") or not self.items):
            return self._response
        output = [self.items[index].document() for index in sorted(self.items)]
        return self._response | {"output": output}

    def text(self) -> str:
        return "".join(item.spoken("content") for item in self._of("message"))

    def thinking(self) -> str:
        return "".join(item.spoken("content") or item.spoken("summary") for item in self._of("reasoning"))

    def _of(self, kind: str) -> list[Item]:
        return [item for _, item in sorted(self.items.items()) if item.start.get("type") == kind]

    def calls(self) -> tuple[CallSoFar, ...]:
        return tuple(
            _call_so_far(item)
            for _, item in sorted(self.items.items())
            if item.start.get("type") in ("function_call", "custom_tool_call", "computer_call")
        )

    def _begin(self, event: Any) -> None:
        if isinstance(event.response, WireRecord) and not self._final:
            self._response = encode_value(event.response)
        elif not self._final:
            self._damaged = True  # a response that is none

    def _end(self, event: Any) -> None:
        self._begin(event)
        self._final = True
        if event.__class__ is events.ResponseFailedEvent:
            self.failure = encode_value(event)
        self.finished = self.failure is None and not self._damaged

    def _item(self, event: Any, document: JsonObject | None = None) -> Item:
        index = event.output_index if isinstance(event.output_index, int) else max(self.items, default=0)
        if index not in self.items:
            self.items[index] = Item(
                document if document is not None else {"id": event.item_id, "status": "in_progress"}
            )
        return self.items[index]

    def _added(self, event: events.ResponseOutputItemAddedEvent) -> None:
        document = encode_value(event.item)
        if isinstance(document, dict):
            self._item(event, document)

    def _done(self, event: events.ResponseOutputItemDoneEvent) -> None:
        document = encode_value(event.item)
        if isinstance(document, dict):
            self._item(event, document).finish(document)

    def _part_added(self, event: events.ResponseContentPartAddedEvent) -> None:
        part = encode_value(event.part)
        if isinstance(part, dict):
            key = "refusal" if part.get("type") == "refusal" else "text"
            self._item(event).content.setdefault(_number(event.content_index), Part(part, key))

    def _part_done(self, event: events.ResponseContentPartDoneEvent) -> None:
        part = encode_value(event.part)
        item = self._item(event)
        if isinstance(part, dict) and not item.done:
            item.content[_number(event.content_index)] = Part(part, "text")

    def _summary_added(self, event: events.ResponseReasoningSummaryPartAddedEvent) -> None:
        part = encode_value(event.part)
        if isinstance(part, dict):
            self._item(event).summary.setdefault(_number(event.summary_index), Part(part, "text"))

    def _summary_done(self, event: events.ResponseReasoningSummaryPartDoneEvent) -> None:
        part = encode_value(event.part)
        item = self._item(event)
        if isinstance(part, dict) and not item.done:
            item.summary[_number(event.summary_index)] = Part(part, "text")

    def _text_delta(self, event: events.ResponseTextDeltaEvent) -> None:
        self._content_piece(event, "text", "text")

    def _refusal_delta(self, event: events.ResponseRefusalDeltaEvent) -> None:
        self._content_piece(event, "refusal", "refusal")

    def _reasoning_delta(self, event: events.ResponseReasoningTextDeltaEvent) -> None:
        self._content_piece(event, "reasoning", "text")

    def _content_piece(self, event: Any, empty: str, key: str) -> None:
        item = self._item(event)
        if not item.done and isinstance(event.delta, str):
            item.part(item.content, _number(event.content_index), empty, key).pieces.append(event.delta)

    def _summary_delta(self, event: events.ResponseReasoningSummaryTextDeltaEvent) -> None:
        item = self._item(event)
        if not item.done and isinstance(event.delta, str):
            item.part(item.summary, _number(event.summary_index), "summary", "text").pieces.append(event.delta)

    def _annotation(self, event: events.ResponseOutputTextAnnotationAddedEvent) -> None:
        item = self._item(event)
        if not item.done:
            part = item.part(item.content, _number(event.content_index), "text", "text")
            part.annotations.append(encode_value(event.annotation))

    def _piece_of(self, event: Any, key: str) -> None:
        item = self._item(event)
        if not item.done and isinstance(event.delta, str):
            item.pieces.setdefault(key, []).append(event.delta)

    def _arguments_delta(self, event: Any) -> None:
        self._piece_of(event, "arguments")

    def _input_delta(self, event: Any) -> None:
        self._piece_of(event, "input")

    def _code_delta(self, event: Any) -> None:
        self._piece_of(event, "code")

    def _failed(self, event: events.ResponseErrorEvent) -> None:
        self.failure = encode_value(event)
        self.finished = False

    def _unreadable(self, event: Any) -> None:
        document = event.document if isinstance(event, Opaque) else None
        if isinstance(document, dict) and "error" in document and "type" not in document:
            self.failure = document
        elif document is None or not isinstance(document, dict):
            self._damaged = True


_WHOLE: Final = (events.ResponseOutputItemAddedEvent, events.ResponseOutputItemDoneEvent)


def _number(index: Any) -> int:
    return index if isinstance(index, int) else 0


def _call_so_far(item: Item) -> CallSoFar:
    document = item.document()
    said = document.get("input" if document.get("type") == "custom_tool_call" else "arguments")
    text = said if isinstance(said, str) else ""
    name, call_id = document.get("name"), document.get("call_id")
    return CallSoFar(
        id=call_id if isinstance(call_id, str) else "",
        name=name if isinstance(name, str) else "",
        arguments=text,
        complete=item.done and (document.get("type") != "function_call" or _is_object(text)),
    )


def _is_object(text: str) -> bool:
    try:
        return isinstance(parse(text), dict)
    except DecodeError:
        return False


_TAKES: Final[dict[type, Callable[[ResponsesFold, Any], None]]] = {
    events.ResponseTextDeltaEvent: ResponsesFold._text_delta,
    events.ResponseFunctionCallArgumentsDeltaEvent: ResponsesFold._arguments_delta,
    events.ResponseReasoningSummaryTextDeltaEvent: ResponsesFold._summary_delta,
    events.ResponseReasoningTextDeltaEvent: ResponsesFold._reasoning_delta,
    events.ResponseRefusalDeltaEvent: ResponsesFold._refusal_delta,
    events.ResponseCustomToolCallInputDeltaEvent: ResponsesFold._input_delta,
    ResponseMcpCallArgumentsDeltaEvent: ResponsesFold._arguments_delta,
    ResponseCodeInterpreterCallCodeDeltaEvent: ResponsesFold._code_delta,
    events.ResponseOutputItemAddedEvent: ResponsesFold._added,
    events.ResponseOutputItemDoneEvent: ResponsesFold._done,
    events.ResponseContentPartAddedEvent: ResponsesFold._part_added,
    events.ResponseContentPartDoneEvent: ResponsesFold._part_done,
    events.ResponseReasoningSummaryPartAddedEvent: ResponsesFold._summary_added,
    events.ResponseReasoningSummaryPartDoneEvent: ResponsesFold._summary_done,
    events.ResponseOutputTextAnnotationAddedEvent: ResponsesFold._annotation,
    events.ResponseCreatedEvent: ResponsesFold._begin,
    events.ResponseInProgressEvent: ResponsesFold._begin,
    events.ResponseQueuedEvent: ResponsesFold._begin,
    events.ResponseCompletedEvent: ResponsesFold._end,
    events.ResponseIncompleteEvent: ResponsesFold._end,
    events.ResponseFailedEvent: ResponsesFold._end,
    events.ResponseErrorEvent: ResponsesFold._failed,
    Opaque: ResponsesFold._unreadable,
    Unreadable: ResponsesFold._unreadable,
}
