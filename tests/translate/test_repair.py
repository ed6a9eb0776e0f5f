"""Law L7: a history cut at any step is made valid."""

from __future__ import annotations

from collections import Counter

import attrs
import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.translate import adapt, hub, read, write
from polyloop.translate.jsonvalue import Json
from polyloop.translate.repairing import CUT, UNKNOWN, repair
from polyloop.translate.wires import WIRES

IDS = st.sampled_from(["a", "b", "c"])


def call(call_id: str, state: str = "complete") -> hub.Call:
    return hub.Call(id=call_id, name="click", arguments=hub.Arguments(value={}), state=state)  # type: ignore[arg-type]


def result(call_id: str, text: str = "done") -> hub.Result:
    return hub.Result(call_id=call_id, parts=(hub.Text(text=text),), outcome="ok")


def user(text: str) -> hub.Turn:
    return hub.Turn(role="user", parts=(hub.Text(text=text),))


def assistant(*parts: hub.Part) -> hub.Turn:
    return hub.Turn(role="assistant", parts=parts)


def tool(*parts: hub.Part) -> hub.Turn:
    return hub.Turn(role="tool", parts=parts)


def is_valid(turns: tuple[hub.Turn, ...]) -> bool:
    """Every call of a turn has exactly one result in the next, and there is no other result anywhere."""
    owed: Counter[str] = Counter()
    for turn in turns:
        given = Counter(part.call_id for part in turn.parts if isinstance(part, hub.Result))
        if given != owed or (given and turn.role != "tool"):
            return False
        calls = turn.parts if turn.role == "assistant" else ()
        owed = Counter(part.id for part in calls if isinstance(part, hub.Call))
    return not owed


texts = st.builds(hub.Text, text=st.sampled_from(["", "x", "yes"]))
calls = st.builds(call, IDS, st.sampled_from(["complete", "complete", "cut"]))
results = st.builds(result, IDS, st.sampled_from(["done", "failed"]))
marks = st.just(hub.Mark(kind="cache"))


@st.composite
def anything(draw: st.DrawFn) -> tuple[hub.Turn, ...]:
    """Turns as damage, editors and merges leave them: any part anywhere it can stand."""
    turns = []
    for role in draw(st.lists(st.sampled_from(["user", "assistant", "tool"]), max_size=6)):
        allowed = {"user": texts | results, "assistant": texts | calls, "tool": results | marks}[role]
        parts = tuple(draw(st.lists(allowed, max_size=4)))
        stop = len(parts)
        seams = (hub.Seam(start=stop // 2, stop=stop),) if stop > 1 and draw(st.booleans()) else ()
        turns.append(hub.Turn(role=role, parts=parts, seams=seams))  # type: ignore[arg-type]
    return tuple(turns)


@st.composite
def valid_histories(draw: st.DrawFn) -> tuple[hub.Turn, ...]:
    turns: list[hub.Turn] = [user("do it")]
    for number in range(draw(st.integers(0, 4))):
        ids = [f"{number}-{name}" for name in draw(st.lists(IDS, max_size=3, unique=True))]
        turns.append(assistant(hub.Text(text="so"), *map(call, ids)))
        if ids:
            turns.append(tool(*map(result, draw(st.permutations(ids)))))
        if draw(st.booleans()):
            turns.append(user("go on"))
    return tuple(turns)


@given(anything())
def test_every_repaired_history_is_valid(turns: tuple[hub.Turn, ...]) -> None:
    assert is_valid(repair(turns))


@given(anything())
def test_repairing_twice_changes_nothing(turns: tuple[hub.Turn, ...]) -> None:
    once = repair(turns)
    assert repair(once) is once


@given(valid_histories())
def test_a_valid_history_is_left_as_the_object_it_was(turns: tuple[hub.Turn, ...]) -> None:
    assert is_valid(turns)
    assert repair(turns) is turns


@given(anything())
def test_nothing_but_results_goes_and_nothing_but_results_comes(turns: tuple[hub.Turn, ...]) -> None:
    def others(history: tuple[hub.Turn, ...]) -> list[tuple[str, hub.Part]]:
        return [(turn.role, p) for turn in history for p in turn.parts if not isinstance(p, hub.Result)]

    assert others(repair(turns)) == others(turns)


@given(anything())
def test_seams_stay_around_what_they_were_around(turns: tuple[hub.Turn, ...]) -> None:
    for turn in repair(turns):
        assert all(0 <= seam.start < seam.stop <= len(turn.parts) for seam in turn.seams)


@given(valid_histories(), st.data())
def test_a_history_cut_between_any_two_parts_is_repaired(turns: tuple[hub.Turn, ...], data: st.DataObject) -> None:
    whole = data.draw(st.integers(0, len(turns)))
    cut = turns[:whole]
    if whole < len(turns):
        parts = turns[whole].parts
        kept = parts[: data.draw(st.integers(0, len(parts)))]
        cut += (hub.Turn(role=turns[whole].role, parts=kept),) if kept else ()
    repaired = repair(cut)
    assert is_valid(repaired)
    known = [p for turn in cut for p in turn.parts if isinstance(p, hub.Result)]
    kept_results = [p for turn in repaired for p in turn.parts if isinstance(p, hub.Result)]
    assert all(result in kept_results for result in known)


def test_the_hard_histories_are_among_those_tried() -> None:
    def moved(turns: tuple[hub.Turn, ...]) -> bool:
        texts = {p.text for t in repair(turns) for r in t.parts if isinstance(r, hub.Result) for p in r.parts}  # type: ignore[union-attr]
        return not is_valid(turns) and "done" in texts and UNKNOWN in texts and CUT in texts

    assert hypothesis.find(anything(), moved, settings=hypothesis.settings(max_examples=5000))


def test_an_unanswered_call_is_unknown_and_not_failed() -> None:
    repaired = repair((user("go"), assistant(call("a"))))
    assert repaired[2] == tool(hub.Result(call_id="a", parts=(hub.Text(text=UNKNOWN),), outcome="unknown"))


def test_half_a_call_is_said_not_to_have_run() -> None:
    answer = repair((assistant(call("a", "cut")),))[1].parts[0]
    assert isinstance(answer, hub.Result)
    assert (answer.outcome, answer.parts) == ("not_run", (hub.Text(text=CUT),))


def test_a_late_result_is_moved_to_its_call() -> None:
    late = (assistant(call("a"), call("b")), tool(result("a")), user("and?"), tool(result("b")))
    assert repair(late) == (assistant(call("a"), call("b")), tool(result("a"), result("b")), user("and?"))


def test_an_id_used_again_belongs_to_the_newer_call() -> None:
    repaired = repair((assistant(call("a")), user("again"), assistant(call("a")), tool(result("a"))))
    assert [turn.role for turn in repaired] == ["assistant", "tool", "user", "assistant", "tool"]
    assert repaired[4] == tool(result("a"))


def test_the_result_keeps_the_form_and_the_toolset_of_its_call() -> None:
    click = hub.Call(id="a", name="left_click", form="computer", toolset="computer", actions=())
    answer = repair((assistant(click),))[1].parts[0]
    assert isinstance(answer, hub.Result)
    assert (answer.form, answer.toolset) == ("computer", "computer")


@pytest.mark.parametrize(
    "messages",
    [
        [
            {"role": "assistant", "function_call": {"name": "a", "arguments": "{}"}},
            {"role": "assistant", "function_call": {"name": "b", "arguments": "{}"}},
            {"role": "function", "name": "a", "content": "x"},
        ],
        [
            {"role": "assistant", "function_call": {"name": "a", "arguments": "{}"}},
            {"role": "function", "name": "a", "content": "x"},
            {"role": "assistant", "function_call": {"name": "a", "arguments": "{}"}},
        ],
        [
            {"role": "assistant", "reasoning": "a", "tool_calls": [{"id": "a", "function": {"name": "a"}}]},
            {"role": "assistant", "reasoning": "b", "content": "c"},
        ],
    ],
    ids=["deprecated calls", "a deprecated call that nobody answered", "reasoning of two messages"],
)
def test_messages_that_become_one_can_be_written(messages: list[Json]) -> None:
    request = read("openai-chat", "request", {"model": "m", "messages": messages})
    assert isinstance(request, hub.Request)
    repaired = attrs.evolve(request, turns=repair(request.turns))
    for wire in WIRES:
        written = write(wire, adapt(repaired, wire))
        assert read(wire, "request", written) == adapt(repaired, wire)
        if wire == "openai-chat":
            named = [one["id"] for message in written["messages"] for one in message.get("tool_calls", ())]
            answered = [one["tool_call_id"] for one in written["messages"] if one["role"] == "tool"]
            assert sorted(named) == sorted(answered)
