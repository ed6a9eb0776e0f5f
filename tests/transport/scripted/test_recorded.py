"""The validators against recorded traffic: what a provider answered is not refused, what it refused by our rules is."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from polyloop.translate.testing import corpus as recorded
from polyloop.transport.scripted import Scenario, Settings, validate
from polyloop.transport.scripted.failures import Rejected
from polyloop.transport.scripted.http1 import Request
from polyloop.transport.scripted.routes import Route, route
from polyloop.transport.scripted.scenario import Provider

pytestmark = pytest.mark.corpus

HOSTS: Final[dict[str, Provider]] = {
    "anthropic": "anthropic",
    "aws-bedrock": "bedrock",
    "vertex": "vertex",
    "openai": "openai",
}
# Recordings keep only a few headers: betas that unlock keys and tools are taken as sent. Signatures and images in them are
# other servers', and some were cut by the recorder.
BETAS: Final = (
    "computer-use-2025-11-24,computer-use-2025-01-24,computer-use-2024-10-22,context-management-2025-06-27,"
    "mcp-client-2025-11-20,structured-outputs-2025-11-13,compact-2026-01-12"
)
SETTINGS: Final = Settings(check_signatures=False, check_image_bytes=False)

KNOWN: Final = {
    # gpt-4-vision-preview, gone since, took an address that is a plain string.
    "ee93b0307fe26cb4",
}


@pytest.fixture(scope="module")
def folder() -> Path:
    found = recorded.find(cover=False)
    if found is None:
        pytest.skip(f"no recorded traffic: set {recorded.VARIABLE} to a folder that holds it")
    return Path(found.folder)


def _lines(folder: Path, name: str) -> Iterator[tuple[dict[str, Any], Route]]:
    path = folder / f"{name}.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            exchange = json.loads(line)
            host = HOSTS.get(exchange["vendor"])
            place = route(host, "/" + exchange["url"].split("/", 3)[3].partition("?")[0]) if host else None
            if place is not None and place.operation == "create" and isinstance(exchange["request"], dict):
                yield exchange, place


def _complaint(exchange: dict[str, Any], place: Route) -> str | None:
    version = (exchange["headers"] or {}).get("anthropic-version", "2023-06-01")
    headers = (("anthropic-version", version), ("anthropic-beta", BETAS))
    request = Request(method="POST", target=exchange["url"], headers=headers)
    try:
        validate.check(place, request, exchange["request"], SETTINGS, Scenario())
    except Rejected as rejected:
        return str(rejected)
    return None


@pytest.mark.parametrize("name", ["anthropic_messages", "openai_chat", "openai_responses"])
def test_what_was_answered_is_not_refused(folder: Path, name: str) -> None:
    refused, count = [], 0
    for exchange, place in _lines(folder, name):
        if exchange["status"] != 200 or exchange["id"] in KNOWN:
            continue
        complaint = _complaint(exchange, place)
        if complaint is not None and "Previous response" not in complaint:  # they continue other servers' responses
            refused.append((exchange["id"], complaint))
        count += 1
    assert count > 500, "there is something to check"
    assert refused == []


@pytest.mark.parametrize("name", ["anthropic_messages", "openai_chat", "openai_responses"])
def test_what_was_refused_for_a_rule_of_ours_is_refused_in_the_same_words(folder: Path, name: str) -> None:
    """Of the recorded refusals those whose words we know are said again, word for word."""
    again, differing = set(), []
    for exchange, place in _lines(folder, name):
        body = exchange["response"]
        if exchange["status"] != 400 or not isinstance(body, dict):
            continue
        error = body.get("error")
        said = error.get("message") if isinstance(error, dict) else body.get("message")
        complaint = _complaint(exchange, place)
        if complaint is None:
            continue
        (again.add(complaint) if complaint == said else differing.append((exchange["id"], said, complaint)))
    assert len(again) >= 3
    assert [case for case in differing if case[1] is not None and not _tolerated(case[1], case[2])] == []


def _tolerated(said: str, complaint: str) -> bool:
    """Where the SDK or the recorder changed the words, or where a later rule of the same request came first."""
    return complaint in said or said.startswith(("Error: 400", complaint[:20]))
