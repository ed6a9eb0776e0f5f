"""The call that existing users have, over a scripted model and a fake computer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.loop.computers.stand_in_target import StandInTarget, running

from polyloop.loop import APIProvider, Limits, NoResultError, RunEndedError, ToolResult, assembly, sampling_loop, tool
from polyloop.loop.ports import Health
from polyloop.loop.stores import MemoryStore
from polyloop.loop.testing import FakeClock, FakeComputer, ScriptedModel, call, reply
from polyloop.translate import hub
from polyloop.translate.errors import UsageError
from polyloop.translate.jsonvalue import JsonObject

SESSION = "0b8c5a52-3f5e-4f0e-9d1e-3b8f0a6f4f11"
TASK = [{"role": "user", "content": "Register Ada."}]


class Rows:
    """An existing database service: the five methods, and nothing else."""

    def __init__(self, actions: Any = None) -> None:
        self.rows: list[JsonObject] = []
        self._actions = actions or {}
        self.session: JsonObject | None = None

    def get_next_message_sequence(self, job_id: Any) -> int:
        return len(self.rows) + 1

    def add_job_message(self, job_id: Any, sequence: int, role: str, content: list[JsonObject]) -> None:
        assert sequence == len(self.rows) + 1
        self.rows.append({"job_id": job_id, "sequence": sequence, "role": role, "content": content})

    def get_job_messages(self, job_id: Any) -> list[JsonObject]:
        return list(self.rows)

    def get_session(self, session_id: Any) -> JsonObject | None:
        return self.session

    def get_custom_actions(self, version: Any) -> Any:
        return self._actions


def click(call_id: str, x: int = 10, y: int = 20) -> hub.Call:
    return call(call_id, "computer", {"action": "left_click", "coordinate": [x, y]})


def extraction(call_id: str, result: Any) -> hub.Call:
    return call(call_id, "extraction", {"data": {"name": "who", "result": result}})


def loop(model: ScriptedModel, **fields: Any) -> Any:
    options: dict[str, Any] = {
        "job_id": "job-1",
        "db": MemoryStore(),
        "model": "claude-sonnet-5",
        "provider": APIProvider.ANTHROPIC,
        "system_prompt_suffix": "",
        "messages": TASK,
        "output_callback": lambda block: None,
        "tool_output_callback": lambda result, tool_id: None,
        "tool_version": "computer_use_20250124",
        "client": model,
        "computer": FakeComputer(),
        "clock": FakeClock(),
    }
    return asyncio.run(sampling_loop(**(options | fields)))


def test_gives_the_extracted_result_and_the_exchanges() -> None:
    computer = FakeComputer()
    model = ScriptedModel(
        script=[reply("so", click("a")), reply(extraction("b", {"name": "Ada"})), reply("Ada is registered.")]
    )
    result, exchanges = loop(model, computer=computer)
    assert result == {"name": "Ada"}
    assert len(computer.done) == 1
    assert [set(exchange) for exchange in exchanges] == [{"request", "response"}] * 3
    (message,) = exchanges[0]["request"]["body"]["messages"]
    assert (message["role"], message["content"][0]["text"]) == ("user", "Register Ada.")


def test_callbacks_get_blocks_in_order_and_results_with_their_images() -> None:
    blocks: list[JsonObject] = []
    results: list[tuple[ToolResult, str]] = []
    model = ScriptedModel(script=[reply("so", click("a")), reply(extraction("b", 1)), reply("done")])
    loop(model, output_callback=blocks.append, tool_output_callback=lambda result, name: results.append((result, name)))
    assert [block["type"] for block in blocks] == ["text", "tool_use", "tool_use", "text"]
    assert blocks[1]["input"] == {"action": "left_click", "coordinate": [10, 20]}
    assert [name for _, name in results] == ["a", "b"]
    assert results[0][0].base64_image is not None
    assert results[1][0].output == '{"name": "who", "result": 1}'


def test_thoughts_that_nobody_signed_are_shown_and_not_stored() -> None:
    """UI-TARS and others think aloud. Anthropic takes back no thought without its signature, and a row may be sent to it."""
    rows, blocks = Rows(), list[JsonObject]()
    thoughts = hub.Thinking(text="I see a form."), hub.Thinking(summary=("one", "two"))
    signed = hub.Thinking(text="mine", seal=hub.Seal(kind="signature", data="c2ln", family="anthropic"))
    model = ScriptedModel(
        script=[reply(thoughts[0], click("a"), "so", thoughts[1], signed), reply(extraction("b", 1)), reply("done")]
    )
    loop(model, db=rows, output_callback=blocks.append)
    assert [(block["type"], block.get("thinking"), block.get("signature")) for block in blocks[:5]] == [
        ("thinking", "I see a form.", ""),
        ("tool_use", None, None),
        ("text", None, None),
        ("thinking", "one\n\ntwo", ""),
        ("thinking", "mine", "c2ln"),
    ]
    stored = [block for row in rows.rows for block in row["content"]]
    assert [block["signature"] for block in stored if block["type"] == "thinking"] == ["c2ln"]
    assert "polyloop:" not in str(stored) + str(blocks)


def test_a_turn_that_ends_without_a_result_is_an_error_callers_know() -> None:
    with pytest.raises(ValueError, match="without providing any extractions") as raised:
        loop(ScriptedModel(script=[reply("I am done.")]))
    assert isinstance(raised.value, NoResultError)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"messages": None}, "messages are a list"),
        ({"messages": "Register Ada."}, "messages are a list"),
        ({"output_callback": None}, "output_callback"),
        ({"tool_output_callback": "print"}, "tool_output_callback"),
    ],
)
def test_an_argument_that_cannot_be_is_told_before_anything_is_asked_for(given: JsonObject, says: str) -> None:
    model = ScriptedModel(script=[reply("never asked for")])
    with pytest.raises(UsageError, match=says):
        loop(model, **given)
    assert not model.requests


def test_a_screen_that_is_not_as_expected_ends_the_run_with_the_known_error() -> None:
    stop = call("a", "ui_not_as_expected", {"reasoning": "no form"})
    result, _ = loop(ScriptedModel(script=[reply(stop, click("b"))]))
    assert result == {"success": False, "error": "UI Mismatch Detected", "error_description": "no form"}


def test_a_session_without_an_address_fails_the_health_check_before_any_action() -> None:
    computer = FakeComputer()
    result, _ = loop(ScriptedModel(script=[reply(click("a"))]), db=Rows(), session_id=SESSION, computer=computer)
    assert result["error"] == "Target Health Check Failed"
    assert not computer.done


def test_without_a_computer_the_target_of_the_session_is_acted_on(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows()
    rows.session = {"container_ip": "127.0.0.1"}
    with running(StandInTarget()) as target:
        monkeypatch.setattr(assembly, "TARGET_PORT", int(target.url.rpartition(":")[2]))
        model = ScriptedModel(script=[reply("so", click("a")), reply(extraction("b", 1)), reply("done")])
        result, _ = loop(model, db=rows, session_id=SESSION, computer=None)
    assert result == 1
    assert any(action == "left_click" for action, _ in target.asked)


@pytest.mark.parametrize("session", [SESSION, "no uuid"])
def test_a_session_nobody_answers_for_fails_the_health_check_and_keeps_the_messages(session: str) -> None:
    rows, model = Rows(), ScriptedModel(script=[])
    result, exchanges = loop(model, db=rows, session_id=session, computer=None)
    assert (result["error"], exchanges, model.requests) == ("Target Health Check Failed", [], [])
    assert [row["role"] for row in rows.rows] == ["user"]
    again = ScriptedModel(script=[reply(extraction("a", 1)), reply("done")])
    result, _ = loop(again, db=rows, messages=[], computer=FakeComputer())
    assert result == 1


def test_without_a_session_the_health_check_is_left_out_only_for_computers_that_have_none() -> None:
    class Remote(FakeComputer):
        async def check(self) -> Health:
            return Health(healthy=False, reason="it is gone")

    remote, local = Remote(), FakeComputer()
    result, _ = loop(ScriptedModel(script=[reply(click("a"))]), computer=remote)
    assert (result["error"], result["error_description"]) == ("Target Health Check Failed", "it is gone")
    loop(ScriptedModel(script=[reply(click("a")), reply(extraction("b", 1)), reply("done")]), computer=local)
    assert (len(remote.done), len(local.done)) == (0, 1)


def test_a_session_of_a_database_that_knows_none_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(UsageError, match="computer="):
        loop(ScriptedModel(script=[]), session_id=SESSION, computer=None)


def test_a_long_run_does_without_exchanges() -> None:
    told: list[Any] = []
    script = [reply(extraction("a", 1)), reply("done")]
    assert loop(ScriptedModel(script=list(script)), keep_exchanges=False) == (1, [])
    _, exchanges = loop(
        ScriptedModel(script=list(script)), keep_exchanges=False, api_response_callback=lambda *said: told.append(said)
    )
    assert (exchanges, len(told)) == ([], 2)


def test_existing_rows_are_written_as_they_were_and_before_any_tool_runs() -> None:
    rows = Rows()
    seen: list[int] = []

    class Watching(FakeComputer):
        async def perform(self, action: Any) -> None:
            seen.append(len(rows.rows))
            await super().perform(action)

    model = ScriptedModel(script=[reply("so", click("a")), reply(extraction("b", 1)), reply("done")])
    loop(model, db=rows, computer=Watching())
    assert [row["role"] for row in rows.rows] == ["user", "assistant", "user", "assistant", "user", "assistant"]
    assert seen == [2]
    assert [block["type"] for block in rows.rows[1]["content"]] == ["text", "tool_use"]
    assert rows.rows[2]["content"][0]["type"] == "tool_result"
    assert rows.rows[2]["content"][0]["content"][0]["type"] == "image"


def test_rows_with_an_unanswered_call_resume_with_its_outcome_unknown_and_nothing_clicked_twice() -> None:
    rows, computer = Rows(), FakeComputer()
    use = {"type": "tool_use", "id": "a", "name": "computer", "input": {"action": "left_click", "coordinate": [1, 2]}}
    rows.add_job_message("job-1", 1, "user", [{"type": "text", "text": "Register Ada."}])
    rows.add_job_message("job-1", 2, "assistant", [use])
    model = ScriptedModel(script=[reply(extraction("b", 1)), reply("done")])
    result, _ = loop(model, db=rows, messages=[], computer=computer)
    assert (result, computer.done) == (1, [])
    answer = model.requests[0].turns[-1].parts[0]
    assert isinstance(answer, hub.Result)
    assert answer.outcome == "unknown"
    assert [row["role"] for row in rows.rows] == ["user", "assistant", "user", "assistant", "user", "assistant"]
    assert rows.rows[2]["content"][0]["tool_use_id"] == "a"


def test_a_row_for_each_parallel_result_is_one_turn_of_results() -> None:
    rows = Rows()
    model = ScriptedModel(script=[reply(click("a"), click("b")), reply(extraction("c", 1)), reply("done")])
    loop(model, db=rows)
    again = ScriptedModel(script=[reply(extraction("d", 2)), reply("done")])
    result, _ = loop(again, db=rows, messages=[{"role": "user", "content": "And again."}])
    assert result == 2
    roles = [turn.role for turn in again.requests[0].turns]
    assert roles == ["user", "assistant", "tool", "assistant", "tool", "assistant", "user"]
    assert [part.call_id for part in again.requests[0].turns[2].parts if isinstance(part, hub.Result)] == ["a", "b"]


def test_custom_actions_fill_in_parameters_and_never_show_them() -> None:
    steps = [{"name": "computer", "parameters": {"action": "type", "text": "{{password}}"}}]
    rows, computer = Rows({"Sign in": {"name": "Sign in", "tools": steps}}), FakeComputer()
    use = call("a", "custom_action", {"action_name": "sign in"})
    model = ScriptedModel(script=[reply(use), reply(extraction("b", 1)), reply("done")])
    loop(model, db=rows, computer=computer, parameters={"password": "hunter2"})
    assert [action.text for action in computer.done] == ["hunter2"]  # type: ignore[union-attr]
    assert "hunter2" not in repr(model.requests)


def test_an_extraction_that_does_not_fit_goes_back_to_the_model() -> None:
    model = ScriptedModel(
        script=[reply(extraction("a", {"name": 3})), reply(extraction("b", {"name": "Ada"})), reply("done")]
    )
    result, _ = loop(model, extraction_example={"name": "Grace"})
    assert result == {"name": "Ada"}
    answer = model.requests[1].turns[-1].parts[0]
    assert isinstance(answer, hub.Result)
    assert answer.outcome == "error"


def test_a_cut_reply_is_continued_and_never_sent_back_with_the_assistant_last() -> None:
    model = ScriptedModel(
        script=[reply("Let me", stop=hub.Reason.MAX_TOKENS), reply(extraction("a", 1)), reply("done")]
    )
    loop(model)
    assert all(request.turns[-1].role in ("user", "tool") for request in model.requests)


def test_a_limit_ends_the_run_and_says_which() -> None:
    model = ScriptedModel(script=[reply(click("a", 1)), reply(click("b", 2))])
    with pytest.raises(RunEndedError, match="steps"):
        loop(model, limits=Limits(steps=2))


@pytest.mark.parametrize(("arguments", "ran"), [("", True), (" ", False), ("{", False), ("{}", True)])
def test_a_call_whose_arguments_are_an_empty_text_has_none(arguments: str, ran: bool) -> None:
    """Servers that follow OpenAI's say so of a tool that takes nothing; a tool that takes something refuses it."""

    @tool
    def ping() -> str:
        """Answer."""
        return "pong"

    @tool
    def look_up(city: str) -> str:
        """Look a city up."""
        raise AssertionError(city)

    rows = Rows()
    calls = [
        hub.Call(
            id=name, name=name, arguments=hub.Arguments(text=arguments, **({"value": {}} if arguments == "{}" else {}))
        )
        for name in ("ping", "look_up")
    ]
    model = ScriptedModel(script=[reply(*calls), reply(extraction("b", 1)), reply("done")])
    loop(model, db=rows, tools=[ping, look_up])
    results = {
        block["tool_use_id"]: block for row in rows.rows for block in row["content"] if block["type"] == "tool_result"
    }
    assert (results["ping"]["content"][0]["text"] == "pong") is ran
    assert results["look_up"]["is_error"]
