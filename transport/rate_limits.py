"""Limits that a client keeps of its own accord: requests and tokens a minute, and calls at once.

aiolimiter's leaky buckets do the counting: a full minute's worth may go at once, and then as it drips. Tokens are estimated before a call
and settled by what the provider reports after it: what was spent beyond the estimate is owed by the next call, what was saved is its credit.

    [openai.rate_limits]                     POLYLOOP_OPENAI_REQUESTS_PER_MINUTE=500       rate_limits=RateLimits(
    requests_per_minute = 500                POLYLOOP_OPENAI_TOKENS_PER_MINUTE=200000          requests_per_minute=500)
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from attrs import define, field, fields, frozen, validators

from .errors import MissingDependency, SettingsError
from .settings import RATE_LIMITS, read_settings_file, refuse_unknown, table_of

_MORE_THAN_NOTHING = validators.optional(validators.gt(0))


@frozen(kw_only=True)
class RateLimits:
    """What a client may use. None: no limit."""

    requests_per_minute: float | None = field(default=None, validator=_MORE_THAN_NOTHING)
    """Attempts, retries counted. At least 1: a bucket must hold the one request it lets through."""
    tokens_per_minute: float | None = field(default=None, validator=_MORE_THAN_NOTHING)
    """Input and output together."""
    concurrency: int | None = field(default=None, validator=_MORE_THAN_NOTHING)
    """Calls at once; a streamed one counts until its stream is read or closed."""


def load_rate_limits(
    provider: str, *, environment: Mapping[str, str], path: str | Path | None = None, **arguments: float | None
) -> RateLimits | None:
    """Return a provider's limits from arguments, environment and file, in that order; None where nothing is limited.

    Raises `SettingsError` in one line for what is no number above zero, and as `load_settings` does.
    """
    names = [attribute.name for attribute in fields(RateLimits)]
    table = table_of(table_of(read_settings_file(environment, path), provider), RATE_LIMITS)
    place = f"[{provider}.{RATE_LIMITS}] of the settings file"
    refuse_unknown(table, names, place)
    refuse_unknown(arguments, names, "the arguments")
    found: dict[str, float] = {}
    for name in names:
        variable = f"POLYLOOP_{provider.upper()}_{name.upper()}"
        if arguments.get(name) is not None:
            found[name] = _number(arguments[name], name, f"the argument {name}")
        elif environment.get(variable):
            found[name] = _number(environment[variable], name, variable)
        elif name in table:
            found[name] = _number(table[name], name, f"{name} in {place}")
    return RateLimits(**found) if found else None  # type: ignore[arg-type]  # concurrency is whole, `_number` sees to it


def _number(value: Any, name: str, place: str) -> float:
    """Return a limit. A variable's text is shown in no message: it may be a key that was put into the wrong one."""
    try:
        number = int(value) if name == "concurrency" else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not 0 < number < math.inf or (name == "concurrency" and number != float(value)):
        kind = "a whole number" if name == "concurrency" else "a number"
        raise SettingsError(f"{place} must be {kind} above zero") from None
    return number


class _Bucket(Protocol):
    """What we use of ``aiolimiter.AsyncLimiter``."""

    max_rate: float

    async def acquire(self, amount: float = 1) -> None:
        """Wait for room."""
        ...


@define(eq=False)
class _Counters:
    """The counters of one event loop."""

    slots: asyncio.Semaphore | None
    requests: _Bucket | None
    tokens: _Bucket | None
    owed: float = 0.0
    """Tokens that calls cost beyond what was estimated; negative where they cost less."""


@define(eq=False)
class Permit:
    """Leave to make one attempt."""

    _counters: _Counters
    _estimate: float

    def settle(self, tokens: int) -> None:
        """Say what the attempt really cost; 0 where the provider does not say."""
        if tokens:
            self._counters.owed += tokens - self._estimate
            self._estimate = float(tokens)


class RateLimiter:
    """Keeps limits for one client, or for several that share it. Each event loop has counters of its own."""

    def __init__(self, limits: RateLimits) -> None:
        self.limits = limits
        self._counters: WeakKeyDictionary[asyncio.AbstractEventLoop, _Counters] = WeakKeyDictionary()

    @asynccontextmanager
    async def permit(self, tokens: int) -> AsyncIterator[Permit]:
        """Wait until one more attempt of about so many tokens may be made; it lasts until the block ends.

        Raises `MissingDependency` where a rate is limited and aiolimiter is not installed.
        """
        counters = self._of_running_loop()
        async with AsyncExitStack() as held:
            if counters.slots is not None:
                await held.enter_async_context(counters.slots)
            if counters.requests is not None:
                await counters.requests.acquire()
            if counters.tokens is not None:
                # The debt is taken over before the wait: a second task must not pay it too.
                owed = counters.owed
                due = tokens + owed
                counters.owed = min(due, 0.0)
                try:
                    await counters.tokens.acquire(min(max(due, 0.0), counters.tokens.max_rate))
                except BaseException:
                    counters.owed += owed - min(due, 0.0)  # nobody paid it
                    raise
            yield Permit(counters, float(tokens))

    def _of_running_loop(self) -> _Counters:
        loop = asyncio.get_running_loop()
        if loop not in self._counters:
            limits = self.limits
            self._counters[loop] = _Counters(
                slots=None if limits.concurrency is None else asyncio.Semaphore(limits.concurrency),
                requests=_bucket(limits.requests_per_minute),
                tokens=_bucket(limits.tokens_per_minute),
            )
        return self._counters[loop]


def _bucket(a_minute: float | None) -> Any:
    if a_minute is None:
        return None
    try:
        limiter = import_module("aiolimiter").AsyncLimiter
    except ImportError as error:
        raise MissingDependency("rate limits are kept by aiolimiter: pip install 'polyloop[limits]'") from error
    return limiter(a_minute, 60.0)
