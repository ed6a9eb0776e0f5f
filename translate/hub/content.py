"""What people and models say and see: texts with what they cite, refusals, pictures, sounds and documents, thinking."""

from __future__ import annotations

from typing import Literal, TypeAlias

import attrs

from ..jsonvalue import ABSENT, Absent, Json
from .base import UNCOMPARED, HubRecord, Mark, Opaque, Owned, Seal


@attrs.frozen(kw_only=True, eq=False)
class Citation(Owned):
    """Where a text says it has something from.

    ``kind`` is url (a web page), document (a part of a document of the request), search (a given search result), file (a stored
    file). ``start`` and ``end`` are characters of the text that cites, where the wire counts them there (OpenAI's annotations).

    ``number`` is which it is of the documents, search results or files, from 0; ``first`` and ``last`` are the places in it, in
    characters, pages or blocks (``unit``), as the wire counts them; ``file`` is a stored file's id, ``container`` where that was
    made. ``seal`` is a place that only the provider can read.
    """

    kind: str
    url: str | Absent | None = ABSENT
    title: str | Absent | None = ABSENT
    cited_text: str | Absent | None = ABSENT
    start: int | Absent = ABSENT
    end: int | Absent = ABSENT
    number: int | Absent = ABSENT
    unit: Literal["character", "page", "block"] | Absent = ABSENT
    first: int | Absent = ABSENT
    last: int | Absent = ABSENT
    file: str | Absent = ABSENT
    container: str | Absent = ABSENT
    seal: Seal | None = None


@attrs.frozen(kw_only=True, eq=False)
class Text(Owned):
    """Words. ``form`` says whether the wire put a lone text as a bare string or as a list of one block; not compared."""

    text: str
    citations: tuple[Citation, ...] = ()
    logprobs: Json = ABSENT
    form: Literal["string", "block"] | None = attrs.field(default=None, metadata=UNCOMPARED)


@attrs.frozen(kw_only=True, eq=False)
class Refusal(Owned):
    """The model's words for not doing it, where the wire sets them apart from text."""

    text: str
    category: str | Absent | None = ABSENT


@attrs.frozen(kw_only=True, eq=False)
class Base64(HubRecord):
    """Bytes in the document. ``data`` is base64 text without any ``data:`` prefix, exactly as the wire had it."""

    media_type: str
    data: str = attrs.field(repr=lambda data: f"<{len(data)} characters of base64>")


@attrs.frozen(kw_only=True, eq=False)
class Url(HubRecord):
    """An address the provider fetches. A ``data:`` URL that is not plain base64 stays here as it is."""

    url: str = attrs.field(repr=lambda url: repr(url if len(url) <= 200 else url[:60] + "..."))


@attrs.frozen(kw_only=True, eq=False)
class FileId(HubRecord):
    """A file stored at a provider: means something to ``family`` only."""

    id: str
    family: str


@attrs.frozen(kw_only=True, eq=False)
class Inline(HubRecord):
    """A document whose content stands in the request: a text, or parts (texts and images)."""

    content: str | tuple[Shown, ...]


Source: TypeAlias = Base64 | Url | FileId | Inline


@attrs.frozen(kw_only=True, eq=False)
class Media(Owned):
    """An image, sound, document or video. ``detail`` is how closely to look, ``title`` a name (a document's title, a filename)."""

    kind: Literal["image", "audio", "document", "video"]
    source: Source
    detail: str | Absent | None = ABSENT
    title: str | Absent | None = ABSENT


Shown: TypeAlias = Text | Media | Opaque | Mark
"""What may stand inside another part: in a document, in what a tool found."""


@attrs.frozen(kw_only=True, eq=False)
class Thinking(Owned):
    """Reasoning. ``text`` is ABSENT where the provider kept it; ``summary`` is what it gave instead."""

    text: str | Absent = ABSENT
    summary: tuple[str, ...] = ()
    seal: Seal | None = None
