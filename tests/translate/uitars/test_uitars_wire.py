"""UI-TARS as a wire: words that are calls, screenshots that are results, and records of other wires said in them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.translate import adapt, convert, hub, read, write
from polyloop.translate.adapting import Adapting
from polyloop.translate.computer_use.actions import Click, Foreign, Key, Screenshot, Type, Wait
from polyloop.translate.computer_use.points import ModelPoint
from polyloop.translate.errors import WriteError
from polyloop.translate.jsonvalue import ABSENT, same_json
from polyloop.translate.testing import corpus as recorded
from polyloop.translate.testing.corpus import Corpus
from polyloop.translate.uitars.adapt import adapt_request
from polyloop.translate.uitars.dialect import Ids, read_words, says

WIRE = "uitars"
SCREEN: dict[str, Any] = {
    "role": "user",
    "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}],
}
IMAGE = hub.Media(kind="image", source=hub.Base64(media_type="image/png", data="AA=="))
TASK = {"role": "user", "content": "open the menu"}
USER = hub.Turn(role="user", parts=(hub.Text(text="open the menu"),))


def asked(*messages: Any, **settings: Any) -> dict[str, Any]:
    return {"model": "tars", "messages": list(messages), **settings}


def assistant(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text}


def request(document: Any) -> hub.Request:
    found = read(WIRE, "request", document)
    assert isinstance(found, hub.Request)
    assert same_json(write(WIRE, found), document, ordered=False)
    return found


def reply(text: str, finish_reason: str = "stop") -> hub.Response:
    choice = {"index": 0, "message": assistant(text), "finish_reason": finish_reason}
    document = {"id": "r1", "object": "chat.completion", "created": 1, "model": "tars", "choices": [choice]}
    found = read(WIRE, "response", document)
    assert isinstance(found, hub.Response)
    assert same_json(write(WIRE, found), document, ordered=False)
    return found


def test_a_thought_and_an_action_are_thinking_and_a_call_of_the_computer() -> None:
    thought, call = reply("Thought: the menu\nAction: click(start_box='(10,20)')").candidates[0].turn.parts
    assert thought == hub.Thinking(text="the menu")
    assert call == hub.Call(id="r1_0", name="computer", form="computer", actions=(Click(at=ModelPoint(10, 20)),))


def test_a_reply_with_actions_stopped_to_have_them_done() -> None:
    assert reply("Action: wait()").candidates[0].stop is hub.Reason.TOOL_USE
    assert reply("Thought: all done\nAction: finished(content='42')").candidates[0].stop is hub.Reason.END_TURN
    assert reply("Action: type(content='rm -rf", "length").candidates[0].stop is hub.Reason.MAX_TOKENS


def test_several_actions_are_one_call() -> None:
    (call,) = reply("Action: click(start_box='(1,2)')\n\ntype(content='a\\n')\n\nwait()").candidates[0].turn.parts
    assert isinstance(call, hub.Call)
    assert call.actions == (Click(at=ModelPoint(1, 2)), Type(text="a\n"), Wait())


def test_finished_is_text_and_prose_is_text() -> None:
    assert reply("Action: finished(content='42')").candidates[0].turn.parts == (hub.Text(text="42"),)
    assert reply("I am not sure.").candidates[0].turn.parts == (hub.Text(text="I am not sure."),)


def test_a_verb_that_is_no_action_is_the_call_of_a_function() -> None:
    _, call = reply("Thought: ask\nAction: look_up(json='{\"q\": 1}')").candidates[0].turn.parts
    assert call == hub.Call(id="r1_0", name="look_up", arguments=hub.Arguments(text='{"q": 1}', value={"q": 1}))


def test_a_call_that_cannot_be_used_is_kept_and_never_run() -> None:
    call = reply("Thought: t\nAction: click(start_box='')").candidates[0].turn.parts[-1]
    assert isinstance(call, hub.Call)
    assert call.actions is not ABSENT
    assert [type(action) for action in call.actions] == [Foreign]


def test_the_message_behind_an_action_is_its_result() -> None:
    found = request(asked(TASK, SCREEN, assistant("Action: wait()"), SCREEN, assistant("Action: wait()"), TASK))
    assert [turn.role for turn in found.turns] == ["user", "assistant", "tool", "assistant", "tool"]
    assert found.turns[2].parts == (hub.Result(call_id="uitars_call_0", form="computer", parts=(IMAGE,)),)
    assert found.turns[4].parts == (
        hub.Result(call_id="uitars_call_1", form="computer", parts=(hub.Text(text="open the menu"),)),
    )


def test_an_action_whose_screenshot_was_pruned_has_a_result_that_says_nothing() -> None:
    found = request(asked(TASK, assistant("Action: wait()"), assistant("Action: wait()"), SCREEN))
    assert [turn.role for turn in found.turns] == ["user", "assistant", "tool", "assistant", "tool"]
    assert found.turns[2].parts == (hub.Result(call_id="uitars_call_0", form="computer"),)


def test_a_result_whose_screenshot_is_one_too_many_is_told_from_what_the_user_says() -> None:
    image = hub.Media(kind="image", source=hub.Url(url="https://example.org/a.png"))
    call = hub.Call(id="c", name="look", arguments=hub.Arguments(value={}))
    turns = (
        hub.Turn(role="user", parts=(hub.Text(text="go"),)),
        hub.Turn(role="assistant", parts=(call,)),
        hub.Turn(role="tool", parts=(hub.Result(call_id="c", parts=(image,)),)),
        hub.Turn(role="user", parts=(image,) * 20),
    )
    (_, _, told, *_) = write("uitars", adapt(hub.Request(model="m", turns=turns), "uitars"))["messages"]
    assert told == {"role": "user", "content": "[no output]"}


def test_a_text_as_sampled_is_sent_again_byte_for_byte() -> None:
    raw = 'Thought:  the menu \r\nAction： click( start_box = "<|box_start|>(10,20)<|box_end|>" )<|im_end|>'
    assert request(asked(TASK, assistant(raw), SCREEN)).turns[1].parts[-1] == hub.Call(
        id="uitars_call_0", name="computer", form="computer", actions=(Click(at=ModelPoint(10, 20)),)
    )


def test_a_changed_action_is_written_anew_and_not_as_sampled() -> None:
    found = request(asked(TASK, assistant("Thought: t\nAction:   click(start_box='(10,20)')"), SCREEN))
    turn = found.turns[1]
    call = hub.Call(id="uitars_call_0", name="computer", form="computer", actions=(Click(at=ModelPoint(1, 2)),))
    changed = hub.Turn(role="assistant", parts=(turn.parts[0], call), spelling=turn.spelling)
    document = write(WIRE, hub.Request(turns=(found.turns[0], changed, *found.turns[2:])))
    assert document["messages"][1]["content"] == "Thought: t\nAction: click(start_box='(1,2)')"


def test_tools_and_reasoning_as_other_servers_have_them_stay_as_they_are() -> None:
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    found = request(
        asked(
            TASK,
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c", "content": "x"},
            {"role": "assistant", "content": "Action: wait()", "reasoning_content": "because"},
        )
    )
    assert found.turns[1].parts[0] == hub.Call(id="c", name="f", arguments=hub.Arguments(text="{}", value={}))
    assert [type(part) for part in found.turns[3].parts] == [hub.Thinking, hub.Call]


@given(st.text() | st.text(alphabet="TAhougct: \n'()=,x1<|>"))
def test_any_words_are_read_and_come_back(text: str) -> None:
    assert says(text, read_words(text, Ids()))
    request(asked(TASK, assistant(text), SCREEN, assistant(text)))


def _cases() -> list[dict[str, Any]]:
    found = recorded.find_cases()
    path = None if found is None else Path(found.folder).parent / "uitars.jsonl"
    if path is None or not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.corpus
def test_collected_replies_come_back_byte_for_byte() -> None:
    cases = _cases()
    if not cases:
        pytest.skip(f"no collected replies: set {recorded.VARIABLE} to the folder that holds them")
    for case in cases:
        reply(case["raw"])
        request(asked(TASK, assistant(case["raw"]), SCREEN, assistant(case["raw"]), SCREEN))


@pytest.mark.corpus
@pytest.mark.parametrize("kind", ["request", "response"])
@pytest.mark.parametrize("source", ["anthropic", "openai-chat", "openai-responses"])
def test_what_other_wires_record_is_adapted_to_what_reads_back_as_itself(
    corpus: Corpus, source: str, kind: str
) -> None:
    for line in corpus.documents(source, kind):
        adapted = adapt(read(source, kind, line.document), WIRE)
        assert read(WIRE, kind, write(WIRE, adapted)) == adapted, line.line
        assert adapt(adapted, WIRE) == adapted, line.line


@pytest.mark.parametrize(
    "turn",
    [
        hub.Turn(role="assistant", parts=(hub.Call(id="toolu_1", name="computer", form="computer", actions=(Wait(),)),)),
        hub.Turn(role="assistant", parts=(hub.Call(id="uitars_call_0", name="computer", form="computer", actions=(Click(button="back"),)),)),
        hub.Turn(role="assistant", parts=(hub.Thinking(text="Action: wait()"), hub.Text(text="x"))),
        hub.Turn(role="tool", parts=(hub.Result(call_id="nobody", form="computer"),)),
    ],
)  # fmt: skip
def test_what_has_no_words_is_refused(turn: hub.Turn) -> None:
    with pytest.raises(WriteError):
        write(WIRE, hub.Request(turns=(USER, turn)))


# As a target.


def written(*turns: hub.Turn, **fields: Any) -> dict[str, Any]:
    document = write(WIRE, adapt(hub.Request(turns=turns, **fields), WIRE))
    assert isinstance(document, dict)
    return document


def clicking(id: str, *before: hub.Part) -> hub.Turn:
    click = hub.Call(
        id=id, name="computer", form="computer", actions=(Click(at=ModelPoint(1, 2)), Key(chords=(("Control", "c"),)))
    )
    return hub.Turn(role="assistant", parts=(*before, click))


def test_a_turn_minted_elsewhere_is_a_thought_and_an_action() -> None:
    result = hub.Turn(
        role="tool", parts=(hub.Result(call_id="toolu_1", form="computer", parts=(IMAGE, hub.Text(text="ok"))),)
    )
    messages = written(USER, clicking("toolu_1", hub.Text(text="I see it.")), result)["messages"]
    assert messages[1]["content"] == "Thought: I see it.\nAction: click(start_box='(1,2)')\n\nhotkey(key='ctrl c')"
    assert [part["type"] for part in messages[2]["content"]] == ["text", "image_url"]
    assert messages[2]["role"] == "user"


def test_signed_thinking_is_never_a_thought() -> None:
    seal = hub.Seal(kind="signature", data="s", family="anthropic")
    messages = written(USER, clicking("a", hub.Thinking(text="secret", seal=seal)))["messages"]
    assert "secret" not in json.dumps(messages)


def test_a_failed_call_is_said_before_the_screenshot() -> None:
    result = hub.Turn(
        role="tool", parts=(hub.Result(call_id="a", outcome="error", parts=(IMAGE, hub.Text(text="boom"))),)
    )
    content = written(USER, clicking("a"), result)["messages"][2]["content"]
    assert [part.get("text", part["type"]) for part in content] == ["[the call failed]", "boom", "image_url"]


def test_the_newest_five_screenshots_are_kept_and_every_word() -> None:
    turns: list[hub.Turn] = [USER]
    for number in range(7):
        result = hub.Result(call_id=f"c{number}", form="computer", parts=(hub.Text(text=f"t{number}"), IMAGE))
        turns += [clicking(f"c{number}"), hub.Turn(role="tool", parts=(result,))]
    messages = written(*turns)["messages"]
    said = json.dumps(messages)
    assert said.count("data:image/png") == 5
    assert all(f'"t{number}"' in said for number in range(7))
    assert "image_url" in messages[-1]["content"][-1]


def test_functions_are_verbs_of_the_prompt() -> None:
    tool = hub.Tool(name="look-up", description="Finds.", schema={"type": "object"})
    call = hub.Call(id="a", name="look-up", arguments=hub.Arguments(value={"q": 1}))
    adapting = Adapting(target=WIRE, source="anthropic")
    turns = (USER, hub.Turn(role="assistant", parts=(call,)))
    document = write(WIRE, adapt_request(hub.Request(turns=turns, tools=(tool,)), adapting))
    assert "tools" not in document
    assert "look_up(json='{...}') # Finds." in document["messages"][0]["content"]
    assert document["messages"][0]["content"].endswith("open the menu")
    assert document["messages"][1]["content"] == "Action: look_up(json='{\"q\":1}')"
    assert adapting.context["names"] == {"look-up": "look_up"}
    assert len(adapting.inserted) == 1


def test_an_action_without_words_is_left_out_with_nothing_in_its_place() -> None:
    zoomless = hub.Call(
        id="a", name="computer", form="computer", actions=(Click(button="back", at=ModelPoint(1, 2)), Screenshot())
    )
    assert written(USER, hub.Turn(role="assistant", parts=(zoomless,)))["messages"] == [TASK]


def test_only_what_its_servers_take_is_asked() -> None:
    document = written(
        USER,
        model="m",
        max_output=9,
        reasoning=hub.Reasoning(effort="high"),
        format=hub.Format(kind="json"),
        settings=hub.Settings(store=True, metadata={"a": "b"}, stream=True),
        sampling=hub.Sampling(temperature=0, top_k=4),
    )
    assert document == {"model": "m", "messages": [TASK], "max_tokens": 9, "stream": True, "temperature": 0}


def test_a_conversation_with_calls_goes_to_chat_and_back() -> None:
    document = asked(
        TASK, assistant("Thought: first\nAction: look_up(json='{}')"), {"role": "user", "content": "found"}
    )
    there = convert(document, kind="request", source=WIRE, target="openai-chat")
    assert [message["role"] for message in there.value["messages"]] == ["user", "assistant", "tool"]
    assert there.value["messages"][1]["content"] == "first"
    assert there.losses == ()


def test_a_thought_and_the_answer_behind_it_are_two_paragraphs_of_one_string() -> None:
    said = "Thought: I am done.\nAction: finished(content='It is 5.')"
    choice = {"index": 0, "message": assistant(said), "finish_reason": "stop"}
    document = {"id": "r1", "object": "chat.completion", "created": 1, "model": "tars", "choices": [choice]}
    there = convert(document, kind="response", source=WIRE, target="openai-chat")
    assert there.value["choices"][0]["message"]["content"] == "I am done.\n\nIt is 5."
    assert [row.text for row in there.insertions] == ["\n\n"]


@pytest.mark.parametrize("target", ["anthropic", "openai-chat", "openai-responses"])
def test_what_was_thought_aloud_is_read_by_the_next_model(target: str) -> None:
    said = "Thought: The menu is at the top.\nAction: click(start_box='(10,20)')"
    document = asked(TASK, assistant(said), SCREEN)
    there = convert(document, kind="request", source=WIRE, target=target)
    assert "The menu is at the top." in json.dumps(there.value)


def test_thoughts_are_read_too_where_a_job_changes_its_provider() -> None:
    origin = hub.Origin(family="bytedance")
    aloud = hub.Turn(role="assistant", parts=(hub.Thinking(text="At the top."), hub.Text(text="Done.")), origin=origin)
    elsewhere = attrs.evolve(aloud, origin=hub.Origin(family="openai"))
    for turn, texts in ((aloud, ["At the top.", "Done."]), (elsewhere, ["Done."])):
        adapted = adapt(hub.Request(turns=(USER, turn, USER)), "anthropic")
        assert isinstance(adapted, hub.Request)
        assert [part.text for part in adapted.turns[1].parts if isinstance(part, hub.Text)] == texts
