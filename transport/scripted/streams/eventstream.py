"""AWS event-stream frames, as Bedrock's ``invoke-with-response-stream`` sends them.

A frame is: u32 length of all, u32 length of the headers, u32 CRC of these eight bytes, headers, payload, u32 CRC of all before.
A header is: u8 length of the name, name, u8 type (7 = string), u16 length of the value, value. All numbers are big-endian.
Source: AWS event stream encoding, via the project's wire notes, section 4 (2026-11-22).
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Mapping
from typing import Final

from .. import compact
from .event import Event

_STRING: Final = 7
_PADDING: Final = "abcdefghijklmnopqrstuvwxyz"


def chunk(event: Event) -> bytes:
    """Frame an event as a chunk: its JSON in base64, and padding that hides how long it is."""
    data = compact.utf8(event.word if event.word is not None else compact.text(event.data))
    payload = {"bytes": base64.b64encode(data).decode(), "p": _PADDING[: len(data) % len(_PADDING)]}
    return frame(
        {":event-type": "chunk", ":content-type": "application/json", ":message-type": "event"},
        compact.content(payload),
    )


def exception(name: str, message: str) -> bytes:
    """Frame an exception, ``throttlingException``, that ends the stream."""
    headers = {":exception-type": name, ":content-type": "application/json", ":message-type": "exception"}
    return frame(headers, compact.content({"message": message}))


def frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    """Build one frame with right checksums."""
    head = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack(">II", len(head) + len(payload) + 16, len(head))
    body = prelude + struct.pack(">I", zlib.crc32(prelude)) + head + payload
    return body + struct.pack(">I", zlib.crc32(body))


def _header(name: str, value: str) -> bytes:
    key, text = name.encode(), value.encode()
    return struct.pack(">B", len(key)) + key + struct.pack(">BH", _STRING, len(text)) + text
