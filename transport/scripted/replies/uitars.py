"""A reply as UI-TARS samples it: a thought, then actions in text.

Source: the verbs of the 1.5 template and our own ``name(json='...')`` for function tools (the project's UI-TARS notes, 2.1
and 2.2, 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from polyloop.translate.jsonvalue import Json, JsonObject

from ..scenario import ComputerAction, Refusal, ScenarioError, Text, Thinking, ToolCall
from . import chat
from .scene import Rendered, Scene, arguments_text, input_of, point_of

_ESCAPES: Final = str.maketrans({"\\": "\\\\", "'": "\\'", "\n": "\\n", "\t": "\\t", "\r": "\\r"})


def render(scene: Scene) -> Rendered:
    """Render the reply as a completion whose content is the action text."""
    text = scene.reply.uitars if scene.reply.uitars is not None else _sampled(scene)
    finish = "length" if scene.stop == "max_tokens" else "stop"
    message: JsonObject = {"role": "assistant", "content": text, "refusal": None, "tool_calls": []}
    document = chat.completion(scene, message, finish)
    del document["service_tier"], document["system_fingerprint"]  # vLLM has neither
    return Rendered(document=document)


def _sampled(scene: Scene) -> str:
    """Beside actions a text is part of the thought; alone it is what the model finished with."""
    thoughts = [part.text for part in scene.reply.parts if isinstance(part, Thinking)]
    texts = [part.text for part in scene.reply.parts if isinstance(part, Text | Refusal)]
    calls = []
    for part in scene.reply.parts:
        if isinstance(part, ToolCall):
            calls.append(f"{part.name}(json='{_quote(arguments_text(part))}')")
        elif isinstance(part, ComputerAction):
            calls.append(_action(part, scene))
    if not calls:
        calls = [f"finished(content='{_quote(''.join(texts))}')"]
        texts = []
    reason = " ".join(text.replace("\n", " ") for text in (*thoughts, *texts) if text)
    return (f"Thought: {reason}\n" if reason else "") + "Action: " + "\n\n".join(calls)


def _quote(text: str) -> str:
    return text.translate(_ESCAPES)


def _point(value: Json, action: ComputerAction, scene: Scene) -> str:
    """Pixels of the image sent, or thousandths of its sides where the settings say so."""
    x, y = point_of(value, action)[:2]
    size = scene.facts.image_size
    if scene.settings.uitars_space == "relative":
        if size is None:
            raise ScenarioError("relative coordinates need an image in the request")
        x, y = x * 1000 / size.width, y * 1000 / size.height
    return f"({round(x)},{round(y)})"


def _at_point(verb: str) -> Callable[[ComputerAction, JsonObject, Scene], str]:
    def spell(action: ComputerAction, details: JsonObject, scene: Scene) -> str:
        return f"{verb}(start_box='{_point(details.get('coordinate'), action, scene)}')"

    return spell


def _drag(action: ComputerAction, details: JsonObject, scene: Scene) -> str:
    start = _point(details.get("start_coordinate"), action, scene)
    return f"drag(start_box='{start}', end_box='{_point(details.get('coordinate'), action, scene)}')"


def _scroll(action: ComputerAction, details: JsonObject, scene: Scene) -> str:
    point = _point(details.get("coordinate"), action, scene)
    return f"scroll(start_box='{point}', direction='{details.get('scroll_direction', 'down')}')"


def _hotkey(action: ComputerAction, details: JsonObject, scene: Scene) -> str:
    keys = str(details.get("text", "")).lower().replace("return", "enter").split("+")
    return f"hotkey(key='{_quote(' '.join(keys))}')"


def _type(action: ComputerAction, details: JsonObject, scene: Scene) -> str:
    return f"type(content='{_quote(str(details.get('text', '')))}')"


_VERBS: Final[Mapping[str, Callable[[ComputerAction, JsonObject, Scene], str]]] = {
    "left_click": _at_point("click"),
    "double_click": _at_point("left_double"),
    "right_click": _at_point("right_single"),
    "mouse_move": _at_point("move_to"),
    "left_click_drag": _drag,
    "scroll": _scroll,
    "key": _hotkey,
    "type": _type,
    "wait": lambda action, details, scene: "wait()",
    "screenshot": lambda action, details, scene: "screenshot()",
}


def _action(action: ComputerAction, scene: Scene) -> str:
    spell = _VERBS.get(action.action)
    if spell is None:
        raise ScenarioError(f"UI-TARS has no verb for {action.action}; give the step a uitars text")
    return spell(action, input_of(action, scene), scene)
