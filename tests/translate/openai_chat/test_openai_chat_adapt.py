"""Records of other wires adapted to Chat Completions: readable cases, one each."""

from __future__ import annotations

from typing import Any

from polyloop.translate import adapt, hub, read, write
from polyloop.translate.adapting import Adapting
from polyloop.translate.computer_use.actions import Click, Screenshot
from polyloop.translate.computer_use.points import ModelPoint
from polyloop.translate.openai_chat.adapt import adapt_request
from polyloop.translate.openai_chat.adapt_reply import adapt_response
from polyloop.translate.result_media import rejoin_result_media

WIRE = "openai-chat"
IMAGE = hub.Media(kind="image", source=hub.Base64(media_type="image/png", data="AA=="))
USER = hub.Turn(role="user", parts=(hub.Text(text="go"),))


def written(*turns: hub.Turn, **fields: Any) -> dict[str, Any]:
    """Adapt a request of these turns, and write it."""
    document = write(WIRE, adapt(hub.Request(turns=turns, **fields), WIRE))
    assert isinstance(document, dict)
    return document


def calling(*ids: str) -> hub.Turn:
    return hub.Turn(
        role="assistant", parts=tuple(hub.Call(id=id, name="f", arguments=hub.Arguments(value={})) for id in ids)
    )


def test_images_of_results_follow_in_one_user_message_under_labels() -> None:
    results = hub.Turn(
        role="tool",
        parts=(
            hub.Result(call_id="a", parts=(hub.Text(text="seen"), IMAGE)),
            hub.Result(call_id="b", parts=(IMAGE,)),
        ),
    )
    messages = written(USER, calling("a", "b"), results, USER)["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "tool", "tool", "user"]
    assert [message["content"] for message in messages[2:4]] == ["seen", ""]
    assert [part.get("text", part["type"]) for part in messages[4]["content"]] == [
        "[from the result of call a]", "image_url", "[from the result of call b]", "image_url", "go",
    ]  # fmt: skip


def test_labelled_images_go_back_into_the_results() -> None:
    results = hub.Turn(
        role="tool", parts=(hub.Result(call_id="a", parts=(hub.Text(text="seen"), IMAGE)), hub.Result(call_id="b"))
    )
    turns = (USER, calling("a", "b"), results, USER)
    adapting = Adapting(target=WIRE, source="anthropic")
    adapted = adapt_request(hub.Request(turns=turns), adapting)
    assert [inserted.text for inserted in adapting.inserted] == ["[from the result of call a]"]
    again = rejoin_result_media(adapted.turns)
    assert again[2].parts[0] == results.parts[0]
    assert again[3] == USER


def test_a_text_that_looks_like_a_label_is_escaped_and_comes_back() -> None:
    lookalike = hub.Turn(role="user", parts=(hub.Text(text="[from the result of call a]"), IMAGE))
    results = hub.Turn(role="tool", parts=(hub.Result(call_id="a", parts=(hub.Text(text="x"),)),))
    adapted = adapt(hub.Request(turns=(USER, calling("a"), results, lookalike)), WIRE)
    assert isinstance(adapted, hub.Request)
    said = adapted.turns[-1].parts[0]
    assert isinstance(said, hub.Text)
    assert said.text == "\\[from the result of call a]"
    assert rejoin_result_media(adapted.turns)[-1] == lookalike


def test_a_failed_call_is_said_in_words() -> None:
    results = hub.Turn(role="tool", parts=(hub.Result(call_id="a", parts=(hub.Text(text="boom"),), outcome="error"),))
    content = written(USER, calling("a"), results)["messages"][2]["content"]
    assert [part["text"] for part in content] == ["[the call failed]", "boom"]


def test_results_come_right_behind_their_calls_and_texts_before_calls() -> None:
    speech = hub.Turn(
        role="assistant", parts=(hub.Text(text="one"), *calling("a").parts, hub.Text(text="two"), *calling("b").parts)
    )
    results = hub.Turn(role="tool", parts=(hub.Result(call_id="a"), hub.Result(call_id="b")))
    messages = written(USER, speech, USER, results)["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "tool", "tool", "user"]
    assert [part["text"] for part in messages[1]["content"]] == ["one", "two"]


def test_signed_thinking_is_left_out_and_never_said() -> None:
    seal = hub.Seal(kind="signature", data="s", family="anthropic")
    turn = hub.Turn(role="assistant", parts=(hub.Thinking(text="secret", seal=seal), hub.Text(text="said")))
    assert written(USER, turn)["messages"][1] == {
        "role": "assistant",
        "content": [{"type": "text", "text": "said"}],
    }


def test_a_server_tools_call_never_becomes_one_of_ours() -> None:
    turn = hub.Turn(
        role="assistant",
        parts=(
            hub.ServerCall(
                id="s", tool="web_search", family="anthropic", arguments=hub.Arguments(value={"query": "x"})
            ),
            hub.ServerResult(call_id="s", tool="web_search", family="anthropic"),
            hub.Text(text="found"),
        ),
    )
    assert written(USER, turn)["messages"][1] == {
        "role": "assistant",
        "content": [{"type": "text", "text": "found"}],
    }


def test_long_ids_and_names_are_mapped_and_stay_apart() -> None:
    ids = [f"toolu_{'x' * 80}{number}" for number in (1, 2)]
    results = hub.Turn(role="tool", parts=tuple(hub.Result(call_id=id) for id in ids))
    adapting = Adapting(target=WIRE, source="anthropic")
    turns = (USER, calling(*ids), results)
    tools = (hub.Tool(name="n" * 76, schema={}), hub.Tool(name="f", schema={}))
    document = write(WIRE, adapt_request(hub.Request(turns=turns, tools=tools), adapting))
    called = [call["id"] for call in document["messages"][1]["tool_calls"]]
    assert [message["tool_call_id"] for message in document["messages"][2:]] == called
    assert len(set(called)) == 2
    assert all(len(id) <= 40 for id in called)
    assert adapting.context["ids"] == dict(zip(ids, called, strict=True))
    assert set(adapting.context["names"]) == {"n" * 76}


def test_a_computer_tool_is_offered_and_called_as_a_function_in_its_own_words() -> None:
    tool = hub.Tool(
        name="computer",
        form="computer",
        builtin=hub.Builtin(type="computer", version="20250124", options={"display_width_px": 9}),
    )
    click = hub.Call(id="a", name="computer", form="computer", actions=(Click(at=ModelPoint(3, 4)),))
    adapting = Adapting(target=WIRE, source="anthropic")
    turns = (USER, hub.Turn(role="assistant", parts=(click,)))
    document = write(WIRE, adapt_request(hub.Request(turns=turns, tools=(tool,)), adapting))
    assert document["messages"][1]["tool_calls"][0]["function"] == {
        "name": "computer", "arguments": '{"action":"left_click","coordinate":[3,4]}',
    }  # fmt: skip
    assert document["tools"][0]["function"]["name"] == "computer"
    assert "left_click" in document["tools"][0]["function"]["parameters"]["properties"]["action"]["enum"]
    assert adapting.context["computer"] == {"name": "computer", "tool": "computer_20250124"}


def test_a_batch_of_actions_is_one_call() -> None:
    tool = hub.Tool(form="computer", builtin=hub.Builtin(type="computer"))
    batch = hub.Call(id="a", name="computer", form="computer", actions=(Click(at=ModelPoint(3, 4)), Screenshot()))
    document = written(USER, hub.Turn(role="assistant", parts=(batch,)), tools=(tool,))
    (call,) = document["messages"][1]["tool_calls"]
    assert [action["type"] for action in read(WIRE, "request", document).turns[1].parts[0].arguments.value["actions"]] == [  # type: ignore[union-attr]
        "click", "screenshot",
    ]  # fmt: skip
    assert call["function"]["name"] == "computer"


def test_tools_a_provider_runs_are_left_out_and_so_is_a_choice_among_none() -> None:
    document = written(
        USER,
        tools=(hub.Tool(form="server", builtin=hub.Builtin(type="web_fetch")),),
        choice=hub.ToolChoice(mode="auto"),
    )
    assert document == {"messages": [{"role": "user", "content": "go"}]}


def test_a_leading_system_turn_becomes_the_instructions() -> None:
    adapted = adapt(hub.Request(turns=(hub.Turn(role="system", parts=(hub.Text(text="s"),)), USER)), WIRE)
    assert isinstance(adapted, hub.Request)
    assert adapted.instructions == hub.Turn(role="system", parts=(hub.Text(text="s"),))
    assert adapted.turns == (USER,)


def test_a_schema_without_a_name_is_given_one() -> None:
    document = written(USER, format=hub.Format(kind="schema", schema={"type": "object"}))
    assert document["response_format"]["json_schema"] == {"name": "answer", "schema": {"type": "object"}}


def test_what_only_another_api_can_be_asked_is_left_out() -> None:
    document = written(
        USER,
        sampling=hub.Sampling(top_k=5, temperature=1),
        reasoning=hub.Reasoning(budget=1024, mode="enabled", effort="high"),
        settings=hub.Settings(service_tier="standard_only", metadata={"user_id": None}, cache_retention="7d"),
        stop=("a", "b", "c", "d", "e"),
        cache=hub.Mark(kind="cache"),
        betas=("b",),
        version="2026-10-21",
        continues=(hub.Continues(kind="response", id="r", family="openai"),),
        own=hub.Own(wire="anthropic", fields={"inference_geo": "us"}),
    )
    assert document == {
        "messages": [{"role": "user", "content": "go"}], "temperature": 1, "reasoning_effort": "high", "stop": ["a", "b", "c", "d"],
    }  # fmt: skip


def test_a_document_of_words_is_said_as_words_between_two_lines() -> None:
    document = hub.Media(kind="document", source=hub.Inline(content="grass is green"), title="t")
    content = written(hub.Turn(role="user", parts=(document, IMAGE)))["messages"][0]["content"]
    assert [part.get("text") for part in content] == ['[document "t"]\n', "grass is green", "\n[end of document]", None]


def replied(*parts: hub.Part, stop: hub.StopReason | None, **fields: Any) -> tuple[dict[str, Any], list[Any]]:
    """Adapt a reply and write it; return the document and what was inserted."""
    turn = hub.Turn(role="assistant", parts=parts)
    response = hub.Response(candidates=(hub.Candidate(turn=turn, stop=stop),), **fields)
    adapting = Adapting(target=WIRE, source="anthropic")
    document = write(WIRE, adapt_response(response, adapting))
    return document, [inserted.text for inserted in adapting.inserted]


def test_a_reply_is_one_string_and_its_calls() -> None:
    document, inserted = replied(
        hub.Text(text="let me"),
        hub.Text(text=" look"),
        *calling("a").parts,
        hub.Text(text="done"),
        stop=hub.Reason.TOOL_USE,
        id="m",
    )
    choice = document["choices"][0]
    assert choice["message"]["content"] == "let me look\n\ndone"
    assert choice["finish_reason"] == "tool_calls"
    assert inserted == ["\n\n", "", 0]


def test_what_is_unfinished_never_reads_as_done() -> None:
    for stop in (hub.Reason.PAUSE_TURN, hub.Reason.CONTEXT_OVERFLOW, None):
        assert replied(hub.Text(text="x"), stop=stop)[0]["choices"][0]["finish_reason"] == "length"
    assert replied(hub.Text(text="x"), stop=hub.Reason.REFUSAL)[0]["choices"][0]["finish_reason"] == "content_filter"
    assert replied(hub.Text(text="x"), stop=hub.Other(raw="new"))[0]["choices"][0]["finish_reason"] == "length"
    server = hub.ServerCall(id="s", tool="web_search", family="anthropic")
    assert replied(server, stop=hub.Reason.TOOL_USE)[0]["choices"][0]["finish_reason"] == "length"


def test_citations_move_with_the_texts_that_are_joined() -> None:
    citation = hub.Citation(kind="url", url="u", title="t", start=0, end=4)
    document, _ = replied(
        hub.Text(text="It is "), hub.Text(text="true", citations=(citation,)), stop=hub.Reason.END_TURN
    )
    found = document["choices"][0]["message"]["annotations"][0]["url_citation"]
    assert (found["start_index"], found["end_index"]) == (6, 10)


def test_usage_whose_sums_are_unknown_is_left_out() -> None:
    known = hub.Usage(uncached_in=hub.Known(n=5), out_text=hub.Known(n=3), cache_write_1h=hub.Known(n=2))
    assert replied(stop=None, usage=known)[0]["usage"]["prompt_tokens_details"] == {"cache_write_tokens": 2}
    assert "usage" not in replied(stop=None, usage=hub.Usage(uncached_in=hub.Known(n=5)))[0]
    assert "usage" not in replied(stop=None, usage=hub.Usage(uncached_in=hub.AtLeast(n=5), out_text=hub.Known(n=1)))[0]
