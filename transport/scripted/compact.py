"""JSON as the providers write it."""

from __future__ import annotations

import json

from polyloop.translate.jsonvalue import Json


def text(value: Json) -> str:
    """Spell a JSON value without spaces, every character as itself."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def utf8(text: str) -> bytes:
    """Encode JSON text. A lone surrogate has no UTF-8 form: it becomes the JSON escape that it came from."""
    return text.encode("utf-8", "backslashreplace")


def content(value: Json) -> bytes:
    """Spell a JSON value as bytes."""
    return utf8(text(value))
