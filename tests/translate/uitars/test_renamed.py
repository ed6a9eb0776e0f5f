"""Residue named anew: whatever only one wire understands, wherever in a record it stands, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.translate import hub
from polyloop.translate.testing.records import records_of
from polyloop.translate.testing.strategies import reached
from polyloop.translate.uitars.wire import CHAT, WIRE_NAME, renamed

DOCUMENTS = (hub.Request, hub.Response)


def named(value: Any, under: type | None = None) -> Iterator[tuple[type | None, str]]:
    """Yield of whom each residue and opaque part is, and the class of what holds it: every field of every record is looked at."""
    if isinstance(value, tuple):
        for item in value:
            yield from named(item, under)
    elif isinstance(value, (hub.Own, hub.Opaque)):
        yield under, value.wire
    elif isinstance(value, hub.HubRecord):
        for field in attrs.fields(type(value)):
            yield from named(getattr(value, field.name), type(value))


def plain(record: Any) -> Any:
    """Return a record with what is not compared, too."""
    return attrs.asdict(record, recurse=True)


@pytest.mark.parametrize("cls", DOCUMENTS)
@given(data=st.data())
def test_nothing_of_an_old_name_is_left_and_the_way_back_gives_the_same(cls: type[Any], data: st.DataObject) -> None:
    record = data.draw(records_of(cls))
    wires = [wire for _, wire in named(record)]
    for old in {*wires}:
        one = renamed(record, old, "nobody")
        assert [wire for _, wire in named(one)] == ["nobody" if wire == old else wire for wire in wires]
        assert repr(plain(renamed(one, "nobody", old))) == repr(plain(record))


@pytest.mark.parametrize("cls", DOCUMENTS)
@given(data=st.data())
def test_a_record_without_the_old_name_is_the_same_object(cls: type[Any], data: st.DataObject) -> None:
    record = data.draw(records_of(cls))
    assert renamed(record, "nobody", WIRE_NAME) is record


@pytest.mark.parametrize("cls", DOCUMENTS)
def test_residue_is_drawn_deep_in_a_record(cls: type[Any]) -> None:
    reached(
        records_of(cls), lambda record: bool({holder for holder, _ in named(record)} - {None, *DOCUMENTS, hub.Turn})
    )


def test_seams_spellings_and_what_is_in_results_are_named_anew() -> None:
    own = hub.Own(wire=CHAT, fields={"x": 1})
    inner = hub.Text(text="x", citations=(hub.Citation(kind="url", own=own),))
    result = hub.Result(call_id="1", parts=(inner, hub.Opaque(wire=CHAT, document={})))
    turn = hub.Turn(role="tool", parts=(result,), seams=(hub.Seam(start=0, stop=1, own=own, spelling=own),))
    found = list(named(renamed(hub.Request(turns=(turn,), spelling=own), CHAT, WIRE_NAME)))
    assert {holder for holder, _ in found} == {hub.Request, hub.Seam, hub.Citation, hub.Result}
    assert {wire for _, wire in found} == {WIRE_NAME}


def test_own_fields_are_not_looked_into() -> None:
    said = hub.Text(text="x", own=hub.Own(wire=CHAT, fields={"wire": CHAT}))
    assert renamed(said, CHAT, WIRE_NAME).own == hub.Own(wire=WIRE_NAME, fields={"wire": CHAT})
