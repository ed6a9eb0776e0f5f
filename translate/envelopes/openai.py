"""OpenAI's host and every compatible one: the whole body, nothing beside it; one path for each of its two wires.

Source: wire inventory of the openai SDK 3.3.0, 2026-11-22. The base URL ends in ``/v1``.
"""

from __future__ import annotations

from typing import Final

from ..http import HttpRequest, encode_json
from .call import CONTENT_TYPE, Call, body_of, model_of, other_headers, refuse, streams

CHAT_PATH: Final = "/chat/completions"
RESPONSES_PATH: Final = "/responses"
_PATHS: Final = {"openai": CHAT_PATH, "openai-responses": RESPONSES_PATH, "uitars": CHAT_PATH}
_PROVIDERS: Final = {CHAT_PATH: "openai", RESPONSES_PATH: "openai-responses"}


def default_version(_model: str | None) -> str | None:
    """OpenAI's API has no version beside its path."""
    return None


def wrap(call: Call) -> HttpRequest:
    """Write a call as POST /chat/completions or /responses."""
    refuse(call, "region", "project", "version", "betas")
    return HttpRequest(
        method="POST",
        path=_PATHS[call.provider],
        headers=(CONTENT_TYPE, *call.headers),
        body=encode_json(call.document),
        provider=call.provider,
    )


def unwrap(request: HttpRequest) -> Call:
    """Read a call from POST /chat/completions or /responses."""
    document = body_of(request)
    return Call(
        provider=_PROVIDERS[request.path],
        document=document,
        model=model_of(document),
        stream=streams(document),
        headers=other_headers(request),
    )


def matches(path: str) -> bool:
    """Tell whether a path is this envelope's."""
    return path in _PROVIDERS
