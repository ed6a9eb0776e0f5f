"""The hub is no shadow copy: every neutral field of every hub record can be given another value, and some wire says that value.

Each document below is a rich one of its wire. Each place in what it reads to is given other values; the wire must say the value, so
that it reads back, or refuse to write it. Over all wires together every neutral field must have been said at least once.
"""

from __future__ import annotations

import typing
from functools import cache
from typing import Any, Final

import attrs
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from polyloop.translate import WriteError, hub, read, write
from polyloop.translate.jsonvalue import Json
from polyloop.translate.testing import laws
from polyloop.translate.testing.neutral import (
    STRUCTURE,
    WHOLE,
    changed,
    is_neutral,
    places,
    says_nothing,
    without_residue,
)
from polyloop.translate.testing.records import field_values

PIXEL: Final = "iVBORw0KGgo="
SCHEMA: Final = {"type": "object", "properties": {"city": {"type": "string"}}}

ANTHROPIC_REQUEST: Final[Json] = {
    "model": "claude", "max_tokens": 64, "system": [{"type": "text", "text": "be brief"}],
    "messages": [
        {"role": "user", "content": [
            {"type": "text", "text": "look", "cache_control": {"type": "ephemeral", "ttl": "5m"}},
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}},
            {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}},
            {"type": "image", "source": {"type": "file", "file_id": "file_1"}},
            {"type": "document", "title": "t", "source": {"type": "text", "media_type": "text/plain", "data": "words"}},
        ]},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
            {"type": "redacted_thinking", "data": "cmVk"},
            {"type": "text", "text": "as page 1 says", "citations": [
                {"type": "web_search_result_location", "url": "https://example.org", "title": "T", "cited_text": "page 1",
                 "encrypted_index": "e"},
                {"type": "char_location", "cited_text": "wo", "document_index": 0, "document_title": "t", "start_char_index": 0,
                 "end_char_index": 2, "file_id": "file_3"},
                {"type": "page_location", "cited_text": "wo", "document_index": 0, "document_title": None, "start_page_number": 1,
                 "end_page_number": 2},
                {"type": "search_result_location", "cited_text": "wo", "search_result_index": 0, "source": "s", "title": "t",
                 "start_block_index": 0, "end_block_index": 1}]},
            {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"},
             "caller": {"type": "code_execution_20260120", "tool_id": "srvtoolu_2"}},
            {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [
                {"type": "web_search_result", "url": "https://example.org", "title": "T", "page_age": "a day", "encrypted_content": "e"}]},
            {"type": "web_fetch_tool_result", "tool_use_id": "srvtoolu_3", "content": {
                "type": "web_fetch_result", "url": "https://example.org", "retrieved_at": "2026-01-01T00:00:00Z", "content": {
                    "type": "document", "title": "T", "source": {"type": "text", "media_type": "text/plain", "data": "words"}}}},
            {"type": "web_fetch_tool_result", "tool_use_id": "srvtoolu_4", "content": {
                "type": "web_fetch_tool_result_error", "error_code": "url_not_allowed"}},
            {"type": "code_execution_tool_result", "tool_use_id": "srvtoolu_5", "content": {
                "type": "code_execution_result", "stdout": "1", "stderr": "", "return_code": 0, "content": [
                    {"type": "code_execution_output", "file_id": "file_2"}]}},
            {"type": "code_execution_tool_result", "tool_use_id": "srvtoolu_6", "content": {
                "type": "encrypted_code_execution_result", "encrypted_stdout": "e", "stderr": "", "return_code": 0, "content": []}},
            {"type": "text_editor_code_execution_tool_result", "tool_use_id": "srvtoolu_7", "content": {
                "type": "text_editor_code_execution_tool_result_error", "error_code": "unavailable", "error_message": "m"}},
            {"type": "advisor_tool_result", "tool_use_id": "srvtoolu_8", "content": {"type": "advisor_result", "text": "do it"}},
            {"type": "tool_search_tool_result", "tool_use_id": "srvtoolu_9", "content": {
                "type": "tool_search_tool_search_result", "tool_references": [{"type": "tool_reference", "tool_name": "get_weather"}]}},
            {"type": "mcp_tool_listing", "mcp_server_name": "files", "tools": [
                {"name": "find", "description": "d", "input_schema": SCHEMA}]},
            {"type": "mcp_tool_use", "id": "mcptoolu_1", "name": "find", "server_name": "files", "input": {}},
            {"type": "mcp_tool_result", "tool_use_id": "mcptoolu_1", "is_error": False, "content": [{"type": "text", "text": "found"}]},
            {"type": "mcp_tool_result", "tool_use_id": "mcptoolu_2", "is_error": True, "content": "no"},
            {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Oslo"},
             "caller": {"type": "code_execution_20260120", "tool_id": "srvtoolu_2"}},
        ]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "toolu_1", "is_error": True, "content": [{"type": "text", "text": "no"}]}]},
    ],
    "tools": [
        {"name": "get_weather", "description": "d", "input_schema": SCHEMA, "strict": True, "defer_loading": True,
         "allowed_callers": ["direct"], "cache_control": {"type": "ephemeral", "ttl": "1h"}},
        {"type": "computer_20250124", "name": "computer", "display_width_px": 800, "display_height_px": 600},
    ],
    "tool_choice": {"type": "tool", "name": "get_weather", "disable_parallel_tool_use": True},
    "thinking": {"type": "enabled", "budget_tokens": 1024, "display": "omitted"},
    "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}},
    "temperature": 1.0, "top_p": 0.9, "top_k": 5, "stop_sequences": ["END"], "metadata": {"user_id": "u"},
    "service_tier": "auto", "stream": True, "cache_control": {"type": "ephemeral"}, "container": "container_1",
    "anthropic_version": "2023-06-01", "anthropic_beta": ["beta-1"],
    "context_management": {"edits": [
        {"type": "clear_thinking_20251015", "keep": "all"}, {"type": "clear_tool_uses_20250919"},
        {"type": "compact_20260112", "trigger": {"type": "input_tokens", "value": 60000}}]},
    "mcp_servers": [
        {"type": "url", "name": "files", "url": "https://example.org", "authorization_token": "t",
         "tool_configuration": {"enabled": True, "allowed_tools": ["find"]}}],
}  # fmt: skip

ANTHROPIC_RESPONSE: Final[Json] = {
    "id": "msg_1", "type": "message", "role": "assistant", "model": "claude",
    "content": [{"type": "text", "text": "done"}], "stop_reason": "stop_sequence", "stop_sequence": "END",
    "usage": {"input_tokens": 5, "output_tokens": 3, "cache_read_input_tokens": 1, "cache_creation_input_tokens": 3,
              "cache_creation": {"ephemeral_5m_input_tokens": 2, "ephemeral_1h_input_tokens": 1},
              "server_tool_use": {"web_search_requests": 1}, "service_tier": "standard"},
    "container": {"id": "container_1", "expires_at": "2026-01-01T00:00:00Z"},
}  # fmt: skip

STOPPED_OTHERWISE: Final[Json] = {
    "id": "msg_2", "type": "message", "role": "assistant", "model": "claude", "content": [], "stop_reason": "unheard_of",
    "stop_sequence": None, "usage": {"input_tokens": 5, "output_tokens": 3},
}  # fmt: skip

BROKEN_OFF: Final[Json] = {
    "id": "msg_3", "type": "message", "role": "assistant", "model": "claude", "content": [{"type": "text", "text": "do"}],
    "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 5, "output_tokens": 3},
}  # fmt: skip

CHAT_REQUEST: Final[Json] = {
    "model": "gpt",
    "messages": [
        {"role": "system", "content": "be brief"},
        {"role": "user", "name": "ann", "content": [
            {"type": "text", "text": "look"},
            {"type": "image_url", "image_url": {"url": "https://example.org/a.png", "detail": "high"}},
            {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
            {"type": "file", "file": {"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{PIXEL}"}},
        ]},
        {"role": "assistant", "content": None, "refusal": "no"},
        {"role": "assistant", "content": "calling", "tool_calls": [
            {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city": "Oslo"}'}},
            {"id": "call_2", "type": "custom", "custom": {"name": "write", "input": "free text"}}]},
        {"role": "tool", "tool_call_id": "call_1", "content": "rain"},
        {"role": "tool", "tool_call_id": "call_2", "content": "ok"},
    ],
    "tools": [
        {"type": "function", "function": {"name": "get_weather", "description": "d", "parameters": SCHEMA, "strict": True}},
        {"type": "custom", "custom": {"name": "write", "format": {
            "type": "grammar", "grammar": {"syntax": "lark", "definition": "start: /x/"}}}},
    ],
    "tool_choice": {"type": "function", "function": {"name": "get_weather"}}, "parallel_tool_calls": False,
    "response_format": {"type": "json_schema", "json_schema": {"name": "n", "description": "d", "schema": SCHEMA, "strict": True}},
    "temperature": 0.5, "top_p": 0.9, "seed": 7, "frequency_penalty": 0.1, "presence_penalty": 0.2, "logit_bias": {"50256": -100},
    "logprobs": True, "top_logprobs": 3, "n": 2, "stop": ["END"], "max_completion_tokens": 64, "reasoning_effort": "low",
    "stream": True, "stream_options": {"include_usage": True}, "user": "u", "metadata": {"k": "v"}, "service_tier": "flex",
    "store": False, "verbosity": "low", "safety_identifier": "s", "prompt_cache_key": "k", "prompt_cache_retention": "24h",
    "modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"},
}  # fmt: skip

CHAT_RESPONSE: Final[Json] = {
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": "gpt", "service_tier": "default",
    "metadata": {"k": "v"}, "moderation": {
        "input": {"type": "moderation_results", "model": "m", "results": []}, "output": {"type": "error", "code": "c", "message": "m"}},
    "choices": [{"index": 0, "finish_reason": "stop", "logprobs": {"content": []}, "message": {
        "role": "assistant", "content": "see there", "refusal": None, "annotations": [
            {"type": "url_citation", "url_citation": {"url": "https://example.org", "title": "T", "start_index": 0, "end_index": 3}}]}}],
    "usage": {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18,
              "prompt_tokens_details": {"cached_tokens": 2, "audio_tokens": 1},
              "completion_tokens_details": {"reasoning_tokens": 3, "audio_tokens": 2}},
}  # fmt: skip

RESPONSES_REQUEST: Final[Json] = {
    "model": "gpt", "instructions": "be brief",
    "input": [
        {"type": "message", "role": "developer", "content": "in English"},
        {"type": "message", "role": "user", "content": [
            {"type": "input_text", "text": "look"},
            {"type": "input_image", "image_url": f"data:image/png;base64,{PIXEL}", "detail": "low"},
            {"type": "input_file", "file_id": "file_1", "filename": "a.pdf"}]},
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "s"}], "encrypted_content": "ZW5j"},
        {"type": "function_call", "call_id": "call_1", "name": "get_weather", "namespace": "ns", "arguments": '{"city": "Oslo"}',
         "caller": {"type": "program", "caller_id": "call_4"}},
        {"type": "function_call_output", "call_id": "call_1", "name": "get_weather", "namespace": "ns", "output": "rain",
         "caller": {"type": "program", "caller_id": "call_4"}},
        {"type": "computer_call", "id": "cu_1", "call_id": "call_2", "status": "completed",
         "action": {"type": "click", "button": "left", "x": 1, "y": 2},
         "pending_safety_checks": [{"id": "sc_1", "code": "malicious", "message": "sure?"}]},
        {"type": "computer_call_output", "call_id": "call_2",
         "acknowledged_safety_checks": [{"id": "sc_1", "code": "malicious", "message": "sure?"}],
         "output": {"type": "computer_screenshot", "image_url": "https://example.org/s.png"}},
        {"type": "mcp_approval_request", "id": "mcpr_1", "name": "find", "server_label": "files", "arguments": "{}"},
        {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True, "reason": "fine"},
        {"type": "item_reference", "id": "msg_9"},
        {"type": "message", "id": "msg_2", "role": "assistant", "status": "completed", "phase": "commentary", "content": [
            {"type": "output_text", "text": "see there", "logprobs": [], "annotations": [
                {"type": "url_citation", "url": "https://example.org", "title": "T", "start_index": 0, "end_index": 3}]},
            {"type": "refusal", "refusal": "no"}]},
    ],
    "tools": [{"type": "function", "name": "get_weather", "description": "d", "parameters": SCHEMA, "strict": True,
               "defer_loading": True, "allowed_callers": ["direct", "programmatic"], "output_schema": SCHEMA},
              {"type": "custom", "name": "write", "format": {"type": "grammar", "syntax": "regex", "definition": "x"}},
              {"type": "web_search_preview_2025_03_11", "search_context_size": "low"}],
    "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "get_weather"}]},
    "parallel_tool_calls": False,
    "text": {"verbosity": "low", "format": {"type": "json_schema", "name": "n", "description": "d", "schema": SCHEMA, "strict": True}},
    "context_management": [{"type": "compaction", "compact_threshold": 60000}],
    "reasoning": {"effort": "low", "summary": "auto", "context": "all_turns"}, "temperature": 0.5, "top_p": 0.9, "top_logprobs": 2,
    "max_output_tokens": 64, "previous_response_id": "resp_0", "stream": True, "stream_options": {"include_obfuscation": False},
    "user": "u", "metadata": {"k": "v"}, "service_tier": "flex", "store": False, "safety_identifier": "s",
    "include": ["reasoning.encrypted_content", "message.output_text.logprobs"],
    "prompt_cache_key": "k", "prompt_cache_retention": "24h", "prompt_cache_options": {"mode": "auto"}, "moderation": {"model": "m"},
}  # fmt: skip

RESPONSES_RESPONSE: Final[Json] = {
    "id": "resp_1", "object": "response", "created_at": 1700000000, "status": "completed", "model": "gpt", "error": None,
    "output": [
        {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {
            "type": "search", "query": "q", "sources": [{"type": "url", "url": "https://example.org"}]}},
        {"type": "web_search_call", "id": "ws_2", "status": "completed", "action": {"type": "open_page", "url": "https://example.org"}},
        {"type": "file_search_call", "id": "fs_1", "status": "completed", "queries": ["q"], "results": [
            {"file_id": "file_1", "filename": "a.txt", "score": 0.5, "text": "words"}]},
        {"type": "code_interpreter_call", "id": "ci_1", "status": "completed", "code": "1 + 1", "container_id": "cntr_1", "outputs": [
            {"type": "logs", "logs": "2"}, {"type": "image", "url": "https://example.org/a.png"}]},
        {"type": "image_generation_call", "id": "ig_1", "status": "completed", "output_format": "png", "result": PIXEL},
        {"type": "tool_search_call", "id": "ts_1", "call_id": "call_3", "status": "completed", "arguments": {"paths": ["a"]}},
        {"type": "tool_search_output", "id": "ts_2", "call_id": "call_3", "status": "completed", "tools": [
            {"type": "function", "name": "get_weather", "parameters": SCHEMA, "strict": True}]},
        {"type": "program", "id": "pg_1", "call_id": "call_4", "code": "f()", "fingerprint": "p"},
        {"type": "program_output", "id": "pg_2", "call_id": "call_4", "status": "completed", "result": "done"},
        {"type": "shell_call", "id": "sh_1", "call_id": "call_5", "status": "completed", "action": {"commands": ["ls"]},
         "environment": {"type": "container_reference", "container_id": "cntr_1"}},
        {"type": "shell_call_output", "id": "sh_2", "call_id": "call_5", "status": "completed", "output": [
            {"stdout": "a", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}},
            {"stdout": "", "stderr": "b", "outcome": {"type": "timeout"}}]},
        {"type": "mcp_list_tools", "id": "mcpl_1", "server_label": "files", "tools": [
            {"name": "find", "description": "d", "input_schema": SCHEMA}]},
        {"type": "mcp_call", "id": "mcp_2", "name": "find", "server_label": "files", "arguments": "{}", "status": "failed",
         "error": {"type": "mcp_tool_execution_error", "content": [{"type": "text", "text": "no"}]}},
        {"type": "mcp_call", "id": "mcp_1", "name": "find", "server_label": "files", "arguments": "{}", "output": "found"},
        {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [
            {"type": "output_text", "text": "done", "annotations": [
                {"type": "url_citation", "url": "https://example.org", "title": "T", "start_index": 0, "end_index": 2},
                {"type": "file_citation", "file_id": "file_1", "filename": "a.txt", "index": 0},
                {"type": "container_file_citation", "container_id": "cntr_1", "file_id": "file_2", "filename": "b.txt",
                 "start_index": 0, "end_index": 2},
                {"type": "file_path", "file_id": "file_3", "index": 1}]}]}],
    "usage": {"input_tokens": 9, "input_tokens_details": {"cached_tokens": 2}, "output_tokens": 9,
              "output_tokens_details": {"reasoning_tokens": 3}, "total_tokens": 18},
    "conversation": {"id": "conv_1"}, "completed_at": 1700000001, "service_tier": "default", "metadata": {"k": "v"},
    "moderation": {"input": {"type": "moderation_result", "model": "m", "flagged": False}, "output": {"type": "error", "code": "c"}},
    "tool_usage": {
        "image_gen": {"input_tokens": 3, "input_tokens_details": {"image_tokens": 2, "text_tokens": 1}, "output_tokens": 7,
                      "output_tokens_details": {"image_tokens": 7, "text_tokens": 0}, "total_tokens": 10},
        "web_search": {"num_requests": 1}},
}  # fmt: skip

REPEATING: Final[Json] = {
    "id": "resp_2", "object": "response", "created_at": 1700000000, "status": "completed", "model": "gpt", "error": None, "output": [],
    "instructions": "be brief", "parallel_tool_calls": False, "temperature": 0.5, "top_p": 0.9, "top_logprobs": 2,
    "tools": [{"type": "function", "name": "get_weather", "description": "d", "parameters": SCHEMA, "strict": True},
              {"type": "web_search", "search_context_size": "low"}],
    "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "get_weather"}]},
    "text": {"verbosity": "low", "format": {"type": "json_schema", "name": "n", "description": "d", "schema": SCHEMA, "strict": True}},
    "reasoning": {"effort": "low", "summary": "auto"}, "max_output_tokens": 64, "user": "u", "safety_identifier": "s", "store": False,
    "prompt_cache_key": "k", "prompt_cache_retention": "24h", "prompt_cache_options": {"mode": "auto"}, "truncation": "disabled",
}  # fmt: skip

RICH: Final[tuple[tuple[str, str, Json], ...]] = (
    ("anthropic", "request", ANTHROPIC_REQUEST), ("anthropic", "response", ANTHROPIC_RESPONSE),
    ("anthropic", "response", STOPPED_OTHERWISE), ("anthropic", "response", BROKEN_OFF),
    ("openai-chat", "request", CHAT_REQUEST), ("openai-chat", "response", CHAT_RESPONSE),
    ("openai-responses", "request", RESPONSES_REQUEST), ("openai-responses", "response", RESPONSES_RESPONSE),
    ("openai-responses", "response", REPEATING),
)  # fmt: skip


def neutral_fields() -> set[tuple[str, str]]:
    """Every field that says something, of every record that a request or a reply may hold."""
    found: set[tuple[str, str]] = set()
    met: set[type] = set()
    pending: list[type] = [hub.Request, hub.Response]
    while pending:
        cls = pending.pop()
        if cls in met or cls in (hub.Own, hub.Opaque):
            continue
        met.add(cls)
        hints = typing.get_type_hints(cls)
        for field in attrs.fields(cls):
            if not is_neutral(cls, field):
                continue
            inside = _records_in(hints[field.name])
            pending += inside
            if field.name not in STRUCTURE and not inside:
                found.add((cls.__name__, field.name))
    return found - {(cls.__name__, field.name) for cls in WHOLE for field in attrs.fields(cls)}


def _records_in(hint: Any) -> list[type]:
    if isinstance(hint, type) and issubclass(hint, hub.HubRecord):
        return [hint]
    return [record for member in typing.get_args(hint) for record in _records_in(member)]


@cache
def survivors() -> frozenset[tuple[str, str]]:
    """Give every place of the rich documents other values; return the fields whose value a wire said and gave back."""
    said: set[tuple[str, str]] = set()
    records = [(wire, kind, read(wire, kind, document)) for wire, kind, document in RICH]
    cases = [(wire, record, *place) for wire, _, record in records for place in places(record)]

    @settings(
        max_examples=20,
        database=None,
        derandomize=True,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def evolve(data: st.DataObject, case: tuple[Any, ...]) -> None:
        wire, record, place, cls, name = case
        value = without_residue(data.draw(field_values(cls, name)))
        if says_nothing(value):
            return
        laws.evolve_survives(record, place, value, wire=wire)
        try:
            write(wire, changed(record, place, value))
        except WriteError:
            return
        said.add((cls.__name__, name))

    for case in cases:
        evolve(case=case)
    return frozenset(said)


def test_every_neutral_field_is_said_by_some_wire_and_comes_back() -> None:
    never = neutral_fields() - survivors()
    assert sorted(never) == []


def test_the_rich_documents_are_exact() -> None:
    for wire, kind, document in RICH:
        laws.exact_codec(document, wire=wire, kind=kind)
        laws.exact_hub(document, wire=wire, kind=kind)


def test_what_a_message_or_item_carries_itself_can_be_changed() -> None:
    request = read("openai-responses", "request", RESPONSES_REQUEST)
    assert isinstance(request, hub.Request)
    turn = next(turn for turn in request.turns if any(seam.id == "msg_2" for seam in turn.seams))
    seams = tuple(
        attrs.evolve(seam, id="msg_3", status="incomplete") if seam.id == "msg_2" else seam for seam in turn.seams
    )
    turns = tuple(attrs.evolve(turn, seams=seams) if found is turn else found for found in request.turns)
    item = write("openai-responses", attrs.evolve(request, turns=turns))["input"][-1]
    assert (item["id"], item["status"]) == ("msg_3", "incomplete")
