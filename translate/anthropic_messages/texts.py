"""Texts with their citations, and cache points: blocks to hub parts and back."""

from __future__ import annotations

from typing import Any, Final, Literal, assert_never

from .. import hub
from ..codec import Opaque, encode
from ..errors import WriteError
from ..jsonvalue import ABSENT, Absent, Json
from ..making import new_text
from .residue import WIRE_NAME, WITHOUT, assemble, build, members, nulls, ours, own, own_of, said
from .tables import USUAL_TIME
from .wire_blocks import (
    CacheControl,
    CharLocation,
    Citation,
    ContentBlockLocation,
    PageLocation,
    SearchResultLocation,
    TextBlock,
    WebSearchResultLocation,
)

EPHEMERAL: Final = "ephemeral"
UNKNOWN_CITATION: Final = "unknown"


# Cache points.


def read_cache(control: CacheControl) -> hub.Mark:
    """Read ``cache_control`` as the mark that follows its part. The time it has by default is no time, also where it is said."""
    usual = control.ttl == USUAL_TIME
    data = {} if usual or control.ttl is ABSENT else {"ttl": control.ttl}
    if control.type == EPHEMERAL and not control.extra:
        return hub.Mark(kind="cache", data=data, spelling=own({"ttl": USUAL_TIME}) if usual else None)
    rest = {**({} if control.type in (EPHEMERAL, ABSENT) else {"type": control.type}), **control.extra}
    spelling = {**({WITHOUT: ["type"]} if control.type is ABSENT else {}), **({"ttl": USUAL_TIME} if usual else {})}
    return hub.Mark(kind="cache", data=data, own=own(rest), spelling=own(spelling))


def write_cache(mark: hub.Mark | None) -> CacheControl | Absent:
    """Write a cache mark as ``cache_control``."""
    if mark is None:
        return ABSENT
    unknown = mark.data.keys() - {"ttl"}
    if unknown:
        raise WriteError(f"a cache point of the Messages API has no {min(unknown)!r}")
    if mark.data.get("ttl") == USUAL_TIME:
        raise WriteError(f"a cache point of {USUAL_TIME} is one that says no time")
    fields, spelled = ours(mark.own), ours(mark.spelling)
    kind: Any = ABSENT if "type" in spelled.get(WITHOUT, ()) else fields.get("type", EPHEMERAL)
    extra = {key: value for key, value in fields.items() if key != "type"}
    return assemble(CacheControl, extra, {"type": kind, "ttl": mark.data.get("ttl", spelled.get("ttl", ABSENT))})


def following_cache(parts: tuple[hub.Part, ...], place: int) -> hub.Mark | None:
    """Return the cache mark that follows a part."""
    if place + 1 < len(parts):
        following = parts[place + 1]
        if isinstance(following, hub.Mark) and following.kind == "cache":
            return following
    return None


# Texts.


def read_text(block: TextBlock, form: Literal["block"] | None = None) -> hub.Text | hub.Opaque:
    """Read a text block. One with a citation that is not even an object stays opaque."""
    citations = block.citations
    if citations is ABSENT and not block.extra and block.cache_control is not None:
        return new_text(text=block.text, form=form)
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
        spelling=own(spelling),
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
            places = {"type": citation.type, **_places(citation)}
            return hub.Citation(
                kind="document",
                title=citation.document_title,
                cited_text=citation.cited_text,
                own=own({**places, **citation.extra}),
                spelling=own(nulls(citation, *_PLACES[type(citation)])),
            )
        case WebSearchResultLocation():
            return hub.Citation(
                kind="url",
                url=citation.url,
                title=citation.title,
                cited_text=citation.cited_text,
                own=own_of(citation, "encrypted_index"),
                spelling=own(nulls(citation, "encrypted_index")),
            )
        case SearchResultLocation():
            return hub.Citation(
                kind="search",
                url=citation.source,
                title=citation.title,
                cited_text=citation.cited_text,
                own=own({**_places(citation), **citation.extra}),
                spelling=own(nulls(citation, *_PLACES[type(citation)])),
            )
        case Opaque():
            return hub.Citation(kind=UNKNOWN_CITATION, own=own({UNKNOWN_CITATION: citation.document}))
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
                type="web_search_result_location",
                url=citation.url,
                title=citation.title,
                cited_text=citation.cited_text,
            )
        case "search":
            return build(
                SearchResultLocation,
                citation,
                type="search_result_location",
                source=citation.url,
                title=citation.title,
                cited_text=citation.cited_text,
            )
        case "document":
            return _write_document_citation(citation)
        case "unknown" if UNKNOWN_CITATION in ours(citation.own):
            return Opaque(ours(citation.own)[UNKNOWN_CITATION])
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
