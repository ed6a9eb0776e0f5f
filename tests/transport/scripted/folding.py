"""Fold streams into documents by the published rules, written for the tests alone: the other side of the server's writers."""

from __future__ import annotations

import json
from typing import Any


def anthropic(events: list[Any]) -> dict[str, Any]:
    """Section 1.7 of the wire notes: texts append, signature and usage replace, an input is parsed when it is whole."""
    assert events[0]["type"] == "message_start"
    assert [event["type"] for event in events[-2:]] == ["message_delta", "message_stop"]
    message: dict[str, Any] = events[0]["message"]
    inputs: dict[int, str] = {}
    open_block: int | None = None
    for event in events[1:]:
        match event["type"]:
            case "content_block_start":
                assert open_block is None
                assert event["index"] == len(message["content"])
                open_block = event["index"]
                message["content"].append(dict(event["content_block"]))
            case "content_block_delta":
                assert event["index"] == open_block
                _add(message["content"][event["index"]], event["delta"], inputs, event["index"])
            case "content_block_stop":
                assert event["index"] == open_block
                open_block = None
            case "message_delta":
                message |= event["delta"]
                message["usage"] |= event["usage"]
            case _:
                assert event["type"] in ("ping", "message_stop")
    for index, text in inputs.items():
        message["content"][index]["input"] = json.loads(text) if text else {}
    return message


def _add(block: dict[str, Any], delta: dict[str, Any], inputs: dict[int, str], index: int) -> None:
    match delta["type"]:
        case "text_delta":
            block["text"] += delta["text"]
        case "thinking_delta":
            block["thinking"] += delta["thinking"]
        case "signature_delta":
            block["signature"] = delta["signature"]
        case "citations_delta":
            block["citations"].append(delta["citation"])
        case "input_json_delta":
            inputs[index] = inputs.get(index, "") + delta["partial_json"]
        case other:
            raise AssertionError(other)


def chat(chunks: list[Any]) -> dict[str, Any]:
    """Section 2.5: strings append, calls merge by index, usage stands in a last chunk without choices."""
    assert chunks[-1] == "[DONE]"
    first = chunks[0]
    document = {key: value for key, value in first.items() if key not in ("choices", "usage")}
    document["object"] = "chat.completion"
    choices: dict[int, dict[str, Any]] = {}
    for chunk in chunks[:-1]:
        assert chunk["id"] == first["id"]
        if not chunk["choices"]:
            document["usage"] = chunk["usage"]
        for choice in chunk["choices"]:
            fresh = {"index": choice["index"], "message": {}, "finish_reason": None}
            mine = choices.setdefault(choice["index"], fresh)
            assert mine["finish_reason"] is None, "a delta after the finish reason"
            _merge(mine["message"], choice["delta"])
            mine["finish_reason"] = choice["finish_reason"]
    document["choices"] = list(choices.values())
    return document


def _merge(message: dict[str, Any], delta: dict[str, Any]) -> None:
    for key, value in delta.items():
        if key == "tool_calls":
            for call in value:
                calls = message.setdefault("tool_calls", [])
                if call["index"] == len(calls):
                    calls.append({name: part for name, part in call.items() if name != "index"})
                else:
                    kind = calls[call["index"]]["type"]
                    for name, text in call[kind].items():
                        calls[call["index"]][kind][name] += text
        elif isinstance(value, str) and isinstance(message.get(key), str) and key != "role":
            message[key] += value
        elif value is not None or key not in message:
            message[key] = value


def responses(events: list[Any]) -> dict[str, Any]:
    """Section 3.6: what the deltas add up to is what ``done`` says, and the items are the completed response's output."""
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    assert [event["type"] for event in events[:2]] == ["response.created", "response.in_progress"]
    texts: dict[tuple[Any, ...], str] = {}
    output: list[Any] = []
    for event in events:
        kind = event["type"]
        if kind == "response.output_item.added":
            assert event["output_index"] == len(output)
        place = tuple(event.get(key) for key in ("item_id", "content_index", "summary_index"))
        if kind.endswith(".delta"):
            texts[place] = texts.get(place, "") + event["delta"]
        elif kind.endswith("_text.done") or kind in ("response.refusal.done", "response.function_call_arguments.done"):
            whole = next(event[key] for key in ("text", "refusal", "arguments") if key in event)
            assert texts.get(place, "") == whole
        if kind == "response.output_item.done":
            output.append(event["item"])
    final: dict[str, Any] = events[-1]["response"]
    assert final["output"] == output
    return final
