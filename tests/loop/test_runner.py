"""The runner over doubles of every port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

import pytest
from attrs import evolve

from polyloop.loop import texts
from polyloop.loop.journal import Claim, Row, StaleClaimError, ToolError
from polyloop.loop.limits import Limits
from polyloop.loop.ports import CallContext, Decision, Health, Tool, ToolOutcome, ToolPolicy
from polyloop.loop.runner import Runner
from polyloop.loop.safety import LeaveToLater, Redaction
from polyloop.loop.state import EndReason, State
from polyloop.loop.stores import MemoryStore
from polyloop.loop.testing import (
    FakeClock,
    RecordingObserver,
    RecordingTool,
    ScriptedApprover,
    ScriptedHealth,
    ScriptedModel,
    call,
    reply,
    texts_of,
    user,
)
from polyloop.translate import hub
from polyloop.translate.jsonvalue import JsonObject
from polyloop.translate.repairing import repair


def make(model: ScriptedModel, store: MemoryStore, tools: Mapping[str, Tool] | None = None, **fields: Any) -> Runner:
    fields.setdefault("clock", FakeClock())
    return Runner(job="job", client=model, store=store, template=hub.Request(model="m"), tools=tools or {}, **fields)


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(coroutine, debug=False)


def tool(name: str, *outcomes: ToolOutcome | BaseException, **policy: Any) -> RecordingTool:
    made = RecordingTool(name=name, policy=ToolPolicy(**policy))
    made.outcomes = list(outcomes) or made.outcomes
    return made


async def until(reached: Callable[[], bool], rounds: int = 1000) -> None:
    """Let others run until something is so; fail when it never is."""
    for _ in range(rounds):
        if reached():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to that")


def results(state: State) -> list[hub.Result]:
    return [part for turn in state.turns for part in turn.parts if isinstance(part, hub.Result)]


def test_a_task_without_tools_ends_with_the_models_turn() -> None:
    model = ScriptedModel(script=[reply("hello")])
    state = run(make(model, MemoryStore()).run((user("hi"),)))
    assert state.ending.reason is EndReason.COMPLETED
    assert [turn.role for turn in state.turns] == ["user", "assistant"]
    assert [turn.role for turn in model.requests[0].turns] == ["user"]


def test_what_a_reply_repeats_of_its_request_stands_in_no_row() -> None:
    repeated = hub.Request(instructions=hub.Turn(role="system", parts=(hub.Text(text="a long prompt"),)))
    store = MemoryStore()
    run(make(ScriptedModel(script=[reply("hello", id="resp_1", request=repeated)]), store).run((user("hi"),)))
    rows = [row.data for row in run(store.rows("job"))]
    assert "resp_1" in repr(rows)
    assert "a long prompt" not in repr(rows)


def test_results_of_parallel_calls_stand_in_one_turn_in_the_calls_order() -> None:
    model = ScriptedModel(script=[reply("so", call("a", "slow"), call("b", "quick")), reply("done")])
    slow, quick = tool("slow"), tool("quick")
    slow.hold = asyncio.Event()

    async def go() -> State:
        running = asyncio.ensure_future(make(model, MemoryStore(), {"slow": slow, "quick": quick}).run((user("hi"),)))
        await until(lambda: bool(quick.finished))
        assert slow.hold is not None
        slow.hold.set()
        return await running

    state = run(go())
    assert [result.call_id for result in results(state)] == ["a", "b"]
    assert [turn.role for turn in state.turns] == ["user", "assistant", "tool", "assistant"]
    assert repair(state.turns) is state.turns


def test_calls_of_one_lane_run_one_after_another_and_others_together() -> None:
    lane = [call(name, "click") for name in "abc"]
    free = [call(name, "look") for name in "xyz"]
    click, look = tool("click", lane="screen"), tool("look")
    model = ScriptedModel(script=[reply(*lane, *free), reply("done")])
    run(make(model, MemoryStore(), {"click": click, "look": look}).run((user("hi"),)))
    assert (click.most_at_once, look.most_at_once) == (1, 3)
    assert click.finished == ["a", "b", "c"]


def test_the_first_failure_of_a_lane_answers_the_rest_of_it_unrun() -> None:
    click = tool("click", ToolOutcome(), ToolError("no such button"), lane="screen")
    model = ScriptedModel(script=[reply(*(call(name, "click") for name in "abc")), reply("done")])
    state = run(make(model, MemoryStore(), {"click": click}).run((user("hi"),)))
    assert [result.outcome for result in results(state)] == ["ok", "error", "not_run"]
    assert texts_of(state.turns[2:3]) == [texts.NO_OUTPUT, "no such button", texts.EARLIER_FAILURE]
    assert [made.id for made in click.calls] == ["a", "b"]


def test_a_tools_bug_tells_the_model_its_name_and_nothing_else() -> None:
    secret = ValueError("password is hunter2")
    model = ScriptedModel(script=[reply(call("a", "f")), reply("done")])
    observer = RecordingObserver()
    state = run(make(model, MemoryStore(), {"f": tool("f", secret)}, observer=observer).run((user("hi"),)))
    assert texts_of(state.turns[2:3]) == ["The tool failed: ValueError."]
    assert "tool_failed" in observer.kinds()
    assert "hunter2" not in repr(observer.notices)


def test_a_tool_that_fails_with_an_action_begun_leaves_the_outcome_unknown_even_where_nothing_can_be_seen() -> None:
    class Breaks(RecordingTool):
        """Its action's answer is lost, and so is every look."""

        async def run(self, call: hub.Call, context: CallContext) -> ToolOutcome:
            async def perform() -> JsonObject:
                raise ConnectionResetError

            await context.act("0", {}, perform)
            raise AssertionError("the action fails")

        async def look(self, call: hub.Call) -> tuple[hub.Part, ...]:
            raise ConnectionResetError

    breaks = Breaks(name="f", policy=ToolPolicy(journaled=True))
    model = ScriptedModel(script=[reply(call("a", "f")), reply("done")])
    observer = RecordingObserver()
    state = run(make(model, MemoryStore(), {"f": breaks}, observer=observer).run((user("hi"),)))
    assert [result.outcome for result in results(state)] == ["unknown"]
    assert texts_of(state.turns[2:3]) == [texts.UNKNOWN_OUTCOME, texts.no_screenshot("ConnectionResetError")]
    assert {"tool_failed", "look_failed"} <= set(observer.kinds())


def test_actions_of_calls_that_have_their_results_are_not_kept_in_memory() -> None:
    seen: list[int] = []

    class Acts(RecordingTool):
        """Two actions, each journaled."""

        async def run(self, call: hub.Call, context: CallContext) -> ToolOutcome:
            async def perform() -> JsonObject:
                return {"done": True}

            for name in ("0", "1"):
                assert await context.act(name, {}, perform) == {"done": True}
                assert await context.act(name, {}, perform) == {"done": True}, "an action is performed once"
            seen.append(len(runner._journal.action_results))
            return ToolOutcome()

    acts = Acts(name="f", policy=ToolPolicy(journaled=True))
    store = MemoryStore()
    script = [reply(call("a", "f")), reply(call("b", "f")), reply("done")]
    runner = make(ScriptedModel(script=script), store, {"f": acts})
    run(runner.run((user("hi"),)))
    assert seen == [2, 2]
    assert not runner._journal.action_results
    assert not runner._journal.actions_begun
    resumed = make(ScriptedModel(script=[reply("still done")]), store, {"f": acts})
    run(resumed.run((user("and now?"),)))
    assert not resumed._journal.action_results


def test_arguments_that_are_not_json_never_run() -> None:
    broken = hub.Call(id="a", name="f", arguments=hub.Arguments(text='{"x": '))
    f = tool("f")
    model = ScriptedModel(script=[reply(broken), reply("done")])
    state = run(make(model, MemoryStore(), {"f": f}).run((user("hi"),)))
    assert not f.calls
    assert texts_of(state.turns[2:3]) == [texts.NOT_JSON]


def test_what_must_not_be_kept_is_neither_in_the_store_nor_in_a_request_and_calls_run_as_asked() -> None:
    def hide(part: hub.Part) -> hub.Part:
        return evolve(part, text=part.text.replace("4711", "****")) if isinstance(part, hub.Text) else part

    f = tool("f", ToolOutcome(parts=(hub.Text(text="your number is 4711"),)))
    model, store = ScriptedModel(script=[reply("4711?", call("a", "f", {"n": "4711"})), reply("done")]), MemoryStore()
    redaction = Redaction(before_store=hide)
    run(make(model, store, {"f": f}, redaction=redaction).run((user("my number is 4711"),)))
    assert f.calls[0].arguments.value == {"n": "4711"}
    said = texts_of(model.requests[1].turns)
    assert said == ["my number is ****", "****?", "your number is ****"]
    kept = [row for row in run(store.rows("job")) if row.kind in ("event", "happened")]
    assert "number is 4711" not in repr(kept)
    assert "4711?" not in repr(kept)


def test_an_unknown_tool_is_answered_with_those_there_are() -> None:
    model = ScriptedModel(script=[reply(call("a", "g")), reply("done")])
    state = run(make(model, MemoryStore(), {"f": tool("f")}).run((user("hi"),)))
    assert texts_of(state.turns[2:3]) == [texts.unknown_tool("g", ("f",))]


def test_nobody_to_ask_means_no() -> None:
    f = tool("f", approval=True)
    model = ScriptedModel(script=[reply(call("a", "f")), reply("done")])
    state = run(make(model, MemoryStore(), {"f": f}).run((user("hi"),)))
    assert not f.calls
    assert results(state)[0].outcome == "denied"


def test_a_providers_safety_check_is_denied_by_default_and_acknowledged_when_allowed() -> None:
    check = hub.SafetyCheck(id="s", message="malicious instructions")
    f = tool("f")
    script = [reply(call("a", "f", checks=(check,))), reply("done")]
    denied = run(make(ScriptedModel(script=list(script)), MemoryStore(), {"f": f}).run((user("hi"),)))
    assert (len(f.calls), results(denied)[0].acknowledged) == (0, ())
    approver = ScriptedApprover(answers=[True])
    allowed = run(
        make(ScriptedModel(script=list(script)), MemoryStore(), {"f": f}, approver=approver).run((user("hi"),))
    )
    assert (len(f.calls), results(allowed)[0].acknowledged) == (1, (check,))
    assert approver.requests[0].reasons == ("malicious instructions",)


def test_a_question_left_for_later_pauses_the_job_and_its_decision_resumes_it() -> None:
    f, store = tool("f", approval=True), MemoryStore()
    model = ScriptedModel(script=[reply(call("a", "f")), reply("done")])
    paused = run(make(model, store, {"f": f}, approver=LeaveToLater()).run((user("hi"),)))
    assert paused.pause.reason == "approval"
    asked = paused.calls[0]
    decision = Decision(call_id="a", binding=asked.binding, approve=True)
    state = run(make(model, store, {"f": f}, approver=LeaveToLater()).run((), (decision,)))
    assert state.ending.reason is EndReason.COMPLETED
    assert [made.id for made in f.calls] == ["a"]


def test_an_unhealthy_target_ends_the_run_with_every_call_answered() -> None:
    click = tool("click", lane="screen", checks_target=True)
    probe = ScriptedHealth(answers=(Health(healthy=True), Health(healthy=False, reason="no answer")))
    model = ScriptedModel(script=[reply(*(call(name, "click") for name in "abc"))])
    state = run(make(model, MemoryStore(), {"click": click}, probe=probe).run((user("hi"),)))
    assert (state.ending.reason, state.ending.detail) == (EndReason.UNHEALTHY, "no answer")
    assert [result.outcome for result in results(state)] == ["ok", "not_run", "not_run"]
    assert len(click.calls) == 1


def test_a_tool_that_ends_the_run_leaves_no_call_of_its_turn_unanswered() -> None:
    stop = tool("stop", ToolOutcome(ends="stop", conclusion={"why": "wrong screen"}), lane="screen")
    click = tool("click", lane="screen")
    model = ScriptedModel(script=[reply(call("a", "stop"), call("b", "click"), call("c", "click"))])
    state = run(make(model, MemoryStore(), {"stop": stop, "click": click}).run((user("hi"),)))
    assert state.ending.reason is EndReason.BY_TOOL
    assert state.ending.value == {"why": "wrong screen"}
    assert not click.calls
    assert repair(state.turns) is state.turns


def test_a_tool_out_of_time_is_stopped_and_its_outcome_is_unknown() -> None:
    f, clock = tool("f", seconds=5.0), FakeClock()
    f.hold = asyncio.Event()
    model = ScriptedModel(script=[reply(call("a", "f")), reply("done")])

    async def go() -> State:
        running = asyncio.ensure_future(make(model, MemoryStore(), {"f": f}, clock=clock).run((user("hi"),)))
        await until(lambda: f.running == 1)
        await clock.advance(5.0)
        return await running

    state = run(go())
    assert results(state)[0].outcome == "unknown"
    assert f.running == 0


def test_wall_time_ends_a_run_whose_tool_hangs() -> None:
    f, clock = tool("f"), FakeClock()
    f.hold = asyncio.Event()
    model = ScriptedModel(script=[reply(call("a", "f"), call("b", "f"))])

    async def go() -> State:
        runner = make(model, MemoryStore(), {"f": f}, clock=clock, limits=Limits(seconds=60))
        running = asyncio.ensure_future(runner.run((user("hi"),)))
        await until(lambda: f.running == 2)
        await clock.advance(60.0)
        return await running

    state = run(go())
    assert (state.ending.reason, state.ending.detail) == (EndReason.LIMIT, "seconds")
    assert [result.outcome for result in results(state)] == ["unknown", "unknown"]
    assert f.running == 0


@pytest.mark.parametrize("at", ["sampling", "acting"])
def test_cancelling_leaves_a_sendable_history_and_nothing_running(at: str) -> None:
    f, store = tool("f"), MemoryStore()
    f.hold = asyncio.Event()
    gate = asyncio.Event()

    class Hanging(ScriptedModel):
        async def create_message(self, request: hub.Request) -> hub.Response:
            if at == "sampling":
                await gate.wait()
            return await super().create_message(request)

    model = Hanging(script=[reply(call("a", "f")), reply("done")])

    async def go() -> set[asyncio.Task[Any]]:
        before = asyncio.all_tasks()
        running = asyncio.ensure_future(make(model, store, {"f": f}).run((user("hi"),)))
        for _ in range(40):
            await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        return asyncio.all_tasks() - before

    assert run(go()) == set()
    again = run(make(ScriptedModel(script=[reply("done")]), store, {"f": f}).run())
    assert repair(again.turns) is again.turns
    assert again.ending.reason is EndReason.COMPLETED
    if at == "acting":
        assert [result.outcome for result in results(again)] == ["unknown"]


def test_ids_that_a_wire_counts_anew_for_each_reply_are_made_unique() -> None:
    f = tool("f")
    model = ScriptedModel(script=[reply(call("1", "f")), reply(call("1", "f"), call("1", "f")), reply("done")])
    state = run(make(model, MemoryStore(), {"f": f}).run((user("hi"),)))
    ids = [part.id for turn in state.turns for part in turn.parts if isinstance(part, hub.Call)]
    assert ids == ["1", "1_2", "1_2_2"]
    assert repair(state.turns) is state.turns


class LosesPower:
    """A store whose process dies before a chosen row is written."""

    def __init__(self, store: MemoryStore, dies: Callable[[Row], bool]) -> None:
        self._store = store
        self._dies = dies

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def append(self, claim: Claim, rows: Sequence[Row]) -> int:
        if any(map(self._dies, rows)):
            raise PowerCutError
        return await self._store.append(claim, rows)


class PowerCutError(Exception):
    pass


@pytest.mark.parametrize("repeatable", [False, True])
def test_a_call_begun_by_a_run_that_is_gone_runs_again_only_if_that_does_no_harm(repeatable: bool) -> None:
    f, store = tool("f", repeatable=repeatable), MemoryStore()
    model = ScriptedModel(script=[reply(call("a", "f")), reply("done")])
    broken: Any = LosesPower(store, lambda row: row.data.get("event") == "CallFinished")
    with pytest.raises(PowerCutError):
        run(make(model, broken, {"f": f}).run((user("hi"),)))
    assert len(f.calls) == 1
    state = run(make(model, store, {"f": f}).run())
    assert len(f.calls) == (2 if repeatable else 1)
    assert results(state)[0].outcome == ("ok" if repeatable else "unknown")
    assert texts_of(state.turns[2:3]) == (["done"] if repeatable else [texts.UNKNOWN_OUTCOME])


def test_an_owner_who_was_overtaken_begins_nothing_more() -> None:
    f, store = tool("f"), MemoryStore()
    f.hold = asyncio.Event()
    model = ScriptedModel(script=[reply(call("a", "f"), call("b", "f")), reply("done"), reply("done")])

    async def go() -> State:
        first = asyncio.ensure_future(make(model, store, {"f": f}).run((user("hi"),)))
        await until(lambda: f.running == 2)
        other = tool("f")
        second = await make(model, store, {"f": other}).run()
        assert f.hold is not None
        f.hold.set()
        with pytest.raises(StaleClaimError):
            await first
        assert not other.calls
        return second

    state = run(go())
    assert [result.outcome for result in results(state)] == ["unknown", "unknown"]
    assert len(f.calls) == 2
