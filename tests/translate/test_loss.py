"""`diff` and `patch`: the rows between two documents give the one back from the other, and say no more than that."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.translate.work import calls_in

from polyloop.translate import convert
from polyloop.translate.alignment import align
from polyloop.translate.jsonvalue import Json, same_json
from polyloop.translate.loss import USER_SHAPED, Loss, diff, matches, patch, reason_for, row_from_json
from polyloop.translate.respellings import is_respelling, json_tokens
from polyloop.translate.testing.laws import same_document
from polyloop.translate.testing.strategies import json_objects, json_scalars, json_texts, mutations, nested, reached

KEYS: Final = (
    "a",
    "b",
    "a/b",
    "m~n",
    "~1",
    "",
    "0",
    "-",
    "type",
    "role",
    "id",
    "name",
    "content",
    *sorted(USER_SHAPED)[:4],
    "input",
)
BIG: Final = 10**3999 + 7
"""4,000 digits."""


def _grown(inner: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    keys = st.sampled_from(KEYS) | st.sampled_from(KEYS) | json_texts()
    shaped = st.dictionaries(keys, inner, min_size=2, max_size=3)
    return (
        st.lists(inner, max_size=5)
        | st.dictionaries(keys, inner, max_size=4)
        | st.dictionaries(st.sampled_from(("metadata", "properties")), shaped, max_size=1)
    )


values = st.recursive(json_scalars() | st.sampled_from((1, 1.0, True, 0, 0.0, False, BIG)), _grown, max_leaves=12)


@st.composite
def shuffled(draw: st.DrawFn, value: Json) -> Json:
    """The value with the keys of its objects in other orders, elements of its arrays, now and then, too."""
    if isinstance(value, list):
        items = [draw(shuffled(item)) for item in value]
        return draw(st.permutations(items)) if draw(st.integers(0, 2)) == 0 else items
    if isinstance(value, dict):
        return {key: draw(shuffled(value[key])) for key in draw(st.permutations(list(value)))}
    return value


def twins(value: Json) -> st.SearchStrategy[Json]:
    """The value with what Python takes for the same put in each other's place: ``1`` for ``true``, ``0.0`` for ``0``."""
    return st.just(_twin(value))


def _twin(value: Json) -> Json:
    if isinstance(value, list):
        return [_twin(item) for item in value]
    if isinstance(value, dict):
        return {key: _twin(item) for key, item in value.items()}
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    return -value if value == 0 and isinstance(value, float) else value


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Json, Json]:
    """A value, and what a few changes made of it."""
    before = after = draw(values)
    for _ in range(draw(st.integers(0, 4))):
        change = draw(st.sampled_from((mutations, mutations, mutations, shuffled, twins)))
        after = draw(change(after))
    return before, after


def kinds(pair: tuple[Json, Json]) -> set[str]:
    return {row.kind for row in diff(*pair)}


@given(pairs())
@example(({"input": {"x": 1, "y": 2}}, {"input": {"y": 2, "x": 1}}))
@example(([1, 2, 3], [3, 1, 2]))
@example(({"a/b": {"m~n": [0, {"": 1}]}}, {"a/b": {"m~n": [{"": True}, 0]}}))
@example(({"n": BIG}, {"n": BIG + 1}))
def test_the_rows_give_the_document_back(pair: tuple[Json, Json]) -> None:
    """``patch(b, diff(a, b))`` is ``a``: but for the order of a record's own keys, which is no content."""
    before, after = pair
    assert same_document(before, patch(after, diff(before, after)))


BESIDE: Final = ("annotations", "citations", "logprobs", "cache_control", "x_key", "a/b")


@st.composite
def one_text(draw: st.DrawFn) -> Json:
    """A list of one block that says a text, and maybe more."""
    said = {"type": draw(st.sampled_from(("text", "input_text", "output_text"))), "text": draw(json_texts())}
    beside = draw(st.dictionaries(st.sampled_from(BESIDE), json_scalars() | st.just([]) | st.just([1]), max_size=3))
    return [draw(shuffled({**said, **beside}))]


@given(one_text(), st.booleans())
@example([{"type": "text", "text": "a", "citations": [1]}], True)
def test_a_text_and_a_list_of_it_differ_by_a_spelling_and_by_what_the_list_says_beside(
    blocks: Json, turned: bool
) -> None:
    pair: tuple[Json, Json] = ({"content": blocks}, {"content": blocks[0]["text"]})
    before, after = reversed(pair) if turned else pair
    rows = diff(before, after)
    assert same_document(before, patch(after, rows))
    spelled, *beside = rows
    assert spelled.pointer == "/content"
    assert is_respelling(spelled, ())
    assert {row.kind for row in beside} <= {"added" if turned else "dropped"}
    known = {"type", "text", *(key for key in ("annotations", "logprobs") if blocks[0].get(key) == [])}
    told = {row.pointer: row.after if turned else row.before for row in beside}
    said = {"/content/0/" + key.replace("/", "~1"): value for key, value in blocks[0].items() if key not in known}
    assert same_document(told, said)


def test_what_stands_around_the_one_text_of_a_list_is_a_row_of_its_own() -> None:
    thought, said = {"type": "thinking", "thinking": []}, {"type": "text", "text": "a"}
    before, after = {"content": [thought, {**said, "x": 1}]}, {"content": "a"}
    rows = diff(before, after)
    assert [(row.pointer, row.kind) for row in rows] == [
        ("/content", "changed"), ("/content/0", "dropped"), ("/content/1/x", "dropped")
    ]  # fmt: skip
    assert same_document(before, patch(after, rows))
    assert same_document(after, patch(before, diff(after, before)))
    assert [row.pointer for row in diff({"content": [said, said]}, after)] == ["/content"]


def test_a_call_without_its_type_is_the_same_call() -> None:
    function = {"name": "f", "arguments": "{}"}
    before = [{"id": "a", "function": function}, {"id": "b", "function": function}]
    after = [{"type": "function", **call} for call in before]
    assert [(row.pointer, row.kind) for row in diff(before, after)] == [("/0/type", "added"), ("/1/type", "added")]


def test_a_list_that_says_another_text_is_one_row() -> None:
    blocks = [{"type": "text", "text": "a", "citations": [1]}]
    assert diff({"content": blocks}, {"content": "b"}) == (Loss("/content", "changed", blocks, "b"),)
    assert diff({"metadata": {"a": blocks}}, {"metadata": {"a": "a"}}) == (Loss("/metadata/a", "changed", blocks, "a"),)


@given(pairs())
def test_there_are_no_rows_exactly_where_nothing_differs(pair: tuple[Json, Json]) -> None:
    assert (diff(*pair) == ()) == same_document(*pair)


@given(values)
def test_a_value_does_not_differ_from_its_copy(value: Json) -> None:
    assert diff(value, json.loads(json.dumps(value))) == ()


@given(pairs())
def test_rows_are_json_and_come_back_from_their_text(pair: tuple[Json, Json]) -> None:
    rows = diff(*pair)
    stored = json.loads(json.dumps([row.as_json() for row in rows]))
    read = tuple(map(row_from_json, stored))
    assert read == rows
    assert same_document(pair[0], patch(pair[1], read))


@given(pairs())
def test_nothing_is_changed_by_looking_at_it(pair: tuple[Json, Json]) -> None:
    texts = [json.dumps(value) for value in pair]
    patch(pair[1], diff(*pair))
    assert [json.dumps(value) for value in pair] == texts


@pytest.mark.parametrize(
    "is_hard",
    [
        lambda pair: kinds(pair) >= {"dropped", "added", "changed"},
        lambda pair: "reordered" in kinds(pair),
        lambda pair: any("~0" in row.pointer or "~1" in row.pointer for row in diff(*pair)),
        lambda pair: any(row.pointer.count("/") > 2 for row in diff(*pair)),
        lambda pair: any(
            type(row.before) is bool and type(row.after) is int and row.after == row.before for row in diff(*pair)
        ),
        lambda pair: (
            isinstance(pair[0], list) and isinstance(pair[1], list) and len(align(*pair)) > 2 and len(diff(*pair)) > 1
        ),
    ],
    ids=["all kinds", "reordered", "escaped keys", "deep", "true for 1", "aligned"],
)
def test_the_law_is_put_to(is_hard: Callable[[tuple[Json, Json]], bool]) -> None:
    reached(pairs(), is_hard)


@pytest.mark.parametrize(
    ("before", "after", "rows"),
    [
        ({"a": 1}, {}, [("dropped", "/a", 1, None)]),
        ({}, {"a": None}, [("added", "/a", None, None)]),
        ({"a": 1}, {"a": True}, [("changed", "/a", 1, True)]),
        ({"a": 1}, {"a": 1.0}, [("changed", "/a", 1, 1.0)]),
        ({"a": 0.0}, {"a": -0.0}, [("changed", "/a", 0.0, -0.0)]),
        ({"a": None}, {}, [("dropped", "/a", None, None)]),
        ({"a/b": {"m~n": 1}}, {"a/b": {"m~n": 2}}, [("changed", "/a~1b/m~0n", 1, 2)]),
        ({"": {"": 1}}, {"": {"": 2}}, [("changed", "//", 1, 2)]),
        (1, [1], [("changed", "", 1, [1])]),
        ({"n": BIG}, {"n": BIG + 1}, [("changed", "/n", BIG, BIG + 1)]),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}, []),
        ({"metadata": {"a": 1, "b": 2}}, {"metadata": {"a": 1}}, [("dropped", "/metadata/b", 2, None)]),
        ({"metadata": {"a": 1}}, {"metadata": {"b": 2, "a": 1}}, [("added", "/metadata/b", None, 2)]),
        (
            {"metadata": {"a": 1, "b": 2}},
            {"metadata": {"b": 2}},
            [("dropped", "/metadata/a", 1, None), ("reordered", "/metadata", ["a", "b"], ["b"])],
        ),
        ({"metadata": {"b": 1, "a": 2}}, {"metadata": {"a": 2, "b": 1}}, [("reordered", "/metadata", ["b", "a"], ["a", "b"])]),
        (
            {"schema": {"x": {"b": 1, "a": 2}}},
            {"schema": {"x": {"a": 2, "b": 1}}},
            [("reordered", "/schema/x", ["b", "a"], ["a", "b"])],
        ),
        # a Responses request has the provider's own items in its input; a call has what the model shaped
        ({"input": [{"b": 1, "a": 2}]}, {"input": [{"a": 2, "b": 1}]}, []),
        ({"content": [{"input": {"b": 1, "a": 2}}]}, {"content": [{"input": {"a": 2, "b": 1}}]}, [("reordered", "/content/0/input", ["b", "a"], ["a", "b"])]),
    ],
)  # fmt: skip
def test_each_difference_is_one_row(before: Json, after: Json, rows: list[tuple[str, str, Json, Json]]) -> None:
    found = diff(before, after)
    assert found == tuple(Loss(pointer, kind, one, other) for kind, pointer, one, other in rows)  # type: ignore[arg-type]
    assert same_document(before, patch(after, found))


def said(role: str, text: str) -> dict[str, Json]:
    return {"role": role, "content": [{"type": "text", "text": text}]}


TALK: Final = [said("user" if number % 2 == 0 else "assistant", f"turn {number}") for number in range(20)]


@pytest.mark.parametrize("place", [0, 1, 10, 19, 20])
def test_one_inserted_message_is_one_row_and_one_left_out_too(place: int) -> None:
    longer = [*TALK[:place], said("user", "new"), *TALK[place:]]
    assert diff({"messages": TALK}, {"messages": longer}) == (
        Loss(f"/messages/{place}", "added", None, said("user", "new")),
    )
    assert diff({"messages": longer}, {"messages": TALK}) == (
        Loss(f"/messages/{place}", "dropped", said("user", "new"), None),
    )


def test_two_inserted_messages_stand_before_the_same_place_in_their_order() -> None:
    longer = [*TALK[:5], said("user", "one"), said("user", "two"), *TALK[5:]]
    rows = diff(TALK, longer)
    assert [(row.pointer, row.kind, row.after) for row in rows] == [
        ("/5", "added", said("user", "one")),
        ("/5", "added", said("user", "two")),
    ]
    assert same_json(patch(longer, rows), TALK)


def test_a_message_that_changed_is_compared_with_itself_though_others_came_before_it() -> None:
    after = [said("user", "new"), *TALK[:7], said("assistant", "turn seven"), *TALK[8:]]
    assert diff(TALK, after) == (
        Loss("/0", "added", None, said("user", "new")),
        Loss("/7/content/0/text", "changed", "turn 7", "turn seven"),
    )


def test_a_call_is_compared_with_the_call_of_its_name() -> None:
    calls = [{"type": "tool_use", "id": str(n), "name": name, "input": {"n": n}} for n, name in enumerate("abc")]
    after = [{**calls[1], "input": {"n": 7}}, {**calls[2], "input": {"n": 8}}]
    assert [(row.pointer, row.kind) for row in diff(calls, after)] == [
        ("/0", "dropped"),
        ("/1/input/n", "changed"),
        ("/2/input/n", "changed"),
    ]


def test_pairs_are_in_order_and_no_element_is_in_two() -> None:
    chosen = align([1, 2, 3, 4, 2], [2, 1, 4, 2, 2, 9])
    assert chosen == sorted(set(chosen))
    assert len({i for i, _ in chosen}) == len({j for _, j in chosen}) == len(chosen)


@given(st.lists(values, max_size=6), st.lists(values, max_size=6))
def test_pairs_are_increasing_whatever_the_arrays(before: list[Json], after: list[Json]) -> None:
    chosen = align(before, after)
    assert all(i < k and j < m for (i, j), (k, m) in pairwise(chosen))
    assert all(0 <= i < len(before) and 0 <= j < len(after) for i, j in chosen)


DEEP: Final = 5000


@pytest.mark.parametrize("key", [None, "a", "input"])
@pytest.mark.parametrize("inside", [(1, 2), ({"b": 1, "a": 2}, {"a": 2, "b": 1})], ids=["changed", "reordered"])
def test_nesting_of_any_depth_is_compared(key: str | None, inside: tuple[Json, Json]) -> None:
    before, after = (nested(DEEP, inside=value, key=key) for value in inside)
    rows = diff(before, after)
    assert len(rows) <= 1
    assert bool(rows) == (key == "input" or inside == (1, 2))
    if rows:
        assert same_json(patch(after, rows), before)
    assert diff(before, before) == ()


@pytest.mark.parametrize("key", ["name", "id", "type", "role"])
def test_a_name_that_is_nested_beyond_measure_is_no_label(key: str) -> None:
    deep = nested(DEEP)
    before, after = [{key: deep, "n": 1}, 1, 2], [0, {key: deep, "n": 2}, 2]
    assert same_json(patch(after, diff(before, after)), before)


def blocks(numbers: Sequence[int]) -> list[Json]:
    return [{"type": "text", "text": f"number {number}"} for number in numbers]


MANY: Final = 1000


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (blocks(range(MANY)), blocks(range(MANY))[::-1]),
        (blocks(range(MANY)), blocks(range(MANY, 2 * MANY))),
        (blocks(range(MANY)), blocks([0, *range(2, MANY), 1])),
        (blocks(range(MANY)), blocks([number * 7919 % MANY for number in range(MANY)])),
        (blocks([0] * MANY), blocks([1] * MANY)),
        (blocks([0, 1] * (MANY // 2)), blocks([1, 0] * (MANY // 2))),
        (list(range(MANY)), [str(number) for number in range(MANY)]),
        (blocks(range(MANY)), []),
    ],
    ids=["reversed", "all others", "one moved far", "shuffled", "all alike", "shifted", "other sorts", "all gone"],
)  # fmt: skip
def test_what_arrays_cost_to_compare_grows_with_their_length_not_with_its_square(
    before: list[Json], after: list[Json]
) -> None:
    assert calls_in(lambda: patch(after, diff(before, after))) < 250 * MANY


def test_the_count_would_tell_a_square() -> None:
    assert calls_in(lambda: [same_json(one, other) for one in range(100) for other in range(100)]) > 100 * 100


ARGUMENTS: Final = "/messages/1/tool_calls/0/function/arguments"


@pytest.mark.parametrize(
    ("row", "is_one"),
    [
        (Loss(ARGUMENTS, "changed", '{"a": 1}', '{"a":1}'), True),
        (Loss(ARGUMENTS, "changed", '{"a": "\\u00e9"}', '{"a":"é"}'), True),
        (Loss(ARGUMENTS, "changed", '{"a": 1}', '{"a":1.0}'), False),
        (Loss(ARGUMENTS, "changed", '{"a": 1e3, "b": [-0.50, 0.0]}', '{"a":1000.0,"b":[-5E-1,0e7]}'), True),
        (Loss(ARGUMENTS, "changed", '{"a": 1e3}', '{"a":1000}'), False),
        (Loss(ARGUMENTS, "changed", '{"a": 0.0}', '{"a":-0.0}'), False),
        (Loss(ARGUMENTS, "changed", '{"a": 1.00000000000000000001}', '{"a":1.0}'), False),
        (Loss(ARGUMENTS, "changed", '{"a": 12345678901234567890123}', '{"a":12345678901234567890124}'), False),
        (Loss(ARGUMENTS, "changed", '{"a": "1e3"}', '{"a":"1000.0"}'), False),
        (Loss(ARGUMENTS, "changed", '{"a": 1, "b": 2}', '{"b":2,"a":1}'), False),
        (Loss(ARGUMENTS, "changed", '{"a": 1', '{"a":1'), False),
        (Loss(ARGUMENTS, "changed", '{"a": "x y"}', '{"a": "xy"}'), False),
        (Loss("/messages/0/content", "changed", '{"a": 1}', '{"a":1}'), False),
        (Loss("/messages/0/content", "changed", "hi", [{"type": "text", "text": "hi"}]), True),
        (Loss("/messages/0/content", "changed", [{"type": "input_text", "text": "hi"}], "hi"), True),
        (Loss("/messages/0/content", "changed", "hi", [{"type": "text", "text": "ho"}]), False),
        (Loss("/messages/0/content", "changed", "hi", [{"type": "text", "text": "hi", "citations": [1]}]), False),
        (Loss("/messages/0/content", "changed", "hi", [{"type": "text", "text": "hi", "annotations": []}]), True),
        (Loss("/messages/0/content", "changed", "hi", [{"type": "text", "text": "hi"}] * 2), False),
        (Loss("/messages/0/content", "changed", "hi", [{"type": "thinking", "text": "hi"}]), False),
        (Loss("/input", "changed", "hi", [{"role": "user", "content": "hi"}]), True),
        (Loss("/input", "changed", "hi", [{"type": "message", "role": "user", "content": "hi"}]), True),
        (Loss("/input", "changed", "hi", [{"role": "assistant", "content": "hi"}]), False),
        (Loss("/input", "changed", "hi", [{"role": "user", "content": "hi", "id": "x"}]), False),
        (Loss("/stream", "dropped", False), True),
        (Loss("/stream", "added", None, False), True),
        (Loss("/stream", "dropped", True), False),
        (Loss("/stream", "dropped", 0), False),
        (Loss("/stream", "changed", False, True), False),
        (Loss("/tools/3/strict", "dropped", None), True),
        (Loss("/tools/3/4/strict", "dropped", None), False),
        (Loss("/metadata", "reordered", ["a", "b"], ["b", "a"]), False),
    ],
)
def test_only_what_the_table_names_is_a_respelling(row: Loss, is_one: bool) -> None:
    assert is_respelling(row, [("/stream", False), ("/tools/*/strict", None)]) == is_one


@given(json_objects())
def test_tokens_of_json_do_not_depend_on_how_it_is_spelled(value: Json) -> None:
    spellings = (
        json.dumps(value),
        json.dumps(value, ensure_ascii=False, separators=(",", ":")),
        json.dumps(value, indent=3),
    )
    first, *others = map(json_tokens, spellings)
    assert first is not None
    assert others == [first, first]


@given(json_objects(), json_objects())
def test_tokens_are_the_same_of_the_same_values_only(one: Json, other: Json) -> None:
    assert (json_tokens(json.dumps(one)) == json_tokens(json.dumps(other))) == same_json(one, other)


@pytest.mark.parametrize("text", ["", "{", '{"a": 1}}', "hello", '"a', "{'a': 1}", "[" * 100_000])
def test_what_is_no_json_has_no_tokens(text: str) -> None:
    assert json_tokens(text) is None


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/a", "/a", True),
        ("/a", "/a/b", False),
        ("/a", "/ab", False),
        ("/a/*", "/a/0", True),
        ("/a/*", "/a", False),
        ("/a/*", "/a/0/1", False),
        ("/a/*/c", "/a/x~1y/c", True),
        ("/a/**", "/a", True),
        ("/a/**", "/a/b/c", True),
        ("/a/**", "/ab", False),
        ("/a/**/z", "/a/z", True),
        ("/a/**/z", "/a/b/c/z", True),
        ("/**", "", True),
        ("", "", True),
        ("", "/a", False),
        ("/a.c", "/abc", False),
        ("/a", "/A", False),
        ("/*", "/\n", True),
    ],
)
def test_patterns_fit_pointers(pattern: str, path: str, fits: bool) -> None:
    assert matches(pattern, path) == fits


def test_the_reason_is_the_first_that_fits() -> None:
    table = [("/a/b", "exactly"), ("/a/*", "one below"), ("/**", "anywhere")]
    assert [reason_for(Loss(path, "dropped"), table) for path in ("/a/b", "/a/c", "/z/z")] == [
        "exactly",
        "one below",
        "anywhere",
    ]
    assert reason_for(Loss("/z", "dropped"), table[:2]) == ""


def test_rows_are_equal_as_json_is() -> None:
    assert Loss("/a", "changed", 1, 2) == Loss("/a", "changed", 1, 2)
    assert Loss("/a", "changed", 1, 2) != Loss("/a", "changed", True, 2)
    assert Loss("/a", "changed", 1, 2) != Loss("/a", "changed", 1, 2, "why")
    assert Loss("/a", "dropped") != "/a"
    assert len({Loss("/a", "changed", 1, 2), Loss("/a", "changed", 1, 2)}) == 1


def test_a_tool_in_another_version_is_the_same_tool_with_another_date() -> None:
    before: Json = {"tools": [{"type": "web_search_20260209", "name": "web_search", "max_uses": 1}, {"type": "f"}]}
    after: Json = {"tools": [{"type": "web_search_20250305", "name": "web_search"}, {"type": "f"}]}
    rows = diff(before, after)
    assert {(row.pointer, row.kind) for row in rows} == {("/tools/0/type", "changed"), ("/tools/0/max_uses", "dropped")}
    assert same_json(patch(after, rows), before)


def test_a_text_that_reads_like_a_label_is_told_by_what_is_done_with_it() -> None:
    label = "[from the result of call a]"
    request = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": label}]}
    translation = convert(request, kind="request", source="openai-chat", target="anthropic")
    (row,) = [row for row in translation.losses if row.before == label]
    assert row.after == f"\\{label}"
    assert "backslash" in row.reason


def test_what_says_the_same_under_another_id_is_compared_with_that_and_a_call_with_one_of_its_tool() -> None:
    def said(id: str, text: str) -> Json:
        return {"type": "message", "id": id, "status": "completed", "content": text}

    def called(id: str, name: str) -> Json:
        return {"type": "tool_use", "id": id, "name": name, "input": {}}

    assert align([said("msg_a", ""), said("msg_b", "so")], [said("msg_a", "so")]) == [(1, 0)]
    assert align([called("a", "f"), called("b", "g")], [called("c", "g")]) == [(1, 0)]
    assert align([called("a", "f"), called("b", "f")], [{**called("b", "f"), "input": {"x": 1}}]) == [(1, 0)]
