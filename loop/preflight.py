"""What a request may hold before its host refuses it, and what is done about more: the plan that stands before every request.

Theory. A host's limits are a profile's (`polyloop.translate.profiles`). A plan says, from the sizes of what a request would show:

* an image whose type, bytes or pixels are refused is made to fit, or left out (*downscale*): `polyloop.loop.fitting`;
* too many images, or too many bytes: the oldest images of results are left out, all but the newest at most (*prune*);
* still too many bytes: the oldest steps, each a reply with its results, are left out behind a marker (*split*: the request shows the
  task and the newest part of the history, the store keeps the whole);
* what none of these helps is a `RequestRefusedError`, before anything is sent.

A plan depends on the history alone and not on the plans before it, so a resumed job sends what the uninterrupted one does; and it
only ever leaves out more as a history grows, a few at a time, because each change breaks the provider's prompt cache.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from attrs import frozen

from polyloop.translate import hub
from polyloop.translate.http import encode_json
from polyloop.translate.profiles import ImageLimits, Profile, Violation, check, fit
from polyloop.translate.profiles.pictures import picture_size

from .history import is_image, marker
from .journal import LoopError
from .plain import dump
from .ports import ImageWish

CHUNKS: Final = (8, 4, 2, 1)
"""Images, or steps, that are left out at a time where a limit asks for it: as many as there are."""
SLACK_BYTES: Final = 64 * 1024
"""Of a body, for what a wire's form adds to the texts: keys, ids, labels."""
PART_BYTES: Final = 128
"""Bytes that a wire's form adds to one part, at most."""
_UNHELPED: Final = frozenset({"tool_version", "tool_count"})
"""Rules that nothing in a client's adapting or in a plan helps: a request that breaks one is not sent."""

Why: TypeAlias = Literal["kept", "images", "bytes"]


class RequestRefusedError(LoopError):
    """The provider would refuse the request, and leaving out or making smaller does not help. Nothing was sent.

    ``violations`` say which limits, each with a pointer into the neutral request.
    """

    def __init__(self, violations: Sequence[Violation]) -> None:
        self.violations = tuple(violations)
        super().__init__("not sent: " + "; ".join(violation.message for violation in violations))


@frozen(kw_only=True)
class Pruned:
    """A declared change of the prefix: the images before ``count`` (in order of the history) are markers from now on.

    ``why``: "kept" for more than the caller keeps, "images" for more than the host takes, "bytes" for a body that is too large.
    """

    count: int
    first_turn: int
    """The first turn whose bytes change."""
    why: Why = "kept"


@frozen(kw_only=True)
class Refitted:
    """An image is shown in another form than the history has it: ``after`` is None where it is left out."""

    digest: str | None
    before: str
    """Its media type, pixels and bytes, such as ``image/png 3000x2000, 41 kB``."""
    after: str | None


@frozen(kw_only=True)
class StepsLeftOut:
    """The oldest steps are not shown any more: ``count`` of them since the job began."""

    count: int


Change: TypeAlias = Pruned | Refitted | StepsLeftOut


@frozen
class Slot:
    """An image of the history in a result: what it is shown as, and what its marker would be."""

    bytes: int
    marker_bytes: int
    is_image: bool
    """Not so for one that is a marker already because the host does not take it."""


@frozen(kw_only=True)
class Weight:
    """What one shown turn brings to a request."""

    bytes: int = 0
    images: int = 0
    """All of them, also a user's, which are never left out."""
    slots: tuple[Slot, ...] = ()
    """What may be left out, in order."""


@frozen(kw_only=True)
class Room:
    """What a profile leaves for a conversation. None is no limit."""

    images: int | None = None
    bytes: int | None = None
    side: int | None = None
    """Pixels per side of one image."""
    newest: int = 0
    """Bytes that are kept for the newest image of results, which is never left out."""


NO_WEIGHT: Final = Weight()


def room_of(profile: Profile | None, head_bytes: int, shown: int | None) -> Room:
    """Return the room beside a request's head. ``shown`` is the most images of results that the caller shows; None where all are.

    Some hosts take fewer pixels per image in a request of many images. Who shows few stays below that many, and keeps the pixels; who
    may show more gets all images in the smaller size from the first on, so that none has to change later.
    """
    if profile is None:
        return Room()
    limits = profile.images
    most, side = limits.most, limits.side
    if limits.many is not None and limits.many_side is not None:
        if shown is not None and shown <= limits.many:
            most = limits.many
        else:
            side = min(side or limits.many_side, limits.many_side)
    size = None if profile.body_bytes is None else max(0, profile.body_bytes - head_bytes - SLACK_BYTES)
    newest = 0 if size is None or limits.bytes is None else min(limits.bytes + PART_BYTES, size // 2)
    return Room(images=most, bytes=size, side=side, newest=newest)


def weight_of(shown: hub.Turn, history: hub.Turn, pruned: int) -> Weight:
    """Weigh a turn as it is shown. The first ``pruned`` images of its results are markers already."""
    pieces = [
        pair
        for part, kept in zip(shown.parts, history.parts, strict=True)
        if isinstance(part, hub.Result) and isinstance(kept, hub.Result)
        for pair in zip(part.parts, kept.parts, strict=True)
        if is_image(pair[1])
    ]
    sizes = [(_bytes_of(piece), _bytes_of(hub.Text(text=marker(kept)))) for piece, kept in pieces[pruned:]]
    slots = tuple(
        # A tiny image weighs what its marker does: that leaving out more never makes a body longer is what plans rely on.
        Slot(max(size, marked), marked, is_image(piece))
        for (size, marked), (piece, _) in zip(sizes, pieces[pruned:], strict=True)
    )
    images = sum(map(is_image, shown.parts)) + sum(slot.is_image for slot in slots)
    added = sum([slot.bytes - size for slot, (size, _) in zip(slots, sizes, strict=True)])
    return Weight(bytes=sum(map(_bytes_of, shown.parts)) + added, images=images, slots=slots)


def _bytes_of(part: hub.Part) -> int:
    match part:
        case hub.Media(source=hub.Base64(data=data)):
            return len(data) + PART_BYTES
        case hub.Result(parts=parts):
            return sum(map(_bytes_of, parts)) + PART_BYTES
        case _:
            return len(encode_json(dump(part))) + PART_BYTES


def head_bytes(template: hub.Request) -> int:
    """Return the bytes of everything of a request but its turns."""
    return len(encode_json(dump(template)))


def fits(room: Room, images: int, size: int) -> bool:
    """Tell whether so many images and bytes have room."""
    return (room.images is None or images <= room.images) and (room.bytes is None or size <= room.bytes)


def chunked(least: int, most: int) -> int:
    """Return a number from ``least`` to ``most`` that changes as seldom as may be while both grow, and never becomes less."""
    for chunk in CHUNKS:
        count = -(-least // chunk) * chunk
        if count <= most:
            return count
    return most


def refused(profile: Profile, template: hub.Request, shown: Weight, room: Room) -> tuple[Violation, ...]:
    """Return what of a request its host would refuse after everything that helps was done. ``shown`` is all of its turns."""
    count, size = shown.images, shown.bytes
    found = [each for each in check(fit(template, profile), profile) if each.rule in _UNHELPED]
    if room.images is not None and count > room.images:
        message = f"{count} images that may not be left out, {profile.name} takes {room.images}"
        found.append(Violation(rule="image_count", pointer="/turns", message=message))
    if room.bytes is not None and size > room.bytes:
        message = f"a body of {size} bytes beside tools and instructions, {profile.name} takes {room.bytes}"
        found.append(Violation(rule="body_bytes", pointer="/turns", message=message))
    return tuple(found)


def takes(limits: ImageLimits, room: Room, media_type: str, base64_bytes: int, size: tuple[int, int] | None) -> bool:
    """Tell whether a host takes one image. ``size`` is None where the bytes do not say it."""
    return (
        media_type in limits.media_types
        and (limits.bytes is None or base64_bytes <= limits.bytes)
        and (room.side is None or size is None or max(size) <= room.side)
    )


def fits_wish(data: bytes, media_type: str, wish: ImageWish) -> bool:
    """Tell whether a picture is as wished."""
    text = base64.b64encode(data).decode("ascii")
    room, limits = Room(side=wish.side), ImageLimits(bytes=wish.bytes, media_types=wish.media_types)
    return takes(limits, room, media_type, len(text), picture_size(text))
