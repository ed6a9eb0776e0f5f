"""Facts of a chat completions request, from OpenAI and in the text-only form that UI-TARS is served in."""

from __future__ import annotations

from itertools import groupby

from attrs import evolve

from polyloop.translate.jsonvalue import JsonObject

from .. import images
from .record import Facts, Result, objects, string, texts

_INSTRUCTIONS = ("system", "developer")


def read(body: JsonObject) -> Facts:
    """Read a request's facts. Neighbouring assistant messages are one turn."""
    messages = objects(body.get("messages"))
    start = max((place + 1 for place, message in enumerate(messages) if message.get("role") == "assistant"), default=0)
    last = messages[start:]
    functions = [_function(tool) for tool in objects(body.get("tools"))]
    pictures = _images(messages)
    return Facts(
        model=body.get("model") if isinstance(body.get("model"), str) else None,
        turns=sum(is_assistant for is_assistant, _ in groupby(messages, key=_is_assistant)),
        instructions="\n".join(_texts([message for message in messages if message.get("role") in _INSTRUCTIONS])),
        last_texts=tuple(_texts([message for message in last if message.get("role") == "user"])),
        all_texts=tuple(_texts(messages)),
        results=tuple(
            Result(text="\n".join(texts(message.get("content")))) for message in last if message.get("role") == "tool"
        ),
        has_new_image=bool(_images(last)),
        image_count=len(pictures),
        newest_image=next((data for data in reversed(pictures) if data), None),
        tools=tuple(string(function.get("name")) for function in functions),
    )


def read_uitars(body: JsonObject) -> Facts:
    """Read a UI-TARS request's facts: each reply is an assistant message of its own, and a result is what the user says next.

    Old screenshots are left out of the history, so replies stand next to each other without being one turn.
    """
    facts = read(body)
    messages = objects(body.get("messages"))
    turns = sum(_is_assistant(message) for message in messages)
    answers = tuple(Result(text=text) for text in facts.last_texts) if turns else ()
    return evolve(facts, turns=turns, results=answers, tools=())


def _is_assistant(message: JsonObject) -> bool:
    return message.get("role") == "assistant"


def _texts(messages: list[JsonObject]) -> list[str]:
    return [text for message in messages for text in texts(message.get("content"))]


def _function(tool: JsonObject) -> JsonObject:
    inner = tool.get("function") or tool.get("custom")
    return inner if isinstance(inner, dict) else {}


def _images(messages: list[JsonObject]) -> list[str]:
    found = []
    for message in messages:
        for part in objects(message.get("content")):
            address = part.get("image_url")
            if isinstance(address, dict):
                parsed = images.from_data_url(string(address.get("url")))
                found.append(parsed[1] if parsed else "")
    return found
