"""What the machine wants done. Each is plain JSON when dumped, with a key that is the same on every run.

A durable engine can perform them as its steps: take the dumped effect, do it, give back the dumped event.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from attrs import field, frozen

from polyloop.translate import hub
from polyloop.translate.jsonvalue import ABSENT, Json, JsonObject

from .events import is_known
from .journal import SCHEMA, SchemaVersionError
from .plain import dump, load
from .ports import ApprovalRequest, ToolPolicy


@frozen(kw_only=True)
class Sample:
    """Ask the model for its next turn, with the first ``turns`` turns of the history. Repeatable: another try costs money only."""

    key: str
    turns: int


@frozen(kw_only=True)
class RunCall:
    """Run one call, at most once unless its policy says repeatable."""

    key: str
    tool: str
    call: hub.Call
    policy: ToolPolicy


@frozen(kw_only=True)
class AskApproval:
    """Ask a person whether a call may run. Repeatable."""

    key: str
    request: ApprovalRequest


@frozen(kw_only=True)
class Emit:
    """Tell observers. Done when it happens, not again when a job is resumed."""

    kind: str
    data: JsonObject = field(factory=dict)


@frozen(kw_only=True)
class Finish:
    """The run is over: see the state's `Ending`, or its pause."""

    reason: str
    value: Json = ABSENT
    detail: str = ""


Effect: TypeAlias = Sample | RunCall | AskApproval | Emit | Finish
Work: TypeAlias = Sample | RunCall | AskApproval
EFFECTS: Final[tuple[type[Effect], ...]] = (Sample, RunCall, AskApproval, Emit, Finish)
_BY_NAME: Final = {cls.__name__: cls for cls in EFFECTS}


def dump_effect(effect: Effect) -> JsonObject:
    """Return an effect as plain JSON, with the schema's version."""
    return {"schema": SCHEMA, "effect": type(effect).__name__, **dump(effect)}


def load_effect(document: JsonObject) -> Effect:
    """Make an effect from its plain JSON. Raises `SchemaVersionError` and `FormatError`."""
    cls = _BY_NAME.get(document.get("effect", ""))
    if not is_known(document.get("schema")) or cls is None:
        raise SchemaVersionError(f"unknown effect {document.get('effect')!r} of schema {document.get('schema')!r}")
    return load(cls, document)
