"""Neutral actions to Anthropic's flat action documents, for the computer tools and for the browser toolset."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..jsonvalue import JsonObject
from .actions import (
    Action,
    Back,
    Click,
    CursorPosition,
    Drag,
    Forward,
    HoldKey,
    Key,
    LongPress,
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
from .anthropic_tools import BROWSER_MAX_SECONDS, HISTORY_WORDS, MAX_SECONDS, ComputerTool
from .keys import Keyboard, UnknownKeyError, write_chord
from .outcomes import CannotSayError, NotExpressible, Outcome, Unsaid, Written
from .points import ModelPoint
from .scroll import direction_of, notches_of

_CLICK_NAMES: Final[dict[tuple[str, int], str]] = {
    ("left", 1): "left_click",
    ("right", 1): "right_click",
    ("middle", 1): "middle_click",
    ("left", 2): "double_click",
    ("left", 3): "triple_click",
}


def write_flat(action: Action, tool: ComputerTool, unsaid: Unsaid) -> Outcome:
    """Write an action for a version of the tool, without spelling or unknown keys."""
    writer = _Browser(tool, unsaid) if tool.toolset == "browser" else _Computer(tool, unsaid)
    try:
        return writer.write(action)
    except UnknownKeyError as error:
        return NotExpressible(missing=(f"key {error.key!r}",))
    except CannotSayError as error:
        return NotExpressible(missing=(str(error),))


def _one(name: str, **fields: object) -> Written:
    return Written(documents=({"action": name, **fields},))


def _chord(chord: tuple[str, ...]) -> str:
    return write_chord(chord, Keyboard.XDOTOOL)


def _whole(value: object, what: str) -> int:
    if type(value) is int:
        return value
    raise CannotSayError(f"fraction in {what}")


class _Computer:
    """Writer for the computer tools: one method for each action they can say."""

    def __init__(self, tool: ComputerTool, unsaid: Unsaid) -> None:
        self.tool = tool
        self.unsaid = unsaid
        self.first = tool.type == "computer_20241022"

    def write(self, action: Action) -> Outcome:
        write = self._writers().get(type(action))
        if write is None:
            return NotExpressible(missing=(f"{type(action).__name__} action",))
        outcome = write(action)
        for document in outcome.documents:
            if document["action"] not in self.tool.actions:
                raise CannotSayError(f"{document['action']} action")
        return outcome

    def _writers(self) -> dict[type, Callable[..., Written]]:
        return {
            Click: self.click,
            Move: self.move,
            MouseDown: self.button,
            MouseUp: self.button,
            Drag: self.drag,
            Scroll: self.scroll,
            Type: lambda action: _one("type", text=action.text),
            Key: self.key,
            HoldKey: self.hold_key,
            Wait: self.wait,
            Screenshot: lambda _action: _one("screenshot"),
            CursorPosition: lambda _action: _one("cursor_position"),
            Zoom: self.zoom,
            LongPress: self.long_press,
        }

    # Each method below writes one kind of action, or raises `CannotSayError`.

    def pair(self, point: ModelPoint) -> list[int]:
        return [_whole(point.x, "a coordinate"), _whole(point.y, "a coordinate")]

    def at(self, point: ModelPoint | None) -> JsonObject:
        return {} if point is None else {"coordinate": self.pair(point)}

    def held(self, keys: tuple[str, ...], what: str, *, allowed: bool = True) -> JsonObject:
        if not keys:
            return {}
        if self.first or not allowed:
            raise CannotSayError(f"keys held during a {what}")
        return {"text": _chord(keys)}

    def click(self, action: Click[ModelPoint]) -> Written:
        name = click_name(action)
        held = self.held(action.modifiers, "click")
        if self.first and action.at is not None:
            return self.sequence({"action": "mouse_move", **self.at(action.at)}, {"action": name})
        return _one(name, **self.at(action.at), **held)

    def move(self, action: Move[ModelPoint]) -> Written:
        self.held(action.modifiers, "move", allowed=False)
        return _one("mouse_move", coordinate=self.pair(action.at))

    def button(self, action: MouseDown[ModelPoint] | MouseUp[ModelPoint]) -> Written:
        name = button_name(action)
        if action.at is None:
            return _one(name)
        return self.sequence({"action": "mouse_move", **self.at(action.at)}, {"action": name})

    def drag(self, action: Drag[ModelPoint]) -> Written:
        if action.button != "left":
            raise CannotSayError(f"drag with the {action.button} button")
        held = self.held(action.modifiers, "drag", allowed=self.tool.toolset is not None)
        path = [self.pair(point) for point in action.path]
        starts_at_cursor = self.first or self.tool.toolset is None
        if action.from_cursor and len(path) == 1 and starts_at_cursor:
            return _one("left_click_drag", coordinate=path[0])
        if not action.from_cursor and len(path) == 2:
            if not self.first:
                return _one("left_click_drag", start_coordinate=path[0], coordinate=path[1], **held)
            move = {"action": "mouse_move", "coordinate": path[0]}
            return self.sequence(move, {"action": "left_click_drag", "coordinate": path[1]})
        if held:
            raise CannotSayError("keys held along a path of more than two points")
        moves: list[JsonObject] = [{"action": "mouse_move", "coordinate": point} for point in path]
        start, rest = (moves[:0], moves) if action.from_cursor else (moves[:1], moves[1:])
        return self.sequence(*start, {"action": "left_mouse_down"}, *rest, {"action": "left_mouse_up"})

    def scroll(self, action: Scroll[ModelPoint]) -> Written:
        (dx, dy), missing = self.notches(action)
        place = self.at(action.at) | self.held(action.modifiers, "scroll")
        straight = direction_of(dx, dy)
        if straight is None and action.modifiers:
            raise CannotSayError("diagonal scroll with keys held")
        # X11 has no diagonal either: one axis after the other is the same.
        parts = [straight] if straight is not None else [direction_of(0, dy), direction_of(dx, 0)]
        documents: list[JsonObject] = [
            {"action": "scroll", **place, "scroll_direction": part[0], "scroll_amount": part[1]}
            for part in parts
            if part is not None
        ]
        rewritten = straight is None or action.unit == "pixel"
        return Written(documents=tuple(documents), missing=missing, rewritten=rewritten)

    def notches(self, action: Scroll[ModelPoint]) -> tuple[tuple[int, int], tuple[str, ...]]:
        if action.unit == "notch":
            return (action.dx, action.dy), ()
        if action.unit == "pixel":
            (dx, exact_x), (dy, exact_y) = notches_of(action.dx), notches_of(action.dy)
            return (dx, dy), () if exact_x and exact_y else ("scroll_quantised",)
        if self.unsaid.notches is None:
            raise CannotSayError("scroll without an amount")
        return (action.dx * self.unsaid.notches, action.dy * self.unsaid.notches), ("scroll without an amount",)

    def key(self, action: Key) -> Written:
        texts = [_chord(chord) for chord in action.chords]
        if self.tool.toolset and len(texts) == 1:
            repeat = {} if action.repeat is None else {"repeat": self.repeat(action.repeat)}
            return _one("key", text=texts[0], **repeat)
        documents: list[JsonObject] = [{"action": "key", "text": text} for text in texts]
        documents *= 1 if action.repeat is None else self.repeat(action.repeat)
        return Written(documents=tuple(documents), rewritten=len(documents) > 1 or action.repeat is not None)

    def repeat(self, times: int) -> int:
        if not 1 <= times <= 100:
            raise CannotSayError(f"{times} repetitions")
        return times

    def seconds(self, value: float, what: str) -> int | float:
        """Return a length of time as the tool types it: whole seconds in the toolset."""
        if self.tool.toolset is None or type(value) is int:
            return self.at_most(value, None if self.tool.toolset is None else MAX_SECONDS, what)
        if value != int(value):
            raise CannotSayError(f"fraction of a second in {what}")
        return self.at_most(int(value), MAX_SECONDS, what)

    def at_most(self, value: int | float, limit: int | None, what: str) -> int | float:
        if limit is not None and value > limit:
            raise CannotSayError(f"{what} of more than {limit} seconds")
        return value

    def hold_key(self, action: HoldKey) -> Written:
        return _one("hold_key", text=_chord(action.chord), duration=self.seconds(action.seconds, "hold"))

    def wait(self, action: Wait) -> Written:
        if action.seconds is not None:
            return _one("wait", duration=self.seconds(action.seconds, "wait"))
        if self.unsaid.seconds is None:
            raise CannotSayError("wait without a time")
        return Written(
            documents=({"action": "wait", "duration": self.unsaid.seconds},), missing=("wait without a time",)
        )

    def zoom(self, action: Zoom[ModelPoint]) -> Written:
        return _one("zoom", region=[*self.pair(action.top_left), *self.pair(action.bottom_right)])

    def long_press(self, action: LongPress[ModelPoint]) -> Written:
        move: JsonObject = {"action": "mouse_move", "coordinate": self.pair(action.at)}
        waits = self.wait(Wait(seconds=action.seconds))
        down_up: tuple[JsonObject, JsonObject] = {"action": "left_mouse_down"}, {"action": "left_mouse_up"}
        documents = (move, down_up[0], *waits.documents, down_up[1])
        return Written(documents=documents, missing=waits.missing, rewritten=True)

    def sequence(self, *documents: JsonObject) -> Written:
        return Written(documents=documents, rewritten=True)


def click_name(action: Click[ModelPoint]) -> str:
    """Return the member for a button and a count. Raises `CannotSayError`."""
    name = _CLICK_NAMES.get((action.button, action.count))
    if name is None:
        times = {1: "", 2: "double ", 3: "triple "}[action.count]
        raise CannotSayError(f"{times}click of the {action.button} button")
    return name


def button_name(action: MouseDown[ModelPoint] | MouseUp[ModelPoint]) -> str:
    """Return the member that presses or releases the left button. Raises `CannotSayError` for another one."""
    if action.button != "left":
        raise CannotSayError(f"{action.button} button down or up")
    return "left_mouse_down" if isinstance(action, MouseDown) else "left_mouse_up"


class _Browser(_Computer):
    """Writer for the browser toolset, whose pointer actions name a target."""

    def _writers(self) -> dict[type, Callable[..., Written]]:
        return super()._writers() | {
            Navigate: self.navigate,
            Back: lambda _action: _one("navigate", url="back"),
            Forward: lambda _action: _one("navigate", url="forward"),
            Reload: lambda _action: _one("navigate", url="reload"),
        }

    def target(self, point: ModelPoint | None) -> JsonObject:
        if point is None:
            raise CannotSayError("pointer action where the pointer is")
        x, y = self.pair(point)
        return {"type": "coordinate", "x": x, "y": y}

    def click(self, action: Click[ModelPoint]) -> Written:
        held = {"modifiers": _chord(action.modifiers)} if action.modifiers else {}
        return _one(click_name(action), target=self.target(action.at), **held)

    def move(self, action: Move[ModelPoint]) -> Written:
        self.held(action.modifiers, "move", allowed=False)
        return _one("mouse_move", target=self.target(action.at))

    def button(self, action: MouseDown[ModelPoint] | MouseUp[ModelPoint]) -> Written:
        return _one(button_name(action), target=self.target(action.at))

    def drag(self, action: Drag[ModelPoint]) -> Written:
        if action.button != "left":
            raise CannotSayError(f"drag with the {action.button} button")
        self.held(action.modifiers, "drag", allowed=False)
        if action.from_cursor:
            raise CannotSayError("pointer action where the pointer is")
        targets = [self.target(point) for point in action.path]
        if len(targets) == 2:
            return Written(documents=({"action": "left_click_drag", "from": targets[0], "target": targets[1]},))
        moves: list[JsonObject] = [{"action": "mouse_move", "target": target} for target in targets[1:]]
        down: JsonObject = {"action": "left_mouse_down", "target": targets[0]}
        return self.sequence(down, *moves, {"action": "left_mouse_up", "target": targets[-1]})

    def scroll(self, action: Scroll[ModelPoint]) -> Written:
        self.held(action.modifiers, "scroll", allowed=False)
        target = self.target(action.at)
        if action.unit == "unspecified":
            straight = direction_of(action.dx, action.dy)
            if straight is None or straight[1] != 1:
                raise CannotSayError("scroll without one direction")
            return _one("scroll", target=target, scroll_direction=straight[0])
        (dx, dy), missing = self.notches(action)
        documents: list[JsonObject] = []
        for amount, part in ((dy, direction_of(0, dy)), (dx, direction_of(dx, 0))):
            if amount and part is not None:
                documents.append(self.wheel(target, *part))
        if not documents:
            raise CannotSayError("scroll by nothing")
        rewritten = len(documents) > 1 or action.unit == "pixel"
        return Written(documents=tuple(documents), missing=missing, rewritten=rewritten)

    def wheel(self, target: JsonObject, direction: str, amount: int) -> JsonObject:
        if amount > 10:
            raise CannotSayError("scroll of more than 10 notches")
        return {"action": "scroll", "target": target, "scroll_direction": direction, "scroll_amount": amount}

    def key(self, action: Key) -> Written:
        repeat = {} if action.repeat is None else {"repeat": self.repeat(action.repeat)}
        return _one("key", text=" ".join(_chord(chord) for chord in action.chords), **repeat)

    def seconds(self, value: float, what: str) -> int | float:
        return self.at_most(value, BROWSER_MAX_SECONDS, what)

    def long_press(self, action: LongPress[ModelPoint]) -> Written:
        target = self.target(action.at)
        waits = self.wait(Wait(seconds=action.seconds))
        down: JsonObject = {"action": "left_mouse_down", "target": target}
        up: JsonObject = {"action": "left_mouse_up", "target": target}
        return Written(documents=(down, *waits.documents, up), missing=waits.missing, rewritten=True)

    def navigate(self, action: Navigate) -> Written:
        if action.url in HISTORY_WORDS:
            raise CannotSayError(f"address {action.url!r}")
        return _one("navigate", url=action.url)
