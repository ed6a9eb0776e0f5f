"""Sizes of pictures, from the first bytes of their base64 text: PNG, JPEG, GIF and WebP."""

from __future__ import annotations

import struct
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from typing import Final

_ENOUGH: Final = 64 * 1024
"""Characters of base64 that are looked at: a JPEG's size may stand behind a thumbnail."""
_SIZED: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""JPEG's start-of-frame markers."""


def picture_size(data: str) -> tuple[int, int] | None:
    """Return width and height in pixels, or ``None`` where the bytes are no picture of a known kind."""
    start = data[: _ENOUGH - _ENOUGH % 4]
    try:
        head = b64decode(start + "=" * (-len(start) % 4))
        return next(_sizes(head), None)
    except (Error, struct.error, IndexError, ValueError):
        return None


def _sizes(head: bytes) -> Iterator[tuple[int, int]]:
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        yield struct.unpack(">II", head[16:24])
    elif head[:3] == b"GIF":
        yield struct.unpack("<HH", head[6:10])
    elif head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        yield from _webp(head)
    elif head[:2] == b"\xff\xd8":
        yield from _jpeg(head)


def _webp(head: bytes) -> Iterator[tuple[int, int]]:
    kind = head[12:16]
    if kind == b"VP8X":
        yield 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    elif kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        yield 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    elif kind == b"VP8 ":
        width, height = struct.unpack("<HH", head[26:30])
        yield width & 0x3FFF, height & 0x3FFF


def _jpeg(head: bytes) -> Iterator[tuple[int, int]]:
    place = 2
    while place + 9 <= len(head) and head[place] == 0xFF:
        marker = head[place + 1]
        if marker in _SIZED:
            height, width = struct.unpack(">HH", head[place + 5 : place + 9])
            yield width, height
            return
        place += 2 + int.from_bytes(head[place + 2 : place + 4], "big")
