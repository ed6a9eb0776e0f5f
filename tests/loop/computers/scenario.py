"""One scenario for every computer, and the one form in which what an application received is compared.

A received event is a tuple: ``("move", x, y)``, ``("down", button, n)`` for the n-th press in a run, ``("up", button)``,
``("key_down", key)``, ``("key_up", key)``, ``("text", text)``, ``("wheel", dx, dy)`` in pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from polyloop.loop.computers import form_desktop, perform
from polyloop.loop.computers.events import (
    ButtonPressed,
    ButtonReleased,
    Event,
    KeyPressed,
    KeyReleased,
    Paused,
    PointerMoved,
    TextTyped,
    WheelTurned,
)
from polyloop.translate.computer_use.actions import (
    Click,
    Drag,
    HoldKey,
    ScreenAction,
    Scroll,
    Type,
    press,
)
from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.computer_use.points import ScreenPoint

Received: TypeAlias = tuple[Any, ...]

SIZE: Final = Size(1024, 768)
CENTRE: Final = ScreenPoint(512, 384)
TEXT: Final = "Ada, née Byron: naïve café.\nZweite Zeile λ 你好"

SCENARIO: Final[tuple[ScreenAction, ...]] = (
    Click(at=ScreenPoint(300, 200)),
    Click(at=ScreenPoint(301, 420), count=2),
    Drag(path=(ScreenPoint(120, 140), ScreenPoint(640, 333))),
    Scroll(at=ScreenPoint(500, 500), dy=3, unit="notch"),
    Scroll(dy=-2, unit="notch"),
    Click(at=ScreenPoint(410, 222), button="right"),
    Click(at=ScreenPoint(700, 222)),
    Type(text=TEXT),
    press("Control", "a"),
    Click(at=ScreenPoint(700, 222)),  # where the pointer is already
    Click(at=ScreenPoint(222, 555), modifiers=("Control",)),
    HoldKey(chord=("ArrowRight",), seconds=0.05),
)
"""Click, double click, drag, scroll, type Unicode with a newline, chord, hold; a place that comes again, a modifier."""


def expected(actions: Sequence[ScreenAction] = SCENARIO, start: ScreenPoint = CENTRE) -> list[Received]:
    """Return what the simulated desktop receives."""
    desktop = form_desktop(SIZE)
    assert desktop.pointer == start
    events: list[Event] = []
    for action in actions:
        desktop, trace = perform(desktop, action)
        events.extend(trace)
    return joined(_received(events))


def _received(events: Iterable[Event]) -> Iterable[Received]:
    for event in events:
        match event:
            case PointerMoved(x, y):
                yield ("move", x, y)
            case ButtonPressed(button, clicks):
                yield ("down", button, clicks)
            case ButtonReleased(button):
                yield ("up", button)
            case KeyPressed(key):
                yield ("key_down", key)
            case KeyReleased(key):
                yield ("key_up", key)
            case TextTyped(text):
                yield ("text", text)
            case WheelTurned(dx, dy):
                yield ("wheel", dx, dy)
            case Paused():
                pass


def joined(events: Iterable[Received]) -> list[Received]:
    """Join texts that follow one another, and turns of the wheel along one axis in one direction."""
    whole: list[Received] = []
    for event in events:
        last = whole[-1] if whole else ("",)
        if event[0] == last[0] == "text":
            whole[-1] = ("text", last[1] + event[1])
        elif event[0] == last[0] == "wheel" and last[1] * event[1] >= 0 and last[2] * event[2] >= 0:
            if (last[1] == 0) == (event[1] == 0):
                whole[-1] = ("wheel", last[1] + event[1], last[2] + event[2])
            else:
                whole.append(event)
        else:
            whole.append(event)
    return whole
