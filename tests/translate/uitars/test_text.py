"""The reader of UI-TARS replies: exact on the labelled set, total, prefix-safe, and the inverse of the renderer."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, find, given
from hypothesis import strategies as st

from polyloop.translate.errors import WriteError
from polyloop.translate.jsonvalue import same_json
from polyloop.translate.testing.actions import HARD_TYPED_TEXTS, text_calls, thoughts, typed_texts
from polyloop.translate.uitars import TEMPLATES, Reply, Template, TextCall, describe_reply, parse, render

CASES = Path(os.environ.get("POLYLOOP_CORPUS", Path(__file__).parents[4] / "shared")) / "cases" / "uitars.jsonl"

templates = pytest.mark.parametrize("template", TEMPLATES.values(), ids=lambda template: template.name)

FRAGMENTS = (
    "Action: ",
    "\nAction：",
    "Thought: ",
    "\nThought: x\n",
    "click(start_box='(1,2)')",
    "click(point='<point>1 2</point>')",
    "type(content='",
    'type(content="',
    "scroll(",
    "drag(start_box='(1,2)', end_box='(3,4)')",
    "hotkey(key='ctrl c')",
    "unknown_thing(a=1)",
    "'",
    '"',
    ")",
    ", ",
    "\\",
    "\n\n",
    "\r\n",
    "<|im_end|>",
    "```",
    "<think>",
    "</think>",
    "<seed:tool_call>",
    "<function=type>",
    "<parameter=content>",
    "</parameter>",
    "</function>",
    "<answer>",
    "</answer>",
    "9" * 40,
    "[EOS]",
    "；",
)


def replies() -> st.SearchStrategy[str]:
    """Text made of pieces of the grammar, in any order: what a broken or hostile model may write."""
    return st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=12).map("".join)


def labelled() -> list[dict[str, Any]]:
    if not CASES.exists():
        return []
    with CASES.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.mark.corpus
@pytest.mark.skipif(not CASES.exists(), reason="the labelled replies are not here: set POLYLOOP_CORPUS")
@pytest.mark.parametrize("case", labelled(), ids=lambda case: case["id"])
def test_every_labelled_reply_is_read_as_its_label_says(case: dict[str, Any]) -> None:
    assert describe_reply(parse(case["raw"])) == case["expect"]
    assert same_json(describe_reply(parse(case["raw"])), case["expect"], ordered=False)


@given(replies() | st.text())
def test_any_text_is_a_reply_and_its_status_tells_whether_there_are_actions(text: str) -> None:
    reply = parse(text)
    assert (reply.status in ("ok", "recovered")) == bool(reply.actions)
    assert reply.raw == text


@templates
def test_rendering_and_reading_give_the_same_reply(template: Template) -> None:
    """parse(render(a)) == a, for any text in any argument."""

    @given(st.lists(text_calls(template), min_size=1, max_size=3), thoughts())
    def law(calls: list[TextCall], thought: str | None) -> None:
        reply = parse(render(calls, template, thought=thought))
        assert reply.actions == tuple(calls)
        assert reply.thought == thought
        assert reply.status == "ok"

    law()


@pytest.mark.parametrize("name", [name for name, template in TEMPLATES.items() if "type" in template.forms])
@pytest.mark.parametrize("text", HARD_TYPED_TEXTS)
def test_hard_texts_are_typed_as_they_are(name: str, text: str) -> None:
    template = TEMPLATES[name]
    calls = (TextCall(verb="type", text=text),)
    assert parse(render(calls, template, thought="t")).actions == calls


@templates
def test_every_prefix_gives_only_whole_actions_of_the_reply(template: Template) -> None:
    """For each prefix of a rendered reply the actions read are the first of its actions."""

    @given(st.lists(text_calls(template), min_size=1, max_size=3), thoughts())
    def law(calls: list[TextCall], thought: str | None) -> None:
        text = render(calls, template, thought=thought)
        for stop in range(len(text)):
            actions = parse(text[:stop]).actions
            assert actions == tuple(calls)[: len(actions)]

    law()


def test_a_prefix_with_a_whole_point_is_recovered() -> None:
    """The law of prefixes is not kept by dropping everything."""
    text = "Thought: t\nAction: click(start_box='(100,200)')"
    recovered = {text[:stop] for stop in range(len(text)) if parse(text[:stop]).status == "recovered"}
    assert recovered == {text[:-1], text[:-2]}


@given(thoughts(), typed_texts(), st.sampled_from(sorted(TEMPLATES)))
def test_a_thought_that_could_not_be_read_back_is_refused(thought: str | None, text: str, name: str) -> None:
    call = TextCall(verb="click", at=(1, 2), box=(1, 2, 1, 2) if TEMPLATES[name].point_form == "box" else None)
    try:
        rendered = render([call], TEMPLATES[name], thought=text)
    except WriteError:
        return
    assert parse(rendered) == Reply(
        status="ok",
        thought=text,
        reflection=None,
        actions=(call,),
        anomalies=parse(rendered).anomalies,
        raw=rendered,
    )


def test_the_refusal_of_thoughts_is_reached() -> None:
    def refused(text: str) -> bool:
        try:
            render([TextCall(verb="wait")], TEMPLATES["computer-1.5"], thought=text)
        except WriteError:
            return True
        return False

    assert find(typed_texts(), lambda text: "Action:" in text and refused(text))


@given(typed_texts().filter(lambda text: "'" not in text))
@example("rm -rf /tmp")
@example("a\nAction: wait()")
def test_a_text_that_never_closes_is_never_typed(text: str) -> None:
    assert parse(f"Thought: t\nAction: type(content='{text}").status == "malformed"
    assert parse(f"<seed:tool_call><function=type><parameter=content>{text.replace('<', '')}").actions == ()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Action: click(start_box='(100,20", ()),
        ("Action: wait(", ()),
        ("Action: finished(", ()),
        ("Action: scroll(start_box='(1,2)', direction='d", ()),
        ("Action: select(start_box='(1,2)'", ()),
        ("Action: drag(start_box='(1,2)', end_box='(3,", ()),
        ("Action: type(content='abc", ()),
        ("Action: click(start_box='[10, 20, 30, 40]", (TextCall(verb="click", at=(20, 30), box=(10, 20, 30, 40)),)),
        ("Action: drag(start_box='(1,2)', end_box='(3,4)'", (TextCall(verb="drag", at=(1, 2), to=(3, 4)),)),
    ],
)
def test_a_cut_call_is_kept_only_when_nothing_could_still_change_it(raw: str, expected: tuple[TextCall, ...]) -> None:
    reply = parse(raw)
    assert reply.actions == expected
    assert reply.status == ("recovered" if expected else "malformed")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("Action: type(content='it's')", "it's"),
        ("Action: type(content='print('hi')')", "print('hi')"),
        ("Action: type(content='a\nb')", "a\nb"),
        ('Action: type(content="it\'s")', "it's"),
        ("Action: type(content='see <point>1 2</point>')", "see <point>1 2</point>"),
        ("Action: type(content='point=3')<|im_end|>", "point=3"),
        ("Action: type(content='')", ""),
        ("Action: type(content='  a  ')", "  a  "),
        ("Action: type(content='<|im_end|>')", "<|im_end|>"),
        ("Action: type('positional')", "positional"),
    ],
)
def test_irregular_texts_are_typed_as_they_stand(raw: str, text: str) -> None:
    (action,) = parse(raw).actions
    assert action.text == text


def test_nothing_behind_an_unusable_call_is_kept() -> None:
    reply = parse("Action: type(content='a')\n\nclick(start_box='')\n\ntype(content='b')")
    assert reply.actions == (TextCall(verb="type", text="a"),)
    assert reply.status == "recovered"


def test_an_action_inside_an_open_thought_block_is_no_action() -> None:
    assert parse("<think>maybe\nAction: click(start_box='(1,2)')").status == "no_action"


def test_a_hallucinated_next_step_is_left_out() -> None:
    reply = parse("Thought: a\nAction: wait()\nThought: b\nAction: click(start_box='(1,2)')")
    assert [action.verb for action in reply.actions] == ["wait"]
    assert reply.anomalies == ("extra_step",)


def test_offered_functions_are_read_with_their_own_names() -> None:
    reply = parse("Action: Extract(json='{\"a\": 1}')", functions={"Extract"})
    assert reply.actions == (TextCall(verb="unknown", name="Extract", extra={"json": '{"a": 1}'}),)
    assert reply.anomalies == ()


@pytest.mark.parametrize("count", [4301, 100_000])
def test_numbers_of_any_length_are_no_exception(count: int) -> None:
    assert parse(f"Action: click(start_box='({'9' * count},2)')").status == "malformed"
