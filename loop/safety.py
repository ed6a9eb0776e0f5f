"""Who may allow a call, where nobody else was named: nobody."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve, field, frozen

from polyloop.translate import hub

from .ports import ApprovalRequest, Decision


@frozen(kw_only=True)
class DenyAll:
    """The default: every call that needs permission is denied, a provider's safety check included."""

    reason: str = "nobody is there to allow it"

    async def decide(self, request: ApprovalRequest) -> Decision | None:
        """Deny."""
        return Decision(
            call_id=request.call.id, binding=request.binding, approve=False, reason=self.reason, by="default"
        )


@frozen(kw_only=True)
class LeaveToLater:
    """Pause the job at each question; the decisions come with a later run."""

    async def decide(self, request: ApprovalRequest) -> Decision | None:
        """Decide nothing."""
        return None


@frozen(kw_only=True)
class AskFunction:
    """Ask a function that says yes or no; for a person at a terminal, say."""

    ask: Callable[[ApprovalRequest], bool]
    by: str = ""

    async def decide(self, request: ApprovalRequest) -> Decision | None:
        """Return what the function says, bound to exactly what it was asked about."""
        return Decision(call_id=request.call.id, binding=request.binding, approve=self.ask(request), by=self.by)


PartFilter = Callable[[hub.Part], hub.Part]


def unchanged(part: hub.Part) -> hub.Part:
    """Return the part as it is."""
    return part


@frozen(kw_only=True)
class Redaction:
    """What is taken out of parts before they are kept, and before they are sent.

    A filter gets every part from outside (messages, results, the model's own text), results' inner parts one by one, and gives
    the part to be used instead. It must be deterministic, or no two requests of a job share a prefix. Calls are not given to
    ``before_store``: what runs is what the model asked for.
    """

    before_store: PartFilter = unchanged
    before_wire: PartFilter = field(default=unchanged)


def redacted(parts: tuple[hub.Part, ...], filter_part: PartFilter) -> tuple[hub.Part, ...]:
    """Apply a filter to parts, and to the parts inside results; the same object where nothing changed."""
    if filter_part is unchanged:
        return parts
    changed = tuple(_redacted_part(part, filter_part) for part in parts)
    return parts if all(a is b for a, b in zip(changed, parts, strict=True)) else changed


def _redacted_part(part: hub.Part, filter_part: PartFilter) -> hub.Part:
    if isinstance(part, hub.Call):
        return part
    if isinstance(part, hub.Result):
        inner = redacted(part.parts, filter_part)
        return part if inner is part.parts else evolve(part, parts=inner)
    return filter_part(part)
