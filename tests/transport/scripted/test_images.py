"""Sizes and types of images, read from their first bytes: Pillow writes, we read."""

from __future__ import annotations

import base64
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.transport.scripted import images

TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
sides = st.integers(1, 300)


def drawn(form: str, width: int, height: int, **options: object) -> bytes:
    pillow = pytest.importorskip("PIL.Image", reason="pictures are drawn by Pillow")
    buffer = io.BytesIO()
    pillow.new("RGB", (width, height)).save(buffer, form, **options)
    return buffer.getvalue()


@given(form=st.sampled_from(sorted(TYPES)), width=sides, height=sides)
def test_what_pillow_draws_is_read_right(form: str, width: int, height: int) -> None:
    data = drawn(form, width, height)
    assert images.media_type(data) == TYPES[form]
    assert images.size(data) == images.Size(width=width, height=height)


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 50}, {"icc_profile": b"profile"}])
def test_the_three_forms_of_webp(options: dict[str, object]) -> None:
    assert images.size(drawn("WEBP", 33, 44, **options)) == images.Size(width=33, height=44)


def test_a_progressive_jpeg() -> None:
    assert images.size(drawn("JPEG", 33, 44, progressive=True)) == images.Size(width=33, height=44)


@given(data=st.binary(max_size=40), form=st.sampled_from(sorted(TYPES)), length=st.integers(0, 30))
def test_cut_and_foreign_bytes_have_no_size(data: bytes, form: str, length: int) -> None:
    """No bytes break the reader: it knows the size or it does not."""
    images.size(data)
    assert images.size(drawn(form, 20, 20)[: min(length, 9)]) is None


@pytest.mark.parametrize("text", ["a", "a===", "ü", "YQ==\n", "Y Q=="])
def test_what_is_no_base64_is_none(text: str) -> None:
    assert images.decode(text) is None


@given(st.binary())
def test_base64_comes_back(data: bytes) -> None:
    text = base64.b64encode(data).decode()
    assert images.decode(text) == data
    assert images.from_data_url(f"data:image/png;base64,{text}") == ("image/png", text)


@pytest.mark.parametrize("url", ["https://example.com/a.png", "data:image/png,abc", "data:;base64", ""])
def test_other_addresses_are_no_data(url: str) -> None:
    assert images.from_data_url(url) is None
