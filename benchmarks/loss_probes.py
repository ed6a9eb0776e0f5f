"""Probes of `benchmarks.losses_table`: for each field of a wire a small document that says it and little else. Data only.

A probe is (field, keys of the document). A reply's document stands in a whole reply, a request's beside a model and one message.
"""

from __future__ import annotations

from typing import Any, Final

from .server_probes import (
    ANTHROPIC_RARE,
    ANTHROPIC_RARE_REPLY,
    CHAT_RARE,
    CHAT_RARE_REPLY,
    RESPONSES_RARE,
    RESPONSES_RARE_REPLY,
    Probe,
)

PNG: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg=="
PDF: Final = "JVBERi0xLjQK"
SCHEMA: Final = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}


# Anthropic Messages.


def _a_said(*blocks: dict[str, Any], role: str = "user") -> dict[str, Any]:
    spoken = [{"role": role, "content": list(blocks)}]
    return {
        "messages": spoken
        if role == "user"
        else [{"role": "user", "content": "q"}, *spoken, {"role": "user", "content": "r"}]
    }


def _a_result(**keys: Any) -> dict[str, Any]:
    call = {"type": "tool_use", "id": "c", "name": "f", "input": {"a": "x"}}
    result = {"type": "tool_result", "tool_use_id": "c", **keys}
    return {
        "messages": [
            {"role": "user", "content": "q"},
            {"role": "assistant", "content": [call]},
            {"role": "user", "content": [result]},
        ]
    }


def _a_tool(**keys: Any) -> dict[str, Any]:
    return {"tools": [{"name": "f", "description": "d", "input_schema": SCHEMA, **keys}]}


_A_IMAGE: Final = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}
_A_TEXT: Final = {"type": "text", "text": "t"}
ANTHROPIC_REQUEST: Final[tuple[Probe, ...]] = (
    ("system", {"system": "s"}),
    ("system[].cache_control", {"system": [{**_A_TEXT, "cache_control": {"type": "ephemeral"}}]}),
    ("system[].cache_control.ttl", {"system": [{**_A_TEXT, "cache_control": {"type": "ephemeral", "ttl": "1h"}}]}),
    ("messages[].content, a string", {"messages": [{"role": "user", "content": "t"}]}),
    ("messages[].content, texts", _a_said(_A_TEXT, _A_TEXT)),
    ("a lone text as a list", _a_said(_A_TEXT)),
    ("two messages of one speaker", {"messages": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}]}),
    ("a system message in between", {"messages": [{"role": "user", "content": "a"}, {"role": "system", "content": "s"}]}),
    ("image, bytes", _a_said(_A_TEXT, _A_IMAGE)),
    ("image, address", _a_said(_A_TEXT, {"type": "image", "source": {"type": "url", "url": "https://example.org/a.png"}})),
    ("image, stored file", _a_said(_A_TEXT, {"type": "image", "source": {"type": "file", "file_id": "f"}})),
    ("document, bytes", _a_said(_A_TEXT, {"type": "document", "title": "d.pdf", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}})),
    ("document, address", _a_said(_A_TEXT, {"type": "document", "source": {"type": "url", "url": "https://example.org/a.pdf"}})),
    ("document, text", _a_said(_A_TEXT, {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "t"}})),
    ("tool_use", _a_result(content="r")),
    ("tool_use.caller, direct", {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "f", "input": {}, "caller": {"type": "direct"}}]}, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": "r"}]}]}),
    ("text behind a tool_use", {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": [{"type": "tool_use", "id": "c", "name": "f", "input": {}}, {"type": "text", "text": "t"}]}, {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": "r"}]}]}),
    ("tool_result.content, image", _a_result(content=[_A_IMAGE])),
    ("tool_result.content, text and image", _a_result(content=[_A_TEXT, _A_IMAGE])),
    ("tool_result.is_error", _a_result(content="r", is_error=True)),
    ("tool_result.cache_control", _a_result(content="r", cache_control={"type": "ephemeral"})),
    ("thinking", _a_said({"type": "thinking", "thinking": "t", "signature": "s"}, _A_TEXT, role="assistant")),
    ("redacted_thinking", _a_said({"type": "redacted_thinking", "data": "d"}, _A_TEXT, role="assistant")),
    ("server_tool_use and its result", _a_said({"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "q"}}, {"type": "web_search_tool_result", "tool_use_id": "s", "content": []}, _A_TEXT, role="assistant")),
    ("text.citations", _a_said({**_A_TEXT, "citations": [{"type": "char_location", "cited_text": "c", "document_index": 0, "document_title": None, "start_char_index": 0, "end_char_index": 1}]}, role="assistant")),
    ("cache_control on a text", _a_said({**_A_TEXT, "cache_control": {"type": "ephemeral"}})),
    ("tools[].name, description, input_schema", _a_tool()),
    ("tools[].strict", _a_tool(strict=True)),
    ("tools[].input_schema, a union at the top", {"tools": [{"name": "f", "input_schema": {"type": "object", "oneOf": [SCHEMA]}}]}),
    ("tools[].cache_control", _a_tool(cache_control={"type": "ephemeral"})),
    ("tools[].defer_loading", _a_tool(defer_loading=True)),
    ("tools[].eager_input_streaming", _a_tool(eager_input_streaming=True)),
    ("tools[], a computer", {"tools": [{"type": "computer_20250124", "name": "computer", "display_width_px": 800, "display_height_px": 600}]}),
    ("tools[], the computer toolset", {"tools": [{"type": "computer_toolset_20260801"}]}),
    ("tools[], bash", {"tools": [{"type": "bash_20250124", "name": "bash"}]}),
    ("tools[], web search", {"tools": [{"type": "web_search_20250305", "name": "web_search"}]}),
    ("tool_choice, any", {**_a_tool(), "tool_choice": {"type": "any"}}),
    ("tool_choice, a tool", {**_a_tool(), "tool_choice": {"type": "tool", "name": "f"}}),
    ("tool_choice.disable_parallel_tool_use", {**_a_tool(), "tool_choice": {"type": "auto", "disable_parallel_tool_use": True}}),
    ("stop_sequences", {"stop_sequences": ["s"]}),
    ("thinking (setting)", {"thinking": {"type": "enabled", "budget_tokens": 1024}}),
    ("output_config.effort", {"output_config": {"effort": "low"}}),
    ("output_config.format", {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}}),
    ("metadata.user_id", {"metadata": {"user_id": "u"}}),
    ("service_tier, standard_only", {"service_tier": "standard_only"}),
    ("stream", {"stream": True}),
    ("top_k", {"anthropic_version": "2023-06-01", "top_k": 3}),
    ("container", {"container": "c"}),
    ("context_management, tool results cleared", {"context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]}}),
    ("context_management, a compaction", {"context_management": {"edits": [{"type": "compact_20260112", "trigger": {"type": "input_tokens", "value": 60000}}]}}),
    ("context_management, all thinking kept", {"context_management": {"edits": [{"type": "clear_thinking_20251015", "keep": "all"}]}}),
    ("an unknown key", {"unheard_of": 1}),
)  # fmt: skip
ANTHROPIC_RESPONSE: Final[tuple[Probe, ...]] = (
    ("content[], text", {}),
    ("content[], two texts", {"content": [_A_TEXT, {"type": "text", "text": "u"}]}),
    ("content[], tool_use", {"content": [{"type": "tool_use", "id": "c", "name": "f", "input": {"a": "x"}}], "stop_reason": "tool_use"}),
    ("content[], thinking", {"content": [{"type": "thinking", "thinking": "t", "signature": "s"}, _A_TEXT]}),
    ("content[], a text and a tool_use", {"content": [_A_TEXT, {"type": "tool_use", "id": "c", "name": "f", "input": {"a": "x"}}], "stop_reason": "tool_use"}),
    ("content[], thinking, a text and a tool_use", {"content": [{"type": "thinking", "thinking": "t", "signature": "s"}, _A_TEXT, {"type": "tool_use", "id": "c", "name": "f", "input": {"a": "x"}}], "stop_reason": "tool_use"}),
    ("content[], thinking that nobody sealed", {"content": [{"type": "thinking", "thinking": "t", "signature": ""}, _A_TEXT]}),
    ("content[], tool_use, input that is no object", {"content": [{"type": "tool_use", "id": "c", "name": "f", "input": {"INVALID_JSON": '{"a'}}], "stop_reason": "tool_use"}),
    ("stop_reason, max_tokens", {"stop_reason": "max_tokens"}),
    ("stop_reason, unheard of", {"stop_reason": "unheard_of"}),
    ("stop_reason, refusal", {"stop_reason": "refusal"}),
    ("stop_reason, stop_sequence", {"stop_reason": "stop_sequence", "stop_sequence": "s"}),
    ("stop_reason, pause_turn", {"stop_reason": "pause_turn"}),
    ("usage, cache", {"usage": {"input_tokens": 3, "output_tokens": 2, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 4}}),
    ("usage.service_tier", {"usage": {"input_tokens": 3, "output_tokens": 2, "service_tier": "standard"}}),
)  # fmt: skip

# OpenAI Chat Completions.


def _c_said(*messages: dict[str, Any]) -> dict[str, Any]:
    return {"messages": list(messages)}


def _c_tool(**keys: Any) -> dict[str, Any]:
    return {
        "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": SCHEMA, **keys}}]
    }


def _c_called(arguments: str = '{"a":"x"}', result: Any = "r") -> dict[str, Any]:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}
    return {**_c_tool(), **_c_said(_C_Q, {"role": "assistant", "content": None, "tool_calls": [call]}, {"role": "tool", "tool_call_id": "c", "content": result})}  # fmt: skip


_C_Q: Final = {"role": "user", "content": "q"}
_C_TEXT: Final = {"type": "text", "text": "t"}
CHAT_REQUEST: Final[tuple[Probe, ...]] = (
    ("a system message first", _c_said({"role": "system", "content": "s"}, _C_Q)),
    ("a developer message first", _c_said({"role": "developer", "content": "s"}, _C_Q)),
    ("a system message in between", _c_said(_C_Q, {"role": "system", "content": "s"})),
    ("messages[].content, a string", _c_said(_C_Q)),
    ("messages[].content, texts", _c_said({"role": "user", "content": [_C_TEXT, _C_TEXT]})),
    ("a lone text as a list", _c_said({"role": "user", "content": [_C_TEXT]})),
    ("messages[].name", _c_said({"role": "user", "content": "q", "name": "n"})),
    ("image_url", _c_said({"role": "user", "content": [_C_TEXT, {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}}]})),
    ("image_url.detail", _c_said({"role": "user", "content": [_C_TEXT, {"type": "image_url", "image_url": {"url": "https://example.org/a.png", "detail": "low"}}]})),
    ("input_audio", _c_said({"role": "user", "content": [_C_TEXT, {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}]})),
    ("file, bytes", _c_said({"role": "user", "content": [_C_TEXT, {"type": "file", "file": {"filename": "d.pdf", "file_data": f"data:application/pdf;base64,{PDF}"}}]})),
    ("file, stored", _c_said({"role": "user", "content": [_C_TEXT, {"type": "file", "file": {"file_id": "f"}}]})),
    ("tool_calls", _c_called()),
    ("tool_calls[].function.arguments, spaces", _c_called('{ "a" : "x" }')),
    ("tool_calls[].function.arguments, no object", _c_called("[1]")),
    ("tool_calls[].function.arguments, no JSON", _c_called('{"a": ')),
    ("a tool message of several texts", _c_called(result=[_C_TEXT, _C_TEXT])),
    ("refusal", _c_said(_C_Q, {"role": "assistant", "content": None, "refusal": "no"}, _C_Q)),
    ("function_call, deprecated", _c_said(_C_Q, {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}}, {"role": "function", "name": "f", "content": "r"})),
    ("tools[].function", _c_tool()),
    ("tools[].function.strict, true", _c_tool(strict=True)),
    ("tools[].function.strict, false", _c_tool(strict=False)),
    ("tools[], custom", {"tools": [{"type": "custom", "custom": {"name": "f", "description": "d"}}]}),
    ("tool_choice, required", {**_c_tool(), "tool_choice": "required"}),
    ("tool_choice, a function", {**_c_tool(), "tool_choice": {"type": "function", "function": {"name": "f"}}}),
    ("parallel_tool_calls", {**_c_tool(), "parallel_tool_calls": False}),
    ("max_completion_tokens", {"max_completion_tokens": 9}),
    ("stop", {"stop": ["s"]}),
    ("temperature", {"temperature": 0.5}),
    ("seed", {"seed": 1}),
    ("frequency_penalty", {"frequency_penalty": 0.5}),
    ("logprobs", {"logprobs": True, "top_logprobs": 2}),
    ("n", {"n": 2}),
    ("response_format, a schema", {"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA, "strict": True}}}),
    ("response_format, any JSON", {"response_format": {"type": "json_object"}}),
    ("reasoning_effort", {"reasoning_effort": "low"}),
    ("verbosity", {"verbosity": "low"}),
    ("metadata", {"metadata": {"k": "v"}}),
    ("user", {"user": "u"}),
    ("store", {"store": True}),
    ("service_tier, flex", {"service_tier": "flex"}),
    ("prompt_cache_key", {"prompt_cache_key": "k"}),
    ("stream", {"stream": True}),
    ("an unknown key", {"unheard_of": 1}),
)  # fmt: skip


def _c_reply(finish: str = "stop", **keys: Any) -> dict[str, Any]:
    return {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "t", **keys}, "finish_reason": finish}]
    }


_JUDGEMENT: Final = {"type": "moderation_result", "model": "m", "flagged": False, "categories": {}, "category_scores": {}, "category_applied_input_types": {}}  # fmt: skip
_JUDGED: Final = {"model": "m", "results": [_JUDGEMENT], "type": "moderation_results"}
CHAT_RESPONSE: Final[tuple[Probe, ...]] = (
    ("choices[].message.content", {}),
    ("choices[].message.tool_calls", _c_reply("tool_calls", tool_calls=[{"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a":"x"}'}}])),
    ("choices[].message.tool_calls beside a text and reasoning_content", _c_reply("tool_calls", reasoning_content="t", tool_calls=[{"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a":"x"}'}}])),
    ("choices[].message.refusal", _c_reply(content=None, refusal="no")),
    ("choices[].message.annotations", _c_reply(content="it is so", annotations=[{"type": "url_citation", "url_citation": {"url": "https://example.org", "title": "t", "start_index": 3, "end_index": 5}}])),
    ("choices[], a second one", {"choices": [{"index": i, "message": {"role": "assistant", "content": "t"}, "finish_reason": "stop"} for i in (0, 1)]}),
    ("choices[].message.tool_calls[].function.arguments, no object", _c_reply("tool_calls", tool_calls=[{"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a'}}])),
    ("choices[].message.reasoning_content, as other servers say", _c_reply("stop", reasoning_content="t")),
    ("finish_reason, length", _c_reply("length")),
    ("finish_reason, unheard of", _c_reply("unheard_of")),
    ("finish_reason, content_filter", _c_reply("content_filter")),
    ("created", {"created": 1700000000}),
    ("usage, cached and reasoning", {"usage": {"prompt_tokens": 9, "completion_tokens": 5, "total_tokens": 14, "prompt_tokens_details": {"cached_tokens": 4}, "completion_tokens_details": {"reasoning_tokens": 2}}}),
    ("system_fingerprint", {"system_fingerprint": "f"}),
    ("service_tier, flex", {"service_tier": "flex"}),
    ("metadata", {"metadata": {"k": "v"}}),
    ("moderation", {"moderation": {"input": _JUDGED, "output": _JUDGED}}),
)  # fmt: skip

# OpenAI Responses.


def _r_tool(**keys: Any) -> dict[str, Any]:
    return {
        "tools": [{"type": "function", "name": "f", "description": "d", "parameters": SCHEMA, "strict": False, **keys}]
    }


def _r_items(*items: dict[str, Any]) -> dict[str, Any]:
    return {"input": [_R_Q, *items]}


def _r_user(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"input": [{"role": "user", "content": [{"type": "input_text", "text": "t"}, *parts]}]}


def _r_called(output: Any = "r") -> dict[str, Any]:
    call = {"type": "function_call", "call_id": "c", "name": "f", "arguments": '{"a":"x"}'}
    return _r_items(call, {"type": "function_call_output", "call_id": "c", "output": output})


_R_Q: Final = {"role": "user", "content": "q"}
_R_IMAGE: Final = {"type": "input_image", "detail": "auto", "image_url": f"data:image/png;base64,{PNG}"}
_R_ANSWER: Final = {"type": "output_text", "text": "t", "annotations": []}
RESPONSES_REQUEST: Final[tuple[Probe, ...]] = (
    ("instructions", {"instructions": "s"}),
    ("a system item first", {"input": [{"role": "system", "content": "s"}, _R_Q]}),
    ("a developer item first", {"input": [{"role": "developer", "content": "s"}, _R_Q]}),
    ("input, a string", {"input": "q"}),
    ("input[].content, a string", {"input": [_R_Q]}),
    ("input[].type, message", {"input": [{"type": "message", **_R_Q}]}),
    ("input[], an assistant's text", _r_items({"type": "message", "role": "assistant", "content": [_R_ANSWER]})),
    ("input[], an output message's id and status", _r_items({"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [_R_ANSWER]})),
    ("input_image", _r_user(_R_IMAGE)),
    ("input_image.detail", _r_user({**_R_IMAGE, "detail": "low"})),
    ("input_image, stored", _r_user({"type": "input_image", "detail": "auto", "file_id": "f"})),
    ("input_file, bytes", _r_user({"type": "input_file", "filename": "d.pdf", "file_data": f"data:application/pdf;base64,{PDF}"})),
    ("input_file, address", _r_user({"type": "input_file", "file_url": "https://example.org/a.pdf"})),
    ("input_file, stored", _r_user({"type": "input_file", "file_id": "f"})),
    ("function_call", _r_called()),
    ("function_call_output, an image", _r_called([_R_IMAGE])),
    ("custom_tool_call", {"tools": [{"type": "custom", "name": "f"}], **_r_items({"type": "custom_tool_call", "call_id": "c", "name": "f", "input": "x"}, {"type": "custom_tool_call_output", "call_id": "c", "output": "r"})}),
    ("reasoning, its seal alone", _r_items({"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "e"})),
    ("reasoning", _r_items({"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "s"}], "encrypted_content": "e"})),
    ("web_search_call", _r_items({"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q"}})),
    ("output_text.annotations", _r_items({"type": "message", "role": "assistant", "content": [{**_R_ANSWER, "annotations": [{"type": "url_citation", "url": "https://example.org", "title": "t", "start_index": 0, "end_index": 1}]}]})),
    ("item_reference", _r_items({"type": "item_reference", "id": "i"})),
    ("tools[], function", _r_tool()),
    ("tools[].strict, true", _r_tool(strict=True)),
    ("tools[].defer_loading", _r_tool(defer_loading=True)),
    ("tools[], custom", {"tools": [{"type": "custom", "name": "f", "description": "d"}]}),
    ("tools[], computer", {"tools": [{"type": "computer"}]}),
    ("tools[], web search", {"tools": [{"type": "web_search"}]}),
    ("tool_choice, required", {**_r_tool(), "tool_choice": "required"}),
    ("tool_choice, a function", {**_r_tool(), "tool_choice": {"type": "function", "name": "f"}}),
    ("parallel_tool_calls", {**_r_tool(), "parallel_tool_calls": False}),
    ("max_output_tokens", {"max_output_tokens": 9}),
    ("temperature", {"temperature": 0.5}),
    ("text.format, a schema", {"text": {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA, "strict": True}}}),
    ("text.verbosity", {"text": {"verbosity": "low"}}),
    ("reasoning.effort", {"reasoning": {"effort": "low"}}),
    ("reasoning.summary", {"reasoning": {"summary": "auto"}}),
    ("metadata", {"metadata": {"k": "v"}}),
    ("store", {"store": True}),
    ("include", {"include": ["reasoning.encrypted_content"]}),
    ("truncation", {"truncation": "auto"}),
    ("previous_response_id", {"previous_response_id": "resp_0"}),
    ("prompt_cache_key", {"prompt_cache_key": "k"}),
    ("stream", {"stream": True}),
    ("an unknown key", {"unheard_of": 1}),
)  # fmt: skip
RESPONSES_RESPONSE: Final[tuple[Probe, ...]] = (
    ("output[], a message", {}),
    ("output[], function_call", {"output": [{"type": "function_call", "id": "fc_0", "call_id": "c", "name": "f", "arguments": '{"a":"x"}', "status": "completed"}]}),
    ("output[], reasoning", {"output": [{"type": "reasoning", "id": "rs_1", "summary": []}, {"type": "message", "id": "msg_0", "role": "assistant", "status": "completed", "content": [_R_ANSWER]}]}),
    ("output[], a message and a function_call", {"output": [{"type": "message", "id": "msg_0", "role": "assistant", "status": "completed", "content": [_R_ANSWER]}, {"type": "function_call", "id": "fc_0", "call_id": "c", "name": "f", "arguments": '{"a":"x"}', "status": "completed"}]}),
    ("output[], reasoning, its seal alone", {"output": [{"type": "reasoning", "id": "rs_0", "summary": [], "encrypted_content": "e"}, {"type": "message", "id": "msg_0", "role": "assistant", "status": "completed", "content": [_R_ANSWER]}]}),
    ("output[], reasoning, its summary and seal", {"output": [{"type": "reasoning", "id": "rs_0", "summary": [{"type": "summary_text", "text": "s"}], "encrypted_content": "e"}, {"type": "message", "id": "msg_0", "role": "assistant", "status": "completed", "content": [_R_ANSWER]}]}),
    ("output[], function_call, arguments that are no object", {"output": [{"type": "function_call", "id": "fc_0", "call_id": "c", "name": "f", "arguments": '{"a', "status": "completed"}]}),
    ("refusal", {"output": [{"type": "message", "id": "msg_0", "role": "assistant", "status": "completed", "content": [{"type": "refusal", "refusal": "no"}]}]}),
    ("incomplete, max_output_tokens", {"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}),
    ("incomplete, content_filter", {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}),
    ("created_at", {"created_at": 1700000000}),
    ("usage, cached and reasoning", {"usage": {"input_tokens": 9, "output_tokens": 5, "total_tokens": 14, "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 2}}}),
    ("service_tier, flex", {"service_tier": "flex"}),
    ("metadata", {"metadata": {"k": "v"}}),
    ("moderation", {"moderation": {"input": _JUDGEMENT, "output": _JUDGEMENT}}),
)  # fmt: skip

PROBES: Final[dict[tuple[str, str], tuple[dict[str, Any], tuple[Probe, ...]]]] = {
    ("anthropic", "request"): (
        {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "q"}]}, (*ANTHROPIC_REQUEST, *ANTHROPIC_RARE)
    ),
    ("anthropic", "response"): (
        {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [_A_TEXT], "stop_reason": "end_turn", "stop_sequence": None, "usage": {"input_tokens": 3, "output_tokens": 2}},
        (*ANTHROPIC_RESPONSE, *ANTHROPIC_RARE_REPLY),
    ),
    ("openai-chat", "request"): ({"model": "m", "messages": [_C_Q]}, (*CHAT_REQUEST, *CHAT_RARE)),
    ("openai-chat", "response"): (
        {"id": "chatcmpl-1", "object": "chat.completion", "created": 0, "model": "m", **_c_reply(), "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}},
        (*CHAT_RESPONSE, *CHAT_RARE_REPLY),
    ),
    ("openai-responses", "request"): ({"model": "m", "input": [_R_Q], "store": False}, (*RESPONSES_REQUEST, *RESPONSES_RARE)),
    ("openai-responses", "response"): (
        {"id": "resp_1", "object": "response", "created_at": 0, "status": "completed", "model": "m", "output": [{"type": "message", "id": "msg_0", "role": "assistant", "status": "completed", "content": [_R_ANSWER]}], "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "usage": {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5, "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}},
        (*RESPONSES_RESPONSE, *RESPONSES_RARE_REPLY),
    ),
}  # fmt: skip
"""(wire, kind) -> a plain document of it, and the probes."""
