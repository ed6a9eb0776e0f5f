"""Order and speakers: make a conversation one that the Messages API takes.

System messages stand in ``system``, or in mid-conversation behind a user's message and before an assistant's; developer's
words are the system's. Every call has its result in the next turn (`repair`). Source:
https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system-messages, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..jsonvalue import ABSENT
from ..repairing import INSERTED, repair
from ..steps import fold_leading_system, in_list, list_for_item, map_parts, map_turns, merge_runs
from .adapt_parts import foreign
from .tables import GO_ON, LATEST_VERSION

ITEMS: Final = "openai-responses"
"""The wire whose instructions are a string or items, and whose assistant's lone text is a string."""
_LABELS = ("id", "status", "phase", "name")


def place_system(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Put the system's words where the wire has them."""
    placed = fold_leading_system(list_for_item(request))
    if adapting.source == ITEMS and request.instructions is ABSENT and placed.instructions is not ABSENT:
        placed = attrs.evolve(placed, instructions=in_list(placed.instructions))
    request = _only_words(placed)
    if not any(turn.role in ("system", "developer") for turn in request.turns):
        return request
    turns = _sunk(request.turns) if _takes_system(adapting) else _as_user(request.turns)
    if len(turns) == len(request.turns) and all(a is b for a, b in zip(turns, request.turns, strict=True)):
        return request
    return attrs.evolve(request, turns=turns)


def _only_words(request: hub.Request) -> hub.Request:
    """Keep the words of the instructions: a change of tools at the head of a conversation has no place in them."""
    if request.instructions is ABSENT:
        return request
    instructions = map_parts(request.instructions, _word)
    if instructions is request.instructions:
        return request
    return attrs.evolve(request, instructions=instructions if instructions.parts else ABSENT)


def _word(part: hub.Part, _: hub.Turn) -> tuple[hub.Part, ...] | None:
    cached = isinstance(part, hub.Mark) and part.kind == "cache"
    return None if cached or isinstance(part, (hub.Text, hub.Opaque)) else ()


def list_answers(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Put what the assistant said into a list, as the replies of this wire have it, where the source has no list for one text."""
    if adapting.source != ITEMS:
        return request
    return map_turns(request, lambda turn: in_list(turn) if turn.role == "assistant" else turn)


def _takes_system(adapting: Adapting) -> bool:
    """Tell whether the host has system messages in mid-conversation: Anthropic's own, under the latest version."""
    profile = adapting.profile
    return profile is None or (profile.host == "anthropic" and profile.version == LATEST_VERSION)


def _sunk(turns: tuple[hub.Turn, ...]) -> tuple[hub.Turn, ...]:
    """Move each system turn behind the user's and the tools' words that follow it, before the assistant speaks."""
    done: list[hub.Turn] = []
    waiting: list[hub.Turn] = []
    for turn in turns:
        if turn.role in ("system", "developer"):
            waiting.append(turn if turn.role == "system" else attrs.evolve(turn, role="system"))
            continue
        if turn.role == "assistant":
            done += _placed(done, waiting)
            waiting = []
        done.append(turn)
    done += _placed(done, waiting)
    return merge_runs(done)


def _placed(before: list[hub.Turn], waiting: list[hub.Turn]) -> Iterable[hub.Turn]:
    """Behind an assistant's turn no system message may stand: its words are the user's then."""
    if before and before[-1].role in ("user", "tool"):
        return waiting
    return _as_user(waiting)


def _as_user(turns: Iterable[hub.Turn]) -> tuple[hub.Turn, ...]:
    said = [attrs.evolve(turn, role="user") if turn.role in ("system", "developer") else turn for turn in turns]
    return merge_runs(said)


def answer_calls(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Give each call exactly one result, in the next turn."""
    turns = repair(request.turns)
    if turns is request.turns:
        return request
    known = set(map(id, request.turns))
    fresh = [part for turn in turns if id(turn) not in known for part in turn.parts]
    old = {id(part) for turn in request.turns for part in turn.parts}
    for part in fresh:
        if isinstance(part, hub.Result) and id(part) not in old:
            _note(part, adapting)
    return attrs.evolve(request, turns=turns)


def _note(result: hub.Result, adapting: Adapting) -> None:
    for part in result.parts:
        if isinstance(part, hub.Text) and part.text in INSERTED:
            adapting.insert(part.text, "every call of the Messages API needs a result in the next message")


def break_silence(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Let somebody speak: a request needs a message, and some models refuse that the last one is their own."""
    turns, instructions = request.turns, request.instructions
    if not turns and instructions is not ABSENT and instructions.parts:
        return attrs.evolve(request, instructions=ABSENT, turns=(attrs.evolve(instructions, role="user", seams=()),))
    if not turns:
        text = adapting.insert(GO_ON, "a request of the Messages API has at least one message")
        return attrs.evolve(request, turns=(hub.Turn(role="user", parts=(hub.Text(text=text),)),))
    if turns[-1].role != "assistant":
        return request
    if adapting.profile is not None and not adapting.profile.prefill:
        text = adapting.insert(GO_ON, "the model refuses that a conversation ends with its own words")
        return attrs.evolve(request, turns=(*turns, hub.Turn(role="user", parts=(hub.Text(text=text),))))
    return _trimmed(request)


def _trimmed(request: hub.Request) -> hub.Request:
    """Take the white space off the end of a prefill, which is refused."""
    last = request.turns[-1]
    if not last.parts or not isinstance(last.parts[-1], hub.Text):
        return request
    text = last.parts[-1]
    if text.text == text.text.rstrip():
        return request
    kept = (attrs.evolve(text, text=text.text.rstrip()),) if text.text.strip() else ()
    seams = tuple(seam for seam in last.seams if kept or seam.stop < len(last.parts))
    turn = attrs.evolve(last, parts=last.parts[:-1] + kept, seams=seams)
    return attrs.evolve(request, turns=request.turns[:-1] + ((turn,) if turn.parts else ()))


def plain_turn(turn: hub.Turn) -> hub.Turn:
    """Keep of the seams only cuts between messages: no items, no labels, no residue of another wire.

    An assistant's turn that another wire cut into items is one message here.
    """
    seams = turn.seams
    if not seams or all(_is_plain(seam) for seam in seams):
        return turn
    items = any(seam.form not in ("message", "opaque") or isinstance(seam.id, str) for seam in seams)
    if items and turn.role == "assistant":
        return attrs.evolve(turn, seams=())
    kept = [seam if _is_plain(seam) else _cut(seam) for seam in seams if seam.form in ("message", "opaque")]
    return attrs.evolve(turn, seams=tuple(seam for seam in kept if seam is not None))


def _is_plain(seam: hub.Seam) -> bool:
    labelled = any(getattr(seam, label) is not ABSENT for label in _LABELS)
    return seam.form in ("message", "opaque") and not labelled and not foreign(seam)


def _cut(seam: hub.Seam) -> hub.Seam | None:
    """Keep a cut between two messages of one speaker; where a turn starts, a message starts by default."""
    return hub.Seam(start=seam.start, stop=seam.stop) if seam.start > 0 and seam.form == "message" else None
