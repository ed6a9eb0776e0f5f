"""A small HTTP server on loopback for the senders' tests: it keeps what it was sent and answers as it is told."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

from attrs import define, field


@define
class Received:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Answer: TypeAlias = Callable[[Received, asyncio.StreamWriter], Awaitable[None]]


@define
class Loopback:
    """What a running server has seen."""

    port: int = 0
    scheme: str = "http"
    connections: int = 0
    requests: list[Received] = field(factory=list)
    asked: asyncio.Event = field(factory=asyncio.Event)
    """Set when the first request is here."""
    gone: asyncio.Event = field(factory=asyncio.Event)
    """Set when a client has closed its end."""

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"


def answer(status: int = 200, body: bytes = b"{}", **headers: str) -> Answer:
    """Answer every request alike."""

    async def write(_request: Received, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Content-Type: application/json"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return write


def chunked(*parts: bytes, end: bool = True) -> Answer:
    """Answer 200 with the parts as a chunked body; without ``end`` it stays open."""

    async def write(_request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n\r\n")
        for part in parts:
            writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
            await writer.drain()
        if end:
            writer.write(b"0\r\n\r\n")

    return write


async def cut_off(_request: Received, writer: asyncio.StreamWriter) -> None:
    """Begin a body and close the connection in the middle of it."""
    writer.write(b"HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nhalf")
    await writer.drain()
    writer.close()


async def hang_up(_request: Received, writer: asyncio.StreamWriter) -> None:
    """Close the connection without an answer."""
    writer.close()


async def silence(_request: Received, _writer: asyncio.StreamWriter) -> None:
    """Never answer."""


@asynccontextmanager
async def serving(say: Answer, *, port: int = 0, tls: ssl.SSLContext | None = None) -> AsyncIterator[Loopback]:
    """Run a server that answers with ``say`` until the block ends."""
    seen = Loopback(scheme="http" if tls is None else "https")
    open_writers: set[asyncio.StreamWriter] = set()

    talks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.connections += 1
        open_writers.add(writer)
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            while (request := await _read_request(reader)) is not None:
                seen.requests.append(request)
                seen.asked.set()
                await say(request, writer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client is gone, which is what some tests are about
        finally:
            seen.gone.set()
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", port, ssl=tls)
    seen.port = server.sockets[0].getsockname()[1]
    try:
        yield seen
    finally:
        server.close()
        for writer in open_writers:
            writer.close()
        await asyncio.gather(*talks)
        await server.wait_closed()


async def _read_request(reader: asyncio.StreamReader) -> Received | None:
    head = await reader.readuntil(b"\r\n\r\n") if not reader.at_eof() else b""
    if not head:
        return None
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, path, headers, body)
