"""Functions as tools, and the checking of arguments."""

from __future__ import annotations

import asyncio
import enum
import importlib.util
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.loop.ports import CallContext, ToolOutcome
from polyloop.loop.testing import PIXEL, call
from polyloop.loop.tools import Image, extraction_tool, tool, ui_not_as_expected_tool
from polyloop.loop.tools import schema as schemas
from polyloop.loop.tools.functions import FunctionTool
from polyloop.loop.tools.schema import KNOWN, checker_of, schema_of_example
from polyloop.translate import hub
from polyloop.translate.errors import UsageError
from polyloop.translate.jsonvalue import Json, JsonObject

NO_CONTEXT: Any = None


def run(made: FunctionTool, arguments: Json) -> ToolOutcome:
    return asyncio.run(made.run(call("a", "f", arguments), NO_CONTEXT))


class Colour(enum.StrEnum):
    RED = "red"
    BLUE = "blue"


@tool
def paint(
    where: str, times: int = 1, colour: Literal["red", "blue"] = "red", corners: list[float] | None = None
) -> str:
    """Paint something."""
    return f"{where} {times} {colour} {corners}"


def test_the_signature_is_the_schema_and_the_docstring_the_description() -> None:
    assert paint.definition.name == "paint"
    assert paint.definition.description == "Paint something."
    assert paint.definition.schema == {
        "type": "object",
        "properties": {
            "where": {"type": "string"},
            "times": {"type": "integer"},
            "colour": {"enum": ["red", "blue"]},
            "corners": {"anyOf": [{"type": "array", "items": {"type": "number"}}, {"type": "null"}]},
        },
        "required": ["where"],
        "additionalProperties": False,
    }


def test_arguments_are_checked_before_the_function_is_called() -> None:
    good = run(paint, {"where": "wall", "corners": [1, 2.5]})
    assert good.parts == (hub.Text(text="wall 1 red [1, 2.5]"),)
    for bad in (
        {},
        {"where": 1},
        {"where": "x", "times": 1.5},
        {"where": "x", "colour": "green"},
        {"where": "x", "y": 1},
    ):
        outcome = run(paint, bad)
        assert outcome.outcome == "error"
        assert "do not fit" in str(outcome.parts)


def test_what_a_function_returns_becomes_parts() -> None:
    def giving(value: Any) -> ToolOutcome:
        @tool(description="Gives.")
        async def give() -> Any:
            return value

        return run(give, {})

    assert giving("text").parts == (hub.Text(text="text"),)
    assert giving({"a": [1, None]}).parts == (hub.Text(text='{"a": [1, null]}'),)
    assert giving(None).parts == ()
    both = giving(["see", Image(data=PIXEL)]).parts
    assert [type(part) for part in both] == [hub.Text, hub.Media]
    assert giving(ToolOutcome(outcome="error")).outcome == "error"


def test_a_function_can_take_the_context_and_the_model_never_sees_it() -> None:
    @tool(repeatable=True, approval=True, seconds=3.0, lane="bank")
    def pay(amount: int, context: CallContext) -> str:
        """Pay."""
        return f"{amount} {context}"

    assert list(pay.definition.schema["properties"]) == ["amount"]
    assert run(pay, {"amount": 3}).parts == (hub.Text(text="3 None"),)
    policy = pay.policy
    assert (policy.repeatable, policy.approval, policy.seconds, policy.lane) == (True, True, 3.0, "bank")


def test_a_function_that_no_schema_can_be_made_of_is_refused_when_it_is_made() -> None:
    def bare(x):  # type: ignore[no-untyped-def]
        """Has no annotation."""

    def strange(x: complex) -> None:
        """Has one no schema says."""

    def undescribed(x: int) -> None: ...

    def open_ended(*x: int) -> None:
        """Takes anything."""

    for function in (bare, strange, undescribed, open_ended):
        with pytest.raises(UsageError):
            tool(function)


def test_enumerations_of_strings_are_their_values() -> None:
    @tool
    def pick(colour: Colour, table: dict[str, int]) -> str:
        """Pick."""
        return colour

    assert pick.definition.schema["properties"] == {
        "colour": {"enum": ["red", "blue"]},
        "table": {"type": "object", "additionalProperties": {"type": "integer"}},
    }


def test_an_extraction_is_checked_by_a_schema_made_of_an_example() -> None:
    made = extraction_tool(example={"name": "Ada", "born": 1815, "tags": ["x"]})

    def give(result: Json) -> ToolOutcome:
        return asyncio.run(made.run(call("a", "extraction", {"data": {"name": "n", "result": result}}), NO_CONTEXT))

    good = give({"name": "Grace", "born": 1906, "tags": []})
    assert good.conclusion == {"name": "Grace", "born": 1906, "tags": []}
    bad = give({"name": "Grace", "born": "1906"})
    assert bad.outcome == "error"
    assert "/data/result" in str(bad.parts)


def test_a_mismatch_needs_a_reason() -> None:
    made = ui_not_as_expected_tool()
    assert asyncio.run(made.run(call("a", "x", {}), NO_CONTEXT)).outcome == "error"
    assert asyncio.run(made.run(call("a", "x", {"reasoning": "no"}), NO_CONTEXT)).ends == "stop"


# The checker, against a real one.

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 1.0, -0.0]) | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "c"]), inner, max_size=3),
    max_leaves=5,
)


def schema_strategy() -> st.SearchStrategy[JsonObject]:
    leaf = st.one_of(
        st.just({}),
        st.builds(
            lambda name: {"type": name},
            st.sampled_from(["string", "integer", "number", "boolean", "null", "array", "object"]),
        ),
        st.builds(
            lambda names: {"type": names},
            st.lists(st.sampled_from(["string", "integer", "null"]), min_size=1, max_size=2, unique=True),
        ),
        st.builds(lambda values: {"enum": values}, st.lists(VALUES, min_size=1, max_size=3)),
        st.builds(lambda value: {"const": value}, VALUES),
        st.builds(
            lambda key, n: {key: n},
            st.sampled_from(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]),
            st.integers(-2, 2),
        ),
        st.builds(
            lambda key, n: {key: n},
            st.sampled_from(["minLength", "maxLength", "minItems", "maxItems"]),
            st.integers(0, 2),
        ),
        st.just({"pattern": "^a+$"}),
    )

    def grow(inner: st.SearchStrategy[JsonObject]) -> st.SearchStrategy[JsonObject]:
        objects = st.fixed_dictionaries(
            {},
            optional={
                "properties": st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
                "required": st.lists(st.sampled_from(["a", "b"]), max_size=2, unique=True),
                "additionalProperties": st.booleans() | inner,
            },
        )
        several = st.builds(
            lambda key, each: {key: each},
            st.sampled_from(["anyOf", "oneOf", "allOf"]),
            st.lists(inner, min_size=1, max_size=2),
        )
        return (
            objects
            | several
            | st.builds(lambda each: {"items": each}, inner)
            | st.builds(lambda each: {"not": each}, inner)
        )

    return st.recursive(leaf, grow, max_leaves=4)


@pytest.mark.skipif(importlib.util.find_spec("jsonschema_rs") is None, reason="needs jsonschema-rs to compare with")
@given(schema_strategy(), VALUES)
def test_the_small_checker_agrees_with_a_whole_one(schema: JsonObject, value: Json) -> None:
    import jsonschema_rs

    ours = not tuple(schemas._problems(schema, value, ()))
    assert ours == jsonschema_rs.validator_for(schema).is_valid(value)


def test_a_schema_nobody_can_check_is_refused_and_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "_library", lambda: None)
    with pytest.raises(UsageError, match=r"\$ref, uniqueItems"):
        checker_of({"properties": {"a": {"$ref": "#"}, "b": {"items": {"uniqueItems": True}}}})
    problems = checker_of({"type": "object", "required": ["a"]})({"b": 1})
    assert problems == ("the value: 'a' is missing",)


@given(VALUES)
def test_an_example_is_valid_by_the_schema_made_of_it(example: Json) -> None:
    made = schema_of_example(example)
    assert tuple(schemas._problems(made, example, ())) == ()
    assert set(made) <= KNOWN
