"""Items of the OpenAI Responses API that tell of tools the provider runs itself: call and outcome mostly in one item.

Source: the types of the openai SDK 3.54 (``types/responses``), read 2026-11-22.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from ..codec import WireRecord, wire_record
from ..jsonvalue import ABSENT, Absent, Json


@wire_record
class WebSearchCall(WireRecord):
    """``web_search_call``: ``action`` searches, opens a page or finds in one."""

    type: Literal["web_search_call"] = "web_search_call"
    id: str
    status: str | Absent | None = ABSENT
    action: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("id",)


@wire_record
class FileSearchCall(WireRecord):
    """``file_search_call``: ``results`` are there where ``include`` asked for them."""

    type: Literal["file_search_call"] = "file_search_call"
    id: str
    status: str | Absent | None = ABSENT
    queries: Json = ABSENT
    results: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("id",)


@wire_record
class CodeInterpreterCall(WireRecord):
    """``code_interpreter_call``: code, the container it ran in, its logs and images."""

    type: Literal["code_interpreter_call"] = "code_interpreter_call"
    id: str
    status: str | Absent | None = ABSENT
    code: str | Absent | None = ABSENT
    container_id: str | Absent | None = ABSENT
    outputs: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("id",)


@wire_record
class ImageGenerationCall(WireRecord):
    """``image_generation_call``: ``result`` is base64 of the image."""

    type: Literal["image_generation_call"] = "image_generation_call"
    id: str
    status: str | Absent | None = ABSENT
    action: Json = ABSENT
    background: Json = ABSENT
    output_format: Json = ABSENT
    quality: Json = ABSENT
    size: Json = ABSENT
    revised_prompt: Json = ABSENT
    result: str | Absent | None = ABSENT
    error: Json = ABSENT
    svg_usage: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("id",)


@wire_record
class McpCall(WireRecord):
    """``mcp_call``: a call of a tool of an MCP server, by the provider, with its outcome."""

    type: Literal["mcp_call"] = "mcp_call"
    id: str
    name: str
    server_label: str | Absent | None = ABSENT
    arguments: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT
    approval_request_id: str | Absent | None = ABSENT
    output: Json = ABSENT
    error: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("id", "name")


@wire_record
class McpListTools(WireRecord):
    """``mcp_list_tools``: what an MCP server offers."""

    type: Literal["mcp_list_tools"] = "mcp_list_tools"
    id: str
    server_label: str | Absent | None = ABSENT
    tools: Json = ABSENT
    error: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("id",)


@wire_record
class ToolSearchCall(WireRecord):
    """``tool_search_call``: ``execution`` server or client; ``call_id`` is null where the server searches."""

    type: Literal["tool_search_call"] = "tool_search_call"
    id: str | Absent | None = ABSENT
    call_id: str | Absent | None = ABSENT
    execution: str | Absent | None = ABSENT
    arguments: Json = ABSENT
    status: str | Absent | None = ABSENT
    created_by: str | Absent | None = ABSENT


@wire_record
class ToolSearchOutput(WireRecord):
    """``tool_search_output``: the tools that were found, offered from here on."""

    type: Literal["tool_search_output"] = "tool_search_output"
    id: str | Absent | None = ABSENT
    call_id: str | Absent | None = ABSENT
    execution: str | Absent | None = ABSENT
    tools: Json = ABSENT
    status: str | Absent | None = ABSENT
    created_by: str | Absent | None = ABSENT


@wire_record
class Program(WireRecord):
    """``program``: a program that the model wrote and the provider runs; its function calls name it as their caller."""

    type: Literal["program"] = "program"
    id: str | Absent | None = ABSENT
    call_id: str
    code: str | Absent | None = ABSENT
    fingerprint: str | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("call_id",)


@wire_record
class ProgramOutput(WireRecord):
    """``program_output``: what the program gave."""

    type: Literal["program_output"] = "program_output"
    id: str | Absent | None = ABSENT
    call_id: str
    result: str | Absent | None = ABSENT
    status: str | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("call_id",)
