"""A browser's page as a computer: Playwright drives a Chromium whose viewport is exactly the screen, one pixel for one.

The screen is the page that was opened last; a window that a page opens becomes the screen, and when it closes, the one before it is the
screen again. Dialogs (alert, confirm, prompt) are dismissed, as Playwright does. A browser does not say where its pointer is: the
place it was sent to last is kept.

Source: Playwright 1.60 and its layout of keys, Chromium 140, 2026-11.
"""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from attrs import frozen

from polyloop.translate.computer_use.actions import Back, Click, Forward, Navigate, OpenApp, Reload, ScreenAction
from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.computer_use.keys import Keyboard, spell_key
from polyloop.translate.computer_use.points import ScreenPoint

from ..ports import Health
from .errors import (
    ActionInterruptedError,
    ComputerClosedError,
    DriverError,
    LostComputerError,
    MissingBrowserError,
    MissingExtraError,
    NotPerformableError,
)
from .events import (
    ButtonPressed,
    ButtonReleased,
    Event,
    KeyPressed,
    KeyReleased,
    Paused,
    PointerMoved,
    TextTyped,
    WheelTurned,
)
from .pictures import enlarged
from .planning import DEFAULT_NOTCHES, DEFAULT_PAUSE, pieces_of, plan

PLACES: Final = (
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/usr/bin/google-chrome-stable",
)
FLAGS: Final = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--force-color-profile=srgb",
)  # fmt: skip
SCHEMES: Final = ("http://", "https://", "about:blank")
"""Addresses a model may navigate to. Others read files of this machine or run scripts in the page that is shown."""
NAVIGATION_SECONDS: Final = 30.0
_INSTALL: Final = "apt-get install chromium, or playwright install chromium, or set CHROME to a browser's path"

T = TypeVar("T")


@frozen(kw_only=True)
class Tab:
    """One page. ``shown`` is true for the one that is the screen."""

    title: str
    url: str
    shown: bool


def find_browser(chrome: str = "") -> str | None:
    """Return the path of a Chromium or Chrome: ``chrome`` where it is given, else an installed one; None leaves it to Playwright.

    Raises `MissingBrowserError` for a ``chrome`` that is not there.
    """
    if chrome:
        found = shutil.which(chrome)
        if found is None:
            raise MissingBrowserError(f"there is no browser {chrome!r}: {_INSTALL}")
        return found
    return next((place for place in PLACES if Path(place).exists()), None)


_NO_FRAME: Final = "Unable to capture screenshot"
"""What Chromium says where it has no frame to give: now and then, of a new page or where much else runs."""
_QUICK_LOOKS: Final = 3
_FRAME_MILLISECONDS: Final = 100


class BrowserComputer:
    """A page in a browser. Make one with `open`."""

    def __init__(self, playwright: Any, browser: Any, context: Any, size: Size, unspecified_notches: int) -> None:
        self._playwright = playwright
        self._browser = browser
        self._context = context
        self._size = size
        self._unspecified_notches = unspecified_notches
        self._pages: list[Any] = []
        self._sessions: dict[Any, Any] = {}
        self._pointer = ScreenPoint(0, 0)
        self._clicks = 1
        self._held: list[ButtonPressed | KeyPressed] = []
        self._closed = False
        context.on("page", self._opened)

    @classmethod
    async def open(
        cls,
        size: Size | None = None,
        *,
        url: str = "about:blank",
        chrome: str = "",
        headless: bool = True,
        unspecified_notches: int = DEFAULT_NOTCHES,
    ) -> BrowserComputer:
        """Start a browser with one page. ``url`` is the caller's own choice, and may be any.

        Raises `MissingBrowserError` where none is found or it does not start, `MissingExtraError` without Playwright.
        """
        try:
            from playwright.async_api import Error, async_playwright
        except ImportError as error:
            raise MissingExtraError("a browser needs Playwright: install polyloop[browser]") from error
        viewport = size or Size(1280, 800)
        path = find_browser(chrome)
        # A sandbox cannot be made by root in a container, where browsers are mostly driven.
        flags = [*FLAGS, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else list(FLAGS)
        playwright = await async_playwright().start()
        try:
            browser = await playwright.chromium.launch(executable_path=path, headless=headless, args=flags)
            context = await browser.new_context(
                viewport={"width": viewport.width, "height": viewport.height}, device_scale_factor=1
            )
            computer = cls(playwright, browser, context, viewport, unspecified_notches)
            page = await context.new_page()
            if url != "about:blank":
                await page.goto(url, timeout=NAVIGATION_SECONDS * 1000)
        except Error as error:
            await playwright.stop()
            raise MissingBrowserError(f"the browser did not start: {_first_line(error)}; {_INSTALL}") from error
        except BaseException:
            await playwright.stop()
            raise
        return computer

    async def check(self) -> Health:
        """Tell whether the browser is there, with a page to act on."""
        if self._closed or not self._browser.is_connected():
            return Health(healthy=False, reason="the browser is gone")
        if not self._pages:
            return Health(healthy=False, reason="the browser has no page any more")
        return Health(healthy=True)

    async def size(self) -> Size:
        """Return the viewport's size; it never changes."""
        self._check_open()
        return self._size

    async def screenshot(self) -> bytes:
        """Return what the page shows as a PNG. Raises `LostComputerError` where the browser is gone."""
        return await self._looking(self._picture)

    async def zoom(self, top_left: ScreenPoint, bottom_right: ScreenPoint) -> bytes:
        """Return a part of the page, enlarged. Needs Pillow."""
        return enlarged(await self.screenshot(), top_left, bottom_right)

    async def perform(self, action: ScreenAction) -> None:
        """Do one action; Navigate, Back, Forward and Reload too.

        Raises `OutOfRangeError`, `UnknownKeyError` and `NotPerformableError` (nothing was done), `DriverError` (the browser refused),
        `LostComputerError` (it is gone) and `ActionInterruptedError` (it went away in the middle).
        """
        self._check_open()
        steps = self._steps(action)
        page = self._page()
        for number, step in enumerate(steps):
            try:
                await step(page)
            except Exception as error:
                raise self._meaning(error, begun=number > 0) from error

    async def cursor_position(self) -> ScreenPoint:
        """Return where the pointer was sent to last."""
        self._check_open()
        return self._pointer

    async def release_held(self) -> None:
        """Release every key and button that is held, the latest first."""
        while self._held and not self._closed:
            held = self._held[-1]
            try:
                if isinstance(held, ButtonPressed):
                    await self._page().mouse.up(button=held.button)
                else:
                    await self._page().keyboard.up(spell_key(held.key, Keyboard.PLAYWRIGHT))
            except Exception as error:
                if isinstance(self._meaning(error, begun=False), LostComputerError):
                    return  # asked for behind a failure, which is what has to be told; what is gone holds nothing
                raise
            self._held.pop()

    async def tabs(self) -> tuple[Tab, ...]:
        """Return the pages there are, in the order in which they were opened."""

        async def look() -> tuple[Tab, ...]:
            shown = self._page()
            return tuple(
                [Tab(title=await page.title(), url=page.url, shown=page is shown) for page in self._context.pages]
            )

        return await self._looking(look)

    async def show_tab(self, number: int) -> None:
        """Make the page of that number, as `tabs` counts them from 0, the screen. Raises `NotPerformableError` where there is none."""
        self._check_open()
        pages = self._context.pages
        if not 0 <= number < len(pages):
            raise NotPerformableError(f"not executed: there is no tab {number}; there are {len(pages)}")
        page = pages[number]
        self._pages = [other for other in self._pages if other is not page] + [page]
        await page.bring_to_front()

    async def close(self) -> None:
        """Close the browser."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._browser.close()
        finally:
            await self._playwright.stop()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    # Pages.

    def _opened(self, page: Any) -> None:
        self._pages.append(page)
        page.on("close", lambda gone: self._pages.remove(gone) if gone in self._pages else None)
        page.on("crash", lambda gone: self._pages.remove(gone) if gone in self._pages else None)

    def _page(self) -> Any:
        if not self._pages:
            raise LostComputerError("the browser has no page any more: it was closed, or it crashed")
        return self._pages[-1]

    async def _picture(self) -> bytes:
        page = self._page()
        if page not in self._sessions:
            self._sessions[page] = await self._context.new_cdp_session(page)
        for _ in range(_QUICK_LOOKS):  # looking does nothing, so it may be repeated
            try:
                # Twice as fast as page.screenshot, and as exact: the compression is lighter, the pixels are the same.
                shot = await self._sessions[page].send(
                    "Page.captureScreenshot", {"format": "png", "optimizeForSpeed": True}
                )
            except Exception as error:
                if _NO_FRAME not in str(error):
                    raise
                await page.wait_for_timeout(_FRAME_MILLISECONDS)
            else:
                return base64.b64decode(shot["data"])
        picture: bytes = await page.screenshot(type="png")
        return picture

    async def _looking(self, look: Callable[[], Awaitable[T]]) -> T:
        self._check_open()
        try:
            return await look()
        except Exception as error:
            raise self._meaning(error, begun=False) from error

    # Actions.

    def _steps(self, action: ScreenAction) -> list[Callable[[Any], Awaitable[None]]]:
        """Return what is done, checked as a whole before anything is."""
        match action:
            case Navigate(url=url):
                if not url.startswith(SCHEMES):
                    raise NotPerformableError(f"not executed: only addresses of {', '.join(SCHEMES)} are opened")
                return [lambda page: page.goto(url, timeout=NAVIGATION_SECONDS * 1000, wait_until="domcontentloaded")]
            case Back():
                return [lambda page: page.go_back(timeout=NAVIGATION_SECONDS * 1000)]
            case Forward():
                return [lambda page: page.go_forward(timeout=NAVIGATION_SECONDS * 1000)]
            case Reload():
                return [lambda page: page.reload(timeout=NAVIGATION_SECONDS * 1000)]
            case OpenApp():
                raise NotPerformableError("not executed: a browser opens no applications")
            case Click():
                return self._click(action)
            case _:
                events = plan(action, self._size, self._unspecified_notches)
                return [step for event in events for step in self._event(event)]

    def _click(self, action: Click[ScreenPoint]) -> list[Callable[[Any], Awaitable[None]]]:
        """Return a click as Playwright's own, which does not wait for the page between moving and pressing; keys around it."""
        events = plan(action, self._size, self._unspecified_notches)
        steps = [self._event(event) for event in events]  # a button or key that a page does not get is refused here
        keys = len(action.modifiers)
        point = self._pointer if action.at is None else action.at

        async def click(page: Any) -> None:
            pressed = ButtonPressed(action.button)
            self._held.append(pressed)
            await page.mouse.click(point.x, point.y, button=action.button, click_count=action.count)
            self._held.remove(pressed)
            self._pointer = point

        before = [step for each in steps[:keys] for step in each]
        behind = [step for each in steps[len(steps) - keys :] for step in each]
        return [*before, click, *behind]

    def _event(self, event: Event) -> list[Callable[[Any], Awaitable[None]]]:
        match event:
            case PointerMoved(x, y):
                return [lambda page: self._move(page, x, y)]
            case ButtonPressed(button) | ButtonReleased(button) if button in ("back", "forward"):
                raise NotPerformableError(
                    f"not executed: a browser's page gets no {button} button; go {button} instead"
                )
            case ButtonPressed():
                return [lambda page: self._press(page, event)]
            case ButtonReleased(button):
                return [lambda page: self._release(page, button)]
            case KeyPressed(key):
                name = spell_key(key, Keyboard.PLAYWRIGHT)
                return [lambda page: self._key_down(page, event, name)]
            case KeyReleased(key):
                name = spell_key(key, Keyboard.PLAYWRIGHT)
                return [lambda page: self._key_up(page, key, name)]
            case TextTyped(text):
                return [_typing(kind, piece) for kind, piece in pieces_of(text)]
            case WheelTurned(dx, dy):
                return [lambda page: page.mouse.wheel(dx, dy)]
            case Paused(seconds):
                pause = DEFAULT_PAUSE if seconds is None else float(seconds)
                return [lambda page: asyncio.sleep(pause)]

    async def _move(self, page: Any, x: int, y: int) -> None:
        if self._pointer != ScreenPoint(x, y):
            await page.mouse.move(x, y)
            self._pointer = ScreenPoint(x, y)

    async def _press(self, page: Any, event: ButtonPressed) -> None:
        self._held.append(event)
        self._clicks = event.clicks
        await page.mouse.down(button=event.button, click_count=event.clicks)

    async def _release(self, page: Any, button: str) -> None:
        await page.mouse.up(button=button, click_count=self._clicks)
        self._held = [held for held in self._held if not (isinstance(held, ButtonPressed) and held.button == button)]

    async def _key_down(self, page: Any, event: KeyPressed, name: str) -> None:
        self._held.append(event)
        await page.keyboard.down(name)

    async def _key_up(self, page: Any, key: str, name: str) -> None:
        await page.keyboard.up(name)
        self._held = [held for held in self._held if not (isinstance(held, KeyPressed) and held.key == key)]

    # What went wrong.

    def _meaning(self, error: Exception, *, begun: bool) -> Exception:
        """Return our error for one of Playwright's; any other as it is."""
        if type(error).__module__.split(".")[0] != "playwright":
            return error
        text = _first_line(error)
        if not self._browser.is_connected() or "has been closed" in text or "crashed" in text.lower():
            reason = f"the browser is gone: {text}"
            return ActionInterruptedError(reason) if begun else LostComputerError(reason)
        if type(error).__name__ == "TimeoutError":
            return ActionInterruptedError(f"the browser did not come to an end: {text}")
        return DriverError(f"the browser refused: {text}")

    def _check_open(self) -> None:
        if self._closed:
            raise ComputerClosedError("the browser was closed")


def _typing(kind: str, piece: str) -> Callable[[Any], Awaitable[None]]:
    if kind == "key":
        return lambda page: page.keyboard.press(piece)
    # Characters of the keyboard as keys, others as text: what a page listens for, either way.
    return lambda page: page.keyboard.type(piece)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
