"""OpenAI's computer actions: the preview's single ``action`` and the elements of GA's ``actions[]``, which are alike.

A batch of n actions is one call with one screenshot as its result; `write_action` may need several documents for one
neutral action, which the preview's single ``action`` cannot hold: pass ``batch=False`` and such an action is refused.
Safety checks belong to the call, not to its actions, and are not read here.

Source: SDK 3.54.0 types ``response_computer_tool_call``, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..errors import UsageError
from ..jsonvalue import Json, JsonObject
from .actions import (
    PIXELS_PER_NOTCH,
    Action,
    Button,
    Chord,
    Click,
    Drag,
    Foreign,
    Key,
    Move,
    Screenshot,
    Scroll,
    Type,
    Wait,
)
from .fields import Fields, UnfitError, as_object_point
from .keys import Keyboard, UnknownKeyError, read_keys, spell_key
from .outcomes import CannotSayError, NotExpressible, Outcome, Unsaid, Written
from .points import ModelPoint
from .residue import attach, restore

FAMILY: Final = "openai"
TOOLS: Final = ("computer_use_preview", "computer")
"""The preview tool and the generally available one, by their ``type``."""

_BUTTONS: Final[dict[str, Button]] = {
    "left": "left",
    "right": "right",
    "wheel": "middle",
    "back": "back",
    "forward": "forward",
}
_BUTTON_NAMES: Final[dict[Button, str]] = {button: name for name, button in _BUTTONS.items()}
_KEYS: Final = frozenset({"button", "x", "y", "keys", "path", "scroll_x", "scroll_y", "text"})
_NOTHING_UNSAID: Final = Unsaid()


def read_action(document: JsonObject, tool: str = "computer") -> Action:
    """Read one action. What is unknown or ill-typed becomes `Foreign` with the reason; model output never raises.

    Raises `UsageError` for an unknown ``tool``.
    """
    _check_tool(tool)
    fields = Fields(document)
    try:
        name = fields.text("type")
        if name not in _READERS:
            raise UnfitError(f"there is no action {name[:40]!r}")
        action = _READERS[name](fields)
        fields.refuse(_KEYS, name)
    except UnfitError as error:
        return Foreign(family=FAMILY, tool=tool, document=document, reason=str(error))
    return attach(action, fields, _write(action, _NOTHING_UNSAID), family=FAMILY, tool=tool)


def write_action(
    action: Action, tool: str = "computer", unsaid: Unsaid = _NOTHING_UNSAID, *, batch: bool | None = None
) -> Outcome:
    """Write an action, or tell what the vocabulary cannot say.

    Without ``batch`` (the preview's default) an action that needs several documents is not expressible.
    Raises `UsageError` for an unknown ``tool``.
    """
    _check_tool(tool)
    if isinstance(action, Foreign):
        if action.tool != tool:
            return NotExpressible(missing=(f"action of {action.tool}: {action.reason}",))
        return Written(documents=(action.document,))
    outcome = _write(action, unsaid)
    several = isinstance(outcome, Written) and len(outcome.documents) > 1
    if several and not (tool == "computer" if batch is None else batch):
        return NotExpressible(missing=("several actions in one call",))
    return restore(action, outcome, family=FAMILY, tool=tool, read=lambda again: read_action(again, tool))


def _check_tool(tool: str) -> None:
    if tool not in TOOLS:
        raise UsageError(f"unknown computer tool {tool!r}: known are {', '.join(TOOLS)}")


def _point(fields: Fields) -> ModelPoint:
    x, y = fields.get("x"), fields.get("y")
    return as_object_point({"x": x, "y": y}, "the point")


def _keys(fields: Fields, *, needed: bool = False) -> Chord:
    keys = fields.get("keys")
    if keys is None and not needed:
        return ()
    if not (isinstance(keys, list) and all(isinstance(key, str) for key in keys) and (keys or not needed)):
        raise UnfitError("keys must be an array of key names")
    try:
        return read_keys(keys, Keyboard.OPENAI)
    except UnknownKeyError as error:
        raise UnfitError(str(error)) from error


def _read_click(fields: Fields) -> Click[ModelPoint]:
    button = fields.text("button")
    if button not in _BUTTONS:
        raise UnfitError(f"there is no button {button[:40]!r}")
    return Click(button=_BUTTONS[button], at=_point(fields), modifiers=_keys(fields))


def _read_double_click(fields: Fields) -> Click[ModelPoint]:
    return Click(count=2, at=_point(fields), modifiers=_keys(fields))


def _read_drag(fields: Fields) -> Drag[ModelPoint]:
    path = fields.get("path")
    if not isinstance(path, list) or len(path) < 2:
        raise UnfitError("path must be an array of two points or more")
    points = tuple(as_object_point(point, f"path[{index}]") for index, point in enumerate(path))
    return Drag(path=points, modifiers=_keys(fields))


def _read_scroll(fields: Fields) -> Scroll[ModelPoint]:
    dx, dy = fields.get("scroll_x"), fields.get("scroll_y")
    if type(dx) is not int or type(dy) is not int:
        raise UnfitError("scroll_x and scroll_y must be whole pixels")
    return Scroll(dx=dx, dy=dy, unit="pixel", at=_point(fields), modifiers=_keys(fields))


_READERS: Final[dict[str, Callable[[Fields], Action]]] = {
    "click": _read_click,
    "double_click": _read_double_click,
    "drag": _read_drag,
    "keypress": lambda fields: Key(chords=(_keys(fields, needed=True),)),
    "move": lambda fields: Move(at=_point(fields), modifiers=_keys(fields)),
    "screenshot": lambda _fields: Screenshot(),
    "scroll": _read_scroll,
    "type": lambda fields: Type(text=fields.text("text")),
    "wait": lambda _fields: Wait(),
}


def _write(action: Action, unsaid: Unsaid) -> Outcome:
    try:
        match action:
            case Click():
                return Written(documents=(_click(action),))
            case Drag():
                return Written(documents=(_drag(action),))
            case Scroll():
                return _scroll(action, unsaid)
            case Key():
                return _keypresses(action)
            case Move():
                return Written(documents=({"type": "move", **_at(action.at), **_held(action.modifiers)},))
            case Type():
                return Written(documents=({"type": "type", "text": action.text},))
            case Wait():
                return Written(documents=({"type": "wait"},), missing=() if action.seconds is None else ("wait time",))
            case Screenshot():
                return Written(documents=({"type": "screenshot"},))
            case _:
                return NotExpressible(missing=(f"{type(action).__name__} action",))
    except UnknownKeyError as error:
        return NotExpressible(missing=(f"key {error.key!r}",))
    except CannotSayError as error:
        return NotExpressible(missing=(str(error),))


def _at(point: ModelPoint | None) -> JsonObject:
    if point is None:
        raise CannotSayError("pointer action where the pointer is")
    if type(point.x) is not int or type(point.y) is not int:
        raise CannotSayError("fraction in a coordinate")
    return {"x": point.x, "y": point.y}


def _spelled(keys: Chord) -> list[Json]:
    return [spell_key(key, Keyboard.OPENAI) for key in keys]


def _held(keys: Chord) -> JsonObject:
    return {"keys": _spelled(keys)} if keys else {}


def _click(action: Click[ModelPoint]) -> JsonObject:
    if action.count == 1:
        held = _held(action.modifiers)
        return {"type": "click", "button": _BUTTON_NAMES[action.button], **_at(action.at), **held}
    if action.count == 2 and action.button == "left":
        # The one action whose type requires ``keys``, null or not.
        return {"type": "double_click", **_at(action.at), "keys": _spelled(action.modifiers) or None}
    raise CannotSayError(f"{ {2: 'double', 3: 'triple'}[action.count] } click of the {action.button} button")


def _drag(action: Drag[ModelPoint]) -> JsonObject:
    if action.button != "left":
        raise CannotSayError(f"drag with the {action.button} button")
    if action.from_cursor:
        raise CannotSayError("pointer action where the pointer is")
    return {"type": "drag", "path": [_at(point) for point in action.path], **_held(action.modifiers)}


def _scroll(action: Scroll[ModelPoint], unsaid: Unsaid) -> Written:
    missing: tuple[str, ...] = ()
    factor = 1 if action.unit == "pixel" else PIXELS_PER_NOTCH
    if action.unit == "unspecified":
        if unsaid.notches is None:
            raise CannotSayError("scroll without an amount")
        factor, missing = unsaid.notches * PIXELS_PER_NOTCH, ("scroll without an amount",)
    distance = {"scroll_x": action.dx * factor, "scroll_y": action.dy * factor}
    document = {"type": "scroll", **_at(action.at), **distance, **_held(action.modifiers)}
    return Written(documents=(document,), missing=missing, rewritten=action.unit == "notch")


def _keypresses(action: Key) -> Written:
    documents: tuple[JsonObject, ...] = tuple(
        {"type": "keypress", "keys": _spelled(chord)} for chord in action.chords
    ) * (1 if action.repeat is None else action.repeat)
    return Written(documents=documents, rewritten=len(documents) > 1 or action.repeat is not None)
