"""The parts of a message's ``content``: read into hub parts, and written from them.

A cache breakpoint on a part becomes a mark behind it. A part that no record fits stays opaque.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias, TypeVar, assert_never

import attrs

from .. import hub
from ..codec import Opaque, encode
from ..jsonvalue import ABSENT, Absent, Json
from ..making import maker, new_base64, new_media, new_text
from . import wire_parts as wire
from .residue import FAMILY, NOTHING, WIRE_NAME, fill, made, nulls, ours, own, refuse
from .tables import AUDIO_FORMATS, AUDIO_TYPES

MarkedPart: TypeAlias = wire.TextPart | wire.ImagePart | wire.InputAudioPart | wire.FilePart | wire.VideoPart
Part = TypeVar("Part", wire.TextPart, wire.RefusalPart)
_BREAKPOINT: Final = "prompt_cache_breakpoint"
CACHE_CONTROL: Final = "cache_control"


def read_content(content: wire.Content) -> list[hub.Part]:
    """Read a message's content: a string is one text, and nothing is no part."""
    if content.__class__ is str:
        return [new_text(text=content, form="string")]
    parts: list[hub.Part] = []
    if isinstance(content, tuple):
        for part in content:
            _read_part(part, parts)
    return parts


def _read_part(part: wire.ContentPart, into: list[hub.Part]) -> None:
    match part:
        case wire.TextPart():
            marks, fields = _read_marks(part)
            into.append(new_text(text=part.text, form="block", own=own(fields)))
            into.extend(marks)
        case wire.ImagePart():
            marks, fields = _read_marks(part)
            into.append(_read_image(part, fields))
            into.extend(marks)
        case wire.InputAudioPart():
            marks, fields = _read_marks(part)
            into.append(_read_audio(part, fields))
            into.extend(marks)
        case wire.FilePart() if isinstance(part.file.file_data, str) is isinstance(part.file.file_id, str):
            into.append(hub.Opaque(wire=WIRE_NAME, document=encode(part)))  # neither bytes nor a stored file, or both
        case wire.FilePart():
            marks, fields = _read_marks(part)
            into.append(_read_file(part, fields))
            into.extend(marks)
        case wire.VideoPart():
            marks, fields = _read_marks(part)
            into.append(_read_video(part, fields))
            into.extend(marks)
        case wire.DocumentPart():
            into.append(_read_document(part))
        case wire.RefusalPart():
            into.append(hub.Refusal(text=part.refusal, own=own(part.extra), spelling=_AS_PART))
        case wire.ThinkingPart():
            into.append(
                _read_thinking(part) if all(part.thinking) else hub.Opaque(wire=WIRE_NAME, document=encode(part))
            )
        case Opaque():
            into.append(hub.Opaque(wire=WIRE_NAME, document=part.document))
        case _:
            into.append(hub.Opaque(wire=WIRE_NAME, document=part))  # null, which an array may hold


_AS_PART: Final = hub.Own(wire=WIRE_NAME, fields={"form": "part"})
"""Spelling of a refusal that stood among the parts, where a lone one behind the texts stands in the message's key."""


def _read_marks(part: MarkedPart) -> tuple[tuple[hub.Mark, ...], dict[str, Json]]:
    """Return the cache marks of a part, and what is left of it: unknown keys, and marks of an unknown form."""
    fields = dict(part.extra)
    marks: tuple[hub.Mark, ...] = ()
    if not isinstance(part, wire.VideoPart) and part.prompt_cache_breakpoint is not ABSENT:
        ttl = _ttl_of(part.prompt_cache_breakpoint, "mode", "explicit")
        if ttl is not None:
            marks = (hub.Mark(kind="cache", data=ttl),)
        else:
            fields[_BREAKPOINT] = part.prompt_cache_breakpoint
    if part.cache_control is not ABSENT:
        mark = read_cache_control(part.cache_control)
        if mark is not None and not marks:
            marks = (mark,)
        else:
            fields[CACHE_CONTROL] = part.cache_control
    return marks, fields


def _ttl_of(document: Json, key: str, value: str) -> dict[str, Json] | None:
    if not isinstance(document, dict) or document.get(key) != value:
        return None
    rest = {name: said for name, said in document.items() if name != key}
    return rest if not rest or (rest.keys() == {"ttl"} and isinstance(rest["ttl"], str)) else None


def read_cache_control(document: Json, place: str = "part") -> hub.Mark | None:
    """Read Anthropic's cache key, which several gateways take over; ``None`` where it is of another form."""
    ttl = _ttl_of(document, "type", "ephemeral")
    return None if ttl is None else hub.Mark(kind="cache", data=ttl, own=own({CACHE_CONTROL: place}))


def write_cache_control(mark: hub.Mark) -> Json:
    return {"type": "ephemeral", **mark.data}


def read_data_url(url: str) -> hub.Base64 | hub.Url:
    """Take apart ``data:image/png;base64,...``; any other spelling stays an address."""
    if url.startswith("data:"):
        end = url.find(";base64,", 5, 261)
        if end > 5:
            media_type = url[5:end]
            if ";" not in media_type and "," not in media_type:
                return new_base64(media_type=media_type, data=url[end + 8 :])
    return hub.Url(url=url)


def write_data_url(source: hub.Source) -> str:
    """Spell bytes as a ``data:`` URL, and an address as it is."""
    match source:
        case hub.Base64():
            return f"data:{source.media_type};base64,{source.data}"
        case hub.Url():
            return source.url
        case hub.FileId():
            raise refuse("a stored file here")
        case hub.Inline():
            raise refuse("a document whose content stands in the request")
        case _:
            assert_never(source)


def _read_image(part: wire.ImagePart, fields: dict[str, Json]) -> hub.Media:
    image = part.image_url
    if isinstance(image, str):
        return hub.Media(kind="image", source=read_data_url(image), own=own(fields), spelling=_BARE)
    if image.extra:
        fields["image_url"] = image.extra
    return new_media(kind="image", source=read_data_url(image.url), detail=image.detail, own=own(fields))


_BARE: Final = hub.Own(wire=WIRE_NAME, fields={"form": "bare"})
"""Spelling of a medium whose address stood as a bare string, without the object around it."""


def _read_audio(part: wire.InputAudioPart, fields: dict[str, Json]) -> hub.Media:
    audio = part.input_audio
    if isinstance(audio, str):
        source: hub.Source = hub.Url(url=audio) if "://" in audio[:20] else hub.Base64(media_type="audio", data=audio)
        return hub.Media(kind="audio", source=source, own=own(fields), spelling=_BARE)
    if audio.extra:
        fields["input_audio"] = audio.extra
    media_type = AUDIO_TYPES.get(audio.format) or f"audio/{audio.format}"
    return hub.Media(kind="audio", source=hub.Base64(media_type=media_type, data=audio.data), own=own(fields))


def _read_file(part: wire.FilePart, fields: dict[str, Json]) -> hub.Media:
    file = part.file
    source: hub.Source
    if isinstance(file.file_data, str):
        source = read_data_url(file.file_data)
    else:
        source = hub.FileId(id=str(file.file_id), family=FAMILY)
    if file.extra:
        fields["file"] = file.extra
    spelling = own(nulls(file, "file_data", "file_id"))
    return hub.Media(kind="document", source=source, title=file.filename, own=own(fields), spelling=spelling)


def _read_video(part: wire.VideoPart, fields: dict[str, Json]) -> hub.Media:
    video = part.video_url
    fields["video_url"] = {} if isinstance(video, str) else dict(video.extra)
    bare = isinstance(video, str)
    url = video if isinstance(video, str) else video.url
    return hub.Media(kind="video", source=read_data_url(url), own=own(fields), spelling=_BARE if bare else None)


def _read_document(part: wire.DocumentPart) -> hub.Media:
    source = read_data_url(part.document_url)
    return hub.Media(
        kind="document", source=source, title=part.document_name, own=own({"document_url": True, **part.extra})
    )


def _read_thinking(part: wire.ThinkingPart) -> hub.Thinking:
    """Join the pieces of a thinking part. Their lengths are a spelling, the unknown keys of the part are residue."""
    texts = [piece.text for piece in part.thinking]
    spelling = own({"lengths": [len(text) for text in texts]}) if len(texts) != 1 else None
    pieces = [piece.extra for piece in part.thinking]
    rest: dict[str, Json] = {"pieces": pieces, **part.extra} if any(pieces) else dict(part.extra)
    return hub.Thinking(text="".join(texts), own=own({"thinking": rest}), spelling=spelling)


# Writing.


def write_content(parts: Sequence[hub.Part], cited: hub.Part | None = None) -> wire.Content:
    """Write parts as content: a lone plain text as a string unless it was a block, anything else as a list, nothing as null.

    ``cited`` is the text whose citations the message itself carries; no other may have any.
    """
    if not parts:
        return None
    first = parts[0]
    if len(parts) == 1 and isinstance(first, hub.Text) and first.form != "block" and not ours(first.own):
        return _words(first, cited)
    written: list[wire.ContentPart] = []
    for part in parts:
        if isinstance(part, hub.Text):
            words = _words(part, cited)
            plain = part.own is None
            written.append(_new_text_part(text=words) if plain else _built(wire.TextPart, part, text=words))
        elif part.__class__ is hub.Mark:
            _mark_last(written, part)
        else:
            written.append(_write_part(part))
    return tuple(written)


_new_text_part: Final = maker(wire.TextPart)


def _words(text: hub.Text, cited: hub.Part | None) -> str:
    if text.logprobs is not ABSENT or (text.citations and text is not cited):
        raise refuse("a text's own log probabilities, or citations where no annotations go")
    return text.text


def _mark_last(written: list[wire.ContentPart], mark: hub.Mark) -> None:
    last = written[-1] if written else None
    key = CACHE_CONTROL if CACHE_CONTROL in ours(mark.own) else _BREAKPOINT
    if mark.kind != "cache" or last is None or not hasattr(last, key) or getattr(last, key) is not ABSENT:
        raise refuse(f"a mark ({mark.kind}) here")
    document = write_cache_control(mark) if key == CACHE_CONTROL else {"mode": "explicit", **mark.data}
    evolve: Callable[..., wire.ContentPart] = attrs.evolve  # the key decides the field, which no type says
    written[-1] = evolve(last, **{key: document})


def _write_part(part: hub.Part) -> wire.ContentPart:
    match part:
        case hub.Media():
            return _write_media(part)
        case hub.Refusal(category=Absent.ABSENT):
            return _built(wire.RefusalPart, part, refusal=part.text)
        case hub.Thinking():
            return _write_thinking(part)
        case hub.Opaque(wire=of) if of == WIRE_NAME:
            return Opaque(part.document)
        case _:
            raise refuse(f"a part of type {type(part).__name__}, with what it says, here")


def _built(cls: type[Part], part: hub.Owned, **stated: Any) -> Part:
    residue = ours(part.own)
    if residue:
        fill(cls, stated, residue)
    return cls(**stated)


def _write_media(media: hub.Media) -> wire.ContentPart:
    match media.kind:
        case "image":
            return _write_image(media)
        case "audio":
            return _write_audio(media)
        case "document":
            return _write_document(media)
        case "video":
            return _write_video(media)
        case _:
            assert_never(media.kind)


def _inner(media: hub.Media, key: str) -> tuple[Any, dict[str, Json]]:
    """Take the residue of the inner object apart from that of the part."""
    residue = ours(media.own)
    if key not in residue:
        return NOTHING, dict(residue)
    return residue[key], {name: value for name, value in residue.items() if name != key}


def _write_image(media: hub.Media) -> wire.ImagePart:
    if media.title is not ABSENT:
        raise refuse("an image's title")
    url = write_data_url(media.source)
    inner, rest = _inner(media, "image_url")
    image: wire.ImageURL | str
    if media.detail is ABSENT and not inner and ours(media.spelling).get("form") == "bare":
        image = url
    elif inner:
        image = made(wire.ImageURL, inner, url=url, detail=media.detail)
    else:
        image = _new_image_url(url=url, detail=media.detail)
    if not rest:
        return _new_image_part(image_url=image)
    stated: dict[str, Any] = {"image_url": image}
    fill(wire.ImagePart, stated, rest)
    return wire.ImagePart(**stated)


_new_image_url: Final = maker(wire.ImageURL)
_new_image_part: Final = maker(wire.ImagePart)


def _write_audio(media: hub.Media) -> wire.InputAudioPart:
    if media.detail is not ABSENT or media.title is not ABSENT:
        raise refuse("a sound's detail or title")
    inner, rest = _inner(media, "input_audio")
    bare = ours(media.spelling).get("form") == "bare"
    if isinstance(inner, str):  # as records were stored before
        inner, bare = NOTHING, True
    stated: dict[str, Any] = {}
    match media.source:
        case hub.Base64(media_type="audio", data=data) | hub.Url(url=data) if bare:
            stated["input_audio"] = data
        case hub.Base64(media_type=media_type, data=data) if media_type.startswith("audio/"):
            format = AUDIO_FORMATS.get(media_type) or media_type.removeprefix("audio/")
            stated["input_audio"] = made(wire.InputAudio, inner, data=data, format=format)
        case _:
            raise refuse("a sound that is not audio bytes of a known type")
    fill(wire.InputAudioPart, stated, rest)
    return wire.InputAudioPart(**stated)


def _write_document(media: hub.Media) -> wire.FilePart | wire.DocumentPart:
    if media.detail is not ABSENT:
        raise refuse("a document's detail")
    stated: dict[str, Any]
    if "document_url" in ours(media.own):
        _, rest = _inner(media, "document_url")
        stated = {"document_url": write_data_url(media.source), "document_name": media.title}
        fill(wire.DocumentPart, stated, rest)
        return wire.DocumentPart(**stated)
    inner, rest = _inner(media, "file")
    file: dict[str, Any] = {"filename": media.title, "extra": inner}
    if isinstance(media.source, hub.FileId):
        if media.source.family != FAMILY:
            raise refuse("a file stored elsewhere")
        file["file_id"] = media.source.id
    else:
        file["file_data"] = write_data_url(media.source)
    fill(wire.FileFile, file, ours(media.spelling))
    stated = {"file": wire.FileFile(**file)}
    fill(wire.FilePart, stated, rest)
    return wire.FilePart(**stated)


def _write_video(media: hub.Media) -> wire.VideoPart:
    if "video_url" not in ours(media.own) or media.detail is not ABSENT or media.title is not ABSENT:
        raise refuse("a video")
    inner, rest = _inner(media, "video_url")
    url = write_data_url(media.source)
    bare = not inner and ours(media.spelling).get("form") == "bare"
    stated: dict[str, Any] = {"video_url": url if bare else made(wire.VideoURL, inner, url=url)}
    fill(wire.VideoPart, stated, rest)
    return wire.VideoPart(**stated)


def _write_thinking(thinking: hub.Thinking) -> wire.ThinkingPart:
    rest = dict(ours(thinking.own)["thinking"])
    if thinking.text is ABSENT or thinking.summary or thinking.seal is not None:
        raise refuse("a thinking part that is sealed or summed up")
    extras = rest.pop("pieces", [])
    text, lengths = thinking.text, ours(thinking.spelling).get("lengths")
    texts = [text]
    if lengths is not None and sum(lengths) == len(text):
        ends = [sum(lengths[: number + 1]) for number in range(len(lengths))]
        texts = [text[end - length : end] for end, length in zip(ends, lengths, strict=True)]
    if len(extras) != len(texts):
        extras = [NOTHING] * len(texts)
    pieces = tuple(made(wire.ThinkingText, extra, text=t) for t, extra in zip(texts, extras, strict=True))
    return made(wire.ThinkingPart, rest, thinking=pieces)
