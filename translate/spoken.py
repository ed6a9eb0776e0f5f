"""Thoughts that a model speaks: UI-TARS thinks aloud, in the words of its reply.

They are sealed by nobody and hidden from nobody, so that another model may read in a history what the first one meant to do. Elsewhere they are
texts of the assistant, since no other provider takes back thinking that it did not seal.
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
    """Say thoughts that were spoken as texts, for a wire that has no place for them."""

    def step(turn: hub.Turn) -> hub.Turn:
        spoken = adapting.source == SPOKEN_WIRE or (turn.origin is not None and turn.origin.family == _SPEAKER)
        return said_turn(turn) if spoken else turn

    return map_turns(request, step)


def said_turn(turn: hub.Turn) -> hub.Turn:
    """Return a turn with texts in the place of its spoken thoughts."""
    return map_parts(turn, _said) if turn.role == "assistant" else turn


def _said(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
    if not isinstance(part, hub.Thinking) or not isinstance(part.text, str) or part.seal is not None:
        return None
    return (hub.Text(text=part.text),) if part.own is None or "section" in part.own.fields else None
