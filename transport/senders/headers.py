"""The headers that carry each provider's credential, where a key or token is all that is needed.

Sources: the anthropic SDK 2.12.0 and the openai SDK 3.3.0, whose requests these headers were taken from on 2026-11-22; the LegacyUse
proxy's client.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..credentials import Credentials
from ..secrets import Secret
from ..settings import (
    AnthropicSettings,
    BedrockSettings,
    Key,
    LegacyUseSettings,
    OpenAISettings,
    ProviderSettings,
    UITarsSettings,
    VertexSettings,
    revealed_key,
)

Headers = Mapping[str, Secret | str]


class CredentialHeaders:
    """The headers of a client's credential as it is now; made anew only when it has changed."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._made_of: ProviderSettings | None = None
        self._headers: Headers = {}

    async def __call__(self) -> Headers:
        """Return the headers to send with. Raises as `Credentials.current`."""
        settings = await self._credentials.current()
        if settings is not self._made_of:
            self._headers, self._made_of = headers_of(settings), settings
        return self._headers


def headers_of(settings: ProviderSettings) -> Headers:
    """Return the headers that carry the settings' credential."""
    match settings:
        case LegacyUseSettings(api_key=key):
            return {"x-api-key": _secret(key)}
        case AnthropicSettings(api_key=key) | UITarsSettings(api_key=key):
            return _bearer(key)
        case BedrockSettings(bearer_token=key) | VertexSettings(access_token=key):
            return _bearer(key)
        case OpenAISettings(api_key=key, organization=organization, project=project):
            named = {"openai-organization": organization, "openai-project": project}
            return {**_bearer(key), **{name: value for name, value in named.items() if value is not None}}


def _secret(key: Key | None) -> Secret:
    text = revealed_key(key)
    assert text is not None, "settings without a key go another way"
    return Secret(text)


def _bearer(key: Key | None) -> Headers:
    text = revealed_key(key)
    return {} if text is None else {"authorization": Secret(f"Bearer {text}")}
