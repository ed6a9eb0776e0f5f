"""The shipped laws prove a wire of somebody's own, and catch one that loses, invents or keeps a shadow copy."""

from __future__ import annotations

from typing import Any, ClassVar, Final, Literal

import attrs
import pytest

from polyloop.translate import WriteError, hub
from polyloop.translate.codec import WireRecord, decode_as, wire_record
from polyloop.translate.jsonvalue import ABSENT, Absent
from polyloop.translate.testing.check import check_wire
from polyloop.translate.wires import Wire

NAME: Final = "shout"


@wire_record
class Shout(WireRecord):
    """A format of one user's words, and of one answer's."""

    who: Literal["me", "it"] | Absent = ABSENT
    words: str

    REQUIRED: ClassVar[tuple[str, ...]] = ("words",)


def read_words(record: Shout, role: hub.Role) -> hub.Turn:
    return hub.Turn(role=role, parts=(hub.Text(text=record.words),))


def residue(record: Shout) -> hub.Own | None:
    kept = dict(record.extra) if record.who is ABSENT else {**record.extra, "who": record.who}
    return hub.Own(wire=NAME, fields=kept) if kept else None


def write_words(turn: hub.Turn, own: hub.Own | None) -> Shout:
    text = turn.parts[0] if len(turn.parts) == 1 else None
    if not isinstance(text, hub.Text) or text.citations or text.logprobs is not ABSENT:
        raise WriteError(f"{NAME} says one plain text")
    kept = own.fields if own is not None and own.wire == NAME else {}
    return decode_as(Shout, {**kept, "words": text.text})


def read_request(record: Shout) -> hub.Request:
    return hub.Request(turns=(read_words(record, "user"),), own=residue(record))


def write_request(request: hub.Request) -> Shout:
    if request != hub.Request(turns=request.turns, own=request.own) or len(request.turns) != 1:
        raise WriteError(f"{NAME} has one turn and nothing else")
    return write_words(request.turns[0], request.own)


def read_response(record: Shout) -> hub.Response:
    return hub.Response(candidates=(hub.Candidate(turn=read_words(record, "assistant")),), own=residue(record))


def write_response(response: hub.Response) -> Shout:
    only = response.candidates[:1]
    if response != hub.Response(candidates=only, own=response.own) or only != (hub.Candidate(turn=only[0].turn),):
        raise WriteError(f"{NAME} has one answer and nothing else")
    return write_words(only[0].turn, response.own)


WIRE: Final = Wire(
    name=NAME, family="nobody", roots={"request": Shout, "response": Shout},
    read_request=read_request, write_request=write_request, read_response=read_response, write_response=write_response,
)  # fmt: skip

TestShout = check_wire(WIRE)


def broken(**changes: Any) -> type:
    return check_wire(attrs.evolve(WIRE, **changes))


BROKEN: Final = {
    "drops unknown keys": (
        "test_request_is_exact_through_the_hub",
        broken(read_request=lambda record: attrs.evolve(read_request(record), own=None)),
    ),
    "invents a text": (
        "test_response_is_exact_through_the_hub",
        broken(write_response=lambda response: attrs.evolve(write_response(response), words="hi")),
    ),
    "leaves out in silence what it has no place for": (
        "test_request_has_no_shadow_copy_in_the_hub",
        broken(write_request=lambda request: write_words(request.turns[0], request.own)),
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_wire_is_caught(fault: str) -> None:
    name, made = BROKEN[fault]
    with pytest.raises(AssertionError):
        getattr(made(), name)()


def test_a_wire_that_does_not_adapt_is_not_asked_to() -> None:
    assert not [name for name in vars(TestShout) if "adapt" in name]
