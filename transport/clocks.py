"""The clocks that watch a call for silence.

    connect  --opened-->  first content  --content-->  between content  --content-->  between content
                          (a call whose connection the HTTP client watches begins here)
    any of them  --ended-->  draining

One of the four runs at a time, beside the clock of the whole call. Content is what the caller gets: text, a tool call, a
thought. Pings, empty deltas and headers are none, so that a connection kept alive without a word is still noticed. Time
that the caller takes between two waits is not the provider's silence and does not count, except for the whole call. Behind the end of a
reply a body has `LONGEST_DRAIN` to end too: a connection read to its end is used again.

The states are pure; `CallClocks` drives them by any clock with ``time`` and ``call_at``, by default the running event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, Literal, Protocol, TypeAlias, TypeVar

from attrs import evolve, frozen

from polyloop.translate.provider_errors import ProviderError, wire_of

from .config import Timeouts
from .errors import Stalled

Running: TypeAlias = Literal["connect", "first_content", "between_content", "draining"]
Signal: TypeAlias = Literal["opened", "content", "ended"]
Result = TypeVar("Result")

TRANSITIONS: Final[dict[Running, dict[Signal, Running]]] = {
    "connect": {"opened": "first_content"},
    "first_content": {"content": "between_content", "ended": "draining"},
    "between_content": {"content": "between_content", "ended": "draining"},
    "draining": {},
}

LONGEST_DRAIN: Final = 1.0
"""Seconds to wait for the end of a body whose reply is complete."""

SILENCE: Final = {
    "connect": "no connection",
    "first_content": "no content",
    "between_content": "no further content",
    "draining": "no end of the body",
    "total": "no end of the answer",
}

TOLERANCE: Final = 1e-6
"""Seconds by which a timer may ring early, for sums of floating-point times are not exact."""


@frozen
class ClockState:
    """Which clock runs, how long it has, and when the call began."""

    running: Running
    spent: float
    """Seconds waited under the running clock."""
    began: float


@frozen
class Deadline:
    """When the first of the clocks runs out."""

    clock: str
    """connect, first_content, between_content, draining or total."""
    at: float
    seconds: float
    """How long that clock waits."""


def following(running: Running, signal: Signal) -> Running:
    """Return the clock that runs after a signal. Raises `ValueError` for a signal that cannot come now."""
    try:
        return TRANSITIONS[running][signal]
    except KeyError:
        raise ValueError(f"{signal} cannot follow while the clock for {running} runs") from None


def advance(state: ClockState, signal: Signal) -> ClockState:
    """Start the next clock. Raises `ValueError` for a signal that cannot come now."""
    return evolve(state, running=following(state.running, signal), spent=0.0)


def waited(state: ClockState, seconds: float) -> ClockState:
    """Count time under the running clock."""
    return evolve(state, spent=state.spent + seconds)


def next_deadline(state: ClockState, timeouts: Timeouts, now: float) -> Deadline | None:
    """Return which clock runs out first if the wait goes on from now; None if no clock is set."""
    due: list[Deadline] = []
    allowed: float | None = LONGEST_DRAIN if state.running == "draining" else getattr(timeouts, state.running)
    if allowed is not None:
        due.append(Deadline(state.running, now + allowed - state.spent, allowed))
    if timeouts.total is not None:
        due.append(Deadline("total", state.began + timeouts.total, timeouts.total))
    return min(due, key=lambda deadline: deadline.at, default=None)


class Timer(Protocol):
    """What `Clock.call_at` returns."""

    def cancel(self) -> None:
        """Make the call not happen. May be called after it has."""
        ...


class Clock(Protocol):
    """Time that can be waited for; an asyncio event loop is one."""

    def time(self) -> float:
        """Return the seconds of a clock that never goes back."""
        ...

    def call_at(self, when: float, callback: Callable[..., Any], *arguments: Any) -> Timer:
        """Call back in the event loop's thread once the clock shows ``when``."""
        ...


class CallClocks:
    """The clocks of one call, used by one task at a time.

    clocks = CallClocks(timeouts, provider="anthropic")
    response = await clocks.wait(sender.send(request, stream=True))
    chunk = await clocks.wait(anext(response.body))        # and so on; after each content:
    clocks.content()
    clocks.close()

    Signals may come while something is awaited, too. A stream has thousands of waits and content moves its deadline each time. One timer serves them all: when it rings, it is
    seen whether the deadline has moved, and if so, it is set again.
    """

    def __init__(
        self, timeouts: Timeouts, *, provider: str, clock: Clock | None = None, connecting: bool = False
    ) -> None:
        """Begin the call now. With ``connecting`` the connect clock runs until `opened`; by default it is the HTTP client's."""
        self._timeouts = timeouts
        self._provider = provider
        self._clock: Clock = clock if clock is not None else asyncio.get_running_loop()
        self._running: Running = "connect" if connecting else "first_content"
        self._spent = 0.0
        self._began = self._clock.time()
        self._timer: Timer | None = None
        self._waiting: asyncio.Task[Any] | None = None
        self._waiting_since = 0.0
        self._expired: Deadline | None = None

    def opened(self) -> None:
        """The connection is there: wait for the first content."""
        self._signal("opened")

    def content(self) -> None:
        """Content has come: wait for the next."""
        self._signal("content")

    def ended(self) -> None:
        """The reply is complete: the rest of its body is nobody's content."""
        self._signal("ended")

    def close(self) -> None:
        """The call is over: take the timer back, which would otherwise ring once more, for nobody."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def wait(self, awaitable: Awaitable[Result]) -> Result:
        """Await, but no longer than the clocks allow.

        What is awaited is cancelled when a clock runs out, and with it, if it comes from a `Sender`, its connection closed.
        Raises `Stalled`, which names the clock.
        """
        task = asyncio.current_task()
        assert task is not None, "an awaitable is awaited in a task"
        self._waiting, self._waiting_since = task, self._clock.time()
        if self._timer is None:
            self._set_timer(self._due(self._waiting_since))
        already_cancelling = task.cancelling()
        try:
            return await awaitable
        except asyncio.CancelledError:
            # Another cancellation, come at the same time, is the caller's and goes on.
            if self._expired is not None and task.uncancel() <= already_cancelling:
                raise self._stalled(self._expired) from None
            raise
        finally:
            self._waiting = None
            self._spent += self._clock.time() - self._waiting_since

    def _signal(self, signal: Signal) -> None:
        before = self._running
        self._running, self._spent = following(before, signal), 0.0
        if self._waiting is not None:
            self._waiting_since = self._clock.time()
        if before != self._running:
            self.close()  # the clock that begins may run out before the one that ends would have
            if self._waiting is not None:
                self._set_timer(self._due(self._waiting_since))

    def _due(self, now: float) -> Deadline | None:
        spent = self._spent + (now - self._waiting_since)
        return next_deadline(ClockState(self._running, spent, self._began), self._timeouts, now)

    def _set_timer(self, deadline: Deadline | None) -> None:
        self._timer = None if deadline is None else self._clock.call_at(deadline.at, self._ring)

    def _ring(self) -> None:
        self._timer = None
        if self._waiting is None:
            return  # the caller is at work: the next wait sets the timer anew
        now = self._clock.time()
        deadline = self._due(now)
        if deadline is not None and deadline.at - now <= TOLERANCE:
            self._expired = deadline
            self._waiting.cancel()
        else:
            self._set_timer(deadline)

    def _stalled(self, deadline: Deadline) -> Stalled:
        record = ProviderError(
            kind="timeout",
            provider=self._provider,
            wire=wire_of(self._provider),
            retryable=True,
            message=f"{SILENCE[deadline.clock]} in {deadline.seconds:g} seconds",
            type=f"{deadline.clock}_timeout",
        )
        return Stalled(record, clock=deadline.clock, seconds=deadline.seconds)
