"""What reaches a desktop, whoever asked for it and in whichever words: the alphabet of the L11 oracle.

Two actions mean the same when they compile to the same events from the same state. A click carries its number in the
run (1, 2, 3), as the desktops' own event systems do, so that one double click and two single clicks are not the same.
"""

from __future__ import annotations

from typing import TypeAlias

from attrs import frozen

from polyloop.translate.computer_use.actions import (
    PIXELS_PER_NOTCH,
    Button,
    Click,
    Drag,
    HoldKey,
    Key,
    KeyDown,
    KeyUp,
    LongPress,
    MouseDown,
    MouseUp,
    Move,
    ScreenAction,
    Scroll,
    Type,
    Wait,
)
from polyloop.translate.computer_use.points import ScreenPoint


@frozen
class PointerMoved:
    """The pointer is at another pixel now."""

    x: int
    y: int


@frozen
class ButtonPressed:
    """A mouse button went down for the ``clicks``-th time in a run."""

    button: Button
    clicks: int = 1


@frozen
class ButtonReleased:
    """A mouse button came up."""

    button: Button


@frozen
class KeyPressed:
    """A canonical key went down."""

    key: str


@frozen
class KeyReleased:
    """A canonical key came up."""

    key: str


@frozen
class TextTyped:
    """Characters arrived that need no key names."""

    text: str


@frozen
class WheelTurned:
    """The content under the pointer is asked to move by so many pixels, along one axis; down and right are positive."""

    dx: int
    dy: int


@frozen
class Paused:
    """Time passed: so many seconds, or as many as whoever waits likes."""

    seconds: int | float | None


Event: TypeAlias = (
    PointerMoved | ButtonPressed | ButtonReleased | KeyPressed | KeyReleased | TextTyped | WheelTurned | Paused
)
Trace: TypeAlias = tuple[Event, ...]


def events_of(action: ScreenAction, unspecified_notches: int) -> Trace | None:
    """Return the events an action consists of, or ``None`` for one that is not done with pointer, keys and time.

    A `PointerMoved` stands for each place an action names, also where the pointer may be already.
    """
    match action:
        case Move():
            return _with_keys(action.modifiers, _to(action.at))
        case Click():
            clicks = tuple(
                event
                for number in range(1, action.count + 1)
                for event in (ButtonPressed(action.button, number), ButtonReleased(action.button))
            )
            return _with_keys(action.modifiers, _to(action.at) + clicks)
        case MouseDown():
            return (*_to(action.at), ButtonPressed(action.button))
        case MouseUp():
            return (*_to(action.at), ButtonReleased(action.button))
        case LongPress():
            pressed = (ButtonPressed("left"), Paused(action.seconds), ButtonReleased("left"))
            return _to(action.at) + pressed
        case Drag():
            return _with_keys(action.modifiers, _drag(action))
        case Scroll():
            return _with_keys(action.modifiers, _to(action.at) + _wheel(action, unspecified_notches))
        case _:
            return _keyboard_events(action)


def _keyboard_events(action: ScreenAction) -> Trace | None:
    match action:
        case Type():
            return (TextTyped(action.text),) if action.text else ()
        case Key():
            once = tuple(event for chord in action.chords for event in _with_keys(chord, ()))
            return once * (1 if action.repeat is None else action.repeat)
        case HoldKey():
            return _with_keys(action.chord, (Paused(action.seconds),))
        case KeyDown():
            return (KeyPressed(action.key),)
        case KeyUp():
            return (KeyReleased(action.key),)
        case Wait():
            return (Paused(action.seconds),)
        case _:
            return None


def _to(at: ScreenPoint | None) -> Trace:
    return () if at is None else (PointerMoved(at.x, at.y),)


def _with_keys(keys: tuple[str, ...], inner: Trace) -> Trace:
    return (*map(KeyPressed, keys), *inner, *map(KeyReleased, reversed(keys)))


def _drag(action: Drag[ScreenPoint]) -> Trace:
    start, path = ((), action.path) if action.from_cursor else (_to(action.path[0]), action.path[1:])
    moves = tuple(event for point in path for event in _to(point))
    return (*start, ButtonPressed(action.button), *moves, ButtonReleased(action.button))


def _wheel(action: Scroll[ScreenPoint], unspecified_notches: int) -> Trace:
    pixels = {"pixel": 1, "notch": PIXELS_PER_NOTCH, "unspecified": PIXELS_PER_NOTCH * unspecified_notches}[action.unit]
    # One axis after the other, as a wheel does it: X11 has no diagonal either.
    down = (WheelTurned(0, action.dy * pixels),) if action.dy else ()
    right = (WheelTurned(action.dx * pixels, 0),) if action.dx else ()
    return down + right
