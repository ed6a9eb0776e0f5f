"""Send through the anthropic SDK: Anthropic by key, Bedrock signed or by bearer token, Vertex by Google credentials."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

from ..config import TransportConfig
from ..settings import AnthropicSettings, BedrockSettings, VertexSettings, base_url_of, secrets_of
from .sdk import SdkSender


class AnthropicSdkSender(SdkSender):
    """A sender over AsyncAnthropic, AsyncAnthropicBedrock or AsyncAnthropicVertex."""

    def __init__(
        self,
        settings: AnthropicSettings | BedrockSettings | VertexSettings | None = None,
        *,
        client: Any = None,
        provider: str | None = None,
        config: TransportConfig | None = None,
    ) -> None:
        """Take settings, or one of the SDK's async clients, which then stays the caller's to close.

        ``provider`` (anthropic, bedrock, vertex) names the errors of requests that do not say whom they are for; with
        settings it is known. Raises `ValueError` unless exactly one of settings and client is given.
        """
        if (settings is None) == (client is None):
            raise ValueError("give settings or a client")
        name = provider or _name_of(settings)
        super().__init__(
            "anthropic",
            extra=name if name in {"bedrock", "vertex"} else "anthropic",
            provider=name,
            make=lambda sdk, options: _make(sdk, settings, options),
            client=client,
            config=config,
            secrets=() if settings is None else secrets_of(settings),
            also_imports=_SIGNS_WITH.get(name, ()),
        )


_NAMES: Final = {AnthropicSettings: "anthropic", BedrockSettings: "bedrock", VertexSettings: "vertex"}
_SIGNS_WITH: Final = {"bedrock": ("boto3", "botocore.auth"), "vertex": ("google.auth",)}
"""What the SDK imports when it first signs for a cloud."""


def _name_of(settings: object) -> str:
    return next((name for record, name in _NAMES.items() if isinstance(settings, record)), "anthropic")


def _make(sdk: ModuleType, settings: object, options: dict[str, Any]) -> Any:
    """Make the SDK's client. A credential is always passed: without one the SDK would look through files and variables."""
    if isinstance(settings, BedrockSettings):
        return _bedrock(sdk, settings, options)
    if isinstance(settings, VertexSettings):
        token = settings.access_token
        return sdk.AsyncAnthropicVertex(
            region=settings.region,
            project_id=settings.project,
            access_token=None if token is None else token.reveal(),
            base_url=base_url_of(settings),
            **options,
        )
    assert isinstance(settings, AnthropicSettings)
    return sdk.AsyncAnthropic(api_key=settings.api_key.reveal(), base_url=base_url_of(settings), **options)


def _bedrock(sdk: ModuleType, settings: BedrockSettings, options: dict[str, Any]) -> Any:
    client = sdk.AsyncAnthropicBedrock(aws_region=settings.region, base_url=base_url_of(settings), **options)
    # Set, not passed: the constructor also reads AWS_BEARER_TOKEN_BEDROCK from the process, and refuses it beside keys.
    # What the settings say is what counts.
    client.api_key = None if settings.bearer_token is None else settings.bearer_token.reveal()
    client.aws_access_key = settings.access_key_id
    client.aws_secret_key = None if settings.secret_access_key is None else settings.secret_access_key.reveal()
    client.aws_session_token = None if settings.session_token is None else settings.session_token.reveal()
    client.aws_profile = settings.profile if settings.access_key_id is None else None
    return client
