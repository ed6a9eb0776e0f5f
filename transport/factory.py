"""Making clients: `create_client` for all six providers, from arguments, environment and file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import attrs

from .attempts import Chances
from .client import WireClient
from .config import TransportConfig
from .credentials import Credentials
from .errors import SettingsError
from .preparing import KNOWN, ProfileChoice, Route
from .rate_limits import RateLimiter, RateLimits, load_rate_limits
from .recording import RecordingSender
from .retry import RetryPolicy
from .senders import AnthropicSdkSender, OpenAISdkSender, Sender, open_sender
from .settings import (
    ProviderSettings,
    VertexSettings,
    load_settings,
    load_transport_config,
)

PROVIDERS: Final = ("anthropic", "bedrock", "vertex", "legacyuse", "openai", "uitars")
_WIRES: Final[Mapping[str, str]] = {
    "anthropic": "anthropic", "bedrock": "anthropic", "vertex": "anthropic", "legacyuse": "anthropic",
    "openai": "openai-chat", "uitars": "uitars",
}  # fmt: skip
_OPENAI_WIRES: Final = ("openai-chat", "openai-responses")


class AnthropicProviderClient(WireClient):
    """Anthropic's Messages API: its own host, Amazon Bedrock and Google Vertex."""


class OpenAIProviderClient(WireClient):
    """OpenAI's Chat Completions or Responses, or any server compatible with one of them."""


class UITarsProviderClient(WireClient):
    """A server of a UI-TARS model."""


class LegacyUseProviderClient(WireClient):
    """The LegacyUse proxy."""


_CLASSES: Final[Mapping[str, type[WireClient]]] = {
    "anthropic": AnthropicProviderClient, "bedrock": AnthropicProviderClient, "vertex": AnthropicProviderClient,
    "legacyuse": LegacyUseProviderClient, "openai": OpenAIProviderClient, "uitars": UITarsProviderClient,
}  # fmt: skip


def create_client(
    provider: str,
    *,
    wire: str | None = None,
    model: str | None = None,
    profile: ProfileChoice = KNOWN,
    config: TransportConfig | None = None,
    retry: RetryPolicy | None = None,
    rate_limits: RateLimits | RateLimiter | None = None,
    streaming: bool = True,
    recording: str | Path | None = None,
    sender: Sender | None = None,
    sdk_client: Any = None,
    environment: Mapping[str, str] | None = None,
    settings_file: str | Path | None = None,
    chances: Chances | None = None,
    **settings: Any,
) -> WireClient:
    """Return a client of a provider: anthropic, bedrock, vertex, legacyuse, openai or uitars.

    ``settings`` (``api_key``, ``base_url``, ``region``, ...) win over the environment, and that over the file. ``wire`` chooses between
    OpenAI's two (openai-chat by default). ``sdk_client`` is an asynchronous client you already have, of the provider's SDK (for UI-TARS:
    openai's) or of httpx or httpx2; it stays yours to close. An SDK's client has URL and credential of its own.
    Requests are fitted to ``profile``: by default to what is known of their model, with None to nothing; the profile of AWS whose keys
    sign for Bedrock is ``aws_profile``. A `RateLimiter` is shared by the
    clients it is given to. Without ``streaming`` whole replies are asked for, of servers that cannot stream. ``recording`` is a file that
    every exchange is added to, see `RecordingSender`. With a ``sender`` of your own no credential is looked for. Nothing is connected or
    imported before the first call. Raises `SettingsError` that says what is missing.
    """
    name = provider_name(provider)
    if name not in PROVIDERS:
        raise SettingsError(f"unknown provider {name!r}; the providers are {', '.join(PROVIDERS)}")
    if isinstance(profile, str) and profile != KNOWN:
        raise SettingsError("profile is that of the model; the profile of AWS is aws_profile")
    if name == "bedrock" and "aws_profile" in settings:
        settings["profile"] = settings.pop("aws_profile")
    chosen = _wire(name, wire)
    known = os.environ if environment is None else environment
    connection = config or load_transport_config(environment=known, path=settings_file)
    found: ProviderSettings | None = None
    credentials: Credentials | None = None
    place = _place_of(sdk_client) if name == "vertex" and sender is None else None
    if place is None and (name == "vertex" or (sender is None and (sdk_client is None or _is_http_client(sdk_client)))):
        read = partial(load_settings, name, environment=known, path=settings_file, **settings)
        found = read()
        credentials = Credentials(found, read=read)
    if sender is None:
        sender = _sender(name, credentials, sdk_client, connection)
    route = Route(
        provider=name,
        wire=chosen,
        envelope="openai-responses" if chosen == "openai-responses" else name,
        region=found.region if isinstance(found, VertexSettings) else place and place[0],
        project=found.project if isinstance(found, VertexSettings) else place and place[1],
        streams=streaming,
    )
    if recording is not None:
        sender = RecordingSender(sender, recording, provider=name, secrets=credentials or ())
    return _CLASSES[name](
        route,
        sender,
        config=connection,
        retry=retry,
        model=model,
        profile=profile,
        credentials=credentials,
        limiter=_limiter(name, rate_limits, known, settings_file),
        chances=chances,
    )


def provider_name(provider: object) -> str:
    """Return a provider's name; a member of an enum is meant by its value."""
    return str(getattr(provider, "value", provider))


def _wire(provider: str, wire: str | None) -> str:
    if wire is None or wire == _WIRES[provider]:
        return _WIRES[provider]
    if provider == "openai" and wire in _OPENAI_WIRES:
        return wire
    legal = " or ".join(_OPENAI_WIRES) if provider == "openai" else _WIRES[provider]
    raise SettingsError(f"{provider} does not speak {wire!r}, it speaks {legal}")


def _limiter(
    provider: str, given: RateLimits | RateLimiter | None, environment: Mapping[str, str], path: str | Path | None
) -> RateLimiter | None:
    limits = load_rate_limits(provider, environment=environment, path=path) if given is None else given
    return RateLimiter(limits) if isinstance(limits, RateLimits) else limits


def _sender(provider: str, credentials: Credentials | None, client: Any, config: TransportConfig) -> Sender:
    if client is not None and _is_http_client(client):
        config = attrs.evolve(config, client=client)
        client = None
    if client is None:
        assert credentials is not None, "settings are loaded where no SDK's client is given"
        return open_sender(credentials, config)
    if provider in ("anthropic", "bedrock", "vertex"):
        return AnthropicSdkSender(client=client, provider=provider, config=config)
    if provider in ("openai", "uitars"):
        return OpenAISdkSender(client=client, provider=provider, config=config)
    raise SettingsError(f"{provider} has no SDK: sdk_client must be an AsyncClient of httpx or httpx2")


def _is_http_client(client: Any) -> bool:
    """Tell an HTTP client, synchronous ones too, which are refused later, from an SDK's: these build no request for others."""
    return hasattr(client, "build_request")


def _place_of(client: Any) -> tuple[str, str] | None:
    """Return the region and project that an SDK's client of Vertex has."""
    region, project = getattr(client, "region", None), getattr(client, "project_id", None)
    return (region, project) if isinstance(region, str) and isinstance(project, str) else None


class MultiProviderClientFactory:
    """Makes clients that share how they connect, retry and keep limits; each provider has one limit for all its clients."""

    def __init__(
        self,
        *,
        config: TransportConfig | None = None,
        retry: RetryPolicy | None = None,
        rate_limits: Mapping[str, RateLimits] | None = None,
        environment: Mapping[str, str] | None = None,
        settings_file: str | Path | None = None,
    ) -> None:
        """Take what all clients share; ``rate_limits`` by provider."""
        self._config = config
        self._retry = retry
        self._limiters: dict[str, RateLimiter | None] = {
            provider: RateLimiter(limits) for provider, limits in (rate_limits or {}).items()
        }
        self._environment = environment
        self._settings_file = settings_file

    def create_client(self, provider: str, **options: Any) -> WireClient:
        """Return a client of a provider; options are those of `create_client`."""
        given: dict[str, Any] = {
            "config": self._config, "retry": self._retry, "environment": self._environment,
            "settings_file": self._settings_file,
        }  # fmt: skip
        chosen = given | options
        if chosen.get("rate_limits") is None:
            chosen["rate_limits"] = self._limiter(
                provider_name(provider), chosen["environment"], chosen["settings_file"]
            )
        return create_client(provider, **chosen)

    def _limiter(
        self, provider: str, environment: Mapping[str, str] | None, path: str | Path | None
    ) -> RateLimiter | None:
        """Return the one limiter of a provider, made of environment and file when it is first asked for."""
        if provider not in self._limiters:
            known = os.environ if environment is None else environment
            self._limiters[provider] = _limiter(provider, None, known, path)
        return self._limiters[provider]


__all__ = [
    "PROVIDERS",
    "AnthropicProviderClient",
    "LegacyUseProviderClient",
    "MultiProviderClientFactory",
    "OpenAIProviderClient",
    "UITarsProviderClient",
    "create_client",
]
