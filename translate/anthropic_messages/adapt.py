"""Make any hub request or reply one that the Messages API takes: a chain of small steps, hub -> hub.

Each step is the identity on what needs nothing of it. None of them reports a loss: what they leave out or change is found by
`convert`; what they insert is noted in `Adapting`.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import is_
from typing import Final, TypeAlias

import attrs

from .. import hub
from ..adapting import Adapting
from ..client_tools import hear_computers
from ..documents import hear_documents
from ..jsonvalue import ABSENT
from ..result_media import rejoin_result_media
from ..result_outcomes import hear_outcomes
from ..server_history import hear_server_calls
from ..spoken import say_thoughts
from ..steps import drop_empty_turns, map_each, map_parts, map_turns, merge_runs
from ..tool_references import hear_references
from .adapt_calls import context_of, legal_ids, legal_names, split_batches
from .adapt_parts import legal_turn, note_packed_calls
from .adapt_reply import adapt_response
from .adapt_server import ask_for_servers, offer_own_tools, take_other_calls, take_server_tools
from .adapt_settings import legal_choice, legal_settings, legal_tools
from .adapt_turns import ITEMS, answer_calls, break_silence, list_answers, place_system, plain_turn
from .context_edits import legal_edits
from .mcp_servers import offer_servers
from .searches import leave_out_unsealed
from .server_tools import OWN_ID, own_call
from .tables import CACHE_POINTS

Step: TypeAlias = Callable[[hub.Request, Adapting], hub.Request]

__all__ = ["STEPS", "adapt_request", "adapt_response"]


def _legal_parts(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Make every part one that has a block; of calls whose arguments are no object say that they stand under a key."""

    def step(turn: hub.Turn) -> hub.Turn:
        taken = take_server_tools(plain_turn(turn))
        legal = legal_turn(taken)
        if legal is not taken and turn.role == "assistant":
            note_packed_calls(turn, adapting)
        return legal

    return map_turns(request, step)


def _without_empty_turns(request: hub.Request, adapting: Adapting) -> hub.Request:
    return drop_empty_turns(request)


MEDIA_BEHIND: Final = "openai-chat"
"""The wire whose results hold texts only: media stand behind them, and a cache point behind their last text."""


def hear_functions(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Take functions that Chat Completions had to say a computer tool as for that tool."""
    return hear_computers(request) if adapting.source == MEDIA_BEHIND else request


def rejoin_media(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Put images and files back into the results they are of, where Chat Completions had to say them behind."""
    if adapting.source != MEDIA_BEHIND:
        return request
    turns = rejoin_result_media(request.turns)
    same = len(turns) == len(request.turns) and all(map(is_, turns, request.turns))
    return request if same else attrs.evolve(request, turns=merge_runs(turns))


def hear_texts(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Take texts that tell a document, as OpenAI's wires have to, for that document."""
    return hear_documents(request, adapting)


def hear_own_calls(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Take calls of functions that tell what Anthropic's own tools did for what they are, as far as no seal is missing."""
    if adapting.source not in (MEDIA_BEHIND, ITEMS):
        return request
    turns = hear_server_calls(request.turns, own_call, OWN_ID)
    return request if turns is request.turns else attrs.evolve(request, turns=merge_runs(turns))


def mark_whole_results(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Put a cache point behind the last part of a result behind the result, which on OpenAI's wires cannot bear one."""
    if adapting.source not in (MEDIA_BEHIND, ITEMS):
        return request

    def step(result: hub.Result) -> tuple[hub.Part, ...] | None:
        if not result.parts or not _is_cache(result.parts[-1]):
            return None
        return (attrs.evolve(result, parts=result.parts[:-1]), result.parts[-1])

    return map_each(request, hub.Result, "tool", step)


def few_cache_points(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Keep the last cache points of the conversation where there are more than the wire takes."""
    tools = request.tools if isinstance(request.tools, tuple) else ()
    marked = sum(isinstance(tool, hub.Tool) and "cache_control" in _fields(tool) for tool in tools)
    most = CACHE_POINTS - marked - isinstance(request.cache, hub.Mark)
    turns = request.turns if request.instructions is ABSENT else (request.instructions, *request.turns)
    excess = sum([_cache_points(turn.parts) for turn in turns]) - most
    if excess <= 0:
        return request
    return map_turns(request, _Thinning(excess).turn)


def _fields(tool: hub.Tool) -> set[str]:
    return set() if tool.own is None else set(tool.own.fields)


def _is_cache(part: hub.Part) -> bool:
    return isinstance(part, hub.Mark) and part.kind == "cache"


def _cache_points(parts: tuple[hub.Part, ...]) -> int:
    count = 0
    for part in parts:
        if isinstance(part, hub.Result):
            count += _cache_points(part.parts)
        elif isinstance(part, hub.Mark):
            count += part.kind == "cache"
    return count


@attrs.define
class _Thinning:
    """Takes out the first cache points of a conversation."""

    excess: int

    def turn(self, turn: hub.Turn) -> hub.Turn:
        return map_parts(turn, lambda part, _: self._part(part))

    def _part(self, part: hub.Part) -> tuple[hub.Part, ...] | None:
        if self.excess <= 0:
            return None
        if _is_cache(part):
            self.excess -= 1
            return ()
        if isinstance(part, hub.Result) and any(map(_is_cache, part.parts)):
            inside = self.turn(hub.Turn(role="tool", parts=part.parts))
            return (attrs.evolve(part, parts=inside.parts),)
        return None


STEPS: Final[tuple[Step, ...]] = (
    say_thoughts,
    hear_functions,
    rejoin_media,
    hear_texts,
    hear_outcomes,
    hear_references,
    hear_own_calls,
    leave_out_unsealed,
    ask_for_servers,
    take_other_calls,
    mark_whole_results,
    place_system,
    answer_calls,
    offer_servers,
    offer_own_tools,
    _legal_parts,
    _without_empty_turns,
    list_answers,
    legal_tools,
    split_batches,
    legal_names,
    legal_ids,
    legal_choice,
    legal_settings,
    legal_edits,
    break_silence,
    few_cache_points,
)


def adapt_request(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Make a request one that `write_request` accepts, and the provider too.

    Notes what its reply needs in ``adapting.context``: the names and ids that changed, the tools that took free text, and
    which tool is the computer, as the source spelled it.
    """
    adapting.context.update(context_of(request, adapting))
    for step in STEPS:
        request = step(request, adapting)
    return request
