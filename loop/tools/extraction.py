"""The tools that end a task: giving its result, and saying that the screen is not what it should be."""

from __future__ import annotations

import json
from typing import Final

from attrs import frozen

from polyloop.translate import hub
from polyloop.translate.jsonvalue import ABSENT, Json, JsonObject

from ..ports import CallContext, ToolOutcome, ToolPolicy
from .functions import invalid
from .schema import Checker, checker_of, schema_of_example

EXTRACTION: Final = "extraction"
UI_NOT_AS_EXPECTED: Final = "ui_not_as_expected"
UI_MISMATCH: Final = "UI Mismatch Detected"
"""The error's name, as existing callers compare it."""

_EXTRACTION_WORDS: Final = (
    "Give the result of the task. Call this once everything the task asks for is known; "
    "the arguments have to follow the schema exactly."
)
_MISMATCH_WORDS: Final = (
    "Say that the screen does not look as the task expects, and stop. "
    "Use it instead of guessing when something needed is missing or something unexpected is in the way."
)
HARMLESS: Final = ToolPolicy(repeatable=True)
_NAME_WORDS: Final = "What the result is of, as the task calls it."


@frozen(kw_only=True)
class ExtractionTool:
    """Takes the task's result: ``{"data": {"name": ..., "result": ...}}``. The last valid one counts when the model ends its turn."""

    definition: hub.Tool
    check: Checker
    policy: ToolPolicy = HARMLESS

    async def run(self, call: hub.Call, context: CallContext) -> ToolOutcome:
        """Check the result; say what is wrong with one that does not fit."""
        arguments = call.arguments.value
        problems = self.check(arguments)
        if problems:
            return invalid(problems)
        data = arguments["data"]
        text = json.dumps(data, ensure_ascii=False, allow_nan=False)
        return ToolOutcome(parts=(hub.Text(text=text),), conclusion=data["result"])


def extraction_tool(*, schema: JsonObject | None = None, example: Json = ABSENT) -> ExtractionTool:
    """Make the extraction tool for results of a schema, or like an example, or of any kind."""
    if schema is None:
        schema = {} if example is ABSENT else schema_of_example(example)
    arguments: JsonObject = {
        "type": "object",
        "properties": {
            "data": {
                "type": "object",
                "properties": {"name": {"type": "string", "description": _NAME_WORDS}, "result": schema},
                "required": ["name", "result"],
            }
        },
        "required": ["data"],
    }
    definition = hub.Tool(name=EXTRACTION, description=_EXTRACTION_WORDS, schema=arguments)
    return ExtractionTool(definition=definition, check=checker_of(arguments))


def mismatch(reasoning: str) -> JsonObject:
    """Return the result of a run that ended because the screen was not as expected."""
    return {"success": False, "error": UI_MISMATCH, "error_description": reasoning}


_MISMATCH_SCHEMA: Final[JsonObject] = {
    "type": "object",
    "properties": {"reasoning": {"type": "string", "description": "What was expected, and what is there instead."}},
    "required": ["reasoning"],
}


@frozen(kw_only=True)
class UiNotAsExpectedTool:
    """Ends the run: the screen is not what the task needs."""

    definition: hub.Tool
    check: Checker
    policy: ToolPolicy = HARMLESS

    async def run(self, call: hub.Call, context: CallContext) -> ToolOutcome:
        """End the run with the model's words."""
        problems = self.check(call.arguments.value)
        if problems:
            return invalid(problems)
        reasoning: str = call.arguments.value["reasoning"]
        return ToolOutcome(parts=(hub.Text(text=reasoning),), conclusion=mismatch(reasoning), ends="stop")


def ui_not_as_expected_tool() -> UiNotAsExpectedTool:
    """Make the tool that ends a run because the screen is not what the task needs."""
    definition = hub.Tool(name=UI_NOT_AS_EXPECTED, description=_MISMATCH_WORDS, schema=_MISMATCH_SCHEMA)
    return UiNotAsExpectedTool(definition=definition, check=checker_of(_MISMATCH_SCHEMA))
