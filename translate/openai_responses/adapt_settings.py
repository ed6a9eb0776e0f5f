"""What a request says about the call itself, fitted to the Responses API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..jsonvalue import ABSENT, Absent, Json
from ..published import legal_moderation
from .adapt_parts import own_only
from .residue import FAMILY, WIRE_NAME, ours
from .settings import UNKNOWN_SAMPLING
from .tables import REASONS

_TIERS: Final[Mapping[Any, str]] = {"standard_only": "default"}
"""Words of another wire for a tier, and this one's."""
_KNOWN_TIERS: Final = frozenset({"auto", "default", "flex", "scale", "priority", "fast", "ultrafast"})
_DISPLAYS: Final[Mapping[Any, str]] = {"summarized": "auto"}
_KNOWN_DISPLAYS: Final = frozenset({"auto", "concise", "detailed"})
_KNOWN_CONTEXTS: Final = frozenset({"auto", "current_turn", "all_turns"})
_KNOWN_EFFORTS: Final = frozenset({"none", "minimal", "low", "medium", "high", "xhigh", "max"})
_CACHE_OPTIONS: Final = ("mode", "ttl", "prewarm", "comparison_response_id")
_STREAM_OPTIONS: Final = ("include_obfuscation",)
_FORMAT_NAME: Final = "answer"


def fit_settings(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Fit format, reasoning, sampling and settings."""
    fields: dict[str, Any] = {}
    if request.model is None:
        fields["model"] = ABSENT
    if request.format is None:
        fields["format"] = ABSENT
    if isinstance(request.format, hub.Format):
        fields["format"] = _fit_format(request.format, adapting)
    if isinstance(request.reasoning, hub.Reasoning):
        fields["reasoning"] = _fit_reasoning(request.reasoning)
    if request.compaction is not None:
        fields["compaction"] = own_only(request.compaction)
    fields["sampling"] = _fit_sampling(request.sampling)
    fields["settings"] = _fit_settings(request.settings, adapting)
    changed = {name: value for name, value in fields.items() if value is not getattr(request, name)}
    return attrs.evolve(request, **changed) if changed else request


def _fit_format(format: hub.Format, adapting: Adapting) -> hub.Format:
    format = own_only(format)
    if format.kind != "schema":
        if format.name is format.description is format.schema is format.strict is ABSENT:
            return format
        return attrs.evolve(format, name=ABSENT, description=ABSENT, schema=ABSENT, strict=ABSENT)
    if format.name is ABSENT and not ours(format.spelling):
        format = attrs.evolve(format, name=adapting.insert(_FORMAT_NAME, REASONS["format name"]))
    if format.schema is ABSENT:
        format = attrs.evolve(format, schema=adapting.insert({}, REASONS["format schema"]))
    return format


def _fit_reasoning(reasoning: hub.Reasoning) -> Any:
    reasoning = own_only(reasoning)
    display = _DISPLAYS.get(reasoning.display, reasoning.display)
    if isinstance(display, str) and display not in _KNOWN_DISPLAYS:
        display = ABSENT
    effort = reasoning.effort
    if isinstance(effort, str) and effort not in _KNOWN_EFFORTS:
        effort = ABSENT
    context = reasoning.context
    if isinstance(context, str) and context not in _KNOWN_CONTEXTS:
        context = ABSENT
    said = (effort, display, context)
    if reasoning.budget is reasoning.mode is ABSENT and said == (
        reasoning.effort,
        reasoning.display,
        reasoning.context,
    ):
        return reasoning
    if all(value is ABSENT for value in said) and reasoning.own is None:
        return ABSENT
    return attrs.evolve(reasoning, effort=effort, budget=ABSENT, mode=ABSENT, display=display, context=context)


def _fit_sampling(sampling: hub.Sampling) -> hub.Sampling:
    fields: dict[str, Any] = {name: ABSENT for name in UNKNOWN_SAMPLING if getattr(sampling, name) is not ABSENT}
    if sampling.logprobs is not ABSENT and sampling.logprobs is not True:
        fields["logprobs"] = ABSENT
    return attrs.evolve(sampling, **fields) if fields else sampling


def fit_tier(tier: str | Absent | None) -> str | Absent | None:
    """Return a tier that this wire has a word for; ABSENT where it has none."""
    return ABSENT if isinstance(tier, str) and tier not in _KNOWN_TIERS else tier


def _fit_settings(settings: hub.Settings, adapting: Adapting) -> hub.Settings:
    fields: dict[str, Any] = {}
    tier = fit_tier(_TIERS.get(settings.service_tier, settings.service_tier))
    if tier != settings.service_tier:
        fields["service_tier"] = tier
    if settings.user is None:
        fields["user"] = ABSENT
    if settings.store is ABSENT and adapting.source != WIRE_NAME:
        fields["store"] = adapting.insert(False, REASONS["store"], at="store")
    if settings.moderation is not ABSENT and adapting.source != WIRE_NAME:
        moderation = legal_moderation(settings.moderation)
        if moderation is not settings.moderation:
            fields["moderation"] = moderation
    if isinstance(settings.include, tuple) and adapting.source != WIRE_NAME:
        fields["include"] = ABSENT
    for name in ("modalities", "audio"):
        if getattr(settings, name) is not ABSENT:
            fields[name] = ABSENT
    for name, known in (("stream_options", _STREAM_OPTIONS), ("cache_options", _CACHE_OPTIONS)):
        options = getattr(settings, name)
        kept = _only(options, known)
        if kept is not options:
            fields[name] = kept
    return attrs.evolve(settings, **fields) if fields else settings


def _only(options: Json, known: tuple[str, ...]) -> Json:
    """Return the options that are known; ABSENT where none is."""
    if options is ABSENT or options is None:
        return ABSENT
    if not isinstance(options, dict):
        return ABSENT
    kept = {key: value for key, value in options.items() if key in known}
    return options if len(kept) == len(options) else kept or ABSENT


def fit_continues(continues: tuple[hub.Continues, ...]) -> tuple[hub.Continues, ...]:
    """Keep the state of this provider's that this wire can go on from, one of a kind, in the wire's order."""
    kept: dict[Json, hub.Continues] = {}
    for state in continues:
        legal = isinstance(state.id, str) if state.kind == "response" else state.id is not None
        if state.family == FAMILY and legal and state.kind in _STATES:
            kept.setdefault(state.kind, state)
    return tuple([kept[kind] for kind in _STATES if kind in kept])


_STATES: Final = ("response", "conversation", "prompt")
