"""Documents written by hand: one of every type the API publishes, those that were never recorded too."""

from __future__ import annotations

import json
from typing import Any

import pytest

from polyloop.translate import hub
from polyloop.translate.codec import Opaque, encode
from polyloop.translate.jsonvalue import Json, same_json
from polyloop.translate.wires import decode, read, write

WIRE = "openai-responses"
IMAGE = "data:image/png;base64,iVBORw0KGgo="
CALLER = {"type": "program", "caller_id": "cm_1"}

ITEMS: list[dict[str, Json]] = [
    {"role": "user", "content": "hi"},
    {"type": "message", "role": "developer", "content": [{"type": "input_text", "text": "be brief"}], "status": "completed"},
    {"type": "message", "role": "user", "content": [
        {"type": "input_text", "text": "look", "prompt_cache_breakpoint": {"mode": "explicit", "ttl": "12h"}},
        {"type": "input_image", "detail": "high", "image_url": IMAGE},
        {"type": "input_image", "detail": "auto", "file_id": "file-1", "image_url": None},
        {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="},
        {"type": "input_file", "filename": "a.pdf", "file_data": "JVBERi0="},
        {"type": "input_file", "file_url": "https://example.org/a.pdf", "detail": "low"},
        {"type": "input_file", "file_id": "file-2"},
        {"type": "input_hologram", "depth": 3},
    ]},
    {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "phase": "final_answer", "content": [
        {"type": "output_text", "text": "see there", "logprobs": [{"token": "see", "logprob": -0.5, "bytes": [115], "top_logprobs": []}],
         "annotations": [
             {"type": "url_citation", "url": "https://example.org", "title": "t", "start_index": 0, "end_index": 3},
             {"type": "file_citation", "file_id": "file-1", "filename": "a.pdf", "index": 0},
             {"type": "container_file_citation", "container_id": "cntr_1", "file_id": "cfile_1", "filename": "b.png",
              "start_index": 4, "end_index": 9},
             {"type": "file_path", "file_id": "file-2", "index": 1},
             {"type": "telepathy_citation", "mind": "yours"},
         ]},
        {"type": "refusal", "refusal": "not that"},
    ]},
    {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "I thought"}], "encrypted_content": "gAAA"},
    {"type": "reasoning", "id": "rs_2", "summary": [], "status": "completed", "encrypted_content": None,
     "content": [{"type": "reasoning_text", "text": "first "}, {"type": "reasoning_text", "text": "then"}]},
    {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "look", "arguments": "{\"a\": 1e2}", "status": "completed",
     "namespace": "eyes", "caller": CALLER, "async": True},
    {"type": "function_call_output", "call_id": "call_1", "output": "seen", "caller": {"type": "direct"}},
    {"type": "function_call_output", "call_id": "call_2", "id": "fco_1", "status": "completed", "name": "look", "namespace": "eyes",
     "output": [{"type": "input_text", "text": "t"}, {"type": "input_image", "image_url": IMAGE}, {"type": "input_file", "file_id": "f"}]},
    {"type": "custom_tool_call", "id": "ctc_1", "call_id": "call_3", "name": "sh", "input": "ls -la", "namespace": "n"},
    {"type": "custom_tool_call_output", "call_id": "call_3", "output": [{"type": "input_text", "text": "files"}]},
    {"type": "computer_call", "id": "cu_1", "call_id": "call_4", "status": "completed", "pending_safety_checks": [
        {"id": "sc_1", "code": "malicious_instructions", "message": "look twice"}, {"id": "sc_2", "code": None}],
     "action": {"type": "double_click", "x": 1, "y": 2, "keys": None}},
    {"type": "computer_call", "id": "cu_2", "call_id": "call_5", "status": "completed", "actions": [
        {"type": "click", "button": "wheel", "x": 1, "y": 2, "keys": ["CTRL"]},
        {"type": "drag", "path": [{"x": 1, "y": 2}, {"x": 3, "y": 4}, {"x": 5, "y": 6}]},
        {"type": "keypress", "keys": ["CTRL", "A"]},
        {"type": "move", "x": 3, "y": 4},
        {"type": "scroll", "x": 1, "y": 2, "scroll_x": 0, "scroll_y": -300},
        {"type": "type", "text": "hello\n"},
        {"type": "wait"},
        {"type": "screenshot"},
        {"type": "levitate", "height": 3},
    ]},
    {"type": "computer_call_output", "call_id": "call_4", "output": {"type": "computer_screenshot", "image_url": IMAGE},
     "acknowledged_safety_checks": [{"id": "sc_1", "code": "malicious_instructions", "message": "look twice"}]},
    {"type": "computer_call_output", "id": "cuo_1", "call_id": "call_5", "status": "completed",
     "output": {"type": "computer_screenshot", "file_id": "file-3"}},
    {"type": "local_shell_call", "id": "lsh_1", "call_id": "call_6", "status": "completed",
     "action": {"type": "exec", "command": ["ls"], "env": {}, "timeout_ms": None}},
    {"type": "local_shell_call_output", "id": "call_6", "output": "files", "status": "completed"},
    {"type": "shell_call", "id": "sh_1", "call_id": "call_7", "status": "completed", "environment": {"type": "local"},
     "action": {"commands": ["ls", "pwd"], "timeout_ms": 1000, "max_output_length": None}},
    {"type": "shell_call_output", "call_id": "call_7", "max_output_length": 500, "output": [
        {"stdout": "files", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}},
        {"stdout": "", "stderr": "no such file", "outcome": {"type": "timeout"}}]},
    {"type": "shell_call", "id": "sh_2", "call_id": "call_8", "status": "completed", "action": {"commands": ["ls"]},
     "environment": {"type": "container_reference", "container_id": "cntr_1"}},
    {"type": "shell_call_output", "id": "sho_1", "call_id": "call_8", "status": "completed",
     "output": [{"stdout": "x", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}]},
    {"type": "apply_patch_call", "id": "apc_1", "call_id": "call_9", "status": "completed",
     "operation": {"type": "update_file", "path": "a.txt", "diff": "@@\n-a\n+b"}},
    {"type": "apply_patch_call_output", "call_id": "call_9", "status": "failed", "output": "no such file"},
    {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q", "sources": None}},
    {"type": "file_search_call", "id": "fs_1", "status": "completed", "queries": ["q"], "results": None},
    {"type": "code_interpreter_call", "id": "ci_1", "status": "completed", "code": "1+1", "container_id": "cntr_1",
     "outputs": [{"type": "logs", "logs": "2"}, {"type": "image", "url": "https://example.org/i.png"}]},
    {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": "iVBORw0KGgo=", "size": "1024x1024"},
    {"type": "mcp_list_tools", "id": "mcpl_1", "server_label": "s", "tools": [{"name": "t", "input_schema": {"type": "object"}}]},
    {"type": "mcp_call", "id": "mcp_1", "name": "t", "server_label": "s", "arguments": "{}", "output": None,
     "error": {"type": "mcp_tool_execution_error", "content": []}},
    {"type": "mcp_approval_request", "id": "mcpr_1", "name": "t", "server_label": "s", "arguments": "{}"},
    {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": False, "reason": "no", "id": "mcpa_1"},
    {"type": "tool_search_call", "id": "tsc_1", "call_id": None, "execution": "server", "arguments": {"paths": ["a"]}, "status": "completed"},
    {"type": "tool_search_output", "call_id": "call_a", "execution": "client", "status": "completed", "tools": []},
    {"type": "additional_tools", "role": "developer", "tools": [{"type": "function", "name": "f", "parameters": None, "strict": None}]},
    {"type": "configuration_update", "reasoning": {"effort": "low"}, "text": {"format": {"type": "text"}}},
    {"type": "compaction", "id": "cmp_1", "encrypted_content": "gAAA"},
    {"type": "compaction_trigger"},
    {"type": "item_reference", "id": "msg_2"},
    {"id": "msg_3"},
    {"type": "program", "id": "cm_1", "call_id": "call_b", "code": "text(1)", "fingerprint": "gAAA"},
    {"type": "program_output", "id": "cmo_1", "call_id": "call_b", "result": "1", "status": "completed"},
]  # fmt: skip

TOOLS: list[dict[str, Json]] = [
    {"type": "function", "name": "f", "description": "d", "parameters": {"type": "object", "properties": {"b": {}, "a": {}}}, "strict": True,
     "defer_loading": True, "allowed_callers": ["programmatic"], "output_schema": {"type": "string"}, "async": False},
    {"type": "function", "name": "g", "parameters": None, "strict": None, "description": None},
    {"type": "custom", "name": "c", "description": "free", "format": {"type": "grammar", "syntax": "lark", "definition": "start: X"}},
    {"type": "computer"},
    {"type": "computer_use_preview", "display_width": 1280, "display_height": 800, "environment": "linux"},
    {"type": "web_search", "filters": {"allowed_domains": ["a.org"]}, "user_location": {"type": "approximate", "city": "Oslo"}},
    {"type": "web_search_2025_08_26", "search_context_size": "low"},
    {"type": "web_search_preview_2025_03_11", "search_content_types": ["text"]},
    {"type": "file_search", "vector_store_ids": ["vs_1"], "filters": {"type": "eq", "key": "k", "value": 1}},
    {"type": "code_interpreter", "container": {"type": "auto", "network_policy": {"type": "disabled"}}},
    {"type": "image_generation", "quality": "low", "partial_images": 2},
    {"type": "mcp", "server_label": "s", "server_url": "https://example.org/sse", "require_approval": {"always": {"tool_names": ["t"]}}},
    {"type": "local_shell"},
    {"type": "shell", "environment": {"type": "container_auto", "skills": []}},
    {"type": "apply_patch"},
    {"type": "tool_search", "execution": "client", "parameters": {"type": "object"}},
    {"type": "programmatic_tool_calling"},
    {"type": "namespace", "name": "n", "description": "d", "tools": [{"type": "function", "name": "f"}]},
]  # fmt: skip

CHOICES: list[Json] = [
    "none", "auto", "required", None,
    {"type": "function", "name": "f"},
    {"type": "custom", "name": "c"},
    {"type": "function", "name": "not_offered"},
    {"type": "mcp", "server_label": "s"},
    {"type": "mcp", "server_label": "s", "name": "t"},
    {"type": "computer"}, {"type": "file_search"}, {"type": "apply_patch"}, {"type": "web_search_preview_2025_03_11"},
    {"type": "allowed_tools", "mode": "required", "tools": [
        {"type": "function", "name": "f"}, {"type": "mcp", "server_label": "s"}, {"type": "image_generation"}]},
    {"type": "allowed_tools", "tools": []},
    {"type": "dowsing", "rod": "hazel"},
    "whatever",
]  # fmt: skip


def _name(document: Json) -> str:
    return json.dumps(document)[:60]


def exact_record(kind: str, document: Json) -> Any:
    record = decode(WIRE, kind, document)
    assert json.dumps(encode(record)) == json.dumps(document)
    return record


@pytest.mark.parametrize("item", ITEMS, ids=_name)
def test_every_item_is_a_record_of_its_own_and_exact(item: dict[str, Json]) -> None:
    record = exact_record("request", {"input": [item]})
    assert not isinstance(record.input[0], Opaque)
    document = {"model": "m", "input": [item], "tools": TOOLS}
    assert same_json(write(WIRE, read(WIRE, "request", document)), document, ordered=False)


@pytest.mark.parametrize("item", ITEMS, ids=_name)
def test_every_item_is_exact_in_a_reply(item: dict[str, Json]) -> None:
    document = {"id": "resp_1", "object": "response", "status": "completed", "output": [item, item], "model": "m"}
    exact_record("response", document)
    assert same_json(write(WIRE, read(WIRE, "response", document)), document, ordered=False)


def test_a_conversation_of_all_items_is_exact_in_any_order() -> None:
    for items in (ITEMS, ITEMS[::-1], [item for pair in zip(ITEMS, ITEMS[5:], strict=False) for item in pair]):
        document = {"model": "m", "input": items}
        found = read(WIRE, "request", document)
        assert same_json(write(WIRE, found), document, ordered=False)
        assert read(WIRE, "request", write(WIRE, found)) == found


@pytest.mark.parametrize("tool", TOOLS, ids=_name)
def test_every_tool_is_a_record_of_its_own_and_exact(tool: dict[str, Json]) -> None:
    record = exact_record("request", {"tools": [tool]})
    assert not isinstance(record.tools[0], Opaque)
    found = read(WIRE, "request", {"tools": [tool]})
    assert isinstance(found, hub.Request)
    assert isinstance(found.tools, tuple)
    assert isinstance(found.tools[0], hub.Tool)
    assert same_json(write(WIRE, found), {"tools": [tool]}, ordered=False)


@pytest.mark.parametrize("choice", CHOICES, ids=_name)
@pytest.mark.parametrize("parallel", [None, False, "absent"])
def test_every_choice_is_exact_with_and_without_parallel(choice: Json, parallel: Json) -> None:
    document = {"tools": TOOLS, "tool_choice": choice}
    if parallel != "absent":
        document["parallel_tool_calls"] = parallel
    exact_record("request", document)
    assert same_json(write(WIRE, read(WIRE, "request", document)), document, ordered=False)


REQUEST: dict[str, Json] = {
    "model": "gpt-6-astra", "instructions": "be kind", "input": "hi", "include": ["message.output_text.logprobs", "web_search_call.results"],
    "text": {"format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}, "strict": True}, "verbosity": "low"},
    "reasoning": {"effort": "high", "summary": "auto", "context": "all_turns", "mode": "pro"},
    "temperature": 0.5, "top_p": 1, "top_logprobs": 3, "max_output_tokens": 100, "max_tool_calls": 2,
    "previous_response_id": "resp_0", "prompt": {"id": "pmpt_1", "variables": {"a": "b"}, "version": None},
    "store": False, "stream": True, "stream_options": {"include_obfuscation": False}, "background": False,
    "background_options": {"completion_window": "2h"}, "truncation": "auto", "metadata": {"k": "v"}, "service_tier": "flex",
    "context_management": [{"type": "compaction", "compact_threshold": 1000}], "user": "u", "safety_identifier": "s",
    "prompt_cache_key": "p", "prompt_cache_options": {"mode": "implicit"}, "prompt_cache_retention": "24h",
    "moderation": {"model": "omni"}, "access_programs": {"cyber": "standard"}, "image": {"context_compression": "auto"},
    "parallel_tool_calls": True, "tools": [], "tool_choice": "none", "conversation": "conv_1", "unheard_of": {"z": 1, "a": 2},
}  # fmt: skip


@pytest.mark.parametrize("key", REQUEST)
def test_every_parameter_of_a_request_is_exact_alone_null_and_missing(key: str) -> None:
    for document in (REQUEST, {key: REQUEST[key]}, {k: v for k, v in REQUEST.items() if k != key}):
        exact_record("request", document)
        assert same_json(write(WIRE, read(WIRE, "request", document)), document, ordered=False)
    null = {**REQUEST, key: None}
    assert same_json(write(WIRE, read(WIRE, "request", null)), null, ordered=False)


def test_only_what_no_other_wire_could_say_is_residue() -> None:
    found = read(WIRE, "request", REQUEST)
    assert found.own is not None
    assert set(found.own.fields) == {
        "max_tool_calls", "background", "background_options", "truncation", "access_programs", "image", "unheard_of",
    }  # fmt: skip


@pytest.mark.parametrize(
    "document",
    [
        {"error": {"message": "no", "type": "invalid_request_error", "param": None, "code": "x"}},
        {"error": "no"},
        {"detail": "Not Found"},
        "upstream connect error",
    ],
    ids=_name,
)
def test_anything_goes_as_an_error(document: Json) -> None:
    exact_record("error", document)


def test_counting_tokens_shares_the_request_forms() -> None:
    record = exact_record(
        "count_tokens_request", {"model": "m", "input": ITEMS, "tools": TOOLS, "personality": "friendly"}
    )
    assert not any(isinstance(item, Opaque) for item in record.input)
    exact_record("count_tokens_response", {"object": "response.input_tokens", "input_tokens": 12})


EVENT_TYPES = [
    "response.created",
    "response.in_progress",
    "response.queued",
    "response.completed",
    "response.failed",
    "response.incomplete",
    "response.output_item.added",
    "response.output_item.done",
    "response.content_part.added",
    "response.content_part.done",
    "response.output_text.delta",
    "response.output_text.done",
    "response.output_text.annotation.added",
    "response.refusal.delta",
    "response.refusal.done",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.custom_tool_call_input.delta",
    "response.custom_tool_call_input.done",
    "response.reasoning_summary_part.added",
    "response.reasoning_summary_part.done",
    "response.reasoning_summary_text.delta",
    "response.reasoning_summary_text.done",
    "response.reasoning_text.delta",
    "response.reasoning_text.done",
    "response.web_search_call.in_progress",
    "response.web_search_call.searching",
    "response.web_search_call.completed",
    "response.file_search_call.in_progress",
    "response.file_search_call.searching",
    "response.file_search_call.completed",
    "response.code_interpreter_call.in_progress",
    "response.code_interpreter_call.interpreting",
    "response.code_interpreter_call.completed",
    "response.code_interpreter_call_code.delta",
    "response.code_interpreter_call_code.done",
    "response.image_generation_call.in_progress",
    "response.image_generation_call.generating",
    "response.image_generation_call.partial_image",
    "response.image_generation_call.completed",
    "response.mcp_call.in_progress",
    "response.mcp_call.completed",
    "response.mcp_call.failed",
    "response.mcp_call_arguments.delta",
    "response.mcp_call_arguments.done",
    "response.mcp_list_tools.in_progress",
    "response.mcp_list_tools.completed",
    "response.mcp_list_tools.failed",
    "response.shell_call_command.added",
    "response.shell_call_command.delta",
    "response.shell_call_command.done",
    "response.shell_call_output_content.delta",
    "response.shell_call_output_content.done",
    "response.audio.delta",
    "response.audio.done",
    "response.audio.transcript.delta",
    "response.audio.transcript.done",
    "response.compaction.compacting",
    "error",
    "response.apply_patch_call_operation_diff.delta",
    "response.apply_patch_call_operation_diff.done",
]


@pytest.mark.parametrize("type", EVENT_TYPES)
def test_every_event_is_a_record_of_its_own_and_exact(type: str) -> None:
    document = {"type": type, "sequence_number": 3, "output_index": 0, "item_id": "msg_1", "unheard_of": None}
    record = exact_record("event", document)
    assert record.type == type
    assert record.sequence_number == 3


def test_events_hold_records_of_what_they_tell_of() -> None:
    record = exact_record("event", {"type": "response.output_item.done", "item": ITEMS[6], "output_index": 1})
    assert record.item.name == "look"
    record = exact_record("event", {"type": "response.completed", "response": {"id": "resp_1", "output": ITEMS}})
    assert not any(isinstance(item, Opaque) for item in record.response.output)
    record = exact_record("event", {"type": "response.content_part.added", "part": {"type": "output_text", "text": ""}})
    assert record.part.text == ""


def test_an_unknown_event_stays_as_it_came() -> None:
    assert isinstance(exact_record("event", {"type": "keepalive", "sequence_number": 7}), Opaque)
