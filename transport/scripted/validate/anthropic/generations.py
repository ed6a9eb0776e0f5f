"""What some generations of models refuse, whatever the wire allows.

Source: Anthropic's documentation, via the project's wire notes, section 0 (2026-11-22); no live server was asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from attrs import frozen

from polyloop.translate.jsonvalue import JsonObject

from ...failures import Rejected
from ...scenario import PROVIDERS, Provider
from ..request import Check


@frozen(kw_only=True)
class _Rule:
    """A row: which models on which hosts refuse which requests, and what they say."""

    model: re.Pattern[str]
    hosts: tuple[Provider, ...] = PROVIDERS
    refuses: Callable[[JsonObject], bool]
    message: str


def _forces_a_tool(body: JsonObject) -> bool:
    return (body.get("tool_choice") or {}).get("type") in ("any", "tool")


def _thinking_is(*kinds: str) -> Callable[[JsonObject], bool]:
    return lambda body: (body.get("thinking") or {}).get("type") in kinds


def _offers(prefix: str) -> Callable[[JsonObject], bool]:
    return lambda body: any(str(tool.get("type", "")).startswith(prefix) for tool in body.get("tools") or ())


_RULES: Final = (
    _Rule(
        model=re.compile(r"claude-(fable-5-1|mythos-5-1|opus-5-5)"),
        refuses=_forces_a_tool,
        message="tool_choice: this model does not support forcing tool use",
    ),
    _Rule(
        model=re.compile(r"claude-opus-5-5"),
        refuses=_thinking_is("disabled"),
        message="thinking: this model does not support disabling thinking",
    ),
    _Rule(
        model=re.compile(r"claude-opus-(4-[7-9]|5)"),
        refuses=_thinking_is("enabled"),
        message="thinking.type: `enabled` is not supported by this model; use `adaptive`",
    ),
    _Rule(
        model=re.compile(r"claude-[a-z]+-5-5"),
        hosts=("anthropic", "vertex"),
        refuses=_offers("computer_202"),
        message="tools: this model does not support this computer tool; use computer_toolset_20260801",
    ),
    _Rule(
        model=re.compile(r""),
        hosts=("bedrock",),
        refuses=_offers("computer_toolset_"),
        message="tools: computer_toolset_20260801 is not available on this platform",
    ),
)


def check_generation(looked_at: Check) -> None:
    """Raise `Rejected` for what the model's generation refuses."""
    for rule in _RULES:
        applies = looked_at.provider in rule.hosts and rule.model.search(looked_at.model)
        if applies and rule.refuses(looked_at.body):
            raise Rejected(rule.message)
