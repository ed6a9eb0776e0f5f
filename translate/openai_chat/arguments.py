"""A call's arguments: text on this wire, whatever it holds."""

from __future__ import annotations

import re
from typing import Final

from .. import hub
from ..errors import DecodeError
from ..jsontext import parse, spell
from ..jsonvalue import ABSENT, has_infinity
from ..making import new_arguments
from .residue import refuse

_HUGE: Final = re.compile(r"[0-9.][eE]\+?[0-9]{3}|[0-9]{309}")
"""Where a number may be too large for a float, which some parsers read as an infinity."""


def read_arguments(text: str) -> hub.Arguments:
    """Read arguments as sampled; ``value`` stays ABSENT where they are not JSON that a value can hold (cut short, empty, NaN, 1e400)."""
    try:
        value = parse(text)
    except DecodeError:
        return hub.Arguments(text=text)
    if _HUGE.search(text) is not None and has_infinity(value):
        return hub.Arguments(text=text)
    return new_arguments(text=text, value=value)


def spell_arguments(arguments: hub.Arguments) -> str:
    """Spell arguments as text: as sampled where a text is known, else compact. Raises `WriteError` for what JSON cannot say."""
    if arguments.text is not ABSENT:
        return arguments.text
    try:
        return spell(arguments.value)
    except DecodeError:
        raise refuse("arguments that JSON cannot say") from None
