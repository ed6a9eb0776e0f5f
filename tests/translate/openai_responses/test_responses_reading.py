"""How the Responses API is read to the hub and written from it, by example."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from polyloop.translate import hub
from polyloop.translate.computer_use.actions import Click, Foreign, press
from polyloop.translate.computer_use.points import ModelPoint
from polyloop.translate.errors import DecodeError, WriteError
from polyloop.translate.jsonvalue import ABSENT, Json, same_json
from polyloop.translate.testing.corpus import Corpus
from polyloop.translate.wires import read, write

WIRE = "openai-responses"
PIXEL = hub.Base64(media_type="image/png", data="iVBORw0KGgo=")


def request(*items: Json, **more: Json) -> hub.Request:
    found = read(WIRE, "request", {"model": "m", "input": list(items), **more})
    assert isinstance(found, hub.Request)
    return found


def reply(*items: Json, **more: Json) -> hub.Response:
    document = {
        "id": "resp_1",
        "object": "response",
        "status": "completed",
        "model": "m",
        "output": list(items),
        **more,
    }
    found = read(WIRE, "response", document)
    assert isinstance(found, hub.Response)
    return found


def text(said: str) -> dict[str, Json]:
    return {"type": "input_text", "text": said}


def user(*said: str) -> dict[str, Json]:
    return {"type": "message", "role": "user", "content": [text(words) for words in said]}


def call(call_id: str, arguments: str = "{}", **more: Json) -> dict[str, Json]:
    return {"type": "function_call", "call_id": call_id, "name": "look", "arguments": arguments, **more}


# Turns and seams.


def test_a_turn_is_a_run_of_one_speaker_and_needs_no_seam() -> None:
    found = request(
        user("look"), {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "ok", "annotations": []}]},
        call("a"), call("b"), {"type": "function_call_output", "call_id": "a", "output": "1"},
        {"type": "function_call_output", "call_id": "b", "output": "2"}, user("thanks"),
    )  # fmt: skip
    assert [turn.role for turn in found.turns] == ["user", "assistant", "tool", "user"]
    assert [len(turn.parts) for turn in found.turns] == [1, 3, 2, 1]
    assert all(turn.seams == () for turn in found.turns)


def test_a_message_behind_a_message_and_an_id_are_seams() -> None:
    (turn,) = request(user("a", "b"), user("c")).turns
    assert turn.seams == (hub.Seam(start=2, stop=3),)
    (turn,) = request(call("a", id="fc_1", status="completed")).turns
    assert turn.seams == (hub.Seam(start=0, stop=1, form="function_call", id="fc_1", status="completed"),)


def test_with_or_without_its_type_a_message_reads_the_same() -> None:
    typed, untyped = user("hi"), {"role": "user", "content": [text("hi")]}
    assert request(typed) == request(untyped)
    assert write(WIRE, request(typed))["input"] == [typed]
    assert write(WIRE, request(untyped))["input"] == [untyped]


def test_a_bare_string_is_a_users_message() -> None:
    bare = read(WIRE, "request", {"input": "hi"})
    assert isinstance(bare, hub.Request)
    assert bare == read(WIRE, "request", {"input": [{"role": "user", "content": "hi"}]})
    changed = attrs.evolve(bare, turns=(*bare.turns, hub.Turn(role="assistant", parts=(hub.Text(text="ho"),))))
    assert len(write(WIRE, changed)["input"]) == 2


def test_a_system_message_at_the_head_is_the_instructions_only_where_there_are_no_others() -> None:
    system = {"type": "message", "role": "system", "content": [text("be kind")]}
    found = request(system, user("hi"))
    assert isinstance(found.instructions, hub.Turn)
    assert found.instructions.seams == (hub.Seam(start=0, stop=1, form="item"),)
    assert [turn.role for turn in found.turns] == ["user"]
    both = request(system, user("hi"), instructions="be brief")
    assert [turn.role for turn in both.turns] == ["system", "user"]


def test_an_empty_message_is_an_empty_turn() -> None:
    (turn,) = request({"type": "message", "role": "user", "content": []}).turns
    assert turn == hub.Turn(role="user")
    (turn,) = request({"type": "message", "role": "user", "content": []}, user("hi")).turns
    assert turn.seams == (hub.Seam(start=0, stop=0), hub.Seam(start=0, stop=1))


def test_an_unknown_part_keeps_its_message_together() -> None:
    document = {"type": "message", "role": "user", "content": [text("a"), {"type": "input_smell", "smell": "tar"}]}
    (turn,) = request(document).turns
    assert turn.seams == (hub.Seam(start=0, stop=2),)
    assert turn.parts[1] == hub.Opaque(wire=WIRE, document={"type": "input_smell", "smell": "tar"})


def test_an_unknown_item_is_an_opaque_part_of_who_seems_to_speak() -> None:
    found = request(
        {"type": "gesture", "hand": "left"}, {"type": "gesture_output"}, {"type": "wave", "role": "user"}, 7
    )
    assert [turn.role for turn in found.turns] == ["assistant", "tool", "user"]


def test_a_reply_may_repeat_what_others_said() -> None:
    said = reply(
        user("hi") | {"id": "msg_1", "status": "completed"}, {"type": "compaction", "encrypted_content": "gAAA"}
    )
    turn = said.candidates[0].turn
    assert turn.role == "assistant"
    assert turn.seams[0].own == hub.Own(wire=WIRE, fields={"role": "user"})


# Calls and results.


def test_arguments_that_are_not_json_have_no_value() -> None:
    for cut in ('{"a": ', "", "{'a': 1}", "NaN"):
        (turn,) = request(call("a", cut)).turns
        assert isinstance(turn.parts[0], hub.Call)
        assert turn.parts[0].arguments == hub.Arguments(text=cut)
        assert turn.parts[0].arguments.value is ABSENT


def test_an_integer_of_any_size_stays_exact_in_arguments() -> None:
    (turn,) = request(call("a", '{"n": 123456789012345678901234567890}')).turns
    assert turn.parts[0].arguments.value == {"n": 123456789012345678901234567890}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("status", "state"), [("completed", "complete"), ("incomplete", "cut"), ("in_progress", "pending")]
)
def test_an_unfinished_function_call_is_not_one_that_may_run(status: str, state: str) -> None:
    found = reply(call("a", status=status), status="incomplete")
    assert found.candidates[0].turn.parts[0].state == state  # type: ignore[union-attr]
    unfinished = found.candidates[0].turn.parts[0]
    assert isinstance(unfinished, hub.Call)
    finished = attrs.evolve(unfinished, state="complete")
    turn = attrs.evolve(found.candidates[0].turn, parts=(finished,))
    again = attrs.evolve(found, candidates=(attrs.evolve(found.candidates[0], turn=turn),))
    assert read(WIRE, "response", write(WIRE, again)) == again


def test_a_computer_call_says_actions_and_checks() -> None:
    item = {
        "type": "computer_call", "id": "cu_1", "call_id": "c", "status": "in_progress",
        "action": {"type": "click", "button": "left", "x": 1, "y": 2}, "pending_safety_checks": [{"id": "sc", "code": "x"}],
    }  # fmt: skip
    (turn,) = request(item).turns
    assert turn.parts[0] == hub.Call(
        id="c", name="computer", form="computer", actions=(Click(at=ModelPoint(1, 2)),), checks=(hub.SafetyCheck(id="sc", code="x"),)
    )  # fmt: skip
    assert isinstance(turn.parts[0], hub.Call)
    batch = attrs.evolve(turn.parts[0], actions=(Click(at=ModelPoint(1, 2)), press("Enter")))
    written = write(WIRE, hub.Request(turns=(hub.Turn(role="assistant", parts=(batch,)),)))["input"][0]
    assert "action" not in written
    assert [action["type"] for action in written["actions"]] == ["click", "keypress"]


def test_an_action_that_is_unknown_is_kept_and_never_guessed() -> None:
    item = {"type": "computer_call", "call_id": "c", "actions": [{"type": "levitate"}], "pending_safety_checks": []}
    (turn,) = request(item).turns
    assert isinstance(turn.parts[0].actions[0], Foreign)  # type: ignore[union-attr, index]
    assert write(WIRE, request(item))["input"] == [item]


def test_a_screenshot_answers_a_computer_call() -> None:
    item = {
        "type": "computer_call_output", "call_id": "c", "acknowledged_safety_checks": [{"id": "sc"}],
        "output": {"type": "computer_screenshot", "image_url": "data:image/png;base64,iVBORw0KGgo="},
    }  # fmt: skip
    (turn,) = request(item).turns
    screenshot = hub.Media(kind="image", source=PIXEL)
    assert turn.parts == (
        hub.Result(call_id="c", form="computer", parts=(screenshot,), acknowledged=(hub.SafetyCheck(id="sc"),)),
    )
    with pytest.raises(WriteError, match="not one screenshot"):
        write(WIRE, hub.Request(turns=(hub.Turn(role="tool", parts=(hub.Result(call_id="c", form="computer"),)),)))


def test_a_shell_that_the_provider_runs_is_never_ours() -> None:
    hosted = {
        "type": "shell_call",
        "call_id": "c",
        "action": {"commands": ["ls"]},
        "environment": {"type": "container_reference"},
    }
    output = {
        "type": "shell_call_output",
        "call_id": "c",
        "output": [{"stdout": "x", "stderr": "", "outcome": {"type": "timeout"}}],
    }
    found = reply(hosted, output)
    assert [type(part) for part in found.candidates[0].turn.parts] == [hub.ServerCall, hub.ServerResult]
    assert found.candidates[0].stop is hub.Reason.END_TURN
    ours = reply({**hosted, "environment": {"type": "local"}})
    assert isinstance(ours.candidates[0].turn.parts[0], hub.Call)
    assert ours.candidates[0].stop is hub.Reason.TOOL_USE


def test_what_a_command_wrote_is_text_and_its_errors_behind_it() -> None:
    (turn,) = request({"type": "shell_call_output", "call_id": "c", "output": [
        {"stdout": "files", "stderr": "but", "outcome": {"type": "exit", "exit_code": 1}}]}).turns  # fmt: skip
    assert isinstance(turn.parts[0], hub.Result)
    assert [part.text for part in turn.parts[0].parts] == ["files", "but"]  # type: ignore[union-attr]


def test_a_patch_that_failed_says_so() -> None:
    item = {"type": "apply_patch_call_output", "call_id": "c", "status": "failed", "output": "no such file"}
    found = request(item)
    failed = found.turns[0].parts[0]
    assert isinstance(failed, hub.Result)
    assert failed.outcome == "error"
    well = attrs.evolve(failed, outcome="ok")
    written = write(WIRE, attrs.evolve(found, turns=(hub.Turn(role="tool", parts=(well,)),)))
    assert written["input"][0]["status"] == "completed"


def test_a_server_tool_is_never_a_call() -> None:
    found = reply(
        {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q"}},
        {"type": "mcp_call", "id": "mcp_1", "name": "t", "server_label": "s", "arguments": '{"a": 1}', "output": "x"},
    )
    assert found.candidates[0].turn.parts == (
        hub.ServerCall(
            id="ws_1", tool="web_search", arguments=hub.Arguments(value={"query": "q"}), status="completed", family="openai",
        ),
        hub.ServerCall(
            id="mcp_1", tool="t", server="s", arguments=hub.Arguments(text='{"a": 1}', value={"a": 1}),
            findings=hub.Said(parts=(hub.Text(text="x"),)), family="openai",
        ),
    )  # fmt: skip
    assert found.candidates[0].stop is hub.Reason.END_TURN


# Content.


def test_reasoning_keeps_summary_text_and_seal_apart() -> None:
    (turn,) = request({
        "type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "s"}], "encrypted_content": "gAAA",
        "content": [{"type": "reasoning_text", "text": "one "}, {"type": "reasoning_text", "text": "two"}],
    }).turns  # fmt: skip
    seal = hub.Seal(kind="encrypted", data="gAAA", family="openai")
    assert turn.parts == (hub.Thinking(text="one two", summary=("s",), seal=seal),)


def test_a_seal_of_another_family_is_refused() -> None:
    thinking = hub.Thinking(text="t", seal=hub.Seal(kind="signature", data="x", family="anthropic"))
    with pytest.raises(WriteError, match="signature seal of anthropic"):
        write(WIRE, hub.Request(turns=(hub.Turn(role="assistant", parts=(thinking,)),)))


def test_a_data_url_that_is_not_plain_base64_stays_an_address() -> None:
    odd = "data:text/plain;charset=utf-8;base64,aGk="
    (turn,) = request({"role": "user", "content": [{"type": "input_image", "detail": "auto", "image_url": odd}]}).turns
    assert turn.parts[0].source == hub.Url(url=odd)  # type: ignore[union-attr]


def test_a_cache_breakpoint_is_a_mark_behind_its_part() -> None:
    item = {"type": "message", "role": "user", "content": [
        text("long") | {"prompt_cache_breakpoint": {"mode": "explicit", "ttl": "12h"}}, text("short")]}  # fmt: skip
    (turn,) = request(item).turns
    assert turn.parts[1] == hub.Mark(kind="cache", data={"ttl": "12h"})
    with pytest.raises(WriteError, match="cache mark"):
        write(
            WIRE, hub.Request(turns=(hub.Turn(role="assistant", parts=(hub.Text(text="t"), hub.Mark(kind="cache"))),))
        )


def test_write_never_repairs() -> None:
    for part in (
        hub.Media(kind="audio", source=hub.Url(url="x")),
        hub.Media(kind="image", source=hub.FileId(id="f", family="anthropic")),
    ):
        with pytest.raises(WriteError):
            write(WIRE, hub.Request(turns=(hub.Turn(role="user", parts=(part,)),)))
    for turn in (
        hub.Turn(role="user", parts=(hub.Call(id="a", name="b"),)),
        hub.Turn(role="tool", parts=(hub.Text(text="t"),)),
        hub.Turn(role="tool", parts=(hub.Result(call_id="a", outcome="error"),)),
        hub.Turn(role="user", parts=(hub.Opaque(wire="anthropic", document={}),)),
        hub.Turn(role="user", parts=(hub.Text(text="t"),), seams=(hub.Seam(start=0, stop=1, name="alice"),)),
        hub.Turn(role="user", parts=(hub.Text(text="t"),), seams=(hub.Seam(start=1, stop=3),)),
    ):
        with pytest.raises(WriteError):
            write(WIRE, hub.Request(turns=(turn,)))


# Replies.


def test_a_reply_that_calls_waits_for_results_and_one_that_does_not_is_over() -> None:
    assert reply(call("a")).candidates[0].stop is hub.Reason.TOOL_USE
    assert reply().candidates[0].stop is hub.Reason.END_TURN


@pytest.mark.parametrize(
    ("status", "reason", "stop", "state"),
    [
        ("incomplete", "max_output_tokens", hub.Reason.MAX_TOKENS, "cut"),
        ("incomplete", "content_filter", hub.Reason.CONTENT_FILTER, "cut"),
        ("incomplete", "steered", hub.Other(raw="steered"), "cut"),
        ("incomplete", None, None, "cut"),
        ("cancelled", None, hub.Other(raw="cancelled"), "cut"),
        ("failed", None, None, "failed"),
        ("queued", None, None, "queued"),
        ("in_progress", None, None, "cut"),
        ("complete", None, hub.Other(raw="complete"), "cut"),
    ],
)
def test_status_and_reason_say_why_it_stopped(status: str, reason: str | None, stop: Any, state: str) -> None:
    details = None if reason is None else {"reason": reason}
    found = reply(status=status, incomplete_details=details)
    assert found.candidates[0].stop == stop
    assert found.status == state
    assert write(WIRE, found)["status"] == status


def test_a_reply_goes_on_from_what_it_names() -> None:
    found = reply(previous_response_id="resp_0", conversation={"id": "conv_1"}, error=None)
    assert found.continues == (
        hub.Continues(kind="response", id="resp_0", family="openai"),
        hub.Continues(kind="conversation", id={"id": "conv_1"}, family="openai"),
    )
    assert found.own is None
    assert found.request is None
    assert found.candidates[0].turn.origin == hub.Origin(family="openai", model="m")


def test_a_stored_reply_that_was_deleted_has_no_answer() -> None:
    document = {"id": "resp_1", "object": "response.deleted", "deleted": True}
    found = read(WIRE, "response", document)
    assert isinstance(found, hub.Response)
    assert found.candidates == ()
    assert write(WIRE, found) == document


def _usage(**numbers: Json) -> hub.Usage:
    found = reply(usage=numbers).usage
    assert found is not None
    return found


def test_buckets_of_usage_do_not_overlap() -> None:
    found = _usage(
        input_tokens=100, input_tokens_details={"cached_tokens": 60, "cache_write_tokens": 30,
        "cache_write_tokens_details": {"ttl_30m_tokens": 10, "ttl_12h_tokens": 20}},
        output_tokens=50, output_tokens_details={"reasoning_tokens": 40}, total_tokens=150,
    )  # fmt: skip
    assert (found.uncached_in, found.cache_read) == (hub.Known(n=10), hub.Known(n=60))
    assert (found.cache_write_5m, found.cache_write_1h) == (hub.Known(n=10), hub.Known(n=20))
    assert (found.out_text, found.out_reasoning) == (hub.Known(n=10), hub.Known(n=40))


def test_what_usage_does_not_say_is_unknown_and_never_zero() -> None:
    found = _usage(input_tokens=100, output_tokens=50)
    assert found.cache_read is found.out_reasoning is None
    assert found.out_text == hub.Known(n=50)
    assert _usage(input_tokens=10, input_tokens_details={"cached_tokens": 60}).uncached_in is None


def test_reasoning_that_is_counted_beside_the_output_shows_in_the_total() -> None:
    found = _usage(input_tokens=10, output_tokens=5, output_tokens_details={"reasoning_tokens": 100}, total_tokens=115)
    assert (found.out_text, found.out_reasoning) == (hub.Known(n=5), hub.Known(n=100))


def test_a_changed_bucket_is_written_and_the_reported_numbers_are_not() -> None:
    found = reply(usage={"input_tokens": 10, "output_tokens": 5, "total_tokens": 15, "cost": 0.1})
    assert write(WIRE, found)["usage"]["cost"] == 0.1
    assert found.usage is not None
    more = attrs.evolve(found.usage, out_text=hub.Known(n=6))
    written = write(WIRE, attrs.evolve(found, usage=more))["usage"]
    assert written == {"input_tokens": 10, "output_tokens": 6, "total_tokens": 16}


# Settings, and what cannot be.


def test_asking_for_log_probabilities_is_a_parameter_of_sampling_and_no_entry_of_include() -> None:
    found = request(include=["reasoning.encrypted_content", "message.output_text.logprobs"])
    assert found.sampling.logprobs is True
    assert found.settings.include == ("reasoning.encrypted_content",)
    assert found.own is None
    without = attrs.evolve(found, sampling=hub.Sampling())
    assert write(WIRE, without)["include"] == ["reasoning.encrypted_content"]


def test_the_deprecated_name_of_the_summary_is_a_spelling() -> None:
    old, new = request(reasoning={"generate_summary": "auto"}), request(reasoning={"summary": "auto"})
    assert old == new
    assert write(WIRE, old)["reasoning"] == {"generate_summary": "auto"}


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ([], ""),
        ({"input": 7}, "/input"),
        ({"temperature": "hot"}, "/temperature"),
        ({"max_output_tokens": True}, "/max_output_tokens"),
        ({"reasoning": "high"}, "/reasoning"),
        ({"tools": {}}, "/tools"),
    ],
)
def test_what_is_no_request_is_refused_with_a_pointer(document: Json, pointer: str) -> None:
    with pytest.raises(DecodeError) as refused:
        read(WIRE, "request", document)
    assert refused.value.pointer == pointer


@pytest.mark.corpus
@pytest.mark.parametrize("kind", ["request", "response"])
def test_recorded_documents_read_and_write_as_themselves(corpus: Corpus, kind: str) -> None:
    count = 0
    for recorded in corpus.documents(WIRE, kind):
        found = read(WIRE, kind, recorded.document)
        assert read(WIRE, kind, write(WIRE, found)) == found
        count += 1
    assert count > 30


def test_a_call_that_a_program_waits_for_is_whole_once_its_arguments_are() -> None:
    call = {
        "type": "function_call", "id": "fc_1", "call_id": "c", "name": "f", "arguments": '{"a":1}', "status": "in_progress",
        "caller": {"type": "program", "caller_id": "p"},
    }  # fmt: skip
    calls = {
        "complete": call, "pending": {key: value for key, value in call.items() if key != "caller"}, "cut": {**call, "status": "incomplete"}
    }  # fmt: skip
    for state, item in [*calls.items(), ("pending", {**call, "arguments": '{"a":'})]:
        document = {"model": "m", "input": [item]}
        request = read("openai-responses", "request", document)
        assert isinstance(request, hub.Request)
        (part,) = request.turns[0].parts
        assert isinstance(part, hub.Call)
        assert part.state == state
        assert same_json(write("openai-responses", request), document, ordered=False)
