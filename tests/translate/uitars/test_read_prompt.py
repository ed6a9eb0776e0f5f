"""The prompt of UI-TARS read back: what it offers is a tool again, what it asks is the user's text, and no other text is taken for one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, find, given
from hypothesis import strategies as st

from polyloop.translate import adapt, convert, hub, restore
from polyloop.translate.jsonvalue import ABSENT, has_infinity, same_json
from polyloop.translate.testing.strategies import json_objects
from polyloop.translate.uitars import FunctionTool, name_functions, prompt
from polyloop.translate.uitars.dialect import DIALECT
from polyloop.translate.uitars.read_prompt import hear_request, read_prompt

NAMES = st.text(alphabet="abcXYZ_09", min_size=1, max_size=12)
DESCRIPTIONS = st.none() | st.text() | st.text(alphabet='"\\\n\r# \u2028', min_size=1)
FUNCTIONS = st.lists(
    st.builds(
        FunctionTool,
        name=NAMES,
        description=DESCRIPTIONS,
        schema=st.none() | json_objects().filter(lambda schema: not has_infinity(schema)),
    ),
    max_size=3,
)
WEATHER = {"type": "object", "properties": {"city": {"type": "string"}}}


def offered(functions: list[FunctionTool], instruction: str, *, computer: bool) -> str:
    verbs = name_functions(function.name for function in functions)
    return prompt(DIALECT, instruction, functions=functions, verbs=verbs, computer=computer)


@given(FUNCTIONS, st.text(), st.booleans())
@example([FunctionTool(name="f", description='"quoted"')], "go", True)
@example([FunctionTool(name="f", description="two\nlines"), FunctionTool(name="g")], "\n## User Instruction\n", False)
def test_a_prompt_is_read_as_what_it_was_written_from(
    functions: list[FunctionTool], instruction: str, computer: bool
) -> None:
    read = read_prompt(offered(functions, instruction, computer=computer))
    assert read is not None
    assert (read.instruction, read.computer) == (instruction, computer)
    verbs = name_functions(function.name for function in functions)
    assert [function.name for function in read.functions] == [verbs[function.name] for function in functions]
    assert [function.description for function in read.functions] == [function.description for function in functions]
    assert all(same_json(a.schema, b.schema) for a, b in zip(read.functions, functions, strict=True))


def test_descriptions_of_several_lines_are_reached() -> None:
    assert find(DESCRIPTIONS, lambda text: text is not None and "\n" in text)
    assert find(DESCRIPTIONS, lambda text: text is not None and text.startswith('"'))


@given(FUNCTIONS, st.text(min_size=1), st.booleans(), st.data())
def test_a_prompt_with_a_letter_changed_before_its_task_offers_something_else_or_nothing(
    functions: list[FunctionTool], instruction: str, computer: bool, data: st.DataObject
) -> None:
    text = offered(functions, instruction, computer=computer)
    place = data.draw(st.integers(0, len(text) - len(instruction) - 1))
    changed = text[:place] + data.draw(st.characters(exclude_characters=text[place])) + text[place + 1 :]
    read = read_prompt(changed)
    assert read is None or read != read_prompt(text)


@pytest.mark.parametrize("text", ["", "open the menu", "## User Instruction\nopen the menu"])
def test_other_texts_are_no_prompt(text: str) -> None:
    assert read_prompt(text) is None


def asked(**more: Any) -> dict[str, Any]:
    return {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "How warm is it?"}], **more}


def test_a_function_goes_to_ui_tars_and_comes_back() -> None:
    tool = {"name": "get_weather", "description": "Look\nup.", "input_schema": WEATHER}
    there = convert(asked(tools=[tool]), kind="request", source="anthropic", target="uitars")
    assert "get_weather(json='{...}')" in there.value["messages"][0]["content"]
    assert not there.losses
    assert restore(there) == asked(tools=[tool])


def test_nothing_is_to_be_clicked_where_no_computer_is_offered() -> None:
    tool = {"name": "get_weather", "input_schema": WEATHER}
    there = convert(asked(tools=[tool]), kind="request", source="anthropic", target="uitars")
    assert "click(" not in there.value["messages"][0]["content"]
    assert "finished(content='xxx')" in there.value["messages"][0]["content"]


def test_another_model_is_offered_the_tools_and_not_the_prompt() -> None:
    text = prompt(
        DIALECT,
        "Open the menu.",
        functions=[FunctionTool(name="get_weather", schema=WEATHER)],
        verbs={"get_weather": "get_weather"},
    )
    document = {"model": "tars", "max_tokens": 9, "messages": [{"role": "user", "content": text}]}
    there = convert(document, kind="request", source="uitars", target="openai-responses")
    assert there.value["tools"][0] == {"type": "computer"}
    assert there.value["tools"][1]["name"] == "get_weather"
    assert "Action Space" not in str(there.value)
    assert not there.losses


def test_a_task_beside_its_screenshot_keeps_it() -> None:
    picture = hub.Media(kind="image", source=hub.Base64(media_type="image/png", data="AA=="))
    turn = hub.Turn(role="user", parts=(hub.Text(text="What is this?"), picture))
    computer = hub.Tool(form="computer", builtin=hub.Builtin(type="computer"))
    request = adapt(hub.Request(turns=(turn,), tools=(computer,)), "uitars")
    assert isinstance(request, hub.Request)
    heard = hear_request(request)
    assert heard.turns == (turn,)
    assert heard.tools == (computer,)


@pytest.mark.parametrize(
    "request_",
    [
        hub.Request(turns=()),
        hub.Request(turns=(hub.Turn(role="user", parts=()),)),
        hub.Request(turns=(hub.Turn(role="user", parts=(hub.Text(text="hello"),)),)),
        hub.Request(turns=(hub.Turn(role="user", parts=(hub.Text(text=prompt(DIALECT, "")),)),)),
        hub.Request(
            turns=(hub.Turn(role="user", parts=(hub.Text(text=prompt(DIALECT, "go")),)),), tools=(hub.Tool(name="f"),)
        ),
    ],
    ids=["no turn", "no part", "no prompt", "no task", "tools of its own"],
)
def test_other_requests_are_heard_as_they_are(request_: hub.Request) -> None:
    assert hear_request(request_) is request_
    assert request_.tools is ABSENT or request_.tools


def two_calls(*contents: Any) -> dict[str, Any]:
    calls = [
        {"type": "tool_use", "id": f"t{n}", "name": "get_weather", "input": {"n": n}} for n in range(len(contents))
    ]
    results = [{"type": "tool_result", "tool_use_id": f"t{n}", "content": said} for n, said in enumerate(contents)]
    document = asked()
    document["messages"] += [{"role": "assistant", "content": calls}, {"role": "user", "content": results}]
    return document


def test_results_of_several_calls_are_told_apart_and_come_back_to_their_own() -> None:
    there = convert(two_calls("sunny", "rain"), kind="request", source="anthropic", target="uitars")
    said = [part["text"] for part in there.value["messages"][-1]["content"]]
    assert said == ["[result of get_weather, call 1 of 2]", "sunny", "[result of get_weather, call 2 of 2]", "rain"]
    assert [row.pointer.rpartition("/")[2] for row in there.losses] == ["id", "id", "tool_use_id", "tool_use_id"]
    assert {row.text for row in there.insertions} == {said[0], said[2]}


def test_a_result_that_says_nothing_has_no_label() -> None:
    there = convert(two_calls("sunny", [], "rain"), kind="request", source="anthropic", target="uitars")
    assert "call 2 of 3" not in str(there.value)
    back = convert(there.value, kind="request", source="uitars", target="anthropic").value
    results = back["messages"][-1]["content"]
    texts = [[part["text"] for part in result.get("content", [])] for result in results]
    assert texts == [["sunny"], [], ["rain"]]


def test_the_last_result_alone_needs_no_label() -> None:
    there = convert(two_calls([], "rain"), kind="request", source="anthropic", target="uitars")
    assert "[result of" not in str(there.value)


LABELS = ("[result of get_weather, call 1 of 2]", "[result of get_weather, call 2 of 2]")


@pytest.mark.parametrize(
    "texts",
    [
        ("rain", *LABELS),
        (LABELS[1], "rain", LABELS[0], "sunny"),
        (LABELS[0], "sunny", LABELS[0], "rain"),
        ("[result of get_news, call 1 of 2]", "rain"),
        ("[result of get_weather, call 3 of 2]", "rain"),
    ],
    ids=["before the first label", "backwards", "twice", "of another tool", "beyond the last"],
)
def test_words_that_only_look_like_labels_stay_words(texts: tuple[str, ...]) -> None:
    there = convert(two_calls([], "rain"), kind="request", source="anthropic", target="uitars").value
    there["messages"][-1]["content"] = [{"type": "text", "text": text} for text in texts]
    back = convert(there, kind="request", source="uitars", target="anthropic")
    assert [part["text"] for part in back.value["messages"][-1]["content"][-1]["content"]] == list(texts)
    assert not back.losses
