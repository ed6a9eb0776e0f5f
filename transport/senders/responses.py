"""Turn an answer of httpx or httpx2, whose APIs are alike here, into a `SentResponse`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Protocol

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

    @property
    def stream(self) -> Any:
        """Return the body as it comes, to be iterated over once."""
        ...

    def aiter_bytes(self) -> AsyncIterator[bytes]:
        """Yield the body, content-decoded."""
        ...

    async def aclose(self) -> None:
        """Close the answer, and its connection unless the body was read."""
        ...


async def _body(
    response: ForeignResponse, provider: str, hint: str | None, *, encoded: bool
) -> AsyncGenerator[bytes, None]:
    """Yield the body's bytes, with the library's exceptions made ours."""
    # Bytes that need no decoding are taken where the library takes them: two generators fewer for each of a stream's many chunks.
    chunks = aiter(response.aiter_bytes() if encoded else response.stream)
    try:
        async for chunk in chunks:
            yield chunk
    except Exception as error:
        ours = map_exception(error, provider, hint=hint)
        if ours is None or ours is error:
            raise
        raise ours from error
    finally:
        # The library's generator first: left suspended it would be finished by the event loop at some later time.
        if isinstance(chunks, AsyncGenerator):
            await chunks.aclose()
        await response.aclose()


async def sent_response(
    response: ForeignResponse, provider: str, *, stream: bool, hint: str | None = None
) -> SentResponse:
    """Return the answer; without ``stream`` its whole body is read first and its connection is free again."""
    headers: Headers = tuple([(name.lower(), value) for name, value in response.headers.multi_items()])
    encoded = any(name == "content-encoding" for name, _ in headers)
    body = _body(response, provider, hint, encoded=encoded)

    async def close() -> None:
        await body.aclose()
        await response.aclose()  # a generator that was never begun has no end to run

    answer = SentResponse(response.status_code, headers, body, close)
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
