"""Images and files of tool results, for wires whose results hold text only: behind the results, each group under a label, and back.

The label names the call whose result the media are of. A text that would be taken for a label gets a backslash in front, which is taken
off again, so that `rejoin_result_media` undoes `split_result_media` whatever the texts say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import attrs

from . import hub
from .adapting import Adapting
from .jsonvalue import ABSENT
from .steps import map_parts, recut

_LABEL: Final = re.compile(r"\[from the result of call (.+)\]", re.DOTALL)
_ESCAPED: Final = re.compile(r"\\+\[from the result of call .+\]", re.DOTALL)
_MARK: Final = "label"
REASON: Final = "names the call that images or files are a result of: the target's results hold text only"


def label(call_id: str) -> str:
    """Return the text in front of what is moved out of a call's result."""
    return f"[from the result of call {call_id}]"


def split_result_media(turns: Sequence[hub.Turn], adapting: Adapting) -> tuple[hub.Turn, ...]:
    """Move the media of results to the head of the user's words behind them, each result's under a label."""
    done: list[hub.Turn] = []
    waiting: list[hub.Part] = []
    for turn in turns:
        if waiting and turn.role != "tool":
            turn = _behind(waiting, turn, done)
            waiting = []
        else:
            turn = _escaped(turn) if turn.role == "user" else turn
        if turn.role == "tool" and _holds_media(turn):
            turn = _without_media(turn, waiting, adapting)
        done.append(turn)
    if waiting:
        done.append(hub.Turn(role="user", parts=tuple(waiting)))
    return tuple(done)


def _behind(waiting: list[hub.Part], turn: hub.Turn, done: list[hub.Turn]) -> hub.Turn:
    if turn.role != "user":
        done.append(hub.Turn(role="user", parts=tuple(waiting)))
        return turn
    turn = _escaped(turn)
    count = len(waiting)
    seams = tuple(attrs.evolve(seam, start=seam.start + count, stop=seam.stop + count) for seam in turn.seams)
    return attrs.evolve(turn, parts=(*waiting, *turn.parts), seams=seams)


def _holds_media(turn: hub.Turn) -> bool:
    for part in turn.parts:
        if isinstance(part, hub.Result):
            for inner in part.parts:
                if inner.__class__ is hub.Media:
                    return True
    return False


def _without_media(turn: hub.Turn, waiting: list[hub.Part], adapting: Adapting) -> hub.Turn:
    def step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        if not isinstance(part, hub.Result):
            return None
        moved = [inner for inner in part.parts if inner.__class__ is hub.Media]
        if not moved:
            return None
        waiting.append(_inserted_label(part.call_id, adapting))
        waiting.extend(moved)
        kept = tuple([inner for inner in part.parts if inner.__class__ is not hub.Media])
        return (attrs.evolve(part, parts=kept),)

    return map_parts(turn, step)


def _inserted_label(call_id: str, adapting: Adapting) -> hub.Text:
    text = str(adapting.insert(label(call_id), REASON))
    return hub.Text(text=text, spelling=hub.Own(wire=adapting.target, fields={_MARK: True}))


def _escaped(turn: hub.Turn) -> hub.Turn:
    def step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        if not isinstance(part, hub.Text) or part.text[:1] not in ("[", "\\"):
            return None
        if part.spelling is not None and _MARK in part.spelling.fields:
            return None  # a label that was inserted before: adapting twice is adapting once
        if _LABEL.fullmatch(part.text) or _ESCAPED.fullmatch(part.text):
            return (attrs.evolve(part, text="\\" + part.text),)
        return None

    return map_parts(turn, step)


def rejoin_result_media(turns: Sequence[hub.Turn]) -> tuple[hub.Turn, ...]:
    """Move labelled media at the head of the user's words back into the results they are of, and undo the escapes."""
    done: list[hub.Turn] = []
    for turn in turns:
        if turn.role == "user":
            if done and done[-1].role == "tool":
                done[-1], turn = _rejoined(done[-1], turn)
            turn = _unescaped(turn)
            if not turn.parts and done and done[-1].role == "tool" and turn.own is None:
                continue
        done.append(turn)
    return tuple(done)


def _rejoined(results: hub.Turn, turn: hub.Turn) -> tuple[hub.Turn, hub.Turn]:
    found: dict[str, list[hub.Part]] = {}
    place = 0
    ids = {part.call_id for part in results.parts if isinstance(part, hub.Result)}
    while (call_id := _labelled(turn, place)) is not None and call_id in ids and call_id not in found:
        stop = place + 1
        while stop < len(turn.parts) and isinstance(turn.parts[stop], hub.Media):
            stop += 1
        found[call_id] = list(turn.parts[place + 1 : stop])
        place = stop
    if not found:
        return results, turn
    parts = tuple(_with_media(part, found) for part in results.parts)
    counts = [0] * place + [1] * (len(turn.parts) - place)
    rest = attrs.evolve(turn, parts=turn.parts[place:], seams=recut(turn.seams, counts))
    return attrs.evolve(results, parts=parts), rest


def _labelled(turn: hub.Turn, place: int) -> str | None:
    """Return the call id of a label at a place of a turn, if media follow it in the same message."""
    if place + 1 >= len(turn.parts) or not isinstance(turn.parts[place + 1], hub.Media):
        return None
    text = turn.parts[place]
    found = _LABEL.fullmatch(text.text) if isinstance(text, hub.Text) and not text.citations else None
    return found[1] if found else None


def _with_media(part: hub.Part, found: dict[str, list[hub.Part]]) -> hub.Part:
    media = found.pop(part.call_id, None) if isinstance(part, hub.Result) else None
    if media is None or not isinstance(part, hub.Result):
        return part
    kept = part.parts
    if len(kept) == 1 and isinstance(kept[0], hub.Text) and not kept[0].text and kept[0].own is None:
        kept = ()
    return attrs.evolve(part, parts=(*kept, *media))


def _unescaped(turn: hub.Turn) -> hub.Turn:
    def step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        if not isinstance(part, hub.Text) or part.text[:1] != "\\" or part.logprobs is not ABSENT:
            return None
        return (attrs.evolve(part, text=part.text[1:]),) if _ESCAPED.fullmatch(part.text) else None

    return map_parts(turn, step)
