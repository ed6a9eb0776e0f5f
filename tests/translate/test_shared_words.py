"""What several wires say in words of their own, and the hub in one: examples of each, there and back."""

from __future__ import annotations

from typing import Any, Final

import pytest

from polyloop.translate import Translation, convert, hub, read, write
from polyloop.translate.jsonvalue import ABSENT, Json
from polyloop.translate.profiles import check, profile_for

A: Final = "anthropic"
C: Final = "openai-chat"
R: Final = "openai-responses"
SCHEMA: Final[Json] = {"type": "object", "properties": {}}


def converted(document: Json, source: str, target: str) -> Translation:
    translation = convert(document, kind="request", source=source, target=target)
    assert all(row.reason for row in translation.losses)
    return translation


def lost(translation: Translation) -> list[str]:
    return [row.pointer for row in translation.losses if row.kind != "added"]


# A choice among some of the tools.


def chat_choice(mode: str, *names: str) -> Json:
    tools = [{"type": "function", "function": {"name": name}} for name in names]
    return {"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": tools}}


def chat_request(choice: Json) -> dict[str, Any]:
    tools = [{"type": "function", "function": {"name": name, "parameters": SCHEMA}} for name in ("f", "g")]
    return {"model": "m", "messages": [{"role": "user", "content": "q"}], "tools": tools, "tool_choice": choice}


@pytest.mark.parametrize("mode", ["auto", "required"])
def test_whether_an_allowed_tool_must_be_called_crosses_between_openais_wires(mode: str) -> None:
    there = converted(chat_request(chat_choice(mode, "f", "g")), C, R)
    assert there.value["tool_choice"]["mode"] == mode
    assert lost(there) == []
    assert converted(there.value, R, C).value["tool_choice"] == chat_choice(mode, "f", "g")


def test_the_one_tool_that_must_be_called_is_named_on_the_messages_api_and_one_of_several_is_any() -> None:
    one = converted(chat_request(chat_choice("required", "f")), C, A)
    assert one.value["tool_choice"] == {"type": "tool", "name": "f"}
    several = converted(chat_request(chat_choice("required", "f", "g")), C, A)
    assert several.value["tool_choice"] == {"type": "any"}
    assert lost(several) == ["/tool_choice"]


def test_a_host_that_refuses_forced_choices_refuses_an_allowed_tool_that_must_be_called() -> None:
    unforced = profile_for("anthropic", "claude-opus-5-5")
    assert unforced is not None
    for must, rules in ((False, []), (True, ["tool_choice"])):
        choice = hub.ToolChoice(mode="allowed", names=("f",), required=must)
        request = hub.Request(turns=(hub.Turn(role="user", parts=(hub.Text(text="q"),)),), choice=choice)
        assert [found.rule for found in check(request, unforced) if found.rule == "tool_choice"] == rules


# Who calls, and what a result says again of its call.


def test_a_program_that_calls_is_the_same_record_from_both_wires_and_stays_with_its_provider() -> None:
    block = {"type": "tool_use", "id": "c", "name": "f", "input": {}, "caller": {"type": "code_execution_20260120", "tool_id": "srvtoolu_1"}}  # fmt: skip
    messages = [{"role": "user", "content": "q"}, {"role": "assistant", "content": [block]},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": "r"}]}]  # fmt: skip
    document = {"model": "m", "max_tokens": 9, "messages": messages}
    request = read(A, "request", document)
    assert isinstance(request, hub.Request)
    call = request.turns[1].parts[0]
    assert isinstance(call, hub.Call)
    assert call.caller == hub.Caller(kind="code_execution_20260120", id="srvtoolu_1")
    there = converted(document, A, R)
    assert all("caller" not in item for item in there.value["input"])
    assert lost(there) == ["/messages/1/content/0/caller"]


@pytest.mark.parametrize("caller", [{"type": "direct"}, None])
def test_that_the_model_itself_calls_is_what_is_so_where_nothing_is_said(caller: Json) -> None:
    item = {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}
    said, unsaid = ({"model": "m", "input": [one]} for one in ({**item, "caller": caller}, item))
    assert read(R, "request", said) == read(R, "request", unsaid)


def test_the_name_of_a_function_said_again_with_its_result_crosses_where_it_is_published() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    messages = [{"role": "user", "content": "q"}, {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "c", "name": "f", "content": "r"}]  # fmt: skip
    document = {"model": "m", "messages": messages}
    there = converted(document, C, R)
    assert there.value["input"][-1]["name"] == "f"
    assert lost(there) == ["/messages/2/name"]  # the published tool message has none to say it back in
    assert "name" not in converted(there.value, R, C).value["messages"][-1]
    assert lost(converted(document, C, A)) == ["/messages/2/name"]


# What a provider does with the conversation by itself.


def compacting(tokens: int | None) -> dict[str, Any]:
    trigger = {} if tokens is None else {"trigger": {"type": "input_tokens", "value": tokens}}
    edits = [{"type": "clear_thinking_20251015", "keep": "all"}, {"type": "compact_20260112", **trigger}]
    return {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "q"}], "context_management": {"edits": edits}}  # fmt: skip


@pytest.mark.parametrize("tokens", [None, 60_000])
def test_a_compaction_and_the_thinking_of_all_turns_cross_both_ways(tokens: int | None) -> None:
    document = compacting(tokens)
    there = converted(document, A, R)
    threshold = {} if tokens is None else {"compact_threshold": tokens}
    assert there.value["context_management"] == [{"type": "compaction", **threshold}]
    assert there.value["reasoning"] == {"context": "all_turns"}
    assert lost(there) == []
    back = converted(there.value, R, A)
    assert back.value["context_management"] == document["context_management"]
    assert back.value["betas"] == ["context-management-2025-06-27", "compact-2026-01-12"]
    assert lost(converted(document, A, C)) == ["/context_management"]


def test_a_compaction_begins_no_sooner_than_the_provider_begins_one() -> None:
    document = {"model": "m", "input": "q", "context_management": [{"type": "compaction", "compact_threshold": 1000}]}
    there = converted(document, R, A)
    assert there.value["context_management"]["edits"][0]["trigger"] == {"type": "input_tokens", "value": 50_000}
    assert "/context_management/0/compact_threshold" in lost(there)


@pytest.mark.parametrize(
    "edits",
    [
        [{"type": "compact_20260112"}, {"type": "compact_20260112"}],
        [{"type": "compact_20260112", "trigger": {"type": "input_tokens", "value": True}}],
        [{"type": "clear_thinking_20251015", "keep": {"type": "thinking_turns", "value": 1}}],
        [{"type": ["compact_20260112"]}, None],
    ],
)
def test_edits_that_say_another_thing_stay_what_they_are(edits: Json) -> None:
    request = read(A, "request", {"messages": [], "context_management": {"edits": edits}})
    assert isinstance(request, hub.Request)
    assert (request.compaction, request.reasoning) == (None, ABSENT)
    assert request.own is not None
    assert request.own.fields == {"context_management": {"edits": edits}}


def test_edits_keep_the_order_they_came_in() -> None:
    others = [{"type": "clear_tool_uses_20250919"}, {"type": "unheard_of"}]
    edits = [{"type": "compact_20260112"}, *others, {"type": "clear_thinking_20251015", "keep": {"type": "all"}}]
    document = {"messages": [], "context_management": {"edits": edits}}
    request = read(A, "request", document)
    assert isinstance(request, hub.Request)
    assert request.compaction == hub.Compaction()
    assert request.reasoning == hub.Reasoning(context="all_turns")
    assert convert(document, kind="request", source=A, target=A).value["context_management"] == {"edits": edits}


# What a reply says of the whole of it.


JUDGEMENT: Final[Json] = {
    "categories": {"violence": False}, "category_applied_input_types": {"violence": ["text"]},
    "category_scores": {"violence": 0.1}, "flagged": False, "model": "omni", "type": "moderation_result",
}  # fmt: skip
JUDGED: Final[Json] = {"model": "omni", "results": [JUDGEMENT], "type": "moderation_results"}
ERROR: Final[Json] = {"code": "c", "message": "m", "type": "error"}


def completion(**keys: Json) -> dict[str, Any]:
    message = {"role": "assistant", "content": "t", "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], **keys}


def replied(document: Json, source: str, target: str) -> Translation:
    translation = convert(document, kind="response", source=source, target=target)
    assert all(row.reason for row in translation.losses)
    return translation


def test_tier_metadata_and_judgements_of_a_reply_cross_between_openais_wires() -> None:
    said: dict[str, Json] = {
        "service_tier": "flex",
        "metadata": {"k": "v"},
        "moderation": {"input": JUDGED, "output": ERROR},
    }
    there = replied(completion(**said), C, R)
    assert (there.value["service_tier"], there.value["metadata"]) == ("flex", {"k": "v"})
    assert there.value["moderation"] == {"input": JUDGEMENT, "output": ERROR}
    assert not {"/service_tier", "/metadata", "/moderation"} & set(lost(there))
    back = replied(there.value, R, C).value
    assert {key: back[key] for key in said} == said


def test_judgements_of_several_things_are_more_than_the_responses_api_says() -> None:
    several = {**JUDGED, "results": [JUDGEMENT, JUDGEMENT]}
    there = replied(completion(moderation={"input": several, "output": ERROR}), C, R)
    assert "moderation" not in there.value
    assert "/moderation" in lost(there)


@pytest.mark.parametrize(("tier", "word"), [("standard", "default"), ("priority", "priority"), ("batch", None)])
def test_the_tier_of_the_messages_api_is_said_in_openais_words_and_not_the_other_way(
    tier: str, word: str | None
) -> None:
    usage = {"input_tokens": 1, "output_tokens": 1, "service_tier": tier}
    document = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": [{"type": "text", "text": "t"}],
                "stop_reason": "end_turn", "stop_sequence": None, "usage": usage}  # fmt: skip
    for target in (C, R):
        assert replied(document, A, target).value.get("service_tier") == word
    # a stream says the tier in its beginning there, when another wire does not know it yet
    assert "service_tier" not in replied(completion(service_tier="priority"), C, A).value["usage"]


# Places that vendors have for what is published elsewhere.


@pytest.mark.parametrize(
    "format",
    [
        {"type": "json_schema", "json_schema": {"type": "object", "properties": {}, "name": "n"}},
        {"type": "json_schema", "json_schema": {"type": "object", "properties": {}}},
        {"type": "json_schema", "schema": {"type": "object", "properties": {}}},
    ],
)
def test_a_schema_of_an_answer_is_one_wherever_a_vendor_takes_it(format: Json) -> None:
    request = read(C, "request", {"model": "m", "messages": [], "response_format": format})
    assert isinstance(request, hub.Request)
    assert isinstance(request.format, hub.Format)
    assert (request.format.schema, request.format.own) == ({"type": "object", "properties": {}}, None)


def test_what_was_stored_when_these_were_residue_is_written_as_it_was() -> None:
    own = {"json_schema": "bare"}
    format = hub.Format(kind="schema", schema=SCHEMA, own=hub.Own(wire=C, fields=own))
    assert write(C, hub.Request(format=format))["response_format"] == {"type": "json_schema", "json_schema": SCHEMA}
    sound = hub.Media(
        kind="audio",
        source=hub.Base64(media_type="audio", data="UklG"),
        own=hub.Own(wire=C, fields={"input_audio": "bare"}),
    )
    part = write(C, hub.Request(turns=(hub.Turn(role="user", parts=(sound,)),)))["messages"][0]["content"][0]
    assert part == {"type": "input_audio", "input_audio": "UklG"}
    for wire in (C, R):
        choice = hub.ToolChoice(mode="allowed", names=("f",), own=hub.Own(wire=wire, fields={"mode": "required"}))
        assert "required" in str(write(wire, hub.Request(tools=(hub.Tool(name="f"),), choice=choice))["tool_choice"])
    named = hub.Result(
        call_id="function_call_0",
        own=hub.Own(wire=C, fields={"name": "f"}),
        spelling=hub.Own(wire=C, fields={"form": "function_call"}),
    )
    written = write(C, hub.Request(turns=(hub.Turn(role="tool", parts=(named,)),)))["messages"][0]
    assert (written["role"], written["name"]) == ("function", "f")
