"""Responses events as neutral ones.

Texts and refusals are parts of their own, told bit by bit, as are calls' arguments and reasoning in the open. Every other item is told when it
is whole. One that tells what the provider does itself has its place from its beginning: several may run at once, and end in another order.
"""

from __future__ import annotations

from typing import Any, Final

from .. import hub
from ..codec import decode_as
from ..hub_events import MessageEnd, MessageFailed, MessageStart, PartDelta, PartEnd, PartStart, StreamEvent
from ..jsonvalue import Json, JsonObject
from . import wire_events as events
from .response import read_response
from .stream_fold import Item, ResponsesFold
from .wire import Response

_BIT_BY_BIT: Final = ("function_call", "custom_tool_call")
_DELTAS: Final[frozenset[Any]] = frozenset({
    events.ResponseTextDeltaEvent, events.ResponseRefusalDeltaEvent, events.ResponseFunctionCallArgumentsDeltaEvent,
    events.ResponseCustomToolCallInputDeltaEvent,
})  # fmt: skip
_ENDS: Final = (events.ResponseCompletedEvent, events.ResponseIncompleteEvent)


class ResponsesEvents:
    """Follows a stream and tells what happens in it."""

    def __init__(self) -> None:
        self.fold = ResponsesFold()
        self._began = False
        self._told = False
        self._numbers: dict[tuple[int, int | None], int] = {}
        self._count = 0

    def push(self, event: Any) -> list[StreamEvent]:
        grown = self.grow(event)
        if grown is not None:
            return [PartDelta(index=grown[0], text=grown[1])]
        self.fold.push(event)
        if self._told:
            return []
        if self.fold.failure is not None:
            self._told = True
            return [MessageFailed(document=self.fold.failure)]
        match event:
            case events.ResponseCreatedEvent() | events.ResponseInProgressEvent() | events.ResponseQueuedEvent():
                return self._begin()
            case events.ResponseContentPartAddedEvent():
                return self._part_added(event)
            case events.ResponseContentPartDoneEvent():
                return self._part_done(event)
            case events.ResponseOutputItemAddedEvent():
                return self._item_added(event)
            case events.ResponseOutputItemDoneEvent():
                return self._item_done(event)
            case _ if isinstance(event, _ENDS):
                self._told = True
                return [*self._begin(), MessageEnd(response=_read(self.fold.document()))] if self.fold.finished else []
            case _:
                return []

    def grow(self, event: Any) -> tuple[int, str] | None:
        if event.__class__ not in _DELTAS or self._told:
            return None
        number, text = self._numbers.get((event.output_index, getattr(event, "content_index", None))), event.delta
        if number is None or text.__class__ is not str or not text:
            return None
        self.fold.push(event)
        return number, text

    def close(self, *, whole: bool = False) -> list[StreamEvent]:
        return []

    def _begin(self) -> list[StreamEvent]:
        if self._began:
            return []
        self._began = True
        return [MessageStart(response=_read(self.fold.document() | {"output": [], "status": "completed"}))]

    def _start(self, place: tuple[Any, Any], parts: tuple[hub.Part, ...]) -> list[StreamEvent]:
        if not parts or place in self._numbers:
            return []
        self._numbers[place] = self._next()
        return [PartStart(index=self._numbers[place], part=parts[0])]

    def _next(self) -> int:
        self._count += 1
        return self._count - 1

    def _part_added(self, event: events.ResponseContentPartAddedEvent) -> list[StreamEvent]:
        item = self._item(event.output_index)
        if item is None or item.start.get("type") != "message":
            return []
        place = (event.output_index, event.content_index)
        return self._start(place, self._content_parts(item, event.content_index))

    def _part_done(self, event: events.ResponseContentPartDoneEvent) -> list[StreamEvent]:
        number = self._numbers.get((event.output_index, event.content_index))  # type: ignore[arg-type]
        item = self._item(event.output_index)
        if number is None or item is None:
            return []
        return [PartEnd(index=number, part=part) for part in self._content_parts(item, event.content_index)[:1]]

    def _content_parts(self, item: Item, index: Any) -> tuple[hub.Part, ...]:
        if not isinstance(index, int) or index not in item.content:
            return ()
        return _parts(item.start | {"content": [item.content[index].whole()], "status": "completed"})

    def _item_added(self, event: events.ResponseOutputItemAddedEvent) -> list[StreamEvent]:
        item = self._item(event.output_index)
        if item is None:
            return []
        parts = _parts(item.start | {"status": "completed"})
        if item.start.get("type") not in _BIT_BY_BIT and not any(isinstance(part, hub.ServerCall) for part in parts):
            return []
        return self._start((event.output_index, None), parts)

    def _item_done(self, event: events.ResponseOutputItemDoneEvent) -> list[StreamEvent]:
        item = self._item(event.output_index)
        index = event.output_index
        if item is None or any(place[0] == index and place[1] is not None for place in self._numbers):
            return []
        parts = self._parts_of(item)
        number = self._numbers.get((index, None))  # type: ignore[arg-type]
        if number is not None:
            return [PartEnd(index=number, part=part) for part in parts[:1]]
        told: list[StreamEvent] = []
        for part in parts:
            number = self._next()
            told += [PartStart(index=number, part=part), PartEnd(index=number, part=part)]
        return told

    def _parts_of(self, item: Item) -> tuple[hub.Part, ...]:
        """Read an item that is done; a result beside its call, which says what kind of result it is."""
        document = item.document()
        if not str(document.get("type")).endswith("_output"):
            return _parts(document)
        asked = [
            other.document()
            for _, other in sorted(self.fold.items.items())
            if other is not item and other.start.get("call_id") == document.get("call_id")
        ]
        return _parts(*asked, document)[len(_parts(*asked)) :]

    def _item(self, index: Any) -> Item | None:
        return self.fold.items.get(index) if isinstance(index, int) else None


def _read(document: Json) -> hub.Response:
    return read_response(decode_as(Response, document))


def _parts(*items: JsonObject) -> tuple[hub.Part, ...]:
    reply = {"object": "response", "status": "completed", "output": list(items)}
    return tuple(part for candidate in _read(reply).candidates for part in candidate.turn.parts)
