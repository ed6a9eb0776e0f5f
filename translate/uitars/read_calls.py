"""UI-TARS calls to neutral actions, under a declared template.

What a call means can depend on the template: ``press`` holds a key down where there is a ``release``, and presses it
where there is none; a scroll between two points is a swipe where the template offers one, and refused elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import evolve

from ..computer_use.actions import (
    Action,
    AskUser,
    Back,
    Button,
    Chord,
    Click,
    Done,
    Drag,
    Foreign,
    Key,
    KeyDown,
    KeyUp,
    LongPress,
    MouseDown,
    MouseUp,
    Move,
    Navigate,
    OpenApp,
    Own,
    PressBack,
    PressHome,
    Screenshot,
    Scroll,
    Type,
    Wait,
)
from ..computer_use.keys import Keyboard, UnknownKeyError, read_keys
from ..computer_use.points import ModelPoint
from ..computer_use.scroll import DIRECTIONS
from .reply import TextCall, describe_call
from .templates import Template

FAMILY: Final = "uitars"

CLICKS: Final[dict[str, tuple[Button, int]]] = {
    "click": ("left", 1),
    "double_click": ("left", 2),
    "right_click": ("right", 1),
    "middle_click": ("middle", 1),
}


def read_call(call: TextCall, template: Template) -> tuple[Action, ...]:
    """Read one call into the actions it stands for, in order: mostly one. Unusable ones become `Foreign`."""
    try:
        actions = _read(call, template)
    except UnknownKeyError as error:
        return (_foreign(call, template, str(error)),)
    if call.extra and len(actions) == 1 and not isinstance(actions[0], Foreign):
        return (evolve(actions[0], own=Own(tool=f"{FAMILY} {template.name}", extra=dict(call.extra))),)
    return actions


def _foreign(call: TextCall, template: Template, reason: str) -> Foreign:
    return Foreign(family=FAMILY, tool=f"{FAMILY} {template.name}", document=describe_call(call), reason=reason)


def _read(call: TextCall, template: Template) -> tuple[Action, ...]:
    pointed = _read_pointed(call, template)
    if pointed is not None:
        return pointed
    match call.verb:
        case "type":
            typed = Type(text=call.text or "")
            return (typed,) if call.at is None else (Click(at=_point(call.at)), typed)
        case "hotkey" | "key_down" | "key_up":
            return _read_keys(call, template)
        case _:
            return (_read_plain(call, template),)


def _read_keys(call: TextCall, template: Template) -> tuple[Action, ...]:
    match call.verb:
        case "hotkey":
            return (Key(chords=(_keys(call),)),)
        case "key_down" if "key_up" not in template.forms:
            return (Key(chords=(_keys(call),)),)
        case "key_down":
            return tuple(KeyDown(key=key) for key in _keys(call))
        case _:
            return tuple(KeyUp(key=key) for key in _keys(call))


def _read_plain(call: TextCall, template: Template) -> Action:
    match call.verb:
        case "wait":
            return Wait(seconds=call.seconds)
        case "finished":
            return Done(text=call.text)
        case "call_user":
            return AskUser(text=call.text)
        case "open_app" if call.app:
            return OpenApp(name=call.app)
        case "navigate" if call.url:
            return Navigate(url=call.url)
        case verb if verb in _PLAIN:
            return _PLAIN[verb]()
        case _:
            return _foreign(call, template, f"{call.name or call.verb} is no action that can be executed")


_PLAIN: Final[dict[str, Callable[[], Action]]] = {
    "navigate_back": Back,
    "press_home": PressHome,
    "press_back": PressBack,
    "screenshot": Screenshot,
}


def _read_pointed(call: TextCall, template: Template) -> tuple[Action, ...] | None:
    at = None if call.at is None else _point(call.at)
    to = None if call.to is None else _point(call.to)
    button: Button = call.button or "left"
    match call.verb:
        case "scroll":
            return (_read_scroll(call, template, at, to),)
        case "mouse_down":
            return (MouseDown(button=button, at=at),)
        case "mouse_up":
            return (MouseUp(button=button, at=at),)
        case verb if at is None:
            return None
        case verb if verb in CLICKS:
            return (Click(button=CLICKS[verb][0], count=CLICKS[verb][1], at=at),)
        case "mouse_move":
            return (Move(at=at),)
        case "drag" if to is not None:
            return (Drag(path=(at, to)),)
        case "long_press":
            return (LongPress(at=at, seconds=call.seconds),)
        case _:
            return None


def _read_scroll(call: TextCall, template: Template, at: ModelPoint | None, to: ModelPoint | None) -> Action:
    if call.direction is not None:
        dx, dy = DIRECTIONS[call.direction]
        return Scroll(dx=dx, dy=dy, unit="unspecified", at=at)
    form = template.forms.get("scroll")
    if at is not None and to is not None and form is not None and form.argument("to") is not None:
        return Drag(path=(at, to))
    reason = f"a scroll between two points has no meaning in template {template.name}: say a direction"
    return _foreign(call, template, reason)


def _point(place: tuple[int | float, int | float]) -> ModelPoint:
    return ModelPoint(place[0], place[1])


def _keys(call: TextCall) -> Chord:
    return read_keys(call.keys or (), Keyboard.UITARS)
