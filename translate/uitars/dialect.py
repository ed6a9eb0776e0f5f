"""The assistant's words on this wire: ``Thought: ... Action: ...`` to parts of a turn, and back.

A thought and a reflection are thinking; actions on the computer are one call; a verb that is no action is the call of a function,
``name(json='{...}')``; ``finished(content)`` is text. Words without an action are text, and a call that cannot be used is
kept as it came, never to be run. Calls have no ids here, so they are given ones that count them.

The text as sampled is kept as the message's spelling and sent again byte for byte, as long as it says what the parts say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from .. import hub
from ..computer_use.actions import Action, Done, Foreign
from ..computer_use.outcomes import NotExpressible
from ..errors import DecodeError, WriteError
from ..jsontext import parse as parse_json
from ..jsontext import spell
from ..jsonvalue import ABSENT, Json
from .functions import ARGUMENT
from .read_calls import FAMILY as ACTIONS
from .read_calls import read_call
from .render import render
from .reply import UNKNOWN, Reply, TextCall
from .templates import TEMPLATES, Template
from .text import parse
from .wire import CHAT, refuse
from .write_calls import write_call

COMPUTER: Final = "computer"
"""The name of the computer in calls: the text does not name it."""
_DESKTOP: Final = TEMPLATES["computer-1.5"]
DIALECT: Final = attrs.evolve(
    _DESKTOP,
    name="dialect",
    signatures=tuple("finished(content='xxx')" if s == "finished()" else s for s in _DESKTOP.signatures),
)
"""The action space that is read, and written where no deployment's own is known: that of 1.5, with an answer in ``finished``."""
REFLECTION: Final = hub.Own(wire=CHAT, fields={"section": "Reflection"})
"""Residue of thinking that is a reflection. It is still named as that of Chat Completions, as all that is read and written here."""


class Ids:
    """Gives calls their ids: a prefix and a number that counts them."""

    def __init__(self, prefix: str = "uitars_call", *, earlier: int = 0) -> None:
        self._prefix = prefix
        self._count = earlier

    def next(self) -> str:
        """Return the id of the next call."""
        self._count += 1
        return f"{self._prefix}_{self._count - 1}"


# Reading.


def read_words(text: str, ids: Ids) -> tuple[hub.Part, ...]:
    """Read what an assistant said. Total: any text gives parts."""
    reply = parse(text)
    if reply.status == "no_action":
        return (hub.Text(text=text, form="string"),)
    parts: list[hub.Part] = []
    if reply.reflection is not None:
        parts.append(hub.Thinking(text=reply.reflection, own=REFLECTION))
    if reply.thought is not None:
        parts.append(hub.Thinking(text=reply.thought))
    if reply.status == "malformed":
        parts.append(_computer_call((_unusable(reply),), ids))
    else:
        _read_calls(reply.actions, parts, ids)
    return tuple(parts)


def _unusable(reply: Reply) -> Foreign:
    reason = ", ".join(reply.anomalies) or "no call in it can be used"
    return Foreign(family=ACTIONS, tool=ACTIONS, document={"text": reply.raw}, reason=reason)


def _computer_call(actions: tuple[Action, ...], ids: Ids) -> hub.Call:
    return hub.Call(id=ids.next(), name=COMPUTER, form="computer", actions=actions)


def _read_calls(calls: Sequence[TextCall], parts: list[hub.Part], ids: Ids) -> None:
    actions: list[Action] = []

    def close() -> None:
        if actions:
            parts.append(_computer_call(tuple(actions), ids))
            actions.clear()

    for call in calls:
        if call.verb == UNKNOWN and call.name is not None and set(call.extra) <= {ARGUMENT, "0"} and call.extra:
            close()
            parts.append(_function_call(call.name, call.extra.get(ARGUMENT, call.extra.get("0")), ids))
            continue
        for action in read_call(call, DIALECT):
            if isinstance(action, Done) and action.own is None:
                close()
                if action.text is not None:
                    parts.append(hub.Text(text=action.text))
            else:
                actions.append(action)
    close()


def _function_call(name: str, said: Json, ids: Ids) -> hub.Call:
    text = said if isinstance(said, str) else spell(said)
    try:
        arguments = hub.Arguments(text=text, value=parse_json(text))
    except DecodeError:
        arguments = hub.Arguments(text=text)
    return hub.Call(id=ids.next(), name=name, arguments=arguments)


# Writing.


def write_words(parts: Sequence[hub.Part], ids: Ids, raw: Json = None, template: Template = DIALECT) -> str:
    """Write what an assistant said: as sampled where ``raw`` still says it, else in the strict form of the template.

    Raises `WriteError` for what has no words: another order, other ids, an action the template lacks.
    """
    counted = [part.id for part in parts if isinstance(part, hub.Call)]
    if counted != [ids.next() for _ in counted]:
        raise refuse("ids of calls that do not count them")
    if isinstance(raw, str) and says(raw, parts):
        return raw
    if len(parts) == 1 and isinstance(parts[0], hub.Text) and says(parts[0].text, parts):
        return parts[0].text
    thought, reflection, rest = _heads(parts)
    calls = [call for part in rest for call in _write_part(part, template)]
    text = render(calls or [TextCall(verb="finished")], template, thought=thought, reflection=reflection)
    if template is DIALECT and not says(text, parts):
        raise refuse("this without it being read as something else")
    return text


def says(text: str, parts: Sequence[hub.Part]) -> bool:
    """Tell whether a text reads as these parts, ids of calls apart."""
    return _nameless(read_words(text, Ids())) == _nameless(parts)


def _nameless(parts: Sequence[hub.Part]) -> list[hub.Part]:
    return [attrs.evolve(part, id="") if isinstance(part, hub.Call) else part for part in parts]


def _heads(parts: Sequence[hub.Part]) -> tuple[str | None, str | None, Sequence[hub.Part]]:
    thought = reflection = None
    place = 0
    if place < len(parts) and _is_thinking(parts[place], REFLECTION):
        reflection = _text_of(parts[place])
        place += 1
    if place < len(parts) and _is_thinking(parts[place], None):
        thought = _text_of(parts[place])
        place += 1
    return thought, reflection, parts[place:]


def _is_thinking(part: hub.Part, own: hub.Own | None) -> bool:
    if not isinstance(part, hub.Thinking) or part.own != own:
        return False
    return part.text is not ABSENT and not part.summary and part.seal is None


def _text_of(part: hub.Part) -> str | None:
    return part.text if isinstance(part, hub.Thinking) and isinstance(part.text, str) else None


def _write_part(part: hub.Part, template: Template) -> list[TextCall]:
    match part:
        case hub.Text():
            return [TextCall(verb="finished", text=part.text)]
        case hub.Call(form="function"):
            return [TextCall(verb=UNKNOWN, name=part.name, extra={ARGUMENT: _argument(part.arguments)})]
        case hub.Call(form="computer") if part.actions is not ABSENT:
            return [call for action in part.actions for call in _write_action(action, template)]
        case _:
            raise refuse(f"a part of type {type(part).__name__} here")


def _argument(said: hub.Arguments) -> str:
    if said.text is not ABSENT:
        return said.text
    if said.value is ABSENT:
        return ""
    try:
        return spell(said.value)
    except DecodeError:
        raise refuse("arguments that JSON cannot say") from None


def _write_action(action: Action, template: Template) -> tuple[TextCall, ...]:
    outcome = write_call(action, template)
    if isinstance(outcome, NotExpressible):
        raise refuse(", ".join(outcome.missing))
    if outcome.missing and template is DIALECT:
        raise refuse(", ".join(outcome.missing))
    return outcome.calls


def sayable(action: Action, template: Template) -> tuple[Action, ...]:
    """Return an action as the template says it, if need be without how much or how long; none where it has no form there."""
    written = write_call(action, template)
    if isinstance(written, NotExpressible):
        return ()
    return tuple(said for call in written.calls for said in read_call(call, template))


__all__ = ["COMPUTER", "DIALECT", "REFLECTION", "Ids", "WriteError", "read_words", "sayable", "says", "write_words"]
