"""Tools that a target takes only in another shape, and their calls: the plan stands in the context of the request.

``context["schemas"]`` holds for each tool whose schema had to be projected (by the name the caller gave it) the dialect, whether it was put
under one property, and the schema as it was; ``context["custom"]`` names the tools of free text that were offered as functions. With them a
call in the reply is said back as the caller's tool takes it, and with a turned context the other way about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import attrs

from . import hub
from .adapting import Adapting
from .jsonvalue import ABSENT, Json, same_json
from .steps import map_each
from .tool_schemas import WRAPPED, Projection, lift, lower, project

FREE_TEXT: Final[Json] = {
    "type": "object",
    "properties": {"input": {"type": "string", "description": "free text, as the tool takes it"}},
    "required": ["input"],
}
"""The schema of a tool that takes free text, where every tool takes an object."""
SCHEMAS: Final = "schemas"
CUSTOM: Final = "custom"
INPUT: Final = "input"
"""The property that the free text of a custom tool stands under where a tool takes an object."""


def project_tools(
    request: hub.Request, adapting: Adapting, dialect_of: Callable[[hub.Tool], str | None]
) -> hub.Request:
    """Make the schemas of functions ones that the target takes, and say earlier calls' arguments accordingly.

    ``dialect_of`` gives the dialect a tool's schema must be of; ``None`` leaves it as it is.
    """
    tools = request.tools
    if not isinstance(tools, tuple):
        return request
    plans: dict[str, Projection] = {}
    fitted = tuple(_projected(tool, dialect_of, plans) for tool in tools)
    if not plans:
        return request
    known = adapting.context.setdefault(SCHEMAS, {})
    known.update({name: _as_json(plan) for name, plan in plans.items()})
    wrapped = {name: plan for name, plan in plans.items() if plan.wrapped}
    for _ in wrapped:
        adapting.insert_key(
            WRAPPED,
            "the schema at the top of a tool must be that of a plain object: this one stands under one property",
        )
    request = attrs.evolve(request, tools=fitted)
    return _lowered_calls(request, wrapped) if wrapped else request


def _projected(
    tool: hub.Tool | hub.Opaque, dialect_of: Callable[[hub.Tool], str | None], plans: dict[str, Projection]
) -> hub.Tool | hub.Opaque:
    if not isinstance(tool, hub.Tool) or tool.builtin is not None or tool.form != "function":
        return tool
    dialect = dialect_of(tool) if isinstance(tool.name, str) and isinstance(tool.schema, dict) else None
    if dialect is None:
        return tool
    plan = project(tool.schema, dialect)
    if same_json(plan.schema, tool.schema):
        return tool
    plans[str(tool.name)] = plan
    return attrs.evolve(tool, schema=plan.schema)


def _as_json(plan: Projection) -> Json:
    return {"dialect": plan.dialect, "wrapped": plan.wrapped, "schema": plan.original}


def _lowered_calls(request: hub.Request, wrapped: Mapping[str, Projection]) -> hub.Request:
    def step(call: hub.Call) -> Sequence[hub.Part] | None:
        if call.form != "function" or call.name not in wrapped or call.arguments.value is ABSENT:
            return None
        return (attrs.evolve(call, arguments=hub.Arguments(value=lower(call.arguments.value, wrapped[call.name]))),)

    return map_each(request, hub.Call, "assistant", step)


def is_planned(name: str, context: Mapping[str, Json] | None) -> bool:
    """Tell whether calls of a tool, by the caller's name or the target's, are said otherwise in the reply."""
    if not context:
        return False
    names = context.get("names") or {}
    callers = {name, *(old for old, new in names.items() if new == name)}
    return any(one in (context.get(SCHEMAS) or ()) or one in (context.get(CUSTOM) or ()) for one in callers)


def said_as_offered(call: hub.Call, context: Mapping[str, Json]) -> hub.Call:
    """Return a call of the reply as the caller's tool takes it; ``call.name`` is the caller's name for the tool."""
    if call.form != "function" or call.state != "complete" or call.arguments.value is ABSENT:
        return call
    value = call.arguments.value
    if call.name in (context.get(CUSTOM) or ()):
        text = value.get(INPUT) if isinstance(value, dict) and len(value) == 1 else None
        return attrs.evolve(call, form="custom", arguments=hub.Arguments(text=text)) if isinstance(text, str) else call
    plan = _plan_of(call.name, context)
    if plan is None:
        return call
    lifted = lift(value, plan)
    return call if same_json(lifted, value) else attrs.evolve(call, arguments=hub.Arguments(value=lifted))


def said_as_taken(call: hub.Call, context: Mapping[str, Json]) -> hub.Call:
    """Return a call as the target's tool takes it, the way about that `said_as_offered` undoes."""
    plan = _plan_of(call.name, context)
    if plan is None or not plan.wrapped or call.form != "function" or call.arguments.value is ABSENT:
        return call
    return attrs.evolve(call, arguments=hub.Arguments(value=lower(call.arguments.value, plan)))


def _plan_of(name: str, context: Mapping[str, Json]) -> Projection | None:
    said = (context.get(SCHEMAS) or {}).get(name)
    if not isinstance(said, Mapping):
        return None
    original = said.get("schema")
    return Projection(
        schema={}, original=original, dialect=str(said.get("dialect")), wrapped=bool(said.get("wrapped")), losses=()
    )


def hear_tools(request: hub.Request) -> hub.Request:
    """Take tools with exactly the schema for free text, and their calls, for the custom tools they were made of on a wire of objects."""
    tools = request.tools if isinstance(request.tools, tuple) else ()
    free = {tool.name for tool in tools if isinstance(tool, hub.Tool) and _takes_free_text(tool)}
    if not free:
        return request
    results: set[str] = set()

    def hear_call(call: hub.Call) -> Sequence[hub.Part] | None:
        value = call.arguments.value
        text = value.get(INPUT) if isinstance(value, dict) and len(value) == 1 else None
        if call.form != "function" or call.name not in free or not isinstance(text, str):
            return None
        results.add(call.id)
        return (attrs.evolve(call, form="custom", arguments=hub.Arguments(text=text)),)

    def hear_result(result: hub.Result) -> Sequence[hub.Part] | None:
        return (attrs.evolve(result, form="custom"),) if result.call_id in results else None

    request = map_each(map_each(request, hub.Call, "assistant", hear_call), hub.Result, "tool", hear_result)
    heard = tuple(
        attrs.evolve(tool, form="custom", schema=ABSENT, strict=ABSENT)
        if isinstance(tool, hub.Tool) and tool.name in free
        else tool
        for tool in tools
    )
    return attrs.evolve(request, tools=heard)


def _takes_free_text(tool: hub.Tool) -> bool:
    return tool.builtin is None and tool.form == "function" and same_json(tool.schema, FREE_TEXT)
