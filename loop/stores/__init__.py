"""Where jobs live: in memory, or in a SQLite file. Each is a `polyloop.loop.ports.Store`."""

from .memory import MemoryStore
from .sqlite import SqliteStore

__all__ = ["MemoryStore", "SqliteStore"]
