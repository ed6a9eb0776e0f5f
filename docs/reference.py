"""Write docs/reference.md: every public name of the packages with its signature and docstring. ``python docs/reference.py [FILE]``."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

MODULES: Final = (
    "polyloop.translate", "polyloop.translate.hub", "polyloop.translate.computer_use", "polyloop.translate.errors",
    "polyloop.translate.testing.laws", "polyloop.transport", "polyloop.transport.errors", "polyloop.transport.scripted", "polyloop.loop",
    "polyloop.loop.ports", "polyloop.loop.machine", "polyloop.loop.computers", "polyloop.loop.computers.x11",
    "polyloop.loop.computers.browser", "polyloop.loop.computers.target", "polyloop.loop.computers.errors", "polyloop.loop.page",
)  # fmt: skip


def reference() -> str:
    """Return the reference as Markdown."""
    return "\n".join(["# Reference", "", "Generated from the docstrings by `docs/reference.py`.", "", *_lines()]) + "\n"


def _lines() -> Iterator[str]:
    for name in MODULES:
        module = import_module(name)
        yield f"## {name}"
        yield ""
        yield inspect.getdoc(module) or ""
        yield ""
        for public in _names(module):
            yield from _entry(public, getattr(module, public), "###")


def _names(module: Any) -> list[str]:
    stated = getattr(module, "__all__", None)
    if stated is not None:
        return list(stated)
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__ and callable(value)
    ]


def _entry(name: str, value: Any, mark: str) -> Iterator[str]:
    if not callable(value) or not inspect.getdoc(value):
        return
    yield f"{mark} `{name}{_signature(value)}`"
    yield ""
    yield inspect.getdoc(value) or ""
    yield ""
    if inspect.isclass(value) and not issubclass(value, BaseException):
        for method, function in vars(value).items():
            if not method.startswith("_") and inspect.isfunction(
                inspect.unwrap(getattr(function, "__func__", function))
            ):
                yield from _entry(f"{name}.{method}", getattr(value, method), "####")


def _signature(value: Any) -> str:
    try:
        return str(inspect.signature(value))
    except (TypeError, ValueError):  # an enumeration, or something written in C
        return ""


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("reference.md")
    target.write_text(reference(), encoding="utf-8")
    print(target)
