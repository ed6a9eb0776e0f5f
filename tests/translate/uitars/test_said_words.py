"""What an assistant reasons, says and does, in the words of UI-TARS and back: reflection, thought and action."""

from __future__ import annotations

import json
from typing import Any

import attrs
import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from polyloop.translate import adapt, convert, hub, read, restore, write
from polyloop.translate.computer_use.actions import Action, Click, Type
from polyloop.translate.computer_use.points import ModelPoint
from polyloop.translate.jsonvalue import same_json
from polyloop.translate.testing import stream_laws
from polyloop.translate.translation import Translation

WIRE = "uitars"
OTHERS = ("anthropic", "openai-chat", "openai-responses")
USER = hub.Turn(role="user", parts=(hub.Text(text="open the menu"),))
SEAL = hub.Seal(kind="signature", data="sealed", family="anthropic")
CALL = hub.Call(id="c", name="look_up", arguments=hub.Arguments(text='{"q":1}', value={"q": 1}))


def words() -> st.SearchStrategy[str]:
    """Texts that no reader takes for a heading or cuts at an end."""
    plain = st.text("abc' \"\\\n\t,()=äß<|>", min_size=1).map(str.strip)
    return plain.filter(lambda text: bool(text))


@st.composite
def replies(draw: st.DrawFn) -> hub.Response:
    """Draw replies of any wire that reason, say and do at most one thing each."""
    thinking = draw(st.lists(words().map(lambda text: hub.Thinking(text=text)), max_size=1))
    texts = draw(st.lists(words().map(lambda text: hub.Text(text=text)), max_size=1))
    calls = (CALL,) * draw(st.booleans())
    turn = hub.Turn(role="assistant", parts=(*thinking, *texts, *calls))
    stop = hub.Reason.TOOL_USE if calls else hub.Reason.END_TURN
    usage = hub.Usage(uncached_in=hub.Known(n=3), out_text=hub.Known(n=2))
    return hub.Response(
        id="r1", model="m", created=1, candidates=(hub.Candidate(turn=turn, stop=stop),), usage=usage, status="finished"
    )


def kinds_of(response: hub.Response) -> list[type]:
    return [type(part) for part in response.candidates[0].turn.parts]


def said(document: Any, wire: str) -> list[Any]:
    """What a reply of a wire says: parts less what only the wire knows of them."""
    found = read(wire, "response", document)
    assert isinstance(found, hub.Response)
    parts = found.candidates[0].turn.parts if found.candidates else ()
    thinking = [p.text if isinstance(p.text, str) else "".join(p.summary) for p in parts if isinstance(p, hub.Thinking)]
    texts = [part.text for part in parts if isinstance(part, hub.Text)]
    calls = [(part.name, part.arguments.value) for part in parts if isinstance(part, hub.Call)]
    return [thinking, texts, calls]


def to_uitars(document: Any, source: str) -> Translation:
    return convert(document, kind="response", source=source, target=WIRE)


@pytest.mark.parametrize("wire", OTHERS)
@given(replies())
def test_what_a_reply_reasons_says_and_does_comes_back_as_what_it_was(wire: str, reply: hub.Response) -> None:
    document = write(wire, adapt(reply, wire))
    there = to_uitars(document, wire)
    back = convert(there.value, kind="response", source=WIRE, target=wire).value
    assert said(back, wire) == said(document, wire)
    assert same_json(restore(there), document, ordered=False)


def test_replies_that_do_all_three_are_drawn() -> None:
    find(replies(), lambda reply: kinds_of(reply) == [hub.Thinking, hub.Text, hub.Call])


def answered(*content: Any, stop: str = "tool_use") -> dict[str, Any]:
    usage = {"input_tokens": 3, "output_tokens": 2}
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": list(content), "stop_reason": stop, "stop_sequence": None, "usage": usage}  # fmt: skip


TOOL_USE = {"type": "tool_use", "id": "c", "name": "look_up", "input": {"q": 1}}


def content_of(value: Any) -> Any:
    return value["choices"][0]["message"]["content"]


def test_speech_beside_a_call_is_a_thought() -> None:
    there = to_uitars(answered({"type": "text", "text": "I look it up."}, TOOL_USE), "anthropic")
    assert content_of(there.value) == "Thought: I look it up.\nAction: look_up(json='{\"q\":1}')"


def test_reasoning_is_a_reflection_and_a_seal_is_nowhere() -> None:
    thinking = {"type": "thinking", "thinking": "It may be in the index.", "signature": "sealed"}
    there = to_uitars(answered(thinking, {"type": "text", "text": "I look it up."}, TOOL_USE), "anthropic")
    assert content_of(there.value) == (
        "Reflection: It may be in the index.\nAction_Summary: I look it up.\nAction: look_up(json='{\"q\":1}')"
    )
    assert "sealed" not in json.dumps(there.value)
    assert [row.pointer for row in there.losses if row.kind != "added"] == ["/content/0/signature", "/content/2/id"]


def test_reasoning_that_reads_as_an_action_is_left_out_and_the_words_stay() -> None:
    thinking = {"type": "thinking", "thinking": "First\nAction: wait()", "signature": ""}
    there = to_uitars(answered(thinking, {"type": "text", "text": "I look."}, TOOL_USE), "anthropic")
    assert content_of(there.value) == "Thought: I look.\nAction: look_up(json='{\"q\":1}')"
    assert "/content/0" in [row.pointer for row in there.losses]


def test_an_answer_stands_behind_its_reflection_and_alone_in_no_form_at_all() -> None:
    thinking = {"type": "thinking", "thinking": "2 + 3", "signature": ""}
    answer = {"type": "text", "text": "It's 5."}
    reflected = to_uitars(answered(thinking, answer, stop="end_turn"), "anthropic")
    assert content_of(reflected.value) == "Reflection: 2 + 3\nAction: finished(content='It\\'s 5.')"
    assert content_of(to_uitars(answered(answer, stop="end_turn"), "anthropic").value) == "It's 5."


def test_an_empty_answer_is_one() -> None:
    answer = {"role": "assistant", "content": ""}
    choice = {"index": 0, "message": answer, "finish_reason": "stop"}
    document = {"id": "r1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    there = to_uitars(document, "openai-chat")
    assert content_of(there.value) == ""
    assert there.losses == ()


SAMPLED = "Reflection: It did not open.\nAction_Summary: I click again.\nAction:  click(start_box='(10,20)')"


def sampled(text: str = SAMPLED) -> dict[str, Any]:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    return {"id": "r1", "object": "chat.completion", "created": 1, "model": "tars", "choices": [choice]}


@pytest.mark.parametrize("target", OTHERS)
def test_a_thought_is_a_text_of_a_reply_and_a_reflection_is_reasoning(target: str) -> None:
    thinking, texts, calls = said(convert(sampled(), kind="response", source=WIRE, target=target).value, target)
    assert thinking == ([] if target == "openai-chat" else ["It did not open."])
    assert texts == ["I click again."]
    assert len(calls) == 1


def chunks(text: str) -> list[Any]:
    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "tars"}
    deltas: list[Any] = [({"role": "assistant", "content": piece}, None) for piece in text]
    choices = [{"index": 0, "delta": delta, "finish_reason": why} for delta, why in [*deltas, ({}, "stop")]]
    return [*[head | {"choices": [choice]} for choice in choices], "[DONE]"]


@pytest.mark.parametrize("target", OTHERS)
@pytest.mark.parametrize(
    "text", [SAMPLED, "Thought: Done.\nAction: finished(content='5')", "Thought: Done.\nAction: finished()"]
)
def test_a_stream_of_thoughts_folds_to_the_converted_reply(text: str, target: str) -> None:
    stream_laws.converting_commutes_with_folding(chunks(text), source=WIRE, target=target)


# Histories.


def history(*parts: hub.Part, origin: hub.Origin | None = None) -> hub.Request:
    turn = hub.Turn(role="assistant", parts=parts, origin=origin)
    result = hub.Turn(role="tool", parts=(hub.Result(call_id="c", parts=(hub.Text(text="found"),)),))
    return hub.Request(model="m", turns=(USER, turn, result))


def assistants(request: hub.Request) -> list[Any]:
    messages = write(WIRE, adapt(request, WIRE))["messages"]
    return [message["content"] for message in messages if message["role"] == "assistant"]


def test_in_a_history_reasoning_is_a_thought_where_nothing_was_said() -> None:
    call = "Action: look_up(json='{\"q\":1}')"
    thinking, text = hub.Thinking(text="Perhaps."), hub.Text(text="I look.")
    assert assistants(history(thinking, text, CALL)) == [f"Thought: I look.\n{call}"]
    assert assistants(history(thinking, CALL)) == [f"Thought: Perhaps.\n{call}"]
    assert assistants(history(attrs.evolve(thinking, seal=SEAL), CALL)) == [call]


def test_what_its_own_model_said_is_sent_again_as_it_was_sampled() -> None:
    reply = read(WIRE, "response", sampled())
    assert isinstance(reply, hub.Response)
    turn = reply.candidates[0].turn
    assert assistants(hub.Request(model="m", turns=(USER, turn))) == [SAMPLED]
    edited = attrs.evolve(turn, parts=(turn.parts[0], hub.Thinking(text="I wait."), *turn.parts[2:]))
    assert assistants(hub.Request(model="m", turns=(USER, edited))) == [
        "Reflection: It did not open.\nAction_Summary: I wait.\nAction: click(start_box='(10,20)')"
    ]


def test_messages_one_behind_the_other_stay_messages() -> None:
    document = {
        "model": "m",
        "messages": [
            {"role": "user", "content": "q"},
            {"role": "assistant", "content": "One."},
            {"role": "assistant", "content": "Two."},
            {"role": "user", "content": "r"},
        ],
    }
    there = convert(document, kind="request", source="openai-chat", target=WIRE)
    assert there.value["messages"] == document["messages"]
    assert there.losses == ()


def test_what_is_said_behind_a_call_goes_with_the_call() -> None:
    seams = (hub.Seam(start=1, stop=2), hub.Seam(start=2, stop=3))
    turn = hub.Turn(role="assistant", parts=(hub.Text(text="One."), CALL, hub.Text(text="Two.")), seams=seams)
    assert assistants(hub.Request(model="m", turns=(USER, turn))) == [
        "One.",
        "Thought: Two.\nAction: look_up(json='{\"q\":1}')",
    ]


# What is done on the screen.


def acting(id: str, *actions: Action) -> hub.Call:
    return hub.Call(id=id, name="computer", form="computer", actions=actions)


CLICK, TYPED = Click(at=ModelPoint(1, 2)), Type(text="a")
IMAGE = hub.Media(kind="image", source=hub.Base64(media_type="image/png", data="AA=="))


def test_calls_on_the_screen_one_behind_the_other_are_one_list_of_actions() -> None:
    two = [
        {
            "type": "tool_use",
            "id": "a",
            "name": "left_click",
            "input": {"coordinate": [1, 2]},
            "toolset_name": "computer",
        },
        {"type": "tool_use", "id": "b", "name": "type", "input": {"text": "a"}, "toolset_name": "computer"},
    ]
    there = to_uitars(answered(*two), "anthropic")
    assert content_of(there.value) == "Action: click(start_box='(1,2)')\n\ntype(content='a')"
    back = convert(there.value, kind="response", source=WIRE, target="anthropic").value
    assert [block["name"] for block in back["content"]] == ["left_click", "type"]


def test_what_came_of_calls_that_are_said_as_one_is_told_together() -> None:
    turn = hub.Turn(role="assistant", parts=(acting("a", CLICK), acting("b", TYPED), CALL))
    results = (
        hub.Result(call_id="a", parts=(hub.Text(text="clicked"),)),
        hub.Result(call_id="b", parts=(IMAGE,)),
        hub.Result(call_id="c", parts=(hub.Text(text="found"),)),
    )
    told = hub.Turn(role="tool", parts=results)
    messages = write(WIRE, adapt(hub.Request(model="m", turns=(USER, turn, told)), WIRE))["messages"]
    assert [part.get("text", part["type"]) for part in messages[-1]["content"]] == [
        "[result of computer, call 1 of 2]", "clicked", "image_url", "[result of look_up, call 2 of 2]", "found",
    ]  # fmt: skip
