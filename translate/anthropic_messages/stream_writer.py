"""A reply made into Anthropic's events.

The grammar: ``message_start``, then blocks one after another (start, deltas, stop, indices from 0 without a gap), ``message_delta``,
``message_stop``. Blocks do not interleave, so that what belongs to a later one waits until those before it are closed; nothing else waits.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import attrs

from ..jsonvalue import Json, JsonObject

_STREAMED: Final = {"text": "text", "thinking": "thinking"}
"""Block type -> the key that comes in pieces."""
_CALLS: Final = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})
_DELTAS: Final = {
    "text": ("text_delta", "text"),
    "thinking": ("thinking_delta", "thinking"),
}


@attrs.define
class _Open:
    """A block that was begun by the source. ``said`` is what of its text is written, ``waiting`` what is not yet."""

    start: JsonObject
    began: bool = False
    said: bool = False
    waiting: list[str] = attrs.field(factory=list)
    final: JsonObject | None = None


class AnthropicWriter:
    """Writes events; blocks are told apart by the caller's numbers."""

    def __init__(self) -> None:
        self._order: deque[int] = deque()
        self._blocks: dict[int, _Open] = {}
        self._index = 0

    def start(self, document: JsonObject) -> list[Json]:
        message = document | {"content": [], "stop_reason": None, "stop_sequence": None}
        return [{"type": "message_start", "message": message}]

    def part_start(self, number: int, piece: JsonObject) -> list[Json]:
        self._order.append(number)
        self._blocks[number] = _Open(piece)
        return self._advance()

    def part_delta(self, number: int, text: str) -> list[Json]:
        self._blocks[number].waiting.append(text)
        return self._advance()

    def part_end(self, number: int, piece: JsonObject) -> list[Json]:
        self._blocks[number].final = piece
        return self._advance()

    def end(self, document: JsonObject) -> list[Json]:
        delta = {key: document[key] for key in _ENDING if document.get(key) is not None}
        delta = {"stop_reason": document.get("stop_reason"), "stop_sequence": document.get("stop_sequence")} | delta
        event: JsonObject = {"type": "message_delta", "delta": delta}
        if isinstance(document.get("usage"), dict):
            event["usage"] = document["usage"]
        event.update((key, document[key]) for key in _BESIDE if key in document)
        return [event, {"type": "message_stop"}]

    def fail(self, document: JsonObject) -> list[Json]:
        return [document]

    def _advance(self) -> list[Json]:
        """Write what may be written now: of the block in front everything, of the next ones nothing before it is closed."""
        events: list[Json] = []
        while self._order:
            block = self._blocks[self._order[0]]
            if not block.began:
                events.append(self._event("content_block_start", content_block=_emptied(block.start)))
                block.began = True
            for text in block.waiting:
                events.append(self._delta(block.start, text))
                block.said = True
            block.waiting.clear()
            if block.final is None:
                break
            events += self._closing(block, block.final)
            self._order.popleft()
            self._index += 1
        return events

    def _closing(self, block: _Open, final: JsonObject) -> list[Json]:
        events: list[Json] = []
        if not block.said:
            whole = _text_of(final)
            events += [self._delta(final, whole)] if whole else []
        for citation in final.get("citations") or ():
            events.append(self._event("content_block_delta", delta={"type": "citations_delta", "citation": citation}))
        if isinstance(final.get("signature"), str) and final.get("type") == "thinking":
            signature = {"type": "signature_delta", "signature": final["signature"]}
            events.append(self._event("content_block_delta", delta=signature))
        return [*events, self._event("content_block_stop")]

    def _delta(self, block: JsonObject, text: str) -> JsonObject:
        name, key = _DELTAS.get(block.get("type", ""), ("input_json_delta", "partial_json"))
        return self._event("content_block_delta", delta={"type": name, key: text})

    def _event(self, name: str, **said: Json) -> JsonObject:
        return {"type": name, "index": self._index, **said}


_ENDING: Final = ("stop_reason", "stop_sequence", "stop_details", "container")
_BESIDE: Final = ("context_management", "input_transformations")


def _emptied(block: JsonObject) -> JsonObject:
    """Return a block as it begins: what comes in pieces is empty."""
    kind = block.get("type")
    if kind == "thinking":
        return block | {"thinking": "", "signature": ""}
    if kind == "text":
        begun = block | {"text": ""}
        return begun | {"citations": []} if begun.get("citations") else begun
    return block | {"input": {}} if kind in _CALLS else block


def _text_of(block: JsonObject) -> str:
    from ..jsontext import spell

    kind = block.get("type", "")
    if kind in _CALLS:
        given = block.get("input")
        return given if isinstance(given, str) else spell(given) if given else ""
    text = block.get(_STREAMED.get(kind, ""), "")
    return text if isinstance(text, str) else ""
