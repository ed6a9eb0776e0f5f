"""Documents of Chat Completions by hand: every documented type, those never recorded among them, and what vendors add."""

from __future__ import annotations

from typing import Any, Final

PNG: Final = "iVBORw0KGgo="


def asked(*messages: Any, **settings: Any) -> dict[str, Any]:
    """Return a request of these messages."""
    return {"model": "gpt-6-sol", "messages": list(messages), **settings}


def said(*messages: Any, **top: Any) -> dict[str, Any]:
    """Return a reply with one choice for each message."""
    choices = [
        {"index": number, "message": message, "logprobs": None, "finish_reason": "stop"}
        for number, message in enumerate(messages)
    ]
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-6-sol",
        "choices": choices,
        **top,
    }


USER: Final = {"role": "user", "content": "go"}
CALL: Final = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": '{"at": 1}'}}
CUSTOM: Final = {"id": "call_2", "type": "custom", "custom": {"name": "shell", "input": "ls -la"}}
CITATION: Final = {
    "type": "url_citation",
    "url_citation": {"url": "https://example.org", "title": "t", "start_index": 0, "end_index": 2},
}

REQUESTS: Final[dict[str, dict[str, Any]]] = {
    "every part": asked(
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "see", "prompt_cache_breakpoint": {"mode": "explicit", "ttl": "30m"}},
                {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}", "detail": "low"}},
                {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
                {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
                {"type": "input_audio", "input_audio": {"data": "SUQz", "format": "mp3"}},
                {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBE", "filename": "a.pdf"}},
                {"type": "file", "file": {"file_id": "file-1"}, "prompt_cache_breakpoint": {"mode": "explicit"}},
            ],
            "name": "ada",
        }
    ),
    "parts of vendors": asked(
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": "https://example.org/a.png"},
                {"type": "input_audio", "input_audio": "SUQz"},
                {"type": "video_url", "video_url": {"url": "https://example.org/a.mp4"}},
                {"type": "document_url", "document_url": "https://example.org/a.pdf", "document_name": "a.pdf"},
                {"type": "text", "text": "t", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
                {"type": "hologram", "hologram": 1},
            ],
        }
    ),
    "every role": asked(
        {"role": "system", "content": "be brief"},
        {"role": "system", "content": [{"type": "text", "text": "be kind"}]},
        {"role": "developer", "content": "no jokes", "name": "dev"},
        USER,
        {"role": "assistant", "content": None, "tool_calls": [CALL, CUSTOM]},
        {"role": "tool", "tool_call_id": "call_2", "content": [{"type": "text", "text": "out"}]},
        {"role": "tool", "tool_call_id": "call_1", "content": ""},
        {"role": "assistant", "content": None, "function_call": {"name": "look", "arguments": "{}"}},
        {"role": "function", "name": "look", "content": None},
        {"role": "assistant", "refusal": "no"},
        {"role": "assistant", "content": [{"type": "text", "text": "a"}, {"type": "refusal", "refusal": "b"}]},
        {"role": "assistant", "audio": {"id": "audio_1"}},
        {"role": "assistant", "content": "x", "name": "bot"},
        {"role": "moderator", "content": "?"},
    ),
    "reasoning of vendors": asked(
        USER,
        {"role": "assistant", "content": "a", "reasoning_content": "r"},
        {"role": "assistant", "content": "a", "reasoning": "r", "reasoning_content": "r"},
        {
            "role": "assistant",
            "content": "a",
            "reasoning": "rs",
            "reasoning_details": [
                {
                    "type": "reasoning.text",
                    "text": "r",
                    "signature": "sig",
                    "format": "anthropic-claude-v1",
                    "index": 0,
                },
                {"type": "reasoning.summary", "summary": "s", "format": "openai-responses-v1", "index": 1},
                {"type": "reasoning.encrypted", "data": "xyz", "id": "rs_1", "format": "openai-responses-v1"},
                {"type": "reasoning.other", "x": 1},
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": [{"type": "text", "text": "p"}, {"type": "text", "text": "q"}]},
                {"type": "text", "text": "a"},
            ],
        },
    ),
    "every setting": asked(
        USER,
        audio={"format": "wav", "voice": "sage"},
        frequency_penalty=0.5,
        logit_bias={"50256": -100},
        logprobs=True,
        max_completion_tokens=7,
        metadata={"k": "v"},
        modalities=["text"],
        moderation={"model": "omni", "policy": None},
        n=2,
        parallel_tool_calls=False,
        prediction={"type": "content", "content": "x"},
        presence_penalty=0,
        prompt_cache_key="key",
        prompt_cache_options={"mode": "explicit", "ttl": "30m"},
        prompt_cache_retention="24h",
        reasoning_effort="xhigh",
        response_format={
            "type": "json_schema",
            "json_schema": {"name": "n", "schema": {"b": 1, "a": 2}, "strict": True},
        },
        safety_identifier="s",
        seed=12345678901234567890,
        service_tier="flex",
        stop=["a", "b"],
        store=False,
        stream=True,
        stream_options={"include_usage": True},
        temperature=1,
        tool_choice={
            "type": "allowed_tools",
            "allowed_tools": {
                "mode": "required",
                "tools": [
                    {"type": "function", "function": {"name": "look"}},
                    {"type": "custom", "custom": {"name": "shell"}},
                ],
            },
        },
        tools=[
            {"type": "function", "function": {"name": "look", "description": "d", "parameters": {}, "strict": None}},
            {
                "type": "custom",
                "custom": {
                    "name": "shell",
                    "format": {"type": "grammar", "grammar": {"syntax": "lark", "definition": "start: A"}},
                },
            },
            {"type": "web_search", "force_search": True},
        ],
        top_logprobs=2,
        top_p=0.5,
        user="u",
        verbosity="low",
        web_search_options={"search_context_size": "low"},
    ),
    "deprecated keys": asked(
        USER,
        functions=[{"name": "look", "parameters": {"type": "object"}}],
        function_call={"name": "look"},
        max_tokens=7,
        stop="a",
    ),
    "settings of vendors": asked(
        USER,
        reasoning={"effort": "low", "max_tokens": 100, "exclude": True},
        thinking={"type": "enabled", "clear_thinking": False},
        tool_choice="any",
        top_k=5,
        random_seed=3,
        response_format={"type": "json_schema", "schema": {"type": "object"}},
        temperature="hot",
        logprobs=2,
    ),
    "nulls everywhere": asked(
        {"role": "user", "content": None, "name": None},
        {"role": "assistant", "content": None, "refusal": None, "tool_calls": None, "audio": None, "annotations": None},
        None,
        model=None,
        tools=None,
        tool_choice=None,
        stop=None,
        response_format=None,
        reasoning_effort=None,
        parallel_tool_calls=None,
        max_completion_tokens=None,
    ),
    "things missing": {
        "messages": [
            {"role": "assistant"},
            {"content": "who?"},
            {"role": "tool", "content": "of which call?"},
            {"role": "assistant", "tool_calls": [{"type": "function", "function": {"name": "x"}}, None, 5]},
            {"role": "user", "content": []},
            "words",
        ]
    },
}

RESPONSES: Final[dict[str, dict[str, Any]]] = {
    "plain": said({"role": "assistant", "content": "hi", "refusal": None, "annotations": []}),
    "everything": said(
        {
            "role": "assistant",
            "content": "hi",
            "refusal": "but no",
            "annotations": [
                CITATION,
                {"type": "url_citation", "url": "u", "title": "t", "site_name": "s"},
                {"type": "file", "file": 1},
                None,
            ],
            "tool_calls": [CALL, CUSTOM],
            "audio": {"id": "audio_1", "data": "UklGRg==", "expires_at": 9, "transcript": "hi there"},
        },
        {"role": "assistant", "content": "other", "reasoning": "because"},
        usage={
            "prompt_tokens": 20,
            "completion_tokens": 9,
            "total_tokens": 29,
            "prompt_tokens_details": {"cached_tokens": 8, "cache_write_tokens": 2, "audio_tokens": 1},
            "completion_tokens_details": {"reasoning_tokens": 4, "audio_tokens": 2},
            "cost": 0.5,
        },
        service_tier="default",
        moderation={"input": {"type": "error", "code": "c", "message": "m"}},
    ),
    "an error with status 200": {"error": {"code": 502, "message": "down"}},
    "no message": {"choices": [{"index": 0}, {"message": None, "finish_reason": None}, 7], "usage": None},
    "nothing": {},
}
