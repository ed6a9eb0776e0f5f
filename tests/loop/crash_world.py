"""What the crash tests are made of: a desktop in a process of its own, a model that reads its history, a store that dies.

The desktop's process writes down everything it is asked to do, so that it knows of actions whose runner was killed before it could. The
model decides from the request alone, as a real one would: a fresh process goes on where the last one was killed.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Sequence
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any, Final

from polyloop.loop.assembly import tools_of, view_policy_of
from polyloop.loop.computers import SimulatedComputer, find, form_desktop
from polyloop.loop.journal import Claim, Row, StaleClaimError
from polyloop.loop.plain import dump
from polyloop.loop.ports import CallContext, ToolOutcome, ToolPolicy
from polyloop.loop.runner import Runner
from polyloop.loop.state import State
from polyloop.loop.stores import SqliteStore
from polyloop.loop.testing import PIXEL, call, reply, user
from polyloop.loop.tool_groups import group_of
from polyloop.loop.tools.extraction import extraction_tool
from polyloop.translate import hub
from polyloop.translate.computer_use.actions import Action, Click, ScreenAction, Type
from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.computer_use.points import ModelPoint, ScreenPoint
from polyloop.translate.jsonvalue import JsonObject

STALE: Final = 7
"""Exit code of a runner that learned that it was overtaken."""


class FarComputer:
    """The desktop in the other process, behind the loop's computer protocol."""

    def __init__(self, address: Any) -> None:
        self._connection: Connection[Any, Any] = Client(address)

    def _ask(self, *message: Any) -> Any:
        self._connection.send(message)
        return self._connection.recv()

    async def size(self) -> Size:
        return form_desktop().size

    async def screenshot(self) -> bytes:
        picture: bytes = self._ask("screenshot")
        return picture

    async def perform(self, action: ScreenAction) -> None:
        self._ask("perform", action)

    async def cursor_position(self) -> ScreenPoint:
        return ScreenPoint(0, 0)

    async def release_held(self) -> None:
        self._ask("release")

    async def close(self) -> None:
        self._connection.close()


def listens(address: str) -> bool:
    """Tell whether the desktop's process takes connections already. Its address is there a moment before."""
    try:
        Client(address).close()
    except (FileNotFoundError, ConnectionRefusedError):
        return False
    return True


def desktop_process(address: Any, log: str) -> None:
    """Serve one desktop to any number of runners, one after another or at once, and write down what is done."""
    asyncio.run(_serve(Listener(address, backlog=8), Path(log)))


async def _serve(listener: Listener, log: Path) -> None:
    computer = SimulatedComputer()
    serving = set()
    while True:
        connection = await asyncio.to_thread(listener.accept)
        serving.add(asyncio.ensure_future(_serve_one(connection, computer, log)))


async def _serve_one(connection: Connection[Any, Any], computer: SimulatedComputer, log: Path) -> None:
    while True:
        try:
            request = await asyncio.to_thread(connection.recv)
        except (EOFError, ConnectionResetError):
            return
        answer: Any = None
        if request[0] == "perform":
            with log.open("a") as file:
                file.write(json.dumps({"action": type(request[1]).__name__, **dump(request[1])}) + "\n")
            await computer.perform(request[1])
        elif request[0] == "screenshot":
            # Drawing is another test's business: the picture has to change with the desktop, and to be a PNG.
            answer = PIXEL + repr(computer.desktop).encode()
        elif request[0] == "release":
            await computer.release_held()
        try:
            connection.send(answer)
        except (BrokenPipeError, ConnectionResetError):
            return


def steps() -> list[tuple[hub.Call, ...]]:
    """The scenario: what the model asks for, turn by turn. Every action in it is another one, so that a log says what was done twice."""
    desktop = form_desktop()
    where = {label: find(desktop, label) for label in ("Name", "E-mail", "Newsletter")}

    def clicked(label: str) -> Click[ModelPoint]:
        return Click(at=ModelPoint(where[label].x, where[label].y))

    def acting(call_id: str, *actions: Action) -> hub.Call:
        return hub.Call(id=call_id, name="computer", form="computer", actions=actions)

    return [
        (acting("name", clicked("Name"), Type(text="Ada")),),
        (
            acting("mail", clicked("E-mail")),
            call("note", "note", {"line": 1}),
            acting("typed", Type(text="ada@example.org")),
        ),
        (call("paid", "note", {"line": 2}),),
        (acting("letter", clicked("Newsletter")),),
        (call("report", "extraction", {"data": {"name": "who", "result": "Ada"}}),),
    ]


class ReadingModel:
    """A model that goes through the scenario, and looks at the screen when a call's outcome is unknown."""

    provider = "scripted"
    wire = "anthropic"

    def __init__(self, log: Path) -> None:
        self._log = log

    async def create_message(self, request: hub.Request) -> hub.Response:
        with self._log.open("a") as file:
            file.write(json.dumps(dump(request), sort_keys=True) + "\n")
        results = {p.call_id: p for turn in request.turns for p in turn.parts if isinstance(p, hub.Result)}
        for turn in steps():
            if turn[0].id not in results:
                return reply("next", *turn)
            for made in turn:
                look = f"look-{made.id}"
                if results[made.id].outcome == "unknown" and look not in results:
                    return reply("what happened?", call(look, "computer", {"action": "screenshot"}))
        return reply("done")

    async def aclose(self) -> None:
        pass


class Note:
    """A function that must not run twice: it writes a line to a file of its own."""

    definition = hub.Tool(name="note", description="Write a note.", schema={"type": "object"})
    policy = ToolPolicy()

    def __init__(self, log: Path) -> None:
        self._log = log

    async def run(self, call: hub.Call, context: CallContext) -> ToolOutcome:
        with self._log.open("a") as file:
            file.write(json.dumps({"note": call.arguments.value}) + "\n")
        return ToolOutcome()


class Mortal:
    """A store whose process is killed, or stopped, before or after the nth write of its journal."""

    def __init__(self, store: SqliteStore, write: int, when: str, how: signal.Signals) -> None:
        self._store = store
        self._left = write
        self._when = when
        self._how = how

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def append(self, claim: Claim, rows: Sequence[Row]) -> int:
        self._left -= 1
        if self._left == 0 and self._when == "before":
            os.kill(os.getpid(), self._how)
        written = await self._store.append(claim, rows)
        if self._left == 0 and self._when == "after":
            os.kill(os.getpid(), self._how)
        return written


def run_process(folder: str, address: Any, write: int, when: str, how: int, first: bool) -> None:
    """Run the job in this process, from its beginning or resumed, and exit with 0, or with `STALE` where it was overtaken."""
    asyncio.run(_run(Path(folder), address, write, when, signal.Signals(how), first))


async def _run(folder: Path, address: Any, write: int, when: str, how: signal.Signals, first: bool) -> None:
    computer = FarComputer(address)
    store = SqliteStore(folder / "jobs.db")
    try:
        runner = await make_runner(folder, computer, Mortal(store, write, when, how))
        state = await runner.run((user("Register Ada."),) if first else ())
        (folder / "ending.json").write_text(json.dumps(_ending(state)))
    except StaleClaimError:
        os._exit(STALE)
    finally:
        await store.aclose()
        await computer.close()


async def make_runner(folder: Path, computer: Any, store: Any) -> Runner:
    """Put a runner together as `sampling_loop` does."""
    group = group_of("computer_use_20250124")
    tools = tools_of(
        group=group,
        wire="anthropic",
        screen=await computer.size(),
        computer=computer,
        extraction=extraction_tool(),
        further=(Note(folder / "world.log"),),
        actions={},
        parameters={},
        settle_seconds=0.0,
        clock=_NoClock(),
    )
    template = hub.Request(model="m", tools=tuple(tool.definition for tool in tools.values()), max_output=100)
    return Runner(
        job="job",
        client=ReadingModel(folder / "requests.log"),
        store=store,
        template=template,
        tools=tools,
        view_policy=view_policy_of("anthropic", 2, 2),
        owner="host",
    )


class _NoClock:
    def now(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here waits")


def _ending(state: State) -> JsonObject:
    assert state.ending is not None
    unknown = [p for turn in state.turns for p in turn.parts if isinstance(p, hub.Result) and p.outcome == "unknown"]
    return {"reason": state.ending.reason.value, "value": state.ending.value, "unknown": [p.call_id for p in unknown]}
