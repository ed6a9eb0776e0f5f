"""Annotations of a text: read into citations, and written from them."""

from __future__ import annotations

from typing import Any, Final

from .. import hub
from ..codec import Opaque, encode
from ..jsonvalue import ABSENT, Absent, Json
from . import wire_content as wire
from .residue import assemble, nulls, ours, own, refuse, residue

_FILE_KINDS: Final[dict[str, type[wire.FileCitation | wire.ContainerFileCitation | wire.FilePath]]] = {
    "file_citation": wire.FileCitation,
    "container_file_citation": wire.ContainerFileCitation,
    "file_path": wire.FilePath,
}


def read_annotations(annotations: tuple[wire.Annotation, ...]) -> tuple[hub.Citation, ...]:
    """Read the annotations of a text."""
    return tuple(map(_read_annotation, annotations))


def _read_annotation(annotation: wire.Annotation) -> hub.Citation:
    match annotation:
        case wire.UrlCitation():
            return hub.Citation(
                kind="url", url=annotation.url, title=annotation.title,
                start=_place(annotation.start_index), end=_place(annotation.end_index),
                own=residue(annotation), spelling=own(nulls(annotation, "start_index", "end_index")),
            )  # fmt: skip
        case wire.ContainerFileCitation():
            return hub.Citation(
                kind="file", title=annotation.filename,
                start=_place(annotation.start_index), end=_place(annotation.end_index),
                own=residue(annotation, "type", "container_id", "file_id"),
                spelling=own(nulls(annotation, "start_index", "end_index")),
            )  # fmt: skip
        case wire.FileCitation():
            return hub.Citation(kind="file", title=annotation.filename, own=residue(annotation, "file_id", "index"))
        case wire.FilePath():
            return hub.Citation(kind="file", own=residue(annotation, "type", "file_id", "index"))
        case _:
            return hub.Citation(kind="opaque", own=own({"annotation": encode(annotation)}))


def _place(index: int | Absent | None) -> int | Absent:
    return ABSENT if index is None else index


def write_annotations(citations: tuple[hub.Citation, ...]) -> tuple[wire.Annotation, ...]:
    """Write citations as annotations."""
    return tuple(map(_write_annotation, citations))


def _write_annotation(citation: hub.Citation) -> wire.Annotation:
    fields = ours(citation.own)
    if citation.kind == "opaque" and "annotation" in fields:
        return Opaque(fields["annotation"])
    if citation.cited_text is not ABSENT:
        raise refuse("the cited text of a citation")
    spelling = ours(citation.spelling)
    places = {"start_index": citation.start, "end_index": citation.end}
    if citation.kind == "url":
        return assemble(wire.UrlCitation, fields, spelling, {"url": citation.url, "title": citation.title, **places})
    kind = str(fields.get("type", "file_citation"))
    if citation.kind != "file" or citation.url is not ABSENT or kind not in _FILE_KINDS:
        raise refuse(f"a citation of kind {citation.kind}")
    stated: dict[str, Any] = {} if kind == "file_path" else {"filename": citation.title}
    if kind == "container_file_citation":
        stated.update(places)
    elif citation.start is not ABSENT or citation.end is not ABSENT:
        raise refuse("the place of a citation of a file")
    if kind == "file_path" and citation.title is not ABSENT:
        raise refuse("the name of a file that a text offers")
    rest: dict[str, Json] = {key: value for key, value in fields.items() if key != "type"}
    return assemble(_FILE_KINDS[kind], rest, spelling, stated)
