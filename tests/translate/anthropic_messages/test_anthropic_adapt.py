"""What adapting makes of records that the Messages API does not take as they are: one example for each step."""

from __future__ import annotations

from functools import partial
from typing import Any

import attrs
import pytest
from tests.translate.work import calls_in

from polyloop.translate import adapt, convert, fold, hub, restore, write
from polyloop.translate.adapting import Adapting
from polyloop.translate.anthropic_messages.adapt import adapt_request, adapt_response
from polyloop.translate.anthropic_messages.adapt_calls import unique_ids
from polyloop.translate.computer_use.actions import Click, Drag, Screenshot, Type
from polyloop.translate.computer_use.points import ModelPoint
from polyloop.translate.profiles import profile_for
from polyloop.translate.stream_converter import convert_events, replay
from polyloop.translate.wires import wire_of

HELLO = hub.Turn(role="user", parts=(hub.Text(text="hello"),))


def text(words: str) -> hub.Text:
    return hub.Text(text=words)


def turn(role: Any, *parts: hub.Part, **more: Any) -> hub.Turn:
    return hub.Turn(role=role, parts=parts, **more)


def written(request: hub.Request, **context: Any) -> tuple[Any, Adapting]:
    adapting = Adapting(target="anthropic", **context)
    return write("anthropic", adapt_request(request, adapting)), adapting


def messages(*turns: hub.Turn, **settings: Any) -> list[Any]:
    found: list[Any] = written(hub.Request(turns=turns, max_output=9, **settings))[0]["messages"]
    return found


def test_a_limit_nobody_said_is_inserted_and_told() -> None:
    document, adapting = written(hub.Request(turns=(HELLO,)))
    assert document["max_tokens"] == 4096
    assert [one.text for one in adapting.inserted] == [4096]


def test_leading_system_and_developer_words_become_the_instructions() -> None:
    document, _ = written(hub.Request(turns=(turn("system", text("a")), turn("developer", text("b")), HELLO)))
    assert [block["text"] for block in document["system"]] == ["a", "b"]


def test_later_system_words_stand_behind_the_users() -> None:
    found = messages(
        HELLO, turn("assistant", text("hi")), turn("developer", text("be brief")), turn("user", text("go on"))
    )
    assert [message["role"] for message in found] == ["user", "assistant", "user", "system"]


def test_system_words_behind_the_assistants_are_the_users() -> None:
    found = messages(HELLO, turn("assistant", text("hi")), turn("system", text("sum up")))
    assert found[-1] == {"role": "user", "content": [{"type": "text", "text": "sum up"}]}


def test_an_older_model_has_no_system_words_in_mid_conversation() -> None:
    request = hub.Request(turns=(HELLO, turn("system", text("be brief"))), max_output=9)
    profile = profile_for("bedrock", "anthropic.claude-opus-4-6-v1:0")
    document, _ = written(request, profile=profile)
    assert {message["role"] for message in document["messages"]} == {"user"}


def test_results_of_one_turn_stand_together_right_behind_their_calls() -> None:
    calls = (
        hub.Call(id="a", name="f", arguments=hub.Arguments(value={})),
        hub.Call(id="b", name="f", arguments=hub.Arguments(value={})),
    )
    found = messages(
        HELLO,
        turn("assistant", *calls),
        turn("tool", hub.Result(call_id="a")),
        turn("user", text("hurry")),
        turn("tool", hub.Result(call_id="b")),
    )
    assert [block.get("tool_use_id", block["type"]) for block in found[2]["content"]] == ["a", "b", "text"]


def test_a_call_nobody_answered_gets_an_answer_that_is_told() -> None:
    call = hub.Call(id="a", name="f", arguments=hub.Arguments(value={}))
    document, adapting = written(hub.Request(turns=(HELLO, turn("assistant", call)), max_output=9))
    answer = document["messages"][-1]["content"][0]
    assert answer["is_error"] is True
    assert answer["content"][0]["text"] in [one.text for one in adapting.inserted]


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (hub.Arguments(text='{"a": 1}', value={"a": 1}), {"a": 1}),
        (hub.Arguments(text=""), {}),
        (hub.Arguments(text='{"cut'), {"INVALID_JSON": '{"cut'}),
        (hub.Arguments(text="[1]", value=[1]), {"INVALID_JSON": "[1]"}),
        (hub.Arguments(value=[1]), {"INVALID_JSON": "[1]"}),
        (hub.Arguments(text='{"a": 1e400}', value={"a": float("inf")}), {"INVALID_JSON": '{"a": 1e400}'}),
        (hub.Arguments(text='{"a": 1e300}', value={"a": 1e300}), {"a": 1e300}),
    ],
)
def test_arguments_become_an_object_without_a_guess(arguments: hub.Arguments, given: Any) -> None:
    call = hub.Call(id="a", name="f", arguments=arguments)
    found = messages(HELLO, turn("assistant", call), turn("tool", hub.Result(call_id="a")))
    assert found[1]["content"][0]["input"] == given


def test_a_free_text_tool_takes_an_object_with_one_text() -> None:
    tool = hub.Tool(name="shell", form="custom")
    call = hub.Call(id="a", name="shell", form="custom", arguments=hub.Arguments(text="ls"))
    request = hub.Request(turns=(HELLO, turn("assistant", call), turn("tool", hub.Result(call_id="a"))), tools=(tool,))
    document, adapting = written(request)
    assert document["messages"][1]["content"][0]["input"] == {"input": "ls"}
    assert document["tools"][0]["input_schema"]["required"] == ["input"]
    assert adapting.context["custom"] == ["shell"]


def test_thinking_stays_only_where_anthropic_signed_it_and_never_becomes_text() -> None:
    signed = hub.Thinking(text="mine", seal=hub.Seal(kind="signature", data="s", family="anthropic"))
    foreign = hub.Thinking(text="theirs", seal=hub.Seal(kind="encrypted", data="e", family="openai"))
    found = messages(HELLO, turn("assistant", foreign, hub.Thinking(text="bare"), signed, text("hi")), HELLO)
    assert [block["type"] for block in found[1]["content"]] == ["thinking", "text"]
    assert "theirs" not in str(found)


def test_a_refusal_is_said_as_the_text_it_is() -> None:
    assert messages(HELLO, turn("assistant", hub.Refusal(text="no")), HELLO)[1]["content"][0]["text"] == "no"


def test_ids_are_spelled_in_the_alphabet_and_stay_apart() -> None:
    calls = [hub.Call(id=id, name="f", arguments=hub.Arguments(value={})) for id in ("a.b", "a_b", "a_b")]
    results = [hub.Result(call_id="a.b"), hub.Result(call_id="a_b")]
    turns = (
        HELLO,
        turn("assistant", *calls[:2]),
        turn("tool", *results),
        turn("assistant", calls[2]),
        turn("tool", results[1]),
    )
    document, adapting = written(hub.Request(turns=turns))
    used = [
        block["id"] for message in document["messages"] for block in message["content"] if block["type"] == "tool_use"
    ]
    answered = [
        block["tool_use_id"]
        for message in document["messages"]
        for block in message["content"]
        if block["type"] == "tool_result"
    ]
    assert used == answered
    assert len(set(used)) == 3
    assert all(id.replace("_", "").replace("-", "").isalnum() for id in used)
    assert adapting.context["ids"] == {"a.b": used[0]}


def test_calls_of_one_id_are_answered_in_their_order() -> None:
    """Servers that give no ids give every call the same one: the empty text."""
    calls = [hub.Call(id="", name="f", arguments=hub.Arguments(value={"n": number})) for number in range(3)]
    results = [hub.Result(call_id="", parts=(text(f"r{number}"),)) for number in range(3)]
    found = messages(
        HELLO,
        turn("assistant", *calls[:2]),
        turn("tool", *results[:2]),
        turn("assistant", calls[2]),
        turn("tool", results[2]),
    )
    asked = [(block["id"], block["input"]["n"]) for message in found[1::2] for block in message["content"]]
    told = [(block["tool_use_id"], block["content"]) for message in found[2::2] for block in message["content"]]
    assert len({id for id, _ in asked}) == 3
    assert told == [(id, [{"type": "text", "text": f"r{number}"}]) for id, number in asked]


def test_a_result_answers_the_newest_turn_that_has_its_id() -> None:
    call, result = hub.Call(id="c", name="f", arguments=hub.Arguments(value={})), hub.Result(call_id="c")
    found = messages(HELLO, turn("assistant", call), HELLO, turn("assistant", call), turn("tool", result))
    assert found[-1]["content"][0]["tool_use_id"] == found[-2]["content"][0]["id"] != "c"


def test_an_id_that_an_earlier_call_was_given_is_none_of_a_later_ones() -> None:
    """What a call is given depends on those before it: a history that grows keeps what was sent."""
    calls = [hub.Call(id=id, name="f", arguments=hub.Arguments(value={})) for id in ("c", "c", "c_2", "c")]
    results = [hub.Result(call_id=call.id) for call in calls]
    for asked in range(1, 5):
        found = messages(HELLO, turn("assistant", *calls[:asked]), turn("tool", *results[:asked]))
        ids = [block["id"] for block in found[1]["content"]]
        assert ids == ["c", "c_2", "c_2_2", "c_3"][:asked]
        assert [block["tool_use_id"] for block in found[2]["content"]] == ids


def test_a_batch_of_actions_is_a_call_for_each_and_the_last_keeps_id_and_result() -> None:
    actions = (Click(at=ModelPoint(1, 2)), Type(text="x"), Screenshot())
    call = hub.Call(id="c", name="computer", form="computer", actions=actions, checks=(hub.SafetyCheck(id="s"),))
    image = hub.Media(kind="image", source=hub.Base64(media_type="image/png", data="AAAA"))
    tool = hub.Tool(form="computer", builtin=hub.Builtin(type="computer"))
    request = hub.Request(
        turns=(HELLO, turn("assistant", call), turn("tool", hub.Result(call_id="c", parts=(image,), form="computer"))),
        tools=(tool,),
    )
    document, adapting = written(request)
    calls, results = document["messages"][1]["content"], document["messages"][2]["content"]
    assert [(block["id"], block["name"]) for block in calls] == [
        ("c_1", "left_click"),
        ("c_2", "type"),
        ("c", "screenshot"),
    ]
    assert [block["tool_use_id"] for block in results] == ["c_1", "c_2", "c"]
    assert all(block["toolset_name"] == "computer" for block in calls + results)
    assert document["tools"] == [{"type": "computer_toolset_20260801"}]
    assert adapting.context["computer"] == {
        "name": "computer",
        "tool": "computer",
        "target": "computer_toolset_20260801",
    }


def test_an_action_in_several_steps_is_several_calls() -> None:
    path = (ModelPoint(1, 1), ModelPoint(2, 2), ModelPoint(3, 3))
    call = hub.Call(id="c", name="computer", form="computer", actions=(Drag(path=path),))
    found = messages(HELLO, turn("assistant", call), turn("tool", hub.Result(call_id="c")))
    assert [block["name"] for block in found[1]["content"]][:2] == ["mouse_move", "left_mouse_down"]


def test_the_computer_is_offered_in_the_version_the_host_takes() -> None:
    tool = hub.Tool(
        form="computer",
        builtin=hub.Builtin(
            type="computer_use_preview", options={"display_width": 100, "display_height": 80, "environment": "linux"}
        ),
    )
    document, adapting = written(
        hub.Request(turns=(HELLO,), tools=(tool,), max_output=9),
        profile=profile_for("bedrock", "anthropic.claude-opus-4-6-v1:0"),
    )
    offered = document["tools"][0]
    assert (offered["display_width_px"], offered["display_height_px"]) == (100, 80)
    assert document["betas"] == [one.text for one in adapting.inserted]


def test_sound_and_foreign_files_are_left_out_and_a_message_of_nothing_else_too() -> None:
    sound = hub.Media(kind="audio", source=hub.Base64(media_type="audio/wav", data="AAAA"))
    stored = hub.Media(kind="image", source=hub.FileId(id="file-1", family="openai"))
    assert messages(turn("user", sound), turn("assistant", text("?")), turn("user", stored, text("b"))) == [
        {"role": "assistant", "content": [{"type": "text", "text": "?"}]},
        {"role": "user", "content": [{"type": "text", "text": "b"}]},
    ]


def test_a_text_file_given_as_bytes_is_plain_text() -> None:
    file = hub.Media(kind="document", source=hub.Base64(media_type="text/plain", data="aGk="), title="a.txt")
    source = messages(turn("user", file))[0]["content"][0]["source"]
    assert source == {"type": "text", "media_type": "text/plain", "data": "hi"}


def test_more_than_four_cache_points_keep_the_last() -> None:
    parts = [part for n in range(6) for part in (text(str(n)), hub.Mark(kind="cache", data={"ttl": "30m"}))]
    blocks = messages(turn("user", *parts))[0]["content"]
    assert [block.get("cache_control") for block in blocks] == [None, None] + [{"type": "ephemeral"}] * 4


def test_a_conversation_ends_with_the_user_where_the_model_takes_no_prefill() -> None:
    request = hub.Request(turns=(HELLO, turn("assistant", text("I "))), max_output=9)
    document, adapting = written(request, profile=profile_for("anthropic", "claude-opus-5-5"))
    assert document["messages"][-1]["content"] == [{"type": "text", "text": adapting.inserted[0].text}]
    assert messages(*request.turns)[-1]["content"] == [{"type": "text", "text": "I"}]


def test_instructions_alone_are_the_users_words() -> None:
    document, _ = written(hub.Request(instructions=turn("system", text("say hi"))))
    assert document["messages"] == [{"role": "user", "content": [{"type": "text", "text": "say hi"}]}]
    assert "system" not in document


@pytest.mark.parametrize(("version", "kept"), [("2023-06-01", True), ("2026-10-21", False)])
def test_sampling_is_said_only_to_versions_that_take_it(version: str, kept: bool) -> None:
    request = hub.Request(turns=(HELLO,), sampling=hub.Sampling(temperature=0.5, seed=1), version=version)
    assert ("temperature" in written(request)[0]) is kept


def test_a_schema_with_a_union_at_the_top_goes_one_level_down_and_its_calls_too() -> None:
    tool = hub.Tool(name="either", schema={"anyOf": [{"type": "object"}, {"type": "object"}]})
    call = hub.Call(id="c", name="either", arguments=hub.Arguments(value={"a": 1}))
    request = hub.Request(turns=(HELLO, turn("assistant", call), turn("tool", hub.Result(call_id="c"))), tools=(tool,))
    document, adapting = written(request)
    assert document["tools"][0]["input_schema"]["required"] == ["value"]
    assert document["messages"][1]["content"][0]["input"] == {"value": {"a": 1}}
    assert list(adapting.context["schemas"]) == ["either"]


def test_the_objects_of_an_answers_form_are_closed() -> None:
    schema = {"type": "object", "properties": {"default": {"type": "object"}}, "default": {"type": "object"}}
    document, _ = written(hub.Request(turns=(HELLO,), format=hub.Format(kind="schema", name="n", schema=schema)))
    assert document["output_config"]["format"]["schema"] == {
        "type": "object",
        "properties": {"default": {"type": "object", "additionalProperties": False}},
        "default": {"type": "object"},
        "additionalProperties": False,
    }


# Replies.


def answered(*parts: hub.Part, **more: Any) -> hub.Response:
    candidate = hub.Candidate(turn=turn("assistant", *parts), **more)
    return hub.Response(id="r", model="m", candidates=(candidate,))


def test_the_first_of_several_answers_is_the_reply() -> None:
    one, two = answered(text("one"), index=1).candidates[0], answered(text("two"), index=0).candidates[0]
    found = adapt(attrs.evolve(answered(), candidates=(one, two)), "anthropic")
    assert write("anthropic", found)["content"] == [{"type": "text", "text": "two"}]


def test_a_call_that_was_cut_off_is_no_call_of_a_reply() -> None:
    cut = hub.Call(id="c", name="f", arguments=hub.Arguments(text='{"a'), state="cut")
    assert write("anthropic", adapt(answered(text("a"), cut, stop=hub.Reason.MAX_TOKENS), "anthropic"))["content"] == [
        {"type": "text", "text": "a"}
    ]


def test_calls_of_one_id_are_numbered_in_a_reply_too_and_in_its_stream() -> None:
    def called(name: str) -> Any:
        return {"id": "c", "type": "function", "function": {"name": name, "arguments": "{}"}}

    answer = {"index": 0, "message": {"role": "assistant", "content": None, "tool_calls": [called("f"), called("g")]}}
    reply: Any = {
        "id": "r", "object": "chat.completion", "created": 0, "model": "m",
        "choices": [{**answer, "finish_reason": "tool_calls"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }  # fmt: skip
    translation = convert(reply, kind="response", source="openai-chat", target="anthropic")
    assert [block["id"] for block in translation.value["content"]] == ["c", "c_2"]
    assert [(row.pointer, row.before, row.after) for row in translation.losses] == [
        ("/choices/0/message/tool_calls/1/id", "c", "c_2")
    ]
    assert restore(translation) == reply
    adapting = Adapting(target="anthropic", source="openai-chat")
    events = convert_events(
        replay("openai-chat", reply), wire_of("openai-chat"), wire_of("anthropic"), adapting, whole=True
    )
    assert fold("anthropic", events)["content"] == translation.value["content"]


def test_what_it_costs_to_number_calls_of_one_id_grows_with_their_number_not_with_its_square() -> None:
    """Some servers call every call of a conversation the same."""

    def conversation(steps: int) -> tuple[hub.Turn, ...]:
        call = hub.Call(id="c", name="f", arguments=hub.Arguments(value={}))
        return (turn("assistant", call), turn("tool", hub.Result(call_id="c"))) * steps

    short, long = (calls_in(partial(unique_ids, conversation(steps))) for steps in (50, 500))
    assert long < 11 * short


@pytest.mark.parametrize(
    ("stop", "word"),
    [(hub.Reason.CONTENT_FILTER, "refusal"), (hub.Other(raw="eos"), "max_tokens"), (hub.Reason.TOOL_USE, "tool_use")],
)
def test_a_reason_without_a_word_is_no_end_of_a_turn(stop: Any, word: Any) -> None:
    assert write("anthropic", adapt(answered(text("a"), stop=stop), "anthropic"))["stop_reason"] == word


def test_a_refusal_in_a_part_of_its_own_is_the_stop_reason_here() -> None:
    """Otherwise its text would be an answer like any other, and a loop would take it for one."""
    refusal = hub.Refusal(text="I cannot help with that.")
    ended = {"stop": hub.Reason.END_TURN}
    reply = write("anthropic", adapt(answered(refusal, **ended), "anthropic"))
    assert (reply["content"], reply["stop_reason"]) == ([{"type": "text", "text": refusal.text}], "refusal")
    call = hub.Call(id="c", name="f", arguments=hub.Arguments(value={}))
    for parts, stop in (((refusal, call), "tool_use"), ((text("a"),), "end_turn")):
        assert write("anthropic", adapt(answered(*parts, **ended), "anthropic"))["stop_reason"] == stop


def test_sound_counts_with_the_words_and_the_sum_stays() -> None:
    usage = hub.Usage(
        uncached_in=hub.Known(n=5), audio_in=hub.Known(n=2), out_text=hub.AtLeast(n=3), audio_out=hub.Known(n=4)
    )
    found = adapt(attrs.evolve(answered(text("a"), stop=hub.Reason.END_TURN), usage=usage), "anthropic")
    assert write("anthropic", found)["usage"] == {"input_tokens": 7, "output_tokens": 7}


def test_a_reply_that_failed_is_an_error_of_the_wire() -> None:
    adapting = Adapting(target="anthropic")
    found = adapt_response(hub.Response(status="failed", error={"code": "server_error", "message": "m"}), adapting)
    assert write("anthropic", found) == {"type": "error", "error": {"type": "api_error", "message": "m"}}
    assert adapting.inserted == []


@pytest.mark.parametrize("kind", ["computer_toolset_20260801", "computer_20250124"])
def test_a_reply_over_a_wire_without_computers_calls_the_computer_of_the_request(kind: str) -> None:
    tools: list[Any] = [{"type": kind}]
    if kind == "computer_20250124":
        tools = [{"type": kind, "name": "computer", "display_width_px": 100, "display_height_px": 80}]
    document = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "click"}], "tools": tools}
    asked = convert(document, kind="request", source="anthropic", target="openai-chat")
    said = {"name": asked.context["computer"]["name"], "arguments": '{"action": "left_click", "coordinate": [1, 2]}'}
    answer = {
        "id": "r",
        "model": "m",
        "object": "chat.completion",
        "created": 1,
        "choices": [
            {
                "index": 0,
                "finish_reason": "tool_calls",
                "message": {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [{"id": "c", "type": "function", "function": said}],
                },
            }
        ],
    }
    back = convert(answer, kind="response", source="openai-chat", target="anthropic", context=asked.context)
    block = back.value["content"][0]
    if kind == "computer_20250124":
        assert (block["name"], block["input"]["action"]) == ("computer", "left_click")
    else:
        assert (block["name"], block["toolset_name"], block["input"]) == (
            "left_click",
            "computer",
            {"coordinate": [1, 2]},
        )
