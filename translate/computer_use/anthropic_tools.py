"""Anthropic's computer tools as data: versions, their actions, the keys each action takes, and the rules of a turn.

Source: SDK 2.12.0 types of the 20260801 toolsets, the documentation and reference implementation of the earlier tools,
read 2026-11.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from ..errors import UsageError


@frozen(kw_only=True)
class ComputerTool:
    """One version of the tool. ``toolset`` is set where an action is a member with a name of its own."""

    type: str
    actions: frozenset[str]
    toolset: str | None = None
    beta: str | None = None
    """Value of the ``anthropic-beta`` header it needs."""


_FIRST: Final = frozenset(
    {
        "key",
        "type",
        "mouse_move",
        "left_click",
        "left_click_drag",
        "right_click",
        "middle_click",
        "double_click",
        "screenshot",
        "cursor_position",
    }
)
_SECOND: Final = _FIRST | {"left_mouse_down", "left_mouse_up", "scroll", "hold_key", "wait", "triple_click"}
_BROWSER: Final = frozenset(
    {
        "navigate",
        "screenshot",
        "zoom",
        "left_click",
        "right_click",
        "middle_click",
        "double_click",
        "triple_click",
        "hover",
        "left_click_drag",
        "left_mouse_down",
        "left_mouse_up",
        "mouse_move",
        "scroll",
        "type",
        "key",
        "hold_key",
        "wait",
    }
)

BROWSER_ONLY: Final = frozenset(
    {
        "list_tabs",
        "new_tab",
        "switch_tab",
        "close_tab",
        "read_page",
        "get_page_text",
        "read_console",
        "read_network",
        "find",
        "form_input",
        "file_upload",
        "scroll_to",
        "javascript_exec",
    }
)
"""Members of the browser toolset that only a browser driver understands: they have no neutral form."""

TOOLS: Final[dict[str, ComputerTool]] = {
    tool.type: tool
    for tool in (
        ComputerTool(type="computer_20241022", actions=_FIRST, beta="computer-use-2024-10-22"),
        ComputerTool(type="computer_20250124", actions=_SECOND, beta="computer-use-2025-01-24"),
        ComputerTool(type="computer_20251124", actions=_SECOND | {"zoom"}, beta="computer-use-2025-11-24"),
        ComputerTool(type="computer_toolset_20260801", actions=_SECOND | {"zoom"}, toolset="computer"),
        ComputerTool(type="browser_toolset_20260801", actions=_BROWSER, toolset="browser"),
    )
}

COMPUTER_KEYS: Final = frozenset(
    {
        "coordinate",
        "text",
        "start_coordinate",
        "scroll_direction",
        "scroll_amount",
        "duration",
        "region",
        "repeat",
        "key",
    }
)
"""Keys that mean something in some action of the computer tools; in another action they are refused."""
BROWSER_KEYS: Final = frozenset(
    {"target", "from", "modifiers", "text", "scroll_direction", "scroll_amount", "duration", "region", "repeat", "url"}
)

HALT_TEXTS: Final[dict[str, str]] = {
    "computer": "Not executed: an earlier computer action in this turn failed.",
    "browser": "Not executed: an earlier action in this turn failed.",
}
"""What answers each later member of a toolset, as an error result, once one of the turn has failed."""

HISTORY_WORDS: Final = frozenset({"back", "forward", "reload"})
"""What ``navigate`` takes in place of an address."""


MAX_SECONDS: Final = 300
"""Longest wait or hold of the computer toolset, in whole seconds."""
BROWSER_MAX_SECONDS: Final = 30


def computer_tool(type_: str) -> ComputerTool:
    """Return a version of the tool. Raises `UsageError` that names the known ones."""
    try:
        return TOOLS[type_]
    except KeyError:
        raise UsageError(f"unknown computer tool {type_!r}: known are {', '.join(TOOLS)}") from None
