"""Tools, tool choices and answer formats of the OpenAI Responses API.

Source: the types of the openai SDK 3.54 (``types/responses``), read 2026-11-22.
"""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from ..codec import Opaque, WireRecord, wire_record
from ..jsonvalue import ABSENT, Absent, Json


@wire_record
class FunctionTool(WireRecord):
    """``function``: flat, unlike in Chat Completions."""

    type: Literal["function"] = "function"
    name: str
    description: str | Absent | None = ABSENT
    parameters: Json = ABSENT
    strict: bool | Absent | None = ABSENT
    defer_loading: bool | Absent | None = ABSENT
    allowed_callers: Json = ABSENT
    output_schema: Json = ABSENT
    async_: bool | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("name",)


@wire_record
class CustomTool(WireRecord):
    """``custom``: takes free text; ``format`` may bind it to a grammar."""

    type: Literal["custom"] = "custom"
    name: str
    description: str | Absent | None = ABSENT
    format: Json = ABSENT
    defer_loading: bool | Absent | None = ABSENT
    allowed_callers: Json = ABSENT
    async_: bool | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("name",)


@wire_record
class NamespaceTool(WireRecord):
    """``namespace``: function and custom tools under one name."""

    type: Literal["namespace"] = "namespace"
    name: str
    description: str | Absent | None = ABSENT
    tools: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("name",)


@wire_record
class ComputerTool(WireRecord):
    """``computer``: no parameters, the screenshot says how large the screen is."""

    type: Literal["computer"] = "computer"


@wire_record
class ComputerUsePreviewTool(WireRecord):
    """``computer_use_preview``: the older tool, with the display said."""

    type: Literal["computer_use_preview"] = "computer_use_preview"
    display_width: int | float | Absent | None = ABSENT
    display_height: int | float | Absent | None = ABSENT
    environment: str | Absent | None = ABSENT


@wire_record
class WebSearchTool(WireRecord):
    """``web_search``, dated or not."""

    type: Literal["web_search", "web_search_2025_08_26"] = "web_search"
    filters: Json = ABSENT
    user_location: Json = ABSENT
    search_context_size: str | Absent | None = ABSENT
    external_web_access: bool | Absent | None = ABSENT


@wire_record
class WebSearchPreviewTool(WireRecord):
    """``web_search_preview``, dated or not."""

    type: Literal["web_search_preview", "web_search_preview_2025_03_11"] = "web_search_preview"
    user_location: Json = ABSENT
    search_context_size: str | Absent | None = ABSENT
    search_content_types: Json = ABSENT


@wire_record
class FileSearchTool(WireRecord):
    """``file_search`` in vector stores."""

    type: Literal["file_search"] = "file_search"
    vector_store_ids: Json = ABSENT
    filters: Json = ABSENT
    max_num_results: int | Absent | None = ABSENT
    ranking_options: Json = ABSENT


@wire_record
class CodeInterpreterTool(WireRecord):
    """``code_interpreter`` in a container."""

    type: Literal["code_interpreter"] = "code_interpreter"
    container: Json = ABSENT
    allowed_callers: Json = ABSENT


@wire_record
class ImageGenerationTool(WireRecord):
    """``image_generation``; its options are the image model's."""

    type: Literal["image_generation"] = "image_generation"
    action: Json = ABSENT
    background: Json = ABSENT
    complexity: Json = ABSENT
    frame_count: Json = ABSENT
    frame_duration_ms: Json = ABSENT
    input_fidelity: Json = ABSENT
    input_image_mask: Json = ABSENT
    model: Json = ABSENT
    moderation: Json = ABSENT
    output_compression: Json = ABSENT
    output_format: Json = ABSENT
    partial_images: Json = ABSENT
    quality: Json = ABSENT
    size: Json = ABSENT
    svg: Json = ABSENT


@wire_record
class McpTool(WireRecord):
    """``mcp``: the tools of an MCP server, or of a connector."""

    type: Literal["mcp"] = "mcp"
    server_label: str | Absent | None = ABSENT
    server_url: str | Absent | None = ABSENT
    server_description: str | Absent | None = ABSENT
    connector_id: str | Absent | None = ABSENT
    tunnel_id: str | Absent | None = ABSENT
    authorization: str | Absent | None = ABSENT
    headers: Json = ABSENT
    allowed_tools: Json = ABSENT
    require_approval: Json = ABSENT
    defer_loading: bool | Absent | None = ABSENT
    allowed_callers: Json = ABSENT


@wire_record
class LocalShellTool(WireRecord):
    """``local_shell``: commands that we run."""

    type: Literal["local_shell"] = "local_shell"


@wire_record
class ShellTool(WireRecord):
    """``shell``: commands that we run, or the provider in a container."""

    type: Literal["shell"] = "shell"
    environment: Json = ABSENT
    allowed_callers: Json = ABSENT


@wire_record
class ApplyPatchTool(WireRecord):
    """``apply_patch``: patches that we apply."""

    type: Literal["apply_patch"] = "apply_patch"
    allowed_callers: Json = ABSENT


@wire_record
class ToolSearchTool(WireRecord):
    """``tool_search``: finds tools whose loading was deferred."""

    type: Literal["tool_search"] = "tool_search"
    description: str | Absent | None = ABSENT
    execution: str | Absent | None = ABSENT
    parameters: Json = ABSENT


@wire_record
class ProgrammaticToolCallingTool(WireRecord):
    """``programmatic_tool_calling``: the model may call tools from a program."""

    type: Literal["programmatic_tool_calling"] = "programmatic_tool_calling"


BuiltinTool: TypeAlias = (
    ComputerTool
    | ComputerUsePreviewTool
    | WebSearchTool
    | WebSearchPreviewTool
    | FileSearchTool
    | CodeInterpreterTool
    | ImageGenerationTool
    | McpTool
    | LocalShellTool
    | ShellTool
    | ApplyPatchTool
    | ToolSearchTool
    | ProgrammaticToolCallingTool
    | NamespaceTool
)
Tool: TypeAlias = FunctionTool | CustomTool | BuiltinTool | Opaque


@wire_record
class ToolChoiceAllowed(WireRecord):
    """``allowed_tools``: a choice among some of the tools; ``mode`` auto or required."""

    type: Literal["allowed_tools"] = "allowed_tools"
    mode: str | Absent | None = ABSENT
    tools: tuple[Json, ...] | Absent | None = ABSENT


@wire_record
class ToolChoiceFunction(WireRecord):
    """``function`` or ``custom``: this tool must be called."""

    type: Literal["function", "custom"]
    name: str

    REQUIRED: ClassVar[tuple[str, ...]] = ("name",)


@wire_record
class ToolChoiceMcp(WireRecord):
    """``mcp``: a server's tools, or one of them."""

    type: Literal["mcp"] = "mcp"
    server_label: str
    name: str | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("server_label",)


@wire_record
class ToolChoiceTypes(WireRecord):
    """A tool of the provider, by its type."""

    type: Literal[
        "file_search", "web_search_preview", "web_search_preview_2025_03_11", "computer", "computer_use_preview",
        "computer_use", "image_generation", "code_interpreter", "apply_patch", "shell", "programmatic_tool_calling",
    ]  # fmt: skip


ToolChoice: TypeAlias = ToolChoiceAllowed | ToolChoiceFunction | ToolChoiceMcp | ToolChoiceTypes | Opaque


@wire_record
class ResponseFormatText(WireRecord):
    """``text``: words, the default."""

    type: Literal["text"] = "text"


@wire_record
class ResponseFormatJSONObject(WireRecord):
    """``json_object``: any JSON."""

    type: Literal["json_object"] = "json_object"


@wire_record
class ResponseFormatTextJSONSchemaConfig(WireRecord):
    """``json_schema``: JSON after a schema; flat, unlike in Chat Completions."""

    type: Literal["json_schema"] = "json_schema"
    name: str | Absent | None = ABSENT
    description: str | Absent | None = ABSENT
    schema: Json = ABSENT
    strict: bool | Absent | None = ABSENT


Format: TypeAlias = ResponseFormatText | ResponseFormatJSONObject | ResponseFormatTextJSONSchemaConfig | Opaque


@wire_record
class TextConfig(WireRecord):
    """``text``: the form of the answer and how wordy it is."""

    format: Format | Absent | None = ABSENT
    verbosity: str | Absent | None = ABSENT


@wire_record
class Reasoning(WireRecord):
    """``reasoning``. ``generate_summary`` is the deprecated name of ``summary``."""

    effort: str | Absent | None = ABSENT
    summary: str | Absent | None = ABSENT
    generate_summary: str | Absent | None = ABSENT
    context: str | Absent | None = ABSENT
    mode: str | Absent | None = ABSENT
