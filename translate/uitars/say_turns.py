"""Turns in the words of UI-TARS: the assistant's thought and actions, what came of them, the user's texts and images.

What cannot be written so that it reads back as what it says is left out, a thought before an action.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..errors import WriteError
from ..jsonvalue import ABSENT
from ..making import new_turn
from ..steps import map_parts, sayable_arguments
from .dialect import COMPUTER, DIALECT, Ids, sayable, says, write_words
from .say_results import ToldResult, plain_text, said_parts, said_result, say_results
from .templates import TEMPLATES, Template
from .wire import WIRE_NAME

_SILENT: Final = "[no output]"
_JOINT: Final = "\n\n"


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

    def take(self, turn: hub.Turn) -> None:
        if turn.role == "tool":
            self._hear(turn)
            return
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
                    self._said.append(ToldResult(call_id=part.call_id, place=self._given, parts=parts))
                self._given += 1

    def _words(self, turn: hub.Turn) -> hub.Turn | None:
        if turn.role == "assistant":
            return say_assistant(turn, self._template, self._count, self.calls)
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


def say_assistant(turn: hub.Turn, template: Template, ids: Ids, said_calls: list[str]) -> hub.Turn | None:
    """Say an assistant's turn: what it said before and between its calls is its thought. ``None`` where nothing is left.

    The ids that the calls had are added to ``said_calls``.
    """
    calls = [call for part in turn.parts if isinstance(part, hub.Call) for call in _said_call(part, template)]
    thoughts = [
        p.text for p in turn.parts if isinstance(p, hub.Thinking) and isinstance(p.text, str) and p.text.strip()
    ]
    words = [part.text for part in turn.parts if isinstance(part, (hub.Text, hub.Refusal)) and part.text]
    if not calls:
        return _said_words(turn, thoughts, words, template)
    said = _settled(turn, _JOINT.join([*thoughts, *words]).strip(), tuple(calls), template)
    return None if said is None else _counted(said, ids, said_calls)


def _counted(turn: hub.Turn, ids: Ids, said_calls: list[str]) -> hub.Turn:
    """Give the calls of a turn that is said their ids; one that is not said must not use any up."""
    parts: list[hub.Part] = []
    for part in turn.parts:
        if isinstance(part, hub.Call):
            said_calls.append(part.id)
            part = attrs.evolve(part, id=ids.next())
        parts.append(part)
    return attrs.evolve(turn, parts=tuple(parts))


def _said_words(turn: hub.Turn, thoughts: list[str], words: list[str], template: Template) -> hub.Turn | None:
    text = _JOINT.join(words)
    parts: tuple[hub.Part, ...] = (hub.Text(text=text, form="string"),) if text else ()
    if not thoughts and (not parts or says(text, parts)):
        return hub.Turn(role="assistant", parts=parts, origin=turn.origin) if parts else None
    return _settled(turn, _JOINT.join(thoughts).strip(), (hub.Text(text=text),) if text else (), template)


def _settled(turn: hub.Turn, thought: str, rest: tuple[hub.Part, ...], template: Template) -> hub.Turn | None:
    """Choose the parts that can be written: with the thought, else without it, which may read as an action itself."""
    heads: list[tuple[hub.Part, ...]] = [(hub.Thinking(text=thought),)] if thought else []
    for head in [*heads, ()]:
        parts = (*head, *rest)
        try:
            raw = write_words(parts, _counting(parts), None, template)
        except WriteError:
            continue
        if parts and says(raw, parts):
            spelling = hub.Own(wire=WIRE_NAME, fields={"raw": raw})
            return hub.Turn(role="assistant", parts=parts, spelling=spelling, origin=turn.origin)
    return None


class _counting(Ids):
    """Gives the ids that parts have: they were counted before."""

    def __init__(self, parts: Sequence[hub.Part]) -> None:
        super().__init__()
        self._left = [part.id for part in parts if isinstance(part, hub.Call)]

    def next(self) -> str:
        return self._left.pop(0)


def _said_call(call: hub.Call, template: Template) -> list[hub.Call]:
    if call.actions is not ABSENT:
        actions = tuple(said for action in call.actions for said in sayable(action, template))
        said = hub.Call(id=call.id, name=COMPUTER, form="computer", actions=actions)
        return [said] if actions else []
    text = call.arguments.text
    arguments = (
        hub.Arguments(text=text) if call.form == "custom" and text is not ABSENT else sayable_arguments(call.arguments)
    )
    return [hub.Call(id=call.id, name=call.name, arguments=arguments)]
