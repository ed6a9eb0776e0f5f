"""``polyloop cancel``: end a job now, whoever runs it."""

from __future__ import annotations

import argparse
import asyncio
import json
import time

from polyloop.translate.errors import UsageError

from ..assembly import owner_of_this_host
from ..events import Cancelled, dump_event
from ..journal import Row
from ..page.story import story_of
from ..runner import TTL
from ..state import Phase
from .shelf import Shelf, add_store, path_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "example: polyloop cancel 20261124-071012-a1b2\n\n"
        "A run of it on this machine stops at its next write. The job can be resumed. Exit code 1: it had ended already."
    )
    parser.add_argument("job", metavar="JOB", help="the job's name, as `polyloop jobs` lists it")
    parser.add_argument("--json", action="store_true", help="say it as a JSON object")
    add_store(parser)


def run(arguments: argparse.Namespace) -> int:
    shelf = Shelf(path_of(arguments))
    if not shelf.exists(arguments.job):
        raise UsageError(f"there is no job {arguments.job!r} in {shelf.path}: `polyloop jobs` lists those there are")
    cancelled = asyncio.run(_cancel(shelf, arguments.job))
    if arguments.json:
        print(json.dumps({"job": arguments.job, "cancelled": cancelled}))
    else:
        print(f"{arguments.job} is cancelled" if cancelled else f"{arguments.job} had ended already")
    return 0 if cancelled else 1


async def _cancel(shelf: Shelf, job: str) -> bool:
    """Take the job over, which stops whoever runs it, and tell the machine of the end."""
    store = shelf.store()
    try:
        claim = await store.claim(job, owner_of_this_host(), TTL)
        try:
            state = story_of(await store.rows(job), job).state
            if state.phase is Phase.ENDED:
                return False
            event = Cancelled(at=time.time(), reason="cancelled at the command line")
            await store.append(claim, [Row(kind="event", key="", data=dump_event(event))])
            return True
        finally:
            await store.release(claim)
    finally:
        await store.aclose()
