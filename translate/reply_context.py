"""What a reply means beside its request: names, ids and arguments said back in the source's spelling.

The context of a request's translation is plain JSON: ``names`` and ``ids`` map the source's spelling to the target's, ``schemas`` and
``custom`` say which tools the target has in another shape. A reply is read with it, so that a call bears the name of the tool the caller
offered, and arguments that tool takes. Without a context nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from . import hub
from .jsonvalue import Json
from .steps import map_parts
from .tool_plans import CUSTOM, SCHEMAS, said_as_offered, said_as_taken


def apply_context(response: hub.Response, context: Mapping[str, Json] | None) -> hub.Response:
    """Return a reply with the calls as the source has them; with a turned context, as the target has them."""
    if not context:
        return response
    names, ids = _maps(context)
    plans = bool(context.get(SCHEMAS) or context.get(CUSTOM))
    if not names and not ids and not plans:
        return response

    def step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        if not isinstance(part, hub.Call):
            return None
        call = said_as_taken(part, context) if plans and context.get("turned") else part
        name = names.get(call.name, call.name) if call.form in ("function", "custom") else call.name
        call_id = ids.get(call.id, call.id)
        if (name, call_id) != (call.name, call.id):
            call = attrs.evolve(call, name=name, id=call_id)
        if plans and not context.get("turned"):
            call = said_as_offered(call, context)
        return None if call is part else (call,)

    candidates = tuple(attrs.evolve(c, turn=map_parts(c.turn, step)) for c in response.candidates)
    return attrs.evolve(response, candidates=candidates)


def _maps(context: Mapping[str, Json]) -> tuple[dict[str, str], dict[str, str]]:
    names, ids = context.get("names") or {}, context.get("ids") or {}
    if context.get("turned"):
        return dict(names), dict(ids)
    return {new: old for old, new in names.items()}, {new: old for old, new in ids.items()}
