"""The exception tree: every kind has its class, every library's exception becomes one, and none of them shows a secret."""

from __future__ import annotations

import importlib
import pickle
import ssl
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import anthropic
import httpx
import httpx2
import openai
import pytest
from hypothesis import given
from tests.canary import CANARY

from polyloop.translate.errors import PolyloopError
from polyloop.translate.jsonvalue import Json
from polyloop.translate.provider_errors import KINDS, ProviderError, classify_error
from polyloop.translate.testing.strategies import json_values
from polyloop.transport.errors import (
    EXCEPTION_OF_KIND,
    AuthenticationError,
    CallTimedOut,
    ConnectionFailed,
    ContextOverflow,
    InvalidRequest,
    ProviderCallError,
    QuotaExceeded,
    RateLimited,
    Stalled,
    StreamBroken,
    TransportError,
    provider_call_error,
)
from polyloop.transport.foreign_errors import MEANINGS, connection_ended, map_exception
from polyloop.transport.secrets import Secret


def record(kind: str = "server", **fields: object) -> ProviderError:
    known: dict[str, object] = {"kind": kind, "provider": "openai", "wire": "openai-chat", "retryable": False}
    return ProviderError(**(known | fields))  # type: ignore[arg-type]  # fields are given by name, as a test needs them


def test_every_kind_has_its_exception_and_all_are_polyloops() -> None:
    assert set(EXCEPTION_OF_KIND) == set(KINDS)
    for kind in KINDS:
        error = provider_call_error(record(kind))
        assert type(error) is EXCEPTION_OF_KIND[kind]
        assert isinstance(error, ProviderCallError)
        assert isinstance(error, TransportError)
        assert isinstance(error, PolyloopError)
    assert issubclass(ContextOverflow, InvalidRequest)
    assert issubclass(Stalled, ConnectionFailed)
    assert issubclass(StreamBroken, ConnectionFailed)


def test_an_exception_says_who_what_and_which_request() -> None:
    headers = {"retry-after": "7", "x-request-id": "req_1"}
    error = provider_call_error(
        classify_error("openai", 429, headers, {"error": {"message": "slow", "type": "requests", "code": None}})
    )
    assert isinstance(error, RateLimited)
    assert (error.provider, error.status, error.request_id, error.retry_after) == ("openai", 429, "req_1", 7.0)
    assert (error.kind, error.retryable) == ("rate_limit", True)
    assert str(error) == "openai answered 429: rate_limit: slow (request req_1)"
    assert error.body == {"error": {"message": "slow", "type": "requests", "code": None}}


def test_a_long_text_of_the_providers_is_cut_in_the_sentence_and_whole_in_the_record() -> None:
    error = provider_call_error(classify_error("openai", 400, (), {"error": {"message": "m" * 10_000}}))
    assert len(str(error)) < 600
    assert len(error.error.message) == 10_000


@given(json_values())
def test_no_answer_however_it_quotes_a_key_brings_it_into_an_exception(document: Json) -> None:
    echoing = {"error": {"message": f"bad key {CANARY}", "code": CANARY, "type": CANARY}, CANARY: [document, CANARY]}
    error = provider_call_error(
        classify_error("openai", 401, {"x-request-id": CANARY}, echoing), secrets=[Secret(CANARY)]
    )
    assert isinstance(error, AuthenticationError)
    assert CANARY not in f"{error} {error!r} {error.args} {error.error} {error.body}"


@pytest.mark.parametrize(
    "error",
    [
        provider_call_error(record("quota", message="m", body={"a": [1]})),
        Stalled(record("timeout"), clock="total", seconds=3.0),
        StreamBroken(record("connection"), partial={"text": "half"}),
    ],
)
def test_an_exception_survives_pickling(error: ProviderCallError) -> None:
    restored = pickle.loads(pickle.dumps(error))
    assert type(restored) is type(error)
    assert (restored.error, str(restored), vars(restored)) == (error.error, str(error), vars(error))


REQUEST = httpx.Request("POST", "http://h/")
REQUEST2 = httpx2.Request("POST", "http://h/")


def caused(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "expected", "type_", "retryable"),
    [
        (httpx.ConnectTimeout("t"), Stalled, "connect_timeout", True),
        (httpx2.ConnectTimeout("t"), Stalled, "connect_timeout", True),
        (httpx.ReadTimeout("t"), CallTimedOut, "timed_out", True),
        (httpx2.PoolTimeout("t"), CallTimedOut, "pool_timeout", True),
        (httpx.ConnectError("c"), ConnectionFailed, "connection_failed", True),
        (httpx2.ProxyError("c"), ConnectionFailed, "connection_failed", True),
        (httpx.ReadError("c"), ConnectionFailed, "connection_closed", True),
        (httpx2.RemoteProtocolError("c"), ConnectionFailed, "connection_closed", True),
        (httpx.DecodingError("c"), ConnectionFailed, "connection_closed", True),
        (httpx.LocalProtocolError("c"), InvalidRequest, "unsendable", False),
        (httpx2.UnsupportedProtocol("c"), InvalidRequest, "unsendable", False),
        (httpx.InvalidURL("c"), InvalidRequest, "unsendable", False),
        (ConnectionResetError("c"), ConnectionFailed, "connection_failed", True),
        (TimeoutError(), CallTimedOut, "timed_out", True),
        (anthropic.APIConnectionError(request=REQUEST2), ConnectionFailed, "connection_failed", True),
        (openai.APITimeoutError(request=REQUEST2), CallTimedOut, "timed_out", True),
        (anthropic.AnthropicError("a"), ProviderCallError, "library_error", False),
        (
            RuntimeError("Could not resolve AWS credentials from session"),
            AuthenticationError,
            "credentials_unavailable",
            False,
        ),
        (
            caused(anthropic.APITimeoutError(request=REQUEST2), httpx2.ConnectTimeout("t")),
            Stalled,
            "connect_timeout",
            True,
        ),
        (
            caused(httpx.ConnectError("c"), ssl.SSLCertVerificationError(1, "self-signed certificate")),
            ConnectionFailed,
            "certificate_refused",
            False,
        ),
    ],
)
def test_a_librarys_exception_becomes_ours(
    error: BaseException, expected: type[ProviderCallError], type_: str, retryable: bool
) -> None:
    ours = map_exception(error, "bedrock")
    assert type(ours) is expected
    assert isinstance(ours, ProviderCallError)
    assert (ours.error.type, ours.retryable, ours.provider, ours.status) == (type_, retryable, "bedrock", None)


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("botocore.exceptions", "NoCredentialsError"),
        ("botocore.exceptions", "TokenRetrievalError"),
        ("botocore.exceptions", "ConfigParseError"),
        ("botocore.exceptions", "ClientError"),
        ("google.auth.exceptions", "RefreshError"),
        ("google.auth.exceptions", "DefaultCredentialsError"),
    ],
)
def test_credentials_that_a_cloud_cannot_find_are_an_authentication_error(module: str, name: str) -> None:
    cls = getattr(importlib.import_module(module), name)
    given: dict[str, Any] = {
        "TokenRetrievalError": {"provider": "p", "error_msg": "m"},
        "ConfigParseError": {"path": "p"},
        "ClientError": {"error_response": {"Error": {"Code": "AccessDenied"}}, "operation_name": "AssumeRole"},
    }
    error = cls(**given.get(name, {}))
    assert isinstance(map_exception(error, "vertex"), AuthenticationError)


@pytest.mark.parametrize("sdk", [anthropic, openai])
def test_an_sdks_status_error_is_classified_like_the_answer_it_was(sdk: Callable[..., object]) -> None:
    body = {"error": {"message": f"no {CANARY}", "type": "insufficient_quota", "code": "insufficient_quota"}}
    response = httpx2.Response(429, json=body, headers={"x-request-id": "r"}, request=REQUEST2)
    theirs = sdk.RateLimitError("m", response=response, body=body)  # type: ignore[attr-defined]  # a module, not a function
    ours = map_exception(theirs, "openai", secrets=[Secret(CANARY)])
    assert isinstance(ours, QuotaExceeded)
    assert (ours.status, ours.request_id, ours.retryable) == (429, "r", False)
    assert CANARY not in str(ours)


def test_ours_stay_as_they_are_and_bugs_are_not_hidden() -> None:
    ours = connection_ended("openai", "the stream ended without its last event")
    assert map_exception(ours, "anthropic") is ours
    assert map_exception(KeyError("k"), "anthropic") is None
    assert map_exception(TypeError("t"), "anthropic") is None


def test_what_a_library_says_is_repeated_without_secrets_and_with_the_hint() -> None:
    ours = map_exception(
        httpx.ConnectError(f"no route for {CANARY}"), "uitars", hint="set UITARS_BASE_URL", secrets=[Secret(CANARY)]
    )
    assert "set UITARS_BASE_URL" in str(ours)
    assert "no route" in str(ours)
    assert CANARY not in str(ours)


def test_every_row_of_the_table_names_a_class_that_exists() -> None:
    only_of_one_sdk = {"anthropic:OpenAIError", "openai:AnthropicError", "openai:CredentialsError"}
    for name, _meaning in MEANINGS:
        module, _, class_name = name.partition(":")
        found = getattr(importlib.import_module(module), class_name, None)
        assert (found is None) == (name in only_of_one_sdk), name


def test_the_transport_imports_no_sdk_and_no_http_library() -> None:
    code = (
        "import sys, polyloop.transport.senders, polyloop.transport.foreign_errors, polyloop.transport.retry, "
        "polyloop.transport.clocks, polyloop.transport.settings\n"
        "assert not {'anthropic', 'openai', 'httpx', 'httpx2', 'botocore', 'pydantic'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
