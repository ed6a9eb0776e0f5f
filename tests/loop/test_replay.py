"""L8: a job that is taken up again sends the very bytes that it would have sent without the interruption, on every wire.

A run is cut behind every row of its journal in turn. Each cut is a store that holds the rows up to there and the images, as a crash
leaves it; what a new runner sends then is what the uninterrupted run sent from there on.
"""

from __future__ import annotations

import asyncio
import base64
from typing import Any, Final

import attrs
import pytest
from attrs import field, mutable
from hypothesis import event, given, settings
from hypothesis import strategies as st

from polyloop.loop.assembly import view_policy_of
from polyloop.loop.journal import Row
from polyloop.loop.limits import Limits
from polyloop.loop.ports import CallContext, ToolOutcome, ToolPolicy
from polyloop.loop.runner import Runner
from polyloop.loop.state import State, dump, load
from polyloop.loop.stores import MemoryStore
from polyloop.loop.testing import PIXEL, FakeClock, call, parsed, reply, user
from polyloop.translate import hub
from polyloop.translate.incremental import Memo
from polyloop.translate.profiles import Profile, profile_for
from polyloop.transport.preparing import Route, prepare

ROUTES: Final = {
    "anthropic": (Route(provider="anthropic", wire="anthropic", envelope="anthropic"), "claude-sonnet-4-5"),
    "bedrock": (Route(provider="bedrock", wire="anthropic", envelope="bedrock"), "anthropic.claude-opus-4-6-v1:0"),
    "vertex": (Route(provider="vertex", wire="anthropic", envelope="vertex", region="us-east5", project="p"), "claude-opus-5"),
    "legacyuse": (Route(provider="legacyuse", wire="anthropic", envelope="legacyuse"), "claude-sonnet-4-5"),
    "openai": (Route(provider="openai", wire="openai-chat", envelope="openai"), "gpt-5.5"),
    "responses": (Route(provider="openai", wire="openai-responses", envelope="openai-responses"), "gpt-5.5"),
    "uitars": (Route(provider="uitars", wire="uitars", envelope="uitars"), "ui-tars-1.5-7b"),
}  # fmt: skip
MORE: Final = hub.Reason.MAX_TOKENS


@mutable(kw_only=True)
class Model:
    """Answers a request by how often it has spoken in it, and keeps the bytes of every request as they would be sent."""

    route: Route
    script: list[hub.Response]
    provider: str = "scripted"
    wire: str = "anthropic"
    memo: Memo = field(factory=Memo)
    bodies: list[bytes] = field(factory=list)

    async def create_message(self, request: hub.Request) -> hub.Response:
        """Give the reply for this place of the script."""
        self.bodies.append(prepare(self.route, request, memo=self.memo).request.body)
        await asyncio.sleep(0)
        spoken = sum(turn.role == "assistant" for turn in request.turns)
        return self.script[spoken] if spoken < len(self.script) else reply("done")

    async def aclose(self) -> None:
        """Nothing is open."""


@mutable(kw_only=True)
class Shows:
    """A tool that shows a picture of what it was asked for: the same, however often it runs."""

    policy: ToolPolicy = field(factory=lambda: ToolPolicy(repeatable=True))

    @property
    def definition(self) -> hub.Tool:
        """A function of one number."""
        properties = {"n": {"type": "integer"}}
        return hub.Tool(name="show", description="Show.", schema={"type": "object", "properties": properties})

    async def run(self, call: hub.Call, context: CallContext) -> ToolOutcome:
        """Show it."""
        n = call.arguments.value["n"]
        image = hub.Base64(media_type="image/png", data=base64.b64encode(PIXEL + bytes([n])).decode("ascii"))
        return ToolOutcome(parts=(hub.Text(text=f"picture {n}"), hub.Media(kind="image", source=image)))


def runner(store: MemoryStore, model: Model, name: str) -> Runner:
    route, asked = ROUTES[name]
    profile: Profile | None = profile_for(route.provider, asked, route.wire)
    return Runner(
        job="job",
        client=model,
        store=store,
        template=hub.Request(model=asked, max_output=100, tools=(Shows().definition,)),
        tools={"show": Shows()},
        clock=FakeClock(),
        limits=Limits(steps=20, repeats=None),
        view_policy=view_policy_of(route.wire, 2, 2, profile),
        profile=profile,
    )


def replies(choices: list[tuple[int, int]]) -> list[hub.Response]:
    """Make a script: of each choice a reply with so many calls, cut by the output limit where it has none."""
    made: list[hub.Response] = []
    for number, (count, n) in enumerate(choices):
        calls = [call(f"call_{number}_{each}", "show", {"n": (n + each) % 200}) for each in range(count)]
        made.append(reply(f"step {number}", *calls) if calls else reply(f"half {number}", stop=MORE))
    return made


async def whole_run(name: str, script: list[hub.Response]) -> tuple[MemoryStore, list[bytes]]:
    store, model = MemoryStore(), Model(route=ROUTES[name][0], script=script)
    await runner(store, model, name).run((user("Show me."),))
    return store, model.bodies


async def cut_behind(store: MemoryStore, rows: tuple[Row, ...]) -> MemoryStore:
    """Make a store as a crash behind these rows leaves it."""
    cut = MemoryStore()
    for data, media_type in store._images.values():
        await cut.put_image(data, media_type)
    claim = await cut.claim("job", "before", 60.0)
    for row in rows:
        await cut.append(claim, [row])
    await cut.release(claim)
    return cut


@pytest.mark.parametrize("name", ROUTES)
@settings(max_examples=8)
@given(choices=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 199)), max_size=5))
def test_a_run_cut_anywhere_goes_on_with_the_bytes_of_the_uninterrupted_one(name: str, choices: list[Any]) -> None:
    async def run() -> None:
        script = replies(choices)
        store, bodies = await whole_run(name, script)
        rows = await store.rows("job")
        event(f"{len(rows)} cuts")
        for count in range(1, len(rows) + 1):
            model = Model(route=ROUTES[name][0], script=script)
            cut = await cut_behind(store, rows[:count])
            state = await runner(cut, model, name).run()
            known = sum(row.kind == "happened" and row.key.endswith(".sample") for row in rows[:count])
            assert model.bodies == bodies[known:]
            assert state.ending is not None

    asyncio.run(run())


def test_a_state_that_was_stored_as_text_is_the_state() -> None:
    async def run() -> list[State]:
        store, _ = await whole_run("anthropic", replies([(2, 1), (0, 0), (1, 7)]))
        fresh = runner(store, Model(route=ROUTES["anthropic"][0], script=[]), "anthropic")
        return [await fresh.run()]

    for state in asyncio.run(run()):
        assert dump(load(parsed(dump(state)))) == dump(state)
        assert attrs.evolve(load(parsed(dump(state))), turns=()) == attrs.evolve(state, turns=())
