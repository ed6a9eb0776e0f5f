"""What a plan is made of: sums that are kept are those that adding up the whole history anew would give, whatever was said, left out and cut."""

from __future__ import annotations

from attrs import define, field
from hypothesis import event, given
from hypothesis import strategies as st

from polyloop.loop.preflight import Room, Slot, Weight, Why, chunked
from polyloop.loop.weights import Weights

slots = st.builds(
    lambda more, marker, is_image: Slot(marker + more, marker, is_image), *[st.integers(0, 9)] * 2, st.booleans()
)
rooms = st.builds(
    Room, images=st.none() | st.integers(0, 6), bytes=st.none() | st.integers(0, 60), newest=st.integers(0, 9)
)


@define(kw_only=True)
class Counted:
    """The sums as they are defined: over everything, each time."""

    turns: list[Weight] = field(factory=list)
    slots: list[Slot] = field(factory=list)
    starts: list[int] = field(factory=list)

    def images_to_prune(self, room: Room, kept_from: int, pruned: int, most: int) -> tuple[int, Why] | None:
        again = self.slots[kept_from:pruned]
        count = sum(turn.images for turn in self.turns) + sum(slot.is_image for slot in again)
        size = sum(turn.bytes for turn in self.turns) + sum(slot.bytes - slot.marker_bytes for slot in again)
        least = kept_from
        why: Why = "images" if room.images is not None and count > room.images else "bytes"
        for slot in [None, *self.slots[kept_from:most]]:
            if slot is not None:
                count, size, least = count - slot.is_image, size - (slot.bytes - slot.marker_bytes), least + 1
            if (room.images is None or count <= room.images) and (room.bytes is None or size <= room.bytes):
                return None if slot is None else (chunked(least, most), why)
        return chunked(least, most), why

    def steps_to_leave_out(self, room: Room) -> int:
        """The fewest with which both fit: words and the newest image there may be, and what there is."""
        if room.bytes is None or not self.starts:
            return 0
        newest = room.newest if self.slots else 0
        last = len(self.starts) - 1
        for steps in range(last + 1):
            words = sum(map(words_of, self.shown(steps))) + newest
            if words <= room.bytes and self.without(steps).bytes <= room.bytes:
                return chunked(steps, last) if steps else 0
        return chunked(last, last) if last else 0

    def shown(self, steps: int) -> list[Weight]:
        return [*self.turns[: self.starts[0]], *self.turns[self.starts[steps] :]] if steps else self.turns

    def without(self, steps: int) -> Weight:
        shown = self.shown(steps)
        return Weight(bytes=sum(turn.bytes for turn in shown), images=sum(turn.images for turn in shown))


def words_of(turn: Weight) -> int:
    return turn.bytes - sum(slot.bytes - slot.marker_bytes for slot in turn.slots)


@define(kw_only=True)
class Both:
    """Weights, and what is counted anew, told the same."""

    kept: Weights = field(factory=Weights)
    counted: Counted = field(factory=Counted)
    slots_behind: list[int] = field(factory=list)

    def say(self, step: bool, size: int, images: int, shown: list[Slot], hidden: int) -> None:
        place = len(self.counted.turns)
        weight = Weight(bytes=size, images=images, slots=tuple(shown))
        if step:
            self.kept.starts.append(place)
            self.counted.starts.append(place)
        self.counted.turns.append(weight)
        self.counted.slots += [Slot(0, 0, False)] * hidden + shown
        self.slots_behind.append(len(self.counted.slots))
        self.kept.put(place, weight, len(self.counted.slots))

    def change(self, place: int, size: int, images: int) -> None:
        weight = Weight(bytes=size, images=images)
        self.counted.turns[place] = weight
        self.kept.put(place, weight, self.slots_behind[place])

    def cut(self, place: int) -> None:
        slots = self.slots_behind[place - 1] if place else 0
        self.kept.forget_from(place, slots)
        del self.counted.turns[place:], self.counted.slots[slots:], self.slots_behind[place:]
        self.counted.starts = [start for start in self.counted.starts if start < place]


def compare(both: Both, data: st.DataObject) -> None:
    kept, counted = both.kept, both.counted
    room = data.draw(rooms)
    total = len(counted.slots)
    kept_from = data.draw(st.integers(0, total))
    pruned, most = data.draw(st.integers(0, total + 2)), data.draw(st.integers(kept_from, max(kept_from, total)))
    assert kept.total == counted.without(0)
    found = kept.images_to_prune(room, kept_from, pruned, most)
    assert found == counted.images_to_prune(room, kept_from, pruned, most)
    steps = kept.steps_to_leave_out(room)
    assert steps == counted.steps_to_leave_out(room)
    event(f"images {found and found[1]}, steps {steps > 0}")
    some = data.draw(st.integers(0, max(0, len(counted.starts) - 1)))
    assert kept.without(some) == counted.without(some)


@given(data=st.data())
def test_sums_that_are_kept_are_those_of_the_whole(data: st.DataObject) -> None:
    both = Both()
    for action in data.draw(st.lists(st.sampled_from(["say"] * 4 + ["change", "cut"]), max_size=30)):
        turns = len(both.counted.turns)
        if action == "say":
            shown = data.draw(st.lists(slots, max_size=2))
            size = sum(slot.bytes for slot in shown) + data.draw(st.integers(0, 9))
            step = turns > 0 and data.draw(st.booleans())
            both.say(step, size, data.draw(st.integers(0, 2)), shown, data.draw(st.integers(0, 1)))
        elif action == "change" and turns:
            both.change(
                data.draw(st.integers(0, turns - 1)), data.draw(st.integers(0, 20)), data.draw(st.integers(0, 2))
            )
        elif action == "cut":
            both.cut(data.draw(st.integers(0, turns)))
        compare(both, data)
