"""A response made into events: items and content parts with their beginnings, deltas and ends, and the whole response last.

Every event has its ``sequence_number``. Items may be open at the same time; a message's content parts come one after another.
"""

from __future__ import annotations

from typing import Final

import attrs

from ..jsontext import spell
from ..jsonvalue import Json, JsonObject
from ..sse import frame_around
from ..streams import MARK

_ENDS: Final = {"completed": "response.completed", "incomplete": "response.incomplete", "failed": "response.failed"}
_PIECES: Final = {
    # item type: (key in pieces, name of its events)
    "function_call": ("arguments", "function_call_arguments"),
    "custom_tool_call": ("input", "custom_tool_call_input"),
}
_PARTS: Final = {
    "output_text": ("text", "output_text"),
    "refusal": ("refusal", "refusal"),
    "reasoning_text": ("text", "reasoning_text"),
}


@attrs.define
class _Place:
    """Where a part stands: its item, and the content part in it for those that are one."""

    output_index: int
    item: JsonObject
    content_index: int | None
    events: str
    key: str
    said: list[str] = attrs.field(factory=list)
    frame: tuple[str, str] | None = None
    """What stands before and behind a text in the frame of a delta, up to the event's number."""

    @property
    def is_item(self) -> bool:
        return self.content_index is None

    def is_part_of(self, output_index: int) -> bool:
        return not self.is_item and self.output_index == output_index

    def where(self) -> JsonObject:
        where: JsonObject = {"item_id": self.item.get("id"), "output_index": self.output_index}
        return where if self.content_index is None else where | {"content_index": self.content_index}


class ResponsesWriter:
    """Writes events. A piece is an item, or an item and the place of a content part in it."""

    def __init__(self) -> None:
        self._number = 0
        self._places: dict[int, _Place] = {}
        self._count = 0
        self._message: tuple[int, JsonObject] | None = None
        """The message that is open: its index and all of it that is known."""

    def start(self, document: JsonObject) -> list[Json]:
        late = {key: None for key in _LATE if key in document}
        begun = document | late | {"status": "in_progress", "output": []}
        return [self._event("response.created", response=begun), self._event("response.in_progress", response=begun)]

    def part_start(self, number: int, piece: JsonObject) -> list[Json]:
        item, index = piece["item"], piece["content_index"]
        events: list[Json] = []
        if not index or self._message is None:
            events += self._close_message()
            events.append(self._event("response.output_item.added", output_index=self._count, item=_emptied(item)))
            self._count += 1
        place = self._places[number] = _placed(self._count - 1, item, index)
        if index is not None:
            self._message = (place.output_index, _up_to(item, index, place.key))
            part = item["content"][index]
            begun = part | ({place.key: ""} if place.key else {})
            events.append(self._event("response.content_part.added", **place.where(), part=begun))
        return events

    def part_delta(self, number: int, text: str) -> list[Json]:
        place = self._places.get(number)
        if place is None:
            return []
        place.said.append(text)
        return [self._event(f"{place.events}.delta", **place.where(), delta=text, **_logprobs(place))]

    def framed_delta(self, number: int, text: str) -> str | None:
        place = self._places.get(number)
        if place is None:
            return None
        if place.frame is None:
            document = self._event(f"{place.events}.delta", **place.where(), delta=MARK, **_logprobs(place))
            del document["sequence_number"]
            head, tail = frame_around(document, MARK, named=True)
            place.frame, self._number = (head, tail.rpartition("}")[0]), self._number - 1
        place.said.append(text)
        self._number += 1
        return f'{place.frame[0]}{spell(text)}{place.frame[1]},"sequence_number":{self._number - 1}}}\n\n'

    def part_end(self, number: int, piece: JsonObject | None) -> list[Json]:
        place = self._places.pop(number, None)
        if place is None:  # it was broken off with its message; the response at the end has all of it
            return []
        item = _broken_off(place) if piece is None else piece["item"]
        if place.content_index is None:
            events = self._text_done(place, item)
            return [*events, self._event("response.output_item.done", output_index=place.output_index, item=item)]
        part = item["content"][place.content_index]
        self._message = (place.output_index, item)
        return [
            *self._text_done(place, part),
            self._event("response.content_part.done", **place.where(), part=part),
        ]

    def _text_done(self, place: _Place, holder: JsonObject) -> list[Json]:
        text = holder.get(place.key)
        if not place.key or not isinstance(text, str):
            return []
        where = place.where()
        events: list[Json] = []
        if text and not place.said:
            events.append(self._event(f"{place.events}.delta", **where, delta=text, **_logprobs(place)))
        named = {"name": holder["name"]} if place.key == "arguments" and "name" in holder else {}
        return [*events, self._event(f"{place.events}.done", **where, **{place.key: text}, **named, **_logprobs(place))]

    def _close_message(self) -> list[Json]:
        """End the message that is open: another item begins, or the reply ends. A part of it that nobody ended is broken off."""
        if self._message is None:
            return []
        events: list[Json] = []
        open_ones = [number for number, place in self._places.items() if place.is_part_of(self._message[0])]
        for number in open_ones:
            events += self.part_end(number, None)
        index, item = self._message
        self._message = None
        return [*events, self._event("response.output_item.done", output_index=index, item=item)]

    def end(self, document: JsonObject) -> list[Json]:
        events = self._close_message()
        name = _ENDS.get(document.get("status", "completed"), "response.incomplete")
        return [*events, self._event(name, response=document)]

    def fail(self, document: JsonObject) -> list[Json]:
        return [document | {"sequence_number": self._number}]

    def _event(self, name: str, /, **said: Json) -> JsonObject:
        event = {"type": name, **said, "sequence_number": self._number}
        self._number += 1
        return event


_LATE: Final = ("usage", "error", "incomplete_details", "completed_at")
"""Keys of a reply that are null until its end."""


def _placed(output_index: int, item: JsonObject, content_index: int | None) -> _Place:
    if content_index is None:
        key, name = _PIECES.get(item.get("type", ""), ("", ""))
    else:
        key, name = _PARTS.get(item["content"][content_index].get("type", ""), ("", ""))
    return _Place(output_index, item, content_index, f"response.{name}", key)


def _logprobs(place: _Place) -> JsonObject:
    return {"logprobs": []} if place.key == "text" and not place.is_item else {}


def _emptied(item: JsonObject) -> JsonObject:
    kind = item.get("type", "")
    if kind == "message":
        return item | {"content": [], "status": "in_progress"}
    if kind in _PIECES:
        return item | {_PIECES[kind][0]: "", "status": "in_progress"}
    return item


def _up_to(item: JsonObject, index: int, key: str) -> JsonObject:
    """Return a message that ends with the content part that begins now, still empty."""
    begun = item["content"][index]
    return item | {"content": [*item["content"][:index], begun | ({key: ""} if key else {})]}


def _broken_off(place: _Place) -> JsonObject:
    """Return the item as far as it was said, for a part that is not going to be whole."""
    text = "".join(place.said)
    if place.content_index is None:
        return place.item | {place.key: text, "status": "incomplete"} if place.key else place.item
    part = place.item["content"][place.content_index]
    said = part | ({place.key: text} if place.key else {})
    return place.item | {"content": [*place.item["content"][: place.content_index], said], "status": "incomplete"}


def text_of(piece: JsonObject) -> str | None:
    """Return what of a piece comes in pieces: a content part's words, a call's arguments or input."""
    item, index = piece["item"], piece["content_index"]
    place = _placed(0, item, index)
    text = (item if index is None else item["content"][index]).get(place.key) if place.key else None
    return text if isinstance(text, str) else None
