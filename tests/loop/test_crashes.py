"""Law L8, the hard half: a runner is killed before and after every write of its journal, and nothing is done twice."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
from attrs import field, mutable
from tests.loop import crash_world

from polyloop.loop.events import load_event
from polyloop.loop.machine import step
from polyloop.loop.state import State
from polyloop.loop.stores import SqliteStore
from polyloop.translate.jsonvalue import JsonObject
from polyloop.translate.repairing import repair

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's signals and /proc")

NEVER = 10_000


@mutable(kw_only=True)
class World:
    """One desktop process, and runners that come and go."""

    folder: Path
    context: ForkServerContext
    address: str = field(init=False)
    _desktop: ForkServerProcess = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.address = str(self.folder / "desktop")
        self._desktop = self.context.Process(
            target=crash_world.desktop_process, args=(self.address, str(self.folder / "world.log")), daemon=True
        )
        self._desktop.start()
        (self.folder / "world.log").touch()
        while not crash_world.listens(self.address):
            self._desktop.join(0.01)
            assert self._desktop.is_alive(), "the desktop's process ended"

    def start(
        self, *, write: int = NEVER, when: str = "before", how: int = signal.SIGKILL, first: bool
    ) -> ForkServerProcess:
        runner = self.context.Process(
            target=crash_world.run_process, args=(str(self.folder), self.address, write, when, int(how), first)
        )
        runner.start()
        return runner

    def run(self, **options: Any) -> int | None:
        runner = self.start(**options)
        runner.join()
        code = runner.exitcode
        runner.close()
        return code

    def close(self) -> None:
        self._desktop.kill()
        self._desktop.join()
        self._desktop.close()

    def done(self) -> list[str]:
        """What the world was asked to do, in order."""
        return (self.folder / "world.log").read_text().splitlines()

    def requests(self) -> list[str]:
        """What the model was asked, in order; the same request twice in a row is one: sampling may be repeated."""
        lines = (self.folder / "requests.log").read_text().splitlines()
        return [line for number, line in enumerate(lines) if not number or line != lines[number - 1]]

    def ending(self) -> JsonObject:
        found: JsonObject = json.loads((self.folder / "ending.json").read_text())
        return found

    def journal(self) -> list[Any]:
        async def read() -> list[Any]:
            store = SqliteStore(self.folder / "jobs.db")
            try:
                return list(await store.rows("job"))
            finally:
                await store.aclose()

        return asyncio.run(read())


@pytest.fixture(scope="module")
def context() -> ForkServerContext:
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["tests.loop.crash_world"])
    return found


@pytest.fixture(scope="module")
def whole(context: ForkServerContext, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The run that nothing interrupted."""
    world = World(folder=tmp_path_factory.mktemp("whole"), context=context)
    assert world.run(first=True) == 0
    yield world
    world.close()


def writes(world: World) -> int:
    return len(world.journal())


def check(world: World, whole: World) -> bool:
    """Check what holds after any crash; tell whether a call was in flight."""
    ending, done = world.ending(), world.done()
    assert max(Counter(done).values()) == 1, "something was done twice"
    assert set(done) <= set(whole.done())
    assert ending["reason"] == "completed"
    assert ending["value"] == "Ada"
    state = State(job="job")
    for row in world.journal():
        if row.kind in ("event", "happened"):
            state, _ = step(state, load_event(row.data))
    assert repair(state.turns) is state.turns
    if ending["unknown"]:
        return True
    assert done == whole.done()
    assert world.requests() == whole.requests()
    return False


def test_killed_before_and_after_every_write_of_the_journal(
    whole: World, context: ForkServerContext, tmp_path: Path
) -> None:
    in_flight = 0
    for write in range(1, writes(whole) + 1):
        for when in ("before", "after"):
            world = World(folder=tmp_path / f"{write}-{when}", context=context)
            try:
                assert world.run(write=write, when=when, first=True) == -signal.SIGKILL
                begun = bool(world.journal())
                assert world.run(first=not begun) == 0
                in_flight += check(world, whole)
            finally:
                world.close()
    # Three actions and two notes have a moment between intent and result, each seen from before and from after a write.
    assert in_flight >= 10


def test_killed_again_and_again_at_every_third_write(whole: World, context: ForkServerContext, tmp_path: Path) -> None:
    world = World(folder=tmp_path / "again", context=context)
    try:
        runs = 0
        while world.run(write=3, when="after", first=not runs) == -signal.SIGKILL:
            runs += 1
            assert runs < 100
        assert runs > 3
        check(world, whole)
    finally:
        world.close()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_runner_that_wakes_up_after_it_was_overtaken_does_nothing_twice(
    whole: World, context: ForkServerContext, tmp_path: Path, when: str
) -> None:
    for write in range(2, writes(whole) + 1, 3):
        world = World(folder=tmp_path / f"{write}", context=context)
        sleeper = world.start(write=write, when=when, how=signal.SIGSTOP, first=True)
        try:
            wait_until_stopped(sleeper)
            assert world.run(first=False) == 0
            signal_to(sleeper, signal.SIGCONT)
            sleeper.join()
            assert sleeper.exitcode == crash_world.STALE
            assert max(Counter(world.done()).values()) == 1
            assert world.ending()["value"] == "Ada"
        finally:
            sleeper.kill()
            sleeper.join()
            sleeper.close()
            world.close()


def signal_to(process: ForkServerProcess, number: signal.Signals) -> None:
    assert process.pid is not None
    os.kill(process.pid, number)


def wait_until_stopped(process: ForkServerProcess) -> None:
    """Wait until a process is stopped. It is a child of the fork server, so its state is read where the system shows it."""
    status = Path(f"/proc/{process.pid}/stat")
    while status.read_text().rsplit(")", 1)[1].split()[0] != "T":
        process.join(0.01)
        assert process.exitcode is None, "the runner ended before it was stopped"
