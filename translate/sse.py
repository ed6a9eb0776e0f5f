"""Bytes to server-sent events, sans I/O: `feed` bytes as they come, get events as they are complete.

After the HTML standard's "event stream interpretation" (read 2026-11-22): lines end in LF, CR or CRLF; a leading BOM is skipped;
``data`` lines of one event are joined with LF; a line that starts with a colon is a comment; one space behind the colon
belongs to the syntax. Only these three bytes end a line: U+2028 and NEL inside a text do not. Bytes are split into lines before they are
decoded, so that a character cut between two reads survives.

Beyond the standard, since servers leave it out: the last event counts without its blank line, when the stream is closed.
"""

from __future__ import annotations

import re
from typing import Final

import attrs

from .errors import StreamError

MOST_BYTES: Final = 64 * 1024 * 1024
"""One event may be this long before the reader says that this is no event stream. A screenshot takes some two million bytes."""

_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_BOM: Final = b"\xef\xbb\xbf"


@attrs.frozen
class ServerSentEvent:
    """One event. ``event`` is ``""`` where the server gave no name; ``data`` is ``None`` where it had no data line."""

    event: str
    data: str | None
    id: str | None = None


class SseReader:
    """Takes bytes, gives events. Cost is linear in the bytes, whatever the split."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._pieces: list[bytes] = []
        self._pending = 0
        self._started = False
        self._ends_in_cr = False
        self._data: list[bytes] = []
        self._data_size = 0
        self._event = b""
        self._id: bytes | None = None
        self._said_anything = False
        self.comments = 0

    def feed(self, data: bytes) -> list[ServerSentEvent]:
        """Take more bytes and return the events that are now complete.

        Raises `StreamError` where one line or event is longer than the bound.
        """
        if self._ends_in_cr and data:
            self._ends_in_cr = False
            if data[:1] == b"\n":
                data = data[1:]
        if not data:
            return []
        if b"\n" not in data and b"\r" not in data:
            self._hold(data)
            return []
        self._ends_in_cr = data.endswith(b"\r")
        lines = _split(data)
        rest = lines.pop()
        if self._pieces:
            self._pieces.append(lines[0])
            lines[0] = b"".join(self._pieces)
            self._pieces.clear()
            self._pending = 0
        events = self._take(lines)
        if rest:
            self._hold(rest)
        return events

    def close(self) -> list[ServerSentEvent]:
        """Say that no bytes follow; returns the last event where its blank line is missing."""
        events: list[ServerSentEvent] = []
        if self._pieces:
            last = b"".join(self._pieces)
            self._pieces.clear()
            events += self._take([last])
        if self._said_anything:
            events.append(self._event_so_far())
        return events

    def _hold(self, data: bytes) -> None:
        self._pieces.append(data)
        self._pending += len(data)
        if self._pending > self._most:
            raise StreamError(f"a line of an event stream is longer than {self._most} bytes")

    def _take(self, lines: list[bytes]) -> list[ServerSentEvent]:
        events: list[ServerSentEvent] = []
        if not self._started and lines:
            self._started = True
            lines[0] = lines[0].removeprefix(_BOM)
        for line in lines:
            if line[:6] == b"data: ":
                self._add_data(line[6:])
            elif not line:
                if self._said_anything:
                    events.append(self._event_so_far())
            elif line[:1] == b":":
                self.comments += 1
            else:
                self._field(line)
        return events

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
        self._data.append(value)
        self._said_anything = True
        self._data_size += len(value)
        if self._data_size > self._most:
            raise StreamError(f"one event of an event stream is longer than {self._most} bytes")

    def _event_so_far(self) -> ServerSentEvent:
        lines = self._data
        data = (lines[0] if len(lines) == 1 else b"\n".join(lines)).decode("utf-8", "replace") if lines else None
        found = ServerSentEvent(
            self._event.decode("utf-8", "replace"),
            data,
            None if self._id is None else self._id.decode("utf-8", "replace"),
        )
        self._data, self._data_size, self._event, self._said_anything = [], 0, b"", False
        return found


def _split(data: bytes) -> list[bytes]:
    if b"\r" not in data:
        return data.split(b"\n")
    return _LINE_END.split(data)


def write_event(data: str, event: str = "") -> bytes:
    """Spell one event as bytes, ending in its blank line."""
    head = f"event: {event}\n" if event else ""
    body = "".join(f"data: {line}\n" for line in _LINES.split(data))
    return f"{head}{body}\n".encode("utf-8", "surrogatepass")


_LINES: Final = re.compile("\r\n|\n|\r")
