"""The computer as a tool: every version's actions, one after another, on one `Computer`.

What a model asked for reaches the computer only as it was meant: points are put on the screen with the frame of the screenshot the
model saw, and what is out of range, unknown or foreign is refused in words, never guessed. The first action that fails ends its
batch; the result says how many were done. Each action that changes something is journaled, looking is not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

from attrs import field, frozen

from polyloop.translate import hub
from polyloop.translate.computer_use.actions import (
    Action,
    AskUser,
    CursorPosition,
    Done,
    Foreign,
    Screenshot,
    Zoom,
    neutral,
)
from polyloop.translate.computer_use.anthropic import TOOLS, read_action
from polyloop.translate.computer_use.coordinates import CoordinateError, Frame, Size
from polyloop.translate.computer_use.placement import place
from polyloop.translate.computer_use.points import ModelPoint
from polyloop.translate.errors import PolyloopError
from polyloop.translate.jsonvalue import ABSENT, JsonObject

from .. import texts
from ..clock import SystemClock
from ..journaling import OutcomeUnknownError
from ..plain import dump
from ..ports import CallContext, Clock, Computer, ToolOutcome, ToolPolicy, Zooms
from .functions import image_part
from .pictures import media_type_of, sendable

NAME: Final = "computer"
LANE: Final = "computer"
DEFAULT_VERSION: Final = "computer_20251124"
"""The vocabulary of a call whose arguments say an action and whose wire does not say which tool it is of."""

COMPUTER_POLICY: Final = ToolPolicy(lane=LANE, journaled=True, checks_target=True)
"""One after another, each action journaled, the target's health probed before."""

FrameOf: TypeAlias = Callable[[Size], Frame]


def same_pixels(screen: Size) -> Frame:
    """Return the frame of a screenshot that is sent as it is, to a model that speaks its pixels."""
    return Frame(screen=screen, sent=screen)


def fitting_in(side: int) -> FrameOf:
    """Return the frame of screenshots that are sent with no side longer than that, and in the screen's own shape."""

    def frame(screen: Size) -> Frame:
        longest = max(screen.width, screen.height)
        if longest <= side:
            return same_pixels(screen)
        width, height = (max(1, round(each * side / longest)) for each in (screen.width, screen.height))
        return Frame(screen=screen, sent=Size(width, height))

    return frame


@frozen(kw_only=True)
class _Step:
    """What one action came to. ``text`` is for the model, ``image`` a PNG or JPEG."""

    outcome: Literal["ok", "error", "unknown"] = "ok"
    text: str = ""
    image: bytes | None = None
    ends: Literal["no", "done", "stop"] = "no"


@frozen(kw_only=True)
class ComputerTool:
    """Runs the actions of computer calls."""

    computer: Computer
    definition: hub.Tool
    version: str = DEFAULT_VERSION
    """The tool's dated type: how arguments are read where the call does not bring actions."""
    frame: FrameOf = same_pixels
    resizes: bool = True
    """Whether screenshots are brought to the frame's size here; a UI-TARS server does the same to what it gets."""
    png_bytes: int | None = None
    """A screenshot whose PNG has more base64 than that is sent as JPEG; None: never."""
    shows_each: bool = True
    """Whether a call that did something ends with a screenshot; otherwise only one that asks for it does."""
    settle_seconds: float = 0.0
    """Time a screen gets to show what was done, before the screenshot behind an action."""
    clock: Clock = field(factory=SystemClock)
    policy: ToolPolicy = COMPUTER_POLICY

    async def run(self, call: hub.Call, context: CallContext) -> ToolOutcome:
        """Do a call's actions in order, up to the first that fails."""
        actions = self.actions_of(call)
        if not actions:
            return _outcome([_Step(outcome="error", text="Not executed: the call names no action.")], ())
        frame = self.frame(await self.computer.size())
        steps: list[_Step] = []
        try:
            for number, action in enumerate(actions):
                steps.append(await self._step(number, action, frame, context))
                if steps[-1].outcome != "ok" or steps[-1].ends != "no":
                    break
        except BaseException:
            await self.computer.release_held()
            raise
        stopped = len(steps) < len(actions) or steps[-1].outcome != "ok"
        released = await self._released() if stopped else ()
        return _outcome(_summed(steps, len(actions)), (*released, *await self._shown(steps, actions, frame)))

    async def _released(self) -> tuple[hub.Part, ...]:
        """Let go of what is held down. What the actions came to is known by now, and stays so where this fails."""
        try:
            await self.computer.release_held()
        except Exception as error:
            return (hub.Text(text=texts.not_released(type(error).__name__)),)
        return ()

    def actions_of(self, call: hub.Call) -> tuple[Action, ...]:
        """Return a call's actions: its own, or what its arguments say in the tool's vocabulary."""
        if call.actions is not ABSENT:
            return call.actions
        arguments = call.arguments.value
        return (read_action(arguments, _flat(self.version)),) if isinstance(arguments, dict) else ()

    async def look(self, call: hub.Call) -> tuple[hub.Part, ...]:
        """Show the screen as it is."""
        return (_shows(await self._screenshot(self.frame(await self.computer.size()))),)

    async def _screenshot(self, frame: Frame) -> bytes:
        """Take a screenshot, in the size in which it is sent."""
        size = frame.sent if self.resizes and frame.sent != frame.screen else None
        return await self._sendable(await self.computer.screenshot(), size)

    async def _sendable(self, picture: bytes, size: Size | None = None) -> bytes:
        return await asyncio.to_thread(sendable, picture, size, self.png_bytes)

    async def _step(self, number: int, action: Action, frame: Frame, context: CallContext) -> _Step:
        match action:
            case Foreign(reason=reason):
                return _Step(outcome="error", text=f"Not executed: {reason}.")
            case Screenshot() | CursorPosition() | Zoom():
                return await self._look(action, frame)
            case Done(text=text):
                return _Step(text=text or "The task is finished.", ends="done")
            case AskUser(text=text):
                return _Step(text=text or "A person is needed.", ends="stop")
            case _:
                return await self._perform(number, action, frame, context)

    async def _look(self, action: Screenshot | CursorPosition | Zoom[ModelPoint], frame: Frame) -> _Step:
        """Look at the computer. Actions before this one in the batch are done, so a failure is this action's and not the call's."""
        try:
            match action:
                case Screenshot():
                    return _Step(image=await self._screenshot(frame))
                case CursorPosition():
                    at = frame.to_model(await self.computer.cursor_position())
                    return _Step(text=f"X={at.x},Y={at.y}")
                case Zoom():
                    return await self._zoom(action, frame)
        except PolyloopError as error:
            return _Step(outcome="error", text=f"Not executed: {error}")
        except Exception as error:  # whoever drives the computer failed; looking changes nothing
            return _Step(outcome="error", text=texts.no_screenshot(type(error).__name__))

    async def _perform(self, number: int, action: Action, frame: Frame, context: CallContext) -> _Step:
        try:
            placed = place(action, frame)
        except CoordinateError as error:
            return _Step(outcome="error", text=f"Not executed: {error}.")

        async def perform() -> JsonObject:
            try:
                await self.computer.perform(placed)
            except PolyloopError as error:
                return {"outcome": "error", "text": f"Not executed: {error}"}
            except Exception as error:  # whoever drives the computer failed: the action may have been carried out
                return {"outcome": "unknown", "text": f"{texts.UNKNOWN_OUTCOME} ({type(error).__name__})"}
            return {"outcome": "ok"}

        said = {"action": type(action).__name__, **dump(neutral(placed))}
        try:
            result = await context.act(str(number), said, perform)
        except OutcomeUnknownError:
            return _Step(outcome="unknown", text=texts.UNKNOWN_OUTCOME)
        return _Step(outcome=result["outcome"], text=result.get("text", ""))

    async def _zoom(self, action: Zoom[ModelPoint], frame: Frame) -> _Step:
        if not isinstance(self.computer, Zooms):
            return _Step(outcome="error", text="Not executed: this computer cannot zoom.")
        try:
            corners = frame.to_screen(action.top_left), frame.to_screen(action.bottom_right)
        except CoordinateError as error:
            return _Step(outcome="error", text=f"Not executed: {error}.")
        return _Step(image=await self._sendable(await self.computer.zoom(*corners)))

    async def _shown(self, steps: list[_Step], actions: tuple[Action, ...], frame: Frame) -> tuple[hub.Part, ...]:
        """Return the screenshot behind a call, where its actions did not give one already, or failed."""
        failed = steps[-1].outcome != "ok"
        looked = steps[-1].image is not None or isinstance(actions[len(steps) - 1], CursorPosition)
        if (looked or steps[-1].ends != "no" or not self.shows_each) and not failed:
            return ()
        if self.settle_seconds and not failed:
            await self.clock.sleep(self.settle_seconds)
        try:
            return (_shows(await self._screenshot(frame)),)
        except PolyloopError as error:  # what the actions came to is known, and is told as it is
            return (hub.Text(text=str(error)),)
        except Exception as error:
            return (hub.Text(text=texts.no_screenshot(type(error).__name__)),)


def _shows(picture: bytes) -> hub.Media:
    return image_part(picture, media_type_of(picture))


def _flat(version: str) -> str:
    """Return the version whose arguments are ``{"action": ...}``: a toolset's members say the same by other means."""
    return version if TOOLS[version].toolset is None else DEFAULT_VERSION


def _summed(steps: list[_Step], asked: int) -> list[_Step]:
    """Add how far a batch came, where it did not come to its end."""
    if asked == 1 or steps[-1].outcome == "ok":
        return steps
    done, rest = len(steps) - 1, asked - len(steps)
    text = f"Of {asked} actions {done} were done before this one, {rest} after it were not executed."
    return [*steps, _Step(text=text)]


def _outcome(steps: list[_Step], shown: tuple[hub.Part, ...]) -> ToolOutcome:
    parts: list[hub.Part] = []
    outcome: Literal["ok", "error", "unknown"] = "ok"
    ends: Literal["no", "done", "stop"] = "no"
    for step in steps:
        parts += [hub.Text(text=step.text)] if step.text else []
        parts += [_shows(step.image)] if step.image is not None else []
        outcome = step.outcome if step.outcome != "ok" else outcome
        ends = step.ends if step.ends != "no" else ends
    conclusion = (
        {"success": False, "error": "User Needed", "error_description": steps[-1].text} if ends == "stop" else ABSENT
    )
    return ToolOutcome(parts=(*parts, *shown), outcome=outcome, ends=ends, conclusion=conclusion)
