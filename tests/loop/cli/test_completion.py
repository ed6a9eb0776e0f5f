"""Shells take the completion scripts and complete with them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from polyloop.loop.cli.completion import SHELLS
from polyloop.loop.cli.main import main


@pytest.mark.parametrize("shell", SHELLS)
def test_a_completion_script_is_one_the_shell_takes(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "--max-steps" in script or "-l max-steps" in script
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    assert subprocess.run([shell, "-n", "/dev/stdin"], input=script, text=True, check=False).returncode == 0


def test_bash_completes_commands_options_and_what_stands_behind_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    for line in ("polyloop r", "polyloop run --max-c", "polyloop run --provider op", "polyloop resume --approve l"):
        script += f'\nCOMP_WORDS=({line}); COMP_CWORD={line.count(" ")}; _polyloop; echo "${{COMPREPLY[@]}}"\n'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["restore run resume", "--max-cost", "openai", "later"]


def test_fish_completes_commands_options_files_and_what_stands_behind_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    assert main(["completion", "fish"]) == 0
    script = capsys.readouterr().out
    (tmp_path / "kept.json").touch()
    asked = ("polyloop re", "polyloop run --max-c", "polyloop run --provider op", f"polyloop restore {tmp_path}/ke")
    for line in asked:
        script += f"\ncomplete -C '{line}' | string split -f 1 \\t | string join ' '\n"
    done = subprocess.run(
        ["fish", "--no-config"], input=script, capture_output=True, text=True, check=False, env={**os.environ, "HOME": str(tmp_path)}
    )  # fmt: skip
    assert done.stdout.splitlines() == ["restore resume", "--max-cost", "openai", f"{tmp_path}/kept.json"]


def test_zsh_takes_the_completion_for_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which("zsh") is None:
        pytest.skip("zsh is not installed")
    assert main(["completion", "zsh"]) == 0
    script = f"autoload -U compinit; compinit -u -D\n{capsys.readouterr().out}\nprint -r -- $_comps[polyloop]\n"
    done = subprocess.run(["zsh", "-f"], input=script, capture_output=True, text=True, check=True)
    assert done.stdout == "_bash_complete -F _polyloop\n"
