"""Events of an OpenAI Responses stream that tell of the provider's own tools, and of shell and patch calls.

Source: the types of the openai SDK 3.54 (``ResponseStreamEvent``), read 2026-11-22, and recorded streams.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from ..codec import wire_record
from ..jsonvalue import ABSENT, Absent, Json
from .wire_event_bases import OutputEvent


@wire_record
class ResponseWebSearchCallInProgressEvent(OutputEvent):
    """The provider's own tool: ``web_search_call`` is in progress."""

    type: Literal["response.web_search_call.in_progress"] = "response.web_search_call.in_progress"


@wire_record
class ResponseWebSearchCallSearchingEvent(OutputEvent):
    """The provider's own tool: ``web_search_call`` is searching."""

    type: Literal["response.web_search_call.searching"] = "response.web_search_call.searching"


@wire_record
class ResponseWebSearchCallCompletedEvent(OutputEvent):
    """The provider's own tool: ``web_search_call`` is completed."""

    type: Literal["response.web_search_call.completed"] = "response.web_search_call.completed"


@wire_record
class ResponseFileSearchCallInProgressEvent(OutputEvent):
    """The provider's own tool: ``file_search_call`` is in progress."""

    type: Literal["response.file_search_call.in_progress"] = "response.file_search_call.in_progress"


@wire_record
class ResponseFileSearchCallSearchingEvent(OutputEvent):
    """The provider's own tool: ``file_search_call`` is searching."""

    type: Literal["response.file_search_call.searching"] = "response.file_search_call.searching"


@wire_record
class ResponseFileSearchCallCompletedEvent(OutputEvent):
    """The provider's own tool: ``file_search_call`` is completed."""

    type: Literal["response.file_search_call.completed"] = "response.file_search_call.completed"


@wire_record
class ResponseCodeInterpreterCallInProgressEvent(OutputEvent):
    """The provider's own tool: ``code_interpreter_call`` is in progress."""

    type: Literal["response.code_interpreter_call.in_progress"] = "response.code_interpreter_call.in_progress"


@wire_record
class ResponseCodeInterpreterCallInterpretingEvent(OutputEvent):
    """The provider's own tool: ``code_interpreter_call`` is interpreting."""

    type: Literal["response.code_interpreter_call.interpreting"] = "response.code_interpreter_call.interpreting"


@wire_record
class ResponseCodeInterpreterCallCompletedEvent(OutputEvent):
    """The provider's own tool: ``code_interpreter_call`` is completed."""

    type: Literal["response.code_interpreter_call.completed"] = "response.code_interpreter_call.completed"


@wire_record
class ResponseMcpCallInProgressEvent(OutputEvent):
    """The provider's own tool: ``mcp_call`` is in progress."""

    type: Literal["response.mcp_call.in_progress"] = "response.mcp_call.in_progress"


@wire_record
class ResponseMcpCallCompletedEvent(OutputEvent):
    """The provider's own tool: ``mcp_call`` is completed."""

    type: Literal["response.mcp_call.completed"] = "response.mcp_call.completed"


@wire_record
class ResponseMcpCallFailedEvent(OutputEvent):
    """The provider's own tool: ``mcp_call`` is failed."""

    type: Literal["response.mcp_call.failed"] = "response.mcp_call.failed"


@wire_record
class ResponseMcpListToolsInProgressEvent(OutputEvent):
    """The provider's own tool: ``mcp_list_tools`` is in progress."""

    type: Literal["response.mcp_list_tools.in_progress"] = "response.mcp_list_tools.in_progress"


@wire_record
class ResponseMcpListToolsCompletedEvent(OutputEvent):
    """The provider's own tool: ``mcp_list_tools`` is completed."""

    type: Literal["response.mcp_list_tools.completed"] = "response.mcp_list_tools.completed"


@wire_record
class ResponseMcpListToolsFailedEvent(OutputEvent):
    """The provider's own tool: ``mcp_list_tools`` is failed."""

    type: Literal["response.mcp_list_tools.failed"] = "response.mcp_list_tools.failed"


@wire_record
class ResponseImageGenCallInProgressEvent(OutputEvent):
    """The provider's own tool: ``image_generation_call`` is in progress."""

    type: Literal["response.image_generation_call.in_progress"] = "response.image_generation_call.in_progress"


@wire_record
class ResponseImageGenCallGeneratingEvent(OutputEvent):
    """The provider's own tool: ``image_generation_call`` is generating."""

    type: Literal["response.image_generation_call.generating"] = "response.image_generation_call.generating"


@wire_record
class ResponseImageGenCallCompletedEvent(OutputEvent):
    """The provider's own tool: ``image_generation_call`` is completed."""

    type: Literal["response.image_generation_call.completed"] = "response.image_generation_call.completed"


@wire_record
class ResponseCodeInterpreterCallCodeDeltaEvent(OutputEvent):
    """More of the code."""

    type: Literal["response.code_interpreter_call_code.delta"] = "response.code_interpreter_call_code.delta"
    delta: str | Absent | None = ABSENT
    obfuscation: str | Absent | None = ABSENT


@wire_record
class ResponseCodeInterpreterCallCodeDoneEvent(OutputEvent):
    """The code is whole."""

    type: Literal["response.code_interpreter_call_code.done"] = "response.code_interpreter_call_code.done"
    code: str | Absent | None = ABSENT


@wire_record
class ResponseImageGenCallPartialImageEvent(OutputEvent):
    """A first look at the image, base64."""

    type: Literal["response.image_generation_call.partial_image"] = "response.image_generation_call.partial_image"
    partial_image_index: int | Absent | None = ABSENT
    partial_image_b64: str | Absent | None = ABSENT
    background: Json = ABSENT
    output_format: Json = ABSENT
    quality: Json = ABSENT
    size: Json = ABSENT


@wire_record
class ResponseMcpCallArgumentsDeltaEvent(OutputEvent):
    """More of an MCP call's arguments."""

    type: Literal["response.mcp_call_arguments.delta"] = "response.mcp_call_arguments.delta"
    delta: str | Absent | None = ABSENT
    obfuscation: str | Absent | None = ABSENT


@wire_record
class ResponseMcpCallArgumentsDoneEvent(OutputEvent):
    """An MCP call's arguments are whole."""

    type: Literal["response.mcp_call_arguments.done"] = "response.mcp_call_arguments.done"
    arguments: str | Absent | None = ABSENT


@wire_record
class ResponseShellCallCommandAddedEvent(OutputEvent):
    """A command of a shell call begins."""

    type: Literal["response.shell_call_command.added"] = "response.shell_call_command.added"
    command_index: int | Absent | None = ABSENT
    command: str | Absent | None = ABSENT


@wire_record
class ResponseShellCallCommandDeltaEvent(OutputEvent):
    """More of a command."""

    type: Literal["response.shell_call_command.delta"] = "response.shell_call_command.delta"
    command_index: int | Absent | None = ABSENT
    delta: str | Absent | None = ABSENT
    obfuscation: str | Absent | None = ABSENT


@wire_record
class ResponseShellCallCommandDoneEvent(OutputEvent):
    """A command is whole."""

    type: Literal["response.shell_call_command.done"] = "response.shell_call_command.done"
    command_index: int | Absent | None = ABSENT
    command: str | Absent | None = ABSENT


@wire_record
class ResponseShellCallOutputContentDeltaEvent(OutputEvent):
    """More of what a command wrote: ``stdout`` or ``stderr``."""

    type: Literal["response.shell_call_output_content.delta"] = "response.shell_call_output_content.delta"
    command_index: int | Absent | None = ABSENT
    delta: Json = ABSENT


@wire_record
class ResponseShellCallOutputContentDoneEvent(OutputEvent):
    """What a command wrote is whole."""

    type: Literal["response.shell_call_output_content.done"] = "response.shell_call_output_content.done"
    command_index: int | Absent | None = ABSENT
    output: Json = ABSENT


@wire_record
class ResponseApplyPatchCallOperationDiffDeltaEvent(OutputEvent):
    """More of a patch; recorded, in no type of the SDK."""

    type: Literal[
        "response.apply_patch_call_operation_diff.delta",
    ]  # fmt: skip
    delta: str | Absent | None = ABSENT
    obfuscation: str | Absent | None = ABSENT


@wire_record
class ResponseApplyPatchCallOperationDiffDoneEvent(OutputEvent):
    """A patch is whole; recorded, in no type of the SDK."""

    type: Literal["response.apply_patch_call_operation_diff.done"] = "response.apply_patch_call_operation_diff.done"
    diff: str | Absent | None = ABSENT


ToolEvent: TypeAlias = (
    ResponseWebSearchCallInProgressEvent
    | ResponseWebSearchCallSearchingEvent
    | ResponseWebSearchCallCompletedEvent
    | ResponseFileSearchCallInProgressEvent
    | ResponseFileSearchCallSearchingEvent
    | ResponseFileSearchCallCompletedEvent
    | ResponseCodeInterpreterCallInProgressEvent
    | ResponseCodeInterpreterCallInterpretingEvent
    | ResponseCodeInterpreterCallCompletedEvent
    | ResponseMcpCallInProgressEvent
    | ResponseMcpCallCompletedEvent
    | ResponseMcpCallFailedEvent
    | ResponseMcpListToolsInProgressEvent
    | ResponseMcpListToolsCompletedEvent
    | ResponseMcpListToolsFailedEvent
    | ResponseImageGenCallInProgressEvent
    | ResponseImageGenCallGeneratingEvent
    | ResponseImageGenCallCompletedEvent
    | ResponseCodeInterpreterCallCodeDeltaEvent
    | ResponseCodeInterpreterCallCodeDoneEvent
    | ResponseImageGenCallPartialImageEvent
    | ResponseMcpCallArgumentsDeltaEvent
    | ResponseMcpCallArgumentsDoneEvent
    | ResponseShellCallCommandAddedEvent
    | ResponseShellCallCommandDeltaEvent
    | ResponseShellCallCommandDoneEvent
    | ResponseShellCallOutputContentDeltaEvent
    | ResponseShellCallOutputContentDoneEvent
    | ResponseApplyPatchCallOperationDiffDeltaEvent
    | ResponseApplyPatchCallOperationDiffDoneEvent
)
