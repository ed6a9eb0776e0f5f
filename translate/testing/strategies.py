"""Strategies for JSON values and for whole documents of any wire, made from the wire's own record classes.

A document has everything its classes allow: empty texts, nulls, keys left out and in any order, known and unknown values of
open enumerations, and, wherever a wire may grow, keys, blocks and values that no class knows. All of it decodes.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, Final, Literal, Union, get_args, get_origin

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st

from ..codec import Opaque, WireRecord, field_names, key_of
from ..jsonvalue import ABSENT, Absent, Json, JsonObject
from ..wires import Wire, root_of, wire_of

Draw = Callable[[st.SearchStrategy[Any]], Any]

HARD_TEXTS: Final = (
    "",
    " ",
    "\n",
    "\x00",
    "\ud800",
    "a\udfffb",
    "\u2028",
    "é",
    "e\u0301",
    "👩🏽‍🚀",
    "\ufeff",
    "~0/1",
    "<|im_end|>",
    "NaN",
    "null",
)
"""Lone surrogates, controls, text that only looks like another: what a careless codec changes."""
HARD_NUMBERS: Final = (0, -0.0, 0.0, 1, 1.0, -1, 2**53 + 1, -(2**63) - 1, 10**25, 1e300, 5e-324, 0.1, float("inf"))
"""``1``, ``1.0`` and ``true`` are three values. An infinite number is what ``json.loads`` makes of ``1e400``."""
UNHEARD_OF: Final = "unheard_of"
"""The type of a member, and the name of keys, that no wire has."""


def json_texts() -> st.SearchStrategy[str]:
    """Texts as ``json.loads`` may give them, lone surrogates too."""
    return st.sampled_from(HARD_TEXTS) | st.text(max_size=8) | st.text(st.characters(exclude_categories=()), max_size=4)


def json_numbers() -> st.SearchStrategy[int | float]:
    """Integers of any size and finite or infinite floats, each as it is spelled."""
    return st.sampled_from(HARD_NUMBERS) | st.integers() | st.floats(allow_nan=False)


def json_scalars() -> st.SearchStrategy[Json]:
    """Texts, numbers, booleans and null."""
    return st.none() | st.booleans() | json_numbers() | json_texts()


def json_values(*, max_leaves: int = 6) -> st.SearchStrategy[Json]:
    """Any JSON value."""
    return st.recursive(
        json_scalars(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(json_texts(), inner, max_size=3),
        max_leaves=max_leaves,
    )


def json_objects(*, max_leaves: int = 6) -> st.SearchStrategy[JsonObject]:
    """JSON objects, the empty one too."""
    return st.dictionaries(json_texts(), json_values(max_leaves=max_leaves), max_size=3)


def reached(strategy: st.SearchStrategy[Any], condition: Callable[[Any], bool], *, tries: int = 10_000) -> Any:
    """Return an example that meets a condition: what proves that a property was put to the inputs it is about.

    Raises ``hypothesis.errors.NoSuchExample`` where the strategy makes none in that many tries.
    """
    quick = settings(
        max_examples=tries, database=None, phases=(Phase.generate,), suppress_health_check=list(HealthCheck)
    )
    return find(strategy, condition, settings=quick, random=Random(0))  # noqa: S311  chance, not secrecy


def nested(depth: int, *, inside: Json = 0, key: str | None = None) -> Json:
    """Return a value inside ``depth`` lists, or inside as many objects under ``key``; made without recursion."""
    for _ in range(depth):
        inside = [inside] if key is None else {key: inside}
    return inside


def documents(wire: str | Wire, kind: str, *, unknown: bool = True) -> st.SearchStrategy[Json]:
    """Whole documents of one kind of a wire. With ``unknown`` also keys, members and values that its classes do not know."""
    return st.deferred(lambda: from_hint(root_of(wire_of(wire), kind), unknown=unknown))


def from_record(cls: type[WireRecord], *, unknown: bool = True) -> st.SearchStrategy[JsonObject]:
    """Documents of one record class."""
    return from_hint(cls, unknown=unknown)


def from_hint(hint: Any, *, unknown: bool = True) -> st.SearchStrategy[Json]:
    """Documents of what a record's field may be annotated with: a class, or a union of classes."""

    @st.composite
    def made(draw: Draw) -> Json:
        return _Drawing(draw, unknown).of(hint)

    return made()


_SMALL_JSON: Final = json_values(max_leaves=3)
_TEXTS: Final = json_texts()
_SCALARS: Final[Mapping[Any, st.SearchStrategy[Json]]] = {
    str: _TEXTS,
    int: st.sampled_from([n for n in HARD_NUMBERS if isinstance(n, int)]) | st.integers(),
    float: json_numbers(),
    bool: st.booleans(),
    Any: _SMALL_JSON,
    type(None): st.none(),
}
_TAGS: Final = ("type", "role", "object")
_MOST_RECORDS: Final = 24
"""Records in one document; what comes later is made as small as its class allows."""


class _Drawing:
    """One document being drawn. The number of its records is bounded, so that recursive classes end."""

    def __init__(self, draw: Draw, unknown: bool) -> None:
        self._draw = draw
        self._unknown = unknown
        self._records = 0

    def _chance(self, of: int) -> bool:
        """Say yes once in ``of`` times; shrinks towards no."""
        return bool(self._draw(st.integers(0, of - 1)) == of - 1)

    def of(self, hint: Any) -> Json:
        if hint in _SCALARS:
            return self._draw(_SCALARS[hint])
        if hint is None:
            return None
        if hint is Opaque:
            return self._unheard_of()
        if isinstance(hint, type) and get_origin(hint) is None and issubclass(hint, WireRecord):
            return self._record(hint)
        return self._generic(hint, get_origin(hint), get_args(hint))

    def _generic(self, hint: Any, origin: Any, arguments: tuple[Any, ...]) -> Json:
        if origin in (Union, types.UnionType):
            return self._member([member for member in arguments if not _is_absent(member)])
        if origin is Literal:
            open_ended = self._unknown and isinstance(arguments[0], str) and self._chance(8)
            return self._draw(_TEXTS if open_ended else st.sampled_from(arguments))
        if origin is tuple:
            return [self.of(arguments[0]) for _ in range(self._draw(st.integers(0, self._room(3))))]
        if isinstance(origin, type) and issubclass(origin, Mapping):
            keys = self._draw(st.lists(_TEXTS, unique=True, max_size=self._room(2)))
            return {key: self.of(arguments[1]) for key in keys}
        raise TypeError(f"a wire record cannot have a field of type {hint!r}")

    def _room(self, wanted: int) -> int:
        return wanted if self._records < _MOST_RECORDS else 0

    def _member(self, members: list[Any]) -> Json:
        """Draw one member of a union; its classes mostly, since they are what a document is about."""
        known = [member for member in members if member not in (Opaque, None, type(None))]
        others = [member for member in members if member is Opaque and self._unknown]
        nothing = [member for member in members if member in (None, type(None))]
        rare = others + nothing
        if not known or (rare and self._chance(6)):
            return self.of(self._draw(st.sampled_from(rare or members)))
        return self.of(self._draw(st.sampled_from(known)))

    def _record(self, cls: type[WireRecord]) -> JsonObject:
        self._records += 1
        hints = hints_of(cls)
        names = field_names(cls)
        always = [name for name in names if name in cls.REQUIRED or _is_tag(name, hints[name])]
        optional = [name for name in names if name not in always]
        chosen = (
            self._draw(st.lists(st.sampled_from(optional), unique=True, max_size=self._room(6))) if optional else []
        )
        drawn = {key_of(name): self._field(cls, name, hints[name]) for name in self._order(always, chosen)}
        if self._unknown and self._chance(6):
            drawn.update(self._extra(names))
        return drawn

    def _order(self, always: list[str], chosen: list[str]) -> list[str]:
        return [*chosen, *always] if self._chance(4) else [*always, *chosen]

    def _field(self, cls: type[WireRecord], name: str, hint: Any) -> Json:
        if _is_tag(name, hint):
            return self._draw(st.sampled_from(literals_of(hint)))
        if name not in cls.REQUIRED and self._chance(10):
            return None
        return self.of(hint)

    def _extra(self, names: tuple[str, ...]) -> JsonObject:
        keys = self._draw(st.lists(st.just(UNHEARD_OF) | _TEXTS, unique=True, min_size=1, max_size=2))
        known = set(map(key_of, names))
        return {key: self._draw(_SMALL_JSON) for key in keys if key not in known}

    def _unheard_of(self) -> Json:
        """Draw a member of a union that is none of its classes: of an unknown type, or no object at all."""
        if self._chance(4):
            return self._draw(_SMALL_JSON)
        return {"type": self._draw(st.just(UNHEARD_OF) | _TEXTS), **self._extra(())}


def _is_absent(hint: Any) -> bool:
    return hint is Absent or hint is ABSENT or hint == Literal[Absent.ABSENT]


def hints_of(cls: type) -> dict[str, Any]:
    """Return the type hints of a record class's fields."""
    return typing.get_type_hints(cls)


def literals_of(hint: Any) -> list[str]:
    """Return the texts that a hint names, in order."""
    if get_origin(hint) is Literal:
        return [value for value in get_args(hint) if isinstance(value, str)]
    if get_origin(hint) in (Union, types.UnionType):
        return [value for member in get_args(hint) for value in literals_of(member)]
    return []


def _is_tag(name: str, hint: Any) -> bool:
    """Tell whether a field is what tells the members of a union apart: it has to be there, with one of its values."""
    return name in _TAGS and bool(literals_of(hint)) and not any(map(_is_absent, get_args(hint)))


def mutations(document: Json) -> st.SearchStrategy[Json]:
    """The document with one value in it replaced, left out or put in twice, or one key renamed: near misses of a valid one."""

    @st.composite
    def mutated(draw: Draw) -> Json:
        path = draw(st.sampled_from(places_of(document)))
        change = draw(st.sampled_from(("replace", "replace", "drop", "rename", "wrap", "repeat")))
        return _changed(document, path, change, draw)

    return mutated()


def places_of(document: Json) -> list[tuple[str | int, ...]]:
    """Return the path of every value in a document, its own, ``()``, first."""
    found: list[tuple[str | int, ...]] = []
    stack: list[tuple[tuple[str | int, ...], Json]] = [((), document)]
    while stack:
        path, value = stack.pop()
        found.append(path)
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        stack.extend(((*path, key), item) for key, item in items)
    return found


def _changed(value: Json, path: tuple[str | int, ...], change: str, draw: Draw) -> Json:
    if not path:
        return [value] if change == "wrap" else draw(json_values())
    at, rest = path[0], path[1:]
    if isinstance(value, list):
        items = list(value)
        if rest or change in ("replace", "rename", "wrap"):
            items[int(at)] = _changed(value[int(at)], rest, change, draw)
        elif change == "repeat":
            items.insert(int(at), value[int(at)])
        else:
            del items[int(at)]
        return items
    if rest or change in ("replace", "wrap"):
        return {key: _changed(item, rest, change, draw) if key == at else item for key, item in value.items()}
    new_key = draw(json_texts()) if change in ("rename", "repeat") else None
    kept = {key: item for key, item in value.items() if key != at or change == "repeat"}
    return kept if new_key is None else {**kept, new_key: value[at]}
