"""Streams folded into replies: `fold` for a list of events, `Fold` for events as they come.

The law (L5): a folded stream is the reply that the same call gives unstreamed, a stream without its terminator is never a finished reply, and
an unfinished call is never one that may run.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from .codec import Opaque, decode_union
from .errors import DecodeError
from .jsonvalue import Json
from .provider_errors import ProviderError, classify_event
from .stream_reader import BEDROCK, DONE
from .streams import CallSoFar, WireFold
from .wires import Wire, root_of, stream_of, wire_of


class Fold:
    """Folds the events of one stream, as they come; `partial` is a reply for a user interface to show meanwhile."""

    def __init__(self, wire: str | Wire, around: WireFold | None = None) -> None:
        self.wire = wire_of("anthropic" if wire == BEDROCK else wire)
        self._provider = BEDROCK if wire == BEDROCK else self.wire.name
        self._fold: WireFold = stream_of(self.wire).fold() if around is None else around
        self._push = self._fold.push

    def push(self, event: Any) -> None:
        """Take one event: what `StreamReader` gives, or an event's document. Never raises for what a provider sent."""
        self._push(self.record(event) if event.__class__ in _UNREAD else event)

    def record(self, event: Any) -> Any:
        """Return an event as a record, also where it is given as a document or as the string ``[DONE]``."""
        if isinstance(event, dict):
            try:
                return decode_union(root_of(self.wire, "event"), event)
            except DecodeError:
                return Opaque(event)
        if isinstance(event, str) and event.strip() == "[DONE]":
            return DONE
        return event

    @property
    def partial(self) -> Json:
        """The reply so far, as a response document; marked unfinished in the wire's own way until it is finished."""
        return self._fold.document()

    @property
    def finished(self) -> bool:
        """Whether the wire's terminator was seen, and nothing was damaged or failed before."""
        return self._fold.finished

    @property
    def error(self) -> ProviderError | None:
        """The error the provider broke the stream off with, the same record `classify_error` gives; else None."""
        failure, exception = self._fold.failure, self._fold.exception
        if failure is None:
            return None
        if exception is None:
            return classify_event(self._provider, failure)
        return classify_event(self._provider, exception.document, exception_type=exception.exception_type)

    @property
    def failure(self) -> Json:
        """The error document, as it stood in the stream; else None."""
        return self._fold.failure

    @property
    def heard(self) -> int:
        """How many events brought content: text, thinking, a call or more of its arguments. Pings and empty deltas bring none."""
        return self._fold.heard

    @property
    def text(self) -> str:
        """The words so far."""
        return self._fold.text()

    @property
    def thinking(self) -> str:
        """The thinking so far."""
        return self._fold.thinking()

    @property
    def calls(self) -> tuple[CallSoFar, ...]:
        """The calls so far, with their raw argument text; complete only once they may run."""
        return self._fold.calls()


def fold(wire: str | Wire, events: Iterable[Any]) -> Json:
    """Fold a stream's events into its response document.

    Never raises on a stream that broke off: what came is marked unfinished in the wire's own way (no stop reason, a status of in_progress).
    """
    folding = Fold(wire)
    for event in events:
        folding.push(event)
    return folding.partial


_UNREAD: Final = (dict, str)
"""Classes of events that are documents and no records yet."""

__all__ = ["CallSoFar", "Fold", "fold"]
