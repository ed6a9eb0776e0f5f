"""Insertions name the places where they stand, also where the source says the same value elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from polyloop.translate import Translation, convert

SCHEMA = {"type": "object", "additionalProperties": False}


def offered(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": SCHEMA, **more}}


def places(translation: Translation) -> dict[str, Any]:
    return {one.pointer: one.text for one in translation.insertions}


def test_a_false_that_the_source_says_is_not_the_one_that_was_inserted() -> None:
    request = {
        "model": "m",
        "messages": [{"role": "user", "content": "hi"}],
        "parallel_tool_calls": False,
        "tools": [offered("first", strict=False), offered("second")],
    }
    translation = convert(request, kind="request", source="openai-chat", target="openai-responses")
    assert places(translation) == {"/tools/1/strict": False, "/store": False}


def test_a_detail_is_inserted_beside_the_picture_that_has_none() -> None:
    pictures = {"url": "https://example.org/a.png", "detail": "auto"}, {"url": "https://example.org/b.png"}
    parts = [{"type": "image_url", "image_url": one} for one in pictures]
    request = {"model": "m", "messages": [{"role": "user", "content": [{"type": "text", "text": "auto"}, *parts]}]}
    translation = convert(request, kind="request", source="openai-chat", target="openai-responses")
    assert places(translation)["/input/0/content/2/detail"] == "auto"
    assert not {"/input/0/content/0/text", "/input/0/content/1/detail"} & places(translation).keys()


@pytest.mark.parametrize("tokens", [0, 7])
def test_numbers_of_a_reply_are_inserted_for_the_reason_of_each(tokens: int) -> None:
    reply: dict[str, Any] = {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": "end_turn",
        "stop_sequence": None, "usage": {"input_tokens": tokens, "output_tokens": 0},
    }  # fmt: skip
    translation = convert(reply, kind="response", source="anthropic", target="openai-responses")
    reasons = {one.pointer: one.reason for one in translation.insertions if one.text == 0 and one.text is not False}
    assert reasons.pop("/created_at") == "a reply needs this key"
    assert set(reasons) == {
        "/usage/input_tokens_details/cached_tokens",
        "/usage/input_tokens_details/cache_write_tokens",
        "/usage/output_tokens_details/reasoning_tokens",
    }
    assert set(reasons.values()) == {"usage needs this number, which the source does not know"}
