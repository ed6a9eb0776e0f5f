"""What can be done to a computer: one closed union of records that every vendor's vocabulary is read into.

``None`` always means "not said": ``Click(at=None)`` clicks where the pointer is, ``Wait(seconds=None)`` leaves the time
to whoever waits. No reader puts a default there. The records are generic in the space of their points: an `Action` is
what a model asked for (`ModelPoint`), a `ScreenAction` is what a computer can perform (`ScreenPoint`);
`polyloop.translate.computer_use.placement` turns one into the other with the frame of the screenshot.

Keys are canonical names of `polyloop.translate.computer_use.keys` (W3C ``key`` names or one character). Scroll
distances grow to the right and downwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, Literal, TypeAlias, TypeVar

from attrs import evolve, field, frozen
from attrs.validators import in_

from polyloop.translate.jsonvalue import Json, JsonObject

from .points import ModelPoint, P_co, Point, ScreenPoint

Button: TypeAlias = Literal["left", "right", "middle", "back", "forward"]
Unit: TypeAlias = Literal["notch", "pixel", "unspecified"]

Chord: TypeAlias = tuple[str, ...]
"""Canonical keys, pressed in this order and released in the opposite one."""

PIXELS_PER_NOTCH = 100
"""The convention of OpenAI, Playwright and Gemini; real applications scroll 53 to 120 pixels for a notch."""


@frozen(kw_only=True)
class Own:
    """What one vendor's document said beside the neutral fields; only that vendor's writer looks at it."""

    family: str
    """``anthropic``, ``openai``, ``uitars`` or ``pyautogui``."""
    tool: str
    """The exact vocabulary, such as ``computer_20250124``."""
    extra: Mapping[str, Json] = field(factory=dict)
    """Keys that no neutral field states."""
    spelled: Mapping[str, Json] = field(factory=dict)
    """Stated values in another spelling than our writer's. Used only while they still read as the neutral fields."""
    omitted: tuple[str, ...] = ()
    """Keys that our writer writes and that were not there."""


@frozen(kw_only=True)
class Click(Generic[P_co]):
    """One, two or three clicks of a button."""

    button: Button = "left"
    count: int = field(default=1, validator=in_((1, 2, 3)))
    at: P_co | None = None
    modifiers: Chord = ()
    own: Own | None = None


@frozen(kw_only=True)
class Move(Generic[P_co]):
    """The pointer goes somewhere, nothing is pressed."""

    at: P_co
    modifiers: Chord = ()
    own: Own | None = None


@frozen(kw_only=True)
class MouseDown(Generic[P_co]):
    """A button goes down and stays down."""

    button: Button = "left"
    at: P_co | None = None
    own: Own | None = None


@frozen(kw_only=True)
class MouseUp(Generic[P_co]):
    """A button is released."""

    button: Button = "left"
    at: P_co | None = None
    own: Own | None = None


@frozen(kw_only=True)
class Drag(Generic[P_co]):
    """A button is held along a path."""

    path: tuple[P_co, ...]
    """At least one point; with ``from_cursor`` the pointer's place comes before the first, else at least two."""
    from_cursor: bool = False
    button: Button = "left"
    modifiers: Chord = ()
    own: Own | None = None

    def __attrs_post_init__(self) -> None:
        if len(self.path) < (1 if self.from_cursor else 2):
            raise ValueError("a drag needs a start and an end")


@frozen(kw_only=True)
class Scroll(Generic[P_co]):
    """The wheel turns. With unit ``unspecified`` the numbers are -1, 0 or 1: a direction and nothing else."""

    dx: int = 0
    """Grows to the right."""
    dy: int = 0
    """Grows downwards: 1 shows what is further down."""
    unit: Unit
    at: P_co | None = None
    modifiers: Chord = ()
    own: Own | None = None


@frozen(kw_only=True)
class Type:
    """Text is typed. A newline in it is the Enter key, and at its end it submits."""

    text: str
    own: Own | None = None


@frozen(kw_only=True)
class Key:
    """Chords are pressed and released, one after the other; the whole sequence ``repeat`` times."""

    chords: tuple[Chord, ...]
    repeat: int | None = None
    own: Own | None = None

    def __attrs_post_init__(self) -> None:
        if not self.chords or not all(self.chords):
            raise ValueError("a key action needs at least one key in each chord")


@frozen(kw_only=True)
class HoldKey:
    """A chord is held for a time."""

    chord: Chord
    seconds: int | float
    own: Own | None = None


@frozen(kw_only=True)
class KeyDown:
    """A key goes down and stays down."""

    key: str
    own: Own | None = None


@frozen(kw_only=True)
class KeyUp:
    """A key is released."""

    key: str
    own: Own | None = None


@frozen(kw_only=True)
class Wait:
    """Nothing happens for a while."""

    seconds: int | float | None = None
    own: Own | None = None


@frozen(kw_only=True)
class Screenshot:
    """The model asks to see the screen."""

    own: Own | None = None


@frozen(kw_only=True)
class CursorPosition:
    """The model asks where the pointer is."""

    own: Own | None = None


@frozen(kw_only=True)
class Zoom(Generic[P_co]):
    """The model asks to see a part of the screen enlarged."""

    top_left: P_co
    bottom_right: P_co
    own: Own | None = None


@frozen(kw_only=True)
class LongPress(Generic[P_co]):
    """A finger, or the left button, rests on a point."""

    at: P_co
    seconds: int | float | None = None
    own: Own | None = None


@frozen(kw_only=True)
class Navigate:
    """A browser opens an address."""

    url: str
    own: Own | None = None


@frozen(kw_only=True)
class Back:
    """A browser goes back in its history."""

    own: Own | None = None


@frozen(kw_only=True)
class Forward:
    """A browser goes forward in its history."""

    own: Own | None = None


@frozen(kw_only=True)
class Reload:
    """A browser loads its page again."""

    own: Own | None = None


@frozen(kw_only=True)
class OpenApp:
    """An application is opened by its name."""

    name: str
    own: Own | None = None


@frozen(kw_only=True)
class PressHome:
    """A phone's home button."""

    own: Own | None = None


@frozen(kw_only=True)
class PressBack:
    """A phone's back button."""

    own: Own | None = None


@frozen(kw_only=True)
class Done:
    """The model says that the task is finished. ``text`` is its answer, if it gave one."""

    text: str | None = None
    own: Own | None = None


@frozen(kw_only=True)
class AskUser:
    """The model hands over to a person."""

    text: str | None = None
    own: Own | None = None


@frozen(kw_only=True)
class Foreign:
    """Something a vendor's model asked for that has no neutral meaning here. It is never executed on a guess."""

    family: str
    tool: str
    document: JsonObject
    """Whole, as it came."""
    reason: str
    """Why it was not understood, in one clause that can be shown to the model."""


P = TypeVar("P", bound=Point)
Q = TypeVar("Q", bound=Point)

ActionOf: TypeAlias = (
    Click[P]
    | Move[P]
    | MouseDown[P]
    | MouseUp[P]
    | Drag[P]
    | Scroll[P]
    | Type
    | Key
    | HoldKey
    | KeyDown
    | KeyUp
    | Wait
    | Screenshot
    | CursorPosition
    | Zoom[P]
    | LongPress[P]
    | Navigate
    | Back
    | Forward
    | Reload
    | OpenApp
    | PressHome
    | PressBack
    | Done
    | AskUser
    | Foreign
)
Action: TypeAlias = ActionOf[ModelPoint]
"""What a model asked for."""
ScreenAction: TypeAlias = ActionOf[ScreenPoint]
"""What a computer can perform."""


def press(*chord: str) -> Key:
    """Make the action that presses one chord: ``press("Control", "c")``."""
    return Key(chords=(chord,))


def neutral(action: ActionOf[P]) -> ActionOf[P]:
    """Return the action without what only its vendor said beside it."""
    return action if isinstance(action, Foreign) else evolve(action, own=None)


def points_of(action: ActionOf[P]) -> tuple[P, ...]:
    """Return every point an action names, in the order it is reached."""
    match action:
        case Click() | Move() | MouseDown() | MouseUp() | Scroll() | LongPress():
            return () if action.at is None else (action.at,)
        case Drag():
            return action.path
        case Zoom():
            return (action.top_left, action.bottom_right)
        case _:
            return ()


def map_points(action: ActionOf[P], change: Callable[[P], Q]) -> ActionOf[Q]:
    """Return the action with every point changed, usually into another space. Drops `own`: it tells of the old points."""
    match action:
        case Click():
            at = None if action.at is None else change(action.at)
            return Click(button=action.button, count=action.count, at=at, modifiers=action.modifiers)
        case Move():
            return Move(at=change(action.at), modifiers=action.modifiers)
        case MouseDown():
            return MouseDown(button=action.button, at=None if action.at is None else change(action.at))
        case MouseUp():
            return MouseUp(button=action.button, at=None if action.at is None else change(action.at))
        case Drag():
            path = tuple(change(point) for point in action.path)
            return Drag(path=path, from_cursor=action.from_cursor, button=action.button, modifiers=action.modifiers)
        case Scroll():
            at = None if action.at is None else change(action.at)
            return Scroll(dx=action.dx, dy=action.dy, unit=action.unit, at=at, modifiers=action.modifiers)
        case Zoom():
            return Zoom(top_left=change(action.top_left), bottom_right=change(action.bottom_right))
        case LongPress():
            return LongPress(at=change(action.at), seconds=action.seconds)
        case _:
            return action
