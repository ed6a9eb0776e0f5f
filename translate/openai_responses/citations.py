"""Annotations of a text: read into citations, and written from them."""

from __future__ import annotations

from typing import Any, Final

from .. import hub
from ..codec import Opaque, encode
from ..jsonvalue import ABSENT, Absent
from . import wire_content as wire
from .residue import assemble, nulls, ours, own, refuse, residue

_OFFER: Final = "file_path"
"""The type of a citation that is none, but a file that the text offers."""
_PLACES: Final = ("start_index", "end_index")


def read_annotations(annotations: tuple[wire.Annotation, ...]) -> tuple[hub.Citation, ...]:
    """Read the annotations of a text."""
    return tuple(map(_read_annotation, annotations))


def _read_annotation(annotation: wire.Annotation) -> hub.Citation:
    match annotation:
        case wire.UrlCitation():
            return hub.Citation(
                kind="url", url=annotation.url, title=annotation.title,
                start=_known(annotation.start_index), end=_known(annotation.end_index),
                own=residue(annotation), spelling=own(nulls(annotation, *_PLACES)),
            )  # fmt: skip
        case wire.ContainerFileCitation():
            known = isinstance(annotation.container_id, str)
            return hub.Citation(
                kind="file", title=annotation.filename, file=_known(annotation.file_id), container=_known(annotation.container_id),
                start=_known(annotation.start_index), end=_known(annotation.end_index),
                own=residue(annotation, *(() if known else ("type",))),
                spelling=own(nulls(annotation, "container_id", "file_id", *_PLACES)),
            )  # fmt: skip
        case wire.FileCitation():
            return hub.Citation(
                kind="file", title=annotation.filename, file=_known(annotation.file_id), number=_known(annotation.index),
                own=residue(annotation), spelling=own(nulls(annotation, "file_id", "index")),
            )  # fmt: skip
        case wire.FilePath():
            return hub.Citation(
                kind="file", file=_known(annotation.file_id), number=_known(annotation.index), own=residue(annotation, "type"),
                spelling=own(nulls(annotation, "file_id", "index")),
            )  # fmt: skip
        case _:
            return hub.Citation(kind="opaque", own=own({"annotation": encode(annotation)}))


def _known(value: Any) -> Any:
    return ABSENT if value is None else value


def write_annotations(citations: tuple[hub.Citation, ...]) -> tuple[wire.Annotation, ...]:
    """Write citations as annotations."""
    return tuple(map(_write_annotation, citations))


def _write_annotation(citation: hub.Citation) -> wire.Annotation:
    fields = ours(citation.own)
    if citation.kind == "opaque" and "annotation" in fields:
        return Opaque(fields["annotation"])
    if (
        not citation.cited_text is citation.unit is citation.first is citation.last is ABSENT
        or citation.seal is not None
    ):
        raise refuse("the cited text of a citation, or places in what it is of")
    if citation.kind == "file" and citation.url is ABSENT:
        return _write_file(citation)
    if citation.kind != "url" or not citation.file is citation.container is citation.number is ABSENT:
        raise refuse(f"a citation of kind {citation.kind}")
    stated = {"url": citation.url, "title": citation.title, "start_index": citation.start, "end_index": citation.end}
    return assemble(wire.UrlCitation, fields, ours(citation.spelling), stated)


def _write_file(citation: hub.Citation) -> wire.Annotation:
    fields, spelling = ours(citation.own), ours(citation.spelling)
    usual = "file_citation" if citation.container is ABSENT else "container_file_citation"
    kind = fields.get("type", usual)
    rest = {key: value for key, value in fields.items() if key != "type"}
    stated: dict[str, Any] = {"file_id": citation.file}
    if kind == "container_file_citation":
        _refuse_said(citation.number, "the number of a file that was made in a container")
        stated |= {"filename": citation.title, "container_id": citation.container}
        stated |= {"start_index": citation.start, "end_index": citation.end}
        return assemble(wire.ContainerFileCitation, rest, spelling, stated)
    _refuse_said(citation.start, "the place of a citation of a file")
    _refuse_said(citation.end, "the place of a citation of a file")
    stated["index"] = citation.number
    if kind == _OFFER:
        _refuse_said(citation.title, "the name of a file that a text offers")
        _refuse_said(citation.container, "the container of a file that a text offers")
        return assemble(wire.FilePath, rest, spelling, stated)
    return assemble(wire.FileCitation, rest, spelling, {**stated, "filename": citation.title})


def _refuse_said(value: str | int | Absent | None, what: str) -> None:
    if value is not ABSENT:
        raise refuse(what)
