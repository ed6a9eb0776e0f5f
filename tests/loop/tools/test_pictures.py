"""Screenshots as they are sent: untouched where they can be, else scaled, and JPEG only where the profile's limit of a PNG is passed."""

from __future__ import annotations

import base64
import io
import sys
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polyloop.loop.computers import draw, form_desktop
from polyloop.loop.journal import ToolError
from polyloop.loop.tools.pictures import media_type_of, sendable
from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.profiles.pictures import picture_size
from polyloop.translate.profiles.table import PROFILES

Image = pytest.importorskip("PIL.Image", reason="pictures are made with Pillow: install polyloop[x11]")

WIDE = Size(800, 600)


@cache
def screen(noisy: bool) -> bytes:
    """Return a PNG: a drawn desktop, which is small, or what looks like a photograph, which is not."""
    if not noisy:
        return draw(form_desktop(WIDE))
    out = io.BytesIO()
    Image.effect_noise((WIDE.width, WIDE.height), 90).convert("RGB").save(out, format="PNG")
    return out.getvalue()


def size_of(picture: bytes) -> tuple[int, int] | None:
    return picture_size(base64.b64encode(picture).decode("ascii"))


def length(picture: bytes) -> int:
    return len(base64.b64encode(picture))


@settings(max_examples=40)
@given(
    noisy=st.booleans(),
    scaled=st.sampled_from([None, Size(400, 300), Size(1000, 750)]),
    limit=st.integers(0, 2_000_000),
)
def test_what_is_sent_has_the_size_asked_for_and_is_a_jpeg_only_where_its_png_is_too_long(
    noisy: bool, scaled: Size | None, limit: int
) -> None:
    picture = screen(noisy)
    sent, as_png = sendable(picture, scaled, limit), sendable(picture, scaled, None)
    wanted = scaled or WIDE
    assert size_of(sent) == size_of(as_png) == (wanted.width, wanted.height)
    if length(as_png) <= limit:
        assert sent == as_png
    else:
        assert media_type_of(sent) == "image/jpeg"


def test_a_screen_of_ours_is_sent_as_it_was_taken() -> None:
    picture = screen(noisy=False)
    assert sendable(picture) is picture
    assert sendable(picture, None, length(picture)) is picture


def test_a_photograph_as_jpeg_has_half_its_bytes_or_less() -> None:
    picture = screen(noisy=True)
    assert length(sendable(picture, None, 0)) * 2 < length(picture)


def test_a_jpeg_that_a_computer_gave_stays_what_it_is() -> None:
    jpeg = sendable(screen(noisy=False), None, 0)
    assert media_type_of(jpeg) == "image/jpeg"
    assert sendable(jpeg, None, 0) is jpeg


@pytest.mark.parametrize("limit", [None, 0])
def test_without_pillow_nothing_is_sent_that_would_be_wrong(limit: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = screen(noisy=False)
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert sendable(picture) is picture
    with pytest.raises(ToolError, match="install polyloop"):
        sendable(picture, Size(10, 10) if limit is None else None, limit)


def test_every_profile_that_knows_a_limit_turns_to_jpeg_below_it() -> None:
    """And says so only where its host takes JPEG."""
    said = [profile.images for profile in PROFILES if profile.images.png_bytes is not None]
    assert len(said) == len(PROFILES)
    for images in said:
        assert images.png_bytes is not None
        assert images.bytes is None or images.png_bytes <= images.bytes
        assert "image/jpeg" in images.media_types
