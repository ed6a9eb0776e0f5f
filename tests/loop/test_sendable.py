"""Whatever happens to a job, its history can be sent to every provider, and the switch loses nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from tests.loop.test_machine import Walk, walks

from polyloop.loop import sampling_loop
from polyloop.loop.providers import APIProvider
from polyloop.loop.state import Phase
from polyloop.loop.stores import MemoryStore
from polyloop.loop.testing import FakeClock, FakeComputer, ScriptedModel, call, reply
from polyloop.translate import adapt, decode, hub, profile_for, write

ROUTES = [
    ("anthropic", "anthropic", "claude-sonnet-5"),
    ("anthropic", "bedrock", "anthropic.claude-opus-4-6-v1:0"),
    ("openai-chat", "openai", "gpt-5.5"),
    ("openai-responses", "openai", "gpt-5.5"),
    ("uitars", "uitars", "ui-tars-1.5-7b"),
]


def sent(turns: tuple[hub.Turn, ...], wire: str, provider: str, model: str) -> Any:
    """What a provider is sent of a history; decoding it again shows that it is of the wire's form."""
    tools = (hub.Tool(name="click", description="Click.", schema={"type": "object"}),)
    request = hub.Request(model=model, max_output=100, tools=tools, turns=turns)
    document = write(wire, adapt(request, wire, profile_for(provider, model, wire)))
    decode(wire, "request", document)
    return document


@pytest.mark.parametrize(("wire", "provider", "model"), ROUTES)
@given(walk=walks())
def test_every_settled_history_can_be_sent(walk: Walk, wire: str, provider: str, model: str) -> None:
    for _, _, reached, _ in walk:
        if reached is not None and reached.turns and reached.phase is not Phase.ACTING:
            sent(reached.turns, wire, provider, model)


@given(walk=walks())
def test_chat_gets_each_result_once_and_right_behind_its_calls(walk: Walk) -> None:
    for _, _, reached, _ in walk:
        if reached is None or not reached.turns or reached.phase is Phase.ACTING:
            continue
        owed: Counter[str] = Counter()
        for message in sent(reached.turns, "openai-chat", "openai", "gpt-5.5")["messages"]:
            if message["role"] == "tool":
                owed[message["tool_call_id"]] -= 1
            else:
                assert not +owed
                owed = Counter(made["id"] for made in message.get("tool_calls", ()))
            assert all(count >= 0 for count in owed.values())


def run(model: ScriptedModel, provider: APIProvider, store: MemoryStore, messages: list[Any]) -> Any:
    return asyncio.run(
        sampling_loop(
            job_id="job", db=store, model="m", provider=provider, system_prompt_suffix="", messages=messages,
            output_callback=lambda block: None, tool_output_callback=lambda result, name: None,
            tool_version="computer_use_20250124", client=model, computer=FakeComputer(), clock=FakeClock(),
        )
    )  # fmt: skip


def test_switching_the_provider_and_back_loses_nothing_of_what_was_said() -> None:
    seal = hub.Seal(kind="signature", data="c2ln", family="anthropic")
    thought = hub.Thinking(text="hm", seal=seal)
    extraction = call("b", "extraction", {"data": {"name": "n", "result": 1}})
    store = MemoryStore()
    click = call("a", "computer", {"action": "left_click", "coordinate": [1, 2]})
    first = ScriptedModel(script=[reply(thought, click), reply(extraction), reply("done")])
    run(first, APIProvider.ANTHROPIC, store, [{"role": "user", "content": "one"}])
    second = ScriptedModel(
        script=[reply(call("c", "extraction", {"data": {"name": "n", "result": 2}})), reply("done")],
        provider="openai",
        wire="openai-chat",
    )
    assert run(second, APIProvider.OPENAI, store, [{"role": "user", "content": "two"}])[0] == 2
    third = ScriptedModel(script=[reply(call("d", "extraction", {"data": {"name": "n", "result": 3}})), reply("done")])
    assert run(third, APIProvider.ANTHROPIC, store, [{"role": "user", "content": "three"}])[0] == 3
    first_turns, last_turns = first.requests[-1].turns, third.requests[0].turns
    assert last_turns[1].parts[0] == thought

    def said(turns: tuple[hub.Turn, ...]) -> list[Any]:
        return [(turn.role, [p for p in turn.parts if not isinstance(p, hub.Mark)]) for turn in turns]

    assert said(last_turns)[: len(first_turns)] == said(first_turns)
