"""What providers call their failures, as data: codes, types, statuses and, where they give nothing better, their words.

Sources: the error types of the anthropic SDK 2.12.0 and the openai SDK 3.3.0 (2026-11-22), Amazon Bedrock's InvokeModel
reference, Google's RPC codes, and recorded answers of some thirty compatible vendors. Rows from recordings name the vendor.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple, TypeAlias, get_args

Kind: TypeAlias = Literal[
    "authentication",
    "permission",
    "not_found",
    "invalid_request",
    "context_overflow",
    "too_large",
    "rate_limit",
    "quota",
    "overloaded",
    "server",
    "timeout",
    "content_refused",
    "connection",
    "unknown",
]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

RETRYABLE_KINDS: Final = frozenset[Kind]({"rate_limit", "overloaded", "server", "timeout", "connection"})
"""Failures after which the same request may succeed."""

RETRYABLE_STATUSES: Final = frozenset({408, 409, 425})
"""Both SDKs send these again, whatever the body says: timeouts, lock conflicts, too early."""

FINAL_STATUSES: Final = frozenset({501, 505})
"""Failures of the server that waiting does not cure."""

WIRE_OF_PROVIDER: Final = {
    "anthropic": "anthropic",
    "bedrock": "anthropic",
    "vertex": "anthropic",
    "legacyuse": "anthropic",
    "openai": "openai-chat",
    "openai-chat": "openai-chat",
    "openai-responses": "openai-responses",
    "uitars": "uitars",
}
"""Every name that errors are classified for, and the wire it speaks."""

KIND_OF_PROVIDER_STATUS: Final[dict[tuple[str, int], Kind]] = {
    ("legacyuse", 403): "quota",  # credits exceeded, whatever the body (legacy-use at 3d5903f)
}

KIND_OF_NAME: Final[dict[str, Kind]] = {
    # Anthropic: error.type, then details.error_code
    "authentication_error": "authentication",
    "permission_error": "permission",
    "not_found_error": "not_found",
    "request_too_large": "too_large",
    "rate_limit_error": "rate_limit",
    "billing_error": "quota",
    "timeout_error": "timeout",
    "overloaded_error": "overloaded",
    "contract_spend_limit_reached": "quota",
    "enforced_spend_limit_reached": "quota",
    "ramp_limit_exceeded": "rate_limit",
    "compaction_unavailable": "overloaded",
    # OpenAI and compatible vendors: error.code, then error.type
    "context_length_exceeded": "context_overflow",
    "exceed_context_size_error": "context_overflow",  # llama.cpp
    "too_many_prompt_tokens": "context_overflow",  # Perplexity
    "string_above_max_length": "too_large",
    "insufficient_quota": "quota",
    "billing_hard_limit_reached": "quota",
    "rate_limit_exceeded": "rate_limit",
    "ratelimitreached": "rate_limit",  # Azure
    "tokens": "rate_limit",  # OpenAI names the exhausted unit as the type
    "requests": "rate_limit",
    "slow_down": "overloaded",
    "timeout": "timeout",  # OpenAI has no word for it; this is what an error converted to its wires says
    "invalid_api_key": "authentication",
    "invalid_key": "authentication",  # Xiaomi
    "wrong_api_key": "authentication",  # Cerebras
    "model_not_found": "not_found",
    "model_not_available": "not_found",  # Together
    "invalid_model": "not_found",  # Mistral, Perplexity
    "deploymentnotfound": "not_found",  # Azure
    "previous_response_not_found": "not_found",
    "content_filter": "content_refused",
    "content_policy_violation": "content_refused",
    "invalid_prompt": "content_refused",  # Responses: the prompt was refused by a usage policy
    "bio_policy": "content_refused",
    "misalignment_policy_violation": "content_refused",
    "cyber_policy": "content_refused",
    "vector_store_timeout": "timeout",
    "data_residency_mismatch": "permission",
    # Amazon Bedrock: x-amzn-errortype, or the exception type of a stream's frame
    "expiredtokenexception": "authentication",
    "unrecognizedclientexception": "authentication",
    "invalidsignatureexception": "authentication",
    "missingauthenticationtokenexception": "authentication",
    "incompletesignatureexception": "authentication",
    "invalidclienttokenid": "authentication",
    "resourcenotfoundexception": "not_found",
    "throttlingexception": "rate_limit",
    "servicequotaexceededexception": "quota",
    "modelnotreadyexception": "overloaded",
    "serviceunavailableexception": "overloaded",
    "modeltimeoutexception": "timeout",
    "modelerrorexception": "server",
    "modelstreamerrorexception": "server",
    "internalserverexception": "server",
    # Google calls its types statuses
    "unauthenticated": "authentication",
    "api_key_invalid": "authentication",
    "permission_denied": "permission",
    "resource_exhausted": "rate_limit",
    "unavailable": "overloaded",
    "deadline_exceeded": "timeout",
    "internal": "server",
}
"""Names that say what happened wherever they stand, in lower case. They win over the status."""

KIND_OF_VAGUE_NAME: Final[dict[str, Kind]] = {
    "accessdeniedexception": "permission",  # Bedrock says it of a wrong API key too
    "invalid_request_error": "invalid_request",  # OpenAI's type of wrong keys and unknown models too
    "invalid_request": "invalid_request",
    "conflict_error": "invalid_request",
    "memory_precondition_failed_error": "invalid_request",
    "memory_path_conflict_error": "invalid_request",
    "validationexception": "invalid_request",
    "invalid_argument": "invalid_request",
    "failed_precondition": "invalid_request",
    "out_of_range": "invalid_request",
    "not_found": "not_found",
    "invalid_parameter_error": "invalid_request",
    "api_error": "server",
    "server_error": "server",
    "internal_server_error": "server",
}
"""Names that providers use for several things: asked only when neither words nor status said more."""

KIND_OF_STATUS: Final[dict[int, Kind]] = {
    401: "authentication",
    402: "quota",
    403: "permission",
    404: "not_found",
    407: "authentication",
    408: "timeout",
    410: "not_found",
    413: "too_large",
    414: "too_large",
    424: "server",  # Bedrock: the model behind the service failed
    425: "server",
    429: "rate_limit",
    431: "too_large",
    451: "permission",
    499: "connection",
    503: "overloaded",
    504: "timeout",
    522: "timeout",
    524: "timeout",
    529: "overloaded",
}
"""Statuses that mean one thing. Other 4xx are the request's fault, other 5xx the server's; anything else is unknown."""


class WordRule(NamedTuple):
    """A way of saying what happened, looked for in the message when no name said it."""

    kind: Kind
    words: re.Pattern[str]
    statuses: frozenset[int | None] | None = None
    """Statuses under which the words count; None among them is an error without one, inside a stream. None: all."""


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


_REFUSALS: Final[frozenset[int | None]] = frozenset({None, 400, 413, 422, 500})

WORD_RULES: Final = (
    WordRule(
        kind="context_overflow",
        words=_words(
            r"maximum context length",
            r"max(imum)? context",
            r"context (window|size|limit|length)",
            r"prompt( is)? too long",
            r"input( is)? too long",
            r"input tokens exceeded",
            r"number of input tokens exceeds",
            r"total length of all messages is too long",
        ),
        statuses=_REFUSALS,  # Not under 429: Bedrock's "Too many tokens" there is throttling
    ),
    WordRule(
        kind="quota",
        words=_words(
            r"credit balance is too low",
            r"exceeded your (current quota|monthly included credits)",
            r"depleted your .*credits",
            r"api usage limits",
            r"spend(ing)? limit",
        ),
    ),
    WordRule(
        kind="permission",
        words=_words(r"insufficient permissions", r"not have permission"),
        statuses=frozenset({401, 403}),
    ),
    WordRule(
        kind="authentication",
        words=_words(r"api[- ]?key", r"security token", r"signature (does not match|expired)"),
        statuses=frozenset({403}),
    ),
    WordRule(
        kind="not_found",
        words=_words(
            r"model( id)?\b.{0,80} (does not|not) exist",
            r"invalid model\b",
            r"model identifier is invalid",
            r"supported api model names are",
            r"not supported model",
        ),
        statuses=frozenset({None, 400}),
    ),
    WordRule(
        kind="invalid_request",  # llama.cpp answers 500 to inputs that its model cannot take
        words=_words(r"input is not supported", r"param requires --"),
        statuses=frozenset({500, None}),
    ),
    WordRule(
        kind="content_refused",
        words=_words(r"content (management )?policy", r"content filter", r"usage polic(y|ies)"),
        statuses=frozenset({None, 400, 403}),
    ),
    WordRule(kind="overloaded", words=_words(r"overloaded"), statuses=frozenset({None, 500, 502, 503})),
)
"""In the order in which they are asked."""

HOPELESS_RATE_LIMIT: Final = _words(r"^request too large for")
"""A rate limit that this one request exceeds alone: waiting does not help (OpenAI)."""

SCOPES: Final = (
    ("input_tokens", _words(r"input tokens? per")),
    ("output_tokens", _words(r"output tokens? per")),
    ("tokens", _words(r"tokens? per", r"\btp[md]\b", r"too many tokens")),
    ("requests", _words(r"requests? per", r"\brp[md]\b", r"too many requests")),
    ("bytes", _words(r"bytes per")),
    ("concurrency", _words(r"concurren")),
)
"""What a rate limit counts, by the message's words, in the order asked."""

LIMIT_HEADERS: Final = (
    ("input_tokens", "anthropic-ratelimit-input-tokens-{}"),
    ("output_tokens", "anthropic-ratelimit-output-tokens-{}"),
    ("tokens", "anthropic-ratelimit-tokens-{}"),
    ("requests", "anthropic-ratelimit-requests-{}"),
    ("tokens", "x-ratelimit-{}-tokens"),
    ("requests", "x-ratelimit-{}-requests"),
)
"""Where the vendors say what remains (``remaining``) and from when on there is more (``reset``)."""

REQUEST_ID_HEADERS: Final = (
    "request-id",
    "x-request-id",
    "x-amzn-requestid",
    "apim-request-id",
    "x-goog-request-id",
)

TAGS_AFTER_INDEX: Final = frozenset(
    {
        "text",
        "image",
        "document",
        "search_result",
        "thinking",
        "redacted_thinking",
        "tool_use",
        "tool_result",
        "server_tool_use",
        "web_search_tool_result",
        "custom",
    }
)
TAGS_AFTER_SOURCE: Final = frozenset({"base64", "url", "file", "text", "content"})
"""Words that Anthropic's validator puts into a path to say which member of a union it tried; no keys of the document."""
