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
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias, TypeVar

import cattrs

from .decoding import Decoder, decoder_for, decoder_of
from .errors import DecodeError
from .forms import Misfit, form_of, hints_of
from .jsonvalue import ABSENT, Json, JsonObject
from .records import Opaque, WireRecord, field_names, key_of, wire_record

__all__ = [
    "Misfit", "Opaque", "WireRecord", "decode_as", "decode_union", "encode", "encode_value", "field_names", "key_of",
    "make_converter", "union_decoder", "wire_record",
]  # fmt: skip

Encoder: TypeAlias = Callable[[Any], Any]
Record = TypeVar("Record", bound=WireRecord)

_ENCODERS: Final[dict[type, Encoder]] = {}


def encoder_for(cls: type[WireRecord]) -> Encoder:
    """Return the encoder of a record class; made at first use."""
    if cls not in _ENCODERS:
        _ENCODERS[cls] = _generate_encoder(cls)
    return _ENCODERS[cls]


def _generate_encoder(cls: type[WireRecord]) -> Encoder:
    """Make the encoder of a class: a record's ``__dict__`` is the document but for fields that hold records, and what is absent."""
    names = field_names(cls)
    forms = {name: form_of(hints_of(cls)[name]) for name in names}
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
        _UNIONS[hint] = decoder_of(form_of(hint))
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
