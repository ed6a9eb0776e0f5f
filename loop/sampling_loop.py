"""The sampling loop as existing callers know it: one call, keyword by keyword, over the parts of this package.

This module and the command line are where things are put together: the only ones that know transport.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from polyloop.translate.jsonvalue import ABSENT, Json, JsonObject

from . import assembly
from .blocks import turns_of
from .callbacks import ApiResponseCallback, Callbacks, Exchanges, OutputCallback, ToolOutputCallback
from .clock import SystemClock
from .imaging import PillowImager
from .limits import Limits
from .observed import observed
from .ports import (
    Approver,
    Clock,
    Computer,
    Decision,
    HealthProbe,
    Imager,
    Observer,
    ProviderClient,
    Store,
    Tool,
)
from .providers import APIProvider
from .results import result_of
from .runner import Price, Runner
from .safety import DenyAll, Redaction
from .setting import setting_of
from .tool_groups import group_of
from .tools.extraction import extraction_tool

SYSTEM_PROMPT: Final = """\
You carry out a task on a computer with the tools you are given.
Look at the screen before you act, and after you acted: go on only when what you see is what you expect.
When everything the task asks for is known, call the extraction tool with the result, then end your turn.
If the screen does not show what the task needs and you cannot get there, call ui_not_as_expected instead of guessing."""
"""What stands before the caller's ``system_prompt_suffix``. The whole of it: nothing else is ever added."""


async def sampling_loop(
    *,
    job_id: Any,
    db: Any,
    model: str,
    provider: APIProvider | str,
    system_prompt_suffix: str,
    messages: Sequence[Any],
    output_callback: OutputCallback,
    tool_output_callback: ToolOutputCallback,
    api_response_callback: ApiResponseCallback | None = None,
    max_tokens: int = 4096,
    tool_version: str,
    token_efficient_tools_beta: bool = False,
    api_key: str = "",
    only_n_most_recent_images: int | None = None,
    session_id: str | None = None,
    client: ProviderClient | None = None,
    computer: Computer | None = None,
    store: Store | None = None,
    tools: Sequence[Tool] = (),
    limits: Limits | None = None,
    approver: Approver | None = None,
    decisions: Sequence[Decision] = (),
    observer: Observer | None = None,
    clock: Clock | None = None,
    health: HealthProbe | None = None,
    redaction: Redaction | None = None,
    imager: Imager | None = None,
    price: Price | None = None,
    system_prompt: str = SYSTEM_PROMPT,
    extraction_schema: JsonObject | None = None,
    extraction_example: Json = ABSENT,
    custom_actions: Mapping[str, Json] | None = None,
    parameters: Mapping[str, Json] | None = None,
    image_prune_chunk: int | None = None,
    keep_exchanges: bool = True,
    settle_seconds: float = 0.0,
    owner: str | None = None,
) -> tuple[Any, list[JsonObject]]:
    """Run a job until it has a result, and return (result, exchanges).

    ``messages`` are Anthropic's (``{"role", "content"}``) and are added to the job's stored history; an empty list resumes it. ``db`` is
    a `Store`, an existing database service with message rows, or None with a ``store``. The result is what the model gave the
    extraction tool, or an error dictionary (``success`` False, ``error``, ``error_description``). An exchange is ``{"request", "response"}``.

    Without a ``client`` one is made for the provider from ``api_key`` and the environment; without a ``computer`` the target is used that
    ``db`` knows as the session's, and without a session the simulated desktop. What is made here is closed here. Exchanges say every
    request as a whole, so a run of thousands of steps does without: ``keep_exchanges`` False gives none.

    Raises `NoResultError` (a ``ValueError``) when the model ends its turn without a result, `RunEndedError` (too) for a limit,
    a refusal or a provider's failure, `JobPausedError` when a decision or a quota is waited for, `UsageError` for arguments
    that cannot be. Cancelled, it stops at once. In every case the stored history can be sent.
    """
    named, turns = assembly.provider_of(provider), turns_of(messages)
    group_of(tool_version)
    kept = assembly.kept_in(db, store, job_id)
    time, bounds, name = clock or SystemClock(), limits or Limits(), owner or assembly.owner_of_this_host()
    exchanges = Exchanges(keep=keep_exchanges, callback=api_response_callback)
    async with (
        assembly.computer_of(computer, db, session_id) as target,
        _client_of(client, named, model, api_key) as used,
    ):
        setting = await setting_of(
            used, target, provider=named, model=model, tool_version=tool_version, db=db, session_id=session_id, health=health,
            observer=observer, clock=time,
        )  # fmt: skip
        await assembly.take_over(kept, str(job_id), name, time)
        run_tools = setting.tools(
            extraction=extraction_tool(schema=extraction_schema, example=extraction_example),
            further=tools,
            actions=await assembly.custom_actions_of(db, job_id) if custom_actions is None else custom_actions,
            parameters=parameters,
            settle_seconds=settle_seconds,
            clock=time,
        )
        callbacks = Callbacks(output=output_callback, tool_output=tool_output_callback, store=kept.store)
        instructions = (system_prompt, system_prompt_suffix)
        runner = Runner(
            job=str(job_id),
            client=observed(used, exchanges.take) if exchanges.wanted else used,
            store=kept.store,
            template=setting.template(instructions, run_tools, max_tokens, token_efficient=token_efficient_tools_beta),
            tools=run_tools,
            approver=approver or DenyAll(),
            observer=observer,
            clock=time,
            probe=setting.probe,
            unreachable=setting.unreachable,
            limits=bounds,
            view_policy=setting.view_policy(only_n_most_recent_images, image_prune_chunk),
            redaction=redaction or Redaction(),
            profile=setting.profile,
            imager=imager or PillowImager(),
            price=assembly.price_for(bounds, price),
            listener=assembly.both(kept.rows, callbacks.listen),
            owner=name,
        )
        state = await runner.run(turns, tuple(decisions))
    return result_of(state, runner.error), exchanges.kept


@asynccontextmanager
async def _client_of(
    client: ProviderClient | None, provider: APIProvider, model: str, api_key: str
) -> AsyncIterator[ProviderClient]:
    """Give a run's client: the caller's, or one that is made here and closed here."""
    if client is not None:
        yield client
        return
    made = _create_client(provider, model, api_key)
    try:
        yield made
    finally:
        await made.aclose()


def _create_client(provider: APIProvider, model: str, api_key: str) -> ProviderClient:
    from polyloop.transport import create_client

    settings: dict[str, Any] = {"api_key": api_key} if api_key else {}
    client: ProviderClient = create_client(provider.value, model=model, **settings)
    return client
