"""Decoders of forms and of record classes, made at first use: closures over tables, and for a record's usual keys generated code.

There are two ways to take a document. `COPYING` leaves it as it is: a record's ``__dict__`` is a copy of the object it was made of. `OWNING`
takes what was just parsed and belongs to nobody else: the object itself becomes the ``__dict__``. A misfit that an owning decoder finds once
something was taken is `Spoilt`: no `Opaque` can hold the document any more, so whoever parsed it parses it again and copies. It also looks
for numbers that the parser may have changed: in fields of type float, and in all that passes as it is.

An object's decoder is found without a look at all its keys: by its tag and by how many keys it has. The decoder that stands there asks for its
own keys, and hands over to the one that looks at the keys as they come (`RecordDecoder.by_sequence`) where one is missing.
"""

from __future__ import annotations

from typing import Any, Final

import attrs

from .forms import ANY_TAG, Form, Misfit, Spoilt, members_by_tag, unchanged
from .jsontext import parsed_key
from .jsonvalue import ABSENT, Json, JsonObject
from .record_decoding import ODD, Decoder, RecordDecoder
from .records import Opaque, WireRecord


class Decoders:
    """The decoders of one way to take a document."""

    def __init__(self, *, owning: bool) -> None:
        self.owning = owning
        self.opaque: Decoder = _unchanged_opaque if owning else Opaque
        self._records: dict[tuple[type, str | None], RecordDecoder] = {}
        self._unions: dict[tuple[type, ...], _Members] = {}

    def of_record(self, cls: type[WireRecord], tag: str | None = None) -> RecordDecoder:
        """Return the decoder of a record class, with ``tag`` the one for objects that are known to have a text under that key.

        It makes the decoders of its fields when it is first called, so a class may hold itself.
        """
        if (cls, tag) not in self._records:
            self._records[cls, tag] = RecordDecoder(cls, self, tag)
        return self._records[cls, tag]

    def _members(self, records: list[type[WireRecord]]) -> _Members:
        union = tuple(records)
        if union not in self._unions:
            self._unions[union] = _Members(records, self)
        return self._unions[union]

    def of_form(self, form: Form) -> Decoder | None:
        """Return the function that decodes a value of this form, or ``None`` where any value passes as it is."""
        if form.anything:
            return unchanged if self.owning else None
        if form.passes():
            return self._checking(form)
        by_class: dict[type, Decoder] = {} if form.item is None else {list: self.of_array(form.item)}
        if form.records and form.opaque:
            return _open_union(self._members(form.records), self._dispatching(form, by_class), self.opaque)
        if len(form.records) == 1:
            by_class[dict] = self.of_record(form.records[0]).decode
        elif form.records:
            by_class[dict] = _closed_union(self._members(form.records))
        elif form.values is not None:
            by_class[dict] = self._mapping(form.values)
        return by_class[dict] if form.is_one_record() else self._dispatching(form, by_class)

    def of_array(self, item: Form) -> Decoder:
        """Return the function that decodes an array of members of this form."""
        decoder = self.of_form(item)
        if decoder is None:
            return tuple
        if decoder is unchanged:
            return lambda value: tuple(unchanged(value))
        records = self.of_records(item)
        return (lambda value: tuple([decoder(element) for element in value])) if records is None else records.decode

    def of_records(self, item: Form) -> ArrayOfRecords | None:
        """Return how an array of records is decoded, ``None`` where it is of something else or no tag tells its classes apart."""
        member = self.of_form(item)
        if member is None or not item.records:
            return None
        members = self._members(item.records)
        only = members.only if item.opaque else members.first
        if only is not None:
            return ArrayOfRecords(_array_of_one_class(only.by_length, member), member, None, only.by_length)
        if members.tag is None:
            return None
        return ArrayOfRecords(_array_of_tagged(members, member), member, members.tag, members.lengths)

    def _dispatching(self, form: Form, by_class: dict[type, Decoder]) -> Decoder:
        allowed, opaque, owning = form.classes() - set(by_class), self.opaque if form.opaque else _misfit, self.owning
        find = by_class.get
        if owning and form.may_hold_floats():
            by_class |= dict.fromkeys(allowed & _WITH_NUMBERS, unchanged)
            allowed -= _WITH_NUMBERS

        def decode_value(value: Any) -> Any:
            if value.__class__ in allowed:
                return value
            decoder = find(value.__class__)
            if decoder is None:
                return opaque(value)
            try:
                return decoder(value)
            except Misfit:
                if owning and opaque is not _misfit:
                    raise Spoilt from None
                return opaque(value)

        return decode_value

    def _checking(self, form: Form) -> Decoder:
        """Look at a value's class only, and where the document is owned at the numbers in it."""
        allowed, look = form.classes(), self.owning and form.may_hold_floats()

        def check(value: Any) -> Any:
            if value.__class__ not in allowed:
                raise Misfit
            return unchanged(value) if look else value

        return check

    def _mapping(self, values: Form) -> Decoder:
        decoder = self.of_form(values)
        assert decoder is not None  # a mapping of anything passes as it is
        return lambda value: {key: decoder(element) for key, element in value.items()}


_WITH_NUMBERS: Final = frozenset({float, dict})
"""Classes of values that pass as they are, and are floats or may hold some."""


def _unchanged_opaque(value: Json) -> Opaque:
    return Opaque(unchanged(value))


def _misfit(value: Json) -> Opaque:
    raise Misfit


@attrs.frozen
class ArrayOfRecords:
    """How an array is decoded whose members may be records, and what a decoder needs that reads a short one on the spot."""

    decode: Decoder
    member: Decoder
    """Decodes what is not quickly told: a member of any kind."""
    tag: str | None
    """The key that tells the classes apart; ``None`` where there is one class."""
    lengths: Any
    """Decoders by number of keys, where there is a tag by its value first."""


class _Members:
    """The classes of a union by tag, each with its decoder once its tag was seen: a wire has hundreds, a document a few."""

    def __init__(self, records: list[type[WireRecord]], decoders: Decoders) -> None:
        tag, self._table = members_by_tag(records)
        self.tag = None if tag is None else parsed_key(tag)
        self._decoders = decoders
        self._known: dict[Any, tuple[Decoder, ...]] = {}
        self.lengths: dict[Any, list[Decoder]] = {}
        """Tag that was seen and that one class has -> that class's decoders by number of keys."""
        self.first = decoders.of_record(records[0]) if len(records) == 1 else None
        """The decoder of a union of one class."""
        self.only = self.first if self.tag is None else None
        """The same where no tag is asked for."""

    def candidates(self, value: JsonObject) -> tuple[Decoder, ...]:
        """Return the decoders to be tried on an object, in order."""
        mark = ABSENT if self.tag is None else value.get(self.tag, ABSENT)
        if mark.__class__ is not str and mark is not ABSENT:
            return ()
        return self._known[mark] if mark in self._known else self._found(mark)

    def _found(self, mark: Any) -> tuple[Decoder, ...]:
        known = mark in self._table
        tag = None if mark is ABSENT else self.tag
        records = [self._decoders.of_record(cls, tag) for cls in self._table.get(mark if known else ANY_TAG, ())]
        found = tuple(record.decode for record in records)
        if known:
            self._known[mark] = found
        if known and tag is not None and len(records) == 1:
            self.lengths[mark] = records[0].by_length
        return found


def _open_union(members: _Members, others: Decoder, opaque: Decoder) -> Decoder:
    """Decode a member of a union that takes anything."""
    if members.only is not None:
        return _one_or_opaque(members.only, others, opaque)
    return _tagged_or_opaque(members, others, opaque)


def _one_or_opaque(record: RecordDecoder, others: Decoder, opaque: Decoder) -> Decoder:
    decode, lengths = record.decode, record.by_length
    most = len(lengths)

    def decode_member(value: Any) -> Any:
        if value.__class__ is not dict:
            return others(value)
        try:
            return lengths[len(value)](value) if len(value) < most else decode(value)
        except Misfit:
            return opaque(value)

    return decode_member


def _tagged_or_opaque(members: _Members, others: Decoder, opaque: Decoder) -> Decoder:
    candidates, lengths, tag = members.candidates, members.lengths, members.tag

    def decode_odd(value: Any) -> Any:
        for decode in candidates(value):
            try:
                return decode(value)
            except Misfit:
                continue
        return opaque(value)

    def decode_member(value: Any) -> Any:
        if value.__class__ is not dict:
            return others(value)
        try:
            decode = lengths[value[tag]][len(value)]
        except (KeyError, IndexError, TypeError):
            return decode_odd(value)  # no tag, an unknown one, or more keys than the class has
        try:
            return decode(value)
        except Misfit:
            return decode_odd(value)

    return decode_member


def _closed_union(members: _Members) -> Decoder:
    def decode_tagged(value: JsonObject) -> Any:
        for decode in members.candidates(value):
            try:
                return decode(value)
            except Misfit:
                continue
        raise Misfit

    return decode_tagged


def _array_of_tagged(members: _Members, member: Decoder) -> Decoder:
    """Decode an array of records: the loop that most of a document is read by. ``member`` decodes what is not quickly told."""
    lengths, tag = members.lengths, members.tag

    def decode_array(value: list[Any]) -> tuple[Any, ...]:
        done = []
        for element in value:
            try:
                done.append(
                    lengths[element[tag]][len(element)](element) if element.__class__ is dict else member(element)
                )
            except ODD:
                done.append(member(element))
        return tuple(done)

    return decode_array


def _array_of_one_class(lengths: list[Decoder], member: Decoder) -> Decoder:
    def decode_array(value: list[Any]) -> tuple[Any, ...]:
        done = []
        for element in value:
            try:
                done.append(lengths[len(element)](element) if element.__class__ is dict else member(element))
            except ODD:
                done.append(member(element))
        return tuple(done)

    return decode_array


COPYING: Final = Decoders(owning=False)
OWNING: Final = Decoders(owning=True)
