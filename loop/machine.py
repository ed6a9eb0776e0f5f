"""The loop as a pure function: ``step(state, event) -> (state, effects)``.

Theory of operation
===================

A job is always in one of five conditions, and is told ten kinds of events (`events`). ``TRANSITIONS`` says which events have a
meaning in which condition; anything that is not in it is an `IllegalEventError`, and the state stays what it was. The machine does
nothing itself: it returns effects (`effects`), a runner performs them and tells what came of them as further events. It has no
clock (events carry their time), no randomness and no I/O, so a job's state is the fold of its events, and replaying them gives the
same state and asks for the same requests (law L8).

::

    NEW ──started──> SAMPLING ──sampled, calls──> ACTING ──all calls answered──> SAMPLING ...
                        │                            │
                        └──sampled, no calls─────────┴──limits, ends, failures──> ENDED ──started──> SAMPLING

PAUSED stands beside SAMPLING and ACTING: nothing new is begun, what runs may still report, the next start goes on from there.

Rules that hold everywhere:

* *Nothing runs unasked.* `outstanding` derives from the state alone which effects are under way. After a crash, fold the events
  and ask for them; the journal says which of them had begun.
* *A turn is closed as a whole.* The results of a turn's calls enter the history together, one for each call, in the calls' order,
  when the last is there: whatever happens, no history has a call without a result behind it, other than the turn that is being
  worked on.
* *Lanes.* Calls of one lane (one computer) run one after another. The first that does not succeed answers the rest of its lane
  unrun: a click meant for a dialog must not land behind it. Calls without a lane run together.
* *Approval comes last.* A call is asked about when it is next to run, so that the decision is bound to the screen it will act on.
* *Unknown is not done.* A stop reason no table knows ends the run as such; a reply that broke off is asked for anew, a few times.
* *Every cycle costs.* Whatever leads back to SAMPLING passes `_sample`, which holds every limit. So the loop ends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from attrs import evolve

from polyloop.translate import hub
from polyloop.translate.repairing import repair
from polyloop.translate.steps import merge_runs

from . import texts
from .calls import Calls, answers, begin_calls, close_calls, fingerprint, promote, without_tools
from .effects import AskApproval, Effect, Emit, Finish, RunCall, Sample, Work
from .events import (
    CallFinished,
    Cancelled,
    Decided,
    Event,
    Imported,
    PauseRequested,
    Sampled,
    SampleFailed,
    Started,
    TargetUnhealthy,
    Ticked,
)
from .journal import LoopError
from .limits import exceeded, no_progress, out_of_time, remembered, spend
from .ports import ToolOutcome
from .state import RESUMABLE, CallStatus, Ending, EndReason, Pause, Phase, State
from .stops import Stopped, stop_of

Step: TypeAlias = tuple[State, tuple[Effect, ...]]


class IllegalEventError(LoopError, ValueError):
    """An event that means nothing in the state it was told in. The state is what it was."""


def step(state: State, event: Event) -> Step:
    """Take one event: return the state after it and what is to be done now. Raises `IllegalEventError`."""
    handler = TRANSITIONS[state.condition].get(type(event))
    if handler is None:
        raise IllegalEventError(f"{type(event).__name__} means nothing while a job is {state.condition}")
    reached, effects = handler(state, event)
    return evolve(reached, last_at=max(event.at, state.last_at)), effects


def fold(state: State, events: tuple[Event, ...]) -> State:
    """Return the state after a series of events."""
    for event in events:
        state, _ = step(state, event)
    return state


def outstanding(state: State) -> tuple[Work, ...]:
    """Return the effects that are under way in a state, in order: what a runner has to do that knows nothing but the state."""
    if state.condition is Phase.SAMPLING:
        return (_sample_effect(state),)
    if state.phase is not Phase.ACTING:
        return ()
    running = tuple(
        RunCall(key=c.key, tool=c.tool, call=c.call, policy=state.tools[c.tool])
        for c in state.calls
        if c.status is CallStatus.RUNNING and c.tool is not None
    )
    if state.pause is not None:
        return running
    asking = tuple(
        AskApproval(key=f"{c.key}.approval", request=Calls(state).question(c))
        for c in state.calls
        if c.status is CallStatus.ASKING
    )
    return running + asking


# Starting, and going on.


def _start(state: State, event: Started) -> Step:
    """Begin a run with new turns, or go on with none."""
    fresh = state.phase in (Phase.NEW, Phase.ENDED)
    if state.phase is Phase.ENDED and not event.turns and state.ending and state.ending.reason not in RESUMABLE:
        return state, (_finish_effect(state.ending),)
    # The time a job lay still, paused or crashed, is nobody's wall time.
    spent = evolve(state.spent, since=state.spent.since + max(0.0, event.at - state.last_at))
    state = evolve(state, tools=event.tools, limits=event.limits, pause=None, spent=spent)
    if fresh:
        spent = evolve(type(state.spent)(), since=event.at)
        state = evolve(
            state, spent=spent, ending=None, stopping=None, fingerprints=(), continuations=0, interruptions=0
        )
    if state.phase is Phase.ACTING:
        state = evolve(state, queued=state.queued + event.turns, calls=without_tools(state.calls, event.tools))
        resumed, effects = _act(state, event.at)
        again = tuple(effect for effect in outstanding(resumed) if effect not in effects)
        return resumed, again + effects
    state = _say(state, event.turns)
    if state.phase is Phase.SAMPLING:
        return state, (_sample_effect(state),)
    return _sample(state, event.at)


def _import(state: State, event: Imported) -> Step:
    """Take over a history from elsewhere. One that the model ended itself is a run that was completed."""
    turns = repair(merge_runs(event.turns))
    done = bool(turns) and turns[-1].role == "assistant"
    reason = EndReason.COMPLETED if done else EndReason.IMPORTED
    ending = Ending(reason=reason, value=event.conclusion)
    return evolve(state, phase=Phase.ENDED, turns=turns, conclusion=event.conclusion, ending=ending), ()


def _say(state: State, turns: tuple[hub.Turn, ...]) -> State:
    """Add turns, joining only where the first of them has the speaker of the last: what stands before stays the same object."""
    if not turns:
        return state
    joined = merge_runs(state.turns[-1:] + turns)
    if state.turns and joined[0] is state.turns[-1]:
        return evolve(state, turns=state.turns + joined[1:])
    return evolve(state, turns=state.turns[:-1] + joined)


def _sample(state: State, now: float, *, go_on: bool = False) -> Step:
    """Ask for the next turn, unless a limit forbids it. Every way back to SAMPLING leads through here.

    ``go_on`` continues the model's own turn, as a provider that paused it wants; otherwise an assistant's turn at the end, which
    many models refuse, gets the user's word to go on behind it.
    """
    if not state.turns:
        return _end(state, Ending(reason=EndReason.EMPTY, detail="there are no messages to send"))
    limit = exceeded(state.limits, state.spent, now)
    if limit is not None:
        return _end(state, Ending(reason=EndReason.LIMIT, value=state.conclusion, detail=limit))
    effects: tuple[Effect, ...] = ()
    if state.turns[-1].role == "assistant" and not go_on:
        state = _say(state, (hub.Turn(role="user", parts=(hub.Text(text=texts.CONTINUE),)),))
        effects = (Emit(kind="inserted", data={"text": texts.CONTINUE, "reason": "the reply was cut"}),)
    state = evolve(state, phase=Phase.SAMPLING, samples=state.samples + 1)
    return state, effects if state.pause is not None else (*effects, _sample_effect(state))


def _sample_effect(state: State) -> Sample:
    return Sample(key=f"{state.samples}.sample", turns=len(state.turns))


# Replies.


def _receive(state: State, event: Sampled) -> Step:
    """Take the model's reply, and do what its stop reason says."""
    state = evolve(state, spent=spend(state.spent, event.response.usage, event.cost))
    stop = stop_of(event.response)
    turn = stop.turn
    told = Emit(kind="sampled", data={"key": f"{state.samples}.sample", "stop": stop.name, "steps": state.spent.steps})
    if stop.meaning is not Stopped.BROKE_OFF:
        state = evolve(state, interruptions=0)
        if turn.parts:
            state = _say(state, (turn,))
    reached, effects = _ON_STOP[stop.meaning](state, event.at, stop.name)
    return reached, (told, *effects)


def _act_or_end(state: State, now: float, name: str) -> Step:
    """The model ended its turn: run its calls, or be done."""
    state = evolve(state, continuations=0)
    calls = begin_calls(state)
    if calls:
        return _act(evolve(state, phase=Phase.ACTING, calls=calls), now)
    return _end(state, Ending(reason=EndReason.COMPLETED, value=state.conclusion))


def _must_act(state: State, now: float, name: str) -> Step:
    """The model says it wants tools. Without a call nothing is done, and that is said."""
    if begin_calls(state):
        return _act_or_end(state, now, name)
    return _end(state, Ending(reason=EndReason.UNKNOWN_STOP, detail=f"{name} without a call"))


def _continue_cut(state: State, now: float, name: str) -> Step:
    """The output limit cut the reply: run what is whole, answer what is not, and go on a few times."""
    if state.continuations >= state.limits.continuations:
        return _refuse_calls(state, Ending(reason=EndReason.MAX_TOKENS, value=state.conclusion, detail=name))
    state = evolve(state, continuations=state.continuations + 1)
    calls = begin_calls(state)
    if calls:
        return _act(evolve(state, phase=Phase.ACTING, calls=calls), now)
    return _sample(state, now)


def _go_on(state: State, now: float, name: str) -> Step:
    """The provider paused the model's turn and goes on with it when it is sent back as it is."""
    calls = begin_calls(state)
    if calls:
        return _act(evolve(state, phase=Phase.ACTING, calls=calls), now)
    return _sample(state, now, go_on=True)


def _ask_again(state: State, now: float, name: str) -> Step:
    """The reply broke off: nothing of it counts, the same request is sent again."""
    if state.interruptions >= state.limits.interruptions:
        return _end(state, Ending(reason=EndReason.FAILED, detail=f"the reply broke off ({name})"))
    return _sample(evolve(state, interruptions=state.interruptions + 1), now, go_on=True)


def _ends_as(reason: EndReason) -> Callable[[State, float, str], Step]:
    def end(state: State, now: float, name: str) -> Step:
        return _refuse_calls(state, Ending(reason=reason, value=state.conclusion, detail=name))

    return end


_ON_STOP: Final[dict[Stopped, Callable[[State, float, str], Step]]] = {
    Stopped.TURN_ENDED: _act_or_end,
    Stopped.WANTS_TOOLS: _must_act,
    Stopped.CUT: _continue_cut,
    Stopped.PAUSED: _go_on,
    Stopped.BROKE_OFF: _ask_again,
    Stopped.REFUSED: _ends_as(EndReason.REFUSED),
    Stopped.FILTERED: _ends_as(EndReason.CONTENT_FILTER),
    Stopped.OVERFLOWED: _ends_as(EndReason.CONTEXT_OVERFLOW),
    Stopped.FAILED: _ends_as(EndReason.FAILED),
    Stopped.UNKNOWN: _ends_as(EndReason.UNKNOWN_STOP),
}


def _refuse_calls(state: State, ending: Ending) -> Step:
    """End with calls in the reply that must not run: each is answered so."""
    calls = begin_calls(state)
    if calls:
        closed = close_calls(calls, texts.REPLY_STOPPED, texts.REPLY_STOPPED)
        state = evolve(_say(state, (hub.Turn(role="tool", parts=answers(closed)),)), closed=closed)
    return _end(state, ending)


def _fail(state: State, event: SampleFailed) -> Step:
    """The provider gave no reply. A used-up quota pauses the job until it is filled again; anything else ends the run."""
    failure = event.failure
    told = Emit(kind="sample_failed", data={"kind": failure.kind, "status": failure.status})
    if failure.kind == "context_overflow":
        reached, effects = _end(state, Ending(reason=EndReason.CONTEXT_OVERFLOW, detail=failure.message))
    elif failure.reset_at is not None:
        reached, effects = _pause(state, PauseRequested(at=event.at, reason=failure.kind, until=failure.reset_at))
    else:
        ending = Ending(reason=EndReason.FAILED, value=state.conclusion, detail=failure.message, kind=failure.kind)
        reached, effects = _end(state, ending)
    return reached, (told, *effects)


def _no_target(state: State, event: TargetUnhealthy) -> Step:
    """The target cannot even be looked at: nothing is asked of the model, which could only be told so."""
    return _end(state, Ending(reason=EndReason.UNHEALTHY, value=state.conclusion, detail=event.reason))


# Calls.


def _act(state: State, now: float) -> Step:
    """Begin every call whose time has come; close the turn when all are answered."""
    if state.pause is None:
        state, effects = promote(state)
    else:
        effects = ()
    if any(call.status is not CallStatus.DONE for call in state.calls):
        return state, effects
    closed, further = _close_turn(state, now)
    return closed, effects + further


def _close_turn(state: State, now: float) -> Step:
    """Put the results into the history, and go on or end."""
    mark = fingerprint(state.calls)
    most = remembered(state.limits)
    prints = (*state.fingerprints, mark)[-most:] if most else ()
    results = hub.Turn(role="tool", parts=answers(state.calls))
    stopping = state.stopping
    state = _say(state, (results, *state.queued))
    state = evolve(state, calls=(), closed=state.calls, queued=(), stopping=None, fingerprints=prints)
    if stopping is not None:
        return _end(state, stopping)
    if no_progress(prints, state.limits.repeats):
        return _end(
            state,
            Ending(reason=EndReason.NO_PROGRESS, value=state.conclusion, detail="the same calls gave the same results"),
        )
    return _sample(state, now)


def _finish_call(state: State, event: CallFinished) -> Step:
    """Take the outcome of a call that was running."""
    outcome = event.outcome
    state = Calls(state).finished(event.key, outcome, event.screenshot)
    told = Emit(kind="call_finished", data={"key": event.key, "outcome": outcome.outcome})
    if outcome.ends != "no":
        reason = EndReason.COMPLETED if outcome.ends == "done" else EndReason.BY_TOOL
        state = evolve(state, stopping=Ending(reason=reason, value=state.conclusion))
    reached, effects = _act(state, event.at)
    return reached, (told, *effects)


def _decide(state: State, event: Decided) -> Step:
    """Take a decision, if it is about the very call, arguments and screen that were asked about."""
    state = Calls(state).decided(event.decision)
    told = Emit(kind="decided", data={"call": event.decision.call_id, "approve": event.decision.approve})
    reached, effects = _act(state, event.at)
    return reached, (told, *effects)


def _unhealthy(state: State, event: TargetUnhealthy) -> Step:
    """The target is gone: the call was not begun, and neither are those behind it."""
    if state.phase is Phase.SAMPLING:
        return state, ()  # paused meanwhile: the next start looks again
    outcome = ToolOutcome(parts=(hub.Text(text=texts.UNHEALTHY),), outcome="not_run")
    state = Calls(state).finished(event.key, outcome, None)
    ending = Ending(reason=EndReason.UNHEALTHY, value=state.conclusion, detail=event.reason)
    return _act(evolve(state, stopping=ending), event.at)


# Stopping.


def _pause(state: State, event: PauseRequested) -> Step:
    """Begin nothing more. What runs may finish; what was being sampled or asked is done again later."""
    state = evolve(state, pause=Pause(reason=event.reason, until=event.until))
    return state, (Emit(kind="paused", data={"reason": event.reason, "until": event.until}),)


def _cancel(state: State, event: Cancelled) -> Step:
    return _stop_now(state, Ending(reason=EndReason.CANCELLED, value=state.conclusion, detail=event.reason))


def _tick(state: State, event: Ticked) -> Step:
    if not out_of_time(state.limits, state.spent, event.at):
        return state, ()
    return _stop_now(state, Ending(reason=EndReason.LIMIT, value=state.conclusion, detail="seconds"))


def _stop_now(state: State, ending: Ending) -> Step:
    """End at once. What was running is unknown, what was not begun is said not to have been."""
    if state.phase is Phase.ACTING:
        calls = close_calls(state.calls, texts.NOT_BEGUN, texts.UNKNOWN_OUTCOME)
        state = evolve(_say(state, (hub.Turn(role="tool", parts=answers(calls)), *state.queued)), closed=calls)
    return _end(evolve(state, calls=(), queued=(), stopping=None), ending)


def _end(state: State, ending: Ending) -> Step:
    state = evolve(state, phase=Phase.ENDED, ending=ending, pause=None)
    told = Emit(kind="ended", data={"reason": ending.reason.value, "detail": ending.detail})
    return state, (told, _finish_effect(ending))


def _finish_effect(ending: Ending) -> Finish:
    return Finish(reason=ending.reason.value, value=ending.value, detail=ending.detail)


def _nothing(state: State, event: Event) -> Step:
    """The event changes nothing any more, and is no mistake."""
    return state, ()


def _try_again_later(state: State, event: SampleFailed) -> Step:
    """A reply that failed while the job was paused is asked for again when it goes on."""
    return state, ()


Handler: TypeAlias = Callable[[State, Any], Step]
TRANSITIONS: Final[dict[Phase, dict[type[Event], Handler]]] = {
    Phase.NEW: {
        Started: _start,
        Imported: _import,
        Cancelled: _cancel,
    },
    Phase.SAMPLING: {
        Started: _start,
        Sampled: _receive,
        SampleFailed: _fail,
        TargetUnhealthy: _no_target,
        PauseRequested: _pause,
        Cancelled: _cancel,
        Ticked: _tick,
    },
    Phase.ACTING: {
        Started: _start,
        CallFinished: _finish_call,
        Decided: _decide,
        TargetUnhealthy: _unhealthy,
        PauseRequested: _pause,
        Cancelled: _cancel,
        Ticked: _tick,
    },
    Phase.PAUSED: {
        Started: _start,
        Sampled: _receive,
        SampleFailed: _try_again_later,
        CallFinished: _finish_call,
        Decided: _decide,
        TargetUnhealthy: _unhealthy,
        PauseRequested: _pause,
        Cancelled: _cancel,
        Ticked: _nothing,
    },
    Phase.ENDED: {
        Started: _start,
        PauseRequested: _nothing,
        Cancelled: _nothing,
        Ticked: _nothing,
    },
}
"""What may be told in which condition. Whatever is not here is an error."""
