"""Faults: what happens, to whom, and that everything else stays as it was."""

from __future__ import annotations

import asyncio
from typing import Any

import anthropic
import httpx
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.transport.scripted.kit import DONE, DOORS, SCENARIO, STREAMING, ask, eventstream, headers, sse

from polyloop.transport.scripted import (
    BreakBody,
    Duplicate,
    Fail,
    FailInStream,
    Fault,
    HangUp,
    HtmlPage,
    MalformedJson,
    Rule,
    Scenario,
    ScriptedProvider,
    Silence,
    Truncate,
    When,
    WrongContentType,
)
from polyloop.transport.scripted.facts import Facts
from polyloop.transport.scripted.faults import Schedule
from polyloop.transport.scripted.routes import Route

HELLO: Any = [{"role": "user", "content": "Go on."}]


def once(fault: Fault, scenario: Scenario = SCENARIO) -> Any:
    """A server on which the first request meets the fault."""
    return ScriptedProvider.running(scenario, faults=[Rule(fault=fault, nth=1)])


def drain(answer: httpx.Response, into: bytearray) -> None:
    for piece in answer.iter_raw():
        into += piece


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("name", DOORS)
def test_a_connection_ends_before_an_answer(client: httpx.Client, name: str, reset: bool) -> None:
    with once(HangUp(reset=reset)) as server:
        with pytest.raises(httpx.ReadError if reset else httpx.RemoteProtocolError):
            ask(client, server, name)
        assert ask(client, server, name).status_code == 200
        assert [logged.fault for logged in server.requests] == [HangUp(reset=reset), None]


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("streaming", [False, True])
def test_a_body_breaks_off_where_it_is_told(client: httpx.Client, reset: bool, streaming: bool) -> None:
    door = DOORS["openai-chat"]
    with once(BreakBody(after_bytes=25, reset=reset)) as server:
        url = server.base_url("openai") + door.path
        body = {**door.body, "stream": streaming}
        got = bytearray()
        with client.stream("POST", url, headers=headers(server, "openai"), json=body) as answer:
            assert answer.status_code == 200
            with pytest.raises(httpx.ReadError if reset else httpx.RemoteProtocolError):
                drain(answer, got)
        assert len(got) == 25
        assert ask(client, server, "openai-chat", streaming=streaming).content.startswith(got)


@pytest.mark.parametrize("name", STREAMING)
def test_an_error_stands_in_a_stream_of_status_200(client: httpx.Client, name: str) -> None:
    with once(FailInStream(kind="rate_limit", after_events=2)) as server:
        broken, whole = ask(client, server, name, streaming=True), ask(client, server, name, streaming=True)
    assert broken.status_code == 200
    if name == "bedrock":
        begun, last = eventstream(broken.content)[:2], eventstream(broken.content)[2:]
        assert begun == eventstream(whole.content)[:2]
        assert last == [
            {"exception": "throttlingException", "message": "Too many requests, please wait before trying again."}
        ]
        return
    begun, last = sse(broken.content)[:2], sse(broken.content)[2:]
    assert begun == sse(whole.content)[:2]
    event, data = last[0]
    match name:
        case "anthropic" | "vertex":
            assert event == data["type"] == "error"
            assert data["error"]["type"] == "rate_limit_error"
        case "openai-chat":
            assert data["error"]["code"] == "rate_limit_exceeded"
        case "openai-responses":
            assert (event, data["type"], data["code"], data["sequence_number"]) == (
                "error",
                "error",
                "rate_limit_exceeded",
                2,
            )
        case _:
            assert data["error"]["code"] == 429
            assert last[1] == (None, "[DONE]")


def test_a_response_can_fail_in_three_shapes(client: httpx.Client) -> None:
    found = {}
    for shape in ("flat", "nested", "failed"):
        with once(FailInStream(kind="server_error", shape=shape, after_events=4)) as server:
            event, found[shape] = sse(ask(client, server, "openai-responses", streaming=True).content)[-1]
            assert event == found[shape]["type"]
            assert found[shape]["sequence_number"] == 4
    assert found["flat"]["code"] == found["nested"]["error"]["code"] == "server_error"
    assert found["failed"]["response"]["status"] == "failed"
    assert found["failed"]["response"]["error"]["code"] == "server_error"


def test_the_sdks_raise_on_an_error_in_a_stream() -> None:
    with ScriptedProvider.running(SCENARIO, faults=[Rule(fault=FailInStream())]) as server:
        with (
            anthropic.Anthropic(
                api_key=server.keys.anthropic, base_url=server.base_url("anthropic"), max_retries=0
            ) as client,
            pytest.raises(anthropic.APIStatusError) as raised,
            client.messages.stream(model="m", max_tokens=9, messages=HELLO) as stream,
        ):
            stream.until_done()
        assert raised.value.status_code == 200
        assert raised.value.type == "overloaded_error"
        with (
            openai.OpenAI(api_key=server.keys.openai, base_url=server.base_url("openai"), max_retries=0) as other,
            pytest.raises(openai.APIError, match="Overloaded"),
        ):
            list(other.chat.completions.create(model="m", messages=HELLO, stream=True))


def test_bedrocks_exception_frame_is_an_exception_of_the_sdk() -> None:
    with ScriptedProvider.running(SCENARIO, faults=[Rule(fault=FailInStream(kind="rate_limit"))]) as server:
        with (
            anthropic.AnthropicBedrock(
                api_key=server.keys.bedrock, aws_region="us-east-1", base_url=server.base_url("bedrock"), max_retries=0
            ) as client,
            pytest.raises(anthropic.APIStatusError) as raised,
            client.messages.stream(model="m", max_tokens=9, messages=HELLO) as stream,
        ):
            stream.until_done()
        named: str | None = raised.value.type
        assert named == "throttlingException"


@pytest.mark.parametrize("name", STREAMING)
def test_a_truncated_stream_ends_well_but_says_no_end(client: httpx.Client, name: str) -> None:
    read = eventstream if name == "bedrock" else sse
    with once(Truncate(events=1)) as server:
        cut, whole = ask(client, server, name, streaming=True), ask(client, server, name, streaming=True)
    assert read(cut.content) == read(whole.content)[:-1]


def test_duplicated_events_come_twice(client: httpx.Client) -> None:
    with once(Duplicate(every=2)) as server:
        doubled, whole = (
            ask(client, server, "anthropic", streaming=True),
            ask(client, server, "anthropic", streaming=True),
        )
    expected = [event for place, event in enumerate(sse(whole.content), 1) for _ in range(2 if place % 2 == 0 else 1)]
    assert sse(doubled.content) == expected


@pytest.mark.parametrize("name", DOORS)
def test_json_can_break_off(client: httpx.Client, name: str) -> None:
    with once(MalformedJson()) as server:
        answer = ask(client, server, name)
        assert answer.status_code == 200
        with pytest.raises(ValueError, match=r"(Unterminated|Expecting)"):
            answer.json()


@pytest.mark.parametrize("name", STREAMING)
def test_json_can_break_off_in_a_stream(client: httpx.Client, name: str) -> None:
    read = eventstream if name == "bedrock" else sse
    with once(MalformedJson()) as server:
        with pytest.raises(ValueError, match=r"(Unterminated|Expecting)"):
            read(ask(client, server, name, streaming=True).content)
        assert read(ask(client, server, name, streaming=True).content)


@pytest.mark.parametrize("name", DOORS)
def test_a_proxy_answers_in_html(client: httpx.Client, name: str) -> None:
    with once(HtmlPage(status=503)) as server:
        answer = ask(client, server, name)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "text/html"
    assert answer.text.startswith("<html>")


def test_the_right_body_comes_under_a_wrong_name(client: httpx.Client) -> None:
    with once(WrongContentType()) as server:
        wrong, right = ask(client, server, "anthropic"), ask(client, server, "anthropic")
    assert wrong.headers["content-type"] == "text/plain; charset=utf-8"
    assert wrong.content == right.content


@pytest.mark.parametrize("after", [None, 0, 3])
def test_silence_lasts_until_it_is_released(after: int | None) -> None:
    async def talk() -> None:
        fault = Silence(after_events=after)
        async with (
            ScriptedProvider(SCENARIO, faults=[Rule(fault=fault, nth=1)]) as server,
            httpx.AsyncClient(timeout=None) as client,
        ):
            door = DOORS["anthropic"]
            sending = client.build_request(
                "POST",
                server.base_url("anthropic") + door.path,
                headers=headers(server, "anthropic"),
                json={**door.body, "stream": True},
            )
            waiting = asyncio.create_task(client.send(sending))
            await asyncio.to_thread(server.reached().wait)
            assert not waiting.done()
            server.release()
            answer = await waiting
            assert sse(answer.content)[-1][0] == "message_stop"

    asyncio.run(talk())


def test_a_silent_stream_runs_into_the_clients_clock(client: httpx.Client) -> None:
    with ScriptedProvider.running(SCENARIO, faults=[Rule(fault=Silence(after_events=2))]) as server:
        door = DOORS["anthropic"]
        url = server.base_url("anthropic") + door.path
        body = {**door.body, "stream": True}
        timeout = httpx.Timeout(None, read=0.05)
        got = bytearray()
        with (
            client.stream("POST", url, headers=headers(server, "anthropic"), json=body, timeout=timeout) as answer,
            pytest.raises(httpx.ReadTimeout),
        ):
            drain(answer, got)
        assert len(sse(bytes(got))) == 2


def test_pings_keep_a_silent_stream_alive(client: httpx.Client) -> None:
    fault = Silence(after_events=1, ping_seconds=0.001)
    with once(fault) as server:
        door = DOORS["anthropic"]
        url = server.base_url("anthropic") + door.path
        kinds: list[str] = []
        with client.stream(
            "POST", url, headers=headers(server, "anthropic"), json={**door.body, "stream": True}
        ) as answer:
            for line in answer.iter_lines():
                if line.startswith("event: "):
                    kinds.append(line.removeprefix("event: "))
                if kinds.count("ping") == 5:
                    server.release()
        assert kinds[:6] == ["message_start", *["ping"] * 5]
        assert kinds[-1] == "message_stop"


def test_closing_ends_a_silence(client: httpx.Client) -> None:
    with ScriptedProvider.running(SCENARIO, faults=[Rule(fault=Silence(after_events=1))]) as server:
        door = DOORS["openai-chat"]
        request = client.build_request(
            "POST",
            server.base_url("openai") + door.path,
            headers=headers(server, "openai"),
            json={**door.body, "stream": True},
        )
        answer = client.send(request, stream=True)
        assert server.reached().wait(10)
    with pytest.raises(httpx.RemoteProtocolError):
        answer.read()
    answer.close()


def test_a_port_can_refuse_for_a_while() -> None:
    async def talk() -> None:
        async with ScriptedProvider(SCENARIO) as server:
            door = DOORS["anthropic"]
            url = server.base_url("anthropic") + door.path
            async with server.refusing(), httpx.AsyncClient() as client:
                with pytest.raises(httpx.ConnectError):
                    await client.post(url, json={})
            async with httpx.AsyncClient() as client:
                answer = await client.post(url, headers=headers(server, "anthropic"), json=dict(door.body))
                assert answer.status_code == 200

    asyncio.run(talk())


def test_the_sdk_retries_what_was_scripted_to_fail() -> None:
    faults = [Rule(fault=Fail(kind="overloaded", retry_after=0.001), nth=(1, 2))]
    with ScriptedProvider.running(Scenario(otherwise=DONE), faults=faults) as server:
        with anthropic.Anthropic(
            api_key=server.keys.anthropic, base_url=server.base_url("anthropic"), max_retries=2
        ) as client:
            message = client.messages.create(model="m", max_tokens=9, messages=HELLO)
        assert message.stop_reason == "end_turn"
        assert [type(logged.fault).__name__ for logged in server.requests] == ["Fail", "Fail", "NoneType"]
        assert [logged.headers["x-stainless-retry-count"] for logged in server.requests] == ["0", "1", "2"]


PLACE = Route(provider="openai", wire="openai-chat", operation="create")
FACTS = Facts(model="m", turns=0)


def _strikes(rules: list[Rule], count: int, seed: int = 0, streaming: bool = True) -> list[Fault | None]:
    schedule = Schedule(rules, seed)
    return [schedule.next(PLACE, FACTS, SCENARIO, streaming) for _ in range(count)]


@given(rate=st.floats(0, 1), seed=st.integers(), more=st.integers(0, 3))
def test_chance_depends_on_nothing_but_seed_rule_and_count(rate: float, seed: int, more: int) -> None:
    """The faults of a rule are the same whatever rules stand behind it, and on every run."""
    rule = Rule(fault=HangUp(), rate=rate)
    alone = _strikes([rule], 30, seed)
    behind = [Rule(fault=HtmlPage(), nth=99)] * more
    assert _strikes([rule, *behind], 30, seed) == alone


def test_a_rate_is_about_that_share_of_requests() -> None:
    struck = sum(fault is not None for fault in _strikes([Rule(fault=HangUp(), rate=0.3)], 2000, seed=7))
    assert 500 < struck < 700
    assert _strikes([Rule(fault=HangUp(), rate=0.0)], 100) == [None] * 100
    assert None not in _strikes([Rule(fault=HangUp(), rate=1.0)], 100)


def test_rules_count_only_whom_they_could_mean() -> None:
    of_chat = Rule(fault=HangUp(), nth=2, when=When(wire="openai-chat"))
    of_uitars = Rule(fault=HtmlPage(), when=When(provider="uitars"))
    assert _strikes([of_uitars, of_chat], 3) == [None, HangUp(), None]


def test_the_first_rule_that_strikes_wins_and_all_count() -> None:
    rules = [Rule(fault=HangUp(), nth=1), Rule(fault=HtmlPage(), nth=(1, 2))]
    assert _strikes(rules, 3) == [HangUp(), HtmlPage(), None]


def test_a_fault_of_streams_waits_for_a_stream() -> None:
    assert _strikes([Rule(fault=Truncate(), nth=1)], 2, streaming=False) == [None, None]
    assert _strikes([Rule(fault=Truncate(), nth=1)], 2) == [Truncate(), None]


def test_a_refused_stream_meets_no_fault_of_streams(client: httpx.Client) -> None:
    with once(FailInStream(after_events=0)) as server:
        assert ask(client, server, "openai-chat", streaming=True, messages=[]).status_code == 400
        assert "Overloaded" in ask(client, server, "openai-chat", streaming=True).text
        assert [logged.fault for logged in server.requests] == [None, FailInStream(after_events=0)]


def test_only_calls_for_a_turn_meet_faults(client: httpx.Client) -> None:
    with ScriptedProvider.running(SCENARIO, faults=[Rule(fault=HangUp(), nth=1)]) as server:
        url = server.base_url("openai") + "/models"
        assert client.get(url, headers=headers(server, "openai")).status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            ask(client, server, "openai-chat")
