"""Envelopes: what is wrapped comes back, and each host gets it where that host looks for it."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from polyloop.translate.envelopes import PROVIDERS, Call, unwrap, wrap
from polyloop.translate.errors import DecodeError, UsageError, WriteError
from polyloop.translate.http import HttpRequest, encode_json, header
from polyloop.translate.jsonvalue import Json, JsonObject, same_json
from polyloop.translate.testing.strategies import reached

JSON_CALL = {"max_tokens": 10, "messages": [{"role": "user", "content": "hé"}]}


def texts() -> st.SearchStrategy[str]:
    """Texts with lone surrogates, which streams cut in the middle really leave behind, but no pairs of them.

    A pair spells one letter in JSON, so that no document ``json.loads`` gives holds one.
    """
    letters = st.text(st.characters(), max_size=8) | st.sampled_from(["\ud83d", "a\udfffb", ""])
    return letters.filter(lambda text: text == json.loads(json.dumps(text)))


def json_values() -> st.SearchStrategy[Json]:
    scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts()
    return st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(), inner, max_size=3), max_leaves=8
    )


HARD_MODELS = ("anthropic.claude-opus-4-6-v1:0", "arn:aws:x:profile/y;z", "a/b%2Fc?d#e", "m@1:rawPredict", "...")
ROUTED_KEYS = frozenset({"model", "stream", "betas", "anthropic_beta", "anthropic_version"})


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """Calls in normal form: what `unwrap` gives for them is they themselves."""
    provider = draw(st.sampled_from(PROVIDERS))
    cloud = provider in {"bedrock", "vertex"}
    letters = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
    model = draw(letters.filter(lambda name: name not in {".", ".."}) | st.sampled_from(HARD_MODELS))
    names_model = cloud or draw(st.booleans())
    stream = provider != "legacyuse" and draw(st.booleans())
    rest = draw(st.dictionaries(texts().filter(lambda key: key not in ROUTED_KEYS), json_values(), max_size=4))
    document: JsonObject = ({"model": model} if names_model else {}) | rest | ({"stream": True} if stream else {})
    speaks_anthropic = provider in {"anthropic", "bedrock", "vertex", "legacyuse"}
    flags = st.lists(st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True), max_size=3, unique=True).map(tuple)
    return Call(
        provider=provider,
        document=document,
        model=model if names_model else None,
        betas=draw(flags) if speaks_anthropic else (),
        version=draw(st.sampled_from(["2023-06-01", "2026-10-21"]))
        if speaks_anthropic and provider != "legacyuse"
        else None,
        stream=stream,
        region=draw(letters.filter(lambda name: name not in {".", ".."})) if provider == "vertex" else None,
        project=draw(letters.filter(lambda name: name not in {".", ".."})) if provider == "vertex" else None,
        headers=draw(st.sampled_from([(), (("x-trace", "1"),)])),
    )


def wrapped(call: Call) -> HttpRequest:
    return wrap(
        call.provider,
        call.document,
        betas=call.betas,
        version=call.version,
        stream=call.stream,
        region=call.region,
        project=call.project,
        headers=call.headers,
    )


def same_call(one: Call, other: Call) -> bool:
    return one._replace(document={}) == other._replace(document={}) and same_json(one.document, other.document)


@given(calls())
@example(Call(provider="openai", document={"model": "m", "a": "\ud800", "\udfff": 1.0}, model="m"))
@example(
    Call(
        provider="bedrock",
        document={"model": "arn:aws:x/y;z"},
        model="arn:aws:x/y;z",
        version="2026-10-21",
        betas=("a",),
    )
)
def test_a_call_comes_back_from_its_request(call: Call) -> None:
    assert same_call(unwrap(wrapped(call)), call)


@given(calls())
def test_a_request_comes_back_from_its_call(call: Call) -> None:
    request = wrapped(call)
    assert wrapped(unwrap(request)) == request


def test_the_strategy_reaches_the_hard_calls() -> None:
    reached(calls(), lambda call: call.provider == "vertex" and "/" in (call.model or "") and call.stream)
    reached(calls(), lambda call: any("\ud800" <= letter <= "\udfff" for key in call.document for letter in key))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_model_betas_version_and_stream_inside_a_document_are_where_the_host_wants_them(provider: str) -> None:
    speaks_anthropic = provider in {"anthropic", "bedrock", "vertex", "legacyuse"}
    document: JsonObject = {"model": "m", **JSON_CALL}
    if speaks_anthropic:
        document["betas"] = ["a", "b"]
    if provider in {"anthropic", "bedrock", "vertex"}:
        document["anthropic_version"] = "2023-06-01"
    region, project = ("us-east5", "p") if provider == "vertex" else (None, None)
    call = unwrap(wrap(provider, document, region=region, project=project))
    assert call.document == {"model": "m", **JSON_CALL}
    assert call.betas == (("a", "b") if speaks_anthropic else ())
    assert call.model == "m"


def test_anthropic_takes_version_and_betas_in_headers() -> None:
    request = wrap("anthropic", JSON_CALL, model="claude-opus-5-5", betas=["computer-use-2025-11-24", "x"], stream=True)
    assert (request.method, request.path) == ("POST", "/v1/messages")
    assert header(request.headers, "anthropic-version") == "2026-10-21"
    assert header(request.headers, "anthropic-beta") == "computer-use-2025-11-24,x"
    assert json.loads(request.body) == {"model": "claude-opus-5-5", **JSON_CALL, "stream": True}
    assert "hé".encode() in request.body


def test_bedrock_takes_the_model_in_the_path_and_betas_in_the_body() -> None:
    document = {"model": "anthropic.claude-opus-5-5", **JSON_CALL, "stream": True}
    request = wrap("bedrock", document, betas=["computer-use-2025-11-24"])
    assert request.path == "/model/anthropic.claude-opus-5-5/invoke-with-response-stream"
    assert json.loads(request.body) == {
        **JSON_CALL,
        "anthropic_version": "2026-10-21",
        "anthropic_beta": ["computer-use-2025-11-24"],
    }
    assert header(request.headers, "anthropic-version") is None
    assert header(request.headers, "anthropic-beta") is None


def test_a_bedrock_arn_stays_one_path_segment() -> None:
    model = "arn:aws:bedrock:us-west-2:123:inference-profile/us.anthropic.x"
    request = wrap("bedrock", JSON_CALL, model=model)
    assert request.path == "/model/arn:aws:bedrock:us-west-2:123:inference-profile%2Fus.anthropic.x/invoke"
    assert unwrap(request).model == model


@pytest.mark.parametrize(
    ("model", "version"),
    [
        ("anthropic.claude-opus-4-6-v1:0", "bedrock-2023-05-31"),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", "bedrock-2023-05-31"),
        (
            "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-3-5-sonnet-20241022-v2:0",
            "bedrock-2023-05-31",
        ),
        ("anthropic.claude-v2:1", "bedrock-2023-05-31"),
        ("anthropic.claude-opus-4-6", "bedrock-2023-05-31"),
        ("anthropic.claude-opus-4-7", "2026-10-21"),
        ("global.anthropic.claude-opus-5-5", "2026-10-21"),
        ("arn:aws:bedrock:us-east-1:1:application-inference-profile/abc123", "2026-10-21"),
    ],
)
def test_legacy_bedrock_models_get_the_version_they_know(model: str, version: str) -> None:
    assert unwrap(wrap("bedrock", JSON_CALL, model=model)).version == version


def test_vertex_takes_betas_in_a_header_and_keeps_stream_in_the_body() -> None:
    request = wrap(
        "vertex", JSON_CALL, model="claude-opus-5@20260101", region="us-east5", project="p", betas=["b"], stream=True
    )
    assert request.path == (
        "/projects/p/locations/us-east5/publishers/anthropic/models/claude-opus-5@20260101:streamRawPredict"
    )
    assert json.loads(request.body) == {**JSON_CALL, "stream": True, "anthropic_version": "2026-10-21"}
    assert header(request.headers, "anthropic-beta") == "b"


def test_legacyuse_takes_betas_in_the_body_and_needs_no_model() -> None:
    request = wrap("legacyuse", JSON_CALL, betas=["computer-use-2025-01-24"])
    assert request.path == "/create"
    assert json.loads(request.body) == {**JSON_CALL, "betas": ["computer-use-2025-01-24"]}


@pytest.mark.parametrize(
    ("provider", "path"),
    [("openai", "/chat/completions"), ("openai-responses", "/responses"), ("uitars", "/chat/completions")],
)
def test_openai_and_its_kin_take_the_document_as_it_is(provider: str, path: str) -> None:
    request = wrap(provider, JSON_CALL, model="gpt-6-astra")
    assert request.path == path
    assert json.loads(request.body) == {"model": "gpt-6-astra", **JSON_CALL}
    assert unwrap(request).provider == provider


def test_a_request_from_elsewhere_is_told_by_its_path() -> None:
    assert unwrap(HttpRequest(method="POST", path="/chat/completions", body=b"{}")).provider == "openai"
    assert unwrap(HttpRequest(method="POST", path="/model/m/invoke", body=b"{}")).provider == "bedrock"


@pytest.mark.parametrize(
    ("provider", "options"),
    [
        ("gemini", {}),
        ("bedrock", {}),
        ("vertex", {"model": "m"}),
        ("vertex", {"model": "m", "region": "r"}),
        ("vertex", {"model": "..", "region": "r", "project": "p"}),
        ("openai", {"model": "m", "betas": ["b"]}),
        ("openai", {"model": "m", "version": "2026-10-21"}),
        ("anthropic", {"model": "m", "region": "us-east-1"}),
        ("legacyuse", {"stream": True}),
        ("legacyuse", {"version": "2026-10-21"}),
        ("anthropic", {"betas": ["a,b"]}),
        ("anthropic", {"betas": "one"}),
        ("anthropic", {"headers": {"Anthropic-Beta": "b"}}),
        ("anthropic", {"headers": {"X-Api-Key": "k"}}),
    ],
)
def test_what_a_provider_has_no_place_for_is_refused(provider: str, options: dict[str, Json]) -> None:
    with pytest.raises(UsageError):
        wrap(provider, JSON_CALL, **options)


def test_a_flag_that_no_path_can_say_is_refused() -> None:
    with pytest.raises(UsageError, match="stream"):
        wrap("bedrock", {"model": "m", "stream": "yes"})


def test_the_document_given_is_not_changed() -> None:
    document = {"model": "m", "stream": True, "betas": ["a"], **JSON_CALL}
    before = json.dumps(document)
    wrap("bedrock", document, betas=["b"])
    assert json.dumps(document) == before


def test_bodies_are_compact_utf_8_with_lone_surrogates_escaped() -> None:
    assert encode_json({"é": ["\ud83d", 1.0]}) == '{"é":["\\ud83d",1.0]}'.encode()


def test_what_json_cannot_say_is_a_clear_error() -> None:
    nested: Json = []
    for _ in range(100_000):
        nested = [nested]
    for document in ({"a": float("nan")}, {"a": float("inf")}, {"a": {1}}, nested):
        with pytest.raises(WriteError):
            encode_json(document)


@pytest.mark.parametrize("text", [b"", b"<html>", b"\xff\xfe\x00", b"[" * 100_000, b"1" * 10_000, b'{"a":'])
def test_a_request_whose_body_is_no_json_is_a_clear_error_that_quotes_nothing(text: bytes) -> None:
    with pytest.raises(DecodeError) as raised:
        unwrap(HttpRequest(method="POST", path="/v1/messages", body=text))
    assert "html" not in str(raised.value)


def test_a_request_whose_body_is_no_object_is_refused() -> None:
    with pytest.raises(UsageError, match="object"):
        unwrap(HttpRequest(method="POST", path="/v1/messages", body=b"[]"))


def test_a_request_shows_no_body() -> None:
    assert "secret prompt" not in repr(wrap("openai", {"model": "m", "messages": "secret prompt"}))
