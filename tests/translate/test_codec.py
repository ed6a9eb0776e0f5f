"""The codec by itself, over records made for the purpose: exact, strict, total inside unions, and safe on hostile input."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import attrs
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from polyloop.translate.codec import (
    Opaque,
    WireRecord,
    decode_as,
    decode_union,
    encode,
    make_converter,
    root_decoder,
    wire_record,
)
from polyloop.translate.errors import DecodeError
from polyloop.translate.jsonvalue import ABSENT, Absent, Json, same_json
from polyloop.translate.testing.strategies import (
    UNHEARD_OF,
    from_hint,
    from_record,
    json_values,
    mutations,
    nested,
    places_of,
    reached,
)


@wire_record
class Leaf(WireRecord):
    type: Literal["leaf"]
    text: str | Absent = ABSENT
    size: int | Absent = ABSENT
    weight: float | Absent | None = ABSENT
    green: bool | Absent = ABSENT
    from_: str | Absent = ABSENT
    anything: Json = ABSENT


@wire_record
class Branch(WireRecord):
    type: Literal["branch", "twig"]
    parts: tuple[Leaf | Branch | Opaque, ...] | str | Absent = ABSENT
    by_name: Mapping[str, Leaf] | Absent = ABSENT
    labels: Mapping[str, str] | Absent = ABSENT


@wire_record
class Tree(WireRecord):
    name: str = ""
    root: Branch | Absent | None = ABSENT
    leaves: tuple[Leaf, ...] | Absent = ABSENT
    choice: Literal["auto", "none"] | Leaf | Absent = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("name",)


MEMBERS = Leaf | Branch | Opaque


def exact(document: Json) -> bool:
    return json.dumps(encode(decode_as(Tree, document))) == json.dumps(document)


@given(from_record(Tree))
def test_every_document_a_class_allows_comes_back_as_it_was(document: Json) -> None:
    assert exact(document)


@given(from_record(Tree).flatmap(mutations))
@settings(max_examples=300)
def test_every_mutation_of_a_document_is_exact_or_refused(document: Json) -> None:
    try:
        record = decode_as(Tree, document)
    except DecodeError as error:
        assert error.pointer == "" or places_of(document).count(_path(document, error.pointer)) == 1  # noqa: PT017
    else:
        assert json.dumps(encode(record)) == json.dumps(document)


def _path(document: Json, pointer: str) -> tuple[str | int, ...]:
    """Find the place in the document that an error's pointer names; a required key that is missing counts as its object."""
    from polyloop.translate.jsonvalue import tokens_of

    path: list[str | int] = []
    for token in tokens_of(pointer):
        if isinstance(document, dict) and token not in document:
            break
        path.append(int(token) if isinstance(document, list) else token)
        document = document[path[-1]]
    return tuple(path)


@given(json_values())
@example({"type": "leaf", "text": 5})
@example({"type": ["leaf"]})
def test_a_union_that_may_grow_takes_any_value_at_all(value: Json) -> None:
    assert json.dumps(encode(decode_union(MEMBERS, value))) == json.dumps(value)


def test_the_strategies_reach_what_is_hard() -> None:
    documents, members = from_record(Tree), from_hint(MEMBERS)
    reached(documents, lambda d: "\ud800" in json.dumps(d, ensure_ascii=False))
    reached(documents, lambda d: list(d)[:1] != ["name"])
    reached(documents, lambda d: d.get("root", 0) is None)
    reached(documents, lambda d: UNHEARD_OF in d)
    reached(members, lambda d: isinstance(d, dict) and d.get("type") == UNHEARD_OF)
    reached(members, lambda d: isinstance(decode_union(MEMBERS, d), Opaque))
    reached(members, lambda d: isinstance(d, dict) and len(places_of(d)) > 10)


@pytest.mark.parametrize("hint", [Tree, MEMBERS], ids=["a class", "a union that may grow"])
@given(data=st.data())
@settings(max_examples=300)
def test_a_document_nobody_else_has_is_decoded_to_the_same(hint: Any, data: st.DataObject) -> None:
    """Where the parsed document becomes the records, unusual members and misfits behind parts already taken included."""
    document = data.draw(st.one_of(from_hint(hint), from_record(Tree).flatmap(mutations)))
    _compare(hint, document)


@example({"name": "", "root": {"type": "branch", "parts": [{"type": "leaf", "text": "a"}], "by_name": 5}})
@example({"name": 5, "root": {"type": "branch", "parts": [{"type": "leaf", "text": "a"}]}})
@example({"type": "branch", "parts": [{"type": "branch", "parts": [{"type": "leaf"}], "labels": {"a": None}}, 1]})
@example({"type": "branch", "parts": [{"type": "branch", "parts": [{"type": "leaf"}], "by_name": {"a": {}, "b": 1}}]})
@given(json_values())
def test_what_misfits_late_is_decoded_to_the_same(document: Json) -> None:
    for hint in (Tree, Branch, MEMBERS):
        _compare(hint, document)


def _compare(hint: Any, document: Json) -> None:
    text = json.dumps(document)
    assume(same_json(json.loads(text, parse_constant=str), document))  # infinities have no JSON text
    decoder = root_decoder(hint)
    try:
        record = decoder.decode(json.loads(text))
    except DecodeError as error:
        with pytest.raises(DecodeError, match="^" + re.escape(str(error)) + "$"):
            decoder.decode_text(text)
        return
    owned = decoder.decode_text(text)
    assert owned == record
    assert type(owned) is type(record)
    assert json.dumps(encode(owned)) == text


def test_keys_that_come_often_are_decoded_as_those_that_come_once() -> None:
    often = [
        {"type": "leaf", "text": "a"}, {"text": "a", "type": "leaf"}, {"type": "leaf", "size": 1}, {"type": "leaf", UNHEARD_OF: 1},
        {"from": "oak", "type": "leaf"}, {"type": "leaf", "text": 5}, {"type": "leaf", "size": None}, {"type": "leaf"},
    ]  # fmt: skip
    document = {"type": "branch", "parts": often}
    first, text = decode_union(MEMBERS, document), json.dumps(document)
    for _ in range(100):
        again = decode_union(MEMBERS, document)
        assert repr(again) == repr(first) == repr(root_decoder(MEMBERS).decode_text(text))
        assert json.dumps(encode(again)) == text


def test_a_document_is_left_as_it_is_and_a_later_change_of_it_does_not_show() -> None:
    for _ in range(100):
        document: Json = {"type": "branch", "parts": [{"type": "leaf", "text": "a"}], "labels": {}}
        record = decode_as(Branch, document)
        assert json.dumps(document) == '{"type": "branch", "parts": [{"type": "leaf", "text": "a"}], "labels": {}}'
        document["parts"][0]["text"] = "b"
        document["parts"].append({"type": "leaf"})
        document["by_name"] = 5
        assert record == Branch(type="branch", parts=(Leaf(type="leaf", text="a"),), labels={})


def test_a_record_that_is_encoded_is_left_as_it_is() -> None:
    record = decode_as(Branch, {"type": "branch", "parts": [{"type": "leaf", "text": "a"}]})
    encoded = encode(record)
    encoded["parts"][0]["text"] = "b"
    encoded["type"] = "twig"
    assert record == Branch(type="branch", parts=(Leaf(type="leaf", text="a"),))


@wire_record
class Size(WireRecord):
    width: int
    REQUIRED: ClassVar[tuple[str, ...]] = ("width",)


@wire_record
class Weight(WireRecord):
    grams: float
    REQUIRED: ClassVar[tuple[str, ...]] = ("grams",)


@wire_record
class Parcel(WireRecord):
    measures: tuple[Size | Weight, ...] | Absent = ABSENT
    known: tuple[Size | Weight | Opaque, ...] | Absent = ABSENT


def test_classes_that_no_tag_tells_apart_are_tried_in_turn() -> None:
    document: Json = {
        "measures": [{"width": 1}, {"grams": 0.5}],
        "known": [{"width": 1}, {"width": ""}, 5, {"grams": 2}],
    }
    for _ in range(100):
        for record in (decode_as(Parcel, document), root_decoder(Parcel).decode_text(json.dumps(document))):
            assert record.measures == (Size(width=1), Weight(grams=0.5))
            assert record.known == (Size(width=1), Opaque({"width": ""}), Opaque(5), Weight(grams=2))
    with pytest.raises(DecodeError, match="/measures/1"):
        root_decoder(Parcel).decode_text('{"measures": [{"width": 1}, {"length": 2}]}')


def test_the_order_of_keys_is_said_where_it_is_not_that_of_the_class() -> None:
    assert decode_as(Leaf, {"type": "leaf", "text": ""}).key_order is None
    assert decode_as(Leaf, {"text": "", "type": "leaf"}).key_order == ("text", "type")
    assert decode_as(Leaf, {"type": "leaf", UNHEARD_OF: 1}).key_order is None
    assert decode_as(Leaf, {UNHEARD_OF: 1, "type": "leaf"}).key_order == (UNHEARD_OF, "type")


def test_null_in_an_array_is_as_strict_as_anything_else() -> None:
    branch = decode_as(Branch, {"type": "branch", "parts": [None]})
    assert branch.parts == (Opaque(None),)
    with pytest.raises(DecodeError, match="found null at /leaves/0: expected an object"):
        decode_as(Tree, {"name": "", "leaves": [None]})
    with pytest.raises(DecodeError, match="found null at /labels/a: expected a string"):
        decode_as(Branch, {"type": "branch", "labels": {"a": None}})


def test_an_object_that_json_does_not_make_is_no_document() -> None:
    odd = OrderedDict(type="leaf")
    assert decode_union(MEMBERS, [odd]) == Opaque([odd])
    assert decode_as(Branch, {"type": "branch", "parts": [odd]}).parts == (Opaque(odd),)


def test_absent_is_not_null() -> None:
    assert decode_as(Leaf, {"type": "leaf"}).weight is ABSENT
    assert decode_as(Leaf, {"type": "leaf", "weight": None}).weight is None


def test_nothing_is_ever_converted() -> None:
    with pytest.raises(DecodeError, match="an integer at /name: expected a string"):
        decode_as(Tree, {"name": 5})
    with pytest.raises(DecodeError, match="a boolean at /leaves/1/size: expected an integer"):
        decode_as(Tree, {"name": "", "leaves": [{"type": "leaf"}, {"type": "leaf", "size": True}]})


def test_a_whole_number_fits_where_a_fraction_does_and_stays_whole() -> None:
    assert json.dumps(encode(decode_as(Leaf, {"type": "leaf", "weight": 1}))) == '{"type": "leaf", "weight": 1}'


def test_a_member_whose_known_fields_do_not_fit_is_kept_as_it_came() -> None:
    odd = {"type": "leaf", "text": ["not", "a", "text"]}
    assert same_json(decode_union(MEMBERS, odd), odd) or decode_union(MEMBERS, odd) == Opaque(odd)


def test_a_key_that_is_a_word_of_python_has_its_own_name_in_json() -> None:
    leaf = decode_as(Leaf, {"type": "leaf", "from": "oak"})
    assert leaf.from_ == "oak"
    assert leaf.extra == {}


def test_a_required_key_is_missed_by_name() -> None:
    with pytest.raises(DecodeError, match="found null at /name: expected a string"):
        decode_as(Tree, {})


@pytest.mark.parametrize("document", [None, 5, "text", [], True])
def test_what_is_no_object_is_no_document(document: Json) -> None:
    with pytest.raises(DecodeError, match="at the document: expected an object"):
        decode_as(Tree, document)


@given(
    from_record(Tree).flatmap(lambda document: st.tuples(st.just(document), st.just(document) | mutations(document)))
)
@settings(max_examples=300)
def test_records_are_equal_exactly_where_their_documents_are_the_same(pair: tuple[Json, Json]) -> None:
    one, other = pair
    try:
        left, right = decode_as(Tree, one), decode_as(Tree, json.loads(json.dumps(other)))
    except DecodeError:
        assume(False)
    assert (left == right) == same_json(one, other)


def test_records_are_equal_when_their_documents_are() -> None:
    one = decode_as(Leaf, {"type": "leaf", "anything": 1})
    assert one == Leaf(type="leaf", anything=1)
    assert one != Leaf(type="leaf", anything=1.0)
    assert one != Leaf(type="leaf", anything=True)
    assert one != decode_as(Leaf, {"anything": 1, "type": "leaf"})


def test_an_edited_record_keeps_the_order_its_keys_came_in() -> None:
    record = decode_as(Leaf, {UNHEARD_OF: 1, "text": "a", "type": "leaf"})
    assert json.dumps(encode(attrs.evolve(record, text="b"))) == '{"unheard_of": 1, "text": "b", "type": "leaf"}'


# Hostile input: what would exhaust a stack, a parser or a table.

HOSTILE = {
    "lists nested 10,000 deep": nested(10_000),
    "objects nested 10,000 deep": nested(10_000, key="a"),
    "a text of 10 MB": "x" * 10_000_000,
    "an integer of 4,000 digits": 10**3_999 + 7,
    "a number beyond floats": json.loads("1e400"),
    "a lone surrogate": "\udc80",
    "100,000 keys": {str(number): number for number in range(100_000)},
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_value_of_an_unknown_key_comes_back(value: Json) -> None:
    document = {
        "name": "",
        UNHEARD_OF: value,
        "root": {"type": "branch", "parts": [{"type": UNHEARD_OF, "deep": value}]},
    }
    assert same_json(encode(decode_as(Tree, document)), document)


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_value_of_a_known_key_comes_back_or_is_refused(value: Json) -> None:
    for field in ("text", "size", "weight", "anything"):
        document = {"type": "leaf", field: value}
        try:
            assert same_json(encode(decode_as(Leaf, document)), document)
        except DecodeError as error:
            assert error.pointer == f"/{field}"  # noqa: PT017


def test_records_nested_deeper_than_the_stack_are_refused_or_come_back() -> None:
    inside: Json = {"type": "leaf"}
    for _ in range(10_000):
        inside = {"type": "branch", "parts": [inside]}
    document = {"name": "", "root": inside}
    try:
        record = decode_as(Tree, document)
    except DecodeError:
        return
    assert same_json(encode(record), document)


def test_many_orders_of_keys_do_not_fill_memory_and_stay_exact() -> None:
    for number in range(2_000):
        document = {f"key {number}": number, "type": "leaf", "text": ""}
        assert json.dumps(encode(decode_as(Leaf, document))) == json.dumps(document)


# Records inside a user's own classes, through cattrs.


@attrs.frozen
class Forest:
    trees: list[Tree]


@given(st.lists(from_record(Tree), max_size=3))
def test_a_converter_structures_records_inside_other_classes(trees: list[Json]) -> None:
    converter = make_converter()
    forest = converter.structure({"trees": trees}, Forest)
    assert json.dumps(converter.unstructure(forest)) == json.dumps({"trees": trees})
