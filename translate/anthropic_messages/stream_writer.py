"""A reply made into Anthropic's events.

The grammar: ``message_start``, then blocks one after another (start, deltas, stop, indices from 0 without a gap), ``message_delta``,
``message_stop``. Blocks do not interleave, so that what belongs to a later one waits until those before it are closed; nothing else waits.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import attrs

from ..jsontext import spell
from ..jsonvalue import Json, JsonObject
from ..sse import frame_around
from ..streams import MARK
from .invalid_json import Held
from .response import ERROR

_TEXTS: Final = {"text": "text", "thinking": "thinking"}
"""Block type -> the key that comes in pieces."""
_CALLS: Final = frozenset({"tool_use", "server_tool_use", "mcp_tool_use"})
_DELTAS: Final = {"text": ("text_delta", "text"), "thinking": ("thinking_delta", "thinking")}
_INPUT_DELTA: Final = ("input_json_delta", "partial_json")
_ENDING: Final = ("stop_reason", "stop_sequence", "stop_details", "container")
_BESIDE: Final = ("context_management", "input_transformations")
"""Keys of a message that come with ``message_delta``, in it or beside it."""


@attrs.define
class _Block:
    """A block that was begun by the source. ``waiting`` is what of its text is not yet written."""

    start: JsonObject
    delta: tuple[str, str]
    began: bool = False
    said: bool = False
    waiting: list[str] = attrs.field(factory=list)
    held: Held | None = None
    """Holds back what of a call's input may have to be said otherwise."""
    frame: tuple[str, str] | None = None
    """What stands before and behind a text in the frame of a delta."""
    ended: bool = False
    final: JsonObject | None = None


class AnthropicWriter:
    """Writes events; blocks are told apart by the caller's numbers."""

    def __init__(self) -> None:
        self._order: deque[_Block] = deque()
        self._blocks: dict[int, _Block] = {}
        self._index = 0

    def start(self, document: JsonObject) -> list[Json]:
        late = {key: None for key in (*_ENDING, *_BESIDE) if key in document}
        return [{"type": "message_start", "message": document | late | {"content": [], "stop_reason": None}}]

    def part_start(self, number: int, piece: JsonObject) -> list[Json]:
        held = Held() if piece.get("type") == "tool_use" else None
        block = _Block(piece, _DELTAS.get(piece.get("type", ""), _INPUT_DELTA), held=held)
        self._blocks[number] = block
        self._order.append(block)
        return self._advance()

    def part_delta(self, number: int, text: str) -> list[Json]:
        block = self._blocks[number]
        if block.held is not None:
            text = block.held.take(text)
            if not text:
                return []
        if block is self._order[0]:
            block.said = True
            return [self._delta(block, text)]
        block.waiting.append(text)
        return []

    def framed_delta(self, number: int, text: str) -> str | None:
        block = self._blocks[number]
        if block is not self._order[0] or (block.held is not None and block.held.nothing_passed):
            return None
        if block.frame is None:
            block.frame = frame_around(self._delta(block, MARK), MARK, named=True)
        block.said = True
        return block.frame[0] + spell(text) + block.frame[1]

    def part_end(self, number: int, piece: JsonObject | None) -> list[Json]:
        block = self._blocks.pop(number)
        block.ended, block.final = True, piece
        return self._advance()

    def end(self, document: JsonObject) -> list[Json]:
        if document.get("type") == ERROR:
            return [document]
        delta = {"stop_reason": document.get("stop_reason"), "stop_sequence": document.get("stop_sequence")}
        delta |= {key: document[key] for key in _ENDING if key in document}
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
            block = self._order[0]
            if not block.began:
                events.append(self._event("content_block_start", content_block=_emptied(block.start)))
                block.began = True
            events += [self._delta(block, text) for text in block.waiting]
            block.said = block.said or bool(block.waiting)
            block.waiting.clear()
            if not block.ended:
                break
            events += self._closing(block)
            self._order.popleft()
            self._index += 1
        return events

    def _closing(self, block: _Block) -> list[Json]:
        events: list[Json] = []
        final = block.final or {}
        text = text_of(final)
        if block.final is None and block.held is not None:
            text = block.held.rest()  # it was broken off: nobody can say more of it
        if text and not block.said:
            events.append(self._delta(block, text))
        events += [
            self._event("content_block_delta", delta={"type": "citations_delta", "citation": citation})
            for citation in final.get("citations") or ()
        ]
        if final.get("type") == "thinking" and final.get("signature") and isinstance(final["signature"], str):
            signature = {"type": "signature_delta", "signature": final["signature"]}
            events.append(self._event("content_block_delta", delta=signature))
        return [*events, self._event("content_block_stop")]

    def _delta(self, block: _Block, text: str) -> JsonObject:
        name, key = block.delta
        return {"type": "content_block_delta", "index": self._index, "delta": {"type": name, key: text}}

    def _event(self, name: str, **said: Json) -> JsonObject:
        return {"type": name, "index": self._index, **said}


def _emptied(block: JsonObject) -> JsonObject:
    """Return a block as it begins: what comes in pieces is empty."""
    kind = block.get("type")
    if kind == "thinking":
        return block | {"thinking": ""} | ({"signature": ""} if isinstance(block.get("signature"), str) else {})
    if kind == "text":
        begun = block | {"text": ""}
        return begun | {"citations": []} if begun.get("citations") else begun
    return block | {"input": {}} if kind in _CALLS else block


def text_of(block: JsonObject) -> str | None:
    """Return what of a block comes in pieces: its words, or the JSON text of a call's input; input without keys has none."""
    kind = block.get("type", "")
    if kind in _CALLS:
        given = block.get("input")
        return given if isinstance(given, str) else spell(given) if given else ""
    text = block.get(_TEXTS.get(kind, ""))
    return text if isinstance(text, str) else None
