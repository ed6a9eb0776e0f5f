"""Server-sent events: the quirks of real servers, whole and byte by byte, and bounds that hold."""

from __future__ import annotations

import json
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.translate.errors import StreamError, UsageError
from polyloop.translate.sse import ServerSentEvent, SseReader, frame, frame_around, frames_to_bytes, write_event
from polyloop.translate.stream_reader import DONE, StreamReader, Unreadable
from polyloop.translate.testing.stream_laws import same_events
from polyloop.translate.testing.stream_strategies import pieces_of

QUIRKS: Final[dict[str, tuple[bytes, list[ServerSentEvent]]]] = {
    "lines that end in LF": (b"event: a\ndata: 1\n\n", [ServerSentEvent("a", "1")]),
    "lines that end in CRLF": (b"event: a\r\ndata: 1\r\n\r\n", [ServerSentEvent("a", "1")]),
    "lines that end in CR": (b"event: a\rdata: 1\r\r", [ServerSentEvent("a", "1")]),
    "all three line ends in one event": (b"event: a\r\ndata: 1\rdata: 2\n\n", [ServerSentEvent("a", "1\n2")]),
    "a byte order mark": (b"\xef\xbb\xbfdata: 1\n\n", [ServerSentEvent("", "1")]),
    "comments": (b": ping\n\ndata: 1\n:\n\n: end\n\n", [ServerSentEvent("", "1")]),
    "data of several lines": (b"data: 1\ndata:\ndata: 3\n\n", [ServerSentEvent("", "1\n\n3")]),
    "no space behind the colon": (b"event:a\ndata:1\n\n", [ServerSentEvent("a", "1")]),
    "only one space belongs to the syntax": (b"data:  1\n\n", [ServerSentEvent("", " 1")]),
    "no last blank line": (b"data: 1\n\ndata: 2", [ServerSentEvent("", "1"), ServerSentEvent("", "2")]),
    "an event without data": (b"event: a\n\ndata: 1\n\n", [ServerSentEvent("a", None), ServerSentEvent("", "1")]),
    "an empty data line": (b"data:\n\n", [ServerSentEvent("", "")]),
    "a field without colon": (b"data\n\n", [ServerSentEvent("", "")]),
    "unknown fields": (b"retry: 5\nfoo: 6\ndata: 1\n\n", [ServerSentEvent("", "1")]),
    "an id, which stays": (
        b"id: 7\ndata: 1\n\ndata: 2\n\n",
        [ServerSentEvent("", "1", "7"), ServerSentEvent("", "2", "7")],
    ),
    "line ends of other standards in a text": (
        "data: a\u2028b\u0085c\x0bd\n\n".encode(),
        [ServerSentEvent("", "a\u2028b\u0085c\x0bd")],
    ),
    "characters of several bytes": ("data: é€🚀\n\n".encode(), [ServerSentEvent("", "é€🚀")]),
    "damaged characters": (b"data: \xff\n\n", [ServerSentEvent("", "\ufffd")]),
    "no events at all": (b"\n\n\n", []),
}


@pytest.mark.parametrize("quirk", QUIRKS)
def test_a_quirk_is_read_whole_and_byte_by_byte(quirk: str) -> None:
    data, expected = QUIRKS[quirk]
    for pieces in ([data], [data[place : place + 1] for place in range(len(data))]):
        reader = SseReader()
        events = [event for piece in pieces for event in reader.feed(piece)]
        assert events + reader.close() == expected


@given(st.sampled_from(sorted(QUIRKS)).flatmap(lambda quirk: pieces_of(QUIRKS[quirk][0] * 2).map(lambda p: (quirk, p))))
def test_any_pieces_give_the_same_events(drawn: tuple[str, list[bytes]]) -> None:
    quirk, pieces = drawn
    reader, whole = SseReader(), SseReader()
    events = [event for piece in pieces for event in reader.feed(piece)] + reader.close()
    assert events == whole.feed(QUIRKS[quirk][0] * 2) + whole.close()


@given(
    st.lists(
        st.tuples(st.text(st.characters(exclude_characters="\r\n\0"), max_size=5), st.text(max_size=12)), max_size=4
    )
)
def test_written_events_are_read_back(events: list[tuple[str, str]]) -> None:
    reader = SseReader()
    read = reader.feed(b"".join(write_event(data, name) for name, data in events)) + reader.close()
    plain = [(name, data.replace("\r\n", "\n").replace("\r", "\n")) for name, data in events]
    assert [(event.event, event.data) for event in read] == plain or any("\ufeff" in name for name, _ in events)


def test_comments_are_counted() -> None:
    reader = SseReader()
    reader.feed(b": a\n\n:b\n")
    assert reader.comments == 2


@pytest.mark.parametrize("pieces", [[b"data: " + b"x" * 100 + b"\n\n"], [b"data: "] + [b"x"] * 100 + [b"\n\n"]])
def test_a_line_longer_than_the_bound_is_refused_in_any_pieces(pieces: list[bytes]) -> None:
    reader = SseReader(most_bytes=64)
    assert reader.feed(b"data: 1\n\n") == [ServerSentEvent("", "1")]
    with pytest.raises(StreamError, match="longer than 64 bytes"):
        feed_all(reader, pieces)


def feed_all(reader: SseReader, pieces: list[bytes]) -> None:
    for piece in pieces:
        reader.feed(piece)


def test_an_event_of_many_lines_is_bounded_too() -> None:
    reader = SseReader(most_bytes=64)
    with pytest.raises(StreamError, match="one event"):
        reader.feed(b"data: 12345678\n" * 9)


def test_events_before_a_damage_are_told_and_the_damage_by_the_next_call() -> None:
    reader = SseReader(most_bytes=64)
    assert reader.feed(b"data: 1\n\ndata: " + b"x" * 99 + b"\n\n") == [ServerSentEvent("", "1")]
    with pytest.raises(StreamError):
        reader.close()


def test_a_wire_reader_knows_its_terminator_and_damaged_events() -> None:
    reader = StreamReader("openai-chat")
    events = reader.feed(b"data: {\n\ndata: [DONE]\n\nevent: x\n\ndata:\n\n")
    assert events == [Unreadable("{"), DONE]
    assert reader.close() == []
    with pytest.raises(UsageError, match="closed"):
        reader.feed(b"")


def test_damaged_characters_do_not_hide_an_event() -> None:
    (event,) = StreamReader("anthropic").feed(b'data: {"type":"ping","x":"\xff"}\n\n')
    assert event.extra == {"x": "\ufffd"}


ODD_EVENTS = (
    b'{"type":"ping","a":1e400}', b'{"type":"ping","a":"\\ud800"}', b"{", b"[DONE]", b"5", b"null", b'{"type":"ping","x":"\xff"}',
    b'{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":5}}', b"[" * 10_000,
    b'{"type":"content_block_delta","index":"0","delta":{"type":"text_delta","text":"late"}}',
)  # fmt: skip


@pytest.mark.parametrize("wire", ["anthropic", "openai-chat", "openai-responses"])
@pytest.mark.parametrize("odd", ODD_EVENTS)
def test_an_odd_event_among_many_is_what_it_is_alone(wire: str, odd: bytes) -> None:
    delta = b'data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}\n\n'
    data = delta * 3 + b"data: " + odd + b"\n\n" + delta * 3
    one_by_one = StreamReader(wire)
    alone = [event for byte in data for event in one_by_one.feed(bytes([byte]))]
    assert len(alone) == 7
    assert same_events(StreamReader(wire).feed(data), alone)


def test_an_event_nested_too_deep_is_kept_apart_and_hides_no_other() -> None:
    deep = b"[" * 100_000
    events = StreamReader("anthropic").feed(b"data: " + deep + b'\n\ndata: {"type":"ping"}\n\n')
    assert [type(event).__name__ for event in events] == ["Unreadable", "PingEvent"]


@given(st.text(), st.booleans())
def test_a_frame_around_a_text_is_the_frame_of_the_document_with_it(text: str, named: bool) -> None:
    mark = "\x1amark\x1a"
    head, tail = frame_around({"type": "a", "delta": {"text": mark, "n": 1}}, mark, named=named)
    whole = frame({"type": "a", "delta": {"text": text, "n": 1}}, named=named)
    assert whole == head + json.dumps(text, ensure_ascii=False) + tail


def test_lone_surrogates_are_sent_as_their_escapes() -> None:
    assert frames_to_bytes(frame({"a": "\ud800é"})) == b'data: {"a":"\\ud800\xc3\xa9"}\n\n'
