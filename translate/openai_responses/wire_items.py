"""Items of the OpenAI Responses API: what stands in a request's ``input`` and in a reply's ``output``.

One record serves both directions: the provider's two types of an item differ in what is required, not in their keys.
Source: the types of the openai SDK 3.54 (``types/responses``), read 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal, TypeAlias

from ..codec import Opaque, WireRecord, wire_record
from ..jsonvalue import ABSENT, Absent, Json
from .wire_content import ComputerScreenshot, InputPart, MessagePart, ReasoningText, SummaryText
from .wire_server_items import (
    CodeInterpreterCall,
    FileSearchCall,
    ImageGenerationCall,
    McpCall,
    McpListTools,
    Program,
    ProgramOutput,
    ToolSearchCall,
    ToolSearchOutput,
    WebSearchCall,
)


@wire_record
class Message(WireRecord):
    """``message``, with or without its ``type``: the easy form, the input form and the output form."""

    type: Literal["message"] | Absent = "message"
    role: str
    content: str | tuple[MessagePart, ...] | Absent | None = ABSENT
    id: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT
    phase: str | Absent | None = ABSENT
    """commentary or final_answer; must be kept when an answer is sent back."""

    REQUIRED: ClassVar[tuple[str, ...]] = ("role",)


@wire_record
class ReasoningItem(WireRecord):
    """``reasoning``: the summary, and the reasoning itself encrypted or, from some servers, in the open."""

    type: Literal["reasoning"] = "reasoning"
    id: str | Absent | None = ABSENT
    summary: tuple[SummaryText, ...] | Absent | None = ABSENT
    content: tuple[ReasoningText, ...] | Absent | None = ABSENT
    encrypted_content: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT


@wire_record
class FunctionCall(WireRecord):
    """``function_call``. ``arguments`` is JSON text as sampled: it may be cut short or not be JSON at all."""

    type: Literal["function_call"] = "function_call"
    call_id: str
    name: str
    arguments: str | Absent | None = ABSENT
    namespace: str | Absent | None = ABSENT
    id: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT
    caller: Json = ABSENT
    async_: bool | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("call_id", "name")


@wire_record
class FunctionCallOutput(WireRecord):
    """``function_call_output``: a text, or texts, images and files."""

    type: Literal["function_call_output"] = "function_call_output"
    call_id: str | Absent | None = ABSENT
    output: str | tuple[InputPart, ...] | Absent | None = ABSENT
    id: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT
    name: str | Absent | None = ABSENT
    namespace: str | Absent | None = ABSENT
    caller: Json = ABSENT
    created_by: str | Absent | None = ABSENT


@wire_record
class CustomToolCall(WireRecord):
    """``custom_tool_call``: free text for a tool without a schema."""

    type: Literal["custom_tool_call"] = "custom_tool_call"
    call_id: str
    name: str
    input: str | Absent | None = ABSENT
    namespace: str | Absent | None = ABSENT
    id: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT
    caller: Json = ABSENT
    async_: bool | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("call_id", "name")


@wire_record
class CustomToolCallOutput(WireRecord):
    """``custom_tool_call_output``."""

    type: Literal["custom_tool_call_output"] = "custom_tool_call_output"
    call_id: str | Absent | None = ABSENT
    output: str | tuple[InputPart, ...] | Absent | None = ABSENT
    id: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT
    caller: Json = ABSENT
    created_by: str | Absent | None = ABSENT


@wire_record
class SafetyCheck(WireRecord):
    """A check of a computer call that a person has to pass."""

    id: str
    code: str | Absent | None = ABSENT
    message: str | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("id",)


@wire_record
class ComputerCall(WireRecord):
    """``computer_call``: one ``action`` (preview tool) or a batch ``actions`` (tool ``computer``)."""

    type: Literal["computer_call"] = "computer_call"
    call_id: str
    action: Mapping[str, Json] | Absent | None = ABSENT
    actions: tuple[Mapping[str, Json], ...] | Absent | None = ABSENT
    pending_safety_checks: tuple[SafetyCheck, ...] | Absent | None = ABSENT
    id: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("call_id",)


@wire_record
class ComputerCallOutput(WireRecord):
    """``computer_call_output``: a screenshot, and the checks that were passed. There is no place for an error."""

    type: Literal["computer_call_output"] = "computer_call_output"
    call_id: str
    output: ComputerScreenshot | Opaque | Absent | None = ABSENT
    acknowledged_safety_checks: tuple[SafetyCheck, ...] | Absent | None = ABSENT
    id: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT
    created_by: str | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("call_id",)


@wire_record
class LocalShellCall(WireRecord):
    """``local_shell_call``: ``action`` is ``exec`` with a command's words, its environment and limits."""

    type: Literal["local_shell_call"] = "local_shell_call"
    call_id: str
    action: Json = ABSENT
    id: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("call_id",)


@wire_record
class LocalShellCallOutput(WireRecord):
    """``local_shell_call_output``: its ``id`` is the call's ``call_id``."""

    type: Literal["local_shell_call_output"] = "local_shell_call_output"
    id: str
    output: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("id",)


@wire_record
class ShellCall(WireRecord):
    """``shell_call``: commands for our shell, or, with a container as ``environment``, for the provider's."""

    type: Literal["shell_call"] = "shell_call"
    call_id: str
    action: Json = ABSENT
    environment: Json = ABSENT
    id: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT
    caller: Json = ABSENT
    created_by: str | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("call_id",)


@wire_record
class ShellOutput(WireRecord):
    """What one command gave. ``outcome`` is ``exit`` with an ``exit_code``, or ``timeout``."""

    stdout: str
    stderr: str
    outcome: Json = ABSENT
    created_by: str | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("stdout", "stderr")


@wire_record
class ShellCallOutput(WireRecord):
    """``shell_call_output``: one output for each command."""

    type: Literal["shell_call_output"] = "shell_call_output"
    call_id: str
    output: tuple[ShellOutput, ...] | Absent | None = ABSENT
    max_output_length: int | Absent | None = ABSENT
    id: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT
    caller: Json = ABSENT
    created_by: str | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("call_id",)


@wire_record
class ApplyPatchCall(WireRecord):
    """``apply_patch_call``: ``operation`` creates, updates or deletes one file."""

    type: Literal["apply_patch_call"] = "apply_patch_call"
    call_id: str
    operation: Json = ABSENT
    id: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT
    caller: Json = ABSENT
    created_by: str | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("call_id",)


@wire_record
class ApplyPatchCallOutput(WireRecord):
    """``apply_patch_call_output``: ``status`` says whether the patch could be applied."""

    type: Literal["apply_patch_call_output"] = "apply_patch_call_output"
    call_id: str
    status: str | Absent | None = ABSENT
    output: str | Absent | None = ABSENT
    id: str | Absent | None = ABSENT
    caller: Json = ABSENT
    created_by: str | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("call_id",)


@wire_record
class McpApprovalRequest(WireRecord):
    """``mcp_approval_request``: may the provider call this tool of that server?"""

    type: Literal["mcp_approval_request"] = "mcp_approval_request"
    id: str
    name: str | Absent | None = ABSENT
    server_label: str | Absent | None = ABSENT
    arguments: str | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("id",)


@wire_record
class McpApprovalResponse(WireRecord):
    """``mcp_approval_response``: a person's answer."""

    type: Literal["mcp_approval_response"] = "mcp_approval_response"
    approval_request_id: str
    approve: bool
    reason: str | Absent | None = ABSENT
    id: str | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("approval_request_id", "approve")


@wire_record
class AdditionalTools(WireRecord):
    """``additional_tools``: tools offered from here on, said by the developer."""

    type: Literal["additional_tools"] = "additional_tools"
    role: str | Absent | None = ABSENT
    tools: Json = ABSENT
    id: str | Absent | None = ABSENT


@wire_record
class ConfigurationUpdate(WireRecord):
    """``configuration_update``: another effort or format from here on."""

    type: Literal["configuration_update"] = "configuration_update"
    reasoning: Json = ABSENT
    text: Json = ABSENT
    id: str | Absent | None = ABSENT


@wire_record
class Compaction(WireRecord):
    """``compaction``: what stood before, compacted by the provider and encrypted."""

    type: Literal["compaction"] = "compaction"
    encrypted_content: str
    id: str | Absent | None = ABSENT
    created_by: str | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("encrypted_content",)


@wire_record
class CompactionTrigger(WireRecord):
    """``compaction_trigger``: asks the provider to compact what stands before."""

    type: Literal["compaction_trigger"] = "compaction_trigger"
    id: str | Absent | None = ABSENT


@wire_record
class ItemReference(WireRecord):
    """``item_reference``, with or without its ``type``: an item the provider stores."""

    type: Literal["item_reference"] | Absent = "item_reference"
    id: str

    REQUIRED: ClassVar[tuple[str, ...]] = ("id",)


Item: TypeAlias = (
    Message
    | FunctionCall
    | FunctionCallOutput
    | ReasoningItem
    | CustomToolCall
    | CustomToolCallOutput
    | ComputerCall
    | ComputerCallOutput
    | WebSearchCall
    | FileSearchCall
    | CodeInterpreterCall
    | ImageGenerationCall
    | ToolSearchCall
    | ToolSearchOutput
    | McpCall
    | McpListTools
    | McpApprovalRequest
    | McpApprovalResponse
    | LocalShellCall
    | LocalShellCallOutput
    | ShellCall
    | ShellCallOutput
    | ApplyPatchCall
    | ApplyPatchCallOutput
    | Program
    | ProgramOutput
    | AdditionalTools
    | ConfigurationUpdate
    | Compaction
    | CompactionTrigger
    | ItemReference
    | Opaque
)
