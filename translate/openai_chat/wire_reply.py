"""Records of what comes back: a completion, a chunk of a stream, an error body.

Source: https://platform.openai.com/docs/api-reference/chat/object and .../chat-streaming (types of the openai SDK 3.54.0, read 2026-11-22).
"""

from __future__ import annotations

from ..codec import Opaque, WireRecord, wire_record
from ..jsonvalue import ABSENT, Absent, Json
from .wire import AssistantMessage


@wire_record
class Choice(WireRecord):
    """``choices[]``"""

    index: int | Absent | None = ABSENT
    message: AssistantMessage | Opaque | Absent | None = ABSENT
    logprobs: Json = ABSENT
    finish_reason: str | Absent | None = ABSENT
    """stop, length, tool_calls, content_filter, function_call; vendors have more, Snowflake says ``""``."""


@wire_record
class Completion(WireRecord):
    """The answer to ``POST /chat/completions``. No field is required: servers answer 200 with an error in the body."""

    id: str | Absent | None = ABSENT
    object: str | Absent | None = ABSENT
    created: float | Absent | None = ABSENT
    model: str | Absent | None = ABSENT
    choices: tuple[Choice | Opaque, ...] | Absent | None = ABSENT
    usage: Json = ABSENT
    error: Json = ABSENT
    """OpenRouter, and gateways that answer 200 before they know."""


@wire_record
class DeltaFunction(WireRecord):
    """``delta.tool_calls[].function``: ``arguments`` is a piece of text, or, from some vendors, the whole object."""

    name: str | Absent | None = ABSENT
    arguments: Json = ABSENT


@wire_record
class DeltaToolCall(WireRecord):
    """``delta.tool_calls[]``: ``id`` and ``name`` come with the first piece; later ones are told by ``index``."""

    index: int | Absent | None = ABSENT
    id: str | Absent | None = ABSENT
    type: str | Absent | None = ABSENT
    function: DeltaFunction | Absent | None = ABSENT
    custom: Json = ABSENT


@wire_record
class Delta(WireRecord):
    """``choices[].delta``. Mistral's ``content`` may be a list of parts."""

    role: str | Absent | None = ABSENT
    content: Json = ABSENT
    refusal: str | Absent | None = ABSENT
    reasoning_content: str | Absent | None = ABSENT
    reasoning: str | Absent | None = ABSENT
    reasoning_details: Json = ABSENT
    tool_calls: tuple[DeltaToolCall | Opaque, ...] | Absent | None = ABSENT
    function_call: Json = ABSENT
    audio: Json = ABSENT
    annotations: Json = ABSENT


@wire_record
class ChunkChoice(WireRecord):
    """``choices[]`` of a chunk."""

    index: int | Absent | None = ABSENT
    delta: Delta | Opaque | Absent | None = ABSENT
    logprobs: Json = ABSENT
    finish_reason: str | Absent | None = ABSENT


@wire_record
class CompletionChunk(WireRecord):
    """One ``data:`` line of a stream. A line that tells of an error has only ``error``."""

    id: str | Absent | None = ABSENT
    object: str | Absent | None = ABSENT
    created: float | Absent | None = ABSENT
    model: str | Absent | None = ABSENT
    service_tier: Json = ABSENT
    system_fingerprint: Json = ABSENT
    choices: tuple[ChunkChoice | Opaque, ...] | Absent | None = ABSENT
    usage: Json = ABSENT
    obfuscation: Json = ABSENT
    """Padding, so that the length of a chunk tells nobody how long its text is."""
    error: Json = ABSENT


@wire_record
class ErrorBody(WireRecord):
    """``{"error": {message, type, param, code}}``; vendors send every other shape as well."""

    error: Json = ABSENT
