"""Whether a provider can be reached, knows the key and has the model: asked by what costs nothing. Pure: what to ask, and what an answer means.

| provider | asked | why it is free |
|---|---|---|
| anthropic | GET /v1/models/{model} | a list of models is no call of one |
| openai, uitars | GET /models | likewise; the whole list, for vLLM has no path for one model |
| vertex | count-tokens:rawPredict | counting is free of charge |
| bedrock | invoke with an empty body | the runtime has no free question: a body without its required keys is refused before any model runs |
| legacyuse | create with an empty body | likewise |

Sources: platform.claude.com/docs/en/api/models and token counting, platform.openai.com/docs/api-reference/models, the vLLM
documentation, docs.aws.amazon.com/bedrock (InvokeModel), read 2026-11-22; recorded refusals of Bedrock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote

from attrs import evolve, frozen

from polyloop.translate.http import HttpRequest, encode_json
from polyloop.translate.jsonvalue import Json
from polyloop.translate.provider_errors import ProviderError

from .counting import count_request
from .preparing import Route

VERSION_HEADERS: Final = (("anthropic-version", "2023-06-01"),)
"""The list of models is the same under every version."""

_NO_SUCH_MODEL: Final = re.compile(
    r"model identifier is invalid|model.{0,200}(not found|does not exist|no longer)|inference profile", re.IGNORECASE
)
_MODEL_KINDS: Final = frozenset({"not_found"})
_ADMITTED: Final = frozenset({"invalid_request", "not_found", "permission", "quota", "rate_limit", "too_large"})
"""Refusals that come only behind the check of the credential."""


@frozen(kw_only=True)
class Health:
    """What is known of a provider just now. None: not known, the question did not come so far."""

    provider: str
    reachable: bool
    authenticated: bool | None = None
    model_known: bool | None = None
    """None also where no model was named, and where the provider does not say."""
    error: ProviderError | None = None
    """What the answer was, where it was not the one hoped for."""

    @property
    def healthy(self) -> bool:
        """Whether a call may be expected to succeed: reachable, and nothing known against it."""
        against = self.authenticated is False or self.model_known is False or self.error is not None
        return self.reachable and not against


@frozen(kw_only=True)
class Question:
    """What to ask. ``refused`` where the answer hoped for is a refusal of the empty body."""

    request: HttpRequest
    refused: bool = False


def question(route: Route, model: str | None) -> Question:
    """Return the free question of a provider."""
    return _QUESTIONS[route.provider](route, model)


def answered(route: Route, model: str | None, document: Json) -> Health:
    """Read an answer of status 200."""
    health = Health(provider=route.provider, reachable=True, authenticated=True)
    if model is None:
        return health
    if route.provider in ("openai", "uitars"):
        listed = document.get("data") if isinstance(document, dict) else None
        if not isinstance(listed, list):
            return health
        names = {entry.get("id") for entry in listed if isinstance(entry, dict)}
        return evolve(health, model_known=model in names)
    return evolve(health, model_known=True if route.provider in ("anthropic", "vertex") else None)


def refused(route: Route, model: str | None, error: ProviderError, *, hoped: bool = False) -> Health:
    """Read an answer that is an error; ``hoped`` where a refusal of the body is what was hoped for."""
    health = Health(provider=route.provider, reachable=True, error=error)
    if error.kind == "authentication":
        return evolve(health, authenticated=False)
    if error.kind not in _ADMITTED:
        return health
    health = evolve(health, authenticated=True)
    unknown = error.kind in _MODEL_KINDS or _NO_SUCH_MODEL.search(error.message) is not None
    if unknown and model is not None and route.provider != "legacyuse":
        return evolve(health, model_known=False)
    if hoped and error.kind == "invalid_request":  # as was hoped for
        return evolve(
            health, model_known=True if model is not None and route.provider == "bedrock" else None, error=None
        )
    return health


def unreachable(route: Route, error: ProviderError) -> Health:
    """Say that no answer came: the way was closed, or there was no credential to set out with."""
    known = False if error.kind == "authentication" else None
    return Health(provider=route.provider, reachable=False, authenticated=known, error=error)


def _anthropic(_route: Route, model: str | None) -> Question:
    path = "/v1/models?limit=1" if model is None else f"/v1/models/{quote(model, safe='')}"
    return Question(request=HttpRequest(method="GET", path=path, headers=VERSION_HEADERS, provider="anthropic"))


def _openai(route: Route, _model: str | None) -> Question:
    return Question(request=HttpRequest(method="GET", path="/models", provider=route.provider))


def _vertex(route: Route, model: str | None) -> Question:
    document = {"model": model or "claude-sonnet-5", "messages": [{"role": "user", "content": "."}]}
    return Question(request=count_request(route, document))


def _bedrock(_route: Route, model: str | None) -> Question:
    path = f"/model/{quote(model or 'anthropic.claude-sonnet-5', safe=':;')}/invoke"
    return Question(request=_empty("bedrock", path), refused=True)


def _legacyuse(_route: Route, _model: str | None) -> Question:
    return Question(request=_empty("legacyuse", "/create"), refused=True)


def _empty(provider: str, path: str) -> HttpRequest:
    headers = (("content-type", "application/json"),)
    return HttpRequest(method="POST", path=path, headers=headers, body=encode_json({}), provider=provider)


_QUESTIONS: Final[Mapping[str, Callable[[Route, str | None], Question]]] = {
    "anthropic": _anthropic, "bedrock": _bedrock, "vertex": _vertex, "legacyuse": _legacyuse, "openai": _openai,
    "uitars": _openai,
}  # fmt: skip
