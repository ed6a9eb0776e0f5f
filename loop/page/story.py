"""What a job's journal tells, in order: steps of the model, their calls with what came of them, and what else happened. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

from attrs import field, frozen, mutable

from polyloop.translate import hub
from polyloop.translate.jsonvalue import JsonObject

from ..calls import answered_since
from ..events import (
    Cancelled,
    Decided,
    Event,
    Imported,
    PauseRequested,
    Sampled,
    SampleFailed,
    Started,
    TargetUnhealthy,
    load_event,
)
from ..journal import Row
from ..limits import Spent, spend
from ..machine import step
from ..media import digest_of, newest_image
from ..ports import Decision, ToolOutcome
from ..state import State

Points: TypeAlias = tuple[tuple[int, int], ...]


@frozen(kw_only=True)
class Act:
    """One action on a computer, as it was placed on the screen. ``points`` are pixels of the screenshot the model saw."""

    name: str
    document: JsonObject
    points: Points = ()
    outcome: str | None = None
    """ok, error or unknown; None where the journal ends before it."""
    text: str = ""


@mutable(kw_only=True)
class CallStory:
    """One call, and what came of it."""

    key: str
    call: hub.Call
    acts: list[Act] = field(factory=list)
    outcome: ToolOutcome | None = None
    screenshot: str | None = None
    """Digest of the newest picture in its result."""
    decision: Decision | None = None
    finished_at: float | None = None


@mutable(kw_only=True)
class Step:
    """One reply of the model. ``saw`` is the digest of the screenshot it had seen last."""

    number: int
    at: float
    asked_at: float | None
    response: hub.Response
    cost: Any
    saw: str | None
    calls: list[CallStory] = field(factory=list)

    @property
    def turn(self) -> hub.Turn | None:
        """What the model said."""
        return self.response.candidates[0].turn if self.response.candidates else None


@frozen(kw_only=True)
class Note:
    """Something that happened beside the steps."""

    kind: Literal["told", "failed", "paused", "cancelled", "unhealthy", "imported", "resumed"]
    at: float
    text: str = ""
    parts: tuple[hub.Part, ...] = ()


@frozen(kw_only=True)
class Story:
    """A job as told: its entries in order, and the state it came to."""

    entries: tuple[Step | Note, ...]
    state: State

    @property
    def steps(self) -> tuple[Step, ...]:
        """The replies."""
        return tuple(entry for entry in self.entries if isinstance(entry, Step))

    @property
    def spent(self) -> Spent:
        """What all replies took, also those before an end behind which the job went on and its limits count anew."""
        spent = Spent()
        for told in self.steps:
            spent = spend(spent, told.response.usage, told.cost)
        return spent

    @property
    def task(self) -> str:
        """The first words the job was given."""
        for entry in self.entries:
            for part in entry.parts if isinstance(entry, Note) else ():
                if isinstance(part, hub.Text):
                    return part.text
        return ""


def story_of(rows: Iterable[Row], job: str) -> Story:
    """Tell a job's rows. Raises `SchemaVersionError` and `FormatError` for rows this release cannot read."""
    telling = _Telling(state=State(job=job))
    for row in rows:
        telling.hear(row)
    return Story(entries=tuple(telling.entries), state=telling.state)


def images_of(story: Story) -> tuple[str, ...]:
    """Return the digests of all pictures a story shows, each once, in the order in which they are first met."""
    found: dict[str, None] = {}
    for entry in story.entries:
        parts: tuple[hub.Part, ...] = entry.parts if isinstance(entry, Note) else _parts_of(entry)
        for part in parts:
            digest = digest_of(part)
            if digest is not None:
                found.setdefault(digest)
    return tuple(found)


def _parts_of(entry: Step) -> tuple[hub.Part, ...]:
    turn = entry.turn
    said = () if turn is None else turn.parts
    return said + tuple(part for call in entry.calls if call.outcome is not None for part in call.outcome.parts)


@mutable(kw_only=True)
class _Telling:
    state: State
    entries: list[Step | Note] = field(factory=list)
    calls: dict[str, CallStory] = field(factory=dict)
    asked: dict[str, float] = field(factory=dict)
    acted: dict[str, tuple[CallStory, int]] = field(factory=dict)

    def hear(self, row: Row) -> None:
        match row.kind:
            case "intended":
                self.asked[row.key] = self.state.last_at
            case "action_intended":
                self._act_begun(row)
            case "action_happened":
                self._act_done(row)
            case _:
                self._event(load_event(row.data))

    def _event(self, event: Event) -> None:
        before = self.state
        self.state, _ = step(before, event)
        teller = _TELLERS.get(type(event))
        if teller is not None:
            self.entries += teller(self, event, before)
        for call in answered_since(before, self.state):
            story = self._story(call.key, call.call)
            story.outcome = call.outcome
            story.screenshot = None if call.outcome is None else newest_image(call.outcome.parts)
            story.finished_at = event.at
        for call in self.state.calls:
            self._story(call.key, call.call)

    def _story(self, key: str, call: hub.Call) -> CallStory:
        if key not in self.calls:
            self.calls[key] = CallStory(key=key, call=call)
            last = next((entry for entry in reversed(self.entries) if isinstance(entry, Step)), None)
            if last is not None:
                last.calls.append(self.calls[key])
        return self.calls[key]

    def _act_begun(self, row: Row) -> None:
        key, _, _ = row.key.rpartition("/")
        if key in self.calls:
            acts = self.calls[key].acts
            self.acted[row.key] = (self.calls[key], len(acts))
            acts.append(Act(name=str(row.data.get("action", "")), document=row.data, points=points_in(row.data)))

    def _act_done(self, row: Row) -> None:
        if row.key in self.acted:
            call, index = self.acted[row.key]
            begun = call.acts[index]
            call.acts[index] = Act(
                name=begun.name,
                document=begun.document,
                points=begun.points,
                outcome=str(row.data.get("outcome", "")),
                text=str(row.data.get("text", "")),
            )

    # What each kind of event adds to the story.

    def started(self, event: Started, before: State) -> Iterator[Note]:
        parts = tuple(part for turn in event.turns for part in turn.parts)
        yield Note(kind="told" if event.turns else "resumed", at=event.at, parts=parts)

    def imported(self, event: Imported, before: State) -> Iterator[Note]:
        said = tuple(part for turn in event.turns for part in turn.parts if isinstance(part, (hub.Text, hub.Media)))
        yield Note(kind="imported", at=event.at, text=f"{len(event.turns)} turns", parts=said)

    def sampled(self, event: Sampled, before: State) -> Iterator[Step]:
        yield Step(
            number=before.samples,
            at=event.at,
            asked_at=self.asked.get(f"{before.samples}.sample"),
            response=event.response,
            cost=event.cost,
            saw=before.screenshot,
        )

    def failed(self, event: SampleFailed, before: State) -> Iterator[Note]:
        failure = event.failure
        status = "" if failure.status is None else f", status {failure.status}"
        yield Note(kind="failed", at=event.at, text=f"{failure.kind}{status}: {failure.message}")

    def decided(self, event: Decided, before: State) -> Iterator[Note]:
        for call in before.calls:
            if call.call.id == event.decision.call_id:
                self._story(call.key, call.call).decision = event.decision
        return iter(())

    def paused(self, event: PauseRequested, before: State) -> Iterator[Note]:
        yield Note(kind="paused", at=event.at, text=event.reason)

    def cancelled(self, event: Cancelled, before: State) -> Iterator[Note]:
        yield Note(kind="cancelled", at=event.at, text=event.reason)

    def unhealthy(self, event: TargetUnhealthy, before: State) -> Iterator[Note]:
        yield Note(kind="unhealthy", at=event.at, text=event.reason)


_TELLERS: Final[Mapping[type, Any]] = {
    Started: _Telling.started,
    Imported: _Telling.imported,
    Sampled: _Telling.sampled,
    SampleFailed: _Telling.failed,
    Decided: _Telling.decided,
    PauseRequested: _Telling.paused,
    Cancelled: _Telling.cancelled,
    TargetUnhealthy: _Telling.unhealthy,
}
"""The other events (`CallFinished`, `Ticked`) are told by what they do to the calls and the state."""


def points_in(document: JsonObject) -> Points:
    """Return the points of a stored action, in the order in which they are reached."""
    named = [document.get("at"), *(document.get("path") or ())]
    return tuple(
        (point["x"], point["y"])
        for point in named
        if isinstance(point, Mapping) and isinstance(point.get("x"), int) and isinstance(point.get("y"), int)
    )
