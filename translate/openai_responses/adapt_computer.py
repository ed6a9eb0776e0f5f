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
from ..computer_use.actions import Action, Foreign
from ..computer_use.anthropic import TOOLS as ANTHROPIC_TOOLS
from ..computer_use.anthropic import write_action as write_anthropic_action
from ..computer_use.openai import read_action, write_action
from ..computer_use.outcomes import Written
from ..jsonvalue import ABSENT, JsonObject
from .calls import COMPUTER

_LATEST: Final = "computer_20251124"
_BROWSER: Final = "browser_toolset_20260801"


@attrs.frozen(kw_only=True)
class Plan:
    """How the computer's calls of a conversation are said."""

    native: frozenset[str] = frozenset()
    """Ids of the calls that are ``computer_call`` items, and of whose results are their outputs."""
    left_out: frozenset[str] = frozenset()
    """Ids of the calls that no document says: neither they nor their results are there."""

    def as_functions(self, call: hub.Call) -> tuple[hub.Call, ...]:
        """Return the function call that says a call here; none where it is left out."""
        said = function_of(call)
        return () if said is None or call.id in self.left_out else (said,)


def plan_for(turns: Iterable[hub.Turn]) -> Plan:
    """Decide for each of the computer's calls how it is said; a call and its result go the same way."""
    native: set[str] = set()
    left_out: set[str] = set()
    for turn in turns:
        for part in turn.parts:
            if isinstance(part, hub.Call) and part.actions is not ABSENT and part.form in ("computer", "browser"):
                if part.form == "computer" and _is_sayable(part.actions) and part.state != "pending":
                    native.add(part.id)
                elif function_of(part) is None:
                    left_out.add(part.id)
            elif isinstance(part, hub.Result) and part.call_id in native and not _is_screenshot(part):
                native.discard(part.call_id)
    return Plan(native=frozenset(native), left_out=frozenset(left_out))


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


def function_of(call: hub.Call) -> hub.Call | None:
    """Say a call as a function, with the document of its own vocabulary; ``None`` where it has none, or several."""
    if call.actions is ABSENT or len(call.actions) != 1:
        return None
    action = call.actions[0]
    if call.form == "browser":
        document = _anthropic_document(action, _BROWSER)
        if document is None:
            return None
        return attrs.evolve(call, name=document["name"], arguments=hub.Arguments(value=document["input"]))
    document = _anthropic_document(action, _vocabulary_of(action))
    return None if document is None else attrs.evolve(call, arguments=hub.Arguments(value=document))


def _vocabulary_of(action: Action) -> str:
    tool = action.tool if isinstance(action, Foreign) else action.own.tool if action.own is not None else _LATEST
    return tool if tool in ANTHROPIC_TOOLS and ANTHROPIC_TOOLS[tool].toolset is None else _LATEST


def _anthropic_document(action: Action, tool: str) -> JsonObject | None:
    outcome = write_anthropic_action(action, tool)
    if isinstance(outcome, Written) and len(outcome.documents) == 1 and not outcome.missing:
        return outcome.documents[0]
    return None
