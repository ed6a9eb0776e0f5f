"""Find and change single neutral fields inside a hub record: the means of the law that the hub is no shadow copy.

A place is a path of attribute names and positions. Structure (turns, parts, seams, roles) is not a place of its own: to move a
cut is another edit than to change what is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

import attrs

from .. import hub
from ..jsonvalue import ABSENT

Place: TypeAlias = tuple[str | int, ...]

STRUCTURE: Final = frozenset({"turns", "parts", "seams", "role", "candidates"})
"""Fields that say how a conversation is cut, not what is said."""
EXEMPT: Final[Mapping[tuple[type, str], str]] = {
    (hub.Seam, "start"): "where a cut stands is structure",
    (hub.Seam, "stop"): "where a cut stands is structure",
    (hub.Seam, "form"): "the type of an item is that of the parts in it, which say it themselves",
    (
        hub.Call,
        "form",
    ): "a call, its tool and its result agree in their form, and it decides which other fields the call has",
    (hub.Result, "form"): "it is the form of the call, said again beside the result",
    (
        hub.ServerCall,
        "document",
    ): "a call in a form that nobody published, whole: only its own wire knows what is in it",
    (
        hub.ServerResult,
        "document",
    ): "a result in a form that nobody published, whole: only its own wire knows what is in it",
}
"""Fields that cannot be changed alone, each with its reason. Residue (``own``) and what equality leaves out (spellings, provenance, a
text's form, reported numbers) are no neutral fields to begin with."""
WHOLE: Final = (hub.Arguments, hub.Mark)
"""Records changed as one: their fields say one thing together."""


def places(record: Any, path: Place = ()) -> Iterator[tuple[Place, type, str]]:
    """Yield (place, record class, field name) of every neutral field in a hub record."""
    if isinstance(record, tuple):
        for number, item in enumerate(record):
            yield from places(item, (*path, number))
        return
    if not isinstance(record, hub.HubRecord) or isinstance(record, (hub.Own, hub.Opaque)):
        return
    for field in attrs.fields(type(record)):
        value = getattr(record, field.name)
        here = (*path, field.name)
        if not is_neutral(type(record), field):
            continue
        if field.name not in STRUCTURE and not _goes_deeper(value) and not _said_otherwise(record, field.name):
            yield here, type(record), field.name
        if not isinstance(value, WHOLE):
            yield from places(value, here)


def is_neutral(cls: type, field: attrs.Attribute[Any]) -> bool:
    """Tell whether a field of a hub record says something in words no wire owns, and can be changed alone."""
    return field.name != "own" and not field.metadata.get("uncompared") and (cls, field.name) not in EXEMPT


def _said_otherwise(record: Any, name: str) -> bool:
    """Tell whether a field is one that this record does not have.

    A call has either arguments or, of a computer, actions. A seam that says no id, status, phase or name was made for the cut
    alone, and a wire without such things does not look for them.
    """
    if isinstance(record, hub.Seam):
        return getattr(record, name) is ABSENT
    if not isinstance(record, hub.Call) or name not in ("arguments", "actions"):
        return False
    return (record.actions is ABSENT) == (name == "actions")


def _goes_deeper(value: Any) -> bool:
    """Tell whether a value is a record, or has records in it, whose fields are the places."""
    if isinstance(value, tuple):
        return any(map(_goes_deeper, value))
    return isinstance(value, hub.HubRecord) and not isinstance(value, WHOLE)


def value_at(record: Any, place: Place) -> Any:
    """Return what stands at a place; raises `LookupError` where the record has no such place."""
    for step in place:
        if isinstance(step, int):
            record = record[step]
        elif hasattr(record, step):
            record = getattr(record, step)
        else:
            raise LookupError(f"{type(record).__name__} has no {step}")
    return record


def changed(record: Any, place: Place, value: Any) -> Any:
    """Return the record with another value at a place."""
    if not place:
        return value
    step, rest = place[0], place[1:]
    if isinstance(step, int):
        return (*record[:step], changed(record[step], rest, value), *record[step + 1 :])
    return attrs.evolve(record, **{step: changed(getattr(record, step), rest, value)})


def says_nothing(value: Any) -> bool:
    """Tell whether a value is a record none of whose fields says anything: no document tells it from one that is not there."""
    fields = [*attrs.fields(type(value))] if isinstance(value, hub.HubRecord) else []
    if isinstance(value, hub.Seam):  # one that says nothing of its own, only where it stands
        fields = [field for field in fields if field.name not in ("start", "stop", "form")]
    return bool(fields) and all(_is_default(getattr(value, field.name), field.default) for field in fields)


def _is_default(value: Any, default: Any) -> bool:
    if default is attrs.NOTHING:
        return False
    return (
        value is default or value is None or says_nothing(value) or (isinstance(value, (tuple, Mapping)) and not value)
    )


def without_residue(value: Any) -> Any:
    """Return a value of a hub record's field with no residue in it, at any depth: what any wire may be asked to say."""
    if isinstance(value, tuple):
        return tuple(map(without_residue, value))
    if not isinstance(value, hub.HubRecord) or isinstance(value, hub.Opaque):
        return value
    kept = {field.name: without_residue(getattr(value, field.name)) for field in attrs.fields(type(value))}
    return type(value)(**{name: None if isinstance(item, hub.Own) else item for name, item in kept.items()})
