"""Read the fields of an action's JSON object, typed, and remember which were read.

A model's output is never trusted to have the types it should have, and never repaired: `UnfitError` becomes a `Foreign`
action with the reason, which the model can be told.
"""

from __future__ import annotations

import math

from ..jsonvalue import Json, JsonObject, json_type
from .actions import Chord
from .keys import Keyboard, UnknownKeyError, read_chord
from .points import ModelPoint


class UnfitError(Exception):
    """A document does not fit its vocabulary. Never leaves this package: readers turn it into `Foreign`."""


class Fields:
    """One action's JSON object. Each getter notes its key as stated; a null counts as "not said" for optional ones."""

    def __init__(self, document: JsonObject) -> None:
        self.document = document
        self.stated: set[str] = set()

    def get(self, key: str) -> Json:
        """Return a value or ``None``."""
        self.stated.add(key)
        return self.document.get(key)

    def text(self, key: str) -> str:
        """Return a string that must be there."""
        value = self.get(key)
        if not isinstance(value, str):
            raise UnfitError(self._expected(key, "a string"))
        return value

    def optional_text(self, key: str) -> str | None:
        """Return a string, or ``None`` for null and absent."""
        return None if self.get(key) is None else self.text(key)

    def integer(self, key: str, low: int, high: int | None = None) -> int:
        """Return an integer that must be there, within limits."""
        value = self.get(key)
        limits = f"at least {low}" if high is None else f"from {low} to {high}"
        if type(value) is not int or value < low or (high is not None and value > high):
            raise UnfitError(self._expected(key, f"an integer {limits}"))
        return value

    def optional_integer(self, key: str, low: int, high: int | None = None) -> int | None:
        """Return an integer, or ``None`` for null and absent."""
        return None if self.get(key) is None else self.integer(key, low, high)

    def seconds(self, key: str, *, whole: bool = False, high: int | None = None) -> int | float:
        """Return a length of time that must be there."""
        value = self.get(key)
        kind = "whole seconds" if whole else "seconds"
        if isinstance(value, (int, float)) and not isinstance(value, bool) and not (whole and isinstance(value, float)):
            top = math.inf if high is None else high
            if math.isfinite(value) and 0 <= value <= top:
                return value
        raise UnfitError(self._expected(key, kind if high is None else f"{kind}, at most {high}"))

    def pair(self, key: str) -> ModelPoint:
        """Return a point ``[x, y]`` that must be there."""
        return as_point(self.get(key), key)

    def optional_pair(self, key: str) -> ModelPoint | None:
        """Return a point, or ``None`` for null and absent."""
        return None if self.get(key) is None else self.pair(key)

    def modifiers(self, key: str, keyboard: Keyboard) -> Chord:
        """Return keys that are held, written as a chord; null, absent and an empty string are none."""
        text = self.optional_text(key)
        return self._chord(key, text, keyboard) if text else ()

    def chord(self, key: str, keyboard: Keyboard) -> Chord:
        """Return a chord that must be there."""
        return self._chord(key, self.text(key), keyboard)

    def refuse(self, keys: frozenset[str], what: str) -> None:
        """Raise for a known key that does not belong to this action: doing the rest would be a guess."""
        for key in sorted(keys - self.stated):
            if self.get(key) is not None:
                raise UnfitError(f"{key} is not accepted for {what}")

    def extra(self) -> JsonObject:
        """Return what no getter has read."""
        return {key: value for key, value in self.document.items() if key not in self.stated}

    def _chord(self, key: str, text: str, keyboard: Keyboard) -> Chord:
        try:
            return read_chord(text, keyboard)
        except UnknownKeyError as error:
            raise UnfitError(f"{error} in {key}") from error

    def _expected(self, key: str, what: str) -> str:
        if key not in self.document:
            return f"{key} is missing: {what} is needed"
        value = self.document[key]
        found = f"{value}" if type(value) in (int, float) else json_type(value)
        return f"{key} must be {what}, not {found}"


def as_point(value: Json, where: str) -> ModelPoint:
    """Read ``[x, y]`` with two whole numbers."""
    if isinstance(value, list) and len(value) == 2 and type(value[0]) is int and type(value[1]) is int:
        return ModelPoint(value[0], value[1])
    raise UnfitError(f"{where} must be two whole numbers [x, y]" if value is not None else f"{where} is missing")


def as_object_point(value: Json, where: str) -> ModelPoint:
    """Read ``{"x": ..., "y": ...}`` with two whole numbers."""
    if isinstance(value, dict) and type(value.get("x")) is int and type(value.get("y")) is int:
        return ModelPoint(value["x"], value["y"])
    raise UnfitError(f"{where} must have whole numbers x and y" if value is not None else f"{where} is missing")
