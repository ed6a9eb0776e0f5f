"""A full disk under the store, a page or the output: one line that says so, and a job that goes on when there is room."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from polyloop.loop.cli.main import main
from polyloop.loop.cli.working import command as command_line
from polyloop.transport.scripted import ScriptedProvider

from .test_jobs import RESULT, RUN, command, lines, server, state

__all__ = ["server", "state"]  # fixtures

resource = pytest.importorskip("resource", reason="the system limits no file's size")

FULL = Path("/dev/full")


def small_disk() -> None:
    """Refuse every write behind the 90,000th byte of a file, as a disk does that is full by then."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (90_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


@pytest.mark.parametrize("as_json", [False, True])
def test_a_job_whose_disk_fills_up_goes_on_where_it_was(
    as_json: bool, server: ScriptedProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    form = ["--json"] if as_json else []
    done = subprocess.run(
        command(*RUN, *form, "--store", "my jobs.sqlite"), capture_output=True, text=True, check=False, preexec_fn=small_disk
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    if as_json:
        last = lines(done.stdout)[-1]
        assert (last["event"], last["status"]) == ("end", "interrupted")
        assert "kept" in last["detail"]
    else:
        assert "what was stored before is kept" in done.stderr
        assert "go on with: polyloop resume j1 --store 'my jobs.sqlite'" in done.stderr
    asked = len(server.requests)
    assert 0 < asked < 4
    assert main(["resume", "j1", "--json", "--store", "my jobs.sqlite"]) == 0
    assert lines(capsys.readouterr().out)[-1]["result"] == RESULT
    # No reply that was stored is asked for again; the one that could not be stored may be.
    assert len(server.requests) <= 4 + 1


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize(
    "arguments",
    [
        RUN,
        (*RUN, "--json"),
        ("completion", "bash"),
        ("demo", "--provider", "anthropic", "--out", "demo"),
    ],
)
def test_output_that_nobody_can_take_is_one_line(arguments: tuple[str, ...], server: ScriptedProvider) -> None:
    if arguments[0] == "demo":
        for package in ("rich", "boto3", "google.auth", "openai"):
            pytest.importorskip(package, reason="the demo needs all of its packages")
    with FULL.open("w") as full:
        done = subprocess.run(command(*arguments), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("polyloop: cannot write: No space left on device")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full on this system")
def test_a_page_that_has_no_room_is_told_and_the_job_is_as_it_was(
    server: ScriptedProvider, state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(RUN) == 0
    assert main(["show", "j1", "--out", str(FULL)]) == 2
    assert "No space left" in capsys.readouterr().err
    assert main(["show", "j1"]) == 0


def test_the_way_on_is_a_command_that_a_shell_takes() -> None:
    async def said(line: str) -> str:
        process = await asyncio.create_subprocess_shell(f"printf '%s|' {line}", stdout=asyncio.subprocess.PIPE)
        return (await process.communicate())[0].decode()

    assert command_line("show", "j1", None) == "polyloop show j1"
    assert asyncio.run(said(command_line("resume", "it's $HOME", "a b"))) == "polyloop|resume|it's $HOME|--store|a b|"
