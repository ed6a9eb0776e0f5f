"""The scripted provider is an independent counterpart: it reads and writes the wires without any translator of ours."""

from __future__ import annotations

import ast
import sys
from importlib import import_module
from pathlib import Path

import polyloop.transport.scripted as scripted

ALLOWED = {"polyloop.translate.jsonvalue"}
"""JSON values, equality among them, and nothing else."""

STANDARD_AND_ATTRS = {"attr", "attrs"}

WHERE_INSTALLED = {"yaml"}
"""Read a script by, where somebody wrote it so; `test_script.py` runs without it."""


def _modules() -> list[tuple[str, ast.Module]]:
    folder = Path(scripted.__path__[0])
    found = [
        (str(path.relative_to(folder)), ast.parse(path.read_text("utf-8"))) for path in sorted(folder.rglob("*.py"))
    ]
    assert len(found) > 40
    return found


def test_no_module_of_it_knows_a_translator() -> None:
    named = {
        (name, node.module)
        for name, tree in _modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("polyloop")
    }
    assert {module for _, module in named} == ALLOWED


def test_it_needs_nothing_but_the_standard_library_and_attrs() -> None:
    roots = set()
    for _, tree in _modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                roots |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                roots.add((node.module or "").partition(".")[0])
    assert roots - set(sys.stdlib_module_names) <= STANDARD_AND_ATTRS | WHERE_INSTALLED | {"polyloop"}


def test_every_public_name_is_there() -> None:
    module = import_module("polyloop.transport.scripted")
    assert set(module.__all__) <= set(dir(module))
