"""From what a provider answered to neutral records: replies and events, in the caller's names and ids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from polyloop.translate import hub
from polyloop.translate.hub_events import MessageEnd, MessageStart, PartDelta, PartEnd, PartStart, StreamEvent
from polyloop.translate.jsonvalue import Json
from polyloop.translate.making import changed
from polyloop.translate.reply_context import apply_context
from polyloop.translate.wires import decode, wire_of

from .preparing import Prepared, Route

REPLY_KEY: Final[Mapping[str, str]] = {
    "anthropic": "content", "openai-chat": "choices", "openai-responses": "output", "uitars": "choices",
}  # fmt: skip
"""What no reply of a wire is without."""


def read_reply(route: Route, document: Json, prepared: Prepared) -> hub.Response:
    """Return a reply's record. Raises `TranslateError` for a document that is none."""
    wire = wire_of(route.wire)
    response = apply_context(wire.read_response(decode(wire, "response", document)), prepared.context)
    return _hosted(response, route.provider)


def is_reply(document: Json, wire: str) -> bool:
    """Tell whether a document can be a reply of a wire."""
    return isinstance(document, dict) and REPLY_KEY[wire] in document


def is_error(document: Json) -> bool:
    """Tell whether a body that came with status 200 is an error all the same, as some servers send it."""
    if not isinstance(document, dict):
        return False
    return document.get("type") == "error" or (
        bool(document.get("error")) and not set(REPLY_KEY.values()) & set(document)
    )


def in_context(event: StreamEvent, context: Mapping[str, Json]) -> StreamEvent:
    """Say calls' names and ids in the caller's spelling. A text begins without words: they all come as deltas."""
    if isinstance(event, PartStart) and isinstance(event.part, hub.Text | hub.Refusal) and event.part.text:
        return attrs.evolve(event, part=attrs.evolve(event.part, text=""))
    if context and isinstance(event, PartStart | PartEnd) and isinstance(event.part, hub.Call):
        turn = hub.Turn(role="assistant", parts=(event.part,))
        alone = apply_context(hub.Response(candidates=(hub.Candidate(turn=turn),)), context)
        return attrs.evolve(event, part=alone.candidates[0].turn.parts[0])
    return event


def replayed(response: hub.Response) -> list[StreamEvent]:
    """Tell a whole reply as events, for an answer that was not streamed: each text in one delta."""
    events: list[StreamEvent] = [MessageStart(response=attrs.evolve(response, candidates=()))]
    for index, part in enumerate(response.candidates[0].turn.parts if response.candidates else ()):
        if isinstance(part, hub.Text | hub.Refusal):
            events.append(PartStart(index=index, part=attrs.evolve(part, text="")))
            events.append(PartDelta(index=index, text=part.text))
        else:
            events.append(PartStart(index=index, part=part))
        events.append(PartEnd(index=index, part=part))
    return [*events, MessageEnd(response=response)]


def total_tokens(usage: hub.Usage | None) -> int:
    """Return the tokens that a reply says it cost; 0 where it says nothing."""
    if usage is None:
        return 0
    counts = (getattr(usage, attribute.name) for attribute in attrs.fields(hub.Usage) if attribute.name != "reported")
    return sum(count.n for count in counts if isinstance(count, (hub.Known, hub.AtLeast)))


def _hosted(response: hub.Response, host: str) -> hub.Response:
    """Say in each turn's origin who served it."""
    candidates = tuple(
        changed(c, turn=changed(c.turn, origin=changed(c.turn.origin or hub.Origin(), host=host)))
        for c in response.candidates
    )
    return changed(response, candidates=candidates)
