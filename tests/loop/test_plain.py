"""Records as plain JSON and back, exactly."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.loop.effects import AskApproval, Emit, Finish, dump_effect, load_effect
from polyloop.loop.events import Sampled, dump_event, load_event
from polyloop.loop.journal import SCHEMA, SchemaVersionError
from polyloop.loop.limits import Limits
from polyloop.loop.plain import dump, load
from polyloop.loop.ports import ApprovalRequest
from polyloop.loop.state import State
from polyloop.loop.state import dump as dump_state
from polyloop.loop.state import load as load_state
from polyloop.loop.testing import parsed, reply
from polyloop.translate import hub
from polyloop.translate.computer_use import actions
from polyloop.translate.computer_use.points import ModelPoint
from polyloop.translate.errors import FormatError, TranslateError
from polyloop.translate.jsonvalue import ABSENT, same_json
from polyloop.translate.testing.strategies import documents
from polyloop.translate.wires import WIRES, read

POINT = ModelPoint(1, 2.5)
ACTIONS: tuple[Any, ...] = (
    actions.Click(button="right", count=2, at=POINT, modifiers=("Shift",)),
    actions.Click(at=None),
    actions.Drag(path=(POINT, ModelPoint(3, 4))),
    actions.Scroll(dy=-1, unit="notch"),
    actions.Type(text="\ud800"),
    actions.Key(chords=(("Control", "c"), ("Enter",)), repeat=3),
    actions.HoldKey(chord=("a",), seconds=1.5),
    actions.Wait(),
    actions.Zoom(top_left=POINT, bottom_right=POINT),
    actions.Foreign(family="openai", tool="computer", document={"type": "x", "n": 1.0}, reason="why"),
    actions.Move(at=POINT, own=actions.Own(tool="computer", extra={"k": None})),
)


def records(kind: str) -> st.SearchStrategy[Any]:
    """Hub records of everything that the wires' documents say."""

    def readable(drawn: tuple[str, Any]) -> bool:
        try:
            read(drawn[0], kind, drawn[1])
        except TranslateError:
            return False
        return True

    wires = st.sampled_from(WIRES).flatmap(lambda wire: st.tuples(st.just(wire), documents(wire, kind)))
    return wires.filter(readable).map(lambda drawn: read(drawn[0], kind, drawn[1]))


@given(records("request"))
def test_requests_come_back(record: hub.Request) -> None:
    stored = parsed(dump(record))
    assert same_json(dump(load(hub.Request, stored)), stored)


@given(records("response"))
def test_replies_come_back(record: hub.Response) -> None:
    stored = parsed(dump(record))
    again = load(hub.Response, stored)
    assert again == record
    assert same_json(dump(again), stored)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: type(action).__name__)
def test_actions_come_back_with_their_numbers_types(action: Any) -> None:
    call = hub.Call(id="a", name="computer", form="computer", actions=(action,))
    again = load(hub.Call, parsed(dump(call)))
    assert again == call
    assert repr(again.actions) == repr(call.actions)


def test_absent_and_null_stay_two_things() -> None:
    for value in (ABSENT, None):
        assert (
            load(hub.Media, parsed(dump(hub.Media(kind="image", source=hub.Url(url="u"), title=value)))).title is value
        )


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_money_is_exact(cost: Decimal) -> None:
    event = Sampled(at=1.0, response=reply("x"), cost=cost)
    again = load_event(parsed(dump_event(event)))
    assert isinstance(again, Sampled)
    assert str(again.cost) == str(cost)


def test_effects_come_back() -> None:
    request = ApprovalRequest(job="j", call=hub.Call(id="a", name="f"), screenshot=None, binding="b", reasons=("why",))
    for effect in (
        AskApproval(key="k", request=request),
        Emit(kind="x", data={"a": [1, None]}),
        Finish(reason="r", value=None),
    ):
        assert load_effect(parsed(dump_effect(effect))) == effect


@pytest.mark.parametrize("schema", [None, 0, SCHEMA + 1, "1", True])
def test_an_unknown_version_is_a_typed_error_everywhere(schema: Any) -> None:
    state, event = dump_state(State(job="j")), dump_event(Sampled(at=1.0, response=reply("x")))
    effect = dump_effect(Emit(kind="x"))
    for document, reader in ((state, load_state), (event, load_event), (effect, load_effect)):
        with pytest.raises(SchemaVersionError):
            reader({**document, "schema": schema})


@pytest.mark.parametrize(
    "document",
    [
        [],
        {"job": "j", "turns": {}},
        {"job": "j", "turns": [{"role": "user", "parts": [{"is": "Nothing"}]}]},
        {"job": "j", "turns": [{"role": "user", "parts": [{"is": "Text"}]}]},
        {"job": "j", "phase": "dancing"},
        {"job": "j", "limits": {"cost": "much"}},
        {"job": "j", "limits": 3},
        {},
    ],
)
def test_damage_is_a_typed_error(document: Any) -> None:
    with pytest.raises(FormatError):
        load(State, document)


def test_a_key_of_a_later_release_is_passed_over() -> None:
    assert load(Limits, {"steps": 3, "colour": "blue"}) == Limits(steps=3)


def test_images_never_show_in_a_records_repr() -> None:
    media = hub.Media(kind="image", source=hub.Base64(media_type="image/png", data="A" * 4000))
    assert "AAAA" not in repr(State(job="j", turns=(hub.Turn(role="user", parts=(media,)),)))
    assert json.dumps(dump(media)).count("A") > 3000
