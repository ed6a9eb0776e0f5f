"""What any hub record becomes on the Responses API, by example and as a law."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given

from polyloop.translate import hub
from polyloop.translate.adapting import Adapting
from polyloop.translate.computer_use import actions as computer
from polyloop.translate.computer_use.points import ModelPoint
from polyloop.translate.jsonvalue import ABSENT, Json
from polyloop.translate.testing import laws
from polyloop.translate.testing.records import records_of
from polyloop.translate.translation import adapted, convert
from polyloop.translate.wires import wire_of, write

WIRE = "openai-responses"
PIXEL = hub.Media(kind="image", source=hub.Base64(media_type="image/png", data="iVBORw0KGgo="))
HERE = ModelPoint(1, 2)


def adapt(record: Any, source: str | None = "anthropic", **more: Any) -> tuple[Any, Adapting]:
    adapting = Adapting(target=WIRE, source=source, **more)
    return adapted(record, wire_of(WIRE), adapting), adapting


def written(*turns: hub.Turn, **fields: Any) -> dict[str, Json]:
    found, _ = adapt(hub.Request(turns=turns, **fields))
    document = write(WIRE, found)
    assert isinstance(document, dict)
    return document


def user(*parts: hub.Part, **more: Any) -> hub.Turn:
    return hub.Turn(role="user", parts=parts, **more)


def assistant(*parts: hub.Part, **more: Any) -> hub.Turn:
    return hub.Turn(role="assistant", parts=parts, **more)


def tool(*parts: hub.Part) -> hub.Turn:
    return hub.Turn(role="tool", parts=parts)


def clicking(call_id: str, *does: computer.Action, **more: Any) -> hub.Call:
    return hub.Call(id=call_id, name="computer", form="computer", actions=does or (computer.Click(at=HERE),), **more)


@given(records_of(hub.Request))
def test_any_request_can_be_adapted_and_reads_back(record: hub.Request) -> None:
    laws.adapted_reads_back(record, wire=WIRE)
    laws.adapting_is_idempotent(record, wire=WIRE)


@given(records_of(hub.Response))
def test_any_reply_can_be_adapted_and_reads_back(record: hub.Response) -> None:
    laws.adapted_reads_back(record, wire=WIRE)
    laws.adapting_is_idempotent(record, wire=WIRE)


# What is said.


def test_instructions_of_one_text_are_the_string_and_any_other_stand_at_the_head() -> None:
    one = hub.Turn(role="system", parts=(hub.Text(text="be kind"),))
    assert written(user(hub.Text(text="hi")), instructions=one)["instructions"] == "be kind"
    two = hub.Turn(role="system", parts=(hub.Text(text="be kind"), hub.Mark(kind="cache"), hub.Text(text="be brief")))
    document = written(user(hub.Text(text="hi")), instructions=two)
    assert "instructions" not in document
    assert document["input"][0]["content"][0]["prompt_cache_breakpoint"] == {"mode": "explicit"}


def test_a_system_turn_at_the_head_becomes_the_instructions() -> None:
    head = hub.Turn(role="system", parts=(hub.Text(text="be kind"),))
    document = written(head, user(hub.Text(text="hi")))
    assert document["instructions"] == "be kind"
    assert len(document["input"]) == 1


def test_an_answer_of_one_text_is_a_string_and_any_other_gets_an_id() -> None:
    document = written(
        user(hub.Text(text="hi")), assistant(hub.Text(text="ho")), user(hub.Text(text="hi")),
        assistant(hub.Text(text="ho"), hub.Refusal(text="not that")),
    )  # fmt: skip
    assert document["input"][1] == {"type": "message", "role": "assistant", "content": "ho"}
    assert (document["input"][3]["id"], document["input"][3]["status"]) == ("msg_1", "completed")


def test_signed_thinking_of_another_family_never_becomes_anything_in_a_request() -> None:
    seal = hub.Seal(kind="signature", data="x", family="anthropic")
    document = written(assistant(hub.Thinking(text="secret", seal=seal), hub.Text(text="ho")))
    assert "secret" not in str(document)
    kept = hub.Seal(kind="encrypted", data="gAAA", family="openai")
    document = written(assistant(hub.Thinking(summary=("s",), seal=kept), hub.Text(text="ho")))
    assert document["input"][0]["encrypted_content"] == "gAAA"


def test_an_image_in_a_message_gets_the_documented_detail_and_one_in_a_result_needs_none() -> None:
    document = written(
        user(PIXEL), assistant(hub.Call(id="a", name="b")), tool(hub.Result(call_id="a", parts=(PIXEL,)))
    )
    assert document["input"][0]["content"][0]["detail"] == "auto"
    assert "detail" not in document["input"][2]["output"][0]


def test_a_cut_between_messages_stays_a_cut_whatever_its_seam_was_called() -> None:
    turn = user(hub.Text(text="a"), hub.Text(text="b"), seams=(hub.Seam(start=1, stop=2, form="turn", name="alice"),))
    assert [item["content"][0]["text"] for item in written(turn)["input"]] == ["a", "b"]


def test_a_search_citation_of_a_whole_text_cites_all_of_it() -> None:
    citation = hub.Citation(kind="url", url="https://example.org", title="t", cited_text="c")
    document = written(assistant(hub.Text(text="eight ch", citations=(citation,))))
    assert document["input"][0]["content"][0]["annotations"] == [
        {"type": "url_citation", "url": "https://example.org", "title": "t", "start_index": 0, "end_index": 8}
    ]


# Calls and results.


def test_a_failed_call_is_said_in_words_and_the_words_are_an_insertion() -> None:
    found, adapting = adapt(
        hub.Request(turns=(
            assistant(hub.Call(id="a", name="b")), tool(hub.Result(call_id="a", parts=(hub.Text(text="boom"),), outcome="error"))
        ))
    )  # fmt: skip
    assert [part.text for part in found.turns[1].parts[0].parts] == ["[the call failed]", "boom"]
    assert "[the call failed]" in [inserted.text for inserted in adapting.inserted]


def test_ids_and_names_are_mapped_where_illegal_and_the_context_says_how() -> None:
    found, adapting = adapt(
        hub.Request(turns=(
            assistant(hub.Call(id="x" * 90, name="a.b"), hub.Call(id="x" * 91, name="a_b")),
            tool(hub.Result(call_id="x" * 90), hub.Result(call_id="x" * 91)),
        ))
    )  # fmt: skip
    calls, results = found.turns[0].parts, found.turns[1].parts
    assert [call.id for call in calls] == [result.call_id for result in results]
    assert len({call.id for call in calls}) == len({call.name for call in calls}) == 2
    assert all(len(call.id) <= 64 for call in calls)
    assert set(adapting.context["ids"]) == {"x" * 90, "x" * 91}
    assert set(adapting.context["names"]) == {"a.b"}


def test_a_click_answered_by_a_screenshot_is_a_computer_call() -> None:
    document = written(
        assistant(clicking("a", toolset="computer")), tool(hub.Result(call_id="a", parts=(PIXEL,), toolset="computer"))
    )
    assert [item["type"] for item in document["input"]] == ["computer_call", "computer_call_output"]
    assert document["input"][0]["actions"] == [{"type": "click", "button": "left", "x": 1, "y": 2}]


@pytest.mark.parametrize(
    "result",
    [
        hub.Result(call_id="a", parts=(hub.Text(text="ok"), PIXEL), form="computer"),
        hub.Result(call_id="a", parts=(hub.Text(text="no display"),), outcome="error", form="computer"),
        hub.Result(call_id="a", parts=(PIXEL,), outcome="error", form="computer"),
    ],
)
def test_a_computer_result_with_words_makes_its_call_a_function_so_that_they_are_kept(result: hub.Result) -> None:
    document = written(assistant(clicking("a")), tool(result))
    assert document["input"][0]["type"] == "function_call"
    assert document["input"][0]["arguments"] == '{"action":"left_click","coordinate":[1,2]}'
    assert document["input"][1]["type"] == "function_call_output"


def test_an_action_this_wire_has_no_word_for_is_a_function() -> None:
    triple = computer.Click(count=3, at=HERE)
    document = written(assistant(clicking("a", triple)), tool(hub.Result(call_id="a", parts=(PIXEL,))))
    assert document["input"][0]["arguments"] == '{"action":"triple_click","coordinate":[1,2]}'


def test_calls_that_one_screenshot_answered_are_one_batch() -> None:
    document = written(
        assistant(clicking("a"), clicking("b", computer.Type(text="hi")), clicking("c", computer.Screenshot())),
        tool(hub.Result(call_id="a"), hub.Result(call_id="b", outcome="ok"), hub.Result(call_id="c", parts=(PIXEL,))),
    )
    assert [item["type"] for item in document["input"]] == ["computer_call", "computer_call_output"]
    assert [action["type"] for action in document["input"][0]["actions"]] == ["click", "type", "screenshot"]
    assert document["input"][0]["call_id"] == document["input"][1]["call_id"] == "c"


def test_a_button_that_goes_down_moves_and_comes_up_is_a_drag() -> None:
    there = ModelPoint(3, 4)
    pieces: tuple[computer.Action, ...] = (
        computer.Move(at=HERE),
        computer.MouseDown(),
        computer.Move(at=there),
        computer.MouseUp(),
    )
    calls = [clicking(str(number), piece) for number, piece in enumerate(pieces)]
    results = [hub.Result(call_id=str(number)) for number in range(3)]
    document = written(assistant(*calls), tool(*results, hub.Result(call_id="3", parts=(PIXEL,))))
    assert document["input"][0]["actions"] == [{"type": "drag", "path": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}]


def test_a_batch_comes_back_from_the_messages_api_as_the_batch_it_was() -> None:
    items: list[Json] = [
        {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "drag it"}]},
        {"type": "computer_call", "id": "cu_0", "call_id": "c", "status": "completed", "pending_safety_checks": [],
         "actions": [{"type": "drag", "path": [{"x": 1, "y": 2}, {"x": 3, "y": 4}, {"x": 5, "y": 6}]}, {"type": "type", "text": "hi"}]},
        {"type": "computer_call_output", "call_id": "c",
         "output": {"type": "computer_screenshot", "image_url": "data:image/png;base64,iVBORw0KGgo="}},
    ]  # fmt: skip
    document = {"model": "m", "max_output_tokens": 9, "store": False, "input": items, "tools": [{"type": "computer"}]}
    there = convert(document, kind="request", source=WIRE, target="anthropic")
    assert len(there.value["messages"][1]["content"]) > 2
    assert convert(there.value, kind="request", source="anthropic", target=WIRE).value == document


def test_what_a_model_says_when_it_is_done_is_text() -> None:
    document = written(assistant(clicking("a", computer.Done(text="all done"))))
    assert document["input"] == [{"type": "message", "role": "assistant", "content": "all done"}]


def test_media_that_chat_had_to_say_behind_a_result_go_back_into_it() -> None:
    chat = {
        "model": "m", "messages": [
            {"role": "user", "content": "look"},
            {"role": "assistant", "content": None, "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "call_1", "content": ""},
            {"role": "user", "content": [
                {"type": "text", "text": "[from the result of call call_1]"},
                {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]},
        ]}  # fmt: skip
    value = convert(chat, kind="request", source="openai-chat", target=WIRE).value
    assert value["input"][2]["output"] == [{"type": "input_image", "image_url": "https://example.org/a.png"}]
    assert len(value["input"]) == 3


# Tools and settings.


def test_another_providers_computer_and_search_are_offered_and_its_other_tools_are_not() -> None:
    tools = (
        hub.Tool(name="computer", form="computer", builtin=hub.Builtin(type="computer", version="20250124", options={"display_width_px": 9})),
        hub.Tool(name="web_search", form="server", builtin=hub.Builtin(type="web_search", version="20250305", options={
            "max_uses": 3, "allowed_domains": ["a.org"], "user_location": {"type": "approximate", "city": "Oslo"}})),
        hub.Tool(name="bash", builtin=hub.Builtin(type="bash", version="20250124")),
        hub.Opaque(wire="anthropic", document={"type": "x"}),
    )  # fmt: skip
    document = written(user(hub.Text(text="hi")), tools=tools, choice=hub.ToolChoice(mode="named", names=("bash",)))
    assert document["tools"] == [
        {"type": "computer"},
        {
            "type": "web_search",
            "filters": {"allowed_domains": ["a.org"]},
            "user_location": {"type": "approximate", "city": "Oslo"},
        },
    ]
    assert document["tool_choice"] == "auto"


def test_the_model_that_knows_only_the_older_computer_tool_is_offered_it() -> None:
    options = {"display_width_px": 1280, "display_height_px": 800}
    offered = hub.Tool(
        name="computer", form="computer", builtin=hub.Builtin(type="computer", version="20250124", options=options)
    )
    found, _ = adapt(hub.Request(tools=(offered,)), model="computer-use-preview-2025-03-11")
    assert write(WIRE, found)["tools"] == [
        {"type": "computer_use_preview", "display_width": 1280, "display_height": 800, "environment": "linux"}
    ]


def test_what_this_wire_assumes_otherwise_is_said_and_its_own_silence_is_kept() -> None:
    record = hub.Request(tools=(hub.Tool(name="f", schema={}),))
    document = write(WIRE, adapt(record)[0])
    assert (document["store"], document["tools"][0]["strict"]) == (False, False)
    document = write(WIRE, adapt(record, source=WIRE)[0])
    assert "store" not in document
    assert "strict" not in document["tools"][0]


def test_parameters_of_other_wires_are_left_out() -> None:
    document = written(
        user(hub.Text(text="hi")), stop=("x",), betas=("b",), version="v", cache=hub.Mark(kind="cache"),
        sampling=hub.Sampling(top_k=3, seed=1, temperature=0.5, logprobs=False),
        reasoning=hub.Reasoning(budget=9, effort="high", display="summarized", mode="enabled"),
        continues=(hub.Continues(kind="container", id="c", family="anthropic"),),
        settings=hub.Settings(service_tier="standard_only", stream_options={"include_usage": True}),
        format=hub.Format(kind="schema", schema={"type": "object"}),
    )  # fmt: skip
    assert document == {
        "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}],
        "text": {"format": {"type": "json_schema", "name": "answer", "schema": {"type": "object"}}},
        "reasoning": {"effort": "high", "summary": "auto"}, "temperature": 0.5, "store": False, "service_tier": "default",
    }  # fmt: skip


# Replies.


def reply(*parts: hub.Part, **more: Any) -> dict[str, Json]:
    candidate = hub.Candidate(turn=assistant(*parts), stop=more.pop("stop", hub.Reason.END_TURN))
    found, _ = adapt(hub.Response(candidates=(candidate,), **more))
    document = write(WIRE, found)
    assert isinstance(document, dict)
    return document


def test_a_reply_says_every_key_that_is_promised() -> None:
    document = reply(hub.Text(text="ho"))
    assert document["output"] == [
        {"type": "message", "role": "assistant", "id": "msg_0", "status": "completed",
         "content": [{"type": "output_text", "text": "ho", "annotations": []}]}
    ]  # fmt: skip
    assert {"id", "model", "created_at", "object", "parallel_tool_calls", "tool_choice", "tools"} <= set(document)


@pytest.mark.parametrize(
    ("stop", "status", "details"),
    [
        (hub.Reason.END_TURN, "completed", None),
        (hub.Reason.STOP_SEQUENCE, "completed", None),
        (hub.Reason.MAX_TOKENS, "incomplete", {"reason": "max_output_tokens"}),
        (hub.Reason.REFUSAL, "incomplete", {"reason": "content_filter"}),
        (hub.Reason.PAUSE_TURN, "incomplete", {"reason": "max_output_tokens"}),
        (hub.Other(raw="gave_up"), "incomplete", {"reason": "max_output_tokens"}),
    ],
)
def test_a_stop_without_a_word_here_is_never_a_whole_reply(stop: Any, status: str, details: Json) -> None:
    document = reply(hub.Text(text="ho"), stop=stop)
    assert document["status"] == status
    assert document["incomplete_details"] == details


def test_the_first_of_several_answers_stays_and_none_is_joined() -> None:
    answers = tuple(hub.Candidate(index=n, turn=assistant(hub.Text(text=str(n)))) for n in range(2))
    found, _ = adapt(hub.Response(candidates=answers))
    assert [part.text for part in found.candidates[0].turn.parts] == ["0"]
    assert len(found.candidates) == 1


def test_thinking_of_the_messages_api_is_a_summary_without_its_seal_and_all_thought_in_one_go_one_item() -> None:
    thoughts = [
        hub.Thinking(text=words, seal=hub.Seal(kind="signature", data=words, family="anthropic"))
        for words in ("hm", "", "ho")
    ]
    document = reply(*thoughts, hub.Text(text="look"), thoughts[0])
    summary = [{"type": "summary_text", "text": words} for words in ("hm", "ho")]
    assert document["output"][0] == {"type": "reasoning", "id": "rs_0", "summary": summary}
    assert document["output"][2] == {"type": "reasoning", "id": "rs_1", "summary": summary[:1]}


def test_what_another_model_thought_word_by_word_is_no_summary() -> None:
    response = hub.Response(
        candidates=(hub.Candidate(turn=assistant(hub.Thinking(text="hm")), stop=hub.Reason.END_TURN),)
    )
    found, _ = adapt(response, source="openai-chat")
    document = write(WIRE, found)
    assert isinstance(document, dict)
    assert document["output"] == [
        {"type": "reasoning", "id": "rs_0", "summary": [], "content": [{"type": "reasoning_text", "text": "hm"}]}
    ]


def test_log_probabilities_of_a_whole_answer_stand_on_its_one_text() -> None:
    entry = {"token": "ho", "logprob": -0.5, "bytes": [104, 111], "top_logprobs": []}
    candidate = hub.Candidate(
        turn=assistant(hub.Text(text="ho")), stop=hub.Reason.END_TURN, logprobs={"content": [entry]}
    )
    found, _ = adapt(hub.Response(candidates=(candidate,)))
    assert found.candidates[0].turn.parts[0].logprobs == [entry]


def test_numbers_that_must_be_there_are_insertions_where_they_are_unknown() -> None:
    usage = hub.Usage(uncached_in=hub.Known(n=10), out_text=hub.AtLeast(n=5))
    found, adapting = adapt(hub.Response(usage=usage))
    assert write(WIRE, found)["usage"]["output_tokens_details"] == {"reasoning_tokens": 0}
    assert [inserted.text for inserted in adapting.inserted].count(0) >= 3
    nothing, _ = adapt(hub.Response(usage=attrs.evolve(usage, uncached_in=None)))
    assert nothing.usage is None


def test_absent_is_what_a_hub_record_of_this_wire_says_of_outcomes() -> None:
    found, _ = adapt(
        hub.Request(turns=(assistant(hub.Call(id="a", name="b")), tool(hub.Result(call_id="a", outcome="ok"))))
    )
    assert found.turns[1].parts[0].outcome is ABSENT


@pytest.mark.parametrize("pictured", [True, False])
def test_the_id_of_a_computer_call_stays_with_it_and_is_no_functions(pictured: bool) -> None:
    """Answered in words it is said as a function, and the id of another kind of item is refused there."""
    call = clicking("c", computer.Click(at=ModelPoint(1, 2)))
    said = assistant(call, seams=(hub.Seam(start=0, stop=1, form="computer_call", id="cu_1", status="completed"),))
    picture = hub.Media(kind="image", source=hub.Base64(media_type="image/png", data="iVBORw0KGgo="))
    answer = hub.Result(call_id="c", parts=(picture if pictured else hub.Text(text="Not allowed."),))
    item = written(said, tool(answer))["input"][0]
    assert (item["type"], item.get("id")) == (("computer_call", "cu_1") if pictured else ("function_call", None))
