"""The assistant's message: reasoning, words, a refusal, a spoken answer and calls, in this order.

The wire keeps each kind in a key of its own, so their order among one another is fixed. A record that has them in another order
is refused; `adapt` puts them in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .. import hub
from ..codec import Opaque, encode, encode_value
from ..jsonvalue import ABSENT, Json
from ..making import maker, new_text
from . import wire
from .calls import is_legacy, read_call, read_function_call, write_call, write_legacy_call
from .content import CACHE_CONTROL, read_cache_control, read_content, write_cache_control, write_content
from .reasoning import DETAILS, PLAIN, Reasoning, read_reasoning
from .residue import FAMILY, NOTHING, WIRE_NAME, WITHOUT, fill, left_out, made, nulls, ours, own, refuse, said

_TRANSCRIPT: Final = hub.Own(wire=WIRE_NAME, fields={"form": "transcript"})
"""Spelling of a text that is the transcript of the spoken answer behind it."""


def read_assistant(
    message: wire.AssistantMessage, residue: dict[str, Json], spelling: dict[str, Json], legacy: int
) -> list[hub.Part]:
    """Read the parts of an assistant's message; what is the message's own goes into ``residue`` and ``spelling``."""
    parts: list[hub.Part] = []
    if (
        message.reasoning is not ABSENT
        or message.reasoning_content is not ABSENT
        or message.reasoning_details is not ABSENT
    ):
        parts = read_reasoning(message, spelling)
    content = message.content
    if content.__class__ is str and not message.annotations:
        parts.append(new_text(text=content, form="string"))
    elif content is not None or message.annotations:
        _read_words(message, parts, residue, spelling)
    if message.annotations is not ABSENT and not message.annotations:
        spelling["annotations"] = None if message.annotations is None else []
    if message.refusal is not ABSENT:
        if message.refusal is None:
            spelling["refusal"] = None
        else:
            parts.append(hub.Refusal(text=message.refusal))
    if message.audio is not ABSENT:
        _read_audio(message.audio, parts, spelling)
    if message.tool_calls is not ABSENT:
        _read_calls(message, parts, spelling)
    if message.function_call is not ABSENT:
        if message.function_call is None:
            spelling["function_call"] = None
        else:
            parts.append(read_function_call(message.function_call, legacy))
    if message.extra:
        _read_extra(message.extra, parts, residue)
    return parts


def _read_extra(extra: Mapping[str, Json], parts: list[hub.Part], residue: dict[str, Json]) -> None:
    residue.update(extra)
    mark = read_cache_control(extra[CACHE_CONTROL], "message") if CACHE_CONTROL in extra else None
    if mark is not None:
        parts.append(mark)
        del residue[CACHE_CONTROL]


def _read_words(
    message: wire.AssistantMessage, parts: list[hub.Part], residue: dict[str, Json], spelling: dict[str, Json]
) -> None:
    words = read_content(message.content)
    if not words and message.content is not None:  # null is what a message without words has
        spelling.update({WITHOUT: ["content"]} if message.content is ABSENT else nulls(message, "content"))
    annotations = message.annotations if isinstance(message.annotations, tuple) else ()
    citations = tuple(_read_annotation(annotation) for annotation in annotations)
    if citations:
        for number, word in enumerate(words):
            if isinstance(word, hub.Text):
                words[number] = hub.Text(text=word.text, citations=citations, form=word.form, own=word.own)
                break
        else:
            residue["annotations"] = encode_value(annotations)
    parts.extend(words)


def _read_annotation(annotation: wire.Annotation | Opaque) -> hub.Citation:
    if not isinstance(annotation, wire.Annotation):
        document = encode_value(annotation)
        kind = document.get("type") if isinstance(document, dict) else None
        return hub.Citation(kind=kind if isinstance(kind, str) else "unknown", own=own({"document": document}))
    inner = annotation.url_citation
    if isinstance(inner, wire.URLCitation) and annotation.url is ABSENT and annotation.title is ABSENT:
        rest: dict[str, Json] = {"url_citation": inner.extra} if inner.extra else {}
        if annotation.extra:
            rest["annotation"] = annotation.extra
        return hub.Citation(
            kind="url", url=inner.url, title=inner.title, start=inner.start_index, end=inner.end_index, own=own(rest)
        )  # fmt: skip
    if inner is ABSENT:
        return hub.Citation(
            kind="url", url=annotation.url, title=annotation.title, own=own({"flat": dict(annotation.extra)})
        )
    return hub.Citation(kind="url_citation", own=own({"document": encode(annotation)}))


def _read_audio(audio: wire.Audio | None, parts: list[hub.Part], spelling: dict[str, Json]) -> None:
    if not isinstance(audio, wire.Audio):
        spelling["audio"] = None
        return
    if audio.data is ABSENT:
        residue = {**said(audio, "expires_at", "transcript"), **audio.extra}
        source: hub.Source = hub.FileId(id=audio.id, family=FAMILY)
        parts.append(hub.Media(kind="audio", source=source, own=own({"audio": residue})))
        return
    if isinstance(audio.transcript, str):
        parts.append(hub.Text(text=audio.transcript, spelling=_TRANSCRIPT))
    residue = {"id": audio.id, **audio.extra}
    if audio.expires_at is not ABSENT:
        residue["expires_at"] = audio.expires_at
    if audio.transcript is None:
        residue["transcript"] = None
    source = hub.Base64(media_type="audio", data=audio.data)
    parts.append(hub.Media(kind="audio", source=source, own=own({"audio": residue})))


def _read_calls(message: wire.AssistantMessage, parts: list[hub.Part], spelling: dict[str, Json]) -> None:
    calls = message.tool_calls
    if not isinstance(calls, tuple) or not calls:
        spelling["tool_calls"] = None if calls is None else []
        return
    if not isinstance(calls[0], (wire.FunctionToolCall, wire.CustomToolCall)):
        spelling["tool_calls"] = len(parts)  # where an opaque part is a call, and no part of the content
    for call in calls:
        read_call(call, parts)


# Writing.


def write_assistant(
    parts: Sequence[hub.Part], name: Any, residue: Mapping[str, Json], spelling: Mapping[str, Json]
) -> wire.AssistantMessage:
    """Write the parts of one assistant's message."""
    stated: dict[str, Any] = {"name": name}
    if parts and isinstance(parts[-1], hub.Mark) and ours(parts[-1].own).get(CACHE_CONTROL) == "message":
        residue = {**residue, CACHE_CONTROL: write_cache_control(parts[-1])}
        parts = parts[:-1]
    heads, words, calls = _sorted_parts(parts, spelling.get("tool_calls"))
    if heads:
        reasoning = Reasoning()
        for head in heads:
            reasoning.add(head)
        stated |= reasoning.stated(spelling)
    _write_words(words, stated)
    if calls:
        _write_calls(calls, stated)
    if residue or spelling:
        fill(wire.AssistantMessage, stated, {k: v for k, v in spelling.items() if k in _UNSAID})
        fill(wire.AssistantMessage, stated, residue)
        if not stated.get("content"):
            _spell_content(stated, spelling)
    return _new_message(**stated)


_new_message: Final = maker(wire.AssistantMessage)
_UNSAID: Final = frozenset({"refusal", "annotations", "audio", "tool_calls", "function_call", *PLAIN, DETAILS})
"""Keys that a spelling writes as null or as an empty list where no part has anything for them."""


def _spell_content(stated: dict[str, Any], spelling: Mapping[str, Json]) -> None:
    if stated["content"] is None and "content" in spelling:
        stated["content"] = ()
    elif stated["content"] is None and left_out(spelling, "content"):
        stated["content"] = ABSENT


def _sorted_parts(
    parts: Sequence[hub.Part], first_call: Json
) -> tuple[list[hub.Thinking], list[hub.Part], list[hub.Part]]:
    """Cut parts into reasoning, words, and calls. Raises `WriteError` where they come in another order."""
    heads: list[hub.Thinking] = []
    words: list[hub.Part] = []
    calls: list[hub.Part] = []
    for number, part in enumerate(parts):
        if isinstance(part, hub.Call) or number == first_call:
            calls.append(part)
        elif calls:
            if not isinstance(part, (hub.Mark, hub.Opaque)):
                raise refuse(f"a part of type {type(part).__name__} behind a call")
            calls.append(part)
        elif isinstance(part, hub.Thinking) and "thinking" not in ours(part.own):
            if words:
                raise refuse("reasoning behind words")
            heads.append(part)
        else:
            words.append(part)
    return heads, words, calls


def _write_words(words: list[hub.Part], stated: dict[str, Any]) -> None:
    """Write texts, a refusal and a spoken answer; the annotations are those of the first text."""
    if len(words) == 1 and isinstance(words[0], hub.Text) and not words[0].citations:
        stated["content"] = write_content(words)
        return
    if words and isinstance(words[-1], hub.Media) and words[-1].kind == "audio":
        audio = words.pop()
        transcript = words.pop() if words and _is_transcript(words[-1]) else None
        stated["audio"] = _write_audio(audio, transcript)
    last = words[-1] if words else None
    if isinstance(last, hub.Refusal) and _stands_apart(last):
        stated["refusal"] = last.text
        words.pop()
    cited = None
    for word in words:
        if isinstance(word, hub.Text):
            cited = word
            break
    stated["content"] = write_content(words, cited)
    if cited is not None and cited.citations:
        stated["annotations"] = tuple(_write_citation(citation) for citation in cited.citations)


def _is_transcript(part: hub.Part) -> bool:
    if not isinstance(part, hub.Text) or ours(part.spelling).get("form") != "transcript":
        return False
    return not part.citations and part.logprobs is ABSENT and not ours(part.own)


def _stands_apart(refusal: hub.Refusal) -> bool:
    """Tell whether a refusal behind all words goes into the message's key: unless it came as a part, or has a part's residue."""
    return not ours(refusal.own) and refusal.category is ABSENT and ours(refusal.spelling).get("form") != "part"


def _write_citation(citation: hub.Citation) -> wire.Annotation | Opaque:
    residue = ours(citation.own)
    if "document" in residue and citation.kind != "url":
        return Opaque(residue["document"])
    beyond = (citation.number, citation.unit, citation.first, citation.last, citation.file, citation.container)
    if citation.kind != "url" or any(said is not ABSENT for said in (citation.cited_text, *beyond)) or citation.seal:
        raise refuse(f"a citation of kind {citation.kind}, or with the cited words")
    if "flat" in residue and citation.start is ABSENT and citation.end is ABSENT:
        return made(wire.Annotation, residue["flat"], url=citation.url, title=citation.title)
    inner = made(
        wire.URLCitation, residue.get("url_citation", NOTHING),
        url=citation.url, title=citation.title, start_index=citation.start, end_index=citation.end,
    )  # fmt: skip
    return made(wire.Annotation, residue.get("annotation", NOTHING), url_citation=inner)


def _write_audio(audio: hub.Part, transcript: hub.Part | None) -> wire.Audio:
    assert isinstance(audio, hub.Media)
    residue = dict(ours(audio.own).get("audio", {}))
    stated: dict[str, Any] = {"id": residue.pop("id", None)}
    match audio.source:
        case hub.FileId(id=id, family=of) if of == FAMILY and transcript is None:
            stated["id"] = id
        case hub.Base64(media_type="audio", data=data) if isinstance(stated["id"], str):
            stated["data"] = data
            if isinstance(transcript, hub.Text):
                stated["transcript"] = transcript.text
        case _:
            raise refuse("a spoken answer without the id it was given")
    fill(wire.Audio, stated, residue)
    return wire.Audio(**stated)


def _write_calls(calls: list[hub.Part], stated: dict[str, Any]) -> None:
    written: list[wire.ToolCall] = []
    for number, part in enumerate(calls):
        match part:
            case hub.Call() if is_legacy(part):
                if "function_call" in stated:
                    raise refuse("two deprecated function calls in one message")
                stated["function_call"] = write_legacy_call(part)
            case hub.Call():
                following = calls[number + 1] if number + 1 < len(calls) else None
                written.append(write_call(part, following if isinstance(following, hub.Mark) else None))
            case hub.Opaque(wire=of) if of == WIRE_NAME:
                written.append(Opaque(part.document))
            case hub.Mark() if number and isinstance(calls[number - 1], hub.Call):
                pass  # written with its call
            case _:
                raise refuse("an opaque call of another wire, or a mark that is behind no call")
    if written:
        stated["tool_calls"] = tuple(written)
