"""The grammars of the wires' streams, from the providers' documentation (read 2026-11-22), over plain JSON: what is wrong with a stream."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ..jsonvalue import Json

_DELTA_OF: Final = {
    "text": {"text_delta", "citations_delta"},
    "thinking": {"thinking_delta", "signature_delta"},
    "tool_use": {"input_json_delta"},
    "server_tool_use": {"input_json_delta"},
    "mcp_tool_use": {"input_json_delta"},
}


def anthropic_faults(events: Sequence[Json]) -> list[str]:
    """Say where a stream of the Messages API leaves its grammar: start, blocks one after another, message_delta, message_stop."""
    faults: list[str] = []
    types = [event["type"] for event in events]
    if types[:1] != ["message_start"] or types.count("message_start") != 1:
        faults.append("does not begin with one message_start")
    if types[-2:] != ["message_delta", "message_stop"] or types.count("message_stop") != 1:
        faults.append("does not end with message_delta and one message_stop")
    open_block: tuple[int, str] | None = None
    following = 0
    for event in events[1:-2]:
        match event["type"]:
            case "content_block_start":
                if open_block is not None or event["index"] != following:
                    faults.append(f"block {event['index']} begins where {following} is due")
                open_block, following = (event["index"], event["content_block"]["type"]), following + 1
            case "content_block_delta":
                if open_block is None or event["index"] != open_block[0]:
                    faults.append(f"a delta of block {event['index']}, which is not open")
                elif event["delta"]["type"] not in _DELTA_OF.get(open_block[1], set()):
                    faults.append(f"a {event['delta']['type']} in a {open_block[1]}")
            case "content_block_stop":
                if open_block is None or event["index"] != open_block[0]:
                    faults.append(f"block {event['index']} ends and is not open")
                open_block = None
            case other:
                faults.append(f"{other} among the blocks")
    if open_block is not None:
        faults.append("a block is open at the end")
    if events and not isinstance(events[0].get("message", {}).get("usage"), dict):
        faults.append("message_start without usage")
    return faults


def chat_faults(events: Sequence[Json]) -> list[str]:
    """Say where a stream of Chat Completions leaves its grammar: chunks, one finish reason, then usage, ``[DONE]``."""
    faults: list[str] = []
    if events[-1:] != ["[DONE]"] or list(events).count("[DONE]") != 1:
        faults.append("does not end with one [DONE]")
    chunks = [event for event in events if event != "[DONE]"]
    if any(chunk.get("object") != "chat.completion.chunk" for chunk in chunks):
        faults.append("something is no chunk")
    finished = False
    calls: set[int] = set()
    for chunk in chunks:
        for choice in chunk["choices"]:
            if finished and choice["index"] == 0:
                faults.append("a choice goes on behind its finish reason")
            for call in choice["delta"].get("tool_calls") or ():
                known = call["index"] in calls
                if not known and (call["index"] != len(calls) or "id" not in call):
                    faults.append(f"call {call['index']} begins out of turn or without an id")
                if known and "id" in call:
                    faults.append(f"call {call['index']} has its id twice")
                calls.add(call["index"])
            finished = finished or (choice["index"] == 0 and choice["finish_reason"] is not None)
        if not chunk["choices"] and not finished:
            faults.append("usage before the finish reason")
    if not finished:
        faults.append("no finish reason")
    return faults


_RESPONSES_END: Final = {"response.completed", "response.incomplete", "response.failed"}


def responses_faults(events: Sequence[Json]) -> list[str]:
    """Say where a stream of Responses leaves its grammar: items and parts begun, continued and ended, the whole response last."""
    faults: list[str] = []
    if [event["sequence_number"] for event in events] != list(range(len(events))):
        faults.append("sequence numbers have gaps")
    types = [event["type"] for event in events]
    if types[:1] != ["response.created"] or types.count("response.created") != 1:
        faults.append("does not begin with one response.created")
    if not types or types[-1] not in _RESPONSES_END or sum(name in _RESPONSES_END for name in types) != 1:
        faults.append("does not end with one terminator")
    items: dict[int, bool] = {}
    parts: dict[tuple[int, int], bool] = {}
    for event in events:
        name, index = event["type"], event.get("output_index")
        if index is None:
            continue
        if name == "response.output_item.added":
            if index != len(items):
                faults.append(f"item {index} begins out of turn")
            items[index] = True
            continue
        if not items.get(index):
            faults.append(f"{name} of item {index}, which is not open")
        if name == "response.output_item.done":
            items[index] = False
            if any(still for (of, _), still in parts.items() if of == index):
                faults.append(f"item {index} ends with a part open")
        elif "content_index" in event:
            place = (index, event["content_index"])
            if name == "response.content_part.added":
                parts[place] = True
            elif not parts.get(place):
                faults.append(f"{name} of part {place}, which is not open")
            if name == "response.content_part.done":
                parts[place] = False
    if any(items.values()):
        faults.append("an item is open at the end")
    return faults


FAULTS: Final[Mapping[str, Callable[[Sequence[Any]], list[str]]]] = {
    "anthropic": anthropic_faults,
    "openai-chat": chat_faults,
    "openai-responses": responses_faults,
    "uitars": chat_faults,
}
