"""Make any hub record one that UI-TARS takes: screenshots as the user's images, results as text before them, functions as verbs of the prompt.

The model sees a prompt with its action space, screenshots, and its own words. Which action space a deployment speaks is declared by
the profile's ``template``; without one it is that of 1.5. Thinking that another family signed is left out, never said as a thought.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..jsonvalue import ABSENT, Json
from ..making import changed, maker
from ..openai_chat.adapt_settings import adapt_stream_options
from ..steps import (
    drop_empty_turns,
    drop_foreign,
    in_list,
    list_for_item,
    map_parts,
    map_turns,
    merge_runs,
    plain_seams,
    results_first,
)
from .assembly import prompt
from .dialect import COMPUTER
from .functions import FunctionTool, name_functions
from .say_turns import TurnSayer, numbered, said_system, silence, template_of
from .wire import FAMILY, WIRE_NAME

Step = Callable[[hub.Request, Adapting], hub.Request]
_PROMPT: Final = "the prompt of UI-TARS: its tools are verbs in words"
_GO_ON: Final = "Continue."
_ON_SCREEN: Final = (COMPUTER, "browser")
"""Forms of tools and calls that are the action space's own verbs."""


def adapt_request(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Make a request one that `write_request` and a server of UI-TARS accept."""
    if adapting.source == WIRE_NAME:
        return request
    for step in _STEPS:
        request = step(request, adapting)
    return request


def _drop_foreign(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Leave out sealed thinking first: its words are not to be said as a thought."""
    request = map_turns(list_for_item(request), lambda turn: map_parts(turn, _unsealed))
    return plain_seams(drop_foreign(request, WIRE_NAME, FAMILY))


def _unsealed(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
    """Leave out thinking that a family sealed, as a step over parts."""
    return () if isinstance(part, hub.Thinking) and part.seal is not None else None


def _order_turns(request: hub.Request, adapting: Adapting) -> hub.Request:
    turns = results_first(request.turns)
    return request if turns is request.turns else changed(request, turns=turns)


def _name_verbs(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Name functions as verbs, which no action space has."""
    verbs = name_functions(_function_names(request))
    changed = {name: verb for name, verb in verbs.items() if name != verb}
    if not changed:
        return request
    adapting.context["names"] = changed

    def step(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
        if isinstance(part, hub.Call) and part.form != COMPUTER and part.name in changed:
            return (attrs.evolve(part, name=changed[part.name]),)
        return None

    return map_turns(request, lambda turn: map_parts(turn, step))


def _function_names(request: hub.Request) -> list[str]:
    names = [tool.name for tool in _functions(request) if isinstance(tool.name, str)]
    calls = [
        part.name
        for turn in request.turns
        for part in turn.parts
        if isinstance(part, hub.Call) and part.form not in _ON_SCREEN
    ]
    return list(dict.fromkeys([*names, *calls]))


def _functions(request: hub.Request) -> list[hub.Tool]:
    tools = request.tools if isinstance(request.tools, tuple) else ()
    return [tool for tool in tools if isinstance(tool, hub.Tool) and tool.builtin is None and tool.name is not ABSENT]


def _say_turns(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Say every turn in this wire's parts: the assistant's words, the results behind them, the user's texts and images."""
    sayer, stretch = TurnSayer(adapting), adapting.stretch
    for turn in request.turns:
        sayer.take(turn)
    if stretch is None or stretch.ends:
        _let_go_on(sayer, adapting)
    turns = merge_runs(sayer.finished())
    if stretch is not None:
        stretch.calls = tuple(sayer.calls)
    elif ids := numbered(sayer.calls):
        adapting.context["ids"] = ids
    return changed(request, turns=turns)


def _let_go_on(sayer: TurnSayer, adapting: Adapting) -> None:
    """Let the user have the last word, where the host wants that."""
    profile = adapting.profile
    if not sayer.ends_with_the_model:
        return
    if adapting.stretch is not None:
        adapting.stretch.open = True
    if profile is not None and not profile.prefill:
        text = str(adapting.insert(_GO_ON, "the host refuses that a conversation ends with the model's own words"))
        sayer.take(hub.Turn(role="user", parts=(hub.Text(text=text),)))


def _limit_images(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Keep the newest screenshots only, as many as a server takes, and every text."""
    left, count = template_of(adapting).image_limit, sum(_count_media(turn.parts) for turn in request.turns)
    stretch = adapting.stretch
    if stretch is not None:
        stretch.images, stretch.most_images = count, left
        left = max(left - stretch.images_behind, 0)
    if count <= left:
        return request
    turns: list[hub.Turn] = []
    for turn in reversed(request.turns):
        limited, left = _limited(turn, left)
        if _is_told(turn) and not _is_told(limited) and turns and turns[-1].role == "user" and turns[-1].parts:
            limited = attrs.evolve(limited, parts=_silenced(limited.parts, silence(adapting)))
        turns.append(limited)
    return attrs.evolve(request, turns=tuple(reversed(turns)))


def _count_media(parts: Sequence[hub.Part]) -> int:
    """Count the media among parts, and in the results among them."""
    count = 0
    for part in parts:
        if isinstance(part, hub.Media):
            count += 1
        elif isinstance(part, hub.Result) and part.parts:
            count += _count_media(part.parts)
    return count


def _silenced(parts: Sequence[hub.Part], silence: hub.Text) -> tuple[hub.Part, ...]:
    """Say of the last result that nothing is said of it."""
    *others, last = parts
    return (*others, attrs.evolve(last, parts=(silence,)) if isinstance(last, hub.Result) else last)


def _is_told(turn: hub.Turn) -> bool:
    """Tell whether something is said of a turn's results."""
    return turn.role == "tool" and any(isinstance(part, hub.Result) and part.parts for part in turn.parts)


def _limited(turn: hub.Turn, left: int) -> tuple[hub.Turn, int]:
    parts: list[hub.Part] = []
    for part in reversed(turn.parts):
        if isinstance(part, hub.Result) and part.parts:
            inner, left = _limited(hub.Turn(role="user", parts=part.parts), left)
            part = attrs.evolve(part, parts=inner.parts)
        elif isinstance(part, hub.Media):
            if left == 0:
                continue
            left -= 1
        parts.append(part)
    if len(parts) == len(turn.parts) and turn.role != "tool":
        return turn, left
    return attrs.evolve(turn, parts=tuple(reversed(parts))), left


def _offer_tools(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Offer tools in the prompt: the first words of the user become the instruction at its end."""
    computer, stretch = _has_computer(request), adapting.stretch
    if stretch is not None and not stretch.begins:
        stretch.inseparable = computer and not _has_computer(changed(request, turns=()))
        return request
    functions = [
        FunctionTool(
            name=str(tool.name),
            description=tool.description if isinstance(tool.description, str) else None,
            schema=_schema(tool),
        )
        for tool in _functions(request)
    ]
    if not functions and not computer:
        return request
    place = next((number for number, turn in enumerate(request.turns) if turn.role == "user"), None)
    if place is None:
        return request
    turn = request.turns[place]
    at = next((number for number, part in enumerate(turn.parts) if isinstance(part, hub.Text)), None)
    words = turn.parts[at] if at is not None else None
    instruction = words.text if isinstance(words, hub.Text) else ""
    verbs = name_functions(_function_names(request))
    text = prompt(template_of(adapting), instruction, functions=functions, verbs=verbs, computer=computer)
    adapting.insert(text.removesuffix(instruction), _PROMPT)
    said = hub.Text(text=text, form=words.form if isinstance(words, hub.Text) else None)
    kept = [part for number, part in enumerate(turn.parts) if number != at]
    turn = attrs.evolve(turn, parts=(said, *kept))
    return attrs.evolve(request, turns=(*request.turns[:place], turn, *request.turns[place + 1 :]))


def _has_computer(request: hub.Request) -> bool:
    """Tell whether a screen can be acted on: a tool for it is offered, or it was acted on before."""
    tools = request.tools if isinstance(request.tools, tuple) else ()
    offered = any(isinstance(tool, hub.Tool) and tool.form in _ON_SCREEN for tool in tools)
    return offered or any(
        isinstance(part, hub.Call) and part.form in _ON_SCREEN for turn in request.turns for part in turn.parts
    )


def _schema(tool: hub.Tool) -> Json:
    return tool.schema if isinstance(tool.schema, dict) else None


def _settle_head(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Keep instructions one message of texts, leading system turns among them."""
    if request.instructions is ABSENT and (not request.turns or request.turns[0].role != "system"):
        return request
    parts = said_system(request.instructions).parts if request.instructions is not ABSENT else ()
    turns = request.turns
    while turns and turns[0].role == "system":
        parts, turns = (*parts, *turns[0].parts), turns[1:]
    head = hub.Turn(role="system", parts=parts)
    if request.instructions is ABSENT:
        head = in_list(head)  # as what was a message among others
    instructions: Any = head if parts else ABSENT
    return changed(request, instructions=instructions, turns=turns)


def _drop_empty(request: hub.Request, adapting: Adapting) -> hub.Request:
    return drop_empty_turns(request)


def _settings(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Keep what a server of UI-TARS takes: no tools, no form of the answer, no words on reasoning, nothing of a store."""
    settings, sampling = request.settings, request.sampling
    kept = _new_settings(
        stream=settings.stream,
        stream_options=adapt_stream_options(settings.stream_options),
        user=ABSENT if settings.user is None else settings.user,
    )
    if sampling.top_k is not ABSENT:
        sampling = changed(sampling, top_k=ABSENT)
    return _new_request(
        model=ABSENT if request.model is None else request.model,
        instructions=request.instructions,
        turns=request.turns,
        sampling=sampling,
        max_output=request.max_output,
        stop=request.stop,
        settings=kept,
    )


_new_request: Final = maker(hub.Request)
_new_settings: Final = maker(hub.Settings)

_STEPS: Final[tuple[Step, ...]] = (
    _drop_foreign,
    _order_turns,
    _name_verbs,
    _say_turns,
    _limit_images,
    _settle_head,
    _drop_empty,
    _offer_tools,
    _settings,
)
