"""The calls of one turn: who may run now, who must wait, who is answered unrun. Pure; the machine's larger half."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import evolve, frozen

from polyloop.translate import hub
from polyloop.translate.jsonvalue import ABSENT

from . import texts
from .effects import AskApproval, Effect, Emit, RunCall
from .journal import LoopError
from .plain import dump
from .ports import ApprovalRequest, Decision, ToolOutcome, ToolPolicy
from .state import CallState, CallStatus, Ending, State, binding_of, digest


class DecisionError(LoopError, ValueError):
    """A decision about no open question: made before, or about other arguments or another screen. Nothing was allowed."""


def tool_name(call: hub.Call, tools: tuple[str, ...]) -> str | None:
    """Return the name a call's tool has in the loop's table: a computer's calls go by form, whatever the action is called."""
    for name in (call.form, call.toolset, call.name) if call.form in ("computer", "browser") else (call.name,):
        if isinstance(name, str) and name in tools:
            return name
    return None


def begin_calls(state: State) -> tuple[CallState, ...]:
    """Make the calls of the last turn ready. Those that cannot run are answered at once."""
    turn = state.turns[-1] if state.turns else None
    if turn is None or turn.role != "assistant":
        return ()
    calls = [part for part in turn.parts if isinstance(part, hub.Call)]
    return tuple(_ready(state, number, call) for number, call in enumerate(calls))


def _ready(state: State, number: int, call: hub.Call) -> CallState:
    tools = tuple(state.tools)
    tool = tool_name(call, tools)
    ready = CallState(key=f"{state.samples}.{number}.{call.id}", call=call, tool=tool)
    if call.state != "complete":
        return _done(ready, not_run(texts.CUT_CALL))
    if tool is None:
        return _done(ready, failed(texts.unknown_tool(call.name, tools)))
    if call.form == "function" and call.arguments.value is ABSENT:
        if call.arguments.text == "":  # how some servers say that there are none
            return evolve(ready, call=evolve(call, arguments=hub.Arguments(value={})))
        return _done(ready, failed(texts.NOT_JSON))
    return ready


def not_run(text: str) -> ToolOutcome:
    """Make the outcome of a call that did not run."""
    return ToolOutcome(parts=(hub.Text(text=text),), outcome="not_run")


def failed(text: str) -> ToolOutcome:
    """Make the outcome of a call that failed."""
    return ToolOutcome(parts=(hub.Text(text=text),), outcome="error")


def unknown(text: str = texts.UNKNOWN_OUTCOME) -> ToolOutcome:
    """Make the outcome of a call nobody knows the outcome of."""
    return ToolOutcome(parts=(hub.Text(text=text),), outcome="unknown")


def _done(call: CallState, outcome: ToolOutcome) -> CallState:
    return evolve(call, status=CallStatus.DONE, outcome=outcome, binding=None)


def promote(state: State) -> tuple[State, tuple[Effect, ...]]:
    """Begin each call whose time has come, and answer those that will not run."""
    calls = list(state.calls)
    effects: list[Effect] = []
    for index, call in enumerate(calls):
        if call.status in (CallStatus.WAITING, CallStatus.ASKING, CallStatus.ALLOWED) and state.stopping is not None:
            calls[index] = _done(call, not_run(_stopping_text(state.stopping)))
        elif call.status in (CallStatus.WAITING, CallStatus.ALLOWED):
            calls[index], effect = _promoted(state, call, calls[:index])
            effects += [effect] if effect is not None else []
    return evolve(state, calls=tuple(calls)), tuple(effects)


def _stopping_text(stopping: Ending) -> str:
    return texts.UNHEALTHY if stopping.reason.value == "unhealthy" else texts.RUN_ENDED


def _promoted(state: State, call: CallState, earlier: list[CallState]) -> tuple[CallState, Effect | None]:
    policy = _policy(state, call)
    if policy.lane is not None:
        same_lane = [other for other in earlier if _policy(state, other).lane == policy.lane]
        if any(other.outcome is not None and other.outcome.outcome != "ok" for other in same_lane):
            return _done(call, not_run(_halt_text(call.call))), None
        if any(other.status is not CallStatus.DONE for other in same_lane):
            return call, None
    if call.status is CallStatus.WAITING and (policy.approval or call.call.checks):
        binding = binding_of(state.job, call.key, call.call, state.screenshot)
        asking = evolve(call, status=CallStatus.ASKING, binding=binding)
        return asking, AskApproval(key=f"{call.key}.approval", request=Calls(state).question(asking))
    running = evolve(call, status=CallStatus.RUNNING)
    assert call.tool is not None
    return running, RunCall(key=call.key, tool=call.tool, call=call.call, policy=policy)


def _policy(state: State, call: CallState) -> ToolPolicy:
    return state.tools[call.tool] if call.tool is not None and call.tool in state.tools else ToolPolicy()


def _halt_text(call: hub.Call) -> str:
    return texts.EARLIER_COMPUTER_FAILURE if call.form == "computer" else texts.EARLIER_FAILURE


@frozen(kw_only=False)
class Calls:
    """The calls of a state's current turn, looked up and changed by key."""

    state: State

    def finished(self, key: str, outcome: ToolOutcome, screenshot: str | None) -> State:
        """Answer a running call. Raises `LoopError` where none of that key is running."""
        found = self._find(lambda call: call.key == key and call.status is CallStatus.RUNNING)
        if found is None:
            raise LoopError(f"no call {key!r} is running")
        conclusion = self.state.conclusion if outcome.conclusion is ABSENT else outcome.conclusion
        seen = screenshot or self.state.screenshot
        return evolve(self._with(_done(found, outcome)), screenshot=seen, conclusion=conclusion)

    def decided(self, decision: Decision) -> State:
        """Allow or deny a call that is asked about. Raises `DecisionError`: a decision is good once, for what it was bound to."""
        found = self._find(lambda call: call.status is CallStatus.ASKING and call.call.id == decision.call_id)
        if found is None:
            raise DecisionError(f"nothing is asked about call {decision.call_id!r}")
        if found.binding != decision.binding:
            raise DecisionError(
                f"the decision about call {decision.call_id!r} was made for other arguments or another screen"
            )
        if decision.approve:
            return self._with(evolve(found, status=CallStatus.ALLOWED, approved=True, binding=None))
        outcome = ToolOutcome(parts=(hub.Text(text=texts.denied(decision.reason)),), outcome="denied")
        return self._with(_done(found, outcome))

    def question(self, call: CallState) -> ApprovalRequest:
        """Make the question about a call."""
        checks = tuple(check.message or check.code or check.id for check in call.call.checks)
        marked = ("the tool needs permission",) if _policy(self.state, call).approval else ()
        return ApprovalRequest(
            job=self.state.job,
            call=call.call,
            screenshot=self.state.screenshot,
            binding=call.binding or "",
            reasons=marked + tuple(str(check) for check in checks),
        )

    def _find(self, wanted: Callable[[CallState], bool]) -> CallState | None:
        return next((call for call in self.state.calls if wanted(call)), None)

    def _with(self, changed: CallState) -> State:
        calls = tuple(changed if call.key == changed.key else call for call in self.state.calls)
        return evolve(self.state, calls=calls)


def close_calls(calls: tuple[CallState, ...], waiting: str, running: str) -> tuple[CallState, ...]:
    """Answer what is open: what was not begun with one text, what is running with another, as unknown."""
    closed: list[CallState] = []
    for call in calls:
        if call.status is CallStatus.DONE:
            closed.append(call)
        elif call.status is CallStatus.RUNNING:
            closed.append(_done(call, unknown(running)))
        else:
            closed.append(_done(call, not_run(waiting)))
    return tuple(closed)


def without_tools(calls: tuple[CallState, ...], tools: Mapping[str, ToolPolicy]) -> tuple[CallState, ...]:
    """Answer the open calls whose tool is gone since: as unknown where it was running, as impossible where it was not."""
    changed: list[CallState] = []
    for call in calls:
        if call.status is CallStatus.DONE or call.tool in tools:
            changed.append(call)
        elif call.status is CallStatus.RUNNING:
            changed.append(_done(call, unknown()))
        else:
            changed.append(_done(call, failed(texts.unknown_tool(call.call.name, tuple(tools)))))
    return tuple(changed)


def answers(calls: tuple[CallState, ...]) -> tuple[hub.Result, ...]:
    """Return the results of calls that are all answered, in the calls' order."""
    return tuple(result_of(call) for call in calls)


def result_of(call: CallState) -> hub.Result:
    """Return the result that tells the model what came of a call."""
    assert call.outcome is not None
    return hub.Result(
        call_id=call.call.id,
        parts=call.outcome.parts or (hub.Text(text=texts.NO_OUTPUT),),
        outcome=call.outcome.outcome,
        form=call.call.form,
        acknowledged=call.call.checks if call.approved else (),
        toolset=call.call.toolset,
    )


def answered_since(before: State, after: State) -> tuple[CallState, ...]:
    """Return the calls that were answered by the step from one state to the next, in the calls' order."""
    known = {call.key for call in before.calls if call.status is CallStatus.DONE}
    now = after.calls
    if not now and after.closed is not before.closed:
        now = after.closed
    return tuple(call for call in now if call.status is CallStatus.DONE and call.key not in known)


def fingerprint(calls: tuple[CallState, ...]) -> str:
    """Return the digest of a turn's tools, arguments and results. Ids are left out: they are new each time."""
    said = [
        [call.tool, dump(evolve(call.call, id="")), dump(call.outcome) if call.outcome is not None else None]
        for call in calls
    ]
    return digest(said)


def told(kind: str, call: CallState) -> Emit:
    """Make the notice about a call; it holds neither arguments nor results."""
    return Emit(kind=kind, data={"key": call.key, "tool": call.tool})
