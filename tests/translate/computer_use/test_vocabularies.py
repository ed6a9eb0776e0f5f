"""What each vendor's documents say is read exactly, written exactly, and refused where it cannot be said."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from attrs import evolve
from hypothesis import example, find, given
from hypothesis import strategies as st

from polyloop.translate.computer_use import anthropic, openai, pyautogui
from polyloop.translate.computer_use.actions import (
    Action,
    Back,
    Click,
    Drag,
    Foreign,
    HoldKey,
    Key,
    KeyDown,
    LongPress,
    MouseDown,
    Move,
    Navigate,
    Scroll,
    Type,
    Wait,
    neutral,
    press,
)
from polyloop.translate.computer_use.anthropic_tools import BROWSER_ONLY
from polyloop.translate.computer_use.outcomes import NotExpressible, Outcome, Unsaid, Written, write_all
from polyloop.translate.computer_use.points import ModelPoint
from polyloop.translate.computer_use.storage import dump_action, load_action
from polyloop.translate.errors import FormatError, UsageError
from polyloop.translate.jsonvalue import JsonObject, same_json
from polyloop.translate.testing.actions import actions, anthropic_documents, openai_documents
from polyloop.translate.testing.strategies import json_values
from polyloop.translate.testing.vocabularies import VOCABULARIES, Said, Vocabulary

vocabularies = pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda vocabulary: vocabulary.name)
anthropic_tools = pytest.mark.parametrize("tool", anthropic.TOOLS)
openai_tools = pytest.mark.parametrize("tool", openai.TOOLS)


def member(name: str, toolset: str = "computer", **fields: object) -> JsonObject:
    return {"toolset_name": toolset, "name": name, "input": fields}


def is_exact(document: JsonObject, read: Callable[[JsonObject], Action], write: Callable[[Action], Outcome]) -> bool:
    outcome = write(read(document))
    assert isinstance(outcome, Written)
    assert outcome.missing == ()
    return len(outcome.documents) == 1 and same_json(outcome.documents[0], document, ordered=False)


@anthropic_tools
def test_anthropic_documents_read_and_written_are_the_same(tool: str) -> None:
    @given(anthropic_documents(tool))
    def law(document: JsonObject) -> None:
        assert is_exact(
            document, lambda d: anthropic.read_action(d, tool), lambda action: anthropic.write_action(action, tool)
        )

    law()
    readable = anthropic_documents(tool).filter(lambda d: not isinstance(anthropic.read_action(d, tool), Foreign))
    assert find(readable, lambda d: anthropic.read_action(d, tool).own is not None)  # type: ignore[union-attr]


@openai_tools
def test_openai_documents_read_and_written_are_the_same(tool: str) -> None:
    @given(openai_documents())
    @example({"type": "double_click", "x": 1, "y": 2, "keys": None})
    @example({"type": "double_click", "x": 1, "y": 2})
    @example({"type": "drag", "path": [{"x": 1, "y": 2, "z": 3}, {"x": 3, "y": 4}], "keys": []})
    def law(document: JsonObject) -> None:
        assert is_exact(
            document, lambda d: openai.read_action(d, tool), lambda action: openai.write_action(action, tool)
        )

    law()
    readable = openai_documents().filter(lambda d: not isinstance(openai.read_action(d, tool), Foreign))
    assert find(readable, lambda d: openai.read_action(d, tool).own is not None)  # type: ignore[union-attr]


@given(st.dictionaries(st.sampled_from(("action", "type", "name", "input", "toolset_name")), json_values()))
def test_no_document_is_an_exception(document: JsonObject) -> None:
    for tool in anthropic.TOOLS:
        assert isinstance(anthropic.read_action(document, tool), Foreign)
    openai.read_action(document)
    pyautogui.read_action({"code": str(document)})


@vocabularies
def test_what_is_said_without_loss_reads_back_as_it_was(vocabulary: Vocabulary) -> None:
    """read(write(a)) == (a,) unless write says that something is missing or said by other means."""

    @given(actions())
    def law(action: Action) -> None:
        said = vocabulary.say(action)
        if isinstance(said, Said) and not said.missing and not said.rewritten:
            assert said.read_back == (action,)
        if isinstance(said, NotExpressible):
            assert said.missing
            assert all(said.missing)

    law()


@given(actions())
def test_stored_actions_are_the_same(action: Action) -> None:
    assert load_action(dump_action(action)) == action


@given(anthropic_documents("browser_toolset_20260801"))
def test_stored_actions_keep_spelling_and_unknown_keys(document: JsonObject) -> None:
    tool = "browser_toolset_20260801"
    stored = load_action(dump_action(anthropic.read_action(document, tool)))
    assert is_exact(document, lambda _: stored, lambda action: anthropic.write_action(action, tool))


@pytest.mark.parametrize("damaged", [[], {}, {"kind": "Teleport"}, {"kind": "Click", "at": 3}, {"kind": "Move"}])
def test_damaged_stored_actions_are_refused(damaged: object) -> None:
    with pytest.raises(FormatError):
        load_action(damaged)


@pytest.mark.parametrize(
    ("document", "action"),
    [
        ({"action": "left_click", "coordinate": [1, 2]}, Click(at=ModelPoint(1, 2))),
        ({"action": "left_click"}, Click()),
        ({"action": "triple_click", "coordinate": [1, 2], "text": "shift"}, Click(count=3, at=ModelPoint(1, 2), modifiers=("Shift",))),
        ({"action": "key", "text": "ctrl+Return"}, press("Control", "Enter")),
        ({"action": "key", "text": "ctrl++"}, press("Control", "+")),
        ({"action": "hold_key", "text": "w", "duration": 1.5}, HoldKey(chord=("w",), seconds=1.5)),
        ({"action": "scroll", "coordinate": [1, 2], "scroll_direction": "left", "scroll_amount": 3}, Scroll(dx=-3, unit="notch", at=ModelPoint(1, 2))),
        ({"action": "left_click_drag", "start_coordinate": [1, 2], "coordinate": [3, 4]}, Drag(path=(ModelPoint(1, 2), ModelPoint(3, 4)))),
        ({"action": "left_click_drag", "coordinate": [3, 4]}, Drag(path=(ModelPoint(3, 4),), from_cursor=True)),
        ({"action": "wait", "duration": 2}, Wait(seconds=2)),
    ],
)  # fmt: skip
def test_anthropics_earlier_tool_is_read(document: JsonObject, action: Action) -> None:
    assert neutral(anthropic.read_action(document, "computer_20250124")) == action


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"action": "left_click", "coordinate": [1.5, 2]}, "coordinate must be two whole numbers"),
        ({"action": "left_click", "coordinate": ["1", "2"]}, "coordinate must be two whole numbers"),
        ({"action": "left_click", "coordinate": [True, 2]}, "coordinate must be two whole numbers"),
        ({"action": "left_mouse_down", "coordinate": [1, 2]}, "coordinate is not accepted for left_mouse_down"),
        ({"action": "key", "text": "Down Down"}, "unknown key 'Down Down'"),
        ({"action": "key", "text": "ctrl; rm -rf"}, "unknown key 'ctrl; rm -rf'"),
        ({"action": "scroll", "scroll_direction": "down", "scroll_amount": "3"}, "scroll_amount must be an integer"),
        ({"action": "scroll", "scroll_direction": "down", "scroll_amount": -3}, "scroll_amount must be an integer"),
        ({"action": "zoom", "region": [0, 0, 1, 1]}, "computer_20250124 has no action 'zoom'"),
        ({"action": 3}, "action must be a string, not 3"),
        ({}, "action is missing"),
    ],
)
def test_what_does_not_fit_is_foreign_and_says_why(document: JsonObject, reason: str) -> None:
    action = anthropic.read_action(document, "computer_20250124")
    assert isinstance(action, Foreign)
    assert action.reason.startswith(reason)
    assert action.document == document


def test_members_of_toolsets_are_read_by_name() -> None:
    tool = "computer_toolset_20260801"
    assert anthropic.read_action(member("key", text="Tab", repeat=3), tool) == Key(chords=(("Tab",),), repeat=3)
    assert isinstance(anthropic.read_action(member("wait", duration=1.5), tool), Foreign)
    assert isinstance(anthropic.read_action({"action": "wait", "duration": 1}, tool), Foreign)
    assert isinstance(anthropic.read_action(member("wait", "browser", duration=1), tool), Foreign)


@pytest.mark.parametrize("name", sorted(BROWSER_ONLY))
def test_members_only_a_browser_driver_has_are_kept_whole(name: str) -> None:
    document = member(name, "browser", tab_id="1")
    action = anthropic.read_action(document, "browser_toolset_20260801")
    assert isinstance(action, Foreign)
    assert action.document == document


def test_a_reference_is_not_guessed_to_be_a_place() -> None:
    document = member("left_click", "browser", target={"type": "ref", "ref": "ref_7"})
    action = anthropic.read_action(document, "browser_toolset_20260801")
    assert isinstance(action, Foreign)
    assert "reference" in action.reason


def test_history_words_are_no_addresses() -> None:
    tool = "browser_toolset_20260801"
    assert anthropic.read_action(member("navigate", "browser", url="back"), tool) == Back()
    assert anthropic.write_action(Navigate(url="back"), tool) == NotExpressible(missing=("address 'back'",))


def test_the_browser_scrolls_by_a_default_that_is_not_said() -> None:
    target = {"type": "coordinate", "x": 1, "y": 2}
    action = anthropic.read_action(
        member("scroll", "browser", target=target, scroll_direction="up"), "browser_toolset_20260801"
    )
    assert action == Scroll(dy=-1, unit="unspecified", at=ModelPoint(1, 2))


def test_a_changed_action_is_not_contradicted_by_its_spelling() -> None:
    action = anthropic.read_action({"action": "key", "text": "CTRL+C", "note": 1}, "computer_20250124")
    assert isinstance(action, Key)
    outcome = anthropic.write_action(evolve(action, chords=(("Control", "v"),)), "computer_20250124")
    assert outcome == Written(documents=({"action": "key", "text": "ctrl+v", "note": 1},))


def test_keys_of_one_tool_are_missing_in_another() -> None:
    action = anthropic.read_action({"action": "screenshot", "note": 1}, "computer_20250124")
    assert openai.write_action(action) == Written(
        documents=({"type": "screenshot"},), missing=("computer_20250124 note",)
    )


@pytest.mark.parametrize(
    ("action", "documents"),
    [
        (Click(at=ModelPoint(1, 2)), [{"action": "mouse_move", "coordinate": [1, 2]}, {"action": "left_click"}]),
        (
            Drag(path=(ModelPoint(1, 2), ModelPoint(3, 4))),
            [{"action": "mouse_move", "coordinate": [1, 2]}, {"action": "left_click_drag", "coordinate": [3, 4]}],
        ),
    ],
)
def test_the_first_version_needs_two_calls(action: Action, documents: list[JsonObject]) -> None:
    outcome = anthropic.write_action(action, "computer_20241022")
    assert isinstance(outcome, Written)
    assert list(outcome.documents) == documents
    assert outcome.rewritten


_P = ModelPoint(1, 2)


@pytest.mark.parametrize(
    ("tool", "action"),
    [
        ("computer_20241022", Scroll(dy=1, unit="notch")),
        ("computer_20241022", Wait(seconds=1)),
        ("computer_20241022", Click(count=3)),
        ("computer_20241022", MouseDown()),
        ("computer_20241022", Click(modifiers=("Shift",))),
        ("computer_20250124", Click(button="back")),
        ("computer_20250124", KeyDown(key="a")),
        ("computer_20250124", Move(at=_P, modifiers=("Shift",))),
        ("computer_20250124", Click(button="right", count=2)),
        ("computer_20250124", Wait()),
        ("computer_20250124", MouseDown(button="middle")),
        ("computer_20250124", Click(at=ModelPoint(0.5, 1))),
        ("computer_toolset_20260801", HoldKey(chord=("a",), seconds=1.5)),
        ("browser_toolset_20260801", Click()),
        ("browser_toolset_20260801", Scroll(dy=11, unit="notch", at=_P)),
        ("browser_toolset_20260801", Wait(seconds=31)),
    ],
)
def test_what_anthropics_tools_lack_is_refused(tool: str, action: Action) -> None:
    assert isinstance(anthropic.write_action(action, tool), NotExpressible)


@pytest.mark.parametrize(
    "action",
    [
        Click(count=3, at=_P),
        Click(button="right", count=2, at=_P),
        Click(),
        MouseDown(at=_P),
        HoldKey(chord=("a",), seconds=1),
        KeyDown(key="a"),
        LongPress(at=_P),
        Drag(path=(_P, _P), button="right"),
        Drag(path=(_P,), from_cursor=True),
        Scroll(dy=1, unit="notch"),
        press("C"),
    ],
)
def test_what_openai_lacks_is_refused(action: Action) -> None:
    assert isinstance(openai.write_action(action), NotExpressible)


def test_a_long_path_becomes_press_moves_and_release() -> None:
    path = (ModelPoint(1, 1), ModelPoint(2, 2), ModelPoint(3, 3))
    outcome = anthropic.write_action(Drag(path=path), "computer_20250124")
    assert isinstance(outcome, Written)
    names = [document["action"] for document in outcome.documents]
    assert names == ["mouse_move", "left_mouse_down", "mouse_move", "mouse_move", "left_mouse_up"]


@pytest.mark.parametrize(
    ("pixels", "notches", "missing"),
    [(100, 1, ()), (-300, -3, ()), (1, 1, ("scroll_quantised",)), (149, 1, ("scroll_quantised",)), (0, 0, ())],
)
def test_pixels_become_notches(pixels: int, notches: int, missing: tuple[str, ...]) -> None:
    outcome = anthropic.write_action(Scroll(dy=pixels, unit="pixel", at=_P), "computer_20250124")
    assert isinstance(outcome, Written)
    assert outcome.missing == missing
    back = anthropic.read_action(outcome.documents[0], "computer_20250124")
    assert neutral(back) == Scroll(dy=notches, unit="notch", at=_P)


def test_a_number_nobody_said_is_written_only_when_asked_for_and_told() -> None:
    scroll = Scroll(dy=1, unit="unspecified", at=_P)
    assert isinstance(openai.write_action(scroll), NotExpressible)
    outcome = openai.write_action(scroll, unsaid=Unsaid(notches=5))
    assert isinstance(outcome, Written)
    assert outcome.documents[0]["scroll_y"] == 500
    assert outcome.missing == ("scroll without an amount",)


def test_the_preview_has_one_action_in_a_call() -> None:
    twice = Key(chords=(("a",), ("b",)))
    assert isinstance(openai.write_action(twice, "computer_use_preview"), NotExpressible)
    outcome = openai.write_action(twice, "computer")
    assert isinstance(outcome, Written)
    assert len(outcome.documents) == 2


def test_a_batch_is_written_whole_or_not_at_all() -> None:
    batch = (Click(at=_P), Type(text="a"), press("Enter"))
    written = write_all(batch, openai.write_action)
    assert isinstance(written, Written)
    assert tuple(map(openai.read_action, written.documents)) == batch
    refused = write_all((*batch, MouseDown(), KeyDown(key="a")), openai.write_action)
    assert refused == NotExpressible(missing=("MouseDown action", "KeyDown action"))


def test_unknown_tools_are_the_callers_fault() -> None:
    with pytest.raises(UsageError, match="computer_20250124"):
        anthropic.read_action({}, "computer_2030")
    with pytest.raises(UsageError, match="computer_use_preview"):
        openai.write_action(Wait(), "computer_2030")


def test_halt_texts_are_the_ones_the_toolsets_expect() -> None:
    assert anthropic.HALT_TEXTS["computer"] == "Not executed: an earlier computer action in this turn failed."
    assert anthropic.HALT_TEXTS["browser"] == "Not executed: an earlier action in this turn failed."


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("pyautogui.hotkey('ctrl','c')", (press("Control", "c"),)),
        ("pyautogui.hotkey(['ctrl', 'c'])", (press("Control", "c"),)),
        ("pyautogui.scroll(-10)", (Scroll(dy=10, unit="notch"),)),
        ("pyautogui.scroll(10, x=1, y=2)", (Scroll(dy=-10, unit="notch", at=_P),)),
        ("pyautogui.press('tab', presses=3)", (Key(chords=(("Tab",),), repeat=3),)),
        ("pyautogui.write('a=b')", (Type(text="a=b"),)),
        ("pyautogui.click(button='right')", (Click(button="right"),)),
        ("pyautogui.click(1, 2, clicks=2)", (Click(count=2, at=_P),)),
        ("import pyautogui\npyautogui.moveTo(1, 2)\npyautogui.click()", (Move(at=_P), Click())),
        ("```python\npyautogui.click(1, 2)  # here\n```", (Click(at=_P),)),
        ("pyautogui.keyDown('shift'); pyautogui.click(1, 2)", (KeyDown(key="Shift"), Click(at=_P))),
    ],
)
def test_pyautogui_code_is_read(code: str, expected: tuple[Action, ...]) -> None:
    assert pyautogui.read_code(code) == expected


@pytest.mark.parametrize(
    "code",
    [
        "__import__('os').system('ls')",
        "pyautogui.click(x, y)",
        "pyautogui.click(1 + 1, 2)",
        "pyautogui.write(f'{secret}')",
        "pyautogui.write('abc",
        "pyautogui.click(",
        "pyautogui.press('nonsense')",
        "pyautogui.click(1, 2, clicks=9)",
        "pyautogui.moveRel(1, 2)",
        "os.click(1, 2)",
        "for i in range(3): pyautogui.click(1, 2)",
        "x = pyautogui.click",
    ],
)
def test_code_that_is_no_call_of_literals_is_foreign(code: str) -> None:
    assert any(isinstance(action, Foreign) for action in pyautogui.read_code(code))


@given(
    st.lists(
        st.sampled_from(("pyautogui.click(", "'", '"', "'''", "(", ")", "1", ",", "\n", "\\", "#", "f'")), max_size=20
    )
)
def test_no_code_is_an_exception(pieces: list[str]) -> None:
    pyautogui.read_code("".join(pieces))


@given(actions().filter(lambda action: isinstance(pyautogui.write_action(action), Written)))
def test_written_code_is_calls_of_literals(action: Action) -> None:
    outcome = pyautogui.write_action(action)
    assert isinstance(outcome, Written)
    code = pyautogui.write_code(outcome)
    assert not any(isinstance(read, Foreign) for read in pyautogui.read_code(code))
    assert re.match(r"(pyautogui|time|computer)\.\w+\(", code)


def test_text_no_keyboard_has_is_refused_by_pyautogui() -> None:
    assert isinstance(pyautogui.write_action(Type(text="é")), NotExpressible)
