"""Every kind of failure in every provider's words: statuses, bodies, headers, and the SDKs' exceptions."""

from __future__ import annotations

from typing import Any, get_args

import anthropic
import httpx
import openai
import pytest
from tests.transport.scripted.kit import DONE, DOORS, ask

from polyloop.transport.scripted import Fail, Kind, Rule, Scenario, ScriptedProvider, Settings

KINDS: tuple[Kind, ...] = get_args(Kind)

STATUSES: dict[str, dict[str, int]] = {
    "anthropic": {"rate_limit": 429, "overloaded": 529, "quota": 429, "context_overflow": 400, "billing": 402},
    "bedrock": {"rate_limit": 429, "overloaded": 503, "quota": 400, "context_overflow": 400, "authentication": 403},
    "vertex": {"rate_limit": 429, "overloaded": 529, "quota": 429, "context_overflow": 400, "permission": 403},
    "legacyuse": {"rate_limit": 429, "overloaded": 529, "quota": 403, "credits": 403, "server_error": 500},
    "openai-chat": {"rate_limit": 429, "overloaded": 503, "quota": 429, "context_overflow": 400, "server_error": 500},
    "openai-responses": {"rate_limit": 429, "overloaded": 503, "quota": 429, "context_overflow": 400},
    "uitars": {"rate_limit": 429, "overloaded": 503, "context_overflow": 400, "server_error": 500},
}


def _message(name: str, body: Any) -> str:
    """Where each provider puts its words."""
    match name:
        case "bedrock":
            found = body["message"]
        case "legacyuse":
            found = body["error"]
        case _ if body["error"] == "Unauthorized":
            found = body["error"]
        case _:
            found = body["error"]["message"]
    assert isinstance(found, str)
    return found


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_status_and_words(client: httpx.Client, name: str, kind: Kind) -> None:
    with ScriptedProvider.running(Scenario(otherwise=DONE), faults=[Rule(fault=Fail(kind=kind))]) as server:
        answer = ask(client, server, name)
    assert 400 <= answer.status_code < 600
    assert answer.status_code == STATUSES[name].get(kind, answer.status_code)
    assert _message(name, answer.json())


@pytest.mark.parametrize("name", DOORS)
def test_a_failure_can_have_its_own_words(client: httpx.Client, name: str) -> None:
    fault = Fail(kind="invalid_request", message="Das geht nicht.")
    with ScriptedProvider.running(Scenario(otherwise=DONE), faults=[Rule(fault=fault)]) as server:
        assert _message(name, ask(client, server, name).json()) == "Das geht nicht."


@pytest.mark.parametrize(
    ("kind", "raised", "type"),
    [
        ("invalid_request", anthropic.BadRequestError, "invalid_request_error"),
        ("authentication", anthropic.AuthenticationError, "authentication_error"),
        ("permission", anthropic.PermissionDeniedError, "permission_error"),
        ("not_found", anthropic.NotFoundError, "not_found_error"),
        ("request_too_large", anthropic.APIStatusError, "request_too_large"),
        ("rate_limit", anthropic.RateLimitError, "rate_limit_error"),
        ("server_error", anthropic.InternalServerError, "api_error"),
        ("timeout", anthropic.InternalServerError, "timeout_error"),
        ("overloaded", anthropic.InternalServerError, "overloaded_error"),
    ],
)
def test_the_anthropic_client_knows_the_failure(kind: Kind, raised: type[anthropic.APIStatusError], type: str) -> None:
    with ScriptedProvider.running(Scenario(otherwise=DONE), faults=[Rule(fault=Fail(kind=kind))]) as server:
        with (
            anthropic.Anthropic(
                api_key=server.keys.anthropic, base_url=server.base_url("anthropic"), max_retries=0
            ) as client,
            pytest.raises(raised) as caught,
        ):
            client.messages.create(model="m", max_tokens=1, messages=[{"role": "user", "content": "x"}])
        assert caught.value.type == type
        assert (caught.value.request_id or "").startswith("req_")


@pytest.mark.parametrize(
    ("kind", "raised", "code"),
    [
        ("invalid_request", openai.BadRequestError, None),
        ("authentication", openai.AuthenticationError, "invalid_api_key"),
        ("permission", openai.PermissionDeniedError, None),
        ("not_found", openai.NotFoundError, None),
        ("rate_limit", openai.RateLimitError, "rate_limit_exceeded"),
        ("quota", openai.RateLimitError, "insufficient_quota"),
        ("context_overflow", openai.BadRequestError, "context_length_exceeded"),
        ("server_error", openai.InternalServerError, "server_error"),
    ],
)
def test_the_openai_client_knows_the_failure(kind: Kind, raised: type[openai.APIStatusError], code: str | None) -> None:
    with ScriptedProvider.running(Scenario(otherwise=DONE), faults=[Rule(fault=Fail(kind=kind))]) as server:
        with (
            openai.OpenAI(api_key=server.keys.openai, base_url=server.base_url("openai"), max_retries=0) as client,
            pytest.raises(raised) as caught,
        ):
            client.responses.create(model="gpt-4.1", input="x")
        assert caught.value.code == code
        assert (caught.value.request_id or "").startswith("req_")


def test_bedrock_names_its_exception_in_a_header(client: httpx.Client) -> None:
    with ScriptedProvider.running(Scenario(otherwise=DONE), faults=[Rule(fault=Fail(kind="rate_limit"))]) as server:
        answer = ask(client, server, "bedrock")
    assert answer.headers["x-amzn-errortype"].startswith("ThrottlingException:")
    assert list(answer.json()) == ["message"]


def test_vertex_answers_as_google_before_anthropic_is_reached(client: httpx.Client) -> None:
    with ScriptedProvider.running(Scenario(otherwise=DONE), faults=[Rule(fault=Fail(kind="rate_limit"))]) as server:
        error = ask(client, server, "vertex").json()["error"]
    assert (error["code"], error["status"]) == (429, "RESOURCE_EXHAUSTED")


@pytest.mark.parametrize(
    ("form", "header", "value"),
    [
        ("seconds", "retry-after", "2.5"),
        ("milliseconds", "retry-after-ms", "2500"),
        ("date", "retry-after", "Thu, 01 Jan 1970 00:16:43 GMT"),
    ],
)
def test_retry_after_has_three_forms(client: httpx.Client, form: Any, header: str, value: str) -> None:
    fault = Fail(kind="rate_limit", retry_after=2.5, retry_form=form, should_retry=False)
    settings = Settings(clock=lambda: 1000.0)
    with ScriptedProvider.running(Scenario(otherwise=DONE), faults=[Rule(fault=fault)], settings=settings) as server:
        answer = ask(client, server, "anthropic")
    assert answer.headers[header] == value
    assert answer.headers["x-should-retry"] == "false"


def test_a_long_retry_after_is_said_to_its_last_digit(client: httpx.Client) -> None:
    fault = Fail(kind="rate_limit", retry_after=1234567)
    with ScriptedProvider.running(Scenario(otherwise=DONE), faults=[Rule(fault=fault)]) as server:
        assert ask(client, server, "anthropic").headers["retry-after"] == "1234567"


DOOR = [
    ("anthropic", {}, 401, "x-api-key header is required"),
    ("anthropic", {"x-api-key": "wrong"}, 401, "invalid x-api-key"),
    ("anthropic", {"authorization": "Bearer wrong"}, 401, "Invalid bearer token"),
    ("anthropic", {"authorization": "Basic x"}, 401, "x-api-key header is required"),
    ("openai-chat", {}, 401, "You didn't provide an API key."),
    ("openai-chat", {"authorization": "Bearer wrong"}, 401, "Incorrect API key provided"),
    ("openai-responses", {"x-api-key": "sk-scripted"}, 401, "You didn't provide an API key."),
    ("uitars", {}, 401, "Unauthorized"),
    ("uitars", {"authorization": "Bearer wrong"}, 401, "Unauthorized"),
    ("vertex", {}, 401, "invalid authentication credentials"),
    ("legacyuse", {}, 401, "API key is required"),
    ("legacyuse", {"x-api-key": "wrong"}, 401, "Invalid API key"),
    ("bedrock", {}, 403, "Missing Authentication Token"),
    ("bedrock", {"authorization": "Bearer wrong"}, 403, "Please make sure your API Key is valid."),
]


@pytest.mark.parametrize(("name", "headers", "status", "words"), DOOR)
def test_a_stranger_is_turned_away(
    client: httpx.Client, name: str, headers: dict[str, str], status: int, words: str
) -> None:
    door = DOORS[name]
    with ScriptedProvider.running(Scenario(otherwise=DONE)) as server:
        url = server.base_url(door.provider) + door.path  # type: ignore[arg-type]
        answer = client.post(url, headers=headers, json=dict(door.body))
        logged = server.requests[0]
    assert answer.status_code == status
    assert words in _message(name, answer.json())
    assert "wrong" not in answer.text, "a provider shows no more of a key than it must"
    expected = "wrong" if {"authorization", "x-api-key"} & set(headers) else "missing"
    assert logged.credential == expected
    assert "wrong" not in str(logged.headers)


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize(
    ("method", "suffix", "content", "status"),
    [
        ("POST", "/nowhere", b"{}", 404),
        ("POST", "", b"{", 400),
        ("POST", "", b"[]", 400),
        ("POST", "", b'{"a": NaN}', 400),
    ],
)
def test_the_door_knows_paths_and_json(
    client: httpx.Client, name: str, method: str, suffix: str, content: bytes, status: int
) -> None:
    from tests.transport.scripted.kit import headers

    door = DOORS[name]
    with ScriptedProvider.running(Scenario(otherwise=DONE)) as server:
        url = server.base_url(door.provider) + door.path + suffix  # type: ignore[arg-type]
        answer = client.request(method, url, headers=headers(server, door.provider), content=content)
    assert answer.status_code == status
    assert _message(name, answer.json())


@pytest.mark.parametrize("name", DOORS)
def test_a_wrong_method_is_refused(client: httpx.Client, name: str) -> None:
    door = DOORS[name]
    with ScriptedProvider.running(Scenario(otherwise=DONE)) as server:
        answer = client.put(server.base_url(door.provider) + door.path, json={})  # type: ignore[arg-type]
    assert answer.status_code == 405


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("anthropic", 404, "model: other"),
        ("openai-chat", 404, "The model `other` does not exist"),
        ("openai-responses", 400, "The requested model 'other' does not exist."),
        ("uitars", 404, "The model `other` does not exist."),
    ],
)
def test_a_model_that_is_not_there(client: httpx.Client, name: str, status: int, words: str) -> None:
    settings = Settings(models={DOORS[name].provider: ("only-this",)})  # type: ignore[dict-item]
    with ScriptedProvider.running(Scenario(otherwise=DONE), settings=settings) as server:
        answer = ask(client, server, name, model="other")
        assert answer.status_code == status
        assert words in _message(name, answer.json())


@pytest.mark.parametrize("name", ["bedrock", "vertex"])
def test_a_model_of_a_path_that_is_not_there(client: httpx.Client, name: str) -> None:
    settings = Settings(models={DOORS[name].provider: ()})  # type: ignore[dict-item]
    with ScriptedProvider.running(Scenario(otherwise=DONE), settings=settings) as server:
        assert ask(client, server, name).status_code == (400 if name == "bedrock" else 404)
