"""Computers the loop can act on. This package holds the simulated one; real ones are modules of their own."""

from .desktop import Desktop, describe, find, form_desktop
from .drawing import draw
from .errors import ComputerClosedError, ComputerError, MissingExtraError, NotPerformableError, NotShownError
from .events import Event, Trace
from .simulated import SimulatedComputer, perform, release_held

__all__ = [
    "ComputerClosedError",
    "ComputerError",
    "Desktop",
    "Event",
    "MissingExtraError",
    "NotPerformableError",
    "NotShownError",
    "SimulatedComputer",
    "Trace",
    "describe",
    "draw",
    "find",
    "form_desktop",
    "perform",
    "release_held",
]
