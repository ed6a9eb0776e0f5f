"""Every tool use has its result in the next message, and every result its tool use in the one before."""

from __future__ import annotations

from typing import TypeAlias

from polyloop.translate.jsonvalue import Json, JsonObject

from ...failures import Rejected

_Turn: TypeAlias = tuple[int, str, list[JsonObject]]


def check_pairs(messages: list[JsonObject]) -> None:
    """Raise `Rejected` where a call has no result next to it, a result has no call, or an id is used twice."""
    seen: set[str] = set()
    turns = _turns(messages)
    previous: dict[str, JsonObject] = {}
    for index, role, blocks in turns:
        _results(index, blocks if role != "assistant" else [], previous)
        previous = {}
        for block in blocks if role == "assistant" else []:
            if block.get("type") == "tool_use":
                if block["id"] in seen:
                    raise Rejected(f"messages.{index}.content: `tool_use` ids must be unique")
                seen.add(block["id"])
                previous[block["id"]] = block
    if previous:
        raise _unanswered(turns[-1][0], list(previous))


def _turns(messages: list[JsonObject]) -> list[_Turn]:
    """Merge neighbouring messages of one role as the server does; system messages are not in the way."""
    turns: list[_Turn] = []
    for index, message in enumerate(messages):
        role, content = message["role"], message.get("content")
        if role == "system":
            continue
        blocks = content if isinstance(content, list) else [{"type": "text", "text": content}]
        if turns and turns[-1][1] == role:
            turns[-1][2].extend(blocks)
        else:
            turns.append((index, role, list(blocks)))
    return turns


def _results(index: int, blocks: list[JsonObject], calls: dict[str, JsonObject]) -> None:
    """Check a turn's results against the calls of the turn before it."""
    leading: list[str] = []
    in_front = True
    for place, block in enumerate(blocks):
        if block.get("type") != "tool_result":
            in_front = False
            continue
        id = block["tool_use_id"]
        if id not in calls:
            raise Rejected(
                f"messages.{index}.content.{place}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. "
                "Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
            )
        if id in leading:
            raise Rejected(
                f"messages.{index}.content.{place}: each tool_use must have a single result. "
                f"Found multiple `tool_result` blocks with id: {id}"
            )
        _toolset(f"messages.{index}.content.{place}", block.get("toolset_name"), calls[id].get("toolset_name"))
        if in_front:
            leading.append(id)
    missing = [id for id in calls if id not in leading]
    if missing:
        raise _unanswered(index - 1, missing)


def _toolset(where: str, given: Json, expected: Json) -> None:
    if given != expected:
        raise Rejected(
            f"{where}.tool_result.toolset_name: expected {expected!r} as in the `tool_use` block, found {given!r}"
        )


def _unanswered(index: int, ids: list[str]) -> Rejected:
    """Results that stand behind another block do not count as standing immediately after the call."""
    return Rejected(
        f"messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: {', '.join(ids)}. "
        "Each `tool_use` block must have a corresponding `tool_result` block in the next message."
    )
