"""How documents of the Messages API are read, and how a changed record is written: one example for each quirk."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from polyloop.translate import WriteError, hub, read, write
from polyloop.translate.computer_use.actions import Click, Foreign, Key, Screenshot
from polyloop.translate.computer_use.points import ModelPoint
from polyloop.translate.jsonvalue import ABSENT

COMPUTER = {"type": "computer_20250124", "name": "computer", "display_width_px": 100, "display_height_px": 80}


def request(*messages: Any, **settings: Any) -> hub.Request:
    found = read("anthropic", "request", {"messages": list(messages), **settings})
    assert isinstance(found, hub.Request)
    return found


def reply(*content: Any, **settings: Any) -> hub.Response:
    usual = {"content": list(content), "stop_reason": "end_turn", "usage": {"input_tokens": 1}}
    found = read("anthropic", "response", {**usual, **settings})
    assert isinstance(found, hub.Response)
    return found


def user(*blocks: Any) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


def assistant(*blocks: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": list(blocks)}


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}


def result(id: str, **more: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": id, **more}


def call(name: str, **given: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": "toolu_1", "name": name, "input": given}


# Turns and seams.


def test_results_are_the_tools_words_and_what_follows_is_the_users() -> None:
    found = request(assistant(call("f")), user(result("toolu_1"), result("toolu_2"), text("and?")))
    assert [turn.role for turn in found.turns] == ["assistant", "tool", "user"]
    assert [len(turn.parts) for turn in found.turns] == [1, 2, 1]
    assert all(turn.seams == () for turn in found.turns)


def test_results_in_a_message_of_their_own_have_a_seam_behind_them() -> None:
    found = request(user(result("toolu_1")), user(text("and?")))
    assert found.turns[1].seams == (hub.Seam(start=0, stop=1),)


def test_two_messages_of_one_speaker_are_one_turn_with_a_seam() -> None:
    found = request({"role": "user", "content": "a"}, {"role": "user", "content": "b"})
    assert len(found.turns) == 1
    assert found.turns[0].seams == (hub.Seam(start=1, stop=2),)


def test_adjacent_tool_and_user_turns_are_written_as_one_message() -> None:
    turns = (
        hub.Turn(role="tool", parts=(hub.Result(call_id="c"),)),
        hub.Turn(role="user", parts=(hub.Text(text="a"),)),
    )
    assert write("anthropic", hub.Request(turns=turns))["messages"] == [user(result("c"), text("a"))]


def test_a_cache_point_goes_with_the_result_before_it() -> None:
    found = request(user(result("toolu_1", cache_control={"type": "ephemeral"}), text("a")))
    assert found.turns[0].parts[1] == hub.Mark(kind="cache")
    assert found.turns[1].parts == (hub.Text(text="a"),)


def test_a_cache_point_behind_nothing_is_refused() -> None:
    turn = hub.Turn(role="user", parts=(hub.Mark(kind="cache"), hub.Text(text="a")))
    with pytest.raises(WriteError):
        write("anthropic", hub.Request(turns=(turn,)))


@pytest.mark.parametrize("content", ["a", [text("a")]])
def test_a_string_and_one_text_block_are_two_spellings_of_one_text(content: Any) -> None:
    found = request({"role": "user", "content": content})
    assert found == request({"role": "user", "content": "a"})
    assert write("anthropic", found)["messages"][0]["content"] == content


def test_a_lone_string_becomes_a_block_where_a_cache_point_follows_it() -> None:
    found = request({"role": "user", "content": "a"})
    marked = attrs.evolve(found.turns[0], parts=(*found.turns[0].parts, hub.Mark(kind="cache", data={"ttl": "1h"})))
    written = write("anthropic", attrs.evolve(found, turns=(marked,)))
    assert written["messages"][0]["content"] == [text("a", cache_control={"type": "ephemeral", "ttl": "1h"})]


# Settings.


def test_what_a_message_in_mid_conversation_changes_is_a_mark() -> None:
    found = request(
        {"role": "user", "content": "a"}, {"role": "system", "content": "b", "output_config": {"effort": "low"}}
    )
    assert found.turns[1].parts[1] == hub.Mark(kind="config_change", data={"reasoning": {"effort": "low"}})


@pytest.mark.parametrize("key", ["betas", "anthropic_beta"])
def test_beta_flags_come_back_under_the_key_they_came_under(key: str) -> None:
    found = request(**{key: ["a", "b"]})
    assert found.betas == ("a", "b")
    assert write("anthropic", attrs.evolve(found, betas=("c",)))[key] == ["c"]


def test_the_version_in_a_body_is_the_requests() -> None:
    assert request(anthropic_version="bedrock-2023-05-31").version == "bedrock-2023-05-31"


def test_effort_and_thinking_are_one_record() -> None:
    found = request(thinking={"type": "adaptive", "display": None}, output_config={"effort": "high"})
    assert found.reasoning == hub.Reasoning(mode="adaptive", display=None, effort="high")


@pytest.mark.parametrize(("disabled", "parallel"), [(True, False), (False, True), (None, None)])
def test_parallel_calls_are_said_by_their_opposite(disabled: Any, parallel: Any) -> None:
    choice = {"type": "tool", "name": "f", "disable_parallel_tool_use": disabled}
    assert request(tool_choice=choice).choice == hub.ToolChoice(mode="named", names=("f",), parallel=parallel)


def test_a_dated_tool_is_type_version_and_options() -> None:
    found = request(tools=[{"type": "web_search_20250305", "name": "web_search", "max_uses": 2}])
    assert isinstance(found.tools, tuple)
    builtin = hub.Builtin(type="web_search", version="20250305", options={"max_uses": 2})
    assert found.tools[0] == hub.Tool(name="web_search", form="server", builtin=builtin)


# Calls of the computer.


def test_a_call_is_the_computers_where_the_request_defines_one_of_that_name() -> None:
    found = request(assistant(call("computer", action="left_click", coordinate=[1, 2])), tools=[COMPUTER])
    assert found.turns[0].parts[0] == hub.Call(
        id="toolu_1", name="computer", form="computer", actions=(Click(at=ModelPoint(1, 2)),)
    )


def test_without_a_definition_it_is_a_function_call() -> None:
    found = request(assistant(call("computer", action="screenshot")))
    assert found.turns[0].parts[0] == hub.Call(
        id="toolu_1", name="computer", arguments=hub.Arguments(value={"action": "screenshot"})
    )


def test_a_toolset_says_so_by_itself_also_in_a_reply() -> None:
    found = reply({**call("key", text="ctrl+s"), "toolset_name": "computer"})
    said = found.candidates[0].turn.parts[0]
    assert isinstance(said, hub.Call)
    assert said.actions == (Key(chords=(("Control", "s"),)),)
    changed = attrs.evolve(found.candidates[0].turn, parts=(attrs.evolve(said, actions=(Screenshot(),)),))
    candidate = attrs.evolve(found.candidates[0], turn=changed)
    block = write("anthropic", attrs.evolve(found, candidates=(candidate,)))["content"][0]
    assert (block["name"], block["input"]) == ("screenshot", {})


def test_the_order_of_keys_in_an_action_comes_back() -> None:
    given = {"coordinate": [1, 2], "text": "shift", "action": "left_click"}
    found = request(assistant(call("computer", **given)), tools=[COMPUTER])
    assert list(write("anthropic", found)["messages"][0]["content"][0]["input"]) == list(given)


def test_an_action_the_tool_does_not_have_is_kept_and_never_guessed() -> None:
    found = request(assistant(call("computer", action="fly", to="the moon")), tools=[COMPUTER])
    said = found.turns[0].parts[0]
    assert isinstance(said, hub.Call)
    assert isinstance(said.actions, tuple)
    assert isinstance(said.actions[0], Foreign)
    assert write("anthropic", found)["messages"][0]["content"][0]["input"] == {"action": "fly", "to": "the moon"}


def test_the_result_of_a_computer_call_is_a_computers_result() -> None:
    found = request(assistant(call("computer", action="screenshot")), user(result("toolu_1")), tools=[COMPUTER])
    assert found.turns[1].parts[0] == hub.Result(call_id="toolu_1", outcome="ok", form="computer")


# Replies.


def test_usage_is_disjoint_buckets_beside_what_was_reported() -> None:
    document = {
        "input_tokens": 10,
        "cache_read_input_tokens": 7,
        "cache_creation_input_tokens": 30,
        "cache_creation": {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 20},
        "output_tokens": 9,
        "output_tokens_details": {"thinking_tokens": 4},
    }
    usage = reply(usage=document).usage
    assert usage == hub.Usage(
        uncached_in=hub.Known(n=10),
        cache_read=hub.Known(n=7),
        cache_write_5m=hub.Known(n=10),
        cache_write_1h=hub.Known(n=20),
        out_text=hub.Known(n=5),
        out_reasoning=hub.Known(n=4),
        reported=hub.Own(wire="anthropic", fields=document),
    )


def test_a_cache_write_without_its_time_is_of_five_minutes() -> None:
    usage = reply(usage={"input_tokens": 1, "cache_creation_input_tokens": 8}).usage
    assert usage is not None
    assert (usage.cache_write_5m, usage.cache_write_1h) == (hub.Known(n=8), None)


def test_changed_buckets_are_written_anew() -> None:
    found = reply(usage={"input_tokens": 1, "output_tokens": 2, "service_tier": "batch"})
    assert found.usage is not None
    changed = attrs.evolve(found, usage=attrs.evolve(found.usage, out_text=hub.Known(n=5)))
    assert write("anthropic", changed)["usage"] == {"input_tokens": 1, "output_tokens": 5, "service_tier": "batch"}


@pytest.mark.parametrize(
    ("word", "stop", "status"),
    [
        ("end_turn", hub.Reason.END_TURN, "finished"),
        ("pause_turn", hub.Reason.PAUSE_TURN, "paused"),
        ("model_context_window_exceeded", hub.Reason.CONTEXT_OVERFLOW, "finished"),
        ("bored", hub.Other(raw="bored"), "finished"),
        (None, None, "cut"),
    ],
)
def test_a_stop_reason_is_known_or_kept_and_none_is_a_broken_reply(word: Any, stop: Any, status: str) -> None:
    found = reply(stop_reason=word)
    assert (found.candidates[0].stop, found.status) == (stop, status)


def test_a_container_can_be_gone_on_from() -> None:
    found = reply(container={"id": "container_1", "expires_at": "t"})
    assert found.continues == (hub.Continues(kind="container", id="container_1", family="anthropic"),)
    assert write("anthropic", request())["messages"] == []
    assert write("anthropic", attrs.evolve(request(), continues=found.continues))["container"] == "container_1"


def test_an_assistants_turn_says_who_minted_it() -> None:
    assert reply(model="claude-opus-5-5").candidates[0].turn.origin == hub.Origin(
        family="anthropic", model="claude-opus-5-5"
    )


# What is refused.


@pytest.mark.parametrize(
    "part",
    [
        hub.Refusal(text="no"),
        hub.Opaque(wire="openai-chat", document={}),
        hub.Thinking(text="hm", seal=hub.Seal(kind="encrypted", data="x", family="openai")),
        hub.Media(kind="audio", source=hub.Url(url="https://example.org/a.wav")),
        hub.Media(kind="image", source=hub.Url(url="https://example.org/a.png"), detail="high"),
        hub.Media(kind="image", source=hub.FileId(id="file-1", family="openai")),
        hub.Call(id="c", name="f", form="custom", arguments=hub.Arguments(text="free")),
        hub.Call(id="c", name="f", state="cut"),
        hub.Call(id="c", name="computer", form="computer", actions=(Screenshot(), Screenshot())),
        hub.Result(call_id="c", outcome="denied"),
        hub.ServerCall(id="s", tool="web_search", family="openai"),
        hub.Text(text="a", logprobs=[]),
        hub.Text(text="a", citations=(hub.Citation(kind="url", start=1, end=2),)),
    ],
    ids=lambda part: type(part).__name__,
)
def test_what_the_wire_cannot_say_is_refused_not_repaired(part: Any) -> None:
    with pytest.raises(WriteError):
        write("anthropic", hub.Request(turns=(hub.Turn(role="user", parts=(part,)),)))


def test_missing_keys_stay_missing() -> None:
    assert request().max_output is ABSENT
    assert write("anthropic", hub.Request()) == {"messages": []}
