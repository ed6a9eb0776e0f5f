"""From a neutral request to what is sent: adapted to the provider's model, written in its wire, put into its envelope. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final, Literal, TypeAlias

import attrs

from polyloop.translate import hub
from polyloop.translate.adapting import Adapting
from polyloop.translate.codec import encode
from polyloop.translate.envelopes import wrap
from polyloop.translate.http import HttpRequest
from polyloop.translate.incremental import Memo, Written, write_request
from polyloop.translate.jsonvalue import ABSENT, Json, JsonObject
from polyloop.translate.making import changed
from polyloop.translate.profiles import Profile, profile_for
from polyloop.translate.translation import adapted
from polyloop.translate.wires import wire_of, write_record

UNSTREAMED: Final = frozenset({"legacyuse"})
"""Providers that answer whole replies only."""

KNOWN: Final = "known"
ProfileChoice: TypeAlias = Profile | Literal["known"] | None
"""A profile; ``"known"``: the one that the tables have for the request's model, if any; ``None``: fit the request to none."""

CHARACTERS_PER_TOKEN: Final = 4
TOKENS_PER_IMAGE: Final = 1500
"""Rough: both serve rate limits only, where the provider's own count settles what was wrong."""


@attrs.frozen(kw_only=True)
class Route:
    """How a provider is reached: its name, its wire, and what its paths need."""

    provider: str
    wire: str
    envelope: str
    region: str | None = None
    project: str | None = None
    streams: bool = True
    """Off for a server that answers whole replies only."""

    @property
    def stream_wire(self) -> str:
        """The name by which its streams are read: Bedrock puts Anthropic's events into frames of its own."""
        return "bedrock" if self.provider == "bedrock" else self.wire


@attrs.frozen(kw_only=True)
class Prepared:
    """A request on its way: what is sent, and what its reply needs to be read."""

    request: HttpRequest
    context: Mapping[str, Json] = attrs.field(repr=False)
    stream: bool
    estimate: int
    """Tokens that the request may cost, for the rate limit."""


def prepare(
    route: Route,
    request: hub.Request,
    *,
    model: str | None = None,
    profile: ProfileChoice = KNOWN,
    memo: Memo | None = None,
) -> Prepared:
    """Return the request for a route. ``model`` is asked where the request names none. What ``memo`` remembers of the conversation
    is not translated again; the request is the same without it.

    Raises `UsageError` or `WriteError` for a request that the wire has no form for.
    """
    fitted, fitting = _fitted(route, request, model, profile)
    written = write_request(fitted, route.wire, Memo() if memo is None else memo, fitting)
    stream = route.streams and route.provider not in UNSTREAMED
    sent = written.enveloped((route, stream), partial(_in_envelope, route, stream))
    return Prepared(request=sent, context=written.context, stream=stream, estimate=_estimate(sent, written))


def _in_envelope(route: Route, stream: bool, document: JsonObject) -> HttpRequest:
    asked = _with_usage_asked(document, route) if stream else without_stream(document)
    return wrap(route.envelope, asked, stream=stream, region=route.region, project=route.project)


def written_for(
    route: Route, request: hub.Request, *, model: str | None = None, profile: ProfileChoice = KNOWN
) -> tuple[JsonObject, Mapping[str, Json]]:
    """Return the request's document in the route's wire, and the context its reply is read in."""
    fitted, fitting = _fitted(route, request, model, profile)
    wire = wire_of(route.wire)
    adapting = Adapting(target=route.wire, profile=fitting)
    document: JsonObject = encode(write_record(wire, adapted(fitted, wire, adapting)))
    return document, adapting.context


def _fitted(
    route: Route, request: hub.Request, model: str | None, profile: ProfileChoice
) -> tuple[hub.Request, Profile | None]:
    """Say in a request the model and the version it is for; return it with the profile it is to be fitted to."""
    named = request.model if isinstance(request.model, str) else model
    fitting = profile_of(route, named, profile)
    if named is not None:
        request = changed(request, model=named)
    return _in_version(request, route, fitting), fitting


def profile_of(route: Route, model: str | None, profile: ProfileChoice = KNOWN) -> Profile | None:
    """Return the profile that requests for a model are fitted to."""
    if not isinstance(profile, str):
        return profile
    return profile_for(route.provider, model, route.wire)


def without_stream(document: JsonObject) -> JsonObject:
    """Return a document that asks for a whole reply."""
    return {key: value for key, value in document.items() if key not in ("stream", "stream_options")}


def _in_version(request: hub.Request, route: Route, profile: Profile | None) -> hub.Request:
    """Say the API version that the model's profile wants, where the request says none.

    Bedrock's is left to its envelope, which tells older models apart by their ids; the LegacyUse proxy has none.
    """
    if route.provider == "legacyuse":
        return changed(request, version=ABSENT)
    unsaid = request.version is ABSENT and route.wire == "anthropic" and route.provider != "bedrock"
    if unsaid and profile is not None and profile.version is not None:
        return changed(request, version=profile.version)
    return request


def _with_usage_asked(document: JsonObject, route: Route) -> JsonObject:
    """Ask a Chat Completions server for the numbers that it would leave out of a stream."""
    if route.wire not in ("openai-chat", "uitars"):
        return document
    options = document.get("stream_options")
    return document | {"stream_options": {**(options if isinstance(options, dict) else {}), "include_usage": True}}


def _estimate(sent: HttpRequest, written: Written) -> int:
    return max(1, (sent.size - written.picture_bytes) // CHARACTERS_PER_TOKEN + TOKENS_PER_IMAGE * written.pictures)
