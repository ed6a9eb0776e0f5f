"""The steps that every target's adapting is made of: what each keeps, what it changes, and that it leaves alone what needs nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from polyloop.translate import hub, steps
from polyloop.translate.jsonvalue import ABSENT
from polyloop.translate.testing.records import requests
from polyloop.translate.testing.strategies import reached

ROLES: tuple[hub.Role, ...] = ("system", "developer", "user", "assistant", "tool")
texts = st.sampled_from(("", "a", "b", "c")).map(lambda text: hub.Text(text=text))
foreign = st.sampled_from(
    (
        hub.Opaque(wire="there", document={"type": "x"}),
        hub.Opaque(wire="here", document={"type": "y"}),
        hub.Reference(id="r", family="theirs"),
        hub.Reference(id="r", family="ours"),
        hub.Media(kind="image", source=hub.FileId(id="f", family="theirs")),
        hub.Media(kind="image", source=hub.FileId(id="f", family="ours")),
        hub.Media(kind="image", source=hub.Url(url="https://example.org/a.png")),
        hub.Thinking(text="t", seal=hub.Seal(kind="signature", data="s", family="theirs")),
        hub.Thinking(text="t", seal=hub.Seal(kind="signature", data="s", family="ours")),
        hub.Thinking(seal=hub.Seal(kind="encrypted", data="s", family="theirs")),
    )
)
calls = st.sampled_from("abc").map(lambda id: hub.Call(id=id, name=f"f_{id}", arguments=hub.Arguments(value={})))
results = st.builds(
    lambda id, inner: hub.Result(call_id=id, parts=tuple(inner)),
    st.sampled_from("abc"),
    st.lists(texts | foreign, max_size=2),
)
parts: st.SearchStrategy[hub.Part] = st.one_of(texts, calls, results, foreign)


@st.composite
def turns(draw: st.DrawFn) -> hub.Turn:
    """Turns of any parts, cut into messages or not."""
    said = tuple(draw(st.lists(parts, max_size=5)))
    cuts = sorted(draw(st.sets(st.integers(0, len(said)), max_size=3)) | {0, len(said)})
    seams = [hub.Seam(start=start, stop=stop) for start, stop in pairwise(cuts) if start < stop]
    return hub.Turn(role=draw(st.sampled_from(ROLES)), parts=said, seams=tuple(seams) if draw(st.booleans()) else ())


asked = st.builds(
    lambda head, said: hub.Request(model="m", instructions=head, turns=tuple(said)),
    st.just(ABSENT) | turns(), st.lists(turns(), max_size=5),
)  # fmt: skip


def all_parts(request: hub.Request) -> list[hub.Part]:
    heads = () if request.instructions is ABSENT else (request.instructions,)
    return [part for turn in (*heads, *request.turns) for part in turn.parts]


@given(turns(), st.lists(st.integers(0, 2), min_size=5, max_size=5))
def test_after_a_cut_a_seam_is_around_what_it_was_around(turn: hub.Turn, counts: list[int]) -> None:
    counts = counts[: len(turn.parts)]
    expanded = [(number,) * count for number, count in enumerate(counts)]
    flat = [number for group in expanded for number in group]
    wanted = [[n for n in flat if seam.start <= n < seam.stop] for seam in turn.seams]
    assert [flat[s.start : s.stop] for s in steps.recut(turn.seams, counts)] == [inside for inside in wanted if inside]


@given(turns(), st.lists(st.sampled_from((None, 0, 1, 2)), min_size=5, max_size=5))
def test_a_step_over_parts_puts_in_their_place_what_it_gives(turn: hub.Turn, counts: list[int | None]) -> None:
    numbers = iter(counts)

    def step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        count = next(numbers)
        return None if count is None else (hub.Text(text="new"),) * count

    done = steps.map_parts(turn, step)
    wanted: list[hub.Part] = []
    for part, count in zip(turn.parts, counts, strict=False):
        wanted += [part] if count is None else [hub.Text(text="new")] * count
    assert list(done.parts) == wanted
    assert done.seams == steps.recut(turn.seams, [1 if c is None else c for c in counts[: len(turn.parts)]])
    assert (done is turn) == all(count is None for count in counts[: len(turn.parts)])


@given(asked, st.sampled_from(ROLES))
def test_a_step_over_one_class_of_one_speaker_is_one_over_all_that_passes_over_the_rest(
    request: hub.Request, role: hub.Role
) -> None:
    def shouted(text: hub.Text) -> Sequence[hub.Part] | None:
        return None if text.text == "" else (hub.Text(text=text.text.upper()), text)

    def step(part: hub.Part, turn: hub.Turn) -> Sequence[hub.Part] | None:
        return shouted(part) if isinstance(part, hub.Text) and turn.role == role else None

    quick = steps.map_each(request, hub.Text, role, shouted)
    slow = attrs.evolve(request, turns=tuple(steps.map_parts(turn, step) for turn in request.turns))
    assert quick == slow
    assert (quick is request) == (quick == request)


@given(asked)
def test_steps_that_find_nothing_to_do_give_the_same_object(request: hub.Request) -> None:
    assert steps.map_turns(request, lambda turn: turn) is request
    assert steps.with_ids(request, {}) is request
    assert steps.with_names(request, {}) is request
    for step in (steps.drop_empty_turns, steps.drop_empty_texts, steps.fold_leading_system, steps.list_for_item):
        once = step(request)
        assert step(once) is once
    once = steps.drop_foreign(request, "here", "ours")
    assert steps.drop_foreign(once, "here", "ours") is once


@given(st.lists(turns(), max_size=6))
def test_merged_turns_are_runs_with_every_cut_still_there(given_: list[hub.Turn]) -> None:
    merged = steps.merge_runs(given_)
    assert all(one.role != other.role for one, other in pairwise(merged))
    assert [p for turn in merged for p in turn.parts] == [p for turn in given_ for p in turn.parts]
    assert steps.merge_runs(merged) is merged
    whole = [turn for turn in given_ if turn.parts]
    place = 0
    starts = _starts(merged)
    for turn in whole:
        assert place in starts, "where a turn began, a turn or a seam begins"
        place += len(turn.parts)


def _starts(turns_: Sequence[hub.Turn]) -> set[int]:
    found, offset = set(), 0
    for turn in turns_:
        found |= {offset, *(offset + seam.start for seam in turn.seams)}
        offset += len(turn.parts)
    return found


@given(asked)
def test_no_empty_text_and_no_empty_turn_is_left(request: hub.Request) -> None:
    done = steps.drop_empty_turns(steps.drop_empty_texts(request))
    inner = [p for part in all_parts(done) for p in (part.parts if isinstance(part, hub.Result) else (part,))]
    assert not any(isinstance(part, hub.Text) and not part.text for part in inner)
    assert all(turn.parts for turn in done.turns)
    assert done.instructions is ABSENT or done.instructions.parts
    others = [part for part in all_parts(request) if not isinstance(part, (hub.Text, hub.Result))]
    assert [part for part in all_parts(done) if not isinstance(part, (hub.Text, hub.Result))] == others


def is_foreign(part: hub.Part) -> bool:
    match part:
        case hub.Opaque(wire=of):
            return of != "here"
        case (
            hub.Reference(family=of) | hub.Media(source=hub.FileId(family=of)) | hub.Thinking(seal=hub.Seal(family=of))
        ):
            return of != "ours"
        case hub.Result(parts=inner):
            return any(map(is_foreign, inner))
        case _:
            return False


@given(asked)
def test_nothing_foreign_is_left_and_everything_else_is(request: hub.Request) -> None:
    done = steps.drop_foreign(request, "here", "ours")
    assert not any(map(is_foreign, all_parts(done)))
    kept = [part for part in all_parts(request) if not is_foreign(part)]
    left = iter(all_parts(done))
    assert all(any(part is other for other in left) for part in kept), "in their order, the same objects"


@given(turns())
def test_the_quick_look_for_what_is_foreign_misses_nothing(turn: hub.Turn) -> None:
    request = hub.Request(model="m", turns=(turn,))
    assert steps.drop_foreign(request, "here", "ours").turns == (steps.drop_foreign_parts(turn, "here", "ours"),)


def test_a_foreign_seal_is_taken_off_what_is_said_in_the_open_and_takes_the_rest_with_it() -> None:
    sealed = hub.Seal(kind="signature", data="s", family="theirs")
    turn = hub.Turn(role="assistant", parts=(hub.Thinking(text="open", seal=sealed), hub.Thinking(seal=sealed)))
    assert steps.drop_foreign_parts(turn, "here", "ours").parts == (hub.Thinking(text="open", seal=None),)


def spoken(*roles: hub.Role) -> tuple[hub.Turn, ...]:
    return tuple(hub.Turn(role=role, parts=(hub.Text(text=str(number)),)) for number, role in enumerate(roles))


@given(st.lists(st.sampled_from(ROLES), max_size=8))
@example(["assistant", "user", "tool", "user", "tool"])
@example(["tool", "user", "assistant"])
def test_results_stand_right_behind_the_calls_and_nothing_else_moves(roles: list[hub.Role]) -> None:
    given_ = spoken(*roles)
    done = steps.results_first(given_)
    assert Counter(p for t in done for p in t.parts) == Counter(p for t in given_ for p in t.parts)
    others = [p for t in given_ if t.role != "tool" for p in t.parts]
    assert [p for t in done if t.role != "tool" for p in t.parts] == others
    for place, turn in enumerate(done):
        if turn.role == "tool" and any(earlier.role == "assistant" for earlier in done[:place]):
            assert done[place - 1].role == "assistant"
    assert steps.results_first(done) == done


def test_what_the_user_says_meanwhile_comes_behind_the_results() -> None:
    done = steps.results_first(spoken("assistant", "user", "tool", "user", "tool"))
    assert [(turn.role, [p.text for p in turn.parts if isinstance(p, hub.Text)]) for turn in done] == [
        ("assistant", ["0"]),
        ("tool", ["2", "4"]),
        ("user", ["1", "3"]),
    ]


@given(asked)
def test_leading_system_turns_are_instructions(request: hub.Request) -> None:
    done = steps.fold_leading_system(request)
    assert all_parts(done) == all_parts(request)
    assert not done.turns or done.turns[0].role not in ("system", "developer") or done is request


@given(st.lists(st.text(st.sampled_from("ab./ü"), max_size=9), max_size=8), st.integers(12, 20))
@example(["a.b", "a/b", "a_b"], 12)
@example(["a" * 9 + ".", "a" * 9 + "/"], 12)
def test_renaming_is_injective_and_looks_back_only(names: list[str], most: int) -> None:
    def legal(name: str) -> bool:
        return re.fullmatch(r"[a-zA-Z0-9_]{1,8}", name) is not None

    def spell(name: str) -> str:
        return re.sub(r"[^a-zA-Z0-9_]", "_", name)

    changed = steps.rename(names, legal, spell, most)
    said = {name: changed.get(name, name) for name in names}
    assert len(set(said.values())) == len(said), "no two fall together"
    assert all((name in changed) != legal(name) for name in names), "the identity where it is legal"
    assert all(re.fullmatch(r"\w+", new, re.ASCII) and len(new) <= most for new in changed.values())


def test_a_name_keeps_its_spelling_whatever_comes_later() -> None:
    def renamed(*names: str) -> dict[str, str]:
        return steps.rename(names, str.isalnum, lambda name: re.sub(r"\W", "_", name), 20)

    few = renamed("a.b", "c.d")
    assert renamed("a.b", "c.d", "e.f", "ab").items() >= few.items()
    assert few == renamed("a.b", "c.d")


@given(requests())
def test_ids_and_names_are_put_in_every_place_and_back(request: hub.Request) -> None:
    ids = {id: f"id_{number}" for number, id in enumerate(dict.fromkeys(steps.call_ids(request)))}
    names = {name: f"name_{number}" for number, name in enumerate(dict.fromkeys(steps.tool_names(request)))}
    moved = steps.with_names(steps.with_ids(request, ids), names)
    assert steps.call_ids(moved) == [ids[id] for id in steps.call_ids(request)]
    assert steps.tool_names(moved) == [names[name] for name in steps.tool_names(request)]
    back = steps.with_names(
        steps.with_ids(moved, {new: old for old, new in ids.items()}), {new: old for old, new in names.items()}
    )
    assert back == request


def test_ids_and_names_are_there_to_be_moved() -> None:
    reached(requests(), lambda request: bool(steps.call_ids(request)) and len(steps.tool_names(request)) > 1)


def test_a_named_choice_is_renamed_with_its_tool() -> None:
    request = hub.Request(
        model="m", turns=(), tools=(hub.Tool(name="a.b"),), choice=hub.ToolChoice(mode="named", names=("a.b",))
    )
    moved = steps.with_names(request, {"a.b": "a_b"})
    assert steps.tool_names(moved) == ["a_b", "a_b"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (hub.Arguments(value={"n": 1}), None),
        (hub.Arguments(text='{"n": 1e400}'), None),
        (hub.Arguments(), None),
        (hub.Arguments(value={"n": [float("inf")]}), hub.Arguments(text='{"n": [Infinity]}')),
    ],
)
def test_only_what_json_cannot_say_becomes_text(arguments: hub.Arguments, said: hub.Arguments | None) -> None:
    done = steps.sayable_arguments(arguments)
    assert done is arguments if said is None else done == said


def test_of_seams_only_the_cuts_between_messages_are_plain() -> None:
    said = (hub.Text(text="a"), hub.Text(text="b"), hub.Text(text="c"))
    cut = hub.Seam(start=1, stop=3, status="completed")
    user = hub.Turn(role="user", parts=said, seams=(hub.Seam(start=0, stop=1, id="msg"), cut))
    assert steps.plain_turn(user).seams == (hub.Seam(start=1, stop=3),)
    assistant = hub.Turn(role="assistant", parts=said, seams=(hub.Seam(start=0, stop=1, id="msg"), cut))
    assert steps.plain_turn(assistant).seams == ()
    named = hub.Turn(role="user", parts=said, seams=(hub.Seam(start=0, stop=3, name="Ada"),))
    assert steps.plain_turn(named) == named


def test_an_item_of_one_text_is_put_into_a_list() -> None:
    item = hub.Turn(role="system", parts=(hub.Text(text="a"),), seams=(hub.Seam(start=0, stop=1, form="item"),))
    done = steps.list_for_item(hub.Request(model="m", instructions=item, turns=()))
    assert done.instructions is not ABSENT
    assert done.instructions.parts == (hub.Text(text="a", form="block"),)
    plain = hub.Request(model="m", instructions=attrs.evolve(item, seams=()), turns=())
    assert steps.list_for_item(plain) is plain
