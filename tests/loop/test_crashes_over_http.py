"""Law L8 through each provider's HTTP: killed where it hurts, resumed by another process, nothing is done twice."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

import pytest
from tests.loop import crash_http, crash_world

from polyloop.loop.events import load_event
from polyloop.loop.journal import Row
from polyloop.loop.machine import step
from polyloop.loop.state import State
from polyloop.loop.stores import SqliteStore
from polyloop.translate import hub
from polyloop.transport.scripted import ScriptedProvider, Settings

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's signals and /proc")

NEVER = 10_000
NEEDED = {"anthropic": "anthropic", "bedrock": "boto3", "vertex": "google.auth", "openai": "openai"}


@pytest.fixture(scope="module")
def context() -> ForkServerContext:
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["tests.loop.crash_world", "tests.loop.crash_http"])
    return found


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedProvider]:
    with ScriptedProvider.running(crash_http.SCRIPT, settings=Settings(check_image_bytes=False)) as running:
        yield running


class World:
    """One desktop process, and runners of one provider that come and go."""

    def __init__(self, context: ForkServerContext, server: ScriptedProvider, provider: Any, folder: Path) -> None:
        folder.mkdir()
        (folder / "world.log").touch()
        self._context, self._folder, self._address = context, folder, str(folder / "desktop")
        self._provider, self._url = provider, server.base_url(provider)
        self._server, self._first = server, len(server.requests)
        self._desktop = context.Process(
            target=crash_world.desktop_process, args=(self._address, str(folder / "world.log")), daemon=True
        )
        self._desktop.start()
        while not crash_world.listens(self._address):
            self._desktop.join(0.01)
            assert self._desktop.is_alive(), "the desktop's process ended"

    def run(self, *, write: int = NEVER, when: str = "before", first: bool) -> int | None:
        arguments = (self._provider, self._url, str(self._folder), self._address, write, when, first)
        runner = self._context.Process(target=crash_http.run_process, args=arguments)
        runner.start()
        runner.join()
        code = runner.exitcode
        runner.close()
        return code

    def close(self) -> None:
        self._desktop.kill()
        self._desktop.join()
        self._desktop.close()

    def done(self) -> list[str]:
        return (self._folder / "world.log").read_text().splitlines()

    def result(self) -> Any:
        return json.loads((self._folder / "result.json").read_text())

    def bodies(self) -> list[Any]:
        """What was asked, in order; the same request twice in a row is one: sampling may be repeated."""
        found = [request.body for request in self._server.requests[self._first :]]
        return [body for number, body in enumerate(found) if not number or body != found[number - 1]]

    def journal(self) -> list[Row]:
        async def read() -> list[Row]:
            store = SqliteStore(self._folder / "jobs.db")
            try:
                return list(await store.rows("job"))
            finally:
                await store.aclose()

        return asyncio.run(read())

    def outcomes(self) -> list[Any]:
        """How the calls of the stored history came out."""
        state = State(job="job")
        for row in self.journal():
            if row.kind in ("event", "happened"):
                state, _ = step(state, load_event(row.data))
        return [part.outcome for turn in state.turns for part in turn.parts if isinstance(part, hub.Result)]


def place(rows: list[Row], kind: str, holds: Callable[[Row], bool]) -> int:
    """Return the number of the first write of a kind."""
    return next(number for number, row in enumerate(rows, start=1) if row.kind == kind and holds(row))


@pytest.mark.parametrize("provider", crash_http.MODELS)
def test_killed_between_intent_and_result_and_while_the_model_speaks(
    provider: str, context: ForkServerContext, server: ScriptedProvider, tmp_path: Path
) -> None:
    needed = NEEDED.get(provider)
    if needed is not None and find_spec(needed.partition(".")[0]) is None:
        pytest.skip(f"{needed} is not installed")
    whole = World(context, server, provider, tmp_path / "whole")
    try:
        assert whole.run(first=True) == 0
        assert (whole.result(), len(whole.done())) == ("Ada", 2)
        expected, rows = whole.bodies(), whole.journal()
    finally:
        whole.close()

    notes = [
        number
        for number, row in enumerate(rows, start=1)
        if row.kind == "intended" and '"note"' in json.dumps(row.data)
    ]
    samples = [number for number, row in enumerate(rows, start=1) if row.kind == "happened" and "response" in row.data]
    points = [
        (place(rows, "action_intended", lambda row: True), "after", True),  # a click that may have happened
        (place(rows, "action_happened", lambda row: True), "before", True),  # a click that happened
        (notes[0] + 1, "before", True),  # a note that was written
        (notes[0], "before", False),  # a note that was not begun
        (samples[1], "before", False),  # a reply that was heard and not kept
    ]
    for number, (write, when, in_flight) in enumerate(points):
        world = World(context, server, provider, tmp_path / str(number))
        try:
            assert world.run(write=write, when=when, first=True) == -signal.SIGKILL
            assert world.run(first=False) == 0
            assert world.result() == "Ada"
            assert max(Counter(world.done()).values(), default=1) == 1, "something was done twice"
            assert ("unknown" in world.outcomes()) == in_flight
            if not in_flight:
                assert world.done() == whole.done()
                assert world.bodies() == expected
        finally:
            world.close()
