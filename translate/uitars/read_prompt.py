"""Read the prompt of UI-TARS: the tools it offers in words are tools, and the task at its end is what the user says.

Another model that was given the prompt as it stands would answer in UI-TARS' words, and no call of it could be run. Only a prompt is
read that `prompt` would write again, letter for letter, so that nothing but its tools and its task can be in it.
"""

from __future__ import annotations

from typing import Final

from attrs import evolve, frozen

from .. import hub
from ..jsonvalue import ABSENT
from .assembly import INSTRUCTION, prompt
from .dialect import DIALECT
from .functions import FunctionTool, read_functions
from .say_results import hear_results


@frozen(kw_only=True)
class ReadPrompt:
    """What a prompt says: the task, the functions it offers, and whether it offers the computer."""

    instruction: str
    functions: tuple[FunctionTool, ...]
    computer: bool


_EMPTY: Final = {
    computer: prompt(DIALECT, "", computer=computer).removesuffix(INSTRUCTION) for computer in (True, False)
}
_NOTE: Final = "\n\n## Note\n"
_HEADS: Final = {computer: text[: text.index(_NOTE)] for computer, text in _EMPTY.items()}
"""Whether the computer is offered -> all of a prompt that stands before the functions."""


def read_prompt(text: str) -> ReadPrompt | None:
    """Read a prompt in the action space of 1.5; ``None`` for a text that is none."""
    head, found, instruction = text.partition(INSTRUCTION)
    if not found:
        return None
    for computer, offered in _HEADS.items():
        if not head.startswith(offered):
            continue
        lines = head[len(offered) :].partition(_NOTE)[0].split("\n")[1:]
        functions = read_functions(lines)
        if functions is None:
            return None
        read = ReadPrompt(instruction=instruction, functions=tuple(functions), computer=computer)
        return read if _written(read) == text else None
    return None


def _written(read: ReadPrompt) -> str:
    verbs = {function.name: function.name for function in read.functions}
    return prompt(DIALECT, read.instruction, functions=read.functions, verbs=verbs, computer=read.computer)


def hear_request(request: hub.Request) -> hub.Request:
    """Take the tools that a request's prompt offers for tools, its task for the user's text, and what is told of a call for its result.

    A request that has tools beside the prompt, or no prompt, keeps its first words.
    """
    turns = tuple(hear_results(request.turns))
    same = all(new is old for new, old in zip(turns, request.turns, strict=True))
    return _with_tools(request if same else evolve(request, turns=turns))


def _with_tools(request: hub.Request) -> hub.Request:
    place = next((number for number, turn in enumerate(request.turns) if turn.role == "user"), None)
    if place is None or request.tools is not ABSENT:
        return request
    turn = request.turns[place]
    said = turn.parts[0] if turn.parts else None
    read = read_prompt(said.text) if isinstance(said, hub.Text) else None
    if read is None or not isinstance(said, hub.Text):
        return request
    parts = (evolve(said, text=read.instruction), *turn.parts[1:]) if read.instruction else turn.parts[1:]
    if not parts:
        return request
    turns = (*request.turns[:place], evolve(turn, parts=parts), *request.turns[place + 1 :])
    return evolve(request, tools=tuple(_tools(read)), turns=turns)


def _tools(read: ReadPrompt) -> list[hub.Tool]:
    computer = hub.Tool(form="computer", builtin=hub.Builtin(type="computer"))
    functions = [
        hub.Tool(
            name=function.name,
            description=ABSENT if function.description is None else function.description,
            schema=ABSENT if function.schema is None else function.schema,
        )
        for function in read.functions
    ]
    return [computer, *functions] if read.computer else functions
