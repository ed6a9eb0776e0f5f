"""Keys of chat completions requests, by the role or type they belong to.

Source: the request types of the openai SDK 3.54, via the project's wire notes (2026-11-22).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..shape import Shape

REQUEST: Final[Shape] = {
    "model": "string",
    "messages": "array",
    "audio?": "object|null",
    "frequency_penalty?": "number|null",
    "function_call?": "string|object",
    "functions?": "array",
    "logit_bias?": "object|null",
    "logprobs?": "boolean|null",
    "max_completion_tokens?": "integer|null",
    "max_tokens?": "integer|null",
    "metadata?": "object|null",
    "modalities?": "array|null",
    "moderation?": "object|null",
    "n?": "integer|null",
    "parallel_tool_calls?": "boolean",
    "prediction?": "object|null",
    "presence_penalty?": "number|null",
    "prompt_cache_key?": "string|null",
    "prompt_cache_options?": "object",
    "prompt_cache_retention?": "string|null",
    "reasoning_effort?": "string|null",
    "response_format?": "object|null",
    "safety_identifier?": "string|null",
    "seed?": "integer|null",
    "service_tier?": "string|null",
    "stop?": "string|array|null",
    "store?": "boolean|null",
    "stream?": "boolean|null",
    "stream_options?": "object|null",
    "temperature?": "number|null",
    "tool_choice?": "string|object|null",
    "tools?": "array|null",
    "top_logprobs?": "integer|null",
    "top_p?": "number|null",
    "user?": "string|null",
    "verbosity?": "string|null",
    "web_search_options?": "object",
}

ROLES: Final = ("system", "assistant", "user", "function", "tool", "developer")
MESSAGES: Final[Mapping[str, Shape]] = {
    "system": {"role": "string", "content": "string|array", "name?": "string"},
    "developer": {"role": "string", "content": "string|array", "name?": "string"},
    "user": {"role": "string", "content": "string|array", "name?": "string"},
    "assistant": {
        "role": "string",
        "content?": "string|array|null",
        "refusal?": "string|null",
        "name?": "string",
        "tool_calls?": "array|null",
        "audio?": "object|null",
        "function_call?": "object|null",
        "annotations?": "array|null",
    },
    "tool": {"role": "string", "content": "string|array", "tool_call_id": "string", "name?": "string"},
    "function": {"role": "string", "content": "string|null", "name": "string"},
}

_BREAKPOINT: Final[Shape] = {"prompt_cache_breakpoint?": "object"}
PARTS: Final[Mapping[str, Shape]] = {
    "text": {**_BREAKPOINT, "type": "string", "text": "string"},
    "image_url": {**_BREAKPOINT, "type": "string", "image_url": "object"},
    "input_audio": {**_BREAKPOINT, "type": "string", "input_audio": "object"},
    "file": {**_BREAKPOINT, "type": "string", "file": "object"},
    "refusal": {"type": "string", "refusal": "string"},
}
PARTS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "system": ("text",),
    "developer": ("text",),
    "user": ("text", "image_url", "input_audio", "file"),
    "assistant": ("text", "refusal"),
    "tool": ("text",),
}
"""What the content of a role may hold: a tool message has no images."""

CALLS: Final[Mapping[str, Shape]] = {
    "function": {"id": "string", "type": "string", "function": "object"},
    "custom": {"id": "string", "type": "string", "custom": "object"},
}
CALLED: Final[Mapping[str, Shape]] = {
    "function": {"name": "string", "arguments": "string"},
    "custom": {"name": "string", "input": "string"},
}
TOOLS: Final[Mapping[str, Shape]] = {
    "function": {"type": "string", "function": "object"},
    "custom": {"type": "string", "custom": "object"},
}
OFFERED: Final[Mapping[str, Shape]] = {
    "function": {
        "name": "string",
        "description?": "string|null",
        "parameters?": "object|null",
        "strict?": "boolean|null",
    },
    "custom": {"name": "string", "description?": "string|null", "format?": "object|null"},
}
FORMATS: Final[Mapping[str, Shape]] = {
    "text": {"type": "string"},
    "json_object": {"type": "string"},
    "json_schema": {"type": "string", "json_schema": "object"},
}
STREAM_OPTIONS: Final[Shape] = {"include_usage?": "boolean", "include_obfuscation?": "boolean"}
