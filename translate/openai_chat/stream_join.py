"""Values that come in pieces and that no rule of the fold is about: vendors' keys, log probabilities, audio, reasoning details.

The rules are those of the provider's own client (openai SDK 3.54.0, ``lib/streaming/_deltas.py``, read 2026-11-22), save that numbers
replace instead of being added up: texts append, objects merge, lists merge by ``index`` where their members have one and append
otherwise, null leaves what was there. Pieces are kept apart until the value is asked for, so that the cost of all is linear.
"""

from __future__ import annotations

from typing import Any, Final

from ..jsonvalue import ABSENT, Json, JsonObject

_REPLACED: Final = frozenset({"id", "type", "index", "format", "signature", "expires_at"})
"""Keys of members whose text is said whole, again and again."""


class _Texts:
    """A text in pieces."""

    __slots__ = ("pieces",)

    def __init__(self, text: str) -> None:
        self.pieces = [text]


class _Members:
    """A list whose members may grow; ``places`` finds those that have an index."""

    __slots__ = ("nodes", "places")

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.places: dict[tuple[int, Json], int] = {}

    def take(self, members: list[Json]) -> None:
        for member in members:
            name = _name_of(member)
            place = None if name is None else self.places.get(name)
            if place is not None:
                self.nodes[place] = joined(self.nodes[place], member)
                continue
            if name is not None:
                self.places[name] = len(self.nodes)
            self.nodes.append(joined(ABSENT, member))


def _name_of(member: Json) -> tuple[int, Json] | None:
    """Return what tells a member apart: its index, and its type where that is a text."""
    if not isinstance(member, dict) or not isinstance(member.get("index"), int):
        return None
    kind = member.get("type")
    return member["index"], kind if isinstance(kind, str) else None


def joined(node: Any, more: Json) -> Any:
    """Join more of a value to what was known of it (ABSENT at first); `value_of` says what came of it."""
    if more is None and node is not ABSENT:
        return node
    if isinstance(node, _Texts) and isinstance(more, str):
        node.pieces.append(more)
    elif isinstance(node, dict) and isinstance(more, dict):
        _merge(node, more)
    elif isinstance(node, _Members) and isinstance(more, list):
        node.take(more)
    else:
        return _begun(more)
    return node


def _begun(value: Json) -> Any:
    if isinstance(value, str):
        return _Texts(value)
    if isinstance(value, list):
        members = _Members()
        members.take(value)
        return members
    if isinstance(value, dict):
        return _merge({}, value)
    return value


def _merge(node: dict[str, Any], more: JsonObject) -> dict[str, Any]:
    for key, value in more.items():
        if key in _REPLACED and value is not None:
            node[key] = _begun(value)
        else:
            node[key] = joined(node.get(key, ABSENT), value)
    return node


def value_of(node: Any) -> Json:
    """Return the value that the pieces make."""
    if isinstance(node, _Texts):
        return "".join(node.pieces)
    if isinstance(node, _Members):
        return [value_of(member) for member in node.nodes]
    if isinstance(node, dict):
        return {key: value_of(inner) for key, inner in node.items()}
    return node
