"""Calls of pyautogui, the language of OpenCUA and of OSWorld's agents: read and written, never run.

Read is a text of calls, one to a line or set apart by ``;``, with comments, imports and code fences around them. Only
literals are arguments; a name, an operator or a call in their place makes the call `Foreign`. Nothing is evaluated.
What follows a call that was not understood keeps its place behind it, for whoever executes to stop there.

Source: pyautogui 0.9.54, OpenCUA's ``computer.*`` additions, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import evolve

from ..jsonvalue import JsonObject
from .actions import (
    Action,
    Button,
    Chord,
    Click,
    CursorPosition,
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
    Screenshot,
    Scroll,
    Spelling,
    Type,
    Wait,
)
from .keys import Keyboard, UnknownKeyError, spell_key
from .outcomes import CannotSayError, NotExpressible, Outcome, Unsaid, Written
from .points import ModelPoint
from .pyautogui_calls import Statement, split_statements
from .pyautogui_read import read_call
from .residue import restore
from .scroll import notches_of

FAMILY: Final = "pyautogui"
_NOTHING_UNSAID: Final = Unsaid()

_CLICKS: Final[dict[tuple[Button, int], str]] = {
    ("left", 1): "click",
    ("right", 1): "rightClick",
    ("middle", 1): "middleClick",
    ("left", 2): "doubleClick",
    ("left", 3): "tripleClick",
}


def read_code(text: str) -> tuple[Action, ...]:
    """Read a text of calls into actions, in order. Total: what is not understood becomes `Foreign`, at its place."""
    return tuple(map(_read_statement, split_statements(text)))


def _read_statement(statement: Statement) -> Action:
    if statement.call is None:
        return _foreign(statement.text, statement.problem)
    action = read_call(statement.call)
    if isinstance(action, str):
        return _foreign(statement.text, action)
    written = _write(action, _NOTHING_UNSAID)
    ours = written.documents[0]["code"] if isinstance(written, Written) and len(written.documents) == 1 else None
    spelling = None if ours == statement.text else Spelling(family=FAMILY, values={"code": statement.text})
    return action if isinstance(action, Foreign) else evolve(action, spelling=spelling)


def read_action(document: JsonObject) -> Action:
    """Read ``{"code": text}`` that holds one call. Several calls, or none, are `Foreign`: see `read_code`."""
    code = document.get("code")
    if not isinstance(code, str):
        return Foreign(family=FAMILY, tool=FAMILY, document=document, reason="code must be a string")
    actions = read_code(code)
    if len(actions) != 1:
        reason = f"code must be one call, not {len(actions)}"
        return Foreign(family=FAMILY, tool=FAMILY, document=document, reason=reason)
    return actions[0]


def _foreign(code: str, reason: str) -> Foreign:
    return Foreign(family=FAMILY, tool=FAMILY, document={"code": code}, reason=reason)


def write_action(action: Action, unsaid: Unsaid = _NOTHING_UNSAID) -> Outcome:
    """Write an action as ``{"code": text}`` documents of one call each, or tell what pyautogui cannot say."""
    outcome = _write(action, unsaid)
    return restore(action, outcome, family=FAMILY, tool=FAMILY, read=read_action)


def _write(action: Action, unsaid: Unsaid) -> Outcome:
    if isinstance(action, Foreign):
        if action.family != FAMILY:
            return NotExpressible(missing=(f"action of {action.tool}: {action.reason}",))
        return Written(documents=(action.document,))
    try:
        outcome = _WRITERS[type(action)](action, unsaid) if type(action) in _WRITERS else None
    except UnknownKeyError as error:
        return NotExpressible(missing=(f"key {error.key!r}",))
    except CannotSayError as error:
        return NotExpressible(missing=(str(error),))
    if outcome is None:
        return NotExpressible(missing=(f"{type(action).__name__} action",))
    return outcome


def write_code(outcome: Written) -> str:
    """Join written documents to one text, a call on each line."""
    return "\n".join(document["code"] for document in outcome.documents)


def _call(name: str, *arguments: object, **named: object) -> str:
    spelled = [*map(repr, arguments), *(f"{key}={value!r}" for key, value in named.items())]
    owner = "time" if name == "sleep" else "computer" if name in ("terminate", "wait", "tripleClick") else "pyautogui"
    return f"{owner}.{name}({', '.join(spelled)})"


def _place(point: ModelPoint) -> tuple[int | float, int | float]:
    return point.x, point.y


def _written(*codes: str, missing: tuple[str, ...] = (), rewritten: bool | None = None) -> Written:
    documents: tuple[JsonObject, ...] = tuple({"code": code} for code in codes)
    return Written(documents=documents, missing=missing, rewritten=len(codes) > 1 if rewritten is None else rewritten)


def _names(keys: Chord) -> list[str]:
    return [spell_key(key, Keyboard.PYAUTOGUI) for key in keys]


def _held(keys: Chord, inner: Written) -> Written:
    """Hold keys around calls."""
    if not keys:
        return inner
    down = [{"code": _call("keyDown", name)} for name in _names(keys)]
    up = [{"code": _call("keyUp", name)} for name in reversed(_names(keys))]
    return evolve(inner, documents=(*down, *inner.documents, *up), rewritten=True)


def _click(action: Click[ModelPoint], _unsaid: Unsaid) -> Written:
    if action.button in ("back", "forward"):
        raise CannotSayError(f"{action.button} button")
    at = () if action.at is None else _place(action.at)
    name = _CLICKS.get((action.button, action.count))
    code = _call("click", *at, clicks=action.count, button=action.button) if name is None else _call(name, *at)
    return _held(action.modifiers, _written(code))


def _button(action: MouseDown[ModelPoint] | MouseUp[ModelPoint], _unsaid: Unsaid) -> Written:
    if action.button in ("back", "forward"):
        raise CannotSayError(f"{action.button} button")
    at = {} if action.at is None else {"x": action.at.x, "y": action.at.y}
    return _written(_call("mouseDown" if isinstance(action, MouseDown) else "mouseUp", **at, button=action.button))


def _drag(action: Drag[ModelPoint], _unsaid: Unsaid) -> Written:
    if action.button in ("back", "forward"):
        raise CannotSayError(f"{action.button} button")
    start, rest = (action.path[:0], action.path) if action.from_cursor else (action.path[:1], action.path[1:])
    codes = [_call("moveTo", *_place(point)) for point in start]
    if len(rest) == 1:
        codes.append(_call("dragTo", *_place(rest[0]), button=action.button))
    else:
        codes.append(_call("mouseDown", button=action.button))
        codes.extend(_call("moveTo", *_place(point)) for point in rest)
        codes.append(_call("mouseUp", button=action.button))
    return _held(action.modifiers, _written(*codes))


def _scroll(action: Scroll[ModelPoint], unsaid: Unsaid) -> Written:
    dx, dy = action.dx, action.dy
    missing: tuple[str, ...] = ()
    if action.unit == "pixel":
        (dx, exact_x), (dy, exact_y) = notches_of(dx), notches_of(dy)
        missing = () if exact_x and exact_y else ("scroll_quantised",)
    elif action.unit == "unspecified":
        if unsaid.notches is None:
            raise CannotSayError("scroll without an amount")
        dx, dy, missing = dx * unsaid.notches, dy * unsaid.notches, ("scroll without an amount",)
    at = {} if action.at is None else {"x": action.at.x, "y": action.at.y}
    # Upwards is positive here, to the right as well.
    codes = [_call("scroll", -dy, **at)] if dy or not dx else []
    codes += [_call("hscroll", dx, **at)] if dx else []
    rewritten = len(codes) > 1 or action.unit == "pixel"
    return _held(action.modifiers, _written(*codes, missing=missing, rewritten=rewritten))


def _type(action: Type, _unsaid: Unsaid) -> Written:
    if not all(character in "\n\t" or " " <= character <= "~" for character in action.text):
        # pyautogui skips what is on no key, in silence.
        raise CannotSayError("text beyond ASCII")
    return _written(_call("write", action.text))


def _key(action: Key, _unsaid: Unsaid) -> Written:
    chords = [_names(chord) for chord in action.chords]
    if all(len(chord) == 1 for chord in chords) and (len(chords) > 1 or action.repeat is not None):
        keys = [chord[0] for chord in chords]
        repeat = {} if action.repeat is None else {"presses": action.repeat}
        return _written(_call("press", keys[0] if len(keys) == 1 else keys, **repeat))
    codes = [_call("hotkey", *chord) if len(chord) > 1 else _call("press", chord[0]) for chord in chords]
    several = len(codes) > 1 or action.repeat is not None
    return _written(*(codes * (1 if action.repeat is None else action.repeat)), rewritten=several)


def _hold(action: HoldKey, _unsaid: Unsaid) -> Written:
    return _held(action.chord, _written(_call("sleep", action.seconds)))


def _wait(action: Wait, _unsaid: Unsaid) -> Written:
    return _written(_call("wait") if action.seconds is None else _call("sleep", action.seconds))


def _long_press(action: LongPress[ModelPoint], unsaid: Unsaid) -> Written:
    down = _call("mouseDown", x=action.at.x, y=action.at.y, button="left")
    pause = _wait(Wait(seconds=action.seconds), unsaid).documents[0]["code"]
    return _written(down, pause, _call("mouseUp", button="left"))


def _done(action: Done, _unsaid: Unsaid) -> Written:
    return _written(_call("terminate", status="success"), missing=() if action.text is None else ("closing text",))


_WRITERS: Final[dict[type, Callable[..., Written]]] = {
    Click: _click,
    Move: lambda action, _unsaid: _held(action.modifiers, _written(_call("moveTo", *_place(action.at)))),
    MouseDown: _button,
    MouseUp: _button,
    Drag: _drag,
    Scroll: _scroll,
    Type: _type,
    Key: _key,
    HoldKey: _hold,
    KeyDown: lambda action, _unsaid: _written(_call("keyDown", *_names((action.key,)))),
    KeyUp: lambda action, _unsaid: _written(_call("keyUp", *_names((action.key,)))),
    Wait: _wait,
    Screenshot: lambda _action, _unsaid: _written(_call("screenshot")),
    CursorPosition: lambda _action, _unsaid: _written(_call("position")),
    LongPress: _long_press,
    Done: _done,
}
