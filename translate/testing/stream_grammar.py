"""The grammars of the wires' streams, from the providers' documentation (read 2026-11-22), over plain JSON: what is wrong with a stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ..jsonvalue import Json

_DELTA_OF: Final = {
    "text": {"text_delta", "citations_delta"},
    "thinking": {"thinking_delta", "signature_delta"},
    "tool_use": {"input_json_delta"},
    "server_tool_use": {"input_json_delta"},
    "mcp_tool_use": {"input_json_delta"},
}


def anthropic_faults(events: Sequence[Json]) -> list[str]:
    """Say where a stream of the Messages API leaves its grammar: start, blocks one after another, message_delta, message_stop."""
    faults: list[str] = []
    types = [event["type"] for event in events]
    if types[:1] != ["message_start"] or types.count("message_start") != 1:
        faults.append("does not begin with one message_start")
    if types[-2:] != ["message_delta", "message_stop"] or types.count("message_stop") != 1:
        faults.append("does not end with message_delta and one message_stop")
    if events and not isinstance(events[0].get("message", {}).get("usage"), dict):
        faults.append("message_start without usage")
    blocks = _Blocks()
    for event in events[1:-2]:
        blocks.take(event)
    if blocks.open is not None:
        faults.append("a block is open at the end")
    return faults + blocks.faults


class _Blocks:
    """Follows the blocks of a message: numbered from 0 without a gap, one at a time."""

    def __init__(self) -> None:
        self.open: tuple[int, str] | None = None
        self.faults: list[str] = []
        self._following = 0

    def take(self, event: Json) -> None:
        match event["type"]:
            case "content_block_start":
                if self.open is not None or event["index"] != self._following:
                    self.faults.append(f"block {event['index']} begins where {self._following} is due")
                self.open, self._following = (event["index"], event["content_block"]["type"]), self._following + 1
            case "content_block_delta" | "content_block_stop" if self.open is None or event["index"] != self.open[0]:
                self.faults.append(f"{event['type']} of block {event['index']}, which is not open")
            case "content_block_delta":
                if self.open is not None and event["delta"]["type"] not in _DELTA_OF.get(self.open[1], set()):
                    self.faults.append(f"a {event['delta']['type']} in a {self.open[1]}")
            case "content_block_stop":
                self.open = None
            case other:
                self.faults.append(f"{other} among the blocks")


def chat_faults(events: Sequence[Json]) -> list[str]:
    """Say where a stream of Chat Completions leaves its grammar: chunks, one finish reason, then usage, ``[DONE]``."""
    faults: list[str] = []
    if events[-1:] != ["[DONE]"] or list(events).count("[DONE]") != 1:
        faults.append("does not end with one [DONE]")
    chunks = [event for event in events if event != "[DONE]"]
    if any(chunk.get("object") != "chat.completion.chunk" for chunk in chunks):
        faults.append("something is no chunk")
    finished = False
    calls: dict[int, set[int]] = {}
    for chunk in chunks:
        for choice in chunk.get("choices", ()):
            if finished and choice["index"] == 0:
                faults.append("a choice goes on behind its finish reason")
            for call in choice["delta"].get("tool_calls") or ():
                begun = calls.setdefault(choice["index"], set())
                known = call["index"] in begun
                if not known and (call["index"] != len(begun) or "id" not in call):
                    faults.append(f"call {call['index']} begins out of turn or without an id")
                if known and "id" in call:
                    faults.append(f"call {call['index']} has its id twice")
                begun.add(call["index"])
            finished = finished or (choice["index"] == 0 and choice["finish_reason"] is not None)
        if chunk.get("choices") == [] and not finished:
            faults.append("usage before the finish reason")
    if not finished:
        faults.append("no finish reason")
    return faults


_RESPONSES_END: Final = {"response.completed", "response.incomplete", "response.failed"}


def responses_faults(events: Sequence[Json]) -> list[str]:
    """Say where a stream of Responses leaves its grammar: items and parts begun, continued and ended, the whole response last."""
    faults: list[str] = []
    if [event["sequence_number"] for event in events] != list(range(len(events))):
        faults.append("sequence numbers have gaps")
    types = [event["type"] for event in events]
    if types[:1] != ["response.created"] or types.count("response.created") != 1:
        faults.append("does not begin with one response.created")
    if not types or types[-1] not in _RESPONSES_END or sum(name in _RESPONSES_END for name in types) != 1:
        faults.append("does not end with one terminator")
    items = _Items()
    for event in events:
        if "output_index" in event:
            items.take(event["type"], event)
    return faults + items.faults + (["an item is open at the end"] if any(items.open.values()) else [])


class _Items:
    """Follows the items of a response, and the content parts and parts of a summary in them."""

    def __init__(self) -> None:
        self.open: dict[int, bool] = {}
        self.faults: list[str] = []
        self._parts: dict[tuple[int, str, int], bool] = {}

    def take(self, name: str, event: Json) -> None:
        index = event["output_index"]
        if name == "response.output_item.added":
            if index != len(self.open):
                self.faults.append(f"item {index} begins out of turn")
            self.open[index] = True
            return
        if not self.open.get(index):
            self.faults.append(f"{name} of item {index}, which is not open")
        if name == "response.output_item.done":
            self.open[index] = False
            if any(still for (of, _, _), still in self._parts.items() if of == index):
                self.faults.append(f"item {index} ends with a part open")
        for key in ("content_index", "summary_index"):
            if key in event:
                self._take_part(name, (index, key, event[key]))

    def _take_part(self, name: str, place: tuple[int, str, int]) -> None:
        if name.endswith("part.added"):
            self._parts[place] = True
        elif not self._parts.get(place):
            self.faults.append(f"{name} of part {place}, which is not open")
        if name.endswith("part.done"):
            self._parts[place] = False


FAULTS: Final[Mapping[str, Callable[[Sequence[Any]], list[str]]]] = {
    "anthropic": anthropic_faults,
    "openai-chat": chat_faults,
    "openai-responses": responses_faults,
    "uitars": chat_faults,
}
