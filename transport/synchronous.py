"""A plain synchronous face, for services that have no event loop: `run_sync` and `SyncClient`.

Everything runs in one event loop in a thread of its own, started when it is first needed and ended with the interpreter. So connections
outlive a call, any number of threads may call at once, and it works beside an event loop that is running in the caller's thread
(which it blocks: there, use the asynchronous client).
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future, wait
from functools import partial
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from polyloop.translate import hub
from polyloop.translate.hub_events import StreamEvent

from .client import WireClient
from .config import Timeouts
from .exchanges import ExchangeListener
from .factory import create_client
from .health import Health
from .retry import RetryPolicy

Result = TypeVar("Result")

GRACE: Final = 1.0
"""Seconds that what still runs is given when the interpreter ends."""


class _LoopThread:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._process = 0

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Run in the loop and wait. An interrupt while waiting cancels what runs, waits until it has cleaned up, and goes on."""
        loop = self._started()
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise RuntimeError("run_sync was called from code that run_sync runs: await instead")
        outcome: Future[Result] = Future()
        tasks: list[asyncio.Task[Result]] = []

        def begin() -> None:
            tasks.append(loop.create_task(_in_task(coroutine)))
            tasks[0].add_done_callback(partial(_tell, outcome))

        def stop() -> None:
            if tasks:
                tasks[0].cancel()
            else:  # interrupted before it could begin
                coroutine.close()
                _cancel(outcome)

        try:
            loop.call_soon_threadsafe(begin)
            return outcome.result()
        except BaseException:
            if not outcome.done():
                loop.call_soon_threadsafe(stop)
                wait([outcome])
            raise

    def close(self) -> None:
        """End the loop: what still runs is cancelled, and connections are closed in order."""
        with self._lock:
            loop, thread, process = self._loop, self._thread, self._process
            self._loop = self._thread = None
        if loop is None or thread is None or process != os.getpid():
            return
        loop.call_soon_threadsafe(loop.stop)
        thread.join()

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            # A forked child has the record of a thread that only its parent has.
            if self._loop is None or self._process != os.getpid():
                ready = threading.Event()
                self._loop = asyncio.new_event_loop()
                self._process = os.getpid()
                self._thread = threading.Thread(
                    target=_serve, args=(self._loop, ready), name="polyloop-run-sync", daemon=True
                )
                self._thread.start()
                ready.wait()
            return self._loop


def _tell(outcome: Future[Result], task: asyncio.Task[Result]) -> None:
    error = None if task.cancelled() else task.exception()
    if task.cancelled():
        _cancel(outcome)
    elif error is not None:
        outcome.set_exception(error)
    else:
        outcome.set_result(task.result())


def _cancel(outcome: Future[Any]) -> None:
    outcome.cancel()
    outcome.set_running_or_notify_cancel()  # which is what `wait` waits for


async def _in_task(coroutine: Coroutine[Any, Any, Result]) -> Result:
    return await coroutine


async def _end_tasks() -> None:
    """Let what still runs end by itself, such as the closing of connections; then cancel it."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=GRACE)
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)


def _serve(loop: asyncio.AbstractEventLoop, ready: threading.Event) -> None:
    asyncio.set_event_loop(loop)
    loop.call_soon(ready.set)
    try:
        loop.run_forever()
        loop.run_until_complete(_end_tasks())
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.run_until_complete(asyncio.sleep(0))  # a closed connection's last callback
    finally:
        asyncio.set_event_loop(None)
        loop.close()


_LOOP: Final = _LoopThread()
atexit.register(_LOOP.close)


def run_sync(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end from plain code, any number of times, and return its result."""
    return _LOOP.run(coroutine)


class SyncClient:
    """A client for plain code: the methods of `WireClient` without ``await``. May be used by several threads; close it, or use it as a
    context manager."""

    def __init__(self, client: WireClient) -> None:
        """Take an asynchronous client, which is closed with this one."""
        self.asynchronous = client
        """The client inside, for what takes one."""

    @property
    def provider(self) -> str:
        """The provider's name."""
        return self.asynchronous.provider

    @property
    def wire(self) -> str:
        """The wire it speaks."""
        return self.asynchronous.wire

    def create_message(self, request: hub.Request) -> hub.Response:
        """Ask for the next turn and return the whole reply."""
        return run_sync(self.asynchronous.create_message(request))

    def stream_message(self, request: hub.Request) -> Iterator[StreamEvent]:
        """Ask for the next turn and yield neutral events as they come. Closing the generator closes the connection."""
        events = self.asynchronous.stream_message(request)
        try:
            while (event := run_sync(_next_event(events))) is not None:
                yield event
        finally:
            run_sync(_closed(events))

    def count_tokens(self, request: hub.Request) -> int:
        """Return how many input tokens the provider counts in a request."""
        return run_sync(self.asynchronous.count_tokens(request))

    def check_health(self, model: str | None = None, *, paid: bool = False) -> Health:
        """Ask whether the provider can be reached, takes the credential and has the model."""
        return run_sync(self.asynchronous.check_health(model, paid=paid))

    def observed_by(self, listener: ExchangeListener) -> SyncClient:
        """Return a view of this client that tells the listener of each exchange; closing the view closes nothing."""
        return SyncClient(self.asynchronous.observed_by(listener))

    def within(self, timeouts: Timeouts) -> SyncClient:
        """Return a view of this client whose calls have these timeouts; closing the view closes nothing."""
        return SyncClient(self.asynchronous.within(timeouts))

    def retried(self, policy: RetryPolicy) -> SyncClient:
        """Return a view of this client that retries by another policy; closing the view closes nothing."""
        return SyncClient(self.asynchronous.retried(policy))

    def close(self) -> None:
        """Close the connections. May be called twice."""
        run_sync(self.asynchronous.aclose())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


async def _next_event(events: Any) -> StreamEvent | None:
    event: StreamEvent | None = await anext(events, None)
    return event


async def _closed(events: Any) -> None:
    await events.aclose()


def create_sync_client(provider: str, **options: Any) -> SyncClient:
    """Return a synchronous client of a provider; options are those of `create_client`."""
    return SyncClient(create_client(provider, **options))
