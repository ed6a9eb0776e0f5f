"""Which provider, wire and operation a path means.

Every provider lives under a prefix of its own, so that one port can be all six. A path without a prefix is taken for what it
looks like, for clients whose base URL cannot carry one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias
from urllib.parse import unquote

from attrs import frozen

from .http1 import Request
from .scenario import Provider, Wire

Operation: TypeAlias = Literal["create", "count_tokens", "list_models", "get_model"]

BASE_PATHS: Final[Mapping[Provider, str]] = {
    "anthropic": "/anthropic",
    "bedrock": "/bedrock",
    "vertex": "/vertex/v1",
    "legacyuse": "/legacyuse",
    "openai": "/openai/v1",
    "uitars": "/uitars/v1",
}
"""What a client of the provider is given behind the server's address: the SDKs add the rest themselves."""


@frozen(kw_only=True)
class Route:
    """Where a request goes."""

    provider: Provider
    wire: Wire
    operation: Operation
    method: Literal["GET", "POST"] = "POST"
    model: str | None = None
    """From the path, percent-decoded; None where the body names it."""
    streaming: bool | None = None
    """Decided by the path; None where the body's ``stream`` decides."""


@frozen
class _Shape:
    """A row of the table: a pattern over the path behind the provider's prefix."""

    pattern: re.Pattern[str]
    wire: Wire
    operation: Operation
    streaming: bool | None = None
    method: Literal["GET", "POST"] = "POST"


def _shape(
    pattern: str,
    wire: Wire,
    operation: Operation = "create",
    streaming: bool | None = None,
    method: Literal["GET", "POST"] = "POST",
) -> _Shape:
    return _Shape(re.compile(pattern), wire, operation, streaming, method)


_VERTEX_MODEL: Final = r"(?:/v1)?/projects/[^/]+/locations/[^/]+/publishers/anthropic/models/(?P<model>[^/:]+)"

_SHAPES: Final[Mapping[Provider, tuple[_Shape, ...]]] = {
    "anthropic": (
        _shape(r"/v1/messages", "anthropic"),
        _shape(r"/v1/messages/count_tokens", "anthropic", "count_tokens"),
        _shape(r"/v1/models", "anthropic", "list_models", method="GET"),
        _shape(r"/v1/models/(?P<model>[^/]+)", "anthropic", "get_model", method="GET"),
    ),
    "bedrock": (
        _shape(r"/model/(?P<model>[^/]+)/invoke", "anthropic", streaming=False),
        _shape(r"/model/(?P<model>[^/]+)/invoke-with-response-stream", "anthropic", streaming=True),
    ),
    "vertex": (
        # The model `count-tokens` is Vertex's spelling of an operation; the body names the model then.
        _shape(_VERTEX_MODEL.replace("(?P<model>[^/:]+)", "count-tokens:rawPredict"), "anthropic", "count_tokens"),
        _shape(_VERTEX_MODEL + ":rawPredict", "anthropic", streaming=False),
        _shape(_VERTEX_MODEL + ":streamRawPredict", "anthropic"),
    ),
    "legacyuse": (_shape(r"/create", "anthropic", streaming=False),),
    "openai": (
        _shape(r"(?:/v1)?/chat/completions", "openai-chat"),
        _shape(r"(?:/v1)?/responses", "openai-responses"),
        _shape(r"(?:/v1)?/responses/input_tokens", "openai-responses", "count_tokens"),
        _shape(r"(?:/v1)?/models", "openai-chat", "list_models", method="GET"),
        _shape(r"(?:/v1)?/models/(?P<model>[^/]+)", "openai-chat", "get_model", method="GET"),
    ),
    "uitars": (
        _shape(r"(?:/v1)?/chat/completions", "uitars"),
        _shape(r"(?:/v1)?/models", "uitars", "list_models", method="GET"),
        _shape(r"(?:/v1)?/models/(?P<model>[^/]+)", "uitars", "get_model", method="GET"),
    ),
}


def provider_of(request: Request) -> tuple[Provider, str]:
    """Return whom a request is for, and the path behind that provider's prefix."""
    path = request.path
    for provider in _SHAPES:
        prefix = f"/{provider}"
        if path == prefix or path.startswith(prefix + "/"):
            return provider, path.removeprefix(prefix)
    return _guess(request, path), path


def _guess(request: Request, path: str) -> Provider:
    """Take a path without a prefix for the provider that has such paths; what no provider has is answered as OpenAI."""
    if path.startswith("/v1/models") and request.header("anthropic-version") is not None:
        return "anthropic"
    order: tuple[Provider, ...] = ("openai", "anthropic", "bedrock", "vertex", "legacyuse")
    return next((provider for provider in order if _match(provider, path)), "openai")


def _match(provider: Provider, path: str) -> tuple[_Shape, str | None] | None:
    for shape in _SHAPES[provider]:
        found = shape.pattern.fullmatch(path)
        if found:
            model = found.groupdict().get("model")
            return shape, unquote(model) if model is not None else None
    return None


def route(provider: Provider, path: str) -> Route | None:
    """Look a path up in the provider's table; None where the provider has no such path."""
    match = _match(provider, path)
    if match is None:
        return None
    shape, model = match
    return Route(
        provider=provider,
        wire=shape.wire,
        operation=shape.operation,
        method=shape.method,
        model=model,
        streaming=shape.streaming,
    )
