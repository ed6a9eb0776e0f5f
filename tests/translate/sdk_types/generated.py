"""Documents of the SDKs' published types: whatever these allow, and nothing of it made by hand.

Records of any union, optional keys or none, texts from a pool of those that mean something somewhere: ids that meet, data URLs, JSON in a
text, names that another provider forbids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from .types import schema_of

TEXTS: Final = (
    "a", "", "Look at it.", "call_1", "call_2", "toolu_01", "get_weather", "mcp__x.y/z", "user", "image/png", "application/pdf", "text/plain",
    "aGVsbG8=", "data:image/png;base64,aGVsbG8=", "https://example.com/a.png", '{"city": "Bern"}', '{"n": 1e400', "[1]", "2026-11-24",
    "computer", "Zürich \N{EYES}\u2028", "x" * 70, "\ud83d",
)  # fmt: skip
DEEPEST: Final = 9
"""Records inside records; below it everything is as small as its type allows."""

texts = st.sampled_from(TEXTS) | st.text(max_size=5)
numbers = st.sampled_from([0, 1, 2, 16, 1024, 123456789012345678901]) | st.integers(-1, 2000)
anything = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
objects = st.dictionaries(texts, anything, max_size=3) | st.just(
    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
)
"""What ``object`` stands for in the types is nearly always an object: arguments, a schema."""


def published(wire: str, kind: str) -> st.SearchStrategy[Any]:
    """Return documents that the SDK's type of a wire's requests or replies allows."""
    return _values(wire, kind)


@st.composite
def _values(draw: st.DrawFn, wire: str, kind: str) -> Any:
    root, records = _taken_apart(wire, kind)
    return _Drawing(draw, records, _heights(wire, kind)).value(root, 0)


@cache
def _taken_apart(wire: str, kind: str) -> tuple[Any, dict[str, Any]]:
    schema = schema_of(wire, kind)
    if schema["type"] != "definitions":
        return schema, {}
    return schema["schema"], {definition["ref"]: definition for definition in schema["definitions"]}


class _Drawing:
    def __init__(self, draw: st.DrawFn, records: Mapping[str, Any], heights: Mapping[str, int]) -> None:
        self.draw = draw
        self.records = records
        self.heights = heights

    def value(self, schema: Any, depth: int) -> Any:
        kind = schema["type"]
        if kind in _INSIDE:
            return self.value(_INSIDE[kind](schema), depth)
        if kind in _SCALARS:
            return self.draw(_SCALARS[kind])
        method: Callable[[Any, int], Any] = getattr(self, "of_" + kind.replace("-", "_"))
        return method(schema, depth)

    def of_literal(self, schema: Any, depth: int) -> Any:
        return self.draw(st.sampled_from(schema["expected"]))

    def of_definition_ref(self, schema: Any, depth: int) -> Any:
        return self.value(self.records[schema["schema_ref"]], depth)

    def of_nullable(self, schema: Any, depth: int) -> Any:
        if depth > DEEPEST or self.draw(st.integers(0, 3)) == 0:
            return None
        return self.value(schema["schema"], depth)

    def of_union(self, schema: Any, depth: int) -> Any:
        choices = [choice[0] if isinstance(choice, tuple) else choice for choice in schema["choices"]]
        choices = [choice for choice in choices if _height(choice, self.heights) < _NEVER]
        if depth > DEEPEST:
            return self.value(min(choices, key=lambda choice: _height(choice, self.heights)), depth)
        return self.value(self.draw(st.sampled_from(choices)), depth)

    def of_list(self, schema: Any, depth: int) -> Any:
        count = 0 if depth > DEEPEST else self.draw(st.integers(0, 3))
        return [self.value(schema["items_schema"], depth) for _ in range(count)]

    def of_dict(self, schema: Any, depth: int) -> Any:
        keys = [] if depth > DEEPEST else self.draw(st.lists(texts, max_size=2, unique=True))
        return {key: self.value(schema["values_schema"], depth) for key in keys}

    def of_typed_dict(self, schema: Any, depth: int) -> Any:
        return self._record(schema["fields"], depth, lambda field: field.get("required", True))

    def of_model_fields(self, schema: Any, depth: int) -> Any:
        return self._record(schema["fields"], depth, lambda field: field["schema"]["type"] != "default")

    def _record(self, fields: Mapping[str, Any], depth: int, is_needed: Callable[[Any], bool]) -> Any:
        optional = [name for name, field in fields.items() if not is_needed(field) and _reachable(field, self.heights)]
        most = 0 if depth > DEEPEST else min(5, len(optional))
        taken = self.draw(st.sets(st.sampled_from(optional), max_size=most)) if most else set()
        return {
            field.get("validation_alias", name): self.value(field["schema"], depth + 1)
            for name, field in fields.items()
            if is_needed(field) or name in taken
        }


_INSIDE: Final[Mapping[str, Callable[[Any], Any]]] = {
    "default": lambda schema: schema["schema"],
    "model": lambda schema: schema["schema"],
    "function-wrap": lambda schema: schema["schema"],
    "function-after": lambda schema: schema["schema"],
    "json-or-python": lambda schema: schema["json_schema"],
    "lax-or-strict": lambda schema: schema["strict_schema"],
    "chain": lambda schema: schema["steps"][-1],
}
"""What another schema stands around and, in JSON, says nothing about."""

_SCALARS: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "str": texts,
    "int": numbers,
    "float": st.floats(allow_nan=False, allow_infinity=False, width=32) | numbers,
    "bool": st.booleans(),
    "none": st.none(),
    "any": objects | anything,
    "datetime": st.just("2026-11-24T00:00:00Z"),
}

_NEVER: Final = 1000
"""The height of what no JSON value is, an open file say."""


def _reachable(field: Any, heights: Mapping[str, int]) -> bool:
    return _height(field["schema"], heights) < _NEVER


def _height(schema: Any, heights: Mapping[str, int]) -> int:
    """Return how many records the smallest value of a schema has inside one another."""
    kind = schema["type"]
    if kind in _INSIDE:
        return _height(_INSIDE[kind](schema), heights)
    match kind:
        case "definition-ref":
            return heights.get(schema["schema_ref"], _NEVER)
        case "union":
            choices = (choice[0] if isinstance(choice, tuple) else choice for choice in schema["choices"])
            return min(_height(choice, heights) for choice in choices)
        case "typed-dict":
            needed = [field for field in schema["fields"].values() if field.get("required", True)]
        case "model-fields":
            needed = [field for field in schema["fields"].values() if field["schema"]["type"] != "default"]
        case "is-instance":
            return _NEVER
        case _:
            return 0
    return 1 + max((_height(field["schema"], heights) for field in needed), default=0)


@cache
def _heights(wire: str, kind: str) -> Mapping[str, int]:
    """Return the height of each record that is referred to: the least fixed point, reached from above."""
    _, records = _taken_apart(wire, kind)
    heights: dict[str, int] = {}
    while True:
        found = {name: min(_height(record, heights), _NEVER) for name, record in records.items()}
        if found == heights:
            return heights
        heights = found
