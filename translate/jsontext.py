"""JSON text to documents and back: exact, and as fast as what is installed allows.

Where jiter is installed (both SDKs bring it) it parses; what it refuses, lone surrogates say, the standard library gets to see, so that the
two differ in speed only. orjson is faster still, but turns integers beyond 64 bits into floats: it parses only for who looks at every float
of such a size anyway (`quick_parser`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from functools import cache, partial
from importlib import import_module
from json.encoder import encode_basestring
from typing import Final

from .errors import DecodeError
from .jsonvalue import Json, has_infinity

_COMPACT: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_ESCAPED: Final = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(",", ":"))


@cache
def _fast() -> Callable[[bytes], Json] | None:
    try:
        from_json = import_module("jiter").from_json
    except ImportError:
        return None
    # It keeps short strings from one text to the next: a conversation comes again with every request, and other traffic is none the slower.
    return partial(from_json, allow_inf_nan=False, cache_mode="all")


@cache
def quick_parser() -> Callable[[bytes], Json]:
    """Return the fastest parser of UTF-8 at hand, for who asks `may_have_changed` of each value that it gives.

    It raises `ValueError` or `RecursionError` for what `parse` may be able to read or can say more of.
    """
    try:
        loads: Callable[[bytes], Json] = import_module("orjson").loads
    except ImportError:
        return _fast() or _parse_bytes
    return loads


def parsed_key(key: str) -> str:
    """Return a key as the parser makes it: jiter keeps keys from one text to the next, and an object is asked fastest for the very same string."""
    made: dict[str, Json] = quick_parser()(_COMPACT.encode({key: None}).encode())
    return next(iter(made))


def _parse_bytes(data: bytes) -> Json:
    return _parse_plainly(data.decode())


def parse(text: str | bytes) -> Json:
    """Parse JSON text.

    Raises `DecodeError` for text that is not JSON, for NaN, infinities and numbers beyond a float's range, and for nesting too deep to hold.
    """
    value = _parsed(text)
    if has_infinity(value):
        raise DecodeError(f"not JSON ({_BEYOND})")
    return value


def _parsed(text: str | bytes) -> Json:
    fast = _fast()
    if fast is not None:
        try:
            return fast(text if isinstance(text, bytes) else text.encode("utf-8"))
        except ValueError:
            pass  # the standard library says what is wrong, or reads what jiter does not
    try:
        return _parse_plainly(text if isinstance(text, str) else _decoded(text))
    except RecursionError:
        raise DecodeError("nested too deep to be read") from None
    except ValueError as error:
        raise DecodeError(f"not JSON ({_where(error)})") from None


def _parse_plainly(text: str) -> Json:
    """Parse with the standard library: `json.loads` with arguments makes a decoder anew for every text, which costs more than a small text."""
    if text[:1] in ("{", "["):
        value, end = _DECODER.raw_decode(text)
        if end == len(text):
            return value
    elif text.startswith("\ufeff"):
        raise ValueError("a byte order mark is no JSON")
    return _DECODER.decode(text)


def _decoded(data: bytes) -> str:
    return data.decode(json.detect_encoding(data), "surrogatepass")


def _where(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg}, line {error.lineno} column {error.colno}"
    return str(error) if type(error) is ValueError else "not UTF-8"


def _refused(name: str) -> Json:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if has_infinity(value):
        raise ValueError(_BEYOND)
    return value


_BEYOND: Final = "a number is too large for a float and would change"
_DECODER: Final = json.JSONDecoder(parse_constant=_refused)


def spell(document: Json) -> str:
    """Spell a document as compact JSON text. Lone surrogates are escaped; NaN and infinities raise `DecodeError`."""
    if document.__class__ is str:
        return encode_basestring(document)  # what the encoder calls for one, which takes longer to be called itself
    try:
        return _encode(document)
    except ValueError as error:
        raise DecodeError(f"cannot be written as JSON ({error})") from None
    except RecursionError:
        raise DecodeError("nested too deep to be written") from None


def _encoder() -> Callable[[Json], str]:
    """Return what spells a document; where the interpreter lets us keep its accelerator, one that is not made anew for each text.

    `json.JSONEncoder.encode` makes one for every document, which takes longer than to spell an event of a stream.
    """
    make = getattr(json.encoder, "c_make_encoder", None)
    basestring = getattr(json.encoder, "c_encode_basestring", None)
    try:
        spelled = make(None, _COMPACT.default, basestring, None, ":", ",", False, False, False)  # type: ignore[misc]
        if "".join(spelled(_SAMPLE, 0)) == _COMPACT.encode(_SAMPLE):
            return lambda document: "".join(spelled(document, 0))
    except TypeError:
        pass  # another interpreter, or another version of this one: slower, and the same text
    return _COMPACT.encode


_SAMPLE: Final[Json] = {"a": [1, 1.5, "\u00e9\u2028", None, True], "b": {"": -0.0}}
_encode: Final = _encoder()


def spell_bytes(document: Json) -> bytes:
    """Spell a document as UTF-8 bytes of compact JSON."""
    text = spell(document)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return _ESCAPED.encode(document).encode("ascii")


def parse_exact(text: str | bytes) -> Json:
    """Parse JSON text that a person hands in, and refuse what a Python value cannot hold unchanged.

    Raises `DecodeError` for a key that stands twice in one object, a number with more digits than a float keeps, NaN and infinities,
    and everything that is not JSON.
    """
    try:
        return json.loads(text, parse_constant=_refused, parse_float=_exact_float, object_pairs_hook=_unique_keys)
    except RecursionError:
        raise DecodeError("nested too deep to be read") from None
    except ValueError as error:
        raise DecodeError(f"not JSON ({_where(error)})") from None


def _exact_float(text: str) -> float:
    value = _finite(text)
    if Decimal(text) != Decimal(repr(value)):
        raise ValueError(f"the number {text[:40]} has more digits than a float keeps")
    return value


def _unique_keys(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"the key {key[:40]!r} stands twice in one object")
            seen.add(key)
    return found
