"""A full disk: a typed error that says what to do, nothing stored is lost, and nothing is done twice when there is room again."""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.loop.crash_world import make_runner

from polyloop.loop.computers import SimulatedComputer
from polyloop.loop.journal import Row, StoreError
from polyloop.loop.plain import dump
from polyloop.loop.stores import SqliteStore
from polyloop.loop.testing import PIXEL, user
from polyloop.translate.computer_use.actions import ScreenAction

LONG = 3600.0


LAID_OUT = 6
"""Pages of an empty store's file, and one more."""


async def allow(store: SqliteStore, pages: int) -> None:
    """Let the file have so many pages in all, as a small disk does."""
    await store._in_thread(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}").fetchall())


def test_a_full_disk_is_said_and_the_store_goes_on_when_there_is_room(tmp_path: Path) -> None:
    async def run() -> None:
        store = SqliteStore(tmp_path / "jobs.db")
        try:
            claim = await store.claim("job", "host", LONG)
            await allow(store, LAID_OUT + 3)
            kept, images = 0, list[str]()

            async def fill() -> None:
                nonlocal kept
                for number in range(100):
                    images.append(await store.put_image(bytes([number]) * 3000, "image/png"))
                    rows = [Row(kind="event", key=f"{number}{half}", data={"pad": "x" * 1500}) for half in "ab"]
                    kept = await store.append(claim, rows)

            with pytest.raises(StoreError, match=r"full; .* kept: make room"):
                await fill()
            assert kept > 0
            assert len(await store.rows("job")) == kept
            await allow(store, 1000)
            assert await store.append(claim, [Row(kind="event", key="later", data={})]) == kept + 1
            for number, digest in enumerate(images):
                assert (await store.image(digest))[0] == bytes([number]) * 3000
        finally:
            await store.aclose()

    asyncio.run(run())


class Logged(SimulatedComputer):
    """The desktop, with what it was asked to do in a file."""

    def __init__(self, log: Path) -> None:
        super().__init__()
        self._log = log

    async def screenshot(self) -> bytes:
        return PIXEL + repr(self.desktop).encode() * 3

    async def perform(self, action: ScreenAction) -> Any:
        with self._log.open("a") as file:
            file.write(json.dumps({"action": type(action).__name__, **dump(action)}) + "\n")
        return await super().perform(action)


def test_a_run_on_a_disk_that_fills_again_and_again_does_nothing_twice(tmp_path: Path) -> None:
    """Each time there is a page more, the job goes on as far as that goes; in the end it has done what an undisturbed one does."""

    async def run(folder: Path, room: int) -> tuple[Any, int]:
        computer = Logged(folder / "world.log")
        store = SqliteStore(folder / "jobs.db")
        full = 0
        try:
            await store.rows("job")
            while True:
                runner = await make_runner(folder, computer, store)
                await allow(store, room + full)
                first = not await store.rows("job")
                try:
                    state = await runner.run((user("Register Ada."),) if first else ())
                except StoreError as error:
                    assert "full" in str(error)  # noqa: PT017  (any other is a failure)
                    full += 1
                    assert full < 100
                    continue
                return state, full
        finally:
            await store.aclose()

    for name in ("whole", "full"):
        (tmp_path / name).mkdir()
    whole, never = asyncio.run(run(tmp_path / "whole", 10_000))
    state, full = asyncio.run(run(tmp_path / "full", LAID_OUT))
    assert never == 0
    assert full > 5
    assert state.ending.value == whole.ending.value == "Ada"
    done = (tmp_path / "full" / "world.log").read_text().splitlines()
    assert max(Counter(done).values()) == 1
    assert set(done) <= set((tmp_path / "whole" / "world.log").read_text().splitlines())


FILE_LIMIT = """
import asyncio, resource, signal, sys
from polyloop.loop.journal import Row, StoreError
from polyloop.loop.stores import SqliteStore

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

async def run():
    store = SqliteStore(sys.argv[1])
    claim = await store.claim("job", "host", 3600)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), hard))
    kept = refused = 0
    for number in range(60):
        try:
            kept = await store.append(claim, [Row(kind="event", key=str(number), data={"pad": "x" * 5000})])
        except StoreError:
            refused += 1
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refused, "the limit was not reached"
    assert await store.append(claim, [Row(kind="event", key="later", data={})]) == kept + 1
    assert len(await store.rows("job")) == kept + 1
    await store.aclose()

asyncio.run(run())
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="the system limits no file's size")
@pytest.mark.parametrize("size", [45_000, 70_001, 200_000])
def test_a_write_that_the_system_refuses_in_the_middle_loses_nothing(size: int, tmp_path: Path) -> None:
    """The write-ahead log breaks off inside a page; a process of its own, since the limit is the process's."""
    script = [sys.executable, "-c", FILE_LIMIT, str(tmp_path / "jobs.db"), str(size)]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
