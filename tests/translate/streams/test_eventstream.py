"""AWS event-stream frames: written frames are read back in any pieces; damage is always found, never passed on."""

from __future__ import annotations

import json
import struct
from base64 import b64encode
from binascii import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.translate.errors import StreamError
from polyloop.translate.eventstream import Frame, FrameReader, write_frame
from polyloop.translate.folding import Fold
from polyloop.translate.provider_errors import classify_event
from polyloop.translate.stream_converter import StreamConverter
from polyloop.translate.stream_reader import FrameException, StreamReader, Unreadable
from polyloop.translate.testing.stream_strategies import pieces_of

frames = st.builds(
    Frame,
    st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=8), max_size=3),
    st.binary(max_size=40),
)


def spelled(frame: Frame) -> bytes:
    return write_frame({name: str(value) for name, value in frame.headers.items()}, frame.payload)


@given(st.lists(frames, max_size=4), st.data())
def test_frames_are_read_back_in_any_pieces(written: list[Frame], data: st.DataObject) -> None:
    whole = b"".join(map(spelled, written))
    reader = FrameReader()
    assert [frame for piece in data.draw(pieces_of(whole)) for frame in reader.feed(piece)] == written
    assert reader.close() == 0


@given(frames, st.data())
def test_one_changed_byte_is_always_found(frame: Frame, data: st.DataObject) -> None:
    whole = bytearray(spelled(frame))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    reader = FrameReader()
    try:
        found = reader.feed(bytes(whole))
    except StreamError:
        return
    assert found == []
    assert reader.close() > 0  # its length grew, and the rest never comes


def test_frames_before_a_damage_are_given_and_the_damage_is_raised_next() -> None:
    good = write_frame({"a": "b"}, b"1")
    reader = FrameReader()
    assert len(reader.feed(good + b"\0" * 20)) == 1
    with pytest.raises(StreamError, match="checksum"):
        reader.close()


def test_a_frame_longer_than_the_bound_is_refused_from_its_first_bytes() -> None:
    prelude = struct.pack(">II", 2**31, 0)
    with pytest.raises(StreamError, match="not possible"):
        FrameReader().feed(prelude + crc32(prelude).to_bytes(4, "big"))


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (0, b"", True),
        (1, b"", False),
        (2, b"\xff", -1),
        (4, b"\0\0\0\x07", 7),
        (6, b"\0\x02ab", b"ab"),
        (8, b"\0" * 8, 0),
        (9, b"u" * 16, b"u" * 16),
    ],
)
def test_headers_of_every_type_are_read(kind: int, value: bytes, expected: object) -> None:
    headers = b"\x01n" + bytes([kind]) + value
    assert FrameReader().feed(_framed(headers, b""))[0].headers == {"n": expected}


@pytest.mark.parametrize("headers", [b"\x01n\x0a", b"\x05n", b"\x01n\x07\x00\x09ab", b"\x01n\x09abc", b"\x01\xff\x00"])
def test_damaged_headers_are_refused(headers: bytes) -> None:
    with pytest.raises(StreamError, match="headers"):
        FrameReader().feed(_framed(headers, b""))


def _framed(headers: bytes, payload: bytes) -> bytes:
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    body = prelude + crc32(prelude).to_bytes(4, "big") + headers + payload
    return body + crc32(body).to_bytes(4, "big")


def chunk(event: dict[str, object]) -> bytes:
    payload = {"bytes": b64encode(json.dumps(event).encode()).decode(), "p": "abc"}
    return write_frame({":message-type": "event", ":event-type": "chunk"}, json.dumps(payload).encode())


THROTTLED = write_frame(
    {":message-type": "exception", ":exception-type": "throttlingException"}, b'{"message":"Too many tokens"}'
)


def test_an_exception_frame_is_the_error_that_the_same_answer_would_be() -> None:
    (event,) = StreamReader("bedrock").feed(THROTTLED)
    assert event == FrameException("throttlingException", {"message": "Too many tokens"})
    folding = Fold("bedrock")
    folding.push(event)
    assert folding.error == classify_event(
        "bedrock", {"message": "Too many tokens"}, exception_type="throttlingException"
    )
    assert folding.error.kind == "rate_limit"
    assert not folding.finished


def test_a_stream_that_ends_inside_a_frame_is_cut_and_raises_nothing() -> None:
    whole = chunk({"type": "message_stop"})
    reader = StreamReader("bedrock")
    assert reader.feed(whole[:-3]) == []
    assert reader.close() == [Unreadable("")]


def test_frames_become_server_sent_events_of_the_same_wire() -> None:
    converter = StreamConverter("bedrock", "anthropic")
    written = converter.feed(chunk({"type": "ping", "new": 1})) + converter.feed(THROTTLED) + converter.close()
    assert written == (
        b'event: ping\ndata: {"type":"ping","new":1}\n\n'
        b'event: error\ndata: {"type":"error","error":{"type":"throttlingException","message":"Too many tokens"}}\n\n'
    )


@pytest.mark.parametrize("payload", [b"{", b'{"bytes":"%"}', b'{"bytes":1}', b'{"bytes":"e30"}'])
def test_a_chunk_that_holds_no_event_is_kept_as_unreadable(payload: bytes) -> None:
    (event,) = StreamReader("bedrock").feed(write_frame({":message-type": "event"}, payload))
    assert isinstance(event, Unreadable)
