"""A client translates each turn of a conversation once, and sends what it would send without remembering."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import attrs
import pytest
from tests.translate.test_incremental import conversation

from polyloop.loop.history import ViewPolicy
from polyloop.loop.stores import MemoryStore
from polyloop.loop.view import View
from polyloop.translate.incremental import Memo
from polyloop.transport.preparing import Route, prepare

ROUTES = {
    "anthropic": Route(provider="anthropic", wire="anthropic", envelope="anthropic"),
    "bedrock": Route(provider="bedrock", wire="anthropic", envelope="bedrock"),
    "vertex": Route(provider="vertex", wire="anthropic", envelope="vertex", region="us-east5", project="p"),
    "legacyuse": Route(provider="legacyuse", wire="anthropic", envelope="legacyuse"),
    "openai": Route(provider="openai", wire="openai-chat", envelope="openai"),
    "responses": Route(provider="openai", wire="openai-responses", envelope="openai-responses"),
    "uitars": Route(provider="uitars", wire="uitars", envelope="uitars"),
}
MODEL = "anthropic.claude-opus-4-6-v1:0"


@pytest.mark.parametrize("name", ROUTES)
def test_what_is_sent_is_the_same_with_a_memo_and_without(name: str) -> None:
    whole, memo = conversation(8), Memo()
    for count in range(1, len(whole.turns) + 1, 2):
        request = attrs.evolve(whole, turns=whole.turns[:count])
        assert prepare(ROUTES[name], request, model=MODEL, memo=memo) == prepare(ROUTES[name], request, model=MODEL)
    again = 2 * 3 if name == "uitars" else 0  # of eight screenshots it takes five: three steps lose theirs
    assert (memo.translated, memo.whole) == (len(whole.turns) + again, 0)


def test_a_run_with_cache_points_translates_a_turn_when_it_comes_and_when_its_point_moves_on() -> None:
    async def run() -> list[int]:
        history, memo = conversation(10), Memo()
        view = View(store=MemoryStore(), policy=ViewPolicy(cache_points=3))
        counts: list[int] = []
        for count in range(1, len(history.turns) + 1, 2):
            turns, _ = await view.turns(history.turns[:count])
            request = attrs.evolve(history, turns=turns)
            sent = prepare(ROUTES["anthropic"], request, memo=memo).request
            assert sent == prepare(ROUTES["anthropic"], request).request
            assert sent.body.count(b'"cache_control"') == min(3, len(counts) + 1)
            counts.append(memo.translated)
        assert memo.whole == 0
        return counts

    counts = asyncio.run(run())
    grown = [now - before for before, now in pairwise(counts)]
    # A call with its result is two turns: the new ones, and those whose point moved on (the task is a turn by itself).
    assert grown == [2, 2, 3, 4, 4, 4, 4, 4, 4, 4]
