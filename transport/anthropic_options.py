"""What the anthropic SDK lets its users say of one request beside the conversation, over any provider (`anthropic_shape`).

| said to the SDK | what comes of it |
|---|---|
| ``timeout=`` a number, ``httpx2.Timeout`` or None | ``read`` is the longest silence: the clocks for the first and between further content; ``connect``, ``write`` and ``pool`` are the HTTP client's. None: no limit. Nothing said: the client's own |
| ``with_options(max_retries=n)`` | n retries by our policy, the one retry owner; the SDK itself repeats nothing |
| ``extra_headers``, ``default_headers`` | ``anthropic-beta`` and ``anthropic-version`` are read; any other is refused, save those that every request has (``user-agent``): the HTTP client says its own |
| ``extra_query``, ``default_query`` | refused |
| ``extra_body`` | part of the request; a key that the Messages API does not have is sent to who speaks it and refused elsewhere |
| ``with_options(api_key=...)``, ``base_url``, ``http_client``, ... | refused: they are the client's inside |

What is refused says where it belongs. Source: the anthropic SDK 2.12.0 (`_base_client.py`, `_client.py`)
and httpx2 2.16.2 (``request.extensions["timeout"]``), read 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from typing import Any, Final, Protocol, Self, TypeAlias, cast

import attrs

from polyloop.translate.codec import WireRecord
from polyloop.translate.errors import UsageError

from .client import WireClient
from .config import Timeouts
from .errors import SettingsError
from .senders.port import SendingTimeouts

UNUSED_KEY: Final = "unused"
"""The credential that the SDK is given, for it wants one."""
_OF_THE_HTTP_CLIENT: Final = frozenset(
    {
        "accept", "accept-encoding", "connection", "content-length", "content-type", "host", "transfer-encoding", "user-agent",
    }
)  # fmt: skip
_CREDENTIALS: Final = ("authorization", "x-api-key")
_UNUSED: Final = (UNUSED_KEY, f"Bearer {UNUSED_KEY}")
_READ: Final = frozenset({"anthropic-beta", "anthropic-version"})
_OF_THE_SDK: Final = "x-stainless-"
_OF_BETA_CALLS: Final = ("beta", "true")
_OF_THE_CLIENT_INSIDE: Final = frozenset(
    {"api_key", "auth_token", "credentials", "config", "profile", "base_url", "http_client"}
)

Given: TypeAlias = Mapping[str, float | None]
"""The four numbers of an HTTP client's timeout."""


def usual_timeout(timeouts: Timeouts) -> dict[str, float | None]:
    """Return the timeout that the SDK's client shows as its own: that of the client inside, as nearly as four numbers say it."""
    return {"connect": timeouts.connect, "read": timeouts.first_content, "write": None, "pool": timeouts.connect}


def client_for(client: WireClient, given: Given | None) -> WireClient:
    """Return the client, or the view of it that keeps a timeout of one request. Raises `UsageError` where its sender cannot."""
    timeouts = client.timeouts
    if given is None or dict(given) == usual_timeout(timeouts):
        return client
    read = given.get("read")
    sending = SendingTimeouts(given.get("connect"), given.get("write"), given.get("pool"))
    asked = attrs.evolve(timeouts, connect=sending.connect, first_content=read, between_content=read)
    return client.within(asked, sending)


def with_retries(client: WireClient, retries: int) -> WireClient:
    """Return a view of a client that tries so many times again."""
    return client.retried(attrs.evolve(client.retry, max_attempts=retries + 1))


def check_headers(headers: Mapping[str, str], usual: Set[str]) -> None:
    """Raise `UsageError` for a header that somebody added to a request and that would go nowhere. Its value may be a secret and is not shown.

    ``headers`` are those of an HTTP library, their names in lower case; ``usual`` are the names that the SDK sends with every request.
    """
    known = usual | _OF_THE_HTTP_CLIENT | _READ
    odd = next((name for name in headers if name not in known and not name.startswith(_OF_THE_SDK)), None)
    odd = odd or next((name for name in _CREDENTIALS if headers.get(name) not in (None, *_UNUSED)), None)
    if odd is not None:
        raise UsageError(
            f"the header {odd} of one request goes to no provider: credentials are the client's (create_client), other headers its HTTP "
            "client's (TransportConfig(client=httpx2.AsyncClient(headers=...)))"
        )


def check_query(query: Mapping[str, str]) -> None:
    """Raise `UsageError` for a parameter that somebody added to a request's address."""
    odd = [name for name, value in query.items() if (name, value) != _OF_BETA_CALLS]
    if odd:
        raise UsageError(
            f"the query parameter {odd[0]} goes to no provider: what it asks for must be a key of the body"
        )


def check_body(record: Any, client: WireClient) -> None:
    """Raise `UsageError` for a key that the Messages API does not have, where another wire is spoken."""
    unknown = record.extra if isinstance(record, WireRecord) else {}
    if unknown and client.wire != "anthropic":
        raise UsageError(
            f"the key {next(iter(unknown))} is none of the Messages API's, and {client.provider} speaks {client.wire}: leave it out"
        )


class Carrier(Protocol):
    """What stands behind the SDK's client: the gateway to one of ours."""

    def retrying(self, retries: int) -> Self:
        """Return one that tries so many times again."""
        ...


def options_kept(base: Any, make_http_client: Callable[[Any], Any]) -> Any:
    """Return a class of the SDK's clients whose copies leave credentials and retries to the client inside.

    ``base`` is ``Anthropic`` or ``AsyncAnthropic``; its instances are given their ``carrier`` when they are made.
    """

    class Client(base):  # type: ignore[misc]  # the base is known when it is imported
        carrier: Carrier

        def copy(self, **options: Any) -> Any:
            """As the SDK's. Raises `SettingsError` for what the client inside has."""
            theirs = sorted(_OF_THE_CLIENT_INSIDE & {name for name, value in options.items() if value is not None})
            if theirs:
                raise SettingsError(
                    f"{theirs[0]} is the client's inside, which this is only the face of: give it to create_client"
                )
            carrier = self.carrier
            retries = options.pop("max_retries", None)
            if isinstance(retries, int):
                carrier = carrier.retrying(retries)
                options["http_client"] = make_http_client(carrier)
            made = super().copy(**options)
            made.carrier = carrier
            return made

        with_options = copy

    Client.__name__ = Client.__qualname__ = base.__name__
    return cast(Any, Client)
