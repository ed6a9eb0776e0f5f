"""Records to plain JSON and back: what journals, exports and durable engines keep.

Works for any attrs class, from its field annotations, and is exact: ``load(type(r), dump(r)) == r``. A field at its default is
left out, ABSENT is a missing key and ``None`` is null. A field annotated as JSON (``Json``, a mapping of it) is kept as it is. Where
a field may hold one of several record classes, the record's object says which by ``is``; an enumeration is its value, a decimal
number its text. A key that the class does not have is passed over: rows are only ever added, so it stays where it was stored.

This form is what `polyloop.loop.journal.SCHEMA` counts. Golden files in the tests hold every released version of it.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin

import attrs

from polyloop.translate.computer_use.points import ImagePoint, ModelPoint, Point, ScreenPoint
from polyloop.translate.errors import FormatError
from polyloop.translate.jsonvalue import ABSENT, Absent, Json, JsonObject, json_type, thaw

R = TypeVar("R")
_TAG: Final = "is"
_POINTS: Final = ScreenPoint | ImagePoint | ModelPoint
_SCALARS: Final = (str, int, float, bool, type(None))

Dumper = Callable[[Any], Json]
Loader = Callable[[Json], Any]


def dump(record: Any) -> JsonObject:
    """Return a record as plain JSON. Shares the record's own JSON values: do not change them."""
    return {
        name: write(value)
        for name, default, write, _ in _fields(type(record))
        if not _is_default(value := getattr(record, name), default)
    }


def load(cls: type[R], document: Json) -> R:
    """Make a record of a class from its plain JSON. Raises `FormatError` for what no `dump` of the class gives."""
    if not isinstance(document, Mapping):
        raise FormatError(f"a {cls.__name__} is stored as an object, not as {json_type(document)}")
    found = {name: read(document[name]) for name, _, _, read in _fields(cls) if name in document}
    try:
        return cls(**found)
    except (TypeError, ValueError) as error:
        raise FormatError(f"a stored {cls.__name__} does not fit: {error}") from error


_FIELDS: Final[dict[type, tuple[tuple[str, Any, Dumper, Loader], ...]]] = {}


def _fields(cls: type) -> tuple[tuple[str, Any, Dumper, Loader], ...]:
    """Return (name, default, dumper, loader) of each field; worked out when a class is first met."""
    if cls not in _FIELDS:
        hints = typing.get_type_hints(cls)
        _FIELDS[cls] = tuple(
            (field.name, _default(field), *_codec(hints[field.name])) for field in attrs.fields(cls) if field.init
        )
    return _FIELDS[cls]


def _default(field: attrs.Attribute[Any]) -> Any:
    factory = getattr(field.default, "factory", None)
    return factory() if factory is not None else field.default


def _is_default(value: Any, default: Any) -> bool:
    """Tell whether a value may be left out: the default itself, of the default's own type (``0`` is not ``False``)."""
    if value is default or value is ABSENT:
        return True
    return type(value) is type(default) and not isinstance(value, float) and bool(value == default)


def _codec(hint: Any) -> tuple[Dumper, Loader]:
    hint = _resolved(hint)
    if hint is Any:
        return thaw, _as_is
    origin = get_origin(hint)
    if origin is tuple:
        return _sequence(*_codec(get_args(hint)[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(*_codec(get_args(hint)[1]))
    members = _members(hint)
    records = tuple(member for member in members if attrs.has(member))
    others = tuple(member for member in members if member not in records)
    return _union(records, others)


def _resolved(hint: Any) -> Any:
    return _POINTS if isinstance(hint, TypeVar) else hint


def _members(hint: Any) -> tuple[Any, ...]:
    """Return the classes a hint allows, unions opened and type parameters taken off."""
    hint = _resolved(hint)
    if get_origin(hint) in (Union, types.UnionType):
        return tuple(member for part in get_args(hint) for member in _members(part))
    if get_origin(hint) is Literal:
        return (str,)
    origin = get_origin(hint)
    return (origin if isinstance(origin, type) and attrs.has(origin) else hint,)


def _as_is(value: Any) -> Any:
    return value


def _sequence(write: Dumper, read: Loader) -> tuple[Dumper, Loader]:
    def load_sequence(value: Json) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise FormatError(f"a list is stored as {json_type(value)}")
        return tuple(read(item) for item in value)

    return lambda value: [write(item) for item in value], load_sequence


def _mapping(write: Dumper, read: Loader) -> tuple[Dumper, Loader]:
    if write is thaw:
        return thaw, _as_is

    def load_mapping(value: Json) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise FormatError(f"an object is stored as {json_type(value)}")
        return {key: read(item) for key, item in value.items()}

    return lambda value: {key: write(item) for key, item in value.items()}, load_mapping


def _union(records: tuple[type, ...], others: tuple[Any, ...]) -> tuple[Dumper, Loader]:
    """Return the codec of a field that may hold a record, a tuple, an enumeration, a decimal number or a plain scalar."""
    tuples = [_codec(other) for other in others if get_origin(other) is tuple]
    mappings = [
        _codec(other) for other in others if isinstance(get_origin(other), type) and get_origin(other) is not tuple
    ]
    text_of = [
        other
        for other in others
        if isinstance(other, type) and issubclass(other, (Enum, Decimal)) and other is not Absent
    ]
    if Any in others:
        return thaw, _as_is
    named = {record.__name__: record for record in records}
    takes_scalars = any(other in _SCALARS for other in others)

    def write(value: Any) -> Json:
        if isinstance(value, tuple) and tuples:
            return tuples[0][0](value)
        if isinstance(value, Mapping) and mappings:
            return mappings[0][0](value)
        if attrs.has(type(value)):
            document = dump(value)
            return document if len(named) == 1 else {_TAG: type(value).__name__, **document}
        if isinstance(value, Decimal):
            return str(value)
        return value.value if isinstance(value, Enum) else value

    def read(value: Json) -> Any:
        if isinstance(value, list) and tuples:
            return tuples[0][1](value)
        if isinstance(value, Mapping):
            return _load_record(named, value) if named else mappings[0][1](value) if mappings else value
        if isinstance(value, str) and text_of:
            return _from_text(text_of[0], value)
        # Wires' readers keep what servers send, so a scalar of another type than the annotation's is no damage.
        if not takes_scalars or not isinstance(value, _SCALARS):
            raise FormatError(f"a value is stored as {json_type(value)}")
        return value

    return write, read


def _load_record(named: Mapping[str, type], value: Mapping[str, Json]) -> Any:
    if len(named) == 1:
        return load(next(iter(named.values())), value)
    cls = named.get(value.get(_TAG, ""))
    if cls is None:
        raise FormatError(f"a record is stored as {value.get(_TAG)!r}, which is none of {', '.join(named)}")
    return load(cls, value)


def _from_text(cls: Any, text: str) -> Any:
    try:
        return cls(text)
    except (ValueError, InvalidOperation):
        raise FormatError(f"{text!r} is stored where a {cls.__name__} stands") from None


def point_document(point: Point) -> JsonObject:
    """Return a point as plain JSON that says its space."""
    return {_TAG: type(point).__name__, **dump(point)}
