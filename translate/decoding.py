"""Decoders of wire records: one for each class, and a generated one for each sequence of keys that comes often.

A generated decoder is straight lines that check the values' classes and make the record's ``__dict__``. Its text holds field names of our
own classes only, never a word of a document.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import attrs

from .forms import ANY_TAG, Form, Misfit, form_of, hints_of, members_by_tag
from .jsonvalue import ABSENT, Json, JsonObject
from .records import Opaque, WireRecord, field_names, key_of

Decoder: TypeAlias = Callable[[Any], Any]
_MOST_SHAPES: Final = 512
"""Key sequences remembered for one class; beyond it they are worked out anew, so that hostile input cannot fill memory."""
_OFTEN: Final = 64
"""A key sequence seen this often is worth the third of a millisecond that making a decoder for it costs."""
_MOST_STRAIGHT: Final = 128
"""Such decoders of one class."""
_Shape: TypeAlias = tuple[tuple[str, ...] | None, tuple[str, ...]]
"""The keys in their order where it is not the class's own, and those that the class does not know."""


def decoder_of(form: Form) -> Decoder | None:
    """Return the function that decodes a value of this form, or ``None`` where any value passes as it is."""
    if form.anything:
        return None
    if form.passes():
        return _checking(form)
    by_class: dict[type, Decoder] = {}
    if form.records:
        if form.opaque:
            return _open_union(form)
        by_class[dict] = _record_or_union(form)
    elif form.values is not None:
        by_class[dict] = _mapping(form.values)
    if form.item is not None:
        by_class[list] = _array(form.item)
    return _dispatching(form, by_class)


def _open_union(form: Form) -> Decoder:
    """Decode a member of a union that takes anything: the hot path of every document, so it is one function."""
    tag, table = members_by_tag(form.records)
    members = _Members(table)
    known = members.decoders
    others = _dispatching(form, {list: _array(form.item)} if form.item is not None else {})

    def decode_member(value: Any) -> Any:
        if value.__class__ is not dict:
            return others(value)
        mark = value.get(tag, ABSENT)
        try:
            decoders = known[mark]
        except (KeyError, TypeError):
            decoders = members.of(mark) if mark.__class__ is str or mark is ABSENT else ()
        keys = tuple(value)
        for straight, decoder in decoders:
            decode = straight(keys)
            try:
                return decoder(value) if decode is None else decode(value)
            except Misfit:
                continue
        return Opaque(value)

    return decode_member


class _Members:
    """The decoders of a union's classes by tag, each made when its tag is first seen: a wire has hundreds, a document a few."""

    def __init__(self, table: dict[Any, tuple[type[WireRecord], ...]]) -> None:
        self._table = table
        self.decoders: dict[Any, tuple[tuple[Callable[[tuple[str, ...]], Decoder | None], Decoder], ...]] = {}
        """Tag -> for each class how to find the decoder for a sequence of keys, and the one for any."""

    def of(self, mark: Any) -> tuple[tuple[Callable[[tuple[str, ...]], Decoder | None], Decoder], ...]:
        if mark not in self._table:
            mark = ANY_TAG
        if mark not in self.decoders:
            classes = self._table.get(mark, ())
            self.decoders[mark] = tuple((shapes_of(cls).straight.get, decoder_for(cls)) for cls in classes)
        return self.decoders[mark]


def _checking(form: Form) -> Decoder:
    allowed, expected = form.classes(), form.expected()

    def check(value: Any) -> Any:
        if value.__class__ not in allowed:
            raise Misfit(expected, value)
        return value

    return check


def _dispatching(form: Form, by_class: dict[type, Decoder]) -> Decoder:
    allowed, expected, opaque = form.classes() - set(by_class), form.expected(), form.opaque
    find = by_class.get

    def decode_value(value: Any) -> Any:
        decoder = find(value.__class__)
        try:
            if decoder is not None:
                return decoder(value)
            if value.__class__ in allowed:
                return value
        except Misfit:
            if not opaque:
                raise
        if opaque:
            return Opaque(value)
        raise Misfit(expected, value)

    return decode_value


def _array(item: Form) -> Decoder:
    decoder = decoder_of(item)
    if decoder is None:
        return tuple

    def decode_array(value: list[Any]) -> tuple[Any, ...]:
        try:
            return tuple([decoder(element) for element in value])
        except Misfit as misfit:
            misfit.path.append(_first_misfit(decoder, value))
            raise

    return decode_array


def _first_misfit(decoder: Decoder, value: list[Any]) -> int:
    for place, element in enumerate(value):
        try:
            decoder(element)
        except Misfit:
            return place
    return len(value)


def _mapping(values: Form) -> Decoder:
    decoder = decoder_of(values)

    def decode_mapping(value: dict[str, Any]) -> Any:
        if decoder is None:
            return value
        done: dict[str, Any] = {}
        for key, element in value.items():
            try:
                done[key] = decoder(element)
            except Misfit as misfit:
                misfit.path.append(key)
                raise
        return done

    return decode_mapping


def _record_or_union(form: Form) -> Decoder:
    if len(form.records) == 1 and not form.opaque:
        return decoder_for(form.records[0])
    tag, table = members_by_tag(form.records)
    if tag is None and len(form.records) == 1:
        return decoder_for(form.records[0])
    return _tagged(tag, table)


def _tagged(tag: str | None, table: dict[Any, tuple[type[WireRecord], ...]]) -> Decoder:
    members = _Members(table)

    def decode_tagged(value: dict[str, Any]) -> Any:
        mark = value.get(tag, ABSENT) if tag is not None else ABSENT
        if mark.__class__ is not str and mark is not ABSENT:
            raise Misfit("string", mark)
        last: Misfit | None = None
        for _, decoder in members.of(mark):
            try:
                return decoder(value)
            except Misfit as misfit:
                last = misfit
        raise last if last is not None else Misfit(f"known {tag}", value)

    return decode_tagged


class _Shapes:
    """The key sequences a class was seen with: whether it is the class's own order, and which keys it does not know.

    A sequence that comes again and again, as in a stream's deltas, gets a decoder of its own: one that looks up no key.
    """

    make_straight: Callable[[tuple[str, ...], _Shape], Decoder]

    def __init__(self, keys: tuple[str, ...]) -> None:
        self._rank = {key: rank for rank, key in enumerate(keys)}
        self._seen: dict[tuple[str, ...], _Shape] = {}
        self._times: dict[tuple[str, ...], int] = {}
        self.straight: dict[tuple[str, ...], Decoder] = {}

    def seen(self, keys: tuple[str, ...]) -> _Shape:
        shape = self._seen.get(keys)
        if shape is None:
            return self._learned(keys)
        times = self._times[keys] = self._times[keys] + 1
        if times == _OFTEN and len(self.straight) < _MOST_STRAIGHT:
            self.straight[keys] = self.make_straight(keys, shape)
        return shape

    def _learned(self, keys: tuple[str, ...]) -> _Shape:
        unknown = tuple(key for key in keys if key not in self._rank)
        ranks = [self._rank.get(key, len(self._rank)) for key in keys]
        shape = (None if ranks == sorted(ranks) else keys, unknown)
        if len(self._seen) < _MOST_SHAPES:
            self._seen[keys] = shape
            self._times[keys] = 1
        return shape


_SHAPES: Final[dict[type, _Shapes]] = {}
_DECODERS: Final[dict[type, Decoder]] = {}


def shapes_of(cls: type[WireRecord]) -> _Shapes:
    """Return the key sequences a class was seen with."""
    if cls not in _SHAPES:
        _SHAPES[cls] = _Shapes(tuple(map(key_of, field_names(cls))))
    return _SHAPES[cls]


def decoder_for(cls: type[WireRecord]) -> Decoder:
    """Return the decoder of a record class; made at first use."""
    if cls not in _DECODERS:
        made: list[Decoder] = []

        def when_ready(value: Any) -> Any:  # a class may hold itself: its decoder is looked up when first called
            return made[0](value)

        _DECODERS[cls] = when_ready
        made.append(_generate_decoder(cls))
        _DECODERS[cls] = made[0]
    return _DECODERS[cls]


def _generate_decoder(cls: type[WireRecord]) -> Decoder:
    """Make the decoder of a class: it knows the sequences of keys that come often, and goes through the others key by key."""
    fields = {key_of(name): _Field.of(cls, name) for name in field_names(cls)}
    shapes = shapes_of(cls)
    shapes.make_straight = lambda keys, shape: _straight_decoder(cls, fields, keys, shape)
    straight, seen = shapes.straight.get, shapes.seen

    def decode_record(document: Any) -> Any:
        if document.__class__ is not dict:
            raise Misfit("object", document)
        keys = tuple(document)
        decode = straight(keys)
        if decode is not None:
            return decode(document)
        return _slowly(cls, fields, document, seen(keys))

    return decode_record


@attrs.frozen
class _Field:
    """A field of a class: its name, and what its values must be."""

    name: str
    form: Form
    required: bool
    check: frozenset[type] | None
    decode: Decoder | None

    @classmethod
    def of(cls, record: type[WireRecord], name: str) -> _Field:
        form = form_of(hints_of(record)[name])
        required = name in record.REQUIRED
        if form.anything:
            return cls(name, form, required, None, None)
        if form.passes():
            return cls(name, form, required, form.classes(), None)
        decoder = decoder_for(form.records[0]) if form.is_one_record() else decoder_of(form)
        return cls(name, form, required, None, decoder)


def _slowly(cls: type[WireRecord], fields: dict[str, _Field], document: JsonObject, shape: _Shape) -> WireRecord:
    order, unknown = shape
    said: dict[str, Any] = {}
    for key, value in document.items():
        field = fields.get(key)
        if field is None:
            continue
        if field.check is not None:
            if value.__class__ not in field.check:
                raise _misfit(field.form.expected(), value, key)
        elif field.decode is not None and value is not None:
            try:
                value = field.decode(value)
            except Misfit as misfit:
                misfit.path.append(key)
                raise
        said[field.name] = value
    for name in cls.REQUIRED:
        if said.get(name) is None:
            raise _misfit(fields[key_of(name)].form.expected(), None, key_of(name))
    if unknown:
        said["extra"] = {key: document[key] for key in unknown}
    if order is not None:
        said["key_order"] = order
    record = _new(cls)
    _set_dict(record, said)
    return record


def _misfit(expected: str, value: Json, key: str) -> Misfit:
    misfit = Misfit(expected, value)
    misfit.path.append(key)
    return misfit


_new: Final[Callable[[type[WireRecord]], WireRecord]] = object.__new__
_set_dict: Final[Callable[[WireRecord, dict[str, Any]], None]] = WireRecord.__dict__["__dict__"].__set__


def _straight_decoder(
    cls: type[WireRecord], fields: dict[str, _Field], keys: tuple[str, ...], shape: _Shape
) -> Decoder:
    """Generate the decoder of objects of a class that have just these keys, in this order."""
    order, unknown = shape
    scope: dict[str, Any] = {
        "Misfit": Misfit, "misfit": _misfit, "cls": cls, "new": _new, "set_dict": _set_dict, "order": order, "unknown": unknown,
        "keys": keys,
    }  # fmt: skip
    lines = ["def decode_straight(d):"]
    if keys:
        lines.append(f" {''.join(f'v{place}, ' for place in range(len(keys)))} = d.values()")
    lines += [" at = 0", " try:", "  pass"]
    said: list[str] = []
    for place, key in enumerate(keys):
        field = fields.get(key)
        if field is not None:
            lines += _field_lines(place, key, field, scope)
            said.append(f"{field.name!r}: v{place}")
    lines += [
        f"  raise misfit({fields[key_of(name)].form.expected()!r}, None, {key_of(name)!r})"
        for name in cls.REQUIRED
        if key_of(name) not in keys
    ]
    lines += [" except Misfit as error:", "  if not error.path or at >= 0: error.path.append(keys[at])", "  raise"]
    places = {key: place for place, key in enumerate(keys)}
    if unknown:
        said.append(
            "'extra': {" + ", ".join(f"unknown[{number}]: v{places[key]}" for number, key in enumerate(unknown)) + "}"
        )
    if order is not None:
        said.append("'key_order': order")
    lines += [" record = new(cls)", f" set_dict(record, {{{', '.join(said)}}})", " return record"]
    decoder: Decoder = _compiled(lines, scope, "decode_straight", cls)
    return decoder


def _field_lines(place: int, key: str, field: _Field, scope: dict[str, Any]) -> list[str]:
    value = f"v{place}"
    lines = [f"  at = {place}"] if field.required or field.check is not None or field.decode is not None else []
    if field.required:
        lines.append(f"  if {value} is None: raise Misfit({field.form.expected()!r}, None)")
    if field.check is not None:
        scope[f"ok_{place}"] = field.check
        usual = f"{value}.__class__ is not str and " if str in field.form.scalars else ""
        lines.append(
            f"  if {usual}{value}.__class__ not in ok_{place}: raise Misfit({field.form.expected()!r}, {value})"
        )
    elif field.decode is not None:
        scope[f"decode_{place}"] = field.decode
        lines.append(f"  if {value} is not None: {value} = decode_{place}({value})")
    return lines


def _compiled(lines: list[str], scope: dict[str, Any], name: str, cls: type) -> Any:
    code = compile("\n".join(lines), f"<polyloop {name} {cls.__name__}>", "exec")
    exec(code, scope)  # noqa: S102  generated from the fields of our own classes, as attrs and cattrs do
    return scope[name]
