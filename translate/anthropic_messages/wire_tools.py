"""Tools of the Messages API, GA and beta.

A tool the provider defines has a dated ``type``; all its options but the ones every tool has are ``Json``, and a date or
a tool that came after this page is a `BuiltinTool`.

Source: the types of the anthropic SDK 2.12.0, read 2026-11-22.
"""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from ..codec import WireRecord, wire_record
from ..jsonvalue import ABSENT, Absent, Json


@wire_record
class CustomTool(WireRecord):
    """A tool of the caller's own (``ToolParam``)."""

    type: Literal["custom"] | Absent | None = ABSENT
    """May be left out."""
    name: str
    description: str | Absent | None = ABSENT
    input_schema: Json = ABSENT
    strict: bool | Absent | None = ABSENT
    cache_control: Json = ABSENT
    defer_loading: Json = ABSENT
    allowed_callers: Json = ABSENT
    input_examples: Json = ABSENT
    eager_input_streaming: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("name",)


@wire_record
class ComputerTool(WireRecord):
    """The computer as one tool with an ``action`` in its input; needs the beta flag of its date."""

    type: Literal["computer_20251124", "computer_20250124", "computer_20241022"]
    name: str | Absent = ABSENT
    display_width_px: Json = ABSENT
    display_height_px: Json = ABSENT
    display_number: Json = ABSENT
    enable_zoom: Json = ABSENT
    """From 20251124 on."""
    strict: bool | Absent | None = ABSENT
    cache_control: Json = ABSENT
    defer_loading: Json = ABSENT
    allowed_callers: Json = ABSENT
    input_examples: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("type",)


@wire_record
class Toolset(WireRecord):
    """The computer or the browser as a set of tools, one for each action; no name, no beta flag."""

    type: Literal["computer_toolset_20260801", "browser_toolset_20260801"]
    configs: Json = ABSENT
    """Member -> ``{"enabled": ..., "defer_loading": ...}``."""
    cache_control: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("type",)


@wire_record
class BashTool(WireRecord):
    """A shell at the caller's."""

    type: Literal["bash_20250124", "bash_20241022"]
    name: str | Absent = ABSENT
    strict: bool | Absent | None = ABSENT
    cache_control: Json = ABSENT
    defer_loading: Json = ABSENT
    allowed_callers: Json = ABSENT
    input_examples: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("type",)


@wire_record
class TextEditorTool(WireRecord):
    """Files at the caller's, viewed and changed."""

    type: Literal["text_editor_20250728", "text_editor_20250429", "text_editor_20250124", "text_editor_20241022"]
    name: str | Absent = ABSENT
    max_characters: Json = ABSENT
    strict: bool | Absent | None = ABSENT
    cache_control: Json = ABSENT
    defer_loading: Json = ABSENT
    allowed_callers: Json = ABSENT
    input_examples: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("type",)


@wire_record
class MemoryTool(WireRecord):
    """A folder of notes at the caller's."""

    type: Literal["memory_20250818"] = "memory_20250818"
    name: str | Absent = ABSENT
    strict: bool | Absent | None = ABSENT
    cache_control: Json = ABSENT
    defer_loading: Json = ABSENT
    allowed_callers: Json = ABSENT
    input_examples: Json = ABSENT


@wire_record
class CodeExecutionTool(WireRecord):
    """A container at the provider's."""

    type: Literal[
        "code_execution_20260521", "code_execution_20260120", "code_execution_20250825", "code_execution_20250522"
    ]
    name: str | Absent = ABSENT
    strict: bool | Absent | None = ABSENT
    cache_control: Json = ABSENT
    defer_loading: Json = ABSENT
    allowed_callers: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("type",)


@wire_record
class WebSearchTool(WireRecord):
    """A search the provider makes."""

    type: Literal["web_search_20260318", "web_search_20260209", "web_search_20250305"]
    name: str | Absent = ABSENT
    allowed_domains: Json = ABSENT
    blocked_domains: Json = ABSENT
    max_uses: Json = ABSENT
    user_location: Json = ABSENT
    response_inclusion: Json = ABSENT
    """From 20260318 on."""
    strict: bool | Absent | None = ABSENT
    cache_control: Json = ABSENT
    defer_loading: Json = ABSENT
    allowed_callers: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("type",)


@wire_record
class WebFetchTool(WireRecord):
    """Pages the provider fetches."""

    type: Literal["web_fetch_20260318", "web_fetch_20260309", "web_fetch_20260209", "web_fetch_20250910"]
    name: str | Absent = ABSENT
    allowed_domains: Json = ABSENT
    blocked_domains: Json = ABSENT
    citations: Json = ABSENT
    max_content_tokens: Json = ABSENT
    max_uses: Json = ABSENT
    url_sources: Json = ABSENT
    use_cache: Json = ABSENT
    """From 20260309 on."""
    response_inclusion: Json = ABSENT
    """From 20260318 on."""
    strict: bool | Absent | None = ABSENT
    cache_control: Json = ABSENT
    defer_loading: Json = ABSENT
    allowed_callers: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("type",)


@wire_record
class ToolSearchTool(WireRecord):
    """A search among the tools whose loading was deferred. The date may be left out."""

    type: Literal[
        "tool_search_tool_bm25_20251119",
        "tool_search_tool_regex_20251119",
        "tool_search_tool_bm25",
        "tool_search_tool_regex",
    ]
    name: str | Absent = ABSENT
    strict: bool | Absent | None = ABSENT
    cache_control: Json = ABSENT
    defer_loading: Json = ABSENT
    allowed_callers: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("type",)


@wire_record
class AdvisorTool(WireRecord):
    """A second model the provider asks; beta."""

    type: Literal["advisor_20260301"] = "advisor_20260301"
    name: str | Absent = ABSENT
    model: Json = ABSENT
    max_tokens: Json = ABSENT
    max_uses: Json = ABSENT
    caching: Json = ABSENT
    strict: bool | Absent | None = ABSENT
    cache_control: Json = ABSENT
    defer_loading: Json = ABSENT
    allowed_callers: Json = ABSENT


@wire_record
class McpToolset(WireRecord):
    """The tools of one of the request's ``mcp_servers``; beta."""

    type: Literal["mcp_toolset"] = "mcp_toolset"
    mcp_server_name: Json = ABSENT
    default_config: Json = ABSENT
    configs: Json = ABSENT
    tools: Json = ABSENT
    cache_control: Json = ABSENT


@wire_record
class BuiltinTool(WireRecord):
    """A tool of the provider's that was not known on the day of this page."""

    type: str
    name: str | Absent = ABSENT
    strict: bool | Absent | None = ABSENT
    cache_control: Json = ABSENT

    REQUIRED: ClassVar[tuple[str, ...]] = ("type",)


DefinedTool: TypeAlias = (
    ComputerTool
    | Toolset
    | BashTool
    | TextEditorTool
    | MemoryTool
    | CodeExecutionTool
    | WebSearchTool
    | WebFetchTool
    | ToolSearchTool
    | AdvisorTool
    | McpToolset
    | BuiltinTool
)
"""Tools whose schema and name are the provider's."""

Tool: TypeAlias = CustomTool | DefinedTool
