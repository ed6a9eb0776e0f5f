"""Performs what the machine wants, over the ports, and keeps the journal.

The order of things is the whole point:

1. an effect's intent is durable before the effect begins;
2. its result is durable before the machine is told of it, and before anything that follows begins;
3. every row is written with the claim's fence, so that an owner who was overtaken can write nothing, and begins nothing, any more.

So after a crash, wherever it was: a result in the journal is replayed, an effect without an intent was never begun and may run, and
an intent without a result is a call whose outcome nobody knows. Such a call runs again only if its tool says that does no harm, or
if it journals each of its actions (`ToolPolicy.journaled`), which then are looked at one by one by the same rule.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import Any, Final, TypeAlias

from attrs import evolve, field, mutable

from polyloop.translate import hub
from polyloop.translate.errors import PolyloopError
from polyloop.translate.jsonvalue import JsonObject
from polyloop.translate.profiles import Profile
from polyloop.translate.provider_errors import ProviderError

from . import texts
from .calls import DecisionError, failed, unknown
from .clock import SystemClock
from .effects import AskApproval, Effect, Emit, Finish, RunCall, Sample, Work, dump_effect
from .events import (
    CallFinished,
    Cancelled,
    Decided,
    Event,
    Failure,
    PauseRequested,
    Sampled,
    SampleFailed,
    Started,
    TargetUnhealthy,
    Ticked,
    dump_event,
)
from .history import ViewPolicy
from .ids import call_ids, with_unique_ids
from .journal import Row, StaleClaimError, StoreError, ToolError
from .journaling import Context, Journal, OutcomeUnknownError
from .limits import Limits
from .machine import step
from .media import keep, keep_turn, newest_image
from .ports import (
    Approver,
    Clock,
    Decision,
    HealthProbe,
    Imager,
    Looks,
    Notice,
    Observer,
    ProviderClient,
    Store,
    Tool,
    ToolOutcome,
)
from .preflight import Change, Pruned, Refitted, RequestRefusedError, StepsLeftOut
from .safety import DenyAll, Redaction, redacted
from .state import Phase, State
from .tasks import ended, uninterrupted
from .view import View

TTL: Final = 60.0
"""Seconds a claim lasts without being renewed."""
PAUSING_FAILURES: Final = frozenset({"quota", "rate_limit"})
"""Failures that pause a job instead of ending its run, where the provider says until when."""

Price: TypeAlias = Callable[[str, str | None, hub.Response], Decimal | None]
"""(provider, model asked for, reply) -> what it cost, or None where nobody can say."""
Listener: TypeAlias = Callable[[Event, State, State], Awaitable[None]]
"""(event, state before, state after): told when the event is durable and before anything that follows begins."""


@mutable(kw_only=True)
class Runner:
    """Runs one job. Make one for each run; see `run`."""

    job: str
    client: ProviderClient
    store: Store
    template: hub.Request
    """Everything of a request but its turns: model, instructions, tools, output limit."""
    tools: Mapping[str, Tool] = field(factory=dict)
    """By the name the model calls them; a computer by its form."""
    approver: Approver = field(factory=DenyAll)
    observer: Observer | None = None
    clock: Clock = field(factory=SystemClock)
    probe: HealthProbe | None = None
    unreachable: str | None = None
    """Why the target cannot be looked at, where it cannot: the run takes its messages, asks nothing of the model, and ends."""
    limits: Limits = field(factory=Limits)
    view_policy: ViewPolicy = field(factory=ViewPolicy)
    redaction: Redaction = field(factory=Redaction)
    profile: Profile | None = None
    """What the client's host takes of the model: requests are planned to fit it before they are sent. None: nothing is known."""
    imager: Imager | None = None
    """Makes images fit the profile. Without one an image that the host would refuse is left out."""
    price: Price | None = None
    listener: Listener | None = None
    owner: str = "polyloop"
    ttl: float = TTL
    state: State = field(init=False)
    view: View = field(init=False)
    error: PolyloopError | None = field(default=None, init=False)
    """What the client raised last."""
    _journal: Journal = field(init=False)
    _ids: set[str] = field(factory=set, init=False)
    """Ids of calls that the history has."""
    _tasks: dict[asyncio.Task[Event | None], Work] = field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self.state = State(job=self.job)
        self.view = View(
            store=self.store,
            policy=self.view_policy,
            redaction=self.redaction,
            profile=self.profile,
            template=self.template,
            imager=self.imager,
        )

    async def run(self, turns: tuple[hub.Turn, ...] = (), decisions: tuple[Decision, ...] = ()) -> State:
        """Run the job with new turns, or resume it with none, until it ends or is paused; return its state.

        Decisions answer questions a pause left open. Raises `JobTakenError` while another owner runs the job, `StaleClaimError`
        when one took it over, `SchemaVersionError` for a history of an unknown version, and what the bugs of tools, callbacks and
        observers raise. Cancelled, or with such a bug: what runs is cut off, the history is saved with every call answered, and the
        cancellation or the exception goes on.
        In every case no task and no claim is left behind.
        """
        claim = await self.store.claim(self.job, self.owner, self.ttl)
        self._journal = Journal(store=self.store, claim=claim)
        guards = [asyncio.ensure_future(self._keep_claim())]
        try:
            self.state = await self._journal.read(self.state)
            self._ids = call_ids(self.state.turns)
            await self._begin(turns, decisions)
            guards.append(asyncio.ensure_future(self._watch_time()))
            await self._work(guards)
        except asyncio.CancelledError:
            await uninterrupted(self._stop(Cancelled(at=self.clock.now(), reason="cancelled")))
            raise
        except StoreError:
            raise
        except BaseException as error:  # a bug of a callback, an observer or a tool
            if not self._journal.lost:
                await self._give_up(error)
            raise
        finally:
            interrupted = await uninterrupted(self._leave(guards))
        if interrupted:
            raise asyncio.CancelledError
        return self.state

    async def _begin(self, turns: tuple[hub.Turn, ...], decisions: tuple[Decision, ...]) -> None:
        for decision in decisions:
            await self._tell(Decided(at=self.clock.now(), decision=decision))
        kept = tuple([await self._kept(turn) for turn in turns])
        policies = {name: tool.policy for name, tool in self.tools.items()}
        await self._tell(Started(at=self.clock.now(), turns=kept, tools=policies, limits=self.limits))

    async def _kept(self, turn: hub.Turn) -> hub.Turn:
        parts = redacted(turn.parts, self.redaction.before_store)
        return await keep_turn(evolve(turn, parts=parts), self.store)

    async def _work(self, guards: list[asyncio.Task[None]]) -> None:
        """Tell the machine of each result until nothing is left to do."""
        keeper, watch = guards
        while self._tasks:
            done, _ = await asyncio.wait({*self._tasks, keeper, watch}, return_when=asyncio.FIRST_COMPLETED)
            if keeper in done:
                keeper.result()
            for task in [task for task in self._tasks if task in done]:
                await self._finished(task)
            if watch in done and self._tasks:
                watch.result()
                await self._stop(Ticked(at=self.clock.now()))
                guards[1] = watch = asyncio.ensure_future(self._watch_time())

    async def _finished(self, task: asyncio.Task[Event | None]) -> None:
        work = self._tasks.pop(task)
        event = task.result()
        if event is None:
            event = PauseRequested(at=self.clock.now(), reason="approval")
            await self._tell(event)
            return
        await self._tell(event, work.key)

    async def _tell(self, event: Event, key: str = "") -> None:
        """Take one step: the event is durable, then the state counts, then observers know, then effects begin."""
        before = self.state
        reached, effects = step(before, event)
        row = Row(kind="happened" if key else "event", key=key, data=dump_event(event))
        # What is durable must count here too, so a cancellation waits until both have happened.
        interrupted = await uninterrupted(self._journal.write(row))
        self.state = reached
        if self.listener is not None:
            interrupted |= await uninterrupted(self.listener(event, before, reached))
        if interrupted:
            raise asyncio.CancelledError
        for effect in effects:
            self._perform(effect)
        if reached.condition is Phase.PAUSED:
            await self._drop_repeatable()

    def _perform(self, effect: Effect) -> None:
        if isinstance(effect, Emit):
            self._notice(effect.kind, effect.data)
        elif isinstance(effect, Finish):
            self._notice("finished", {"reason": effect.reason, "detail": effect.detail})
        elif all(work.key != effect.key for work in self._tasks.values()):
            self._tasks[asyncio.ensure_future(self._do(effect))] = effect

    def _notice(self, kind: str, data: JsonObject) -> None:
        if self.observer is not None:
            self.observer.notice(Notice(kind=kind, at=self.clock.now(), data=data))

    # Performing effects.

    async def _do(self, effect: Work) -> Event | None:
        match effect:
            case Sample():
                return await self._sample(effect)
            case RunCall():
                return await self._run_call(effect)
            case AskApproval():
                return await self._ask(effect)

    async def _sample(self, effect: Sample) -> Event:
        if self.unreachable is not None:
            return TargetUnhealthy(at=self.clock.now(), key=effect.key, reason=self.unreachable)
        await self._intend(effect)
        try:
            turns, changes = await self.view.turns(self.state.turns[: effect.turns])
            for change in changes:
                self._notice(*told_of(change))
            response = await self.client.create_message(evolve(self.template, turns=turns))
        except PolyloopError as error:
            self.error = error
            return SampleFailed(at=self.clock.now(), failure=failure_of(error))
        asked = self.template.model if isinstance(self.template.model, str) else None
        cost = None if self.price is None else self.price(self.client.provider, asked, response)
        candidates = tuple(
            [
                evolve(c, turn=with_unique_ids(await self._kept(c.turn), self._ids, self.state.samples))
                for c in response.candidates[:1]
            ]
        )
        # What it repeats of the request is the same in each step, and stands in the job: no row has it again.
        response = evolve(response, candidates=candidates, request=None)
        return Sampled(at=self.clock.now(), response=response, cost=cost)

    async def _intend(self, effect: Work) -> None:
        if effect.key not in self._journal.begun:
            await self._journal.write(Row(kind="intended", key=effect.key, data=dump_effect(effect)))

    async def _run_call(self, effect: RunCall) -> Event:
        tool = self.tools[effect.tool]
        policy = effect.policy
        if effect.key in self._journal.begun and not (policy.repeatable or policy.journaled):
            return await self._call_finished(effect, await self._looked(tool, effect, unknown()))
        if policy.checks_target and self.probe is not None:
            health = await self.probe.check()
            if not health.healthy:
                return TargetUnhealthy(at=self.clock.now(), key=effect.key, reason=health.reason)
        await self._intend(effect)
        self._notice("call_started", {"key": effect.key, "tool": effect.tool})
        return await self._call_finished(effect, await self._outcome(tool, effect))

    async def _outcome(self, tool: Tool, effect: RunCall) -> ToolOutcome:
        context = Context(job=self.job, key=effect.key, journal=self._journal)
        running = asyncio.ensure_future(tool.run(effect.call, context))
        try:
            if await self._in_time(running, effect.policy.seconds):
                return await self._looked(tool, effect, unknown()) if running.cancelled() else running.result()
        except (StaleClaimError, asyncio.CancelledError):
            raise
        except OutcomeUnknownError:
            return await self._looked(tool, effect, unknown())
        except Exception as error:
            if not isinstance(error, ToolError):  # a tool's bug: the model and the observer learn its name
                self._notice("tool_failed", {"key": effect.key, "error": type(error).__name__})
            if self._journal.is_open(effect.key):
                return await self._looked(tool, effect, unknown())
            return failed(str(error) if isinstance(error, ToolError) else texts.tool_failed(type(error).__name__))
        finally:
            await ended(running)
        return await self._looked(tool, effect, unknown(texts.TIMED_OUT))

    async def _in_time(self, running: asyncio.Task[Any], seconds: float | None) -> bool:
        """Wait for a task, but not longer than that; tell whether it is done."""
        if seconds is None:
            await asyncio.wait({running})
            return True
        alarm = asyncio.ensure_future(self.clock.sleep(seconds))
        try:
            await asyncio.wait({running, alarm}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await ended(alarm)
        return running.done()

    async def _looked(self, tool: Tool, effect: RunCall, outcome: ToolOutcome) -> ToolOutcome:
        """Add to an unknown outcome what a tool can show of the present. Where it can show nothing, the outcome is unknown all the same."""
        if not isinstance(tool, Looks):
            return outcome
        try:
            seen = await tool.look(effect.call)
        except StaleClaimError:
            raise
        except Exception as error:
            self._notice("look_failed", {"key": effect.key, "error": type(error).__name__})
            seen = (hub.Text(text=texts.no_screenshot(type(error).__name__)),)
        return evolve(outcome, parts=outcome.parts + seen)

    async def _call_finished(self, effect: RunCall, outcome: ToolOutcome) -> Event:
        parts = await keep(redacted(outcome.parts, self.redaction.before_store), self.store)
        kept = evolve(outcome, parts=parts)
        return CallFinished(at=self.clock.now(), key=effect.key, outcome=kept, screenshot=newest_image(parts))

    async def _ask(self, effect: AskApproval) -> Event | None:
        self._notice("approval_asked", {"key": effect.key, "reasons": list(effect.request.reasons)})
        decision = await self.approver.decide(effect.request)
        if decision is None:
            return None
        if (decision.call_id, decision.binding) != (effect.request.call.id, effect.request.binding):
            raise DecisionError(f"the approver answered about something else than call {effect.request.call.id!r}")
        return Decided(at=self.clock.now(), decision=decision)

    # Guards, and stopping.

    async def _keep_claim(self) -> None:
        while True:
            await self.clock.sleep(self.ttl / 3)
            await self._journal.renew(self.ttl)

    async def _watch_time(self) -> None:
        if self.limits.seconds is None:
            await asyncio.Event().wait()
            return
        while (left := self.state.spent.since + self.limits.seconds - self.clock.now()) > 0:
            await self.clock.sleep(left)

    async def _stop(self, event: Event) -> None:
        """Cut off what runs, tell of what was done all the same, then tell the event."""
        await self._cut_off(lambda work: True)
        if self.state.phase in (Phase.SAMPLING, Phase.ACTING):
            await self._tell(event)

    async def _give_up(self, error: BaseException) -> None:
        """Leave a history that can be sent, as a cancellation does; what goes wrong meanwhile is told beside the error it is about."""
        try:
            await uninterrupted(self._stop(Cancelled(at=self.clock.now(), reason=type(error).__name__)))
        except Exception as further:
            error.add_note(f"and while the run was ended: {type(further).__name__}: {further}")

    async def _drop_repeatable(self) -> None:
        """Let go of what a pause will ask for again: no socket is held while a job is paused."""
        await self._cut_off(lambda work: isinstance(work, (Sample, AskApproval)))

    async def _cut_off(self, chosen: Callable[[Work], bool]) -> None:
        tasks = [task for task, work in self._tasks.items() if chosen(work)]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for task in tasks:
            work = self._tasks.pop(task, None)
            if work is not None and not task.cancelled() and task.exception() is None:
                event = task.result()
                if event is not None and self.state.phase is not Phase.ENDED:
                    await self._tell(event, work.key)

    async def _leave(self, guards: list[asyncio.Task[None]]) -> None:
        for task in [*self._tasks, *guards]:
            task.cancel()
        await asyncio.gather(*self._tasks, *guards, return_exceptions=True)
        self._tasks.clear()
        await self.store.release(self._journal.claim)


def told_of(change: Change) -> tuple[str, JsonObject]:
    """Return the notice about something that a request shows otherwise than the one before, or than the history has it."""
    match change:
        case Pruned():
            return "pruned", {"images": change.count, "first_turn": change.first_turn, "why": change.why}
        case Refitted():
            return "image_refitted", {"digest": change.digest, "before": change.before, "after": change.after}
        case StepsLeftOut():
            return "steps_left_out", {"steps": change.count}


def failure_of(error: PolyloopError) -> Failure:
    """Return why a provider gave no reply, from its error's record where the error has one."""
    if isinstance(error, RequestRefusedError):
        return Failure(kind="too_large", message=str(error))
    record = getattr(error, "error", None)
    if not isinstance(record, ProviderError):
        return Failure(kind="unknown", message=str(error))
    reset = record.reset.timestamp() if record.reset is not None and record.kind in PAUSING_FAILURES else None
    return Failure(kind=record.kind, message=record.message or str(error), status=record.status, reset_at=reset)
