"""Tools that a provider defines and we perform, said as functions: their descriptions and schemas.

The words are ours. The arguments are those of the provider's own tool, so that a call can be carried out as one of it.
Source: Anthropic's and OpenAI's documentation of these tools, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from ..computer_use.anthropic_tools import TOOLS as ANTHROPIC_TOOLS
from ..jsonvalue import JsonObject

_TEXT: Final[JsonObject] = {"type": "string"}
_WHOLE: Final[JsonObject] = {"type": "integer"}
_POINT: Final[JsonObject] = {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2}


@attrs.frozen(kw_only=True)
class FunctionForm:
    """A provider's tool as a function."""

    description: str
    schema: JsonObject


def _object(required: tuple[str, ...], **properties: JsonObject) -> JsonObject:
    return {"type": "object", "properties": properties, "required": list(required)}


_DESKTOP: Final = "Act on the screen with mouse and keyboard. Coordinates are pixels of the latest screenshot, [x, y] from the top left."


def _anthropic(dated: str) -> FunctionForm:
    tool = ANTHROPIC_TOOLS[dated]
    if tool.toolset == "browser":
        schema = _object(("action",), action={"type": "string", "enum": sorted(tool.actions)})
        return FunctionForm(description="Act on the page of a browser.", schema=schema)
    schema = _object(
        ("action",),
        action={"type": "string", "enum": sorted(tool.actions)},
        coordinate=_POINT,
        start_coordinate=_POINT,
        text=_TEXT,
        scroll_direction={"type": "string", "enum": ["up", "down", "left", "right"]},
        scroll_amount=_WHOLE,
        duration={"type": "number"},
        region={"type": "array", "items": {"type": "integer"}, "minItems": 4, "maxItems": 4},
        key=_TEXT,
    )
    return FunctionForm(description=_DESKTOP, schema=schema)


_OPENAI_COMPUTER: Final = FunctionForm(
    description="Act on the screen with mouse and keyboard: a list of actions, done in order. Coordinates are pixels of the latest screenshot.",
    schema=_object(
        ("actions",),
        actions={
            "type": "array",
            "items": _object(
                ("type",),
                type={
                    "type": "string",
                    "enum": [
                        "click",
                        "double_click",
                        "drag",
                        "keypress",
                        "move",
                        "screenshot",
                        "scroll",
                        "type",
                        "wait",
                    ],
                },
                x=_WHOLE,
                y=_WHOLE,
                button={"type": "string", "enum": ["left", "right", "wheel", "back", "forward"]},
                keys={"type": "array", "items": _TEXT},
                path={"type": "array", "items": _object(("x", "y"), x=_WHOLE, y=_WHOLE)},
                scroll_x=_WHOLE,
                scroll_y=_WHOLE,
                text=_TEXT,
            ),
        },
    ),
)

_SHELL: Final = FunctionForm(
    description="Run a command in a shell that keeps its state between calls.",
    schema=_object((), command=_TEXT, restart={"type": "boolean"}),
)
_EDITOR: Final = FunctionForm(
    description="View and edit files: view, create, str_replace or insert.",
    schema=_object(
        ("command", "path"), command=_TEXT, path=_TEXT, file_text=_TEXT, old_str=_TEXT, new_str=_TEXT, insert_line=_WHOLE,
        insert_text=_TEXT, view_range={"type": "array", "items": _WHOLE},
    ),
)  # fmt: skip
_MEMORY: Final = FunctionForm(
    description="Keep notes in files under /memories: view, create, str_replace, insert, delete or rename.",
    schema=_object(
        ("command",), command=_TEXT, path=_TEXT, file_text=_TEXT, old_str=_TEXT, new_str=_TEXT, insert_line=_WHOLE,
        insert_text=_TEXT, old_path=_TEXT, new_path=_TEXT, view_range={"type": "array", "items": _WHOLE},
    ),
)  # fmt: skip
_COMMANDS: Final = FunctionForm(
    description="Run commands in a shell, one after the other.",
    schema=_object(
        ("commands",), commands={"type": "array", "items": _TEXT}, timeout_ms=_WHOLE, max_output_length=_WHOLE
    ),
)
_EXEC: Final = FunctionForm(
    description="Run one program.",
    schema=_object(("command",), command={"type": "array", "items": _TEXT}, timeout_ms=_WHOLE, working_directory=_TEXT),
)
_PATCH: Final = FunctionForm(
    description="Create, change or delete a file by a diff.",
    schema=_object(
        ("type", "path"),
        type={"type": "string", "enum": ["create_file", "update_file", "delete_file"]},
        path=_TEXT,
        diff=_TEXT,
    ),
)

_BY_TYPE: Final[Mapping[str, FunctionForm]] = {
    "bash": _SHELL,
    "text_editor": _EDITOR,
    "memory": _MEMORY,
    "computer": _OPENAI_COMPUTER,
    "computer_use_preview": _OPENAI_COMPUTER,
    "shell": _COMMANDS,
    "local_shell": _EXEC,
    "apply_patch": _PATCH,
}


def function_form(type: str, dated: str) -> FunctionForm | None:
    """Return a provider's tool as a function: ``dated`` is its type with the date, ``type`` the type without."""
    return _anthropic(dated) if dated in ANTHROPIC_TOOLS else _BY_TYPE.get(type)
