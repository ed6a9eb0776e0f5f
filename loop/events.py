"""What the machine is told. Each is plain data; a job's state is the fold of its events (law L8).

``at`` is when it was told, in seconds since 1970: the machine has no clock of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from attrs import field, frozen

from polyloop.translate import hub
from polyloop.translate.jsonvalue import ABSENT, Json, JsonObject

from .journal import SCHEMA, SchemaVersionError
from .limits import Limits
from .plain import dump, load
from .ports import Decision, ToolOutcome, ToolPolicy


@frozen(kw_only=True)
class Started:
    """A run began, or goes on: with new turns from outside, or with none to resume what was left."""

    at: float
    turns: tuple[hub.Turn, ...] = ()
    tools: Mapping[str, ToolPolicy] = field(factory=dict)
    limits: Limits = field(factory=Limits)


@frozen(kw_only=True)
class Imported:
    """A history kept elsewhere was taken over. Calls that nobody answered there are answered as unknown."""

    at: float
    turns: tuple[hub.Turn, ...]
    conclusion: Json = ABSENT


@frozen(kw_only=True)
class Sampled:
    """The model replied. ``cost`` is None where nobody can price it."""

    at: float
    response: hub.Response
    cost: Decimal | None = None


@frozen(kw_only=True)
class Failure:
    """Why a provider gave no reply, in the words of its error record."""

    kind: str
    message: str
    status: int | None = None
    reset_at: float | None = None
    """When a used-up quota is filled again, in seconds since 1970, where the provider said so."""


@frozen(kw_only=True)
class SampleFailed:
    """The provider gave no reply, and its client has given up."""

    at: float
    failure: Failure


@frozen(kw_only=True)
class CallFinished:
    """A call has an outcome. ``screenshot`` is the digest of the newest picture of the screen in it."""

    at: float
    key: str
    outcome: ToolOutcome
    screenshot: str | None = None


@frozen(kw_only=True)
class Decided:
    """A person decided about a call."""

    at: float
    decision: Decision


@frozen(kw_only=True)
class TargetUnhealthy:
    """The target does not answer, so a call was not begun, or the model not asked."""

    at: float
    key: str
    reason: str


@frozen(kw_only=True)
class PauseRequested:
    """Begin nothing more until the next start. What runs may finish."""

    at: float
    reason: str
    until: float | None = None


@frozen(kw_only=True)
class Cancelled:
    """Stop. What runs has been cut off, and nobody knows how far it came."""

    at: float
    reason: str = ""


@frozen(kw_only=True)
class Ticked:
    """Time went by."""

    at: float


Event: TypeAlias = (
    Started
    | Imported
    | Sampled
    | SampleFailed
    | CallFinished
    | Decided
    | TargetUnhealthy
    | PauseRequested
    | Cancelled
    | Ticked
)
EVENTS: Final[tuple[type[Event], ...]] = (
    Started, Imported, Sampled, SampleFailed, CallFinished, Decided, TargetUnhealthy, PauseRequested, Cancelled, Ticked,
)  # fmt: skip
_BY_NAME: Final = {cls.__name__: cls for cls in EVENTS}


def dump_event(event: Event) -> JsonObject:
    """Return an event as plain JSON, with the schema's version."""
    return {"schema": SCHEMA, "event": type(event).__name__, **dump(event)}


def load_event(document: JsonObject) -> Event:
    """Make an event from its plain JSON. Raises `SchemaVersionError` for an unknown version, `FormatError` for a damaged one."""
    check_schema(document)
    cls = _BY_NAME.get(document.get("event", ""))
    if cls is None:
        raise SchemaVersionError(f"unknown event {document.get('event')!r}: stored by a newer release?")
    return load(cls, document)


def is_known(schema: Json) -> bool:
    """Tell whether this release reads a schema: the integer, and not the ``true`` that Python takes for it."""
    return type(schema) is int and schema == SCHEMA


def check_schema(document: JsonObject) -> None:
    """Raise `SchemaVersionError` unless a stored document is of a version this release reads."""
    if not is_known(document.get("schema")):
        raise SchemaVersionError(
            f"stored with schema {document.get('schema')!r}, this release reads {SCHEMA}: use a newer release"
        )
