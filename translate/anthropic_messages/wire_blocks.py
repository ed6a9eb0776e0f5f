"""Content blocks of the Messages API, their sources and citations, GA and beta.

Only what a translator reads has a type; the rest is ``Json``, so that a new form of it stays exact. A block whose typed
fields do not fit becomes `Opaque`. Request and reply forms of one block are one record: a reply leaves out
``cache_control``, and nulls occur in both.

Source: the types of the anthropic SDK 2.12.0 and https://platform.claude.com/docs/en/api/messages, read 2026-11-22.
"""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from ..codec import Opaque, WireRecord, wire_record
from ..jsonvalue import ABSENT, Absent, Json


@wire_record
class CacheControl(WireRecord):
    """``{"type": "ephemeral"}``: everything up to here may be cached."""

    type: str | Absent = ABSENT
    ttl: str | Absent | None = ABSENT
    """``5m`` (the default) or ``1h``."""


# Citations: what a text of a reply rests on.


@wire_record
class CharLocation(WireRecord):
    """Characters of a plain text document of the request."""

    type: Literal["char_location"] = "char_location"
    cited_text: str | Absent | None = ABSENT
    document_index: Json = ABSENT
    document_title: str | Absent | None = ABSENT
    start_char_index: Json = ABSENT
    end_char_index: Json = ABSENT
    file_id: Json = ABSENT
    """In replies only."""


@wire_record
class PageLocation(WireRecord):
    """Pages of a PDF of the request."""

    type: Literal["page_location"] = "page_location"
    cited_text: str | Absent | None = ABSENT
    document_index: Json = ABSENT
    document_title: str | Absent | None = ABSENT
    start_page_number: Json = ABSENT
    end_page_number: Json = ABSENT
    file_id: Json = ABSENT


@wire_record
class ContentBlockLocation(WireRecord):
    """Blocks of a document of the request that was given as blocks."""

    type: Literal["content_block_location"] = "content_block_location"
    cited_text: str | Absent | None = ABSENT
    document_index: Json = ABSENT
    document_title: str | Absent | None = ABSENT
    start_block_index: Json = ABSENT
    end_block_index: Json = ABSENT
    file_id: Json = ABSENT


@wire_record
class WebSearchResultLocation(WireRecord):
    """A page the provider's own search found."""

    type: Literal["web_search_result_location"] = "web_search_result_location"
    cited_text: str | Absent | None = ABSENT
    url: str | Absent | None = ABSENT
    title: str | Absent | None = ABSENT
    encrypted_index: Json = ABSENT


@wire_record
class SearchResultLocation(WireRecord):
    """Blocks of a `SearchResultBlock` of the request."""

    type: Literal["search_result_location"] = "search_result_location"
    cited_text: str | Absent | None = ABSENT
    source: str | Absent | None = ABSENT
    title: str | Absent | None = ABSENT
    search_result_index: Json = ABSENT
    start_block_index: Json = ABSENT
    end_block_index: Json = ABSENT


DocumentLocation: TypeAlias = CharLocation | PageLocation | ContentBlockLocation
Citation: TypeAlias = DocumentLocation | WebSearchResultLocation | SearchResultLocation


# Text, images and documents.


@wire_record
class TextBlock(WireRecord):
    """Words."""

    type: Literal["text"] = "text"
    text: str
    citations: tuple[Citation | Opaque, ...] | Absent | None = ABSENT
    cache_control: CacheControl | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("text",)


@wire_record
class Base64Source(WireRecord):
    """Bytes as base64: an image, or a PDF where a document holds it."""

    type: Literal["base64"] = "base64"
    media_type: str
    data: str

    REQUIRED: ClassVar[tuple[str, ...]] = ("media_type", "data")


@wire_record
class UrlSource(WireRecord):
    """An address the provider fetches."""

    type: Literal["url"] = "url"
    url: str

    REQUIRED: ClassVar[tuple[str, ...]] = ("url",)


@wire_record
class FileSource(WireRecord):
    """A file of the Files API."""

    type: Literal["file"] = "file"
    file_id: str

    REQUIRED: ClassVar[tuple[str, ...]] = ("file_id",)


@wire_record
class PlainTextSource(WireRecord):
    """A document's words. The provider cuts them into sentences for citations."""

    type: Literal["text"] = "text"
    media_type: Json = ABSENT
    """Always ``text/plain``."""
    data: str

    REQUIRED: ClassVar[tuple[str, ...]] = ("data",)


@wire_record
class ImageBlock(WireRecord):
    """An image."""

    type: Literal["image"] = "image"
    source: Base64Source | UrlSource | FileSource
    transformations: Json = ABSENT
    cache_control: CacheControl | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("source",)


@wire_record
class ContentBlockSource(WireRecord):
    """A document given as blocks, which citations then point to. A string is one block."""

    type: Literal["content"] = "content"
    content: str | tuple[TextBlock | ImageBlock | Opaque, ...]

    REQUIRED: ClassVar[tuple[str, ...]] = ("content",)


DocumentSource: TypeAlias = Base64Source | UrlSource | FileSource | PlainTextSource | ContentBlockSource


@wire_record
class DocumentBlock(WireRecord):
    """A PDF or text."""

    type: Literal["document"] = "document"
    source: DocumentSource
    title: str | Absent | None = ABSENT
    context: Json = ABSENT
    citations: Json = ABSENT
    cache_control: CacheControl | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("source",)


@wire_record
class SearchResultBlock(WireRecord):
    """What a search of the caller's own found: cited like the provider's own search."""

    type: Literal["search_result"] = "search_result"
    source: Json = ABSENT
    title: str | Absent | None = ABSENT
    content: tuple[TextBlock | Opaque, ...]
    citations: Json = ABSENT
    cache_control: CacheControl | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("content",)


@wire_record
class ContainerUploadBlock(WireRecord):
    """A stored file to be put into the code execution container."""

    type: Literal["container_upload"] = "container_upload"
    file_id: str
    cache_control: CacheControl | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("file_id",)


# Thinking.


@wire_record
class ThinkingBlock(WireRecord):
    """Reasoning. ``thinking`` is empty where the request asked for it to be omitted; the signature stands for it."""

    type: Literal["thinking"] = "thinking"
    thinking: str
    signature: str | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("thinking",)


@wire_record
class RedactedThinkingBlock(WireRecord):
    """Reasoning that only the provider can read."""

    type: Literal["redacted_thinking"] = "redacted_thinking"
    data: str

    REQUIRED: ClassVar[tuple[str, ...]] = ("data",)


# Tools that run at the caller's.


@wire_record
class ToolUseBlock(WireRecord):
    """A call. ``toolset_name`` (``computer``, ``browser``) marks a member of a toolset, whose ``name`` is the action."""

    type: Literal["tool_use"] = "tool_use"
    id: str
    name: str
    input: Json = ABSENT
    toolset_name: str | Absent | None = ABSENT
    caller: Json = ABSENT
    cache_control: CacheControl | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("id", "name")


@wire_record
class ToolReferenceBlock(WireRecord):
    """A tool that a search of the caller's own found."""

    type: Literal["tool_reference"] = "tool_reference"
    tool_name: Json = ABSENT
    cache_control: Json = ABSENT


@wire_record
class BrowserStateBlock(WireRecord):
    """The open tabs after a browser action, and what changed."""

    type: Literal["browser_state"] = "browser_state"
    tabs: Json = ABSENT
    state_changes: Json = ABSENT
    cache_control: Json = ABSENT


ResultBlock: TypeAlias = (
    TextBlock | ImageBlock | DocumentBlock | SearchResultBlock | ToolReferenceBlock | BrowserStateBlock
)


@wire_record
class ToolResultBlock(WireRecord):
    """What came of a call. A member of a toolset has its ``toolset_name`` repeated."""

    type: Literal["tool_result"] = "tool_result"
    tool_use_id: str
    content: str | tuple[ResultBlock | Opaque, ...] | Absent | None = ABSENT
    is_error: bool | Absent | None = ABSENT
    toolset_name: str | Absent | None = ABSENT
    cache_control: CacheControl | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("tool_use_id",)


# Tools that run at the provider's.


@wire_record
class ServerToolUseBlock(WireRecord):
    """A call the provider runs itself."""

    type: Literal["server_tool_use"] = "server_tool_use"
    id: str
    name: str
    input: Json = ABSENT
    caller: Json = ABSENT
    cache_control: CacheControl | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("id", "name")


@wire_record
class ServerToolResultBlock(WireRecord):
    """What one of the provider's own tools gave. The seven types differ in ``content`` only."""

    type: Literal[
        "web_search_tool_result",
        "web_fetch_tool_result",
        "code_execution_tool_result",
        "bash_code_execution_tool_result",
        "text_editor_code_execution_tool_result",
        "tool_search_tool_result",
        "advisor_tool_result",
    ]
    tool_use_id: str
    content: Json = ABSENT
    caller: Json = ABSENT
    cache_control: CacheControl | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("type", "tool_use_id")


@wire_record
class McpToolUseBlock(WireRecord):
    """A call of an MCP server that the provider makes."""

    type: Literal["mcp_tool_use"] = "mcp_tool_use"
    id: str
    name: str
    server_name: str
    input: Json = ABSENT
    cache_control: CacheControl | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("id", "name", "server_name")


@wire_record
class McpToolResultBlock(WireRecord):
    """What an MCP server answered."""

    type: Literal["mcp_tool_result"] = "mcp_tool_result"
    tool_use_id: str
    is_error: Json = ABSENT
    content: Json = ABSENT
    cache_control: CacheControl | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("tool_use_id",)


@wire_record
class McpToolListingBlock(WireRecord):
    """The tools an MCP server offered."""

    type: Literal["mcp_tool_listing"] = "mcp_tool_listing"
    mcp_server_name: Json = ABSENT
    tools: Json = ABSENT


# Marks in the flow.


@wire_record
class CompactionBlock(WireRecord):
    """A summary that stands for everything before it; ``content`` is readable, the rest only the provider's."""

    type: Literal["compaction"] = "compaction"
    content: Json = ABSENT
    encrypted_content: Json = ABSENT
    signature: Json = ABSENT
    tool_changes: Json = ABSENT
    cache_control: CacheControl | Absent | None = ABSENT


@wire_record
class FallbackBlock(WireRecord):
    """From here on another model answers."""

    type: Literal["fallback"] = "fallback"
    from_: Json = ABSENT
    to: Json = ABSENT
    trigger: Json = ABSENT


@wire_record
class ToolChangeBlock(WireRecord):
    """A tool comes or goes in mid-conversation (``BetaRequestToolAdditionBlock`` and ``..RemovalBlock``)."""

    type: Literal["tool_addition", "tool_removal"]
    tool: Json = ABSENT
    cache_control: CacheControl | Absent | None = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("type",)


ContentBlock: TypeAlias = (
    TextBlock
    | ToolUseBlock
    | ToolResultBlock
    | ImageBlock
    | ThinkingBlock
    | RedactedThinkingBlock
    | DocumentBlock
    | SearchResultBlock
    | ContainerUploadBlock
    | ServerToolUseBlock
    | ServerToolResultBlock
    | McpToolUseBlock
    | McpToolResultBlock
    | McpToolListingBlock
    | CompactionBlock
    | FallbackBlock
    | ToolChangeBlock
)
