"""Provider errors (L9): any answer and any event is one record, and the recorded ones are the obvious one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from polyloop.translate.errors import UsageError
from polyloop.translate.jsonvalue import Json
from polyloop.translate.provider_error_reading import LONGEST_WAIT, read_duration
from polyloop.translate.provider_error_tables import KIND_OF_NAME, KIND_OF_STATUS, KINDS, WIRE_OF_PROVIDER
from polyloop.translate.provider_errors import ProviderError, classify_error, classify_event, is_error_event, wire_of
from polyloop.translate.testing.error_laws import form_is_no_matter, one_event_record, one_record, same_record
from polyloop.translate.testing.strategies import json_values, reached

NAMES = tuple(WIRE_OF_PROVIDER)
NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


def statuses() -> st.SearchStrategy[int | None]:
    return st.none() | st.integers(0, 700) | st.sampled_from(sorted(KIND_OF_STATUS))


def header_sets() -> st.SearchStrategy[dict[str, str]]:
    """Headers that mean something, with values that may not."""
    names = st.sampled_from(
        [
            "retry-after",
            "retry-after-ms",
            "x-should-retry",
            "x-amzn-errortype",
            "request-id",
            "x-request-id",
            "anthropic-ratelimit-tokens-remaining",
            "anthropic-ratelimit-tokens-reset",
            "x-ratelimit-remaining-requests",
            "x-ratelimit-reset-requests",
        ]
    )
    values = st.sampled_from(
        ["0", "1", "-1", "nan", "inf", "1e400", "true", "false", "Wed, 21 Oct 2026 07:28:00 GMT", "1m2s", "\u0661"]
    ) | st.text(max_size=12)
    return st.dictionaries(names, values, max_size=4)


def error_documents() -> st.SearchStrategy[Json]:
    """Documents shaped like errors, every field of which may hold anything."""
    name = st.sampled_from([*KIND_OF_NAME, "invalid_request_error", "api_error", "error", "429", "x"])
    field = name | json_values(max_leaves=3)
    words = st.sampled_from(
        ["prompt is too long: 3 > 2", "Please try again in 1.5s.", "messages.0.content.1.text: no", ""]
    )
    inner = st.fixed_dictionaries(
        {},
        optional={
            "type": field,
            "code": field,
            "message": words | field,
            "param": field,
            "status": field,
            "details": field | st.fixed_dictionaries({"error_code": field}),
            "detail": field | st.lists(st.fixed_dictionaries({}, optional={"loc": field, "msg": field}), max_size=2),
            "metadata": field,
        },
    )
    outer = st.fixed_dictionaries(
        {}, optional={"error": inner | field, "type": field, "request_id": field, "message": field}
    )
    return inner | outer | st.lists(outer, max_size=2) | st.fixed_dictionaries({"response": outer | field})


def bodies() -> st.SearchStrategy[object]:
    texts = st.text() | st.sampled_from(
        ["<html><head><title>502 Bad</title>", "{", "[" * 100_000, "1" * 5000, "NaN", '"x"']
    )
    broken = error_documents().map(lambda document: json.dumps(document)[:-1])
    return (
        st.none()
        | st.binary()
        | texts
        | texts.map(lambda text: text.encode("utf-8", "surrogatepass"))
        | error_documents()
        | broken
    )


@given(
    st.sampled_from(NAMES), statuses(), header_sets(), bodies(), st.sampled_from([None, NOW, NOW.replace(tzinfo=None)])
)
@example("anthropic", 429, {"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, b"", datetime.max)
@example("openai", 429, {"retry-after": "1e300", "retry-after-ms": "1e308"}, b"", datetime.max.replace(tzinfo=UTC))
@example("openai", 400, {}, {"error": {"message": {"deep": [1]}, "code": 10**4000, "type": True}}, None)
@example("bedrock", 400, {"x-amzn-errortype": ":"}, {"__type": "#Exception"}, None)
@example("vertex", 400, [("retry-after",), 3, (b"Retry-After", b"2")], [[]], None)
@example("openai", 400, {}, {"error": {"param": "a" * 50_000 + "!"}}, None)
def test_any_answer_is_one_record(
    name: str, status: int | None, headers: object, body: object, now: datetime | None
) -> None:
    one_record(name, status, headers, body, now=now)


@given(
    st.sampled_from(NAMES),
    bodies(),
    st.none() | st.text(max_size=8) | st.sampled_from(["throttlingException", "#", ":"]),
)
def test_any_stream_event_is_one_record(name: str, event: object, exception_type: str | None) -> None:
    one_event_record(name, event, exception_type=exception_type)


@given(st.sampled_from(NAMES), statuses(), header_sets(), error_documents())
def test_the_form_of_an_answer_is_no_matter(
    name: str, status: int | None, headers: dict[str, str], document: Json
) -> None:
    form_is_no_matter(name, status, headers, document)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"connection"}))
def test_the_strategies_reach_every_kind(kind: str) -> None:
    reached(
        st.tuples(statuses(), error_documents()),
        lambda case: classify_error("openai", case[0], (), case[1]).kind == kind,
    )


def test_an_unknown_wire_is_refused_with_the_known_names() -> None:
    with pytest.raises(UsageError, match="openai-responses"):
        classify_error("gemini", 400, (), None)


EVENTS: list[tuple[str, Json, str | None, str, bool]] = [
    ("anthropic", {"type": "error", "error": {"type": "overloaded_error", "message": "m"}}, None, "overloaded", True),
    ("anthropic", {"type": "error", "error": {"type": "api_error", "message": "m"}}, None, "server", True),
    ("bedrock", {"message": "Too many tokens, please wait"}, "throttlingException", "rate_limit", True),
    ("bedrock", {"message": "m"}, "modelStreamErrorException", "server", True),
    ("bedrock", {"message": "m"}, "validationException", "invalid_request", False),
    ("bedrock", {"message": "m"}, "internalServerException", "server", True),
    ("openai-chat", {"error": {"message": "m", "type": "server_error", "code": None}}, None, "server", True),
    ("openai-chat", {"error": {"code": 429, "message": "m"}}, None, "rate_limit", True),
    ("uitars", {"error": {"code": 400, "message": "m", "type": "BadRequestError"}}, None, "invalid_request", False),
    ("openai-responses", {"type": "error", "code": "rate_limit_exceeded", "message": "m"}, None, "rate_limit", True),
    ("openai-responses", {"type": "error", "error": {"type": "server_error", "message": "m"}}, None, "server", True),
    (
        "openai-responses",
        {"type": "response.failed", "response": {"error": {"code": "bio_policy", "message": "m"}}},
        None,
        "content_refused",
        False,
    ),
    (
        "openai-responses",
        {"type": "response.failed", "response": {"error": {"code": "server_error", "message": "m"}}},
        None,
        "server",
        True,
    ),
    ("openai-responses", {"type": "response.failed", "response": {"error": None}}, None, "unknown", False),
]


@pytest.mark.parametrize(("name", "event", "exception_type", "kind", "retryable"), EVENTS)
def test_an_error_inside_a_stream_is_named_though_its_status_was_200(
    name: str, event: Json, exception_type: str | None, kind: str, retryable: bool
) -> None:
    record = classify_event(name, event, exception_type=exception_type)
    assert (record.kind, record.retryable, record.status) == (kind, retryable, None)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "ping"},
        {"type": "message_stop"},
        {"choices": [], "error": None},
        {"type": "response.completed", "response": {"error": None}},
        "[DONE]",
    ],
)
def test_other_events_are_no_errors(event: Json) -> None:
    assert not is_error_event(event)


def classified(status: int, message: str = "m", **headers: str) -> ProviderError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return classify_error("openai", status, named, {"error": {"message": message}}, now=NOW)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry_after": "2"}, 2.0),
        ({"retry_after": "1.5"}, 1.5),
        ({"retry_after_ms": "250", "retry_after": "1"}, 0.25),
        ({"retry_after_ms": "0", "retry_after": "1"}, 1.0),
        ({"retry_after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry_after": "Sun, 22 Nov 2026 11:00:00 GMT"}, None),
        ({"retry_after": "0"}, None),
        ({"retry_after": "-5"}, None),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "1e30"}, LONGEST_WAIT),
        ({"retry_after": "1e999"}, LONGEST_WAIT),
        ({"retry_after": "9" * 400}, LONGEST_WAIT),
        ({"retry_after": "Infinity"}, LONGEST_WAIT),
        ({"retry_after": "-1e999"}, None),
        ({"retry_after_ms": "1e999", "retry_after": "1"}, LONGEST_WAIT),
        ({"retry_after_ms": "5000000000"}, LONGEST_WAIT),
        ({"retry_after_ms": "4000000000"}, 4_000_000.0),
        ({"retry_after": "soon"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert classified(429, **headers).retry_after == seconds


def test_a_retry_after_date_needs_to_know_the_time() -> None:
    headers = {"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}
    assert classify_error("openai", 429, headers, None).retry_after is None


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Rate limit reached. Please try again in 6ms.", 0.006),
        ("Rate limit reached. Please try again in 1m2.5s. Visit", 62.5),
        ("Please retry after 23 seconds.", 23.0),
        (f"Please try again in {'9' * 400}s.", LONGEST_WAIT),
        (f"Please retry after {'9' * 400} seconds.", LONGEST_WAIT),
        ("Try again later.", None),
    ],
)
def test_a_wait_that_only_the_words_say_is_read(message: str, seconds: float | None) -> None:
    assert classified(429, message).retry_after == pytest.approx(seconds)


def test_a_limit_that_is_open_again_in_ages_is_exhausted_until_then() -> None:
    for ages in ("9" * 400 + "s", "9" * 30 + "h"):
        record = classified(429, x_ratelimit_remaining_tokens="0", x_ratelimit_reset_tokens=ages)
        assert record.reset == NOW + timedelta(seconds=LONGEST_WAIT)


def test_limit_headers_say_what_is_exhausted_and_until_when() -> None:
    openai = classified(429, x_ratelimit_remaining_tokens="0", x_ratelimit_reset_tokens="20m59.58s")
    assert (openai.scope, openai.reset) == ("tokens", NOW + timedelta(seconds=1259.58))
    headers = {
        "anthropic-ratelimit-requests-remaining": "3",
        "anthropic-ratelimit-input-tokens-remaining": "0",
        "anthropic-ratelimit-input-tokens-reset": "2026-11-22T12:05:00Z",
    }
    anthropic = classify_error(
        "anthropic", 429, headers, {"type": "error", "error": {"type": "rate_limit_error", "message": "m"}}
    )
    assert (anthropic.scope, anthropic.reset) == ("input_tokens", NOW + timedelta(minutes=5))


def test_a_used_up_plan_says_when_it_opens_again() -> None:
    message = "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."
    body = {"type": "error", "error": {"type": "invalid_request_error", "message": message}}
    record = classify_error("anthropic", 400, (), body)
    assert (record.kind, record.retryable, record.reset) == ("quota", False, datetime(2026, 12, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("status", "told", "retryable"),
    [
        (400, "true", True),
        (529, "false", False),
        (429, "maybe", True),
        (402, "true", False),
        (501, "", False),
        (409, "", True),
    ],
)
def test_x_should_retry_decides_but_for_a_quota(status: int, told: str, retryable: bool) -> None:
    assert classified(status, x_should_retry=told).retryable is retryable


def test_a_request_larger_than_its_rate_limit_is_not_worth_sending_again() -> None:
    record = classified(429, "Request too large for gpt-4o on tokens per min (TPM): Limit 1, Requested 30.")
    assert (record.kind, record.scope, record.retryable) == ("rate_limit", "tokens", False)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"error": {"message": "m", "param": "messages[0].content[1].file"}}, "/messages/0/content/1/file"),
        ({"error": {"message": "m", "param": "please provide a key"}}, None),
        (
            {"error": {"message": "messages.0.content.1.image.source.base64.data: no"}},
            "/messages/0/content/1/source/data",
        ),
        ({"error": {"message": "tools.0.custom.input_schema.type: no"}}, "/tools/0/input_schema/type"),
        ({"error": {"message": "messages.0.content.1: unexpected `tool_use_id`"}}, "/messages/0/content/1"),
        ({"message": "Malformed input request: #/messages/2/content/0: extraneous key"}, "/messages/2/content/0"),
        ({"detail": [{"loc": ["body", "tools", "list[Tool]", 0, "type"], "msg": "m"}]}, "/tools/0/type"),
        ({"error": {"message": "Note: this is prose"}}, None),
    ],
)
def test_a_refusal_that_names_a_place_has_a_pointer(body: Json, pointer: str | None) -> None:
    assert classify_error("anthropic", 400, (), body).pointer == pointer


def test_the_words_of_a_throttled_bedrock_call_are_no_context_overflow() -> None:
    headers = {"x-amzn-errortype": "ThrottlingException", "x-amzn-requestid": "r1"}
    record = classify_error("bedrock", 429, headers, {"message": "Too many tokens, please wait before trying again."})
    assert (record.kind, record.scope, record.request_id) == ("rate_limit", "tokens", "r1")


def test_the_legacyuse_proxy_says_403_for_credits_whatever_the_body() -> None:
    for body in (b"<html>", b'{"error": "no"}', None):
        assert classify_error("legacyuse", 403, (), body).kind == "quota"
    assert classify_error("anthropic", 403, (), None).kind == "permission"


def test_a_page_of_html_gives_its_title_and_stays_whole() -> None:
    page = "<html><head><title> 502 Bad Gateway </title></head><body>" + "x" * 10_000
    record = classify_error("openai", 502, {"content-type": "text/html"}, page.encode())
    assert (record.kind, record.retryable, record.message, record.body) == ("server", True, "502 Bad Gateway", page)


def test_a_record_shows_no_body() -> None:
    record = classify_error("openai", 400, (), {"error": {"message": "m"}, "echo": "the prompt"})
    assert "the prompt" not in repr(record)


def test_a_message_made_to_be_slow_to_search_is_not() -> None:
    message = "#/" * 500_000
    assert classify_error("openai", 400, (), {"error": {"message": message}}).message == message


def test_numbers_that_no_codec_takes_do_not_hide_what_a_body_says() -> None:
    record = classify_error(
        "anthropic", None, (), b'{"error": {"type": "overloaded_error", "message": "m", "n": [NaN, 1e400]}}'
    )
    assert (record.kind, record.message) == ("overloaded", "m")


def test_equal_answers_are_equal_records_and_1_is_not_true() -> None:
    one = classify_error("openai", 400, (), {"error": {"message": "m"}, "n": 1})
    other = classify_error("openai", 400, (), {"error": {"message": "m"}, "n": True})
    assert not same_record(one, other)


@pytest.mark.parametrize("text", ["", "s", "1x", "5 minutes ago", "1m 2s", "m2s"])
def test_what_is_no_duration_is_none(text: str) -> None:
    assert read_duration(text) is None


@pytest.mark.parametrize("name", NAMES)
def test_every_provider_speaks_a_wire(name: str) -> None:
    assert wire_of(name) in {"anthropic", "openai-chat", "openai-responses", "uitars"}
