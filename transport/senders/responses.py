"""Turn an answer of httpx or httpx2, whose APIs are alike here, into a `SentResponse`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Protocol

from ..foreign_errors import map_exception
from .port import Headers, SentResponse


class ForeignHeaders(Protocol):
    """Headers of httpx and httpx2."""

    def multi_items(self) -> list[tuple[str, str]]:
        """Return the pairs, names in lower case."""
        ...


class ForeignResponse(Protocol):
    """An answer of httpx and httpx2."""

    @property
    def status_code(self) -> int:
        """Return the HTTP status."""
        ...

    @property
    def headers(self) -> ForeignHeaders:
        """Return the headers."""
        ...

    def aiter_bytes(self) -> AsyncIterator[bytes]:
        """Yield the body, content-decoded."""
        ...

    async def aclose(self) -> None:
        """Close the answer, and its connection unless the body was read."""
        ...


class _Body:
    """The body's bytes, with the library's exceptions made ours."""

    def __init__(self, response: ForeignResponse, provider: str, hint: str | None) -> None:
        self._response = response
        self._chunks = response.aiter_bytes()
        self._provider = provider
        self._hint = hint

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            return await anext(self._chunks)
        except StopAsyncIteration:
            raise
        except BaseException as error:
            await self.aclose()
            ours = map_exception(error, self._provider, hint=self._hint) if isinstance(error, Exception) else None
            if ours is None:
                raise
            raise ours from error

    async def aclose(self) -> None:
        # The library's generator first: left suspended it would be finished by the event loop at some later time.
        if isinstance(self._chunks, AsyncGenerator):
            await self._chunks.aclose()
        await self._response.aclose()


async def sent_response(
    response: ForeignResponse, provider: str, *, stream: bool, hint: str | None = None
) -> SentResponse:
    """Return the answer; without ``stream`` its whole body is read first and its connection is free again."""
    headers: Headers = tuple((name.lower(), value) for name, value in response.headers.multi_items())
    body = _Body(response, provider, hint)
    answer = SentResponse(response.status_code, headers, body, body.aclose)
    if stream:
        return answer
    return whole_response(response.status_code, headers, await answer.read())


def whole_response(status: int, headers: Headers, content: bytes) -> SentResponse:
    """Return an answer whose body is all here."""

    async def chunks() -> AsyncGenerator[bytes, None]:
        if content:
            yield content

    iterator = chunks()
    return SentResponse(status, headers, iterator, iterator.aclose)
