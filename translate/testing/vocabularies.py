"""Every vocabulary of computer actions behind one function, for laws over all of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, TypeAlias

from attrs import frozen

from ..computer_use import anthropic, openai, pyautogui
from ..computer_use.actions import Action
from ..computer_use.outcomes import NotExpressible, Outcome
from ..jsonvalue import JsonObject
from ..uitars import TEMPLATES, Template, parse, read_call, render, write_call


@frozen
class Said:
    """What came of saying an action: the actions read back from the wire, in order, and what was missing."""

    read_back: tuple[Action, ...]
    missing: tuple[str, ...]
    rewritten: bool


Saying: TypeAlias = Said | NotExpressible


@frozen
class Vocabulary:
    """``say`` writes an action and reads it again from what was written, or tells what cannot be said."""

    name: str
    say: Callable[[Action], Saying]


def _in_documents(write: Callable[[Action], Outcome], read: Callable[[JsonObject], Action], action: Action) -> Saying:
    outcome = write(action)
    if isinstance(outcome, NotExpressible):
        return outcome
    return Said(tuple(map(read, outcome.documents)), outcome.missing, outcome.rewritten)


def _in_text(template: Template, action: Action) -> Saying:
    outcome = write_call(action, template)
    if isinstance(outcome, NotExpressible):
        return outcome
    calls = parse(render(outcome.calls, template)).actions
    back = tuple(action for call in calls for action in read_call(call, template))
    return Said(back, outcome.missing, outcome.rewritten)


def _anthropic(tool: str) -> Vocabulary:
    write, read = partial(anthropic.write_action, tool=tool), partial(anthropic.read_action, tool=tool)
    return Vocabulary(tool, partial(_in_documents, write, read))


def _openai(tool: str) -> Vocabulary:
    write, read = partial(openai.write_action, tool=tool), partial(openai.read_action, tool=tool)
    return Vocabulary(tool, partial(_in_documents, write, read))


VOCABULARIES: Final = (
    *map(_anthropic, anthropic.TOOLS),
    *map(_openai, openai.TOOLS),
    Vocabulary("pyautogui", partial(_in_documents, pyautogui.write_action, pyautogui.read_action)),
    *(Vocabulary(f"uitars {name}", partial(_in_text, template)) for name, template in TEMPLATES.items()),
)
