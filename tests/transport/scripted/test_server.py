"""The server's life: many connections, kept ones, hostile ones, and a clean end whatever is open."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.transport.scripted.kit import DONE, DOORS, SCENARIO, ask, headers

from polyloop.translate.jsonvalue import Json
from polyloop.transport.scripted import (
    Reply,
    Rule,
    Scenario,
    ScenarioError,
    ScriptedProvider,
    Settings,
    Silence,
    Step,
    Text,
)
from polyloop.transport.scripted.exchange import Answer, admit, respond
from polyloop.transport.scripted.http1 import Request
from polyloop.transport.scripted.settings import Keys
from polyloop.transport.testing import StartScriptedProvider

CROWD = 1000


def raw_request(server: ScriptedProvider, name: str, *, close: bool = False) -> bytes:
    """A request as bytes."""
    door = DOORS[name]
    body = json.dumps(dict(door.body)).encode()
    lines = [f"POST /{door.provider if door.provider != 'openai' else 'openai/v1'}{door.path} HTTP/1.1", "host: x"]
    lines += [f"{key}: {value}" for key, value in headers(server, door.provider).items()]
    lines += [f"content-length: {len(body)}", *(["connection: close"] if close else [])]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture
def many_files() -> Iterator[None]:
    """Both ends of the crowd are in this process; the test is skipped where the system does not allow so many files."""
    resource = pytest.importorskip("resource", reason="the number of open files can not be asked for")
    needed = 2 * CROWD + 200
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        pytest.skip(f"the system allows {hard} open files, and {needed} are needed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_files")
def test_a_thousand_connections_are_open_at_once() -> None:
    async def crowd() -> None:
        fault = Silence()
        scenario = Scenario(otherwise=DONE)
        async with ScriptedProvider(scenario, faults=[Rule(fault=fault)]) as server:
            request = raw_request(server, "anthropic", close=True)
            address = server.url.removeprefix("http://").split(":")

            async def one() -> bytes:
                reader, writer = await asyncio.open_connection(address[0], int(address[1]))
                writer.write(request)
                answer = await reader.read()
                writer.close()
                await writer.wait_closed()
                return answer

            tasks = [asyncio.create_task(one()) for _ in range(CROWD)]
            assert await asyncio.to_thread(server.wait_for_requests, CROWD, 60)
            assert not any(task.done() for task in tasks)
            server.release()
            answers = await asyncio.gather(*tasks)
        assert {answer.partition(b"\r\n")[0] for answer in answers} == {b"HTTP/1.1 200 OK"}
        assert len({answer.partition(b"\r\n\r\n")[2] for answer in answers}) == 1

    asyncio.run(crowd())


def test_a_connection_is_kept_for_the_next_request() -> None:
    with ScriptedProvider.running(SCENARIO) as server, socket.create_connection(_address(server)) as connection:
        for name in ("anthropic", "openai-chat", "anthropic"):
            connection.sendall(raw_request(server, name))
            assert _read_answer(connection)["role" if name == "anthropic" else "choices"]
        assert len(server.requests) == 3


def test_pipelined_requests_are_answered_in_order() -> None:
    with ScriptedProvider.running(SCENARIO) as server, socket.create_connection(_address(server)) as connection:
        connection.sendall(raw_request(server, "anthropic") + raw_request(server, "openai-responses"))
        assert _read_answer(connection)["type"] == "message"
        assert _read_answer(connection)["object"] == "response"


def _address(server: ScriptedProvider) -> tuple[str, int]:
    host, _, port = server.url.removeprefix("http://").partition(":")
    return host, int(port)


def _read_answer(connection: socket.socket) -> Any:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += connection.recv(1)
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    body = b""
    while len(body) < length:
        body += connection.recv(length - len(body))
    return json.loads(body)


@pytest.mark.parametrize(
    "data", [b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET\r\n\r\n", b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n"]
)
def test_nonsense_gets_a_400_and_the_end_of_the_connection(data: bytes) -> None:
    with ScriptedProvider.running(SCENARIO) as server, socket.create_connection(_address(server)) as connection:
        connection.sendall(data)
        answer = b""
        while piece := connection.recv(1000):
            answer += piece
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert server.requests == []


def test_a_client_that_leaves_in_the_middle_harms_nobody(client: httpx.Client) -> None:
    with ScriptedProvider.running(SCENARIO) as server:
        for half in (b"", b"POST / HT", raw_request(server, "anthropic")[:-5]):
            with socket.create_connection(_address(server)) as connection:
                connection.sendall(half)
        assert ask(client, server, "anthropic").status_code == 200
        assert len(server.requests) == 1


def test_leaving_ends_open_connections_and_leaks_nothing() -> None:
    with ScriptedProvider.running(SCENARIO, faults=[Rule(fault=Silence())]) as server:
        idle = socket.create_connection(_address(server))
        waiting = socket.create_connection(_address(server))
        waiting.sendall(raw_request(server, "anthropic"))
        assert server.reached().wait(10)
    for connection in (idle, waiting):
        assert connection.recv(10) == b""
        connection.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(_address(server))
    gc.collect()  # an unclosed socket would warn, and a warning is an error


def test_leaving_does_not_wait_for_a_client_that_reads_nothing() -> None:
    large = Reply(documents={"anthropic": {"content": "x" * 64_000_000}})
    with ScriptedProvider.running(Scenario(otherwise=large)) as server:
        connection = socket.create_connection(_address(server))
        connection.sendall(raw_request(server, "anthropic"))
        assert server.wait_for_requests(1, 30)
    connection.close()


def test_waiting_for_requests_gives_up_when_it_is_told() -> None:
    with ScriptedProvider.running(SCENARIO) as server:
        assert server.wait_for_requests(0)
        assert not server.wait_for_requests(1, 0.0)


def test_a_fault_of_the_server_itself_is_raised_at_its_end(client: httpx.Client) -> None:
    def use() -> None:
        with ScriptedProvider.running(SCENARIO, settings=Settings(clock=lambda: 1 / 0)) as server:
            claim = f"Credential={server.keys.aws_access_key}/20260101/us-east-1/bedrock/aws4_request"
            signed = f"AWS4-HMAC-SHA256 {claim}, SignedHeaders=host, Signature=00"
            with pytest.raises(httpx.RemoteProtocolError):
                client.post(server.url + "/bedrock/model/m/invoke", headers={"authorization": signed}, json={})

    with pytest.raises(ZeroDivisionError):
        use()


def test_a_taken_port_is_an_os_error() -> None:
    with ScriptedProvider.running(SCENARIO) as server:
        port = _address(server)[1]
        with pytest.raises(OSError, match="in use"), ScriptedProvider.running(SCENARIO, port=port):
            pass


def test_a_server_can_listen_on_a_chosen_port() -> None:
    with ScriptedProvider.running(SCENARIO) as server:
        port = _address(server)[1]
    with ScriptedProvider.running(SCENARIO, port=port) as again:
        assert _address(again)[1] == port


def test_a_request_without_a_step_is_a_500_and_fails_the_test(client: httpx.Client) -> None:
    answers = []

    def use() -> None:
        with ScriptedProvider.running(Scenario()) as server:
            answers.append(ask(client, server, "openai-chat"))

    with pytest.raises(ScenarioError, match="no step answers a openai-chat request of openai after 0 assistant turns"):
        use()
    assert answers[0].status_code == 500
    assert "no step answers" in answers[0].json()["error"]["message"]


def test_a_failing_test_is_not_hidden_behind_a_missing_step(client: httpx.Client) -> None:
    def use() -> None:
        with ScriptedProvider.running(Scenario()) as server:
            ask(client, server, "openai-chat")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        use()


def test_a_gate_of_a_server_that_does_not_run_can_not_be_opened() -> None:
    with pytest.raises(ScenarioError, match="not running"):
        ScriptedProvider(SCENARIO).release()


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    assert ScriptedProvider(SCENARIO, host="::1", port=80).url == "http://[::1]:80"


def test_the_fixture_starts_servers_that_end_with_the_test(
    scripted_provider: StartScriptedProvider, client: httpx.Client
) -> None:
    one = scripted_provider(Scenario(steps=(Step(reply=Reply(parts=(Text(text="one"),))),)))
    other = scripted_provider(Scenario(otherwise=Reply(parts=(Text(text="other"),))), settings=Settings(chunk_bytes=1))
    assert "one" in ask(client, one, "anthropic").text
    assert "other" in ask(client, other, "anthropic").text


def test_the_log_tells_secrets_only_by_their_digest(client: httpx.Client) -> None:
    with ScriptedProvider.running(SCENARIO) as server:
        ask(client, server, "anthropic")
        ask(client, server, "anthropic")
        ask(client, server, "vertex")
        one, two, three = server.requests
        assert server.keys.anthropic not in repr(server.requests)
        assert server.keys.vertex not in repr(server.requests)
    assert one.headers["x-api-key"] == two.headers["x-api-key"] != three.headers["authorization"]
    assert one.headers["x-api-key"].startswith("sha256:")
    assert one.body == {**DOORS["anthropic"].body}
    assert (one.method, one.path, one.query, one.status) == ("POST", "/anthropic/v1/messages", "", 200)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
keys_of_requests = st.sampled_from(
    ["messages", "input", "tools", "tool_choice", "system", "thinking", "max_tokens", "stream", "response_format", "reasoning",
     "previous_response_id", "stop", "stream_options", "model", "output_config", "temperature", "n", "include", "instructions"]
)  # fmt: skip
words = st.sampled_from(
    ["role", "content", "type", "text", "tool_use", "tool_result", "id", "tool_use_id", "image", "source", "function",
     "tool_calls", "function_call", "call_id", "output", "reasoning", "assistant", "user", "tool", "summary", "computer_call",
     "actions", "name", "input", "arguments", "image_url", "url", "input_image", "message", "thinking", "signature"]
)  # fmt: skip
shaped = st.recursive(
    st.none() | words | st.text(max_size=3) | st.integers(-2, 2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=5),
    max_leaves=15,
)


@given(name=st.sampled_from(sorted(DOORS)), changes=st.dictionaries(keys_of_requests, json_values | shaped, max_size=4))
def test_every_json_object_gets_an_answer(name: str, changes: dict[str, Json]) -> None:
    """The server never breaks on a request: whatever JSON comes is answered or refused, validated or not."""
    door = DOORS[name]
    base = {"openai": "/openai/v1", "uitars": "/uitars/v1", "vertex": "/vertex/v1"}.get(
        door.provider, f"/{door.provider}"
    )
    body = json.dumps({**door.body, **changes}).encode()
    keys = Keys()
    secret = getattr(keys, door.provider)
    credentials = (("authorization", f"Bearer {secret}"), ("x-api-key", secret), ("anthropic-version", "2026-10-21"))
    request = Request(method="POST", target=base + door.path, headers=credentials, body=body)
    for settings in (Settings(), Settings(validate=False)):
        call = admit(request, 1, keys, settings)
        answer = call if isinstance(call, Answer) else respond(call, Scenario(otherwise=DONE), settings)
        assert answer.status in (200, 400, 404)
        assert b"".join(answer.pieces)
