"""The LegacyUse proxy: POST /create with the whole body, betas in the body, no stream, the version chosen by the proxy.

Source: legacy-use/legacy-use at 3d5903f, server/computer_use/client.py, read 2026-11-22.
"""

from __future__ import annotations

from typing import Final

from ..errors import UsageError
from ..http import HttpRequest, encode_json
from .call import CONTENT_TYPE, Call, body_of, lift, model_of, other_headers, refuse, streams

PATH: Final = "/create"


def default_version(_model: str | None) -> str | None:
    """The proxy speaks for itself to its provider: a request has no version."""
    return None


def wrap(call: Call) -> HttpRequest:
    """Write a call as POST /create."""
    refuse(call, "region", "project", "version")
    if call.stream:
        raise UsageError("legacyuse has no place for stream")
    body = {**call.document, "betas": list(call.betas)} if call.betas else call.document
    return HttpRequest(
        method="POST",
        path=PATH,
        headers=(CONTENT_TYPE, *call.headers),
        body=encode_json(body),
        provider=call.provider,
    )


def unwrap(request: HttpRequest) -> Call:
    """Read a call from POST /create."""
    document, version, betas = lift(body_of(request))
    return Call(
        provider="legacyuse",
        document=document,
        model=model_of(document),
        betas=betas,
        version=version,
        stream=streams(document),
        headers=other_headers(request),
    )


def matches(path: str) -> bool:
    """Tell whether a path is this envelope's."""
    return path == PATH
