"""Arguments that are no JSON object, in the one place the Messages API has for them: a call's ``input``, which is an object.

``{"INVALID_JSON": "<the text>"}`` is how the provider's page says to hand such text back to the model (agents-and-tools/tool-use/
fine-grained-tool-streaming, "Handling invalid JSON in tool responses", read 2026-11-24). It is written for arguments that are no object,
and an object of exactly this form is read as the text, whatever wrote it: so neither the text nor an object is taken for the other.

An object that has the form by itself is written as its own text in the form. Read is read as that object, since a text that is a JSON
object stands in the form for no other reason; any other object under the key, ``{"INVALID_JSON": "{\\"a\\":1}"}`` say, is an object.
"""

from __future__ import annotations

import re
from typing import Final

from .. import hub
from ..errors import DecodeError
from ..jsontext import parse, spell
from ..jsonvalue import ABSENT, Json
from ..making import new_arguments

INVALID_JSON: Final = "INVALID_JSON"


def read_input(value: Json) -> hub.Arguments:
    """Read a call's input: the text in the form of text that is no object, else the value."""
    if value.__class__ is not dict or len(value) != 1:
        return new_arguments(value=value)
    text = _held(value)
    if text is None:
        return new_arguments(value=value)
    inner = _parsed(text)
    if not isinstance(inner, dict):
        return new_arguments(text=text, value=inner)
    return new_arguments(text=text, value=inner) if _has_the_form(inner) else new_arguments(value=value)


def write_input(arguments: hub.Arguments) -> Json:
    """Write arguments as a call's input. What is no object and has no text stays what it is: it was read so from this wire."""
    value, text = arguments.value, arguments.text
    if value.__class__ is dict and len(value) != 1:
        return value
    if value is ABSENT and isinstance(text, str):
        value = _parsed(text)
    if not isinstance(value, dict):
        return value if text is ABSENT else {INVALID_JSON: text}
    if len(value) != 1 or not _has_the_form(value):
        return value
    return {INVALID_JSON: spell(value) if text is ABSENT else text}


def said_input(text: str, value: Json) -> Json:
    """Return the input that a text says: ``value``, what it parses as, where that is an object, else the text in the form."""
    return value if isinstance(value, dict) else {} if is_blank(text) else {INVALID_JSON: text}


def is_blank(text: str) -> bool:
    """Tell whether a text is nothing but JSON's white space, by which models mean that there are no arguments."""
    return not text.strip(" \t\r\n")


def is_wrapped(arguments: hub.Arguments) -> bool:
    """Tell whether arguments are written in the form."""
    written = write_input(arguments)
    return isinstance(written, dict) and written is not arguments.value and INVALID_JSON in written


def _held(value: Json) -> str | None:
    """Return the text under the key, where an object has this key alone and a text under it."""
    text = value.get(INVALID_JSON) if isinstance(value, dict) and len(value) == 1 else None
    return text if isinstance(text, str) else None


def _parsed(text: str) -> Json:
    try:
        return parse(text)
    except DecodeError:
        return ABSENT


def _has_the_form(value: Json) -> bool:
    """Tell whether an object holds a text that is no object, or that of an object of the form, however often."""
    while (text := _held(value)) is not None:
        value = _parsed(text)
        if not isinstance(value, dict):
            return True
    return False


_OPENING: Final = re.compile(r'[ \t\r\n]*(?:\{[ \t\r\n]*(?:"([^"\\]*))?)?')
"""An object's beginning, as far as into its first key."""


class Held:
    """Holds back the pieces of an input's text for as long as the input may turn out to have the form.

    One that has it is said otherwise on a wire of texts, and what was sent cannot be taken back. Of nearly every input that is its opening
    brace and the first letters of its first key.
    """

    __slots__ = ("_pieces", "_through")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._through = False

    def take(self, piece: str) -> str:
        """Take a piece and return what may be passed on now."""
        if self._through:
            return piece
        self._pieces.append(piece)
        beginning = "".join(self._pieces)
        if may_be_wrapped(beginning):
            return ""
        self._through = True
        return beginning

    @property
    def nothing_passed(self) -> bool:
        """Whether all is held."""
        return not self._through

    def rest(self) -> str:
        """Return what is held."""
        return "" if self._through else "".join(self._pieces)


def may_be_wrapped(beginning: str) -> bool:
    """Tell of the beginning of an input's text whether the input may turn out to have the form, as far as its first key can tell."""
    found = _OPENING.match(beginning)
    assert found is not None
    key, rest = found[1], beginning[found.end() : found.end() + 1]
    if not rest:
        return key is None or INVALID_JSON.startswith(key)
    return rest == "\\" or (rest == '"' and key == INVALID_JSON)
