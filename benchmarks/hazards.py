"""Hand-written hazard cases: how many come back from another wire by the value alone, without the list of losses.

Measured twice: by the list (nothing is lost but spellings and keys that the way back adds) and by facts, as the extractors of the tests
read them from both documents (`tests/translate/facts`, which know nothing of polyloop). Facts leave out what is no more than
bookkeeping: the time of a reply. A case has no place on a target where the case itself says so, or where everything that is lost has no
place by docs/losses.md or stands under a key of no published schema.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from types import ModuleType
from typing import Any, Final

import attrs
from tests.translate.facts import anthropic, openai_chat, openai_responses

from polyloop.translate import convert
from polyloop.translate.loss import Loss
from polyloop.translate.testing.corpus import Cases, Recorded

from .leaves import published_words, scalars, words_of
from .places import Places, places, told
from .tallies import converted, share

FACTS: Final[dict[str, ModuleType]] = {
    "anthropic": anthropic, "openai-chat": openai_chat, "openai-responses": openai_responses,
}  # fmt: skip
_LETTERS: Final = {"anthropic": "A", "openai-chat": "C", "openai-responses": "R"}
_BOOKKEEPING: Final = {("setting", "created")}


@attrs.define
class Hazards:
    """The cases of one pair and kind, each by how it came back."""

    by_list: list[str] = attrs.field(factory=list)
    by_facts: list[str] = attrs.field(factory=list)
    placeless: list[str] = attrs.field(factory=list)
    """Not back by facts, and nothing of what is lost has a place on the target."""
    lost: list[str] = attrs.field(factory=list)
    """Not back by facts, though the target has a place."""

    def row(self) -> list[str]:
        """Return the counts and shares as cells: of all cases, and of those that have a place."""
        documents = len(self.by_facts) + len(self.placeless) + len(self.lost)
        have_place = documents - len(self.placeless)
        named = [case for case in self.by_list if case not in self.placeless]
        return [
            str(documents), share(len(self.by_list), documents), share(len(self.by_facts), documents), str(have_place),
            share(len(named), have_place), share(len(self.by_facts), have_place), " ".join(self.lost), " ".join(self.placeless),
        ]  # fmt: skip


HEAD: Final = [
    "cases", "back by the list", "by facts", "with a place", "by the list", "by facts", "not back, with a place", "without a place",
]  # fmt: skip


def measure(cases: Cases, source: str, target: str, kind: str) -> Hazards:
    """Convert each case there and back, and tell how it came back."""
    found, carriers, published = Hazards(), _carriers(cases), published_words(source, cases.folder)
    for case in cases.documents(source, kind):
        translation = converted(case, target)
        back = convert(translation.value, kind=kind, source=target, target=source).value
        if all(row.kind == "added" for row in translation.losses):
            found.by_list.append(case.line)
        if facts_of(case.document, source, kind) == facts_of(back, source, kind):
            found.by_facts.append(case.line)
        elif carriers.get((case.line, _LETTERS[target]), "").startswith("no") or not any(
            _have_place(case, translation.losses, places(source, target, kind), published)
        ):
            found.placeless.append(case.line)
        else:
            found.lost.append(case.line)
    return found


def facts_of(document: Any, wire: str, kind: str) -> Counter[tuple[str, ...]]:
    """Count what a document says."""
    said = getattr(FACTS[wire], kind)(document)
    return Counter(fact.value for fact in said if fact.value[:2] not in _BOOKKEEPING)


def _have_place(
    case: Recorded, losses: tuple[Loss, ...], table: Places, published: frozenset[str] | None
) -> Iterator[bool]:
    """Yield of each lost leaf whether it has a place. Null says nothing, and what no published schema has, has none anywhere."""
    for row in losses:
        if row.kind in ("dropped", "changed"):
            for path, value in scalars(row.before, tuple(row.pointer.split("/")[1:])):
                minted = path[0] == "output" and path[-1] in ("id", "status")  # of an item: another wire has no items
                known = published is None or all(word in published for word in words_of(case.document, path))
                yield value is not None and known and not minted and table.has_place(told(case.document, path))


def _carriers(cases: Cases) -> dict[tuple[str, str], str]:
    """Return (case, letter of a wire) -> whether the wire has a place for what the case is about, in the case's own words."""
    found: dict[tuple[str, str], str] = {}
    for path in cases.folder.glob("*.json"):
        case = json.loads(path.read_text(encoding="utf-8"))
        found.update({(case["id"], letter): str(said) for letter, said in (case.get("carrier") or {}).items()})
    return found
