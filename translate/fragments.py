"""JSON text in fragments: small bytes, and references to the long base64 strings that somebody holds anyway."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from . import hub
from .http import Fragment, encode_json
from .jsonvalue import Json

LONG: Final = 1024
"""Characters from which a string is referred to and not copied."""


_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_"
"""Letters of both alphabets: none of them is escaped in JSON."""


def base64_of(turns: Iterable[hub.Turn]) -> Iterator[str]:
    """Give the long base64 strings of turns that stand in JSON as they are."""
    for part in (part for turn in turns for part in turn.parts):
        for piece in part.parts if isinstance(part, hub.Result) else (part,):
            if isinstance(piece, hub.Media) and isinstance(piece.source, hub.Base64):
                data = piece.source.data
                if len(data) >= LONG and data.isascii() and not data.encode("ascii").translate(None, _BASE64):
                    yield data


def fragments_of(elements: Sequence[Json], strings: frozenset[str], *, following: bool) -> tuple[Fragment, ...]:
    """Encode elements of a list, with commas between them, and before them where they follow others; long strings that were given
    are referred to."""
    found: list[Fragment] = []
    for number, element in enumerate(elements):
        if number or following:
            found.append(b",")
        found.extend(_spelled(element, strings) if strings else (encode_json(element),))
    return tuple(_merged(found))


def _spelled(value: Json, strings: frozenset[str]) -> Iterator[Fragment]:
    if isinstance(value, str):
        yield from _spelled_text(value, strings)
    elif isinstance(value, Mapping):
        opening = b"{"
        for key, item in value.items():
            yield opening + encode_json(key) + b":"
            yield from _spelled(item, strings)
            opening = b","
        yield b"}" if value else b"{}"
    elif isinstance(value, list):
        opening = b"["
        for item in value:
            yield opening
            yield from _spelled(item, strings)
            opening = b","
        yield b"]" if value else b"[]"
    else:
        yield encode_json(value)


def _spelled_text(text: str, strings: frozenset[str]) -> Iterator[Fragment]:
    """Spell a string: what ends in base64 that was given, as a data URL does, as its beginning and a reference."""
    long = next((data for data in strings if text.endswith(data)), None) if len(text) >= LONG else None
    if long is None:
        yield encode_json(text)
        return
    yield encode_json(text[: len(text) - len(long)])[:-1]
    yield long
    yield b'"'


def _merged(fragments: Iterable[Fragment]) -> Iterator[Fragment]:
    """Join bytes that stand side by side."""
    waiting: list[bytes] = []
    for fragment in fragments:
        if isinstance(fragment, bytes):
            waiting.append(fragment)
            continue
        if waiting:
            yield b"".join(waiting)
            waiting = []
        yield fragment
    if waiting:
        yield b"".join(waiting)
