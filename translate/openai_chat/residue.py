"""What Chat Completions says that the hub has no field for, carried beside the neutral fields.

``own`` holds keys that no neutral field states, keyed as the document is at the place the hub record came from; where that place is an
object in an object, or one of several (reasoning has five), the key of the place holds what is left of it. ``spelling`` holds equal ways to say a
neutral field: a null, an empty list, a deprecated key. When a record is written, what the neutral fields state comes first,
and residue and spelling fill what they left open, so that a neutral field always wins.

Under the key `WITHOUT` a spelling lists keys that were left out where they are usually there.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

from .. import hub
from ..codec import WireRecord, encode_value, field_names
from ..errors import WriteError
from ..jsonvalue import ABSENT, Json

WIRE_NAME: Final = "openai-chat"
FAMILY: Final = "openai"
WITHOUT: Final = "without"

Record = TypeVar("Record", bound=WireRecord)
NOTHING: Final[Mapping[str, Json]] = MappingProxyType({})

_NAMES: Final[dict[type[WireRecord], frozenset[str]]] = {}


def own(fields: Mapping[str, Json]) -> hub.Own | None:
    """Make a residue, or none of nothing."""
    return hub.Own(wire=WIRE_NAME, fields=fields) if fields else None


def ours(record: hub.Own | None) -> Mapping[str, Json]:
    """Return the fields of a residue or spelling of this wire; those of another wire are not looked at."""
    return record.fields if record is not None and record.wire == WIRE_NAME else NOTHING


def nulls(record: WireRecord, *names: str) -> dict[str, Json]:
    """Return the named fields that were written as null, or as an empty list."""
    found: dict[str, Json] = {}
    for name in names:
        value = getattr(record, name)
        if value is None:
            found[name] = None
        elif value == ():
            found[name] = []
    return found


def said(record: WireRecord, *names: str) -> dict[str, Json]:
    """Return the named fields that are there, null included."""
    return {name: encode_value(value) for name in names if (value := getattr(record, name)) is not ABSENT}


def fill(cls: type[WireRecord], stated: dict[str, Any], residue: Mapping[str, Json]) -> None:
    """Put residue where the neutral fields stated nothing: into the record's fields, and what it has no field for into extra."""
    if cls not in _NAMES:
        _NAMES[cls] = frozenset(field_names(cls))
    names = _NAMES[cls]
    extra: dict[str, Json] = {}
    for key, value in residue.items():
        if key in names:
            if stated.get(key, ABSENT) is ABSENT:
                stated[key] = value
        else:
            extra[key] = value
    if extra:
        stated["extra"] = {**stated.get("extra", NOTHING), **extra}


def made(cls: type[Record], extra: Mapping[str, Json], **stated: Any) -> Record:
    """Make a wire record that has unknown keys."""
    return cls(extra=extra, **stated)


def left_out(spelling: Mapping[str, Json], key: str) -> bool:
    """Tell whether a spelling says that a key was left out where it is usually there."""
    return key in spelling.get(WITHOUT, ())


def refuse(problem: str) -> WriteError:
    """Make the error for a hub record that Chat Completions has no form for."""
    return WriteError(f"openai-chat cannot say {problem}; adapt the record first")
