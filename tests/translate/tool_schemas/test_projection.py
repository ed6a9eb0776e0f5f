"""L12: a schema projected to a dialect passes its rules, and what is valid under it is, lifted, valid under the original.

Schemas and values are made here; jsonschema-rs, which knows nothing of the project, says what is valid.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import assume, event, example, given, settings
from hypothesis import strategies as st

from polyloop.translate import UsageError
from polyloop.translate.jsonvalue import Json, same_json
from polyloop.translate.testing.strategies import mutations, reached
from polyloop.translate.tool_schemas import DIALECTS, lift, lower, project, violations

NAMES = st.sampled_from(["a", "b", "path", "kind", "value", "x y"])
NUMBERS = st.integers(-9, 9) | st.sampled_from([0.5, 1.5])
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(max_size=3)


def scalar_schemas() -> st.SearchStrategy[Any]:
    return st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("string")}, optional={"description": st.just("d"), "maxLength": st.integers(0, 4)}
        ),
        st.fixed_dictionaries({"type": st.just("string"), "format": st.sampled_from(["date", "uri", "ipv4"])}),
        st.fixed_dictionaries(
            {"type": st.sampled_from(["integer", "number"])}, optional={"minimum": st.integers(-5, 0)}
        ),
        st.fixed_dictionaries({"type": st.just(["string", "null"])}),
        st.fixed_dictionaries({"type": st.sampled_from(["boolean", "null"])}),
        st.fixed_dictionaries({"const": SCALARS}),
        st.fixed_dictionaries({"enum": st.lists(SCALARS, min_size=1, max_size=3)}),
        st.just({}),
        st.just({"$ref": "#/$defs/node"}),
        st.just({"$ref": "#/definitions/leaf"}),
    )


def compound(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    members = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        objects(inner),
        st.fixed_dictionaries({"type": st.just("array")}, optional={"items": inner, "maxItems": st.integers(0, 3)}),
        st.fixed_dictionaries({"anyOf": members}, optional={"description": st.just("one of")}),
        st.fixed_dictionaries({"oneOf": members}),
        st.fixed_dictionaries({"allOf": members}),
        st.fixed_dictionaries({"type": st.just("object"), "additionalProperties": inner}),
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"type": st.just("array"), "prefixItems": members}),
    )


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    @st.composite
    def made(draw: st.DrawFn) -> Any:
        properties = draw(st.dictionaries(NAMES, inner, max_size=3))
        schema: dict[str, Any] = {"type": "object", "properties": properties}
        if properties:
            schema["required"] = draw(st.lists(st.sampled_from(sorted(properties)), unique=True))
        if draw(st.booleans()):
            schema["additionalProperties"] = draw(st.booleans())
        return schema

    return made()


@st.composite
def schemas(draw: st.DrawFn) -> Any:
    """Schemas as people write them for tools, and stranger ones: the top need not be an object, references lead to definitions."""
    inner = st.recursive(scalar_schemas(), compound, max_leaves=6)
    root = dict(draw(st.one_of(objects(inner), inner)))
    node = draw(objects(scalar_schemas()))
    if draw(st.booleans()):  # a definition that holds itself
        node["properties"] = {**node["properties"], "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}}
    return {
        **root,
        "$defs": {"node": node},
        "definitions": {"leaf": draw(scalar_schemas().filter(lambda s: "$ref" not in s))},
    }


@st.composite
def values(draw: st.DrawFn, schema: Any, root: Any, depth: int = 0) -> Any:
    """Values that mostly fit a schema: made from what it says, without looking at every keyword."""
    if not isinstance(schema, dict) or depth > 6:
        return draw(SCALARS)
    if "$ref" in schema:
        found = root
        for token in schema["$ref"].split("/")[1:]:
            found = found.get(token, {})
        return draw(values(found, root, depth + 1))
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key) and draw(st.integers(0, 4)):
            return draw(values(draw(st.sampled_from(schema[key])), root, depth + 1))
    kind = schema.get("type", "object" if "properties" in schema else None)
    if isinstance(kind, list):
        kind = draw(st.sampled_from(kind))
    return draw(_of_type(kind, schema, root, depth))


def _of_type(kind: Any, schema: Any, root: Any, depth: int) -> st.SearchStrategy[Any]:
    if kind == "object":
        return _object(schema, root, depth)
    if kind == "array":
        return st.lists(values(schema.get("items", {}), root, depth + 1), max_size=2)
    plain: dict[Any, st.SearchStrategy[Any]] = {
        "string": st.sampled_from(["", "ab", "2026-11-22", "1.2.3.4"]), "integer": st.integers(-9, 9), "number": NUMBERS,
        "boolean": st.booleans(), "null": st.none(),
    }  # fmt: skip
    return plain.get(kind, SCALARS | st.just({}) | st.just([]))


@st.composite
def _object(draw: st.DrawFn, schema: Any, root: Any, depth: int) -> Any:
    properties = schema.get("properties", {})
    made = {}
    for name, inner in properties.items():
        if name in schema.get("required", ()) or draw(st.booleans()):
            made[name] = draw(values(inner, root, depth + 1))
    if schema.get("additionalProperties") is not False and draw(st.integers(0, 3)) == 0:
        further = schema.get("additionalProperties", {})
        made["further"] = draw(values(further if isinstance(further, dict) else {}, root, depth + 1))
    return made


def is_valid(value: Any, schema: Any) -> bool:
    return jsonschema_rs.validator_for(schema).is_valid(value)


def keys_in_order(schema: Any) -> Iterator[tuple[str, ...]]:
    """Yield the names of the properties of every object, in their order."""
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict):
            yield tuple(schema["properties"])
        for inner in schema.values():
            yield from keys_in_order(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from keys_in_order(inner)


UNION = {
    "type": "object",
    "oneOf": [{"properties": {"a": {"type": "string"}}, "required": ["a"]}],
    "description": "top",
}
OPTIONAL = {
    "type": "object", "properties": {"a": {"type": "string"}, "b": {"$ref": "#/$defs/n"}}, "required": ["b"],
    "$defs": {"n": {"type": "object", "properties": {"next": {"$ref": "#/$defs/n"}}}},
}  # fmt: skip
everywhere = pytest.mark.parametrize("dialect", DIALECTS)


@everywhere
@given(schema=schemas())
@example(schema=UNION)
@example(schema=OPTIONAL)
@settings(max_examples=60)
def test_a_projection_passes_the_rules_of_its_dialect(dialect: str, schema: Any) -> None:
    assert violations(project(schema, dialect).schema, dialect) == ()


@everywhere
@given(data=st.data())
@settings(max_examples=100)
def test_what_is_valid_under_the_projection_is_valid_lifted(dialect: str, data: st.DataObject) -> None:
    schema = data.draw(schemas())
    projection = project(schema, dialect)
    assume(not any(loss.kind == "widened" for loss in projection.losses))
    value = data.draw(values(projection.schema, projection.schema))
    assume(is_valid(value, projection.schema))
    event(type(value).__name__)
    assert is_valid(lift(value, projection), schema)


@pytest.mark.parametrize("dialect", sorted(set(DIALECTS) - {"openai-strict"}))
@given(data=st.data())
@settings(max_examples=60)
def test_what_was_valid_stays_valid_where_nothing_was_narrowed(dialect: str, data: st.DataObject) -> None:
    schema = data.draw(schemas())
    projection = project(schema, dialect)
    assume(not any(loss.kind == "narrowed" for loss in projection.losses))
    value = data.draw(values(schema, schema))
    assume(is_valid(value, schema) and (projection.wrapped or isinstance(value, dict)))
    assert is_valid(lower(value, projection), projection.schema)
    assert same_json(lift(lower(value, projection), projection), value)


@everywhere
@given(schema=schemas())
@settings(max_examples=60)
def test_projecting_twice_is_projecting_once(dialect: str, schema: Any) -> None:
    once = project(schema, dialect)
    again = project(once.schema, dialect)
    assert json.dumps(again.schema) == json.dumps(once.schema)
    assert not again.wrapped


@everywhere
@given(schema=schemas())
@settings(max_examples=60)
def test_properties_keep_their_order(dialect: str, schema: Any) -> None:
    projection = project(schema, dialect)
    known = [list(names) for names in keys_in_order(schema)]
    for names in keys_in_order(projection.schema):
        if len(names) > 1:
            assert any([name for name in order if name in names] == [n for n in names if n in order] for order in known)


@everywhere
@given(schema=schemas())
@settings(max_examples=40)
def test_a_loss_names_a_place_of_the_schema(dialect: str, schema: Any) -> None:
    projection = project(schema, dialect)
    for loss in projection.losses:
        assert loss.reason
        assert loss.pointer == "" or loss.pointer.startswith("/")


def test_generated_schemas_reach_what_is_hard() -> None:
    def lossless(schema: Any) -> bool:
        return not project(schema, "openai-strict").losses and len(json.dumps(schema)) > 250

    assert reached(schemas(), lambda schema: project(schema, "anthropic").wrapped)
    assert reached(schemas(), lambda schema: any(key in schema for key in ("oneOf", "anyOf", "allOf")))
    assert reached(schemas(), lossless, tries=500)


@pytest.mark.parametrize("schema", [True, False, None, [], "object", 3])
@everywhere
def test_what_is_no_schema_of_an_object_becomes_one(dialect: str, schema: Any) -> None:
    assert violations(project(schema, dialect).schema, dialect) == ()


@pytest.mark.parametrize("dialect", DIALECTS)
@given(schema=schemas().flatmap(mutations) | schemas().flatmap(mutations).flatmap(mutations))
def test_what_is_nearly_a_schema_is_projected_all_the_same(dialect: str, schema: Any) -> None:
    projection = project(schema, dialect)
    assert project(projection.schema, dialect).schema == projection.schema


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "key", ["required", "properties", "definitions", "$defs", "anyOf", "allOf", "enum", "format", "type"]
)
@pytest.mark.parametrize("value", [True, 5, "a", [5], [{}], {"a": 5}, [[]], None])
def test_a_key_of_a_schema_may_hold_anything(dialect: str, key: str, value: Json) -> None:
    inner = {"type": "object", "properties": {"a": {"type": "string"}}, key: value}
    for schema in (inner, {"type": "object", "properties": {"b": inner}, "required": ["b"]}, {"anyOf": [inner, inner]}):
        assert isinstance(project(schema, dialect).schema, dict)


def test_a_union_at_the_top_goes_under_one_property_and_comes_back() -> None:
    projection = project(UNION, "anthropic")
    assert projection.wrapped
    assert projection.schema["required"] == ["value"]
    assert lift({"value": {"a": "x"}}, projection) == {"a": "x"}
    assert lower({"a": "x"}, projection) == {"value": {"a": "x"}}


def test_an_optional_property_is_null_for_a_strict_sampler_and_left_out_for_the_tool() -> None:
    projection = project(OPTIONAL, "openai-strict")
    assert projection.schema["required"] == ["a", "b"]
    assert lift({"a": None, "b": {"next": None}}, projection) == {"b": {}}


def test_a_format_the_sampler_does_not_know_is_a_loss_that_names_its_path() -> None:
    schema = {
        "type": "object",
        "properties": {"u": {"type": "string", "format": "uri"}},
        "required": ["u"],
        "additionalProperties": False,
    }
    losses = project(schema, "openai-strict").losses
    assert [(loss.pointer, loss.kind) for loss in losses] == [("/properties/u/format", "widened")]


def test_a_dialect_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="anthropic, openai, openai-strict"):
        project({}, "gemini")
