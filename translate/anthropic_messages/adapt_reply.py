"""Make any hub reply one that the Messages API gives: one answer, its stop reason one of the wire's, usage said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .. import hub
from ..adapting import Adapting
from ..codec import encode
from ..computer_use.anthropic import TOOLS, read_action
from ..jsonvalue import ABSENT, Json, JsonObject
from ..spoken import say_thoughts_of_reply
from ..steps import map_parts
from .adapt_calls import COMPUTER, Splitter, unique_ids
from .adapt_parts import foreign, legal_turn, note_packed_calls
from .adapt_server import take_server_tools
from .residue import FAMILY, WIRE_NAME
from .response import ERROR, status_of
from .searches import say_searches
from .tables import LATEST_TOOLSET, NO_FAILURE, NO_ID, NO_MODEL, NO_TOKENS
from .thinking import say_thoughts
from .usage import fit_tool_usage, write_usage


def adapt_response(response: hub.Response, adapting: Adapting) -> hub.Response:
    """Make a reply one that `write_response` accepts: the first of several answers, and no call that is not whole."""
    if response.error is not None or not response.candidates:
        return _failed(response, adapting)
    candidate = _candidate(min(response.candidates, key=_place), adapting)
    return attrs.evolve(
        response,
        id=_required(response.id, NO_ID, adapting),
        model=_required(response.model, NO_MODEL, adapting),
        created=ABSENT,
        completed=ABSENT,
        service_tier=response.service_tier if adapting.source == WIRE_NAME else ABSENT,
        metadata=ABSENT,
        moderation=ABSENT,
        request=None,
        candidates=(candidate,),
        usage=_usage(response.usage, adapting),
        tool_usage=fit_tool_usage(response.tool_usage, adapting),
        status=status_of(candidate.stop),
        continues=tuple(s for s in response.continues if s.family == FAMILY and s.kind == "container")[:1],
        own=None if foreign(response) else response.own,
    )


def _place(candidate: hub.Candidate) -> int:
    """Return a candidate's index; what is none, as some vendors write, counts as the first."""
    index: Any = candidate.index
    return index if isinstance(index, int) else 0


def _required(value: Any, default: str, adapting: Adapting) -> Any:
    return (
        value
        if isinstance(value, str)
        else adapting.insert(default, "a reply of the Messages API has an id and a model")
    )


def _failed(response: hub.Response, adapting: Adapting) -> hub.Response:
    """Say a failure in the wire's form; one that is in it already stays."""
    error = response.error
    if isinstance(error, Mapping) and error.get("type") == ERROR and not response.candidates:
        return attrs.evolve(response, request=None)
    said = error.get("message") if isinstance(error, Mapping) else error
    message = (
        said if isinstance(said, str) else adapting.insert(NO_FAILURE, "an error of the Messages API has a message")
    )
    document: Json = {"type": ERROR, "error": {"type": "api_error", "message": message}}
    return hub.Response(status="failed", error=document)


def _candidate(candidate: hub.Candidate, adapting: Adapting) -> hub.Candidate:
    stop = _stop(candidate)
    detail = candidate.stop_detail
    if not _is_detail(detail, stop):
        detail = ABSENT
    return attrs.evolve(
        candidate,
        index=0,
        turn=_turn(candidate.turn, adapting),
        stop=stop,
        stop_detail=detail,
        logprobs=ABSENT,
        own=None if foreign(candidate) else candidate.own,
    )


def _stop(candidate: hub.Candidate) -> hub.StopReason | None:
    """Say why it stopped. A reason the wire has no word for must not become that of a finished turn, nor none, which a reply that broke off has.

    A turn with a call that may run stops to have it run, whatever word stands beside it: Chat Completions says ``stop`` there where a function
    was forced, and compatible servers anywhere. Who runs tools when the reason is ``tool_use`` would end without a word.
    """
    stop = candidate.stop
    if stop is hub.Reason.CONTENT_FILTER or (stop is hub.Reason.END_TURN and _refuses(candidate.turn)):
        return hub.Reason.REFUSAL
    calls = any(isinstance(part, hub.Call) and part.state == "complete" for part in candidate.turn.parts)
    if isinstance(stop, hub.Other):
        return hub.Reason.TOOL_USE if calls else hub.Reason.MAX_TOKENS
    return hub.Reason.TOOL_USE if calls and stop is hub.Reason.END_TURN else stop


def _refuses(turn: hub.Turn) -> bool:
    """Tell whether a turn is a refusal: a part of its own elsewhere, here a text that only the stop reason sets apart."""
    kinds = set(map(type, turn.parts))
    return hub.Refusal in kinds and hub.Call not in kinds


def _is_detail(detail: Json, stop: hub.StopReason | None) -> bool:
    if isinstance(detail, str):
        return stop is hub.Reason.STOP_SEQUENCE
    return detail is None or (isinstance(detail, Mapping) and detail.get("type") == "refusal")


def _turn(turn: hub.Turn, adapting: Adapting) -> hub.Turn:
    computer = _computer_of(adapting)
    turn = say_thoughts_of_reply(attrs.evolve(turn, role="assistant", seams=()), adapting)
    turn = say_searches(take_server_tools(turn), adapting)
    whole = map_parts(say_thoughts(turn), lambda part, _: _whole(part))
    note_packed_calls(whole, adapting)
    legal = map_parts(legal_turn(whole, reply=True), lambda part, _: _recognised(part, computer))
    split = Splitter(tool=computer.tool, name=computer.name, adapting=adapting).turn(legal)
    return unique_ids((split,))[0]


def _whole(part: hub.Part) -> tuple[hub.Part, ...] | None:
    """Leave out a call that was cut off, which nobody may run, and results, which are no words of the model's."""
    cut = isinstance(part, hub.Call) and part.state != "complete"
    return () if cut or isinstance(part, hub.Result) else None


@attrs.frozen(kw_only=True)
class _Computer:
    """The computer tool of the caller's request. ``known``: the request's context tells of it, so that a call is the computer's by name."""

    tool: str
    name: str = COMPUTER
    known: bool = False


def _computer_of(adapting: Adapting) -> _Computer:
    """Return the computer tool of the caller's request, as its context tells, else the latest."""
    given = adapting.given or {}
    said = given.get("computer")
    if isinstance(said, Mapping) and isinstance(said.get("name"), str):
        tool = said.get("target") if given.get("turned") else said.get("tool")
        if isinstance(tool, str) and tool in TOOLS:
            return _Computer(tool=tool, name=said["name"], known=True)
    return _Computer(tool=LATEST_TOOLSET)


def _recognised(part: hub.Part, computer: _Computer) -> tuple[hub.Part, ...] | None:
    """Read a function call of the computer's name as the computer's: the wire it came over had the tool as a function."""
    if not computer.known or not isinstance(part, hub.Call) or part.form != "function" or part.name != computer.name:
        return None
    value = part.arguments.value
    documents = value.get("actions", [value])
    if not isinstance(documents, list) or not all(isinstance(one, dict) and "action" in one for one in documents):
        return None
    actions = tuple(read_action(_member(document, computer.tool), computer.tool) for document in documents)
    return (attrs.evolve(part, form="computer", arguments=hub.Arguments(), actions=actions),)


def _member(document: JsonObject, tool: str) -> JsonObject:
    """Put an action that stands among its arguments where the tool has it: a toolset has it as the call's name."""
    toolset = TOOLS[tool].toolset
    if toolset is None:
        return document
    rest = {key: value for key, value in document.items() if key != "action"}
    return {"toolset_name": toolset, "name": document["action"], "input": rest}


# Usage.


def _usage(usage: hub.Usage | None, adapting: Adapting) -> hub.Usage:
    """Say usage in the wire's buckets: sound counts with its words, a lower bound as the number it is."""
    found = usage if usage is not None else hub.Usage()
    if found.reported is not None and found.reported.wire == WIRE_NAME:
        return found
    legal = hub.Usage(
        uncached_in=_sum(found.uncached_in, found.audio_in),
        cache_read=_number(found.cache_read),
        cache_write_5m=_number(found.cache_write_5m),
        cache_write_1h=_number(found.cache_write_1h),
        out_text=_sum(found.out_text, found.audio_out),
        out_reasoning=_said(found.out_reasoning),
    )
    if legal.uncached_in is None:
        legal = attrs.evolve(legal, uncached_in=_none(adapting))
    if legal.out_text is None:
        legal = attrs.evolve(legal, out_text=_none(adapting))
    return attrs.evolve(legal, reported=hub.Own(wire=WIRE_NAME, fields=encode(write_usage(legal))))


def _none(adapting: Adapting) -> hub.Known:
    return hub.Known(n=adapting.insert(NO_TOKENS, "a reply of the Messages API says its usage"))


def _said(count: hub.Count) -> hub.Known | None:
    """Say thinking where there was some: the wire's replies without any leave it out, while others have to say none."""
    return None if count is None or not count.n else hub.Known(n=count.n)


def _number(count: hub.Count) -> hub.Known | None:
    return None if count is None else hub.Known(n=count.n)


def _sum(one: hub.Count, other: hub.Count) -> hub.Known | None:
    if one is None and other is None:
        return None
    return hub.Known(n=(0 if one is None else one.n) + (0 if other is None else other.n))
