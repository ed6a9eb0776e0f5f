"""Thoughts that a model speaks: UI-TARS thinks aloud, in the words of its reply.

They are sealed by nobody and hidden from nobody, so that another model may read in a history what the first one meant to do. Elsewhere they are
texts of the assistant, in a history and in a reply, since what stands there beside a call is just that, and since no other provider takes back
thinking that it did not seal. A reflection, which UI-TARS's own clients take out of a reply before it becomes history, is thinking in a reply.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from . import hub
from .adapting import Adapting
from .steps import map_parts, map_turns

SPOKEN_WIRE: Final = "uitars"
"""The wire on which thoughts are spoken."""
_SPEAKER: Final = "bytedance"
"""Whose models speak them, where a turn says whose it is."""


def say_thoughts(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Say thoughts and reflections that were spoken as texts, for a wire whose history has no place for them."""
    return map_turns(request, lambda turn: map_parts(turn, _said) if _is_spoken(turn, adapting) else turn)


def say_thoughts_of_reply(turn: hub.Turn, adapting: Adapting) -> hub.Turn:
    """Return the turn of a reply with texts in the place of its spoken thoughts; its reflection stays thinking."""
    return map_parts(turn, _said_aloud) if _is_spoken(turn, adapting) else turn


def _is_spoken(turn: hub.Turn, adapting: Adapting) -> bool:
    of = turn.origin
    return turn.role == "assistant" and (adapting.source == SPOKEN_WIRE or (of is not None and of.family == _SPEAKER))


def _said(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
    if not isinstance(part, hub.Thinking) or not isinstance(part.text, str) or part.seal is not None:
        return None
    return (hub.Text(text=part.text),) if part.own is None or "section" in part.own.fields else None


def _said_aloud(part: hub.Part, turn: hub.Turn) -> Sequence[hub.Part] | None:
    return _said(part, turn) if isinstance(part, hub.Thinking) and part.own is None else None
