"""Send through the anthropic SDK: Bedrock's signatures, Google's own credentials, and any client of it that a user has."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

from ..config import TransportConfig
from ..credentials import Credentials, Fallback
from ..settings import PROVIDER_OF, BedrockSettings, ProviderSettings, VertexSettings, base_url_of, revealed_key
from .cloud_credentials import AwsChain, GoogleDefault
from .sdk import SdkSender
from .signing_logs import keep_tokens_out_of_logs


class AnthropicSdkSender(SdkSender):
    """A sender over AsyncAnthropic, AsyncAnthropicBedrock or AsyncAnthropicVertex."""

    def __init__(
        self,
        credentials: Credentials | BedrockSettings | VertexSettings | None = None,
        *,
        client: Any = None,
        provider: str | None = None,
        config: TransportConfig | None = None,
    ) -> None:
        """Take a cloud's credentials, or one of the SDK's async clients, which then stays the caller's to close.

        ``provider`` (anthropic, bedrock, vertex) names the errors of requests that do not say whom they are for; with
        credentials it is known. Raises `ValueError` unless exactly one of credentials and client is given.
        """
        if (credentials is None) == (client is None):
            raise ValueError("give credentials or a client")
        if credentials is not None and not isinstance(credentials, Credentials):
            credentials = Credentials(credentials)
        if credentials is not None:
            credentials.fall_back_on(_fallback(credentials.settings))
        name = provider or ("anthropic" if credentials is None else PROVIDER_OF[type(credentials.settings)])
        super().__init__(
            "anthropic",
            extra=name if name in {"bedrock", "vertex"} else "anthropic",
            provider=name,
            make=_make,
            put=_put,
            client=client,
            config=config,
            credentials=credentials,
            also_imports=_SIGNS_WITH.get(name, ()),
        )


_SIGNS_WITH: Final = {
    "bedrock": ("boto3", "botocore.auth"),
    "vertex": ("google.auth", "google.auth.transport.requests"),
}
"""What the SDK imports when it first signs for a cloud."""


def _fallback(settings: ProviderSettings) -> Fallback:
    return AwsChain(settings.profile) if isinstance(settings, BedrockSettings) else GoogleDefault()


def _make(sdk: ModuleType, settings: ProviderSettings, options: dict[str, Any]) -> Any:
    if isinstance(settings, BedrockSettings):
        keep_tokens_out_of_logs()
        return sdk.AsyncAnthropicBedrock(aws_region=settings.region, base_url=base_url_of(settings), **options)
    assert isinstance(settings, VertexSettings), "whoever has a key for a header needs no SDK"
    return sdk.AsyncAnthropicVertex(
        region=settings.region, project_id=settings.project, base_url=base_url_of(settings), **options
    )


def _put(client: Any, settings: ProviderSettings) -> None:
    """Give an SDK client its credential. Every field is set: what is left out the SDK would look for in files and variables."""
    if isinstance(settings, VertexSettings):
        client.access_token = revealed_key(settings.access_token)
        return
    assert isinstance(settings, BedrockSettings)
    # Set, not passed: the constructor also reads AWS_BEARER_TOKEN_BEDROCK from the process, and refuses it beside keys.
    # What the settings say is what counts.
    client.api_key = revealed_key(settings.bearer_token)
    client.aws_access_key = revealed_key(settings.access_key_id)
    client.aws_secret_key = revealed_key(settings.secret_access_key)
    client.aws_session_token = revealed_key(settings.session_token)
    client.aws_profile = settings.profile if settings.access_key_id is None else None
