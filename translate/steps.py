"""Steps of adapting that more than one target needs: small functions hub -> hub, each the identity on what needs nothing of it.

A wire's ``adapt.py`` chains these with its own. None of them reports a loss: what a step leaves out is found by `convert`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from operator import attrgetter, is_
from typing import Final, TypeVar

import attrs

from . import hub
from .jsonvalue import ABSENT, has_infinity
from .making import new_turn

PartStep = Callable[[hub.Part, hub.Turn], Sequence[hub.Part] | None]
"""Gives the parts that stand for a part (none leaves it out), or ``None`` where the part stays as it is."""
Kind = TypeVar("Kind", hub.Text, hub.Call, hub.Result)


def map_turns(request: hub.Request, step: Callable[[hub.Turn], hub.Turn]) -> hub.Request:
    """Apply a step to the instructions and to every turn; a turn it leaves alone is the same object."""
    instructions = request.instructions
    if instructions is not ABSENT:
        instructions = step(instructions)
    turns = [step(turn) for turn in request.turns]
    if instructions is request.instructions and all(map(is_, turns, request.turns)):
        return request
    return attrs.evolve(request, instructions=instructions, turns=tuple(turns))


def map_each(
    request: hub.Request, of: type[Kind], role: hub.Role, step: Callable[[Kind], Sequence[hub.Part] | None]
) -> hub.Request:
    """Apply a step to the parts of one class in the turns of one speaker: `map_turns` and `map_parts` in one quick pass."""

    def wherever(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        return step(part) if isinstance(part, of) else None

    turns: list[hub.Turn] = []
    for turn in request.turns:
        if turn.role == role:
            for place, part in enumerate(turn.parts):
                if isinstance(part, of) and (instead := step(part)) is not None:
                    turn = _mapped(turn, wherever, place, instead)
                    break
        turns.append(turn)
    return request if all(map(is_, turns, request.turns)) else attrs.evolve(request, turns=tuple(turns))


def map_parts(turn: hub.Turn, step: PartStep) -> hub.Turn:
    """Apply a step to every part of a turn, and cut the seams anew."""
    for place, part in enumerate(turn.parts):
        instead = step(part, turn)
        if instead is not None:
            return _mapped(turn, step, place, instead)
    return turn


def _mapped(turn: hub.Turn, step: PartStep, place: int, instead: Sequence[hub.Part]) -> hub.Turn:
    """Go on from the first part that a step changes."""
    said: list[Sequence[hub.Part]] = [(part,) for part in turn.parts[:place]] if place else []
    said.append(instead)
    for part in turn.parts[place + 1 :]:
        following = step(part, turn)
        said.append((part,) if following is None else following)
    seams = recut(turn.seams, list(map(len, said))) if turn.seams else ()
    parts = tuple(chain.from_iterable(said))
    return new_turn(role=turn.role, parts=parts, seams=seams, origin=turn.origin, own=turn.own, spelling=turn.spelling)


def recut(seams: Sequence[hub.Seam], counts: Sequence[int]) -> tuple[hub.Seam, ...]:
    """Cut seams anew where part ``i`` became ``counts[i]`` parts; a seam around nothing is gone.

    The one place where seams are moved: after it ``parts[start:stop]`` is again what the seam was around.
    """
    if not seams:
        return ()
    places = [0]
    for count in counts:
        places.append(places[-1] + count)
    moved = (attrs.evolve(s, start=places[s.start], stop=places[s.stop]) for s in seams)
    return tuple(seam for seam in moved if seam.stop > seam.start)


def merge_runs(turns: Iterable[hub.Turn]) -> tuple[hub.Turn, ...]:
    """Join adjacent turns of one speaker, the cut between them kept as a seam, so that turns are maximal runs again."""
    turns = tuple(turns)
    if _are_runs(turns):
        return turns
    merged: list[hub.Turn] = []
    for turn in turns:
        if merged and merged[-1].role == turn.role:
            merged[-1] = _joined(merged[-1], turn)
        else:
            merged.append(turn)
    return tuple(merged)


def _are_runs(turns: Sequence[hub.Turn]) -> bool:
    before: str | None = None
    for turn in turns:
        if turn.role == before:
            return False
        before = turn.role
    return True


def _joined(first: hub.Turn, second: hub.Turn) -> hub.Turn:
    if not first.parts or not second.parts:
        return second if not first.parts else first
    offset = len(first.parts)
    moved = [attrs.evolve(s, start=s.start + offset, stop=s.stop + offset) for s in second.seams]
    if not any(seam.start == offset for seam in moved):
        following = min((seam.start for seam in moved), default=offset + len(second.parts))
        moved.insert(0, hub.Seam(start=offset, stop=following))
    return attrs.evolve(first, parts=first.parts + second.parts, seams=first.seams + tuple(moved))


def drop_empty_turns(request: hub.Request) -> hub.Request:
    """Leave out turns that hold nothing, and instructions that say nothing."""
    instructions = request.instructions
    if instructions is not ABSENT and not instructions.parts:
        instructions = ABSENT
    turns = [turn for turn in request.turns if turn.parts]
    if instructions is request.instructions and len(turns) == len(request.turns):
        return request
    return attrs.evolve(request, instructions=instructions, turns=merge_runs(turns))


def drop_empty_texts(request: hub.Request) -> hub.Request:
    """Leave out texts of no characters, which several providers refuse."""

    def step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        if isinstance(part, hub.Text) and not part.text:
            return ()
        if isinstance(part, hub.Result) and any(isinstance(p, hub.Text) and not p.text for p in part.parts):
            kept = tuple(p for p in part.parts if not (isinstance(p, hub.Text) and not p.text))
            return (attrs.evolve(part, parts=kept),)
        return None

    return map_turns(request, lambda turn: map_parts(turn, step))


def drop_foreign(request: hub.Request, wire: str, family: str) -> hub.Request:
    """Leave out what only another wire or family understands: opaque parts, seals, stored files, its own tools' calls, its memory.

    A foreign seal is taken off its thinking; thinking that nothing is left of goes too. Nothing of it becomes text.
    """
    step = _foreign_step(wire, family)
    heads = () if request.instructions is ABSENT else (request.instructions,)
    if any(map(_may_be_foreign, [turn.parts for turn in (*heads, *request.turns)])):
        request = map_turns(request, lambda turn: map_parts(turn, step) if _may_be_foreign(turn.parts) else turn)
    continues = tuple(state for state in request.continues if state.family == family)
    tools = request.tools
    if isinstance(tools, tuple):
        tools = tuple(tool for tool in tools if not (isinstance(tool, hub.Opaque) and tool.wire != wire))
    if len(continues) == len(request.continues) and tools == request.tools:
        return request
    return attrs.evolve(request, continues=continues, tools=tools)


def _may_be_foreign(parts: Sequence[hub.Part]) -> bool:
    """Tell quickly of nearly every turn that it holds nothing of one provider's alone: words, calls, and results of these."""
    for part in parts:
        cls = part.__class__
        if cls is hub.Result:
            for inner in part.parts:  # type: ignore[union-attr]
                if inner.__class__ is not hub.Text and _may_be_foreign((inner,)):
                    return True
        elif cls is hub.Media:
            if part.source.__class__ is hub.FileId:  # type: ignore[union-attr]
                return True
        elif cls is not hub.Text and cls is not hub.Call:
            return True
    return False


def drop_foreign_parts(turn: hub.Turn, wire: str, family: str) -> hub.Turn:
    """Do for one turn, of a reply say, what `drop_foreign` does for a request's."""
    return map_parts(turn, _foreign_step(wire, family))


def _foreign_step(wire: str, family: str) -> PartStep:
    def step(part: hub.Part, turn: hub.Turn) -> Sequence[hub.Part] | None:
        match part:
            case hub.Opaque(wire=of) if of != wire:
                return ()
            case hub.ServerCall(family=of) | hub.ServerResult(family=of) | hub.Reference(family=of) if of != family:
                return ()
            case hub.Media(source=hub.FileId(family=of)) if of != family:
                return ()
            case hub.Thinking(seal=hub.Seal(family=of)) if of != family:
                bare = attrs.evolve(part, seal=None)
                return (bare,) if bare.text is not ABSENT or bare.summary else ()
            case hub.Result():
                return _foreign_result(part, turn, step)
            case _:
                return None

    return step


def _foreign_result(result: hub.Result, turn: hub.Turn, step: PartStep) -> Sequence[hub.Part] | None:
    inner = map_parts(hub.Turn(role=turn.role, parts=result.parts), step)
    return None if inner.parts is result.parts else (attrs.evolve(result, parts=inner.parts),)


def fold_leading_system(request: hub.Request) -> hub.Request:
    """Add the system and developer turns at the head of the conversation to the instructions, for wires that want them there."""
    count = 0
    while count < len(request.turns) and request.turns[count].role in ("system", "developer"):
        count += 1
    if not count:
        return request
    heads = request.turns[:count]
    parts = tuple(part for turn in heads for part in turn.parts)
    if request.instructions is not ABSENT:
        parts = request.instructions.parts + parts
    return attrs.evolve(
        request, instructions=hub.Turn(role="system", parts=parts), turns=merge_runs(request.turns[count:])
    )


def list_for_item(request: hub.Request) -> hub.Request:
    """Put instructions that were a message among the items into a list of one text, so that they are one on the way back.

    A string and a list of one text say the same on every wire.
    """
    instructions = request.instructions
    if instructions is ABSENT or not any(seam.form == "item" for seam in instructions.seams):
        return request
    listed = in_list(instructions)
    return request if listed is instructions else attrs.evolve(request, instructions=listed)


def in_list(turn: hub.Turn) -> hub.Turn:
    """Put a turn's lone text into a list of one text."""
    text = turn.parts[0] if len(turn.parts) == 1 else None
    if not isinstance(text, hub.Text) or text.form == "block":
        return turn
    return attrs.evolve(turn, parts=(attrs.evolve(text, form="block"),))


def plain_seams(request: hub.Request) -> hub.Request:
    """Keep of the seams only the cuts between messages: no item of another wire, no id, no status, no residue.

    An assistant's turn that was cut into items (a reasoning item, a message with an id, a call) was one message to every
    other wire; one cut into messages without ids was several.
    """
    return map_turns(request, plain_turn)


def plain_turn(turn: hub.Turn) -> hub.Turn:
    """Do for one turn what `plain_seams` does for a request's."""
    if not turn.seams:
        return turn
    items = any(seam.form != "message" or isinstance(seam.id, str) for seam in turn.seams)
    if items and turn.role == "assistant":
        return attrs.evolve(turn, seams=())
    cuts = tuple(
        hub.Seam(start=seam.start, stop=seam.stop, name=seam.name)
        for seam in turn.seams
        if seam.form == "message" and (seam.start > 0 or isinstance(seam.name, str))
    )
    return attrs.evolve(turn, seams=cuts)


def results_first(turns: Iterable[hub.Turn]) -> tuple[hub.Turn, ...]:
    """Put the results of a turn's calls right behind it, before what the user says meanwhile."""
    turns = tuple(turns)
    if _are_runs(turns) and _are_answered(turns):
        return turns
    ordered: list[hub.Turn] = []
    for turn in turns:
        place = len(ordered)
        if turn.role == "tool":
            while place and ordered[place - 1].role not in ("assistant", "tool"):
                place -= 1
        if place and ordered[place - 1].role in ("assistant", "tool"):
            ordered.insert(place, turn)
        else:
            ordered.append(turn)
    return merge_runs(ordered)


def _are_answered(turns: Sequence[hub.Turn]) -> bool:
    """Tell whether the tool speaks right behind the assistant only, or first of all."""
    before: str = "assistant"
    for turn in turns:
        if turn.role == "tool" and before != "assistant":
            return False
        before = turn.role
    return True


def rename(
    names: Iterable[str], legal: Callable[[str], object], spell: Callable[[str], str], most: int
) -> dict[str, str]:
    """Map names or ids to legal ones: injective, the identity where legal, dependent on what stands earlier only.

    ``spell`` replaces what the alphabet forbids; a name that would fall together with another, or is longer than ``most``
    characters, ends in a digest of itself. Only the names that change are in the map.
    """
    taken: set[str] = set()
    changed: dict[str, str] = {}
    known = dict.fromkeys(names)
    untouched = {name for name in known if legal(name)}
    if len(untouched) == len(known):
        return changed
    for name in known:
        if name in untouched:
            continue
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
        length = 8
        candidate = _with_digest(spell(name), digest[:length], most)
        while candidate in taken or candidate in untouched:
            length += 1
            candidate = _with_digest(spell(name), digest[:length], most)
        taken.add(candidate)
        changed[name] = candidate
    return changed


def _with_digest(name: str, digest: str, most: int) -> str:
    return f"{name[: most - len(digest) - 1]}_{digest}"


def call_ids(request: hub.Request) -> list[str]:
    """List the ids of all calls and results, in the order of the history. A call of the provider's own may have none."""
    ids: list[str] = []
    for turn in request.turns:
        for part in turn.parts:
            id_of = _IDS.get(part.__class__)
            if id_of is not None:
                id = id_of(part)
                if id or part.__class__ is not hub.ServerCall:
                    ids.append(id)
    return ids


_IDS: Final[Mapping[type, Callable[[hub.Part], str]]] = {
    hub.Call: attrgetter("id"),
    hub.ServerCall: attrgetter("id"),
    hub.Result: attrgetter("call_id"),
    hub.ServerResult: attrgetter("call_id"),
}


def with_ids(request: hub.Request, ids: dict[str, str]) -> hub.Request:
    """Put mapped ids in the place of calls' and results' ids."""
    if not ids:
        return request

    def step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        if isinstance(part, (hub.Call, hub.ServerCall)) and part.id in ids:
            if not part.id and isinstance(part, hub.ServerCall):
                return None
            return (attrs.evolve(part, id=ids[part.id]),)
        if isinstance(part, (hub.Result, hub.ServerResult)) and part.call_id in ids:
            return (attrs.evolve(part, call_id=ids[part.call_id]),)
        return None

    return map_turns(request, lambda turn: map_parts(turn, step))


def sayable_arguments(arguments: hub.Arguments) -> hub.Arguments:
    """Return arguments that can be said as text: a value with an infinity in it is Python's text of it, and no JSON any more."""
    if arguments.text is ABSENT and arguments.value is not ABSENT and has_infinity(arguments.value):
        return hub.Arguments(text=json.dumps(arguments.value, ensure_ascii=False))
    return arguments


def tool_names(request: hub.Request) -> list[str]:
    """List the names of tools, of calls and of a named choice, in order."""
    tools = request.tools if isinstance(request.tools, tuple) else ()
    names = [
        tool.name
        for tool in tools
        if isinstance(tool, hub.Tool) and isinstance(tool.name, str) and tool.builtin is None
    ]
    names += [
        part.name
        for turn in request.turns
        for part in turn.parts
        if isinstance(part, hub.Call) and part.form in ("function", "custom")
    ]
    if isinstance(request.choice, hub.ToolChoice):
        names += request.choice.names
    return names


def with_names(request: hub.Request, names: dict[str, str]) -> hub.Request:
    """Put mapped names in the place of the names of tools, calls and choices."""
    if not names:
        return request

    def step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        if isinstance(part, hub.Call) and part.form in ("function", "custom") and part.name in names:
            return (attrs.evolve(part, name=names[part.name]),)
        return None

    request = map_turns(request, lambda turn: map_parts(turn, step))
    tools = request.tools
    if isinstance(tools, tuple):
        tools = tuple(_renamed_tool(tool, names) for tool in tools)
    choice = request.choice
    if isinstance(choice, hub.ToolChoice) and choice.names:
        choice = attrs.evolve(choice, names=tuple(names.get(name, name) for name in choice.names))
    return attrs.evolve(request, tools=tools, choice=choice)


def _renamed_tool(tool: hub.Tool | hub.Opaque, names: dict[str, str]) -> hub.Tool | hub.Opaque:
    if isinstance(tool, hub.Tool) and tool.builtin is None and isinstance(tool.name, str) and tool.name in names:
        return attrs.evolve(tool, name=names[tool.name])
    return tool
