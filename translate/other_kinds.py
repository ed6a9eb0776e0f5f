"""Conversion of what is neither a request nor a reply: lists of stream events, and errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .adapting import Adapting
from .errors import UsageError
from .jsonvalue import Json, JsonObject
from .provider_errors import ProviderError, classify_error, classify_event
from .wires import Wire, decode


def converted_stream(document: Json, source: Wire, target: Wire, adapting: Adapting) -> Json:
    """Convert the list of a stream's events."""
    from .stream_converter import convert_events

    if not isinstance(document, list):
        raise UsageError("a stream is converted as the list of its events")
    return convert_events(document, source, target, adapting, whole=True)


def converted_error(document: Json, source: Wire, target: Wire, adapting: Adapting) -> Json:
    """Convert the body of an error."""
    decode(source, "error", document)
    if source is target:
        return document
    return error_document(classify_error(source.name, None, (), document), target.name)


def stream_error(document: Json, source: str, target: Wire) -> JsonObject:
    """Convert an error inside a stream to the target's event."""
    error = classify_event(source, document)
    if target.name == "openai-responses":
        said = error_document(error, target.name)["error"]
        code = said["code"] or said["type"]  # such an event has no type of failure beside its code
        return {"type": "error", "code": code, "message": said["message"], "param": said["param"]}
    return error_document(error, target.name)


_ANTHROPIC_TYPES: Final[Mapping[str, str]] = {
    "authentication": "authentication_error", "permission": "permission_error", "not_found": "not_found_error",
    "invalid_request": "invalid_request_error", "context_overflow": "invalid_request_error", "too_large": "request_too_large",
    "content_refused": "invalid_request_error", "rate_limit": "rate_limit_error", "quota": "billing_error",
    "overloaded": "overloaded_error", "timeout": "timeout_error",
}  # fmt: skip
_OPENAI_TYPES: Final[Mapping[str, tuple[str, str | None]]] = {
    "authentication": ("invalid_request_error", "invalid_api_key"), "permission": ("permission_error", None),
    "not_found": ("invalid_request_error", "model_not_found"), "invalid_request": ("invalid_request_error", None),
    "context_overflow": ("invalid_request_error", "context_length_exceeded"),
    "too_large": ("invalid_request_error", "request_too_large"), "content_refused": ("invalid_request_error", "content_filter"),
    "rate_limit": ("rate_limit_error", "rate_limit_exceeded"), "quota": ("insufficient_quota", "insufficient_quota"),
    "overloaded": ("server_error", "slow_down"), "timeout": ("server_error", "timeout"),
}  # fmt: skip
"""Kinds of errors in each provider's words, so that the target's own clients classify them alike."""


def error_document(error: ProviderError, wire: str) -> JsonObject:
    """Spell an error record as the error body of a wire."""
    if wire == "anthropic":
        kind = _ANTHROPIC_TYPES.get(error.kind, "api_error")
        document: JsonObject = {"type": "error", "error": {"type": kind, "message": error.message}}
        return document | ({"request_id": error.request_id} if error.request_id else {})
    kind, code = _OPENAI_TYPES.get(error.kind, ("server_error", None))
    return {"error": {"message": error.message, "type": kind, "param": None, "code": code}}
