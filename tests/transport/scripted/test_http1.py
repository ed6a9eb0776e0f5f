"""The HTTP/1.1 reader: every spelling of a request gives the same request, and what is none is refused."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.transport.scripted.http1 import HEAD_LIMIT, BadRequest, Request, chunk_bytes, head_bytes, read_request


class Silent(asyncio.StreamWriter):
    """A writer that keeps what is written and has no connection."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def __del__(self, *_: object) -> None:
        """There is nothing to close."""


def parse(data: bytes, limit: int = 1000, writer: Silent | None = None) -> list[Request]:
    """Read all requests of a connection that says so much and then ends."""

    async def read() -> list[Request]:
        reader = asyncio.StreamReader(limit=HEAD_LIMIT)
        reader.feed_data(data)
        reader.feed_eof()
        found = []
        while (request := await read_request(reader, writer or Silent(), limit)) is not None:
            found.append(request)
        return found

    return asyncio.run(read())


def post(body: bytes, *headers: str, version: str = "HTTP/1.1") -> bytes:
    return "\r\n".join((f"POST /v1/x?a=b {version}", "Host: h", *headers)).encode() + b"\r\n\r\n" + body


@given(body=st.binary(max_size=200), cuts=st.lists(st.integers(1, 50), max_size=8))
def test_a_body_is_the_same_chunked_or_counted(body: bytes, cuts: list[int]) -> None:
    counted = post(body, f"Content-Length: {len(body)}")
    pieces, place = [], 0
    for cut in cuts:
        if body[place : place + cut]:
            pieces.append(body[place : place + cut])
        place += cut
    pieces += [body[place:]] if body[place:] else []
    chunks = b"".join(map(chunk_bytes, pieces)) + chunk_bytes(b"")
    chunked = post(chunks, "Transfer-Encoding: chunked")
    (one,), (other,) = parse(counted), parse(chunked)
    assert one.body == other.body == body
    assert (one.method, one.path, one.query) == ("POST", "/v1/x", "a=b")


def test_requests_follow_each_other_on_a_connection() -> None:
    both = post(b"one", "Content-Length: 3") + post(b"two", "Content-Length: 3")
    assert [request.body for request in parse(both)] == [b"one", b"two"]


def test_chunk_extensions_and_trailers_are_skipped() -> None:
    body = b"3;name=value\r\nabc\r\n0\r\nTrailer: x\r\n\r\n"
    assert parse(post(body, "Transfer-Encoding: chunked"))[0].body == b"abc"


def test_a_waiting_body_is_asked_for() -> None:
    writer = Silent()
    parse(post(b"x", "Content-Length: 1", "Expect: 100-continue"), writer=writer)
    assert writer.written == b"HTTP/1.1 100 Continue\r\n\r\n"


@pytest.mark.parametrize(
    ("version", "connection", "kept"),
    [
        ("HTTP/1.1", None, True),
        ("HTTP/1.1", "close", False),
        ("HTTP/1.1", "x, Close", False),
        ("HTTP/1.0", None, False),
        ("HTTP/1.0", "keep-alive", True),
    ],
)
def test_a_connection_is_kept_as_http_says(version: str, connection: str | None, kept: bool) -> None:
    headers = [f"Connection: {connection}"] if connection else []
    assert parse(post(b"", *headers, version=version))[0].keep_alive is kept


def test_repeated_headers_are_joined() -> None:
    request = parse(post(b"", "X-A: one", "x-a:  two "))[0]
    assert request.header("x-a") == "one, two"
    assert request.header("x-b") is None


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/2\r\n\r\n", 400),
        (b"get / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nspace : x\r\n\r\n", 400),
        (post(b"", "Content-Length: x"), 400),
        (post(b"", "Content-Length: -1"), 400),
        (post(b"", "Content-Length: 1", "Content-Length: 2"), 400),
        (post(b"", "Content-Length: 1", "Transfer-Encoding: chunked"), 400),
        (post(b"", "Transfer-Encoding: gzip"), 400),
        (post(b"zz\r\n", "Transfer-Encoding: chunked"), 400),
        (post(b"", "Content-Length: 1001"), 413),
        (post(chunk_bytes(b"x" * 1001), "Transfer-Encoding: chunked"), 413),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * HEAD_LIMIT + b"\r\n\r\n", 431),
        (post(b"1" * (HEAD_LIMIT + 1) + b"\r\n", "Transfer-Encoding: chunked"), 400),
    ],
)
def test_what_is_no_request_is_refused(data: bytes, status: int) -> None:
    with pytest.raises(BadRequest) as raised:
        parse(data)
    assert raised.value.status == status


@pytest.mark.parametrize(
    "data", [b"POST / HTT", post(b"ab", "Content-Length: 3"), post(b"5\r\nab", "Transfer-Encoding: chunked")]
)
def test_a_request_that_breaks_off_is_no_request(data: bytes) -> None:
    with pytest.raises(asyncio.IncompleteReadError):
        parse(data)


def test_a_connection_that_says_nothing_asks_nothing() -> None:
    assert parse(b"") == []


def test_a_status_without_a_registered_reason_has_none() -> None:
    assert head_bytes(529, [("a", "b")]) == b"HTTP/1.1 529 \r\na: b\r\n\r\n"
    assert head_bytes(200, []) == b"HTTP/1.1 200 OK\r\n\r\n"
