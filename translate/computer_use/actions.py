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
from functools import partial
from typing import Generic, Literal, TypeAlias, TypeVar

from attrs import cmp_using, evolve, field, frozen
from attrs.validators import in_

from ..jsonvalue import Json, JsonObject, same_json
from .points import ModelPoint, P_co, Point, ScreenPoint

Button: TypeAlias = Literal["left", "right", "middle", "back", "forward"]
Unit: TypeAlias = Literal["notch", "pixel", "unspecified"]

Chord: TypeAlias = tuple[str, ...]
"""Canonical keys, pressed in this order and released in the opposite one."""

PIXELS_PER_NOTCH = 100
"""The convention of OpenAI, Playwright and Gemini; real applications scroll 53 to 120 pixels for a notch."""


@frozen(kw_only=True)
class Own:
    """Keys of one vendor's document that no neutral field states. Only a writer of the same tool puts them back."""

    tool: str
    """The exact vocabulary, such as ``computer_20250124``."""
    extra: Mapping[str, Json] = field(hash=False, eq=cmp_using(eq=partial(same_json, ordered=False)))


@frozen(kw_only=True)
class Spelling:
    """How a document spelled what the neutral fields state, where our writer would spell it otherwise.

    It is used only while it still reads as the neutral fields, so it can never contradict them.
    """

    family: str
    """``anthropic``, ``openai``, ``uitars`` or ``pyautogui``."""
    values: Mapping[str, Json] = field(hash=False)
    omitted: tuple[str, ...] = ()
    """Keys that our writer writes and that were not there."""


@frozen(kw_only=True)
class Owned:
    """Base of the actions: what a document said beside the neutral fields, and how it was spelled (not compared)."""

    own: Own | None = None
    spelling: Spelling | None = field(default=None, eq=False, repr=False)


@frozen(kw_only=True)
class Click(Owned, Generic[P_co]):
    """One, two or three clicks of a button."""

    button: Button = "left"
    count: int = field(default=1, validator=in_((1, 2, 3)))
    at: P_co | None = None
    modifiers: Chord = ()


@frozen(kw_only=True)
class Move(Owned, Generic[P_co]):
    """The pointer goes somewhere, nothing is pressed."""

    at: P_co
    modifiers: Chord = ()


@frozen(kw_only=True)
class MouseDown(Owned, Generic[P_co]):
    """A button goes down and stays down."""

    button: Button = "left"
    at: P_co | None = None


@frozen(kw_only=True)
class MouseUp(Owned, Generic[P_co]):
    """A button is released."""

    button: Button = "left"
    at: P_co | None = None


@frozen(kw_only=True)
class Drag(Owned, Generic[P_co]):
    """A button is held along a path."""

    path: tuple[P_co, ...]
    """At least one point; with ``from_cursor`` the pointer's place comes before the first, else at least two."""
    from_cursor: bool = False
    button: Button = "left"
    modifiers: Chord = ()

    def __attrs_post_init__(self) -> None:
        if len(self.path) < (1 if self.from_cursor else 2):
            raise ValueError("a drag needs a start and an end")


@frozen(kw_only=True)
class Scroll(Owned, Generic[P_co]):
    """The wheel turns. With unit ``unspecified`` the numbers are -1, 0 or 1: a direction and nothing else."""

    dx: int = 0
    """Grows to the right."""
    dy: int = 0
    """Grows downwards: 1 shows what is further down."""
    unit: Unit
    at: P_co | None = None
    modifiers: Chord = ()


@frozen(kw_only=True)
class Type(Owned):
    """Text is typed. A newline in it is the Enter key, and at its end it submits."""

    text: str


@frozen(kw_only=True)
class Key(Owned):
    """Chords are pressed and released, one after the other; the whole sequence ``repeat`` times."""

    chords: tuple[Chord, ...]
    repeat: int | None = None

    def __attrs_post_init__(self) -> None:
        if not self.chords or not all(self.chords):
            raise ValueError("a key action needs at least one key in each chord")


@frozen(kw_only=True)
class HoldKey(Owned):
    """A chord is held for a time."""

    chord: Chord
    seconds: int | float


@frozen(kw_only=True)
class KeyDown(Owned):
    """A key goes down and stays down."""

    key: str


@frozen(kw_only=True)
class KeyUp(Owned):
    """A key is released."""

    key: str


@frozen(kw_only=True)
class Wait(Owned):
    """Nothing happens for a while."""

    seconds: int | float | None = None


@frozen(kw_only=True)
class Screenshot(Owned):
    """The model asks to see the screen."""


@frozen(kw_only=True)
class CursorPosition(Owned):
    """The model asks where the pointer is."""


@frozen(kw_only=True)
class Zoom(Owned, Generic[P_co]):
    """The model asks to see a part of the screen enlarged."""

    top_left: P_co
    bottom_right: P_co


@frozen(kw_only=True)
class LongPress(Owned, Generic[P_co]):
    """A finger, or the left button, rests on a point."""

    at: P_co
    seconds: int | float | None = None


@frozen(kw_only=True)
class Navigate(Owned):
    """A browser opens an address."""

    url: str


@frozen(kw_only=True)
class Back(Owned):
    """A browser goes back in its history."""


@frozen(kw_only=True)
class Forward(Owned):
    """A browser goes forward in its history."""


@frozen(kw_only=True)
class Reload(Owned):
    """A browser loads its page again."""


@frozen(kw_only=True)
class OpenApp(Owned):
    """An application is opened by its name."""

    name: str


@frozen(kw_only=True)
class PressHome(Owned):
    """A phone's home button."""


@frozen(kw_only=True)
class PressBack(Owned):
    """A phone's back button."""


@frozen(kw_only=True)
class Done(Owned):
    """The model says that the task is finished. ``text`` is its answer, if it gave one."""

    text: str | None = None


@frozen(kw_only=True)
class AskUser(Owned):
    """The model hands over to a person."""

    text: str | None = None


@frozen(kw_only=True)
class Foreign:
    """Something a vendor's model asked for that has no neutral meaning here. It is never executed on a guess."""

    family: str
    tool: str
    document: JsonObject = field(hash=False, eq=cmp_using(eq=same_json))
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
    """Return the action without what only its vendor said beside it, and without its spelling."""
    return action if isinstance(action, Foreign) else evolve(action, own=None, spelling=None)


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
    """Return the action with every point changed, usually into another space. Its spelling is dropped."""
    match action:
        case Click():
            at = None if action.at is None else change(action.at)
            return Click(button=action.button, count=action.count, at=at, modifiers=action.modifiers, own=action.own)
        case Move():
            return Move(at=change(action.at), modifiers=action.modifiers, own=action.own)
        case MouseDown():
            return MouseDown(button=action.button, at=None if action.at is None else change(action.at), own=action.own)
        case MouseUp():
            return MouseUp(button=action.button, at=None if action.at is None else change(action.at), own=action.own)
        case Drag():
            return Drag(
                path=tuple(change(point) for point in action.path),
                from_cursor=action.from_cursor,
                button=action.button,
                modifiers=action.modifiers,
                own=action.own,
            )
        case Scroll():
            at = None if action.at is None else change(action.at)
            return Scroll(
                dx=action.dx, dy=action.dy, unit=action.unit, at=at, modifiers=action.modifiers, own=action.own
            )
        case Zoom():
            return Zoom(top_left=change(action.top_left), bottom_right=change(action.bottom_right), own=action.own)
        case LongPress():
            return LongPress(at=change(action.at), seconds=action.seconds, own=action.own)
        case _:
            return action
