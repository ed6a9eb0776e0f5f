"""Whole documents of the OpenAI Responses API: request, response, errors, the counting of tokens; the stream's events.

Source: the types of the openai SDK 3.54 (``types/responses``) and what was recorded of the API, read 2026-11-22. A reply repeats
the request's parameters; here they stay JSON, since who follows a stream needs none of them (`echo` reads them).
"""

from __future__ import annotations

from typing import Any, Final, Literal

from ..codec import Opaque, WireRecord, wire_record
from ..jsonvalue import ABSENT, Absent, Json
from .wire_items import Item
from .wire_tools import Reasoning, TextConfig, Tool, ToolChoice


@wire_record
class Request(WireRecord):
    """The body of ``POST /responses``, and of ``POST /responses/compact``."""

    model: str | Absent | None = ABSENT
    instructions: str | Absent | None = ABSENT
    input: str | tuple[Item, ...] | Absent | None = ABSENT
    tools: tuple[Tool, ...] | Absent | None = ABSENT
    tool_choice: str | ToolChoice | Absent | None = ABSENT
    parallel_tool_calls: bool | Absent | None = ABSENT
    text: TextConfig | Absent | None = ABSENT
    reasoning: Reasoning | Absent | None = ABSENT
    temperature: float | Absent | None = ABSENT
    top_p: float | Absent | None = ABSENT
    top_logprobs: int | Absent | None = ABSENT
    max_output_tokens: int | Absent | None = ABSENT
    max_tool_calls: int | Absent | None = ABSENT
    previous_response_id: str | Absent | None = ABSENT
    conversation: Json = ABSENT
    prompt: Json = ABSENT
    include: tuple[Json, ...] | Absent | None = ABSENT
    store: bool | Absent | None = ABSENT
    stream: bool | Absent | None = ABSENT
    stream_options: Json = ABSENT
    background: bool | Absent | None = ABSENT
    background_options: Json = ABSENT
    truncation: str | Absent | None = ABSENT
    context_management: Json = ABSENT
    metadata: Json = ABSENT
    service_tier: str | Absent | None = ABSENT
    user: str | Absent | None = ABSENT
    safety_identifier: str | Absent | None = ABSENT
    prompt_cache_key: str | Absent | None = ABSENT
    prompt_cache_options: Json = ABSENT
    prompt_cache_retention: str | Absent | None = ABSENT
    moderation: Json = ABSENT
    access_programs: Json = ABSENT
    image: Json = ABSENT


@wire_record
class InputTokensDetails(WireRecord):
    """What of the input came from the cache, and what was written to it (``ttl_30m_tokens``, ``ttl_12h_tokens``)."""

    cached_tokens: int | Absent | None = ABSENT
    cache_write_tokens: int | Absent | None = ABSENT
    cache_write_tokens_details: Json = ABSENT


@wire_record
class OutputTokensDetails(WireRecord):
    """What of the output was reasoning."""

    reasoning_tokens: int | Absent | None = ABSENT


@wire_record
class ResponseUsage(WireRecord):
    """``usage``: input and output include what their details say."""

    input_tokens: int | Absent | None = ABSENT
    input_tokens_details: InputTokensDetails | Absent | None = ABSENT
    output_tokens: int | Absent | None = ABSENT
    output_tokens_details: OutputTokensDetails | Absent | None = ABSENT
    total_tokens: int | Absent | None = ABSENT


@wire_record
class IncompleteDetails(WireRecord):
    """Why a response is incomplete: max_output_tokens, max_messages, content_filter, steered."""

    reason: str | Absent | None = ABSENT


@wire_record
class Response(WireRecord):
    """The body of a reply, and what the stream's ``response.*`` events carry."""

    id: str | Absent | None = ABSENT
    object: str | Absent | None = ABSENT
    created_at: float | Absent | None = ABSENT
    status: str | Absent | None = ABSENT
    completed_at: Json = ABSENT
    error: Json = ABSENT
    incomplete_details: IncompleteDetails | Opaque | Absent | None = ABSENT
    model: str | Absent | None = ABSENT
    output: tuple[Item, ...] | Absent | None = ABSENT
    usage: ResponseUsage | Opaque | Absent | None = ABSENT
    previous_response_id: str | Absent | None = ABSENT
    conversation: Json = ABSENT
    prompt: Json = ABSENT
    access_programs: Json = ABSENT
    background: Json = ABSENT
    image: Json = ABSENT
    input_transformations: Json = ABSENT
    instructions: Json = ABSENT
    max_output_tokens: Json = ABSENT
    max_tool_calls: Json = ABSENT
    metadata: Json = ABSENT
    moderation: Json = ABSENT
    parallel_tool_calls: Json = ABSENT
    prompt_cache_diagnostics: Json = ABSENT
    prompt_cache_key: Json = ABSENT
    prompt_cache_options: Json = ABSENT
    prompt_cache_retention: Json = ABSENT
    reasoning: Json = ABSENT
    safety_identifier: Json = ABSENT
    service_tier: Json = ABSENT
    temperature: Json = ABSENT
    text: Json = ABSENT
    tool_choice: Json = ABSENT
    tool_usage: Json = ABSENT
    tools: Json = ABSENT
    top_logprobs: Json = ABSENT
    top_p: Json = ABSENT
    truncation: Json = ABSENT
    user: Json = ABSENT


@wire_record
class Error(WireRecord):
    """What an error body holds. ``code`` is the stable key."""

    message: Json = ABSENT
    type: Json = ABSENT
    param: Json = ABSENT
    code: Json = ABSENT


@wire_record
class ErrorResponse(WireRecord):
    """The body of a reply that is an error."""

    error: Error | Opaque | Absent | None = ABSENT


@wire_record
class InputTokenCount(WireRecord):
    """The body of ``POST /responses/input_tokens``; all it shares with a request keeps its form."""

    model: str | Absent | None = ABSENT
    instructions: str | Absent | None = ABSENT
    input: str | tuple[Item, ...] | Absent | None = ABSENT
    tools: tuple[Tool, ...] | Absent | None = ABSENT
    tool_choice: str | ToolChoice | Absent | None = ABSENT
    parallel_tool_calls: bool | Absent | None = ABSENT
    text: TextConfig | Absent | None = ABSENT
    reasoning: Reasoning | Absent | None = ABSENT
    previous_response_id: str | Absent | None = ABSENT
    conversation: Json = ABSENT
    truncation: str | Absent | None = ABSENT
    personality: str | Absent | None = ABSENT


@wire_record
class InputTokenCountResponse(WireRecord):
    """The reply to `InputTokenCount`."""

    object: Literal["response.input_tokens"] | Absent = "response.input_tokens"
    input_tokens: int | Absent | None = ABSENT


def roots() -> dict[str, Any]:
    """Return the record, or union of records, of each kind of document."""
    from .wire_events import Event

    return {
        "request": Request,
        "response": Response,
        "event": Event,
        "stream": tuple[Event, ...],
        "error": ErrorResponse | Opaque,
        "count_tokens_request": InputTokenCount,
        "count_tokens_response": InputTokenCountResponse,
    }


ECHO: Final = (
    "completed_at", "access_programs", "background", "image", "input_transformations", "instructions", "max_output_tokens",
    "max_tool_calls", "parallel_tool_calls", "prompt_cache_diagnostics", "prompt_cache_key",
    "prompt_cache_options", "prompt_cache_retention", "reasoning", "safety_identifier", "temperature", "text",
    "tool_choice", "tool_usage", "tools", "top_logprobs", "top_p", "truncation", "user",
)  # fmt: skip
"""Keys of a reply that are not read one by one: mostly what the request said, which `echo` reads as a request."""
