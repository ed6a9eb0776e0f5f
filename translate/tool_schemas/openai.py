"""Which dialect OpenAI's wires take the schema of a function in."""

from __future__ import annotations

from typing import Final

from .. import hub

OF_OPENAI: Final = frozenset({"openai-chat", "openai-responses"})
"""Wires whose tools are in these dialects already."""


def openai_dialect(tool: hub.Tool) -> str:
    """Name the dialect of a function's schema: the sampler enforces that of a strict one."""
    return "openai-strict" if tool.strict is True else "openai"
