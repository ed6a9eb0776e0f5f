"""What an envelope carries, apart from the document: the normal form that `wrap` makes and `unwrap` gives back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple
from urllib.parse import quote, unquote

from ..errors import UsageError
from ..http import HttpRequest
from ..jsontext import parse
from ..jsonvalue import JsonObject

CONTENT_TYPE: Final = ("content-type", "application/json")
VERSION_HEADER: Final = "anthropic-version"
BETA_HEADER: Final = "anthropic-beta"
LATEST_VERSION: Final = "2026-10-21"
"""The API version that the Anthropic SDKs from 2.0 on send everywhere (wire inventory, 2026-11-22)."""

VERSION_KEY: Final = "anthropic_version"
BETA_KEYS: Final = ("betas", "anthropic_beta")
"""``betas`` is the SDK call's and the LegacyUse proxy's key, ``anthropic_beta`` is Bedrock's."""

_BETA: Final = re.compile(r"[!-+\--~]+")


class Call(NamedTuple):
    """One call to one provider's model.

    ``document`` is the body in the words of the provider's own API, with ``model`` and ``stream`` in it where they are
    known; what differs between the hosts of one wire stands beside it.
    """

    provider: str
    document: JsonObject
    model: str | None = None
    betas: tuple[str, ...] = ()
    version: str | None = None
    """``anthropic-version``; None where the provider has none."""
    stream: bool = False
    region: str | None = None
    """Vertex only: ``us-east5``, ``global``. Bedrock's region is part of its host name."""
    project: str | None = None
    """Vertex only."""
    headers: tuple[tuple[str, str], ...] = ()
    """Further headers, names in lower case; no credentials."""


def lift(document: JsonObject) -> tuple[JsonObject, str | None, tuple[str, ...]]:
    """Take version and betas out of a body: (body without them, version or None, betas). The body given is not changed."""
    if VERSION_KEY not in document and not any(key in document for key in BETA_KEYS):
        return document, None, ()
    rest = {key: value for key, value in document.items() if key != VERSION_KEY and key not in BETA_KEYS}
    version = document.get(VERSION_KEY)
    if version is not None and not isinstance(version, str):
        raise UsageError(f"{VERSION_KEY} in the body must be a string")
    betas: list[object] = []
    for key in BETA_KEYS:
        listed = document.get(key) or ()
        if not isinstance(listed, (list, tuple)):
            raise UsageError(f"{key} in the body must be a list of strings")
        betas.extend(listed)
    return rest, version, unique_betas(betas)


def unique_betas(betas: Iterable[object]) -> tuple[str, ...]:
    """Return the beta flags once each, in order. Raises `UsageError` for what a header's list could not carry."""
    if isinstance(betas, str):
        raise UsageError("betas are a list of flags, not one string")
    found: dict[str, None] = {}
    for beta in betas:
        if not isinstance(beta, str) or not _BETA.fullmatch(beta):
            raise UsageError("a beta flag is one word without white space and commas")
        found[beta] = None
    return tuple(found)


def path_segment(text: str | None, what: str, *, safe: str = "") -> str:
    """Percent-encode a model, region or project as one segment of a path.

    Raises `UsageError` if it is missing, or would not stay one segment (``.`` and ``..`` are resolved by HTTP clients).
    """
    if not text:
        raise UsageError(f"the path needs a {what}")
    if text in {".", ".."}:
        raise UsageError(f"{text} is no {what}")
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        raise UsageError(f"the {what} is not text") from None


def from_segment(segment: str) -> str:
    """Undo `path_segment`."""
    return unquote(segment)


def body_of(request: HttpRequest) -> JsonObject:
    """Return the request's body as a JSON object. Raises `DecodeError` or, for other JSON, `UsageError`."""
    document = parse(request.body)
    if not isinstance(document, dict):
        raise UsageError("a request's body is a JSON object")
    return document


def streams(document: Mapping[str, object]) -> bool:
    """Tell whether a body asks for a stream."""
    return document.get("stream") is True


def model_of(document: Mapping[str, object]) -> str | None:
    """Return the body's model, if it names one."""
    model = document.get("model")
    return model if isinstance(model, str) else None


OWN_HEADERS: Final = frozenset({CONTENT_TYPE[0], VERSION_HEADER, BETA_HEADER})
"""Headers that envelopes write themselves."""


def other_headers(request: HttpRequest, *own: str) -> tuple[tuple[str, str], ...]:
    """Return the headers that the envelope did not write itself."""
    return tuple(pair for pair in request.headers if pair != CONTENT_TYPE and pair[0] not in own)


def with_routing(document: JsonObject, model: str | None, stream: bool) -> JsonObject:
    """Put model and stream, which the path carried, back into a body, where the Messages API has them."""
    routed: JsonObject = {} if model is None else {"model": model}
    routed.update(document)
    if stream:
        routed["stream"] = True
    return routed


def without_routing(document: JsonObject, *keys: str) -> JsonObject:
    """Return the body without the keys that the path says.

    Raises `UsageError` if one of them holds what no path can say. A ``stream`` of false or null is the default.
    """
    if "model" in keys and not isinstance(document.get("model", ""), str):
        raise UsageError("model in the body must be a string")
    if "stream" in keys and not isinstance(document.get("stream"), (bool, type(None))):
        raise UsageError("stream in the body must be a boolean")
    return {key: value for key, value in document.items() if key not in keys}


def refuse(call: Call, *options: str) -> None:
    """Raise `UsageError` if the call sets an option that its provider has no place for."""
    for option in options:
        if getattr(call, option):
            raise UsageError(f"{call.provider} has no place for {option}")
