"""How a call came out, for wires whose results have no field for it: in words before the result, and back.

A text that would be taken for the words gets a backslash in front, which is taken off again, so that `hear_outcomes` undoes
`say_outcome` whatever the texts say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from . import hub
from .adapting import Adapting
from .jsonvalue import ABSENT
from .steps import map_each

OUTCOME_WORDS: Final[Mapping[Any, str]] = {
    "error": "[the call failed]",
    "denied": "[the call was not allowed]",
    "not_run": "[the call was not run]",
    "unknown": "[it is not known whether the call ran]",
}
"""What stands before a result that is not simply there."""
IN_WORDS: Final = frozenset({"openai-chat", "openai-responses", "uitars"})
"""Wires that say in words how a call came out. What they say already is not said, or escaped, again."""

_OUTCOMES: Final[Mapping[str, Any]] = {words: outcome for outcome, words in OUTCOME_WORDS.items()}
_ESCAPED: Final = re.compile(r"\\+(?:" + "|".join(map(re.escape, OUTCOME_WORDS.values())) + ")")


def say_outcome(
    result: hub.Result, parts: tuple[hub.Part, ...], adapting: Adapting, reason: str
) -> tuple[hub.Part, ...]:
    """Return the parts of a result with the words for how the call came out before them; the same parts where there are none."""
    words = OUTCOME_WORDS.get(result.outcome)
    # Without a source a record may have been adapted before: adapting twice is adapting once.
    first = parts[0] if parts and adapting.source is not None and adapting.source not in IN_WORDS else None
    if isinstance(first, hub.Text) and _is_like_words(first.text):
        parts = (attrs.evolve(first, text="\\" + first.text), *parts[1:])
    if words is None:
        return parts
    return (hub.Text(text=str(adapting.insert(words, reason))), *parts)


def _is_like_words(text: str) -> bool:
    """Tell whether a text would be taken for the words, or for their escape."""
    return text[:1] in ("[", "\\") and (text in _OUTCOMES or _ESCAPED.fullmatch(text) is not None)


def hear_outcomes(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Read the words before a result back as how its call came out, where the source says it in words."""
    if adapting.source not in IN_WORDS:
        return request
    return map_each(request, hub.Result, "tool", _hear)


def _hear(result: hub.Result) -> Sequence[hub.Part] | None:
    first = result.parts[0] if result.parts else None
    if not isinstance(first, hub.Text) or first.citations or first.own is not None:
        return None
    if result.outcome is ABSENT and first.text in _OUTCOMES:
        return (attrs.evolve(result, parts=_unescaped(result.parts[1:]), outcome=_OUTCOMES[first.text]),)
    parts = _unescaped(result.parts)
    return None if parts is result.parts else (attrs.evolve(result, parts=parts),)


def _unescaped(parts: tuple[hub.Part, ...]) -> tuple[hub.Part, ...]:
    first = parts[0] if parts else None
    if not isinstance(first, hub.Text) or first.text[:1] != "\\" or _ESCAPED.fullmatch(first.text) is None:
        return parts
    return (attrs.evolve(first, text=first.text[1:]), *parts[1:])
