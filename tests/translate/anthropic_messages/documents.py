"""One hand-written document for each type of the Messages API, those that were never recorded among them."""

from __future__ import annotations

from typing import Any

EPHEMERAL = {"type": "ephemeral", "ttl": "1h"}
DIRECT = {"type": "direct"}
PROGRAM = {"type": "code_execution_20260120", "tool_id": "srvtoolu_1"}
PNG = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
PLACES = {"cited_text": "c", "document_index": 0, "document_title": None}

BLOCKS: dict[str, dict[str, Any]] = {
    "text": {"type": "text", "text": "hello", "cache_control": EPHEMERAL},
    "text with nulls": {"type": "text", "text": "hello", "citations": None, "cache_control": None},
    "text with empty citations": {"type": "text", "text": "hello", "citations": []},
    "text citing characters": {
        "type": "text",
        "text": "t",
        "citations": [{"type": "char_location", **PLACES, "start_char_index": 1, "end_char_index": 2, "file_id": None}],
    },
    "text citing pages": {
        "type": "text",
        "text": "t",
        "citations": [{"type": "page_location", **PLACES, "start_page_number": 1, "end_page_number": 2}],
    },
    "text citing blocks": {
        "type": "text",
        "text": "t",
        "citations": [{"type": "content_block_location", **PLACES, "start_block_index": 1, "end_block_index": 2}],
    },
    "text citing the web": {
        "type": "text",
        "text": "t",
        "citations": [
            {
                "type": "web_search_result_location",
                "cited_text": "c",
                "url": "https://example.org",
                "title": None,
                "encrypted_index": "e",
            }
        ],
    },
    "text citing a search result": {
        "type": "text",
        "text": "t",
        "citations": [
            {
                "type": "search_result_location",
                "cited_text": "c",
                "source": "s",
                "title": "t",
                "search_result_index": 0,
                "start_block_index": 0,
                "end_block_index": 1,
            }
        ],
    },
    "text with a citation nobody knows": {"type": "text", "text": "t", "citations": [{"type": "hologram", "at": [1]}]},
    "text with a citation that is none": {"type": "text", "text": "t", "citations": ["see above"]},
    "image in the document": {"type": "image", "source": PNG, "cache_control": EPHEMERAL},
    "image at an address": {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}},
    "image that is stored": {"type": "image", "source": {"type": "file", "file_id": "file_1"}},
    "image with transformations": {"type": "image", "source": PNG, "transformations": {"oversized_image": "error"}},
    "image of an unknown source": {"type": "image", "source": {"type": "satellite", "at": 7}},
    "image whose source says more": {"type": "image", "source": {**PNG, "alt": "x"}},
    "document of bytes": {
        "type": "document",
        "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERg=="},
        "title": "t",
        "context": "c",
        "citations": {"enabled": True},
    },
    "document of text": {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "words"}},
    "document of text without its type": {"type": "document", "source": {"type": "text", "data": "words"}},
    "document of one block": {"type": "document", "source": {"type": "content", "content": "words"}, "title": None},
    "document of blocks": {
        "type": "document",
        "source": {
            "type": "content",
            "content": [
                {"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}},
                {"type": "image", "source": PNG},
                {"type": "unheard_of"},
            ],
        },
    },
    "document at an address": {"type": "document", "source": {"type": "url", "url": "https://example.org/a.pdf"}},
    "document that is stored": {"type": "document", "source": {"type": "file", "file_id": "file_1"}},
    "search result": {
        "type": "search_result",
        "source": "https://example.org",
        "title": "t",
        "content": [{"type": "text", "text": "found"}],
        "citations": {"enabled": True},
        "cache_control": EPHEMERAL,
    },
    "thinking": {"type": "thinking", "thinking": "hm", "signature": "EqQB"},
    "thinking that was omitted": {"type": "thinking", "thinking": "", "signature": "EqQB"},
    "thinking without a signature": {"type": "thinking", "thinking": "hm"},
    "redacted thinking": {"type": "redacted_thinking", "data": "Emwb"},
    "call": {
        "type": "tool_use",
        "id": "toolu_1",
        "name": "f",
        "input": {"b": 1, "a": [10**30, None]},
        "caller": DIRECT,
    },
    "call without input": {"type": "tool_use", "id": "toolu_1", "name": "f"},
    "call with input that is no object": {"type": "tool_use", "id": "toolu_1", "name": "f", "input": [1]},
    "call of a toolset": {
        "type": "tool_use",
        "id": "toolu_1",
        "name": "left_click",
        "toolset_name": "computer",
        "input": {"text": "ctrl", "coordinate": [1, 2]},
        "caller": PROGRAM,
    },
    "call of the browser": {
        "type": "tool_use",
        "id": "toolu_1",
        "name": "read_page",
        "toolset_name": "browser",
        "input": {"filter": "interactive"},
    },
    "call of a toolset nobody knows": {
        "type": "tool_use",
        "id": "toolu_1",
        "name": "steer",
        "toolset_name": "car",
        "input": {},
    },
    "result": {"type": "tool_result", "tool_use_id": "toolu_1", "content": "done", "is_error": False},
    "result that failed": {"type": "tool_result", "tool_use_id": "toolu_1", "content": "no", "is_error": True},
    "result of nothing": {"type": "tool_result", "tool_use_id": "toolu_1"},
    "result of null": {"type": "tool_result", "tool_use_id": "toolu_1", "content": None, "is_error": None},
    "result of no blocks": {"type": "tool_result", "tool_use_id": "toolu_1", "content": []},
    "result of blocks": {
        "type": "tool_result",
        "tool_use_id": "toolu_1",
        "toolset_name": "browser",
        "content": [
            {"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}},
            {"type": "image", "source": PNG},
            {"type": "search_result", "source": "s", "title": "t", "content": []},
            {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "d"}},
            {"type": "tool_reference", "tool_name": "f"},
            {
                "type": "browser_state",
                "tabs": [{"tab_id": "1", "title": "t", "url": "u", "active": True}],
                "state_changes": [
                    {"type": "tab_opened", "tab_id": "2"},
                    {"type": "download_started", "download_id": "d", "url": "u"},
                    {"type": "download_completed", "download_id": "d", "url": "u", "path": None, "size_bytes": 1},
                    {"type": "download_failed", "download_id": "e", "url": "u", "error": "x"},
                ],
            },
        ],
    },
    "call of the provider's": {
        "type": "server_tool_use",
        "id": "srvtoolu_1",
        "name": "web_search",
        "input": {"query": "q"},
        "caller": PROGRAM,
    },
    "web search result": {
        "type": "web_search_tool_result",
        "tool_use_id": "srvtoolu_1",
        "caller": None,
        "content": [
            {"type": "web_search_result", "url": "u", "title": "t", "encrypted_content": "e", "page_age": None}
        ],
    },
    "web search that failed": {
        "type": "web_search_tool_result",
        "tool_use_id": "srvtoolu_1",
        "content": {"type": "web_search_tool_result_error", "error_code": "max_uses_exceeded"},
    },
    "web fetch that failed": {
        "type": "web_fetch_tool_result",
        "tool_use_id": "srvtoolu_1",
        "content": {"type": "web_fetch_tool_result_error", "error_code": "url_too_long"},
    },
    "code execution result": {
        "type": "code_execution_tool_result",
        "tool_use_id": "srvtoolu_1",
        "content": {
            "type": "encrypted_code_execution_result",
            "encrypted_stdout": "e",
            "stderr": "",
            "return_code": 0,
            "content": [{"type": "code_execution_output", "file_id": "file_1"}],
        },
    },
    "shell result": {
        "type": "bash_code_execution_tool_result",
        "tool_use_id": "srvtoolu_1",
        "content": {"type": "bash_code_execution_tool_result_error", "error_code": "unavailable"},
    },
    "editor result": {
        "type": "text_editor_code_execution_tool_result",
        "tool_use_id": "srvtoolu_1",
        "content": {"type": "text_editor_code_execution_str_replace_result", "lines": ["-a", "+b"], "new_lines": 1},
    },
    "tool search result": {
        "type": "tool_search_tool_result",
        "tool_use_id": "srvtoolu_1",
        "content": {
            "type": "tool_search_tool_search_result",
            "tool_references": [{"type": "tool_reference", "tool_name": "f"}],
        },
    },
    "advisor result": {
        "type": "advisor_tool_result",
        "tool_use_id": "srvtoolu_1",
        "content": {"type": "advisor_redacted_result", "encrypted_content": "e", "stop_reason": None},
    },
    "upload to the container": {"type": "container_upload", "file_id": "file_1", "cache_control": None},
    "call over MCP": {"type": "mcp_tool_use", "id": "mcptoolu_1", "name": "f", "server_name": "s", "input": {}},
    "result over MCP": {
        "type": "mcp_tool_result",
        "tool_use_id": "mcptoolu_1",
        "is_error": False,
        "content": [{"type": "text", "text": "a"}],
    },
    "tools of MCP": {
        "type": "mcp_tool_listing",
        "mcp_server_name": "s",
        "tools": [{"name": "f", "input_schema": {}, "description": None}],
    },
    "compaction": {"type": "compaction", "content": "in short", "encrypted_content": "e", "signature": None},
    "compaction that failed": {"type": "compaction", "content": None, "cache_control": {"type": "ephemeral"}},
    "fallback": {
        "type": "fallback",
        "from": {"model": "a"},
        "to": {"model": "b"},
        "trigger": {"type": "refusal", "category": None},
    },
    "tool that comes": {
        "type": "tool_addition",
        "tool": {"type": "tool_definition", "definition": {"name": "f", "input_schema": {}}},
    },
    "tool that goes": {"type": "tool_removal", "tool": {"type": "mcp_toolset_reference", "server_name": "s"}},
    "block nobody knows": {"type": "hologram", "depth": 3},
    "block without its text": {"type": "text"},
}

TOOLS: dict[str, dict[str, Any]] = {
    "custom": {"name": "f", "description": "d", "input_schema": {"type": "object", "b": 1, "a": 2}, "strict": True},
    "custom by its type": {"type": "custom", "name": "f", "input_schema": {}, "eager_input_streaming": True},
    "custom by a null type": {"type": None, "name": "f", "input_schema": {}, "input_examples": [{"x": 1}]},
    "computer toolset": {"type": "computer_toolset_20260801", "configs": {"zoom": {"enabled": False}}},
    "browser toolset": {"type": "browser_toolset_20260801", "cache_control": EPHEMERAL},
    "computer": {
        "type": "computer_20241022",
        "name": "computer",
        "display_width_px": 1024,
        "display_height_px": 768,
        "display_number": None,
    },
    "bash": {"type": "bash_20241022", "name": "bash"},
    "text editor": {"type": "text_editor_20241022", "name": "str_replace_editor", "strict": None},
    "memory": {"type": "memory_20250818", "name": "memory", "defer_loading": True},
    "code execution": {"type": "code_execution_20250825", "name": "code_execution", "allowed_callers": ["direct"]},
    "web search": {
        "type": "web_search_20260318",
        "name": "web_search",
        "user_location": {"type": "approximate", "city": "Oslo"},
        "response_inclusion": "excluded",
    },
    "web fetch": {
        "type": "web_fetch_20260318",
        "name": "web_fetch",
        "use_cache": False,
        "url_sources": {
            "client_tool_results": {"type": "except", "tools": [{"type": "tool_reference", "name": "f"}]},
            "server_tool_results": {"type": "only", "tools": []},
            "user_input": {"type": "all"},
        },
    },
    "tool search": {"type": "tool_search_tool_regex", "name": "tool_search_tool_regex"},
    "advisor": {"type": "advisor_20260301", "name": "advisor", "model": "m", "caching": None},
    "MCP toolset": {"type": "mcp_toolset", "mcp_server_name": "s", "default_config": {"enabled": True}},
    "tool of another day": {"type": "time_machine_20300101", "name": "time_machine", "year": 1885},
    "tool that is none": {"description": "no name"},
}

REQUESTS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no messages": {"model": "m", "messages": None, "system": None},
    "the newest settings": {
        "model": "claude-opus-5-5",
        "max_tokens": 0,
        "messages": [{"role": "user", "content": "hi"}],
        "thinking": {"type": "between_tools", "display": "omitted", "block_binding": {}},
        "output_config": {
            "effort": "xhigh",
            "format": {"type": "json_schema", "schema": {"type": "object", "z": 1, "a": 2}},
            "task_budget": {"type": "tokens", "total": 5, "remaining": 1},
        },
        "thread": {"type": "continue", "previous_message_id": "msg_1"},
        "container": {"id": "container_1", "skills": [{"type": "anthropic", "skill_id": "pptx"}]},
        "billing_policy": {"type": "billing_policy", "bill_to": "self"},
        "compaction": {"type": "summarize", "instructions": None},
        "context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": {"type": "all"}}]},
        "fallbacks": "default",
        "fallback_credit_token": {"token": "t", "mode": "strict"},
        "cache_control": EPHEMERAL,
        "anthropic_version": "2026-10-21",
        "anthropic_beta": ["compact-2026-01-12"],
    },
    "the oldest settings": {
        "max_tokens": 1,
        "messages": [],
        "temperature": 1,
        "top_k": 5,
        "top_p": 0.5,
        "stop_sequences": ["END"],
        "metadata": {"user_id": None},
        "service_tier": "standard_only",
        "stream": None,
        "anthropic_version": "bedrock-2023-05-31",
        "output_format": {"type": "json_schema", "schema": {}},
    },
    "the proxy's": {"messages": [], "betas": ["computer-use-2025-01-24"], "tool_choice": {"type": "none"}},
    "a thread that starts": {"messages": [], "thread": {"type": "create"}, "container": "container_1"},
    "settings nobody knows": {
        "messages": [],
        "tool_choice": {"type": "perhaps"},
        "thinking": {"type": "sideways", "depth": 2},
        "output_config": {"format": {"type": "poem"}},
        "metadata": {"mood": "good", "user_id": "u"},
        "cache_control": {"type": "eternal"},
        "gravity": 9.81,
    },
    "empty settings": {"messages": [], "output_config": {}, "thinking": {}, "metadata": {}, "tools": [], "system": []},
    "both names of a format": {
        "messages": [],
        "output_config": {"format": None, "effort": None},
        "output_format": {"type": "json_schema", "schema": {}},
    },
    "both names of betas": {"messages": [], "betas": ["a"], "anthropic_beta": ["b"]},
    "messages of every form": {
        "messages": [
            {"role": "user", "content": "a"},
            {"role": "user", "content": []},
            {"role": "user", "content": [{"type": "text", "text": "b"}]},
            {"role": "system", "content": "c", "clear_at": "never", "output_config": {"effort": "low"}},
            {"role": "system", "output_config": {"effort": "max"}},
            {"role": "assistant", "content": None},
            {"role": "assistant"},
            {"role": "narrator", "content": "d"},
            {"role": "user", "content": "e", "name": "f"},
            "not even an object",
            None,
        ],
    },
}

USAGE = {"input_tokens": 5, "output_tokens": 3}

REPLIES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "everything": {
        "model": "claude-opus-5-5",
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": "hi"}],
        "stop_reason": "stop_sequence",
        "stop_sequence": "END",
        "stop_details": None,
        "usage": {
            "input_tokens": 10,
            "cache_creation_input_tokens": 30,
            "cache_read_input_tokens": 7,
            "cache_creation": {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 20},
            "output_tokens": 9,
            "output_tokens_details": {"thinking_tokens": 4},
            "server_tool_use": {"web_search_requests": 1, "web_fetch_requests": 0},
            "service_tier": "priority",
            "iterations": [{"type": "fallback_message", "model": "b", **USAGE}],
            "fallback_credit": {"status": {"type": "not_applied", "reason": "expired"}},
        },
        "container": {"id": "container_1", "expires_at": "2026-11-22T00:00:00Z", "skills": None},
        "context_management": {"applied_edits": [{"type": "clear_tool_uses_20250919", "cleared_tool_uses": 1}]},
        "diagnostics": {"cache_miss_reason": {"type": "tools_changed", "cache_missed_input_tokens": 4}},
        "input_transformations": [
            {"type": "thinking_dropped", "path": "/messages/1", "reason": "prefix_binding_mismatch"}
        ],
    },
    "a refusal": {
        "type": "message",
        "role": "assistant",
        "content": [],
        "stop_reason": "refusal",
        "stop_sequence": None,
        "stop_details": {"type": "refusal", "category": "cyber", "explanation": None, "recommended_model": "b"},
        "usage": USAGE,
    },
    "a reason nobody knows": {"content": [], "stop_reason": "bored", "stop_sequence": None, "usage": None},
    "a failure": {"type": "error", "error": {"type": "overloaded_error", "message": "later"}, "request_id": "req_1"},
    "a container without an id": {"content": None, "container": {"expires_at": "soon"}, "provider": "x"},
}

EVENTS: list[Any] = [
    {"type": "message_start", "message": {"id": "msg_1", "type": "message", "content": [], "usage": USAGE}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "hologram"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "a"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": '{"a'}},
    {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "thinking_delta", "thinking": "a", "estimated_tokens": 1},
    },
    {"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "s"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "compaction_delta", "content": "c"}},
    {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "citations_delta", "citation": {"type": "page_location", **PLACES}},
    },
    {"type": "content_block_delta", "index": 0, "delta": {"type": "hologram_delta"}},
    {"type": "content_block_stop", "index": 0},
    {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None, "container": None},
        "usage": {"output_tokens": 3},
    },
    {"type": "message_stop", "amazon-bedrock-invocationMetrics": {"inputTokenCount": 1}},
    {"type": "ping"},
    {"type": "error", "error": {"type": "api_error", "message": "m", "details": {"error_code": "x"}}},
    {"type": "brand_new_event", "a": [1]},
    {"no": "type"},
]

ERRORS: list[Any] = [
    {"type": "error", "error": {"type": "not_found_error", "message": "m"}, "request_id": None},
    {"message": "Bedrock says no"},
    {"error": "the proxy says no"},
    {"type": "something else"},
    "<html>busy</html>",
    None,
    [1, 2],
]
