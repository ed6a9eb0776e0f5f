"""Anthropic's stream events as neutral ones."""

from __future__ import annotations

from typing import Any

from .. import hub
from ..codec import decode_as
from ..hub_events import MessageEnd, MessageFailed, MessageStart, PartDelta, PartEnd, PartStart, StreamEvent
from ..jsonvalue import Json, JsonObject
from .response import read_response
from .stream_fold import AnthropicFold, Block
from .wire import Message
from .wire_events import (
    ContentBlockDeltaEvent,
    ContentBlockStartEvent,
    ContentBlockStopEvent,
    InputJsonDelta,
    MessageStartEvent,
    MessageStopEvent,
    TextDelta,
    ThinkingDelta,
)


class AnthropicEvents:
    """Follows a stream and tells what happens in it."""

    def __init__(self) -> None:
        self.fold = AnthropicFold()
        self._failed = False

    def push(self, event: Any) -> list[StreamEvent]:
        self.fold.push(event)
        if self.fold.failure is not None:
            told, self._failed = self._failed, True
            return [] if told else [MessageFailed(document=self.fold.failure)]
        match event:
            case ContentBlockDeltaEvent():
                return self._delta(event)
            case ContentBlockStartEvent():
                block = self.fold.blocks[event.index]
                return [PartStart(index=event.index, part=part) for part in _parts(block.start)[:1]]
            case ContentBlockStopEvent() if event.index in self.fold.blocks:
                return [PartEnd(index=event.index, part=part) for part in _parts(self._closing(event.index))[:1]]
            case MessageStartEvent():
                return [MessageStart(response=_read(self.fold.document() | {"stop_reason": "end_turn"}))]
            case MessageStopEvent() if self.fold.finished:
                return [MessageEnd(response=_read(self.fold.document()))]
            case _:
                return []

    def close(self) -> list[StreamEvent]:
        return []

    def _delta(self, event: ContentBlockDeltaEvent) -> list[StreamEvent]:
        match event.delta:
            case TextDelta(text=text) | ThinkingDelta(thinking=text) | InputJsonDelta(partial_json=text):
                return [PartDelta(index=event.index, text=text)] if text else []
            case _:
                return []

    def _closing(self, index: int) -> JsonObject:
        block: Block = self.fold.blocks[index]
        return block.document()


def _read(document: Json) -> hub.Response:
    return read_response(decode_as(Message, document))


def _parts(block: JsonObject) -> tuple[hub.Part, ...]:
    alone = {"type": "message", "role": "assistant", "content": [block], "stop_reason": "end_turn"}
    return tuple(part for candidate in _read(alone).candidates for part in candidate.turn.parts)
