"""Send through a vendor's SDK client, which is used for credentials, URL and connection only: raw bytes in and out.

Source: raw access as the wire inventory executed it with anthropic 2.12.0 and openai 3.3.0, 2026-11-22. Retries are off;
the SDK is imported on first use (it costs seconds of CPU), in a thread, so that the event loop goes on.
"""

from __future__ import annotations

import asyncio
import copy
import importlib
from collections.abc import Callable
from inspect import iscoroutinefunction
from types import ModuleType
from typing import Any, Final, Self

from polyloop.translate.http import HttpRequest

from ..config import TransportConfig, open_http_client
from ..credentials import Credentials
from ..errors import MissingDependency, SettingsError
from ..foreign_errors import map_exception
from ..settings import ProviderSettings
from .per_loop import PerLoop
from .port import SendingTimeouts, SentResponse
from .responses import sent_response, whole_response

USED_ON_FIRST_REQUEST: Final = ("anyio._backends._asyncio", "httpcore2", "h11")
"""What the SDKs' HTTP library imports when it first connects."""


class SdkSender:
    """What the senders over the two SDKs share: their clients have one shape."""

    def __init__(
        self,
        module: str,
        *,
        extra: str,
        provider: str,
        client: Any = None,
        config: TransportConfig | None = None,
        credentials: Credentials | None = None,
        make: Callable[[ModuleType, ProviderSettings, dict[str, Any]], Any] | None = None,
        put: Callable[[Any, ProviderSettings], None] | None = None,
        also_imports: tuple[str, ...] = (),
    ) -> None:
        """Take a client that is made already, or credentials: with them how to make one from the SDK's module, settings and connection
        options, and how to put a credential into it. Raises `SettingsError` for a client that would block the event loop."""
        if client is not None and not iscoroutinefunction(getattr(client, "post", None)):
            raise SettingsError(f"the client must be an asynchronous one of the {module} SDK")
        self._credentials = credentials
        self._put = put
        self._also_imports = also_imports
        self._sdk: ModuleType | None = None
        self._module = module
        self._extra = extra
        self._provider = provider
        self._config = config or TransportConfig()
        self._make = make
        self._given = client
        self._sending: SendingTimeouts | None = None
        self._own = PerLoop(self._make_client, self._close_client)

    def warm(self) -> None:
        """Import now what the first request would wait for. Blocks for seconds; raises `MissingDependency`."""
        self._load()
        try:
            for module in (*USED_ON_FIRST_REQUEST, *self._also_imports):
                importlib.import_module(module)
        except ImportError as error:
            raise self._missing() from error

    async def send(self, request: HttpRequest, *, stream: bool) -> SentResponse:
        """Send the request once, see `Sender`."""
        provider = request.provider or self._provider
        sdk = self._sdk if self._sdk is not None else await asyncio.to_thread(self._load)
        try:
            client = self._given if self._given is not None else await self._own_client()
            response = await self._exchange(sdk, client, request)
        except sdk.APIStatusError as error:
            return await _error_response(error, provider)
        except ImportError as error:  # the SDK imports what signs for a cloud when it first signs
            raise self._missing() from error
        except Exception as error:
            ours = map_exception(error, provider, secrets=self._credentials or ())
            if ours is None:
                raise
            raise ours from error
        return await sent_response(response, provider, stream=stream)

    async def aclose(self) -> None:
        """Close the client made here; the user's own stays open."""
        await self._own.aclose()

    def timed(self, timeouts: SendingTimeouts) -> Self:
        """Return a view over the same client whose requests have these timeouts."""
        view = copy.copy(self)
        view._sending = timeouts
        return view

    async def _own_client(self) -> Any:
        made = await self._own.get()
        assert self._credentials is not None
        assert self._put is not None
        # Each time, for it may have changed. A call that has not signed yet signs with the newer one.
        self._put(made, await self._credentials.current())
        return made

    async def _exchange(self, sdk: ModuleType, client: Any, request: HttpRequest) -> Any:
        import httpx2  # comes with the SDKs

        raw = {"cast_to": httpx2.Response, "stream": True, "stream_cls": sdk.AsyncStream[object]}
        # The SDKs' own HTTP clients would follow a redirect, and bring the conversation to another host.
        options: dict[str, Any] = {"headers": _spelled(request), "max_retries": 0, "follow_redirects": False}
        if self._sending is not None:
            connect, write, pool = self._sending
            options["timeout"] = httpx2.Timeout(connect=connect, read=None, write=write, pool=pool)
        if request.method == "GET":
            return await client.get(request.path, options=options, **raw)
        return await client.post(request.path, content=request.body, options=options, **raw)

    def _load(self) -> ModuleType:
        try:
            sdk = importlib.import_module(self._module)
        except ImportError as error:
            raise self._missing() from error
        self._sdk = sdk
        return sdk

    def _missing(self) -> MissingDependency:
        return MissingDependency(
            f"{self._provider} is reached through the {self._module} SDK and what it needs: "
            f"pip install 'polyloop[{self._extra}]'"
        )

    async def _close_client(self, made: Any) -> None:
        if self._config.client is None:  # the user's HTTP client inside it stays open
            await made.close()

    def _make_client(self) -> Any:
        sdk = self._load()
        import httpx2

        config = self._config
        http_client = config.client
        if http_client is not None and not isinstance(http_client, httpx2.AsyncClient):
            raise SettingsError(
                f"{self._provider} is signed for by the {self._module} SDK, which runs on httpx2: client must be its AsyncClient"
            )
        if http_client is None:
            # Not the SDK's own default client: it follows the environment's proxies even where trust_env is off.
            http_client = open_http_client(httpx2, config)
        connect = config.timeouts.connect
        timeout = httpx2.Timeout(None, connect=connect, pool=connect)
        assert self._credentials is not None
        assert self._make is not None
        options = {"http_client": http_client, "timeout": timeout, "max_retries": 0}
        return self._make(sdk, self._credentials.settings, options)


def _spelled(request: HttpRequest) -> dict[str, str]:
    """Return the headers in the SDKs' own spelling: theirs are plain dicts, where two spellings would be sent as two headers."""
    return {"-".join(word.capitalize() for word in name.split("-")): value for name, value in request.headers}


async def _error_response(error: Any, provider: str) -> SentResponse:
    """Return the answer that the SDK made an exception of; it has read its body."""
    response = error.response
    headers = tuple((name.lower(), value) for name, value in response.headers.multi_items())
    return whole_response(response.status_code, headers, response.content)
