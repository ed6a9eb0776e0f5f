"""The browser: what a page receives equals the simulated desktop's trace; navigation and tabs."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from polyloop.loop.computers.browser import PLACES, BrowserComputer, find_browser
from polyloop.loop.computers.errors import (
    ComputerClosedError,
    LostComputerError,
    MissingBrowserError,
    NotPerformableError,
)
from polyloop.translate.computer_use.actions import (
    Back,
    Click,
    Forward,
    KeyDown,
    MouseDown,
    Move,
    Navigate,
    Reload,
    Type,
)
from polyloop.translate.computer_use.coordinates import OutOfRangeError, Size
from polyloop.translate.computer_use.keys import UnknownKeyError
from polyloop.translate.computer_use.points import ScreenPoint

from .scenario import CENTRE, SCENARIO, SIZE, Received, expected, joined

PAGE = """<!DOCTYPE html><title>first</title>
<style>* { margin: 0; overflow: hidden; } textarea { position: fixed; inset: 0; width: 100%; height: 100%; border: 0; }</style>
<textarea autofocus></textarea>
<script>
window.received = [];
const tell = (...event) => received.push(event);
addEventListener("contextmenu", (event) => event.preventDefault());
addEventListener("dragstart", (event) => event.preventDefault());
addEventListener("mousemove", (event) => tell("move", event.clientX, event.clientY));
addEventListener("mousedown", (event) => tell("down", ["left", "middle", "right"][event.button], event.detail));
addEventListener("mouseup", (event) => tell("up", ["left", "middle", "right"][event.button]));
addEventListener("wheel", (event) => tell("wheel", event.deltaX, event.deltaY));
addEventListener("keydown", (event) => tell("key_down", event.key, event.ctrlKey));
addEventListener("keyup", (event) => tell("key_up", event.key, event.ctrlKey));
addEventListener("input", (event) => tell("text", event.inputType === "insertLineBreak" ? "\\n" : event.data));
</script>"""
OTHER = "<!DOCTYPE html><title>second</title><a href='/' target='_blank' style='position:fixed;inset:0'>open</a>"


def using(use: Callable[[BrowserComputer], Awaitable[None]], size: Size = SIZE) -> None:
    pytest.importorskip("playwright", reason="a browser needs Playwright: install polyloop[browser]")
    if not any(Path(place).exists() for place in PLACES):
        pytest.skip("no Chromium or Chrome (apt-get install chromium)")

    async def run() -> None:
        async with await BrowserComputer.open(size) as computer:
            await use(computer)

    asyncio.run(run())


@contextmanager
def site() -> Iterator[str]:
    """Serve two pages on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = (OTHER if self.path == "/second" else PAGE).encode()
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=functools.partial(server.serve_forever, poll_interval=0.02))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def said(lines: list[list[Any]]) -> list[Received]:
    """Say what the page received in the form of the scenario: a key that writes is told by the text it wrote."""
    events: list[Received] = []
    pointer = [CENTRE.x, CENTRE.y]
    for kind, *rest in lines:
        if kind == "move":
            # A click where the pointer is already is also told as a motion to there.
            events += [("move", *rest)] if rest != pointer else []
            pointer = rest
            continue
        if kind in ("key_down", "key_up"):
            key, with_control = rest
            if (len(key) == 1 or key in ("Enter", "Shift")) and not with_control:
                continue
            events.append((kind, key))
        else:
            events.append((kind, *rest))
    return joined(events)


def test_the_scenario_reaches_a_page_as_it_reaches_the_simulated_desktop() -> None:
    async def use(computer: BrowserComputer) -> None:
        with site() as url:
            for _ in range(20):
                await computer.perform(Navigate(url=url))
                await computer.perform(Move(at=CENTRE))
                await computer._page().evaluate("received.length = 0")
                for step in SCENARIO:
                    await computer.perform(step)
                assert said(await computer._page().evaluate("received")) == expected()

    using(use)


def test_the_picture_is_the_viewport_pixel_for_pixel() -> None:
    async def use(computer: BrowserComputer) -> None:
        picture = await computer.screenshot()
        assert picture[16:24] == (1280).to_bytes(4, "big") + (800).to_bytes(4, "big")
        assert await computer.size() == Size(1280, 800)
        assert (await computer.zoom(ScreenPoint(0, 0), ScreenPoint(64, 40)))[16:24] == picture[16:24]

    using(use, Size(1280, 800))


@pytest.mark.parametrize("misses", [1, 9])
def test_a_page_that_has_no_frame_at_hand_is_looked_at_again(misses: int) -> None:
    Error = pytest.importorskip("playwright.async_api", reason="a browser needs Playwright").Error

    async def use(computer: BrowserComputer) -> None:
        picture = await computer.screenshot()
        (page,) = computer._sessions
        session, asked = computer._sessions[page], 0

        class Reluctant:
            async def send(self, method: str, params: dict[str, Any]) -> Any:
                nonlocal asked
                asked += 1
                if asked <= misses:
                    raise Error("Protocol error (Page.captureScreenshot): Unable to capture screenshot")
                return await session.send(method, params)

        computer._sessions[page] = Reluctant()
        assert (await computer.screenshot())[16:24] == picture[16:24]
        assert asked == min(misses + 1, 3)

    using(use)


def test_pages_are_opened_gone_back_to_and_loaded_again() -> None:
    async def use(computer: BrowserComputer) -> None:
        async def title() -> str:
            return next(tab.title for tab in await computer.tabs() if tab.shown)

        with site() as url:
            await computer.perform(Navigate(url=url))
            await computer.perform(Navigate(url=f"{url}/second"))
            assert await title() == "second"
            await computer.perform(Back())
            assert await title() == "first"
            await computer.perform(Forward())
            await computer.perform(Reload())
            assert await title() == "second"

    using(use)


def test_a_window_that_a_page_opens_is_the_screen_until_it_closes() -> None:
    async def use(computer: BrowserComputer) -> None:
        with site() as url:
            await computer.perform(Navigate(url=f"{url}/second"))
            async with computer._context.expect_page():
                await computer.perform(Click(at=CENTRE))
            assert [tab.shown for tab in await computer.tabs()] == [False, True]
            await computer.show_tab(0)
            assert [tab.shown for tab in await computer.tabs()] == [True, False]
            with pytest.raises(NotPerformableError, match="no tab 2"):
                await computer.show_tab(2)
            await computer.show_tab(1)
            await computer._page().close()
            assert [(tab.title, tab.shown) for tab in await computer.tabs()] == [("second", True)]

    using(use)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "javascript:alert(1)", "chrome://settings", "data:text/html,x", "view-source:http://x"],
)
def test_only_pages_of_the_web_are_opened(url: str) -> None:
    async def use(computer: BrowserComputer) -> None:
        with pytest.raises(NotPerformableError, match="only addresses"):
            await computer.perform(Navigate(url=url))

    using(use)


def test_nothing_is_done_by_halves() -> None:
    async def use(computer: BrowserComputer) -> None:
        for step, kind in (
            (Click(at=ScreenPoint(5, 5), modifiers=("F13",)), UnknownKeyError),
            (Click(at=ScreenPoint(SIZE.width, 5)), OutOfRangeError),
            (Type(text="a\x00b"), NotPerformableError),
            (Click(at=ScreenPoint(5, 5), button="back"), NotPerformableError),
        ):
            with pytest.raises(kind):
                await computer.perform(step)
        assert await computer.cursor_position() == ScreenPoint(0, 0)

    using(use)


def test_what_is_held_is_released_once() -> None:
    async def use(computer: BrowserComputer) -> None:
        with site() as url:
            await computer.perform(Navigate(url=url))
            await computer.perform(KeyDown(key="Control"))
            await computer.perform(MouseDown(at=ScreenPoint(5, 5)))
            await computer.release_held()
            await computer.release_held()
            received = await computer._page().evaluate("received")
        assert [event[:2] for event in received if event[0] in ("up", "key_up")] == [
            ["up", "left"],
            ["key_up", "Control"],
        ]

    using(use)


def test_a_browser_that_goes_away_in_mid_run_is_lost() -> None:
    async def use(computer: BrowserComputer) -> None:
        assert (await computer.check()).healthy
        await computer.perform(KeyDown(key="Shift"))
        await computer._browser.close()
        assert not (await computer.check()).healthy
        with pytest.raises(LostComputerError):
            await computer.perform(Click(at=ScreenPoint(5, 5)))
        with pytest.raises(LostComputerError):
            await computer.screenshot()
        await computer.release_held()
        await computer.close()
        with pytest.raises(ComputerClosedError):
            await computer.screenshot()

    using(use)


def test_a_missing_browser_says_what_to_do() -> None:
    with pytest.raises(MissingBrowserError, match="apt-get install chromium"):
        find_browser("/nowhere/chrome")
    if find_spec("playwright") is not None:
        with pytest.raises(MissingBrowserError, match="did not start"):
            asyncio.run(BrowserComputer.open(chrome="/bin/false"))


def test_an_installed_browser_is_found() -> None:
    assert find_browser("sh") is not None
    found = find_browser()
    assert found is None or Path(found).exists()
