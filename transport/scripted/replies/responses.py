"""A reply as a Responses response: a list of output items."""

from __future__ import annotations

from typing import Final

from polyloop.translate.jsonvalue import Json, JsonObject

from ..minting import encrypt
from ..scenario import ComputerAction, Part, Refusal, Text, Thinking, ToolCall
from .openai_actions import spell
from .scene import Rendered, Scene, arguments_text, as_function, input_of

# Parameters that the response repeats, and their defaults. Source: recorded responses of api.openai.com (2026).
_ECHOED: Final[JsonObject] = {
    "background": False,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "reasoning": {"effort": None, "summary": None},
    "safety_identifier": None,
    "store": True,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}, "verbosity": "medium"},
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
    "metadata": {},
}


def render(scene: Scene) -> Rendered:
    """Render the reply as a response."""
    reason = _incomplete(scene)
    document = {
        "id": scene.mint.response_id(),
        "object": "response",
        "created_at": scene.mint.created,
        "status": "incomplete" if reason else "completed",
        "completed_at": None if reason else scene.mint.created + 1,
        "error": None,
        "incomplete_details": {"reason": reason} if reason else None,
        "model": scene.model,
        "output": _output(scene, cut=reason is not None),
        **{key: _echo(scene.body.get(key), default) for key, default in _ECHOED.items()},
        "service_tier": "default",
        "usage": _usage(scene),
    }
    return Rendered(document=document)


def _echo(given: Json, default: Json) -> Json:
    return default if given is None else given


def _incomplete(scene: Scene) -> str | None:
    if scene.stop == "max_tokens":
        return "max_output_tokens"
    said = any(isinstance(part, Refusal) for part in scene.reply.parts)
    return "content_filter" if scene.stop == "refusal" and not said else None


def _output(scene: Scene, cut: bool) -> list[JsonObject]:
    """Neighbouring texts are one message; with the GA computer tool neighbouring actions are one call."""
    items: list[JsonObject] = []
    previous: Part | None = None
    for place, part in enumerate(scene.reply.parts):
        if isinstance(part, Text | Refusal) and isinstance(previous, Text | Refusal):
            items[-1]["content"].append(_content(part))
        elif (
            scene.facts.computer == "batch"
            and isinstance(part, ComputerAction)
            and isinstance(previous, ComputerAction)
        ):
            items[-1]["actions"].append(spell(part, input_of(part, scene)))
        else:
            items.append(_item(part, place, scene))
        previous = part
    if cut and items and "status" in items[-1]:
        items[-1]["status"] = "incomplete"
    return items


def _item(part: Part, place: int, scene: Scene) -> JsonObject:
    match part:
        case Thinking():
            return _reasoning(part, place, scene)
        case Text() | Refusal():
            return {
                "id": scene.mint.item_id("msg", place),
                "type": "message",
                "status": "completed",
                "content": [_content(part)],
                "role": "assistant",
            }
        case ComputerAction() if scene.facts.computer in ("batch", "single"):
            return _computer_call(part, place, scene)
        case ComputerAction():
            return _function_call(as_function(part, scene), place, scene)
        case ToolCall():
            return _function_call(part, place, scene)


def _content(part: Text | Refusal) -> JsonObject:
    if isinstance(part, Refusal):
        return {"type": "refusal", "refusal": part.text}
    return {"type": "output_text", "annotations": [], "logprobs": [], "text": part.text}


def _reasoning(part: Thinking, place: int, scene: Scene) -> JsonObject:
    """The encrypted content comes when it is asked for, or when nothing is stored and it is all there is."""
    item: JsonObject = {
        "id": scene.mint.item_id("rs", place),
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": part.text}] if part.text else [],
    }
    include = scene.body.get("include") or ()
    if "reasoning.encrypted_content" in include or scene.body.get("store") is False:
        item["encrypted_content"] = encrypt(part.text) if part.signature is None else part.signature
    return item


def _function_call(call: ToolCall, place: int, scene: Scene) -> JsonObject:
    return {
        "id": scene.mint.item_id("fc", place),
        "type": "function_call",
        "status": "completed",
        "arguments": arguments_text(call),
        "call_id": call.id or scene.mint.call_id(place),
        "name": call.name,
    }


def _computer_call(action: ComputerAction, place: int, scene: Scene) -> JsonObject:
    said = spell(action, input_of(action, scene))
    return {
        "id": scene.mint.item_id("cu", place),
        "type": "computer_call",
        "status": "completed",
        "call_id": scene.mint.call_id(place),
        **({"actions": [said]} if scene.facts.computer == "batch" else {"action": said}),
        "pending_safety_checks": [],
    }


def _usage(scene: Scene) -> JsonObject:
    """Cached tokens are among the input's, reasoning tokens among the output's."""
    counts = scene.usage
    total_in = counts.input + counts.cache_read + counts.cache_write
    return {
        "input_tokens": total_in,
        "input_tokens_details": {"cached_tokens": counts.cache_read, "cache_write_tokens": counts.cache_write},
        "output_tokens": counts.output,
        "output_tokens_details": {"reasoning_tokens": counts.reasoning},
        "total_tokens": total_in + counts.output,
    }
