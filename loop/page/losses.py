"""What a provider's wire does not say of a conversation, for showing it. Pure."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from polyloop.translate import hub
from polyloop.translate.translation import Translation, adapt, convert
from polyloop.translate.wires import write

from ..media import digest_of

REFERENCE: Final = "anthropic"
"""The wire that says most of a conversation with tools: what another does not say is found against it."""
_DOT: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def spoken(turns: tuple[hub.Turn, ...], wire: str, *, model: str = "model") -> Translation | None:
    """Translate a job's history as its provider was sent it: the losses and insertions of the result are what the page shows.

    None for the reference wire itself. Stored pictures stand as one pixel each: which places are lost does not depend on them.
    """
    if wire == REFERENCE:
        return None
    request = hub.Request(model=model, max_output=1, turns=tuple(_with_dots(turn) for turn in turns))
    document = write(REFERENCE, adapt(request, REFERENCE))
    return convert(document, kind="request", source=REFERENCE, target=wire)


def _with_dots(turn: hub.Turn) -> hub.Turn:
    return evolve(turn, parts=tuple(_dotted(part) for part in turn.parts))


def _dotted(part: hub.Part) -> hub.Part:
    if isinstance(part, hub.Result):
        return evolve(part, parts=tuple(_dotted(inner) for inner in part.parts))
    if digest_of(part) is not None and isinstance(part, hub.Media):
        return evolve(part, source=hub.Base64(media_type="image/png", data=_DOT))
    return part
