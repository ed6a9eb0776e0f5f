"""One client for every provider: a neutral request in, a neutral reply out.

A call is adapted to the provider's wire, written, put into its envelope and sent by a `Sender`. Where the provider can, it is
streamed, also where the caller wants the whole reply: the stream is folded, so that a long answer never meets a limit of time. One retry
owner decides (`retry`), three clocks watch (`clocks`), and whatever fails comes out as a `ProviderCallError`.

A call is retried only while nothing of its answer was delivered, so what a caller sees is one finished attempt, or the beginning of
one and an error that says it broke; never two attempts joined.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self

import attrs

from polyloop.translate import hub
from polyloop.translate.adapting import Adapting
from polyloop.translate.codec import encode
from polyloop.translate.envelopes import wrap
from polyloop.translate.errors import DecodeError, StreamError
from polyloop.translate.folding import Fold
from polyloop.translate.http import HttpRequest
from polyloop.translate.hub_events import StreamEvent
from polyloop.translate.jsontext import parse
from polyloop.translate.jsonvalue import Json, JsonObject
from polyloop.translate.provider_errors import ProviderError, classify_error
from polyloop.translate.reply_context import apply_context
from polyloop.translate.stream_reader import StreamReader
from polyloop.translate.translation import adapted
from polyloop.translate.wires import decode, stream_of, wire_of, write_record

from .clocks import CallClocks
from .config import TransportConfig
from .errors import ProviderCallError, StreamBroken, provider_call_error, without_secrets
from .exchanges import Exchange, ExchangeListener
from .retry import GiveUp, RetryPolicy, decide
from .secrets import Secret
from .senders.port import Sender, SentResponse

UNSTREAMED: Final = frozenset({"legacyuse"})
"""Providers that answer whole replies only."""


@attrs.frozen(kw_only=True)
class Route:
    """How a provider is reached: its name, its wire, and what its paths need."""

    provider: str
    wire: str
    envelope: str
    region: str | None = None
    project: str | None = None


@attrs.frozen(kw_only=True)
class Chances:
    """Time and chance, as arguments: so that a test needs neither."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    jitter: Callable[[], float] = random.random
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


@attrs.frozen(kw_only=True)
class _Prepared:
    """A request on its way: what is sent, and what its reply needs to be read."""

    request: HttpRequest
    document: JsonObject
    context: Mapping[str, Json]
    stream: bool


class WireClient:
    """A client of one provider. May be used by many tasks at once; close it, or use it as an async context manager."""

    def __init__(
        self,
        route: Route,
        sender: Sender,
        *,
        config: TransportConfig | None = None,
        retry: RetryPolicy | None = None,
        model: str | None = None,
        profile: Any = None,
        secrets: Iterable[Secret] = (),
        chances: Chances | None = None,
    ) -> None:
        """Take a route and a sender. ``model`` is asked where a request names none; ``secrets`` are kept out of every error."""
        self.provider = route.provider
        self.wire = route.wire
        self._route = route
        self._sender = sender
        self._config = config or TransportConfig()
        self._retry = retry or RetryPolicy()
        self._model = model
        self._profile = profile
        self._secrets = tuple(secrets)
        self._chances = chances or Chances()
        self._listener: ExchangeListener | None = None

    def observed_by(self, listener: ExchangeListener) -> WireClient:
        """Return a view of this client that tells the listener of each exchange; closing the view closes nothing."""
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__)
        view._listener = listener
        view._sender = _Shared(self._sender)
        return view

    async def create_message(self, request: hub.Request) -> hub.Response:
        """Ask for the next turn and return the whole reply.

        Raises `ProviderCallError` for what the provider or the way to it refused, with the wire's answer and no secret in it.
        """
        prepared = self._prepare(request, stream=self._route.provider not in UNSTREAMED)
        response: hub.Response = await self._attempts(prepared, self._whole)
        return response

    async def stream_message(self, request: hub.Request) -> AsyncIterator[StreamEvent]:
        """Ask for the next turn and yield neutral events as they come; the last is `MessageEnd` with the whole reply.

        Raises as `create_message` does; a stream that breaks after its first event raises `StreamBroken`, whose ``partial`` is what came.
        """
        prepared = self._prepare(request, stream=self._route.provider not in UNSTREAMED)
        if not prepared.stream:
            response = await self._attempts(prepared, self._whole)
            for event in _replayed(response):
                yield event
            return
        events = stream_of(self.wire).events
        answer = await self._attempts(prepared, self._opened)
        async with answer.sent:
            reader = events()
            for record in answer.first:
                for event in reader.push(record):
                    yield _in_context(event, prepared.context)
            async for records in self._rest(answer):
                for record in records:
                    for event in reader.push(record):
                        yield _in_context(event, prepared.context)
            for event in reader.close():
                yield _in_context(event, prepared.context)
        self._check_finished(answer, prepared)
        self._tell(prepared, answer.sent, answer.fold.partial, None)

    async def aclose(self) -> None:
        """Close what this client opened. May be called twice."""
        await self._sender.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    # Preparing a request.

    def _prepare(self, request: hub.Request, *, stream: bool) -> _Prepared:
        if not isinstance(request.model, str) and self._model is not None:
            request = attrs.evolve(request, model=self._model)
        wire = wire_of(self.wire)
        adapting = Adapting(target=self.wire, profile=self._profile)
        record = adapted(request, wire, adapting)
        document: JsonObject = encode(write_record(wire, record))
        if stream and self._route.envelope in ("openai", "uitars") and self.wire != "openai-responses":
            document = document | {"stream_options": {"include_usage": True}}
        sent = wrap(
            self._route.envelope, document, stream=stream, region=self._route.region, project=self._route.project
        )
        return _Prepared(request=sent, document=document, context=adapting.context, stream=stream)

    # Attempts.

    async def _attempts(self, prepared: _Prepared, attempt: Callable[[_Prepared], Awaitable[Any]]) -> Any:
        loop = asyncio.get_running_loop()
        began = loop.time()
        number = 1
        while True:
            try:
                return await attempt(prepared)
            except ProviderCallError as error:
                decision = decide(
                    self._retry, attempt=number, error=error.error, elapsed=loop.time() - began,
                    now=self._chances.now(), jitter=self._chances.jitter(),
                )  # fmt: skip
                if isinstance(decision, GiveUp):
                    raise
                await self._chances.sleep(decision.seconds)
                number += 1

    async def _whole(self, prepared: _Prepared) -> hub.Response:
        """Make one attempt and return the whole reply."""
        if not prepared.stream:
            return await self._unstreamed(prepared)
        answer = await self._opened(prepared)
        async with answer.sent:
            async for _ in self._rest(answer):
                pass
        self._check_finished(answer, prepared)
        document = answer.fold.partial
        self._tell(prepared, answer.sent, document, None)
        return self._read(document, prepared)

    async def _unstreamed(self, prepared: _Prepared) -> hub.Response:
        clocks = self._clocks()
        sent = await self._send(prepared, clocks)
        try:
            body = await clocks.wait(sent.read())
        except ProviderCallError as error:
            self._tell(prepared, sent, None, error)
            raise
        if sent.status >= 400:
            self._refused(prepared, sent, body)
        try:
            document = parse(body)
        except DecodeError as error:
            failure = self._damaged(sent.status, "the answer is not JSON")
            self._tell(prepared, sent, None, failure)
            raise failure from error
        self._tell(prepared, sent, document, None)
        return self._read(document, prepared)

    async def _send(self, prepared: _Prepared, clocks: CallClocks) -> SentResponse:
        try:
            return await clocks.wait(self._sender.send(prepared.request, stream=True))
        except ProviderCallError as error:
            self._tell(prepared, None, None, error)
            raise

    async def _opened(self, prepared: _Prepared) -> _Answer:
        """Send, and read until the first content: what fails before it may be tried again."""
        clocks = self._clocks()
        sent = await self._send(prepared, clocks)
        if sent.status >= 400:
            self._refused(prepared, sent, await clocks.wait(sent.read()))
        answer = _Answer(sent, StreamReader(self._stream_wire()), Fold(self._stream_wire()), clocks, prepared)
        try:
            while not _delivers(answer.fold) and not answer.ended:
                answer.first += await self._more(answer)
                self._raise_failure(answer)
        except BaseException as error:
            await sent.aclose()
            if isinstance(error, ProviderCallError):
                self._tell(prepared, sent, answer.fold.partial, error)
            raise
        return answer

    async def _rest(self, answer: _Answer) -> AsyncIterator[list[Any]]:
        try:
            while not answer.ended:
                records = await self._more(answer)
                yield records
                self._raise_failure(answer)
        except ProviderCallError as error:
            broken = self._broken(answer, error)
            self._tell(answer.prepared, answer.sent, answer.fold.partial, broken)
            raise broken from error

    async def _more(self, answer: _Answer) -> list[Any]:
        try:
            chunk = await answer.clocks.wait(anext(answer.sent.body, None))
            records = answer.reader.close() if chunk is None else answer.reader.feed(chunk)
        except StreamError as error:
            raise self._damaged(200, str(error)) from error
        answer.ended = chunk is None
        heard = answer.fold.heard
        for record in records:
            answer.fold.push(record)
        if answer.fold.heard > heard:
            answer.clocks.content()
        return records

    def _raise_failure(self, answer: _Answer) -> None:
        failure = answer.fold.error
        if failure is not None:
            raise provider_call_error(attrs.evolve(failure, provider=self.provider, status=200), secrets=self._secrets)

    def _check_finished(self, answer: _Answer, prepared: _Prepared) -> None:
        if not answer.fold.finished:
            error = self._damaged(200, "the stream ended before its end")
            broken = self._broken(answer, error)
            self._tell(prepared, answer.sent, answer.fold.partial, broken)
            raise broken

    def _broken(self, answer: _Answer, error: ProviderCallError) -> StreamBroken:
        partial = self._read(answer.fold.partial, answer.prepared)
        return StreamBroken(
            attrs.evolve(without_secrets(error.error, self._secrets), kind="connection"), partial=partial
        )

    def _refused(self, prepared: _Prepared, sent: SentResponse, body: bytes) -> None:
        record = classify_error(self.provider, sent.status, sent.headers, body, now=self._chances.now())
        error = provider_call_error(record, secrets=self._secrets)
        self._tell(prepared, sent, error.body, error)
        raise error

    def _damaged(self, status: int, message: str) -> ProviderCallError:
        record = ProviderError(
            kind="connection", provider=self.provider, wire=self.wire, retryable=True, status=status, message=message
        )
        return provider_call_error(record, secrets=self._secrets)

    def _read(self, document: Json, prepared: _Prepared) -> hub.Response:
        found = wire_of(self.wire)
        response = apply_context(found.read_response(decode(found, "response", document)), prepared.context)
        return _hosted(response, self.provider)

    def _stream_wire(self) -> str:
        return "bedrock" if self._route.provider == "bedrock" else self.wire

    def _clocks(self) -> CallClocks:
        return CallClocks(self._config.timeouts, provider=self.provider)

    def _tell(
        self, prepared: _Prepared, sent: SentResponse | None, document: Json, error: ProviderCallError | None
    ) -> None:
        if self._listener is None:
            return
        request = {
            "method": prepared.request.method, "path": prepared.request.path,
            "headers": dict(prepared.request.headers), "body": prepared.document,
        }  # fmt: skip
        response = None if sent is None else {"status": sent.status, "headers": dict(sent.headers), "body": document}
        self._listener(Exchange(request=request, response=response, error=error))


class _Answer:
    """A stream that has begun."""

    def __init__(
        self, sent: SentResponse, reader: StreamReader, folding: Fold, clocks: CallClocks, prepared: _Prepared
    ) -> None:
        self.sent = sent
        self.reader = reader
        self.fold = folding
        self.clocks = clocks
        self.prepared = prepared
        self.first: list[Any] = []
        self.ended = False


class _Shared:
    """A sender that belongs to somebody else: closing it closes nothing."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def send(self, request: HttpRequest, *, stream: bool) -> SentResponse:
        return await self._sender.send(request, stream=stream)

    async def aclose(self) -> None:
        return None


def _delivers(folding: Fold) -> bool:
    return folding.heard > 0 or folding.finished


def _hosted(response: hub.Response, host: str) -> hub.Response:
    """Say in each turn's origin who served it."""
    candidates = tuple(
        attrs.evolve(c, turn=attrs.evolve(c.turn, origin=attrs.evolve(c.turn.origin or hub.Origin(), host=host)))
        for c in response.candidates
    )
    return attrs.evolve(response, candidates=candidates)


def _in_context(event: StreamEvent, context: Mapping[str, Json]) -> StreamEvent:
    """Say calls' names and ids in the caller's spelling."""
    from polyloop.translate.hub_events import MessageEnd, PartEnd, PartStart

    if isinstance(event, MessageEnd):
        return attrs.evolve(event, response=apply_context(event.response, context))
    if isinstance(event, (PartStart, PartEnd)) and isinstance(event.part, hub.Call):
        turn = hub.Turn(role="assistant", parts=(event.part,))
        alone = apply_context(hub.Response(candidates=(hub.Candidate(turn=turn),)), context)
        return attrs.evolve(event, part=alone.candidates[0].turn.parts[0])
    return event


def _replayed(response: hub.Response) -> list[StreamEvent]:
    """Tell a whole reply as events, for a provider that does not stream."""
    from polyloop.translate.hub_events import MessageEnd, MessageStart, PartEnd, PartStart

    events: list[StreamEvent] = [MessageStart(response=attrs.evolve(response, candidates=()))]
    for index, part in enumerate(response.candidates[0].turn.parts if response.candidates else ()):
        events += [PartStart(index=index, part=part), PartEnd(index=index, part=part)]
    return [*events, MessageEnd(response=response)]
