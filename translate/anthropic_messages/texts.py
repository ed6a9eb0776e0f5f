"""Texts with their citations, and cache points: blocks to hub parts and back."""

from __future__ import annotations

from typing import Any, Final, Literal

from .. import hub
from ..codec import Opaque, encode
from ..errors import WriteError
from ..jsonvalue import ABSENT, Absent
from ..making import maker, new_text
from .citations import read_citation, write_citation
from .residue import WIRE_NAME, WITHOUT, assemble, build, members, nulls, ours, own
from .tables import USUAL_TIME
from .wire_blocks import (
    CacheControl,
    TextBlock,
)

EPHEMERAL: Final = "ephemeral"


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
        citations=tuple(read_citation(one) for one in cited),
        own=own(block.extra),
        spelling=own(spelling),
        form=form,
    )


def write_text(text: hub.Text, cache: hub.Mark | None) -> TextBlock:
    """Write a text as a block."""
    if text.logprobs is not ABSENT:
        raise WriteError("a text of the Messages API has no log probabilities")
    citations = tuple([write_citation(one) for one in text.citations]) if text.citations else ABSENT
    control = ABSENT if cache is None else write_cache(cache)
    if text.own is None and text.spelling is None:
        return _new_text_block(text=text.text, citations=citations, cache_control=control)
    return build(TextBlock, text, text=text.text, citations=citations, cache_control=control)


_new_text_block: Final = maker(TextBlock)
