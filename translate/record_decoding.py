"""The decoder of a record class, and the code generated for each set of keys that comes often.

Generated code is straight lines that ask for the keys, check the values' classes and make the record's ``__dict__``. Its text holds field names
of our own classes only, never a word of a document.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs

from .forms import Form, Misfit, Spoilt, form_of, hints_of, unchanged
from .jsontext import parsed_key
from .jsonvalue import JsonObject, may_have_changed
from .records import WireRecord, field_names, key_of

if TYPE_CHECKING:
    from .decoding import Decoders

Decoder: TypeAlias = Callable[[Any], Any]
_Keys: TypeAlias = tuple[str, ...]

_MOST_SHAPES: Final = 512
"""Key sequences remembered for one class; beyond it they are worked out anew, so that hostile input cannot fill memory."""
_OFTEN: Final = 32
"""A key sequence seen this often is worth the quarter of a millisecond that generating code for it costs."""
_MOST_STRAIGHT: Final = 256
"""Such code for one class."""


@attrs.frozen
class Field:
    """A field of a class: its name, and what its values other than null must be."""

    name: str
    form: Form
    required: bool
    allowed: frozenset[type] | None
    """Classes of the values that pass as they are, where no other value passes."""
    decode: Decoder | None
    """What makes something else of its values; ``None`` where they pass as they are."""
    has_floats: bool
    """Whether floats are to be looked at in values that pass as they are: see `may_have_changed`."""

    @classmethod
    def of(cls, record: type[WireRecord], name: str, decoders: Decoders) -> Field:
        form = form_of(hints_of(record)[name])
        has_floats = decoders.owning and form.may_hold_floats()
        if form.anything:
            return cls(name, form, name in record.REQUIRED, None, None, has_floats)
        if form.passes():
            return cls(name, form, name in record.REQUIRED, form.classes(), None, has_floats)
        return cls(name, form, name in record.REQUIRED, None, decoders.of_form(form), False)


class _Shape:
    """A sequence of keys that a class was seen with: the field of each key, what is unknown, and how often it came."""

    __slots__ = ("fields", "fits", "misses", "order", "times", "unknown")

    def __init__(self, keys: _Keys, fields: dict[str, Field], required: tuple[str, ...]) -> None:
        self.fields = tuple(map(fields.get, keys))
        self.unknown = tuple(key for key in keys if key not in fields)
        ranks = {key: rank for rank, key in enumerate(fields)}
        ranked = [ranks.get(key, len(ranks)) for key in keys]
        self.fits = all(field is not None and field.name == key for key, field in zip(keys, self.fields, strict=True))
        """Whether the object is what the record's ``__dict__`` will be: every key the name of a field."""
        self.order = None if ranked == sorted(ranked) else keys
        self.misses = any(key not in keys for key in required)
        self.times = 0


class RecordDecoder:
    """Decodes objects to records of one class."""

    def __init__(self, cls: type[WireRecord], decoders: Decoders, tag: str | None) -> None:
        self._cls = cls
        self._decoders = decoders
        self._tag = tag
        self._fields: dict[str, Field] | None = None
        self._shapes: dict[_Keys, _Shape] = {}
        self._straight: dict[_Keys, Decoder] = {}
        self.general: Decoder = self.by_sequence
        self.by_length: list[Decoder] = [self.general] * (len(field_names(cls)) + 1)
        """Number of an object's keys -> what decodes it, if it has the keys that are usual for that number."""
        self._contested: set[int] = set()

    def decode(self, document: Any) -> Any:
        """Decode a document that may be anything. Raises `Misfit`, and where the document is owned also `Spoilt`."""
        if document.__class__ is not dict:
            raise Misfit
        length = len(document)
        return self.by_length[length](document) if length < len(self.by_length) else self.general(document)

    def by_sequence(self, document: JsonObject) -> Any:
        """Decode an object by its keys in their order."""
        keys = tuple(document)
        decode = self._straight.get(keys)
        return self._slowly(document, self._seen(keys)) if decode is None else decode(document)

    def _seen(self, keys: _Keys) -> _Shape:
        shape = self._shapes.get(keys)
        if shape is None:
            shape = self._learned(keys)
        shape.times += 1
        if shape.times == _OFTEN and len(self._straight) < _MOST_STRAIGHT:
            self._make_straight(keys, shape)
        return shape

    def _learned(self, keys: _Keys) -> _Shape:
        if self._fields is None:
            self._fields = {key_of(name): Field.of(self._cls, name, self._decoders) for name in field_names(self._cls)}
        shape = _Shape(keys, self._fields, tuple(map(key_of, self._cls.REQUIRED)))
        if len(self._shapes) < _MOST_SHAPES:
            self._shapes[keys] = shape
        return shape

    def _make_straight(self, keys: _Keys, shape: _Shape) -> None:
        decode = self._straight[keys] = _Generated(
            self._cls, self._decoders, keys, shape, self._tag, self.general
        ).decoder()
        place = len(keys)
        if not shape.fits:
            return
        if self.by_length[place] is not self.general:
            self._contested.add(place)
        self.by_length[place] = self.general if place in self._contested else decode

    def _slowly(self, document: JsonObject, shape: _Shape) -> WireRecord:
        if shape.misses:
            raise Misfit
        said: dict[str, Any] = {}
        try:
            for field, value in zip(shape.fields, document.values(), strict=True):
                if field is not None:
                    said[field.name] = _decoded(field, value)
        except ODD:
            if self._decoders.owning:
                raise Spoilt from None
            raise
        if shape.unknown:
            said["extra"] = {key: document[key] for key in shape.unknown}
            if self._decoders.owning:
                unchanged(said["extra"])
        if shape.order is not None:
            said["key_order"] = shape.order
        record = new_record(self._cls)
        set_dict(record, said)
        return record


def _decoded(field: Field, value: Any) -> Any:
    if value is None:
        if field.required:
            raise Misfit
        return None
    if field.decode is not None:
        return field.decode(value)
    if field.allowed is not None and value.__class__ not in field.allowed:
        raise Misfit
    return unchanged(value) if field.has_floats else value


new_record: Final[Callable[[type[WireRecord]], WireRecord]] = object.__new__
set_dict: Final[Callable[[WireRecord, dict[str, Any]], None]] = WireRecord.__dict__["__dict__"].__set__


ODD: Final = (Misfit, KeyError, IndexError, TypeError)
"""What the usual way to decode a member raises where it is not for it: a misfit, no tag, one that is unknown or no text, or more keys than the
class has. Who owned a document and had taken of it raises `Spoilt` instead, whatever happened.
"""
_USUAL: Final = (("str", str), ("int", int))
"""Classes that are looked for before all that are allowed, which takes longer."""
_WITH_NUMBERS: Final = frozenset({float, dict, list})


class _Generated:
    """Code for the objects of a class that have just these keys: in any order where they are fields only, else in this one."""

    def __init__(
        self, cls: type[WireRecord], decoders: Decoders, keys: _Keys, shape: _Shape, tag: str | None, general: Decoder
    ) -> None:
        self._cls = cls
        self._decoders = decoders
        self._tag = tag
        self._keys = keys
        self._shape = shape
        self._scope: dict[str, Any] = {
            "Misfit": Misfit, "Spoilt": Spoilt, "cls": cls, "new": new_record, "set_dict": set_dict, "general": general,
            "may_have_changed": may_have_changed, "ODD": ODD, "WITH_NUMBERS": _WITH_NUMBERS,
            "unknown": shape.unknown, "order": shape.order, "NoneType": type(None),
        }  # fmt: skip

    def decoder(self) -> Decoder:
        lines = ["def decode_straight(document):", *(self._asked() if self._shape.fits else self._unpacked())]
        if self._shape.misses:
            lines.append(" raise Misfit")
        nested: list[str] = []
        for place, field in enumerate(self._shape.fields):
            if field is None:
                lines += self._unchanged(f"v{place}") if self._decoders.owning else []
                continue
            lines += self._checks(place, field)
            nested += self._nested(place, field)
        if self._shape.fits:
            lines += [] if self._decoders.owning else [" made = document.copy()"]
        lines += self._spoiling(nested) if self._decoders.owning else nested
        if not self._shape.fits:
            lines += self._literal()
        lines += [" record = new(cls)", f" set_dict(record, {self._made()})", " return record"]
        code = compile("\n".join(lines), f"<polyloop decode {self._cls.__name__}>", "exec")
        exec(code, self._scope)  # noqa: S102  generated from the fields of our own classes, as attrs and cattrs do
        made: Decoder = self._scope["decode_straight"]
        return made

    def _made(self) -> str:
        """Name what becomes the record's ``__dict__``."""
        return "document" if self._shape.fits and self._decoders.owning else "made"

    def _put(self, place: int) -> str:
        """Name where the decoded value of a field goes: where the object is what the ``__dict__`` will be, at once into that."""
        return f"{self._made()}[k{place}]" if self._shape.fits else f"v{place}"

    def _asked(self) -> list[str]:
        """Ask for the keys: with as many as the object has, it has no others."""
        for place, key in enumerate(self._keys):
            self._scope[f"k{place}"] = parsed_key(key)
        asked = [f"  v{place} = document[k{place}]" for place, key in enumerate(self._keys) if key != self._tag]
        return [" try:", *asked, " except KeyError:", "  return general(document)"] if asked else []

    def _unpacked(self) -> list[str]:
        return [f" {''.join(f'v{place}, ' for place in range(len(self._keys)))} = document.values()"]

    def _checks(self, place: int, field: Field) -> list[str]:
        value = f"v{place}"
        if self._keys[place] == self._tag:
            return []
        looked = self._unchanged(value) if field.has_floats else []
        if field.allowed is None:
            return [*([f" if {value} is None: raise Misfit"] if field.required else []), *looked]
        self._scope[f"allowed_{place}"] = field.allowed if field.required else field.allowed | {type(None)}
        usual = next((f"{value}.__class__ is not {name} and " for name, cls in _USUAL if cls in field.allowed), "")
        return [f" if {usual}{value}.__class__ not in allowed_{place}: raise Misfit", *looked]

    def _unchanged(self, value: str) -> list[str]:
        """Look for numbers that the parser may have changed where a value passes as it is; most objects hold texts only."""
        return [
            f" if {value}.__class__ is dict:",
            f"  for held in {value}.values():",
            "   if held.__class__ is not str:",
            f"    if may_have_changed({value}): raise Spoilt",
            "    break",
            f" elif {value}.__class__ in WITH_NUMBERS and may_have_changed({value}): raise Spoilt",
        ]

    def _nested(self, place: int, field: Field) -> list[str]:
        """Decode a value that holds records, with the usual forms of it told apart on the spot."""
        if field.decode is None:
            return []
        value, form, scope = f"v{place}", field.form, self._scope
        scope[f"decode_{place}"] = field.decode
        usual = ["NoneType", *(["str"] if str in form.scalars else [])]
        unusual = " and ".join(f"{value}.__class__ is not {name}" for name in usual)
        others = f"{unusual}: {self._put(place)} = decode_{place}({value})"
        if form.item is not None and (not form.opaque or form.item.opaque):
            return [f" if {value}.__class__ is list:", *self._array(place, form.item), f" elif {others}"]
        if form.is_one_record():
            lengths = scope[f"lengths_{place}"] = self._decoders.of_record(form.records[0]).by_length
            fits = f"{value}.__class__ is dict and len({value}) < {len(lengths)}"
            return [f" if {fits}: {self._put(place)} = lengths_{place}[len({value})]({value})", f" elif {others}"]
        return [f" if {others}"]

    def _array(self, place: int, item: Form) -> list[str]:
        """Decode an array. One or two records, as most arrays are, need neither a loop nor a call more."""
        value, put, records = f"v{place}", self._put(place), self._decoders.of_records(item)
        if records is None:
            self._scope[f"array_{place}"] = self._decoders.of_array(item)
            return [f"  {put} = array_{place}({value})"]
        self._scope |= {f"array_{place}": records.decode, f"member_{place}": records.member}
        self._scope |= {f"lengths_{place}": records.lengths, f"tag_{place}": records.tag}
        first, second = (self._record(name, place, tagged=records.tag is not None) for name in "ef")
        return [
            f"  if len({value}) == 1:", f"   e, = {value}", *first, f"   {put} = (e,)",
            f"  elif len({value}) == 2:", f"   e, f = {value}", *first, *second, f"   {put} = (e, f)",
            f"  else: {put} = array_{place}({value})",
        ]  # fmt: skip

    def _record(self, name: str, place: int, *, tagged: bool) -> list[str]:
        usual = f"lengths_{place}[{name}[tag_{place}]]" if tagged else f"lengths_{place}"
        usual = f"{usual}[len({name})]({name})"
        if not (tagged and self._decoders.owning):
            # What a parser made raises where it is asked for a tag and is no object; another's mapping may answer, and is none either.
            usual = f"{usual} if {name}.__class__ is dict else member_{place}({name})"
        return [f"   try: {name} = {usual}", f"   except ODD: {name} = member_{place}({name})"]

    def _spoiling(self, nested: list[str]) -> list[str]:
        if not nested:
            return []
        return [" try:", *(f" {line}" for line in nested), " except ODD:", "  raise Spoilt from None"]

    def _literal(self) -> list[str]:
        """Make the record's ``__dict__`` where the object has keys that are no fields."""
        said = [f"{field.name!r}: v{place}" for place, field in enumerate(self._shape.fields) if field is not None]
        places = {key: place for place, key in enumerate(self._keys)}
        kept = [f"unknown[{number}]: v{places[key]}" for number, key in enumerate(self._shape.unknown)]
        if kept:
            said.append(f"'extra': {{{', '.join(kept)}}}")
        if self._shape.order is not None:
            said.append("'key_order': order")
        return [f" made = {{{', '.join(said)}}}"]
