"""Documents whose content stands in the request, for wires that have no such form: told as texts between two lines, and back.

Chat Completions has files of PDF alone, the Responses API files of many kinds but none of several parts. A line before a document names
it, one behind ends it; what it holds stands between them. A text that would be taken for such a line gets a backslash in front, which is
taken off again, so that hearing undoes telling whatever the texts say. Bytes of a text are told as the text they are.

Source: "Chat Completions accepts only PDF files as file content parts. To use text from a file in Chat Completions, read the file in
your application and send its contents as a text content part" (developers.openai.com/api/docs/guides/file-inputs, read 2026-11-24).
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeGuard

import attrs

from . import hub
from .adapting import Adapting
from .jsonvalue import ABSENT, Absent
from .steps import map_parts, map_turns, recut

IN_WORDS: Final = frozenset({"openai-chat", "openai-responses"})
"""Wires that tell such documents in words."""
PLAIN: Final = "text/plain"
_BEGIN: Final = re.compile(r'\[document(?: ("(?:[^"\\]|\\.)*"))?(?: \((text/[^()\s]+|in parts)\))?\]\n')
_END: Final = "\n[end of document]"
_ESCAPED: Final = re.compile(rf"\\+(?:{_BEGIN.pattern}|{re.escape(_END)})")
_IN_PARTS: Final = "in parts"
_BEGINS: Final = (
    "says that a document begins, and what it is called: the target has no file like it, so it is told as text"
)
_ENDS: Final = "says that a document ends that is told as text"


# Bytes and words.


def words_of_bytes(source: hub.Base64) -> str | None:
    """Return the text that bytes of a text type hold in UTF-8; ``None`` for other bytes."""
    if not source.media_type.startswith("text/"):
        return None
    try:
        return base64.b64decode(source.data, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None


def bytes_of_words(text: str, media_type: str = PLAIN) -> hub.Base64 | None:
    """Return a text as the bytes of a text file; ``None`` where it has a surrogate alone, which UTF-8 cannot say."""
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        return None
    return hub.Base64(media_type=media_type, data=base64.b64encode(data).decode("ascii"))


# Telling.


def say_documents(request: hub.Request, adapting: Adapting, files: bool) -> hub.Request:
    """Tell documents that users and results show as texts, where the target has no such form; hear first what the source told so.

    With ``files`` the target takes text files, so that only documents in parts, and texts that are no UTF-8, have to be told.
    """
    if adapting.source == adapting.target:
        return request
    request = hear_documents(request, adapting)

    def step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        if isinstance(part, hub.Media):
            return _told(part, adapting, files)
        return _escaped(part, adapting) if isinstance(part, hub.Text) else None

    return _in_what_is_shown(request, lambda turn: map_parts(turn, step))


def _in_what_is_shown(request: hub.Request, step: Callable[[hub.Turn], hub.Turn]) -> hub.Request:
    """Apply a step to users' turns, and to results as turns of their own: to those that hold a document or what may be a line."""
    if not _is_concerned(request.turns):
        return request

    def result(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        if not isinstance(part, hub.Result) or not _concerns(part.parts):
            return None
        inside = step(hub.Turn(role="tool", parts=part.parts)).parts
        return None if inside is part.parts else (attrs.evolve(part, parts=inside),)

    def of_turn(turn: hub.Turn) -> hub.Turn:
        if turn.role == "user":
            return step(turn) if _concerns(turn.parts) else turn
        return map_parts(turn, result) if turn.role == "tool" else turn

    return map_turns(request, of_turn)


def _is_concerned(turns: Sequence[hub.Turn]) -> bool:
    """Tell quickly of nearly every conversation that nobody shows a document in it, or says what may be a line."""
    for turn in turns:
        if turn.role == "tool":
            for part in turn.parts:
                if part.__class__ is hub.Result and _concerns(part.parts):
                    return True
        elif turn.role == "user" and _concerns(turn.parts):
            return True
    return False


def _concerns(parts: Sequence[hub.Part]) -> bool:
    for part in parts:
        if part.__class__ is hub.Text:
            if part.text[-2:] in _LAST and _may_be_line(part.text):
                return True
        elif part.__class__ is hub.Media and part.kind == "document":
            return True
    return False


def _told(media: hub.Media, adapting: Adapting, files: bool) -> Sequence[hub.Part] | None:
    if media.kind != "document" or (media.own is not None and media.own.wire == adapting.target):
        return None
    shown: tuple[hub.Shown, ...]
    match media.source:
        case hub.Inline(content=str() as text) if not files or bytes_of_words(text) is None:
            kind, shown = "", (hub.Text(text=text, form="block"),)
        case hub.Inline(content=tuple() as shown):
            kind = f" ({_IN_PARTS})"
        case hub.Base64() as data if not files and (said := words_of_bytes(data)) is not None:
            kind, shown = _kind_of(data), (hub.Text(text=said, form="block"),)
        case _:
            return None
    title = f" {json.dumps(media.title, ensure_ascii=False)}" if isinstance(media.title, str) else ""
    begin = f"[document{title}{kind}]\n"
    return (_line(begin, _BEGINS, adapting), *_without_lines(shown, adapting), _line(_END, _ENDS, adapting))


def _kind_of(data: hub.Base64) -> str:
    kind = f" ({data.media_type})"
    return kind if data.media_type != PLAIN and _BEGIN.fullmatch(f"[document{kind}]\n") else ""


def _without_lines(parts: Sequence[hub.Shown], adapting: Adapting) -> Iterator[hub.Part]:
    """Yield what a document shows, its cache points behind texts only: what else they stand behind may have no place."""
    before: hub.Shown | None = None
    for part in parts:
        if isinstance(part, hub.Text):
            yield from _escaped(part, adapting) or (part,)
        elif not isinstance(part, hub.Mark) or isinstance(before, hub.Text):
            yield part
        before = part


def _line(text: str, reason: str, adapting: Adapting) -> hub.Text:
    return hub.Text(text=str(adapting.insert(text, reason)), form="block")


def _escaped(part: hub.Text, adapting: Adapting) -> Sequence[hub.Part] | None:
    # Without a source a record may have been adapted before: adapting twice is adapting once.
    if adapting.source is None or not _may_be_line(part.text):
        return None
    if _is_line(part.text) or _ESCAPED.fullmatch(part.text):
        return (attrs.evolve(part, text="\\" + part.text),)
    return None


def _may_be_line(text: str) -> bool:
    """Tell quickly of nearly every text that it is no line, and no escaped one."""
    return text[-2:] in _LAST and text[:1] in ("[", "\n", "\\")


_LAST: Final = ("]\n", "t]")
"""How lines end."""


def _is_line(text: str) -> bool:
    return text == _END or _BEGIN.fullmatch(text) is not None


# Hearing.


def hear_documents(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Take texts that tell a document for that document, and undo the escapes, where the source tells documents so."""
    return _in_what_is_shown(request, _heard) if adapting.source in IN_WORDS else request


def _heard(turn: hub.Turn) -> hub.Turn:
    parts, said = turn.parts, list[hub.Part]()
    counts: list[int] = []
    cuts = {seam.start for seam in turn.seams}
    place = 0
    while place < len(parts):
        stop = _end_of(parts, place, cuts)
        document = None if stop is None else _document(parts[place], parts[place + 1 : stop])
        if document is None or stop is None:
            said.append(_unescaped(parts[place]))
            counts.append(1)
            place += 1
        else:
            said.append(document)
            counts.extend([1, *[0] * (stop - place)])
            place = stop + 1
    return attrs.evolve(turn, parts=tuple(said), seams=recut(turn.seams, counts))


def _end_of(parts: Sequence[hub.Part], begin: int, cuts: set[int]) -> int | None:
    """Return the place of the line that ends the document whose first line stands at ``begin``, in the same message."""
    first = parts[begin]
    if not _is_plain(first) or _BEGIN.fullmatch(first.text) is None:
        return None
    for place in range(begin + 1, len(parts)):
        part = parts[place]
        if place in cuts or not isinstance(part, (hub.Text, hub.Media, hub.Mark)):
            return None
        if _is_plain(part) and _is_line(part.text):
            return place if part.text == _END else None
    return None


def _is_plain(part: hub.Part) -> TypeGuard[hub.Text]:
    return isinstance(part, hub.Text) and part.own is None and not part.citations and part.logprobs is ABSENT


def _document(first: hub.Part, shown: Sequence[hub.Part]) -> hub.Media | None:
    line = _BEGIN.fullmatch(first.text) if isinstance(first, hub.Text) else None
    title = _title_of(line[1]) if line is not None else None
    if line is None or title is None:
        return None
    parts = tuple([part for part in map(_unescaped, shown) if isinstance(part, (hub.Text, hub.Media, hub.Mark))])
    source: hub.Source | None = None
    if line[2] == _IN_PARTS:
        source = hub.Inline(content=parts)
    elif len(parts) == 1 and _is_plain(parts[0]):
        text = parts[0].text
        source = hub.Inline(content=text) if line[2] is None else bytes_of_words(text, line[2])
    return None if source is None else hub.Media(kind="document", source=source, title=title)


def _title_of(spelled: str | None) -> str | Absent | None:
    """Read the title of a line; ``None`` for one that is no JSON text: nobody of us wrote it."""
    try:
        return ABSENT if spelled is None else str(json.loads(spelled))
    except ValueError:
        return None


def _unescaped(part: hub.Part) -> hub.Part:
    if not isinstance(part, hub.Text) or part.text[:1] != "\\" or _ESCAPED.fullmatch(part.text) is None:
        return part
    return attrs.evolve(part, text=part.text[1:])
