"""Screenshots as they are sent: their size, and PNG or JPEG. Pillow does it, where there is anything to do."""

from __future__ import annotations

import io
from typing import Final

from polyloop.translate.computer_use.coordinates import Size

from ..journal import ToolError

PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
QUALITY: Final = 85
"""Of JPEGs: small text stays readable, and a screen that shows a photograph has a fifth of its PNG's bytes."""
_COMPRESSION: Final = 1
"""Of PNGs: 6 takes two to three times as long for a tenth fewer bytes."""


def media_type_of(picture: bytes) -> str:
    """Return what a picture is by its first bytes: a JPEG, and else a PNG, as the `Computer` port promises."""
    return JPEG if picture.startswith(b"\xff\xd8\xff") else PNG


def sendable(picture: bytes, size: Size | None = None, png_bytes: int | None = None) -> bytes:
    """Return a picture as it is sent: in another size where one is given, as JPEG where its PNG has more base64 than ``png_bytes``.

    A picture with nothing to do is returned as it is. Raises `ToolError` where something is to do and Pillow is not installed: a
    picture is never sent in a size that makes the model's coordinates wrong, or in one that the host refuses.
    """
    fits = png_bytes is None or media_type_of(picture) == JPEG or _base64_length(len(picture)) <= png_bytes
    if size is None and fits:
        return picture
    try:
        from PIL import Image
    except ImportError as error:
        needed = "larger than the model sees" if size is not None else "more bytes than the provider takes"
        raise ToolError(f"the screen's picture is {needed}: install polyloop[x11], which brings Pillow") from error
    with Image.open(io.BytesIO(picture)) as image:
        pixels = image.convert("RGB")
    if size is not None:
        pixels = pixels.resize((size.width, size.height), Image.Resampling.LANCZOS)
        png = io.BytesIO()
        pixels.save(png, format="PNG", compress_level=_COMPRESSION)
        if png_bytes is None or _base64_length(png.tell()) <= png_bytes:
            return png.getvalue()
    jpeg = io.BytesIO()
    pixels.save(jpeg, format="JPEG", quality=QUALITY)
    return jpeg.getvalue()


def _base64_length(count: int) -> int:
    return (count + 2) // 3 * 4
