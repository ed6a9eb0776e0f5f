"""Reasoning that stands in ``reasoning_details``, alone or repeated by a plain key, while it streams: its words as they come, its seals with them."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from polyloop.translate import Fold, StreamConverter, convert, fold
from polyloop.translate.jsonvalue import Json
from polyloop.translate.loss import diff
from polyloop.translate.openai_chat.stream_fold import ChatFold
from polyloop.translate.stream_converter import replay
from polyloop.translate.testing import stream_laws as laws
from polyloop.translate.testing.strategies import reached
from polyloop.translate.testing.stream_grammar import anthropic_faults

CLAUDE: Final = "anthropic-claude-v1"
OPENAI: Final = "openai-responses-v1"


def chunk(delta: dict[str, Json], finish_reason: str | None = None) -> Json:
    """One chunk of the first choice."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


def thought(index: int = 0, **said: Json) -> dict[str, Json]:
    """A piece of a detail of Claude's."""
    return {"type": "reasoning.text", "format": CLAUDE, "index": index, **said}


def summary(index: int = 0, text: str = "") -> dict[str, Json]:
    """A piece of a detail of OpenAI's."""
    return {"type": "reasoning.summary", "format": OPENAI, "index": index, "summary": text}


def details(*pieces: Json, **beside: Json) -> dict[str, Json]:
    """A delta with details, and what stands beside them."""
    return {"reasoning_details": list(pieces), **beside}


def stream_of(deltas: list[dict[str, Json]]) -> list[Json]:
    """A stream of these deltas, to its end."""
    return [*(chunk(delta) for delta in deltas), chunk({}, "stop"), "[DONE]"]


def records(events: list[Json]) -> list[Any]:
    folding = Fold("openai-chat")
    return [folding.record(event) for event in events]


def streamed(events: list[Json]) -> Json:
    """What the converted stream folds to on the Messages API."""
    written = convert(events, kind="stream", source="openai-chat", target="anthropic").value
    assert anthropic_faults(written) == []
    return fold("anthropic", written)["content"]


def thinking(text: str, signature: str = "") -> Json:
    return {"type": "thinking", "thinking": text, "signature": signature}


SAID: Final[Json] = {"type": "text", "text": "Hi"}
WORDS: Final[dict[str, Json]] = {"content": "Hi"}
CASES: Final[dict[str, tuple[list[dict[str, Json]], list[Json]]]] = {
    "details alone": (
        [details(thought(text="h")), details(thought(text="m")), details(thought(signature="S")), WORDS],
        [thinking("hm", "S"), SAID],
    ),
    "details alone, without a seal": ([details(thought(text="hm")), WORDS], [thinking("hm"), SAID]),
    "words beside them": (
        [details(thought(text="hm"), reasoning="hm"), details(thought(signature="S")), WORDS],
        [thinking("hm", "S"), SAID],
    ),
    "begun without a word": (
        [details(thought(text="", signature="")), details(thought(text="hm"), reasoning="hm"), details(thought(signature="S")), WORDS],
        [thinking("hm", "S"), SAID],
    ),
    "two thoughts, each with its seal": (
        [
            details(thought(text="a", signature="S0"), reasoning="a"),
            details(thought(1, text="b"), reasoning="b"),
            details(thought(1, signature="S1")),
            WORDS,
        ],
        [thinking("a", "S0"), thinking("b", "S1"), SAID],
    ),
    "two thoughts in details alone": (
        [details(thought(text="a", signature="S0")), details(thought(1, text="b", signature="S1")), WORDS],
        [thinking("a", "S0"), thinking("b", "S1"), SAID],
    ),
    "two summaries": (
        [details(summary(0, "a"), reasoning="a"), details(summary(1, "b"), reasoning="b"), WORDS],
        [thinking("a"), thinking("b"), SAID],
    ),
    "two summaries in details alone": ([details(summary(0, "a"), summary(1, "b")), WORDS], [thinking("a"), thinking("b"), SAID]),
    "a seal without a word": ([details(thought(signature="S")), WORDS], [thinking("", "S"), SAID]),
    "another provider's seal": (
        [details({"type": "reasoning.encrypted", "data": "X", "format": OPENAI, "index": 0}), WORDS],
        [SAID],
    ),
    "a plain key that says something else": (
        [details(thought(text="a", signature="S")), {"reasoning": "b"}, WORDS],
        [thinking("a", "S"), thinking("b"), SAID],
    ),
    "the seal in the chunk of the first word": (
        [details(thought(text="hm"), reasoning="hm"), details(thought(signature="S"), content="Hi")],
        [thinking("hm", "S"), SAID],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_stream_says_the_thoughts_that_the_reply_has_each_with_its_seal(name: str) -> None:
    deltas, content = CASES[name]
    events = stream_of(deltas)
    assert streamed(events) == content
    for target in ("anthropic", "openai-responses", "openai-chat"):
        laws.converting_commutes_with_folding(records(events), source="openai-chat", target=target)


def test_thoughts_that_only_details_say_are_told_as_they_come() -> None:
    converter = StreamConverter("openai-chat", "anthropic")
    for text in ("first ", "second ", "third"):
        written = converter.feed(laws.sse_of("openai-chat", [chunk(details(thought(text=text)))]))
        assert text.encode() in written
    folding = Fold("openai-chat")
    folding.push(folding.record(chunk(details(thought(text="hm")))))
    assert folding.thinking == "hm"
    assert folding.heard  # for the clocks: a model that thinks is not silent


@pytest.mark.parametrize("plain", [{}, {"reasoning": "hm"}], ids=["details alone", "words beside them"])
def test_a_seal_behind_the_words_is_of_thinking_that_was_said(plain: dict[str, Json]) -> None:
    """Nothing is held back for a seal that may never come: the thinking stands there unsigned, and its row is among the losses."""
    events = stream_of([details(thought(text="hm"), **plain), WORDS, details(thought(signature="S"))])
    converter = StreamConverter("openai-chat", "anthropic")
    written = converter.feed(laws.sse_of("openai-chat", events)) + converter.close()
    assert streamed(events) == [thinking("hm"), SAID]
    assert b'"S"' not in written
    row = next(row for row in converter.losses if row.pointer == "/choices/0/message/reasoning_details")
    assert row.kind == "dropped"
    assert row.before == [thought(text="hm", signature="S")]
    assert row.reason


def test_a_thought_that_begins_behind_the_words_stands_where_it_was_said() -> None:
    events = stream_of([WORDS, details(thought(text="hm", signature="S"))])
    assert streamed(events) == [SAID, thinking("hm", "S")]


def test_no_seal_is_put_to_other_words_than_its_own() -> None:
    told_late = [{"reasoning": "ab"}, details(thought(text="a", signature="S0"), thought(1, text="b", signature="S1"))]
    assert streamed(stream_of([*told_late, WORDS])) == [thinking("ab"), SAID]
    goes_on = [details(thought(text="a")), WORDS, details(thought(text="b", signature="S"))]
    assert [block for block in streamed(stream_of(goes_on)) if block["type"] == "thinking"] == [
        thinking("a"),
        thinking("b"),
    ]


def reply(message: dict[str, Json]) -> dict[str, Json]:
    """A reply with this message."""
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": "stop"}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}


def test_empty_words_are_kept_once_however_often_they_come() -> None:
    """Gateways send them in every chunk, and each chunk asks whether anything was thought."""
    folding = ChatFold()
    for record in records([chunk(details(thought(text=""), reasoning=""))] * 100):
        folding.push(record)
    assert folding.first is not None
    assert folding.first.details is not None
    assert (folding.first.texts, folding.first.details.pieces(0)) == ({"reasoning": [""]}, [""])
    assert folding.document()["choices"][0]["message"]["reasoning"] == ""


@pytest.mark.parametrize("plain", [{}, {"reasoning": "ab"}], ids=["details alone", "words beside them"])
def test_a_replay_says_the_details_before_the_words(plain: dict[str, Json]) -> None:
    thoughts: list[Json] = [thought(text="a", signature="S0"), thought(1, text="b", signature="S1")]
    whole = reply({"content": "Hi", "reasoning_details": thoughts, **plain})
    events = replay("openai-chat", whole)
    keys = [set(event["choices"][0]["delta"]) for event in events if event != "[DONE]"]
    assert keys.index({"reasoning_details"}) < keys.index({"content"})
    assert diff(whole, fold("openai-chat", events)) == ()
    laws.converting_commutes_with_folding(records(events), source="openai-chat", target="anthropic")


@st.composite
def thoughtful(draw: st.DrawFn) -> list[dict[str, Json]]:
    """Deltas of details one after another, in pieces, with the words beside them under a plain key or not; then words."""
    plain = draw(st.none() | st.sampled_from(["reasoning", "reasoning_content"]))
    deltas: list[dict[str, Json]] = []
    for index in range(draw(st.integers(0, 3))):
        sealed = draw(st.booleans())
        key, begun = ("text", thought(index)) if sealed or draw(st.booleans()) else ("summary", summary(index))
        for text in draw(st.lists(st.text("ab ", max_size=3), min_size=1, max_size=3)):
            beside: dict[str, Json] = {} if plain is None else {plain: text}
            deltas.append(details({**begun, key: text}, **beside))
        if sealed:
            deltas.append(details(thought(index, signature=f"S{index}")))
    words = draw(st.lists(st.text("xy", max_size=3), max_size=3))
    return [*deltas, *({"content": text} for text in words)]


@given(thoughtful())
@example([details(thought(text="")), WORDS])
@example([details(thought(text="a"), reasoning="a"), details(thought(1, text=""), reasoning=""), WORDS])
def test_converting_details_commutes_with_folding(deltas: list[dict[str, Json]]) -> None:
    events = stream_of(deltas)
    for target in ("anthropic", "openai-responses"):
        laws.converting_commutes_with_folding(records(events), source="openai-chat", target=target)


def test_the_strategy_reaches_two_signed_thoughts_that_a_plain_key_repeats() -> None:
    def signed(deltas: list[dict[str, Json]]) -> bool:
        blocks = streamed(stream_of(deltas))
        return sum(1 for block in blocks if block.get("signature")) == 2 and any(
            "reasoning" in delta for delta in deltas
        )

    reached(thoughtful(), signed)
