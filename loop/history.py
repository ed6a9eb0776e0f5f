"""What of a history a request shows, as pure functions: old images left out, cache points set, and what breaks the provider's cache.

The history itself is never changed. `polyloop.loop.view.View` makes the requests of a job by these.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from attrs import evolve, frozen

from polyloop.translate import hub
from polyloop.translate.http import encode_json
from polyloop.translate.profiles import Profile
from polyloop.translate.steps import map_parts
from polyloop.translate.translation import adapt
from polyloop.translate.wires import write

from . import texts
from .media import digest_of

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
        pruned.append(without_images(turn, here) if here else turn)
        left -= here
    return tuple(pruned)


def images_in(turn: hub.Turn) -> int:
    """Count the images in a turn's results."""
    return sum(1 for part in turn.parts if isinstance(part, hub.Result) for inner in part.parts if is_image(inner))


def has_sealed_thought(turn: hub.Turn) -> bool:
    """Tell whether a turn holds thinking that its provider signed or sealed."""
    return any(isinstance(part, hub.Thinking) and part.seal is not None for part in turn.parts)


def is_image(part: hub.Part) -> bool:
    """Tell whether a part is an image."""
    return isinstance(part, hub.Media) and part.kind == "image"


def without_images(turn: hub.Turn, count: int) -> hub.Turn:
    """Return a turn with the first ``count`` images of its results replaced by markers."""
    left = count

    def step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        nonlocal left
        if not isinstance(part, hub.Result) or not left or not any(map(is_image, part.parts)):
            return None
        inner: list[hub.Part] = []
        for piece in part.parts:
            if left and is_image(piece):
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
    byte: int | None = None
    """The first byte of the earlier request's body, written without cache points, that the later one does not have; where a wire was given."""


def explain_prefix(
    old: hub.Request, new: hub.Request, *, wire: str | None = None, profile: Profile | None = None
) -> PrefixBreak | None:
    """Say what of a new request breaks the provider's cache of an old one, or return None where it continues it.

    Looks in the order in which providers cache: model, tools, instructions, turns. Cache points are passed over. With a ``wire`` both are
    written, for the ``profile`` if there is one, and the byte is found, too. Raises what writing raises.
    """
    found = _prefix_break(old, new)
    if found is None or wire is None:
        return found
    return evolve(found, byte=_byte_of(old, _without_what_was_added(old, new, found), wire, profile))


def _prefix_break(old: hub.Request, new: hub.Request) -> PrefixBreak | None:
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


def _without_what_was_added(old: hub.Request, new: hub.Request, found: PrefixBreak) -> hub.Request:
    """Return the new request with nothing behind the old one's end: that is no break, and a body has keys behind its messages."""
    turns = new.turns[: len(old.turns)]
    last = len(old.turns) - 1
    if len(turns) == len(old.turns) and turns and not found.path.startswith(f"/turns/{last}"):
        turns = (*turns[:-1], old.turns[-1])
    return evolve(new, turns=turns)


def _byte_of(old: hub.Request, new: hub.Request, wire: str, profile: Profile | None) -> int:
    """Return the place of the first byte in which the bodies of two requests differ."""
    before, after = (_body(request, wire, profile) for request in (old, new))
    low, high = 0, min(len(before), len(after))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if before[low:middle] == after[low:middle] else (low, middle - 1)
    return low


def _body(request: hub.Request, wire: str, profile: Profile | None) -> bytes:
    turns = tuple(evolve(turn, parts=_unmarked(turn)[1]) for turn in request.turns)
    return encode_json(write(wire, adapt(evolve(request, turns=turns), wire, profile)))


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
    if isinstance(old, hub.Result) and isinstance(new, hub.Result) and any(map(is_image, old.parts)):
        shown = sum(map(is_image, old.parts)) - sum(map(is_image, new.parts))
        if shown > 0:
            return f"{shown} image(s) were pruned"
    if type(old) is not type(new):
        return f"a {type(old).__name__} is now a {type(new).__name__}"
    return f"the content of a {type(old).__name__} changed"
