"""Make any reply one that Chat Completions gives: one message a choice, one string of text, a stop reason it has a word for."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..jsonvalue import ABSENT, Json
from ..moderation import legal_moderated
from ..spoken import say_thoughts_of_reply
from ..steps import drop_foreign_parts
from .adapt_calls import CallWriter
from .residue import FAMILY, WIRE_NAME, ours, own
from .tables import FINISH_REASONS, SERVICE_TIERS
from .usage import read_usage, write_usage

_UNFINISHED: Final = hub.Reason.MAX_TOKENS
"""What is said of an answer that is not whole: the wire's one word for it is ``length``."""

_STOPS: Final[Mapping[hub.Reason, hub.Reason]] = {
    hub.Reason.STOP_SEQUENCE: hub.Reason.END_TURN,  # the wire says stop for both
    hub.Reason.REFUSAL: hub.Reason.CONTENT_FILTER,
    hub.Reason.CONTEXT_OVERFLOW: _UNFINISHED,
    hub.Reason.PAUSE_TURN: _UNFINISHED,
    hub.Reason.COMPACTION: _UNFINISHED,
}
_BETWEEN: Final = "\n\n"
"""Between texts that a call or another part stood between."""


def adapt_response(response: hub.Response, adapting: Adapting) -> hub.Response:
    """Make a reply one that `write_response` accepts and a client of the wire understands."""
    if adapting.source == WIRE_NAME:
        return response
    candidates = tuple(_candidate(candidate, response, adapting) for candidate in response.candidates)
    return hub.Response(
        id=_told(response.id, "", "the target's replies have an id", adapting),
        model=_told(response.model, "", "the target's replies name a model", adapting),
        created=_created(response.created, adapting),
        candidates=candidates,
        usage=_usage(response.usage),
        service_tier=_tier(response.service_tier),
        metadata=legal_metadata(response.metadata),
        moderation=legal_moderated(response.moderation),
        own=own(ours(response.own)),
        spelling=response.spelling,
    )


def _tier(tier: Any) -> Any:
    """Say the tier in this wire's words. That none is known is said by silence."""
    said = _TIERS.get(tier, tier) if isinstance(tier, str) else ABSENT
    return said if said in SERVICE_TIERS else ABSENT


_TIERS: Final[Mapping[str, str]] = {"standard": "default"}
"""Words of the Messages API for a tier, and this wire's."""


def legal_metadata(metadata: Json) -> Json:
    """Return metadata of texts; ABSENT where it is anything else."""
    texts = isinstance(metadata, Mapping) and all(isinstance(value, str) for value in metadata.values())
    return metadata if texts or metadata is None else ABSENT


def _told(value: Any, default: Json, reason: str, adapting: Adapting, at: str | None = None) -> Any:
    return adapting.insert(default, reason, at=at) if value is ABSENT or value is None else value


def _created(created: Any, adapting: Adapting) -> Any:
    known = _told(created, 0, "the target's replies say when; this one does not", adapting, "created")
    # Whole seconds here; the types of OpenAI's other wire have a float.
    return int(known) if isinstance(known, float) and isfinite(known) else known


def _candidate(candidate: hub.Candidate, response: hub.Response, adapting: Adapting) -> hub.Candidate:
    turn = drop_foreign_parts(_spoken(candidate.turn, adapting), WIRE_NAME, FAMILY)
    turn = CallWriter(ABSENT, adapting).turn(turn)
    parts, logprobs = _message(turn.parts, adapting)
    return hub.Candidate(
        index=candidate.index,
        turn=hub.Turn(role="assistant", parts=parts, origin=turn.origin),
        stop=_stop(candidate, response, parts),
        logprobs=candidate.logprobs if logprobs is ABSENT else logprobs,
    )


def _spoken(turn: hub.Turn, adapting: Adapting) -> hub.Turn:
    """Say spoken thoughts as texts, and keep each apart from the text behind it: a message's texts are one string."""
    said = say_thoughts_of_reply(turn, adapting)
    if said is turn:
        return turn
    parts: list[hub.Part] = []
    for number, (part, before) in enumerate(zip(said.parts, turn.parts, strict=True)):
        follows = isinstance(part, hub.Text) and isinstance(next(iter(said.parts[number + 1 :]), None), hub.Text)
        if isinstance(part, hub.Text) and isinstance(before, hub.Thinking) and follows:
            part = attrs.evolve(
                part, text=part.text + str(adapting.insert(_BETWEEN, "keeps a thought apart from the text behind it"))
            )
        parts.append(part)
    return attrs.evolve(said, parts=tuple(parts))


def _stop(candidate: hub.Candidate, response: hub.Response, parts: tuple[hub.Part, ...]) -> hub.StopReason:
    """Say why it stopped. What is not finished is never said to be: no reason at all is ``length``, too."""
    stop = candidate.stop
    if isinstance(stop, hub.Other):  # the wire has five words, and this is none of them
        return hub.Reason.TOOL_USE if any(isinstance(part, hub.Call) for part in parts) else _UNFINISHED
    if stop is None or response.status != "finished":
        return stop if stop in (hub.Reason.CONTENT_FILTER, hub.Reason.MAX_TOKENS) else _UNFINISHED
    said = stop if stop in FINISH_REASONS else _STOPS[stop]
    if said is hub.Reason.TOOL_USE and not any(isinstance(part, hub.Call) for part in parts):
        return _UNFINISHED  # its calls are the provider's own, which this wire cannot say
    return said


def _message(parts: tuple[hub.Part, ...], adapting: Adapting) -> tuple[tuple[hub.Part, ...], Json]:
    """Return one text, one refusal and the calls of a message, and the log probabilities of its text."""
    texts: list[hub.Text] = []
    words, refusal = "", ""
    citations: list[hub.Citation] = []
    calls: list[hub.Part] = []
    refused = apart = False
    for part in parts:
        if isinstance(part, hub.Text):
            if apart and words and part.text:
                words += str(adapting.insert(_BETWEEN, "keeps texts apart that a call stood between"))
            cited = [_annotation(citation, part, len(words)) for citation in part.citations]
            citations.extend(citation for citation in cited if citation is not None)
            words += part.text
            texts.append(part)
        elif isinstance(part, hub.Refusal):
            refusal, refused = refusal + part.text, True
        elif isinstance(part, hub.Call):
            calls.append(part)
        apart = not isinstance(part, hub.Text)
    said: list[hub.Part] = [hub.Text(text=words, citations=tuple(citations), form="string")] if texts else []
    if refused:
        said.append(hub.Refusal(text=refusal))
    return (*said, *calls), _logprobs(texts)


def _annotation(citation: hub.Citation, text: hub.Text, before: int) -> hub.Citation | None:
    """Return a citation as an annotation of this wire: an address, a title, and where it stands in the message's text.

    ``before`` are the characters of the message before ``text``. A wire that cites block by block cites the whole of it.
    """
    if citation.kind != "url" or not isinstance(citation.url, str):
        return None
    title = citation.title if isinstance(citation.title, str) else citation.url
    start = citation.start if isinstance(citation.start, int) else 0
    end = citation.end if isinstance(citation.end, int) else len(text.text)
    return hub.Citation(kind="url", url=citation.url, title=title, start=before + start, end=before + end)


def _logprobs(texts: list[hub.Text]) -> Json:
    found = [token for text in texts if isinstance(text.logprobs, list) for token in text.logprobs]
    return {"content": found, "refusal": None} if found else ABSENT


def _usage(usage: hub.Usage | None) -> hub.Usage | None:
    """Say usage where both sums are known; a lower bound is not one, and all that was written to a cache is one number."""
    if usage is None:
        return None
    uncached, out_text = _known(usage.uncached_in), _known(usage.out_text)
    if uncached is None or out_text is None:
        return None
    short, hour = _known(usage.cache_write_5m), _known(usage.cache_write_1h)
    if hour is not None:
        short = hub.Known(n=hour.n + (0 if short is None else short.n))
    said = hub.Usage(
        uncached_in=uncached,
        cache_read=_known(usage.cache_read),
        cache_write_5m=short,
        out_text=out_text,
        out_reasoning=_known(usage.out_reasoning),
        audio_in=_known(usage.audio_in),
        audio_out=_known(usage.audio_out),
    )
    return read_usage(write_usage(said))


def _known(count: hub.Count) -> hub.Known | None:
    return count if isinstance(count, hub.Known) and count.n >= 0 else None
