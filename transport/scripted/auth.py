"""Whether a request carries the provider's credential, and what the provider says where it does not."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final, Literal, TypeAlias

from . import sigv4
from .failures import Rejected
from .http1 import Request
from .scenario import Provider
from .settings import Keys, Settings

Credential: TypeAlias = Literal["valid", "missing", "wrong"]

SECRET_HEADERS: Final = frozenset(
    {"authorization", "x-api-key", "api-key", "x-amz-security-token", "x-goog-api-key", "proxy-authorization", "cookie"}
)


def redact(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Return the headers for the log: of a secret only a digest, by which two requests can be told to carry the same."""
    kept: dict[str, str] = {}
    for name, value in headers:
        shown = f"sha256:{hashlib.sha256(value.encode()).hexdigest()[:12]}" if name in SECRET_HEADERS else value
        kept[name] = f"{kept[name]}, {shown}" if name in kept else shown
    return kept


def check(provider: Provider, request: Request, keys: Keys, settings: Settings) -> None:
    """Raise `Rejected` unless the request carries the provider's credential."""
    match provider:
        case "anthropic":
            _anthropic(request, keys.anthropic)
        case "openai":
            _openai(request, keys.openai)
        case "uitars":
            _require(_bearer(request), keys.uitars, "Unauthorized", "Unauthorized")
        case "legacyuse":
            _require(request.header("x-api-key"), keys.legacyuse, "API key is required", "Invalid API key")
        case "vertex":
            _vertex(request, keys.vertex)
        case "bedrock":
            _bedrock(request, keys, settings)


def state(provider: Provider, request: Request, keys: Keys, settings: Settings) -> Credential:
    """Say how the request stands: for the log."""
    if all(request.header(name) is None for name in ("authorization", "x-api-key")):
        return "missing"
    try:
        check(provider, request, keys, settings)
    except Rejected:
        return "wrong"
    return "valid"


def _bearer(request: Request) -> str | None:
    scheme, _, token = (request.header("authorization") or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _require(given: str | None, expected: str, missing: str, wrong: str) -> None:
    if given is None:
        raise Rejected(missing, kind="authentication")
    if not _same(given, expected):
        raise Rejected(wrong, kind="authentication")


def _anthropic(request: Request, expected: str) -> None:
    """Either header will do; where both are sent ``x-api-key`` counts."""
    key = request.header("x-api-key")
    if key is not None:
        _require(key, expected, "", "invalid x-api-key")
    else:
        _require(_bearer(request), expected, "x-api-key header is required", "Invalid bearer token")


def _openai(request: Request, expected: str) -> None:
    given = _bearer(request)
    if given is None:
        message = (
            "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth "
            "(i.e. Authorization: Bearer YOUR_KEY)."
        )
        raise Rejected(message, kind="authentication", code="")
    if not _same(given, expected):
        message = (
            f"Incorrect API key provided: {'*' * 8}. You can find your API key at "
            "https://platform.openai.com/account/api-keys."
        )
        raise Rejected(message, kind="authentication")


def _vertex(request: Request, expected: str) -> None:
    message = (
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential."
    )
    _require(_bearer(request), expected, message, message)


def _bedrock(request: Request, keys: Keys, settings: Settings) -> None:
    authorization = request.header("authorization")
    if authorization is None:
        raise Rejected("Missing Authentication Token", kind="permission", code="MissingAuthenticationTokenException")
    token = _bearer(request)
    if token is None:
        sigv4.verify(request, keys, settings.region, settings.clock())
    elif not _same(token, keys.bedrock):
        message = "Authentication failed: Please make sure your API Key is valid."
        raise Rejected(message, kind="permission", code="AccessDeniedException")
