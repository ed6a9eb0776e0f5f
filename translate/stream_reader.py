"""Bytes of a provider's stream to its events, sans I/O: `StreamReader`.

Server-sent events for every wire, AWS event-stream frames for Bedrock. Events are the wire's records; what no record fits is `Opaque`,
and data that is not JSON is `Unreadable`, so that one damaged line does not hide the rest of a reply. ``[DONE]`` is `Done`.
"""

from __future__ import annotations

from binascii import a2b_base64
from typing import Any, Final

import attrs

from .codec import Opaque, root_decoder
from .errors import DecodeError, StreamError, UsageError
from .eventstream import Frame, FrameReader
from .jsontext import parse, quick_parser
from .jsonvalue import Json
from .runs import Runs
from .sse import SseDataReader
from .stencils import Stencils
from .wires import Wire, root_of, stream_of, wire_of


@attrs.frozen
class Done:
    """``data: [DONE]``: the terminator of OpenAI's Chat Completions streams."""


@attrs.frozen
class Unreadable:
    """An event whose data is not JSON, or JSON that is no event."""

    data: str = attrs.field(repr=lambda data: f"<{len(data)} characters>")


@attrs.frozen
class FrameException:
    """An exception frame of an AWS event stream: its type (``throttlingException``) and its JSON payload."""

    exception_type: str
    document: Json


DONE: Final = Done()
_TERMINATOR: Final = b"[DONE]"
BEDROCK: Final = "bedrock"


class StreamReader:
    """Takes bytes, gives events. ``StreamReader("bedrock")`` reads AWS frames around anthropic's events.

    With ``joined``, events of one feed that say more and more of one text may come as one event that says all of it: for who folds them and
    shows nothing meanwhile.

    Raises `StreamError` where the bytes cannot be such a stream: a wrong checksum, an event longer than the bound. What merely breaks
    off raises nothing: the piece of an event at the end is `Unreadable`.
    """

    def __init__(self, wire: str | Wire, *, joined: bool = False) -> None:
        self.wire = wire_of("anthropic" if wire == BEDROCK else wire)
        self._decoder = root_decoder(root_of(self.wire, "event"))
        stream = stream_of(self.wire)
        self._runs = Runs(self._decoder, stream.more_of) if joined and stream.more_of is not None else None
        self._stencils = Stencils(self._decoder) if stream.repeats and self._runs is None else None
        self._frames = FrameReader() if wire == BEDROCK else None
        self._lines = SseDataReader()
        self._closed = False

    def feed(self, data: bytes) -> list[Any]:
        """Take more bytes and return the events that are now complete."""
        if self._closed:
            raise UsageError("the reader is closed: make a new one for another stream")
        if self._frames is not None:
            return self._in_frames(self._frames.feed(data))
        said = self._lines.feed(data)
        if said and said[-1] == _TERMINATOR:
            return [*self._events(said[:-1]), DONE]
        return self._events(said)

    def _events(self, said: list[bytes]) -> list[Any]:
        if self._runs is not None:
            said = self._runs.join(said)
        if self._stencils is None:
            return self._decoder.decode_texts(said, self._event)
        events = self._stencils.read(said)
        rest = [text for text, event in zip(said, events, strict=True) if event is None]
        if not rest:
            return events
        decoded = iter(self._decoder.decode_texts(rest, self._event))
        return [next(decoded) if event is None else event for event in events]

    def close(self) -> list[Any]:
        """Say that no bytes follow; returns a last event whose blank line is missing."""
        self._closed = True
        if self._frames is not None:
            return [Unreadable("")] if self._frames.close() else []
        return [self._event(said) for said in self._lines.close()]

    def _event(self, data: bytes) -> Any:
        try:
            return self._decoder.decode_text(data)
        except DecodeError:
            return self._odd(data)

    def _odd(self, data: bytes) -> Any:
        """Return what data that is no JSON is: the terminator, JSON with damaged characters, or nothing to be read."""
        text = data.decode("utf-8", "replace")
        if text.strip() == _TERMINATOR.decode():
            return DONE
        try:
            return self.decoded(parse(text))
        except DecodeError:
            return Unreadable(text)

    def decoded(self, document: Json) -> Any:
        """Decode one event's document; `Opaque` where no record fits."""
        try:
            return self._decoder.decode(document)
        except DecodeError:
            return Opaque(document)

    def _in_frames(self, frames: list[Frame]) -> list[Any]:
        said: list[Any] = [self._from_frame(frame) for frame in frames]
        texts = [text for text in said if text.__class__ is bytes]
        if len(texts) == len(said):
            return self._events(texts)
        return [self._event(text) if text.__class__ is bytes else text for text in said]

    def _from_frame(self, frame: Frame) -> Any:
        """Return an event's text, or an event where a frame holds none."""
        if frame.headers.get(":message-type") == "event":
            try:
                return a2b_base64(quick_parser()(frame.payload)["bytes"], strict_mode=True)
            except (LookupError, TypeError, ValueError, RecursionError):
                pass  # what is no text of an event is looked at more closely
        return self._odd_frame(frame)

    def _odd_frame(self, frame: Frame) -> Any:
        payload = frame.payload.decode("utf-8", "replace")
        if frame.headers.get(":message-type") in ("exception", "error"):
            name = frame.headers.get(":exception-type") or frame.headers.get(":error-code") or "unknown"
            return FrameException(str(name), _document_of(payload, frame))
        try:
            document = parse(payload)
        except DecodeError:
            return Unreadable(payload)
        if not isinstance(document, dict) or "bytes" not in document:
            return Opaque(document)
        try:
            return a2b_base64(document["bytes"], strict_mode=True)
        except (TypeError, ValueError):
            return Unreadable(payload)


def _document_of(payload: str, frame: Frame) -> Json:
    try:
        return parse(payload) if payload else {"message": str(frame.headers.get(":error-message", ""))}
    except DecodeError:
        return {"message": payload}


__all__ = ["BEDROCK", "DONE", "Done", "FrameException", "StreamError", "StreamReader", "Unreadable"]
