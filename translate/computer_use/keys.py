"""Keys: one closed table of canonical names, and how each vocabulary spells them.

A canonical key is a W3C ``key`` name (``Enter``, ``PageDown``, ``Control``) or one printable character that is itself.
Modifiers are unsided: ``Control_L`` and ``ControlLeft`` are both ``Control``. What is not in the table is refused with
`UnknownKeyError`: xdotool, for one, skips a name it does not know, exits 0 and fires the rest of the chord, so that
``cmd+a`` types a lone ``a``.

Reading accepts every vocabulary's spelling everywhere, in any case; writing uses the column of the target. Letter case
of a single character is kept where it means something (xdotool, Playwright and pyautogui press Shift for ``A``) and
folded where names are written in either case as a habit (OpenAI, UI-TARS).

Source: keysyms tested on xdotool 3.20160805, Playwright 1.58 layout table, pyautogui 0.9.54 key names, 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from ..errors import TranslateError
from .actions import Chord


class Keyboard(StrEnum):
    """A vocabulary of key names."""

    XDOTOOL = "xdotool"
    """Also what Anthropic's computer tools are described with: ``ctrl+Return``."""
    PLAYWRIGHT = "playwright"
    PYAUTOGUI = "pyautogui"
    OPENAI = "openai"
    UITARS = "uitars"


class UnknownKeyError(TranslateError, ValueError):
    """A key that is not in the table, or that a vocabulary cannot say. Nothing was pressed."""

    def __init__(self, key: str, keyboard: Keyboard | None = None) -> None:
        self.key = key[:40]
        self.keyboard = keyboard
        where = "" if keyboard is None else f" for {keyboard}"
        super().__init__(f"unknown key {self.key!r}{where}")


# canonical: (xdotool, Playwright, pyautogui, OpenAI, UI-TARS, further spellings that are read)
_NAMED: Final[dict[str, tuple[str | None, str | None, str | None, str | None, str | None, str]]] = {
    "Enter": ("Return", "Enter", "enter", "ENTER", "enter", "kp_enter numpadenter linefeed"),
    "Escape": ("Escape", "Escape", "esc", "ESC", "esc", ""),
    "Backspace": ("BackSpace", "Backspace", "backspace", "BACKSPACE", "backspace", "bksp"),
    "Delete": ("Delete", "Delete", "delete", "DELETE", "delete", "del"),
    "Insert": ("Insert", "Insert", "insert", "INSERT", "insert", "ins"),
    "Tab": ("Tab", "Tab", "tab", "TAB", "tab", ""),
    "Space": ("space", "Space", "space", "SPACE", "space", "spacebar"),
    "Home": ("Home", "Home", "home", "HOME", "home", ""),
    "End": ("End", "End", "end", "END", "end", ""),
    "PageUp": ("Page_Up", "PageUp", "pageup", "PAGEUP", "pageup", "pgup prior"),
    "PageDown": ("Page_Down", "PageDown", "pagedown", "PAGEDOWN", "pagedown", "pgdn pgdown next"),
    "ArrowUp": ("Up", "ArrowUp", "up", "ArrowUp", "up", "uparrow"),
    "ArrowDown": ("Down", "ArrowDown", "down", "ArrowDown", "down", "downarrow"),
    "ArrowLeft": ("Left", "ArrowLeft", "left", "ArrowLeft", "left", "leftarrow"),
    "ArrowRight": ("Right", "ArrowRight", "right", "ArrowRight", "right", "rightarrow"),
    "Control": (
        "ctrl",
        "Control",
        "ctrl",
        "CTRL",
        "ctrl",
        "control_l control_r controlleft controlright ctrlleft ctrlright",
    ),
    "Shift": ("shift", "Shift", "shift", "SHIFT", "shift", "shift_l shift_r shiftleft shiftright"),
    "Alt": (
        "alt",
        "Alt",
        "alt",
        "ALT",
        "alt",
        "alt_l alt_r altleft altright option optionleft optionright opt",
    ),
    # xdotool's own "meta" is another key than "super", so it is read but never written.
    "Meta": (
        "super",
        "Meta",
        "win",
        "SUPER",
        "win",
        "super_l super_r meta_l meta_r metaleft metaright cmd command windows winleft winright",
    ),
    "CapsLock": ("Caps_Lock", "CapsLock", "capslock", "CAPSLOCK", "capslock", ""),
    "NumLock": ("Num_Lock", "NumLock", "numlock", "NUMLOCK", "numlock", ""),
    "ScrollLock": ("Scroll_Lock", "ScrollLock", "scrolllock", "SCROLLLOCK", "scrolllock", ""),
    "PrintScreen": (
        "Print",
        "PrintScreen",
        "printscreen",
        "PRINTSCREEN",
        "printscreen",
        "prtsc prtscr prntscrn print_screen",
    ),
    "Pause": ("Pause", "Pause", "pause", "PAUSE", "pause", ""),
    "ContextMenu": ("Menu", "ContextMenu", "apps", "CONTEXTMENU", "apps", "context_menu"),
}
for _number in range(1, 25):
    _name = f"F{_number}"
    # Playwright's layout ends at F12.
    _NAMED[_name] = (_name, _name if _number <= 12 else None, _name.lower(), _name, _name.lower(), "")

# The X11 names of the printable ASCII characters that are neither letters nor digits.
_KEYSYMS: Final[dict[str, str]] = {
    "!": "exclam",
    '"': "quotedbl",
    "#": "numbersign",
    "$": "dollar",
    "%": "percent",
    "&": "ampersand",
    "'": "apostrophe",
    "(": "parenleft",
    ")": "parenright",
    "*": "asterisk",
    "+": "plus",
    ",": "comma",
    "-": "minus",
    ".": "period",
    "/": "slash",
    ":": "colon",
    ";": "semicolon",
    "<": "less",
    "=": "equal",
    ">": "greater",
    "?": "question",
    "@": "at",
    "[": "bracketleft",
    "\\": "backslash",
    "]": "bracketright",
    "^": "asciicircum",
    "_": "underscore",
    "`": "grave",
    "{": "braceleft",
    "|": "bar",
    "}": "braceright",
    "~": "asciitilde",
}
# Names that other vocabularies have for single characters (Playwright's codes, X11's second names, everyday words).
_CHARACTER_NAMES: Final[dict[str, str]] = {
    "quote": "'",
    "quoteright": "'",
    "backquote": "`",
    "backtick": "`",
    "quoteleft": "`",
    "hyphen": "-",
    "dot": ".",
}

_COLUMN: Final[dict[Keyboard, int]] = {
    Keyboard.XDOTOOL: 0,
    Keyboard.PLAYWRIGHT: 1,
    Keyboard.PYAUTOGUI: 2,
    Keyboard.OPENAI: 3,
    Keyboard.UITARS: 4,
}
_CASE_FOLDED: Final = frozenset({Keyboard.OPENAI, Keyboard.UITARS})

MODIFIERS: Final = frozenset({"Control", "Shift", "Alt", "Meta"})
NAMED_KEYS: Final = frozenset(_NAMED)

_TWO_WORDS: Final = frozenset(
    {
        ("page", "up"),
        ("page", "down"),
        ("arrow", "up"),
        ("arrow", "down"),
        ("arrow", "left"),
        ("arrow", "right"),
        ("up", "arrow"),
        ("down", "arrow"),
        ("left", "arrow"),
        ("right", "arrow"),
        ("caps", "lock"),
        ("num", "lock"),
        ("scroll", "lock"),
        ("print", "screen"),
        ("context", "menu"),
    }
)

_UNICODE_KEYSYM = re.compile(r"U([0-9a-fA-F]{4,6})")


def _spellings() -> dict[str, str]:
    """Build the reading table: every spelling, case folded, to its canonical key. A clash is a bug of the table."""
    table: dict[str, str] = {" ": "Space"}
    for canonical, row in _NAMED.items():
        for spelling in (canonical, *(name for name in row[:5] if name), *row[5].split()):
            folded = spelling.lower()
            if table.setdefault(folded, canonical) != canonical:
                raise AssertionError(f"{folded} is both {table[folded]} and {canonical}")
    return table | {keysym: character for character, keysym in _KEYSYMS.items()} | _CHARACTER_NAMES


_SPELLINGS: Final = _spellings()


def is_key(key: str) -> bool:
    """Tell whether a string is a canonical key: a name of the table or one printable character."""
    return key in NAMED_KEYS or (len(key) == 1 and key.isprintable() and not key.isspace())


def canonical_key(spelling: str, keyboard: Keyboard | None = None) -> str:
    """Return the canonical key that a spelling names.

    With a ``keyboard`` whose names are written in either case, a single letter is folded too.
    Raises `UnknownKeyError` for everything that is not in the table.
    """
    if len(spelling) == 1 and is_key(spelling):
        folded = spelling.lower()
        return folded if keyboard in _CASE_FOLDED and len(folded) == 1 else spelling
    known = _SPELLINGS.get(spelling.lower())
    if known is not None:
        return known
    keysym = _UNICODE_KEYSYM.fullmatch(spelling)
    if keysym is not None and int(keysym[1], 16) <= 0x10FFFF:
        character = chr(int(keysym[1], 16))
        if is_key(character):
            return character
    raise UnknownKeyError(spelling, keyboard)


def spell_key(key: str, keyboard: Keyboard) -> str:
    """Return a vocabulary's own spelling of a canonical key. Raises `UnknownKeyError` where it has none."""
    row = _NAMED.get(key)
    if row is not None:
        spelling = row[_COLUMN[keyboard]]
    elif is_key(key):
        spelling = _spell_character(key, keyboard)
    else:
        spelling = None
    if spelling is None:
        raise UnknownKeyError(key, keyboard)
    return spelling


def _spell_character(key: str, keyboard: Keyboard) -> str | None:
    if keyboard is Keyboard.XDOTOOL:
        if key.isascii():
            return _KEYSYMS.get(key, key)
        return f"U{ord(key):04x}"
    if keyboard in _CASE_FOLDED:
        return key if canonical_key(key, keyboard) == key else None
    # Playwright and pyautogui type other characters as text, but have no key for them.
    return key if key.isascii() else None


def split_spaced_chord(text: str) -> tuple[str, ...]:
    """Split a chord whose keys stand apart by blanks or pluses, as UI-TARS writes them.

    ``ctrl   alt t``, ``ctrl+c``, ``ctrl + c``; the last plus is the plus key (``ctrl +``, ``ctrl++``); well-known names
    of two words are one key (``page down``). The pieces are not looked up.
    """
    pieces: list[str] = []
    for word in text.split():
        pieces.extend(_split_pluses(word))
    pieces = [piece for index, piece in enumerate(pieces) if piece != "+" or index in (0, len(pieces) - 1)]
    joined: list[str] = []
    for piece in pieces:
        if joined and (joined[-1].lower(), piece.lower()) in _TWO_WORDS:
            joined[-1] += piece
        else:
            joined.append(piece)
    return tuple(joined)


def _split_pluses(word: str) -> list[str]:
    """Split at every plus but the last character; an empty piece vanishes."""
    body, last = (word[:-1], ["+"]) if word.endswith("+") else (word, [])
    return [piece for piece in body.split("+") if piece] + last


def split_plus_chord(text: str) -> tuple[str, ...]:
    """Split a chord written with pluses only, as Anthropic, xdotool and Playwright write it.

    ``ctrl++`` is Control and the plus key, ``+`` alone the plus key. An empty piece stays, and is no key.
    """
    if text == "+":
        return ("+",)
    if text.endswith("++"):
        return (*text[:-2].split("+"), "+")
    return tuple(text.split("+"))


def read_keys(spellings: Iterable[str], keyboard: Keyboard | None = None) -> Chord:
    """Return the canonical keys of spelled ones. Raises `UnknownKeyError` for the first unknown one."""
    return tuple(canonical_key(spelling, keyboard) for spelling in spellings)


def read_chord(text: str, keyboard: Keyboard | None = None) -> Chord:
    """Read a chord written with pluses. Raises `UnknownKeyError`."""
    return read_keys(split_plus_chord(text), keyboard)


def write_chord(chord: Chord, keyboard: Keyboard) -> str:
    """Write a chord with pluses: ``ctrl+Return``. Raises `UnknownKeyError` for what the vocabulary cannot say."""
    return "+".join(spell_key(key, keyboard) for key in chord)
