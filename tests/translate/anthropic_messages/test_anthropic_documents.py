"""L1 and L2 on one hand-written document for each type of the Messages API."""

from __future__ import annotations

from typing import Any

import pytest
from tests.translate.anthropic_messages.documents import BLOCKS, ERRORS, EVENTS, REPLIES, REQUESTS, TOOLS, USAGE

from polyloop.translate import hub
from polyloop.translate.codec import Opaque
from polyloop.translate.testing import laws
from polyloop.translate.wires import decode, read, write


def _message(block: dict[str, Any], role: str) -> dict[str, Any]:
    return {"model": "m", "max_tokens": 1, "messages": [{"role": role, "content": [block]}]}


@pytest.mark.parametrize("role", ["user", "assistant"])
@pytest.mark.parametrize("name", BLOCKS)
def test_a_request_with_this_block_is_exact(name: str, role: str) -> None:
    _holds(_message(BLOCKS[name], role), "request")


@pytest.mark.parametrize("name", BLOCKS)
def test_a_reply_with_this_block_is_exact(name: str) -> None:
    _holds(
        {"type": "message", "role": "assistant", "content": [BLOCKS[name], BLOCKS[name]], "usage": USAGE}, "response"
    )


@pytest.mark.parametrize("name", TOOLS)
def test_a_request_with_this_tool_is_exact(name: str) -> None:
    _holds({"messages": [], "tools": [TOOLS[name]]}, "request")


@pytest.mark.parametrize("name", REQUESTS)
def test_this_request_is_exact(name: str) -> None:
    _holds(REQUESTS[name], "request")


@pytest.mark.parametrize("name", REPLIES)
def test_this_reply_is_exact(name: str) -> None:
    _holds(REPLIES[name], "response")


def _holds(document: Any, kind: str) -> None:
    laws.exact_codec(document, wire="anthropic", kind=kind)
    laws.exact_hub(document, wire="anthropic", kind=kind)
    laws.reads_back(read("anthropic", kind, document), wire="anthropic")


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: str(event.get("type")))
def test_this_event_is_exact(event: Any) -> None:
    laws.exact_codec(event, wire="anthropic", kind="event")
    laws.exact_codec([event, event], wire="anthropic", kind="stream")


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_this_error_is_exact(error: Any) -> None:
    laws.exact_codec(error, wire="anthropic", kind="error")


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        (
            "count_tokens_request",
            {"model": "m", "messages": [{"role": "user", "content": "a"}], "tools": [TOOLS["web fetch"]]},
        ),
        ("count_tokens_response", {"input_tokens": 5, "context_management": {"original_input_tokens": 9}}),
    ],
)
def test_counting_tokens_is_exact(kind: str, document: Any) -> None:
    laws.exact_codec(document, wire="anthropic", kind=kind)


KNOWN = [
    name for name in BLOCKS if "nobody knows" not in name and "unknown" not in name and name != "block without its text"
]


@pytest.mark.parametrize("name", [name for name in KNOWN if name != "text with a citation that is none"])
def test_a_published_block_has_a_record_of_its_own(name: str) -> None:
    request = decode("anthropic", "request", _message(BLOCKS[name], "user"))
    assert not isinstance(request.messages[0].content[0], Opaque)


OPAQUE_BY_CHOICE = {"tools of MCP", "text with a citation that is none"}


@pytest.mark.parametrize("name", [name for name in KNOWN if name not in OPAQUE_BY_CHOICE])
def test_a_published_block_says_something_neutral(name: str) -> None:
    request = read("anthropic", "request", _message(BLOCKS[name], "assistant"))
    assert isinstance(request, hub.Request)
    assert not isinstance(request.turns[0].parts[0], hub.Opaque)


def test_a_block_nobody_knows_stays_whole() -> None:
    request = read("anthropic", "request", _message(BLOCKS["block nobody knows"], "user"))
    assert isinstance(request, hub.Request)
    assert request.turns[0].parts == (hub.Opaque(wire="anthropic", document={"type": "hologram", "depth": 3}),)
    assert write("anthropic", request)["messages"][0]["content"] == [{"type": "hologram", "depth": 3}]
