"""Anthropic's computer tools: ``computer_20241022``, ``computer_20250124``, ``computer_20251124``, and the toolsets
``computer_toolset_20260801`` and ``browser_toolset_20260801``.

A *document* is what tells an action of the tool: for the earlier tools the ``input`` of the tool_use block,
``{"action": ..., ...}``; for a toolset the block's ``{"toolset_name": ..., "name": member, "input": {...}}``. The two say
the same: ``input.action`` became the block's name and the rest stayed as it was.

Source: SDK 2.12.0 types and toolset runner, documentation of the earlier tools, read 2026-11.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from attrs import evolve

from ..jsonvalue import Json, JsonObject
from .actions import Action, Foreign
from .anthropic_read import read_flat
from .anthropic_tools import (
    BROWSER_KEYS,
    BROWSER_ONLY,
    COMPUTER_KEYS,
    HALT_TEXTS,
    TOOLS,
    ComputerTool,
    computer_tool,
)
from .anthropic_write import write_flat
from .fields import Fields, UnfitError
from .outcomes import NotExpressible, Outcome, Unsaid, Written
from .residue import attach, restore

__all__ = ["HALT_TEXTS", "TOOLS", "ComputerTool", "computer_tool", "read_action", "tool_of_toolset", "write_action"]

FAMILY: Final = "anthropic"
_NOTHING_UNSAID: Final = Unsaid()


def tool_of_toolset(toolset_name: str) -> ComputerTool | None:
    """Return the tool whose members carry this ``toolset_name``."""
    return next((tool for tool in TOOLS.values() if tool.toolset == toolset_name), None)


def read_action(document: JsonObject, tool: str) -> Action:
    """Read one action. What is unknown or ill-typed becomes `Foreign` with the reason; model output never raises.

    Raises `UsageError` for an unknown ``tool``.
    """
    version = computer_tool(tool)
    try:
        flat = _flatten(document, version)
        return _read_with_residue(flat, version)
    except UnfitError as error:
        return Foreign(family=FAMILY, tool=tool, document=document, reason=str(error))


def write_action(action: Action, tool: str, unsaid: Unsaid = _NOTHING_UNSAID) -> Outcome:
    """Write an action in the tool's documents, or tell what the tool cannot say.

    Raises `UsageError` for an unknown ``tool``.
    """
    version = computer_tool(tool)
    if isinstance(action, Foreign):
        if action.tool != tool:
            return NotExpressible(missing=(f"action of {action.tool}: {action.reason}",))
        return Written(documents=(action.document,))
    outcome = write_flat(action, version, unsaid)
    outcome = restore(action, outcome, family=FAMILY, tool=tool, read=partial(_read_again, version=version))
    if isinstance(outcome, NotExpressible):
        return outcome
    return evolve(outcome, documents=tuple(_unflatten(document, version) for document in outcome.documents))


def _read_with_residue(flat: JsonObject, version: ComputerTool) -> Action:
    fields = Fields(flat)
    action = read_flat(fields, version)
    fields.refuse(BROWSER_KEYS if version.toolset == "browser" else COMPUTER_KEYS, flat["action"])
    written = write_flat(action, version, _NOTHING_UNSAID)
    return attach(action, fields, written, family=FAMILY, tool=version.type)


def _read_again(flat: JsonObject, version: ComputerTool) -> Action:
    try:
        return _read_with_residue(flat, version)
    except UnfitError as error:
        return Foreign(family=FAMILY, tool=version.type, document=flat, reason=str(error))


def _flatten(document: JsonObject, version: ComputerTool) -> JsonObject:
    """Put a toolset member into the flat form of the earlier tools. Raises `UnfitError`."""
    if version.toolset is None:
        return document
    name, fields = document.get("name"), document.get("input")
    if document.get("toolset_name") != version.toolset:
        raise UnfitError(f"toolset_name must be {version.toolset!r}")
    if not isinstance(name, str) or not isinstance(fields, dict):
        raise UnfitError("a member needs a name and an input object")
    if name in BROWSER_ONLY and version.toolset == "browser":
        raise UnfitError(f"{name} is an action that only a browser driver has")
    if "action" in fields:
        raise UnfitError(f"action is not accepted for {name[:40]}")
    return {"action": name, **fields}


def _unflatten(flat: JsonObject, version: ComputerTool) -> JsonObject:
    if version.toolset is None:
        return flat
    fields: dict[str, Json] = {key: value for key, value in flat.items() if key != "action"}
    return {"toolset_name": version.toolset, "name": flat["action"], "input": fields}
