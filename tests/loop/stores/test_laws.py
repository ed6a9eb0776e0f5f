"""Every store keeps the laws of stores."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from polyloop.loop.journal import Row, SchemaVersionError, StoreError
from polyloop.loop.ports import Store
from polyloop.loop.stores import MemoryStore, SqliteStore
from polyloop.loop.stores.sqlite import MIGRATIONS
from polyloop.loop.testing import check_store

LONG = 3600.0


async def make_memory() -> Store:
    return MemoryStore()


def makers(folder: Path) -> dict[str, Callable[[], Awaitable[Store]]]:
    count = iter(range(100))

    async def make_file() -> Store:
        return SqliteStore(folder / f"{next(count)}.db")

    async def make_unnamed() -> Store:
        return SqliteStore(":memory:")

    return {"memory": make_memory, "sqlite file": make_file, "sqlite in memory": make_unnamed}


@pytest.mark.parametrize("name", ["memory", "sqlite file", "sqlite in memory"])
def test_keeps_the_laws(name: str, tmp_path: Path) -> None:
    asyncio.run(check_store(makers(tmp_path)[name]))


def test_two_connections_to_one_file_fence_each_other(tmp_path: Path) -> None:
    async def run() -> None:
        one, two = SqliteStore(tmp_path / "jobs.db"), SqliteStore(tmp_path / "jobs.db")
        row = Row(kind="event", key="", data={})
        try:
            first = await one.claim("job", "host", LONG)
            await one.append(first, [row])
            second = await two.claim("job", "host", LONG)
            with pytest.raises(StoreError, match="another owner"):
                await one.append(first, [row])
            assert await two.append(second, [row]) == 2
            assert len(await one.rows("job")) == 2
        finally:
            await one.aclose()
            await two.aclose()

    asyncio.run(run())


def test_a_file_of_a_newer_layout_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()

    async def run() -> None:
        store = SqliteStore(path)
        try:
            with pytest.raises(SchemaVersionError, match="newer release"):
                await store.rows("job")
        finally:
            await store.aclose()

    asyncio.run(run())
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS) + 1,)
    connection.close()


def test_a_row_of_a_newer_schema_is_a_typed_error_and_not_an_empty_history(tmp_path: Path) -> None:
    async def run() -> None:
        store = SqliteStore(tmp_path / "jobs.db")
        claim = await store.claim("job", "me", LONG)
        await store.append(claim, [Row(kind="event", key="", data={})])
        await store.aclose()
        connection = sqlite3.connect(tmp_path / "jobs.db")
        connection.execute("UPDATE journal SET schema = 99")
        connection.commit()
        connection.close()
        again = SqliteStore(tmp_path / "jobs.db")
        try:
            with pytest.raises(SchemaVersionError, match="schema 99"):
                await again.rows("job")
        finally:
            await again.aclose()

    asyncio.run(run())


def test_a_file_that_is_no_database_is_a_typed_error(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    path.write_bytes(b"this is no database" * 100)

    async def run() -> None:
        store = SqliteStore(path)
        try:
            with pytest.raises(StoreError, match="SQLite cannot use"):
                await store.rows("job")
        finally:
            await store.aclose()

    asyncio.run(run())


def test_the_event_loop_goes_on_while_the_file_is_locked(tmp_path: Path) -> None:
    async def run() -> None:
        store = SqliteStore(tmp_path / "jobs.db")
        claim = await store.claim("job", "me", LONG)
        locker = sqlite3.connect(tmp_path / "jobs.db", isolation_level=None)
        locker.execute("BEGIN IMMEDIATE")
        waiting = asyncio.ensure_future(store.append(claim, [Row(kind="event", key="", data={})]))
        for _ in range(100):
            await asyncio.sleep(0)
        assert not waiting.done()
        locker.execute("COMMIT")
        locker.close()
        assert await waiting == 1
        await store.aclose()

    asyncio.run(run())


def test_images_are_kept_once_for_all_jobs(tmp_path: Path) -> None:
    async def run() -> None:
        store = SqliteStore(tmp_path / "jobs.db")
        digests = {await store.put_image(b"the same picture", "image/png") for _ in range(3)}
        await store.aclose()
        assert len(digests) == 1

    asyncio.run(run())
    connection = sqlite3.connect(tmp_path / "jobs.db")
    assert connection.execute("SELECT count(*) FROM image").fetchone() == (1,)
    connection.close()


def test_the_store_that_needs_a_driver_is_named_by_the_package_and_imported_only_then() -> None:
    import polyloop.loop
    from polyloop.loop import stores

    assert "SqlAlchemyStore" in polyloop.loop.__all__
    assert "SqlAlchemyStore" in stores.__all__
    pytest.importorskip("sqlalchemy", reason="SQLAlchemy is not installed: pip install 'polyloop[postgres]'")
    assert polyloop.loop.SqlAlchemyStore is stores.SqlAlchemyStore
