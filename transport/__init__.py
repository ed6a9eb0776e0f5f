"""Carry translated requests over the providers' real APIs. Names are loaded when first used; no SDK before the first call.

async with create_client("anthropic", api_key="...") as client:
    response = await client.create_message(request)      # translate.hub records in and out
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .anthropic_shape import MultiProviderWrapper, SyncMultiProviderWrapper
    from .client import WireClient
    from .config import Limits, Timeouts, TransportConfig
    from .errors import ProviderCallError, StreamBroken, TransportError
    from .exchanges import Exchange
    from .factory import (
        AnthropicProviderClient,
        LegacyUseProviderClient,
        MultiProviderClientFactory,
        OpenAIProviderClient,
        UITarsProviderClient,
        create_client,
    )
    from .health import Health
    from .rate_limits import RateLimiter, RateLimits
    from .recording import RecordingSender, ReplayingSender
    from .retry import RetryPolicy
    from .secrets import Secret
    from .structured import StructuredOutputFailed, create_structured
    from .synchronous import SyncClient, create_sync_client, run_sync

_NAMES_OF: Final = {
    "anthropic_shape": ("MultiProviderWrapper", "SyncMultiProviderWrapper"),
    "client": ("WireClient",),
    "config": ("Limits", "Timeouts", "TransportConfig"),
    "errors": ("ProviderCallError", "StreamBroken", "TransportError"),
    "exchanges": ("Exchange",),
    "factory": (
        "AnthropicProviderClient",
        "LegacyUseProviderClient",
        "MultiProviderClientFactory",
        "OpenAIProviderClient",
        "UITarsProviderClient",
        "create_client",
    ),
    "health": ("Health",),
    "rate_limits": ("RateLimiter", "RateLimits"),
    "recording": ("RecordingSender", "ReplayingSender"),
    "retry": ("RetryPolicy",),
    "secrets": ("Secret",),
    "structured": ("StructuredOutputFailed", "create_structured"),
    "synchronous": ("SyncClient", "create_sync_client", "run_sync"),
}
_HOME_OF: Final = {name: module for module, names in _NAMES_OF.items() for name in names}

__all__ = [
    "AnthropicProviderClient",
    "Exchange",
    "Health",
    "LegacyUseProviderClient",
    "Limits",
    "MultiProviderClientFactory",
    "MultiProviderWrapper",
    "OpenAIProviderClient",
    "ProviderCallError",
    "RateLimiter",
    "RateLimits",
    "RecordingSender",
    "ReplayingSender",
    "RetryPolicy",
    "Secret",
    "StreamBroken",
    "StructuredOutputFailed",
    "SyncClient",
    "SyncMultiProviderWrapper",
    "Timeouts",
    "TransportConfig",
    "TransportError",
    "UITarsProviderClient",
    "WireClient",
    "create_client",
    "create_structured",
    "create_sync_client",
    "run_sync",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module("." + _HOME_OF[name], __name__), name)
    globals()[name] = value
    return value
