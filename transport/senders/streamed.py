"""A request's body, given to an HTTP client one chunk after another.

``httpx`` and ``httpx2`` take any asynchronous iterable as content. One that is no generator they may go through again, as an
authentication that repeats its request does; with its length said they do not send it chunked, which not every server takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from polyloop.translate.http import CHUNK_BYTES, HttpRequest


class StreamedBody:
    """A body as an asynchronous iterable of its bytes, from its beginning each time."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __aiter__(self) -> _Chunks:
        return _Chunks(self._request.chunks())


class _Chunks:
    """The chunks of one attempt. Not an asynchronous generator, which an attempt that fails would leave unfinished."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        for chunk in self._chunks:
            return chunk
        raise StopAsyncIteration


def content_of(request: HttpRequest) -> tuple[bytes | StreamedBody, dict[str, str]]:
    """Return what to send as a request's content, and the headers that it needs: a long body goes in chunks, a short one as it is."""
    if request.size <= CHUNK_BYTES:
        return request.body, {}
    return StreamedBody(request), {"content-length": str(request.size)}
