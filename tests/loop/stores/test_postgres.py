"""The PostgreSQL store keeps the laws of stores, on a real server that the test starts."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from polyloop.loop.journal import JobTakenError, Row, SchemaVersionError, StaleClaimError, StoreError
from polyloop.loop.testing import check_store

pytest.importorskip("sqlalchemy", reason="SQLAlchemy is not installed: pip install 'polyloop[postgres]'")
pytest.importorskip("asyncpg", reason="asyncpg is not installed: pip install 'polyloop[postgres]'")

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from polyloop.loop.stores.sqlalchemy import MIGRATIONS, SqlAlchemyStore

LONG = 3600.0
NOBODY = 65534
ROW = Row(kind="event", key="", data={})


def programs() -> Path | None:
    """Find the folder of PostgreSQL's programs: on the path, or where Debian puts them."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Start a server that listens on a socket in a folder of its own; give the URL of its first database."""
    folder = programs()
    if folder is None or not (folder / "initdb").exists():
        pytest.skip("PostgreSQL is not installed: its store is not tried on a real server")
    # Root may not run the server, and nobody may not enter pytest's own folders.
    as_whom: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    home = Path(tempfile.mkdtemp(prefix="polyloop-postgres-"))
    if as_whom:
        os.chown(home, NOBODY, NOBODY)
    data = home / "data"

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(folder / program), *arguments], capture_output=True, text=True, cwd=home, check=False, **as_whom
        )
        assert done.returncode == 0, done.stderr

    try:
        run("initdb", "-D", str(data), "-U", "polyloop", "-A", "trust", "-N", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses='' -c fsync=off -k {home}"
        run("pg_ctl", "-D", str(data), "-w", "-l", str(home / "log"), "-o", options, "start")
        try:
            yield f"postgresql+asyncpg://polyloop@/postgres?host={home}"
        finally:
            run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home)


@pytest.fixture
def database(server: str) -> Callable[[str], Coroutine[Any, Any, str]]:
    """Make empty databases of that name, one for each call."""

    async def make(name: str) -> str:
        engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(f'CREATE DATABASE "{name}"'))
        await engine.dispose()
        return server.replace("/postgres?", f"/{name}?")

    return make


def test_keeps_the_laws(database: Any) -> None:
    count = iter(range(100))

    async def make() -> SqlAlchemyStore:
        return SqlAlchemyStore(await database(f"laws_{next(count)}"))

    asyncio.run(check_store(make))


def test_stores_of_two_hosts_fence_each_other_and_set_the_tables_up_at_once(database: Any) -> None:
    async def run() -> None:
        url = await database("two")
        one, two = SqlAlchemyStore(url), SqlAlchemyStore(url)
        try:
            assert list(await asyncio.gather(one.rows("job"), two.rows("job"))) == [(), ()]
            claims = await asyncio.gather(
                *(s.claim("job", n, LONG) for s, n in ((one, "a"), (two, "b"))), return_exceptions=True
            )
            assert sorted(type(claim).__name__ for claim in claims) == ["Claim", "JobTakenError"]
            claim = next(found for found in claims if not isinstance(found, BaseException))
            taken = await two.claim("job", claim.owner, LONG)
            with pytest.raises(StaleClaimError):
                await one.append(claim, [ROW])
            ends = await asyncio.gather(*((one, two)[n % 2].append(taken, [ROW, ROW]) for n in range(10)))
            assert sorted(ends) == list(range(2, 21, 2))
            with pytest.raises(JobTakenError):
                await one.claim("job", "c", LONG)
        finally:
            await one.aclose()
            await two.aclose()

    asyncio.run(run())


def test_a_newer_layout_and_a_newer_row_are_typed_errors_and_left_alone(database: Any) -> None:
    async def run() -> None:
        url = await database("newer")
        store = SqlAlchemyStore(url)
        await store.append(await store.claim("job", "me", LONG), [ROW])
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE polyloop_journal SET schema = 99"))
        with pytest.raises(SchemaVersionError, match="schema 99"):
            await store.rows("job")
        await store.aclose()
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE polyloop_layout SET version = version + 1"))
        again = SqlAlchemyStore(url)
        with pytest.raises(SchemaVersionError, match="newer release"):
            await again.rows("job")
        await again.aclose()
        async with engine.connect() as connection:
            found = await connection.execute(text("SELECT version FROM polyloop_layout"))
            assert found.scalar_one() == len(MIGRATIONS) + 1
        await engine.dispose()

    asyncio.run(run())


def test_a_server_that_is_not_there_and_a_closed_store_are_typed_errors(tmp_path: Path) -> None:
    async def run() -> None:
        store = SqlAlchemyStore(f"postgresql+asyncpg://nobody:secret@/none?host={tmp_path}")
        with pytest.raises(StoreError) as caught:
            await store.rows("job")
        assert "secret" not in str(caught.value)
        await store.aclose()
        with pytest.raises(StoreError, match="closed"):
            await store.rows("job")

    asyncio.run(run())
