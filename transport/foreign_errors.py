"""Every exception that an HTTP library, an SDK or a credential library lets out, as one of ours: one table.

The libraries are looked up among the modules already loaded, never imported: an exception of a library that was never
loaded cannot come.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from polyloop.translate.provider_errors import Kind, ProviderError, classify_error, wire_of

from .errors import ConnectionFailed, ProviderCallError, Stalled, provider_call_error
from .secrets import Secret, scrub

LONGEST_REASON: Final = 300
"""Characters of a library's own words that an error repeats."""


class Meaning(NamedTuple):
    """What an exception class means."""

    kind: Kind
    type: str
    """Our own name of the failure, for ``ProviderError.type``."""
    says: str
    retryable: bool
    decides: bool = False
    """Whether this row wins over those of the exceptions that wrap it."""
    wraps: bool = False
    """Whether the exception that this one was raised from knows better."""


_CONNECTION: Final = Meaning("connection", "connection_failed", "the connection failed", retryable=True)
_CLOSED: Final = Meaning(
    "connection", "connection_closed", "the connection ended before the answer did", retryable=True
)
_TIMEOUT: Final = Meaning("timeout", "timed_out", "the HTTP client gave up waiting", retryable=True)
_CONNECT_TIMEOUT: Final = Meaning(
    "timeout", "connect_timeout", "no connection in the time allowed", retryable=True, decides=True
)
_POOL_TIMEOUT: Final = Meaning(
    "timeout", "pool_timeout", "no free connection in the client's pool", retryable=True, decides=True
)
_UNSENDABLE: Final = Meaning(
    "invalid_request", "unsendable", "no such request can be sent", retryable=False, decides=True
)
_CERTIFICATE: Final = Meaning(
    "connection",
    "certificate_refused",
    "the server's certificate is not trusted (a proxy's own authority goes into ca_file)",
    retryable=False,
    decides=True,
)
_NO_SUCH_HOST: Final = Meaning(
    "connection", "host_unknown", "the host's name has no address", retryable=True, decides=True
)
_CREDENTIALS: Final = Meaning(
    "authentication", "credentials_unavailable", "no usable credentials", retryable=False, decides=True
)
_SDK_CONNECTION: Final = _CONNECTION._replace(wraps=True)
_SDK_TIMEOUT: Final = _TIMEOUT._replace(wraps=True)
_UNKNOWN: Final = Meaning("unknown", "library_error", "the library failed", retryable=False)

MEANINGS: Final = (
    ("ssl:SSLCertVerificationError", _CERTIFICATE),
    ("socket:gaierror", _NO_SUCH_HOST),
    *(
        (f"{library}:{name}", meaning)
        for library in ("httpx", "httpx2")
        for name, meaning in (
            ("ConnectTimeout", _CONNECT_TIMEOUT),
            ("PoolTimeout", _POOL_TIMEOUT),
            ("TimeoutException", _TIMEOUT),
            ("LocalProtocolError", _UNSENDABLE),
            ("UnsupportedProtocol", _UNSENDABLE),
            ("RemoteProtocolError", _CLOSED),
            ("ReadError", _CLOSED),
            ("DecodingError", _CLOSED),
            ("TransportError", _CONNECTION),
            ("HTTPError", _CONNECTION),
            ("InvalidURL", _UNSENDABLE),
        )
    ),
    *(
        (f"{library}:{name}", meaning)
        for library in ("anthropic", "openai")
        for name, meaning in (
            ("APITimeoutError", _SDK_TIMEOUT),
            ("APIConnectionError", _SDK_CONNECTION),
            ("CredentialsError", _CREDENTIALS),
            ("AnthropicError", _UNKNOWN),
            ("OpenAIError", _UNKNOWN),
        )
    ),
    # All that is asked of AWS's libraries is credentials: files and profiles, roles of STS and SSO, the machine's metadata.
    ("botocore.exceptions:HTTPClientError", _CONNECTION),
    ("botocore.exceptions:ConnectionError", _CONNECTION),
    ("botocore.exceptions:BotoCoreError", _CREDENTIALS),
    ("botocore.exceptions:ClientError", _CREDENTIALS),
    ("google.auth.exceptions:TransportError", _CONNECTION),
    ("google.auth.exceptions:GoogleAuthError", _CREDENTIALS),
    ("h11:RemoteProtocolError", _CLOSED),
    ("anyio:BrokenResourceError", _CLOSED),
    ("anyio:ClosedResourceError", _CLOSED),
    ("anyio:EndOfStream", _CLOSED),
    ("builtins:TimeoutError", _TIMEOUT),
    ("builtins:OSError", _CONNECTION),
)
"""``module:class`` and what it means. Subclasses are meant too; the first row that fits counts."""

UNTYPED: Final = (
    # anthropic 2.12.0 when AWS or Google credentials cannot be found, and when a client of the user's has none
    (RuntimeError, "Could not resolve", _CREDENTIALS),
    (TypeError, '"Could not resolve authentication method', _CREDENTIALS),
)
"""Failures that a library raises as a built-in exception: its class, how its text begins, and what it means."""


def map_exception(
    error: BaseException, provider: str, *, hint: str | None = None, secrets: Iterable[Secret] = ()
) -> ProviderCallError | None:
    """Return our exception for a library's, or None if no table row knows it: then it is a bug and goes on as it is.

    ``hint`` is added to the text of failed connections; ``secrets`` are removed from what a library or server says. Raise
    what is returned ``from`` the error given.
    """
    if isinstance(error, ProviderCallError):
        return error
    answered = _status_error(error, provider)
    if answered is not None:
        return provider_call_error(answered, secrets=secrets)
    found = _meaning_of(error)
    if found is None:
        return None
    meaning, culprit = found
    record = ProviderError(
        kind=meaning.kind,
        provider=provider,
        wire=wire_of(provider),
        retryable=meaning.retryable,
        message=scrub(_message(meaning, culprit, hint), secrets),
        type=meaning.type,
    )
    if meaning is _CONNECT_TIMEOUT:
        return Stalled(record, clock="connect")
    return provider_call_error(record)


def connection_ended(provider: str, message: str) -> ConnectionFailed:
    """Return the exception for an answer that ended before its end without any library saying so."""
    return ConnectionFailed(
        ProviderError(
            kind="connection",
            provider=provider,
            wire=wire_of(provider),
            retryable=True,
            message=message,
            type=_CLOSED.type,
        )
    )


def _message(meaning: Meaning, culprit: BaseException, hint: str | None) -> str:
    reason = str(culprit).strip()[:LONGEST_REASON]
    told = f"{meaning.says}: {reason}" if reason else f"{meaning.says} ({type(culprit).__name__})"
    return f"{told}. {hint}" if hint and meaning.kind in {"connection", "timeout"} else told


def _meaning_of(error: BaseException) -> tuple[Meaning, BaseException] | None:
    found: tuple[Meaning, BaseException] | None = None
    for link in _chain(error):
        meaning = _meaning_of_link(link)
        if meaning is not None and meaning.decides:
            return meaning, link
        if meaning is not None and (found is None or found[0].wraps):
            found = meaning, link
    return found


def _meaning_of_link(error: BaseException) -> Meaning | None:
    for kind, beginning, meaning in UNTYPED:
        if type(error) is kind and str(error).startswith(beginning):
            return meaning
    return next((meaning for name, meaning in MEANINGS if _is_a(error, name)), None)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what it was raised from, each once."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__


def _is_a(error: BaseException, name: str) -> bool:
    module_name, _, class_name = name.partition(":")
    # An SDK loads its classes on first access to its attributes; a class that exists is there already.
    known = getattr(sys.modules.get(module_name), class_name, None)
    return isinstance(known, type) and isinstance(error, known)


def _status_error(error: BaseException, provider: str) -> ProviderError | None:
    if not any(_is_a(error, f"{library}:APIStatusError") for library in ("anthropic", "openai")):
        return None
    response = getattr(error, "response", None)
    return classify_error(
        provider,
        getattr(error, "status_code", None),
        getattr(response, "headers", ()),
        getattr(error, "body", None),
    )
