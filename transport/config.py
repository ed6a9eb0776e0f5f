"""How connections are made, the same for every provider: TLS, proxy, limits, timeouts, or the client a user brings."""

from __future__ import annotations

import ssl
from typing import Any

from attrs import field, frozen

from .secrets import Secret


@frozen(kw_only=True)
class Timeouts:
    """Seconds of the clocks that watch a call; None switches one off."""

    connect: float | None = 10.0
    """To open the connection, TLS included. Kept by the HTTP client."""
    first_content: float | None = 300.0
    """From sending to the first content. Long, for models think before they speak."""
    between_content: float | None = 120.0
    """From one content to the next. Pings and empty deltas are no content."""
    total: float | None = None
    """From sending to the end of the answer."""


@frozen(kw_only=True)
class Limits:
    """How many connections a client keeps."""

    max_connections: int = 1000
    max_keepalive_connections: int = 100
    keepalive_expiry: float = 60.0
    """Seconds that an idle connection is kept."""


def _as_secret(url: Secret | str | None) -> Secret | None:
    return Secret(url) if isinstance(url, str) else url


@frozen(kw_only=True)
class TransportConfig:
    """How to reach a provider. Nothing of it ever gets into a request's body."""

    verify: bool | ssl.SSLContext = True
    """Whether to check the server's certificate, or the context to check it with."""
    ca_file: str | None = None
    """PEM file of the certificate authorities to trust instead of the usual ones, for corporate proxies."""
    proxy: Secret | None = field(default=None, converter=_as_secret)
    """URL of a proxy; a secret, for it may hold a password."""
    trust_env: bool = True
    """Whether HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE and .netrc count."""
    timeouts: Timeouts = Timeouts()
    limits: Limits = Limits()
    client: Any = None
    """An ``httpx`` or ``httpx2`` AsyncClient of the user's. It is used as it is, the fields above do not apply to it, and
    it stays the user's to close. Where an SDK signs (Bedrock without a bearer token, Google's own credentials) it must be one of ``httpx2``."""


def ssl_setting(config: TransportConfig) -> bool | ssl.SSLContext:
    """Return what an HTTP client takes as ``verify``. Reads ``ca_file``; raises `OSError` if it cannot be read."""
    if config.ca_file is not None and config.verify is True:
        return ssl.create_default_context(cafile=config.ca_file)
    return config.verify


def open_http_client(library: Any, config: TransportConfig) -> Any:
    """Make an AsyncClient of ``httpx`` or ``httpx2``, as the configuration says it. Raises as `ssl_setting`."""
    connect, limits = config.timeouts.connect, config.limits
    return library.AsyncClient(
        verify=ssl_setting(config),
        proxy=None if config.proxy is None else config.proxy.reveal(),
        trust_env=config.trust_env,
        timeout=library.Timeout(None, connect=connect, pool=connect),
        follow_redirects=False,
        limits=library.Limits(
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
        ),
    )
