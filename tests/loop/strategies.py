"""What a model can do to a loop, generated: replies of any kind, calls of any kind, in any order."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

from polyloop.loop.effects import AskApproval, RunCall, Sample, Work
from polyloop.loop.events import (
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
)
from polyloop.loop.limits import Limits
from polyloop.loop.machine import outstanding
from polyloop.loop.ports import Decision, ToolOutcome, ToolPolicy
from polyloop.loop.state import CallStatus, State
from polyloop.loop.testing import reply, user
from polyloop.translate import hub

TOOLS: Final = {
    "click": ToolPolicy(lane="screen", journaled=True),
    "type": ToolPolicy(lane="screen"),
    "look": ToolPolicy(repeatable=True),
    "pay": ToolPolicy(approval=True, lane="screen"),
}

arguments = st.sampled_from(
    [
        hub.Arguments(value={}),
        hub.Arguments(value={"x": 1}),
        hub.Arguments(value={"x": 1.0}),
        hub.Arguments(value={"x": [None]}),
        hub.Arguments(text='{"x":1}', value={"x": 1}),
        hub.Arguments(text='{"x":'),
    ]
)


@st.composite
def calls(draw: st.DrawFn) -> hub.Call:
    """Calls of known and unknown tools, whole, cut and with arguments that are not JSON; ids are used again at times."""
    checks = (hub.SafetyCheck(id="s", message="look out"),) if draw(st.integers(0, 9)) == 0 else ()
    return hub.Call(
        id=draw(st.sampled_from(["a", "b", "c", "d"])),
        name=draw(st.sampled_from([*TOOLS, *TOOLS, "nobody"])),
        arguments=draw(arguments),
        state=draw(st.sampled_from(["complete"] * 8 + ["cut"])),
        checks=checks,
    )


stops: st.SearchStrategy[hub.StopReason | None] = st.one_of(
    st.just(hub.Reason.TOOL_USE),
    st.just(hub.Reason.TOOL_USE),
    st.just(hub.Reason.TOOL_USE),
    st.sampled_from(list(hub.Reason)),
    st.sampled_from(list(hub.Reason)),
    st.builds(hub.Other, raw=st.sampled_from(["eos", ""])),
    st.none(),
)
counts = st.one_of(st.none(), st.builds(hub.Known, n=st.integers(0, 50)), st.builds(hub.AtLeast, n=st.integers(0, 5)))
usages = st.one_of(st.none(), st.builds(hub.Usage, uncached_in=counts, out_text=counts, cache_read=counts))


@st.composite
def replies(draw: st.DrawFn) -> hub.Response:
    """Replies that wires can give, broken ones and empty ones included."""
    if draw(st.integers(0, 19)) == 0:
        return hub.Response(candidates=(), status="finished")
    texts = st.builds(hub.Text, text=st.sampled_from(["", "so", "done"]))
    parts = draw(st.lists(texts | calls() | calls() | calls(), min_size=draw(st.integers(0, 2)), max_size=4))
    return reply(
        *parts,
        stop=draw(stops),
        usage=draw(usages),
        status=draw(st.sampled_from(["finished"] * 20 + ["cut", "paused", "failed", "queued"])),
    )


outcomes = st.builds(
    ToolOutcome,
    parts=st.sampled_from([(), (hub.Text(text="ok"),), (hub.Text(text="other"),)]),
    outcome=st.sampled_from(["ok", "ok", "ok", "error", "unknown"]),
    conclusion=st.sampled_from([1, {"a": None}]),
    ends=st.sampled_from(["no"] * 6 + ["done", "stop"]),
)
limits = st.builds(
    Limits,
    steps=st.sampled_from([1, 2, 5, 12]),
    tokens=st.sampled_from([None, None, None, 60]),
    seconds=st.sampled_from([None, None, None, 900.0]),
    repeats=st.one_of(st.none(), st.integers(2, 4)),
    continuations=st.integers(0, 3),
    interruptions=st.integers(0, 3),
)
turns = st.lists(st.sampled_from([user("do it"), user("and that")]), max_size=2).map(tuple)
times = st.integers(0, 2000).map(float)


starts = st.builds(Started, at=times, turns=st.just((user("do it"),)), tools=st.just(TOOLS), limits=limits)


def _keys(state: State) -> list[str]:
    return [call.key for call in state.calls] or ["0.0.none"]


def _decision(state: State, pick: int, right: bool, approve: bool) -> Decision:
    asked = [call for call in state.calls if call.status is CallStatus.ASKING] or list(state.calls)
    if not asked:
        return Decision(call_id="none", binding="none", approve=approve)
    call = asked[pick % len(asked)]
    return Decision(call_id=call.call.id, binding=(call.binding or "") if right else "forged", approve=approve)


failures = st.builds(
    Failure,
    kind=st.sampled_from(["server", "quota", "context_overflow", "rate_limit"]),
    message=st.just("no"),
    reset_at=st.one_of(st.none(), times),
)


@st.composite
def events(draw: st.DrawFn, state: State) -> Event:
    """Any event at all; most often one that answers what is under way, so that walks come far."""
    under_way = outstanding(state)
    kind = draw(st.sampled_from(["answer"] * 7 + ["pause", "start", "any", "any"]))
    strategy = anything(state)
    if under_way and kind == "answer":
        strategy = answers_to(draw(st.sampled_from(under_way)))
    elif under_way and kind == "pause":
        strategy = st.builds(PauseRequested, at=times, reason=st.just("lunch"))
    elif kind == "start":
        strategy = st.builds(Started, at=times, turns=turns, tools=st.just(TOOLS), limits=limits)
    event: Event = draw(strategy)
    return event


def answers_to(effect: Work) -> st.SearchStrategy[Any]:
    """Events that say what came of an effect."""
    match effect:
        case Sample():
            return st.builds(Sampled, at=times, response=replies())
        case RunCall(key=key):
            return st.builds(CallFinished, at=times, key=st.just(key), outcome=outcomes)
        case AskApproval(request=request):
            decisions = st.builds(
                Decision, call_id=st.just(request.call.id), binding=st.just(request.binding), approve=st.booleans()
            )
            return st.builds(Decided, at=times, decision=decisions)


def anything(state: State) -> st.SearchStrategy[Any]:
    """Events of every kind, fitting or not."""
    key = st.sampled_from(_keys(state))
    decisions = st.builds(_decision, st.just(state), st.integers(0, 3), st.booleans(), st.booleans())
    return st.one_of(
        st.builds(Started, at=times, turns=turns, tools=st.just(TOOLS), limits=limits),
        st.builds(TargetUnhealthy, at=times, key=key, reason=st.just("gone")),
        st.builds(PauseRequested, at=times, reason=st.just("lunch")),
        st.builds(Imported, at=times, turns=turns),
        st.builds(Sampled, at=times, response=replies()),
        st.builds(SampleFailed, at=times, failure=failures),
        st.builds(CallFinished, at=times, key=key, outcome=outcomes),
        st.builds(Decided, at=times, decision=decisions),
        st.builds(TargetUnhealthy, at=times, key=key, reason=st.just("gone")),
        st.builds(PauseRequested, at=times, reason=st.just("asked")),
        st.builds(Cancelled, at=times),
        st.builds(Ticked, at=times),
    )
