"""An HTTP request as a value, and the JSON text of a request body.

The record has no host and no credential: the base URL and the keys belong to whoever sends it, so that a request can be
stored, compared and printed. `path` is relative to the provider's base URL.

A body may be given in pieces: small bytes, and the long base64 strings that a conversation holds anyway. Such a body exists as a whole
only where somebody asks for `HttpRequest.body`; who can send one chunk after another asks for `HttpRequest.chunks`, again for each attempt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from io import BytesIO
from typing import Final, TypeAlias

from attrs import Attribute, field, frozen

from .errors import DecodeError, UsageError, WriteError
from .jsontext import spell
from .jsonvalue import Json

CREDENTIAL_HEADERS: Final = frozenset(
    {"authorization", "proxy-authorization", "x-api-key", "api-key", "x-goog-api-key", "x-amz-security-token", "cookie"}
)
"""Headers that carry a credential somewhere: an `HttpRequest` refuses them, a sender adds them."""


Fragment: TypeAlias = bytes | str
"""A piece of JSON text: bytes, or a string of ASCII that needs no escapes."""
CHUNK_BYTES: Final = 256 * 1024
"""About as many bytes stand in one chunk of a body."""


def header_pairs(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the headers as pairs in their order, names in lower case."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    return tuple((name.lower(), value) for name, value in pairs)


def header(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    """Return the first value of a header whose name is given in lower case, or None."""
    return next((value for found, value in headers if found.lower() == name), None)


def _refuse_credentials(
    _record: HttpRequest, _attribute: Attribute[tuple[tuple[str, str], ...]], headers: tuple[tuple[str, str], ...]
) -> None:
    for name, _value in headers:
        if name in CREDENTIAL_HEADERS:
            raise UsageError(f"header {name} carries a credential: give it to the sender, not to the request")


def _begins_with_slash(_record: HttpRequest, _attribute: Attribute[str], path: str) -> None:
    if not path.startswith("/"):
        raise UsageError("a request's path begins with / and is relative to the provider's base URL")


def _size(body: bytes | tuple[Fragment, ...]) -> int:
    return len(body) if isinstance(body, bytes) else sum(map(len, body))


def _joined(body: bytes | tuple[Fragment, ...]) -> bytes:
    """Return a body as a whole: the one copy of it, into which the pieces are written one by one."""
    if isinstance(body, bytes):
        return body
    whole = BytesIO()
    for chunk in _chunks(body):
        whole.write(chunk)
    return whole.getvalue()


def _chunks(pieces: tuple[Fragment, ...]) -> Iterator[bytes]:
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        for start in range(0, len(piece), CHUNK_BYTES):
            part = piece[start : start + CHUNK_BYTES] if len(piece) > CHUNK_BYTES else piece
            waiting.append(part if isinstance(part, bytes) else part.encode("ascii"))
            size += len(part)
            if size >= CHUNK_BYTES:
                yield b"".join(waiting)
                waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


@frozen(kw_only=True)
class HttpRequest:
    """One request to a provider, without its host and without its credential."""

    method: str
    """GET or POST."""
    path: str = field(validator=_begins_with_slash)
    """Percent-encoded, relative to the provider's base URL, with the query if there is one."""
    headers: tuple[tuple[str, str], ...] = field(default=(), converter=header_pairs, validator=_refuse_credentials)
    """Pairs, names in lower case."""
    _body: bytes | tuple[Fragment, ...] = field(default=b"", repr=lambda body: f"<{_size(body)} bytes>", eq=_joined)
    provider: str | None = None
    """Whom the request is for, as `wrap` was told. Never sent: OpenAI's and UI-TARS's requests look alike."""

    @property
    def body(self) -> bytes:
        """JSON in UTF-8, or nothing; kept out of the repr, since it holds the conversation. Made anew of the pieces each time it is
        asked for, where it was given in pieces."""
        return _joined(self._body)

    @property
    def pieces(self) -> tuple[Fragment, ...]:
        """The body as it was given: in pieces, or whole."""
        return (self._body,) if isinstance(self._body, bytes) else self._body

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return _size(self._body)

    def with_body(self, pieces: tuple[Fragment, ...]) -> HttpRequest:
        """Return the same request with another body."""
        made = copy(self)
        object.__setattr__(made, "_body", pieces)  # its other fields were checked when this one was made
        return made

    def chunks(self) -> Iterator[bytes]:
        """Give the body's bytes one chunk after another, so that no more than one of them is held beside the pieces."""
        if isinstance(self._body, bytes):
            yield self._body
        else:
            yield from _chunks(self._body)


def encode_json(document: Json) -> bytes:
    """Return the JSON text of a document in UTF-8: compact, letters unescaped, as both vendors' SDKs send it.

    A lone surrogate, which UTF-8 has no bytes for, is written as its JSON escape.
    Raises `WriteError` for what JSON cannot say: NaN and the infinities, values that are not JSON, nesting beyond the
    interpreter's limit, integers longer than ``sys.get_int_max_str_digits()``.
    """
    try:
        text = spell(document)
    except RecursionError:
        raise WriteError("a document is nested too deeply to be written as JSON") from None
    except (TypeError, DecodeError) as error:
        raise WriteError(f"a document is not JSON: {error}") from None
    # Only surrogates have no UTF-8 form, only inside strings can they stand, and Python's escape is JSON's.
    return text.encode("utf-8", "backslashreplace")
