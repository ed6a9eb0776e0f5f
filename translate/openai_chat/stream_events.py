"""Chat Completions chunks as neutral events.

A message has one text, one refusal and any number of calls, and no event says that one of them is complete: a text ends when a call
begins, a call when the reply says why it stopped. Only the first choice is told; a target with one answer takes that one.
"""

from __future__ import annotations

from typing import Any, Final

from .. import hub
from ..codec import decode_as
from ..hub_events import MessageEnd, MessageFailed, MessageStart, PartDelta, PartEnd, PartStart, StreamEvent
from ..jsonvalue import Json, JsonObject
from .response import read_response
from .stream_fold import CallPieces, ChatFold, ChoicePieces
from .wire_reply import Completion

_TEXTS: Final = ("reasoning_content", "reasoning", "content", "refusal")


class ChatEvents:
    """Follows a stream and tells what happens in it."""

    def __init__(self) -> None:
        self.fold = ChatFold()
        self._began = False
        self._told = False
        self._numbers: dict[object, int] = {}
        self._open: dict[object, int] = {}
        self._seen: dict[object, int] = {}
        self._names: dict[int, object] = {}

    def push(self, event: Any) -> list[StreamEvent]:
        self.fold.push(event)
        if self.fold.failure is not None:
            told, self._told = self._told, True
            return [] if told else [MessageFailed(document=self.fold.failure)]
        events: list[StreamEvent] = []
        if not self._began and (self.fold.choices or self.fold.finished):
            self._began = True
            events.append(MessageStart(response=_read(self.fold.document() | {"choices": []})))
        choice = self.fold.choices.get(0)
        if choice is not None:
            events += self._follow(choice)
        return events + self._finish()

    def close(self, *, whole: bool = False) -> list[StreamEvent]:
        return []

    def _finish(self) -> list[StreamEvent]:
        if not self.fold.finished or self._told:
            return []
        self._told = True
        return [MessageEnd(response=_read(self.fold.document()))]

    def _follow(self, choice: ChoicePieces) -> list[StreamEvent]:
        """Tell what came since the last chunk: pieces are lists that only grow."""
        events: list[StreamEvent] = []
        for key in _TEXTS:
            pieces = choice.texts.get(key)
            if pieces is not None and len(pieces) > self._seen.get(key, 0):
                events += self._grown(key, pieces, choice)
        for call in choice.calls:
            if id(call) not in self._numbers:
                events += self._end_texts(choice)
                events.append(self._begin(id(call), _part_of_call(call, began=True)))
            events += self._deltas(id(call), call.arguments)
        if choice.finish_reason is not None:
            events += self._end_all(choice)
        return events

    def _grown(self, key: str, pieces: list[str], choice: ChoicePieces) -> list[StreamEvent]:
        events: list[StreamEvent] = []
        if key not in self._numbers:
            if not "".join(pieces):
                return []
            if key in ("content", "refusal"):
                events += [end for name in _TEXTS[:2] for end in self._end_text(name, choice)]
            events += [self._begin(key, part) for part in _parts({key: "".join(pieces)})[:1]]
        return events + (self._deltas(key, pieces) if key in self._numbers else [])

    def _begin(self, name: object, part: hub.Part) -> PartStart:
        number = self._numbers[name] = self._open[name] = len(self._numbers)
        return PartStart(index=number, part=part)

    def _deltas(self, name: object, pieces: list[str]) -> list[StreamEvent]:
        new = pieces[self._seen.get(name, 0) :]
        self._seen[name] = len(pieces)
        return [PartDelta(index=self._numbers[name], text=text) for text in new if text]

    def _end_text(self, key: str, choice: ChoicePieces) -> list[StreamEvent]:
        if key not in self._open:
            return []
        number = self._open.pop(key)
        said: JsonObject = {key: "".join(choice.texts[key])}
        said |= choice.beside() if key == "content" else {}
        return [PartEnd(index=number, part=part) for part in _parts(said)[:1]]

    def _end_texts(self, choice: ChoicePieces) -> list[StreamEvent]:
        return [event for key in _TEXTS for event in self._end_text(key, choice)]

    def _end_all(self, choice: ChoicePieces) -> list[StreamEvent]:
        events = self._end_texts(choice)
        for call in choice.calls:
            if id(call) in self._open:
                number = self._open.pop(id(call))
                events.append(PartEnd(index=number, part=_part_of_call(call, began=False)))
        return events


def _read(document: Json) -> hub.Response:
    return read_response(decode_as(Completion, document))


def _parts(message: JsonObject) -> tuple[hub.Part, ...]:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": "stop"}
    return tuple(part for candidate in _read({"choices": [choice]}).candidates for part in candidate.turn.parts)


def _part_of_call(call: CallPieces, *, began: bool) -> hub.Part:
    document = call.document()
    form = "custom" if "custom" in document else "function"
    if began:
        document |= {form: document[form] | {"input" if form == "custom" else "arguments": ""}}
    parts = _parts({"tool_calls": [document]})
    return next((part for part in parts if isinstance(part, hub.Call)), parts[-1])
