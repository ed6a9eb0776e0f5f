"""Makers of records: what a maker makes is what the class makes, and as frozen."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.translate import hub, making
from polyloop.translate.codec import WireRecord, encode, field_names
from polyloop.translate.jsonvalue import ABSENT, same_json
from polyloop.translate.making import maker
from polyloop.translate.openai_chat import wire as chat
from polyloop.translate.wires import decode

HUB: dict[type, Any] = {
    hub.Own: making.new_own,
    hub.Text: making.new_text,
    hub.Media: making.new_media,
    hub.Base64: making.new_base64,
    hub.Arguments: making.new_arguments,
    hub.Call: making.new_call,
    hub.Result: making.new_result,
    hub.Seam: making.new_seam,
    hub.Turn: making.new_turn,
}
WIRE: dict[type[WireRecord], Any] = {
    cls: maker(cls) for cls in (chat.AssistantMessage, chat.FunctionToolCall, chat.CompletionRequest)
}


@st.composite
def keywords(draw: st.DrawFn, cls: type) -> dict[str, Any]:
    """Keywords that the class takes: all it requires, and some of the others."""
    said: dict[str, Any] = {}
    for field in attrs.fields(cls):
        if field.name in ("extra", "key_order"):
            continue
        if field.default is attrs.NOTHING or draw(st.booleans()):
            said[field.name] = draw(st.sampled_from(["", "a", None, (), 0, ABSENT]))
    return said


@pytest.mark.parametrize("cls", HUB, ids=lambda cls: cls.__name__)
@given(data=st.data())
def test_a_maker_of_hub_records_makes_what_the_class_makes(cls: type, data: st.DataObject) -> None:
    said = data.draw(keywords(cls))
    made, called = HUB[cls](**said), cls(**said)
    assert type(made) is cls
    for field in attrs.fields(cls):
        assert getattr(made, field.name) is getattr(called, field.name)


@pytest.mark.parametrize("cls", WIRE, ids=lambda cls: cls.__name__)
@given(data=st.data())
def test_a_maker_of_wire_records_makes_what_the_class_makes(cls: type[WireRecord], data: st.DataObject) -> None:
    said = data.draw(keywords(cls))
    said |= dict.fromkeys(cls.REQUIRED, "r")
    extra = data.draw(st.sampled_from([{}, {"x": 1}]))
    order = data.draw(st.sampled_from([None, ("x",)]))
    made, called = WIRE[cls](**said, extra=extra, key_order=order), cls(**said, extra=extra, key_order=order)
    assert type(made) is cls
    assert same_json(encode(made), encode(called))
    for name in (*field_names(cls), "key_order"):
        assert getattr(made, name) is getattr(called, name)
    assert made.extra == called.extra


@pytest.mark.parametrize("made", [making.new_text(text="a"), WIRE[chat.FunctionToolCall](id="a", function=None)])
def test_a_made_record_cannot_be_changed(made: Any) -> None:
    name = attrs.fields(type(made))[0].name
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(made, name, None)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        delattr(made, name)


def test_made_records_are_copied_compared_and_stored_as_any_other() -> None:
    turn = making.new_turn(role="user", parts=(making.new_text(text="a", form="string"),))
    assert copy.deepcopy(turn) == turn == hub.Turn(role="user", parts=(hub.Text(text="a"),))
    assert pickle.loads(pickle.dumps(turn)) == turn
    assert attrs.evolve(turn, role="system").role == "system"


def test_a_made_wire_record_is_equal_to_a_decoded_one() -> None:
    message = WIRE[chat.AssistantMessage](content="a")
    request = decode("openai-chat", "request", {"model": "m", "messages": [{"role": "assistant", "content": "a"}]})
    assert request.messages[0] == message


def test_a_class_whose_defaults_are_made_anew_has_no_maker() -> None:
    with pytest.raises(TypeError, match=r"Mark\.data"):
        maker(hub.Mark)


@pytest.mark.parametrize("cls", HUB, ids=lambda cls: cls.__name__)
@given(data=st.data())
def test_a_changed_record_is_an_evolved_one(cls: type, data: st.DataObject) -> None:
    record = HUB[cls](**data.draw(keywords(cls)))
    fields = data.draw(keywords(cls))
    made, evolved = making.changed(record, **fields), attrs.evolve(record, **fields)
    assert type(made) is cls
    for field in attrs.fields(cls):
        assert getattr(made, field.name) is getattr(evolved, field.name)
    with pytest.raises(AttributeError):
        making.changed(record, no_field_of_this_name=1)
