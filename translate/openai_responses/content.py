"""The parts of a message or of a call's output: read into hub parts, and written from them.

A cache breakpoint on a part becomes a mark behind it. A part that no record fits, or whose place for bytes is empty, stays opaque.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from .. import hub
from ..codec import Opaque, WireRecord, encode
from ..jsonvalue import ABSENT, Json
from ..making import maker, new_base64, new_media, new_text
from . import wire_content as wire
from .citations import read_annotations, write_annotations
from .residue import FAMILY, NOTHING, WIRE_NAME, build, nulls, ours, own, refuse, residue
from .tables import FILE_TYPES

UNTYPED: Final = hub.Own(wire=WIRE_NAME, fields={"untyped": True})
"""Spelling, on the first part of a message, that the message came without its ``type``."""


def is_untyped(spelling: hub.Own | None) -> bool:
    return spelling is not None and ours(spelling).get("untyped") is True


def read_part(part: Any, assistant: bool, spelling: hub.Own | None, into: list[hub.Part]) -> None:
    """Read one part, and its cache mark, into a list. ``spelling`` is what the part shall carry for its message."""
    reader = _READERS.get(part.__class__)
    read = None if reader is None else reader(part, assistant, spelling)
    if read is None:
        into.append(hub.Opaque(wire=WIRE_NAME, document=encode(part)))
        return
    into.append(read)
    breakpoint = getattr(part, "prompt_cache_breakpoint", ABSENT)
    if breakpoint is not ABSENT and breakpoint is not None:
        into.append(_read_mark(breakpoint))


def _read_mark(breakpoint: wire.PromptCacheBreakpoint) -> hub.Mark:
    data = {"ttl": breakpoint.ttl} if isinstance(breakpoint.ttl, str) else {}
    names = [] if data else ["ttl"]
    if breakpoint.mode != "explicit":
        names.append("mode")
    spelling = own({"mode": None}) if breakpoint.mode is ABSENT else None
    return hub.Mark(kind="cache", data=data, own=residue(breakpoint, *names), spelling=spelling)


def _read_input_text(part: wire.InputText, assistant: bool, spelling: hub.Own | None) -> hub.Text:
    if assistant or part.prompt_cache_breakpoint is None:
        fields = dict(ours(spelling))
        if assistant:
            fields["type"] = part.type
        if part.prompt_cache_breakpoint is None:
            fields["prompt_cache_breakpoint"] = None
        spelling = own(fields)
    return new_text(text=part.text, form="block", own=residue(part) if part.extra else None, spelling=spelling)


def _read_output_text(part: wire.OutputText, assistant: bool, spelling: hub.Own | None) -> hub.Text:
    fields = dict(part.extra)
    citations = read_annotations(part.annotations) if isinstance(part.annotations, tuple) else ()
    logprobs = part.logprobs
    if not assistant or not isinstance(part.annotations, tuple) or logprobs == []:
        spelled = dict(ours(spelling))
        if logprobs == []:
            spelled["logprobs"], logprobs = [], ABSENT
        if not assistant:
            spelled["type"] = part.type
        if part.annotations is ABSENT:
            spelled["without"] = ["annotations"]
        elif part.annotations is None:
            spelled["annotations"] = None
        spelling = own(spelled)
    return hub.Text(
        text=part.text, citations=citations, logprobs=logprobs, form="block", own=own(fields), spelling=spelling
    )


def _read_refusal(part: wire.OutputRefusal, assistant: bool, spelling: hub.Own | None) -> hub.Refusal:
    return hub.Refusal(text=part.refusal, own=residue(part) if part.extra else None, spelling=spelling)


def read_data_url(url: str) -> hub.Base64 | hub.Url:
    """Take apart ``data:image/png;base64,...``; any other spelling stays an address."""
    if url.startswith("data:"):
        end = url.find(";base64,", 5, 261)
        if end > 5:
            media_type = url[5:end]
            if ";" not in media_type and "," not in media_type:
                return new_base64(media_type=media_type, data=url[end + 8 :])
    return hub.Url(url=url)


def read_image(
    part: wire.InputImage | wire.ComputerScreenshot, assistant: bool = False, spelling: hub.Own | None = None
) -> hub.Media | None:
    """Read an image or a screenshot; ``None`` where it has neither an address nor a stored file, or both."""
    url, file_id = part.image_url, part.file_id
    if isinstance(url, str) is isinstance(file_id, str):
        return None
    source: hub.Source = read_data_url(url) if isinstance(url, str) else hub.FileId(id=str(file_id), family=FAMILY)
    detail = part.detail if isinstance(part, wire.InputImage) else ABSENT
    if url is None or file_id is None or getattr(part, "prompt_cache_breakpoint", ABSENT) is None:
        names = ["image_url", "file_id"] + (["prompt_cache_breakpoint"] if isinstance(part, wire.InputImage) else [])
        spelling = own({**ours(spelling), **nulls(part, *names)})
    return new_media(
        kind="image", source=source, detail=detail, own=residue(part) if part.extra else None, spelling=spelling
    )


def _read_file(part: wire.InputFile, assistant: bool, spelling: hub.Own | None) -> hub.Media | None:
    places = [name for name in _FILE_PLACES if isinstance(getattr(part, name), str)]
    if len(places) != 1:
        return None
    place, value = places[0], getattr(part, places[0])
    spelled = {**ours(spelling), **nulls(part, *_FILE_PLACES, "prompt_cache_breakpoint")}
    source: hub.Source
    if place == "file_id":
        source = hub.FileId(id=value, family=FAMILY)
    elif place == "file_url":
        source = hub.Url(url=value)
        if value.startswith("data:"):
            spelled["place"] = place
    elif value.startswith("data:"):
        source = read_data_url(value)
    else:
        source = hub.Base64(media_type=_type_of(part.filename), data=value)
        spelled["place"] = "bare"
    return hub.Media(
        kind="document", source=source, title=part.filename, detail=part.detail,
        own=residue(part) if part.extra else None, spelling=own(spelled),
    )  # fmt: skip


_FILE_PLACES: Final = ("file_data", "file_url", "file_id")


def _type_of(filename: object) -> str:
    end = filename.rpartition(".")[2].lower() if isinstance(filename, str) else ""
    return FILE_TYPES.get(end, "application/octet-stream")


_READERS: Final[dict[type, Callable[[Any, bool, hub.Own | None], hub.Part | None]]] = {
    wire.InputText: _read_input_text,
    wire.OutputText: _read_output_text,
    wire.OutputRefusal: _read_refusal,
    wire.InputImage: read_image,
    wire.InputFile: _read_file,
}
CONTENT: Final = frozenset(_READERS)


# Writing.


def write_parts(parts: Sequence[hub.Part], assistant: bool) -> tuple[Any, ...]:
    """Write the parts of one message or output, each cache mark on the part before it."""
    written: list[WireRecord | Opaque] = []
    last = len(parts) - 1
    place = 0
    while place <= last:
        part = parts[place]
        place += 1
        mark: dict[str, Any] | None = None
        if place <= last and parts[place].__class__ is hub.Mark:
            mark = {"prompt_cache_breakpoint": _write_mark(parts[place])}
            place += 1
        written.append(_write_part(part, assistant, mark))
    return tuple(written)


def _write_mark(mark: hub.Part) -> wire.PromptCacheBreakpoint:
    if not isinstance(mark, hub.Mark) or mark.kind != "cache":
        raise refuse("a mark of this kind inside a message")
    without = ours(mark.spelling)
    usual = NOTHING if "mode" in without else {"mode": "explicit"}
    if mark.own is None:
        return wire.PromptCacheBreakpoint(**usual, **mark.data)
    return build(wire.PromptCacheBreakpoint, hub.Mark(kind="cache", own=mark.own), dict(mark.data), usual)


def _write_part(part: hub.Part, assistant: bool, mark: dict[str, Any] | None) -> WireRecord | Opaque:
    cls = part.__class__
    if cls is hub.Text:
        return _write_text(part, assistant, mark)  # type: ignore[arg-type]
    if cls is hub.Media:
        return write_media(part, mark)  # type: ignore[arg-type]
    if mark is not None:
        raise refuse("a cache mark behind this part")
    if cls is hub.Refusal:
        return _write_refusal(part)  # type: ignore[arg-type]
    if isinstance(part, hub.Opaque):
        return write_opaque(part)
    raise refuse(f"a {cls.__name__} inside a message")


def write_opaque(part: hub.Opaque) -> Opaque:
    """Write what no record of ours fits back as it came."""
    if part.wire != WIRE_NAME:
        raise refuse(f"an opaque part of {part.wire}")
    return Opaque(part.document)


def _write_text(part: hub.Text, assistant: bool, mark: dict[str, Any] | None) -> WireRecord:
    turned = ours(part.spelling).get("type") if part.spelling is not None else None
    if turned == "output_text" or (assistant and turned != "input_text"):
        if mark is not None:
            raise refuse("a cache mark behind what the model said")
        stated = {"text": part.text, "logprobs": part.logprobs}
        if part.citations:
            stated["annotations"] = write_annotations(part.citations)
        return build(wire.OutputText, part, stated, _NO_ANNOTATIONS)
    if part.citations or part.logprobs is not ABSENT:
        raise refuse("citations or log probabilities of a text to the model")
    if part.own is None and part.spelling is None and mark is None:
        return _new_input_text(text=part.text)
    return build(wire.InputText, part, {"text": part.text, **(mark or NOTHING)})


_new_input_text: Final = maker(wire.InputText)
_new_input_image: Final = maker(wire.InputImage)
_NO_ANNOTATIONS: Final[dict[str, Any]] = {"annotations": ()}


def _write_refusal(part: hub.Refusal) -> WireRecord:
    if part.category is not ABSENT:
        raise refuse("the category of a refusal")
    return build(wire.OutputRefusal, part, {"refusal": part.text})


def is_plain(part: hub.Part) -> bool:
    """Tell whether a part is words and nothing else, so that a string says it."""
    return isinstance(part, hub.Text) and not part.citations and part.logprobs is ABSENT and not ours(part.own)


def write_media(part: hub.Media, mark: dict[str, Any] | None) -> WireRecord:
    """Write an image or a document."""
    if part.kind == "image":
        if part.title is not ABSENT:
            raise refuse("the title of an image")
        if mark is None and part.own is None and part.spelling is None:
            return _new_input_image(detail=part.detail, **_image_source(part.source))
        stated = {"detail": part.detail, **_image_source(part.source), **(mark or NOTHING)}
        return build(wire.InputImage, part, stated)
    if part.kind == "document":
        stated = {"filename": part.title, "detail": part.detail, **_file_source(part), **(mark or NOTHING)}
        return build(wire.InputFile, part, stated)
    raise refuse(f"{part.kind} as input")


def _image_source(source: hub.Source) -> dict[str, Json]:
    if isinstance(source, hub.Base64):
        return {"image_url": f"data:{source.media_type};base64,{source.data}"}
    if isinstance(source, hub.Url):
        return {"image_url": source.url}
    return {"file_id": _file_id(source)}


def _file_source(part: hub.Media) -> dict[str, Json]:
    source = part.source
    place = ours(part.spelling).get("place")
    if isinstance(source, hub.Base64):
        bare = place == "bare" and source.media_type == _type_of(part.title)
        return {"file_data": source.data if bare else f"data:{source.media_type};base64,{source.data}"}
    if isinstance(source, hub.Url):
        inside = source.url.startswith("data:") and place != "file_url"
        return {"file_data" if inside else "file_url": source.url}
    return {"file_id": _file_id(source)}


def _file_id(source: hub.Source) -> str:
    if isinstance(source, hub.FileId) and source.family == FAMILY:
        return source.id
    raise refuse(f"a file stored at {source.family}" if isinstance(source, hub.FileId) else "a document in the request")


def write_screenshot(part: hub.Media) -> wire.ComputerScreenshot:
    """Write the image that a computer call gave back."""
    if part.kind != "image" or part.detail is not ABSENT or part.title is not ABSENT:
        raise refuse("a screenshot with a detail or a title")
    return build(wire.ComputerScreenshot, part, _image_source(part.source))
