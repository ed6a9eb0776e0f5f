"""The six providers by name, and the model each is asked for where the caller names none."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class APIProvider(StrEnum):
    """Whom the loop can talk to. The values are those existing callers have stored."""

    ANTHROPIC = "anthropic"
    BEDROCK = "bedrock"
    VERTEX = "vertex"
    LEGACYUSE = "legacyuse"
    OPENAI = "openai"
    UITARS = "uitars"


PROVIDER_TO_DEFAULT_MODEL_NAME: Final[Mapping[APIProvider, str]] = {
    APIProvider.ANTHROPIC: "claude-sonnet-5",
    APIProvider.BEDROCK: "anthropic.claude-opus-4-6-v1:0",
    APIProvider.VERTEX: "claude-sonnet-5",
    APIProvider.LEGACYUSE: "legacy-use-sonnet-4",
    APIProvider.OPENAI: "gpt-5.5",
    APIProvider.UITARS: "ByteDance-Seed/UI-TARS-1.5-7B",
}
"""Dated 2026-11-22. The defaults of earlier loops (Claude 3.7 and Claude 4 of May 2025) are retired since February and June 2026; these
are current, and take the computer tools of 2025 that existing callers name. LegacyUse's server chooses behind its own name, and a
UI-TARS server has the model it was started with."""
