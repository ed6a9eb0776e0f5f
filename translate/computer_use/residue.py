"""Keep what the neutral fields do not state, so that a document read and written again is the same document.

Reading attaches two things to an action: the keys nobody knows (`Own`), and the known ones that our writer would spell
otherwise (`Spelling`: ``CTRL+C`` for ``ctrl+c``, a null for an absent key). Writing puts a spelling back only after
reading the result has shown that it still says the same action, so a changed action is never contradicted by its past.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from ..jsonvalue import Json, JsonObject, same_json
from .actions import Action, Foreign, Own, Spelling, neutral
from .fields import Fields
from .outcomes import NotExpressible, Outcome, Written


def attach(action: Action, fields: Fields, written: Outcome, *, family: str, tool: str) -> Action:
    """Return the action with the unknown keys of its document and the spelling of the known ones.

    ``written`` is what the neutral action alone would be written as.
    """
    if isinstance(action, Foreign):
        return action
    extra = fields.extra()
    ours: JsonObject = {}
    if isinstance(written, Written) and len(written.documents) == 1:
        ours = written.documents[0]
    document = fields.document
    values = {
        key: value
        for key, value in document.items()
        if key not in extra and not (key in ours and same_json(value, ours[key], ordered=False))
    }
    omitted = tuple(key for key in ours if key not in document)
    own = Own(tool=tool, extra=extra) if extra else None
    spelling = Spelling(family=family, values=values, omitted=omitted) if values or omitted else None
    return evolve(action, own=own, spelling=spelling)


def restore(
    action: Action, outcome: Outcome, *, family: str, tool: str, read: Callable[[JsonObject], Action]
) -> Outcome:
    """Return the written documents with the spelling and the unknown keys they came with, where they still fit."""
    if isinstance(action, Foreign) or isinstance(outcome, NotExpressible):
        return outcome
    documents, missing = outcome.documents, list(outcome.missing)
    if action.spelling is not None and action.spelling.family == family and len(documents) == 1 and not missing:
        documents = (_respelled(documents[0], action.spelling, neutral(action), read),)
    if action.own is not None:
        if action.own.tool == tool and len(documents) == 1:
            documents = ({**documents[0], **action.own.extra},)
        else:
            missing.extend(f"{action.own.tool} {key}" for key in action.own.extra)
    return evolve(outcome, documents=documents, missing=tuple(missing))


def _respelled(
    document: JsonObject, spelling: Spelling, action: Action, read: Callable[[JsonObject], Action]
) -> JsonObject:
    for key, value in spelling.values.items():
        document = _if_same(document | {key: value}, document, action, read)
    for key in spelling.omitted:
        document = _if_same({k: v for k, v in document.items() if k != key}, document, action, read)
    return document


def _if_same(candidate: JsonObject, document: JsonObject, action: Action, read: Callable[[JsonObject], Action]) -> Json:
    return candidate if neutral(read(candidate)) == action else document
