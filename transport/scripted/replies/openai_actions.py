"""Computer actions in the words of OpenAI's computer tool.

Source: the Responses types of the openai SDK (computer_call actions) and the project's action table (2026-11-22).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from polyloop.translate.jsonvalue import JsonObject

from ..scenario import ComputerAction, ScenarioError
from .scene import point_of

PIXELS_A_NOTCH: Final = 100

_DIRECTIONS: Final[Mapping[str, tuple[int, int]]] = {"up": (0, -1), "down": (0, 1), "left": (-1, 0), "right": (1, 0)}


def spell(action: ComputerAction, details: JsonObject) -> JsonObject:
    """Return the action as OpenAI says it. Raises `ScenarioError` where it cannot: there is no triple click, no hold, no zoom."""
    rule = _RULES.get(action.action)
    if rule is None:
        raise ScenarioError(
            f"OpenAI's computer tool has no action for {action.action}; give the step a document of its own"
        )
    return rule(action, details)


def _xy(action: ComputerAction, details: JsonObject, key: str = "coordinate") -> JsonObject:
    x, y = point_of(details.get(key), action, key)[:2]
    return {"x": x, "y": y}


def _keys(text: object) -> list[str]:
    return [key for key in str(text).upper().split("+") if key]


def _held(details: JsonObject) -> JsonObject:
    """Modifier keys held during a click or scroll."""
    return {"keys": _keys(details["text"])} if details.get("text") else {}


def _click(button: str) -> Callable[[ComputerAction, JsonObject], JsonObject]:
    return lambda action, details: {"type": "click", "button": button, **_xy(action, details), **_held(details)}


def _drag(action: ComputerAction, details: JsonObject) -> JsonObject:
    path = [_xy(action, details, "start_coordinate"), _xy(action, details)]
    return {"type": "drag", "path": path, **_held(details)}


def _scroll(action: ComputerAction, details: JsonObject) -> JsonObject:
    direction, amount = details.get("scroll_direction", "down"), details.get("scroll_amount", 3)
    if direction not in _DIRECTIONS or not isinstance(amount, int):
        raise ScenarioError("scroll needs a direction (up, down, left, right) and a whole number of notches")
    across, down = _DIRECTIONS[direction]
    pixels = {"scroll_x": across * amount * PIXELS_A_NOTCH, "scroll_y": down * amount * PIXELS_A_NOTCH}
    return {"type": "scroll", **_xy(action, details), **pixels, **_held(details)}


_RULES: Final[Mapping[str, Callable[[ComputerAction, JsonObject], JsonObject]]] = {
    "left_click": _click("left"),
    "right_click": _click("right"),
    "middle_click": _click("wheel"),
    "double_click": lambda action, details: {
        "type": "double_click",
        **_xy(action, details),
        "keys": None,
        **_held(details),
    },
    "mouse_move": lambda action, details: {"type": "move", **_xy(action, details), **_held(details)},
    "left_click_drag": _drag,
    "scroll": _scroll,
    "key": lambda action, details: {"type": "keypress", "keys": _keys(details.get("text", ""))},
    "type": lambda action, details: {"type": "type", "text": str(details.get("text", ""))},
    "wait": lambda action, details: {"type": "wait"},
    "screenshot": lambda action, details: {"type": "screenshot"},
}
