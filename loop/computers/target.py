"""The remote target's HTTP API as a computer: health, every action it has, and none of its traps.

An action is never repeated. A refusal (400) and complaints of the target's driver (200 with ``error``) are errors the model may read;
no answer, an answer of the 500s or a broken connection mean that nobody knows what happened (`ActionInterruptedError`), unless the
connection was never made. What only looks may be asked again by whoever wants to.

Source: the target's own code, run on Xvfb with xdotool and scrot, 2026-11.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

import httpx

from polyloop.translate.computer_use.actions import CursorPosition, ScreenAction, Screenshot, Zoom, points_of
from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.computer_use.points import ScreenPoint
from polyloop.translate.jsonvalue import JsonObject

from ..ports import Health
from .errors import (
    ActionInterruptedError,
    ComputerClosedError,
    DriverError,
    LostComputerError,
    MissingTargetError,
    NotPerformableError,
)
from .pictures import enlarged, size_of
from .planning import DEFAULT_NOTCHES, Sight, check_point
from .target_requests import Ask, Stay, requests_of

ANSWER_SECONDS: Final = 60.0
"""How long an answer may take beside what the action itself takes. The target needs 3 s, and 18 where it waits for its pointer."""
CONNECT_SECONDS: Final = 10.0
FRESH_SECONDS: Final = 1.0
"""How long the picture that an action's answer brought is taken for the present one."""
_CURSOR: Final = re.compile(r"X=(-?\d+),Y=(-?\d+)")
_LONGEST_MESSAGE: Final = 300


class TargetComputer:
    """A target by its address, ``http://host:8088``. Also its own health probe (`check`)."""

    def __init__(
        self,
        url: str,
        *,
        client: httpx.AsyncClient | None = None,
        answer_seconds: float = ANSWER_SECONDS,
        unspecified_notches: int = DEFAULT_NOTCHES,
        sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep,
    ) -> None:
        """Take an address; nothing is asked yet. A ``client`` that is given stays yours to close."""
        self._url = url.rstrip("/")
        # Certificates are read for https only: that takes longer than an answer of the target does.
        self._client = client or httpx.AsyncClient(verify=self._url.startswith("https:"))
        self._owns_client = client is None
        self._answer_seconds = answer_seconds
        self._unspecified_notches = unspecified_notches
        self._sleep = sleep
        self._sight = Sight()
        self._fresh: tuple[float, bytes] | None = None
        self._button_held = False
        self._closed = False

    async def check(self) -> Health:
        """Ask for the target's health. Never raises for a target that does not answer."""
        try:
            answer = await self._client.get(f"{self._url}/health", timeout=CONNECT_SECONDS)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Health(healthy=False, reason=f"the target at {self._url} does not answer: {type(error).__name__}")
        if answer.status_code == 200:
            return Health(healthy=True)
        return Health(healthy=False, reason=f"the target says {_said(answer)}")

    async def size(self) -> Size:
        """Return the size of the screen as the target shows it, which is what its coordinates count in."""
        if self._sight.now is None:
            self._sight.now = _size(await self._look())
        return self._sight.now

    async def screenshot(self) -> bytes:
        """Return the screen. Right behind an action it is the picture that the action's answer brought."""
        fresh, self._fresh = self._fresh, None
        if fresh is not None and time.monotonic() - fresh[0] <= FRESH_SECONDS:
            picture = fresh[1]
        else:
            picture = await self._look()
        self._sight.show(_size(picture))
        return picture

    async def zoom(self, top_left: ScreenPoint, bottom_right: ScreenPoint) -> bytes:
        """Return a part of the screen, enlarged here: the target itself cannot. Needs Pillow."""
        picture = await self._look()
        return await asyncio.to_thread(enlarged, picture, top_left, bottom_right)

    async def perform(self, action: ScreenAction) -> None:
        """Do one action, never twice.

        Raises `NotPerformableError`, `OutOfRangeError`, `UnknownKeyError`, `ScreenChangedError` (nothing was asked), `DriverError` (the
        target complained), `LostComputerError` (nothing could be asked) and `ActionInterruptedError`.
        """
        self._check_open()
        if isinstance(action, (Screenshot, CursorPosition, Zoom)):
            return
        requests = requests_of(action, self._unspecified_notches)
        if points_of(action):
            await self.size()
            size = self._sight.check(action)
            for point in points_of(action):
                check_point(point, size)
        for number, request in enumerate(requests):
            if isinstance(request, Stay):
                await self._sleep(request.seconds)
            else:
                await self._ask_one(request, begun=number > 0)

    async def cursor_position(self) -> ScreenPoint:
        """Return where the pointer is."""
        asked = Ask("cursor_position")
        answer = _heard(await self._post(asked, begun=False), asked)
        found = _CURSOR.search(str(answer.get("output") or ""))
        if found is None:
            raise DriverError("the target does not say where its pointer is")
        return ScreenPoint(int(found[1]), int(found[2]))

    async def release_held(self) -> None:
        """Release the left button, if it may be held; the target can hold nothing else beyond an action."""
        if not self._button_held or self._closed:
            return
        try:
            await self._post(Ask("left_mouse_up"), begun=False)
        except (LostComputerError, ActionInterruptedError):
            # Asked for behind a failure, which is what has to be told. It stays noted as held, so the next release tries again.
            return
        self._button_held = False

    async def close(self) -> None:
        """Let go of the target."""
        if not self._closed:
            self._closed = True
            if self._owns_client:
                await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _ask_one(self, request: Ask, *, begun: bool) -> None:
        """Ask for a part of an action. ``begun``: something of the action was done already."""
        if request.at is not None and await self._is_there(request.at, begun):
            # To be sent where it is already makes the target's pointer wait for 15 s.
            if request.action == "mouse_move":
                return
            request = Ask(request.action, None, request.text, request.key, request.scroll, request.duration)
        if request.at is None and request.action == "left_click_drag":
            for name in ("left_mouse_down", "left_mouse_up"):
                await self._ask_one(Ask(name), begun=begun)
            return
        self._button_held = self._button_held or request.action in ("left_mouse_down", "left_click_drag")
        answer = await self._post(request, begun=begun)
        self._keep_picture(answer)
        _heard(answer, request)
        if request.action in ("left_mouse_up", "left_click_drag"):
            self._button_held = False

    async def _is_there(self, point: ScreenPoint, begun: bool) -> bool:
        try:
            return await self.cursor_position() == point
        except (LostComputerError, ActionInterruptedError) as error:
            if begun:
                raise ActionInterruptedError(str(error)) from error
            raise LostComputerError(f"{error}; nothing was done") from error

    def _keep_picture(self, answer: JsonObject) -> None:
        picture = _picture(answer)
        self._fresh = None if picture is None else (time.monotonic(), picture)
        size = None if picture is None else size_of(picture)
        if size is not None:
            self._sight.now = size

    async def _look(self) -> bytes:
        asked = Ask("screenshot")
        picture = _picture(_heard(await self._post(asked, begun=False), asked))
        if picture is None:
            raise DriverError("the target gave no screenshot")
        return picture

    async def _post(self, request: Ask, *, begun: bool) -> JsonObject:
        """Send one request, once, and read its answer."""
        self._check_open()
        looks = request.action in ("screenshot", "cursor_position")
        timeout = httpx.Timeout(self._answer_seconds + request.seconds, connect=CONNECT_SECONDS)
        try:
            url = f"{self._url}/tool_use/{request.action}"
            answer = await self._client.post(url, json=request.body(), timeout=timeout)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            reason = f"the target at {self._url} does not answer ({type(error).__name__})"
            if begun:
                raise ActionInterruptedError(reason) from error
            if self._sight.now is None:
                raise MissingTargetError(f"{reason}: is the machine up, and is its service on that port?") from error
            raise LostComputerError(reason) from error
        except httpx.HTTPError as error:
            reason = f"the target at {self._url} gave no answer ({type(error).__name__})"
            raise (LostComputerError(reason) if looks else ActionInterruptedError(reason)) from error
        return _read(answer, request, looks=looks)

    def _check_open(self) -> None:
        if self._closed:
            raise ComputerClosedError("the target was let go of")


def _read(answer: httpx.Response, request: Ask, *, looks: bool) -> JsonObject:
    """Return what an answer says, or raise what it means."""
    status = answer.status_code
    if status == 200:
        document: Any = None
        with suppress(ValueError):
            document = answer.json()
        if not isinstance(document, dict):
            raise DriverError(f"what answers {request.action} is no target: status 200 without its JSON")
        return document
    if status == 400:
        raise NotPerformableError(f"not executed: the target refused {request.action}: {_said(answer)}")
    if status == 422 or 300 <= status < 500:
        raise DriverError(f"the target does not take {request.action} as it was sent: {_said(answer)}")
    reason = f"the target failed at {request.action}: {_said(answer)}"
    raise LostComputerError(reason) if looks else ActionInterruptedError(reason)


def _heard(answer: JsonObject, request: Ask) -> JsonObject:
    """Return an answer of status 200, or raise what its driver complained of: a key it does not know is skipped with success."""
    complaint = answer.get("error")
    if complaint:
        raise DriverError(f"the target complained about {request.action}: {_short(str(complaint))}")
    return answer


def _said(answer: httpx.Response) -> str:
    document: Any = None
    with suppress(ValueError):
        document = answer.json()
    words = document.get("error") or document.get("detail") if isinstance(document, dict) else None
    return f"status {answer.status_code}" + (f", {_short(str(words))}" if words else "")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_MESSAGE else line[:_LONGEST_MESSAGE] + "..."


def _picture(answer: JsonObject) -> bytes | None:
    text = answer.get("base64_image")
    if not isinstance(text, str) or not text:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DriverError("the target's screenshot is no base64") from error


def _size(picture: bytes) -> Size:
    size = size_of(picture)
    if size is None:
        raise DriverError("the target's screenshot is neither PNG nor JPEG")
    return size
