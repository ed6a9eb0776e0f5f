"""The simulated desktop behaves like one: widgets, selection, clipboard, menus, dragging, and nothing by halves."""

from __future__ import annotations

import asyncio
import io
import sys
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyloop.loop.computers import (
    ComputerClosedError,
    Desktop,
    MissingExtraError,
    NotPerformableError,
    NotShownError,
    SimulatedComputer,
    describe,
    draw,
    find,
    form_desktop,
    perform,
    release_held,
)
from polyloop.loop.computers.events import (
    ButtonPressed,
    ButtonReleased,
    KeyPressed,
    KeyReleased,
    Paused,
    PointerMoved,
    TextTyped,
    WheelTurned,
)
from polyloop.loop.computers.widgets import CheckBox, Folder, ListBox, TextField, Widget
from polyloop.translate.computer_use.actions import (
    Click,
    CursorPosition,
    Drag,
    HoldKey,
    Key,
    KeyDown,
    KeyUp,
    LongPress,
    MouseDown,
    MouseUp,
    Move,
    Navigate,
    ScreenAction,
    Screenshot,
    Scroll,
    Type,
    Wait,
    Zoom,
    press,
)
from polyloop.translate.computer_use.coordinates import Frame, OutOfRangeError, Size
from polyloop.translate.computer_use.keys import UnknownKeyError
from polyloop.translate.computer_use.placement import place
from polyloop.translate.computer_use.points import ModelPoint, ScreenPoint
from polyloop.translate.testing.actions import actions

WidgetT = TypeVar("WidgetT", bound=Widget)


def do(*steps: ScreenAction, desktop: Desktop | None = None) -> Desktop:
    desktop = form_desktop() if desktop is None else desktop
    for step in steps:
        desktop, _ = perform(desktop, step)
    return desktop


def at(label: str, desktop: Desktop | None = None) -> ScreenPoint:
    return find(form_desktop() if desktop is None else desktop, label)


def widget(desktop: Desktop, label: str, kind: type[WidgetT]) -> WidgetT:
    found = desktop[label]
    assert isinstance(found, kind)
    return found


def text(desktop: Desktop, label: str) -> str:
    return widget(desktop, label, TextField).text


@given(st.lists(actions(), max_size=6))
def test_any_action_is_done_or_refused_and_never_half_done(batch: list[object]) -> None:
    desktop = form_desktop()
    frame = Frame(screen=desktop.size, sent=desktop.size)
    for action in batch:
        before = desktop
        try:
            desktop, trace = perform(desktop, place(action, frame))  # type: ignore[arg-type]
        except (NotPerformableError, OutOfRangeError):
            assert desktop is before
            continue
        looks = isinstance(action, (Screenshot, CursorPosition, Zoom))
        assert not looks or (trace == () and desktop == before)
    released, _ = release_held(desktop)
    assert released.held_keys == released.held_buttons == ()
    assert describe(released).startswith("Customer form (1024x768)")


def test_a_form_is_filled_in_and_submitted() -> None:
    desktop = do(
        Click(at=at("Name")),
        Type(text="Ada Lovelace\t"),
        Type(text="ada@example.org"),
        Click(at=at("Newsletter")),
        Click(at=at("Bergen")),
        Click(at=at("Submit")),
    )
    assert desktop.log == (
        "submitted Name='Ada Lovelace', E-mail='ada@example.org', Note='', Newsletter=yes, City='Bergen'",
    )
    assert "checkbox Newsletter: checked" in describe(desktop)


def test_a_newline_at_the_end_of_a_text_submits() -> None:
    assert do(Click(at=at("Name")), Type(text="Ada\n")).log[0].startswith("submitted Name='Ada'")


def test_one_two_and_three_clicks_place_the_caret_select_a_word_and_select_the_line() -> None:
    filled = do(Click(at=at("Name")), Type(text="one two"))
    word = ScreenPoint(160 + 6 + 8 * 5, 134)
    field = widget(do(Click(at=word), desktop=filled), "Name", TextField)
    assert (field.caret, field.selected) == (5, "")
    assert widget(do(Click(at=word, count=2), desktop=filled), "Name", TextField).selected == "two"
    assert widget(do(Click(at=word, count=3), desktop=filled), "Name", TextField).selected == "one two"


def test_two_single_clicks_are_not_a_double_click() -> None:
    filled = do(Click(at=at("Name")), Type(text="one two"))
    twice = do(Click(at=at("Name")), Click(at=at("Name")), desktop=filled)
    assert widget(twice, "Name", TextField).selected == ""
    _, single = perform(filled, Click(at=at("Name")))
    _, double = perform(filled, Click(at=at("Name"), count=2))
    assert single + single != double


def test_dragging_over_text_selects_it() -> None:
    filled = do(Click(at=at("Name")), Type(text="one two"))
    left = ScreenPoint(160 + 6, 134)
    desktop = do(Drag(path=(left, ScreenPoint(160 + 6 + 8 * 3, 134))), desktop=filled)
    assert widget(desktop, "Name", TextField).selected == "one"


def test_shift_and_click_extends_the_selection() -> None:
    filled = do(Click(at=at("Name")), Type(text="one two"), press("Home"))
    desktop = do(Click(at=at("Name"), modifiers=("Shift",)), desktop=filled)
    assert widget(desktop, "Name", TextField).selected == "one two"


def test_cut_copy_and_paste_go_through_the_clipboard() -> None:
    desktop = do(
        Click(at=at("Name")),
        Type(text="abc"),
        press("Control", "a"),
        press("Control", "c"),
        Click(at=at("Note")),
        press("Control", "v"),
        press("Control", "v"),
        Click(at=at("Name")),
        press("Control", "a"),
        press("Control", "x"),
    )
    assert (text(desktop, "Name"), text(desktop, "Note"), desktop.clipboard) == ("", "abcabc", "abc")


def test_keys_edit_a_field() -> None:
    desktop = do(
        Click(at=at("Name")),
        Type(text="abcd"),
        press("Backspace"),
        press("Home"),
        press("Delete"),
        Key(chords=(("ArrowRight",), ("Shift", "x")), repeat=1),
        press("Space"),
        press("End"),
        press("Shift", "ArrowLeft"),
        press("!"),
    )
    assert text(desktop, "Name") == "bX !"


def test_a_menu_is_opened_and_a_command_chosen() -> None:
    opened = do(Click(at=at("File")))
    assert "open menu File: New, Save, Quit" in describe(opened)
    assert do(Click(at=at("Save", opened)), desktop=opened).log == ("save",)
    assert do(press("Escape"), desktop=opened).popup is None
    assert do(Click(at=at("File")), desktop=opened).popup is None
    assert do(Click(at=ScreenPoint(900, 700)), desktop=opened).popup is None
    other = do(Click(at=at("Edit")), desktop=opened)
    assert other.popup is not None
    assert other.popup.title == "Edit"


def test_an_item_is_chosen_by_holding_the_button_from_the_title_on() -> None:
    opened = do(MouseDown(at=at("File")))
    assert do(Move(at=at("New", opened)), MouseUp(), desktop=opened).log == ("new",)


def test_the_right_button_opens_a_context_menu() -> None:
    filled = do(Click(at=at("Name")), Type(text="abc"), press("Control", "a"), Click(at=at("Name"), button="right"))
    copied = do(Click(at=at("Copy", filled)), desktop=filled)
    assert copied.clipboard == "abc"


def test_an_icon_is_dragged_into_a_folder() -> None:
    desktop = do(Drag(path=(at("Report.txt"), at("Archive"))))
    assert widget(desktop, "Archive", Folder).contents == ("Report.txt",)
    assert desktop.log == ("moved Report.txt to Archive",)
    with pytest.raises(NotShownError):
        find(desktop, "Report.txt")


def test_an_icon_dropped_elsewhere_lies_there() -> None:
    place = ScreenPoint(700, 250)
    desktop = do(Drag(path=(at("Report.txt"), ScreenPoint(650, 200), place)))
    assert find(desktop, "Report.txt") == place
    assert do(Click(at=place, count=2), desktop=desktop).log == ("opened Report.txt",)


def test_a_list_scrolls_as_far_as_it_goes() -> None:
    with pytest.raises(NotShownError, match="scrolled out of view"):
        at("Jakarta")
    down = do(Scroll(at=at("City"), dy=2, unit="notch"))
    assert widget(down, "City", ListBox).offset == 120
    chosen = do(Click(at=at("Jakarta", down)), desktop=down)
    assert widget(chosen, "City", ListBox).selected == 9
    up = do(Scroll(dy=-100, unit="pixel"), desktop=down)
    assert widget(up, "City", ListBox).offset == 20
    elsewhere = do(Scroll(at=ScreenPoint(900, 700), dy=1, unit="notch"))
    assert widget(elsewhere, "City", ListBox).offset == 0


def test_a_list_is_worked_with_keys() -> None:
    desktop = do(Click(at=at("Amsterdam")), press("End"))
    city = widget(desktop, "City", ListBox)
    assert (city.selected, city.offset) == (9, 120)
    assert widget(do(press("PageUp"), press("ArrowUp"), desktop=desktop), "City", ListBox).selected == 3


def test_tab_and_space_work_the_form_without_a_pointer() -> None:
    desktop = do(Type(text="\t\t\t\t"), press("Space"), press("Tab"), press("Tab"), press("Space"))
    assert widget(desktop, "Newsletter", CheckBox).checked
    assert desktop.log[0].startswith("submitted")
    assert do(press("Shift", "Tab")).focus == "Clear"


def test_keys_and_buttons_are_held_until_they_are_released() -> None:
    desktop = do(KeyDown(key="Shift"), MouseDown(at=at("Name")))
    assert (desktop.held_keys, desktop.held_buttons) == (("Shift",), ("left",))
    released, trace = release_held(desktop)
    assert trace == (ButtonReleased("left"), KeyReleased("Shift"))
    assert (released.held_keys, released.held_buttons) == ((), ())
    assert do(KeyUp(key="Shift"), desktop=desktop).held_keys == ()


@pytest.mark.parametrize(
    ("action", "trace"),
    [
        (Move(at=ScreenPoint(1, 2)), (PointerMoved(1, 2),)),
        (Move(at=ScreenPoint(512, 384)), ()),
        (
            Click(at=ScreenPoint(1, 2), modifiers=("Control",)),
            (
                KeyPressed("Control"),
                PointerMoved(1, 2),
                ButtonPressed("left"),
                ButtonReleased("left"),
                KeyReleased("Control"),
            ),
        ),
        (HoldKey(chord=("w",), seconds=2), (KeyPressed("w"), Paused(2), KeyReleased("w"))),
        (Wait(), (Paused(None),)),
        (Type(text="ab"), (TextTyped("ab"),)),
        (Scroll(dx=1, dy=-2, unit="notch"), (WheelTurned(0, -200), WheelTurned(100, 0))),
        (Scroll(dy=1, unit="unspecified"), (WheelTurned(0, 500),)),
        (
            LongPress(at=ScreenPoint(1, 2), seconds=1),
            (PointerMoved(1, 2), ButtonPressed("left"), Paused(1), ButtonReleased("left")),
        ),
        (Screenshot(), ()),
    ],
)
def test_actions_leave_their_trace(action: ScreenAction, trace: tuple[object, ...]) -> None:
    assert perform(form_desktop(), action)[1] == trace


@pytest.mark.parametrize(
    ("action", "error"),
    [
        (Click(at=ScreenPoint(1024, 1)), OutOfRangeError),
        (Click(at=ScreenPoint(1, -1)), OutOfRangeError),
        (Drag(path=(ScreenPoint(1, 1), ScreenPoint(5000, 1))), OutOfRangeError),
        (Zoom(top_left=ScreenPoint(0, 0), bottom_right=ScreenPoint(1, 9999)), OutOfRangeError),
        (press("Control", "Foo"), UnknownKeyError),
        (KeyDown(key="ctrl"), UnknownKeyError),
        (Navigate(url="example.org"), NotPerformableError),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_happens(action: ScreenAction, error: type[Exception]) -> None:
    async def attempt() -> None:
        computer = SimulatedComputer()
        before = computer.desktop
        with pytest.raises(error):
            await computer.perform(action)
        assert computer.desktop is before
        assert computer.trace == ()

    asyncio.run(attempt())


def test_a_point_that_was_not_placed_is_refused() -> None:
    with pytest.raises(TypeError, match="ScreenPoint is needed, not a ModelPoint"):
        perform(form_desktop(), Click(at=ModelPoint(1, 2)))  # type: ignore[arg-type]


def test_the_computer_gathers_its_trace_and_is_closed() -> None:
    async def run() -> None:
        computer = SimulatedComputer()
        assert await computer.size() == Size(1024, 768)
        await computer.perform(MouseDown(at=at("Name")))
        assert await computer.release_held() == (ButtonReleased("left"),)
        assert await computer.cursor_position() == at("Name")
        assert len(computer.trace) == 3
        await computer.close()
        await computer.close()
        with pytest.raises(ComputerClosedError):
            await computer.perform(Wait())

    asyncio.run(run())


def test_labels_that_do_not_exist_are_named_with_those_that_do() -> None:
    with pytest.raises(NotShownError, match=r"'Surname'.*Name, E-mail"):
        at("Surname")


def test_the_form_needs_room() -> None:
    with pytest.raises(ValueError, match="800x600"):
        form_desktop(Size(640, 480))


def test_the_desktop_is_drawn_in_its_size_and_shows_what_changed() -> None:
    image = pytest.importorskip("PIL.Image")
    pictures = [
        draw(form_desktop()),
        draw(do(Click(at=at("Name")), Type(text="Ada" * 40))),
        draw(do(Click(at=at("File")))),
        draw(do(Scroll(at=at("City"), dy=1, unit="notch"), Click(at=at("Newsletter")))),
        draw(do(Drag(path=(at("Report.txt"), at("Archive"))))),
    ]
    assert len(set(pictures)) == len(pictures)
    assert draw(form_desktop()) == pictures[0]
    for picture in pictures:
        with image.open(io.BytesIO(picture)) as opened:
            assert (opened.format, opened.size) == ("PNG", (1024, 768))


def test_without_pillow_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingExtraError, match=r"polyloop\[demo\]"):
        draw(form_desktop())
