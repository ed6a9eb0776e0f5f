"""JSON values as Python has them, the marker for "this key was not there", and equality that keeps number types.

A document is what ``json.loads`` gives: ``dict``, ``list``, ``str``, ``int``, ``float``, ``bool`` and ``None``.
"""

from __future__ import annotations

import marshal
import sys
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final, TypeAlias

# Recursive aliases cost mypy dearly in every match over them; translators narrow with isinstance at the edges instead.
Json: TypeAlias = Any
JsonObject: TypeAlias = dict[str, Any]


class Absent(Enum):
    """The type of `ABSENT`. An enum of one member, so that ``is ABSENT`` narrows a union for type checkers."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent.ABSENT
"""Stands where a wire had no such key. Not the same as ``None``, which is a JSON null that was written."""


def same_json(left: Json, right: Json, *, ordered: bool = True) -> bool:
    """Tell whether two JSON values are the same: ``1``, ``1.0`` and ``true`` differ, and so do ``0.0`` and ``-0.0``.

    With ``ordered`` the order of object keys counts too. Works on nesting of any depth.
    """
    stack = [(left, right)]
    while stack:
        one, other = stack.pop()
        if one is other:
            continue
        if isinstance(one, dict) and isinstance(other, dict):
            if len(one) != len(other):
                return False
            if ordered and list(one) != list(other):
                return False
            for key, value in one.items():
                if key not in other:
                    return False
                stack.append((value, other[key]))
        elif isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
            if len(one) != len(other):
                return False
            stack.extend(zip(one, other, strict=True))
        elif type(one) is not type(other) or not _same_scalar(one, other):
            return False
    return True


def _same_scalar(one: Json, other: Json) -> bool:
    if isinstance(one, float):
        return repr(one) == repr(other)
    return bool(one == other)


def has_infinity(value: Json) -> bool:
    """Tell whether an infinity is in a value: what Python reads of a number beyond a double's range, and JSON cannot say."""
    stack, looks = [value], _MOST_LOOKS
    while stack:
        item = stack.pop()
        members = item.values() if isinstance(item, dict) else item if isinstance(item, list) else (item,)
        looks -= len(members)
        if looks < 0:
            if _is_clear([item, *stack]):
                return False
            looks = sys.maxsize
        for member in members:
            cls = member.__class__
            if cls is float and member in _INFINITIES:
                return True
            if cls is dict or cls is list:
                stack.append(member)
    return False


_INFINITIES: Final = (float("inf"), float("-inf"))
_MOST_LOOKS: Final = 60
"""Members of a value that are looked at one by one, which is quick for few, and for those that are texts of megabytes."""
_FORMAT: Final = 4
_SIGNS: Final = tuple(marshal.dumps(infinity, _FORMAT)[1:] for infinity in _INFINITIES)


def _is_clear(values: list[Json]) -> bool:
    """Tell whether the interpreter's own serialization has no infinity in it, which it makes faster than we look at each member.

    What is not clear may be so all the same: an integer of the same bytes, or a nesting that it does not take.
    """
    try:
        data = marshal.dumps(values, _FORMAT)
    except ValueError:
        return False
    return not any(sign in data for sign in _SIGNS)


def may_have_changed(value: Json) -> bool:
    """Tell whether a number in a value may not be the one that was written: quick parsers make floats of integers beyond 64 bits, and infinity
    of what no float holds.
    """
    if value.__class__ is float:
        return not -_LARGE < value < _LARGE
    found = [value] if value.__class__ is dict or value.__class__ is list else []
    for held in found:
        for member in held.values() if held.__class__ is dict else held:
            cls = member.__class__
            if cls is str:
                continue
            if cls is dict or cls is list:
                found.append(member)
            elif cls is float and not -_LARGE < member < _LARGE:
                return True
    return False


_LARGE: Final = 2.0**63
"""Where integers end that every parser keeps; of the floats from there on few are ever meant as such."""


def thaw(value: Json) -> Json:
    """Return the JSON value with every tuple made a list and every mapping a plain ``dict``; shares what needs no change."""
    if isinstance(value, (list, tuple)):
        return [thaw(item) for item in value]
    if isinstance(value, Mapping):
        return {key: thaw(item) for key, item in value.items()}
    return value


def pointer(*tokens: str | int) -> str:
    """Spell a JSON pointer (RFC 6901) from its tokens."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


def tokens_of(path: str) -> tuple[str, ...]:
    """Split a JSON pointer into its tokens."""
    if not path:
        return ()
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in path[1:].split("/"))


def json_type(value: Json) -> str:
    """Name a value's JSON type as error messages do: object, array, string, integer, number, boolean or null."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "array"
    names: dict[type, str] = {str: "string", int: "integer", float: "number"}
    return names.get(type(value), "object" if isinstance(value, Mapping) else type(value).__name__)
