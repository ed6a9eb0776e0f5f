"""The records of the wire ``uitars``: those of Chat Completions, whose assistant speaks actions in plain text.

What is this wire's own is the text inside ``content``, which `dialect` reads and writes. Hub records of the two wires differ
in whose residue they carry, so it is named anew on the way in and out.
"""

from __future__ import annotations

from functools import cache
from operator import is_
from typing import Any, Final, TypeVar, get_args, get_type_hints

import attrs

from .. import hub
from ..errors import WriteError
from ..making import changed, new_own
from ..openai_chat.residue import WIRE_NAME as CHAT
from ..openai_chat.wire import CompletionRequest
from ..openai_chat.wire_reply import Completion, CompletionChunk, ErrorBody

__all__ = ["CHAT", "FAMILY", "WIRE_NAME", "Completion", "CompletionChunk", "CompletionRequest", "ErrorBody"]

WIRE_NAME: Final = "uitars"
FAMILY: Final = "bytedance"

R = TypeVar("R")


def renamed(record: R, old: str, new: str) -> R:
    """Return a hub record with the residue and the opaque parts of one wire named as another's."""
    return _renamed(record, old, new)  # type: ignore[no-any-return]


def _renamed(value: Any, old: str, new: str) -> Any:
    kind = value.__class__
    if kind is tuple:
        items = [_renamed(item, old, new) for item in value]
        return value if all(map(is_, items, value)) else tuple(items)
    if kind is hub.Own:
        return new_own(wire=new, fields=value.fields) if value.wire == old else value
    if kind is hub.Opaque:
        return changed(value, wire=new) if value.wire == old else value
    other: dict[str, Any] = {}
    for name in _holders(kind):
        inner = getattr(value, name)
        if inner:
            instead = _renamed(inner, old, new)
            if instead is not inner:
                other[name] = instead
    return changed(value, **other) if other else value


@cache
def _holders(kind: Any) -> tuple[str, ...]:
    """Return the fields of a class in which a residue or an opaque part can stand: none of what is no hub record."""
    if not issubclass(kind, hub.HubRecord):
        return ()
    return tuple(name for name, kinds in _kinds(kind).items() if not _RENAMED.isdisjoint(_reached(kinds)))


@cache
def _kinds(kind: Any) -> dict[str, frozenset[Any]]:
    """Return for each field of a class the hub's classes that its type names."""
    hints = get_type_hints(kind)
    return {field.name: _named(hints[field.name]) for field in attrs.fields(kind)}


def _named(hint: Any) -> frozenset[Any]:
    """Return the hub's classes that a type names, whatever they stand in."""
    if isinstance(hint, type) and issubclass(hint, hub.HubRecord):
        return frozenset({hint})
    return frozenset().union(*map(_named, get_args(hint)))


def _reached(kinds: frozenset[Any]) -> frozenset[Any]:
    """Return these classes and all that can stand in records of them."""
    reached: set[Any] = set()
    waiting = list(kinds)
    while waiting:
        kind = waiting.pop()
        if kind not in reached:
            reached.add(kind)
            waiting += frozenset().union(*_kinds(kind).values())
    return frozenset(reached)


_RENAMED: Final = frozenset[Any]((hub.Own, hub.Opaque))


def refuse(problem: str) -> WriteError:
    """Make the error for a hub record that UI-TARS has no words for."""
    return WriteError(f"uitars cannot say {problem}; adapt the record first")
