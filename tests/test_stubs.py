"""The types in ``stubs`` are those of the packages as installed, and every one of them is of use."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

PACKAGES = ("botocore", "yaml")


def compared(stubs: Path, work: Path, *packages: str) -> list[str]:
    """What mypy's stubtest says of the stubs of some packages: a line for each difference from what is installed."""
    config = work / "stubs.ini"
    config.write_text(f"[mypy]\nmypy_path = {stubs}\ncache_dir = {work / 'cache'}\n", encoding="utf-8")
    command = [sys.executable, "-m", "mypy.stubtest", "--concise", "--ignore-missing-stub"]
    done = subprocess.run(
        [*command, "--mypy-config-file", str(config), *packages], capture_output=True, text=True, check=False, cwd=work
    )
    return (done.stdout + done.stderr).splitlines() if done.returncode else []


def test_a_stub_says_what_is_installed(repository: Path, tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="mypy is not installed")
    assert compared(repository / "stubs", tmp_path, *[name for name in PACKAGES if find_spec(name)]) == []


def test_a_stub_that_says_something_else_is_seen_in_a_module_of_a_package_too(repository: Path, tmp_path: Path) -> None:
    pytest.importorskip("mypy", reason="mypy is not installed")
    pytest.importorskip("botocore", reason="botocore is not installed")
    shutil.copytree(repository / "stubs", tmp_path / "stubs")
    module = tmp_path / "stubs" / "botocore" / "auth.pyi"
    module.write_text(module.read_text(encoding="utf-8").replace("service_name: str", "service: str"), encoding="utf-8")
    (said,) = compared(tmp_path / "stubs", tmp_path, "botocore")
    assert said.startswith("botocore.auth.SigV4Auth.__init__ is inconsistent")


def test_the_stubs_are_of_packages_that_have_no_types_of_their_own(repository: Path) -> None:
    assert tuple(sorted(path.name for path in (repository / "stubs").iterdir() if path.is_dir())) == PACKAGES
    for package in PACKAGES:
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            assert not (Path(spec.origin).parent / "py.typed").exists(), (
                f"{package} has types now, which its stub hides"
            )


def test_what_has_a_stub_is_imported_by_somebody(repository: Path) -> None:
    imported: set[str] = set()
    for folder in ("translate", "transport", "loop", "tests", "benchmarks", "examples"):
        for path in (repository / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    imported.update(alias.name.partition(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    imported.add((node.module or "").partition(".")[0])
    assert set(PACKAGES) <= imported
