"""Senders: the one place where bytes leave and arrive. Nobody here knows what is in them."""

from __future__ import annotations

from ..config import TransportConfig
from ..credentials import Credentials
from ..settings import (
    PROVIDER_OF,
    UITARS_DEFAULT_URL,
    UITARS_URL_HINT,
    BedrockSettings,
    ProviderSettings,
    UITarsSettings,
    VertexSettings,
    base_url_of,
)
from .anthropic_sdk import AnthropicSdkSender
from .headers import CredentialHeaders
from .httpx_sender import HttpxSender
from .openai_sdk import OpenAISdkSender
from .port import Sender, SentResponse

__all__ = ["AnthropicSdkSender", "HttpxSender", "OpenAISdkSender", "Sender", "SentResponse", "open_sender"]


def open_sender(settings: ProviderSettings | Credentials, config: TransportConfig | None = None) -> Sender:
    """Return the sender that fits the settings. Nothing is connected, imported or read before the first request.

    A key or token that goes into a header as it is needs no SDK; Bedrock's signatures and Google's own credentials are the anthropic SDK's.
    """
    credentials = settings if isinstance(settings, Credentials) else Credentials(settings)
    known = credentials.settings
    match known:
        case BedrockSettings(bearer_token=None) | VertexSettings(access_token=None):
            return AnthropicSdkSender(credentials, config=config)
        case UITarsSettings():
            hint = UITARS_URL_HINT if base_url_of(known) == UITARS_DEFAULT_URL else None
        case _:
            hint = None

    return HttpxSender(
        base_url_of(known),
        headers=CredentialHeaders(credentials),
        provider=PROVIDER_OF[type(known)],
        config=config,
        hint=hint,
        secrets=credentials,
    )
