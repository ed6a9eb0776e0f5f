"""Conversion of documents between wires, with what was lost as data: `convert`, `restore`, `adapt`.

``convert`` reads the source into the hub, adapts it to the target and writes it there. Its losses are computed on first use, as the
difference between the source and what the same conversion back gives; a translator never declares what it drops.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from math import isinf
from typing import Final

import attrs

from . import hub
from .adapting import Adapting, Inserted
from .codec import encode
from .errors import FormatError, LossError, TranslateError, UsageError
from .jsonvalue import Json, pointer, same_json
from .loss import Loss, diff, patch, reason_for, row_from_json
from .packing import unpacked
from .profiles.fitting import fit
from .profiles.record import Profile
from .reply_context import apply_context
from .respellings import is_respelling
from .wires import HubDocument, Wire, decode, reader_of, wire_of, write_record

_FORMAT: Final = 1
"""Version of the JSON that `dumps` gives."""

CONVERTED: Final = ("request", "response", "stream", "error")


@attrs.frozen(kw_only=True)
class Insertion:
    """A text, number or key in the value that stands in no source. ``pointer`` is its place in the value."""

    pointer: str
    text: Json
    reason: str


@attrs.frozen
class _Rows:
    losses: tuple[Loss, ...]
    respellings: tuple[Loss, ...]


@attrs.define(kw_only=True, eq=False, repr=False)
class Translation:
    """A document of one wire said in another: ``value``, and everything the value does not say.

    ``losses`` and ``respellings`` are worked out when first asked for; until then neither the source document nor the value may
    be changed. ``context`` of a request is plain JSON, to be given to the conversion of its reply, its stream and its errors.
    """

    value: Json
    kind: str
    source: str
    target: str
    context: Mapping[str, Json] = attrs.field(factory=dict)
    model: str | None = None
    given: Mapping[str, Json] | None = None
    """The context this conversion was given."""
    _inserted: tuple[Inserted, ...] = ()
    _document: Json = None
    _wires: tuple[Wire, Wire] | None = None
    _rows: _Rows | None = None
    _insertions: tuple[Insertion, ...] | None = None

    @property
    def losses(self) -> tuple[Loss, ...]:
        """What the value does not say: rows of the source document."""
        return self._found().losses

    @property
    def respellings(self) -> tuple[Loss, ...]:
        """What the value says in another documented spelling."""
        return self._found().respellings

    @property
    def insertions(self) -> tuple[Insertion, ...]:
        """What the value says beyond the source, each from a named table."""
        if self._insertions is None:
            self._insertions = tuple(_placed(self._inserted, self.value))
        return self._insertions

    def _found(self) -> _Rows:
        if self._rows is None:
            self._rows = self._compared()
        return self._rows

    def _compared(self) -> _Rows:
        source, target = self._pair()
        try:
            back = _way_back(self)
        except TranslateError as error:
            whole = Loss("", "changed", self._document, None, f"the way back fails: {type(error).__name__}")
            return _Rows((whole,), ())
        losses: list[Loss] = []
        respellings: list[Loss] = []
        for row in diff(self._document, back):
            if is_respelling(row, source.defaults):
                respellings.append(row)
            else:
                losses.append(attrs.evolve(row, reason=_reason(row, source, target)))
        losses.sort(key=lambda row: row.reason != STATE_ELSEWHERE)
        return _Rows(tuple(losses), tuple(respellings))

    def _pair(self) -> tuple[Wire, Wire]:
        return self._wires or (wire_of(self.source), wire_of(self.target))

    def __repr__(self) -> str:
        return f"Translation({self.kind} from {self.source} to {self.target})"


STATE_ELSEWHERE: Final = "state-elsewhere"
_ANYWHERE: Final = (("/previous_response_id", STATE_ELSEWHERE), ("/conversation", STATE_ELSEWHERE), ("/container", STATE_ELSEWHERE),
    ("/thread", STATE_ELSEWHERE), ("/prompt", STATE_ELSEWHERE))  # fmt: skip

_BEYOND: Final = (
    "no JSON number is an infinity, which is what a number beyond a double's range is read as (RFC 8259, 6)"
)


_ESCAPED: Final = "a text that reads like a label put in by this translation has a backslash before it on this wire"


def _reason(row: Loss, source: Wire, target: Wire) -> str:
    """Look up why: by the source's path and the target, then what holds for unknown keys and moved places everywhere."""
    named = reason_for(row, _ANYWHERE) if row.before is not None else ""
    if not named and any(isinstance(value, float) and isinf(value) for value in (row.before, row.after)):
        return _BEYOND
    if isinstance(row.before, str) and row.after == f"\\{row.before}":
        return _ESCAPED
    named = named or reason_for(row, [(p, r) for of, p, r in target.reasons if of in (source.name, "*")])
    if named:
        return named
    if row.kind == "added":
        return f"{target.name} reads back with its own default or grouping here"
    if row.kind == "reordered":
        return f"{target.name} has its own order of keys here"
    return ""


def convert(
    document: Json,
    *,
    kind: str,
    source: str | Wire,
    target: str | Wire,
    model: str | None = None,
    profile: Profile | None = None,
    context: Mapping[str, Json] | None = None,
    strict: bool = False,
) -> Translation:
    """Say a document of one wire in another.

    ``kind`` is request, response, stream (the list of a stream's events) or error. ``model`` replaces the model named in a request.
    ``profile`` makes the value one that this host and model accept. ``context`` is a request's ``Translation.context``, for its reply.
    Raises `UsageError` for a wire or kind that does not exist, `DecodeError` for a document that is not one, and with ``strict``
    `LossError`, which names the first loss.
    """
    here, there = wire_of(source), wire_of(target)
    if kind not in CONVERTED:
        raise UsageError(f"cannot convert a {kind!r}; the kinds that can be are {', '.join(CONVERTED)}")
    adapting = Adapting(target=there.name, source=here.name, profile=profile, model=model, given=context)
    value = _converted(document, kind, here, there, adapting)
    translation = Translation(
        value=value, kind=kind, source=here.name, target=there.name, context=adapting.context, model=model, given=context,
        inserted=tuple(adapting.inserted), document=document, wires=(here, there),
    )  # fmt: skip
    if strict and translation.losses:
        first = translation.losses[0]
        count = len(translation.losses)
        raise LossError(
            f"{count} {'loss' if count == 1 else 'losses'} from {here.name} to {there.name}; the first: "
            f"{first.kind} {first.pointer or 'the document'} ({first.reason or 'no place'})",
            translation.losses,
        )
    return translation


def _converted(document: Json, kind: str, here: Wire, there: Wire, adapting: Adapting) -> Json:
    if kind in ("request", "response"):
        read = reader_of(here, kind)(decode(here, kind, document))
        if isinstance(read, hub.Response):
            read = apply_context(read, adapting.given)
        elif here is not there and here.hear_request is not None:
            read = here.hear_request(read)
        if here is not there or adapting.profile is not None:
            read = adapted(read, there, adapting)
        if adapting.model is not None and isinstance(read, hub.Request):
            read = attrs.evolve(read, model=adapting.model)
        return encode(write_record(there, read))
    from .other_kinds import converted_error, converted_stream

    return (converted_stream if kind == "stream" else converted_error)(document, here, there, adapting)


def adapted(record: HubDocument, target: Wire, adapting: Adapting) -> HubDocument:
    """Run the target's chain of steps over a hub record, reporting into ``adapting``."""
    if isinstance(record, hub.Response):
        return record if target.adapt_response is None else target.adapt_response(record, adapting)
    record = unpacked(record)  # many steps walk over its turns
    if adapting.profile is not None:
        record = fit(record, adapting.profile)
    return record if target.adapt_request is None else target.adapt_request(record, adapting)


def adapt(record: HubDocument, target: str | Wire, profile: Profile | None = None) -> HubDocument:
    """Make a hub request or response one that the target's `write` and provider accept."""
    found = wire_of(target)
    return adapted(record, found, Adapting(target=found.name, profile=profile))


def _way_back(translation: Translation) -> Json:
    source, target = translation._pair()
    back = convert(
        translation.value, kind=translation.kind, source=target, target=source, context=_turned(translation.given)
    )
    return back.value


def _turned(context: Mapping[str, Json] | None) -> Mapping[str, Json] | None:
    """Return a context for the other direction: the maps of names and ids the other way about."""
    if context is None:
        return None
    return {**context, "turned": not context.get("turned", False)}


def restore(translation: Translation) -> Json:
    """Return the source document from a translation's value, losses and respellings; never from the source itself.

    Raises `FormatError` where somebody changed the value so that its losses no longer fit it.
    """
    rows = (*translation.losses, *translation.respellings)
    if len(rows) == 1 and rows[0].pointer == "" and rows[0].kind == "changed":
        return rows[0].before
    try:
        return patch(_way_back(translation), rows)
    except (LookupError, TypeError, ValueError) as error:
        if isinstance(error, TranslateError):
            raise
        raise FormatError("a stored translation that is damaged: its losses do not fit its value") from error


def dumps(translation: Translation) -> str:
    """Write a translation as JSON text: everything `restore` needs, nothing of the source."""
    document = {
        "polyloop_translation": _FORMAT,
        "kind": translation.kind, "source": translation.source, "target": translation.target, "value": translation.value,
        "losses": [row.as_json() for row in translation.losses],
        "respellings": [row.as_json() for row in translation.respellings],
        "insertions": [attrs.asdict(insertion) for insertion in translation.insertions],
        "context": translation.context, "given": translation.given, "model": translation.model,
    }  # fmt: skip
    return json.dumps(document)


def loads(text: str | bytes) -> Translation:
    """Read a translation that `dumps` wrote. Raises `FormatError` for anything else, and for a version it does not know."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"not a stored translation: {error}") from None
    version = document.get("polyloop_translation") if isinstance(document, dict) else None
    if version is None:
        raise FormatError("not a stored translation: those are what `dumps`, and `polyloop translate --losses`, write")
    if version != _FORMAT:
        raise FormatError(f"not a stored translation of version {_FORMAT}: found version {version!r}")
    if not all(isinstance(document.get(name, ""), kinds) for name, kinds in _STORED.items()):
        raise FormatError(f"a stored translation that is damaged: {', '.join(_STORED)} are not what they were")
    try:
        return Translation(
            value=document["value"], kind=document["kind"], source=document["source"], target=document["target"],
            context=document["context"], given=document["given"], model=document["model"],
            rows=_Rows(tuple(map(row_from_json, document["losses"])), tuple(map(row_from_json, document["respellings"]))),
            insertions=tuple(Insertion(**row) for row in document["insertions"]),
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise FormatError(f"a stored translation that is damaged: {type(error).__name__} {error}") from None


_STORED: Final[Mapping[str, tuple[type, ...]]] = {
    "kind": (str,), "source": (str,), "target": (str,), "context": (dict,), "given": (dict, type(None)), "model": (str, type(None)),
}  # fmt: skip
"""What the fields of a stored translation are, beside its value and its rows."""


def _placed(inserted: tuple[Inserted, ...], value: Json) -> Iterator[Insertion]:
    """Find where each inserted text stands in the value: first places first, one place for each."""
    if not inserted:
        return
    wanted: list[Inserted] = list(inserted)
    for path, said, holder in _values(value):
        for candidate in wanted:
            if _stands(candidate, path, said, holder):
                yield Insertion(pointer=pointer(*path), text=candidate.text, reason=candidate.reason)
                wanted.remove(candidate)
                break
        if not wanted:
            return


def _stands(candidate: Inserted, path: Sequence[str | int], said: Json, holder: Json) -> bool:
    """Tell whether an inserted text or key may stand in this place."""
    if candidate.key and path and path[-1] == candidate.text:
        return True
    if candidate.at is not None and (not path or path[-1] != candidate.at):
        return False
    if candidate.beside is not None:
        key, value = candidate.beside
        if not isinstance(holder, dict) or not same_json(holder.get(key), value):
            return False
    return _says(said, candidate.text)


def _says(said: Json, inserted: Json) -> bool:
    if isinstance(said, str) and isinstance(inserted, str):
        return inserted in said
    return type(said) is type(inserted) and same_json(said, inserted)


def _values(value: Json) -> Iterator[tuple[tuple[str | int, ...], Json, Json]]:
    """Yield each value of a document with the path to it and what it stands in, in the document's order."""
    stack: list[tuple[tuple[str | int, ...], Json, Json]] = [((), value, None)]
    while stack:
        path, found, holder = stack.pop()
        yield path, found, holder
        if isinstance(found, dict):
            stack.extend(((*path, key), item, found) for key, item in reversed(found.items()))
        elif isinstance(found, list):
            stack.extend(((*path, place), item, found) for place, item in reversed(list(enumerate(found))))
