"""What each dialect of JSON Schema takes, and a checker of its rules written from the documentation."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

import attrs

from ..errors import UsageError
from ..jsonvalue import Json, JsonObject, pointer

COMBINING: Final = ("oneOf", "anyOf", "allOf")
IN_PLACE: Final = ("if", "then", "else", "not")
LISTS: Final = ("anyOf", "oneOf", "allOf", "prefixItems")
MAPS: Final = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
SINGLES: Final = (
    "items",
    "additionalProperties",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    *IN_PLACE,
)


@attrs.frozen(kw_only=True)
class Dialect:
    """A provider's subset. ``strict`` is the one its sampler enforces: closed objects, every property required."""

    name: str
    strict: bool = False
    root_forbids: frozenset[str] = frozenset()
    """Keywords that may not stand at the top."""
    keywords: frozenset[str] | None = None
    """The only keywords that may stand anywhere; ``None``: any."""
    formats: frozenset[str] | None = None
    items_required: bool = False
    """An array without ``items`` is refused."""


_STRICT_KEYWORDS: Final = frozenset(
    {
        "type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "$ref", "$defs", "description",
        "title", "default", "pattern", "format", "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "minItems", "maxItems",
    }
)  # fmt: skip
_STRICT_FORMATS: Final = frozenset(
    {"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"}
)
DIALECTS: Final[Mapping[str, Dialect]] = {
    "anthropic": Dialect(name="anthropic", root_forbids=frozenset(COMBINING)),
    "openai": Dialect(
        name="openai", root_forbids=frozenset({*COMBINING, "enum", "not", "const"}), items_required=True
    ),
    "openai-strict": Dialect(
        name="openai-strict", strict=True, root_forbids=frozenset({*COMBINING, "enum", "not", "const"}),
        keywords=_STRICT_KEYWORDS, formats=_STRICT_FORMATS, items_required=True,
    ),
}  # fmt: skip


def dialect_of(name: str | Dialect) -> Dialect:
    if isinstance(name, Dialect):
        return name
    if name not in DIALECTS:
        raise UsageError(f"unknown schema dialect {name!r}; the dialects are {', '.join(DIALECTS)}")
    return DIALECTS[name]


def subschemas(schema: JsonObject) -> Iterator[tuple[tuple[str | int, ...], Json]]:
    """Yield the schemas directly inside one, with their places."""
    for key in LISTS:
        members = schema.get(key)
        if isinstance(members, list):
            yield from (((key, place), member) for place, member in enumerate(members))
    for key in MAPS:
        members = schema.get(key)
        if isinstance(members, dict):
            yield from (((key, name), member) for name, member in members.items())
    for key in SINGLES:
        if isinstance(schema.get(key), (dict, bool)):
            yield (key,), schema[key]


def violations(schema: Json, dialect: str | Dialect) -> tuple[str, ...]:
    """Return where a schema breaks a dialect's rules: ``pointer: what``, empty where it passes."""
    chosen = dialect_of(dialect)
    if not isinstance(schema, dict):
        return (f"{pointer() or '/'}: a tool's schema is an object",)
    found = [] if schema.get("type") == "object" else ["/: the type at the top is object"]
    found += [f"/{key}: not allowed at the top" for key in sorted(chosen.root_forbids & set(schema))]
    stack: list[tuple[tuple[str | int, ...], Json]] = [((), schema)]
    while stack:
        path, inner = stack.pop()
        if isinstance(inner, dict):
            found += [f"{pointer(*path) or '/'}: {problem}" for problem in _problems(inner, chosen)]
            stack += [((*path, *place), member) for place, member in subschemas(inner)]
        elif chosen.strict and path[-1:] != ("additionalProperties",):
            found.append(f"{pointer(*path)}: a schema is an object")
    return tuple(found)


def _problems(schema: JsonObject, dialect: Dialect) -> Iterator[str]:
    if dialect.keywords is not None:
        yield from (f"{key} is not supported" for key in schema if key not in dialect.keywords)
    if dialect.formats is not None and "format" in schema and not is_one_of(schema["format"], dialect.formats):
        yield f"format {schema['format']!r} is not supported"
    if dialect.items_required and is_type(schema, "array") and "items" not in schema:
        yield "an array needs items"
    if not dialect.strict:
        return
    if not any(key in schema for key in ("type", "anyOf", "$ref", "enum", "const")):
        yield "a schema needs a type"
    if is_type(schema, "object"):
        if schema.get("additionalProperties") is not False:
            yield "additionalProperties must be false"
        required = names_at(schema, "required")
        missing = [name for name in object_at(schema, "properties") if name not in required]
        if missing:
            yield f"every property must be required: {', '.join(missing)}"


def is_one_of(value: Json, names: Collection[str]) -> bool:
    """Tell whether a value of a schema, which may be anything, is one of these names."""
    return isinstance(value, str) and value in names


def object_at(schema: JsonObject, key: str) -> JsonObject:
    """Return the object under a key of a schema, an empty one where there is none: people's schemas hold anything."""
    value = schema.get(key)
    return value if isinstance(value, dict) else {}


def list_at(schema: JsonObject, key: str) -> list[Json]:
    """Return the list under a key of a schema, an empty one where there is none."""
    value = schema.get(key)
    return value if isinstance(value, list) else []


def names_at(schema: JsonObject, key: str) -> list[str]:
    """Return the strings of the list under a key of a schema."""
    return [name for name in list_at(schema, key) if isinstance(name, str)]


def is_type(schema: JsonObject, name: str) -> bool:
    """Tell whether a schema allows values of a type by its ``type`` keyword."""
    kind = schema.get("type")
    return kind == name or (isinstance(kind, list) and name in kind)
