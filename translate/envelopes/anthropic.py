"""Anthropic's own host: the whole body, version and betas in headers.

Source: wire inventory of the anthropic SDK 2.12.0, 2026-11-22 (betas never go into the path or the body any more).
"""

from __future__ import annotations

from typing import Final

from ..http import HttpRequest, encode_json, header
from .call import (
    BETA_HEADER,
    CONTENT_TYPE,
    LATEST_VERSION,
    VERSION_HEADER,
    Call,
    body_of,
    model_of,
    other_headers,
    refuse,
    streams,
)

PATH: Final = "/v1/messages"


def default_version(_model: str | None) -> str | None:
    """Every model of Anthropic's own host speaks the latest version."""
    return LATEST_VERSION


def wrap(call: Call) -> HttpRequest:
    """Write a call as POST /v1/messages."""
    refuse(call, "region", "project")
    headers = [CONTENT_TYPE]
    if call.version is not None:
        headers.append((VERSION_HEADER, call.version))
    if call.betas:
        headers.append((BETA_HEADER, ",".join(call.betas)))
    return HttpRequest(
        method="POST",
        path=PATH,
        headers=(*headers, *call.headers),
        body=encode_json(call.document),
        provider=call.provider,
    )


def unwrap(request: HttpRequest) -> Call:
    """Read a call from POST /v1/messages."""
    document = body_of(request)
    return Call(
        provider="anthropic",
        document=document,
        model=model_of(document),
        betas=header_betas(request),
        version=header(request.headers, VERSION_HEADER),
        stream=streams(document),
        headers=other_headers(request, VERSION_HEADER, BETA_HEADER),
    )


def header_betas(request: HttpRequest) -> tuple[str, ...]:
    """Return the beta flags of a request's ``anthropic-beta`` headers."""
    values = [value for name, value in request.headers if name == BETA_HEADER]
    return tuple(beta for value in values for part in value.split(",") if (beta := part.strip()))


def matches(path: str) -> bool:
    """Tell whether a path is this envelope's."""
    return path == PATH
