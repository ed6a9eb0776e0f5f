"""Every implementation that is shipped keeps its port's laws, every double too; and what breaks one is found out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from attrs import evolve
from tests.transport.doors import DOORS, open_door

from polyloop.loop import AskFunction, DenyAll, LeaveToLater, tool
from polyloop.loop.clock import SystemClock
from polyloop.loop.imaging import PillowImager
from polyloop.loop.observed import observed
from polyloop.loop.ports import ApprovalRequest, Decision, Health, ImageWish, Notice, ToolOutcome, ToolPolicy
from polyloop.loop.probes import HttpProbe, SessionProbe
from polyloop.loop.testing import (
    PIXEL,
    FakeClock,
    FakeComputer,
    FakeImager,
    LawBrokenError,
    RecordingObserver,
    RecordingTool,
    ScriptedApprover,
    ScriptedHealth,
    ScriptedModel,
    call,
    check_approver,
    check_client,
    check_clock,
    check_computer,
    check_imager,
    check_observer,
    check_probe,
    check_tool,
    reply,
)
from polyloop.loop.tools.computer import ComputerTool
from polyloop.loop.tools.custom_action import custom_action_tool
from polyloop.loop.tools.extraction import extraction_tool, ui_not_as_expected_tool
from polyloop.translate import hub

CLICK = call("a", "computer", {"action": "left_click", "coordinate": [1, 2]})


def broken(law: str, attempt: Awaitable[object]) -> None:
    """A law that is not kept is named."""

    async def run() -> None:
        await attempt

    with pytest.raises(LawBrokenError, match=law):
        asyncio.run(run())


# Clients.


@pytest.mark.parametrize("name", DOORS)
def test_clients_of_every_provider_keep_the_laws(name: str) -> None:
    async def run() -> None:
        async with open_door(name) as (_, client):

            async def make() -> Any:
                return client

            await check_client(make, hub.Request(model=client.model, max_output=100, turns=_QUESTION))

    asyncio.run(run())


_QUESTION = (hub.Turn(role="user", parts=(hub.Text(text="Say yes."),)),)


def test_the_scripted_model_keeps_the_laws_of_clients_watched_or_not() -> None:
    async def make() -> Any:
        return ScriptedModel(script=[reply("yes")] * 9)

    async def watched() -> Any:
        return observed(await make(), lambda exchange: None)

    asyncio.run(check_client(make))
    asyncio.run(check_client(watched))


def test_a_client_that_does_not_go_on_after_a_cancelled_request_is_found() -> None:
    class Breaks(ScriptedModel):
        async def create_message(self, request: hub.Request) -> hub.Response:
            try:
                return await super().create_message(request)
            except asyncio.CancelledError:
                self.script = []
                raise

    async def make() -> Any:
        return Breaks(script=[reply("yes")] * 9)

    with pytest.raises(AssertionError, match="more replies"):
        asyncio.run(check_client(make))


# Tools.


@tool
def double(number: int) -> int:
    """Double a number."""
    return number * 2


@tool(repeatable=True)
async def shout(text: str) -> str:
    """Say it loudly."""
    return text.upper()


def computer() -> ComputerTool:
    return ComputerTool(computer=FakeComputer(), definition=hub.Tool(name="computer"), clock=FakeClock())


def custom() -> Any:
    steps = {"click": {"tools": [{"name": "computer", "parameters": {"action": "left_click", "coordinate": [1, 2]}}]}}
    return custom_action_tool(steps, {"computer": computer()})


TOOLS: dict[str, tuple[Callable[[], Any], hub.Call]] = {
    "double": (lambda: double, call("a", "double", {"number": 2})),
    "shout": (lambda: shout, call("a", "shout", {"text": "hey"})),
    "computer": (computer, CLICK),
    "custom_action": (custom, call("a", "custom_action", {"action_name": "click"})),
    "extraction": (extraction_tool, call("a", "extraction", {"data": {"name": "n", "result": 1}})),
    "ui_not_as_expected": (ui_not_as_expected_tool, call("a", "ui_not_as_expected", {"reasoning": "no form"})),
    "recording": (lambda: RecordingTool(name="f"), call("a", "f")),
}


@pytest.mark.parametrize("name", TOOLS)
def test_tools_keep_the_laws(name: str) -> None:
    asyncio.run(check_tool(*TOOLS[name]))


def test_a_tool_that_does_again_what_is_done_is_found() -> None:
    class Forgets(RecordingTool):
        async def run(self, call: hub.Call, context: Any) -> ToolOutcome:
            await context.act(str(id(self)), {}, self.nothing)
            return ToolOutcome()

        async def nothing(self) -> Any:
            return {}

    kept: list[Any] = []  # alive, so that no two have one id

    def make() -> Any:
        kept.append(Forgets(name="f", policy=ToolPolicy(journaled=True)))
        return kept[-1]

    broken("a resumed call", check_tool(make, call("a", "f")))
    broken("says so", check_tool(lambda: evolve(make(), policy=ToolPolicy()), call("a", "f")))


def test_a_tool_that_breaks_on_arguments_of_another_form_is_found() -> None:
    class Trusts(RecordingTool):
        async def run(self, call: hub.Call, context: Any) -> ToolOutcome:
            return ToolOutcome(parts=(hub.Text(text=call.arguments.value["x"]),))

    broken("refused in words", check_tool(lambda: Trusts(name="f"), call("a", "f", {"x": "y"})))


# Computers, clocks, probes.


def test_the_fake_computer_and_both_clocks_keep_the_laws() -> None:
    async def make() -> Any:
        return FakeComputer()

    asyncio.run(check_computer(make))
    for clock in (SystemClock(), FakeClock()):
        asyncio.run(check_clock(clock))


class NoSessions:
    """A database that has none."""

    def get_session(self, session_id: Any) -> None:
        return None


@pytest.mark.parametrize(
    "probe",
    [
        ScriptedHealth(),
        ScriptedHealth(answers=(Health(healthy=False, reason="it is gone"),)),
        HttpProbe(url="http://127.0.0.1:9/health"),
        SessionProbe(db=NoSessions(), session_id=None),
        SessionProbe(db=NoSessions(), session_id="no uuid"),
    ],
)
def test_probes_keep_the_laws_where_the_target_is_gone_too(probe: Any) -> None:
    asyncio.run(check_probe(probe))


def test_a_probe_that_raises_or_gives_no_reason_is_found() -> None:
    class Raises:
        async def check(self) -> Health:
            raise ConnectionError

    broken("and not a ConnectionError", check_probe(Raises()))
    broken("says why", check_probe(ScriptedHealth(answers=(Health(healthy=False),))))


# Approvers, observers, imagers.


@pytest.mark.parametrize(
    "approver",
    [DenyAll(), LeaveToLater(), AskFunction(ask=lambda request: True), ScriptedApprover(answers=[True, None])],
)
def test_approvers_keep_the_laws(approver: Any) -> None:
    asyncio.run(check_approver(approver))


def test_an_approver_whose_decision_is_about_something_else_is_found() -> None:
    class Always:
        async def decide(self, request: ApprovalRequest) -> Decision | None:
            return Decision(call_id=request.call.id, binding="whatever", approve=True)

    broken("repeats what it is about", check_approver(Always()))


def test_observers_keep_the_laws_and_one_that_has_to_be_awaited_or_changes_notices_is_found() -> None:
    check_observer(RecordingObserver())

    class Waits:
        async def _later(self) -> None:
            """Nothing."""

        def notice(self, notice: Notice) -> Any:
            made = self._later()
            made.close()
            return made

    class Changes:
        def notice(self, notice: Notice) -> None:
            notice.data["seen"] = True

    with pytest.raises(LawBrokenError, match="returns at once"):
        check_observer(Waits())
    with pytest.raises(LawBrokenError, match="not changed"):
        check_observer(Changes())


def test_imagers_keep_the_laws_and_one_that_gives_what_was_not_wished_is_found() -> None:
    wish = ImageWish(side=100, bytes=10_000)
    asyncio.run(check_imager(FakeImager(), PIXEL, "image/png", wish))
    pytest.importorskip("PIL.Image", reason="Pillow is not installed: pip install 'polyloop[x11]'")
    asyncio.run(check_imager(PillowImager(), PIXEL, "image/png", wish))

    class Same:
        async def fit(self, data: bytes, media_type: str, wish: ImageWish) -> tuple[bytes, str] | None:
            return data, media_type

    broken("that is made fits", check_imager(Same(), PIXEL, "image/png", ImageWish(bytes=8)))
    broken("nothing is made", check_imager(Same(), PIXEL, "image/png", wish))
