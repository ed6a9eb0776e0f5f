"""The faults of the loop that existing callers come from, each kept away by a test."""

from __future__ import annotations

import asyncio
import copy
import json
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from tests.loop.test_sampling_loop import Rows, click, extraction

from polyloop.loop import APIProvider, JobPausedError, Limits, RunEndedError, sampling_loop
from polyloop.loop.policy.prices import price_of
from polyloop.loop.ports import Decision, ToolPolicy
from polyloop.loop.probes import HttpProbe
from polyloop.loop.results import NoResultError
from polyloop.loop.safety import LeaveToLater
from polyloop.loop.stores import MemoryStore, SqliteStore
from polyloop.loop.testing import (
    FakeClock,
    FakeComputer,
    RecordingObserver,
    RecordingTool,
    ScriptedModel,
    call,
    reply,
)
from polyloop.translate import hub
from polyloop.translate.errors import UsageError
from polyloop.translate.jsonvalue import JsonObject
from polyloop.translate.provider_errors import classify_error
from polyloop.translate.repairing import repair
from polyloop.transport.errors import provider_call_error

DONE: list[Any] = [reply(extraction("z", 1)), reply("done")]


def options(client: Any, /, **fields: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "job_id": "job", "db": MemoryStore(), "model": "claude-opus-4-6", "provider": APIProvider.ANTHROPIC,
        "system_prompt_suffix": "", "messages": [{"role": "user", "content": "Go."}],
        "output_callback": lambda block: None, "tool_output_callback": lambda result, name: None,
        "tool_version": "computer_use_20250124", "client": client, "computer": FakeComputer(), "clock": FakeClock(),
    }  # fmt: skip
    return given | fields


def run(client: Any, /, **fields: Any) -> Any:
    return asyncio.run(sampling_loop(**options(client, **fields)))


def failing(status: int, body: Any, provider: str = "anthropic") -> Exception:
    return provider_call_error(classify_error(provider, status, {}, body))


def test_cancelling_leaves_no_call_unanswered_in_the_rows() -> None:
    rows, slow = Rows(), RecordingTool(name="slow", hold=asyncio.Event())

    async def go() -> None:
        model = ScriptedModel(script=[reply(call("a", "slow"), click("b"))])
        running = asyncio.ensure_future(sampling_loop(**options(model, db=rows, tools=[slow])))
        await slow.started.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(go())
    used = [b["id"] for row in rows.rows for b in row["content"] if b["type"] == "tool_use"]
    answered = [b["tool_use_id"] for row in rows.rows for b in row["content"] if b["type"] == "tool_result"]
    assert sorted(used) == sorted(answered) == ["a", "b"]


def test_a_failed_health_check_and_a_mismatch_answer_the_other_calls_of_the_turn() -> None:
    for first, fields in (
        (call("a", "ui_not_as_expected", {"reasoning": "no"}), {}),
        (click("a"), {"session_id": "0b8c5a52-3f5e-4f0e-9d1e-3b8f0a6f4f11"}),
    ):
        rows = Rows()
        result, _ = run(ScriptedModel(script=[reply(first, click("b"), click("c"))]), db=rows, **fields)
        assert result["success"] is False
        answered = [b["tool_use_id"] for row in rows.rows for b in row["content"] if b["type"] == "tool_result"]
        assert sorted(answered) == ["a", "b", "c"]


def test_bad_arguments_are_an_error_result_and_never_words_of_the_assistant() -> None:
    broken = hub.Call(id="a", name="extraction", arguments=hub.Arguments(text='{"data": '))
    model = ScriptedModel(script=[reply(broken), *DONE])
    run(model)
    said, answered = model.requests[1].turns[-2:]
    assert said.parts == (broken,)
    assert isinstance(answered.parts[0], hub.Result)
    assert answered.parts[0].outcome == "error"


@pytest.mark.parametrize("stop", [hub.Reason.CONTENT_FILTER, hub.Reason.REFUSAL, hub.Other(raw="odd")])
def test_an_unusual_end_is_told_as_what_it_is_and_not_as_a_missing_result(stop: Any) -> None:
    with pytest.raises(RunEndedError) as raised:
        run(ScriptedModel(script=[reply("no", stop=stop)]))
    assert not isinstance(raised.value, NoResultError)


def test_the_callers_messages_are_never_changed() -> None:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "QUJD"}}
    messages = [{"role": "user", "content": [{"type": "text", "text": "Go."}, image]}]
    before = copy.deepcopy(messages)
    run(ScriptedModel(script=[reply(click(n)) for n in "abcd"] + DONE), messages=messages, only_n_most_recent_images=1)
    assert messages == before


def test_images_are_pruned_in_chunks_that_keep_the_newest_and_each_prune_is_declared() -> None:
    observer, model = RecordingObserver(), ScriptedModel(script=[reply(click(f"c{n}")) for n in range(9)] + DONE)
    run(model, only_n_most_recent_images=2, observer=observer, limits=Limits(repeats=None))

    def images(request: hub.Request) -> list[int]:
        return [
            number
            for number, turn in enumerate(request.turns)
            for part in turn.parts
            if isinstance(part, hub.Result) and any(isinstance(inner, hub.Media) for inner in part.parts)
        ]

    counts = [len(images(request)) for request in model.requests]
    assert counts == [0, 1, 2, 3, 2, 3, 2, 3, 2, 3, 3]
    assert observer.kinds().count("pruned") == 3
    assert images(model.requests[4]) == [6, 8]


def test_cache_points_are_set_for_every_host_of_the_messages_api_and_stay_few() -> None:
    for provider in (APIProvider.ANTHROPIC, APIProvider.BEDROCK, APIProvider.VERTEX, APIProvider.LEGACYUSE):
        model = ScriptedModel(script=[reply(click(n)) for n in "abcd"] + DONE, provider=provider.value)
        run(model, provider=provider)
        marks = [p for turn in model.requests[-1].turns for p in turn.parts if isinstance(p, hub.Mark)]
        assert len(marks) == 3


def test_an_api_error_keeps_its_kind_and_its_cause_and_is_the_value_error_callers_catch() -> None:
    error = failing(400, {"type": "error", "error": {"type": "invalid_request_error", "message": "bad tool"}})
    seen: list[Any] = []
    with pytest.raises(ValueError, match="bad tool") as raised:
        run(ScriptedModel(script=[error]), api_response_callback=lambda *told: seen.append(told))
    assert raised.value.__cause__ is error
    assert seen[0][2] is error


def test_credits_that_are_used_up_are_the_dictionary_callers_know() -> None:
    error = failing(403, "no more", provider="legacyuse")
    result, exchanges = run(ScriptedModel(script=[error], provider="legacyuse"), provider="legacyuse")
    assert (result["success"], result["error"], exchanges) == (False, "API Credits Exceeded", [])


def test_a_quota_with_a_time_pauses_the_job_and_a_later_run_goes_on() -> None:
    record = classify_error(
        "anthropic", 429, {"retry-after": "60"}, {"error": {"type": "rate_limit_error", "message": "slow"}}
    )
    error = provider_call_error(evolve(record, reset=datetime(2030, 1, 1, tzinfo=UTC)))
    store = MemoryStore()
    with pytest.raises(JobPausedError) as raised:
        run(ScriptedModel(script=[error]), db=store)
    assert raised.value.until == datetime(2030, 1, 1, tzinfo=UTC).timestamp()
    assert run(ScriptedModel(script=list(DONE)), db=store, messages=[])[0] == 1


def test_a_failed_run_is_resumed_with_no_messages_and_the_same_request() -> None:
    store = MemoryStore()
    first = ScriptedModel(script=[reply(click("a")), failing(500, "oops")])
    with pytest.raises(RunEndedError):
        run(first, db=store)
    second = ScriptedModel(script=list(DONE))
    assert run(second, db=store, messages=[])[0] == 1
    assert second.requests[0] == first.requests[-1]


def test_the_loop_is_bounded_by_default() -> None:
    model = ScriptedModel(script=[lambda request: reply(click(f"c{len(request.turns)}"))] * 1000)
    with pytest.raises(RunEndedError, match="steps"):
        run(model)
    assert len(model.requests) == Limits().steps


def test_money_is_a_limit_and_an_unpriced_model_is_not_free() -> None:
    usage = hub.Usage(uncached_in=hub.Known(n=1000), out_text=hub.Known(n=1000))
    script: list[Any] = [reply(click("a"), usage=usage), *DONE]
    limits = Limits(cost=Decimal("0.01"))
    with pytest.raises(RunEndedError, match="cost"):
        run(ScriptedModel(script=script), limits=limits, price=lambda *about: Decimal("0.02"))
    with pytest.raises(RunEndedError, match="unpriced"):
        run(ScriptedModel(script=script), limits=limits, price=lambda *about: None)
    allowed = Limits(cost=Decimal("0.01"), unpriced="allow")
    assert run(ScriptedModel(script=script), limits=allowed, price=lambda *about: None)[0] == 1


def test_prices_count_each_bucket_once_and_unknown_is_none() -> None:
    pytest.importorskip("genai_prices")
    usage = hub.Usage(
        uncached_in=hub.Known(n=1000), cache_read=hub.Known(n=500), cache_write_5m=hub.Known(n=100),
        cache_write_1h=hub.Known(n=50), out_text=hub.Known(n=100),
    )  # fmt: skip
    found = price_of("anthropic", "claude-sonnet-4-5", reply("x", usage=usage))
    million = Decimal(1_000_000)
    expected = (1000 * 3 + 500 * Decimal("0.3") + 100 * Decimal("3.75") + 50 * 6 + 100 * 15) / million
    assert found == expected
    assert price_of("anthropic", "no-such-model", reply("x", usage=usage)) is None
    assert price_of("uitars", "m", reply("x", usage=usage)) is None
    assert price_of("anthropic", "claude-sonnet-4-5", reply("x")) is None
    cut = hub.Usage(uncached_in=hub.Known(n=1), out_text=hub.AtLeast(n=1))
    assert price_of("anthropic", "claude-sonnet-4-5", reply("x", usage=cut)) is None


def test_a_plain_database_never_blocks_the_event_loop() -> None:
    threads: set[int] = set()

    class Watching(Rows):
        def add_job_message(self, job_id: Any, sequence: int, role: str, content: list[JsonObject]) -> None:
            threads.add(threading.get_ident())
            super().add_job_message(job_id, sequence, role, content)

    run(ScriptedModel(script=list(DONE)), db=Watching())
    assert threads
    assert threading.get_ident() not in threads


def test_an_async_database_is_awaited() -> None:
    class Async(Rows):
        async def get_job_messages(self, job_id: Any) -> list[JsonObject]:  # type: ignore[override]
            return list(self.rows)

        async def add_job_message(self, **row: Any) -> None:  # type: ignore[override]
            super().add_job_message(**row)

    rows = Async()
    assert run(ScriptedModel(script=list(DONE)), db=rows)[0] == 1
    assert len(rows.rows) == 4


def test_one_client_serves_the_whole_run_and_stays_the_callers_to_close() -> None:
    model = ScriptedModel(script=[reply(click("a")), *DONE])
    run(model)
    assert not model.closed


def test_a_tool_version_the_model_refuses_becomes_the_one_it_takes_and_that_is_told() -> None:
    observer, model = RecordingObserver(), ScriptedModel(script=list(DONE))
    run(model, model="claude-sonnet-5-5", observer=observer)
    (told,) = [notice for notice in observer.notices if notice.kind == "tool_version_changed"]
    assert told.data == {"asked": "computer_use_20250124", "used": "computer_use_20260801"}
    tools = model.requests[0].tools
    assert isinstance(tools, tuple)
    assert isinstance(tools[0], hub.Tool)
    assert tools[0].builtin == hub.Builtin(type="computer_toolset", version="20260801")


def test_a_decision_is_waited_for_without_a_process_and_given_later(tmp_path: Any) -> None:
    pay = RecordingTool(name="pay", policy=ToolPolicy(approval=True))

    async def go() -> Any:
        store = SqliteStore(tmp_path / "jobs.db")
        model = ScriptedModel(script=[reply(call("a", "pay", {"amount": 3}))])
        with pytest.raises(JobPausedError) as raised:
            await sampling_loop(**options(model, db=store, tools=[pay], approver=LeaveToLater()))
        await store.aclose()
        (asked,) = raised.value.questions
        assert (asked.call.id, asked.reasons) == ("a", ("the tool needs permission",))
        decision = Decision(call_id="a", binding=asked.binding, approve=True)
        again = SqliteStore(tmp_path / "jobs.db")
        later = ScriptedModel(script=list(DONE))
        result = await sampling_loop(**options(later, db=again, messages=[], tools=[pay], decisions=[decision]))
        await again.aclose()
        return result

    assert asyncio.run(go())[0] == 1
    assert len(pay.calls) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"provider": "openia"}, "the providers are anthropic"),
        ({"tool_version": "computer_use_1999"}, "known are computer_use_20241022"),
        ({"messages": [{"role": "user"}]}, "message 0 has no content"),
        ({"messages": ["hello"]}, "message 0 must be an object"),
        ({"db": object()}, "neither a store"),
        ({"db": None}, "give a db, or a store"),
        ({"only_n_most_recent_images": 0}, "at least 1"),
        ({"session_id": "x", "computer": None}, "computer="),
    ],
)
def test_a_callers_mistake_is_one_line_that_says_what_to_do(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        run(ScriptedModel(script=list(DONE)), **fields)


def test_importing_the_loop_loads_neither_transport_nor_an_sdk_nor_an_http_client() -> None:
    code = (
        "import sys, polyloop.loop; from polyloop.loop import sampling_loop, APIProvider; "
        "import polyloop.loop.sampling_loop; from polyloop.loop import sampling_loop as again; "
        "assert again is sampling_loop and callable(again); "
        "print([name for name in sys.modules if name.split('.')[0] in ('anthropic', 'openai', 'httpx', 'httpx2', 'PIL')"
        " or name.startswith('polyloop.transport')])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(found.stdout.replace("'", '"')) == []


@asynccontextmanager
async def answering(status: str) -> AsyncIterator[str]:
    """A target on loopback that answers its health with a status."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/health"


@pytest.mark.parametrize(("status", "healthy"), [("200 OK", True), ("503 Gone", False)])
def test_a_targets_health_is_what_it_answers(status: str, healthy: bool) -> None:
    async def go() -> tuple[bool, bool]:
        async with answering(status) as url:
            found = await HttpProbe(url=url).check()
        gone = await HttpProbe(url=url, seconds=1.0).check()
        return found.healthy, gone.healthy

    assert asyncio.run(go()) == (healthy, False)


def test_a_history_stored_by_the_old_loop_with_dangling_calls_is_repaired_and_goes_on() -> None:
    rows = Rows()
    use = {"type": "tool_use", "id": "a", "name": "computer", "input": {"action": "screenshot"}}
    rows.add_job_message("job", 1, "user", [{"type": "text", "text": "Go."}])
    rows.add_job_message("job", 2, "assistant", [use])
    rows.add_job_message("job", 3, "user", [{"type": "text", "text": "Are you there?"}])
    model = ScriptedModel(script=list(DONE))
    run(model, db=rows)
    turns = model.requests[0].turns
    bare = tuple(
        hub.Turn(role=turn.role, parts=tuple(p for p in turn.parts if not isinstance(p, hub.Mark))) for turn in turns
    )
    assert [turn.role for turn in turns] == ["user", "assistant", "tool", "user"]
    assert repair(bare) is bare


class BrokenError(BaseException):
    """What no tool, callback or observer should raise."""


@pytest.mark.parametrize(
    "who", ["output_callback", "tool_output_callback", "api_response_callback", "observer", "tool"]
)
@pytest.mark.parametrize("kind", [RuntimeError, BrokenError])
def test_a_bug_of_the_callers_leaves_rows_that_can_be_sent(who: str, kind: type[BaseException]) -> None:
    """The exception goes on to the caller, once; the calls that were asked for are answered, and the job can be resumed."""

    def broken(*_: object) -> None:
        raise kind("a bug")

    class BrokenTool(RecordingTool):
        async def run(self, call: hub.Call, context: Any) -> Any:
            raise kind("a bug")

    class BrokenObserver:
        def notice(self, notice: Any) -> None:
            if notice.kind == "call_started":
                raise kind("a bug")

    rows, model = Rows(), ScriptedModel(script=[reply("so", call("a", "f"), click("b")), *DONE])
    given: dict[str, Any] = (
        {"observer": BrokenObserver()} if who == "observer" else {} if who == "tool" else {who: broken}
    )
    tools = [BrokenTool(name="f") if who == "tool" else RecordingTool(name="f")]
    if who == "tool" and kind is RuntimeError:  # which tools may raise: the model is told
        assert run(model, db=rows, tools=tools)[0] == 1
    else:
        with pytest.raises(kind, match="a bug"):
            run(model, db=rows, tools=tools, **given)
    used = [block["id"] for row in rows.rows for block in row["content"] if block["type"] == "tool_use"]
    answered = [block["tool_use_id"] for row in rows.rows for block in row["content"] if block["type"] == "tool_result"]
    assert sorted(used) == sorted(answered)
    assert run(ScriptedModel(script=list(DONE)), db=rows, messages=[], tools=[RecordingTool(name="f")])[0] == 1


def test_what_goes_wrong_while_a_broken_run_is_ended_is_told_beside_the_first_error() -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug")

    model = ScriptedModel(script=[reply("so", click("a"))])
    with pytest.raises(RuntimeError, match="a bug") as raised:
        run(model, output_callback=broken, tool_output_callback=broken)
    assert raised.value.__notes__ == ["and while the run was ended: RuntimeError: a bug"]


def test_a_callback_that_would_never_be_waited_for_is_refused() -> None:
    async def told(request: object, response: object, error: object) -> None:
        """Nobody would wait for it."""

    with pytest.raises(UsageError, match="api_response_callback"):
        run(ScriptedModel(script=list(DONE)), api_response_callback=told)


@pytest.mark.parametrize("at", range(1, 8))
def test_behind_a_row_that_the_database_did_not_take_none_is_written(at: int) -> None:
    calls = 0

    class Failing(Rows):
        def add_job_message(self, job_id: Any, sequence: int, role: str, content: list[JsonObject]) -> None:
            nonlocal calls
            calls += 1
            if calls == at:
                raise ConnectionError("the database is away")
            super().add_job_message(job_id, sequence, role, content)

    rows, computer = Failing(), FakeComputer()
    script = [reply("so", click("a"), click("b", 5, 5)), *DONE]
    with pytest.raises(ConnectionError):
        run(ScriptedModel(script=script), db=rows, computer=computer)
    assert calls == at
    done = len(computer.done)
    assert (
        run(
            ScriptedModel(script=list(DONE)),
            db=rows,
            messages=[] if rows.rows else [{"role": "user", "content": "Go."}],
        )[0]
        == 1
    )
    assert len(computer.done) == done, "nothing is done twice"
