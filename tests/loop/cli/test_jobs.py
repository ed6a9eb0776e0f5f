"""The commands that run jobs, against the scripted provider: what they print, their exit codes, and what is left behind."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from polyloop.loop.cli.asking import TerminalApprover, approver_of
from polyloop.loop.cli.main import COMMANDS, main
from polyloop.loop.cli.views import call_line, shown
from polyloop.loop.computers.browser import find_browser
from polyloop.loop.ports import ApprovalRequest
from polyloop.loop.safety import DenyAll, LeaveToLater
from polyloop.translate import hub
from polyloop.transport.scripted import (
    ComputerAction,
    Reply,
    Rule,
    Scenario,
    ScriptedProvider,
    Silence,
    Step,
    Text,
    ToolCall,
)

from ..computers.stand_in_target import StandInTarget, running
from ..computers.test_x11 import missing as display_missing

pytest.importorskip("anthropic", reason="the client of this provider needs the SDK")
pytest.importorskip("PIL", reason="drawing the desktop needs Pillow")

RESULT = {"name": "Ada"}
SCENARIO = Scenario(
    steps=(
        Step(reply=Reply(parts=(Text(text="Let me look."), ComputerAction(action="screenshot")))),
        Step(
            reply=Reply(
                parts=(Text(text="There."), ComputerAction(action="left_click", input={"coordinate": [320, 134]}))
            )
        ),
        Step(reply=Reply(parts=(ToolCall(name="extraction", arguments={"data": {"name": "x", "result": RESULT}}),))),
    ),
    otherwise=Reply(parts=(Text(text="Done."),)),
    screen=(1024, 768),
)
RUN = ("run", "the task", "--provider", "anthropic", "--job", "j1")


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for jobs, and no provider but the scripted one."""
    for name in list(os.environ):
        if name.startswith(("ANTHROPIC_", "OPENAI_", "UITARS_", "LEGACYUSE_", "AWS_", "CLOUD_ML_", "POLYLOOP_CONFIG")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def server(state: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedProvider]:
    with ScriptedProvider.running(SCENARIO) as running:
        point_at(running, monkeypatch)
        yield running


def point_at(server: ScriptedProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", server.keys.anthropic)
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.base_url("anthropic"))


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_task_is_run_listed_and_shown(
    server: ScriptedProvider, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(RUN) == 0
    out, err = capsys.readouterr()
    assert json.loads(out[out.index("{\n") :]) == RESULT
    assert "> left_click (320, 134)" in out
    assert re.fullmatch(r"j1 done \(4 steps, [\d,]+ tokens, .*\); look at it with: polyloop show j1\n", err)

    assert main(["jobs", "--json"]) == 0
    (listed,) = lines(capsys.readouterr().out)
    assert (listed["job"], listed["status"], listed["steps"], listed["task"]) == ("j1", "completed", 4, "the task")
    assert main(["jobs"]) == 0
    assert "j1" in capsys.readouterr().out
    assert main(["jobs", "--names"]) == 0
    assert capsys.readouterr().out == "j1\n"

    assert main(["show", "j1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"job": "j1", "status": "completed", "steps": 4, "page": "j1.html"}
    page = (state / "j1.html").read_text(encoding="utf-8")
    assert 'data-x="320" data-y="134"' in page

    # What is done stays done.
    asked = len(server.requests)
    assert main(["resume", "j1", "--json"]) == 0
    assert lines(capsys.readouterr().out)[-1]["result"] == RESULT
    assert len(server.requests) == asked
    assert main(["cancel", "j1"]) == 1
    assert "had ended already" in capsys.readouterr().out
    assert main(RUN) == 2
    assert "polyloop resume j1" in capsys.readouterr().err


@pytest.mark.parametrize("computer", ["xvfb", "browser", "target"])
def test_a_task_is_run_on_a_real_screen(
    computer: str, server: ScriptedProvider, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if computer == "xvfb" and display_missing():
        pytest.skip(display_missing())
    if computer == "browser" and not (find_spec("playwright") and find_browser()):
        pytest.skip("no browser: pip install polyloop[browser], apt-get install chromium")
    with running(StandInTarget(1024, 768)) as target:
        name = target.url if computer == "target" else f"{computer}:1024x768"
        assert main([*RUN, "--computer", name]) == 0
    if computer == "target":
        assert target.received == [("move", 320, 134), ("down", "left", 1), ("up", "left")]
    assert main(["show", "j1"]) == 0
    assert 'data-x="320" data-y="134"' in (state / "j1.html").read_text(encoding="utf-8")


def test_a_target_that_dies_in_mid_run_ends_it_and_it_goes_on_when_it_is_back(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = StandInTarget(1024, 768)
    with ScriptedProvider.running(SCENARIO) as server, running(target):
        point_at(server, monkeypatch)
        target.silent_at = "left_click"
        assert main([*RUN, "--computer", target.url, "--max-steps", "2"]) == 1
        told = json.dumps(server.requests[-1].body)
        target.silent_at, target.healthy = None, False
        assert main(["resume", "j1"]) == 0  # what is asked for next needs no screen
        unknown = json.dumps(server.requests[-2].body)
    assert "unknown" not in told
    assert "unknown" in unknown
    # The click was asked for once; nobody knows what came of it, so nobody asked again.
    assert [action for action, _ in target.asked].count("left_click") == 1


def test_what_happens_is_told_as_json_for_scripts(server: ScriptedProvider, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*RUN, "--json"]) == 0
    told = lines(capsys.readouterr().out)
    assert told[0] == {"event": "begin", "job": "j1"}
    assert [each["step"] for each in told if each["event"] == "reply"] == [1, 2, 3, 4]
    end = told[-1]
    assert (end["event"], end["status"], end["result"], end["steps"]) == ("end", "done", RESULT, 4)


def test_a_limit_ends_it_with_1_and_it_goes_on_from_there(
    server: ScriptedProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*RUN, "--max-steps", "2"]) == 1
    assert "polyloop resume j1" in capsys.readouterr().err
    assert main(["resume", "j1"]) == 0
    out, err = capsys.readouterr()
    assert re.findall(r"^step (\d+) ", out, re.MULTILINE) == ["3", "4"]  # of the job, not of this command
    assert "(4 steps, " in err
    clicks = [request for request in server.requests if "left_click" in json.dumps(request.body)]
    assert clicks
    assert len(server.requests) == 4


def test_words_at_the_end_are_a_result_too(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with ScriptedProvider.running(Scenario(otherwise=Reply(parts=(Text(text="It is 4 degrees."),)))) as server:
        point_at(server, monkeypatch)
        assert main(RUN) == 0
    assert capsys.readouterr().out.endswith("It is 4 degrees.\n")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "import sys; from polyloop.loop.cli import main; sys.exit(main())", *arguments]


def test_in_a_terminal_a_panel_is_kept_up_to_date(server: ScriptedProvider) -> None:
    pytest.importorskip("rich", reason="the panel needs rich")
    pty = pytest.importorskip("pty", reason="no pseudo-terminals on this system")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "LINES": "30"}
    process = subprocess.Popen(
        command(*RUN), stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE, env=environment
    )
    os.close(theirs)
    drawn = b""
    try:
        while chunk := os.read(ours, 65536):
            drawn += chunk
    except OSError:
        pass  # how Linux tells that the other side is closed
    finally:
        os.close(ours)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    text = drawn.decode("utf-8", "replace")
    for said in ("step 4", "> left_click (320, 134)", "tokens", "Ctrl-C", "Done."):
        assert said in text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_a_job_that_can_be_resumed(
    number: signal.Signals, state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with ScriptedProvider.running(SCENARIO, faults=[Rule(fault=Silence(gate="g"), nth=3)]) as server:
        point_at(server, monkeypatch)
        process = subprocess.Popen(
            command(*RUN), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            assert server.reached("g").wait(60)
            process.send_signal(number)
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
            server.release("g")
        assert process.returncode == 130
        assert "go on with: polyloop resume j1" in err
        assert "Traceback" not in err
        assert main(["jobs", "--json"]) == 0
        (listed,) = lines(capsys.readouterr().out)
        assert (listed["status"], listed["steps"]) == ("cancelled", 2)
        assert main(["resume", "j1", "--json"]) == 0
        told = lines(capsys.readouterr().out)
        answered = [request.body for request in server.requests if request.fault is None]
        assert main(["jobs", "--json"]) == 0
        (listed,) = lines(capsys.readouterr().out)
    assert [each["step"] for each in told if each["event"] == "reply"] == [3, 4]
    assert (told[-1]["result"], told[-1]["steps"]) == (RESULT, 4)
    assert (told[-1]["tokens"], told[-1]["cost"]) == (listed["tokens"], listed["cost"])  # those of all of the job
    # Each step was asked for once: what was done before the interrupt stands in the history, and was not done again.
    assert len(answered) == 4


def test_a_job_is_cancelled_while_it_runs_elsewhere(
    state: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with ScriptedProvider.running(SCENARIO, faults=[Rule(fault=Silence(gate="g"), nth=2)]) as server:
        point_at(server, monkeypatch)
        process = subprocess.Popen(
            command(*RUN), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            assert server.reached("g").wait(60)
            assert main(["jobs", "--json"]) == 0
            assert lines(capsys.readouterr().out)[0]["status"] == "running"
            assert main(["cancel", "j1", "--json"]) == 0
            server.release("g")
            _, err = process.communicate(timeout=60)
        finally:
            process.kill()
        assert process.returncode == 1
        assert "cancelled, or is run elsewhere" in err
    assert main(["jobs", "--json"]) == 0
    assert lines(capsys.readouterr().out)[-1]["status"].startswith("cancelled")


def test_an_unreadable_job_is_told_and_spoils_no_other(
    server: ScriptedProvider, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(RUN) == 0
    assert main([*RUN[:-1], "j2"]) == 0
    path = state / "state" / "polyloop" / "jobs.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE journal SET schema = 99 WHERE job = 'j1' AND sequence = 2")
    connection.close()
    capsys.readouterr()
    assert main(["jobs", "--json"]) == 0
    assert {each["job"]: each["status"] for each in lines(capsys.readouterr().out)} == {
        "j1": "unreadable",
        "j2": "completed",
    }
    assert main(["show", "j1"]) == 2
    assert "schema 99" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["show", "nope"], "polyloop jobs"),
        (["resume", "nope"], "polyloop jobs"),
        (["cancel", "nope"], "polyloop jobs"),
        (["jobs", "--store", "/dev/null/jobs.sqlite"], "--store"),
        (["run", "x", "--provider", "anthropic", "--store", "/dev/null/jobs.sqlite"], "cannot make /dev/null"),
        (["jobs", "--store", "no such file.sqlite"], "there is no file no such file.sqlite"),
        (["resume", "j1", "--store", "no such file.sqlite"], "there is no file no such file.sqlite"),
        (["run", "x", "--provider", "nobody"], "the providers are anthropic"),
        (["run", "x", "--provider", "anthropic", "--computer", "toaster"], "simulated, x11"),
        (["run", "x", "--provider", "anthropic", "--tools", "v9"], "computer_use_20250124"),
        (["run", "x", "--provider", "anthropic"], "ANTHROPIC_API_KEY"),
        (["run", " ", "--provider", "anthropic"], "the task is empty"),
        (["check", "--provider", "nobody"], "the providers are anthropic"),
    ],
)
def test_what_is_wrong_is_one_line_that_says_what_to_do(
    arguments: list[str], says: str, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert says in err
    assert err.startswith("polyloop: ")
    assert err.count("\n") == 1
    if "/dev/null/jobs.sqlite" not in arguments:
        assert main(["jobs", "--names"]) == 0
        assert capsys.readouterr().out == "", "nothing was begun"


@pytest.mark.parametrize(
    "given",
    [
        ["--max-cost", "-1"],
        ["--max-cost", "free"],
        ["--max-steps", "0"],
        ["--max-seconds", "nan"],
        ["--max-cost", "nan"],
    ],
)
def test_a_limit_that_is_none_is_refused(given: list[str], state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main([*RUN, *given])
    assert raised.value.code == 2
    assert "is not a" in capsys.readouterr().err


def test_a_missing_screen_says_what_to_do_and_the_job_can_go_on(
    server: ScriptedProvider, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    assert main([*RUN, "--computer", "x11"]) == 2
    assert "set DISPLAY" in capsys.readouterr().err
    assert main([*RUN[:-1], "j2", "--computer", "http://127.0.0.1:9"]) == 2
    assert "is the machine up" in capsys.readouterr().err
    assert server.requests == []


def test_check_says_of_each_provider_what_is_known(
    server: ScriptedProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--json"]) == 0
    found = {each["provider"]: each for each in lines(capsys.readouterr().out)}
    assert set(found) == {"anthropic", "bedrock", "vertex", "legacyuse", "openai", "uitars"}
    assert found["anthropic"]["healthy"] is True
    assert found["openai"]["configured"] is False
    assert "OPENAI_API_KEY" in found["openai"]["detail"]
    assert main(["check", "--provider", "openai"]) == 1
    assert "OPENAI_API_KEY" in capsys.readouterr().out


def test_check_of_a_wrong_key_exits_with_1(
    server: ScriptedProvider, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "wrong")
    assert main(["check", "--json", "--provider", "anthropic"]) == 1
    (found,) = lines(capsys.readouterr().out)
    assert (found["reachable"], found["authenticated"], found["healthy"]) == (True, False, False)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main([name, "--help"])
    assert raised.value.code == 0
    text = capsys.readouterr().out
    assert "example:" in text
    assert f"polyloop {name}" in text
    assert callable(import_module(f"polyloop.loop.cli.{name}").run)


def request() -> ApprovalRequest:
    call = hub.Call(id="c1", name="computer", arguments=hub.Arguments(value={"action": "key", "text": "\x1b[2J"}))
    return ApprovalRequest(job="j", call=call, screenshot=None, binding="b", reasons=("risky",))


@pytest.mark.parametrize(("typed", "approves"), [("y\n", True), ("maybe\nno\n", False), ("l\n", None), ("", None)])
def test_a_person_is_asked_and_the_answer_is_bound_to_the_question(
    typed: str, approves: bool | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    readable, writable = os.pipe()
    os.write(writable, typed.encode())
    os.close(writable)
    suspended: list[None] = []
    with os.fdopen(readable, buffering=1) as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        decision = asyncio.run(TerminalApprover(suspend=lambda: suspended.append(None)).decide(request()))
    assert (None if decision is None else decision.approve) is approves
    assert decision is None or (decision.call_id, decision.binding) == ("c1", "b")
    asked = capsys.readouterr().err
    assert "risky" in asked
    assert "\x1b" not in asked
    assert suspended


def test_nobody_is_asked_where_nobody_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with open(os.devnull) as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        assert isinstance(approver_of(None, lambda: None), LeaveToLater)
    assert isinstance(approver_of("deny", lambda: None), DenyAll)
    assert isinstance(approver_of("ask", lambda: None), TerminalApprover)


def test_a_terminal_is_not_told_what_to_do_by_a_model() -> None:
    assert shown("a\x1b]0;title\x07b\ud800\x9b") == "a\ufffd]0;title\ufffdb\ufffd\ufffd"
    assert "\x1b" not in call_line("computer", {"action": "type", "text": "\x1b[2J"})
    assert call_line("computer", {"action": "left_click", "coordinate": [1, 2]}) == "left_click (1, 2)"
