"""One client for every provider: a neutral request in, a neutral reply out.

A call is adapted to the provider's wire, written, put into its envelope (`preparing`) and sent by a `Sender` (`calling`). Where the provider
can, it is streamed, also where the caller wants the whole reply: the stream is folded, so that a long answer never meets a limit of time.
One retry owner decides (`retry`), three clocks watch (`clocks`), limits of your own are kept (`rate_limits`), and whatever fails comes out
as a `ProviderCallError`.

A call is retried only while nothing of its answer was delivered, so what a caller sees is one finished attempt, or the beginning of
one and an error that says it broke; never two attempts joined.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from types import TracebackType
from typing import Any, Final, Self

import attrs

from polyloop.translate import hub
from polyloop.translate.errors import UsageError
from polyloop.translate.http import HttpRequest
from polyloop.translate.hub_events import StreamEvent
from polyloop.translate.incremental import Memo
from polyloop.translate.profiles import Profile
from polyloop.translate.wires import stream_of, wire_of

from .attempts import Chances, in_attempts
from .calling import Caller
from .config import Timeouts, TransportConfig
from .counting import count_request, counted_tokens
from .credentials import Credentials
from .errors import ProviderCallError
from .exchanges import ExchangeListener
from .health import Health, answered, question, refused, unreachable
from .portions import Portions
from .preparing import KNOWN, Prepared, ProfileChoice, Route, prepare, profile_of, written_for
from .rate_limits import RateLimiter
from .retry import RetryPolicy
from .secrets import Secret
from .senders.port import Sender, SendingTimeouts, SentResponse, timed, warm

__all__ = ["Chances", "Route", "WireClient"]

SHORTEST_OUTPUT: Final = 16
"""Tokens: the least that OpenAI's Responses take."""


class WireClient:
    """A client of one provider. May be used by many tasks at once, and from one event loop after another; close it, or use it as
    an async context manager."""

    def __init__(
        self,
        route: Route,
        sender: Sender,
        *,
        config: TransportConfig | None = None,
        retry: RetryPolicy | None = None,
        model: str | None = None,
        profile: ProfileChoice = KNOWN,
        secrets: Iterable[Secret] = (),
        credentials: Credentials | None = None,
        limiter: RateLimiter | None = None,
        chances: Chances | None = None,
    ) -> None:
        """Take a route and a sender. ``model`` is asked where a request names none, ``secrets`` are kept out of every error. With
        ``credentials``, whose secrets are too, a call that is refused for its credential is attempted again if there is another by then.

        Requests are fitted to ``profile``: by default to the one that the tables have for their model, with None to none.
        """
        self.provider = route.provider
        self.wire = route.wire
        self._route = route
        self._retry = retry or RetryPolicy()
        self._model = model
        self._profile: ProfileChoice = profile
        self._chances = chances or Chances()
        self._memo = Memo()
        self._portions = Portions()
        self._credentials = credentials
        self._caller = Caller(
            route=route,
            sender=sender,
            timeouts=(config or TransportConfig()).timeouts,
            chances=self._chances,
            secrets=_Secrets(tuple(secrets), credentials),
            limiter=limiter,
        )

    def observed_by(self, listener: ExchangeListener) -> Self:
        """Return a view of this client that tells the listener of each exchange; closing the view closes nothing."""
        return self._view(listener=listener, strings={}, sender=_Shared(self._caller.sender))

    def within(self, timeouts: Timeouts, sending: SendingTimeouts | None = None) -> Self:
        """Return a view of this client whose calls have these timeouts; closing the view closes nothing.

        ``sending`` says more of what the HTTP client keeps; by default a free connection is waited for as long as for a new one. Raises
        `UsageError` where the sender keeps timeouts of its own and could wait longer than asked.
        """
        sender = self._caller.sender
        asked = sending or SendingTimeouts(timeouts.connect, None, timeouts.connect)
        found = timed(sender, asked)
        if found is None and any(seconds is not None and seconds < _longest(timeouts) for seconds in asked):
            raise UsageError("the client's sender keeps its own time to connect and to write: give one number for all")
        return self._view(timeouts=timeouts, sender=_Shared(sender if found is None else found))

    def retried(self, policy: RetryPolicy) -> Self:
        """Return a view of this client that retries by another policy; closing the view closes nothing."""
        view = self._view(sender=_Shared(self._caller.sender))
        view._retry = policy
        return view

    def _view(self, **changes: Any) -> Self:
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__)
        view._caller = attrs.evolve(self._caller, **changes)
        return view

    @property
    def timeouts(self) -> Timeouts:
        """The clocks of its calls."""
        return self._caller.timeouts

    @property
    def retry(self) -> RetryPolicy:
        """When its calls are tried again."""
        return self._retry

    @property
    def model(self) -> str | None:
        """The model asked where a request names none."""
        return self._model

    def profile(self, model: str | None = None) -> Profile | None:
        """Return the profile that requests for a model (by default the client's own) are fitted to."""
        return profile_of(self._route, model or self._model, self._profile)

    def warm(self) -> None:
        """Import now what the first call would import: wires, SDKs, HTTP libraries. Blocks for seconds; call it before serving."""
        wire_of(self.wire)
        stream_of(self.wire)
        warm(self._caller.sender)

    async def create_message(self, request: hub.Request) -> hub.Response:
        """Ask for the next turn and return the whole reply.

        Raises `ProviderCallError` for what the provider or the way to it refused, with the wire's answer and no secret in it; of a
        stream that broke behind its first content, the last attempt's `StreamBroken`.
        """
        prepared = await self._prepared(request)
        return await in_attempts(lambda: self._caller.whole(prepared), self._retry, self._chances, self._credentials)

    async def stream_message(self, request: hub.Request) -> AsyncGenerator[StreamEvent, None]:
        """Ask for the next turn and yield neutral events as they come; the last is `MessageEnd` with the whole reply.

        Raises as `create_message` does; a stream that breaks after its first content raises `StreamBroken`, whose ``partial`` is what came.
        Whoever may leave the loop early wraps the call in ``contextlib.aclosing``, and the connection closes at once.
        """
        prepared = await self._prepared(request)
        answer = await in_attempts(lambda: self._caller.open(prepared), self._retry, self._chances, self._credentials)
        async with answer, aclosing(self._caller.events(answer)) as events:
            async for event in events:
                yield event

    async def count_tokens(self, request: hub.Request) -> int:
        """Return how many input tokens the provider counts in a request.

        Raises `UsageError` where the provider does not count (Bedrock, LegacyUse, Chat Completions), else as `create_message`.
        """
        document, _ = written_for(self._route, request, model=self._model, profile=self._profile)
        asked = count_request(self._route, document)
        return await in_attempts(lambda: self._count(asked), self._retry, self._chances, self._credentials)

    async def check_health(self, model: str | None = None, *, paid: bool = False) -> Health:
        """Ask whether the provider can be reached, takes the credential and has the model (by default the client's own).

        One attempt, no retries. Costs nothing; what the free question leaves open stays None, unless ``paid`` allows one short call of the
        model. Raises nothing that a provider or network does.
        """
        named = model or self._model
        if paid:
            return await self._paid_health(named)
        asked = question(self._route, named)
        try:
            sent, body = await self._caller.fetch(asked.request)
            if sent.status < 300:
                return answered(self._route, named, self._caller.parsed(sent.status, body))
        except ProviderCallError as error:
            return self._health_of(error, named)
        return refused(self._route, named, self._caller.refusal(sent, body).error, hoped=asked.refused)

    async def aclose(self) -> None:
        """Close what this client opened. May be called twice."""
        await self._caller.sender.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _prepared(self, request: hub.Request) -> Prepared:
        """Prepare a request; let others run meanwhile where much of its history is new."""
        whole = self._memo.whole
        for portion in self._portions.of(request):
            self._prepare(portion)
            if self._memo.whole > whole:
                break  # a wire that says a history only as a whole
            await asyncio.sleep(0)
        return self._prepare(request)

    def _prepare(self, request: hub.Request) -> Prepared:
        return prepare(self._route, request, model=self._model, profile=self._profile, memo=self._memo)

    async def _count(self, asked: HttpRequest) -> int:
        sent, body = await self._caller.fetch(asked)
        if sent.status >= 300:
            raise self._caller.refusal(sent, body)
        number = counted_tokens(self._caller.parsed(sent.status, body))
        if number is None:
            raise self._caller.damaged(sent.status, "the answer has no number of tokens")
        return number

    async def _paid_health(self, model: str | None) -> Health:
        turn = hub.Turn(role="user", parts=(hub.Text(text="Say yes."),))
        request = hub.Request(turns=(turn,), max_output=SHORTEST_OUTPUT)
        if model is not None:
            request = attrs.evolve(request, model=model)
        try:
            await self._caller.whole(self._prepare(request))
        except ProviderCallError as error:
            return self._health_of(error, model)
        return Health(provider=self.provider, reachable=True, authenticated=True, model_known=True)

    def _health_of(self, error: ProviderCallError, model: str | None) -> Health:
        if error.status is None:
            return unreachable(self._route, error.error)
        return refused(self._route, model, error.error)


@attrs.frozen
class _Secrets:
    """Secrets given, and those that a client's credentials have and had."""

    given: tuple[Secret, ...]
    credentials: Credentials | None

    def __iter__(self) -> Iterator[Secret]:
        yield from self.given
        yield from self.credentials or ()


class _Shared:
    """A sender that belongs to somebody else: closing it closes nothing."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def send(self, request: HttpRequest, *, stream: bool) -> SentResponse:
        return await self._sender.send(request, stream=stream)

    def warm(self) -> None:
        warm(self._sender)

    def timed(self, timeouts: SendingTimeouts) -> Sender | None:
        return timed(self._sender, timeouts)

    async def aclose(self) -> None:
        return None


def _longest(timeouts: Timeouts) -> float:
    """Return the longest that sending can take with no timeout of its own: it is over when content comes."""
    return math.inf if timeouts.first_content is None else timeouts.first_content
