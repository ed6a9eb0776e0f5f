"""Carry translated requests over the providers' real APIs. Names are loaded when first used; no SDK before the first call.

async with create_client("anthropic", api_key="...") as client:
    response = await client.create_message(request)      # translate.hub records in and out
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .client import WireClient
    from .config import TransportConfig
    from .exchanges import Exchange
    from .factory import (
        AnthropicProviderClient,
        LegacyUseProviderClient,
        MultiProviderClientFactory,
        OpenAIProviderClient,
        UITarsProviderClient,
        create_client,
    )
    from .retry import RetryPolicy

_HOME_OF: Final = {
    "AnthropicProviderClient": "factory",
    "Exchange": "exchanges",
    "LegacyUseProviderClient": "factory",
    "MultiProviderClientFactory": "factory",
    "OpenAIProviderClient": "factory",
    "RetryPolicy": "retry",
    "TransportConfig": "config",
    "UITarsProviderClient": "factory",
    "WireClient": "client",
    "create_client": "factory",
}

__all__ = [
    "AnthropicProviderClient",
    "Exchange",
    "LegacyUseProviderClient",
    "MultiProviderClientFactory",
    "OpenAIProviderClient",
    "RetryPolicy",
    "TransportConfig",
    "UITarsProviderClient",
    "WireClient",
    "create_client",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module("." + _HOME_OF[name], __name__), name)
    globals()[name] = value
    return value
