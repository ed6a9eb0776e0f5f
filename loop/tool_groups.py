"""Tool versions as callers name them: which computer tool each is, and how the computer is offered on each wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from attrs import frozen

from polyloop.translate import hub
from polyloop.translate.computer_use.anthropic import TOOLS
from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.errors import UsageError
from polyloop.translate.jsonvalue import Json, JsonObject

ToolVersion: TypeAlias = Literal[
    "computer_use_20241022", "computer_use_20250124", "computer_use_20251124", "computer_use_20260801"
]


@frozen(kw_only=True)
class ToolGroup:
    """A version's computer tool, and the beta it needs. Beside it stand extraction, ui_not_as_expected and custom_action."""

    version: str
    computer: str
    """Dated type of the provider's tool."""

    @property
    def beta(self) -> str | None:
        """The ``anthropic-beta`` value, where the tool needs one."""
        return TOOLS[self.computer].beta

    @property
    def shows_each(self) -> bool:
        """Whether every action is answered with a screenshot. A toolset's model asks for one when it wants one."""
        return TOOLS[self.computer].toolset is None


GROUPS: Final[Mapping[str, ToolGroup]] = {
    group.version: group
    for group in (
        ToolGroup(version="computer_use_20241022", computer="computer_20241022"),
        ToolGroup(version="computer_use_20250124", computer="computer_20250124"),
        ToolGroup(version="computer_use_20251124", computer="computer_20251124"),
        ToolGroup(version="computer_use_20260801", computer="computer_toolset_20260801"),
    )
}
EFFICIENT_TOOLS_BETA: Final = "token-efficient-tools-2025-02-19"


def group_of(tool_version: str) -> ToolGroup:
    """Return a version's group. Raises `UsageError` that names the known ones."""
    try:
        return GROUPS[tool_version]
    except KeyError:
        raise UsageError(f"unknown tool version {tool_version!r}; known are {', '.join(GROUPS)}") from None


def computer_definition(group: ToolGroup, wire: str, screen: Size) -> hub.Tool:
    """Return how the computer is offered on a wire.

    Where the provider has a computer tool, it is that. Chat Completions has none: there it is a function with the same actions. What
    a UI-TARS model can do stands in its prompt, so there the tool only says that there is a computer.
    """
    if wire == "openai-chat":
        return hub.Tool(name="computer", description=_words(screen), schema=_schema(group, screen))
    if wire == "openai-responses":
        return hub.Tool(form="computer", builtin=hub.Builtin(type="computer"))
    stem, _, version = group.computer.rpartition("_")
    if TOOLS[group.computer].toolset is not None:
        return hub.Tool(form="computer", builtin=hub.Builtin(type=stem, version=version))
    options: dict[str, Json] = {"display_width_px": screen.width, "display_height_px": screen.height}
    return hub.Tool(name="computer", form="computer", builtin=hub.Builtin(type=stem, version=version, options=options))


def betas_of(group: ToolGroup, wire: str, token_efficient: bool) -> tuple[str, ...] | None:
    """Return the betas a request needs, or None where the wire has none."""
    if wire != "anthropic":
        return None
    betas = ([group.beta] if group.beta is not None else []) + ([EFFICIENT_TOOLS_BETA] if token_efficient else [])
    return tuple(betas) or None


def _words(screen: Size) -> str:
    return (
        f"Use a computer with a screen, a mouse and a keyboard. The screen is {screen.width} pixels wide and {screen.height} high; "
        "coordinates are pixels from its upper left corner. Every action is answered with a screenshot. "
        "Look at the screen before acting, and click the middle of what is meant."
    )


def _schema(group: ToolGroup, screen: Size) -> JsonObject:
    """Say the actions as one function's arguments: the provider's own tool, written out."""
    flat = group.computer if TOOLS[group.computer].toolset is None else "computer_20251124"
    point = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}
    across = f"[x, y], x from 0 to {screen.width - 1} and y from 0 to {screen.height - 1}."
    properties: JsonObject = {
        "action": {"type": "string", "enum": sorted(TOOLS[flat].actions), "description": "What to do."},
        "coordinate": {**point, "description": f"Where: {across} For a drag, where it ends."},
        "start_coordinate": {**point, "description": f"Where a drag begins: {across}"},
        "text": {
            "type": "string",
            "description": "What to type; for key and hold_key the key or chord, such as ctrl+s; for clicks the modifier held.",
        },
        "scroll_direction": {"type": "string", "enum": ["up", "down", "left", "right"]},
        "scroll_amount": {"type": "integer", "minimum": 0, "description": "Notches of the wheel."},
        "duration": {"type": "number", "minimum": 0, "description": "Seconds, for wait and hold_key."},
    }
    if "zoom" in TOOLS[flat].actions:
        corners = {"type": "array", "items": {"type": "integer"}, "minItems": 4, "maxItems": 4}
        properties["region"] = {**corners, "description": "What to zoom into: [left, top, right, bottom]."}
    if flat == "computer_20241022":
        for key in ("scroll_direction", "scroll_amount", "duration"):
            del properties[key]
    return {"type": "object", "properties": properties, "required": ["action"]}
