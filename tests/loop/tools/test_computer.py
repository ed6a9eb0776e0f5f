"""The computer tool: what reaches the computer, what is refused, and what is done once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from attrs import field, mutable

from polyloop.loop import texts
from polyloop.loop.journaling import OutcomeUnknownError
from polyloop.loop.ports import Perform, ToolOutcome
from polyloop.loop.testing import FakeClock, FakeComputer, check_computer
from polyloop.loop.tools.computer import ComputerTool, fitting_in
from polyloop.translate import hub
from polyloop.translate.computer_use.actions import (
    Action,
    AskUser,
    Click,
    CursorPosition,
    Done,
    Foreign,
    Move,
    Screenshot,
    Type,
    Zoom,
)
from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.computer_use.points import ModelPoint, ScreenPoint
from polyloop.translate.errors import PolyloopError
from polyloop.translate.jsonvalue import JsonObject


@mutable(kw_only=True)
class Journaled:
    """A context that remembers what was journaled, and what an earlier run left."""

    job: str = "job"
    key: str = "1.0.a"
    known: dict[str, JsonObject] = field(factory=dict)
    begun: set[str] = field(factory=set)
    acted: list[str] = field(factory=list)

    async def act(self, name: str, action: JsonObject, perform: Perform) -> JsonObject:
        if name in self.known:
            return self.known[name]
        if name in self.begun:
            raise OutcomeUnknownError(name)
        self.acted.append(name)
        self.known[name] = await perform()
        return self.known[name]


def run(computer: FakeComputer, *actions: Action, context: Journaled | None = None, **fields: Any) -> ToolOutcome:
    tool = ComputerTool(computer=computer, definition=hub.Tool(name="computer"), clock=FakeClock(), **fields)
    made = hub.Call(id="a", name="computer", form="computer", actions=actions)
    return asyncio.run(tool.run(made, context or Journaled()))


def at(x: int, y: int) -> ModelPoint:
    return ModelPoint(x, y)


def words(outcome: ToolOutcome) -> list[str]:
    return [part.text for part in outcome.parts if isinstance(part, hub.Text)]


def images(outcome: ToolOutcome) -> int:
    return sum(isinstance(part, hub.Media) for part in outcome.parts)


def test_actions_are_done_in_order_and_answered_with_one_screenshot() -> None:
    computer = FakeComputer()
    outcome = run(computer, Click(at=at(1, 2)), Type(text="x"))
    assert computer.done == [Click(at=ScreenPoint(1, 2)), Type(text="x")]
    assert (outcome.outcome, words(outcome), images(outcome)) == ("ok", [], 1)


def test_a_toolsets_action_is_answered_without_a_screenshot_unless_it_asks_for_one() -> None:
    assert images(run(FakeComputer(), Click(at=at(1, 2)), shows_each=False)) == 0
    assert images(run(FakeComputer(), Screenshot(), shows_each=False)) == 1


@pytest.mark.parametrize("point", [(1025, 5), (5, 769), (-1, 5)])
def test_a_point_beyond_the_screen_is_refused_with_its_numbers_and_nothing_is_done(point: tuple[int, int]) -> None:
    computer = FakeComputer()
    outcome = run(computer, Click(at=at(*point)))
    assert (outcome.outcome, computer.asked) == ("error", 0)
    assert str(point[0]) in words(outcome)[0]


def test_what_is_not_understood_is_never_executed_on_a_guess() -> None:
    computer = FakeComputer()
    foreign = Foreign(family="anthropic", tool="computer_20250124", document={}, reason="no action named wiggle")
    outcome = run(computer, foreign)
    assert (outcome.outcome, words(outcome), computer.asked) == ("error", ["Not executed: no action named wiggle."], 0)


def test_the_first_failure_ends_the_batch_and_says_how_far_it_came() -> None:
    computer = FakeComputer(failures={1: PolyloopError("the field is locked")})
    outcome = run(computer, Click(at=at(1, 1)), Type(text="x"), Click(at=at(2, 2)))
    assert computer.done == [Click(at=ScreenPoint(1, 1))]
    assert outcome.outcome == "error"
    assert words(outcome) == [
        "Not executed: the field is locked",
        "Of 3 actions 1 were done before this one, 1 after it were not executed.",
    ]
    assert computer.released == 1


def test_a_driver_that_breaks_leaves_the_outcome_unknown_and_shows_the_screen() -> None:
    computer = FakeComputer(failures={0: TimeoutError("10.0.0.7 did not answer")})
    outcome = run(computer, Click(at=at(1, 1)))
    assert (outcome.outcome, images(outcome)) == ("unknown", 1)
    assert words(outcome) == [f"{texts.UNKNOWN_OUTCOME} (TimeoutError)"]


@mutable(kw_only=True)
class Blind(FakeComputer):
    """A computer that acts, and shows nothing from the nth screenshot on."""

    shown: int = 0

    async def screenshot(self) -> bytes:
        self.shown -= 1
        if self.shown < 0:
            raise TimeoutError("10.0.0.7 did not answer")
        return await FakeComputer.screenshot(self)


def test_a_screen_that_cannot_be_shown_does_not_change_what_came_of_the_action() -> None:
    done = run(Blind(), Click(at=at(1, 1)))
    assert (done.outcome, words(done), images(done)) == ("ok", [texts.no_screenshot("TimeoutError")], 0)
    failed = run(Blind(failures={0: TimeoutError()}), Click(at=at(1, 1)))
    assert (failed.outcome, images(failed)) == ("unknown", 0)
    assert words(failed) == [f"{texts.UNKNOWN_OUTCOME} (TimeoutError)", texts.no_screenshot("TimeoutError")]


def test_a_screenshot_that_fails_inside_a_batch_says_what_was_done_before_it() -> None:
    computer = Blind()
    outcome = run(computer, Click(at=at(1, 1)), Screenshot(), Click(at=at(2, 2)))
    assert computer.done == [Click(at=ScreenPoint(1, 1))]
    assert outcome.outcome == "error"
    assert "Of 3 actions 1 were done before this one, 1 after it were not executed." in words(outcome)


def test_keys_that_cannot_be_released_do_not_change_what_came_of_the_action() -> None:
    @mutable(kw_only=True)
    class Stuck(FakeComputer):
        async def release_held(self) -> None:
            raise TimeoutError("10.0.0.7 did not answer")

    outcome = run(Stuck(failures={0: PolyloopError("the field is locked")}), Click(at=at(1, 1)))
    assert (outcome.outcome, words(outcome)) == (
        "error",
        ["Not executed: the field is locked", texts.not_released("TimeoutError")],
    )


def test_a_resumed_batch_goes_on_behind_the_actions_that_are_known() -> None:
    computer, context = FakeComputer(), Journaled(known={"0": {"outcome": "ok"}})
    outcome = run(computer, Click(at=at(1, 1)), Type(text="x"), context=context)
    assert computer.done == [Type(text="x")]
    assert (outcome.outcome, context.acted) == ("ok", ["1"])


def test_a_resumed_batch_ends_at_the_action_nobody_knows_the_outcome_of() -> None:
    computer, context = FakeComputer(), Journaled(known={"0": {"outcome": "ok"}}, begun={"1"})
    outcome = run(computer, Click(at=at(1, 1)), Type(text="x"), Type(text="y"), context=context)
    assert computer.done == []
    assert (outcome.outcome, images(outcome)) == ("unknown", 1)
    assert words(outcome) == [
        texts.UNKNOWN_OUTCOME,
        "Of 3 actions 1 were done before this one, 1 after it were not executed.",
    ]


def test_arguments_are_read_in_the_tools_vocabulary_where_the_wire_brings_no_actions() -> None:
    computer = FakeComputer()
    tool = ComputerTool(computer=computer, definition=hub.Tool(name="computer"), version="computer_20250124")
    made = hub.Call(
        id="a", name="computer", arguments=hub.Arguments(value={"action": "double_click", "coordinate": [3, 4]})
    )
    asyncio.run(tool.run(made, Journaled()))
    assert [(action.count, action.at) for action in computer.done if isinstance(action, Click)] == [
        (2, ScreenPoint(3, 4))
    ]


def test_the_pointers_place_is_told_in_the_models_numbers() -> None:
    computer = FakeComputer(width=2048, height=1536)
    frame = fitting_in(1024)
    outcome = run(computer, Move(at=at(10, 20)), CursorPosition(), frame=frame)
    assert computer.done == [Move(at=ScreenPoint(20, 40))]
    assert words(outcome) == ["X=10,Y=20"]


def test_a_large_screen_is_sent_smaller_and_in_its_own_shape() -> None:
    assert fitting_in(1568)(Size(1024, 768)).sent == Size(1024, 768)
    assert fitting_in(1000)(Size(2000, 1501)).sent == Size(1000, 750)


def test_zooming_without_the_means_is_said_and_not_faked() -> None:
    outcome = run(FakeComputer(), Zoom(top_left=at(0, 0), bottom_right=at(9, 9)))
    assert (outcome.outcome, words(outcome)[0]) == ("error", "Not executed: this computer cannot zoom.")


def test_zooming_gives_the_part_that_was_asked_for() -> None:
    class Lens(FakeComputer):
        async def zoom(self, top_left: ScreenPoint, bottom_right: ScreenPoint) -> bytes:
            return f"{top_left.x},{top_left.y} {bottom_right.x},{bottom_right.y}".encode()

    outcome = run(Lens(), Zoom(top_left=at(1, 2), bottom_right=at(9, 8)))
    (picture,) = outcome.parts
    assert isinstance(picture, hub.Media)
    assert picture.source == hub.Base64(media_type="image/png", data="MSwyIDksOA==")


def test_done_ends_the_run_as_completed_and_a_call_for_a_person_stops_it() -> None:
    assert run(FakeComputer(), Done(text="all set")).ends == "done"
    asked = run(FakeComputer(), AskUser(text="captcha"))
    assert asked.ends == "stop"
    assert asked.conclusion == {"success": False, "error": "User Needed", "error_description": "captcha"}


def test_a_call_without_an_action_is_an_error_and_not_a_screenshot() -> None:
    computer = FakeComputer()
    made = hub.Call(id="a", name="computer", arguments=hub.Arguments(value=[1]))
    tool = ComputerTool(computer=computer, definition=hub.Tool(name="computer"))
    outcome = asyncio.run(tool.run(made, Journaled()))
    assert (outcome.outcome, words(outcome)) == ("error", ["Not executed: the call names no action."])


def test_the_fake_computer_keeps_the_laws_of_computers() -> None:
    async def make() -> FakeComputer:
        return FakeComputer()

    asyncio.run(check_computer(make))
