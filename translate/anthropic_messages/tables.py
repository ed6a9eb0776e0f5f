"""Stop reasons, tools and keys of the Messages API: data only.

Source: the types of the anthropic SDK 2.12.0 and https://platform.claude.com/docs/en/api/messages, read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from .. import hub

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
    "context_management", "compaction", "mcp_servers", "diagnostics", "inference_geo", "speed", "billing_policy",
    "fallback_credit_token", "fallbacks", "user_profile_id",
)  # fmt: skip
"""Keys of a request that no other wire can state."""

RESPONSE_RESIDUE: Final = ("context_management", "diagnostics", "input_transformations")
"""Keys of a reply that no other wire can state."""

UNSAYABLE_SETTINGS: Final = (
    "metadata", "store", "verbosity", "safety_identifier", "cache_key", "cache_retention", "cache_options",
    "moderation", "stream_options",
)  # fmt: skip
"""Neutral settings that the Messages API has no key for."""

UNSAYABLE_SAMPLING: Final = (
    "seed", "frequency_penalty", "presence_penalty", "logit_bias", "logprobs", "top_logprobs", "n",
)  # fmt: skip
"""Neutral sampling parameters that the Messages API has no key for."""
