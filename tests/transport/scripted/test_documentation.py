"""What the documentation shows runs as it is shown."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.transport.scripted.kit import ANTHROPIC_TOOL, ASK

from polyloop.transport.scripted.script import parse


@pytest.fixture(scope="module")
def blocks(repository: Path) -> dict[str, list[str]]:
    """The fenced blocks of the page, by language."""
    text = (repository / "docs" / "testing-with-the-scripted-provider.md").read_text("utf-8")
    found: dict[str, list[str]] = {}
    for language, code in re.findall(r"```(\w+)\n(.*?)```", text, re.DOTALL):
        found.setdefault(language, []).append(code)
    return found


def test_the_script_of_the_page_is_one(blocks: dict[str, list[str]]) -> None:
    (script,) = blocks["json"]
    assert len(parse(json.loads(script)).scenario.steps) == 3


def test_the_first_test_of_the_page_passes(blocks: dict[str, list[str]], client: httpx.Client) -> None:
    def my_agent(api_key: str, base_url: str) -> None:
        """The smallest agent there is: it asks, answers the call, and asks again."""
        messages: list[Any] = [ASK]
        headers = {"x-api-key": api_key, "anthropic-version": "2026-10-21"}
        for _ in range(2):
            body = {"model": "claude-opus-5", "max_tokens": 100, "messages": messages, "tools": [ANTHROPIC_TOOL]}
            content = client.post(base_url + "/v1/messages", headers=headers, json=body).json()["content"]
            results = [
                {"type": "tool_result", "tool_use_id": block["id"], "content": "here"}
                for block in content
                if block["type"] == "tool_use"
            ]
            messages += [{"role": "assistant", "content": content}, {"role": "user", "content": results}]

    page: dict[str, Any] = {"my_agent": my_agent}
    first, _, faults = blocks["python"]
    exec(first, page)
    page["test_my_agent_looks_it_up"]()
    exec(faults.replace(": ...", ": assert server.url"), page)
    assert len(page["faults"]) == 3
