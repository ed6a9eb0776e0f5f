"""Events of a streamed reply.

Source: the types of the anthropic SDK 2.12.0 and https://platform.claude.com/docs/en/build-with-claude/streaming,
read 2026-11-22.
"""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from ..codec import Opaque, WireRecord, wire_record
from ..jsonvalue import ABSENT, Absent, Json
from .wire import Container, ErrorObject, Message, Usage
from .wire_blocks import Citation, ContentBlock


@wire_record
class TextDelta(WireRecord):
    """More of a text."""

    type: Literal["text_delta"] = "text_delta"
    text: str

    REQUIRED: ClassVar[tuple[str, ...]] = ("text",)


@wire_record
class InputJsonDelta(WireRecord):
    """More of the JSON text of a call's input. All of them together may be empty: the block's start has the input."""

    type: Literal["input_json_delta"] = "input_json_delta"
    partial_json: str

    REQUIRED: ClassVar[tuple[str, ...]] = ("partial_json",)


@wire_record
class CitationsDelta(WireRecord):
    """One more citation of a text."""

    type: Literal["citations_delta"] = "citations_delta"
    citation: Citation | Opaque

    REQUIRED: ClassVar[tuple[str, ...]] = ("citation",)


@wire_record
class ThinkingDelta(WireRecord):
    """More of the thinking."""

    type: Literal["thinking_delta"] = "thinking_delta"
    thinking: str
    estimated_tokens: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("thinking",)


@wire_record
class SignatureDelta(WireRecord):
    """The signature of the thinking, whole: it replaces."""

    type: Literal["signature_delta"] = "signature_delta"
    signature: str

    REQUIRED: ClassVar[tuple[str, ...]] = ("signature",)


@wire_record
class CompactionDelta(WireRecord):
    """The content of a compaction, whole: it replaces."""

    type: Literal["compaction_delta"] = "compaction_delta"
    content: Json = ABSENT
    encrypted_content: Json = ABSENT


Delta: TypeAlias = TextDelta | InputJsonDelta | CitationsDelta | ThinkingDelta | SignatureDelta | CompactionDelta


@wire_record
class MessageStartEvent(WireRecord):
    """The reply, still empty. Its usage is what is known at the start."""

    type: Literal["message_start"] = "message_start"
    message: Message

    REQUIRED: ClassVar[tuple[str, ...]] = ("message",)


@wire_record
class ContentBlockStartEvent(WireRecord):
    """A block begins; tools of the provider's and redacted thinking are whole here."""

    type: Literal["content_block_start"] = "content_block_start"
    index: int
    content_block: ContentBlock | Opaque

    REQUIRED: ClassVar[tuple[str, ...]] = ("index", "content_block")


@wire_record
class ContentBlockDeltaEvent(WireRecord):
    """More of a block."""

    type: Literal["content_block_delta"] = "content_block_delta"
    index: int
    delta: Delta | Opaque

    REQUIRED: ClassVar[tuple[str, ...]] = ("index", "delta")


@wire_record
class ContentBlockStopEvent(WireRecord):
    """A block is complete."""

    type: Literal["content_block_stop"] = "content_block_stop"
    index: int

    REQUIRED: ClassVar[tuple[str, ...]] = ("index",)


@wire_record
class MessageDelta(WireRecord):
    """Why the model stopped."""

    stop_reason: str | Absent | None = ABSENT
    stop_sequence: str | Absent | None = ABSENT
    stop_details: Json = ABSENT
    container: Container | Absent | None = ABSENT


@wire_record
class MessageDeltaEvent(WireRecord):
    """The reply's end. Its usage is cumulative: a number replaces the start's, a missing one leaves it."""

    type: Literal["message_delta"] = "message_delta"
    delta: MessageDelta
    usage: Usage | Absent | None = ABSENT
    context_management: Json = ABSENT
    input_transformations: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("delta",)


@wire_record
class MessageStopEvent(WireRecord):
    """The terminator: a stream without it is not a finished reply. Bedrock puts its metrics here."""

    type: Literal["message_stop"] = "message_stop"


@wire_record
class PingEvent(WireRecord):
    """Nothing happened."""

    type: Literal["ping"] = "ping"


@wire_record
class ErrorEvent(WireRecord):
    """The reply failed in its middle, after status 200."""

    type: Literal["error"] = "error"
    error: ErrorObject | Opaque | Absent | None = ABSENT
    request_id: Json = ABSENT


Event: TypeAlias = (
    ContentBlockDeltaEvent
    | ContentBlockStartEvent
    | ContentBlockStopEvent
    | MessageStartEvent
    | MessageDeltaEvent
    | MessageStopEvent
    | PingEvent
    | ErrorEvent
)
