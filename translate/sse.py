"""Bytes to server-sent events, sans I/O: `feed` bytes as they come, get events as they are complete.

After the HTML standard's "event stream interpretation" (read 2026-11-22): lines end in LF, CR or CRLF; a leading BOM is skipped;
``data`` lines of one event are joined with LF; a line that starts with a colon is a comment; one space behind the colon
belongs to the syntax. Only these three bytes end a line: U+2028 and NEL inside a text do not. Bytes are split into lines before they are
decoded, so that a character cut between two reads survives.

Beyond the standard, since servers leave it out: the last event counts without its blank line, when the stream is closed.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Final, Generic, TypeVar

import attrs

from .errors import StreamError
from .jsontext import spell
from .jsonvalue import Json

MOST_BYTES: Final = 64 * 1024 * 1024
"""One line, and the data of one event, may be this long before the reader says that this is no event stream. A screenshot takes some
two million bytes."""

_BOM: Final = b"\xef\xbb\xbf"
E_ = TypeVar("E_")


@attrs.frozen
class ServerSentEvent:
    """One event. ``event`` is ``""`` where the server gave no name; ``data`` is ``None`` where it had no data line."""

    event: str
    data: str | None
    id: str | None = None


class _Reader(Generic[E_]):
    """Takes bytes, gives events. Cost is linear in the bytes, whatever the split."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._pieces: list[bytes] = []
        self._pending = 0
        self._started = False
        self._ends_in_cr = False
        self._data: list[bytes] = []
        self._size = 0
        """Bytes of an event's data that has several lines."""
        self._event = b""
        self._id: bytes | None = None
        self._said_anything = False
        self._damage: StreamError | None = None
        self.comments = 0

    def feed(self, data: bytes) -> list[E_]:
        """Take more bytes and return the events that are now complete.

        Raises `StreamError` where one line or event is longer than the bound; events that were whole before are returned first, and it is
        raised by the next call then.
        """
        self._raise_damage()
        events: list[E_] = []
        try:
            self._read(data, events)
        except StreamError as damage:
            self._damage = damage
            if not events:
                raise
        return events

    def _read(self, data: bytes, events: list[E_]) -> None:
        if self._ends_in_cr and data:
            self._ends_in_cr = False
            if data[:1] == b"\n":
                data = data[1:]
        if b"\r" in data:
            self._ends_in_cr = data.endswith(b"\r")
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = data.split(b"\n")
        rest = lines.pop()
        if lines:
            if self._pieces:
                self._hold(lines[0])
                lines[0] = self._held()
            fitting = lines if len(data) <= self._most else list(takewhile(lambda line: len(line) <= self._most, lines))
            self._take(fitting, events)
            if len(fitting) < len(lines):
                raise StreamError(f"a line of an event stream is longer than {self._most} bytes")
        if rest:
            self._hold(rest)

    def close(self) -> list[E_]:
        """Say that no bytes follow; returns the last event where its blank line is missing. Raises what `feed` had to put off."""
        self._raise_damage()
        events: list[E_] = []
        self._take([self._held(), b""], events)
        return events

    def _hold(self, data: bytes) -> None:
        self._pieces.append(data)
        self._pending += len(data)
        if self._pending > self._most:
            raise StreamError(f"a line of an event stream is longer than {self._most} bytes")

    def _raise_damage(self) -> None:
        if self._damage is not None:
            raise self._damage

    def _held(self) -> bytes:
        held = b"".join(self._pieces)
        self._pieces.clear()
        self._pending = 0
        return held

    def _take(self, lines: list[bytes], events: list[E_]) -> None:
        if not self._started and lines:
            self._started = True
            lines[0] = lines[0].removeprefix(_BOM)
        data = self._data
        for line in lines:
            if not line:
                if self._said_anything:
                    self._complete(events)
            elif line[:6] == b"data: ":
                if data:
                    self._add_data(line[6:])
                else:  # nearly every event has one line
                    data.append(line[6:])
                    self._said_anything = True
            elif line[:7] == b"event: ":
                self._event = line[7:]
                self._said_anything = True
            elif line[:1] == b":":
                self.comments += 1
            else:
                self._field(line)

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value[1:] if value[:1] == b" " else value
        if name == b"data":
            self._add_data(value)
        elif name == b"event":
            self._event = value
            self._said_anything = True
        elif name == b"id" and b"\0" not in value:
            self._id = value

    def _add_data(self, value: bytes) -> None:
        """Add a line to an event's data; the first is as long as any line may be."""
        data = self._data
        self._size = len(value) + (self._size if len(data) > 1 else sum(map(len, data)))
        data.append(value)
        self._said_anything = True
        if self._size > self._most and len(data) > 1:
            raise StreamError(f"one event of an event stream is longer than {self._most} bytes")

    def _complete(self, events: list[E_]) -> None:
        """Add the event whose lines have come, and begin the next."""
        raise NotImplementedError

    def _forget(self) -> None:
        self._data.clear()
        self._event = b""
        self._said_anything = False


class SseReader(_Reader[ServerSentEvent]):
    """Takes bytes, gives events with their names and ids. Cost is linear in the bytes, whatever the split."""

    def _complete(self, events: list[ServerSentEvent]) -> None:
        data = b"\n".join(self._data).decode("utf-8", "replace") if self._data else None
        last_id = None if self._id is None else self._id.decode("utf-8", "replace")
        events.append(ServerSentEvent(self._event.decode("utf-8", "replace"), data, last_id))
        self._forget()


class SseDataReader(_Reader[bytes]):
    """Takes bytes, gives each event's data, undecoded; events without any are left out. For JSON, which says itself what it is."""

    def _complete(self, events: list[bytes]) -> None:
        data = self._data
        whole = data[0] if len(data) == 1 else b"\n".join(data)
        if whole:
            events.append(whole)
        data.clear()
        self._said_anything = False  # names are not looked at


def write_event(data: str, event: str = "") -> bytes:
    """Spell one event as bytes, ending in its blank line."""
    head = f"event: {event}\n" if event else ""
    body = "".join(f"data: {line}\n" for line in _LINES.split(data))
    return f"{head}{body}\n".encode("utf-8", "surrogatepass")


def frame(document: Json, *, named: bool = False) -> str:
    """Spell one event whose data is a JSON document, or the mark ``[DONE]``; with ``named`` its type is its name."""
    if document.__class__ is str:
        return f"data: {document}\n\n"
    head = _head(document) if named else ""
    return f"{head}data: {spell(document)}\n\n"


def _head(document: Json) -> str:
    """Return the line that names an event; none for a name that would end its line, and with it begin what the event is not."""
    kind = document.get("type") if isinstance(document, dict) else None
    return f"event: {kind}\n" if isinstance(kind, str) and "\n" not in kind and "\r" not in kind else ""


def frame_around(document: Json, text: str, *, named: bool = False) -> tuple[str, str]:
    """Return what stands in an event's frame before a text that occurs in it once, and behind it."""
    head, _, tail = frame(document, named=named).partition(spell(text))
    return head, tail


def frames_to_bytes(frames: str) -> bytes:
    """Encode frames of JSON; a lone surrogate, which no UTF-8 can hold, as its escape."""
    return frames.encode("utf-8", "backslashreplace")


_LINES: Final = re.compile("\r\n|\n|\r")
