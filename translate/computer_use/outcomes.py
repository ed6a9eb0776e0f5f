"""What comes of writing an action in a vocabulary: documents, or a refusal that names what cannot be said."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from attrs import frozen

from ..jsonvalue import JsonObject
from .actions import Action


@frozen(kw_only=True)
class Written:
    """Documents that say the action, in order.

    With nothing ``missing`` and not ``rewritten`` there is one document and it reads back as the action. ``rewritten``
    says the same by other means: several documents, another unit; the trace of events is the same. What is ``missing``
    was left out or had to be filled in: a loss.
    """

    documents: tuple[JsonObject, ...]
    missing: tuple[str, ...] = ()
    rewritten: bool = False


@frozen(kw_only=True)
class NotExpressible:
    """The vocabulary cannot say this, and nothing near it may stand in its place."""

    missing: tuple[str, ...]
    """What it lacks, each in a few words, such as ``middle button`` or ``key 'F13'``."""


class CannotSayError(Exception):
    """Something has no form in a vocabulary. Never leaves this package: writers turn it into `NotExpressible`."""


Outcome: TypeAlias = Written | NotExpressible


@frozen(kw_only=True)
class Unsaid:
    """What to write where a vocabulary demands a number that the action does not say. What is used is `missing`."""

    notches: int | None = None
    """How far a scroll goes that says only its direction. ``None``: such a scroll is not expressible."""
    seconds: int | None = None
    """How long a wait lasts that says no time. ``None``: such a wait is not expressible."""


def write_all(actions: Iterable[Action], write: Callable[[Action], Outcome]) -> Outcome:
    """Write several actions as one batch. One that cannot be said makes the whole batch not expressible."""
    documents: list[JsonObject] = []
    missing: list[str] = []
    refused: list[str] = []
    rewritten = False
    for action in actions:
        outcome = write(action)
        if isinstance(outcome, NotExpressible):
            refused.extend(outcome.missing)
            continue
        documents.extend(outcome.documents)
        missing.extend(outcome.missing)
        rewritten = rewritten or outcome.rewritten
    if refused:
        return NotExpressible(missing=tuple(refused))
    return Written(documents=tuple(documents), missing=tuple(missing), rewritten=rewritten)
