"""A response made into events: items and content parts with their beginnings, deltas and ends, and the whole response last.

Every event has its ``sequence_number``. Items may be open at the same time; a message's content parts come one after another.
"""

from __future__ import annotations

from typing import Final

import attrs

from ..jsonvalue import Json, JsonObject

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
    item_id: Json
    content_index: int | None
    events: str
    key: str
    said: bool = False


class ResponsesWriter:
    """Writes events. A piece is ``(item, content index or None)``, see `Piece`."""

    def __init__(self) -> None:
        self._number = 0
        self._places: dict[int, _Place] = {}
        self._items: list[Json] = []
        self._open: dict[int, JsonObject] = {}
        self._skeleton: JsonObject = {}

    def start(self, document: JsonObject) -> list[Json]:
        self._skeleton = document | {"status": "in_progress", "output": [], "usage": None}
        return [
            self._event("response.created", response=self._skeleton),
            self._event("response.in_progress", response=self._skeleton),
        ]

    def part_start(self, number: int, piece: JsonObject) -> list[Json]:
        item, content_index = piece["item"], piece["content_index"]
        events: list[Json] = []
        if not content_index:
            events += self._close_message()
            self._items.append(None)
            events.append(self._event("response.output_item.added", output_index=self._at, item=_emptied(item)))
        place = self._place(item, content_index)
        self._places[number] = place
        if content_index is not None:
            self._open[self._at] = item
            part = item["content"][content_index]
            events.append(self._part_event("response.content_part.added", place, part | {place.key: ""}))
        return events

    @property
    def _at(self) -> int:
        return len(self._items) - 1

    def _place(self, item: JsonObject, content_index: int | None) -> _Place:
        if content_index is None:
            key, name = _PIECES.get(item.get("type", ""), ("", ""))
        else:
            key, name = _PARTS.get(item["content"][content_index].get("type", ""), ("", ""))
        return _Place(self._at, item.get("id"), content_index, f"response.{name}", key)

    def part_delta(self, number: int, text: str) -> list[Json]:
        place = self._places[number]
        place.said = True
        return [self._event(f"{place.events}.delta", **self._where(place), delta=text, **_logprobs(place))]

    def part_end(self, number: int, piece: JsonObject) -> list[Json]:
        item, place = piece["item"], self._places[number]
        if place.content_index is None:
            return [*self._pieces_done(place, item), *self._item_done(place.output_index, item)]
        part = item["content"][place.content_index]
        self._open[place.output_index] = item
        return [*self._pieces_done(place, part), self._part_event("response.content_part.done", place, part)]

    def _pieces_done(self, place: _Place, holder: JsonObject) -> list[Json]:
        text = holder.get(place.key)
        if not place.key or not isinstance(text, str):
            return []
        where = self._where(place)
        events: list[Json] = []
        if text and not place.said:
            events.append(self._event(f"{place.events}.delta", **where, delta=text, **_logprobs(place)))
        named = {"name": holder["name"]} if place.key == "arguments" and "name" in holder else {}
        return [*events, self._event(f"{place.events}.done", **where, **{place.key: text}, **named, **_logprobs(place))]

    def _close_message(self) -> list[Json]:
        """End the message that is open: another item begins, or the reply ends."""
        events = [event for index, item in self._open.items() for event in self._item_done(index, item)]
        self._open.clear()
        return events

    def _item_done(self, index: int, item: JsonObject) -> list[Json]:
        self._items[index] = item
        return [self._event("response.output_item.done", output_index=index, item=item)]

    def end(self, document: JsonObject) -> list[Json]:
        events = self._close_message()
        name = _ENDS.get(document.get("status", ""), "response.completed")
        return [*events, self._event(name, response=document)]

    def fail(self, document: JsonObject) -> list[Json]:
        return [document | {"sequence_number": self._number}]

    def _where(self, place: _Place) -> JsonObject:
        where: JsonObject = {"item_id": place.item_id, "output_index": place.output_index}
        return where if place.content_index is None else where | {"content_index": place.content_index}

    def _part_event(self, name: str, place: _Place, part: JsonObject) -> JsonObject:
        return self._event(name, **self._where(place), part=part)

    def _event(self, name: str, **said: Json) -> JsonObject:
        event = {"type": name, **said, "sequence_number": self._number}
        self._number += 1
        return event


def _logprobs(place: _Place) -> JsonObject:
    return {"logprobs": []} if place.events == "response.output_text" else {}


def _emptied(item: JsonObject) -> JsonObject:
    kind = item.get("type", "")
    if kind == "message":
        return item | {"content": [], "status": "in_progress"}
    if kind in _PIECES:
        return item | {_PIECES[kind][0]: "", "status": "in_progress"}
    return item
