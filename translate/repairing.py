"""Make a history sendable again that was cut at some step (law L7).

A crash, a cancellation or an editor can leave a call without a result, a result without its call, a result in the wrong place, or
two of them; every provider refuses each of these, on every later request. `repair` gives each call exactly one result, in the turn
behind it:

* a result that stands further on is moved to its call;
* a call nobody answered gets a result that says its outcome is unknown. It is never said to have failed or not to have run;
* a call that was cut off before it was whole gets one that says it was not run: nobody can run half a call;
* a second result for the same call, and a result without a call, are left out.

Deterministic, idempotent, and the identity, down to the object, on a history that needs nothing. What it puts in is in `INSERTED`.
"""

from __future__ import annotations

from operator import is_
from typing import Final, TypeAlias

import attrs

from . import hub
from .steps import merge_runs, recut

UNKNOWN: Final = "The outcome of this call is unknown: the run was interrupted before its result was recorded."
CUT: Final = "This call was not run: it was cut off before it was complete."
INSERTED: Final = (UNKNOWN, CUT)
"""Every text that `repair` can put in."""

Place: TypeAlias = tuple[int, int]
"""A part's turn, and its index there."""


def repair(turns: tuple[hub.Turn, ...]) -> tuple[hub.Turn, ...]:
    """Return the turns with each call answered exactly once in the next turn; the same object where that is so already."""
    start = _answered(turns)
    if start == len(turns):
        return turns
    whole, turns = turns, turns[start:]
    answers = _match(turns)
    at_home = {result for call, result in answers.items() if _is_home(turns, call, result)}
    rebuilt: list[hub.Turn] = []
    for index, turn in enumerate(turns):
        owed = _owed(turns, index - 1, answers, at_home)
        kept = _keeping(turn, index, at_home)
        if owed and turn.role == "tool":
            kept = attrs.evolve(kept, parts=kept.parts + owed)
        elif owed:
            rebuilt.append(hub.Turn(role="tool", parts=owed))
        if kept.parts or not turn.parts:
            rebuilt.append(kept)
    owed = _owed(turns, len(turns) - 1, answers, at_home)
    if owed:
        rebuilt.append(hub.Turn(role="tool", parts=owed))
    unchanged = len(rebuilt) == len(turns) and all(map(is_, rebuilt, turns))
    return whole if unchanged else merge_runs((*whole[:start], *rebuilt))


def _answered(turns: tuple[hub.Turn, ...]) -> int:
    """Count the turns at the head, nearly always all, in which the tool answers each call once, in the turn behind it, and nothing else."""
    called: list[str] = []
    for index, turn in enumerate(turns):
        if turn.role == "tool":
            answered = [part.call_id for part in turn.parts if isinstance(part, hub.Result)]
            if not (answered == called and len(called) <= 1) and not _are_same_ids(called, answered):
                return index - bool(called)
            called = []
        elif called or hub.Result in map(type, turn.parts):
            return index - bool(called)
        elif turn.role == "assistant":
            called = [part.id for part in turn.parts if isinstance(part, hub.Call)]
    return len(turns) - bool(called)


def _are_same_ids(called: list[str], answered: list[str]) -> bool:
    """Tell whether as many ids, none of them twice, are the same ids in any order."""
    distinct = set(called)
    return len(answered) == len(called) == len(distinct) and distinct == set(answered)


def _match(turns: tuple[hub.Turn, ...]) -> dict[Place, Place]:
    """Give each call its result: of the calls of one id that stand before it, the first unanswered one of the latest turn."""
    waiting: dict[str, list[Place]] = {}
    answers: dict[Place, Place] = {}
    for index, turn in enumerate(turns):
        for at, part in enumerate(turn.parts):
            if isinstance(part, hub.Call) and turn.role == "assistant":
                waiting.setdefault(part.id, []).append((index, at))
            elif isinstance(part, hub.Result) and waiting.get(part.call_id):
                open_calls = waiting[part.call_id]
                latest = open_calls[-1][0]
                call = next(place for place in open_calls if place[0] == latest)
                open_calls.remove(call)
                answers[call] = (index, at)
    return answers


def _is_home(turns: tuple[hub.Turn, ...], call: Place, result: Place) -> bool:
    return result[0] == call[0] + 1 and turns[result[0]].role == "tool"


def _owed(
    turns: tuple[hub.Turn, ...], index: int, answers: dict[Place, Place], at_home: set[Place]
) -> tuple[hub.Result, ...]:
    """Return the results that the calls of a turn lack in the next one, in the calls' order."""
    if index < 0 or turns[index].role != "assistant":
        return ()
    owed: list[hub.Result] = []
    for at, part in enumerate(turns[index].parts):
        if not isinstance(part, hub.Call):
            continue
        place = answers.get((index, at))
        if place is None:
            owed.append(_unanswered(part))
        elif place not in at_home:
            found = turns[place[0]].parts[place[1]]
            assert isinstance(found, hub.Result)
            owed.append(found)
    return tuple(owed)


def _unanswered(call: hub.Call) -> hub.Result:
    cut = call.state != "complete"
    return hub.Result(
        call_id=call.id,
        parts=(hub.Text(text=CUT if cut else UNKNOWN),),
        outcome="not_run" if cut else "unknown",
        form=call.form,
        toolset=call.toolset,
    )


def _keeping(turn: hub.Turn, index: int, at_home: set[Place]) -> hub.Turn:
    """Return the turn without the results that do not belong there."""
    counts = [int(not isinstance(part, hub.Result) or (index, at) in at_home) for at, part in enumerate(turn.parts)]
    if all(counts):
        return turn
    parts = tuple(part for part, count in zip(turn.parts, counts, strict=True) if count)
    return attrs.evolve(turn, parts=parts, seams=recut(turn.seams, counts))
