"""The laws every wire keeps, as plain functions: one assertion, one sentence each. A law that does not hold raises AssertionError.

Equality is that of JSON with number types kept (``1``, ``1.0`` and ``true`` differ); the order of a record's own keys counts in
`exact_codec` only, the order of keys inside JSON that users shape (tool inputs, schemas, metadata) everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from .. import hub
from ..codec import encode
from ..errors import DecodeError, TranslateError, UsageError, WriteError
from ..jsonvalue import Json, same_json
from ..loss import USER_SHAPED
from ..translation import Translation, adapt, convert, dumps, loads, restore
from ..wires import HubDocument, Wire, decode, read, write
from .neutral import Place, changed, says_nothing, value_at


def exact_codec(document: Json, *, wire: str | Wire, kind: str) -> None:
    """L1: decoding a document and encoding the record gives the same JSON text, key order included."""
    assert json.dumps(encode(decode(wire, kind, document))) == json.dumps(document)


def exact_or_refused(document: Json, *, wire: str | Wire, kind: str) -> None:
    """L1: whatever the document, it is exact through the codec or refused with a `DecodeError`; nothing else comes out."""
    try:
        record = decode(wire, kind, document)
    except DecodeError:
        return
    assert same_json(encode(record), document)


def exact_hub(document: Json, *, wire: str | Wire, kind: str) -> None:
    """L2: reading a document to the hub and writing it gives the document."""
    assert same_document(document, write(wire, read(wire, kind, document)))


def reads_back(record: HubDocument, *, wire: str | Wire) -> None:
    """L2: a hub record that the wire can write reads back as itself."""
    assert read(wire, _kind_of(record), write(wire, record)) == record


def adapted_reads_back(record: HubDocument, *, wire: str | Wire) -> None:
    """L2 and L4: what `adapt` makes of any record can be written, and reads back as itself."""
    reads_back(adapt(record, wire), wire=wire)


def evolve_survives(record: HubDocument, place: Place, value: Any, *, wire: str | Wire) -> None:
    """L2, no shadow copy: a neutral field given another value is read back with that value, or the wire refuses to write it."""
    asked = changed(record, place, value)
    if says_nothing(value_at(asked, place[:-1])):
        return
    try:
        document = write(wire, asked)
    except WriteError:
        return
    assert stands_at(read(wire, _kind_of(record), document), place, value)


def stands_at(record: HubDocument, place: Place, value: Any) -> bool:
    """Tell whether a hub record has a value at a place."""
    try:
        found = value_at(record, place)
    except LookupError:
        return False
    return same_value(found, value)


def same_value(one: Any, other: Any) -> bool:
    """Compare two values of a hub record's field as the hub compares them."""
    if attrs.has(type(one)) or attrs.has(type(other)):
        return bool(one == other)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same_value, one, other))
    return same_json(one, other)


def restores(document: Json, *, kind: str, source: str | Wire, target: str | Wire) -> None:
    """L3: a translation that was stored and loaded gives the document back: from value, losses and respellings alone."""
    assert same_json(
        restore(loads(dumps(convert(document, kind=kind, source=source, target=target)))), document, ordered=False
    )


def both_lists_empty_iff_way_back_is_exact(
    document: Json, *, kind: str, source: str | Wire, target: str | Wire
) -> None:
    """L3: nothing is listed if and only if converting the value back gives the document."""
    translation = convert(document, kind=kind, source=source, target=target)
    listed = bool(translation.losses or translation.respellings)
    assert listed != way_back_is_exact(translation, document)


def way_back_is_exact(translation: Translation, document: Json) -> bool:
    """Tell whether converting a translation's value back gives the document."""
    try:
        back = convert(translation.value, kind=translation.kind, source=translation.target, target=translation.source)
    except TranslateError:
        return False
    return same_document(document, back.value)


def same_document(one: Json, other: Json) -> bool:
    """Tell whether two documents of a wire say the same: key order counts inside JSON that users shape, and only there.

    Worked out apart from `polyloop.translate.loss`, so that the one may be held against the other.
    """
    if not same_json(one, other, ordered=False):
        return False
    stack = [(one, other, 0)]
    while stack:
        left, right, depth = stack.pop()
        if isinstance(left, list):
            stack.extend((item, right[place], depth + 1) for place, item in enumerate(left))
        elif isinstance(left, dict):
            for key, value in left.items():
                shaped = key in USER_SHAPED and (depth > 0 or key != "input")  # a Responses request has items there
                if shaped and not same_json(value, right[key]):
                    return False
                stack.append((value, right[key], depth + 1))
    return True


def respellings_read_equal(document: Json, *, kind: str, source: str | Wire, target: str | Wire) -> None:
    """L3: where only spellings changed, the document and the way back read to equal hub records."""
    translation = convert(document, kind=kind, source=source, target=target)
    if translation.losses or not translation.respellings:
        return
    back = convert(translation.value, kind=kind, source=target, target=source).value
    assert read(source, kind, document) == read(source, kind, back)


def every_loss_has_a_reason(document: Json, *, kind: str, source: str | Wire, target: str | Wire) -> None:
    """L3: each row says why, in one clause."""
    assert [
        row.pointer for row in convert(document, kind=kind, source=source, target=target).losses if not row.reason
    ] == []


def legal(value: Json, *, accepts: Callable[[Json], Any]) -> None:
    """L4: the target accepts the value; ``accepts`` raises or returns what is wrong with it, and nothing where all is well."""
    problems = accepts(value)
    assert not problems, f"not legal: {problems}"


def adapting_is_idempotent(record: HubDocument, *, wire: str | Wire) -> None:
    """L4: what was adapted to a wire needs no more adapting."""
    once = adapt(record, wire)
    assert adapt(once, wire) == once


def nothing_smuggled(value: Json, *, unknown_keys: Callable[[Json], list[str]]) -> None:
    """L15: every key of the value is a key of the target's published schema; ``unknown_keys`` names those that are not."""
    unknown = unknown_keys(value)
    assert not unknown, f"keys of no published schema: {unknown}"


def nothing_invented(
    document: Json, *, kind: str, source: str | Wire, target: str | Wire, derived: frozenset[str] = frozenset()
) -> None:
    """L14: every text of the value stands in the source, or is in ``insertions``, or in the context, or is ``derived``."""
    translation = convert(document, kind=kind, source=source, target=target)
    said = texts_of(document) | texts_of(translation.context) | derived
    told = [str(insertion.text) for insertion in translation.insertions]
    assert [text for text in speech_of(translation.value) if not _stands(text, said, told)] == []


def _stands(text: str, said: set[str], told: list[str]) -> bool:
    for label in told:
        text = text.replace(label, "")
    return not text.strip() or text in said or any(text in whole for whole in said)


def texts_of(value: Json) -> set[str]:
    """Return every text in a JSON value, keys too."""
    found: set[str] = set()
    stack = [value]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            found.add(item)
        elif isinstance(item, Mapping):
            found.update(item)
            stack.extend(item.values())
        elif isinstance(item, (list, tuple)):
            stack.extend(item)
    return found


def speech_of(value: Json) -> list[str]:
    """Return the texts people and models read: what stands under ``text``, ``content``, ``refusal`` and ``description``."""
    found: list[str] = []
    stack: list[tuple[str, Json]] = [("", value)]
    while stack:
        key, item = stack.pop()
        if isinstance(item, str):
            if key in ("text", "content", "refusal", "description"):
                found.append(item)
        elif isinstance(item, Mapping):
            stack.extend(item.items())
        elif isinstance(item, (list, tuple)):
            stack.extend((key, inner) for inner in item)
    return found


def refused_with_the_legal_names(call: Callable[[], Any], *, names: tuple[str, ...]) -> None:
    """A wire, kind or pair that does not exist raises `UsageError`, whose message names the ones that do."""
    assert [name for name in names if name not in _refusal(call)] == []


def _refusal(call: Callable[[], Any]) -> str:
    try:
        call()
    except UsageError as error:
        return str(error)
    return ""


def _kind_of(record: HubDocument) -> str:
    return "request" if isinstance(record, hub.Request) else "response"
