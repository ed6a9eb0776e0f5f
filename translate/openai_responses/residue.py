"""What the Responses API says that the hub has no field for, carried beside the neutral fields.

``own`` holds keys that no neutral field states, keyed as the document is at the place the hub record came from. ``spelling`` holds
equal ways to say a neutral field: a null, an empty list, a deprecated key. When a record is written, what the neutral fields
state wins; residue and spelling fill what they leave open, and only what is open after that is filled with what the wire usually
has there.

Under the key `WITHOUT` a spelling lists keys that were left out where they are usually there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

from .. import hub
from ..codec import WireRecord, encode_value, field_names, key_of
from ..errors import WriteError
from ..jsonvalue import ABSENT, Json
from ..making import maker

WIRE_NAME: Final = "openai-responses"
FAMILY: Final = "openai"
WITHOUT: Final = "without"
NOTHING: Final[Mapping[str, Json]] = MappingProxyType({})

Record = TypeVar("Record", bound=WireRecord)

_NAMES: Final[dict[type, dict[str, str]]] = {}


def own(fields: Mapping[str, Json]) -> hub.Own | None:
    """Make a residue, or none of nothing."""
    return hub.Own(wire=WIRE_NAME, fields=fields) if fields else None


def ours(record: hub.Own | None) -> Mapping[str, Json]:
    """Return the fields of a residue or spelling of this wire; those of another wire are not looked at."""
    return record.fields if record is not None and record.wire == WIRE_NAME else NOTHING


def said(record: WireRecord, *names: str) -> dict[str, Json]:
    """Return the named fields that are there, null included, by their keys."""
    return {key_of(name): encode_value(value) for name in names if (value := getattr(record, name)) is not ABSENT}


def residue(record: WireRecord, *names: str) -> hub.Own | None:
    """Return the named fields that are there, null included, and the unknown keys."""
    fields = said(record, *names)
    if record.extra:
        fields.update(record.extra)
    return hub.Own(wire=WIRE_NAME, fields=fields) if fields else None


def unusual(record: WireRecord, *names: str) -> hub.Own | None:
    """Return a spelling: which of the named fields, usually there, were left out, null or an empty list."""
    fields: dict[str, Json] = {}
    for name in names:
        value = getattr(record, name)
        if value is ABSENT:
            fields.setdefault(WITHOUT, []).append(key_of(name))
        elif value is None:
            fields[key_of(name)] = None
    return own(fields)


def nulls(record: WireRecord, *names: str) -> dict[str, Json]:
    """Return the named fields that were written as null, or as an empty list, by their keys."""
    found: dict[str, Json] = {}
    for name in names:
        value = getattr(record, name)
        if value is None:
            found[key_of(name)] = None
        elif value == ():
            found[key_of(name)] = []
    return found


def build(cls: type[Record], owned: hub.Owned, stated: dict[str, Any], usual: Mapping[str, Any] = NOTHING) -> Record:
    """Make a wire record: what is stated (``ABSENT`` states nothing), then residue, then spelling, then what is usual."""
    if owned.own is None and owned.spelling is None:
        return maker(cls)(**{**usual, **{name: value for name, value in stated.items() if value is not ABSENT}})
    return assemble(cls, ours(owned.own), ours(owned.spelling), stated, usual)


def assemble(
    cls: type[Record],
    residue: Mapping[str, Json],
    spelling: Mapping[str, Json],
    stated: Mapping[str, Any],
    usual: Mapping[str, Any] = NOTHING,
) -> Record:
    """Make a wire record from residue and spelling keyed as the document is, and from stated fields, which win."""
    names = _names_by_key(cls)
    without = spelling.get(WITHOUT, ())
    known: dict[str, Any] = dict(usual)
    known.update((names[key], ABSENT) for key in without if key in names)
    extra: dict[str, Json] = {}
    for fields in (spelling, residue):
        for key, value in fields.items():
            if key in names:
                known[names[key]] = value
            elif fields is residue:
                extra[key] = value
    known.update((name, value) for name, value in stated.items() if value is not ABSENT)
    return cls(**known, extra=extra) if extra else cls(**known)


def _names_by_key(cls: type[WireRecord]) -> dict[str, str]:
    if cls not in _NAMES:
        _NAMES[cls] = {key_of(name): name for name in field_names(cls)}
    return _NAMES[cls]


def refuse(problem: str) -> WriteError:
    """Make the error for a hub record that the Responses API has no form for."""
    return WriteError(f"openai-responses cannot say {problem}; adapt the record first")
