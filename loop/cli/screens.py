"""The computers that ``--computer`` names."""

from __future__ import annotations

import os
import re
from typing import Final

from attrs import frozen

from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.errors import PolyloopError, UsageError

from ..ports import Computer, HealthProbe

SCREENS: Final = (
    "simulated, x11 (the display that DISPLAY names), xvfb (a display of its own), browser, or a target's URL"
)
_SIZED: Final = re.compile(r"(xvfb|browser)(?::(\d{2,5})x(\d{2,5}))?")


@frozen(kw_only=True)
class Screen:
    """A computer that is open, and what tells whether it can be acted on. Close the computer."""

    computer: Computer
    health: HealthProbe | None = None


async def open_screen(name: str) -> Screen:
    """Open a computer. Raises `UsageError` for a name that is none, `MissingComputerError` and `MissingExtraError` where it is not here."""
    if name.startswith(("http://", "https://")):
        from ..computers.errors import MissingTargetError
        from ..computers.target import TargetComputer

        target = TargetComputer(name)
        try:
            await target.size()
        except MissingTargetError:
            await target.close()
            raise
        except PolyloopError:
            pass  # it is there; the loop finds out how well it is, and whether that matters
        return Screen(computer=target, health=target)
    if name == "simulated":
        from ..computers import SimulatedComputer

        return Screen(computer=SimulatedComputer())
    if name == "x11":
        from ..computers.x11 import X11Computer

        display = await X11Computer.open(os.environ.get("DISPLAY", ""))
        return Screen(computer=display, health=display)
    found = _SIZED.fullmatch(name)
    if found is None:
        raise UsageError(f"unknown computer {name!r}; say {SCREENS}")
    size = Size(int(found[2]), int(found[3])) if found[2] else None
    if found[1] == "xvfb":
        from ..computers.x11 import X11Computer

        started = await X11Computer.start(size or Size(1024, 768))
        return Screen(computer=started, health=started)
    from ..computers.browser import BrowserComputer

    browser = await BrowserComputer.open(size or Size(1280, 800), chrome=os.environ.get("CHROME", ""))
    return Screen(computer=browser, health=browser)


def check_name(name: str) -> None:
    """Raise `UsageError` for a name that is no computer, before anything is opened."""
    if name in ("simulated", "x11") or name.startswith(("http://", "https://")) or _SIZED.fullmatch(name):
        return
    raise UsageError(f"unknown computer {name!r}; say {SCREENS}")
