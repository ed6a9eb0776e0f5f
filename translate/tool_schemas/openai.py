"""Which dialect OpenAI's wires take the schema of a function in."""

from __future__ import annotations

from typing import Final

from .. import hub

OF_OPENAI: Final = frozenset({"openai-chat", "openai-responses"})
"""Wires whose tools are in these dialects already."""


def openai_dialect(tool: hub.Tool, known_host: bool) -> str:
    """Name the dialect of a function's schema. The published schema takes any strict one; that its sampler does not is the host's rule."""
    return "openai-strict" if tool.strict is True and known_host else "openai"
