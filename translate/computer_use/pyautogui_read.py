"""One pyautogui call to neutral actions: the signatures of its functions, and what each call means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .actions import (
    Action,
    Button,
    Click,
    CursorPosition,
    Done,
    Drag,
    Key,
    KeyDown,
    KeyUp,
    MouseDown,
    MouseUp,
    Move,
    Screenshot,
    Scroll,
    Type,
    Wait,
)
from .keys import Keyboard, UnknownKeyError, canonical_key, read_keys
from .points import ModelPoint, Number
from .pyautogui_calls import Call, Literal

_OWNERS: Final = frozenset({"pyautogui", "pg", "gui", "pag", "computer", "time", ""})
_BUTTONS: Final[dict[Literal, Button]] = {"left": "left", "right": "right", "middle": "middle", "primary": "left"}

# Arguments by position, as pyautogui declares them. What only sets a pace is read and has no effect on meaning.
_PARAMETERS: Final[dict[str, str]] = {
    "click": "x y clicks interval button duration tween logScreenshot _pause",
    "leftClick": "x y interval duration tween logScreenshot _pause",
    "rightClick": "x y interval duration tween logScreenshot _pause",
    "middleClick": "x y interval duration tween logScreenshot _pause",
    "doubleClick": "x y interval button duration tween logScreenshot _pause",
    "tripleClick": "x y interval button duration tween logScreenshot _pause",
    "moveTo": "x y duration tween logScreenshot _pause",
    "dragTo": "x y duration tween button logScreenshot _pause mouseDownUp",
    "mouseDown": "x y button duration tween logScreenshot _pause",
    "mouseUp": "x y button duration tween logScreenshot _pause",
    "scroll": "clicks x y logScreenshot _pause",
    "hscroll": "clicks x y logScreenshot _pause",
    "write": "message interval logScreenshot _pause",
    "press": "keys presses interval logScreenshot _pause",
    "hotkey": "",
    "keyDown": "key logScreenshot _pause",
    "keyUp": "key logScreenshot _pause",
    "sleep": "seconds",
    "wait": "seconds",
    "screenshot": "",
    "position": "",
    "terminate": "status",
}
_ALIASES: Final[dict[str, str]] = {
    "typewrite": "write",
    "triple_click": "tripleClick",
    "vscroll": "scroll",
    "dragto": "dragTo",
    "moveto": "moveTo",
}
_PACE: Final = frozenset({"interval", "duration", "tween", "logScreenshot", "_pause"})


class _UnfitError(Exception):
    """The call does not fit its signature; the message says why."""


class _Arguments:
    """A call's arguments by the names of its signature."""

    def __init__(self, call: Call, function: str) -> None:
        names = _PARAMETERS[function].split()
        if len(call.positional) > len(names):
            raise _UnfitError(f"{function} takes fewer arguments by position")
        self.values: dict[str, Literal] = dict(zip(names, call.positional, strict=False))
        for name, value in call.named.items():
            if name not in names:
                raise _UnfitError(f"{function} has no argument {name[:40]}")
            if name in self.values:
                raise _UnfitError(f"{name} is given twice")
            self.values[name] = value

    def number(self, name: str) -> Number:
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _UnfitError(f"{name} must be a number")
        return value

    def count(self, name: str) -> int:
        value = self.values.get(name)
        if type(value) is not int:
            raise _UnfitError(f"{name} must be a whole number")
        return value

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if not isinstance(value, str):
            raise _UnfitError(f"{name} must be a text")
        return value

    def at(self) -> ModelPoint | None:
        x, y = self.values.get("x"), self.values.get("y")
        if isinstance(x, tuple) and y is None and len(x) == 2:
            # pyautogui takes a pair in the place of x.
            self.values["x"], self.values["y"] = x
        elif x is None and y is None:
            return None
        return ModelPoint(self.number("x"), self.number("y"))

    def needed_at(self) -> ModelPoint:
        at = self.at()
        if at is None:
            raise _UnfitError("x and y are missing")
        return at

    def button(self) -> Button:
        value = self.values.get("button", "left")
        if not isinstance(value, str) or value not in _BUTTONS:
            raise _UnfitError("button must be left, middle or right")
        return _BUTTONS[value]

    def key_names(self) -> tuple[str, ...]:
        value = self.values.get("keys")
        spelled = value if isinstance(value, tuple) else (value,)
        return read_keys(_texts(spelled), Keyboard.PYAUTOGUI)


def _texts(values: tuple[Literal, ...]) -> list[str]:
    texts = [value for value in values if isinstance(value, str)]
    if not texts or len(texts) != len(values):
        raise _UnfitError("keys must be texts")
    return texts


def read_call(call: Call) -> Action | str:
    """Return the action of a call, or the reason why it has none."""
    owner, _, name = call.name.rpartition(".")
    function = _ALIASES.get(name, name)
    if owner not in _OWNERS or function not in _PARAMETERS or (owner == "time" and function != "sleep"):
        return f"{call.name[:60]} is no call that can be executed"
    try:
        if function == "hotkey":
            return _hotkey(call)
        return _READERS[function](_Arguments(call, function))
    except (_UnfitError, UnknownKeyError) as error:
        return str(error)


def _hotkey(call: Call) -> Action:
    if set(call.named) - _PACE:
        raise _UnfitError("hotkey takes keys by position")
    keys = call.positional
    if len(keys) == 1 and isinstance(keys[0], tuple):
        keys = keys[0]
    return Key(chords=(read_keys(_texts(keys), Keyboard.PYAUTOGUI),))


def _click(given: _Arguments) -> Action:
    count = given.count("clicks") if "clicks" in given.values else 1
    if count not in (1, 2, 3):
        raise _UnfitError(f"{count} clicks")
    return Click(button=given.button(), count=count, at=given.at())


def _fixed_click(button: Button | None, count: int) -> Callable[[_Arguments], Action]:
    def read(given: _Arguments) -> Action:
        return Click(button=button or given.button(), count=count, at=given.at())

    return read


def _drag(given: _Arguments) -> Action:
    if given.values.get("mouseDownUp", True) is not True:
        raise _UnfitError("dragTo without pressing the button")
    return Drag(path=(given.needed_at(),), from_cursor=True, button=given.button())


def _scroll(given: _Arguments) -> Action:
    # Upwards is positive.
    return Scroll(dy=-given.count("clicks"), unit="notch", at=given.at())


def _press(given: _Arguments) -> Action:
    repeat = given.count("presses") if "presses" in given.values else None
    if repeat is not None and repeat < 1:
        raise _UnfitError(f"{repeat} presses")
    return Key(chords=tuple((key,) for key in given.key_names()), repeat=repeat)


def _wait(given: _Arguments) -> Action:
    if "seconds" not in given.values:
        return Wait()
    seconds = given.number("seconds")
    if seconds < 0:
        raise _UnfitError(f"{seconds} seconds")
    return Wait(seconds=seconds)


def _sleep(given: _Arguments) -> Action:
    given.number("seconds")
    return _wait(given)


def _terminate(given: _Arguments) -> Action:
    if given.values.get("status", "success") != "success":
        raise _UnfitError("the task was given up")
    return Done()


_READERS: Final[dict[str, Callable[[_Arguments], Action]]] = {
    "click": _click,
    "leftClick": _fixed_click("left", 1),
    "rightClick": _fixed_click("right", 1),
    "middleClick": _fixed_click("middle", 1),
    "doubleClick": _fixed_click(None, 2),
    "tripleClick": _fixed_click(None, 3),
    "moveTo": lambda given: Move(at=given.needed_at()),
    "dragTo": _drag,
    "mouseDown": lambda given: MouseDown(button=given.button(), at=given.at()),
    "mouseUp": lambda given: MouseUp(button=given.button(), at=given.at()),
    "scroll": _scroll,
    "hscroll": lambda given: Scroll(dx=given.count("clicks"), unit="notch", at=given.at()),
    "write": lambda given: Type(text=given.text("message")),
    "press": _press,
    "keyDown": lambda given: KeyDown(key=canonical_key(given.text("key"), Keyboard.PYAUTOGUI)),
    "keyUp": lambda given: KeyUp(key=canonical_key(given.text("key"), Keyboard.PYAUTOGUI)),
    "sleep": _sleep,
    "wait": _wait,
    "screenshot": lambda _given: Screenshot(),
    "position": lambda _given: CursorPosition(),
    "terminate": _terminate,
}
