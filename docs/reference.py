"""Write docs/reference.md: every public name of the packages with its signature and docstring. ``python docs/reference.py [FILE]``,
or ``-`` for standard output.

Public is what a package names in its ``__all__``, and what the modules named in `MODULES` define: those that the pages import from.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final, ForwardRef

PACKAGES: Final = ("polyloop.translate", "polyloop.transport", "polyloop.loop")
MODULES: Final = (
    "polyloop.translate.codec", "polyloop.translate.errors", "polyloop.translate.jsonvalue", "polyloop.translate.wires",
    "polyloop.translate.translation", "polyloop.translate.http", "polyloop.translate.stream_converter", "polyloop.translate.incremental",
    "polyloop.translate.computer_use.anthropic", "polyloop.translate.computer_use.openai", "polyloop.translate.computer_use.pyautogui",
    "polyloop.translate.testing.check", "polyloop.translate.testing.laws", "polyloop.translate.testing.conversion_laws",
    "polyloop.translate.testing.stream_laws", "polyloop.translate.testing.error_laws", "polyloop.translate.testing.strategies",
    "polyloop.translate.testing.records", "polyloop.translate.testing.corpus",
    "polyloop.transport.errors",
    "polyloop.loop.ports", "polyloop.loop.machine", "polyloop.loop.events", "polyloop.loop.effects", "polyloop.loop.state",
    "polyloop.loop.journal", "polyloop.loop.limits", "polyloop.loop.testing", "polyloop.loop.computers.errors",
    "polyloop.loop.computers.events",
)  # fmt: skip
_ADDRESS: Final = re.compile(r" at 0x[0-9a-f]+")
_LONGEST_VALUE: Final = 200


def reference() -> str:
    """Return the reference as Markdown."""
    head = ["# Reference", "", "Made from the docstrings by `python docs/reference.py`; do not edit."]
    return "\n".join([*head, "", *_lines()]).rstrip() + "\n"


def modules() -> list[str]:
    """Return the public modules: packages that name something, and `MODULES`, in order."""
    found = set(MODULES)
    for name in PACKAGES:
        package = import_module(name)
        found.add(name)
        found.update(
            inner.name
            for inner in pkgutil.walk_packages(package.__path__, f"{name}.")
            if inner.ispkg and getattr(import_module(inner.name), "__all__", None)
        )
    return sorted(found, key=lambda name: [PACKAGES.index(".".join(name.split(".")[:2])), name])


def names(module: ModuleType) -> list[str]:
    """Return a module's public names: its ``__all__``, else what it defines without an underscore."""
    stated = getattr(module, "__all__", None)
    if stated is not None:
        return sorted(stated)
    return [name for name in _assigned(module.__name__) if not name.startswith("_")]


def _lines() -> Iterator[str]:
    for name in modules():
        module = import_module(name)
        yield from (f"## {name}", "", inspect.getdoc(module) or "", "")
        for public in names(module):
            yield from _entry(name, public, getattr(module, public))


def _entry(module: str, name: str, value: Any) -> Iterator[str]:
    if isinstance(value, ModuleType):
        yield from (f"### `{name}`", "", f"The module `{value.__name__}`.", "")
    elif inspect.isclass(value) or inspect.isroutine(value):
        yield from (f"### `{name}{_signature(value)}`", "", inspect.getdoc(value) or "", "")
        if inspect.isclass(value) and not issubclass(value, BaseException):
            yield from _members(name, value)
    else:
        yield from (f"### `{name}`", "", *_constant(module, name, value), "")


def _members(owner: str, cls: type) -> Iterator[str]:
    own = [base for base in reversed(cls.__mro__) if base is cls or _is_part(base)]
    for name, member in {name: member for base in own for name, member in vars(base).items()}.items():
        function = inspect.unwrap(getattr(member, "__func__", member))
        if name.startswith("_") or not (isinstance(member, property) or inspect.isfunction(function)):
            continue
        if inspect.getdoc(member):
            signature = "" if isinstance(member, property) else _signature(getattr(cls, name))
            yield from (f"#### `{owner}.{name}{signature}`", "", inspect.getdoc(member) or "", "")


def _is_part(base: type) -> bool:
    """Tell whether a base class is nobody's but its subclasses'."""
    return base.__name__.startswith("_") and base.__module__.startswith("polyloop.")


def _constant(module: str, name: str, value: Any) -> list[str]:
    """Return what is known of a value: the string under its assignment, and the assignment's right side where that is short."""
    source, said = _assigned(_home(module, name)).get(_original(module, name), ("", ""))
    shown = source if source and len(source) <= _LONGEST_VALUE and "\n" not in source else ""
    lines = [f"`{name} = {shown}`"] if shown else [f"A `{type(value).__name__}`."]
    return [*lines, "", inspect.cleandoc(said)] if said else lines


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(import_module(module)))


@cache
def _assigned(module: str) -> dict[str, tuple[str, str]]:
    """Return what a module defines: name to (right side, the string under it); both empty for functions and classes."""
    found: dict[str, tuple[str, str]] = {}
    body = _tree(module).body
    for node, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found[node.name] = ("", "")
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name):
                found[target.id] = (ast.unparse(node.value), _text(following))
    return found


def _text(node: ast.stmt | None) -> str:
    expression = node.value if isinstance(node, ast.Expr) else None
    return expression.value if isinstance(expression, ast.Constant) and isinstance(expression.value, str) else ""


def _imported(module: str, name: str) -> tuple[str, str] | None:
    """Return where a name was imported from: the module, and the name it has there."""
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    found = import_module(module)
                    package = module if hasattr(found, "__path__") else module.rpartition(".")[0]
                    base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1])
                    inside = f"{base}.{node.module}" if node.level and node.module else node.module or base
                    return inside, alias.name
    return None


def _home(module: str, name: str) -> str:
    origin = _imported(module, name)
    return module if origin is None or not origin[0].startswith("polyloop.") else _home(*origin)


def _original(module: str, name: str) -> str:
    origin = _imported(module, name)
    return name if origin is None or not origin[0].startswith("polyloop.") else _original(*origin)


class _Unquoted(str):
    """An annotation as it stands in the source."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _signature(value: Any) -> str:
    try:
        found = inspect.signature(value)
    except (TypeError, ValueError):  # an enumeration, or something written in C
        return ""
    parameters = [
        each.replace(annotation=_unquoted(each.annotation), default=_short(each.default))
        for each in found.parameters.values()
    ]
    plain = found.replace(parameters=parameters, return_annotation=_unquoted(found.return_annotation))
    return _ADDRESS.sub("", str(plain))


def _short(default: Any) -> Any:
    """Leave out a default that takes long to say, or whose order is chance (a set)."""
    said = default is inspect.Parameter.empty or (len(repr(default)) < 60 and "frozenset({" not in repr(default))
    return default if said else _Unquoted("...")


def _unquoted(annotation: Any) -> Any:
    annotation = annotation.__forward_arg__ if isinstance(annotation, ForwardRef) else annotation
    return _Unquoted(annotation) if isinstance(annotation, str) else annotation


if __name__ == "__main__":
    target = sys.argv[1] if len(sys.argv) > 1 else str(Path(__file__).with_name("reference.md"))
    if target == "-":
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        sys.stdout.write(reference())
    else:
        Path(target).write_text(reference(), encoding="utf-8")
        print(target)
