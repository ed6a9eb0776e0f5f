"""Neutral events of a streamed reply to the events of a target wire, as they come: `EventConverter`.

The law (L5): a converted stream folds to the converted reply. It holds because both are made by the same functions: whenever a part begins
or ends, the reply so far is adapted and written by what adapts and writes the whole reply, and what that has more than before is sent.
The text of a part that is still to come stands in it as a probe, so that the target itself says what it makes of such a part: if its
words have a place of their own there, they are passed on as they come, and otherwise the part is held back until it is whole. What stands
behind a part that is held back waits for it, since it may turn out to be behind it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable
from typing import Final

import attrs

from . import hub
from .adapting import Adapting
from .codec import encode
from .hub_events import MessageEnd, MessageFailed, MessageStart, PartDelta, PartEnd, PartStart, StreamEvent
from .jsonvalue import ABSENT, Json, JsonObject
from .other_kinds import stream_error
from .reply_context import apply_context
from .streams import WireStream
from .tool_plans import is_planned
from .translation import adapted
from .wires import Wire, stream_of, write_record

_PROBE: Final = "."
"""Stands for words that are still to come."""
_PROBED_ARGUMENTS: Final = '{"":0}'
"""Stands for arguments that are still to come."""
MOST_PARTS: Final = 128
"""Parts beyond these come at the end: each part costs a look at those before it, and no reply of a model has as many."""


@attrs.define
class _Shown:
    """A part of the reply: as known so far, or with a probe in place of what is to come; its place at the target once it has one."""

    part: hub.Part
    key: Hashable = None
    kind: Json = None
    open: bool = False
    held: bool = False
    silent: bool = False
    """Held only because none of its text came yet."""


class EventConverter:
    """Neutral events in, event documents of the target out."""

    def __init__(self, target: Wire, adapting: Adapting) -> None:
        self._target = target
        self._adapting = adapting
        self._stream: WireStream = stream_of(target)
        self._writer = self._stream.writer()
        self._most_parts = 0 if self._stream.late else MOST_PARTS
        self._base = hub.Response()
        self._begun = False
        self._shown: dict[int, _Shown] = {}
        self._said: dict[Hashable, str] = {}
        """The texts of the pieces that are said or begun, as the target had them when it was last asked."""
        self._held = 0
        self._gathered: list[_Shown] = []
        """Parts that are whole and wait for the next one, behind which they may have to stand in another order."""
        self._broken = False
        self._count = 0
        self._waiting: deque[StreamEvent] = deque()

    @property
    def waiting(self) -> int:
        """How many events wait for a part before theirs to be whole."""
        return len(self._waiting)

    def push(self, event: StreamEvent) -> list[Json]:
        """Take one neutral event and return what is to be sent now."""
        if isinstance(event, PartDelta):
            shown = self._shown.get(event.index)
            if shown is not None and shown.open:
                return self._writer.part_delta(event.index, event.text)
        match event:
            case PartStart() | PartDelta() | PartEnd():
                return [*self._begin(), *self._push_part(event)]
            case MessageStart(response=response):
                self._base = attrs.evolve(response, status="finished", error=None)
                return self._begin()
            case MessageEnd(response=response):
                document = self._written(response, self._adapting)
                return [*self._begin(), *self._rest(document), *self._writer.end(document)]
            case MessageFailed(document=document):
                return self._writer.fail(stream_error(document, self._adapting.source or "", self._target))

    def _begin(self) -> list[Json]:
        """Begin the reply once, also where the source sends something of it before its beginning, or no beginning at all."""
        if self._begun:
            return []
        self._begun = True
        return self._writer.start(self._document([]))

    def framed(self, index: int, text: str) -> str | None:
        """Return the frame of what `push` would give for a delta; ``None`` where it is not one event of a part that is open."""
        shown = self._shown.get(index)
        return self._writer.framed_delta(index, text) if shown is not None and shown.open else None

    def _push_part(self, event: PartStart | PartDelta | PartEnd) -> list[Json]:
        shown = self._shown.get(event.index)
        if self._held and (shown is None or not (shown.open or shown.held)):
            self._waiting.append(event)
            return []
        events = [] if shown is not None or isinstance(event, PartDelta) else self._let_go(event.part)
        match event:
            case PartStart(index=index, part=part):
                return events + self._start(index, part)
            case PartDelta(index=index, text=text):
                return self._delta(index, text)
            case PartEnd(index=index, part=part):
                return events + self._end(index, part) + self._drain()

    def _let_go(self, part: hub.Part) -> list[Json]:
        """Say the parts that were gathered, unless the part that begins now belongs to them."""
        if not self._gathered or self._stream.gathers(part):
            return []
        for shown in self._gathered:
            shown.held = False
        self._gathered = []
        return self._more(self._pieces())

    def _start(self, index: int, part: hub.Part) -> list[Json]:
        shown = self._shown.setdefault(index, _Shown(part))
        if isinstance(part, hub.Call) and not self._stream.empty_runs:
            return self._open(index, shown)
        if not (shown.open or shown.held):  # it may turn out to say nothing, and then has no place
            self._hold(shown)
            shown.silent = True
        return []

    def _delta(self, index: int, text: str) -> list[Json]:
        shown = self._shown.get(index)
        if shown is None or not shown.silent:
            return []
        self._held -= 1
        shown.held = shown.silent = False
        events = self._open(index, shown)
        return [*events, *self._writer.part_delta(index, text), *self._drain()] if shown.open else events

    def _hold(self, shown: _Shown) -> None:
        shown.held = True
        self._held += 1

    def _open(self, index: int, shown: _Shown) -> list[Json]:
        """Begin a part at the target, if its words have a place of their own there."""
        known = shown.part
        planned = isinstance(known, hub.Call) and is_planned(known.name, self._adapting.given)
        probe = _probe(known) if len(self._shown) <= self._most_parts and not planned else None
        if probe is not None:
            shown.part = probe
            pieces = self._pieces()
            place = self._place_of_probe(pieces, known)
            if place is not None:
                key, lead = place
                shown.key, shown.kind, shown.open = key, self._stream.kind_of(pieces[key]), True
                self._note(pieces)
                begun = self._writer.part_start(index, pieces[key])
                return [*begun, *self._writer.part_delta(index, lead)] if lead else begun
        shown.part = known
        self._hold(shown)
        return []

    def _place_of_probe(self, pieces: dict[Hashable, JsonObject], part: hub.Part) -> tuple[Hashable, str] | None:
        """Find the one piece that the probe made or made longer, and what the target puts before the probe there."""
        probed = _PROBED_ARGUMENTS if isinstance(part, hub.Call) and part.form == "function" else _PROBE
        grown = [key for key in pieces if self._said.get(key) != (self._stream.text_of(pieces[key]) or "")]
        if len(grown) != 1 or any(other.open and other.key == grown[0] for other in self._shown.values()):
            return None
        text, known = self._stream.text_of(pieces[grown[0]]), self._said.get(grown[0], "")
        if text is None or not text.startswith(known) or text[len(known) :][-len(probed) :] != probed:
            return None
        lead = text[len(known) : -len(probed)]
        return None if lead and grown[0] not in self._said else (grown[0], lead)

    def _end(self, index: int, part: hub.Part) -> list[Json]:
        shown = self._shown.setdefault(index, _Shown(part))
        if shown.open:
            return self._close(index, shown, part)
        self._held -= shown.held
        shown.silent = False
        shown.part, shown.held = part, len(self._shown) > self._most_parts
        if not shown.held and self._stream.gathers(part):
            shown.held = True
            self._gathered.append(shown)
        return [] if shown.held else self._more(self._pieces())

    def _close(self, index: int, shown: _Shown, part: hub.Part) -> list[Json]:
        """End a part that is open. One that turns out to have no place, a call cut short say, is broken off and stays in its place."""
        probe, shown.part = shown.part, part
        pieces = self._pieces()
        shown.open = False
        piece = pieces.get(shown.key)
        if piece is None or self._stream.kind_of(piece) != shown.kind:
            shown.part = probe
            return self._break_off(index, shown)
        self._said[shown.key] = self._stream.text_of(piece) or ""
        ended = self._writer.part_end(index, piece)
        return ended if len(pieces) == len(self._said) else ended + self._more(pieces)

    def _more(self, pieces: dict[Hashable, JsonObject]) -> list[Json]:
        """Say what the reply so far has more than was said."""
        events: list[Json] = []
        busy = {shown.key for shown in self._shown.values() if shown.open}
        for key, piece in pieces.items():
            text, said = self._stream.text_of(piece) or "", self._said.get(key)
            if key in busy or said == text or (said and not (self._stream.grows and text.startswith(said))):
                continue  # what was said cannot be taken back
            self._count += 1
            events += self._writer.part_start(-self._count, piece)
            if said:
                events += self._writer.part_delta(-self._count, text[len(said) :])
            self._said[key] = text
            events += self._writer.part_end(-self._count, piece)
        return events

    def _note(self, pieces: dict[Hashable, JsonObject]) -> None:
        """Remember what the target made of the reply so far; of a part that is open it is the probe."""
        for key, piece in pieces.items():
            self._said[key] = self._stream.text_of(piece) or ""

    def _drain(self) -> list[Json]:
        """Take up what waited, as far as nothing is held back any more."""
        events: list[Json] = []
        while self._waiting and not self._held:
            waiting, self._waiting = self._waiting, deque()
            for event in waiting:
                events += self.push(event)
        return events

    def _rest(self, document: Json) -> list[Json]:
        """Say what is left when the reply is complete: parts nobody ended, and those that come at the end."""
        self._held = 0
        events = self._drain()
        for index, shown in self._shown.items():
            if shown.open:
                events += self._break_off(index, shown)
        if not self._broken:
            return events + self._more(self._unmoved(self._stream.pieces(document)))
        for shown in self._shown.values():
            shown.held = False
        return events + self._more(self._pieces())

    def _unmoved(self, pieces: dict[Hashable, JsonObject]) -> dict[Hashable, JsonObject]:
        """Leave out what was said in another place, by a source whose end cuts or orders its parts otherwise: nothing is said twice."""
        final = {key: self._stream.text_of(piece) or "" for key, piece in pieces.items()}
        moved = Counter(said for key, said in self._said.items() if said and not final.get(key, "").startswith(said))
        kept: dict[Hashable, JsonObject] = {}
        for key, piece in pieces.items():
            if key not in self._said and moved[final[key]]:
                moved[final[key]] -= 1
            else:
                kept[key] = piece
        return kept

    def _break_off(self, index: int, shown: _Shown) -> list[Json]:
        shown.open, self._broken = False, True
        return self._writer.part_end(index, None)

    def _pieces(self) -> dict[Hashable, JsonObject]:
        """Return what the target makes of the parts so far; of those that are held back nothing."""
        parts = [shown.part for _, shown in sorted(self._shown.items()) if not shown.held]
        return self._stream.pieces(self._document(parts))

    def _document(self, parts: list[hub.Part]) -> Json:
        turn = hub.Turn(role="assistant", parts=tuple(parts))
        stop = hub.Reason.TOOL_USE if any(isinstance(part, hub.Call) for part in parts) else hub.Reason.END_TURN
        candidate = hub.Candidate(turn=turn, stop=stop)
        adapting = Adapting(
            target=self._target.name, source=self._adapting.source, profile=self._adapting.profile,
            given=self._adapting.given,
        )  # fmt: skip
        # What it repeats of its request stands in its beginning and its end, and in none of its pieces.
        request = None if parts else self._base.request
        return self._written(attrs.evolve(self._base, candidates=(candidate,), request=request), adapting)

    def _written(self, response: hub.Response, adapting: Adapting) -> Json:
        response = apply_context(response, adapting.given)
        if adapting.source == self._target.name and adapting.profile is None:
            return encode(write_record(self._target, response))
        return encode(write_record(self._target, adapted(response, self._target, adapting)))


def _probe(part: hub.Part) -> hub.Part | None:
    """Return a part as it may look once its text has come; ``None`` for one that comes whole."""
    match part:
        case hub.Text() | hub.Refusal():
            return attrs.evolve(part, text=_PROBE)
        case hub.Thinking(text=str()):
            return attrs.evolve(part, text=_PROBE)
        case hub.Call(form="function", actions=actions) if actions is ABSENT:
            arguments = hub.Arguments(text=_PROBED_ARGUMENTS, value={"": 0})
            return attrs.evolve(part, arguments=arguments, state="complete")
        case hub.Call(form="custom"):
            return attrs.evolve(part, arguments=hub.Arguments(text=_PROBE), state="complete")
        case _:
            return None
