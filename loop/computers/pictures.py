"""Pictures of a screen as bytes: their size without decoding them, and a part of one enlarged."""

from __future__ import annotations

import io
import struct
from typing import Final

from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.computer_use.points import ScreenPoint

from .errors import DriverError, MissingExtraError
from .planning import check_point

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG_SIZES: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
"""Markers of the segments that hold height and width (ITU-T T.81, table B.1)."""


def size_of(picture: bytes) -> Size | None:
    """Return the size of a PNG or JPEG, from its header alone; None for anything else."""
    if picture.startswith(_PNG) and len(picture) >= 24:
        width, height = struct.unpack(">II", picture[16:24])
        return Size(width, height) if width and height else None
    return _jpeg_size(picture) if picture.startswith(b"\xff\xd8") else None


def _jpeg_size(picture: bytes) -> Size | None:
    place = 2
    while place + 9 <= len(picture) and picture[place] == 0xFF:
        marker, length = picture[place + 1], int.from_bytes(picture[place + 2 : place + 4], "big")
        if marker in _JPEG_SIZES:
            height, width = struct.unpack(">HH", picture[place + 5 : place + 9])
            return Size(width, height) if width and height else None
        place += 2 + length
    return None


def enlarged(picture: bytes, top_left: ScreenPoint, bottom_right: ScreenPoint) -> bytes:
    """Cut a part out of a picture and enlarge it to the picture's size, as far as its shape allows; return it as a PNG.

    ``bottom_right`` is the first pixel outside; it may lie on the far edge. Raises `OutOfRangeError` for corners beside the picture,
    `DriverError` for a part without pixels or bytes that are no picture, `MissingExtraError` where Pillow is not installed.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingExtraError("zooming needs Pillow: install polyloop[x11]") from error
    size = size_of(picture)
    if size is None:
        raise DriverError("the screenshot is neither PNG nor JPEG")
    for corner in (top_left, bottom_right):
        check_point(corner, Size(size.width + 1, size.height + 1))
    width, height = bottom_right.x - top_left.x, bottom_right.y - top_left.y
    if width < 1 or height < 1:
        raise DriverError(f"there is nothing between {top_left} and {bottom_right}")
    times = min(size.width / width, size.height / height)
    with Image.open(io.BytesIO(picture)) as whole:
        part = whole.crop((top_left.x, top_left.y, bottom_right.x, bottom_right.y))
        shown = part.resize((max(1, round(width * times)), max(1, round(height * times))))
    out = io.BytesIO()
    shown.save(out, format="PNG")
    return out.getvalue()
