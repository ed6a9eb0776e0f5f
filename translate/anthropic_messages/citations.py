"""What a text rests on: citations to hub records and back."""

from __future__ import annotations

from typing import Any, Final, Literal, TypeAlias, assert_never

from .. import hub
from ..codec import Opaque
from ..errors import WriteError
from ..jsonvalue import ABSENT, Json
from .residue import FAMILY, WIRE_NAME, assemble, build, nulls, ours, own, own_of
from .tables import NO_WORDS
from .wire_blocks import (
    CharLocation,
    Citation,
    ContentBlockLocation,
    DocumentLocation,
    PageLocation,
    SearchResultLocation,
    WebSearchResultLocation,
)

UNKNOWN_CITATION: Final = "unknown"

Unit: TypeAlias = Literal["character", "page", "block"]

_PLACES: Final[dict[type, dict[str, str]]] = {
    CharLocation: {"document_index": "number", "start_char_index": "first", "end_char_index": "last", "file_id": "file"},
    PageLocation: {"document_index": "number", "start_page_number": "first", "end_page_number": "last", "file_id": "file"},
    ContentBlockLocation: {
        "document_index": "number", "start_block_index": "first", "end_block_index": "last", "file_id": "file",
    },
    SearchResultLocation: {"search_result_index": "number", "start_block_index": "first", "end_block_index": "last"},
}  # fmt: skip
"""Where in its source a citation points to: keys here, and fields of the hub."""
_UNITS: Final[dict[type, Unit]] = {CharLocation: "character", PageLocation: "page", ContentBlockLocation: "block"}
_LOCATIONS: Final[dict[Any, type[DocumentLocation]]] = {
    "character": CharLocation,
    "page": PageLocation,
    "block": ContentBlockLocation,
}
_FORMER: Final[dict[Json, type[DocumentLocation]]] = {
    "char_location": CharLocation,
    "page_location": PageLocation,
    "content_block_location": ContentBlockLocation,
}
"""Stored citations have the places in their residue, with this type."""


UNSEALED: Final = hub.Own(wire=WIRE_NAME, fields={"encrypted_index": ""})
"""The spelling of a citation without a seal that has the key all the same: an empty place is none."""


def read_citation(citation: Citation | Opaque) -> hub.Citation:
    """Read what a text cites."""
    match citation:
        case CharLocation() | PageLocation() | ContentBlockLocation():
            places, rest = _read_places(citation)
            return hub.Citation(
                kind="document", title=citation.document_title, cited_text=citation.cited_text,
                unit=_UNITS[type(citation)], **places, own=own(rest), spelling=own(nulls(citation, *_PLACES[type(citation)])),
            )  # fmt: skip
        case WebSearchResultLocation():
            index = citation.encrypted_index
            known = isinstance(index, str)
            return hub.Citation(
                kind="url", url=citation.url, title=citation.title, cited_text=citation.cited_text,
                seal=hub.Seal(kind="encrypted", data=index, family=FAMILY) if known and index else None,
                own=own_of(citation, *(() if known else ("encrypted_index",))),
                spelling=UNSEALED if index == "" else own(nulls(citation, "encrypted_index")),
            )  # fmt: skip
        case SearchResultLocation():
            places, rest = _read_places(citation)
            return hub.Citation(
                kind="search", url=citation.source, title=citation.title, cited_text=citation.cited_text, unit="block",
                **places, own=own(rest), spelling=own(nulls(citation, *_PLACES[type(citation)])),
            )  # fmt: skip
        case Opaque():
            return hub.Citation(kind=UNKNOWN_CITATION, own=own({UNKNOWN_CITATION: citation.document}))
        case _:
            assert_never(citation)


def _read_places(citation: Citation) -> tuple[dict[str, Any], dict[str, Json]]:
    """Return the places that are numbers, and the file that is a text; and what they are otherwise, with the unknown keys."""
    places: dict[str, Any] = {}
    rest = dict(citation.extra)
    for key, field in _PLACES[type(citation)].items():
        value = getattr(citation, key)
        if type(value) is (str if field == "file" else int):
            places[field] = value
        elif value is not ABSENT and value is not None:
            rest[key] = value
    return places, rest


def is_ours(citation: hub.Citation) -> bool:
    """Tell whether a citation says all that one of the Messages API has to say, which no other wire's does."""
    if citation.kind == "url" and (citation.seal is None or citation.seal.family != FAMILY):
        return False
    if citation.own is not None:
        return citation.own.wire == WIRE_NAME
    return citation.kind == "url" or (citation.kind in ("document", "search") and citation.unit is not ABSENT)


def taken_back(citation: hub.Citation) -> hub.Citation | None:
    """Return a citation as it may stand in a request: pages of the web are cited under Anthropic's seal only."""
    return citation if is_ours(citation) else None


def told(citation: hub.Citation) -> hub.Citation | None:
    """Return a citation as it may stand in a reply, whose reader wants the address: of another provider's the rest is empty.

    It is of the whole text. The words that OpenAI says where it stands are those of the text that cites, and not of the page.
    """
    if is_ours(citation) or (citation.own is not None and citation.own.wire == WIRE_NAME):
        return citation
    if citation.kind != "url" or not isinstance(citation.url, str):
        return None
    title = citation.title if isinstance(citation.title, str) else None
    words = citation.cited_text if isinstance(citation.cited_text, str) else NO_WORDS
    return hub.Citation(kind="url", url=citation.url, title=title, cited_text=words, spelling=UNSEALED)


def write_citation(citation: hub.Citation) -> Citation | Opaque:
    """Write what a text cites."""
    if not citation.start is citation.end is citation.container is ABSENT:
        raise WriteError("a citation of the Messages API does not count characters of the text that cites")
    match citation.kind:
        case "url":
            return _write_page(citation)
        case "search":
            return _write_search_result(citation)
        case "document":
            return _write_document(citation)
        case "unknown" if UNKNOWN_CITATION in ours(citation.own):
            return Opaque(ours(citation.own)[UNKNOWN_CITATION])
        case _:
            raise WriteError(f"the Messages API has no citation of kind {citation.kind!r}")


def _write_page(citation: hub.Citation) -> WebSearchResultLocation:
    if not citation.number is citation.unit is citation.first is citation.last is citation.file is ABSENT:
        raise WriteError("a citation of a page of the web has no places in it")
    seal = citation.seal
    if seal is not None and (seal.family != FAMILY or seal.kind != "encrypted"):
        raise WriteError(f"a place sealed by {seal.family} means nothing to the Messages API")
    if seal is not None and not seal.data:
        raise WriteError("an empty place seals nothing: such a citation has no seal")
    return build(
        WebSearchResultLocation, citation, type="web_search_result_location", url=citation.url, title=citation.title,
        cited_text=citation.cited_text, encrypted_index=ABSENT if seal is None else seal.data,
    )  # fmt: skip


def _write_search_result(citation: hub.Citation) -> SearchResultLocation:
    former = citation.unit is ABSENT and "start_block_index" in ours(citation.own)
    if citation.seal is not None or citation.file is not ABSENT or not (citation.unit == "block" or former):
        raise WriteError("a citation of a search result counts its blocks")
    return build(
        SearchResultLocation, citation, type="search_result_location", source=citation.url, title=citation.title,
        cited_text=citation.cited_text, **_write_places(SearchResultLocation, citation),
    )  # fmt: skip


def _write_document(citation: hub.Citation) -> Citation:
    fields = ours(citation.own)
    former = _FORMER.get(fields.get("type")) if citation.unit is ABSENT else None
    cls = former or _LOCATIONS.get(citation.unit)
    if cls is None or citation.url is not ABSENT or citation.seal is not None:
        raise WriteError("a citation of a document needs the places the Messages API counts, and has no address")
    rest = {key: value for key, value in fields.items() if key != "type" or former is None}
    stated = {
        "document_title": citation.title, "cited_text": citation.cited_text, **_write_places(cls, citation)
    }  # fmt: skip
    return assemble(cls, {**ours(citation.spelling), **rest}, stated)


def _write_places(cls: type, citation: hub.Citation) -> dict[str, Any]:
    return {key: getattr(citation, field) for key, field in _PLACES[cls].items()}
