"""Prepared actions: what is kept of their steps."""

from __future__ import annotations

import asyncio
import json

from polyloop.loop import Image, tool
from polyloop.loop.testing import PIXEL, FakeClock, FakeComputer, RecordingContext, call
from polyloop.loop.tools.computer import ComputerTool
from polyloop.loop.tools.custom_action import custom_action_tool
from polyloop.translate import hub


@tool
def chart() -> list[Image | str]:
    """Draw a chart."""
    return ["a chart", Image(data=PIXEL * 100)]


def test_no_image_of_a_step_is_in_the_journal_and_the_screen_is_shown_at_the_end() -> None:
    computer = ComputerTool(computer=FakeComputer(), definition=hub.Tool(name="computer"), clock=FakeClock())
    click = {"name": "computer", "parameters": {"action": "left_click", "coordinate": [1, 2]}}
    steps = {"draw": {"tools": [{"name": "chart", "parameters": {}}, click]}}
    made = custom_action_tool(steps, {"computer": computer, "chart": chart})
    context = RecordingContext()
    outcome = asyncio.run(made.run(call("a", "custom_action", {"action_name": "draw"}), context))
    assert outcome.outcome == "ok"
    assert [type(part).__name__ for part in outcome.parts] == ["Text", "Media"]
    assert [name for name, _ in context.acted] == ["0", "1.0"]
    assert len(json.dumps(context.results)) < 300
