"""Every wire's turn over plain HTTP: what comes back, unstreamed and streamed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import pytest
from tests.transport.scripted import folding
from tests.transport.scripted.kit import DOORS, LOOK, SCENARIO, STREAMING, ask, eventstream, headers, sse

from polyloop.translate.jsonvalue import same_json
from polyloop.transport.scripted import Reply, Scenario, ScriptedProvider, Settings, Step, Text, ToolCall, When


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedProvider]:
    with ScriptedProvider.running(SCENARIO) as running:
        yield running


def _events(name: str, content: bytes) -> list[Any]:
    if name == "bedrock":
        return eventstream(content)
    events = sse(content)
    named = name in ("anthropic", "vertex", "openai-responses")
    assert all(data == "[DONE]" or event == (data["type"] if named else None) for event, data in events)
    return [data for _, data in events]


def _fold(name: str, content: bytes) -> dict[str, Any]:
    fold = {"openai-chat": folding.chat, "uitars": folding.chat, "openai-responses": folding.responses}
    return fold.get(name, folding.anthropic)(_events(name, content))


@pytest.mark.parametrize("name", DOORS)
def test_a_request_gets_the_step_of_its_turn(server: ScriptedProvider, client: httpx.Client, name: str) -> None:
    answer = ask(client, server, name)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    said = json.dumps(answer.json(), ensure_ascii=False)
    assert "Ich sehe nach … 👀" in said
    assert "lookup" in said
    logged = server.requests[-1]
    assert (logged.provider, logged.wire, logged.credential) == (DOORS[name].provider, DOORS[name].wire, "valid")


@pytest.mark.parametrize("name", STREAMING)
def test_a_stream_folds_to_the_unstreamed_document(server: ScriptedProvider, client: httpx.Client, name: str) -> None:
    whole = ask(client, server, name).json()
    answer = ask(client, server, name, streaming=True)
    assert answer.headers["transfer-encoding"] == "chunked"
    folded = _fold(name, answer.content)
    if name in ("openai-chat", "uitars"):  # what only a whole message says
        for choice in whole["choices"]:
            choice["message"].pop("annotations", None)
            del choice["logprobs"]
            if choice["message"].get("tool_calls") == []:
                del choice["message"]["tool_calls"]
        if "usage" not in folded:
            del whole["usage"]
    assert same_json(folded, whole, ordered=False)


@pytest.mark.parametrize("name", DOORS)
def test_the_same_request_gets_the_same_bytes(server: ScriptedProvider, client: httpx.Client, name: str) -> None:
    assert ask(client, server, name).content == ask(client, server, name).content


@pytest.mark.parametrize("name", STREAMING)
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_a_stream_has_the_same_bytes_however_it_is_cut(client: httpx.Client, name: str, size: int) -> None:
    settings = Settings(chunk_bytes=size)
    with ScriptedProvider.running(SCENARIO) as whole, ScriptedProvider.running(SCENARIO, settings=settings) as cut:
        assert ask(client, cut, name, streaming=True).content == ask(client, whole, name, streaming=True).content


def test_one_byte_at_a_time_reaches_the_client_as_such(client: httpx.Client) -> None:
    with ScriptedProvider.running(SCENARIO, settings=Settings(chunk_bytes=1)) as server:
        door = DOORS["openai-chat"]
        body = {**door.body, "stream": True}
        url = server.base_url("openai") + door.path
        with client.stream("POST", url, headers=headers(server, "openai"), json=body) as answer:
            assert {len(piece) for piece in answer.iter_raw()} == {1}


SPELLED: dict[str, tuple[bytes, bytes]] = {
    "crlf": (b"\n", b"\r\n"),
    "cr": (b"\n", b"\r"),
    "tight": (b"data: ", b"data:"),
    "commented": (b"event: message_stop", b": keep-alive\n\nevent: message_stop"),
}


@pytest.mark.parametrize("spelling", SPELLED)
def test_events_can_be_spelled_as_proxies_do(client: httpx.Client, spelling: Any) -> None:
    before, after = SPELLED[spelling]
    settings = Settings(sse=spelling)
    with ScriptedProvider.running(SCENARIO, settings=settings) as server, ScriptedProvider.running(SCENARIO) as plain:
        spelled = ask(client, server, "anthropic", streaming=True).content
        usual = ask(client, plain, "anthropic", streaming=True).content
        assert spelled != usual
        assert before not in spelled.replace(after, b"")
        with anthropic.Anthropic(
            api_key=server.keys.anthropic, base_url=server.base_url("anthropic"), max_retries=0
        ) as sdk:
            body: Any = {**DOORS["anthropic"].body}
            with sdk.messages.stream(**body) as stream:
                assert stream.get_final_message().stop_reason == "tool_use"


def test_a_paced_stream_says_the_same(client: httpx.Client) -> None:
    settings = Settings(pace_seconds=0.001)
    with ScriptedProvider.running(SCENARIO, settings=settings) as paced, ScriptedProvider.running(SCENARIO) as plain:
        assert (
            ask(client, paced, "anthropic", streaming=True).content
            == ask(client, plain, "anthropic", streaming=True).content
        )


def test_anthropic_streams_open_with_a_message_and_ping_once(server: ScriptedProvider, client: httpx.Client) -> None:
    kinds = [data["type"] for _, data in sse(ask(client, server, "anthropic", streaming=True).content)]
    assert kinds[0] == "message_start"
    assert kinds.count("ping") == 1
    assert kinds[-2:] == ["message_delta", "message_stop"]


def test_a_chat_stream_counts_only_when_asked(server: ScriptedProvider, client: httpx.Client) -> None:
    counted = sse(ask(client, server, "openai-chat", streaming=True).content)
    silent = sse(ask(client, server, "openai-chat", streaming=True, stream_options=None).content)
    assert counted[-2][1]["choices"] == []
    assert counted[-2][1]["usage"]["total_tokens"] > 0
    assert all("usage" not in data for _, data in silent[:-1])


def test_uitars_speaks_its_thought_and_then_its_action(server: ScriptedProvider, client: httpx.Client) -> None:
    message = ask(client, server, "uitars").json()["choices"][0]["message"]
    assert message["content"] == (
        "Thought: Where is the button? I look first. Ich sehe nach … 👀\n"
        'Action: lookup(json=\'{"query":"button","limit":2}\')'
    )


def test_each_host_marks_its_ids(server: ScriptedProvider, client: httpx.Client) -> None:
    starts = {name: ask(client, server, name).json()["id"][:11] for name in ("anthropic", "bedrock", "vertex")}
    assert starts["anthropic"].startswith("msg_01")
    assert starts["bedrock"] == "msg_bdrk_01"
    assert starts["vertex"] == "msg_vrtx_01"


@pytest.mark.parametrize("name", DOORS)
def test_a_document_can_be_scripted_word_for_word(client: httpx.Client, name: str) -> None:
    verbatim = {"id": "x", "anything": [1, 1.5, None], "content": []}
    reply = Reply(parts=LOOK.parts, documents={DOORS[name].wire: verbatim})  # type: ignore[dict-item]
    with ScriptedProvider.running(Scenario(steps=(Step(reply=reply),))) as server:
        assert same_json(ask(client, server, name).json(), verbatim)


def test_the_second_turn_follows_the_first_on_every_wire(server: ScriptedProvider, client: httpx.Client) -> None:
    for name, grow in _GROWN.items():
        first = ask(client, server, name).json()
        second = ask(client, server, name, **grow(first))
        assert second.status_code == 200, second.text
        assert "All is done." in second.text


def _grown_messages(message: dict[str, Any]) -> dict[str, Any]:
    (use,) = (block for block in message["content"] if block["type"] == "tool_use")
    result = {"type": "tool_result", "tool_use_id": use["id"], "content": "at 10, 20"}
    assistant = {"role": "assistant", "content": message["content"]}
    return {"messages": [DOORS["anthropic"].body["messages"][0], assistant, {"role": "user", "content": [result]}]}


def _grown_chat(completion: dict[str, Any]) -> dict[str, Any]:
    message = completion["choices"][0]["message"]
    assistant = {"role": "assistant", "content": message["content"], "tool_calls": message["tool_calls"]}
    tool = {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"], "content": "at 10, 20"}
    return {"messages": [*DOORS["openai-chat"].body["messages"], assistant, tool]}


def _grown_input(response: dict[str, Any]) -> dict[str, Any]:
    output = {"type": "function_call_output", "call_id": response["output"][-1]["call_id"], "output": "at 10, 20"}
    return {"input": [{"role": "user", "content": "Go on."}, *response["output"], output]}


def _grown_text(completion: dict[str, Any]) -> dict[str, Any]:
    said = {"role": "assistant", "content": completion["choices"][0]["message"]["content"]}
    return {"messages": [*DOORS["uitars"].body["messages"], said, {"role": "user", "content": "at 10, 20"}]}


_GROWN = {
    "anthropic": _grown_messages,
    "bedrock": _grown_messages,
    "vertex": _grown_messages,
    "legacyuse": _grown_messages,
    "openai-chat": _grown_chat,
    "openai-responses": _grown_input,
    "uitars": _grown_text,
}


def test_a_response_can_be_continued_by_its_id(server: ScriptedProvider, client: httpx.Client) -> None:
    first = ask(client, server, "openai-responses").json()
    output = {"type": "function_call_output", "call_id": first["output"][-1]["call_id"], "output": "at 10, 20"}
    second = ask(client, server, "openai-responses", input=[output], previous_response_id=first["id"])
    assert "All is done." in second.text
    assert second.json()["previous_response_id"] == first["id"]


def test_cut_off_arguments_reach_every_stream_as_sampled(client: httpx.Client) -> None:
    call = ToolCall(name="lookup", arguments_text='{"query": "but')
    scenario = Scenario(steps=(Step(reply=Reply(parts=(call,), stop="max_tokens")),))
    with ScriptedProvider.running(scenario) as server:
        for name in ("anthropic", "bedrock"):
            events = _events(name, ask(client, server, name, streaming=True).content)
            assert "".join(event.get("delta", {}).get("partial_json", "") for event in events) == '{"query": "but'
        chunks = _events("openai-chat", ask(client, server, "openai-chat", streaming=True).content)
        folded = folding.chat(chunks)["choices"][0]
        assert folded["message"]["tool_calls"][0]["function"]["arguments"] == '{"query": "but'
        assert folded["finish_reason"] == "length"
        events = _events("openai-responses", ask(client, server, "openai-responses", streaming=True).content)
        assert events[-1]["type"] == "response.incomplete"
        assert (
            "".join(event["delta"] for event in events if event["type"].endswith("arguments.delta")) == '{"query": "but'
        )
        message = ask(client, server, "anthropic").json()
        assert (message["stop_reason"], message["content"][0]["input"]) == ("max_tokens", {})
        response = ask(client, server, "openai-responses").json()
        assert response["status"] == "incomplete"
        assert response["incomplete_details"] == {"reason": "max_output_tokens"}
        assert response["output"][-1]["arguments"] == '{"query": "but'


def test_tokens_can_be_counted(server: ScriptedProvider, client: httpx.Client) -> None:
    body = {key: value for key, value in DOORS["anthropic"].body.items() if key != "max_tokens"}
    url = server.base_url("anthropic") + "/v1/messages/count_tokens"
    counted = client.post(url, headers=headers(server, "anthropic"), json=body)
    assert counted.json()["input_tokens"] > 0
    url = server.base_url("vertex") + "/projects/p/locations/l/publishers/anthropic/models/count-tokens:rawPredict"
    body |= {"anthropic_version": "2026-10-21"}
    assert client.post(url, headers=headers(server, "vertex"), json=body).json()["input_tokens"] > 0


@pytest.mark.parametrize("provider", ["anthropic", "openai", "uitars"])
def test_models_can_be_listed_and_looked_up(server: ScriptedProvider, client: httpx.Client, provider: Any) -> None:
    url = server.base_url(provider) + ("/v1/models" if provider == "anthropic" else "/models")
    listed = client.get(url, headers=headers(server, provider)).json()["data"]
    assert listed
    assert client.get(f"{url}/{listed[0]['id']}", headers=headers(server, provider)).json() == listed[0]
    assert client.get(f"{url}/unknown", headers=headers(server, provider)).status_code == 404


def test_a_provider_is_known_by_its_path_alone(server: ScriptedProvider, client: httpx.Client) -> None:
    paths = {
        "/v1/messages": "anthropic",
        "/v1/chat/completions": "openai",
        "/v1/responses": "openai",
        "/model/m/invoke": "bedrock",
        "/v1/projects/p/locations/l/publishers/anthropic/models/m:rawPredict": "vertex",
        "/create": "legacyuse",
    }
    for path, provider in paths.items():
        client.post(server.url + path, content=b"{}")
        assert server.requests[-1].provider == provider


def test_a_wire_can_have_steps_of_its_own(client: httpx.Client) -> None:
    steps = (
        Step(when=When(wire="uitars"), reply=Reply(uitars="Action: wait()")),
        Step(reply=Reply(parts=(Text(text="hello"),))),
    )
    with ScriptedProvider.running(Scenario(steps=steps)) as server:
        assert "Action: wait()" in ask(client, server, "uitars").text
        assert "hello" in ask(client, server, "anthropic").text
