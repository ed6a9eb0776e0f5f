"""The records of the wire ``uitars``: those of Chat Completions, whose assistant speaks actions in plain text.

What is this wire's own is the text inside ``content``, which `dialect` reads and writes. Hub records of the two wires differ
in whose residue they carry, so it is named anew on the way in and out.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, TypeVar

import attrs

from .. import hub
from ..errors import WriteError
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
    if isinstance(value, tuple):
        items = [_renamed(item, old, new) if isinstance(item, _HOLDERS) else item for item in value]
        return value if all(one is other for one, other in zip(items, value, strict=True)) else tuple(items)
    if isinstance(value, hub.Own):
        return hub.Own(wire=new, fields=value.fields) if value.wire == old else value
    if isinstance(value, hub.Opaque):
        return attrs.evolve(value, wire=new) if value.wire == old else value
    if not isinstance(value, hub.HubRecord):
        return value
    kind: Any = type(value)
    fields = {name: getattr(value, name) for name in _names(kind)}
    changed = False
    for name, inner in fields.items():
        if isinstance(inner, _HOLDERS) and inner:
            other = _renamed(inner, old, new)
            if other is not inner:
                fields[name], changed = other, True
    return kind(**fields) if changed else value


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(kind))


_HOLDERS: Final = (tuple, hub.HubRecord)


def refuse(problem: str) -> WriteError:
    """Make the error for a hub record that UI-TARS has no words for."""
    return WriteError(f"uitars cannot say {problem}; adapt the record first")
