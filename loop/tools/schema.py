"""JSON Schema, as far as the loop needs it: infer one from an example, make one of Python annotations, and check a value by one.

The checker knows the keywords in `KNOWN` and no others. A schema that uses another one is refused when the tool is made, unless the
package jsonschema-rs is installed, which then checks everything: a keyword passed over would be a promise not kept.
"""

from __future__ import annotations

import enum
import inspect
import re
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, Final, Literal, Union, get_args, get_origin

from polyloop.translate.errors import UsageError
from polyloop.translate.jsonvalue import Json, JsonObject, json_type, pointer, same_json

Checker = Callable[[Json], tuple[str, ...]]
"""Gives the problems of a value, each with its JSON pointer; none where it is valid."""

SHOWN_PROBLEMS: Final = 10


def schema_of_example(example: Json) -> JsonObject:
    """Infer a schema from one example: the types it has, every key of an object needed, the items of a list all alike.

    An example's ``null`` says nothing about the type. An empty list has items of any kind; one of several kinds allows each of them.
    """
    match example:
        case None:
            return {}
        case Mapping():
            properties = {key: schema_of_example(value) for key, value in example.items()}
            return {"type": "object", "properties": properties, "required": list(properties)}
        case list() | tuple():
            return {"type": "array", **_items_of(example)}
        case _:
            return {"type": json_type(example)}


def _items_of(examples: Sequence[Json]) -> JsonObject:
    kinds: list[JsonObject] = []
    for example in examples:
        schema = schema_of_example(example)
        if not any(same_json(schema, kind) for kind in kinds):
            kinds.append(schema)
    if not kinds or {} in kinds:
        return {}
    return {"items": kinds[0] if len(kinds) == 1 else {"anyOf": kinds}}


def checker_of(schema: JsonObject) -> Checker:
    """Return what checks values by a schema. Raises `UsageError` for a schema nobody here can check."""
    library = _library()
    if library is not None:
        return _by_library(library, schema)
    unknown = sorted(set(_unknown_keywords(schema)))
    if unknown:
        raise UsageError(f"the schema uses {', '.join(unknown)}: install jsonschema-rs to check it, or leave it out")
    return lambda value: tuple(_problems(schema, value, ()))


def _library() -> Any:
    try:
        return import_module("jsonschema_rs")
    except ImportError:
        return None


def _by_library(library: Any, schema: JsonObject) -> Checker:
    try:
        validator = library.validator_for(schema)
    except library.ValidationError as error:
        raise UsageError(f"this is no JSON Schema: {error.message}") from error

    def check(value: Json) -> tuple[str, ...]:
        found = []
        for error in validator.iter_errors(value):
            found.append(f"{pointer(*error.instance_path) or 'the value'}: {error.message}")
            if len(found) == SHOWN_PROBLEMS:
                break
        return tuple(found)

    return check


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_TYPES: Final[dict[str, Callable[[Json], bool]]] = {
    "object": lambda value: isinstance(value, Mapping),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: _is_number(value) and value == int(value),
    "number": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}


_NOTES: Final = frozenset({"title", "description", "default", "examples", "$schema", "$id", "$comment", "deprecated"})
_SUBSCHEMAS: Final = frozenset({"items", "additionalProperties", "not"})
_SUBSCHEMA_LISTS: Final = frozenset({"anyOf", "allOf", "oneOf"})
KNOWN: Final = (
    _NOTES
    | _SUBSCHEMAS
    | _SUBSCHEMA_LISTS
    | {"type", "properties", "required", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
    | {"minLength", "maxLength", "pattern", "minItems", "maxItems"}
)
"""Every keyword the checker understands."""


def _unknown_keywords(schema: Json) -> Iterator[str]:
    if not isinstance(schema, Mapping):
        return
    yield from (key for key in schema if key not in KNOWN)
    inner = [schema[key] for key in _SUBSCHEMAS if key in schema]
    inner += [each for key in _SUBSCHEMA_LISTS for each in schema.get(key, ())]
    inner += list(schema.get("properties", {}).values())
    for each in inner:
        yield from _unknown_keywords(each)


def _problems(schema: Json, value: Json, path: tuple[str | int, ...]) -> Iterator[str]:
    """Give what is wrong with a value, first the place, then why."""
    if isinstance(schema, bool):
        if not schema:
            yield f"{_place(path)}: nothing is allowed here"
        return
    for keyword, check in _KEYWORDS.items():
        if keyword in schema:
            yield from check(schema, value, path)


def _place(path: tuple[str | int, ...]) -> str:
    return pointer(*path) or "the value"


_Check = Callable[[JsonObject, Json, tuple[str | int, ...]], Iterator[str]]


def _type(schema: JsonObject, value: Json, path: tuple[str | int, ...]) -> Iterator[str]:
    wanted = schema["type"]
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    if not any(_TYPES[name](value) for name in names if name in _TYPES):
        yield f"{_place(path)}: expected {' or '.join(names)}, found {json_type(value)}"


def _object(schema: JsonObject, value: Json, path: tuple[str | int, ...]) -> Iterator[str]:
    if not isinstance(value, Mapping):
        return
    properties = schema.get("properties", {})
    for key in schema.get("required", ()):
        if key not in value:
            yield f"{_place(path)}: {key!r} is missing"
    for key, inner in value.items():
        if key in properties:
            yield from _problems(properties[key], inner, (*path, key))
        elif schema.get("additionalProperties", True) is False:
            yield f"{_place(path)}: {key!r} is not expected"
        elif isinstance(schema.get("additionalProperties"), Mapping):
            yield from _problems(schema["additionalProperties"], inner, (*path, key))


def _object_once(keyword: str) -> _Check:
    """Check an object by the first of its three keywords only: they belong together."""
    earlier = ("properties", "required", "additionalProperties")

    def check(schema: JsonObject, value: Json, path: tuple[str | int, ...]) -> Iterator[str]:
        if next(key for key in earlier if key in schema) == keyword:
            yield from _object(schema, value, path)

    return check


def _items(schema: JsonObject, value: Json, path: tuple[str | int, ...]) -> Iterator[str]:
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _problems(schema["items"], inner, (*path, index))


def _enum(schema: JsonObject, value: Json, path: tuple[str | int, ...]) -> Iterator[str]:
    if not any(_equal(value, allowed) for allowed in schema["enum"]):
        yield f"{_place(path)}: expected one of {', '.join(map(repr, schema['enum']))}"


def _const(schema: JsonObject, value: Json, path: tuple[str | int, ...]) -> Iterator[str]:
    if not _equal(value, schema["const"]):
        yield f"{_place(path)}: expected {schema['const']!r}"


def _equal(one: Json, other: Json) -> bool:
    """JSON Schema's equality: numbers by value, whatever their spelling, and never a boolean."""
    if _is_number(one) and _is_number(other):
        return bool(one == other)
    return same_json(one, other, ordered=False)


def _some(keyword: str, fits: Callable[[int, int], bool], words: str) -> _Check:
    def check(schema: JsonObject, value: Json, path: tuple[str | int, ...]) -> Iterator[str]:
        found = [tuple(_problems(each, value, path)) for each in schema[keyword]]
        valid = sum(1 for problems in found if not problems)
        if not fits(valid, len(found)):
            yield f"{_place(path)}: {words}"

    return check


def _not(schema: JsonObject, value: Json, path: tuple[str | int, ...]) -> Iterator[str]:
    if not tuple(_problems(schema["not"], value, path)):
        yield f"{_place(path)}: this is what is not allowed"


def _bound(keyword: str, measure: Callable[[Json], Any], fits: Callable[[Any, Any], bool], words: str) -> _Check:
    def check(schema: JsonObject, value: Json, path: tuple[str | int, ...]) -> Iterator[str]:
        size = measure(value)
        if size is not None and not fits(size, schema[keyword]):
            yield f"{_place(path)}: {words} {schema[keyword]}"

    return check


def _number(value: Json) -> Any:
    return value if _is_number(value) else None


def _length(value: Json) -> int | None:
    return len(value) if isinstance(value, str) else None


def _count(value: Json) -> int | None:
    return len(value) if isinstance(value, list) else None


def _pattern(schema: JsonObject, value: Json, path: tuple[str | int, ...]) -> Iterator[str]:
    if isinstance(value, str) and re.search(schema["pattern"], value) is None:
        yield f"{_place(path)}: expected text like {schema['pattern']}"


_KEYWORDS: Final[dict[str, _Check]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "properties": _object_once("properties"),
    "required": _object_once("required"),
    "additionalProperties": _object_once("additionalProperties"),
    "items": _items,
    "anyOf": _some("anyOf", lambda valid, count: valid > 0, "none of the allowed forms fits"),
    "oneOf": _some("oneOf", lambda valid, count: valid == 1, "exactly one of the forms has to fit"),
    "allOf": _some("allOf", lambda valid, count: valid == count, "not every one of the forms fits"),
    "not": _not,
    "minimum": _bound("minimum", _number, lambda a, b: a >= b, "expected at least"),
    "maximum": _bound("maximum", _number, lambda a, b: a <= b, "expected at most"),
    "exclusiveMinimum": _bound("exclusiveMinimum", _number, lambda a, b: a > b, "expected more than"),
    "exclusiveMaximum": _bound("exclusiveMaximum", _number, lambda a, b: a < b, "expected less than"),
    "minLength": _bound("minLength", _length, lambda a, b: a >= b, "expected at least this many characters:"),
    "maxLength": _bound("maxLength", _length, lambda a, b: a <= b, "expected at most this many characters:"),
    "minItems": _bound("minItems", _count, lambda a, b: a >= b, "expected at least this many items:"),
    "maxItems": _bound("maxItems", _count, lambda a, b: a <= b, "expected at most this many items:"),
    "pattern": _pattern,
}


_SCALARS: Final[dict[Any, str]] = {
    str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null", list: "array", dict: "object",
}  # fmt: skip


def schema_of_signature(function: Callable[..., Any], skip: tuple[str, ...] = ()) -> JsonObject:
    """Make the schema of a function's arguments. Raises `UsageError` for an annotation that has none."""
    hints = typing.get_type_hints(function)
    properties: JsonObject = {}
    required: list[str] = []
    for name, parameter in inspect.signature(function).parameters.items():
        if name in skip:
            continue
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise UsageError(f"parameter {name!r} of a tool must be one that can be given by name")
        if name not in hints:
            raise UsageError(f"parameter {name!r} of a tool needs an annotation")
        properties[name] = schema_of_annotation(hints[name], name)
        if parameter.default is parameter.empty:
            required.append(name)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def schema_of_annotation(hint: Any, name: str) -> JsonObject:
    """Make the schema of one annotation: scalars, lists, dicts, unions, literals, enumerations of strings, ``Any``."""
    if hint is Any:
        return {}
    if hint in _SCALARS:
        return {"type": _SCALARS[hint]}
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema_of_annotation(each, name) for each in arguments]}
    if origin is list or origin is Sequence:
        return {"type": "array", "items": schema_of_annotation(arguments[0], name)}
    if (origin is dict or origin is Mapping) and arguments[0] is str:
        return {"type": "object", "additionalProperties": schema_of_annotation(arguments[1], name)}
    if isinstance(hint, type) and issubclass(hint, enum.StrEnum):
        return {"enum": [member.value for member in hint]}
    raise UsageError(f"parameter {name!r} has an annotation that no JSON Schema is known for: {hint!r}")
