"""What a reply says of how its input and output were judged (``moderation``), between OpenAI's two wires.

Chat Completions lists judgements, one for each thing that was judged; the Responses API says one. The hub has them as a list.

Source: ``Moderation`` of ``types/chat/chat_completion.py`` and of ``types/responses/response.py`` in the openai SDK 3.54.0, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from .jsonvalue import ABSENT, Json, same_json

_LISTED: Final = "moderation_results"
_SINGLE: Final = "moderation_result"
_SIDES: Final = frozenset({"input", "output"})
_JUDGEMENT: Final = frozenset(
    {"categories", "category_applied_input_types", "category_scores", "flagged", "model", "type"}
)
_ERROR: Final = frozenset({"code", "message", "type"})


def listed(moderation: Json) -> Any:
    """Return what the Responses API says as the hub has it; ABSENT where that would not be all of it."""
    said = _each_side(moderation, _as_list)
    return said if said is not ABSENT and same_json(single(said), moderation, ordered=False) else ABSENT


def single(moderation: Json) -> Any:
    """Return what the hub has as the Responses API says it; ABSENT where more than one thing was judged, or it is of no known form."""
    return _each_side(moderation, _as_one)


def single_only(moderation: Json) -> Any:
    """Return what the hub has where the Responses API can say it, and in its published form; ABSENT where not."""
    return ABSENT if single(moderation) is ABSENT else legal_moderated(moderation)


def legal_moderated(moderation: Json) -> Any:
    """Return what the hub has where it has the published form and nothing else; ABSENT where it has not."""
    return _each_side(moderation, lambda side: side if _is_published(side) else ABSENT)


def _each_side(moderation: Json, change: Callable[[Mapping[str, Json]], Any]) -> Any:
    if moderation is None:
        return None
    if not isinstance(moderation, Mapping) or moderation.keys() != _SIDES:
        return ABSENT
    changed = {key: change(side) if isinstance(side, Mapping) else ABSENT for key, side in moderation.items()}
    return ABSENT if ABSENT in changed.values() else changed


def _as_list(side: Mapping[str, Json]) -> Any:
    if side.get("type") != _SINGLE:
        return side if side.get("type") == "error" else ABSENT
    return {"model": side.get("model"), "results": [side], "type": _LISTED}


def _as_one(side: Mapping[str, Json]) -> Any:
    results = side.get("results")
    if side.get("type") != _LISTED:
        return side if side.get("type") == "error" else ABSENT
    if side.keys() != {"model", "results", "type"} or not isinstance(results, list) or len(results) != 1:
        return ABSENT
    return results[0] if isinstance(results[0], dict) and results[0].get("model") == side["model"] else ABSENT


def _is_published(side: Mapping[str, Json]) -> bool:
    if side.get("type") == "error":
        return side.keys() == _ERROR
    results = side.get("results")
    return (
        side.keys() == {"model", "results", "type"} and isinstance(results, list) and all(map(_is_judgement, results))
    )


def _is_judgement(result: Json) -> bool:
    return isinstance(result, dict) and result.keys() == _JUDGEMENT
