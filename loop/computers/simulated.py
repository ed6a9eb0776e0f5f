"""A computer that is a value: pure, complete enough to be worked with, and the oracle of law L11.

`perform` turns an action into events and folds them into the desktop; the events are the trace. Whatever is not known
or not possible raises before anything happens: a desktop is immutable, so nothing can be half done.
"""

from __future__ import annotations

from typing import assert_never

from polyloop.translate.computer_use.actions import ScreenAction
from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.computer_use.points import ScreenPoint

from .desktop import Desktop, form_desktop
from .drawing import draw
from .errors import ComputerClosedError
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
)
from .keyboard import press_key, release_key, type_text
from .planning import DEFAULT_NOTCHES, plan
from .pointing import move_pointer, press_button, release_button, turn_wheel


def perform(
    desktop: Desktop, action: ScreenAction, *, unspecified_notches: int = DEFAULT_NOTCHES
) -> tuple[Desktop, Trace]:
    """Do an action and return the desktop after it, with what happened.

    Looking (screenshot, zoom, cursor position) changes nothing and has an empty trace.
    Raises `OutOfRangeError`, `UnknownKeyError` and `NotPerformableError`, and ``TypeError`` for points that are not on
    the screen's own scale.
    """
    trace: list[Event] = []
    for event in plan(action, desktop.size, unspecified_notches):
        if isinstance(event, PointerMoved) and ScreenPoint(event.x, event.y) == desktop.pointer:
            continue
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
