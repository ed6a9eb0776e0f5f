"""What every client, tool, probe, approver, observer and imager must keep, as functions to call from a test of your own."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from attrs import evolve, field, mutable

from polyloop.translate import hub
from polyloop.translate.errors import PolyloopError
from polyloop.translate.jsonvalue import JsonObject, same_json

from .journal import ToolError
from .plain import dump, load
from .ports import (
    ApprovalRequest,
    Approver,
    Decision,
    Health,
    HealthProbe,
    Imager,
    ImageWish,
    Notice,
    Observer,
    Perform,
    ProviderClient,
    Tool,
    ToolOutcome,
)
from .preflight import fits_wish
from .testing_laws import must

_QUESTION: Final = hub.Request(
    model="m", max_output=100, turns=(hub.Turn(role="user", parts=(hub.Text(text="Say yes."),)),)
)


@mutable(kw_only=True)
class RecordingContext:
    """A `CallContext` that journals into memory. A second one made of the first's ``results`` is that of a resumed run."""

    job: str = "job"
    key: str = "1.0.call"
    results: dict[str, JsonObject] = field(factory=dict)
    acted: list[tuple[str, JsonObject]] = field(factory=list, init=False)
    """What was asked for, whether it was performed or known."""
    performed: list[str] = field(factory=list, init=False)

    async def act(self, name: str, action: JsonObject, perform: Perform) -> JsonObject:
        """Perform an action that has no result yet, and keep its result."""
        self.acted.append((name, action))
        if name not in self.results:
            self.performed.append(name)
            self.results[name] = await perform()
        return self.results[name]


async def check_client(make_client: Callable[[], Awaitable[ProviderClient]], request: hub.Request = _QUESTION) -> None:
    """Check a client by the laws of `ProviderClient`. It has to be able to answer the request, again and again."""
    client = await make_client()
    try:
        must(bool(client.provider) and bool(client.wire), "a client names its provider and its wire")
        before = dump(request)
        first = await client.create_message(request)
        must(isinstance(first, hub.Response), "a reply is a neutral response")
        must(same_json(dump(load(hub.Response, dump(first))), dump(first)), "a reply survives being stored")
        must(same_json(dump(request), before), "a request is not changed by being sent")
        both = await asyncio.gather(client.create_message(request), client.create_message(request))
        must(all(isinstance(each, hub.Response) for each in both), "requests can be sent at the same time")
        task = asyncio.ensure_future(client.create_message(request))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        must(task.done(), "a request can be cancelled")
        again = await client.create_message(request)
        must(isinstance(again, hub.Response), "after a cancelled request the client goes on")
    finally:
        await client.aclose()
        await client.aclose()


async def check_tool(make_tool: Callable[[], Tool], call: hub.Call) -> None:
    """Check a tool by the laws of `Tool`. ``make_tool`` gives a new one each time, ``call`` is one that it can run."""
    tool = make_tool()
    must(same_json(dump(tool.definition), dump(tool.definition)), "a tool's definition is the same on every call")
    must(
        same_json(dump(tool.policy), dump(make_tool().policy)),
        "a tool's policy is plain data, and the same on every run",
    )
    context = RecordingContext()
    outcome = await tool.run(call, context)
    _check_outcome(outcome)
    must(tool.policy.journaled or not context.acted, "a tool that journals its actions says so")
    if tool.policy.journaled:
        resumed = RecordingContext(results=context.results)
        await make_tool().run(call, resumed)
        must(resumed.acted == context.acted, "a resumed call asks for the same actions under the same names")
        must(not resumed.performed, "a resumed call does nothing again that is known to be done")
    if tool.policy.repeatable:
        _check_outcome(await tool.run(call, RecordingContext()))
    for arguments in (hub.Arguments(value={}), hub.Arguments(value=[]), hub.Arguments(value={"": None})):
        await _refused_or_done(make_tool(), evolve(call, arguments=arguments))
    task = asyncio.ensure_future(make_tool().run(call, RecordingContext()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    must(task.done(), "a call can be cancelled")


async def _refused_or_done(tool: Tool, call: hub.Call) -> None:
    """Arguments of another form are an outcome, or words for the model."""
    try:
        _check_outcome(await tool.run(call, RecordingContext()))
    except ToolError:
        return
    except Exception as error:
        must(False, f"arguments that are not as wanted are refused in words, and not by {type(error).__name__}")


def _check_outcome(outcome: ToolOutcome) -> None:
    document = dump(outcome)
    must(same_json(json.loads(json.dumps(document)), document), "an outcome is plain JSON")
    must(same_json(dump(load(ToolOutcome, document)), document), "an outcome survives being stored")


async def check_probe(probe: HealthProbe) -> None:
    """Check a health probe: it says what it finds, again and again, and can be cancelled. Use it with a target that is gone, too."""
    for _ in range(2):
        health = await _without_raising(probe)
        must(isinstance(health, Health), "a probe gives a health")
        must(health.healthy or bool(health.reason), "who is not healthy says why")
    task = asyncio.ensure_future(probe.check())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    must(isinstance(await _without_raising(probe), Health), "after a cancelled check the probe goes on")


async def _without_raising(probe: HealthProbe) -> Health:
    try:
        return await probe.check()
    except Exception as error:
        must(False, f"a target that does not answer is a health, and not a {type(error).__name__}")
        raise


async def check_approver(approver: Approver) -> None:
    """Check an approver: a decision is about the very call, arguments and screen it was asked about, or there is none."""
    for number in range(2):
        call = hub.Call(id=f"call-{number}", name="pay", arguments=hub.Arguments(value={"amount": number}))
        asked = ApprovalRequest(job="job", call=call, screenshot=None, binding=f"{number:064x}", reasons=("it costs",))
        decision = await approver.decide(asked)
        if decision is not None:
            must(isinstance(decision, Decision), "an approver gives a decision, or None to leave it to later")
            found = (decision.call_id, decision.binding)
            must(found == (call.id, asked.binding), "a decision repeats what it is about")
            must(isinstance(decision.approve, bool), "a decision is yes or no")


def check_observer(observer: Observer, notices: Mapping[str, JsonObject] | None = None) -> None:
    """Check an observer: it takes every kind of notice, those it has never heard of too, and returns at once."""
    known: dict[str, JsonObject] = {
        "call_started": {"key": "1.0.a", "tool": "computer"}, "pruned": {"images": 3, "first_turn": 2, "why": "kept"},
        "ended": {"reason": "completed", "detail": ""}, "of a later release": {"deep": [{"nothing": None}]},
    }  # fmt: skip
    for kind, data in (known if notices is None else notices).items():
        before = json.dumps(data)
        take: Callable[[Notice], Any] = observer.notice
        returned = take(Notice(kind=kind, at=1_000_000.0, data=data))
        must(not inspect.isawaitable(returned), "an observer returns at once: it is not awaited")
        must(json.dumps(data) == before, "a notice is not changed")


async def check_imager(imager: Imager, data: bytes, media_type: str, wish: ImageWish) -> None:
    """Check an imager with a picture that it can make fit: what comes is as wished, and the same each time."""
    made = await imager.fit(data, media_type, wish)
    must(made is not None, "a picture that can be made to fit is")
    assert made is not None
    must(fits_wish(made[0], made[1], wish), "a picture that is made fits")
    must(await imager.fit(data, media_type, wish) == made, "the same picture and wish give the same bytes")
    try:
        nothing = await imager.fit(b"no picture", media_type, wish)
    except PolyloopError:
        nothing = None
    must(nothing is None, "of what is no picture nothing is made")
