"""What `benchmarks.convert` is measured against: a dict-to-dict loop as one writes it by hand for one conversation of one kind.

From a Messages request with texts, calls, results and screenshots to a Chat Completions request: no residue, no losses, nothing checked.
"""

from __future__ import annotations

import json
from typing import Any


def to_chat(request: dict[str, Any]) -> dict[str, Any]:
    """Say a Messages request as a Chat Completions request."""
    messages: list[dict[str, Any]] = []
    if "system" in request:
        messages.append({"role": "system", "content": request["system"]})
    for message in request["messages"]:
        content = message["content"]
        if isinstance(content, str):
            messages.append({"role": message["role"], "content": content})
        elif message["role"] == "assistant":
            messages.append(_assistant(content))
        else:
            _user(content, messages)
    return {
        "model": request["model"],
        "messages": messages,
        "max_completion_tokens": request["max_tokens"],
        "tools": [_tool(tool) for tool in request["tools"]],
    }


def _assistant(content: list[dict[str, Any]]) -> dict[str, Any]:
    texts: list[dict[str, Any]] = []
    calls: list[dict[str, Any]] = []
    for block in content:
        if block["type"] == "text":
            texts.append({"type": "text", "text": block["text"]})
        elif block["type"] == "tool_use":
            function = {
                "name": block["name"],
                "arguments": json.dumps(block["input"], ensure_ascii=False, separators=(",", ":")),
            }
            calls.append({"id": block["id"], "type": "function", "function": function})
    message: dict[str, Any] = {"role": "assistant", "content": _lone(texts) or None}
    if calls:
        message["tool_calls"] = calls
    return message


def _user(content: list[dict[str, Any]], messages: list[dict[str, Any]]) -> None:
    shown: list[dict[str, Any]] = []
    for block in content:
        if block["type"] == "tool_result":
            id, said = block["tool_use_id"], block.get("content", "")
            if isinstance(said, str):
                messages.append({"role": "tool", "tool_call_id": id, "content": said})
                continue
            texts = [{"type": "text", "text": inner["text"]} for inner in said if inner["type"] == "text"]
            images = [_image(inner) for inner in said if inner["type"] == "image"]
            messages.append({"role": "tool", "tool_call_id": id, "content": _lone(texts) or ""})
            if images:
                shown += [{"type": "text", "text": f"[from the result of call {id}]"}, *images]
        elif block["type"] == "text":
            shown.append({"type": "text", "text": block["text"]})
        elif block["type"] == "image":
            shown.append(_image(block))
    if shown:
        messages.append({"role": "user", "content": shown})


def _lone(texts: list[dict[str, Any]]) -> Any:
    """Say a lone text as a string."""
    return texts[0]["text"] if len(texts) == 1 else texts


def _image(block: dict[str, Any]) -> dict[str, Any]:
    source = block["source"]
    return {"type": "image_url", "image_url": {"url": f"data:{source['media_type']};base64,{source['data']}"}}


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    function = {"name": tool["name"], "description": tool["description"], "parameters": tool["input_schema"]}
    return {"type": "function", "function": function}
