"""What a record's annotations mean: the forms that values may have, and how a union's members are told apart.

``Json`` is anything; ``str``, ``int``, ``float``, ``bool`` are JSON's types (``float`` takes an integer too, ``int`` never takes ``true``);
``Literal`` is an open enumeration, checked for its type only, except that the field named ``type``, ``role`` or ``object`` of a union's
member is what tells the members apart; ``tuple[X, ...]`` is an array; ``Mapping[str, X]`` an object; a record class an object of that
type. ``None`` allows null, ``Absent`` allows the key to be missing, and any field may be missing or null unless its class lists it as
``REQUIRED``, since servers leave out and send null what their pages promise. A member of an array or of a mapping may be null only where
its annotation says so.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from typing import Any, Final, Literal, Union, get_args, get_origin

from .jsonvalue import ABSENT, Absent, Json, json_type, may_have_changed
from .records import Opaque, WireRecord

TAGS: Final = ("type", "role", "object")
"""Keys that may say what an object is."""


class Misfit(Exception):
    """A value is not of the form its place wants. Inside the codec only: it becomes `Opaque` or, by `misfits.explain`, a `DecodeError`."""


class Spoilt(Exception):
    """What was parsed cannot be taken: it must be parsed again, and looked at slowly.

    A misfit was found when parts of the document had become parts of records already, or a number that may not be the one of the text.
    """


def unchanged(value: Json) -> Json:
    """Return a value that was just parsed as it is. Raises `Spoilt` where a number in it may not be the one of the text."""
    if may_have_changed(value):
        raise Spoilt
    return value


_SCALARS: Final[dict[Any, tuple[type, ...]]] = {str: (str,), int: (int,), float: (float, int), bool: (bool,)}


class Form:
    """What an annotation allows: JSON classes passed as they are, and a decoder for objects and for arrays."""

    def __init__(self) -> None:
        self.anything = False
        self.scalars: set[type] = set()
        self.records: list[type[WireRecord]] = []
        self.item: Form | None = None
        self.values: Form | None = None
        self.opaque = False

    def add(self, hint: Any) -> None:
        origin = get_origin(hint)
        if hint is Any:
            self.anything = True
        elif hint is None or hint is type(None):
            self.scalars.add(type(None))
        elif hint in _SCALARS:
            self.scalars.update(_SCALARS[hint])
        elif hint is Absent or hint is Literal[Absent.ABSENT]:
            self.scalars.add(Absent)
        elif hint is Opaque:
            self.opaque = True
        elif isinstance(hint, type) and origin is None and issubclass(hint, WireRecord):
            self.records.append(hint)
        else:
            self._add_generic(hint, origin, get_args(hint))

    def _add_generic(self, hint: Any, origin: Any, arguments: tuple[Any, ...]) -> None:
        if origin in (Union, types.UnionType):
            for member in arguments:
                self.add(member)
        elif origin is Literal:
            for value in arguments:
                self.scalars.update(_SCALARS[type(value)])
        elif origin is tuple:
            self.item = form_of(arguments[0])
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            self.values = form_of(arguments[1])
        else:
            raise TypeError(f"a wire record cannot have a field of type {hint!r}")

    def expected(self) -> str:
        names = [json_type(cls()) for cls in sorted(self.scalars - {Absent, type(None)}, key=lambda c: c.__name__)]
        if self.item is not None:
            names.append("array")
        if self.records or self.values is not None:
            names.append("object")
        return " or ".join(names) or "null"

    def is_one_record(self) -> bool:
        """Tell whether only an object of one class fits, or nothing: its decoder says itself that it wants an object."""
        alone = len(self.records) == 1 and not (self.opaque or self.anything or self.item is not None)
        return alone and self.values is None and self.scalars <= {Absent, type(None)}

    def passes(self) -> bool:
        """Tell whether a value needs no decoding, only a look at its class."""
        return not (self.records or self.opaque or self.item is not None or self._decodes_values())

    def _decodes_values(self) -> bool:
        return self.values is not None and not self.values.anything

    def may_hold_floats(self) -> bool:
        """Tell whether a value that passes as it is may be a float, or have one in it."""
        return self.anything or float in self.scalars or (self.values is not None and self.values.anything)

    def classes(self) -> frozenset[type]:
        """Return the classes of the values that pass as they are, where null passes only if the annotation says so."""
        return frozenset({*self.scalars, dict} if self.values is not None and self.values.anything else self.scalars)


def form_of(hint: Any) -> Form:
    form = Form()
    form.add(hint)
    return form


def members_by_tag(records: list[type[WireRecord]]) -> tuple[str | None, dict[Any, tuple[type[WireRecord], ...]]]:
    """Sort a union's record classes by their tag: value of the tag field -> classes to be tried, in order."""
    hints = {cls: hints_of(cls) for cls in records}
    for tag in TAGS:
        if not any(_literal_values(hints[cls].get(tag)) for cls in records):
            continue
        table: dict[Any, list[type[WireRecord]]] = {}
        for cls in records:
            hint = hints[cls].get(tag)
            values = _literal_values(hint) or [ANY_TAG]
            for value in values:
                table.setdefault(value, []).append(cls)
            if hint is None or Absent in get_args(hint) or _untagged(cls):
                table.setdefault(ABSENT, []).append(cls)
        return tag, {value: tuple(classes) for value, classes in table.items()}
    return None, {ABSENT: tuple(records)}


ANY_TAG: Final = "*"
"""In a union's table: the classes that take a tag no other class names."""


def _untagged(cls: type[WireRecord]) -> bool:
    return bool(getattr(cls, "TAG_OPTIONAL", False))


def _literal_values(hint: Any) -> list[Any]:
    if get_origin(hint) is Literal:
        return [value for value in get_args(hint) if isinstance(value, str)]
    if get_origin(hint) in (Union, types.UnionType):
        return [value for member in get_args(hint) for value in _literal_values(member)]
    return []


_HINTS: Final[dict[type, dict[str, Any]]] = {}


def hints_of(cls: type[WireRecord]) -> dict[str, Any]:
    if cls not in _HINTS:
        _HINTS[cls] = typing.get_type_hints(cls)
    return _HINTS[cls]
