"""JSON documents to wire records and back, unchanged.

A wire record is a frozen attrs class that mirrors one type of a provider's format, in the provider's own words. Decoding is
strict (nothing is ever converted), total inside unions (a member that does not fit becomes `Opaque`) and complete: keys the
record does not know land in ``extra``, and ``key_order`` remembers the order in which the keys came, where it is not the
order of the class. So ``encode(decode(document))`` is the document, key order included.

How it is fast. A record keeps its fields in a plain ``__dict__``, and what was not there is a class attribute, `ABSENT`: so a document
of three keys costs three keys, however many its class knows. For each sequence of keys that comes often one decoder is generated,
as attrs generates ``__init__``: straight lines that check the values' classes and make that dict. The text they are made from holds
field names of our own classes only, never a word of a document. They are registered on a cattrs converter, so that a user's own
attrs classes may hold wire records and structure through it.

What a field's annotation means: ``Json`` is anything; ``str``, ``int``, ``float``, ``bool`` are JSON's types (``float`` takes an
integer too, ``int`` never takes ``true``); ``Literal`` is an open enumeration, checked for its type only, except that the field
named ``type``, ``role`` or ``object`` of a union's member is what tells the members apart; ``tuple[X, ...]`` is an array;
``Mapping[str, X]`` an object; a record class an object of that type. ``None`` allows null, ``Absent`` allows the key to be missing,
and any field may be missing or null unless it is marked `required`, since servers leave out and send null what their pages promise.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, Literal, TypeAlias, TypeVar, Union, dataclass_transform, get_args, get_origin

import attrs
import cattrs

from .errors import DecodeError
from .jsonvalue import ABSENT, Absent, Json, JsonObject, json_type, pointer, same_json

_NO_EXTRA: Final[Mapping[str, Json]] = types.MappingProxyType({})
_MOST_SHAPES: Final = 512
"""Key sequences remembered for one class; beyond it they are worked out anew, so that hostile input cannot fill memory."""
_OFTEN: Final = 64
"""A key sequence seen this often is worth the third of a millisecond that making a decoder for it costs."""
_MOST_STRAIGHT: Final = 128
"""Such decoders of one class."""
_TAGS: Final = ("type", "role", "object")
_Shape: TypeAlias = tuple[tuple[str, ...] | None, tuple[str, ...]]
"""The keys in their order where it is not the class's own, and those that the class does not know."""


@attrs.define(frozen=True, kw_only=True, eq=False, repr=False, slots=False)
class WireRecord:
    """Base of every wire record: what its class does not know, and the order in which the keys came."""

    extra: Mapping[str, Json] = attrs.field(default=_NO_EXTRA)
    key_order: tuple[str, ...] | None = None
    """``None`` where the keys came in the order of the class, unknown ones last."""

    REQUIRED: ClassVar[tuple[str, ...]] = ()
    """Fields that may neither be missing nor null: what makes a document one of its kind at all."""

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__ or not isinstance(other, WireRecord):
            return NotImplemented
        return same_json(encode(self), encode(other))

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.key_order))

    def __repr__(self) -> str:
        said = [
            f"{name}={_short(getattr(self, name))}"
            for name in field_names(type(self))
            if getattr(self, name) is not ABSENT
        ]
        said += [f"{key!r}: {_short(value)}" for key, value in self.extra.items()]
        return f"{type(self).__name__}({', '.join(said)})"


@attrs.define(frozen=True, eq=False, repr=False)
class Opaque:
    """A union's member that no class of ours fits: an unknown type, or a known one of another form. Kept as it came."""

    document: Json

    def __eq__(self, other: object) -> bool:
        return same_json(self.document, other.document) if isinstance(other, Opaque) else NotImplemented

    def __hash__(self) -> int:
        return hash("Opaque")

    def __repr__(self) -> str:
        return f"Opaque({_short(self.document)})"


_CLASS_WIDE: Final[dict[str, Any]] = {"extra": _NO_EXTRA, "key_order": None}

R = TypeVar("R")
Record = TypeVar("Record", bound=WireRecord)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(attrs.field,))
def wire_record(cls: type[R]) -> type[R]:
    """Make a class a frozen, keyword-only attrs record; equality and repr come from `WireRecord`.

    Each field is a class attribute too, `ABSENT`: what an object that was decoded says where the key was not there.
    """
    made = attrs.define(frozen=True, kw_only=True, eq=False, repr=False, slots=False)(cls)
    attributes: tuple[Any, ...] = made.__attrs_attrs__  # type: ignore[attr-defined]
    for attribute in attributes:
        setattr(made, attribute.name, _CLASS_WIDE.get(attribute.name, ABSENT))
    return made


def _short(value: object) -> str:
    """Spell a value for people: long texts are cut, so that no prompt and no screenshot fills a log."""
    if isinstance(value, str):
        return repr(value) if len(value) <= 40 else f"{value[:30]!r}... ({len(value)} characters)"
    if isinstance(value, (list, dict, tuple)) and len(value) > 4:
        return f"{type(value).__name__} of {len(value)}"
    return repr(value)[:200]


def field_names(cls: type[WireRecord]) -> tuple[str, ...]:
    """Return the names of a record class's fields, in order, without those every record has."""
    return tuple(a.name for a in attrs.fields(cls) if a.name not in ("extra", "key_order"))


def key_of(name: str) -> str:
    """Return the JSON key of a field: the name, less the underscore that keeps a Python keyword apart."""
    return name.removesuffix("_")


class Misfit(Exception):
    """A value is not of the form its place wants. Inside the codec only: it becomes `Opaque` or a `DecodeError`."""

    def __init__(self, expected: str, found: Json) -> None:
        super().__init__(expected)
        self.expected = expected
        self.found = json_type(found)
        self.path: list[str | int] = []

    def as_error(self) -> DecodeError:
        place = pointer(*reversed(self.path))
        return DecodeError(f"found {_with_article(self.found)}", place, _with_article(self.expected))


def _with_article(noun: str) -> str:
    if noun == "null":
        return noun
    return ("an " if noun[0] in "aeiou" else "a ") + noun


Decoder = Callable[[Any], Any]
Encoder = Callable[[Any], Any]
_SCALARS: Final[dict[Any, tuple[type, ...]]] = {str: (str,), int: (int,), float: (float, int), bool: (bool,)}


class _Form:
    """What an annotation allows: JSON classes passed as they are, and a decoder for objects and for arrays."""

    def __init__(self) -> None:
        self.anything = False
        self.scalars: set[type] = set()
        self.records: list[type[WireRecord]] = []
        self.item: _Form | None = None
        self.values: _Form | None = None
        self.opaque = False

    def add(self, hint: Any) -> None:
        origin = get_origin(hint)
        if hint is Any:
            self.anything = True
        elif hint is None or hint is type(None):
            self.scalars.add(type(None))
        elif hint in _SCALARS:
            self.scalars.update(_SCALARS[hint])
        elif hint is Absent or hint is Literal[Absent.ABSENT]:
            self.scalars.add(Absent)
        elif hint is Opaque:
            self.opaque = True
        elif isinstance(hint, type) and origin is None and issubclass(hint, WireRecord):
            self.records.append(hint)
        else:
            self._add_generic(hint, origin, get_args(hint))

    def _add_generic(self, hint: Any, origin: Any, arguments: tuple[Any, ...]) -> None:
        if origin in (Union, types.UnionType):
            for member in arguments:
                self.add(member)
        elif origin is Literal:
            for value in arguments:
                self.scalars.update(_SCALARS[type(value)])
        elif origin is tuple:
            self.item = form_of(arguments[0])
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            self.values = form_of(arguments[1])
        else:
            raise TypeError(f"a wire record cannot have a field of type {hint!r}")

    def expected(self) -> str:
        names = [json_type(cls()) for cls in sorted(self.scalars - {Absent, type(None)}, key=lambda c: c.__name__)]
        if self.item is not None:
            names.append("array")
        if self.records or self.values is not None:
            names.append("object")
        return " or ".join(names) or "null"

    def is_one_record(self) -> bool:
        """Tell whether only an object of one class fits, or nothing: its decoder says itself that it wants an object."""
        alone = len(self.records) == 1 and not (self.opaque or self.anything or self.item is not None)
        return alone and self.values is None and self.scalars <= {Absent, type(None)}

    def passes(self) -> bool:
        """Tell whether a value needs no decoding, only a look at its class."""
        return not (self.records or self.opaque or self.item is not None or self._decodes_values())

    def _decodes_values(self) -> bool:
        return self.values is not None and not self.values.anything

    def classes(self) -> frozenset[type]:
        allowed: set[type] = {*self.scalars, Absent, type(None)}
        if self.values is not None:
            allowed.add(dict)
        return frozenset(allowed)


def form_of(hint: Any) -> _Form:
    form = _Form()
    form.add(hint)
    return form


def _members(records: list[type[WireRecord]]) -> tuple[str | None, dict[Any, tuple[type[WireRecord], ...]]]:
    """Sort a union's record classes by their tag: value of the tag field -> classes to be tried, in order."""
    hints = {cls: _hints(cls) for cls in records}
    for tag in _TAGS:
        if not any(_literal_values(hints[cls].get(tag)) for cls in records):
            continue
        table: dict[Any, list[type[WireRecord]]] = {}
        for cls in records:
            hint = hints[cls].get(tag)
            values = _literal_values(hint) or [ANY_TAG]
            for value in values:
                table.setdefault(value, []).append(cls)
            if hint is None or Absent in get_args(hint) or _untagged(cls):
                table.setdefault(ABSENT, []).append(cls)
        return tag, {value: tuple(classes) for value, classes in table.items()}
    return None, {ABSENT: tuple(records)}


ANY_TAG: Final = "*"
"""In a union's table: the classes that take a tag no other class names."""


def _untagged(cls: type[WireRecord]) -> bool:
    return bool(getattr(cls, "TAG_OPTIONAL", False))


def _literal_values(hint: Any) -> list[Any]:
    if get_origin(hint) is Literal:
        return [value for value in get_args(hint) if isinstance(value, str)]
    if get_origin(hint) in (Union, types.UnionType):
        return [value for member in get_args(hint) for value in _literal_values(member)]
    return []


_HINTS: Final[dict[type, dict[str, Any]]] = {}


def _hints(cls: type[WireRecord]) -> dict[str, Any]:
    if cls not in _HINTS:
        _HINTS[cls] = typing.get_type_hints(cls)
    return _HINTS[cls]


def _decoder_of(form: _Form) -> Decoder | None:
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


def _open_union(form: _Form) -> Decoder:
    """Decode a member of a union that takes anything: the hot path of every document, so it is one function."""
    tag, table = _members(form.records)
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


def _checking(form: _Form) -> Decoder:
    allowed, expected = form.classes(), form.expected()

    def check(value: Any) -> Any:
        if value.__class__ not in allowed:
            raise Misfit(expected, value)
        return value

    return check


def _dispatching(form: _Form, by_class: dict[type, Decoder]) -> Decoder:
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


def _array(item: _Form) -> Decoder:
    decoder = _decoder_of(item)
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


def _mapping(values: _Form) -> Decoder:
    decoder = _decoder_of(values)

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


def _record_or_union(form: _Form) -> Decoder:
    if len(form.records) == 1 and not form.opaque:
        return decoder_for(form.records[0])
    tag, table = _members(form.records)
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
_ENCODERS: Final[dict[type, Encoder]] = {}


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
    form: _Form
    required: bool
    check: frozenset[type] | None
    decode: Decoder | None

    @classmethod
    def of(cls, record: type[WireRecord], name: str) -> _Field:
        form = form_of(_hints(record)[name])
        required = name in record.REQUIRED
        if form.anything:
            return cls(name, form, required, None, None)
        if form.passes():
            return cls(name, form, required, form.classes(), None)
        decoder = decoder_for(form.records[0]) if form.is_one_record() else _decoder_of(form)
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


def encoder_for(cls: type[WireRecord]) -> Encoder:
    """Return the encoder of a record class; made at first use."""
    if cls not in _ENCODERS:
        _ENCODERS[cls] = _generate_encoder(cls)
    return _ENCODERS[cls]


def _generate_encoder(cls: type[WireRecord]) -> Encoder:
    """Make the encoder of a class: a record's ``__dict__`` is the document but for fields that hold records, and what is absent."""
    names = field_names(cls)
    forms = {name: form_of(_hints(cls)[name]) for name in names}
    nested = tuple(name for name in names if not (forms[name].anything or forms[name].passes()))
    renamed = tuple(name for name in names if key_of(name) != name)
    canonical = tuple(map(key_of, names))

    def encode_record(record: Any) -> Json:
        document = {name: value for name, value in record.__dict__.items() if value is not ABSENT}
        extra = document.pop("extra", None)
        order = document.pop("key_order", None)
        for name in nested:
            if name in document:
                document[name] = encode_value(document[name])
        for name in renamed:
            if name in document:
                document[key_of(name)] = document.pop(name)
        if order is not None or renamed:
            return _reordered(document | extra if extra else document, order or canonical)
        return document | extra if extra else document

    return encode_record


def _reordered(document: JsonObject, order: tuple[str, ...]) -> JsonObject:
    done = {key: document[key] for key in order if key in document}
    if len(done) != len(document):
        done.update((key, value) for key, value in document.items() if key not in done)
    return done


def encode_value(value: Any) -> Json:
    """Encode a record, a tuple or mapping of records, or a JSON value that stays as it is."""
    cls = value.__class__
    encoder = _ENCODERS.get(cls)
    if encoder is not None:
        return encoder(value)
    if cls is tuple:
        return [encode_value(item) for item in value]
    if cls is Opaque:
        return value.document
    if isinstance(value, WireRecord):
        return encoder_for(cls)(value)
    if cls is dict and any(isinstance(item, (WireRecord, tuple, Opaque)) for item in value.values()):
        return {key: encode_value(item) for key, item in value.items()}
    return value


def encode(record: WireRecord | Opaque) -> Json:
    """Encode a wire record to its JSON document."""
    return encode_value(record)


def decode_as(cls: type[Record], document: Json) -> Record:
    """Decode a document to a record of one class.

    Raises `DecodeError` with a JSON pointer where the document is not an object or a field outside any union has a JSON type
    that no published or recorded form of it has.
    """
    try:
        record: Record = decoder_for(cls)(document)
    except Misfit as misfit:
        raise misfit.as_error() from None
    except RecursionError:
        raise DecodeError("nested too deep to be read") from None
    return record


def decode_union(hint: Any, document: Json) -> Any:
    """Decode a document to a member of a union of records; `Opaque` where the union has it and nothing else fits."""
    decoder = union_decoder(hint)
    try:
        return document if decoder is None else decoder(document)
    except Misfit as misfit:
        raise misfit.as_error() from None
    except RecursionError:
        raise DecodeError("nested too deep to be read") from None


def union_decoder(hint: Any) -> Decoder | None:
    """Return what decodes a union of records and raises `Misfit`, ``None`` where anything passes: for who decodes many."""
    if hint not in _UNIONS:
        _UNIONS[hint] = _decoder_of(form_of(hint))
    return _UNIONS[hint]


_UNIONS: Final[dict[Any, Decoder | None]] = {}


def make_converter() -> cattrs.Converter:
    """Return a cattrs converter that structures and unstructures wire records exactly, also inside a user's own classes."""
    converter = cattrs.Converter()
    converter.register_structure_hook_factory(_is_record, lambda cls: lambda value, _: decode_as(cls, value))
    converter.register_unstructure_hook_factory(_is_record, lambda _: encode)
    converter.register_structure_hook(Opaque, lambda value, _: Opaque(value))
    converter.register_unstructure_hook(Opaque, encode)
    return converter


def _is_record(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, WireRecord)
