"""One record for every way a provider fails: `classify_error` for an answer, `classify_event` for an error in a stream.

Law (L9): every status, header set, body and stream event maps to exactly one record, whatever the body is, and nothing is
raised. What happened is decided in this order: the provider's own meaning of a status, a name that means one thing, the
message's words, the status, a name that means several things. The tables are in `provider_error_tables`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from attrs import evolve, field, frozen

from .errors import UsageError
from .jsonvalue import Json
from .provider_error_reading import (
    Reported,
    later,
    parse_body,
    parse_headers,
    read_moment,
    read_pointer,
    read_regain,
    read_report,
    read_retry_after,
)
from .provider_error_tables import (
    FINAL_STATUSES,
    HOPELESS_RATE_LIMIT,
    KIND_OF_NAME,
    KIND_OF_PROVIDER_STATUS,
    KIND_OF_STATUS,
    KIND_OF_VAGUE_NAME,
    KINDS,
    LIMIT_HEADERS,
    REQUEST_ID_HEADERS,
    RETRYABLE_KINDS,
    RETRYABLE_STATUSES,
    SCOPES,
    WIRE_OF_PROVIDER,
    WORD_RULES,
    Kind,
)

__all__ = ["KINDS", "Kind", "ProviderError", "classify_error", "classify_event", "is_error_event", "wire_of"]

LONGEST_SEARCHED: Final = 4000
"""Characters of a message in which words are looked for, so that no answer, however long, takes long."""

ERROR_EVENT_TYPES: Final = frozenset({"error", "response.failed"})


@frozen(kw_only=True)
class ProviderError:
    """What went wrong with one call, in no vendor's words."""

    kind: Kind
    provider: str
    """The name it was classified for: a provider or a wire."""
    wire: str
    retryable: bool
    """Whether the same request may succeed later. Never true for a quota."""
    message: str = ""
    """The provider's own text; may be empty."""
    status: int | None = None
    """HTTP status; 200 or None for an error inside a stream, None where no answer came."""
    type: str | None = None
    code: str | None = None
    request_id: str | None = None
    pointer: str | None = None
    """JSON pointer into the request, where the provider names a place. Of refused requests only."""
    retry_after: float | None = None
    """Seconds that the provider asks to wait, at least."""
    scope: str | None = None
    """Of a rate limit: requests, tokens, input_tokens, output_tokens, bytes or concurrency."""
    reset: datetime | None = None
    """Of a rate limit or quota: when there is more, in UTC."""
    body: Json = field(default=None, repr=False)
    """The answer's JSON document, or its text where it is none. Kept out of the repr: it may quote the prompt."""


def wire_of(provider: str) -> str:
    """Return the wire that a provider speaks; a wire's own name is one too. Raises `UsageError` for other names."""
    try:
        return WIRE_OF_PROVIDER[provider]
    except KeyError:
        raise UsageError(f"unknown wire or provider {provider!r}; known: {', '.join(WIRE_OF_PROVIDER)}") from None


def classify_error(
    wire: str, status: int | None, headers: object = (), body: object = None, *, now: datetime | None = None
) -> ProviderError:
    """Return the one record of an answer that is an error.

    ``wire`` is a wire or a provider (bedrock, vertex, legacyuse, openai). ``headers`` is a mapping or pairs; ``body`` is
    bytes, text, a parsed document or None. ``now`` (UTC if it names no zone) is needed to read a Retry-After that is a date and reset times
    that are durations. Raises `UsageError` for an unknown wire, and nothing else.
    """
    known_headers = parse_headers(headers)
    document = parse_body(body)
    report = read_report(document)
    aws_type = known_headers.get("x-amzn-errortype")
    if aws_type:
        report = evolve(report, type=aws_type)
    return _record(wire, status, known_headers, document, report, now)


def classify_event(
    wire: str, event: object, *, exception_type: str | None = None, now: datetime | None = None
) -> ProviderError:
    """Return the one record of an error inside a stream whose status was 200.

    ``event`` is the event's document (or its text): Anthropic's ``error``, a chat frame with ``error``, Responses'
    ``error`` and ``response.failed``, or the payload of a Bedrock exception frame, whose ``:exception-type`` is then given
    as ``exception_type``. Raises `UsageError` for an unknown wire, and nothing else.
    """
    document = parse_body(event)
    report = read_report(document)
    if exception_type:
        report = evolve(report, type=exception_type)
    return _record(wire, None, {}, document, report, now)


def is_error_event(event: object) -> bool:
    """Tell whether a stream event's document is an error, on any wire."""
    return isinstance(event, Mapping) and (event.get("type") in ERROR_EVENT_TYPES or bool(event.get("error")))


def _record(
    wire: str, status: int | None, headers: Mapping[str, str], document: Json, report: Reported, now: datetime | None
) -> ProviderError:
    spoken = wire_of(wire)
    if now is not None and now.tzinfo is None:
        now = now.replace(tzinfo=UTC)
    message = report.message
    report = evolve(report, type=_short_name(report.type), message=message[:LONGEST_SEARCHED])
    kind = _kind(wire, report, status)
    retry_after = read_retry_after(headers, report.message if kind == "rate_limit" else "", now)
    scope = _scope(report, headers) if kind == "rate_limit" else None
    return ProviderError(
        kind=kind,
        provider=wire,
        wire=spoken,
        retryable=_retryable(kind, status, report, headers),
        message=message,
        status=status,
        type=report.type,
        code=report.code,
        request_id=next((headers[name] for name in REQUEST_ID_HEADERS if headers.get(name)), report.request_id),
        pointer=read_pointer(report) if kind in {"invalid_request", "context_overflow", "too_large"} else None,
        retry_after=retry_after,
        scope=scope,
        reset=_reset(report, headers, scope, retry_after, now) if kind in {"rate_limit", "quota"} else None,
        body=document,
    )


def _short_name(name: str | None) -> str | None:
    """Return an AWS exception's bare name: it comes as ``com.amazon#Name``, ``Name:http://...`` or ``name`` in a frame."""
    if name is None:
        return None
    bare = name.rpartition("#")[2].partition(":")[0] if "Exception" in name else name
    return bare[:1].upper() + bare[1:] if bare.endswith("Exception") else bare


def _kind(provider: str, report: Reported, status: int | None) -> Kind:
    answered = status if status is not None and status >= 300 else report.status
    if answered is not None and (provider, answered) in KIND_OF_PROVIDER_STATUS:
        return KIND_OF_PROVIDER_STATUS[provider, answered]
    names = [name.lower() for name in (report.code, report.type) if name]
    return (
        _first(KIND_OF_NAME, names)
        or _kind_of_words(report.message, answered)
        or _kind_of_status(answered)
        or _first(KIND_OF_VAGUE_NAME, names)
        or "unknown"
    )


def _first(table: Mapping[str, Kind], names: list[str]) -> Kind | None:
    return next((table[name] for name in names if name in table), None)


def _kind_of_words(message: str, status: int | None) -> Kind | None:
    for rule in WORD_RULES:
        if (rule.statuses is None or status in rule.statuses) and rule.words.search(message):
            return rule.kind
    return None


def _kind_of_status(status: int | None) -> Kind | None:
    if status is None:
        return None
    if status in KIND_OF_STATUS:
        return KIND_OF_STATUS[status]
    return "invalid_request" if 400 <= status < 500 else "server" if 500 <= status < 600 else None


def _retryable(kind: Kind, status: int | None, report: Reported, headers: Mapping[str, str]) -> bool:
    """Anthropic's ``x-should-retry`` decides, but for a quota: there the SDK obeys it in vain, the limit still stands."""
    if kind == "quota":
        return False
    if kind == "rate_limit" and HOPELESS_RATE_LIMIT.search(report.message):
        return False
    told = headers.get("x-should-retry", "").lower()
    if told in {"true", "false"}:
        return told == "true"
    if status in FINAL_STATUSES:
        return False
    return kind in RETRYABLE_KINDS or status in RETRYABLE_STATUSES


def _scope(report: Reported, headers: Mapping[str, str]) -> str | None:
    for scope, words in SCOPES:
        if words.search(report.message):
            return scope
    if report.type in {"tokens", "requests"}:
        return report.type
    return next((scope for scope, name in LIMIT_HEADERS if headers.get(name.format("remaining")) == "0"), None)


def _reset(
    report: Reported, headers: Mapping[str, str], scope: str | None, retry_after: float | None, now: datetime | None
) -> datetime | None:
    regain = read_regain(report.message)
    if regain is not None:
        return regain
    for named, name in LIMIT_HEADERS:
        if named == scope and headers.get(name.format("remaining")) == "0":
            return read_moment(headers.get(name.format("reset"), ""), now)
    return None if retry_after is None or now is None else later(now, retry_after)
