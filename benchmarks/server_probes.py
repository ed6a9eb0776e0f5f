"""Probes of `benchmarks.losses_table` for what a provider's own tools are, do and find, and for what else only one wire says. Data only.

As in `benchmarks.loss_probes` a probe is (field, keys of the document).
"""

from __future__ import annotations

from typing import Any, Final

Probe = tuple[str, dict[str, Any]]
_SCHEMA: Final = {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False}


def _a_found(tool: str, given: Any, content: Any) -> dict[str, Any]:
    call = {"type": "server_tool_use", "id": "srvtoolu_1", "name": tool, "input": given}
    name = "tool_search" if tool.startswith("tool_search") else tool
    return {
        "content": [call, {"type": f"{name}_tool_result", "tool_use_id": "srvtoolu_1", "content": content}, _A_TEXT]
    }


def _asked(reply: dict[str, Any]) -> dict[str, Any]:
    """Put the content of a reply of the Messages API into a history."""
    return {"messages": [_A_Q, {"role": "assistant", "content": reply["content"]}, _A_Q]}


_A_TEXT: Final = {"type": "text", "text": "t"}
_A_Q: Final = {"role": "user", "content": "q"}
_A_CITED: Final = {"cited_text": "c", "document_index": 0, "document_title": "t"}
_A_PROGRAM: Final = {"caller": {"type": "code_execution_20260120", "tool_id": "srvtoolu_0"}}
_A_MCP: Final = ("mcptoolu_1", "mcptoolu_2")
_A_PAGE: Final = {"type": "document", "title": "t", "source": {"type": "text", "media_type": "text/plain", "data": "d"}}
_A_CITATIONS: Final[tuple[Probe, ...]] = (
    ("text.citations, a page of the web", {"content": [{**_A_TEXT, "citations": [{"type": "web_search_result_location", "cited_text": "c", "encrypted_index": "e", "title": "t", "url": "https://example.org"}]}]}),
    ("text.citations, characters of a document", {"content": [{**_A_TEXT, "citations": [{"type": "char_location", **_A_CITED, "start_char_index": 0, "end_char_index": 1}]}]}),
    ("text.citations, pages of a document", {"content": [{**_A_TEXT, "citations": [{"type": "page_location", **_A_CITED, "start_page_number": 1, "end_page_number": 2}]}]}),
    ("text.citations, blocks of a document", {"content": [{**_A_TEXT, "citations": [{"type": "content_block_location", **_A_CITED, "start_block_index": 0, "end_block_index": 1}]}]}),
    ("text.citations, a search result", {"content": [{**_A_TEXT, "citations": [{"type": "search_result_location", "cited_text": "c", "search_result_index": 0, "source": "s", "title": "t", "start_block_index": 0, "end_block_index": 1}]}]}),
)  # fmt: skip
ANTHROPIC_FINDINGS: Final[tuple[Probe, ...]] = (
    ("server_tool_use, web_search, and pages found", _a_found("web_search", {"query": "q"}, [{"type": "web_search_result", "url": "https://example.org", "title": "t", "encrypted_content": "e", "page_age": "a"}])),
    ("server_tool_use, web_search, without a result", {"content": [{"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}}, _A_TEXT]}),
    ("web_search_tool_result, of a call elsewhere", {"content": [{"type": "web_search_tool_result", "tool_use_id": "srvtoolu_0", "content": [{"type": "web_search_result", "url": "https://example.org", "title": "t", "encrypted_content": "e", "page_age": "a"}]}, _A_TEXT]}),
    ("server_tool_use, web_search, that fails", _a_found("web_search", {"query": "q"}, {"type": "web_search_tool_result_error", "error_code": "unavailable"})),
    ("server_tool_use, web_fetch, and the page", _a_found("web_fetch", {"url": "https://example.org"}, {"type": "web_fetch_result", "url": "https://example.org", "retrieved_at": "2026-01-01", "content": _A_PAGE})),
    ("server_tool_use, web_fetch, and a PDF", _a_found("web_fetch", {"url": "https://example.org"}, {"type": "web_fetch_result", "url": "https://example.org", "content": {"type": "document", "title": "t", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQK"}, "citations": {"enabled": True}}})),
    ("server_tool_use, web_fetch, that fails", _a_found("web_fetch", {"url": "https://example.org"}, {"type": "web_fetch_tool_result_error", "error_code": "url_not_accessible"})),
    ("server_tool_use, code_execution, and its output", _a_found("code_execution", {"code": "1"}, {"type": "code_execution_result", "stdout": "o", "stderr": "e", "return_code": 0, "content": []})),
    ("server_tool_use, code_execution, and a file it made", _a_found("code_execution", {"code": "1"}, {"type": "code_execution_result", "stdout": "o", "stderr": "e", "return_code": 0, "content": [{"type": "code_execution_output", "file_id": "f"}]})),
    ("server_tool_use, code_execution, and sealed output", _a_found("code_execution", {"code": "1"}, {"type": "encrypted_code_execution_result", "encrypted_stdout": "x", "stderr": "e", "return_code": 0, "content": []})),
    ("server_tool_use, bash_code_execution, and its output", _a_found("bash_code_execution", {"command": "ls"}, {"type": "bash_code_execution_result", "stdout": "o", "stderr": "e", "return_code": 0, "content": []})),
    ("server_tool_use, bash_code_execution, and a file it made", _a_found("bash_code_execution", {"command": "ls"}, {"type": "bash_code_execution_result", "stdout": "o", "stderr": "e", "return_code": 0, "content": [{"type": "bash_code_execution_output", "file_id": "f"}]})),
    ("server_tool_use, text_editor_code_execution, and a file seen", _a_found("text_editor_code_execution", {"command": "view", "path": "p"}, {"type": "text_editor_code_execution_view_result", "content": "c", "file_type": "text", "num_lines": 1, "start_line": 1, "total_lines": 1})),
    ("server_tool_use, text_editor_code_execution, and a file made", _a_found("text_editor_code_execution", {"command": "create", "path": "p"}, {"type": "text_editor_code_execution_create_result", "is_file_update": False})),
    ("server_tool_use, tool_search, and tools found", _a_found("tool_search_tool_bm25", {"query": "q"}, {"type": "tool_search_tool_search_result", "tool_references": [{"type": "tool_reference", "tool_name": "f"}]})),
    ("server_tool_use, advisor, and its advice", _a_found("advisor", {}, {"type": "advisor_result", "text": "t", "stop_reason": "end_turn"})),
    ("server_tool_use, advisor, and sealed advice", _a_found("advisor", {}, {"type": "advisor_redacted_result", "encrypted_content": "e"})),
    ("server_tool_use.caller, a program", {"content": [{"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}, "caller": {"type": "code_execution_20260120", "tool_id": "srvtoolu_0"}}, {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}]}),
    ("mcp_tool_use and its result", {"content": [{"type": "mcp_tool_use", "id": "mcptoolu_1", "name": "f", "server_name": "s", "input": {"a": "x"}}, {"type": "mcp_tool_result", "tool_use_id": "mcptoolu_1", "is_error": False, "content": [_A_TEXT]}, _A_TEXT]}),
    ("mcp_tool_use that fails", {"content": [{"type": "mcp_tool_use", "id": "mcptoolu_1", "name": "f", "server_name": "s", "input": {"a": "x"}}, {"type": "mcp_tool_result", "tool_use_id": "mcptoolu_1", "is_error": True, "content": [_A_TEXT]}, _A_TEXT]}),
    *_A_CITATIONS,
    *((f"one of several texts, {field}", {"content": [_A_TEXT, *keys["content"], _A_TEXT]}) for field, keys in _A_CITATIONS),
    ("thinking that is not shown", {"content": [{"type": "thinking", "thinking": "", "signature": "s"}, _A_TEXT]}),
    ("server_tool_use.caller, the model", {"content": [{"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}, "caller": {"type": "direct"}}, {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [], "caller": {"type": "direct"}}]}),
    ("web_fetch_tool_result.caller, the model", {"content": [{"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_fetch", "input": {"url": "u"}}, {"type": "web_fetch_tool_result", "tool_use_id": "srvtoolu_1", "content": {"type": "web_fetch_tool_result_error", "error_code": "unavailable"}, "caller": {"type": "direct"}}]}),
    ("web_fetch_tool_result.caller, the model, and the page", {"content": [{"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_fetch", "input": {"url": "u"}}, {"type": "web_fetch_tool_result", "tool_use_id": "srvtoolu_1", "content": {"type": "web_fetch_result", "url": "u", "content": _A_PAGE}, "caller": {"type": "direct"}}]}),
    ("bash_code_execution that writes no errors", _a_found("bash_code_execution", {"command": "ls"}, {"type": "bash_code_execution_result", "stdout": "", "stderr": "", "return_code": 0, "content": []})),
    ("code_execution that writes no errors", _a_found("code_execution", {"code": "1"}, {"type": "code_execution_result", "stdout": "", "stderr": "", "return_code": 0, "content": []})),
    ("compaction", {"content": [{"type": "compaction", "content": "c"}, _A_TEXT]}),
    ("redacted_thinking and text", {"content": [{"type": "redacted_thinking", "data": "d"}, _A_TEXT]}),
    ("server_tool_use, tool_search by a pattern, and tools found", _a_found("tool_search_tool_regex", {"pattern": "p"}, {"type": "tool_search_tool_search_result", "tool_references": [{"type": "tool_reference", "tool_name": "f"}]})),
    ("server_tool_use, text_editor_code_execution, that fails", _a_found("text_editor_code_execution", {"command": "view", "path": "p"}, {"type": "text_editor_code_execution_tool_result_error", "error_code": "unavailable", "error_message": "m"})),
    ("web_search_tool_result.caller, a program", {"content": [{"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}, **_A_PROGRAM}, {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [], **_A_PROGRAM}, _A_TEXT]}),
    ("web_fetch_tool_result.caller, a program", {"content": [{"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_fetch", "input": {"url": "u"}, **_A_PROGRAM}, {"type": "web_fetch_tool_result", "tool_use_id": "srvtoolu_1", "content": {"type": "web_fetch_tool_result_error", "error_code": "unavailable"}, **_A_PROGRAM}, _A_TEXT]}),
    ("mcp_tool_use, two in one go", {"content": [*[{"type": "mcp_tool_use", "id": id, "name": "f", "server_name": "s", "input": {"a": "x"}} for id in _A_MCP], *[{"type": "mcp_tool_result", "tool_use_id": id, "is_error": False, "content": [_A_TEXT]} for id in _A_MCP], _A_TEXT]}),
)  # fmt: skip


def _a_user(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [_A_TEXT, *blocks]}]}


def _a_tool_of(kind: str, **keys: Any) -> dict[str, Any]:
    return {"tools": [{"type": kind, **keys}]}


def _a_given(*blocks: dict[str, Any]) -> dict[str, Any]:
    call = {"type": "tool_use", "id": "c", "name": "f", "input": {"a": "x"}}
    result = {"type": "tool_result", "tool_use_id": "c", "content": list(blocks)}
    return {"messages": [_A_Q, {"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]}


_A_SEARCH: Final = {"type": "tool_search_tool_bm25_20251119", "name": "tool_search_tool_bm25"}
_A_DEFERRED: Final = {"name": "f", "description": "d", "input_schema": _SCHEMA, "defer_loading": True}
_CACHED: Final = {"cache_control": {"type": "ephemeral"}}
_PDF: Final = {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQK"}
ANTHROPIC_RARE: Final[tuple[Probe, ...]] = (
    *((f"messages[].content[], {field}", _asked(reply)) for field, reply in ANTHROPIC_FINDINGS),
    ("cache_control.ttl, 5m", _a_user({**_A_TEXT, "cache_control": {"type": "ephemeral", "ttl": "5m"}})),
    ("cache_control.ttl, 1h", _a_user({**_A_TEXT, "cache_control": {"type": "ephemeral", "ttl": "1h"}})),
    ("cache_control on a result, 1h", {"messages": [_A_Q, {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "f", "input": {"a": "x"}}]}, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": "r", "cache_control": {"type": "ephemeral", "ttl": "1h"}}]}]}),
    ("cache_control on an assistant's text", {"messages": [_A_Q, {"role": "assistant", "content": [{**_A_TEXT, "cache_control": {"type": "ephemeral", "ttl": "1h"}}]}, _A_Q]}),
    ("cache_control on a call", {"messages": [_A_Q, {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "f", "input": {}, **_CACHED}]}, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": "r"}]}]}),
    ("cache_control on a document", _a_user({"type": "document", "source": _PDF, **_CACHED})),
    ("cache_control on a document, text", _a_user({**_A_PAGE, **_CACHED})),
    ("cache_control on a document, address", _a_user({"type": "document", "source": {"type": "url", "url": "https://example.org/a.pdf"}, **_CACHED})),
    ("document, stored file", _a_user({"type": "document", "title": "t", "source": {"type": "file", "file_id": "f"}})),
    ("document, texts and images", _a_user({"type": "document", "title": "t", "source": {"type": "content", "content": [_A_TEXT]}})),
    ("document.title, text", _a_user(_A_PAGE)),
    ("document.title, address", _a_user({"type": "document", "title": "t", "source": {"type": "url", "url": "https://example.org/a.pdf"}})),
    ("document.context", _a_user({"type": "document", "source": _PDF, "context": "c"})),
    ("document.context, text", _a_user({**_A_PAGE, "context": "c"})),
    ("document.citations", _a_user({"type": "document", "source": _PDF, "citations": {"enabled": True}})),
    ("document.citations, text", _a_user({**_A_PAGE, "citations": {"enabled": True}})),
    ("document.citations, address", _a_user({"type": "document", "source": {"type": "url", "url": "https://example.org/a.pdf"}, "citations": {"enabled": True}})),
    ("search_result", _a_user({"type": "search_result", "source": "s", "title": "t", "content": [_A_TEXT], "citations": {"enabled": True}})),
    ("container_upload", _a_user({"type": "container_upload", "file_id": "f"})),
    ("tool_result.content, a document", _a_given({"type": "document", "source": _PDF})),
    ("tool_result.content, a document of text", _a_given(_A_PAGE)),
    ("tool_result.content, an image by address", _a_given({"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}})),
    ("tool_result.content, a stored image", _a_given({"type": "image", "source": {"type": "file", "file_id": "f"}})),
    ("tool_result.content, a search result", _a_given({"type": "search_result", "source": "s", "title": "t", "content": [_A_TEXT], "citations": {"enabled": True}})),
    ("tool_result.content, tool references", _a_given({"type": "tool_reference", "tool_name": "f"})),
    ("tool_result.content, a text with a cache point", _a_given({**_A_TEXT, **_CACHED}, _A_TEXT)),
    ("cache_control on a stored document", _a_user({"type": "document", "source": {"type": "file", "file_id": "f"}, "cache_control": {"type": "ephemeral", "ttl": "5m"}})),
    ("cache_control on an image", _a_user({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}, **_CACHED})),
    ("cache_control on an image, address", _a_user({"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}, **_CACHED})),
    ("cache_control on a system message", {"messages": [_A_Q, {"role": "system", "content": [{**_A_TEXT, **_CACHED}]}]}),
    ("system[].cache_control, one of several", {"system": [_A_TEXT, {**_A_TEXT, **_CACHED}]}),
    ("cache_control on a stored image", _a_user({"type": "image", "source": {"type": "file", "file_id": "f"}, **_CACHED})),
    ("tool_addition in a system message", {"messages": [_A_Q, {"role": "system", "content": [{"type": "tool_addition", "tool": {"type": "tool_reference", "tool_name": "f"}}]}]}),
    ("tool_use.caller, a program", {"messages": [_A_Q, {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "f", "input": {}, "caller": {"type": "code_execution_20260120", "tool_id": "srvtoolu_0"}}]}, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": "r"}]}]}),
    ("tools[].strict, false", {"tools": [{"name": "f", "input_schema": _SCHEMA, "strict": False}]}),
    ("tools[].type, custom", _a_tool_of("custom", name="f", description="d", input_schema=_SCHEMA)),
    ("tools[].cache_control.ttl, 5m", {"tools": [{"name": "f", "input_schema": _SCHEMA, "cache_control": {"type": "ephemeral", "ttl": "5m"}}]}),
    ("tools[].cache_control.ttl, 1h", {"tools": [{"name": "f", "input_schema": _SCHEMA, "cache_control": {"type": "ephemeral", "ttl": "1h"}}]}),
    ("tools[].defer_loading, false", {"tools": [{"name": "f", "input_schema": _SCHEMA, "defer_loading": False}]}),
    ("tools[].allowed_callers", {"tools": [{"name": "f", "input_schema": _SCHEMA, "allowed_callers": ["code_execution_20260120"]}]}),
    ("tools[].input_examples", {"tools": [{"name": "f", "input_schema": _SCHEMA, "input_examples": [{"a": "x"}]}]}),
    ("tools[], web search with options", _a_tool_of("web_search_20260318", name="web_search", max_uses=3, allowed_domains=["example.org"], allowed_callers=["direct"], user_location={"type": "approximate", "city": "c", "country": "DE", "region": "r", "timezone": "Europe/Berlin"})),
    ("tools[], web search, blocked domains", _a_tool_of("web_search_20260318", name="web_search", blocked_domains=["example.org"], response_inclusion="full", **_CACHED)),
    ("tools[], web fetch", _a_tool_of("web_fetch_20250910", name="web_fetch", max_uses=3, allowed_domains=["example.org"], citations={"enabled": True}, max_content_tokens=9)),
    ("tools[], code execution", _a_tool_of("code_execution_20260120", name="code_execution")),
    ("tools[], text editor", _a_tool_of("text_editor_20250728", name="str_replace_based_edit_tool", max_characters=9)),
    ("tools[], memory", _a_tool_of("memory_20250818", name="memory")),
    ("tools[], tool search, BM25", _a_tool_of("tool_search_tool_bm25_20251119", name="tool_search_tool_bm25")),
    ("tools[], tool search, regex", _a_tool_of("tool_search_tool_regex_20251119", name="tool_search_tool_regex")),
    ("tools[].defer_loading, beside a search for tools", {"tools": [_A_SEARCH, _A_DEFERRED]}),
    ("messages[].content[], tools found that the request defines", {"tools": [_A_SEARCH, _A_DEFERRED], **_asked(_a_found("tool_search_tool_bm25", {"query": "q"}, {"type": "tool_search_tool_search_result", "tool_references": [{"type": "tool_reference", "tool_name": "f"}]}))}),
    ("tools[], code execution in the first version", _a_tool_of("code_execution_20250522", name="code_execution")),
    ("tools[], code execution in the last version", _a_tool_of("code_execution_20260521", name="code_execution")),
    ("tools[], code execution in the usual version", _a_tool_of("code_execution_20250825", name="code_execution")),
    ("tools[], advisor", _a_tool_of("advisor_20260301", name="advisor", model="m", max_uses=1, max_tokens=9, **_CACHED)),
    ("tools[], an MCP server's", {"mcp_servers": [{"type": "url", "url": "https://example.org", "name": "s"}], "tools": [{"type": "mcp_toolset", "mcp_server_name": "s"}]}),
)  # fmt: skip
ANTHROPIC_RARE_REPLY: Final[tuple[Probe, ...]] = (
    *((f"content[], {field}", reply) for field, reply in ANTHROPIC_FINDINGS),
    ("content[], tool_use of a program's", {"content": [{"type": "tool_use", "id": "c", "name": "f", "input": {"a": "x"}, "caller": {"type": "code_execution_20260120", "tool_id": "srvtoolu_0"}}], "stop_reason": "tool_use"}),
    ("content[], tool_use of a toolset", {"content": [{"type": "tool_use", "id": "c", "name": "screenshot", "toolset_name": "computer", "input": {}}], "stop_reason": "tool_use"}),
    ("content[], container_upload", {"content": [_A_TEXT, {"type": "container_upload", "file_id": "f"}]}),
    ("content[], an empty text among others", {"content": [_A_TEXT, {"type": "text", "text": ""}, _A_TEXT]}),
    ("content[], thinking in two blocks", {"content": [{"type": "thinking", "thinking": "t", "signature": "s"}, {"type": "thinking", "thinking": "u", "signature": "s"}, _A_TEXT]}),
    ("content[], tool_use between texts", {"content": [_A_TEXT, {"type": "tool_use", "id": "c", "name": "f", "input": {"a": "x"}}, _A_TEXT], "stop_reason": "tool_use"}),
)  # fmt: skip

# OpenAI Chat Completions.


def _c_user(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [{"type": "text", "text": "t"}, *parts]}]}


def _c_answered(call: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {"messages": [_A_Q, {"role": "assistant", "content": None, "tool_calls": [call], **keys}, {"role": "tool", "tool_call_id": "c", "content": "r"}]}  # fmt: skip


_C_CALL: Final = {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a":"x"}'}}
_C_TEXT: Final = {"type": "text", "text": "t"}
CHAT_RARE: Final[tuple[Probe, ...]] = (
    ("tool_calls[].index, a key of streams", _c_answered({**_C_CALL, "index": 0})),
    ("an assistant's lone text as a list", {"messages": [_A_Q, {"role": "assistant", "content": [_C_TEXT]}, _A_Q]}),
    ("an assistant's text with a breakpoint", {"messages": [_A_Q, {"role": "assistant", "content": [{**_C_TEXT, "prompt_cache_breakpoint": {"mode": "explicit"}}]}, _A_Q]}),
    ("tools[] without a type", {"tools": [{"function": {"name": "f", "description": "", "parameters": _SCHEMA}}]}),
    ("tools[].function.arguments, no key of the schema", {"tools": [{"type": "function", "function": {"name": "f", "arguments": _SCHEMA}}]}),
    ("tool content, an image", {"messages": [_A_Q, {"role": "assistant", "content": None, "tool_calls": [_C_CALL]}, {"role": "tool", "tool_call_id": "c", "content": [{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]}]}),
    ("image_url, a string", _c_user({"type": "image_url", "image_url": "https://example.org/a.png"})),
    ("input_audio, a string", _c_user({"type": "input_audio", "input_audio": "https://example.org/a.wav"})),
    ("an empty content beside calls", _c_answered(_C_CALL, content="")),
    ("tool_calls[].function.arguments, empty", _c_answered({**_C_CALL, "function": {"name": "f", "arguments": ""}})),
    ("an assistant's texts", {"messages": [_A_Q, {"role": "assistant", "content": [_C_TEXT, _C_TEXT]}, _A_Q]}),
    ("messages[].name, an assistant's", {"messages": [_A_Q, {"role": "assistant", "content": "t", "name": "n"}, _A_Q]}),
    ("messages[].name, a tool's", {"messages": [_A_Q, {"role": "assistant", "content": None, "tool_calls": [_C_CALL]}, {"role": "tool", "tool_call_id": "c", "name": "f", "content": "r"}]}),
    ("messages[].name, the system's", {"messages": [{"role": "system", "content": "s", "name": "n"}, _A_Q]}),
    ("image_url.detail, auto", _c_user({"type": "image_url", "image_url": {"url": "https://example.org/a.png", "detail": "auto"}})),
    ("image_url.detail, high", _c_user({"type": "image_url", "image_url": {"url": "https://example.org/a.png", "detail": "high"}})),
    ("file, text", _c_user({"type": "file", "file": {"filename": "a.txt", "file_data": "data:text/plain;base64,dA=="}})),
    ("prompt_cache_breakpoint", _c_user({**_C_TEXT, "prompt_cache_breakpoint": {"mode": "explicit"}})),
    ("prompt_cache_breakpoint.ttl", _c_user({**_C_TEXT, "prompt_cache_breakpoint": {"mode": "explicit", "ttl": "12h"}})),
    ("refusal, a part", {"messages": [_A_Q, {"role": "assistant", "content": [{"type": "refusal", "refusal": "no"}]}, _A_Q]}),
    ("audio, an assistant's", {"messages": [_A_Q, {"role": "assistant", "content": None, "audio": {"id": "a"}}, _A_Q]}),
    ("tool_calls[], custom", {"tools": [{"type": "custom", "custom": {"name": "f", "description": "d"}}], "messages": [_A_Q, {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "custom", "custom": {"name": "f", "input": "x"}}]}, {"role": "tool", "tool_call_id": "c", "content": "r"}]}),
    ("tools[], custom with a grammar", {"tools": [{"type": "custom", "custom": {"name": "f", "format": {"type": "grammar", "grammar": {"syntax": "lark", "definition": "start: A"}}}}]}),
    ("tools[].function, without parameters", {"tools": [{"type": "function", "function": {"name": "f", "description": "d"}}]}),
    ("tool_choice, allowed tools", {"tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [{"type": "function", "function": {"name": "f"}}]}}}),
    ("tool_choice, allowed tools, one of which must be called", {"tools": [{"type": "function", "function": {"name": "f"}}, {"type": "function", "function": {"name": "g"}}], "tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [{"type": "function", "function": {"name": "f"}}, {"type": "function", "function": {"name": "g"}}]}}}),
    ("tool message, its function's name", {"messages": [_A_Q, {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}, {"role": "tool", "tool_call_id": "c", "name": "f", "content": "r"}]}),
    ("presence_penalty", {"presence_penalty": 0.5}),
    ("logit_bias", {"logit_bias": {"50256": -100}}),
    ("modalities and audio", {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}}),
    ("web_search_options", {"web_search_options": {"search_context_size": "low"}}),
    ("prediction", {"prediction": {"type": "content", "content": "c"}}),
    ("functions, deprecated", {"functions": [{"name": "f", "description": "d", "parameters": _SCHEMA}], "function_call": "auto"}),
)  # fmt: skip


def _c_said(finish: str = "stop", **keys: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "message": {"role": "assistant", "content": None, **keys}, "finish_reason": finish}]}  # fmt: skip


CHAT_RARE_REPLY: Final[tuple[Probe, ...]] = (
    ("choices[].message.tool_calls[].index, a key of streams", _c_said("tool_calls", tool_calls=[{**_C_CALL, "index": 0}])),
    ("choices[].message.tool_calls[] without a type", _c_said("tool_calls", tool_calls=[{"id": "c", "index": 0, "function": {"name": "f", "arguments": "{}"}}])),
    ("choices[].message.annotations, flat", _c_said(content="t", annotations=[{"type": "url_citation", "url": "https://example.org", "title": "t"}])),
    ("choices[].message.annotations, with the words cited", _c_said(content="it is so", annotations=[{"type": "url_citation", "url_citation": {"url": "https://example.org", "title": "t", "start_index": 3, "end_index": 5, "content": "c"}}])),
    ("choices[].message.content, a list", _c_said(content=[{"type": "text", "text": "t"}])),
    ("choices[].message.refusal, empty", _c_said(content="t", refusal="")),
    ("choices[].message.audio, empty", _c_said(audio={"id": "a", "data": "", "expires_at": 1700000000, "transcript": ""})),
    ("choices[].message.function_call, without a name", _c_said("function_call", function_call={"name": "", "arguments": "{}"})),
    ("choices[].message.content, empty beside calls", _c_said("tool_calls", content="", tool_calls=[_C_CALL])),
    ("choices[].message.tool_calls[].function.arguments, empty", _c_said("tool_calls", tool_calls=[{**_C_CALL, "function": {"name": "f", "arguments": ""}}])),
    ("choices[].message.tool_calls[].function.arguments, cut off", _c_said("length", tool_calls=[{**_C_CALL, "function": {"name": "f", "arguments": '{"a'}}])),
    ("choices[].message.tool_calls[], custom", _c_said("tool_calls", tool_calls=[{"id": "c", "type": "custom", "custom": {"name": "f", "input": "x"}}])),
    ("choices[].message.function_call, deprecated", _c_said("function_call", function_call={"name": "f", "arguments": "{}"})),
    ("choices[].message.audio", _c_said(audio={"id": "a", "data": "AAAA", "expires_at": 1700000000, "transcript": "t"})),
    ("choices[].message.refusal and content", _c_said(content="t", refusal="no")),
)  # fmt: skip

# OpenAI Responses.


def _r_items(*items: dict[str, Any]) -> dict[str, Any]:
    return {"input": [_A_Q, *items]}


def _r_tools(*tools: dict[str, Any]) -> dict[str, Any]:
    return {"tools": list(tools)}


_R_MESSAGE: Final = {"type": "message", "id": "msg_0", "role": "assistant", "status": "completed"}
_R_TEXT: Final = {"type": "output_text", "text": "t", "annotations": []}
_R_TOOL: Final = {"type": "function", "name": "f", "description": "d", "parameters": _SCHEMA, "strict": True}
_R_ITEMS: Final[tuple[tuple[str, list[dict[str, Any]]], ...]] = (
    ("reasoning, a summary in two parts", [{"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "s"}, {"type": "summary_text", "text": "u"}]}]),
    ("reasoning, its text and seal", [{"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "s"}], "content": [{"type": "reasoning_text", "text": "t"}], "encrypted_content": "e"}]),
    ("web_search_call, a search", [{"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q", "queries": ["q"], "sources": [{"type": "url", "url": "https://example.org"}]}}]),
    ("web_search_call, a search whose pages are not told", [{"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q"}}]),
    ("web_search_call, a search that fails", [{"type": "web_search_call", "id": "ws_1", "status": "failed", "action": {"type": "search", "query": "q"}}]),
    ("web_search_call, a source that is no page", [{"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q", "sources": [{"type": "api", "name": "n"}, {"type": "url", "url": "https://example.org"}]}}]),
    ("web_search_call, a page opened", [{"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "open_page", "url": "https://example.org"}}]),
    ("web_search_call, words found in a page", [{"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "find_in_page", "url": "https://example.org", "pattern": "p"}}]),
    ("file_search_call", [{"type": "file_search_call", "id": "fs_1", "status": "completed", "queries": ["q"], "results": [{"file_id": "f", "filename": "n", "score": 0.5, "text": "t"}]}]),
    ("code_interpreter_call", [{"type": "code_interpreter_call", "id": "ci_1", "status": "completed", "code": "1", "container_id": "c", "outputs": [{"type": "logs", "logs": "l"}]}]),
    ("code_interpreter_call, an image made", [{"type": "code_interpreter_call", "id": "ci_1", "status": "completed", "code": "1", "container_id": "c", "outputs": [{"type": "image", "url": "https://example.org/a.png"}]}]),
    ("image_generation_call", [{"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": "iVBORw0KGgo=", "size": "auto", "quality": "low", "background": "auto", "output_format": "png", "revised_prompt": "p"}]),
    ("an empty text", [{**_R_MESSAGE, "content": [{**_R_TEXT, "text": ""}]}]),
    ("mcp_list_tools", [{"type": "mcp_list_tools", "id": "mcpl_1", "server_label": "s", "tools": [{"name": "f", "description": "d", "input_schema": _SCHEMA, "annotations": {"read_only": False}}]}]),
    ("mcp_call", [{"type": "mcp_call", "id": "mcp_1", "status": "completed", "server_label": "s", "name": "f", "arguments": '{"a":"x"}', "output": "r"}]),
    ("mcp_call that fails over HTTP", [{"type": "mcp_call", "id": "mcp_1", "status": "failed", "server_label": "s", "name": "f", "arguments": "{}", "error": {"type": "http_error", "code": 500, "message": "m"}}]),
    ("mcp_call that fails", [{"type": "mcp_call", "id": "mcp_1", "status": "failed", "server_label": "s", "name": "f", "arguments": "{}", "error": "e"}]),
    ("mcp_approval_request", [{"type": "mcp_approval_request", "id": "mcpr_1", "server_label": "s", "name": "f", "arguments": "{}"}]),
    ("tool_search_call and its output", [{"type": "tool_search_call", "id": "tsc_1", "call_id": None, "status": "completed", "execution": "server", "arguments": {"query": "q"}}, {"type": "tool_search_output", "id": "tso_1", "call_id": None, "status": "completed", "execution": "server", "tools": [{**_R_TOOL, "defer_loading": True}]}]),
    ("tool_search_call of the caller's and its output", [{"type": "tool_search_call", "call_id": "c", "status": "completed", "execution": "client", "arguments": {"query": "q"}}, {"type": "tool_search_output", "call_id": "c", "status": "completed", "execution": "client", "tools": [{**_R_TOOL, "strict": True, "defer_loading": True}]}]),
    ("additional_tools", [{"type": "additional_tools", "role": "developer", "tools": [_R_TOOL, {"type": "custom", "name": "g", "description": "d", "format": {"type": "text"}}]}]),
    ("compaction", [{"type": "compaction", "id": "cmp_1", "encrypted_content": "e"}]),
    ("apply_patch_call and its output", [{"type": "apply_patch_call", "id": "ap_1", "call_id": "c", "status": "completed", "operation": {"type": "create_file", "path": "p", "diff": "d"}}, {"type": "apply_patch_call_output", "call_id": "c", "status": "completed", "output": "o"}]),
    ("shell_call and its output", [{"type": "shell_call", "id": "sh_1", "call_id": "c", "status": "completed", "action": {"commands": ["ls"], "timeout_ms": 9, "max_output_length": 9}}, {"type": "shell_call_output", "call_id": "c", "output": [{"stdout": "o", "stderr": "e", "outcome": {"type": "exit", "exit_code": 0}}]}]),
    ("output message.phase, final_answer", [{**_R_MESSAGE, "phase": "final_answer", "content": [_R_TEXT]}]),
    ("output message of an empty text", [{**_R_MESSAGE, "phase": "final_answer", "content": [{**_R_TEXT, "text": ""}]}]),
    ("output message.phase, commentary", [{**_R_MESSAGE, "phase": "commentary", "content": [_R_TEXT]}]),
    ("output_text.annotations, a page of the web", [{**_R_MESSAGE, "content": [{**_R_TEXT, "text": "it is so", "annotations": [{"type": "url_citation", "url": "https://example.org", "title": "t", "start_index": 3, "end_index": 5}]}]}]),
    ("output_text.annotations, an address alone", [{**_R_MESSAGE, "content": [{**_R_TEXT, "annotations": [{"type": "url_citation", "url": "https://example.org"}]}]}]),
    ("output_text.annotations, a stored file", [{**_R_MESSAGE, "content": [{**_R_TEXT, "annotations": [{"type": "file_citation", "file_id": "f", "filename": "n", "index": 0}]}]}]),
    ("output_text.annotations, a file in a container", [{**_R_MESSAGE, "content": [{**_R_TEXT, "annotations": [{"type": "container_file_citation", "container_id": "c", "file_id": "f", "filename": "n", "start_index": 0, "end_index": 1}]}]}]),
    ("two texts of one message", [{**_R_MESSAGE, "content": [_R_TEXT, _R_TEXT]}]),
    ("two messages", [{**_R_MESSAGE, "content": [_R_TEXT]}, {**_R_MESSAGE, "id": "msg_1", "content": [_R_TEXT]}]),
)  # fmt: skip
_R_DEFERRED: Final = {**_R_TOOL, "defer_loading": True}
_R_OPTIONS: Final[tuple[Probe, ...]] = (
    ("web search with options", _r_tools({"type": "web_search", "search_context_size": "low", "filters": {"allowed_domains": ["example.org"]}, "user_location": {"type": "approximate", "city": "c", "country": "DE", "region": "r", "timezone": "Europe/Berlin"}})),
    ("web search, the preview", _r_tools({"type": "web_search_preview", "search_context_size": "low"})),
    ("web search, more options", _r_tools({"type": "web_search", "external_web_access": True, "search_content_types": ["text"]})),
    ("web search, the preview, with a place", _r_tools({"type": "web_search_preview", "user_location": {"type": "approximate", "country": "DE"}})),
    ("code interpreter in a container", _r_tools({"type": "code_interpreter", "container": "c"})),
    ("an MCP server's, some tools of it", _r_tools({"type": "mcp", "server_label": "s", "server_url": "https://example.org", "allowed_tools": {"tool_names": ["f"]}, "require_approval": {"always": {"tool_names": ["f"]}}})),
    ("custom, its callers", _r_tools({"type": "custom", "name": "f", "allowed_callers": ["programmatic"]})),
    ("a function's defer_loading, true", _r_tools({**_R_TOOL, "defer_loading": True})),
    ("file search", _r_tools({"type": "file_search", "vector_store_ids": ["v"], "max_num_results": 3, "ranking_options": {"ranker": "auto", "score_threshold": 0.5}})),
    ("code interpreter", _r_tools({"type": "code_interpreter", "container": {"type": "auto", "file_ids": ["f"], "memory_limit": "1g"}})),
    ("image generation", _r_tools({"type": "image_generation", "model": "m", "size": "auto", "quality": "low", "background": "auto", "moderation": "auto", "output_format": "png", "output_compression": 100, "input_fidelity": "low", "partial_images": 1, "input_image_mask": {"image_url": "https://example.org/a.png"}})),
    ("an MCP server's", _r_tools({"type": "mcp", "server_label": "s", "server_url": "https://example.org", "server_description": "d", "require_approval": "never", "authorization": "a", "allowed_tools": ["f"], "headers": {"h": "v"}})),
    ("an MCP server's, which asks", _r_tools({"type": "mcp", "server_label": "s", "server_url": "https://example.org", "server_description": "d", "require_approval": "always", "authorization": "a", "allowed_tools": ["f"]})),
    ("an MCP server's, tools of it in a filter", _r_tools({"type": "mcp", "server_label": "s", "server_url": "https://example.org", "require_approval": "never", "allowed_tools": {"tool_names": ["f"]}})),
    ("tool search", _r_tools(_R_TOOL, {"type": "tool_search", "execution": "client", "description": "d", "parameters": _SCHEMA})),
    ("tool search, by the provider, and a function deferred", _r_tools({"type": "tool_search"}, _R_DEFERRED)),
    ("code interpreter in a container made anew", _r_tools({"type": "code_interpreter", "container": {"type": "auto"}})),
    ("apply_patch", _r_tools({"type": "apply_patch"})),
    ("shell", _r_tools({"type": "shell"})),
    ("shell in a container", _r_tools({"type": "shell", "environment": {"type": "container_reference", "container_id": "c"}})),
    ("web search, the preview, what to search for", _r_tools({"type": "web_search_preview", "search_content_types": ["text"]})),
    ("local_shell", _r_tools({"type": "local_shell"})),
    ("computer_use_preview", _r_tools({"type": "computer_use_preview", "display_width": 800, "display_height": 600, "environment": "linux"})),
    ("programmatic_tool_calling", _r_tools({"type": "programmatic_tool_calling"})),
    ("namespace", _r_tools({"type": "namespace", "name": "n", "description": "d", "tools": [{**_R_TOOL, "defer_loading": True}]})),
    ("a function's output_schema and callers", _r_tools({**_R_TOOL, "output_schema": _SCHEMA, "allowed_callers": ["programmatic"]})),
    ("a function's defer_loading, false", _r_tools({**_R_TOOL, "defer_loading": False})),
    ("custom with a grammar", _r_tools({"type": "custom", "name": "f", "format": {"type": "grammar", "syntax": "lark", "definition": "start: A"}})),
    ("custom of text", _r_tools({"type": "custom", "name": "f", "description": "d", "format": {"type": "text"}})),
)  # fmt: skip
RESPONSES_RARE: Final[tuple[Probe, ...]] = (
    *((f"input[], {field}", _r_items(*items)) for field, items in _R_ITEMS),
    *((f"tools[], {field}", keys) for field, keys in _R_OPTIONS),
    ("input[], tools found that the request defines", {"tools": [{"type": "tool_search"}, _R_DEFERRED], **_r_items({"type": "tool_search_call", "id": "tsc_1", "status": "completed", "execution": "server", "arguments": {"query": "q"}}, {"type": "tool_search_output", "id": "tso_1", "status": "completed", "execution": "server", "tools": [_R_DEFERRED]})}),
    ("instructions, empty", {"instructions": ""}),
    ("a system item later", _r_items({"role": "system", "content": "s"}, _A_Q)),
    ("a developer item later", _r_items({"role": "developer", "content": "s"}, _A_Q)),
    ("function_call.namespace", _r_items({"type": "function_call", "call_id": "c", "name": "f", "namespace": "n", "arguments": "{}"}, {"type": "function_call_output", "call_id": "c", "output": "r"})),
    ("function_call.arguments, empty", _r_items({"type": "function_call", "call_id": "c", "name": "f", "arguments": ""}, {"type": "function_call_output", "call_id": "c", "output": "r"})),
    ("function_call_output of a stored call", _r_items({"type": "item_reference", "id": "fc_1"}, {"type": "function_call_output", "call_id": "c", "output": "r"})),
    ("function_call_output, a file", _r_items({"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}, {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_file", "filename": "d.pdf", "file_data": "data:application/pdf;base64,JVBERi0xLjQK"}]})),
    ("function_call_output, a file by address", _r_items({"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}, {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_file", "file_url": "https://example.org/a.pdf"}]})),
    ("mcp_approval_response", _r_items({"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True, "reason": "r"})),
    ("computer_call, its checks and the result's", _r_items({"type": "computer_call", "id": "cu_1", "call_id": "c", "status": "completed", "actions": [{"type": "click", "button": "left", "x": 1, "y": 2}], "pending_safety_checks": [{"id": "s", "code": "c", "message": "m"}]}, {"type": "computer_call_output", "call_id": "c", "output": {"type": "computer_screenshot", "image_url": "https://example.org/a.png"}, "acknowledged_safety_checks": [{"id": "s", "code": "c", "message": "m"}]})),
    ("computer_call of one action", _r_items({"type": "computer_call", "id": "cu_1", "call_id": "c", "status": "completed", "action": {"type": "click", "button": "left", "x": 1, "y": 2}, "pending_safety_checks": []}, {"type": "computer_call_output", "call_id": "c", "output": {"type": "computer_screenshot", "image_url": "https://example.org/a.png"}})),
    ("input_image.detail, high", {"input": [{"role": "user", "content": [{"type": "input_text", "text": "t"}, {"type": "input_image", "detail": "high", "image_url": "https://example.org/a.png"}]}]}),
    ("input_file.detail", {"input": [{"role": "user", "content": [{"type": "input_text", "text": "t"}, {"type": "input_file", "filename": "d.pdf", "file_data": "data:application/pdf;base64,JVBERi0xLjQK", "detail": "low"}]}]}),
    ("input_file, a file of another kind", {"input": [{"role": "user", "content": [{"type": "input_text", "text": "t"}, {"type": "input_file", "filename": "a.docx", "file_data": "data:application/msword;base64,AAAA"}]}]}),
    ("input_file, text", {"input": [{"role": "user", "content": [{"type": "input_text", "text": "t"}, {"type": "input_file", "filename": "a.txt", "file_data": "data:text/plain;base64,dA=="}]}]}),
    ("prompt_cache_breakpoint", {"input": [{"role": "user", "content": [{"type": "input_text", "text": "t", "prompt_cache_breakpoint": {"mode": "explicit", "ttl": "12h"}}]}]}),
    ("tool_choice, allowed tools", {**_r_tools(_R_TOOL), "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]}}),
    ("tool_choice, allowed tools, one of which must be called", {**_r_tools(_R_TOOL), "tool_choice": {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "f"}]}}),
    ("function_call_output, its function's name", _r_items({"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}, {"type": "function_call_output", "call_id": "c", "name": "f", "output": "r"})),
    ("reasoning.context, all turns", {"reasoning": {"context": "all_turns"}}),
    ("reasoning.context, the current turn", {"reasoning": {"context": "current_turn"}}),
    ("max_tool_calls", {"max_tool_calls": 3}),
    ("function_call_output of a call on the server", _r_items({"type": "item_reference", "id": "fc_1"}, {"type": "function_call_output", "call_id": "c", "output": "r"})),
    ("service_tier, flex", {"service_tier": "flex"}),
    ("background", {"background": True}),
    ("context_management", {"context_management": [{"type": "compaction", "compact_threshold": 60000}]}),
)  # fmt: skip
_R_CALLS: Final[tuple[tuple[str, list[dict[str, Any]]], ...]] = (
    ("function_call of a program's, and the program", [
        {"type": "program", "id": "pr_1", "call_id": "p", "code": "1", "fingerprint": "f"},
        {"type": "function_call", "id": "fc_0", "call_id": "c", "name": "f", "arguments": "{}", "status": "completed", "caller": {"type": "program", "caller_id": "p"}},
        {"type": "program_output", "id": "po_1", "call_id": "p", "result": "1", "status": "completed"}]),
    ("apply_patch_call, a file deleted", [{"type": "apply_patch_call", "id": "ap_1", "call_id": "c", "status": "completed", "operation": {"type": "delete_file", "path": "p"}}]),
    ("apply_patch_call, a file changed", [{"type": "apply_patch_call", "id": "ap_1", "call_id": "c", "status": "completed", "operation": {"type": "update_file", "path": "p", "diff": "d"}}]),
    ("shell_call in a container", [
        {"type": "shell_call", "id": "sh_1", "call_id": "c", "status": "completed", "action": {"commands": ["ls"]}, "environment": {"type": "container_reference", "container_id": "c"}},
        {"type": "shell_call_output", "id": "so_1", "call_id": "c", "status": "completed", "output": [{"stdout": "", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}]}]),
    ("local_shell_call", [{"type": "local_shell_call", "id": "ls_1", "call_id": "c", "status": "completed", "action": {"type": "exec", "command": ["ls"], "env": {}, "working_directory": "w"}}]),
    ("computer_call, a screenshot alone", [{"type": "computer_call", "id": "cu_1", "call_id": "c", "status": "completed", "action": {"type": "screenshot"}, "pending_safety_checks": []}]),
)  # fmt: skip
RESPONSES_RARE_REPLY: Final[tuple[Probe, ...]] = (
    *((f"output[], {field}", {"output": [*items, {**_R_MESSAGE, "id": "msg_9", "content": [_R_TEXT]}]}) for field, items in _R_ITEMS),
    *((f"output[], alone, {field}", {"output": items}) for field, items in _R_ITEMS if items[0]["type"] == "message"),
    *((f"tools[], repeated, {field}", keys) for field, keys in _R_OPTIONS),
    ("tools[], repeated, function", _r_tools(_R_TOOL, {**_R_TOOL, "name": "g", "strict": False})),
    ("instructions, repeated", {"instructions": "s"}),
    ("settings, repeated", {"temperature": 1.0, "top_p": 1.0, "max_output_tokens": 9, "reasoning": {"effort": "low"}, "text": {"format": {"type": "text"}}, "truncation": "disabled", "store": True}),
    ("instructions, repeated, empty", {"instructions": ""}),
    ("instructions, repeated, an image and a file", {"instructions": [{"type": "message", "role": "user", "content": [{"type": "input_image", "detail": "auto", "image_url": "https://example.org/a.png"}, {"type": "input_file", "file_url": "https://example.org/a.pdf"}]}]}),
    ("instructions, repeated, as items", {"instructions": [{"type": "message", "role": role, "content": [{"type": "input_text", "text": "s"}]} for role in ("user", "developer", "system")]}),
    ("output[], a message of the user's", {"output": [{"type": "message", "id": "msg_8", "role": "user", "status": "completed", "content": [{"type": "input_text", "text": "t"}]}]}),
    ("output[], computer_call and its checks", {"output": [{"type": "computer_call", "id": "cu_1", "call_id": "c", "status": "completed", "actions": [{"type": "click", "button": "left", "x": 1, "y": 2}], "pending_safety_checks": [{"id": "s", "code": "c", "message": "m"}]}]}),
    ("output[], computer_call of one action", {"output": [{"type": "computer_call", "id": "cu_1", "call_id": "c", "status": "completed", "action": {"type": "click", "button": "left", "x": 1, "y": 2}, "pending_safety_checks": []}]}),
    ("output[], function_call.arguments, empty", {"output": [{"type": "function_call", "id": "fc_0", "call_id": "c", "name": "f", "arguments": "", "status": "completed"}]}),
    *((f"output[], {field}", {"output": items}) for field, items in _R_CALLS),
    ("output[], function_call.namespace", {"output": [{"type": "function_call", "id": "fc_0", "call_id": "c", "name": "f", "namespace": "n", "arguments": "{}", "status": "completed"}]}),
    ("output[], custom_tool_call", {"output": [{"type": "custom_tool_call", "id": "ctc_0", "call_id": "c", "name": "f", "input": "x"}]}),
    ("incomplete, max_messages", {"status": "incomplete", "incomplete_details": {"reason": "max_messages"}}),
)  # fmt: skip
