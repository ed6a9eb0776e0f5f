"""A call's arguments: text on this wire, whatever it holds."""

from __future__ import annotations

from .. import hub
from ..errors import DecodeError
from ..jsontext import parse, spell
from ..jsonvalue import ABSENT
from ..making import new_arguments
from .residue import refuse


def read_arguments(text: str) -> hub.Arguments:
    """Read arguments as sampled; ``value`` stays ABSENT where they are not JSON that a value can hold (cut short, empty, NaN, 1e400)."""
    try:
        value = parse(text)
    except DecodeError:
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
