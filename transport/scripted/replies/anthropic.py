"""A reply as a Messages API message, the same on all four hosts but for the marks in its ids."""

from __future__ import annotations

from typing import assert_never

from polyloop.translate.jsonvalue import JsonObject

from ..minting import seal
from ..scenario import ComputerAction, Part, Refusal, Text, Thinking, TokenCounts, ToolCall
from .scene import Rendered, Scene, as_function, input_of


def render(scene: Scene) -> Rendered:
    """Render the reply as a message."""
    cut: dict[str, str] = {}
    content = [_block(part, place, scene, cut) for place, part in enumerate(scene.reply.parts)]
    document = {
        "id": scene.mint.anthropic_id("msg"),
        "type": "message",
        "role": "assistant",
        "model": scene.model,
        "content": content,
        "stop_reason": scene.stop,
        "stop_sequence": _stop_sequence(scene),
        **(
            {"stop_details": {"type": "refusal", "category": None, "explanation": None}}
            if scene.stop == "refusal"
            else {}
        ),
        "usage": _usage(scene.usage),
    }
    return Rendered(document=document, cut_arguments=cut)


def _stop_sequence(scene: Scene) -> str | None:
    """The sequence that stopped the reply: the first that the request names."""
    named = scene.body.get("stop_sequences")
    if scene.stop == "stop_sequence" and isinstance(named, list) and named:
        return str(named[0])
    return None


def _block(part: Part, place: int, scene: Scene, cut: dict[str, str]) -> JsonObject:
    match part:
        case Thinking():
            signature = seal(part.text) if part.signature is None else part.signature
            return {"type": "thinking", "thinking": part.text, "signature": signature}
        case Text() | Refusal():
            return {"type": "text", "text": part.text}
        case ToolCall():
            block = _tool_use(part.name, dict(part.arguments), place, scene, part.id)
            if part.arguments_text is not None:
                block["input"] = {}
                cut[block["id"]] = part.arguments_text
            return block
        case ComputerAction():
            return _action(part, place, scene)
        case _:
            assert_never(part)


def _tool_use(name: str, arguments: JsonObject, place: int, scene: Scene, id: str | None = None) -> JsonObject:
    return {"type": "tool_use", "id": id or scene.mint.anthropic_id("toolu", place), "name": name, "input": arguments}


def _action(action: ComputerAction, place: int, scene: Scene) -> JsonObject:
    """A member of the toolset, an input of the classic tool, or a call of a custom tool: what the request offers."""
    if scene.facts.computer == "toolset":
        return {**_tool_use(action.action, input_of(action, scene), place, scene), "toolset_name": "computer"}
    if scene.facts.computer == "tool":
        details = {"action": action.action, **input_of(action, scene)}
        return _tool_use(scene.facts.computer_name, details, place, scene)
    call = as_function(action, scene)
    return _tool_use(call.name, call.arguments, place, scene)


def _usage(counts: TokenCounts) -> JsonObject:
    return {
        "input_tokens": counts.input,
        "cache_creation_input_tokens": counts.cache_write,
        "cache_read_input_tokens": counts.cache_read,
        "cache_creation": {"ephemeral_5m_input_tokens": counts.cache_write, "ephemeral_1h_input_tokens": 0},
        "output_tokens": counts.output,
        "output_tokens_details": {"thinking_tokens": counts.reasoning},
        "service_tier": "standard",
    }
