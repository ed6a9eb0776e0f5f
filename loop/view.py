"""The view of a history that one request shows: old images left out, cache points set, images put back and fitted to the host.

The history itself is never changed. The view of a turn is made once and used again in every later request, as the same object, so
that whoever encodes it can keep the bytes; only a change that is declared makes another one of it. What the profile's host would refuse
is planned away before the request is made (`polyloop.loop.preflight`), or it is not made.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from functools import partial
from typing import Final

from attrs import evolve, field, mutable

from polyloop.translate import hub
from polyloop.translate.packing import pack
from polyloop.translate.profiles import Profile

from . import texts
from .fitting import Fitter
from .history import (
    ViewPolicy,
    cache_turns,
    has_sealed_thought,
    images_in,
    pruned_count,
    with_cache_point,
    without_images,
)
from .media import fetch
from .ports import Imager, Store
from .preflight import (
    NO_WEIGHT,
    Change,
    Pruned,
    RequestRefusedError,
    Room,
    StepsLeftOut,
    Weight,
    Why,
    fits,
    head_bytes,
    refused,
    room_of,
    weight_of,
)
from .safety import Redaction, redacted
from .weights import Weights

PACKED: Final = 24
"""Turns that are packed together, once they are settled."""
RECENT: Final = 8
"""Turns at the end of a history that are not: somebody may look at them yet."""


@mutable(kw_only=True)
class View:
    """Makes requests of one job's history, each turn once. The work for a request is that of its new turns.

    It relies on what the machine keeps: turns are only added, and all but the last are the same objects in every later history.
    Without a profile nothing is known of the host, and nothing is planned.
    """

    store: Store
    policy: ViewPolicy = field(factory=ViewPolicy)
    redaction: Redaction = field(factory=Redaction)
    profile: Profile | None = None
    template: hub.Request = field(factory=hub.Request)
    """What stands around the turns: it takes room, too."""
    imager: Imager | None = None
    made: int = 0
    """Turns made so far: a test's counter for work that should not be done twice."""
    _seen: list[hub.Turn] = field(factory=list, init=False)
    _shown: list[hub.Turn] = field(factory=list, init=False)
    _weights: Weights = field(factory=Weights, init=False)
    """What each shown turn brings to a request, and where steps begin."""
    _points: dict[int, tuple[hub.Turn, hub.Turn]] = field(factory=dict, init=False)
    """For each turn with a cache point the turn without and with it: the same objects as long as the point stays."""
    _images: array[int] = field(factory=partial(array, "i"), init=False)
    """For each turn the images in it and in those before it. Numbers stand in arrays: of short turns an object each is much."""
    _pruned: int = field(default=0, init=False)
    _settled: int = field(default=0, init=False)
    """Turns of which nothing will be made anew, and those of the history packed."""
    _left_out: int = field(default=0, init=False)
    """Steps that are not shown."""
    _marker: tuple[int, hub.Turn, hub.Turn] | None = field(default=None, init=False)
    """How many steps were left out, the turn before them, and the same with the marker."""
    _sealed_at: int | None = field(default=None, init=False)
    """Images before the first sealed thought, where nothing before one may change."""
    _changes: list[Change] = field(factory=list, init=False)
    _room: Room = field(init=False)
    _fitter: Fitter | None = field(init=False)
    _head_checked: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        keep = self.policy.keep_images
        most_shown = None if keep is None else keep + self.policy.prune_chunk - 1
        self._room = room_of(self.profile, 0 if self.profile is None else head_bytes(self.template), most_shown)
        self._fitter = (
            None if self.profile is None else Fitter(limits=self.profile.images, room=self._room, imager=self.imager)
        )

    async def turns(self, history: tuple[hub.Turn, ...]) -> tuple[tuple[hub.Turn, ...], tuple[Change, ...]]:
        """Return what a request shows of a history, and what this makes other than before.

        Raises `RequestRefusedError` for a request that the host would refuse whatever is left out of it.
        """
        self._changes = []
        self._take(history)
        total = self._images[-1] if self._images else 0
        prunable = total if self._sealed_at is None else self._sealed_at
        kept_from = pruned_count(prunable, self.policy.keep_images, self.policy.prune_chunk)
        await self._prune(kept_from, "kept")
        for index in range(len(self._shown), len(self._seen)):
            self._put(index, await self._make(index))
        await self._make_room(kept_from, min(prunable, total - 1))
        self._refuse()
        self._pack_settled()
        return self._marked(), tuple(self._changes)

    def _take(self, history: tuple[hub.Turn, ...]) -> None:
        """Take what is new of a history, and forget what is not in it any more."""
        self._forget_from(self._unchanged(history))
        for turn in history[len(self._seen) :]:
            before = self._images[-1] if self._images else 0
            if self.policy.append_only and self._sealed_at is None and has_sealed_thought(turn):
                self._sealed_at = before
            if turn.role == "assistant":
                self._weights.starts.append(len(self._seen))
            self._images.append(before + (images_in(turn) if turn.role == "tool" else 0))
            self._seen.append(turn)

    def _unchanged(self, history: tuple[hub.Turn, ...]) -> int:
        """Return how many turns are as they were: all, or all but the last, which may have been joined with another."""
        known = min(len(self._seen), len(history))
        while known and self._seen[known - 1] is not history[known - 1]:
            known -= 1
        return known

    def _forget_from(self, index: int) -> None:
        if index == len(self._seen):
            return
        self._weights.forget_from(index, self._images[index - 1] if index else 0)
        del self._seen[index:], self._shown[index:], self._images[index:]
        self._settled = min(self._settled, index)

    def _put(self, index: int, turn: hub.Turn) -> None:
        weight = NO_WEIGHT if self.profile is None else weight_of(turn, self._seen[index], self._pruned_of(index))
        self._weights.put(index, weight, self._images[index])
        if index == len(self._shown):
            self._shown.append(turn)
        else:
            self._shown[index] = turn

    async def _prune(self, pruned: int, why: Why) -> None:
        """Make the turns anew that lose images now, and declare it."""
        if pruned <= self._pruned:
            return
        first = bisect_right(self._images, self._pruned)
        last = bisect_left(self._images, pruned)
        self._pruned = pruned
        for index in range(first, min(last + 1, len(self._shown))):
            if images_in(self._seen[index]):
                self._put(index, await self._make(index))
        self._changes.append(Pruned(count=pruned, first_turn=first, why=why))

    async def _make(self, index: int) -> hub.Turn:
        self.made += 1
        turn = self._seen[index]
        here = self._pruned_of(index)
        shown = without_images(turn, here) if here else turn
        kept = shown.parts
        parts = redacted(await fetch(kept, self.store), self.redaction.before_wire)
        if self._fitter is not None:
            parts, refitted = await self._fitter.fit(parts, kept)
            self._changes += refitted
        return shown if parts is kept else evolve(shown, parts=parts)

    def _pack_settled(self) -> None:
        """Pack turns of the history whose images are left out for good: what is shown for them is another turn. A few at a time."""
        stop = min(bisect_right(self._images, self._pruned), len(self._seen) - RECENT)
        if stop - self._settled < PACKED:
            return
        start, self._settled = self._settled, self._settled + PACKED
        pairs = zip(self._seen[start : self._settled], self._shown[start : self._settled], strict=True)
        pack([seen for seen, shown in pairs if seen is not shown])

    def _pruned_of(self, index: int) -> int:
        """Return how many images of a turn are left out."""
        earlier = self._images[index - 1] if index else 0
        return min(max(0, self._pruned - earlier), self._images[index] - earlier)

    async def _make_room(self, kept_from: int, most: int) -> None:
        """Leave out images, then steps, until the request fits or nothing more may be left out."""
        weights = self._weights
        if not self._fits(weights.total) or self._pruned > kept_from:
            found = weights.images_to_prune(self._room, kept_from, self._pruned, most)
            if found is not None:
                await self._prune(*found)
        may_leave_out = self._sealed_at is None and weights.starts and weights.starts[0] > 0
        left_out = weights.steps_to_leave_out(self._room) if may_leave_out else 0
        if left_out > self._left_out:
            self._left_out = left_out
            self._changes.append(StepsLeftOut(count=left_out))

    def _fits(self, weight: Weight) -> bool:
        return fits(self._room, weight.images, weight.bytes)

    def _refuse(self) -> None:
        """Raise where the host would refuse the request all the same."""
        if self.profile is None:
            return
        shown = self._weights.without(self._left_out)
        if self._head_checked and self._fits(shown):
            return
        violations = refused(self.profile, self.template, shown, self._room)
        if violations:
            raise RequestRefusedError(violations)
        self._head_checked = True

    def _marked(self) -> tuple[hub.Turn, ...]:
        turns, points = self._visible(), {}
        if self._left_out:
            place = self._weights.starts[0] - 1
            turns[place] = self._with_marker(turns[place])
        for index in cache_turns(turns, self.policy.cache_points):
            known = self._points.get(index)
            if known is None or known[0] is not turns[index]:
                known = (turns[index], with_cache_point(turns[index]))
            points[index] = known
            turns[index] = known[1]
        self._points = points
        return tuple(turns)

    def _visible(self) -> list[hub.Turn]:
        """Return the turns that are shown at all."""
        if not self._left_out:
            return list(self._shown)
        starts = self._weights.starts
        return [*self._shown[: starts[0]], *self._shown[starts[self._left_out] :]]

    def _with_marker(self, turn: hub.Turn) -> hub.Turn:
        """Return the turn before the steps that are left out with a text that says so: the same object as long as it says the same."""
        if self._marker is None or self._marker[0] != self._left_out or self._marker[1] is not turn:
            marked = evolve(turn, parts=(*turn.parts, hub.Text(text=texts.steps_left_out(self._left_out))))
            self._marker = (self._left_out, turn, marked)
        return self._marker[2]
