"""The machine: every condition times every event, every stop reason, and what holds after any of them."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, TypeAlias

import hypothesis
import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.loop.strategies import TOOLS, events, replies, starts

from polyloop.loop import texts
from polyloop.loop.calls import DecisionError
from polyloop.loop.effects import AskApproval, Effect, Finish, RunCall, Sample, dump_effect, load_effect
from polyloop.loop.events import (
    EVENTS,
    CallFinished,
    Cancelled,
    Decided,
    Event,
    Failure,
    Imported,
    PauseRequested,
    Sampled,
    SampleFailed,
    Started,
    TargetUnhealthy,
    Ticked,
    dump_event,
    load_event,
)
from polyloop.loop.journal import LoopError
from polyloop.loop.limits import Limits
from polyloop.loop.machine import TRANSITIONS, IllegalEventError, outstanding, step
from polyloop.loop.ports import Decision, ToolOutcome
from polyloop.loop.state import CallStatus, EndReason, Phase, State, dump, load
from polyloop.loop.stops import BY_REASON
from polyloop.loop.testing import call, parsed, reply, user
from polyloop.translate import hub
from polyloop.translate.repairing import repair

Taken: TypeAlias = tuple[State, Event, State | None, tuple[Effect, ...]]
"""(state, event, state after or None where it was refused, effects)."""


class Walk(list[Taken]):
    """The steps of one job from its beginning; shown by the names of its events."""

    def __repr__(self) -> str:
        return " ".join(type(event).__name__ for _, event, _, _ in self)


@st.composite
def walks(draw: st.DrawFn, most: int = 12) -> Walk:
    """Series of steps from a new job on."""
    state, walk = State(job="job"), Walk()
    for number in range(draw(st.integers(4, most))):
        first = number == 0 and draw(st.integers(0, 5))
        event = draw(starts if first else events(state))
        try:
            reached, effects = step(state, event)
        except LoopError:
            walk.append((state, event, None, ()))
            continue
        walk.append((state, event, reached, effects))
        state = reached
    return walk


def started(*calls: hub.Call, **limits: Any) -> State:
    """A state whose model has just asked for these calls."""
    state, _ = step(State(job="job"), Started(at=0.0, turns=(user("go"),), tools=TOOLS, limits=Limits(**limits)))
    if calls:
        state, _ = step(state, Sampled(at=1.0, response=reply(*calls)))
    return state


def told(state: State, *happened: Event) -> tuple[State, tuple[Effect, ...]]:
    effects: tuple[Effect, ...] = ()
    for event in happened:
        state, effects = step(state, event)
    return state, effects


@given(walks())
def test_every_event_gives_a_legal_state_or_the_one_documented_error(walk: Walk) -> None:
    for state, event, reached, _ in walk:
        if type(event) not in TRANSITIONS[state.condition]:
            assert reached is None
        elif reached is None:
            assert isinstance(event, Decided) or hasattr(event, "key")
        else:
            assert (reached.phase is Phase.ENDED) == (reached.ending is not None)
            assert bool(reached.calls) == (reached.phase is Phase.ACTING)


def representatives() -> dict[Phase, State]:
    acting = started(call("a", "click"), call("b", "pay"))
    return {
        Phase.NEW: State(job="job"),
        Phase.SAMPLING: started(),
        Phase.ACTING: acting,
        Phase.PAUSED: step(acting, PauseRequested(at=2.0, reason="lunch"))[0],
        Phase.ENDED: step(acting, Cancelled(at=2.0))[0],
    }


@pytest.mark.parametrize("kind", EVENTS)
@pytest.mark.parametrize("condition", Phase)
def test_each_event_in_each_condition_is_taken_or_refused_as_the_table_says(
    condition: Phase, kind: type[Event]
) -> None:
    state = representatives()[condition]
    assert state.condition is condition
    key = state.calls[0].key if state.calls else "0.0.a"
    fields: dict[type[Any], dict[str, Any]] = {
        Started: {"turns": (user("go"),), "tools": TOOLS},
        Imported: {"turns": (user("go"),)},
        Sampled: {"response": reply("so")},
        SampleFailed: {"failure": Failure(kind="server", message="no")},
        CallFinished: {"key": key, "outcome": ToolOutcome()},
        Decided: {"decision": Decision(call_id="b", binding="", approve=True)},
        TargetUnhealthy: {"key": key, "reason": "gone"},
        PauseRequested: {"reason": "lunch"},
    }
    event: Any = kind(at=3.0, **fields.get(kind, {}))
    if kind not in TRANSITIONS[condition]:
        with pytest.raises(IllegalEventError, match=condition.value):
            step(state, event)
    elif kind is Decided:
        with pytest.raises(DecisionError):
            step(state, event)
    else:
        step(state, event)


@given(walks())
def test_only_the_turn_being_worked_on_has_unanswered_calls(walk: Walk) -> None:
    for _, _, reached, _ in walk:
        if reached is not None:
            settled = reached.turns[:-1] if reached.phase is Phase.ACTING else reached.turns
            assert repair(settled) is settled


@given(walks())
def test_no_call_is_begun_twice(walk: Walk) -> None:
    begun = Counter(effect.key for _, _, _, effects in walk for effect in effects if isinstance(effect, RunCall))
    again = Counter(
        effect.key
        for _, event, _, effects in walk
        if isinstance(event, Started)
        for effect in effects
        if isinstance(effect, RunCall)
    )
    assert all(count - again[key] <= 1 for key, count in begun.items())


@given(walks())
def test_calls_of_a_lane_never_run_together_nor_behind_a_failure(walk: Walk) -> None:
    for _, _, reached, _ in walk:
        lanes: dict[str, list[Any]] = {}
        for made in () if reached is None else reached.calls:
            lane = TOOLS[made.tool].lane if made.tool in TOOLS else None
            if lane is not None:
                lanes.setdefault(lane, []).append(made)
        for members in lanes.values():
            running = [made.status in (CallStatus.RUNNING, CallStatus.ASKING, CallStatus.ALLOWED) for made in members]
            assert sum(running) <= 1
            failed = [made.outcome is not None and made.outcome.outcome != "ok" for made in members]
            assert not (any(failed) and any(running[failed.index(True) :]))


@given(walks())
def test_nothing_that_needs_permission_runs_without_a_decision(walk: Walk) -> None:
    allowed: set[str] = set()
    for state, event, reached, effects in walk:
        if isinstance(event, Decided) and reached is not None and event.decision.approve:
            allowed |= {
                c.key for c in state.calls if c.status is CallStatus.ASKING and c.binding == event.decision.binding
            }
        for effect in effects:
            if isinstance(effect, RunCall) and (effect.policy.approval or effect.call.checks):
                assert effect.key in allowed


@given(walks())
def test_a_state_survives_being_stored_and_its_events_give_it_again(walk: Walk) -> None:
    state = State(job="job")
    for _, event, reached, effects in walk:
        if reached is None:
            continue
        state, again = step(load(parsed(dump(state))), load_event(parsed(dump_event(event))))
        assert state == reached
        assert again == effects
        assert [load_effect(parsed(dump_effect(effect))) for effect in effects] == list(effects)


@given(walks())
def test_what_is_outstanding_is_what_was_begun_and_is_not_answered(walk: Walk) -> None:
    under_way: dict[str, Effect] = {}
    for _, _, reached, effects in walk:
        if reached is None:
            continue
        under_way |= {e.key: e for e in effects if isinstance(e, (Sample, RunCall, AskApproval))}
        open_now = outstanding(reached)
        # A question or a reply that a pause dropped is asked for again under the key it had.
        assert all(effect.key in under_way or reached.pause is None for effect in open_now)
        if reached.condition in (Phase.SAMPLING, Phase.ACTING):
            assert open_now, "a job that neither rests nor waits has something to do"
        else:
            assert all(isinstance(effect, RunCall) for effect in open_now)


@given(st.data())
def test_the_loop_ends_within_its_steps_whatever_the_model_says(data: st.DataObject) -> None:
    steps = data.draw(st.integers(1, 8))
    state, effects = step(
        State(job="job"), Started(at=0.0, turns=(user("go"),), tools=TOOLS, limits=Limits(steps=steps, repeats=3))
    )
    samples = 0
    while True:
        work = [effect for effect in effects if isinstance(effect, (Sample, RunCall, AskApproval))]
        pending = list(work) or list(outstanding(state))
        if state.phase is Phase.ENDED:
            break
        effect = pending[0]
        if isinstance(effect, Sample):
            samples += 1
            state, effects = step(state, Sampled(at=1.0, response=data.draw(replies())))
        elif isinstance(effect, RunCall):
            state, effects = step(state, CallFinished(at=1.0, key=effect.key, outcome=ToolOutcome()))
        else:
            decision = Decision(call_id=effect.request.call.id, binding=effect.request.binding, approve=True)
            state, effects = step(state, Decided(at=1.0, decision=decision))
        effects = ()
    assert samples <= steps
    assert outstanding(state) == ()


def test_the_walks_reach_the_hard_places() -> None:
    """The properties above would hold of walks that go nowhere, too."""
    reached: Counter[str] = Counter()

    @hypothesis.seed(0)
    @hypothesis.settings(max_examples=400, database=None, phases=[hypothesis.Phase.generate])
    @given(walks())
    def look(walk: Walk) -> None:
        for state, event, after, _ in walk:
            reached[f"{state.condition.value} {type(event).__name__}"] += after is not None
            reached["a decision refused"] += isinstance(event, Decided) and after is None and bool(state.calls)
            reached["several calls paused"] += state.pause is not None and len(state.calls) > 1
            if after is not None and after.ending is not None:
                reached[f"ended {after.ending.reason.value}"] += 1

    look()
    # Rarer ends have examples of their own in this file and in the runner's.
    often = ("completed", "failed", "cancelled", "limit", "unknown_stop", "empty")
    wanted = {f"ended {reason}" for reason in often}
    wanted |= {"several calls paused", "acting Decided", "paused CallFinished", "acting Started"}
    assert wanted <= {name for name, count in reached.items() if count}


def test_the_table_names_every_event_and_no_other() -> None:
    named = {event for row in TRANSITIONS.values() for event in row}
    assert named == set(EVENTS)
    assert set(TRANSITIONS) == set(Phase)


# Stop reasons, one by one.


def ends(response: hub.Response, **limits: Any) -> State:
    state = started(**limits)
    return step(state, Sampled(at=1.0, response=response))[0]


def test_every_stop_reason_means_something() -> None:
    assert set(BY_REASON) == set(hub.Reason)


@pytest.mark.parametrize(
    ("stop", "reason"),
    [
        (hub.Reason.END_TURN, EndReason.COMPLETED),
        (hub.Reason.STOP_SEQUENCE, EndReason.COMPLETED),
        (hub.Reason.REFUSAL, EndReason.REFUSED),
        (hub.Reason.CONTENT_FILTER, EndReason.CONTENT_FILTER),
        (hub.Reason.CONTEXT_OVERFLOW, EndReason.CONTEXT_OVERFLOW),
        (hub.Other(raw="eos"), EndReason.UNKNOWN_STOP),
        (hub.Reason.TOOL_USE, EndReason.UNKNOWN_STOP),
        (None, EndReason.UNKNOWN_STOP),
    ],
)
def test_a_reply_without_calls_ends_the_run_as_its_stop_reason_says(stop: Any, reason: EndReason) -> None:
    state = ends(reply("words", stop=stop))
    assert state.ending is not None
    assert state.ending.reason is reason


def test_a_refusal_is_no_result_also_where_the_server_says_that_the_turn_is_over() -> None:
    """OpenAI's APIs say a refusal in a part of the message, and stop as they do behind an answer."""
    refusal = hub.Refusal(text="I cannot help with that.")
    assert (ending := ends(reply("So", refusal)).ending) is not None
    assert (ending.reason, ending.detail) == (EndReason.REFUSED, "refusal")
    assert [made.status for made in ends(reply(refusal, call("a", "look"))).calls] == [CallStatus.RUNNING]


@pytest.mark.parametrize(
    "stop", [hub.Reason.END_TURN, hub.Reason.STOP_SEQUENCE, hub.Reason.TOOL_USE, hub.Reason.PAUSE_TURN]
)
def test_calls_count_whatever_a_server_calls_the_stop(stop: hub.Reason) -> None:
    state = ends(reply(call("a", "look"), stop=stop))
    assert [made.status for made in state.calls] == [CallStatus.RUNNING]


@pytest.mark.parametrize("stop", [hub.Reason.REFUSAL, hub.Reason.CONTENT_FILTER, hub.Other(raw="eos"), None])
def test_calls_of_a_stopped_reply_never_run_and_are_answered(stop: Any) -> None:
    state = ends(reply(call("a", "look"), stop=stop))
    assert state.phase is Phase.ENDED
    assert repair(state.turns) is state.turns
    assert state.turns[-1].role == "tool"


def test_a_paused_turn_is_sent_back_as_it_is() -> None:
    state, effects = step(started(), Sampled(at=1.0, response=reply("searching", stop=hub.Reason.PAUSE_TURN)))
    assert state.turns[-1].role == "assistant"
    assert any(isinstance(effect, Sample) for effect in effects)


def test_a_cut_reply_is_continued_with_the_users_word_and_only_so_often() -> None:
    state, cut = started(continuations=2), reply("Let me", stop=hub.Reason.MAX_TOKENS)
    for _ in range(2):
        state, _ = step(state, Sampled(at=1.0, response=cut))
        assert (state.phase, state.turns[-1].parts[-1]) == (Phase.SAMPLING, hub.Text(text=texts.CONTINUE))
    state, _ = step(state, Sampled(at=1.0, response=cut))
    assert state.ending is not None
    assert state.ending.reason is EndReason.MAX_TOKENS


def test_of_a_cut_reply_whole_calls_run_and_half_ones_do_not() -> None:
    half = hub.Call(id="b", name="look", arguments=hub.Arguments(text='{"x'), state="cut")
    state = ends(reply(call("a", "look"), half, stop=hub.Reason.MAX_TOKENS))
    assert [made.status for made in state.calls] == [CallStatus.RUNNING, CallStatus.DONE]


def test_a_reply_that_broke_off_counts_for_nothing_and_is_asked_for_again() -> None:
    state = started(interruptions=1)
    broken = reply("half of", call("a", "look"), status="cut")
    state, effects = step(state, Sampled(at=1.0, response=broken))
    assert [turn.role for turn in state.turns] == ["user"]
    assert [type(effect) for effect in effects][-1] is Sample
    state, _ = step(state, Sampled(at=1.0, response=broken))
    assert state.ending is not None
    assert state.ending.reason is EndReason.FAILED


def test_a_used_up_quota_pauses_until_it_is_filled_again() -> None:
    failure = Failure(kind="quota", message="spent", reset_at=500.0)
    state, _ = step(started(), SampleFailed(at=1.0, failure=failure))
    assert state.pause is not None
    assert (state.pause.reason, state.pause.until) == ("quota", 500.0)
    _, effects = step(state, Started(at=501.0, tools=TOOLS))
    assert any(isinstance(effect, Sample) for effect in effects)


# Decisions.


def test_a_decision_is_good_for_one_call_with_these_arguments_on_this_screen() -> None:
    state = started(call("a", "pay", {"amount": 1}))
    (asked,) = outstanding(state)
    assert isinstance(asked, AskApproval)
    other = started(call("a", "pay", {"amount": 1000}))
    (asked_other,) = outstanding(other)
    assert isinstance(asked_other, AskApproval)
    decision = Decision(call_id="a", binding=asked.request.binding, approve=True)
    with pytest.raises(DecisionError, match="other arguments or another screen"):
        step(other, Decided(at=2.0, decision=decision))
    seen = evolve(state, screenshot="0" * 64)
    assert outstanding(seen) != outstanding(state)
    allowed, _ = step(state, Decided(at=2.0, decision=decision))
    with pytest.raises(DecisionError, match="nothing is asked"):
        step(allowed, Decided(at=3.0, decision=decision))


def test_a_call_is_asked_about_when_it_is_next_to_act_on_the_screen() -> None:
    state = started(call("a", "click"), call("b", "pay"))
    assert [type(effect) for effect in outstanding(state)] == [RunCall]
    screen = "1" * 64
    state, effects = step(state, CallFinished(at=2.0, key=state.calls[0].key, outcome=ToolOutcome(), screenshot=screen))
    asked = [effect for effect in effects if isinstance(effect, AskApproval)]
    assert [effect.request.screenshot for effect in asked] == [screen]


# Pausing, resuming, cancelling.


def test_a_pause_lets_what_runs_finish_and_begins_nothing() -> None:
    state = started(call("a", "click"), call("b", "click"))
    paused, _ = step(state, PauseRequested(at=2.0, reason="lunch"))
    reached, effects = step(paused, CallFinished(at=3.0, key=paused.calls[0].key, outcome=ToolOutcome()))
    assert [made.status for made in reached.calls] == [CallStatus.DONE, CallStatus.WAITING]
    assert not any(isinstance(effect, RunCall) for effect in effects)
    resumed, effects = step(reached, Started(at=4.0, tools=TOOLS))
    assert [effect.call.id for effect in effects if isinstance(effect, RunCall)] == ["b"]
    assert resumed.condition is Phase.ACTING


def test_time_lain_still_is_nobodys_wall_time() -> None:
    state = started(seconds=60.0)
    state, _ = step(state, PauseRequested(at=10.0, reason="lunch"))
    state, _ = step(state, Started(at=10_000.0, tools=TOOLS, limits=Limits(seconds=60.0)))
    still, _ = step(state, Ticked(at=10_040.0))
    assert still.phase is Phase.SAMPLING
    ended, _ = step(still, Ticked(at=10_051.0))
    assert ended.phase is Phase.ENDED


def test_messages_that_come_while_calls_run_follow_their_results() -> None:
    state = started(call("a", "look"))
    state, _ = step(state, Started(at=2.0, turns=(user("also this"),), tools=TOOLS))
    state, _ = step(state, CallFinished(at=3.0, key=state.calls[0].key, outcome=ToolOutcome()))
    assert [turn.role for turn in state.turns] == ["user", "assistant", "tool", "user"]


def test_cancelling_says_of_what_ran_that_it_is_unknown_and_of_the_rest_that_it_did_not_run() -> None:
    state, _ = step(started(call("a", "click"), call("b", "click")), Cancelled(at=2.0))
    outcomes = [part.outcome for part in state.turns[-1].parts if isinstance(part, hub.Result)]
    assert outcomes == ["unknown", "not_run"]


def test_a_completed_run_resumed_with_nothing_new_gives_its_end_again_and_asks_nobody() -> None:
    state = ends(reply("done"))
    again, effects = step(state, Started(at=9.0, tools=TOOLS))
    assert again == evolve(state, last_at=9.0)
    assert [type(effect) for effect in effects] == [Finish]


def test_a_limit_reached_gives_a_fresh_budget_when_resumed() -> None:
    state = started(call("a", "look"), steps=1)
    state, _ = step(state, CallFinished(at=2.0, key=state.calls[0].key, outcome=ToolOutcome()))
    assert state.ending is not None
    assert (state.ending.reason, state.ending.detail) == (EndReason.LIMIT, "steps")
    resumed, effects = step(state, Started(at=3.0, tools=TOOLS, limits=Limits(steps=1)))
    assert any(isinstance(effect, Sample) for effect in effects)
    assert resumed.spent.steps == 0


def test_a_tool_that_is_gone_when_a_job_is_resumed_is_answered() -> None:
    state = started(call("a", "click"), call("b", "click"))
    resumed, effects = step(state, Started(at=2.0, tools={"look": TOOLS["look"]}))
    outcomes = [part.outcome for turn in resumed.turns for part in turn.parts if isinstance(part, hub.Result)]
    assert outcomes == ["unknown", "error"]
    assert any(isinstance(effect, Sample) for effect in effects)


def test_going_in_circles_ends_the_run_and_a_changing_screen_does_not() -> None:
    def run(changing: bool) -> tuple[State, int]:
        state, rounds = started(repeats=3), 0
        while state.phase is not Phase.ENDED and rounds < 20:
            rounds += 1
            state, _ = step(state, Sampled(at=1.0, response=reply(call(f"id{rounds}", "look"))))
            words = str(rounds) if changing else "same"
            outcome = ToolOutcome(parts=(hub.Text(text=words),))
            state, _ = step(state, CallFinished(at=1.0, key=state.calls[0].key, outcome=outcome))
        return state, rounds

    stuck, rounds = run(changing=False)
    assert stuck.ending is not None
    assert (stuck.ending.reason, rounds) == (EndReason.NO_PROGRESS, 3)
    assert run(changing=True)[1] == 20


def test_ping_pong_is_going_in_circles_too() -> None:
    state, rounds = started(repeats=3), 0
    while state.phase is not Phase.ENDED:
        rounds += 1
        name = ("look", "type")[rounds % 2]
        state, _ = step(state, Sampled(at=1.0, response=reply(call(f"id{rounds}", name))))
        state, _ = step(state, CallFinished(at=1.0, key=state.calls[0].key, outcome=ToolOutcome()))
    assert rounds == 6


def test_a_history_from_elsewhere_is_taken_over_with_its_open_calls_unknown() -> None:
    turns = (user("go"), hub.Turn(role="assistant", parts=(call("a", "click"),)))
    state, _ = step(State(job="job"), Imported(at=0.0, turns=turns))
    answer = state.turns[-1].parts[0]
    assert isinstance(answer, hub.Result)
    assert answer.outcome == "unknown"
    with pytest.raises(IllegalEventError, match="means nothing"):
        step(state, Imported(at=1.0, turns=turns))


def test_no_effect_or_event_holds_more_than_json() -> None:
    state = started(call("a", "pay", {"amount": 1}))
    for effect in outstanding(state):
        json.dumps(dump_effect(effect), allow_nan=False)
