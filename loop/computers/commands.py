"""The commands of menus and buttons on the simulated desktop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from attrs import evolve

from .desktop import EDIT_COMMANDS, Desktop, focused, logged, replace
from .editing import insert, select_all
from .widgets import CheckBox, ListBox, TextField


def run_command(desktop: Desktop, command: str) -> Desktop:
    """Run what a menu item, a button or a shortcut names, and close the menu."""
    desktop = evolve(desktop, popup=None)
    action = _COMMANDS.get(command)
    if action is not None:
        desktop = action(desktop)
    # Editing is not worth a line in the log: the fields show it.
    return desktop if command in EDIT_COMMANDS else logged(desktop, _entry(desktop, command))


def _entry(desktop: Desktop, command: str) -> str:
    return f"submitted {_answers(desktop)}" if command == "Submit" else command.lower()


def _answers(desktop: Desktop) -> str:
    """Spell the form's content as one line, as it is sent."""
    answers = []
    for widget in desktop.widgets:
        match widget:
            case TextField():
                answers.append(f"{widget.label}={widget.text!r}")
            case CheckBox():
                answers.append(f"{widget.label}={'yes' if widget.checked else 'no'}")
            case ListBox():
                answers.append(f"{widget.label}={'' if widget.selected is None else widget.items[widget.selected]!r}")
            case _:
                pass
    return ", ".join(answers)


def _clear(desktop: Desktop) -> Desktop:
    for widget in desktop.widgets:
        match widget:
            case TextField():
                desktop = replace(desktop, evolve(widget, text="", caret=0, anchor=0))
            case CheckBox():
                desktop = replace(desktop, evolve(widget, checked=False))
            case ListBox():
                desktop = replace(desktop, evolve(widget, selected=None, offset=0))
            case _:
                pass
    return desktop


def _copy(desktop: Desktop) -> Desktop:
    field = focused(desktop)
    return evolve(desktop, clipboard=field.selected) if isinstance(field, TextField) and field.selected else desktop


def _cut(desktop: Desktop) -> Desktop:
    field = focused(desktop)
    if isinstance(field, TextField) and field.selected:
        return replace(_copy(desktop), insert(field, ""))
    return desktop


def _paste(desktop: Desktop) -> Desktop:
    field = focused(desktop)
    return replace(desktop, insert(field, desktop.clipboard)) if isinstance(field, TextField) else desktop


def _select_all(desktop: Desktop) -> Desktop:
    field = focused(desktop)
    return replace(desktop, select_all(field)) if isinstance(field, TextField) else desktop


_COMMANDS: Final[dict[str, Callable[[Desktop], Desktop]]] = {
    "New": _clear,
    "Clear": _clear,
    "Cut": _cut,
    "Copy": _copy,
    "Paste": _paste,
    "Select all": _select_all,
}
SHORTCUTS: Final[dict[str, str]] = {"x": "Cut", "c": "Copy", "v": "Paste", "a": "Select all", "s": "Save", "n": "New"}
"""With Control held."""
