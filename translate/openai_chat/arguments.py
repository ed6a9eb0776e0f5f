"""A call's arguments: text on this wire, whatever it holds."""

from __future__ import annotations

from .. import hub
from ..errors import DecodeError
from ..jsontext import parse, spell
from ..jsonvalue import ABSENT


def read_arguments(text: str) -> hub.Arguments:
    """Read arguments as sampled; ``value`` stays ABSENT where they are not JSON (cut short, empty, NaN)."""
    try:
        return hub.Arguments(text=text, value=parse(text))
    except DecodeError:
        return hub.Arguments(text=text)


def spell_arguments(arguments: hub.Arguments) -> str:
    """Spell arguments as text: as sampled where a text is known, else compact."""
    if arguments.text is not ABSENT:
        return arguments.text
    return spell(arguments.value)
