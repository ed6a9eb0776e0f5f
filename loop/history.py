"""The view of a history that one request shows: old images left out, cache points set, images put back.

The history itself is never changed. The view of a turn is made once and used again in every later request, as the same object, so
that whoever encodes it can keep the bytes; only a prune, which is declared, makes another one of it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final

from attrs import evolve, field, frozen, mutable

from polyloop.translate import hub
from polyloop.translate.steps import map_parts

from . import texts
from .media import digest_of, fetch
from .ports import Store
from .safety import Redaction, redacted

MARKER_DIGITS: Final = 12
"""Hexadecimal digits of an image's digest that its marker shows."""


@frozen(kw_only=True)
class ViewPolicy:
    """What of a history a request shows."""

    keep_images: int | None = None
    """Screenshots in results that stay when images are pruned; None prunes nothing."""
    prune_chunk: int = 1
    """Images left out at a time: between ``keep_images`` and ``keep_images + prune_chunk - 1`` are shown. Each prune breaks the
    provider's prompt cache from the first image it takes, so larger chunks cost less."""
    cache_points: int = 0
    """Cache points set at the newest turns of the user's side."""
    append_only: bool = False
    """The model's signed thinking holds only for the very history it was thought in: from its first sealed thought on, nothing is
    pruned any more."""


@frozen(kw_only=True)
class Pruned:
    """A declared change of the prefix: the images before ``count`` (in order of the history) are markers from now on."""

    count: int
    first_turn: int
    """The first turn whose bytes change."""


def pruned_count(total: int, keep: int | None, chunk: int = 1) -> int:
    """Return how many of the oldest images are left out: a whole number of chunks, so that it seldom changes.

    Depends on the number of images alone, so a resumed job prunes as the uninterrupted one.
    """
    if keep is None or total <= keep:
        return 0
    return (total - keep) // chunk * chunk


def prune_images(turns: tuple[hub.Turn, ...], count: int) -> tuple[hub.Turn, ...]:
    """Return the turns with the ``count`` oldest images of results replaced by markers. The turns given are not changed.

    A turn without such an image is the same object. Idempotent for images kept in a store: a marker is no image.
    """
    left = count
    pruned: list[hub.Turn] = []
    for turn in turns:
        here = min(left, images_in(turn)) if left else 0
        pruned.append(_without_images(turn, here) if here else turn)
        left -= here
    return tuple(pruned)


def images_in(turn: hub.Turn) -> int:
    """Count the images in a turn's results."""
    return sum(1 for part in turn.parts if isinstance(part, hub.Result) for inner in part.parts if _is_image(inner))


def has_sealed_thought(turn: hub.Turn) -> bool:
    """Tell whether a turn holds thinking that its provider signed or sealed."""
    return any(isinstance(part, hub.Thinking) and part.seal is not None for part in turn.parts)


def _is_image(part: hub.Part) -> bool:
    return isinstance(part, hub.Media) and part.kind == "image"


def _without_images(turn: hub.Turn, count: int) -> hub.Turn:
    left = count

    def step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        nonlocal left
        if not isinstance(part, hub.Result) or not left or not any(map(_is_image, part.parts)):
            return None
        inner: list[hub.Part] = []
        for piece in part.parts:
            if left and _is_image(piece):
                inner.append(hub.Text(text=marker(piece)))
                left -= 1
            else:
                inner.append(piece)
        return (evolve(part, parts=tuple(inner)),)

    return map_parts(turn, step)


def marker(part: hub.Part) -> str:
    """Return the text that stands for an image left out: with its digest, where the store has it."""
    digest = digest_of(part)
    return texts.PRUNED_IMAGE if digest is None else texts.pruned_image(digest[:MARKER_DIGITS])


def cache_turns(turns: Sequence[hub.Turn], most: int) -> tuple[int, ...]:
    """Return the turns behind which a cache point stands: the newest of the user's side, at most ``most``, in order.

    Monotone: the place of each moves only forward as turns are added.
    """
    places: list[int] = []
    for index in range(len(turns) - 1, -1, -1):
        if len(places) == most:
            break
        following = turns[index + 1].role if index + 1 < len(turns) else "assistant"
        if turns[index].role in ("user", "tool") and following == "assistant" and turns[index].parts:
            places.append(index)
    return tuple(reversed(places))


def with_cache_point(turn: hub.Turn) -> hub.Turn:
    """Return the turn with a cache point behind its last part."""
    return evolve(turn, parts=(*turn.parts, hub.Mark(kind="cache")))


@frozen(kw_only=True)
class PrefixBreak:
    """Where a request stops being a continuation of an earlier one. ``path`` names the place in the hub's words."""

    path: str
    reason: str


def explain_prefix(old: hub.Request, new: hub.Request) -> PrefixBreak | None:
    """Say what of a new request breaks the provider's cache of an old one, or return None where it continues it.

    Looks in the order in which providers cache: model, tools, instructions, turns. Cache points are passed over.
    """
    if old.model != new.model:
        return PrefixBreak(path="/model", reason=f"the model changed from {old.model!r} to {new.model!r}")
    if old.tools != new.tools:
        return PrefixBreak(path="/tools", reason="the tools, or their order, changed")
    if old.instructions != new.instructions:
        return PrefixBreak(path="/instructions", reason="the instructions changed")
    for index, (before, after) in enumerate(zip(old.turns, new.turns, strict=False)):
        if before is after:
            continue
        last = index == len(old.turns) - 1
        found = _turn_break(index, _unmarked(before), _unmarked(after), last)
        if found is not None:
            return found
    if len(new.turns) < len(old.turns):
        return PrefixBreak(path=f"/turns/{len(new.turns)}", reason="a turn was taken away")
    return None


def _unmarked(turn: hub.Turn) -> tuple[str, tuple[hub.Part, ...]]:
    return turn.role, tuple(part for part in turn.parts if not (isinstance(part, hub.Mark) and part.kind == "cache"))


def _turn_break(
    index: int, before: tuple[str, tuple[hub.Part, ...]], after: tuple[str, tuple[hub.Part, ...]], last: bool
) -> PrefixBreak | None:
    if before[0] != after[0]:
        return PrefixBreak(path=f"/turns/{index}", reason=f"a turn of {before[0]} is now one of {after[0]}")
    for at, (old, new) in enumerate(zip(before[1], after[1], strict=False)):
        if old != new:
            return PrefixBreak(path=f"/turns/{index}/parts/{at}", reason=_part_reason(old, new))
    if len(after[1]) < len(before[1]) or (len(after[1]) > len(before[1]) and not last):
        return PrefixBreak(path=f"/turns/{index}", reason="parts were added or taken away")
    return None


def _part_reason(old: hub.Part, new: hub.Part) -> str:
    if isinstance(old, hub.Result) and isinstance(new, hub.Result) and any(map(_is_image, old.parts)):
        shown = sum(map(_is_image, old.parts)) - sum(map(_is_image, new.parts))
        if shown > 0:
            return f"{shown} image(s) were pruned"
    if type(old) is not type(new):
        return f"a {type(old).__name__} is now a {type(new).__name__}"
    return f"the content of a {type(old).__name__} changed"


@mutable(kw_only=True)
class View:
    """Makes requests of one job's history, each turn once. The work for a request is that of its new turns.

    It relies on what the machine keeps: turns are only added, and all but the last are the same objects in every later history.
    """

    store: Store
    policy: ViewPolicy = field(factory=ViewPolicy)
    redaction: Redaction = field(factory=Redaction)
    made: int = 0
    """Turns made so far: a test's counter for work that should not be done twice."""
    _seen: list[hub.Turn] = field(factory=list, init=False)
    _shown: list[hub.Turn] = field(factory=list, init=False)
    _points: dict[int, tuple[hub.Turn, hub.Turn]] = field(factory=dict, init=False)
    """For each turn with a cache point the turn without and with it: the same objects as long as the point stays."""
    _images: list[int] = field(factory=list, init=False)
    """For each turn the images in it and in those before it."""
    _pruned: int = field(default=0, init=False)
    _sealed_at: int | None = field(default=None, init=False)
    """Images before the first sealed thought, where nothing before one may change."""

    async def turns(self, history: tuple[hub.Turn, ...]) -> tuple[tuple[hub.Turn, ...], Pruned | None]:
        """Return what a request shows of a history, and the prune this makes necessary, if any."""
        self._forget_from(self._unchanged(history))
        for turn in history[len(self._seen) :]:
            before = self._images[-1] if self._images else 0
            if self.policy.append_only and self._sealed_at is None and has_sealed_thought(turn):
                self._sealed_at = before
            self._images.append(before + (images_in(turn) if turn.role == "tool" else 0))
            self._seen.append(turn)
        total = self._images[-1] if self._images else 0
        prunable = total if self._sealed_at is None else self._sealed_at
        pruned = pruned_count(prunable, self.policy.keep_images, self.policy.prune_chunk)
        first = await self._prune(pruned)
        for index in range(len(self._shown), len(self._seen)):
            self._shown.append(await self._make(index))
        return self._marked(), None if first is None else Pruned(count=pruned, first_turn=first)

    def _unchanged(self, history: tuple[hub.Turn, ...]) -> int:
        """Return how many turns are as they were: all, or all but the last, which may have been joined with another."""
        known = min(len(self._seen), len(history))
        while known and self._seen[known - 1] is not history[known - 1]:
            known -= 1
        return known

    def _forget_from(self, index: int) -> None:
        del self._seen[index:], self._shown[index:], self._images[index:]

    async def _prune(self, pruned: int) -> int | None:
        """Make the turns anew that lose images now; return the first, or None."""
        if pruned <= self._pruned:
            return None
        first = bisect_right(self._images, self._pruned)
        last = bisect_left(self._images, pruned)
        self._pruned = pruned
        for index in range(first, min(last + 1, len(self._shown))):
            if images_in(self._seen[index]):
                self._shown[index] = await self._make(index)
        return first

    async def _make(self, index: int) -> hub.Turn:
        self.made += 1
        turn = self._seen[index]
        earlier = self._images[index - 1] if index else 0
        here = min(max(0, self._pruned - earlier), self._images[index] - earlier)
        shown = _without_images(turn, here) if here else turn
        parts = redacted(await fetch(shown.parts, self.store), self.redaction.before_wire)
        return shown if parts is shown.parts else evolve(shown, parts=parts)

    def _marked(self) -> tuple[hub.Turn, ...]:
        turns, points = list(self._shown), {}
        for index in cache_turns(self._shown, self.policy.cache_points):
            known = self._points.get(index)
            if known is None or known[0] is not turns[index]:
                known = (turns[index], with_cache_point(turns[index]))
            points[index] = known
            turns[index] = known[1]
        self._points = points
        return tuple(turns)
