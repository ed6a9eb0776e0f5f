"""The answer to one attempt, as it comes: bytes in, events and at last a reply.

An answer is a stream, or a document where the provider (or a server between) does not stream: which of the two is told by its first
byte, for servers that ignore the question, or name the content's type wrongly, are many.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any

import attrs

from polyloop.translate import hub
from polyloop.translate.errors import DecodeError, StreamError, TranslateError
from polyloop.translate.folding import Fold
from polyloop.translate.jsontext import parse
from polyloop.translate.jsonvalue import Json
from polyloop.translate.provider_errors import ProviderError
from polyloop.translate.stream_reader import StreamReader

from .clocks import CallClocks
from .doubling import Doubling
from .errors import ProviderCallError, provider_call_error
from .preparing import Prepared, Route
from .rate_limits import Permit
from .reading import is_reply, read_reply
from .senders.port import SentResponse


class Answer:
    """A reply that has begun to arrive, and what is held for it. An async context manager: leaving it gives everything back.

    ``whole`` tells of a caller who sees nothing of it before it is there.
    """

    def __init__(self, prepared: Prepared, route: Route, clocks: CallClocks, *, whole: bool = False) -> None:
        self.prepared = prepared
        self.clocks = clocks
        self.permit: Permit | None = None
        self.sent: SentResponse | None = None
        self.document: Json = None
        """The whole reply, where it came as one document."""
        self.response: hub.Response | None = None
        """That document's record."""
        self.fold = Fold(route.stream_wire)
        self.first: list[Any] = []
        """The events up to the first content."""
        self.ended = False
        """Whether the body is at its end."""
        self.gathered: list[bytes] = []
        """What has come and was not looked at."""
        self.held: AsyncExitStack | None = None
        self._route = route
        self._reader = StreamReader(route.stream_wire, joined=whole)
        self._doubling = Doubling()
        self._is_document: bool | None = None if prepared.stream else True
        self._head = b""

    @property
    def status(self) -> int | None:
        """The HTTP status; None before there is an answer."""
        return None if self.sent is None else self.sent.status

    @property
    def is_document(self) -> bool:
        """Whether the reply comes as one document, as far as is known."""
        return self._is_document is True

    @property
    def begun(self) -> bool:
        """Whether content has come that may be shown, or the reply is complete."""
        fold, doubling = self.fold, self._doubling
        return not doubling.found and (fold.finished or (fold.heard > 0 and (self.ended or not doubling.open)))

    async def gather(self) -> None:
        """Read the body to its end, into ``gathered``."""
        assert self.sent is not None
        add = self.gathered.append
        async for chunk in self.sent.body:
            add(chunk)

    def look(self) -> None:
        """Take what was gathered."""
        if self.gathered:
            data = self.gathered[0] if len(self.gathered) == 1 else b"".join(self.gathered)
            self.gathered.clear()
            if not self.fold.finished:
                self.take(data)

    def take(self, data: bytes) -> list[Any]:
        """Take more of the body and return the events in it; a document is kept until it is whole. Raises `ProviderCallError` for bytes
        that cannot be what the provider meant to say."""
        if self._is_document is not False:
            self._head += data
            if self._is_document is None:
                start = self._head.lstrip()
                if not start:
                    return []
                self._is_document = start.startswith(b"{")
            if self._is_document:
                return []
            data, self._head = self._head, b""
        return self._events_of(data)

    def end(self) -> list[Any]:
        """Say that the body has ended; returns the last event, where its blank line is missing."""
        self.ended = True
        return [] if self._is_document else self._events_of(None)

    def body(self) -> bytes:
        """Return the bytes of a document, all of them once the body has ended."""
        return self._head

    def damaged(self, message: str) -> ProviderCallError:
        """Return the exception for an answer that cannot be what the provider meant to say."""
        return provider_call_error(damage(self._route, self.status, message))

    def parsed(self, body: bytes) -> Json:
        """Return a document."""
        return parsed(self._route, self.status, body)

    def take_document(self, document: Json) -> None:
        """Take a reply that came whole. What is no reply fails here, where it may be tried again."""
        if not is_reply(document, self._route.wire):
            raise self.damaged(f"the answer is no reply of the wire {self._route.wire}")
        self.document = document
        self.response = self.read(document)

    def read(self, document: Json) -> hub.Response:
        """Return a reply's record."""
        try:
            return read_reply(self._route, document, self.prepared)
        except TranslateError as error:
            raise self.damaged(f"the answer is no reply of the wire {self._route.wire}") from error

    def partial(self) -> hub.Response | None:
        """Return what has come of a reply that broke off, marked as cut."""
        try:
            partial = read_reply(self._route, self.fold.partial, self.prepared)
        except TranslateError:
            return None  # too little came to be the beginning of a reply
        # Its end may have come, and something before it was damaged.
        return attrs.evolve(partial, status="cut") if partial.status == "finished" else partial

    async def aclose(self) -> None:
        """Give back the connection, the clocks and the permit."""
        try:
            if self.sent is not None:
                await self.sent.aclose()
        finally:
            self.clocks.close()
            if self.held is not None:
                await self.held.aclose()

    async def __aenter__(self) -> Answer:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def _events_of(self, data: bytes | None) -> list[Any]:
        try:
            records = self._reader.close() if data is None else self._reader.feed(data)
        except StreamError as error:
            raise self.damaged(str(error)) from error
        fold = self.fold
        heard, finished = fold.heard, fold.finished
        for record in records:
            fold.push(record)
        if fold.finished and not finished:
            self.clocks.ended()
        elif fold.heard > heard:
            self.clocks.content()
        if self._doubling.open:
            self._doubling.push(records)
            if self._doubling.found:
                raise self.damaged("every event of the stream came twice")
        return records


def damage(route: Route, status: int | None, message: str) -> ProviderError:
    """Return the record of an answer that cannot be what the provider meant to say."""
    return ProviderError(
        kind="connection", provider=route.provider, wire=route.wire, retryable=True, status=status, message=message
    )


def parsed(route: Route, status: int | None, body: bytes) -> Json:
    """Return an answer's document. Raises `ProviderCallError` for what is no JSON."""
    try:
        return parse(body)
    except DecodeError as error:
        raise provider_call_error(damage(route, status, "the answer is not JSON")) from error
