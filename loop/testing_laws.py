"""What every store, computer and clock must keep, as functions to call from a test of your own."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

from polyloop.translate.computer_use.actions import Click, Move
from polyloop.translate.computer_use.points import ScreenPoint
from polyloop.translate.errors import PolyloopError

from .journal import JobTakenError, MissingImageError, Row, StaleClaimError
from .ports import Clock, Computer, Store

LONG = 3600.0


class LawBrokenError(AssertionError):
    """An implementation does not keep a port's promise. The message names which."""


def must(held: bool, law: str) -> None:
    """Raise `LawBrokenError` unless a law is kept."""
    if not held:
        raise LawBrokenError(law)


async def _raises(error: type[Exception], attempt: Awaitable[object], law: str) -> None:
    try:
        await attempt
    except error:
        return
    raise LawBrokenError(law)


def _row(number: int) -> Row:
    data = {"number": number, "text": "ä\ud800\x00", "big": 2**70, "one": 1.0, "nothing": None}
    return Row(kind="event", key=f"key-{number}", data=data)


async def check_store(make_store: Callable[[], Awaitable[Store]]) -> None:
    """Check a store by every law of `Store`. ``make_store`` gives an empty one on each call; each is closed, twice."""
    for law in (_rows_come_back, _fences, _images, _appends_at_once, _cancelled_appends):
        store = await make_store()
        try:
            await law(store)
        finally:
            await store.aclose()
            await store.aclose()


async def _rows_come_back(store: Store) -> None:
    must(await store.rows("job") == (), "a job that is not known has no rows")
    claim = await store.claim("job", "me", LONG)
    must(await store.append(claim, [_row(1), _row(2)]) == 2, "append returns the last row's sequence")
    must(await store.append(claim, [_row(3)]) == 3, "sequences have no gaps")
    rows = await store.rows("job")
    must([row.sequence for row in rows] == [1, 2, 3], "rows come in the order they were added")
    must([row.data for row in rows] == [_row(n).data for n in (1, 2, 3)], "rows come back as they were")
    must(
        [type(value) for value in rows[0].data.values()] == [int, str, int, float, type(None)],
        "types of numbers are kept",
    )
    must([row.key for row in await store.rows("job", 2)] == ["key-3"], "rows behind a sequence only")
    must(await store.rows("other") == (), "jobs are kept apart")
    must(await store.append(claim, []) == 3, "adding nothing adds nothing")


async def _fences(store: Store) -> None:
    first = await store.claim("job", "me", LONG)
    await _raises(JobTakenError, store.claim("job", "you", LONG), "a job that is owned cannot be claimed by another")
    again = await store.claim("job", "me", LONG)
    must(again.fence > first.fence, "a later claim has a larger fence")
    await _raises(StaleClaimError, store.append(first, [_row(1)]), "a stale owner's write is refused")
    await _raises(StaleClaimError, store.renew(first, LONG), "a stale claim cannot be renewed")
    must(await store.rows("job") == (), "a refused write leaves nothing")
    await store.release(first)
    await _raises(JobTakenError, store.claim("job", "you", LONG), "releasing a stale claim frees nothing")
    renewed = await store.renew(again, LONG)
    await store.append(renewed, [_row(1)])
    await store.release(renewed)
    await store.release(renewed)
    other = await store.claim("job", "you", LONG)
    must(other.fence > renewed.fence, "fences grow over owners too")
    await _raises(StaleClaimError, store.append(renewed, [_row(2)]), "the owner before may not write")
    short = await store.claim("short", "me", -1.0)
    taken = await store.claim("short", "you", LONG)
    must(taken.fence > short.fence, "a claim that ran out can be taken over")
    await _raises(StaleClaimError, store.append(short, [_row(1)]), "an overtaken owner may not write")


async def _images(store: Store) -> None:
    data = b"\x89PNG\r\n\x1a\n\x00" + bytes(range(256))
    digest = await store.put_image(data, "image/png")
    must(digest == hashlib.sha256(data).hexdigest(), "an image's digest is its SHA-256")
    must(await store.put_image(data, "image/png") == digest, "the same image is kept once")
    must(await store.image(digest) == (data, "image/png"), "an image comes back as it was")
    await _raises(MissingImageError, store.image("0" * 64), "an image that is not there is said to be missing")


async def _appends_at_once(store: Store) -> None:
    claim = await store.claim("job", "me", LONG)
    ends = await asyncio.gather(*(store.append(claim, [_row(n), _row(n)]) for n in range(10)))
    must(sorted(ends) == list(range(2, 21, 2)), "writes at the same time do not mix")
    keys = [row.key for row in await store.rows("job")]
    must(keys[::2] == keys[1::2], "the rows of one write stand together")


async def _cancelled_appends(store: Store) -> None:
    claim = await store.claim("job", "me", LONG)
    task = asyncio.ensure_future(store.append(claim, [_row(1), _row(2)]))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await store.append(claim, [_row(3)])
    keys = [row.key for row in await store.rows("job")]
    must(keys in (["key-3"], ["key-1", "key-2", "key-3"]), "a cancelled write is done as a whole or not at all")


async def check_computer(make_computer: Callable[[], Awaitable[Computer]]) -> None:
    """Check a computer by the laws of `Computer`: what it shows, what it refuses, that it lets go."""
    computer = await make_computer()
    size = await computer.size()
    must(
        (await computer.screenshot()).startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")),
        "a screenshot is a PNG or a JPEG",
    )
    target = ScreenPoint(size.width // 2, size.height // 2)
    await computer.perform(Move(at=target))
    must(await computer.cursor_position() == target, "the pointer is where it was moved")
    beyond = Click(at=ScreenPoint(size.width, 0))
    await _raises(PolyloopError, computer.perform(beyond), "a point beyond the screen is refused, not clamped")
    must(await computer.cursor_position() == target, "what was refused did not happen")
    await computer.release_held()
    await computer.release_held()
    await computer.close()
    await computer.close()


async def check_clock(clock: Clock) -> None:
    """Check a clock: it does not run backwards, and a sleep can be cancelled."""
    before = clock.now()
    sleeper = asyncio.ensure_future(clock.sleep(LONG))
    await asyncio.sleep(0)
    sleeper.cancel()
    await asyncio.gather(sleeper, return_exceptions=True)
    must(sleeper.cancelled(), "a sleep can be cancelled")
    must(clock.now() >= before, "time does not run backwards")
