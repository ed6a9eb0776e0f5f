"""Scripts in files: every record can be said, and what is wrong is named by its place."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from polyloop.transport.scripted import (
    BreakBody,
    ComputerAction,
    Fail,
    Keys,
    Limits,
    Refusal,
    Reply,
    Rule,
    Scenario,
    ScenarioError,
    Script,
    Settings,
    Silence,
    Step,
    Text,
    Thinking,
    TokenCounts,
    ToolCall,
    When,
    load,
)
from polyloop.transport.scripted.command import EXAMPLE
from polyloop.transport.scripted.script import FAULTS, parse

FILE: dict[str, Any] = {
    "screen": [1024, 768],
    "steps": [
        "Hello.",
        [{"thinking": "Hm.", "signature": "c2ln"}, {"refusal": "No."}],
        {
            "when": {"turns": 2, "outcome": "error", "has_image": False, "wire": "uitars"},
            "reply": {
                "parts": [
                    {"tool": "lookup", "arguments": {"a": [1, 1.5, None]}, "id": "call_1"},
                    {"action": "left_click", "input": {"coordinate": [1, 2]}},
                ],
                "stop": "max_tokens",
                "usage": {"input": 10, "output": 2, "reasoning": 1},
                "uitars": "Action: wait()",
                "documents": {"openai-chat": {"id": 1}},
            },
        },
    ],
    "otherwise": [{"text": "Bye."}],
    "outcome_marks": {"error": ["oops"]},
    "faults": [
        {"fault": "fail", "kind": "rate_limit", "retry_after": 2, "nth": 1},
        {"fault": "break_body", "after_bytes": 3, "rate": 0.5, "when": {"provider": "openai"}},
        {"fault": "silence", "nth": [2, 3]},
    ],
    "seed": 7,
    "keys": {"anthropic": "sk-mine"},
    "settings": {"chunk_bytes": 1, "models": {"openai": ["m"]}, "limits": {"uitars": {"images": 2}}},
}

SCRIPT = Script(
    scenario=Scenario(
        screen=(1024, 768),
        steps=(
            Step(reply=Reply(parts=(Text(text="Hello."),))),
            Step(reply=Reply(parts=(Thinking(text="Hm.", signature="c2ln"), Refusal(text="No.")))),
            Step(
                when=When(turns=2, outcome="error", has_image=False, wire="uitars"),
                reply=Reply(
                    parts=(
                        ToolCall(name="lookup", arguments={"a": [1, 1.5, None]}, id="call_1"),
                        ComputerAction(action="left_click", input={"coordinate": [1, 2]}),
                    ),
                    stop="max_tokens",
                    usage=TokenCounts(input=10, output=2, reasoning=1),
                    uitars="Action: wait()",
                    documents={"openai-chat": {"id": 1}},
                ),
            ),
        ),
        otherwise=Reply(parts=(Text(text="Bye."),)),
        outcome_marks={"error": ("oops",)},
    ),
    faults=(
        Rule(fault=Fail(kind="rate_limit", retry_after=2.0), nth=1),
        Rule(fault=BreakBody(after_bytes=3), rate=0.5, when=When(provider="openai")),
        Rule(fault=Silence(), nth=(2, 3)),
    ),
    seed=7,
    keys=Keys(anthropic="sk-mine"),
    settings=Settings(chunk_bytes=1, models={"openai": ("m",)}, limits={"uitars": Limits(images=2)}),
)


def test_a_file_says_what_the_records_say(tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_text(json.dumps(FILE))
    assert load(path) == load(str(path)) == SCRIPT


def test_the_example_is_a_script() -> None:
    assert len(parse(EXAMPLE).scenario.steps) == 4


def test_every_fault_has_a_name_in_files() -> None:
    needed: dict[str, Any] = {"fail": {"kind": "timeout"}}
    for name, kind in FAULTS.items():
        (rule,) = parse({"faults": [{"fault": name, **needed.get(name, {})}]}).faults
        assert type(rule.fault) is kind


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ([], "a script is an object, not array"),
        ({"stepz": []}, "the script: 'stepz' is not one of steps, otherwise, screen, outcome_marks"),
        ({"steps": {}}, "steps: expected an array, found object"),
        ({"steps": [17]}, "steps[0]: expected an object, found integer"),
        ({"steps": [[{"say": "x"}]]}, "steps[0][0]: a part has exactly one of text, thinking, refusal, tool, action"),
        ({"steps": [[{"text": "x", "tool": "y"}]]}, "steps[0][0]: a part has exactly one of"),
        ({"steps": [[{"text": 1}]]}, "steps[0][0].text: expected str, found integer"),
        ({"steps": [[{"tool": "x", "arguments": []}]]}, "steps[0][0].arguments: expected an object, found array"),
        ({"steps": [{"reply": {"stop": "bored"}}]}, "steps[0].reply.stop: expected one of end_turn, tool_use,"),
        ({"steps": [{"reply": "x", "when": {"turns": True}}]}, "steps[0].when.turns: expected int, found boolean"),
        ({"steps": [{"reply": "x", "when": {"turn": 1}}]}, "steps[0].when: 'turn' is not one of turns, text,"),
        ({"steps": [{"reply": {"usage": {"input": 1}}}]}, "steps[0].reply.usage: output is missing"),
        ({"screen": [1]}, "screen: expected 2 items, found 1"),
        ({"screen": "x"}, "screen: expected an array, found string"),
        ({"faults": [{"fault": "flood"}]}, "faults[0]: fault is one of hang_up, break_body"),
        ({"faults": [17]}, "faults[0]: fault is one of"),
        ({"faults": [{"fault": "fail"}]}, "faults[0]: kind is missing"),
        ({"faults": [{"fault": "hang_up", "nth": "one"}]}, "faults[0].nth: expected an array, found string"),
        ({"keys": {"google": "x"}}, "keys: 'google' is not one of anthropic, openai"),
        ({"settings": {"clock": 5}}, "settings.clock: expected nothing that a file can give, found integer"),
        ({"settings": {"limits": {"google": {}}}}, "settings.limits: expected one of anthropic, bedrock"),
        ({"seed": None}, "seed: expected int, found null"),
    ],
)
def test_what_is_wrong_is_named_by_its_place(value: Any, complaint: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        parse(value)
    assert complaint in str(raised.value)


def test_a_file_that_is_no_json_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_text("{")
    with pytest.raises(ScenarioError, match="the script is not JSON"):
        load(path)


def test_yaml_is_read_where_pyyaml_is_at_hand(tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")
    path = tmp_path / "script.yaml"
    path.write_text(yaml.safe_dump(FILE))
    assert load(path) == SCRIPT
    path.write_text("steps: [")
    with pytest.raises(ScenarioError, match="the script is not YAML"):
        load(path)


def test_yaml_without_pyyaml_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "script.yml"
    path.write_text("steps: []")
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(ScenarioError, match="needs the package PyYAML; write the script as JSON"):
        load(path)
