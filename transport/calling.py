"""One attempt at a call: send, watch the clocks, and read the answer as it comes.

What fails before the first content raises as it is and may be tried again; what fails behind it raises `StreamBroken` with what had come.
A caller who wants the whole reply gets it from the same stream, which is then read by as much as has come at a time (`attending`).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import AsyncExitStack
from typing import Any

import attrs

from polyloop.translate import hub
from polyloop.translate.http import HttpRequest
from polyloop.translate.hub_events import MessageEnd, MessageFailed, StreamEvent
from polyloop.translate.jsonvalue import Json
from polyloop.translate.provider_errors import classify_error
from polyloop.translate.streams import WireEvents
from polyloop.translate.wires import stream_of

from .answers import Answer, damage, parsed
from .attempts import Chances
from .attending import attending
from .clocks import CallClocks
from .config import Timeouts
from .errors import ProviderCallError, StreamBroken, provider_call_error, without_secrets
from .exchanges import Exchange, ExchangeListener, Strings, document_of
from .preparing import Prepared, Route
from .rate_limits import RateLimiter
from .reading import in_context, is_error, replayed, total_tokens
from .secrets import Secret
from .senders.port import Sender, SentResponse


@attrs.frozen(kw_only=True)
class Caller:
    """Makes attempts for one client."""

    route: Route
    sender: Sender
    timeouts: Timeouts
    chances: Chances
    secrets: Iterable[Secret] = ()
    limiter: RateLimiter | None = None
    listener: ExchangeListener | None = None
    strings: Strings = attrs.field(factory=dict, repr=False)
    """Long strings that the listener was told of."""

    async def whole(self, prepared: Prepared) -> hub.Response:
        """Make one attempt and return the whole reply."""
        async with await self._sent(prepared, whole=True) as answer:
            try:
                await self._read_on(answer)
                if answer.is_document:
                    self._take_document(answer)
            except ProviderCallError as error:
                raise self._told(answer, error) from error.__cause__
            return self._reply(answer)

    async def open(self, prepared: Prepared) -> Answer:
        """Send, and read until the first content."""
        answer = await self._sent(prepared)
        try:
            await self._begin(answer)
        except BaseException as error:
            if isinstance(error, ProviderCallError):
                self._tell_failure(prepared, answer, error)
            await answer.aclose()
            raise
        return answer

    async def events(self, answer: Answer) -> AsyncGenerator[StreamEvent, None]:
        """Yield the reply's neutral events, from its beginning. Raises `StreamBroken` where it breaks."""
        if answer.is_document:
            for event in replayed(self._reply(answer)):
                yield event
            return
        reader = stream_of(self.route.wire).events()
        records: list[Any] | None = answer.first
        while records is not None:
            for event in self._meant(reader, answer, records):
                yield event
            records = await self._next(answer)
        for event in reader.close():
            if not isinstance(event, MessageEnd | MessageFailed):
                yield in_context(event, answer.prepared.context)
        yield MessageEnd(response=self._reply(answer))

    async def fetch(self, request: HttpRequest) -> tuple[SentResponse, bytes]:
        """Send a small request and return the answer and its body, whatever its status. Not counted by the rate limit."""
        clocks = self._clocks()
        try:
            sent = await clocks.wait(self.sender.send(request, stream=True))
            return sent, await clocks.wait(sent.read())
        finally:
            clocks.close()

    def refusal(self, sent: SentResponse, body: bytes) -> ProviderCallError:
        """Return the exception for an answer that is an error."""
        record = classify_error(self.route.provider, sent.status, sent.headers, body, now=self.chances.now())
        return provider_call_error(record, secrets=self.secrets)

    def damaged(self, status: int | None, message: str) -> ProviderCallError:
        """Return the exception for an answer that cannot be what the provider meant to say."""
        return provider_call_error(damage(self.route, status, message))

    def parsed(self, status: int, body: bytes) -> Json:
        """Return an answer's document. Raises `ProviderCallError` for what is no JSON."""
        return parsed(self.route, status, body)

    async def _sent(self, prepared: Prepared, *, whole: bool = False) -> Answer:
        """Send, once the limits allow, and wait for the head of the answer. A refusal is raised with its body read."""
        held: AsyncExitStack | None = None
        permit = None
        if self.limiter is not None:
            held = AsyncExitStack()
            permit = await held.enter_async_context(self.limiter.permit(prepared.estimate))
        answer = Answer(prepared, self.route, self._clocks(), whole=whole)
        answer.held, answer.permit = held, permit
        try:
            sent = answer.sent = await answer.clocks.wait(self.sender.send(prepared.request, stream=True))
            if sent.status >= 300:
                raise self.refusal(sent, await answer.clocks.wait(sent.read()))
        except BaseException as error:
            if isinstance(error, ProviderCallError):
                self._tell_failure(prepared, answer, error)
            await answer.aclose()
            raise
        return answer

    async def _read_on(self, answer: Answer) -> None:
        """Read the body to its end, for a caller who wants the whole reply and sees nothing before."""

        complete = False

        def look() -> None:
            nonlocal complete
            answer.look()
            self._raise_failure(answer)
            complete = answer.fold.finished

        try:
            await answer.clocks.wait(attending(answer.gather(), look))
            look()
            if not complete:
                answer.end()
                self._raise_failure(answer)
        except ProviderCallError:
            if not complete:  # what fails behind the end of a reply changes nothing
                raise

    async def _begin(self, answer: Answer) -> None:
        """Read until there is something to show."""
        sent, clocks = answer.sent, answer.clocks
        assert sent is not None
        while not answer.begun:
            chunk = await clocks.wait(anext(sent.body, None))
            answer.first += answer.end() if chunk is None else answer.take(chunk)
            self._raise_failure(answer)
            if answer.ended and not answer.begun:
                if not answer.is_document:
                    raise answer.damaged("the stream ended before its first content")
                self._take_document(answer)
                return

    def _take_document(self, answer: Answer) -> None:
        assert answer.sent is not None
        body = answer.body()
        document = answer.parsed(body)
        if is_error(document):
            raise self.refusal(answer.sent, body)
        answer.take_document(document)

    async def _next(self, answer: Answer) -> list[Any] | None:
        """Read on: the next events, or None where the reply is at its end."""
        assert answer.sent is not None
        try:
            self._raise_failure(answer)
            if not (answer.ended or answer.fold.finished):
                chunk = await answer.clocks.wait(anext(answer.sent.body, None))
                return answer.end() if chunk is None else answer.take(chunk)
        except ProviderCallError as error:
            raise self._told(answer, error) from error
        await self._drain(answer)
        return None

    async def _drain(self, answer: Answer) -> None:
        """Read a complete reply's body to its end, if that is near. What comes or fails behind the end changes nothing."""
        assert answer.sent is not None
        try:
            while not answer.ended:
                answer.ended = await answer.clocks.wait(anext(answer.sent.body, None)) is None
        except ProviderCallError:
            return

    def _raise_failure(self, answer: Answer) -> None:
        failure = answer.fold.error
        if failure is not None:
            record = attrs.evolve(failure, provider=self.route.provider, status=answer.status)
            raise provider_call_error(record, secrets=self.secrets)

    def _meant(self, reader: WireEvents, answer: Answer, records: list[Any]) -> Iterator[StreamEvent]:
        """Yield what events mean. A failure is raised by who reads on, and the end is told once the whole stream was found sound."""
        for record in records:
            for event in reader.push(record):
                if not isinstance(event, MessageEnd | MessageFailed):
                    yield in_context(event, answer.prepared.context)

    def _reply(self, answer: Answer) -> hub.Response:
        """Return the reply of an answer that was read to its end."""
        if not (answer.is_document or answer.fold.finished):
            raise self._told(answer, answer.damaged("the stream ended before its end"))
        document = answer.document if answer.is_document else answer.fold.partial
        response = answer.response or answer.read(document)
        if answer.permit is not None:
            answer.permit.settle(total_tokens(response.usage))
        assert answer.sent is not None
        self._tell(answer.prepared, answer.sent, document, None)
        return response

    def _told(self, answer: Answer, error: ProviderCallError) -> ProviderCallError:
        """Return what to raise for a failure in mid-answer, the listener told of it: `StreamBroken` if content had come."""
        if answer.begun and not answer.is_document:
            error = StreamBroken(without_secrets(error.error, self.secrets), partial=answer.partial())
        self._tell_failure(answer.prepared, answer, error)
        return error

    def _clocks(self) -> CallClocks:
        return CallClocks(self.timeouts, provider=self.route.provider, clock=self.chances.clock)

    def _tell_failure(self, prepared: Prepared, answer: Answer, error: ProviderCallError) -> None:
        if answer.sent is None:
            self._tell(prepared, None, None, error)
            return
        refused = answer.sent.status >= 300 or answer.document is not None
        self._tell(prepared, answer.sent, error.body if refused else answer.fold.partial, error)

    def _tell(
        self, prepared: Prepared, sent: SentResponse | None, document: Json, error: ProviderCallError | None
    ) -> None:
        if self.listener is None:
            return
        request = {
            "method": prepared.request.method, "path": prepared.request.path,
            "headers": dict(prepared.request.headers), "body": document_of(prepared.request, self.strings),
        }  # fmt: skip
        response = None if sent is None else {"status": sent.status, "headers": dict(sent.headers), "body": document}
        self.listener(Exchange(request=request, response=response, error=error))
