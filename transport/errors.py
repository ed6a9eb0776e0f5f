"""The exceptions of polyloop.transport.

    PolyloopError
    └── TransportError               base of this package
        ├── SettingsError            a key, URL, region or file is missing or wrong; says what to set
        ├── MissingDependency        an SDK is needed and not installed; names the extra
        └── ProviderCallError        a call failed; ``error`` is the record of what happened
            ├── AuthenticationError  the credential is missing, wrong or expired
            ├── PermissionDenied     the credential is good and not allowed
            ├── NotFound             no such model, response or path
            ├── InvalidRequest       the provider refuses the request as it is; ``error.pointer`` may say where
            │   ├── ContextOverflow  the conversation is longer than the model's window
            │   ├── RequestTooLarge  too many bytes
            │   └── ContentRefused   a policy of the provider refuses the content
            ├── RateLimited          too many requests or tokens in a span of time; ``retry_after`` may say how long
            ├── QuotaExceeded        credits, spending limit or plan used up; ``error.reset`` may say until when
            ├── Overloaded           the provider has no capacity just now
            ├── ServerFailed         the provider failed
            └── ConnectionFailed     no answer, or not all of it
                ├── CallTimedOut     the provider or a proxy before it gave up waiting
                ├── Stalled          one of our own clocks ran out: ``clock`` says which
                └── StreamBroken     a stream ended before its end; ``partial`` is what had come

An error holds no key and no prompt: `ProviderCallError.body` is the provider's own answer with the caller's secrets
removed. What an SDK or HTTP library raised is kept as ``__cause__``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from attrs import evolve

from polyloop.translate.errors import PolyloopError
from polyloop.translate.jsonvalue import Json
from polyloop.translate.provider_errors import ProviderError

from .secrets import Secret, scrub

LONGEST_MESSAGE: Final = 500
"""Characters of the provider's text that an exception's own text repeats; the record has all of it."""


class TransportError(PolyloopError):
    """Base of the transport's exceptions."""


class SettingsError(TransportError, ValueError):
    """A setting is missing or wrong. The message is one line that says what to set, and never shows a value."""


class MissingDependency(TransportError, ImportError):
    """A library is needed that is not installed. The message names the extra to install."""


class ProviderCallError(TransportError):
    """A call to a provider failed."""

    def __init__(self, error: ProviderError) -> None:
        self.error = error
        super().__init__(_sentence(error))

    @property
    def provider(self) -> str:
        """The provider as the caller named it."""
        return self.error.provider

    @property
    def kind(self) -> str:
        """The record's kind, one of `KINDS`."""
        return self.error.kind

    @property
    def status(self) -> int | None:
        """The HTTP status; None if there was no answer, 200 for an error inside a stream."""
        return self.error.status

    @property
    def request_id(self) -> str | None:
        """The provider's id of the call, for its support."""
        return self.error.request_id

    @property
    def retry_after(self) -> float | None:
        """Seconds that the provider asks to wait."""
        return self.error.retry_after

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed later."""
        return self.error.retryable

    @property
    def body(self) -> Json:
        """The provider's answer, secrets removed: a document, the text where it is none, or None."""
        return self.error.body

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.error,), self.__dict__)


class AuthenticationError(ProviderCallError):
    """The credential is missing, wrong or expired."""


class PermissionDenied(ProviderCallError):
    """The credential is good and not allowed to do this."""


class NotFound(ProviderCallError):
    """No such model, response or path."""


class InvalidRequest(ProviderCallError):
    """The provider refuses the request as it is."""


class ContextOverflow(InvalidRequest):
    """The conversation is longer than the model's window."""


class RequestTooLarge(InvalidRequest):
    """The request has too many bytes."""


class ContentRefused(InvalidRequest):
    """A policy of the provider refuses the content."""


class RateLimited(ProviderCallError):
    """Too many requests or tokens in a span of time."""


class QuotaExceeded(ProviderCallError):
    """Credits, spending limit or plan are used up."""


class Overloaded(ProviderCallError):
    """The provider has no capacity just now."""


class ServerFailed(ProviderCallError):
    """The provider failed."""


class ConnectionFailed(ProviderCallError):
    """No answer came, or not all of it."""


class CallTimedOut(ConnectionFailed):
    """The provider, or a proxy before it, gave up waiting."""


class Stalled(ConnectionFailed):
    """One of our own clocks ran out."""

    def __init__(self, error: ProviderError, *, clock: str = "", seconds: float = 0.0) -> None:
        super().__init__(error)
        self.clock = clock
        """connect, first_content, between_content or total."""
        self.seconds = seconds
        """How long that clock waits."""


class StreamBroken(ConnectionFailed):
    """A stream ended before its end. Nothing in it may be taken for a finished answer."""

    def __init__(self, error: ProviderError, *, partial: object = None) -> None:
        super().__init__(error)
        self.partial = partial
        """What had come: a response record marked as cut, or None."""


EXCEPTION_OF_KIND: Final[dict[str, type[ProviderCallError]]] = {
    "authentication": AuthenticationError,
    "permission": PermissionDenied,
    "not_found": NotFound,
    "invalid_request": InvalidRequest,
    "context_overflow": ContextOverflow,
    "too_large": RequestTooLarge,
    "content_refused": ContentRefused,
    "rate_limit": RateLimited,
    "quota": QuotaExceeded,
    "overloaded": Overloaded,
    "server": ServerFailed,
    "timeout": CallTimedOut,
    "connection": ConnectionFailed,
    "unknown": ProviderCallError,
}


def without_secrets(error: ProviderError, secrets: Iterable[Secret | str]) -> ProviderError:
    """Return the record with the secrets removed from every text in it."""
    known = tuple(secrets)
    return evolve(
        error,
        message=scrub(error.message, known),
        type=scrub(error.type, known),
        code=scrub(error.code, known),
        request_id=scrub(error.request_id, known),
        body=scrub(error.body, known),
    )


def provider_call_error(error: ProviderError, *, secrets: Iterable[Secret | str] = ()) -> ProviderCallError:
    """Return the exception for an error record, to be raised ``from`` its cause if it has one."""
    return EXCEPTION_OF_KIND[error.kind](without_secrets(error, secrets))


def _sentence(error: ProviderError) -> str:
    where = f"{error.provider}" + (f" answered {error.status}" if error.status else "")
    what = error.message[:LONGEST_MESSAGE] + ("..." if len(error.message) > LONGEST_MESSAGE else "")
    request = f" (request {error.request_id})" if error.request_id else ""
    return f"{where}: {error.kind}" + (f": {what}" if what else "") + request
