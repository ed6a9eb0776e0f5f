"""Counting a request's tokens before it is sent, where the provider offers it: Anthropic, Vertex, and OpenAI's Responses. Pure.

Sources: the anthropic SDK 2.12.0 (messages.count_tokens, lib/vertex) and the openai SDK 3.3.0 (responses.input_tokens.count), read
2026-11-22. Bedrock's Messages API, the LegacyUse proxy and Chat Completions have no such question.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from polyloop.translate.envelopes import wrap
from polyloop.translate.errors import UsageError
from polyloop.translate.http import HttpRequest, encode_json
from polyloop.translate.jsontext import parse
from polyloop.translate.jsonvalue import Json, JsonObject

from .preparing import Route

_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "anthropic": frozenset(
        {
            "model", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "output_format",
            "cache_control", "context_management", "mcp_servers", "speed", "anthropic_version", "anthropic_beta", "betas",
        }
    ),
    "openai-responses": frozenset(
        {
            "model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "previous_response_id",
            "conversation", "reasoning", "text", "truncation", "personality",
        }
    ),
}  # fmt: skip
"""What a request to be counted may say; the rest of it does not change the number."""


def count_request(route: Route, document: JsonObject) -> HttpRequest:
    """Return the request that asks how many input tokens a document has. Raises `UsageError` where the provider does not count."""
    counted = {key: value for key, value in document.items() if key in _KEYS.get(route.wire, ())}
    if route.provider == "openai" and route.wire == "openai-responses":
        headers = (("content-type", "application/json"),)
        body = encode_json(counted)
        return HttpRequest(
            method="POST", path="/responses/input_tokens", headers=headers, body=body, provider=route.provider
        )
    if route.provider == "anthropic":
        sent = wrap("anthropic", counted)
        return HttpRequest(
            method="POST", path=f"{sent.path}/count_tokens", headers=sent.headers, body=sent.body, provider="anthropic"
        )
    if route.provider == "vertex":
        return _vertex(route, counted)
    raise UsageError(f"{route.provider} has no way to count the tokens of a request of the wire {route.wire}")


def counted_tokens(document: Json) -> int | None:
    """Return the number in the answer, None where it has none."""
    found = document.get("input_tokens") if isinstance(document, dict) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _vertex(route: Route, counted: JsonObject) -> HttpRequest:
    """Vertex counts at a path where ``count-tokens`` stands for the model, which the body names. Betas stay in a header."""
    sent = wrap("vertex", counted, model="count-tokens", region=route.region, project=route.project)
    body = parse(sent.body) | {"model": counted.get("model")}
    return HttpRequest(method="POST", path=sent.path, headers=sent.headers, body=encode_json(body), provider="vertex")
