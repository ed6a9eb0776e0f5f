"""A body in pieces is the body as a whole: byte for byte at the server, and never twice in memory."""

from __future__ import annotations

import asyncio
import tracemalloc
from typing import Any

import attrs
import httpx
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.transport.loopback import answer, serving
from tests.transport.test_senders import SENDERS, request_for

from polyloop.translate.http import CHUNK_BYTES, Fragment, HttpRequest, encode_json
from polyloop.translate.jsontext import parse
from polyloop.transport.config import TransportConfig
from polyloop.transport.exchanges import document_of
from polyloop.transport.senders import HttpxSender

LENGTHS = st.sampled_from([0, 1, 100, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
PIECES: st.SearchStrategy[Fragment] = st.one_of(
    st.binary(max_size=20), LENGTHS.map(lambda n: "QUJD" * n), LENGTHS.map(lambda n: b"\xc3\xa4" * n)
)
IMAGE = "QUJD" * CHUNK_BYTES  # a string of four chunks


def joined(pieces: tuple[Fragment, ...]) -> bytes:
    return b"".join(piece if isinstance(piece, bytes) else piece.encode("ascii") for piece in pieces)


def json_of(texts: list[str]) -> tuple[Fragment, ...]:
    """Write a list of texts as JSON in pieces: what a text has behind its first colon, if it is long, is a piece of its own."""
    pieces: list[Fragment] = [b"["]
    for number, text in enumerate(texts):
        before, colon, data = text.partition(":")
        pieces.append((b"," if number else b"") + encode_json(before + colon)[:-1])
        pieces += [data, b'"'] if data.isalnum() else [encode_json(data)[1:]]
    return (*pieces, b"]")


def request_of(*pieces: Fragment) -> HttpRequest:
    return HttpRequest(method="POST", path="/v1/messages", headers={"content-type": "application/json"}, body=pieces)


@given(pieces=st.lists(PIECES, max_size=4).map(tuple))
def test_pieces_chunks_and_the_whole_are_the_same_bytes(pieces: tuple[Fragment, ...]) -> None:
    """Joining the chunks gives the body, whose length is known before, again each time; no chunk is long."""
    request, whole = request_of(*pieces), joined(pieces)
    assert request.body == whole
    assert request.size == len(whole)
    for _ in range(2):
        chunks = list(request.chunks())
        assert b"".join(chunks) == whole
        assert all(len(chunk) < 2 * CHUNK_BYTES for chunk in chunks)
    assert request == attrs.evolve(request, body=whole)
    assert str(len(whole)) in repr(request)
    assert len(repr(request)) < 200


TEXTS = st.builds(
    lambda before, data: f"{before}:{data}",
    st.sampled_from(["", "data", "piece-", "piece-0", "piece--", "\\u0070iece-0"]),
    st.sampled_from(["QUJD", "QUJE" * 50, "", "piece-1"]),
)


@given(texts=st.lists(TEXTS, max_size=5))
def test_the_document_of_a_body_in_pieces_is_what_parsing_it_gives_and_shares_its_long_strings(
    texts: list[str],
) -> None:
    request, strings = request_of(*json_of(texts)), dict[tuple[str, str], str]()
    assert document_of(request, strings) == parse(request.body)
    again = document_of(request, strings)
    assert all(one is other for one, other in zip(document_of(request, strings), again, strict=True) if len(one) > 200)


def test_a_text_that_spells_the_stand_in_with_escapes_is_not_taken_for_one() -> None:
    request = request_of(b'["\\u0070iece-0","', "QUJD" * 50, b'"]')
    assert document_of(request, {}) == ["piece-0", "QUJD" * 50]


def test_exchanges_that_are_kept_hold_each_image_once() -> None:
    strings: dict[tuple[str, str], str] = {}
    first, second = (
        document_of(request_of(b'[{"url":"data:image/png;base64,', IMAGE, b'"}]'), strings) for _ in range(2)
    )
    assert first[0]["url"] is second[0]["url"]
    assert first == [{"url": "data:image/png;base64," + IMAGE}]
    assert document_of(request_of(b'["', IMAGE, b'"]'), strings)[0] is IMAGE


@pytest.mark.parametrize("name", SENDERS)
def test_a_long_body_arrives_byte_for_byte_with_its_length_at_each_attempt(name: str) -> None:
    request = attrs.evolve(request_for(name), body=(b'{"data":"', IMAGE, b'","text":"h\xc3\xa9"}'))

    async def run() -> None:
        async with serving(answer()) as server:
            sender = SENDERS[name](server.url)
            try:
                for _ in range(2):
                    await sender.send(request, stream=False)
            finally:
                await sender.aclose()
                given = getattr(getattr(sender, "_config", None), "client", None)
                if given is not None:
                    await given.aclose()
            for received in server.requests:
                assert received.body == request.body
                assert received.headers["content-length"] == str(request.size)
                assert "transfer-encoding" not in received.headers
            assert len(server.requests) == 2

    asyncio.run(run())


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_sending_holds_no_copy_of_the_body(library: Any) -> None:
    request = request_of(b'{"images":["', *[IMAGE] * 8, b'"]}')  # eight references to one string
    sizes: list[int] = []

    class Counts(library.AsyncBaseTransport):  # type: ignore[misc]
        """Takes the body as it comes and keeps nothing of it."""

        async def handle_async_request(self, request: Any) -> Any:
            sizes.append(sum([len(chunk) async for chunk in request.stream]))
            return library.Response(200, json={})

    async def peak() -> int:
        async with library.AsyncClient(transport=Counts()) as client:
            sender = HttpxSender("http://127.0.0.1:9", config=TransportConfig(client=client))
            await sender.send(request, stream=False)  # what is imported and cached at first is not the body's
            tracemalloc.start()
            try:
                await sender.send(request, stream=False)
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

    assert asyncio.run(peak()) < request.size / 4
    assert sizes == [request.size] * 2


def test_the_whole_body_is_one_copy() -> None:
    request = request_of(*[IMAGE] * 8)
    assert request.body[:4] == b"QUJD"
    tracemalloc.start()
    try:
        whole = request.body
        assert tracemalloc.get_traced_memory()[1] < 1.3 * len(whole)
    finally:
        tracemalloc.stop()
