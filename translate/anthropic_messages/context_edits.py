"""``context_management``: what the provider edits of the conversation by itself, of which other wires can say two things.

That it sums up what was said is a `hub.Compaction`, and that it keeps the thinking of all turns is the context of `hub.Reasoning`. Any
other edit, of tool results and of the thinking of so many turns, is Anthropic's alone and stays residue.

Source: ``BetaCompact20260112EditParam`` and ``BetaClearThinking20251015EditParam`` of the anthropic SDK 2.12.0, and
https://platform.claude.com/docs/en/build-with-claude/compaction-threshold, read 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..errors import WriteError
from ..jsonvalue import ABSENT, Absent, Json, JsonObject, same_json
from .residue import WIRE_NAME, ours, own

KEY: Final = "context_management"
COMPACT: Final = "compact_20260112"
CLEAR_THINKING: Final = "clear_thinking_20251015"
ALL_TURNS: Final = "all_turns"
"""The one context of reasoning that an edit says."""
BETAS: Final = {COMPACT: "compact-2026-01-12", CLEAR_THINKING: "context-management-2025-06-27"}
LEAST_THRESHOLD: Final = 50_000
"""The smallest trigger of a compaction, in tokens of input."""
_KEPT: Final = "all"
_KEEPS_ALL: Final = (_KEPT, {"type": _KEPT})
_ORDER: Final = "context_edits"
"""Key of a request's spelling: the types of its edits in their order, and how it is said that all thinking is kept."""


def read_edits(residue: JsonObject, spelling: JsonObject) -> tuple[hub.Compaction | None, str | Absent]:
    """Take the two edits that are neutral out of a request's residue. An edit of which there are two stays where it is."""
    document = residue.get(KEY)
    if not isinstance(document, dict) or not isinstance(document.get("edits"), list):
        return None, ABSENT
    edits = document["edits"]
    compaction, keep = _read_compaction(_only(edits, COMPACT)), _read_keep(_only(edits, CLEAR_THINKING))
    taken = ([] if compaction is None else [COMPACT]) + ([] if keep is None else [CLEAR_THINKING])
    if not taken:
        return None, ABSENT
    kinds = [_kind_of(edit) if _kind_of(edit) in taken else None for edit in edits]
    if kinds != _usual(kinds) or keep not in (None, _KEPT):
        spelling[_ORDER] = {"kinds": kinds, "keep": keep or _KEPT}
    rest = [edit for edit, kind in zip(edits, kinds, strict=True) if kind is None]
    left = {**{key: value for key, value in document.items() if key != "edits"}, **({"edits": rest} if rest else {})}
    if left:
        residue[KEY] = left
    else:
        del residue[KEY]
    return compaction, ABSENT if keep is None else ALL_TURNS


def _read_keep(edit: JsonObject | None) -> Json:
    """Return how an edit says that all thinking is kept; ``None`` where it says another thing."""
    if edit is None or edit.keys() != {"type", "keep"}:
        return None
    return edit["keep"] if any(same_json(edit["keep"], word) for word in _KEEPS_ALL) else None


def _kind_of(edit: Json) -> Json:
    return edit.get("type") if isinstance(edit, dict) else None


def _only(edits: Sequence[Json], kind: str) -> JsonObject | None:
    """Return the one edit of a type; ``None`` where there is none, or more than one."""
    found = [edit for edit in edits if _kind_of(edit) == kind]
    return found[0] if len(found) == 1 else None


def _read_compaction(edit: JsonObject | None) -> hub.Compaction | None:
    if edit is None:
        return None
    trigger = edit.get("trigger", ABSENT)
    if isinstance(trigger, dict):
        threshold = trigger.get("value") if trigger.keys() == {"type", "value"} else None
        if type(threshold) is not int or trigger["type"] != "input_tokens":
            return None
    elif trigger is ABSENT or trigger is None:
        threshold = trigger
    else:
        return None
    rest = {key: value for key, value in edit.items() if key not in ("type", "trigger")}
    return hub.Compaction(threshold=threshold, own=own(rest))


def _usual(kinds: Sequence[Json]) -> list[Json]:
    """Return types of edits in the order they are written in: the thinking first, as the provider wants it, and the compaction last."""
    others: list[Json] = [kind for kind in kinds if kind is None]
    head: list[Json] = [CLEAR_THINKING] if CLEAR_THINKING in kinds else []
    return [*head, *others, *([COMPACT] if COMPACT in kinds else [])]


def write_edits(request: hub.Request, residue: JsonObject, spelling: JsonObject) -> JsonObject:
    """Write ``context_management`` where a neutral field says something of it. Raises `WriteError` for another context of reasoning."""
    spelled = spelling.pop(_ORDER, {})
    context = request.reasoning.context if isinstance(request.reasoning, hub.Reasoning) else ABSENT
    said: dict[Json, Json] = {}
    if request.compaction is not None:
        said[COMPACT] = _written(request.compaction)
    if context is not ABSENT:
        if context != ALL_TURNS:
            raise WriteError(
                f"the Messages API keeps the thinking of all turns, and has no context {context!r} of reasoning"
            )
        said[CLEAR_THINKING] = {"type": CLEAR_THINKING, "keep": spelled.get("keep", _KEPT)}
    if not said:
        return {}
    left = residue.pop(KEY, {})
    others = left.get("edits", []) if isinstance(left, dict) else None
    if not isinstance(others, list) or any(_kind_of(edit) in tuple(said) for edit in others):
        raise WriteError("a request of the Messages API says twice how its conversation is edited")
    kinds: list[Json] = [*said, *[None] * len(others)]
    order = spelled.get("kinds", [])
    if sorted(map(str, order)) != sorted(map(str, kinds)):
        order = _usual(kinds)
    rest = iter(others)
    return {KEY: {**left, "edits": [next(rest) if kind is None else said[kind] for kind in order]}}


def _written(compaction: hub.Compaction) -> JsonObject:
    threshold = compaction.threshold
    trigger: Json = {"type": "input_tokens", "value": threshold} if isinstance(threshold, int) else threshold
    said = {} if trigger is ABSENT else {"trigger": trigger}
    return {"type": COMPACT, **ours(compaction.own), **said}


# For other wires' requests.


def legal_edits(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Keep a compaction that the wire takes, and ask for the betas that the edits belong to."""
    said = []
    change: dict[str, Any] = {}
    if isinstance(request.reasoning, hub.Reasoning) and request.reasoning.context is not ABSENT:
        said.append(CLEAR_THINKING)
    if request.compaction is not None:
        said.append(COMPACT)
        change["compaction"] = _legal_compaction(request.compaction, adapting)
    if adapting.source not in (None, WIRE_NAME):  # whose requests may say their betas in headers
        betas = request.betas if isinstance(request.betas, tuple) else ()
        missing = [BETAS[kind] for kind in said if BETAS[kind] not in betas]
        added = [adapting.insert(beta, "this edit of the conversation is a beta") for beta in missing]
        change.update({"betas": (*betas, *added)} if added else {})
    return attrs.evolve(request, **change) if change else request


def _legal_compaction(compaction: hub.Compaction, adapting: Adapting) -> hub.Compaction:
    threshold = compaction.threshold
    if isinstance(threshold, int) and threshold < LEAST_THRESHOLD and adapting.source != WIRE_NAME:
        threshold = adapting.insert(LEAST_THRESHOLD, "a compaction begins at no fewer tokens than these (trigger)")
    return hub.Compaction(
        threshold=threshold, own=hub.Own(wire=WIRE_NAME, fields=said) if (said := ours(compaction.own)) else None
    )
