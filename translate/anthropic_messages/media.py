"""Images and documents: blocks to hub parts and back."""

from __future__ import annotations

from typing import Any, Final, assert_never

from .. import hub
from ..codec import Opaque
from ..errors import WriteError
from ..jsonvalue import ABSENT, Json
from ..making import new_base64, new_media
from .residue import FAMILY, WIRE_NAME, WITHOUT, assemble, members, nulls, ours, own, said
from .texts import following_cache, read_cache, read_text, write_cache, write_text
from .wire_blocks import (
    Base64Source,
    CacheControl,
    ContentBlockSource,
    DocumentBlock,
    DocumentSource,
    FileSource,
    ImageBlock,
    PlainTextSource,
    SearchResultBlock,
    TextBlock,
    UrlSource,
)

PLAIN_TEXT: Final = "text/plain"


def read_image(block: ImageBlock) -> hub.Media:
    """Read an image block."""
    source = block.source
    if source.extra or block.extra or block.transformations is not ABSENT or block.cache_control is None:
        residue = {**said(block, "transformations"), **_source_residue(source), **block.extra}
        spelling = nulls(block, "transformations", "cache_control")
        return hub.Media(kind="image", source=_read_source(source), own=own(residue), spelling=own(spelling))
    return new_media(kind="image", source=_read_source(source))


def read_document(block: DocumentBlock) -> hub.Media:
    """Read a document block."""
    residue = {**said(block, "context", "citations"), **_source_residue(block.source), **block.extra}
    spelling = nulls(block, "context", "citations", "cache_control")
    if isinstance(block.source, PlainTextSource) and block.source.media_type is ABSENT:
        spelling["source"] = {WITHOUT: ["media_type"]}
    return hub.Media(
        kind="document",
        source=_read_source(block.source),
        title=block.title,
        own=own(residue),
        spelling=own(spelling),
    )


def read_search_result(block: SearchResultBlock) -> hub.Media:
    """Read a search result of the caller's: a document whose content stands in the request."""
    return hub.Media(
        kind="document",
        source=hub.Inline(content=read_inner(block.content)),
        title=block.title,
        own=own({"type": block.type, **said(block, "source", "citations"), **block.extra}),
        spelling=own(nulls(block, "source", "citations", "cache_control")),
    )


def read_inner(blocks: tuple[TextBlock | ImageBlock | Opaque, ...]) -> tuple[hub.Shown, ...]:
    """Read the blocks a document is made of."""
    parts: list[hub.Shown] = []
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
        if isinstance(block.cache_control, CacheControl) and not isinstance(parts[-1], hub.Opaque):
            parts.append(read_cache(block.cache_control))
    return tuple(parts)


def _read_source(source: DocumentSource) -> hub.Source:
    match source:
        case Base64Source():
            return new_base64(media_type=source.media_type, data=source.data)
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
    stated: dict[str, Any] = {"type": "image", "source": source, "cache_control": write_cache(cache)}
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
    named = "media_type" not in ours(media.spelling).get("source", {}).get(WITHOUT, ())
    stated = {"media_type": rest.get("media_type", PLAIN_TEXT) if named else ABSENT, "data": text}
    return assemble(PlainTextSource, rest, stated)
