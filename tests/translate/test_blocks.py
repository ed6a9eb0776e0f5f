"""A long conversation is a few blocks: what is done for one more turn does not grow with it, and it is the same as the whole wherever it changes."""

from __future__ import annotations

import gc
from functools import partial
from typing import Final

import attrs
import pytest
from tests.translate.work import calls_in

from polyloop.translate import hub
from polyloop.translate.adapting import Adapting
from polyloop.translate.blocks import MERGED
from polyloop.translate.codec import encode
from polyloop.translate.http import encode_json
from polyloop.translate.incremental import Memo, write_request
from polyloop.translate.jsonvalue import JsonObject, same_json
from polyloop.translate.memo import BLOCK, RECENT
from polyloop.translate.translation import adapted
from polyloop.translate.wires import WIRES, wire_of, write_record

LARGER: Final = BLOCK * MERGED
"""Steps in a larger block."""
STEPS: Final = LARGER * MERGED + LARGER + 3 * BLOCK + RECENT
"""So many that there are blocks of three sizes."""


def steps(count: int, prefix: str = "call") -> tuple[hub.Turn, ...]:
    found: list[hub.Turn] = []
    for number in range(count):
        call = hub.Call(id=f"{prefix}_{number}", name="look", arguments=hub.Arguments(value={"n": number}))
        result = hub.Result(call_id=call.id, parts=(hub.Text(text=f"seen {number}"),), outcome="ok")
        found += [hub.Turn(role="assistant", parts=(call,)), hub.Turn(role="tool", parts=(result,))]
    return tuple(found)


def request_of(*turns: hub.Turn) -> hub.Request:
    task = hub.Turn(role="user", parts=(hub.Text(text="Look."),))
    return hub.Request(model="m", max_output=10, turns=(task, *turns), tools=(hub.Tool(name="look"),))


def same_as_whole(request: hub.Request, target: str, memo: Memo) -> None:
    written = write_request(request, target, memo)
    adapting = Adapting(target=target)
    document: JsonObject = encode(write_record(wire_of(target), adapted(request, wire_of(target), adapting)))
    assert written.body() == encode_json(document)
    assert same_json(dict(written.context), dict(adapting.context))


@pytest.mark.parametrize("target", WIRES)
def test_one_more_turn_takes_no_more_steps_of_python_in_a_long_conversation(target: str) -> None:
    request, memo = request_of(*steps(STEPS)), Memo()
    medians = []
    for length in (LARGER, STEPS):
        grown = [attrs.evolve(request, turns=request.turns[: 1 + 2 * (length - less)]) for less in range(BLOCK, 0, -1)]
        counts = [calls_in(partial(write_request, each, target, memo)) for each in grown]
        medians.append(sorted(counts)[BLOCK // 2])
    assert memo.whole == 0
    assert medians[1] < 1.5 * medians[0], medians


@pytest.mark.parametrize("target", WIRES)
def test_a_very_long_history_is_the_same_as_the_whole_wherever_it_changes(target: str) -> None:
    request, memo = request_of(*steps(STEPS)), Memo()
    for _ in range(2):
        same_as_whole(request, target, memo)
    done, kept = memo.translated, len(memo)
    assert kept < STEPS / BLOCK + 2 * MERGED + BLOCK + RECENT
    for place in (1, 2 * LARGER, 2 * (LARGER + BLOCK) + 1, 2 * LARGER * MERGED, len(request.turns) - 1):
        check_edits(request, place, target, memo)
    assert memo.whole == 0
    # Around each change a block and what had not become one: nothing that lies far from it.
    assert memo.translated - done < 5 * 3 * 2 * (2 * BLOCK + RECENT)
    del request
    gc.collect()
    assert len(memo) == 0


def check_edits(request: hub.Request, place: int, target: str, memo: Memo) -> None:
    """Check the history with another turn at a place, the history cut there, and the history as it was behind each."""
    edited = (*request.turns[:place], attrs.evolve(request.turns[place]), *request.turns[place + 1 :])
    for turns in (edited, request.turns, request.turns[: place | 1], request.turns):
        same_as_whole(attrs.evolve(request, turns=turns), target, memo)


def test_steps_that_fall_away_at_the_front_leave_nothing_behind_and_the_rest_known() -> None:
    history, memo = request_of(*steps(STEPS)), Memo()
    write_request(history, "anthropic", memo)
    done, kept = memo.translated, len(memo)
    cuts = range(8, 5 * LARGER, 8)
    for count in cuts:
        write_request(without_first_steps(history, count), "anthropic", memo)
        assert len(memo) <= kept + count + 2 * MERGED, "but for steps of blocks that were cut, each by itself now"
    same_as_whole(without_first_steps(history, cuts[-1]), "anthropic", memo)
    assert memo.whole == 0
    assert memo.translated - done < 2 * cuts[-1] + len(cuts) * 2 * BLOCK


def without_first_steps(history: hub.Request, count: int) -> hub.Request:
    return attrs.evolve(history, turns=(history.turns[0], *history.turns[1 + 2 * count :]))


def test_blocks_that_are_right_one_by_one_are_not_where_two_of_them_have_a_call_of_one_id() -> None:
    memo = Memo()
    one, other, apart = (steps(LARGER + BLOCK + RECENT, prefix) for prefix in ("call", "call", "else"))
    for turns in (one, other, apart, (*one, *apart)):
        same_as_whole(request_of(*turns), "anthropic", memo)
    assert memo.whole == 0
    same_as_whole(request_of(*one, *other), "anthropic", memo)
    assert memo.whole == 1
    same_as_whole(request_of(*apart, *one, *other[-2:]), "anthropic", memo)
    assert memo.whole == 2
    # Blocks that were compared in one conversation stand behind others in another.
    same_as_whole(request_of(*apart, *one), "anthropic", memo)
    same_as_whole(request_of(*steps(BLOCK + RECENT, "call"), *apart), "anthropic", memo)
    assert memo.whole == 2
    same_as_whole(request_of(*other, *apart, *one), "anthropic", memo)
    assert memo.whole == 3


def test_calls_are_counted_on_behind_blocks_that_stand_elsewhere_now() -> None:
    request, memo = request_of(*steps(2 * LARGER + 2 * BLOCK)), Memo()
    same_as_whole(request, "uitars", memo)
    for cut in (1, BLOCK, LARGER + 1):
        same_as_whole(without_first_steps(request, cut), "uitars", memo)
    same_as_whole(request, "uitars", memo)
    assert memo.whole == 0
