"""Before every request: what a host would refuse is made to fit, or left out and declared, or it is not sent."""

from __future__ import annotations

import asyncio
import base64
import io
import struct
import zlib
from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve, field, mutable
from hypothesis import event, given, settings
from hypothesis import strategies as st

from polyloop.loop import texts
from polyloop.loop.history import ViewPolicy, explain_prefix
from polyloop.loop.imaging import PillowImager
from polyloop.loop.media import keep_turn
from polyloop.loop.ports import Imager, ImageWish
from polyloop.loop.preflight import SLACK_BYTES, Change, Pruned, Refitted, RequestRefusedError, StepsLeftOut
from polyloop.loop.runner import Runner
from polyloop.loop.state import EndReason
from polyloop.loop.stores import MemoryStore
from polyloop.loop.testing import RecordingObserver, ScriptedModel, call, reply, texts_of, user
from polyloop.loop.view import View
from polyloop.translate import hub
from polyloop.translate.http import encode_json
from polyloop.translate.profiles import ImageLimits, Profile, check, profile_for
from polyloop.translate.profiles.pictures import picture_size
from polyloop.translate.translation import adapt
from polyloop.translate.wires import write

KB = 1024
PROFILE = Profile(
    name="small", host="anthropic", wire="anthropic", models="", read="2026-11-22", source="this test",
    images=ImageLimits(most=6, bytes=40 * KB, side=2000, many=3, many_side=1000, media_types=frozenset({"image/png"})),
    body_bytes=SLACK_BYTES + 120 * KB,
)  # fmt: skip
TEMPLATE = hub.Request(model="m", max_output=100)
FOR_THE_VIEW = {"image_count", "image_bytes", "image_pixels", "image_type", "body_bytes"}


def png(width: int, height: int, padding: int, number: int = 0) -> bytes:
    """Make a PNG that says its size and is about so many bytes long."""
    head = b"IHDR" + struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + chunk + number.to_bytes(4, "big") + b"\x00" * padding


def picture(data: bytes, media_type: str = "image/png") -> hub.Media:
    return hub.Media(kind="image", source=hub.Base64(media_type=media_type, data=base64.b64encode(data).decode()))


def step(number: int, *parts: hub.Part) -> tuple[hub.Turn, hub.Turn]:
    made = call(f"call-{number}", "look")
    result = hub.Result(call_id=made.id, parts=parts or (hub.Text(text="seen"),), outcome="ok")
    return hub.Turn(role="assistant", parts=(made,)), hub.Turn(role="tool", parts=(result,))


@mutable(kw_only=True)
class Shrinks:
    """An `Imager` that makes small PNGs of the wished size, or nothing of pictures of odd width."""

    asked: list[ImageWish] = field(factory=list)

    async def fit(self, data: bytes, media_type: str, wish: ImageWish) -> tuple[bytes, str] | None:
        self.asked.append(wish)
        size = picture_size(base64.b64encode(data).decode())
        if size is None or size[0] % 2:
            return None
        return png(min(size[0], wish.side or size[0]), min(size[1], wish.side or size[1]), 10), "image/png"


def shown(
    *steps: tuple[hub.Turn, ...], profile: Profile = PROFILE, policy: ViewPolicy | None = None, imager: Imager | None = None,
    template: hub.Request = TEMPLATE,
) -> list[tuple[hub.Request, tuple[Change, ...]]]:  # fmt: skip
    """Return the requests of a growing history, and what each declares."""

    async def run() -> list[tuple[hub.Request, tuple[Change, ...]]]:
        store = MemoryStore()
        kept: dict[int, hub.Turn] = {id(turn): await keep_turn(turn, store) for turns in steps for turn in turns}
        view = View(store=store, policy=policy or ViewPolicy(), profile=profile, imager=imager, template=template)
        made = []
        for history in steps:
            turns, changes = await view.turns(tuple(kept[id(turn)] for turn in history))
            made.append((evolve(template, turns=turns), changes))
        return made

    return asyncio.run(run())


def growing(history: tuple[hub.Turn, ...]) -> list[tuple[hub.Turn, ...]]:
    """Return the histories that requests are made of: each ends with the user's side."""
    return [history[: n + 1] for n, turn in enumerate(history) if turn.role != "assistant"]


# Recipes, since the parts themselves are too long to be printed: a text of so many letters, or a picture.
Part = int | tuple[tuple[int, int], int, int, str]
sizes = st.sampled_from([(10, 10), (800, 900), (1500, 900), (2400, 100), (2401, 100)])
pictures = st.tuples(
    sizes,
    st.sampled_from([0, 5 * KB, 20 * KB, 60 * KB]),
    st.integers(0, 1000),
    st.sampled_from(["image/png"] * 3 + ["image/webp"]),
)
parts: st.SearchStrategy[Part] = st.one_of(pictures, st.integers(0, 30 * KB))
recipes = st.tuples(st.lists(pictures, max_size=2), st.lists(st.lists(parts, min_size=1, max_size=2), max_size=14))
Recipe = tuple[list[Any], list[list[Part]]]


def part_of(made: Part) -> hub.Part:
    if isinstance(made, int):
        return hub.Text(text="a" * made)
    size, padding, number, media_type = made
    return picture(png(*size, padding, number), media_type)


def history_of(recipe: Recipe) -> tuple[hub.Turn, ...]:
    first, results = recipe
    begin = hub.Turn(role="user", parts=(hub.Text(text="go"), *map(part_of, first)))
    return (begin, *(turn for n, result in enumerate(results) for turn in step(n, *map(part_of, result))))


policies = st.sampled_from(
    [ViewPolicy(), ViewPolicy(keep_images=2, prune_chunk=2), ViewPolicy(keep_images=5, prune_chunk=1)]
)
imagers = st.sampled_from([None, Shrinks()])


def sendable(recipe: Recipe, policy: ViewPolicy, imager: Imager | None) -> list[tuple[hub.Request, tuple[Change, ...]]]:
    """Return the requests of a history that grows, none where one of them is refused: for images of a user's, or one long text."""
    try:
        return shown(*growing(history_of(recipe)), policy=policy, imager=imager)
    except RequestRefusedError as error:
        event("refused: " + ", ".join(sorted({violation.rule for violation in error.violations})))
        return []


@settings(max_examples=60)
@given(recipe=recipes, policy=policies, imager=imagers)
def test_no_request_that_is_made_breaks_a_limit_of_its_profile(
    recipe: Recipe, policy: ViewPolicy, imager: Imager | None
) -> None:
    """Whatever a history holds, its request passes `check`, and so do the bytes that are sent; or it is refused in so many words."""
    made = sendable(recipe, policy, imager)
    for request, changes in made:
        assert [v for v in check(request, PROFILE) if v.rule in FOR_THE_VIEW] == []
        for change in changes:
            event(type(change).__name__)
        body = encode_json(write("anthropic", adapt(request, "anthropic")))
        assert PROFILE.body_bytes is not None
        assert len(body) <= PROFILE.body_bytes


@settings(max_examples=60)
@given(recipe=recipes, policy=policies, imager=imagers)
def test_a_plan_depends_on_the_history_alone(recipe: Recipe, policy: ViewPolicy, imager: Imager | None) -> None:
    """A resumed job, whose view sees the history at once, sends what the uninterrupted one does."""
    steps = growing(history_of(recipe))
    grown = sendable(recipe, policy, imager)
    assert not grown or grown[-1][0] == shown(steps[-1], policy=policy, imager=imager)[0][0]


def test_what_gave_a_large_screenshot_room_stays_left_out_behind_a_small_one_for_a_resumed_job_too() -> None:
    wordy = [step(n, hub.Text(text="a" * 20 * KB)) for n in range(5)]
    large, small = (step(n, picture(png(10, 10, size))) for n, size in ((5, 20 * KB), (6, 0)))
    history = (user("go"), *(turn for each in (*wordy, large, small) for turn in each))
    grown = shown(*growing(history))
    assert any(isinstance(change, StepsLeftOut) for _, changes in grown[:-1] for change in changes)
    assert grown[-1][0] == shown(history)[0][0]


@settings(max_examples=60)
@given(recipe=recipes, policy=policies, imager=imagers)
def test_the_prefix_changes_only_where_it_is_declared(
    recipe: Recipe, policy: ViewPolicy, imager: Imager | None
) -> None:
    made = sendable(recipe, policy, imager)
    for (old, _), (new, changes) in pairwise(made):
        if explain_prefix(old, new) is not None:
            assert any(isinstance(change, (Pruned, StepsLeftOut)) for change in changes)


def test_every_kind_of_plan_is_reached() -> None:
    found: set[str] = set()
    many = (user("go"), *(turn for n in range(12) for turn in step(n, picture(png(10, 10, 5 * KB)))))
    large = (user("go"), *(turn for n in range(12) for turn in step(n, picture(png(10, 10, 20 * KB)))))
    wordy = (user("go"), *(turn for n in range(12) for turn in step(n, hub.Text(text="a" * 20 * KB))))
    odd = (user("go"), *step(0, picture(png(2401, 10, 0))), *step(1, picture(png(2400, 10, 0))))
    for history in (many, large, wordy, odd):
        for _, changes in shown(*growing(history), imager=Shrinks()):
            for change in changes:
                found.add(type(change).__name__)
                found |= {change.why} if isinstance(change, Pruned) else set()
                found |= {str(change.after is None)} if isinstance(change, Refitted) else set()
    assert found == {"Pruned", "images", "bytes", "StepsLeftOut", "Refitted", "True", "False"}


def test_images_are_left_out_a_few_at_a_time_and_the_newest_never() -> None:
    def counts(size: int) -> list[int]:
        history = (user("go"), *(turn for n in range(20) for turn in step(n, picture(png(10, 10, size)))))
        profile = evolve(PROFILE, images=evolve(PROFILE.images, most=None))
        changes = [change for _, found in shown(*growing(history), profile=profile) for change in found]
        return [change.count for change in changes if isinstance(change, Pruned)]

    assert counts(7 * KB) == [8, 16]
    assert counts(25 * KB) == [2, 4, 6, 8, 10, 12, 14, 16, 18]


def test_what_is_left_out_is_said_to_the_model_in_its_place() -> None:
    history = (user("go"), *(turn for n in range(12) for turn in step(n, hub.Text(text="a" * 20 * KB))))
    request, changes = shown(*growing(history))[-1]
    assert texts_of(request.turns[:1]) == ["go", texts.steps_left_out(8)]
    assert [turn.role for turn in request.turns] == ["user", *["assistant", "tool"] * 4]
    assert isinstance(request.turns[1].parts[0], hub.Call)
    assert request.turns[1].parts[0].id == "call-8"
    refused = picture(png(2401, 10, 0))
    request, changes = shown((user("go"), *step(0, refused)))[0]
    (change,) = changes
    assert isinstance(change, Refitted)
    assert texts_of(request.turns[2:]) == [texts.refused_image(change.digest)]
    assert change.before.startswith("image/png 2401x10")


@pytest.mark.parametrize("host", ["anthropic", "bedrock", "vertex", "openai", "uitars"])
def test_a_long_run_with_large_screenshots_passes_the_check_of_every_host(host: str) -> None:
    profile = profile_for(host, {"openai": "gpt-5.5", "uitars": "ui-tars"}.get(host, "claude-sonnet-4-5"))
    assert profile is not None
    large = picture(png(1400, 900, 2_000_000))
    history = (user("go"), *(turn for n in range(40) for turn in step(n, large)))
    for request, _ in shown(*growing(history)[::3], profile=profile):
        assert [v for v in check(request, profile) if v.rule in FOR_THE_VIEW] == []


def test_signed_thoughts_forbid_leaving_out_what_stands_behind_them() -> None:
    thought = hub.Thinking(text="hm", seal=hub.Seal(kind="signature", data="x", family="anthropic"))
    plain = (user("go"), *(turn for n in range(12) for turn in step(n, hub.Text(text="a" * 20 * KB))))
    sealed = (plain[0], evolve(plain[1], parts=(thought, *plain[1].parts)), *plain[2:])
    shown(plain, policy=ViewPolicy(append_only=True))
    with pytest.raises(RequestRefusedError, match="a body of"):
        shown(sealed, policy=ViewPolicy(append_only=True))


def run_to_end(model: ScriptedModel, **fields: Any) -> tuple[Any, RecordingObserver, Runner]:
    observer = RecordingObserver()
    runner = Runner(job="job", client=model, store=MemoryStore(), observer=observer, **{"template": TEMPLATE, **fields})
    return asyncio.run(runner.run((hub.Turn(role="user", parts=(hub.Text(text="a" * 500 * KB),)),))), observer, runner


def test_a_request_that_nothing_makes_fit_ends_the_run_before_it_is_sent_and_the_job_can_go_on_elsewhere() -> None:
    model = ScriptedModel(script=[reply("done")])
    state, observer, runner = run_to_end(model, profile=PROFILE)
    assert model.requests == []
    assert (state.ending.reason, state.ending.kind) == (EndReason.FAILED, "too_large")
    assert isinstance(runner.error, RequestRefusedError)
    assert [violation.rule for violation in runner.error.violations] == ["body_bytes"]
    assert "sample_failed" in observer.kinds()
    larger = Runner(job="job", client=model, store=runner.store, template=TEMPLATE)
    assert asyncio.run(larger.run()).ending.reason is EndReason.COMPLETED  # type: ignore[union-attr]


def test_more_tools_than_the_host_takes_are_said_before_anything_is_sent() -> None:
    model = ScriptedModel(script=[reply("done")])
    tools = tuple(hub.Tool(name=f"look_{n}", schema={"type": "object"}) for n in range(3))
    profile = evolve(PROFILE, tools=2, body_bytes=None)
    state, _, _ = run_to_end(model, profile=profile, template=evolve(TEMPLATE, tools=tools))
    assert model.requests == []
    assert state.ending.detail == "not sent: 3 tools, small takes 2"


def test_an_observer_is_told_of_every_step_of_a_plan() -> None:
    small = picture(png(10, 10, 20 * KB))
    model = ScriptedModel(script=[reply("done")])
    observer = RecordingObserver()
    history = (
        hub.Turn(role="user", parts=(hub.Text(text="go"), picture(png(2401, 10, 0)))),
        *(t for n in range(9) for t in step(n, small)),
    )
    runner = Runner(job="job", client=model, store=MemoryStore(), template=TEMPLATE, profile=PROFILE, observer=observer)
    asyncio.run(runner.run(history))
    told = [notice for notice in observer.notices if notice.kind in ("pruned", "image_refitted", "steps_left_out")]
    assert [(notice.kind, notice.data.get("why")) for notice in told] == [
        ("image_refitted", None),
        ("pruned", "images"),
    ]
    assert all(len(encode_json(notice.data)) < 300 for notice in told)


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg", "image/webp", "image/gif"])
@pytest.mark.parametrize("wish", [
    ImageWish(side=100), ImageWish(bytes=20 * KB), ImageWish(side=300, bytes=12 * KB), ImageWish(media_types=frozenset({"image/png"})),
])  # fmt: skip
def test_pillow_makes_pictures_fit_and_keeps_their_pixels_where_only_bytes_are_too_many(
    kind: str, wish: ImageWish
) -> None:
    images = pytest.importorskip("PIL.Image", reason="Pillow is not installed: pip install 'polyloop[x11]'")
    noise = images.effect_noise((400, 200), 15).convert("RGB")
    buffer = io.BytesIO()
    noise.save(buffer, format=kind.partition("/")[2].upper())
    made = asyncio.run(PillowImager().fit(buffer.getvalue(), kind, wish))
    assert made is not None
    data, media_type = made
    text = base64.b64encode(data).decode()
    assert media_type in wish.media_types
    assert picture_size(text) == ((400, 200) if wish.side is None else (wish.side, wish.side // 2))
    assert wish.bytes is None or len(text) <= wish.bytes
    assert asyncio.run(PillowImager().fit(buffer.getvalue(), kind, wish)) == made


def test_pillow_makes_nothing_of_what_is_no_picture() -> None:
    assert asyncio.run(PillowImager().fit(b"no picture", "image/png", ImageWish(side=10))) is None
