"""Recording exchanges and playing them back, one JSON object a line: test against your own traffic, without a key.

    create_client("anthropic", recording="traffic/anthropic_messages.jsonl")            # adds a line for each exchange
    create_client("anthropic", sender=ReplayingSender("traffic/anthropic_messages.jsonl"))

A line says ``id, source, url, method, vendor, fidelity, status, request, response, sse, eventstream_b64, text, headers, notes``: the form in
which `polyloop.translate.testing.corpus` reads recorded traffic, so that a folder of recordings named after their wires
(``anthropic_messages.jsonl``, ``openai_chat.jsonl``, ``openai_responses.jsonl``) can be held to the laws. What a conversation says is
recorded; credentials are not: a request has none in it, of the headers only those of a list are kept, and the client's own secrets are
taken out wherever a server repeats them.
"""

from __future__ import annotations

import copy
import hashlib
import itertools
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from pathlib import Path
from typing import Any, Final

from polyloop.translate.errors import DecodeError
from polyloop.translate.http import HttpRequest
from polyloop.translate.jsontext import parse, spell
from polyloop.translate.jsonvalue import Json, JsonObject, same_json

from .errors import TransportError
from .secrets import Secret, scrub
from .senders.port import Sender, SendingTimeouts, SentResponse, timed, warm

KEPT_HEADERS: Final = frozenset(
    {
        "content-type", "retry-after", "retry-after-ms", "x-should-retry", "request-id", "x-request-id", "x-amzn-requestid",
        "x-amzn-errortype", "anthropic-version", "anthropic-beta",
    }
)  # fmt: skip
"""Headers of an answer that mean something to a client. Rate limits are kept too, by their beginnings."""
KEPT_BEGINNINGS: Final = ("anthropic-ratelimit-", "x-ratelimit-")
_EVENTSTREAM: Final = "application/vnd.amazon.eventstream"
_BROKEN_OFF: Final = "the body broke off"
_CLEANED: Final = "a secret was taken out of the body"
"""Frames have wrong checksums then, and are played back as damaged ones."""


class NotRecorded(TransportError, LookupError):
    """No recorded exchange answers a request. The message names its path, never its text."""


class RecordingSender:
    """A sender around another that adds each exchange to a file once its answer has been read or given up."""

    def __init__(
        self, sender: Sender, path: str | Path, *, provider: str = "", secrets: Iterable[Secret | str] = ()
    ) -> None:
        """Take the sender that really sends; ``secrets`` are taken out of every line. They are looked at for each, so that they may change."""
        self._sender = sender
        self._path = Path(path)
        self._provider = provider
        self._secrets = secrets
        self._numbers = itertools.count(1)

    def warm(self) -> None:
        """Import now what the first request would wait for."""
        warm(self._sender)

    async def send(self, request: HttpRequest, *, stream: bool) -> SentResponse:
        """Send, and record what comes back as it is read."""
        sent = await self._sender.send(request, stream=stream)
        body = _Listened(sent)

        async def close() -> None:
            await sent.aclose()
            if not body.told:
                body.told = True
                self._add(request, sent, bytes(body.heard), whole=body.whole)

        body.at_end = close
        return SentResponse(sent.status, sent.headers, body, close)

    def timed(self, timeouts: SendingTimeouts) -> RecordingSender | None:
        """Return a view that records to the same file, where the sender inside has one."""
        inside = timed(self._sender, timeouts)
        if inside is None:
            return None
        view = copy.copy(self)
        view._sender = inside
        return view

    async def aclose(self) -> None:
        """Close the sender inside."""
        await self._sender.aclose()

    def _add(self, request: HttpRequest, sent: SentResponse, body: bytes, *, whole: bool) -> None:
        # Before a body is encoded: in base64 nobody would find a secret any more.
        clean = scrub(body, self._secrets)
        notes = [note for note, true in ((_BROKEN_OFF, not whole), (_CLEANED, clean != body)) if true]
        line: Json = scrub(_line(request, sent, clean, self._provider, next(self._numbers), notes), self._secrets)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(spell(line) + "\n")


class _Listened:
    """A body that remembers what was read of it."""

    def __init__(self, sent: SentResponse) -> None:
        self._sent = sent
        self.heard = bytearray()
        self.whole = False
        self.told = False
        self.at_end: Any = None

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await anext(self._sent.body)
        except StopAsyncIteration:
            self.whole = True
            await self.at_end()
            raise
        self.heard += chunk
        return chunk


def _line(
    request: HttpRequest, sent: SentResponse, body: bytes, provider: str, number: int, notes: list[str]
) -> JsonObject:
    vendor = request.provider or provider
    digest = hashlib.sha256(request.path.encode() + b"\n" + request.body).hexdigest()[:12]
    headers = {name: value for name, value in sent.headers if name in KEPT_HEADERS or name.startswith(KEPT_BEGINNINGS)}
    line: JsonObject = {
        "id": f"{vendor}-{number:05d}-{digest}", "source": "recorded", "url": request.path, "method": request.method,
        "vendor": vendor, "fidelity": "raw", "status": sent.status, "request": _document(request.body), "response": None,
        "sse": None, "eventstream_b64": None, "text": None, "headers": headers, "notes": notes,
    }  # fmt: skip
    return line | _body(headers.get("content-type", ""), body)


def _body(content_type: str, body: bytes) -> JsonObject:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == _EVENTSTREAM:
        return {"eventstream_b64": b64encode(body).decode()}
    text = body.decode("utf-8", "replace")
    if kind == "text/event-stream":
        return {"sse": text}
    document = _document(body)
    return {"response": document} if document is not None else {"text": text}


def _document(body: bytes) -> Json:
    if not body:
        return None
    try:
        return parse(body)
    except DecodeError:
        return None


class ReplayingSender:
    """A sender that answers from recorded lines: a request gets the answer that the same request got.

    Lines with the same request are given in their order, the last one again and again. May be used from any event loop.
    """

    def __init__(self, path: str | Path, *, chunk_bytes: int | None = None) -> None:
        """Read the file. ``chunk_bytes`` cuts bodies into pieces of that size. Raises `OSError`, and `ValueError` for what is no recording."""
        text = Path(path).read_text(encoding="utf-8")
        self._lines: list[JsonObject] = [json.loads(line) for line in text.splitlines() if line.strip()]
        self._used: set[int] = set()
        self._chunk_bytes = chunk_bytes

    async def send(self, request: HttpRequest, *, stream: bool) -> SentResponse:
        """Answer from the recording. Raises `NotRecorded`."""
        line = self._answer_of(request)
        headers = tuple((str(name), str(value)) for name, value in (line.get("headers") or {}).items())
        chunks = _chunks(_recorded_body(line), self._chunk_bytes)
        return SentResponse(line["status"], headers, chunks, chunks.aclose)

    def timed(self, _timeouts: SendingTimeouts) -> ReplayingSender:
        """Nothing here takes any time."""
        return self

    async def aclose(self) -> None:
        """Nothing is open."""

    def _answer_of(self, request: HttpRequest) -> JsonObject:
        wanted = _document(request.body)
        places = [
            place
            for place, line in enumerate(self._lines)
            if line["method"] == request.method
            and line["url"].endswith(request.path)
            and same_json(line["request"], wanted, ordered=False)
        ]
        if not places:
            raise NotRecorded(f"no recorded exchange answers this request: {request.method} {request.path}")
        chosen = next((place for place in places if place not in self._used), places[-1])
        self._used.add(chosen)
        return self._lines[chosen]


def _recorded_body(line: JsonObject) -> bytes:
    if line.get("eventstream_b64") is not None:
        return b64decode(line["eventstream_b64"])
    if line.get("sse") is not None:
        return str(line["sse"]).encode()
    if line.get("response") is not None:
        return spell(line["response"]).encode("utf-8", "backslashreplace")
    return str(line.get("text") or "").encode()


async def _chunks(body: bytes, size: int | None) -> AsyncGenerator[bytes, None]:
    step = size or max(1, len(body))
    for start in range(0, len(body), step):
        yield body[start : start + step]
