"""Messages to turns and back.

A ``user`` message is cut where results (the tool's words) and the user's own words meet; adjacent tool and user turns are
one message by default, and so is an assistant turn. Where a document was cut otherwise a seam says so, and so it does
where a message carried something of its own. Only seams that start a message are looked at when writing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import attrs

from .. import hub
from ..codec import Opaque
from ..errors import WriteError
from ..jsonvalue import ABSENT, Json
from ..making import maker, new_text, new_turn
from .blocks import read_parts, write_parts
from .calls import Context, lone_string
from .residue import WIRE_NAME, WITHOUT, build, left_out, members, nulls, ours, own, said
from .wire import MessageParam
from .wire_blocks import TextBlock

MESSAGE: Final = "message"
OPAQUE: Final = "opaque"
_STARTS: Final = (MESSAGE, OPAQUE)
_JOINED: Final = frozenset({("user", "tool"), ("tool", "user")})
"""Speakers whose adjacent turns make one message by default."""


_Run: TypeAlias = tuple[hub.Role, list[hub.Part], list[hub.Seam]]
"""A turn in the making."""


def read_turns(messages: tuple[MessageParam | Opaque, ...], context: Context) -> tuple[hub.Turn, ...]:
    """Read a request's messages as turns."""
    runs: list[_Run] = []
    for message in members(messages):
        if isinstance(message, Opaque):
            part = hub.Opaque(wire=WIRE_NAME, document=message.document)
            _add_message(runs, [(_role_of(message.document), [part])], hub.Seam(start=0, stop=0, form=OPAQUE))
        else:
            parts = _read_content(message, context)
            _add_message(runs, _cut(message.role, parts), _seam_of(message))
    return tuple([new_turn(role=role, parts=tuple(said), seams=tuple(seams)) for role, said, seams in runs])


def _role_of(document: Json) -> hub.Role:
    role = document.get("role") if isinstance(document, dict) else None
    return "assistant" if role == "assistant" else "user"


def _read_content(message: MessageParam, context: Context) -> list[hub.Part]:
    content = message.content
    if isinstance(content, str):
        parts: list[hub.Part] = [new_text(text=content, form="string")]
    elif isinstance(content, tuple):
        parts = read_parts(content, context)
    else:
        parts = []
    if message.role == "system":
        parts.extend(_read_marks(message))
    return parts


def _read_marks(message: MessageParam) -> list[hub.Mark]:
    """Read what a system message changes beside its words."""
    marks: list[hub.Mark] = []
    config = message.output_config
    if isinstance(config, dict) and config.keys() == {"effort"}:
        marks.append(hub.Mark(kind="config_change", data={"reasoning": config}))
    if isinstance(message.clear_at, str):
        marks.append(hub.Mark(kind="clear", data={"at": message.clear_at}))
    return marks


def _seam_of(message: MessageParam) -> hub.Seam | None:
    """Return the seam of a message that carries something of its own."""
    changes = message.clear_at is not ABSENT or message.output_config is not ABSENT
    if not message.extra and not changes and message.content is not ABSENT and message.content is not None:
        return None
    system = message.role == "system"
    fields = dict(message.extra)
    if changes:
        rest = said(message, "clear_at", "output_config")
        if system and isinstance(message.clear_at, str):
            rest.pop("clear_at")
        if system and isinstance(message.output_config, dict) and message.output_config.keys() == {"effort"}:
            rest.pop("output_config")
        fields = {**rest, **fields}
    spelling = nulls(message, "content", "clear_at", "output_config")
    if message.content is ABSENT:
        spelling[WITHOUT] = ["content"]
    if not fields and not spelling:
        return None
    return hub.Seam(start=0, stop=0, own=own(fields), spelling=own(spelling))


def _cut(role: hub.Role, parts: list[hub.Part]) -> list[tuple[hub.Role, list[hub.Part]]]:
    """Cut a user's message where the tool's words and the user's own meet; a mark goes with the part before it."""
    if role != "user":
        return [(role, parts)]
    if len(parts) == 1:
        return [("tool" if isinstance(parts[0], hub.Result) else "user", parts)]
    if hub.Result not in map(type, parts):
        return [(role, parts)]
    pieces: list[tuple[hub.Role, list[hub.Part]]] = []
    for part in parts:
        speaker: hub.Role = "tool" if isinstance(part, hub.Result) else "user"
        cache = isinstance(part, hub.Mark) and part.kind == "cache"
        if pieces and (cache or pieces[-1][0] == speaker):
            pieces[-1][1].append(part)
        else:
            pieces.append((speaker, [part]))
    return pieces


def _add_message(runs: list[_Run], pieces: list[tuple[hub.Role, list[hub.Part]]], seam: hub.Seam | None) -> None:
    """Add a message's pieces: the first may go on with the last turn, each further one is a turn."""
    role, parts = pieces[0]
    before = runs[-1][0] if runs else None
    if before == role:
        _, said, seams = runs[-1]
        start = len(said)
        if not start and not seams:  # an empty message before this one is a message all the same
            seams.append(hub.Seam(start=0, stop=0))
        said.extend(parts)
        seams.append(_moved(seam, start, len(said)))
    elif seam is not None or (before, role) in _JOINED:
        runs.append((role, parts, [_moved(seam, 0, len(parts))]))
    else:
        runs.append((role, parts, []))
    for role, parts in pieces[1:]:
        runs.append((role, parts, []))


def _moved(seam: hub.Seam | None, start: int, stop: int) -> hub.Seam:
    if seam is None:
        return hub.Seam(start=start, stop=stop)
    return attrs.evolve(seam, start=start, stop=stop)


# Writing.


_Piece: TypeAlias = tuple[hub.Role, Sequence[hub.Part], "hub.Seam | None"]
"""What of a turn is in one message: whose it is, its parts, and the seam where a message starts."""


def write_turns(turns: Sequence[hub.Turn], context: Context) -> tuple[MessageParam | Opaque, ...]:
    """Write turns as messages."""
    messages: list[list[_Piece]] = []
    for turn in turns:
        if turn.role == "developer":
            raise WriteError("the Messages API has no developer messages")
        pieces = _pieces(turn)
        if _goes_on(messages, pieces[0]):
            messages[-1].append(pieces.pop(0))
        messages += [[piece] for piece in pieces]
    return tuple([_write_message(pieces, context) for pieces in messages])


def _pieces(turn: hub.Turn) -> list[_Piece]:
    """Cut a turn at its seams."""
    if not turn.seams:
        return [(turn.role, turn.parts, None)]
    seams: list[hub.Seam | None] = [seam for seam in turn.seams if seam.form in _STARTS]
    if not seams or (seams[0] is not None and seams[0].start > 0):
        seams.insert(0, None)
    for seam in seams:
        _refuse_labels(seam)
    starts = [seam.start if seam is not None else 0 for seam in seams]
    stops = [*starts[1:], len(turn.parts)]
    return [(turn.role, turn.parts[start:stop], seam) for seam, start, stop in zip(seams, starts, stops, strict=True)]


def _refuse_labels(seam: hub.Seam | None) -> None:
    for label in ("id", "status", "phase", "name"):
        if seam is not None and getattr(seam, label) is not ABSENT:
            raise WriteError(f"a message of the Messages API has no {label}")


def _goes_on(messages: list[list[_Piece]], piece: _Piece) -> bool:
    """Tell whether a turn's first piece belongs to the message before it."""
    role, _, seam = piece
    if seam is not None or not messages:
        return False
    before, _, opened = messages[-1][-1]
    opaque = opened is not None and opened.form == OPAQUE
    return not opaque and (before, role) in _JOINED


def _write_message(pieces: list[_Piece], context: Context) -> MessageParam | Opaque:
    speaker, parts, seam = pieces[0]
    if len(pieces) > 1:
        parts = [part for _, piece, _ in pieces for part in piece]
    if seam is not None and seam.form == OPAQUE:
        return _write_opaque(parts)
    role = "user" if speaker == "tool" else speaker
    stated: dict[str, Any] = {"role": role}
    if role == "system":
        parts, marks = _write_marks(parts)
        stated.update(marks)
    stated["content"] = _write_content(parts, seam, bool(len(stated) > 1), context)
    if seam is None:
        return _new_message(**stated)
    return build(MessageParam, seam, **stated)


_new_message: Final = maker(MessageParam)


def _write_opaque(parts: Sequence[hub.Part]) -> Opaque:
    if len(parts) != 1 or not isinstance(parts[0], hub.Opaque) or parts[0].wire != WIRE_NAME:
        raise WriteError("an opaque message holds one opaque part of its own wire")
    return Opaque(parts[0].document)


def _write_marks(parts: Sequence[hub.Part]) -> tuple[list[hub.Part], dict[str, Json]]:
    """Take the marks out of a system message that its other keys say."""
    rest: list[hub.Part] = []
    stated: dict[str, Json] = {}
    for part in parts:
        match part:
            case hub.Mark(kind="config_change", data={"reasoning": {"effort": _, **others}, **more}) if not (
                others or more
            ):
                stated["output_config"] = part.data["reasoning"]
            case hub.Mark(kind="clear", data={"at": str() as when, **more}) if not more:
                stated["clear_at"] = when
            case _:
                rest.append(part)
    return rest, stated


def _write_content(parts: Sequence[hub.Part], seam: hub.Seam | None, changes: bool, context: Context) -> Any:
    if not parts and seam is not None and (left_out(seam, "content") or "content" in ours(seam.spelling)):
        return ABSENT
    if not parts and changes and seam is None:
        return ABSENT
    lone = lone_string(parts)
    return tuple(write_parts(parts, context)) if lone is None else lone


# Instructions.


def read_instructions(system: str | tuple[TextBlock | Opaque, ...], context: Context) -> hub.Turn:
    """Read ``system`` as the turn that stands before the conversation."""
    if isinstance(system, str):
        return hub.Turn(role="system", parts=(hub.Text(text=system, form="string"),))
    return hub.Turn(role="system", parts=tuple(read_parts(system, context)))


def write_instructions(turn: hub.Turn, context: Context) -> str | tuple[TextBlock | Opaque, ...]:
    """Write the instructions: texts, each with its cache point, and nothing else."""
    if turn.role != "system":
        raise WriteError(f"instructions are the system's words, not the {turn.role}'s")
    lone = lone_string(turn.parts)
    if lone is not None:
        return lone
    blocks = write_parts(turn.parts, context)
    texts = tuple(block for block in blocks if isinstance(block, (TextBlock, Opaque)))
    if len(texts) != len(blocks):
        raise WriteError("the instructions of the Messages API are texts")
    return texts
