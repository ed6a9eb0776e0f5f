"""JSON documents to wire records and back, unchanged.

A wire record is a frozen attrs class that mirrors one type of a provider's format, in the provider's own words. Decoding is
strict (nothing is ever converted), total inside unions (a member that does not fit becomes `Opaque`) and complete: keys the
record does not know land in ``extra``, and ``key_order`` says in which order the keys came, where it is not the
order of the class. So ``encode(decode(document))`` is the document, key order included.

How it is fast. A record keeps its fields in a plain ``__dict__``, and what was not there is a class attribute, `ABSENT`: so a document
of three keys costs three keys, however many its class knows, and one whose keys are all fields is that dict itself, copied, its members
replaced by records. For each set of keys that comes often one decoder is generated, as attrs generates ``__init__`` (`record_decoding`).
Decoders are registered on a cattrs converter, so that a user's own attrs classes may hold wire records and structure through it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias, TypeVar

import cattrs

from .decoding import COPYING, OWNING
from .errors import DecodeError
from .forms import Form, Misfit, Spoilt, form_of, hints_of, unchanged
from .jsontext import parse, quick_parser
from .jsonvalue import ABSENT, Json, JsonObject
from .misfits import explain
from .records import Opaque, WireRecord, field_names, key_of, wire_record

__all__ = [
    "Opaque", "RootDecoder", "WireRecord", "decode_as", "decode_union", "encode", "encode_value", "field_names", "key_of",
    "make_converter", "root_decoder", "wire_record",
]  # fmt: skip

Encoder: TypeAlias = Callable[[Any], Any]
Record = TypeVar("Record", bound=WireRecord)

_ENCODERS: Final[dict[type, Encoder]] = {}
_encoder_of: Final = _ENCODERS.get


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
    renamed = {name: key_of(name) for name in names if key_of(name) != name}

    def encode_record(record: Any) -> Json:
        document: JsonObject = record.__dict__.copy()
        made_by_hand = "extra" in document or "key_order" in document
        if made_by_hand:
            document = {name: value for name, value in document.items() if value is not ABSENT}
        for name in nested:
            value = document.get(name)
            if value.__class__ is not str and value is not None:
                document[name] = encode_value(value)
        if renamed:
            document = {renamed.get(name, name): value for name, value in document.items()}
        return _completed(document) if made_by_hand else document

    return encode_record


def _completed(document: JsonObject) -> JsonObject:
    """Add the keys that the class does not know, and bring all into the order in which they came."""
    extra, order = document.pop("extra", None), document.pop("key_order", None)
    if extra:
        document |= extra
    return document if order is None else _reordered(document, order)


def _reordered(document: JsonObject, order: tuple[str, ...]) -> JsonObject:
    done = {key: document[key] for key in order if key in document}
    if len(done) != len(document):
        done.update((key, value) for key, value in document.items() if key not in done)
    return done


def encode_value(value: Any) -> Json:
    """Encode a record, a tuple or mapping of records, or a JSON value that stays as it is."""
    cls = value.__class__
    if cls is tuple:
        return [_encoder_of(item.__class__, encode_value)(item) for item in value]
    encoder = _ENCODERS.get(cls)
    if encoder is not None:
        return encoder(value)
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
        record: Record = COPYING.of_record(cls).decode(document)
    except Misfit:
        raise explain(form_of(cls), document) from None
    except RecursionError:
        raise DecodeError("nested too deep to be read") from None
    return record


def decode_union(hint: Any, document: Json) -> Any:
    """Decode a document to a member of a union of records; `Opaque` where the union has it and nothing else fits."""
    return root_decoder(hint).decode(document)


class RootDecoder:
    """Decodes whole documents of one annotation: a record class or a union of them."""

    def __init__(self, hint: Any) -> None:
        self._form: Form = form_of(hint)
        self._copying = COPYING.of_form(self._form) or _unchanged
        self._owning = OWNING.of_form(self._form) or unchanged

    def decode(self, document: Json) -> Any:
        """Decode a document, which stays as it is. Raises `DecodeError`."""
        try:
            return self._copying(document)
        except Misfit:
            raise explain(self._form, document) from None
        except RecursionError:
            raise DecodeError("nested too deep to be read") from None

    def decode_text(self, text: str | bytes) -> Any:
        """Decode JSON text: faster than to parse it and decode, since nobody else has the document. Raises `DecodeError`."""
        try:
            return self._owning(quick_parser()(text if isinstance(text, bytes) else text.encode()))
        except (Misfit, Spoilt, RecursionError, ValueError):
            return self.decode(parse(text))

    def decode_texts(self, texts: list[bytes], otherwise: Callable[[bytes], Any]) -> list[Any]:
        """Decode many small texts; ``otherwise`` says what one is that is not decoded at once."""
        owning, quickly, done = self._owning, quick_parser(), []
        for text in texts:
            try:
                done.append(owning(quickly(text)))
            except (Misfit, Spoilt, RecursionError, ValueError):
                done.append(otherwise(text))
        return done


def _unchanged(document: Json) -> Json:
    return document


def root_decoder(hint: Any) -> RootDecoder:
    """Return the decoder of an annotation; made at first use. For who decodes many, since to find it by a large union takes a while."""
    if hint not in _ROOTS:
        _ROOTS[hint] = RootDecoder(hint)
    return _ROOTS[hint]


_ROOTS: Final[dict[Any, RootDecoder]] = {}


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
