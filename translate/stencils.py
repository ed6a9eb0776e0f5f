"""JSON texts that say the same again but for some strings, as a stream's do: read by what differs, without being parsed.

Two texts that differ only inside string literals without escapes are the same document but for these strings. What a decoder makes of one of
them it makes of the other, with other strings in the same places: it looks at keys, at the classes of values and at tags, and a string that is a
key or a tag is never left open. A stencil is such a text with places left open, and the record it makes, ready to be made again. Where it
fits, it gives what the decoder gives; where it does not, a text with an escape or a character that is not printable among it, the text is decoded.

`Stencils` learns them from texts that follow one another: not from the first ones, so that a short stream pays nothing, and ever more seldom where
what was learned is of no use, so that a stream that does not repeat itself pays next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any, Final, TypeAlias

from .codec import RootDecoder
from .errors import DecodeError
from .forms import TAGS
from .record_decoding import new_record, set_dict
from .records import WireRecord

Stencil: TypeAlias = Callable[[bytes], Any]
"""Returns the record that a text says; ``None`` where it does not fit."""
_Cast: TypeAlias = Callable[[list[str]], Any]
"""Makes a value of the strings that stand in the open places."""

_QUOTE: Final = b'"'
MARK: Final = "\x7f"
"""Stands in an open place while the record is searched for it, once for the first place, twice for the second."""
_ESCAPE: Final = b"\\"
_MOST_BYTES: Final = 4096
"""Texts longer than this are not learned from."""
_MOST_PLACES: Final = 3
_MOST_STENCILS: Final = 4
_FIRST_WAIT: Final = 32
"""Texts that no stencil fits before one is learned: to learn one costs about as much as it saves on so many."""
_USEFUL: Final = 24
"""Texts read by stencils since the last was learned, from which on it has paid for itself."""


class Stencils:
    """The stencils of one stream: reads what they fit, and learns new ones from what none fits."""

    def __init__(self, decoder: RootDecoder, *, first_wait: int = _FIRST_WAIT) -> None:
        self._decoder = decoder
        self._first_wait = first_wait
        self._stencils: tuple[Stencil, ...] = ()
        self._before = b""
        self._missed = 0
        self._wait = first_wait
        self._fitted = 0

    def read(self, texts: list[bytes]) -> list[Any]:
        """Return the records that texts say; ``None`` for each that no stencil fits."""
        records = []
        for text in texts:
            for stencil in self._stencils:
                record = stencil(text)
                if record is not None:
                    self._fitted += 1
                    break
            else:
                record = self._learned(text)
            records.append(record)
        return records

    def _learned(self, text: bytes) -> Any:
        """Learn from a text that no stencil fits, if it is one to learn from and time to, and return its record then."""
        if _ESCAPE in text or len(text) > _MOST_BYTES or text == self._before:
            return None
        before, self._before = self._before, text
        self._missed += 1
        if self._missed < self._wait:
            return None
        self._wait = self._first_wait if self._fitted >= _USEFUL else 2 * self._wait
        self._missed = self._fitted = 0
        stencil = stencil_of(before, text, self._decoder)
        if stencil is None:
            return None
        self._stencils = (stencil, *self._stencils[: _MOST_STENCILS - 1])
        return stencil(text)


def stencil_of(before: bytes, text: bytes, decoder: RootDecoder) -> Stencil | None:
    """Make a stencil of a text, open where the one before it differs.

    ``None`` where more differs than the insides of some strings, and where such a string is a key or a tag.
    """
    pieces = pieces_around(before, text)
    if pieces is None:
        return None
    marks = [MARK * number for number in range(1, len(pieces))]
    marked = pieces[0] + b"".join([mark.encode() + piece for mark, piece in zip(marks, pieces[1:], strict=True)])
    found: list[str] = []
    try:
        cast = _record_cast(decoder.decode_text(marked), marks, found)
    except (DecodeError, RecursionError, _Unfit):
        return None
    # Of a key that stands twice in an object the first value is lost, and with it its place.
    return _stencil(pieces, cast) if cast is not None and len(found) == len(marks) else None


def pieces_around(before: bytes, text: bytes) -> list[bytes] | None:
    """Return what of a text stands around the strings that differ from the one before."""
    if _ESCAPE in text or MARK.encode() in text:
        return None
    if text.count(_QUOTE) != before.count(_QUOTE):
        return None
    said, known = text.split(_QUOTE), before.split(_QUOTE)  # every second is a string: there are no escapes
    if said[::2] != known[::2]:
        return None
    places = [place for place in range(1, len(said), 2) if said[place] != known[place]]
    if not 0 < len(places) <= _MOST_PLACES:
        return None
    for place in places:
        said[place] = MARK.encode()
    return _QUOTE.join(said).split(MARK.encode())


def _stencil(pieces: list[bytes], cast: _Cast) -> Stencil:
    head = pieces[0]
    start = len(head)
    others = [(piece, len(piece)) for piece in pieces[1:]]

    def read(text: bytes) -> Any:
        if not text.startswith(head):
            return None
        place = start
        strings = []
        try:
            for piece, length in others:
                end = text.find(_QUOTE, place)
                string = text[place:end].decode()
                # Not printable are among others the control characters, which no string of JSON may hold as they are.
                if end < 0 or not text.startswith(piece, end) or "\\" in string or not string.isprintable():
                    return None
                strings.append(string)
                place = end + length
        except UnicodeDecodeError:
            return None
        return cast(strings) if place == len(text) else None

    return read


class _Unfit(Exception):
    """A tag would be left open, or the record holds something that is not known to be made again by its parts."""


def _record_cast(record: Any, marks: list[str], found: list[str]) -> _Cast | None:
    if not isinstance(record, WireRecord):
        raise _Unfit
    cls, said = record.__class__, record.__dict__
    parts = _parts(said, marks, found)
    if not parts:
        return None
    (first, first_part), *others = parts

    def cast_record(strings: list[str]) -> WireRecord:
        made = said.copy()
        made[first] = first_part(strings)
        for name, part in others:
            made[name] = part(strings)
        record = new_record(cls)
        set_dict(record, made)
        return record

    return cast_record


def _parts(said: dict[str, Any], marks: list[str], found: list[str]) -> list[tuple[str, _Cast]]:
    """Return which of an object's members are to be made again, and what makes them."""
    if any(said.get(tag) in marks for tag in TAGS):
        raise _Unfit
    casts = [(name, _cast_of(value, marks, found)) for name, value in said.items() if name != "key_order"]
    return [(name, cast) for name, cast in casts if cast is not None]


def _cast_of(value: Any, marks: list[str], found: list[str]) -> _Cast | None:
    """Return what makes a value again; ``None`` for one without an open place that records may share, since nobody can change it."""
    if value is None or isinstance(value, (bool, int, float)):
        return None
    if isinstance(value, str):
        if value not in marks:
            return None
        found.append(value)
        return itemgetter(marks.index(value))
    if isinstance(value, dict):
        parts = _parts(value, marks, found)
        return lambda strings: value | {name: part(strings) for name, part in parts}
    if isinstance(value, (list, tuple)):
        return _array_cast(value, marks, found)
    return _record_cast(value, marks, found)


def _array_cast(value: list[Any] | tuple[Any, ...], marks: list[str], found: list[str]) -> _Cast | None:
    cls = value.__class__
    casts = [_cast_of(member, marks, found) for member in value]
    if cls is tuple and not any(casts):
        return None
    only = casts[0] if len(casts) == 1 else None
    if cls is tuple and only is not None:
        return lambda strings: (only(strings),)
    members = list(zip(value, casts, strict=True))
    return lambda strings: cls([member if cast is None else cast(strings) for member, cast in members])
