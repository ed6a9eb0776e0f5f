"""Requests, replies and errors of the Messages API, GA and beta.

One record serves both API versions (2023-06-01 and 2026-10-21) and every host: ``anthropic_version`` and
``anthropic_beta`` stand in the body on Bedrock and Vertex, ``betas`` in that of the LegacyUse proxy, and ``model`` is
missing where it stands in the path.

Source: the types of the anthropic SDK 2.12.0 and https://platform.claude.com/docs/en/api/messages, read 2026-11-22.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from ..codec import Opaque, WireRecord, wire_record
from ..jsonvalue import ABSENT, Absent, Json
from .wire_blocks import CacheControl, ContentBlock, TextBlock
from .wire_tools import Tool


@wire_record
class MessageParam(WireRecord):
    """A message of a request. ``system`` in mid-conversation is an instruction from here on."""

    role: Literal["user", "assistant", "system"]
    content: str | tuple[ContentBlock | Opaque, ...] | Absent | None = ABSENT
    clear_at: Json = ABSENT
    """System messages only, beta: ``next_user_message`` or ``never``."""
    output_config: Json = ABSENT
    """System messages only, beta: ``{"effort": ...}``."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("role",)


@wire_record
class ThinkingConfig(WireRecord):
    """How much to think: ``enabled``, ``disabled``, ``adaptive`` or ``between_tools``."""

    type: str | Absent = ABSENT
    budget_tokens: int | Absent | None = ABSENT
    """With ``enabled`` only; at least 1024."""
    display: str | Absent | None = ABSENT
    """``summarized``, ``omitted`` or (beta) ``updates``."""
    block_binding: Json = ABSENT


@wire_record
class JsonOutputFormat(WireRecord):
    """The form an answer must have: ``json_schema`` is the only type."""

    type: str | Absent = ABSENT
    schema: Json = ABSENT


@wire_record
class OutputConfig(WireRecord):
    """How much effort an answer is worth, and what form it must have."""

    effort: str | Absent | None = ABSENT
    format: JsonOutputFormat | Absent | None = ABSENT
    task_budget: Json = ABSENT


@wire_record
class ToolChoice(WireRecord):
    """``auto``, ``any``, ``none``, or ``tool`` with its ``name``."""

    type: str | Absent = ABSENT
    name: str | Absent = ABSENT
    disable_parallel_tool_use: bool | Absent | None = ABSENT


@wire_record
class Metadata(WireRecord):
    """``user_id`` is an opaque name of the end user."""

    user_id: str | Absent | None = ABSENT


@wire_record
class MessagesRequest(WireRecord):
    """The body of ``POST /v1/messages``."""

    model: str | Absent | None = ABSENT
    messages: tuple[MessageParam | Opaque, ...] | Absent | None = ABSENT
    max_tokens: int | Absent | None = ABSENT
    system: str | tuple[TextBlock | Opaque, ...] | Absent | None = ABSENT
    tools: tuple[Tool | Opaque, ...] | Absent | None = ABSENT
    tool_choice: ToolChoice | Absent | None = ABSENT
    thinking: ThinkingConfig | Absent | None = ABSENT
    output_config: OutputConfig | Absent | None = ABSENT
    output_format: JsonOutputFormat | Absent | None = ABSENT
    """The name of ``output_config.format`` before it was GA."""
    stop_sequences: tuple[str, ...] | Absent | None = ABSENT
    stream: bool | Absent | None = ABSENT
    temperature: float | Absent | None = ABSENT
    """With ``top_k`` and ``top_p``, legal under 2023-06-01 only."""
    top_k: int | Absent | None = ABSENT
    top_p: float | Absent | None = ABSENT
    metadata: Metadata | Absent | None = ABSENT
    service_tier: str | Absent | None = ABSENT
    cache_control: CacheControl | Absent | None = ABSENT
    container: Json = ABSENT
    thread: Json = ABSENT
    context_management: Json = ABSENT
    compaction: Json = ABSENT
    mcp_servers: Json = ABSENT
    diagnostics: Json = ABSENT
    inference_geo: Json = ABSENT
    speed: Json = ABSENT
    billing_policy: Json = ABSENT
    fallback_credit_token: Json = ABSENT
    fallbacks: Json = ABSENT
    user_profile_id: Json = ABSENT
    anthropic_version: str | Absent = ABSENT
    anthropic_beta: tuple[str, ...] | Absent = ABSENT
    betas: tuple[str, ...] | Absent = ABSENT


@wire_record
class CountTokensRequest(WireRecord):
    """The body of ``POST /v1/messages/count_tokens``."""

    model: str | Absent | None = ABSENT
    messages: tuple[MessageParam | Opaque, ...] | Absent | None = ABSENT
    system: str | tuple[TextBlock | Opaque, ...] | Absent | None = ABSENT
    tools: tuple[Tool | Opaque, ...] | Absent | None = ABSENT
    tool_choice: ToolChoice | Absent | None = ABSENT
    thinking: ThinkingConfig | Absent | None = ABSENT
    output_config: OutputConfig | Absent | None = ABSENT
    output_format: JsonOutputFormat | Absent | None = ABSENT
    cache_control: CacheControl | Absent | None = ABSENT
    context_management: Json = ABSENT
    mcp_servers: Json = ABSENT
    speed: Json = ABSENT
    anthropic_version: str | Absent = ABSENT
    anthropic_beta: tuple[str, ...] | Absent = ABSENT
    betas: tuple[str, ...] | Absent = ABSENT


@wire_record
class CountTokensResponse(WireRecord):
    """The answer of ``POST /v1/messages/count_tokens``."""

    input_tokens: int | Absent | None = ABSENT
    context_management: Json = ABSENT


# Replies.


@wire_record
class CacheCreation(WireRecord):
    """Tokens written to the cache, by how long they stay."""

    ephemeral_5m_input_tokens: int | Absent | None = ABSENT
    ephemeral_1h_input_tokens: int | Absent | None = ABSENT


@wire_record
class OutputTokensDetails(WireRecord):
    """What of the output was thinking."""

    thinking_tokens: int | Absent | None = ABSENT


@wire_record
class Usage(WireRecord):
    """Tokens of a reply. ``input_tokens`` leaves out what was read from or written to the cache."""

    input_tokens: int | Absent | None = ABSENT
    cache_creation_input_tokens: int | Absent | None = ABSENT
    cache_read_input_tokens: int | Absent | None = ABSENT
    cache_creation: CacheCreation | Absent | None = ABSENT
    output_tokens: int | Absent | None = ABSENT
    output_tokens_details: OutputTokensDetails | Absent | None = ABSENT
    server_tool_use: Json = ABSENT
    service_tier: Json = ABSENT
    inference_geo: Json = ABSENT
    speed: Json = ABSENT
    iterations: Json = ABSENT
    fallback_credit: Json = ABSENT


@wire_record
class Container(WireRecord):
    """The code execution container a reply used."""

    id: str | Absent = ABSENT
    expires_at: Json = ABSENT
    skills: Json = ABSENT


@wire_record
class Message(WireRecord):
    """A reply."""

    model: str | Absent | None = ABSENT
    id: str | Absent | None = ABSENT
    type: str | Absent | None = ABSENT
    """``message``, or ``error`` where it is the body of a reply that failed."""
    role: str | Absent | None = ABSENT
    """Always ``assistant``."""
    content: tuple[ContentBlock | Opaque, ...] | Absent | None = ABSENT
    stop_reason: str | Absent | None = ABSENT
    stop_sequence: str | Absent | None = ABSENT
    stop_details: Json = ABSENT
    usage: Usage | Absent | None = ABSENT
    container: Container | Absent | None = ABSENT
    context_management: Json = ABSENT
    diagnostics: Json = ABSENT
    input_transformations: Json = ABSENT


@wire_record
class ErrorObject(WireRecord):
    """What went wrong. ``details.error_code`` is the stable key."""

    type: str | Absent | None = ABSENT
    message: str | Absent | None = ABSENT
    details: Json = ABSENT


@wire_record
class ErrorResponse(WireRecord):
    """The body of a reply that failed. Bedrock says ``message`` only, the LegacyUse proxy ``error`` as a string."""

    type: Literal["error"] | Absent = ABSENT
    error: ErrorObject | Opaque | Absent | None = ABSENT
    request_id: Json = ABSENT
    message: Json = ABSENT
