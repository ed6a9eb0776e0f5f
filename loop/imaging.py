"""The imager that is used where Pillow is installed: pictures in another type, with fewer pixels or fewer bytes."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from typing import Any, Final

from attrs import frozen

from .ports import ImageWish

QUALITIES: Final = (90, 75, 50, 30)
"""Of JPEGs, tried in turn until one is small enough."""
_FORMATS: Final = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}


@frozen(kw_only=True)
class PillowImager:
    """An `Imager` that works in a thread. Pixels are only taken away for a limit on pixels; bytes are saved by JPEG alone, so that
    coordinates on the picture stay what they were. Without Pillow it makes nothing."""

    async def fit(self, data: bytes, media_type: str, wish: ImageWish) -> tuple[bytes, str] | None:
        """See `Imager.fit`."""
        return await asyncio.to_thread(fitted, data, media_type, wish)


def fitted(data: bytes, media_type: str, wish: ImageWish) -> tuple[bytes, str] | None:
    """Return a picture as wished, and its type; None where Pillow is not installed or does not know the picture."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        return None
    try:
        with Image.open(io.BytesIO(data)) as image:
            image.load()
            pixels = _smaller(image, wish.side)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return None
    return next(
        (
            made
            for made in _forms(pixels, media_type, wish)
            if wish.bytes is None or _base64_length(made[0]) <= wish.bytes
        ),
        None,
    )


def _smaller(image: Any, side: int | None) -> Any:
    longest = max(image.size)
    if side is None or longest <= side:
        return image
    size = tuple(max(1, each * side // longest) for each in image.size)
    return image.convert("RGB").resize(size)


def _forms(image: Any, media_type: str, wish: ImageWish) -> Iterator[tuple[bytes, str]]:
    """Give the picture in its own type or as PNG, where these may be, then as JPEG of less and less quality."""
    own = media_type if media_type in wish.media_types and media_type in _FORMATS else "image/png"
    if own in wish.media_types and own != "image/jpeg":
        yield _written(image, own), own
    if "image/jpeg" in wish.media_types:
        for quality in QUALITIES:
            yield _written(image.convert("RGB"), "image/jpeg", quality=quality), "image/jpeg"


def _written(image: Any, media_type: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=_FORMATS[media_type], **options)
    return buffer.getvalue()


def _base64_length(data: bytes) -> int:
    return (len(data) + 2) // 3 * 4
