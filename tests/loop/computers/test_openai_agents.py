"""Drivers of the OpenAI Agents SDK: what goes through one and back reaches the desktop as if nothing stood between, or is refused."""

from __future__ import annotations

import asyncio
import base64
import inspect
from typing import Any, Final

import pytest
from hypothesis import example, find, given

from polyloop.loop import computers
from polyloop.loop.computers import SimulatedComputer, draw, form_desktop
from polyloop.loop.computers.errors import ComputerClosedError, DriverError, NotPerformableError, ScreenChangedError
from polyloop.loop.computers.openai_agents import AgentsComputer, AgentsDriver
from polyloop.loop.computers.planning import plan
from polyloop.loop.testing import check_computer
from polyloop.translate.computer_use.actions import Click, Drag, Key, MouseDown, ScreenAction, Scroll, Type, Wait, press
from polyloop.translate.computer_use.coordinates import Frame, OutOfRangeError, Size
from polyloop.translate.computer_use.placement import place
from polyloop.translate.computer_use.points import ScreenPoint
from polyloop.translate.errors import PolyloopError
from polyloop.translate.testing.actions import actions, model_points

pytest.importorskip("PIL", reason="the desktop is drawn with Pillow")

SIZE: Final = Size(1024, 768)
PUBLISHED: Final = {
    "screenshot": [],
    "click": ["x", "y", "button"],
    "double_click": ["x", "y"],
    "scroll": ["x", "y", "scroll_x", "scroll_y"],
    "type": ["text"],
    "wait": [],
    "move": ["x", "y"],
    "keypress": ["keys"],
    "drag": ["path"],
}
"""The abstract methods of ``agents.AsyncComputer`` and what they are called with, openai-agents 0.24.0."""


class Plain:
    """A driver as people write them: sync, without ``keys``, and its calls kept."""

    dimensions: tuple[int, int] | None = (SIZE.width, SIZE.height)

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.picture = draw(form_desktop(SIZE))

    def screenshot(self) -> str:
        return base64.b64encode(self.picture).decode()

    def click(self, x: int, y: int, button: str) -> None:
        self.calls.append(("click", x, y, button))

    def double_click(self, x: int, y: int) -> None:
        self.calls.append(("double_click", x, y))

    def scroll(self, x: int, y: int, scroll_x: int, scroll_y: int) -> None:
        self.calls.append(("scroll", x, y, scroll_x, scroll_y))

    def type(self, text: str) -> None:
        self.calls.append(("type", text))

    def wait(self) -> None:
        self.calls.append(("wait",))

    def move(self, x: int, y: int) -> None:
        self.calls.append(("move", x, y))

    def keypress(self, keys: list[str]) -> None:
        self.calls.append(("keypress", keys))

    def drag(self, path: list[tuple[int, int]]) -> None:
        self.calls.append(("drag", path))


def done(*actions: ScreenAction, driver: Any = None) -> list[tuple[Any, ...]]:
    used = driver or Plain()

    async def run() -> None:
        computer = AgentsComputer(used)
        for action in actions:
            await computer.perform(action)

    asyncio.run(run())
    calls: list[tuple[Any, ...]] = used.calls
    return calls


def through(action: ScreenAction) -> SimulatedComputer | None:
    """Perform an action through both adapters; None where it is refused, and then nothing may have happened."""

    async def run() -> SimulatedComputer | None:
        simulated = SimulatedComputer(form_desktop(SIZE))
        computer = AgentsComputer(await AgentsDriver.of(simulated))
        try:
            await computer.perform(action)
        except PolyloopError:
            assert simulated.trace == ()
            return None
        return simulated

    return asyncio.run(run())


FRAME: Final = Frame(screen=SIZE, sent=SIZE)
SCREEN_ACTIONS: Final = (
    actions(model_points(SIZE.height - 1))
    .filter(lambda action: not isinstance(action, Wait))
    .map(lambda action: place(action, FRAME))
)


@given(SCREEN_ACTIONS)
@example(Type(text="née\nλ"))
@example(Key(chords=(("Control", "a"), ("Delete",)), repeat=2))
@example(Scroll(at=ScreenPoint(9, 9), dy=1, unit="unspecified"))
@example(Drag(path=(ScreenPoint(1, 1), ScreenPoint(2, 2)), modifiers=("Shift",)))
def test_what_goes_through_a_driver_does_to_the_desktop_what_it_does_without_one(action: ScreenAction) -> None:
    simulated = through(action)
    if simulated is None:
        return
    plan(action, SIZE)  # what is refused without a driver is refused with one

    async def directly() -> SimulatedComputer:
        computer = SimulatedComputer(form_desktop(SIZE))
        await computer.perform(action)
        return computer

    assert simulated.desktop == asyncio.run(directly()).desktop


@pytest.mark.parametrize("kind", [Click, Drag, Scroll, Type, Key])
def test_the_law_is_not_kept_by_refusing_everything(kind: type[ScreenAction]) -> None:
    find(SCREEN_ACTIONS, lambda action: isinstance(action, kind) and through(action) is not None)


def test_a_driver_keeps_the_laws_of_a_computer() -> None:
    async def made() -> AgentsComputer:
        return AgentsComputer(await AgentsDriver.of(SimulatedComputer(form_desktop(SIZE))))

    asyncio.run(check_computer(made))


def test_actions_are_the_drivers_methods() -> None:
    at = ScreenPoint(3, 4)
    assert done(
        Click(at=at),
        Click(at=at, button="middle"),
        Click(at=at, count=2),
        Scroll(at=at, dy=-2, unit="notch"),
        Click(),
        Drag(path=(ScreenPoint(9, 9),), from_cursor=True),
        press("Control", "a"),
        Type(text="a\nb"),
        Wait(),
    ) == [
        ("click", 3, 4, "left"),
        ("click", 3, 4, "wheel"),
        ("double_click", 3, 4),
        ("scroll", 3, 4, 0, -200),
        ("click", 3, 4, "left"),
        ("drag", [(3, 4), (9, 9)]),
        ("keypress", ["CTRL", "a"]),
        ("type", "a"),
        ("keypress", ["ENTER"]),
        ("type", "b"),
        ("wait",),
    ]


@pytest.mark.parametrize(
    "action",
    [
        MouseDown(at=ScreenPoint(1, 1)),
        Click(at=ScreenPoint(1, 1), count=3),
        Click(),
        Click(at=ScreenPoint(1, 1), modifiers=("Shift",)),
        Type(text="a\x07"),
    ],
)
def test_what_a_driver_has_no_means_for_is_refused_and_nothing_is_called(action: ScreenAction) -> None:
    driver = Plain()
    with pytest.raises(NotPerformableError):
        done(action, driver=driver)
    assert driver.calls == []


def test_a_point_beside_the_screen_is_refused() -> None:
    driver = Plain()
    with pytest.raises(OutOfRangeError):
        done(Click(at=ScreenPoint(1024, 5)), driver=driver)
    assert driver.calls == []


def test_a_screen_that_changed_its_size_is_looked_at_before_anything_is_done() -> None:
    async def run() -> list[tuple[Any, ...]]:
        driver = Plain()
        computer = AgentsComputer(driver)
        await computer.screenshot()
        driver.dimensions, driver.picture = (800, 600), draw(form_desktop(Size(800, 600)))
        with pytest.raises(ScreenChangedError):
            await computer.perform(Click(at=ScreenPoint(5, 5)))
        await computer.screenshot()
        await computer.perform(Click(at=ScreenPoint(5, 5)))
        return driver.calls

    assert asyncio.run(run()) == [("click", 5, 5, "left")]


def test_a_driver_without_dimensions_is_as_large_as_its_screenshot() -> None:
    driver = Plain()
    driver.dimensions = None
    assert asyncio.run(AgentsComputer(driver).size()) == SIZE


@pytest.mark.parametrize("said", ["", "no base64!", base64.b64encode(b"no picture").decode()])
def test_a_screenshot_that_is_none_is_an_error(said: str) -> None:
    driver = Plain()
    driver.screenshot = lambda: said  # type: ignore[method-assign]
    with pytest.raises(DriverError):
        asyncio.run(AgentsComputer(driver).screenshot())


def test_what_the_driver_raises_goes_through_for_nobody_knows_what_was_done() -> None:
    driver = Plain()

    def broken(x: int, y: int, button: str) -> None:
        raise OSError("gone")

    driver.click = broken  # type: ignore[method-assign]
    with pytest.raises(OSError, match="gone"):
        done(Click(at=ScreenPoint(1, 1)), driver=driver)


def test_a_closed_one_does_nothing_and_leaves_the_driver_alone() -> None:
    async def run() -> None:
        computer = AgentsComputer(Plain())
        await computer.close()
        await computer.close()
        with pytest.raises(ComputerClosedError):
            await computer.size()

    asyncio.run(run())


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_computer_of_ours_has_the_published_shape(name: str) -> None:
    method = getattr(AgentsDriver, name)
    parameters = list(inspect.signature(method).parameters.values())[1:]
    positional = [each.name for each in parameters if each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    assert inspect.iscoroutinefunction(method)
    assert positional == PUBLISHED[name]


def test_an_action_of_theirs_that_is_none_is_refused() -> None:
    async def run() -> None:
        simulated = SimulatedComputer(form_desktop(SIZE))
        driver = await AgentsDriver.of(simulated, environment="browser")
        assert (driver.dimensions, driver.environment) == ((1024, 768), "browser")
        for refused in (driver.click(1, 1, "nose"), driver.keypress(["NOSUCH"]), driver.drag([(1, 1)])):
            with pytest.raises(NotPerformableError):
                await refused
        with pytest.raises(OutOfRangeError):
            await driver.move(2000, 1)
        assert simulated.trace == ()

    asyncio.run(run())


def sdk() -> Any:
    return pytest.importorskip("agents", reason="the Agents SDK is not installed: pip install openai-agents")


def test_the_published_shape_is_the_sdks() -> None:
    theirs = sdk().AsyncComputer
    assert theirs.__abstractmethods__ == set(PUBLISHED)
    for name, parameters in PUBLISHED.items():
        assert list(inspect.signature(getattr(theirs, name)).parameters)[1:] == parameters


def test_the_sdk_runs_an_agent_on_a_computer_of_ours() -> None:
    """Its own runner and computer tool; only the model is a script."""
    agents = sdk()
    from openai.types.responses import ResponseComputerToolCall, ResponseOutputMessage, ResponseOutputText

    name = computers.find(form_desktop(SIZE), "Name")
    steps: list[Any] = [
        {"type": "click", "x": name.x, "y": name.y, "button": "left"},
        {"type": "type", "text": "Ada"},
        {"type": "keypress", "keys": ["CTRL", "a"]},
    ]
    script: list[Any] = [
        ResponseComputerToolCall.model_validate(
            {"id": "i", "call_id": "c", "type": "computer_call", "status": "completed", "pending_safety_checks": [], "actions": steps}
        ),
        ResponseOutputMessage(
            id="m",
            role="assistant",
            status="completed",
            type="message",
            content=[ResponseOutputText(type="output_text", text="Done.", annotations=[])],
        ),
    ]  # fmt: skip

    class Scripted(agents.Model):  # type: ignore[misc, name-defined]
        async def get_response(self, *given: Any, **further: Any) -> Any:
            return agents.ModelResponse(output=[script.pop(0)], usage=agents.Usage(), response_id=None)

        def stream_response(self, *given: Any, **further: Any) -> Any:
            raise NotImplementedError

    async def run() -> tuple[Any, SimulatedComputer]:
        simulated = SimulatedComputer(form_desktop(SIZE))
        agents.AsyncComputer.register(AgentsDriver)
        driver = await AgentsDriver.of(simulated)
        agent = agents.Agent(name="a", model=Scripted(), tools=[agents.ComputerTool(computer=driver)])
        ended = await agents.Runner.run(agent, "Fill in.", run_config=agents.RunConfig(tracing_disabled=True))
        return ended, simulated

    ended, simulated = asyncio.run(run())
    assert ended.final_output == "Done."
    field: Any = simulated.desktop["Name"]
    assert (field.text, field.anchor, field.caret) == ("Ada", 0, 3)


def test_a_driver_of_the_sdk_is_a_computer_of_ours() -> None:
    theirs = sdk().AsyncComputer

    class Driver(theirs):  # type: ignore[misc, valid-type]
        dimensions = (SIZE.width, SIZE.height)

        def __init__(self) -> None:
            self.calls: list[tuple[Any, ...]] = []

        async def screenshot(self) -> str:
            return ""

        async def click(self, x: int, y: int, button: str, *, keys: list[str] | None = None) -> None:
            self.calls.append(("click", x, y, button, keys))

        double_click = scroll = type = wait = move = keypress = drag = screenshot

    assert done(Click(at=ScreenPoint(1, 2), modifiers=("Control",)), driver=Driver()) == [
        ("click", 1, 2, "left", ["CTRL"])
    ]
