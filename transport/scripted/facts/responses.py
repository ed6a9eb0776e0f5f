"""Facts of a Responses request. What the model produced between two inputs is one turn, however many items it is."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Final, Literal

from polyloop.translate.jsonvalue import Json, JsonObject

from .. import images
from .record import Facts, Result, objects, string, texts

# What a model writes; everything else in an input was put there by the caller.
MODEL_ITEMS: Final = frozenset(
    {
        "reasoning",
        "function_call",
        "custom_tool_call",
        "computer_call",
        "web_search_call",
        "file_search_call",
        "code_interpreter_call",
        "image_generation_call",
        "local_shell_call",
        "shell_call",
        "apply_patch_call",
        "mcp_call",
        "mcp_list_tools",
        "mcp_approval_request",
        "tool_search_call",
        "program",
        "compaction",
    }
)
_OUTPUTS: Final = frozenset(
    {
        "function_call_output",
        "custom_tool_call_output",
        "computer_call_output",
        "shell_call_output",
        "local_shell_call_output",
    }
)
# Ids of the scripted provider's own responses carry the turn they were, so that a request that continues one needs no memory.
_TURN: Final = re.compile(r"resp_t(\d{4})")


def read(body: JsonObject) -> Facts:
    """Read a request's facts."""
    items = _items(body.get("input"))
    start = max((place + 1 for place, item in enumerate(items) if is_model_item(item)), default=0)
    last = items[start:]
    tools = objects(body.get("tools"))
    pictures = _images(items)
    return Facts(
        model=body.get("model") if isinstance(body.get("model"), str) else None,
        turns=turns_before(body) + sum(ours for ours, _ in groupby(items, key=is_model_item)),
        instructions=string(body.get("instructions")),
        last_texts=tuple(
            text for item in last if item.get("type") not in _OUTPUTS for text in texts(item.get("content"))
        ),
        all_texts=tuple(text for item in items for text in (*texts(item.get("content")), *texts(item.get("output")))),
        results=tuple(
            Result(text="\n".join(texts(item.get("output")))) for item in last if item.get("type") in _OUTPUTS
        ),
        has_new_image=bool(_images(last)),
        image_count=len(pictures),
        newest_image=next((data for data in reversed(pictures) if data), None),
        tools=tuple(string(tool.get("name")) or string(tool.get("type")) for tool in tools),
        computer=_computer(tools),
    )


def turns_before(body: JsonObject) -> int:
    """Return the turns of the response that the request continues; 0 where it continues none of ours."""
    found = _TURN.match(string(body.get("previous_response_id")))
    return int(found[1]) + 1 if found else 0


def is_model_item(item: JsonObject) -> bool:
    """Tell whether the model produced the item."""
    return item.get("type") in MODEL_ITEMS or item.get("role") == "assistant"


def _items(value: Json) -> list[JsonObject]:
    if isinstance(value, str):
        return [{"type": "message", "role": "user", "content": value}]
    return objects(value)


def _images(items: list[JsonObject]) -> list[str]:
    found = []
    for item in items:
        output = item.get("output")
        screens = [output] if isinstance(output, dict) else objects(output)
        for part in (*objects(item.get("content")), *screens):
            if part.get("type") in ("input_image", "computer_screenshot"):
                parsed = images.from_data_url(string(part.get("image_url")))
                found.append(parsed[1] if parsed else "")
    return found


def _computer(tools: list[JsonObject]) -> Literal["batch", "single"] | None:
    kinds = [tool.get("type") for tool in tools]
    if "computer" in kinds:
        return "batch"
    return "single" if "computer_use_preview" in kinds else None
