"""How strict the scripted provider is, which credentials it knows, and how it cuts its streams."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final, Literal, TypeAlias

from attrs import Factory, frozen

from .scenario import Provider

Spelling: TypeAlias = Literal["plain", "crlf", "cr", "tight", "commented"]


@frozen(kw_only=True)
class Keys:
    """The credentials that are accepted. The defaults are made up and open nothing anywhere."""

    anthropic: str = "sk-ant-scripted"
    openai: str = "sk-scripted"
    uitars: str = "uitars-scripted"
    legacyuse: str = "legacyuse-scripted"
    vertex: str = "ya29.scripted"
    bedrock: str = "bedrock-api-key-scripted"
    """The bearer token of Bedrock, beside SigV4."""
    aws_access_key: str = "AKIASCRIPTEDPROVIDER"
    aws_secret_key: str = "scripted/secret/of/nobody/at/all"  # noqa: S105
    aws_session_token: str | None = None
    """None: a session token is accepted unseen."""


@frozen(kw_only=True)
class Limits:
    """What a host accepts of images and bytes.

    Source: Anthropic vision page and API errors, via the project's wire notes (2026-11-22); vLLM ``--limit-mm-per-prompt``.
    """

    request_bytes: int = 32 * 1024 * 1024
    images: int = 600
    image_bytes: int = 5 * 1024 * 1024
    """Of the base64 text, as the provider counts."""
    image_pixels_per_side: int = 8000
    many_images: int = 20
    """More images than this in one request, and the smaller limit per side holds."""
    many_images_pixels_per_side: int = 2000
    toolset_pixels_per_side: int = 2576
    """With a computer toolset the server does not scale images down: larger ones are refused."""


_DEFAULT_LIMITS: Final[Mapping[Provider, Limits]] = {
    "anthropic": Limits(),
    "bedrock": Limits(request_bytes=20 * 1024 * 1024, image_bytes=5 * 1024 * 1024),
    "vertex": Limits(request_bytes=30 * 1024 * 1024),
    "legacyuse": Limits(),
    "openai": Limits(
        request_bytes=512 * 1024 * 1024,
        images=1500,
        image_bytes=50 * 1024 * 1024,
        image_pixels_per_side=1 << 30,
        many_images=1 << 30,
    ),
    "uitars": Limits(
        request_bytes=64 * 1024 * 1024,
        images=5,
        image_bytes=64 * 1024 * 1024,
        image_pixels_per_side=1 << 30,
        many_images=1 << 30,
    ),
}


@frozen(kw_only=True)
class Settings:
    """Everything about the server that is not the scenario, the keys or the faults."""

    validate: bool = True
    """Off: whatever parses as JSON is answered. Credentials and paths are checked all the same."""
    limits: Mapping[Provider, Limits] = Factory(dict)
    """In place of a provider's usual ones: see `limits_of`."""
    models: Mapping[Provider, tuple[str, ...]] = Factory(dict)
    """The models a provider has; a provider that is not named has every model."""
    prefill: bool = True
    """Off: a conversation that ends with an assistant turn is refused, as the newer Anthropic models do."""
    check_signatures: bool = True
    """Refuse thinking blocks and reasoning items that the scripted provider did not mint."""
    check_image_bytes: bool = True
    """Refuse image data whose first bytes are not those of its media type."""
    uitars_space: Literal["absolute", "relative"] = "absolute"
    """Coordinates that UI-TARS speaks: pixels of the image sent, or thousandths of its sides."""
    region: str = "us-east-1"
    """The only AWS region that a SigV4 scope may name."""
    chunk_bytes: int | None = None
    """Streams go out in pieces of so many bytes (1 is legal); None: one piece an event."""
    sse: Spelling = "plain"
    """How server-sent events are spelled: see `streams.sse`. Readers must read them all alike."""
    pace_seconds: float = 0.0
    """Between two pieces."""
    delta_characters: int = 12
    """Characters in a text, thinking or argument delta."""
    clock: Callable[[], float] = time.time
    """Seconds since 1970, for SigV4 and the date form of Retry-After. Ids and created times never depend on it."""

    def limits_of(self, provider: Provider) -> Limits:
        """Return a provider's limits, set here or usual."""
        return self.limits.get(provider, _DEFAULT_LIMITS[provider])
