"""A store for many hosts: PostgreSQL, through SQLAlchemy's asynchronous engine.

    store = SqlAlchemyStore("postgresql+asyncpg://user:password@host/database")

The row of a job is locked for every write, so two owners never write at once, and the one with the older fence is refused. Claims run out by
the server's clock, which all hosts share. A transaction that has begun is ended as a whole, also where its caller was cancelled.

Tables are made at first use, in the connection's first schema; `polyloop_layout` says which layout they have, `MIGRATIONS` brings an older
one up to date, and a newer one is refused. Row data are JSON text as SQLite has them: JSONB would lose key order and refuse U+0000.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from attrs import evolve
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from ..journal import (
    SCHEMA,
    Claim,
    JobTakenError,
    MissingImageError,
    Row,
    SchemaVersionError,
    StaleClaimError,
    StoreError,
)
from .sqlite import decoded, encoded

T = TypeVar("T")

MIGRATIONS: Final = (
    (
        """CREATE TABLE polyloop_job (
            id TEXT PRIMARY KEY, owner TEXT NOT NULL, fence BIGINT NOT NULL, expires_at DOUBLE PRECISION NOT NULL
        )""",
        """CREATE TABLE polyloop_journal (
            job TEXT NOT NULL, sequence BIGINT NOT NULL, schema INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
            data TEXT NOT NULL, fence BIGINT NOT NULL, PRIMARY KEY (job, sequence)
        )""",
        "CREATE TABLE polyloop_image (digest TEXT PRIMARY KEY, media_type TEXT NOT NULL, data BYTEA NOT NULL)",
    ),
)
"""The statements of each step of the layout; never changed once released, only added to."""

_LAYOUT_LOCK: Final = 7_065_765
"""Key of the advisory lock under which the layout is looked at and changed: any number that nobody else takes."""


class SqlAlchemyStore:
    """Jobs in a PostgreSQL database. Takes a URL, or an engine, which stays yours to dispose of. For one event loop."""

    def __init__(self, database: str | AsyncEngine) -> None:
        self._given = isinstance(database, AsyncEngine)
        self._engine = database if isinstance(database, AsyncEngine) else create_async_engine(database)
        self._ready = False
        self._opening = asyncio.Lock()
        self._working: set[asyncio.Task[object]] = set()
        self._closed = False

    async def _transaction(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Do work in one transaction. Cancelled, it is still done as a whole: nobody learns its result."""
        if self._closed:
            raise StoreError("the store is closed")
        task = asyncio.ensure_future(self._do(work))
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        return await asyncio.shield(task)

    async def _do(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        try:
            async with self._opening:
                if not self._ready:
                    async with self._engine.begin() as connection:
                        await _migrate(connection)
                    self._ready = True
            async with self._engine.begin() as connection:
                return await work(connection)
        except (SQLAlchemyError, OSError) as error:
            raise StoreError(f"PostgreSQL cannot be used: {type(error).__name__}") from error

    async def claim(self, job: str, owner: str, ttl: float) -> Claim:
        """See `Store.claim`."""

        async def work(connection: AsyncConnection) -> Claim:
            await connection.execute(
                text("INSERT INTO polyloop_job VALUES (:job, '', 0, 0) ON CONFLICT DO NOTHING"), {"job": job}
            )
            query = text(
                "SELECT owner, fence, expires_at - extract(epoch FROM clock_timestamp())::float8"
                " FROM polyloop_job WHERE id = :job FOR UPDATE"
            )
            known, fence, left = (await connection.execute(query, {"job": job})).one()
            if known not in ("", owner) and left > 0:
                raise JobTakenError(f"job {job!r} belongs to {known!r} for another {left:.0f} s")
            expires_at = await _own(connection, job, owner, fence + 1, ttl)
            return Claim(job=job, owner=owner, fence=fence + 1, expires_at=expires_at)

        return await self._transaction(work)

    async def renew(self, claim: Claim, ttl: float) -> Claim:
        """See `Store.renew`."""

        async def work(connection: AsyncConnection) -> Claim:
            await _check(connection, claim)
            return evolve(claim, expires_at=await _own(connection, claim.job, claim.owner, claim.fence, ttl))

        return await self._transaction(work)

    async def release(self, claim: Claim) -> None:
        """See `Store.release`."""

        async def work(connection: AsyncConnection) -> None:
            statement = "UPDATE polyloop_job SET owner = '', expires_at = 0 WHERE id = :job AND fence = :fence"
            await connection.execute(text(statement), {"job": claim.job, "fence": claim.fence})

        await self._transaction(work)

    async def append(self, claim: Claim, rows: Sequence[Row]) -> int:
        """See `Store.append`."""

        async def work(connection: AsyncConnection) -> int:
            await _check(connection, claim)
            query = text("SELECT COALESCE(MAX(sequence), 0) FROM polyloop_journal WHERE job = :job")
            last = int((await connection.execute(query, {"job": claim.job})).scalar_one())
            added = [
                {
                    "job": claim.job, "sequence": sequence, "schema": SCHEMA, "kind": row.kind, "key": row.key,
                    "data": encoded(row), "fence": claim.fence,
                }
                for sequence, row in enumerate(rows, start=last + 1)
            ]  # fmt: skip
            if added:
                statement = text(
                    "INSERT INTO polyloop_journal VALUES (:job, :sequence, :schema, :kind, :key, :data, :fence)"
                )
                await connection.execute(statement, added)
            return last + len(added)

        return await self._transaction(work)

    async def rows(self, job: str, after: int = 0) -> tuple[Row, ...]:
        """See `Store.rows`."""

        async def work(connection: AsyncConnection) -> tuple[Row, ...]:
            query = text(
                "SELECT schema, kind, key, data, sequence FROM polyloop_journal"
                " WHERE job = :job AND sequence > :after ORDER BY sequence"
            )
            found = await connection.execute(query, {"job": job, "after": after})
            return tuple([decoded(*row) for row in found])

        return await self._transaction(work)

    async def put_image(self, data: bytes, media_type: str) -> str:
        """See `Store.put_image`."""
        digest = hashlib.sha256(data).hexdigest()

        async def work(connection: AsyncConnection) -> None:
            statement = text("INSERT INTO polyloop_image VALUES (:digest, :media_type, :data) ON CONFLICT DO NOTHING")
            await connection.execute(statement, {"digest": digest, "media_type": media_type, "data": data})

        await self._transaction(work)
        return digest

    async def image(self, digest: str) -> tuple[bytes, str]:
        """See `Store.image`."""

        async def work(connection: AsyncConnection) -> tuple[bytes, str]:
            query = text("SELECT data, media_type FROM polyloop_image WHERE digest = :digest")
            found = (await connection.execute(query, {"digest": digest})).one_or_none()
            if found is None:
                raise MissingImageError(f"no image {digest[:12]}... is stored")
            return bytes(found[0]), str(found[1])

        return await self._transaction(work)

    async def aclose(self) -> None:
        """See `Store.aclose`. What has begun is ended first."""
        self._closed = True
        if self._working:
            await asyncio.wait(self._working)
        if not self._given:
            await self._engine.dispose()


async def _own(connection: AsyncConnection, job: str, owner: str, fence: int, ttl: float) -> float:
    """Write who owns a job; return until when, in seconds since 1970."""
    statement = text(
        "UPDATE polyloop_job SET owner = :owner, fence = :fence,"
        " expires_at = extract(epoch FROM clock_timestamp())::float8 + :ttl WHERE id = :job RETURNING expires_at"
    )
    given = {"job": job, "owner": owner, "fence": fence, "ttl": ttl}
    return float((await connection.execute(statement, given)).scalar_one())


async def _check(connection: AsyncConnection, claim: Claim) -> None:
    """Lock the job's row. Raises `StaleClaimError` where it has a later claim."""
    query = text("SELECT fence FROM polyloop_job WHERE id = :job FOR UPDATE")
    if (await connection.execute(query, {"job": claim.job})).scalar_one_or_none() != claim.fence:
        raise StaleClaimError(f"job {claim.job!r} has another owner now")


async def _migrate(connection: AsyncConnection) -> None:
    """Bring the layout up to date. Raises `SchemaVersionError` for one of a newer release, which is left as it is."""
    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LAYOUT_LOCK})
    await connection.execute(text("CREATE TABLE IF NOT EXISTS polyloop_layout (version INTEGER NOT NULL)"))
    version = (await connection.execute(text("SELECT version FROM polyloop_layout"))).scalar_one_or_none() or 0
    if version > len(MIGRATIONS):
        raise SchemaVersionError(
            f"the database has layout {version}, this release knows {len(MIGRATIONS)}: use a newer release"
        )
    for statements in MIGRATIONS[version:]:
        for statement in statements:
            await connection.execute(text(statement))
    if version != len(MIGRATIONS):
        await connection.execute(text("DELETE FROM polyloop_layout"))
        await connection.execute(text("INSERT INTO polyloop_layout VALUES (:version)"), {"version": len(MIGRATIONS)})
