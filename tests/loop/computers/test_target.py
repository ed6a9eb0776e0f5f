"""The remote target: what reaches its applications equals the simulated desktop's trace, and none of its traps is stepped into."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Iterator

import httpx
import pytest
from hypothesis import find, given

from polyloop.loop.computers.errors import (
    ActionInterruptedError,
    ComputerClosedError,
    DriverError,
    LostComputerError,
    MissingTargetError,
    NotPerformableError,
    ScreenChangedError,
)
from polyloop.loop.computers.target import TargetComputer
from polyloop.loop.computers.target_requests import Ask, requests_of
from polyloop.translate.computer_use.actions import (
    Click,
    Drag,
    HoldKey,
    Key,
    KeyDown,
    LongPress,
    MouseDown,
    Move,
    Navigate,
    ScreenAction,
    Scroll,
    Type,
    Wait,
    press,
)
from polyloop.translate.computer_use.coordinates import Frame, OutOfRangeError, Size
from polyloop.translate.computer_use.keys import UnknownKeyError
from polyloop.translate.computer_use.placement import place
from polyloop.translate.computer_use.points import ScreenPoint
from polyloop.translate.errors import PolyloopError
from polyloop.translate.testing.actions import actions

from .scenario import SCENARIO, SIZE, Received, expected, joined
from .stand_in_target import Refused, StandInTarget, png, running

FRAME = Frame(screen=SIZE, sent=SIZE)
PICTURE = base64.b64encode(png(SIZE.width, SIZE.height)).decode()


@pytest.fixture
def target() -> Iterator[StandInTarget]:
    with running(StandInTarget(SIZE.width, SIZE.height)) as stand_in:
        yield stand_in


def using(target: StandInTarget, use: Callable[[TargetComputer], Awaitable[None]]) -> list[float]:
    """Use the target's computer; return the pauses it made, none of which is waited for."""
    pauses: list[float] = []

    async def noted(seconds: float) -> None:
        pauses.append(seconds)

    async def run() -> None:
        async with TargetComputer(target.url, sleep=noted) as computer:
            await use(computer)

    asyncio.run(run())
    return pauses


def received_after(target: StandInTarget, *steps: ScreenAction) -> list[Received]:
    async def use(computer: TargetComputer) -> None:
        for step in steps:
            await computer.perform(step)

    using(target, use)
    return joined(target.received)


def refused_with(target: StandInTarget, kind: type[Exception], step: ScreenAction, match: str | None = None) -> None:
    """The action is refused before anything of it was asked."""

    async def use(computer: TargetComputer) -> None:
        await computer.screenshot()
        with pytest.raises(kind, match=match):
            await computer.perform(step)

    using(target, use)
    assert target.received == []
    assert {action for action, _ in target.asked} <= {"screenshot", "cursor_position"}


def test_the_scenario_reaches_the_target_as_it_reaches_the_simulated_desktop(target: StandInTarget) -> None:
    async def use(computer: TargetComputer) -> None:
        for _ in range(20):
            target.received.clear()
            target.pointer = (512, 384)
            for step in SCENARIO:
                await computer.perform(step)
            assert joined(target.received) == expected()

    using(target, use)
    assert target.stalls == 0
    assert target.shell == []


def answering(target: StandInTarget) -> httpx.MockTransport:
    """Reach the target without a socket."""

    def answer(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        try:
            output, complaints, pictured = target.perform(request.url.path.removeprefix("/tool_use/"), body)
        except Refused as error:
            return httpx.Response(400, json={"error": str(error)})
        picture = PICTURE if pictured else None
        return httpx.Response(200, json={"output": output, "error": complaints, "base64_image": picture})

    return httpx.MockTransport(answer)


async def acted(target: StandInTarget, action: ScreenAction) -> list[Received] | None:
    """Do an action with nothing waited for; return what was received, None where it was refused."""

    async def no_time(seconds: float) -> None:
        """Let no time go by."""

    async with httpx.AsyncClient(transport=answering(target), trust_env=False) as client:
        computer = TargetComputer("http://target", client=client, sleep=no_time)
        try:
            await computer.perform(action)
        except PolyloopError:
            return None
        finally:
            await computer.close()
    return joined(target.received)


@given(actions())
def test_any_action_reaches_it_as_it_reaches_the_simulated_desktop_or_is_refused(action: object) -> None:
    """And there is no stall, nothing in the shell, and a refusal leaves the target as it was."""
    try:
        placed = place(action, FRAME)  # type: ignore[arg-type]
    except OutOfRangeError:
        return
    target = StandInTarget(SIZE.width, SIZE.height)
    received = asyncio.run(acted(target, placed))
    assert (target.stalls, target.shell) == (0, [])
    if received is None:
        assert target.received == [] or "F24" in repr(placed)
    elif not (isinstance(placed, Scroll) and placed.unit == "pixel"):
        assert _text_keys(received) == _text_keys(expected([placed]))


@pytest.mark.parametrize("kind", [Click, Drag, Scroll, Type, Key, HoldKey, LongPress, MouseDown, Move])
def test_the_law_is_not_kept_by_refusing_everything(kind: type) -> None:
    def reaches_it(action: object) -> bool:
        if not isinstance(action, kind) or points_beside(action):
            return False
        target = StandInTarget(SIZE.width, SIZE.height)
        return bool(asyncio.run(acted(target, place(action, FRAME))))  # type: ignore[arg-type]

    def points_beside(action: object) -> bool:
        try:
            place(action, FRAME)  # type: ignore[arg-type]
        except OutOfRangeError:
            return True
        return False

    assert isinstance(find(actions(), reaches_it), kind)


def _text_keys(events: list[Received]) -> list[Received]:
    """A tabulator and a newline of a text are keys at the target."""
    keys = {"Tab": "\t", "Enter": "\n"}
    spelled = [
        ("text", keys[event[1]]) if event[0] == "key_down" and event[1] in keys else event
        for event in events
        if not (event[0] == "key_up" and event[1] in keys)
    ]
    return joined([("text", event[1].replace("\r\n", "\n")) if event[0] == "text" else event for event in spelled])


def test_a_click_where_the_pointer_is_does_not_wait_for_it(target: StandInTarget) -> None:
    there = ScreenPoint(700, 222)
    received_after(target, Click(at=there), Click(at=there), Move(at=there), Scroll(at=there, dy=1, unit="notch"))
    assert target.stalls == 0
    assert [event for event in target.received if event[0] == "move"] == [("move", 700, 222)]


def test_somebody_else_may_have_moved_the_pointer(target: StandInTarget) -> None:
    async def use(computer: TargetComputer) -> None:
        await computer.perform(Move(at=ScreenPoint(10, 10)))
        target.pointer = (20, 20)
        await computer.perform(Click(at=ScreenPoint(20, 20)))
        await computer.perform(Click(at=ScreenPoint(10, 10)))

    using(target, use)
    clicks = [(body.get("coordinate")) for action, body in target.asked if action == "left_click"]
    assert clicks == [None, [10, 10]]
    assert target.stalls == 0


def test_a_drag_begins_where_it_says(target: StandInTarget) -> None:
    received = received_after(target, Drag(path=(ScreenPoint(5, 6), ScreenPoint(70, 80))))
    assert received == [("move", 5, 6), ("down", "left", 1), ("move", 70, 80), ("up", "left")]


def test_modifiers_go_by_the_name_the_target_reads(target: StandInTarget) -> None:
    received_after(target, Click(at=ScreenPoint(1, 2), modifiers=("Control", "Shift")))
    assert target.asked[-1][1]["key"] == "ctrl+shift"
    assert "text" not in target.asked[-1][1]


@pytest.mark.parametrize("key", ["c; echo INJECTED", "$(reboot)", "a`b`", "Enter\n", "ctrl c", "no such key", ""])
def test_a_key_that_is_none_never_reaches_the_targets_shell(target: StandInTarget, key: str) -> None:
    refused_with(target, UnknownKeyError, Key(chords=(("Control", key),)))
    refused_with(target, UnknownKeyError, HoldKey(chord=(key,), seconds=1))
    refused_with(target, UnknownKeyError, Click(at=ScreenPoint(1, 1), modifiers=(key,)))


def test_characters_a_shell_reads_are_keysyms(target: StandInTarget) -> None:
    asked = [request for key in ";&|$`\\'\"()<>*? " for request in requests_of(press(key if key != " " else "Space"))]
    assert all(isinstance(request, Ask) and request.text and request.text.isalnum() for request in asked)


@pytest.mark.parametrize(
    "step",
    [
        Click(at=ScreenPoint(1024, 10)),
        Click(at=ScreenPoint(-1, 10)),
        Drag(path=(ScreenPoint(1, 1), ScreenPoint(1, 768))),
        Scroll(at=ScreenPoint(5000, 5000), dy=1, unit="notch"),
    ],
)
def test_out_of_range_is_refused_on_our_side_for_the_target_clamps(target: StandInTarget, step: ScreenAction) -> None:
    refused_with(target, OutOfRangeError, step)


@pytest.mark.parametrize(
    "step",
    [
        Click(button="right", count=2),
        Click(button="back"),
        MouseDown(button="middle"),
        Move(at=ScreenPoint(1, 1), modifiers=("Shift",)),
        Drag(path=(ScreenPoint(1, 1), ScreenPoint(2, 2)), modifiers=("Shift",)),
        KeyDown(key="Shift"),
        Navigate(url="https://example.org/"),
        HoldKey(chord=("Shift",), seconds=101),
        Type(text="a\x1b[31m"),
        Type(text="\ud83d"),
    ],
)
def test_what_the_target_has_no_means_for_is_refused(target: StandInTarget, step: ScreenAction) -> None:
    refused_with(target, NotPerformableError, step, "not executed")


def test_complaints_with_status_200_are_an_error_and_the_picture_is_kept(target: StandInTarget) -> None:
    async def use(computer: TargetComputer) -> None:
        with pytest.raises(DriverError, match="No such key name 'F24'"):
            await computer.perform(press("F24"))
        asked = len(target.asked)
        assert (await computer.screenshot()).startswith(b"\x89PNG")
        assert len(target.asked) == asked

    using(target, use)


def test_no_answer_means_that_nobody_knows_and_nothing_is_repeated(target: StandInTarget) -> None:
    target.silent_at = "left_click"

    async def use(computer: TargetComputer) -> None:
        await computer.screenshot()
        with pytest.raises(ActionInterruptedError) as raised:
            await computer.perform(Click(at=ScreenPoint(3, 4)))
        assert not isinstance(raised.value, PolyloopError)

    using(target, use)
    assert [action for action, _ in target.asked].count("left_click") == 1


def test_an_answer_of_status_500_means_that_nobody_knows(target: StandInTarget) -> None:
    target.failing_at = "type"

    async def use(computer: TargetComputer) -> None:
        with pytest.raises(ActionInterruptedError, match="status 500, it broke"):
            await computer.perform(Type(text="x"))

    using(target, use)
    assert [action for action, _ in target.asked] == ["type"]


def test_a_button_that_may_be_held_is_released(target: StandInTarget) -> None:
    target.silent_at = "left_click_drag"

    async def use(computer: TargetComputer) -> None:
        with pytest.raises(ActionInterruptedError):
            await computer.perform(Drag(path=(ScreenPoint(1, 1), ScreenPoint(9, 9))))
        await computer.release_held()
        await computer.release_held()

    using(target, use)
    assert [action for action, _ in target.asked].count("left_mouse_up") == 1


def test_a_screen_of_another_size_is_looked_at_before_it_is_acted_on(target: StandInTarget) -> None:
    async def use(computer: TargetComputer) -> None:
        await computer.screenshot()
        target.size = (800, 600)
        await computer.perform(Type(text="x"))
        with pytest.raises(ScreenChangedError, match="800x600 now and was 1024x768"):
            await computer.perform(Click(at=ScreenPoint(3, 4)))
        await computer.screenshot()
        assert await computer.size() == Size(800, 600)
        await computer.perform(Click(at=ScreenPoint(3, 4)))

    using(target, use)
    assert [action for action, _ in target.asked].count("left_click") == 1


def test_waiting_is_not_asked_of_the_target(target: StandInTarget) -> None:
    async def use(computer: TargetComputer) -> None:
        await computer.perform(Wait(seconds=300))
        await computer.perform(LongPress(at=ScreenPoint(5, 5), seconds=2))

    assert using(target, use) == [300.0, 2.0]
    assert [event[0] for event in target.received] == ["move", "down", "up"]


def test_a_missing_target_says_what_to_do(target: StandInTarget) -> None:
    target.url = "http://127.0.0.1:9"

    async def use(computer: TargetComputer) -> None:
        assert not (await computer.check()).healthy
        with pytest.raises(MissingTargetError, match="is the machine up"):
            await computer.screenshot()

    using(target, use)


def test_a_target_that_dies_in_mid_run_is_lost(target: StandInTarget) -> None:
    async def run() -> None:
        with running(StandInTarget()) as dying:
            computer = TargetComputer(dying.url)
            await computer.screenshot()
        with pytest.raises(LostComputerError, match="nothing was done"):
            await computer.perform(Click(at=ScreenPoint(3, 4)))
        with pytest.raises(LostComputerError):
            await computer.screenshot()
        health = await computer.check()
        assert not health.healthy
        assert "does not answer" in health.reason
        await computer.release_held()
        await computer.close()

    asyncio.run(run())


def test_health_is_told_in_the_targets_words(target: StandInTarget) -> None:
    async def use(computer: TargetComputer) -> None:
        assert (await computer.check()).healthy
        target.healthy = False
        assert "not running (vnc)" in (await computer.check()).reason

    using(target, use)


def test_what_is_no_target_is_told_so() -> None:
    async def run() -> None:
        for answer in (httpx.Response(200, text="<html>"), httpx.Response(404, json={"detail": "Not Found"})):
            transport = httpx.MockTransport(lambda request, answer=answer: answer)
            async with httpx.AsyncClient(transport=transport) as client:
                computer = TargetComputer("http://target", client=client)
                with pytest.raises(DriverError):
                    await computer.screenshot()
                await computer.close()
                with pytest.raises(ComputerClosedError):
                    await computer.screenshot()

    asyncio.run(run())


def test_a_part_of_the_screen_is_enlarged_here(target: StandInTarget) -> None:
    pytest.importorskip("PIL", reason="zooming needs Pillow")

    async def use(computer: TargetComputer) -> None:
        picture = await computer.zoom(ScreenPoint(100, 100), ScreenPoint(356, 292))
        assert picture[16:24] == (1024).to_bytes(4, "big") + (768).to_bytes(4, "big")

    using(target, use)
