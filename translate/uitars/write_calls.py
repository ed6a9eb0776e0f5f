"""Neutral actions to UI-TARS calls, under a declared template."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from attrs import evolve, frozen

from ..computer_use.actions import (
    Action,
    AskUser,
    Back,
    Chord,
    Click,
    Done,
    Drag,
    Foreign,
    HoldKey,
    Key,
    KeyDown,
    KeyUp,
    LongPress,
    MouseDown,
    MouseUp,
    Move,
    Navigate,
    OpenApp,
    PressBack,
    PressHome,
    Screenshot,
    Scroll,
    Type,
    Wait,
)
from ..computer_use.keys import Keyboard, UnknownKeyError, spell_key, split_spaced_chord
from ..computer_use.outcomes import CannotSayError, NotExpressible
from ..computer_use.points import ModelPoint
from ..computer_use.scroll import direction_of
from .read_calls import CLICKS
from .reply import TextCall
from .templates import Template

MOST_KEYS: Final = 3
"""Keys of one hotkey, by the prompt's own rule."""

_CLICK_VERBS: Final = {click: verb for verb, click in CLICKS.items()}


@frozen(kw_only=True)
class WrittenCalls:
    """Calls that say an action. ``missing`` and ``rewritten`` as in `polyloop.translate.computer_use.outcomes`."""

    calls: tuple[TextCall, ...]
    missing: tuple[str, ...] = ()
    rewritten: bool = False


CallOutcome: TypeAlias = WrittenCalls | NotExpressible


def write_call(action: Action, template: Template) -> CallOutcome:
    """Write an action in a template's calls, or tell what the template cannot say."""
    try:
        outcome = _Writer(template).write(action)
    except UnknownKeyError as error:
        return NotExpressible(missing=(f"key {error.key!r}",))
    except CannotSayError as error:
        return NotExpressible(missing=(str(error),))
    if isinstance(action, Foreign) or action.own is None:
        return outcome
    left = tuple(f"{action.own.tool} {key}" for key in action.own.extra)
    return evolve(outcome, missing=outcome.missing + left)


_Pointed: TypeAlias = (
    Click[ModelPoint] | Move[ModelPoint] | MouseDown[ModelPoint] | MouseUp[ModelPoint] | LongPress[ModelPoint]
)


class _Writer:
    """Writer for one template: each method writes one kind of action, or raises `CannotSayError`."""

    def __init__(self, template: Template) -> None:
        self.template = template

    def write(self, action: Action) -> WrittenCalls:
        match action:
            case Click() | Move() | MouseDown() | MouseUp() | LongPress():
                return self.pointer(action)
            case Drag():
                return self.held(action.modifiers, self.drag(action))
            case Scroll():
                return self.held(action.modifiers, self.scroll(action))
            case Key():
                calls = [self.hotkey(chord) for chord in action.chords] * (action.repeat or 1)
                several = len(calls) > 1 or action.repeat is not None
                return WrittenCalls(calls=tuple(calls), rewritten=several)
            case KeyDown():
                return self.one("key_down", keys=self.names((action.key,)))
            case KeyUp():
                return self.one("key_up", keys=self.names((action.key,)))
            case HoldKey():
                return self.held(action.chord, self.wait(action.seconds, exact=True))
            case Wait():
                return self.wait(action.seconds)
            case Done() | AskUser():
                return self.closing("finished" if isinstance(action, Done) else "call_user", action.text)
            case _:
                return self.plain(action)

    def plain(self, action: Action) -> WrittenCalls:
        match action:
            case Type():
                return self.one("type", text=action.text)
            case OpenApp() if action.name:
                return self.one("open_app", app=action.name)
            case Navigate() if action.url:
                return self.one("navigate", url=action.url)
            case Back():
                return self.one("navigate_back")
            case PressHome():
                return self.one("press_home")
            case PressBack():
                return self.one("press_back")
            case Screenshot():
                return self.one("screenshot")
            case _:
                raise CannotSayError(f"{type(action).__name__} action")

    def call(self, verb: str, **fields: Any) -> TextCall:
        if verb not in self.template.forms:
            raise CannotSayError(f"{verb} action")
        return TextCall(verb=verb, **fields)

    def one(self, verb: str, **fields: Any) -> WrittenCalls:
        return WrittenCalls(calls=(self.call(verb, **fields),))

    def at(self, point: ModelPoint | None) -> dict[str, Any]:
        if point is None:
            raise CannotSayError("pointer action where the pointer is")
        return self.place(point, "at", "box")

    def place(self, point: ModelPoint, name: str, box: str) -> dict[str, Any]:
        if not isinstance(point.x, int) or not isinstance(point.y, int):
            raise CannotSayError("fraction in a coordinate")
        place = (point.x, point.y)
        return {name: place} | ({box: (*place, *place)} if self.template.point_form == "box" else {})

    def pointer(self, action: _Pointed) -> WrittenCalls:
        match action:
            case Click():
                verb = _CLICK_VERBS.get((action.button, action.count))
                if verb is None:
                    raise CannotSayError(f"{action.count} clicks of the {action.button} button")
                return self.held(action.modifiers, self.one(verb, **self.at(action.at)))
            case Move():
                return self.held(action.modifiers, self.one("mouse_move", **self.at(action.at)))
            case MouseDown() | MouseUp():
                return self.button("mouse_down" if isinstance(action, MouseDown) else "mouse_up", action)
            case LongPress():
                return self.long_press(action)

    def button(self, verb: str, action: MouseDown[ModelPoint] | MouseUp[ModelPoint]) -> WrittenCalls:
        if action.button not in ("left", "right", "middle"):
            raise CannotSayError(f"{action.button} button down or up")
        place = {} if action.at is None else self.at(action.at)
        return self.one(verb, button=action.button, **place)

    def long_press(self, action: LongPress[ModelPoint]) -> WrittenCalls:
        written = self.one("long_press", **self.at(action.at))
        if action.seconds is None:
            return written
        if self.template.forms["long_press"].argument("seconds") is None:
            return evolve(written, missing=("long press time",))
        return self.one("long_press", seconds=self.seconds(action.seconds), **self.at(action.at))

    def seconds(self, value: int | float) -> int | float:
        # The text form has no exponents, so a tiny or huge number of seconds has no spelling.
        if "e" in repr(value) or value < 0 or value >= 10**6 or len(repr(value)) > 12:
            raise CannotSayError(f"a time of {value} seconds")
        return value

    def drag(self, action: Drag[ModelPoint]) -> WrittenCalls:
        if not action.from_cursor and len(action.path) == 2 and action.button == "left":
            start, end = action.path
            places = self.at(start) | self.place(end, "to", "to_box")
            # A swipe between two points is what a template without drag calls scroll.
            swipes = "drag" not in self.template.forms and self.swipes()
            return self.one("scroll" if swipes else "drag", **places)
        if action.button not in ("left", "right", "middle"):
            raise CannotSayError(f"drag with the {action.button} button")
        moves = [self.call("mouse_move", **self.at(point)) for point in action.path]
        before, after = (0, moves) if action.from_cursor else (1, moves[1:])
        down, up = (self.call(verb, button=action.button) for verb in ("mouse_down", "mouse_up"))
        return WrittenCalls(calls=(*moves[:before], down, *after, up), rewritten=True)

    def swipes(self) -> bool:
        form = self.template.forms.get("scroll")
        return form is not None and form.argument("to") is not None

    def scroll(self, action: Scroll[ModelPoint]) -> WrittenCalls:
        straight = direction_of(action.dx, action.dy)
        if straight is None or straight[1] == 0:
            raise CannotSayError("scroll without one direction")
        if self.swipes():
            raise CannotSayError("scroll by a direction")
        written = self.one("scroll", direction=straight[0], **self.at(action.at))
        exact = action.unit == "unspecified" and straight[1] == 1
        return written if exact else evolve(written, missing=("scroll amount",))

    def names(self, keys: Chord) -> tuple[str, ...]:
        names = tuple(spell_key(key, Keyboard.UITARS) for key in keys)
        if split_spaced_chord(" ".join(names)) != names:
            raise CannotSayError(f"keys {' '.join(names)} together")
        return names

    def hotkey(self, chord: Chord) -> TextCall:
        if len(chord) > MOST_KEYS:
            raise CannotSayError(f"more than {MOST_KEYS} keys at once")
        return self.call("hotkey", keys=self.names(chord))

    def held(self, keys: Chord, inner: WrittenCalls) -> WrittenCalls:
        """Hold keys around calls, where the template can press and release."""
        if not keys:
            return inner
        if not {"key_down", "key_up"} <= self.template.forms.keys():
            raise CannotSayError("keys held during an action")
        down = tuple(self.call("key_down", keys=self.names((key,))) for key in keys)
        up = tuple(self.call("key_up", keys=self.names((key,))) for key in reversed(keys))
        return WrittenCalls(calls=(*down, *inner.calls, *up), missing=inner.missing, rewritten=True)

    def wait(self, seconds: int | float | None, *, exact: bool = False) -> WrittenCalls:
        written = self.one("wait")
        if seconds is None:
            return written
        if self.template.forms["wait"].argument("seconds") is not None:
            return self.one("wait", seconds=self.seconds(seconds))
        if exact:
            raise CannotSayError("a time to hold")
        return evolve(written, missing=("wait time",))

    def closing(self, verb: str, text: str | None) -> WrittenCalls:
        written = self.one(verb)
        if text is None:
            return written
        if self.template.forms[verb].argument("text") is None:
            return evolve(written, missing=("closing text",))
        return self.one(verb, text=text)
