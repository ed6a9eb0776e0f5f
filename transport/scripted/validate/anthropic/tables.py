"""Keys of Messages requests, by the type they belong to.

Source: the request types of the anthropic SDK 2.12.0, GA and beta, via the project's wire notes (2026-11-22).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..shape import Shape

REQUEST: Final[Shape] = {
    "model": "string",
    "messages": "array",
    "max_tokens": "integer",
    "cache_control?": "object|null",
    "container?": "string|object|null",
    "diagnostics?": "object|null",
    "inference_geo?": "string|null",
    "metadata?": "object|null",
    "output_config?": "object|null",
    "service_tier?": "string",
    "speed?": "string|null",
    "stop_sequences?": "array|null",
    "stream?": "boolean|null",
    "system?": "string|array",
    "thinking?": "object|null",
    "tool_choice?": "object|null",
    "tools?": "array|null",
}

COUNT_TOKENS: Final[Shape] = {
    key: types
    for key, types in REQUEST.items()
    if key.removesuffix("?")
    in {"model", "messages", "cache_control", "output_config", "speed", "system", "thinking", "tool_choice", "tools"}
}

SAMPLING: Final[Shape] = {"temperature?": "number|null", "top_p?": "number|null", "top_k?": "integer|null"}
"""Gone since API version 2026-10-21, even at their default values (documentation)."""

BETA_KEYS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "billing_policy": ("object|null", ("user-profiles-billing-",)),
    "compaction": ("object|null", ("compact-",)),
    "context_management": ("object|null", ("context-management-", "compact-")),
    "fallback_credit_token": ("string|object|null", ("fallback-credit-",)),
    "fallbacks": ("string|array|null", ("server-side-fallback-",)),
    "mcp_servers": ("array|null", ("mcp-client-",)),
    "output_format": ("object|null", ("structured-outputs-",)),
    "thread": ("object|null", ("message-threads-",)),
}
"""Keys that a beta unlocks: their types, and how the beta's name begins (some inferred from the names alone)."""

_CACHED: Final[Shape] = {"cache_control?": "object|null"}
_SERVER_RESULT: Final[Shape] = {
    **_CACHED,
    "type": "string",
    "tool_use_id": "string",
    "content": "array|object",
    "caller?": "object|null",
}

BLOCKS: Final[Mapping[str, Shape]] = {
    "text": {**_CACHED, "type": "string", "text": "string", "citations?": "array|null"},
    "image": {**_CACHED, "type": "string", "source": "object", "transformations?": "object|null"},
    "document": {
        **_CACHED,
        "type": "string",
        "source": "object",
        "title?": "string|null",
        "context?": "string|null",
        "citations?": "object|null",
    },
    "search_result": {
        **_CACHED,
        "type": "string",
        "content": "array",
        "source": "string",
        "title": "string",
        "citations?": "object|null",
    },
    "thinking": {"type": "string", "thinking": "string", "signature": "string"},
    "redacted_thinking": {"type": "string", "data": "string"},
    "tool_use": {
        **_CACHED,
        "type": "string",
        "id": "string",
        "name": "string",
        "input": "object",
        "toolset_name?": "string|null",
        "caller?": "object|null",
    },
    "tool_result": {
        **_CACHED,
        "type": "string",
        "tool_use_id": "string",
        "content?": "string|array",
        "is_error?": "boolean",
        "toolset_name?": "string|null",
    },
    "server_tool_use": {
        **_CACHED,
        "type": "string",
        "id": "string",
        "name": "string",
        "input": "object",
        "caller?": "object|null",
    },
    "web_search_tool_result": _SERVER_RESULT,
    "web_fetch_tool_result": _SERVER_RESULT,
    "code_execution_tool_result": _SERVER_RESULT,
    "bash_code_execution_tool_result": _SERVER_RESULT,
    "text_editor_code_execution_tool_result": _SERVER_RESULT,
    "tool_search_tool_result": _SERVER_RESULT,
    "advisor_tool_result": _SERVER_RESULT,
    "container_upload": {**_CACHED, "type": "string", "file_id": "string"},
    "mcp_tool_use": {
        **_CACHED,
        "type": "string",
        "id": "string",
        "name": "string",
        "input": "object",
        "server_name": "string",
    },
    "mcp_tool_result": {
        **_CACHED,
        "type": "string",
        "tool_use_id": "string",
        "content?": "string|array",
        "is_error?": "boolean",
    },
    "mcp_tool_listing": {**_CACHED, "type": "string", "mcp_server_name": "string", "tools": "array"},
    "compaction": {
        **_CACHED,
        "type": "string",
        "content?": "string|null",
        "encrypted_content?": "string|null",
        "signature?": "string|null",
        "tool_changes?": "array|null",
    },
    "fallback": {**_CACHED, "type": "string", "from": "object", "to": "object", "trigger?": "object|null"},
    "tool_addition": {**_CACHED, "type": "string", "tool": "object"},
    "tool_removal": {**_CACHED, "type": "string", "tool": "object"},
    "tool_reference": {**_CACHED, "type": "string", "tool_name": "string"},
    "browser_state": {**_CACHED, "type": "string", "tabs": "array", "state_changes?": "array|null"},
}
"""By ``type``: what a content block of a request may hold."""

ASSISTANT_ONLY: Final = frozenset(
    {"thinking", "redacted_thinking", "tool_use", "server_tool_use", "mcp_tool_use", "fallback"}
)
USER_ONLY: Final = frozenset({"image", "search_result", "tool_result", "container_upload"})
RESULT_ONLY: Final = frozenset({"tool_reference", "browser_state"})
IN_RESULTS: Final = frozenset({"text", "image", "search_result", "document", "tool_reference", "browser_state"})

SOURCES: Final[Mapping[str, Shape]] = {
    "base64": {"type": "string", "media_type": "string", "data": "string"},
    "url": {"type": "string", "url": "string"},
    "file": {"type": "string", "file_id": "string"},
    "text": {"type": "string", "media_type": "string", "data": "string"},
    "content": {"type": "string", "content": "string|array"},
}
IMAGE_SOURCES: Final = ("base64", "url", "file")
IMAGE_TYPES: Final = ("image/jpeg", "image/png", "image/gif", "image/webp")

CUSTOM_TOOL: Final[Shape] = {
    "name": "string",
    "input_schema": "object",
    "description?": "string|null",
    "type?": "string|null",
    "eager_input_streaming?": "boolean|null",
    "cache_control?": "object|null",
    "defer_loading?": "boolean",
    "allowed_callers?": "array",
    "strict?": "boolean",
    "input_examples?": "array",
}
_COMPUTER: Final[Shape] = {
    "type": "string",
    "name": "string",
    "display_width_px": "integer",
    "display_height_px": "integer",
    "display_number?": "integer|null",
    "cache_control?": "object|null",
    "defer_loading?": "boolean",
    "allowed_callers?": "array",
    "strict?": "boolean",
    "input_examples?": "array",
}
TOOLSET: Final[Shape] = {
    "type": "string",
    "configs?": "object",
    "cache_control?": "object|null",
    "allowed_callers?": "array",
}
TYPED_TOOLS: Final[Mapping[str, Shape]] = {
    "computer_toolset_20260801": TOOLSET,
    "browser_toolset_20260801": TOOLSET,
    "computer_20251124": {**_COMPUTER, "enable_zoom?": "boolean"},
    "computer_20250124": _COMPUTER,
    "computer_20241022": _COMPUTER,
}
"""Tools whose keys are checked by type; other typed tools only need a type that is known."""

TYPED_PREFIXES: Final = (
    "bash_",
    "text_editor_",
    "memory_",
    "code_execution_",
    "web_search_",
    "web_fetch_",
    "tool_search_tool_",
    "advisor_",
    "mcp_toolset",
)
TOOL_BETAS: Final[Mapping[str, str]] = {
    "computer_20251124": "computer-use-2025-11-24",
    "computer_20250124": "computer-use-2025-01-24",
    "computer_20241022": "computer-use-2024-10-22",
    "bash_20241022": "computer-use-2024-10-22",
    "text_editor_20241022": "computer-use-2024-10-22",
}
"""Tools that a beta header unlocks."""

CHOICES: Final[Mapping[str, Shape]] = {
    "auto": {"type": "string", "disable_parallel_tool_use?": "boolean"},
    "any": {"type": "string", "disable_parallel_tool_use?": "boolean"},
    "tool": {"type": "string", "name": "string", "disable_parallel_tool_use?": "boolean"},
    "none": {"type": "string"},
}
THINKING: Final[Mapping[str, Shape]] = {
    "enabled": {"type": "string", "budget_tokens": "integer", "display?": "string|null", "block_binding?": "object"},
    "disabled": {"type": "string"},
    "adaptive": {"type": "string", "display?": "string|null", "block_binding?": "object"},
    "between_tools": {"type": "string", "display?": "string|null"},
}
