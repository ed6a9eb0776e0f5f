"""Tools, and the choice among them, fitted to the Responses API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import attrs

from .. import hub
from ..adapting import Adapting
from ..codec import Opaque
from ..errors import WriteError
from ..jsonvalue import ABSENT
from ..web_searches import read_search, responses_search
from .adapt_parts import own_only
from .residue import WIRE_NAME
from .tables import REASONS
from .tools import OPTIONS, read_choice, read_tools, write_choice, write_tools

_COMPUTERS: Final = re.compile(r"computer(_toolset|_use_preview)?")
_PREVIEW: Final = re.compile(r"computer-use-preview")


def fit_tools(request: hub.Request, adapting: Adapting) -> hub.Request:
    """Fit the tools, and the choice to what is left of them."""
    tools = request.tools
    fields: dict[str, Any] = {}
    if isinstance(tools, tuple):
        fitted = [_fit_tool(tool, request, adapting) for tool in tools]
        kept = tuple([tool for tool in fitted if tool is not None])
        if len(kept) != len(tools) or any(new is not old for new, old in zip(kept, tools, strict=True)):
            tools = fields["tools"] = kept
    choice = request.choice
    if choice is None:
        fields["choice"] = ABSENT
    if isinstance(choice, hub.ToolChoice):
        fitted_choice = _fit_choice(choice, request, tools if isinstance(tools, tuple) else ())
        if fitted_choice is not choice:
            fields["choice"] = fitted_choice
    return attrs.evolve(request, **fields) if fields else request


def _fit_tool(tool: hub.Tool | hub.Opaque, request: hub.Request, adapting: Adapting) -> hub.Tool | hub.Opaque | None:
    if isinstance(tool, hub.Opaque):
        return tool if tool.wire == WIRE_NAME else None
    tool = own_only(tool)
    tool = _fit_offer(tool, request)
    if tool.builtin is not None:
        return _fit_builtin(tool, tool.builtin, request, adapting)
    if not isinstance(tool.name, str):
        return None
    if tool.form == "custom":
        plain = tool.schema is tool.strict is tool.output_schema is ABSENT
        return tool if plain else attrs.evolve(tool, schema=ABSENT, strict=ABSENT, output_schema=ABSENT)
    fields: dict[str, Any] = {} if tool.form == "function" else {"form": "function"}
    if tool.grammar is not None:
        fields["grammar"] = None
    if tool.schema is ABSENT:
        fields["schema"] = adapting.insert(None, REASONS["parameters"], at="parameters", beside=("name", tool.name))
    if tool.strict is ABSENT and adapting.source != WIRE_NAME:
        fields["strict"] = adapting.insert(False, REASONS["strict"], at="strict", beside=("name", tool.name))
    return attrs.evolve(tool, **fields) if fields else tool


_CALLERS: Final = frozenset({"direct", "programmatic"})


def _fit_offer(tool: hub.Tool, request: hub.Request) -> hub.Tool:
    """Fit how a tool is offered: to callers that there are, later where something searches for tools, and without a cache point."""
    fields: dict[str, Any] = {} if tool.cache is None else {"cache": None}
    if tool.grammar is not None and own_only(tool.grammar) is not tool.grammar:
        fields["grammar"] = own_only(tool.grammar)
    if isinstance(tool.callers, tuple) and not _CALLERS.issuperset(tool.callers):
        fields["callers"] = tuple([caller for caller in tool.callers if caller in _CALLERS]) or ABSENT
    if tool.defer_loading is True and not _searches(request.tools):
        fields["defer_loading"] = ABSENT
    return attrs.evolve(tool, **fields) if fields else tool


def _searches(tools: Any) -> bool:
    return any(
        isinstance(tool, hub.Tool) and tool.builtin is not None and tool.builtin.type == _SEARCH for tool in tools
    )


_SEARCH: Final = "tool_search"


def _fit_builtin(tool: hub.Tool, builtin: hub.Builtin, request: hub.Request, adapting: Adapting) -> hub.Tool | None:
    """Keep a tool of this provider; say a computer or a search of another in this one's types; leave out the others."""
    search = None if adapting.source == WIRE_NAME else read_search(tool)
    if search is not None and not _says_it_here(tool, builtin):
        return responses_search(search)
    known = _with_known_options(tool, builtin) if adapting.source != WIRE_NAME else tool
    if _survives(known):
        return known
    if tool.form == "computer" or _COMPUTERS.fullmatch(builtin.type):
        return _computer(builtin, request, adapting)
    return None


def _says_it_here(tool: hub.Tool, builtin: hub.Builtin) -> bool:
    """Tell whether a search is offered in this wire's own words."""
    place = builtin.options.get("user_location")
    nested = isinstance(place, Mapping) and "approximate" in place
    return not nested and builtin.options.keys() <= OPTIONS[builtin.type] and _survives(tool)


def _with_known_options(tool: hub.Tool, builtin: hub.Builtin) -> hub.Tool:
    """Leave out options that this provider has not published for a tool of its type."""
    known = OPTIONS.get(builtin.type)
    if known is None or builtin.options.keys() <= known:
        return tool
    options = {key: value for key, value in builtin.options.items() if key in known}
    return attrs.evolve(tool, builtin=attrs.evolve(builtin, options=options))


def _survives(tool: hub.Tool) -> bool:
    try:
        return read_tools(write_tools((tool,))) == (tool,)
    except WriteError:
        return False


def _computer(builtin: hub.Builtin, request: hub.Request, adapting: Adapting) -> hub.Tool:
    """Offer the computer: the tool without parameters, save for the one model that knows only the older tool."""
    model = adapting.model or request.model
    size = (builtin.options.get("display_width_px"), builtin.options.get("display_height_px"))
    if isinstance(model, str) and _PREVIEW.match(model) and all(isinstance(side, int) for side in size):
        environment = adapting.insert("linux", REASONS["environment"], at="environment")
        options = {"display_width": size[0], "display_height": size[1], "environment": environment}
        return hub.Tool(form="computer", builtin=hub.Builtin(type="computer_use_preview", options=options))
    return hub.Tool(form="computer", builtin=hub.Builtin(type="computer"))


def _fit_choice(choice: hub.ToolChoice, request: hub.Request, tools: tuple[hub.Tool | hub.Opaque, ...]) -> Any:
    """Fit the choice: names that are offered, and none but ``auto`` and ``none`` where nothing is."""
    choice = own_only(choice)
    if choice.mode not in ("named", "allowed"):
        plain = choice.own is None and not choice.names and not choice.required
        fields: dict[str, Any] = {} if plain else {"own": None, "names": (), "required": False}
        if choice.mode == "required" and not tools and not request.continues:
            fields["mode"] = "auto"
        return attrs.evolve(choice, **fields) if fields else choice
    if choice.own is not None:
        if _choice_survives(choice, tools):
            return choice
        choice = attrs.evolve(choice, own=None)
    offered = _names(tools)
    names = tuple([name for name in choice.names if name in offered])
    if (choice.mode == "named" and len(names) != 1) or not names:
        return attrs.evolve(choice, mode="auto", names=(), required=False)
    if choice.mode == "named" and choice.required:
        choice = attrs.evolve(choice, required=False)
    if choice.mode == "named" and _is_chosen_among_allowed(names[0], tools):
        return hub.ToolChoice(mode="allowed", names=names, parallel=choice.parallel, required=True)
    return choice if names == choice.names else attrs.evolve(choice, names=names)


def _is_chosen_among_allowed(name: str, tools: tuple[hub.Tool | hub.Opaque, ...]) -> bool:
    """Tell whether a tool of the provider has no choice of its own type: it is the one allowed tool, and one must be called."""
    functions = any(isinstance(tool, hub.Tool) and tool.builtin is None and tool.name == name for tool in tools)
    written = None if functions else write_choice(hub.ToolChoice(mode="named", names=(name,)), tools)
    return isinstance(written, Opaque)


def _choice_survives(choice: hub.ToolChoice, tools: tuple[hub.Tool | hub.Opaque, ...]) -> bool:
    try:
        written = write_choice(choice, tools)
    except WriteError:
        return False
    return read_choice(written, choice.parallel, tools)[0] == choice


def _names(tools: tuple[hub.Tool | hub.Opaque, ...]) -> set[str]:
    found: set[str] = set()
    for tool in tools:
        if isinstance(tool, hub.Tool):
            if isinstance(tool.name, str):
                found.add(tool.name)
            if tool.builtin is not None:
                found.add(tool.builtin.type)
    return found
