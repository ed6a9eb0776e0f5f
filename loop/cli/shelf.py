"""Where the command line keeps jobs: one SQLite file with the store's journal, and beside it how each job is run.

The file is ``$XDG_STATE_HOME/polyloop/jobs.sqlite``, by default ``~/.local/state/polyloop/jobs.sqlite``; ``--store FILE`` names another.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Final, TypeVar

from attrs import frozen

from polyloop.translate.errors import FormatError, UsageError

from ..journal import StoreError
from ..limits import Limits
from ..page.page import status_of
from ..page.story import Story, story_of
from ..plain import dump, load
from ..stores.sqlite import BUSY_SECONDS, SqliteStore

T = TypeVar("T")
_TABLE: Final = """
CREATE TABLE IF NOT EXISTS command_line_job (job TEXT PRIMARY KEY, settings TEXT NOT NULL, created_at REAL NOT NULL) WITHOUT ROWID
"""


@frozen(kw_only=True)
class JobSettings:
    """How a job is run: what a later ``polyloop resume`` needs besides the journal. Holds no key."""

    task: str
    provider: str
    model: str
    computer: str = "simulated"
    wire: str | None = None
    tool_version: str = "computer_use_20250124"
    instructions: str = ""
    max_steps: int | None = None
    max_cost: Decimal | None = None
    max_seconds: float | None = None

    @property
    def limits(self) -> Limits:
        """The machine's limits; steps have one of their own where none is said."""
        steps = Limits().steps if self.max_steps is None else self.max_steps
        return Limits(steps=steps, cost=self.max_cost, seconds=self.max_seconds)


@frozen(kw_only=True)
class Listed:
    """A job in the list. ``settings`` is None for one that no command started, ``story`` for one this release cannot read."""

    job: str
    status: str
    settings: JobSettings | None
    story: Story | None
    created_at: float | None
    problem: str = ""


def add_store(parser: argparse.ArgumentParser) -> None:
    """Declare ``--store``."""
    parser.add_argument(
        "--store", metavar="FILE", help="keep jobs in this file (default: jobs.sqlite in $XDG_STATE_HOME/polyloop)"
    )


def path_of(arguments: argparse.Namespace, *, makes: bool = False) -> Path:
    """Return the file that holds the jobs; its folder exists then. Raises `UsageError`, also for a file that was named and is not there,
    unless the command ``makes`` it: a name with a slip in it must not become a second, empty list of jobs.
    """
    if arguments.store:
        path = Path(arguments.store)
        if not (makes or path.exists()):
            raise UsageError(f"there is no file {path}: `polyloop run --store` makes one with its first job")
    else:
        state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
        path = Path(state).expanduser() / "polyloop" / "jobs.sqlite"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make {path.parent}: {error.strerror}; name another file with --store") from None
    return path


class Shelf:
    """The jobs in one file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def store(self) -> SqliteStore:
        """Return the store in the file. Close it."""
        return SqliteStore(self.path)

    def put(self, job: str, settings: JobSettings) -> None:
        """Keep how a job is run; what was kept of that job before is replaced, but not when it was made."""
        with self._connection() as connection:
            connection.execute(
                "INSERT INTO command_line_job VALUES (?, ?, ?) ON CONFLICT (job) DO UPDATE SET settings = excluded.settings",
                (job, json.dumps(dump(settings)), time.time()),
            )

    def settings(self, job: str) -> JobSettings:
        """Return how a job is run. Raises `UsageError` for one that is not known, or that no command started."""
        with self._connection() as connection:
            found = connection.execute("SELECT settings FROM command_line_job WHERE job = ?", (job,)).fetchone()
        if found is not None:
            return load(JobSettings, json.loads(found[0]))
        if job in self._names():
            raise UsageError(f"job {job!r} was not started by `polyloop run`: resume it where it was started")
        raise UsageError(f"there is no job {job!r} in {self.path}: `polyloop jobs` lists those there are")

    def exists(self, job: str) -> bool:
        """Tell whether there is a job of that name."""
        return job in self._names()

    def began(self, job: str) -> bool:
        """Tell whether anything of a job is in the journal."""
        with self._connection() as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if "journal" not in tables:
                return False
            return connection.execute("SELECT 1 FROM journal WHERE job = ? LIMIT 1", (job,)).fetchone() is not None

    def names(self) -> list[str]:
        """Return the names of all jobs, the newest first."""
        return list(self._names())

    async def listed(self) -> list[Listed]:
        """Return all jobs, the newest first. One that cannot be read is listed as that."""
        names, store = self._names(), self.store()
        try:
            return [await self._one(store, job, *known) for job, known in names.items()]
        finally:
            await store.aclose()

    async def one(self, job: str) -> Listed:
        """Return one job. Raises `UsageError` where there is none."""
        names = self._names()
        if job not in names:
            raise UsageError(f"there is no job {job!r} in {self.path}: `polyloop jobs` lists those there are")
        store = self.store()
        try:
            return await self._one(store, job, *names[job])
        finally:
            await store.aclose()

    async def _one(
        self, store: SqliteStore, job: str, settings: str | None, created_at: float | None, running: bool
    ) -> Listed:
        try:
            known = None if settings is None else load(JobSettings, json.loads(settings))
            story = story_of(await store.rows(job), job)
        except (StoreError, FormatError) as error:
            return Listed(
                job=job, status="unreadable", settings=None, story=None, created_at=created_at, problem=str(error)
            )
        kind, clause = status_of(story.state)
        status = "running" if running else "interrupted" if kind == "open" else clause
        return Listed(job=job, status=status, settings=known, story=story, created_at=created_at)

    def _names(self) -> dict[str, tuple[str | None, float | None, bool]]:
        """Return what the tables say of each job: settings, when it was made, whether somebody runs it now."""
        with self._connection() as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            kept: dict[str, tuple[str, float]] = {
                job: (settings, created_at)
                for job, settings, created_at in connection.execute(
                    "SELECT job, settings, created_at FROM command_line_job"
                )
            }
            journals: set[str] = set()
            claims: dict[str, tuple[str, float]] = {}
            if {"job", "journal"} <= tables:
                journals = {job for (job,) in connection.execute("SELECT DISTINCT job FROM journal")}
                claims = {
                    job: (owner, until)
                    for job, owner, until in connection.execute("SELECT id, owner, expires_at FROM job")
                }
        now = time.time()
        found: dict[str, tuple[str | None, float | None, bool]] = {}
        for job in sorted({*kept, *journals}, key=lambda name: (-kept.get(name, ("", 0.0))[1], name)):
            settings, created_at = kept.get(job, (None, None))
            owner, until = claims.get(job, ("", 0.0))
            found[job] = (settings, created_at, bool(owner) and until > now)
        return found

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=BUSY_SECONDS)) as connection, connection:
                connection.execute(_TABLE)
                yield connection
        except sqlite3.Error as error:
            raise StoreError(f"SQLite cannot use {self.path}: {error}") from error
