"""The wires polyloop speaks, and what a wire is: a folder that offers one `Wire` record.

A wire's modules are imported when the wire is first asked for, since making a few hundred record classes costs time that a user
of another wire should not pay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import attrs

from .codec import Opaque, RootDecoder, WireRecord, encode, root_decoder
from .errors import UsageError
from .jsonvalue import Json

if TYPE_CHECKING:
    from . import hub
    from .adapting import Adapter
    from .streams import WireStream

Kind: TypeAlias = Literal[
    "request", "response", "event", "stream", "error", "count_tokens_request", "count_tokens_response"
]
HubDocument: TypeAlias = "hub.Request | hub.Response"


@attrs.frozen(kw_only=True, eq=False)
class Wire:
    """A wire format: what its documents are, and how they become hub records and come from them.

    ``roots`` gives for each kind the record class, or the union of classes, of a whole document. ``read_*`` and ``write_*`` are
    exact inverses on what `decode` gives; ``adapt_*`` make a hub record one that ``write_*`` accepts and the provider too.
    """

    name: str
    family: str
    """Who mints this wire's seals and file ids: anthropic, openai, bytedance, or a name of your own."""
    roots: Mapping[str, Any]
    read_request: Callable[[Any], hub.Request]
    write_request: Callable[[hub.Request], WireRecord]
    read_response: Callable[[Any], hub.Response]
    write_response: Callable[[hub.Response], WireRecord]
    adapt_request: Adapter | None = None
    adapt_response: Adapter | None = None
    hear_request: Callable[[hub.Request], hub.Request] | None = None
    """Takes what a request of this wire says in words for what other wires have a place for; run on the way to another wire."""
    count_calls: Callable[[Iterable[str], int], dict[str, str]] | None = None
    """For a wire that names calls by counting them through the conversation: the names of calls that had others, by their ids in order, where
    so many calls stand before them."""
    stream: WireStream | None = None
    """Its streams; ``None`` for a wire of ours, whose folder's ``stream`` module has them, and for one without streams."""
    reasons: tuple[tuple[str, str, str], ...] = ()
    """Why a place of another wire has none here, as a target: (source wire or ``*``, pattern of the source's pointer, one clause)."""
    defaults: tuple[tuple[str, Json], ...] = ()
    """What this wire's documentation says it assumes: (pattern of a pointer, value). Written or left out, both read to equal records."""


_FOLDERS: Final[Mapping[str, str]] = {
    "anthropic": "anthropic_messages",
    "openai-chat": "openai_chat",
    "openai-responses": "openai_responses",
    "uitars": "uitars",
}
WIRES: Final[tuple[str, ...]] = tuple(_FOLDERS)
KINDS: Final[tuple[str, ...]] = (
    "request", "response", "event", "stream", "error", "count_tokens_request", "count_tokens_response",
)  # fmt: skip


def wire_of(wire: str | Wire) -> Wire:
    """Return the wire of that name, importing it at first use; a `Wire` of your own is returned as it is."""
    if isinstance(wire, Wire):
        return wire
    if wire not in _LOADED:
        if wire not in _FOLDERS:
            raise UsageError(f"unknown wire {wire!r}; the wires are {', '.join(WIRES)}")
        _LOADED[wire] = import_module(f".{_FOLDERS[wire]}", __package__).WIRE
    return _LOADED[wire]


_LOADED: Final[dict[str, Wire]] = {}


def stream_of(wire: str | Wire) -> WireStream:
    """Return what a wire says about its streams, importing it at first use. Raises `UsageError` for a wire without streams."""
    found = wire_of(wire)
    if found.stream is not None:
        return found.stream
    if found.name not in _FOLDERS:
        raise UsageError(f"wire {found.name!r} has no streams")
    stream: WireStream = import_module(f".{_FOLDERS[found.name]}.stream", __package__).STREAM
    return stream


def decode(wire: str | Wire, kind: str, document: Json) -> Any:
    """Decode a JSON document to the wire's record. `encode` gives the document back, key order included.

    Raises `UsageError` for a wire or kind that does not exist, `DecodeError` for a document that is not of that kind.
    """
    return decoder_of(wire, kind).decode(document)


def decode_text(wire: str | Wire, kind: str, text: str | bytes) -> Any:
    """Decode JSON text to the wire's record: what ``decode(wire, kind, json.loads(text))`` gives, and faster.

    Raises what `decode` raises, and `DecodeError` for text that is not JSON or has a number that a float cannot hold.
    """
    return decoder_of(wire, kind).decode_text(text)


def decoder_of(wire: str | Wire, kind: str) -> RootDecoder:
    """Return the decoder of a wire's documents of a kind. Raises `UsageError` for a wire or kind that does not exist."""
    decoder = _DECODERS.get((wire, kind))
    if decoder is None:
        decoder = _DECODERS[wire, kind] = root_decoder(root_of(wire_of(wire), kind))
    return decoder


_DECODERS: Final[dict[tuple[str | Wire, str], RootDecoder]] = {}


def root_of(wire: Wire, kind: str) -> Any:
    """Return the record class of a kind of document. Raises `UsageError` for a kind that the wire has not."""
    if kind not in wire.roots:
        raise UsageError(f"unknown kind {kind!r} for wire {wire.name!r}; its kinds are {', '.join(wire.roots)}")
    return wire.roots[kind]


def read(wire: str | Wire, kind: str, document: Json) -> HubDocument:
    """Read a request or a response of a wire to its hub record."""
    found = wire_of(wire)
    record = decode(found, kind, document)
    return reader_of(found, kind)(record)


def reader_of(wire: Wire, kind: str) -> Callable[[Any], HubDocument]:
    """Return what reads a wire record of that kind into a hub record. Raises `UsageError` for a kind that the hub has no record for."""
    readers: dict[str, Callable[[Any], HubDocument]] = {"request": wire.read_request, "response": wire.read_response}
    if kind not in readers:
        raise UsageError(f"cannot read a {kind!r} to the hub; the kinds that can be are {', '.join(readers)}")
    return readers[kind]


def write(wire: str | Wire, record: HubDocument) -> Json:
    """Write a hub request or response as a document of a wire. Exact: it never repairs.

    Raises `WriteError` where the record says what the wire has no form for; `adapt` it to the wire first.
    """
    return encode(write_record(wire_of(wire), record))


def write_record(wire: Wire, record: HubDocument) -> WireRecord | Opaque:
    """Write a hub record as a record of the wire. Raises `WriteError` where the wire cannot say it."""
    from . import hub

    if isinstance(record, hub.Request):
        return wire.write_request(record)
    if isinstance(record, hub.Response):
        return wire.write_response(record)
    raise UsageError(f"cannot write a {type(record).__name__}; a hub Request or Response can be written")
