"""Chat's way with keys: unknown ones are refused at the top of a request and ignored everywhere below it (recorded)."""

from __future__ import annotations

from polyloop.translate.jsonvalue import JsonObject

from ..shape import OpenAI, Path, Shape
from ..shape import check as check_shape


def check(value: JsonObject, shape: Shape, path: Path, dialect: OpenAI) -> None:
    """Raise `Rejected` where an object has not the keys of its table, or values of another type."""
    check_shape(value, shape, path, dialect, closed=not path)
