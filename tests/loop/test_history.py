"""Views of a history: pruning that is declared, exact and never touches what it was given; cache points; work only for what is new."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from polyloop.loop.history import (
    ViewPolicy,
    cache_turns,
    explain_prefix,
    images_in,
    prune_images,
    pruned_count,
    with_cache_point,
)
from polyloop.loop.media import FAMILY, fetch, keep_turn
from polyloop.loop.plain import dump
from polyloop.loop.preflight import Pruned
from polyloop.loop.safety import Redaction
from polyloop.loop.stores import MemoryStore
from polyloop.loop.testing import call, user
from polyloop.loop.view import PACKED, View
from polyloop.translate import adapt, hub, write
from polyloop.translate.http import encode_json
from polyloop.translate.packing import is_packed

KEEP, CHUNK = st.integers(1, 4), st.integers(1, 4)


def picture(number: int) -> hub.Media:
    return hub.Media(kind="image", source=hub.FileId(id=f"{number:064x}", family=FAMILY))


def shown(number: int, images: int = 1) -> tuple[hub.Turn, hub.Turn]:
    name = f"call-{number}"
    result = hub.Result(call_id=name, parts=tuple(picture(number * 10 + n) for n in range(images)), outcome="ok")
    return (
        hub.Turn(role="assistant", parts=(call(name, "look"),)),
        hub.Turn(role="tool", parts=(result,)),
    )


histories = st.lists(st.integers(0, 3), max_size=8).map(
    lambda counts: (user("go"), *(turn for n, count in enumerate(counts) for turn in shown(n, count)))
)


def digests(turns: tuple[hub.Turn, ...]) -> list[str]:
    return [
        inner.source.id
        for turn in turns
        for part in turn.parts
        if isinstance(part, hub.Result)
        for inner in part.parts
        if isinstance(inner, hub.Media) and isinstance(inner.source, hub.FileId)
    ]


async def _stored(turns: tuple[hub.Turn, ...]) -> MemoryStore:
    store = MemoryStore()
    for number in range(100):
        store._images[f"{number:064x}"] = (f"picture {number}".encode(), "image/png")
    return store


def views(policy: ViewPolicy, *steps: tuple[hub.Turn, ...]) -> tuple[View, list[tuple[hub.Turn, ...]], list[int]]:
    """The views of a growing history, and the prunes that were declared."""

    async def run() -> tuple[View, list[tuple[hub.Turn, ...]], list[int]]:
        view = View(store=await _stored(()), policy=policy)
        seen, declared = [], []
        for history in steps:
            turns, changes = await view.turns(history)
            seen.append(turns)
            declared += [change.count for change in changes if isinstance(change, Pruned)]
        return view, seen, declared

    return asyncio.run(run())


def growing(history: tuple[hub.Turn, ...]) -> list[tuple[hub.Turn, ...]]:
    return [history[:length] for length in range(1, len(history) + 1)]


@given(histories, KEEP)
def test_pruning_keeps_exactly_the_newest_and_leaves_a_marker_for_each_other(
    history: tuple[hub.Turn, ...], keep: int
) -> None:
    before, original = digests(history), [dump(turn) for turn in history]
    pruned = prune_images(history, pruned_count(len(before), keep))
    assert digests(pruned) == before[-keep:]
    markers = [
        p for t in pruned for r in t.parts if isinstance(r, hub.Result) for p in r.parts if isinstance(p, hub.Text)
    ]
    assert len(markers) == max(0, len(before) - keep)
    assert [dump(turn) for turn in history] == original


@given(histories, KEEP)
def test_pruning_twice_is_pruning_once(history: tuple[hub.Turn, ...], keep: int) -> None:
    once = prune_images(history, pruned_count(len(digests(history)), keep))
    assert prune_images(once, pruned_count(len(digests(once)), keep)) == once


@given(histories, KEEP, CHUNK)
def test_a_growing_history_is_shown_as_the_whole_one_is(history: tuple[hub.Turn, ...], keep: int, chunk: int) -> None:
    policy = ViewPolicy(keep_images=keep, prune_chunk=chunk)
    _, seen, _ = views(policy, *growing(history))
    _, whole, _ = views(policy, history)
    assert seen[-1] == whole[-1]


@given(histories, KEEP, CHUNK)
def test_images_shown_stay_between_the_number_kept_and_a_chunk_more(
    history: tuple[hub.Turn, ...], keep: int, chunk: int
) -> None:
    _, seen, declared = views(ViewPolicy(keep_images=keep, prune_chunk=chunk), *growing(history))
    total = 0
    for length, turns in enumerate(seen, start=1):
        total = sum(images_in(turn) for turn in history[:length])
        count = sum(images_in(turn) for turn in turns)
        assert min(total, keep) <= count < keep + chunk
    assert len(declared) <= total // chunk


@given(histories, KEEP, CHUNK)
def test_the_prefix_changes_only_where_a_prune_was_declared(
    history: tuple[hub.Turn, ...], keep: int, chunk: int
) -> None:
    steps = growing(history)
    _, seen, declared = views(ViewPolicy(keep_images=keep, prune_chunk=chunk, cache_points=3), *steps)
    requests = [hub.Request(model="m", turns=turns) for turns in seen]
    breaks = [explain_prefix(old, new) for old, new in pairwise(requests)]
    assert sum(found is not None for found in breaks) <= len(declared)


def test_no_turn_is_made_twice_unless_it_is_pruned() -> None:
    history = (user("go"), *(turn for n in range(9) for turn in shown(n)))
    view, _, _ = views(ViewPolicy(), *growing(history))
    assert view.made == len(history)
    view, _, declared = views(ViewPolicy(keep_images=3, prune_chunk=3), *growing(history))
    assert declared == [3, 6]
    assert view.made == len(history) + 6


def test_what_was_pruned_for_good_is_packed_and_stays_what_it_was() -> None:
    history = (user("go"), *(turn for number in range(PACKED) for turn in shown(number % 10)))
    original = [dump(turn) for turn in history]
    policy = ViewPolicy(keep_images=2, prune_chunk=2)
    view, seen, _ = views(policy, *growing(history))
    results = [turn for turn in history if turn.role == "tool"]
    kept = [is_packed(turn) for turn in results]
    assert kept == sorted(kept, reverse=True), "the older ones are packed"
    assert sum(kept) == (PACKED - 1) // 2, "the results among so many turns, and the newest not yet"
    assert [dump(turn) for turn in history] == original
    changed = (*history[:3], evolve(history[3]), *history[4:])
    _, again, _ = views(policy, history, changed, history[:5], history)
    assert again[0] == again[1] == again[3] == seen[-1]
    assert view.made < 3 * len(history)


def test_signed_thoughts_forbid_pruning_what_they_were_thought_about() -> None:
    thought = hub.Thinking(text="hm", seal=hub.Seal(kind="signature", data="x", family="anthropic"))
    plain = (user("go"), *(turn for n in range(4) for turn in shown(n)))
    sealed = (*plain[:3], evolve(plain[3], parts=(thought, *plain[3].parts)), *plain[4:])
    policy = ViewPolicy(keep_images=1, append_only=True)
    assert digests(views(policy, plain)[1][-1]) == [] or sum(map(images_in, views(policy, plain)[1][-1])) == 1
    assert sum(map(images_in, views(policy, sealed)[1][-1])) == 4


def test_what_a_user_shows_is_never_pruned() -> None:
    history = (hub.Turn(role="user", parts=(picture(99),)), *(turn for n in range(3) for turn in shown(n)))
    _, seen, _ = views(ViewPolicy(keep_images=1), history)
    assert isinstance(seen[0][0].parts[0], hub.Media)


@given(histories, st.integers(0, 4))
def test_cache_points_are_few_and_only_move_forward(history: tuple[hub.Turn, ...], most: int) -> None:
    before: tuple[int, ...] = ()
    for turns in growing(history):
        places = cache_turns(turns, most)
        assert len(places) <= most
        assert list(places) == sorted(set(places))
        assert all(new >= old for new, old in zip(reversed(places), reversed(before), strict=False))
        before = places


def test_what_broke_the_prefix_is_named() -> None:
    history = (user("go"), *shown(1), *shown(2))
    old = hub.Request(model="m", tools=(hub.Tool(name="a"),), turns=history[:3])
    new = evolve(old, turns=history)
    assert explain_prefix(old, new) is None

    def reason(changed: hub.Request) -> tuple[str, str]:
        found = explain_prefix(old, changed)
        assert found is not None
        return found.path, found.reason

    assert reason(evolve(new, model="n")) == ("/model", "the model changed from 'm' to 'n'")
    assert reason(evolve(new, tools=())) == ("/tools", "the tools, or their order, changed")
    assert reason(evolve(new, turns=prune_images(history, 1))) == ("/turns/2/parts/0", "1 image(s) were pruned")
    assert reason(evolve(new, turns=history[:2]))[1] == "a turn was taken away"
    told = (user("stop"), *history[1:])
    assert reason(evolve(new, turns=told)) == ("/turns/0/parts/0", "the content of a Text changed")


@pytest.mark.parametrize("wire", ["anthropic", "openai-chat", "openai-responses"])
def test_the_byte_that_broke_the_prefix_is_found_in_the_body_as_it_is_sent(wire: str) -> None:
    tool = hub.Tool(name="look", description="Look.", schema={"type": "object"})
    system = hub.Turn(role="system", parts=(hub.Text(text="Be careful."),))
    history = (user("go to the door"), *shown(1, 0), *shown(2, 0))
    old = hub.Request(model="m", max_output=9, tools=(tool,), instructions=system, turns=history[:3])
    marked = evolve(old, turns=(with_cache_point(history[0]), *history[1:3]))
    new = evolve(old, turns=history)
    assert explain_prefix(old, new, wire=wire) is None
    assert explain_prefix(marked, new, wire=wire) is None
    body = encode_json(write(wire, adapt(old, wire)))

    def broken(changed: hub.Request) -> bytes:
        places = {found.byte for one in (old, marked) if (found := explain_prefix(one, changed, wire=wire)) is not None}
        (place,) = places
        return body[place:]

    assert broken(evolve(new, turns=(user("go to the wall"), *history[1:]))).startswith(b"door")
    assert broken(evolve(new, tools=(evolve(tool, description="Stare."),))).startswith(b"Look.")
    assert broken(evolve(new, instructions=evolve(system, parts=(hub.Text(text="Be quick."),)))).startswith(b"careful")
    assert broken(evolve(new, model="n")).startswith(b"m")


@given(st.binary(min_size=1, max_size=20), st.sampled_from(["image/png", "image/jpeg"]))
def test_images_go_to_the_store_and_come_back_bit_for_bit(data: bytes, media_type: str) -> None:
    import base64

    async def run() -> None:
        source = hub.Base64(media_type=media_type, data=base64.b64encode(data).decode())
        result = hub.Result(call_id="a", parts=(hub.Media(kind="image", source=source),))
        inline = hub.Media(kind="document", source=hub.Inline(content=(hub.Media(kind="image", source=source),)))
        turn = hub.Turn(role="tool", parts=(result, inline))
        store = MemoryStore()
        kept = await keep_turn(turn, store)
        assert source.data not in repr(dump(kept)) or len(source.data) <= 4
        assert await fetch(kept.parts, store) == turn.parts

    asyncio.run(run())


def test_base64_in_another_spelling_stays_in_the_history_as_it_is() -> None:
    odd = hub.Media(kind="image", source=hub.Base64(media_type="image/png", data="AB=="))
    turn = hub.Turn(role="user", parts=(odd,))
    assert asyncio.run(keep_turn(turn, MemoryStore())) is turn


def test_a_redaction_before_the_wire_leaves_the_history_as_it_is() -> None:
    def hide(part: hub.Part) -> hub.Part:
        return evolve(part, text=part.text.replace("4711", "****")) if isinstance(part, hub.Text) else part

    history = (user("my number is 4711"),)

    async def run() -> tuple[hub.Turn, ...]:
        view = View(store=MemoryStore(), redaction=Redaction(before_wire=hide))
        return (await view.turns(history))[0]

    assert asyncio.run(run()) == (user("my number is ****"),)
    assert history == (user("my number is 4711"),)
