"""Where jobs live: in memory, in a SQLite file, or in PostgreSQL. Each is a `polyloop.loop.ports.Store`.

`SqlAlchemyStore` is imported when it is first asked for: it needs SQLAlchemy and asyncpg, which the extra ``postgres`` brings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .memory import MemoryStore
from .sqlite import SqliteStore

if TYPE_CHECKING:
    from .sqlalchemy import SqlAlchemyStore

__all__ = ["MemoryStore", "SqlAlchemyStore", "SqliteStore"]


def __getattr__(name: str) -> Any:
    if name != "SqlAlchemyStore":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .sqlalchemy import SqlAlchemyStore

    return SqlAlchemyStore
