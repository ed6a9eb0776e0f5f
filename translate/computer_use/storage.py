"""Actions as plain JSON, for histories that are kept: ``load_action(dump_action(a)) == a``, spelling included."""

from __future__ import annotations

from typing import Any, Final, get_args

import attrs

from ..errors import FormatError
from ..jsonvalue import Json, JsonObject, json_type, thaw
from . import actions
from .actions import Action, Foreign, Own, Spelling
from .points import ModelPoint, Point

# A generic alias such as Click[ModelPoint] knows its class as __origin__.
_KINDS: Final[dict[str, type[Any]]] = {
    kind.__name__: kind for kind in (getattr(arm, "__origin__", arm) for arm in get_args(actions.Action))
}
_POINTS: Final = frozenset({"at", "top_left", "bottom_right"})


def dump_action(action: Action) -> JsonObject:
    """Return an action as plain JSON: its ``kind`` and every field that is not at its default."""
    document: JsonObject = {"kind": type(action).__name__}
    for field in attrs.fields(type(action)):
        value = getattr(action, field.name)
        if field.default is attrs.NOTHING or value != field.default:
            document[field.name] = _dump(value)
    return document


def _dump(value: Any) -> Json:
    if isinstance(value, Point):
        return [value.x, value.y]
    if isinstance(value, tuple):
        return [_dump(item) for item in value]
    if isinstance(value, Own):
        return {"tool": value.tool, "extra": thaw(value.extra)}
    if isinstance(value, Spelling):
        return {"family": value.family, "values": thaw(value.values), "omitted": list(value.omitted)}
    return thaw(value)


def load_action(document: Json) -> Action:
    """Return the action that was dumped. Raises `FormatError` for what is no dumped action."""
    if not isinstance(document, dict):
        raise FormatError(f"an action must be an object, not {json_type(document)}")
    kind = _KINDS.get(str(document.get("kind")))
    if kind is None:
        raise FormatError(f"unknown action {document.get('kind')!r}")
    fields = {name: value for name, value in document.items() if name != "kind"}
    try:
        action: Action = kind(**(fields if kind is Foreign else {k: _load(k, v) for k, v in fields.items()}))
    except (TypeError, ValueError, KeyError) as error:
        raise FormatError(f"damaged {kind.__name__} action") from error
    return action


def _load(name: str, value: Json) -> Any:
    if name in _POINTS:
        return ModelPoint(*value)
    if name == "path":
        return tuple(ModelPoint(*point) for point in value)
    if name == "chords":
        return tuple(tuple(chord) for chord in value)
    if name == "own":
        return Own(tool=value["tool"], extra=value["extra"])
    if name == "spelling":
        return Spelling(family=value["family"], values=value["values"], omitted=tuple(value["omitted"]))
    return tuple(value) if isinstance(value, list) else value
