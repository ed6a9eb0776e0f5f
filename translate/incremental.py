"""Requests of a growing conversation, each turn translated and encoded once (law L6).

    memo = Memo()                                          # one for each client; holds nothing alive
    written = write_request(request, "anthropic", memo)    # again and again, as ``request.turns`` grows
    body = written.body()                                  # the bytes that encoding the whole would give

A history is cut before every turn of the assistant. What a piece becomes depends on the piece, and on everything of a request
but its turns, because the steps of adapting look no further than from a call to its results; those of UI-TARS, whose prompt stands before the
first turn and whose images are counted from the last, are told where a piece stands (`Stretch`). Where a step looks further all the same, the
whole is translated, so the bytes are the same in every case. What was made is kept in a `Memo`.

Base64 stands in a body as the one string that the turn holds: a piece keeps small bytes and references to such strings.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Final, cast

import attrs

from . import hub
from .adapting import Adapting, Stretch
from .blocks import Block, have_ids_of_their_own
from .codec import encode
from .fragments import base64_of, fragments_of
from .http import Fragment, HttpRequest, encode_json
from .jsonvalue import ABSENT, Json, JsonObject, same_json
from .memo import Found, Head, Memo, Piece, images_said, same_key
from .profiles.checking import images_of
from .profiles.record import Profile
from .translation import adapted
from .wires import Wire, wire_of, write_record

__all__ = ["PLACED", "Memo", "Written", "write_request"]

_PLACES: Final[Mapping[str, str]] = {
    "anthropic": "messages", "openai-chat": "messages", "openai-responses": "input", "uitars": "messages",
}  # fmt: skip
"""Where a wire keeps its conversation."""
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
    pictures: int
    """Images in the turns that were given."""
    picture_bytes: int
    """Characters of base64 in them."""
    head: Head | None = attrs.field(default=None, repr=False)
    """What the document was made with, where it was put together of pieces."""

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

    def enveloped(self, key: Hashable, wrap: Callable[[JsonObject], HttpRequest]) -> HttpRequest:
        """Return the request that an envelope makes of the document, the conversation in its place in pieces.

        What ``wrap`` makes around a conversation is kept with all that it was made of but the ``key``, which stands for ``wrap`` itself.
        """
        if self.place is None or self.head is None:
            return wrap(self.document)
        known = self.head.envelopes.get(key)
        if known is None:
            sent = wrap(self.marked())
            before, *_, behind = attrs.evolve(self, fragments=()).pieces(sent.body)
            known = self.head.envelopes[key] = (sent, before, behind)
        sent, before, behind = known
        return sent.with_body((before, *self.fragments, behind))

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
    adapting = Adapting(target=wire.name, profile=profile)
    _, document = _translated(request, wire, adapting)
    pictures, size = _pictures(request.turns)
    return Written(
        document=document,
        place=None,
        fragments=(),
        context=adapting.context,
        pictures=pictures,
        picture_bytes=size,
    )


def _in_pieces(request: hub.Request, wire: Wire, place: str, memo: Memo, profile: Profile | None) -> Written:
    turns = request.turns
    if not turns or turns[0].role == "assistant":
        raise _NotLocal
    key = (wire, profile, *[getattr(request, name) for name in _HEAD_FIELDS])
    maker = _Maker(request=request, wire=wire, place=place, memo=memo, profile=profile, key=key)
    begun = _piece_end(turns, 0)
    head = maker.head(turns[:begun], last=begun == len(turns))
    found: list[Found] = []
    images = 0
    for block, start, stop in reversed(_cut(memo, head, turns, begun)):
        known = block or maker.next(head, turns[start:stop], last=stop == len(turns), images_behind=images)
        images += known.images
        found.append((known, start, stop))
    found.reverse()
    first = maker.first(head, turns[:begun], last=begun == len(turns), images_behind=images)
    pieces = [first, *[known for known, _, _ in found]]
    _check_together(request, pieces)
    memo.pack(turns, found)
    fragments: list[Fragment] = []
    for piece in pieces:
        fragments.extend(piece.fragments)
    return Written(
        document=head.document,
        place=place,
        fragments=tuple(fragments),
        context=_context(wire, head, pieces),
        pictures=sum([piece.pictures for piece in pieces]),
        picture_bytes=sum([piece.picture_bytes for piece in pieces]),
        head=head,
    )


def _context(wire: Wire, head: Head, pieces: Sequence[Piece | Block]) -> Mapping[str, Json]:
    """Return the context of the whole: that of each of its pieces, and the names of calls that were counted through all of them."""
    if wire.count_calls is None:
        return head.context
    ids: dict[str, Json] = {}
    count = 0
    for piece in pieces:
        if piece.calls:
            if piece.counted is None or piece.counted[0] != count:
                piece.counted = (count, wire.count_calls(piece.calls, count))
            ids |= piece.counted[1]
            count += len(piece.calls)
    return {**head.context, "ids": ids} if ids else head.context


def _cut(memo: Memo, head: Head, turns: tuple[hub.Turn, ...], start: int) -> list[tuple[Block | None, int, int]]:
    """Cut a history from one of its turns on into pieces, as many of them as are known together as one block."""
    cuts: list[tuple[Block | None, int, int]] = []
    while start < len(turns):
        block = memo.block(head, turns, start)
        stop = _piece_end(turns, start) if block is None else start + 1 + len(block.rest)
        cuts.append((block, start, stop))
        start = stop
    return cuts


def _piece_end(turns: Sequence[hub.Turn], start: int) -> int:
    """Return where the piece ends that begins at a turn: before the assistant's next turn."""
    if turns[start].role in _UNPLACED:
        raise _NotLocal
    for place in range(start + 1, len(turns)):
        role = turns[place].role
        if role == "assistant":
            return place
        if role in _UNPLACED:
            raise _NotLocal
    return len(turns)


_UNPLACED: Final = frozenset({"system", "developer"})
"""Speakers in mid-conversation: where such a turn goes depends on what stands around it, beyond its piece."""


def _check_together(request: hub.Request, pieces: Sequence[Piece | Block]) -> None:
    """Raise where pieces that are right one by one would be said otherwise together."""
    if not have_ids_of_their_own(pieces):
        raise _NotLocal
    marked = sum([piece.marks for piece in pieces])
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
    key: tuple[Any, ...]

    def head(self, turns: tuple[hub.Turn, ...], *, last: bool) -> Head:
        """Return the head of the whole, which is that of the piece that the conversation begins with."""
        known = self.memo.find(turns)
        if known is not None and same_key(known.head.key, self.key):
            return known.head
        return self.first(None, turns, last=last, images_behind=0).head

    def first(self, head: Head | None, turns: tuple[hub.Turn, ...], *, last: bool, images_behind: int) -> Piece:
        """Return the piece that the conversation begins with, made under a head if it is known."""
        known = self.memo.find(turns)
        if known is not None and head is not None and known.holds(head, turns, last, images_behind):
            return known
        stretch = Stretch(begins=True, ends=last, images_behind=images_behind)
        record, document, adapting = self._translate(turns, self.request.instructions, stretch)
        if (
            record.instructions is ABSENT
            and self.request.instructions is not ABSENT
            and self.request.instructions.parts
        ):
            raise _NotLocal  # said by the user as long as nobody else says anything
        head = self.memo.head(self.key, {**document, self.place: []}, adapting.context)
        return self._kept(turns, record, document[self.place], adapting, head, last)

    def next(self, head: Head, turns: tuple[hub.Turn, ...], *, last: bool, images_behind: int) -> Piece:
        """Return the piece that begins with the assistant's turn."""
        known = self.memo.find(turns)
        if known is not None and known.holds(head, turns, last, images_behind):
            return known
        stretch = Stretch(begins=False, ends=last, images_behind=images_behind)
        record, document, adapting = self._translate(turns, ABSENT, stretch)
        if stretch.inseparable or not same_json(dict(adapting.context), dict(head.context)):
            raise _NotLocal
        if not self._same_head(document, head.document):
            raise _NotLocal
        if not record.turns or record.turns[0].role != "assistant":
            raise _NotLocal
        return self._kept(turns, record, document[self.place], adapting, head, last)

    def _translate(
        self, turns: tuple[hub.Turn, ...], instructions: Any, stretch: Stretch
    ) -> tuple[hub.Request, JsonObject, Adapting]:
        if not _closed(turns):
            raise _NotLocal
        self.memo.translated += len(turns)
        request = attrs.evolve(self.request, turns=turns, instructions=instructions)
        adapting = Adapting(target=self.wire.name, profile=self.profile, stretch=stretch)
        record, document = _translated(request, self.wire, adapting)
        return record, document, adapting

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
        head: Head,
        last: bool,
    ) -> Piece:
        if (
            not isinstance(elements, list)
            or not elements
            or not record.turns
            or (not last and record.turns[-1].role == "assistant")
        ):
            raise _NotLocal
        if {inserted.reason for inserted in adapting.inserted} & PLACED.get(self.wire.name, frozenset()):
            raise _NotLocal
        stretch = adapting.stretch
        assert stretch is not None
        pictures, picture_bytes = _pictures(turns)
        piece = Piece(
            head=head,
            turns=self.memo.reference(turns),
            fragments=fragments_of(elements, frozenset(base64_of(turns)), following=turns[0].role == "assistant"),
            # What a wire counts calls as says where they stand in this piece, and nothing of them.
            ids=tuple(map(hash, _ids(turns) | (frozenset() if self.wire.count_calls else _ids(record.turns)))),
            marks=sum(_marks(turn.parts) for turn in turns),
            last=last,
            hangs=turns[-1].role == "assistant" or stretch.open,
            calls=stretch.calls,
            images=stretch.images,
            most_images=stretch.most_images,
            images_said=images_said(stretch.images, stretch.most_images, stretch.images_behind),
            pictures=pictures,
            picture_bytes=picture_bytes,
        )
        self.memo.keep(turns, piece)
        return piece


_HEAD_FIELDS: Final = tuple(field.name for field in attrs.fields(hub.Request) if field.name != "turns")


def _translated(request: hub.Request, wire: Wire, adapting: Adapting) -> tuple[hub.Request, JsonObject]:
    record = cast("hub.Request", adapted(request, wire, adapting))
    document: JsonObject = encode(write_record(wire, record))
    return record, document


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


def _pictures(turns: tuple[hub.Turn, ...]) -> tuple[int, int]:
    """Count the images of turns, and the characters of base64 in them."""
    sources = [image.source for _, image in images_of(hub.Request(turns=turns))]
    return len(sources), sum([len(source.data) for source in sources if isinstance(source, hub.Base64)])


def _marks(parts: Iterable[hub.Part]) -> int:
    return sum(
        _marks(part.parts) if isinstance(part, hub.Result) else isinstance(part, hub.Mark) and part.kind == "cache"
        for part in parts
    )
