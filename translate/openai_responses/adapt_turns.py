"""Turns fitted to the Responses API: their parts, and then the cuts between messages and items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..jsonvalue import ABSENT
from ..steps import recut
from .adapt_parts import Fitting, fit_part
from .content import is_plain
from .items_write import in_message
from .residue import WIRE_NAME
from .tables import REASONS


def fit_turn(turn: hub.Turn, fitting: Fitting) -> hub.Turn:
    """Fit a turn's parts; the seams stay around what they were around."""
    found: list[hub.Part] = []
    counts: list[int] = []
    for part in turn.parts:
        fitted = fit_part(part, turn, fitting)
        if _is_stray(fitted, found):
            fitted = ()
        found.extend(fitted)
        counts.append(len(fitted))
    same = len(found) == len(turn.parts) and all(new is old for new, old in zip(found, turn.parts, strict=True))
    own = None if turn.own is not None else turn.own
    if same and own is turn.own:
        return turn
    return attrs.evolve(turn, parts=tuple(found), seams=turn.seams if same else recut(turn.seams, counts), own=own)


def _is_stray(fitted: Sequence[hub.Part], before: Sequence[hub.Part]) -> bool:
    """Tell whether a cache point would stand behind nothing that can be cached up to."""
    match fitted:
        case (hub.Mark(kind="cache"),):
            return not (before and isinstance(before[-1], (hub.Text, hub.Media)))
        case _:
            return False


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
            fields["id"] = self.adapting.insert(f"{prefix}_{number}", REASONS["item id"])
        if status and not isinstance(seam.status, str):
            fields["status"] = self.adapting.insert("completed", REASONS["item status"])
        return attrs.evolve(seam, **fields) if fields else seam


def cut_turn(turn: hub.Turn, numbering: Numbering) -> hub.Turn:
    """Cut a turn into this wire's messages and items, along the seams it has, and number what needs an id."""
    parts = list(turn.parts)
    seams: list[hub.Seam] = []
    after_message = False
    for seam, is_message in _pieces(turn):
        if is_message:
            seam = _fit_message(seam, parts, turn.role, numbering)
            if after_message or _says_more(seam) or _needs_seam(parts[seam.start : seam.stop]):
                seams.append(seam)
        else:
            seam = _fit_item(seam, parts[seam.start], numbering)
            if not (seam.id is seam.status is ABSENT):
                seams.append(seam)
        after_message = is_message
    same_parts = all(new is old for new, old in zip(parts, turn.parts, strict=True))
    if same_parts and tuple(seams) == turn.seams:
        return turn
    return attrs.evolve(turn, parts=turn.parts if same_parts else tuple(parts), seams=tuple(seams))


def _pieces(turn: hub.Turn) -> Iterator[tuple[hub.Seam, bool]]:
    """Yield the messages and items of a turn, each as a seam around it, and whether it is a message.

    Ids and residue of a seam stay where it was around one message or item; of any other seam only the cuts stay.
    """
    parts = turn.parts
    cuts = {place for seam in turn.seams for place in (seam.start, seam.stop)}
    named = {(seam.start, seam.stop): seam for seam in turn.seams}
    opaque_messages = {place for seam in turn.seams if seam.form == "message" for place in range(seam.start, seam.stop)}
    begin = 0
    for place, part in enumerate(parts):
        stands_in_message = in_message(part) or (part.__class__ is hub.Opaque and place in opaque_messages)
        if begin < place and (place in cuts or not stands_in_message):
            yield _seam_of(named, begin, place, "message"), True
            begin = place
        if not stands_in_message:
            yield _seam_of(named, place, place + 1, "item"), False
            begin = place + 1
    if begin < len(parts):
        yield _seam_of(named, begin, len(parts), "message"), True


def _seam_of(named: dict[tuple[int, int], hub.Seam], start: int, stop: int, form: str) -> hub.Seam:
    seam = named.get((start, stop))
    if seam is None:
        return hub.Seam(start=start, stop=stop, form=form)
    if seam.name is ABSENT and (seam.own is None or seam.own.wire == WIRE_NAME):
        return seam
    own = seam.own if seam.own is not None and seam.own.wire == WIRE_NAME else None
    return attrs.evolve(seam, name=ABSENT, own=own)


def _says_more(seam: hub.Seam) -> bool:
    return not (seam.id is seam.status is seam.phase is ABSENT) or seam.own is not None


def _needs_seam(parts: Sequence[hub.Part]) -> bool:
    return any(part.__class__ is hub.Opaque for part in parts)


def _fit_message(seam: hub.Seam, parts: list[hub.Part], role: str, numbering: Numbering) -> hub.Seam:
    """Make a message legal: an assistant's is either one bare string, or has an id and a status."""
    if seam.form != "message":
        seam = attrs.evolve(seam, form="message")
    if role != "assistant":
        return seam
    number = numbering.messages
    numbering.messages += 1
    if numbering.reply:
        for place in range(seam.start, seam.stop):
            part = parts[place]
            if isinstance(part, hub.Text) and part.form == "string":
                parts[place] = attrs.evolve(part, form="block")
    if seam.stop - seam.start == 1 and not numbering.reply and not isinstance(seam.id, str):
        part = parts[seam.start]
        if isinstance(part, hub.Text) and is_plain(part):
            if part.form != "string":
                parts[seam.start] = attrs.evolve(part, form="string")
            return seam
    return numbering.identified(seam, number, "msg", status=True)


def _fit_item(seam: hub.Seam, part: hub.Part, numbering: Numbering) -> hub.Seam:
    cls = part.__class__
    form = _form_of(part)
    if form is None:  # the part says its id itself
        return hub.Seam(start=seam.start, stop=seam.stop)
    if seam.form != form or seam.phase is not ABSENT or seam.own is not None:
        seam = attrs.evolve(seam, form=form, phase=ABSENT, own=None)
    if cls is hub.Call and part.form == "computer":  # type: ignore[union-attr]
        numbering.calls += 1
        return numbering.identified(seam, numbering.calls - 1, "cu", status=True)
    if cls is hub.Thinking:
        numbering.thoughts += 1
        return numbering.identified(seam, numbering.thoughts - 1, "rs", status=False)
    if cls is hub.Call and part.state != "complete" and seam.status is not ABSENT:  # type: ignore[union-attr]
        seam = attrs.evolve(seam, status=ABSENT)
    return seam


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
