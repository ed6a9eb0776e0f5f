"""Anthropic's stream events as neutral ones."""

from __future__ import annotations

from typing import Any

from .. import hub
from ..codec import decode_as
from ..errors import DecodeError
from ..hub_events import MessageEnd, MessageFailed, MessageStart, PartDelta, PartEnd, PartStart, StreamEvent
from ..jsonvalue import Json
from .invalid_json import Held, is_blank
from .response import read_response
from .stream_fold import AnthropicFold
from .wire import Message
from .wire_events import (
    ContentBlockDeltaEvent,
    ContentBlockStartEvent,
    ContentBlockStopEvent,
    InputJsonDelta,
    TextDelta,
    ThinkingDelta,
)


class AnthropicEvents:
    """Follows a stream and tells what happens in it: what the fold takes no notice of is not told."""

    def __init__(self) -> None:
        self.fold = AnthropicFold()
        self._began = False
        self._told = False
        self._parts: set[int] = set()
        """Indices of blocks that are parts and still open."""
        self._inputs: dict[int, Held] = {}

    def push(self, event: Any) -> list[StreamEvent]:
        self.fold.push(event)
        if event.__class__ is ContentBlockDeltaEvent and not self._told:
            return self._delta(event)
        if self._told:
            return []
        if self.fold.failure is not None or self.fold.finished:
            return self._end()
        events = self._begin()
        if event.__class__ is ContentBlockStartEvent:
            events += self._block_start(event.index)
        elif event.__class__ is ContentBlockStopEvent:
            events += self._block_stop(event.index)
        return events

    def grow(self, event: Any) -> tuple[int, str] | None:
        if event.__class__ is not ContentBlockDeltaEvent or self._told or event.index not in self._parts:
            return None
        delta: Any = event.delta
        cls = delta.__class__
        text = delta.text if cls is TextDelta else delta.thinking if cls is ThinkingDelta else ""
        if not text:
            return None
        self.fold.push(event)
        return event.index, text

    def close(self, *, whole: bool = False) -> list[StreamEvent]:
        return []

    def _begin(self) -> list[StreamEvent]:
        if self._began or not self.fold.began:
            return []
        self._began = True
        return [MessageStart(response=_read(self.fold.document() | {"stop_reason": "end_turn"}))]

    def _end(self) -> list[StreamEvent]:
        self._told = True
        if self.fold.failure is not None:
            return [MessageFailed(document=self.fold.failure)]
        stops = [event for index in sorted(self._parts) for event in self._block_stop(index)]
        return [*self._begin(), *stops, MessageEnd(response=_read(self.fold.document()))]

    def _delta(self, event: ContentBlockDeltaEvent) -> list[StreamEvent]:
        delta = event.delta
        cls = delta.__class__
        if cls is TextDelta:
            text = delta.text  # type: ignore[union-attr]
        elif cls is InputJsonDelta:
            if event.index not in self._inputs:
                self._inputs[event.index] = Held()
            text = self._inputs[event.index].take(delta.partial_json)  # type: ignore[union-attr]
        elif cls is ThinkingDelta:
            text = delta.thinking  # type: ignore[union-attr]
        else:
            return []
        return [PartDelta(index=event.index, text=text)] if text and event.index in self._parts else []

    def _block_start(self, index: int) -> list[StreamEvent]:
        block = self.fold.blocks[index]
        if index in self._parts or block.closed:
            return []  # the index was there before: the fold goes on with the block that it has
        self._parts.add(index)
        return [PartStart(index=index, part=part) for part in _parts(block.start)[:1]]

    def _block_stop(self, index: int) -> list[StreamEvent]:
        if index not in self._parts:
            return []
        self._parts.remove(index)
        events: list[StreamEvent] = []
        for part in _parts(self.fold.blocks[index].document(whole=True))[:1]:
            held = self._inputs.pop(index, None)
            text = _said(part, held.rest()) if held is not None else ""
            events += [PartDelta(index=index, text=text)] if text else []
            events.append(PartEnd(index=index, part=part))
        return events


def _said(part: hub.Part, held: str) -> str:
    """Return what is left to say of a call whose input was held back: its text, where it turned out to have the form."""
    if held and isinstance(part, hub.Call) and isinstance(part.arguments.text, str):
        return part.arguments.text
    return "" if is_blank(held) else held


def _read(document: Json) -> hub.Response:
    return read_response(decode_as(Message, document))


def _parts(block: Json) -> tuple[hub.Part, ...]:
    alone = {"type": "message", "role": "assistant", "content": [block], "stop_reason": "end_turn"}
    try:
        return tuple(part for candidate in _read(alone).candidates for part in candidate.turn.parts)
    except DecodeError:
        return ()
