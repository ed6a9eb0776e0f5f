"""A computer that is a value: pure, complete enough to be worked with, and the oracle of law L11.

`perform` turns an action into events and folds them into the desktop; the events are the trace. Whatever is not known
or not possible raises before anything happens: a desktop is immutable, so nothing can be half done.
"""

from __future__ import annotations

from typing import assert_never

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

from .desktop import Desktop, form_desktop
from .drawing import draw
from .errors import ComputerClosedError, NotPerformableError
from .events import (
    ButtonPressed,
    ButtonReleased,
    Event,
    KeyPressed,
    KeyReleased,
    Paused,
    PointerMoved,
    TextTyped,
    Trace,
    WheelTurned,
    events_of,
)
from .keyboard import press_key, release_key, type_text
from .pointing import move_pointer, press_button, release_button, turn_wheel

DEFAULT_NOTCHES = 5
"""How far a scroll goes that says only a direction."""


def perform(
    desktop: Desktop, action: ScreenAction, *, unspecified_notches: int = DEFAULT_NOTCHES
) -> tuple[Desktop, Trace]:
    """Do an action and return the desktop after it, with what happened.

    Looking (screenshot, zoom, cursor position) changes nothing and has an empty trace.
    Raises `OutOfRangeError`, `UnknownKeyError` and `NotPerformableError`, and ``TypeError`` for points that are not on
    the screen's own scale.
    """
    for point in points_of(action):
        _check_point(desktop, point)
    if isinstance(action, (Screenshot, CursorPosition, Zoom)):
        return desktop, ()
    events = events_of(action, unspecified_notches)
    if events is None:
        raise NotPerformableError(_refusal(action))
    trace: list[Event] = []
    for event in events:
        if isinstance(event, PointerMoved) and ScreenPoint(event.x, event.y) == desktop.pointer:
            continue
        if isinstance(event, (KeyPressed, KeyReleased)) and not is_key(event.key):
            raise UnknownKeyError(event.key)
        desktop = _apply(desktop, event)
        trace.append(event)
    return desktop, tuple(trace)


def release_held(desktop: Desktop) -> tuple[Desktop, Trace]:
    """Release every key and button that is still held, latest first; what a loop does at the end of a step."""
    trace: list[Event] = [
        *(ButtonReleased(button) for button in reversed(desktop.held_buttons)),
        *(KeyReleased(key) for key in reversed(desktop.held_keys)),
    ]
    for event in trace:
        desktop = _apply(desktop, event)
    return desktop, tuple(trace)


def _check_point(desktop: Desktop, point: ScreenPoint) -> None:
    # Actions come from outside, where nobody ran a type checker.
    if type(point) is not ScreenPoint:
        raise TypeError(f"a ScreenPoint is needed, not a {type(point).__name__}: place the action with its frame first")
    if not (0 <= point.x < desktop.size.width and 0 <= point.y < desktop.size.height):
        raise OutOfRangeError(point, desktop.size.width, desktop.size.height)


def _refusal(action: ScreenAction) -> str:
    if isinstance(action, Foreign):
        return f"not executed: {action.reason}"
    return f"not executed: a desktop has no means for {type(action).__name__}"


def _apply(desktop: Desktop, event: Event) -> Desktop:
    match event:
        case PointerMoved(x, y):
            return move_pointer(desktop, x, y)
        case ButtonPressed(button, clicks):
            return press_button(desktop, button, clicks)
        case ButtonReleased(button):
            return release_button(desktop, button)
        case KeyPressed(key):
            return press_key(desktop, key)
        case KeyReleased(key):
            return release_key(desktop, key)
        case TextTyped(text):
            return type_text(desktop, text)
        case WheelTurned(_, dy):
            return turn_wheel(desktop, dy)
        case Paused():
            return desktop
        case _:
            assert_never(event)


class SimulatedComputer:
    """The simulated desktop behind the loop's computer protocol. Needs no display, and Pillow only for screenshots."""

    def __init__(self, desktop: Desktop | None = None, *, unspecified_notches: int = DEFAULT_NOTCHES) -> None:
        self.desktop = form_desktop() if desktop is None else desktop
        self.trace: Trace = ()
        """Everything that happened since the computer was made."""
        self._unspecified_notches = unspecified_notches
        self._closed = False

    async def size(self) -> Size:
        """Return the screen's size in pixels."""
        self._check_open()
        return self.desktop.size

    async def screenshot(self) -> bytes:
        """Return the screen as a PNG. Raises `MissingExtraError` when Pillow is not installed."""
        self._check_open()
        return draw(self.desktop)

    async def perform(self, action: ScreenAction) -> Trace:
        """Do an action and return what happened. After an error the desktop is as it was before."""
        self._check_open()
        self.desktop, trace = perform(self.desktop, action, unspecified_notches=self._unspecified_notches)
        self.trace += trace
        return trace

    async def cursor_position(self) -> ScreenPoint:
        """Return where the pointer is."""
        self._check_open()
        return self.desktop.pointer

    async def release_held(self) -> Trace:
        """Release keys and buttons that an action left held, and return what was released."""
        self._check_open()
        self.desktop, trace = release_held(self.desktop)
        self.trace += trace
        return trace

    async def close(self) -> None:
        """Close the computer; closing it again is harmless."""
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise ComputerClosedError("the simulated computer is closed")
