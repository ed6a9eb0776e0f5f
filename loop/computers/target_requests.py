"""What a remote target is asked for each action: rows of ``(action, body)``. Pure.

The target is a FastAPI service on port 8088 of a container or virtual machine, ``POST /tool_use/{action}``. What it does with a
request was measured on its own code (2026-11); the rows answer to that:

* it puts ``key`` and the keys of ``text`` into a shell unquoted, so only keysyms of the closed table are ever sent there;
* it waits 15 s for a pointer that is already where it is sent to, so an action there is sent without a place;
* it ignores ``start_coordinate`` and a place of buttons, so the pointer is moved there first;
* a newline that it types is a line feed and not the Enter key, so the two are told apart before;
* it clamps what is out of range to the corner and reports success, so the range is checked before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeAlias

from attrs import frozen

from polyloop.translate.computer_use.actions import (
    Click,
    Drag,
    HoldKey,
    Key,
    LongPress,
    MouseDown,
    MouseUp,
    Move,
    ScreenAction,
    Scroll,
    Type,
    Wait,
)
from polyloop.translate.computer_use.keys import Keyboard, UnknownKeyError, write_chord
from polyloop.translate.computer_use.points import ScreenPoint
from polyloop.translate.computer_use.scroll import notches_of
from polyloop.translate.jsonvalue import Json

from .errors import NotPerformableError
from .planning import DEFAULT_NOTCHES, DEFAULT_PAUSE, pieces_of, refusal

LONGEST_HOLD: Final = 100.0
"""Seconds: the target refuses to hold a key or to wait for longer."""
TEXT_CHUNK: Final = 1000
"""Characters typed by one request, so that none takes long: the target types some 80 a second."""
_SAFE_CHORD: Final = re.compile(r"[A-Za-z0-9_]+(\+[A-Za-z0-9_]+)*")
_CLICKS: Final = {
    ("left", 1): "left_click", ("right", 1): "right_click", ("middle", 1): "middle_click", ("left", 2): "double_click",
    ("left", 3): "triple_click",
}  # fmt: skip


@frozen
class Ask:
    """One request. ``at`` is the place it names, where it does; ``seconds`` is how long the target needs beside its usual time."""

    action: str
    at: ScreenPoint | None = None
    text: str | None = None
    key: str | None = None
    scroll: tuple[str, int] | None = None
    duration: float | None = None
    seconds: float = 0.0

    def body(self) -> dict[str, Json]:
        """Return the JSON body."""
        direction, amount = self.scroll or (None, None)
        stated: dict[str, Json] = {
            "coordinate": None if self.at is None else [self.at.x, self.at.y],
            "text": self.text,
            "key": self.key,
            "scroll_direction": direction,
            "scroll_amount": amount,
            "duration": self.duration,
        }
        return {name: value for name, value in stated.items() if value is not None} | {"api_type": "computer_20250124"}


@frozen
class Stay:
    """Time to let go by; the target is not asked for it."""

    seconds: float


Request: TypeAlias = Ask | Stay


def requests_of(action: ScreenAction, unspecified_notches: int = DEFAULT_NOTCHES) -> tuple[Request, ...]:
    """Return what the target is asked for an action. Raises `NotPerformableError` and `UnknownKeyError`; nothing was asked then."""
    make = _MAKERS.get(type(action))
    if make is None:
        raise NotPerformableError(refusal(action, "the target"))
    return tuple(make(action, unspecified_notches))


def chord_text(chord: tuple[str, ...]) -> str:
    """Write a chord as the target's shell may see it. Raises `UnknownKeyError` for anything that is not made of keysyms."""
    text = write_chord(chord, Keyboard.XDOTOOL)
    if _SAFE_CHORD.fullmatch(text) is None:
        raise UnknownKeyError(text, Keyboard.XDOTOOL)
    return text


def _held(modifiers: tuple[str, ...]) -> str | None:
    return chord_text(modifiers) if modifiers else None


def _click(action: Click[ScreenPoint], _notches: int) -> Iterator[Request]:
    name = _CLICKS.get((action.button, action.count))
    if name is None:
        times = {1: "one click", 2: "a double click", 3: "a triple click"}[action.count]
        raise NotPerformableError(f"not executed: the target has no {times} of the {action.button} button")
    yield Ask(name, at=action.at, key=_held(action.modifiers))


def _move(action: Move[ScreenPoint], _notches: int) -> Iterator[Request]:
    if action.modifiers:
        raise NotPerformableError("not executed: the target cannot hold keys while the pointer moves")
    yield Ask("mouse_move", at=action.at)


def _button(action: MouseDown[ScreenPoint] | MouseUp[ScreenPoint], _notches: int) -> Iterator[Request]:
    if action.button != "left":
        raise NotPerformableError(f"not executed: the target cannot hold the {action.button} button")
    if action.at is not None:
        yield Ask("mouse_move", at=action.at)
    yield Ask("left_mouse_down" if isinstance(action, MouseDown) else "left_mouse_up")


def _drag(action: Drag[ScreenPoint], _notches: int) -> Iterator[Request]:
    if action.button != "left" or action.modifiers:
        raise NotPerformableError("not executed: the target drags with the left button and no key held")
    start, path = (None, action.path) if action.from_cursor else (action.path[0], action.path[1:])
    if start is not None:
        yield Ask("mouse_move", at=start)
    if len(path) == 1 and path[0] != start:
        yield Ask("left_click_drag", at=path[0])
        return
    yield Ask("left_mouse_down")
    for point in path:
        yield Ask("mouse_move", at=point)
    yield Ask("left_mouse_up")


def _scroll(action: Scroll[ScreenPoint], unspecified: int) -> Iterator[Request]:
    key, at = _held(action.modifiers), action.at
    if key is not None and action.dx and action.dy:
        raise NotPerformableError("not executed: the target cannot hold keys while it scrolls along two axes")
    for distance, forth, back in ((action.dy, "down", "up"), (action.dx, "right", "left")):
        amount = {"notch": distance, "unspecified": distance * unspecified}.get(action.unit, notches_of(distance)[0])
        if amount:
            yield Ask("scroll", at=at, key=key, scroll=(forth if amount > 0 else back, abs(amount)))
            at = None  # the pointer is there now
    if not action.dx and not action.dy and (at is not None or key is not None):
        yield Ask("scroll", at=at, key=key, scroll=("down", 0))


def _type(action: Type, _notches: int) -> Iterator[Request]:
    for kind, piece in pieces_of(action.text):
        if kind == "key":
            yield Ask("key", text=chord_text((piece,)))
            continue
        for start in range(0, len(piece), TEXT_CHUNK):
            chunk = piece[start : start + TEXT_CHUNK]
            yield Ask("type", text=chunk, seconds=0.05 * len(chunk))


def _key(action: Key, _notches: int) -> Iterator[Request]:
    asked = [Ask("key", text=chord_text(chord)) for chord in action.chords]
    yield from asked * (1 if action.repeat is None else action.repeat)


def _hold(action: HoldKey, _notches: int) -> Iterator[Request]:
    if not 0 <= action.seconds <= LONGEST_HOLD:
        raise NotPerformableError(f"not executed: the target holds a key for at most {LONGEST_HOLD:g} s")
    seconds = float(action.seconds)
    yield Ask("hold_key", text=chord_text(action.chord), duration=seconds, seconds=seconds)


def _wait(action: Wait, _notches: int) -> Iterator[Request]:
    yield Stay(DEFAULT_PAUSE if action.seconds is None else float(action.seconds))


def _long_press(action: LongPress[ScreenPoint], _notches: int) -> Iterator[Request]:
    yield Ask("mouse_move", at=action.at)
    yield Ask("left_mouse_down")
    yield Stay(DEFAULT_PAUSE if action.seconds is None else float(action.seconds))
    yield Ask("left_mouse_up")


_MAKERS: Final[dict[type, Callable[[Any, int], Iterator[Request]]]] = {
    Click: _click,
    Move: _move,
    MouseDown: _button,
    MouseUp: _button,
    Drag: _drag,
    Scroll: _scroll,
    Type: _type,
    Key: _key,
    HoldKey: _hold,
    Wait: _wait,
    LongPress: _long_press,
}
