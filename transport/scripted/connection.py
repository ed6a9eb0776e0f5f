"""One connection: read requests, perform deliveries, and end it cleanly whatever the peer does."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from attrs import frozen

from .delivery import Act, Delivery, Hold, Sever
from .gates import Gates
from .http1 import BadRequest, Request, chunk_bytes, head_bytes, read_request
from .settings import Settings

_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER on, zero seconds: closing sends RST
BODY_LIMIT: Final = 64 * 1024 * 1024
"""Bytes that are read of any body; a provider's own limit is below it and has its own words."""


class _Severed(Exception):
    """The delivery says that the connection ends here."""


@frozen
class Connection:
    """A conversation over one socket."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    respond: Callable[[Request], Delivery]
    gates: Gates
    settings: Settings

    async def run(self) -> None:
        """Answer requests until either side ends the connection."""
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, _Severed):  # the peer went away, or we leave
                while await self._one():
                    pass
        except asyncio.CancelledError:
            self.writer.transport.abort()  # what the peer has not read yet would keep an orderly close waiting for ever
            raise
        finally:
            self.writer.close()
            with suppress(ConnectionError):
                await self.writer.wait_closed()

    async def _one(self) -> bool:
        """Answer one request; tell whether another may follow."""
        try:
            request = await read_request(self.reader, self.writer, BODY_LIMIT)
        except BadRequest as wrong:
            body = str(wrong).encode()
            headers = (("content-type", "text/plain"), ("content-length", str(len(body))), ("connection", "close"))
            self.writer.write(head_bytes(wrong.status, headers) + body)
            await self.writer.drain()
            return False
        if request is None:
            return False
        await self._perform(self.respond(request), request.keep_alive)
        return request.keep_alive

    async def _perform(self, delivery: Delivery, keep_alive: bool) -> None:
        chunked = delivery.length is None
        for first in delivery.before:
            await self._act(first, chunked=False)
        framing = ("transfer-encoding", "chunked") if chunked else ("content-length", str(delivery.length))
        closing = () if keep_alive else (("connection", "close"),)
        self.writer.write(head_bytes(delivery.status, (*delivery.headers, framing, *closing)))
        for act in delivery.acts:
            await self._act(act, chunked)
        if chunked:
            self.writer.write(chunk_bytes(b""))
        await self.writer.drain()

    async def _act(self, act: Act, chunked: bool) -> None:
        match act:
            case bytes():
                await self._send(act, chunked)
            case Hold():
                await self._hold(act, chunked)
            case Sever():
                await self._sever(act)

    async def _send(self, data: bytes, chunked: bool) -> None:
        """Send a piece, cut smaller and slower where the settings say so. Documents go out whole."""
        size = self.settings.chunk_bytes if chunked and self.settings.chunk_bytes else max(1, len(data))
        for start in range(0, len(data), size):
            part = data[start : start + size]
            self.writer.write(chunk_bytes(part) if chunked else part)
            await self.writer.drain()
            if chunked and self.settings.pace_seconds:
                await asyncio.sleep(self.settings.pace_seconds)

    async def _hold(self, hold: Hold, chunked: bool) -> None:
        gate = self.gates.named(hold.gate)
        gate.reached.set()
        while hold.ping is not None and not gate.opened.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(gate.opened.wait(), hold.ping_seconds)
                return
            await self._send(hold.ping, chunked)
        await gate.opened.wait()

    async def _sever(self, sever: Sever) -> None:
        if sever.reset:
            self.writer.transport.set_write_buffer_limits(high=0)  # drain then means: all handed to the kernel
            await self.writer.drain()
            self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.writer.transport.abort()
        raise _Severed
