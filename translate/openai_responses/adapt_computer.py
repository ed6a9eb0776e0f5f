"""The computer's calls on this wire: natively, or as functions.

A ``computer_call`` takes a batch of actions of its own vocabulary and is answered by one screenshot and nothing else: no word, no error. So a
call of another wire becomes one only where its actions can be said exactly and its result, if there is one, is an image. Any other
is said as a function call with the document its own vocabulary has for it: the model reads what was done and what came of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import attrs

from .. import hub
from ..computer_use.actions import Action, AskUser, Done, Drag, Foreign, MouseDown, MouseUp, Move
from ..computer_use.anthropic import TOOLS as ANTHROPIC_TOOLS
from ..computer_use.anthropic import write_action as write_anthropic_action
from ..computer_use.openai import read_action, write_action
from ..computer_use.outcomes import Written
from ..jsonvalue import ABSENT, Json, JsonObject
from .calls import COMPUTER
from .residue import WIRE_NAME

_LATEST: Final = "computer_20251124"
_BROWSER: Final = "browser_toolset_20260801"


@attrs.frozen(kw_only=True)
class Plan:
    """How the computer's calls of a conversation are said."""

    native: Mapping[str, tuple[Action, ...]] = attrs.field(factory=dict)
    """Ids of the calls that are ``computer_call`` items, and of whose results are their outputs; and what they do."""
    joined: frozenset[str] = frozenset()
    """Ids of the calls that are said in the call behind them, which was made and answered with them."""
    spoken: frozenset[str] = frozenset()
    """Ids of the calls that only say something to a person: they are texts here, and have no results."""


def plan_for(turns: Sequence[hub.Turn]) -> Plan:
    """Decide for each of the computer's calls how it is said; a call and its result go the same way."""
    runs = [run for turn in turns for run in _runs(turn)]
    if not runs:
        return Plan()
    results = {p.call_id: p for turn in turns for p in turn.parts if isinstance(p, hub.Result)}
    native: dict[str, tuple[Action, ...]] = {}
    joined: set[str] = set()
    spoken: set[str] = set()
    for run in runs:
        batch: list[hub.Call] = []
        for call in run:
            if _only_speaks(call):
                spoken.add(call.id)
                continue
            batch.append(call)
            result = results.get(call.id)
            if result is not None and _is_empty(result) and call.form == "computer":
                continue
            _settle(batch, result, native, joined)
            batch = []
    return Plan(native=native, joined=frozenset(joined), spoken=frozenset(spoken))


def _runs(turn: hub.Turn) -> Iterator[list[hub.Call]]:
    """Yield the computer's calls of a turn, those that stand next to one another together."""
    run: list[hub.Call] = []
    for part in turn.parts:
        if isinstance(part, hub.Call) and part.form in ("computer", "browser") and part.actions is not ABSENT:
            run.append(part)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _settle(
    batch: list[hub.Call], result: hub.Result | None, native: dict[str, tuple[Action, ...]], joined: set[str]
) -> None:
    """Say calls that were answered by one screenshot as one call; calls of which this does not hold as functions."""
    last = batch[-1]
    if any(call.form != "computer" or call.state == "pending" for call in batch):
        return
    if result is not None and not _is_screenshot(result):
        return
    actions = _with_drags([action for call in batch if call.actions is not ABSENT for action in call.actions])
    if all(_documents(action) for action in actions):
        native[last.id] = tuple(actions)
        joined.update(call.id for call in batch[:-1])


def _only_speaks(call: hub.Call) -> bool:
    actions = call.actions if call.actions is not ABSENT else ()
    return bool(actions) and all(isinstance(action, (Done, AskUser)) for action in actions)


def _with_drags(actions: list[Action]) -> list[Action]:
    """Say a button that goes down, moves and comes up again as the drag it is, which this wire has a word for."""
    done: list[Action] = []
    place = 0
    while place < len(actions):
        drag, stop = _drag_at(actions, place)
        done.append(actions[place] if drag is None else drag)
        place = stop
    return done


def _drag_at(actions: list[Action], place: int) -> tuple[Action | None, int]:
    """Read a move, a button down, moves, and the button up as a drag; returns it and the place behind it."""
    match actions[place : place + 2]:
        case [Move(at=start, modifiers=()), MouseDown(button="left", at=None)]:
            pass
        case _:
            return None, place + 1
    path = [start]
    for stop in range(place + 2, len(actions)):
        match actions[stop]:
            case Move(at=at, modifiers=()):
                path.append(at)
            case MouseUp(button="left", at=None) if len(path) > 1:
                return Drag(path=tuple(path)), stop + 1
            case _:
                break
    return None, place + 1


def texts_of(call: hub.Call) -> tuple[hub.Text, ...]:
    """Return what a call says to a person."""
    actions = call.actions if call.actions is not ABSENT else ()
    return tuple([hub.Text(text=a.text) for a in actions if isinstance(a, (Done, AskUser)) and a.text is not None])


def _documents(action: Action) -> tuple[JsonObject, ...]:
    """Return the documents that say an action with the same effect; none where there are none."""
    outcome = write_action(action, COMPUTER)
    return outcome.documents if isinstance(outcome, Written) and not outcome.missing else ()


def _is_empty(result: hub.Result) -> bool:
    """Tell whether a result says no more than that the call ran."""
    plain = all(isinstance(part, hub.Text) and not part.text for part in result.parts)
    return plain and result.outcome in ("ok", ABSENT) and not _is_spelled(result)


def _is_spelled(result: hub.Result) -> bool:
    return result.form == "computer" and result.spelling is not None and result.spelling.wire == WIRE_NAME


def _is_screenshot(result: hub.Result) -> bool:
    """Tell whether a result is one image and went well, as far as is known."""
    match result.parts:
        case (hub.Media(kind="image", source=hub.Base64() | hub.Url() | hub.FileId(family="openai")),):
            return result.outcome in ("ok", ABSENT)
        case (hub.Opaque(wire="openai-responses"),):
            return result.outcome in ("ok", ABSENT)
        case ():
            return _is_spelled(result)
        case _:
            return False


def fit_computer_call(call: hub.Call, planned: tuple[Action, ...]) -> hub.Call:
    """Say a call in this wire's own vocabulary; an action that takes several here becomes several."""
    fitted: list[Action] = []
    for action in planned:
        documents = _documents(action)
        exact = len(documents) == 1 and read_action(documents[0]) == action
        fitted.extend((action,) if exact else [read_action(document) for document in documents])
    same = tuple(fitted) == call.actions
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
