"""What is counted over recorded documents: exactness through the codec and the hub, residue, and translation for each pair."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import attrs

from polyloop.translate import hub
from polyloop.translate.codec import encode
from polyloop.translate.jsonvalue import ABSENT, same_json
from polyloop.translate.loss import USER_SHAPED, diff
from polyloop.translate.testing.corpus import Recorded
from polyloop.translate.testing.laws import same_document
from polyloop.translate.translation import Translation, convert, dumps, loads, restore
from polyloop.translate.wires import decode, read, write

from .leaves import Steps, conversation, field_of, lost, scalars, words_of
from .places import Places, places, told

READ = ("request", "response")
"""Kinds that the hub has a record for."""


@attrs.define
class Exactness:
    """One wire's documents of one kind, there and back on the same wire."""

    documents: int = 0
    codec: int = 0
    hub: int = 0
    leaves: int = 0
    residue: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    """(why it is kept, field) of every leaf that only the own wire reads."""
    problems: list[str] = attrs.field(factory=list)

    def add(
        self, recorded: Recorded, published: frozenset[str] | None = None, words: frozenset[str] | None = None
    ) -> None:
        """Put one document through the codec and the hub; what goes wrong is a problem, told by exception and place.

        ``published`` are the keys, and ``words`` the keys and values, that the wire's published schema has.
        """
        self.documents += 1
        try:
            self._add(recorded, published, words)
        except Exception as error:  # the ruler reports every exception and goes on
            self.problems.append(_told(recorded, error))

    def _add(self, recorded: Recorded, published: frozenset[str] | None, words: frozenset[str] | None) -> None:
        document = recorded.document
        if json.dumps(encode(decode(recorded.wire, recorded.kind, document))) == json.dumps(document):
            self.codec += 1
        else:
            self.problems.append(f"{recorded.line}: inexact through the codec")
        if recorded.kind not in READ:
            return
        record = read(recorded.wire, recorded.kind, document)
        written = write(recorded.wire, record)
        if same_document(document, written):
            self.hub += 1
        else:
            rows = diff(document, written)
            shown = ", ".join(f"{row.kind} {row.pointer}" for row in rows[:3])
            self.problems.append(f"{recorded.line}: inexact through the hub: {shown}")
        self.leaves += sum(1 for _ in scalars(document))
        self.residue.update(residue_of(record, published, words))

    def remaining(self) -> Counter[str]:
        """Return, by field, the leaves that no reason but the last one of `residue_of` keeps."""
        return Counter({field: count for (why, field), count in self.residue.items() if why == "residue"})


def residue_of(
    record: Any, published: frozenset[str] | None, words: frozenset[str] | None = None
) -> Iterator[tuple[str, str]]:
    """Yield (why, field) for each JSON scalar that a hub record keeps for its own wire alone.

    Why it is kept:

    * ``null``: a null, wherever it stands;
    * ``spelled``: it says in which of two documented equal ways a neutral field was put, a written-out default for one: it is
      never compared, and says nothing that a neutral field does not;
    * ``reported``: the provider's own numbers, kept beside the neutral counts made of them (law L10 asks for both);
    * ``unknown``: a key that no record of the published schema has, whatever record it stands in, or a part of a type that the
      schema does not spell out;
    * ``residue``: all else, documents of known types kept whole included. This is what must be small, and each field of it one
      that no other wire could state.
    """
    stack = [record]
    while stack:
        found = stack.pop()
        if isinstance(found, tuple):
            stack.extend(found)
        elif isinstance(found, hub.Opaque):
            why = "unknown" if _is_unheard_of(found.document, words) else "residue"
            yield from _scalars(found.document, why, "Opaque")
        elif isinstance(found, hub.HubRecord):
            name = type(found).__name__
            for field in attrs.fields(type(found)):
                value = getattr(found, field.name)
                if field.name == "spelling" and value is not None:
                    yield from _scalars(value.fields, "spelled", f"{name}.spelling")
                elif isinstance(value, hub.Own):
                    yield from _kept(name, field.name, value, published)
                elif field.name == "document" and value is not ABSENT:
                    yield from _scalars(value, "residue", f"{name}.document")
                else:
                    stack.append(value)


def _scalars(value: Any, why: str, field: str) -> Iterator[tuple[str, str]]:
    return (("null" if scalar is None else why, field) for _, scalar in scalars(value))


def _is_unheard_of(document: Any, words: frozenset[str] | None) -> bool:
    """Tell whether a part is of a type that the published schema does not spell out."""
    kind = document.get("type") if isinstance(document, dict) else None
    return words is not None and isinstance(kind, str) and kind not in words


def _kept(record: str, field: str, own: hub.Own, published: frozenset[str] | None) -> Iterator[tuple[str, str]]:
    for key, value in own.fields.items():
        name = f"{record}.{field} {key}"
        if field == "reported":
            yield from _scalars(value, "reported", name)
        elif isinstance(value, dict) and key not in USER_SHAPED:  # a record inside the record, with keys of its own
            for inner, item in value.items():
                known = published is None or {key, inner} <= published
                yield from _scalars(item, "residue" if known else "unknown", name)
        else:
            yield from _scalars(value, "residue" if published is None or key in published else "unknown", name)


@attrs.define
class Conversion:
    """One kind of documents, said in another wire."""

    documents: int = 0
    lossless: int = 0
    respelled: int = 0
    only_added: int = 0
    """Documents that lose nothing of their own: the way back adds defaults that the target wants said."""
    restored: int = 0
    leaves: int = 0
    leaves_back: int = 0
    placed: int = 0
    """Leaves for which docs/losses.md says that the target has a place."""
    placed_back: int = 0
    placed_lost: Counter[tuple[str, str]] = attrs.field(factory=Counter)
    """(field, whether the table speaks of it) of those that are not given back."""
    unreasoned: int = 0
    fields: Counter[str] = attrs.field(factory=Counter)
    """Leaves by field."""
    fields_lost: Counter[str] = attrs.field(factory=Counter)
    rows: Counter[tuple[str, str, str]] = attrs.field(factory=Counter)
    """(field, kind, reason) of every row."""
    rows_leaves: Counter[tuple[str, str, str]] = attrs.field(factory=Counter)
    """The leaves of the conversation that those rows take."""
    problems: list[str] = attrs.field(factory=list)

    def add(
        self, recorded: Recorded, target: str, published: frozenset[str] | None, words: frozenset[str] | None = None
    ) -> None:
        """Convert one document, list what is lost, and restore the document from that.

        ``published`` are the keys, and ``words`` the keys and values, that the source's published schema has.
        """
        self.documents += 1
        try:
            self._add(recorded, target, published, words)
        except Exception as error:  # the ruler reports every exception and goes on
            self.problems.append(_told(recorded, error))

    def _add(
        self, recorded: Recorded, target: str, published: frozenset[str] | None, words: frozenset[str] | None
    ) -> None:
        leaves = conversation(recorded.document, published)
        self.leaves += len(leaves)
        self.fields.update(leaves.values())
        translation = converted(recorded, target)
        losses, respellings = translation.losses, translation.respellings
        self.lossless += not losses and not respellings
        self.respelled += not losses and bool(respellings)
        self.only_added += bool(losses) and all(row.kind == "added" for row in losses)
        if same_json(restore(loads(dumps(translation))), recorded.document, ordered=False):
            self.restored += 1
        else:
            self.problems.append(f"{recorded.line}: restored inexactly")
        gone: set[Steps] = set()
        for row in losses:
            taken = lost(row, leaves) - gone
            gone |= taken
            label = (field_of(tuple(row.pointer.split("/")[1:])), row.kind, row.reason)
            self.rows[label] += 1
            self.rows_leaves[label] += len(taken)
        self.leaves_back += len(leaves) - len(gone)
        self.fields_lost.update(leaves[path] for path in gone)
        self.unreasoned += sum(not row.reason for row in losses)
        self._hold_to_table(recorded, leaves, gone, places(recorded.wire, target, recorded.kind), words)

    def _hold_to_table(
        self, recorded: Recorded, leaves: Iterable[Steps], gone: set[Steps], table: Places, words: frozenset[str] | None
    ) -> None:
        for path in leaves:
            field = told(recorded.document, path)
            if table.has_place(field) and (words is None or words.issuperset(words_of(recorded.document, path))):
                self.placed += 1
                self.placed_back += path not in gone
                if path in gone:
                    self.placed_lost[field, "" if field in table.probed else "no row of the table"] += 1


def converted(recorded: Recorded, target: str) -> Translation:
    """Convert a recorded document; a reply is converted in the context of its request, where that is known."""
    context = None
    if recorded.kind != "request" and recorded.request is not None:
        context = convert(recorded.request, kind="request", source=recorded.wire, target=target).context
    return convert(recorded.document, kind=recorded.kind, source=recorded.wire, target=target, context=context)


def _told(recorded: Recorded, error: Exception) -> str:
    return f"{recorded.line}: {type(error).__name__}: {str(error)[:200]}"


def share(part: int, whole: int) -> str:
    """Spell a share in percent; one that is not whole never reads as 100."""
    if not whole:
        return "-"
    return "100 %" if part == whole else f"{min(100 * part / whole, 99.99):.2f} %"
