"""A reply as a chat completion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from polyloop.translate.jsonvalue import JsonObject

from ..scenario import ComputerAction, Part, Refusal, Stop, Text, ToolCall
from .scene import Rendered, Scene, arguments_text, as_function

FINISH_REASONS: Final[Mapping[Stop, str]] = {
    "end_turn": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "stop_sequence": "stop",
    "refusal": "stop",
}


def render(scene: Scene) -> Rendered:
    """Render the reply as a completion. Thinking shows only in the token counts: the official message has no field for it."""
    texts = [part.text for part in scene.reply.parts if isinstance(part, Text)]
    refusals = [part.text for part in scene.reply.parts if isinstance(part, Refusal)]
    calls = [_call(part, place, scene) for place, part in enumerate(scene.reply.parts) if _is_call(part)]
    message: JsonObject = {
        "role": "assistant",
        "content": "".join(texts) if texts else None,
        **({"tool_calls": calls} if calls else {}),
        "refusal": "".join(refusals) if refusals else None,
        "annotations": [],
    }
    # A refusal without words is a filtered completion.
    finish = "content_filter" if scene.stop == "refusal" and not refusals else FINISH_REASONS[scene.stop]
    return Rendered(document=completion(scene, message, finish))


def completion(scene: Scene, message: JsonObject, finish_reason: str) -> JsonObject:
    """Wrap a message; ``n`` choices that all say the same where the request wants several."""
    wanted = scene.body.get("n")
    count = wanted if isinstance(wanted, int) and not isinstance(wanted, bool) and wanted > 0 else 1
    return {
        "id": scene.mint.chat_id(),
        "object": "chat.completion",
        "created": scene.mint.created,
        "model": scene.model,
        "choices": [
            {"index": index, "message": dict(message), "logprobs": None, "finish_reason": finish_reason}
            for index in range(count)
        ],
        "usage": _usage(scene),
        "service_tier": "default",
        "system_fingerprint": None,
    }


def _is_call(part: Part) -> bool:
    return isinstance(part, ToolCall | ComputerAction)


def _call(part: Part, place: int, scene: Scene) -> JsonObject:
    call = as_function(part, scene) if isinstance(part, ComputerAction) else part
    if not isinstance(call, ToolCall):
        raise TypeError("only a tool call or a computer action can be a call")
    return {
        "id": call.id or scene.mint.call_id(place),
        "type": "function",
        "function": {"name": call.name, "arguments": arguments_text(call)},
    }


def _usage(scene: Scene) -> JsonObject:
    """OpenAI counts cached tokens among the prompt's."""
    counts = scene.usage
    prompt = counts.input + counts.cache_read + counts.cache_write
    return {
        "prompt_tokens": prompt,
        "completion_tokens": counts.output,
        "total_tokens": prompt + counts.output,
        "prompt_tokens_details": {
            "cached_tokens": counts.cache_read,
            "cache_write_tokens": counts.cache_write,
            "audio_tokens": 0,
        },
        "completion_tokens_details": {
            "reasoning_tokens": counts.reasoning,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }
