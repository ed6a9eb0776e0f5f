"""Pieces of words alone that lie back in a conversation, kept together: a dozen pieces as one block, eight blocks as a larger one, and so on.

So a conversation is a few blocks, however long it is, and what is done for each of them in every request is done for a few. To know a block
again is one pass over its turns, and to say it is to refer to its texts. That no two calls have one id is known of a block from when it was
made, and of blocks side by side from when they were compared; where the same stand side by side again, they are not compared again.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Self, TypeAlias
from weakref import ref

import attrs

from . import hub
from .http import Fragment

if TYPE_CHECKING:
    from .memo import Head, Piece

MERGED: Final = 8
"""Blocks of one size that are kept as a larger one."""

Ids: TypeAlias = "array[int]"
"""Numbers that stand for the ids of calls, in order. They are hashes: calls of other ids may have the same, once in longer than anybody waits."""


class First(ref[hub.Turn]):
    """A reference to a first turn, which knows where what begins with it is kept."""

    __slots__ = ("kept", "key")

    def __new__(cls, turn: hub.Turn, kept: dict[int, Any]) -> Self:
        made = super().__new__(cls, turn, _forget)
        made.key, made.kept = id(turn), kept
        return made

    key: int
    kept: dict[int, Any]


def _forget(gone: Any) -> None:
    kept = gone.kept.get(gone.key)
    if kept is not None and kept.first is gone:
        del gone.kept[gone.key]


@attrs.define(kw_only=True, eq=False)
class Block:
    """Pieces of words alone, side by side, or such blocks."""

    head: Head
    first: First
    rest: tuple[hub.Turn, ...] = attrs.field(repr=False)
    """The other turns: held as long as the first lives, and seen again."""
    fragments: tuple[Fragment, ...] = attrs.field(repr=False)
    ids: Ids = attrs.field(repr=False)
    marks: int
    calls: tuple[str, ...] = attrs.field(repr=False)
    pictures: int
    leaves: tuple[Block, ...] = attrs.field(default=(), repr=False)
    """Of a larger block the small ones in it."""
    size: int = 1
    """Small blocks in it."""
    within: ref[Block] | None = attrs.field(default=None, repr=False)
    """Of a small block the larger one that it is in."""
    behind: object = attrs.field(factory=object, repr=False)
    """The mark of the block before it, when it was last compared with all before it."""
    mark: object = attrs.field(factory=object, repr=False)
    """Stands for this block behind those: another whenever these are others."""
    counted: tuple[int, Mapping[str, str]] | None = attrs.field(default=None, repr=False)
    """For a wire that counts calls: the names of its calls, where so many stand before it."""
    images: int = 0
    """None: what holds images stays by itself."""
    picture_bytes: int = 0

    def has(self, id: int) -> bool:
        """Tell whether one of its calls has an id."""
        place = bisect_left(self.ids, id)
        return place < len(self.ids) and self.ids[place] == id


def ids_in_order(ids: Iterable[int]) -> Ids:
    """Return ids as a block has them."""
    return array("q", sorted(ids))


def joined(blocks: Sequence[Block], first: First, rest: tuple[hub.Turn, ...]) -> Block:
    """Return blocks that stand side by side, and were compared so, as a larger one."""
    leaves = tuple([leaf for block in blocks for leaf in (block.leaves or (block,))])
    made = Block(
        head=blocks[0].head,
        first=first,
        rest=rest,
        fragments=tuple(chain.from_iterable([block.fragments for block in blocks])),
        ids=ids_in_order(chain.from_iterable([block.ids for block in blocks])),
        marks=sum([block.marks for block in blocks]),
        calls=tuple(chain.from_iterable([block.calls for block in blocks])),
        pictures=sum([block.pictures for block in blocks]),
        leaves=leaves,
        size=sum([block.size for block in blocks]),
        behind=blocks[0].behind,
        mark=blocks[-1].mark,
    )
    known = ref(made)
    for leaf in leaves:
        leaf.within = known
    return made


def have_ids_of_their_own(pieces: Sequence[Piece | Block]) -> bool:
    """Tell whether no two calls of a conversation have one id.

    Blocks that stand side by side as they stood before are known to; so is a piece that was compared with these blocks.
    """
    blocks = [piece for piece in pieces if isinstance(piece, Block)]
    loose = [piece for piece in pieces if not isinstance(piece, Block)]
    ids = [id for piece in loose for id in piece.ids]
    if len(set(ids)) < len(ids) or not _are_apart(blocks):
        return False
    mark = blocks[-1].mark if blocks else None
    for piece in loose:
        if piece.beside is not mark:
            if any(block.has(id) for block in blocks for id in piece.ids):
                return False
            piece.beside = mark
    return True


def _are_apart(blocks: Sequence[Block]) -> bool:
    """Tell whether no two blocks have a call of one id, and mark where they stand."""
    mark: object = None
    earlier: set[int] | None = None
    for number, block in enumerate(blocks):
        if block.behind is not mark:
            if earlier is None:
                earlier = set(chain.from_iterable([before.ids for before in blocks[:number]]))
            if not earlier.isdisjoint(block.ids):
                return False
            block.behind, block.mark = mark, object()
        if earlier is not None:
            earlier.update(block.ids)
        mark = block.mark
    return True
