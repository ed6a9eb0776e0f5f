"""A wire of your own, proven: what its documents are, how they are read, how they are written. `check_wire` holds it to the laws.

    pytest examples/custom_wire.py

The format says one text each way, ``{"words": "..."}``. What it has no place for it refuses to write, by one rule: a record is written
only if reading it back gives the very same. Adapting, streams and reasons of losses can come later; `polyloop.translate` takes the `Wire`
in the place of a name: ``convert(document, kind="request", source=WIRE, target="anthropic")``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from polyloop.translate import WriteError, hub
from polyloop.translate.codec import WireRecord, decode_as, wire_record
from polyloop.translate.testing.check import check_wire
from polyloop.translate.wires import HubDocument, Wire


@wire_record
class Words(WireRecord):
    words: str
    REQUIRED: ClassVar[tuple[str, ...]] = ("words",)


def heard(record: Words, role: hub.Role) -> hub.Turn:
    own = hub.Own(wire="words", fields=record.extra) if record.extra else None
    return hub.Turn(role=role, parts=(hub.Text(text=record.words),), own=own)


def read_request(record: Words) -> hub.Request:
    return hub.Request(turns=(heard(record, "user"),))


def read_response(record: Words) -> hub.Response:
    return hub.Response(candidates=(hub.Candidate(turn=heard(record, "assistant")),))


def said(turns: list[hub.Turn], whole: HubDocument, read: Callable[[Words], HubDocument]) -> Words:
    text = next((part.text for turn in turns for part in turn.parts if isinstance(part, hub.Text)), "")
    fields = next((turn.own.fields for turn in turns if turn.own is not None), {})
    record = decode_as(Words, {**fields, "words": text})
    if read(record) != whole:
        raise WriteError("this format says one plain text and nothing else")
    return record


WIRE = Wire(
    name="words", family="nobody", roots={"request": Words, "response": Words}, read_request=read_request,
    write_request=lambda request: said(list(request.turns), request, read_request), read_response=read_response,
    write_response=lambda reply: said([each.turn for each in reply.candidates], reply, read_response),
)  # fmt: skip

TestWords = check_wire(WIRE)
