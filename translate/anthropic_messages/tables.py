"""Stop reasons, tools and keys of the Messages API: data only.

Source: the types of the anthropic SDK 2.12.0 and https://platform.claude.com/docs/en/api/messages, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from .. import hub
from ..jsonvalue import Json

STOP_REASONS: Final[Mapping[str, hub.Reason]] = {
    "end_turn": hub.Reason.END_TURN,
    "max_tokens": hub.Reason.MAX_TOKENS,
    "stop_sequence": hub.Reason.STOP_SEQUENCE,
    "tool_use": hub.Reason.TOOL_USE,
    "pause_turn": hub.Reason.PAUSE_TURN,
    "refusal": hub.Reason.REFUSAL,
    "model_context_window_exceeded": hub.Reason.CONTEXT_OVERFLOW,
    "compaction": hub.Reason.COMPACTION,
}

STOP_WORDS: Final[Mapping[hub.Reason, str]] = {reason: word for word, reason in STOP_REASONS.items()}

CHOICE_MODES: Final[Mapping[str, Literal["auto", "none", "required", "named"]]] = {
    "auto": "auto",
    "any": "required",
    "none": "none",
    "tool": "named",
}

CHOICE_TYPES: Final[Mapping[str, str]] = {mode: word for word, mode in CHOICE_MODES.items()}

SERVER_RESULTS: Final = (
    "web_search", "web_fetch", "code_execution", "bash_code_execution", "text_editor_code_execution", "tool_search",
    "advisor",
)  # fmt: skip
"""The provider's own tools with a result block: ``<tool>_tool_result``."""

TOOL_FORMS: Final[Mapping[str, hub.CallForm]] = {
    "computer": "computer",
    "computer_toolset": "computer",
    "browser_toolset": "browser",
    "bash": "shell",
    "text_editor": "text_editor",
    "memory": "memory",
}
"""Tools that the provider defines and the caller runs, by their type without its date. All others run at the provider's."""

LATEST_VERSION: Final = "2026-10-21"
SAMPLING_VERSION: Final = "2023-06-01"
"""The last version that takes ``temperature``, ``top_k`` and ``top_p``: the next answers 400 to them, even to defaults."""

REQUEST_RESIDUE: Final = (
    "context_management", "compaction", "diagnostics", "inference_geo", "speed", "billing_policy",
    "fallback_credit_token", "fallbacks", "user_profile_id",
)  # fmt: skip
"""Keys of a request that no other wire can state."""

RESPONSE_RESIDUE: Final = ("context_management", "diagnostics", "input_transformations")
"""Keys of a reply that no other wire can state."""

UNSAYABLE_SETTINGS: Final = (
    "metadata", "store", "verbosity", "safety_identifier", "cache_key", "cache_retention", "cache_options",
    "moderation", "stream_options", "include", "modalities", "audio",
)  # fmt: skip
"""Neutral settings that the Messages API has no key for."""

UNSAYABLE_SAMPLING: Final = (
    "seed", "frequency_penalty", "presence_penalty", "logit_bias", "logprobs", "top_logprobs", "n",
)  # fmt: skip
"""Neutral sampling parameters that the Messages API has no key for."""

IMAGE_TYPES: Final = ("image/jpeg", "image/png", "image/gif", "image/webp")
PDF: Final = "application/pdf"
USUAL_TIME: Final = "5m"
"""How long a cache point lasts that does not say (build-with-claude/prompt-caching, read 2026-11-22)."""
CACHE_TIMES: Final = ("1h",)
"""The other times."""
CACHE_POINTS: Final = 4
"""The most cache points a request may have."""

EFFORTS: Final = ("low", "medium", "high", "xhigh", "max")
THINKING_MODES: Final = ("enabled", "disabled", "adaptive", "between_tools")
LEAST_BUDGET: Final = 1024
"""The smallest budget of enabled thinking, in tokens."""
DISPLAYS: Final = ("summarized", "omitted", "updates")
SERVICE_TIERS: Final = ("auto", "standard_only")

LEGAL_NAME: Final = r"[a-zA-Z0-9_-]{1,128}"
LEGAL_ID: Final = r"[a-zA-Z0-9_-]+"
LONGEST_NAME: Final = 128
LONGEST_ID: Final = 64
"""Ids have no published length; a changed one is kept to what other wires take too."""

DEFAULT_MAX_TOKENS: Final = 4096
"""Inserted where a request says no limit: ``max_tokens`` is required."""
DEFAULT_DISPLAY: Final = (1024, 768)
"""Inserted where a computer tool needs a size and neither the request nor a screenshot says one, in pixels."""
LATEST_TOOLSET: Final = "computer_toolset_20260801"
NO_TOKENS: Final = 0
"""Inserted where a reply says no usage: both numbers are required."""
NO_ID: Final = "msg_unknown"
NO_MODEL: Final = "unknown"
NO_FAILURE: Final = "The reply failed."
"""Inserted where a reply that failed says no message."""
NO_CAUSE: Final = "unavailable"
"""Inserted where another provider's search failed: the code is required, and this one says no more than that (WebSearchToolResultErrorCode)."""
NO_TITLE: Final = ""
NO_WORDS: Final = ""
"""The title of a page of which the address alone is known, and what a text cites of it: both are required."""
GO_ON: Final = "Continue."
"""Inserted as the user's where a model refuses that a conversation ends with its own words."""

DIRECT: Final[Json] = {"type": "direct"}
"""``caller`` of a call that the model makes itself, and not a program of its own: so it is where nothing is said."""
