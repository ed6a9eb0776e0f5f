"""Google Vertex AI's rawPredict: the model in the path, the version in the body, betas in a header.

Source: wire inventory of the anthropic SDK 2.12.0 (lib/vertex), 2026-11-22. The base URL ends in ``/v1`` and is made from
the region, see `transport.settings`.
"""

from __future__ import annotations

import re
from typing import Final

from ..http import HttpRequest, encode_json
from .anthropic import header_betas
from .call import (
    BETA_HEADER,
    CONTENT_TYPE,
    LATEST_VERSION,
    VERSION_KEY,
    Call,
    body_of,
    from_segment,
    lift,
    other_headers,
    path_segment,
    with_routing,
    without_routing,
)

LEGACY_VERSION: Final = "vertex-2023-10-16"
"""Still accepted in place of the latest one; the sampling parameters are legal under it. Ask for it by ``version=``."""

_PATH: Final = re.compile(
    r"/projects/([^/?]+)/locations/([^/?]+)/publishers/anthropic/models/([^/?:]+):(rawPredict|streamRawPredict)"
)


def default_version(_model: str | None) -> str:
    """Vertex offers the latest version for every model."""
    return LATEST_VERSION


def wrap(call: Call) -> HttpRequest:
    """Write a call as POST .../models/{model}:rawPredict or :streamRawPredict."""
    project = path_segment(call.project, "project")
    region = path_segment(call.region, "region")
    model = path_segment(call.model, "model", safe="@")
    body = without_routing(call.document, "model")
    if call.version is not None:
        body[VERSION_KEY] = call.version
    headers = [CONTENT_TYPE]
    if call.betas:
        headers.append((BETA_HEADER, ",".join(call.betas)))
    operation = "streamRawPredict" if call.stream else "rawPredict"
    return HttpRequest(
        method="POST",
        path=f"/projects/{project}/locations/{region}/publishers/anthropic/models/{model}:{operation}",
        headers=(*headers, *call.headers),
        body=encode_json(body),
        provider=call.provider,
    )


def unwrap(request: HttpRequest) -> Call:
    """Read a call from POST .../models/{model}:rawPredict or :streamRawPredict."""
    found = _PATH.fullmatch(request.path)
    assert found is not None, "the caller asked `matches` first"
    project, region, model = (from_segment(segment) for segment in found.group(1, 2, 3))
    document, version, betas = lift(body_of(request))
    return Call(
        provider="vertex",
        document=with_routing(document, model, stream=False),
        model=model,
        betas=betas + header_betas(request),
        version=version,
        stream=found[4] == "streamRawPredict",
        region=region,
        project=project,
        headers=other_headers(request, BETA_HEADER),
    )


def matches(path: str) -> bool:
    """Tell whether a path is this envelope's."""
    return _PATH.fullmatch(path) is not None
