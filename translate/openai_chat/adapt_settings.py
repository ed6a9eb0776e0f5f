"""Settings of a request that Chat Completions has no place or no value for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .. import hub
from ..adapting import Adapting
from ..jsonvalue import ABSENT, Absent, Json
from ..published import legal_moderation
from .residue import ours
from .tables import EFFORTS, FORMAT_NAME, RETENTIONS, SERVICE_TIERS, STREAM_OPTIONS, VERBOSITIES


def adapt_sampling(sampling: hub.Sampling, native: bool) -> hub.Sampling:
    """Leave out ``top_k``, which only vendors have, and ``top_logprobs`` where no log probabilities are asked for."""
    top_k = sampling.top_k if native else ABSENT
    top_logprobs = sampling.top_logprobs if native or sampling.logprobs is True else ABSENT
    if top_k is sampling.top_k and top_logprobs is sampling.top_logprobs:
        return sampling
    return attrs.evolve(sampling, top_k=top_k, top_logprobs=top_logprobs)


def adapt_reasoning(reasoning: hub.Reasoning | Absent | None) -> hub.Reasoning | Absent | None:
    """Keep the effort; a budget, a mode or what to show has a place in a vendor's own keys only."""
    if not isinstance(reasoning, hub.Reasoning):
        return reasoning
    if ours(reasoning.own):
        return reasoning if reasoning.context is ABSENT else attrs.evolve(reasoning, context=ABSENT)
    if reasoning.effort is ABSENT or reasoning.effort is None or reasoning.effort not in EFFORTS:
        return ABSENT
    return hub.Reasoning(effort=reasoning.effort)


def adapt_format(format: hub.Format | Absent | None, adapting: Adapting) -> hub.Format | Absent:
    """Name a schema that has no name; null is no form of an answer here."""
    if not isinstance(format, hub.Format):
        return ABSENT
    if ours(format.own) or ours(format.spelling):
        return format
    if format.kind != "schema":
        return hub.Format(kind=format.kind)
    name = format.name
    if name is ABSENT:
        name = str(adapting.insert(FORMAT_NAME, "the target wants a name for the schema of an answer"))
    description = ABSENT if format.description is None else format.description
    schema = format.schema if isinstance(format.schema, Mapping) else ABSENT
    return attrs.evolve(format, name=name, description=description, schema=schema, own=None)


def adapt_settings(settings: hub.Settings, native: bool = False) -> hub.Settings:
    """Leave out values that the published schema does not have, and that a reply is not to be stored, which none is by default."""
    return attrs.evolve(
        settings,
        user=ABSENT if settings.user is None else settings.user,
        metadata=_metadata(settings.metadata),
        service_tier=_one_of(settings.service_tier, SERVICE_TIERS),
        verbosity=_one_of(settings.verbosity, VERBOSITIES),
        store=ABSENT if settings.store is False and not native else settings.store,
        moderation=settings.moderation if native else legal_moderation(settings.moderation),
        cache_retention=_one_of(settings.cache_retention, RETENTIONS),
        cache_options=_cache_options(settings.cache_options),
        stream_options=adapt_stream_options(settings.stream_options),
        include=ABSENT,
    )


def adapt_stream_options(options: Json) -> Json:
    """Leave out options of a stream that the published schema does not have."""
    return _known_keys(options, STREAM_OPTIONS)


def _one_of(value: Any, values: frozenset[str]) -> Any:
    return value if value is None or value in values else ABSENT


def _metadata(metadata: Json) -> Json:
    if isinstance(metadata, Mapping) and not all(isinstance(value, str) for value in metadata.values()):
        return ABSENT
    return metadata


def _cache_options(options: Json) -> Json:
    """Keep what the published schema has: a mode, and the one time to live."""
    if not isinstance(options, Mapping):
        return ABSENT
    kept = _known_keys(options, frozenset({"mode", "ttl"}))
    if isinstance(kept, Mapping) and kept.get("ttl", "30m") != "30m":
        kept = {key: value for key, value in kept.items() if key != "ttl"}
    return kept or ABSENT


def _known_keys(options: Json, keys: frozenset[str]) -> Json:
    if not isinstance(options, Mapping) or options.keys() <= keys:
        return options
    return {key: value for key, value in options.items() if key in keys} or ABSENT
