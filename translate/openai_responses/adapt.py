"""Requests fitted to the Responses API: a chain of small steps hub -> hub, the identity on what this wire itself could say.

What the wire has no place for is left out; `convert` finds it as a loss. What has to be there and is not is inserted, with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import is_
from typing import Any, Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..client_tools import hear_computers
from ..documents import say_documents
from ..jsonvalue import ABSENT
from ..result_media import rejoin_result_media
from ..server_history import hear_server_calls
from ..spoken import say_thoughts
from ..steps import call_ids, drop_empty_turns, map_turns, merge_runs, recut, rename, tool_names, with_ids, with_names
from ..tool_plans import hear_tools, project_tools
from ..tool_references import say_references
from ..tool_schemas.openai import OF_OPENAI, openai_dialect
from .adapt_computer import plan_for
from .adapt_parts import MOST_NAME, NAME, NOT_IN_NAMES, Fitting, own_only, survives
from .adapt_server import (
    offer_own_tools,
    offer_servers,
    show_other_calls,
    take_server_tools,
    tell_tool_searches,
)
from .adapt_settings import fit_continues, fit_settings
from .adapt_tools import fit_tools
from .adapt_turns import Numbering, cut_turn, fit_turn, fit_turns
from .content import is_plain
from .residue import FAMILY
from .tables import REASONS

_SEARCH_ID: Final = "ws_"
"""What ids of web_search_call items begin with (api-reference/responses, read 2026-11-22)."""
_TELL_IN_FUNCTIONS: Final = ("openai-chat", "anthropic")
"""Wires that have to tell what this provider's own tools did as calls of functions."""
_MOST_ID: Final = 64
_ID: Final = re.compile(r"(?s).{1,64}")


def adapt_request(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Make a request one that this wire can write and its provider takes."""
    for step in _STEPS:
        request = step(request, adapting)
    return request


def _map_ids(request: hub.Request, adapting: Adapting) -> hub.Request:
    ids = rename(call_ids(request), lambda id: _ID.fullmatch(id) is not None, lambda id: id or "call", _MOST_ID)
    if ids:
        adapting.context["ids"] = dict(ids)
    return with_ids(request, ids)


def _map_names(request: hub.Request, adapting: Adapting) -> hub.Request:
    names = rename(tool_names(request), _is_name, lambda name: NOT_IN_NAMES.sub("_", name) or "tool", MOST_NAME)
    if names:
        adapting.context["names"] = dict(names)
    return with_names(request, names)


def _is_name(name: str) -> bool:
    return NAME.fullmatch(name) is not None


def _hear_computers(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Take functions that Chat Completions had to say a computer tool as for that tool."""
    return hear_computers(request) if adapting.source == "openai-chat" else request


def _hear_tools(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Say as free text, and as JSON that is no object, what the Messages API had to put into one."""
    return hear_tools(request) if adapting.source == "anthropic" else request


def _project_schemas(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Make the schemas of functions ones that OpenAI takes, which those of its other wire are but for a host's own rules."""
    if adapting.source in OF_OPENAI and adapting.profile is None:
        return request
    known_host = adapting.profile is not None
    return project_tools(request, adapting, lambda tool: openai_dialect(tool, known_host))


def _hear_own_calls(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Take calls of functions that tell what OpenAI's search of the web did for what they are."""
    if adapting.source not in _TELL_IN_FUNCTIONS:
        return request

    def own_call(call: hub.Call, result: hub.Result, findings: hub.Findings) -> tuple[hub.Part, ...]:
        if not call.id.startswith(_SEARCH_ID) or not isinstance(findings, hub.Searched):
            return ()
        given = hub.Arguments(value=call.arguments.value)
        called = hub.ServerCall(
            id=call.id, tool=call.name, arguments=given, findings=findings, status="completed", family=FAMILY
        )
        if not survives(called, "assistant", False):
            return ()
        adapting.insert("completed", REASONS["item status"])
        return (called,)

    turns = hear_server_calls(request.turns, own_call, _SEARCH_ID)
    return request if turns is request.turns else attrs.evolve(request, turns=merge_runs(turns))


def _mark_inside_results(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Put a cache point behind a whole result behind its last part: a part bears one here, a result does not."""

    def step(turn: hub.Turn) -> hub.Turn:
        if turn.role != "tool" or hub.Mark not in map(type, turn.parts):
            return turn
        parts: list[hub.Part] = []
        counts: list[int] = []
        for part in turn.parts:
            before = parts[-1] if parts else None
            if isinstance(part, hub.Mark) and part.kind == "cache" and isinstance(before, hub.Result):
                parts[-1] = attrs.evolve(before, parts=(*before.parts, part))
                counts.append(0)
            else:
                parts.append(part)
                counts.append(1)
        return attrs.evolve(turn, parts=tuple(parts), seams=recut(turn.seams, counts))

    return map_turns(request, step)


def _fit_conversation(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Fit what is said, and leave out turns that nothing is left of."""
    fitting = Fitting(adapting=adapting, plan=plan_for(request.turns), reply=False)
    instructions = request.instructions
    if instructions is not ABSENT:
        instructions = fit_turn(instructions, fitting)
    turns = fit_turns(request.turns, fitting)
    same = all(new is old for new, old in zip(turns, request.turns, strict=True))
    if not same or instructions is not request.instructions:
        request = attrs.evolve(request, instructions=instructions, turns=turns)
    request = drop_empty_turns(request)
    merged = merge_runs(request.turns)
    return request if len(merged) == len(request.turns) else attrs.evolve(request, turns=merged)


def _lead_with_instructions(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Take a system message at the head of the conversation for the instructions where there are none: the wire reads it so."""
    if request.instructions is not ABSENT or not request.turns or request.turns[0].role != "system":
        return request
    head, rest = request.turns[0], request.turns[1:]
    cut = min([seam.start for seam in head.seams if seam.start > 0], default=len(head.parts))
    if cut < len(head.parts):
        seams = tuple([attrs.evolve(s, start=s.start - cut, stop=s.stop - cut) for s in head.seams if s.start >= cut])
        rest = (attrs.evolve(head, parts=head.parts[cut:], seams=seams), *rest)
    return attrs.evolve(request, instructions=hub.Turn(role="system", parts=head.parts[:cut]), turns=rest)


def _shape_instructions(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Put instructions that are one text into their string, and any other at the head of the input, as a message.

    A text that another wire put into a list of one part stays one: both ways say the same to the model. So is a text that is all there
    is: without an input, or something to go on from, a request is refused.
    """
    instructions = request.instructions
    if instructions is ABSENT:
        return request
    item = next((seam for seam in instructions.seams if seam.form == "item"), None)
    alone = not request.turns and not request.continues and adapting.source != adapting.target
    if item is None and len(instructions.parts) == 1 and _is_string(instructions.parts[0]) and not alone:
        seams: tuple[hub.Seam, ...] = ()
    else:
        stop = len(instructions.parts)
        seam = hub.Seam(start=0, stop=stop, form="item")
        if item is not None:
            seam = attrs.evolve(own_only(item), start=0, stop=stop, name=ABSENT)
        seams = (seam,)
    if seams == instructions.seams and instructions.role == "system":
        return request
    return attrs.evolve(request, instructions=attrs.evolve(instructions, role="system", seams=seams))


def _is_string(part: hub.Part) -> bool:
    return isinstance(part, hub.Text) and is_plain(part) and part.form != "block"


def _rejoin(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Put images and files back into the results they are of, where Chat Completions had to say them behind."""
    if adapting.source != "openai-chat":
        return request
    turns = rejoin_result_media(request.turns)
    same = len(turns) == len(request.turns) and all(map(is_, turns, request.turns))
    return request if same else attrs.evolve(request, turns=merge_runs(turns))


def _say_documents(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Tell a document in parts as its parts: a text is a file here."""
    return say_documents(request, adapting, files=True)


def _cut(request: hub.Request, adapting: Adapting) -> hub.Request:
    numbering = Numbering(adapting=adapting, reply=False)
    turns = tuple([cut_turn(turn, numbering) for turn in request.turns])
    same = all(new is old for new, old in zip(turns, request.turns, strict=True))
    return request if same else attrs.evolve(request, turns=turns)


def _drop_unknown(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Leave out what the wire has no parameter for."""
    fields: dict[str, Any] = {}
    for name in ("stop", "cache", "servers", "betas", "version"):
        if getattr(request, name) is not ABSENT:
            fields[name] = ABSENT
    continues = fit_continues(request.continues)
    if len(continues) != len(request.continues):
        fields["continues"] = continues
    if own_only(request) is not request:
        fields["own"] = None
    return attrs.evolve(request, **fields) if fields else request


_STEPS: Final[tuple[Callable[[hub.Request, Adapting], hub.Request], ...]] = (
    say_thoughts, offer_servers, offer_own_tools, _drop_unknown,
    take_server_tools, show_other_calls, _rejoin, say_references, _say_documents, _hear_tools, _hear_computers, _map_ids, _project_schemas, _map_names, fit_tools, fit_settings,
    tell_tool_searches,
    _hear_own_calls, _mark_inside_results, _fit_conversation, _lead_with_instructions,
    _shape_instructions, _cut,
)  # fmt: skip
