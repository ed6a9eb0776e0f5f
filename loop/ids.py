"""Call ids that are used once. Some wires have no ids and count each reply's calls anew, and some servers repeat theirs."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from polyloop.translate import hub


def call_ids(turns: Iterable[hub.Turn]) -> set[str]:
    """Return the ids of all calls in turns."""
    return {part.id for turn in turns for part in turn.parts if isinstance(part, hub.Call)}


def with_unique_ids(turn: hub.Turn, seen: set[str], number: int) -> hub.Turn:
    """Return a reply's turn with no call id that the history, or the turn itself, has already; the same object where there is none.

    ``number`` is the reply's in the job: an id that is taken gets it behind its own, and a count where that is taken too. Adds to ``seen``.
    """
    parts: list[hub.Part] = []
    for part in turn.parts:
        if isinstance(part, hub.Call):
            name, count = part.id, 0
            while name in seen:
                count += 1
                name = f"{part.id}_{number}" if count == 1 else f"{part.id}_{number}_{count}"
            seen.add(name)
            part = part if name == part.id else evolve(part, id=name)
        parts.append(part)
    changed = any(new is not old for new, old in zip(parts, turn.parts, strict=True))
    return evolve(turn, parts=tuple(parts)) if changed else turn
