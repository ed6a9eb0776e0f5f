"""A job that goes on and on: ``python -m benchmarks.soak`` prints what its process holds as it grows.

Each turn the model calls a tool that gives a new screenshot of 100 kB as base64. The runner, the view, the store (a SQLite file) and the
encoding of every request are the real ones; the model is a script in the same process, so that nothing of a server is counted. Images
outside the current view live in the store: what grows is the text of the history, and the store's file.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gc
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from string import ascii_letters
from time import process_time
from typing import Final

from attrs import define, field

from polyloop.loop.history import ViewPolicy
from polyloop.loop.limits import Limits
from polyloop.loop.ports import CallContext, Tool, ToolOutcome, ToolPolicy
from polyloop.loop.runner import Runner
from polyloop.loop.stores import SqliteStore
from polyloop.loop.testing import call, reply, user
from polyloop.translate import hub
from polyloop.translate.incremental import Memo
from polyloop.translate.profiles import Profile
from polyloop.transport.preparing import Route, prepare

ROUTE: Final = Route(provider="anthropic", wire="anthropic", envelope="anthropic")
TEMPLATE: Final = hub.Request(model="claude-sonnet-4-5", max_output=1000)
KEPT_IMAGES: Final = 10
IMAGE_BYTES: Final = 75_000
STOPS: Final = (1_000, 5_000, 10_000)


@define(kw_only=True)
class Soak:
    """A `ProviderClient` whose model calls a tool for so many turns. It encodes every request as a client does, and sends none."""

    turns: int
    at_turn: Callable[[int], None] = lambda turn: None
    provider: str = "anthropic"
    wire: str = "anthropic"
    asked: int = 0
    memo: Memo = field(factory=Memo)
    body_bytes: int = 0

    async def create_message(self, request: hub.Request) -> hub.Response:
        """Encode the request, and reply with a call, or with the end."""
        self.body_bytes = prepare(ROUTE, request, memo=self.memo).request.size
        self.asked += 1
        self.at_turn(self.asked)
        await asyncio.sleep(0)
        if self.asked > self.turns:
            return reply("done")
        return reply(f"I look for the {self.asked}th time. " * 4, call(f"call_{self.asked}", "look"))

    async def aclose(self) -> None:
        """Nothing is open."""


@define(kw_only=True)
class Look:
    """A `Tool` that gives a new picture each time."""

    policy: ToolPolicy = field(factory=ToolPolicy)
    shown: int = 0

    @property
    def definition(self) -> hub.Tool:
        """A function without arguments."""
        return hub.Tool(name="look", description="Look.", schema={"type": "object"})

    async def run(self, call: hub.Call, context: CallContext) -> ToolOutcome:
        """Give the next picture."""
        self.shown += 1
        data = base64.b64encode(self.shown.to_bytes(8, "big") * (IMAGE_BYTES // 8)).decode("ascii")
        source = hub.Base64(media_type="image/png", data=data)
        return ToolOutcome(parts=(hub.Text(text="The screen."), hub.Media(kind="image", source=source)))


@define(kw_only=True)
class Tell:
    """A `Tool` that gives new words each time, so many characters of them."""

    characters: int
    policy: ToolPolicy = field(factory=ToolPolicy)
    told: int = 0

    @property
    def definition(self) -> hub.Tool:
        """A function without arguments."""
        return hub.Tool(name="look", description="Look.", schema={"type": "object"})

    async def run(self, call: hub.Call, context: CallContext) -> ToolOutcome:
        """Give the next words."""
        self.told += 1
        return ToolOutcome(parts=(hub.Text(text=words(self.told, self.characters)),))


def words(seed: int | str, characters: int) -> str:
    """Return words that nothing else has, for each seed others: chance letters, of which deflating saves little."""
    return "".join(Random(seed).choices(f"{ascii_letters}   ", k=characters))


async def soak(model: Soak, path: Path, tool: Tool | None = None, profile: Profile | None = None) -> None:
    """Run the job to its end."""
    store = SqliteStore(path)
    try:
        runner = Runner(
            job="soak",
            client=model,
            store=store,
            template=TEMPLATE,
            tools={"look": tool or Look()},
            profile=profile,
            limits=Limits(steps=None, repeats=None),
            view_policy=ViewPolicy(keep_images=KEPT_IMAGES, prune_chunk=KEPT_IMAGES, cache_points=3),
        )
        await runner.run((user("Look until you have seen it all."),))
    finally:
        await store.aclose()


def resident() -> int:
    """Return the bytes of memory that the process has now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=STOPS[-1])
    turns = parser.parse_args().turns
    stops = [10, 100, *(stop for stop in STOPS if stop < turns), turns]
    last = [process_time(), 0]

    def at_turn(turn: int) -> None:
        if turn not in stops:
            return
        gc.collect()
        now = process_time()
        each = (now - last[0]) / (turn - last[1]) * 1e3
        last[:] = [now, turn]
        print(
            f"turn {turn}: {resident() / 1e6:.0f} MB resident, a body of {model.body_bytes / 1e6:.2f} MB, {each:.1f} ms of CPU a turn",
            flush=True,
        )

    model = Soak(turns=turns, at_turn=at_turn)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "soak.sqlite"
        asyncio.run(soak(model, path))
        print(f"the store's file: {path.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
