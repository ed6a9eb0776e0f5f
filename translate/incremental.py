"""Requests of a growing conversation, each turn translated and encoded once (law L6).

    memo = Memo()                                          # one for each client; holds nothing alive
    written = write_request(request, "anthropic", memo)    # again and again, as ``request.turns`` grows
    body = written.body()                                  # the bytes that encoding the whole would give

A history is cut before every turn of the assistant. What a piece becomes depends on the piece, and on everything of a request
but its turns, because the steps of adapting look no further than from a call to its results: where they do (`_local`), the whole is
translated, so the bytes are the same in every case. A piece is known again by the identity of its turns, and forgotten with them.

Base64 stands in a body as the one string that the turn holds: a piece keeps small bytes and references to such strings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Self, cast
from weakref import WeakSet, ref

import attrs

from . import hub
from .adapting import Adapting
from .codec import encode
from .fragments import base64_of, fragments_of
from .http import Fragment, encode_json
from .jsonvalue import ABSENT, Json, JsonObject, same_json
from .profiles.record import Profile
from .translation import adapted
from .wires import Wire, wire_of, write_record

_PLACES: Final[Mapping[str, str]] = {"anthropic": "messages", "openai-chat": "messages", "openai-responses": "input"}
"""Where a wire keeps its conversation. UI-TARS is not here: its prompt and its number of images hang on the whole history."""
_APART: Final = frozenset({"system", "instructions"})
"""Keys that only the first piece's document has, since instructions are given to it alone."""
PLACED: Final[Mapping[str, frozenset[str]]] = {
    "anthropic": frozenset({"a request of the Messages API has at least one message"}),
    "openai-responses": frozenset({"an output item needs an id"}),
}
"""Reasons of insertions that hang on where in the history a piece stands."""
_CACHE_POINTS: Final = 4


@attrs.frozen(kw_only=True, eq=False)
class Written:
    """A request's document: all of it but its conversation, and the conversation as JSON text."""

    document: JsonObject
    """Ready for an envelope; under ``place`` stands an empty list."""
    place: str | None
    """The key of the conversation; None where ``document`` is whole."""
    fragments: tuple[Fragment, ...] = attrs.field(repr=False)
    """The elements of the list, with the commas between them."""
    context: Mapping[str, Json] = attrs.field(repr=False)

    def body(self) -> bytes:
        """Return the whole document as JSON text in UTF-8, as `encode_json` would."""
        return b"".join(
            f if isinstance(f, bytes) else f.encode("ascii") for f in self.pieces(encode_json(self.marked()))
        )

    def marked(self) -> JsonObject:
        """Return the document with a marker in the conversation's place, to be put into an envelope before `pieces`."""
        if self.place is None:
            return self.document
        return {**self.document, self.place: [self._marker()]}

    def pieces(self, body: bytes) -> tuple[Fragment, ...]:
        """Return the JSON text of a document, or of an envelope around it, with the conversation in the place of the marker: in pieces, as
        an `HttpRequest` takes it."""
        if self.place is None:
            return (body,)
        before, marker, behind = body.partition(encode_json(self._marker()))
        if not marker:
            raise ValueError("the body does not hold this request's marker")
        return (before, *self.fragments, behind)

    def _marker(self) -> str:
        """Return a text that stands nowhere else in the document: found from the document, so that equal requests have equal ones."""
        rest, number = encode_json(self.document), 0
        while encode_json(f"conversation-{number}") in rest:
            number += 1
        return f"conversation-{number}"


@attrs.frozen(kw_only=True, eq=False)
class _Head:
    """Everything of a request but its turns, and the document that it makes with the first piece."""

    key: tuple[Any, ...]
    document: JsonObject
    context: Mapping[str, Json]


@attrs.frozen(kw_only=True, eq=False)
class _Piece:
    """Turns that were translated by themselves."""

    head: _Head
    turns: tuple[ref[hub.Turn], ...]
    fragments: tuple[Fragment, ...]
    """With a comma in front, but for the piece that the conversation begins with."""
    ids: tuple[str, ...]
    marks: int
    last: bool
    """It ended the history: how it is said may hang on that."""

    def holds(self, head: _Head, turns: Sequence[hub.Turn], last: bool) -> bool:
        """Tell whether this is what these turns become."""
        if self.head is not head or len(turns) != len(self.turns):
            return False
        for known, turn in zip(self.turns, turns, strict=False):  # of one length, as was just seen
            if known() is not turn:
                return False
        return self.last == last or turns[-1].role != "assistant"


@attrs.define(eq=False)
class Memo:
    """What was translated and encoded before, by the identity of turns. Holds no turn alive: what nobody holds is forgotten.

    For one thread at a time; any number of conversations.
    """

    translated: int = 0
    """Turns translated so far: a test's counter for work that should not be done twice."""
    whole: int = 0
    """Requests that could not be put together of pieces."""
    _pieces: dict[int, _Piece] = attrs.field(factory=dict, repr=False)
    """By the identity of a piece's first turn."""
    _heads: WeakSet[_Head] = attrs.field(factory=WeakSet, repr=False)
    """Those that a piece was made under."""

    def __len__(self) -> int:
        return len(self._pieces)

    def head(self, key: tuple[Any, ...], document: JsonObject, context: Mapping[str, Json]) -> _Head:
        """Return the head that says this: the one that pieces were made under, if there is one.

        The first turn may have changed, its cache point gone, and nothing behind it.
        """
        for known in self._heads:
            if (
                _same_key(known.key, key)
                and same_json(known.document, document)
                and same_json(dict(known.context), dict(context))
            ):
                return known
        made = _Head(key=key, document=document, context=context)
        self._heads.add(made)
        return made

    def find(self, turns: Sequence[hub.Turn]) -> _Piece | None:
        """Return what begins with a turn, as it was kept last."""
        return self._pieces.get(id(turns[0]))

    def keep(self, turns: Sequence[hub.Turn], piece: _Piece) -> None:
        """Keep a piece as long as its first turn lives."""
        self._pieces[id(turns[0])] = piece

    def reference(self, turns: Sequence[hub.Turn]) -> tuple[ref[hub.Turn], ...]:
        """Refer to turns weakly; the first takes its piece with it."""
        return (_First(turns[0], self._pieces), *map(ref, turns[1:]))


class _First(ref[hub.Turn]):
    """A reference to a piece's first turn, which knows where the piece is kept."""

    __slots__ = ("key", "pieces")

    def __new__(cls, turn: hub.Turn, pieces: dict[int, _Piece]) -> Self:
        made = super().__new__(cls, turn, _forget)
        made.key, made.pieces = id(turn), pieces
        return made

    key: int
    pieces: dict[int, _Piece]


def _forget(gone: Any) -> None:
    kept = gone.pieces.get(gone.key)
    if kept is not None and kept.turns[0] is gone:
        del gone.pieces[gone.key]


class _NotLocal(Exception):
    """These turns cannot be translated by themselves."""


def write_request(request: hub.Request, target: str | Wire, memo: Memo, profile: Profile | None = None) -> Written:
    """Adapt a request to a wire, write and encode it; of a history that a request before this one had, only what is new.

    Its `Written.body` is that of `adapt`, `write` and `encode_json` one after another. Raises what they raise.
    """
    wire = wire_of(target)
    place = _PLACES.get(wire.name)
    if place is not None:
        try:
            return _in_pieces(request, wire, place, memo, profile)
        except _NotLocal:
            pass
    memo.whole += 1
    memo.translated += len(request.turns)
    _, document, context, _ = _translated(request, wire, profile)
    return Written(document=document, place=None, fragments=(), context=context)


def _in_pieces(request: hub.Request, wire: Wire, place: str, memo: Memo, profile: Profile | None) -> Written:
    cuts = [number for number, turn in enumerate(request.turns) if turn.role == "assistant"]
    if not request.turns or (cuts and cuts[0] == 0):
        raise _NotLocal
    if any(turn.role in ("system", "developer") for turn in request.turns):
        raise _NotLocal  # where such a turn goes depends on what stands around it, beyond its piece
    groups = [request.turns[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(request.turns)], strict=True)]
    maker = _Maker(request=request, wire=wire, place=place, memo=memo, profile=profile)
    pieces = [maker.first(groups[0], last=len(groups) == 1)]
    head = pieces[0].head
    final = len(groups) - 1
    for number in range(1, len(groups)):
        turns = groups[number]
        known = memo.find(turns)
        if known is None or not known.holds(head, turns, number == final):
            known = maker.next(head, turns, last=number == final)
        pieces.append(known)
    _check_together(request, pieces)
    fragments: list[Fragment] = []
    for piece in pieces:
        fragments.extend(piece.fragments)
    return Written(document=head.document, place=place, fragments=tuple(fragments), context=head.context)


def _check_together(request: hub.Request, pieces: Sequence[_Piece]) -> None:
    """Raise where pieces that are right one by one would be said otherwise together."""
    ids: set[str] = set()
    count = marked = 0
    for piece in pieces:
        ids.update(piece.ids)
        count += len(piece.ids)
        marked += piece.marks
    if count != len(ids):
        raise _NotLocal
    tools = request.tools if isinstance(request.tools, tuple) else ()
    marked += sum(isinstance(tool, hub.Tool) and tool.own is not None for tool in tools) + isinstance(
        request.cache, hub.Mark
    )
    if request.instructions is not ABSENT:
        marked += _marks(request.instructions.parts)
    if marked > _CACHE_POINTS:
        raise _NotLocal


@attrs.frozen(kw_only=True, eq=False)
class _Maker:
    """Makes the pieces of one request, or finds them."""

    request: hub.Request
    wire: Wire
    place: str
    memo: Memo
    profile: Profile | None

    def first(self, turns: tuple[hub.Turn, ...], *, last: bool) -> _Piece:
        """Return the piece that the conversation begins with, whose head is that of the whole."""
        key = (self.wire, self.profile, *(getattr(self.request, name) for name in _HEAD_FIELDS))
        known = self.memo.find(turns)
        if known is not None and _same_key(known.head.key, key) and known.holds(known.head, turns, last):
            return known
        record, document, context, adapting = self._translate(turns, self.request.instructions)
        head = self.memo.head(key, {**document, self.place: []}, context)
        return self._kept(turns, record, document[self.place], adapting, head, last)

    def next(self, head: _Head, turns: tuple[hub.Turn, ...], *, last: bool) -> _Piece:
        """Make a piece that begins with the assistant's turn."""
        record, document, context, adapting = self._translate(turns, ABSENT)
        if not same_json(dict(context), dict(head.context)) or not self._same_head(document, head.document):
            raise _NotLocal
        if not record.turns or record.turns[0].role != "assistant":
            raise _NotLocal
        return self._kept(turns, record, document[self.place], adapting, head, last)

    def _translate(
        self, turns: tuple[hub.Turn, ...], instructions: Any
    ) -> tuple[hub.Request, JsonObject, Mapping[str, Json], Adapting]:
        if not _closed(turns):
            raise _NotLocal
        self.memo.translated += len(turns)
        return _translated(attrs.evolve(self.request, turns=turns, instructions=instructions), self.wire, self.profile)

    def _same_head(self, document: JsonObject, head: JsonObject) -> bool:
        names = (document.keys() | head.keys()) - _APART - {self.place}
        return all(
            name in document
            and name in head
            and (document[name] is head[name] or same_json(document[name], head[name]))
            for name in names
        )

    def _kept(
        self,
        turns: tuple[hub.Turn, ...],
        record: hub.Request,
        elements: Json,
        adapting: Adapting,
        head: _Head,
        last: bool,
    ) -> _Piece:
        if (
            not isinstance(elements, list)
            or not elements
            or not record.turns
            or (not last and record.turns[-1].role == "assistant")
        ):
            raise _NotLocal
        if {inserted.reason for inserted in adapting.inserted} & PLACED.get(self.wire.name, frozenset()):
            raise _NotLocal
        piece = _Piece(
            head=head,
            turns=self.memo.reference(turns),
            fragments=fragments_of(elements, frozenset(base64_of(turns)), following=turns[0].role == "assistant"),
            ids=tuple(_ids(turns) | _ids(record.turns)),
            marks=sum(_marks(turn.parts) for turn in turns),
            last=last,
        )
        self.memo.keep(turns, piece)
        return piece


_HEAD_FIELDS: Final = tuple(field.name for field in attrs.fields(hub.Request) if field.name != "turns")


def _same_key(known: tuple[Any, ...], key: tuple[Any, ...]) -> bool:
    """Tell whether two heads are the same: by identity, and by value where that is a text or a number."""
    return all(
        a is b or (type(a) is type(b) and isinstance(a, (str, int)) and a == b) for a, b in zip(known, key, strict=True)
    )


def _translated(
    request: hub.Request, wire: Wire, profile: Profile | None
) -> tuple[hub.Request, JsonObject, Mapping[str, Json], Adapting]:
    adapting = Adapting(target=wire.name, profile=profile)
    record = cast("hub.Request", adapted(request, wire, adapting))
    document: JsonObject = encode(write_record(wire, record))
    return record, document, adapting.context, adapting


def _closed(turns: Sequence[hub.Turn]) -> bool:
    """Tell whether every result is of a call that stands here too."""
    asked: set[str] = set()
    for part in (part for turn in turns for part in turn.parts):
        if isinstance(part, (hub.Call, hub.ServerCall, hub.Approval)):
            asked.add(part.id)
        elif (isinstance(part, (hub.Result, hub.ServerResult)) and part.call_id not in asked) or (
            isinstance(part, hub.ApprovalAnswer) and part.id not in asked
        ):
            return False
    return True


def _ids(turns: Iterable[hub.Turn]) -> frozenset[str]:
    return frozenset(
        part.id for turn in turns for part in turn.parts if isinstance(part, (hub.Call, hub.ServerCall, hub.Approval))
    )


def _marks(parts: Iterable[hub.Part]) -> int:
    return sum(
        _marks(part.parts) if isinstance(part, hub.Result) else isinstance(part, hub.Mark) and part.kind == "cache"
        for part in parts
    )
