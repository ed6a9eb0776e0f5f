"""Units of scrolling: notches of a wheel and pixels of content."""

from __future__ import annotations

from typing import Literal, TypeAlias

from .actions import PIXELS_PER_NOTCH

Direction: TypeAlias = Literal["up", "down", "left", "right"]

DIRECTIONS: dict[str, tuple[int, int]] = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}
"""Direction to the signs of dx and dy."""


def direction_of(dx: int, dy: int) -> tuple[Direction, int] | None:
    """Return direction and distance of a scroll along one axis, ``None`` for a diagonal one. No distance is down."""
    if dx and dy:
        return None
    if dx:
        return ("right" if dx > 0 else "left"), abs(dx)
    return ("down" if dy >= 0 else "up"), abs(dy)


def notches_of(pixels: int) -> tuple[int, bool]:
    """Return pixels in notches, and whether that is exact. What scrolls at all scrolls at least one notch."""
    if pixels == 0:
        return 0, True
    notches = max(1, round(abs(pixels) / PIXELS_PER_NOTCH))
    return (notches if pixels > 0 else -notches), pixels % PIXELS_PER_NOTCH == 0
