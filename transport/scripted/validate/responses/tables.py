"""Keys of Responses requests, by the item or type they belong to.

Source: the request types of the openai SDK 3.54, via the project's wire notes (2026-11-22).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..shape import Shape

REQUEST: Final[Shape] = {
    "model?": "string",
    "input?": "string|array",
    "access_programs?": "object|null",
    "background?": "boolean|null",
    "background_options?": "object|null",
    "context_management?": "array|null",
    "conversation?": "string|object|null",
    "image?": "object|null",
    "include?": "array|null",
    "instructions?": "string|null",
    "max_output_tokens?": "integer|null",
    "max_tool_calls?": "integer|null",
    "metadata?": "object|null",
    "moderation?": "object|null",
    "parallel_tool_calls?": "boolean|null",
    "previous_response_id?": "string|null",
    "prompt?": "object|null",
    "prompt_cache_key?": "string|null",
    "prompt_cache_options?": "object|null",
    "prompt_cache_retention?": "string|null",
    "reasoning?": "object|null",
    "safety_identifier?": "string|null",
    "service_tier?": "string|null",
    "store?": "boolean|null",
    "stream?": "boolean|null",
    "stream_options?": "object|null",
    "temperature?": "number|null",
    "text?": "object|null",
    "tool_choice?": "string|object|null",
    "tools?": "array|null",
    "top_logprobs?": "integer|null",
    "top_p?": "number|null",
    "truncation?": "string|null",
    "user?": "string|null",
}

_STATUS: Final[Shape] = {"id?": "string|null", "status?": "string|null"}
_CALLED: Final[Shape] = {
    **_STATUS,
    "type": "string",
    "call_id": "string",
    "name": "string",
    "namespace?": "string|null",
    "caller?": "object|null",
    "async?": "boolean|null",
}
_ANSWER: Final[Shape] = {
    **_STATUS,
    "type": "string",
    "call_id": "string",
    "output": "string|array",
    "name?": "string|null",
    "namespace?": "string|null",
    "caller?": "object|null",
}

ITEMS: Final[Mapping[str, Shape]] = {
    "message": {
        "type?": "string",
        "role": "string",
        "content": "string|array",
        "id?": "string",
        "status?": "string|null",
        "phase?": "string|null",
    },
    "function_call": {**_CALLED, "arguments": "string"},
    "function_call_output": _ANSWER,
    "custom_tool_call": {**_CALLED, "input": "string"},
    "custom_tool_call_output": _ANSWER,
    "computer_call": {
        "type": "string",
        "id": "string",
        "call_id": "string",
        "status": "string",
        "action?": "object|null",
        "actions?": "array|null",
        "pending_safety_checks?": "array|null",
    },
    "computer_call_output": {
        **_STATUS,
        "type": "string",
        "call_id": "string",
        "output": "object",
        "acknowledged_safety_checks?": "array|null",
    },
    "reasoning": {
        **_STATUS,
        "type": "string",
        "summary": "array",
        "content?": "array|null",
        "encrypted_content?": "string|null",
    },
    "item_reference": {"type?": "string|null", "id": "string"},
}
"""Items whose keys are checked; the ids of the provider's own items are required only where they are required on its wire."""

OTHER_ITEMS: Final = frozenset(
    {
        "web_search_call",
        "file_search_call",
        "code_interpreter_call",
        "image_generation_call",
        "local_shell_call",
        "local_shell_call_output",
        "shell_call",
        "shell_call_output",
        "apply_patch_call",
        "apply_patch_call_output",
        "mcp_list_tools",
        "mcp_approval_request",
        "mcp_approval_response",
        "mcp_call",
        "tool_search_call",
        "tool_search_output",
        "additional_tools",
        "configuration_update",
        "compaction",
        "compaction_trigger",
        "program",
        "program_output",
    }
)
"""Items that only need a type that is known."""

ID_PREFIXES: Final[Mapping[str, str]] = {
    "message": "msg",
    "function_call": "fc",
    "reasoning": "rs",
    "computer_call": "cu",
    "custom_tool_call": "ctc",
}
ROLES: Final = ("assistant", "system", "developer", "user")
INPUT_PARTS: Final = ("input_text", "input_image", "input_file")
OUTPUT_PARTS: Final = ("output_text", "refusal")
_BREAKPOINT: Final[Shape] = {"prompt_cache_breakpoint?": "object"}
PARTS: Final[Mapping[str, Shape]] = {
    "input_text": {**_BREAKPOINT, "type": "string", "text": "string"},
    "input_image": {
        **_BREAKPOINT,
        "type": "string",
        "detail?": "string|null",
        "image_url?": "string|null",
        "file_id?": "string|null",
    },
    "input_file": {
        **_BREAKPOINT,
        "type": "string",
        "file_data?": "string|null",
        "file_id?": "string|null",
        "file_url?": "string|null",
        "filename?": "string|null",
        "detail?": "string|null",
    },
    "output_text": {"type": "string", "text": "string", "annotations?": "array", "logprobs?": "array|null"},
    "refusal": {"type": "string", "refusal": "string"},
    "computer_screenshot": {
        "type": "string",
        "image_url?": "string|null",
        "file_id?": "string|null",
        "detail?": "string",
    },
}

ACTIONS: Final[Mapping[str, Shape]] = {
    "click": {"type": "string", "button": "string", "x": "integer", "y": "integer", "keys?": "array|null"},
    "double_click": {"type": "string", "x": "integer", "y": "integer", "keys?": "array|null"},
    "drag": {"type": "string", "path": "array", "keys?": "array|null"},
    "keypress": {"type": "string", "keys": "array"},
    "move": {"type": "string", "x": "integer", "y": "integer", "keys?": "array|null"},
    "screenshot": {"type": "string"},
    "scroll": {
        "type": "string",
        "x": "integer",
        "y": "integer",
        "scroll_x": "integer",
        "scroll_y": "integer",
        "keys?": "array|null",
    },
    "type": {"type": "string", "text": "string"},
    "wait": {"type": "string"},
}

TOOLS: Final[Mapping[str, Shape]] = {
    "function": {
        "type": "string",
        "name": "string",
        "parameters?": "object|null",
        "strict?": "boolean|null",
        "description?": "string|null",
        "defer_loading?": "boolean",
        "allowed_callers?": "array|null",
        "output_schema?": "object|null",
        "async?": "boolean|null",
    },
    "custom": {
        "type": "string",
        "name": "string",
        "description?": "string",
        "format?": "object",
        "defer_loading?": "boolean",
        "allowed_callers?": "array|null",
    },
    "computer": {"type": "string"},
    "computer_use_preview": {
        "type": "string",
        "display_width": "integer",
        "display_height": "integer",
        "environment": "string",
    },
}
OTHER_TOOLS: Final = frozenset(
    {
        "web_search",
        "web_search_2025_08_26",
        "web_search_preview",
        "web_search_preview_2025_03_11",
        "file_search",
        "code_interpreter",
        "image_generation",
        "mcp",
        "local_shell",
        "shell",
        "apply_patch",
        "namespace",
        "tool_search",
        "programmatic_tool_calling",
    }
)
