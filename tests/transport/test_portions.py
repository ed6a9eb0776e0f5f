"""A history that is new to a client is translated a portion at a time, each turn once, and to the same bytes."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import attrs
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.translate.test_incremental import conversation

from polyloop.translate import hub
from polyloop.translate.incremental import Memo
from polyloop.transport import create_client
from polyloop.transport.config import TransportConfig
from polyloop.transport.errors import ProviderCallError
from polyloop.transport.portions import MOST_PORTIONS, Portions
from polyloop.transport.preparing import Route, prepare

ROUTE = Route(provider="anthropic", wire="anthropic", envelope="anthropic")
MODEL = "claude-opus-4-6"


@given(steps=st.integers(0, 30))
def test_portions_grow_to_the_request_and_translate_each_turn_once(steps: int) -> None:
    request, memo = conversation(steps), Memo()
    lengths = []
    for portion in Portions().of(request):
        lengths.append(len(portion.turns))
        prepare(ROUTE, portion, model=MODEL, memo=memo)
    assert lengths == sorted(set(lengths))
    assert len(lengths) == max(0, steps - 1)
    sent = prepare(ROUTE, request, model=MODEL, memo=memo)
    assert sent == prepare(ROUTE, request, model=MODEL)
    assert (memo.translated, memo.whole) == (len(request.turns), 0)


def test_a_conversation_that_grows_by_a_step_has_no_portions_and_a_very_long_one_few() -> None:
    whole, portions = conversation(400), Portions()
    assert len(list(portions.of(whole))) <= MOST_PORTIONS
    assert list(portions.of(whole)) == []
    growing = Portions()
    for count in range(1, 20, 2):
        assert list(growing.of(attrs.evolve(whole, turns=whole.turns[:count]))) == []


def test_conversations_are_not_kept_alive() -> None:
    portions, request = Portions(), conversation(3)
    list(portions.of(request))
    assert len(portions._seen) == 1
    del request
    gc.collect()
    assert len(portions._seen) == 0


@pytest.mark.parametrize("in_pieces", [True, False])
@pytest.mark.parametrize("provider", ["anthropic", "uitars"])
def test_others_run_while_a_long_history_is_translated(provider: str, in_pieces: bool) -> None:
    request: hub.Request = attrs.evolve(conversation(20), model=MODEL)
    if not in_pieces:  # what the system says behind the task is placed by what stands around it
        said = hub.Turn(role="system", parts=(hub.Text(text="Go on."),))
        request = attrs.evolve(request, turns=(request.turns[0], said, *request.turns[1:]))
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def run() -> None:
        nonlocal turns
        options: dict[str, Any] = {"api_key": "none"} if provider == "anthropic" else {}
        transport = httpx.MockTransport(lambda _: httpx.Response(400, json={}))
        async with httpx.AsyncClient(transport=transport) as http:
            client = create_client(provider, model=MODEL, config=TransportConfig(client=http), **options)
            task = asyncio.ensure_future(other())
            with pytest.raises(ProviderCallError):
                await client.create_message(request)
            first, turns = turns, 0
            with pytest.raises(ProviderCallError):
                await client.create_message(request)
            again = turns
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await client.aclose()
        assert (first - again >= 19) == in_pieces

    asyncio.run(run())
