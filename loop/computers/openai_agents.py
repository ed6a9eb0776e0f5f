"""The computers of the OpenAI Agents SDK, both ways: a driver of theirs as a `Computer`, and a `Computer` as a driver of theirs.

Their drivers (``agents.Computer``, ``agents.AsyncComputer``) have one method for each of OpenAI's actions, so both ways are that
vocabulary's own reader and writer: what it cannot say is refused and nothing stands in its place. Nothing of the SDK is imported here.

Source: openai-agents 0.24.0, ``agents.computer`` and ``agents.run_internal.tool_actions``, read 2026-11.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import inspect
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Final, Literal, Self

from attrs import evolve

from polyloop.translate.computer_use import openai
from polyloop.translate.computer_use.actions import (
    Click,
    CursorPosition,
    Drag,
    Foreign,
    Move,
    ScreenAction,
    Screenshot,
    Scroll,
    Type,
    Wait,
    Zoom,
    points_of,
    press,
)
from polyloop.translate.computer_use.coordinates import Frame, Size
from polyloop.translate.computer_use.outcomes import NotExpressible, Unsaid
from polyloop.translate.computer_use.placement import place, unplace
from polyloop.translate.computer_use.points import ScreenPoint
from polyloop.translate.jsonvalue import Json, JsonObject

from ..ports import Computer
from .errors import ComputerClosedError, DriverError, NotPerformableError
from .pictures import size_of
from .planning import DEFAULT_NOTCHES, Sight, check_point, pieces_of

_ARGUMENTS: Final[dict[str, tuple[str, ...]]] = {
    "click": ("x", "y", "button"),
    "double_click": ("x", "y"),
    "scroll": ("x", "y", "scroll_x", "scroll_y"),
    "type": ("text",),
    "wait": (),
    "move": ("x", "y"),
    "keypress": ("keys",),
    "drag": ("path",),
}
"""Each action's ``type`` is the driver's method, and these of its fields are the positional arguments, in order."""


class AgentsComputer:
    """A driver of the Agents SDK, sync or async, as a computer of the loop. Sync methods run in a thread.

    Held buttons and keys, middle double clicks and the like have no method there, and are refused. Modifiers are passed to drivers whose
    methods take ``keys``. A driver does not say where its pointer is: the place it was sent to last is kept.
    """

    def __init__(self, driver: Any, *, unspecified_notches: int = DEFAULT_NOTCHES) -> None:
        self._driver = driver
        self._unsaid = Unsaid(notches=unspecified_notches)
        self._sight = Sight()
        self._pointer: ScreenPoint | None = None
        self._closed = False

    async def size(self) -> Size:
        """Return the driver's ``dimensions``, or what its screenshot measures where it states none."""
        self._check_open()
        stated = self._driver.dimensions
        if stated is not None:
            self._sight.now = Size(*stated)
        elif self._sight.now is None:
            await self.screenshot()
        assert self._sight.now is not None, "a screenshot was looked at"
        return self._sight.now

    async def screenshot(self) -> bytes:
        """Return the driver's screenshot. Raises `DriverError` where it is no picture."""
        self._check_open()
        text = await _called(self._driver.screenshot)
        try:
            picture = base64.b64decode(text, validate=True)
        except (binascii.Error, TypeError, ValueError) as error:
            raise DriverError("the driver's screenshot is no base64") from error
        size = size_of(picture)
        if size is None:
            raise DriverError("the driver's screenshot is neither PNG nor JPEG")
        self._sight.show(size)
        return picture

    async def perform(self, action: ScreenAction) -> None:
        """Do one action with the driver's methods.

        Raises `OutOfRangeError`, `NotPerformableError` and `ScreenChangedError` (nothing was done). What the driver raises goes through:
        nobody knows what was done then.
        """
        size = await self.size()
        size = self._sight.check(action)
        for point in points_of(action):
            check_point(point, size)
        if isinstance(action, (Screenshot, CursorPosition, Zoom)):
            return
        if isinstance(action, Wait) and action.seconds is not None:
            await asyncio.sleep(float(action.seconds))  # a driver's wait takes no time
            return
        calls = [self._call(document) for document in self._documents(action, size)]
        for method, arguments, keys in calls:
            await _called(method, *arguments, **keys)
        for point in points_of(action):
            self._pointer = point

    async def cursor_position(self) -> ScreenPoint:
        """Return where the pointer was sent to last. Raises `NotPerformableError` before it was sent anywhere."""
        self._check_open()
        if self._pointer is None:
            raise NotPerformableError("not known: this driver does not say where its pointer is")
        return self._pointer

    async def release_held(self) -> None:
        """Do nothing: each of the driver's methods releases what it pressed."""

    async def close(self) -> None:
        """Let go of the driver, which stays its owner's to close."""
        self._closed = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _check_open(self) -> None:
        if self._closed:
            raise ComputerClosedError("the driver was let go of")

    def _documents(self, action: ScreenAction, size: Size) -> list[JsonObject]:
        """Say an action as OpenAI's. A newline is the Enter key here, for drivers differ in what they type for it."""
        parts = [self._at_pointer(action)]
        if isinstance(action, Type):
            parts = [Type(text=piece) if kind == "text" else press(piece) for kind, piece in pieces_of(action.text)]
        documents: list[JsonObject] = []
        for part in parts:
            outcome = openai.write_action(unplace(part, Frame(screen=size, sent=size)), "computer", self._unsaid)
            if isinstance(outcome, NotExpressible):
                raise NotPerformableError(f"not executed: this driver has no means for {', '.join(outcome.missing)}")
            documents += outcome.documents
        return documents

    def _at_pointer(self, action: ScreenAction) -> ScreenAction:
        """Name the place of an action that is to be done where the pointer is, as far as that is known."""
        if self._pointer is None:
            return action
        if isinstance(action, (Click, Scroll, Move)) and action.at is None:
            return evolve(action, at=self._pointer)
        if isinstance(action, Drag) and action.from_cursor:
            return evolve(action, path=(self._pointer, *action.path), from_cursor=False)
        return action

    def _call(self, document: JsonObject) -> tuple[Callable[..., Any], list[Any], dict[str, Any]]:
        name = document["type"]
        method = getattr(self._driver, name)
        arguments: list[Any] = [document[argument] for argument in _ARGUMENTS[name]]
        if name == "drag":
            arguments = [[(point["x"], point["y"]) for point in document["path"]]]
        held = document.get("keys") if name != "keypress" else None
        if held and not _takes_keys(method):
            raise NotPerformableError(f"not executed: this driver's {name} takes no modifier keys")
        return method, arguments, {"keys": held} if held else {}


class AgentsDriver:
    """A computer of ours in the shape of ``agents.AsyncComputer``: its methods, ``dimensions`` and ``environment``. Make one with `of`.

    The SDK asks with ``isinstance``: ``agents.AsyncComputer.register(AgentsDriver)`` once, and its ``ComputerTool`` takes it. What is refused raises an error
    of `ComputerError`, or `CoordinateError` for a point beside the screen.
    """

    def __init__(
        self, computer: Computer, size: Size, environment: Literal["mac", "windows", "ubuntu", "browser"] = "ubuntu"
    ) -> None:
        self._computer = computer
        self._frame = Frame(screen=size, sent=size)
        self._environment = environment

    @classmethod
    async def of(
        cls, computer: Computer, *, environment: Literal["mac", "windows", "ubuntu", "browser"] = "ubuntu"
    ) -> AgentsDriver:
        """Ask the computer for its size, which the SDK wants to know without waiting, and return the driver. Closing it stays yours."""
        return cls(computer, await computer.size(), environment)

    @property
    def environment(self) -> Literal["mac", "windows", "ubuntu", "browser"]:
        """What kind of screen it is, for the preview tool."""
        return self._environment

    @property
    def dimensions(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._frame.screen.width, self._frame.screen.height

    async def screenshot(self) -> str:
        """Return the screen in base64."""
        return base64.b64encode(await self._computer.screenshot()).decode("ascii")

    async def click(self, x: int, y: int, button: str, *, keys: Sequence[str] | None = None) -> None:
        """Click, with keys held."""
        await self._do("click", keys, x=x, y=y, button=button)

    async def double_click(self, x: int, y: int, *, keys: Sequence[str] | None = None) -> None:
        """Click twice, with keys held."""
        await self._do("double_click", keys, x=x, y=y)

    async def scroll(self, x: int, y: int, scroll_x: int, scroll_y: int, *, keys: Sequence[str] | None = None) -> None:
        """Scroll by pixels, right and down."""
        await self._do("scroll", keys, x=x, y=y, scroll_x=scroll_x, scroll_y=scroll_y)

    async def type(self, text: str) -> None:
        """Type a text."""
        await self._do("type", None, text=text)

    async def wait(self) -> None:
        """Wait as long as this computer does where no time is said."""
        await self._do("wait", None)

    async def move(self, x: int, y: int, *, keys: Sequence[str] | None = None) -> None:
        """Move the pointer, with keys held."""
        await self._do("move", keys, x=x, y=y)

    async def keypress(self, keys: Sequence[str]) -> None:
        """Press keys together."""
        await self._do("keypress", keys)

    async def drag(self, path: Sequence[tuple[int, int]], *, keys: Sequence[str] | None = None) -> None:
        """Drag along points, with keys held."""
        points: list[Json] = [{"x": x, "y": y} for x, y in path]
        await self._do("drag", keys, path=points)

    async def _do(self, name: str, keys: Sequence[str] | None, **fields: Json) -> None:
        document: JsonObject = {"type": name, **fields, **({"keys": list(keys)} if keys is not None else {})}
        action = openai.read_action(document)
        if isinstance(action, Foreign):
            raise NotPerformableError(f"not executed: {action.reason}")
        await self._computer.perform(place(action, self._frame))


async def _called(method: Callable[..., Any], *arguments: Any, **keys: Any) -> Any:
    """Call a driver's method: an async one here, any other in a thread, for it may wait long."""
    if inspect.iscoroutinefunction(method):
        return await method(*arguments, **keys)
    returned = await asyncio.to_thread(method, *arguments, **keys)
    return await returned if inspect.isawaitable(returned) else returned


def _takes_keys(method: Callable[..., Any]) -> bool:
    parameters = inspect.signature(method).parameters
    return "keys" in parameters or any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values())
