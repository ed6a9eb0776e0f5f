"""What a client needs of whoever sends its requests, and what it gets back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import NamedTuple, Protocol

from polyloop.translate.http import HttpRequest

Headers = tuple[tuple[str, str], ...]


class SendingTimeouts(NamedTuple):
    """Seconds that sending may take; None: no limit."""

    connect: float | None
    """To open a connection."""
    write: float | None
    """To hand over a piece of the request."""
    pool: float | None
    """To wait for a free connection."""


class SentResponse:
    """An answer whose body may still be coming.

    ``status`` is the HTTP status, ``headers`` are pairs with names in lower case, ``body`` yields the content-decoded bytes
    once, as they come. Whoever does not read the body to its end calls `aclose`, which closes the connection at once; it is
    an async context manager, too.
    """

    def __init__(
        self,
        status: int,
        headers: Headers,
        body: AsyncIterator[bytes],
        close: Callable[[], Awaitable[None]],
    ) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self._close = close

    async def read(self) -> bytes:
        """Return the rest of the body and close. Raises `ConnectionFailed` if it ends before its end."""
        try:
            return b"".join([chunk async for chunk in self.body])
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """Give the connection up, or back if the body was read to its end. May be called any number of times."""
        await self._close()

    async def __aenter__(self) -> SentResponse:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"SentResponse(status={self.status})"


class Sender(Protocol):
    """Something that sends requests to one provider and owns its URL, credentials and connections.

    May be used by many tasks at once, and from one event loop after another.
    """

    async def send(self, request: HttpRequest, *, stream: bool) -> SentResponse:
        """Send once; with ``stream`` return as soon as the headers are here, else with the whole body read.

        A status of 400 or more is an answer, not an exception. Cancelling closes the connection at once. Never retries.
        Raises `ProviderCallError` if no answer comes.
        """
        ...

    async def aclose(self) -> None:
        """Close the connections that the sender made itself; those of a client that was given to it stay."""
        ...


def timed(sender: Sender, timeouts: SendingTimeouts) -> Sender | None:
    """Return a view of a sender that keeps these timeouts, closing which closes nothing that is not the sender's; None where it has no such view.

    A sender offers it by a method ``timed(timeouts)``; one without keeps timeouts of its own.
    """
    make = getattr(sender, "timed", None)
    view: Sender | None = None if make is None else make(timeouts)
    return view


def warm(sender: Sender) -> None:
    """Have a sender import now what its first request would wait for, if it offers a method ``warm()``. Blocks, for seconds where an SDK is needed."""
    imports = getattr(sender, "warm", None)
    if imports is not None:
        imports()
