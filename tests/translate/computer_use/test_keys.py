"""The table of keys is closed, and each vocabulary's spelling reads back as the key."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.keysyms import SIGNS

from polyloop.translate.computer_use.keys import (
    NAMED_KEYS,
    Keyboard,
    UnknownKeyError,
    canonical_key,
    is_key,
    read_chord,
    read_keys,
    spell_key,
    split_plus_chord,
    split_spaced_chord,
    write_chord,
)
from polyloop.translate.testing.actions import chords, keys

KEYSYM_CHORD = re.compile(r"[A-Za-z0-9_]+(\+[A-Za-z0-9_]+)*")
# X11 names that occur in the table, from keysymdef.h; letters, digits and Unicode keysyms follow a rule.
X11_NAMES = (
    frozenset(
        [
            "Return",
            "Escape",
            "BackSpace",
            "Delete",
            "Insert",
            "Tab",
            "space",
            "Home",
            "End",
            "Page_Up",
            "Page_Down",
            "Up",
            "Down",
            "Left",
            "Right",
            "Caps_Lock",
            "Num_Lock",
            "Scroll_Lock",
            "Print",
            "Pause",
            "Menu",
        ]
    )
    | {f"F{number}" for number in range(1, 25)}
    | SIGNS.keys()
)
XDOTOOL_ALIASES = frozenset({"ctrl", "shift", "alt", "super"})
PLAYWRIGHT_NAMES = frozenset(
    [
        "Enter",
        "Escape",
        "Backspace",
        "Delete",
        "Insert",
        "Tab",
        "Space",
        "Home",
        "End",
        "PageUp",
        "PageDown",
        "ArrowUp",
        "ArrowDown",
        "ArrowLeft",
        "ArrowRight",
        "Control",
        "Shift",
        "Alt",
        "Meta",
        "CapsLock",
        "NumLock",
        "ScrollLock",
        "PrintScreen",
        "Pause",
        "ContextMenu",
    ]
) | {f"F{number}" for number in range(1, 13)}


@given(keys(), st.sampled_from(Keyboard))
def test_a_spelled_key_reads_back_or_is_refused(key: str, keyboard: Keyboard) -> None:
    try:
        spelled = spell_key(key, keyboard)
    except UnknownKeyError:
        assert key not in NAMED_KEYS or (keyboard is Keyboard.PLAYWRIGHT and int(key[1:]) > 12)
        return
    assert canonical_key(spelled, keyboard) == key


@given(keys())
def test_keysyms_are_x11_names_that_no_shell_takes_for_more(key: str) -> None:
    keysym = spell_key(key, Keyboard.XDOTOOL)
    assert KEYSYM_CHORD.fullmatch(keysym)
    assert (
        keysym in X11_NAMES | XDOTOOL_ALIASES
        or re.fullmatch(r"[A-Za-z0-9]", keysym)
        or re.fullmatch(r"U[0-9a-f]{4,6}", keysym)
    )


@given(chords())
def test_chords_for_xdotool_have_no_other_characters(chord: tuple[str, ...]) -> None:
    text = write_chord(chord, Keyboard.XDOTOOL)
    assert KEYSYM_CHORD.fullmatch(text)
    assert read_chord(text, Keyboard.XDOTOOL) == chord


@pytest.mark.parametrize("key", sorted(NAMED_KEYS))
def test_every_named_key_is_in_playwrights_layout_or_refused(key: str) -> None:
    if key in PLAYWRIGHT_NAMES:
        assert spell_key(key, Keyboard.PLAYWRIGHT) == key
    else:
        with pytest.raises(UnknownKeyError):
            spell_key(key, Keyboard.PLAYWRIGHT)


@pytest.mark.parametrize(
    ("spelling", "key"),
    [
        ("Return", "Enter"),
        ("KP_Enter", "Enter"),
        ("ESC", "Escape"),
        ("bksp", "Backspace"),
        ("del", "Delete"),
        ("spacebar", "Space"),
        (" ", "Space"),
        ("Prior", "PageUp"),
        ("pgdn", "PageDown"),
        ("page_up", "PageUp"),
        ("arrowdown", "ArrowDown"),
        ("uparrow", "ArrowUp"),
        ("Control_L", "Control"),
        ("option", "Alt"),
        ("cmd", "Meta"),
        ("WIN", "Meta"),
        ("Super_L", "Meta"),
        ("windows", "Meta"),
        ("prtsc", "PrintScreen"),
        ("apps", "ContextMenu"),
        ("Menu", "ContextMenu"),
        ("slash", "/"),
        ("plus", "+"),
        ("U00e9", "é"),
        ("f13", "F13"),
    ],
)
def test_other_spellings_are_read(spelling: str, key: str) -> None:
    assert canonical_key(spelling) == key


@pytest.mark.parametrize("spelling", ["", "Foo", "F25", "ctrl c", "Divide", "\n", "ctrl;rm", "U110000", "U0020", "aa"])
def test_what_is_not_in_the_table_is_refused(spelling: str) -> None:
    with pytest.raises(UnknownKeyError):
        canonical_key(spelling)
    assert not is_key(spelling)


def test_xdotools_meta_is_never_written() -> None:
    assert spell_key("Meta", Keyboard.XDOTOOL) == "super"


def test_case_is_folded_only_where_names_come_in_either_case() -> None:
    assert read_keys(("CTRL", "C"), Keyboard.OPENAI) == ("Control", "c")
    assert read_keys(("ctrl", "C"), Keyboard.XDOTOOL) == ("Control", "C")
    with pytest.raises(UnknownKeyError):
        spell_key("C", Keyboard.OPENAI)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("ctrl c", ("ctrl", "c")),
        ("ctrl   alt   t", ("ctrl", "alt", "t")),
        ("ctrl+c", ("ctrl", "c")),
        ("ctrl + c", ("ctrl", "c")),
        ("ctrl +", ("ctrl", "+")),
        ("ctrl++", ("ctrl", "+")),
        ("ctrl+-", ("ctrl", "-")),
        ("+", ("+",)),
        ("page down", ("pagedown",)),
        ("ctrl page up", ("ctrl", "pageup")),
        ("", ()),
    ],
)
def test_spaced_chords_are_split(text: str, pieces: tuple[str, ...]) -> None:
    assert split_spaced_chord(text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [("ctrl++", ("ctrl", "+")), ("ctrl+-", ("ctrl", "-")), ("+", ("+",)), ("a", ("a",)), ("ctrl+", ("ctrl", ""))],
)
def test_plus_chords_are_split(text: str, pieces: tuple[str, ...]) -> None:
    assert split_plus_chord(text) == pieces


def test_a_dangling_plus_is_no_chord() -> None:
    with pytest.raises(UnknownKeyError):
        read_chord("ctrl+")
