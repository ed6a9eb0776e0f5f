"""X11: what a real application receives equals the simulated desktop's trace."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.loop.computers.errors import (
    ComputerClosedError,
    DriverError,
    LostComputerError,
    MissingDisplayError,
    NotPerformableError,
    ScreenChangedError,
)
from polyloop.loop.computers.events import events_of
from polyloop.loop.computers.x11 import X11Computer
from polyloop.loop.computers.x11_keymap import pieces_within
from polyloop.loop.computers.x11_runs import Rest, Run, runs_of
from polyloop.translate.computer_use.actions import (
    Click,
    KeyDown,
    MouseDown,
    Move,
    Navigate,
    ScreenAction,
    Type,
    press,
)
from polyloop.translate.computer_use.coordinates import Frame, OutOfRangeError, Size
from polyloop.translate.computer_use.keys import UnknownKeyError
from polyloop.translate.computer_use.placement import place
from polyloop.translate.computer_use.points import ScreenPoint
from polyloop.translate.testing.actions import actions

from .scenario import CENTRE, SCENARIO, SIZE, Received, expected, joined

APPLICATION = Path(__file__).with_name("tk_application.py")
BUTTONS = {1: "left", 2: "middle", 3: "right", 8: "back", 9: "forward"}
WHEEL = {4: (0, -100), 5: (0, 100), 6: (-100, 0), 7: (100, 0)}
KEYS = {"Control_L": "Control", "Shift_L": "Shift", "Right": "ArrowRight"}

FRAME = Frame(screen=SIZE, sent=SIZE)


@cache
def missing() -> str:
    """Say what this machine lacks; empty where nothing."""
    programs = [name for name in ("Xvfb", "xdotool", "xmodmap") if shutil.which(name) is None]
    return (
        f"{' and '.join(programs)} not installed (apt-get install xvfb xdotool x11-xserver-utils)" if programs else ""
    )


@cache
def interpreter() -> str:
    """Return a Python that has Tk; empty where none has."""
    for python in (sys.executable, "/usr/bin/python3"):
        if (
            shutil.which(python)
            and not subprocess.run([python, "-c", "import tkinter"], capture_output=True).returncode
        ):
            return python
    return ""


def using(use: Callable[[X11Computer], Awaitable[None]], size: Size = SIZE) -> None:
    if missing():
        pytest.skip(missing())
    pytest.importorskip("PIL", reason="looking at a display needs Pillow")

    async def run() -> None:
        async with await X11Computer.start(size) as computer:
            await use(computer)

    asyncio.run(run())


@asynccontextmanager
async def application(computer: X11Computer) -> AsyncIterator[Callable[[], Awaitable[list[Any]]]]:
    """Run the application; what is given ends it and returns what it received."""
    if not interpreter():
        pytest.skip("no Python with Tk (apt-get install python3-tk)")
    process = await asyncio.create_subprocess_exec(
        interpreter(), str(APPLICATION), str(SIZE.width), str(SIZE.height), stdout=asyncio.subprocess.PIPE,
        env={"DISPLAY": computer.display, "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        ready = json.loads(await process.stdout.readline())
        assert ready == ["ready", CENTRE.x, CENTRE.y]

        async def received() -> list[Any]:
            await computer.perform(press("F12"))
            assert process.stdout is not None
            # A failure to reach the application at all would wait for ever.
            lines = [json.loads(line) for line in (await asyncio.wait_for(process.stdout.read(), 30)).splitlines()]
            assert lines[-1] == ["end"]
            return lines[:-1]

        yield received
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def said(lines: list[Any]) -> list[Received]:
    """Say what the application received in the form of the scenario: characters that come without Control are text."""
    events: list[Received] = []
    held: set[str] = set()
    pointer = [CENTRE.x, CENTRE.y]
    for kind, *rest in lines:
        if kind == "move":
            # X11 also reports a motion to where the pointer is already.
            events += [("move", *rest)] if rest != pointer else []
            pointer = rest
        elif kind in ("down", "up") and rest[0] in WHEEL:
            if kind == "down":
                events.append(("wheel", *WHEEL[rest[0]]))
        elif kind == "down":
            events.append(("down", BUTTONS[rest[0]], rest[1]))
        elif kind == "up":
            events.append(("up", BUTTONS[rest[0]]))
        elif kind == "key_down":
            keysym, character = rest
            if character and "Control_L" not in held and keysym not in KEYS:
                events.append(("text", "\n" if keysym == "Return" else character))
            else:
                held.add(keysym)
                events.append(("key_down", KEYS.get(keysym, keysym)))
        elif rest[0] in held:
            held.discard(rest[0])
            events.append(("key_up", KEYS.get(rest[0], rest[0])))
        # The release of a character of a text says nothing new, and comes under another name where Shift was let go before it.
    return joined(_without_shifts_of_text(events))


def _without_shifts_of_text(events: list[Received]) -> list[Received]:
    """Leave out Shift where it was pressed for the characters of a text."""
    kept: list[Received] = []
    for index, event in enumerate(events):
        around = (events[index + 1 : index + 2] if event == ("key_down", "Shift") else kept[-1:]) or [("",)]
        if event in (("key_down", "Shift"), ("key_up", "Shift")) and around[0][0] == "text":
            continue
        kept.append(event)
    return kept


def test_the_scenario_reaches_an_application_as_it_reaches_the_simulated_desktop() -> None:
    async def use(computer: X11Computer) -> None:
        for _ in range(20):
            await computer.perform(Move(at=CENTRE))
            async with application(computer) as received:
                for step in SCENARIO:
                    await computer.perform(step)
                assert said(await received()) == expected()

    using(use)


def test_what_is_held_is_released_once() -> None:
    async def use(computer: X11Computer) -> None:
        async with application(computer) as received:
            await computer.perform(KeyDown(key="Shift"))
            await computer.perform(MouseDown(at=ScreenPoint(5, 5)))
            await computer.release_held()
            await computer.release_held()
            lines = [line[:2] for line in await received()]
        assert lines == [["key_down", "Shift_L"], ["move", 5], ["down", 1], ["up", 1], ["key_up", "Shift_L"]]

    using(use)


def test_a_repeated_place_is_not_waited_for_and_the_pointer_is_where_it_was_sent() -> None:
    async def use(computer: X11Computer) -> None:
        for _ in range(3):
            await computer.perform(Click(at=ScreenPoint(700, 222)))
        assert await computer.cursor_position() == ScreenPoint(700, 222)

    using(use)


def test_the_screen_is_looked_at() -> None:
    async def use(computer: X11Computer) -> None:
        assert await computer.size() == Size(800, 600)
        picture = await computer.screenshot()
        assert picture[16:24] == (800).to_bytes(4, "big") + (600).to_bytes(4, "big")
        part = await computer.zoom(ScreenPoint(0, 0), ScreenPoint(100, 75))
        assert part[16:24] == picture[16:24]

    using(use, Size(800, 600))


def test_nothing_is_done_by_halves() -> None:
    async def use(computer: X11Computer) -> None:
        before = await computer.cursor_position()
        for step, kind in (
            (Click(at=ScreenPoint(5, 5), modifiers=("nonsense",)), UnknownKeyError),
            (Click(at=ScreenPoint(SIZE.width, 5)), OutOfRangeError),
            (Type(text="a\x00b"), NotPerformableError),
            (Navigate(url="https://example.org/"), NotPerformableError),
        ):
            with pytest.raises(kind):
                await computer.perform(step)
        assert await computer.cursor_position() == before

    using(use)


def test_what_xdotool_complains_of_is_an_error_though_it_reports_success() -> None:
    async def use(computer: X11Computer) -> None:
        with pytest.raises(DriverError, match="No such key name"):
            await computer._do(Run(arguments=("key", "nosuchkeysym")), begun=False)

    using(use)


def test_a_screen_of_another_size_is_looked_at_before_it_is_acted_on() -> None:
    if shutil.which("xrandr") is None:
        pytest.skip("xrandr not installed (apt-get install x11-xserver-utils)")

    async def use(computer: X11Computer) -> None:
        await computer.screenshot()
        for change in (
            "--newmode small 0 800 0 0 0 600 0 0 0",
            "--addmode screen small",
            "--output screen --mode small",
        ):
            done = await asyncio.create_subprocess_exec("xrandr", "-d", computer.display, *change.split())
            assert await done.wait() == 0
        assert await computer.size() == Size(800, 600)
        with pytest.raises(ScreenChangedError, match="800x600 now and was 1024x768"):
            await computer.perform(Click(at=ScreenPoint(5, 5)))
        await computer.screenshot()
        await computer.perform(Click(at=ScreenPoint(5, 5)))

    using(use)


def test_a_display_that_dies_in_mid_run_is_lost() -> None:
    async def use(computer: X11Computer) -> None:
        assert (await computer.check()).healthy
        await computer.perform(KeyDown(key="Shift"))
        server = computer._server
        assert server is not None
        server._process.send_signal(signal.SIGKILL)
        await server._process.wait()
        with pytest.raises(LostComputerError):
            await computer.perform(Click(at=ScreenPoint(5, 5)))
        with pytest.raises(LostComputerError):
            await computer.screenshot()
        assert "is gone" in (await computer.check()).reason
        await computer.release_held()

    using(use)


def test_a_missing_display_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingDisplayError, match="set DISPLAY"):
        asyncio.run(X11Computer.open(""))
    if not missing():
        with pytest.raises(MissingDisplayError, match="no display ':987'"):
            asyncio.run(X11Computer.open(":987"))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingDisplayError, match="apt-get install"):
        asyncio.run(X11Computer.open(":0"))
    with pytest.raises(MissingDisplayError, match="apt-get install"):
        asyncio.run(X11Computer.start())


def test_a_closed_display_is_not_used() -> None:
    async def use(computer: X11Computer) -> None:
        await computer.close()
        with pytest.raises(ComputerClosedError):
            await computer.perform(Click())

    using(use)


@given(actions())
def test_every_action_is_argument_lists_of_closed_words(action: Any) -> None:
    """No text of a model is an argument: keys are keysyms, the rest are numbers and xdotool's own words."""
    try:
        placed: ScreenAction = place(action, FRAME)
        events = events_of(placed, 5)
        steps = runs_of(events or ())
    except (OutOfRangeError, UnknownKeyError, NotPerformableError):
        return
    for step in steps:
        if isinstance(step, Rest):
            continue
        for argument in step.arguments:
            assert argument.replace(".", "").replace("_", "").isalnum() or argument in (
                "--delay",
                "--repeat",
                "--file",
                "-",
            )


def test_a_text_of_more_characters_than_there_are_spare_keys_is_typed_whole() -> None:
    text = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 60)) + "äöü 😀é" + "\u4e00"

    async def use(computer: X11Computer) -> None:
        async with application(computer) as received:
            await computer.perform(Type(text=text))
            assert said(await received()) == [("text", text)]
        before = await computer._keymap.keys()
        await computer._keymap.free()
        assert await computer._keymap.keys() == before

    using(use)


def test_text_does_not_depend_on_the_locale_of_whoever_runs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the locale of C xdotool takes no character beyond ASCII."""
    monkeypatch.setenv("LC_ALL", "C")

    async def use(computer: X11Computer) -> None:
        async with application(computer) as received:
            await computer.perform(Type(text="née 你"))
            assert said(await received()) == [("text", "née 你")]

    using(use)


@given(st.text(max_size=40), st.integers(1, 5))
def test_pieces_are_the_text_and_each_fits_the_spare_keys(text: str, keys: int) -> None:
    pieces = pieces_within(text, keys)
    assert "".join(pieces) == text
    assert all(len({character for character in piece if not character.isascii()}) <= keys for piece in pieces)


def test_one_process_does_a_whole_click() -> None:
    (step,) = runs_of(events_of(Click(at=ScreenPoint(4, 5), modifiers=("Control",)), 5) or ())
    assert isinstance(step, Run)
    words = [word for word in step.arguments if word not in ("--delay", "3")]
    assert words == ["keydown", "ctrl", "mousemove", "4", "5", "mousedown", "1", "mouseup", "1", "keyup", "ctrl"]
