"""Amazon Bedrock's InvokeModel: the model in the path, version and betas in the body, streams at a path of their own.

Source: wire inventory of the anthropic SDK 2.12.0 (lib/bedrock), 2026-11-22. That legacy models refuse the latest version
is Anthropic's documentation, read the same day.
"""

from __future__ import annotations

import re
from typing import Final

from ..http import HttpRequest, encode_json
from .call import (
    CONTENT_TYPE,
    LATEST_VERSION,
    VERSION_KEY,
    Call,
    body_of,
    from_segment,
    lift,
    other_headers,
    path_segment,
    refuse,
    with_routing,
    without_routing,
)

LEGACY_VERSION: Final = "bedrock-2023-05-31"

_LEGACY_MODELS: Final = (
    re.compile(r"anthropic\.claude-.*-v\d+(:\d+)*$"),  # ids with a version in them: ...-20250514-v1:0, ...-4-6-v1
    re.compile(r"anthropic\.claude-(v\d|instant|[123]\b)"),  # claude-v2, claude-instant-v1, claude-3-5-sonnet-...
    re.compile(r"anthropic\.claude-[a-z]+-4(-[0-6])?(-\d{8})?$"),  # opus, sonnet and haiku 4 to 4.6
)

_PATH: Final = re.compile(r"/model/([^/?]+)/(invoke|invoke-with-response-stream)")


def default_version(model: str | None) -> str:
    """Return the version that the model's id calls for: legacy models answer 400 to the latest one.

    An id that says nothing, such as an application inference profile's, is taken for a current model.
    """
    legacy = model is not None and any(pattern.search(model) for pattern in _LEGACY_MODELS)
    return LEGACY_VERSION if legacy else LATEST_VERSION


def wrap(call: Call) -> HttpRequest:
    """Write a call as POST /model/{model}/invoke or /invoke-with-response-stream."""
    refuse(call, "region", "project")
    model = path_segment(call.model, "model", safe=":;")
    body = without_routing(call.document, "model", "stream")
    if call.version is not None:
        body[VERSION_KEY] = call.version
    if call.betas:
        body["anthropic_beta"] = list(call.betas)
    operation = "invoke-with-response-stream" if call.stream else "invoke"
    return HttpRequest(
        method="POST",
        path=f"/model/{model}/{operation}",
        headers=(CONTENT_TYPE, *call.headers),
        body=encode_json(body),
        provider=call.provider,
    )


def unwrap(request: HttpRequest) -> Call:
    """Read a call from POST /model/{model}/invoke or /invoke-with-response-stream."""
    found = _PATH.fullmatch(request.path)
    assert found is not None, "the caller asked `matches` first"
    model = from_segment(found[1])
    stream = found[2] == "invoke-with-response-stream"
    document, version, betas = lift(body_of(request))
    return Call(
        provider="bedrock",
        document=with_routing(document, model, stream),
        model=model,
        betas=betas,
        version=version,
        stream=stream,
        headers=other_headers(request),
    )


def matches(path: str) -> bool:
    """Tell whether a path is this envelope's."""
    return _PATH.fullmatch(path) is not None
