"""What of growing conversations was translated and encoded before, known again by the identity of turns, and forgotten with them.

A piece is what a few turns became. Pieces of words alone that lie back in a conversation are kept as one block: to know a block again is one
pass over its turns, and it is one text instead of many, beside which its turns are packed (`packing`); of many blocks there are larger ones
(`blocks`). Pieces with images stay by themselves, and hold nothing alive.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from operator import is_
from typing import Any, Final, TypeAlias
from weakref import WeakSet, ref

import attrs

from . import hub, packing
from .blocks import MERGED, Block, First, ids_in_order, joined
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


@attrs.define(kw_only=True, eq=False)
class Piece:
    """Turns that were translated by themselves."""

    head: Head
    turns: tuple[ref[hub.Turn], ...]
    fragments: tuple[Fragment, ...]
    """With a comma in front, but for the piece that the conversation begins with."""
    ids: tuple[int, ...]
    """Numbers that stand for the ids of its calls: see `polyloop.translate.blocks`."""
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
    pictures: int = 0
    """Images in its turns, for any wire."""
    picture_bytes: int = 0
    """Characters of base64 in them."""
    counted: tuple[int, Mapping[str, str]] | None = None
    """For a wire that counts calls: the names of its calls, where so many stand before it."""
    beside: object = None
    """The mark of the last of the blocks that it was last compared with."""

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


Found: TypeAlias = tuple[Piece | Block, int, int]
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
    _spans: dict[int, Block] = attrs.field(factory=dict, repr=False)
    """Larger blocks, likewise."""
    _heads: WeakSet[Head] = attrs.field(factory=WeakSet, repr=False)
    """Those that a piece was made under."""

    def __len__(self) -> int:
        return len(self._pieces) + len(self._blocks) + len(self._spans)

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
        return (First(turns[0], self._pieces), *map(ref, turns[1:]))

    def block(self, head: Head, turns: tuple[hub.Turn, ...], start: int) -> Block | None:
        """Return the largest block that begins with a turn and has another turn behind it; one whose turns are others now is forgotten."""
        key = id(turns[start])
        for kept in (self._spans, self._blocks):
            block = kept.get(key)
            if block is None:
                continue
            stop = start + 1 + len(block.rest)
            if block.head is head and stop < len(turns) and all(map(is_, block.rest, turns[start + 1 : stop])):
                return block
            del kept[key]
        return None

    def pack(self, turns: tuple[hub.Turn, ...], found: Sequence[Found]) -> None:
        """Make blocks of pieces of words that stand side by side, but for the last ones, and larger blocks of these."""
        settled = len(found) - RECENT
        pieces = [BLOCK * (number < settled and _is_words(each[0])) for number, each in enumerate(found)]
        found = _regrouped(found, pieces, BLOCK, lambda run: self._pack(turns, run))
        while True:
            sizes = [each[0].size if isinstance(each[0], Block) else 0 for each in found]
            larger = _regrouped(found, sizes, MERGED, lambda run: self._merge(turns, run))
            if len(larger) == len(found):
                return
            found = larger

    def _pack(self, turns: tuple[hub.Turn, ...], run: Sequence[Found]) -> Found:
        start, stop = run[0][1], run[-1][2]
        pieces = [piece for piece, _, _ in run if isinstance(piece, Piece)]
        text = b"".join([fragment for piece in pieces for fragment in piece.fragments if isinstance(fragment, bytes)])
        made = self._blocks[id(turns[start])] = Block(
            head=pieces[0].head,
            first=First(turns[start], self._blocks),
            rest=turns[start + 1 : stop],
            fragments=(text,),
            ids=ids_in_order([id for piece in pieces for id in piece.ids]),
            marks=sum([piece.marks for piece in pieces]),
            calls=tuple([id for piece in pieces for id in piece.calls]),
            pictures=sum([piece.pictures for piece in pieces]),
            behind=pieces[0].beside,
        )
        for _, first, _ in run:
            del self._pieces[id(turns[first])]
        packing.pack(turns[start:stop], beside=text)
        return made, start, stop

    def _merge(self, turns: tuple[hub.Turn, ...], run: Sequence[Found]) -> Found:
        start, stop = run[0][1], run[-1][2]
        first = First(turns[start], self._spans)
        blocks = [block for block, _, _ in run if isinstance(block, Block)]
        for leaf in [leaf for block in blocks for leaf in (block.leaves or (block,))]:
            known = None if leaf.within is None else leaf.within()
            if known is not None and self._spans.get(known.first.key) is known:
                del self._spans[known.first.key]
        made = self._spans[first.key] = joined(blocks, first, turns[start + 1 : stop])
        return made, start, stop


def _is_words(piece: Piece | Block) -> bool:
    """Tell of a piece that there are no images in it, said or not, and no other long base64."""
    return isinstance(piece, Piece) and not piece.images and all(map(_is_text, piece.fragments))


def _is_text(fragment: Fragment) -> bool:
    return isinstance(fragment, bytes)


def _regrouped(
    found: Sequence[Found], kinds: Sequence[int], count: int, join: Callable[[Sequence[Found]], Found]
) -> Sequence[Found]:
    """Return what was found with so many of one kind, side by side, joined to one. What is of kind 0 stays."""
    regrouped: list[Found] = []
    run: list[Found] = []
    before = 0
    for each, kind in zip(found, kinds, strict=True):
        if kind != before:
            regrouped += run
            run, before = [], kind
        run.append(each)
        if kind and len(run) == count:
            regrouped.append(join(run))
            run = []
    return [*regrouped, *run]


def images_said(images: int, most: int, behind: int) -> int:
    """Return how many of a piece's images are said where the newest are, and so many stand behind it."""
    return min(images, max(most - behind, 0))


def same_key(known: tuple[Any, ...], key: tuple[Any, ...]) -> bool:
    """Tell whether two heads are the same: by identity, and by value where that is a text or a number."""
    for a, b in zip(known, key, strict=True):
        if a is not b and not (type(a) is type(b) and isinstance(a, (str, int)) and a == b):
            return False
    return True
