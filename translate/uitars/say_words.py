"""What an assistant says, in the words of UI-TARS: a reflection, a thought, and actions or an answer.

A thought is speech: it stands in the history, and whoever looks on reads it. So it is what a model of another family says beside its calls. A
reflection is what a model reasons before that, said once: UI-TARS-desktop takes it out of every reply that it puts into the history (getSummary,
239b654). So it is what another model reasons, and stands in replies only; in a history such reasoning is a thought where nothing was said.

What cannot be written so that it reads back as what it says is left out, reasoning before words and words before an action.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from .. import hub
from ..errors import WriteError
from ..jsonvalue import ABSENT
from ..openai_chat.messages import cut_messages as at_seams
from ..steps import sayable_arguments
from .dialect import COMPUTER, REFLECTION, Ids, sayable, says, write_words
from .templates import Template
from .wire import CHAT, FAMILY, WIRE_NAME, renamed

_JOINT: Final = "\n\n"
_REFLECTED: Final = renamed(REFLECTION, CHAT, WIRE_NAME)


def cut_messages(turn: hub.Turn) -> Sequence[hub.Turn]:
    """Cut a turn into its messages. What follows a call goes with it: the model sees what came of a call before it says more."""
    if not turn.seams:
        return (turn,)
    messages: list[hub.Turn] = []
    for parts, _ in at_seams(turn):
        if messages and any(isinstance(part, hub.Call) for part in messages[-1].parts):
            parts = (*messages.pop().parts, *parts)
        messages.append(attrs.evolve(turn, parts=tuple(parts), seams=(), spelling=None if messages else turn.spelling))
    return messages


def say_assistant(
    turn: hub.Turn, template: Template, ids: Ids, said_calls: list[str], joined: dict[str, str]
) -> hub.Turn | None:
    """Say a message of a history. ``None`` where nothing is left.

    The ids that the calls had are added to ``said_calls``, and to ``joined`` those of calls that are said as one with the call behind them.
    """
    if _is_said(turn):
        return _counted(turn, ids, said_calls)
    calls, words = _calls(turn, template, joined), _words(turn)
    reflections, thoughts = _aloud(turn)
    own = turn.origin is not None and turn.origin.family == FAMILY
    if words and not own:
        thoughts = []  # reasoning beside what was said: no model is given back what another one reasoned
    if calls:
        said = _settled(turn, reflections, [*thoughts, *words], calls, template)
    else:
        said = _said_words(turn, reflections, thoughts, words, template)
    return None if said is None else _counted(said, ids, said_calls)


def say_reply(turn: hub.Turn, template: Template, ids: Ids) -> hub.Turn | None:
    """Say a reply, what the model reasoned as its reflection. ``None`` where nothing is left."""
    if _is_said(turn):
        return _counted(turn, ids, [])
    calls, words = _calls(turn, template, {}), _words(turn)
    reasoned = [_JOINT.join(_reasoned(part)) for part in turn.parts if isinstance(part, hub.Thinking)]
    if calls:
        said = _settled(turn, reasoned, words, calls, template)
    else:
        empty = any(isinstance(part, hub.Text) for part in turn.parts)
        said = _said_words(turn, reasoned, [], words or [""] * empty, template)
    return None if said is None else _counted(said, ids, [])


def _is_said(turn: hub.Turn) -> bool:
    """Tell whether a turn has its words as a model of UI-TARS sampled them, which are sent again byte for byte."""
    spelling = turn.spelling
    raw = spelling.fields.get("raw") if spelling is not None and spelling.wire == WIRE_NAME else None
    return isinstance(raw, str) and says(raw, renamed(turn.parts, WIRE_NAME, CHAT))


def _calls(turn: hub.Turn, template: Template, joined: dict[str, str]) -> tuple[hub.Call, ...]:
    """Return the calls of a turn as they are said: what is done on the screen one after the other is one call, as it is read."""
    calls: list[hub.Call] = []
    for part in turn.parts:
        for call in _said_call(part, template) if isinstance(part, hub.Call) else ():
            before = calls[-1] if calls else None
            if before is not None and before.actions is not ABSENT and call.actions is not ABSENT:
                calls[-1] = attrs.evolve(call, actions=(*before.actions, *call.actions))
                joined[before.id] = call.id
            else:
                calls.append(call)
    return tuple(calls)


def _words(turn: hub.Turn) -> list[str]:
    return [part.text for part in turn.parts if isinstance(part, (hub.Text, hub.Refusal)) and part.text]


def _aloud(turn: hub.Turn) -> tuple[list[str], list[str]]:
    """Return the reflections and the thoughts of a turn."""
    found: tuple[list[str], list[str]] = ([], [])
    for part in turn.parts:
        if isinstance(part, hub.Thinking) and isinstance(part.text, str) and part.text.strip():
            found[part.own != _REFLECTED].append(part.text)
    return found


def _reasoned(thinking: hub.Thinking) -> Sequence[str]:
    """Return the words of thinking, or those of its summary: a reader of the reply may have them, and no seal becomes words."""
    return (thinking.text,) if isinstance(thinking.text, str) else thinking.summary


def _counted(turn: hub.Turn, ids: Ids, said_calls: list[str]) -> hub.Turn:
    """Give the calls of a turn that is said their ids; one that is not said must not use any up."""
    parts: list[hub.Part] = []
    for part in turn.parts:
        if isinstance(part, hub.Call):
            said_calls.append(part.id)
            part = attrs.evolve(part, id=ids.next())
        parts.append(part)
    return attrs.evolve(turn, parts=tuple(parts))


def _said_words(
    turn: hub.Turn, reflections: Sequence[str], thoughts: Sequence[str], words: Sequence[str], template: Template
) -> hub.Turn | None:
    """Say words without a call: as they are where nothing stands before them, else as the answer behind that."""
    text = _JOINT.join(words)
    plain = hub.Text(text=text, form="string")
    if words and not _joined(reflections) and not _joined(thoughts) and says(text, (plain,)):
        return hub.Turn(role="assistant", parts=(plain,), origin=turn.origin)
    return _settled(turn, reflections, thoughts, (hub.Text(text=text),) if words else (), template)


def _joined(texts: Sequence[str]) -> str:
    return _JOINT.join(texts).strip()


def _settled(
    turn: hub.Turn, reflections: Sequence[str], thoughts: Sequence[str], rest: tuple[hub.Part, ...], template: Template
) -> hub.Turn | None:
    """Choose the parts that can be written: with all that stands before the rest, else with less, which may read as an action itself."""
    for head in _heads(_joined(reflections), _joined(thoughts)):
        parts = (*head, *rest)
        try:
            raw = write_words(parts, _GivenIds(parts), None, template)
        except WriteError:
            continue
        if parts and says(raw, parts):
            spelling = hub.Own(wire=WIRE_NAME, fields={"raw": raw})
            parts = renamed(parts, CHAT, WIRE_NAME)
            return hub.Turn(role="assistant", parts=parts, spelling=spelling, origin=turn.origin)
    return None


def _heads(reflection: str, thought: str) -> Iterator[tuple[hub.Part, ...]]:
    reflected: tuple[hub.Part, ...] = (hub.Thinking(text=reflection, own=REFLECTION),) if reflection else ()
    aloud: tuple[hub.Part, ...] = (hub.Thinking(text=thought),) if thought else ()
    if reflected and aloud:
        yield (*reflected, *aloud)
    if aloud:
        yield aloud
    if reflected:
        yield reflected
    yield ()


class _GivenIds(Ids):
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
