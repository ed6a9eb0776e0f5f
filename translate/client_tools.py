"""Tools that a provider defines and we perform, said as functions: their descriptions and schemas, and computers heard again.

The words are ours. The arguments are those of the provider's own tool, so that a call can be carried out as one of it.
Source: Anthropic's and OpenAI's documentation of these tools, read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import attrs

from . import hub
from .computer_use import anthropic, openai
from .computer_use.actions import Action, Foreign
from .computer_use.anthropic_tools import TOOLS as ANTHROPIC_TOOLS
from .jsonvalue import ABSENT, Json, JsonObject, same_json
from .steps import map_parts, map_turns

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


_SIZE: Final = re.compile(re.escape(_DESKTOP) + r" The screen is (\d+) x (\d+) pixels\.")
_WIDTH, _HEIGHT = "display_width_px", "display_height_px"


def function_form(type: str, dated: str, options: Mapping[str, Json]) -> FunctionForm | None:
    """Return a provider's tool as a function: ``dated`` is its type with the date, ``type`` the type without."""
    if dated not in ANTHROPIC_TOOLS:
        return _BY_TYPE.get(type)
    form = _anthropic(dated)
    width, height = options.get(_WIDTH), options.get(_HEIGHT)
    if ANTHROPIC_TOOLS[dated].toolset is not None or not (isinstance(width, int) and isinstance(height, int)):
        return form
    return attrs.evolve(form, description=f"{form.description} The screen is {width} x {height} pixels.")


def heard_computer(tool: hub.Tool) -> hub.Tool | None:
    """Return the computer tool that a function was made of by `function_form`; ``None`` where it was made of none."""
    if tool.builtin is not None or tool.form != "function" or not isinstance(tool.description, str):
        return None
    if tool.description == _OPENAI_COMPUTER.description and same_json(tool.schema, _OPENAI_COMPUTER.schema):
        return hub.Tool(form="computer", builtin=hub.Builtin(type="computer"))
    size = _SIZE.fullmatch(tool.description)
    if size is None and tool.description != _DESKTOP:
        return None
    for dated, known in ANTHROPIC_TOOLS.items():
        if (known.toolset is None) is (size is not None) and same_json(tool.schema, _anthropic(dated).schema):
            return _anthropic_computer(tool, dated, size)
    return None


def _anthropic_computer(tool: hub.Tool, dated: str, size: re.Match[str] | None) -> hub.Tool:
    kind, _, version = dated.rpartition("_")
    options: JsonObject = {} if size is None else {_WIDTH: int(size[1]), _HEIGHT: int(size[2])}
    return hub.Tool(
        name=ABSENT if size is None else tool.name,
        form="computer",
        builtin=hub.Builtin(type=kind, version=version, options=options),
    )


def hear_computers(request: hub.Request) -> hub.Request:
    """Take functions that say a computer tool for that tool, and calls of them for the computer's."""
    tools = request.tools
    if not isinstance(tools, tuple):
        return request
    heard = {
        tool.name: known
        for tool in tools
        if isinstance(tool, hub.Tool) and isinstance(tool.name, str) and (known := heard_computer(tool)) is not None
    }
    if not heard:
        return request

    def step(part: hub.Part, _: hub.Turn) -> tuple[hub.Part, ...] | None:
        known = heard.get(part.name) if isinstance(part, hub.Call) and part.form == "function" else None
        return None if known is None or not isinstance(part, hub.Call) else _heard_call(part, known)

    fitted = tuple(
        heard.get(tool.name, tool) if isinstance(tool, hub.Tool) and tool.name in heard else tool for tool in tools
    )
    request = map_turns(
        attrs.evolve(request, tools=fitted), lambda turn: map_parts(turn, step) if turn.role == "assistant" else turn
    )
    return _with_screenshots(request)


def _heard_call(call: hub.Call, tool: hub.Tool) -> tuple[hub.Part, ...] | None:
    value = call.arguments.value
    if tool.builtin is None or not isinstance(value, dict):
        return None
    documents = value.get("actions", [value])
    if not isinstance(documents, list) or not documents or not all(isinstance(one, dict) for one in documents):
        return None
    actions = tuple(_heard_action(document, tool.builtin) for document in documents)
    if any(isinstance(action, Foreign) for action in actions):
        return None
    return (attrs.evolve(call, form="computer", arguments=hub.Arguments(), actions=actions),)


def _heard_action(document: JsonObject, builtin: hub.Builtin) -> Action:
    if builtin.version is ABSENT:
        return openai.read_action(document)
    dated = f"{builtin.type}_{builtin.version}"
    if ANTHROPIC_TOOLS[dated].toolset is None:
        return anthropic.read_action(document, dated)
    rest = {key: value for key, value in document.items() if key != "action"}
    named = {"toolset_name": ANTHROPIC_TOOLS[dated].toolset, "name": document.get("action"), "input": rest}
    return anthropic.read_action(named, dated)


def _with_screenshots(request: hub.Request) -> hub.Request:
    """Take the results of the computer's calls for the computer's."""
    computers = {
        part.id
        for turn in request.turns
        for part in turn.parts
        if isinstance(part, hub.Call) and part.form == "computer"
    }

    def step(part: hub.Part, _: hub.Turn) -> tuple[hub.Part, ...] | None:
        if not isinstance(part, hub.Result) or part.call_id not in computers or part.form == "computer":
            return None
        return (attrs.evolve(part, form="computer"),)

    return map_turns(request, lambda turn: map_parts(turn, step) if turn.role == "tool" else turn)
