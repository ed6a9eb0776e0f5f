"""The retry policy: attempts within the budget, waits no shorter than asked, nothing after the deadline or the content."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from polyloop.translate.provider_errors import ProviderError, classify_error
from polyloop.translate.testing.strategies import reached
from polyloop.transport.retry import NO_RETRIES, GiveUp, RetryPolicy, Wait, decide

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)

seconds = st.floats(0, 1e6, allow_nan=False)


def policies() -> st.SearchStrategy[RetryPolicy]:
    return st.builds(
        RetryPolicy,
        max_attempts=st.integers(1, 10),
        first_backoff=st.floats(0, 10),
        longest_backoff=st.floats(0, 100),
        deadline=st.none() | seconds,
    )


def errors() -> st.SearchStrategy[ProviderError]:
    return st.builds(
        ProviderError,
        kind=st.sampled_from(["rate_limit", "overloaded", "server", "connection"]),
        provider=st.just("openai"),
        wire=st.just("openai-chat"),
        retryable=st.booleans(),
        retry_after=st.none() | st.floats(0.001, 1e6),
        reset=st.none() | seconds.map(lambda after: NOW + timedelta(seconds=after)),
    )


@given(policies(), st.integers(1, 12), errors(), seconds, st.floats(0, 1, exclude_max=True), st.booleans())
@example(RetryPolicy(max_attempts=10_000, deadline=None), 9_999, classify_error("openai", 500), 0.0, 0.0, False)
def test_a_decision_keeps_every_promise(
    policy: RetryPolicy, attempt: int, error: ProviderError, elapsed: float, jitter: float, delivered: bool
) -> None:
    decision = decide(
        policy, attempt=attempt, error=error, elapsed=elapsed, now=NOW, jitter=jitter, delivered=delivered
    )
    if isinstance(decision, GiveUp):
        return
    assert error.retryable
    assert not delivered
    assert attempt < policy.max_attempts
    assert decision.seconds >= (error.retry_after or 0)
    if error.retry_after is None and error.reset is not None:
        assert NOW + timedelta(seconds=decision.seconds) >= error.reset
    if policy.deadline is not None:
        assert elapsed + decision.seconds <= policy.deadline * (1 + 1e-9)
    assert decision.seconds <= (error.retry_after or 1e6) + policy.longest_backoff


def test_the_strategies_reach_waits_that_were_asked_for() -> None:
    reached(
        st.tuples(policies(), errors()),
        lambda case: (
            isinstance(decide(case[0], attempt=1, error=case[1], elapsed=1.0, now=NOW, jitter=0.5), Wait)
            and case[1].retry_after is not None
            and case[0].deadline is not None
        ),
    )


@given(policies(), st.data())
def test_attempts_never_exceed_the_budget_and_time_never_the_deadline(policy: RetryPolicy, data: st.DataObject) -> None:
    elapsed = 0.0
    for attempt in range(1, policy.max_attempts + 2):
        assert attempt <= policy.max_attempts
        decision = decide(
            policy,
            attempt=attempt,
            error=data.draw(errors()),
            elapsed=elapsed,
            now=NOW,
            jitter=data.draw(st.floats(0, 1, exclude_max=True)),
        )
        if isinstance(decision, GiveUp):
            break
        elapsed += decision.seconds
        assert policy.deadline is None or elapsed <= policy.deadline * (1 + 1e-9)


@pytest.mark.parametrize("retry_after", ["", "30"])
def test_clients_turned_away_together_come_back_apart(retry_after: str) -> None:
    chance = random.Random(1)
    error = classify_error("anthropic", 529, {"retry-after": retry_after})
    waits = []
    for _ in range(200):
        decision = decide(RetryPolicy(), attempt=2, error=error, elapsed=0, now=NOW, jitter=chance.random())
        assert isinstance(decision, Wait)
        waits.append(decision.seconds)
    assert len(set(waits)) == 200
    assert max(waits) - min(waits) > 0.4
    busiest = max(sum(1 for wait in waits if low <= wait < low + 0.05) for low in waits)
    assert busiest < 60


def test_backoffs_double_up_to_their_longest() -> None:
    error = classify_error("openai", 500)
    waits = [
        decide(RetryPolicy(max_attempts=9), attempt=attempt, error=error, elapsed=0, now=NOW, jitter=0)
        for attempt in range(1, 7)
    ]
    assert waits == [Wait(0.5), Wait(1.0), Wait(2.0), Wait(4.0), Wait(8.0), Wait(8.0)]


def test_a_deadline_cuts_the_spread_but_never_what_was_asked_for() -> None:
    error = classify_error("openai", 429, {"retry-after": "10"})
    policy = RetryPolicy(deadline=12.0)
    assert decide(policy, attempt=4 - 1, error=error, elapsed=1.5, now=NOW, jitter=0.9) == Wait(10.5)
    assert decide(policy, attempt=1, error=error, elapsed=2.5, now=NOW, jitter=0.0) == GiveUp("deadline")


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (400, {}, GiveUp("not retryable")),
        (400, {"x-should-retry": "true"}, Wait(0.5)),
        (529, {"x-should-retry": "false"}, GiveUp("not retryable")),
        (529, {}, Wait(0.5)),
        (402, {"x-should-retry": "true"}, GiveUp("not retryable")),
    ],
)
def test_x_should_retry_is_honoured(status: int, headers: dict[str, str], expected: Wait | GiveUp) -> None:
    error = classify_error("anthropic", status, headers)
    assert decide(RetryPolicy(), attempt=1, error=error, elapsed=0, now=NOW, jitter=0) == expected


def test_a_retry_after_date_is_waited_for_as_seconds_from_its_receipt() -> None:
    error = classify_error("openai", 503, {"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, now=NOW)
    assert decide(RetryPolicy(), attempt=1, error=error, elapsed=0, now=NOW, jitter=0) == Wait(30.0)


@pytest.mark.parametrize("asked", ["1e30", "1e999", "9" * 400, "Infinity"])
@pytest.mark.parametrize("deadline", [600.0, None])
def test_a_wait_that_nobody_lives_to_see_is_not_cut_short(asked: str, deadline: float | None) -> None:
    for headers in ({"retry-after": asked}, {"retry-after-ms": asked}):
        error = classify_error("openai", 429, headers)
        decision = decide(RetryPolicy(deadline=deadline), attempt=1, error=error, elapsed=0, now=NOW, jitter=0)
        assert decision == GiveUp("wait too long")


def test_an_exhausted_limit_that_opens_in_ages_is_not_tried_before() -> None:
    headers = {"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "9" * 400 + "s"}
    error = classify_error("openai", 429, headers, now=NOW)
    soon = NOW + timedelta(seconds=1)
    decision = decide(RetryPolicy(deadline=None), attempt=1, error=error, elapsed=1, now=soon, jitter=0)
    assert decision == GiveUp("wait too long")


def test_an_exhausted_limit_is_waited_for_until_its_reset() -> None:
    headers = {"anthropic-ratelimit-tokens-remaining": "0", "anthropic-ratelimit-tokens-reset": "2026-11-22T12:01:00Z"}
    error = classify_error("anthropic", 429, headers)
    assert decide(RetryPolicy(), attempt=1, error=error, elapsed=0, now=NOW, jitter=0) == Wait(60.0)
    later = NOW + timedelta(minutes=2)
    assert decide(RetryPolicy(), attempt=1, error=error, elapsed=0, now=later, jitter=0) == Wait(0.5)


def test_content_that_reached_the_caller_is_never_repeated() -> None:
    error = classify_error("anthropic", 529)
    decision = decide(RetryPolicy(), attempt=1, error=error, elapsed=0, now=NOW, jitter=0, delivered=True)
    assert decision == GiveUp("content delivered")


def test_no_retries_means_none() -> None:
    decision = decide(NO_RETRIES, attempt=1, error=classify_error("openai", 500), elapsed=0, now=NOW, jitter=0)
    assert decision == GiveUp("attempts used up")


def test_a_budget_of_no_attempts_is_refused() -> None:
    with pytest.raises(ValueError, match="max_attempts"):
        RetryPolicy(max_attempts=0)
