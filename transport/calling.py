"""One attempt at a call: send, watch the clocks, and read the answer as it comes.

An answer is a stream, or a document where the provider (or a server between) does not stream: which of the two is told by its first
byte, for servers that ignore the question, or name the content's type wrongly, are many. What fails before the first content raises as it
is and may be tried again; what fails behind it raises `StreamBroken` with what had come.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, suppress
from types import TracebackType
from typing import Any, Final

import attrs

from polyloop.translate import hub
from polyloop.translate.errors import DecodeError, StreamError, TranslateError
from polyloop.translate.folding import Fold
from polyloop.translate.http import HttpRequest
from polyloop.translate.hub_events import MessageEnd, MessageFailed, StreamEvent
from polyloop.translate.jsontext import parse
from polyloop.translate.jsonvalue import Json
from polyloop.translate.provider_errors import ProviderError, classify_error
from polyloop.translate.stream_reader import StreamReader
from polyloop.translate.streams import WireEvents
from polyloop.translate.wires import stream_of

from .attempts import Chances
from .clocks import CallClocks
from .config import Timeouts
from .doubling import Doubling
from .errors import ProviderCallError, StreamBroken, provider_call_error, without_secrets
from .exchanges import Exchange, ExchangeListener
from .preparing import Prepared, Route
from .rate_limits import Permit, RateLimiter
from .reading import in_context, is_error, is_reply, read_reply, replayed, total_tokens
from .secrets import Secret
from .senders.port import Sender, SentResponse

LONGEST_DRAIN: Final = 1.0
"""Seconds to wait for the end of a body whose reply is complete: a connection read to its end is used again."""


class Answer:
    """A reply that has begun to arrive, and what is held for it. An async context manager: leaving it gives everything back."""

    def __init__(self, prepared: Prepared, route: Route, sent: SentResponse, clocks: CallClocks) -> None:
        self.prepared = prepared
        self.sent = sent
        self.clocks = clocks
        self.permit: Permit | None = None
        self.document: Json = None
        """The whole reply, where it came as one document."""
        self.response: hub.Response | None = None
        """That document's record."""
        self.reader = StreamReader(route.stream_wire)
        self.fold = Fold(route.stream_wire)
        self.first: list[Any] = []
        """The events up to the first content."""
        self.ended = False
        self.held = AsyncExitStack()

    @property
    def whole(self) -> bool:
        """Whether the reply came as one document."""
        return self.document is not None

    async def __aenter__(self) -> Answer:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.held.aclose()


@attrs.frozen(kw_only=True)
class Caller:
    """Makes attempts for one client."""

    route: Route
    sender: Sender
    timeouts: Timeouts
    chances: Chances
    secrets: tuple[Secret, ...] = ()
    limiter: RateLimiter | None = None
    listener: ExchangeListener | None = None

    async def whole(self, prepared: Prepared) -> hub.Response:
        """Make one attempt and return the whole reply."""
        async with await self.open(prepared) as answer:
            while await self._next(answer) is not None:
                pass
            return self._reply(answer)

    async def open(self, prepared: Prepared) -> Answer:
        """Send, and read until the first content."""
        async with AsyncExitStack() as held:
            permit = None
            if self.limiter is not None:
                permit = await held.enter_async_context(self.limiter.permit(prepared.estimate))
            clocks = self._clocks()
            held.callback(clocks.close)
            answer: Answer | None = None
            try:
                sent = await clocks.wait(self.sender.send(prepared.request, stream=True))
                held.push_async_callback(sent.aclose)
                answer = Answer(prepared, self.route, sent, clocks)
                await self._begin(answer)
            except ProviderCallError as error:
                self._tell_failure(prepared, answer, error)
                raise
            answer.permit = permit
            answer.held = held.pop_all()
            return answer

    async def events(self, answer: Answer) -> AsyncGenerator[StreamEvent, None]:
        """Yield the reply's neutral events, from its beginning. Raises `StreamBroken` where it breaks."""
        if answer.whole:
            for event in replayed(self._reply(answer)):
                yield event
            return
        reader = stream_of(self.route.wire).events()
        for event in self._told(reader, answer, answer.first):
            yield event
        while (records := await self._next(answer)) is not None:
            for event in self._told(reader, answer, records):
                yield event
        for event in reader.close():
            if not isinstance(event, MessageEnd | MessageFailed):
                yield in_context(event, answer.prepared.context)
        yield MessageEnd(response=self._reply(answer))

    def _told(self, reader: WireEvents, answer: Answer, records: list[Any]) -> Iterator[StreamEvent]:
        """Yield what events mean. A failure is raised by who reads on, and the end is told once the whole stream was found sound."""
        for record in records:
            for event in reader.push(record):
                if not isinstance(event, MessageEnd | MessageFailed):
                    yield in_context(event, answer.prepared.context)

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
        record = ProviderError(
            kind="connection", provider=self.route.provider, wire=self.route.wire, retryable=True, status=status,
            message=message,
        )  # fmt: skip
        return provider_call_error(record, secrets=self.secrets)

    def parsed(self, status: int, body: bytes) -> Json:
        """Return an answer's document."""
        try:
            return parse(body)
        except DecodeError as error:
            raise self.damaged(status, "the answer is not JSON") from error

    async def _begin(self, answer: Answer) -> None:
        sent, clocks = answer.sent, answer.clocks
        if sent.status >= 300:
            raise self.refusal(sent, await clocks.wait(sent.read()))
        head = await self._head(answer)
        if not answer.prepared.stream or head.lstrip().startswith(b"{"):
            self._take_document(answer, head + await clocks.wait(sent.read()))
            return
        doubling = Doubling()
        records: list[Any] = self._fed(answer, head) if head else []
        while True:
            answer.first += records
            self._raise_failure(answer)
            doubling.push(records)
            if doubling.found:
                raise self.damaged(sent.status, "every event of the stream came twice")
            if answer.ended or answer.fold.finished or (answer.fold.heard and not doubling.open):
                break
            records = await self._more(answer)
        if not (answer.fold.heard or answer.fold.finished):
            raise self.damaged(sent.status, "the stream ended before its first content")

    async def _head(self, answer: Answer) -> bytes:
        """Read until there is something to tell a document from a stream by."""
        head = b""
        while not head.strip():
            chunk = await answer.clocks.wait(anext(answer.sent.body, None))
            if chunk is None:
                break
            head += chunk
        return head

    def _take_document(self, answer: Answer, body: bytes) -> None:
        document = self.parsed(answer.sent.status, body)
        if is_error(document):
            raise self.refusal(answer.sent, body)
        if not is_reply(document, self.route.wire):
            raise self.damaged(answer.sent.status, f"the answer is no reply of the wire {self.route.wire}")
        answer.document = document
        answer.response = self._read(answer, document)  # what is no reply fails here, where it may be tried again

    async def _next(self, answer: Answer) -> list[Any] | None:
        """Read on: the next events, or None where the reply is at its end."""
        if answer.whole:
            return None
        try:
            self._raise_failure(answer)
            if not (answer.ended or answer.fold.finished):
                return await self._more(answer)
        except ProviderCallError as error:
            broken = self._broken(answer, error)
            self._tell_failure(answer.prepared, answer, broken)
            raise broken from error
        await self._drain(answer)
        return None

    async def _more(self, answer: Answer) -> list[Any]:
        chunk = await answer.clocks.wait(anext(answer.sent.body, None))
        return self._fed(answer, chunk)

    def _fed(self, answer: Answer, chunk: bytes | None) -> list[Any]:
        try:
            records = answer.reader.close() if chunk is None else answer.reader.feed(chunk)
        except StreamError as error:
            raise self.damaged(answer.sent.status, str(error)) from error
        answer.ended = chunk is None
        heard = answer.fold.heard
        for record in records:
            answer.fold.push(record)
        if answer.fold.heard > heard:
            answer.clocks.content()
        return records

    async def _drain(self, answer: Answer) -> None:
        """Read a complete reply's body to its end, if that is near. What comes or fails behind the end changes nothing."""
        with suppress(ProviderCallError, TimeoutError):
            async with asyncio.timeout(LONGEST_DRAIN):
                while not answer.ended:
                    answer.ended = await anext(answer.sent.body, None) is None

    def _raise_failure(self, answer: Answer) -> None:
        failure = answer.fold.error
        if failure is not None:
            record = attrs.evolve(failure, provider=self.route.provider, status=answer.sent.status)
            raise provider_call_error(record, secrets=self.secrets)

    def _reply(self, answer: Answer) -> hub.Response:
        """Return the reply of an answer that was read to its end."""
        if not (answer.whole or answer.fold.finished):
            broken = self._broken(answer, self.damaged(answer.sent.status, "the stream ended before its end"))
            self._tell_failure(answer.prepared, answer, broken)
            raise broken
        document = answer.document if answer.whole else answer.fold.partial
        response = answer.response or self._read(answer, document)
        if answer.permit is not None:
            answer.permit.settle(total_tokens(response.usage))
        self._tell(answer.prepared, answer.sent, document, None)
        return response

    def _read(self, answer: Answer, document: Json) -> hub.Response:
        try:
            return read_reply(self.route, document, answer.prepared)
        except TranslateError as error:
            failure = self.damaged(answer.sent.status, f"the answer is no reply of the wire {self.route.wire}")
            raise failure from error

    def _broken(self, answer: Answer, error: ProviderCallError) -> StreamBroken:
        try:
            partial = read_reply(self.route, answer.fold.partial, answer.prepared)
        except TranslateError:
            partial = None  # too little came to be the beginning of a reply
        if partial is not None and partial.status == "finished":  # its end came, and something before it was damaged
            partial = attrs.evolve(partial, status="cut")
        return StreamBroken(without_secrets(error.error, self.secrets), partial=partial)

    def _clocks(self) -> CallClocks:
        return CallClocks(self.timeouts, provider=self.route.provider, clock=self.chances.clock)

    def _tell_failure(self, prepared: Prepared, answer: Answer | None, error: ProviderCallError) -> None:
        if answer is None:
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
            "headers": dict(prepared.request.headers), "body": parse(prepared.request.body),
        }  # fmt: skip
        response = None if sent is None else {"status": sent.status, "headers": dict(sent.headers), "body": document}
        self.listener(Exchange(request=request, response=response, error=error))
