"""Doubles of every port, and laws that any implementation of one can be checked by. Shipped: your tests need neither key nor network.

A double is a whole implementation that happens to be scripted: it keeps its port's promises.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import field, frozen, mutable

from polyloop.translate import hub
from polyloop.translate.computer_use.actions import ScreenAction, points_of
from polyloop.translate.computer_use.coordinates import OutOfRangeError, Size
from polyloop.translate.computer_use.points import ScreenPoint
from polyloop.translate.jsonvalue import ABSENT, Absent, Json, JsonObject

from .ports import ApprovalRequest, CallContext, Decision, Health, ImageWish, Notice, ToolOutcome, ToolPolicy
from .testing_laws import LawBrokenError, check_clock, check_computer, check_store
from .testing_port_laws import (
    RecordingContext,
    check_approver,
    check_client,
    check_imager,
    check_observer,
    check_probe,
    check_tool,
)

__all__ = [
    "PIXEL",
    "FakeClock",
    "FakeComputer",
    "FakeImager",
    "LawBrokenError",
    "RecordingContext",
    "RecordingObserver",
    "RecordingTool",
    "ScriptedApprover",
    "ScriptedHealth",
    "ScriptedModel",
    "call",
    "check_approver",
    "check_client",
    "check_clock",
    "check_computer",
    "check_imager",
    "check_observer",
    "check_probe",
    "check_store",
    "check_tool",
    "reply",
    "user",
]

PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
"""A PNG of one pixel."""


def user(text: str) -> hub.Turn:
    """Make a user's turn of one text."""
    return hub.Turn(role="user", parts=(hub.Text(text=text),))


def call(call_id: str, name: str, arguments: Json = ABSENT, **fields: Any) -> hub.Call:
    """Make a function call. ``fields`` are further fields of `hub.Call`."""
    value = {} if arguments is ABSENT else arguments
    return hub.Call(id=call_id, name=name, arguments=hub.Arguments(value=value), **fields)


def reply(
    *parts: hub.Part | str,
    stop: hub.StopReason | Absent | None = ABSENT,
    usage: hub.Usage | None = None,
    **fields: Any,
) -> hub.Response:
    """Make a reply of parts; a string is a text. Without ``stop`` it wants its tools, or ends the turn where it has no call."""
    said = tuple(hub.Text(text=part) if isinstance(part, str) else part for part in parts)
    if stop is ABSENT:
        stop = hub.Reason.TOOL_USE if any(isinstance(part, hub.Call) for part in said) else hub.Reason.END_TURN
    candidate = hub.Candidate(turn=hub.Turn(role="assistant", parts=said), stop=stop)
    return hub.Response(candidates=(candidate,), usage=usage, **fields)


@mutable(kw_only=True)
class ScriptedModel:
    """A `ProviderClient` that gives replies from a list, raises those that are exceptions, and keeps every request.

    A function in the list is given the request, and makes the reply of it.
    """

    script: Sequence[hub.Response | BaseException | Callable[[hub.Request], hub.Response]]
    provider: str = "scripted"
    wire: str = "anthropic"
    requests: list[hub.Request] = field(factory=list, init=False)
    closed: bool = field(default=False, init=False)

    async def create_message(self, request: hub.Request) -> hub.Response:
        """Give the next reply. Raises ``AssertionError`` when the script is at its end."""
        self.requests.append(request)
        await asyncio.sleep(0)
        if len(self.requests) > len(self.script):
            raise AssertionError("the loop asks for more replies than the script has")
        answer = self.script[len(self.requests) - 1]
        if isinstance(answer, BaseException):
            raise answer
        return answer if isinstance(answer, hub.Response) else answer(request)

    async def aclose(self) -> None:
        """Note that it was closed."""
        self.closed = True


@mutable(kw_only=True)
class RecordingTool:
    """A `Tool` that gives outcomes from a list (the last one again and again) and keeps every call."""

    name: str
    outcomes: list[ToolOutcome | BaseException] = field(factory=lambda: [ToolOutcome(parts=(hub.Text(text="done"),))])
    policy: ToolPolicy = field(factory=ToolPolicy)
    calls: list[hub.Call] = field(factory=list, init=False)
    finished: list[str] = field(factory=list, init=False)
    hold: asyncio.Event | None = None
    """If given, each call waits for it."""
    started: asyncio.Event = field(factory=asyncio.Event, init=False)
    """Set when the first call began."""
    running: int = field(default=0, init=False)
    most_at_once: int = field(default=0, init=False)

    @property
    def definition(self) -> hub.Tool:
        """A function that takes anything."""
        return hub.Tool(name=self.name, description=f"Does {self.name}.", schema={"type": "object"})

    async def run(self, call: hub.Call, context: CallContext) -> ToolOutcome:
        """Keep the call and give the next outcome."""
        self.calls.append(call)
        outcome = self.outcomes[min(len(self.calls), len(self.outcomes)) - 1]
        self.running += 1
        self.started.set()
        self.most_at_once = max(self.most_at_once, self.running)
        try:
            await asyncio.sleep(0)
            if self.hold is not None:
                await self.hold.wait()
        finally:
            self.running -= 1
        if isinstance(outcome, BaseException):
            raise outcome
        self.finished.append(call.id)
        return outcome


@mutable(kw_only=True)
class FakeComputer:
    """A `Computer` of one colour that keeps what it was asked to do. Its screenshots differ: they count what was done."""

    width: int = 1024
    height: int = 768
    done: list[ScreenAction] = field(factory=list, init=False)
    failures: dict[int, BaseException] = field(factory=dict)
    """What the nth action raises, counted from 0."""
    pointer: ScreenPoint = field(factory=lambda: ScreenPoint(0, 0), init=False)
    asked: int = field(default=0, init=False)
    released: int = field(default=0, init=False)
    closed: bool = field(default=False, init=False)

    async def size(self) -> Size:
        """Return its size."""
        return Size(self.width, self.height)

    async def screenshot(self) -> bytes:
        """Return bytes that begin as a PNG and say how much was done."""
        return PIXEL + json.dumps(len(self.done)).encode()

    async def perform(self, action: ScreenAction) -> None:
        """Keep the action. Raises `OutOfRangeError` for a point beyond the screen."""
        self.asked += 1
        failure = self.failures.get(self.asked - 1)
        if failure is not None:
            raise failure
        for point in points_of(action):
            if not (0 <= point.x < self.width and 0 <= point.y < self.height):
                raise OutOfRangeError(point, self.width, self.height)
            self.pointer = point
        self.done.append(action)

    async def cursor_position(self) -> ScreenPoint:
        """Return the last point that was acted on."""
        return self.pointer

    async def release_held(self) -> None:
        """Count."""
        self.released += 1

    async def close(self) -> None:
        """Note that it was closed."""
        self.closed = True


@mutable(kw_only=True)
class FakeImager:
    """An `Imager` that gives one pixel for every picture that begins as a PNG, and keeps what was wished."""

    asked: list[ImageWish] = field(factory=list, init=False)

    async def fit(self, data: bytes, media_type: str, wish: ImageWish) -> tuple[bytes, str] | None:
        """Give the pixel, where a PNG is as wished."""
        self.asked.append(wish)
        return (PIXEL, "image/png") if data.startswith(PIXEL[:8]) and "image/png" in wish.media_types else None


@mutable(kw_only=True)
class FakeClock:
    """A `Clock` that a test moves. Sleepers wake when it is moved over their time."""

    time: float = 1_000_000.0
    _sleepers: list[tuple[float, asyncio.Future[None]]] = field(factory=list, init=False)

    def now(self) -> float:
        """Return the time it was moved to."""
        return self.time

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock was moved so far."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        sleeper: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (self.time + seconds, sleeper)
        self._sleepers.append(entry)
        try:
            await sleeper
        finally:
            self._sleepers.remove(entry)

    async def advance(self, seconds: float) -> None:
        """Move the clock, and let those run whose time has come."""
        self.time += seconds
        for due, sleeper in sorted(self._sleepers, key=lambda entry: entry[0]):
            if due <= self.time and not sleeper.done():
                sleeper.set_result(None)
        await settle()


async def settle(rounds: int = 25) -> None:
    """Let everything run that can without waiting for something outside."""
    for _ in range(rounds):
        await asyncio.sleep(0)


@mutable(kw_only=True)
class ScriptedApprover:
    """An `Approver` that answers from a list (True, False, None for later) and keeps every question."""

    answers: list[bool | None]
    requests: list[ApprovalRequest] = field(factory=list, init=False)

    async def decide(self, request: ApprovalRequest) -> Decision | None:
        """Give the next answer, bound to what was asked."""
        self.requests.append(request)
        answer = self.answers[len(self.requests) - 1]
        if answer is None:
            return None
        return Decision(call_id=request.call.id, binding=request.binding, approve=answer, by="test")


@frozen(kw_only=True)
class ScriptedHealth:
    """A `HealthProbe` that answers from a list, the last one again and again."""

    answers: tuple[Health, ...] = (Health(healthy=True),)
    asked: list[Health] = field(factory=list, init=False)

    async def check(self) -> Health:
        """Give the next answer."""
        self.asked.append(self.answers[min(len(self.asked), len(self.answers) - 1)])
        return self.asked[-1]


@frozen(kw_only=True)
class RecordingObserver:
    """An `Observer` that keeps every notice."""

    notices: list[Notice] = field(factory=list, init=False)

    def notice(self, notice: Notice) -> None:
        """Keep a notice."""
        self.notices.append(notice)

    def kinds(self) -> list[str]:
        """Return the notices' kinds in order."""
        return [notice.kind for notice in self.notices]


def texts_of(turns: Iterable[hub.Turn]) -> list[str]:
    """Return every text of turns, results' texts included, in order."""
    found: list[str] = []
    for turn in turns:
        for part in turn.parts:
            inner = part.parts if isinstance(part, hub.Result) else (part,)
            found += [piece.text for piece in inner if isinstance(piece, hub.Text)]
    return found


def parsed(document: Mapping[str, Json]) -> JsonObject:
    """Return a document as it is after having been stored as text."""
    found: JsonObject = json.loads(json.dumps(document))
    return found
