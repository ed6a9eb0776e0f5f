"""What a store keeps of a job: one row after another, and who may write the next.

The journal is the event log. Three kinds of rows:

* ``event``: something the machine was told that no effect gave (a start, a pause, a decision, a cancellation);
* ``intended``: an effect is about to be performed. Durable before the effect begins;
* ``happened``: the effect's result, as the machine's event. Durable before the next step.

``key`` names the effect, is stable across runs, and is the same in both rows. Inside a batch of computer actions each action has
rows of its own, ``action_intended`` and ``action_happened``, whose keys begin with the call's. The state of a job is the fold of
its ``event`` and ``happened`` rows; the other rows say only what was begun.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from attrs import field, frozen
from attrs.validators import in_

from polyloop.translate.errors import PolyloopError
from polyloop.translate.jsonvalue import JsonObject

SCHEMA: Final = 1
"""Version of a row's form. It stands in every stored row; an unknown one is a `SchemaVersionError`, never an empty history."""

RowKind: TypeAlias = Literal["event", "intended", "happened", "action_intended", "action_happened"]
ROW_KINDS: Final = ("event", "intended", "happened", "action_intended", "action_happened")


class LoopError(PolyloopError):
    """Base of the loop's exceptions."""


class ToolError(LoopError):
    """A tool's way to say what went wrong in words the model may read."""


class StoreError(LoopError):
    """Base of the stores' exceptions. Nothing was written."""


class JobTakenError(StoreError):
    """Somebody else owns the job, and the claim has not run out."""


class StaleClaimError(StoreError):
    """The job was claimed by somebody else since: this owner may neither write nor act any more."""


class MissingImageError(StoreError, LookupError):
    """The store has no image of that digest."""


class SchemaVersionError(StoreError, ValueError):
    """A stored row or file is of a version this release does not know. It is left as it is."""


@frozen(kw_only=True)
class Claim:
    """The right to write a job's journal. A later claim has a larger ``fence``, and makes this one stale."""

    job: str
    owner: str
    fence: int
    expires_at: float
    """Seconds since 1970, by the store's clock."""


@frozen(kw_only=True)
class Row:
    """One row of a job's journal. ``data`` is plain JSON: an event, an effect or an action's result."""

    kind: RowKind = field(validator=in_(ROW_KINDS))
    key: str
    data: JsonObject
    sequence: int = 0
    """From 1, without gaps; given by the store when the row is appended."""
