"""Tools, the choice among them, and what a request says about the call: make them what the Messages API takes.

Source: the types of the anthropic SDK 2.12.0 and the documentation, read 2026-11-22. What a host or model refuses beyond the
wire is a profile's business (`profiles.fit`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

import attrs

from .. import hub
from ..adapting import Adapting
from ..computer_use.anthropic import TOOLS
from ..jsonvalue import ABSENT, Absent, Json
from ..profiles.pictures import picture_size
from ..profiles.record import Profile
from ..tool_plans import FREE_TEXT, project_tools
from ..tool_schemas import project
from ..web_searches import KINDS, SEARCH, anthropic_search, read_search
from .adapt_calls import tool_of
from .adapt_parts import foreign
from .context_edits import ALL_TURNS
from .residue import FAMILY, WIRE_NAME
from .tables import (
    CACHE_TIMES,
    DEFAULT_DISPLAY,
    DEFAULT_MAX_TOKENS,
    DISPLAYS,
    EFFORTS,
    LATEST_VERSION,
    LEAST_BUDGET,
    SERVICE_TIERS,
    THINKING_MODES,
    TOOL_FORMS,
    UNSAYABLE_SAMPLING,
    UNSAYABLE_SETTINGS,
)

DIALECT: Final = "anthropic"
STRICT_UNLESS_SAID: Final = "openai-responses"
"""The wire whose tools say that they are not strict, since its default is that they are. Here none is unless it says so."""
_SERVER_TOOLS: Final = frozenset(
    {
        "code_execution",
        "web_search",
        "web_fetch",
        "tool_search_tool_bm25",
        "tool_search_tool_regex",
        "advisor",
        "mcp_toolset",
    }
)
"""Types, without their date, of the tools that Anthropic runs itself."""
_UNDATED: Final = ("tool_search_tool_bm25", "tool_search_tool_regex", "mcp_toolset")


# Tools.


_Tools: TypeAlias = tuple[hub.Tool | hub.Opaque, ...]


def legal_tools(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Offer the tools that the wire can define: the caller's own, Anthropic's, and the computer in Anthropic's form."""
    tools = request.tools
    if tools is None:
        return attrs.evolve(request, tools=ABSENT)
    if not isinstance(tools, tuple):
        return request
    request = project_tools(request, adapting, lambda tool: DIALECT)
    tools = request.tools if isinstance(request.tools, tuple) else tools
    found = [_legal_tool(tool, request, adapting) for tool in tools]
    if all(new is old for new, old in zip(found, tools, strict=True)):
        return request
    kept = _one_search([tool for tool in found if tool is not None])
    return _with_beta(attrs.evolve(request, tools=kept), adapting)


def _legal_tool(tool: hub.Tool | hub.Opaque, request: hub.Request, adapting: Adapting) -> hub.Tool | hub.Opaque | None:
    if isinstance(tool, hub.Opaque):
        return tool if tool.wire == WIRE_NAME else None
    if tool.builtin is not None:
        return _builtin(tool, tool.builtin, request, adapting)
    if tool.name is ABSENT or tool.form not in ("function", "custom"):
        return None
    change: dict[str, Any] = {"own": None} if foreign(tool) else {}
    if tool.form == "custom":
        adapting.insert(FREE_TEXT, "a tool of the Messages API takes a JSON object, never free text")
        change.update(form="function", schema=FREE_TEXT)
    elif not isinstance(tool.schema, dict):
        change["schema"] = project(None, DIALECT).schema
    change.update({name: ABSENT for name in ("description", "strict", "defer_loading") if getattr(tool, name) is None})
    change.update(_offer(tool, request))
    if tool.strict is False and adapting.source == STRICT_UNLESS_SAID:
        change["strict"] = ABSENT
    return attrs.evolve(tool, **change) if change else tool


def _offer(tool: hub.Tool, request: hub.Request) -> dict[str, Any]:
    """Fit how a tool is offered: to callers that there are, and later where something searches for tools."""
    change: dict[str, Any] = {}
    if tool.output_schema is not ABSENT:
        change["output_schema"] = ABSENT
    if tool.grammar is not None:
        change["grammar"] = None
    if isinstance(tool.callers, tuple):
        known = tuple(caller for caller in tool.callers if caller == "direct" or caller.startswith("code_execution_"))
        change.update({} if known == tool.callers else {"callers": known or ABSENT})
    if tool.defer_loading is True and not _searches(request.tools):
        change["defer_loading"] = ABSENT
    if tool.cache is not None and (foreign(tool.cache) or not tool.cache.data.keys() <= {"ttl"}):
        change["cache"] = None
    return change


def _searches(tools: Any) -> bool:
    """Tell whether one of Anthropic's tools that search for tools is among a request's."""
    found = (tool.builtin for tool in tools if isinstance(tool, hub.Tool))
    return any(builtin is not None and builtin.type.startswith("tool_search_tool_") for builtin in found)


def _builtin(tool: hub.Tool, builtin: hub.Builtin, request: hub.Request, adapting: Adapting) -> hub.Tool | None:
    if tool.form == "computer":
        return _computer(tool, builtin, request, adapting)
    known = builtin.type in TOOL_FORMS or builtin.type in _SERVER_TOOLS or (tool.own is not None and not foreign(tool))
    version = builtin.version
    dated = builtin.type in _UNDATED if version is ABSENT else len(version) == 8 and version.isdigit()
    if known and dated and not foreign(tool) and tool.form == TOOL_FORMS.get(builtin.type, "server"):
        return tool
    search = read_search(tool)
    cache = None if tool.cache is None or foreign(tool.cache) else tool.cache
    return None if search is None else anthropic_search(search, cache)


def _one_search(tools: Sequence[hub.Tool | hub.Opaque]) -> _Tools:
    """Keep one search: names are unique, and a function of the search's name comes first."""
    named = [tool for tool in tools if isinstance(tool, hub.Tool) and tool.name == SEARCH]
    functions = [tool for tool in named if tool.builtin is None]
    spare = named[1:] if not functions else [tool for tool in named if tool.builtin is not None]
    return tuple([tool for tool in tools if not any(tool is other for other in spare)])


def _computer(tool: hub.Tool, builtin: hub.Builtin, request: hub.Request, adapting: Adapting) -> hub.Tool:
    """Offer the computer in a version of Anthropic's: its own, the profile's, or the latest toolset."""
    wanted = tool_of(request, adapting)
    kind, _, version = wanted.rpartition("_")
    toolset = TOOLS[wanted].toolset is not None
    taken = _TOOLSET_OPTIONS if toolset else _COMPUTER_OPTIONS
    options = {
        key: value
        for key, value in builtin.options.items()
        if key in taken and (key != "enable_zoom" or version >= _FIRST_ZOOM)
    }
    if not toolset and not {"display_width_px", "display_height_px"} <= options.keys():
        options["display_width_px"], options["display_height_px"] = _display(builtin, request, adapting)
    made = hub.Tool(
        name=ABSENT if toolset else "computer" if tool.name is ABSENT else tool.name,
        form="computer",
        strict=ABSENT if toolset or tool.strict is None else tool.strict,
        builtin=hub.Builtin(type=kind, version=version, options=options),
        own=None if foreign(tool) else tool.own,
        spelling=tool.spelling,
    )
    return tool if made == tool else made


_TOOLSET_OPTIONS: Final = ("configs", "allowed_callers")
_COMPUTER_OPTIONS: Final = (
    "display_width_px", "display_height_px", "display_number", "enable_zoom", "defer_loading", "allowed_callers",
    "input_examples",
)  # fmt: skip
_FIRST_ZOOM: Final = "20251124"


def _display(builtin: hub.Builtin, request: hub.Request, adapting: Adapting) -> tuple[int, int]:
    """Return the size of the screen: as the tool says it, as the first screenshot shows it, or a default."""
    said = builtin.options.get("display_width"), builtin.options.get("display_height")
    if isinstance(said[0], int) and isinstance(said[1], int):
        return said[0], said[1]
    for turn in request.turns:
        for part in turn.parts:
            size = _shown(part)
            if size is not None:
                return size
    for number in DEFAULT_DISPLAY:
        adapting.insert(number, "the computer tool needs the size of the screen")
    return DEFAULT_DISPLAY


def _shown(part: hub.Part) -> tuple[int, int] | None:
    if not isinstance(part, hub.Result) or part.form != "computer":
        return None
    for inside in part.parts:
        if isinstance(inside, hub.Media) and isinstance(inside.source, hub.Base64):
            return picture_size(inside.source.data)
    return None


def _with_beta(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Ask for the beta that the offered computer tool belongs to."""
    beta = TOOLS[tool_of(request, adapting)].beta
    tools = request.tools if isinstance(request.tools, tuple) else ()
    offered = any(isinstance(tool, hub.Tool) and tool.form == "computer" for tool in tools)
    betas = request.betas if isinstance(request.betas, tuple) else ()
    if beta is None or not offered or beta in betas:
        return request
    adapting.insert(beta, "this version of the computer tool is a beta")
    return attrs.evolve(request, betas=(*betas, beta))


def legal_choice(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Choose among tools that are offered, in the four ways the wire has."""
    choice = request.choice
    if not isinstance(choice, hub.ToolChoice):
        return request if choice is ABSENT else attrs.evolve(request, choice=ABSENT)
    legal = _legal_choice(choice, request.tools if isinstance(request.tools, tuple) else ())
    return request if legal is choice else attrs.evolve(request, choice=legal)


def _legal_choice(choice: hub.ToolChoice, tools: tuple[hub.Tool | hub.Opaque, ...]) -> hub.ToolChoice | Absent:
    if not tools:
        return ABSENT
    change: dict[str, Any] = {"own": None} if foreign(choice) else {}
    if choice.required:
        choice, change["required"] = _required_of(choice), False
    if choice.mode == "allowed":
        change.update(mode="auto", names=())
    elif choice.mode == "named":
        offered = {tool.name for tool in tools if isinstance(tool, hub.Tool)}
        names = tuple([SEARCH if name in KINDS and name not in offered else name for name in choice.names])
        if len(names) != 1 or names[0] not in offered:
            change.update(mode="auto", names=())
        elif names != choice.names:
            change["names"] = names
    elif choice.names:
        change["names"] = ()
    if choice.parallel is None or (choice.mode == "none" and choice.parallel is not ABSENT):
        change["parallel"] = ABSENT
    return attrs.evolve(choice, **change) if change else choice


def _required_of(choice: hub.ToolChoice) -> hub.ToolChoice:
    """Say that one of some tools must be called: the one there is, or any of those that are offered."""
    alone = choice.mode == "allowed" and len(choice.names) == 1
    return attrs.evolve(choice, mode="named") if alone else attrs.evolve(choice, mode="required")


# The call itself.


def legal_settings(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Leave out of the settings what the wire has no key for, and say what it requires."""
    most = request.max_output
    if most is ABSENT or most is None:
        most = adapting.insert(DEFAULT_MAX_TOKENS, "max_tokens is required by the Messages API", at="max_tokens")
    change: dict[str, Any] = {
        "model": ABSENT if request.model is None else request.model,
        "max_output": most,
        "format": _format(request.format),
        "reasoning": _reasoning(request.reasoning, most, adapting.profile),
        "sampling": _sampling(request, adapting),
        "settings": _settings(request.settings),
        "stop": ABSENT if request.stop is None else request.stop,
        "cache": _cache(request.cache),
        "continues": _continues(request.continues),
        "own": None if foreign(request) else request.own,
    }
    return attrs.evolve(request, **change)


def _format(format: hub.Format | Absent | None) -> hub.Format | Absent | None:
    if not isinstance(format, hub.Format):
        return format
    if format.kind != "schema" or not isinstance(format.schema, dict):
        return ABSENT
    schema = closed(format.schema)
    if schema is format.schema and format.name is ABSENT and format.description is ABSENT and format.strict is ABSENT:
        return attrs.evolve(format, own=None) if foreign(format) else format
    return hub.Format(kind="schema", schema=schema, own=None if foreign(format) else format.own)


def closed(schema: Json) -> Json:
    """Return a schema whose objects have no further properties: an answer's form must say so of each."""
    if isinstance(schema, list):
        done = [closed(item) for item in schema]
        return schema if all(a is b for a, b in zip(done, schema, strict=True)) else done
    if not isinstance(schema, dict):
        return schema
    inside = {key: _closed_below(key, value) for key, value in schema.items()}
    kinds = schema.get("type")
    if "object" in (kinds if isinstance(kinds, list) else [kinds]):
        inside["additionalProperties"] = False
    same = len(inside) == len(schema) and all(inside[key] is schema[key] for key in schema)
    return schema if same else inside


_DATA: Final = ("enum", "const", "default", "examples", "required")
"""Keywords that hold values and not schemas."""
_MAPS: Final = ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions")
"""Keywords that hold schemas by names of the caller's choice."""


def _closed_below(key: str, value: Json) -> Json:
    if key in _MAPS and isinstance(value, dict):
        done = {name: closed(inner) for name, inner in value.items()}
        return value if all(done[name] is value[name] for name in value) else done
    return value if key in _DATA else closed(value)


def _thinking(reasoning: hub.Reasoning, most: int, profile: Profile | None) -> tuple[str | Absent | None, int | Absent]:
    """Return mode and budget. A budget that is none, or leaves no room for an answer, is left to the model."""
    mode, budget = reasoning.mode, reasoning.budget
    if mode not in THINKING_MODES:
        mode = "enabled" if isinstance(budget, int) else ABSENT
    if mode != "enabled":
        return mode, ABSENT
    taken = profile is None or profile.thinking is None or mode in profile.thinking
    fits = isinstance(budget, int) and LEAST_BUDGET <= budget < most
    return (mode, budget) if taken and fits and isinstance(budget, int) else ("adaptive", ABSENT)


def _reasoning(reasoning: hub.Reasoning | Absent | None, most: int, profile: Profile | None) -> hub.Reasoning | Absent:
    if not isinstance(reasoning, hub.Reasoning):
        return ABSENT
    effort = "low" if reasoning.effort == "minimal" else reasoning.effort
    mode, budget = _thinking(reasoning, most, profile)
    legal = hub.Reasoning(
        effort=effort if effort in EFFORTS or effort is None else ABSENT,
        budget=budget,
        display=reasoning.display if mode is not ABSENT and reasoning.display in (*DISPLAYS, None) else ABSENT,
        mode=mode,
        context=ALL_TURNS if reasoning.context == ALL_TURNS else ABSENT,
        own=None if foreign(reasoning) else reasoning.own,
        spelling=reasoning.spelling,
    )
    empty = legal.effort is legal.budget is legal.display is legal.mode is legal.context is ABSENT
    return ABSENT if empty and legal.own is None else legal


def _sampling(request: hub.Request, adapting: Adapting) -> hub.Sampling:
    """Keep the three parameters the wire had until 2023-06-01 where that version is said, or the profile takes them."""
    sampling = request.sampling
    change: dict[str, Any] = dict.fromkeys(UNSAYABLE_SAMPLING, ABSENT)
    profile = adapting.profile
    kept = request.version is not ABSENT and request.version != LATEST_VERSION
    for name in ("temperature", "top_k", "top_p"):
        value = getattr(sampling, name)
        taken = name in profile.sampling if profile is not None else kept
        too_hot = name != "top_k" and isinstance(value, (int, float)) and value > 1
        if value is None or not taken or too_hot:
            change[name] = ABSENT
    return attrs.evolve(sampling, **change)


def _settings(settings: hub.Settings) -> hub.Settings:
    change: dict[str, Any] = dict.fromkeys(UNSAYABLE_SETTINGS, ABSENT)
    if settings.stream is None:
        change["stream"] = ABSENT
    if settings.service_tier not in SERVICE_TIERS:
        change["service_tier"] = ABSENT
    return attrs.evolve(settings, **change)


def _cache(cache: hub.Mark | Absent | None) -> hub.Mark | Absent | None:
    if not isinstance(cache, hub.Mark):
        return cache
    if cache.kind != "cache":
        return ABSENT
    data = {"ttl": cache.data["ttl"]} if cache.data.get("ttl") in CACHE_TIMES else {}
    return cache if data.keys() == cache.data.keys() and not foreign(cache) else hub.Mark(kind="cache", data=data)


def _continues(states: tuple[hub.Continues, ...]) -> tuple[hub.Continues, ...]:
    """Keep state on Anthropic's servers; state elsewhere means nothing here."""
    ours = tuple(state for state in states if state.family == FAMILY)
    return states if len(ours) == len(states) else ours
