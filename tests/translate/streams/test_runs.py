"""Runs: a fold hears the same, whether events that say more of one text come one by one or put together."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Sequence
from itertools import count as count_up
from typing import Any, Final

import pytest
from hypothesis import example, find, given
from hypothesis import strategies as st

from polyloop.translate.codec import root_decoder
from polyloop.translate.folding import Fold
from polyloop.translate.jsonvalue import Json
from polyloop.translate.runs import Runs
from polyloop.translate.stream_reader import BEDROCK, StreamReader
from polyloop.translate.testing.corpus import FILES, Corpus
from polyloop.translate.wires import root_of, stream_of, wire_of

DELTAS: Final[tuple[dict[str, Json], ...]] = (
    {"content": "HERE"},
    {"reasoning_content": "HERE"},
    {"reasoning": "HERE"},
    {"refusal": "HERE"},
    {"tool_calls": [{"index": 0, "function": {"arguments": "HERE"}}]},
    {"tool_calls": [{"index": 0, "function": {"name": "HERE"}}]},
    {"tool_calls": [{"index": 0, "id": "HERE", "function": {"arguments": "{}"}}]},
    {"tool_calls": [{"index": 0, "function": {"arguments": "HERE"}}, {"index": 1, "function": {"arguments": "x"}}]},
    {"content": [{"type": "text", "text": "HERE"}]},
    {"role": "HERE"},
    {"role": "assistant", "content": "HERE"},
    {"content": "x", "x_vendor": "HERE"},
    {"x_vendor": "HERE"},
    {"annotations": [{"type": "HERE"}]},
)


def chunk(delta: dict[str, Json], **more: Json) -> str:
    return json.dumps({"id": "c1", "created": 1, "model": "m", "choices": [{"index": 0, "delta": delta, **more}]})


CHAT: Final = (
    *[chunk(delta, finish_reason=None) for delta in DELTAS],
    chunk(DELTAS[0], finish_reason=None, logprobs={"content": [{"token": "x"}]}),
    chunk(DELTAS[0], finish_reason=None, logprobs={"content": [{"token": "HERE"}]}),
    chunk(DELTAS[0], finish_reason=None, x_vendor=[1]),
    chunk(DELTAS[0], finish_reason="stop"),
    chunk(DELTAS[0], finish_reason="HERE"),
    json.dumps({"id": "HERE", "choices": [{"index": 0, "delta": {"content": "x"}, "finish_reason": None}]}),
    json.dumps({"choices": [{"index": 1, "delta": {"content": "HERE"}, "finish_reason": None}]}),
    json.dumps({"error": {"message": "HERE"}}),
    json.dumps({"choices": [], "usage": {"prompt_tokens": 1}, "x_vendor": "HERE"}),
    '{"choices": [{"index": 0, "delta": {"content": "HERE", "content": "y"}, "finish_reason": null}]}',
    '{"choices": [{"index": 0, "delta": {"content": "HERE"}, "finish_reason": null}]',
)  # fmt: skip


JOINED: Final = (*CHAT[:5], CHAT[10], next(shape for shape in CHAT if '"index": 1, "delta"' in shape))


def block_delta(kind: str, key: str) -> str:
    return json.dumps({"type": "content_block_delta", "index": 0, "delta": {"type": kind, key: "HERE"}})


ANTHROPIC: Final = (
    '{"type": "message_start", "message": {"id": "HERE", "type": "message", "role": "assistant", "content": []}}',
    '{"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "HERE"}}',
    block_delta("text_delta", "text"),
    block_delta("thinking_delta", "thinking"),
    block_delta("input_json_delta", "partial_json"),
    block_delta("signature_delta", "signature"),
    block_delta("citations_delta", "citation"),
    block_delta("x_delta", "text"),
    '{"type": "content_block_stop", "index": 0}',
    '{"type": "message_delta", "delta": {"stop_reason": "HERE"}, "usage": {"output_tokens": 1}}',
    '{"type": "message_stop"}',
    '{"type": "error", "error": {"type": "overloaded_error", "message": "HERE"}}',
)
SHAPES: Final = {"openai-chat": CHAT, "uitars": CHAT, "anthropic": ANTHROPIC}
"""Texts of events, odd and damaged ones among them; what stands in the place of HERE differs from text to text."""
PLAIN: Final = (b"a", b" word", b"\xc3\xa9", b"", b"{", b"\xf0\x9f\x9a\x80")
HOSTILE: Final = (
    *PLAIN, b'"', b"\\", b"\\n", b"\\ud83d", b"\\ude80", b"\x00", b"\x7f", b"\xc3", b"\xa9", b"\xff", b"\xe2\x80\xa8", b'", "x": "',
)  # fmt: skip


def filled(shape: str, string: Callable[[], bytes]) -> bytes:
    first, *others = shape.encode().split(b"HERE")
    return first + b"".join([string() + other for other in others])


def streams(wire: str) -> st.SearchStrategy[list[bytes]]:
    """Return texts of events in runs of one shape, now and then twice the same."""

    @st.composite
    def made(draw: Callable[..., Any]) -> list[bytes]:
        shapes = draw(st.lists(st.sampled_from(SHAPES[wire]), min_size=1, max_size=5))
        strings = st.sampled_from(draw(st.sampled_from((PLAIN, HOSTILE))))
        texts = [filled(shape, lambda: draw(strings)) for shape in shapes for _ in range(draw(st.integers(1, 9)))]
        return [text for text in texts for _ in range(2)] if draw(st.booleans()) else texts

    return made()


def heard(wire: str, events: Sequence[Any]) -> Any:
    """Return all that a fold tells of events, but for how many brought content."""
    folding = Fold(wire)
    for event in events:
        folding.push(event)
    return (
        json.dumps(folding.partial), folding.finished, json.dumps(folding.failure), folding.text, folding.thinking,
        folding.calls, folding.heard > 0,
    )  # fmt: skip


def lines(texts: Sequence[bytes]) -> bytes:
    return b"".join([b"data: " + text + b"\n\n" for text in texts if b"\n" not in text and b"\r" not in text])


def read(wire: str, fed: Sequence[bytes], *, joined: bool) -> list[Any]:
    reader = StreamReader(wire, joined=joined)
    return [event for data in fed for event in reader.feed(data)] + reader.close()


def runs_of(wire: str) -> Runs:
    more_of = stream_of(wire_of(wire)).more_of
    assert more_of is not None
    return Runs(root_decoder(root_of(wire_of(wire), "event")), more_of)


@pytest.mark.parametrize("wire", SHAPES)
def test_a_fold_hears_the_same_of_runs_as_of_single_events(wire: str) -> None:
    @given(streams(wire), st.integers(0, 40))
    @example([filled(SHAPES[wire][2], lambda: b"\\ud83d")] * 4 + [filled(SHAPES[wire][2], lambda: b"\\ude80")] * 4, 0)
    def law(texts: list[bytes], cut: int) -> None:
        fed = [lines(texts[:cut]), lines(texts[cut:])]
        assert heard(wire, read(wire, fed, joined=True)) == heard(wire, read(wire, fed, joined=False))

    law()


@pytest.mark.parametrize("wire", SHAPES)
def test_the_law_reaches_streams_with_runs_and_damage_behind_them(wire: str) -> None:
    def shorter(texts: list[bytes]) -> bool:
        return len(runs_of(wire).join(texts)) < len(texts)

    assert find(streams(wire), shorter)
    assert find(streams(wire), lambda texts: shorter(texts) and any(b'"x": "' in text for text in texts))
    assert find(streams(wire), lambda texts: shorter(texts) and any(b"\xff" in text for text in texts))


def words(shape: str, count: int) -> list[bytes]:
    said = count_up()
    return [filled(shape, lambda: f"word {next(said)} ".encode()) for _ in range(count)]


@pytest.mark.parametrize("shape", [*JOINED, *ANTHROPIC[2:5]])
def test_words_that_follow_one_another_are_one_event(shape: str) -> None:
    wire = "anthropic" if shape in ANTHROPIC else "openai-chat"
    (joined,) = runs_of(wire).join(words(shape, 40))
    assert joined.count(b"word") == 40


@pytest.mark.parametrize("shape", [shape for shape in (*CHAT, *ANTHROPIC[:2], *ANTHROPIC[5:]) if shape not in JOINED])
def test_what_adds_up_otherwise_stays_as_it_is(shape: str) -> None:
    texts = words(shape, 40)
    assert runs_of("anthropic" if shape in ANTHROPIC else "openai-chat").join(texts) == texts


@pytest.mark.parametrize("wire", SHAPES)
def test_a_stream_in_which_every_event_comes_twice_stays_as_it_is(wire: str) -> None:
    twice = [text for text in words(SHAPES[wire][2 if wire == "anthropic" else 0], 40) for _ in range(2)]
    assert runs_of(wire).join(twice) == twice


def test_one_event_with_an_escape_ends_a_run_and_the_next_goes_on() -> None:
    texts = words(CHAT[0], 20)
    texts[9] = filled(CHAT[0], lambda: b"\\n")
    first, escape, second = runs_of("openai-chat").join(texts)
    assert (first.count(b"word"), escape, second.count(b"word")) == (9, texts[9], 10)


def test_a_stream_without_runs_is_soon_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []
    monkeypatch.setattr("polyloop.translate.runs.pieces_around", lambda before, text: compared.append(text))
    texts = [chunk({"content": "x"}, finish_reason=None, number=number).encode() for number in range(1000)]
    assert runs_of("openai-chat").join(texts) == texts
    assert len(compared) < 10


@pytest.mark.parametrize("wire", FILES)
def test_recorded_streams_fold_to_the_same_in_runs(corpus: Corpus, wire: str) -> None:
    events = found = 0
    for line in corpus.lines(wire):
        for name, data in _streams_in(line, wire):
            alone, joined = (read(name, [data], joined=joined) for joined in (False, True))
            assert heard(name, joined) == heard(name, alone), line["id"]
            events, found = events + len(alone), found + len(joined)
    if stream_of(wire_of(wire)).more_of is not None:
        assert found < events


def _streams_in(line: dict[str, Any], wire: str) -> list[tuple[str, bytes]]:
    said, framed = line.get("sse"), line.get("eventstream_b64")
    found = [(wire, said.encode("utf-8", "surrogatepass"))] if said else []
    return [*found, (BEDROCK, b64decode(framed))] if framed else found
