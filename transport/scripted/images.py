"""What the first bytes of an image say: its media type and its size in pixels. PNG, JPEG, GIF and WebP, as the APIs take them."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Callable, Mapping
from typing import Final

from attrs import frozen


@frozen(kw_only=True)
class Size:
    """In pixels."""

    width: int
    height: int


def media_type(data: bytes) -> str | None:
    """Return the media type that the first bytes stand for; None for what is no image the APIs take."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None


def size(data: bytes) -> Size | None:
    """Return an image's size; None where the bytes are cut before it or are no image."""
    reader = _READERS.get(media_type(data) or "")
    if reader is None:
        return None
    try:
        width, height = reader(data)
    except struct.error:
        return None
    return Size(width=width, height=height)


def decode(text: str) -> bytes | None:
    """Decode base64 strictly; None where it is none."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def from_data_url(url: str) -> tuple[str, str] | None:
    """Return media type and base64 text of a ``data:`` URL; None for any other URL."""
    head, comma, text = url.partition(",")
    if not comma or not head.startswith("data:") or not head.endswith(";base64"):
        return None
    return head[len("data:") : -len(";base64")], text


def _png(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _gif(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack("<HH", data[6:10])
    return width, height


def _jpeg(data: bytes) -> tuple[int, int]:
    """Walk the segments to the frame header: SOF0 to SOF15 but for the tables DHT, JPG and DAC among them."""
    place = 2
    while True:
        marker, length = struct.unpack(">xBH", data[place : place + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width, height
        place += 2 + length


def _webp(data: bytes) -> tuple[int, int]:
    match data[12:16]:
        case b"VP8 ":
            width, height = struct.unpack("<HH", data[26:30])
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            (bits,) = struct.unpack("<I", data[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case _:
            width, width_high, height, height_high = struct.unpack("<HBHB", data[24:30])
            return (width_high << 16 | width) + 1, (height_high << 16 | height) + 1


_READERS: Final[Mapping[str, Callable[[bytes], tuple[int, int]]]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/webp": _webp,
}
