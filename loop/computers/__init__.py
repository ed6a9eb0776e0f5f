"""Computers the loop can act on: the simulated one, X11 displays, browsers, remote targets.

The real ones are looked up when they are first named, so that nobody loads a driver that is not used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from .desktop import Desktop, describe, find, form_desktop
from .drawing import draw
from .errors import (
    ActionInterruptedError,
    ComputerClosedError,
    ComputerError,
    DriverError,
    LostComputerError,
    MissingBrowserError,
    MissingComputerError,
    MissingDisplayError,
    MissingExtraError,
    MissingTargetError,
    NotPerformableError,
    NotShownError,
    ScreenChangedError,
)
from .events import Event, Trace
from .simulated import SimulatedComputer, perform, release_held

if TYPE_CHECKING:
    from .browser import BrowserComputer
    from .openai_agents import AgentsComputer, AgentsDriver
    from .target import TargetComputer
    from .x11 import X11Computer

_WHERE: Final = {
    "AgentsComputer": "openai_agents",
    "AgentsDriver": "openai_agents",
    "BrowserComputer": "browser",
    "TargetComputer": "target",
    "X11Computer": "x11",
}

__all__ = [
    "ActionInterruptedError",
    "AgentsComputer",
    "AgentsDriver",
    "BrowserComputer",
    "ComputerClosedError",
    "ComputerError",
    "Desktop",
    "DriverError",
    "Event",
    "LostComputerError",
    "MissingBrowserError",
    "MissingComputerError",
    "MissingDisplayError",
    "MissingExtraError",
    "MissingTargetError",
    "NotPerformableError",
    "NotShownError",
    "ScreenChangedError",
    "SimulatedComputer",
    "TargetComputer",
    "Trace",
    "X11Computer",
    "describe",
    "draw",
    "find",
    "form_desktop",
    "perform",
    "release_held",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_WHERE[name]}", __name__), name)
    globals()[name] = value
    return value
