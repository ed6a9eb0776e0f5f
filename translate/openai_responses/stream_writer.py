"""A response made into events: items and what is listed in them with beginnings, deltas and ends, and the whole response last.

Every event has its ``sequence_number``. Items may be open at the same time; the content parts of a message come one after another, and so
do the parts of a summary.
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
    "summary_text": ("text", "reasoning_summary_text"),
}
_LISTS: Final = {"content": ("content_index", "content_part"), "summary": ("summary_index", "reasoning_summary_part")}
"""A list in an item: how events say the place in it, and the name of events that tell of one of its parts."""


@attrs.define
class _Place:
    """Where a part stands: its item, and the list and the place in it for those that stand in one."""

    output_index: int
    item: JsonObject
    inside: str
    index: int | None
    events: str
    key: str
    said: list[str] = attrs.field(factory=list)
    frame: tuple[str, str] | None = None
    """What stands before and behind a text in the frame of a delta, up to the event's number."""

    @property
    def is_item(self) -> bool:
        return self.index is None

    @property
    def parts(self) -> str:
        """The name of events that tell of a part."""
        return f"response.{_LISTS[self.inside][1]}"

    def is_part_of(self, output_index: int) -> bool:
        return not self.is_item and self.output_index == output_index

    def where(self) -> JsonObject:
        where: JsonObject = {"item_id": self.item.get("id"), "output_index": self.output_index}
        return where if self.index is None else where | {_LISTS[self.inside][0]: self.index}


class ResponsesWriter:
    """Writes events. A piece is an item, or an item, the name of a list in it and a place in that."""

    def __init__(self) -> None:
        self._number = 0
        self._places: dict[int, _Place] = {}
        self._count = 0
        self._listing: tuple[int, JsonObject] | None = None
        """The message or the summary that is open: its index and all of it that is known."""

    def start(self, document: JsonObject) -> list[Json]:
        late = {key: None for key in _LATE if key in document}
        begun = document | late | {"status": "in_progress", "output": []}
        return [self._event("response.created", response=begun), self._event("response.in_progress", response=begun)]

    def part_start(self, number: int, piece: JsonObject) -> list[Json]:
        item, index = piece["item"], piece["index"]
        events: list[Json] = []
        if not index or self._listing is None:
            events += self._close_listing()
            begun = _emptied(item, piece["list"])
            events.append(self._event("response.output_item.added", output_index=self._count, item=begun))
            self._count += 1
        place = self._places[number] = _placed(self._count - 1, piece)
        if index is not None:
            part = item[place.inside][index] | ({place.key: ""} if place.key else {})
            self._listing = (place.output_index, item | {place.inside: [*item[place.inside][:index], part]})
            events.append(self._event(f"{place.parts}.added", **place.where(), part=part))
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
        if place.index is None:
            events = self._text_done(place, item)
            return [*events, self._event("response.output_item.done", output_index=place.output_index, item=item)]
        part = item[place.inside][place.index]
        self._listing = (place.output_index, item)
        return [*self._text_done(place, part), self._event(f"{place.parts}.done", **place.where(), part=part)]

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

    def _close_listing(self) -> list[Json]:
        """End the message or summary that is open: another item begins, or the reply ends. A part of it that nobody ended is broken off."""
        if self._listing is None:
            return []
        events: list[Json] = []
        open_ones = [number for number, place in self._places.items() if place.is_part_of(self._listing[0])]
        for number in open_ones:
            events += self.part_end(number, None)
        index, item = self._listing
        self._listing = None
        return [*events, self._event("response.output_item.done", output_index=index, item=item)]

    def end(self, document: JsonObject) -> list[Json]:
        events = self._close_listing()
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


def listed(item: JsonObject) -> str | None:
    """Name the list of an item that is told part by part: a message's content, and whichever of its two lists reasoning has.

    Reasoning in a form that nobody published is told whole.
    """
    content, summary = item.get("content"), item.get("summary")
    if item.get("type") == "message":
        return "content" if isinstance(content, list) else None
    if item.get("type") == "reasoning" and bool(content) != bool(summary) and _are_parts(content or summary):
        return "content" if content else "summary"
    return None


def _are_parts(parts: Json) -> bool:
    return isinstance(parts, list) and all(
        isinstance(part, dict) and isinstance(part.get("type", ""), str) for part in parts
    )


def _placed(output_index: int, piece: JsonObject) -> _Place:
    item, name, index = piece["item"], piece["list"], piece["index"]
    if index is None:
        key, events = _PIECES.get(item.get("type", ""), ("", ""))
    else:
        key, events = _PARTS.get(item[name][index].get("type", ""), ("", ""))
    return _Place(output_index, item, name or "", index, f"response.{events}", key)


def _logprobs(place: _Place) -> JsonObject:
    return {"logprobs": []} if place.events == "response.output_text" else {}


def _emptied(item: JsonObject, name: str | None) -> JsonObject:
    kind = item.get("type", "")
    if kind in _PIECES:
        return item | {_PIECES[kind][0]: "", "status": "in_progress"}
    if name is None:
        return item
    return item | {name: []} | ({"status": "in_progress"} if kind == "message" else {})


def _broken_off(place: _Place) -> JsonObject:
    """Return the item as far as it was said, for a part that is not going to be whole."""
    text = "".join(place.said)
    if place.index is None:
        return place.item | {place.key: text, "status": "incomplete"} if place.key else place.item
    parts = place.item[place.inside]
    said = parts[place.index] | ({place.key: text} if place.key else {})
    return place.item | {place.inside: [*parts[: place.index], said], "status": "incomplete"}


def text_of(piece: JsonObject) -> str | None:
    """Return what of a piece comes in pieces: a part's words, a call's arguments or input."""
    item, index = piece["item"], piece["index"]
    place = _placed(0, piece)
    text = (item if index is None else item[place.inside][index]).get(place.key) if place.key else None
    return text if isinstance(text, str) else None
