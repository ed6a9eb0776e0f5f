"""Who may import whom, and what the pure core may not touch: a walk over the syntax of every module of the three packages.

The packages are walked where they were imported from, so that the rules hold for the checkout and for the installed wheel.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

import attrs
import pytest

PACKAGES: Final = ("translate", "transport", "loop")

IMPURE_MODULES: Final = frozenset(
    {
        "asyncio", "builtins", "ctypes", "fcntl", "ftplib", "getpass", "glob", "http", "io", "locale", "logging",
        "mmap", "multiprocessing", "os", "pathlib", "platform", "pty", "queue", "random", "resource", "sched",
        "secrets", "select", "selectors", "shelve", "shutil", "signal", "smtplib", "socket", "socketserver",
        "sqlite3", "ssl", "subprocess", "syslog", "tempfile", "termios", "threading", "time", "tty", "urllib.request",
        "uuid", "warnings", "webbrowser", "zoneinfo"
    }
)  # fmt: skip
"""Standard modules that read or change the world: files, clocks, chance, environment, network, threads, logs."""

PURE_NAMES: Final = frozenset({"io.BytesIO"})
"""Of those modules: a buffer in memory, which touches nothing outside."""
IMPURE_CALLS: Final = frozenset({"open", "print", "input", "breakpoint", "__import__"})
IMPURE_ATTRIBUTES: Final = frozenset(
    {
        "datetime.now",
        "datetime.utcnow",
        "datetime.today",
        "date.today",
        "sys.stdin",
        "sys.stdout",
        "sys.stderr",
        "sys.argv",
    }
)
PURE_DEPENDENCIES: Final = frozenset({"attr", "attrs", "cattrs"})

PUT_TOGETHER: Final = ("polyloop.loop.sampling_loop", "polyloop.loop.cli", "polyloop.loop.demo")
"""Modules of loop (and what is in their folders) where clients and the loop are put together, and which may name transport."""

WIRE_FOLDERS: Final = ("anthropic_messages", "openai_chat", "openai_responses", "uitars")
SPOKEN_INSIDE: Final = {"uitars": {"openai_chat"}}
"""A wire that is text inside another wire's documents may import that wire."""

HEAVY: Final = frozenset(
    {
        "anthropic", "openai", "instructor", "botocore", "boto3", "google", "PIL", "rich", "hypothesis", "pydantic",
        "pytest", "jsonschema_rs"
    }
)  # fmt: skip
"""Third-party packages no module of ours loads when it is imported: they are imported where they are first used."""
HYPOTHESIS_AT_HOME: Final = "polyloop.translate.testing"


@attrs.frozen
class Import:
    target: str
    line: int
    lazy: bool
    """Inside a function, or for type checkers only: not run when the module is imported."""
    relative: bool


@attrs.frozen
class Module:
    name: str
    tree: ast.Module
    is_package: bool = False

    def imports(self) -> Iterator[Import]:
        yield from _imports(self.tree, self, lazy=False)

    def within(self, *packages: str) -> bool:
        return is_within(self.name, *packages)


def is_within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def _imports(node: ast.AST, module: Module, *, lazy: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(alias.name, child.lineno, lazy, relative=False)
        elif isinstance(child, ast.ImportFrom):
            origin = _origin(child, module)
            for alias in child.names:  # the name may be a module itself, and the longer name says more to every rule
                yield Import(f"{origin}.{alias.name}".strip("."), child.lineno, lazy, relative=child.level > 0)
        else:
            later = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) or _for_checkers_only(child)
            yield from _imports(child, module, lazy=lazy or later)


def _origin(node: ast.ImportFrom, module: Module) -> str:
    if not node.level:
        return node.module or ""
    steps = node.level - 1 if module.is_package else node.level
    base = module.name.split(".")[: len(module.name.split(".")) - steps]
    return ".".join([*base, *([node.module] if node.module else [])])


def _for_checkers_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def _load() -> tuple[Module, ...]:
    found = []
    for package in PACKAGES:
        folder = Path(next(iter(import_module(f"polyloop.{package}").__path__)))
        for path in sorted(folder.rglob("*.py")):
            parts = ["polyloop", package, *path.relative_to(folder).with_suffix("").parts]
            is_package = parts[-1] == "__init__"
            name = ".".join(parts[:-1] if is_package else parts)
            found.append(Module(name, ast.parse(path.read_text(encoding="utf-8"), str(path)), is_package))
    return tuple(found)


MODULES: Final = _load()


def core(module: Module) -> bool:
    """The pure core: translate without what it ships for tests."""
    return module.within("polyloop.translate") and not module.within("polyloop.translate.testing")


# Each rule yields a sentence for each breach of it by one module.


def pure_imports(module: Module) -> Iterator[str]:
    """translate imports the standard library, attrs and cattrs, and of the standard library only what is pure."""
    if not core(module):
        return
    for found in module.imports():
        root = found.target.split(".")[0]
        if root not in sys.stdlib_module_names | PURE_DEPENDENCIES | {"polyloop"}:
            yield f"{module.name}:{found.line} imports {found.target}"
        elif is_within(found.target, *IMPURE_MODULES) and found.target not in PURE_NAMES:
            yield f"{module.name}:{found.line} imports {found.target}, which is not pure"


def pure_calls(module: Module) -> Iterator[str]:
    """translate opens nothing, prints nothing and looks at no clock."""
    if not core(module):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS:
            yield f"{module.name}:{node.lineno} calls {node.func.id}()"
        if isinstance(node, ast.Attribute) and ast.unparse(node) in IMPURE_ATTRIBUTES:
            yield f"{module.name}:{node.lineno} uses {ast.unparse(node)}"


def one_direction(module: Module) -> Iterator[str]:
    """translate imports neither of the others, transport never loop, loop transport only where things are put together."""
    forbidden = {"translate": ("polyloop.transport", "polyloop.loop"), "transport": ("polyloop.loop",), "loop": ()}
    package = module.name.split(".")[1]
    closed: tuple[str, ...] = forbidden[package]
    if package == "loop" and not module.within(*PUT_TOGETHER):
        closed = ("polyloop.transport",)
    for found in module.imports():
        if is_within(found.target, *closed):
            yield f"{module.name}:{found.line} imports {found.target}"


def named_in_full(module: Module) -> Iterator[str]:
    """Across packages imports are absolute and start with polyloop; inside a package they are relative."""
    package = ".".join(module.name.split(".")[:2])
    for found in module.imports():
        if found.target.split(".")[0] in PACKAGES:
            yield f"{module.name}:{found.line} imports {found.target} without the polyloop prefix"
        elif is_within(found.target, package) and not found.relative:
            yield f"{module.name}:{found.line} imports {found.target}: inside a package imports are relative"
        elif found.relative and not is_within(found.target, package):
            yield f"{module.name}:{found.line} leaves its package by a relative import: {found.target}"


def shipped_tests_stay_apart(module: Module) -> Iterator[str]:
    """Nothing that ships imports what ships for tests."""
    if module.within(HYPOTHESIS_AT_HOME):
        return
    for found in module.imports():
        if is_within(found.target, HYPOTHESIS_AT_HOME):
            yield f"{module.name}:{found.line} imports {found.target}"


def heavy_is_lazy(module: Module) -> Iterator[str]:
    """SDKs and other optional packages are imported where they are first used, not when a module of ours is."""
    for found in module.imports():
        root = found.target.split(".")[0]
        at_home = root == "hypothesis" and module.within(HYPOTHESIS_AT_HOME)
        if root in HEAVY and not found.lazy and not at_home:
            yield f"{module.name}:{found.line} imports {found.target} when it is itself imported"


def hub_knows_nobody(module: Module) -> Iterator[str]:
    """The hub imports the JSON values and the computer actions, and no other module of ours."""
    known = ("polyloop.translate.jsonvalue", "polyloop.translate.computer_use", "polyloop.translate.hub")
    if not is_within(module.name, "polyloop.translate.hub"):
        return
    for found in module.imports():
        if is_within(found.target, "polyloop") and not is_within(found.target, *known):
            yield f"{module.name}:{found.line} imports {found.target}"


def records_know_no_hub(module: Module) -> Iterator[str]:
    """A module that makes wire records knows the codec and the JSON values, never the hub or what adapts it."""
    targets = [(found, found.target) for found in module.imports()]
    if not any(target == "polyloop.translate.codec.wire_record" for _, target in targets):
        return
    for found, target in targets:
        if is_within(target, "polyloop.translate.hub", "polyloop.translate.adapting", "polyloop.translate.steps"):
            yield f"{module.name}:{found.line} imports {target}"


def wires_are_apart(module: Module) -> Iterator[str]:
    """A wire never imports another wire, and what all wires share imports none of them."""
    if not core(module):
        return
    home = module.name.split(".")[2] if module.name.count(".") > 1 else ""
    if home == "envelopes":  # an envelope is around one wire's documents
        return
    for found in module.imports():
        parts = found.target.split(".")
        other = parts[2] if is_within(found.target, "polyloop.translate") and len(parts) > 2 else ""
        if other in WIRE_FOLDERS and other not in {home} | SPOKEN_INSIDE.get(home, set()):
            yield f"{module.name}:{found.line} imports {found.target}"


RULES: Final = (
    pure_imports, pure_calls, one_direction, named_in_full, shipped_tests_stay_apart, heavy_is_lazy, hub_knows_nobody,
    records_know_no_hub, wires_are_apart,
)  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_module_keeps_the_rule(rule: object) -> None:
    assert callable(rule)
    assert [breach for module in MODULES for breach in rule(module)] == []


def test_all_three_packages_were_walked() -> None:
    assert {module.name.split(".")[1] for module in MODULES} == set(PACKAGES)
    assert {"polyloop.translate.hub", "polyloop.translate.codec"} <= {module.name for module in MODULES}


BREACHES: Final = (
    (pure_imports, "polyloop.translate.loss", "import os.path"),
    (pure_imports, "polyloop.translate.loss", "def f():\n    from time import monotonic"),
    (pure_imports, "polyloop.translate.loss", "import httpx"),
    (pure_imports, "polyloop.translate.loss", "from io import open_code"),
    (pure_calls, "polyloop.translate.loss", "print('lost')"),
    (pure_calls, "polyloop.translate.loss", "from datetime import datetime\nx = datetime.now()"),
    (one_direction, "polyloop.translate.loss", "from polyloop.transport import http"),
    (one_direction, "polyloop.transport.retry", "from polyloop.loop.machine import step"),
    (one_direction, "polyloop.loop.machine", "if TYPE_CHECKING:\n    from polyloop.transport import errors"),
    (named_in_full, "polyloop.loop.machine", "from translate import hub"),
    (named_in_full, "polyloop.loop.machine", "from polyloop.loop.events import Event"),
    (named_in_full, "polyloop.loop.machine", "from ..translate import hub"),
    (shipped_tests_stay_apart, "polyloop.loop.machine", "from polyloop.translate.testing import laws"),
    (heavy_is_lazy, "polyloop.transport.clients", "from anthropic import Anthropic"),
    (hub_knows_nobody, "polyloop.translate.hub", "from . import codec"),
    (records_know_no_hub, "polyloop.translate.x.wire", "from ..codec import wire_record\nfrom .. import hub"),
    (wires_are_apart, "polyloop.translate.openai_chat.request", "from ..openai_responses import wire"),
    (wires_are_apart, "polyloop.translate.loss", "from .uitars.wire import Action"),
)


@pytest.mark.parametrize(("rule", "name", "source"), BREACHES, ids=[f"{r.__name__}-{s[:40]}" for r, _, s in BREACHES])
def test_a_breach_of_the_rule_is_found(rule: object, name: str, source: str) -> None:
    assert callable(rule)
    assert len(list(rule(Module(name, ast.parse(source))))) == 1


def test_an_sdk_may_be_imported_where_it_is_first_used() -> None:
    source = "def client():\n    from anthropic import Anthropic\n    return Anthropic()"
    assert list(heavy_is_lazy(Module("polyloop.transport.clients", ast.parse(source)))) == []
