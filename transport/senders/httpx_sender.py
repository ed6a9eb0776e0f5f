"""Send over ``httpx`` or ``httpx2``: to every server that takes its key in a header, which is all but Bedrock's signatures and Google's own."""

from __future__ import annotations

import copy
import importlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final, Self, TypeAlias

from polyloop.translate.http import HttpRequest

from ..config import TransportConfig, open_http_client
from ..errors import SettingsError
from ..foreign_errors import map_exception
from ..secrets import Secret, fits_header, revealed
from .per_loop import PerLoop
from .port import SendingTimeouts, SentResponse
from .responses import sent_response
from .streamed import content_of

LIBRARY_READ_TIMEOUT: Final = 5.0
"""Seconds that both libraries wait for the next bytes by default: less than a model thinks."""

TimeoutTuple: TypeAlias = tuple[float | None, float | None, float | None, float | None]

Headers: TypeAlias = Mapping[str, Secret | str]
HeaderSource: TypeAlias = Callable[[], Awaitable[Headers]]
"""Gives the headers of the moment. It gives the same mapping until one of them changes."""


class HttpxSender:
    """A sender over the user's own AsyncClient, or over one made on first use and kept."""

    def __init__(
        self,
        base_url: str,
        *,
        headers: Headers | HeaderSource | None = None,
        provider: str = "openai",
        config: TransportConfig | None = None,
        hint: str | None = None,
        secrets: Iterable[Secret] = (),
    ) -> None:
        """Take the provider's URL and the headers that carry its credential, or what gives them before each request.

        ``provider`` names the errors of requests that do not say whom they are for; ``hint`` is added to the text of failed
        connections; ``secrets``, and those among the headers, are taken out of it. Raises `SettingsError` if ``config.client`` is no
        AsyncClient or a header cannot be sent; a header that comes later is refused when it comes.
        """
        self._base_url = base_url.rstrip("/")
        self._source = headers if callable(headers) else None
        self._headers: Headers = {}
        if headers is not None and not callable(headers):
            self._take(headers)
        self._provider = provider
        self._config = config or TransportConfig()
        self._hint = hint
        if self._config.client is not None and not hasattr(self._config.client, "aclose"):
            raise SettingsError("client must be an AsyncClient of httpx or httpx2")
        self._secrets = secrets
        self._sending: SendingTimeouts | None = None
        self._parsed: tuple[Any, str, Any] = (None, "", None)
        self._own = PerLoop(self._make_client, lambda client: client.aclose())

    def warm(self) -> None:
        """Import now what the first request would wait for."""
        if self._config.client is None:
            name = _library().__name__
            for module in (name.replace("httpx", "httpcore"), "h11", "anyio._backends._asyncio"):
                importlib.import_module(module)

    async def send(self, request: HttpRequest, *, stream: bool) -> SentResponse:
        """Send the request once, see `Sender`."""
        given = self._config.client
        client = given if given is not None else await self._own.get()
        provider = request.provider or self._provider
        if self._source is not None:
            self._take(await self._source())
        content, length = content_of(request)
        headers = dict(request.headers) | length | {name: revealed(value) for name, value in self._headers.items()}
        try:
            foreign = client.build_request(
                request.method,
                self._url(client, request.path),
                headers=headers,
                content=content,
                timeout=_timeout(client) if given is not None and self._sending is None else self._timeout(),
            )
            response = await client.send(foreign, stream=True, follow_redirects=False)
        except Exception as error:
            ours = map_exception(error, provider, hint=self._hint, secrets=self._known_secrets())
            if ours is None:
                raise
            raise ours from error
        return await sent_response(response, provider, stream=stream, hint=self._hint)

    async def aclose(self) -> None:
        """Close the client made here; the user's own stays open."""
        await self._own.aclose()

    def _url(self, client: Any, path: str) -> Any:
        """Return where a request goes, as the client's library parses it: once, since nearly all requests of a sender go to one place."""
        kind, url = client.base_url.__class__, self._base_url + path
        if self._parsed[:2] != (kind, url):
            self._parsed = (kind, url, kind(url))
        return self._parsed[2]

    def _take(self, headers: Headers) -> None:
        if headers is self._headers:
            return
        if not all(fits_header(revealed(value)) for value in headers.values()):
            raise SettingsError("a header holds white space at its ends, control characters or letters outside ASCII")
        self._headers = headers

    def _known_secrets(self) -> list[Secret]:
        return [*self._secrets, *(value for value in self._headers.values() if isinstance(value, Secret))]

    def timed(self, timeouts: SendingTimeouts) -> Self:
        """Return a view over the same connections whose requests have these timeouts."""
        view = copy.copy(self)
        view._sending = timeouts
        return view

    def _timeout(self) -> TimeoutTuple:
        if self._sending is not None:
            return self._sending.connect, None, self._sending.write, self._sending.pool
        connect = self._config.timeouts.connect
        return connect, None, None, connect

    def _make_client(self) -> Any:
        return open_http_client(_library(), self._config)


def _library() -> Any:
    """Import the HTTP library, on first use: importing polyloop.transport must not pay for it.

    ``httpx2`` where it is installed, as it is with the SDKs: its pool looks through its connections less often than that of httpx, which with a
    thousand streams at once takes four times as long for all of them.
    """
    try:
        return importlib.import_module("httpx2")
    except ImportError:
        return importlib.import_module("httpx")


def _timeout(client: Any) -> TimeoutTuple:
    """Return the user's client's own timeouts, but for a read timeout that nobody chose: the clocks watch the silence."""
    own = client.timeout
    read = None if own.read == LIBRARY_READ_TIMEOUT else own.read
    return own.connect, read, own.write, own.pool
