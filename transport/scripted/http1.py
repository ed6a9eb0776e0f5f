"""HTTP/1.1 as far as a provider's API needs it: one request in, one head and a body out, over asyncio streams.

Hand-written because the faults need hands on the bytes: a body cut in the middle of a chunk, a reset, one byte at a time.
Reading is strict: a request that is not HTTP/1.x, has two lengths, or is larger than allowed raises `BadRequest`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from attrs import frozen

HEAD_LIMIT: Final = 256 * 1024
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class BadRequest(Exception):
    """The peer's bytes are no request that can be answered but by an error and the end of the connection."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        super().__init__(reason)


@frozen(kw_only=True)
class Request:
    """One request as it arrived."""

    method: str
    target: str
    """As sent, still percent-encoded, with the query."""
    headers: tuple[tuple[str, str], ...]
    """Names in lower case, in the order they came, repeated where they were."""
    body: bytes = b""
    keep_alive: bool = True

    @property
    def path(self) -> str:
        """The target without its query, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """Return a header's value, several joined with commas as HTTP says; None where it is absent."""
        values = [value for key, value in self.headers if key == name]
        return ", ".join(values) if values else None


async def read_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body_limit: int) -> Request | None:
    """Read the next request of a connection; None where the peer closed it between two requests.

    Raises `BadRequest`, or `ConnectionError` and `asyncio.IncompleteReadError` where the peer went away in the middle.
    """
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as broken:
        if not broken.partial.strip():
            return None
        raise
    except asyncio.LimitOverrunError as overrun:
        raise BadRequest(431, "the request's head is too large") from overrun
    try:
        return await _finish(reader, writer, head, body_limit)
    except asyncio.LimitOverrunError as overrun:
        raise BadRequest(400, "a line of the chunked body is too long") from overrun


async def _finish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes, body_limit: int) -> Request:
    method, target, version, headers = _parse_head(head)
    if _first(headers, "expect", "").lower() == "100-continue":
        writer.write(_CONTINUE)
    body = await _read_body(reader, headers, body_limit)
    tokens = {token.strip().lower() for token in _first(headers, "connection", "").split(",")}
    keep_alive = "close" not in tokens and (version == "HTTP/1.1" or "keep-alive" in tokens)
    return Request(method=method, target=target, headers=headers, body=body, keep_alive=keep_alive)


def _parse_head(head: bytes) -> tuple[str, str, str, tuple[tuple[str, str], ...]]:
    lines = head.decode("latin-1").strip("\r\n").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or words[2] not in ("HTTP/1.1", "HTTP/1.0") or not words[0].isupper():
        raise BadRequest(400, "the request line is not of HTTP/1.1")
    headers = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise BadRequest(400, "a header line is malformed")
        headers.append((name.lower(), value.strip(" \t")))
    return words[0], words[1], words[2], tuple(headers)


def _first(headers: Iterable[tuple[str, str]], name: str, default: str) -> str:
    return next((value for key, value in headers if key == name), default)


async def _read_body(reader: asyncio.StreamReader, headers: tuple[tuple[str, str], ...], limit: int) -> bytes:
    coding = _first(headers, "transfer-encoding", "").lower()
    lengths = {value for key, value in headers if key == "content-length"}
    if coding:
        if coding != "chunked" or lengths:
            raise BadRequest(400, "the body's length is stated in two ways or in an unknown one")
        return await _read_chunks(reader, limit)
    if not lengths:
        return b""
    length = lengths.pop()
    if lengths or not (length.isascii() and length.isdigit()):
        raise BadRequest(400, "the content length is not one number")
    if int(length) > limit:
        raise BadRequest(413, "the body is larger than the provider allows")
    return await reader.readexactly(int(length))


async def _read_chunks(reader: asyncio.StreamReader, limit: int) -> bytes:
    body = bytearray()
    while True:
        line = (await reader.readuntil(b"\r\n")).partition(b";")[0].strip()
        try:
            size = int(line, 16)
        except ValueError as wrong:
            raise BadRequest(400, "a chunk's size is not a hexadecimal number") from wrong
        if len(body) + size > limit:
            raise BadRequest(413, "the body is larger than the provider allows")
        if size == 0:
            while await reader.readuntil(b"\r\n") != b"\r\n":  # trailers say nothing we need
                pass
            return bytes(body)
        body += await reader.readexactly(size)
        await reader.readexactly(2)


def head_bytes(status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    """Spell a response's head. 529 and its like have no registered reason; an empty one is legal."""
    try:
        reason = HTTPStatus(status).phrase
    except ValueError:
        reason = ""
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def chunk_bytes(data: bytes) -> bytes:
    """Spell one chunk of a chunked body; the empty one ends it."""
    return b"%x\r\n%s\r\n" % (len(data), data)
