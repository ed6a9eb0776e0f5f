"""Which step answers, and how its parts look on each wire: readable examples, one for each idea."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.transport.scripted.kit import ASK, ask, png

from polyloop.transport.scripted import (
    ComputerAction,
    Refusal,
    Reply,
    Scenario,
    ScenarioError,
    ScriptedProvider,
    Step,
    Text,
    Thinking,
    TokenCounts,
    ToolCall,
    When,
)
from polyloop.transport.scripted.choose import choose
from polyloop.transport.scripted.facts import Facts, Result


def says(words: str) -> Reply:
    return Reply(parts=(Text(text=words),))


def facts(**known: Any) -> Facts:
    return Facts(**{"model": "m", "turns": 0, **known})


def chosen(scenario: Scenario, known: Facts) -> str:
    (part,) = choose(scenario, known, "anthropic", "anthropic").parts
    assert isinstance(part, Text)
    return part.text


IN_TURN = Scenario(steps=(Step(reply=says("a")), Step(reply=says("b"))), otherwise=says("z"))


@given(st.integers(0, 5))
def test_steps_without_a_condition_come_in_turn(turns: int) -> None:
    assert chosen(IN_TURN, facts(turns=turns)) == {0: "a", 1: "b"}.get(turns, "z")


def test_a_bare_reply_is_a_step_and_lists_will_do() -> None:
    reply = Reply(parts=[Text(text="a")])
    assert Scenario(steps=[reply, Step(reply=reply)]) == Scenario(steps=(Step(reply=says("a")), Step(reply=says("a"))))


def test_a_condition_comes_before_the_turn_and_does_not_use_it_up() -> None:
    steps = (Step(reply=says("a")), Step(when=When(outcome="error"), reply=says("sorry")), Step(reply=says("b")))
    scenario = Scenario(steps=steps)
    failed = (Result(text="boom", is_error=True),)
    assert chosen(scenario, facts(turns=1)) == "b"
    assert chosen(scenario, facts(turns=1, results=failed)) == "sorry"
    with pytest.raises(ScenarioError, match="2 steps in turn and 1 with a condition"):
        chosen(scenario, facts(turns=2))


@pytest.mark.parametrize(
    ("when", "known", "holds"),
    [
        (When(), {}, True),
        (When(turns=1), {"turns": 1}, True),
        (When(turns=1), {"turns": 2}, False),
        (When(text="fox"), {"last_texts": ("a fox", "x")}, True),
        (When(text="fox"), {"all_texts": ("a fox",)}, False),
        (When(anywhere="fox"), {"all_texts": ("a fox",)}, True),
        (When(anywhere="fox"), {"instructions": "a fox"}, True),
        (When(result="42"), {"results": (Result(text="is 42"),)}, True),
        (When(result="42"), {"last_texts": ("is 42",)}, False),
        (When(outcome="ok"), {"results": (Result(text="fine"),)}, True),
        (When(outcome="ok"), {}, False),
        (When(outcome="error"), {"results": (Result(text="Error: no"),)}, True),
        (When(outcome="error"), {"results": (Result(text="Error: no", is_error=False),)}, False),
        (When(outcome="unknown"), {"results": (Result(text="Outcome unknown: crashed", is_error=True),)}, True),
        (When(has_image=True), {"has_new_image": True}, True),
        (When(has_image=False), {"has_new_image": True}, False),
        (When(tool="x"), {"tools": ("x", "y")}, True),
        (When(tool="x"), {"tools": ("y",)}, False),
        (When(model="m"), {}, True),
        (When(model="n"), {}, False),
        (When(provider="anthropic", wire="anthropic"), {}, True),
        (When(provider="bedrock"), {}, False),
        (When(wire="uitars"), {}, False),
        (When(turns=1, text="fox"), {"turns": 1}, False),
    ],
)
def test_a_condition_holds_when_all_of_it_does(when: When, known: dict[str, Any], holds: bool) -> None:
    scenario = Scenario(steps=(Step(when=when, reply=says("yes")),), otherwise=says("no"))
    assert chosen(scenario, facts(**known)) == ("yes" if holds else "no")


def test_marks_of_an_outcome_can_be_ones_own() -> None:
    marks: Any = {"error": ("fehler",), "unknown": ()}
    scenario = Scenario(
        steps=(Step(when=When(outcome="error"), reply=says("yes")),), otherwise=says("no"), outcome_marks=marks
    )
    assert chosen(scenario, facts(results=(Result(text="  Fehler: nein"),))) == "yes"
    assert chosen(scenario, facts(results=(Result(text="Error: no"),))) == "no"


SCREENSHOT = png(512, 384)
HISTORIES: dict[str, dict[str, Any]] = {
    "anthropic": {
        "messages": [
            ASK,
            {"role": "assistant", "content": [{"type": "tool_use", "id": "a", "name": "lookup", "input": {}}]},
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "a",
                        "is_error": True,
                        "content": [
                            {"type": "text", "text": "it broke"},
                            {
                                "type": "image",
                                "source": {"type": "base64", "media_type": "image/png", "data": SCREENSHOT},
                            },
                        ],
                    },
                    {"type": "text", "text": "and now?"},
                ],
            },
        ]
    },
    "openai-chat": {
        "messages": [
            {"role": "system", "content": "Be kind."},
            ASK,
            {
                "role": "assistant",
                "tool_calls": [{"id": "a", "type": "function", "function": {"name": "lookup", "arguments": "{}"}}],
            },
            {"role": "tool", "tool_call_id": "a", "content": "Error: it broke"},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "and now?"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64," + SCREENSHOT}},
                ],
            },
        ]
    },
    "openai-responses": {
        "input": [
            {"role": "user", "content": "Go on."},
            {"type": "function_call", "call_id": "a", "name": "lookup", "arguments": "{}"},
            {
                "type": "function_call_output",
                "call_id": "a",
                "output": [
                    {"type": "input_text", "text": "Error: it broke"},
                    {"type": "input_image", "image_url": "data:image/png;base64," + SCREENSHOT},
                ],
            },
            {"role": "user", "content": "and now?"},
        ]
    },
    "uitars": {
        "messages": [
            ASK,
            {"role": "assistant", "content": "Thought: hm\nAction: wait()"},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "Error: it broke; and now?"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64," + SCREENSHOT}},
                ],
            },
        ]
    },
}


@pytest.mark.parametrize("name", HISTORIES)
def test_every_wire_tells_the_same_facts(client: httpx.Client, name: str) -> None:
    when = When(turns=1, text="and now?", result="it broke", outcome="error", has_image=True)
    scenario = Scenario(steps=(Step(when=when, reply=says("yes")),), otherwise=says("no"))
    with ScriptedProvider.running(scenario) as server:
        assert '"yes"' in ask(client, server, name, **HISTORIES[name]).text.replace("content='yes'", '"yes"')
        assert '"yes"' not in ask(client, server, name).text


@pytest.mark.parametrize("name", HISTORIES)
def test_coordinates_follow_the_screenshot(client: httpx.Client, name: str) -> None:
    click = Reply(parts=(ComputerAction(action="left_click", input={"coordinate": [1000, 200]}),))
    with ScriptedProvider.running(Scenario(otherwise=click, screen=(1024, 768))) as server:
        said = ask(client, server, name, **HISTORIES[name]).text.replace("\\", "").replace(" ", "")
    assert {"uitars": "start_box='(500,100)'"}.get(name, '"coordinate":[500,100]') in said


ACTIONS: dict[str, tuple[dict[str, Any], str, Any]] = {
    "left_click": (
        {"coordinate": [1, 2]},
        "click(start_box='(1,2)')",
        {"type": "click", "button": "left", "x": 1, "y": 2},
    ),
    "right_click": (
        {"coordinate": [1, 2]},
        "right_single(start_box='(1,2)')",
        {"type": "click", "button": "right", "x": 1, "y": 2},
    ),
    "double_click": (
        {"coordinate": [1, 2]},
        "left_double(start_box='(1,2)')",
        {"type": "double_click", "x": 1, "y": 2, "keys": None},
    ),
    "mouse_move": ({"coordinate": [1, 2]}, "move_to(start_box='(1,2)')", {"type": "move", "x": 1, "y": 2}),
    "left_click_drag": (
        {"start_coordinate": [1, 2], "coordinate": [3, 4]},
        "drag(start_box='(1,2)', end_box='(3,4)')",
        {"type": "drag", "path": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]},
    ),
    "scroll": (
        {"coordinate": [1, 2], "scroll_direction": "up", "scroll_amount": 3},
        "scroll(start_box='(1,2)', direction='up')",
        {"type": "scroll", "x": 1, "y": 2, "scroll_x": 0, "scroll_y": -300},
    ),
    "key": ({"text": "ctrl+Return"}, "hotkey(key='ctrl enter')", {"type": "keypress", "keys": ["CTRL", "RETURN"]}),
    "type": ({"text": "it's\n"}, "type(content='it\\'s\\n')", {"type": "type", "text": "it's\n"}),
    "wait": ({"duration": 2}, "wait()", {"type": "wait"}),
    "screenshot": ({}, "screenshot()", {"type": "screenshot"}),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_is_said_in_each_wires_words(client: httpx.Client, action: str) -> None:
    details, text, openai = ACTIONS[action]
    reply = Reply(parts=(ComputerAction(action=action, input=details),))
    with ScriptedProvider.running(Scenario(otherwise=reply)) as server:
        said = ask(client, server, "uitars").json()["choices"][0]["message"]["content"]
        assert said == f"Action: {text}"
        item = ask(client, server, "openai-responses", tools=[{"type": "computer"}]).json()["output"][0]
        assert item["actions"] == [openai]
        use = ask(client, server, "anthropic", tools=[{"type": "computer_toolset_20260801"}]).json()["content"][0]
        assert (use["name"], use["toolset_name"], use["input"]) == (action, "computer", details)
        function = ask(client, server, "openai-chat").json()["choices"][0]["message"]["tool_calls"][0]["function"]
        assert (function["name"], json.loads(function["arguments"])) == ("computer", {"action": action, **details})


def test_an_action_can_be_an_input_of_the_classic_tool(client: httpx.Client) -> None:
    reply = Reply(parts=(ComputerAction(action="left_click", input={"coordinate": [1, 2]}),))
    tool = {"type": "computer_20250124", "name": "computer", "display_width_px": 9, "display_height_px": 9}
    with ScriptedProvider.running(Scenario(otherwise=reply)) as server:
        answer = ask(client, server, "legacyuse", tools=[tool], betas=["computer-use-2025-01-24"])
    use = answer.json()["content"][0]
    assert (use["name"], use["input"]) == ("computer", {"action": "left_click", "coordinate": [1, 2]})


@pytest.mark.parametrize(
    ("action", "details", "complaint"),
    [
        ("left_click", {}, "left_click needs coordinate to be a list of numbers"),
        ("left_click_drag", {"coordinate": [1, 2]}, "left_click_drag needs start_coordinate"),
        ("scroll", {"coordinate": [1, 2], "scroll_direction": "in"}, "scroll needs a direction"),
    ],
)
def test_an_action_without_what_it_needs_is_the_scenarios_problem(
    client: httpx.Client, action: str, details: dict[str, Any], complaint: str
) -> None:
    def use() -> None:
        reply = Reply(parts=(ComputerAction(action=action, input=details),))
        with ScriptedProvider.running(Scenario(otherwise=reply)) as server:
            ask(client, server, "openai-responses", tools=[{"type": "computer"}])

    with pytest.raises(ScenarioError, match=complaint):
        use()


def test_an_action_can_be_a_function_of_its_own_name(client: httpx.Client) -> None:
    reply = Reply(parts=(ComputerAction(action="left_click", input={"coordinate": [1, 2]}),))
    tool = {"type": "function", "function": {"name": "left_click"}}
    with ScriptedProvider.running(Scenario(otherwise=reply)) as server:
        call = ask(client, server, "openai-chat", tools=[tool]).json()["choices"][0]["message"]["tool_calls"][0]
    assert call["function"] == {"name": "left_click", "arguments": '{"coordinate":[1,2]}'}


def test_what_a_wire_has_no_words_for_is_the_scenarios_problem(client: httpx.Client) -> None:
    reply = Reply(parts=(ComputerAction(action="triple_click", input={"coordinate": [1, 2]}),))

    def use(name: str, **changes: Any) -> None:
        with ScriptedProvider.running(Scenario(otherwise=reply)) as server:
            assert ask(client, server, name, **changes).status_code == 500

    with pytest.raises(ScenarioError, match="UI-TARS has no verb for triple_click"):
        use("uitars")
    with pytest.raises(ScenarioError, match="no action for triple_click"):
        use("openai-responses", tools=[{"type": "computer"}])


def test_neighbouring_actions_are_one_batch(client: httpx.Client) -> None:
    parts = (
        ComputerAction(action="wait"),
        ComputerAction(action="screenshot"),
        Text(text="so"),
        ComputerAction(action="wait"),
    )
    with ScriptedProvider.running(Scenario(otherwise=Reply(parts=parts))) as server:
        batch = ask(client, server, "openai-responses", tools=[{"type": "computer"}]).json()["output"]
        uses = ask(client, server, "anthropic", tools=[{"type": "computer_toolset_20260801"}]).json()["content"]
    assert [item["type"] for item in batch] == ["computer_call", "message", "computer_call"]
    assert [action["type"] for action in batch[0]["actions"]] == ["wait", "screenshot"]
    assert [block.get("name") for block in uses] == ["wait", "screenshot", None, "wait"]
    assert len({block["id"] for block in uses if "id" in block}) == 3


@pytest.mark.parametrize(
    ("reply", "anthropic", "chat", "responses", "uitars"),
    [
        (says("x"), "end_turn", "stop", "completed", "stop"),
        (Reply(parts=(ToolCall(name="lookup"),)), "tool_use", "tool_calls", "completed", "stop"),
        (Reply(parts=(Text(text="x"),), stop="max_tokens"), "max_tokens", "length", "incomplete", "length"),
        (Reply(parts=(Refusal(text="no"),)), "refusal", "stop", "completed", "stop"),
        (Reply(stop="refusal"), "refusal", "content_filter", "incomplete", "stop"),
        (Reply(parts=(Text(text="x"),), stop="stop_sequence"), "stop_sequence", "stop", "completed", "stop"),
    ],
)
def test_a_stop_reason_has_a_word_on_every_wire(
    client: httpx.Client, reply: Reply, anthropic: str, chat: str, responses: str, uitars: str
) -> None:
    with ScriptedProvider.running(Scenario(otherwise=reply)) as server:
        message = ask(client, server, "anthropic", stop_sequences=["END"]).json()
        completion = ask(client, server, "openai-chat").json()
        response = ask(client, server, "openai-responses").json()
        sampled = ask(client, server, "uitars").json()
    assert message["stop_reason"] == anthropic
    assert message["stop_sequence"] == ("END" if anthropic == "stop_sequence" else None)
    assert completion["choices"][0]["finish_reason"] == chat
    assert response["status"] == responses
    assert sampled["choices"][0]["finish_reason"] == uitars


def test_a_refusal_in_words_stands_where_each_wire_puts_it(client: httpx.Client) -> None:
    reply = Reply(parts=(Text(text="Hm."), Refusal(text="No.")))
    with ScriptedProvider.running(Scenario(otherwise=reply)) as server:
        message = ask(client, server, "openai-chat").json()["choices"][0]["message"]
        assert (message["content"], message["refusal"]) == ("Hm.", "No.")
        (item,) = ask(client, server, "openai-responses").json()["output"]
        assert [part["type"] for part in item["content"]] == ["output_text", "refusal"]
        assert ask(client, server, "anthropic").json()["stop_details"]["type"] == "refusal"


def test_scripted_counts_are_said_by_each_wires_rules(client: httpx.Client) -> None:
    counts = TokenCounts(input=100, output=50, cache_read=30, cache_write=20, reasoning=10)
    with ScriptedProvider.running(Scenario(otherwise=Reply(parts=(Text(text="x"),), usage=counts))) as server:
        anthropic = ask(client, server, "anthropic").json()["usage"]
        chat = ask(client, server, "openai-chat").json()["usage"]
        responses = ask(client, server, "openai-responses").json()["usage"]
    assert (anthropic["input_tokens"], anthropic["cache_read_input_tokens"]) == (100, 30)
    assert (chat["prompt_tokens"], chat["prompt_tokens_details"]["cached_tokens"], chat["total_tokens"]) == (
        150,
        30,
        200,
    )
    assert (responses["input_tokens"], responses["output_tokens_details"]["reasoning_tokens"]) == (150, 10)


def test_counts_grow_with_the_conversation(client: httpx.Client) -> None:
    with ScriptedProvider.running(Scenario(otherwise=says("x"))) as server:
        short = ask(client, server, "anthropic").json()["usage"]["input_tokens"]
        long = ask(client, server, "anthropic", **HISTORIES["anthropic"]).json()["usage"]["input_tokens"]
    assert long > short + 1500, "a screenshot is 1,500 tokens"


def test_reasoning_is_encrypted_when_it_is_asked_for(client: httpx.Client) -> None:
    reply = Reply(parts=(Thinking(text="hm"), Text(text="x")))
    with ScriptedProvider.running(Scenario(otherwise=reply)) as server:
        stored = ask(client, server, "openai-responses", store=True).json()["output"][0]
        asked = ask(client, server, "openai-responses", store=True, include=["reasoning.encrypted_content"]).json()[
            "output"
        ][0]
        unstored = ask(client, server, "openai-responses", store=False).json()["output"][0]
    assert "encrypted_content" not in stored
    assert asked["encrypted_content"] == unstored["encrypted_content"]


def test_several_choices_are_several(client: httpx.Client) -> None:
    with ScriptedProvider.running(Scenario(otherwise=says("x"))) as server:
        choices = ask(client, server, "openai-chat", n=3).json()["choices"]
    assert [choice["index"] for choice in choices] == [0, 1, 2]


def test_the_uitars_renderer_escapes_what_it_quotes(client: httpx.Client) -> None:
    reply = Reply(parts=(ToolCall(name="note", arguments={"text": 'it\'s\n"ok" \\'}),))
    with ScriptedProvider.running(Scenario(otherwise=reply)) as server:
        said = ask(client, server, "uitars").json()["choices"][0]["message"]["content"]
    body = said.removeprefix("Action: note(json='").removesuffix("')")
    unescaped = body.replace("\\\\", "\0").replace("\\'", "'").replace("\0", "\\")
    assert json.loads(unescaped) == {"text": 'it\'s\n"ok" \\'}
