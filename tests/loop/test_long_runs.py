"""A long run keeps the text of its history in memory, and the images of its view; nothing ever waits for a disk on the event loop."""

from __future__ import annotations

import asyncio
import base64
import gc
import hashlib
import io
import sqlite3
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from benchmarks.soak import IMAGE_BYTES, KEPT_IMAGES, Soak, soak
from benchmarks.turns import SENTENCE, run_memory

from polyloop.loop import imaging
from polyloop.loop.imaging import PillowImager
from polyloop.loop.journal import Row
from polyloop.loop.lag import LoopLag
from polyloop.loop.media import LONG, keep
from polyloop.loop.ports import ImageWish
from polyloop.loop.stores import MemoryStore, SqliteStore
from polyloop.loop.stores import sqlite as sqlite_store
from polyloop.loop.testing import FakeClock, settle
from polyloop.translate import hub, packing

HISTORY_BYTES = 15_000
"""Of memory for one turn's text, its records and its encoded bytes: a seventh of one image's base64."""


def test_images_outside_the_view_are_not_in_memory(tmp_path: Path) -> None:
    held: dict[int, int] = {}

    def at_turn(turn: int) -> None:
        if turn in (60, 260):
            gc.collect()
            held[turn] = tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        model = Soak(turns=260, at_turn=at_turn)
        asyncio.run(soak(model, tmp_path / "soak.sqlite"))
    finally:
        tracemalloc.stop()
    assert (held[260] - held[60]) / 200 < HISTORY_BYTES < IMAGE_BYTES
    assert KEPT_IMAGES * IMAGE_BYTES < model.body_bytes < 2.2 * KEPT_IMAGES * IMAGE_BYTES * 4 / 3
    # A call and its result are translated when they come, when their cache point moves on, and when their image is pruned.
    assert model.memo.whole == 0
    assert model.memo.translated < 260 * 2 * 3.5


def test_a_step_of_short_texts_weighs_at_most_two_and_a_half_times_what_it_adds_to_the_body() -> None:
    packing._opened.cache_clear()
    assert run_memory(4 * SENTENCE, first=40, last=160) < 2.5
    assert packing._opened.cache_info().misses == 0, "what lies back is not looked into as a run goes on"


def test_the_longest_time_the_loop_was_held_is_measured() -> None:
    async def run() -> LoopLag:
        clock = FakeClock()
        async with LoopLag(clock=clock, period=1.0) as lag:
            await clock.advance(1.0)
            await clock.advance(1.5)
            await clock.advance(5.0)
            await clock.advance(1.0)
            await settle()
        return lag

    lag = asyncio.run(run())
    assert (lag.longest, lag.looks) == (4.0, 4)


def test_what_holds_the_loop_up_to_the_end_counts_too() -> None:
    async def run() -> LoopLag:
        clock = FakeClock()
        async with LoopLag(clock=clock, period=1.0) as lag:
            clock.time += 8.0
        return lag

    assert asyncio.run(run()).longest == 7.0


def threads_of(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[int]:
    """Return a list that fills with the threads in which a function of a module is called."""
    seen: list[int] = []
    original: Callable[..., Any] = getattr(module, name)

    def noting(*arguments: Any, **named: Any) -> Any:
        seen.append(threading.get_ident())
        return original(*arguments, **named)

    monkeypatch.setattr(module, name, noting)
    return seen


def test_the_store_touches_its_file_and_hashes_images_in_a_thread_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = threads_of(monkeypatch, sqlite3, "connect")
    hashed = threads_of(monkeypatch, hashlib, "sha256")
    began = threads_of(monkeypatch, sqlite_store, "_transaction")

    async def run() -> int:
        store = SqliteStore(tmp_path / "jobs.sqlite")
        claim = await store.claim("job", "me", 60.0)
        await store.append(claim, [Row(kind="event", key="", data={})])
        digest = await store.put_image(b"picture", "image/png")
        assert await store.image(digest) == (b"picture", "image/png")
        await store.rows("job")
        await store.aclose()
        return threading.get_ident()

    mine = asyncio.run(run())
    assert len(connected) == 1
    assert len(hashed) == 1
    assert len(began) >= 4  # the layout, the claim, the row, the image
    assert set(connected) == set(hashed) == set(began)
    assert mine not in began


def test_pictures_are_worked_on_outside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    images = pytest.importorskip("PIL.Image", reason="Pillow is not installed: pip install 'polyloop[x11]'")
    seen = threads_of(monkeypatch, imaging, "fitted")
    buffer = io.BytesIO()
    images.new("RGB", (64, 64)).save(buffer, format="PNG")

    async def run() -> int:
        assert await PillowImager().fit(buffer.getvalue(), "image/png", ImageWish(side=32)) is not None
        return threading.get_ident()

    assert asyncio.run(run()) not in seen
    assert len(seen) == 1


def test_others_run_between_the_steps_of_keeping_a_large_image() -> None:
    """Decoding and comparing are each one step of the loop's, and no image keeps two of them together."""

    async def turns_of_others(size: int) -> int:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        source = hub.Base64(media_type="image/png", data=base64.b64encode(bytes(size)).decode("ascii"))
        task = asyncio.ensure_future(other())
        await keep(tuple(hub.Media(kind="image", source=source) for _ in range(10)), MemoryStore())
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return turns

    assert asyncio.run(turns_of_others(LONG)) >= 10
    assert asyncio.run(turns_of_others(8)) <= 1
