"""Events of an OpenAI Responses stream: all that the SDK types name, and two that were only recorded.

Every event carries ``sequence_number``; most name the item (``item_id``, ``output_index``) and the part (``content_index``) they
belong to. Source: the types of the openai SDK 3.54 (``ResponseStreamEvent``), read 2026-11-22, and recorded streams.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from ..codec import Opaque, wire_record
from ..jsonvalue import ABSENT, Absent, Json
from .wire import Response
from .wire_content import Annotation, EventPart
from .wire_event_bases import ContentEvent, OutputEvent, StreamEvent
from .wire_items import Item
from .wire_tool_events import ToolEvent


@wire_record
class ResponseCreatedEvent(StreamEvent):
    """The response was made; its output is still empty."""

    type: Literal["response.created"] = "response.created"
    response: Response | Opaque | Absent | None = ABSENT


@wire_record
class ResponseInProgressEvent(StreamEvent):
    """The response is being worked on."""

    type: Literal["response.in_progress"] = "response.in_progress"
    response: Response | Opaque | Absent | None = ABSENT


@wire_record
class ResponseQueuedEvent(StreamEvent):
    """The response waits its turn."""

    type: Literal["response.queued"] = "response.queued"
    response: Response | Opaque | Absent | None = ABSENT


@wire_record
class ResponseCompletedEvent(StreamEvent):
    """Ends the stream: the whole response."""

    type: Literal["response.completed"] = "response.completed"
    response: Response | Opaque | Absent | None = ABSENT


@wire_record
class ResponseFailedEvent(StreamEvent):
    """Ends the stream: the response with its error."""

    type: Literal["response.failed"] = "response.failed"
    response: Response | Opaque | Absent | None = ABSENT


@wire_record
class ResponseIncompleteEvent(StreamEvent):
    """Ends the stream: the response as far as it came, and why."""

    type: Literal["response.incomplete"] = "response.incomplete"
    response: Response | Opaque | Absent | None = ABSENT


@wire_record
class ResponseOutputItemAddedEvent(OutputEvent):
    """An item begins. What is encrypted in it may still be incomplete."""

    type: Literal["response.output_item.added"] = "response.output_item.added"
    item: Item | Absent | None = ABSENT


@wire_record
class ResponseOutputItemDoneEvent(OutputEvent):
    """An item is whole."""

    type: Literal["response.output_item.done"] = "response.output_item.done"
    item: Item | Absent | None = ABSENT


@wire_record
class ResponseContentPartAddedEvent(ContentEvent):
    """A content part begins."""

    type: Literal["response.content_part.added"] = "response.content_part.added"
    part: EventPart | Absent | None = ABSENT


@wire_record
class ResponseContentPartDoneEvent(ContentEvent):
    """A content part is whole."""

    type: Literal["response.content_part.done"] = "response.content_part.done"
    part: EventPart | Absent | None = ABSENT


@wire_record
class ResponseTextDeltaEvent(ContentEvent):
    """More of a text. ``obfuscation`` is padding against guessing lengths."""

    type: Literal["response.output_text.delta"] = "response.output_text.delta"
    delta: str | Absent | None = ABSENT
    logprobs: Json = ABSENT
    obfuscation: str | Absent | None = ABSENT


@wire_record
class ResponseTextDoneEvent(ContentEvent):
    """A text is whole."""

    type: Literal["response.output_text.done"] = "response.output_text.done"
    text: str | Absent | None = ABSENT
    logprobs: Json = ABSENT


@wire_record
class ResponseOutputTextAnnotationAddedEvent(ContentEvent):
    """A text got an annotation."""

    type: Literal["response.output_text.annotation.added"] = "response.output_text.annotation.added"
    annotation_index: int | Absent | None = ABSENT
    annotation: Annotation | Absent | None = ABSENT


@wire_record
class ResponseRefusalDeltaEvent(ContentEvent):
    """More of a refusal."""

    type: Literal["response.refusal.delta"] = "response.refusal.delta"
    delta: str | Absent | None = ABSENT
    obfuscation: str | Absent | None = ABSENT


@wire_record
class ResponseRefusalDoneEvent(ContentEvent):
    """A refusal is whole."""

    type: Literal["response.refusal.done"] = "response.refusal.done"
    refusal: str | Absent | None = ABSENT


@wire_record
class ResponseFunctionCallArgumentsDeltaEvent(OutputEvent):
    """More of a function call's arguments, as JSON text."""

    type: Literal["response.function_call_arguments.delta"] = "response.function_call_arguments.delta"
    delta: str | Absent | None = ABSENT
    obfuscation: str | Absent | None = ABSENT


@wire_record
class ResponseFunctionCallArgumentsDoneEvent(OutputEvent):
    """A function call's arguments are whole."""

    type: Literal["response.function_call_arguments.done"] = "response.function_call_arguments.done"
    arguments: str | Absent | None = ABSENT
    name: str | Absent | None = ABSENT


@wire_record
class ResponseCustomToolCallInputDeltaEvent(OutputEvent):
    """More of a custom tool call's input."""

    type: Literal["response.custom_tool_call_input.delta"] = "response.custom_tool_call_input.delta"
    delta: str | Absent | None = ABSENT
    obfuscation: str | Absent | None = ABSENT


@wire_record
class ResponseCustomToolCallInputDoneEvent(OutputEvent):
    """A custom tool call's input is whole."""

    type: Literal["response.custom_tool_call_input.done"] = "response.custom_tool_call_input.done"
    input: str | Absent | None = ABSENT


@wire_record
class ResponseReasoningSummaryPartAddedEvent(OutputEvent):
    """A part of a summary begins."""

    type: Literal["response.reasoning_summary_part.added"] = "response.reasoning_summary_part.added"
    summary_index: int | Absent | None = ABSENT
    part: EventPart | Absent | None = ABSENT


@wire_record
class ResponseReasoningSummaryPartDoneEvent(OutputEvent):
    """A part of a summary is whole."""

    type: Literal["response.reasoning_summary_part.done"] = "response.reasoning_summary_part.done"
    summary_index: int | Absent | None = ABSENT
    part: EventPart | Absent | None = ABSENT
    status: str | Absent | None = ABSENT


@wire_record
class ResponseReasoningSummaryTextDeltaEvent(OutputEvent):
    """More of a summary."""

    type: Literal["response.reasoning_summary_text.delta"] = "response.reasoning_summary_text.delta"
    summary_index: int | Absent | None = ABSENT
    delta: str | Absent | None = ABSENT
    obfuscation: str | Absent | None = ABSENT


@wire_record
class ResponseReasoningSummaryTextDoneEvent(OutputEvent):
    """A summary part's text is whole."""

    type: Literal["response.reasoning_summary_text.done"] = "response.reasoning_summary_text.done"
    summary_index: int | Absent | None = ABSENT
    text: str | Absent | None = ABSENT


@wire_record
class ResponseReasoningTextDeltaEvent(ContentEvent):
    """More of the reasoning in the open."""

    type: Literal["response.reasoning_text.delta"] = "response.reasoning_text.delta"
    delta: str | Absent | None = ABSENT
    obfuscation: str | Absent | None = ABSENT


@wire_record
class ResponseReasoningTextDoneEvent(ContentEvent):
    """Reasoning in the open is whole."""

    type: Literal["response.reasoning_text.done"] = "response.reasoning_text.done"
    text: str | Absent | None = ABSENT


@wire_record
class ResponseAudioDeltaEvent(StreamEvent):
    """More sound, base64."""

    type: Literal["response.audio.delta"] = "response.audio.delta"
    delta: str | Absent | None = ABSENT


@wire_record
class ResponseAudioDoneEvent(StreamEvent):
    """The sound is whole."""

    type: Literal["response.audio.done"] = "response.audio.done"


@wire_record
class ResponseAudioTranscriptDeltaEvent(StreamEvent):
    """More of what the sound says."""

    type: Literal["response.audio.transcript.delta"] = "response.audio.transcript.delta"
    delta: str | Absent | None = ABSENT


@wire_record
class ResponseAudioTranscriptDoneEvent(StreamEvent):
    """What the sound says is whole."""

    type: Literal["response.audio.transcript.done"] = "response.audio.transcript.done"


@wire_record
class ResponseCompactionCompactingEvent(OutputEvent):
    """The provider compacts the history."""

    type: Literal["response.compaction.compacting"] = "response.compaction.compacting"


@wire_record
class ResponseErrorEvent(StreamEvent):
    """The stream failed. Documented flat; some servers send the error in ``error``."""

    type: Literal["error"] = "error"
    code: str | Absent | None = ABSENT
    message: str | Absent | None = ABSENT
    param: str | Absent | None = ABSENT
    error: Json = ABSENT


Event: TypeAlias = (
    ResponseCreatedEvent
    | ResponseInProgressEvent
    | ResponseQueuedEvent
    | ResponseCompletedEvent
    | ResponseFailedEvent
    | ResponseIncompleteEvent
    | ResponseOutputItemAddedEvent
    | ResponseOutputItemDoneEvent
    | ResponseContentPartAddedEvent
    | ResponseContentPartDoneEvent
    | ResponseTextDeltaEvent
    | ResponseTextDoneEvent
    | ResponseOutputTextAnnotationAddedEvent
    | ResponseRefusalDeltaEvent
    | ResponseRefusalDoneEvent
    | ResponseFunctionCallArgumentsDeltaEvent
    | ResponseFunctionCallArgumentsDoneEvent
    | ResponseCustomToolCallInputDeltaEvent
    | ResponseCustomToolCallInputDoneEvent
    | ResponseReasoningSummaryPartAddedEvent
    | ResponseReasoningSummaryPartDoneEvent
    | ResponseReasoningSummaryTextDeltaEvent
    | ResponseReasoningSummaryTextDoneEvent
    | ResponseReasoningTextDeltaEvent
    | ResponseReasoningTextDoneEvent
    | ResponseAudioDeltaEvent
    | ResponseAudioDoneEvent
    | ResponseAudioTranscriptDeltaEvent
    | ResponseAudioTranscriptDoneEvent
    | ResponseCompactionCompactingEvent
    | ResponseErrorEvent
    | ToolEvent
    | Opaque
)
