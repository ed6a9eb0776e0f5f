"""Replies fitted to the Responses API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..jsonvalue import ABSENT, Json, JsonObject
from ..moderation import single_only
from ..spoken import say_thoughts_of_reply
from .adapt_computer import plan_for
from .adapt_parts import Fitting, join_summaries, own_only
from .adapt_server import take_in_turn
from .adapt_settings import fit_continues, fit_tier
from .adapt_turns import Numbering, cut_turn, fit_turn
from .echo import ECHOED, fit_echo, read_echo
from .residue import ours, own
from .response import natural_stop
from .tables import INCOMPLETE_WORDS, REASONS, STATUS_WORDS
from .tool_usage import fit_tool_usage
from .usage import read_usage, reported, write_usage
from .wire import ECHO

_STOPS: Final[Mapping[Any, hub.Reason]] = {
    hub.Reason.MAX_TOKENS: hub.Reason.MAX_TOKENS,
    hub.Reason.CONTENT_FILTER: hub.Reason.CONTENT_FILTER,
    hub.Reason.REFUSAL: hub.Reason.CONTENT_FILTER,
    hub.Reason.CONTEXT_OVERFLOW: hub.Reason.MAX_TOKENS,
    hub.Reason.PAUSE_TURN: hub.Reason.MAX_TOKENS,
    hub.Reason.COMPACTION: hub.Reason.MAX_TOKENS,
}
"""Stops that make a reply incomplete here, and the reason it is given: without one it would be a reply that broke off, and its usage no total."""
_NATURAL: Final = (hub.Reason.END_TURN, hub.Reason.TOOL_USE, hub.Reason.STOP_SEQUENCE, None)


def adapt_response(response: hub.Response, adapting: Adapting) -> hub.Response:
    """Make a reply one that this wire can write. Of several answers the first stays."""
    response = own_only(response)
    candidate = response.candidates[0] if response.candidates else hub.Candidate(turn=hub.Turn(role="assistant"))
    if not response.candidates and (response.own is not None or response.request is not None):
        candidates: tuple[hub.Candidate, ...] = ()
        status = response.status if response.status in STATUS_WORDS else "cut"
    else:
        candidate, status = _fit_candidate(candidate, response, adapting)
        candidates = (candidate,)
    request, rest = _fit_request(response, adapting)
    fields: dict[str, Any] = {
        "candidates": candidates,
        "status": status,
        "usage": _fit_usage(response.usage, adapting),
        "tool_usage": fit_tool_usage(response.tool_usage, adapting),
        "error": _fit_error(response.error),
        "continues": fit_continues(response.continues),
        "request": request,
        "own": own(rest),
        "service_tier": fit_tier(_TIERS.get(response.service_tier, response.service_tier)),
        "metadata": _fit_metadata(response.metadata),
        "moderation": single_only(response.moderation),
    }
    for name, key, value in (("id", "id", "resp_0"), ("model", "model", "unknown"), ("created", "created_at", 0)):
        if getattr(response, name) is ABSENT or getattr(response, name) is None:
            fields[name] = adapting.insert(value, REASONS["reply"], at=key)
    return attrs.evolve(response, **fields)


_TIERS: Final[Mapping[Any, str]] = {"standard": "default"}
"""Words of the Messages API for a tier that a reply was served in, and this wire's."""


def _fit_metadata(metadata: Json) -> Json:
    texts = isinstance(metadata, Mapping) and all(isinstance(value, str) for value in metadata.values())
    return metadata if texts or metadata is None else ABSENT


def _fit_candidate(candidate: hub.Candidate, response: hub.Response, adapting: Adapting) -> tuple[hub.Candidate, Any]:
    turn = _with_logprobs(say_thoughts_of_reply(candidate.turn, adapting), candidate.logprobs)
    turn = take_in_turn(turn, adapting)
    turn = fit_turn(turn, Fitting(adapting=adapting, plan=plan_for((turn,)), reply=True))
    turn = join_summaries(turn, adapting)
    turn = cut_turn(turn, Numbering(adapting=adapting, reply=True))
    stop, status = _fit_stop(candidate.stop, response.status, turn)
    return hub.Candidate(turn=turn, stop=stop), status


def _with_logprobs(turn: hub.Turn, logprobs: Json) -> hub.Turn:
    """Put log probabilities of a whole answer on its text, where it is one."""
    texts = [part for part in turn.parts if isinstance(part, hub.Text)]
    content = logprobs.get("content") if isinstance(logprobs, dict) else None
    if len(texts) != 1 or not isinstance(content, list) or not all(map(_is_logprob, content)):
        return turn
    parts = tuple(
        [
            attrs.evolve(part, logprobs=content) if isinstance(part, hub.Text) and part.logprobs is ABSENT else part
            for part in turn.parts
        ]
    )
    return attrs.evolve(turn, parts=parts)


def _is_logprob(entry: Json) -> bool:
    """Tell whether an entry is of the form that both OpenAI wires have."""
    if not isinstance(entry, dict) or entry.keys() != {"token", "logprob", "bytes", "top_logprobs"}:
        return False
    tops = entry["top_logprobs"]
    return isinstance(entry["bytes"], list) and isinstance(tops, list) and all(map(_is_top, tops))


def _is_top(entry: Json) -> bool:
    if not isinstance(entry, dict) or entry.keys() != {"token", "logprob", "bytes"}:
        return False
    return isinstance(entry["bytes"], list)


def _fit_stop(stop: hub.StopReason | None, status: str, turn: hub.Turn) -> tuple[hub.StopReason | None, str]:
    """Fit stop and status to each other: here a reply is complete, or it is not and says why."""
    if status in ("failed", "queued"):
        return None, status
    if isinstance(stop, hub.Other) and natural_stop(turn) is hub.Reason.TOOL_USE and stop.raw not in INCOMPLETE_WORDS:
        return hub.Reason.TOOL_USE, "finished"
    if isinstance(stop, hub.Other):
        return (stop if stop.raw in INCOMPLETE_WORDS else hub.Reason.MAX_TOKENS), "cut"
    if stop in _STOPS:
        return _STOPS[stop], "cut"
    if status == "finished" and stop in _NATURAL:
        return natural_stop(turn), "finished"
    return None, "cut"


def _fit_usage(usage: hub.Usage | None, adapting: Adapting) -> hub.Usage | None:
    """Count in this wire's numbers: a lower bound is a number, sound is counted with the text, and no key may be missing."""
    if usage is None:
        return None
    if reported(usage) is not None:
        return usage
    uncached, said = _plus(usage.uncached_in, usage.audio_in), _plus(usage.out_text, usage.audio_out)
    if uncached is None or said is None:
        return None
    fitted = hub.Usage(
        uncached_in=uncached,
        cache_read=_known(usage.cache_read, "cached_tokens", adapting),
        cache_write_5m=_known(usage.cache_write_5m, "cache_write_tokens", adapting),
        cache_write_1h=None
        if usage.cache_write_1h is None
        else _known(usage.cache_write_1h, "cache_write_tokens", adapting),
        out_text=said,
        out_reasoning=_known(usage.out_reasoning, "reasoning_tokens", adapting),
    )
    return read_usage(write_usage(fitted))


def _known(count: hub.Count, key: str, adapting: Adapting) -> hub.Known:
    return hub.Known(n=adapting.insert(0, REASONS["usage"], at=key) if count is None else max(count.n, 0))


def _plus(count: hub.Count, more: hub.Count) -> hub.Known | None:
    if count is None and more is None:
        return None
    return hub.Known(n=max((count.n if count else 0) + (more.n if more else 0), 0))


def _fit_error(error: Json) -> Json:
    if error is None or (isinstance(error, dict) and isinstance(error.get("code"), str)):
        return error
    message = error.get("message") if isinstance(error, dict) else error
    return {"code": "server_error", "message": message if isinstance(message, str) else "the reply failed"}


def _fit_request(response: hub.Response, adapting: Adapting) -> tuple[hub.Request | None, JsonObject]:
    """Say of the request what every reply here says: what was chosen among which tools. The second value is the residue."""
    rest = dict(ours(response.own))
    said: JsonObject = {key: rest.pop(key) for key in ECHOED if key in rest}
    said.update(fit_echo(response.request))
    for key, value in _REPEATED:
        if key not in said:
            said[key] = adapting.insert(value, REASONS["reply"], at=key)
    request = read_echo(said)
    rest.update(said)  # in a form that no request has
    ordered: JsonObject = {key: rest[key] for key in ECHO if key in rest}
    return request, {**ordered, **rest}


_REPEATED: Final[tuple[tuple[str, Json], ...]] = (("parallel_tool_calls", True), ("tool_choice", "auto"), ("tools", []))
