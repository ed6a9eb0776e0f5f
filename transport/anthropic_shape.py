"""The anthropic SDK's call shape over any provider: `MultiProviderWrapper`.

    client = MultiProviderWrapper(create_client("openai"), model="gpt-5.5")          # was: AsyncAnthropic()
    message = await client.messages.create(model="claude-opus-5", max_tokens=1024, messages=[...])       # an anthropic.types.Message

It is the SDK itself: its resources, types, streams, tool helpers and exceptions. Only its HTTP transport is ours, which hands each request
to one of our clients and writes the reply as the Messages API would have sent it. So whatever the SDK offers for messages works, and a loop
written against it catches the exceptions it knows; ours is their response's ``extensions["polyloop_error"]``.

Nothing is refused for being long: under the SDK's face every call is streamed anyway. The SDK's retries are off, ours are on. What is said of
one request beside the conversation, such as its timeout, is kept or refused (`anthropic_options`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Callable
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import attrs

from polyloop.translate import hub
from polyloop.translate.adapting import Adapting
from polyloop.translate.codec import encode
from polyloop.translate.envelopes.call import LATEST_VERSION
from polyloop.translate.errors import TranslateError
from polyloop.translate.jsontext import parse, spell
from polyloop.translate.jsonvalue import Json, JsonObject
from polyloop.translate.other_kinds import error_document
from polyloop.translate.provider_errors import ProviderError
from polyloop.translate.sse import write_event
from polyloop.translate.stream_converter import EventConverter
from polyloop.translate.translation import adapted
from polyloop.translate.wires import decode, wire_of, write_record

from .anthropic_options import (
    UNUSED_KEY,
    check_body,
    check_headers,
    check_query,
    client_for,
    options_kept,
    usual_timeout,
    with_retries,
)
from .client import WireClient
from .errors import MissingDependency, ProviderCallError
from .synchronous import SyncClient, run_sync

if TYPE_CHECKING:
    from anthropic import Anthropic, AsyncAnthropic

WIRE: Final = "anthropic"

_OPTIONS: Final[dict[str, Any]] = {"api_key": UNUSED_KEY, "base_url": "http://polyloop.invalid", "max_retries": 0}
"""What the SDK would else look for in the environment."""

STATUSES: Final[dict[str, int]] = {
    "authentication": 401, "permission": 403, "not_found": 404, "invalid_request": 400, "context_overflow": 400, "content_refused": 400,
    "too_large": 413, "rate_limit": 429, "quota": 402, "overloaded": 529, "server": 500, "timeout": 504, "connection": 502, "unknown": 500,
}  # fmt: skip
"""Kind of failure -> the Messages API's status."""


class _Begun:
    """A stream whose first piece is here. Not a generator: one that nobody has begun to read would close nothing behind it."""

    def __init__(self, first: bytes, rest: AsyncGenerator[bytes, None]) -> None:
        self._first: bytes | None = first
        self._rest = rest

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        first, self._first = self._first, None
        return await anext(self._rest) if first is None else first

    async def aclose(self) -> None:
        """Close the stream behind it. May be called any number of times."""
        self._first = None
        await self._rest.aclose()


@attrs.frozen(kw_only=True)
class _Said:
    """What came of a request: a body, or a stream that has begun."""

    status: int
    body: JsonObject | None = None
    stream: _Begun | None = None
    error: ProviderCallError | None = None


@attrs.frozen(kw_only=True)
class _Gateway:
    """Answers the requests of the Messages API from one of our clients."""

    client: WireClient
    model: str | None = None
    usual: set[str] = attrs.field(factory=set)
    """Names of the headers that the SDK sends with every request."""

    def retrying(self, retries: int) -> _Gateway:
        return attrs.evolve(self, client=with_retries(self.client, retries))

    async def answer(self, asked: Any, body: bytes) -> _Said:
        """Answer a POST. Raises `ProviderCallError` where no answer came at all."""
        path, headers = asked.url.path, asked.headers
        if path not in ("/v1/messages", "/v1/messages/count_tokens"):
            return _Said(status=404, body=_error("not_found_error", f"no such path over another provider: {path}"))
        try:
            check_headers(headers, self.usual)
            check_query(asked.url.params)
            client = client_for(self.client, asked.extensions.get("timeout"))
            document = parse(body)
            streams = document.get("stream") is True
            request = self._request(document, headers)
            if path.endswith("/count_tokens"):
                return _Said(status=200, body={"input_tokens": await client.count_tokens(request)})
            if streams:
                return await self._streamed(client, request)
            return _Said(status=200, body=self._written(await client.create_message(request)))
        except TranslateError as error:
            return _Said(status=400, body=_error("invalid_request_error", str(error)))
        except ProviderCallError as error:
            if error.status is None and error.kind in ("connection", "timeout"):
                raise
            status, document = _refused(error.error)
            return _Said(status=status, body=document, error=error)

    def _request(self, document: JsonObject, headers: Any) -> hub.Request:
        """Read a request; what the SDK says in headers and in how it sends belongs to the call and not to the conversation."""
        plain = {key: value for key, value in document.items() if key != "stream"}
        record = decode(WIRE, "request", plain)
        check_body(record, self.client)
        request = wire_of(WIRE).read_request(record)
        betas = tuple(beta.strip() for beta in (headers.get("anthropic-beta") or "").split(",") if beta.strip())
        version = headers.get("anthropic-version")
        return attrs.evolve(
            request,
            model=self.model or request.model,
            betas=(*(request.betas if isinstance(request.betas, tuple) else ()), *betas) if betas else request.betas,
            # The SDK sends its own version with every request: nobody asked for it.
            version=version if version and version != LATEST_VERSION else request.version,
        )

    def _written(self, response: hub.Response) -> JsonObject:
        wire = wire_of(WIRE)
        same = self.client.wire == WIRE
        record = response if same else adapted(response, wire, Adapting(target=WIRE, source=self.client.wire))
        document: JsonObject = encode(write_record(wire, record))
        return document

    async def _streamed(self, client: WireClient, request: hub.Request) -> _Said:
        """Begin a stream: what fails before its first content is an answer of its own status."""
        pieces = self._events(client, request)
        return _Said(status=200, stream=_Begun(await anext(pieces), pieces))

    async def _events(self, client: WireClient, request: hub.Request) -> AsyncGenerator[bytes, None]:
        converter = EventConverter(wire_of(WIRE), Adapting(target=WIRE, source=self.client.wire))
        events = client.stream_message(request)
        begun = False
        try:
            async for event in events:
                for document in converter.push(event):
                    begun = True
                    yield write_event(spell(document), document["type"])
        except ProviderCallError as error:
            if not begun:
                raise
            _, document = _refused(error.error)
            yield write_event(spell(document), "error")
        finally:
            await events.aclose()


def _refused(error: ProviderError) -> tuple[int, JsonObject]:
    """Return a failure as the Messages API says it: in its own words, where it is the one that said it."""
    status, own = STATUSES[error.kind], error.body
    if error.wire == WIRE and isinstance(own, dict) and isinstance(own.get("error"), dict):
        return (error.status if error.status and error.status >= 400 else status), own
    return status, error_document(error if error.message else attrs.evolve(error, message=error.kind), WIRE)


def _error(name: str, message: str) -> JsonObject:
    return {"type": "error", "error": {"type": name, "message": message}}


class _Face(ABC):
    """What both of the SDK's clients offer."""

    @property
    @abstractmethod
    def sdk(self) -> Any:
        """The SDK's client."""

    @property
    def messages(self) -> Any:
        """``create``, ``stream``, ``count_tokens``, ``with_raw_response``, ``with_streaming_response``, as in the SDK."""
        return self.sdk.messages

    @property
    def beta(self) -> Any:
        """``beta.messages``, as in the SDK."""
        return self.sdk.beta

    @property
    def with_raw_response(self) -> Any:
        """As in the SDK."""
        return self.sdk.with_raw_response

    @property
    def with_streaming_response(self) -> Any:
        """As in the SDK."""
        return self.sdk.with_streaming_response

    def with_options(self, **options: Any) -> Any:
        """As in the SDK: its client with other options, ``timeout`` or ``max_retries``. Raises `SettingsError` for those of the client inside."""
        return self.sdk.with_options(**options)


class MultiProviderWrapper(_Face):
    """``AsyncAnthropic``'s face over any provider. Closing it closes the client it was given."""

    def __init__(self, client: WireClient, *, model: str | None = None) -> None:
        """Take one of our clients. ``model`` is asked in place of the one each call names."""
        self._client = client
        self._model = model

    @cached_property
    def sdk(self) -> AsyncAnthropic:
        """The SDK's client. Made at first use: importing the SDK takes seconds. Raises `MissingDependency`."""
        anthropic, httpx2 = _libraries()

        def http_client(gateway: _Gateway) -> Any:
            return httpx2.AsyncClient(transport=_transport(httpx2, gateway), timeout=None)

        gateway = _Gateway(client=self._client, model=self._model)
        made: AsyncAnthropic = _face(anthropic.AsyncAnthropic, httpx2, gateway, http_client)
        return made

    async def close(self) -> None:
        """Close the client inside. May be called twice."""
        if "sdk" in self.__dict__:
            await self.sdk.close()
        await self._client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class SyncMultiProviderWrapper(_Face):
    """``Anthropic``'s face over any provider, for plain code. Closing it closes the client it was given."""

    def __init__(self, client: SyncClient, *, model: str | None = None) -> None:
        """Take one of our synchronous clients. ``model`` is asked in place of the one each call names."""
        self._client = client
        self._model = model

    @cached_property
    def sdk(self) -> Anthropic:
        """The SDK's client, made at first use. Raises `MissingDependency`."""
        anthropic, httpx2 = _libraries()

        def http_client(gateway: _Gateway) -> Any:
            return httpx2.Client(transport=_sync_transport(httpx2, gateway), timeout=None)

        gateway = _Gateway(client=self._client.asynchronous, model=self._model)
        made: Anthropic = _face(anthropic.Anthropic, httpx2, gateway, http_client)
        return made

    def close(self) -> None:
        """Close the client inside. May be called twice."""
        if "sdk" in self.__dict__:
            self.sdk.close()
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _face(base: Any, httpx2: Any, gateway: _Gateway, http_client: Callable[[_Gateway], Any]) -> Any:
    """Make the SDK's client, and the gateway behind it, which knows what every request of the SDK has."""
    timeout = httpx2.Timeout(**usual_timeout(gateway.client.timeouts))
    made = options_kept(base, http_client)(http_client=http_client(gateway), timeout=timeout, **_OPTIONS)
    gateway.usual.update(name.lower() for name in made.default_headers)
    made.carrier = gateway
    return made


def _libraries() -> tuple[Any, Any]:
    try:
        import anthropic
        import httpx2
    except ImportError as error:
        raise MissingDependency("the anthropic SDK gives the call shape: pip install 'polyloop[anthropic]'") from error
    return anthropic, httpx2


def _transport(httpx2: Any, gateway: _Gateway) -> Any:
    class Bytes(httpx2.AsyncByteStream):  # type: ignore[misc]  # the base is known when it is imported
        def __init__(self, pieces: _Begun) -> None:
            self._pieces = pieces

        async def __aiter__(self) -> AsyncGenerator[bytes, None]:
            async for piece in self._pieces:
                yield piece

        async def aclose(self) -> None:
            await self._pieces.aclose()

    class Transport(httpx2.AsyncBaseTransport):  # type: ignore[misc]
        async def handle_async_request(self, request: Any) -> Any:
            body = await request.aread()
            try:
                said = await gateway.answer(request, body)
            except ProviderCallError as error:
                raise _unanswered(httpx2, error, request) from error
            return _response(httpx2, said, request, Bytes)

    return Transport()


def _sync_transport(httpx2: Any, gateway: _Gateway) -> Any:
    class Bytes(httpx2.SyncByteStream):  # type: ignore[misc]
        def __init__(self, pieces: _Begun) -> None:
            self._pieces = pieces

        def __iter__(self) -> Any:
            async def following() -> bytes | None:
                return await anext(self._pieces, None)

            while (piece := run_sync(following())) is not None:
                yield piece

        def close(self) -> None:
            async def closing() -> None:
                await self._pieces.aclose()

            run_sync(closing())

    class Transport(httpx2.BaseTransport):  # type: ignore[misc]
        def handle_request(self, request: Any) -> Any:
            body = request.read()
            try:
                said = run_sync(gateway.answer(request, body))
            except ProviderCallError as error:
                raise _unanswered(httpx2, error, request) from error
            return _response(httpx2, said, request, Bytes)

    return Transport()


def _unanswered(httpx2: Any, error: ProviderCallError, request: Any) -> Exception:
    """Return what the SDK makes its own connection and timeout errors of."""
    kind = httpx2.ReadTimeout if error.kind == "timeout" else httpx2.ConnectError
    found: Exception = kind(str(error), request=request)
    return found


def _response(httpx2: Any, said: _Said, request: Any, stream: Callable[[_Begun], Any]) -> Any:
    if said.stream is not None:
        headers = {"content-type": "text/event-stream"}
        return httpx2.Response(said.status, headers=headers, stream=stream(said.stream), request=request)
    headers = {"content-type": "application/json"}
    if said.error is not None and said.error.request_id is not None:
        headers["request-id"] = said.error.request_id
    if said.error is not None and said.error.retry_after is not None:
        headers["retry-after"] = _seconds(said.error.retry_after)
    document: Json = said.body
    content = spell(document).encode("utf-8", "backslashreplace")
    extensions = {} if said.error is None else {"polyloop_error": said.error}
    return httpx2.Response(said.status, headers=headers, content=content, request=request, extensions=extensions)


def _seconds(seconds: float) -> str:
    """Spell a number of seconds, none of it rounded away: nobody may come back sooner."""
    return str(int(seconds)) if seconds.is_integer() else repr(seconds)


__all__ = ["MultiProviderWrapper", "SyncMultiProviderWrapper"]
