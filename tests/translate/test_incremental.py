"""Law L6: a request of a grown history is put together of what was translated before, and is the same to the byte."""

from __future__ import annotations

import base64
import gc
from typing import Any, Final
from weakref import ref

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polyloop.translate import hub
from polyloop.translate.adapting import Adapting
from polyloop.translate.codec import encode
from polyloop.translate.computer_use.actions import Click
from polyloop.translate.computer_use.points import ModelPoint
from polyloop.translate.envelopes import wrap
from polyloop.translate.errors import WriteError
from polyloop.translate.http import HttpRequest, encode_json
from polyloop.translate.incremental import PLACED, Memo, Written, write_request
from polyloop.translate.jsonvalue import Json, JsonObject, same_json
from polyloop.translate.memo import BLOCK
from polyloop.translate.profiles import Profile, profile_for
from polyloop.translate.testing.records import conversations, requests, turns
from polyloop.translate.translation import adapted
from polyloop.translate.wires import WIRES, wire_of, write_record

IN_PIECES: Final = WIRES
UNLIMITED: Final = ("anthropic", "openai-chat", "openai-responses")
"""Wires that take any number of images: what was said stays as it was."""
UITARS: Final = profile_for("uitars", "ui-tars-1.5-7b", "uitars")
assert UITARS is not None
PROFILES: Final = {
    "anthropic": profile_for("anthropic", "claude-opus-4-6", "anthropic"),
    "openai-chat": profile_for("openai", "gpt-5.5", "openai-chat"),
    "openai-responses": profile_for("openai", "gpt-5.5", "openai-responses"),
    "uitars": attrs.evolve(UITARS, prefill=False),
}


def whole(request: hub.Request, target: str, profile: Profile | None = None) -> tuple[JsonObject, Json]:
    """Translate all of a request at once: its document, and the context of its reply."""
    wire = wire_of(target)
    adapting = Adapting(target=target, profile=profile)
    document: JsonObject = encode(write_record(wire, adapted(request, wire, adapting)))
    return document, adapting.context


@st.composite
def grown(draw: st.DrawFn) -> hub.Request:
    return attrs.evolve(draw(requests()), turns=draw(conversations(longest=4)))


def prefixes(request: hub.Request) -> list[hub.Request]:
    return [attrs.evolve(request, turns=request.turns[:count]) for count in range(1, len(request.turns) + 1)]


def same_as_whole(request: hub.Request, target: str, memo: Memo, profile: Profile | None) -> Written:
    """L6: what is put together of pieces is what translating the whole gives, and so is the context."""
    written = write_request(request, target, memo, profile)
    document, context = whole(request, target, profile)
    assert written.body() == encode_json(document)
    assert same_json(dict(written.context), context)
    return written


@pytest.mark.parametrize("profiled", [False, True])
@pytest.mark.parametrize("target", WIRES)
@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(request=grown())
def test_a_history_that_grows_is_the_same_as_the_whole(target: str, profiled: bool, request: hub.Request) -> None:
    memo = Memo()
    for each in prefixes(request):
        same_as_whole(each, target, memo, PROFILES[target] if profiled else None)


@st.composite
def wild(draw: st.DrawFn) -> hub.Request:
    """Histories that nobody tidied: any turns in any order, ids met again, results without calls, marks, other wires' residue."""
    made = st.lists(turns(), min_size=1, max_size=4).map(tuple) | conversations(longest=2)
    parts = draw(st.lists(made, min_size=1, max_size=2))
    marked = [
        attrs.evolve(turn, parts=(*turn.parts, hub.Mark(kind="cache"))) if draw(st.booleans()) else turn
        for turn in sum(parts, ())
    ]
    return attrs.evolve(draw(requests()), turns=tuple(marked))


@pytest.mark.parametrize("target", IN_PIECES)
@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(request=wild())
def test_whatever_a_history_holds_it_is_the_same_as_the_whole(target: str, request: hub.Request) -> None:
    memo = Memo()
    for each in prefixes(request):
        try:
            document, context = whole(each, target)
            body = encode_json(document)  # an infinite number, read from ``1e400``, has no spelling in JSON
        except WriteError:
            with pytest.raises(WriteError):
                write_request(each, target, memo).body()
            return
        written = write_request(each, target, memo)
        assert written.body() == body
        assert same_json(dict(written.context), context)


def test_instructions_that_the_user_says_in_want_of_words_are_instructions_again_once_there_are_some() -> None:
    instructions = hub.Turn(role="system", parts=(hub.Text(text="be brief"),))
    silent = hub.Request(
        model="m", instructions=instructions, turns=(hub.Turn(role="user", parts=(hub.Text(text=""),)),)
    )
    spoken = attrs.evolve(silent, turns=(*silent.turns, hub.Turn(role="user", parts=(hub.Text(text="hello"),))))
    memo = Memo()
    for request in (silent, spoken):
        assert write_request(request, "anthropic", memo).body() == encode_json(whole(request, "anthropic")[0])


PICTURE: Final = base64.b64encode(bytes(range(256)) * 300).decode("ascii")


def conversation(steps: int, *, picture: str | None = PICTURE) -> hub.Request:
    """A run on a computer: a task, then thoughts and clicks, each answered by a screenshot."""
    found = [hub.Turn(role="user", parts=(hub.Text(text="Register Ada."),))]
    for number in range(steps):
        call = hub.Call(id=f"call_{number}", name="look", arguments=hub.Arguments(value={"n": number, "big": 2**70}))
        shown: tuple[hub.Part, ...] = (hub.Text(text=f"now {number} \U0001f600 \ud800"),)
        if picture is not None:
            source = hub.Base64(media_type="image/png", data=picture[: -8 * (number + 1)])
            shown = (*shown, hub.Media(kind="image", source=source))
        found += [
            hub.Turn(role="assistant", parts=(hub.Text(text=f'step "{number}"'), call)),
            hub.Turn(
                role="tool", parts=(hub.Result(call_id=call.id, parts=shown, outcome="ok" if number % 3 else "error"),)
            ),
        ]
    tool = hub.Tool(
        name="look", description="Look.", schema={"type": "object", "properties": {"n": {"type": "integer"}}}
    )
    instructions = hub.Turn(role="system", parts=(hub.Text(text="Look first."),))
    return hub.Request(model="model-a", max_output=100, turns=tuple(found), tools=(tool,), instructions=instructions)


@pytest.mark.parametrize("profiled", [False, True])
@pytest.mark.parametrize("target", UNLIMITED)
def test_no_turn_that_did_not_change_is_translated_again(target: str, profiled: bool) -> None:
    request, memo = conversation(12), Memo()
    counts = []
    for each in prefixes(request)[::2]:
        same_as_whole(each, target, memo, PROFILES[target] if profiled else None)
        counts.append(memo.translated)
    assert counts == [1, *range(3, 26, 2)]
    assert memo.whole == 0
    # A client evolves the template for every call: an equal request is the same, too.
    write_request(attrs.evolve(request, model="model-" + "a"), target, memo, PROFILES[target] if profiled else None)
    assert memo.translated == 25


def test_a_turn_is_translated_for_uitars_when_it_comes_and_when_its_image_is_one_too_many() -> None:
    request, memo = conversation(12), Memo()
    counts = []
    for each in prefixes(request)[::2]:
        same_as_whole(each, "uitars", memo, None)
        counts.append(memo.translated)
    # Five images are sent: each step from the sixth on takes that of another step away.
    assert counts == [1, 3, 5, 7, 9, 11, *range(15, 40, 4)]
    assert memo.whole == 0
    # A history that is cut has its images back, and so have those before a turn that lost its own.
    same_as_whole(attrs.evolve(request, turns=request.turns[:9]), "uitars", memo, None)
    assert memo.translated == 39 + 8
    bare = attrs.evolve(request.turns[8], parts=(hub.Result(call_id="call_3", parts=(hub.Text(text="gone"),)),))
    same_as_whole(attrs.evolve(request, turns=(*request.turns[:8], bare)), "uitars", memo, None)
    assert memo.translated == 47 + 2


def test_calls_are_counted_for_uitars_through_the_whole_of_a_conversation() -> None:
    memo = Memo()
    request = conversation(3 * BLOCK, picture=None)
    for count in (2 * BLOCK + 1, len(request.turns)):
        written = same_as_whole(attrs.evolve(request, turns=request.turns[:count]), "uitars", memo, None)
        assert written.context["ids"] == {f"call_{n}": f"uitars_call_{n}" for n in range(count // 2)}
    assert memo.whole == 0
    assert len(memo) < 2 * BLOCK + 4


@pytest.mark.parametrize("tools", [(), (hub.Tool(name="look"),)])
def test_a_screen_that_is_acted_on_is_offered_by_a_prompt_before_it(tools: tuple[hub.Tool, ...]) -> None:
    request = attrs.evolve(conversation(1), tools=tools)
    call = hub.Call(id="click", name="computer", form="computer", actions=(Click(at=ModelPoint(1, 2)),))
    result = hub.Result(call_id="click", form="computer", parts=(hub.Text(text="done"),))
    acted = (hub.Turn(role="assistant", parts=(call,)), hub.Turn(role="tool", parts=(result,)))
    memo = Memo()
    for each in prefixes(attrs.evolve(request, turns=(*request.turns, *acted))):
        same_as_whole(each, "uitars", memo, None)


def test_what_ends_a_conversation_is_said_anew_where_it_goes_on() -> None:
    silent = hub.Turn(role="tool", parts=(hub.Result(call_id="call_0", outcome="ok"),))
    request = conversation(2, picture=None)
    memo = Memo()
    for each in prefixes(attrs.evolve(request, turns=(*request.turns[:2], silent, *request.turns[3:]))):
        same_as_whole(each, "uitars", memo, PROFILES["uitars"])
    assert memo.whole == 0


@pytest.mark.parametrize("target", UNLIMITED)
def test_what_was_sent_is_the_beginning_of_what_is_sent_next(target: str) -> None:
    memo, before = Memo(), b""
    for each in prefixes(conversation(6))[::2]:
        now = b"".join(f if isinstance(f, bytes) else f.encode() for f in write_request(each, target, memo).fragments)
        assert now.startswith(before)
        assert len(now) > len(before)
        before = now


@pytest.mark.parametrize("target", IN_PIECES)
def test_an_image_stands_in_a_body_as_the_string_that_the_turn_holds(target: str) -> None:
    request = conversation(3)
    held = {id(part.source.data) for part in images(request)}
    fragments = write_request(request, target, Memo()).fragments
    assert {id(fragment) for fragment in fragments if isinstance(fragment, str)} == held
    assert sum(len(fragment) for fragment in fragments if isinstance(fragment, bytes)) < 3000


def images(request: hub.Request) -> list[Any]:
    results = [part for turn in request.turns for part in turn.parts if isinstance(part, hub.Result)]
    return [part for result in results for part in result.parts if isinstance(part, hub.Media)]


@pytest.mark.parametrize("target", IN_PIECES)
def test_a_changed_tool_a_changed_turn_and_a_shorter_history_are_seen(target: str) -> None:
    request, memo = conversation(4), Memo()
    same_as_whole(request, target, memo, None)
    other = hub.Tool(name="look", description="Look closely.", schema={"type": "object"})
    same_as_whole(attrs.evolve(request, tools=(other,)), target, memo, None)
    same_as_whole(request, target, memo, None)
    changed = attrs.evolve(request.turns[4], parts=(hub.Result(call_id="call_1", parts=(hub.Text(text="pruned"),)),))
    same_as_whole(attrs.evolve(request, turns=(*request.turns[:4], changed, *request.turns[5:])), target, memo, None)
    same_as_whole(attrs.evolve(request, turns=request.turns[:3]), target, memo, None)
    same_as_whole(attrs.evolve(request, turns=request.turns[:2]), target, memo, None)
    same_as_whole(attrs.evolve(request, turns=request.turns[:3]), target, memo, None)


def test_ids_met_again_calls_unanswered_and_too_many_marks_are_translated_whole() -> None:
    twice = conversation(2)
    again = tuple(attrs.evolve(turn) for turn in twice.turns[1:3])
    marked = tuple(attrs.evolve(turn, parts=(*turn.parts, hub.Mark(kind="cache"))) for turn in conversation(5).turns)
    orphan = (*twice.turns[:1], twice.turns[3], twice.turns[2])
    for turns_ in ((*twice.turns, *again), orphan, marked):
        memo = Memo()
        same_as_whole(attrs.evolve(twice, turns=turns_), "anthropic", memo, None)
        assert memo.whole == 1


def test_insertions_that_hang_on_a_place_have_the_reasons_that_are_watched_for() -> None:
    found = {}
    silent = hub.Request(model="m", max_output=1, turns=())
    cut = hub.Turn(role="assistant", parts=(hub.Text(text="a"), hub.Text(text="b")))
    spoken = hub.Request(model="m", turns=(hub.Turn(role="user", parts=(hub.Text(text="a"),)), cut))
    for target, request in (("anthropic", silent), ("openai-responses", spoken)):
        adapting = Adapting(target=target)
        adapted(request, wire_of(target), adapting)
        found[target] = {inserted.reason for inserted in adapting.inserted}
    assert all(PLACED[target] & found[target] for target in PLACED)


def test_what_nobody_holds_is_forgotten() -> None:
    request, memo = conversation(3), Memo()
    write_request(request, "anthropic", memo)
    assert len(memo) == 4
    del request
    gc.collect()
    assert len(memo) == 0


def test_an_envelope_may_stand_around_the_document_and_texts_may_look_like_the_marker() -> None:
    said = hub.Turn(role="system", parts=(hub.Text(text="conversation-0"),))
    request = attrs.evolve(conversation(2), instructions=said)
    written = write_request(request, "anthropic", Memo())
    sent = wrap("bedrock", written.marked(), model="m")
    document, _ = whole(request, "anthropic")
    assert attrs.evolve(sent, body=written.pieces(sent.body)) == wrap("bedrock", document, model="m")
    with pytest.raises(ValueError, match="marker"):
        written.pieces(b"{}")


@pytest.mark.parametrize("target", IN_PIECES)
def test_a_long_history_is_the_same_as_the_whole_wherever_it_changes(target: str) -> None:
    request, memo = conversation(3 * BLOCK, picture=None), Memo()
    for count in range(BLOCK, len(request.turns) + 1, BLOCK):
        same_as_whole(attrs.evolve(request, turns=request.turns[:count]), target, memo, None)
    same_as_whole(request, target, memo, None)
    assert len(memo) < 2 * BLOCK + 4, "what lies back is kept as blocks"
    done = memo.translated
    same_as_whole(request, target, memo, None)
    assert memo.translated == done
    for place in (0, 1, 2, BLOCK, 2 * BLOCK + 1, len(request.turns) - 1):
        check_edits(request, place, target, memo)
    del request
    gc.collect()
    assert len(memo) == 0


def check_edits(request: hub.Request, place: int, target: str, memo: Memo) -> None:
    """Check histories with another turn at a place, with the first turns left out, and cut behind the place."""
    turn = request.turns[place]
    changed = attrs.evolve(turn, parts=(hub.Text(text="other"), *turn.parts) if place % 2 else turn.parts)
    turns = (*request.turns[:place], changed, *request.turns[place + 1 :])
    for history in (turns, (request.turns[0], *turns[3:]), turns[: 2 * place + 1]):
        same_as_whole(attrs.evolve(request, turns=history), target, memo, None)


def test_only_words_are_held_and_no_longer_than_the_turn_they_begin_with() -> None:
    request, memo = conversation(3 * BLOCK), Memo()
    write_request(request, "openai-chat", memo)
    shown = ref(request.turns[2])
    request = attrs.evolve(request, turns=(*request.turns[:2], attrs.evolve(request.turns[2]), *request.turns[3:]))
    gc.collect()
    assert shown() is None, "a screenshot that was taken out of the history is not held"
    words = conversation(3 * BLOCK, picture=None)
    write_request(words, "openai-chat", memo)
    said = [ref(turn) for turn in words.turns]
    del words
    gc.collect()
    assert not any(turn() for turn in said)


@pytest.mark.parametrize("target", WIRES)
def test_what_a_provider_runs_itself_is_offered_the_same_beside_a_history_that_grows(target: str) -> None:
    search = hub.Tool(form="server", builtin=hub.Builtin(type="web_search", options={"search_context_size": "low"}))
    server = {"server_label": "s", "server_url": "https://example.org", "require_approval": "never"}
    files = hub.Tool(form="server", builtin=hub.Builtin(type="mcp", options=server))
    memo = Memo()
    for each in prefixes(attrs.evolve(conversation(3), tools=(files, search))):
        same_as_whole(each, target, memo, None)


@pytest.mark.parametrize("target", WIRES)
def test_an_envelope_is_made_once_for_a_conversation_that_grows_and_again_where_its_head_changes(target: str) -> None:
    made = []

    def envelope(document: JsonObject) -> HttpRequest:
        made.append(document)
        return HttpRequest(method="POST", path="/", body=encode_json({"around": document, "more": 1}))

    memo, request = Memo(), conversation(3)
    for each in prefixes(request)[::2]:
        document, _ = whole(each, target)
        sent = write_request(each, target, memo).enveloped("here", envelope)
        assert sent.body == encode_json({"around": document, "more": 1})
    assert len(made) == 1
    write_request(request, target, memo).enveloped("elsewhere", envelope)
    write_request(attrs.evolve(request, max_output=5), target, memo).enveloped("here", envelope)
    assert len(made) == 3
