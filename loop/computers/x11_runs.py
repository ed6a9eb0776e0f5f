"""What xdotool is told for each event: argument lists, as few runs as there can be. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from polyloop.translate.computer_use.actions import Button
from polyloop.translate.computer_use.keys import Keyboard, spell_key

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
from .planning import DEFAULT_PAUSE, pieces_of

BUTTONS: Final[dict[Button, str]] = {"left": "1", "middle": "2", "right": "3", "back": "8", "forward": "9"}
WHEEL: Final = {(0, -1): "4", (0, 1): "5", (-1, 0): "6", (1, 0): "7"}
"""Buttons that X11 turns the wheel with, by the signs of dx and dy."""
PIXELS: Final = 100
"""Of one notch, by the vendors' convention."""
TYPING_DELAY: Final = 12
"""Milliseconds between characters."""
KEY_DELAY: Final = "3"
"""Milliseconds behind a key that goes down or up; four times as many, which is xdotool's default, make a chord slow."""
CLICK_PAUSE: Final = "0.01"
"""Seconds between the clicks of a double click, and around a drag: some toolkits take simultaneous events for one."""


@frozen(kw_only=True)
class Run:
    """One run of xdotool. ``presses`` is what it may leave held, ``releases`` what it lets go, ``seconds`` how long it takes by itself."""

    arguments: tuple[str, ...]
    text: str | None = None
    """What is typed."""
    seconds: float = 0.0
    presses: tuple[ButtonPressed | KeyPressed, ...] = ()
    releases: tuple[Event, ...] = ()


@frozen
class Rest:
    """Time between two runs."""

    seconds: float


def runs_of(events: Trace) -> tuple[Run | Rest, ...]:
    """Return the runs of xdotool that do events: one, where there is neither pause nor text between. Pure.

    Raises `UnknownKeyError` and `NotPerformableError` for what X11 has no key for.
    """
    steps: list[Run | Rest] = []
    together: list[Event] = []

    def flush() -> None:
        if together:
            steps.append(run_of(tuple(together)))
            together.clear()

    for event in events:
        if isinstance(event, Paused):
            flush()
            steps.append(Rest(DEFAULT_PAUSE if event.seconds is None else float(event.seconds)))
        elif isinstance(event, TextTyped):
            flush()
            steps.extend(_typing(event.text))
        else:
            together.append(event)
    flush()
    return tuple(steps)


def run_of(events: Trace) -> Run:
    """Return the one run that does events which are neither pauses nor texts."""
    arguments: list[str] = []
    for event, following in zip(events, (*events[1:], None), strict=True):
        arguments += _arguments(event)
        apart = isinstance(event, ButtonReleased) and isinstance(following, ButtonPressed)
        dragged = isinstance(event, ButtonPressed) and isinstance(following, PointerMoved)
        dropped = isinstance(event, PointerMoved) and isinstance(following, ButtonReleased)
        if apart or dragged or dropped:
            arguments += ["sleep", CLICK_PAUSE]
    presses = tuple(event for event in events if isinstance(event, (ButtonPressed, KeyPressed)))
    releases = tuple(event for event in events if isinstance(event, (ButtonReleased, KeyReleased)))
    return Run(arguments=tuple(arguments), presses=presses, releases=releases, seconds=0.1 * len(events))


def release_of(held: ButtonPressed | KeyPressed) -> Event:
    """Return what lets go of what is held."""
    return ButtonReleased(held.button) if isinstance(held, ButtonPressed) else KeyReleased(held.key)


def _arguments(event: Event) -> Sequence[str]:
    match event:
        case PointerMoved(x, y):
            return ("mousemove", str(x), str(y))
        case ButtonPressed(button):
            return ("mousedown", BUTTONS[button])
        case ButtonReleased(button):
            return ("mouseup", BUTTONS[button])
        case KeyPressed(key):
            return ("keydown", "--delay", KEY_DELAY, spell_key(key, Keyboard.XDOTOOL))
        case KeyReleased(key):
            return ("keyup", "--delay", KEY_DELAY, spell_key(key, Keyboard.XDOTOOL))
        case WheelTurned(dx, dy):
            notches = max(1, round(abs(dx or dy) / PIXELS))
            turned = WHEEL[(dx > 0) - (dx < 0), (dy > 0) - (dy < 0)]
            return ("click", "--repeat", str(notches), "--delay", "10", turned)
        case _:
            raise AssertionError(f"{type(event).__name__} is no part of a run")


def _typing(text: str) -> list[Run]:
    runs = []
    for kind, piece in pieces_of(text):
        if kind == "key":
            runs.append(Run(arguments=("key", spell_key(piece, Keyboard.XDOTOOL))))
        else:
            seconds = len(piece) * TYPING_DELAY * 4 / 1000
            runs.append(
                Run(arguments=("type", "--delay", str(TYPING_DELAY), "--file", "-"), text=piece, seconds=seconds)
            )
    return runs
