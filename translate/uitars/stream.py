"""The streams of UI-TARS: chunks of Chat Completions whose words are actions.

What the first words mean depends on the last: a thought is one only if an action follows, and an action may be run only when all of it is
there and nothing broke off. So the words are shown as they come (`UitarsFold`, markers held back until they are certain), while parts are
told, and written, when the reply is whole.
"""

from __future__ import annotations

import re
from typing import Any, Final

from .. import hub
from ..codec import decode_as
from ..hub_events import MessageEnd, MessageFailed, MessageStart, PartEnd, PartStart, StreamEvent
from ..jsonvalue import ABSENT, Json
from ..openai_chat.stream import kind_of, pieces, text_of
from ..openai_chat.stream_fold import ChatFold, more_of
from ..openai_chat.stream_writer import ChatWriter
from ..openai_chat.wire_reply import Completion
from ..streams import CallSoFar, WireStream
from .response import read_response

_ACTION: Final = re.compile(r"^[ \t]*+Action[ \t]*+[:：]\s*+", re.MULTILINE)
_HEAD: Final = re.compile(r"\A\s*+(?:(?:Thought|Reflection|Action_Summary)[ \t]*+[:：]|<think>)\s*+")
_MARKERS: Final = ("Thought:", "Reflection:", "Action_Summary:", "Action:", "<think>")
_LONGEST_MARKER: Final = 40
"""A last line longer than this is no marker that has only begun."""


class UitarsFold(ChatFold):
    """Folds chunks into a completion document; shows the thought and the action apart."""

    def text(self) -> str:
        """Return the words so far, as long as they are neither a thought nor an action."""
        head, _ = self._halves()
        return "" if self._is_thought(head) else head

    def thinking(self) -> str:
        """Return the server's reasoning, or the thought so far, without its marker."""
        head, _ = self._halves()
        return super().thinking() or (_HEAD.sub("", head, count=1).rstrip() if self._is_thought(head) else "")

    def calls(self) -> tuple[CallSoFar, ...]:
        """Return the calls of a reply that is whole; before that the raw text of what may become one, never complete."""
        if self.finished:
            return tuple(_so_far(part) for part in _parts(self.document()) if isinstance(part, hub.Call))
        _, action = self._halves()
        return () if action is None else (CallSoFar(id="", name="", arguments=action, complete=False),)

    def _is_thought(self, head: str) -> bool:
        return _HEAD.match(head) is not None or self._halves()[1] is not None

    def _halves(self) -> tuple[str, str | None]:
        """Return what stands before the action, less a marker that may just be coming, and the action."""
        words = super().text()
        marker = _ACTION.search(words)
        if marker is not None:
            return words[: marker.start()].rstrip(), words[marker.end() :]
        return words if self.finished else words[: len(words) - _held_back(words)], None


def _held_back(words: str) -> int:
    """Return how many characters at the end may be the beginning of a marker."""
    line = words[-_LONGEST_MARKER:].rpartition("\n")[2]
    begun = line.strip()
    return len(line) if any(marker.startswith(begun) for marker in _MARKERS) else 0


def _so_far(call: hub.Call) -> CallSoFar:
    said = call.arguments.text
    return CallSoFar(
        id=call.id,
        name=call.name,
        arguments="" if said is ABSENT else said,
        complete=call.state == "complete" and (call.actions is not ABSENT or isinstance(call.arguments.value, dict)),
    )


def _read(document: Json) -> hub.Response:
    return read_response(decode_as(Completion, document))


def _parts(document: Json) -> tuple[hub.Part, ...]:
    candidates = _read(document).candidates
    return candidates[0].turn.parts if candidates else ()


class UitarsEvents:
    """Follows a stream and tells its parts when the reply is whole."""

    def __init__(self) -> None:
        self.fold = UitarsFold()
        self._began = False
        self._told = False

    def push(self, event: Any) -> list[StreamEvent]:
        self.fold.push(event)
        if self._told:
            return []
        if self.fold.failure is not None or self.fold.finished:
            return self._end()
        return self._begin() if self.fold.first is not None else []

    def grow(self, event: Any) -> tuple[int, str] | None:
        return None  # no part is told before the reply is whole

    def close(self, *, whole: bool = False) -> list[StreamEvent]:
        if not whole or self._told:
            return []
        self.fold.end_of_list()
        return self._end() if self.fold.finished else []

    def _begin(self) -> list[StreamEvent]:
        if self._began:
            return []
        self._began = True
        return [MessageStart(response=_read(self.fold.document() | {"choices": []}))]

    def _end(self) -> list[StreamEvent]:
        self._told = True
        if self.fold.failure is not None:
            return [MessageFailed(document=self.fold.failure)]
        response = _read(self.fold.document())
        events = self._begin()
        for index, part in enumerate(response.candidates[0].turn.parts):
            events += [PartStart(index=index, part=part), PartEnd(index=index, part=part)]
        return [*events, MessageEnd(response=response)]


STREAM: Final = WireStream(
    fold=UitarsFold, events=UitarsEvents, writer=ChatWriter, pieces=pieces, text_of=text_of, kind_of=kind_of, grows=True,
    late=True, repeats=True, more_of=more_of,
)  # fmt: skip
