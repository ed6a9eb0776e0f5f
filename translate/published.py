"""JSON of settings that two wires share, cut down to the keys of their published record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from .jsonvalue import ABSENT, Json

Shape: TypeAlias = "Mapping[str, Shape | None]"
"""Keys of a record; ``None`` for one that holds a text or a number, else the keys of what it holds."""

_MODE: Final[Shape] = {"mode": None}
MODERATION: Final[Shape] = {"model": None, "policy": {"input": _MODE, "output": _MODE}}
"""``moderation`` of both OpenAI wires (types of the openai SDK 3.54.0: Moderation, ModerationPolicy)."""


def only_published(value: Json, shape: Shape) -> Any:
    """Return a value without the keys that its record does not have; ABSENT where it is none, the same value where it has no others."""
    if value is None:
        return None
    if not isinstance(value, Mapping):
        return ABSENT
    kept = {key: _inside(item, shape[key]) for key, item in value.items() if key in shape}
    kept = {key: item for key, item in kept.items() if item is not ABSENT}
    same = len(kept) == len(value) and all(kept[key] is item for key, item in value.items())
    return value if same else kept


def _inside(item: Json, shape: Shape | None) -> Any:
    if shape is None:
        return ABSENT if isinstance(item, (Mapping, list)) else item
    return only_published(item, shape)


def legal_moderation(value: Json) -> Any:
    """Return moderation as both OpenAI wires have it: with a model, and without unknown keys."""
    kept = only_published(value, MODERATION)
    return kept if isinstance(kept, Mapping) and isinstance(kept.get("model"), str) else ABSENT
