"""Screenshots made smaller, with Pillow where it is installed."""

from __future__ import annotations

import io

from polyloop.translate.computer_use.coordinates import Size

from ..journal import ToolError


def resized(picture: bytes, size: Size) -> bytes:
    """Return a PNG in another size. Raises `ToolError` where Pillow is not installed: a picture is never sent in a size that makes the
    model's coordinates wrong."""
    try:
        from PIL import Image
    except ImportError as error:
        raise ToolError(
            f"the screen is larger than the model sees: install polyloop[demo] to send it as {size.width}x{size.height}"
        ) from error
    with Image.open(io.BytesIO(picture)) as image:
        smaller = image.convert("RGB").resize((size.width, size.height), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    smaller.save(buffer, format="PNG")
    return buffer.getvalue()
