"""What can go wrong on the way, as records; and which request it goes wrong for.

A fault says what happens, a rule to whom. Rules count the requests that match them, so that "the second one" means the second
that could be meant, whatever else passes through the server.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Literal, TypeAlias

from attrs import Factory, define, frozen

from .choose import holds
from .facts import Facts
from .failures import Kind
from .routes import Route
from .scenario import Scenario, When


@frozen(kw_only=True)
class HangUp:
    """The connection ends before a byte of an answer: in order, or with a reset."""

    reset: bool = False


@frozen(kw_only=True)
class BreakBody:
    """The body breaks off after so many bytes, and with it the connection. The head promised the whole of it."""

    after_bytes: int = 0
    reset: bool = True


@frozen(kw_only=True)
class Fail:
    """An error in the provider's own words: rate limit, overload, quota, context overflow and so on."""

    kind: Kind
    message: str | None = None
    retry_after: float | None = None
    """Seconds to put in the answer's headers."""
    retry_form: Literal["seconds", "milliseconds", "date"] = "seconds"
    """``retry-after: 2``, ``retry-after-ms: 2000``, or ``retry-after`` with an HTTP date (whole seconds, rounded up, by the server's clock)."""
    should_retry: bool | None = None
    """``x-should-retry``, which the SDKs obey whatever the status."""


@frozen(kw_only=True)
class FailInStream:
    """The stream starts well, status 200 and all, and then holds an error. Only for streams."""

    kind: Kind = "overloaded"
    message: str | None = None
    after_events: int = 2
    shape: Literal["flat", "nested", "failed"] = "flat"
    """Of Responses streams: an ``error`` event with its fields flat or nested, or the response itself ``failed``."""


@frozen(kw_only=True)
class Silence:
    """Nothing more comes, and the connection stays open, until the test calls ``release(gate)``."""

    after_events: int | None = None
    """None: not even a head comes. An unstreamed body is one event."""
    gate: str = "go"
    ping_seconds: float | None = None
    """Streams of Anthropic's format only: a ``ping`` so often meanwhile, which keeps a client's read timeout from firing."""


@frozen(kw_only=True)
class MalformedJson:
    """The body is JSON that breaks off. In a stream it is the data of the last event but one."""


@frozen(kw_only=True)
class HtmlPage:
    """A proxy's error page in place of the provider's answer."""

    status: int = 502


@frozen(kw_only=True)
class WrongContentType:
    """The right body under a wrong name."""

    value: str = "text/plain; charset=utf-8"


@frozen(kw_only=True)
class Truncate:
    """The stream ends in good order as HTTP goes, without its last events. Only for streams."""

    events: int = 1


@frozen(kw_only=True)
class Duplicate:
    """Every n-th event comes twice. Only for streams."""

    every: int = 1


Fault: TypeAlias = (
    HangUp
    | BreakBody
    | Fail
    | FailInStream
    | Silence
    | MalformedJson
    | HtmlPage
    | WrongContentType
    | Truncate
    | Duplicate
)

_STREAMS_ONLY = (FailInStream, Truncate, Duplicate)


@frozen(kw_only=True)
class Rule:
    """A fault and the requests it befalls. Without ``nth`` and ``rate`` it befalls all that match."""

    fault: Fault
    nth: int | tuple[int, ...] | None = None
    """Counted from 1 among the requests that match."""
    rate: float | None = None
    """The share of them that it befalls, drawn by the server's seed."""
    when: When | None = None


@define
class Schedule:
    """Counts requests and says which fault befalls the next one."""

    rules: Sequence[Rule] = ()
    seed: int = 0
    _seen: list[int] = Factory(lambda self: [0] * len(self.rules), takes_self=True)

    def next(self, place: Route, facts: Facts, scenario: Scenario, streaming: bool) -> Fault | None:
        """Return the fault for a request, of the first rule that strikes. Every rule that matches counts the request."""
        struck: Fault | None = None
        for index, rule in enumerate(self.rules):
            if isinstance(rule.fault, _STREAMS_ONLY) and not streaming:
                continue
            if rule.when is not None and not holds(rule.when, facts, place.provider, place.wire, scenario):
                continue
            self._seen[index] += 1
            if struck is None and self._strikes(rule, index):
                struck = rule.fault
        return struck

    def _strikes(self, rule: Rule, index: int) -> bool:
        count = self._seen[index]
        if rule.nth is not None and count not in ((rule.nth,) if isinstance(rule.nth, int) else rule.nth):
            return False
        # Drawn by rule and count, so that a rule added behind does not change what the others do.
        draw = random.Random(f"{self.seed}:{index}:{count}").random()  # noqa: S311 (reproducible, not secret)
        return rule.rate is None or draw < rule.rate
