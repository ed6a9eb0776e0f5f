"""What of growing conversations was translated and encoded before, known again by the identity of turns, and forgotten with them.

A piece is what a few turns became. Pieces of words alone that lie back in a conversation are kept as one block: to know a block again is one
pass over its turns, and it is one text instead of many, beside which its turns are packed (`packing`). Pieces with images stay by themselves,
and hold nothing alive.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from operator import is_
from typing import Any, Final, Self, TypeAlias
from weakref import WeakSet, ref

import attrs

from . import hub, packing
from .http import Fragment, HttpRequest
from .jsonvalue import Json, JsonObject, same_json

BLOCK: Final = 12
"""Pieces that are kept as one block: more of them weigh less together, and more wait until they are so many."""
RECENT: Final = 4
"""Pieces that stay by themselves at the end of a conversation: they may have cache points, of which a request has no more."""


@attrs.frozen(kw_only=True, eq=False)
class Head:
    """Everything of a request but its turns, and the document that it makes with the first piece."""

    key: tuple[Any, ...]
    document: JsonObject
    context: Mapping[str, Json]
    envelopes: dict[Hashable, tuple[HttpRequest, Fragment, Fragment]] = attrs.field(factory=dict, repr=False)
    """Requests around the document, and their bodies before and behind the conversation."""


@attrs.frozen(kw_only=True, eq=False)
class Piece:
    """Turns that were translated by themselves."""

    head: Head
    turns: tuple[ref[hub.Turn], ...]
    fragments: tuple[Fragment, ...]
    """With a comma in front, but for the piece that the conversation begins with."""
    ids: tuple[str, ...]
    marks: int
    last: bool
    """It ended the history."""
    hangs: bool
    """How it is said hangs on whether it ends the history."""
    calls: tuple[str, ...] = ()
    """The ids of its calls in order, for a wire that counts calls."""
    images: int = 0
    """So many images are in it, said or not, for a wire that limits them."""
    most_images: int = 0
    """So many images the wire takes, the newest."""
    images_said: int = 0

    @property
    def first(self) -> ref[hub.Turn]:
        """Return the reference that the piece is kept with."""
        return self.turns[0]

    def holds(self, head: Head, turns: Sequence[hub.Turn], last: bool, images_behind: int) -> bool:
        """Tell whether this is what these turns become, with so many images in the turns behind them."""
        if self.head is not head or len(turns) != len(self.turns):
            return False
        if self.images and self.images_said != images_said(self.images, self.most_images, images_behind):
            return False
        for known, turn in zip(self.turns, turns, strict=False):  # of one length, as was just seen
            if known() is not turn:
                return False
        return self.last == last or not self.hangs


@attrs.frozen(kw_only=True, eq=False)
class Block:
    """Pieces of words alone, side by side."""

    head: Head
    first: ref[hub.Turn]
    rest: tuple[hub.Turn, ...] = attrs.field(repr=False)
    """The other turns: held as long as the first lives, and seen again."""
    fragments: tuple[Fragment, ...] = attrs.field(repr=False)
    ids: tuple[str, ...]
    marks: int
    calls: tuple[str, ...]
    images: int = 0
    """None: what holds images stays by itself."""


Found: TypeAlias = tuple["Piece | Block", int, int]
"""What was known or made, and from where to where in the history it stands."""


@attrs.define(eq=False)
class Memo:
    """What was translated and encoded before, by the identity of turns. What nobody holds is forgotten.

    For one thread at a time; any number of conversations.
    """

    translated: int = 0
    """Turns translated so far: a test's counter for work that should not be done twice."""
    whole: int = 0
    """Requests that could not be put together of pieces."""
    _pieces: dict[int, Piece] = attrs.field(factory=dict, repr=False)
    """By the identity of a piece's first turn."""
    _blocks: dict[int, Block] = attrs.field(factory=dict, repr=False)
    """By the identity of a block's first turn."""
    _heads: WeakSet[Head] = attrs.field(factory=WeakSet, repr=False)
    """Those that a piece was made under."""

    def __len__(self) -> int:
        return len(self._pieces) + len(self._blocks)

    def head(self, key: tuple[Any, ...], document: JsonObject, context: Mapping[str, Json]) -> Head:
        """Return the head that says this: the one that pieces were made under, if there is one.

        The first turn may have changed, its cache point gone, and nothing behind it.
        """
        for known in self._heads:
            if (
                same_key(known.key, key)
                and same_json(known.document, document)
                and same_json(dict(known.context), dict(context))
            ):
                return known
        made = Head(key=key, document=document, context=context)
        self._heads.add(made)
        return made

    def find(self, turns: Sequence[hub.Turn]) -> Piece | None:
        """Return what begins with a turn, as it was kept last."""
        return self._pieces.get(id(turns[0]))

    def keep(self, turns: Sequence[hub.Turn], piece: Piece) -> None:
        """Keep a piece as long as its first turn lives."""
        self._pieces[id(turns[0])] = piece

    def reference(self, turns: Sequence[hub.Turn]) -> tuple[ref[hub.Turn], ...]:
        """Refer to turns weakly; the first takes its piece with it."""
        return (_First(turns[0], self._pieces), *map(ref, turns[1:]))

    def block(self, head: Head, turns: Sequence[hub.Turn], start: int) -> Block | None:
        """Return the block that begins with a turn and has another turn behind it; one whose turns are others now is forgotten."""
        block = self._blocks.get(id(turns[start]))
        if block is None:
            return None
        stop = start + 1 + len(block.rest)
        if block.head is head and stop < len(turns) and all(map(is_, block.rest, turns[start + 1 : stop])):
            return block
        del self._blocks[id(turns[start])]
        return None

    def pack(self, turns: Sequence[hub.Turn], found: Sequence[Found]) -> None:
        """Make blocks of pieces of words that stand side by side, but for the last ones."""
        run: list[Found] = []
        for each in found[:-RECENT]:
            piece = each[0]
            if not isinstance(piece, Piece) or piece.images or not all(map(_is_text, piece.fragments)):
                run = []
                continue
            run.append(each)
            if len(run) == BLOCK:
                self._pack(turns, run)
                run = []

    def _pack(self, turns: Sequence[hub.Turn], run: Sequence[Found]) -> None:
        start, stop = run[0][1], run[-1][2]
        text = b"".join(
            [fragment for piece, _, _ in run for fragment in piece.fragments if isinstance(fragment, bytes)]
        )
        self._blocks[id(turns[start])] = Block(
            head=run[0][0].head,
            first=_First(turns[start], self._blocks),
            rest=tuple(turns[start + 1 : stop]),
            fragments=(text,),
            ids=tuple([id for piece, _, _ in run for id in piece.ids]),
            marks=sum([piece.marks for piece, _, _ in run]),
            calls=tuple([id for piece, _, _ in run for id in piece.calls]),
        )
        for _, first, _ in run:
            del self._pieces[id(turns[first])]
        packing.pack(turns[start:stop], beside=text)


def _is_text(fragment: Fragment) -> bool:
    return isinstance(fragment, bytes)


class _First(ref[hub.Turn]):
    """A reference to a first turn, which knows where what begins with it is kept."""

    __slots__ = ("kept", "key")

    def __new__(cls, turn: hub.Turn, kept: dict[int, Piece] | dict[int, Block]) -> Self:
        made = super().__new__(cls, turn, _forget)
        made.key, made.kept = id(turn), kept
        return made

    key: int
    kept: dict[int, Piece] | dict[int, Block]


def _forget(gone: Any) -> None:
    kept = gone.kept.get(gone.key)
    if kept is not None and kept.first is gone:
        del gone.kept[gone.key]


def images_said(images: int, most: int, behind: int) -> int:
    """Return how many of a piece's images are said where the newest are, and so many stand behind it."""
    return min(images, max(most - behind, 0))


def same_key(known: tuple[Any, ...], key: tuple[Any, ...]) -> bool:
    """Tell whether two heads are the same: by identity, and by value where that is a text or a number."""
    for a, b in zip(known, key, strict=True):
        if a is not b and not (type(a) is type(b) and isinstance(a, (str, int)) and a == b):
            return False
    return True
