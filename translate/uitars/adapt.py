"""Make any hub record one that UI-TARS takes: screenshots as the user's images, results as text before them, functions as verbs of the prompt.

The model sees a prompt with its action space, screenshots, and its own words. Which action space a deployment speaks is declared by
the profile's ``template``; without one it is that of 1.5. Thinking that another family signed is left out, never said as a thought.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..errors import WriteError
from ..jsonvalue import ABSENT, Json
from ..making import changed, maker, new_turn
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
    sayable_arguments,
)
from .assembly import prompt
from .dialect import COMPUTER, DIALECT, Ids, sayable, says, write_words
from .functions import FunctionTool, name_functions
from .say_results import ToldResult, plain_text, said_parts, said_result, say_results
from .templates import TEMPLATES, Template
from .wire import FAMILY, WIRE_NAME

Step = Callable[[hub.Request, Adapting], hub.Request]
_PROMPT: Final = "the prompt of UI-TARS: its tools are verbs in words"
_SILENT: Final = "[no output]"
_GO_ON: Final = "Continue."
_JOINT: Final = "\n\n"
_ON_SCREEN: Final = (COMPUTER, "browser")
"""Forms of tools and calls that are the action space's own verbs."""


def adapt_request(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Make a request one that `write_request` and a server of UI-TARS accept."""
    if adapting.source == WIRE_NAME:
        return request
    for step in _STEPS:
        request = step(request, adapting)
    return request


def template_of(adapting: Adapting) -> Template:
    """Return the action space the deployment speaks: the profile's, or that of 1.5."""
    declared = getattr(adapting.profile, "template", None)
    if isinstance(declared, Template):
        return declared
    return TEMPLATES[declared] if isinstance(declared, str) and declared in TEMPLATES else DIALECT


def _drop_foreign(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Leave out sealed thinking first: its words are not to be said as a thought."""
    request = map_turns(list_for_item(request), lambda turn: map_parts(turn, unsealed))
    return plain_seams(drop_foreign(request, WIRE_NAME, FAMILY))


def unsealed(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
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


def numbered(calls: Iterable[str]) -> dict[str, str]:
    """Return the ids that the calls of a conversation get here, by those they had; none for a call that has its number for an id."""
    count = Ids()
    pairs = ((call, count.next()) for call in calls)
    return {call: number for call, number in pairs if call != number}


class TurnSayer:
    """Says turns in order, and knows which calls wait for their results."""

    def __init__(self, adapting: Adapting) -> None:
        self.calls: list[str] = []
        """The ids of the calls that were said, as they were."""
        self._adapting = adapting
        self._template = template_of(adapting)
        self._count = Ids()
        self._turns: list[hub.Turn] = []
        self._waiting: list[hub.Call] = []
        self._given = 0
        self._said: list[ToldResult] = []

    def take(self, turn: hub.Turn) -> None:
        if turn.role == "tool":
            self._hear(turn)
            return
        said = self._words(turn)
        if said is None or not said.parts:  # it says nothing, and stands between no call and its result
            return
        self._answer(said)
        self._turns.append(said)
        if turn.role == "assistant":
            self._waiting = [part for part in said.parts if isinstance(part, hub.Call)]

    def _hear(self, turn: hub.Turn) -> None:
        for part in turn.parts:
            if isinstance(part, hub.Result):
                if parts := said_result(part, self._adapting):
                    self._said.append(ToldResult(call_id=part.call_id, place=self._given, parts=parts))
                self._given += 1

    def _words(self, turn: hub.Turn) -> hub.Turn | None:
        if turn.role == "assistant":
            return say_assistant(turn, self._template, self._count, self.calls)
        return said_user(turn) if turn.role == "user" else _said_system(turn)

    @property
    def ends_with_the_model(self) -> bool:
        return not self._said and bool(self._turns) and self._turns[-1].role == "assistant"

    def finished(self) -> list[hub.Turn]:
        stretch = self._adapting.stretch
        if self._said or (self._waiting and stretch is not None and not stretch.ends):
            self._answer(None)
        return self._turns

    def _answer(self, following: hub.Turn | None) -> None:
        """Give the calls that wait their results: what was said goes to the last of them, and to nobody's where none waits."""
        ids = self.calls[len(self.calls) - len(self._waiting) :]
        asked = list(zip(ids, (call.name for call in self._waiting), strict=True))
        said = say_results(self._said, asked, self._adapting)
        self._said, self._given = [], 0
        if not self._waiting:
            if said:
                self._turns.append(hub.Turn(role="user", parts=said))
            return
        if not said and following is not None and following.role == "user":
            said = (_silence(self._adapting),)
        results = [hub.Result(call_id=call.id, form="computer") for call in self._waiting]
        results[-1] = attrs.evolve(results[-1], parts=said)
        self._turns.append(hub.Turn(role="tool", parts=tuple(results)))
        self._waiting = []


def said_user(turn: hub.Turn) -> hub.Turn:
    """Say a user's turn in texts and images; one that is nothing else is the same object."""
    said = map_parts(turn, _said_part)
    if said is turn and turn.own is None and turn.spelling is None and turn.origin is None:
        return turn
    return new_turn(role="user", parts=said.parts, seams=said.seams)


def _said_part(part: hub.Part, _: hub.Turn) -> Sequence[hub.Part] | None:
    """Do for one part what `said_parts` does, as a step."""
    said = said_parts((part,))
    return None if len(said) == 1 and said[0] is part else said


def _said_system(turn: hub.Turn) -> hub.Turn:
    texts = tuple(plain_text(part) for part in turn.parts if isinstance(part, hub.Text) and part.text)
    return hub.Turn(role="system", parts=texts)


def say_assistant(turn: hub.Turn, template: Template, ids: Ids, said_calls: list[str]) -> hub.Turn | None:
    """Say an assistant's turn: what it said before and between its calls is its thought. ``None`` where nothing is left.

    The ids that the calls had are added to ``said_calls``.
    """
    calls = [call for part in turn.parts if isinstance(part, hub.Call) for call in _said_call(part, template)]
    thoughts = [
        p.text for p in turn.parts if isinstance(p, hub.Thinking) and isinstance(p.text, str) and p.text.strip()
    ]
    words = [part.text for part in turn.parts if isinstance(part, (hub.Text, hub.Refusal)) and part.text]
    if not calls:
        return _said_words(turn, thoughts, words, template)
    said = _settled(turn, _JOINT.join([*thoughts, *words]).strip(), tuple(calls), template)
    return None if said is None else _counted(said, ids, said_calls)


def _counted(turn: hub.Turn, ids: Ids, said_calls: list[str]) -> hub.Turn:
    """Give the calls of a turn that is said their ids; one that is not said must not use any up."""
    parts: list[hub.Part] = []
    for part in turn.parts:
        if isinstance(part, hub.Call):
            said_calls.append(part.id)
            part = attrs.evolve(part, id=ids.next())
        parts.append(part)
    return attrs.evolve(turn, parts=tuple(parts))


def _said_words(turn: hub.Turn, thoughts: list[str], words: list[str], template: Template) -> hub.Turn | None:
    text = _JOINT.join(words)
    parts: tuple[hub.Part, ...] = (hub.Text(text=text, form="string"),) if text else ()
    if not thoughts and (not parts or says(text, parts)):
        return hub.Turn(role="assistant", parts=parts, origin=turn.origin) if parts else None
    return _settled(turn, _JOINT.join(thoughts).strip(), (hub.Text(text=text),) if text else (), template)


def _settled(turn: hub.Turn, thought: str, rest: tuple[hub.Part, ...], template: Template) -> hub.Turn | None:
    """Choose the parts that can be written: with the thought, else without it, which may read as an action itself."""
    heads: list[tuple[hub.Part, ...]] = [(hub.Thinking(text=thought),)] if thought else []
    for head in [*heads, ()]:
        parts = (*head, *rest)
        try:
            raw = write_words(parts, _counting(parts), None, template)
        except WriteError:
            continue
        if parts and says(raw, parts):
            spelling = hub.Own(wire=WIRE_NAME, fields={"raw": raw})
            return hub.Turn(role="assistant", parts=parts, spelling=spelling, origin=turn.origin)
    return None


class _counting(Ids):
    """Gives the ids that parts have: they were counted before."""

    def __init__(self, parts: Sequence[hub.Part]) -> None:
        super().__init__()
        self._left = [part.id for part in parts if isinstance(part, hub.Call)]

    def next(self) -> str:
        return self._left.pop(0)


def _said_call(call: hub.Call, template: Template) -> list[hub.Call]:
    if call.actions is not ABSENT:
        actions = tuple(said for action in call.actions for said in sayable(action, template))
        said = hub.Call(id=call.id, name=COMPUTER, form="computer", actions=actions)
        return [said] if actions else []
    text = call.arguments.text
    arguments = (
        hub.Arguments(text=text) if call.form == "custom" and text is not ABSENT else sayable_arguments(call.arguments)
    )
    return [hub.Call(id=call.id, name=call.name, arguments=arguments)]


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
            limited = attrs.evolve(limited, parts=_silenced(limited.parts, _silence(adapting)))
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


def _silence(adapting: Adapting) -> hub.Text:
    return hub.Text(text=str(adapting.insert(_SILENT, "tells a result that says nothing from what the user says")))


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
    parts = _said_system(request.instructions).parts if request.instructions is not ABSENT else ()
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
