"""Law L9: every status, header set, body and stream event maps to exactly one error record."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime

from attrs import evolve

from ..jsonvalue import Json, same_json
from ..provider_error_tables import KINDS
from ..provider_errors import ProviderError, classify_error, classify_event, wire_of


def one_record(
    wire: str, status: int | None, headers: object, body: object, *, now: datetime | None = None
) -> ProviderError:
    """An answer of any kind is one record of a known kind, and always the same one. Returns it."""
    record = classify_error(wire, status, headers, body, now=now)
    _is_well_formed(record, wire)
    assert same_record(record, classify_error(wire, status, headers, body, now=now))
    return record


def one_event_record(wire: str, event: object, *, exception_type: str | None = None) -> ProviderError:
    """A stream event of any kind is one record of a known kind, and always the same one. Returns it."""
    record = classify_event(wire, event, exception_type=exception_type)
    _is_well_formed(record, wire)
    assert same_record(record, classify_event(wire, event, exception_type=exception_type))
    return record


def form_is_no_matter(wire: str, status: int | None, headers: Mapping[str, str], document: Json) -> None:
    """The body's form, the headers' form and the case of their names change nothing."""
    record = classify_error(wire, status, headers, document)
    text = json.dumps(document)
    for body in (text, text.encode(), f"\r\n {text}\n".encode()):
        assert same_record(record, classify_error(wire, status, headers, body))
    shouted = [(name.upper(), value) for name, value in headers.items()]
    assert same_record(record, classify_error(wire, status, shouted, document))


def same_record(one: ProviderError, other: ProviderError) -> bool:
    """Tell whether two records are the same, their bodies compared as JSON."""
    return evolve(one, body=None) == evolve(other, body=None) and same_json(one.body, other.body)


def _is_well_formed(record: ProviderError, wire: str) -> None:
    assert record.kind in KINDS
    assert (record.provider, record.wire) == (wire, wire_of(wire))
    assert not (record.retryable and record.kind == "quota")
    assert record.retry_after is None or (math.isfinite(record.retry_after) and record.retry_after > 0)
    assert record.reset is None or (record.reset.tzinfo is not None and record.kind in {"rate_limit", "quota"})
    assert record.scope is None or record.kind == "rate_limit"
    assert record.pointer is None or record.pointer.startswith("/")
