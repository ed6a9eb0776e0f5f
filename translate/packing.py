"""Turns whose parts are packed: what lies back in a long conversation costs its bytes, and not the records around them.

Of a short text in a conversation the records around it take more memory than its words. Turns that stand side by side can be packed together:
their parts become one string of bytes, deflated with their encoded form as dictionary, which somebody holds anyway and which has nearly all
of their words. So they are little more than where these words stand.

A packed turn is the turn that it was: the same object, with equal parts, which are made when they are asked for. Only their identity is lost.
It is a representation and no state, as one string may be of one or of four bytes a character: nobody can tell but by `is_packed`, and by
time. Who walks a history turn by turn opens each pack once; who walks it many times takes ordinary turns first, by `unpacked`.
"""

from __future__ import annotations

import pickle
import zlib
from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

import attrs

from . import hub

__all__ = ["has_no_media", "is_packed", "pack", "unpacked"]

_OPENED: Final = 2
"""Packs whose parts are kept as they were last asked for, so that a walk does not open them again for each turn."""
_MOST_BYTES: Final = 1 << zlib.MAX_WBITS
"""As far as deflating looks back: of more, it finds the words no more, and takes its time over them."""
_SLOT: Final[Any] = hub.Turn.__dict__["parts"]
"""Where a turn has its parts, and a packed one its pack."""


@attrs.frozen(eq=False)
class _Pack:
    """The parts of a few turns."""

    places: array[int]
    """The identity of each turn. That of one which is gone may be another's, but only a turn that stands here asks here."""
    beside: bytes
    data: bytes
    media: bool

    def parts_of(self, turn: hub.Turn) -> tuple[hub.Part, ...]:
        return _opened(self)[self.places.index(id(turn))]


@lru_cache(_OPENED)
def _opened(pack: _Pack) -> tuple[tuple[hub.Part, ...], ...]:
    found: tuple[tuple[hub.Part, ...], ...] = pickle.loads(  # noqa: S301  made by `pack`, and never out of this process
        zlib.decompressobj(zdict=pack.beside).decompress(pack.data)
    )
    return found


class _Packed(hub.Turn):
    """A turn whose slot has a pack. It says that it is a `hub.Turn`, so that its copies are ordinary ones and it equals these."""

    __slots__ = ()

    @property  # type: ignore[misc]
    def __class__(self) -> type[hub.Turn]:  # type: ignore[override]
        return hub.Turn

    @property
    def parts(self) -> tuple[hub.Part, ...]:
        held = _SLOT.__get__(self)
        # A tuple for a moment, while `pack` is under way in another thread.
        return held if isinstance(held, tuple) else held.parts_of(self)

    def __reduce__(self) -> Any:
        return attrs.evolve(self).__reduce_ex__(pickle.HIGHEST_PROTOCOL)


def is_packed(turn: hub.Turn) -> bool:
    """Tell whether a turn is packed."""
    return type(turn) is _Packed


def has_no_media(turn: hub.Turn) -> bool:
    """Tell of a packed turn that it has no media, without opening it. False is no answer: it may have some."""
    held = _SLOT.__get__(turn) if is_packed(turn) else ()
    return isinstance(held, _Pack) and not held.media


def pack(turns: Sequence[hub.Turn], beside: bytes = b"") -> None:
    """Pack turns together, or anew. ``beside`` is held: JSON text that has most of their words, where somebody has one.

    Nothing is done where one of them holds media by its bytes, which are not to be there twice, or what Python has no bytes for; nor for long
    texts, whose records weigh little.
    """
    parts = tuple([turn.parts for turn in turns])
    sources = [media.source for said in parts for media in _media_of(said)]
    if len(beside) > _MOST_BYTES or any(isinstance(source, (hub.Base64, hub.Inline)) for source in sources):
        return
    try:
        data = pickle.dumps(parts, pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError):
        return
    if len(data) > _MOST_BYTES:
        return
    deflate = zlib.compressobj(zdict=beside)
    data = deflate.compress(data) + deflate.flush()
    made = _Pack(array("Q", [id(turn) for turn in turns]), beside, data, bool(sources))
    for turn in turns:
        # The class first: it reads both.
        if not is_packed(turn):
            object.__setattr__(turn, "__class__", _Packed)
        _SLOT.__set__(turn, made)


def _media_of(parts: Sequence[hub.Part]) -> Iterator[hub.Media]:
    for part in parts:
        if isinstance(part, hub.Media):
            yield part
        elif isinstance(part, hub.Result):
            yield from _media_of(part.parts)


def unpacked(request: hub.Request) -> hub.Request:
    """Return the request with ordinary turns in the place of packed ones; the same object where there are none."""
    if not any(map(is_packed, request.turns)):
        return request
    turns = tuple([attrs.evolve(turn) if is_packed(turn) else turn for turn in request.turns])
    return attrs.evolve(request, turns=turns)
