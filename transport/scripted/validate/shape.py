"""Check objects against tables of their keys, and complain in the provider's words.

A table maps key to types: ``{"text": "string", "cache_control?": "object|null"}``. A question mark allows the key to be absent;
``any`` allows every value. Numbers keep their kind: ``number`` is an integer or a fraction, a boolean is neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol, TypeAlias

from polyloop.translate.jsonvalue import Json, JsonObject, json_type

from ..failures import Rejected

Shape: TypeAlias = Mapping[str, str]
Path: TypeAlias = tuple[str | int, ...]


class Dialect(Protocol):
    """How a provider words the three complaints about an object's keys."""

    def missing(self, path: Path) -> Rejected:
        """A required key is not there."""
        ...

    def wrong_type(self, path: Path, expected: str, value: Json) -> Rejected:
        """A value is of another type; ``expected`` is the table's entry."""
        ...

    def unknown(self, path: Path) -> Rejected:
        """A key that the provider does not know."""
        ...


def check(value: JsonObject, shape: Shape, path: Path, dialect: Dialect, closed: bool = True) -> None:
    """Raise `Rejected` where an object has not the keys of its table, or values of another type, or, if closed, other keys."""
    known = {key.removesuffix("?"): types for key, types in shape.items()}
    for key, types in shape.items():
        name = key.removesuffix("?")
        if name not in value:
            if name == key:
                raise dialect.missing((*path, name))
        elif not is_one_of(value[name], types):
            raise dialect.wrong_type((*path, name), types, value[name])
    for key in value if closed else ():
        if key not in known:
            raise dialect.unknown((*path, key))


def is_one_of(value: Json, types: str) -> bool:
    """Tell whether a value is of one of the types, ``string|null``."""
    actual = json_type(value)
    names = types.split("|")
    return "any" in names or actual in names or (actual == "integer" and "number" in names)


_ANTHROPIC_TYPES: Final[Mapping[str, str]] = {
    "string": "Input should be a valid string",
    "integer": "Input should be a valid integer",
    "number": "Input should be a valid number",
    "boolean": "Input should be a valid boolean",
    "array": "Input should be a valid list",
    "object": "Input should be a valid dictionary",
}


class Anthropic:
    """``messages.0.content.1.text: Field required``"""

    def missing(self, path: Path) -> Rejected:
        return complaint(path, "Field required")

    def wrong_type(self, path: Path, expected: str, value: Json) -> Rejected:
        return complaint(path, _ANTHROPIC_TYPES.get(expected.partition("|")[0], "Input should be valid"))

    def unknown(self, path: Path) -> Rejected:
        return complaint(path, "Extra inputs are not permitted")


def complaint(path: Path, problem: str) -> Rejected:
    """Word a complaint as Anthropic does."""
    return Rejected(f"{dotted(path)}: {problem}")


def dotted(path: Path) -> str:
    """Spell a path as Anthropic does: ``messages.0.content``."""
    return ".".join(map(str, path))


class OpenAI:
    """``Missing required parameter: 'messages[0].content'.``"""

    def missing(self, path: Path) -> Rejected:
        place = bracketed(path)
        return Rejected(f"Missing required parameter: '{place}'.", param=place, code="missing_required_parameter")

    def wrong_type(self, path: Path, expected: str, value: Json) -> Rejected:
        place = bracketed(path)
        wanted = " or ".join(_article(name) for name in expected.split("|") if name != "null")
        message = f"Invalid type for '{place}': expected {wanted}, but got {_article(json_type(value))} instead."
        return Rejected(message, param=place, code="invalid_type")

    def unknown(self, path: Path) -> Rejected:
        place = bracketed(path)
        return Rejected(f"Unknown parameter: '{place}'.", param=place, code="unknown_parameter")


def invalid_value(path: Path, found: Json, supported: tuple[str, ...]) -> Rejected:
    """Word OpenAI's complaint about a value that is not one of a closed set."""
    names = [f"'{name}'" for name in supported]
    listed = f"{', '.join(names[:-1])}, and {names[-1]}" if len(names) > 1 else "".join(names)
    place = bracketed(path)
    return Rejected(f"Invalid value: '{found}'. Supported values are: {listed}.", param=place, code="invalid_value")


def too_long(path: Path, limit: int, length: int) -> Rejected:
    """Word OpenAI's complaint about a string over its maximum length."""
    place = bracketed(path)
    message = (
        f"Invalid '{place}': string too long. Expected a string with maximum length {limit}, "
        f"but got a string with length {length} instead."
    )
    return Rejected(message, param=place, code="string_above_max_length")


def bracketed(path: Path) -> str:
    """Spell a path as OpenAI does: ``messages[0].content``."""
    text = ""
    for token in path:
        text += f"[{token}]" if isinstance(token, int) else f".{token}" if text else token
    return text


def _article(name: str) -> str:
    if name == "null":
        return "null"
    return f"{'an' if name[0] in 'aio' else 'a'} {name}"
