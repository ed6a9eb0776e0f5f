"""Anthropic's streams: events folded into a message, and a message made into events.

The rules of the fold are those of the provider's own client (anthropic SDK 2.12.0, ``accumulate_event``, read 2026-11-22): texts, thinking,
citations and partial JSON append; signatures and compactions replace; ``message_delta`` replaces what it says, numbers of its usage
included, and leaves the rest as ``message_start`` had it.

A call whose block never closed, or whose input does not parse in a reply that is not whole, has its raw text as ``input``: a string where
the wire has an object, so that nobody can take it for a call that may run. In a reply that is whole, text that is no object is what the model
said: it stands in the wire's form for that (`invalid_json`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ..codec import encode
from ..errors import DecodeError
from ..jsontext import parse
from ..jsonvalue import Json, JsonObject
from ..stream_reader import FrameException, Unreadable
from ..streams import CallSoFar
from ..unfinished import ended_whole
from .invalid_json import said_input
from .tables import STOP_REASONS
from .wire_events import (
    CitationsDelta,
    CompactionDelta,
    ContentBlockDeltaEvent,
    ContentBlockStartEvent,
    ContentBlockStopEvent,
    ErrorEvent,
    InputJsonDelta,
    MessageDeltaEvent,
    MessageStartEvent,
    MessageStopEvent,
    SignatureDelta,
    TextDelta,
    ThinkingDelta,
)

_CALLS: Final = ("tool_use", "server_tool_use", "mcp_tool_use")


class Block:
    """One content block while it is streamed: how it began, and what came since."""

    __slots__ = ("citations", "closed", "input_text", "replaced", "start", "texts", "thoughts")

    def __init__(self, start: JsonObject) -> None:
        self.start = start
        self.closed = False
        self.texts: list[str] = []
        self.thoughts: list[str] = []
        self.input_text: list[str] = []
        self.citations: list[Json] = []
        self.replaced: JsonObject = {}

    def document(self, *, whole: bool) -> JsonObject:
        """Return the block so far. ``whole`` tells of a reply that ended with everything said that was begun."""
        block = dict(self.start)
        if self.texts:
            block["text"] = _text_of(block, "text") + "".join(self.texts)
        if self.thoughts:
            block["thinking"] = _text_of(block, "thinking") + "".join(self.thoughts)
        if self.citations:
            begun = block.get("citations")
            block["citations"] = [*(begun if isinstance(begun, list) else ()), *self.citations]
        block.update(self.replaced)
        if block.get("type") in _CALLS:
            block["input"] = self.input()
            raw = "".join(self.input_text)
            if raw and whole and self.closed and block["type"] == "tool_use":
                block["input"] = said_input(raw, block["input"])
        return block

    def input(self) -> Json:
        """Return a call's input: an object once the block closed and its text parses, the raw text before and otherwise."""
        raw = "".join(self.input_text)
        if not self.closed:
            return raw
        if not raw:
            return self.start.get("input", {})
        try:
            return parse(raw)
        except DecodeError:
            return raw


def _text_of(block: JsonObject, key: str) -> str:
    text = block.get(key)
    return text if isinstance(text, str) else ""


class AnthropicFold:
    """Folds events into a message document."""

    def __init__(self) -> None:
        self.finished = False
        self.heard = 0
        self.failure: Json = None
        self.exception: FrameException | None = None
        self.blocks: dict[int, Block] = {}
        self._message: JsonObject = {}
        self._damaged = False

    @property
    def began(self) -> bool:
        """Whether anything of the reply came."""
        return bool(self._message or self.blocks)

    def push(self, event: Any) -> None:
        take = _TAKES.get(event.__class__)
        if (
            take is not None and not self.finished
        ):  # some gateways send a second reply behind the first: it is not of this one
            take(self, event)

    def document(self) -> JsonObject:
        message = dict(self._message)
        stop = message.get("stop_reason")
        whole = self.finished and isinstance(stop, str) and ended_whole(STOP_REASONS.get(stop))
        message["content"] = [self.blocks[index].document(whole=whole) for index in sorted(self.blocks)]
        if not self.finished:
            message["stop_reason"] = None
        return message

    def text(self) -> str:
        return "".join(_text_of(b.start, "text") + "".join(b.texts) for b in self.blocks.values())

    def thinking(self) -> str:
        return "".join(_text_of(b.start, "thinking") + "".join(b.thoughts) for b in self.blocks.values())

    def calls(self) -> tuple[CallSoFar, ...]:
        return tuple(
            CallSoFar(
                id=_text_of(block.start, "id"),
                name=_text_of(block.start, "name"),
                arguments="".join(block.input_text),
                complete=block.closed and isinstance(block.input(), dict),
            )
            for _, block in sorted(self.blocks.items())
            if block.start.get("type") == "tool_use"
        )

    def _start(self, event: MessageStartEvent) -> None:
        if not self._message:
            self._message = encode(event.message)

    def _block_start(self, event: ContentBlockStartEvent) -> None:
        if event.index not in self.blocks:
            start = encode(event.content_block)
            block = self.blocks[event.index] = Block(start if isinstance(start, dict) else {"type": start})
            self.heard += block.start.get("type") not in ("text", "thinking")

    def _block_delta(self, event: ContentBlockDeltaEvent) -> None:
        block = self.blocks.get(event.index)
        if block is None or block.closed:
            return
        delta = event.delta
        cls = delta.__class__
        if cls is TextDelta:
            block.texts.append(delta.text)  # type: ignore[union-attr]
            self.heard += delta.text != ""  # type: ignore[union-attr]
        elif cls is InputJsonDelta:
            block.input_text.append(delta.partial_json)  # type: ignore[union-attr]
            self.heard += delta.partial_json != ""  # type: ignore[union-attr]
        elif cls is ThinkingDelta:
            block.thoughts.append(delta.thinking)  # type: ignore[union-attr]
            self.heard += delta.thinking != ""  # type: ignore[union-attr]
        else:
            self._rare_delta(block, delta)

    def _rare_delta(self, block: Block, delta: Any) -> None:
        match delta:
            case SignatureDelta():
                block.replaced["signature"] = delta.signature
            case CitationsDelta():
                block.citations.append(encode(delta.citation))
            case CompactionDelta():
                block.replaced.update((k, v) for k, v in encode(delta).items() if k != "type")
            case _:
                pass  # a delta of a later day: the event kept it, a fold cannot know where it belongs

    def _block_stop(self, event: ContentBlockStopEvent) -> None:
        if event.index in self.blocks:
            self.blocks[event.index].closed = True

    def _delta(self, event: MessageDeltaEvent) -> None:
        document = encode(event)
        message = self._message
        message.update(document.pop("delta") or {})
        usage = document.pop("usage", None)
        message.update((key, value) for key, value in document.items() if key != "type")
        if isinstance(usage, dict):
            known = message.get("usage")
            kept = dict(known) if isinstance(known, dict) else {}
            kept.update((key, value) for key, value in usage.items() if value is not None or key not in kept)
            message["usage"] = kept

    def _stop(self, _: MessageStopEvent) -> None:
        self.finished = self.failure is None and not self._damaged

    def _failed(self, event: ErrorEvent) -> None:
        self.failure = encode(event)

    def _exception(self, event: FrameException) -> None:
        self.exception = event
        self.failure = {
            "type": "error",
            "error": {"type": event.exception_type, "message": _message_in(event.document)},
        }

    def _unreadable(self, _: Unreadable) -> None:
        self._damaged = True


def more_of(event: Any) -> str | None:
    """Return the string of an event that says more of a block's text, thinking or input."""
    delta = event.delta if event.__class__ is ContentBlockDeltaEvent else None
    match delta:
        case TextDelta():
            said: Any = delta.text
        case ThinkingDelta():
            said = delta.thinking
        case InputJsonDelta():
            said = delta.partial_json
        case _:
            return None
    return said if isinstance(said, str) else None


def _message_in(document: Json) -> str:
    message = document.get("message") if isinstance(document, dict) else None
    return message if isinstance(message, str) else ""


_TAKES: Final[dict[type, Callable[[AnthropicFold, Any], None]]] = {
    ContentBlockDeltaEvent: AnthropicFold._block_delta,
    ContentBlockStartEvent: AnthropicFold._block_start,
    ContentBlockStopEvent: AnthropicFold._block_stop,
    MessageStartEvent: AnthropicFold._start,
    MessageDeltaEvent: AnthropicFold._delta,
    MessageStopEvent: AnthropicFold._stop,
    ErrorEvent: AnthropicFold._failed,
    FrameException: AnthropicFold._exception,
    Unreadable: AnthropicFold._unreadable,
}
