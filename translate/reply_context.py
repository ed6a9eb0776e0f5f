"""What a reply means beside its request: names and ids said back in the source's spelling.

The context of a request's translation is plain JSON: ``names`` and ``ids`` map the source's spelling to the target's. A reply is read with
it, so that a call bears the name of the tool the caller offered. Without a context nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from . import hub
from .jsonvalue import Json
from .steps import map_parts


def apply_context(response: hub.Response, context: Mapping[str, Json] | None) -> hub.Response:
    """Return a reply with the calls' names and ids in the source's spelling; with a turned context, in the target's."""
    if not context:
        return response
    names, ids = _maps(context)
    if not names and not ids:
        return response

    def step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        if not isinstance(part, hub.Call):
            return None
        name = names.get(part.name, part.name) if part.form in ("function", "custom") else part.name
        call_id = ids.get(part.id, part.id)
        return None if (name, call_id) == (part.name, part.id) else (attrs.evolve(part, name=name, id=call_id),)

    candidates = tuple(attrs.evolve(c, turn=map_parts(c.turn, step)) for c in response.candidates)
    return attrs.evolve(response, candidates=candidates)


def _maps(context: Mapping[str, Json]) -> tuple[dict[str, str], dict[str, str]]:
    names, ids = context.get("names") or {}, context.get("ids") or {}
    if context.get("turned"):
        return dict(names), dict(ids)
    return {new: old for old, new in names.items()}, {new: old for old, new in ids.items()}
