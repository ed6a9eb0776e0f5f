"""Envelopes: how each provider wants a wire's document sent, as a pair of pure functions.

    unwrap(wrap(provider, document, ...)) gives back the provider, the document and what stood beside it.

The document is the body that the provider's own API takes, ``model`` in it; where a host carries the model or the stream
flag in the path (Bedrock, Vertex), they leave the body on the way out and are back in it on the way in. Version and betas
stand beside the document, wherever the host carries them; found inside a document they are taken out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Protocol

from ..errors import UsageError
from ..http import HttpRequest, header_pairs
from ..jsonvalue import JsonObject
from . import anthropic, bedrock, legacyuse, openai, uitars, vertex
from .call import OWN_HEADERS, Call, lift, model_of, streams, unique_betas, with_routing

__all__ = ["PROVIDERS", "Call", "unwrap", "wrap"]


class Envelope(Protocol):
    """What each module of this folder is."""

    def default_version(self, _model: str | None, /) -> str | None:
        """Return the version to send if none was asked for."""

    def wrap(self, call: Call, /) -> HttpRequest:
        """Write a call as a request."""

    def unwrap(self, request: HttpRequest, /) -> Call:
        """Read a call from a request whose path `matches`."""

    def matches(self, path: str, /) -> bool:
        """Tell whether a path is this envelope's."""


_ENVELOPES: Final[dict[str, Envelope]] = {
    "anthropic": anthropic,
    "bedrock": bedrock,
    "vertex": vertex,
    "legacyuse": legacyuse,
    "openai": openai,
    "openai-responses": openai,
    "uitars": uitars,
}

PROVIDERS: Final = tuple(_ENVELOPES)

_SPEAKS_ANTHROPIC: Final = frozenset({"anthropic", "bedrock", "vertex", "legacyuse"})


def wrap(
    provider: str,
    document: JsonObject,
    *,
    model: str | None = None,
    betas: Iterable[str] = (),
    version: str | None = None,
    stream: bool = False,
    region: str | None = None,
    project: str | None = None,
    headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
) -> HttpRequest:
    """Return the HTTP request that carries a document to a provider.

    ``model``, ``version`` and ``stream`` win over the document's own, ``betas`` are added to it. Without a version the
    provider's default for the model is taken. Raises `UsageError` for an unknown provider, for a missing model, region
    or project where the path needs one, and for an option that the provider has no place for.
    """
    envelope = _envelope(provider)
    lifted, own_version, own_betas = lift(document) if provider in _SPEAKS_ANTHROPIC else (document, None, ())
    chosen = model if model is not None else model_of(lifted)
    asked = stream or streams(lifted)
    call = Call(
        provider=provider,
        document=_routed(lifted, model, stream),
        model=chosen,
        betas=unique_betas((*own_betas, *unique_betas(betas))),
        version=version or own_version or envelope.default_version(chosen),
        stream=asked,
        region=region,
        project=project,
        headers=_further_headers(headers),
    )
    return envelope.wrap(call)


def unwrap(request: HttpRequest) -> Call:
    """Return what a request carries: ``provider, document, model, betas, version, stream, region, project, headers``.

    A request that does not say whom it is for is told by its path. Raises `UsageError` if the path is no provider's, and
    `DecodeError` if the body is not JSON.
    """
    path = request.path
    if request.provider is not None:
        envelope = _envelope(request.provider)
        if not envelope.matches(path):
            raise UsageError(f"{request.provider} has no such path")
    else:
        envelope = _envelope_of_path(path)
    return envelope.unwrap(request)


def _envelope(provider: str) -> Envelope:
    try:
        return _ENVELOPES[provider]
    except KeyError:
        raise UsageError(f"unknown provider {provider!r}; known ones: {', '.join(PROVIDERS)}") from None


def _envelope_of_path(path: str) -> Envelope:
    for envelope in _ENVELOPES.values():
        if envelope.matches(path):
            return envelope
    raise UsageError(f"no provider has such a path; known providers: {', '.join(PROVIDERS)}")


def _further_headers(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    pairs = header_pairs(headers)
    for name, _value in pairs:
        if name in OWN_HEADERS:
            raise UsageError(f"header {name} is the envelope's own: use version= or betas=")
    return pairs


def _routed(document: JsonObject, model: str | None, stream: bool) -> JsonObject:
    if model is None and not stream:
        return document
    routed = with_routing(document, model, stream)
    if model is not None:
        routed["model"] = model
    return routed
