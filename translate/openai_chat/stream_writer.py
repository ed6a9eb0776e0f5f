"""A completion made into chunks: ``delta``s of one choice, a chunk with the reason, one with the usage, ``[DONE]``."""

from __future__ import annotations

from typing import Final

from ..jsonvalue import Json, JsonObject

DONE_MARK: Final = "[DONE]"
_TEXTS: Final = ("content", "refusal", "reasoning_content", "reasoning")
_BESIDE: Final = ("annotations", "audio", "reasoning_details", "function_call")


class ChatWriter:
    """Writes chunks. A piece is a message that holds it alone: a text under one key, or one call."""

    def __init__(self) -> None:
        self._heading: JsonObject = {}
        self._calls: dict[int, int] = {}
        self._keys: dict[int, str] = {}
        self._said: set[int] = set()
        self._beside: set[str] = set()

    def start(self, document: JsonObject) -> list[Json]:
        kept = {key: value for key, value in document.items() if key not in ("choices", "usage")}
        self._heading = kept | {"object": "chat.completion.chunk"}
        message = document["choices"][0]["message"] if document.get("choices") else {}
        empty = {key: None for key in ("content", "refusal") if key in message}
        return [self._chunk({"role": "assistant", **empty})]

    def part_start(self, number: int, piece: JsonObject) -> list[Json]:
        call = _call_in(piece)
        if call is None:
            self._keys[number] = next((key for key in _TEXTS if isinstance(piece.get(key), str)), "content")
            return []
        place = self._calls[number] = len(self._calls)
        form = "custom" if "custom" in call else "function"
        said = "input" if form == "custom" else "arguments"
        return [self._chunk({"tool_calls": [{"index": place, **call, form: call[form] | {said: ""}}]})]

    def part_delta(self, number: int, text: str) -> list[Json]:
        self._said.add(number)
        if number not in self._calls:
            return [self._chunk({self._keys[number]: text})]
        return [self._chunk({"tool_calls": [{"index": self._calls[number], "function": {"arguments": text}}]})]

    def part_end(self, number: int, piece: JsonObject) -> list[Json]:
        events: list[Json] = []
        call = _call_in(piece)
        if number not in self._said:
            if call is not None:
                events += self._whole_call(number, call)
            else:
                events += [self._chunk({key: piece[key]}) for key in _TEXTS if piece.get(key)]
        beside = {key: piece[key] for key in _BESIDE if piece.get(key)}
        self._beside.update(beside)
        return [*events, self._chunk(beside)] if beside else events

    def _whole_call(self, number: int, call: JsonObject) -> list[Json]:
        form, said = ("custom", "input") if "custom" in call else ("function", "arguments")
        text = call[form].get(said)
        return [self._chunk({"tool_calls": [{"index": self._calls[number], form: {said: text}}]})] if text else []

    def end(self, document: JsonObject) -> list[Json]:
        choice = document["choices"][0] if document.get("choices") else {}
        message = choice.get("message") or {}
        told = {"role", "content", "tool_calls", *self._keys.values(), *self._beside}
        rest = {key: value for key, value in message.items() if key not in told}
        if message.get("content") == "" and "content" not in self._keys.values():
            rest["content"] = ""
        if "tool_calls" in message and not message["tool_calls"]:
            rest["tool_calls"] = message["tool_calls"]
        last = self._chunk(rest, finish_reason=choice.get("finish_reason"))
        last["choices"][0].update((key, value) for key, value in choice.items() if key not in ("index", "message"))
        events: list[Json] = [last]
        if document.get("usage") is not None:
            events.append({**self._heading, "choices": [], "usage": document["usage"]})
        return [*events, DONE_MARK]

    def fail(self, document: JsonObject) -> list[Json]:
        return [document]

    def _chunk(self, delta: JsonObject, *, finish_reason: Json = None) -> JsonObject:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return {**self._heading, "choices": [choice]}


def _call_in(piece: JsonObject) -> JsonObject | None:
    calls = piece.get("tool_calls")
    return calls[0] if isinstance(calls, list) and calls else None
