"""What OpenAI's two wires and a UI-TARS server refuse, and in which words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from tests.transport.scripted.kit import ASK, CHAT_TOOL, RESPONSES_TOOL, SCENARIO, ask, png

from polyloop.transport.scripted import Reply, Scenario, ScriptedProvider, Settings
from polyloop.transport.scripted.minting import encrypt


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedProvider]:
    with ScriptedProvider.running(Scenario(steps=SCENARIO.steps, otherwise=Reply())) as running:
        yield running


def calls(*ids: str, name: str = "lookup") -> dict[str, Any]:
    listed = [{"id": id, "type": "function", "function": {"name": name, "arguments": "{}"}} for id in ids]
    return {"role": "assistant", "content": None, "tool_calls": listed}


def tool(id: str, content: Any = "ok") -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": id, "content": content}


def picture(url: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}}


def function(**more: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "lookup", **more}}


OPEN = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
INLINE = "data:image/png;base64," + png(9, 9)

CHAT: dict[str, tuple[dict[str, Any], str, str | None, str | None]] = {
    "no model": ({"model": None}, "you must provide a model parameter", None, None),
    "no messages": (
        {"messages": None},
        "Missing required parameter: 'messages'.",
        "messages",
        "missing_required_parameter",
    ),
    "empty messages": ({"messages": []}, "Invalid 'messages': empty array.", "messages", "empty_array"),
    "unknown key": ({"foo": 1}, "Unknown parameter: 'foo'.", "foo", "unknown_parameter"),
    "wrong type": (
        {"max_completion_tokens": "9"},
        "expected an integer, but got a string",
        "max_completion_tokens",
        "invalid_type",
    ),
    "unknown role": (
        {"messages": [{"role": "robot", "content": "x"}]},
        "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.",
        "messages[0].role",
        "invalid_value",
    ),
    "no role": (
        {"messages": [{"content": "x"}]},
        "'messages[0].role'",
        "messages[0].role",
        "missing_required_parameter",
    ),
    "null content": (
        {"messages": [{"role": "user", "content": None}]},
        "Invalid type for 'messages[0].content': expected a string or an array, but got null instead.",
        "messages[0].content",
        "invalid_type",
    ),
    "part without type": (
        {"messages": [{"role": "user", "content": [{"text": "x"}]}]},
        "Missing required parameter: 'messages[0].content[0].type'.",
        "messages[0].content[0].type",
        "missing_required_parameter",
    ),
    "image of a tool": (
        {"messages": [ASK, calls("a"), tool("a", [picture(INLINE)])]},
        "Invalid value: 'image_url'. Supported values are: 'text'.",
        "messages[2].content[0].type",
        "invalid_value",
    ),
    "silent assistant": (
        {"messages": [{"role": "assistant"}]},
        "expected a string, got null",
        "messages[0].content",
        None,
    ),
    "empty calls": (
        {"messages": [{"role": "assistant", "content": "x", "tool_calls": []}]},
        "empty array",
        "messages[0].tool_calls",
        "empty_array",
    ),
    "unanswered call": (
        {"messages": [ASK, calls("a", "b"), tool("b"), ASK]},
        "The following tool_call_ids did not have response messages: a",
        "messages",
        None,
    ),
    "unanswered last call": ({"messages": [ASK, calls("a")]}, "must be followed by tool messages", "messages", None),
    "orphan result": (
        {"messages": [ASK, tool("a")]},
        "must be a response to a preceeding message with 'tool_calls'",
        "messages.[1].role",
        None,
    ),
    "the same result twice": (
        {"messages": [ASK, calls("a"), tool("a"), tool("a")]},
        "must be a response to a preceeding message",
        "messages.[3].role",
        None,
    ),
    "long call id": (
        {"messages": [ASK, calls("c" * 41), tool("c" * 41)]},
        "maximum length 40, but got a string with length 41",
        "messages[1].tool_calls[0].id",
        "string_above_max_length",
    ),
    "arguments as an object": (
        {
            "messages": [
                ASK,
                {
                    "role": "assistant",
                    "tool_calls": [{"id": "a", "type": "function", "function": {"name": "x", "arguments": {}}}],
                },
            ]
        },
        "expected a string, but got an object",
        "messages[1].tool_calls[0].function.arguments",
        "invalid_type",
    ),
    "tool name": (
        {"tools": [{"type": "function", "function": {"name": "a b"}}]},
        "string does not match pattern",
        "tools[0].function.name",
        "invalid_value",
    ),
    "long tool name": (
        {"tools": [{"type": "function", "function": {"name": "a" * 65}}]},
        "maximum length 64",
        "tools[0].function.name",
        "string_above_max_length",
    ),
    "no tools": ({"tools": []}, "Invalid 'tools': empty array.", "tools", "empty_array"),
    "unknown tool": ({"tools": [{"type": "computer"}]}, "Invalid value: 'computer'", "tools[0].type", "invalid_value"),
    "choice without tools": (
        {"tools": None, "tool_choice": "auto"},
        "only allowed when 'tools' are specified",
        "tool_choice",
        None,
    ),
    "schema of a text": (
        {"tools": [function(parameters={"type": "string"})]},
        "schema must be a JSON Schema of 'type: \"object\"'",
        "tools[0].function.parameters",
        "invalid_function_parameters",
    ),
    "strict and open": (
        {"tools": [function(parameters=OPEN, strict=True)]},
        "In context=(), 'additionalProperties' is required to be supplied and to be false.",
        "tools[0].function.parameters",
        "invalid_function_parameters",
    ),
    "strict and optional": (
        {
            "tools": [
                function(
                    strict=True,
                    parameters={
                        "type": "object",
                        "properties": {"a": {"type": "object", "properties": {"b": {}}, "additionalProperties": False}},
                        "required": ["a"],
                        "additionalProperties": False,
                    },
                )
            ]
        },
        "In context=('properties', 'a'), 'required' is required to be supplied",
        "tools[0].function.parameters",
        "invalid_function_parameters",
    ),
    "stream options alone": (
        {"stream_options": {"include_usage": True}},
        "only allowed when 'stream' is enabled",
        "stream_options",
        None,
    ),
    "hot": (
        {"model": "gpt-4.1", "temperature": 2.5},
        "Expected a value <= 2, but got 2.5",
        "temperature",
        "decimal_above_max_value",
    ),
    "cold": (
        {"model": "gpt-4.1", "temperature": -1},
        "Expected a value >= 0",
        "temperature",
        "decimal_below_min_value",
    ),
    "temperature of a reasoning model": (
        {"temperature": 0},
        "Unsupported parameter: 'temperature'",
        "temperature",
        "unsupported_parameter",
    ),
    "max_tokens of a reasoning model": (
        {"max_tokens": 9},
        "Use 'max_completion_tokens' instead.",
        "max_tokens",
        "unsupported_parameter",
    ),
    "stop of a reasoning model": ({"stop": ["x"]}, "Unsupported parameter: 'stop'", "stop", "unsupported_parameter"),
    "unknown format": (
        {"response_format": {"type": "xml"}},
        "Invalid value: 'xml'",
        "response_format.type",
        "invalid_value",
    ),
    "image that is none": (
        {"messages": [{"role": "user", "content": [picture("data:image/png;base64,aGVsbG8=")]}]},
        "You uploaded an unsupported image.",
        "messages[0].content[0].image_url.url",
        "invalid_image_format",
    ),
    "a message that is a text": (
        {"messages": ["x"]},
        "Invalid type for 'messages[0]': expected an object, but got a string instead.",
        "messages[0]",
        "invalid_type",
    ),
    "call without type": (
        {"messages": [{"role": "assistant", "tool_calls": [{"id": "a"}]}]},
        "Missing required parameter: 'messages[0].tool_calls[0].type'.",
        "messages[0].tool_calls[0].type",
        "missing_required_parameter",
    ),
    "unknown call": (
        {"messages": [{"role": "assistant", "tool_calls": [{"id": "a", "type": "computer"}]}]},
        "Invalid value: 'computer'. Supported values are: 'function', and 'custom'.",
        "messages[0].tool_calls[0].type",
        "invalid_value",
    ),
    "tool without type": ({"tools": [{}]}, "'tools[0].type'", "tools[0].type", "missing_required_parameter"),
    "parallel without tools": (
        {"tools": None, "parallel_tool_calls": True},
        "only allowed when 'tools' are specified",
        "parallel_tool_calls",
        None,
    ),
    "logprobs of a reasoning model": (
        {"logprobs": True},
        "Unsupported parameter: 'logprobs'",
        "logprobs",
        "unsupported_parameter",
    ),
    "two limits": (
        {"model": "gpt-4.1", "max_tokens": 1, "max_completion_tokens": 1},
        "at the same time is not supported",
        "max_tokens",
        None,
    ),
    "no address": (
        {"messages": [{"role": "user", "content": [picture("file:///etc/x")]}]},
        "Expected a valid URL",
        "messages[0].content[0].image_url.url",
        "invalid_image_url",
    ),
}


def _refused(answer: httpx.Response, words: str, param: str | None, code: str | None) -> None:
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert words in error["message"]
    assert (error["type"], error["param"], error["code"]) == ("invalid_request_error", param, code)


@pytest.mark.parametrize("case", CHAT)
def test_a_bad_completion_is_refused_in_openais_words(
    server: ScriptedProvider, client: httpx.Client, case: str
) -> None:
    changes, words, param, code = CHAT[case]
    _refused(ask(client, server, "openai-chat", **changes), words, param, code)


@pytest.mark.parametrize(
    "changes",
    [
        {"messages": [ASK, calls("a", "b"), tool("b"), tool("a"), ASK]},
        {"messages": [{"role": "developer", "content": "Be kind."}, {"role": "user", "content": [picture(INLINE)]}]},
        {"messages": [{**ASK, "unknown": 1}]},  # below the top unknown keys are ignored (recorded)
        {"model": "gpt-5.4", "temperature": 0},  # reasons only when asked to (recorded)
        {"reasoning_effort": "none", "temperature": 0},
        {"model": "gpt-4.1", "max_tokens": 9, "stop": "x", "temperature": 2},
        {"tools": [CHAT_TOOL, {"type": "custom", "custom": {"name": "free"}}], "tool_choice": "required"},
        {"response_format": None, "tool_choice": None},
    ],
)
def test_a_good_completion_is_not_refused(
    server: ScriptedProvider, client: httpx.Client, changes: dict[str, Any]
) -> None:
    assert ask(client, server, "openai-chat", **changes).status_code == 200


def call(id: str = "call_1", **more: Any) -> dict[str, Any]:
    return {"type": "function_call", "call_id": id, "name": "lookup", "arguments": "{}", **more}


def output(id: str = "call_1", value: Any = "ok", **more: Any) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": id, "output": value, **more}


def thought(**more: Any) -> dict[str, Any]:
    return {"type": "reasoning", "id": "rs_1", "summary": [], **more}


SAID = {
    "type": "message",
    "id": "msg_1",
    "role": "assistant",
    "status": "completed",
    "content": [{"type": "output_text", "text": "x"}],
}
SCREEN = {
    "type": "computer_call_output",
    "call_id": "call_1",
    "output": {"type": "computer_screenshot", "image_url": INLINE},
}
CLICKED = {
    "type": "computer_call",
    "id": "cu_1",
    "call_id": "call_1",
    "status": "completed",
    "actions": [{"type": "click", "button": "left", "x": 1, "y": 2}],
}

RESPONSES: dict[str, tuple[dict[str, Any], str, str | None, str | None]] = {
    "no model": ({"model": None}, "Missing required parameter: 'model'.", "model", "missing_required_parameter"),
    "no input": ({"input": None}, "Missing required parameter: 'input'.", "input", "missing_required_parameter"),
    "unknown key": ({"messages": []}, "Unknown parameter: 'messages'.", "messages", "unknown_parameter"),
    "unknown item": ({"input": [{"type": "teleport"}]}, "Invalid value: 'teleport'", "input[0].type", "invalid_value"),
    "unknown item key": (
        {"input": [{**call(), "parsed_arguments": None}, output()]},
        "Unknown parameter: 'input[0].parsed_arguments'.",
        "input[0].parsed_arguments",
        "unknown_parameter",
    ),
    "unknown role": (
        {"input": [{"role": "tool", "content": "x"}]},
        "Invalid value: 'tool'",
        "input[0].role",
        "invalid_value",
    ),
    "input text of an assistant": (
        {"input": [{"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}]},
        "Invalid value: 'input_text'. Supported values are: 'output_text', and 'refusal'.",
        "input[0].content[0]",
        "invalid_value",
    ),
    "chat part": (
        {"input": [{"role": "user", "content": [{"type": "text", "text": "x"}]}]},
        "Invalid value: 'text'",
        "input[0].content[0]",
        "invalid_value",
    ),
    "unanswered call": ({"input": [call()]}, "No tool output found for function call call_1.", "input", None),
    "orphan output": (
        {"input": [output()]},
        "No tool call found for function call output with call_id call_1.",
        "input",
        None,
    ),
    "output of another kind": (
        {"input": [call(), {"type": "custom_tool_call_output", "call_id": "call_1", "output": "x"}]},
        "No tool call found for custom tool call output",
        "input",
        None,
    ),
    "unanswered computer call": ({"input": [CLICKED]}, "No tool output found for computer call call_1.", "input", None),
    "computer call with both": (
        {"input": [{**CLICKED, "action": {"type": "wait"}}, SCREEN]},
        "Exactly one of 'input[0].action' and 'input[0].actions' is required.",
        "input[0]",
        None,
    ),
    "unknown action": (
        {"input": [{**CLICKED, "actions": [{"type": "triple_click"}]}, SCREEN]},
        "Invalid value: 'triple_click'",
        "input[0].actions[0].type",
        "invalid_value",
    ),
    "screen without picture": (
        {"input": [CLICKED, {**SCREEN, "output": {"type": "computer_screenshot"}}]},
        "Missing required parameter: 'input[1].output.image_url'.",
        "input[1].output.image_url",
        "missing_required_parameter",
    ),
    "foreign item id": (
        {"input": [{**call(), "id": "toolu_1"}, output()]},
        "Expected an ID that begins with 'fc'.",
        "input[0].id",
        "invalid_value",
    ),
    "long call id": (
        {"input": [call("c" * 65), output("c" * 65)]},
        "maximum length 64",
        "input[0].call_id",
        "string_above_max_length",
    ),
    "lonely thought": ({"input": [thought()]}, "without its required following item", "input", None),
    "thought before a copy": (
        {"input": [thought(), {"role": "assistant", "content": "x"}]},
        "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
        "input",
        None,
    ),
    "foreign thought": (
        {"input": [thought(encrypted_content="gAAAAforeign"), SAID]},
        "The encrypted content for item rs_1 could not be verified.",
        None,
        "invalid_encrypted_content",
    ),
    "an item that is a text": ({"input": ["x"]}, "expected an object", "input[0]", "invalid_type"),
    "part without type": (
        {"input": [{"role": "user", "content": [{"text": "x"}]}]},
        "Missing required parameter: 'input[0].content[0].type'.",
        "input[0].content[0].type",
        "missing_required_parameter",
    ),
    "long item id": (
        {"input": [{**call(), "id": "fc_" + "a" * 62}, output()]},
        "maximum length 64, but got a string with length 65",
        "input[0].id",
        "string_above_max_length",
    ),
    "empty call id": ({"input": [call(""), output("")]}, "empty string", "input[0].call_id", "empty_string"),
    "two continuations": (
        {"previous_response_id": "resp_t0000abc", "conversation": "conv_1"},
        "Mutually exclusive parameters",
        "previous_response_id",
        "mutually_exclusive_parameters",
    ),
    "tool without type": ({"tools": [{"name": "x"}]}, "'tools[0].type'", "tools[0].type", "missing_required_parameter"),
    "unknown previous response": (
        {"previous_response_id": "resp_x"},
        "Previous response with id 'resp_x' not found.",
        "previous_response_id",
        "previous_response_not_found",
    ),
    "nested tool": (
        {"tools": [CHAT_TOOL]},
        "Missing required parameter: 'tools[0].name'.",
        "tools[0].name",
        "missing_required_parameter",
    ),
    "unknown tool": ({"tools": [{"type": "teleport"}]}, "Invalid value: 'teleport'", "tools[0].type", "invalid_value"),
    "temperature of a reasoning model": (
        {"temperature": 0},
        "Unsupported parameter: 'temperature'",
        "temperature",
        "unsupported_parameter",
    ),
    "logprobs of a reasoning model": (
        {"top_logprobs": 2},
        "logprobs are not supported with reasoning models.",
        "top_logprobs",
        "unsupported_parameter",
    ),
}


@pytest.mark.parametrize("case", RESPONSES)
def test_a_bad_response_request_is_refused_in_openais_words(
    server: ScriptedProvider, client: httpx.Client, case: str
) -> None:
    changes, words, param, code = RESPONSES[case]
    _refused(ask(client, server, "openai-responses", **changes), words, param, code)


@pytest.mark.parametrize(
    "changes",
    [
        {"input": [{"role": "user", "content": "x"}, call(), output()]},
        {"input": [call(), call("call_2"), output("call_2"), output(), {"role": "user", "content": "x"}]},
        {"input": [CLICKED, SCREEN], "tools": [{"type": "computer"}]},
        {"input": [thought(encrypted_content=encrypt("hm")), SAID]},
        {"input": [{"type": "reasoning", "summary": []}, {"role": "user", "content": "x"}]},  # a copy binds nothing
        {"input": [{"type": "item_reference", "id": "fc_1"}, output()]},
        {
            "input": [
                call(),
                output(value=[{"type": "input_text", "text": "x"}, {"type": "input_image", "image_url": INLINE}]),
            ]
        },
        {"model": "gpt-5.4-nano", "temperature": 0},
        {"tools": [RESPONSES_TOOL, {"type": "web_search"}, {"type": "custom", "name": "free"}]},
    ],
)
def test_a_good_response_request_is_not_refused(
    server: ScriptedProvider, client: httpx.Client, changes: dict[str, Any]
) -> None:
    answer = ask(client, server, "openai-responses", **changes)
    assert answer.status_code == 200, answer.text


UITARS: dict[str, tuple[dict[str, Any], str]] = {
    "tools": ({"tools": [CHAT_TOOL]}, "tool choice requires"),
    "a format": ({"response_format": {"type": "json_object"}}, "response_format is not supported"),
    "six images": (
        {"messages": [{"role": "user", "content": [picture(INLINE)]} for _ in range(6)]},
        "At most 5 image(s) may be provided in one request.",
    ),
    "no model": ({"model": None}, "('body', 'model')"),
    "no messages": ({"messages": []}, "list index out of range"),
    "wrong type": ({"temperature": "hot"}, "Input should be a valid number"),
    "a choice": ({"tool_choice": "auto"}, "When using `tool_choice`, `tools` must be set."),
    "stream options alone": ({"stream_options": {}}, "Stream options can only be defined when `stream=True`."),
    "null content": (
        {"messages": [{"role": "user", "content": None}]},
        "content should be a string or a list of parts",
    ),
    "image without address": (
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": INLINE}]}]},
        "image_url must be an object with a url",
    ),
    "image of another place": (
        {"messages": [{"role": "user", "content": [picture("ftp://x")]}]},
        "The URL must be either a HTTP, data or file URL.",
    ),
    "unknown role": ({"messages": [{"role": "developer", "content": "x"}]}, "Unexpected message role."),
    "unknown part": ({"messages": [{"role": "user", "content": [{"type": "video"}]}]}, "Unknown part type: video"),
    "image that is none": (
        {"messages": [{"role": "user", "content": [picture("data:image/png;base64,aGVsbG8=")]}]},
        "cannot identify image file",
    ),
    "no room": ({"max_tokens": 0}, "max_tokens must be at least 1"),
}


@pytest.mark.parametrize("case", UITARS)
def test_a_bad_uitars_request_is_refused_in_vllms_words(
    server: ScriptedProvider, client: httpx.Client, case: str
) -> None:
    changes, words = UITARS[case]
    answer = ask(client, server, "uitars", **changes)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["type"], error["code"]) == ("BadRequestError", 400)
    assert words in error["message"]


@pytest.mark.parametrize(
    "changes",
    [
        {"thinking": {"type": "disabled"}, "top_k": 3},  # vLLM ignores what it does not know
        {"messages": [{"role": "user", "content": [picture(INLINE)]} for _ in range(5)]},
    ],
)
def test_a_good_uitars_request_is_not_refused(
    server: ScriptedProvider, client: httpx.Client, changes: dict[str, Any]
) -> None:
    assert ask(client, server, "uitars", **changes).status_code == 200


def test_the_relative_space_is_thousandths(client: httpx.Client) -> None:
    from tests.transport.scripted.kit import CLICK

    message = {"role": "user", "content": [picture("data:image/png;base64," + png(200, 400))]}
    settings = Settings(uitars_space="relative")
    with ScriptedProvider.running(Scenario(otherwise=CLICK), settings=settings) as server:
        said = ask(client, server, "uitars", messages=[message]).json()["choices"][0]["message"]["content"]
    assert said == "Action: click(start_box='(500,500)')"
