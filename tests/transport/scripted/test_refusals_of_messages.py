"""What the Messages API refuses, host by host, and in which words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.transport.scripted.kit import ASK, DOORS, SCENARIO, ask, headers, png

from polyloop.transport.scripted import Limits, Scenario, ScriptedProvider, Settings, Step
from polyloop.transport.scripted.minting import seal
from polyloop.transport.scripted.scenario import Reply, Thinking

BIG = "x" * 7000


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedProvider]:
    with ScriptedProvider.running(SCENARIO) as running:
        yield running


def use(id: str = "toolu_1", **more: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": id, "name": "lookup", "input": {}, **more}


def result(id: str = "toolu_1", **more: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": id, **more}


def user(*blocks: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


def assistant(*blocks: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": list(blocks)}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def image(data: str, media_type: str = "image/png") -> dict[str, Any]:
    return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}}


def cached(words: str) -> dict[str, Any]:
    return {**text(words), "cache_control": {"type": "ephemeral"}}


def tool(**more: Any) -> dict[str, Any]:
    return {"name": "lookup", "input_schema": {"type": "object"}, **more}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no model": ({"model": None}, "model: Field required"),
    "no max_tokens": ({"max_tokens": None}, "max_tokens: Field required"),
    "no messages": ({"messages": None}, "messages: Field required"),
    "empty messages": ({"messages": []}, "messages: at least one message is required"),
    "max_tokens below zero": ({"max_tokens": -1}, "max_tokens: Input should be greater than or equal to 0"),
    "max_tokens a boolean": ({"max_tokens": True}, "max_tokens: Input should be a valid integer"),
    "max_tokens a text": ({"max_tokens": "9"}, "max_tokens: Input should be a valid integer"),
    "unknown key": ({"foo": 1}, "foo: Extra inputs are not permitted"),
    "temperature in the new version": ({"temperature": 1}, "temperature: Extra inputs are not permitted"),
    "top_k in the new version": ({"top_k": 5}, "top_k: Extra inputs are not permitted"),
    "a beta key without its beta": ({"mcp_servers": []}, "mcp_servers: Extra inputs are not permitted"),
    "a body's betas": ({"betas": []}, "betas: Extra inputs are not permitted"),
    "unknown role": (
        {"messages": [{"role": "tool", "content": "x"}]},
        "messages.0.role: Input should be 'user' or 'assistant'",
    ),
    "no role": ({"messages": [{"content": "x"}]}, "messages.0.role: Field required"),
    "no content": ({"messages": [{"role": "user"}]}, "messages.0.content: Field required"),
    "null content": (
        {"messages": [{"role": "user", "content": None}]},
        "messages.0.content: Input should be a valid string",
    ),
    "empty content": ({"messages": [user()]}, "all messages must have non-empty content"),
    "empty string": ({"messages": [{"role": "user", "content": ""}]}, "all messages must have non-empty content"),
    "empty text": ({"messages": [user(text(""))]}, "messages: text content blocks must be non-empty"),
    "blank text": ({"messages": [user(text(" \n"))]}, "must contain non-whitespace text"),
    "empty system text": ({"system": [text("")]}, "system: text content blocks must be non-empty"),
    "unknown block": ({"messages": [user({"type": "video"})]}, "Input tag 'video' found using 'type'"),
    "block without type": ({"messages": [user({"text": "x"})]}, "does not match any of the expected tags"),
    "block that is a text": ({"messages": [user("x")]}, "does not match any of the expected tags"),
    "unknown block key": (
        {"messages": [user({**text("x"), "foo": 1})]},
        "messages.0.content.0.text.foo: Extra inputs are not permitted",
    ),
    "missing block key": ({"messages": [user({"type": "text"})]}, "messages.0.content.0.text.text: Field required"),
    "tool use of a user": ({"messages": [user(use())]}, "`tool_use` blocks can only be in `assistant` messages"),
    "result of an assistant": (
        {"messages": [ASK, assistant(result())]},
        "`tool_result` blocks can only be in `user` messages",
    ),
    "image of an assistant": ({"messages": [ASK, assistant(image(png(9, 9)))]}, "`image` blocks can only be in `user`"),
    "document of an assistant": (
        {
            "messages": [
                ASK,
                assistant({"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "x"}}),
            ]
        },
        "`document` blocks are not permitted in assistant messages",
    ),
    "citations of a user": (
        {"messages": [user({**text("x"), "citations": [{"type": "char_location"}]})]},
        "Citations are not permitted on text blocks in user messages",
    ),
    "a message that is a text": ({"messages": ["x"]}, "messages.0: Input should be a valid dictionary"),
    "system of images": ({"system": [{"type": "image"}]}, "system.0.type: Input should be 'text'"),
    "reference outside a result": (
        {"messages": [user({"type": "tool_reference", "tool_name": "x"})]},
        "`tool_reference` blocks can only be in `tool_result` blocks",
    ),
    "image of the system": (
        {"messages": [ASK, {"role": "system", "content": [image(png(9, 9))]}]},
        "`image` blocks can not be in `system` messages",
    ),
    "unknown source": (
        {"messages": [user({"type": "image", "source": {"type": "disk"}})]},
        "image.source: Input tag 'disk'",
    ),
    "source without data": (
        {"messages": [user({"type": "image", "source": {"type": "base64", "media_type": "image/png"}})]},
        "image.source.base64.data: Field required",
    ),
    "a tool that is a text": ({"tools": ["x"]}, "tools.0: Input should be a valid dictionary"),
    "unknown thinking": ({"thinking": {"type": "hard"}}, "thinking: Input tag 'hard'"),
    "unanswered use": (
        {"messages": [ASK, assistant(use()), user(text("well?"))]},
        "`tool_use` ids were found without `tool_result` blocks immediately after: toolu_1",
    ),
    "unanswered last use": (
        {"messages": [ASK, assistant(use())]},
        "without `tool_result` blocks immediately after: toolu_1",
    ),
    "one of two unanswered": (
        {"messages": [ASK, assistant(use("a"), use("b")), user(result("b"))]},
        "immediately after: a.",
    ),
    "result behind a text": (
        {"messages": [ASK, assistant(use()), user(text("here:"), result())]},
        "without `tool_result` blocks immediately after: toolu_1",
    ),
    "orphan result": (
        {"messages": [user(text("hi"), result("toolu_x"))]},
        "messages.0.content.1: unexpected `tool_use_id` found in `tool_result` blocks: toolu_x",
    ),
    "result a turn late": (
        {"messages": [ASK, assistant(use()), user(result()), assistant(text("ok")), user(result())]},
        "unexpected `tool_use_id` found in `tool_result` blocks: toolu_1",
    ),
    "two results": (
        {"messages": [ASK, assistant(use()), user(result(), result())]},
        "each tool_use must have a single result",
    ),
    "the same id twice": (
        {"messages": [ASK, assistant(use(), use()), user(result(), result())]},
        "`tool_use` ids must be unique",
    ),
    "id of another alphabet": (
        {"messages": [ASK, assistant(use("call:1")), user(result("call:1"))]},
        "tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ),
    "input that is a text": (
        {"messages": [ASK, assistant({**use(), "input": "{}"}), user(result())]},
        "tool_use.input: Input should be a valid dictionary",
    ),
    "toolset not echoed": (
        {"messages": [ASK, assistant(use(toolset_name="computer")), user(result())]},
        "toolset_name: expected 'computer'",
    ),
    "video in a result": (
        {"messages": [ASK, assistant(use()), user(result(content=[{"type": "thinking"}]))]},
        "tool_result.content.0: Input tag 'thinking'",
    ),
    "foreign signature": (
        {
            "messages": [
                ASK,
                assistant({"type": "thinking", "thinking": "hm", "signature": "Zm9yZWlnbg=="}, text("x")),
                ASK,
            ]
        },
        "messages.1.content.0: Invalid `signature` in `thinking` block",
    ),
    "signature of another thought": (
        {
            "messages": [
                ASK,
                assistant({"type": "thinking", "thinking": "hm!", "signature": seal("hm")}, text("x")),
                ASK,
            ]
        },
        "Invalid `signature` in `thinking` block",
    ),
    "trailing space of a prefill": ({"messages": [ASK, assistant(text("So "))]}, "cannot end with trailing whitespace"),
    "five cache points": (
        {"messages": [user(*(cached(str(n)) for n in range(5)))]},
        "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ),
    "image that is none": ({"messages": [user(image("aGVsbG8="))]}, "Could not process image"),
    "image of another type": ({"messages": [user(image(png(9, 9), "image/gif"))]}, "appears to be a image/png image"),
    "image type not taken": (
        {"messages": [user(image(png(9, 9), "image/bmp"))]},
        "media_type: Input should be 'image/jpeg'",
    ),
    "image that is no base64": ({"messages": [user(image("%%%"))]}, "The data is not valid base64"),
    "image too large": ({"messages": [user(image(png(8001, 9)))]}, "exceed max allowed size: 8000 pixels"),
    "one of many images too large": (
        {"messages": [user(*(image(png(9, 2001)) for _ in range(21)))]},
        "exceed max allowed size for many-image requests: 2000 pixels",
    ),
    "image too large for a toolset": (
        {"messages": [user(image(png(2577, 9)))], "tools": [{"type": "computer_toolset_20260801"}]},
        "which a computer toolset does not scale down",
    ),
    "tool name": ({"tools": [tool(name="a b")]}, "tools.0.custom.name: String should match pattern"),
    "tool without schema": ({"tools": [{"name": "a"}]}, "tools.0.custom.input_schema: Field required"),
    "schema without type": ({"tools": [tool(input_schema={})]}, "tools.0.custom.input_schema.type: Field required"),
    "schema of a text": (
        {"tools": [tool(input_schema={"type": "string"})]},
        "input_schema.type: Input should be 'object'",
    ),
    "union at the top": (
        {"tools": [tool(input_schema={"type": "object", "anyOf": []})]},
        "does not support oneOf, allOf, or anyOf at the top level",
    ),
    "two tools of a name": ({"tools": [tool(), tool()]}, "tools: Tool names must be unique."),
    "a tool named as the toolset": (
        {"tools": [tool(name="computer"), {"type": "computer_toolset_20260801"}]},
        "tools: Tool names must be unique.",
    ),
    "unknown tool type": ({"tools": [{"type": "teleport_20260101", "name": "x"}]}, "Input tag 'teleport_20260101'"),
    "computer tool without its beta": (
        {"tools": [{"type": "computer_20250124", "name": "computer", "display_width_px": 9, "display_height_px": 9}]},
        "Input tag 'computer_20250124'",
    ),
    "toolset with a display": (
        {"tools": [{"type": "computer_toolset_20260801", "display_width_px": 9}]},
        "display_width_px: Extra inputs are not permitted",
    ),
    "choice without tools": (
        {"tools": None, "tool_choice": {"type": "any"}},
        "may only be specified while providing tools",
    ),
    "choice of a stranger": ({"tool_choice": {"type": "tool", "name": "x"}}, "Tool 'x' not found in provided tools"),
    "unknown choice": ({"tool_choice": {"type": "required"}}, "Input tag 'required'"),
    "small budget": (
        {"model": "claude-sonnet-5", "thinking": {"type": "enabled", "budget_tokens": 1000}},
        "greater than or equal to 1024",
    ),
    "budget over max_tokens": (
        {"model": "claude-sonnet-5", "thinking": {"type": "enabled", "budget_tokens": 5000}},
        "`max_tokens` must be greater than `thinking.budget_tokens`",
    ),
    "thinking and a forced tool": (
        {
            "model": "claude-sonnet-5",
            "max_tokens": 9000,
            "thinking": {"type": "enabled", "budget_tokens": 5000},
            "tool_choice": {"type": "any"},
        },
        "Thinking may not be enabled when tool_choice forces tool use.",
    ),
    "enabled thinking of a new model": (
        {"max_tokens": 9000, "thinking": {"type": "enabled", "budget_tokens": 5000}},
        "`enabled` is not supported by this model",
    ),
    "no thinking for a model that must": (
        {"model": "claude-opus-5-5", "thinking": {"type": "disabled"}},
        "does not support disabling thinking",
    ),
    "forced tool of a model that refuses": (
        {"model": "claude-opus-5-5", "tool_choice": {"type": "any"}},
        "does not support forcing tool use",
    ),
    "open output schema": (
        {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}},
        "'additionalProperties' must be explicitly set to false",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_request_is_refused_in_anthropics_words(
    server: ScriptedProvider, client: httpx.Client, case: str
) -> None:
    changes, words = REFUSED[case]
    answer = ask(client, server, "anthropic", **changes)
    assert answer.status_code == 400
    body = answer.json()
    assert body["type"] == "error"
    assert body["error"]["type"] == "invalid_request_error"
    assert words in body["error"]["message"]
    assert body["request_id"] == answer.headers["request-id"]


ACCEPTED: dict[str, dict[str, Any]] = {
    "a string": {"messages": [{"role": "user", "content": "x"}]},
    "cache warming": {"max_tokens": 0},
    "neighbours of one role": {"messages": [ASK, ASK, assistant(text("x")), assistant(text("y")), ASK]},
    "a prefill": {"messages": [ASK, assistant(text("So"))]},
    "an empty last assistant": {"messages": [ASK, {"role": "assistant", "content": ""}]},
    "a system message between": {"messages": [ASK, {"role": "system", "content": "Be kind."}, ASK]},
    "results of two messages": {
        "messages": [ASK, assistant(use("a"), use("b")), user(result("a")), user(result("b"), text("go"))]
    },
    "a result with an image": {
        "messages": [ASK, assistant(use()), user(result(content=[text("x"), image(png(9, 9))]))]
    },
    "an error": {"messages": [ASK, assistant(use()), user(result(is_error=True, content="no"))]},
    "an echoed toolset": {
        "messages": [ASK, assistant(use(toolset_name="computer")), user(result(toolset_name="computer"))],
        "tools": [{"type": "computer_toolset_20260801"}],
    },
    "its own thought": {
        "messages": [ASK, assistant({"type": "thinking", "thinking": "hm", "signature": seal("hm")}, text("x")), ASK]
    },
    "a redacted thought": {"messages": [ASK, assistant({"type": "redacted_thinking", "data": "x"}, text("x")), ASK]},
    "twenty large images": {"messages": [user(*(image(png(9, 8000)) for _ in range(20)))]},
    "four cache points": {"messages": [user(*(cached(str(n)) for n in range(4)))]},
    "an image by address": {
        "messages": [user({"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}})]
    },
    "adaptive thinking": {"thinking": {"type": "adaptive"}},
    "server tools": {"tools": [{"type": "web_search_20260318", "name": "web_search"}]},
    "nothing but nulls": {"tool_choice": {"type": "none"}, "metadata": {"user_id": None}},
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_a_good_request_is_not_refused(server: ScriptedProvider, client: httpx.Client, case: str) -> None:
    answer = ask(client, server, "anthropic", **ACCEPTED[case])
    assert "error" not in answer.json() or "no step" in answer.json()["error"]["message"], answer.text


def test_the_older_version_still_samples(server: ScriptedProvider, client: httpx.Client) -> None:
    url = server.base_url("anthropic") + "/v1/messages"
    older = {**headers(server, "anthropic"), "anthropic-version": "2023-06-01"}
    body = {**DOORS["anthropic"].body, "temperature": 0.5, "top_k": 3}
    assert client.post(url, headers=older, json=body).status_code == 200
    assert client.post(url, headers=older, json={**body, "temperature": 1.5}).status_code == 400


@pytest.mark.parametrize(
    ("beta", "status"),
    [("context-management-2025-06-27", 200), ("x, compact-2026-01-12", 200), ("computer-use-2025-11-24", 400)],
)
def test_a_key_is_unlocked_by_its_own_beta(
    server: ScriptedProvider, client: httpx.Client, beta: str, status: int
) -> None:
    url = server.base_url("anthropic") + "/v1/messages"
    body = {**DOORS["anthropic"].body, "context_management": {"edits": []}}
    answer = client.post(url, headers={**headers(server, "anthropic"), "anthropic-beta": beta}, json=body)
    assert answer.status_code == status


def test_a_version_is_required_and_known(server: ScriptedProvider, client: httpx.Client) -> None:
    url = server.base_url("anthropic") + "/v1/messages"
    key = {"x-api-key": server.keys.anthropic}
    missing = client.post(url, headers=key, json=dict(DOORS["anthropic"].body))
    assert missing.json()["error"]["message"] == "anthropic-version: header is required"
    unknown = client.post(url, headers={**key, "anthropic-version": "2020-01-01"}, json=dict(DOORS["anthropic"].body))
    assert "is not a valid version" in unknown.json()["error"]["message"]


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("bedrock", {"anthropic_version": None}, "anthropic_version: Field required"),
        ("bedrock", {"anthropic_version": "2023-06-01"}, "is not a valid version"),
        ("bedrock", {"model": "x"}, "model: Extra inputs are not permitted"),
        ("bedrock", {"stream": True}, "stream: Extra inputs are not permitted"),
        ("bedrock", {"tools": [{"type": "computer_toolset_20260801"}]}, "is not available on this platform"),
        (
            "bedrock",
            {"messages": [user({"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}})]},
            "URL sources are not supported",
        ),
        ("vertex", {"anthropic_version": None}, "anthropic_version: Field required"),
        ("vertex", {"model": "x"}, "model: Extra inputs are not permitted"),
        ("legacyuse", {"stream": True}, "stream: streaming is not supported"),
        ("legacyuse", {"anthropic_version": "2026-10-21"}, "anthropic_version: Extra inputs are not permitted"),
    ],
)
def test_each_host_has_an_envelope_of_its_own(
    server: ScriptedProvider, client: httpx.Client, name: str, changes: dict[str, Any], words: str
) -> None:
    answer = ask(client, server, name, **changes)
    assert answer.status_code == 400
    assert words in answer.text
    shapes = {"bedrock": "message", "vertex": "type", "legacyuse": "error"}
    assert shapes[name] in answer.json()


def test_a_model_can_refuse_prefill(client: httpx.Client) -> None:
    with ScriptedProvider.running(SCENARIO, settings=Settings(prefill=False)) as server:
        answer = ask(client, server, "anthropic", messages=[ASK, assistant(text("So"))])
    assert "does not support assistant message prefill" in answer.json()["error"]["message"]


def test_an_image_may_have_so_many_bytes(client: httpx.Client) -> None:
    settings = Settings(limits={"anthropic": Limits(image_bytes=1024 * 1024, images=2)})
    with ScriptedProvider.running(SCENARIO, settings=settings) as server:
        data = png(9, 9).rstrip("=") + "A" * 1024 * 1024
        assert "image exceeds 1 MB maximum" in ask(client, server, "anthropic", messages=[user(image(data))]).text
        three = [user(*(image(png(9, 9)) for _ in range(3)))]
        assert "at most 2 images" in ask(client, server, "anthropic", messages=three).text


def test_a_body_may_have_so_many_bytes(client: httpx.Client) -> None:
    settings = Settings(limits={"anthropic": Limits(request_bytes=6000)})
    with ScriptedProvider.running(SCENARIO, settings=settings) as server:
        answer = ask(client, server, "anthropic", messages=[{"role": "user", "content": BIG}])
    assert answer.status_code == 413
    assert answer.json()["error"]["type"] == "request_too_large"


def test_a_scripted_signature_is_known_again(client: httpx.Client) -> None:
    thought = Thinking(text="Hm.", signature="c2NyaXB0ZWQ=")
    scenario = Scenario(steps=(Step(reply=Reply(parts=(thought,))),), otherwise=Reply())
    history = [ASK, assistant({"type": "thinking", "thinking": "Hm.", "signature": "c2NyaXB0ZWQ="}, text("x")), ASK]
    with ScriptedProvider.running(scenario) as server:
        assert ask(client, server, "anthropic", messages=history).status_code == 200
    with ScriptedProvider.running(SCENARIO) as server:
        assert ask(client, server, "anthropic", messages=history).status_code == 400
    with ScriptedProvider.running(SCENARIO, settings=Settings(check_signatures=False)) as server:
        assert ask(client, server, "anthropic", messages=history).status_code == 200


def test_what_a_scripted_document_signs_is_known_again(client: httpx.Client) -> None:
    block = {"type": "thinking", "thinking": "Hm.", "signature": "ZG9jdW1lbnQ="}
    document = {"id": "msg_1", "type": "message", "role": "assistant", "content": [block]}
    scenario = Scenario(steps=[Reply(documents={"anthropic": document})], otherwise=Reply())
    with ScriptedProvider.running(scenario) as server:
        said = ask(client, server, "anthropic").json()["content"]
        assert ask(client, server, "anthropic", messages=[ASK, assistant(*said, text("x")), ASK]).status_code == 200


def test_without_validation_only_the_door_is_guarded(client: httpx.Client) -> None:
    with ScriptedProvider.running(Scenario(otherwise=Reply()), settings=Settings(validate=False)) as server:
        assert ask(client, server, "anthropic", messages=17, foo=1).status_code == 200
        url = server.base_url("anthropic") + "/v1/messages"
        assert client.post(url, content=json.dumps({})).status_code == 401
