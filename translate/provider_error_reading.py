"""Read what an error's body and headers say, in whose shape ever: no judgement here, and nothing here raises."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from attrs import frozen

from .jsonvalue import Json, pointer
from .provider_error_tables import TAGS_AFTER_INDEX, TAGS_AFTER_SOURCE

LONGEST_PLAIN_MESSAGE: Final = 200
"""Characters of a body that is not JSON that make the message; the body itself is kept whole."""

LONGEST_WAIT: Final = 4_294_967.0
"""Seconds; a longer Retry-After is cut to this (about 50 days), as the anthropic SDK cuts it. Who is asked to wait so long gives up
(`polyloop.transport.retry`): no wait is shorter than what was asked."""

_TITLE: Final = re.compile(r"<title[^>]*>([^<]*)</title>", re.IGNORECASE)
_PARAM: Final = re.compile(r"[A-Za-z_$][\w$-]*(?:\.[\w$-]+|\[\d+\])*")
_PARAM_TOKEN: Final = re.compile(r"[\w$-]+")
_MESSAGE_PATH: Final = re.compile(r"(?:The model returned the following errors: )?([a-z_]+(?:\.[\w$-]+)+): ")
_MESSAGE_POINTER: Final = re.compile(r"#((?:/[^/\s:]+)+): ")
_DURATION_PART: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_PLAIN_SECONDS: Final = re.compile(r"(\d+(?:\.\d+)?)(?: seconds?)?")
_UNIT_SECONDS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_WAIT_IN_WORDS: Final = re.compile(
    r"(?:try again|retry) (?:in|after) ((?:\d+(?:\.\d+)?(?:ms|h|m|s))+|\d+(?:\.\d+)? seconds?)", re.IGNORECASE
)
_REGAIN: Final = re.compile(r"regain access on (\d{4}-\d\d-\d\d) at (\d\d:\d\d) UTC")


@frozen(kw_only=True)
class Reported:
    """What a body says of the failure, in no vendor's shape."""

    message: str = ""
    type: str | None = None
    code: str | None = None
    param: str | None = None
    loc: tuple[str | int, ...] = ()
    """Where, as FastAPI servers say it."""
    status: int | None = None
    """An HTTP status that stands in the body."""
    request_id: str | None = None


def parse_body(body: object) -> Json:
    """Return the JSON document of a body, else its text; None where there is none, or a value that is no body."""
    if isinstance(body, (bytes, bytearray, memoryview)):
        body = bytes(body).decode("utf-8", "replace")
    if not isinstance(body, str):
        return body if isinstance(body, (dict, list)) else None
    if not body.strip():
        return None
    try:
        # Not the codec's `parse`: an error that holds NaN or 1e400 beside its type shall still be read.
        document = json.loads(body)
    except (ValueError, RecursionError):
        return body
    return document if isinstance(document, (dict, list)) else body


def parse_headers(headers: object) -> dict[str, str]:
    """Return the headers with names in lower case, the first of equal names; what is no header is left out."""
    pairs: Iterable[object]
    if isinstance(headers, Mapping):
        pairs = headers.items()
    elif isinstance(headers, Iterable) and not isinstance(headers, (str, bytes)):
        pairs = headers
    else:
        return {}
    found: dict[str, str] = {}
    for pair in pairs:
        if isinstance(pair, (tuple, list)) and len(pair) == 2:
            found.setdefault(_text(pair[0]).lower(), _text(pair[1]).strip())
    return found


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value if isinstance(value, str) else ""


def read_report(document: Json) -> Reported:
    """Return what a parsed body says. Knows the shapes of both vendors, the clouds and recorded compatible servers."""
    if isinstance(document, str):
        return Reported(message=_plain_message(document))
    if isinstance(document, list):
        document = _head(document)
    if not isinstance(document, dict):
        return Reported()
    inner = _innermost(document)
    details = inner.get("details")
    code = _first_text(
        _get(details, "error_code"), _get(_head(details), "reason"), inner.get("code"), inner.get("reason")
    )
    return Reported(
        message=_message(inner),
        type=_type(inner),
        code=code,
        param=_first_text(inner.get("param")),
        loc=_loc(inner.get("detail")),
        status=_status(
            inner.get("code"), inner.get("status_code"), inner.get("raw_status_code"), document.get("status")
        ),
        request_id=_first_text(document.get("request_id"), inner.get("request_id")),
    )


def _innermost(document: dict[str, Json]) -> dict[str, Json]:
    """Return the object that says what happened: under ``error``, under a failed ``response``, or the document."""
    response = document.get("response")
    error = response.get("error") if isinstance(response, dict) else document.get("error")
    if isinstance(error, str):
        return {"message": error}
    return error if isinstance(error, dict) else document


def _message(inner: dict[str, Json]) -> str:
    found = _first_text(inner.get("message"), inner.get("Message"), inner.get("msg"), inner.get("detail"))
    if found is not None:
        return found
    return _first_text(_get(_head(inner.get("detail")), "msg")) or ""


def _type(inner: dict[str, Json]) -> str | None:
    status = inner.get("status")
    named = _first_text(
        inner.get("type"),
        inner.get("__type"),
        status if isinstance(status, str) else None,
        _get(inner.get("metadata"), "error_type"),
    )
    return None if named is None or named == "error" or named.startswith("response.") else named


def _head(value: Json) -> Json:
    return value[0] if isinstance(value, list) and value else None


def _get(value: Json, key: str) -> Json:
    return value.get(key) if isinstance(value, dict) else None


def _first_text(*values: Json) -> str | None:
    for value in values:
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value) if abs(value) < 10**9 else None
    return None


def _status(*values: Json) -> int | None:
    for value in values:
        text = _first_text(value)
        if text is not None and len(text) == 3 and text.isascii() and text.isdigit() and 400 <= int(text) <= 599:
            return int(text)
    return None


def _loc(detail: Json) -> tuple[str | int, ...]:
    loc = _get(_head(detail), "loc")
    return tuple(token for token in loc if isinstance(token, (str, int))) if isinstance(loc, list) else ()


def _plain_message(text: str) -> str:
    title = _TITLE.search(text)
    if title is not None and title[1].strip():
        return title[1].strip()[:LONGEST_PLAIN_MESSAGE]
    return text.strip()[:LONGEST_PLAIN_MESSAGE]


def read_pointer(reported: Reported) -> str | None:
    """Return the JSON pointer into the request that the report names, or None.

    Anthropic's validator writes the member of a union it tried into its path; such words are left out, so that the
    pointer names the part itself or the one around it.
    """
    if reported.loc:
        tokens = reported.loc[1:] if reported.loc[0] == "body" else reported.loc
        return pointer(*(token for token in tokens if not isinstance(token, str) or _PARAM_TOKEN.fullmatch(token)))
    if reported.param is not None and _PARAM.fullmatch(reported.param):
        return pointer(*_PARAM_TOKEN.findall(reported.param))
    direct = _MESSAGE_POINTER.search(reported.message)
    if direct is not None:
        return direct[1]
    dotted = _MESSAGE_PATH.match(reported.message)
    return None if dotted is None else pointer(*_without_union_tags(dotted[1].split(".")))


def _without_union_tags(tokens: list[str]) -> list[str]:
    kept = tokens[:1]
    for before, token in itertools.pairwise(tokens):
        tags = TAGS_AFTER_SOURCE if before == "source" else TAGS_AFTER_INDEX if before.isdigit() else ()
        if token not in tags:
            kept.append(token)
    return kept


def read_retry_after(headers: Mapping[str, str], message: str, now: datetime | None) -> float | None:
    """Return the seconds to wait that headers, or else the message, ask for; None if they ask for nothing.

    A date needs ``now`` (aware); without it the date is not read. Zero and less ask for nothing; a number that no float holds asks for
    `LONGEST_WAIT`, as every longer wait does.
    """
    milliseconds = _seconds(headers.get("retry-after-ms", ""), a_second=1000.0)
    if milliseconds is not None:
        return milliseconds
    seconds = _seconds(headers.get("retry-after", ""))
    if seconds is None and now is not None:
        date = _http_date(headers.get("retry-after", ""))
        seconds = None if date is None else _wait((date - now).total_seconds())
    if seconds is None:
        words = _WAIT_IN_WORDS.search(message)
        seconds = None if words is None else read_duration(words[1])
    return seconds


def _seconds(text: str, a_second: float = 1.0) -> float | None:
    try:
        return _wait(float(text) / a_second)
    except ValueError:
        return None


def _wait(seconds: float) -> float | None:
    """Return a wait, cut to the longest; None for what asks for none, among it what is no number (NaN is not above zero)."""
    return min(seconds, LONGEST_WAIT) if seconds > 0 else None


def _http_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return date if date.tzinfo is not None else date.replace(tzinfo=UTC)


def read_duration(text: str) -> float | None:
    """Return the seconds of ``20m59.58s``, ``17ms``, ``2 seconds`` or ``2``, `LONGEST_WAIT` at most; None for anything else or nothing."""
    plain = _PLAIN_SECONDS.fullmatch(text)
    if plain is not None:
        return _seconds(plain[1])
    parts = _DURATION_PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return _wait(sum(float(number) * _UNIT_SECONDS[unit] for number, unit in parts))


def read_moment(text: str, now: datetime | None) -> datetime | None:
    """Return the moment that a reset header names: an RFC 3339 time, or a duration from ``now`` on."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        seconds = read_duration(text)
        return None if seconds is None or now is None else later(now, seconds)
    return moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def read_regain(message: str) -> datetime | None:
    """Return the moment from which on, by its message, a used-up Anthropic limit is open again."""
    found = _REGAIN.search(message)
    return None if found is None else read_moment(f"{found[1]}T{found[2]}:00+00:00", None)


def later(now: datetime, seconds: float) -> datetime | None:
    """Return the moment so many seconds from now, in UTC; None beyond the calendar."""
    try:
        return now.astimezone(UTC) + timedelta(seconds=seconds)
    except OverflowError:
        return None
