"""The laws of what a translation means: L13 meaning, L14 nothing invented, and triangles of three wires.

Meaning is held against facts: statements that an extractor of your own reads from the plain JSON of a document, on either wire. An extractor
must not use polyloop, or a mistake that reading and writing share would prove itself. A fact has a value, the JSON pointers it is read from,
and whether its place among the others counts.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from ..jsonvalue import Json
from ..translation import Translation, convert
from .laws import texts_of


class Fact(Protocol):
    """One thing that a document says."""

    @property
    def value(self) -> tuple[str, ...]: ...
    @property
    def places(self) -> tuple[str, ...]: ...
    @property
    def order(self) -> bool: ...


Extractor = Callable[[Any], Iterable[Fact]]


def meaning_is_kept(translation: Translation, document: Json, *, source: Extractor, target: Extractor) -> None:
    """L13: every fact of the source is one of the value, in the same order, or a loss names a place it is read from."""
    before, after = list(source(document)), list(target(translation.value))
    lost = silently_lost(translation, before, after)
    assert not lost, f"lost without a word: {lost}"
    kept, found = in_common_order(translation, before, after)
    assert kept == found, f"in another order without a word: {found} for {kept}"


def silently_lost(translation: Translation, before: Sequence[Fact], after: Iterable[Fact]) -> list[tuple[str, ...]]:
    """Return the facts of the source that the value does not state and no loss names."""
    stated = Counter(fact.value for fact in after)
    renamed = _renamed(translation)
    lost: list[tuple[str, ...]] = []
    for fact in before:
        if is_named(translation, fact):
            continue
        value = renamed(fact.value)
        if not stated[value]:
            lost.append(fact.value)
        stated[value] -= 1
    return lost


def in_common_order(
    translation: Translation, before: Iterable[Fact], after: Iterable[Fact]
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Return the facts whose order counts, which no loss names and the value states, and as many of them as it states in that order."""
    renamed = _renamed(translation)
    stated = [fact.value for fact in after if fact.order]
    left = Counter(stated)
    kept: list[tuple[str, ...]] = []
    for fact in before:
        value = renamed(fact.value)
        if fact.order and left[value] and not is_named(translation, fact):
            left[value] -= 1
            kept.append(value)
    found: list[tuple[str, ...]] = []
    for value in stated:
        if len(found) < len(kept) and value == kept[len(found)]:
            found.append(value)
    return kept, found


def is_named(translation: Translation, fact: Fact) -> bool:
    """Tell whether a loss names a place that a fact is read from, one it stands in, or one inside it.

    What was added names its own place only: a default that another one took the place of.
    """
    return any(
        row.pointer == place
        or (row.kind != "added" and (place.startswith(row.pointer + "/") or row.pointer.startswith(place + "/")))
        for row in translation.losses
        for place in fact.places
    )


def _renamed(translation: Translation) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """Return what spells a fact's ids and names as the value has them, after the maps in the context."""
    context = translation.context
    names: dict[str, str] = {**(context.get("ids") or {}), **(context.get("names") or {})}
    return lambda value: tuple(names.get(word, word) for word in value) if names else value


# L14.

_DATA_URL: Final = re.compile(r"data:([^;,]*);base64,(.*)", re.DOTALL)
_COUNTED: Final = frozenset({"usage", "created", "created_at", "index", "completed_at"})
"""Keys of numbers that a named function makes: sums of tokens, places, and times to the second."""


Derived = Callable[[str, Json], bool]


def nothing_from_nowhere(
    translation: Translation, document: Json, *, constants: Collection[str], derived: Derived | None = None
) -> None:
    """L14: every text and number of the value stands in the source, or is derived by a named function, or was inserted.

    ``constants`` are the words of the target's published schema: values that its records may only have. ``derived`` tells of a key and
    a value whether a named function makes it, the action mapping say.
    """
    found = from_nowhere(translation, document, constants=constants)
    invented = [(key, value) for key, value in found if derived is None or not derived(key, value)]
    assert not invented, f"from nowhere: {invented}"


def from_nowhere(translation: Translation, document: Json, *, constants: Collection[str]) -> list[tuple[str, Json]]:
    """Return (key, value) of the texts and numbers of the value that come from nowhere."""
    texts: set[str] = set()
    numbers: set[str] = set()
    for value in (document, translation.context, translation.given):
        for _, leaf in leaves(value):
            if isinstance(leaf, str):
                texts.add(leaf)
                texts.update(inner for _, inner in leaves(_json_of(leaf)) if isinstance(inner, str))
            elif not isinstance(leaf, bool) and leaf is not None:
                numbers.add(json.dumps(leaf))
    inserted = [insertion.text for insertion in translation.insertions]
    words = [word for word in inserted if isinstance(word, str)]
    for leaf in _inside(inserted):
        if isinstance(leaf, str):
            texts.add(leaf)
        else:
            numbers.add(json.dumps(leaf))
    whole = "\0".join(texts)
    return [
        (key, leaf)
        for key, leaf in _told(translation.value, texts)
        if not (isinstance(leaf, str) and (leaf in constants or _is_said(leaf, texts, whole, words)))
        and not _is_number_known(key, leaf, numbers)
    ]


def _told(value: Json, texts: Collection[str]) -> Iterator[tuple[str, Json]]:
    """Yield the leaves of a value. What a provider's own tool gave is told as an object of JSON in a text: what counts is what it says."""
    for key, leaf in leaves(value):
        inner = _json_of(leaf) if isinstance(leaf, str) and leaf not in texts else None
        yield from ((key, leaf),) if inner is None else leaves(inner, key)


def _inside(values: Iterable[Json]) -> Iterator[Json]:
    """Yield what is inserted: texts, numbers, and of JSON its keys, too, which other texts of it may name."""
    for value in values:
        yield from (leaf for _, leaf in leaves(value))
        if isinstance(value, dict):
            yield from texts_of(value)


def _is_said(text: str, texts: set[str], whole: str, words: Sequence[str]) -> bool:
    """Tell whether a text stands in the source, alone, as a part, between insertions, or behind the backslash of an escape."""
    if text in texts or not text.strip():
        return True
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, "\0")
    if all(piece in whole or piece.lstrip("\\") in whole or not piece.strip() for piece in text.split("\0")):
        return True
    return _is_joined(text, [known for known in texts if known and known in text])


def _is_joined(text: str, known: Sequence[str]) -> bool:
    """Tell whether a text is known texts, insertions and white space, one after the other."""
    reached = {0}
    for place in range(len(text)):
        if place in reached:
            reached.update(place + len(piece) for piece in known if text.startswith(piece, place))
            if text[place] == "\0" or text[place].isspace():
                reached.add(place + 1)
    return len(text) in reached


def _is_number_known(key: str, leaf: Json, numbers: set[str]) -> bool:
    if leaf is None or isinstance(leaf, bool):
        return True
    return not isinstance(leaf, str) and (key in _COUNTED or json.dumps(leaf) in numbers)


def leaves(value: Json, key: str = "") -> Iterator[tuple[str, Json]]:
    """Yield (key, scalar): of usage all under its key; of JSON in a text what it says; of a data URL its type and its bytes, or its text."""
    stack: list[tuple[str, Json]] = [(key, value)]
    while stack:
        name, found = stack.pop()
        if isinstance(found, Mapping):
            stack.extend((name if name in _COUNTED else inner, item) for inner, item in found.items())
        elif isinstance(found, (list, tuple)):
            stack.extend((name, item) for item in found)
        elif isinstance(found, str) and (url := _DATA_URL.fullmatch(found)) is not None:
            yield from ((name, piece) for piece in _said_by(url[1], url[2]))
        elif isinstance(found, str) and name in ("arguments", "input") and (inner := _json_of(found)) is not None:
            stack.append((name, inner))
        else:
            yield name, found


def _said_by(media_type: str, data: str) -> Iterator[str]:
    """Yield what a data URL says: its bytes, but of a text file the text, which says as much, unless its bytes are spelled otherwise."""
    yield media_type
    text = b64decode(data).decode(errors="replace") if media_type.startswith("text/") else None
    if text is not None:
        yield text
    if text is None or b64encode(text.encode()).decode() != data:
        yield data


def _json_of(text: str) -> Json:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, (dict, list)) else None


def triangle(document: Json, *, kind: str, wires: tuple[str, str, str], facts: Mapping[str, Extractor]) -> bool:
    """L13: where A to B, B to C and A to C lose nothing, A to B to C says of A's facts what A to C says. Returns whether it had to hold."""
    first, second, third = wires
    one = convert(document, kind=kind, source=first, target=second)
    two = convert(one.value, kind=kind, source=second, target=third)
    straight = convert(document, kind=kind, source=first, target=third)
    if any(row.kind != "added" for translation in (one, two, straight) for row in translation.losses):
        return False
    known = {fact.value for fact in facts[first](document)}
    detour, direct = (
        Counter(fact.value for fact in facts[third](value) if fact.value in known)
        for value in (two.value, straight.value)
    )
    assert detour == direct, f"another meaning by a detour: {detour - direct} for {direct - detour}"
    return True
