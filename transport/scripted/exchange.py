"""From a request to its answer, without a socket: route, credential, body, checks, step, document, stream.

An answer is a head and pieces of a body; what faults do to the pieces, and how fast they go out, is decided elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from polyloop.translate.jsonvalue import Json, JsonObject

from . import auth, compact, facts, models, replies, streams, validate
from .choose import choose
from .facts import Facts
from .failures import Failure, Kind, Rejected, refuse
from .http1 import Request
from .minting import count_tokens, mint, usage_of
from .replies import Rendered, Scene
from .routes import Route, provider_of, route
from .scenario import Provider, Scenario, ScenarioError
from .settings import Keys, Settings
from .streams import Event


@frozen(kw_only=True)
class Answer:
    """An answer before it is sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    pieces: tuple[bytes, ...]
    """Of the body: one for a document, one for each event of a stream."""
    events: tuple[Event, ...] = ()
    """What the pieces of a stream say."""
    document: Json = None
    """What a stream tells in parts."""
    problem: str | None = None
    """Why the scenario had no answer: the test is wrong, not the client."""


@frozen(kw_only=True)
class Call:
    """A request that has come through the door: its path is known, its credential is right, its body is JSON."""

    route: Route
    body: JsonObject
    request: Request
    request_id: str
    streaming: bool
    facts: Facts

    @property
    def provider(self) -> Provider:
        return self.route.provider


def request_id(request: Request, number: int) -> str:
    """Name a request: no two of one server share a name."""
    digest = hashlib.sha256(request.target.encode() + b"\n" + request.body).hexdigest()
    return f"req_{number:06d}{digest[:18]}"


def failure(provider: Provider, failed: Failure, request_id: str) -> Answer:
    """The answer of a provider that refuses."""
    refusal = refuse(provider, failed, request_id)
    return Answer(status=refusal.status, headers=refusal.headers, pieces=(refusal.content,))


def admit(request: Request, number: int, keys: Keys, settings: Settings) -> Call | Answer:
    """Check path, method, credential and JSON, in the order in which a provider does; the answer is the refusal."""
    provider, path = provider_of(request)
    name = request_id(request, number)
    try:
        place = _place(provider, path, request)
        auth.check(provider, request, keys, settings)
        if len(request.body) > settings.limits_of(provider).request_bytes:
            raise Rejected("Request exceeds the maximum size", kind="request_too_large")
        body = _parse(place, request)
        models.check(place, body, settings)
    except Rejected as rejected:
        return failure(provider, rejected.failure, name)
    streaming = body.get("stream") is True if place.streaming is None else place.streaming
    return Call(
        route=place,
        body=body,
        request=request,
        request_id=name,
        streaming=streaming,
        facts=facts.read(place.wire, body),
    )


def _place(provider: Provider, path: str, request: Request) -> Route:
    place = route(provider, path)
    if place is None:
        raise Rejected(
            f"Invalid URL ({request.method} {path})" if provider == "openai" else "Not Found", kind="not_found"
        )
    if request.method != place.method:
        raise Rejected("Method Not Allowed", kind="method")
    return place


def _parse(place: Route, request: Request) -> JsonObject:
    if place.method == "GET":
        return {}
    if (request.header("content-type") or "application/json").partition(";")[0].strip().lower() != "application/json":
        raise Rejected("The content type must be application/json.")
    try:
        body = json.loads(request.body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as wrong:
        raise Rejected(_MALFORMED[place.provider]) from wrong
    if not isinstance(body, dict):
        raise Rejected(_MALFORMED[place.provider])
    return body


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is not JSON")


_MALFORMED: Final[Mapping[Provider, str]] = {
    "anthropic": "The request body is not valid JSON",
    "vertex": "The request body is not valid JSON",
    "legacyuse": "The request body is not valid JSON",
    "bedrock": "Malformed input request, please reformat your input and try again.",
    "openai": (
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library "
        "correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)"
    ),
    "uitars": "[{'type': 'json_invalid', 'loc': ('body', 0), 'msg': 'JSON decode error'}]",
}


def respond(call: Call, scenario: Scenario, settings: Settings) -> Answer:
    """Check the request as its provider does, and answer it from the scenario."""
    place = call.route
    if place.operation in ("list_models", "get_model"):
        return document(call, models.answer(place, settings))
    try:
        if settings.validate:
            validate.check(place, call.request, call.body, settings, scenario)
    except Rejected as rejected:
        return failure(call.provider, rejected.failure, call.request_id)
    if place.operation == "count_tokens":
        kind = {"object": "response.input_tokens"} if place.wire == "openai-responses" else {}
        return document(call, kind | {"input_tokens": count_tokens(call.facts, call.body)})
    try:
        rendered = _render(call, scenario, settings)
    except ScenarioError as unanswered:
        return _unanswered(call, str(unanswered))
    if not call.streaming:
        return document(call, rendered.document)
    events = tuple(streams.events_of(place.wire, rendered, call.body, settings))
    return Answer(
        status=200,
        headers=(("content-type", streams.content_type(place.provider)), *_identity(call)),
        pieces=tuple(map(streams.frame_of(place.provider, settings), events)),
        events=events,
        document=rendered.document,
    )


def _render(call: Call, scenario: Scenario, settings: Settings) -> Rendered:
    place, known = call.route, call.facts
    reply = choose(scenario, known, place.provider, place.wire)
    scene = Scene(
        reply=reply,
        body=call.body,
        facts=known,
        mint=mint(place.provider, call.body, known.turns),
        usage=usage_of(reply, known, call.body),
        model=place.model or known.model or "scripted",
        screen=scenario.screen,
        settings=settings,
    )
    return replies.render(place.wire, scene)


def _unanswered(call: Call, problem: str) -> Answer:
    kind: Kind = "server_error"
    refusal = refuse(call.provider, Failure(kind=kind, message=f"scripted provider: {problem}"), call.request_id)
    return Answer(status=refusal.status, headers=refusal.headers, pieces=(refusal.content,), problem=problem)


def document(call: Call, value: Json) -> Answer:
    """A document as the answer."""
    content = compact.content(value)
    return Answer(status=200, headers=(("content-type", "application/json"), *_identity(call)), pieces=(content,))


_ID_HEADERS: Final[Mapping[Provider, str]] = {
    "anthropic": "request-id",
    "vertex": "request-id",
    "bedrock": "x-amzn-requestid",
    "openai": "x-request-id",
}


def _identity(call: Call) -> tuple[tuple[str, str], ...]:
    """The header that names the request, where the provider has one."""
    name = _ID_HEADERS.get(call.provider)
    return ((name, call.request_id),) if name else ()
