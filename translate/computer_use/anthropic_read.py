"""Anthropic's action documents to neutral actions. A document is flat here: ``{"action": name, ...input}``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .actions import (
    Action,
    Back,
    Button,
    Click,
    CursorPosition,
    Drag,
    Forward,
    HoldKey,
    Key,
    MouseDown,
    MouseUp,
    Move,
    Navigate,
    Reload,
    Screenshot,
    Scroll,
    Type,
    Wait,
    Zoom,
)
from .anthropic_tools import BROWSER_MAX_SECONDS, MAX_SECONDS, ComputerTool
from .fields import Fields, UnfitError, as_object_point
from .keys import Keyboard, UnknownKeyError, read_chord
from .points import ModelPoint
from .scroll import DIRECTIONS

_Reader = Callable[[Fields, ComputerTool], Action]

_CLICKS: Final[dict[str, tuple[Button, int]]] = {
    "left_click": ("left", 1),
    "right_click": ("right", 1),
    "middle_click": ("middle", 1),
    "double_click": ("left", 2),
    "triple_click": ("left", 3),
}


def read_flat(fields: Fields, tool: ComputerTool) -> Action:
    """Read one flat document. Raises `UnfitError` for what the tool does not have or types wrongly."""
    name = fields.text("action")
    if name not in tool.actions:
        raise UnfitError(f"{tool.type} has no action {name[:40]!r}")
    reader = (_BROWSER_READERS if tool.toolset == "browser" else _READERS)[name]
    return reader(fields, tool)


def _key(fields: Fields, tool: ComputerTool) -> Action:
    repeat = fields.optional_integer("repeat", 1, 100) if tool.toolset else None
    return Key(chords=(fields.chord("text", Keyboard.XDOTOOL),), repeat=repeat)


def _hold_key(fields: Fields, tool: ComputerTool) -> Action:
    return HoldKey(chord=fields.chord("text", Keyboard.XDOTOOL), seconds=_duration(fields, tool))


def _duration(fields: Fields, tool: ComputerTool) -> int | float:
    if tool.toolset is None:
        return fields.seconds("duration")
    return fields.seconds("duration", whole=True, high=MAX_SECONDS)


def _type(fields: Fields, _tool: ComputerTool) -> Action:
    return Type(text=fields.text("text"))


def _wait(fields: Fields, tool: ComputerTool) -> Action:
    return Wait(seconds=_duration(fields, tool))


def _click(fields: Fields, tool: ComputerTool) -> Action:
    button, count = _CLICKS[fields.text("action")]
    if tool.type == "computer_20241022":
        # The first version clicks where the pointer is, and nowhere else.
        return Click(button=button, count=count)
    at, held = fields.optional_pair("coordinate"), fields.modifiers("text", Keyboard.XDOTOOL)
    return Click(button=button, count=count, at=at, modifiers=held)


def _drag(fields: Fields, tool: ComputerTool) -> Action:
    end = fields.pair("coordinate")
    if tool.type == "computer_20241022":
        return Drag(path=(end,), from_cursor=True)
    if tool.toolset is None:
        start = fields.optional_pair("start_coordinate")
        return Drag(path=(end,), from_cursor=True) if start is None else Drag(path=(start, end))
    held = fields.modifiers("text", Keyboard.XDOTOOL)
    return Drag(path=(fields.pair("start_coordinate"), end), modifiers=held)


def _scroll(fields: Fields, _tool: ComputerTool) -> Action:
    signs = _direction(fields)
    amount = fields.integer("scroll_amount", 0)
    at, held = fields.optional_pair("coordinate"), fields.modifiers("text", Keyboard.XDOTOOL)
    return Scroll(dx=signs[0] * amount, dy=signs[1] * amount, unit="notch", at=at, modifiers=held)


def _direction(fields: Fields) -> tuple[int, int]:
    direction = fields.text("scroll_direction")
    if direction not in DIRECTIONS:
        raise UnfitError(f"scroll_direction must be up, down, left or right, not {direction[:40]!r}")
    return DIRECTIONS[direction]


def _zoom(fields: Fields, _tool: ComputerTool) -> Action:
    region = fields.get("region")
    if not (isinstance(region, list) and len(region) == 4 and all(type(edge) is int for edge in region)):
        raise UnfitError("region must be four whole numbers [x0, y0, x1, y1]")
    return Zoom(top_left=ModelPoint(region[0], region[1]), bottom_right=ModelPoint(region[2], region[3]))


def _target(fields: Fields, key: str = "target") -> ModelPoint:
    target = fields.get(key)
    if isinstance(target, dict) and target.get("type") == "ref":
        raise UnfitError(f"{key} names an element by reference, which only a browser driver can resolve")
    if not isinstance(target, dict) or target.get("type") != "coordinate":
        raise UnfitError(f"{key} must be a coordinate or a reference")
    return as_object_point(target, key)


def _browser_click(fields: Fields, _tool: ComputerTool) -> Action:
    button, count = _CLICKS[fields.text("action")]
    held = fields.modifiers("modifiers", Keyboard.XDOTOOL)
    return Click(button=button, count=count, at=_target(fields), modifiers=held)


def _browser_drag(fields: Fields, _tool: ComputerTool) -> Action:
    return Drag(path=(_target(fields, "from"), _target(fields)))


def _browser_scroll(fields: Fields, _tool: ComputerTool) -> Action:
    signs = _direction(fields)
    amount = fields.optional_integer("scroll_amount", 1, 10)
    at = _target(fields)
    if amount is None:
        return Scroll(dx=signs[0], dy=signs[1], unit="unspecified", at=at)
    return Scroll(dx=signs[0] * amount, dy=signs[1] * amount, unit="notch", at=at)


def _browser_key(fields: Fields, _tool: ComputerTool) -> Action:
    words = fields.text("text").split()
    if not words:
        raise UnfitError("text names no key")
    try:
        chords = tuple(read_chord(word, Keyboard.XDOTOOL) for word in words)
    except UnknownKeyError as error:
        raise UnfitError(f"{error} in text") from error
    return Key(chords=chords, repeat=fields.optional_integer("repeat", 1, 100))


def _navigate(fields: Fields, _tool: ComputerTool) -> Action:
    url = fields.text("url")
    match url:
        case "back":
            return Back()
        case "forward":
            return Forward()
        case "reload":
            return Reload()
        case _:
            return Navigate(url=url)


_READERS: Final[dict[str, _Reader]] = {
    "key": _key,
    "hold_key": _hold_key,
    "type": _type,
    "cursor_position": lambda _fields, _tool: CursorPosition(),
    "mouse_move": lambda fields, _tool: Move(at=fields.pair("coordinate")),
    "left_mouse_down": lambda _fields, _tool: MouseDown(button="left"),
    "left_mouse_up": lambda _fields, _tool: MouseUp(button="left"),
    **dict.fromkeys(_CLICKS, _click),
    "left_click_drag": _drag,
    "scroll": _scroll,
    "wait": _wait,
    "screenshot": lambda _fields, _tool: Screenshot(),
    "zoom": _zoom,
}
_BROWSER_READERS: Final[dict[str, _Reader]] = {
    "navigate": _navigate,
    "screenshot": lambda _fields, _tool: Screenshot(),
    "zoom": _zoom,
    **dict.fromkeys(_CLICKS, _browser_click),
    "hover": lambda fields, _tool: Move(at=_target(fields)),
    "mouse_move": lambda fields, _tool: Move(at=_target(fields)),
    "left_click_drag": _browser_drag,
    "left_mouse_down": lambda fields, _tool: MouseDown(button="left", at=_target(fields)),
    "left_mouse_up": lambda fields, _tool: MouseUp(button="left", at=_target(fields)),
    "scroll": _browser_scroll,
    "type": _type,
    "key": _browser_key,
    "hold_key": lambda fields, _tool: HoldKey(
        chord=fields.chord("text", Keyboard.XDOTOOL), seconds=fields.seconds("duration", high=BROWSER_MAX_SECONDS)
    ),
    "wait": lambda fields, _tool: Wait(seconds=fields.seconds("duration", high=BROWSER_MAX_SECONDS)),
}
