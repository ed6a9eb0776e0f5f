"""The computer's calls on this wire: natively, or as functions.

A ``computer_call`` takes a batch of actions of its own vocabulary and is answered by one screenshot and nothing else: no word, no error. So a
call of another wire becomes one only where its actions can be said exactly and its result, if there is one, is an image. Any other
is said as a function call with the document its own vocabulary has for it: the model reads what was done and what came of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from .. import hub
from ..computer_use.actions import Action, AskUser, Done, Foreign
from ..computer_use.anthropic import TOOLS as ANTHROPIC_TOOLS
from ..computer_use.anthropic import write_action as write_anthropic_action
from ..computer_use.openai import read_action, write_action
from ..computer_use.outcomes import Written
from ..jsonvalue import ABSENT, Json, JsonObject
from .calls import COMPUTER

_LATEST: Final = "computer_20251124"
_BROWSER: Final = "browser_toolset_20260801"


@attrs.frozen(kw_only=True)
class Plan:
    """How the computer's calls of a conversation are said."""

    native: frozenset[str] = frozenset()
    """Ids of the calls that are ``computer_call`` items, and of whose results are their outputs."""
    spoken: frozenset[str] = frozenset()
    """Ids of the calls that only say something to a person: they are texts here, and have no results."""


def plan_for(turns: Iterable[hub.Turn]) -> Plan:
    """Decide for each of the computer's calls how it is said; a call and its result go the same way."""
    native: set[str] = set()
    spoken: set[str] = set()
    for turn in turns:
        for part in turn.parts:
            if isinstance(part, hub.Call) and part.actions is not ABSENT and part.form in ("computer", "browser"):
                if part.actions and all(isinstance(action, (Done, AskUser)) for action in part.actions):
                    spoken.add(part.id)
                elif part.form == "computer" and _is_sayable(part.actions) and part.state != "pending":
                    native.add(part.id)
            elif isinstance(part, hub.Result) and part.call_id in native and not _is_screenshot(part):
                native.discard(part.call_id)
    return Plan(native=frozenset(native), spoken=frozenset(spoken))


def texts_of(call: hub.Call) -> tuple[hub.Text, ...]:
    """Return what a call says to a person."""
    actions = call.actions if call.actions is not ABSENT else ()
    return tuple([hub.Text(text=a.text) for a in actions if isinstance(a, (Done, AskUser)) and a.text is not None])


def _is_sayable(actions: tuple[Action, ...]) -> bool:
    return all(_documents(action) for action in actions)


def _documents(action: Action) -> tuple[JsonObject, ...]:
    """Return the documents that say an action with the same effect; none where there are none."""
    outcome = write_action(action, COMPUTER)
    return outcome.documents if isinstance(outcome, Written) and not outcome.missing else ()


def _is_screenshot(result: hub.Result) -> bool:
    """Tell whether a result is one image and went well, as far as is known."""
    match result.parts:
        case (hub.Media(kind="image"),) | (hub.Opaque(),):
            return result.outcome in ("ok", ABSENT)
        case ():
            return result.spelling is not None and result.form == "computer"
        case _:
            return False


def fit_computer_call(call: hub.Call) -> hub.Call:
    """Say a call in this wire's own vocabulary; an action that takes several here becomes several."""
    actions = call.actions if call.actions is not ABSENT else ()
    fitted: list[Action] = []
    for action in actions:
        documents = _documents(action)
        exact = len(documents) == 1 and read_action(documents[0]) == action
        fitted.extend((action,) if exact else [read_action(document) for document in documents])
    same = len(fitted) == len(actions) and all(new is old for new, old in zip(fitted, actions, strict=True))
    plain = call.toolset is call.namespace is ABSENT and call.arguments == hub.Arguments()
    if same and plain and call.name == COMPUTER:
        return call
    return attrs.evolve(
        call, name=COMPUTER, actions=tuple(fitted), toolset=ABSENT, namespace=ABSENT, arguments=hub.Arguments()
    )  # fmt: skip


def function_of(call: hub.Call) -> hub.Call:
    """Say a call as a function, with the documents that its own vocabulary has for its actions."""
    actions = call.actions if call.actions is not ABSENT else ()
    if call.form == "browser" and len(actions) == 1:
        document = _anthropic_document(actions[0], _BROWSER)
        if document is not None:
            return attrs.evolve(call, name=document["name"], arguments=hub.Arguments(value=document["input"]))
    documents: list[Json] = [_described(action) for action in actions]
    value = documents[0] if len(documents) == 1 else {"actions": documents}
    return attrs.evolve(call, arguments=hub.Arguments(value=value))


def _described(action: Action) -> Json:
    """Describe an action in the words of a vendor's tool that has some for it."""
    if isinstance(action, Foreign):
        return action.document
    documents = _documents(action)
    return _anthropic_document(action, _vocabulary_of(action)) or (
        documents[0] if len(documents) == 1 else {"type": type(action).__name__.lower()}
    )


def _vocabulary_of(action: Action) -> str:
    tool = _LATEST if isinstance(action, Foreign) or action.own is None else action.own.tool
    return tool if tool in ANTHROPIC_TOOLS and ANTHROPIC_TOOLS[tool].toolset is None else _LATEST


def _anthropic_document(action: Action, tool: str) -> JsonObject | None:
    outcome = write_anthropic_action(action, tool)
    if isinstance(outcome, Written) and len(outcome.documents) == 1 and not outcome.missing:
        return outcome.documents[0]
    return None
