"""What the page of a long run costs: ``python -m benchmarks.page [--steps 200]`` makes one, and opens it in headless Chromium.

Every step has a screenshot of its own of 1024x768. Usable means: laid out, the first pictures shown, keys heard, and the last step
reached by a key with its picture shown.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
from pathlib import Path
from time import perf_counter

from attrs import evolve

from polyloop.loop.computers import draw, form_desktop
from polyloop.loop.computers.browser import PLACES
from polyloop.loop.page import images_of, render_page, story_of
from polyloop.loop.ports import Computer
from polyloop.loop.runner import Runner
from polyloop.loop.stores import MemoryStore
from polyloop.loop.testing import FakeClock, FakeComputer, ScriptedModel, call, reply, user
from polyloop.loop.tools.computer import ComputerTool
from polyloop.translate import hub
from polyloop.translate.computer_use.points import ScreenPoint


class Changing(FakeComputer):
    """A computer whose screen is another one each time."""

    async def screenshot(self) -> bytes:
        self.asked += 1
        chance = random.Random(self.asked)
        pointer = ScreenPoint(chance.randrange(1024), chance.randrange(768))
        return draw(evolve(form_desktop(), pointer=pointer, status=f"step {self.asked}"))


async def run(steps: int) -> tuple[MemoryStore, float]:
    computer: Computer = Changing()
    tool = ComputerTool(
        computer=computer, definition=hub.Tool(name="computer", form="computer"), version="computer_20250124"
    )
    script = [
        reply(
            hub.Text(text=f"I click for the {number}th time, for the button is still there."),
            call(
                f"c{number}", "computer", {"action": "left_click", "coordinate": [number * 5 % 1024, number * 3 % 768]}
            ),
        )
        for number in range(steps)
    ]
    store = MemoryStore()
    runner = Runner(
        job="job", client=ScriptedModel(script=[*script, reply(hub.Text(text="Done."))]), store=store, tools={"computer": tool},
        template=hub.Request(model="m"), clock=FakeClock(),
    )  # fmt: skip
    begin = perf_counter()
    await runner.run((user("Click until it is gone."),))
    return store, perf_counter() - begin


async def page_of(store: MemoryStore) -> tuple[str, float]:
    begin = perf_counter()
    rows = await store.rows("job")
    images = {digest: await store.image(digest) for digest in images_of(story_of(rows, "job"))}
    page = render_page(rows, images, job="job")
    return page, perf_counter() - begin


def opened(file: Path, browser_path: str) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        requests: list[str] = []
        problems: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: problems.append(str(error)))
        begin = perf_counter()
        page.goto(file.as_uri(), wait_until="load")
        page.wait_for_function("document.querySelector('img').complete")
        shown = perf_counter() - begin
        page.keyboard.press("Shift+G")
        page.wait_for_function("document.activeElement.tagName === 'ARTICLE'")
        page.wait_for_function("document.activeElement.querySelector('img')?.naturalWidth === 1024")
        reached = perf_counter() - begin
        outside = [url for url in requests if not url.startswith(("file:", "data:"))]
        browser.close()
    print(f"headless Chromium: first pictures after {shown:.2f} s, last step by key after {reached:.2f} s")
    print(f"requests to a network: {len(outside)}, errors: {len(problems)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=200)
    steps = parser.parse_args().steps
    store, ran = asyncio.run(run(steps))
    page, made = asyncio.run(page_of(store))
    print(f"{steps} steps, run in {ran:.1f} s; page made in {made:.2f} s, {len(page) / 1e6:.1f} MB")
    browser_path = next((place for place in PLACES if Path(place).exists()), None)
    if browser_path is None:
        print("not opened: no Chromium is installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(page, encoding="utf-8")
        opened(file, browser_path)


if __name__ == "__main__":
    main()
