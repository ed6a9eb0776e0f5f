"""Runs one job from the command line: what ``run`` and ``resume`` share."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import shlex
import signal
import sys
import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from attrs import frozen

from polyloop.translate import hub
from polyloop.translate.jsonvalue import ABSENT, Json, JsonObject
from polyloop.transport import create_client

from ..callbacks import ToolResult
from ..journal import JobTakenError, SchemaVersionError, StaleClaimError, StoreError
from ..page.story import Story, story_of
from ..policy.prices import price_of
from ..ports import ProviderClient
from ..results import JobPausedError, NoResultError, RunEndedError
from ..sampling_loop import sampling_loop
from ..state import EndReason
from ..stores.sqlite import SqliteStore
from .asking import approver_of
from .screens import Screen, open_screen
from .shelf import JobSettings, Shelf
from .views import Progress, View, choose_view, shown

DONE: Final = 0
FAILED: Final = 1
PAUSED: Final = 3
INTERRUPTED: Final = 130
CODES: Final = (
    "Exit codes: 0 the task is done; 1 it ended otherwise; 2 something you gave is wrong; 3 paused, a person or a quota is waited for; "
    "130 stopped by Ctrl-C. After 1, 3 and 130: polyloop resume JOB."
)


@frozen(kw_only=True)
class Came:
    """What a run came to."""

    status: str
    code: int
    result: Json = ABSENT
    detail: str = ""


def add_running(parser: argparse.ArgumentParser) -> None:
    """Declare what both commands take."""
    parser.add_argument(
        "--approve",
        choices=("ask", "deny", "later"),
        help="who allows what needs a person: ask (default in a terminal), deny, or later, which pauses (default elsewhere)",
    )
    parser.add_argument(
        "--json", action="store_true", help="a JSON object a line on standard output, the last with the result"
    )


def work(
    shelf: Shelf, job: str, settings: JobSettings, messages: Sequence[JsonObject], arguments: argparse.Namespace
) -> int:
    """Run a job until it ends, is paused or is interrupted, tell what came of it, and return the exit code."""
    progress = Progress(
        job=job, title=shown(f"{job}: {settings.provider} {settings.model} on {settings.computer}", 120)
    )
    view = choose_view(progress, as_json=arguments.json)
    try:
        came = asyncio.run(_work(shelf, job, settings, messages, progress, view, arguments.approve))
    except (KeyboardInterrupt, asyncio.CancelledError):
        came = Came(status="interrupted", code=INTERRUPTED)
    _tell(job, came, progress, arguments.store, as_json=arguments.json)
    return came.code


async def _work(
    shelf: Shelf,
    job: str,
    settings: JobSettings,
    messages: Sequence[JsonObject],
    progress: Progress,
    view: View,
    approve: str | None,
) -> Came:
    task = asyncio.current_task()
    assert task is not None
    with contextlib.suppress(NotImplementedError):  # Windows has no such handlers; Ctrl-C works there all the same
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    store = shelf.store()
    try:
        for told in story_of(await store.rows(job), job).steps:  # a job that is resumed goes on counting where it was
            progress.replied(told.response.usage, told.cost)
        async with create_client(settings.provider, wire=settings.wire, model=settings.model) as client:
            screen = await open_screen(settings.computer)
            try:
                with view:
                    return await _sampled(job, settings, messages, view, approve, store, client, screen)
            finally:
                await screen.computer.close()
    finally:
        await store.aclose()


async def _sampled(
    job: str,
    settings: JobSettings,
    messages: Sequence[JsonObject],
    view: View,
    approve: str | None,
    store: SqliteStore,
    client: ProviderClient,
    screen: Screen,
) -> Came:
    def price(provider: str, model: str | None, response: hub.Response) -> Decimal | None:
        cost = price_of(provider, model, response)
        view.replied(response.usage, cost)
        return cost

    def answered(result: ToolResult, call_id: str) -> None:
        view.answered(result, call_id)

    try:
        result, _ = await sampling_loop(
            job_id=job,
            db=None,
            store=store,
            model=settings.model,
            provider=settings.provider,
            system_prompt_suffix=settings.instructions,
            messages=messages,
            output_callback=view.said,
            tool_output_callback=answered,
            tool_version=settings.tool_version,
            client=client,
            computer=screen.computer,
            health=screen.health,
            limits=settings.limits,
            approver=approver_of(approve, view.suspend),
            observer=view,
            price=price,
        )
    except JobPausedError as paused:
        until = (
            "" if paused.until is None else f" until {time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(paused.until))}"
        )
        return Came(status="paused", code=PAUSED, detail=f"{paused.reason}{until}")
    except NoResultError:
        # The model ended its turn in words: for who gave a task at the command line, these are the result.
        return Came(status="done", code=DONE, result=last_words(story_of(await store.rows(job), job)))
    except RunEndedError as ended:
        return Came(status=ended.ending.reason.value, code=FAILED, detail=str(ended))
    except StaleClaimError:
        return Came(status="taken over", code=FAILED, detail="it was cancelled, or is run elsewhere now")
    except (JobTakenError, SchemaVersionError):
        raise  # nothing was begun
    except StoreError as error:
        return Came(status="interrupted", code=FAILED, detail=str(error))
    if isinstance(result, dict) and result.get("success") is False and "error" in result:
        return Came(
            status="failed",
            code=FAILED,
            result=result,
            detail=f"{result['error']}: {result.get('error_description', '')}",
        )
    return Came(status="done", code=DONE, result=result)


def last_words(story: Story) -> str:
    """Return what the model said last."""
    for turn in reversed(story.state.turns):
        if turn.role == "assistant":
            return "\n".join(part.text for part in turn.parts if isinstance(part, hub.Text))
    return ""


def result_of(story: Story) -> Json:
    """Return a job's result: what a tool concluded, else the model's last words where it ended its turn itself."""
    ending = story.state.ending
    if ending is None:
        return ABSENT
    if ending.value is not ABSENT:
        return ending.value
    return last_words(story) if ending.reason is EndReason.COMPLETED else ABSENT


def command(name: str, job: str, store: str | None) -> str:
    """Return the command that does something to a job, as a shell takes it."""
    return shlex.join(["polyloop", name, job, *(() if store is None else ("--store", store))])


def _tell(job: str, came: Came, progress: Progress, store: str | None, *, as_json: bool) -> None:
    if as_json:
        last = {
            "event": "end",
            "job": job,
            "status": came.status,
            "steps": progress.step,
            "tokens": None if progress.tokens_unknown else progress.tokens,
            "cost": None if progress.unpriced else str(progress.cost),
            **({} if came.result is ABSENT else {"result": came.result}),
            **({"detail": came.detail} if came.detail else {}),
        }
        print(json.dumps(last), flush=True)
        return
    if came.result is not ABSENT:
        text = came.result if isinstance(came.result, str) else json.dumps(came.result, ensure_ascii=False, indent=2)
        print(shown(text, 100_000))
    detail = f": {shown(came.detail)}" if came.detail else ""
    more = (
        f"; look at it with: {command('show', job, store)}"
        if came.code == DONE
        else f"; go on with: {command('resume', job, store)}"
    )
    print(f"{job} {came.status}{detail} ({progress.step} steps, {progress.spent}){more}", file=sys.stderr)
