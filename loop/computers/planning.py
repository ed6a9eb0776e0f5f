"""What every computer does before it acts: check the whole action, then say it as events.

Nothing is done by halves for a reason that could have been known: points, keys and text are looked at before the first event.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from attrs import mutable

from polyloop.translate.computer_use.actions import (
    CursorPosition,
    Foreign,
    ScreenAction,
    Screenshot,
    Zoom,
    points_of,
)
from polyloop.translate.computer_use.coordinates import OutOfRangeError, Size
from polyloop.translate.computer_use.keys import UnknownKeyError, is_key
from polyloop.translate.computer_use.points import ScreenPoint

from .errors import NotPerformableError, ScreenChangedError
from .events import KeyPressed, KeyReleased, Trace, events_of

DEFAULT_NOTCHES: Final = 5
"""How far a scroll goes that says only a direction."""
DEFAULT_PAUSE: Final = 1.0
"""Seconds of a wait that does not say how long."""
KEYS_IN_TEXT: Final = {"\n": "Enter", "\t": "Tab"}
"""Characters of a text that are keys. Everything else that is no character to be seen is refused."""


def plan(action: ScreenAction, size: Size, unspecified_notches: int = DEFAULT_NOTCHES) -> Trace:
    """Return the events an action consists of; none for one that only looks (screenshot, zoom, cursor position).

    Raises `OutOfRangeError`, `UnknownKeyError` and `NotPerformableError`, and ``TypeError`` for points that are not on the screen's
    own scale.
    """
    for point in points_of(action):
        check_point(point, size)
    if isinstance(action, (Screenshot, CursorPosition, Zoom)):
        return ()
    events = events_of(action, unspecified_notches)
    if events is None:
        raise NotPerformableError(refusal(action))
    for event in events:
        if isinstance(event, (KeyPressed, KeyReleased)) and not is_key(event.key):
            raise UnknownKeyError(event.key)
    return events


def check_point(point: ScreenPoint, size: Size) -> None:
    """Raise `OutOfRangeError` for a point beside the screen."""
    # Actions come from outside, where nobody ran a type checker.
    if type(point) is not ScreenPoint:
        raise TypeError(f"a ScreenPoint is needed, not a {type(point).__name__}: place the action with its frame first")
    if not (0 <= point.x < size.width and 0 <= point.y < size.height):
        raise OutOfRangeError(point, size.width, size.height)


def refusal(action: ScreenAction, where: str = "a desktop") -> str:
    """Say in a clause that an action cannot be done there."""
    if isinstance(action, Foreign):
        return f"not executed: {action.reason}"
    return f"not executed: {where} has no means for {type(action).__name__}"


def pieces_of(text: str) -> tuple[tuple[str, str], ...]:
    """Cut a text where it is a key: pairs ``("text", characters)`` and ``("key", canonical key)``, in order.

    Drivers type a newline as a line feed, which is not the Enter key (xdotool, 2026-11), so the two are told apart here. CR LF is one
    newline. Raises `NotPerformableError` for other control characters and for halves of surrogate pairs, which no keyboard has.
    """
    pieces: list[tuple[str, str]] = []
    run = ""
    for character in text.replace("\r\n", "\n"):
        key = KEYS_IN_TEXT.get(character)
        if key is None:
            if unicodedata.category(character) in ("Cc", "Cs"):
                raise NotPerformableError(f"not executed: U+{ord(character):04X} cannot be typed")
            run += character
            continue
        pieces += [("text", run)] if run else []
        pieces.append(("key", key))
        run = ""
    return (*pieces, ("text", run)) if run else tuple(pieces)


@mutable(kw_only=True)
class Sight:
    """What size the screen has, and had in the picture that was given out last: whoever names a point has seen that picture."""

    shown: Size | None = None
    now: Size | None = None

    def show(self, size: Size) -> None:
        """Note that a picture of that size was given out."""
        self.shown = self.now = size

    def check(self, action: ScreenAction) -> Size:
        """Return the screen's size. Raises `ScreenChangedError` for an action with points, where those belong to another size."""
        assert self.now is not None, "the size is asked for before anything is done"
        if self.shown not in (None, self.now) and points_of(action):
            assert self.shown is not None
            was, now = self.shown, self.now
            raise ScreenChangedError(
                f"the screen is {now.width}x{now.height} now and was {was.width}x{was.height} when it was last seen: "
                "look at it again before acting"
            )
        return self.now
