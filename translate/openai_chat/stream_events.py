"""Chat Completions chunks as neutral events.

A message has one text, one refusal and any number of calls, and no event says that one of them is complete: thinking ends when words
begin, a text when a call begins, a call when the reply says why it stopped. A text that goes on behind a call is told as another part.
Only the first choice is told; a target with one answer takes that one.
"""

from __future__ import annotations

from typing import Any, Final

from .. import hub
from ..codec import Opaque, decode_as
from ..errors import DecodeError
from ..hub_events import MessageEnd, MessageFailed, MessageStart, PartDelta, PartEnd, PartStart, StreamEvent
from ..jsonvalue import Json, JsonObject
from .response import read_response
from .stream_content import ContentEvents, Followed
from .stream_fold import CallPieces, ChatFold, ChoicePieces, delta_alone, more_arguments
from .stream_join import ContentParts, Details
from .stream_thoughts import DetailEvents, Repeated, told_whole
from .wire_reply import Completion, CompletionChunk, Delta

_THINKING: Final = ("reasoning_content", "reasoning")
_WORDS: Final = ("content", "refusal")
_DETAILS: Final = "reasoning_details"
"""What stands beside the thinking and belongs to it: whose it is, and its signature. Some vendors say the thinking there alone."""


class ChatEvents:
    """Follows a stream and tells what happens in it."""

    def __init__(self) -> None:
        self.fold = ChatFold()
        self._began = False
        self._told = False
        self._count = 0
        self._content = ContentEvents(self._new_number, _parts)
        self._details = DetailEvents(self._new_number, _thoughts)
        self._repeated = Repeated(_thoughts)
        self._plain = False
        """Whether thinking is told as a plain key says it."""
        self._compared = False
        """Whether a plain key was looked at that may say the thinking of the details."""
        self._texts: dict[str, Followed] = {}
        self._ended: dict[str, int] = {}
        """Key of a text whose part ended -> how many of its pieces that part had."""
        self._calls: dict[CallPieces, Followed] = {}
        self._calls_ended = False

    def push(self, event: Any) -> list[StreamEvent]:
        grown = self.grow(event)
        if grown is not None:
            return [PartDelta(index=grown[0], text=grown[1])]
        self.fold.push(event)
        if self._told:
            return []
        if self.fold.failure is not None or (event.__class__ is not CompletionChunk and self.fold.finished):
            return self._end()
        choice = self.fold.first
        if choice is None:
            return []
        events = [] if self._began else self._begin()
        self._follow(choice, events)
        return events

    def grow(self, event: Any) -> tuple[int, str] | None:
        delta = delta_alone(event)
        if delta is None or self._told or self.fold.done:
            return None
        text, followed = delta.content, self._texts.get("content")
        if text.__class__ is not str:
            text, followed = self._more_of_a_call(delta)
        if not text or followed is None:
            return None
        self.fold.push(event)
        followed.told += 1
        return followed.number, text

    def _more_of_a_call(self, delta: Delta) -> tuple[str | None, Followed | None]:
        pieces, choice = delta.tool_calls, self.fold.first
        if choice is None or not isinstance(pieces, tuple) or len(pieces) != 1 or isinstance(pieces[0], Opaque):
            return None, None
        call = choice.call_at(pieces[0].index)
        return (None, None) if call is None else (more_arguments(pieces[0]), self._calls.get(call))

    def close(self, *, whole: bool = False) -> list[StreamEvent]:
        if whole and not self._told:
            self.fold.end_of_list()
            return self._end() if self.fold.finished else []
        return []

    def _begin(self) -> list[StreamEvent]:
        if self._began:
            return []
        self._began = True
        return [MessageStart(response=_read(self.fold.document() | {"choices": []}))]

    def _end(self) -> list[StreamEvent]:
        self._told = True
        if self.fold.failure is not None:
            return [MessageFailed(document=self.fold.failure)]
        events = self._begin()
        if self.fold.first is not None:
            self._end_all(self.fold.first, events)
        return [*events, MessageEnd(response=_read(self.fold.document()))]

    def _follow(self, choice: ChoicePieces, events: list[StreamEvent]) -> None:
        """Tell what came since the last chunk: pieces are lists that only grow."""
        details = choice.details
        if details is not None:
            self._follow_details(choice, details, events)
        for key, pieces in choice.texts.items():
            if choice.parts is not None and key == "content":
                continue  # it is among the parts
            if self._details.spoke and key in _THINKING:
                continue  # it repeats the details
            followed = self._texts.get(key)
            told = followed.told if followed is not None else self._ended.get(key, 0)
            if len(pieces) > told:
                self._grow(key, pieces, told, choice, events)
        if choice.parts is not None:
            self._follow_parts(choice, choice.parts, events)
        if choice.calls:
            self._follow_calls(choice, events)
        if choice.finish_reason is not None:
            self._end_all(choice, events)

    def _grow(self, key: str, pieces: list[str], told: int, choice: ChoicePieces, events: list[StreamEvent]) -> None:
        followed = self._texts.get(key)
        if followed is None:
            if not any(pieces[told:]):
                return
            if key in _WORDS:
                self._end_texts(_THINKING, choice, events)
            followed = self._texts[key] = Followed(self._new_number(), told)
            events += [PartStart(index=followed.number, part=part) for part in _parts({key: "".join(pieces[told:])})]
        events += [PartDelta(index=followed.number, text=text) for text in pieces[followed.told :] if text]
        followed.told = len(pieces)

    def _follow_details(self, choice: ChoicePieces, details: Details, events: list[StreamEvent]) -> None:
        if not (self._plain or self._details.spoke):
            self._plain = any(any(choice.texts.get(key, ())) for key in _THINKING)
            events += self._details.give_way(details, self._repeated) if self._plain else []
        if not self._plain:
            events += self._details.follow(details)
            return
        place = self._repeated.cut(details)
        if place is not None:
            self._end_thinking(choice, events, place)

    def _new_number(self) -> int:
        self._count += 1
        return self._count - 1

    def _follow_parts(self, choice: ChoicePieces, parts: ContentParts, events: list[StreamEvent]) -> None:
        text = self._texts.pop("content", None)
        if text is not None:
            self._content.go_on(text)
        told = self._content.follow(parts)
        if told:
            self._end_texts(_THINKING, choice, events)
        events += told

    def _follow_calls(self, choice: ChoicePieces, events: list[StreamEvent]) -> None:
        for call in choice.calls:
            followed = self._calls.get(call)
            if followed is None:
                self._end_texts((*_THINKING, *_WORDS), choice, events)
                followed = self._calls[call] = Followed(self._new_number(), 0)
                events.append(PartStart(index=followed.number, part=_part_of_call(call, None)))
            if len(call.arguments) > followed.told:
                events += [
                    PartDelta(index=followed.number, text=text) for text in call.arguments[followed.told :] if text
                ]
                followed.told = len(call.arguments)

    def _end_texts(self, keys: tuple[str, ...], choice: ChoicePieces, events: list[StreamEvent]) -> None:
        if choice.parts is not None and "content" in keys:
            events += self._content.end(choice.parts)
        if _THINKING[0] in keys:
            self._end_thinking(choice, events)
        for key in keys:
            followed = None if key in _THINKING else self._texts.pop(key, None)
            if followed is None:
                continue
            said: JsonObject = {key: self._said(key, followed, choice)}
            if key == "content":
                said |= {name: value for name, value in choice.beside().items() if name != _DETAILS}
            events += [PartEnd(index=followed.number, part=part) for part in _parts(said)[:1]]

    def _end_thinking(self, choice: ChoicePieces, events: list[StreamEvent], place: int | None = None) -> None:
        """End the thinking that is open, as the details before a place have it."""
        details = choice.details
        if details is not None and not self._plain:
            events += self._details.end(details)
            events += self._beside_details(choice, details)
        for key in _THINKING:
            followed = self._texts.pop(key, None)
            if followed is None:
                continue
            text = self._said(key, followed, choice)
            sealed = () if details is None else self._repeated.thought(text, details, place)
            events += [PartEnd(index=followed.number, part=part) for part in (sealed or _parts({key: text}))[:1]]
            events += told_whole(sealed[1:], self._new_number)

    def _beside_details(self, choice: ChoicePieces, details: Details) -> list[StreamEvent]:
        """Tell what a plain key says that is none of the details' words, once thinking has ended for the first time."""
        plain: JsonObject = {key: "".join(choice.texts[key]) for key in _THINKING if key in choice.texts}
        if self._compared or not any(plain.values()):
            return []
        self._compared = True
        all_details: list[Json] = [details.detail(place) for place in range(len(details))]
        return told_whole(_parts({_DETAILS: all_details, **plain})[len(details) :], self._new_number)

    def _said(self, key: str, followed: Followed, choice: ChoicePieces) -> str:
        """Return the words of a text that ends, and remember how many pieces it had."""
        self._ended[key] = followed.told
        return "".join(choice.texts[key][followed.began : followed.told])

    def _end_all(self, choice: ChoicePieces, events: list[StreamEvent]) -> None:
        self._end_texts((*_THINKING, *_WORDS), choice, events)
        if self._calls_ended:
            return
        self._calls_ended = True
        for call, followed in self._calls.items():
            whole = call.kind == "custom" and call is not choice.calls[-1]  # free text that something stands behind
            events.append(
                PartEnd(
                    index=followed.number, part=_part_of_call(call, "stop" if whole else choice.finish_reason or "stop")
                )
            )


def _read(document: Json) -> hub.Response:
    return read_response(decode_as(Completion, document))


def _parts(message: JsonObject, finish_reason: str = "stop") -> tuple[hub.Part, ...]:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish_reason}
    try:
        return tuple(part for candidate in _read({"choices": [choice]}).candidates for part in candidate.turn.parts)
    except DecodeError:
        return ()


def _thoughts(details: list[Json]) -> tuple[hub.Part, ...]:
    return _parts({_DETAILS: details})


def _part_of_call(call: CallPieces, finish_reason: str | None) -> hub.Part:
    """Return a call as it begins, or, with the reason why the reply stopped, as it ended."""
    document = call.document()
    form = "custom" if "custom" in document else "function"
    if finish_reason is None:
        document |= {form: document[form] | {"input" if form == "custom" else "arguments": ""}}
    parts = _parts({"tool_calls": [document]}, finish_reason or "stop")
    return next((part for part in parts if isinstance(part, hub.Call)), parts[-1])
