"""Reasoning beside the content. No documented place has it; compatible servers put it in three keys.

``reasoning_content`` and ``reasoning`` are plain words; ``reasoning_details`` are pieces, sealed where the model's family seals
them, and then one of the other two usually repeats their words. A `Thinking` written to this wire says in its residue which
place it has; one that came from another wire has none here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .. import hub
from ..codec import Opaque, encode_value
from ..jsonvalue import ABSENT, Absent, Json
from . import wire
from .residue import NOTHING, fill, nulls, ours, own, refuse
from .tables import DETAIL_FAMILIES

PLAIN: Final = ("reasoning_content", "reasoning")
DETAILS: Final = "reasoning_details"
_UNKNOWN_DETAIL: Final = "reasoning_detail"
"""Residue of a thinking that is a whole detail no record fits."""
JOINED: Final = "joined"
"""In the spelling of a message: the plain keys that repeat the words of the details."""


def read_reasoning(message: wire.AssistantMessage, spelling: dict[str, Json]) -> list[hub.Part]:
    """Read the reasoning of a message; what is null or repeats itself goes into ``spelling``."""
    spelling |= nulls(message, *PLAIN, DETAILS)
    details = message.reasoning_details
    parts: list[hub.Part] = [_read_detail(detail) for detail in details] if isinstance(details, tuple) else []
    words = joined(parts) if parts else None
    content, reasoning = message.reasoning_content, message.reasoning
    if isinstance(content, str) and content == reasoning and content != words:
        parts.append(hub.Thinking(text=content, own=own({"reasoning_content": True, "reasoning": True})))
        return parts
    for key, text in (("reasoning_content", content), ("reasoning", reasoning)):
        if not isinstance(text, str):
            continue
        if text == words:
            spelling.setdefault(JOINED, []).append(key)
        else:
            parts.append(hub.Thinking(text=text, own=own({key: True})))
    return parts


def joined(parts: Sequence[hub.Part]) -> str:
    """Join the words of the details, as the plain keys repeat them."""
    return "".join(
        part.text if isinstance(part.text, str) else "".join(part.summary)
        for part in parts
        if isinstance(part, hub.Thinking) and DETAILS in ours(part.own)
    )


def _read_detail(detail: wire.ReasoningDetail | Opaque) -> hub.Thinking:
    if not isinstance(detail, wire.ReasoningDetail):
        return hub.Thinking(own=own({_UNKNOWN_DETAIL: encode_value(detail)}))
    words: dict[str, str] = {}
    rest: dict[str, Json] = dict(detail.extra)
    for key in _WORDS:
        said = getattr(detail, key)
        if isinstance(said, str):
            (words if key in _OF_TYPE[detail.type] else rest)[key] = said
    if detail.format is not ABSENT:
        rest["format"] = detail.format
    seal: hub.Seal | None = None
    if "data" in words:
        seal = hub.Seal(kind="encrypted", data=words["data"], family=_family_of(detail.format))
    elif "signature" in words:
        seal = hub.Seal(kind="signature", data=words["signature"], family=_family_of(detail.format))
    text, summary = words.get("text", ABSENT), (words["summary"],) if "summary" in words else ()
    spelling = nulls(detail, *_WORDS)
    if _type_of(seal, text, summary) != detail.type:
        spelling["type"] = detail.type
    return hub.Thinking(text=text, summary=summary, seal=seal, own=own({DETAILS: rest}), spelling=own(spelling))


_WORDS: Final = ("text", "summary", "data", "signature")
_OF_TYPE: Final[Mapping[str, frozenset[str]]] = {
    "reasoning.text": frozenset({"text", "signature"}),
    "reasoning.summary": frozenset({"summary"}),
    "reasoning.encrypted": frozenset({"data"}),
}


def _family_of(format: Json) -> str:
    return DETAIL_FAMILIES.get(format, "") if isinstance(format, str) else ""


def _type_of(seal: hub.Seal | None, text: str | Absent, summary: tuple[str, ...]) -> str:
    if seal is not None and seal.kind == "encrypted":
        return "reasoning.encrypted"
    return "reasoning.summary" if summary and text is ABSENT else "reasoning.text"


class Reasoning:
    """Collects the reasoning of a message that is being written."""

    def __init__(self) -> None:
        self._details: list[wire.ReasoningDetail | Opaque] = []
        self._parts: list[hub.Thinking] = []
        self._plain: dict[str, Any] = {}

    def add(self, thinking: hub.Thinking) -> None:
        """Take a thinking that has its place beside the content. Raises `WriteError` where it has none."""
        place = ours(thinking.own)
        if DETAILS in place or _UNKNOWN_DETAIL in place:
            self._details.append(_write_detail(thinking, place))
            self._parts.append(thinking)
            return
        keys = [key for key in PLAIN if place.get(key) and key not in self._plain]
        if not keys or thinking.text is ABSENT or thinking.summary or thinking.seal is not None:
            raise refuse("reasoning that is not in a vendor's own key, or is sealed")
        for key in keys:
            self._plain[key] = thinking.text

    def stated(self, spelling: Mapping[str, Json]) -> dict[str, Any]:
        """Return the keys of the message."""
        found = dict(self._plain)
        if self._details:
            found[DETAILS] = tuple(self._details)
            for key in spelling.get(JOINED, ()):
                found.setdefault(key, joined(self._parts))
        return found


def _write_detail(thinking: hub.Thinking, place: Mapping[str, Json]) -> wire.ReasoningDetail | Opaque:
    if _UNKNOWN_DETAIL in place and thinking.text is ABSENT and not thinking.summary and thinking.seal is None:
        return Opaque(place[_UNKNOWN_DETAIL])
    if len(thinking.summary) > 1 or (thinking.summary and thinking.text is not ABSENT):
        raise refuse("reasoning with several summaries, or a text and a summary")
    rest = place.get(DETAILS, NOTHING)
    if thinking.seal is not None and thinking.seal.family != _family_of(rest.get("format")):
        raise refuse("a seal of another family than the format of the detail says")
    type = _type_of(thinking.seal, thinking.text, thinking.summary)
    stated: dict[str, Any] = {"type": type, "text": thinking.text}
    if thinking.summary:
        stated["summary"] = thinking.summary[0]
    match thinking.seal:
        case hub.Seal(kind="encrypted", data=data) if thinking.text is ABSENT and not thinking.summary:
            stated["data"] = data
        case hub.Seal(kind="signature", data=data) if not thinking.summary:
            stated["signature"] = data
        case None:
            spelled = ours(thinking.spelling).get("type")
            if spelled is not None and thinking.text is ABSENT and not thinking.summary:
                stated["type"] = spelled
        case _:
            raise refuse("reasoning sealed as a whole beside its words")
    fill(wire.ReasoningDetail, stated, {**_without_type(thinking.spelling), **rest})
    return wire.ReasoningDetail(**stated)


def _without_type(spelling: hub.Own | None) -> dict[str, Json]:
    return {key: value for key, value in ours(spelling).items() if key != "type"}
