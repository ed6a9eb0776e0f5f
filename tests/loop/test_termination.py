"""Whatever models, tools, people and cancellations do, a run ends within its limits and leaves nothing open."""

from __future__ import annotations

import asyncio
from typing import Any

from attrs import field, mutable
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.loop.strategies import TOOLS, outcomes, replies

from polyloop.loop import sampling_loop
from polyloop.loop.journal import LoopError, ToolError
from polyloop.loop.limits import Limits
from polyloop.loop.runner import Runner
from polyloop.loop.state import Phase
from polyloop.loop.stores import MemoryStore
from polyloop.loop.testing import (
    FakeClock,
    FakeComputer,
    RecordingTool,
    ScriptedApprover,
    ScriptedModel,
    call,
    reply,
    user,
)
from polyloop.translate import hub
from polyloop.translate.errors import PolyloopError
from polyloop.translate.repairing import repair

answers = st.one_of(replies(), replies(), replies(), st.sampled_from([PolyloopError("no"), LoopError("no")]))
results = st.one_of(outcomes, outcomes, st.sampled_from([ToolError("no"), ValueError("no"), TimeoutError()]))


@mutable(kw_only=True)
class Endless(ScriptedModel):
    """A model that begins anew when its script is at its end."""

    script: list[Any] = field(factory=list)

    async def create_message(self, request: hub.Request) -> hub.Response:
        self.script.append(self.script[len(self.requests) % self.first])
        return await super().create_message(request)

    first: int = 1


@settings(max_examples=60)
@given(
    script=st.lists(answers, min_size=1, max_size=4),
    results=st.lists(results, min_size=1, max_size=4),
    approvals=st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=3),
    steps=st.integers(1, 6),
    cancel_after=st.none() | st.integers(0, 60),
)
def test_a_run_ends_within_its_limits_and_leaves_nothing_open(
    script: list[Any], results: list[Any], approvals: list[bool | None], steps: int, cancel_after: int | None
) -> None:
    """No task is left, no claim is held, every call of the history is answered, and no more was asked than was allowed."""

    async def run() -> None:
        model = Endless(script=list(script), first=len(script))
        tools = {
            name: RecordingTool(name=name, policy=policy, outcomes=list(results)) for name, policy in TOOLS.items()
        }
        store = MemoryStore()
        runner = Runner(
            job="job", client=model, store=store, template=hub.Request(model="m"), tools=tools, clock=FakeClock(),
            approver=ScriptedApprover(answers=approvals * 100), limits=Limits(steps=steps, repeats=3, seconds=100.0),
        )  # fmt: skip
        task = asyncio.ensure_future(runner.run((user("go"),)))
        rounds = 0
        while not task.done():
            await asyncio.sleep(0)
            rounds += 1
            if rounds == cancel_after:
                task.cancel()
            assert rounds < 20_000, "the run does not end"
        event("cancelled" if task.cancelled() else f"{runner.state.condition}")
        assert asyncio.all_tasks() == {asyncio.current_task()}
        assert all(made.running == 0 for made in tools.values())
        assert len(model.requests) <= steps
        claim = await store.claim("job", "somebody else", 60.0)
        await store.release(claim)
        if not task.cancelled():
            assert task.result().at_rest
        if runner.state.phase is not Phase.ACTING:  # which is paused, and waits for a decision
            assert repair(runner.state.turns) == runner.state.turns

    asyncio.run(run())


def test_a_cancelled_run_lets_go_of_keys_that_are_held_and_closes_what_it_opened() -> None:
    class Hangs(FakeComputer):
        acting: asyncio.Event

        async def perform(self, action: Any) -> None:
            self.acting.set()
            await asyncio.Event().wait()

    async def run() -> FakeComputer:
        computer = Hangs()
        computer.acting = asyncio.Event()
        down = call("a", "computer", {"action": "left_mouse_down"})
        task = asyncio.ensure_future(
            sampling_loop(
                job_id="job", db=MemoryStore(), model="claude-sonnet-4-5", provider="anthropic", system_prompt_suffix="",
                messages=[{"role": "user", "content": "go"}], output_callback=lambda block: None,
                tool_output_callback=lambda result, name: None, tool_version="computer_use_20250124",
                client=ScriptedModel(script=[reply(down)]), computer=computer, clock=FakeClock(),
            )
        )  # fmt: skip
        await computer.acting.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return computer

    computer = asyncio.run(run())
    assert computer.released >= 1
    assert not computer.closed  # it is the caller's
