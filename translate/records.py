"""Wire records: what mirrors one type of a provider's format, and what no class of ours fits."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Any, ClassVar, Final, TypeVar, dataclass_transform

import attrs

from .jsonvalue import ABSENT, Json, same_json

NO_EXTRA: Final[Mapping[str, Json]] = types.MappingProxyType({})


@attrs.define(frozen=True, kw_only=True, eq=False, repr=False, slots=False)
class WireRecord:
    """Base of every wire record: what its class does not know, and the order in which the keys came."""

    extra: Mapping[str, Json] = attrs.field(default=NO_EXTRA)
    key_order: tuple[str, ...] | None = None
    """``None`` where the keys came in the order of the class, unknown ones last."""

    REQUIRED: ClassVar[tuple[str, ...]] = ()
    """Fields that may neither be missing nor null: what makes a document one of its kind at all."""

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__ or not isinstance(other, WireRecord):
            return NotImplemented
        mine, theirs = self.__dict__, other.__dict__
        if list(mine) == list(theirs) and mine.get("key_order") == theirs.get("key_order"):
            return all(map(_same_value, mine.values(), theirs.values()))
        from .codec import encode  # records are what the codec is about, so it knows them

        return same_json(encode(self), encode(other))

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.key_order))

    def __repr__(self) -> str:
        said = [
            f"{name}={_short(getattr(self, name))}"
            for name in field_names(type(self))
            if getattr(self, name) is not ABSENT
        ]
        said += [f"{key!r}: {_short(value)}" for key, value in self.extra.items()]
        return f"{type(self).__name__}({', '.join(said)})"


@attrs.define(frozen=True, eq=False, repr=False)
class Opaque:
    """A union's member that no class of ours fits: an unknown type, or a known one of another form. Kept as it came."""

    document: Json

    def __eq__(self, other: object) -> bool:
        return same_json(self.document, other.document) if isinstance(other, Opaque) else NotImplemented

    def __hash__(self) -> int:
        return hash("Opaque")

    def __repr__(self) -> str:
        return f"Opaque({_short(self.document)})"


def _same_value(one: Any, other: Any) -> bool:
    """Tell whether two values of one field are the same JSON, mostly without making the JSON."""
    if one is other:
        return True
    cls = one.__class__
    if cls is other.__class__:
        if cls is str or cls is int:
            return bool(one == other)
        if cls is tuple:
            return len(one) == len(other) and all(map(_same_value, one, other))
        if isinstance(one, WireRecord):
            return bool(one == other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        one, other = dict(one), dict(other)  # unknown keys, and none of them
    from .codec import encode_value

    return same_json(encode_value(one), encode_value(other))


class _KeyOrder:
    """What ``key_order`` says of an object that does not say it: its ``__dict__`` has the fields in the order in which the keys came."""

    def __get__(self, record: WireRecord | None, cls: type[WireRecord]) -> tuple[str, ...] | None:
        if record is None:
            return None
        ranks = {name: rank for rank, name in enumerate(field_names(cls))}
        names = [name for name, value in record.__dict__.items() if name in ranks and value is not ABSENT]
        ranked = [ranks[name] for name in names]
        return None if ranked == sorted(ranked) else (*map(key_of, names), *record.extra)


_CLASS_WIDE: Final[dict[str, Any]] = {"extra": NO_EXTRA, "key_order": _KeyOrder()}

R = TypeVar("R")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(attrs.field,))
def wire_record(cls: type[R]) -> type[R]:
    """Make a class a frozen, keyword-only attrs record; equality and repr come from `WireRecord`.

    Each field is a class attribute too, `ABSENT`: what an object that was decoded says where the key was not there.
    """
    made = attrs.define(frozen=True, kw_only=True, eq=False, repr=False, slots=False)(cls)
    attributes: tuple[Any, ...] = made.__attrs_attrs__  # type: ignore[attr-defined]
    for attribute in attributes:
        setattr(made, attribute.name, _CLASS_WIDE.get(attribute.name, ABSENT))
    return made


def _short(value: object) -> str:
    """Spell a value for people: long texts are cut, so that no prompt and no screenshot fills a log."""
    if isinstance(value, str):
        return repr(value) if len(value) <= 40 else f"{value[:30]!r}... ({len(value)} characters)"
    if isinstance(value, (list, dict, tuple)) and len(value) > 4:
        return f"{type(value).__name__} of {len(value)}"
    return repr(value)[:200]


def field_names(cls: type[WireRecord]) -> tuple[str, ...]:
    """Return the names of a record class's fields, in order, without those every record has."""
    return tuple(a.name for a in attrs.fields(cls) if a.name not in ("extra", "key_order"))


def key_of(name: str) -> str:
    """Return the JSON key of a field: the name, less the underscore that keeps a Python keyword apart."""
    return name.removesuffix("_")
