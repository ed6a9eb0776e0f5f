"""A packed turn is the turn that it was, and costs a fraction of it."""

from __future__ import annotations

import copy
import gc
import pickle
import tracemalloc
from collections.abc import Callable
from typing import Any, Final
from weakref import ref

import attrs
import pytest
from benchmarks.turns import conversation
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from polyloop.translate import hub, packing
from polyloop.translate.http import encode_json
from polyloop.translate.incremental import Memo, write_request
from polyloop.translate.making import changed
from polyloop.translate.memo import BLOCK, RECENT
from polyloop.translate.packing import has_no_media, is_packed, pack, unpacked
from polyloop.translate.profiles.checking import images_of
from polyloop.translate.testing.records import conversations, turns
from polyloop.translate.translation import adapt
from polyloop.translate.wires import WIRES, write

MANY: Final = st.lists(turns(), min_size=1, max_size=4).map(tuple) | conversations(longest=3)
QUIET: Final = settings(deadline=None, suppress_health_check=list(HealthCheck))


def copied(given_turns: tuple[hub.Turn, ...]) -> tuple[hub.Turn, ...]:
    return tuple(attrs.evolve(turn) for turn in given_turns)


def spelled(turn: hub.Turn) -> dict[str, str]:
    """Return a turn field by field, what is not compared included."""
    return {field.name: repr_of(getattr(turn, field.name)) for field in attrs.fields(hub.Turn)}


def repr_of(value: Any) -> str:
    """Spell a value with all fields of all records in it."""
    if isinstance(value, tuple):
        return f"({', '.join(map(repr_of, value))})"
    if attrs.has(type(value)):
        held = ", ".join(f"{field.name}={repr_of(getattr(value, field.name))}" for field in attrs.fields(type(value)))
        return f"{type(value).__name__}({held})"
    return repr(value)


@QUIET
@given(given_turns=MANY, beside=st.binary(max_size=40))
def test_a_packed_turn_is_the_turn_that_it_was(given_turns: tuple[hub.Turn, ...], beside: bytes) -> None:
    before = copied(given_turns)
    pack(given_turns, beside)
    for turn, other in zip(given_turns, before, strict=True):
        assert turn == other
        assert other == turn
        assert hash(turn) == hash(other)
        assert repr(turn) == repr(other)
        assert spelled(turn) == spelled(other)
        assert isinstance(turn, hub.Turn)
        assert turn.__class__ is hub.Turn


def test_turns_of_words_and_calls_are_packed_and_others_may_be_not() -> None:
    found = find(MANY, lambda made: len(made) > 1 and all(packed(made)))
    assert all(map(is_packed, found))
    assert not any(packed(find(MANY, lambda made: not any(packed(made)))))


def packed(made: tuple[hub.Turn, ...]) -> list[bool]:
    pack(made)
    return [is_packed(turn) for turn in made]


COPIES: Final[dict[str, Callable[[hub.Turn], hub.Turn]]] = {
    "evolve": attrs.evolve,
    "changed": changed,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda turn: pickle.loads(pickle.dumps(turn)),
    "oldest pickle": lambda turn: pickle.loads(pickle.dumps(turn, 0)),
}


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_of_a_packed_turn_is_an_ordinary_one(way: str) -> None:
    said = conversation(4, False).turns
    before = copied(said)
    pack(said)
    copies = tuple(COPIES[way](turn) for turn in said)
    assert all(map(is_packed, said))
    assert not any(map(is_packed, copies))
    assert [type(turn) for turn in copies] == [hub.Turn] * len(said)
    assert copies == before


def test_a_turn_with_other_parts_is_an_ordinary_one_and_leaves_the_packed_one_as_it_was() -> None:
    said = conversation(4, False).turns
    pack(said)
    other = attrs.evolve(said[0], parts=(hub.Text(text="other"),))
    assert not is_packed(other)
    assert other.parts == (hub.Text(text="other"),)
    assert said[0].parts == (hub.Text(text="Find the answer."),)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        said[0].parts = ()  # type: ignore[misc]


NUMBERS: Final = {"int": 1, "float": 1.0, "true": True, "minus": -0.0, "large": 10**4000, "beyond": float("inf")}


def test_json_comes_back_as_it_was_in_every_number_letter_and_key_order() -> None:
    value = {"b": [NUMBERS, None, {}], "a": "\ud800 \U0001f600 \x00", "": {"z": 1, "y": 2}}
    own = hub.Own(wire="anthropic", fields={"k": 1.0})
    call = hub.Call(id="c", name="f", arguments=hub.Arguments(text="{", value=value), own=own)
    turn = hub.Turn(role="assistant", parts=(call,))
    kept = repr_of(copy.deepcopy(call))
    pack((turn,))
    assert is_packed(turn)
    assert repr_of(turn.parts[0]) == kept


def test_turns_that_are_packed_may_be_packed_again_with_others() -> None:
    said = conversation(8, False).turns
    before = copied(said)
    pack(said[:4], b"first")
    pack(said[2:7], b"second")
    pack(said[5:], b"third")
    assert all(map(is_packed, said))
    assert said == before


def test_bytes_of_media_unpicklable_values_and_long_texts_stay_as_they_are() -> None:
    shown = conversation(4, True).turns
    pack(shown)
    assert not any(map(is_packed, shown))
    strange = hub.Turn(role="user", parts=(hub.Approval(id="a", subject=lambda: None),))
    pack((strange,))
    assert not is_packed(strange)
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    nested = hub.Turn(role="user", parts=(hub.Approval(id="a", subject=deep),))
    pack((nested,))
    assert not is_packed(nested)
    words = conversation(4, False).turns
    pack(words, b"x" * 40_000)
    assert not any(map(is_packed, words))
    long = hub.Turn(role="user", parts=(hub.Text(text="x" * 40_000),))
    pack((long,))
    assert not is_packed(long)


def test_a_turn_can_be_read_while_another_thread_packs_it() -> None:
    turn = conversation(2, True).turns[2]
    parts = turn.parts
    object.__setattr__(turn, "__class__", packing._Packed)  # the first half of it
    assert turn.parts is parts
    assert not has_no_media(turn)
    assert attrs.evolve(turn) == turn


def test_a_pack_lives_no_longer_than_its_turns_but_for_those_opened_last() -> None:
    packs = []
    for _ in range(packing._OPENED + 3):
        said = conversation(4, False).turns
        pack(said)
        packs.append(ref(packing._SLOT.__get__(said[0])))
        assert said[1].parts[0] == attrs.evolve(said[1]).parts[0]
        del said
    gc.collect()
    alive = [made() is not None for made in packs]
    assert alive == [False] * 3 + [True] * packing._OPENED


def test_turns_that_are_left_of_a_pack_are_found_in_it_when_others_are_gone() -> None:
    said = list(conversation(6, False).turns)
    kept = attrs.evolve(said[3])
    pack(said)
    left = said[3]
    del said
    gc.collect()
    others = conversation(40, False).turns  # some of them where those were
    pack(others)
    assert left == kept


def test_a_request_is_unpacked_for_those_who_walk_over_it_many_times() -> None:
    request = conversation(6, False)
    same = attrs.evolve(request, turns=copied(request.turns))
    assert unpacked(request) is request
    pack(request.turns[1:5])
    ordinary = unpacked(request)
    assert not any(map(is_packed, ordinary.turns))
    assert ordinary.turns[5] is request.turns[5]
    assert ordinary == same == request
    for wire in WIRES:
        assert encode_json(write(wire, adapt(request, wire))) == encode_json(write(wire, adapt(same, wire)))


def test_images_are_found_beside_packed_turns() -> None:
    words, shown = conversation(4, False), conversation(4, True)
    pack(words.turns)
    linked = hub.Turn(role="user", parts=(hub.Media(kind="image", source=hub.Url(url="https://example.org/a.png")),))
    pack((linked,))
    assert [has_no_media(turn) for turn in (words.turns[0], linked, shown.turns[0])] == [True, False, False]
    assert is_packed(linked)
    request = attrs.evolve(words, turns=(*words.turns, *shown.turns[1:], linked))
    assert [pointer for pointer, _ in images_of(request)] == [
        "/turns/6/parts/0/parts/1",
        "/turns/8/parts/0/parts/1",
        "/turns/9/parts/0",
    ]


@pytest.mark.parametrize("target", WIRES)
def test_what_lies_back_in_a_conversation_is_packed_and_its_end_is_not(target: str) -> None:
    request, memo = conversation(2 * (3 * BLOCK + RECENT), False), Memo()
    body = write_request(request, target, memo).body()
    kept = [is_packed(turn) for turn in request.turns]
    assert kept == [False, *[True] * (2 * 3 * BLOCK), *[False] * (2 * RECENT)]
    assert write_request(request, target, memo).body() == body
    assert encode_json(write(target, adapt(request, target))) == body
    assert memo.whole == 0


def weight(turn_count: int, sentences: int) -> float:
    """Return what a conversation and its memo hold, over the bytes of its body."""
    write_request(conversation(2, False), "openai-chat", Memo()).body()
    gc.collect()
    tracemalloc.start()
    try:
        request, memo = conversation(turn_count, False, sentences), Memo()
        write_request(request, "openai-chat", memo)
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return held / len(write_request(request, "openai-chat", memo).body())


@pytest.mark.parametrize("sentences", [4, 16, 64])
def test_a_conversation_of_words_weighs_at_most_two_and_a_half_times_its_body(sentences: int) -> None:
    assert weight(200, sentences) < 2.5
