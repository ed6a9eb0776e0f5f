"""What an action costs beside the screen's own time: ``python -m benchmarks.computers``.

The same action goes through our computer and straight to the driver (xdotool as a process, Playwright), in pairs, so that a busy
machine is busy for both. Printed: the medians of both, and the median of the pairs' differences with the half width of its 95 % interval
(1.57 IQR / sqrt n, as box plots notch it). The difference is ours. Ours does more than the driver alone: it checks points and keys, reads
what the driver complains of, and keeps what is held. ``--pairs`` says how many; a busy machine needs more.

Screenshots are measured as they are taken and as they are sent: PNG, JPEG where a profile wants that, scaled where the screen is larger
than the model sees.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import shutil
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any, TypeAlias

from polyloop.loop.computers import SimulatedComputer
from polyloop.loop.computers.browser import PLACES, BrowserComputer
from polyloop.loop.computers.x11 import X11Computer
from polyloop.loop.ports import Computer
from polyloop.loop.tools.pictures import sendable
from polyloop.translate.computer_use.actions import Click, Drag, ScreenAction, Scroll, Type, press
from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.computer_use.points import ScreenPoint
from polyloop.translate.profiles.pictures import picture_size

PLACES_COUNT = 60
POINTS = tuple(ScreenPoint(100 + 7 * number, 120 + 3 * number) for number in range(PLACES_COUNT))
Run: TypeAlias = Callable[[ScreenPoint], Awaitable[Any]]
Pair: TypeAlias = tuple[str, Callable[[ScreenPoint], ScreenAction], Run]


async def compared(computer: Computer, pairs: Sequence[Pair], title: str, count: int) -> None:
    print(f"\n{title}: milliseconds, medians of {count}")
    print(f"  {'':<34}{'ours':>9}{'driver':>9}{'more':>9}{'+-':>7}")
    for name, action, direct in pairs:
        ours: list[float] = []
        theirs: list[float] = []
        for number in range(count):
            point = POINTS[number % PLACES_COUNT]
            # Whoever comes first may wait for the screen's next frame, so they take turns at that too.
            if number % 2:
                ours.append(await _timed(computer.perform(action(point))))
            theirs.append(await _timed(direct(ScreenPoint(point.x + 1, point.y))))
            if not number % 2:
                ours.append(await _timed(computer.perform(action(point))))
        more = [one - other for one, other in zip(ours, theirs, strict=True)]
        low, _, high = quantiles(more, n=4)
        width = 1.57 * (high - low) / count**0.5
        print(f"  {name:<34}{median(ours):>9.1f}{median(theirs):>9.1f}{median(more):>9.1f}{width:>7.1f}")
    shots = [await _timed(computer.screenshot()) for _ in range(15)]
    print(f"  {'screenshot as PNG':<34}{median(shots):>9.1f}")
    await sent(await computer.screenshot())


async def sent(picture: bytes) -> None:
    """What it costs to send a screenshot otherwise than it was taken."""
    size = picture_size(base64.b64encode(picture).decode("ascii"))
    assert size is not None
    smaller = Size(size[0] * 3 // 4, size[1] * 3 // 4)
    for name, scaled, limit in (("sent as JPEG", None, 0), ("scaled", smaller, None), ("scaled, as JPEG", smaller, 0)):
        times = [await _timed(asyncio.to_thread(sendable, picture, scaled, limit)) for _ in range(15)]
        made = sendable(picture, scaled, limit)
        print(f"  {f'{name}, {len(picture) // 1024} to {len(made) // 1024} kB':<34}{median(times):>9.1f}")


async def _timed(work: Awaitable[Any]) -> float:
    begin = perf_counter()
    await work
    return (perf_counter() - begin) * 1000


async def x11(count: int) -> None:
    async with await X11Computer.start() as computer:
        environment = {"DISPLAY": computer.display, "LC_ALL": "C.UTF-8"}
        program = shutil.which("xdotool") or "xdotool"

        async def xdotool(*arguments: object) -> None:
            process = await asyncio.create_subprocess_exec(program, *map(str, arguments), env=environment)
            await process.wait()

        await compared(
            computer,
            (
                ("click", lambda p: Click(at=p), lambda p: xdotool("mousemove", p.x, p.y, "click", 1)),
                (
                    "double click",
                    lambda p: Click(at=p, count=2),
                    lambda p: xdotool("mousemove", p.x, p.y, "click", "--repeat", 2, "--delay", 10, 1),
                ),
                (
                    "drag",
                    lambda p: Drag(path=(p, ScreenPoint(900, 700))),
                    lambda p: xdotool(
                        "mousemove",
                        p.x,
                        p.y,
                        "mousedown",
                        1,
                        "sleep",
                        0.01,
                        "mousemove",
                        900,
                        700,
                        "sleep",
                        0.01,
                        "mouseup",
                        1,
                    ),
                ),
                (
                    "scroll 3",
                    lambda p: Scroll(at=p, dy=3, unit="notch"),
                    lambda p: xdotool("mousemove", p.x, p.y, "click", "--repeat", 3, "--delay", 10, 5),
                ),
                ("chord", lambda p: press("Control", "a"), lambda p: xdotool("key", "ctrl+a")),
                ("type 20", lambda p: Type(text="x" * 20), lambda p: xdotool("type", "--delay", 12, "--", "x" * 20)),
                (
                    "type 5 beyond ASCII",
                    lambda p: Type(text="éøßλ你"),
                    lambda p: xdotool("type", "--delay", 12, "--", "éøßλ你"),
                ),
            ),
            "X11 (Xvfb)",
            count,
        )


async def browser(count: int) -> None:
    async with await BrowserComputer.open(
        url="data:text/html,<textarea style='position:fixed;inset:0'></textarea>"
    ) as computer:
        page = computer._page()

        async def double(p: ScreenPoint) -> None:
            await page.mouse.dblclick(p.x, p.y)

        async def drag(p: ScreenPoint) -> None:
            await page.mouse.move(p.x, p.y)
            await page.mouse.down()
            await page.mouse.move(900, 700)
            await page.mouse.up()

        async def scroll(p: ScreenPoint) -> None:
            await page.mouse.move(p.x, p.y)
            await page.mouse.wheel(0, 300)

        await compared(
            computer,
            (
                ("click", lambda p: Click(at=p), lambda p: page.mouse.click(p.x, p.y)),
                ("double click", lambda p: Click(at=p, count=2), double),
                ("drag", lambda p: Drag(path=(p, ScreenPoint(900, 700))), drag),
                ("scroll 3", lambda p: Scroll(at=p, dy=3, unit="notch"), scroll),
                ("chord", lambda p: press("Control", "a"), lambda p: page.keyboard.press("Control+a")),
                ("type 20", lambda p: Type(text="x" * 20), lambda p: page.keyboard.type("x" * 20)),
                ("type 5 beyond ASCII", lambda p: Type(text="éøßλ你"), lambda p: page.keyboard.insert_text("éøßλ你")),
            ),
            "browser (Chromium, headless)",
            count,
        )


async def simulated() -> None:
    computer = SimulatedComputer()
    times = [await _timed(computer.perform(Click(at=point))) for point in POINTS]
    shots = [await _timed(computer.screenshot()) for _ in range(9)]
    print(f"simulated desktop: click {median(times):.2f} ms, screenshot {median(shots):.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--pairs", type=int, default=60, metavar="N", help="actions of each kind, ours and the driver's"
    )
    count = parser.parse_args().pairs
    asyncio.run(simulated())
    if shutil.which("Xvfb") and shutil.which("xdotool"):
        asyncio.run(x11(count))
    else:
        print("X11: not measured, xvfb and xdotool are not installed")
    if any(Path(place).exists() for place in PLACES):
        asyncio.run(browser(count))
    else:
        print("browser: not measured, no Chromium is installed")


if __name__ == "__main__":
    main()
