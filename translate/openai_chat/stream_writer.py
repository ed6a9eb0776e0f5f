"""A completion made into chunks: ``delta``s of a choice, a chunk with the reason, one with the usage, ``[DONE]``.

Texts and calls may interleave; a call's first piece has its id and name, the others are told by their index.
"""

from __future__ import annotations

from typing import Final

from ..jsontext import spell
from ..jsonvalue import Json, JsonObject
from ..sse import frame_around
from ..streams import MARK

DONE_MARK: Final = "[DONE]"
TEXTS: Final = ("reasoning_content", "reasoning", "content", "refusal")
"""Keys of a message that come in pieces."""
BESIDE_CONTENT: Final = ("annotations",)
"""Keys of a message that speak of its content, and come behind it."""
_LATE: Final = ("service_tier", "metadata", "moderation")
"""Keys of a completion that may be known, or known better, when it is over: they are said from the ending on."""
_DETAILS: Final = "reasoning_details"
"""Key of a message's thoughts and their seals: of a message that is known to be said again, they come before its words."""
_NULLED: Final = ("content", "refusal")
"""Keys that a first chunk has as null where the message has them."""


class ChatWriter:
    """Writes chunks. A piece is a message that holds it alone: a text under one key, or one call."""

    def __init__(self) -> None:
        self._heading: JsonObject = {}
        self._calls: dict[int, tuple[int, str, str]] = {}
        """Number of a part -> index of its call, its form, and the key of its text."""
        self._count = 0
        self._keys: dict[int, str] = {}
        self._frames: dict[int, tuple[str, str]] = {}
        """Number of a part -> what stands before and behind a text in the frame of its deltas."""
        self._said: set[int] = set()
        self._told: set[str] = set()
        self._annotated = 0

    def start(self, document: JsonObject) -> list[Json]:
        kept = {key: value for key, value in document.items() if key not in ("choices", "usage", *_LATE)}
        self._heading = kept | {"object": "chat.completion.chunk"}
        message = document["choices"][0].get("message") if document.get("choices") else None
        said = message if isinstance(message, dict) else {}
        begun = [self._chunk({"role": said.get("role", "assistant"), **{key: None for key in _NULLED if key in said}})]
        if said.get(_DETAILS) and isinstance(said[_DETAILS], list):
            self._told.add(_DETAILS)
            begun.append(self._chunk({_DETAILS: said[_DETAILS]}))
        return begun

    def part_start(self, number: int, piece: JsonObject) -> list[Json]:
        call = call_in(piece)
        if call is None:
            key = self._keys[number] = next((key for key in TEXTS if key in piece), "content")
            self._told.add(key)
            return []
        form, key = ("custom", "input") if "custom" in call else ("function", "arguments")
        self._calls[number] = (self._count, form, key)
        self._count += 1
        self._told.add("tool_calls")
        body = call.get(form)
        begun = call | {form: body | {key: ""}} if isinstance(body, dict) and key in body else call
        return [self._call_chunk(number, begun)]

    def part_delta(self, number: int, text: str) -> list[Json]:
        self._said.add(number)
        if number not in self._calls:
            return [self._chunk({self._keys[number]: text})]
        _, form, key = self._calls[number]
        return [self._call_chunk(number, {form: {key: text}})]

    def framed_delta(self, number: int, text: str) -> str | None:
        frame = self._frames.get(number)
        if frame is None:
            frame = self._frames[number] = frame_around(self.part_delta(number, MARK)[0], MARK)
        return frame[0] + spell(text) + frame[1]

    def part_end(self, number: int, piece: JsonObject | None) -> list[Json]:
        if piece is None:
            return []
        call = call_in(piece)
        if call is None:
            return self._text_end(number, piece)
        said = said_in(call)
        if number in self._said or not said:
            return []
        _, form, key = self._calls[number]
        return [self._call_chunk(number, {form: {key: said}})]

    def _text_end(self, number: int, piece: JsonObject) -> list[Json]:
        key = self._keys[number]
        events = [] if number in self._said or not piece.get(key) else [self._chunk({key: piece[key]})]
        annotations = piece.get("annotations")
        if key == "content" and isinstance(annotations, list) and len(annotations) > self._annotated:
            events.append(self._chunk({"annotations": annotations[self._annotated :]}))
            self._annotated = len(annotations)
            self._told.add("annotations")
        return events

    def end(self, document: JsonObject) -> list[Json]:
        choices = document.get("choices") or []
        if not choices and document.get("error") is not None:
            return [document]
        events: list[Json] = []
        self._heading |= {key: document[key] for key in _LATE if key in document}
        for place, choice in enumerate(choices):
            events += self._ending(choice, self._told if place == 0 else set())
        if document.get("usage") is not None:
            events.append({**self._heading, "choices": [], "usage": document["usage"]})
        return [*events, DONE_MARK]

    def _ending(self, choice: JsonObject, told: set[str]) -> list[Json]:
        """Say of a choice what no part said, and why it stopped: of those behind the first everything."""
        message = choice.get("message")
        message = message if isinstance(message, dict) else {}
        rest = {key: value for key, value in message.items() if key not in told}
        if isinstance(rest.get("tool_calls"), list):
            rest["tool_calls"] = [{"index": place, **call} for place, call in enumerate(rest["tool_calls"])]
        last = self._chunk(rest)
        last["choices"][0] |= {key: value for key, value in choice.items() if key != "message"}
        return [last]

    def fail(self, document: JsonObject) -> list[Json]:
        return [document]

    def _call_chunk(self, number: int, call: JsonObject) -> JsonObject:
        return self._chunk({"tool_calls": [{"index": self._calls[number][0], **call}]})

    def _chunk(self, delta: JsonObject) -> JsonObject:
        return {**self._heading, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}


def call_in(piece: JsonObject) -> JsonObject | None:
    """Return the call that a piece is, if it is one."""
    calls = piece.get("tool_calls")
    return calls[0] if isinstance(calls, list) and calls and isinstance(calls[0], dict) else None


def said_in(call: JsonObject) -> Json:
    """Return what a call's arguments or input are: text, or, from some vendors, an object."""
    body = call.get("custom") if "custom" in call else call.get("function")
    return body.get("input" if "custom" in call else "arguments") if isinstance(body, dict) else None
