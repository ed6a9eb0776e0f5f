"""Stencils: what they read is what decoding gives, to the order of keys, and nothing of it is shared that could be changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import pytest
from hypothesis import example, find, given
from hypothesis import strategies as st

from polyloop.translate.codec import RootDecoder, WireRecord, encode_value, field_names, root_decoder
from polyloop.translate.errors import DecodeError
from polyloop.translate.jsonvalue import Json
from polyloop.translate.sse import SseDataReader
from polyloop.translate.stencils import Stencils, stencil_of
from polyloop.translate.stream_reader import StreamReader
from polyloop.translate.testing.corpus import FILES, Corpus
from polyloop.translate.wires import WIRES, root_of, stream_of, wire_of

CHUNK: Final[dict[str, Json]] = {
    "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": "m",
    "choices": [{"index": 0, "delta": {"content": "HERE"}, "finish_reason": None}], "usage": None,
}  # fmt: skip
CALL: Final = {"tool_calls": [{"index": 0, "function": {"arguments": "HERE"}}]}
SHAPES: Final = (
    json.dumps(CHUNK),
    json.dumps({**CHUNK, "obfuscation": "HERE"}),
    json.dumps(
        {
            **CHUNK,
            "choices": [{"index": 0, "delta": CALL, "x_vendor": ["HERE", {"y": "HERE"}]}],
            "x": {"y": [], "z": {}},
        }
    ),
    json.dumps({"choices": [{"delta": {"role": "HERE", "content": "HERE"}}, {"index": 1}], "id": "HERE"}),
    json.dumps({**CHUNK, "object": "HERE"}),
    json.dumps({**CHUNK, "choices": [{"index": 0, "delta": {"HERE": "x"}}]}),
    json.dumps({**CHUNK, "choices": [{"index": 0, "delta": {"HERE": "x", "content": "y"}}]}),
    '{"id": "HERE", "id": "\x7f"}',
    json.dumps({"z": "HERE", **CHUNK, "usage": {"HERE": 1, "served by": {"type": "HERE"}}}),
    '{"id": "HERE", "id": "b", "choices": [{"delta": {"content": "HERE", "content": "HERE"}}]}',
    '{"id": "HERE", "choices": "HERE"}',
    '["HERE"]',
    '"HERE"',
    '{"id": "HERE", "created": 1e999}',
    '{"id": "HERE", "choices": [}',
    '{"id": "HERE"} "HERE"',
)
"""Chunks, odd and damaged ones among them; what stands in the place of HERE differs from text to text."""
PIECES: Final = (
    b"",
    b"a",
    b"word",
    b'"',
    b"\\n",
    b"\\",
    b"\n",
    b"\x00",
    b"\x1f",
    b"\x7f",
    b"\xc3\xa9",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xe2\x80\xa8",
    b" {",
    b"content",
    b"type",
)
STRINGS: Final = st.lists(st.sampled_from(PIECES), max_size=3).map(b"".join)


def decoder_of(wire: str) -> RootDecoder:
    return root_decoder(root_of(wire_of(wire), "event"))


CHUNKS: Final = decoder_of("openai-chat")


def filled(shape: str, string: Callable[[], bytes]) -> bytes:
    """Return a shape with strings in its places."""
    first, *others = shape.encode().split(b"HERE")
    return first + b"".join([string() + other for other in others])


def texts_of_a_stream() -> st.SearchStrategy[list[bytes]]:
    @st.composite
    def made(draw: Callable[..., Any]) -> list[bytes]:
        shapes = draw(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=2))
        hostile = draw(st.booleans())
        strings = STRINGS if hostile else st.sampled_from((b"a", b" word", b"\xc3\xa9", b""))
        return [filled(shape, lambda: draw(strings)) for shape in shapes for _ in range(draw(st.sampled_from((9, 18))))]

    return made()


def apart(value: Any) -> Any:
    """Return a value taken apart to what can be compared exactly: classes, keys in their order, members."""
    if isinstance(value, WireRecord):
        fields = [apart(getattr(value, name)) for name in field_names(value.__class__)]
        return value.__class__, value.key_order, fields, apart(dict(value.extra))
    if isinstance(value, dict):
        return dict, [(key, apart(member)) for key, member in value.items()]
    if isinstance(value, (list, tuple)):
        return value.__class__, [apart(member) for member in value]
    return value.__class__, repr(value)


def decoded(decoder: RootDecoder, text: bytes) -> Any:
    try:
        return decoder.decode_text(text)
    except DecodeError:
        return None


def changeable_in(value: Any) -> list[int]:
    """Return which objects in a value could be changed by who has it."""
    inside = (
        vars(value).values() if isinstance(value, WireRecord) else value.values() if isinstance(value, dict) else value
    )
    if not isinstance(value, (WireRecord, dict, list, tuple)):
        return []
    own = [id(value)] if isinstance(value, (dict, list)) else []
    return own + [found for member in inside for found in changeable_in(member)]


@given(texts_of_a_stream())
def test_what_a_stencil_reads_is_what_decoding_gives(texts: list[bytes]) -> None:
    records = Stencils(CHUNKS, first_wait=8).read(texts)
    assert len(records) == len(texts)
    for record, text in zip(records, texts, strict=True):
        if record is not None:
            assert apart(record) == apart(decoded(CHUNKS, text))
            assert json.dumps(encode_value(record)) == json.dumps(json.loads(text))


def different(shape: str, count: int) -> list[bytes]:
    """Return so many texts of a shape, with other words in each."""
    words = (f"word {number}".encode() for number in range(1000))
    return [filled(shape, lambda: next(words)) for _ in range(count)]


@pytest.mark.parametrize("shape", SHAPES[:3])
def test_records_share_nothing_that_can_be_changed(shape: str) -> None:
    records = [record for record in Stencils(CHUNKS, first_wait=8).read(different(shape, 20)) if record is not None]
    found = [place for record in records for place in changeable_in(record)]
    assert len(records) > 10
    assert len(found) == len(set(found))


@pytest.mark.parametrize("shape", SHAPES[:3])
def test_each_shape_without_a_tag_or_a_key_left_open_is_read(shape: str) -> None:
    def read(texts: list[bytes]) -> bool:
        return any(record is not None for record in Stencils(CHUNKS, first_wait=8).read(texts))

    assert read(different(shape, 10))
    assert find(texts_of_a_stream(), read)


@pytest.mark.parametrize("shape", SHAPES[3:])
def test_no_other_is_learned_from(shape: str) -> None:
    one, other = filled(shape, lambda: b"a"), filled(shape, lambda: b"b")
    assert stencil_of(one, other, CHUNKS) is None


@given(st.binary(max_size=6) | STRINGS)
@example(b'"')
@example(b"\\")
@example(b"\xed\xa0\x80")
@example(b'", "created": "')
def test_whatever_stands_in_an_open_place_is_read_as_it_is_decoded_or_not_at_all(string: bytes) -> None:
    shape = SHAPES[1]
    stencil = stencil_of(filled(shape, lambda: b"a"), filled(shape, lambda: b"b"), CHUNKS)
    assert stencil is not None
    assert stencil(filled(shape, lambda: b"\xf0\x9f\x9a\x80 c")) is not None
    record = stencil(filled(shape, lambda: string))
    assert record is None or apart(record) == apart(decoded(CHUNKS, filled(shape, lambda: string)))


def test_more_or_less_around_the_places_does_not_fit() -> None:
    stencil = stencil_of(filled(SHAPES[0], lambda: b"a"), filled(SHAPES[0], lambda: b"b"), CHUNKS)
    text = filled(SHAPES[0], lambda: b"c")
    assert stencil is not None
    assert stencil(text) is not None
    assert [
        stencil(odd) for odd in (b"", text[:-1], text + b" ", b" " + text, text[:100], text.replace(b"null", b"0"))
    ] == [None] * 6


def test_a_stream_that_never_repeats_itself_is_looked_at_ever_more_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[bytes] = []
    monkeypatch.setattr("polyloop.translate.stencils.stencil_of", lambda before, text, decoder: looked.append(text))
    texts = [json.dumps({**CHUNK, "created": number}).encode() for number in range(10_000)]
    assert Stencils(CHUNKS, first_wait=8).read(texts) == [None] * len(texts)
    assert 5 < len(looked) < 15


@pytest.mark.parametrize("word", ["the same", "\\n", "long" * 2000])
def test_what_cannot_be_learned_from_puts_off_no_learning(word: str) -> None:
    texts = [filled(SHAPES[0], lambda: word.encode())] * 1000 + different(SHAPES[0], 10)
    assert Stencils(CHUNKS, first_wait=8).read(texts)[-1] is not None


def test_text_that_is_no_utf_8_is_not_learned_from() -> None:
    one, other = (text.decode() for text in different(SHAPES[0], 2))
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le"):
        assert decoded(CHUNKS, one.encode(encoding)) is not None
        assert stencil_of(one.encode(encoding), other.encode(encoding), CHUNKS) is None


@pytest.mark.parametrize("wire", FILES)
def test_a_recorded_event_is_what_it_would_be_if_it_came_alone(corpus: Corpus, wire: str) -> None:
    decoder = decoder_of(wire)
    read = 0
    for line in corpus.lines(wire):
        lines = SseDataReader()
        texts = [*lines.feed((line.get("sse") or "").encode("utf-8", "surrogatepass")), *lines.close()]
        events = StreamReader(wire).feed(b"".join([b"data: " + text + b"\n\n" for text in texts if b"\n" not in text]))
        alone = [StreamReader(wire).feed(b"data: " + text + b"\n\n")[0] for text in texts if b"\n" not in text]
        assert [apart(event) for event in events] == [apart(event) for event in alone], line["id"]
        read += sum(record is not None for record in Stencils(decoder, first_wait=8).read(texts))
    assert read > 100 or not stream_of(wire).repeats


@pytest.mark.parametrize("wire", WIRES)
def test_what_a_stream_said_before_changes_no_event(wire: str) -> None:
    """Also where a text is put together from two pieces of bytes, and odd ones stand between."""
    words = [f"word {number}" for number in range(100)]
    words[50:60] = ['quote "', "back\\slash", "line\nend", "\u2028", "\ud800", "é", "", "\x7f", "\x1f", "🚀"]
    texts = [json.dumps({**CHUNK, "choices": [{"index": 0, "delta": {"content": word}}]}).encode() for word in words]
    texts[45:45] = [b"not JSON", texts[0][:-1], b"[DONE] ", texts[0].replace(b"1700000000", b"1" * 400)]
    data = b"".join([b"data: " + text + b"\n\n" for text in texts])
    reader = StreamReader(wire)
    events = [event for place in range(0, len(data), 700) for event in reader.feed(data[place : place + 700])]
    alone = [StreamReader(wire).feed(b"data: " + text + b"\n\n")[0] for text in texts]
    assert [apart(event) for event in events] == [apart(event) for event in alone]
