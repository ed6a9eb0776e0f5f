"""What `sampling_loop` is put together from: which store, which computer, which tools, which request."""

from __future__ import annotations

import inspect
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from attrs import frozen

from polyloop.translate import hub
from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.errors import PolyloopError, UsageError
from polyloop.translate.jsonvalue import ABSENT, Json, JsonObject
from polyloop.translate.profiles import Profile
from polyloop.translate.uitars.templates import TEMPLATES

from .events import Event, Imported, dump_event
from .history import ViewPolicy
from .journal import Row
from .limits import Limits
from .media import keep_turn
from .policy.prices import price_of
from .ports import Clock, Computer, HealthProbe, Notice, Observer, Store, Tool
from .probes import TARGET_PORT, SessionProbe, session_address_of
from .providers import APIProvider
from .rows import RowWriter, asked, conclusion_of, history_of
from .runner import TTL, Listener, Price
from .state import State
from .stores.memory import MemoryStore
from .tool_groups import GROUPS, ToolGroup, computer_definition, group_of
from .tools.computer import ComputerTool, FrameOf, fitting_in, same_pixels
from .tools.custom_action import custom_action_tool
from .tools.extraction import ExtractionTool, ui_not_as_expected_tool

CACHE_POINTS: Final = 3
"""Cache points set in the conversation, of the four that a request may have; tools and instructions lie before the first."""
NOMINAL_SCREEN: Final = Size(1024, 768)
"""Stands for the size of a screen that cannot be looked at; no request says it."""
NO_HOST: Final = "no-address.invalid"
"""A host that there never is (RFC 6761)."""
UITARS_TEMPLATE: Final = "computer-1.5"
"""The prompt that UI-TARS 1.5 servers speak."""


def provider_of(provider: str) -> APIProvider:
    """Return the provider of that name. Raises `UsageError` that names the legal ones."""
    try:
        return APIProvider(str(getattr(provider, "value", provider)))
    except ValueError:
        raise UsageError(f"unknown provider {provider!r}; the providers are {', '.join(APIProvider)}") from None


def owner_of_this_host() -> str:
    """Return the owner's name that runs on this host share: a run that is started again after a crash takes over at once, and fences the
    one before it."""
    return f"host:{socket.gethostname()}"


def is_store(db: Any) -> bool:
    """Tell whether an object is a `Store` and not a database service of message rows."""
    return all(hasattr(db, name) for name in ("claim", "append", "rows", "put_image"))


@frozen(kw_only=True)
class Kept:
    """Where a job is kept: the store of its journal, and the rows that are written beside it."""

    store: Store
    rows: RowWriter | None
    opened: bool
    """The store was made here, and is to be closed here."""


def kept_in(db: Any, store: Store | None, job_id: Any) -> Kept:
    """Choose where a job is kept. Raises `UsageError` where neither is given, or ``db`` is neither."""
    if db is None and store is None:
        raise UsageError("give a db, or a store: a job's history has to be kept somewhere")
    if db is None or is_store(db):
        return Kept(store=store if store is not None else db, rows=None, opened=False)
    missing = [
        name for name in ("get_next_message_sequence", "add_job_message", "get_job_messages") if not hasattr(db, name)
    ]
    if missing:
        raise UsageError(f"db is neither a store nor has it {', '.join(missing)}")
    journal: Store = store if store is not None else MemoryStore()
    return Kept(store=journal, rows=RowWriter(db=db, job_id=job_id, store=journal), opened=store is None)


async def take_over(kept: Kept, job: str, owner: str, clock: Clock) -> None:
    """Bring a history that only the rows have into the journal, each call that nobody answered as unknown."""
    if kept.rows is None or await kept.store.rows(job):
        return
    turns, known = await history_of(kept.rows.db, kept.rows.job_id)
    if not turns:
        return
    stored = tuple([await keep_turn(turn, kept.store) for turn in turns])
    imported = Imported(at=clock.now(), turns=stored, conclusion=conclusion_of(turns))
    claim = await kept.store.claim(job, owner, TTL)
    await kept.store.append(claim, [Row(kind="event", key="", data=dump_event(imported))])
    await kept.rows.write_repairs(stored[known - 1 :])


async def custom_actions_of(db: Any, job_id: Any) -> dict[str, Json]:
    """Return the custom actions an existing database has for a job, by name; none where it has none."""
    method = getattr(db, "get_custom_actions", None)
    if method is None:
        return {}
    takes = bool(inspect.signature(method).parameters)
    found = await (asked(method, job_id) if takes else asked(method))
    if isinstance(found, Mapping):
        return dict(found)
    return {
        each["name"]: each for each in found or () if isinstance(each, Mapping) and isinstance(each.get("name"), str)
    }


@asynccontextmanager
async def computer_of(computer: Computer | None, db: Any, session_id: str | None) -> AsyncIterator[Computer]:
    """Give a run's computer: the caller's, the one of the session, or the simulated desktop. Leaving lets go of what is held down, and
    closes what was made here."""
    used = computer if computer is not None else await _made_computer(db, session_id)
    try:
        yield used
    finally:
        try:
            await used.release_held()
        finally:
            if computer is None:
                await used.close()


async def _made_computer(db: Any, session_id: str | None) -> Computer:
    if session_id is None:
        from .computers import SimulatedComputer  # drawing it needs Pillow, which other computers do not

        return SimulatedComputer()
    if not hasattr(db, "get_session"):
        raise UsageError(f"db knows no sessions: give the computer of session {session_id!r} as computer=")
    from .computers import TargetComputer

    try:
        address = await session_address_of(db, session_id)
    except ValueError:
        address = None
    # A session without an address is found unhealthy before anything is done: nobody answers at a host of no name.
    return TargetComputer(f"http://{address or NO_HOST}:{TARGET_PORT}")


def probe_of(health: HealthProbe | None, computer: Computer, db: Any, session_id: str | None) -> HealthProbe | None:
    """Return who looks whether the target answers. None for a computer that needs no session and says nothing of its health."""
    if health is not None:
        return health
    if session_id is not None and hasattr(db, "get_session"):
        return SessionProbe(db=db, session_id=session_id, port=TARGET_PORT)
    return computer if isinstance(computer, HealthProbe) else None


async def screen_of(computer: Computer, probe: HealthProbe | None) -> tuple[Size, str | None]:
    """Return the size of the screen, and why it cannot be told, where somebody is there to say that the target does not answer."""
    try:
        return await computer.size(), None
    except PolyloopError as error:
        if probe is None:
            raise
        health = await probe.check()
        return NOMINAL_SCREEN, health.reason or str(error)


def group_for(tool_version: str, profile: Profile | None) -> ToolGroup:
    """Return the tools of a version, or those of the profile where its host refuses that version's computer."""
    group = group_of(tool_version)
    accepted = None if profile is None else profile.builtin_tools
    if profile is None or accepted is None or group.computer in accepted:
        return group
    return next((other for other in GROUPS.values() if other.computer == profile.computer), group)


def told_group(tool_version: str, profile: Profile | None, observer: Observer | None, clock: Clock) -> ToolGroup:
    """Return the tools of a run as `group_for` does, and tell the observer where they are not those that were asked for."""
    group = group_for(tool_version, profile)
    if group.version != tool_version and observer is not None:
        data: JsonObject = {"asked": tool_version, "used": group.version}
        observer.notice(Notice(kind="tool_version_changed", at=clock.now(), data=data))
    return group


def frames_of(wire: str, profile: Profile | None) -> FrameOf:
    """Return the frame of screenshots for a wire's models: the size they are sent in, and what the answer's numbers mean.

    A screen larger than the model sees sharply is sent smaller, so that the provider need not scale it and coordinates stay true. A
    UI-TARS model counts pixels of what its own image processor makes of the picture.
    """
    if wire == "uitars":
        return TEMPLATES[UITARS_TEMPLATE].frame
    side = None if profile is None else profile.images.best_side
    return same_pixels if side is None else fitting_in(side)


def tools_of(
    *,
    group: ToolGroup,
    wire: str,
    screen: Size,
    computer: Computer,
    profile: Profile | None = None,
    extraction: ExtractionTool,
    further: Sequence[Tool],
    actions: Mapping[str, Json],
    parameters: Mapping[str, Json],
    settle_seconds: float,
    clock: Clock,
) -> dict[str, Tool]:
    """Return a run's tools by name: the version's group, custom actions where there are any, and the caller's own."""
    frame = frames_of(wire, profile)
    tools: dict[str, Tool] = {
        "computer": ComputerTool(
            computer=computer,
            definition=computer_definition(group, wire, frame(screen).sent if wire != "uitars" else screen),
            version=group.computer,
            frame=frame,
            resizes=wire != "uitars",
            png_bytes=None if profile is None else profile.images.png_bytes,
            # On Responses a computer call is answered by a screenshot and nothing else; UI-TARS knows no other result either.
            shows_each=group.shows_each or wire in ("openai-responses", "uitars"),
            settle_seconds=settle_seconds,
            clock=clock,
        )
    }
    others: tuple[Tool, ...] = (extraction, ui_not_as_expected_tool(), *further)
    for tool in others:
        name = tool.definition.name
        if not isinstance(name, str) or name in tools:
            raise UsageError(f"a tool needs a name of its own, and {name!r} is none")
        tools[name] = tool
    if actions:
        tools["custom_action"] = custom_action_tool(actions, dict(tools), parameters)
    return tools


def template_of(
    *, model: str, instructions: str, tools: Mapping[str, Tool], max_tokens: int, betas: tuple[str, ...] | None
) -> hub.Request:
    """Return everything of a request but its turns."""
    return hub.Request(
        model=model,
        instructions=hub.Turn(role="system", parts=(hub.Text(text=instructions),)) if instructions else ABSENT,
        tools=tuple(tool.definition for tool in tools.values()),
        max_output=max_tokens,
        betas=ABSENT if betas is None else betas,
    )


def view_policy_of(
    wire: str, keep: int | None, chunk: int | None, profile: Profile | None = None, screen: Size | None = None
) -> ViewPolicy:
    """Return what of a history requests show.

    Images are left out in chunks of as many as are kept, unless the caller says otherwise, since each time breaks the provider's prompt
    cache. Where a host refuses more than a number of images, or more than a number of that size, the two together never pass it.
    """
    if keep is not None and keep < 1:
        raise UsageError("only_n_most_recent_images must be at least 1, or None for all")
    most = _most_images(profile, screen)
    if most is not None:
        keep = min(keep or (most + 1) // 2, most)
        chunk = min(chunk or keep, most - keep + 1)
    points = 0 if wire != "anthropic" else CACHE_POINTS
    if profile is not None and profile.cache_points is not None:
        points = min(points, profile.cache_points)
    return ViewPolicy(
        keep_images=keep,
        prune_chunk=chunk or keep or 1,
        cache_points=points,
        append_only=profile is not None and profile.append_only,
    )


def _most_images(profile: Profile | None, screen: Size | None) -> int | None:
    """Return the most screenshots that a host takes in one request; None where none is known."""
    if profile is None:
        return None
    limits, side = profile.images, 0 if screen is None else max(screen.width, screen.height)
    counts = [limits.most] if limits.most is not None else []
    if limits.many is not None and limits.many_side is not None and side > limits.many_side:
        counts.append(limits.many)
    return min(counts, default=None)


def price_for(limits: Limits, price: Price | None) -> Price | None:
    """Return how replies are priced: as the caller says, else by the price list where a limit on cost asks for it."""
    return price if price is not None or limits.cost is None else price_of


def both(rows: RowWriter | None, listener: Listener) -> Listener:
    """Return a listener that writes rows first and tells callbacks then. Behind a row that the database did not take none is written:
    a result would stand there without its call."""
    if rows is None:
        return listener
    failed = False

    async def listen(event: Event, before: State, after: State) -> None:
        nonlocal failed
        if not failed:
            failed = True
            await rows.listen(event, before, after)
            failed = False
        await listener(event, before, after)

    return listen
