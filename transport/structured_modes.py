"""How a model is asked for a structured answer, as data and pure functions.

| mode | what is asked | where |
|---|---|---|
| schema | the answer's own format | the host enforces schemas for the model |
| tool | a call of one tool, forced | the profile takes a forced choice |
| offered | a call of one tool, in words | a forced choice is refused: by the model, or because it thinks |
| words | a JSON block | anywhere: no tools on the wire, nothing to force |

Sources, read 2026-11-22: platform.openai.com/docs/guides/structured-outputs, platform.claude.com/docs (structured outputs, tool use,
extended thinking).
"""

from __future__ import annotations

import re
from typing import Any, Final, Literal, TypeAlias

import attrs

from polyloop.translate import hub
from polyloop.translate.jsontext import spell
from polyloop.translate.jsonvalue import JsonObject
from polyloop.translate.profiles import Profile
from polyloop.translate.tool_schemas import Projection, project

Mode: TypeAlias = Literal["schema", "tool", "offered", "words"]

NATIVE: Final = (
    ("openai", re.compile(r"gpt-4o|gpt-4\.1|gpt-[5-9]|o[1-9]")),
    ("anthropic", re.compile(r"claude-[a-z]+-[5-9]|claude-opus-4-[78]")),
)
"""Hosts and models that enforce a schema. On Bedrock and Vertex it is not documented for the Messages API."""

_THINKS: Final = frozenset({"enabled", "adaptive"})
_NOT_A_NAME: Final = re.compile(r"[^a-zA-Z0-9_-]")


@attrs.frozen(kw_only=True)
class Ask:
    """What is asked for: a name, what it is, and its schema."""

    name: str
    description: str
    schema: JsonObject
    mode: Mode
    projection: Projection | None = None
    """Of mode schema: the schema as the host takes it."""


def ask_for(model: Any, mode: Mode) -> Ask:
    """Describe a pydantic model."""
    schema: JsonObject = model.model_json_schema()
    name = _NOT_A_NAME.sub("_", model.__name__)[:60]
    description = (schema.get("description") or f"The answer, as {name}.").strip()
    projection = project(schema, "openai-strict") if mode == "schema" else None
    return Ask(name=name, description=description, schema=schema, mode=mode, projection=projection)


def mode_for(request: hub.Request, profile: Profile | None, model: str | None) -> Mode:
    """Choose the mode that the profile allows and asks least of the model."""
    if profile is None:
        return "words"
    if not profile.function_tools:
        return "words"
    if any(host == profile.host and pattern.match(model or "") for host, pattern in NATIVE):
        return "schema"
    if not {"named", "required"} <= profile.choices:
        return "offered"
    return "offered" if _thinks(request) and profile.wire == "anthropic" else "tool"


def asking(request: hub.Request, ask: Ask) -> hub.Request:
    """Return the request with what it is to be answered by. Nothing before the last turn is changed."""
    match ask.mode:
        case "schema":
            assert ask.projection is not None
            wanted = hub.Format(
                kind="schema", name=ask.name, description=ask.description, schema=ask.projection.schema, strict=True
            )
            return attrs.evolve(request, format=wanted)
        case "tool":
            choice = hub.ToolChoice(mode="named", names=(ask.name,), parallel=False)
            return attrs.evolve(request, tools=_tools(request, ask), choice=choice)
        case "offered":
            said = f"Give your answer by calling the tool {ask.name} exactly once."
            offered = attrs.evolve(request, tools=_tools(request, ask), choice=hub.ToolChoice(mode="auto"))
            return with_words(offered, said)
        case "words":
            said = (
                f"Answer with one JSON object, {ask.name}, that is valid under the JSON Schema below. Write it into a block that begins "
                f"with ```json and ends with ```, and nothing else.\n\n{spell(ask.schema)}"
            )
            return with_words(request, said)


def with_words(request: hub.Request, said: str) -> hub.Request:
    """Return the request with words of the user's at its end."""
    part = hub.Text(text=said)
    if request.turns and request.turns[-1].role == "user":
        last = request.turns[-1]
        return attrs.evolve(request, turns=(*request.turns[:-1], attrs.evolve(last, parts=(*last.parts, part))))
    return attrs.evolve(request, turns=(*request.turns, hub.Turn(role="user", parts=(part,))))


def summed(usages: list[hub.Usage | None]) -> hub.Usage | None:
    """Return what several replies cost together. A bucket that one of them does not know is a lower bound."""
    if not any(usages):
        return None
    names = [attribute.name for attribute in attrs.fields(hub.Usage) if attribute.name != "reported"]
    counts: dict[str, Any] = {name: _count([getattr(usage, name, None) for usage in usages]) for name in names}
    return hub.Usage(**counts)


def _count(counts: list[hub.Count]) -> hub.Count:
    known = [count for count in counts if count is not None]
    if not known:
        return None
    total = sum(count.n for count in known)
    exact = len(known) == len(counts) and all(isinstance(count, hub.Known) for count in known)
    return hub.Known(n=total) if exact else hub.AtLeast(n=total)


def _tools(request: hub.Request, ask: Ask) -> tuple[hub.Tool | hub.Opaque, ...]:
    own = request.tools if isinstance(request.tools, tuple) else ()
    others = tuple(tool for tool in own if not (isinstance(tool, hub.Tool) and tool.name == ask.name))
    return (*others, hub.Tool(name=ask.name, description=ask.description, schema=ask.schema))


def _thinks(request: hub.Request) -> bool:
    reasoning = request.reasoning
    return isinstance(reasoning, hub.Reasoning) and (
        reasoning.mode in _THINKS or (isinstance(reasoning.budget, int) and reasoning.mode != "disabled")
    )


__all__ = ["Ask", "Mode", "ask_for", "asking", "mode_for", "summed", "with_words"]
