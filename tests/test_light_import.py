"""What importing our packages loads: a fresh interpreter imports one and names what it holds afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

import polyloop.translate

SDKS: Final = frozenset(
    {
        "anthropic", "openai", "instructor", "botocore", "boto3", "google", "PIL", "rich", "hypothesis", "pydantic",
        "pytest"
    }
)  # fmt: skip


def loaded_by(statement: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after a statement, and had not before."""
    # The import root is given as a path, so that this works from a checkout whose packages are not installed.
    root = str(Path(polyloop.translate.__file__).absolute().parents[2])
    script = (
        "import sys, json\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "before = set(sys.modules)\n"
        f"{statement}\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    command = [sys.executable, "-P", "-W", "error", "-c", script, root]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def roots(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_translate_loads_the_standard_library_attrs_and_cattrs_alone() -> None:
    theirs = roots(loaded_by("import attr, attrs, cattrs"))
    ours = roots(loaded_by("import polyloop.translate"))
    assert ours - theirs - sys.stdlib_module_names <= {"polyloop"}


def test_translate_loads_neither_transport_nor_loop_nor_its_tests() -> None:
    loaded = loaded_by("import polyloop.translate")
    assert "polyloop.translate" in loaded
    assert not {name for name in loaded if name.startswith(("polyloop.transport", "polyloop.loop"))}
    assert "polyloop.translate.testing" not in loaded


@pytest.mark.parametrize("package", ["translate", "transport", "loop"])
def test_no_sdk_is_loaded_before_it_is_used(package: str) -> None:
    assert not roots(loaded_by(f"import polyloop.{package}")) & SDKS


def test_what_an_import_loads_is_seen() -> None:
    assert "hypothesis" in roots(loaded_by("import polyloop.translate.testing.strategies"))
