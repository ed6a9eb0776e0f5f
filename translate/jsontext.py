"""JSON text to documents and back: exact, and as fast as what is installed allows.

Where jiter is installed (both SDKs bring it) it parses; what it refuses, lone surrogates say, the standard library gets to see, so that the
two differ in speed only. orjson is not used: it turns integers beyond 64 bits into floats.
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


_OTHER: Final = ord(" ")
_KINDS: Final = bytes(
    ord("0") if chr(byte).isdigit() and byte < 128 else ord("e") if byte in b"eE+" else _OTHER for byte in range(256)
)
"""Byte -> what it may be in a number beyond a float's range: a digit, or what stands before an exponent's digits."""
_LARGE_EXPONENT: Final = b"e000"
_BEFORE_NUMBERS: Final = b"-:,[ \t\r\n"
_LONGEST: Final = 309
"""Digits before its point that a number beyond a float's range has, where it has no exponent."""
_MANY_DIGITS: Final = b"0" * _LONGEST
_MOST_LOOKS: Final = 1000
"""Texts may hold what looks like an exponent, base64 above all; a text that holds so many is read slowly."""
_LARGE: Final = 32_768
_LONG_STRING: Final = 256
"""Bytes from which a text, and between two quotes of it on average, that most of it is screenshots, which are quickly left out."""
_MARKS: Final = b":,]} \t\r\n"
"""What stands behind the end of a string."""


def may_overflow(data: bytes) -> bool:
    """Tell whether a number in the text may be beyond a float's range: jiter makes infinity of it without a word.

    Nearly every text is cleared by what costs less than to parse it: a search in a translation of it, and a look at every 309th byte,
    one of which any run of so many digits would hold.
    """
    if len(data) > _LARGE and data.count(b'"') * _LONG_STRING < len(data):
        data = _without_long_strings(data)
    kinds = data.translate(_KINDS)
    if _LARGE_EXPONENT in kinds and _has_large_exponent(data, kinds):
        return True
    if len(data) < _LONGEST or b"0" not in kinds[_LONGEST - 1 :: _LONGEST]:
        return False
    return _MANY_DIGITS in kinds


def _without_long_strings(data: bytes) -> bytes:
    """Return a text less what stands between quotes, as far as that is plain to see: what stands outside begins with JSON's own marks."""
    first, *others = data.split(b'"')
    return b'"'.join([first, *[piece for piece in others if piece[:1] in _MARKS]])


def _has_large_exponent(data: bytes, kinds: bytes) -> bool:
    place = -1
    for _ in range(_MOST_LOOKS):
        place = kinds.find(_LARGE_EXPONENT, place + 1)
        if place < 0:
            return False
        if place and kinds[place - 1] == _OTHER:
            continue
        before = data[max(0, place - 3 * _LONGEST) : place].rstrip(b"eE+").rstrip(b"0123456789.")
        if not before or before[-1] in _BEFORE_NUMBERS:
            return True
    return True


@cache
def _fast() -> Callable[[bytes], Json] | None:
    try:
        from_json = import_module("jiter").from_json
    except ImportError:
        return None
    return partial(from_json, allow_inf_nan=False, cache_mode="keys")


def quick_parser() -> Callable[[bytes], Json]:
    """Return a parser of UTF-8 for who looks at all values anyway: it makes infinity of a number beyond floats, like every parser.

    It raises `ValueError` or `RecursionError` for what `parse` may be able to read or can say more of.
    """
    return _fast() or _parse_bytes


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
