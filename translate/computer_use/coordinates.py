"""From the numbers a model speaks to pixels of the screen and back, exactly, and never clamped.

A screenshot is taken of a screen of some size, sent at another, and the model answers in a third system. A `Frame`
records the three for one screenshot; a point means nothing without it. Rounding is ``floor(v + 1/2)`` everywhere, in
integers and fractions, so that no float error can move a point. Screen to model to screen is exact when the sent image
is at least as large as the screen, and off by at most half a sent pixel's width (plus rounding) otherwise; see `bound`.

`smart_resize` is the preprocessing of Qwen2-VL models (Hugging Face image processor), which UI-TARS is built on: done
on our side before sending, the server's own resize is the identity and one function owns the mapping.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from attrs import field, frozen
from attrs.validators import ge, instance_of

from ..errors import TranslateError
from .points import ImagePoint, ModelPoint, Number, Point, ScreenPoint

PATCH: Final = 28
"""Side of the square, in pixels, that the models of the UI-TARS family see as one token."""
DEFAULT_MIN_PIXELS: Final = 100 * PATCH * PATCH
DEFAULT_MAX_PIXELS: Final = 16384 * PATCH * PATCH
MAX_RATIO: Final = 200


class CoordinateError(TranslateError, ValueError):
    """A point or a size that cannot be used. Nothing was executed."""


class OutOfRangeError(CoordinateError):
    """A point outside its frame. It is refused with its numbers, never clamped: the corner is a place too."""

    def __init__(self, point: Point, width: Number, height: Number) -> None:
        self.point = point
        self.width = width
        self.height = height
        space = {ScreenPoint: "screen", ImagePoint: "image", ModelPoint: "model's coordinate range"}[type(point)]
        super().__init__(f"({point.x}, {point.y}) is outside the {space} of {width}x{height}")


class ResizeError(CoordinateError):
    """An image that the models of a family refuse, such as one 200 times longer than wide."""


@frozen(kw_only=False)
class Size:
    """Width and height in pixels."""

    width: int = field(validator=[instance_of(int), ge(1)])
    height: int = field(validator=[instance_of(int), ge(1)])


Space: TypeAlias = Literal["pixels", "thousandths"]
"""What a model's numbers mean: pixels of the sent image, or thousandths of its width and height."""


@frozen(kw_only=True)
class Frame:
    """One screenshot: the screen's size, the size it was sent in, and the model's coordinate space."""

    screen: Size
    sent: Size
    space: Space = "pixels"

    @property
    def extent(self) -> Size:
        """The largest model coordinates; those of the far edge are still in range, as the models do use them."""
        return self.sent if self.space == "pixels" else Size(1000, 1000)

    @property
    def bound(self) -> tuple[Fraction, Fraction]:
        """How far, in screen pixels, a point may move from screen to model to screen, across and down."""
        across = _bound(self.screen.width, self.extent.width)
        return across, _bound(self.screen.height, self.extent.height)

    def to_screen(self, point: ModelPoint) -> ScreenPoint:
        """Return the screen pixel a model's point means.

        Raises `OutOfRangeError` with the model's own numbers, and ``TypeError`` for a point of another space.
        """
        _require(point, ModelPoint)
        extent = self.extent
        _check(point, extent.width, extent.height)
        x = _scaled(point.x, self.screen.width, extent.width)
        y = _scaled(point.y, self.screen.height, extent.height)
        # The far edge of the range is the last pixel's outer edge. Leaving it out by rounding is not clamping: a point
        # beyond the range was refused above.
        return ScreenPoint(min(x, self.screen.width - 1), min(y, self.screen.height - 1))

    def to_model(self, point: ScreenPoint) -> ModelPoint:
        """Return a screen pixel in the model's numbers. Raises `OutOfRangeError` and ``TypeError``."""
        _require(point, ScreenPoint)
        _check(point, self.screen.width - 1, self.screen.height - 1)
        extent = self.extent
        x = _scaled(point.x, extent.width, self.screen.width)
        return ModelPoint(x, _scaled(point.y, extent.height, self.screen.height))

    def to_image(self, point: ScreenPoint) -> ImagePoint:
        """Return the pixel of the sent image that shows a screen pixel. Raises `OutOfRangeError` and ``TypeError``."""
        _require(point, ScreenPoint)
        _check(point, self.screen.width - 1, self.screen.height - 1)
        x = _scaled(point.x, self.sent.width, self.screen.width)
        y = _scaled(point.y, self.sent.height, self.screen.height)
        return ImagePoint(min(x, self.sent.width - 1), min(y, self.sent.height - 1))


def frame_of(
    screen: Size,
    *,
    space: Space,
    min_pixels: int = DEFAULT_MIN_PIXELS,
    max_pixels: int = DEFAULT_MAX_PIXELS,
) -> Frame:
    """Choose the size to send a screenshot in, so that the server need not resize it again. Raises `ResizeError`."""
    return Frame(screen=screen, sent=smart_resize(screen, min_pixels=min_pixels, max_pixels=max_pixels), space=space)


def smart_resize(
    size: Size, *, min_pixels: int = DEFAULT_MIN_PIXELS, max_pixels: int = DEFAULT_MAX_PIXELS, factor: int = PATCH
) -> Size:
    """Return the size that the image processor makes of ``size``: multiples of ``factor``, area within the limits.

    Rounds as Python does (half to even), which JavaScript ports get wrong at every size of 14 mod 56. Where the image
    is over or under a limit the new sides are computed in floats as the processor does, so that they agree with it.
    Raises `ResizeError` when one side is more than 200 times the other.
    """
    long, short = max(size.width, size.height), min(size.width, size.height)
    if long > MAX_RATIO * short:
        raise ResizeError(f"{size.width}x{size.height} is longer than {MAX_RATIO} times its short side")
    height = max(factor, round(size.height / factor) * factor)
    width = max(factor, round(size.width / factor) * factor)
    if height * width > max_pixels:
        beta = math.sqrt(size.height * size.width / max_pixels)
        height = max(factor, math.floor(size.height / beta / factor) * factor)
        width = max(factor, math.floor(size.width / beta / factor) * factor)
    elif height * width < min_pixels:
        beta = math.sqrt(min_pixels / (size.height * size.width))
        height = math.ceil(size.height * beta / factor) * factor
        width = math.ceil(size.width * beta / factor) * factor
    return Size(width, height)


def _require(point: object, kind: type[Point]) -> None:
    if type(point) is not kind:
        raise TypeError(f"a {kind.__name__} is needed, not a {type(point).__name__}: the spaces must not be mixed")


def _check(point: Point, width: int, height: int) -> None:
    if not (0 <= point.x <= width and 0 <= point.y <= height):
        raise OutOfRangeError(point, width, height)


def _scaled(value: Number, to: int, of: int) -> int:
    """Scale and round with ``floor(v + 1/2)``, exactly. A NaN fails the range check before it comes here."""
    return math.floor(Fraction(value) * to / of + Fraction(1, 2))


def _bound(screen: int, model: int) -> Fraction:
    return Fraction(0) if model >= screen else Fraction(screen, 2 * model) + Fraction(1, 2)
