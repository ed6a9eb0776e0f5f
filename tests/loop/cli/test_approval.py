"""What a provider flags, from the command line: the job pauses, a person decides in the terminal or later, and nothing runs before."""

from __future__ import annotations

import os
import re
import select
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from polyloop.loop.cli.main import main
from polyloop.transport.scripted import Reply, Scenario, ScriptedProvider, Step, Text, ToolCall

from .test_jobs import RESULT, command, lines, state

pytest.importorskip("openai", reason="the client of this provider needs the SDK")

__all__ = ["state"]  # a fixture

CHECK = {"id": "cu_sc_1", "code": "malicious_instructions", "message": "The page tells the model what to do.\x1b[2J"}
CLICK = {"type": "click", "button": "left", "x": 320, "y": 134, "keys": None}
FLAGGED = {
    "id": "resp_flagged", "object": "response", "created_at": 1, "status": "completed", "model": "gpt-5.5", "error": None,
    "incomplete_details": None, "instructions": None, "metadata": {}, "parallel_tool_calls": True, "temperature": 1.0, "tool_choice": "auto",
    "tools": [], "top_p": 1.0,
    "output": [
        {"type": "computer_call", "id": "cu_1", "call_id": "call_1", "status": "completed", "actions": [CLICK], "pending_safety_checks": [CHECK]}
    ],
    "usage": {
        "input_tokens": 10, "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0}, "output_tokens": 5,
        "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 15,
    },
}  # fmt: skip
SCENARIO = Scenario(
    steps=(
        Step(reply=Reply(parts=(Text(text="I click."),), documents={"openai-responses": FLAGGED})),
        Step(reply=Reply(parts=(ToolCall(name="extraction", arguments={"data": {"name": "x", "result": RESULT}}),))),
    ),
    otherwise=Reply(parts=(Text(text="Done."),)),
    screen=(1024, 768),
)
RUN = ("run", "the task", "--provider", "openai", "--wire", "openai-responses", "--job", "j1")


@pytest.fixture
def server(state: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedProvider]:
    with ScriptedProvider.running(SCENARIO) as running:
        monkeypatch.setenv("OPENAI_API_KEY", running.keys.openai)
        monkeypatch.setenv("OPENAI_BASE_URL", running.base_url("openai"))
        yield running


def in_a_terminal(typed: str, *arguments: str) -> tuple[int, str]:
    """Run a command in a pseudo-terminal, type when it asks, and return its exit code and all that was shown."""
    pty = pytest.importorskip("pty", reason="no pseudo-terminals on this system")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "30"}
    process = subprocess.Popen(command(*arguments), stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    shown = b""
    try:
        while select.select([ours], [], [], 60)[0] and (chunk := os.read(ours, 65536)):
            shown += chunk
            if typed and b"[l]ater:" in shown:
                os.write(ours, typed.encode())
                typed = ""
    except OSError:
        pass  # how Linux tells that the other side is closed
    finally:
        os.close(ours)
    return process.wait(60), re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode("utf-8", "replace"))


def answers_to_the_call(server: ScriptedProvider) -> list[Any]:
    return [
        item
        for item in server.requests[-1].body["input"]
        if item.get("type") in ("computer_call_output", "function_call_output") and item["call_id"] == "call_1"
    ]


def test_without_a_terminal_the_job_pauses_until_a_person_has_decided(
    server: ScriptedProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*RUN, "--json", "--approve", "later"]) == 3
    told = lines(capsys.readouterr().out)[-1]
    assert (told["event"], told["status"]) == ("end", "paused")
    assert len(server.requests) == 1
    assert main(["jobs", "--json"]) == 0
    assert lines(capsys.readouterr().out)[0]["status"].startswith("paused")
    assert main(["resume", "j1", "--approve", "later"]) == 3
    assert "polyloop resume j1" in capsys.readouterr().err
    assert len(server.requests) == 1
    code, shown = in_a_terminal("y\n", "resume", "j1")
    assert code == 0, shown
    (answer,) = answers_to_the_call(server)
    assert answer["acknowledged_safety_checks"][0]["id"] == CHECK["id"]


@pytest.mark.parametrize(("typed", "acknowledged"), [("y\n", True), ("n\n", False)])
def test_a_person_at_the_terminal_is_asked_once_with_the_reason_and_the_action(
    typed: str, acknowledged: bool, server: ScriptedProvider
) -> None:
    code, shown = in_a_terminal(typed, *RUN)
    assert code == 0, shown
    assert "The page tells the model what to do." in shown
    assert "Allow it?" in shown
    assert shown.count("Allow it?") == 1
    assert '"action": "Click"' in shown
    (answer,) = answers_to_the_call(server)
    assert bool(answer.get("acknowledged_safety_checks")) is acknowledged


def test_later_pauses_and_deny_goes_on_without_it(server: ScriptedProvider) -> None:
    code, shown = in_a_terminal("l\n", *RUN)
    assert code == 3, shown
    assert "polyloop resume j1" in shown
    assert main(["resume", "j1", "--approve", "deny"]) == 0
    (answer,) = answers_to_the_call(server)
    assert not answer.get("acknowledged_safety_checks")
