"""Which rows of a difference are one and the same thing in two documented spellings: a closed table, so that nothing else is taken for one."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

from .jsonvalue import Json, same_json
from .loss import EMPTY_LISTS, TEXT_TYPES, Loss, matches

_TOKENS: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s"]+|\s+', re.DOTALL)


def json_tokens(text: str) -> list[str] | None:
    """Split JSON text into its tokens without white space, escapes undone, numbers in one spelling; ``None`` where it is not JSON."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return None
    found = [token for token in _TOKENS.findall(text) if not token.isspace()]
    joined: list[str] = []
    for token in found:
        if token[0] == '"':
            joined.append("s" + json.loads(token, strict=False))
        elif joined and joined[-1][0] == "p":
            joined[-1] += token
        else:
            joined.append("p" + token)
    return [_NUMBER.sub(_spelled_once, token) if token[0] == "p" else token for token in joined]


_NUMBER: Final = re.compile(r"(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,18}))?(?![\d.eE])")


def _spelled_once(number: re.Match[str]) -> str:
    """Spell a number with a fraction or an exponent by its digits and its scale, exactly; integers, which are of another type, have one spelling."""
    sign, whole, fraction, exponent = number.groups()
    if fraction is None and exponent is None:
        return number[0]
    fraction = fraction or ""
    digits = (whole + fraction).lstrip("0")
    significant = digits.rstrip("0")
    if not significant:
        return f"{sign}0e0"
    return f"{sign}{significant}e{int(exponent or 0) - len(fraction) + len(digits) - len(significant)}"


def is_respelling(row: Loss, defaults: Sequence[tuple[str, Json]]) -> bool:
    """Tell whether a row is one of the closed table of respellings.

    White space, escapes and the spelling of numbers of JSON inside a string; a string for one text block; a default written or
    left out, from the table of the source's wire: (pattern of a pointer, the default).
    """
    if row.kind == "changed":
        return _same_text(row) or _string_for_block(row.before, row.after) or _string_for_block(row.after, row.before)
    if row.kind in ("dropped", "added"):
        value = row.before if row.kind == "dropped" else row.after
        return any(matches(pattern, row.pointer) and same_json(value, default) for pattern, default in defaults)
    return False


def _same_text(row: Loss) -> bool:
    if not (isinstance(row.before, str) and isinstance(row.after, str) and row.pointer.endswith("/arguments")):
        return False
    tokens = json_tokens(row.before)
    return tokens is not None and tokens == json_tokens(row.after)


def _string_for_block(text: Json, blocks: Json) -> bool:
    if not (isinstance(text, str) and isinstance(blocks, list) and len(blocks) == 1 and isinstance(blocks[0], dict)):
        return False
    rest = dict(blocks[0])
    if rest.pop("role", None) == "user":  # the input of a Responses request, a string for one message
        return rest.pop("type", "message") == "message" and rest.pop("content", None) == text and not rest
    said = rest.pop("text", None) == text and rest.pop("type", None) in TEXT_TYPES
    return said and all(key in EMPTY_LISTS and value == [] for key, value in rest.items())
