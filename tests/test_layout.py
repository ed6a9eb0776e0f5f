"""The shape of the repository and of what is installed: links, markers for type checkers, extras."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

PACKAGES = ("translate", "transport", "loop")
FRAME = ("pyproject.toml", "translate", "transport", "loop", "tests", "stubs", "mypy.ini")
"""What lies at the top of the repository, whatever else does."""


@pytest.fixture
def project(repository: Path) -> dict[str, Any]:
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_import_root_links_to_the_folder_at_the_top(repository: Path, package: str) -> None:
    link = repository / "src" / "polyloop" / package
    assert link.is_symlink(), (
        f"src/polyloop/{package} is no link: an editable install needs a checkout that keeps links"
    )
    assert not os.path.isabs(os.readlink(link))
    assert link.resolve() == (repository / package).resolve()


def test_the_import_root_holds_links_and_nothing_else(repository: Path) -> None:
    assert sorted(path.name for path in (repository / "src" / "polyloop").iterdir()) == sorted(PACKAGES)


@pytest.mark.parametrize("name", FRAME)
def test_the_frame_lies_at_the_top_and_git_knows_it(repository: Path, name: str) -> None:
    assert (repository / name).exists()
    if not (repository / ".git").exists() or shutil.which("git") is None:
        pytest.skip("an unpacked archive, which holds what git knows and nothing else")
    known = subprocess.run(
        ["git", "-c", f"safe.directory={repository}", "-C", str(repository), "ls-files", "--", name],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert known.stdout.split(), f"{name} holds nothing that is committed: a clone lacks it"


def test_the_frame_is_in_the_sdist(repository: Path) -> None:
    sdist = pytest.importorskip("hatchling.builders.sdist", reason="hatchling is not installed")
    paths = [found.distribution_path for found in sdist.SdistBuilder(str(repository)).recurse_included_files()]
    assert set(FRAME) - {path.split("/")[0] for path in paths} == {
        "pyproject.toml"
    }  # which hatchling adds when it builds
    assert "stubs/botocore/auth.pyi" in paths


@pytest.mark.parametrize("package", PACKAGES)
def test_an_installed_package_tells_type_checkers_that_it_is_typed(package: str) -> None:
    (folder,) = import_module(f"polyloop.{package}").__path__
    assert (Path(folder) / "py.typed").is_file()


def test_the_namespace_is_one_that_others_can_add_to() -> None:
    assert import_module("polyloop").__file__ is None


def test_the_base_install_is_light(project: dict[str, Any]) -> None:
    names = {requirement.split(">")[0] for requirement in project["dependencies"]}
    assert names == {"attrs", "cattrs", "httpx"}


def test_every_extra_that_the_documentation_names_exists(project: dict[str, Any]) -> None:
    extras = project["optional-dependencies"]
    wanted = {"anthropic", "openai", "bedrock", "vertex", "structured", "testing", "demo", "cli", "all", "dev"}
    assert wanted <= set(extras)
    assert "openai>=3.0,<3.4" in extras["structured"]


def test_every_extra_of_our_own_that_an_extra_names_exists(project: dict[str, Any]) -> None:
    extras = project["optional-dependencies"]
    named = {
        inner
        for requirements in extras.values()
        for requirement in requirements
        if requirement.startswith("polyloop[")
        for inner in requirement.removeprefix("polyloop[").removesuffix("]").split(",")
    }
    assert named <= set(extras)


def test_hypothesis_finds_our_entry_point() -> None:
    (found,) = entry_points(group="hypothesis", name="polyloop")
    assert found.value == "polyloop.translate.testing.entry:register"
    assert callable(found.load())
