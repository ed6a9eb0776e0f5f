"""Gates hold an answer back until the test opens them, from the server's thread or from any other."""

from __future__ import annotations

import asyncio
import threading

from attrs import Factory, define


@define
class Gate:
    """Closed until opened; then it stays open."""

    reached: threading.Event = Factory(threading.Event)
    """Set when an answer stands at the gate, or has gone through it."""
    opened: asyncio.Event = Factory(asyncio.Event)


@define
class Gates:
    """The gates of a server by name; a name that is new is a closed gate."""

    _by_name: dict[str, Gate] = Factory(dict)

    def named(self, name: str) -> Gate:
        """Return the gate of a name."""
        return self._by_name.setdefault(name, Gate())
