"""The envelope around a Messages request on each host: API version, betas, and the keys that its body may have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ...failures import Rejected
from ...scenario import Provider
from ..request import Check
from ..shape import Anthropic, Shape, check, complaint
from .tables import BETA_KEYS, COUNT_TOKENS, REQUEST, SAMPLING

NEW_VERSION: Final = "2026-10-21"
_VERSIONS: Final[Mapping[Provider, tuple[str, ...]]] = {
    "anthropic": ("2023-06-01", NEW_VERSION),
    "bedrock": ("bedrock-2023-05-31", NEW_VERSION),
    "vertex": ("vertex-2023-10-16", NEW_VERSION),
}
# Bedrock's models up to Opus 4.6, which have a version in their id, do not know the new API version (documentation).
_OLD_BEDROCK_MODEL: Final = re.compile(r"-v\d+(:\d+)?$")
_IN_BODY: Final[Shape] = {"anthropic_version": "string", "anthropic_beta?": "array|null"}


def version(looked_at: Check) -> str | None:
    """Return the API version of a request; None on the LegacyUse proxy, which has none. Raises `Rejected`."""
    provider = looked_at.provider
    known = _VERSIONS.get(provider)
    if known is None:
        return None
    if provider == "anthropic":
        named = looked_at.request.header("anthropic-version")
        where = "anthropic-version"
        missing = "anthropic-version: header is required"
    else:
        named = looked_at.body.get("anthropic_version")
        where = "anthropic_version"
        missing = "anthropic_version: Field required"
    if named is None:
        raise Rejected(missing)
    if named not in known:
        raise Rejected(f'{where}: "{named}" is not a valid version for this API')
    if provider == "bedrock" and named == NEW_VERSION and _OLD_BEDROCK_MODEL.search(looked_at.model):
        raise Rejected(f"anthropic_version: {named} is not supported by this model")
    return named


def betas(looked_at: Check) -> tuple[str, ...]:
    """Return the betas that count: of the header, on Bedrock and the proxy only those in the body."""
    in_body = looked_at.body.get({"legacyuse": "betas"}.get(looked_at.provider, "anthropic_beta"))
    named = tuple(beta for beta in in_body if isinstance(beta, str)) if isinstance(in_body, list) else ()
    if looked_at.provider in ("bedrock", "legacyuse"):
        return named
    header = looked_at.request.header("anthropic-beta") or ""
    return (*named, *(beta.strip() for beta in header.split(",") if beta.strip()))


def check_keys(looked_at: Check, api_version: str | None, named_betas: tuple[str, ...]) -> None:
    """Raise `Rejected` for a key that is missing, of a wrong type, or not this host's."""
    counting = looked_at.place.operation == "count_tokens"
    shape: dict[str, str] = dict(COUNT_TOKENS if counting else REQUEST)
    if api_version != NEW_VERSION and not counting:
        shape |= SAMPLING
    for key, (types, unlocking) in BETA_KEYS.items():
        if any(named.startswith(unlocking) for named in named_betas):
            shape[f"{key}?"] = types
    match looked_at.provider:
        case "bedrock":
            shape |= _IN_BODY
            del shape["model"], shape["stream?"]
        case "vertex":
            shape |= _IN_BODY
            if not counting:
                del shape["model"]
        case "legacyuse":
            shape["betas?"] = "array"
            if looked_at.body.get("stream"):
                raise complaint(("stream",), "streaming is not supported")
        case _:
            pass
    check(looked_at.body, shape, (), Anthropic())
