"""Points, kept apart by the space they are measured in.

Three spaces meet in a computer call: the screen that is acted on, the image of it that was sent, and the numbers the
model speaks in (pixels of the sent image for Anthropic, OpenAI and UI-TARS 1.5; thousandths of it for other UI-TARS
models). A pair of numbers without its space has sent many a click elsewhere, so each space is a class of its own: they
are never equal to one another, a type checker refuses to mix them, and every function that takes one checks.
"""

from __future__ import annotations

from typing import TypeAlias, TypeVar

from attrs import frozen

Number: TypeAlias = int | float


@frozen(kw_only=False)
class Point:
    """What the three kinds of points share. Never made by itself."""

    x: Number
    y: Number

    def __attrs_pre_init__(self) -> None:
        if type(self) is Point:
            raise TypeError("a point needs a space: ScreenPoint, ImagePoint or ModelPoint")


@frozen(kw_only=False)
class ScreenPoint(Point):
    """A pixel of the screen that is acted on."""

    x: int
    y: int


@frozen(kw_only=False)
class ImagePoint(Point):
    """A pixel of the image that was sent to the model."""

    x: int
    y: int


@frozen(kw_only=False)
class ModelPoint(Point):
    """A point in the numbers a model speaks: what they mean, a `Frame` says. Fractions occur."""


P_co = TypeVar("P_co", bound=Point, covariant=True)
