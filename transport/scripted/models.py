"""The models a provider has: who is refused for asking another, and what the model endpoints answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from polyloop.translate.jsonvalue import Json, JsonObject

from .failures import Rejected
from .minting import CREATED
from .routes import Route
from .scenario import Provider
from .settings import Settings

_CREATED_TEXT: Final = "2026-01-01T00:00:00Z"
_DEFAULTS: Final[Mapping[Provider, tuple[str, ...]]] = {
    "anthropic": ("claude-opus-5", "claude-sonnet-5", "claude-haiku-4-5"),
    "openai": ("gpt-6-astra", "gpt-5.5", "gpt-5.4"),
    "uitars": ("ui-tars-1.5-7b",),
}


def check(place: Route, body: JsonObject, settings: Settings) -> None:
    """Raise `Rejected` where the provider has a list of models and the request names another."""
    named = place.model if place.model is not None else body.get("model")
    had = settings.models.get(place.provider)
    if had is None and place.operation == "get_model":
        had = _DEFAULTS.get(place.provider, ())
    if had is not None and isinstance(named, str) and named not in had:
        raise _unknown(place, named)


def _unknown(place: Route, model: str) -> Rejected:
    match place.provider:
        case "openai" if place.wire == "openai-responses":
            message = f"The requested model '{model}' does not exist."
            return Rejected(message, param="model", code="model_not_found")
        case "openai":
            message = f"The model `{model}` does not exist or you do not have access to it."
            return Rejected(message, kind="not_found", code="model_not_found")
        case "uitars":
            return Rejected(f"The model `{model}` does not exist.", kind="not_found", param="model")
        case "bedrock":
            return Rejected("The provided model identifier is invalid.")
        case "vertex":
            message = f"Publisher Model `{model}` was not found or your project does not have access to it."
            return Rejected(message, kind="not_found")
        case _:
            return Rejected(f"model: {model}", kind="not_found")


def answer(place: Route, settings: Settings) -> Json:
    """Answer a request for the list of models, or for one of them."""
    if place.operation == "get_model":
        return _entry(place.provider, place.model or "")
    entries = [
        _entry(place.provider, model) for model in settings.models.get(place.provider, _DEFAULTS[place.provider])
    ]
    if place.provider == "anthropic":
        first, last = (entries[0]["id"], entries[-1]["id"]) if entries else (None, None)
        return {"data": entries, "has_more": False, "first_id": first, "last_id": last}
    return {"object": "list", "data": entries}


def _entry(provider: Provider, model: str) -> JsonObject:
    if provider == "anthropic":
        return {"type": "model", "id": model, "display_name": model, "created_at": _CREATED_TEXT}
    owner = "system" if provider == "openai" else "vllm"
    return {"id": model, "object": "model", "created": CREATED, "owned_by": owner}
