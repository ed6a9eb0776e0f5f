"""Requests of UI-TARS: the newest images, every text, replies as they were, functions as verbs, and what calls mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.translate.computer_use import (
    AskUser,
    Click,
    Done,
    Drag,
    Foreign,
    Key,
    KeyDown,
    KeyUp,
    ModelPoint,
    NotExpressible,
    Scroll,
    Size,
    Type,
    Wait,
    press,
)
from polyloop.translate.errors import UsageError, WriteError
from polyloop.translate.testing.actions import text_calls, typed_texts
from polyloop.translate.uitars import (
    TEMPLATES,
    Earlier,
    FunctionCall,
    FunctionTool,
    Said,
    Screen,
    Step,
    TextCall,
    WrittenCalls,
    assemble,
    decorated,
    name_functions,
    parse,
    prompt,
    read_call,
    read_function,
    render,
    template_named,
    write_call,
    write_function,
)

DESKTOP = TEMPLATES["computer-1.5"]
HOLDING = TEMPLATES["computer-doubao-20b"]


def steps(replies: list[str]) -> list[Step]:
    made: list[Step] = [Screen(url="data:image/png;base64,0")]
    for number, reply in enumerate(replies, start=1):
        made += [Said(text=reply), Screen(url=f"data:image/png;base64,{number}")]
    return made


@given(st.lists(typed_texts(), max_size=9), st.integers(1, 7), st.sampled_from(("desktop", "osworld")))
def test_the_newest_images_remain_with_every_text(replies: list[str], limit: int, layout: str) -> None:
    """Exactly min(limit, n) newest images, all replies as they were, and an image last."""
    messages = assemble(DESKTOP, "PROMPT", steps(replies), layout=layout, image_limit=limit)  # type: ignore[arg-type]
    urls = [
        part["image_url"]["url"]
        for message in messages
        if isinstance(message["content"], list)
        for part in message["content"]
    ]
    numbers = range(len(replies) + 1)[-limit:]
    assert urls == [f"data:image/png;base64,{number}" for number in numbers]
    said = [message["content"] for message in messages if message["role"] == "assistant"]
    assert said == (replies if layout == "desktop" else [decorated(reply, DESKTOP) for reply in replies])
    assert messages[-1]["content"][-1]["type"] == "image_url"


def test_the_layouts_differ_in_their_first_message() -> None:
    desktop, osworld = (assemble(DESKTOP, "PROMPT", steps([]), layout=layout) for layout in ("desktop", "osworld"))
    assert desktop[0] == {"role": "user", "content": "PROMPT"}
    assert osworld == [{"role": "system", "content": "You are a helpful assistant."}, *desktop]


def test_results_stand_before_the_screenshot_and_outlive_it() -> None:
    history: list[Step] = [
        Screen(url="data:a", texts=("not executed: unknown key 'Foo'",)),
        Said(text="Action: wait()"),
        Screen(url="data:b"),
    ]
    messages = assemble(DESKTOP, "PROMPT", history, image_limit=1)
    assert messages[1]["content"] == [{"type": "text", "text": "not executed: unknown key 'Foo'"}]
    assert messages[3]["content"] == [{"type": "image_url", "image_url": {"url": "data:b"}}]


def test_a_request_ends_with_a_screenshot() -> None:
    with pytest.raises(UsageError, match="last step must be a screenshot"):
        assemble(DESKTOP, "PROMPT", [Screen(url="data:a"), Said(text="Action: wait()")])
    with pytest.raises(UsageError, match="at least one image"):
        assemble(DESKTOP, "PROMPT", steps([]), image_limit=0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Thought: t\nAction: click(start_box='(1,2)')",
            "Thought: t\nAction: click(start_box='<|box_start|>(1,2)<|box_end|>')",
        ),
        ("Action: type(content='click(start_box=\\'(1,2)\\')')",) * 2,
        ("Action: click(start_box='(1, 2)')",) * 2,
        ("click(start_box='(1,2)')",) * 2,
        ("I am done.",) * 2,
    ],
)
def test_box_tokens_are_put_around_points_and_nothing_else_is_touched(text: str, expected: str) -> None:
    assert decorated(text, DESKTOP) == expected


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda template: template.name)
def test_a_prompt_names_every_verb_and_the_task(template: object) -> None:
    assert isinstance(template, type(DESKTOP))
    text = prompt(template, "Buy milk.", language="Dutch")
    assert all(form.spelling in text for form in template.forms.values())
    assert text.endswith("## User Instruction\nBuy milk.")
    assert template.syntax == "tags" or all(signature in text for signature in template.signatures)
    assert ("Dutch" in text) == template.thought
    assert template_named(template.name) is template
    assert template.frame(Size(1920, 1080)).space == template.space


def test_earlier_chat_stands_before_the_task() -> None:
    earlier = (Earlier(speaker="human", text="hello"), Earlier(speaker="assistant", text="hi"))
    assert "## History Messages\nhuman: hello\nassistant: hi\n\n## User Instruction\ngo" in prompt(
        DESKTOP, "go", earlier=earlier
    )
    with pytest.raises(UsageError, match="at most 30"):
        prompt(DESKTOP, "go", earlier=earlier * 16)


def test_unknown_templates_are_the_callers_fault() -> None:
    with pytest.raises(UsageError, match=r"computer-1\.5"):
        template_named("ui-tars-9")


@given(st.lists(st.sampled_from(("click", "Click", "get-data", "get_data", "1st", "", "unknown", "ö")), unique=True))
def test_functions_have_verbs_of_their_own(names: list[str]) -> None:
    """Injective, no verb of an action space, unchanged for earlier names when a tool is added."""
    verbs = name_functions(names)
    assert list(verbs) == names
    assert len(set(verbs.values())) == len(names)
    assert verbs | name_functions([*names, "one_more"]) == name_functions([*names, "one_more"])
    for verb in verbs.values():
        assert parse(f"Action: {verb}(json='1')", functions=set(verbs.values())).actions[0].name == verb


@given(typed_texts(), st.sampled_from(sorted(TEMPLATES)))
def test_function_calls_go_through_the_text(arguments: str, template: str) -> None:
    verbs = name_functions(["get-data", "click"])
    for name, verb in verbs.items():
        call = FunctionCall(name=name, arguments=arguments)
        text = render([write_function(call, verbs)], TEMPLATES[template])
        (read,) = parse(text, functions={verb}).actions
        assert read_function(read, verbs) == call


def test_function_lines_stand_in_the_action_space() -> None:
    verbs = name_functions(["extract"])
    tool = FunctionTool(name="extract", description="Hand in\nthe data", schema={"type": "object"})
    text = prompt(DESKTOP, "go", functions=[tool], verbs=verbs)
    assert "extract(json='{...}') # \"Hand in\\nthe data\"\n" in text
    assert '{"type": "object"}' in text


def test_other_calls_are_no_functions() -> None:
    verbs = name_functions(["extract"])
    assert read_function(TextCall(verb="wait"), verbs) is None
    assert read_function(TextCall(verb="unknown", name="teleport"), verbs) is None
    assert read_function(TextCall(verb="unknown", name="extract"), verbs) == FunctionCall(name="extract", arguments="")


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (TextCall(verb="click", at=(1, 2)), (Click(at=ModelPoint(1, 2)),)),
        (TextCall(verb="type", text="a", at=(1, 2)), (Click(at=ModelPoint(1, 2)), Type(text="a"))),
        (TextCall(verb="hotkey", keys=("ctrl", "c")), (press("Control", "c"),)),
        (TextCall(verb="hotkey", keys=("pagedown",)), (press("PageDown"),)),
        (TextCall(verb="key_down", keys=("ctrl",)), (Key(chords=(("Control",),)),)),
        (TextCall(verb="scroll", at=(1, 2), direction="up"), (Scroll(dy=-1, unit="unspecified", at=ModelPoint(1, 2)),)),
        (TextCall(verb="wait"), (Wait(),)),
        (TextCall(verb="finished", text="42"), (Done(text="42"),)),
        (TextCall(verb="call_user"), (AskUser(),)),
    ],
)
def test_calls_mean_actions(call: TextCall, expected: tuple[object, ...]) -> None:
    assert read_call(call, DESKTOP) == expected


def test_press_holds_a_key_only_where_it_can_be_released() -> None:
    assert read_call(TextCall(verb="key_down", keys=("ctrl",)), HOLDING) == (KeyDown(key="Control"),)
    assert read_call(TextCall(verb="key_up", keys=("ctrl",)), HOLDING) == (KeyUp(key="Control"),)


def test_a_scroll_between_two_points_asks_the_template() -> None:
    call = TextCall(verb="scroll", at=(1, 2), to=(3, 4))
    path = (ModelPoint(1, 2), ModelPoint(3, 4))
    assert read_call(call, TEMPLATES["mobile-1.0"]) == (Drag(path=path),)
    (refused,) = read_call(call, DESKTOP)
    assert isinstance(refused, Foreign)
    assert "computer-1.5" in refused.reason


@pytest.mark.parametrize(
    "call",
    [
        TextCall(verb="unknown", name="teleport", at=(1, 2)),
        TextCall(verb="hotkey", keys=("ctrl", "nonsense")),
        TextCall(verb="open_computer"),
    ],
)
def test_what_has_no_meaning_is_foreign(call: TextCall) -> None:
    (action,) = read_call(call, DESKTOP)
    assert isinstance(action, Foreign)


def test_arguments_nobody_knows_are_kept_beside_the_action() -> None:
    (action,) = read_call(TextCall(verb="scroll", at=(1, 2), direction="down", extra={"amount": 3}), DESKTOP)
    assert isinstance(action, Scroll)
    assert action.own is not None
    assert action.own.extra == {"amount": 3}


@given(st.data())
def test_every_call_of_a_template_is_an_action_or_refused(data: st.DataObject) -> None:
    template = TEMPLATES[data.draw(st.sampled_from(sorted(TEMPLATES)))]
    call = data.draw(text_calls(template))
    for action in read_call(call, template):
        written = write_call(action, template)
        assert isinstance(written, (WrittenCalls, NotExpressible))
        if isinstance(written, WrittenCalls) and not written.missing and not written.rewritten:
            assert read_call(written.calls[0], template) == (action,)


@pytest.mark.parametrize(
    "call",
    [
        TextCall(verb="middle_click", at=(1, 2)),
        TextCall(verb="wait", seconds=3),
        TextCall(verb="click", at=(1.5, 2)),
        TextCall(verb="click", at=(1, 2), box=(1, 2, 1, 2)),
        TextCall(verb="wait", extra={"a": 1}),
        TextCall(verb="unknown"),
        TextCall(verb="unknown", name="f", extra={"a": 1}),
    ],
)
def test_what_a_template_has_no_form_for_is_not_rendered(call: TextCall) -> None:
    with pytest.raises(WriteError):
        render([call], DESKTOP)


def test_a_reply_needs_an_action() -> None:
    with pytest.raises(WriteError):
        render([], DESKTOP)


def test_a_reflection_is_written_and_read() -> None:
    text = render([TextCall(verb="wait")], DESKTOP, thought="t", reflection="r")
    assert text == "Reflection: r\nAction_Summary: t\nAction: wait()"
    assert (parse(text).reflection, parse(text).thought) == ("r", "t")
