"""Equality of JSON values, pointers, and the marker for what was not there."""

from __future__ import annotations

import json
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.translate.jsonvalue import ABSENT, json_type, pointer, same_json, thaw, tokens_of
from polyloop.translate.testing.strategies import json_objects, json_texts, json_values, mutations, nested


@given(json_values())
def test_a_value_is_the_same_as_its_copy(value: object) -> None:
    assert same_json(value, json.loads(json.dumps(value)))


@given(st.data())
def test_two_values_are_the_same_exactly_when_their_texts_are(data: st.DataObject) -> None:
    one = data.draw(json_values())
    other = data.draw(mutations(one))
    assert same_json(one, other) == (json.dumps(one) == json.dumps(other))


@given(json_objects())
def test_the_order_of_keys_counts_only_when_asked_for(value: dict[str, object]) -> None:
    turned = dict(reversed(value.items()))
    assert same_json(value, turned, ordered=False)
    assert same_json(value, turned) == (len(value) < 2)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (0, False),
        (1, 1.0),
        (0.0, -0.0),
        ("1", 1),
        (None, False),
        ([], {}),
        ([1], [1, 1]),
        ({"a": 1}, {"a": 1.0}),
    ],
)
def test_what_python_or_a_reader_may_take_for_the_same_is_not(one: object, other: object) -> None:
    assert not same_json(one, other)
    assert not same_json({"in": [one]}, {"in": [other]})


def test_an_infinite_number_is_the_same_as_itself() -> None:
    assert same_json(json.loads("1e400"), float("inf"))
    assert same_json(float("nan"), float("nan"))


def test_depth_is_no_limit_to_comparing() -> None:
    assert same_json(nested(100_000), nested(100_000))
    assert not same_json(nested(100_000, inside=1), nested(100_000, inside=True))
    assert not same_json(nested(100_000, key="a"), nested(99_999, key="a"))


@given(st.lists(json_texts()))
def test_a_pointer_gives_its_tokens_back(tokens: list[str]) -> None:
    assert tokens_of(pointer(*tokens)) == tuple(tokens)


def test_a_pointer_is_spelled_as_rfc_6901_says() -> None:
    assert pointer("a/b", "m~n", 0, "") == "/a~1b/m~0n/0/"
    assert pointer() == ""


def test_thawing_makes_plain_lists_and_objects_of_what_is_frozen() -> None:
    frozen = MappingProxyType({"a": (1, MappingProxyType({"b": ()}))})
    assert json.dumps(thaw(frozen)) == '{"a": [1, {"b": []}]}'


@given(json_values())
def test_every_value_has_a_type_with_a_name(value: object) -> None:
    assert json_type(value) in {"null", "boolean", "integer", "number", "string", "array", "object"}


def test_absent_is_false_and_is_not_null() -> None:
    assert not ABSENT
    assert repr(ABSENT) == "ABSENT"
    assert not same_json(ABSENT, None)
