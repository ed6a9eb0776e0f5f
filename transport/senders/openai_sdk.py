"""Send through an openai SDK client that a user has: AsyncOpenAI, or one of its kind for another host (Azure)."""

from __future__ import annotations

from typing import Any

from ..config import TransportConfig
from .sdk import SdkSender


class OpenAISdkSender(SdkSender):
    """A sender over AsyncOpenAI. With a key alone no SDK is needed: `open_sender` goes by HTTP."""

    def __init__(self, *, client: Any, provider: str = "openai", config: TransportConfig | None = None) -> None:
        """Take a client, which stays the caller's to close."""
        super().__init__("openai", extra="openai", provider=provider, client=client, config=config)
