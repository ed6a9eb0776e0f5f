"""Facts of a Messages request. Neighbouring messages of one role are one turn, as the server merges them."""

from __future__ import annotations

from itertools import groupby
from typing import Literal

from polyloop.translate.jsonvalue import Json, JsonObject

from .record import Facts, Result, objects, string, texts


def read(body: JsonObject) -> Facts:
    """Read a request's facts."""
    messages = objects(body.get("messages"))
    turns = [(role, list(group)) for role, group in groupby(messages, key=lambda message: message.get("role"))]
    last = _since_last_assistant(messages)
    blocks = [block for message in last for block in objects(message.get("content"))]
    results = [block for block in blocks if block.get("type") == "tool_result"]
    pictures = _images(messages)
    computer, name = _computer(objects(body.get("tools")))
    return Facts(
        model=body.get("model") if isinstance(body.get("model"), str) else None,
        turns=sum(role == "assistant" for role, _ in turns),
        instructions="\n".join(texts(body.get("system"))),
        last_texts=tuple(text for message in last for text in texts(message.get("content"))),
        all_texts=tuple(text for message in messages for text in _all_texts(message.get("content"))),
        results=tuple(
            Result(text="\n".join(texts(block.get("content"))), is_error=block.get("is_error") is True)
            for block in results
        ),
        has_new_image=bool(_images(last)),
        image_count=len(pictures),
        newest_image=next((data for data in reversed(pictures) if data), None),
        tools=tuple(_tool_name(tool) for tool in objects(body.get("tools"))),
        computer=computer,
        computer_name=name,
    )


def _since_last_assistant(messages: list[JsonObject]) -> list[JsonObject]:
    start = 0
    for place, message in enumerate(messages):
        if message.get("role") == "assistant":
            start = place + 1
    return messages[start:]


def _all_texts(content: Json) -> list[str]:
    found = texts(content)
    for block in objects(content):
        found += texts(block.get("content"))
    return found


def _images(messages: list[JsonObject]) -> list[str]:
    """The base64 text of each image, in order; empty for one that is given by URL or file."""
    found = []
    for message in messages:
        for block in objects(message.get("content")):
            inner = objects(block.get("content")) if block.get("type") == "tool_result" else [block]
            for image in inner:
                source = image.get("source")
                if image.get("type") == "image" and isinstance(source, dict):
                    found.append(string(source.get("data")))
    return found


def _tool_name(tool: JsonObject) -> str:
    """A toolset has no name of its own: ``computer_toolset_20260801`` is ``computer``."""
    kind = string(tool.get("type"))
    return kind.partition("_toolset_")[0] if "_toolset_" in kind else string(tool.get("name"))


def _computer(tools: list[JsonObject]) -> tuple[Literal["toolset", "tool"] | None, str]:
    for tool in tools:
        kind = string(tool.get("type"))
        if kind.startswith("computer_toolset_"):
            return "toolset", "computer"
        if kind.startswith("computer_"):
            return "tool", string(tool.get("name")) or "computer"
    return None, "computer"
