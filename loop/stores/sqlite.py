"""The default store: one SQLite file.

Write-ahead log, so that readers never wait for the writer; ``synchronous=FULL``, so that a row that was reported durable survives the
loss of power. One thread owns the connection and does one transaction after another: the event loop never waits for the disk, and a
cancelled call's transaction is committed or rolled back as a whole. Several processes may use one file.

The file says its layout by ``user_version``; `MIGRATIONS` brings an older one up to date, and a newer one is refused. Each row says
the version of its own form (`polyloop.loop.journal.SCHEMA`).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar, cast

from attrs import evolve

from ..journal import (
    SCHEMA,
    Claim,
    JobTakenError,
    MissingImageError,
    Row,
    RowKind,
    SchemaVersionError,
    StaleClaimError,
    StoreError,
)

T = TypeVar("T")

MIGRATIONS: Final = (
    """
    CREATE TABLE job (
        id TEXT PRIMARY KEY, owner TEXT NOT NULL, fence INTEGER NOT NULL, expires_at REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE journal (
        job TEXT NOT NULL, sequence INTEGER NOT NULL, schema INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
        data TEXT NOT NULL, fence INTEGER NOT NULL, PRIMARY KEY (job, sequence)
    ) WITHOUT ROWID;
    CREATE TABLE image (digest TEXT PRIMARY KEY, media_type TEXT NOT NULL, data BLOB NOT NULL);
    """,
)
"""One script for each step of the file's layout; never changed once released, only added to."""
BUSY_SECONDS: Final = 30.0


class SqliteStore:
    """Jobs in a SQLite file, made where it does not exist. ``:memory:`` keeps them in memory until `aclose`."""

    def __init__(self, path: str | Path, *, now: Callable[[], float] = time.time) -> None:
        self._path = str(path)
        self._now = now
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="polyloop-sqlite")
        self._connection: sqlite3.Connection | None = None
        self._closed = False

    async def _in_thread(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do work in the store's thread. Cancelled, it is still done as a whole: nobody learns its result."""
        if self._closed:
            raise StoreError("the store is closed")

        def run() -> T:
            try:
                return work(self._open())
            except sqlite3.Error as error:
                raise StoreError(f"SQLite cannot use {self._path}: {_said(error)}") from error

        return await asyncio.get_running_loop().run_in_executor(self._thread, run)

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                _migrate(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    async def claim(self, job: str, owner: str, ttl: float) -> Claim:
        """See `Store.claim`."""

        def work(connection: sqlite3.Connection) -> Claim:
            with _transaction(connection):
                known = connection.execute("SELECT owner, fence, expires_at FROM job WHERE id = ?", (job,)).fetchone()
                now = self._now()
                if known is not None and known[0] not in ("", owner) and known[2] > now:
                    raise JobTakenError(f"job {job!r} belongs to {known[0]!r} for another {known[2] - now:.0f} s")
                fence = known[1] + 1 if known is not None else 1
                connection.execute("INSERT OR REPLACE INTO job VALUES (?, ?, ?, ?)", (job, owner, fence, now + ttl))
            return Claim(job=job, owner=owner, fence=fence, expires_at=now + ttl)

        return await self._in_thread(work)

    async def renew(self, claim: Claim, ttl: float) -> Claim:
        """See `Store.renew`."""

        def work(connection: sqlite3.Connection) -> Claim:
            with _transaction(connection):
                _check(connection, claim)
                expires_at = self._now() + ttl
                connection.execute(
                    "UPDATE job SET owner = ?, expires_at = ? WHERE id = ?", (claim.owner, expires_at, claim.job)
                )
            return evolve(claim, expires_at=expires_at)

        return await self._in_thread(work)

    async def release(self, claim: Claim) -> None:
        """See `Store.release`."""

        def work(connection: sqlite3.Connection) -> None:
            with _transaction(connection):
                connection.execute(
                    "UPDATE job SET owner = '', expires_at = 0 WHERE id = ? AND fence = ?", (claim.job, claim.fence)
                )

        await self._in_thread(work)

    async def append(self, claim: Claim, rows: Sequence[Row]) -> int:
        """See `Store.append`."""

        def work(connection: sqlite3.Connection) -> int:
            with _transaction(connection):
                _check(connection, claim)
                (last,) = connection.execute(
                    "SELECT COALESCE(MAX(sequence), 0) FROM journal WHERE job = ?", (claim.job,)
                ).fetchone()
                connection.executemany(
                    "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [
                        (claim.job, last + offset, SCHEMA, row.kind, row.key, encoded(row), claim.fence)
                        for offset, row in enumerate(rows, start=1)
                    ],
                )
            return int(last) + len(rows)

        return await self._in_thread(work)

    async def rows(self, job: str, after: int = 0) -> tuple[Row, ...]:
        """See `Store.rows`."""

        def work(connection: sqlite3.Connection) -> tuple[Row, ...]:
            found = connection.execute(
                "SELECT schema, kind, key, data, sequence FROM journal WHERE job = ? AND sequence > ? ORDER BY sequence",
                (job, after),
            )
            return tuple(decoded(*row) for row in found)

        return await self._in_thread(work)

    async def put_image(self, data: bytes, media_type: str) -> str:
        """See `Store.put_image`."""

        def work(connection: sqlite3.Connection) -> str:
            digest = hashlib.sha256(data).hexdigest()
            with _transaction(connection):
                connection.execute("INSERT OR IGNORE INTO image VALUES (?, ?, ?)", (digest, media_type, data))
            return digest

        return await self._in_thread(work)

    async def image(self, digest: str) -> tuple[bytes, str]:
        """See `Store.image`."""

        def work(connection: sqlite3.Connection) -> tuple[bytes, str]:
            found = connection.execute("SELECT data, media_type FROM image WHERE digest = ?", (digest,)).fetchone()
            if found is None:
                raise MissingImageError(f"no image {digest[:12]}... is stored")
            return bytes(found[0]), str(found[1])

        return await self._in_thread(work)

    async def aclose(self) -> None:
        """See `Store.aclose`."""
        if self._closed:
            return
        self._closed = True

        def close() -> None:
            if self._connection is not None:
                self._connection.close()

        await asyncio.get_running_loop().run_in_executor(self._thread, close)
        self._thread.shutdown(wait=False)


_REMEDIES: Final = {sqlite3.SQLITE_FULL: "make room on that disk", sqlite3.SQLITE_IOERR: "look after that disk"}


def _said(error: sqlite3.Error) -> str:
    """Say what SQLite says, and what to do where that is known."""
    remedy = _REMEDIES.get(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF)
    return f"{error}; what was stored before is kept: {remedy}, then resume" if remedy is not None else str(error)


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction that is the writer from its start, so that what it read still holds when it writes."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite has ended it by itself where the disk is full
            connection.execute("ROLLBACK")
        raise


def _check(connection: sqlite3.Connection, claim: Claim) -> None:
    known = connection.execute("SELECT fence FROM job WHERE id = ?", (claim.job,)).fetchone()
    if known is None or known[0] != claim.fence:
        raise StaleClaimError(f"job {claim.job!r} has another owner now")


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the file's layout up to date. Raises `SchemaVersionError` for one of a newer release, which is left as it is."""
    with _transaction(connection):
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise SchemaVersionError(
                f"the file has layout {version}, this release knows {len(MIGRATIONS)}: use a newer release"
            )
        for script in MIGRATIONS[version:]:
            for statement in filter(None, map(str.strip, script.split(";"))):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def encoded(row: Row) -> str:
    """Return a row's data as JSON text; lone surrogates, which a database refuses, as escapes."""
    return json.dumps(row.data, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def decoded(schema: int, kind: str, key: str, data: str, sequence: int) -> Row:
    """Make a row of what is stored. Raises `SchemaVersionError`."""
    if schema != SCHEMA:
        raise SchemaVersionError(f"row {sequence} is stored with schema {schema}, this release reads {SCHEMA}")
    try:
        return Row(kind=cast("RowKind", kind), key=key, data=json.loads(data), sequence=sequence)
    except ValueError as error:
        raise SchemaVersionError(f"row {sequence} is not one this release can read: {error}") from error
