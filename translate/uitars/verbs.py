"""The verbs and arguments of all UI-TARS action spaces, as data.

Source: prompts and parsers of bytedance/UI-TARS 582f3a7 and bytedance/UI-TARS-desktop 239b654, read 2026-11.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from attrs import frozen

Role: TypeAlias = Literal["at", "to", "text", "keys", "direction", "button", "seconds", "url", "app"]

_SPELLINGS: Final[dict[str, str]] = {
    "click": "click left_click left_single",
    "double_click": "left_double double_click double_tap",
    "right_click": "right_single right_click",
    "middle_click": "middle_click",
    "mouse_move": "hover move_to move mouse_move",
    "drag": "drag left_click_drag swipe",
    # With two points a drag over text, with one a click on a dropdown.
    "select": "select",
    "scroll": "scroll",
    "type": "type",
    "hotkey": "hotkey",
    "key_down": "press keydown",
    "key_up": "release keyup",
    "mouse_down": "mouse_down",
    "mouse_up": "mouse_up",
    "long_press": "long_press",
    "press_home": "press_home",
    "press_back": "press_back",
    "open_app": "open_app open",
    "navigate": "navigate",
    "navigate_back": "navigate_back",
    "wait": "wait",
    "finished": "finished",
    "call_user": "call_user",
    "screenshot": "screenshot take_screenshot",
    "open_computer": "open_computer",
}
VERBS: Final[dict[str, str]] = {
    spelling: verb for verb, spellings in _SPELLINGS.items() for spelling in spellings.split()
}
"""Spelling, in lower case, to canonical verb."""

POINT_NAMES: Final = frozenset(
    {"start_box", "start_point", "point", "start", "position", "coordinate", "box", "end_box", "end_point", "end"}
)
"""Arguments that hold a point whatever the verb: their text never holds a quote."""

_ROLE_NAMES: Final[dict[Role, str]] = {
    "at": "start_box start_point point start position coordinate box",
    "to": "end_box end_point end",
    "text": "content text input_text",
    "keys": "key hotkey keys",
    "direction": "direction",
    "button": "button",
    "seconds": "time seconds duration",
    "url": "url content",
    "app": "app_name name content",
}
# Names that stand in a published action space; any other one is read as an alias and noted.
_PUBLISHED: Final = frozenset(
    {
        "start_box",
        "start_point",
        "point",
        "end_box",
        "end_point",
        "content",
        "key",
        "direction",
        "button",
        "time",
        "url",
        "app_name",
    }
)


def is_alias(name: str, role: Role) -> bool:
    """Tell whether an argument's name is read for a role, but stands for it in no published action space."""
    return name not in _PUBLISHED or name not in _ROLE_NAMES[role].split()


@frozen(kw_only=True)
class VerbShape:
    """What a verb takes: the roles it needs, those it may have, and what positional arguments mean in order."""

    needs: tuple[Role, ...] = ()
    may: tuple[Role, ...] = ()
    whole_when_cut: bool = False
    """A call cut off before its closing parenthesis is still whole once its points have closed themselves."""

    @property
    def roles(self) -> tuple[Role, ...]:
        """Every role, in the order of positional arguments."""
        return self.needs + self.may


_POINTED: Final = VerbShape(needs=("at",), whole_when_cut=True)
SHAPES: Final[dict[str, VerbShape]] = {
    "click": _POINTED,
    "double_click": _POINTED,
    "right_click": _POINTED,
    "middle_click": _POINTED,
    "mouse_move": _POINTED,
    "drag": VerbShape(needs=("at", "to"), whole_when_cut=True),
    # Not whole when cut: one point may be the first of two.
    "select": VerbShape(needs=("at",), may=("to",)),
    "scroll": VerbShape(may=("at", "direction", "to")),
    "type": VerbShape(needs=("text",), may=("at",)),
    "hotkey": VerbShape(needs=("keys",)),
    "key_down": VerbShape(needs=("keys",)),
    "key_up": VerbShape(needs=("keys",)),
    "mouse_down": VerbShape(may=("at", "button")),
    "mouse_up": VerbShape(may=("at", "button")),
    "long_press": VerbShape(needs=("at",), may=("seconds",)),
    "press_home": VerbShape(),
    "press_back": VerbShape(),
    "open_app": VerbShape(needs=("app",)),
    "navigate": VerbShape(needs=("url",)),
    "navigate_back": VerbShape(),
    "wait": VerbShape(may=("seconds",)),
    "finished": VerbShape(may=("text",)),
    "call_user": VerbShape(may=("text",)),
    "screenshot": VerbShape(),
    "open_computer": VerbShape(),
}
MISSING: Final[dict[Role, str]] = {
    "at": "missing_point",
    "to": "missing_point",
    "text": "missing_text",
    "keys": "missing_key",
    "direction": "missing_direction",
    "url": "missing_url",
    "app": "missing_app",
}
"""What a call is short of, by the role it lacks."""


def role_of(verb: str, name: str) -> Role | None:
    """Return what an argument of this name means for a verb."""
    roles = SHAPES[verb].roles
    for role in roles:
        if name in _ROLE_NAMES[role].split():
            return role
    # A click that names only the end of something: the point it has.
    if roles == ("at",) and name in _ROLE_NAMES["to"].split():
        return "at"
    return None
