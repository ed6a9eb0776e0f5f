"""The command line: help, example, errors, and a server that runs until it is interrupted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from polyloop.transport.scripted import ScriptedProvider
from polyloop.transport.scripted.command import serve
from polyloop.transport.scripted.script import parse

REQUEST = {"model": "gpt-6-astra", "messages": [{"role": "user", "content": "Go on."}]}


def test_the_help_names_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        serve(["--help"])
    assert left.value.code == 0
    shown = capsys.readouterr().out
    for word in ("FILE", "--port", "--host", "--example", "example:"):
        assert word in shown


def test_the_example_is_printed_as_a_script(capsys: pytest.CaptureFixture[str]) -> None:
    assert serve(["--example"]) == 0
    assert parse(json.loads(capsys.readouterr().out)).faults


@pytest.mark.parametrize(("content", "complaint"), [("{", "is not JSON"), ('{"steps": 1}', "steps: expected an array")])
def test_a_bad_script_is_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, complaint: str
) -> None:
    path = tmp_path / "script.json"
    path.write_text(content)
    assert serve([str(path)]) == 2
    assert complaint in capsys.readouterr().err


def test_a_missing_script_is_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "nothing.json"
    assert serve([str(path)]) == 2
    assert capsys.readouterr().err == f"scripted provider: cannot read {path}: No such file or directory\n"


@pytest.mark.parametrize("port", ["65536", "-1", "x", "1.0", ""])
def test_what_is_no_port_is_refused(capsys: pytest.CaptureFixture[str], port: str) -> None:
    with pytest.raises(SystemExit) as left:
        serve([f"--port={port}"])
    assert left.value.code == 2
    assert "is not a port, a number from 0 to 65535" in capsys.readouterr().err


def test_a_taken_port_is_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    with ScriptedProvider.running(parse({}).scenario) as server:
        assert serve(["--port", server.url.rpartition(":")[2]]) == 1
    assert "in use" in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="an interrupt is a signal")
@pytest.mark.parametrize(("script", "status", "exit"), [({"otherwise": "hello"}, 200, 0), ({}, 500, 1)])
def test_a_script_is_served_until_interrupted(
    tmp_path: Path, client: httpx.Client, script: object, status: int, exit: int
) -> None:
    """Status 1 tells that a request came which the script had no answer for."""
    path = tmp_path / "script.json"
    path.write_text(json.dumps(script))
    command = [sys.executable, "-m", "polyloop.transport.scripted", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        welcome = [process.stdout.readline() for _ in range(8)]
        (row,) = [line.split() for line in welcome if line.split()[0] == "openai"]
        answer = client.post(f"{row[1]}/chat/completions", headers={"authorization": f"Bearer {row[2]}"}, json=REQUEST)
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(60) == exit
        finally:
            process.kill()
        assert ("no step answers" in process.stderr.read()) is (exit == 1)
    assert answer.status_code == status


def test_the_main_command_serves_scripts_too(capsys: pytest.CaptureFixture[str]) -> None:
    from polyloop.loop.cli import main

    assert main(["scripted", "--example"]) == 0
    assert parse(json.loads(capsys.readouterr().out)).faults
    with pytest.raises(SystemExit):
        main(["scripted", "--help"])
    assert "polyloop scripted script.json --port 8080" in capsys.readouterr().out
