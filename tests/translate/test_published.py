"""Settings that two wires share, cut down to the keys their published record has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.translate.jsonvalue import ABSENT, Json, same_json
from polyloop.translate.published import MODERATION, Shape, legal_moderation, only_published
from polyloop.translate.testing.strategies import json_values

SHAPE: Shape = {"a": None, "b": {"c": None, "d": {"e": None}}}
near = st.dictionaries(
    st.sampled_from(("a", "b", "z")),
    json_values() | st.dictionaries(st.sampled_from(("c", "d", "z")), json_values() | st.fixed_dictionaries({"e": json_values()})),
)  # fmt: skip


def fits(value: Json, shape: Shape) -> bool:
    """Whether a value has the shape's keys only, and a scalar where the shape has one."""
    if value is None:
        return True
    if not isinstance(value, dict):
        return False
    return all(
        key in shape and (not isinstance(item, (dict, list)) if shape[key] is None else fits(item, shape[key] or {}))
        for key, item in value.items()
    )


@given(near | json_values())
def test_what_is_kept_fits_and_what_fits_is_kept(value: Json) -> None:
    kept = only_published(value, SHAPE)
    assert kept is ABSENT or fits(kept, SHAPE)
    assert (kept is value) == fits(value, SHAPE)
    assert same_json(only_published(kept, SHAPE), kept) or kept is ABSENT


@given(near)
def test_nothing_is_made_up(value: dict[str, Json]) -> None:
    def inside(kept: Json, whole: Json) -> bool:
        if isinstance(kept, Mapping):
            return isinstance(whole, Mapping) and all(
                key in whole and inside(item, whole[key]) for key, item in kept.items()
            )
        return kept is whole

    assert inside(only_published(value, SHAPE), value)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({"a": 1, "z": 2}, {"a": 1}),
        ({"a": {"x": 1}}, {}),
        ({"b": 5}, {}),
        ({"b": {"c": None, "d": {"e": 1, "f": 2}}}, {"b": {"c": None, "d": {"e": 1}}}),
        (None, None),
        ("text", ABSENT),
        ([], ABSENT),
    ],
)
def test_keys_that_are_not_published_are_left_out(value: Json, kept: Any) -> None:
    assert only_published(value, SHAPE) == kept


def test_moderation_names_a_model() -> None:
    whole = {"model": "omni", "policy": {"input": {"mode": "block"}, "output": None}}
    assert legal_moderation(whole) is whole
    assert legal_moderation({**whole, "extra": 1}) == whole
    assert legal_moderation({"policy": {}}) is ABSENT
    assert legal_moderation({"model": 5}) is ABSENT
    assert legal_moderation(None) is ABSENT
    assert set(MODERATION) == {"model", "policy"}
