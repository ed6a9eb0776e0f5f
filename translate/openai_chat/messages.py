"""Messages to turns and back.

A turn is a maximal run of one role. Each ``tool`` message is one result; any other turn is one message unless seams say otherwise:
a seam stands for each message of a run after the first, for a message that carries a name or unknown keys, and for one
that no record fits (form ``opaque``). The first message's spelling is the turn's, where it has no seam of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import attrs

from .. import hub
from ..codec import Opaque
from ..jsonvalue import ABSENT, Json
from ..making import maker, new_turn
from . import wire
from .assistant import read_assistant, write_assistant
from .calls import read_function_result, read_result, write_result
from .content import CACHE_CONTROL, read_cache_control, read_content, write_cache_control, write_content
from .residue import NOTHING, WIRE_NAME, WITHOUT, fill, left_out, nulls, ours, own, refuse

OPAQUE_FORM: Final = "opaque"
_ROLES: Final[dict[str, hub.Role]] = {
    "system": "system", "developer": "developer", "user": "user", "assistant": "assistant", "tool": "tool", "function": "tool",
}  # fmt: skip


@attrs.define(slots=True)
class Said:
    """What one message says: its parts, and what belongs to the message itself."""

    parts: list[hub.Part]
    own: dict[str, Json] = attrs.field(factory=dict)
    spelling: dict[str, Json] = attrs.field(factory=dict)
    name: Any = ABSENT
    form: str = "message"


def read_messages(messages: Sequence[wire.Message]) -> tuple[hub.Turn | Any, tuple[hub.Turn, ...]]:
    """Read messages into instructions and turns. A first message of role ``system`` is the instructions."""
    instructions: Any = ABSENT
    start = 0
    if messages and isinstance(messages[0], wire.SystemMessage):
        instructions = cut_turn("system", [_read_spoken(messages[0])])
        start = 1
    turns: list[hub.Turn] = []
    role: hub.Role | None = None
    run: list[Said] = []
    legacy = 0
    custom: set[str] = set()
    for number in range(start, len(messages)):
        message = messages[number]
        speaker = role_of(message)
        if speaker != role:
            if role is not None:
                turns.append(cut_turn(role, run))
            role, run = speaker, []
        said = _read_message(message, legacy, custom)
        if isinstance(message, wire.AssistantMessage):
            legacy += isinstance(message.function_call, wire.Function)
            for part in said.parts:
                if isinstance(part, hub.Call) and part.form == "custom":
                    custom.add(part.id)
        run.append(said)
    if role is not None:
        turns.append(cut_turn(role, run))
    return instructions, tuple(turns)


def role_of(message: wire.Message) -> hub.Role:
    document = message
    if isinstance(message, Opaque):
        document = message.document
    elif message is not None:
        return _ROLES[message.role]
    role = document.get("role") if isinstance(document, dict) else None
    return _ROLES.get(role, "user") if isinstance(role, str) else "user"


def _read_message(message: wire.Message, legacy: int, custom: set[str]) -> Said:
    """Read a message. ``legacy`` counts the deprecated function calls before it, ``custom`` are the ids of custom calls."""
    match message:
        case wire.AssistantMessage():
            said = Said([])
            said.parts = read_assistant(message, said.own, said.spelling, legacy)
            said.name = message.name
            return said
        case wire.ToolMessage():
            return Said([read_result(message, message.tool_call_id in custom)])
        case wire.FunctionMessage():
            return Said([read_function_result(message, max(legacy - 1, 0))])
        case wire.UserMessage() | wire.SystemMessage() | wire.DeveloperMessage():
            return _read_spoken(message)
        case Opaque():
            return Said([hub.Opaque(wire=WIRE_NAME, document=message.document)], form=OPAQUE_FORM)
        case _:
            return Said(
                [hub.Opaque(wire=WIRE_NAME, document=message)], form=OPAQUE_FORM
            )  # null, which an array may hold


def _read_spoken(message: wire.SpokenMessage) -> Said:
    said = Said(read_content(message.content), name=message.name)
    if not said.parts:
        said.spelling = {WITHOUT: ["content"]} if message.content is ABSENT else nulls(message, "content")
    if message.extra:
        said.own = dict(message.extra)
        take_message_mark(said)
    return said


def take_message_mark(said: Said) -> None:
    """Read a cache mark that stands on the whole message, as OpenRouter takes it, as a mark behind its last part."""
    mark = read_cache_control(said.own[CACHE_CONTROL], "message") if CACHE_CONTROL in said.own else None
    if mark is not None:
        said.parts.append(mark)
        del said.own[CACHE_CONTROL]


def cut_turn(role: hub.Role, run: Sequence[Said], origin: hub.Origin | None = None) -> hub.Turn:
    """Make a turn of the messages of a run."""
    if len(run) == 1 and not run[0].own and run[0].name is ABSENT and run[0].form == "message":
        only = run[0]
        return new_turn(role=role, parts=tuple(only.parts), spelling=own(only.spelling), origin=origin)
    parts: list[hub.Part] = []
    seams: list[hub.Seam] = []
    spelling: hub.Own | None = None
    for number, said in enumerate(run):
        start = len(parts)
        parts.extend(said.parts)
        plain = not said.own and said.name is ABSENT and said.form == "message" and said.parts
        if plain and (number == 0 or role == "tool"):
            spelling = own(said.spelling) if number == 0 else spelling
            continue
        seams.append(
            hub.Seam(
                start=start,
                stop=len(parts),
                form=said.form,
                name=said.name,
                own=own(said.own),
                spelling=own(said.spelling),
            )
        )
    return new_turn(role=role, parts=tuple(parts), seams=tuple(seams), spelling=spelling, origin=origin)


# Writing.


def write_messages(instructions: Any, turns: Sequence[hub.Turn]) -> tuple[wire.Message, ...]:
    """Write instructions and turns as messages."""
    messages: list[wire.Message] = []
    if instructions is not ABSENT:
        messages += write_turn(instructions)
    for turn in turns:
        messages += write_turn(turn)
    return tuple(messages)


def write_turn(turn: hub.Turn) -> list[wire.Message]:
    if turn.role == "tool":
        return _write_results(turn)
    if not turn.seams:
        return [_write_message(turn.role, turn.parts, turn)]
    return [
        _write_opaque(parts)
        if seam is not None and seam.form == OPAQUE_FORM
        else _write_message(turn.role, parts, seam if seam is not None else turn)
        for parts, seam in cut_messages(turn)
    ]


def cut_messages(turn: hub.Turn) -> Iterator[tuple[Sequence[hub.Part], hub.Seam | None]]:
    """Cut a turn into messages: at its seams, and between them. A turn of no parts and no seams is one empty message."""
    if not turn.seams:
        yield turn.parts, None
        return
    place = 0
    for seam in turn.seams:
        if seam.form not in ("message", OPAQUE_FORM):
            continue
        if seam.start > place:
            yield turn.parts[place : seam.start], None
        yield turn.parts[seam.start : seam.stop], seam
        place = seam.stop
    if place < len(turn.parts):
        yield turn.parts[place:], None


def _write_opaque(parts: Sequence[hub.Part]) -> Opaque:
    match parts:
        case (hub.Opaque(wire=of, document=document),) if of == WIRE_NAME:
            return Opaque(document)
        case _:
            raise refuse("an opaque message of another wire")


def _write_results(turn: hub.Turn) -> list[wire.Message]:
    written: list[wire.Message] = []
    for part in turn.parts:
        if isinstance(part, hub.Result):
            written.append(write_result(part))
        elif isinstance(part, hub.Opaque):
            written.append(_write_opaque((part,)))
        else:
            raise refuse(f"a part of type {type(part).__name__} among results")
    return written


def _write_message(role: hub.Role, parts: Sequence[hub.Part], carrier: hub.Turn | hub.Seam) -> wire.Message:
    name = carrier.name if isinstance(carrier, hub.Seam) else ABSENT
    residue = NOTHING if carrier.own is None else ours(carrier.own)
    spelling = NOTHING if carrier.spelling is None else ours(carrier.spelling)
    if role == "assistant":
        return write_assistant(parts, name, residue, spelling)
    stated: dict[str, Any] = {"name": name}
    if parts and isinstance(parts[-1], hub.Mark) and ours(parts[-1].own).get(CACHE_CONTROL) == "message":
        residue = {**residue, CACHE_CONTROL: write_cache_control(parts[-1])}
        parts = parts[:-1]
    content = write_content(parts)
    stated["content"] = () if content is None else content
    if not parts and spelling:
        if spelling.get("content", ()) is None:
            stated["content"] = None
        elif left_out(spelling, "content"):
            stated["content"] = ABSENT
    cls, make = _SPOKEN[role]
    if residue:
        fill(cls, stated, residue)
    return make(**stated)


_SPOKEN: Final[dict[str, tuple[type[wire.SpokenMessage], Callable[..., wire.SpokenMessage]]]] = {
    "system": (wire.SystemMessage, maker(wire.SystemMessage)),
    "developer": (wire.DeveloperMessage, maker(wire.DeveloperMessage)),
    "user": (wire.UserMessage, maker(wire.UserMessage)),
}
