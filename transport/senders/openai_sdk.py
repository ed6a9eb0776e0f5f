"""Send through the openai SDK: OpenAI's host, or a compatible one that its client is set up for."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from ..config import TransportConfig
from ..settings import OpenAISettings, base_url_of, secrets_of
from .sdk import SdkSender


class OpenAISdkSender(SdkSender):
    """A sender over AsyncOpenAI."""

    def __init__(
        self,
        settings: OpenAISettings | None = None,
        *,
        client: Any = None,
        provider: str = "openai",
        config: TransportConfig | None = None,
    ) -> None:
        """Take settings, or an AsyncOpenAI client, which then stays the caller's to close.

        Raises `ValueError` unless exactly one of settings and client is given.
        """
        if (settings is None) == (client is None):
            raise ValueError("give settings or a client")

        def make(sdk: ModuleType, options: dict[str, Any]) -> Any:
            assert settings is not None
            return sdk.AsyncOpenAI(
                api_key=settings.api_key.reveal(),
                base_url=base_url_of(settings),
                organization=settings.organization,
                project=settings.project,
                **options,
            )

        super().__init__(
            "openai",
            extra="openai",
            provider=provider,
            make=make,
            client=client,
            config=config,
            secrets=() if settings is None else secrets_of(settings),
        )
