"""Tools, tool choice and thinking of a Messages request."""

from __future__ import annotations

import re
from typing import Final

from polyloop.translate.jsonvalue import Json, JsonObject

from ...failures import Rejected
from ..request import Check
from ..shape import Anthropic, Path, check, complaint
from .tables import CHOICES, CUSTOM_TOOL, THINKING, TOOL_BETAS, TYPED_PREFIXES, TYPED_TOOLS

_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_UNIONS: Final = ("oneOf", "allOf", "anyOf")
_LEAST_BUDGET: Final = 1024
_FINE_GRAINED: Final = "fine-grained-tool-streaming-2025-05-14"


def check_tools(looked_at: Check, betas: tuple[str, ...]) -> None:
    """Raise `Rejected` for a tool that is unknown, locked, or not of its type's form."""
    names: list[str] = []
    for index, tool in enumerate(looked_at.body.get("tools") or ()):
        path: Path = ("tools", index)
        if not isinstance(tool, dict):
            raise complaint(path, "Input should be a valid dictionary")
        kind = tool.get("type") or "custom"
        if kind == "custom":
            _custom(tool, (*path, "custom"))
        else:
            _typed(tool, kind, path, betas)
        names.append(_name(tool, kind))
    if len(set(names)) < len(names):
        raise Rejected("tools: Tool names must be unique.", code="tool_name_conflict")


def _name(tool: JsonObject, kind: str) -> str:
    """A toolset takes the name in front of its version for itself."""
    return kind.partition("_toolset_")[0] if "_toolset_" in kind else str(tool.get("name", kind))


def _custom(tool: JsonObject, path: Path) -> None:
    check(tool, CUSTOM_TOOL, path, Anthropic())
    if not _NAME.fullmatch(tool["name"]):
        raise complaint((*path, "name"), f"String should match pattern '^{_NAME.pattern}$'")
    schema = tool["input_schema"]
    if "type" not in schema:
        raise complaint((*path, "input_schema", "type"), "Field required")
    if schema["type"] != "object":
        raise complaint((*path, "input_schema", "type"), "Input should be 'object'")
    if any(key in schema for key in _UNIONS):
        problem = "input_schema does not support oneOf, allOf, or anyOf at the top level"
        raise complaint((*path, "input_schema"), problem)


def _typed(tool: JsonObject, kind: Json, path: Path, betas: tuple[str, ...]) -> None:
    needed = TOOL_BETAS.get(kind)
    known = kind in TYPED_TOOLS or (isinstance(kind, str) and kind.startswith(TYPED_PREFIXES))
    if not known or (needed is not None and needed not in betas):
        raise complaint(path, f"Input tag '{kind}' found using 'type' does not match any of the expected tags")
    if kind in TYPED_TOOLS:
        check(tool, TYPED_TOOLS[kind], (*path, kind), Anthropic())
    if "_toolset_" in kind and _FINE_GRAINED in betas:
        raise complaint(path, f"{kind} can not be used with the beta {_FINE_GRAINED}")


def check_choice(looked_at: Check) -> None:
    """Raise `Rejected` for a tool choice that is not of its type's form or names a tool that is not offered."""
    choice = looked_at.body.get("tool_choice")
    if choice is None:
        return
    kind = choice.get("type")
    if kind not in CHOICES:
        tags = ", ".join(f"'{name}'" for name in CHOICES)
        problem = f"Input tag '{kind}' found using 'type' does not match any of the expected tags: {tags}"
        raise complaint(("tool_choice",), problem)
    check(choice, CHOICES[kind], ("tool_choice", kind), Anthropic())
    tools = looked_at.body.get("tools") or []
    if not tools and kind in ("any", "tool"):
        raise Rejected("tool_choice: tool_choice may only be specified while providing tools")
    if kind == "tool" and choice["name"] not in [tool.get("name") for tool in tools]:
        raise Rejected(f"tool_choice: Tool '{choice['name']}' not found in provided tools")


def check_format(looked_at: Check) -> None:
    """Raise `Rejected` for an output schema whose object is open."""
    wanted = (looked_at.body.get("output_config") or {}).get("format")
    schema = wanted.get("schema") if isinstance(wanted, dict) else None
    if isinstance(schema, dict) and schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        problem = "For 'object' type, 'additionalProperties' must be explicitly set to false"
        raise complaint(("output_config", "format", "schema"), problem)


def check_thinking(looked_at: Check) -> None:
    """Raise `Rejected` for a thinking setting that is not of its type's form, or does not go with the rest."""
    thinking = looked_at.body.get("thinking")
    if thinking is None:
        return
    kind = thinking.get("type")
    if kind not in THINKING:
        tags = ", ".join(f"'{name}'" for name in THINKING)
        problem = f"Input tag '{kind}' found using 'type' does not match any of the expected tags: {tags}"
        raise complaint(("thinking",), problem)
    check(thinking, THINKING[kind], ("thinking", kind), Anthropic())
    if kind == "enabled":
        _budget(thinking["budget_tokens"], looked_at.body)
    choice = looked_at.body.get("tool_choice") or {}
    if kind == "enabled" and choice.get("type") in ("any", "tool"):
        raise Rejected("Thinking may not be enabled when tool_choice forces tool use.")


def _budget(budget: int, body: JsonObject) -> None:
    if budget < _LEAST_BUDGET:
        raise complaint(
            ("thinking", "enabled", "budget_tokens"), f"Input should be greater than or equal to {_LEAST_BUDGET}"
        )
    if "max_tokens" in body and budget >= body["max_tokens"]:
        raise Rejected(
            "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at "
            "https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size"
        )
