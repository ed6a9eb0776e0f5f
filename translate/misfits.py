"""Where a document does not fit, and what its place wants: found by a second, slow look, so that the first one need not remember the way."""

from __future__ import annotations

from typing import Final, TypeAlias

from .errors import DecodeError
from .forms import ANY_TAG, Form, form_of, hints_of, members_by_tag
from .jsonvalue import ABSENT, Json, JsonObject, json_type, pointer
from .records import WireRecord, field_names, key_of

Path: TypeAlias = tuple[str | int, ...]


class _Found:
    """A place that does not fit: what stands there, and what it wants."""

    def __init__(self, path: Path, expected: str, found: Json) -> None:
        self.path = path
        self.expected = expected
        self.found = json_type(found)


def explain(form: Form, document: Json) -> DecodeError:
    """Return the error for a document that does not fit a form: where the first such place is, and what it wants."""
    found = _look(form, document, ()) or _Found((), form.expected(), document)
    return DecodeError(f"found {_with_article(found.found)}", pointer(*found.path), _with_article(found.expected))


def _with_article(noun: str) -> str:
    if noun == "null":
        return noun
    return ("an " if noun[0] in _VOWELS else "a ") + noun


_VOWELS: Final = "aeiou"


def _look(form: Form, value: Json, path: Path) -> _Found | None:
    if form.anything or form.opaque or value.__class__ in form.scalars:
        return None
    if value.__class__ is dict and form.records:
        return _in_union(form.records, value, path)
    if value.__class__ is dict and form.values is not None:
        return _first(form.values, value.items(), path)
    if value.__class__ is list and form.item is not None:
        return _first(form.item, enumerate(value), path)
    return _Found(path, form.expected(), value)


def _first(form: Form, members: object, path: Path) -> _Found | None:
    for token, member in members:  # type: ignore[attr-defined]
        found = _look(form, member, (*path, token))
        if found is not None:
            return found
    return None


def _in_union(records: list[type[WireRecord]], value: JsonObject, path: Path) -> _Found | None:
    if len(records) == 1:
        return _in_record(records[0], value, path)
    tag, table = members_by_tag(records)
    mark = ABSENT if tag is None else value.get(tag, ABSENT)
    if mark is not ABSENT and mark.__class__ is not str:
        return _Found(path, "string", mark)
    last: _Found | None = _Found(path, f"known {tag}", value)
    for cls in table.get(mark if mark in table else ANY_TAG, ()):
        last = _in_record(cls, value, path)
        if last is None:
            return None
    return last


def _in_record(cls: type[WireRecord], value: JsonObject, path: Path) -> _Found | None:
    forms = {key_of(name): form_of(hints_of(cls)[name]) for name in field_names(cls)}
    for key, inner in value.items():
        if key in forms and inner is not None:
            found = _look(forms[key], inner, (*path, key))
            if found is not None:
                return found
    for key in map(key_of, cls.REQUIRED):
        if value.get(key) is None:
            return _Found((*path, key), forms[key].expected(), None)
    return None
