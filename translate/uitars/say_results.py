"""Results in the user's words, the only channel that UI-TARS has for them, and read back from there.

Where several calls of a turn have results, each is told behind a line that names its call, so that the model knows which is which, and the
way to another wire gives each call its own again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..jsonvalue import ABSENT
from ..making import new_text
from ..openai_chat.adapt_parts import sayable_media
from ..openai_chat.tables import OUTCOME_WORDS
from ..tool_references import said_references

_OUTCOME: Final = "says how a call came out: a screenshot is the only result there is a place for"
_WHICH: Final = "names the call of a result: there is one message for the results of all calls"
_LABEL: Final = re.compile(r"\[result of (.*), call (\d+) of (\d+)\]", re.DOTALL)


def _label(name: str, number: int, count: int) -> str:
    return f"[result of {name}, call {number} of {count}]"


@attrs.frozen(kw_only=True)
class ToldResult:
    """A result that says something: whose it is, where it stood among the results of its turn, and its texts and images."""

    call_id: str
    place: int
    parts: tuple[hub.Part, ...]


def say_results(
    told: Sequence[ToldResult], asked: Sequence[tuple[str, str]], adapting: Adapting
) -> tuple[hub.Part, ...]:
    """Say the results of the calls ``asked``, (id, name) in order: texts and images, with labels where more calls than the last have some.

    Without labels all texts stand before the images, as a model of UI-TARS expects of a screen.
    """
    by_place: dict[int, tuple[hub.Part, ...]] = {}
    for result in told:
        place = _place_of(result, asked)
        if place is None:
            return _texts_first(part for result in told for part in result.parts)
        by_place[place] = (*by_place.get(place, ()), *result.parts)
    if by_place.keys() <= {len(asked) - 1}:
        return _texts_first(part for result in told for part in result.parts)
    labelled: list[hub.Part] = []
    for place in sorted(by_place):
        label = adapting.insert(_label(asked[place][1], place + 1, len(asked)), _WHICH)
        labelled += [hub.Text(text=str(label)), *by_place[place]]
    return tuple(labelled)


def _place_of(result: ToldResult, asked: Sequence[tuple[str, str]]) -> int | None:
    """Return which of the calls a result is of: where calls share an id, the one at the result's own place."""
    places = [place for place, (call_id, _) in enumerate(asked) if call_id == result.call_id]
    return result.place if result.place in places else places[0] if len(places) == 1 else None


def said_result(result: hub.Result, adapting: Adapting) -> tuple[hub.Part, ...]:
    """Say one result: how it came out, its texts, its images."""
    words = OUTCOME_WORDS.get(result.outcome) if isinstance(result.outcome, str) else None
    head = () if words is None else (hub.Text(text=str(adapting.insert(words, _OUTCOME))),)
    return _texts_first((*head, *said_parts(result.parts), *said_references(result.offered, adapting)))


def _texts_first(parts: Iterable[hub.Part]) -> tuple[hub.Part, ...]:
    """Put images behind the texts, but where labels say already what is whose."""
    told = tuple(parts)
    if told and _label_of(told[0]) is not None:
        return told
    return tuple(sorted(told, key=lambda part: isinstance(part, hub.Media)))


def _label_of(part: hub.Part) -> re.Match[str] | None:
    return _LABEL.fullmatch(part.text) if isinstance(part, hub.Text) else None


def said_parts(parts: Sequence[hub.Part]) -> list[hub.Part]:
    """Keep texts and images; a document's own text is text."""
    said: list[hub.Part] = []
    for part in parts:
        if isinstance(part, hub.Text):
            if part.text:
                said.append(plain_text(part))
        elif isinstance(part, hub.Media):
            instead = sayable_media(attrs.evolve(part, own=None))
            found = (attrs.evolve(part, own=None),) if instead is None else instead
            said.extend(p for p in found if isinstance(p, hub.Text) or (isinstance(p, hub.Media) and p.kind == "image"))
    return said


def plain_text(text: hub.Text) -> hub.Text:
    """Keep of a text its words and how they stood; one that has nothing else is the same object."""
    if text.own is None and text.spelling is None and text.logprobs is ABSENT and not text.citations:
        return text
    return new_text(text=text.text, form=text.form)


def hear_results(turns: Sequence[hub.Turn]) -> Iterator[hub.Turn]:
    """Give each call of a turn the result that was told behind its label."""
    calls: list[hub.Call] = []
    for turn in turns:
        if turn.role == "tool" and len(calls) > 1:
            yield _heard(turn, calls)
        else:
            yield turn
        calls = [part for part in turn.parts if isinstance(part, hub.Call)]


def _heard(turn: hub.Turn, calls: Sequence[hub.Call]) -> hub.Turn:
    results = [part for part in turn.parts if isinstance(part, hub.Result)]
    if len(results) != len(turn.parts) or [result.call_id for result in results] != [call.id for call in calls]:
        return turn
    told = _told_apart(results[-1].parts, calls)
    if told is None:
        return turn
    parts = (attrs.evolve(result, parts=tuple(told.get(place, ()))) for place, result in enumerate(results))
    return attrs.evolve(turn, parts=tuple(parts))


def _told_apart(parts: Sequence[hub.Part], calls: Sequence[hub.Call]) -> dict[int, list[hub.Part]] | None:
    """Return by a call's place what was told of it; ``None`` where something stands behind no label, or behind one of no call."""
    told: dict[int, list[hub.Part]] = {}
    place = -1
    for part in parts:
        label = _label_of(part)
        if label is None:
            if place < 0:
                return None
            told[place].append(part)
            continue
        before, place = place, int(label[2]) - 1
        if not before < place < len(calls) or label[0] != _label(calls[place].name, place + 1, len(calls)):
            return None
        told[place] = []
    return told or None
