"""What each provider says when it will not answer: status, headers and body.

One table for each provider's family, from a neutral kind of failure to the provider's own words. The validators, the
credentials' check and the faults all speak through it.

Sources: the project's wire notes (sections 1.8, 2.6, 4, 9) and recorded error bodies of Anthropic, OpenAI and Bedrock
(2026-11-22); vLLM's and Google's shapes from their servers' sources and API documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from attrs import frozen

from polyloop.translate.jsonvalue import JsonObject

from . import compact
from .scenario import Provider

Kind: TypeAlias = Literal[
    "invalid_request",
    "authentication",
    "billing",
    "permission",
    "not_found",
    "method",
    "request_too_large",
    "rate_limit",
    "quota",
    "server_error",
    "unavailable",
    "timeout",
    "overloaded",
    "context_overflow",
    "credits",
]

MESSAGES: Final[Mapping[Kind, str]] = {
    "invalid_request": "Invalid request.",
    "authentication": "Invalid credentials.",
    "billing": "Your credit balance is too low to access the API.",
    "permission": "You do not have permission to use the specified resource.",
    "not_found": "Not found",
    "method": "Method Not Allowed",
    "request_too_large": "Request exceeds the maximum size",
    "rate_limit": "Rate limit reached. Please try again later.",
    "quota": "You exceeded your current quota, please check your plan and billing details.",
    "server_error": "Internal server error",
    "unavailable": "The service is temporarily unavailable.",
    "timeout": "The request timed out.",
    "overloaded": "Overloaded",
    "context_overflow": "The input is longer than the model's context window.",
    "credits": "API credits exceeded",
}


@frozen(kw_only=True)
class Failure:
    """A refusal before it is put in a provider's words."""

    kind: Kind = "invalid_request"
    message: str | None = None
    """None: the provider's usual words for the kind."""
    param: str | None = None
    """OpenAI's ``param``: a path into the request, in its spelling."""
    code: str | None = None
    """OpenAI's ``code``, Anthropic's ``details.error_code``, Bedrock's exception name: None takes the kind's own, "" none."""


class Rejected(Exception):
    """Raised by a check of a request that the provider would refuse."""

    def __init__(
        self, message: str, *, kind: Kind = "invalid_request", param: str | None = None, code: str | None = None
    ):
        self.failure = Failure(kind=kind, message=message, param=param, code=code)
        super().__init__(message)


@frozen(kw_only=True)
class Refusal:
    """A failure in a provider's words."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: JsonObject

    @property
    def content(self) -> bytes:
        return compact.content(self.body)


_ANTHROPIC: Final[Mapping[Kind, tuple[int, str, str | None]]] = {
    "invalid_request": (400, "invalid_request_error", None),
    "authentication": (401, "authentication_error", None),
    "billing": (402, "billing_error", None),
    "permission": (403, "permission_error", None),
    "not_found": (404, "not_found_error", None),
    "method": (405, "invalid_request_error", None),
    "request_too_large": (413, "request_too_large", None),
    "rate_limit": (429, "rate_limit_error", None),
    "quota": (429, "rate_limit_error", "enforced_spend_limit_reached"),
    "server_error": (500, "api_error", None),
    "unavailable": (503, "api_error", None),
    "timeout": (504, "timeout_error", None),
    "overloaded": (529, "overloaded_error", None),
    "context_overflow": (400, "invalid_request_error", None),
    "credits": (402, "billing_error", None),
}

_OPENAI: Final[Mapping[Kind, tuple[int, str, str | None]]] = {
    "invalid_request": (400, "invalid_request_error", None),
    "authentication": (401, "invalid_request_error", "invalid_api_key"),
    "billing": (402, "billing_error", None),
    "permission": (403, "invalid_request_error", None),
    "not_found": (404, "invalid_request_error", None),
    "method": (405, "invalid_request_error", "method_not_supported"),
    "request_too_large": (413, "invalid_request_error", None),
    "rate_limit": (429, "requests", "rate_limit_exceeded"),
    "quota": (429, "insufficient_quota", "insufficient_quota"),
    "server_error": (500, "server_error", "server_error"),
    "unavailable": (503, "server_error", None),
    "timeout": (504, "server_error", None),
    "overloaded": (503, "server_error", "server_overloaded"),
    "context_overflow": (400, "invalid_request_error", "context_length_exceeded"),
    "credits": (429, "insufficient_quota", "insufficient_quota"),
}

_BEDROCK: Final[Mapping[Kind, tuple[int, str]]] = {
    "invalid_request": (400, "ValidationException"),
    "authentication": (403, "UnrecognizedClientException"),
    "billing": (403, "AccessDeniedException"),
    "permission": (403, "AccessDeniedException"),
    "not_found": (404, "ResourceNotFoundException"),
    "method": (405, "UnsupportedOperationException"),
    "request_too_large": (413, "ValidationException"),
    "rate_limit": (429, "ThrottlingException"),
    "quota": (400, "ServiceQuotaExceededException"),
    "server_error": (500, "InternalServerException"),
    "unavailable": (503, "ServiceUnavailableException"),
    "timeout": (408, "ModelTimeoutException"),
    "overloaded": (503, "ServiceUnavailableException"),
    "context_overflow": (400, "ValidationException"),
    "credits": (403, "AccessDeniedException"),
}

# Google answers these itself, before Anthropic's part of the host is reached; the others have Anthropic's own form.
_GOOGLE: Final[Mapping[Kind, tuple[int, str]]] = {
    "authentication": (401, "UNAUTHENTICATED"),
    "permission": (403, "PERMISSION_DENIED"),
    "not_found": (404, "NOT_FOUND"),
    "rate_limit": (429, "RESOURCE_EXHAUSTED"),
    "quota": (429, "RESOURCE_EXHAUSTED"),
    "unavailable": (503, "UNAVAILABLE"),
    "timeout": (504, "DEADLINE_EXCEEDED"),
}

_VLLM: Final[Mapping[Kind, tuple[int, str]]] = {
    "invalid_request": (400, "BadRequestError"),
    "authentication": (401, "AuthenticationError"),
    "billing": (402, "BadRequestError"),
    "permission": (403, "PermissionDeniedError"),
    "not_found": (404, "NotFoundError"),
    "method": (405, "MethodNotAllowedError"),
    "request_too_large": (413, "BadRequestError"),
    "rate_limit": (429, "RateLimitError"),
    "quota": (429, "RateLimitError"),
    "server_error": (500, "InternalServerError"),
    "unavailable": (503, "ServiceUnavailableError"),
    "timeout": (504, "GatewayTimeoutError"),
    "overloaded": (503, "ServiceUnavailableError"),
    "context_overflow": (400, "BadRequestError"),
    "credits": (403, "PermissionDeniedError"),
}

_LEGACYUSE: Final[Mapping[Kind, int]] = {
    "invalid_request": 400,
    "authentication": 401,
    "billing": 403,
    "permission": 403,
    "not_found": 404,
    "method": 405,
    "request_too_large": 413,
    "rate_limit": 429,
    "quota": 403,
    "server_error": 500,
    "unavailable": 503,
    "timeout": 504,
    "overloaded": 529,
    "context_overflow": 400,
    "credits": 403,
}

# Where a provider has its own usual words for a kind.
_WORDS: Final[Mapping[tuple[Provider, Kind], str]] = {
    ("anthropic", "context_overflow"): "prompt is too long: 208310 tokens > 200000 maximum",
    ("vertex", "context_overflow"): "prompt is too long: 208310 tokens > 200000 maximum",
    ("legacyuse", "context_overflow"): "prompt is too long: 208310 tokens > 200000 maximum",
    ("bedrock", "context_overflow"): "Input is too long for requested model.",
    ("bedrock", "rate_limit"): "Too many requests, please wait before trying again.",
    ("openai", "context_overflow"): (
        "Your input exceeds the context window of this model. Please adjust your input and try again."
    ),
    ("uitars", "context_overflow"): (
        "This model's maximum context length is 65536 tokens. However, your request has 70021 input tokens."
    ),
    ("openai", "server_error"): ("The server had an error while processing your request. Sorry about that!"),
}


def message_of(provider: Provider, failure: Failure) -> str:
    """Return the failure's own message, or the provider's usual words for its kind."""
    if failure.message is not None:
        return failure.message
    return _WORDS.get((provider, failure.kind), MESSAGES[failure.kind])


def refuse(provider: Provider, failure: Failure, request_id: str) -> Refusal:
    """Put a failure in a provider's words."""
    message = message_of(provider, failure)
    match provider:
        case "bedrock":
            return _bedrock(failure, message, request_id)
        case "legacyuse":
            return _json(_LEGACYUSE[failure.kind], {"error": message})
        case "openai":
            status = _OPENAI[failure.kind][0]
            return _json(status, {"error": openai_error(failure, message)}, ("x-request-id", request_id))
        case "uitars":
            return _vllm(failure, message)
        case "vertex" if failure.kind in _GOOGLE:
            status, name = _GOOGLE[failure.kind]
            return _json(status, {"error": {"code": status, "message": message, "status": name}})
        case _:
            status = _ANTHROPIC[failure.kind][0]
            return _json(status, anthropic_error(failure, message, request_id), ("request-id", request_id))


def _json(status: int, body: JsonObject, *headers: tuple[str, str]) -> Refusal:
    return Refusal(status=status, headers=(("content-type", "application/json"), *headers), body=body)


def anthropic_error(failure: Failure, message: str, request_id: str) -> JsonObject:
    """The error envelope of the Messages API, as a body and as the data of a stream's ``error`` event."""
    _, name, code = _ANTHROPIC[failure.kind]
    error: JsonObject = {"type": name, "message": message}
    if failure.code or code:
        error["details"] = {"error_code": failure.code or code}
    return {"type": "error", "error": error, "request_id": request_id}


def openai_error(failure: Failure, message: str) -> JsonObject:
    """The inner error object of OpenAI."""
    _, name, code = _OPENAI[failure.kind]
    return {
        "message": message,
        "type": name,
        "param": failure.param,
        "code": code if failure.code is None else failure.code or None,
    }


def vllm_error(failure: Failure, message: str) -> JsonObject:
    """The inner error object of vLLM, whose ``code`` is the HTTP status."""
    status, name = _VLLM[failure.kind]
    return {"message": message, "type": name, "param": failure.param, "code": status}


def _vllm(failure: Failure, message: str) -> Refusal:
    if failure.kind == "authentication":  # its key check is a middleware with a body of its own
        return _json(401, {"error": "Unauthorized"})
    return _json(_VLLM[failure.kind][0], {"error": vllm_error(failure, message)})


def bedrock_exception(failure: Failure) -> str:
    """Return the exception's name, ``ThrottlingException``; in a stream's frame its first letter is small."""
    return failure.code or _BEDROCK[failure.kind][1]


def _bedrock(failure: Failure, message: str, request_id: str) -> Refusal:
    name = bedrock_exception(failure)
    headers = (
        ("content-type", "application/json"),
        ("x-amzn-errortype", f"{name}:http://internal.amazon.com/coral/com.amazon.bedrock/"),
        ("x-amzn-requestid", request_id),
    )
    return Refusal(status=_BEDROCK[failure.kind][0], headers=headers, body={"message": message})
