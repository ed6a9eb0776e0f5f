"""Provider errors that were recorded or are documented: each is one record, and of the obvious kind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from polyloop.translate.jsonvalue import Json
from polyloop.translate.provider_errors import is_error_event
from polyloop.translate.testing import corpus
from polyloop.translate.testing.error_laws import one_event_record, one_record

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)

# status, type, code of recorded and documented errors -> kind. None stands where the body has no such field.
ANTHROPIC: dict[tuple[int, str | None, str | None], str] = {
    (400, "invalid_request_error", None): "invalid_request",
    (400, "invalid_request_error", "image_dimensions_too_large"): "invalid_request",
    (400, "invalid_request_error", "tool_name_conflict"): "invalid_request",
    (401, "authentication_error", None): "authentication",
    (402, "billing_error", None): "quota",
    (402, "billing_error", "linked_organization_disabled"): "quota",
    (403, "permission_error", None): "permission",
    (404, "not_found_error", None): "not_found",
    (408, "timeout_error", None): "timeout",
    (409, "conflict_error", None): "invalid_request",
    (412, None, None): "invalid_request",
    (413, "request_too_large", None): "too_large",
    (422, None, None): "invalid_request",
    (429, "rate_limit_error", None): "rate_limit",
    (429, "rate_limit_error", "contract_spend_limit_reached"): "quota",
    (429, "rate_limit_error", "enforced_spend_limit_reached"): "quota",
    (429, "rate_limit_error", "ramp_limit_exceeded"): "rate_limit",
    (431, None, None): "too_large",
    (499, None, None): "connection",
    (500, "api_error", None): "server",
    (501, "api_error", None): "server",
    (503, "api_error", None): "overloaded",
    (504, "timeout_error", None): "timeout",
    (529, "overloaded_error", None): "overloaded",
    (529, "overloaded_error", "compaction_unavailable"): "overloaded",
    (200, "overloaded_error", None): "overloaded",
}
OPENAI: dict[tuple[int, str | None, str | None], str] = {
    (400, "invalid_request_error", "context_length_exceeded"): "context_overflow",
    (400, "invalid_request_error", "model_not_found"): "not_found",
    (400, "invalid_request_error", "previous_response_not_found"): "not_found",
    (400, "invalid_request_error", "invalid_json_schema"): "invalid_request",
    (400, "insufficient_quota", "insufficient_quota"): "quota",
    (400, "invalid_request_error", None): "invalid_request",
    (400, None, "invalid-argument"): "invalid_request",
    (401, "invalid_request_error", "invalid_api_key"): "authentication",
    (401, None, None): "authentication",
    (403, None, "unsupported_country_region_territory"): "permission",
    (404, "invalid_request_error", "model_not_found"): "not_found",
    (409, None, None): "invalid_request",
    (413, None, None): "too_large",
    (422, None, None): "invalid_request",
    (429, "insufficient_quota", "insufficient_quota"): "quota",
    (429, "tokens", "rate_limit_exceeded"): "rate_limit",
    (429, "requests", "rate_limit_exceeded"): "rate_limit",
    (429, None, None): "rate_limit",
    (500, "server_error", None): "server",
    (503, "server_error", None): "overloaded",
}
BEDROCK: dict[tuple[int, str | None, str | None], str] = {
    (400, "ValidationException", None): "invalid_request",
    (400, "ServiceQuotaExceededException", None): "quota",
    (403, "AccessDeniedException", None): "permission",
    (403, "ExpiredTokenException", None): "authentication",
    (403, "UnrecognizedClientException", None): "authentication",
    (403, "InvalidSignatureException", None): "authentication",
    (404, "ResourceNotFoundException", None): "not_found",
    (408, "ModelTimeoutException", None): "timeout",
    (424, "ModelErrorException", None): "server",
    (429, "ThrottlingException", None): "rate_limit",
    (429, "ModelNotReadyException", None): "overloaded",
    (500, "InternalServerException", None): "server",
    (503, "ServiceUnavailableException", None): "overloaded",
}
DOCUMENTED: list[tuple[str, tuple[int, str | None, str | None], str]] = [
    (name, key, kind)
    for name, table in (
        ("anthropic", ANTHROPIC),
        ("openai", OPENAI),
        ("openai-responses", OPENAI),
        ("bedrock", BEDROCK),
    )
    for key, kind in table.items()
]


def body_of(name: str, type_: str | None, code: str | None) -> Json:
    if name == "bedrock":
        return {"message": "m"}
    if name == "anthropic":
        details = {} if code is None else {"details": {"error_code": code}}
        return {"type": "error", "error": {"type": type_, "message": "m", **details}, "request_id": "req_1"}
    return {"error": {"message": "m", "type": type_, "param": None, "code": code}}


@pytest.mark.parametrize(("name", "key", "kind"), DOCUMENTED)
def test_a_documented_error_is_of_the_kind_it_says(
    name: str, key: tuple[int, str | None, str | None], kind: str
) -> None:
    status, type_, code = key
    aws = {"x-amzn-errortype": f"{type_}:http://internal.amazon.com/coral/"} if name == "bedrock" else {}
    record = one_record(name, status, aws, body_of(name, type_, code))
    assert record.kind == kind
    assert (record.status, record.type, record.code) == (status, type_, code)


# What every recorded error must be: vendor and status, then the words that make it something else than its status says.
RECORDED_BY_STATUS = {
    400: "invalid_request",
    401: "authentication",
    402: "quota",
    403: "permission",
    404: "not_found",
    422: "invalid_request",
    429: "rate_limit",
    500: "server",
    502: "server",
}
RECORDED_BY_WORDS = {
    "You have insufficient permissions": "permission",
    "please check the api-key": "authentication",
    "security token included in the request is invalid": "authentication",
    "security token included in the request is expired": "authentication",
    "API key not valid": "authentication",
    "context length": "context_overflow",
    "prompt too long": "context_overflow",
    "Input Tokens Exceeded": "context_overflow",
    "context window": "context_overflow",
    "Context size has been exceeded": "context_overflow",
    "length of all messages is too long": "context_overflow",
    "does not exist": "not_found",
    "Model Not Exist": "not_found",
    "Invalid model": "not_found",
    "invalid model ID": "not_found",
    "supported API model names are": "not_found",
    "model identifier is invalid": "not_found",
    "previous response": "not_found",
    "exceeded your current quota": "quota",
    "input is not supported - hint": "invalid_request",
    "tools param requires": "invalid_request",
}
CORPUS_NAMES = {
    "anthropic": "anthropic",
    "openai-chat": "openai-chat",
    "openai-responses": "openai-responses",
    "bedrock_converse": "bedrock",
    "google_generate_content": "vertex",
}


def recorded_errors() -> Iterator[tuple[str, dict[str, Any]]]:
    found = corpus.find()
    if found is None:
        pytest.skip("no recorded traffic: set POLYLOOP_CORPUS to its folder")
    for wire, name in CORPUS_NAMES.items():
        for line in found.lines(wire):
            if (line.get("status") or 0) >= 400:
                yield "bedrock" if line["vendor"] == "aws-bedrock" else name, line


@pytest.mark.corpus
def test_every_recorded_error_is_one_record_of_the_obvious_kind() -> None:
    seen = 0
    for name, line in recorded_errors():
        body = line["response"] if line["response"] is not None else line.get("text")
        record = one_record(name, line["status"], line.get("headers") or {}, body, now=NOW)
        said = json.dumps(body)
        expected = next(
            (kind for words, kind in RECORDED_BY_WORDS.items() if words in said), RECORDED_BY_STATUS[line["status"]]
        )
        assert record.kind == expected, (line["id"], line["status"], said[:200])
        assert record.kind in {"rate_limit", "server"} or not record.retryable, line["id"]
        assert record.message or not body, line["id"]
        seen += 1
    assert seen > 300


@pytest.mark.corpus
def test_every_recorded_error_inside_a_stream_is_seen_and_named() -> None:
    found = corpus.find()
    if found is None:
        pytest.skip("no recorded traffic: set POLYLOOP_CORPUS to its folder")
    kinds: dict[str, set[str]] = {}
    for wire in ("anthropic", "openai-chat", "openai-responses"):
        for event in found.documents(wire, "event"):
            if is_error_event(event.document):
                kinds.setdefault(wire, set()).add(one_event_record(wire, event.document).kind)
    assert kinds["openai-chat"] == {"invalid_request", "context_overflow"}
    assert kinds["openai-responses"] == {"rate_limit"}


# The inventory's rows of errors that its status alone, or no status at all (in a stream), does not name.
INVENTORY_BY_NAME = {
    "context_length_exceeded": "context_overflow",
    "exceed_context_size_error": "context_overflow",
    "too_many_prompt_tokens": "context_overflow",
    "model_not_found": "not_found",
    "previous_response_not_found": "not_found",
    "invalid_model": "not_found",
    "insufficient_quota": "quota",
    "rate_limit_exceeded": "rate_limit",
    "content_filter": "content_refused",
    "ExpiredTokenException": "authentication",
    "UnrecognizedClientException": "authentication",
    "unknown-error": "unknown",
}
IN_STREAM_BY_NAME = {
    "invalid_request_error": "invalid_request",
    "server_error": "server",
    "400": "invalid_request",
    "error": "unknown",
}


@pytest.mark.corpus
def test_every_row_of_the_inventory_is_one_record_of_the_obvious_kind() -> None:
    found = corpus.find()
    if found is None:
        pytest.skip("no recorded traffic: set POLYLOOP_CORPUS to its folder")
    rows = (found.folder / "inventory" / "errors.tsv").read_text(encoding="utf-8").splitlines()[1:]
    for row in rows:
        wire, vendor, status, type_, code, *_ = row.split("\t")
        name = "bedrock" if vendor == "aws-bedrock" else CORPUS_NAMES.get(wire, wire.replace("_", "-"))
        name = {"anthropic_messages": "anthropic"}.get(wire, name) if vendor != "aws-bedrock" else name
        named = next((INVENTORY_BY_NAME[word] for word in (code, type_) if word in INVENTORY_BY_NAME), None)
        body = {"error": {"message": "m", "type": None if type_ in {"", "None"} else type_, "code": code or None}}
        aws = {"x-amzn-errortype": type_} if name == "bedrock" else {}
        if status == "in-stream":
            expected = named or next(IN_STREAM_BY_NAME[word] for word in (type_, code) if word in IN_STREAM_BY_NAME)
            assert one_event_record(name, body).kind == expected, row
        else:
            assert one_record(name, int(status), aws, body).kind == (named or RECORDED_BY_STATUS[int(status)]), row
    assert len(rows) > 100
