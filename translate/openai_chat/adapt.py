"""Make any hub record one that Chat Completions takes: a chain of small named steps, each the identity on what needs nothing.

What the steps rest on is in `tables` and `reasons`. The rules of a turn: the results of an assistant's calls follow it at once, one
message each, in text only; texts come before calls; no thinking, no server's own tools, no state on a server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import is_

import attrs

from .. import hub
from ..adapting import Adapting
from ..documents import say_documents
from ..jsonvalue import ABSENT
from ..making import new_result
from ..result_media import split_result_media
from ..result_outcomes import say_outcome
from ..server_history import show_server_calls
from ..spoken import say_thoughts
from ..steps import (
    call_ids,
    drop_empty_turns,
    drop_foreign,
    list_for_item,
    map_each,
    map_parts,
    map_turns,
    merge_runs,
    plain_turn,
    rename,
    results_first,
    tool_names,
    with_ids,
    with_names,
)
from ..tool_plans import hear_tools, project_tools
from ..tool_references import say_references
from ..tool_schemas.openai import OF_OPENAI, openai_dialect
from .adapt_calls import CallWriter
from .adapt_parts import (
    as_list,
    as_tool_calls,
    in_order,
    is_plainly_said,
    no_longer_legacy,
    sayable_parts,
)
from .adapt_settings import adapt_format, adapt_reasoning, adapt_sampling, adapt_settings
from .adapt_tools import SAYS_DEFAULTS, adapt_choice, adapt_tools
from .calls import is_legacy
from .residue import FAMILY, WIRE_NAME
from .tables import ID_LENGTH, LEGAL_ID, LEGAL_NAME, NAME_LENGTH, NOT_IN_NAMES

Step = Callable[[hub.Request, Adapting], hub.Request]


def adapt_request(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Make a request one that `write_request` and the provider accept."""
    for step in _STEPS:
        request = step(request, adapting)
    return request


def _list_for_item(request: hub.Request, adapting: Adapting) -> hub.Request:
    return list_for_item(request)


def _show_server_calls(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Tell what a provider's own tools did as calls of functions: there are none here, and the next model should know."""
    if adapting.source == WIRE_NAME:
        return request
    turns = show_server_calls(request.turns)
    return request if turns is request.turns else attrs.evolve(request, turns=merge_runs(turns))


def _drop_foreign(request: hub.Request, adapting: Adapting) -> hub.Request:
    kept = drop_foreign(request, WIRE_NAME, FAMILY)
    if kept.turns is request.turns:
        return kept
    return attrs.evolve(kept, turns=tuple(as_list(*pair) for pair in zip(kept.turns, request.turns, strict=True)))


def _write_out_calls(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Say calls of the computer and of other client tools as calls of functions, and define these functions."""
    return CallWriter(request.tools, adapting).request(request)


def _order_turns(request: hub.Request, adapting: Adapting) -> hub.Request:
    turns = results_first(request.turns)
    return request if _are_same(turns, request.turns) else attrs.evolve(request, turns=turns)


def _present_calls(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Say calls in the deprecated form in the present one where they cannot be said in their own."""
    ids = no_longer_legacy(request.turns)
    return map_turns(request, lambda turn: as_tool_calls(turn, ids)) if ids else request


def _are_same(turns: Sequence[hub.Turn], others: Sequence[hub.Turn]) -> bool:
    """Tell whether turns are the same records, not merely equal ones."""
    return turns is others or (len(turns) == len(others) and all(map(is_, turns, others)))


def _say_outcomes(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Say in words that a call failed, was refused or never ran; a call that went well needs none."""

    def step(result: hub.Result) -> Sequence[hub.Part] | None:
        parts = say_outcome(result, result.parts, adapting, _NO_OUTCOME)
        named = adapting.source == WIRE_NAME or is_legacy(result)
        if parts is result.parts and _says_nothing_more(result) and (named or result.name is ABSENT):
            return None
        form: hub.CallForm = "custom" if result.form == "custom" else "function"
        name = result.name if named else ABSENT
        return (
            new_result(
                call_id=result.call_id, parts=parts, form=form, name=name, own=result.own, spelling=result.spelling
            ),
        )  # fmt: skip

    return map_each(request, hub.Result, "tool", step)


_NO_OUTCOME = "says how a call came out: the target's results have no field for it"


def _says_nothing_more(result: hub.Result) -> bool:
    """Tell whether a result has a call and parts only."""
    plain = result.outcome is result.toolset is result.namespace is ABSENT and not result.acknowledged
    return plain and result.caller is None and result.form in ("function", "custom")


def _say_documents(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Tell a document of text as the text it is: files are PDF alone here."""
    return say_documents(request, adapting, files=False)


def _move_result_media(request: hub.Request, adapting: Adapting) -> hub.Request:
    if adapting.source == WIRE_NAME:
        return request  # what this wire says already needs no labels, and its labels no escape
    turns = merge_runs(split_result_media(request.turns, adapting))
    return request if _are_same(turns, request.turns) else attrs.evolve(request, turns=turns)


def _unsay_details(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Leave out that an image is to be looked at as closely as the model likes, which a Responses image has to say, and which is so here."""
    if adapting.source != SAYS_DEFAULTS:
        return request

    def step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        if isinstance(part, hub.Media) and part.kind == "image" and part.detail == "auto":
            return (attrs.evolve(part, detail=ABSENT),)
        return None

    return map_turns(request, lambda turn: map_parts(turn, step) if turn.role == "user" else turn)


def _say_turns(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Keep of each turn the parts that can be said, cut it into messages, and put an assistant's in order."""
    native = adapting.source == WIRE_NAME

    def step(turn: hub.Turn) -> hub.Turn:
        if is_plainly_said(turn):
            return turn
        said = sayable_parts(turn)
        return in_order(said if native else plain_turn(said))

    return map_turns(request, step)


def _drop_empty(request: hub.Request, adapting: Adapting) -> hub.Request:
    request = drop_empty_turns(request)
    turns = merge_runs(request.turns)
    return request if turns is request.turns else attrs.evolve(request, turns=turns)


def _settle_instructions(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Keep instructions one message, and make the first of leading system turns the instructions, as the wire reads them."""
    instructions, turns = request.instructions, request.turns
    if instructions is not ABSENT:
        plain = [seam for seam in instructions.seams if seam.start == 0 and seam.stop == len(instructions.parts)]
        if len(plain) != len(instructions.seams) or instructions.role != "system":
            instructions = hub.Turn(role="system", parts=instructions.parts)
    elif turns and turns[0].role == "system":
        cut = min((seam.start for seam in turns[0].seams if seam.start > 0), default=len(turns[0].parts))
        instructions = hub.Turn(role="system", parts=turns[0].parts[:cut])
        rest = turns[0].parts[cut:]
        turns = turns[1:] if not rest else (hub.Turn(role="system", parts=rest), *turns[1:])
    if instructions is request.instructions and turns is request.turns:
        return request
    return attrs.evolve(request, instructions=instructions, turns=turns)


def _map_ids(request: hub.Request, adapting: Adapting) -> hub.Request:
    ids = rename(call_ids(request), LEGAL_ID.fullmatch, lambda id: id, ID_LENGTH)
    if ids:
        adapting.context["ids"] = ids
    return with_ids(request, ids)


def _map_names(request: hub.Request, adapting: Adapting) -> hub.Request:
    names = rename(
        tool_names(request), LEGAL_NAME.fullmatch, lambda name: NOT_IN_NAMES.sub("_", name), NAME_LENGTH,
    )  # fmt: skip
    if names:
        adapting.context["names"] = names
    return with_names(request, names)


def _settings(request: hub.Request, adapting: Adapting) -> hub.Request:
    native = adapting.source == WIRE_NAME
    return attrs.evolve(
        request,
        model=ABSENT if request.model is None else request.model,
        choice=adapt_choice(request),
        format=adapt_format(request.format, adapting),
        reasoning=adapt_reasoning(request.reasoning),
        sampling=adapt_sampling(request.sampling, native),
        settings=adapt_settings(request.settings, native),
        stop=request.stop[:4] if isinstance(request.stop, tuple) else request.stop,
        cache=ABSENT,
        continues=(),
        servers=ABSENT,
        compaction=None,
        betas=ABSENT,
        version=ABSENT,
        own=_ours(request.own),
        spelling=_ours(request.spelling),
    )


def _hear_tools(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Say as free text, and as JSON that is no object, what the Messages API had to put into one."""
    return hear_tools(request) if adapting.source == "anthropic" else request


def _project_schemas(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Make the schemas of functions ones that OpenAI takes, which those of its other wire are but for a host's own rules."""
    if adapting.source in OF_OPENAI and adapting.profile is None:
        return request
    known_host = adapting.profile is not None
    return project_tools(request, adapting, lambda tool: openai_dialect(tool, known_host))


def _tools(request: hub.Request, adapting: Adapting) -> hub.Request:
    return attrs.evolve(request, tools=adapt_tools(request.tools, adapting.source))


_STEPS: tuple[Step, ...] = (
    say_thoughts,
    _list_for_item,
    _show_server_calls,
    _drop_foreign,
    _hear_tools,
    _write_out_calls,
    say_references,
    _order_turns,
    _present_calls,
    _say_outcomes,
    _map_ids,
    _say_documents,
    _move_result_media,
    _unsay_details,
    _say_turns,
    _drop_empty,
    _settle_instructions,
    _project_schemas,
    _tools,
    _map_names,
    _settings,
)


def _ours(record: hub.Own | None) -> hub.Own | None:
    return record if record is not None and record.wire == WIRE_NAME else None
