"""Plain Python functions as tools: the signature is the schema, the docstring the description."""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
from collections.abc import Callable
from typing import Any, Final, overload

from attrs import frozen

from polyloop.translate import hub
from polyloop.translate.errors import UsageError
from polyloop.translate.jsonvalue import Json, JsonObject

from ..ports import CallContext, ToolOutcome, ToolPolicy
from .schema import Checker, checker_of, schema_of_signature

CONTEXT: Final = "context"
"""A parameter of this name gets the `CallContext` and is not shown to the model."""


@frozen(kw_only=True)
class Image:
    """An image that a function returns."""

    data: bytes
    media_type: str = "image/png"


@frozen(kw_only=True)
class FunctionTool:
    """A function the model may call. Made by `tool`."""

    function: Callable[..., Any]
    definition: hub.Tool
    policy: ToolPolicy
    check: Checker
    takes_context: bool = False

    async def run(self, call: hub.Call, context: CallContext) -> ToolOutcome:
        """Check the arguments and call the function, in a thread where it is not async.

        A cancelled or timed out function in a thread cannot be stopped: it runs to its end, and its result is not looked at.
        """
        arguments = call.arguments.value
        problems = self.check(arguments)
        if problems:
            return invalid(problems)
        given: dict[str, Any] = dict(arguments)
        if self.takes_context:
            given[CONTEXT] = context
        if inspect.iscoroutinefunction(self.function):
            return outcome_of(await self.function(**given))
        return outcome_of(await asyncio.to_thread(self.function, **given))


@overload
def tool(function: Callable[..., Any], /) -> FunctionTool: ...
@overload
def tool(
    *,
    name: str | None = None,
    description: str | None = None,
    schema: JsonObject | None = None,
    lane: str | None = None,
    repeatable: bool = False,
    approval: bool = False,
    checks_target: bool = False,
    seconds: float | None = None,
) -> Callable[[Callable[..., Any]], FunctionTool]: ...


def tool(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    schema: JsonObject | None = None,
    lane: str | None = None,
    repeatable: bool = False,
    approval: bool = False,
    checks_target: bool = False,
    seconds: float | None = None,
) -> FunctionTool | Callable[[Callable[..., Any]], FunctionTool]:
    """Make a tool of a function, sync or async.

    What it returns goes to the model: text as it is, `Image`, a `ToolOutcome` as it is, nothing, a list of texts and images, anything
    else as JSON. `polyloop.loop.ToolError` says what went wrong in words the model may read; any other exception only by its name.
    For the rest see `ToolPolicy`. Raises `UsageError` where no schema can be made of the signature.
    """
    policy = ToolPolicy(
        lane=lane, repeatable=repeatable, approval=approval, checks_target=checks_target, seconds=seconds
    )

    def make(made_of: Callable[..., Any]) -> FunctionTool:
        takes_context = CONTEXT in inspect.signature(made_of).parameters
        arguments = schema_of_signature(made_of, skip=(CONTEXT,)) if schema is None else schema
        words = inspect.getdoc(made_of) if description is None else description
        if not words:
            raise UsageError(f"tool {made_of.__name__!r} needs a docstring or a description: the model reads it")
        definition = hub.Tool(name=name or made_of.__name__, description=words, schema=arguments)
        return FunctionTool(
            function=made_of,
            definition=definition,
            policy=policy,
            check=checker_of(arguments),
            takes_context=takes_context,
        )

    return make if function is None else make(function)


def invalid(problems: tuple[str, ...]) -> ToolOutcome:
    """Make the outcome of arguments that do not fit: what is wrong, for the model to do better."""
    text = "Not executed: the arguments do not fit.\n" + "\n".join(f"- {problem}" for problem in problems)
    return ToolOutcome(parts=(hub.Text(text=text),), outcome="error")


def image_part(data: bytes, media_type: str = "image/png") -> hub.Media:
    """Make the part that shows an image."""
    source = hub.Base64(media_type=media_type, data=base64.b64encode(data).decode("ascii"))
    return hub.Media(kind="image", source=source)


def outcome_of(returned: Any) -> ToolOutcome:
    """Make the outcome of what a function returned."""
    if isinstance(returned, ToolOutcome):
        return returned
    if returned is None:
        return ToolOutcome()
    if isinstance(returned, (list, tuple)) and any(isinstance(item, (Image, hub.HubRecord)) for item in returned):
        return ToolOutcome(parts=tuple(_part(item) for item in returned))
    return ToolOutcome(parts=(_part(returned),))


def _part(item: Any) -> hub.Part:
    if isinstance(item, Image):
        return image_part(item.data, item.media_type)
    if isinstance(item, (hub.Text, hub.Media)):
        return item
    return hub.Text(text=item if isinstance(item, str) else _as_json(item))


def _as_json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
