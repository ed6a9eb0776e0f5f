"""What the Messages API says that the hub has no field for, carried beside the neutral fields.

``own`` holds keys that no neutral field states. ``spelling`` holds documented equal ways to say a neutral field: a null, a
written-out default. Both are keyed as the document is, at the place the hub record came from. When a record is written,
the spelling comes first, then the residue, then what the neutral fields state, so that a neutral field always wins.

Under the key `WITHOUT` a spelling lists keys that were left out where the wire has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import Any, Final, TypeVar

from .. import hub
from ..codec import Opaque, WireRecord, encode_value, field_names, key_of
from ..jsonvalue import ABSENT, Json
from ..making import maker

WIRE_NAME: Final = "anthropic"
FAMILY: Final = "anthropic"
WITHOUT: Final = "without"

Record = TypeVar("Record", bound=WireRecord)
Member = TypeVar("Member")

_FIELDS: Final[dict[type, dict[str, str]]] = {}


def own_of(record: WireRecord, *names: str) -> hub.Own | None:
    """Return the residue of a record: the named fields that say something, and the unknown keys."""
    return own({**said(record, *names), **record.extra})


def said(record: WireRecord, *names: str) -> dict[str, Json]:
    """Return the named fields that are there and not null, by their keys."""
    fields: dict[str, Json] = {}
    for name in names:
        value = getattr(record, name)
        if value is not ABSENT and value is not None:
            fields[key_of(name)] = encode_value(value)
    return fields


def nulls(record: WireRecord, *names: str) -> dict[str, Json]:
    """Return the named fields that were written as null, by their keys."""
    return {key_of(name): None for name in names if getattr(record, name) is None}


def own(fields: Mapping[str, Json]) -> hub.Own | None:
    """Make a residue, or none of nothing."""
    return hub.Own(wire=WIRE_NAME, fields=fields) if fields else None


def ours(record: hub.Own | None) -> Mapping[str, Json]:
    """Return the fields of a residue or spelling of this wire; those of another wire are not looked at."""
    return record.fields if record is not None and record.wire == WIRE_NAME else {}


def left_out(record: hub.Owned, key: str) -> bool:
    """Tell whether the document left out a key that is usually there."""
    return record.spelling is not None and key in ours(record.spelling).get(WITHOUT, ())


def build(cls: type[Record], owned: hub.Owned, **stated: Any) -> Record:
    """Make a wire record from what the neutral fields state (``ABSENT`` states nothing), the residue and the spelling."""
    if owned.own is None and owned.spelling is None:
        return maker(cls)(**stated)
    spelled = {key: value for key, value in ours(owned.spelling).items() if key != WITHOUT}
    return assemble(cls, {**spelled, **ours(owned.own)}, stated)


def assemble(cls: type[Record], residue: Mapping[str, Json], stated: Mapping[str, Any]) -> Record:
    """Make a wire record from residue keyed as the document is, and from stated fields, which win."""
    if not residue:
        return maker(cls)(**stated)
    fields = _fields_by_key(cls)
    known: dict[str, Any] = {}
    extra: dict[str, Json] = {}
    for key, value in residue.items():
        if key in fields:
            known[fields[key]] = value
        else:
            extra[key] = value
    known.update((name, value) for name, value in stated.items() if value is not ABSENT)
    return cls(**known, extra=extra) if extra else cls(**known)


def members(items: tuple[Member, ...]) -> tuple[Member | Opaque, ...]:
    """Return an array's members with each null made opaque: the codec lets nulls through, but a null is no block."""
    if NoneType not in map(type, items):
        return items
    return tuple(Opaque(None) if item is None else item for item in items)


def _fields_by_key(cls: type[WireRecord]) -> dict[str, str]:
    if cls not in _FIELDS:
        _FIELDS[cls] = {key_of(name): name for name in field_names(cls)}
    return _FIELDS[cls]
