"""One HTTP exchange with a provider as plain data, for who wants to see what went over the wire.

Who keeps the exchanges of a conversation keeps each of its images once: the documents share the string that the conversation holds, and
an image is neither joined into a body nor parsed out of one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import attrs

from polyloop.translate.http import HttpRequest
from polyloop.translate.jsontext import parse
from polyloop.translate.jsonvalue import Json, JsonObject


@attrs.frozen(kw_only=True)
class Exchange:
    """One exchange as it went over the wire, without credentials.

    ``request`` has method, path, headers and body (a document); ``response`` status, headers and body, or is ``None`` where none came.
    """

    request: JsonObject = attrs.field(repr=False)
    response: JsonObject | None = attrs.field(repr=False)
    error: BaseException | None = None


ExchangeListener: TypeAlias = Callable[[Exchange], None]


Strings: TypeAlias = dict[tuple[str, str], str]
"""Strings that end in a long one, such as a data URL: by their beginning and the long one, so that each is made once."""
_STEM: Final = "piece-"


def document_of(request: HttpRequest, strings: Strings) -> Json:
    """Return the document in a request's body: what parsing the body would give. Its long strings are those of the body's pieces."""
    pieces = request.pieces
    long = [piece for piece in pieces if isinstance(piece, str)]
    texts = b"".join(piece for piece in pieces if isinstance(piece, bytes))
    stem = _STEM
    while stem.encode("ascii") in texts:
        stem += "-"
    numbers = iter(range(len(long)))
    short = b"".join(
        piece if isinstance(piece, bytes) else f"{stem}{next(numbers)}".encode("ascii") for piece in pieces
    )
    holder: list[Json] = [parse(short)]
    # A text may spell the stem with escapes, as we never do: then the body is parsed as it is.
    return holder[0] if _fill(holder, stem, long, strings) == len(long) else parse(request.body)


def _fill(holder: list[Json], stem: str, long: list[str], strings: Strings) -> int:
    """Put the long strings back, in place, for the document is nobody else's yet; return how many places there were."""
    filled = 0
    pending: list[tuple[Any, Any]] = [(holder, 0)]
    while pending:
        container, place = pending.pop()
        found = container[place]
        if isinstance(found, str):
            before, marked, number = found.rpartition(stem)
            if marked:
                filled += 1
                data = long[int(number)] if number.isdecimal() and int(number) < len(long) else ""
                container[place] = strings.setdefault((before, data), before + data) if before else data
        elif isinstance(found, dict):
            pending.extend((found, key) for key in found)
        elif isinstance(found, list):
            pending.extend((found, index) for index in range(len(found)))
    return filled
