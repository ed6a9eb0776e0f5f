"""AWS event-stream frames: bytes to messages and back, sans I/O, every checksum checked.

A frame is: total length, headers length (each four bytes, big-endian), CRC-32 of those eight bytes, headers, payload, CRC-32 of all
before it. Source: "Amazon event stream encoding", Amazon's Smithy documentation, read 2026-11-22.
"""

from __future__ import annotations

import struct
from binascii import crc32
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, TypeAlias

import attrs

from .errors import StreamError

HeaderValue: TypeAlias = str | bytes | int | bool

MOST_BYTES: Final = 24 * 1024 * 1024
"""The longest frame the format allows (16 MiB of payload and its headers), with room to spare."""
_PRELUDE: Final = struct.Struct(">III")
_CHECKSUM: Final = struct.Struct(">I")
_FIXED: Final[Mapping[int, tuple[str, int]]] = {2: (">b", 1), 3: (">h", 2), 4: (">i", 4), 5: (">q", 8), 8: (">q", 8)}


@attrs.frozen
class Frame:
    """One message: its headers (``:message-type``, ``:event-type`` or ``:exception-type``, ...) and its payload."""

    headers: Mapping[str, HeaderValue]
    payload: bytes


class FrameReader:
    """Takes bytes, gives frames. After a `StreamError` nothing more can be read: framing has no way to find its place again."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._pieces: list[bytes] = []
        """What came of the frame that is not complete."""
        self._pending = 0
        self._needed = _PRELUDE.size
        """As many bytes must have come before there is more to tell."""
        self._damage: StreamError | None = None
        self._last: tuple[bytes, Mapping[str, HeaderValue]] = (b"", {})
        """A stream's frames nearly all have the same headers: these are not read again."""

    def feed(self, data: bytes) -> list[Frame]:
        """Take more bytes and return the frames that are now complete.

        Raises `StreamError` on a wrong checksum or length; frames that were whole before are returned first, and it is raised by the next
        call then.
        """
        self._raise_damage()
        self._pieces.append(data)
        self._pending += len(data)
        frames: list[Frame] = []
        if self._pending >= self._needed:
            try:
                self._read(b"".join(self._pieces), frames)
            except StreamError as damage:
                self._damage = damage
                if not frames:
                    raise
        return frames

    def close(self) -> int:
        """Say that no bytes follow; returns how many bytes came of a frame that is not complete. Raises what `feed` had to put off."""
        self._raise_damage()
        return self._pending

    def _raise_damage(self) -> None:
        if self._damage is not None:
            raise self._damage

    def _read(self, data: bytes, frames: list[Frame]) -> None:
        start, count, needed = 0, len(data), _PRELUDE.size
        while count - start >= needed:
            total, headers, checksum = _PRELUDE.unpack_from(data, start)
            if crc32(data[start : start + 8]) != checksum:
                raise StreamError("a frame's prelude does not match its checksum")
            if not 16 + headers <= total <= self._most:
                raise StreamError(f"a frame of {total} bytes with {headers} bytes of headers is not possible here")
            if count - start < total:
                needed = total
                break
            frames.append(self._frame(data, start, start + total - 4, start + 12 + headers))
            start += total
        self._pieces, self._pending, self._needed = [data[start:]], count - start, needed

    def _frame(self, data: bytes, start: int, end: int, payload: int) -> Frame:
        """Return the frame that begins at ``start``, its payload at ``payload`` and its checksum at ``end``."""
        if crc32(data[start:end]) != _CHECKSUM.unpack_from(data, end)[0]:
            raise StreamError("a frame does not match its checksum")
        spelled = data[start + 12 : payload]
        known, headers = self._last
        if spelled != known:
            headers = MappingProxyType(_headers(spelled))
            self._last = spelled, headers
        return Frame(headers, data[payload:end])


def _headers(data: bytes) -> dict[str, HeaderValue]:
    headers: dict[str, HeaderValue] = {}
    place = 0
    try:
        while place < len(data):
            size = data[place]
            name = data[place + 1 : place + 1 + size].decode("utf-8")
            place += 1 + size
            headers[name], place = _value(data[place], data, place + 1)
    except (IndexError, struct.error, UnicodeDecodeError):
        raise StreamError("a frame's headers are damaged") from None
    return headers


def _value(kind: int, data: bytes, place: int) -> tuple[HeaderValue, int]:
    if kind in (0, 1):
        return kind == 0, place
    if kind in (6, 7):
        size = int.from_bytes(data[place : place + 2], "big")
        raw = data[place + 2 : place + 2 + size]
        if len(raw) < size:
            raise IndexError
        return raw.decode("utf-8") if kind == 7 else raw, place + 2 + size
    if kind == 9:
        if len(data) < place + 16:
            raise IndexError
        return data[place : place + 16], place + 16
    if kind not in _FIXED:
        raise IndexError
    code, size = _FIXED[kind]
    return struct.unpack_from(code, data, place)[0], place + size


def write_frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    """Spell one frame; headers are written as strings."""
    spelled = b"".join(
        bytes([len(name.encode())]) + name.encode() + b"\x07" + len(value.encode()).to_bytes(2, "big") + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack(">II", 16 + len(spelled) + len(payload), len(spelled))
    body = prelude + crc32(prelude).to_bytes(4, "big") + spelled + payload
    return body + crc32(body).to_bytes(4, "big")
