"""Data of the Chat Completions wire.

Source: https://platform.openai.com/docs/api-reference/chat (types of the openai SDK 3.54.0, read 2026-11-22).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ..hub import Reason
from ..result_outcomes import OUTCOME_WORDS as OUTCOME_WORDS

REASONS: Final[Mapping[str, Reason]] = {
    "stop": Reason.END_TURN,
    "length": Reason.MAX_TOKENS,
    "tool_calls": Reason.TOOL_USE,
    "content_filter": Reason.CONTENT_FILTER,
}
"""``finish_reason``. ``stop`` is said for a stop sequence, too; ``function_call`` is deprecated and stays a word of this wire."""

FINISH_REASONS: Final[Mapping[Reason, str]] = {reason: word for word, reason in REASONS.items()}

AUDIO_TYPES: Final[Mapping[str, str]] = {"wav": "audio/wav", "mp3": "audio/mpeg"}
"""``input_audio.format`` to media type; a vendor's other formats become ``audio/`` and the format."""

AUDIO_FORMATS: Final[Mapping[str, str]] = {media: format for format, media in AUDIO_TYPES.items()}

DETAIL_FAMILIES: Final[Mapping[str, str]] = {
    "anthropic-claude-v1": "anthropic",
    "openai-responses-v1": "openai",
    "azure-openai-responses-v1": "openai",
    "google-gemini-v1": "google",
    "xai-responses-v1": "xai",
}
"""``reasoning_details[].format`` to the family that sealed it.

Source: https://openrouter.ai/docs/use-cases/reasoning-tokens (read 2026-11-22).
"""

# What adapting to this wire rests on.

ID_LENGTH: Final = 40
LEGAL_ID: Final = re.compile(r".{1,40}", re.DOTALL)
"""Ids of calls: any text of 1 to 40 characters. Source: the API's error "string too long. Expected a string with maximum length 40"."""

NAME_LENGTH: Final = 64
LEGAL_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{1,64}")
NOT_IN_NAMES: Final = re.compile(r"[^a-zA-Z0-9_.-]")
"""Names of functions: letters, digits, underscores, dashes and dots, 64 at most."""

FORMAT_NAME: Final = "answer"
"""Name of a schema for the answer that has none, which this wire wants."""

EFFORTS: Final = frozenset({"none", "minimal", "low", "medium", "high", "xhigh", "max"})
SERVICE_TIERS: Final = frozenset({"auto", "default", "flex", "scale", "priority", "fast"})
VERBOSITIES: Final = frozenset({"low", "medium", "high"})
RETENTIONS: Final = frozenset({"in_memory", "24h"})
DETAILS: Final = frozenset({"auto", "low", "high", "original"})
BREAKPOINT_TTLS: Final = frozenset({"30m", "12h"})
STREAM_OPTIONS: Final = frozenset({"include_usage", "include_obfuscation"})
"""Values and keys of the published schema, in the order of the request's keys."""
