"""Turns fitted to the Responses API: their parts, and then the cuts between messages and items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from operator import is_
from typing import Any, Final, Literal

import attrs

from .. import hub
from ..adapting import Adapting
from ..jsonvalue import ABSENT
from ..making import new_text, new_turn
from ..steps import recut
from .adapt_parts import Fitting, fit_part
from .content import is_plain
from .items_write import in_message
from .residue import WIRE_NAME
from .tables import REASONS


def fit_turn(turn: hub.Turn, fitting: Fitting) -> hub.Turn:
    """Fit a turn's parts; the seams stay around what they were around."""
    said: list[Sequence[hub.Part]] = []
    marked = False
    for part in turn.parts:
        marked = marked or part.__class__ is hub.Mark
        said.append(fit_part(part, turn, fitting))
    if marked:
        said = _without_strays(turn, said)
    found = tuple(chain.from_iterable(said))
    same = len(found) == len(turn.parts) and all(map(is_, found, turn.parts))
    if same and turn.own is None:
        return turn
    seams = turn.seams if same or not turn.seams else recut(turn.seams, list(map(len, said)))
    return new_turn(role=turn.role, parts=found, seams=seams, origin=turn.origin, spelling=turn.spelling)


def _without_strays(turn: hub.Turn, said: Iterable[Sequence[hub.Part]]) -> list[Sequence[hub.Part]]:
    """Leave out cache points that would stand behind nothing of their message that can be cached up to."""
    heads = {seam.start for seam in turn.seams}
    kept: list[Sequence[hub.Part]] = []
    before: hub.Part | None = None
    for place, fitted in enumerate(said):
        if place in heads:
            before = None
        if isinstance(turn.parts[place], hub.Mark) and fitted and _is_stray(fitted[0], before):
            fitted = ()
        kept.append(fitted)
        before = fitted[-1] if fitted else before
    return kept


def _is_stray(mark: hub.Part, before: hub.Part | None) -> bool:
    cache = isinstance(mark, hub.Mark) and mark.kind == "cache"
    return cache and not isinstance(before, (hub.Text, hub.Media))


# Cuts.


@attrs.define
class Numbering:
    """How many messages and computer calls of the assistant there were: what the ids of those without one are made of."""

    adapting: Adapting
    reply: bool
    messages: int = 0
    calls: int = 0
    thoughts: int = 0

    def identified(self, seam: hub.Seam, number: int, prefix: str, status: bool) -> hub.Seam:
        """Give an item an id and a status where it has none."""
        fields: dict[str, Any] = {}
        if not isinstance(seam.id, str):
            fields["id"] = self.adapting.insert(f"{prefix}_{number}", REASONS["item id"], at="id")
        if status and not isinstance(seam.status, str):
            fields["status"] = self.adapting.insert("completed", REASONS["item status"], at="status")
        return attrs.evolve(seam, **fields) if fields else seam


def cut_turn(turn: hub.Turn, numbering: Numbering) -> hub.Turn:
    """Cut a turn into this wire's messages and items, along the seams it has, and number what needs an id."""
    if not turn.seams and turn.role != "assistant":
        return turn
    parts = list(turn.parts)
    seams: list[hub.Seam] = []
    named = {(seam.start, seam.stop): seam for seam in turn.seams} if turn.seams else {}
    after_message = False
    for start, stop, is_message in _pieces(turn):
        seam = named.get((start, stop)) if named else None
        if is_message:
            seam = _fit_message(seam, start, stop, parts, turn.role, numbering)
            if seam is None and (after_message or hub.Opaque in map(type, parts[start:stop])):
                seam = hub.Seam(start=start, stop=stop)
        else:
            seam = _fit_item(seam, start, parts[start], numbering)
        if seam is not None:
            seams.append(seam)
        after_message = is_message
    same_parts = all(map(is_, parts, turn.parts))
    if same_parts and tuple(seams) == turn.seams:
        return turn
    return new_turn(
        role=turn.role, parts=turn.parts if same_parts else tuple(parts), seams=tuple(seams), origin=turn.origin,
        spelling=turn.spelling,
    )  # fmt: skip


def _pieces(turn: hub.Turn) -> list[tuple[int, int, bool]]:
    """Return the messages and items of a turn: from where to where, and whether it is a message.

    A seam of another wire is a cut and nothing else, wherever it stands.
    """
    cuts: set[int] = set()
    opaque: set[int] = set()
    for seam in turn.seams:
        cuts.update((seam.start, seam.stop))
        if seam.form == "message":
            opaque.update(range(seam.start, seam.stop))
    pieces: list[tuple[int, int, bool]] = []
    begin = 0
    for place, part in enumerate(turn.parts):
        inside = in_message(part) or (place in opaque and part.__class__ is hub.Opaque)
        if begin < place and (not inside or place in cuts):
            pieces.append((begin, place, True))
            begin = place
        if not inside:
            pieces.append((place, place + 1, False))
            begin = place + 1
    if begin < len(turn.parts):
        pieces.append((begin, len(turn.parts), True))
    return pieces


def _fit_message(
    seam: hub.Seam | None, start: int, stop: int, parts: list[hub.Part], role: str, numbering: Numbering
) -> hub.Seam | None:
    """Make a message legal, an assistant's is either one bare string, or has an id and a status; ``None``: it needs no seam."""
    if seam is not None:
        own = seam.own if seam.own is not None and seam.own.wire == WIRE_NAME else None
        bare = seam.id is seam.status is seam.phase is ABSENT and own is None
        plain = seam.form == "message" and seam.name is ABSENT and own is seam.own
        seam = None if bare else seam if plain else attrs.evolve(seam, form="message", name=ABSENT, own=own)
    if role != "assistant":
        return seam
    numbering.messages += 1
    if numbering.reply:
        _set_forms(parts, start, stop, "block")
    elif stop - start == 1 and is_plain(parts[start]) and (seam is None or not isinstance(seam.id, str)):
        _set_forms(parts, start, stop, "string")
        return seam
    return numbering.identified(seam or hub.Seam(start=start, stop=stop), numbering.messages - 1, "msg", status=True)


def _set_forms(parts: list[hub.Part], start: int, stop: int, form: Literal["string", "block"]) -> None:
    for place in range(start, stop):
        part = parts[place]
        if isinstance(part, hub.Text) and part.form != form:
            parts[place] = new_text(
                text=part.text, citations=part.citations, logprobs=part.logprobs, form=form, own=part.own, spelling=part.spelling
            )  # fmt: skip


def _fit_item(seam: hub.Seam | None, place: int, part: hub.Part, numbering: Numbering) -> hub.Seam | None:
    """Give an item the seam it needs, with the type of the item as its form; ``None``: it needs none."""
    computer = isinstance(part, hub.Call) and part.form == "computer"
    if seam is None and not computer and not isinstance(part, hub.Thinking):
        return None
    form = _form_of(part)
    if form is None:  # the part says its id itself
        return None
    if seam is None:
        seam = hub.Seam(start=place, stop=place + 1, form=form)
    elif seam.form != form or seam.name is not ABSENT or seam.phase is not ABSENT or seam.own is not None:
        item_id = (
            seam.id if seam.form == form else ABSENT
        )  # an id begins with its item's kind, and is refused elsewhere
        seam = attrs.evolve(seam, form=form, id=item_id, name=ABSENT, phase=ABSENT, own=None)
    whole = not isinstance(part, hub.Call) or part.state == "complete"
    if not whole and seam.status is not ABSENT:  # the state says it
        seam = attrs.evolve(seam, status=ABSENT)
    if computer:
        numbering.calls += 1
        return numbering.identified(seam, numbering.calls - 1, "cu", status=whole)
    if isinstance(part, hub.Thinking):
        numbering.thoughts += 1
        return numbering.identified(seam, numbering.thoughts - 1, "rs", status=False)
    return None if seam.id is seam.status is ABSENT else seam


_CALL_ITEMS: Final = {
    "function": "function_call", "custom": "custom_tool_call", "computer": "computer_call", "shell": "shell_call",
    "patch": "apply_patch_call",
}  # fmt: skip


def _form_of(part: hub.Part) -> str | None:
    """Name the type of the item that a part is, where the item's id and status stand on a seam."""
    match part:
        case hub.Call(form="shell", name="local_shell"):
            return "local_shell_call"
        case hub.Call():
            return _CALL_ITEMS[part.form]
        case hub.Result():
            own = part.own.fields if part.own is not None else {}
            return str(own.get("type", f"{_CALL_ITEMS[part.form]}_output"))
        case hub.Thinking():
            return "reasoning"
        case hub.ApprovalAnswer():
            return "mcp_approval_response"
        case hub.Mark(kind="tool_change"):
            return "additional_tools"
        case hub.Mark(kind="config_change"):
            return "configuration_update"
        case hub.Mark():
            return "compaction" if part.data else "compaction_trigger"
        case _:
            return None


def fit_turns(turns: Iterable[hub.Turn], fitting: Fitting) -> tuple[hub.Turn, ...]:
    return tuple([fit_turn(turn, fitting) for turn in turns])
