"""Named lists of steps that run through the other tools: ``{"name": "computer", "parameters": {"action": "type", "text": "{{user}}"}}``.

``{{parameter}}`` in any text of a step's parameters is replaced from the call's and the job's parameters; the call's win. A parameter
nobody gave is said before anything runs. The steps stop at the first that fails; the result says what was done, in the words the steps were
defined in, so that a parameter's value (a password, say) is never sent to the model, and ends with a screenshot.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import evolve, field, frozen

from polyloop.translate import hub
from polyloop.translate.errors import UsageError
from polyloop.translate.jsonvalue import Json, JsonObject

from ..plain import dump, load
from ..ports import CallContext, Looks, Perform, Tool, ToolOutcome, ToolPolicy
from .computer import COMPUTER_POLICY
from .functions import invalid
from .schema import Checker, checker_of

NAME: Final = "custom_action"
_PLACEHOLDER: Final = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")
_WORDS: Final = "Perform one of the prepared actions, a fixed series of steps."
_PARAMETER_WORDS: Final = "Values for the action's placeholders, where the job does not give them or others are wanted."


@frozen(kw_only=True)
class Step:
    """One step: a tool's name and its arguments, placeholders unfilled."""

    name: str
    parameters: JsonObject


def steps_of(definition: Json) -> tuple[Step, ...]:
    """Read an action's steps: a list of ``{name, parameters}``, or an object that holds one as ``tools``. Raises `UsageError`."""
    listed = definition.get("tools") if isinstance(definition, Mapping) else definition
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        raise UsageError("a custom action is a list of steps, each with a name and parameters")
    steps: list[Step] = []
    for each in listed:
        if not isinstance(each, Mapping) or not isinstance(each.get("name"), str):
            raise UsageError("a step of a custom action has a name and parameters")
        steps.append(Step(name=each["name"], parameters=dict(each.get("parameters") or {})))
    return tuple(steps)


@frozen(kw_only=True)
class Inside:
    """The context of one step: what it does is journaled under the step's number."""

    outer: CallContext
    number: int

    @property
    def job(self) -> str:
        """The job's id."""
        return self.outer.job

    @property
    def key(self) -> str:
        """The step's stable key."""
        return f"{self.outer.key}/{self.number}"

    async def act(self, name: str, action: JsonObject, perform: Perform) -> JsonObject:
        """See `CallContext.act`."""
        return await self.outer.act(f"{self.number}.{name}", action, perform)


@frozen(kw_only=True)
class CustomActionTool:
    """Runs prepared actions."""

    actions: Mapping[str, tuple[Step, ...]]
    """By name in lower case."""
    tools: Mapping[str, Tool]
    """What the steps may use."""
    parameters: Mapping[str, Json] = field(factory=dict, repr=False)
    definition: hub.Tool
    check: Checker
    policy: ToolPolicy = COMPUTER_POLICY

    async def run(self, call: hub.Call, context: CallContext) -> ToolOutcome:
        """Run an action's steps in order."""
        arguments = call.arguments.value
        problems = self.check(arguments)
        if problems:
            return invalid(problems)
        steps = self.actions[arguments["action_name"].lower()]
        given = {**self.parameters, **(arguments.get("input_parameters") or {})}
        missing = sorted({name for step in steps for name in _placeholders(step.parameters) if name not in given})
        if missing:
            return invalid(tuple(f"/input_parameters: {name!r} is missing" for name in missing))
        for number, step in enumerate(steps):
            outcome = await self._step(number, step, given, call, context)
            if outcome.outcome != "ok" or outcome.ends != "no":
                return _stopped(outcome, number, len(steps))
        return ToolOutcome(parts=(hub.Text(text=_report(steps)), *await self.look(call)))

    async def look(self, call: hub.Call) -> tuple[hub.Part, ...]:
        """Show the screen as it is."""
        for tool in self.tools.values():
            if isinstance(tool, Looks):
                return await tool.look(call)
        return ()

    async def _step(
        self, number: int, step: Step, given: Mapping[str, Json], call: hub.Call, context: CallContext
    ) -> ToolOutcome:
        tool = self.tools.get(step.name)
        if tool is None:
            return ToolOutcome(parts=(hub.Text(text=f"there is no tool named {step.name}"),), outcome="error")
        arguments = hub.Arguments(value=filled(step.parameters, given))
        inner = hub.Call(id=f"{call.id}.{number}", name=step.name, arguments=arguments)
        if tool.policy.journaled:
            return await tool.run(inner, Inside(outer=context, number=number))

        async def perform() -> JsonObject:
            outcome = await tool.run(inner, context)
            # The journal keeps no images, and of a step nothing is shown but its words: the action ends with the screen as it is.
            return dump(evolve(outcome, parts=tuple(part for part in outcome.parts if not isinstance(part, hub.Media))))

        result = await context.act(str(number), {"tool": step.name, "parameters": step.parameters}, perform)
        return load(ToolOutcome, result)


def custom_action_tool(
    actions: Mapping[str, Json], tools: Mapping[str, Tool], parameters: Mapping[str, Json] | None = None
) -> CustomActionTool:
    """Make the tool of prepared actions, by name. Raises `UsageError` for steps that are none."""
    known = {name.lower(): steps_of(definition) for name, definition in actions.items()}
    if len(known) != len(actions):
        raise UsageError("two custom actions have the same name, but for its case")
    arguments: dict[str, Any] = {
        "type": "object",
        "properties": {
            "action_name": {"type": "string", "enum": list(known), "description": "The action's name."},
            "input_parameters": {"type": "object", "description": _PARAMETER_WORDS},
        },
        "required": ["action_name"],
    }
    return CustomActionTool(
        actions=known,
        tools=tools,
        parameters=dict(parameters or {}),
        definition=hub.Tool(name=NAME, description=_WORDS, schema=arguments),
        check=checker_of(arguments),
    )


def filled(value: Json, given: Mapping[str, Json]) -> Json:
    """Return a JSON value with every placeholder in its texts replaced; the value given is not changed. Texts put in stay as they are."""
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda found: _text(given[found[1]]), value)
    if isinstance(value, Mapping):
        return {key: filled(inner, given) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [filled(inner, given) for inner in value]
    return value


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _placeholders(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield from (found[1] for found in _PLACEHOLDER.finditer(value))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _placeholders(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _placeholders(inner)


def _stopped(outcome: ToolOutcome, number: int, asked: int) -> ToolOutcome:
    text = f"Of {asked} steps {number} were done before this one, {asked - number - 1} after it were not executed."
    parts = (*outcome.parts, hub.Text(text=text))
    return ToolOutcome(parts=parts, outcome=outcome.outcome, conclusion=outcome.conclusion, ends=outcome.ends)


def _report(steps: tuple[Step, ...]) -> str:
    lines = [f"{step.name}: {json.dumps(step.parameters, ensure_ascii=False)}" for step in steps]
    return "The following actions were performed:\n\n" + "\n".join(lines)
