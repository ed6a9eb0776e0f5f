"""Data of the Chat Completions wire.

Source: https://platform.openai.com/docs/api-reference/chat (types of the openai SDK 3.54.0, read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..hub import Reason

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
