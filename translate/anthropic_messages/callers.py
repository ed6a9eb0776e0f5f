"""Who makes a call: the model itself, or a program of the model's own that runs at Anthropic (``caller``)."""

from __future__ import annotations

from .. import hub
from ..errors import WriteError
from ..jsonvalue import ABSENT, Json, same_json
from .tables import DIRECT


def read_caller(caller: Json, own: dict[str, Json], spelling: dict[str, Json]) -> hub.Caller | None:
    """Read ``caller``. That the model itself calls is what is so where nothing is said."""
    if caller is ABSENT:
        return None
    if caller is None or same_json(caller, DIRECT):
        spelling["caller"] = caller
    elif isinstance(caller, dict) and caller.keys() == {"type", "tool_id"} and _texts(caller) and caller != DIRECT:
        return hub.Caller(kind=caller["type"], id=caller["tool_id"])
    else:
        own["caller"] = caller
    return None


def _texts(document: dict[str, Json]) -> bool:
    return all(isinstance(value, str) for value in document.values())


def write_caller(caller: hub.Caller | None) -> Json:
    """Write ``caller``; ABSENT where it is the model itself."""
    if caller is None:
        return ABSENT
    if caller.id is ABSENT:
        raise WriteError("a program that calls has the id of the call that runs it")
    return {"type": caller.kind, "tool_id": caller.id}


def runs_here(caller: hub.Caller) -> bool:
    """Tell whether a program is one that Anthropic runs (``BetaServerToolCaller20260120`` of the anthropic SDK 2.12.0)."""
    return caller.kind.startswith("code_execution_") and isinstance(caller.id, str)
