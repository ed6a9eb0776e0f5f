"""Senders: the one place where bytes leave and arrive. Nobody here knows what is in them."""

from __future__ import annotations

from ..config import TransportConfig
from ..secrets import Secret
from ..settings import (
    UITARS_DEFAULT_URL,
    UITARS_URL_HINT,
    AnthropicSettings,
    BedrockSettings,
    LegacyUseSettings,
    OpenAISettings,
    ProviderSettings,
    UITarsSettings,
    VertexSettings,
    base_url_of,
)
from .anthropic_sdk import AnthropicSdkSender
from .httpx_sender import HttpxSender
from .openai_sdk import OpenAISdkSender
from .port import Sender, SentResponse

__all__ = ["AnthropicSdkSender", "HttpxSender", "OpenAISdkSender", "Sender", "SentResponse", "open_sender"]


def open_sender(settings: ProviderSettings, config: TransportConfig | None = None) -> Sender:
    """Return the sender that fits the settings. Nothing is connected, imported or read before the first request."""
    match settings:
        case AnthropicSettings() | BedrockSettings() | VertexSettings():
            return AnthropicSdkSender(settings, config=config)
        case OpenAISettings():
            return OpenAISdkSender(settings, config=config)
        case LegacyUseSettings(api_key=key):
            return HttpxSender(base_url_of(settings), headers={"x-api-key": key}, provider="legacyuse", config=config)
        case UITarsSettings(api_key=key):
            headers = {} if key is None else {"authorization": Secret(f"Bearer {key.reveal()}")}
            url = base_url_of(settings)
            hint = UITARS_URL_HINT if url == UITARS_DEFAULT_URL else None
            return HttpxSender(url, headers=headers, provider="uitars", config=config, hint=hint)
