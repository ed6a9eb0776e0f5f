"""Turns in the words of UI-TARS: what the assistant says and does, what came of it, the user's texts and images."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..making import new_turn
from ..steps import map_parts
from .dialect import DIALECT, Ids
from .say_results import ToldResult, plain_text, said_parts, said_result, say_results
from .say_words import cut_messages, say_assistant
from .templates import TEMPLATES, Template

_SILENT: Final = "[no output]"


def template_of(adapting: Adapting) -> Template:
    """Return the action space the deployment speaks: the profile's, or that of 1.5."""
    declared = getattr(adapting.profile, "template", None)
    if isinstance(declared, Template):
        return declared
    return TEMPLATES[declared] if isinstance(declared, str) and declared in TEMPLATES else DIALECT


def silence(adapting: Adapting) -> hub.Text:
    return hub.Text(text=str(adapting.insert(_SILENT, "tells a result that says nothing from what the user says")))


def numbered(calls: Iterable[str], earlier: int = 0) -> dict[str, str]:
    """Return the ids that calls of a conversation get here, by those they had; none for a call that has its number for an id.

    ``earlier`` is how many calls stand before them.
    """
    count = Ids(earlier=earlier)
    pairs = ((call, count.next()) for call in calls)
    return {call: number for call, number in pairs if call != number}


class TurnSayer:
    """Says turns in order, and knows which calls wait for their results."""

    def __init__(self, adapting: Adapting) -> None:
        self.calls: list[str] = []
        """The ids of the calls that were said, as they were."""
        self._adapting = adapting
        self._template = template_of(adapting)
        self._count = Ids()
        self._turns: list[hub.Turn] = []
        self._waiting: list[hub.Call] = []
        self._given = 0
        self._said: list[ToldResult] = []
        self._joined: dict[str, str] = {}
        """Of the last turn's calls on the screen that are said as one: the id of each, and that of the next."""

    def take(self, turn: hub.Turn) -> None:
        if turn.role == "tool":
            self._hear(turn)
            return
        for message in cut_messages(turn) if turn.role == "assistant" else (turn,):
            self._take(message)

    def _take(self, turn: hub.Turn) -> None:
        said = self._words(turn)
        if said is None or not said.parts:  # it says nothing, and stands between no call and its result
            return
        self._answer(said)
        self._turns.append(said)
        if turn.role == "assistant":
            self._waiting = [part for part in said.parts if isinstance(part, hub.Call)]

    def _hear(self, turn: hub.Turn) -> None:
        for part in turn.parts:
            if isinstance(part, hub.Result):
                if parts := said_result(part, self._adapting):
                    self._said.append(ToldResult(call_id=self._said_id(part.call_id), place=self._given, parts=parts))
                self._given += 1

    def _said_id(self, call_id: str) -> str:
        """Return the id of the call that a call is said with."""
        for _ in self._joined:
            call_id = self._joined.get(call_id, call_id)
        return call_id

    def _words(self, turn: hub.Turn) -> hub.Turn | None:
        if turn.role == "assistant":
            self._joined = {}
            return say_assistant(turn, self._template, self._count, self.calls, self._joined)
        return said_user(turn) if turn.role == "user" else said_system(turn)

    @property
    def ends_with_the_model(self) -> bool:
        return not self._said and bool(self._turns) and self._turns[-1].role == "assistant"

    def finished(self) -> list[hub.Turn]:
        stretch = self._adapting.stretch
        if self._said or (self._waiting and stretch is not None and not stretch.ends):
            self._answer(None)
        return self._turns

    def _answer(self, following: hub.Turn | None) -> None:
        """Give the calls that wait their results: what was said goes to the last of them, and to nobody's where none waits."""
        ids = self.calls[len(self.calls) - len(self._waiting) :]
        asked = list(zip(ids, (call.name for call in self._waiting), strict=True))
        said = say_results(self._said, asked, self._adapting)
        self._said, self._given = [], 0
        if not self._waiting:
            if said:
                self._turns.append(hub.Turn(role="user", parts=said))
            return
        if not said and following is not None and following.role == "user":
            said = (silence(self._adapting),)
        results = [hub.Result(call_id=call.id, form="computer") for call in self._waiting]
        results[-1] = attrs.evolve(results[-1], parts=said)
        self._turns.append(hub.Turn(role="tool", parts=tuple(results)))
        self._waiting = []


def said_user(turn: hub.Turn) -> hub.Turn:
    """Say a user's turn in texts and images; one that is nothing else is the same object."""
    said = map_parts(turn, _said_part)
    if said is turn and turn.own is None and turn.spelling is None and turn.origin is None:
        return turn
    return new_turn(role="user", parts=said.parts, seams=said.seams)


def _said_part(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
    """Do for one part what `said_parts` does, as a step."""
    said = said_parts((part,))
    return None if len(said) == 1 and said[0] is part else said


def said_system(turn: hub.Turn) -> hub.Turn:
    texts = tuple(plain_text(part) for part in turn.parts if isinstance(part, hub.Text) and part.text)
    return hub.Turn(role="system", parts=texts)
