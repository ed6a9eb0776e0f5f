"""The scripted provider: a real HTTP server on loopback that speaks all six providers' wires and plays a scenario."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from types import TracebackType
from typing import Self

from polyloop.translate.jsonvalue import Json

from . import auth
from .connection import Connection
from .delivery import Delivery, deliver
from .exchange import Answer, Call, admit, respond
from .faults import Fault, Rule, Schedule
from .gates import Gates
from .http1 import HEAD_LIMIT, Request
from .inject import inject
from .log import LoggedRequest
from .routes import BASE_PATHS, provider_of, route
from .scenario import Provider, Scenario, ScenarioError
from .settings import Keys, Settings

_BACKLOG = 4096


class ScriptedProvider:
    """A server that answers as the providers do, from a scenario.

    Use it as an async context manager in the running event loop, or from synchronous code with `running`, which gives it a
    thread and a loop of its own. On leaving, a scenario that had no answer for a request raises `ScenarioError`.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        keys: Keys | None = None,
        settings: Settings | None = None,
        faults: Sequence[Rule] = (),
        seed: int = 0,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        """Prepare a server; port 0 takes a free one. The seed draws the faults that have a rate."""
        self.scenario = scenario
        self.keys = keys or Keys()
        self.settings = settings or Settings()
        self.requests: list[LoggedRequest] = []
        """Every request that arrived whole, in order."""
        self.problems: list[str] = []
        """Requests that the scenario had no answer for."""
        self._schedule = Schedule(tuple(faults), seed)
        self._host = host
        self._port = port
        self._count = 0
        self._gates = Gates()
        self._tasks: set[asyncio.Task[None]] = set()
        self._arrival = threading.Condition()
        self._crashes: list[BaseException] = []
        self._server: asyncio.Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        """The server's address, ``http://127.0.0.1:49152``, without a slash at its end."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    def base_url(self, provider: Provider) -> str:
        """Return the base URL that a client of the provider is given."""
        return self.url + BASE_PATHS[provider]

    def release(self, gate: str = "go") -> None:
        """Open a gate that a `Silence` waits at. From any thread."""
        if self._loop is None:
            raise ScenarioError("the server is not running")
        self._loop.call_soon_threadsafe(self._gates.named(gate).opened.set)

    def reached(self, gate: str = "go") -> threading.Event:
        """Return the event that is set once an answer stands at the gate."""
        return self._gates.named(gate).reached

    def wait_for_requests(self, count: int, timeout: float | None = None) -> bool:
        """Block until so many requests have arrived; tell whether they have within ``timeout`` seconds.

        Not from the server's own event loop: there, await it in a thread (``asyncio.to_thread``).
        """
        with self._arrival:
            return self._arrival.wait_for(lambda: len(self.requests) >= count, timeout)

    async def start(self) -> None:
        """Listen. Raises `OSError` where the port is taken."""
        self._loop = asyncio.get_running_loop()
        self._server = await asyncio.start_server(
            self._connected, self._host, self._port, limit=HEAD_LIMIT, backlog=_BACKLOG
        )
        self._port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and end every connection, also those in the middle of an answer."""
        self._stop_listening()
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await asyncio.sleep(0)  # let the tasks' callbacks run
        self._loop = None
        if self._crashes:
            raise self._crashes[0]

    def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    @asynccontextmanager
    async def refusing(self) -> AsyncIterator[None]:
        """Refuse connections for a while: the port is closed, and opened again afterwards. Open connections stay."""
        self._stop_listening()
        try:
            yield
        finally:
            await self.start()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
        if error is None:
            self.raise_problems()

    def raise_problems(self) -> None:
        """Raise `ScenarioError` where the scenario had no answer for a request."""
        if self.problems:
            raise ScenarioError("; ".join(dict.fromkeys(self.problems)))

    @classmethod
    @contextmanager
    def running(
        cls,
        scenario: Scenario,
        *,
        keys: Keys | None = None,
        settings: Settings | None = None,
        faults: Sequence[Rule] = (),
        seed: int = 0,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> Iterator[Self]:
        """Run a server in a thread of its own, for synchronous code."""
        server = cls(scenario, keys=keys, settings=settings, faults=faults, seed=seed, host=host, port=port)
        with in_thread(server):
            yield server
        server.raise_problems()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(reader, writer, self._respond, self._gates, self.settings)
        task = asyncio.get_running_loop().create_task(connection.run())
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Keep what went wrong in a connection: `close` raises it."""
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._crashes.append(error)

    def _respond(self, request: Request) -> Delivery:
        self._count += 1
        call = admit(request, self._count, self.keys, self.settings)
        if isinstance(call, Answer):
            self._note(request, call, None)
            return deliver(call)
        answer = respond(call, self.scenario, self.settings)
        fault = self._fault(call, answer)
        self._note(request, answer, fault)
        if answer.problem is not None and fault is None:
            self.problems.append(answer.problem)
        return inject(fault, call, answer, self.settings) if fault is not None else deliver(answer)

    def _fault(self, call: Call, answer: Answer) -> Fault | None:
        """Ask the schedule; a stream that is refused is no stream."""
        if call.route.operation != "create":
            return None
        return self._schedule.next(call.route, call.facts, self.scenario, streaming=bool(answer.events))

    def _note(self, request: Request, answer: Answer, fault: Fault | None) -> None:
        provider, path = provider_of(request)
        place = route(provider, path)
        logged = LoggedRequest(
            method=request.method,
            path=request.path,
            query=request.query,
            headers=auth.redact(request.headers),
            credential=auth.state(provider, request, self.keys, self.settings),
            provider=provider,
            wire=place.wire if place is not None else None,
            body=_json_or_none(request.body),
            status=answer.status,
            fault=fault,
        )
        with self._arrival:
            self.requests.append(logged)
            self._arrival.notify_all()


def _json_or_none(body: bytes) -> Json:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


@contextmanager
def in_thread(server: ScriptedProvider) -> Iterator[None]:
    """Run a server in a thread with an event loop of its own, until the block ends."""
    ready = threading.Event()
    stop: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    failures: list[BaseException] = []

    async def serve() -> None:
        ended = asyncio.Event()
        await server.start()
        stop.append((asyncio.get_running_loop(), ended))
        ready.set()
        try:
            await ended.wait()
        finally:
            await server.close()

    def main() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # handed to the thread that waits
            failures.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=main, name="scripted-provider", daemon=True)
    thread.start()
    ready.wait()
    try:
        if not failures:
            yield
    finally:
        for loop, ended in stop:
            if not failures:
                loop.call_soon_threadsafe(ended.set)
        thread.join()
        if failures:
            raise failures[0]
