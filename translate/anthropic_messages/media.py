"""Texts, citations, images and documents: blocks to hub parts and back."""

from __future__ import annotations

from typing import Any, Final, Literal, assert_never

from .. import hub
from ..codec import Opaque, encode
from ..errors import WriteError
from ..jsonvalue import ABSENT, Absent, Json
from .residue import FAMILY, WIRE_NAME, assemble, build, members, nulls, ours, own, own_of, said
from .wire_blocks import (
    Base64Source,
    CacheControl,
    CharLocation,
    Citation,
    ContentBlockLocation,
    ContentBlockSource,
    DocumentBlock,
    DocumentSource,
    FileSource,
    ImageBlock,
    PageLocation,
    PlainTextSource,
    SearchResultBlock,
    SearchResultLocation,
    TextBlock,
    UrlSource,
    WebSearchResultLocation,
)

EPHEMERAL: Final = "ephemeral"
PLAIN_TEXT: Final = "text/plain"
UNKNOWN_CITATION: Final = "unknown"


def spelled(fields: dict[str, Json]) -> hub.Own | None:
    """Make a spelling, or none of nothing."""
    return own(fields)


# Cache points.


def read_cache(control: CacheControl | Absent | None) -> hub.Mark | None:
    """Read ``cache_control`` as the mark that follows its part; null and a missing one are none."""
    if not isinstance(control, CacheControl):
        return None
    data = {} if control.ttl is ABSENT else {"ttl": control.ttl}
    if control.type == EPHEMERAL and not control.extra:
        return hub.Mark(kind="cache", data=data)
    rest = {**({} if control.type in (EPHEMERAL, ABSENT) else {"type": control.type}), **control.extra}
    spelling = spelled({"without": ["type"]} if control.type is ABSENT else {})
    return hub.Mark(kind="cache", data=data, own=own(rest), spelling=spelling)


def write_cache(mark: hub.Mark | None) -> CacheControl | Absent:
    """Write a cache mark as ``cache_control``."""
    if mark is None:
        return ABSENT
    unknown = mark.data.keys() - {"ttl"}
    if unknown:
        raise WriteError(f"a cache point of the Messages API has no {min(unknown)!r}")
    fields = ours(mark.own)
    kind: Any = ABSENT if "type" in ours(mark.spelling).get("without", ()) else fields.get("type", EPHEMERAL)
    extra = {key: value for key, value in fields.items() if key != "type"}
    return assemble(CacheControl, extra, {"type": kind, "ttl": mark.data.get("ttl", ABSENT)})


# Texts.


def read_text(block: TextBlock, form: Literal["block"] | None = None) -> hub.Text | hub.Opaque:
    """Read a text block. One with a citation that is not even an object stays opaque."""
    citations = block.citations
    if citations is ABSENT and not block.extra and block.cache_control is not None:
        return hub.Text(text=block.text, form=form)
    cited = members(citations) if isinstance(citations, tuple) else ()
    if any(isinstance(one, Opaque) and not isinstance(one.document, dict) for one in cited):
        return hub.Opaque(wire=WIRE_NAME, document=encode(block))
    spelling = nulls(block, "citations", "cache_control")
    if citations == ():
        spelling["citations"] = []
    return hub.Text(
        text=block.text,
        citations=tuple(_read_citation(one) for one in cited),
        own=own(block.extra),
        spelling=spelled(spelling),
        form=form,
    )


def write_text(text: hub.Text, cache: hub.Mark | None) -> TextBlock:
    """Write a text as a block."""
    if text.logprobs is not ABSENT:
        raise WriteError("a text of the Messages API has no log probabilities")
    citations = tuple(_write_citation(one) for one in text.citations) if text.citations else ABSENT
    return build(TextBlock, text, text=text.text, citations=citations, cache_control=write_cache(cache))


def _read_citation(citation: Citation | Opaque) -> hub.Citation:
    match citation:
        case CharLocation() | PageLocation() | ContentBlockLocation():
            return hub.Citation(
                kind="document",
                title=citation.document_title,
                cited_text=citation.cited_text,
                own=own({"type": citation.type, **_places(citation), **citation.extra}),
                spelling=spelled(nulls(citation, *_PLACES[type(citation)])),
            )
        case WebSearchResultLocation():
            return hub.Citation(
                kind="url",
                url=citation.url,
                title=citation.title,
                cited_text=citation.cited_text,
                own=own_of(citation, "encrypted_index"),
                spelling=spelled(nulls(citation, "encrypted_index")),
            )
        case SearchResultLocation():
            return hub.Citation(
                kind="search",
                url=citation.source,
                title=citation.title,
                cited_text=citation.cited_text,
                own=own({**_places(citation), **citation.extra}),
                spelling=spelled(nulls(citation, *_PLACES[type(citation)])),
            )
        case Opaque():
            return hub.Citation(kind=UNKNOWN_CITATION, own=own(citation.document))
        case _:
            assert_never(citation)


_PLACES: Final[dict[type, tuple[str, ...]]] = {
    CharLocation: ("document_index", "start_char_index", "end_char_index", "file_id"),
    PageLocation: ("document_index", "start_page_number", "end_page_number", "file_id"),
    ContentBlockLocation: ("document_index", "start_block_index", "end_block_index", "file_id"),
    SearchResultLocation: ("search_result_index", "start_block_index", "end_block_index"),
}
"""Where in its source a citation points to: places that only this wire counts this way."""

_DOCUMENT_CITATIONS: Final[dict[Json, type[CharLocation | PageLocation | ContentBlockLocation]]] = {
    "char_location": CharLocation,
    "page_location": PageLocation,
    "content_block_location": ContentBlockLocation,
}


def _places(citation: Citation) -> dict[str, Json]:
    return said(citation, *_PLACES[type(citation)])


def _write_citation(citation: hub.Citation) -> Citation | Opaque:
    if citation.start is not ABSENT or citation.end is not ABSENT:
        raise WriteError("a citation of the Messages API does not count characters of the text that cites")
    match citation.kind:
        case "url":
            return build(
                WebSearchResultLocation,
                citation,
                url=citation.url,
                title=citation.title,
                cited_text=citation.cited_text,
            )
        case "search":
            return build(
                SearchResultLocation,
                citation,
                source=citation.url,
                title=citation.title,
                cited_text=citation.cited_text,
            )
        case "document":
            return _write_document_citation(citation)
        case "unknown" if citation.own is not None and citation.own.wire == WIRE_NAME:
            return Opaque(dict(citation.own.fields))
        case _:
            raise WriteError(f"the Messages API has no citation of kind {citation.kind!r}")


def _write_document_citation(citation: hub.Citation) -> Citation:
    fields = ours(citation.own)
    cls = _DOCUMENT_CITATIONS.get(fields.get("type"))
    if cls is None or citation.url is not ABSENT:
        raise WriteError("a citation of a document needs the places the Messages API counts, and has no address")
    rest = {key: value for key, value in fields.items() if key != "type"}
    stated = {"document_title": citation.title, "cited_text": citation.cited_text}
    return assemble(cls, {**ours(citation.spelling), **rest}, stated)


# Images and documents.


def read_image(block: ImageBlock) -> hub.Media:
    """Read an image block."""
    source = block.source
    if source.extra or block.extra or block.transformations is not ABSENT or block.cache_control is None:
        residue = {**said(block, "transformations"), **_source_residue(source), **block.extra}
        spelling = nulls(block, "transformations", "cache_control")
        return hub.Media(kind="image", source=_read_source(source), own=own(residue), spelling=spelled(spelling))
    return hub.Media(kind="image", source=_read_source(source))


def read_document(block: DocumentBlock) -> hub.Media:
    """Read a document block."""
    residue = {**said(block, "context", "citations"), **_source_residue(block.source), **block.extra}
    spelling = nulls(block, "context", "citations", "cache_control")
    if isinstance(block.source, PlainTextSource) and block.source.media_type is ABSENT:
        spelling["source"] = {"without": ["media_type"]}
    return hub.Media(
        kind="document",
        source=_read_source(block.source),
        title=block.title,
        own=own(residue),
        spelling=spelled(spelling),
    )


def read_search_result(block: SearchResultBlock) -> hub.Media:
    """Read a search result of the caller's: a document whose content stands in the request."""
    return hub.Media(
        kind="document",
        source=hub.Inline(content=read_inner(block.content)),
        title=block.title,
        own=own({"type": block.type, **said(block, "source", "citations"), **block.extra}),
        spelling=spelled(nulls(block, "source", "citations", "cache_control")),
    )


def read_inner(blocks: tuple[TextBlock | ImageBlock | Opaque, ...]) -> tuple[hub.Part, ...]:
    """Read the blocks a document is made of."""
    parts: list[hub.Part] = []
    for block in members(blocks):
        match block:
            case TextBlock():
                parts.append(read_text(block))
            case ImageBlock():
                parts.append(read_image(block))
            case Opaque():
                parts.append(hub.Opaque(wire=WIRE_NAME, document=block.document))
                continue
            case _:
                assert_never(block)
        cache = read_cache(block.cache_control) if not isinstance(parts[-1], hub.Opaque) else None
        if cache is not None:
            parts.append(cache)
    return tuple(parts)


def _read_source(source: DocumentSource) -> hub.Source:
    match source:
        case Base64Source():
            return hub.Base64(media_type=source.media_type, data=source.data)
        case UrlSource():
            return hub.Url(url=source.url)
        case FileSource():
            return hub.FileId(id=source.file_id, family=FAMILY)
        case PlainTextSource():
            return hub.Inline(content=source.data)
        case ContentBlockSource():
            content = source.content
            return hub.Inline(content=content if isinstance(content, str) else read_inner(content))
        case _:
            assert_never(source)


def _source_residue(source: DocumentSource) -> dict[str, Json]:
    """Return what a source says beside the neutral one, under the key ``source``."""
    rest: dict[str, Json] = dict(source.extra)
    if isinstance(source, PlainTextSource) and source.media_type not in (PLAIN_TEXT, ABSENT):
        rest["media_type"] = source.media_type
    if isinstance(source, ContentBlockSource) and isinstance(source.content, str):
        rest["type"] = source.type  # a string as blocks is cited as one block, not sentence by sentence
    return {"source": rest} if rest else {}


def write_media(media: hub.Media, cache: hub.Mark | None) -> ImageBlock | DocumentBlock | SearchResultBlock:
    """Write an image, a document, or a document that was a search result."""
    if media.detail is not ABSENT:
        raise WriteError("an image of the Messages API has no detail")
    fields = dict(ours(media.own))
    if media.kind == "image":
        return _write_image(media, fields, cache)
    if media.kind != "document":
        raise WriteError(f"the Messages API has no place for {media.kind}")
    if fields.get("type") == "search_result":
        return _write_search_result(media, fields, cache)
    source = _write_source(media, fields.pop("source", {}))
    stated = {"source": source, "title": media.title, "cache_control": write_cache(cache)}
    spelling = {key: value for key, value in ours(media.spelling).items() if key != "source"}
    return assemble(DocumentBlock, {**spelling, **fields}, stated)


def _write_image(media: hub.Media, fields: dict[str, Json], cache: hub.Mark | None) -> ImageBlock:
    if media.title is not ABSENT or isinstance(media.source, hub.Inline):
        raise WriteError("an image of the Messages API has neither a title nor content of its own")
    source = _write_source(media, fields.pop("source", {}))
    stated: dict[str, Any] = {"source": source, "cache_control": write_cache(cache)}
    if not fields and media.spelling is None:
        return ImageBlock(**stated)
    return assemble(ImageBlock, {**ours(media.spelling), **fields}, stated)


def _write_search_result(media: hub.Media, fields: dict[str, Json], cache: hub.Mark | None) -> SearchResultBlock:
    if not isinstance(media.source, hub.Inline) or isinstance(media.source.content, str):
        raise WriteError("a search result of the Messages API holds its texts in the request")
    del fields["type"]
    content = write_inner(media.source.content)
    stated = {"title": media.title, "content": content, "cache_control": write_cache(cache)}
    return assemble(SearchResultBlock, {**ours(media.spelling), **fields}, stated)


def write_inner(parts: tuple[hub.Part, ...]) -> tuple[Any, ...]:
    """Write the parts a document is made of: texts and images."""
    blocks: list[Any] = []
    for place, part in enumerate(parts):
        cache = following_cache(parts, place)
        match part:
            case hub.Text():
                blocks.append(write_text(part, cache))
            case hub.Media(kind="image"):
                blocks.append(write_media(part, cache))
            case hub.Opaque(wire="anthropic"):
                blocks.append(Opaque(part.document))
            case hub.Mark(kind="cache") if place and not isinstance(parts[place - 1], (hub.Mark, hub.Opaque)):
                continue
            case _:
                raise WriteError(f"a document of the Messages API cannot hold a {type(part).__name__}")
    return tuple(blocks)


def following_cache(parts: tuple[hub.Part, ...], place: int) -> hub.Mark | None:
    """Return the cache mark that follows a part."""
    if place + 1 < len(parts):
        following = parts[place + 1]
        if isinstance(following, hub.Mark) and following.kind == "cache":
            return following
    return None


def _write_source(media: hub.Media, rest: Json) -> DocumentSource:
    source = media.source
    match source:
        case hub.Base64():
            return assemble(Base64Source, rest, {"media_type": source.media_type, "data": source.data})
        case hub.Url():
            return assemble(UrlSource, rest, {"url": source.url})
        case hub.FileId():
            if source.family != FAMILY:
                raise WriteError(f"a file stored at {source.family} means nothing to the Messages API")
            return assemble(FileSource, rest, {"file_id": source.id})
        case hub.Inline(content=str() as text):
            return _write_inline_text(media, text, rest)
        case hub.Inline():
            return assemble(ContentBlockSource, rest, {"content": write_inner(source.content)})  # type: ignore[arg-type]
        case _:
            assert_never(source)


def _write_inline_text(media: hub.Media, text: str, rest: Json) -> PlainTextSource | ContentBlockSource:
    if rest.get("type") == "content":
        return assemble(ContentBlockSource, {k: v for k, v in rest.items() if k != "type"}, {"content": text})
    named = "media_type" not in ours(media.spelling).get("source", {}).get("without", ())
    stated = {"media_type": rest.get("media_type", PLAIN_TEXT) if named else ABSENT, "data": text}
    return assemble(PlainTextSource, rest, stated)
