"""What each shown turn brings to a request, kept in sums: a plan asks what fits, and looks at nothing of the history again for the answer."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from functools import partial

from attrs import define, field

from .preflight import NO_WEIGHT, Room, Weight, Why, chunked, fits


def _sums() -> array[int]:
    return array("q", [0])


@define(kw_only=True)
class Front:
    """The oldest steps, so many of them, and what they bring together."""

    steps: int = 0
    stop: int = 0
    """The turn behind them; 0 where there are none."""
    bytes: int = 0
    words: int = 0
    images: int = 0


@define(kw_only=True)
class Weights:
    """Sums over the turns that a view shows. Numbers stand in arrays: of short turns an object each is much."""

    total: Weight = NO_WEIGHT
    """Bytes and images of all turns together."""
    words: int = 0
    """Bytes of all turns with a marker for each image of results."""
    starts: array[int] = field(factory=partial(array, "i"))
    """The places of the assistant's turns, each of which begins a step."""
    _bytes: array[int] = field(factory=partial(array, "I"), init=False)
    """For each turn: less than 4 GB, eight times what any host takes."""
    _words: array[int] = field(factory=partial(array, "I"), init=False)
    _images: array[int] = field(factory=partial(array, "i"), init=False)
    _slot_images: array[int] = field(factory=_sums, init=False)
    """Before each image of results, and behind the last: the images that leaving out all before it would save."""
    _slot_bytes: array[int] = field(factory=_sums, init=False)
    """Likewise the bytes."""
    _least: Front = field(factory=Front, init=False)
    """The fewest steps that had to go when it was asked last."""
    _left_out: Front = field(factory=Front, init=False)

    def put(self, place: int, weight: Weight, slots: int) -> None:
        """Take a turn's weight, or another than before. ``slots`` counts the images of results up to the end of the turn."""
        words = weight.bytes - sum([slot.bytes - slot.marker_bytes for slot in weight.slots])
        if place == len(self._bytes):
            for each in (self._bytes, self._words, self._images):
                each.append(0)
            self._put_slots(weight, slots)
        self._add(
            place, weight.bytes - self._bytes[place], words - self._words[place], weight.images - self._images[place]
        )
        self._bytes[place], self._words[place], self._images[place] = weight.bytes, words, weight.images

    def _put_slots(self, weight: Weight, slots: int) -> None:
        unseen = slots + 1 - len(self._slot_bytes) - len(weight.slots)
        for _ in range(unseen):  # what is never shown saves nothing
            self._slot_images.append(self._slot_images[-1])
            self._slot_bytes.append(self._slot_bytes[-1])
        for slot in weight.slots:
            self._slot_images.append(self._slot_images[-1] + slot.is_image)
            self._slot_bytes.append(self._slot_bytes[-1] + slot.bytes - slot.marker_bytes)

    def _add(self, place: int, size: int, words: int, images: int) -> None:
        self.total = Weight(bytes=self.total.bytes + size, images=self.total.images + images)
        self.words += words
        for front in (self._least, self._left_out):
            if place < front.stop and place >= self.starts[0]:
                front.bytes += size
                front.words += words
                front.images += images

    def forget_from(self, place: int, slots: int) -> None:
        """Forget a turn and all behind it. ``slots`` counts the images of results before it."""
        gone = Weight(bytes=sum(self._bytes[place:]), images=sum(self._images[place:]))
        self.total = Weight(bytes=self.total.bytes - gone.bytes, images=self.total.images - gone.images)
        self.words -= sum(self._words[place:])
        for front in (self._least, self._left_out):
            if place < front.stop:
                self._move(front, max(0, bisect_left(self.starts, place, 0, front.steps) - 1))
        del self._bytes[place:], self._words[place:], self._images[place:]
        del self.starts[bisect_left(self.starts, place) :]
        del self._slot_images[slots + 1 :], self._slot_bytes[slots + 1 :]

    def _move(self, front: Front, steps: int) -> None:
        if not steps:
            front.steps = front.stop = front.bytes = front.words = front.images = 0
            return
        begin, stop = front.stop or self.starts[0], self.starts[steps]
        low, high, sign = (begin, stop, 1) if stop >= begin else (stop, begin, -1)
        front.bytes += sign * sum(self._bytes[low:high])
        front.words += sign * sum(self._words[low:high])
        front.images += sign * sum(self._images[low:high])
        front.steps, front.stop = steps, stop

    def images_to_prune(self, room: Room, kept_from: int, pruned: int, most: int) -> tuple[int, Why] | None:
        """Return how many of the oldest images of results are to be left out in all, and why; None where nothing has to be.

        The first ``pruned`` are left out now, and the caller's own choice would be to leave out the first ``kept_from``. What is found
        depends on the history alone: what is left out already is counted as if it were not.
        """

        def fit(count: int) -> bool:
            images = self.total.images + self._slot_images[now] - self._slot_images[count]
            return fits(room, images, self.total.bytes + self._slot_bytes[now] - self._slot_bytes[count])

        known = len(self._slot_bytes) - 1
        now = min(max(pruned, kept_from), known)  # a history that was cut has fewer than were left out of it
        if fit(kept_from):
            return None
        images = self.total.images + self._slot_images[now] - self._slot_images[kept_from]
        why: Why = "images" if room.images is not None and images > room.images else "bytes"
        last = max(kept_from, min(most, known))
        return chunked(bisect_left(range(last), True, kept_from, key=fit), most), why

    def steps_to_leave_out(self, room: Room) -> int:
        """Return how many of the oldest steps are to be left out, all but the newest at most.

        Of images of results only the newest is shown then. It may be large in one request and small in the next, and what is left out
        once stays so; for a job that is resumed to leave out the same, the largest there may be is reckoned with, once there is one.
        """
        if room.bytes is None or not self.starts:
            return 0
        words = self.words + (room.newest if len(self._slot_bytes) > 1 else 0)
        least, last = self._least, len(self.starts) - 1
        while least.steps < last and words - least.words > room.bytes:
            self._move(least, least.steps + 1)
        while least.steps and words - least.words + self._step_words(least.steps - 1) <= room.bytes:
            self._move(least, least.steps - 1)
        steps = least.steps
        while steps < last and self.without(steps).bytes > room.bytes:  # a host that says no limit of one image
            steps += 1
        return chunked(steps, last) if steps else 0

    def _step_words(self, step: int) -> int:
        return sum(self._words[self.starts[step] : self.starts[step + 1]])

    def without(self, steps: int) -> Weight:
        """Return what all turns bring but the oldest steps."""
        if steps != self._left_out.steps:
            self._move(self._left_out, steps)
        return Weight(bytes=self.total.bytes - self._left_out.bytes, images=self.total.images - self._left_out.images)
