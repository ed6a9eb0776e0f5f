"""Pairs of array elements, so that like is compared with like: equal ends, equal elements, those that say the same, those of one kind.

All in O(n log n).
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Final

from .jsonvalue import Json, same_json


def align(before: Sequence[Json], after: Sequence[Json]) -> list[tuple[int, int]]:
    """Pair the elements of two arrays, in order: equal ends, then equal elements, then elements of the same kind."""
    head = 0
    shorter = min(len(before), len(after))
    while head < shorter and same_json(before[head], after[head], ordered=False):
        head += 1
    tail = 0
    while tail < shorter - head and same_json(before[-1 - tail], after[-1 - tail], ordered=False):
        tail += 1
    pairs = [(place, place) for place in range(head)]
    inner = _align_inner(before[head : len(before) - tail], after[head : len(after) - tail])
    pairs += [(head + i, head + j) for i, j in inner]
    pairs += [(len(before) - place, len(after) - place) for place in range(tail, 0, -1)]
    return pairs


def _align_inner(before: Sequence[Json], after: Sequence[Json], stage: int = 0) -> list[tuple[int, int]]:
    """Pair by one label, and what lies between the pairs by the next, looser one."""
    if not before or not after or stage == len(_LABELS):
        return []
    pairs: list[tuple[int, int]] = []
    i = j = 0
    for next_i, next_j in [*_in_order(before, after, _LABELS[stage]), (len(before), len(after))]:
        between = _align_inner(before[i:next_i], after[j:next_j], stage + 1)
        pairs += [(i + a, j + b) for a, b in between]
        if next_i < len(before):
            pairs.append((next_i, next_j))
        i, j = next_i + 1, next_j + 1
    return pairs


def _in_order(before: Sequence[Json], after: Sequence[Json], label: Callable[[Json], object]) -> list[tuple[int, int]]:
    """Pair elements of one label so that order is kept: the longest run of increasing places (patience)."""
    places: dict[object, list[int]] = {}
    for place, element in enumerate(after):
        places.setdefault(label(element), []).append(place)
    taken: dict[object, int] = {}
    candidates: list[tuple[int, int]] = []
    for place, element in enumerate(before):
        name = label(element)
        number = taken.get(name, 0)
        if number < len(places.get(name, ())):
            taken[name] = number + 1
            candidates.append((place, places[name][number]))
    return _longest_increasing(candidates)


def _longest_increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        at = bisect_right(ends, place)
        before.append(last[at - 1] if at else -1)
        if at == len(ends):
            ends.append(place)
            last.append(number)
        else:
            ends[at] = place
            last[at] = number
    chain: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        chain.append(pairs[number])
        number = before[number]
    return chain[::-1]


def _fingerprint(value: Json) -> object:
    """Label a value so that equal values have equal labels; cheap on deep and large ones."""
    try:
        return json.dumps(value, sort_keys=True, ensure_ascii=True)
    except (RecursionError, ValueError, TypeError):
        return _sort_of(value)


_IDS: Final = frozenset({"id", "call_id", "tool_use_id", "tool_call_id"})


def _said(value: Json) -> object:
    """Label an object by what it says: one whose id was made anew is compared with the one that says the same."""
    if isinstance(value, dict) and not _IDS.isdisjoint(value):
        return _fingerprint({key: said for key, said in value.items() if key not in _IDS and key != "status"})
    return object()


def _identified_sort_of(value: Json) -> object:
    """Label an object by what it is, its name and its ids, so that a call is compared with the same call; like nothing where it has none."""
    if isinstance(value, dict) and not _IDS.isdisjoint(value):
        return _named_sort_of(value), tuple([_word(value.get(key)) for key in _IDS])
    return object()


def _named_sort_of(value: Json) -> object:
    """Label an object by what it is and its name, so that a call that has another id is compared with one of the same tool."""
    return (_sort_of(value), _word(value.get("name"))) if isinstance(value, dict) else type(value).__name__


def _sort_of(value: Json) -> object:
    """Label a value by what it is, so that like is compared with like."""
    if isinstance(value, dict):
        role, kind = value.get("role"), value.get("type")
        if isinstance(kind, str):
            kind = _DATE.sub("", kind)  # of a tool or a call's program it says when, not what
        elif kind is None and isinstance(value.get("function"), dict):
            kind = "function"  # a call, also where a server leaves out its one type
        # What has a role is a message, whether the wire lets it say so or not; the developer's is the system's newer name.
        speaker = "system" if role == "developer" else role
        return _word("message" if kind is None and isinstance(role, str) else kind), _word(speaker)
    return type(value).__name__


_DATE: Final = re.compile(r"_20\d{6}$")


def _word(value: Json) -> str:
    """Label a name, a type or a role; what is none of these, whatever is in it, by its sort alone."""
    return repr(value) if isinstance(value, str) else type(value).__name__


_LABELS: Final = (_fingerprint, _said, _identified_sort_of, _named_sort_of, _sort_of)
